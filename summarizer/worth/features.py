"""What is counted of a sentence to tell how much it asks to be checked.

Everything comes from its words and a language's tables: no model, no other sentence. The tables of
``worth.toml`` in ``checks/languages`` (see ``checks/terms.py`` for how they are written):

===================  ===================================================================================
``worth_deeds``      verbs and nouns of what somebody did or what happened
``worth_stakes``     what public affairs are about: taxes, courts, hospitals, votes
``worth_opinion``    what only values, wants or feels
``worth_first``      I and we; ``worth_address``: the person spoken to
``worth_filler``     greetings, thanks, turn-taking
===================  ===================================================================================

and, of the checks' own, degrees, directions, opposites, causes, quantifiers, hedges, negation, reporting
verbs, figures, units, months and weekdays.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from ..checks.quotes import passages
from ..checks.text import Lexicon, Token, lexicon, plain

NAMES = (
    "figures",  # counts, up to three
    "measured",  # a figure with a unit, a currency or a magnitude
    "date",
    "names",  # runs of capitalised words, up to three
    "deeds",
    "stakes",
    "compared",
    "cause",
    "quantified",
    "hedged",
    "ahead",  # plans and the future
    "reported",  # somebody says so
    "quoted",  # share of the text between quotation marks
    "first",
    "address",
    "opinion",
    "filler",
    "question",
    "leads",  # ends with a colon: only leads to what follows
    "aside",  # a note in brackets, such as (Applause)
    "past",
    "negated",
    "pronoun",  # share of words that another sentence must explain
    "long",  # number of words, on a logarithmic scale
    "short",  # fewer than six words
    "deed_done",  # a deed in the past, without a hedge, an opinion or a plan
)

_TABLES = {
    "deeds": ("worth_deeds", "directions", "contradictories"),
    "stakes": ("worth_stakes",),
    "compared": ("degrees",),
    "cause": ("cause_words",),
    "quantified": ("quantifier_levels",),
    "hedged": ("possible_hedges",),
    "ahead": ("planned_hedges", "future_words"),
    "first": ("worth_first",),
    "address": ("worth_address",),
    "opinion": ("worth_opinion",),
    "filler": ("worth_filler",),
    "past": ("completed_words",),
    "negated": ("negation_words",),
}
# How many hits count as all of it.
_FULL = {
    "deeds": 3,
    "stakes": 3,
    "compared": 2,
    "opinion": 2,
    "filler": 2,
    "first": 2,
    "names": 3,
    "figures": 3,
}

_YEAR = re.compile(r"(?:1[89]|20)\d\d\Z")
_MONEY = re.compile(r"[%‰€$£¥₴]")
_CLOSING = " \n\t\"'”’»“«)]"
_QUOTES = re.compile(r"[\"“”„«»‘‚‹]")
_LEAST_PAST = 4  # letters of a word that may have the ending of a past tense
_FULL_LENGTH = math.log(40)
_MEMORY = 50_000
_BUCKET = 2  # letters by which prefixes are looked up


_Phrase = tuple[tuple[str, ...], str]  # the words behind the first, and the feature


class _Words:
    """A language's tables in one: a word -> the features that it speaks for, and phrases that it begins."""

    def __init__(self, lex: Lexicon) -> None:
        self._exact: dict[str, list[_Phrase]] = {}
        self._prefixes: dict[str, list[tuple[str, _Phrase]]] = {}
        for feature, keys in _TABLES.items():
            for key in keys:
                for first, *behind in _spelled(str(lex.data.get(key, ""))):
                    if first.endswith("*"):
                        row = (first[:-1], (tuple(behind), feature))
                        self._prefixes.setdefault(first[:_BUCKET], []).append(row)
                    else:
                        self._exact.setdefault(first, []).append((tuple(behind), feature))
        sets = {
            "reported": lex.reporting,
            "pronoun": lex.pronouns,
            "date": lex.months | lex.weekdays,
            "figures": lex.numbers.keys() | lex.scales.keys(),
            "measured": lex.units.keys() | lex.scales.keys(),
        }
        for feature, words in sets.items():
            for word in words:
                self._exact.setdefault(word, []).append(((), feature))
        self._endings = tuple(lex.words("completed_endings"))
        self._memory: dict[str, tuple[tuple[str, ...], tuple[_Phrase, ...]]] = {}

    def look(self, norm: str) -> tuple[tuple[str, ...], tuple[_Phrase, ...]]:
        """The features of a word, and the phrases that may begin with it."""
        found = self._memory.get(norm)
        if found is None:
            if len(self._memory) > _MEMORY:  # flat memory over many articles
                self._memory.clear()
            found = self._memory[norm] = self._find(norm)
        return found

    def _find(self, norm: str) -> tuple[tuple[str, ...], tuple[_Phrase, ...]]:
        near = self._prefixes.get(norm[:_BUCKET], ())
        rows = [*self._exact.get(norm, ()), *(row for prefix, row in near if norm.startswith(prefix))]
        features = {feature for behind, feature in rows if not behind}
        if self._endings and len(norm) >= _LEAST_PAST and norm.isalpha() and norm.endswith(self._endings):
            features.add("past")
        return tuple(sorted(features)), tuple((behind, feature) for behind, feature in rows if behind)


