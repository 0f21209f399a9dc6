"""Clauses of a text, and how well a word of a statement stands in the surroundings it has in the article.

The checks of logic (polarity, hedges, comparison, quantifiers, cause) all ask the same: the statement has a
word here; does the article have it, or its opposite, in a clause that says the same otherwise? Surroundings
are content words weighed by how rare they are and by how near they stand; a clause boundary counts as
distance, so that "sales rose while profit fell" keeps its two halves apart without a parser.

Keys of ``modality.toml``: ``clause_words`` (open a new clause), ``joining_words`` (and, or: a soft boundary),
``word_forms`` (a line for each word with forms that no stem joins: "sell sold").
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

import msgspec

from .align import Alignment
from .context import ReadArticle, ReadSentence, ReadStatement, family
from .quotes import passages
from .terms import Hit, terms
from .text import Lexicon, Token, is_content, lexicon, plain, tokenize

_STRONG, _COMMA, _JOINED = 6, 3, 2  # what a boundary adds to the distance of two words
_NEAR = 6  # words so far apart still stand together
_FURTHER = 6  # sentences beside the aligned ones that are looked at
_LONGEST = 200  # words of a sentence that are read: what is longer is no sentence, and costs its square
_PLACES = 6  # places of one word that are compared
_HITS = 40  # words of one table that are compared
_AROUND = 30  # nearest content words that count as surroundings
_BEGINNING = 5  # letters by which forms of one word are told
_SHORT = 5  # content words of a sentence that a statement may have as a whole
_UNKNOWN = 0.5  # a word the article never has may be a paraphrase: half the weight of a rare one


@dataclass(frozen=True)
class Clauses:
    """The tokens of one text, each with its clause and its place on a line where boundaries take room."""

    text: str
    tokens: tuple[Token, ...]
    clause: tuple[int, ...]
    place: tuple[int, ...]
    content: tuple[bool, ...]
    lex: Lexicon

    @cached_property
    def keys(self) -> dict[str, tuple[int, ...]]:
        """Stem and family of each content word -> where it stands."""
        found: dict[str, list[int]] = {}
        for index, token in enumerate(self.tokens):
            if self.content[index]:
                for key in dict.fromkeys((_root(token, self.lex.code), _family(token), _beginning(token))):
                    found.setdefault(key, []).append(index)
        return {key: tuple(indices[:_PLACES]) for key, indices in found.items()}

    @cached_property
    def _hits(self) -> dict[tuple[str, ...], tuple[Hit, ...]]:
        return {}

    def hits(self, *keys: str) -> tuple[Hit, ...]:
        """Words of the language's tables under these keys, in order."""
        if keys not in self._hits:
            opens = _openings(self.lex.code, *keys)
            some = any(opens(token.norm) for token in self.tokens)
            self._hits[keys] = terms(self.lex.code, *keys).find(self.tokens)[:_HITS] if some else ()
        return self._hits[keys]

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
        same = self.keys.get(_root(token, self.lex.code), ())
        return same or self.keys.get(_family(token), ())

    def find_form(self, token: Token) -> tuple[int, ...]:
        """Where a word of another text stands here, in whatever form, and no other word for the same."""
        return self.keys.get(_root(token, self.lex.code), ()) or self.keys.get(_beginning(token), ())

    def distance(self, one: int, other: int) -> int:
        return abs(self.place[one] - self.place[other])

    @cached_property
    def quoted(self) -> frozenset[int]:
        """Tokens inside quotation marks; those are compared word for word by the quotes check."""
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


def _root(token: Token, code: str) -> str:
    """The stem, or what stands for all forms of an irregular word."""
    return _irregular(code).get(token.norm, token.stem)


def _family(token: Token) -> str:
    return f"{family(token)}*"  # apart from the stems, which are exact


def _beginning(token: Token) -> str:
    return f"{token.norm[:_BEGINNING]}~"


@cache
def _openings(code: str, *keys: str) -> Callable[[str], bool]:
    """Whether a word can open a phrase of the tables: most cannot, and a table is then not searched."""
    data = lexicon(code).data
    written = " ".join(plain(str(data.get(key, ""))).casefold() for key in keys).split()
    first = [entry.partition("_")[0].partition("~")[0] for entry in written]
    whole = frozenset(word for word in first if not word.endswith("*"))
    prefixes = tuple(sorted({word[:-1] for word in first if word.endswith("*")}))
    memory: dict[str, bool] = {}

    def opens(norm: str) -> bool:
        found = memory.get(norm)
        if found is None:
            if len(memory) > 20_000:  # flat memory over many articles
                memory.clear()
            found = memory[norm] = norm in whole or norm.startswith(prefixes)
        return found

    return opens


