"""A comparison or a direction turned round: rose for fell, more for less, first for last.

The statement has a word of direction or degree where the article, in the same surroundings, has its
opposite, and no sentence has it as the statement does. A word of degree ("more", "first", "above") says
something of the word beside it only, so that word must stand beside both. In "A … more than B" the two
sides are compared as well: "more women than men" and "fewer men than women" are the same, and "more men than
women" is not. Words that look at one event from its two ends (won and lost, ahead and behind) contradict
only when the same name stands before both. Any word right before "than"
is compared so. Left alone: denied words ("did not rise" is not "fell"), conditions, and directions that only
figures show (``twofigures``).

Keys of ``opposites.toml``, lines of two groups ``one words | other words``: ``directions``, ``degrees``,
``converses``; ``way_exempt`` ("closed down"). Of ``modality.toml``: ``than_words``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..flags import FlagCode
from ..report import Evidence, Signal, SignalKind, Span
from .align import Alignment
from .clauses import Clauses, Fit, Related, context, fit, other_numbers, related, statement_clauses
from .context import ReadArticle, ReadStatement
from .negation import signs
from .polarity import clause_evidence
from .terms import Hit
from .text import span

_RIVAL = 0.75
_SUBJECT = 8  # words before a comparison among which its subject stands
_COMPARED = 3  # words between "more" and "than": "more money than"
_BESIDE = 4  # a word of degree says something of a word so near


@dataclass(frozen=True, slots=True)
class _Place:
    """The opposite word in the article, and the same."""

    fits: Fit
    same: bool
    other: Related
    hit: Hit


def check(statement: ReadStatement, alignment: Alignment, read: ReadArticle) -> tuple[Signal, ...]:
    """At most one signal, for the first word that the article has the other way round."""
    mine = statement_clauses(statement, read)
    if not any(mine.hits(table) for table in ("directions", "degrees", "converses", "than_words")):
        return ()
    own = signs(mine)
    near = related(statement, alignment, read)
    if found := _turned(mine, near, read):
        return (found,)
    for table in ("directions", "degrees", "converses"):
        for hit in mine.hits(table):
            if own.sign[hit.last - 1] != -1 and (found := _check(table, hit, mine, near, read)):
                return (found,)
    return ()


def _check(table: str, hit: Hit, mine: Clauses, near: Sequence[Related], read: ReadArticle) -> Signal | None:
    if mine.is_name(hit.first) or hit.first in mine.quoted or _exempt(hit, mine):
        return None
    places = list(_places(table, hit, mine, near, read))
    against = max((p for p in places if not p.same), key=lambda p: p.fits, default=None)
    agree = max((p.fits for p in places if p.same), default=Fit())
    if against is None or not against.fits.good or agree.share >= _RIVAL * against.fits.share:
        return None
    shown = span(mine.text, mine.tokens[hit.first].start, mine.tokens[hit.last - 1].end)
    return _signal(shown, clause_evidence(against.other, against.hit.first, read))


def _signal(shown: Span, there: Evidence) -> Signal:
    message = f"“{shown.text}”: the article has it the other way round, “{there.quote}”"
    return Signal(
        "comparison", SignalKind.MISMATCH, 1.0, message, FlagCode.COMPARISON_REVERSED, (shown,), (there,)
    )


def _places(
    table: str, hit: Hit, mine: Clauses, near: Sequence[Related], read: ReadArticle
) -> Iterator[_Place]:
    """Where the article has a word of the same line that says the same or the opposite of it."""
    around = context(mine, hit.first, hit.last, read)
    line, side = hit.label[:-1], hit.label[-1]
    for other in near:
        theirs = signs(other.clauses)
        for there in other.clauses.hits(table):
            if there.label[:-1] != line or _exempt(there, other.clauses):
                continue
            same = there.label[-1] == side
            denied = theirs.sign[there.last - 1] == -1
            if denied and not (same and table == "degrees" and _compares(there, other.clauses)):
                continue
            if from_the_other_time(hit, mine, other.clauses):
                continue
            if table == "degrees":
                swapped = _swapped(hit, mine, there, other.clauses)
                if swapped is None and _half_crossed(hit, mine, there, other.clauses):
                    continue
                if swapped is None and not _beside(hit, mine, there, other.clauses):
                    continue
                same = same != bool(swapped)
                if denied:
                    same = not same  # "no better than"
            elif table == "converses" and not _same_subject(hit, mine, there, other.clauses):
                if not (same and _crossed(hit, mine, there, other.clauses)):
                    continue
                same = False  # "B is ahead of A" for "A is ahead of B"
            if same or not other_numbers(hit.first, mine, there.first, other.clauses):
                yield _Place(fit(around, mine, other.clauses, there.first), same, other, there)


def _compares(hit: Hit, clauses: Clauses) -> bool:
    """Whether "than" stands right behind, and no figure: "no better than a placebo"."""
    last = hit.last
    than = any(last <= other.first <= last + 1 for other in clauses.hits("than_words"))
    return than and not any(clauses.is_number(i) for i in range(last, min(last + 4, len(clauses.tokens))))


def _exempt(hit: Hit, clauses: Clauses) -> bool:
    """Whether a word is part of a phrase that says no direction: "wound up"; "more than" does."""
    phrases = [p for p in clauses.hits("way_exempt") if p.first <= hit.first < p.last]
    if not phrases:
        return False
    than = {other.first for other in clauses.hits("than_words")}
    return any(
        (phrase.last - phrase.first == 1 or phrase.last - phrase.first > hit.last - hit.first)
        and than.isdisjoint(range(phrase.first, phrase.last))
        for phrase in phrases
    )


def _turned(mine: Clauses, near: Sequence[Related], read: ReadArticle) -> Signal | None:
    """The same comparison with its two sides exchanged: "the old cheered louder than the young"."""
    for than in mine.hits("than_words"):
        word = _compared(than, mine)
        own = None if word is None else _sides(Hit(word, word + 1, ""), mine)
        if word is None or own is None:
            continue
        for other in near:
            for there in other.clauses.hits("than_words"):
                place = _compared(there, other.clauses)
                sides = None if place is None else _sides(Hit(place, place + 1, ""), other.clauses)
                if place is None or sides is None:
                    continue
                senses = _sense(than, mine), _sense(there, other.clauses)
                alike = place in other.clauses.find_form(mine.tokens[word]) or senses in ((1, 1), (-1, -1))
                opposite = senses in ((1, -1), (-1, 1))
                if not alike and not opposite:
                    continue
                straight = _common(own[1], mine, sides[1], other.clauses)
                left = _common(own[0], mine, sides[1], other.clauses)
                crossed = bool(left and _common(own[1], mine, sides[0], other.clauses)) and not straight
                if opposite and straight and not left and _common(own[0], mine, sides[0], other.clauses):
                    crossed, straight = True, 0
                elif opposite:
                    continue
                if straight:
                    return None  # the article says so
                if crossed:
                    shown = span(mine.text, mine.tokens[word].start, mine.tokens[than.last - 1].end)
                    return _signal(shown, clause_evidence(other, place, read))
    return None


def _sense(than: Hit, clauses: Clauses) -> int:
    """1 for more, -1 for less, in the words before "than"; 0 where they say neither, or are denied."""
    found = [
        (1 if hit.label[-1] == "+" else -1)
        for hit in clauses.hits("figure_ways")
        if 0 <= than.first - hit.last <= _COMPARED and clauses.clause[hit.first] == clauses.clause[than.first]
    ]
    if clauses.hits("negation_words", "negation_verbs") or len(set(found)) != 1:
        return 0
    return found[0]


def _compared(than: Hit, clauses: Clauses) -> int | None:
    """The word right before "than"."""
    index = than.first - 1
    return index if index > 0 and clauses.content[index] and not clauses.is_number(index) else None


def _beside(hit: Hit, mine: Clauses, there: Hit, theirs: Clauses) -> bool:
    """Whether the two words have a content word beside them in common."""
    own = _neighbours(hit, mine)
    others = set(_neighbours(there, theirs))
    return any(set(mine.matched(theirs)[index]) & others for index in own)


def _neighbours(hit: Hit, clauses: Clauses) -> list[int]:
    clause = clauses.clause[hit.first]
    low, high = max(0, hit.first - _BESIDE), min(len(clauses.tokens), hit.last + _BESIDE)
    return [
        index
        for index in (*range(hit.first - 1, low - 1, -1), *range(hit.last, high))
        if clauses.content[index] and clauses.clause[index] == clause and not _measures(index, clauses)
    ]


def _swapped(hit: Hit, mine: Clauses, there: Hit, theirs: Clauses) -> bool | None:
    """Whether what is compared stands on the other side of "than"; None where either has no "than"."""
    own, other = _sides(hit, mine), _sides(there, theirs)
    if own is None or other is None:
        return None
    straight = _common(own[0], mine, other[0], theirs) + _common(own[1], mine, other[1], theirs)
    crossed = _common(own[0], mine, other[1], theirs) + _common(own[1], mine, other[0], theirs)
    both = _common(own[0], mine, other[1], theirs) and _common(own[1], mine, other[0], theirs)
    if both and not _common(own[1], mine, other[1], theirs):
        return True  # what the two sides share beyond is the predicate
    return None if straight == crossed else crossed > straight


def _half_crossed(hit: Hit, mine: Clauses, there: Hit, theirs: Clauses) -> bool:
    """Whether one side stands on the other one, as far as its words are the same: nothing follows."""
    own, other = _sides(hit, mine), _sides(there, theirs)
    if own is None or other is None or _common(own[1], mine, other[1], theirs):
        return False
    return bool(_common(own[1], mine, other[0], theirs) or _common(own[0], mine, other[1], theirs))


def _sides(hit: Hit, clauses: Clauses) -> tuple[list[int], list[int]] | None:
    """Content words before "than" and behind it, the nearest ones of its clause."""
    words = clauses.hits("than_words")
    if not words:
        return None
    number = clauses.clause[hit.first]
    than = next((t.first for t in words if 0 <= t.first - hit.last <= 6), None)
    if than is None or clauses.clause[than] - number > 1:
        return None
    left = [i for i in range(_opening(number, hit.first, clauses), than) if clauses.content[i]]
    right = [i for i in range(than, min(len(clauses.tokens), than + 6)) if clauses.content[i]]
    right = [i for i in right if clauses.clause[i] == clauses.clause[than]]
    if not left or not right or clauses.tokens[right[0]].text[0].isdigit():
        return None
    return left, right


def _opening(number: int, first: int, clauses: Clauses) -> int:
    """Where the subject of a comparison may begin: before commas round an insertion, not before "while"."""
    openers = {hit.first for hit in clauses.hits("clause_words")}
    start = clauses.at(first)[0]
    while start and first - start < _SUBJECT and start not in openers:
        before = clauses.text[clauses.tokens[start - 1].end : clauses.tokens[start].start]
        if before.strip() != ",":
            break
        start = clauses.at(start - 1)[0]
    return start if first - start < 2 * _SUBJECT else clauses.at(first)[0]


def _common(own: list[int], mine: Clauses, others: list[int], theirs: Clauses) -> int:
    places = set(others)
    return sum(bool(set(mine.matched(theirs)[index]) & places) for index in own)


def _same_subject(hit: Hit, mine: Clauses, there: Hit, theirs: Clauses) -> bool:
    """Whether one of the nearest content words before the statement's word stands before the article's."""
    before = [i for i in range(hit.first) if mine.content[i] and not _measures(i, mine)][-3:]
    places = {i for i in range(there.first) if theirs.content[i] and theirs.distance(i, there.first) <= 8}
    return any(set(mine.matched(theirs)[i]) & places for i in before)


def _measures(index: int, clauses: Clauses) -> bool:
    """A figure or its unit: "one point ahead"."""
    if clauses.is_number(index) or clauses.tokens[index].norm in clauses.lex.units:
        return True
    before = clauses.tokens[index - 1].norm if index else ""
    return bool(before) and (clauses.is_number(index - 1) or before in clauses.lex.words("ones"))


def _crossed(hit: Hit, mine: Clauses, there: Hit, theirs: Clauses) -> bool:
    """Whether the name before the statement's word is the first one behind the article's, and not before it."""
    subject = [i for i in range(hit.first) if mine.content[i] and mine.tokens[i].capital]
    behind = [i for i in theirs.at(there.first) if i >= there.last and theirs.content[i]][:3]
    if mine.lex.inflects or not subject or not behind:
        return False
    places = set(mine.matched(theirs)[subject[-1]])
    said = {mine.tokens[i].family for i in range(hit.last, len(mine.tokens)) if mine.content[i]}
    object_said = any(theirs.tokens[i].family in said for i in behind)
    return bool(places & set(behind)) and not any(i < there.first for i in places) and not object_said


def from_the_other_time(hit: Hit, mine: Clauses, theirs: Clauses) -> bool:
    """Whether the article has a word of the statement's subject only behind "than": "last year it was more"."""
    if mine.hits("than_words"):
        return False
    than = [other.first for other in theirs.hits("than_words")]
    found = mine.matched(theirs)
    rows = [found[i] for i in range(hit.first) if mine.content[i] and found[i]]
    return bool(than) and any(all(place > than[0] for place in places) for places in rows)
