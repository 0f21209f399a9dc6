"""The people, organisations and places of an article, and who is meant where.

``ReadArticle.entities`` reads them once. An entity joins its full and short forms ("Ann Price", "Price"),
an acronym with its expansion, the offices that stand beside it, and the places where a pronoun, an office
("the minister") or a word for an organisation ("the company") most likely means it: the last fitting one
before. What a name alone does not tell (two people called Price) stays open: ``named`` returns both.

Ask ``mentions_in`` who is meant in a sentence and where, ``at`` for one place, ``focus`` for the person that
a sentence without a subject ("Dodała, że …") goes on about, ``of_statement`` for the same of a statement,
``same`` whether two could be one. Keys of ``names.toml``: ``pronouns_he``, ``pronouns_she``,
``generic_organisations``; the others stand in ``mentions`` and ``offices``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from typing import Protocol

from .forms import same_word
from .mentions import Named, Vocabulary, find, is_short_form, title_case, vocabulary
from .offices import Office, concept_at
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
            found.append(_mention(0, tokens, name, ids))
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
            for word in dict.fromkeys(w[:2] for w in (*entity.words, *_initials(entity.words))):
                found.setdefault(word, []).append(entity.id)
        return {word: tuple(ids) for word, ids in found.items()}

    def candidates(self, words: tuple[str, ...]) -> tuple[int, ...]:
        near = sorted({i for word in words for i in self._by_word.get(word[:2], ())})
        exact = [
            i
            for i in near
            if len(self.all[i].words) == len(words) and _fits(words, self.all[i].words, self.lex)
        ]
        if exact:
            return tuple(exact)
        return tuple(i for i in near if _fits(words, self.all[i].words, self.lex))

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
        taken = {i for name in named for i in range(name.first, name.last)}
        taken |= {i for name in named for office in name.offices for i in range(office.first, office.last)}
        found = []
        for index, token in enumerate(text.tokens):
            if index in taken:
                continue
            if held := concept_at(text.tokens, index, self.lex):
                ids, how = self._with_office(held[0], index, text, recent), How.OFFICE
            else:
                ids, how = self._with_word(token, recent), How.WORD
            if ids:
                found.append(Mention(number, index, index + 1, token.start, token.end, ids, how))
        return found

    def _with_office(self, concept: str, index: int, text: Text, recent: Sequence[int]) -> tuple[int, ...]:
        around = {t.stem for t in text.tokens[max(0, index - 3) : index + 5]}
        holders = self._holders.get(concept, ())
        ranks = frozenset(
            value
            for t in text.tokens[max(0, index - 2) : index + 2]
            if (value := self.lex.values("ranks").get(t.norm))
        )
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

    @cached_property
    def _generic(self) -> frozenset[str]:
        return frozenset(self.lex.stem(word) for word in self.lex.words("generic_organisations"))


def _ids(one: Mention | Entity) -> tuple[int, ...]:
    return one.ids if isinstance(one, Mention) else (one.id,)


def _initials(words: tuple[str, ...]) -> tuple[str, ...]:
    return ("".join(word[0] for word in words),) if len(words) > 1 else ()


def _fits(short: tuple[str, ...], full: tuple[str, ...], lex: Lexicon) -> bool:
    """Whether a name may stand for a fuller one: its words in the same order, initials, or an acronym."""
    if len(short) > len(full):
        return False
    if len(short) == 1 and len(full) > 1 and short[0] == "".join(word[0] for word in full):
        return True
    if len(short) == 1 and len(full) > 1 and _organisation(full, lex) and not _organisation(short, lex):
        return _same(short[0], full[0], lex)  # "Brightwell" for "Brightwell Foods", not the place at the end
    at = 0
    for word in short:
        while at < len(full) and not _same(word, full[at], lex):
            at += 1
        if at == len(full):
            return False
        at += 1
    return True


def _organisation(words: tuple[str, ...], lex: Lexicon) -> bool:
    stems = organisation_stems(lex.code)
    return any(lex.stem(word) in stems for word in words)


@cache
def organisation_stems(code: str) -> frozenset[str]:
    """Stems of the words that make a name an organisation."""
    lex = lexicon(code)
    return frozenset(lex.stem(word) for word in lex.words("organisations"))


def _same(word: str, other: str, lex: Lexicon) -> bool:
    if len(word) == 1 or len(other) == 1:
        return word[0] == other[0]
    return same_word(word, other, lex)


def _mention(number: int, tokens: Sequence[Token], name: Named, ids: tuple[int, ...]) -> Mention:
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


def find_entities(sentences: Sequence[Sentence], lex: Lexicon) -> Entities:
    """Read the entities of an article."""
    known = vocabulary([(s.text, s.tokens) for s in sentences], lex)
    named = {
        s.number: () if title_case(s.tokens, lex) else _no_peoples(find(s.text, s.tokens, lex, known), lex)
        for s in sentences
    }
    drafts = _join(sentences, named, lex)
    entities = tuple(draft.entity(number, lex) for number, draft in enumerate(drafts))
    made = Entities(entities, {}, known, lex)
    _resolve(made, sentences, named)
    return made


def _no_peoples(named: Sequence[Named], lex: Lexicon) -> tuple[Named, ...]:
    """Without "Danish" and "Deutsche": peoples, not one of them."""
    return tuple(n for n in named if len(n.words) > 1 or lex.people.get(n.words[0], n.words[0]) == n.words[0])


class _Draft:
    """An entity while its names are gathered."""

    def __init__(self) -> None:
        self.names: list[tuple[str, Named]] = []
        self.words: tuple[str, ...] = ()
        self.text = ""
        self.acronyms: set[str] = set()

    def add(self, text: str, name: Named) -> None:
        self.names.append((text, name))
        if self.words and name.words[0] in self.acronyms:
            return
        if len(name.words) > len(self.words) or (
            len(name.words) == len(self.words) and len(text) < len(self.text)
        ):
            self.words, self.text = name.words, " ".join(text.split())

    def entity(self, number: int, lex: Lexicon) -> Entity:
        hints = [hint for _, name in self.names for hint in sorted(name.hints)]
        votes = sorted(set(hints), key=lambda hint: (-hints.count(hint), hint))
        if (
            "organisation" in votes
            and len(self.words) > 1
            and any("organisation" in name.hints and len(name.words) > 1 for _, name in self.names)
        ):
            votes = ["organisation"]
        genders = [name.gender for _, name in self.names if name.gender]
        offices = {(o.concept, o.ranks, o.of): o for _, name in self.names for o in name.offices}
        kind = Kind(votes[0]) if votes else Kind.UNKNOWN
        if kind is Kind.UNKNOWN and offices and len(self.words) > 1:
            kind = Kind.PERSON
        gender = max(sorted(set(genders)), key=genders.count) if genders else None
        held = tuple(offices.values()) if kind is Kind.PERSON else ()
        return Entity(number, self.text, self.words, kind, gender, held, len(self.names))


def _join(sentences: Sequence[Sentence], named: dict[int, tuple[Named, ...]], lex: Lexicon) -> list[_Draft]:
    """The longest names first, so that short forms find the full one."""
    every = [(s, name) for s in sentences for name in named[s.number]]
    places_named = {n.words[0] for _, n in every if len(n.words) == 1 and "place" in n.hints}
    order = sorted(range(len(every)), key=lambda i: (-len(every[i][1].words), i))
    drafts: list[_Draft] = []
    starting: dict[str, list[_Draft]] = {}  # first letters of a word of the name -> drafts
    begins: dict[int, int] = {}
    for i in order:
        sentence, name = every[i]
        text = sentence.text[sentence.tokens[name.first].start : sentence.tokens[name.last - 1].end]
        near = {id(d): d for word in name.words for d in starting.get(word[:2], ())}
        fitting = [d for d in near.values() if _fits(name.words, d.words, lex) or name.words[0] in d.acronyms]
        if len(name.words) > 1:
            fitting = (
                fitting[:1]
                if len(fitting) == 1
                else [d for d in fitting if len(d.words) == len(name.words)][:1]
            )
        elif name.words[0] in places_named:  # "Storrow" is not the Storrow Residents' Association
            fitting = [d for d in fitting if len(d.words) == 1]
        if len(name.words) == 1 and len(fitting) > 1:
            continue  # open: told from the others where it stands
        draft = fitting[0] if fitting else _Draft()
        if not fitting:
            drafts.append(draft)
            begins[id(draft)] = i
        begins[id(draft)] = min(begins[id(draft)], i)
        draft.add(text, name)
        _note_acronym(sentence, name, draft)
        if not fitting or draft.acronyms:
            for start in dict.fromkeys(
                w[:2] for w in (*draft.words, *_initials(draft.words), *sorted(draft.acronyms))
            ):
                if draft not in starting.setdefault(start, []):
                    starting[start].append(draft)
    return sorted(drafts, key=lambda d: begins[id(d)])


def _note_acronym(sentence: Sentence, name: Named, draft: _Draft) -> None:
    """ "The United Bakery Workers (UBW)"."""
    if name.last < len(sentence.tokens):
        behind = sentence.tokens[name.last]
        if (
            is_short_form(behind)
            and sentence.text[behind.start - 1] == "("
            and behind.norm[0] == name.words[0][0]
        ):
            draft.acronyms.add(behind.norm)


_MEMORY = 12  # entities that a pronoun or an office may go back to


def _resolve(made: Entities, sentences: Sequence[Sentence], named: dict[int, tuple[Named, ...]]) -> None:
    """Fill in the mentions, from the first sentence to the last."""
    recent: list[int] = []
    acronyms: dict[str, int] = {}
    for sentence in sentences:
        found: list[Mention] = []
        if sentence.is_headline and len(sentences) > 1:
            behind = named[sentence.number]
            found = [_mention(sentence.number, sentence.tokens, n, made.candidates(n.words)) for n in behind]
            made.mentions[sentence.number] = tuple(found)
            continue
        subjects = list(recent)
        for name in named[sentence.number]:
            ids = made.narrowed(made.candidates(name.words), name)
            if name.words[0] in acronyms and len(name.words) == 1:
                ids = (acronyms[name.words[0]],)
            if len(ids) > 1:  # the last one that was meant
                ids = next(((i,) for i in recent if i in ids), ids)
            mention = _mention(sentence.number, sentence.tokens, name, ids)
            found.append(mention)
            if mention.id is not None:
                behind_it = sentence.tokens[name.last] if name.last < len(sentence.tokens) else None
                if behind_it and is_short_form(behind_it) and sentence.text[behind_it.start - 1] == "(":
                    acronyms.setdefault(behind_it.norm, mention.id)
        found += made.descriptions(sentence.number, sentence, named[sentence.number], subjects)
        found += _pronouns(made, sentence, found, subjects)
        found.sort(key=lambda m: m.first)
        made.mentions[sentence.number] = tuple(found)
        told = [m.id for m in found if m.id is not None and m.how is not How.PRONOUN]
        told = list(dict.fromkeys(told))
        recent = (told + [i for i in recent if i not in told])[:_MEMORY]


def _pronouns(
    made: Entities, sentence: Sentence, found: Sequence[Mention], recent: Sequence[int]
) -> list[Mention]:
    """He and she: the first fitting person of the sentences before, or one named earlier in this sentence."""
    lex = made.lex
    resolved = []
    for index, token in enumerate(sentence.tokens):
        gender = (
            "m"
            if token.norm in lex.words("pronouns_he")
            else "f"
            if token.norm in lex.words("pronouns_she")
            else None
        )
        if gender is None:
            continue
        earlier = [m.id for m in found if m.first < index and m.id is not None]
        fits = [
            i
            for i in (*earlier, *recent)
            if made.all[i].kind in (Kind.PERSON, Kind.UNKNOWN) and made.all[i].gender in (None, gender)
        ]
        people = [i for i in fits if made.all[i].kind is Kind.PERSON]
        best = next((i for i in people if made.all[i].gender == gender), people[0] if people else None)
        if best is not None:
            resolved.append(
                Mention(sentence.number, index, index + 1, token.start, token.end, (best,), How.PRONOUN)
            )
    return resolved
