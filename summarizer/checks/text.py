"""Tokens, stems and language tables: what all checks read texts with.

A language is one folder in ``languages/``; a new one needs no code. The keys of all its files are read as
one table, so that each concern has a file of its own: ``core.toml`` with the keys below, and one for every
check that needs words, which documents its keys (``Lexicon.words``, ``phrases``, ``values`` read them).

=====================  =================================================================================
``stemmer``            name of a Snowball stemmer; where there is none, ``suffixes`` are cut instead
``decimal, thousands`` the marks inside figures
``capitalised_nouns``  true where every noun has a capital, so that a capital alone makes no name
``stopwords``          words that carry no content of their own
``reporting``          verbs that introduce what somebody said; ``attributing``: phrases that do
``titles``             offices and forms of address that stand beside a name
``pronouns``           words that need another sentence to be understood
``synonyms``           a line for each group of words that news uses for one another
``word_forms``         a line for each word with forms that no stem joins: "sell sold"
``elisions``           words that stand before an apostrophe: "l'usine"
``months, weekdays``   as they stand in dates
``number_joiners``     words inside a number: "two hundred and fifty"
``separable_prefixes`` of verbs, and ``separable_infixes``, which stand between the two in some forms
``range_words``        words between two figures that share the unit behind the second: "5 to 6 percent"
``demonyms``           endings that turn a place into its people; ``people``: those that no ending gives
``alternations``       letters that change when a name is inflected: ``"іо"`` for і becoming о
``about``              words that make a figure approximate
``numbers``            a line a value: ``2 two``; ``scales``: ``1e6 million m``; ``units``: ``percent % pc``
                       (``_`` for a space)
=====================  =================================================================================
"""

import re
import tomllib
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import msgspec
import snowballstemmer

from ..errors import ResourceError
from ..report import Evidence, Span

_PREFIX = 5
_KNOWN = 50_000  # words that a language remembers
_FOLDER = Path(__file__).parent / "languages"


@dataclass(frozen=True)
class Lexicon:
    """The tables of one language; empty ones for a language without a file."""

    code: str
    decimal: str
    thousands: str
    capitalised_nouns: bool
    stopwords: frozenset[str]
    reporting: frozenset[str]
    attributing: tuple[str, ...]
    titles: frozenset[str]
    pronouns: frozenset[str]
    months: frozenset[str]
    weekdays: frozenset[str]
    about: frozenset[str]
    numbers: dict[str, float]
    scales: dict[str, float]
    units: dict[str, str]
    suffixes: tuple[str, ...]
    stemmer: str | None
    number_joiners: frozenset[str]
    range_words: frozenset[str]
    demonyms: frozenset[str]
    people: dict[str, str]
    alternations: dict[str, str]
    data: Mapping[str, Any] = field(compare=False, repr=False, default_factory=dict)

    @cached_property
    def words(self) -> Callable[[str], frozenset[str]]:
        """The words under a key of the language's files, case folded; none where the key is missing.

        The look-up of a dict, because it is asked for with every word of a text.
        """
        return _Words(self.data).__getitem__

    def phrases(self, key: str) -> tuple[tuple[str, ...], ...]:
        """The phrases under a key, a line each, as case-folded words; the longest first."""
        found = self._phrases.get(key)
        if found is None:
            found = self._phrases[key] = _phrases(self.data.get(key, ""))
        return found

    def values(self, key: str) -> dict[str, str]:
        """``word: value`` of a key with a line a value: ``value word word_of_two …``."""
        found = self._values.get(key)
        if found is None:
            found = self._values[key] = _values(self.data.get(key, ""))
        return found

    @cached_property
    def _phrases(self) -> dict[str, tuple[tuple[str, ...], ...]]:
        return {}

    @cached_property
    def _values(self) -> dict[str, dict[str, str]]:
        return {}

    @cached_property
    def read_before(self) -> dict[str, "Token"]:
        """Words that were read, each with its forms: most words of a text are not new."""
        return {}

    @cached_property
    def inflects(self) -> bool:
        """Whether names change their endings in ways that only a table of endings follows."""
        return bool(self.suffixes)

    @cached_property
    def counted_words(self) -> frozenset[str]:
        """Months, weekdays, units and numbers: what a capital does not make a name."""
        tables = (self.months, self.weekdays, self.units, self.scales, self.numbers)
        return frozenset(word for table in tables for word in table)

    @cached_property
    def stem(self) -> Callable[[str], str]:
        """Case-folded word -> stem; remembers the words it has seen, up to a bound."""
        cut = _snowball(self.stemmer) if self.stemmer else self._cut_suffix
        inside = _joined_form(self.words("separable_prefixes"), self.words("separable_infixes"))
        memory: dict[str, str] = {}

        def stem(word: str) -> str:
            found = memory.get(word)
            if found is None:
                if len(memory) > _KNOWN:  # flat memory over many articles
                    memory.clear()
                found = memory[word] = fold(cut(inside(word)))
            return found

        return stem

    @cached_property
    def family(self) -> Callable[[str, str], str]:
        """(case-folded word, its stem) -> what stands for all words that may say the same in a retelling.

        That is the line of ``synonyms`` or of ``word_forms`` that has the word; for others the first letters,
        so that "investment" and "investing", "defence" and "defense" count as one.
        """
        inside = _joined_form(self.words("separable_prefixes"), self.words("separable_infixes"))
        together: dict[str, str] = {}
        for line in self._lines("synonyms"):  # a word in two lines stays in the first
            for stem in line:
                together.setdefault(stem, f"={line[0]}")
        for line in self._lines("word_forms"):
            name = next((together[stem] for stem in line if stem in together), f"={line[0]}")
            for stem in line:
                together.setdefault(stem, name)

        # Forms that neither stemmer nor table joins, as "коштуватиме" beside "коштувати", go by how they begin.
        begins: dict[str, set[str]] = {}
        for stem, name in together.items():
            for length in (_PREFIX + 1, _PREFIX):
                if len(stem) >= length:
                    begins.setdefault(stem[:length], set()).add(name)
        alike = {begin: next(iter(names)) for begin, names in begins.items() if len(names) == 1}

        def family(norm: str, stem: str) -> str:
            if (name := together.get(stem)) is not None:
                return name
            norm = inside(norm)
            if len(norm) <= _PREFIX:
                return stem
            return alike.get(norm[: _PREFIX + 1]) or alike.get(norm[:_PREFIX]) or norm[:_PREFIX]

        return family

    def _lines(self, key: str) -> list[list[str]]:
        """The lines of a table, their words as stems."""
        lines = plain(self.data.get(key, "")).casefold().splitlines()
        return [[self.stem(word) for word in line.split()] for line in lines if line.strip()]

    def _cut_suffix(self, word: str) -> str:
        for suffix in self.suffixes:
            if len(word) - len(suffix) >= 3 and word.endswith(suffix):
                return word[: -len(suffix)]
        return word


