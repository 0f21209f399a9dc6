"""The people, organisations and places of an article, and who is meant where.

``gathering.find_entities`` reads them once for ``ReadArticle.entities``. An entity joins its full and short
forms ("Ann Price", "Price"), an acronym with its expansion, the offices that stand beside it, and the places
where a pronoun, an office ("the minister") or a word for an organisation ("the company") most likely means
it: the last fitting one before. What a name alone does not tell (two people called Price) stays open:
``named`` returns both.

Ask ``mentions_in`` who is meant in a sentence and where, ``at`` for one place, ``focus`` for the person that
a sentence without a subject ("Dodała, że …") goes on about, ``of_statement`` for the same of a statement,
``same`` whether two could be one. Key of ``names.toml``: ``generic_organisations``; the others stand in
``gathering``, ``mentions`` and ``offices``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from typing import Protocol

from .mentions import Named, Vocabulary, find
from .naming import fits, initials, organisation_stems
from .offices import LEADERS, Office, adjective_of_office, concept_at, may_open_office, plural_office
from .proper import title_case
from .text import Lexicon, Token, lexicon


class Kind(StrEnum):
    """What an entity seems to be."""

    PERSON = "person"
    ORGANISATION = "organisation"
    PLACE = "place"
    UNKNOWN = "unknown"


class How(StrEnum):
    """By what a mention names its entity."""

    NAME = "name"
    OFFICE = "office"  # "the mayor"
    WORD = "word"  # "the company"
    PRONOUN = "pronoun"


@dataclass(frozen=True, slots=True)
class Entity:
    """``id`` counts from 0 in the article's order; ``words`` are its longest name, case folded."""

    id: int
    name: str  # as the article has it where it is longest
    words: tuple[str, ...]
    kind: Kind
    gender: str | None  # "f", "m" or None
    offices: tuple[Office, ...]
    times: int = 1  # how often it is named


@dataclass(frozen=True, slots=True)
class Mention:
    """Tokens ``first`` to ``last`` (not included) of a text mean one of ``ids``: none unknown, several open.

    ``sentence`` is the number of the article's sentence, 0 for a statement; ``start`` and ``end`` are
    offsets in the sentence, or statement; ``offices`` those given to the name at this place.
    """

    sentence: int
    first: int
    last: int
    start: int
    end: int
    ids: tuple[int, ...]
    how: How
    words: tuple[str, ...] = ()
    offices: tuple[Office, ...] = ()
    hints: frozenset[str] = frozenset()

    @property
    def id(self) -> int | None:
        """The one entity that is meant, if it is one."""
        return self.ids[0] if len(self.ids) == 1 else None


class Text(Protocol):
    """What is read of a sentence or a statement."""

    @property
    def text(self) -> str: ...
    @property
    def tokens(self) -> tuple[Token, ...]: ...


class Sentence(Text, Protocol):
    """A sentence of the article."""

    @property
    def number(self) -> int: ...
    @property
    def is_headline(self) -> bool: ...


_KNOWN = 20_000  # words that are remembered
_REMEMBERED = 64  # statements: each is asked about by several checks in a row


