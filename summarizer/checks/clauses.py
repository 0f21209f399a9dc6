"""Clauses of a text, and how well a word of a statement stands in the surroundings it has in the article.

The checks of logic (polarity, hedges, comparison, quantifiers, cause) all ask the same: the statement has a
word here; does the article have it, or its opposite, in a clause that says the same otherwise? Surroundings
are content words weighed by how rare they are and by how near they stand; a clause boundary counts as
distance, so that "sales rose while profit fell" keeps its two halves apart without a parser.

Keys of ``modality.toml``: ``clause_words`` (open a new clause), ``clause_exempt`` (phrases
in which they open none: "never before"), ``joining_words`` (and, or: a soft boundary),
``word_forms`` (a line for each word with forms that no stem joins: "sell sold").
"""

import re
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from typing import Any

import msgspec

from .align import Alignment
from .context import ReadArticle, ReadSentence, ReadStatement
from .quotes import has_passages, passages
from .terms import Hit, Openings, terms
from .text import Lexicon, Token, lexicon, tokenize

_STRONG, _COMMA, _JOINED = 6, 3, 2  # what a boundary adds to the distance of two words
_NEAR = 6  # words so far apart still stand together
_FURTHER = 6  # sentences beside the aligned ones that are looked at
_LONGEST = 200  # words of a sentence that are read: what is longer is no sentence, and costs its square
_PLACES = 6  # places of one word that are compared
_MATCHED = 64  # texts in which the words of one are remembered
_HITS = 40  # words of one table that are compared
_AROUND = 30  # nearest content words that count as surroundings
_BEGINNING = 5  # letters by which forms of one word are told
_SPACE, _END = re.compile(r"\s"), re.compile("[.;:!?()—–…]")
_ONE = tuple((index,) for index in range(_LONGEST))  # most words stand once, and all texts share these
_SHORT = 5  # content words of a sentence that a statement may have as a whole
_UNKNOWN = 0.5  # a word the article never has may be a paraphrase: half the weight of a rare one


@dataclass(frozen=True, eq=False)
class Clauses:
    """The tokens of one text, each with its clause and its place on a line where boundaries take room."""

    text: str
    tokens: tuple[Token, ...]
    clause: tuple[int, ...]
    place: tuple[int, ...]
    content: tuple[bool, ...]
    lex: Lexicon
    openings: Openings = field(repr=False)
    memo: dict[str, Any] = field(default_factory=dict, repr=False)  # what a check has read of it once
    _matched: "dict[Clauses, list[tuple[int, ...]]]" = field(default_factory=dict, init=False, repr=False)
    _hits: dict[str | tuple[str, ...], tuple[Hit, ...]] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def keys(self) -> dict[str, tuple[int, ...]]:
        """Stem and family of each content word -> where it stands."""
        found: dict[str, tuple[int, ...]] = {}
        code = self.lex.code
        for index, token in enumerate(self.tokens):
            if token.content:
                for key in _keys(token.norm, token.stem, token.family, code):
                    places = found.get(key)
                    if places is None:
                        found[key] = _ONE[index]
                    elif len(places) < _PLACES:
                        found[key] = (*places, index)
        return found

    @cached_property
    def telling(self) -> tuple[int, ...]:
        """The content words that negate nothing."""
        denying = {hit.first for hit in self.hits("negation_words")}
        return tuple(i for i, content in enumerate(self.content) if content and i not in denying)

    @cached_property
    def _forms(self) -> list[tuple[str, str, str]]:
        return [_forms(t.norm, t.stem, t.family, self.lex.code) for t in self.tokens]

    def matched(self, theirs: "Clauses") -> "list[tuple[int, ...]]":
        """For each word, where it stands in another text; see ``find``."""
        found = self._matched.get(theirs)
        if found is None:
            if len(self._matched) > _MATCHED:  # flat memory where a statement is checked again and again
                self._matched.clear()
            keys = theirs.keys
            found = [keys.get(root) or keys.get(kin, ()) for root, kin, _ in self._forms]
            self._matched[theirs] = found
        return found

    def hits(self, *keys: str) -> tuple[Hit, ...]:
        """Words of the language's tables under these keys, in order."""
        key = keys[0] if len(keys) == 1 else keys
        found = self._hits.get(key)
        if found is None:
            found = self._hits[key] = self.openings.find(terms(self.lex.code, *keys))[:_HITS]
        return found

    def at(self, index: int) -> tuple[int, ...]:
        """The tokens of the clause in which a token stands."""
        return self._members[self.clause[index]]

    @cached_property
    def _members(self) -> dict[int, tuple[int, ...]]:
        found: dict[int, list[int]] = {}
        for index, number in enumerate(self.clause):
            found.setdefault(number, []).append(index)
        return {number: tuple(indices) for number, indices in found.items()}

    def find(self, token: Token) -> tuple[int, ...]:
        """Where a word of another text stands here, also in another form."""
        root, kin, _ = _forms(token.norm, token.stem, token.family, self.lex.code)
        return self.keys.get(root) or self.keys.get(kin, ())

    def find_form(self, token: Token) -> tuple[int, ...]:
        """Where a word of another text stands here, in whatever form, and no other word for the same."""
        root, _, beginning = _forms(token.norm, token.stem, token.family, self.lex.code)
        return self.keys.get(root) or self.keys.get(beginning, ())

    def distance(self, one: int, other: int) -> int:
        return abs(self.place[one] - self.place[other])

    @cached_property
    def quoted(self) -> frozenset[int]:
        """Tokens inside quotation marks; those are compared word for word by the quotes check."""
        if not has_passages(self.text):
            return frozenset()
        found = [(p.start, p.end) for p in passages(self.text)]
        return frozenset(
            index
            for index, token in enumerate(self.tokens)
            if any(start <= token.start < end for start, end in found)
        )

    def is_number(self, index: int) -> bool:
        norm = self.tokens[index].norm
        return norm[0].isdigit() or norm in self.lex.numbers or norm in self.lex.scales

    def is_name(self, index: int) -> bool:
        """A capitalised word, but where every noun has a capital or at the very start."""
        return index > 0 and self.tokens[index].capital and not self.lex.capitalised_nouns


