"""Figures that the article does not give, or gives with another unit.

A figure of the statement must stand in the article with the same value (in any unit that is exactly
convertible: 6,200 metres for 6.2 km, £7.12 for 712 pence), be the article's rounded to the places that the
statement writes (or nearer than a sixteenth where it says "about"), keep to the bound that it names ("more than
40" for 42), or follow from the article's figures (``derived``). The same digits with another magnitude, another
unit of the same kind or another rate ("a week" for "a month") are a ``unit_mismatch``. Fractions and multiples
in words ("doubled", "a quarter") are compared with the article's, with its percentages and with what follows
from its figures; places in an order ("third") with those of the same thing. A right figure said of another
thing is for ``binding``.

Parts of dates and clock times are for the dates check. Left for judgement: conversion between systems of units,
as of miles into kilometres (a doubt), and durations that the article may tell by their beginning and end.

Keys of ``figures.toml``: ``limits`` (``least: at_least more_than``, ``most: up_to``, ``nearly: almost``,
``over: just_over``).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from ..flags import FlagCode
from ..report import Evidence, Signal, SignalKind, Span
from .align import Alignment
from .context import ReadArticle, ReadStatement
from .derived import SUM, Derived, base, derived, in_score, licensed, multiples, times
from .figures import MEASURES, Figure
from .grounds import Place, article_places, fit, statement_places, weights
from .moments import find_moments
from .terms import Terms, terms
from .text import span

_FEW = 20
_SMALL = 2  # "one of them", "the two sides": too common to argue with when written as words
_ABOUT = 0.0625  # how far "about" reaches
_BOUND = 0.3  # how far beyond a bound a figure may lie, and the bound still tell something
_CLOSE = 0.012  # how exact a figure is that was worked out
_SAME = 1e-9
_ANCHOR = 0.4  # how near a word stands that ties a figure to it
_ALIGNED = 3  # sentences in which a figure counts as given in this connection
_FITS = 0.3  # how well a figure stands in the statement's place to be compared with
_INSTEAD = 0.55  # and to be what the article gives in its place
_RATIO = 0.07  # how exact a multiple in words is
_JUST = 0.12  # how far "almost" and "just over" reach
_POINTS = 1.5  # percentage points by which a fraction in words may differ


@dataclass(frozen=True)
class Sought:
    """A figure of the statement, and where the article has it."""

    place: Place
    statement: ReadStatement
    alignment: Alignment
    read: ReadArticle

    @property
    def figure(self) -> Figure:
        return self.place.figure

    @cached_property
    def bound(self) -> str | None:
        return _bound(self.figure, self.statement, terms(self.read.lex.code, "limits"))

    @cached_property
    def _weights(self) -> dict[str, float]:
        return weights(self.place.near, self.read)

    def fit(self, other: Place) -> float:
        """How well a figure of the article stands in this one's place."""
        return fit(self._weights, self.place, other)

    def same(self, other: Figure) -> bool:
        """Whether the article's figure has this one's value and unit, by the words before this one."""
        if not units_agree(self.figure, other) or not _same_kind(self.figure, other):
            return False
        mine, theirs = _values(self.figure, other)
        if self.bound == "least":
            return mine <= theirs * (1 + _SAME) and theirs <= mine * (1 + _BOUND)
        if self.bound == "most":
            return theirs <= mine * (1 + _SAME) and mine * (1 - _BOUND) <= theirs
        if self.bound in ("nearly", "over") and _just(mine, theirs, self.bound):
            return True
        if self.figure.fraction or other.fraction:
            return abs(mine - theirs) <= max(_POINTS, _RATIO * mine)
        if same_value(self.figure, other):
            return True
        return self.figure.about and _near(mine, theirs, _ABOUT)

    @cached_property
    def own(self) -> tuple[Place, ...]:
        """Where the article has this figure."""
        return tuple(place for place in article_places(self.read) if self.same(place.figure))

    @cached_property
    def own_fit(self) -> float:
        return max((self.fit(place) for place in self.own), default=0.0)

    @cached_property
    def rivals(self) -> tuple[tuple[float, Place], ...]:
        """Other figures of the same kind, outside the headline, the best fitting first."""
        found = [
            (self.fit(place), -number, place)
            for number, place in enumerate(article_places(self.read))
            if not self.same(place.figure) and _comparable(self.figure, place.figure) and not _headline(place)
        ]
        found.sort(key=lambda one: (-one[0], -one[1]))
        return tuple((how, place) for how, _, place in found)

    def anchors(self, other: Place) -> int:
        """How many words stand near both."""
        return sum(1 for kin, near in other.near.items() if near >= _ANCHOR and kin in self._weights)

    @cached_property
    def worked_out(self) -> tuple[Derived, bool] | None:
        """How it follows from the article's figures, and whether the statement has a word for that."""
        return _worked_out(self)

    @property
    def shown(self) -> Span:
        return span(self.statement.text, self.figure.start, self.figure.end)


