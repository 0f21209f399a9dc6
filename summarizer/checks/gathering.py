"""Reads the entities of an article: joins the names that mean one, and settles who is meant where.

The longest names come first, so that short forms find the full one; a short form that fits several stays
open and is told from the others where it stands. Then the sentences are read in order, and each pronoun,
office and word for an organisation goes back to the last fitting one.

Keys of ``names.toml``: ``pronouns_he``, ``pronouns_she``.
"""

from collections.abc import Sequence

from .entities import Entities, Entity, How, Kind, Mention, Sentence, named_mention
from .mentions import Named, find, is_short_form, vocabulary
from .naming import fits, initials
from .proper import title_case
from .text import Lexicon


def find_entities(sentences: Sequence[Sentence], lex: Lexicon) -> Entities:
    """Read the entities of an article."""
    known = vocabulary([(s.text, s.tokens) for s in sentences], lex)
    by_text: dict[str, tuple[Named, ...]] = {}  # lines that stand there again and again are read once
    named = {}
    for s in sentences:
        if (found := by_text.get(s.text)) is None:
            titled = title_case(s.tokens, lex)
            found = () if titled else _no_peoples(find(s.text, s.tokens, lex, known), lex)
            by_text[s.text] = found
        named[s.number] = found
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
        fitting = [d for d in near.values() if fits(name.words, d.words, lex) or name.words[0] in d.acronyms]
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
                w[:2] for w in (*draft.words, *initials(draft.words), *sorted(draft.acronyms))
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
            found = [
                named_mention(sentence.number, sentence.tokens, n, made.candidates(n.words)) for n in behind
            ]
            made.mentions[sentence.number] = tuple(found)
            continue
        subjects = list(recent)
        for name in named[sentence.number]:
            ids = made.narrowed(made.candidates(name.words), name)
            if name.words[0] in acronyms and len(name.words) == 1:
                ids = (acronyms[name.words[0]],)
            if len(ids) > 1:  # the last one that was meant
                ids = next(((i,) for i in recent if i in ids), ids)
            mention = named_mention(sentence.number, sentence.tokens, name, ids)
            found.append(mention)
            if mention.id is not None:
                behind_it = sentence.tokens[name.last] if name.last < len(sentence.tokens) else None
                if behind_it and is_short_form(behind_it) and sentence.text[behind_it.start - 1] == "(":
                    acronyms.setdefault(behind_it.norm, mention.id)
        found += made.descriptions(sentence.number, sentence, named[sentence.number], subjects)
        found += _pronouns(made, sentence, found, subjects)
        if not found:
            continue
        found.sort(key=lambda m: m.first)
        made.mentions[sentence.number] = tuple(found)
        told = [m.id for m in found if m.id is not None and m.how is not How.PRONOUN]
        told = list(dict.fromkeys(told))
        recent = (told + [i for i in recent if i not in told])[:_MEMORY]


def _pronouns(
    made: Entities, sentence: Sentence, found: Sequence[Mention], recent: Sequence[int]
) -> list[Mention]:
    """He and she: the first fitting person of the sentences before, or one named earlier in this sentence."""
    he, she = made.lex.words("pronouns_he"), made.lex.words("pronouns_she")
    resolved = []
    for index, token in enumerate(sentence.tokens):
        norm = token.norm
        if norm not in he and norm not in she:
            continue
        gender = "m" if norm in he else "f"
        earlier = [m.id for m in found if m.first < index and m.id is not None]
        fits = [
            i
            for i in (*earlier, *recent)
            if made.all[i].kind in (Kind.PERSON, Kind.UNKNOWN) and made.all[i].gender in (None, gender)
        ]
        people = [i for i in fits if made.all[i].kind is Kind.PERSON]
        best = next((i for i in people if made.all[i].gender == gender), people[0] if people else None)
        if people and best != people[0] and not earlier and _alone(people[0], made, sentence.number - 1):
            best = people[0]  # nobody else was named in the sentence before
        if best is not None:
            resolved.append(
                Mention(sentence.number, index, index + 1, token.start, token.end, (best,), How.PRONOUN)
            )
    return resolved


def _alone(person: int, made: Entities, number: int) -> bool:
    """Whether a sentence names this person, and no other by whatever words."""
    people = {
        i
        for m in made.mentions_in(number)
        for i in m.ids
        if m.how is not How.PRONOUN and made.all[i].kind in (Kind.PERSON, Kind.UNKNOWN)
    }
    return people == {person} and any(m.how is How.NAME for m in made.mentions_in(number) if m.id == person)
