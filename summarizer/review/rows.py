"""Rows to data and back: what a row's columns say stands above what its body says."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from ..article import Article
from ..records import Record
from ..report import Report
from ..review_items import Decision, DecisionVerdict, ItemStatus, ReviewItem
from .tables import RowStatus, bodies, items


class Queued(Record, frozen=True):
    """An item and how it stands: decisions that count, what they came to, who holds it until when.

    Times are ISO 8601 with offset.
    """

    item: ReviewItem
    added: str
    changed: str
    reviews: int
    verdict: DecisionVerdict | None = None
    holder: str | None = None
    held_until: str | None = None


def iso(stamp: float) -> str:
    return datetime.fromtimestamp(stamp, UTC).isoformat(timespec="seconds")


def add_missing(connection: Connection, table: sa.Table, values: Sequence[Mapping[str, Any]]) -> None:
    """Inserts the rows whose keys are not there yet."""
    if values:
        connection.execute(_insert(connection.dialect.name, table), list(values))


def add_if_missing(connection: Connection, table: sa.Table, values: Mapping[str, Any]) -> bool:
    """Inserts a row unless its key is there; whether it was inserted."""
    made = _insert(connection.dialect.name, table).returning(*table.primary_key)
    return connection.execute(made, dict(values)).first() is not None


@lru_cache(maxsize=32)  # building a statement takes longer than running it
def _insert(dialect: str, table: sa.Table) -> "sqlite.Insert | postgresql.Insert":
    if dialect == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    return postgresql.insert(table).on_conflict_do_nothing()


COLUMNS = (
    items.c.seq,
    items.c.id,
    items.c.status,
    items.c.added,
    items.c.changed,
    items.c.min_reviews,
    items.c.reviews,
    items.c.verdict,
    items.c.holder,
    items.c.lease_until,
    bodies.c.body,
)


def queued(row: Any, now: float) -> Queued:
    """The item of a row that has ``COLUMNS``. A lease that has run out is none."""
    held = row.status == RowStatus.LEASED and row.lease_until > now
    return Queued(
        item=item_of(row.body, row.status, row.min_reviews),
        added=iso(row.added),
        changed=iso(row.changed),
        reviews=row.reviews,
        verdict=None if row.verdict is None else DecisionVerdict(row.verdict),
        holder=row.holder if held else None,
        held_until=iso(row.lease_until) if held else None,
    )


def item_of(body: str, status: str, min_reviews: int) -> ReviewItem:
    item = ReviewItem.from_json(body)
    shown = ItemStatus.OPEN if status == RowStatus.LEASED else ItemStatus(status)
    if (item.status, item.min_reviews) == (shown, min_reviews):
        return item
    return msgspec.structs.replace(item, status=shown, min_reviews=min_reviews)


def decisions_of(bodies_: Iterable[str]) -> tuple[Decision, ...]:
    return tuple(Decision.from_json(body) for body in bodies_)


def report_body(report: Report) -> str:
    """A report without its article, which is stored once for all reports about it."""
    data = msgspec.to_builtins(report)
    del data["article"]
    return msgspec.json.encode(data).decode()


def report_of(body: str, article: Article) -> Report:
    data = msgspec.json.decode(body)
    data["article"] = msgspec.to_builtins(article)
    return Report.from_json(msgspec.json.encode(data))