@cache
def _irregular(code: str) -> dict[str, str]:
    lines = lexicon(code).phrases("word_forms")
    return {form: f"={min(line)}" for line in lines for form in line}


@lru_cache(maxsize=50_000)
def _forms(norm: str, stem: str, kin: str, code: str) -> tuple[str, str, str]:
    """What a word is found by: its stem, or what stands for all forms of an irregular word; its family, and
    its beginning, each with a mark, apart from the stems, which are exact."""
    return _irregular(code).get(norm, stem), f"{kin}*", f"{norm[:_BEGINNING]}~"


@lru_cache(maxsize=50_000)
def _keys(norm: str, stem: str, kin: str, code: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_forms(norm, stem, kin, code)))


def clauses_of(read: ReadSentence | ReadStatement, lex: Lexicon) -> Clauses:
    """The clauses of a sentence or a statement, read once."""
    known: Clauses | None = read.memo.get("clauses")
    if known is None:
        tokens = read.tokens[:_LONGEST] if len(read.text) <= _LONGEST * 20 else None
        known = read.memo["clauses"] = read_clauses(read.text, lex.code, tokens)
    return known


def read_clauses(text: str, code: str, tokens: tuple[Token, ...] | None = None) -> Clauses:
    """Divide a text into clauses; ``tokens`` are its own, where they have been read."""
    lex = lexicon(code)
    if tokens is None:
        tokens = tokenize(text[: _LONGEST * 20], lex)[:_LONGEST]
    openings = Openings(tokens, code)
    openers = {hit.first for hit in openings.find(terms(code, "clause_words"))}
    if openers:
        inside = openings.find(terms(code, "clause_exempt"))  # "never before"
        openers -= {index for hit in inside for index in range(hit.first, hit.last)}
    joiners = {hit.first for hit in openings.find(terms(code, "joining_words"))}
    clause: list[int] = []
    place: list[int] = []
    number = shift = end = 0
    for index, token in enumerate(tokens):
        between = text[end : token.start] if index else ""
        end = token.end
        cost = 0 if between == " " else _boundary(between)
        if cost < _COMMA and index in openers:
            cost = _COMMA
        if cost >= _COMMA:
            number += 1
        elif index in joiners:
            cost = _JOINED
        shift += cost
        clause.append(number)
        place.append(index + shift)
    content = tuple([token.content for token in tokens])
    return Clauses(text, tokens, tuple(clause), tuple(place), content, lex, openings)


def _boundary(between: str) -> int:
    """What stands between two words: ". ", ", ", " – "; a mark inside figures or a hyphen is none."""
    if between == " " or not _SPACE.search(between):
        return 0
    if _END.search(between):
        return _STRONG
    return _COMMA if "," in between else 0


def statement_clauses(statement: ReadStatement, read: ReadArticle) -> Clauses:
    return clauses_of(statement, read.lex)


@dataclass(frozen=True)
class Related:
    """A sentence of the article that may tell what the statement tells."""

    sentence: ReadSentence
    clauses: Clauses


def related(statement: ReadStatement, alignment: Alignment, read: ReadArticle) -> tuple[Related, ...]:
    """The aligned sentences, and those others that share most with the statement.

    The aligned ones alone will not do: they are chosen for what each adds, so that a second sentence that
    says the same again, and clears the statement, may not be among them.
    """
    known = statement.memo.get("related")  # most checks of logic ask
    if known is None or known[0] is not read or known[1] is not alignment:
        known = statement.memo["related"] = (read, alignment, _related(statement, alignment, read))
    made: tuple[Related, ...] = known[2]
    return made


