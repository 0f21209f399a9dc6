"""Figures that the article does not give, or gives with another unit.

A figure of the statement must stand in the article with the same value (in any unit that is exactly
convertible: 6,200 metres for 6.2 km, £7.12 for 712 pence), be the article's rounded to the places that the
statement writes (or nearer than a sixteenth where it says "about"), keep to the bound that it names ("more
than 40" for 42), or follow from the article's figures (``derived``). The same digits with another
magnitude, another unit of the same kind or another rate ("a week" for "a month") are a ``unit_mismatch``.
Fractions and multiples in words ("doubled", "a quarter") are compared with the article's, with its
percentages and with what follows from its figures; places in an order ("third") with those of the same
thing. A right figure said of another thing is for ``binding``.

Parts of dates and clock times are for the dates check. Left for judgement: conversion between systems of
units, as of miles into kilometres (a doubt), and durations that the article may tell by their beginning and
end.

Keys of ``figures.toml``: ``limits`` (``least: at_least more_than``, ``most: up_to``, ``nearly: almost``,
``over: just_over``).
"""

from collections.abc import Iterator, Sequence

from ..flags import FlagCode
from ..report import Evidence, Signal, SignalKind
from .align import Alignment
from .context import ReadArticle, ReadSentence, ReadStatement
from .derived import DIFFERENCE, SUM, Derived, derived, in_score, multiples, times
from .figures import Figure
from .grounds import (
    Place,
    article_places,
    share,
    surroundings,
    weights,
)
from .measures import MEASURES
from .moments import days_of
from .sought import Sought, in_one_unit, is_named, kind, near, number_of, of_scores, same_value, sought
from .terms import Hit, terms
from .text import span

__all__ = ["check", "same_value"]

_FEW = 20
_DOZEN = 12  # so few may have been counted: three towns, told by their names
_SMALL = 2  # "one of them", "the two sides": too common to argue with when written as words
_BOUND = 0.3  # how far beyond a bound a figure may lie, and the bound still tell something
_SAME = 1e-9
_ALIGNED = 3  # sentences in which a figure counts as given in this connection
_FITS = 0.3  # how well a figure stands in the statement's place to be compared with
_INSTEAD = 0.55  # and to be what the article gives in its place
_RIVALS = 0.2  # how much better another figure must fit than the same digits
_POINT = 0.001
_RATIO = 0.07  # how exact a multiple in words is
_BETWEEN = 0.08  # how exact a span of time between dates is


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
    if of_scores(one):
        return None
    if _in_years(figure, read) or (is_named(figure, one.statement) and _word_stands(one)):
        return None
    if in_score(figure, one.statement.text, one.statement.figures) and (
        _same_digits(one) or not _scores(one.read)
    ):
        return None
    confused = _confused(one)
    worked_out = one.worked_out
    if confused is not None and one.rivals and one.rivals[0][0] >= max(_FITS, one.fit(confused) + _RIVALS):
        confused = None
    if confused is None and (points := _as_points(one)) is not None:
        there = _quotes(points.places, read)
        message = f"“{one.shown.text}” is the difference of percentages: percentage points"
        return _signal(one, message, FlagCode.UNIT_MISMATCH, there)
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
            or not (one.place.nouns & instead[1].nouns or (figure.unit and instead[0] >= _INSTEAD))
        ):
            return None
        if (
            how.kind == DIFFERENCE
            and how.together
            and figure.value <= _FEW
            and any(p is instead[1] for p in how.places)
        ):
            # "nine goals, four of them penalties": five may be the rest
            message = f"“{one.shown.text}” could be worked out; the article has “{_shown(instead[1])}”"
            there = _quotes((instead[1],), read)
            return Signal("numbers", SignalKind.DOUBT, 0.4, message, None, (one.shown,), there)
    if confused is not None:
        there = _quotes((confused,), read)
        said = "unit" if confused.figure.scale == figure.scale else "magnitude"
        message = f"“{one.shown.text}” has another {said} in the article: “{there[0].quote}”"
        return _signal(one, message, FlagCode.UNIT_MISMATCH, there)
    if _between_dates(figure, read, counts=bool(one.place.nouns)):
        return None
    best = [(how, place) for how, place in one.rivals[:1] if how >= _FITS / 2]
    nearby = _quotes([place for _, place in best], read)
    there_is = f"; it has “{nearby[0].quote}”" if nearby else ""
    message = f"the article does not give “{one.shown.text}”{there_is}"
    sure = any(how >= _FITS for how, place in best)
    loose = kind(figure.unit) == "time" or (figure.unit is None and figure.value <= _DOZEN)
    if _convertible(one) or (loose and not sure):
        return Signal("numbers", SignalKind.DOUBT, 0.4, message, None, (one.shown,), nearby)
    return _signal(one, message, FlagCode.NUMBER_MISMATCH, nearby)


