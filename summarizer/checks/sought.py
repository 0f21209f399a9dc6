"""A figure of a statement, and where the article has it: what counts as the same figure.

Equal values, in one unit or in exactly convertible ones; the article's rounded to the places that the
statement writes; near enough behind "about"; within the bound that the words before it name; or worked out
from the article's figures (``derived``). Every figure of the article is weighed by how well it stands in
the statement's place (``grounds``); of those that are not the same, the rivals, one may be what the article
says.

Keys of ``figures.toml``: ``limits`` (``least: at_least more_than``, ``most: up_to``, ``nearly: almost``,
``over: just_over``).
"""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from ..report import Span
from .align import Alignment
from .context import ReadArticle, ReadStatement
from .derived import SUM, Derived, derived, in_score, licensed, multiples
from .figures import Figure
from .grounds import Place, article_places, fit, statement_moments, statement_places, weights
from .measures import MEASURES
from .terms import Terms, terms
from .text import span

_FEW = 20
_SMALL = 2  # "one of them", "the two sides": too common to argue with when written as words
_ABOUT = 0.0625  # how far "about" reaches
_BOUND = 0.3  # how far beyond a bound a figure may lie, and the bound still tell something
_CLOSE = 0.012  # how exact a figure is that was worked out
_SAME = 1e-9
_RAIN = {"millimetre", "litre"}  # of rain: a litre a square metre is a millimetre
_WIDE = 0.08  # how far a figure without a bound may be rounded at the most
_ANCHOR = 0.4  # how near a word stands that ties a figure to it
_RATIO = 0.07  # how exact a multiple in words is
_JUST = 0.12  # how far "almost" and "just over" reach
_BESIDE = 2  # sentences so near speak of the same things
_NEARBY = 0.15  # how well figures of several sentences must fit to be counted together
_POINTS = 1.5  # percentage points by which a fraction in words may differ
_A_YEAR = {"hour": 8760.0, "day": 365.0, "week": 52.0, "month": 12.0, "quarter": 4.0, "year": 1.0}


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
        return bound_of(self.figure, self.statement, terms(self.read.lex.code, "limits"))

    @cached_property
    def _weights(self) -> dict[str, float]:
        return weights(self.place.near, self.read)

    def fit(self, other: Place) -> float:
        """How well a figure of the article stands in this one's place."""
        return fit(self._weights, self.place, other)

    @cached_property
    def _reach(self) -> tuple[float, float]:
        """The least and the most that could be the same: what lies outside is not."""
        value = self.figure.base[0]
        loose = self.bound is not None or self.figure.about or self.figure.fraction
        wide = _BOUND if loose else _WIDE
        return value * (1 - wide) - self.figure.scale - _SMALL, value * (
            1 + wide
        ) + self.figure.scale + _SMALL

    def same(self, other: Figure) -> bool:
        """Whether the article's figure has this one's value and unit, by the words before this one."""
        if other.rate is None or self.figure.rate is None or other.rate == self.figure.rate:
            low, high = self._reach
            rain = {self.figure.unit, other.unit} == _RAIN
            if not rain and not low <= other.base[0] <= high and not low <= other.value <= high:
                return False
        elif self._by_rate(other):
            return True
        if not units_agree(self.figure, other) or not _same_kind(self.figure, other):
            return False
        mine, theirs = in_one_unit(self.figure, other)
        if self.bound == "least":
            return mine <= theirs * (1 + _SAME) and theirs <= mine * (1 + _BOUND)
        if self.bound == "most":
            return theirs <= mine * (1 + _SAME) and mine * (1 - _BOUND) <= theirs
        if self.bound in ("nearly", "over") and just(mine, theirs, self.bound):
            return True
        if self.figure.fraction or other.fraction:
            return abs(mine - theirs) <= max(_POINTS, _RATIO * mine)
        if same_value(self.figure, other):
            return True
        return self.figure.about and near(mine, theirs, _ABOUT)

    def _by_rate(self, other: Figure) -> bool:
        """£456 a year for £38 a month."""
        mine, theirs = in_one_unit(self.figure, other)
        yearly = mine * _A_YEAR[str(self.figure.rate)], theirs * _A_YEAR[str(other.rate)]
        return units_agree(self.figure, other) and near(*yearly, _CLOSE)

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
            if not self.same(place.figure)
            and _comparable(self.figure, place.figure)
            and not in_headline(place)
        ]
        found.sort(key=lambda one: (-one[0], -one[1]))
        return tuple((how, place) for how, _, place in found)

    def anchors(self, other: Place, near: float = _ANCHOR) -> int:
        """How many words stand near both."""
        return sum(1 for kin, close in other.near.items() if close >= near and kin in self._weights)

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
    known = statement.memo.get("sought")  # both numbers and binding ask
    if known is None or known[0] is not read or known[1] is not alignment:
        known = statement.memo["sought"] = (read, alignment, tuple(_sought(statement, alignment, read)))
    made: tuple[Sought, ...] = known[2]
    return made


