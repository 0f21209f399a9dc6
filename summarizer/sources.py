"""Reads articles from what a user names: files, folders, ``-`` for standard input.

Plain text, Markdown, saved HTML pages, JSON objects. A file that cannot be read as an article is reported
and does not stop the others; nothing is guessed where a wrong guess would change what the article says.
"""

import codecs
import html
import json
import os
import re
import stat
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, BinaryIO

from . import language as languages
from .article import MIN_WORDS, Article, count_words
from .errors import InputError, SettingsError, SourceError

MAX_BYTES = 20_000_000
SUFFIXES = (".txt", ".md", ".markdown", ".html", ".htm", ".json")


@dataclass(frozen=True, slots=True)
class Loaded:
    """One source that was read: its article, or the error that says why there is none."""

    origin: str
    article: Article | None
    error: InputError | None


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known about an article besides its text."""

    title: str | None = None
    published: str | None = None
    url: str | None = None
    language: str | None = None
    document_id: str | None = None


def read_articles(
    inputs: Sequence[str | Path],
    *,
    stdin: BinaryIO | None = None,
    published: str | None = None,
    document_id: str | None = None,
    language: str | None = None,
    url: str | None = None,
) -> Iterator[Loaded]:
    """The articles in files, folders and standard input (``-``), in the order named, folders sorted.

    What is given here wins over what a source says of itself. Raises at once for wrong use: SourceError
    for an input that does not exist and a folder without articles, SettingsError for a ``document_id`` or
    ``url`` given for several articles. A source that cannot be read is a ``Loaded`` with its error. A
    ``published`` or ``language`` that cannot be raises SettingsError with the first article.
    """
    sources = _sources(inputs)
    for name, value in (("document_id", document_id), ("url", url)):
        if value is not None and len(sources) > 1:
            raise SettingsError(
                f"one {name} cannot stand for {len(sources)} articles",
                hint=f"Name one file, or leave the {name} out.",
            )
    given = _Known(published=published, url=url, language=language, document_id=document_id)
    return (_load(source, given, stdin) for source in sources)


def read_article(source: str | Path, *, stdin: BinaryIO | None = None) -> Article:
    """The article in one file or standard input. Raises InputError where there is none, or several."""
    sources = _sources([source])
    if len(sources) > 1:
        raise SourceError(f"{_origin(Path(source))}: {len(sources)} articles", hint="Name one of its files.")
    return _article(sources[0], _Known(), stdin)


def _load(source: Path | None, given: _Known, stdin: BinaryIO | None) -> Loaded:
    try:
        return Loaded(_origin(source), _article(source, given, stdin), None)
    except SettingsError:  # what the caller gave cannot be: of no source's making
        raise
    except InputError as error:
        return Loaded(_origin(source), None, error)


def _article(source: Path | None, given: _Known, stdin: BinaryIO | None) -> Article:
    try:
        text, known = _read(source, stdin)
        return Article.from_text(
            _without_title(text, known.title),
            title=known.title,
            published=known.published if given.published is None else given.published,
            url=known.url if given.url is None else given.url,
            language=known.language if given.language is None else given.language,
            document_id=known.document_id if given.document_id is None else given.document_id,
        )
    except SettingsError:
        raise
    except InputError as error:
        raise type(error)(f"{_origin(source)}: {error}", hint=error.hint) from error


def _without_title(text: str, title: str | None) -> str:
    """The text below its first line, where that repeats the title."""
    first, _, rest = text.strip().partition("\n")
    same = title is not None and " ".join(first.split()).casefold() == title.casefold()
    return rest if same and rest.strip() else text


# --- what was named -> files


def _sources(inputs: Sequence[str | Path]) -> list[Path | None]:
    """Every file once, by what it resolves to; None is standard input."""
    if not inputs:
        raise SourceError("nothing to read was named", hint="Name files, folders, or - for standard input.")
    found: dict[str, Path | None] = {}
    for item in inputs:
        path = Path(item)
        if str(item) == "-":
            found.setdefault("-", None)
            continue
        try:
            mode = path.stat().st_mode
        except (FileNotFoundError, NotADirectoryError, ValueError) as error:
            web = "Save the page as .html and name that file." if "://" in str(item) else None
            raise SourceError(f"{_origin(path)}: no such file or folder", hint=web) from error
        except OSError:  # there, and not to be looked at: reading it says why
            mode = 0
        for file in _files(path) if stat.S_ISDIR(mode) else [path]:
            found.setdefault(os.path.realpath(file), file)
    return list(found.values())


def _files(folder: Path) -> list[Path]:
    """The articles below a folder, sorted. Hidden names and linked folders are left out."""
    found, waiting = [], [folder]
    while waiting:
        current = waiting.pop()
        try:
            entries = [path for path in current.iterdir() if not path.name.startswith(".")]
        except OSError:
            found.append(current)  # reading it says why
            continue
        for path in entries:
            try:
                mode = path.stat().st_mode
            except OSError:  # a dangling link, or no permission: the same
                mode = stat.S_IFREG
            if stat.S_ISREG(mode) and path.suffix.lower() in SUFFIXES:
                found.append(path)
            elif stat.S_ISDIR(mode) and not path.is_symlink():
                waiting.append(path)
    if not found:
        raise SourceError(
            f"{_origin(folder)}: no article in this folder",
            hint=f"Files that are read: {', '.join(SUFFIXES)}.",
        )
    return sorted(found)


def _origin(path: Path | None) -> str:
    """The source in words that can be printed: names of files need not be text."""
    return "standard input" if path is None else str(path).encode("utf-8", "backslashreplace").decode()


def _bytes(path: Path | None, stdin: BinaryIO | None) -> bytes:
    size, data = 0, b""
    try:
        if path is None:
            data = (stdin or sys.stdin.buffer).read(MAX_BYTES + 1)
        elif (size := path.stat().st_size) <= MAX_BYTES:
            with path.open("rb") as file:
                data = file.read(MAX_BYTES + 1)
    except OSError as error:
        hint = "Check its permissions." if isinstance(error, PermissionError) else None
        raise SourceError(f"cannot be read: {error.strerror or error}", hint=hint) from error
    if max(size, len(data)) > MAX_BYTES:
        raise SourceError(
            f"larger than the limit of {MAX_BYTES // 1_000_000} MB",
            hint="Split it into the articles that it is made of.",
        )
    return data


def _read(path: Path | None, stdin: BinaryIO | None) -> tuple[str, _Known]:
    """The text of an article, and what its source says about it."""
    data = _bytes(path, stdin)
    _refuse_binary(data)
    suffix = path.suffix.lower() if path is not None else ""
    if suffix and suffix not in SUFFIXES:
        raise SourceError(
            f"files that end in {suffix} are not read",
            hint=f"Known endings: {', '.join(SUFFIXES)}, or none.",
        )
    page = suffix in (".html", ".htm") or (not suffix and _PAGE.match(data[:1000].decode("latin-1")))
    text = re.sub(r"\r\n?", "\n", _decode(data, _declared(data) if page else None))
    if page or (not suffix and _PAGE.match(text)):  # again: it may have been UTF-16
        return _from_html(text)
    if suffix == ".json" or (not suffix and _JSON_START.match(text)):
        return _from_json(text)
    if suffix in (".md", ".markdown"):
        fields, body = _front_matter(text)
        return _from_markdown(body), _known(fields)
    return text, _Known()


_PAGE = re.compile(r"\s*(?:<\?xml[^<>]*>\s*)?<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_JSON_START = re.compile(r"\s*(?:\{\s*\"|\[\s*\{)")

# --- bytes -> text

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # starts like UTF-16's: first
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MAGIC = {
    "a PDF": rb"%PDF-",
    "a Word document (DOCX)": rb"PK\x03\x04.{0,4000}word/",
    "an OpenDocument file": rb"PK\x03\x04.{26}mimetypeapplication/vnd\.oasis",
    "a ZIP archive": rb"PK\x03\x04",
    "an old Office document": rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "an RTF document": rb"\{\\rtf",
    "a gzip archive": rb"\x1f\x8b",
    "an image": rb"\x89PNG\r\n|\xff\xd8\xff|GIF8[79]a|RIFF.{4}WEBP|II\*\0|MM\0\*",
}
_DECLARED = re.compile(
    rb"<meta[^<>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)|<\?xml[^<>]*?encoding=[\"']([\w.-]+)",
    re.IGNORECASE,
)
_CHARSETS = ("ascii", "cp", "iso8859", "koi8", "mac", "gb", "big5", "euc", "shift_jis", "iso2022_jp")
# As browsers read them: pages that declare these are written in the larger one.
_LARGER = {"ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "gb2312": "gb18030"}
# In Cyrillic or Greek nearly every byte tells encodings apart. In Latin script too few do: on samples of
# six languages the best guess was wrong or tied more often than not. Those are here as rivals only.
_TOLD_APART = ("cp1251", "koi8_u", "cp866", "mac_cyrillic", "iso8859_5", "cp1253")
_RIVALS = ("cp1252", "cp1250", "iso8859_2", "mac_roman", "cp1254")
_COHERENT, _TIE = 0.4, 0.02
_C1_CONTROLS = re.compile("[\x80-\x9f]")


def _refuse_binary(data: bytes) -> None:
    for name, magic in _MAGIC.items():
        if re.match(magic, data, re.DOTALL):
            raise SourceError(f"looks like {name}", hint="Save its text first, as .txt or .html.")
    if b"\0" in data and not data.startswith(tuple(mark for mark, _ in _BOMS)):
        raise SourceError(
            f"looks like binary data: a zero byte at offset {data.index(0)}",
            hint="For UTF-16 text without a byte order mark: iconv -f UTF-16LE -t UTF-8 FILE > NEW",
        )


def _decode(data: bytes, declared: str | None) -> str:
    encoding = next((encoding for mark, encoding in _BOMS if data.startswith(mark)), "utf-8")
    if declared == "iso2022_jp" and b"\x1b" in data:  # seven bits: it would pass for UTF-8
        encoding = declared
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        likely = "cp1252"
        if encoding == "utf-8":
            text, likely = _legacy(data, declared)
            if text is not None:
                return text
        raise SourceError(
            f"undecodable bytes at offset {error.start}: not {encoding.removesuffix('-sig').upper()}, "
            "and what else it is cannot be told",
            hint=f"Convert it first, for example: iconv -f {likely.upper()} -t UTF-8 FILE > NEW",
        ) from error


def _declared(data: bytes) -> str | None:
    """Python's name of the legacy encoding that a page declares."""
    match = _DECLARED.search(data[:4096])
    try:
        name = codecs.lookup((match[1] or match[2]).decode("ascii")).name if match else ""
    except (LookupError, ValueError):
        return None
    return _LARGER.get(name, name) if name.startswith(_CHARSETS) else None


