"""What comes in goes into the queue, each decision once, and what became of everything is counted."""

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

from ..article import Article
from ..errors import QueueError, SourceError, UnknownItem
from ..records import Record
from ..review_items import Decision, ReviewItem
from .annotations import read_annotations
from .incoming import Fate, Incoming, read_jsonl
from .rows import MOST_TOLD, Row


class _Holds(Protocol):
    @property
    def item(self) -> ReviewItem: ...


class Target(Protocol):
    """What an import needs of the queue."""

    def record(self, decision: Decision) -> Any: ...
    def item(self, item_id: str) -> _Holds: ...
    def decisions(self, item_id: str) -> tuple[Decision, ...]: ...
    def article(self, article_id: str) -> Article: ...


class Told(Record, frozen=True):
    """Something that did not become a decision: where it stands in the file, and why."""

    where: str
    fate: Fate
    why: str


class Imported(Record, frozen=True):
    """What an import came to: how many of each fate, and the first of what a person must look at."""

    counts: dict[Fate, int]
    told: tuple[Told, ...] = ()

    def count(self, fate: Fate) -> int:
        return self.counts.get(fate, 0)

    @property
    def complete(self) -> bool:
        """Whether every decision of the file is in the queue."""
        return not any(self.count(fate) for fate in _WRONG)


_BOM = b"\xef\xbb\xbf"
_WRONG = (Fate.PROBLEM, Fate.UNKNOWN_ITEM, Fate.ALREADY_DECIDED)


def import_decisions(queue: Target, incoming: Iterable[Incoming]) -> Imported:
    """Records what is not there yet. Doing it again changes nothing."""
    counts: Counter[Fate] = Counter()
    told: list[Told] = []
    for one in incoming:
        fate, why = _take(queue, one)
        counts[fate] += 1
        if fate in _WRONG and len(told) < MOST_TOLD:
            told.append(Told(one.where, fate, why))
    return Imported({fate: counts[fate] for fate in Fate}, tuple(told))


def import_file(queue: Target, path: Path, names: Mapping[str, str] | None = None) -> Imported:
    """Takes the decisions of a JSONL export, or of Label Studio's export of a project as JSON.

    Which of the two it is, is told by how it begins: an array is Label Studio's. ``names`` gives the
    reviewers behind Label Studio's numbers and addresses. Raises SourceError for a file that cannot be
    read or is empty, ReportFormatError for an array that is broken.
    """
    try:
        with path.open("rb") as file:
            beginning = file.read(4096).removeprefix(_BOM).lstrip()[:1]
            if not beginning:
                raise SourceError(f"{path} is empty", hint="summarizer queue import FILE")
            file.seek(0)
            if beginning != b"[":
                return import_decisions(queue, read_jsonl(file))
            data = file.read().removeprefix(_BOM)
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror or error}") from error
    return import_decisions(queue, read_annotations(data, lambda item_id: row_of(queue, item_id), names))


def row_of(queue: Target, item_id: str) -> Row | None:
    """The item with exactly this id, and its article."""
    try:
        item = queue.item(item_id).item
        return Row(item, queue.article(item.article_id)) if item.id == item_id else None
    except UnknownItem:
        return None


def _take(queue: Target, one: Incoming) -> tuple[Fate, str]:
    decision = one.decision
    if decision is None:
        return one.fate, one.why
    try:
        fate = Fate(str(queue.record(decision)))
        if fate is Fate.ALREADY_DECIDED:
            fate = _replace(queue, decision, one.series)
    except UnknownItem:
        return Fate.UNKNOWN_ITEM, f"the queue has no item {decision.item_id}"
    except QueueError as error:
        return Fate.PROBLEM, str(error)
    why = f"{decision.reviewer} has another decision about {decision.item_id}, which stands"
    return fate, why if fate is Fate.ALREADY_DECIDED else ""


def _replace(queue: Target, decision: Decision, series: str | None) -> Fate:
    """An annotation that was changed where it was made takes the place of what it said before."""
    standing = [one for one in queue.decisions(decision.item_id) if one.reviewer == decision.reviewer]
    if series is None or not standing or not standing[0].id.startswith(f"{series}-"):
        return Fate.ALREADY_DECIDED
    before = standing[0]
    if _content(before) == _content(decision) or decision.at < before.at:
        return Fate.KNOWN
    queue.record(
        Decision(
            id=f"{decision.id}-undo",
            item_id=before.item_id,
            reviewer=before.reviewer,
            at=decision.at,
            verdict=before.verdict,
            undoes=before.id,
            article_id=before.article_id,
        )
    )
    return Fate.REPLACED if str(queue.record(decision)) == Fate.ADDED else Fate.ALREADY_DECIDED


def _content(decision: Decision) -> tuple[Any, ...]:
    return decision.verdict, decision.corrected_text, decision.note