def _sought(statement: ReadStatement, alignment: Alignment, read: ReadArticle) -> Iterator[Sought]:
    inside = [
        (statement.tokens[hit.first].start, statement.tokens[hit.last - 1].end)
        for hit, _ in multiples(statement.tokens, read.lex)
    ]
    inside += [(moment.start, moment.end) for moment in statement_moments(statement, read.lex)]
    for place in statement_places(statement, read.lex):
        # "three" of "three quarters", "two" of "two years ago"
        if not any(start <= place.figure.start < end for start, end in inside):
            yield Sought(place, statement, alignment, read)


# --- values and units


def bound_of(figure: Figure, statement: ReadStatement, table: Terms) -> str | None:
    before = [token for token in statement.tokens if token.end <= figure.start][-4:]
    hits = [hit for hit in table.find(before) if hit.last == len(before)]
    return hits[-1].label if hits else None


def just(value: float, other: float, bound: str) -> bool:
    """Almost 50: from 44; just over 40: up to 44.8."""
    if bound == "nearly":
        return value * (1 - _JUST) <= other <= value * (1 + _CLOSE)
    return value * (1 - _CLOSE) <= other <= value * (1 + _JUST)


def near(value: float, other: float, share: float) -> bool:
    return abs(value - other) <= share * max(abs(value), abs(other))


def same_value(figure: Figure, other: Figure) -> bool:
    """Equal, or the other rounded to as many places as the figure was written with."""
    mine, theirs = in_one_unit(figure, other)
    if near(mine, theirs, _SAME):
        return True
    if figure.unit != other.unit and kind(figure.unit) == "time":
        return near(mine, theirs, _CLOSE)  # months and years have no one length
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


def in_one_unit(figure: Figure, other: Figure) -> tuple[float, float]:
    """Both in one unit, where both have one of one kind."""
    (mine, unit), (theirs, other_unit) = figure.base, other.base
    if None in (unit, other_unit) or {figure.unit, other.unit} == _RAIN:
        return figure.value, other.value
    return mine, theirs


def units_agree(figure: Figure, other: Figure) -> bool:
    """The same unit, exactly convertible ones, or one that is not written (a percentage always is)."""
    if None in (figure.unit, other.unit):
        written = figure.unit or other.unit
        if figure.unit is None and kind(written) == "time" and written != "year":
            return figure.ordinal or other.ordinal  # "41 seats" are no 41 minutes
        if written == "point":
            return True  # "three points behind", in sport, for "three behind"
        return kind(written) not in ("share", "warmth") or figure.unit == other.unit
    mine, theirs = figure.base[1], other.base[1]
    if {figure.unit, other.unit} == _RAIN:
        return True
    return mine == theirs or ("money" in (mine, theirs) and kind(figure.unit) == kind(other.unit) == "money")


def kind(unit: str | None) -> str | None:
    if unit is None:
        return None
    measure = MEASURES.get(unit)
    return measure.kind if measure else unit


def _same_kind(figure: Figure, other: Figure) -> bool:
    """A place in an order is no count; "in the 17th minute" and "after 17 minutes" may be the same."""
    return figure.ordinal == other.ordinal or "time" in (kind(figure.unit), kind(other.unit))


def _comparable(figure: Figure, other: Figure) -> bool:
    """Whether the one could stand for the other: of one unit, and not a thousand times as much."""
    if figure.ordinal != other.ordinal or (other.word and other.value < _SMALL):
        return False
    if figure.base[1] != other.base[1] and "money" not in (figure.base[1], other.base[1]):
        return False
    if kind(figure.unit) != kind(other.unit):
        return False
    low, high = sorted((abs(figure.base[0]), abs(other.base[0])))
    return figure.unit is not None or high <= 200 * max(low, 1)


_LISTED = frozenset(
    ["and", "or", "und", "oder", "y", "e", "o", "et", "ou", "i", "lub", "і", "та", "й", "або"]
)


def is_named(figure: Figure, statement: ReadStatement) -> bool:
    """Whether a figure is part of a name: Zone 6, Highway 12."""
    before = [token for token in statement.tokens if token.end <= figure.start]
    while len(before) > 2 and before[-1].norm in _LISTED and before[-2].text.isdigit():
        before = before[:-2]  # "Zones 2 and 4"
        figure = replace(figure, start=before[-1].end + 1)
    before = before[-1:]
    beside = bool(before) and figure.start - before[0].end == 1
    named = beside and before[0].capital and before[0].start > 0
    return named and figure.unit is None and not figure.word and figure.scale == 1


# --- what follows from the article's figures


