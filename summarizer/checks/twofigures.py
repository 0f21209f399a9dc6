"""A comparison that two figures of the article contradict: "more days in A than in B" for 12 and 41.

The statement has a word of more or less before "than", and the article gives each of the two sides a figure
of one unit, near the words of that side and not of the other one. It is a mismatch when the figures say the
opposite. Left alone: sides that no word of the article tells apart, figures of different units, dates and
places in an order, and statements with figures of their own (``numbers``, ``binding``).

Keys: ``than_words`` of ``modality.toml``, ``figure_ways`` of ``opposites.toml``, and there ``exceeding``: verbs
that say more or less without "than" ("outstripped", "fell short of").
"""

from collections.abc import Sequence

from ..flags import FlagCode
from ..report import Signal, SignalKind
from .align import Alignment
from .clauses import Clauses, statement_clauses
from .comparison import _sides
from .context import ReadArticle, ReadStatement
from .grounds import Place, article_places, share
from .sought import number_of
from .terms import Hit
from .text import span

_ALIGNED = 3  # sentences that are looked at, with their neighbours
_APART = 0.15  # how much nearer a figure stands to its own side than to the other one
_NEAR = 0.35  # how much of its side's words stands near it at the least
_EXACT = 1e-9


def check(statement: ReadStatement, alignment: Alignment, read: ReadArticle) -> tuple[Signal, ...]:
    """At most one signal."""
    mine = statement_clauses(statement, read)
    hits = mine.hits("figure_ways")
    exceeding = mine.hits("exceeding")
    if not (exceeding or (hits and mine.hits("than_words"))) or any(not f.date for f in statement.figures):
        return ()
    places = _places(alignment, read)
    for hit in (*exceeding, *hits):
        if mine.hits("negation_words"):
            return ()
        if (found := _check(hit, mine, places, read)) is not None:
            return (found,)
    return ()


def _places(alignment: Alignment, read: ReadArticle) -> list[Place]:
    numbers = {s.number + step for s in alignment.sentences[:_ALIGNED] for step in (-1, 0, 1)}
    return [
        p
        for p in article_places(read)
        if number_of(p) in numbers and not p.figure.date and not p.figure.ordinal and not p.figure.fraction
    ]


def _check(hit: Hit, mine: Clauses, places: Sequence[Place], read: ReadArticle) -> Signal | None:
    sides = _around(hit, mine) if hit in mine.hits("exceeding") else _sides(hit, mine)
    if sides is None:
        return None
    left, right = ({mine.tokens[i].family for i in side if not hit.first <= i < hit.last} for side in sides)
    ours, theirs = (
        {kin: read.family_weight(kin) for kin in sorted(side) if kin in read.with_family}
        for side in (left - right, right - left)
    )
    if not ours or not theirs:
        return None
    rows = [(share(ours, p.near), share(theirs, p.near), p) for p in places]
    own = [row for row in rows if row[0] >= _NEAR and row[0] - row[1] >= _APART]
    other = [row for row in rows if row[1] >= _NEAR and row[1] - row[0] >= _APART]
    pairs = [
        (mine_[0] - mine_[1] + other_[1] - other_[0], mine_[2], other_[2])
        for mine_ in own
        for other_ in other
        if _alike(mine_[2], other_[2])
    ]
    if not pairs:
        return None
    _, one, two = max(pairs, key=lambda row: row[0])
    first, second = _values(one, two)
    more = hit.label[-1] == "+"
    if abs(first - second) <= _EXACT or (first > second) == more:
        return None
    shown = span(mine.text, mine.tokens[hit.first].start, mine.tokens[hit.last - 1].end)
    there = tuple(
        read.evidence(p.sentence, p.figure.start, p.figure.end) for p in (one, two) if p.sentence is not None
    )
    figures = " and ".join(f"“{piece.quote}”" for piece in there)
    message = f"“{shown.text}”: by the article’s figures it is the other way round, {figures}"
    return Signal(
        "twofigures", SignalKind.MISMATCH, 1.0, message, FlagCode.COMPARISON_REVERSED, (shown,), there
    )


def _around(hit: Hit, mine: Clauses) -> tuple[list[int], list[int]] | None:
    """The two sides of "outstripped": before and behind it in its clause."""
    inside = [i for i in mine.at(hit.first) if mine.content[i]]
    left, right = [i for i in inside if i < hit.first], [i for i in inside if i >= hit.last]
    return (left, right) if left and right else None


def _alike(one: Place, other: Place) -> bool:
    """Whether two figures count the same: of one unit, or one of them stands by itself beside it."""
    if one.figure is other.figure:
        return False
    if one.figure.base[1] == other.figure.base[1]:
        return one.figure.unit is not None or bool(one.nouns & other.nouns) or one.alone or other.alone
    if None in (one.figure.unit, other.figure.unit) and one.figure.scale == other.figure.scale > 1:
        return True  # "8.9 billion crowns and 9.3 billion"
    return None in (one.figure.unit, other.figure.unit) and (
        one.alone if one.figure.unit is None else other.alone
    )


def _values(one: Place, other: Place) -> tuple[float, float]:
    if None in (one.figure.unit, other.figure.unit):
        return one.figure.value, other.figure.value
    return one.figure.base[0], other.figure.base[0]
