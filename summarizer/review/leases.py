"""Who works on which item: nobody gets what somebody else holds, and what is left lying comes back.

The next item is one UPDATE that names its row by a sub-select: SQLite lets only one write at a time,
PostgreSQL skips the rows that others have locked. Leases that ran out are put back by a statement of
their own: as a second condition of that sub-select they would keep it from using its index.
"""

from collections.abc import Sequence
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..errors import Refused, UnknownItem
from ..records import Record
from ..review_items import ReviewItem
from .filters import Filters, conditions, parameters
from .rows import item_of
from .store import Store
from .tables import RowStatus, TurnKind, bodies, items, skips, turns


class Lease(Record, frozen=True):
    """An item that a reviewer holds until a time (ISO 8601 with offset).

    ``reviews`` is how many people have decided about it before.
    """

    item: ReviewItem
    reviewer: str
    until: str
    reviews: int = 0


class Why(StrEnum):
    """Why there is no next item."""

    EMPTY = "empty"  # nothing is open
    LEASED = "all_leased"  # all that is open is with other reviewers
    FILTERED = "filtered_out"  # there is something, but nothing that the filters ask for
    YOURS = "done_by_you"  # what is left needs another reviewer, or you hold it or have skipped it


class Nothing(Record, frozen=True):
    """No next item: why, and how many items are open at all, with others, or yours in one of three ways.

    All but ``open`` count only what the filters ask for.
    """

    why: Why
    open: int
    leased: int = 0
    decided_by_you: int = 0
    skipped_by_you: int = 0
    held_by_you: int = 0


_FREE = {"status": RowStatus.OPEN.value, "holder": None, "lease_until": None}
# The cast changes nothing but SQLite's plan: without it, it reads all bodies to find one.
_BODY = sa.select(bodies.c.body).where(bodies.c.item_id == sa.cast(items.c.id, sa.Text)).scalar_subquery()
_GIVEN = (_BODY.label("body"), items.c.min_reviews, items.c.reviews, items.c.priority, items.c.seq)


@cache  # as many as there are shapes
def _taking(shape: frozenset[str], several: bool) -> sa.UpdateBase:
    """The statement that takes what comes next, for one shape of filters: built once, since that is slow."""
    pick = items.alias("pick")
    had = sa.exists().where(turns.c.item_id == pick.c.id, turns.c.reviewer == sa.bindparam("who"))
    most = sa.bindparam("most", type_=sa.Integer) if several else 1
    chosen = (
        sa.select(pick.c.seq)
        .where(pick.c.status == RowStatus.OPEN.value, ~had, *conditions(shape, pick))
        .order_by(pick.c.priority.desc(), pick.c.seq)
        .limit(most)
        .with_for_update(skip_locked=True, of=pick)
    )
    where: sa.ColumnElement[bool]
    if several:  # chosen once, before any row changes: PostgreSQL may run a sub-select anew for every row
        where = items.c.seq.in_(sa.select(chosen.cte("chosen").c.seq))
    else:
        where = items.c.seq == chosen.scalar_subquery()
    return (
        sa.update(items)
        .where(where)
        .values(status=RowStatus.LEASED.value, holder=sa.bindparam("who"), lease_until=sa.bindparam("until"))
        .returning(*_GIVEN)
    )


@lru_cache(maxsize=128)
def _resuming(shape: frozenset[str]) -> sa.UpdateBase:
    pick = items.alias("pick")
    who: sa.BindParameter[str] = sa.bindparam("who")
    chosen = (
        sa.select(pick.c.seq)
        .where(pick.c.status == RowStatus.LEASED.value, pick.c.holder == who, *conditions(shape, pick))
        .order_by(pick.c.priority.desc(), pick.c.seq)
        .limit(1)
        .with_for_update(skip_locked=True, of=pick)
        .scalar_subquery()
    )
    renewed = sa.update(items).where(items.c.seq == chosen)
    return renewed.values(lease_until=sa.bindparam("until")).returning(*_GIVEN)


def take(
    store: Store, reviewer: str, filters: Filters, now: float, until: float
) -> tuple[ReviewItem, int] | None:
    """Leases the most urgent item that the reviewer has not had; it, and how many have decided."""
    values = {"who": reviewer, "until": until, **parameters(filters, now)}
    rows = store.run_alone(_taking(filters.shape, several=False), values)
    return _given(rows[0]) if rows else None


def take_several(
    store: Store, reviewer: str, filters: Filters, now: float, until: float, most: int
) -> list[tuple[ReviewItem, int]]:
    """As ``take``, up to ``most`` items at once, the most urgent first."""
    values = {"who": reviewer, "until": until, "most": most, **parameters(filters, now)}
    rows = store.run_alone(_taking(filters.shape, several=True), values)
    return [_given(row) for row in sorted(rows, key=lambda row: (-row[3], row[4]))]


def resume(
    connection: Connection, reviewer: str, filters: Filters, now: float, until: float
) -> tuple[ReviewItem, int] | None:
    """The item that the reviewer holds already, as after a terminal that was closed; its lease runs anew."""
    values = {"who": reviewer, "until": until, **parameters(filters, now)}
    row = connection.execute(_resuming(filters.shape), values).one_or_none()
    return None if row is None else _given(row)