@dataclass(frozen=True)
class Entities:
    """All entities of an article, and their mentions by the number of the sentence, in order."""

    all: tuple[Entity, ...]
    mentions: dict[int, tuple[Mention, ...]]
    known: Vocabulary
    lex: Lexicon

    def mentions_in(self, sentence: int) -> tuple[Mention, ...]:
        """Who is meant in a sentence, by whatever words, in order."""
        return self.mentions.get(sentence, ())

    def at(self, sentence: int, first: int, last: int) -> tuple[Entity, ...]:
        """Who is meant by tokens ``first`` to ``last`` (not included) of a sentence: none, one or several."""
        for mention in self.mentions_in(sentence):
            if mention.first < last and first < mention.last:
                return tuple(self.all[i] for i in mention.ids)
        return ()

    def focus(self, sentence: int) -> Entity | None:
        """The person that a sentence most likely goes on about when it names nobody: the last one before it
        that stands first in its sentence."""
        for number in range(sentence - 1, max(0, sentence - 4), -1):
            people = [m.id for m in self.mentions_in(number) if m.id is not None and self._is_person(m.id)]
            if people:
                return self.all[people[0]]
        return None

    def named(self, words: Sequence[str]) -> tuple[Entity, ...]:
        """The entities that a name, case folded words without titles, may mean."""
        return tuple(self.all[i] for i in self.candidates(tuple(words)))

    def of_statement(self, statement: Text) -> tuple[Mention, ...]:
        """Who is meant in a statement: names, and offices without a name; pronouns are left open."""
        if statement.text in self._statements:
            return self._statements[statement.text]
        if len(self._statements) >= _REMEMBERED:  # flat memory over many statements
            self._statements.clear()
        found = self._statements[statement.text] = self._read(statement)
        return found

    @cached_property
    def _statements(self) -> dict[str, tuple[Mention, ...]]:
        return {}

    def _read(self, statement: Text) -> tuple[Mention, ...]:
        found = []
        tokens = statement.tokens
        if title_case(tokens, self.lex):
            return ()
        named = find(statement.text, tokens, self.lex, self.known)
        for name in named:
            ids = self.narrowed(self.candidates(name.words), name)
            found.append(named_mention(0, tokens, name, ids))
        found += self.descriptions(0, statement, named, [])
        return tuple(sorted(found, key=lambda m: m.first))

    def same(self, one: Mention | Entity, other: Mention | Entity) -> bool:
        """Whether two could be the same one."""
        return bool(set(_ids(one)) & set(_ids(other)))

    def sentences_with(self, entity: Entity | int) -> tuple[int, ...]:
        """The numbers of the sentences that mean an entity."""
        wanted = entity if isinstance(entity, int) else entity.id
        return self._sentences.get(wanted, ())

    @cached_property
    def _sentences(self) -> dict[int, tuple[int, ...]]:
        found: dict[int, list[int]] = {}
        for number, mentions in self.mentions.items():
            for i in sorted({i for mention in mentions for i in mention.ids}):
                found.setdefault(i, []).append(number)
        return {i: tuple(numbers) for i, numbers in found.items()}

    def _is_person(self, number: int) -> bool:
        return self.all[number].kind is Kind.PERSON

    @cached_property
    def _by_word(self) -> dict[str, tuple[int, ...]]:
        """First letters of each word -> the entities whose name has it."""
        found: dict[str, list[int]] = {}
        for entity in self.all:
            for word in dict.fromkeys(w[:2] for w in (*entity.words, *initials(entity.words))):
                found.setdefault(word, []).append(entity.id)
        return {word: tuple(ids) for word, ids in found.items()}

    def candidates(self, words: tuple[str, ...]) -> tuple[int, ...]:
        near = sorted({i for word in words for i in self._by_word.get(word[:2], ())})
        exact = [
            i
            for i in near
            if len(self.all[i].words) == len(words) and fits(words, self.all[i].words, self.lex)
        ]
        if exact:
            return tuple(exact)
        return tuple(i for i in near if fits(words, self.all[i].words, self.lex))

    def narrowed(self, ids: tuple[int, ...], name: Named) -> tuple[int, ...]:
        """Of several people of one name, those whose gender or office fits."""
        if len(ids) < 2:
            return ids
        fits = [i for i in ids if not name.gender or self.all[i].gender in (None, name.gender)]
        held = [i for i in fits if any(o.same(mine) for o in self.all[i].offices for mine in name.offices)]
        return tuple(held or fits or ids)

    def descriptions(
        self, number: int, text: Text, named: Sequence[Named], recent: Sequence[int]
    ) -> list[Mention]:
        """Offices and words for organisations without a name; ``recent``: entities, the last first."""
        tells = self._tells
        telling = [i for i, token in enumerate(text.tokens) if tells[token.norm, token.stem, token.capital]]
        if not telling:
            return []
        taken = {i for name in named for i in range(name.first, name.last)}
        taken |= {i for name in named for office in name.offices for i in range(office.first, office.last)}
        found = []
        for index in telling:
            token = text.tokens[index]
            if index in taken:
                continue
            if plural_office(token, self.lex) or adjective_of_office(text.tokens, index, self.lex):
                continue  # "the ministers" are not one of them
            if held := concept_at(text.tokens, index, self.lex):
                ids, how = self._with_office(held[0], index, text, recent), How.OFFICE
            elif self._introduces(text, index, taken):
                continue  # "the company Torsen"
            else:
                ids, how = self._with_word(token, recent), How.WORD
            if ids:
                found.append(Mention(number, index, index + 1, token.start, token.end, ids, how))
        return found

    @cached_property
    def _tells(self) -> "_Tells":
        return _tells(self.lex.code)

    def _introduces(self, text: Text, index: int, named: set[int]) -> bool:
        """Whether the name right behind a word is what the word says; an adjective may stand between."""
        between = 0 if self.lex.words("office_modifiers") or self.lex.capitalised_nouns else 1
        for step in range(1, between + 2):
            at = index + step
            if at >= len(text.tokens) or text.text[text.tokens[at - 1].end : text.tokens[at].start].strip(
                " «„“"
            ):
                return False
            if at in named:
                return True
            if text.tokens[at].norm in self.lex.stopwords:
                return False
        return False

    def _with_office(self, concept: str, index: int, text: Text, recent: Sequence[int]) -> tuple[int, ...]:
        around = {t.stem for t in text.tokens[max(0, index - 3) : index + 5]}
        holders = self._holders.get(concept, ())
        ranks = frozenset(
            value
            for t in text.tokens[max(0, index - 2) : index + 2]
            if (value := self.lex.values("ranks").get(t.norm))
        )
        if concept in LEADERS:  # "the head of the agency" for its director
            leading = [row for name in sorted(LEADERS) for row in self._holders.get(name, ())]
            leading = [row for row in leading if row[1].of & around]
            holders = tuple(leading) or holders
        ids = [i for i, office in holders if office.ranks - {"chief"} == ranks - {"chief"}]
        told = [i for i, office in holders if i in ids and office.of & around]
        ids = list(dict.fromkeys(told or ids))
        if len(ids) > 1 and (last := next((i for i in recent if i in ids), None)) is not None:
            ids = [last]
        return tuple(ids)

    @cached_property
    def _holders(self) -> dict[str, tuple[tuple[int, Office], ...]]:
        found: dict[str, list[tuple[int, Office]]] = {}
        for entity in self.all:
            for office in entity.offices:
                found.setdefault(office.concept, []).append((entity.id, office))
        return {concept: tuple(rows) for concept, rows in found.items()}

    def _with_word(self, token: Token, recent: Sequence[int]) -> tuple[int, ...]:
        """ "the council": the one whose name has the word; "the company": the last one of no other sort."""
        exact = not self.lex.inflects and not self.lex.capitalised_nouns
        keys = ("organisations", "generic_organisations")
        if exact and not any(token.norm in self.lex.words(key) for key in keys):
            return ()  # "operación" is no "operador"
        if token.stem in organisation_stems(self.lex.code):
            called = self._called.get(token.stem, ())
            if called:
                return (next((i for i in recent if i in called), called[0]),) if recent else called
        if token.stem not in self._generic:
            return ()
        last = next((i for i in recent if self._may_be_company[i]), None)
        return () if last is None else (last,)

    @cached_property
    def _called(self) -> dict[str, tuple[int, ...]]:
        """Stem of a word -> the entities that have it in a name of several words."""
        found: dict[str, list[int]] = {}
        for entity in self.all:
            for stem in dict.fromkeys(self.lex.stem(word) for word in entity.words if len(entity.words) > 1):
                found.setdefault(stem, []).append(entity.id)
        return {stem: tuple(ids) for stem, ids in found.items()}

    @cached_property
    def _may_be_company(self) -> tuple[bool, ...]:
        sorts = organisation_stems(self.lex.code) - self._generic
        return tuple(
            (e.kind is Kind.ORGANISATION or (e.kind is Kind.UNKNOWN and e.times > 1))
            and not any(self.lex.stem(w) in sorts for w in e.words)
            for e in self.all
        )

    @property
    def _generic(self) -> frozenset[str]:
        return _generic(self.lex.code)


@cache
def _generic(code: str) -> frozenset[str]:
    lex = lexicon(code)
    return frozenset(lex.stem(word) for word in lex.words("generic_organisations"))


class _Tells(dict[tuple[str, str, bool], bool]):
    """(Word, stem, capital) -> whether it may mean somebody without a name: an office, or "company"."""

    def __init__(self, code: str) -> None:
        super().__init__()
        self._code = code
        self._stems = organisation_stems(code) | _generic(code)

    def __missing__(self, word: tuple[str, str, bool]) -> bool:
        if len(self) > _KNOWN:  # flat memory over many articles
            self.clear()
        found = self[word] = word[1] in self._stems or may_open_office(*word, self._code)
        return found


@cache
def _tells(code: str) -> _Tells:
    return _Tells(code)


def _ids(one: Mention | Entity) -> tuple[int, ...]:
    return one.ids if isinstance(one, Mention) else (one.id,)


def named_mention(number: int, tokens: Sequence[Token], name: Named, ids: tuple[int, ...]) -> Mention:
    return Mention(
        number,
        name.first,
        name.last,
        tokens[name.first].start,
        tokens[name.last - 1].end,
        ids,
        How.NAME,
        name.words,
        name.offices,
        name.hints,
    )
