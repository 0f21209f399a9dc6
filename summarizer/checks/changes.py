"""A direction of change that the article's own pair of figures contradicts: "profit rose" for "3.2 million, after
4.1 million the year before".

The statement says of something that it went up or down, was more or less than before, and gives no figure; the
article gives the thing's new value and its old one ("to 9 from 12", "3.2 million after 4.1"). It is a mismatch
when the two say the opposite, and no sentence tells the direction as the statement does. Left alone: words of
better and worse, which depend on what is counted; pairs that stand nearer to something else; denied
directions; comparisons between two things (``twofigures``).

Keys: those of ``trend``, and the pairs of ``grounds``.
"""

import itertools

from ..flags import FlagCode
from ..report import Signal, SignalKind
from .align import Alignment
from .clauses import Clauses, statement_clauses
from .context import ReadArticle, ReadStatement
from .grounds import NEW, OLD, Place, article_places, share
from .sought import number_of
from .terms import Hit
from .text import span
from .trend import ways

_ALIGNED = 2  # sentences of the statement that are looked at
_NEAR = 0.35  # how much of the statement's words must stand near the pair
_WORDS = 5  # content words beside the direction that say what changed


def check(statement: ReadStatement, alignment: Alignment, read: ReadArticle) -> tuple[Signal, ...]:
    """At most one signal."""
    if any(not figure.date for figure in statement.figures):
        return ()
    mine = statement_clauses(statement, read)
    own = [(sign, hit) for sign, hit in ways(mine) if not _value_word(hit, mine)]
    if not own or mine.hits("negation_words") or len({sign for sign, _ in own}) > 1:
        return ()
    pairs = list(_pairs(alignment, read))
    for sign, hit in own:
        words = _words(hit, mine, read)
        rows = [(share(words, new.near), new, old) for new, old in pairs]
        best = max(rows, key=lambda row: row[0], default=None)
        if best is None or best[0] < _NEAR or not words:
            continue
        _, new, old = best
        change = _value(new, old) - _value(old, new)
        if not change or (change > 0) == (sign > 0) or new.sentence is None:
            continue
        shown = span(mine.text, mine.tokens[hit.first].start, mine.tokens[hit.last - 1].end)
        low, high = sorted((new.figure, old.figure), key=lambda figure: figure.start)
        there = read.evidence(new.sentence, low.start, high.end)
        message = f"“{shown.text}”: by the article’s figures it is the other way round, “{there.quote}”"
        code = FlagCode.COMPARISON_REVERSED
        return (Signal("changes", SignalKind.MISMATCH, 1.0, message, code, (shown,), (there,)),)
    return ()


def _value(one: Place, other: Place) -> float:
    """In base units, where both have one."""
    return one.figure.value if other.figure.unit is None or one.figure.unit is None else one.figure.base[0]


def _value_word(hit: Hit, mine: Clauses) -> bool:
    """ "improved", "worsened": whether up is good depends on what is counted."""
    return any(other.first == hit.first and other.label[:-1] != "0" for other in mine.hits("directions"))


def _pairs(alignment: Alignment, read: ReadArticle) -> list[tuple[Place, Place]]:
    numbers = {sentence.number for sentence in alignment.sentences[:_ALIGNED]}
    places = [p for p in article_places(read) if number_of(p) in numbers and p.role is not None]
    return [
        (new, old)
        for one, other in itertools.pairwise(places)
        if one.sentence is other.sentence
        for new, old in ((one, other), (other, one))
        if new.role == NEW
        and old.role == OLD
        and (new.figure.base[1] == old.figure.base[1] or None in (new.figure.unit, old.figure.unit))
    ]


def _words(hit: Hit, mine: Clauses, read: ReadArticle) -> dict[str, float]:
    """What changed: the content words nearest to the direction."""
    near = sorted(
        (i for i, content in enumerate(mine.content) if content and not hit.first <= i < hit.last),
        key=lambda i: (mine.distance(i, hit.first), i),
    )
    found = [
        mine.tokens[i]
        for i in near
        if mine.tokens[i].norm not in mine.lex.reporting and not mine.is_number(i)
    ]
    return {t.family: read.family_weight(t.family) for t in found[:_WORDS] if t.family in read.with_family}
