"""What becomes of an article of a batch, and how a failure is told.

An article is *reported* when it has a summary, *incomplete* when it has one and something else that was
planned did not happen, *failed* when it has none. Incomplete ones are among the reports; both are retried.
"""

from dataclasses import dataclass, field
from enum import IntEnum

import msgspec

from ..errors import InputError, SummarizerError
from ..flags import Severity
from ..records import Record
from ..report import AnswerState, Report

_LONGEST_RAW = 20_000  # characters of a reply in failures.jsonl; the journal has all of it


class Status(IntEnum):
    """Where an article of a batch stands; the numbers are the journal's."""

    PENDING = 0
    REPORTED = 1
    INCOMPLETE = 2
    FAILED = 3

    @property
    def has_report(self) -> bool:
        return self in (Status.REPORTED, Status.INCOMPLETE)

    @property
    def word(self) -> str:
        return "not started" if self is Status.PENDING else self.name.lower()


class Failure(Record, frozen=True):
    """A line of ``failures.jsonl``.

    ``stage`` is where it failed: ``read``, ``article``, the task of the answer that is missing, or
    ``pipeline``. ``kind`` ("class" in JSON) is the answer's state or the error's name, ``attempts`` the
    HTTP requests that were made, ``raw`` the reply that could not be used.
    """

    id: str
    origin: str
    document_id: str | None
    version: str | None
    stage: str
    kind: str = msgspec.field(name="class")
    message: str
    attempts: int
    raw: str | None
    what_to_do: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What one article took of a model now; answers that the journal had took nothing.

    ``cost_usd`` is None where the price of a reply is not known. ``left_out``: a reply did not fit into
    what the run may take. ``keys`` names what was asked, by task, for a retry.
    """

    replies: int = 0
    retried: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = 0.0
    left_out: bool = False
    keys: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one article: it has a report or a failure."""

    id: str
    origin: str
    status: Status
    report: Report | None
    failure: Failure | None
    seconds: float
    asked: Asked = field(default_factory=Asked)


class Row(Record, frozen=True):
    """A line of ``summary.csv``, in the order of its columns."""

    id: str
    document_id: str
    version: str
    status: str
    title: str
    language: str
    published: str
    words: int
    headline: str
    summary: str
    statements: int
    to_look_at: int
    highest_severity: str
    risk: float | None
    first_reason: str
    not_done: str
    input_tokens: int | None
    output_tokens: int | None
    cost_usd: float | None
    model: str
    origin: str


def status_of(report: Report) -> Status:
    """Where the article of a report stands."""
    if report.summary is None:
        return Status.FAILED
    failed = any(call.state is not AnswerState.OK for call in report.calls)
    return Status.INCOMPLETE if failed or report.not_run else Status.REPORTED


def failed_tasks(report: Report) -> frozenset[str]:
    """Tasks with an answer that could not be used."""
    return frozenset(call.task for call in report.calls if call.state is not AnswerState.OK)


@dataclass(frozen=True, slots=True)
class Known:
    """How an article is named in what is told of it."""

    id: str
    origin: str
    document_id: str | None
    version: str | None


def failure_of_report(report: Report, known: Known, folder: str) -> Failure:
    """Why there is no summary: the answer that could not be used."""
    failed = [call for call in report.calls if call.state is not AnswerState.OK]
    failed.sort(key=lambda call: call.task != "summary")
    attempts = sum(call.attempts for call in report.calls)
    if not failed:
        return _failure(known, "summary", "missing", "no summary came", attempts, None, _RETRY.format(folder))
    call = failed[0]
    raw = call.raw or next((reply.raw for reply in reversed(call.set_aside) if reply.raw), None)
    said = call.detail or call.state.value
    advice = _ADVICE.get(call.state, _RETRY).format(folder)
    return _failure(known, call.label, call.state.value, said, attempts, raw, advice)


def failure_of_error(error: Exception, known: Known, stage: str, folder: str, attempts: int) -> Failure:
    """Why there is no report: the error that came in its place."""
    advice = getattr(error, "hint", None) or ""
    if isinstance(error, InputError):
        advice = f"{advice} Then run the same command again.".strip()
    elif not isinstance(error, SummarizerError):
        advice = "This is a bug: please report it. The other articles are not touched by it."
    else:
        advice = f"{advice} {_RETRY.format(folder)}".strip()
    said = " ".join(str(error).split()) or type(error).__name__
    return _failure(known, stage, type(error).__name__, said, attempts, None, advice)


def row_of(report: Report, known: Known, status: Status) -> Row:
    """The line of a report in the spreadsheet."""
    flags = [flag for finding in report.flagged for flag in finding.flags] + list(report.article_flags)
    worst = max(flags, key=lambda flag: flag.severity.rank, default=None)
    article, usage = report.article, report.usage
    headline = report.summary.headline.text if report.summary and report.summary.headline else ""
    return Row(
        id=known.id,
        document_id=known.document_id or article.document_id,
        version=known.version or "",
        status=status.word,
        title=article.title or "",
        language=article.language,
        published=article.published or "",
        words=article.words,
        headline=headline,
        summary=report.summary.text if report.summary else "",
        statements=len(report.findings),
        to_look_at=len(report.flagged),
        highest_severity=worst.severity.value if worst else "",
        risk=risk_of(report),
        first_reason=f"{worst.code.value}: {worst.message}" if worst else "",
        not_done="; ".join(report.not_run),
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cost_usd=report.cost_usd,
        model=report.model,
        origin=known.origin,
    )


def risk_of(report: Report) -> float | None:
    """The highest risk of a statement; what was not checked counts as risky as can be."""
    risks = [1.0 if finding.risk is None else finding.risk for finding in report.findings]
    return max(risks, default=None)


def rank_of(report: Report) -> float:
    """For "look at these first": flags of high severity count most, then how many, then the risk."""
    severe = sum(flag.severity is Severity.HIGH for finding in report.flagged for flag in finding.flags)
    return severe * 10.0 + len(report.flagged) + (risk_of(report) or 0.0)


_RETRY = "To ask again: summarizer batch retry {}"
_ADVICE = {
    AnswerState.UNPARSED: _RETRY + "; if it stays so, with another --model.",
    AnswerState.TRUNCATED: "The reply is longer than the model may write: try another --model, or summarize "
    "it by hand. " + _RETRY,
    AnswerState.REFUSED: "The model will not: summarize it by hand, or try another --model with: summarizer "
    "batch retry {}",
    AnswerState.OVER_BUDGET: _RETRY + ", with a longer --article-timeout.",
    AnswerState.MODEL_ERROR: _RETRY + ".",
}


def _failure(
    known: Known, stage: str, kind: str, message: str, attempts: int, raw: str | None, advice: str
) -> Failure:
    return Failure(
        id=known.id,
        origin=known.origin,
        document_id=known.document_id,
        version=known.version,
        stage=stage,
        kind=kind,
        message=message,
        attempts=attempts,
        raw=None if raw is None else raw[:_LONGEST_RAW],
        what_to_do=advice,
    )