def _legacy(data: bytes, declared: str | None) -> tuple[str | None, str]:
    """The text as declared or, only when sure, as detected; and the likely encoding."""
    from charset_normalizer import from_bytes  # reads tables: late

    if declared:
        try:
            return data.decode(declared), declared
        except UnicodeDecodeError:
            pass
    found = from_bytes(data, cp_isolation=[*_TOLD_APART, *_RIVALS])
    sane = [m for m in found if m.coherence >= _COHERENT and not _C1_CONTROLS.search(str(m))]
    if not sane or sane[0].encoding not in _TOLD_APART:
        return None, "cp1252"
    tied = any(m.chaos <= sane[0].chaos + _TIE and str(m) != str(sane[0]) for m in sane[1:])
    return (None if tied else str(sane[0])), sane[0].encoding


# --- metadata

_TITLE = ("title", "headline")
_PUBLISHED = ("published", "datepublished", "date")
_LANGUAGE = ("language", "lang", "inlanguage")
_ID = ("document_id", "id")
_LONGEST = 1_000  # of a title, address or id: what is longer is none


def _known(fields: Mapping[str, object]) -> _Known:
    """What metadata say. Only what is readable counts: wrong types, dates and tags are left out."""
    strings = {}
    for name, value in fields.items():
        key = name.lower()
        strings[key] = _string(str(value) if key in _ID and type(value) is int else value)
    language = _first(_language(strings.get(name)) for name in _LANGUAGE)
    url = strings.get("url") or ""
    return _Known(
        title=_first(strings.get(name) for name in _TITLE),
        published=_first(_date(strings.get(name), language) for name in _PUBLISHED),
        url=url if re.fullmatch(r"https?://\S+", url, re.IGNORECASE) else None,
        language=language,
        document_id=_first(strings.get(name) for name in _ID),
    )


