"""What the queue has: lists, streams, single items, decisions, articles and reports."""

from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..article import Article
from ..errors import UnknownItem
from ..records import Record
from ..report import Report
from ..review_items import Decision
from .deciding import STANDS
from .filters import Filters, conditions, parameters
from .rows import COLUMNS, Queued, decisions_of, iso, queued, report_of
from .tables import articles, bodies, decisions, items, plain, reports, skips, turns


class Skip(Record, frozen=True):
    """That a reviewer left an item to others, when and why."""

    reviewer: str
    at: str
    reason: str


class Version(Record, frozen=True):
    """One report about a document: which article it is about, and whether it is the current one."""

    report_id: str
    document_id: str
    article_id: str
    series: str
    created: str
    added: str
    current: bool
    batch_id: str | None = None


_SELECT = sa.select(*COLUMNS).join(bodies, bodies.c.item_id == items.c.id)


@lru_cache(maxsize=128)  # building a statement takes longer than running it
def _paging(shape: frozenset[str], limited: bool) -> sa.Select[Any]:
    # Sorted without their bodies: those are read for the few that are shown.
    chosen = sa.select(items.c.seq).where(*conditions(shape))
    chosen = chosen.order_by(items.c.priority.desc(), items.c.seq).offset(sa.bindparam("offset_"))
    if limited:
        chosen = chosen.limit(sa.bindparam("limit_"))
    few = chosen.subquery()
    query = _SELECT.join(few, few.c.seq == items.c.seq)
    return query.order_by(items.c.priority.desc(), items.c.seq)


def page(
    connection: Connection, filters: Filters, now: float, limit: int | None, offset: int = 0
) -> list[Queued]:
    """Items, the most urgent first."""
    values = {"offset_": offset, "limit_": limit, **parameters(filters, now)}
    rows = connection.execute(_paging(filters.shape, limit is not None), values)
    return [queued(row, now) for row in rows]


@lru_cache(maxsize=128)
def _counting(shape: frozenset[str]) -> sa.Select[int]:
    return sa.select(sa.func.count()).select_from(items).where(*conditions(shape))


def count(connection: Connection, filters: Filters, now: float) -> int:
    return int(connection.execute(_counting(filters.shape), parameters(filters, now)).scalar_one())


@lru_cache(maxsize=128)
def _following(shape: frozenset[str]) -> sa.Select[Any]:
    query = _SELECT.where(items.c.seq > sa.bindparam("after_"), *conditions(shape))
    return query.order_by(items.c.seq).limit(sa.bindparam("size_"))


def chunk(
    connection: Connection, filters: Filters, now: float, after: int, size: int
) -> tuple[list[Queued], int]:
    """The next items in the order in which they were put in, and where to go on."""
    values = {"after_": after, "size_": size, **parameters(filters, now)}
    rows = connection.execute(_following(filters.shape), values).all()
    return [queued(row, now) for row in rows], rows[-1].seq if rows else after


def one(connection: Connection, item_id: str, now: float) -> Queued:
    """Raises UnknownItem."""
    row = connection.execute(_SELECT.where(items.c.id == plain(item_id))).one_or_none()
    if row is None:
        raise UnknownItem(f"there is no item {item_id}", hint="summarizer queue list")
    return queued(row, now)


def full_id(connection: Connection, beginning: str) -> str:
    """The id of the only item whose id begins like this. Raises UnknownItem."""
    beginning = plain(beginning.strip().lower())
    query = (
        sa.select(items.c.id)
        .where(items.c.id >= beginning, items.c.id < beginning + "g")  # ids are hex digits
        .order_by(items.c.id)
        .limit(2)
    )
    found = [] if not beginning else connection.execute(query).scalars().all()
    if len(found) == 1 or (found and found[0] == beginning):
        return str(found[0])
    what = "more than one item whose id begins with" if found else "no item"
    raise UnknownItem(f"there is {what} {beginning!r}", hint="summarizer queue list")


