"""Figures that follow from those of the article: sums, differences, shares, multiples.

"Three fewer" for "from 12 to 9", "one in four" for "25 percent", "twice as many" for 40 after 20. Figures
are taken together where they stand in one sentence, or in two with at most one between them, and have the
same unit; a score or a date takes part in nothing. What follows is good to a hundredth, or to what the
statement rounds to.

Keys of ``figures.toml``: ``multiples`` (``0.25: quarter``, ``2: twice doubled``).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from .context import ReadSentence, family
from .figures import Figure
from .terms import Hit, terms
from .text import Lexicon, Token

_SHARES = ("percent", "point")
_BESIDE = 2  # sentences so near speak of the same things


@dataclass(frozen=True, slots=True)
class Derived:
    """A value that follows from figures of a sentence; ``unit`` is theirs, "percent" or "times"."""

    value: float
    unit: str | None
    sentence: ReadSentence
    figures: tuple[Figure, ...]


def derived(sentences: Sequence[ReadSentence], lex: Lexicon) -> Iterator[Derived]:
    """What follows from the figures of some sentences."""
    for sentence in sentences:
        figures = _countable(sentence)
        for one, other in combinations(figures, 2):
            yield from _of_pair(one, other, sentence)
        for hit in terms(lex.code, "multiples").find(sentence.tokens):
            factor = float(hit.label)
            yield Derived(factor, "times", sentence, ())
            if factor < 1:
                yield Derived(100 * factor, "percent", sentence, ())
                yield Derived(100 * (1 - factor), "percent", sentence, ())
            for figure in figures:
                if figure.unit not in _SHARES:
                    yield Derived(figure.value * factor, figure.unit, sentence, (figure,))
                    yield Derived(figure.value / factor, figure.unit, sentence, (figure,))
        for figure in figures:
            if figure.unit == "percent" and figure.value < 100:
                yield Derived(figure.value / 100, "times", sentence, (figure,))
                yield Derived(100 - figure.value, "percent", sentence, (figure,))
        yield from _of_three(figures, sentence)
    for sentence, other_sentence in combinations(sentences, 2):
        near = abs(sentence.number - other_sentence.number) <= _BESIDE
        for one in _countable(sentence):
            for other in _countable(other_sentence):
                if one.unit != other.unit or one.unit in _SHARES:
                    continue
                if near or one.unit is not None or _noun(one, sentence) == _noun(other, other_sentence):
                    yield Derived(one.value + other.value, one.unit, sentence, (one, other))
                    yield Derived(abs(one.value - other.value), one.unit, sentence, (one, other))


def _of_three(figures: Sequence[Figure], sentence: ReadSentence) -> Iterator[Derived]:
    """The sum of three, and what is left of the largest without the other two."""
    for three in combinations(figures, 3):
        if len({figure.unit for figure in three}) == 1 and three[0].unit not in _SHARES:
            small, middle, large = sorted(figure.value for figure in three)
            yield Derived(small + middle + large, three[0].unit, sentence, three)
            yield Derived(large - middle - small, three[0].unit, sentence, three)


def _noun(figure: Figure, sentence: ReadSentence) -> str | None:
    """The word behind a figure: what is counted."""
    behind = (token for token in sentence.tokens if token.start >= figure.end)
    token = next(behind, None)
    return None if token is None else family(token)


def _of_pair(one: Figure, other: Figure, sentence: ReadSentence) -> Iterator[Derived]:
    if one.unit != other.unit and None not in (one.unit, other.unit):
        return
    pair, unit = (one, other), one.unit or other.unit
    low, high = sorted((one.value, other.value))
    yield Derived(high - low, unit, sentence, pair)
    if unit == "percent":
        yield Derived(high - low, "point", sentence, pair)
        return
    yield Derived(high + low, unit, sentence, pair)
    if low > 0:
        yield Derived(high / low, "times", sentence, pair)
        yield Derived(low / high, "times", sentence, pair)
        yield Derived(100 * low / high, "percent", sentence, pair)
        yield Derived(100 * (high - low) / high, "percent", sentence, pair)
        yield Derived(100 * (high - low) / low, "percent", sentence, pair)


def _countable(sentence: ReadSentence) -> list[Figure]:
    """Figures of a sentence that can be counted with: no dates, no ordinals, no halves of a score."""
    found = [f for f in sentence.figures if not f.date and not f.ordinal]
    return [f for f in found if not in_score(f, sentence.text, found)][:8]


def in_score(figure: Figure, text: str, figures: Sequence[Figure]) -> bool:
    """Whether a figure is one side of a score or vote: 7–4, 3:1."""
    around = text[max(0, figure.start - 2) : figure.start] + "0" + text[figure.end : figure.end + 2]
    sides = any(mark in around for mark in "–-:")
    return (
        sides
        and figure.value < 1000
        and any(
            other is not figure
            and 0 <= min(abs(other.start - figure.end), abs(figure.start - other.end)) <= 1
            for other in figures
        )
    )


def multiples(tokens: Sequence[Token], lex: Lexicon) -> tuple[tuple[Hit, float], ...]:
    """The multiples and fractions in words of a text."""
    return tuple((hit, float(hit.label)) for hit in terms(lex.code, "multiples").find(tokens))