def _first(values: Iterable[str | None]) -> str | None:
    return next((value for value in values if value), None)


def _string(value: object) -> str | None:
    if not isinstance(value, str) or len(value) > _LONGEST:
        return None
    return " ".join(value.encode("utf-8", "replace").decode().split())  # no lone surrogates


def _language(tag: str | None) -> str | None:
    try:
        found = languages.primary_subtag(tag) if tag else None
    except SettingsError:
        return None
    return None if found in (languages.UNKNOWN, "mul", "mis", "zxx") else found


_RFC_2822 = re.compile(r"(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}(?::\d{2})? [A-Z+-]\w*")


def _date(value: str | None, language: str | None) -> str | None:
    """ISO 8601 from a date as metadata write it; None for what is no full date."""
    if not value:
        return None
    try:
        read = parsedate_to_datetime(value) if _RFC_2822.fullmatch(value) else datetime.fromisoformat(value)
    except (ValueError, OverflowError):
        day = languages.find_published(value, language or languages.UNKNOWN)
        return day.isoformat() if day else None
    if read.year == 1:  # 0001-01-01: how some systems write that there is none
        return None
    return read.date().isoformat() if len(value) <= 10 else read.isoformat()


# --- JSON

_TEXT = ("text", "body", "content", "articlebody")


