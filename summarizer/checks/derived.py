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

from .context import ReadSentence
from .figures import Figure
from .terms import Hit, terms
from .text import Lexicon, Token

_SHARES = ("percent", "point")


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
    for sentence, following in _neighbours(sentences):
        for one in _countable(sentence):
            for other in _countable(following):
                if one.unit == other.unit and one.unit not in _SHARES:
                    yield Derived(one.value + other.value, one.unit, sentence, (one, other))
                    yield Derived(abs(one.value - other.value), one.unit, sentence, (one, other))


def _neighbours(sentences: Sequence[ReadSentence]) -> Iterator[tuple[ReadSentence, ReadSentence]]:
    ordered = sorted(sentences, key=lambda sentence: sentence.number)
    for first, second in combinations(ordered, 2):
        if second.number - first.number <= 2:
            yield first, second


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