class _Words(dict[str, frozenset[str]]):
    """Key of a language's files -> its words, split when they are first asked for."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__()
        self._data = data

    def __missing__(self, key: str) -> frozenset[str]:
        found = self[key] = frozenset(plain(self._data.get(key, "")).casefold().split())
        return found


def _snowball(name: str) -> Callable[[str], str]:
    stemmer = snowballstemmer.stemmer(name)
    return lambda word: str(stemmer.stemWord(word))


@cache
def lexicon(code: str) -> Lexicon:
    """The tables of a language; for one without a file, empty tables and English marks."""
    data: dict[str, Any] = {}
    for path in sorted((_FOLDER / code).glob("*.toml")):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        if twice := table.keys() & data.keys():
            raise ResourceError(f"language file {path}: another file has {', '.join(sorted(twice))} too")
        data |= table

    def words(key: str) -> frozenset[str]:
        return frozenset(plain(data.get(key, "")).casefold().split())

    def values(key: str) -> dict[str, str]:
        return _values(data.get(key, ""))

    return Lexicon(
        code=code,
        decimal=data.get("decimal", "."),
        thousands=data.get("thousands", ","),
        capitalised_nouns=data.get("capitalised_nouns", False),
        stopwords=words("stopwords"),
        reporting=words("reporting"),
        attributing=tuple(data.get("attributing", ())),
        titles=words("titles"),
        pronouns=words("pronouns"),
        months=words("months"),
        weekdays=words("weekdays"),
        about=words("about"),
        numbers={word: float(value) for word, value in values("numbers").items()},
        scales={word: float(value) for word, value in values("scales").items()},
        units=values("units"),
        suffixes=tuple(sorted(words("suffixes"), key=lambda s: (-len(s), s))),
        stemmer=data.get("stemmer"),
        number_joiners=words("number_joiners"),
        range_words=words("range_words") | {"-", "–"},
        demonyms=words("demonyms"),
        people=values("people"),
        alternations=dict(data.get("alternations", "").split()),
        data=data,
    )


def _joined_form(prefixes: frozenset[str], infixes: frozenset[str]) -> Callable[[str], str]:
    """Takes out what German puts between a prefix and its verb: "eingestürzt", "einzustürzen"."""
    if not prefixes or not infixes:
        return lambda word: word
    one, two = ("|".join(sorted(words, key=lambda w: (-len(w), w))) for words in (prefixes, infixes))
    pattern = re.compile(f"({one})(?:{two})(\\w{{4,}})")

    def join(word: str) -> str:
        match = pattern.fullmatch(word)
        return match[1] + match[2] if match else word

    return join


def _values(text: str) -> dict[str, str]:
    lines = (line.split() for line in plain(text).strip().splitlines())
    return {word.replace("_", " ").casefold(): value for value, *spelled in lines for word in spelled}


def _phrases(text: str) -> tuple[tuple[str, ...], ...]:
    found = {tuple(line.split()) for line in plain(text).casefold().splitlines() if line.strip()}
    return tuple(sorted(found, key=lambda phrase: (-len(phrase), phrase)))


_PLAIN = (("`", "'"), ("’", "'"), ("‘", "'"), ("ʼ", "'"), ("\u00a0", " "), ("\u202f", " "), ("\u2009", " "))


def plain(text: str) -> str:
    """Apostrophes and spaces in one form each. One character stays one character: offsets hold."""
    if text.isascii():
        return text.replace("`", "'")
    for odd, even in _PLAIN:  # a search for each is faster than to look up every character
        text = text.replace(odd, even)
    return text


@cache
def _folded(character: str) -> str:
    decomposed = unicodedata.normalize("NFKD", character)
    kept = "".join(c for c in decomposed if not unicodedata.combining(c))
    # й and ї are letters of their own, not и and і with a mark on them
    return character if "\u0400" <= character <= "\u04ff" else kept


def fold(word: str) -> str:
    """Case folded, Latin letters without their diacritics."""
    word = word.casefold()
    return word if word.isascii() else "".join(_folded(character) for character in word)


class Token(msgspec.Struct, frozen=True, gc=False):
    """One word or figure. ``norm`` is case folded, ``stem`` cut and without diacritics.

    A struct and no dataclass: a long article has tens of thousands of them.
    """

    text: str
    start: int
    end: int
    norm: str
    stem: str
    family: str  # see ``Lexicon.family``
    capital: bool  # begins with a capital letter
    content: bool  # says something by itself


# Words with inner apostrophes and hyphens kept apart at the hyphen, figures with their inner marks,
# abbreviations like U.S. in one piece.
_TOKEN = re.compile(r"(?:[^\W\d_]\.){2,}|\d+(?:[.,:]\d+)*|[^\W\d_]+(?:'[^\W\d_]+)*")


def tokenize(text: str, lex: Lexicon) -> tuple[Token, ...]:
    """The tokens of a text, with offsets in it."""
    tokens = []
    elided = lex.words("elisions")
    known = lex.read_before
    readable = plain(text)
    elides = bool(elided) and "'" in readable
    for match in _TOKEN.finditer(readable):
        start, end = match.span()
        if elides and "'" in match[0]:
            article = match[0].partition("'")[0].casefold()
            if article in elided and start + len(article) + 1 < end:  # l'usine, qu'il: two words
                part = text[start : start + len(article)]
                capital = part[0].isupper()
                content = _says_something(article, lex)
                tokens.append(
                    Token(part, start, start + len(part), article, article, article, capital, content)
                )
                start += len(article) + 1
        written = text[start:end]
        word = known.get(written)
        if word is None:
            if len(known) > _KNOWN:  # flat memory over many articles
                known.clear()
            word = known[written] = _word(written, lex)
        tokens.append(
            Token(written, start, end, word.norm, word.stem, word.family, word.capital, word.content)
        )
    return tuple(tokens)


def _word(written: str, lex: Lexicon) -> Token:
    norm = plain(written).casefold()
    for possessive in ("'s", "s'"):
        if lex.code == "en" and norm.endswith(possessive):
            norm = norm[:-2] if possessive == "'s" else norm[:-1]
    norm = norm.replace(".", "") if norm[0].isalpha() else norm
    stem = lex.stem(norm)
    family, content = lex.family(norm, stem), _says_something(norm, lex)
    return Token(written, 0, len(written), norm, stem, family, written[0].isupper(), content)


def _says_something(norm: str, lex: Lexicon) -> bool:
    return norm not in lex.stopwords and (len(norm) > 1 or norm.isdigit())


def span(text: str, start: int, end: int) -> Span:
    """A span of a statement."""
    return Span(start, end, text[start:end])


def quote(article_text: str, sentence: int, start: int, end: int) -> Evidence:
    """A piece of the article, cut by code."""
    return Evidence(sentence, start, end, article_text[start:end])


@cache
def languages() -> tuple[str, ...]:
    """The languages that have a folder."""
    return tuple(sorted(path.name for path in _FOLDER.iterdir() if (path / "core.toml").is_file()))


def other_language(tokens: tuple[Token, ...], lex: Lexicon) -> str | None:
    """The language whose function words a text has, when it hardly has any of its supposed language.

    Told only between languages that have a file, from at least three function words.
    """
    if not lex.stopwords:
        return None
    words = [token.text.casefold() for token in tokens]
    own = sum(word in lex.stopwords for word in words)
    if 3 * own > len(words):
        return None
    others = [code for code in languages() if code != lex.code]
    found = {code: sum(word in lexicon(code).stopwords for word in words) for code in others}
    best = max(found, key=lambda code: found[code], default=None)
    return best if best is not None and found[best] >= 3 and found[best] >= 3 * own else None