def sought(statement: ReadStatement, alignment: Alignment, read: ReadArticle) -> tuple[Sought, ...]:
    """The figures of a statement that can be compared: those of dates, multiples and names left out."""
    if not statement.figures:
        return ()
    inside = [
        (statement.tokens[hit.first].start, statement.tokens[hit.last - 1].end)
        for hit, _ in multiples(statement.tokens, read.lex)
    ]
    moments = find_moments(statement.text, statement.tokens, statement.figures, read.lex)
    inside += [(moment.start, moment.end) for moment in moments]
    return tuple(
        Sought(place, statement, alignment, read)
        for place in statement_places(statement, read.lex)
        # "three" of "three quarters", "two" of "two years ago"
        if not any(start <= place.figure.start < end for start, end in inside)
    )


def check(statement: ReadStatement, alignment: Alignment, read: ReadArticle) -> tuple[Signal, ...]:
    """A signal for each figure that is not well grounded."""
    found = [
        _ordinal(one) if one.figure.ordinal else _check(one) for one in sought(statement, alignment, read)
    ]
    return (*(one for one in found if one is not None), *_multiples(statement, alignment, read))


def _check(one: Sought) -> Signal | None:
    figure, read = one.figure, one.read
    if figure.word and figure.value <= _SMALL and figure.unit is None:
        return None
    if one.own:
        return _rate(one) or _elsewhere(one)
    if figure.fraction or figure.unit == "times":
        return _share(one)
    if _in_years(figure, read) or (_names(figure, one.statement) and _word_stands(one)):
        return None
    if in_score(figure, one.statement.text, one.statement.figures) and (
        _same_digits(one) or not _scores(one.read)
    ):
        return None
    confused = _confused(one)
    worked_out = one.worked_out
    sure = confused is not None and one.fit(confused) >= _INSTEAD
    if worked_out is not None and (worked_out[1] or confused is None) and not sure:
        how, clear = worked_out
        instead = one.rivals[0] if one.rivals else None
        # A figure in the very place of this one stands against what could be a coincidence.
        whole = (
            how.kind == SUM
            and how.together
            and figure.value > _FEW
            and not any(p.compared for p in how.places)
        )
        if (
            clear
            or whole
            or instead is None
            or instead[0] < _INSTEAD
            or not one.place.nouns & instead[1].nouns
        ):
            return None
    if confused is not None:
        there = _quotes((confused,), read)
        said = "unit" if confused.figure.scale == figure.scale else "magnitude"
        message = f"“{one.shown.text}” has another {said} in the article: “{there[0].quote}”"
        return _signal(one, message, FlagCode.UNIT_MISMATCH, there)
    nearby = _quotes([place for how, place in one.rivals[:1] if how >= _FITS / 2], read)
    there_is = f"; it has “{nearby[0].quote}”" if nearby else ""
    message = f"the article does not give “{one.shown.text}”{there_is}"
    if _convertible(one) or (_kind(figure.unit) == "time" and not nearby):
        return Signal("numbers", SignalKind.DOUBT, 0.4, message, None, (one.shown,), nearby)
    return _signal(one, message, FlagCode.NUMBER_MISMATCH, nearby)


