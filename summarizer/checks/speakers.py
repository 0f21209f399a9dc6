"""A statement or quotation given to the wrong speaker.

The statement says who says so, or comes as a claim with its speaker. Its words are looked for in what each
voice of the article says (``voices``), where pronouns, offices and quotations that go on are already given
to somebody. It is a mismatch when another one's words have clearly more of them than anything that the
article lets the statement's speaker say or do, and than what the newspaper says in its own name.

A claim's own speaker must be somebody whom the article names, and not the place of its dateline.

Left alone: speakers without a name, on either side; a person beside an organisation to which they belong
(the managing director speaks for the company); names that the article never has (``names``); words that are
paraphrased out of sight, and those that two people say alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..flags import FlagCode
from ..report import Evidence, Signal, SignalKind, Span
from .align import Alignment
from .context import ReadArticle, ReadSentence, ReadStatement, read_statement
from .entities import How, Kind, Mention
from .offices import is_office
from .sayings import DENIED, Saying, extent, find_sayings, quoted_tokens
from .text import Token, fold, span
from .voices import Voice, dateline_end, telling, voices

_TOLD, _TOLD_MORE = 0.4, 0.3  # share of the words that a voice must have; the second with three of them
_SHARED, _SHARED_MORE = 2, 3
_CLEARLY = 0.6  # of that share, the most that the statement's own speaker may have
_QUOTED = 3  # words of a quotation that decide alone
_UNKNOWN = 0.4  # a word the article never has may be a paraphrase
_NEAR = 5  # tokens between a person and the organisation they belong to


@dataclass(frozen=True, slots=True)
class _Told:
    """Who says what, according to the statement."""

    who: frozenset[int]
    words: dict[str, float]  # family -> weight
    shown: Span
    quote: str = ""  # of a passage in quotation marks, its bare words


def check(statement: ReadStatement, alignment: Alignment, read: ReadArticle) -> tuple[Signal, ...]:
    """At most one signal."""
    mentions = _by_surname(read.entities.of_statement(statement), read)
    sayings = _sayings(statement, mentions, read)
    denied = {saying.who for saying in sayings if saying.tone == DENIED}  # "rejects the claim that …"
    told = [_told(statement, saying, mentions, read) for saying in sayings if saying.who not in denied]
    if statement.speaker:
        if unknown := _unknown_speaker(statement, read):
            return (unknown,)
        told.append(_told_by_claim(statement, read))
    for one in told:
        if one is not None and (found := _mismatch(one, read)):
            return (found,)
    return ()


def _by_surname(mentions: Sequence[Mention], read: ReadArticle) -> tuple[Mention, ...]:
    """With those whom the article calls by the surname alone: "Barack Obama" for "Obama"."""
    made = []
    for mention in mentions:
        if mention.how is How.NAME and not mention.ids and len(mention.words) > 1:
            last = [e for e in read.entities.named(mention.words[-1:]) if len(e.words) == 1]
            mention = replace(mention, ids=tuple(e.id for e in last))
        made.append(mention)
    return tuple(made)


def _sayings(statement: ReadStatement, mentions: Sequence[Mention], read: ReadArticle) -> list[Saying]:
    found = find_sayings(statement.text, statement.tokens, mentions, read.lex)
    if found:
        return list(found)
    inside = quoted_tokens(statement.text, statement.tokens)
    people = [m for m in mentions if m.first not in inside and m.id is not None and _person(m.id, read)]
    if len(inside) < _QUOTED or len(people) != 1:
        return []
    only = people[0]  # "…", shrugged Ann Price
    first = extent(only)[0]
    if first and statement.tokens[first - 1].norm in read.lex.words("name_of"):
        return []  # "the family of Ann Price"
    return [Saying(only.first, only.last, frozenset(only.ids), only, "said", tuple(sorted(inside)))]


def _told(
    statement: ReadStatement, saying: Saying, mentions: Sequence[Mention], read: ReadArticle
) -> _Told | None:
    if saying.mention is None or saying.mention.how is How.PRONOUN:
        return None
    inside = quoted_tokens(statement.text, statement.tokens)
    quoted = [i for i in saying.scope if i in inside]
    scope = quoted if len(quoted) >= _QUOTED else saying.scope
    own = {i for m in mentions if set(m.ids) & saying.who for i in range(m.first, m.last)}
    words = _weights([statement.tokens[i] for i in scope if i not in own], read)
    shown = span(statement.text, saying.mention.start, saying.mention.end)
    told = [statement.tokens[i] for i in quoted] if len(quoted) >= _QUOTED else []
    quote = statement.text[told[0].start : told[-1].end] if told else ""
    return _Told(saying.who, words, shown, quote) if words else None


def _told_by_claim(statement: ReadStatement, read: ReadArticle) -> _Told | None:
    """The speaker that comes with a claim; the statement's text is all their words."""
    named = read_statement(statement.speaker or "", read.lex)
    mentions = read.entities.of_statement(named) if named.tokens else ()
    who = frozenset(i for m in mentions for i in m.ids)
    theirs = [m for m in read.entities.of_statement(statement) if set(m.ids) & who]
    own = {i for m in theirs for i in range(m.first, m.last)}
    words = _weights([t for i, t in enumerate(statement.tokens) if i not in own], read)
    if not who or not words:
        return None
    return _Told(who, words, span(statement.text, 0, len(statement.text)))


