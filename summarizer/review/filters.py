"""Which items are meant: filters as data, and as the conditions that a database understands."""

from datetime import datetime

import sqlalchemy as sa

from ..errors import SettingsError
from ..flags import FlagCode
from ..records import Record
from ..report import StatementKind
from ..review_items import ItemStatus
from .tables import RowStatus, codes, decisions, items


class Filters(Record, frozen=True, kw_only=True):
    """Items that have all of this; None asks for nothing.

    ``article`` and ``document`` are whole ids. ``older_than_s`` and ``newer_than_s`` count from when an
    item was put in. ``since`` is a time (ISO 8601 with offset): put in, decided or changed then or later.
    ``reviewer`` has a standing decision about it.
    """

    article: str | None = None
    document: str | None = None
    code: FlagCode | None = None
    language: str | None = None
    batch: str | None = None
    kind: StatementKind | None = None
    min_risk: float | None = None
    max_risk: float | None = None
    older_than_s: float | None = None
    newer_than_s: float | None = None
    since: str | None = None
    status: ItemStatus | None = None
    reviewer: str | None = None

    @property
    def narrows(self) -> bool:
        """Whether anything is asked for."""
        return any(getattr(self, name) is not None for name in self.__struct_fields__)


EVERYTHING = Filters()
_STORED = {
    ItemStatus.OPEN: (RowStatus.OPEN, RowStatus.LEASED),
    ItemStatus.DECIDED: (RowStatus.DECIDED,),
    ItemStatus.WITHDRAWN: (RowStatus.WITHDRAWN,),
}


def conditions(filters: Filters, now: float, table: sa.FromClause = items) -> list[sa.ColumnElement[bool]]:
    """The filters on the table of items, or on an alias of it."""
    column = table.c
    found: list[sa.ColumnElement[bool]] = []
    equal = {
        column.article_id: filters.article,
        column.document_id: filters.document,
        column.language: filters.language,
        column.batch_id: filters.batch,
        column.kind: filters.kind,
    }
    found += [one == str(wanted) for one, wanted in equal.items() if wanted is not None]
    if filters.min_risk is not None:
        found.append(column.risk >= filters.min_risk)
    if filters.max_risk is not None:
        found.append(column.risk <= filters.max_risk)
    if filters.older_than_s is not None:
        found.append(column.added <= now - filters.older_than_s)
    if filters.newer_than_s is not None:
        found.append(column.added >= now - filters.newer_than_s)
    if filters.since is not None:
        found.append(column.changed >= seconds_of(filters.since))
    if filters.status is not None:
        found.append(column.status.in_([str(one) for one in _STORED[filters.status]]))
    if filters.code is not None:
        with_code = sa.select(codes.c.item_id).where(codes.c.code == str(filters.code))
        found.append(column.id.in_(with_code))
    if filters.reviewer is not None:
        undone = decisions.alias("undone")
        taken_back = sa.exists().where(undone.c.undoes == decisions.c.id)
        by_them = sa.select(decisions.c.item_id).where(
            decisions.c.reviewer == filters.reviewer, decisions.c.undoes.is_(None), ~taken_back
        )
        found.append(column.id.in_(by_them))
    return found


def seconds_of(stamp: str) -> float:
    """A time in ISO 8601 as seconds since 1970; without an offset it is local time. Raises SettingsError."""
    try:
        return datetime.fromisoformat(stamp).timestamp()
    except (ValueError, OverflowError, OSError) as error:
        raise SettingsError(
            f"{stamp!r} is no time", hint="Write it as 2026-11-23 or 2026-11-23T08:30+02:00."
        ) from error
