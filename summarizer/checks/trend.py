"""A figure that goes the other way: 6 percent more for 6 percent fewer.

The statement and the article have the same figure, with the same unit, and beside it a word of direction
("rose", "fewer", "above"): one up, the other down, in surroundings of which at least one word is shared. No
place of the article may have the figure as the statement does. A figure is a strong anchor, so that "rose by 6
percent" meets "6 percent fewer", which no one word joins. Left alone: denied directions, figures with both
directions equally near, dates and places in an order, and comparisons told from the other side ("B was 4
points below A" for "A was 4 points above B").

Keys of ``opposites.toml``: ``share_ways`` (directions only beside a share, "lost 5 percent"), the first line
of ``directions``, ``figure_ways`` (``up words | down words``) and ``way_exempt`` ("made up").
"""

from ..flags import FlagCode
from ..report import Signal, SignalKind, Span
from .align import Alignment
from .clauses import Clauses, Fit, Related, context, fit, other_numbers, related, statement_clauses
from .comparison import _beside, _common, _sides, from_the_other_time
from .context import ReadArticle, ReadStatement
from .figures import Figure
from .negation import signs
from .numbers import same_value
from .polarity import clause_evidence
from .terms import Hit
from .text import span

_RIVAL = 0.5
_LONG_TIMES = frozenset({"year", "month", "week", "day"})  # "ten years ago" is when, not how much
_FIRST_LINE = "0"  # of ``directions``: up and down
_REACH = 7  # words, boundaries counted, from a figure to its direction
_TABLES = ("directions", "figure_ways")


def check(statement: ReadStatement, alignment: Alignment, read: ReadArticle) -> tuple[Signal, ...]:
    """At most one signal, for the first figure that goes the other way in the article."""
    mine = statement_clauses(statement, read)
    own = ways(mine)
    if not own and not mine.hits("share_ways"):
        return ()
    near = related(statement, alignment, read)
    for figure in statement.figures:
        if found := _share_turned(figure, mine, near, read):
            return (found,)
    for figure in statement.figures:
        way = _way(figure, mine, own)
        if way is not None and (found := _check(figure, way, mine, near, read)):
            return (found,)
    for sign, hit in own:
        if found := _without_figure(sign, hit, mine, near, read):
            return (found,)
    return ()


def _share_turned(
    figure: Figure, mine: Clauses, near: tuple[Related, ...], read: ReadArticle
) -> Signal | None:
    """ "The shares lost 5 percent" for "rose 5 percent": words that are directions only beside a share."""
    if figure.unit not in ("percent", "point"):
        return None
    own = _beside_share(figure, mine)
    if own is None:
        return None
    around = context(mine, own[1].first, own[1].last, read)
    for other in near:
        for there in other.sentence.figures:
            if not (same_value(figure, there) and figure.unit == there.unit):
                continue
            theirs = _beside_share(there, other.clauses)
            if theirs is None or theirs[0] == own[0]:
                return None
            if fit(around, mine, other.clauses, theirs[1].first).anchors:
                first, last = mine.tokens[own[1].first], mine.tokens[own[1].last - 1]
                shown = span(mine.text, min(first.start, figure.start), max(last.end, figure.end))
                return _signal(shown, other, theirs[1], read)
    return None


def _beside_share(figure: Figure, clauses: Clauses) -> tuple[int, Hit] | None:
    extra = tuple((1 if hit.label[-1] == "+" else -1, hit) for hit in clauses.hits("share_ways"))
    denied = signs(clauses).sign
    known = (*ways(clauses), *(row for row in extra if denied[row[1].first] == 1))
    return _way(figure, clauses, tuple(sorted(known, key=lambda row: row[1].first)))


