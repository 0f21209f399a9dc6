"""Reports into the queue: what is new is queued, what a correction left alone keeps its decisions.

Of a document the queue keeps every version, and one report is the current one (for the program's own
summary, and apart from it for a summary from elsewhere). What only an earlier report has is withdrawn.
"""

import hashlib
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any

import msgspec
import sqlalchemy as sa
from rapidfuzz import fuzz
from sqlalchemy.engine import Connection, Row

from ..article import Article
from ..records import Record
from ..report import NOBODY, Finding, Report, StatementKind, normalise_statement
from ..review_items import (
    Change,
    ChangeKind,
    ReviewItem,
    finding_id,
    quotes,
    report_id,
    review_items,
)
from . import deciding
from .filters import seconds_of
from .reading import load_report
from .rows import add_missing, report_body
from .tables import RowStatus, articles, bodies, codes, items, plain, report_items, reports

_ALIKE = 60.0  # of 100: two statements of two versions are the same one, reworded


class Outcome(StrEnum):
    """What a report was to the queue."""

    NEW = "new"  # its document was not there
    CORRECTED = "corrected"  # another version of a document that was there
    KNOWN = "known"  # it was there: nothing changed
    OLDER = "older"  # made before the version that is there: kept, and nothing queued


class Added(Record, frozen=True):
    """What became of a report: ids of its items by what happened to them."""

    outcome: Outcome
    report_id: str
    document_id: str
    article_id: str
    queued: tuple[str, ...] = ()  # new ones
    kept: tuple[str, ...] = ()  # their statement and evidence did not change: decisions stand
    returned: tuple[str, ...] = ()  # were withdrawn, and are back with the decisions about them
    withdrawn: tuple[str, ...] = ()  # gone with the earlier version


def add(connection: Connection, report: Report, batch_id: str | None, min_reviews: int, now: float) -> Added:
    """Puts a report in. The same report again changes nothing."""
    article, made = report.article, report_id(report)
    document = plain(article.document_id)
    series = "elsewhere" if report.model == NOBODY else "own"
    created = seconds_of(report.created)
    _lock(connection, document)
    before = connection.execute(
        sa.select(reports).where(
            reports.c.document_id == document, reports.c.series == series, reports.c.current
        )
    ).one_or_none()
    same = before is not None and before.report_id == made
    outcome = Outcome.NEW if before is None else Outcome.CORRECTED
    if before is not None and created < before.created:
        outcome = Outcome.OLDER
    if same:
        outcome = Outcome.KNOWN
    added = Added(outcome, made, article.document_id, article.id)
    if outcome is not Outcome.KNOWN:
        _keep_report(connection, report, added, series, batch_id, now)
    if outcome is Outcome.OLDER:
        return added
    latest = max(created, before.created) if before is not None and same else created
    change = sa.update(reports).where(reports.c.report_id == made)
    connection.execute(change.values(created=latest, current=True))
    if same:
        return added
    if before is not None:
        replaced = sa.update(reports).where(reports.c.report_id == before.report_id)
        connection.execute(replaced.values(current=False))
    return _queue(connection, report, added, before, batch_id, min_reviews, now)


def add_items(
    connection: Connection, article: Article, found: Sequence[ReviewItem], now: float
) -> tuple[str, ...]:
    """Puts single items in, those that are not there; their ids. Nothing is withdrawn for them."""
    _lock(connection, plain(article.document_id))
    _keep_article(connection, article, now)
    wanted = {plain(item.id): item for item in found}
    there = set(_rows(connection, wanted))
    new = [item for item in wanted.values() if item.id not in there]
    _insert(connection, new, now)
    return tuple(item.id for item in new)


def _queue(
    connection: Connection,
    report: Report,
    added: Added,
    before: Row[Any] | None,
    batch_id: str | None,
    min_reviews: int,
    now: float,
) -> Added:
    found = {item.id: item for item in review_items(report, batch_id=batch_id, min_reviews=min_reviews)}
    there = _rows(connection, found)
    new = [item for item in found.values() if item.id not in there]
    if before is not None and new:
        earlier = load_report(connection, before.report_id)
        if earlier is not None:
            new = [msgspec.structs.replace(item, change=_change(item, report, earlier)) for item in new]
    _insert(connection, new, now)
    returned = [id_ for id_, row in there.items() if row.status == RowStatus.WITHDRAWN]
    for id_, row in there.items():
        _renew(connection, found[id_], row, back=id_ in returned, now=now)
    # Pairs of this report: one that was current before has them already.
    pairs = [{"report_id": added.report_id, "item_id": id_} for id_ in found]
    add_missing(connection, report_items, pairs)
    gone = [] if before is None else _withdraw(connection, before.report_id, now)
    return msgspec.structs.replace(
        added,
        queued=tuple(item.id for item in new),
        kept=tuple(id_ for id_ in there if id_ not in returned),
        returned=tuple(returned),
        withdrawn=tuple(gone),
    )


def _lock(connection: Connection, document: str) -> None:
    """Two reports of one document come one after the other; SQLite has one writer in any case."""
    if connection.dialect.name != "sqlite":
        number = int.from_bytes(hashlib.sha256(document.encode()).digest()[:8], signed=True)
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(number)))


def _keep_article(connection: Connection, article: Article, now: float) -> None:
    row = {
        "document_id": plain(article.document_id),
        "article_id": article.id,
        "added": now,
        "body": article.to_json(),
    }
    add_missing(connection, articles, [row])