def _related(statement: ReadStatement, alignment: Alignment, read: ReadArticle) -> tuple[Related, ...]:
    chosen = list(alignment.sentences)
    numbers = {sentence.number for sentence in chosen}
    shared: dict[int, float] = {}
    for stem, kin in dict.fromkeys((token.stem, token.family) for token in statement.content):
        weight = read.weight(stem)
        for sentence in read.with_family.get(kin, ()):
            number = sentence.number
            if number not in numbers:
                shared[number] = shared.get(number, 0.0) + weight
    best = sorted(shared, key=lambda number: (-shared[number], number))[:_FURTHER]
    chosen += [read.sentences[number - 1] for number in best]
    return tuple(Related(s, clauses_of(s, read.lex)) for s in chosen)


class Context(msgspec.Struct, frozen=True):
    """The content words around a place of the statement: token index and weight."""

    words: tuple[tuple[int, float], ...]
    total: float


def context(mine: Clauses, first: int, last: int, read: ReadArticle) -> Context:
    """What stands around tokens ``first`` to ``last`` (not included)."""
    words = []
    line = mine.place
    before, behind = line[first], line[last - 1]
    for index, weight in _weighed(mine, read):
        if index < first:
            words.append((index, weight * _nearness(before - line[index])))
        elif index >= last:
            words.append((index, weight * _nearness(line[index] - behind)))
    if len(words) > _AROUND:
        words = sorted(sorted(words, key=lambda word: abs(word[0] - first))[:_AROUND])
    return Context(tuple(words), sum(weight for _, weight in words))


def _weighed(mine: Clauses, read: ReadArticle) -> list[tuple[int, float]]:
    """The content words, what each tells in this article."""
    known: tuple[ReadArticle, list[tuple[int, float]]] | None = mine.memo.get("weighed")
    if known is None or known[0] is not read:
        reporting, unknown = mine.lex.reporting, _UNKNOWN * read.default_idf
        rows = [
            (
                index,
                read.weight(token.stem)
                if token.stem in read.idf or token.family in read.with_family
                else unknown,
            )
            for index, token in enumerate(mine.tokens)
            if mine.content[index] and token.norm not in reporting
        ]
        known = mine.memo["weighed"] = (read, rows)
    return known[1]


def _nearness(distance: int) -> float:
    return 1.0 if distance <= _NEAR else max(0.25, _NEAR / distance)


class Fit(msgspec.Struct, frozen=True, order=True, gc=False):
    """How well a place of the article has the surroundings of a place of the statement.

    ``share`` of the surroundings' weight (0 to 1); ``anchors``: how many of its words stand near; ``whole``:
    the article's whole sentence is short, and the statement has all of it.
    """

    share: float = 0.0
    anchors: int = 0
    whole: bool = False

    @property
    def good(self) -> bool:
        """Enough to say that the two places tell the same."""
        if self.anchors >= 1 and (self.whole or self.share >= 0.5):
            return True
        return self.anchors >= 2 and self.share >= 0.33


def fit(around: Context, mine: Clauses, theirs: Clauses, at: int) -> Fit:
    """Compare the surroundings of a place in the statement with those of the article's token ``at``."""
    if not around.total:
        return Fit()
    share = 0.0
    anchors = 0
    found, line = mine.matched(theirs), theirs.place
    here = line[at]
    for index, weight in around.words:
        places = found[index]
        if not places:
            continue
        distance = min([abs(line[place] - here) for place in places if place != at], default=None)
        if distance is None:
            continue
        nearness = 1.0 if distance <= _NEAR else _nearness(distance)
        share += weight * nearness
        anchors += nearness >= 0.5
    return Fit(share / around.total, anchors, bool(anchors) and _all_of(theirs, at, mine))


def _all_of(theirs: Clauses, at: int, mine: Clauses) -> bool:
    """Whether a short sentence of the article says nothing but what the statement says."""
    if len(theirs.telling) > _SHORT + 1:
        return False
    rest = [i for i in theirs.telling if i != at]
    return 0 < len(rest) <= _SHORT and all(mine.find(theirs.tokens[i]) for i in rest)


def other_numbers(index: int, mine: Clauses, place: int, theirs: Clauses) -> bool:
    """Whether both clauses have numbers and none in common: then they tell of two things."""
    scales = mine.lex.scales
    own = {mine.tokens[i].norm for i in mine.at(index) if mine.is_number(i)} - scales.keys()
    others = {theirs.tokens[i].norm for i in theirs.at(place) if theirs.is_number(i)} - scales.keys()
    return bool(own and others) and not own & others