def _from_json(text: str) -> tuple[str, _Known]:
    hint = 'Wanted: {"text": …}, and where known "title", "published", "url", "language", "document_id".'
    try:
        # Python refuses to read thousands of digits; no number so long is wanted here.
        data = json.loads(text, parse_int=lambda digits: int(digits) if len(digits) <= 40 else None)
    except RecursionError as error:
        raise SourceError("JSON that is nested too deeply", hint=hint) from error
    except ValueError as error:
        raise SourceError(f"not valid JSON: {error}", hint=hint) from error
    if not isinstance(data, dict):
        raise SourceError("JSON, but not one object: a file holds one article", hint=hint)
    if "schema_version" in data and "findings" in data:
        raise SourceError("a saved report, not an article", hint="To read it: summarizer show FILE")
    fields = {name.lower(): value for name, value in data.items()}
    texts = [fields[name] for name in _TEXT if isinstance(fields.get(name), str)]
    if not texts:
        raise SourceError('the JSON object has no "text"', hint=hint)
    body = next((candidate for candidate in texts if candidate.strip()), "")
    if re.search(r"</p>|<br ?/?>", body, re.IGNORECASE):  # as content systems export it
        body, _ = _from_html(f"<html><body><article>{body}</article></body></html>")
    return body, _known(data)


# --- Markdown

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_FIELD = re.compile(r"([\w-]+)[ \t]*:(?:[ \t]+(.*))?")