def standing(connection: Connection, item_ids: Sequence[str]) -> dict[str, tuple[Decision, ...]]:
    """The decisions that stand, by item, in the order in which they were made."""
    found: dict[str, list[str]] = defaultdict(list)
    for start in range(0, len(item_ids), 500):
        query = (
            sa.select(decisions.c.item_id, decisions.c.body)
            .join(turns, STANDS)
            .where(decisions.c.item_id.in_(item_ids[start : start + 500]))
            .order_by(decisions.c.seq)
        )
        for item_id, body in connection.execute(query):
            found[item_id].append(body)
    return {item_id: decisions_of(found_) for item_id, found_ in found.items()}


def history(connection: Connection, item_id: str) -> tuple[Decision, ...]:
    """Every decision about an item, with those that were taken back and their taking back."""
    query = sa.select(decisions.c.body).where(decisions.c.item_id == item_id).order_by(decisions.c.seq)
    return decisions_of(connection.execute(query).scalars())


def skipped(connection: Connection, item_id: str) -> tuple[Skip, ...]:
    query = sa.select(skips).where(skips.c.item_id == item_id).order_by(skips.c.seq)
    return tuple(Skip(row.reviewer, iso(row.at), row.reason) for row in connection.execute(query))


def load_article(connection: Connection, article_id: str) -> Article:
    """Raises UnknownItem."""
    query = (
        sa.select(articles.c.body)
        .where(articles.c.article_id == plain(article_id))
        .order_by(articles.c.added.desc())
        .limit(1)
    )
    body = connection.execute(query).scalar_one_or_none()
    if body is None:
        raise UnknownItem(f"there is no article {article_id}", hint="summarizer queue list")
    return Article.from_json(body)


def load_report(connection: Connection, report_id: str) -> Report | None:
    query = (
        sa.select(reports.c.body, articles.c.body)
        .join(
            articles,
            sa.and_(
                articles.c.document_id == reports.c.document_id,
                articles.c.article_id == reports.c.article_id,
            ),
        )
        .where(reports.c.report_id == report_id)
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else report_of(row[0], Article.from_json(row[1]))


def versions(connection: Connection, document_id: str) -> tuple[Version, ...]:
    """All reports about a document, the latest first."""
    query = sa.select(reports).where(reports.c.document_id == plain(document_id))
    rows = connection.execute(query.order_by(reports.c.created.desc(), reports.c.report_id))
    return tuple(
        Version(
            row.report_id,
            row.document_id,
            row.article_id,
            row.series,
            iso(row.created),
            iso(row.added),
            row.current,
            row.batch_id,
        )
        for row in rows
    )


def documents(connection: Connection) -> list[str]:
    """The ids of all documents, in the order in which they came."""
    first = sa.func.min(articles.c.added)
    query = (
        sa.select(articles.c.document_id)
        .group_by(articles.c.document_id)
        .order_by(first, articles.c.document_id)
    )
    return [str(found) for found in connection.execute(query).scalars()]


def find_document(connection: Connection, name: str, *, whole: bool = False) -> str:
    """The document meant by its id, by the id of one of its versions, or by the beginning of either.

    ``whole`` takes no beginnings. Raises UnknownItem.
    """
    name = plain(name)
    for column in (articles.c.document_id, articles.c.article_id):
        query = sa.select(articles.c.document_id).where(column == name).distinct()
        found = connection.execute(query).scalars().all()
        if len(found) == 1:
            return str(found[0])
    starts = [
        sa.func.substr(column, 1, len(name)) == name
        for column in (articles.c.document_id, articles.c.article_id)
    ]
    query = sa.select(articles.c.document_id).where(sa.or_(*starts)).distinct().limit(2)
    found = [] if whole or not name else connection.execute(query).scalars().all()
    if len(found) == 1:
        return str(found[0])
    what = "more than one document whose id begins with" if found else "no article or document"
    raise UnknownItem(f"the queue has {what} {name!r}", hint="summarizer queue list --json")