def _unknown_speaker(statement: ReadStatement, read: ReadArticle) -> Signal | None:
    """The speaker that comes with a claim and whom the article never names, or who is only its dateline."""
    named = read_statement(statement.speaker or "", read.lex)
    words = [
        t for t in named.tokens if t.capital and t.text[0].isalpha() and t.content and not t.text.isdigit()
    ]
    words = [t for t in words if not is_office(t, read.lex) and t.norm not in read.lex.stopwords]
    name = [t for t in words if len(t.norm) > 2]
    if not name or (any(is_office(t, read.lex) for t in named.tokens[:1]) and len(name) < 2):
        return None
    shown = span(statement.text, 0, len(statement.text))
    code = FlagCode.SPEAKER_MISMATCH
    known = read.families | frozenset(fold(w) for w in read.name_words)
    if read.lex.capitalised_nouns and len(name) < 2:
        return None  # "Polizei": a noun, and not a name
    if not any(t.family in known or fold(t.norm) in known for t in name) and len(name) > 1:
        message = f"“{statement.speaker}” is given as the speaker, and the article never names them"
        return Signal("speakers", SignalKind.MISMATCH, 1.0, message, code, (shown,), ())
    mentions = read.entities.of_statement(named)
    ids = {i for m in mentions for i in m.ids}
    places = ids and all(read.entities.all[i].kind is Kind.PLACE for i in ids)
    if not (places or (ids and _dateline(ids, read))):
        return None
    if not any(v.who & ids for heard in voices(read).values() for v in heard):
        message = f"“{statement.speaker}” is given as the speaker; in the article it is a place"
        return Signal("speakers", SignalKind.MISMATCH, 1.0, message, code, (shown,), ())
    return None


def _dateline(ids: set[int], read: ReadArticle) -> bool:
    """Whether names stand nowhere but in the dateline."""
    for number in sorted({n for i in ids for n in read.entities.sentences_with(i)}):
        end = dateline_end(read.sentences[number - 1])
        if any(m.start >= end for m in read.entities.mentions_in(number) if set(m.ids) & ids):
            return False
    return True


def _weights(tokens: Sequence[Token], read: ReadArticle) -> dict[str, float]:
    found = {}
    for token in tokens:
        if token.content:
            kin = token.family
            known = kin in read.with_family
            found[kin] = read.weight(token.stem) if known else _UNKNOWN * read.default_idf
    return found


def _mismatch(told: _Told, read: ReadArticle) -> Signal | None:
    total = sum(told.words.values())
    best: tuple[float, int, Voice] | None = None
    own = neutral = 0.0
    heard = voices(read)
    having = telling(told.words, read)
    for number in having.sentences:
        sentence = read.sentences[number - 1]
        if sentence.is_headline and len(read.sentences) > 1:
            continue
        if told.who & {i for m in read.entities.mentions_in(number) for i in m.ids}:
            everything = frozenset(sentence.families)
            own = max(own, _own_share(told, everything, sentence, heard.get(number, ()), read) / total)
        neutral = max(neutral, having.narrated.get(number, 0) / total)
        for voice in heard.get(number, ()):
            share = having.heard.get(voice, 0) / total
            if not voice.who:
                neutral = max(neutral, share)
            elif _could_be(told.who, voice.who, read):
                own = max(own, share)
            elif best is None or share > best[0]:
                best = share, sum(kin in voice.families for kin in told.words), voice
    if best is None:
        return None
    share, count, voice = best
    enough = (share >= _TOLD and count >= _SHARED) or (share >= _TOLD_MORE and count >= _SHARED_MORE)
    enough = enough or (share > _CLEARLY and bool(told.quote) and told.quote in voice.sentence.text)
    if not enough or own > _CLEARLY * share or neutral > _CLEARLY * share + 0.1:
        return None
    there = _speaker_evidence(voice, read)
    message = f"“{told.shown.text}” did not say this: in the article it is “{there.quote}”"
    evidence = (there, read.evidence(voice.sentence))
    return Signal(
        "speakers", SignalKind.MISMATCH, 1.0, message, FlagCode.SPEAKER_MISMATCH, (told.shown,), evidence
    )


