"""What may be published: a report as reviewers left it. What nobody has decided yet is pending.

A statement that was not flagged stays as it is. One that was flagged is what the reviewers made of it:
approved, corrected (their text in its place) or rejected (left out). While one item of an article is
open there is no text to publish.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum

import msgspec

from ..records import Record
from ..render.entries import Entry, entries_of
from ..report import Report, StatementKind
from ..review_items import Decision, DecisionVerdict, ItemStatus, finding_id, review_items
from .filters import Filters
from .queue import Queue, Queued


class StatementState(StrEnum):
    """What reviewers made of a statement."""

    NOT_FLAGGED = "not_flagged"  # the rules found it supported; nobody was asked
    APPROVED = "approved"  # it is supported, reviewers say
    CORRECTED = "corrected"  # reviewers gave another text
    REJECTED = "rejected"  # not supported, and no other text was given
    PENDING = "pending"  # not decided yet


class ArticleState(StrEnum):
    """What may be done with an article's summary."""

    APPROVED = "approved"  # everything flagged is decided
    PENDING = "pending"  # some items are open
    INCOMPLETE = "incomplete"  # decided, and reviewers say that something is missing: see `gaps`
    NOTHING_LEFT = "nothing_left"  # decided, and no sentence of the summary remains


class ApprovedStatement(Record, frozen=True):
    """One statement. ``text`` is None where it is rejected; ``by`` are the reviewers it rests on."""

    id: str
    kind: StatementKind
    original: str
    text: str | None
    state: StatementState
    speaker: str | None = None
    by: tuple[str, ...] = ()
    at: str | None = None
    item_id: str | None = None
    notes: tuple[str, ...] = ()


class Approved(Record, frozen=True):
    """An article's summary and claims as reviewed.

    ``text`` is the summary to publish, None unless ``state`` is ``approved``; ``statements`` has headline,
    summary (or the text from elsewhere), claims, in the order of reading. ``open_items`` are still to be
    decided. ``gaps`` says what reviewers found missing, in words.
    """

    document_id: str
    article_id: str
    report_id: str
    title: str | None
    url: str | None
    language: str
    published: str | None
    state: ArticleState
    headline: str | None
    text: str | None
    statements: tuple[ApprovedStatement, ...]
    approved_by: tuple[str, ...] = ()
    open_items: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()

    def of(self, *kinds: StatementKind) -> tuple[ApprovedStatement, ...]:
        return tuple(one for one in self.statements if one.kind in kinds)


_SUMMARY = (StatementKind.SUMMARY, StatementKind.EXTERNAL)
_WHOLE = (StatementKind.ANSWER, StatementKind.ARTICLE)


def approved(queue: Queue, document: str) -> tuple[Approved, ...]:
    """What may be published of a document: usually one, two where a summary from elsewhere was checked too.

    ``document`` is its id, an article's id, or the beginning of either. Raises UnknownItem.
    """
    name = queue.document(document)
    rows = {row.item.id: (row, decided) for row, decided in queue.rows(Filters(document=name))}
    current = [version for version in queue.versions(name) if version.current]
    current.sort(key=lambda version: version.series, reverse=True)  # our own first
    return tuple(_approved(queue.report(one.report_id), one.report_id, rows) for one in current)


Rows = Mapping[str, tuple[Queued, tuple[Decision, ...]]]


def _approved(report: Report, report_id: str, rows: Rows) -> Approved:
    article = report.article
    made = [_statement(entry, report, rows) for entry in entries_of(report)]
    statements = tuple(one for one in made if one.kind not in _WHOLE)
    asked = [item.id for item in review_items(report)]
    waiting = tuple(id_ for id_ in asked if id_ not in rows or not _is_decided(rows[id_][0]))
    gaps = _gaps(asked, rows)
    sentences = [one.text for one in statements if one.kind in _SUMMARY and one.text]
    headline = next((one.text for one in statements if one.kind is StatementKind.HEADLINE), None)
    pending = bool(waiting) or any(one.state is StatementState.PENDING for one in statements)
    if pending:
        state = ArticleState.PENDING
    elif gaps:
        state = ArticleState.INCOMPLETE
    else:
        state = ArticleState.APPROVED if sentences else ArticleState.NOTHING_LEFT
    fine = state is ArticleState.APPROVED
    people = {name for id_ in asked if id_ in rows for name in _who(rows[id_])}
    return Approved(
        document_id=article.document_id,
        article_id=article.id,
        report_id=report_id,
        title=article.title,
        url=article.url,
        language=article.language,
        published=article.published,
        state=state,
        headline=headline if fine else None,
        text=" ".join(sentences) if fine else None,
        statements=statements,
        approved_by=tuple(sorted(people)),
        open_items=waiting,
        gaps=gaps,
    )


def _statement(entry: Entry, report: Report, rows: Rows) -> ApprovedStatement:
    pending = ApprovedStatement(
        entry.id, entry.kind, entry.text, entry.text, StatementState.PENDING, entry.speaker
    )
    if entry.finding is None:  # nobody has looked at it, and nobody was asked to: never fine
        return pending
    if not entry.finding.needs_review:
        return msgspec.structs.replace(pending, state=StatementState.NOT_FLAGGED)
    item_id = finding_id(entry.finding, report.article)
    pending = msgspec.structs.replace(pending, item_id=item_id)
    if item_id not in rows or not _is_decided(rows[item_id][0]):
        return pending
    row, _ = rows[item_id]
    winning = _winning(rows[item_id])
    corrected = [one.corrected_text for one in winning if one.corrected_text]
    text: str | None = corrected[-1] if corrected else entry.text
    state = StatementState.CORRECTED if text != entry.text else StatementState.APPROVED
    if row.verdict is not DecisionVerdict.SUPPORTED and not corrected:
        text, state = None, StatementState.REJECTED
    return msgspec.structs.replace(
        pending,
        text=text,
        state=state,
        by=tuple(one.reviewer for one in winning),
        at=max((one.at for one in winning), default=None),
        notes=tuple(one.note for one in winning if one.note),
    )


def _is_decided(row: Queued) -> bool:
    return row.item.status is ItemStatus.DECIDED and row.verdict is not None


def _winning(row: tuple[Queued, Sequence[Decision]]) -> list[Decision]:
    """The decisions that say what all of them came to."""
    queued, decided = row
    return [one for one in decided if one.verdict is queued.verdict]


def _who(row: tuple[Queued, Sequence[Decision]]) -> list[str]:
    return [one.reviewer for one in _winning(row)]


def _gaps(asked: Sequence[str], rows: Rows) -> tuple[str, ...]:
    """What stands for a whole answer or for the article, and was not found to be fine."""
    found = []
    for id_ in asked:
        row = rows.get(id_, (None, ()))[0]
        if row is None or row.item.kind not in _WHOLE or not _is_decided(row):
            continue
        if row.verdict is not DecisionVerdict.SUPPORTED:
            reasons = "; ".join(flag.message for flag in row.item.finding.flags)
            found.append(f"{row.item.finding.statement.text}: {reasons}")
    return tuple(found)
