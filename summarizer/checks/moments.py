"""Finds dates and clock times in a text, and says which days they can mean.

Absolute dates (with and without a year), months, years, weekdays, relative dates ("yesterday", "last
month", "two years earlier") and clock times, from the tables of the language. A moment means one or several
spans of days: "on Tuesday" is the Tuesday before or after publication, "two years earlier" is counted from
publication or from any year that the article names. Left aside: seasons, feasts, "recently".

Keys of ``dates.toml``: ``month_numbers`` and ``weekday_numbers`` (a line a number: ``1 january jan``;
Monday is 0), ``relative_days`` (``-1 yesterday``), ``relative_periods`` (``-1y torik``: d, w, m or y behind
the number), ``period_units`` (``y year years``), ``period_last``, ``period_next`` and ``period_this``
(words beside a unit), ``ago_before`` and ``ago_behind``, ``later_behind`` (words round "two years"),
``date_joiners`` (words inside a date: "3 de mayo"), ``clock_behind`` (words behind an hour),
``clock_before`` (words before a time of day written with a colon or stop), ``clock_opens`` (words before
a bare hour: "godz. 14"), ``afternoon`` (behind an hour
from 1 to 11: 12 is added), ``narrative_days`` (``1: the_next_day``), ``clock_names`` (``720 noon``: minutes).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from .figures import Figure
from .terms import terms
from .text import Lexicon, Token, lexicon, plain

Days = tuple[date, date]  # first and last, both included

_YEARS = range(1800, 2200)
_KNOWN = 20_000  # words that are remembered


@dataclass(frozen=True, slots=True)
class Moment:
    """One date or time in a text.

    ``unit`` is what it is precise to: "day", "week", "month", "year", "decade" or "clock". What was written:
    ``year``, ``month``, ``day``, ``weekday``, ``minutes`` of a clock time, ``shift`` in units from
    publication ("last month": -1), ``count`` of units before (negative) or after some other moment.
    """

    start: int
    end: int
    unit: str
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    minutes: int | None = None
    shift: int | None = None
    count: int | None = None

    @property
    def relative(self) -> bool:
        """Whether it takes another day to know which one is meant."""
        return self.year is None and (self.weekday is None or self.day is None) and self.minutes is None

    def same_words(self, other: "Moment") -> bool:
        """Whether both say the same, whatever day that is."""
        return _said(self) == _said(other)


def _said(moment: Moment) -> tuple[object, ...]:
    when = (moment.year, moment.month, moment.day, moment.weekday, moment.minutes)
    return (moment.unit, *when, moment.shift, moment.count)


_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?!\d)")
_NUMERIC = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4}|\d{2})(?!\d)")
_DECADE = re.compile(r"'?s\b|er\b|er-?jahre|-?х\b|-?ті\b|-?тих\b|-?і\b")
_TIME = re.compile(r"([01]?\d|2[0-4])(?:[:.]|\s?h\s?)([0-5]\d)(?![\d%])(?!\s?%)")


def find_moments(
    text: str, tokens: tuple[Token, ...], figures: tuple[Figure, ...], lex: Lexicon
) -> tuple[Moment, ...]:
    """The dates and times of a text in order."""
    begins = _tables(lex.code).begins
    if not figures and not any(begins[token.norm] for token in tokens):
        return ()
    return tuple(_Finder(plain(text), tokens, figures, lex).moments())


class _Finder:
    def __init__(self, text: str, tokens: tuple[Token, ...], figures: Sequence[Figure], lex: Lexicon) -> None:
        self.text = text
        self.tokens = tokens
        self.lex = lex
        self.tables = _tables(lex.code)
        self.narrative = terms(lex.code, "narrative_days")
        timed = ("hour", "minute", None)
        self.measured = [
            (figure.start, figure.end) for figure in figures if figure.places and figure.unit not in timed
        ]
        self.counts = {figure.start: figure for figure in figures if not figure.date and figure.places == 0}

    def moments(self) -> Iterator[Moment]:
        begins, counts = self.tables.begins, self.counts
        index = 0
        for at, token in enumerate(self.tokens):
            if at < index or not (begins[token.norm] or token.start in counts):
                continue
            found = self._at(at)
            if found is None:
                continue
            yield found
            index = at
            while index < len(self.tokens) and self.tokens[index].start < found.end:
                index += 1

    def _at(self, index: int) -> Moment | None:
        token = self.tokens[index]
        if token.text[0].isdigit():
            return self._digits(index) or self._counted(index)
        word = token.norm
        tables = self.tables
        if word in tables.months and (word not in tables.short or self._abbreviated(index)):
            return self._month(index) if word != "may" or token.capital else None
        if word in tables.weekdays and (word not in tables.short or self._abbreviated(index)):
            return self._weekday(index)
        for table, unit in ((tables.days, "day"), (tables.periods, "")):
            if word in table:
                return self._named(index, table[word], unit)
        if word in tables.clock_names:
            return Moment(token.start, token.end, "clock", minutes=tables.clock_names[word])
        return self._narrative(index) or self._period(index) or self._counted(index)

    def _abbreviated(self, index: int) -> bool:
        """Whether a short word is an abbreviation here: "Nov.", "12 nov", not "el mar", "so"."""
        token = self.tokens[index]
        stop = self.text[token.end : token.end + 1] == "."
        figure = any(self._word(at)[:1].isdigit() for at in (index - 1, index + 1))
        return (stop and (figure or token.capital)) or (figure and len(token.norm) > 2)

    def _narrative(self, index: int) -> Moment | None:
        """The next day; am Vortag: counted from a day that the text tells of."""
        hit = self.narrative.first(self.tokens, index)
        if hit is None:
            return None
        last = self.tokens[hit.last - 1]
        return Moment(self.tokens[index].start, last.end, "day", count=int(hit.label))

    def _word(self, index: int) -> str:
        return self.tokens[index].norm if 0 <= index < len(self.tokens) else ""

    # --- absolute

    def _digits(self, index: int) -> Moment | None:
        token = self.tokens[index]
        iso = _ISO.match(self.text, token.start)
        if iso:
            return self._day(token.start, iso.end(), int(iso[1]), int(iso[2]), int(iso[3]))
        numeric = _NUMERIC.match(self.text, token.start)
        if numeric:
            year = int(numeric[3]) + (2000 if len(numeric[3]) == 2 else 0)
            return self._day(token.start, numeric.end(), year, int(numeric[2]), int(numeric[1]))
        return self._clock(index) or self._day_month(index) or self._year(index)

    def _day(self, start: int, end: int, year: int | None, month: int, day: int) -> Moment | None:
        try:
            date(year or 2024, month, day)
        except ValueError:
            return None
        return Moment(start, end, "day", year=year, month=month, day=day)

    def _day_month(self, index: int) -> Moment | None:
        """12 November 2026, 12. November, 1er mars, 3 de mayo de 2026."""
        token = self.tokens[index]
        if not token.text.isdigit() or len(token.text) > 2:
            return None
        at = self._skip(index + 1)
        month = self.tables.months.get(self._word(at))
        if month is None:
            return None
        end, year = self._year_behind(at)
        return self._day(token.start, end, year, month, int(token.text))

    def _month(self, index: int) -> Moment | None:
        """November 12, 2026; November 2026; November."""
        token = self.tokens[index]
        month = self.tables.months[token.norm]
        behind = self._word(index + 1)
        adjacent = self._near(index, index + 1)
        if adjacent and re.fullmatch(r"\d{1,2}", behind) and self.lex.code == "en":
            end, year = self._year_behind(index + 1)
            return self._day(token.start, end, year, month, int(behind))
        end, year = self._year_behind(index)
        return Moment(token.start, end, "month", year=year, month=month)

    def _year_behind(self, index: int) -> tuple[int, int | None]:
        """The end of a date whose last token is at index, with the year that follows it."""
        at = self._skip(index + 1)
        word = self._word(at)
        if re.fullmatch(r"\d{4}", word) and int(word) in _YEARS and self._near(index, at):
            return self.tokens[at].end, int(word)
        return self.tokens[index].end, None

    def _year(self, index: int) -> Moment | None:
        token = self.tokens[index]
        if not re.fullmatch(r"\d{4}", token.text) or int(token.text) not in _YEARS:
            return None
        if token.start in self.counts:  # "2026 people", "$2000"
            return None
        decade = _DECADE.match(self.text, token.end)
        if decade and int(token.text) % 10 == 0:
            return Moment(token.start, decade.end(), "decade", year=int(token.text))
        return Moment(token.start, token.end, "year", year=int(token.text))

    def _clock(self, index: int) -> Moment | None:
        token = self.tokens[index]
        match = _TIME.match(self.text, token.start)
        hour = re.fullmatch(r"\d{1,2}", token.text)
        if (match is None and hour is None) or any(a <= token.start < b for a, b in self.measured):
            return None  # "by 0.22 points"
        hours, minutes = (int(match[1]), int(match[2])) if match else (int(token.text), 0)
        end = match.end() if match else token.end
        at = index + 1
        while at < len(self.tokens) and self.tokens[at].start < end:
            at += 1
        behind, end_at = self._phrase(at, self.lex.phrases("clock_behind"))
        colon = match is not None and ":" in match[0]
        before = self._word(index - 1) in self.lex.words("clock_before")
        # 9:4 may be a score; 18:30 is none, and neither is what stands behind "at".
        opened = self._word(index - 1) in self.lex.words("clock_opens") or (
            self._word(index - 2) in self.lex.words("clock_opens") and not self._word(index - 1)
        )
        if not behind and not opened and not (match and before) and not (colon and hours > 4):
            return None
        if end_at:
            end = end_at
            at += behind
        later, later_end = self._phrase(at - behind if behind else at, self.lex.phrases("afternoon"))
        if later and hours < 12:
            hours, end = hours + 12, max(end, later_end)
        if hours > 24:
            return None
        return Moment(token.start, end, "clock", minutes=(hours % 24) * 60 + minutes)

    def _phrase(self, index: int, phrases: Sequence[tuple[str, ...]]) -> tuple[int, int]:
        """How many tokens of a phrase begin at index, right behind the token before, and where they end."""
        first = self._word(index)
        for phrase in phrases:
            if phrase[0] != first:
                continue
            words = tuple(self._word(index + n) for n in range(len(phrase)))
            if words == phrase and self._near(index - 1, index):
                return len(phrase), self.tokens[index + len(phrase) - 1].end
        return 0, 0

    # --- relative

    def _weekday(self, index: int) -> Moment | None:
        token = self.tokens[index]
        weekday = self.tables.weekdays[token.norm]
        at = self._skip(index + 1)
        if self._near(index, at) and self.tokens[at : at + 1]:
            told = self._at(at) if self._dated(at) else None
            if told is not None and told.unit == "day" and told.month is not None:
                return Moment(token.start, told.end, "day", told.year, told.month, told.day, weekday=weekday)
        shift = self._direction(index - 1) or self._direction(index + 1) or self._week(index + 1)
        return Moment(token.start, token.end, "day", weekday=weekday, shift=shift)

    def _week(self, index: int) -> int | None:
        """Tuesday of last week: the direction that a week behind the day has."""
        for at in range(index, index + 4):
            if self.tables.units.get(self._word(at)) == "week":
                found = self._period(at)
                return found.shift or None if found is not None else None
        return None

    def _dated(self, index: int) -> bool:
        word = self._word(index)
        return word[:1].isdigit() or word in self.tables.months

    def _direction(self, index: int) -> int | None:
        word = self._word(index)
        for key, shift in (("period_last", -1), ("period_next", 1)):
            if word and word in self.lex.words(key):
                return shift
        return None

    def _named(self, index: int, value: str, unit: str) -> Moment:
        token = self.tokens[index]
        shift = int(value.rstrip("dwmy"))
        names = {"d": "day", "w": "week", "m": "month", "y": "year"}
        return Moment(token.start, token.end, unit or names[value[-1]], shift=shift)

    def _period(self, index: int) -> Moment | None:
        """Last month; le mois dernier: a word beside a unit."""
        unit = self.tables.units.get(self._word(index))
        if unit is None or unit == "clock":
            return None
        for beside in (index - 1, index + 1):
            word = self._word(beside)
            for key, shift in (("period_last", -1), ("period_next", 1), ("period_this", 0)):
                if (
                    word
                    and word in self.lex.words(key)
                    and self._near(min(index, beside), max(index, beside))
                ):
                    first, last = sorted((index, beside))
                    return Moment(self.tokens[first].start, self.tokens[last].end, unit, shift=shift)
        return None

    def _counted(self, index: int) -> Moment | None:
        """Two years ago; vor zwei Jahren."""
        figure = self.counts.get(self.tokens[index].start)
        if figure is None and self._word(index) not in self.lex.words("ones"):
            return None
        count, at = 1, index + 1
        if figure is not None:
            if not 0 < figure.value < 500 or figure.value != int(figure.value):
                return None
            count, at = int(figure.value), index
            while at < len(self.tokens) and self.tokens[at].start < figure.end:
                at += 1
        last = at - 1
        unit = self.tables.units.get(self._word(last)) or self.tables.units.get(self._word(at))
        if unit is None or unit == "clock":
            return None
        if self._word(last) not in self.tables.units:
            last = at
        for key, sign in (("ago_behind", -1), ("later_behind", 1)):
            used, end = self._phrase(last + 1, self.lex.phrases(key))
            if used:
                return Moment(self.tokens[index].start, end, unit, count=sign * count)
        for phrase in self.lex.phrases("ago_before"):
            first = index - len(phrase)
            if first >= 0 and tuple(self._word(n) for n in range(first, index)) == phrase:
                return Moment(self.tokens[first].start, self.tokens[last].end, unit, count=-count)
        return None

    # --- tokens

    def _skip(self, index: int) -> int:
        """Past ordinal endings and words inside a date."""
        while self._word(index) in self.tables.joiners:
            index += 1
        return index

    def _near(self, left: int, right: int) -> bool:
        """Whether no more than white space, a comma or a stop divides two tokens."""
        if not (0 <= left < len(self.tokens) and right < len(self.tokens)):
            return False
        between = self.text[self.tokens[left].end : self.tokens[right].start]
        return len(between) <= 14 and not set(between) & set(';:!?()\n—–«»“”"')


class _Begins(dict[str, bool]):
    """Case-folded word -> whether a date or time can begin with it: most words begin none."""

    def __init__(self, words: Iterable[str], code: str) -> None:
        super().__init__()
        self._words = frozenset(words)
        self._narrative = terms(code, "narrative_days")

    def __missing__(self, norm: str) -> bool:
        if len(self) > _KNOWN:  # flat memory over many articles
            self.clear()
        found = norm[0].isdigit() or norm in self._words or self._narrative.opens(norm)
        self[norm] = found
        return found


@dataclass(frozen=True)
class _Tables:
    months: dict[str, int]
    weekdays: dict[str, int]
    days: dict[str, str]
    periods: dict[str, str]
    units: dict[str, str]
    clock_names: dict[str, int]
    joiners: frozenset[str]
    short: frozenset[str]
    begins: _Begins


@lru_cache(maxsize=32)
def _tables(code: str) -> _Tables:
    lex = lexicon(code)
    names = {"d": "day", "w": "week", "m": "month", "y": "year"}
    keys = ("month_numbers", "weekday_numbers", "relative_days", "relative_periods", "clock_names")
    begins = {word for key in (*keys, "period_units") for word in lex.values(key)} | lex.words("ones")
    return _Tables(
        months={word: int(value) for word, value in lex.values("month_numbers").items()},
        weekdays={word: int(value) for word, value in lex.values("weekday_numbers").items()},
        days=lex.values("relative_days"),
        periods=lex.values("relative_periods"),
        units={word: names[value] for word, value in lex.values("period_units").items()},
        clock_names={word: int(value) for word, value in lex.values("clock_names").items()},
        joiners=lex.words("date_joiners"),
        short=frozenset(_short(lex, "month_numbers") | _short(lex, "weekday_numbers")),
        begins=_Begins(begins, code),
    )


def _short(lex: Lexicon, key: str) -> set[str]:
    """The abbreviations of a table: words much shorter than the first of their line."""
    first: dict[str, str] = {}
    for word, value in lex.values(key).items():
        first.setdefault(value, word)
    return {
        word
        for word, value in lex.values(key).items()
        if len(word) <= 4
        and len(word) < len(first[value])
        and first[value].startswith(word[:2])
        and len(first[value]) - len(word) >= (2 if len(word) > 3 else 1)
    }


# --- which days are meant


def days_of(moment: Moment, published: date | None, years: Sequence[int] = ()) -> tuple[Days, ...]:
    """The spans of days that a moment can mean; none where nothing anchors it.

    ``years`` are those that the article names: "two years earlier" may be counted from any of them.
    """
    if moment.unit == "clock":
        return ()
    if moment.count is not None:
        return tuple(_counted_days(moment, published, years))
    if moment.shift is not None and moment.weekday is None:
        return () if published is None else (_shifted(moment.unit, moment.shift, published),)
    if moment.month is not None or moment.year is not None:
        return tuple(_written(moment, published, years))
    return () if published is None else tuple(_weekdays(moment, published))


def _written(moment: Moment, published: date | None, years: Sequence[int]) -> Iterator[Days]:
    if moment.year is not None:
        options = [moment.year]
    else:
        near = [] if published is None else [published.year, published.year - 1, published.year + 1]
        options = list(dict.fromkeys([*near, *years]))
    for year in options:
        if moment.unit == "decade":
            yield date(year, 1, 1), date(year + 9, 12, 31)
        elif moment.month is None:
            yield date(year, 1, 1), date(year, 12, 31)
        elif moment.day is None:
            yield date(year, moment.month, 1), _month_end(year, moment.month)
        else:
            try:
                day = date(year, moment.month, moment.day)
            except ValueError:  # 29 February
                continue
            yield day, day


def _weekdays(moment: Moment, published: date) -> Iterator[Days]:
    """The last such day up to publication, and the next one; a direction leaves one, or the week beyond."""
    back = (published.weekday() - (moment.weekday or 0)) % 7
    last, following = published - timedelta(back), published + timedelta(7 - back)
    if moment.shift is None:
        options = [last, following]
    elif moment.shift < 0:
        options = [last, last - timedelta(7)]
    else:
        options = [following, following + timedelta(7)]
    for day in options:
        yield day, day


def _shifted(unit: str, shift: int, anchor: date) -> Days:
    if unit == "day":
        day = anchor + timedelta(shift)
        return day, day
    if unit == "week":
        monday = anchor - timedelta(anchor.weekday()) + timedelta(7 * shift)
        return monday, monday + timedelta(6)
    if unit == "month":
        months = anchor.year * 12 + anchor.month - 1 + shift
        first = date(months // 12, months % 12 + 1, 1)
        return first, _month_end(first.year, first.month)
    return date(anchor.year + shift, 1, 1), date(anchor.year + shift, 12, 31)


def _counted_days(moment: Moment, published: date | None, years: Sequence[int]) -> Iterator[Days]:
    count = moment.count or 0
    if published is not None:
        yield _shifted(moment.unit, count, published)
    if moment.unit == "year":
        for year in years:
            if year + count in _YEARS:
                yield date(year + count, 1, 1), date(year + count, 12, 31)


def _month_end(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(1)
