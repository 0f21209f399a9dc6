"""Figures that follow from those of the article: sums, differences, shares, multiples.

"Three fewer" for "from 12 to 9", "half the 120", "twice as many" for 40 after 20. Counted with are figures
that stand near the statement's words, two or three of one unit in one sentence or in neighbouring ones; a
score or a date takes part in nothing but its own difference. What follows is good to a hundredth, or to
what the statement rounds to. So much follows from a handful of figures that a coincidence proves nothing: a
sum asks for a word of a total in the statement, a difference for a word of change, rest or distance, or
else no figure of the article may stand in its very place.

Keys of ``figures.toml``: ``by_how_much`` ("by"), ``multiples`` (``0.25: quarter``, ``2: twice doubled``),
``totals`` and ``differences`` (words that speak of a sum; of a change, a distance or a rest).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from .figures import Figure
from .grounds import Place
from .measures import in_base_unit
from .terms import Hit, terms
from .text import Lexicon, Token

_SHARES = ("percent", "point", "basis")
_BESIDE = 2  # sentences so near speak of the same things
_MOST = 20  # figures that are counted with

SUM, DIFFERENCE, SHARE, MULTIPLE = "sum", "difference", "share", "multiple"


@dataclass(frozen=True, slots=True)
class Derived:
    """A value that follows from figures; ``unit`` is theirs in base units, "percent", "point" or "times".

    ``kind``: SUM, DIFFERENCE, SHARE or MULTIPLE.
    """

    value: float
    unit: str | None
    kind: str
    places: tuple[Place, ...]

    @property
    def far(self) -> bool:
        """Whether two sentences apart, or more, speak of different things."""
        numbers = [place.sentence.number for place in self.places if place.sentence]
        same = frozenset.intersection(*(place.nouns for place in self.places))
        return self.unit is None and not same and max(numbers, default=0) - min(numbers, default=0) > _BESIDE

    @property
    def together(self) -> bool:
        """Whether all stand in one sentence."""
        return len({place.sentence.number for place in self.places if place.sentence}) < 2


def _factor(figure: Figure) -> float:
    return in_base_unit(1.0, figure.unit)[0]


def derived(places: Sequence[Place], lex: Lexicon) -> Iterator[Derived]:
    """What follows from some figures of the article, with the multiples in words beside them."""
    chosen = [p for p in places if not p.figure.date and not p.figure.ordinal][:_MOST]
    for place in chosen:
        yield from _of_one(place, lex)
    for one, other in combinations(chosen, 2):
        yield from _of_pair(one, other)
    for three in combinations(chosen[:8], 3):
        yield from _of_three(three)


def _of_one(place: Place, lex: Lexicon) -> Iterator[Derived]:
    value, unit = place.figure.base
    if unit == "percent":
        if value < 100:
            yield Derived(value / 100, "times", SHARE, (place,))
            yield Derived(100 - value, "percent", DIFFERENCE, (place,))
        return
    if place.sentence is None:
        return
    if place.each:
        yield Derived(2 * value, unit, SUM, (place,))
    for factor in place.factors:
        yield Derived(value * factor, unit, MULTIPLE, (place,))
        yield Derived(value / factor, unit, MULTIPLE, (place,))
        if factor < 1:
            yield Derived(value * (1 - factor), unit, MULTIPLE, (place,))


def _of_pair(one: Place, other: Place) -> Iterator[Derived]:
    (left, unit), (right, other_unit) = one.figure.base, other.figure.base
    pair = (one, other)
    distance = _apart(one, other)
    if "percent" in (unit, other_unit) and unit != other_unit and distance <= 1:
        share, whole, of = (left, right, other_unit) if unit == "percent" else (right, left, unit)
        if of == "point":  # "31.4 percent, 5.2 points more"
            yield Derived(share - whole, "percent", DIFFERENCE, pair)
            yield Derived(share + whole, "percent", DIFFERENCE, pair)
        elif of not in _SHARES:
            yield Derived(whole * share / 100, of, SHARE, pair)
        return
    if unit != other_unit:
        # "1.9 billion hryvnias, another 600 million"
        replaced = not distance and None not in (one.role, other.role)  # "14,600 acres, up from 7,500"
        large = min(left, right) >= 1000 and distance <= (1 if min(left, right) >= 1e6 else 0)
        alone = distance <= 1 and any(p.figure.unit is None and p.alone for p in pair)
        if None not in (unit, other_unit) or not (replaced or large or alone):
            return
        if alone and unit not in _SHARES and other_unit not in _SHARES:  # "41 days. The law allows 35."
            factor = _factor(one.figure) * _factor(other.figure)
            left, right = (left * factor, right) if unit is None else (left, right * factor)
        unit = unit or other_unit
    low, high = sorted((left, right))
    if unit == "percent" and not distance and low + high < 100:
        yield Derived(100 - low - high, unit, DIFFERENCE, pair)  # the rest
    if unit in _SHARES:
        yield Derived(high - low, "point" if unit == "percent" else unit, DIFFERENCE, pair)
        yield Derived(high + low, unit, SUM, pair)
        if low > 0 and distance <= _BESIDE:
            yield from _ratios(low, high, pair)
        return
    yield Derived(high - low, unit, DIFFERENCE, pair)
    yield Derived(high + low, unit, SUM, pair)
    if low > 0 and distance <= _BESIDE:
        yield from _ratios(low, high, pair)


def _ratios(low: float, high: float, pair: tuple[Place, Place]) -> Iterator[Derived]:
    yield Derived(high / low, "times", SHARE, pair)
    yield Derived(low / high, "times", SHARE, pair)
    yield Derived((high - low) / high, "times", SHARE, pair)
    yield Derived(100 * low / high, "percent", SHARE, pair)
    yield Derived(100 * (high - low) / high, "percent", SHARE, pair)
    yield Derived(100 * (high - low) / low, "percent", SHARE, pair)


def _of_three(three: tuple[Place, Place, Place]) -> Iterator[Derived]:
    """The sum of three, and what is left of the largest without the other two."""
    read = [place.figure.base for place in three]
    if len({unit for _, unit in read}) > 1 or read[0][1] in ("point", "basis"):
        return
    numbers = {place.sentence.number for place in three if place.sentence}
    if max(numbers) - min(numbers) > _BESIDE:
        return
    unit = read[0][1]
    small, middle, large = sorted(value for value, _ in read)
    yield Derived(small + middle + large, unit, SUM, three)
    yield Derived(large - middle - small, unit, DIFFERENCE, three)


def _apart(one: Place, other: Place) -> int:
    if one.sentence is None or other.sentence is None:
        return 0
    return abs(one.sentence.number - other.sentence.number)


def licensed(one: Derived, tokens: Sequence[Token], lex: Lexicon) -> bool:
    """Whether the statement has a word for what was worked out."""
    if one.kind == SUM and one.unit is None and len(one.places) == 1:
        return terms(lex.code, "totals").any(tokens)
    if one.kind == SUM:
        if any(place.compared for place in one.places):
            return terms(lex.code, "differences").any(tokens)
        if any(place.more for place in one.places) and not one.far:
            return True
        if any(_by(place, lex) for place in one.places) and terms(lex.code, "differences").any(tokens):
            return True  # "rises by 2.8 from 31.4"
        joined = not one.far and any(token.norm in lex.words("joining") for token in tokens)
        return joined or terms(lex.code, "totals").any(tokens)
    if one.kind == DIFFERENCE:
        return terms(lex.code, "differences").any(tokens) or any(
            token.norm in lex.words("additional") for token in tokens
        )
    return True


def _by(place: Place, lex: Lexicon) -> bool:
    """Whether a figure says by how much something changes."""
    if place.sentence is None:
        return False
    before = [t for t in place.sentence.tokens if t.end <= place.figure.start][-1:]
    return bool(before) and before[0].norm in lex.words("by_how_much")


def in_score(figure: Figure, text: str, figures: Sequence[Figure]) -> bool:
    """Whether a figure is one side of a score or vote: 7–4, 3:1."""
    around = text[max(0, figure.start - 2) : figure.start] + "0" + text[figure.end : figure.end + 2]
    sides = any(mark in around for mark in "–-:")
    return (
        sides
        and figure.value < 1000
        and any(
            other is not figure
            and 0 <= min(abs(other.start - figure.end), abs(figure.start - other.end)) <= 3
            for other in figures
        )
    )


def times(tokens: Sequence[Token], lex: Lexicon) -> tuple[tuple[Hit, float], ...]:
    """The multiples and fractions in words of a text."""
    return tuple((hit, float(hit.label)) for hit in terms(lex.code, "multiples").find(tokens))


def multiples(tokens: Sequence[Token], lex: Lexicon) -> tuple[tuple[Hit, float], ...]:
    """The multiples in words of a text; fractions are figures."""
    return tuple((hit, factor) for hit, factor in times(tokens, lex) if factor > 1)