def _worked_out(one: Sought) -> tuple[Derived, bool] | None:
    figure, statement, read = one.figure, one.statement, one.read
    if figure.ordinal or in_score(figure, statement.text, statement.figures) or is_named(figure, statement):
        return None
    value, unit = figure.base
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
        total = made.kind == SUM and terms(read.lex.code, "totals").any(statement.tokens)
        added = made.kind == SUM and len(made.places) > 1 and not total
        if added and (unit == "percent" or not _listed(made, read)):
            continue  # percentages, and a part with its whole, add up to nothing that nobody calls a total
        if len(made.places) > 1 and not made.together and not total and not _of_one_thing(made, one):
            continue
        clear = licensed(made, statement.tokens, read.lex) or _operand_said(made, one)
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


def _of_one_thing(made: Derived, one: Sought) -> bool:
    """Whether figures of several sentences belong together: near each other, or all near the statement's words."""
    numbers = [number_of(place) for place in made.places]
    rests = {sentence.number for sentence in one.alignment.sentences}
    if max(numbers) - min(numbers) <= _BESIDE or rests.issuperset(numbers):
        return True
    return all(one.fit(place) >= _NEARBY for place in made.places)


def _listed(made: Derived, read: ReadArticle) -> bool:
    """Whether figures of one sentence stand side by side, and the one is no part of the other: "900 of 6,500"."""
    if any(place.compared for place in made.places):
        return True
    ordered = sorted(made.places, key=lambda place: place.figure.start)
    partitive = read.lex.words("partitives") | read.lex.words("name_of")
    for one, other in itertools.pairwise(ordered):
        if one.sentence is not other.sentence:
            continue
        tokens = one.sentence.tokens if one.sentence is not None else ()
        between = [t for t in tokens if one.figure.end <= t.start < other.figure.start]
        if between and between[0].norm in partitive:
            return False
    return True


def _operand_said(made: Derived, one: Sought) -> bool:
    """Whether the statement gives a figure that this one was worked out with: "five of the seven"."""
    said = {figure.value for figure in one.statement.figures if figure is not one.figure and not figure.date}
    return made.together and any(place.figure.value in said for place in made.places)


def _reaches(value: float, other: float, bound: str | None, reach: float, *, exact: bool) -> bool:
    if bound == "least":
        return value <= other * (1 + _SAME) and other <= value * (1 + _BOUND)
    if bound == "most":
        return other <= value * (1 + _SAME) and value * (1 - _BOUND) <= other
    if bound in ("nearly", "over") and just(value, other, bound):
        return True
    if exact and float(other).is_integer() and value < 1000:
        return value == other
    return near(value, other, reach)


def _rounded(figure: Figure, value: float, other: float) -> bool:
    """Whether what was worked out is rounded to the places of a figure with a scale word or decimals."""
    if figure.scale <= 1 and not figure.places and not figure.about:
        return False
    step = figure.scale * 10.0**-figure.places * (value / figure.value if figure.value else 1.0)
    return abs(value - other) <= step / 2 * (1 + 1e-6)


def _basis(one: Sought) -> list[Place]:
    """The figures that stand near the statement's words, and those of the sentences that it rests on."""
    numbers = {s.number for s in one.alignment.sentences}
    beside = {n + step for n in [s.number for s in one.alignment.sentences[:2]] for step in (-1, 1)}
    sort = kind(one.figure.unit) or ("money" if one.figure.scale >= 1e6 else None)
    found = []
    for order, place in enumerate(article_places(one.read)):
        number = number_of(place)
        how = one.fit(place) + (0.5 if number in numbers else 0.2 if number in beside else 0.0)
        if in_headline(place):
            continue
        if how >= 0.15:
            found.append((-how, order, place))
        elif sort in ("share", "money") and kind(place.figure.unit) == sort:
            found.append((0.0, order, place))  # behind the others: the words may be all paraphrased
    found.sort(key=lambda row: row[:2])
    return [place for _, _, place in found]


_SCORE = re.compile(r"(?<![\d:.,])(\d{1,3})\s?[:–-]\s?(\d{1,3})(?![\d:.,]?\d)(?!\s?%)")


def of_scores(one: Sought) -> bool:
    """Whether a figure is the distance of the two sides of a score of the article, and told as a distance."""
    figure, read = one.figure, one.read
    whole = figure.places == 0 and figure.value < 100 and figure.unit in (None, "point")
    if not whole or not terms(read.lex.code, "differences").any(one.statement.tokens):
        return False
    gaps = read.memo.get("gaps")
    if gaps is None:
        gaps = read.memo["gaps"] = frozenset(
            abs(int(score[1]) - int(score[2])) for s in read.sentences for score in _SCORE.finditer(s.text)
        )
    return figure.value in gaps


def number_of(place: Place) -> int:
    return place.sentence.number if place.sentence is not None else 0


def in_headline(place: Place) -> bool:
    return place.sentence is not None and place.sentence.is_headline
