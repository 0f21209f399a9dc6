"""A score or a vote with one side changed: "9-5" for "nine votes to four".

A pair of whole numbers that the statement writes as a score is looked for among the article's own: "7–4", "9 to
4", "31 votes against 26". It is a mismatch when no pair of the article is the same, in either order, and a sentence
that the statement rests on has one with one of the two numbers. Nothing is worked out: sums and differences make no
score. Left alone: pairs of which the article has neither side near, dates, ratios and ranges ("10-12 days").

Key of ``figures.toml``: ``score_words`` (what stands between the two sides).
"""

import itertools
import re
from collections.abc import Iterator

from ..flags import FlagCode
from ..report import Signal, SignalKind
from .align import Alignment
from .context import ReadArticle, ReadSentence, ReadStatement
from .text import Lexicon, span

_PAIR = re.compile(r"(?<![\d:.,–-])(\d{1,3})\s?[:–-]\s?(\d{1,3})(?![\d:.,–-]?\d)(?!\s?%)")
_ALIGNED = 3  # sentences of the statement that are looked at
_BETWEEN = 3  # words between the two sides
_Pair = tuple[int, int, int, int]  # the two numbers, and where they begin and end


def check(statement: ReadStatement, alignment: Alignment, read: ReadArticle) -> tuple[Signal, ...]:
    """At most one signal."""
    mine = list(_pairs(statement, read.lex))
    if not mine:
        return ()
    known = {frozenset(pair[:2]) for s in read.sentences for pair in _pairs(s, read.lex)}
    if not known:
        return ()
    written = any(_PAIR.search(s.text) for s in read.sentences)
    values = {f.value for s in read.sentences for f in s.figures}
    for left, right, start, end in mine:
        if {left, right} in known:
            continue
        if any(f.value not in values for f in statement.figures if start <= f.start < end) and written:
            continue  # ``numbers`` tells that the article does not have it
        for sentence in alignment.sentences[:_ALIGNED]:
            for there in _pairs(sentence, read.lex):
                if len({left, right} & set(there[:2])) == 1:
                    shown = span(statement.text, start, end)
                    quoted = read.evidence(sentence, there[2], there[3])
                    message = f"“{shown.text}”: the article has “{quoted.quote}”"
                    code = FlagCode.NUMBER_MISMATCH
                    return (Signal("scores", SignalKind.MISMATCH, 1.0, message, code, (shown,), (quoted,)),)
    return ()


def _pairs(text: ReadSentence | ReadStatement, lex: Lexicon) -> Iterator[_Pair]:
    followed = {f.start: f for f in text.figures}
    for found in _PAIR.finditer(text.text):
        behind = [t for t in text.tokens if t.start >= found.end()][:1]
        if behind and behind[0].norm in lex.units and text.text[found.end() : behind[0].start] == " ":
            continue  # "10-12 days"
        yield int(found[1]), int(found[2]), found.start(), found.end()
    whole = [f for f in followed.values() if not f.date and not f.ordinal and f.value < 1000]
    words = lex.words("score_words")
    for one, other in itertools.pairwise(whole):
        between = [t.norm for t in text.tokens if one.end <= t.start < other.start]
        plain = one.unit is None and other.unit is None and not one.places and not other.places
        if plain and 1 <= len(between) <= _BETWEEN and words & set(between):
            yield int(one.value), int(other.value), one.start, other.end