def _given(row: Sequence[Any]) -> tuple[ReviewItem, int]:
    body, min_reviews, reviews = row[:3]
    return item_of(body, RowStatus.LEASED.value, min_reviews), int(reviews)


_RAN_OUT = (
    items.c.status == RowStatus.LEASED.value,
    items.c.lease_until <= sa.bindparam("now"),
)
_ANY_RAN_OUT = sa.select(items.c.seq).where(*_RAN_OUT).limit(1)


def sweep(connection: Connection, now: float) -> int:
    """Puts back what nobody decided in time; how many items."""
    if connection.execute(_ANY_RAN_OUT, {"now": now}).first() is None:
        return 0
    return connection.execute(sa.update(items).where(*_RAN_OUT).values(_FREE), {"now": now}).rowcount


def lease_one(connection: Connection, item_id: str, reviewer: str, now: float, until: float) -> int | None:
    """Leases this item if it is open and nobody else holds it; how many have decided, None if not."""
    free = sa.or_(
        items.c.status == RowStatus.OPEN.value,
        sa.and_(
            items.c.status == RowStatus.LEASED.value,
            sa.or_(items.c.holder == reviewer, items.c.lease_until <= now),
        ),
    )
    leased = (
        sa.update(items)
        .where(items.c.id == item_id, free)
        .values(status=RowStatus.LEASED.value, holder=reviewer, lease_until=until)
        .returning(items.c.reviews)
    )
    found = connection.execute(leased).scalar_one_or_none()
    return None if found is None else int(found)


def release(connection: Connection, reviewer: str, item_id: str | None = None) -> int:
    """Gives back what the reviewer holds, or one item of it; how many."""
    held = [items.c.status == RowStatus.LEASED.value, items.c.holder == reviewer]
    if item_id is not None:
        held.append(items.c.id == item_id)
    back = sa.update(items).where(*held)
    return connection.execute(back.values(_FREE)).rowcount


def skip(connection: Connection, item_id: str, reviewer: str, reason: str, now: float) -> None:
    """Leaves an item to others, with a reason. Raises UnknownItem, and Refused for one already decided."""
    _require(connection, item_id)
    turn = sa.select(turns.c.kind).where(turns.c.item_id == item_id, turns.c.reviewer == reviewer)
    had = connection.execute(turn).scalar_one_or_none()
    if had == TurnKind.DECIDED:
        raise Refused(f"{reviewer} has decided about {item_id[:12]} already", hint="To take it back: undo")
    if had is None:
        values = {"item_id": item_id, "reviewer": reviewer, "kind": TurnKind.SKIPPED.value}
        connection.execute(sa.insert(turns), values)
    connection.execute(
        sa.insert(skips), {"item_id": item_id, "reviewer": reviewer, "at": now, "reason": reason}
    )
    release(connection, reviewer, item_id)


def bring_back(connection: Connection, reviewer: str) -> int:
    """Offers the reviewer again what they skipped; how many items."""
    mine = (turns.c.reviewer == reviewer, turns.c.kind == TurnKind.SKIPPED.value)
    return connection.execute(sa.delete(turns).where(*mine)).rowcount


def why_nothing(connection: Connection, reviewer: str, filters: Filters, now: float) -> Nothing:
    """Why ``take`` found nothing."""
    is_open = items.c.status == RowStatus.OPEN.value
    is_leased = items.c.status == RowStatus.LEASED.value
    everything = sa.select(sa.func.count()).select_from(items).where(sa.or_(is_open, is_leased))
    total = int(connection.execute(everything).scalar_one())
    wanted, values = conditions(filters.shape), parameters(filters, now)
    own = sa.func.count(sa.case((items.c.holder == reviewer, 1)))
    leased = sa.select(sa.func.count(), own).select_from(items).where(is_leased, *wanted)
    held, with_you = map(int, connection.execute(leased, values).one())
    with_others = held - with_you
    mine = (
        sa.select(turns.c.kind, sa.func.count())
        .join(items, items.c.id == turns.c.item_id)
        .where(turns.c.reviewer == reviewer, is_open, *wanted)
        .group_by(turns.c.kind)
    )
    kinds = {str(kind): int(number) for kind, number in connection.execute(mine, values)}
    decided, skipped = kinds.get(TurnKind.DECIDED, 0), kinds.get(TurnKind.SKIPPED, 0)
    if not total:
        why = Why.EMPTY
    elif decided or skipped or with_you:
        why = Why.YOURS
    elif with_others:
        why = Why.LEASED
    else:
        why = Why.FILTERED
    return Nothing(why, total, with_others, decided, skipped, with_you)


def _require(connection: Connection, item_id: str) -> None:
    if connection.execute(sa.select(items.c.seq).where(items.c.id == item_id)).first() is None:
        raise UnknownItem(f"there is no item {item_id}", hint="summarizer queue list")