def _without_figure(
    sign: int, hit: Hit, mine: Clauses, near: tuple[Related, ...], read: ReadArticle
) -> Signal | None:
    """The same thing beside a direction on both sides, and the directions differ: "slipped", "better"."""
    around = context(mine, hit.first, hit.last, read)
    agree = Fit()
    against: tuple[Fit, Related, Hit] | None = None
    for other in near:
        for sign_there, there in ways(other.clauses):
            if _told_from_the_other_side(hit, mine, there, other.clauses):
                return None
            if from_the_other_time(hit, mine, other.clauses):
                continue
            if not _beside(hit, mine, there, other.clauses) or other_numbers(
                hit.first, mine, there.first, other.clauses
            ):
                continue
            fits = fit(around, mine, other.clauses, there.first)
            if sign_there == sign:
                agree = max(agree, fits)
            elif fits.good and (against is None or fits > against[0]):
                against = fits, other, there
    if against is None or agree.share >= _RIVAL * against[0].share:
        return None
    first, last = mine.tokens[hit.first], mine.tokens[hit.last - 1]
    return _signal(span(mine.text, first.start, last.end), against[1], against[2], read)


def _check(
    figure: Figure, way: tuple[int, Hit], mine: Clauses, near: tuple[Related, ...], read: ReadArticle
) -> Signal | None:
    sign, hit = way
    around = context(mine, hit.first, hit.last, read)
    against: tuple[Fit, Related, Hit] | None = None
    for other in near:
        theirs = ways(other.clauses)
        for figure_there in other.sentence.figures:
            if not (same_value(figure, figure_there) and figure.unit == figure_there.unit):
                continue
            there = _way(figure_there, other.clauses, theirs)
            if there is None:
                continue
            if there[0] == sign or _told_from_the_other_side(hit, mine, there[1], other.clauses):
                return None
            fits = fit(around, mine, other.clauses, there[1].first)
            if fits.anchors and (against is None or fits > against[0]):
                against = fits, other, there[1]
    if against is None:
        return None
    _, other, there_hit = against
    first, last = mine.tokens[hit.first], mine.tokens[hit.last - 1]
    shown = span(mine.text, min(first.start, figure.start), max(last.end, figure.end))
    return _signal(shown, other, there_hit, read)


def _signal(shown: Span, other: Related, hit: Hit, read: ReadArticle) -> Signal:
    quoted = clause_evidence(other, hit.first, read)
    message = f"“{shown.text}”: the article has it the other way round, “{quoted.quote}”"
    return Signal(
        "trend", SignalKind.MISMATCH, 1.0, message, FlagCode.COMPARISON_REVERSED, (shown,), (quoted,)
    )


def ways(clauses: Clauses) -> tuple[tuple[int, Hit], ...]:
    """Words of direction: 1 up, -1 down; read once."""
    known: tuple[tuple[int, Hit], ...] | None = clauses.memo.get("ways")
    if known is None:
        known = clauses.memo["ways"] = _read_ways(clauses)
    return known


def _read_ways(clauses: Clauses) -> tuple[tuple[int, Hit], ...]:
    found = [hit for hit in clauses.hits("directions") if hit.label[:-1] == _FIRST_LINE]
    found += clauses.hits("figure_ways")
    sign = signs(clauses).sign
    exempt = {i for hit in clauses.hits("way_exempt") for i in range(hit.first, hit.last)}
    return tuple(
        (1 if hit.label[-1] == "+" else -1, hit)
        for hit in found
        if sign[hit.last - 1] == 1 and hit.first not in clauses.quoted and hit.first not in exempt
    )


def _way(figure: Figure, clauses: Clauses, ways: tuple[tuple[int, Hit], ...]) -> tuple[int, Hit] | None:
    """The direction nearest to a figure; None where none is near, or two equally."""
    if figure.date or figure.ordinal or figure.unit in _LONG_TIMES:
        return None
    at = next((i for i, token in enumerate(clauses.tokens) if token.start >= figure.start), None)
    if at is None:
        return None
    near = [(clauses.distance(at, hit.first), sign, hit) for sign, hit in ways]
    near = sorted((row for row in near if row[0] <= _REACH), key=lambda row: (row[0], row[2].first))
    if not near or any(row[1] != near[0][1] and row[0] <= near[0][0] + 1 for row in near[1:]):
        return None
    return near[0][1], near[0][2]


def _told_from_the_other_side(hit: Hit, mine: Clauses, there: Hit, theirs: Clauses) -> bool:
    own, other = _sides(hit, mine), _sides(there, theirs)
    if own is None or other is None:
        return False
    straight = _common(own[0], mine, other[0], theirs) + _common(own[1], mine, other[1], theirs)
    crossed = _common(own[0], mine, other[1], theirs) + _common(own[1], mine, other[0], theirs)
    return crossed > straight