def _signal(one: Sought, message: str, code: FlagCode, there: tuple[Evidence, ...]) -> Signal:
    return Signal("numbers", SignalKind.MISMATCH, 1.0, message, code, (one.shown,), there)


def _share(one: Sought) -> Signal | None:
    """A fraction in words, or "six times": wrong where the article has another one in its very place."""
    rivals = [(how, place) for how, place in one.rivals[:3] if how >= _INSTEAD]
    if not rivals or one.worked_out is not None or one.figure.rate is not None:
        return None
    there = _quotes([rivals[0][1]], one.read)
    message = f"“{one.shown.text}”: the article says “{there[0].quote}”"
    return _signal(one, message, FlagCode.NUMBER_MISMATCH, there)


def _elsewhere(one: Sought) -> Signal | None:
    """A doubt about a figure that only sentences have on which the statement does not rest."""
    aligned = {sentence.number for sentence in one.alignment.sentences}
    if any(_number(place) in aligned for place in one.own) or one.own_fit >= _FITS:
        return None
    there = _quotes(one.own[:2], one.read)
    message = f"“{one.shown.text}” stands in another part of the article"
    return Signal("numbers", SignalKind.DOUBT, 0.3, message, None, (one.shown,), there)


def _rate(one: Sought) -> Signal | None:
    """ "£38 a week" where all places that have the figure say "a month"."""
    rates = {place.figure.rate for place in one.own}
    if one.figure.rate is None or None in rates or one.figure.rate in rates:
        return None
    there = _quotes(one.own[:1], one.read)
    message = f"“{one.shown.text}” is counted by the {one.figure.rate}; in the article by the {min(map(str, rates))}"
    return _signal(one, message, FlagCode.UNIT_MISMATCH, there)


def _ordinal(one: Sought) -> Signal | None:
    """ "The third round" where the article has another one, and no third of the kind."""
    if not one.place.nouns or one.figure.value < _SMALL:
        return None
    value = one.figure.value
    others = [
        place for place in article_places(one.read) if place.figure.ordinal and place.nouns & one.place.nouns
    ]
    values = {place.figure.value for place in others}
    numbers = {s.number for s in one.alignment.sentences[:_ALIGNED]}
    near = [place for place in others if _number(place) in numbers]
    if value in values or len(values) != 1 or not near or _counted(one):
        return None
    there = _quotes(near[:1], one.read)
    message = f"“{one.shown.text}”: the article has “{there[0].quote}”"
    return _signal(one, message, FlagCode.NUMBER_MISMATCH, there)


def _counted(one: Sought) -> bool:
    """Whether the article counts as many of the thing: "three rounds" makes a third."""
    return any(
        not place.figure.ordinal and place.figure.value >= one.figure.value and place.nouns & one.place.nouns
        for place in article_places(one.read)
    )


# --- values and units


def _bound(figure: Figure, statement: ReadStatement, table: Terms) -> str | None:
    before = [token for token in statement.tokens if token.end <= figure.start][-4:]
    hits = [hit for hit in table.find(before) if hit.last == len(before)]
    return hits[-1].label if hits else None


def _just(value: float, other: float, bound: str) -> bool:
    """Almost 50: from 44; just over 40: up to 44.8."""
    if bound == "nearly":
        return value * (1 - _JUST) <= other <= value * (1 + _CLOSE)
    return value * (1 - _CLOSE) <= other <= value * (1 + _JUST)


def _near(value: float, other: float, share: float) -> bool:
    return abs(value - other) <= share * max(abs(value), abs(other))


