"""The files that people and programs read, written from the journal: whole, or not at all.

``reports.jsonl``, ``failures.jsonl``, ``review.jsonl`` (review items), ``summary.csv`` for a spreadsheet, and
``manifest.json``. Rows go from the journal to the file one by one, whatever their number.
"""

import csv
import hashlib
import io
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from .. import __version__
from ..errors import JournalError
from ..render.safe import safe_json
from .journal import NAME as JOURNAL
from .journal import Journal
from .look import Counts, Look
from .outcome import Row, Status
from .shape import hashes

REPORTS, FAILURES, REVIEW, SUMMARY, MANIFEST = (
    "reports.jsonl",
    "failures.jsonl",
    "review.jsonl",
    "summary.csv",
    "manifest.json",
)
_REPORTED = (Status.REPORTED, Status.INCOMPLETE)
# What a spreadsheet may take for a formula, with the full-width forms that some of them read as well.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\x00", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def write_results(journal: Journal, *, anew: bool = False) -> dict[str, Any]:
    """Writes the files, unless they are those of the journal already; the manifest.

    Raises JournalError when they cannot be written, and when the counts do not add up.
    """
    with journal.look() as look:
        counts, version = look.counts(), look.version()
        old = None if anew else _current(journal.folder, version)
        if old is not None and old.get("runs") == [_run(run) for run in look.runs()]:
            return old
        parts: list[str] = []

        def written(name: str, texts: Iterable[str]) -> dict[str, Any]:
            parts.append(name)
            return _write(_part(journal.folder, name), texts)

        try:
            if old is not None:
                files = old["files"]
            else:
                files = {name: written(name, texts) for name, texts in _contents(look)}
                _check(counts, files)
            manifest = _manifest(look, counts, files, version)
            written(MANIFEST, [json.dumps(manifest, ensure_ascii=False, indent=2) + "\n"])
            for name in parts:
                _part(journal.folder, name).replace(journal.folder / name)
        except OSError as error:
            raise JournalError(
                f"the results in {journal.folder} cannot be written: {error.strerror or error}",
                hint="What is done is in the journal. When there is room: summarizer batch export "
                f"{journal.folder}",
            ) from error
        finally:
            for name in parts:
                with suppress(OSError):
                    _part(journal.folder, name).unlink(missing_ok=True)
    return manifest


def _part(folder: Path, name: str) -> Path:
    return folder / f".{name}.part"


def adds_up(counts: Counts) -> str:
    """Read = reported + failed + not started, said with its numbers."""
    twice = f" ({counts.duplicates:,} of {counts.read:,} records came twice)" if counts.duplicates else ""
    done = counts.reported + counts.incomplete
    part = f" ({counts.incomplete:,} of them incomplete)" if counts.incomplete else ""
    return (
        f"read {counts.read - counts.duplicates:,}{twice} = reported {done:,}{part} "
        f"+ failed {counts.failed:,} + not started {counts.not_started:,}"
    )


def _contents(look: Look) -> Iterator[tuple[str, Iterable[str]]]:
    yield REPORTS, (f"{line}\n" for line in look.rows("report", *_REPORTED))
    yield FAILURES, (f"{line}\n" for line in look.rows("failure", Status.FAILED))
    yield REVIEW, look.rows("items", *_REPORTED)
    yield SUMMARY, _table(look.rows("line", *_REPORTED))


