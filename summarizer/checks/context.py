"""An article and a statement, read once, so that every check sees the same tokens."""

import math
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from ..article import Article, SentenceKind
from ..report import Evidence, StatementKind
from .entities import Entities
from .figures import Figure, find_figures
from .gathering import find_entities
from .grams import Grams
from .moments import Moment, find_moments
from .proper import Name, acronyms, find_names
from .text import Lexicon, Token, fold, lexicon, quote, tokenize


@dataclass(frozen=True)
class ReadSentence:
    """A sentence of the article. Token and figure offsets are the sentence's own; ``start`` shifts them."""

    number: int
    start: int
    text: str
    tokens: tuple[Token, ...]
    stems: frozenset[str]  # of every token
    content: frozenset[str]  # stems of those that say something
    families: frozenset[str]  # see ``Lexicon.family``
    figures: tuple[Figure, ...]
    names: tuple[Name, ...]
    is_headline: bool
    memo: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What a check has read of the sentence once, by its name for it."""

    @cached_property
    def places(self) -> dict[str, tuple[int, ...]]:
        """Stem -> the indices of the tokens that have it."""
        found: dict[str, list[int]] = {}
        for index, token in enumerate(self.tokens):
            found.setdefault(token.stem, []).append(index)
        return {stem: tuple(indices) for stem, indices in found.items()}


@dataclass(frozen=True)
class ReadArticle:
    """An article prepared for checking."""

    article: Article
    lex: Lexicon
    sentences: tuple[ReadSentence, ...]
    idf: dict[str, float]
    stems: frozenset[str]  # of every token, stopwords included
    default_idf: float

    def weight(self, stem: str) -> float:
        """How much a stem tells: high for what is rare in the article, highest for what it never has."""
        return self.idf.get(stem, self.default_idf)

    @cached_property
    def _family_sentences(self) -> Counter[str]:
        return Counter(kin for sentence in self.sentences for kin in sentence.families)

    def family_weight(self, kin: str) -> float:
        """How much a word family tells, by how many sentences have it."""
        return math.log(1 + len(self.sentences) / max(1, self._family_sentences[kin]))

    @cached_property
    def capitals(self) -> dict[str, tuple[ReadSentence, Token]]:
        """Capitalised words, folded, each with the place where it stands first."""
        found: dict[str, tuple[ReadSentence, Token]] = {}
        for sentence in self.sentences:
            for token in sentence.tokens:
                if token.capital and token.norm not in self.lex.stopwords:
                    found.setdefault(fold(token.norm), (sentence, token))
        return found

    @cached_property
    def clauses(self) -> dict[int, Any]:
        """Clauses by the number of their sentence, filled by ``clauses`` as they are asked for."""
        return {}

    @cached_property
    def memo(self) -> dict[str, Any]:
        """What a check has read of the whole article once, by its name for it."""
        return {}

    @cached_property
    def capitals_by_start(self) -> dict[str, tuple[str, ...]]:
        """The first letter, and the first two, of capitalised words -> those words, folded."""
        found: dict[str, list[str]] = {}
        for word in self.capitals:
            for start in dict.fromkeys((word[:1], word[:2])):
                found.setdefault(start, []).append(word)
        return {start: tuple(words) for start, words in found.items()}

    @cached_property
    def countries(self) -> frozenset[str]:
        """Countries and towns whose name, people or adjective the article has."""
        people = self.lex.people
        words = {token.norm for sentence in self.sentences for token in sentence.tokens}
        return frozenset(people.get(word, word) for word in words)

    @cached_property
    def lower_stems(self) -> frozenset[str]:
        """Stems of the words that stand in small letters somewhere."""
        return frozenset(t.stem for s in self.sentences for t in s.tokens if not t.capital)

    @cached_property
    def name_words(self) -> tuple[str, ...]:
        """The words of the article's names, folded."""
        return tuple(dict.fromkeys(word for entity in self.entities.all for word in entity.words))

    @cached_property
    def entities(self) -> Entities:
        """People, organisations and places, and who is meant where."""
        return find_entities(self.sentences, self.lex)

    @cached_property
    def moments(self) -> tuple[tuple[ReadSentence, Moment], ...]:
        """Every date and time, each with its sentence."""
        known: dict[str, tuple[Moment, ...]] = {}  # lines that stand there again and again are read once
        for one in self.sentences:
            if one.text not in known:
                known[one.text] = find_moments(one.text, one.tokens, one.figures, self.lex)
        return tuple((one, moment) for one in self.sentences for moment in known[one.text])

    @cached_property
    def grams(self) -> Grams:
        """Runs of words and pieces of words, and which words stand together."""
        return Grams.of(self.sentences)

    @cached_property
    def acronyms(self) -> frozenset[str]:
        """What runs of capitalised words could be shortened to."""
        return frozenset(a for sentence in self.sentences for a in acronyms(sentence.tokens, self.lex))

    @cached_property
    def upper_words(self) -> frozenset[str]:
        """Words all in capitals: the article's own acronyms."""
        return frozenset(fold(t.norm) for s in self.sentences for t in s.tokens if t.text.isupper())

    @cached_property
    def _with_content(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for sentence in self.sentences:
            for stem in sentence.content:
                found.setdefault(stem, []).append(sentence.number)
        return found

    @cached_property
    def _telling(self) -> dict[tuple[str, str], frozenset[int]]:
        return {}

    def telling(self, stem: str, kin: str) -> frozenset[int]:
        """The numbers of the sentences that have a content word, or one of its family."""
        found = self._telling.get((stem, kin))
        if found is None:
            numbers = {sentence.number for sentence in self.with_family.get(kin, ())}
            found = self._telling[stem, kin] = frozenset(numbers.union(self._with_content.get(stem, ())))
        return found

    @cached_property
    def families(self) -> frozenset[str]:
        return frozenset().union(*(sentence.families for sentence in self.sentences))

    @cached_property
    def with_family(self) -> dict[str, tuple[ReadSentence, ...]]:
        """Family of a word -> the sentences that have it, in order."""
        found: dict[str, list[ReadSentence]] = {}
        for sentence in self.sentences:
            for kin in sentence.families:
                found.setdefault(kin, []).append(sentence)
        return {kin: tuple(sentences) for kin, sentences in found.items()}

    def evidence(self, sentence: ReadSentence, start: int = 0, end: int | None = None) -> Evidence:
        """A piece of a sentence as evidence; the whole sentence without offsets."""
        end = len(sentence.text) if end is None else end
        return quote(self.article.text, sentence.number, sentence.start + start, sentence.start + end)


@dataclass(frozen=True)
class ReadStatement:
    """A statement prepared for checking."""

    text: str
    tokens: tuple[Token, ...]
    content: tuple[Token, ...]
    figures: tuple[Figure, ...]
    names: tuple[Name, ...]
    kind: StatementKind = StatementKind.EXTERNAL
    speaker: str | None = None  # of a claim, as the model named it
    memo: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What a check has read of the statement once, by its name for it."""


@lru_cache(maxsize=8)  # an article is looked at more than once; memory stays flat over many
def read_article(article: Article) -> ReadArticle:
    """Tokenise the sentences and weigh their words (smoothed inverse sentence frequency)."""
    lex = lexicon(article.language)
    known: dict[str, ReadSentence] = {}  # lines that stand there again and again are read once
    sentences = tuple(
        _read_sentence(s.number, s.start, s.text, s.kind is SentenceKind.HEADLINE, lex, known)
        for s in article.sentences
    )
    return weigh(article, sentences, lex)


def weigh(article: Article, sentences: tuple[ReadSentence, ...], lex: Lexicon) -> ReadArticle:
    """Weigh the words of sentences that have been read."""
    frequency = Counter(stem for sentence in sentences for stem in sentence.content)
    count = len(sentences)
    idf = {stem: math.log(1 + count / n) for stem, n in frequency.items()}
    return ReadArticle(
        article=article,
        lex=lex,
        sentences=sentences,
        idf=idf,
        stems=frozenset().union(*(sentence.stems for sentence in sentences)),
        default_idf=math.log(1 + count),
    )


def _read_sentence(
    number: int, start: int, text: str, headline: bool, lex: Lexicon, known: dict[str, ReadSentence]
) -> ReadSentence:
    if (same := known.get(text)) is not None:
        return ReadSentence(
            number,
            start,
            text,
            same.tokens,
            same.stems,
            same.content,
            same.families,
            same.figures,
            same.names,
            headline,
        )
    tokens = tokenize(text, lex)
    figures, names = find_figures(text, tokens, lex), find_names(text, tokens, lex)
    known[text] = _sentence(number, start, text, tokens, figures, names, headline=headline)
    return known[text]


def as_sentence(number: int, start: int, statement: "ReadStatement") -> ReadSentence:
    """A statement as a sentence of what another one is compared with."""
    read = statement
    return _sentence(number, start, read.text, read.tokens, read.figures, read.names, headline=False)


def _sentence(
    number: int,
    start: int,
    text: str,
    tokens: tuple[Token, ...],
    figures: tuple[Figure, ...],
    names: tuple[Name, ...],
    *,
    headline: bool,
) -> ReadSentence:
    return ReadSentence(
        number=number,
        start=start,
        text=text,
        tokens=tokens,
        stems=frozenset([token.stem for token in tokens]),
        content=frozenset([token.stem for token in tokens if token.content]),
        families=frozenset([token.family for token in tokens]),
        figures=figures,
        names=names,
        is_headline=headline,
    )


def read_statement(
    text: str, lex: Lexicon, kind: StatementKind = StatementKind.EXTERNAL, speaker: str | None = None
) -> ReadStatement:
    """Tokenise a statement with the article's language."""
    tokens = tokenize(text, lex)
    return ReadStatement(
        text=text,
        tokens=tokens,
        content=tuple(token for token in tokens if token.content),
        figures=find_figures(text, tokens, lex),
        names=find_names(text, tokens, lex),
        kind=kind,
        speaker=speaker,
    )