def same_value(figure: Figure, other: Figure) -> bool:
    """Equal, or the other rounded to as many places as the figure was written with."""
    mine, theirs = _values(figure, other)
    if _near(mine, theirs, _SAME):
        return True
    if figure.unit != other.unit and _kind(figure.unit) == "time":
        return _near(mine, theirs, _CLOSE)  # months and years have no one length
    step = figure.scale * 10.0**-figure.places * (mine / figure.value if figure.value else 1.0)
    if figure.scale > 1 or figure.about or other.places > figure.places:
        return abs(theirs - mine) <= step / 2 * (1 + 1e-6)
    step *= _trailing(figure)
    return step >= 100 and abs(theirs - mine) <= step / 2


def _trailing(figure: Figure) -> float:
    """The place of the last digit of a long round number: 1000 for 41,000; 1 for short or exact ones."""
    digits = f"{figure.mantissa:.0f}"
    kept = digits.rstrip("0")
    return 10.0 ** (len(digits) - len(kept)) if figure.places == 0 and len(kept) >= 2 else 1.0


def _values(figure: Figure, other: Figure) -> tuple[float, float]:
    """Both in one unit, where both have one of one kind."""
    (mine, unit), (theirs, other_unit) = base(figure), base(other)
    if figure.unit is None or other.unit is None or unit is None or other_unit is None:
        return figure.value, other.value
    return mine, theirs


def units_agree(figure: Figure, other: Figure) -> bool:
    """The same unit, exactly convertible ones, or one that is not written (a percentage always is)."""
    if None in (figure.unit, other.unit):
        written = figure.unit or other.unit
        return _kind(written) not in ("share", "warmth") or figure.unit == other.unit
    mine, theirs = base(figure)[1], base(other)[1]
    return mine == theirs or (
        "money" in (mine, theirs) and _kind(figure.unit) == _kind(other.unit) == "money"
    )


def _kind(unit: str | None) -> str | None:
    measure = MEASURES.get(unit or "")
    return measure.kind if measure else unit


def _same_kind(figure: Figure, other: Figure) -> bool:
    """A place in an order is no count; "in the 17th minute" and "after 17 minutes" may be the same."""
    return figure.ordinal == other.ordinal or "time" in (_kind(figure.unit), _kind(other.unit))


def _comparable(figure: Figure, other: Figure) -> bool:
    """Whether the one could stand for the other: of one unit, and not a thousand times as much."""
    if figure.ordinal != other.ordinal or (other.word and other.value < _SMALL):
        return False
    if base(figure)[1] != base(other)[1] and "money" not in (base(figure)[1], base(other)[1]):
        return False
    if _kind(figure.unit) != _kind(other.unit):
        return False
    low, high = sorted((abs(base(figure)[0]), abs(base(other)[0])))
    return figure.unit is not None or high <= 200 * max(low, 1)


def _confused(one: Sought) -> Place | None:
    """The same digits with another magnitude, or with another unit of the same kind, in this connection."""
    figure = one.figure
    numbers = {sentence.number for sentence in one.alignment.sentences[:_ALIGNED]}
    found = []
    for order, place in enumerate(article_places(one.read)):
        other = place.figure
        digits = other.mantissa == figure.mantissa or _thousandfold(figure, other)
        if not digits or figure.mantissa in (0.0, 1.0) or other.ordinal != figure.ordinal:
            continue
        if other.scale != figure.scale or _thousandfold(figure, other):
            same = figure.unit == other.unit or (
                None in (figure.unit, other.unit) and one.fit(place) >= _FITS
            )
            if same and _kind(figure.unit or other.unit) != "share":
                found.append((one.fit(place), -order, place))
        elif None not in (figure.unit, other.unit) and figure.unit != other.unit:
            kind = _kind(figure.unit)
            near = one.fit(place) >= _FITS or (_number(place) in numbers and kind != "time")
            if kind == _kind(other.unit) and near:
                found.append((one.fit(place), -order, place))
    return max(found, key=lambda row: row[:2])[2] if found else None