def _front_matter(text: str) -> tuple[dict[str, str], str]:
    """Fields of ``key: value`` lines between two ``---``; lists and nested values are passed over."""
    match = _FRONT_MATTER.match(text)
    lines = [line for line in match[1].split("\n") if line.strip() and line[0] != "#"] if match else []
    if not match or (lines and not _FIELD.fullmatch(lines[0])):
        return {}, text  # a rule, and text below it
    fields = [field for line in lines if (field := _FIELD.fullmatch(line))]
    return {field[1]: _scalar((field[2] or "").strip()) for field in fields}, text[match.end() :]


def _scalar(value: str) -> str:
    if quoted := re.fullmatch(r"""(["'])(.*)\1\s*(?:#.*)?""", value):
        return quoted[2].replace("''", "'") if quoted[1] == "'" else re.sub(r'\\(["\\])', r"\1", quoted[2])
    plain = re.split(r"(?:^|\s)#", value)[0].strip()
    return "" if plain in ("~", "null") or plain.startswith(tuple("[{&*!|>%@`")) else plain


class _Plain:
    """Collects plain text: paragraphs apart by a blank line, entries of a list on a line each."""

    def __init__(self) -> None:
        self.marker = ""  # of the list entry that comes next
        self._line: list[str] = []
        self._parts: list[str] = []
        self._in_list = False

    def add(self, text: str | None) -> None:
        """Adds running text; its white space means nothing, ``\\v`` is a line break."""
        self._line.append(re.sub(r"[ \t\r\n\f]+", " ", text or ""))

    def end(self) -> None:
        """Ends the paragraph or entry, where there is one."""
        line = re.sub(r" *\v *", "\n", re.sub(" {2,}", " ", "".join(self._line))).strip(" \n")
        self._line.clear()
        if line:
            self._parts += ["\n" if self.marker and self._in_list else "\n\n", self.marker, line]
            self._in_list, self.marker = bool(self.marker), ""

    def text(self) -> str:
        self.end()
        return "".join(self._parts).strip()


# What is not closed reaches to the end: linear on text made to be slow.
_TAG = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1\s*>|\Z)|(?P<tag></?[a-z!?][^>]*(?:>|\Z))",
    re.DOTALL | re.IGNORECASE,
)
_INLINE = re.compile(
    r"</?(?:a|abbr|b|cite|code|em|i|mark|q|small|span|strong|su[bp]|time|u)\b", re.IGNORECASE
)


def _from_markdown(text: str) -> str:
    from markdown_it import MarkdownIt

    plain = _Plain()
    for token in MarkdownIt("commonmark", {"maxNesting": 100}).enable(["table", "strikethrough"]).parse(text):
        if token.type == "inline":
            _add_inline(token.children or [], plain)
        elif token.type in ("th_open", "td_open"):
            plain.add(" | " if token.meta.get("cell") else "")
        elif token.type in ("fence", "code_block"):
            plain.add(token.content.replace("\n", "\v"))
            plain.end()
        elif token.type == "html_block":
            for paragraph in _TAG.sub(_gap, token.content).split("\n\n"):
                plain.add(html.unescape(paragraph))
                plain.end()
        elif token.type not in ("th_close", "td_close"):
            plain.end()
            if token.type.startswith("list_item"):
                number = f"{token.info}. " if token.info else "- "
                plain.marker = number if token.nesting == 1 else ""
    return plain.text()


def _add_inline(tokens: Sequence[Any], plain: _Plain) -> None:
    struck = 0  # what is struck out was taken back by the newsroom
    for token in tokens:
        struck += token.nesting if token.type.startswith("s_") else 0
        if not struck and token.type in ("text", "code_inline"):
            plain.add(token.content)
        elif token.type == "softbreak":
            plain.add(" ")
        elif token.type == "hardbreak" or (token.type == "html_inline" and token.content.startswith("<br")):
            plain.add("\v")


def _gap(match: re.Match[str]) -> str:
    return "" if match["tag"] is None or _INLINE.match(match["tag"]) else "\n\n"


# --- HTML

