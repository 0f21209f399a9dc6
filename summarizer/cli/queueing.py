"""What the commands share that work with the queue: which one, which items, and reports put in."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import UnknownItem
from ..flags import FlagCode
from ..report import StatementKind
from ..review_items import ItemStatus
from ..settings import Settings, queue_url

if TYPE_CHECKING:
    from ..report import Report
    from ..review.filters import Filters
    from ..review.queue import Added, Queue

DEFAULT = "default"

QueueOption = Annotated[
    str | None,
    typer.Option(
        "--queue", metavar="URL", help="A file, or postgresql://…; otherwise the one in the settings."
    ),
]
IntakeOption = Annotated[
    str | None,
    typer.Option(
        "--queue",
        metavar="URL",
        help="Put what is flagged into this queue: a file, postgresql://…, or default (the settings').",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="As JSON.")]
ReviewerOption = Annotated[
    str, typer.Option("--reviewer", metavar="NAME", help="Who decides.", show_default=False)
]
ArticleOption = Annotated[
    str | None, typer.Option("--article", metavar="ID", help="Of one version of an article.")
]
DocumentOption = Annotated[
    str | None, typer.Option("--document", metavar="ID", help="Of all versions of one story.")
]
CodeOption = Annotated[FlagCode | None, typer.Option("--code", help="With a flag of this code.")]
LanguageOption = Annotated[
    str | None, typer.Option("--language", metavar="TAG", help="Of articles in this language, as en.")
]
BatchOption = Annotated[str | None, typer.Option("--batch", metavar="ID", help="Of one batch.")]
KindOption = Annotated[StatementKind | None, typer.Option("--kind", help="Statements of this kind.")]
MinRiskOption = Annotated[
    float | None, typer.Option("--min-risk", min=0, max=1, help="With at least this risk.")
]
MaxRiskOption = Annotated[
    float | None, typer.Option("--max-risk", min=0, max=1, help="With at most this risk.")
]


def age(text: str) -> float:
    """``90s``, ``30m``, ``12h``, ``7d`` or ``7`` (days) in seconds. Raises typer.BadParameter."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([smhd]?)\s*", text)
    if found is None:
        raise typer.BadParameter(f"{text!r} is no age: write 7 (days), 12h or 30m")
    return float(found[1]) * {"": 86400, "s": 1, "m": 60, "h": 3600, "d": 86400}[found[2]]


OlderOption = Annotated[
    float | None,
    typer.Option("--older-than", metavar="AGE", parser=age, help="Put in longer ago: 7 (days), 12h."),
]
NewerOption = Annotated[
    float | None, typer.Option("--newer-than", metavar="AGE", parser=age, help="Put in since then.")
]


def open_queue(url: str | None, *, create: bool = True, **options: Any) -> "Queue":
    """The queue that is named, or the settings'. Raises QueueUnavailable."""
    from ..review.queue import Queue

    settings = Settings.load(queue=None if url == DEFAULT else url)
    return Queue(queue_url(settings), create=create, min_reviews=settings.min_reviews, **options)


def chosen(
    queue: "Queue",
    *,
    article: str | None = None,
    document: str | None = None,
    older: float | None = None,
    newer: float | None = None,
    code: FlagCode | None = None,
    language: str | None = None,
    batch: str | None = None,
    kind: StatementKind | None = None,
    min_risk: float | None = None,
    max_risk: float | None = None,
    status: ItemStatus | None = None,
    reviewer: str | None = None,
) -> "Filters":
    """The filters of the options; articles and documents may be named by the beginning of their ids.

    Raises UnknownItem for one that the queue does not have.
    """
    from ..review.filters import Filters

    return Filters(
        article=None if article is None else _article(queue, article),
        document=None if document is None else queue.document(document),
        older_than_s=older,
        newer_than_s=newer,
        code=code,
        language=language,
        batch=batch,
        kind=kind,
        min_risk=min_risk,
        max_risk=max_risk,
        status=status,
        reviewer=reviewer,
    )


def _article(queue: "Queue", name: str) -> str:
    versions = queue.versions(queue.document(name))
    found = {version.article_id for version in versions if version.article_id.startswith(name)}
    found = found or {version.article_id for version in versions if version.current}
    if len(found) != 1:
        raise UnknownItem(f"{name!r} is more than one article", hint="summarizer queue list --json")
    return found.pop()


class Intake:
    """Puts finished reports into a queue. Opened before the first model call: a wrong URL costs nothing."""

    def __init__(self, queue: "Queue", tell: Callable[[str], None]) -> None:
        self._queue = queue
        self._tell = tell
        self._added: list[Added] = []

    @classmethod
    def of(cls, url: str | None, tell: Callable[[str], None]) -> "Intake | None":
        """An intake for ``--queue URL``; None where it is not given."""
        return None if url is None else cls(open_queue(url), tell)

    def add(self, report: "Report", *, batch_id: str | None = None) -> "Added":
        """Puts a report in. Raises QueueError."""
        added = self._queue.add(report, batch_id=batch_id)
        self._added.append(added)
        return added

    def close(self) -> None:
        """Tells what came of it."""
        if self._added:
            self._tell(f"queue {self._queue.name}: {told(self._added)}")
        self._queue.close()


def put_in(intake: Intake, reports: Path, batch_id: str) -> None:
    """Puts in all reports of a file of JSON lines; what is there already changes nothing.

    Raises QueueError, and ReportFormatError for a line that is no report.
    """
    from ..report import Report

    try:
        with reports.open("rb") as lines:
            for line in lines:
                intake.add(Report.from_json(line), batch_id=batch_id)
    finally:
        intake.close()


def told(added: "list[Added]") -> str:
    """What became of reports, in words."""
    from ..review.queue import Outcome

    numbers = {
        "queued": sum(len(one.queued) for one in added),
        "kept": sum(len(one.kept) for one in added),
        "back": sum(len(one.returned) for one in added),
        "withdrawn": sum(len(one.withdrawn) for one in added),
    }
    words = [f"{number:,} {name}" for name, number in numbers.items() if number or name == "queued"]
    known = sum(one.outcome is Outcome.KNOWN for one in added)
    older = sum(one.outcome is Outcome.OLDER for one in added)
    if known:
        words.append(f"{known:,} of {len(added):,} reports were there already")
    if older:
        words.append(f"{older:,} older than the version that is there")
    return ", ".join(words)
