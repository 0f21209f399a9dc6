"""What happened first: before and after exchanged.

A word of order ("before", "after", "then", "earlier than") divides a statement into an earlier and a later
event. It is a mismatch when the article tells the two the other way round: with a word of order of its own
("… after that", "a week later"), by the days or times of day that it gives for the two. Both events must be
recognised by words that weigh enough, each on one side only, and no place of the article may tell them as
the statement does.

Left aside: order that only the sequence of sentences shows (news is not told in order), words of order
inside figures ("after 17 minutes") and quotations, and words that only look like some ("since then", "nach
Angaben").

Keys of ``dates.toml``: ``order_before`` ("X before Y": X is earlier), ``order_after`` ("X after Y": Y is
earlier), ``order_then`` ("X, then Y": X is earlier), ``order_ignored`` (phrases that say nothing about
order), ``period_units`` (behind a word of ``order_after`` a span of time: "after a week" is "then"),
``order_in`` (words that mean "later" before such a span).
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
from .dates import Dated, article_dates
from .grounds import share, statement_moments
from .moments import days_of
from .quotes import passages
from .text import Lexicon, Token, lexicon, span

_LEAST = 0.3  # share of a side's words, weighed, by which an event is recognised
_MARGIN = 1.5  # how much better the exchanged reading must fit
_STOP = re.compile(r"[.!?…]\s")
_NEAR = 0.3  # how well a date must stand among a side's words
_SIDE = 16  # words of a side that are looked at
_BETWEEN = 2  # tokens between a word of order and a unit of time


@dataclass(frozen=True, slots=True)
class Order:
    """Families of the earlier and the later event, and where the word of order stands."""

    earlier: frozenset[str]
    later: frozenset[str]
    start: int
    end: int


def check(statement: ReadStatement, alignment: Alignment, read: ReadArticle) -> tuple[Signal, ...]:
    """At most one signal, for the first word of order that the article contradicts."""
    for mine in orders(statement.text, statement.tokens, read.lex):
        shown = span(statement.text, mine.start, mine.end)
        found = _told_otherwise(mine, alignment, read)
        if found is not None:
            sentence, theirs = found
            message = f"“{shown.text}”: the article tells it the other way round"
            there = (read.evidence(sentence, theirs.start, theirs.end), read.evidence(sentence))
            return (_signal(message, shown, there),)
        dated = None if _dated(statement, read) else _dated_otherwise(mine, read)
        if dated:
            first, second = (read.evidence(d.sentence, d.moment.start, d.moment.end) for d in dated)
            message = f"“{shown.text}”: by the article’s dates it was the other way round"
            return (_signal(message, shown, (first, second)),)
    return ()


def _dated(statement: ReadStatement, read: ReadArticle) -> bool:
    """Whether a statement gives a date of its own, which says more than the order."""
    return bool(statement_moments(statement, read.lex))


def _signal(message: str, shown: Span, there: tuple[Evidence, ...]) -> Signal:
    return Signal("order", SignalKind.MISMATCH, 1.0, message, FlagCode.ORDER_MISMATCH, (shown,), there)


def orders(text: str, tokens: tuple[Token, ...], lex: Lexicon) -> Iterator[Order]:
    """The words of order in a text, each with the events on its two sides."""
    table, first_words = _table(lex.code)
    if not any(token.norm in first_words for token in tokens):
        return
    quoted = [(p.start, p.end) for p in passages(text)]
    index = 0
    while index < len(tokens):
        phrase = _phrase_at(tokens, index, table) if tokens[index].norm in first_words else None
        if phrase is None or any(start <= tokens[index].start < end for start, end in quoted):
            index += 1
            continue
        end = index + len(phrase)
        found = _order(text, tokens, index, end, table[phrase], lex)
        if found is not None:
            yield found
        index = end


def _order(
    text: str, tokens: tuple[Token, ...], index: int, end: int, sort: str, lex: Lexicon
) -> Order | None:
    if sort == "ignored" or text[tokens[end - 1].end : tokens[end - 1].end + 1] == "-":
        return None
    lapse_end = _lapse_behind(tokens, end, lex) if sort in ("after", "in") else end
    if lapse_end > end and _phrase_at(tokens, lapse_end, _table(lex.code)[0]) is not None:
        return None  # "через 40 хвилин після": the other word tells
    if lapse_end > end:  # "after a week": what stands before it came first
        sort, end = "then", lapse_end
    elif sort == "in":
        return None
    before, behind = _sides(text, tokens, index, end, lex, trailing=sort == "then")
    left, right = _content(before, lex), _content(behind, lex)
    if not left or not right or (behind and (behind[0].text[0].isdigit() or behind[0].norm in lex.numbers)):
        return None
    first, second = (right, left) if sort == "after" else (left, right)
    return Order(first - second, second - first, tokens[index].start, tokens[end - 1].end)


def _lapse_behind(tokens: tuple[Token, ...], index: int, lex: Lexicon) -> int:
    """The index behind a span of time that begins here: "a week", "zwei Tagen"; the index itself for none."""
    units = lex.values("period_units")
    for at in range(index, min(index + _BETWEEN + 1, len(tokens))):
        if tokens[at].norm in units or (
            tokens[at].norm in lex.units and lex.units[tokens[at].norm] in _CLOCKS
        ):
            return at + 1
        if not (
            tokens[at].text[0].isdigit()
            or tokens[at].norm in lex.numbers
            or tokens[at].norm in lex.words("ones")
        ):
            break
    return index


_CLOCKS = ("hour", "minute", "day", "week", "month", "year")


@lru_cache(maxsize=32)
def _table(code: str) -> tuple[dict[tuple[str, ...], str], frozenset[str]]:
    """Phrase -> what it says, and the words that can open one."""
    lex = lexicon(code)
    table = dict.fromkeys(lex.phrases("order_in"), "in")
    table |= dict.fromkeys(lex.phrases("order_after"), "after")
    table |= dict.fromkeys(lex.phrases("order_then"), "then")
    table |= dict.fromkeys(lex.phrases("order_before"), "before")
    table |= dict.fromkeys(lex.phrases("order_ignored"), "ignored")
    return table, frozenset(phrase[0] for phrase in table)


def _phrase_at(
    tokens: tuple[Token, ...], index: int, table: dict[tuple[str, ...], str]
) -> tuple[str, ...] | None:
    words = tuple(token.norm for token in tokens[index : index + 4])
    return next((words[:length] for length in range(len(words), 0, -1) if words[:length] in table), None)


def _sides(
    text: str, tokens: tuple[Token, ...], start: int, end: int, lex: Lexicon, *, trailing: bool
) -> tuple[tuple[Token, ...], tuple[Token, ...]]:
    """What stands before and behind the words.

    Opening the text, what follows the next comma is "before". Closing a clause ("A first, and B after that")
    it belongs to the piece behind the last comma or joining word.
    """
    low, high = start, end
    while low > 0 and start - low < _SIDE and not _STOP.search(text, tokens[low - 1].end, tokens[low].start):
        low -= 1
    while (
        high < len(tokens)
        and high - end < _SIDE
        and not (high > end and _STOP.search(text, tokens[high - 1].end, tokens[high].start))
        and not (high == end and _STOP.search(text, tokens[end - 1].end, tokens[end].start))
    ):
        high += 1
    if trailing and (high == end or "," in text[tokens[end - 1].end : tokens[end].start]):
        for index in range(start - 1, low, -1):
            if "," in text[tokens[index - 1].end : tokens[index].start] or _joins(tokens[index]):
                return tokens[low:index], tokens[index:start]
        return (), ()
    if start - low > 1 and not _lapse(tokens[low:start], lex):
        return tokens[low:start], tokens[end:high]
    for index in range(end, min(high, len(tokens) - 1)):
        if "," in text[tokens[index].end : tokens[index + 1].start]:
            return tokens[index + 1 : high], tokens[end : index + 1]
    return (), ()


def _lapse(tokens: Sequence[Token], lex: Lexicon) -> bool:
    """Whether words say nothing but how long: "half an hour"."""
    units = lex.values("period_units")
    small = lex.stopwords | lex.words("ones") | lex.numbers.keys()
    return len(tokens) <= _LAPSE and all(
        t.norm in units or t.norm in lex.units or t.norm in small or t.text[0].isdigit() or t.norm in _HALVES
        for t in tokens
    )


_HALVES = frozenset(["half", "halbe", "media", "demi", "pół", "пів"])
_LAPSE = 4
_JOINING = frozenset(["and", "und", "і", "й", "та", "а", "y", "e", "et", "i", "oraz"])


def _joins(token: Token) -> bool:
    return token.norm in _JOINING


def _content(tokens: Sequence[Token], lex: Lexicon) -> frozenset[str]:
    return frozenset(t.family for t in tokens if t.content and not t.text[0].isdigit())


def _told_otherwise(
    mine: Order, alignment: Alignment, read: ReadArticle
) -> tuple[ReadSentence, Order] | None:
    """A sentence of the article with a word of order that has the two events exchanged."""
    best: tuple[float, ReadSentence, Order] | None = None
    straight = 0.0
    for sentence in (s for s in alignment.sentences if len(s.tokens) <= MOST_TOKENS):
        for theirs in orders(sentence.text, sentence.tokens, read.lex):
            shared = _shared(mine.earlier, theirs.earlier, read) + _shared(mine.later, theirs.later, read)
            straight = max(straight, shared)
            crossed = _both(mine.earlier, theirs.later, mine.later, theirs.earlier, read)
            if crossed and (best is None or crossed > best[0]):
                best = (crossed, sentence, theirs)
        if (goes_on := _after_the_last(sentence, read)) is not None:
            straight = max(straight, _both(mine.earlier, goes_on.earlier, mine.later, goes_on.later, read))
            crossed = _both(mine.earlier, goes_on.later, mine.later, goes_on.earlier, read)
            if crossed and (best is None or crossed > best[0]):
                best = (crossed, sentence, goes_on)
    return best[1:] if best is not None and best[0] > _MARGIN * straight else None


def _after_the_last(sentence: ReadSentence, read: ReadArticle) -> Order | None:
    """A sentence that goes on from the one before: "… checked them afterwards", "Half an hour later …"."""
    if sentence.number < 2:
        return None
    table = _table(read.lex.code)[0]
    before = read.sentences[sentence.number - 2]
    for index in range(len(sentence.tokens)):
        phrase = _phrase_at(sentence.tokens, index, table)
        if phrase is None or table[phrase] != "then":
            continue
        earlier = _content(before.tokens, read.lex)
        later = _content((*sentence.tokens[:index], *sentence.tokens[index + len(phrase) :]), read.lex)
        last = sentence.tokens[index + len(phrase) - 1]
        if _own_order(sentence, index, read.lex):
            return None
        return Order(earlier - later, later - earlier, sentence.tokens[index].start, last.end)
    return None


def _own_order(sentence: ReadSentence, index: int, lex: Lexicon) -> bool:
    """Whether a word of "then" joins two events of its own sentence."""
    start = sentence.tokens[index].start
    return any(order.start == start for order in orders(sentence.text, sentence.tokens, lex))


def _both(
    one: frozenset[str],
    other: frozenset[str],
    third: frozenset[str],
    fourth: frozenset[str],
    read: ReadArticle,
) -> float:
    """What two pairs of events share together, if each pair shares enough."""
    left, right = _shared(one, other, read), _shared(third, fourth, read)
    enough = left >= _LEAST * _weight(one, read) and right >= _LEAST * _weight(third, read)
    return left + right if enough else 0.0


def _shared(one: frozenset[str], other: frozenset[str], read: ReadArticle) -> float:
    return _weight(one & other, read)


def _weight(families: frozenset[str], read: ReadArticle) -> float:
    return sum(read.family_weight(kin) for kin in sorted(families))


def _dated_otherwise(mine: Order, read: ReadArticle) -> tuple[Dated, Dated] | None:
    """The dates of the two events, when each has one and they contradict the order."""
    earlier, later = _date_of(mine.earlier, mine.later, read), _date_of(mine.later, mine.earlier, read)
    if earlier is None or later is None or earlier is later:
        return None
    return (earlier, later) if _is_after(earlier, later, read) else None


def _date_of(families: frozenset[str], others: frozenset[str], read: ReadArticle) -> Dated | None:
    """The date that stands nearest to the words of one event, and not as near to those of the other."""
    mine = {kin: read.family_weight(kin) for kin in sorted(families) if kin in read.with_family}
    theirs = {kin: read.family_weight(kin) for kin in sorted(others) if kin in read.with_family}
    best: Dated | None = None
    most = _NEAR
    for dated in article_dates(read):
        if dated.moment.unit not in ("day", "month", "year", "clock") or dated.moment.count is not None:
            continue
        how = share(mine, dated.near)
        if how > most and how > _MARGIN * share(theirs, dated.near):
            best, most = dated, how
    return best


def _is_after(one: Dated, other: Dated, read: ReadArticle) -> bool:
    """Whether one date is surely after another; times of day are compared within a paragraph only."""
    clocks = "clock" in (one.moment.unit, other.moment.unit)
    if clocks:
        near = abs(one.sentence.number - other.sentence.number) <= 1
        both = one.moment.unit == other.moment.unit == "clock"
        return both and near and (one.moment.minutes or 0) > (other.moment.minutes or 0)
    published = read.article.published_date
    mine, theirs = days_of(one.moment, published), days_of(other.moment, published)
    if not mine or not theirs:
        return False
    return mine[0][0] > theirs[0][1]