_MAX_ELEMENTS = 50_000  # extraction takes quadratic time: seconds for these, minutes for ten times as many
_BOMB = re.compile(
    r"""<[a-z][^\s<>]*+(?:\s++[^\s"'<>=]++(?:=(?:"[^"<>]{0,99}"|'[^'<>]{0,99}'|[^\s"'<>]++))?+){1000}""",
    re.IGNORECASE,
)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")
_SUPERSCRIPT = re.compile(r"<sup>\s*([+-]?\d{1,3})\s*</sup>", re.IGNORECASE)
_SUPERSCRIPTS = str.maketrans("+-0123456789", "⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_OWN_PAGE = "Save the article's own page (not a front page), or hand its text over as .txt."
_CELL = 300  # characters: a longer one belongs to a table that was used for layout


def _from_html(text: str) -> tuple[str, _Known]:
    text = _CONTROLS.sub("", text)
    if _BOMB.search(text):
        raise SourceError("an element with a thousand attributes: made to be slow", hint=_OWN_PAGE)
    # What readers see and extraction would lose: the marks around <q>, powers (10⁶ is not 106).
    text = re.sub(r"<q(?:\s[^<>]*)?>", "“", text, flags=re.IGNORECASE)
    text = re.sub(r"</q\s*>", "”", text, flags=re.IGNORECASE)
    text = _SUPERSCRIPT.sub(lambda match: match[1].translate(_SUPERSCRIPTS), text)
    try:
        body, known = _extract(text)
    except SourceError:
        raise
    except Exception as error:  # of several libraries, on pages made to break them
        raise SourceError(f"a page that cannot be parsed ({type(error).__name__})", hint=_OWN_PAGE) from error
    if count_words(body) < MIN_WORDS:
        raise SourceError("no article found in this page", hint=_OWN_PAGE)
    return body, known


def _extract(text: str) -> tuple[str, _Known]:
    from trafilatura import bare_extraction, load_html  # lxml, and a second of tables: late

    whole = re.search(r"<(?:html|body)\b", text, re.IGNORECASE)
    tree = load_html(text if whole else f"<html><body>{text}</body></html>")
    if tree is None:
        return "", _Known()
    if sum(1 for _ in tree.iter()) > _MAX_ELEMENTS:
        raise SourceError(f"a page of more than {_MAX_ELEMENTS:,} elements", hint=_OWN_PAGE)
    times = [
        *tree.xpath("//meta[@property='article:published_time' or @itemprop='datePublished']/@content"),
        *tree.xpath("//time[@itemprop='datePublished' or @pubdate]/@datetime"),
    ]
    language = tree.get("lang") or tree.get("xml:lang")
    document: Any = bare_extraction(
        tree,
        include_comments=False,
        with_metadata=True,
        # Only dates that the page states as its own: a year in its footer or a day in its text is none.
        date_extraction_params={"original_date": True, "extensive_search": False},
        prune_xpath=["//del", "//s", "//strike"],  # struck out: taken back by the newsroom
    )
    if document is None:
        return "", _Known()
    plain = _Plain()
    _add_element(document.body, plain)
    stated = next(
        (time for time in [*map(str, times), document.date] if _date(_string(time), language)), None
    )
    return plain.text(), _known(
        {"title": document.title, "url": document.url, "lang": language, "date": stated}
    )


def _add_element(element: Any, plain: _Plain) -> None:
    cells = [" ".join(" ".join(cell.itertext()).split()) for cell in element] if element.tag == "row" else []
    block = element.tag in ("p", "head", "quote", "list", "item", "table", "row", "cell", "div")
    if block:
        plain.end()
    if sum(1 for cell in cells if cell) > 1 and max(map(len, cells)) <= _CELL:
        plain.add(" | ".join(cells))
    else:
        plain.add("\v" if element.tag == "lb" else element.text)
        for number, child in enumerate(element, 1):
            if child.tag == "item":
                plain.end()
                plain.marker = f"{number}. " if element.get("rend") == "ol" else "- "
            _add_element(child, plain)
            plain.add(child.tail)
    if block:
        plain.end()
        plain.marker = "" if element.tag == "item" else plain.marker
