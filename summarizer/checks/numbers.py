"""Figures that the article does not give, or gives with another unit.

A figure of the statement must stand in the article with the same value, or be the article's value
rounded to the places that the statement writes. Units must agree where both sides name one. Parts of dates
and clock times are for the dates check. Figures found in a
sentence that the statement does not rest on raise doubt only. Left for judgement: conversion between
units, sums and differences, "half" and "doubled".
"""

from collections.abc import Callable

from ..flags import FlagCode
from ..report import Evidence, Signal, SignalKind
from .align import Alignment
from .context import ReadArticle, ReadSentence, ReadStatement
from .figures import Figure
from .text import span

Same = Callable[[Figure, Figure], bool]

_TIMES = ("second", "minute", "hour", "day", "week", "month", "year")
_SMALL = 2  # "one of them", "the two sides": too common to argue with when written as words


def check(statement: ReadStatement, alignment: Alignment, read: ReadArticle) -> tuple[Signal, ...]:
    """A signal for each figure that is not well grounded."""
    signals = (_check(figure, statement, alignment, read) for figure in statement.figures)
    return tuple(signal for signal in signals if signal is not None)


def _check(
    figure: Figure, statement: ReadStatement, alignment: Alignment, read: ReadArticle
) -> Signal | None:
    if figure.date or (figure.word and figure.value <= _SMALL and figure.unit is None):
        return None
    aligned = {sentence.number for sentence in alignment.sentences}
    matches = _find(figure, read, same_value)
    agreeing = [(s, f) for s, f in matches if _units_agree(figure, f)]
    shown = span(statement.text, figure.start, figure.end)
    if any(s.number in aligned for s, _ in agreeing):
        return None
    if agreeing:
        message = f"“{shown.text}” stands in another part of the article"
        return Signal("numbers", SignalKind.DOUBT, 0.3, message, None, (shown,), _quotes(agreeing[:2], read))
    if matches:
        there = _quotes(matches[:2], read)
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
    return Signal("numbers", SignalKind.MISMATCH, 1.0, message, FlagCode.NUMBER_MISMATCH, (shown,), nearby)


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
