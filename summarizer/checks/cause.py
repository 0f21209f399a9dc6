"""A cause that the article does not state: two of its facts, joined by "because".

A word of cause divides the statement into effect and cause. It is a mismatch when the article tells the effect
and tells of the cause, each recognised by its own words, and nowhere joins the two: neither in a sentence that
tells the effect and has any link ("because", "after", "as") with words of the cause, nor by a word of cause in a
sentence that tells the cause and has words of the effect, nor across two neighbours the second of which opens
with a link ("As a result", "The reason"). Left alone: a fact that the article does not tell at all (that is for
the coverage check), and links that stand in a verb the article uses too.

Keys of ``modality.toml``: ``cause_words`` (lines ``first:`` for words before which the effect stands, "closed
because of", and ``last:`` for "led to"), ``cause_hints``: looser links, which clear a statement;
``reason_words``: "reason", "blame".
"""

from collections.abc import Sequence

from ..flags import FlagCode
from ..report import Signal, SignalKind
from .align import Alignment
from .clauses import Clauses, Related, clauses_of, related, statement_clauses
from .context import ReadArticle, ReadStatement
from .terms import Hit
from .text import span

_TOLD = 0.5  # share of a fact's words, weighed, by which a sentence tells it
_TIMES = frozenset({"year", "month", "week", "day", "hour", "minute"})
_OPENING = 2  # words within which a sentence opens
_MENTIONED = 0.3  # and by which it at least speaks of it


def check(statement: ReadStatement, alignment: Alignment, read: ReadArticle) -> tuple[Signal, ...]:
    """At most one signal, for the first word of cause."""
    mine = statement_clauses(statement, read)
    hits = _causes(mine)
    if not hits:
        return ()
    near = related(statement, alignment, read)
    found = (signal for hit in hits if (signal := _check(hit, mine, near, read)))
    return tuple(found)[:1]


def _causes(clauses: Clauses) -> tuple[Hit, ...]:
    """Words of cause, but before a time: Ukrainian "через місяць" is a month later."""
    units = clauses.lex.units
    return tuple(
        hit
        for hit in clauses.hits("cause_words")
        if not any(
            units.get(token.norm) in _TIMES or token.norm[0].isdigit()
            for token in clauses.tokens[hit.last : hit.last + 2]
        )
    )


def _check(hit: Hit, mine: Clauses, near: Sequence[Related], read: ReadArticle) -> Signal | None:
    sides = _sides(hit, mine)
    if sides is None:
        return None
    effect, cause = sides
    told = {r.sentence.number: (_share(r, effect, mine, read), _share(r, cause, mine, read)) for r in near}
    effects = [r for r in near if told[r.sentence.number][0] >= _TOLD]
    causes = [r for r in near if told[r.sentence.number][1] >= _TOLD]
    if not effects or not causes or any(_linked(r, told, cause, mine, read) for r in near):
        return None
    first = max(effects, key=lambda r: told[r.sentence.number][0])
    second = max(causes, key=lambda r: told[r.sentence.number][1])
    shown = span(mine.text, mine.tokens[hit.first].start, mine.tokens[hit.last - 1].end)
    there = tuple(dict.fromkeys(read.evidence(r.sentence) for r in (first, second)))
    message = f"“{shown.text}”: the article tells both and does not say that the one caused the other"
    return Signal("cause", SignalKind.MISMATCH, 1.0, message, FlagCode.CAUSE_NOT_STATED, (shown,), there)


def _sides(hit: Hit, mine: Clauses) -> tuple[list[int], list[int]] | None:
    """The content words of effect and cause: before the word and behind it, or parted by the next comma."""
    low, high = _own_sentence(hit, mine)
    before = [i for i in range(low, hit.first) if mine.content[i]]
    behind = [i for i in range(hit.last, high) if mine.content[i]]
    if not before:  # "Because of the storm, the bridge is closed": the cause stands first
        number = mine.clause[hit.first]
        cause = [i for i in behind if mine.clause[i] == number]
        if len(cause) == len(behind) and mine.lex.capitalised_nouns:
            cause = _noun_phrase(hit, mine, high)
        before, behind = [i for i in behind if i not in cause], cause
    elif hit.label == "last":
        before, behind = behind, before
    return (before, behind) if before and behind else None


def _noun_phrase(hit: Hit, mine: Clauses, high: int) -> list[int]:
    """German without a comma: "Wegen der Sperrung staute sich …": the cause ends before the verb."""
    found: list[int] = []
    for index in range(hit.last, high):
        if mine.content[index]:
            following = mine.tokens[index + 1] if index + 1 < len(mine.tokens) else None
            if found and not mine.tokens[index].capital and not (following and following.capital):
                break
            found.append(index)
        elif found and mine.tokens[index].norm in mine.lex.words("auxiliaries"):
            break
    return found


def _own_sentence(hit: Hit, mine: Clauses) -> tuple[int, int]:
    """The tokens of the sentence with the word, in a statement of several."""
    ends = [
        index
        for index in range(1, len(mine.tokens))
        if any(mark in mine.text[mine.tokens[index - 1].end : mine.tokens[index].start] for mark in ".!?")
    ]
    low = max((end for end in ends if end <= hit.first), default=0)
    return low, min((end for end in ends if end >= hit.last), default=len(mine.tokens))


def _linked(
    near: Related,
    told: dict[int, tuple[float, float]],
    reasons: Sequence[int],
    mine: Clauses,
    read: ReadArticle,
) -> bool:
    """Whether the article joins effect and cause in this sentence, or from it to its neighbour."""
    effect, cause = told[near.sentence.number]
    stated = bool(_causes(near.clauses))
    if effect >= _TOLD and cause >= _MENTIONED and (stated or _hinted(near, reasons, mine)):
        return True
    if cause >= _TOLD and effect >= _MENTIONED and stated:
        return True
    if max(effect, cause) < _TOLD:
        return False
    for neighbour in (near.sentence.number - 1, near.sentence.number + 1):
        theirs = told.get(neighbour, (0.0, 0.0))
        later = max(neighbour, near.sentence.number)
        if (theirs[1] if effect >= _TOLD else theirs[0]) >= _MENTIONED and _points_back(later, read):
            return True
    return _points_back(near.sentence.number + 1, read)


def _hinted(near: Related, reasons: Sequence[int], mine: Clauses) -> bool:
    """Whether a looser link stands in a clause that tells of the cause: not "rose from 61, although …"."""
    theirs = near.clauses
    inside = {theirs.clause[place] for index in reasons for place in mine.matched(theirs)[index]}
    return any(theirs.clause[hit.first] in inside for hit in theirs.hits("cause_hints"))


def _points_back(number: int, read: ReadArticle) -> bool:
    """Whether a sentence opens with a link to the one before: "As a result, …", "The reason: …"."""
    if not 1 <= number <= len(read.sentences):
        return False
    clauses = clauses_of(read.sentences[number - 1], read.lex)
    return any(
        hit.first == 0 or (hit.first <= _OPENING and hit.label == "last") for hit in _causes(clauses)
    ) or any(hit.first <= _OPENING for hit in clauses.hits("reason_words"))


def _share(near: Related, fact: list[int], mine: Clauses, read: ReadArticle) -> float:
    weights = [read.weight(mine.tokens[i].stem) for i in fact]
    found = [w for i, w in zip(fact, weights, strict=True) if mine.matched(near.clauses)[i]]
    return sum(found) / sum(weights) if sum(weights) else 0.0
