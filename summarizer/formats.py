"""What an article's file holds -> its plain text, and what it says about itself: HTML, Markdown, JSON."""

import html
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from . import language as languages
from .article import MAX_WORDS, MIN_WORDS, count_words
from .errors import SettingsError, SourceError


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known about an article besides its text."""

    title: str | None = None
    published: str | None = None
    url: str | None = None
    language: str | None = None
    document_id: str | None = None
    version: str | None = None


_TITLE = ("title", "headline")
_PUBLISHED = ("published", "datepublished", "date")
_LANGUAGE = ("language", "lang", "inlanguage")
_ID = ("document_id", "id")
_VERSION = ("version",)
_NAMES = (*_ID, *_VERSION)  # which many systems count
_LONGEST = 1_000  # of a title, address or id: what is longer is none


def metadata(fields: Mapping[str, object]) -> Metadata:
    """What metadata say. Only what is readable counts: wrong types, dates and tags are left out."""
    strings = {}
    for name, value in fields.items():
        key = name.lower()
        strings[key] = _string(str(value) if key in _NAMES and type(value) is int else value)
    language = _first(_language(strings.get(name)) for name in _LANGUAGE)
    url = strings.get("url") or ""
    return Metadata(
        title=_first(strings.get(name) for name in _TITLE),
        published=_first(_date(strings.get(name), language) for name in _PUBLISHED),
        url=url if re.fullmatch(r"https?://\S+", url, re.IGNORECASE) else None,
        language=language,
        document_id=_first(strings.get(name) for name in _ID),
        version=_first(strings.get(name) for name in _VERSION),
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
KNOWN_FIELDS = frozenset({*_TEXT, *_TITLE, *_PUBLISHED, *_LANGUAGE, *_ID, *_VERSION, "url"})


_WANTED = 'Wanted: {"text": …}, and where known "title", "published", "url", "language", "document_id".'


def from_json(text: str) -> tuple[str, Metadata]:
    """Text and metadata of a JSON object. Raises SourceError."""
    return from_fields(json_object(text))


def json_object(text: str | bytes) -> dict[str, Any]:
    """The one object that a JSON text is. Raises SourceError."""
    hint = _WANTED
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
    return data


def from_fields(data: Mapping[str, Any]) -> tuple[str, Metadata]:
    """Text and metadata of named fields: a JSON object, a row of a table. Raises SourceError."""
    fields = {name.lower(): value for name, value in data.items()}
    texts = [fields[name] for name in _TEXT if isinstance(fields.get(name), str)]
    if not texts:
        raise SourceError('the JSON object has no "text"', hint=_WANTED)
    body = next((candidate for candidate in texts if candidate.strip()), "")
    if re.search(r"</p>|<br ?/?>", body, re.IGNORECASE):  # as content systems export it
        body, _ = from_html(f"<html><body><article>{body}</article></body></html>")
    return body, metadata(data)


# --- Markdown

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_FIELD = re.compile(r"([\w-]+)[ \t]*:(?:[ \t]+(.*))?")


def front_matter(text: str) -> tuple[dict[str, str], str]:
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


_MAX_BRACKETS = 10_000  # the parser takes quadratic time for those that open no link
# What is not closed reaches to the end: linear on text made to be slow.
_TAG = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1\s*>|\Z)|(?P<tag></?[a-z!?][^>]*(?:>|\Z))",
    re.DOTALL | re.IGNORECASE,
)
_INLINE = re.compile(
    r"</?(?:a|abbr|b|cite|code|em|i|mark|q|small|span|strong|su[bp]|time|u)\b", re.IGNORECASE
)


def from_markdown(text: str) -> str:
    from markdown_it import MarkdownIt

    if count_words(text) > MAX_WORDS:
        return text  # too long for an article however it is read
    if max(paragraph.count("[") for paragraph in text.split("\n\n")) > _MAX_BRACKETS:
        raise SourceError(f"a paragraph with more than {_MAX_BRACKETS:,} opening brackets")
    plain, cells = _Plain(), 0
    for token in MarkdownIt("commonmark", {"maxNesting": 100}).enable(["table", "strikethrough"]).parse(text):
        if token.type == "inline":
            _add_inline(token.children or [], plain)
        elif token.type in ("th_open", "td_open"):
            plain.add(" | " if cells else "")
            cells += 1
        elif token.type in ("fence", "code_block"):
            plain.add(token.content.replace("\n", "\v"))
            plain.end()
        elif token.type == "html_block":
            for paragraph in _TAG.sub(_gap, token.content).split("\n\n"):
                plain.add(html.unescape(paragraph))
                plain.end()
        elif token.type not in ("th_close", "td_close"):
            plain.end()
            cells = 0
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
        elif token.type == "hardbreak" or (
            token.type == "html_inline" and token.content[:3].lower() == "<br"
        ):
            plain.add("\v")


def _gap(match: re.Match[str]) -> str:
    return "" if match["tag"] is None or _INLINE.match(match["tag"]) else "\n\n"


# --- HTML

_MAX_ELEMENTS = 50_000  # extraction takes quadratic time: seconds for these, minutes for ten times as many
_BOMB = re.compile(
    r"""<[a-z][^\s<>]*+(?:\s++[^\s"'<>=]++(?:=(?:"[^"<>]{0,99}"|'[^'<>]{0,99}'|[^\s"'<>]++))?+){1000}""",
    re.IGNORECASE,
)
_CONTROLS = re.compile(  # written out or as a reference: one of these, and extraction drops the whole page
    "[\x00-\x08\x0b\x0e-\x1f\x7f]|&#(?:0*(?:[0-8]|1[124-9]|2[0-9]|3[01])|x0*(?:[0-8bcef]|1[0-9a-f]|fff[ef]));",
    re.IGNORECASE,
)
_SUPERSCRIPT = re.compile(r"<sup>\s*([+-]?\d{1,3})\s*</sup>", re.IGNORECASE)
_SUPERSCRIPTS = str.maketrans("+-0123456789", "⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_OWN_PAGE = "Save the article's own page (not a front page), or hand its text over as .txt."
_CELL = 300  # characters: a longer one belongs to a table that was used for layout


def from_html(text: str) -> tuple[str, Metadata]:
    text = re.sub(r"\A\s*<\?xml[^<>]*>", "", _CONTROLS.sub("", text))  # decoded: what it declares is done
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


def _extract(text: str) -> tuple[str, Metadata]:
    from trafilatura import bare_extraction, load_html  # lxml, and a second of tables: late

    whole = re.search(r"<(?:html|body)\b", text, re.IGNORECASE)
    tree = load_html(text if whole else f"<html><body>{text}</body></html>")
    if tree is None:
        return "", Metadata()
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
        return "", Metadata()
    plain = _Plain()
    _add_element(document.body, plain)
    dates = (_date(_string(str(time)), _language(language)) for time in (*times, document.date or ""))
    return plain.text(), metadata(
        {"title": document.title, "url": document.url, "lang": language, "date": _first(dates)}
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
