"""Decisions that come in from outside: rows of an export, edited or from another queue.

Reading yields one ``Incoming`` for everything that was there, also for what is no decision; what becomes
of it is told by ``summarizer.export.importing``. A broken row ends nothing but itself.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

import msgspec

from ..article import normalise
from ..errors import ReportFormatError
from ..review_items import Decision, ReviewItem, TruthRating

_LONGEST = 200  # characters of an id or a name


class Fate(StrEnum):
    """What became of something in a file of decisions."""

    ADDED = "added"
    REPLACED = "replaced"  # its reviewer changed it where it was made: the earlier one is taken back
    KNOWN = "known"  # it is in the queue already
    ALREADY_DECIDED = "already_decided"  # its reviewer has another standing decision about the item
    UNKNOWN_ITEM = "unknown_item"  # the queue has no such item
    NO_DECISION = "no_decision"  # an item that nobody decided about
    CANCELLED = "cancelled"  # its annotator skipped the task
    PROBLEM = "problem"  # it cannot be read, or is not what it should be


@dataclass(frozen=True, slots=True)
class Incoming:
    """Something in a file: a decision, or ``fate`` and why it is none.

    ``series`` is the beginning of the ids that one annotation gets, however often it is changed.
    """

    where: str
    decision: Decision | None = None
    fate: Fate = Fate.PROBLEM
    why: str = ""
    series: str | None = None


class _Beginning(msgspec.Struct):
    """Enough of a line to tell an item from a decision."""

    finding: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


def read_jsonl(lines: Iterable[bytes]) -> Iterator[Incoming]:
    """Rows of a JSONL export, and lines that are decisions by themselves (``decision.schema.json``)."""
    for number, line in enumerate(lines, 1):
        line = line.removeprefix(b"\xef\xbb\xbf").strip()
        where = f"line {number}"
        if not line:
            continue
        try:
            yield _read_line(where, line)
        except ReportFormatError as error:
            yield Incoming(where, why=str(error))


def _read_line(where: str, line: bytes) -> Incoming:
    try:
        is_item = msgspec.json.decode(line, type=_Beginning).finding is not msgspec.UNSET
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise ReportFormatError(f"not a row of an export: {error}") from error
    if not is_item:
        return Incoming(where, clean(Decision.from_json(line)))
    item = ReviewItem.from_json(line)
    if item.decision is None:
        return Incoming(where, fate=Fate.NO_DECISION)
    if item.decision.item_id != item.id:
        raise ReportFormatError("the decision is about another item than the row")
    return Incoming(where, clean(item.decision))


def clean(decision: Decision) -> Decision:
    """A decision from outside as one of ours would be. Raises ReportFormatError for one that is none."""
    for what, text in (("id", decision.id), ("item_id", decision.item_id)):
        if not text or len(text) > _LONGEST or not text.isprintable():
            raise ReportFormatError(f"the decision has no usable {what}")
    if decision.seconds_spent is not None and not 0 <= decision.seconds_spent < float("inf"):
        raise ReportFormatError("seconds_spent is below 0")
    return msgspec.structs.replace(
        decision,
        reviewer=name_of(decision.reviewer),
        at=moment(decision.at),
        corrected_text=said(decision.corrected_text, one_line=True),
        note=said(decision.note),
        truth_rating=_rating(decision.truth_rating),
    )


def name_of(reviewer: str) -> str:
    """A reviewer's name as the queue keeps it. Raises ReportFormatError for none."""
    name = " ".join(normalise(reviewer).split())
    if not name or len(name) > _LONGEST:
        raise ReportFormatError("a reviewer has a name of at most 200 characters")
    return name


def said(text: str | None, *, one_line: bool = False) -> str | None:
    """What somebody typed, normalised as the queue does it; None for nothing."""
    if text is None:
        return None
    text = normalise(text)
    return (" ".join(text.split()) if one_line else text) or None


def moment(stamp: str) -> str:
    """A time as the queue writes it: in UTC, whole seconds. Raises ReportFormatError without an offset."""
    try:
        at = datetime.fromisoformat(stamp)
        if at.tzinfo is None:
            raise ReportFormatError(f"the time {stamp!r} has no offset, as 2026-11-23T08:30+02:00 has")
        return at.astimezone(UTC).isoformat(timespec="seconds")
    except (ValueError, OverflowError) as error:
        raise ReportFormatError(f"{stamp!r} is no time") from error


def _rating(rating: TruthRating | None) -> TruthRating | None:
    if rating is None:
        return None
    name = said(rating.name, one_line=True)
    if name is None:
        raise ReportFormatError("the truth rating has no name")
    ends = [end for end in (rating.worst, rating.best) if end is not None]
    if rating.value is not None and len(ends) == 2 and not min(ends) <= rating.value <= max(ends):
        raise ReportFormatError(f"a truth rating of {rating.value} is not between {ends[0]} and {ends[1]}")
    return msgspec.structs.replace(rating, name=name, explanation=said(rating.explanation))
