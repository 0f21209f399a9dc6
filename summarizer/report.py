"""The data that travel: what is said, what it rests on, what was found.

Everything here is frozen. Offsets are Unicode code points, half-open. A ``Report`` goes to JSON and back
without loss (``to_json`` / ``from_json``); reading is strict: an unknown field or a wrong type is a
``ReportFormatError``. What people are asked and what they decide is in ``summarizer.review_items``.
"""

import unicodedata
from collections.abc import Iterator
from enum import StrEnum
from typing import Any, Self

from .article import Article
from .calibration import together
from .errors import ReportFormatError
from .flags import FlagCode, Severity
from .records import Record

REPORT_SCHEMA_VERSION = 1

NOBODY = "none"  # in place of a model's and a profile's name, where no model was asked


class StatementKind(StrEnum):
    """Where a statement comes from."""

    HEADLINE = "headline"  # the headline that the model proposed
    SUMMARY = "summary"  # a sentence of the model's summary
    CLAIM = "claim"  # a factual assertion made by the article, as listed
    EXTERNAL = "external"  # a sentence of a summary that somebody else wrote
    ANSWER = "answer"  # stands for a whole planned answer that could not be used
    ARTICLE = "article"  # stands for the article itself, where something in it must be looked at


class Verdict(StrEnum):
    """What the check came to. Every statement gets exactly one."""

    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    NOT_IN_ARTICLE = "not_in_article"
    UNCHECKED = "unchecked"


class Basis(StrEnum):
    """Who came to the verdict."""

    RULE = "rule"
    JUDGE = "judge"
    BOTH = "both"


class AnswerState(StrEnum):
    """What became of one planned answer of the model. Everything but ``OK`` reaches the queue."""

    OK = "ok"
    UNPARSED = "unparsed"  # an answer came and could not be read; the raw reply is kept
    REFUSED = "refused"  # the model, or a filter before it, declined
    TRUNCATED = "truncated"  # cut off at the token limit
    OVER_BUDGET = "over_budget"  # not asked, or stopped: money, tokens or time had run out
    MODEL_ERROR = "model_error"  # the server failed, also when asked again

    @property
    def flag_code(self) -> FlagCode | None:
        """The flag that this state raises; None for ``OK``."""
        return None if self is AnswerState.OK else FlagCode(self.value)


class SignalKind(StrEnum):
    """What a signal speaks for."""

    MISMATCH = "mismatch"  # statement and article disagree: enough for a flag by itself
    DOUBT = "doubt"  # speaks against the statement, and raises its risk
    SUPPORT = "support"  # speaks for the statement


class Span(Record, frozen=True):
    """A piece of a statement: ``statement.text[start:end] == text``."""

    start: int
    end: int
    text: str


class Evidence(Record, frozen=True):
    """A piece of the article: ``article.text[start:end] == quote``.

    ``sentence`` is the number of the sentence it lies in, from 1.
    """

    sentence: int
    start: int
    end: int
    quote: str


class Statement(Record, frozen=True):
    """Anything that gets checked.

    ``cited`` are the sentence numbers that came with it: a hint only. None where none were asked for.
    """

    id: str
    kind: StatementKind
    text: str
    cited: tuple[int, ...] | None = None
    speaker: str | None = None


class Signal(Record, frozen=True):
    """One deterministic observation by one check, with spans on both sides.

    ``check`` names the module in ``summarizer.checks``; ``strength`` runs from 0 to 1.
    """

    check: str
    kind: SignalKind
    strength: float
    message: str
    code: FlagCode | None = None
    spans: tuple[Span, ...] = ()
    evidence: tuple[Evidence, ...] = ()


class Flag(Record, frozen=True):
    """A reason for a person to look, with the words it is about and the article's words beside them."""

    code: FlagCode
    severity: Severity
    message: str
    spans: tuple[Span, ...] = ()
    evidence: tuple[Evidence, ...] = ()


class Judgement(Record, frozen=True):
    """What a judging model said of one statement, in the ``round``-th time that it was asked (from 1).

    ``sentences`` are the numbers that it named, as they came. ``problem`` says why it does not count, None
    where it does.
    """

    round: int
    verdict: Verdict
    sentences: tuple[int, ...]
    reason: str
    problem: str | None = None


