"""Deletion and retention: whole documents go, and that they went is recorded."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..records import Record
from .rows import iso
from .tables import (
    RowStatus,
    articles,
    bodies,
    codes,
    decisions,
    deletions,
    items,
    report_items,
    reports,
    skips,
    turns,
)


class Deletion(Record, frozen=True):
    """That a document was deleted: when, by whom, why, and how much of what."""

    at: str
    deleted_by: str
    reason: str
    document_id: str
    articles: int
    reports: int
    items: int
    decisions: int


def old_documents(connection: Connection, before: float, *, also_open: bool) -> list[str]:
    """Documents of which nothing was put in since a time; with open items only where that is wanted."""
    newest = sa.func.max(articles.c.added)
    query = sa.select(articles.c.document_id).group_by(articles.c.document_id).having(newest < before)
    later = sa.exists().where(reports.c.document_id == articles.c.document_id, reports.c.added >= before)
    query = query.where(~later)
    if not also_open:
        waiting = sa.exists().where(
            items.c.document_id == articles.c.document_id,
            items.c.status.in_([RowStatus.OPEN.value, RowStatus.LEASED.value]),
        )
        query = query.where(~waiting)
    return sorted(connection.execute(query).scalars())


def delete(connection: Connection, document_id: str, by: str, reason: str, now: float) -> Deletion:
    """Deletes all versions of a document with everything about them; what that was."""
    ids = sa.select(items.c.id).where(items.c.document_id == document_id)
    report_ids = sa.select(reports.c.report_id).where(reports.c.document_id == document_id)
    gone = {}
    for table, condition in (
        (skips, skips.c.item_id.in_(ids)),
        (turns, turns.c.item_id.in_(ids)),
        (codes, codes.c.item_id.in_(ids)),
        (decisions, decisions.c.item_id.in_(ids)),
        (bodies, bodies.c.item_id.in_(ids)),
        (report_items, report_items.c.report_id.in_(report_ids)),
        (items, items.c.document_id == document_id),
        (reports, reports.c.document_id == document_id),
        (articles, articles.c.document_id == document_id),
    ):
        gone[table.name] = connection.execute(sa.delete(table).where(condition)).rowcount
    made = Deletion(
        iso(now),
        by,
        reason,
        document_id,
        articles=gone["articles"],
        reports=gone["reports"],
        items=gone["items"],
        decisions=gone["decisions"],
    )
    values = {name: getattr(made, name) for name in made.__struct_fields__}
    connection.execute(sa.insert(deletions), values | {"at": now})
    return made


def recorded(connection: Connection) -> tuple[Deletion, ...]:
    """What was deleted, in that order."""
    return tuple(
        Deletion(
            iso(row.at),
            row.deleted_by,
            row.reason,
            row.document_id,
            row.articles,
            row.reports,
            row.items,
            row.decisions,
        )
        for row in connection.execute(sa.select(deletions).order_by(deletions.c.seq))
    )
