"""An article and statements about it -> one finding for each statement, in the order given.

Pure: no model, no network. The verdict follows the table in the README; nothing that was not checked
is ever called supported.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from .article import Article
from .checks import (
    affiliations,
    appositions,
    attribution,
    binding,
    cause,
    changes,
    comparison,
    coverage,
    dates,
    denials,
    headline,
    hedges,
    injection,
    internal,
    names,
    numbers,
    order,
    parallels,
    places,
    polarity,
    quantifiers,
    quotes,
    roles,
    scores,
    slots,
    speakers,
    trend,
    twofigures,
)
from .checks.align import Alignment, align
from .checks.context import ReadArticle, ReadStatement, read_article, read_statement
from .checks.overlap import measure
from .checks.text import other_language, span
from .collector import collector_paused
from .flags import FlagCode
from .report import (
    Basis,
    Evidence,
    Finding,
    Flag,
    Signal,
    SignalKind,
    Statement,
    StatementKind,
    Verdict,
    part_in_words,
)
from .risk import estimate, features
from .settings import Settings

Check = Callable[[ReadStatement, Alignment, ReadArticle], tuple[Signal, ...]]
CHECKS: tuple[Check, ...] = (
    numbers.check,
    scores.check,
    binding.check,
    quotes.check,
    attribution.check,
    speakers.check,
    dates.check,
    order.check,
    polarity.check,
    denials.check,
    comparison.check,
    trend.check,
    twofigures.check,
    changes.check,
    hedges.check,
    quantifiers.check,
    cause.check,
    names.check,
    roles.check,
    affiliations.check,
    appositions.check,
    slots.check,
    places.check,
    parallels.check,
    coverage.check,
)

NOT_JUDGED = ", and no judge was asked"  # in the message of a statement that the rules leave open
_LONGEST = 4_000  # characters of a statement: more is a text, in which nothing is near anything
_ALIGNED = 0.15  # share of a statement that its sentences must cover
_UNKNOWN = 0.85  # share of unknown words from which a statement is an invention


def check_statements(
    article: Article | str,
    statements: Sequence[Statement | str],
    *,
    headline: str | None = None,
    published: str | None = None,
    language: str | None = None,
    settings: Settings | None = None,
) -> list[Finding]:
    """Check statements against an article; plain strings become statements ``x1``, ``x2``, …

    ``headline`` (the article's own), ``published`` and ``language`` are for an article given as text.
    Raises ArticleError for a text that is no article.
    """
    if isinstance(article, str):
        article = Article.from_text(article, title=headline, published=published, language=language)
    made = [
        s if isinstance(s, Statement) else Statement(f"x{number}", StatementKind.EXTERNAL, s)
        for number, s in enumerate(statements, 1)
    ]
    return list(check_article(article, made, settings=settings or Settings()).findings)


@dataclass(frozen=True, slots=True)
class Checked:
    """A finding for every statement, in their order, and what is to be said about the article itself."""

    findings: Sequence[Finding]
    article_flags: tuple[Flag, ...] = ()


def check_article(article: Article, statements: Sequence[Statement], *, settings: Settings) -> Checked:
    """Check statements, and look for text in the article that addresses a language model."""
    with collector_paused():
        return _check_all(article, statements, settings)


def _check_all(article: Article, statements: Sequence[Statement], settings: Settings) -> Checked:
    read = read_article(article)
    suspected = injection.find(read)
    texts = [read_statement(s.text[:_LONGEST], read.lex, s.kind, s.speaker) for s in statements]
    conflicts = internal.find(statements, texts, article.language)
    return Checked(
        [
            _check(s, text, read, suspected, [c.signal for c in conflicts if c.one == index], settings)
            for index, (s, text) in enumerate(zip(statements, texts, strict=True))
        ],
        _wanted([_flag(signal, settings) for signal in suspected], settings),
    )


def _check(
    statement: Statement,
    text: ReadStatement,
    read: ReadArticle,
    suspected: Sequence[Signal],
    conflicts: Sequence[Signal],
    settings: Settings,
) -> Finding:
    if len(statement.text) > _LONGEST:
        message = f"it has {len(statement.text):,} characters; hand over its sentences one by one"
        return _unchecked(statement, FlagCode.UNCERTAIN, message, settings)
    if not text.content:
        return _unchecked(statement, FlagCode.UNCERTAIN, "it has no word that could be checked", settings)
    other = other_language(text.tokens, read.lex)
    if other or _other_script(statement.text, read.article.text):
        said = f"in another language ({other})" if other else "in another script"
        message = f"the statement is written {said} than the article"
        return _unchecked(statement, FlagCode.LANGUAGE_MISMATCH, message, settings)
    cited = tuple(n for n in statement.cited or () if 1 <= n <= len(read.sentences))
    alignment, evidence, signals = _signals(text, read, cited, suspected, conflicts)
    risk = estimate(features(signals, measure(text, alignment, read)), settings.calibrated)
    flags = [_flag(signal, settings) for signal in signals if signal.kind is SignalKind.MISMATCH]
    flags += _citation_flags(statement, cited, settings)
    verdict, why = _verdict(alignment, signals, risk, settings)
    if verdict is Verdict.NOT_IN_ARTICLE:
        flags.append(_not_in_article(statement, text, read, evidence, settings))
    elif verdict is Verdict.UNCHECKED:
        flags.append(_uncertain(text, signals, evidence, settings))
    return Finding(
        statement=statement,
        verdict=verdict,
        basis=Basis.RULE,
        risk=risk,
        evidence=evidence,
        signals=signals,
        flags=_wanted(flags, settings),
        unchecked=why,
    )


def _signals(
    text: ReadStatement,
    read: ReadArticle,
    cited: tuple[int, ...],
    suspected: Sequence[Signal],
    conflicts: Sequence[Signal],
) -> tuple[Alignment, tuple[Evidence, ...], tuple[Signal, ...]]:
    """What a statement rests on, and all that the checks see."""
    alignment = align(text, read, cited)
    evidence = tuple(read.evidence(sentence) for sentence in alignment.sentences)
    signals = tuple(signal for check in CHECKS for signal in check(text, alignment, read))
    if repeats := injection.repeated(evidence, suspected):
        signals = (*signals, repeats)
    return alignment, evidence, (*signals, *headline.check(text, signals, read), *conflicts)


@dataclass(frozen=True, slots=True)
class Observed:
    """What the risk of a statement is made of. ``settled``: it is flagged whatever its risk."""

    statement: Statement
    features: dict[str, float]
    settled: bool


def observe(article: Article, statements: Sequence[Statement]) -> list[Observed]:
    """The features of statements as ``check_article`` sees them: what a calibration is fitted on."""
    read = read_article(article)
    anything = Settings(risk_low=1.0, risk_high=1.0)  # left are flags that no threshold removes
    findings = check_article(article, statements, settings=anything).findings
    return [
        Observed(
            finding.statement,
            _features(finding, read) if finding.risk is not None else {},
            (finding.needs_review and finding.unchecked != FlagCode.UNCERTAIN.value) or finding.risk is None,
        )
        for finding in findings
    ]


def _features(finding: Finding, read: ReadArticle) -> dict[str, float]:
    said = finding.statement
    text = read_statement(said.text, read.lex, said.kind, said.speaker)
    cited = tuple(n for n in said.cited or () if 1 <= n <= len(read.sentences))
    return features(finding.signals, measure(text, align(text, read, cited), read))


def _verdict(
    alignment: Alignment, signals: tuple[Signal, ...], risk: float, settings: Settings
) -> tuple[Verdict, str | None]:
    """The verdict table, without a judge."""
    unknown = max((s.strength for s in signals if s.check == "coverage"), default=0.0)
    if not alignment.sentences or alignment.coverage < _ALIGNED or unknown >= _UNKNOWN:
        return Verdict.NOT_IN_ARTICLE, None
    if any(signal.kind is SignalKind.MISMATCH for signal in signals):
        return Verdict.CONTRADICTED, None
    if risk < settings.risk_low:
        return Verdict.SUPPORTED, None
    return Verdict.UNCHECKED, FlagCode.UNCERTAIN.value


def unusable_answer(
    task: str, code: FlagCode, message: str, settings: Settings, *, part: str | None = None
) -> Finding:
    """The finding that stands for a planned answer which could not be used, so that it is reviewed.

    ``part`` names the part of a long article that the answer is about.
    """
    of = "" if part is None else f", {part_in_words(part)}"
    statement = Statement(
        f"answer-{task}" if part is None else f"answer-{task}-{part}",
        StatementKind.ANSWER,
        f"The model's answer to “{task}”{of}",
    )
    return _unchecked(statement, code, message, settings)


def unread_input(message: str, settings: Settings) -> Finding:
    """The finding that stands for the part of an article which the model has not read."""
    statement = Statement("input", StatementKind.ANSWER, "What the model read of the article")
    return _unchecked(statement, FlagCode.TRUNCATED, message, settings)


def lost_statement(statement: Statement, settings: Settings) -> Finding:
    """The finding about a statement that a checker given by the caller did not return."""
    message = "the checker returned nothing about this statement"
    return _unchecked(statement, FlagCode.UNCERTAIN, message, settings)


def _unchecked(statement: Statement, code: FlagCode, message: str, settings: Settings) -> Finding:
    flags = _wanted([Flag(code, settings.severity_of(code), message)], settings)
    return Finding(statement, Verdict.UNCHECKED, Basis.RULE, None, flags=flags, unchecked=code.value)


def _wanted(flags: Sequence[Flag], settings: Settings) -> tuple[Flag, ...]:
    """Without those that the newsroom never wants; the verdict stays, so nothing turns into "fine"."""
    return tuple(flag for flag in flags if not settings.never_flags(flag.code))


def _flag(signal: Signal, settings: Settings) -> Flag:
    code = signal.code or FlagCode.UNCERTAIN
    return Flag(code, settings.severity_of(code), signal.message, signal.spans, signal.evidence)


def _citation_flags(statement: Statement, cited: tuple[int, ...], settings: Settings) -> list[Flag]:
    """Citations were asked for, and some do not exist, or none came."""
    if statement.cited is None or (cited and len(cited) == len(statement.cited)):
        return []
    code = FlagCode.EVIDENCE_MISSING
    missing = [n for n in statement.cited if n not in cited]
    message = (
        f"it cites sentences that do not exist: {', '.join(map(str, missing))}"
        if missing
        else "it cites no sentence of the article"
    )
    return [Flag(code, settings.severity_of(code), message)]


def _not_in_article(
    statement: Statement,
    text: ReadStatement,
    read: ReadArticle,
    evidence: tuple[Evidence, ...],
    settings: Settings,
) -> Flag:
    code = FlagCode.NOT_IN_ARTICLE
    known = {stem for piece in evidence for stem in read.sentences[piece.sentence - 1].content}
    missing = [token for token in text.content if token.stem not in known]
    words = ", ".join(dict.fromkeys(f"“{token.text}”" for token in missing))
    message = (
        f"no sentences of the article say this; nearest they come without {words}"
        if evidence
        else "no sentence of the article shares a word with this"
    )
    spans = tuple(span(statement.text, token.start, token.end) for token in missing)
    return Flag(code, settings.severity_of(code), message, spans, evidence)


def _uncertain(
    text: ReadStatement, signals: tuple[Signal, ...], evidence: tuple[Evidence, ...], settings: Settings
) -> Flag:
    code = FlagCode.UNCERTAIN
    doubts = [signal for signal in signals if signal.kind is SignalKind.DOUBT]
    said = [signal.message for signal in doubts]
    if len(evidence) > 1:
        said.append("it is put together from " + ", ".join(f"[{piece.sentence}]" for piece in evidence))
    reasons = "; ".join(said)
    message = f"the rules cannot tell{NOT_JUDGED}{': ' if reasons else ''}{reasons}"
    spans = tuple(piece for signal in doubts for piece in signal.spans)
    return Flag(code, settings.severity_of(code), message, spans, evidence)


def _other_script(statement: str, article: str) -> bool:
    """Whether the two are mostly written in different scripts: then no word can be compared."""
    mine, theirs = _script(statement), _script(article[:2_000])
    return mine is not None and theirs is not None and mine != theirs


@lru_cache(maxsize=64)
def _script(text: str) -> str | None:
    """The script of most letters, None where there is hardly a letter."""
    if text.isascii():
        return "latin" if sum(map(str.isalpha, text)) >= 4 else None
    blocks = {"latin": 0, "cyrillic": 0, "greek": 0, "arabic": 0, "hebrew": 0, "han": 0, "other": 0}
    for character in filter(str.isalpha, text):
        blocks["latin" if character.isascii() else _block(ord(character))] += 1
    total = sum(blocks.values())
    best = max(blocks, key=lambda name: blocks[name])
    return best if total >= 4 and blocks[best] > total / 2 else None


def _block(point: int) -> str:
    for name, low, high in (
        ("latin", 0x41, 0x24F),
        ("greek", 0x370, 0x3FF),
        ("cyrillic", 0x400, 0x52F),
        ("hebrew", 0x590, 0x5FF),
        ("arabic", 0x600, 0x6FF),
        ("han", 0x3040, 0x9FFF),
    ):
        if low <= point <= high:
            return name
    return "other"