def _table(lines: Iterable[str]) -> Iterator[str]:
    """RFC 4180, with a byte order mark: without it, spreadsheets read UTF-8 as something else."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")

    def text() -> str:
        written = buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
        return written

    writer.writerow(Row.__struct_fields__)
    yield "\ufeff" + text()
    for line in lines:
        row = Row.from_json(line)
        writer.writerow([_cell(getattr(row, name)) for name in Row.__struct_fields__])
        yield text()


def _cell(value: object) -> object:
    """A cell that no spreadsheet takes for a formula; the JSON beside it stays exact."""
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".")
    if not isinstance(value, str):
        return value
    value = value.replace("\x00", "")
    return f"'{value}" if value.startswith(_FORMULA) or value.lstrip().startswith(_FORMULA) else value


def _write(path: Path, texts: Iterable[str]) -> dict[str, Any]:
    """Writes a file through to the disk; its lines, bytes and hash."""
    digest, size, lines = hashlib.sha256(), 0, 0
    with path.open("wb") as file:
        for text in texts:
            # As everywhere in this program: nothing in it that a terminal would obey.
            data = safe_json(text).encode("utf-8", "backslashreplace")
            file.write(data)
            digest.update(data)
            size += len(data)
            lines += text.count("\n")
        file.flush()
        os.fsync(file.fileno())
    return {"lines": lines, "bytes": size, "sha256": digest.hexdigest()}


def _check(counts: Counts, files: dict[str, Any]) -> None:
    """Raises JournalError when an article was lost or told twice."""
    wrong = []
    if not counts.adds_up:
        wrong.append(f"{counts.read:,} records were read, {counts.duplicates:,} of them twice")
    if files[REPORTS]["lines"] != counts.reported + counts.incomplete:
        wrong.append(f"{REPORTS} has {files[REPORTS]['lines']:,} lines")
    if files[FAILURES]["lines"] != counts.failed:
        wrong.append(f"{FAILURES} has {files[FAILURES]['lines']:,} lines")
    if wrong:
        raise JournalError(
            f"the counts do not add up: {adds_up(counts)}, and {'; '.join(wrong)}",
            hint="This is a bug: please report it. The journal has all that was done.",
        )


def _current(folder: Path, version: str) -> dict[str, Any] | None:
    """The manifest, when the files beside it are of this version of the journal."""
    try:
        found: dict[str, Any] = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=dict[str, Any])
        sizes = {name: file["bytes"] for name, file in found["files"].items()}
        if found["journal"]["version"] != version or sizes.keys() != {REPORTS, FAILURES, REVIEW, SUMMARY}:
            return None
        return found if all((folder / n).stat().st_size == size for n, size in sizes.items()) else None
    except (OSError, msgspec.MsgspecError, LookupError, TypeError, AttributeError):
        return None


def _manifest(look: Look, counts: Counts, files: dict[str, Any], version: str) -> dict[str, Any]:
    runs = look.runs()
    totals = look.totals()
    settings = json.loads(runs[-1]["settings"]) if runs else {}
    return {
        "program": f"summarizer {__version__}",
        "written": _iso(datetime.now(UTC).timestamp()),
        "input": {
            "records": counts.read,
            "duplicates": counts.duplicates,
            "read_to_the_end": counts.whole,
            "fingerprint": look.fingerprint() or None,
        },
        "articles": {
            "read": counts.articles,
            "reported": counts.reported + counts.incomplete,
            "of_them_incomplete": counts.incomplete,
            "failed": counts.failed,
            "not_started": counts.not_started,
            "adds_up": counts.adds_up,
        },
        "to_look_at": {"articles": totals["flagged_articles"], "items": totals["items"]},
        "model": runs[-1]["model"] if runs else None,
        "settings": settings,
        "hashes": hashes(settings),
        # What the reports cost when their answers were paid for; and all that was paid in this folder.
        "reports": totals["reports"],
        "paid_in_this_folder": totals["journal"],
        "runs": [_run(run) for run in runs],
        "files": files,
        "journal": {"file": JOURNAL, "version": version, "articles_of_earlier_inputs": counts.earlier},
    }


def _run(run: dict[str, Any]) -> dict[str, Any]:
    return {
        "number": run["number"],
        "model": run["model"],
        "started": _iso(run["started"]),
        "ended": _iso(run["ended"]),
        "seconds": None if run["ended"] is None else round(run["ended"] - run["started"], 1),
        "why_it_ended": run["why"],
    }


def _iso(stamp: float | None) -> str | None:
    return None if stamp is None else datetime.fromtimestamp(stamp, UTC).isoformat(timespec="seconds")
