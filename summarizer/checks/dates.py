"""Dates and times that the article does not give.

A date of the statement must mean days in which one of the article's dates lies ("in November" for "on
November 12", "on Tuesday" for "on November 10"), both resolved against the day of publication. What it
rests on is looked at first: a date that only another part of the article has, where the aligned sentences
give one of the same kind, is a mismatch when the statement hardly leaves a doubt which sentence it retells,
and a doubt otherwise. A date more precise than the article's is a doubt. The year of publication, and the
day of publication where the article gives no other, need no source. A relative date that nothing anchors
gets ``unanchored_date`` unless the article has the same words. Left aside: seasons, feasts, durations
(figures), what happened first (``order``).
"""

from collections.abc import Iterator, Sequence

from ..flags import FlagCode
from ..report import Evidence, Signal, SignalKind
from .align import Alignment
from .context import ReadArticle, ReadSentence, ReadStatement, family
from .moments import Days, Moment, days_of, find_moments
from .text import span

Found = tuple[ReadSentence, Moment]
_SURE = 0.6  # share of a statement that one sentence has: this is the sentence that it retells


def check(statement: ReadStatement, alignment: Alignment, read: ReadArticle) -> tuple[Signal, ...]:
    """A signal for each date that is not well grounded."""
    mine = find_moments(statement.text, statement.tokens, statement.figures, read.lex)
    found = (_check(moment, statement, alignment, read, read.moments) for moment in mine)
    return tuple(signal for signal in found if signal is not None)


def _check(
    moment: Moment,
    statement: ReadStatement,
    alignment: Alignment,
    read: ReadArticle,
    theirs: Sequence[Found],
) -> Signal | None:
    published = read.article.published_date
    years = _years(theirs)
    if moment.unit == "year" and published is not None and moment.year == published.year:
        return None
    same = [(s, m) for s, m in theirs if m.same_words(moment) or _means(moment, m, read, years)]
    aligned = {sentence.number for sentence in alignment.sentences}
    if any(s.number in aligned for s, _ in same):
        return None
    shown = span(statement.text, moment.start, moment.end)
    rival = _rival(moment, alignment, theirs)
    if same:
        there = _quotes([*([rival] if rival else []), *same[:1]], read)
        message = f"“{shown.text}” stands in another part of the article"
        if rival and _retells(rival[0], statement, moment, read) >= _SURE:
            message = f"the article has “{there[0].quote}” here; {message}"
            return Signal("dates", SignalKind.MISMATCH, 1.0, message, FlagCode.DATE_MISMATCH, (shown,), there)
        return Signal("dates", SignalKind.DOUBT, 0.5 if rival else 0.3, message, None, (shown,), there)
    if moment.unit != "clock" and not days_of(moment, published, years):
        message = f"nothing says which day “{shown.text}” is: the article has no date of publication"
        return Signal("dates", SignalKind.MISMATCH, 1.0, message, FlagCode.UNANCHORED_DATE, (shown,))
    if _is_publication(moment, read, years) and rival is None:
        return None
    coarser = [(s, m) for s, m in theirs if _means(m, moment, read, years)]
    if rival is None and any(s.number in aligned for s, _ in coarser):
        there = _quotes(coarser[:1], read)
        message = f"“{shown.text}” is more precise than the article’s “{there[0].quote}”"
        return Signal("dates", SignalKind.DOUBT, 0.5, message, None, (shown,), there)
    if moment.relative and moment.count is not None:
        message = f"the article does not say “{shown.text}”"
        return Signal("dates", SignalKind.DOUBT, 0.4, message, None, (shown,))
    there = _quotes([rival] if rival else [], read)
    instead = f"; it has “{there[0].quote}”" if there else ""
    message = f"the article does not give “{shown.text}”{instead}"
    return Signal("dates", SignalKind.MISMATCH, 1.0, message, FlagCode.DATE_MISMATCH, (shown,), there)


def _retells(sentence: ReadSentence, statement: ReadStatement, moment: Moment, read: ReadArticle) -> float:
    """The share of a statement, its date left aside, that a sentence has."""
    words = {t.stem: family(t) for t in statement.content if not moment.start <= t.start < moment.end}
    total = sum(read.weight(stem) for stem in sorted(words))
    had = sorted(s for s, kin in words.items() if s in sentence.content or kin in sentence.families)
    return sum(read.weight(stem) for stem in had) / total if total else 0.0


def _years(theirs: Sequence[Found]) -> tuple[int, ...]:
    named = (moment.year for _, moment in theirs if moment.year is not None)
    return tuple(dict.fromkeys(named))[:10]


def _means(moment: Moment, other: Moment, read: ReadArticle, years: Sequence[int]) -> bool:
    """Whether the other's days lie within the moment's."""
    if "clock" in (moment.unit, other.unit):
        return moment.unit == other.unit and _same_time(moment, other)
    published = read.article.published_date
    if moment.month and other.month and moment.month != other.month:
        return False
    if moment.day and other.day and moment.day != other.day:
        return False
    wide, narrow = days_of(moment, published, years), days_of(other, published, years)
    if not wide or not narrow:
        return moment.weekday is not None and moment.weekday == other.weekday
    return any(_within(inner, outer) for outer in wide for inner in narrow)


def _same_time(moment: Moment, other: Moment) -> bool:
    """The same minute; a time from 1 to 12 may be meant as one of the afternoon."""
    mine, their = moment.minutes or 0, other.minutes or 0
    return mine == their or (mine % 720 == their % 720 and min(mine, their) < 720)


def _within(inner: Days, outer: Days) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _is_publication(moment: Moment, read: ReadArticle, years: Sequence[int]) -> bool:
    published = read.article.published_date
    if published is None or moment.unit == "clock":
        return False
    return any(first <= published <= last for first, last in days_of(moment, published, years))


def _rival(moment: Moment, alignment: Alignment, theirs: Sequence[Found]) -> Found | None:
    """What the aligned sentences give in its place: a date of the same kind."""
    for sentence in alignment.sentences[:2]:
        for other_sentence, other in _in(sentence, theirs):
            if other.unit == moment.unit and (other.count is None) == (moment.count is None):
                return other_sentence, other
    return None


def _in(sentence: ReadSentence, theirs: Sequence[Found]) -> Iterator[Found]:
    return ((s, m) for s, m in theirs if s is sentence)


def _quotes(found: Sequence[Found], read: ReadArticle) -> tuple[Evidence, ...]:
    return tuple(read.evidence(sentence, moment.start, moment.end) for sentence, moment in found)
