"""``summarizer queue export``, ``import`` and ``label-config``: out of the queue, and decisions back in."""

import json as json_module
import sys
from contextlib import AbstractContextManager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import msgspec
import typer

from ..errors import SettingsError
from ..flags import FlagCode
from ..report import StatementKind
from ..review_items import ItemStatus
from ..settings import Settings, queue_url
from .common import DONE, INCOMPLETE, complain, examples, note, put, put_json
from .files import check_target, whole_file

if TYPE_CHECKING:
    from ..export.importing import Imported
    from ..export.rows import Written
    from ..review.filters import Filters
    from ..review.queue import Queue

EXPORT_EXAMPLES = examples(
    "summarizer queue export --format jsonl --out items.jsonl",
    "summarizer queue export --format csv --out monday.csv --since 2026-11-23",
    "summarizer queue export --format label-studio --out tasks.json --status open --batch b1",
    "summarizer queue export --format claim-review --out reviews.json --publisher 'Example Checks' "
    "--publisher-url https://news.example.org --page-url 'https://news.example.org/checks/{item_id}'",
    "summarizer queue export --format html --out page.html --document https://news.example.org/story",
)
IMPORT_EXAMPLES = examples(
    "summarizer queue import items.jsonl",
    "summarizer queue import project-1.json --name 7=ada --name 8=ben@example.org",
    "summarizer queue import items.jsonl --json",
)
CONFIG_EXAMPLES = examples("summarizer queue label-config > interface.xml")


class _Format(StrEnum):
    """The names of ``summarizer.export.exporting.ExportFormat``, which takes long to load."""

    JSONL = "jsonl"
    CSV = "csv"
    LABEL_STUDIO = "label-studio"
    CLAIM_REVIEW = "claim-review"
    HTML = "html"


def register(app: typer.Typer) -> None:
    """Puts the commands into the group of the queue."""
    app.command("export", epilog=EXPORT_EXAMPLES)(export)
    app.command("import", epilog=IMPORT_EXAMPLES)(import_)
    app.command("label-config", epilog=CONFIG_EXAMPLES)(label_config)


def export(
    out: Annotated[
        str,
        typer.Option(
            "--out", "-o", metavar="FILE", help="Written whole or not at all; - for standard output."
        ),
    ],
    form: Annotated[_Format, typer.Option("--format", "-f", help="What to write.")] = _Format.JSONL,
    queue: Annotated[
        str | None, typer.Option("--queue", metavar="URL", help="A SQLite file, or postgresql://…")
    ] = None,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="TIME", help="Put in, decided or changed then or later."),
    ] = None,
    document: Annotated[
        str | None,
        typer.Option("--document", metavar="ID", help="Of one document: its id, or how it begins."),
    ] = None,
    article: Annotated[
        str | None, typer.Option("--article", metavar="ID", help="Of one version of a document.")
    ] = None,
    batch: Annotated[str | None, typer.Option("--batch", metavar="ID", help="Of one batch.")] = None,
    code: Annotated[
        FlagCode | None, typer.Option("--code", metavar="CODE", help="With a flag of this code.")
    ] = None,
    kind: Annotated[StatementKind | None, typer.Option("--kind", help="Statements of this kind.")] = None,
    language: Annotated[
        str | None, typer.Option("--language", metavar="CODE", help="Of articles in a language, as en.")
    ] = None,
    status: Annotated[ItemStatus | None, typer.Option("--status", help="Items that stand so.")] = None,
    reviewer: Annotated[
        str | None, typer.Option("--reviewer", metavar="NAME", help="About which this person decided.")
    ] = None,
    min_risk: Annotated[
        float | None, typer.Option("--min-risk", min=0, max=1, help="With at least this risk.")
    ] = None,
    max_risk: Annotated[
        float | None, typer.Option("--max-risk", min=0, max=1, help="With at most this risk.")
    ] = None,
    publisher: Annotated[
        str | None, typer.Option("--publisher", metavar="NAME", help="claim-review: who publishes them.")
    ] = None,
    publisher_url: Annotated[
        str | None, typer.Option("--publisher-url", metavar="URL", help="claim-review: their site.")
    ] = None,
    page_url: Annotated[
        str | None,
        typer.Option(
            "--page-url", metavar="PATTERN", help="claim-review: the page of a review, with {item_id} in it."
        ),
    ] = None,
    organisation: Annotated[
        list[str] | None,
        typer.Option("--organisation", metavar="NAME", help="claim-review: a speaker that is no person."),
    ] = None,
    script: Annotated[
        bool, typer.Option("--script", help="claim-review: script elements, to paste into pages.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="The summary as JSON.")] = False,
) -> None:
    """Write items and decisions for spreadsheets, annotation tools, publishing, or another queue.

    A row an item, or one for each reviewer who decided about it. The same queue gives the same file.
    """
    from ..review.filters import Filters

    settings = Settings.load(queue=queue)
    publishing = msgspec.structs.replace(
        settings.publishing,
        name=publisher or settings.publishing.name,
        url=publisher_url or settings.publishing.url,
        page=page_url or settings.publishing.page,
        organisations=(*settings.publishing.organisations, *(organisation or ())),
    )
    if script and form is not _Format.CLAIM_REVIEW:
        raise SettingsError("--script goes with --format claim-review")
    to_stdout = out == "-"
    if not to_stdout:
        check_target(Path(out), [])
    elif json:
        raise SettingsError("with --out - the rows go where --json would go", hint="--out FILE --json")
    elif sys.stdout.isatty():
        raise SettingsError("an export is not for reading on a terminal", hint="--out FILE")
    filters = Filters(
        since=since,
        article=article,
        document=document,
        batch=batch,
        code=code,
        kind=kind,
        language=language,
        status=status,
        reviewer=reviewer,
        min_risk=min_risk,
        max_risk=max_risk,
    )
    with _open(settings) as opened:
        written = _export(opened, form, out, filters, publishing, script)
    _tell_written(written, form, out, json)
    raise typer.Exit(INCOMPLETE if written.problems else DONE)


def _export(
    queue: "Queue", form: _Format, out: str, filters: "Filters", publishing: Any, script: bool
) -> "Written":
    from ..export.exporting import ExportFormat, export_queue

    if filters.document is not None:
        filters = msgspec.structs.replace(filters, document=queue.document(filters.document))
    with _target(out) as file:
        return export_queue(
            queue, ExportFormat(form.value), file, filters, publishing=publishing, script=script
        )


def _target(out: str) -> AbstractContextManager[TextIO]:
    if out != "-":
        return whole_file(Path(out))
    sys.stdout.flush()
    number = sys.stdout.fileno()
    return open(number, "w", encoding="utf-8", errors="backslashreplace", newline="", closefd=False)


def import_(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A JSONL export, or a Label Studio project as JSON.")
    ],
    queue: Annotated[
        str | None, typer.Option("--queue", metavar="URL", help="A SQLite file, or postgresql://…")
    ] = None,
    name: Annotated[
        list[str] | None,
        typer.Option("--name", metavar="WHO=NAME", help="Who is behind a number or address of Label Studio."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="The summary as JSON.")] = False,
) -> None:
    """Take decisions from a JSONL export, or annotations made in Label Studio.

    Doing it again changes nothing. An annotation that was changed since takes the place of what it said.
    """
    from ..export.importing import import_file

    settings = Settings.load(queue=queue)
    names = dict(map(_named, name or ()))
    with _open(settings) as opened:
        found = import_file(opened, file, names)
    _tell_imported(found, file, json)
    raise typer.Exit(DONE if found.complete else INCOMPLETE)


