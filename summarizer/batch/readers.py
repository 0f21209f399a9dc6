"""What a user names -> records, one after the other and never all at once.

JSON Lines, CSV, Parquet, single articles (.txt, .md, .html, .json), folders of all of these, globs, and
standard input. What cannot be read is a record with its error, and does not stop the others.
"""

import csv
import glob
import io
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

from ..decoding import decode
from ..errors import InputError, SettingsError, SourceError
from ..formats import KNOWN_FIELDS, front_matter, json_object
from ..sources import MAX_BYTES, SUFFIXES, bytes_of, files_below, origin_of
from .records import Input

TABLES = (".jsonl", ".ndjson", ".csv", ".tsv", ".parquet")
FORMATS = ("jsonl", "csv", "text")
# What a field can be mapped to.
FIELDS = ("id", "document_id", "version", "text", "title", "published", "url", "language")
_ROWS_AT_ONCE = 256
_PEEK = 65_536
_IDS = ("id", "document_id", "version")


@dataclass(slots=True)
class Reader:
    """Reads what was named. ``fields`` maps our names to those of the input (``{"text": "body"}``).

    ``stdin_format`` is ``jsonl``, ``csv`` or ``text``; not given, it is told by how the input begins.
    """

    inputs: Sequence[str]
    fields: Mapping[str, str] = field(default_factory=dict)
    stdin: BinaryIO | None = None
    stdin_format: str | None = None
    most_bytes: int = MAX_BYTES  # of one article
    files: list[Path | None] = field(init=False)

    def __post_init__(self) -> None:
        """Raises SourceError for an input that is not there, SettingsError for a field that cannot be."""
        for name in self.fields:
            if name not in FIELDS:
                raise SettingsError(
                    f"there is no field {name!r}", hint=f"Fields of an article: {', '.join(FIELDS)}."
                )
        if self.stdin_format is not None and self.stdin_format not in FORMATS:
            raise SettingsError(f"there is no format {self.stdin_format!r}", hint=f"Known: {FORMATS}.")
        self.files = files_below(_expanded(self.inputs), (*SUFFIXES, *TABLES))

    def __iter__(self) -> Iterator[Input]:
        for path in self.files:
            origin = origin_of(path)
            try:
                yield from self._of(path, origin)
            except InputError as error:
                yield Input.unreadable(origin, _named(origin, error))
            except OSError as error:
                said = SourceError(f"{origin}: cannot be read: {error.strerror or error}")
                yield Input.unreadable(origin, said)

    def _of(self, path: Path | None, origin: str) -> Iterator[Input]:
        if path is None:
            yield from self._standard_input(origin)
            return
        suffix = path.suffix.lower()
        if suffix == ".parquet":
            yield from self._rows(_parquet(path), origin)
        elif suffix in TABLES:
            with path.open("rb") as file:
                if suffix in (".csv", ".tsv"):
                    yield from self._rows(_csv(file), origin)
                else:
                    yield from self._rows(_json_lines(file, self.most_bytes), origin)
        else:
            yield self._single(bytes_of(path), suffix, origin)

    def _standard_input(self, origin: str) -> Iterator[Input]:
        file = io.BufferedReader(_Raw(self.stdin or sys.stdin.buffer), _PEEK)
        form = self.stdin_format or _form(file.peek(_PEEK))
        if form == "jsonl":
            yield from self._rows(_json_lines(file, self.most_bytes), origin)
        elif form == "csv":
            yield from self._rows(_csv(file), origin)
        else:
            data = file.read(self.most_bytes + 1)
            if len(data) > self.most_bytes:
                raise SourceError(
                    f"larger than the limit of {self.most_bytes:,} bytes for one article",
                    hint="For JSON Lines or CSV on standard input say --from jsonl or --from csv.",
                )
            yield self._single(data, "", origin)

    def _single(self, data: bytes, suffix: str, origin: str) -> Input:
        if suffix == ".json":
            return Input.of_fields(self._mapped(json_object(decode(data, None))), origin)
        known: dict[str, str] = {}
        if suffix in (".md", ".markdown") and data.startswith(b"---"):
            fields, _ = front_matter(decode(data, None).replace("\r\n", "\n"))
            known = {name: fields[name] for name in _IDS if name in fields}
        return Input.of_file(data, suffix, origin, known)

    def _rows(self, rows: "Iterable[tuple[int, _Row]]", origin: str) -> Iterator[Input]:
        for number, row in rows:
            where = f"{origin}:{number}"
            if isinstance(row, InputError):
                yield Input.unreadable(where, _named(where, row))
                continue
            try:
                yield Input.of_fields(self._mapped(row), where)
            except InputError as error:
                yield Input.unreadable(where, _named(where, error))

    def _mapped(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The row under our names. Raises SourceError where a column that was named is missing."""
        if not self.fields:
            return dict(row)
        # What was mapped wins over what has the name by chance.
        found = {name: value for name, value in row.items() if name.lower() not in self.fields}
        for name, column in self.fields.items():
            value = _at(row, column)
            if value is None and name == "text":
                known = ", ".join(sorted(str(key) for key in row)[:20])
                raise SourceError(f"there is no field {column!r}", hint=f"Fields here: {known}.")
            found[name] = value
        return found


_Row = Mapping[str, Any] | InputError


def field_map(given: Sequence[str]) -> dict[str, str]:
    """``["text=body"]`` as ``{"text": "body"}``. Raises SettingsError."""
    found = {}
    for item in given:
        name, mark, column = item.partition("=")
        if not mark or not name.strip() or not column.strip():
            raise SettingsError(f"{item!r} maps nothing", hint="Write it as --field text=body.")
        found[name.strip()] = column.strip()
    return found


def _expanded(inputs: Sequence[str]) -> list[str]:
    """The inputs with globs that no shell has resolved."""
    found: list[str] = []
    for item in map(str, inputs):
        if item != "-" and not Path(item).exists() and re.search(r"[*?[]", item):
            names = sorted(glob.glob(item, recursive=True))  # noqa: PTH207 (a pattern may be absolute)
            if not names:
                raise SourceError(f"{origin_of(item)}: no file has such a name")
            found += names
        else:
            found.append(item)
    return found


def _named(origin: str, error: InputError) -> InputError:
    text = str(error)
    return error if text.startswith(origin) else type(error)(f"{origin}: {text}", hint=error.hint)


def _at(row: Mapping[str, Any], column: str) -> Any:
    """A column, or ``a.b`` inside an object."""
    if column in row:
        return row[column]
    value: Any = row
    for part in column.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _form(start: bytes) -> str:
    """``jsonl`` when the first line is an object of its own, else one article."""
    line, end, _ = start.removeprefix(b"\xef\xbb\xbf").lstrip().partition(b"\n")
    if not line.startswith(b"{"):
        return "text"
    if not end and len(start) >= _PEEK:
        return "jsonl"  # one line longer than what can be looked at
    try:
        json.loads(line)
    except ValueError:
        return "text"
    # One object and nothing else may be a single article as well: both come to the same.
    return "jsonl"


# --- tables: numbered rows, or what is wrong with one


def _lines(file: BinaryIO, most_bytes: int) -> Iterator[bytes | None]:
    """Lines; None for one that is longer than an article may be."""
    while line := file.readline(most_bytes + 1):
        if len(line) <= most_bytes:
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = file.readline(_PEEK)
        yield None


def _json_lines(file: BinaryIO, most_bytes: int) -> Iterator[tuple[int, _Row]]:
    for number, line in enumerate(_lines(file, most_bytes), 1):
        if line is None:
            yield number, SourceError(f"a line of more than {most_bytes:,} bytes")
            continue
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        if not line.strip():
            continue
        try:
            yield number, json_object(line.decode("utf-8"))
        except UnicodeDecodeError:
            yield number, SourceError("not UTF-8", hint="JSON Lines are written in UTF-8.")
        except InputError as error:
            yield number, error


def _csv(file: BinaryIO) -> Iterator[tuple[int, _Row]]:
    """Rows by the names in the first line; which sign parts the cells is told by that line."""
    csv.field_size_limit(MAX_BYTES)
    # Bytes that are no UTF-8 come through as surrogates, and are told of for their row only.
    text = io.TextIOWrapper(file, "utf-8-sig", errors="surrogateescape", newline="")
    head = text.readline()
    sign = max(",;\t|", key=head.count)
    names = next(csv.reader([head], delimiter=sign), [])
    if not any(name.strip().lower() in KNOWN_FIELDS for name in names) and len(names) < 2:
        raise SourceError(
            "its first line names no columns", hint="The first line of a CSV file names its columns."
        )
    rows = csv.reader(text, delimiter=sign)
    while True:
        number = rows.line_num + 2
        try:
            cells = next(rows)
        except StopIteration:
            break
        except csv.Error as error:
            yield number, SourceError(f"not CSV: {error}")
            continue
        if not cells:
            continue
        if len(cells) > len(names):
            hint = "A cell with such a sign in it is written between quotation marks."
            yield number, SourceError(f"{len(cells)} cells, and {len(names)} columns", hint=hint)
        elif any(re.search("[\udc80-\udcff]", cell) for cell in cells):
            yield number, SourceError("not UTF-8", hint="Save the table as CSV in UTF-8.")
        else:
            yield number, dict(zip(names, cells, strict=False))
    text.detach()  # else it would close a file that is not its own


def _parquet(path: Path) -> Iterator[tuple[int, _Row]]:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise SettingsError(
            "reading Parquet needs a package that is not installed",
            hint="pip install 'summarizer[parquet]'",
        ) from error
    number = 0
    try:
        with parquet.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=_ROWS_AT_ONCE):
                for row in batch.to_pylist():
                    number += 1
                    yield number, {name: _plain(value) for name, value in row.items()}
    except (pyarrow.ArrowException, ValueError) as error:
        raise SourceError(f"not Parquet that can be read: {error}") from error


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


class _Raw(io.RawIOBase):
    """A stream that somebody else owns: closing what reads from it leaves it open."""

    def __init__(self, source: BinaryIO) -> None:
        self._read: Callable[[int], bytes] = getattr(source, "read1", source.read)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._read(len(buffer))
        buffer[: len(data)] = data
        return len(data)
