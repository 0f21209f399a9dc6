"""What reviewers say: appended, counted, taken back. Nothing here overwrites a decision.

An item is decided when ``min_reviews`` people have decided and agree. Where they disagree it takes at
least three, and more people are asked until one verdict has more voices than any other.
"""

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from ..errors import Refused, UnknownItem
from ..review_items import Decision, DecisionVerdict
from .filters import seconds_of
from .rows import add_if_missing
from .tables import RowStatus, TurnKind, decisions, items, plain, turns

# A decision stands while its reviewer's turn names it.
STANDS = sa.and_(
    turns.c.item_id == decisions.c.item_id,
    turns.c.reviewer == decisions.c.reviewer,
    turns.c.decision_id == decisions.c.id,
)

# Built once: building a statement takes longer than running it.
_ITEM = sa.select(items).where(items.c.id == sa.bindparam("item"))
_LOCKED = _ITEM.with_for_update()
_KNOWN = sa.select(decisions.c.id).where(decisions.c.id == sa.bindparam("decision"))
_TURN = (turns.c.item_id == sa.bindparam("item"), turns.c.reviewer == sa.bindparam("who"))
_HAS_DECIDED = sa.select(turns.c.kind).where(*_TURN, turns.c.kind == TurnKind.DECIDED.value)
_NOT_SKIPPED = sa.delete(turns).where(*_TURN, turns.c.kind == TurnKind.SKIPPED.value)
_NOT_DECIDED = sa.delete(turns).where(*_TURN, turns.c.decision_id == sa.bindparam("decision"))
_WRITE = sa.insert(decisions)
_VERDICTS = (
    sa.select(decisions.c.verdict)
    .join(turns, STANDS)
    .where(decisions.c.item_id == sa.bindparam("item"))
    .order_by(decisions.c.seq)
)
_COUNTED = sa.update(items).where(items.c.seq == sa.bindparam("row"))
_COUNTED = _COUNTED.values(
    {
        name: sa.bindparam(f"new_{name}")
        for name in ("status", "reviews", "verdict", "changed", "holder", "lease_until")
    }
)


class Recorded(StrEnum):
    """What became of a decision from elsewhere."""

    ADDED = "added"
    KNOWN = "known"  # this very decision is here already
    ALREADY_DECIDED = "already_decided"  # this person has another standing decision about the item


def settled(verdicts: Sequence[str], min_reviews: int) -> DecisionVerdict | None:
    """What the standing decisions come to; None where one more person must decide."""
    counted = Counter(verdicts).most_common()
    if not counted or len(verdicts) < max(min_reviews, 1):
        return None
    if len(counted) == 1:
        return DecisionVerdict(counted[0][0])
    most = len(verdicts) > 2 and counted[0][1] > counted[1][1]
    return DecisionVerdict(counted[0][0]) if most else None


def decide(
    connection: Connection, decision: Decision, now: float, *, second_opinion: bool = False
) -> Decision:
    """Appends a reviewer's decision about an item that is theirs to decide.

    Raises UnknownItem, and Refused where somebody else holds it, enough people have decided (unless a
    second opinion is wanted), they have decided already, or the item was withdrawn.
    """
    row = _locked(connection, decision.item_id)
    short, who = decision.item_id[:12], decision.reviewer
    theirs = row.holder == who
    if row.status == RowStatus.WITHDRAWN:
        raise Refused(
            f"{short} was withdrawn: a later version of the article does not have it",
            hint="summarizer queue next --reviewer NAME",
        )
    if row.status == RowStatus.LEASED and not theirs and row.lease_until > now:
        raise Refused(f"{row.holder} is working on {short}", hint="Take the next one, or wait.")
    if (
        row.status == RowStatus.DECIDED
        and not theirs
        and not second_opinion
        and not _has(connection, decision)
    ):
        raise Refused(
            f"{short} is decided already ({row.verdict})", hint="To disagree with it: --second-opinion"
        )
    decision = msgspec.structs.replace(decision, article_id=row.article_id)
    if not _append(connection, decision, now):
        raise Refused(f"{who} has decided about {short} already", hint="To take it back: undo")
    _tally(connection, row, who, now)
    return decision


