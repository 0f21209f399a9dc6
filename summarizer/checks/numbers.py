"""Figures that the article does not give, or gives with another unit.

A figure of the statement must stand in the article with the same value, be the article's rounded to the
places that the statement writes (or nearer than a sixteenth where it says "about"), keep to the bound that
it names ("more than 40" for 42), or follow from the article's figures (``derived``). Units must agree where
both sides name one. A figure found in a sentence that the statement does not rest on is a doubt. Multiples
and fractions in words ("doubled", "a quarter") are compared with the article's and with what follows from
its figures. Parts of dates and clock times are for the dates check. Left for judgement: conversion between
systems of units (a doubt).
"""

from collections.abc import Callable, Iterator

from ..flags import FlagCode
from ..report import Evidence, Signal, SignalKind
from .align import Alignment
from .context import ReadArticle, ReadSentence, ReadStatement
from .derived import Derived, derived, in_score, multiples
from .figures import Figure
from .moments import find_moments
from .terms import Terms, terms
from .text import span

Same = Callable[[Figure, Figure], bool]

_TIMES = ("second", "minute", "hour", "day", "week", "month", "year")
_RATIOS = ("percent", "point", "times")
_LENGTHS = ("metre", "centimetre", "kilometre", "mile", "foot")
_FEW = 20
_SMALL = 2  # "one of them", "the two sides": too common to argue with when written as words
_ABOUT = 0.0625  # how far "about" reaches
_BOUND = 0.3  # how far beyond a bound a figure may lie, and the bound still tell something
_CLOSE = 0.012  # how exact a figure is that was worked out


def check(statement: ReadStatement, alignment: Alignment, read: ReadArticle) -> tuple[Signal, ...]:
    """A signal for each figure that is not well grounded."""
    found = list(_figures(statement, alignment, read))
    found += _multiples(statement, alignment, read)
    return tuple(found)


def _figures(statement: ReadStatement, alignment: Alignment, read: ReadArticle) -> Iterator[Signal]:
    inside = [
        (statement.tokens[hit.first].start, statement.tokens[hit.last - 1].end)
        for hit, _ in multiples(statement.tokens, read.lex)
    ]
    moments = find_moments(statement.text, statement.tokens, statement.figures, read.lex)
    inside += [(moment.start, moment.end) for moment in moments]
    for figure in statement.figures:
        if any(start <= figure.start < end for start, end in inside):
            continue  # "three" of "three quarters", "two" of "two years ago"
        signal = _check(figure, statement, alignment, read)
        if signal is not None:
            yield signal


def _check(
    figure: Figure, statement: ReadStatement, alignment: Alignment, read: ReadArticle
) -> Signal | None:
    if figure.date or (figure.word and figure.value <= _SMALL and figure.unit is None):
        return None
    aligned = {sentence.number for sentence in alignment.sentences}
    same = _same(figure, statement, read)
    matches = _find(figure, read, same)
    agreeing = [(s, f) for s, f in matches if _units_agree(figure, f)]
    if any(s.number in aligned for s, _ in agreeing):
        return None
    shown = span(statement.text, figure.start, figure.end)
    confused = [(s, f) for s, f in matches if s.number in aligned and _akin(figure, f)]
    if not confused and _worked_out(figure, statement, alignment, read) is not None:
        return None
    if agreeing and not confused:
        message = f"“{shown.text}” stands in another part of the article"
        return Signal("numbers", SignalKind.DOUBT, 0.3, message, None, (shown,), _quotes(agreeing[:2], read))
    if matches:
        there = _quotes((confused or matches)[:2], read)
        message = f"“{shown.text}” has another unit in the article: “{there[0].quote}”"
        return Signal("numbers", SignalKind.MISMATCH, 1.0, message, FlagCode.UNIT_MISMATCH, (shown,), there)
    scaled = _find(figure, read, _same_mantissa)
    if scaled:
        there = _quotes(scaled[:2], read)
        message = f"“{shown.text}” has another magnitude in the article: “{there[0].quote}”"
        return Signal("numbers", SignalKind.MISMATCH, 1.0, message, FlagCode.UNIT_MISMATCH, (shown,), there)
    nearby = _quotes(_comparable(figure, alignment), read)
    there_is = f"; it has “{nearby[0].quote}”" if nearby else ""
    message = f"the article does not give “{shown.text}”{there_is}"
    if _convertible(figure, alignment) or (figure.unit in _TIMES and not nearby):
        return Signal("numbers", SignalKind.DOUBT, 0.4, message, None, (shown,), nearby)
    return Signal("numbers", SignalKind.MISMATCH, 1.0, message, FlagCode.NUMBER_MISMATCH, (shown,), nearby)


