"""What happened first: before and after exchanged.

A word of order ("before", "after", "then") divides a statement into an earlier and a later event. It is a
mismatch when a sentence of the article that has such a word tells the two the other way round, or when the
sentences that tell the two events date them the other way round. Both events must be recognised by words that
weigh enough, each on one side only. Left aside: order that only the sequence of sentences shows (news is not
told in order), and words of order inside figures ("after 17 minutes") and quotations.

Keys of ``dates.toml``: ``order_before`` ("X before Y": X is earlier), ``order_after`` ("X after Y": Y is
earlier), ``order_then`` ("X, then Y": X is earlier).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ..flags import FlagCode
from ..report import Evidence, Signal, SignalKind, Span
from .align import Alignment
from .context import ReadArticle, ReadSentence, ReadStatement
from .counterparts import MOST_TOKENS
from .moments import days_of
from .quotes import passages
from .text import Lexicon, Token, is_content, lexicon, span

_LEAST = 0.3  # share of a side's words, weighed, by which an event is recognised
_MARGIN = 1.5  # how much better the exchanged reading must fit
_STOP = re.compile(r"[.!?…]\s")
_NEAR = 0.4  # share of a side that a dated sentence must have


@dataclass(frozen=True, slots=True)
class Order:
    """Stems of the earlier and the later event, and where the word of order stands."""

    earlier: frozenset[str]
    later: frozenset[str]
    start: int
    end: int


def check(statement: ReadStatement, alignment: Alignment, read: ReadArticle) -> tuple[Signal, ...]:
    """At most one signal, for the first word of order that the article contradicts."""
    for mine in orders(statement.text, statement.tokens, read.lex):
        shown = span(statement.text, mine.start, mine.end)
        for sentence in (s for s in alignment.sentences if len(s.tokens) <= MOST_TOKENS):
            for theirs in orders(sentence.text, sentence.tokens, read.lex):
                if _exchanged(mine, theirs, read):
                    message = f"“{shown.text}”: the article tells it the other way round"
                    there = (read.evidence(sentence, theirs.start, theirs.end), read.evidence(sentence))
                    return (_signal(message, shown, there),)
        dated = _dated_otherwise(mine, alignment, read)
        if dated:
            first, second = (read.evidence(sentence) for sentence in dated)
            message = f"“{shown.text}”: by the article’s dates it was the other way round"
            return (_signal(message, shown, (first, second)),)
    return ()


def _signal(message: str, shown: Span, there: tuple[Evidence, ...]) -> Signal:
    return Signal("order", SignalKind.MISMATCH, 1.0, message, FlagCode.ORDER_MISMATCH, (shown,), there)


def orders(text: str, tokens: tuple[Token, ...], lex: Lexicon) -> Iterator[Order]:
    """The words of order in a text, each with the events on its two sides."""
    table = _table(lex.code)
    quoted = [(p.start, p.end) for p in passages(text)]
    index = 0
    while index < len(tokens):
        phrase = _phrase_at(tokens, index, table)
        if phrase is None or any(start <= tokens[index].start < end for start, end in quoted):
            index += 1
            continue
        end = index + len(phrase)
        earlier = table[phrase]
        before, behind = _sides(text, tokens, index, end)
        left, right = _content(before, lex), _content(behind, lex)
        if left and right and not (behind and behind[0].text[0].isdigit()):
            first, second = (left, right) if earlier == "left" else (right, left)
            yield Order(first - second, second - first, tokens[index].start, tokens[end - 1].end)
        index = end


@lru_cache(maxsize=32)
def _table(code: str) -> dict[tuple[str, ...], str]:
    """Phrase -> the side that is earlier."""
    lex = lexicon(code)
    table = dict.fromkeys(lex.phrases("order_after"), "right")
    table |= dict.fromkeys(lex.phrases("order_then"), "left")
    return table | dict.fromkeys(lex.phrases("order_before"), "left")


def _phrase_at(
    tokens: tuple[Token, ...], index: int, table: dict[tuple[str, ...], str]
) -> tuple[str, ...] | None:
    words = tuple(token.norm for token in tokens[index : index + 4])
    return next((words[:length] for length in range(4, 0, -1) if words[:length] in table), None)


def _sides(
    text: str, tokens: tuple[Token, ...], start: int, end: int
) -> tuple[tuple[Token, ...], tuple[Token, ...]]:
    """What stands before and behind the words; opening the text, what follows the next comma is "before"."""
    low, high = start, end
    while low > 0 and not _STOP.search(text, tokens[low - 1].end, tokens[low].start):
        low -= 1
    while high < len(tokens) and not _STOP.search(text, tokens[high - 1].end, tokens[high].start):
        high += 1
    if start - low > 1:
        return tokens[low:start], tokens[end:high]
    for index in range(end, min(high, len(tokens) - 1)):
        if "," in text[tokens[index].end : tokens[index + 1].start]:
            return tokens[index + 1 : high], tokens[end : index + 1]
    return (), ()


def _content(tokens: Sequence[Token], lex: Lexicon) -> frozenset[str]:
    return frozenset(t.stem for t in tokens if is_content(t, lex) and not t.text[0].isdigit())


def _exchanged(mine: Order, theirs: Order, read: ReadArticle) -> bool:
    straight = _shared(mine.earlier, theirs.earlier, read) + _shared(mine.later, theirs.later, read)
    earlier, later = _shared(mine.earlier, theirs.later, read), _shared(mine.later, theirs.earlier, read)
    enough = earlier >= _LEAST * _weight(mine.earlier, read) and later >= _LEAST * _weight(mine.later, read)
    return enough and earlier + later > _MARGIN * straight


def _shared(one: frozenset[str], other: frozenset[str], read: ReadArticle) -> float:
    return _weight(one & other, read)


def _weight(stems: frozenset[str], read: ReadArticle) -> float:
    return sum(read.weight(stem) for stem in sorted(stems))


def _dated_otherwise(
    mine: Order, alignment: Alignment, read: ReadArticle
) -> tuple[ReadSentence, ReadSentence] | None:
    """The sentences that tell the two events, when each has a day and the days contradict the order."""
    earlier = _best(mine.earlier, mine.later, alignment, read)
    later = _best(mine.later, mine.earlier, alignment, read)
    if earlier is None or later is None or earlier is later:
        return None
    first, second = _day(earlier, read), _day(later, read)
    if first is None or second is None or first <= second:
        return None
    return earlier, later


def _best(
    stems: frozenset[str], others: frozenset[str], alignment: Alignment, read: ReadArticle
) -> ReadSentence | None:
    total = _weight(stems, read)
    best: ReadSentence | None = None
    most = _NEAR * total
    for sentence in alignment.sentences:
        share = _shared(stems, sentence.content, read)
        if share >= most and share > _shared(others, sentence.content, read):
            best, most = sentence, share
    return best


def _day(sentence: ReadSentence, read: ReadArticle) -> int | None:
    """The one day that a sentence gives, as an ordinal; None for none or several."""
    published = read.article.published_date
    days = set()
    for where, moment in read.moments:
        if where is sentence and moment.unit in ("day", "month", "year"):
            options = days_of(moment, published)
            days.add(options[0][0].toordinal() if options else 0)
    return days.pop() if len(days) == 1 and 0 not in days else None
