"""A cause that the article does not state: two of its facts, joined by "because".

A word of cause divides the statement into two facts. It is a mismatch when the article tells both, each
recognised by its own words, and has no word of cause in or right behind either of the sentences that do.
Left alone: facts that the article tells in one sentence with any looser link ("after", "as", "with"),
a fact that the article does not tell at all (that is for the coverage check), and causes that stand in a verb
the article uses too.

Keys of ``modality.toml``: ``cause_words`` (lines ``first:`` for words before which the effect stands, "closed
because of", and ``last:`` for "led to"), ``cause_hints``: looser links, which clear a statement.
"""

from collections.abc import Sequence

from ..flags import FlagCode
from ..report import Signal, SignalKind
from .align import Alignment
from .clauses import Clauses, Related, read_clauses, related, statement_clauses
from .context import ReadArticle, ReadStatement
from .terms import Hit
from .text import span

_TOLD = 0.5  # share of a fact's words, weighed, by which a sentence tells it


def check(statement: ReadStatement, alignment: Alignment, read: ReadArticle) -> tuple[Signal, ...]:
    """At most one signal, for the first word of cause."""
    mine = statement_clauses(statement, read)
    hits = mine.hits("cause_words")
    if not hits:
        return ()
    near = related(statement, alignment, read)
    found = (signal for hit in hits if (signal := _check(hit, mine, near, read)))
    return tuple(found)[:1]


def _check(hit: Hit, mine: Clauses, near: Sequence[Related], read: ReadArticle) -> Signal | None:
    sides = _sides(hit, mine)
    if sides is None:
        return None
    one, other = sides
    if any(_linked(r, one, other, mine, read) for r in near):
        return None
    first, second = _teller(one, mine, near, read), _teller(other, mine, near, read)
    if first is None or second is None:
        return None
    if first is second and _hinted(first):
        return None
    shown = span(mine.text, mine.tokens[hit.first].start, mine.tokens[hit.last - 1].end)
    there = tuple(dict.fromkeys(read.evidence(r.sentence) for r in (first, second)))
    message = f"“{shown.text}”: the article tells both and does not say that the one caused the other"
    return Signal("cause", SignalKind.MISMATCH, 1.0, message, FlagCode.CAUSE_NOT_STATED, (shown,), there)


def _sides(hit: Hit, mine: Clauses) -> tuple[list[int], list[int]] | None:
    """The content words of the two facts: before the word and behind it, or parted by the next comma."""
    low, high = _own_sentence(hit, mine)
    before = [i for i in range(low, hit.first) if mine.content[i]]
    behind = [i for i in range(hit.last, high) if mine.content[i]]
    if not before:
        number = mine.clause[hit.first]
        before, behind = (
            [i for i in behind if mine.clause[i] != number],
            [i for i in behind if mine.clause[i] == number],
        )
    if len(before) == 0 or len(behind) == 0:
        return None
    return before, behind


def _own_sentence(hit: Hit, mine: Clauses) -> tuple[int, int]:
    """The tokens of the sentence with the word, in a statement of several."""
    ends = [
        index
        for index in range(1, len(mine.tokens))
        if any(mark in mine.text[mine.tokens[index - 1].end : mine.tokens[index].start] for mark in ".!?")
    ]
    low = max((end for end in ends if end <= hit.first), default=0)
    return low, min((end for end in ends if end >= hit.last), default=len(mine.tokens))


def _linked(near: Related, one: list[int], other: list[int], mine: Clauses, read: ReadArticle) -> bool:
    """Whether a sentence that tells a fact has a word of cause, or the next one opens with it."""
    if max(_share(near, one, mine, read), _share(near, other, mine, read)) < _TOLD:
        return False
    if near.clauses.hits("cause_words"):
        return True
    behind = near.sentence.number  # numbers start at 1: this is the index of the next sentence
    if behind >= len(read.sentences):
        return False
    following = read.sentences[behind]
    # Only a link that points back and opens it: "As a result, …"
    return any(
        hit.first == 0 or (hit.first <= 2 and hit.label == "last")
        for hit in read_clauses(following.text, read.lex.code).hits("cause_words")
    )


def _share(near: Related, fact: list[int], mine: Clauses, read: ReadArticle) -> float:
    weights = [read.weight(mine.tokens[i].stem) for i in fact]
    found = [w for i, w in zip(fact, weights, strict=True) if near.clauses.find(mine.tokens[i])]
    return sum(found) / sum(weights) if sum(weights) else 0.0


def _teller(fact: list[int], mine: Clauses, near: Sequence[Related], read: ReadArticle) -> Related | None:
    """The sentence that tells a fact best, if any does."""
    best = max(near, key=lambda r: _share(r, fact, mine, read), default=None)
    return best if best is not None and _share(best, fact, mine, read) >= _TOLD else None


def _hinted(near: Related) -> bool:
    """Whether the one sentence that tells both has a looser link between them."""
    return bool(near.clauses.hits("cause_hints"))