def _shown(place: Place) -> str:
    return place.sentence.text[place.figure.start : place.figure.end] if place.sentence else ""


def _as_points(one: Sought) -> Derived | None:
    """A difference of two percentages that the statement gives in per cent."""
    if one.figure.unit != "percent" or one.figure.fraction:
        return None
    numbers = {sentence.number for sentence in one.alignment.sentences[:_ALIGNED]}
    places = [p for p in article_places(one.read) if p.figure.unit == "percent" and number_of(p) in numbers]
    for made in derived(places, one.read.lex):
        pair = made.kind == DIFFERENCE and made.unit == "point" and made.together
        if pair and near(made.value, one.figure.value, _POINT):
            return made
    return None


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
    if any(number_of(place) in aligned for place in one.own) or one.own_fit >= _FITS:
        return None
    there = _quotes(one.own[:2], one.read)
    message = f"“{one.shown.text}” stands in another part of the article"
    return Signal("numbers", SignalKind.DOUBT, 0.3, message, None, (one.shown,), there)


def _rate(one: Sought) -> Signal | None:
    """ "£38 a week" where all places that have the figure say "a month"."""
    rates = {place.figure.rate for place in one.own}
    if one.figure.rate is None or None in rates or one.figure.rate in rates:
        return None
    if not any(near(*in_one_unit(one.figure, place.figure), _SAME) for place in one.own):
        return None  # worked out: £456 a year
    there = _quotes(one.own[:1], one.read)
    instead = min(map(str, rates))
    message = f"“{one.shown.text}” is by the {one.figure.rate}; in the article it is by the {instead}"
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
    near = [place for place in others if number_of(place) in numbers]
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
            if same and kind(figure.unit or other.unit) != "share":
                found.append((one.fit(place), -order, place))
        elif None not in (figure.unit, other.unit) and figure.unit != other.unit:
            sort = kind(figure.unit)
            here = one.fit(place) >= _FITS or (number_of(place) in numbers and sort != "time")
            if sort == kind(other.unit) and here:
                found.append((one.fit(place), -order, place))
    return max(found, key=lambda row: row[:2])[2] if found else None


def _thousandfold(figure: Figure, other: Figure) -> bool:
    """Whether one is a thousand, a million, … times the other: 146.000 millones for 146 millones."""
    low, high = sorted((abs(figure.value), abs(other.value)))
    return low >= 10 and any(near(high, low * factor, _SAME) for factor in (1e3, 1e6, 1e9))