def _same(figure: Figure, statement: ReadStatement, read: ReadArticle) -> Same:
    """What counts as the same value, by the words before a figure."""
    bound = _bound(figure, statement, terms(read.lex.code, "bounds"))

    def same(mine: Figure, other: Figure) -> bool:
        if bound == "least":
            return mine.value <= other.value <= mine.value * (1 + _BOUND)
        if bound == "most":
            return mine.value * (1 - _BOUND) <= other.value <= mine.value
        return same_value(mine, other) or (mine.about and _near(mine.value, other.value, _ABOUT))

    return same


def _bound(figure: Figure, statement: ReadStatement, table: Terms) -> str | None:
    before = [token for token in statement.tokens if token.end <= figure.start][-4:]
    hits = [hit for hit in table.find(before) if hit.last == len(before)]
    return hits[-1].label if hits else None


def _near(value: float, other: float, share: float) -> bool:
    return abs(value - other) <= share * max(abs(value), abs(other))


def same_value(figure: Figure, other: Figure) -> bool:
    """Equal, or the other rounded to as many places as the figure was written with."""
    if figure.value == other.value:
        return True
    if figure.scale <= 1 and not figure.about:
        return False
    unit = figure.scale * 10.0**-figure.places
    return abs(other.value - figure.value) <= unit / 2 * (1 + 1e-9)


def _same_mantissa(figure: Figure, other: Figure) -> bool:
    """4 million for 4 billion; two figures with a unit each must at least share it."""
    if figure.mantissa != other.mantissa or figure.scale == other.scale or not figure.mantissa:
        return False
    return figure.unit == other.unit


def _units_agree(figure: Figure, other: Figure) -> bool:
    return figure.unit is None or other.unit is None or figure.unit == other.unit


def _akin(figure: Figure, other: Figure) -> bool:
    """Whether two units are easily taken for one another: percent and points, two currencies, two lengths."""
    mine, theirs = figure.unit, other.unit
    if None in (mine, theirs) or mine == theirs:
        return False
    kinds = (_RATIOS, _LENGTHS)
    money = str(mine).isupper() and str(theirs).isupper()
    return money or any(mine in kind and theirs in kind for kind in kinds)


def _find(figure: Figure, read: ReadArticle, same: Same) -> list[tuple[ReadSentence, Figure]]:
    return [
        (sentence, other)
        for sentence in read.sentences
        for other in sentence.figures
        if same(figure, other) and _same_kind(figure, other)
    ]


def _same_kind(figure: Figure, other: Figure) -> bool:
    """A place in an order is no count; "in the 17th minute" and "after 17 minutes" may be the same."""
    return figure.ordinal == other.ordinal or figure.date or figure.unit in _TIMES or other.unit in _TIMES


