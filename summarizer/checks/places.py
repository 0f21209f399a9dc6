"""What happened in one place told of another, and a point of the compass exchanged.

A place is a name behind a preposition of place, or one that the article has so. It is the wrong one where
the sentence that tells the same has another place instead: behind the same noun ("the road to Lowmoor",
"Depot Nord"), or behind any preposition of place with most of the statement's words around it. Then no
sentence that means the statement's own place may have nearly as many of them.

"Southern Italy" for "northern Italy", "in the west of the city" for "an eastern suburb": a point of the
compass that the sentences nowhere have, where they have another beside the same word or the same name.

Left alone: a place that holds the other one ("Denver, Colorado"); names the article never has (``names``);
what somebody did (``slots``). The place that the headline or the first sentence is about needs more words in
common, since much may be said to have been there.

Keys of ``names.toml``: ``place_prepositions``, ``name_of``, ``name_determiners``, ``compass`` (a line a
direction).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..flags import FlagCode
from ..report import Signal, SignalKind
from .align import Alignment
from .context import ReadArticle, ReadSentence, ReadStatement
from .counterparts import MOST_TOKENS
from .entities import How, Kind, Mention
from .forms import near_word, same_word
from .mentions import place_word
from .terms import Hit, terms
from .text import Lexicon, Token, span

_SHARE, _SAME_NOUN_SHARE = 0.6, 0.4  # of the statement's words around the place, weighed
_SURE = 0.75  # the same where the article is about the statement's place as a whole
_SHARED = 2  # how many of them at the least
_ELSEWHERE = 0.6  # of that share, what a sentence about the statement's own place may have
_UNKNOWN = 0.5  # a word the article never has may be a paraphrase
_BACK = 4  # tokens before a place that say what stands there
_MISSPELT = 90.0  # of 100
_NEAR, _CLOSE = 6, 3  # tokens between a point of the compass and the place, or the word, it is about


@dataclass(frozen=True, slots=True)
class _Site:
    """A name as a place: behind which preposition, and behind which noun, as its family."""

    mention: Mention
    preposition: str | None
    noun: str | None
    adjoins: bool = False  # right behind the preposition, or behind a word like "the village of"


def check(statement: ReadStatement, alignment: Alignment, read: ReadArticle) -> tuple[Signal, ...]:
    """At most one signal for a place, and one for a point of the compass."""
    found = _elsewhere(statement, read) or _turned(statement, alignment, read)
    return () if found is None else (found,)


# --- places


def _elsewhere(statement: ReadStatement, read: ReadArticle) -> Signal | None:
    mentions = read.entities.of_statement(statement)
    present = {i for m in mentions for i in m.ids}
    for site in _sites(statement.tokens, mentions, read):
        if site.mention.id is None:
            continue
        words = _around(site.mention, statement, read)
        total = sum(words.values())
        shares = _shares(words, total, read)
        best = max(shares, key=lambda n: (shares[n][0], -n), default=None)
        if best is None or shares[best][1] < _SHARED:
            continue
        own = [shares[n][0] for n in read.entities.sentences_with(site.mention.id) if n in shares]
        if max(own, default=0.0) > _ELSEWHERE * shares[best][0]:
            continue
        for number in sorted(shares, key=lambda n: (-shares[n][0], n)):
            if shares[number][0] < 0.9 * shares[best][0]:
                break
            sentence, share = read.sentences[number - 1], shares[number][0]
            if found := _instead(site, sentence, share, present, statement, read):
                return found
    return None


def _sites(tokens: Sequence[Token], mentions: Sequence[Mention], read: ReadArticle) -> Iterator[_Site]:
    for mention in mentions:
        if mention.how is not How.NAME or mention.offices:
            continue
        if any(read.entities.all[i].kind is Kind.PERSON for i in mention.ids):
            continue
        site = _site(tokens, mention, read.lex)
        if site.preposition is not None or site.noun is not None:
            yield site


def _place(mention: Mention, read: ReadArticle) -> bool:
    return "place" in mention.hints or any(read.entities.all[i].kind is Kind.PLACE for i in mention.ids)


def _site(tokens: Sequence[Token], mention: Mention, lex: Lexicon) -> _Site:
    noun = None
    joined = mention.first - 1
    little = lex.words("name_of") | lex.words("name_determiners")
    while joined >= 0 and tokens[joined].norm in little:
        joined -= 1
    if joined >= 0 and mention.first - joined <= _BACK and tokens[joined].content:
        noun = tokens[joined].family
    for index in range(mention.first - 1, max(-1, mention.first - 1 - _BACK), -1):
        norm = tokens[index].norm
        if norm in lex.words("place_prepositions"):
            before = tokens[index - 1] if index and noun is None else None
            if before is not None and before.content and not before.capital:
                noun = before.family
            passed = tokens[index + 1 : mention.first]
            adjoins = not passed or any(place_word(t, lex) for t in passed)
            return _Site(mention, norm, noun, adjoins)
        passes = norm in little or place_word(tokens[index], lex)
        if not passes and not (noun is not None and tokens[index].family == noun):
            break
    return _Site(mention, None, noun)


def _around(mention: Mention, statement: ReadStatement, read: ReadArticle) -> dict[str, float]:
    found = {}
    for index, token in enumerate(statement.tokens):
        if not mention.first <= index < mention.last and token.content:
            kin = token.family
            known = kin in read.with_family
            found[kin] = read.weight(token.stem) if known else _UNKNOWN * read.default_idf
    return found


def _shares(words: dict[str, float], total: float, read: ReadArticle) -> dict[int, tuple[float, int]]:
    """By sentence: the weighed share of the words that it has, and how many; the headline left out."""
    found: dict[int, tuple[float, int]] = {}
    for kin, weight in words.items():
        for sentence in read.with_family.get(kin, ()):
            if len(sentence.tokens) <= MOST_TOKENS and not sentence.is_headline:
                share, count = found.get(sentence.number, (0.0, 0))
                found[sentence.number] = share + weight / total, count + 1
    return found


def _instead(
    site: _Site,
    sentence: ReadSentence,
    share: float,
    present: set[int],
    statement: ReadStatement,
    read: ReadArticle,
) -> Signal | None:
    for there in _sites(sentence.tokens, read.entities.mentions_in(sentence.number), read):
        other = there.mention
        if other.id is None or other.id in present or site.mention.id is None:
            continue
        same_noun = site.noun is not None and site.noun == there.noun
        same_noun = same_noun or (_both_placed(site, there) and _akin(site.mention, other, read.lex))
        both = _both_placed(site, there)
        both = both and site.adjoins and there.adjoins
        least = _SHARE if _free(site.mention.id, read) else _SURE
        if not (same_noun or (both and share >= least)):
            continue
        if not any(one.preposition is not None or _place(one.mention, read) for one in (site, there)):
            continue
        if share < _SAME_NOUN_SHARE or _within(site.mention.id, other.id, read):
            continue
        if _alike(site.mention.words, other.words, read.lex):
            continue
        marked = span(statement.text, site.mention.start, site.mention.end)
        evidence = read.evidence(sentence, other.start, other.end)
        message = f"the article has this in “{evidence.quote}”, not in “{marked.text}”"
        return _signal(message, statement, site.mention.start, site.mention.end, read, sentence, other)
    return None


def _both_placed(site: _Site, there: _Site) -> bool:
    return site.preposition is not None and there.preposition is not None


def _akin(one: Mention, other: Mention, lex: Lexicon) -> bool:
    """One of two similar: "Upper Marlow" and "Lower Marlow"."""
    both = len(one.words) > 1 and len(other.words) > 1
    return both and any(same_word(a, b, lex) for a in one.words for b in other.words)


def _alike(one: Sequence[str], other: Sequence[str], lex: Lexicon) -> bool:
    """Whether two names may be one place, the one in short or misspelt: "Cardiff" and "HMP Cardiff"."""
    short, long = sorted((one, other), key=len)
    if len(short) == len(long) == 1:
        return same_word(short[0], long[0], lex) or near_word(short[0], long[0]) >= _MISSPELT
    return len(short) < len(long) and all(any(same_word(w, x, lex) for x in long) for w in short)


def _free(entity: int, read: ReadArticle) -> bool:
    """Whether the article is not about a place as a whole."""
    first = next((s.number for s in read.sentences if not s.is_headline), 1)
    return not any(n <= first for n in read.entities.sentences_with(entity))


def _within(outer: int, inner: int, read: ReadArticle) -> bool:
    """Whether the article puts one place in the other: "Denver, Colorado", "Denver in Colorado"."""
    for number in read.entities.sentences_with(inner):
        sentence = read.sentences[number - 1]
        mentions = read.entities.mentions_in(number)
        for one in (m for m in mentions if inner in m.ids):
            for two in (m for m in mentions if outer in m.ids):
                left, right = (one, two) if one.first < two.first else (two, one)
                between = sentence.tokens[left.last : right.first]
                if len(between) <= 2 and not any(t.content for t in between):
                    return not any(t.norm in read.lex.words("joining") for t in between)
    return False


# --- points of the compass


def _turned(statement: ReadStatement, alignment: Alignment, read: ReadArticle) -> Signal | None:
    table = terms(read.lex.code, "compass")
    for mine in table.find(statement.tokens):
        if _in_name(mine, read.entities.of_statement(statement)):
            continue
        sentences = [s for s in alignment.sentences[:3] if len(s.tokens) <= MOST_TOKENS]
        every = [(s, hit) for s in sentences for hit in table.find(s.tokens)]
        theirs = [(s, h) for s, h in every if not _in_name(h, read.entities.mentions_in(s.number))]
        if not theirs or any(hit.label == mine.label for _, hit in every):
            continue
        around = _beside(statement.tokens, mine.first, mine.last, read)
        for sentence, hit in theirs:
            if around & _beside(sentence.tokens, hit.first, hit.last, read):
                start, end = statement.tokens[mine.first].start, statement.tokens[mine.last - 1].end
                low, high = sentence.tokens[hit.first].start, sentence.tokens[hit.last - 1].end
                there = read.evidence(sentence, low, high)
                shown = span(statement.text, start, end)
                message = f"“{shown.text}”: the article has “{there.quote}”"
                return Signal(
                    "places", SignalKind.MISMATCH, 1.0, message, FlagCode.NAME_MISMATCH, (shown,), (there,)
                )
    return None


def _in_name(hit: Hit, mentions: Sequence[Mention]) -> bool:
    """ "Northern Ireland", "South Sudan": no point of the compass."""
    return any(m.first <= hit.first < m.last for m in mentions)


def _beside(tokens: Sequence[Token], first: int, last: int, read: ReadArticle) -> set[str]:
    """The families of the names near a point of the compass, and of the word that it goes with."""
    near = range(max(0, first - _NEAR), min(len(tokens), last + _NEAR))
    found = {tokens[i].family for i in near if not first <= i < last and _name(tokens[i], read)}
    close = range(max(0, first - _CLOSE), min(len(tokens), last + _CLOSE))
    content = [tokens[i] for i in close if not first <= i < last and tokens[i].content]
    return found | {token.family for token in content}


def _name(token: Token, read: ReadArticle) -> bool:
    return token.capital and token.stem in read.entities.known.names


def _signal(
    message: str,
    statement: ReadStatement,
    start: int,
    end: int,
    read: ReadArticle,
    sentence: ReadSentence,
    other: Mention,
) -> Signal:
    shown = span(statement.text, start, end)
    evidence = (read.evidence(sentence, other.start, other.end),)
    return Signal("places", SignalKind.MISMATCH, 1.0, message, FlagCode.NAME_MISMATCH, (shown,), evidence)
