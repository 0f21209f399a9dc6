"""What people are asked, and what they decide: items of the review queue and decisions about them.

Everything here is frozen, and goes to JSON and back without loss (``to_json`` / ``from_json``).
"""

import hashlib
from collections.abc import Iterable, Sequence
from enum import StrEnum

import msgspec

from .article import Article
from .flags import FlagCode
from .records import Record
from .report import (
    NOBODY,
    Basis,
    Evidence,
    Finding,
    Flag,
    Report,
    Statement,
    StatementKind,
    Verdict,
    normalise_statement,
)

REVIEW_SCHEMA_VERSION = 1

UNKNOWN_WORTH = 0.5  # how much a statement asks to be checked, where nobody computed it


class ItemStatus(StrEnum):
    """Where an item stands in the queue."""

    OPEN = "open"  # more reviewers must decide
    DECIDED = "decided"  # enough reviewers have decided, and they agree, or most of them do
    WITHDRAWN = "withdrawn"  # a corrected article no longer has it


class Priority(Record, frozen=True):
    """How soon an item is to be looked at: ``value = risk * worth * prominence``, each from 0 to 1.

    ``risk`` is the finding's, 1 where it was not checked; ``worth`` is how much the statement asks to be
    checked; ``prominence`` is how much a reader sees of it.
    """

    value: float
    risk: float
    worth: float
    prominence: float


class Provenance(Record, frozen=True):
    """What an item was made with. ``prompt_hashes`` are those of the answers that the statement is from."""

    report_id: str
    model: str
    profile: str
    prompt_hashes: tuple[str, ...]
    version: str
    checker_version: str


class ChangeKind(StrEnum):
    """Why an item of a corrected article is in the queue."""

    NEW = "new"  # the earlier version has nothing like it
    REWORDED = "reworded"  # it stands in the place of another statement; `before` is that one
    EVIDENCE = "evidence"  # the same statement rests on other words of the article; `before` is those
    FLAGGED = "flagged"  # the same statement was in the earlier version, and nothing was flagged in it
    RETURNED = "returned"  # an earlier correction had taken it out


class Change(Record, frozen=True):
    """What a correction changed about a statement. ``previous_item`` is the item that it replaces."""

    kind: ChangeKind
    message: str
    before: str | None = None
    previous_item: str | None = None


class DecisionVerdict(StrEnum):
    """What a reviewer may say of a statement; a reviewer never leaves one unchecked."""

    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    NOT_IN_ARTICLE = "not_in_article"


class TruthRating(Record, frozen=True):
    """A person's rating of what somebody said: not "the article lacks it" but "it is false"."""

    name: str
    value: int | None = None
    best: int | None = None
    worst: int | None = None
    explanation: str | None = None


class Decision(Record, frozen=True):
    """What a reviewer said. Appended, never overwritten; ``undoes`` names a decision taken back.

    ``at`` is ISO 8601 with offset. ``article_id`` is the version of the article that was looked at.
    """

    id: str
    item_id: str
    reviewer: str
    at: str
    verdict: DecisionVerdict
    corrected_text: str | None = None
    note: str | None = None
    seconds_spent: float | None = None
    truth_rating: TruthRating | None = None
    undoes: str | None = None
    article_id: str | None = None
    schema_version: int = REVIEW_SCHEMA_VERSION