def _own_share(
    told: _Told, everything: frozenset[str], sentence: ReadSentence, heard: Sequence[Voice], read: ReadArticle
) -> float:
    """Of a sentence that names the statement's speaker, what no other one's words are."""
    others = [v for v in heard if v.who and not _could_be(told.who, v.who, read)]
    said = frozenset(kin for v in others for kin in v.families)
    return _sum(told.words, everything - said)


def _sum(words: dict[str, float], families: frozenset[str]) -> float:
    return sum(weight for kin, weight in words.items() if kin in families)


def _could_be(mine: frozenset[int], theirs: frozenset[int], read: ReadArticle) -> bool:
    """Whether two speakers could be one: the same, or a person and those they speak for, or unclear."""
    if mine & theirs:
        return True
    entities = read.entities.all
    kinds = [{entities[i].kind for i in who} - {Kind.PLACE} for who in (mine, theirs)]
    if not all(kind & {Kind.PERSON, Kind.ORGANISATION} for kind in kinds):
        return True
    if any(Kind.PERSON in kind for kind in kinds) and any(Kind.PERSON not in kind for kind in kinds):
        person, other = (mine, theirs) if Kind.PERSON in kinds[0] else (theirs, mine)
        known = frozenset(i for p in person for i in belongs_to(p, read))
        return not known or bool(known & other)
    return False


def belongs_to(person: int, read: ReadArticle) -> frozenset[int]:
    """The organisations that the article names beside a person, or in their office."""
    memory: dict[int, frozenset[int]] = read.memo.setdefault("belongs_to", {})
    if person not in memory:
        memory[person] = _belongs_to(person, read)
    return memory[person]


def _belongs_to(person: int, read: ReadArticle) -> frozenset[int]:
    entities = read.entities
    found = set()
    of = {stem for office in entities.all[person].offices for stem in office.of}
    for other in entities.all:
        stems = {read.lex.stem(word) for word in other.words}
        if other.id != person and other.kind is not Kind.PERSON and stems & of:
            found.add(other.id)
    for number in entities.sentences_with(person):
        mentions = entities.mentions_in(number)
        for one in (m for m in mentions if person in m.ids):
            for other_mention in mentions:
                gap = max(other_mention.first - one.last, one.first - other_mention.last)
                if gap <= _NEAR:
                    found |= {i for i in other_mention.ids if entities.all[i].kind is not Kind.PERSON}
    return frozenset(found)


def _person(number: int, read: ReadArticle) -> bool:
    return read.entities.all[number].kind is Kind.PERSON


def _speaker_evidence(voice: Voice, read: ReadArticle) -> Evidence:
    """The speaker's name beside the words, or where it stands first in the article."""
    here = read.entities.mentions_in(voice.sentence.number)
    beside = [m for m in here if set(m.ids) & voice.who and m.how in (How.NAME, How.OFFICE)]
    if voice.saying is not None and beside:
        people = [m for m in beside if any(_person(i, read) for i in m.ids)]
        best = min(people or beside, key=lambda m: abs(m.first - _place_of(voice)))
        return read.evidence(voice.sentence, best.start, best.end)
    for number in range(voice.sentence.number, 0, -1):
        for mention in read.entities.mentions_in(number):
            if set(mention.ids) & voice.who and mention.how is How.NAME:
                return read.evidence(read.sentences[number - 1], mention.start, mention.end)
    return read.evidence(voice.sentence)


def _place_of(voice: Voice) -> int:
    return 0 if voice.saying is None else voice.saying.first