def _spelled(text: str) -> Iterator[tuple[str, ...]]:
    for line in plain(text).casefold().splitlines():
        _, colon, rest = line.partition(":")
        for spelled in (rest if colon else line).replace("|", " ").split():
            yield tuple(spelled.split("_"))


def _is(pattern: str, norm: str) -> bool:
    return norm.startswith(pattern[:-1]) if pattern.endswith("*") else norm == pattern


@cache
def _words(code: str) -> _Words:
    return _Words(lexicon(code))


def features(text: str, tokens: Sequence[Token], lex: Lexicon) -> Mapping[str, float]:
    """The features of a sentence, by name, each from 0 to 1."""
    table = _words(lex.code)
    found = dict.fromkeys(NAMES, 0.0)
    for index, token in enumerate(tokens):
        norm = token.norm
        if norm[0].isdigit():
            found["date" if _YEAR.match(norm) or ":" in norm else "figures"] += 1
            continue
        labels, phrases = table.look(norm)
        for label in labels:
            found[label] += 1
        for words, label in phrases:
            behind = tokens[index + 1 : index + 1 + len(words)]
            if len(behind) == len(words) and all(map(_is, words, [t.norm for t in behind])):
                found[label] += 1
    count = len(tokens)
    pronouns = found["pronoun"]
    found["names"] = _names(text, tokens, lex)
    if _MONEY.search(text):
        found["measured"] += 1
    if not found["figures"]:
        found["measured"] = 0.0
    lowered = text.casefold()
    found["reported"] += any(phrase in lowered for phrase in lex.attributing)
    for name, value in found.items():
        found[name] = min(value / _FULL.get(name, 1), 1.0)
    if _QUOTES.search(text):
        found["quoted"] = min(1.0, sum(p.end - p.start for p in passages(text)) / len(text))
    end = text.rstrip(_CLOSING)[-1:]
    found["question"] = float(end == "?")
    found["leads"] = float(end == ":")
    bare = text.strip(" \n\t.")
    found["aside"] = float(bare[:1] in ("(", "[") and bare[-1:] in (")", "]"))
    found["pronoun"] = pronouns / count if count else 0.0
    found["long"] = min(1.0, math.log(1 + count) / _FULL_LENGTH)
    found["short"] = float(count < 6)
    unasserted = found["hedged"] or found["ahead"] or found["opinion"] or found["question"]
    found["deed_done"] = 0.0 if unasserted else min(found["deeds"] * 3, 1.0) * found["past"]
    return found


def _names(text: str, tokens: Sequence[Token], lex: Lexicon) -> float:
    """Runs of capitalised words. At the start of a sentence, and where every noun has a capital, one word
    alone makes no name unless it is all in capitals."""
    runs = 0
    length = 0
    first = True
    for token in (*tokens, None):
        starts = token is not None and (token.start == 0 or text[token.start - 1] in "“„«\"'(" or first)
        if token is not None and token.capital and token.norm not in lex.stopwords:
            acronym = len(token.text) > 1 and token.text.isupper()
            alone = acronym or not (starts or lex.capitalised_nouns)
            length += 2 if alone else 1
        else:
            runs += length >= 2
            length = 0
        first = False
    return float(runs)