def _convertible(one: Sought) -> bool:
    """Whether the article has a figure of the same kind in another system near: miles for kilometres."""
    measure = MEASURES.get(one.figure.unit or "")
    if measure is None or measure.kind in ("share", "money"):
        return False
    if measure.kind == "time":
        if one.rivals and one.rivals[0][0] >= _INSTEAD and one.rivals[0][1].figure.unit == one.figure.unit:
            return False  # its very place is taken
        return any(
            other.figure.unit != one.figure.unit and kind(other.figure.unit) == "time" and how >= _FITS
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


def _between_dates(figure: Figure, read: ReadArticle, *, counts: bool) -> bool:
    """Whether a span of time lies between two dates, or times of day, of the article: an age, a duration.

    ``counts``: whether the figure is one of something, and so no age.
    """
    measure = MEASURES.get(figure.unit or "")
    years = {m.year for _, m in read.moments if m.year is not None}
    published = read.article.published_date
    years |= {published.year} if published is not None else set()
    counted = figure.unit == "year" or (figure.unit is None and not figure.word and not counts)
    if counted and any(abs(one - other) == figure.value for one in years for other in years):
        return True
    if measure is None or measure.kind != "time" or figure.unit in ("year", "second"):
        return False
    wanted = figure.value * measure.factor
    if figure.unit in ("hour", "minute"):
        clocks = sorted({m.minutes for _, m in read.moments if m.minutes is not None})[:_FEW]
        spans = [60.0 * ((other - one) % 1440) for one in clocks for other in clocks]
    else:
        named = [days_of(m, published) for _, m in read.moments if m.unit == "day" and m.count is None]
        days = sorted({days[0][0].toordinal() for days in named if days})[:_FEW]
        spans = [86_400.0 * abs(other - one) for one in days for other in days]
    return any(span and near(span, wanted, _BETWEEN) for span in spans)


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


def _word_stands(one: Sought) -> bool:
    """Whether the article has a capitalised word with this very figure behind."""
    text = one.statement.text
    before = [token for token in one.statement.tokens if token.end <= one.figure.start][-1]
    return text[before.start : one.figure.end] in one.read.article.text


# --- multiples in words


def _multiples(statement: ReadStatement, alignment: Alignment, read: ReadArticle) -> Iterator[Signal]:
    """Multiples in words that the article contradicts: it has another one, and no figures that give this."""
    hits = multiples(statement.tokens, read.lex)
    if not hits:
        return
    numbers = {sentence.number for sentence in alignment.sentences[:_ALIGNED]}
    places = [place for place in article_places(read) if number_of(place) in numbers]
    values = [one.value for one in derived(places, read.lex) if one.unit == "times"]
    stated = [
        (sentence, other, value)
        for sentence in read.sentences
        for other, value in times(sentence.tokens, read.lex)
    ]
    for hit, factor in hits:
        if any(near(factor, value, _RATIO) for _, _, value in stated):
            continue
        aligned = [s.number for s in alignment.sentences[:2]]
        rivals = [
            (aligned.index(sentence.number), sentence, other)
            for sentence, other, value in stated
            if sentence.number in aligned
            and (value > 1 or _stands_there(hit, statement, other, sentence, read))
        ]
        if not rivals or any(_multiple_fits(hit, factor, value, statement, read) for value in values):
            continue
        _, sentence, other = min(rivals, key=lambda row: row[0])
        shown = span(statement.text, statement.tokens[hit.first].start, statement.tokens[hit.last - 1].end)
        there = read.evidence(
            sentence, sentence.tokens[other.first].start, sentence.tokens[other.last - 1].end
        )
        message = f"“{shown.text}”: the article says “{there.quote}”"
        code = FlagCode.NUMBER_MISMATCH
        yield Signal("numbers", SignalKind.MISMATCH, 1.0, message, code, (shown,), (there,))


def _multiple_fits(
    hit: Hit, factor: float, value: float, statement: ReadStatement, read: ReadArticle
) -> bool:
    """Whether a ratio of figures is the multiple that a statement has, "more than twice" being up to 2.6."""
    before = statement.tokens[max(0, hit.first - 4) : hit.first]
    bounds = [h for h in terms(read.lex.code, "limits").find(before) if h.last == len(before)]
    if bounds and bounds[-1].label in ("least", "over"):
        return factor <= value <= factor * (1 + _BOUND)
    if bounds:
        return factor * (1 - _BOUND) <= value <= factor * (1 + _RATIO)
    return near(factor, value, _RATIO)


def _stands_there(
    hit: Hit, statement: ReadStatement, other: Hit, sentence: ReadSentence, read: ReadArticle
) -> bool:
    """Whether a fraction stands where the statement has its multiple: "halved" for "tripled"."""
    mine = (statement.tokens[hit.first].start, statement.tokens[hit.last - 1].end)
    theirs = (sentence.tokens[other.first].start, sentence.tokens[other.last - 1].end)
    around = surroundings(statement, [mine], read.lex)[0]
    near = surroundings(sentence, [theirs], read.lex)[0]
    return share(weights(around, read), near) >= _INSTEAD


def _quotes(places: Sequence[Place], read: ReadArticle) -> tuple[Evidence, ...]:
    return tuple(
        read.evidence(place.sentence, place.figure.start, place.figure.end)
        for place in places
        if place.sentence is not None
    )
