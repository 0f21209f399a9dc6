"""The wrong half of a sentence: what one did, or where it was, given to the other one beside it.

"The Art Fund paid for the transport, while the Hart Trust covered the insurance": a statement that the Hart
Trust paid for the transport has its words in one part of the sentence and its name in another. The part with
the words must have one other name of the kind in the same place (before or behind the shared words, behind a
preposition or not), which the statement lacks, and no part or sentence with the statement's name may have
nearly as many of its words. Only the statement's first name, and names behind a preposition of place.

Left alone: parts without a name of their own, whose doer stands in the part before; pronouns; whole
sentences, which are for ``slots`` and ``places``.
"""

from collections.abc import Iterator, Sequence

from ..flags import FlagCode
from ..report import Signal, SignalKind
from .align import Alignment
from .context import ReadArticle, ReadSentence, ReadStatement
from .counterparts import MOST_TOKENS, Clause, of_sentence
from .entities import How, Kind, Mention
from .mentions import organisation_word
from .offices import is_office
from .text import Token, span

_SHARE, _SHARED = 0.6, 2  # of the statement's other words, weighed, and how many, that the part must have
_OWN = 0.5  # of that share, what the parts and sentences with the statement's own name may have
_UNKNOWN = 0.5  # a word the article never has may be a paraphrase
_BEFORE = 3  # tokens before a name in which its preposition stands


def check(statement: ReadStatement, alignment: Alignment, read: ReadArticle) -> tuple[Signal, ...]:
    """At most one signal."""
    mentions = [m for m in read.entities.of_statement(statement) if m.how is How.NAME]
    present = {i for m in mentions for i in m.ids}
    for mention in mentions:
        if mention.id is None:
            continue
        if mention is not mentions[0] and not _placed(statement.tokens, mention, read):
            continue  # "more for the one than for the other"
        words = _words(mention, statement, read)
        total = sum(words.values())
        for number in read.entities.sentences_with(mention.id) if total else ():
            sentence = read.sentences[number - 1]
            if sentence.is_headline or len(sentence.tokens) > MOST_TOKENS:
                continue
            if there := _other_half(mention, words, total, present, statement, sentence, read):
                return (_signal(mention, there, statement, sentence, read),)
    return ()


def _words(mention: Mention, statement: ReadStatement, read: ReadArticle) -> dict[str, float]:
    found = {}
    first = mention.first
    while first and _belongs(statement.tokens[first - 1], read):
        first -= 1  # "the company Torsen", "Lord Hart"
    for index, token in enumerate(statement.tokens):
        if token.content and not first <= index < mention.last:
            known = token.family in read.with_family
            found[token.family] = read.weight(token.stem) if known else _UNKNOWN * read.default_idf
    return found


def _belongs(token: Token, read: ReadArticle) -> bool:
    return is_office(token, read.lex) or organisation_word(token, read.lex)


def _share(words: dict[str, float], total: float, families: frozenset[str]) -> float:
    return sum([weight for kin, weight in words.items() if kin in families]) / total


def _other_half(
    mention: Mention,
    words: dict[str, float],
    total: float,
    present: set[int],
    statement: ReadStatement,
    sentence: ReadSentence,
    read: ReadArticle,
) -> Mention | None:
    parts = of_sentence(sentence, read)
    parts = parts[:-1] if len(parts) > 1 else parts  # the last is the whole sentence
    here = read.entities.mentions_in(sentence.number)
    if len(parts) < 2:
        return None
    shares = [_share(words, total, part.families) for part in parts]
    best = max(range(len(parts)), key=lambda at: (shares[at], -at))
    part = parts[best]
    if shares[best] < _SHARE or sum(kin in part.families for kin in words) < _SHARED:
        return None
    own = [any(mention.id in m.ids for m in _inside(part, here)) for part in parts]
    if own[best]:
        return None
    if any(share > _OWN * shares[best] for share, mine in zip(shares, own, strict=True) if mine):
        return None
    others = [n for n in read.entities.sentences_with(mention.id or 0) if n != sentence.number]
    told = (_share(words, total, read.sentences[n - 1].families) for n in others)
    if any(share > _OWN * shares[best] for share in told):
        return None
    rivals = [m for m in _inside(part, here) if m.how is How.NAME and m.id is not None]
    rivals = [
        m for m in rivals if m.id not in present and _fits(mention, m, statement, sentence, words, read)
    ]
    return rivals[0] if len({m.id for m in rivals}) == 1 else None


def _inside(part: Clause, mentions: Sequence[Mention]) -> Iterator[Mention]:
    yield from (m for m in mentions if part.start <= m.start < part.end)


def _fits(
    mention: Mention,
    there: Mention,
    statement: ReadStatement,
    sentence: ReadSentence,
    words: dict[str, float],
    read: ReadArticle,
) -> bool:
    """Whether two names could stand for each other: of one kind, and in the same place."""
    kinds = {read.entities.all[i].kind for m in (mention, there) for i in m.ids} - {Kind.UNKNOWN}
    if len(kinds) > 1 or sentence.text[there.end - 2 : there.end] in ("'s", "’s"):
        return False
    placed = _placed(statement.tokens, mention, read), _placed(sentence.tokens, there, read)
    if placed[0] != placed[1]:
        return False
    mine = _nearest(statement.tokens, mention, {kin for kin in words if kin in sentence.families}, read)
    if mine is None:
        return False
    same = [i for i, t in enumerate(sentence.tokens) if t.family == statement.tokens[mine].family]
    at = min(same, key=lambda i: abs(i - there.first))
    return (at < there.first) == (mine < mention.first)


def _placed(tokens: Sequence[Token], mention: Mention, read: ReadArticle) -> bool:
    before = tokens[max(0, mention.first - _BEFORE) : mention.first]
    return any(t.norm in read.lex.words("place_prepositions") for t in before)


def _nearest(tokens: Sequence[Token], mention: Mention, shared: set[str], read: ReadArticle) -> int | None:
    places = [
        i
        for i, t in enumerate(tokens)
        if t.content and t.family in shared and not mention.first <= i < mention.last
    ]
    return min(places, key=lambda i: abs(i - mention.first)) if places else None


def _signal(
    mention: Mention, there: Mention, statement: ReadStatement, sentence: ReadSentence, read: ReadArticle
) -> Signal:
    shown = span(statement.text, mention.start, mention.end)
    evidence = (read.evidence(sentence, there.start, there.end), read.evidence(sentence))
    message = f"the article says this of “{evidence[0].quote}”, not of “{shown.text}”"
    placed = _placed(statement.tokens, mention, read)
    code = FlagCode.NAME_MISMATCH if placed else FlagCode.ROLE_SWAPPED
    return Signal("parallels", SignalKind.MISMATCH, 1.0, message, code, (shown,), evidence)