class Finding(Record, frozen=True):
    """What the checker says of one statement.

    ``risk`` is the probability that the statement is not supported, 0 to 1, as the rules have it; None
    when it was not checked. ``unchecked`` says why a verdict is ``unchecked`` and is None otherwise.
    ``worth`` is how much the statement asks to be checked, 0 to 1, where it was computed. ``judgements``
    are empty where no judging model was asked, or none of its answers could be read.
    """

    statement: Statement
    verdict: Verdict
    basis: Basis
    risk: float | None
    evidence: tuple[Evidence, ...] = ()
    signals: tuple[Signal, ...] = ()
    flags: tuple[Flag, ...] = ()
    unchecked: str | None = None
    worth: float | None = None
    judgements: tuple[Judgement, ...] = ()

    @property
    def needs_review(self) -> bool:
        """True unless the statement is supported without any flag."""
        return bool(self.flags) or self.verdict is not Verdict.SUPPORTED


class SummarySentence(Record, frozen=True):
    """A sentence of the summary, or its headline, with the article sentences that it cites."""

    id: str
    text: str
    cited: tuple[int, ...] | None = None


class Summary(Record, frozen=True):
    """A headline (None when the profile writes none) and the sentences of the summary, in order."""

    headline: SummarySentence | None
    sentences: tuple[SummarySentence, ...]

    @property
    def text(self) -> str:
        return " ".join(sentence.text for sentence in self.sentences)


class Claim(Record, frozen=True):
    """One self-contained factual assertion made by the article.

    ``speaker`` is who said it, when it is attributed. ``worth`` is how much it asks to be checked,
    0 to 1, where it was computed.
    """

    id: str
    text: str
    cited: tuple[int, ...] | None = None
    speaker: str | None = None
    worth: float | None = None


class AssertionKind(StrEnum):
    """What a sentence asserts, as far as rules can tell."""

    STATISTIC = "statistic"
    EVENT = "event"  # and any other state of things
    QUOTE = "quote"  # mostly somebody's words between quotation marks
    CAUSAL = "causal"
    COMPARISON = "comparison"
    PREDICTION = "prediction"  # plans and promises too
    OPINION = "opinion"
    QUESTION = "question"
    FILLER = "filler"  # greetings, turn-taking, lines that only lead to others


class NotExtracted(Record, frozen=True):
    """A sentence of the article that asks to be checked (``worth``, 0 to 1), and that no claim covers."""

    sentence: int
    worth: float
    kind: AssertionKind