class ReviewItem(Record, frozen=True):
    """A flagged finding in the review queue.

    ``id`` is stable: a hash of document, normalised statement and evidence text, so that a corrected
    article keeps what did not change. ``statement_ids`` are the report's statements that it stands for:
    several, where the same sentence is headline and summary. ``created`` is when the report was made,
    ISO 8601 with offset. ``min_reviews`` people must decide; ``change`` is None for a first version.
    ``decision`` is what one reviewer said of it, in a row of an export; an item of the queue has None.
    """

    id: str
    document_id: str
    article_id: str
    title: str | None
    url: str | None
    language: str
    batch_id: str | None
    created: str
    statement_ids: tuple[str, ...]
    finding: Finding
    priority: Priority
    provenance: Provenance
    min_reviews: int = 1
    status: ItemStatus = ItemStatus.OPEN
    change: Change | None = None
    decision: Decision | None = None
    schema_version: int = REVIEW_SCHEMA_VERSION

    @property
    def kind(self) -> StatementKind:
        return self.finding.statement.kind

    @property
    def codes(self) -> tuple[FlagCode, ...]:
        """The codes of its flags, each once, the most serious first."""
        ranked = sorted(self.finding.flags, key=lambda flag: -flag.severity.rank)
        return tuple(dict.fromkeys(flag.code for flag in ranked))


def review_items(
    report: Report, *, batch_id: str | None = None, min_reviews: int = 1
) -> tuple[ReviewItem, ...]:
    """What a person must look at in a report: an item for each flagged statement, in the report's order.

    Statements that say the same and rest on the same words are one item with the flags of all. Warnings
    about the article itself are an item too.
    """
    found: dict[str, ReviewItem] = {}
    made = report_id(report)
    for finding in (*report.flagged, *_about_the_article(report)):
        item = _item(finding, report, made, batch_id, min_reviews)
        found[item.id] = _joined(found[item.id], item) if item.id in found else item
    return tuple(found.values())


def report_id(report: Report) -> str:
    """Stable id of what a report says, 32 hex digits: the same for a report that differs in times only."""
    said = [
        (
            f.statement.id,
            f.statement.text,
            f.verdict,
            [e.quote for e in f.evidence],
            [g.code for g in f.flags],
        )
        for f in report.findings
    ]
    stated = [report.summary, report.claims, said, [flag.code for flag in report.article_flags]]
    made = [report.model, report.profile, report.version, report.checker_version]
    data = msgspec.json.encode([report.article.document_id, report.article.id, made, stated])
    return hashlib.sha256(data).hexdigest()[:32]


def item_id(document_id: str, statement: str, evidence: Iterable[str]) -> str:
    """Stable id of a review item, 32 hex digits: the same story, statement and evidence text.

    Evidence counts as a set, so that the order in which it was found does not matter; offsets do not
    count, so that a correction elsewhere in the article changes nothing.
    """
    parts = [document_id, normalise_statement(statement), *sorted({normalise_statement(e) for e in evidence})]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]


def finding_id(finding: Finding, article: Article) -> str:
    """The id of the item that a finding becomes.

    What stands for a whole answer rests on the whole article: with another version it is another item,
    so that nobody's decision about one failed answer is taken for one about the next.
    """
    evidence = [piece.quote for piece in finding.evidence]
    if finding.statement.kind is StatementKind.ANSWER:
        evidence = [article.id]
    return item_id(article.document_id, finding.statement.text, evidence)


def priority_of(finding: Finding, worth: float | None = None) -> Priority:
    """Priority of a finding; ``worth`` is used where the finding has none."""
    risk = 1.0 if finding.risk is None else finding.risk
    if finding.statement.kind in _WHOLE:
        worth = 1.0
    elif finding.worth is not None:
        worth = finding.worth
    elif worth is None:
        worth = UNKNOWN_WORTH
    prominence = _prominence(finding.statement)
    return Priority(round(risk * worth * prominence, 4), risk, worth, prominence)


# What stands for a whole answer, or for the article, hides more than one sentence could.
_WHOLE = (StatementKind.ANSWER, StatementKind.ARTICLE)
_FIRST_SENTENCE, _LAST_SENTENCE, _STEP = 0.9, 0.6, 0.1
_FIRST_CLAIM, _LAST_CLAIM, _CLAIM_STEP = 0.5, 0.3, 0.02


