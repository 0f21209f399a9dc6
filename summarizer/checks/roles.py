"""An office given to the wrong person, and who did what to whom exchanged.

Offices: the statement gives somebody of the article an office that the article gives to another one, and
never to this one. Leaders of something may be called by one another's words ("head" for "president") as
long as nobody else holds the office; an office that the article gives nobody is at most a doubt.

Exchange: two names with the same predicate between them, once one and once the other in front. A passive is
told by the agent's marker ("by", "von", "par"), in languages that inflect names by the verb's form, and
there a name that keeps its form has changed its place only, not its role. Left alone: verbs that mean both
alike ("met", "agreed"), reporting verbs (see ``attribution``), predicates in other words, pronouns.

Keys of ``names.toml``: ``agent_markers``, ``passive_auxiliaries``, ``passive_endings``, ``mutual_verbs``,
``deed_verbs`` (said of somebody), ``name_joiners``, ``name_determiners``, ``oblique_determiners``,
``object_markers`` (Spanish "a").
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..flags import FlagCode
from ..report import Evidence, Signal, SignalKind
from .align import Alignment
from .context import ReadArticle, ReadSentence, ReadStatement
from .entities import Entities, How, Kind, Mention
from .mentions import first_name_gender, organisation_word
from .offices import LEADERS, Office, concept_at, is_office
from .text import Lexicon, Token, span


def check(statement: ReadStatement, alignment: Alignment, read: ReadArticle) -> tuple[Signal, ...]:
    """At most one signal for each name with an office, and one for an exchange."""
    mentions = read.entities.of_statement(statement)
    signals: list[Signal] = []
    for mention in mentions:
        for office in mention.offices:
            signals += wrong_holder(mention, office, statement, read)
    signals += _exchanged(mentions, statement, alignment, read)
    return tuple(signals)


# Offices


def wrong_holder(
    mention: Mention, office: Office, statement: ReadStatement, read: ReadArticle
) -> Iterator[Signal]:
    """A signal where the article gives the office to another, and never to this one."""
    entities = read.entities
    if mention.id is None or any(_holds(i, office, entities) for i in mention.ids):
        return
    holders = [e for e in entities.all if e.id not in mention.ids and any(o.same(office) for o in e.offices)]
    told = [e for e in holders if any(o.same(office) and o.of & office.of for o in e.offices)]
    own = entities.all[mention.id].offices
    called = entities.all[mention.id].words
    if len(called) == 1 and read.lex.inflects and _called_by_first_name(mention, statement, read):
        return  # "szef Rozalii": the mine is called so, not a person
    if len(called) == 1:  # "Jill" may be "Dillard"
        holders = [e for e in holders if len(e.words) > 1]
    kind = entities.all[mention.id].kind
    if kind is not Kind.PERSON and not (kind is Kind.UNKNOWN and len(called) > 1):
        return
    if not holders or (not told and not own and len(holders) > 1):
        return
    if _said_otherwise(mention.id, office, read):
        return
    holder = (told or holders)[0]
    marked = span(statement.text, mention.start, mention.end)
    evidence = _office_evidence(holder.id, office, read)
    words = statement.text[statement.tokens[office.first].start : statement.tokens[office.last - 1].end]
    named = evidence[0].quote if evidence else holder.name
    message = f"“{words}” is not {marked.text}'s office: the article has “{named}”"
    yield Signal("roles", SignalKind.MISMATCH, 1.0, message, FlagCode.ROLE_SWAPPED, (marked,), evidence)


def _called_by_first_name(mention: Mention, statement: ReadStatement, read: ReadArticle) -> bool:
    return first_name_gender(statement.tokens[mention.first], read.lex) is not None


def _holds(entity: int, office: Office, entities: Entities) -> bool:
    """Whether the article gives somebody an office, or one that may be called so."""
    for held in entities.all[entity].offices:
        if held.same(office):
            return True
        if held.concept == office.concept and held.ranks == office.ranks and not office.of:
            return True
        if {held.concept, office.concept} <= LEADERS and held.ranks == office.ranks:
            exact = [e for e in entities.all if e.id != entity and any(o.same(office) for o in e.offices)]
            if held.of & office.of or not exact:
                return True
    return False


def _said_otherwise(entity: int, office: Office, read: ReadArticle) -> bool:
    """Whether a sentence about somebody has the office's word beside no other name: they may be linked."""
    for number in read.entities.sentences_with(entity):
        sentence = read.sentences[number - 1]
        mentions = read.entities.mentions_in(number)
        others = {
            i
            for m in mentions
            for o in m.offices
            if entity not in m.ids or (o.of and office.of and not o.of & office.of)  # "adjoint aux finances"
            for i in range(o.first, o.last)
        } | {m.first for m in mentions if m.how is not How.NAME and entity not in m.ids}
        for index in range(len(sentence.tokens)):
            found = concept_at(sentence.tokens, index, read.lex)
            if found and found[0] == office.concept and index not in others:
                return True
    return False