class Usage(Record, frozen=True):
    """Tokens as the server counted them; None where it did not say."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None


class Reply(Record, frozen=True):
    """A reply that did not count: cut off, not readable, or worse than another to the same question.

    ``raw`` is what came, ``detail`` what was wrong with it.
    """

    state: AnswerState
    detail: str
    raw: str
    prompt_hash: str
    response_id: str | None = None


class Call(Record, frozen=True):
    """Provenance of one planned answer: what was sent, what came back, what it cost.

    ``part`` is "2/5" for the second of five parts of a long article, "merge" for the step that puts
    summaries of parts together, "round 2" where a judging model was asked a second time, and None for an
    article read whole. ``state``, ``prompt_hash``,
    ``response_id``, ``detail`` and ``raw`` tell of the reply that counts, ``set_aside`` of the others;
    ``attempts`` (HTTP requests), ``seconds``, ``usage`` and ``cost_usd`` cover all of them. ``cost_usd``
    is None when the price is not known: unknown is never 0. ``detail`` says why the state is not ``OK``,
    or what of a usable reply was left out; ``raw`` keeps the reply in either case, and of every part.
    """

    task: str
    state: AnswerState
    model: str
    prompt_hash: str
    schema_hash: str | None
    parameters: dict[str, Any]
    attempts: int
    seconds: float
    usage: Usage = Usage()
    cost_usd: float | None = None
    response_id: str | None = None
    detail: str | None = None
    raw: str | None = None
    part: str | None = None
    set_aside: tuple[Reply, ...] = ()

    @property
    def label(self) -> str:
        """Which planned answer: the task, and the part of a long article that it is about."""
        return self.task if self.part is None else f"{self.task}, {part_in_words(self.part)}"


def part_in_words(part: str) -> str:
    """``2/5`` as "part 2 of 5"; steps that put parts together, and rounds, have their own words."""
    return part if part.startswith(("merge", "round")) else f"part {part.replace('/', ' of ')}"


class Report(Record, frozen=True):
    """All that is known about one article after its way through the pipeline.

    ``summary`` is None when no usable one came. ``not_run`` lists planned steps that did not happen,
    in words. ``parts`` is how many overlapping pieces a long article was read in, 1 when whole.
    ``not_extracted`` are the article's most check-worthy sentences that none of the claims covers.
    ``created`` is ISO 8601 with offset; ``seconds`` is wall time.
    """

    article: Article
    summary: Summary | None
    claims: tuple[Claim, ...]
    findings: tuple[Finding, ...]
    article_flags: tuple[Flag, ...]
    calls: tuple[Call, ...]
    not_run: tuple[str, ...]
    profile: str
    model: str
    created: str
    seconds: float
    version: str
    checker_version: str
    parts: int = 1
    not_extracted: tuple[NotExtracted, ...] = ()
    schema_version: int = REPORT_SCHEMA_VERSION

    @property
    def risk(self) -> float | None:
        """The probability that anything in the report is unsupported (see ``calibration.together``)."""
        return together(finding.risk for finding in self.findings)

    @property
    def summary_risk(self) -> float | None:
        """The same of the summary alone, its headline included; None without one."""
        parts = (StatementKind.HEADLINE, StatementKind.SUMMARY, StatementKind.EXTERNAL)
        return together(finding.risk for finding in self.findings if finding.statement.kind in parts)

    @property
    def flagged(self) -> tuple[Finding, ...]:
        """Findings that a person must look at."""
        return tuple(finding for finding in self.findings if finding.needs_review)

    @property
    def unchecked(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.verdict is Verdict.UNCHECKED)

    @property
    def usage(self) -> Usage:
        """Tokens of all calls together; a number that one call does not know is unknown in the sum."""
        return Usage(
            _sum([call.usage.input_tokens for call in self.calls]),
            _sum([call.usage.output_tokens for call in self.calls]),
            _sum([call.usage.cached_tokens for call in self.calls]),
        )

    @property
    def cost_usd(self) -> float | None:
        costs = [call.cost_usd for call in self.calls]
        return None if not costs or None in costs else float(sum(cost or 0.0 for cost in costs))

    def finding(self, statement_id: str) -> Finding:
        """The finding about a statement. Raises KeyError for an id that the report does not have."""
        for finding in self.findings:
            if finding.statement.id == statement_id:
                return finding
        raise KeyError(statement_id)

    @classmethod
    def from_json(cls, data: str | bytes) -> Self:
        """The report behind ``to_json``, an equal object, its quotes checked against the article.

        Raises ReportFormatError.
        """
        report: Self = super().from_json(data)
        if report.schema_version != REPORT_SCHEMA_VERSION:
            raise ReportFormatError(
                f"this report has schema version {report.schema_version}; "
                f"this program reads version {REPORT_SCHEMA_VERSION}"
            )
        report.article.verify()
        for quoted in report.evidence():
            if report.article.text[quoted.start : quoted.end] != quoted.quote:
                raise ReportFormatError(
                    f"evidence at {quoted.start}-{quoted.end} is not what the article has there"
                )
        return report

    def evidence(self) -> Iterator[Evidence]:
        """Every piece of the article that anything in the report points to."""
        for finding in self.findings:
            yield from finding.evidence
            for signal in finding.signals:
                yield from signal.evidence
            for raised in finding.flags:
                yield from raised.evidence
        for flag in self.article_flags:
            yield from flag.evidence


def normalise_statement(text: str) -> str:
    """The form in which two statements count as the same: NFKC, case folded, white space collapsed."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _sum(values: list[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if values and len(known) == len(values) else None