@lru_cache(maxsize=512)
def read_clauses(text: str, code: str) -> Clauses:
    """Divide a text into clauses."""
    lex = lexicon(code)
    tokens = tokenize(text[: _LONGEST * 20], lex)[:_LONGEST]
    openers = {hit.first for hit in terms(code, "clause_words").find(tokens)}
    joiners = {hit.first for hit in terms(code, "joining_words").find(tokens)}
    clause: list[int] = []
    place: list[int] = []
    number = shift = 0
    for index, token in enumerate(tokens):
        between = text[tokens[index - 1].end : token.start] if index else ""
        cost = _boundary(between)
        if index in openers:
            cost = max(cost, _COMMA)
        if cost >= _COMMA:
            number += 1
        elif index in joiners:
            cost = _JOINED
        shift += cost
        clause.append(number)
        place.append(index + shift)
    content = tuple(is_content(token, lex) for token in tokens)
    return Clauses(text, tokens, tuple(clause), tuple(place), content, lex)


def _boundary(between: str) -> int:
    """What stands between two words: ". ", ", ", " – "; a mark inside figures or a hyphen is none."""
    if not between or not any(character.isspace() for character in between):
        return 0
    if any(mark in between for mark in ".;:!?()—–…"):
        return _STRONG
    return _COMMA if "," in between else 0


def statement_clauses(statement: ReadStatement, read: ReadArticle) -> Clauses:
    return read_clauses(statement.text, read.lex.code)


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
    chosen = list(alignment.sentences)
    numbers = {sentence.number for sentence in chosen}
    shared: dict[int, float] = {}
    for stem, kin in dict.fromkeys((token.stem, family(token)) for token in statement.content):
        for sentence in read.with_family.get(kin, ()):
            if sentence.number not in numbers:
                shared[sentence.number] = shared.get(sentence.number, 0.0) + read.weight(stem)
    best = sorted(shared, key=lambda number: (-shared[number], number))[:_FURTHER]
    chosen += [read.sentences[number - 1] for number in best]
    return tuple(Related(s, read_clauses(s.text, read.lex.code)) for s in chosen)


class Context(msgspec.Struct, frozen=True):
    """The content words around a place of the statement: token index and weight."""

    words: tuple[tuple[int, float], ...]
    total: float


def context(mine: Clauses, first: int, last: int, read: ReadArticle) -> Context:
    """What stands around tokens ``first`` to ``last`` (not included)."""
    words = []
    for index, token in enumerate(mine.tokens):
        if mine.content[index] and not first <= index < last and token.norm not in mine.lex.reporting:
            anchor = first if index < first else last - 1
            known = token.stem in read.idf or family(token) in read.with_family
            weight = read.weight(token.stem) if known else _UNKNOWN * read.default_idf
            words.append((index, weight * _nearness(mine.distance(index, anchor))))
    if len(words) > _AROUND:
        words = sorted(sorted(words, key=lambda word: abs(word[0] - first))[:_AROUND])
    return Context(tuple(words), sum(weight for _, weight in words))


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
    for index, weight in around.words:
        places = [place for place in theirs.find(mine.tokens[index]) if place != at]
        if not places:
            continue
        nearness = max(_nearness(theirs.distance(place, at)) for place in places)
        share += weight * nearness
        anchors += nearness >= 0.5
    return Fit(share / around.total, anchors, bool(anchors) and _all_of(theirs, at, mine))


def _all_of(theirs: Clauses, at: int, mine: Clauses) -> bool:
    """Whether a short sentence of the article says nothing but what the statement says."""
    denying = {hit.first for hit in theirs.hits("negation_words")}
    rest = [i for i, content in enumerate(theirs.content) if content and i != at and i not in denying]
    return 0 < len(rest) <= _SHORT and all(mine.find(theirs.tokens[i]) for i in rest)


def other_numbers(index: int, mine: Clauses, place: int, theirs: Clauses) -> bool:
    """Whether both clauses have numbers and none in common: then they tell of two things."""
    own = {mine.tokens[i].norm for i in mine.at(index) if mine.is_number(i)}
    others = {theirs.tokens[i].norm for i in theirs.at(place) if theirs.is_number(i)}
    return bool(own and others) and not own & others