def _prominence(statement: Statement) -> float:
    """Headline, then the sentences of the summary in their order, then the claims in theirs."""
    place = _place(statement.id)
    if statement.kind in _WHOLE or statement.kind is StatementKind.HEADLINE:
        return 1.0
    if statement.kind is StatementKind.CLAIM:
        return round(max(_LAST_CLAIM, _FIRST_CLAIM - _CLAIM_STEP * (place - 1)), 4)
    return round(max(_LAST_SENTENCE, _FIRST_SENTENCE - _STEP * (place - 1)), 4)


def _place(statement_id: str) -> int:
    """``3`` for ``s3``; 1 for an id without a number."""
    digits = statement_id.lstrip("abcdefghijklmnopqrstuvwxyz")
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 9 else 1


def _about_the_article(report: Report) -> tuple[Finding, ...]:
    """The warnings about the article itself as one finding, so that they reach a person."""
    flags = report.article_flags
    if not flags:
        return ()
    evidence = tuple(dict.fromkeys(piece for flag in flags for piece in flag.evidence))
    statement = Statement("article", StatementKind.ARTICLE, "The article itself")
    code = flags[0].code.value
    return (Finding(statement, Verdict.UNCHECKED, Basis.RULE, None, evidence, flags=flags, unchecked=code),)


def _item(finding: Finding, report: Report, made: str, batch_id: str | None, min_reviews: int) -> ReviewItem:
    article, statement = report.article, finding.statement
    worths = {claim.id: claim.worth for claim in report.claims}
    worth = worths.get(statement.id) if statement.kind is StatementKind.CLAIM else None
    return ReviewItem(
        id=finding_id(finding, article),
        document_id=article.document_id,
        article_id=article.id,
        title=article.title,
        url=article.url,
        language=article.language,
        batch_id=batch_id,
        created=report.created,
        statement_ids=(statement.id,),
        finding=finding,
        priority=priority_of(finding, worth),
        provenance=Provenance(
            report_id=made,
            model=report.model,
            profile=report.profile,
            prompt_hashes=_prompt_hashes(report, statement.kind),
            version=report.version,
            checker_version=report.checker_version,
        ),
        min_reviews=min_reviews,
    )


_TASKS = {
    StatementKind.HEADLINE: "summary",
    StatementKind.SUMMARY: "summary",
    StatementKind.CLAIM: "claims",
}


def _prompt_hashes(report: Report, kind: StatementKind) -> tuple[str, ...]:
    """Of the calls that such a statement came from; of all, where it stands for something whole."""
    if report.model == NOBODY or kind is StatementKind.EXTERNAL:
        return ()
    task = _TASKS.get(kind)
    return tuple(dict.fromkeys(call.prompt_hash for call in report.calls if task in (None, call.task)))


def _joined(one: ReviewItem, other: ReviewItem) -> ReviewItem:
    """Two items of one id: the more urgent one's finding with the flags of both, and the speaker of either."""
    first, second = (one, other) if one.priority.value >= other.priority.value else (other, one)
    flags = _all_flags(first.finding, second.finding)
    said = first.finding.statement
    said = msgspec.structs.replace(said, speaker=said.speaker or second.finding.statement.speaker)
    return msgspec.structs.replace(
        first,
        finding=msgspec.structs.replace(first.finding, statement=said, flags=flags),
        statement_ids=(*one.statement_ids, *other.statement_ids),
    )


def _all_flags(first: Finding, second: Finding) -> tuple[Flag, ...]:
    """The flags of both; words of the second's text are marked where the first's has them too."""
    same_text = first.statement.text == second.statement.text
    told = {(flag.code, flag.message) for flag in first.flags}
    more = [flag for flag in second.flags if (flag.code, flag.message) not in told]
    return (*first.flags, *(flag if same_text else msgspec.structs.replace(flag, spans=()) for flag in more))


def quotes(evidence: Sequence[Evidence]) -> str:
    """Evidence as one text, for people who compare two versions."""
    return " … ".join(piece.quote for piece in evidence)
