"""How much a sentence asks to be checked, 0 to 1, and what kind of assertion it is; without a model.

A logistic regression on the features of ``features.py``, fitted by ``benchmarks/fit_worth.py`` on sentences
of our own that a person labelled (``benchmarks/data/worth``); the weights stand in ``weights.json``. Used to
rank claims, to make them where a model is too small to list any, to say which of the article's assertions
no claim covers, and to put what matters first in review.
"""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from msgspec.structs import replace

from ..checks.context import ReadArticle, ReadSentence
from ..checks.proper import Name
from ..checks.quotes import passages
from ..checks.text import Lexicon, Token, lexicon, tokenize
from ..errors import ResourceError
from ..report import AssertionKind, Claim, Finding, NotExtracted, StatementKind
from .features import NAMES, features
from .kinds import kind_of

_MIN_TOKENS = 6
_CLAIM_FROM, _LEAST_CLAIMS = 0.4, 3  # below that worth no claim is made, beyond the first few
_LEFT_OUT_FROM = 0.5  # worth from which a sentence that no claim covers is told
_LEFT_OUT_MOST = 5
_LONGEST = 2_000  # characters that are looked at; no sentence is longer

WEIGHTS = Path(__file__).with_name("weights.json")


@dataclass(frozen=True, slots=True)
class Worth:
    """How much a sentence asks to be checked, 0 to 1, and its kind."""

    value: float
    kind: AssertionKind


@dataclass(frozen=True, slots=True)
class Ranked:
    """A sentence's number, its worth, 0 to 1, and its kind."""

    number: int
    worth: float
    kind: AssertionKind


def of_text(text: str, language: str) -> Worth:
    """The worth of one sentence; ``language`` is a primary subtag."""
    lex = lexicon(language)
    text = text[:_LONGEST]
    return _of(text, tokenize(text, lex), lex)


def _of(text: str, tokens: Sequence[Token], lex: Lexicon) -> Worth:
    found = features(text, tokens, lex)
    intercept, weights = _weights()
    logit = intercept + sum(weights[name] * found[name] for name in NAMES)
    value = 1 / (1 + math.exp(-logit)) if tokens else 0.0
    return Worth(round(value, 4), kind_of(found))


@cache
def _weights() -> tuple[float, dict[str, float]]:
    """Raises ResourceError for weights that do not fit the features."""
    stored = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    weights = {str(name): float(weight) for name, weight in stored["weights"].items()}
    if set(weights) != set(NAMES):
        raise ResourceError(
            f"{WEIGHTS.name} does not have the weights of today's features",
            hint="Fit them again: python benchmarks/fit_worth.py",
        )
    return float(stored["intercept"]), weights


def of_findings(findings: Iterable[Finding], language: str) -> tuple[Finding, ...]:
    """The findings with the worth of their statements; those that stand for a whole answer have none."""
    return tuple(
        finding
        if finding.statement.kind is StatementKind.ANSWER
        else replace(finding, worth=of_text(finding.statement.text, language).value)
        for finding in findings
    )


def of_claims(claims: Iterable[Claim], language: str) -> tuple[Claim, ...]:
    """The claims with their worth, where they have none yet."""
    return tuple(
        claim if claim.worth is not None else replace(claim, worth=of_text(claim.text, language).value)
        for claim in claims
    )


def rank(read: ReadArticle) -> tuple[Ranked, ...]:
    """The sentences that assert something, most worth checking first; equals in the article's order.

    Headlines repeat the text, questions and lines that only lead to a list assert nothing, and what is
    shorter than six words is not understood alone.
    """
    ranked = []
    for sentence in read.sentences:
        if sentence.is_headline or len(sentence.tokens) < _MIN_TOKENS:
            continue
        text = sentence.text[:_LONGEST]
        worth = _of(text, [t for t in sentence.tokens if t.end <= _LONGEST], read.lex)
        if not text.rstrip('"”»“) ').endswith(("?", ":")) and worth.kind is not AssertionKind.FILLER:
            ranked.append(Ranked(sentence.number, worth.value, worth.kind))
    return tuple(sorted(ranked, key=lambda r: (-r.worth, r.number)))


def claims(read: ReadArticle, limit: int) -> tuple[Claim, ...]:
    """The article's own most check-worthy sentences as claims ``c1``, ``c2``, …, ranked."""
    ranked = rank(read)
    good = sum(1 for entry in ranked if entry.worth >= _CLAIM_FROM)
    chosen = ranked[: min(limit, max(good, _LEAST_CLAIMS))]
    return tuple(
        Claim(
            id=f"c{place}",
            text=" ".join(read.sentences[entry.number - 1].text.split()),
            cited=(entry.number,),
            speaker=speaker(read.sentences[entry.number - 1], read),
            worth=entry.worth,
        )
        for place, entry in enumerate(chosen, 1)
    )


def not_extracted(
    read: ReadArticle, claims: Iterable[Claim], findings: Iterable[Finding]
) -> tuple[NotExtracted, ...]:
    """The most check-worthy sentences that no claim cites and no claim's evidence lies in, at most five."""
    covered = {number for claim in claims for number in claim.cited or ()}
    for finding in findings:
        if finding.statement.kind is StatementKind.CLAIM:
            covered |= {evidence.sentence for evidence in finding.evidence}
    left = [entry for entry in rank(read) if entry.worth >= _LEFT_OUT_FROM and entry.number not in covered]
    return tuple(NotExtracted(entry.number, entry.worth, entry.kind) for entry in left[:_LEFT_OUT_MOST])


def speaker(sentence: ReadSentence, read: ReadArticle) -> str | None:
    """Who says it: the name beside a reporting verb, or behind "according to"; None when there is none."""
    lowered = sentence.text.casefold()
    for phrase in read.lex.attributing:
        at = lowered.find(phrase)
        if at >= 0:
            behind = [n for n in sentence.names if 0 <= n.start - (at + len(phrase)) <= 25]
            if behind:
                return _spelled(behind[0], sentence)
    quoted = list(passages(sentence.text))
    names = [n for n in sentence.names if not any(p.start <= n.start < p.end for p in quoted)]
    for token in sentence.tokens:
        if token.norm in read.lex.reporting:
            near = [(gap, n) for n in names if (gap := max(n.start - token.end, token.start - n.end)) <= 3]
            if near:
                return _spelled(min(near, key=lambda pair: pair[0])[1], sentence)
    return None


def _spelled(name: Name, sentence: ReadSentence) -> str:
    return sentence.text[name.start : name.end]