def record(connection: Connection, decision: Decision, now: float) -> Recorded:
    """Appends a decision that was made elsewhere, whoever holds the item. Raises UnknownItem.

    The same decision again changes nothing. One that takes another back is applied to that one.
    """
    row = _locked(connection, decision.item_id)
    if connection.execute(_KNOWN, {"decision": plain(decision.id)}).first() is not None:
        return Recorded.KNOWN
    if decision.undoes is not None:
        _take_back(connection, decision)
    elif not _append(connection, decision, seconds_of(decision.at)):
        return Recorded.ALREADY_DECIDED
    _tally(connection, row, decision.reviewer, now)
    return Recorded.ADDED


def last_of(connection: Connection, reviewer: str) -> Decision | None:
    """The last decision of a reviewer that stands."""
    query = (
        sa.select(decisions.c.body)
        .join(turns, STANDS)
        .where(decisions.c.reviewer == reviewer)
        .order_by(decisions.c.seq.desc())
        .limit(1)
    )
    body = connection.execute(query).scalar_one_or_none()
    return None if body is None else Decision.from_json(body)


def undo(connection: Connection, undoing: Decision, now: float) -> None:
    """Appends that a decision is taken back; its item is open again unless the others suffice.

    Raises Refused where the decision stands no longer.
    """
    row = _locked(connection, undoing.item_id)
    _take_back(connection, undoing)
    _tally(connection, row, undoing.reviewer, now)


def retally(connection: Connection, item_id: str, now: float) -> None:
    """Counts anew, for an item that was withdrawn and is back."""
    _tally(connection, _locked(connection, item_id), "", now, withdrawn_too=True)


def _locked(connection: Connection, item_id: str) -> Row[Any]:
    row = connection.execute(_LOCKED, {"item": plain(item_id)}).one_or_none()
    if row is None:
        raise UnknownItem(f"there is no item {item_id}", hint="summarizer queue list")
    return row


def _has(connection: Connection, decision: Decision) -> bool:
    turn = {"item": decision.item_id, "who": decision.reviewer}
    return connection.execute(_HAS_DECIDED, turn).first() is not None


def _append(connection: Connection, decision: Decision, at: float) -> bool:
    """Writes the decision and the reviewer's turn; False where they have decided already."""
    connection.execute(_NOT_SKIPPED, {"item": decision.item_id, "who": decision.reviewer})
    turn = {
        "item_id": decision.item_id,
        "reviewer": decision.reviewer,
        "kind": TurnKind.DECIDED.value,
        "decision_id": decision.id,
    }
    if not add_if_missing(connection, turns, turn):
        return False
    _write(connection, decision, at)
    return True


def _take_back(connection: Connection, undoing: Decision) -> None:
    turn = {"item": undoing.item_id, "who": undoing.reviewer, "decision": undoing.undoes}
    if not connection.execute(_NOT_DECIDED, turn).rowcount:
        raise Refused(f"the decision {undoing.undoes} stands no longer")
    _write(connection, undoing, seconds_of(undoing.at))


def _write(connection: Connection, decision: Decision, at: float) -> None:
    values = {
        "id": decision.id,
        "item_id": decision.item_id,
        "reviewer": decision.reviewer,
        "at": at,
        "verdict": decision.verdict.value,
        "undoes": decision.undoes,
        "body": decision.to_json(),
    }
    connection.execute(_WRITE, values)


def _tally(
    connection: Connection, row: Row[Any], reviewer: str, now: float, *, withdrawn_too: bool = False
) -> None:
    """Counts the standing decisions; the reviewer's lease is over, somebody else's is not."""
    verdicts = [str(said) for said in connection.execute(_VERDICTS, {"item": row.id}).scalars()]
    verdict = settled(verdicts, row.min_reviews)
    status, holder, until = row.status, row.holder, row.lease_until
    if status != RowStatus.WITHDRAWN or withdrawn_too:
        held = status == RowStatus.LEASED and holder != reviewer and until > now
        if not held:  # whoever holds it may still say what they came to
            holder = until = None
        status = (RowStatus.LEASED if held else RowStatus.OPEN).value
        if verdict is not None:
            status = RowStatus.DECIDED.value
    values = {
        "row": row.seq,
        "new_status": status,
        "new_reviews": len(verdicts),
        "new_verdict": None if verdict is None else verdict.value,
        "new_changed": now,
        "new_holder": holder,
        "new_lease_until": until,
    }
    connection.execute(_COUNTED, values)