def _thousandfold(figure: Figure, other: Figure) -> bool:
    """Whether one is a thousand, a million, … times the other: 146.000 millones for 146 millones."""
    low, high = sorted((abs(figure.value), abs(other.value)))
    return low >= 10 and any(_near(high, low * factor, _SAME) for factor in (1e3, 1e6, 1e9))


def _convertible(one: Sought) -> bool:
    """Whether the article has a figure of the same kind in another system near: miles for kilometres."""
    measure = MEASURES.get(one.figure.unit or "")
    if measure is None or measure.kind in ("share", "money"):
        return False
    if measure.kind == "time":
        return any(
            other.figure.unit != one.figure.unit and _kind(other.figure.unit) == "time" and how >= _FITS
            for how, other in one.rivals
        )
    units = {place.figure.unit for place in article_places(one.read)} - {one.figure.unit, None}
    return any(
        MEASURES[unit].kind == measure.kind and MEASURES[unit].system != measure.system
        for unit in sorted(map(str, units))
        if unit in MEASURES
    )


def _scores(read: ReadArticle) -> bool:
    """Whether the article has a score at all."""
    return any(in_score(f, s.text, s.figures) for s in read.sentences for f in s.figures)


def _same_digits(one: Sought) -> bool:
    """Whether the article has the number at all, in whatever connection: both sides of "27–14"."""
    return any(
        figure.value == one.figure.value
        for sentence in one.alignment.sentences
        for figure in sentence.figures
        if not figure.date
    )


def _in_years(figure: Figure, read: ReadArticle) -> bool:
    """Whether a bare number is the short form of a year or a date that the article has ("the 90s")."""
    return (
        figure.unit is None
        and any(
            other.date and other.value % 100 == figure.value and other.value > 1000 and figure.value >= 10
            for sentence in read.sentences
            for other in sentence.figures
        )
        and not figure.word
        and figure.value % 10 == 0
    )


def _names(figure: Figure, statement: ReadStatement) -> bool:
    """Whether a figure is part of a name: Zone 6, Highway 12."""
    before = [token for token in statement.tokens if token.end <= figure.start][-1:]
    beside = bool(before) and figure.start - before[0].end == 1
    named = beside and before[0].capital and before[0].start > 0
    return named and figure.unit is None and not figure.word and figure.scale == 1


def _word_stands(one: Sought) -> bool:
    """Whether the article has a capitalised word with this very figure behind."""
    text = one.statement.text
    before = [token for token in one.statement.tokens if token.end <= one.figure.start][-1]
    return text[before.start : one.figure.end] in one.read.article.text


# --- what follows from the article's figures


def _worked_out(one: Sought) -> tuple[Derived, bool] | None:
    figure, statement, read = one.figure, one.statement, one.read
    if figure.ordinal or in_score(figure, statement.text, statement.figures) or _names(figure, statement):
        return None
    value, unit = base(figure)
    reach = _ABOUT if figure.about else _CLOSE
    best: tuple[Derived, bool] | None = None
    for made in derived(_basis(one), read.lex):
        fits = made.unit == unit or (
            None in (made.unit, unit) and made.unit not in ("percent", "point", "times")
        )
        fits = fits or (unit == "money" and made.unit in ("USD", "EUR"))
        exact = unit is None and not figure.about
        if not fits or not (
            _reaches(value, made.value, one.bound, reach, exact=exact) or _rounded(figure, value, made.value)
        ):
            continue
        clear = licensed(made, statement.tokens, read.lex)
        if unit is None and value <= _FEW:  # small figures follow from anything
            clear = clear and (made.together or any(p.nouns & one.place.nouns for p in made.places))
            if not clear and not made.together:
                continue
        if made.kind == SUM and unit == "percent" and made.value > 100:
            continue
        if best is None or (clear and not best[1]):
            best = (made, clear)
        if clear:
            break
    return best


