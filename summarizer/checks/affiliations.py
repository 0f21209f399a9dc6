"""Somebody said to be of an organisation that the article gives to another one.

"Colin Marsh of Coldwater" where the article has Lydia Marsh of Coldwater, and Colin Marsh somewhere else: the
statement puts a person beside an organisation, by "of" or in the office ("president of the union"), which the
article never names in one sentence with them, nor in the next, and which it gives to another person, while
it tells something else of this one. Two people who share a name are ``name_mismatch``, others
``role_swapped``.

Left alone: people of whom the article tells nothing, since what the statement adds may be known; and
organisations for which the article names nobody. Keys of ``names.toml``: ``name_of``,
``place_prepositions``.
"""

from collections.abc import Iterator, Sequence

from ..flags import FlagCode
from ..report import Signal, SignalKind
from .align import Alignment
from .context import ReadArticle, ReadStatement
from .entities import How, Kind, Mention
from .forms import same_word
from .text import Token, span

_NEXT = 1  # sentences from a person to the organisation they may be linked with


def check(statement: ReadStatement, alignment: Alignment, read: ReadArticle) -> tuple[Signal, ...]:
    """At most one signal."""
    mentions = read.entities.of_statement(statement)
    for person, organisation in _links(statement.tokens, mentions, read):
        if found := _mismatch(person, organisation, statement, read):
            return (found,)
    return ()


def _links(
    tokens: Sequence[Token], mentions: Sequence[Mention], read: ReadArticle
) -> Iterator[tuple[Mention, Mention]]:
    """People and the organisations that stand in their office or right behind them."""
    for person in mentions:
        if person.how is not How.NAME or person.id is None or not _is(person, Kind.PERSON, read):
            continue
        for other in mentions:
            if other.id is None or other.how is How.PRONOUN or other.id == person.id:
                continue
            if _is(other, Kind.PERSON, read) or _is(other, Kind.PLACE, read) or "place" in other.hints:
                continue
            in_office = any(o.first <= other.first and other.last <= o.last for o in person.offices)
            between = tokens[person.last : other.first]
            joining = read.lex.words("name_of") | read.lex.words("name_determiners")
            joining |= read.lex.words("place_prepositions")
            beside = 1 <= len(between) <= 2 and all(t.norm in joining for t in between)
            if in_office or beside:
                yield person, other


def _is(mention: Mention, kind: Kind, read: ReadArticle) -> bool:
    return any(read.entities.all[i].kind is kind for i in mention.ids)


def _mismatch(
    person: Mention, organisation: Mention, statement: ReadStatement, read: ReadArticle
) -> Signal | None:
    entities = read.entities
    if person.id is None or organisation.id is None:
        return None
    with_person = set(entities.sentences_with(person.id))
    near = {n + step for n in with_person for step in range(-_NEXT, _NEXT + 1)}
    if near & set(entities.sentences_with(organisation.id)) or not with_person:
        return None
    if not entities.all[person.id].offices and not _linked(person.id, read):
        return None
    for number in entities.sentences_with(organisation.id):
        sentence = read.sentences[number - 1]
        for one, other in _links(sentence.tokens, entities.mentions_in(number), read):
            if other.id == organisation.id and one.id is not None and one.id != person.id:
                low, high = min(one.start, other.start), max(one.end, other.end)
                there = read.evidence(sentence, low, high)
                shown = span(statement.text, person.start, person.end)
                message = f"the article has “{there.quote}”; of “{shown.text}” it says something else"
                words = entities.all[person.id].words, entities.all[one.id].words
                alike = any(same_word(a, b, read.lex) for a in words[0] for b in words[1])
                code = FlagCode.NAME_MISMATCH if alike else FlagCode.ROLE_SWAPPED
                return Signal("affiliations", SignalKind.MISMATCH, 1.0, message, code, (shown,), (there,))
    return None


def _linked(person: int, read: ReadArticle) -> bool:
    """Whether the article puts a person beside an organisation at all."""
    for number in read.entities.sentences_with(person):
        links = _links(read.sentences[number - 1].tokens, read.entities.mentions_in(number), read)
        if any(one.id == person for one, _ in links):
            return True
    return False
