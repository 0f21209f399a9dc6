"""Which items are meant: filters as data, and as the conditions that a database understands."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ..errors import SettingsError
from ..flags import FlagCode
from ..records import Record
from ..report import StatementKind
from ..review_items import ItemStatus
from .tables import RowStatus, TurnKind, codes, items, plain, turns


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
        return bool(self.shape)

    @property
    def shape(self) -> frozenset[str]:
        """What is asked for, without the values: statements that differ in values only are built once."""
        asked = {name for name in self.__struct_fields__ if getattr(self, name) is not None}
        if self.status is not None:
            asked = asked - {"status"} | {f"status {self.status}"}
        return frozenset(asked)


EVERYTHING = Filters()
_STORED = {
    ItemStatus.OPEN: (RowStatus.OPEN, RowStatus.LEASED),
    ItemStatus.DECIDED: (RowStatus.DECIDED,),
    ItemStatus.WITHDRAWN: (RowStatus.WITHDRAWN,),
}


def conditions(shape: frozenset[str], table: sa.FromClause = items) -> list[sa.ColumnElement[bool]]:
    """Filters of a shape on the table of items, or on an alias of it; ``parameters`` has their values."""
    column = table.c
    value: dict[str, sa.BindParameter[Any]] = {
        name: sa.bindparam(f"only_{name}") for name in Filters.__struct_fields__
    }
    with_code = sa.select(codes.c.item_id).where(codes.c.code == value["code"])
    by_them = sa.select(turns.c.item_id).where(
        turns.c.reviewer == value["reviewer"], turns.c.kind == TurnKind.DECIDED.value
    )
    known = {
        "article": column.article_id == value["article"],
        "document": column.document_id == value["document"],
        "language": column.language == value["language"],
        "batch": column.batch_id == value["batch"],
        "kind": column.kind == value["kind"],
        "min_risk": column.risk >= value["min_risk"],
        "max_risk": column.risk <= value["max_risk"],
        "older_than_s": column.added <= value["older_than_s"],
        "newer_than_s": column.added >= value["newer_than_s"],
        "since": column.changed >= value["since"],
        "code": column.id.in_(with_code),
        "reviewer": column.id.in_(by_them),
    }
    for status, stored in _STORED.items():
        known[f"status {status}"] = column.status.in_([one.value for one in stored])
    return [known[name] for name in sorted(shape)]


def parameters(filters: Filters, now: float) -> dict[str, str | float]:
    """The values of the filters, for statements made with ``conditions``."""
    found: dict[str, str | float] = {}
    for name in filters.shape:
        if name.startswith("status "):
            continue
        value = getattr(filters, name)
        if name in ("older_than_s", "newer_than_s"):
            value = now - value
        elif name == "since":
            value = seconds_of(value)
        elif isinstance(value, str):
            value = plain(value)
        found[f"only_{name}"] = value
    return found


def seconds_of(stamp: str) -> float:
    """A time in ISO 8601 as seconds since 1970; without an offset it is local time. Raises SettingsError."""
    try:
        return datetime.fromisoformat(stamp).timestamp()
    except (ValueError, OverflowError, OSError) as error:
        raise SettingsError(
            f"{stamp!r} is no time", hint="Write it as 2026-11-23 or 2026-11-23T08:30+02:00."
        ) from error