def _office_evidence(holder: int, office: Office, read: ReadArticle) -> tuple[Evidence, ...]:
    for number in read.entities.sentences_with(holder):
        sentence = read.sentences[number - 1]
        for mention in read.entities.mentions_in(number):
            for held in mention.offices:
                if holder in mention.ids and held.same(office):
                    start = min(mention.start, sentence.tokens[held.first].start)
                    end = max(mention.end, sentence.tokens[held.last - 1].end)
                    return (read.evidence(sentence, start, end),)
    return ()


# Who did what to whom


@dataclass(frozen=True, slots=True)
class _Deed:
    """``predicate`` between two mentions; ``marked``: the second one stands behind an agent's marker."""

    one: Mention
    predicate: Token
    other: Mention
    preposition: str | None
    passive: bool
    heads: tuple[str | None, str | None] = (None, None)  # "an agent of": whose the two are


def _exchanged(
    mentions: Sequence[Mention], statement: ReadStatement, alignment: Alignment, read: ReadArticle
) -> Iterator[Signal]:
    mine = list(_deeds(statement.text, statement.tokens, mentions, read.lex))
    if not mine:
        return
    ids = {m.id for m in mentions}
    numbers = dict.fromkeys(
        n for i in sorted(i for i in ids if i is not None) for n in read.entities.sentences_with(i)
    )
    swapped: list[tuple[_Deed, _Deed, ReadSentence]] = []
    for number in numbers:
        sentence = read.sentences[number - 1]
        for theirs in _deeds(sentence.text, sentence.tokens, read.entities.mentions_in(number), read.lex):
            for deed in mine:
                relation = _compare(deed, theirs, statement, sentence, read.lex)
                if relation is True:
                    return  # the article says so somewhere
                if relation is False:
                    swapped.append((deed, theirs, sentence))
    if swapped:
        deed, theirs, sentence = swapped[0]
        marked = span(statement.text, deed.one.start, deed.other.end)
        evidence = (read.evidence(sentence, theirs.one.start, theirs.other.end),)
        message = f"who did what is exchanged: the article has “{evidence[0].quote}”"
        yield Signal("roles", SignalKind.MISMATCH, 1.0, message, FlagCode.ROLE_SWAPPED, (marked,), evidence)


_BREAKS = ',;:()–—.!?…«»„“”"'
_FAR = 9  # words between the two


def _deeds(text: str, tokens: Sequence[Token], mentions: Sequence[Mention], lex: Lexicon) -> Iterator[_Deed]:
    for at, one in enumerate(mentions):
        if one.id is None or not _may_act(tokens, one, lex):
            continue
        for other in mentions[at + 1 :]:
            if other.id is None or other.id == one.id:
                continue
            between = tokens[one.last : other.first]
            gaps = text[one.end : other.start]
            if text[: one.start].rstrip().endswith(","):
                gaps = gaps.removeprefix(",")  # "the mayor, Ann Price, defended …"
            if not 1 <= len(between) <= _FAR or any(mark in gaps for mark in _BREAKS):
                break
            if any(t.norm in lex.words("mutual_verbs") or _reports(t, lex) for t in between):
                break
            if any(t.norm in lex.words("name_joiners") for t in between):
                break
            yield from _deed(tokens, one, other, between, lex)
            break


def _reports(token: Token, lex: Lexicon) -> bool:
    """A verb of saying; not one that somebody does to another ("accused")."""
    said = token.norm in lex.reporting and token.norm not in lex.stopwords
    return said and token.norm not in lex.words("deed_verbs")


def _may_act(tokens: Sequence[Token], one: Mention, lex: Lexicon) -> bool:
    """Whether a name may be the subject: not "Price's", not "of Marlow", not "den Verband"."""
    if tokens[one.last - 1].text.endswith(("'s", "’s", "s'", "s’")):
        return False
    first = one.first
    while first and _introduces(tokens[first - 1], lex):
        first -= 1  # "den Landrat Jens Krüger"
    before = tokens[first - 1].norm if first else None
    if before in lex.words("oblique_determiners"):
        return False
    if _head(tokens, one, lex) is not None:
        return True
    return not (before in lex.stopwords and before not in lex.words("name_determiners"))


