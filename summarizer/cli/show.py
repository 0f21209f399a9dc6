"""``summarizer show``: saved reports, to be read."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import InputError, ReportFormatError, SourceError
from .common import BAD_INPUT, DONE, Format, complain, examples

if TYPE_CHECKING:
    from ..report import Report

EXAMPLES = examples(
    "summarizer show report.json",
    "summarizer show reports.jsonl | less",
    "summarizer run article.txt --json | summarizer show -",
    "summarizer show reports.jsonl --format html > reports.html",
)
_HINT = "Reports are made with: summarizer run ARTICLE --json --out report.json"


def show(
    reports: Annotated[
        list[str],
        typer.Argument(
            metavar="REPORT",
            help="Files of reports (.json, .jsonl), or - for standard input.",
            show_default=False,
        ),
    ],
    form: Annotated[
        Format | None,
        typer.Option("--format", help="text, unless said otherwise; html: one page of all."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Short for --format json.")] = False,
) -> None:
    """Show saved reports: one, an array of them, or one a line."""
    from .output import Sink, wanted_format

    form = wanted_format(form, json)
    good: list[Report] = []
    bad: list[InputError] = []
    for name in reports:
        for found in read_reports(name):
            if isinstance(found, InputError):
                bad.append(found)
            else:
                good.append(found)
    sink = Sink(form, several=len(good) > 1)
    for report in good:
        sink.add(report)
    sink.finish()
    for error in bad:
        complain(str(error), error.hint)
    raise typer.Exit(BAD_INPUT if bad else DONE)


def read_reports(name: str) -> "Iterator[Report | InputError]":
    """The reports in a file; in place of one that cannot be read, the error that says why."""
    from ..report import Report

    origin = "standard input" if name == "-" else name
    try:
        texts = _split(_bytes(name))
    except InputError as error:
        yield type(error)(f"{origin}: {error}", hint=error.hint)
        return
    for where, text in texts:
        try:
            yield Report.from_json(text)
        except ReportFormatError as error:
            yield ReportFormatError(f"{origin}{where}: {error}", hint=_HINT)


def _bytes(name: str) -> bytes:
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except (OSError, ValueError) as error:
        words = getattr(error, "strerror", None) or str(error)
        raise SourceError(f"cannot be read: {words}") from error
    return data.removeprefix(b"\xef\xbb\xbf")


def _split(data: bytes) -> list[tuple[str, bytes]]:
    """The JSON texts of the single reports, and where each stands when there are several."""
    import msgspec

    stripped = data.strip()
    if not stripped:
        raise ReportFormatError("it is empty", hint=_HINT)
    lines = [(number, line) for number, line in enumerate(data.splitlines(), 1) if line.strip()]
    try:
        if stripped.startswith(b"["):
            found = msgspec.json.decode(stripped, type=list[msgspec.Raw])
            if not found:
                raise ReportFormatError("an array without reports", hint=_HINT)
            return [(f", report {number}", bytes(one)) for number, one in enumerate(found, 1)]
        msgspec.json.decode(stripped, type=msgspec.Raw)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        # An object spread over lines starts with a line that is no JSON by itself; JSON lines do not.
        if len(lines) > 1 and lines[0][1].rstrip().endswith(b"}"):
            return [(f", line {number}", line) for number, line in lines]
        raise ReportFormatError(f"not JSON: {error}", hint=_HINT) from error
    return [("", stripped)]