def _worked_out(
    figure: Figure, statement: ReadStatement, alignment: Alignment, read: ReadArticle
) -> Derived | None:
    """How a figure follows from the article's, if it does."""
    if figure.ordinal or in_score(figure, statement.text, statement.figures) or _names(figure, statement):
        return None
    bound = _bound(figure, statement, terms(read.lex.code, "bounds"))
    reach = _ABOUT if figure.about else _CLOSE
    for one in derived(_basis(alignment, read), read.lex):
        if figure.unit is None and figure.value <= _FEW and not _of_one_sentence(one):
            continue  # small figures follow from anything
        fits = one.unit == figure.unit or (None in (one.unit, figure.unit) and one.unit not in _RATIOS)
        if not fits or one.unit == "times":
            continue
        if bound is None and _near(figure.value, one.value, reach):
            return one
        if bound == "least" and figure.value <= one.value <= figure.value * (1 + _BOUND):
            return one
        if bound == "most" and figure.value * (1 - _BOUND) <= one.value <= figure.value:
            return one
    return None


def _names(figure: Figure, statement: ReadStatement) -> bool:
    """Whether a figure is part of a name: Zone 6, Highway 12."""
    before = [token for token in statement.tokens if token.end <= figure.start][-1:]
    beside = bool(before) and figure.start - before[0].end == 1
    return figure.unit is None and beside and before[0].capital and before[0].start > 0


def _of_one_sentence(one: Derived) -> bool:
    """Whether a value follows from two figures of one sentence."""
    return len(one.figures) == 2 and all(figure in one.sentence.figures for figure in one.figures)


def _basis(alignment: Alignment, read: ReadArticle) -> list[ReadSentence]:
    """The aligned sentences, and those beside the best two."""
    numbers = {s.number for s in alignment.sentences[:4]}
    numbers |= {n + step for n in [s.number for s in alignment.sentences[:2]] for step in (-1, 1)}
    return [read.sentences[n - 1] for n in sorted(numbers) if 0 < n <= len(read.sentences)]


def _convertible(figure: Figure, alignment: Alignment) -> bool:
    """Whether the aligned sentences have the figure in another unit of the same kind."""
    for kind in (_TIMES, _LENGTHS):
        if figure.unit in kind:
            units = {other.unit for s in alignment.sentences[:2] for other in s.figures}
            return bool(units & set(kind) - {figure.unit})
    return False


def _multiples(statement: ReadStatement, alignment: Alignment, read: ReadArticle) -> Iterator[Signal]:
    """Multiples in words that the article contradicts: it has another one, and no figures that give this."""
    for hit, factor in multiples(statement.tokens, read.lex):
        values = [one for one in derived(_basis(alignment, read), read.lex) if one.unit == "times"]
        reach = 0.07
        if any(_near(factor, v.value, reach) or _near(1 / factor, v.value, reach) for v in values):
            continue
        rivals = [
            (sentence, other)
            for sentence in alignment.sentences[:2]
            for other, _ in multiples(sentence.tokens, read.lex)
        ]
        if not rivals:
            continue
        sentence, other = rivals[0]
        shown = span(statement.text, statement.tokens[hit.first].start, statement.tokens[hit.last - 1].end)
        there = read.evidence(
            sentence, sentence.tokens[other.first].start, sentence.tokens[other.last - 1].end
        )
        message = f"“{shown.text}”: the article says “{there.quote}”"
        code = FlagCode.NUMBER_MISMATCH
        yield Signal("numbers", SignalKind.MISMATCH, 1.0, message, code, (shown,), (there,))


def _comparable(figure: Figure, alignment: Alignment) -> list[tuple[ReadSentence, Figure]]:
    """What the aligned sentences say instead: the nearest figure of the same kind."""
    candidates = [
        (abs(other.value - figure.value), order, sentence, other)
        for order, sentence in enumerate(alignment.sentences)
        for other in sentence.figures
        if other.unit == figure.unit and other.date == figure.date
    ]
    return [min(candidates, key=lambda c: c[:2])[2:]] if candidates else []


def _quotes(found: list[tuple[ReadSentence, Figure]], read: ReadArticle) -> tuple[Evidence, ...]:
    return tuple(read.evidence(sentence, figure.start, figure.end) for sentence, figure in found)