def _governing(tokens: Sequence[Token], mention: Mention, lex: Lexicon) -> str | None:
    """The preposition on which a name depends: "lost to the leader of Harlow"."""
    index = mention.first - 1
    of = False
    while index >= 0 and mention.first - index <= 5:
        token = tokens[index]
        if token.norm in lex.words("name_of") and not of and tokens[index - 1].content:
            of, index = True, index - 2
        elif token.norm in lex.words("name_determiners") or _introduces(token, lex):
            index -= 1
        else:
            little = token.norm in lex.stopwords and token.norm not in lex.words("object_markers")
            return token.norm if little else None
    return None


def _introduces(token: Token, lex: Lexicon) -> bool:
    return is_office(token, lex) or organisation_word(token, lex)


def _head(tokens: Sequence[Token], mention: Mention, lex: Lexicon) -> str | None:
    """The stem of what a name only says whose it is: "an agent of Harlow"."""
    index = mention.first - 1
    while index > 0 and mention.first - index <= 2 and tokens[index].norm in lex.words("name_determiners"):
        if tokens[index].norm in lex.words("name_of"):
            break
        index -= 1
    if index < 1 or tokens[index].norm not in lex.words("name_of"):
        return None
    head = tokens[index - 1]
    return head.stem if head.content and not head.capital else None


def _deed(
    tokens: Sequence[Token], one: Mention, other: Mention, between: Sequence[Token], lex: Lexicon
) -> Iterator[_Deed]:
    content = [t for t in between if t.content and not t.capital]
    if not content:  # "wurde von Berger entlassen": the verb stands last
        content = [t for t in tokens[other.last : other.last + 3] if t.content and not t.capital]
    before = tokens[other.first - 1]
    marked = any(t.norm in lex.words("agent_markers") for t in between[-3:])
    auxiliary = any(
        t.norm in lex.words("passive_auxiliaries") for t in (*between, *tokens[other.last : other.last + 3])
    )
    passive = marked and (auxiliary or before.norm in lex.words("agent_markers"))
    preposition = None if marked else _governing(tokens, other, lex)
    heads = _head(tokens, one, lex), _head(tokens, other, lex)
    for predicate in content[:3]:
        formed = any(predicate.norm.endswith(e) for e in lex.words("passive_endings"))
        yield _Deed(
            one, predicate, other, preposition, passive or (lex.inflects and formed and not marked), heads
        )


def _compare(
    mine: _Deed, theirs: _Deed, statement: ReadStatement, sentence: ReadSentence, lex: Lexicon
) -> bool | None:
    """True: the same roles; False: exchanged; None: not the same deed."""
    if mine.predicate.stem != theirs.predicate.stem:
        return None
    pair = (mine.one.id, mine.other.id)
    if pair not in ((theirs.one.id, theirs.other.id), (theirs.other.id, theirs.one.id)):
        return None
    heads = dict(zip(pair, mine.heads, strict=True))
    if heads != dict(zip((theirs.one.id, theirs.other.id), theirs.heads, strict=True)):
        place = mine.heads == theirs.heads and mine.preposition == theirs.preposition
        exchanged = place and pair != (theirs.one.id, theirs.other.id) and mine.passive == theirs.passive
        return False if exchanged and not lex.inflects else None  # "A rejected an offer by B", and B by A
    turned = pair != (theirs.one.id, theirs.other.id)
    if lex.inflects and turned and mine.passive == theirs.passive:
        one = _form(mine.one, statement.tokens, lex) == _form(theirs.other, sentence.tokens, lex)
        other = _form(mine.other, statement.tokens, lex) == _form(theirs.one, sentence.tokens, lex)
        if one != other:
            return True  # only the order of words
        if one and _said_of_one(mine, theirs):
            return True  # both keep their form whatever they do: then the verb's form tells
    if mine.preposition != theirs.preposition and mine.passive == theirs.passive:
        return None
    return turned == (mine.passive != theirs.passive)


def _said_of_one(mine: _Deed, theirs: _Deed) -> bool:
    """Whether a verb keeps its form, as it does where only the order of words changes."""
    return mine.predicate.norm == theirs.predicate.norm


def _form(mention: Mention, tokens: Sequence[Token], lex: Lexicon) -> tuple[str, ...]:
    """The form of a name, with the word before it, which may be the only one that is inflected."""
    first = (
        mention.first - 1
        if mention.first and _introduces(tokens[mention.first - 1], lex)
        else mention.last - 1
    )
    return tuple(token.norm for token in tokens[first : mention.last])