def _reaches(value: float, other: float, bound: str | None, reach: float, *, exact: bool) -> bool:
    if bound == "least":
        return value <= other * (1 + _SAME) and other <= value * (1 + _BOUND)
    if bound == "most":
        return other <= value * (1 + _SAME) and value * (1 - _BOUND) <= other
    if bound in ("nearly", "over") and _just(value, other, bound):
        return True
    if exact and float(other).is_integer() and value < 1000:
        return value == other
    return _near(value, other, reach)


def _rounded(figure: Figure, value: float, other: float) -> bool:
    """Whether what was worked out is rounded to the places of a figure with a scale word or decimals."""
    if figure.scale <= 1 and not figure.places and not figure.about:
        return False
    step = figure.scale * 10.0**-figure.places * (value / figure.value if figure.value else 1.0)
    return abs(value - other) <= step / 2 * (1 + 1e-6)


def _basis(one: Sought) -> list[Place]:
    """The figures that stand near the statement's words, and those of the sentences that it rests on."""
    numbers = {s.number: order for order, s in enumerate(one.alignment.sentences)}
    beside = {n + step for n in [s.number for s in one.alignment.sentences[:2]] for step in (-1, 1)}
    found = []
    for order, place in enumerate(article_places(one.read)):
        number = _number(place)
        how = one.fit(place) + (0.5 if number in numbers else 0.2 if number in beside else 0.0)
        if how >= 0.15 and not _headline(place):
            found.append((-how, order, place))
        elif _kind(place.figure.unit) in ("share", "money") and _kind(place.figure.unit) == _kind(
            one.figure.unit
        ):
            found.append((0.0, order, place))  # behind the others: the words may be all paraphrased
    found.sort(key=lambda row: row[:2])
    return [place for _, _, place in found]


# --- multiples in words


def _multiples(statement: ReadStatement, alignment: Alignment, read: ReadArticle) -> Iterator[Signal]:
    """Multiples in words that the article contradicts: it has another one, and no figures that give this."""
    hits = multiples(statement.tokens, read.lex)
    if not hits:
        return
    numbers = {sentence.number for sentence in alignment.sentences[:_ALIGNED]}
    places = [place for place in article_places(read) if _number(place) in numbers]
    values = [one.value for one in derived(places, read.lex) if one.unit == "times" and one.together]
    stated = [
        (sentence, other, value)
        for sentence in read.sentences
        for other, value in times(sentence.tokens, read.lex)
    ]
    for hit, factor in hits:
        if any(_near(factor, value, _RATIO) for _, _, value in stated):
            continue
        aligned = [s.number for s in alignment.sentences[:2]]
        rivals = [
            (aligned.index(sentence.number), sentence, other)
            for sentence, other, _ in stated
            if sentence.number in aligned
        ]
        if not rivals or any(_near(factor, value, _RATIO) for value in values):
            continue
        _, sentence, other = min(rivals, key=lambda row: row[0])
        shown = span(statement.text, statement.tokens[hit.first].start, statement.tokens[hit.last - 1].end)
        there = read.evidence(
            sentence, sentence.tokens[other.first].start, sentence.tokens[other.last - 1].end
        )
        message = f"“{shown.text}”: the article says “{there.quote}”"
        code = FlagCode.NUMBER_MISMATCH
        yield Signal("numbers", SignalKind.MISMATCH, 1.0, message, code, (shown,), (there,))


def _number(place: Place) -> int:
    return place.sentence.number if place.sentence is not None else 0


def _headline(place: Place) -> bool:
    return place.sentence is not None and place.sentence.is_headline


def _quotes(places: Sequence[Place], read: ReadArticle) -> tuple[Evidence, ...]:
    return tuple(
        read.evidence(place.sentence, place.figure.start, place.figure.end)
        for place in places
        if place.sentence is not None
    )
