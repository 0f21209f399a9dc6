"""What a statement adds to a name in passing, and the article tells of somebody else: "Tomas Hegre, the missing
second engineer,".

Behind a person's name, between commas, or before it as an owner ("Coastlink's Ruth Aspel"), a statement says who
the person is. It is a mismatch when the article has the words of this, and in no sentence that means this person,
while it has them beside another name, or tells something else of who this person is. Left alone: people whom the
article never names, words that the article mostly lacks (a paraphrase), times, figures and
quotations. Offices are compared by their
meaning in ``roles``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..flags import FlagCode
from ..report import Signal, SignalKind
from .align import Alignment
from .context import ReadArticle, ReadSentence, ReadStatement
from .entities import How, Kind, Mention
from .roles import wrong_holder
from .text import Token, span

_LONGEST = 10  # words of an insertion
_KNOWN = 0.7  # share of its words, weighed, that the article must have
_TOGETHER = 0.6  # and that one of its sentences must have
_BESIDE = 6  # words between them and the other person's name
_RELATED = 0.45  # share of them by which a sentence with the person is about it


@dataclass(frozen=True, slots=True)
class _Said:
    """Who is said to be what: the words, and where they stand in the statement."""

    mention: Mention
    tokens: tuple[Token, ...]
    start: int
    end: int


def check(statement: ReadStatement, alignment: Alignment, read: ReadArticle) -> tuple[Signal, ...]:
    """At most one signal."""
    mentions = read.entities.of_statement(statement)
    for mention in mentions:
        if mention.how is not How.NAME or mention.id is None or not _person(mention, read):
            continue
        if any(True for office in mention.offices for _ in wrong_holder(mention, office, statement, read)):
            continue  # flagged already
        for said in _said_of(mention, mentions, statement, read):
            if found := _mismatch(said, statement, read):
                return (found,)
    return ()


def _person(mention: Mention, read: ReadArticle) -> bool:
    kinds = {read.entities.all[i].kind for i in mention.ids}
    return Kind.PERSON in kinds or (
        kinds == {Kind.UNKNOWN} and len(mention.words) > 1 and bool(mention.offices)
    )


def _said_of(
    mention: Mention, mentions: Sequence[Mention], statement: ReadStatement, read: ReadArticle
) -> Iterator[_Said]:
    text, tokens = statement.text, statement.tokens
    last = mention.last
    people = {i for m in mentions if m is not mention and _person(m, read) for i in range(m.first, m.last)}
    if last < len(tokens) and text[tokens[last - 1].end : tokens[last].start].strip() in (",", "("):
        end = last + 1
        while end < len(tokens) and end - last <= _LONGEST:
            if text[tokens[end - 1].end : tokens[end].start].strip(" -'’") and not _inside_number(
                text, tokens, end
            ):
                break
            end += 1
        closed = end < len(tokens) and text[tokens[end - 1].end : tokens[end].start].strip()[:1] in (",", ")")
        found = tuple(tokens[last:end])
        if closed and end - last <= _LONGEST and not people & set(range(last, end)):
            yield _made(mention, found, read)
    if mention.first and tokens[mention.first - 1].text.endswith(("'s", "’s")):
        yield _made(mention, (tokens[mention.first - 1],), read)
    if last + 1 < len(tokens) and tokens[last].norm in read.lex.words("name_of"):
        owner = next((m for m in mentions if last < m.first <= last + 2), None)  # "Holger Maas von der CDU"
        if owner is not None and not _person(owner, read) and owner.how is How.NAME:
            yield _made(mention, tuple(tokens[owner.first : owner.last]), read)


def _inside_number(text: str, tokens: Sequence[Token], index: int) -> bool:
    return tokens[index].text[0].isdigit() and tokens[index - 1].text[0].isdigit()


def _made(mention: Mention, tokens: tuple[Token, ...], read: ReadArticle) -> _Said:
    told = tuple(
        token
        for token in tokens
        if token.content and token.text[0].isalpha() and token.norm not in read.lex.reporting
    )
    return _Said(mention, told, tokens[0].start, tokens[-1].end)


def _mismatch(said: _Said, statement: ReadStatement, read: ReadArticle) -> Signal | None:
    words = {t.family: read.family_weight(t.family) for t in said.tokens if t.family in read.with_family}
    unknown = sum(read.default_idf for t in said.tokens if t.family not in read.with_family)
    total = sum(words.values())
    if not total or total < _KNOWN * (total + unknown):
        return None
    ids = set(said.mention.ids)
    own = sorted({n for i in ids for n in read.entities.sentences_with(i)})
    if not own or any(_share(words, total, read.sentences[n - 1]) >= _RELATED for n in own):
        return None
    known = any(read.entities.all[i].offices for i in ids)
    best: tuple[float, ReadSentence] | None = None
    for number in sorted({s.number for kin in words for s in read.with_family[kin]}):
        sentence = read.sentences[number - 1]
        share = _share(words, total, sentence)
        if share < _TOGETHER or sentence.is_headline:
            continue
        other = _beside(words, ids, sentence, read)
        if other is not None:
            return _signal(said, statement, sentence, read)
        if known and (best is None or share > best[0]):
            best = share, sentence
    return _signal(said, statement, best[1], read) if best is not None and len(words) > 1 else None


def _share(words: dict[str, float], total: float, sentence: ReadSentence) -> float:
    return sum(weight for kin, weight in words.items() if kin in sentence.families) / total


def _beside(
    words: dict[str, float], ids: set[int], sentence: ReadSentence, read: ReadArticle
) -> Mention | None:
    """Another person whose name stands near the words."""
    places = [i for i, token in enumerate(sentence.tokens) if token.family in words]
    for mention in read.entities.mentions_in(sentence.number):
        if set(mention.ids) & ids or not _person(mention, read) or mention.how is How.PRONOUN:
            continue
        if any(-_BESIDE <= i - mention.last < _BESIDE or 0 <= mention.first - i < _BESIDE for i in places):
            return mention
    return None


def _signal(said: _Said, statement: ReadStatement, sentence: ReadSentence, read: ReadArticle) -> Signal:
    shown = span(statement.text, min(said.start, said.mention.start), max(said.end, said.mention.end))
    there = read.evidence(sentence)
    message = f"“{shown.text}”: the article tells this of somebody else, “{there.quote}”"
    code = FlagCode.ROLE_SWAPPED
    return Signal("appositions", SignalKind.MISMATCH, 1.0, message, code, (shown,), (there,))