def _keep_report(
    connection: Connection, report: Report, added: Added, series: str, batch_id: str | None, now: float
) -> None:
    _keep_article(connection, report.article, now)
    row = {
        "report_id": added.report_id,
        "document_id": plain(added.document_id),
        "article_id": added.article_id,
        "series": series,
        "created": seconds_of(report.created),
        "added": now,
        "current": False,
        "batch_id": None if batch_id is None else plain(batch_id),
        "body": report_body(report),
    }
    add_missing(connection, reports, [row])


def _rows(connection: Connection, ids: Iterable[str]) -> dict[str, Row[Any]]:
    """The rows of the items that are there, in the order of the ids."""
    wanted = list(ids)
    found = {
        row.id: row
        for start in range(0, len(wanted), 500)
        for row in connection.execute(sa.select(items).where(items.c.id.in_(wanted[start : start + 500])))
    }
    return {id_: found[id_] for id_ in wanted if id_ in found}


def _insert(connection: Connection, new: Sequence[ReviewItem], now: float) -> None:
    if not new:
        return
    rows = [
        _columns(item)
        | {
            "id": item.id,
            "status": RowStatus.OPEN.value,
            "added": now,
            "min_reviews": max(item.min_reviews, 1),
            "reviews": 0,
            "changed": now,
        }
        for item in new
    ]
    connection.execute(sa.insert(items), rows)
    connection.execute(sa.insert(bodies), [{"item_id": item.id, "body": item.to_json()} for item in new])
    pairs = [{"code": code.value, "item_id": item.id} for item in new for code in item.codes]
    if pairs:
        connection.execute(sa.insert(codes), pairs)


def _columns(item: ReviewItem) -> dict[str, Any]:
    return {
        "document_id": plain(item.document_id),
        "article_id": item.article_id,
        "priority": item.priority.value,
        "risk": item.priority.risk,
        "kind": item.kind.value,
        "language": item.language,
        "batch_id": None if item.batch_id is None else plain(item.batch_id),
    }


def _renew(connection: Connection, item: ReviewItem, row: Row[Any], *, back: bool, now: float) -> None:
    """Writes what the new version says of an item that was there: offsets, flags, priority."""
    change = None
    if back:
        change = Change(ChangeKind.RETURNED, "an earlier correction had taken it out")
    else:
        body = connection.execute(sa.select(bodies.c.body).where(bodies.c.item_id == item.id)).scalar_one()
        change = ReviewItem.from_json(body).change
    item = msgspec.structs.replace(item, change=change, min_reviews=row.min_reviews)
    connection.execute(sa.update(items).where(items.c.id == item.id).values(_columns(item)))
    connection.execute(sa.update(bodies).where(bodies.c.item_id == item.id).values(body=item.to_json()))
    connection.execute(sa.delete(codes).where(codes.c.item_id == item.id))
    pairs = [{"code": code.value, "item_id": item.id} for code in item.codes]
    add_missing(connection, codes, pairs)
    if back:
        deciding.retally(connection, item.id, now)


def _withdraw(connection: Connection, before: str, now: float) -> list[str]:
    """Withdraws what the report before had and no current one has."""
    other = report_items.alias("other")
    still = sa.exists().where(
        other.c.item_id == report_items.c.item_id, other.c.report_id == reports.c.report_id, reports.c.current
    )
    query = sa.select(report_items.c.item_id).where(report_items.c.report_id == before, ~still)
    gone = sorted(connection.execute(query).scalars())
    for start in range(0, len(gone), 500):
        some = sa.update(items).where(items.c.id.in_(gone[start : start + 500]))
        connection.execute(
            some.values(status=RowStatus.WITHDRAWN.value, holder=None, lease_until=None, changed=now)
        )
    return gone


def _change(item: ReviewItem, report: Report, earlier: Report) -> Change:
    """What is different about a statement that the earlier version did not have like this."""
    statement = item.finding.statement
    text = normalise_statement(statement.text)
    same = [one for one in earlier.findings if normalise_statement(one.statement.text) == text]
    if same:
        return _same_text(item, same[0], earlier)
    kept = {normalise_statement(one.statement.text) for one in report.findings}
    others = [
        one
        for one in earlier.findings
        if one.statement.kind is statement.kind and normalise_statement(one.statement.text) not in kept
    ]
    scored = [(fuzz.ratio(text, normalise_statement(one.statement.text)), one) for one in others]
    score, nearest = max(scored, key=lambda pair: pair[0], default=(0.0, None))
    if nearest is None or score < _ALIKE:
        return Change(ChangeKind.NEW, "the earlier version has no such statement")
    return Change(
        ChangeKind.REWORDED,
        "it was worded differently in the earlier version",
        before=nearest.statement.text,
        previous_item=_id_of(nearest, earlier),
    )


def _same_text(item: ReviewItem, before: Finding, earlier: Report) -> Change:
    if item.kind is StatementKind.ANSWER:
        message = "the answer about the earlier version could not be used either"
        return Change(ChangeKind.EVIDENCE, message, None, _id_of(before, earlier))
    words = quotes(before.evidence)
    if not before.needs_review:
        message = "nothing was flagged in it in the earlier version"
        return Change(ChangeKind.FLAGGED, message, words or None)
    message = "the words of the article that it rests on have changed"
    return Change(ChangeKind.EVIDENCE, message, words or None, _id_of(before, earlier))


def _id_of(finding: Finding, report: Report) -> str | None:
    return finding_id(finding, report.article) if finding.needs_review else None
