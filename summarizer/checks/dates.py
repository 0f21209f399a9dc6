"""Dates and times that the article does not give, or gives of something else.

A date of the statement must mean days in which one of the article's dates lies ("in November" for "on November
12", "on Tuesday" for "on November 10", "in the 2000s" for 2004), both resolved against the day of publication,
or follow from one ("two days later", half an hour before 10:00, "due on 11 May, put back by a week"). It is a
mismatch when another date of the same kind stands in its place in the article, clearly better than any place of
the date itself (``grounds``); one that only another part of the article has is a doubt. A date more precise
than the article's is a doubt. The year of publication, and the day of publication where the article gives no
other, need no source. A relative date that nothing anchors gets ``unanchored_date`` unless the article has the
same words. Left aside: seasons, feasts, durations (figures), what happened first (``order``).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ..flags import FlagCode
from ..report import Evidence, Signal, SignalKind
from .align import Alignment
from .context import ReadArticle, ReadSentence, ReadStatement
from .grounds import BEFORE, earlier_words, share, statement_moments, surroundings, told_as_old, weights
from .measures import MEASURES
from .moments import Days, Moment, days_of
from .text import Lexicon, span

Found = tuple[ReadSentence, Moment]
_TOLD_THERE = 0.6  # share of a statement that a sentence must have for its year to count
_SURE = 0.6  # share of a statement that one sentence has: this is the sentence that it retells
_LEAST = 0.3  # how well another date must stand in the statement's place
_BETTER = 0.25  # how much better than the date itself
_BETTER_BESIDE = 0.15  # the same, where both stand in one sentence
_CLEARLY = 1.6  # times as well
_ANCHORS, _ANCHOR = 2, 0.25  # words that must stand near the other date, and how near
_WITHIN = 6  # sentences within which "two days later" may be counted from a date


@dataclass(frozen=True)
class Dated:
    """A date of the article with the words round it."""

    sentence: ReadSentence
    moment: Moment
    near: dict[str, float]

    @property
    def found(self) -> Found:
        return self.sentence, self.moment


def check(statement: ReadStatement, alignment: Alignment, read: ReadArticle) -> tuple[Signal, ...]:
    """A signal for each date that is not well grounded."""
    mine = statement_moments(statement, read.lex)
    if not mine:
        return ()
    around = surroundings(statement, [(m.start, m.end) for m in mine], read.lex)
    found = (
        _check(moment, weights(near, read), statement, alignment, read)
        for moment, near in zip(mine, around, strict=True)
    )
    return tuple(signal for signal in found if signal is not None)


def article_dates(read: ReadArticle) -> tuple[Dated, ...]:
    """The dates of the article with their surroundings, read once."""
    found = read.memo.get("dates")
    if found is None:
        found = read.memo["dates"] = tuple(_dates(read))
    made: tuple[Dated, ...] = found
    return made


def _dates(read: ReadArticle) -> Iterator[Dated]:
    by_sentence: dict[int, list[Moment]] = {}
    for sentence, moment in read.moments:
        by_sentence.setdefault(sentence.number, []).append(moment)
    for number, moments in by_sentence.items():
        sentence = read.sentences[number - 1]
        spans = [(moment.start, moment.end) for moment in moments]
        before = earlier_words(sentence, read)
        around = surroundings(sentence, spans, read.lex)
        for moment, near in zip(moments, around, strict=True):
            for kin in before:
                near.setdefault(kin, BEFORE)
            yield Dated(sentence, moment, near)


def _check(
    moment: Moment,
    mine: dict[str, float],
    statement: ReadStatement,
    alignment: Alignment,
    read: ReadArticle,
) -> Signal | None:
    published = read.article.published_date
    theirs = read.moments
    years = _years(theirs)
    if moment.unit == "year" and published is not None and moment.year == published.year:
        first = alignment.sentences[:1] if alignment.best >= _TOLD_THERE else ()
        written = {m.year for s, m in theirs if s in first and m.unit == "year" and not m.relative}
        if not written - {None} or moment.year in written:
            return None  # this year, as the article need not say
    dates = article_dates(read)
    own = [d for d in dates if d.moment.same_words(moment) or _means(moment, d.moment, read, years)]
    same = [d.found for d in own]
    shown = span(statement.text, moment.start, moment.end)
    own_fit = max((share(mine, d.near) for d in own), default=0.0)
    better = None
    if own and not (
        (moment.unit == "year" or told_as_old(statement, read.lex)) and _follows(moment, read, years)
    ):
        better = _in_its_place(mine, own, own_fit, _others(moment, statement, own, read, years))
    if better is not None:
        there = _quotes([better.found, *same[:1]], read)
        message = f"the article has “{there[0].quote}” here; “{shown.text}” is said of something else"
        return Signal("dates", SignalKind.MISMATCH, 1.0, message, FlagCode.DATE_MISMATCH, (shown,), there)
    aligned = {sentence.number for sentence in alignment.sentences}
    if any(s.number in aligned for s, _ in same) or (own and own_fit >= _LEAST):
        return None
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
    if _follows(moment, read, years):
        return None
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


def _others(
    moment: Moment, statement: ReadStatement, own: Sequence[Dated], read: ReadArticle, years: Sequence[int]
) -> Iterator[Dated]:
    """Dates of the article of the same kind that are not meant anywhere in the statement."""
    mine = statement_moments(statement, read.lex)
    owned = {id(dated) for dated in own}
    for dated in article_dates(read):
        other = dated.moment
        if id(dated) in owned or other.unit != moment.unit or (other.count is None) != (moment.count is None):
            continue
        if other.shift is not None and other.weekday is None:
            continue  # "the following year", "tomorrow" in somebody's words: counted from anywhere
        if dated.sentence.is_headline or _means(other, moment, read, years):
            continue
        if not any(m is not moment and _means(m, other, read, years) for m in mine):
            yield dated


def _in_its_place(
    mine: dict[str, float], own: Sequence[Dated], own_fit: float, others: Iterator[Dated]
) -> Dated | None:
    """Another date that stands where the statement has this one."""
    best: tuple[float, Dated] | None = None
    beside = {dated.sentence.number for dated in own}
    for dated in others:
        how = share(mine, dated.near)
        anchors = sum(1 for kin, near in dated.near.items() if near >= _ANCHOR and kin in mine)
        if anchors >= _ANCHORS and (best is None or how > best[0]):
            best = (how, dated)
    if best is None or best[0] < _LEAST or best[0] < _CLEARLY * own_fit:
        return None
    if best[0] - own_fit < (_BETTER_BESIDE if best[1].sentence.number in beside else _BETTER):
        return None
    return best[1]


def _follows(moment: Moment, read: ReadArticle, years: Sequence[int]) -> bool:
    """Whether a date follows from another and a span of time: "two days later", half an hour before 10:00."""
    if moment.unit == "clock":
        return any(
            (moment.minutes or 0) in _moved(other.minutes, read.sentences[number - 1])
            for sentence, other in read.moments
            if other.unit == "clock"
            for number in (sentence.number - 1, sentence.number, sentence.number + 1)
            if 0 < number <= len(read.sentences)
        )
    published = read.article.published_date
    wanted = days_of(moment, published, years)
    if moment.unit == "month" and moment.month is not None:
        return moment.month in _months(read)
    if moment.unit == "year" and moment.year is not None:
        steps = {m.shift if m.count is None else m.count for _, m in read.moments if m.unit == "year"}
        return any(moment.year == year + (step or 0) for year in years for step in steps if step)
    if moment.unit != "day" or not wanted:
        return False
    anchors = [(s, m) for s, m in read.moments if m.unit == "day" and m.count is None]
    for sentence, counted in read.moments:
        if counted.count is None or counted.unit not in ("day", "week"):
            continue
        step = timedelta(counted.count * (7 if counted.unit == "week" else 1))
        for other_sentence, anchor in anchors:
            if not 0 <= sentence.number - other_sentence.number <= _WITHIN:
                continue
            if _leads_to(anchor, step, wanted, published, years):
                return True
    for sentence, anchor in anchors:  # "due on 11 May, put back by a week"
        for count, unit in lapses(sentence, read.lex):
            if unit in ("day", "week"):
                step = timedelta(count * (7 if unit == "week" else 1))
                if _leads_to(anchor, step, wanted, published, years):
                    return True
    return False


def _leads_to(
    anchor: Moment, step: timedelta, wanted: Sequence[Days], published: date | None, years: Sequence[int]
) -> bool:
    """Whether a day lies a span of time before or after another."""
    return any(
        _within((first + way * step, last + way * step), outer)
        for first, last in days_of(anchor, published, years)
        for way in (1, -1)
        for outer in wanted
    )


def lapses(sentence: ReadSentence, lex: Lexicon) -> Iterator[tuple[int, str]]:
    """The spans of time of a sentence: "two days", "a week", "через місяць"."""
    for figure in sentence.figures:
        if figure.unit in _SPANS and not figure.date and figure.value < 1000 and figure.value.is_integer():
            yield int(figure.value), figure.unit
    units = lex.values("period_units")
    openers = lex.words("ones") | frozenset(phrase[-1] for phrase in lex.phrases("order_in"))
    for before, token in zip(sentence.tokens, sentence.tokens[1:], strict=False):
        unit = _SPANS_BY_LETTER.get(units.get(token.norm, ""))
        if unit is not None and before.norm in openers:
            yield 1, unit


_SPANS_BY_LETTER = {"d": "day", "w": "week", "m": "month", "y": "year"}
_SPANS = frozenset(_SPANS_BY_LETTER.values())


def _months(read: ReadArticle) -> set[int]:
    """Months before and after one by the months counted in its sentence: "in May, two months late"."""
    found = set()
    for sentence, moment in read.moments:
        if moment.month is None:
            continue
        for count, unit in lapses(sentence, read.lex):
            if unit == "month" and count < 12:
                found |= {(moment.month - 1 + step) % 12 + 1 for step in (count, -count)}
    return found


def _moved(minutes: int | None, sentence: ReadSentence) -> set[int]:
    """Times of day before and after one by the durations of its sentence."""
    moved = set()
    for figure in sentence.figures:
        measure = MEASURES.get(figure.unit or "")
        if measure is not None and measure.kind == "time" and not figure.date:
            step = round(figure.value * measure.factor / 60)
            moved |= {((minutes or 0) + step) % 1440, ((minutes or 0) - step) % 1440}
    return moved


def _retells(sentence: ReadSentence, statement: ReadStatement, moment: Moment, read: ReadArticle) -> float:
    """The share of a statement, its date left aside, that a sentence has."""
    words = {t.stem: t.family for t in statement.content if not moment.start <= t.start < moment.end}
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
