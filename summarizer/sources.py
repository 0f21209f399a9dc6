"""Reads articles from what a user names: files, folders, ``-`` for standard input.

Plain text, Markdown, saved HTML pages, JSON objects. A file that cannot be read as an article is reported
and does not stop the others; nothing is guessed where a wrong guess would change what the article says.
"""

import os
import re
import stat
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from .article import Article
from .decoding import declared_encoding, decode, refuse_binary
from .errors import InputError, SettingsError, SourceError
from .formats import Metadata, from_fields, from_html, from_json, from_markdown, front_matter, metadata

MAX_BYTES = 20_000_000
SUFFIXES = (".txt", ".md", ".markdown", ".html", ".htm", ".json")


@dataclass(frozen=True, slots=True)
class Loaded:
    """One source that was read: its article, or the error that says why there is none."""

    origin: str
    article: Article | None
    error: InputError | None


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
    given = Metadata(published=published, url=url, language=language, document_id=document_id)
    return (_load(source, given, stdin) for source in sources)


def read_article(source: str | Path, *, stdin: BinaryIO | None = None) -> Article:
    """The article in one file or standard input. Raises InputError where there is none, or several."""
    sources = _sources([source])
    if len(sources) > 1:
        raise SourceError(f"{_origin(source)}: {len(sources)} articles", hint="Name one of its files.")
    return _article(sources[0], Metadata(), stdin)


def read_text(source: str | Path, *, stdin: BinaryIO | None = None) -> str:
    """The text in one file or standard input, of any length. Raises InputError where there is none."""
    sources = _sources([source])
    if len(sources) > 1 or (sources[0] is not None and sources[0].is_dir()):
        raise SourceError(f"{_origin(source)} is a folder", hint="Name one of its files.")
    try:
        return _read(sources[0], stdin)[0]
    except InputError as error:
        raise type(error)(f"{_origin(source)}: {error}", hint=error.hint) from error


def _load(source: Path | None, given: Metadata, stdin: BinaryIO | None) -> Loaded:
    try:
        return Loaded(_origin(source), _article(source, given, stdin), None)
    except SettingsError:  # what the caller gave cannot be: of no source's making
        raise
    except InputError as error:
        return Loaded(_origin(source), None, error)


def article_of_bytes(data: bytes, suffix: str) -> Article:
    """The article in a file's bytes; ``suffix`` as ``.txt``, empty where the file has none.

    Raises InputError where there is none.
    """
    return _built(*_decoded(data, suffix), Metadata())


def article_of_fields(fields: Mapping[str, Any]) -> Article:
    """The article in a JSON object, or in a row of a table. Raises InputError where there is none."""
    return _built(*from_fields(fields), Metadata())


def files_below(inputs: Sequence[str | Path], suffixes: Sequence[str] = SUFFIXES) -> list[Path | None]:
    """Every file that is meant by files, folders and ``-`` (None), once, folders sorted.

    Raises SourceError for an input that does not exist and a folder without a file of these endings.
    """
    return _sources(inputs, tuple(suffixes))


def bytes_of(path: Path) -> bytes:
    """A file's bytes. Raises SourceError where it cannot be read, or is too large for an article."""
    return _bytes(path, None)


def origin_of(path: str | Path | None) -> str:
    """A source in words that can be printed."""
    return _origin(path)


def _article(source: Path | None, given: Metadata, stdin: BinaryIO | None) -> Article:
    try:
        return _built(*_read(source, stdin), given)
    except SettingsError:
        raise
    except InputError as error:
        raise type(error)(f"{_origin(source)}: {error}", hint=error.hint) from error


def _built(text: str, known: Metadata, given: Metadata) -> Article:
    text, title = _split_title(text, known.title)
    return Article.from_text(
        text,
        title=title,
        published=known.published if given.published is None else given.published,
        url=known.url if given.url is None else given.url,
        language=known.language if given.language is None else given.language,
        document_id=known.document_id if given.document_id is None else given.document_id,
        version=known.version,
    )


def _split_title(text: str, title: str | None) -> tuple[str, str | None]:
    """Text and title apart, where the text starts with the title, and without a site's name behind it."""
    first, _, rest = text.strip().partition("\n")
    first = " ".join(first.split())
    if title and first and rest.strip():
        tail = title[len(first) :] if title.casefold().startswith(first.casefold()) else None
        if tail == "" or (tail and len(tail) < len(first) and re.match(r"\s[|–—·»-]\s", tail)):
            return rest, first
    return text, title


# --- what was named -> files


def _sources(inputs: Sequence[str | Path], suffixes: tuple[str, ...] = SUFFIXES) -> list[Path | None]:
    """Every file once, by what it resolves to; None is standard input."""
    if not inputs or "" in inputs:
        raise SourceError("nothing to read was named", hint="Name files, folders, or - for standard input.")
    found: dict[str, Path | None] = {}
    for item in inputs:
        if str(item) == "-":
            found.setdefault("-", None)
            continue
        path = Path(item)
        try:
            mode = path.stat().st_mode
        except (FileNotFoundError, NotADirectoryError, ValueError) as error:
            web = "Save the page as .html and name that file." if "://" in str(item) else None
            raise SourceError(f"{_origin(item)}: no such file or folder", hint=web) from error
        except OSError:  # there, and not to be looked at: reading it says why
            mode = 0
        for file in _files(path, suffixes) if stat.S_ISDIR(mode) else [path]:
            found.setdefault(os.path.realpath(file), file)
    return list(found.values())


def _files(folder: Path, suffixes: tuple[str, ...]) -> list[Path]:
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
            if stat.S_ISREG(mode) and path.suffix.lower() in suffixes:
                found.append(path)
            elif stat.S_ISDIR(mode) and not path.is_symlink():
                waiting.append(path)
    if not found:
        raise SourceError(
            f"{_origin(folder)}: no article in this folder",
            hint=f"Files that are read: {', '.join(suffixes)}.",
        )
    return sorted(found)


def _origin(path: str | Path | None) -> str:
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


def _read(path: Path | None, stdin: BinaryIO | None) -> tuple[str, Metadata]:
    """The text of an article, and what its source says about it."""
    return _decoded(_bytes(path, stdin), path.suffix.lower() if path is not None else "")


def _decoded(data: bytes, suffix: str) -> tuple[str, Metadata]:
    refuse_binary(data)
    if suffix and suffix not in SUFFIXES:
        raise SourceError(
            f"files that end in {suffix} are not read",
            hint=f"Known endings: {', '.join(SUFFIXES)}, or none.",
        )
    page = suffix in (".html", ".htm") or (not suffix and _PAGE.match(data[:1000].decode("latin-1")))
    text = re.sub(r"\r\n?", "\n", decode(data, declared_encoding(data) if page else None))
    if page or (not suffix and _PAGE.match(text)):  # again: it may have been UTF-16
        return from_html(text)
    if suffix == ".json" or (not suffix and _JSON_START.match(text)):
        return from_json(text)
    if suffix in (".md", ".markdown"):
        fields, body = front_matter(text)
        return from_markdown(body), metadata(fields)
    return text, Metadata()


_PAGE = re.compile(r"\s*(?:<\?xml[^<>]*>\s*)?<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_JSON_START = re.compile(r"\s*(?:\{\s*\"|\[\s*\{)")