def label_config() -> None:
    """Print the labelling interface for a Label Studio project: its settings take it as code."""
    from ..export.label_studio import LABEL_CONFIG

    put(LABEL_CONFIG)


def _open(settings: Settings) -> "Queue":
    from ..review.queue import Queue

    return Queue(queue_url(settings), create=False)


def _named(text: str) -> tuple[str, str]:
    who, mark, name = text.partition("=")
    if not mark or not who.strip() or not name.strip():
        raise SettingsError(f"--name {text!r} names nobody", hint="--name 7=ada")
    return who.strip(), name.strip()


def _tell_written(written: "Written", form: _Format, out: str, json: bool) -> None:
    if json:
        data = {"format": form.value, "out": out, **msgspec.to_builtins(written)}
        put_json(json_module.dumps(data, ensure_ascii=False, indent=2))
        return
    say = note if out == "-" else _line
    what = "standard output" if out == "-" else out
    say(f"{_counted(written.rows, 'row')} from {_counted(written.items, 'item')} in {what}")
    for reason, number in written.left_out.items():
        say(f"  left out {number:,}: {reason}")
    if written.problems:
        lines = [f"{problem.item_id[:12]}: {problem.what}" for problem in written.told[:10]]
        more = written.problems - len(lines)
        lines += [f"and {more:,} more, in --json"] if more else []
        complain(f"{written.problems:,} pieces could not be written as they are, and were left out")
        for line in lines:
            note(f"  {line}")


def _tell_imported(found: "Imported", file: Path, json: bool) -> None:
    if json:
        data = {"file": str(file), "complete": found.complete, **msgspec.to_builtins(found)}
        put_json(json_module.dumps(data, ensure_ascii=False, indent=2))
        return
    counted = [f"{number:,} {_WORDS[fate.value]}" for fate, number in found.counts.items() if number]
    _line(f"{file}: {', '.join(counted) or 'nothing in it'}")
    if not found.complete:
        complain("not every decision of the file is in the queue")
        for one in found.told[:10]:
            note(f"  {one.where}: {one.why}")
        if len(found.told) > 10:
            note("  and more, in --json")


_WORDS = {
    "added": "decisions added",
    "replaced": "changed since, and replaced",
    "known": "known already",
    "already_decided": "by people who decided otherwise here",
    "unknown_item": "about items that are not in this queue",
    "no_decision": "without a decision",
    "cancelled": "skipped by their annotators",
    "problem": "that could not be read",
}


def _line(text: str) -> None:
    from ..render.safe import safe

    put(f"{safe(text)}\n")


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
