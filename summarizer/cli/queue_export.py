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
from ..review_items import ItemStatus
from ..settings import Settings
from .common import DONE, INCOMPLETE, complain, examples, note, put, put_json
from .files import check_target, whole_file
from .queueing import (
    ArticleOption,
    BatchOption,
    CodeOption,
    DocumentOption,
    KindOption,
    LanguageOption,
    MaxRiskOption,
    MinRiskOption,
    NewerOption,
    OlderOption,
    QueueOption,
    chosen,
    open_queue,
)

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
    queue: QueueOption = None,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="TIME", help="Put in, decided or changed then or later."),
    ] = None,
    status: Annotated[ItemStatus | None, typer.Option("--status", help="Items that stand so.")] = None,
    article: ArticleOption = None,
    document: DocumentOption = None,
    code: CodeOption = None,
    language: LanguageOption = None,
    older: OlderOption = None,
    newer: NewerOption = None,
    batch: BatchOption = None,
    kind: KindOption = None,
    min_risk: MinRiskOption = None,
    max_risk: MaxRiskOption = None,
    reviewer: Annotated[
        str | None, typer.Option("--reviewer", metavar="NAME", help="About which this person decided.")
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
    settings = Settings.load()
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
    with open_queue(queue, create=False) as opened:
        filters = chosen(
            opened,
            article=article,
            document=document,
            code=code,
            language=language,
            older=older,
            newer=newer,
            batch=batch,
            kind=kind,
            min_risk=min_risk,
            max_risk=max_risk,
            status=status,
            reviewer=reviewer,
        )
        filters = msgspec.structs.replace(filters, since=since)
        written = _export(opened, form, out, filters, publishing, script)
    _tell_written(written, form, out, json)
    raise typer.Exit(INCOMPLETE if written.problems else DONE)


def _export(
    queue: "Queue", form: _Format, out: str, filters: "Filters", publishing: Any, script: bool
) -> "Written":
    from ..export.exporting import ExportFormat, export_queue

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
    queue: QueueOption = None,
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

    names = dict(map(_named, name or ()))
    with open_queue(queue, create=False) as opened:
        found = import_file(opened, file, names)
    _tell_imported(found, file, json)
    raise typer.Exit(DONE if found.complete else INCOMPLETE)


def label_config() -> None:
    """Print the labelling interface for a Label Studio project: its settings take it as code."""
    from ..export.label_studio import LABEL_CONFIG

    put(LABEL_CONFIG)


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
        complain(f"{_counted(written.problems, 'piece')} left out: not what the texts have there")
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
    "added": "added",
    "replaced": "changed since and replaced",
    "known": "known already",
    "already_decided": "where the same person decided otherwise here",
    "unknown_item": "about no item of this queue",
    "no_decision": "without a decision",
    "cancelled": "skipped in Label Studio",
    "problem": "not readable",
}


def _line(text: str) -> None:
    from ..render.safe import safe

    put(f"{safe(text)}\n")


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
