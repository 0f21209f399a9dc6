"""Offices and titles beside names: "council leader Ann Price", "Price, the union's president,".

An office is a concept ("mayor"), its rank (deputy, former) and the words that say of what. Concepts join
the words of one office in one language, so that a chief executive may be called a CEO; they stand in
``names.toml``: ``offices`` and ``office_phrases`` (a line a concept), ``ranks``, ``office_compounds``
(German endings), ``office_modifiers`` (where words before an office say of what: "council leader"),
``office_verbs`` ("chairs"), ``office_copulas`` (is, was, became), ``address_male``, ``address_female``.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from .text import Lexicon, Token, lexicon

_BETWEEN = 4  # words that say of what, where they stand behind the office
_OF = 6  # words that say of what, behind an office
_REACH = 8  # words between an office and its name
_BREAKS = re.compile('[,;:()–—"“”„«».!?…]')
# Heads of something by whatever name: an editor may put one for another.
LEADERS = frozenset(
    [
        "leader",
        "head",
        "chief",
        "chair",
        "chairman",
        "president",
        "director",
        "executive",
        "manager",
        "chief_executive",
        "managing_director",
        "officer",
    ]
)


@dataclass(frozen=True, slots=True)
class Office:
    """``concept`` with its ``ranks``; ``of``: stems of what it is of; tokens ``first`` to ``last``."""

    concept: str
    ranks: frozenset[str]
    of: frozenset[str]
    first: int
    last: int  # not included

    def same(self, other: "Office") -> bool:
        """Whether two could be one office: same concept and rank, and nothing that tells them apart."""
        fits = self.concept == other.concept and self.ranks == other.ranks
        return fits and (not self.of or not other.of or bool(self.of & other.of))


@cache
def _table(code: str) -> dict[str, str]:
    """Word and stem -> concept."""
    lex = lexicon(code)
    found: dict[str, str] = {}
    for word, concept in lex.values("offices").items():
        found.setdefault(word, concept)
        found.setdefault("=" + lex.stem(word), concept)
    return found


@cache
def _phrases(code: str) -> dict[str, tuple[tuple[tuple[str, ...], str], ...]]:
    found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for phrase, concept in lexicon(code).values("office_phrases").items():
        words = tuple(phrase.split())
        found.setdefault(words[0], []).append((words, concept))
    return {first: tuple(sorted(rows, key=lambda r: -len(r[0]))) for first, rows in found.items()}


@cache
def _ranks(code: str) -> dict[str, str]:
    return lexicon(code).values("ranks")


def concept_at(tokens: Sequence[Token], index: int, lex: Lexicon) -> tuple[str, int] | None:
    """The office that begins at a token, and the index behind it."""
    token = tokens[index]
    code = lex.code
    for words, concept in _phrases(code).get(token.norm, ()):
        if tuple(t.norm for t in tokens[index : index + len(words)]) == words:
            return concept, index + len(words)
    found = _word_concept(token.norm, token.stem, token.capital, code)
    return (found, index + 1) if found is not None else None


def may_open_office(norm: str, stem: str, capital: bool, code: str) -> bool:
    """Whether a word can begin an office: none of those for which ``concept_at`` has nothing."""
    return norm in _phrases(code) or _word_concept(norm, stem, capital, code) is not None


@lru_cache(maxsize=50_000)
def _word_concept(norm: str, stem: str, capital: bool, code: str) -> str | None:
    lex = lexicon(code)
    table = _table(code)
    found = table.get(norm)
    if found is None and lex.inflects:  # "général" is not "généralement": by stem only where endings inflect
        found = table.get("=" + stem)
    if found is None and lex.capitalised_nouns and capital:
        ending = next((e for e in _compounds(code) if norm.endswith(e) and len(norm) > len(e) + 2), None)
        found = table.get(ending, "leader") if ending is not None else None
    return found


@cache
def _compounds(code: str) -> tuple[str, ...]:
    lex = lexicon(code)
    words = lex.words("office_compounds") | {word for word in lex.values("offices") if len(word) > 5}
    return tuple(sorted(words, key=lambda w: (-len(w), w)))


def is_office(token: Token, lex: Lexicon) -> bool:
    """Whether a word is an office, a rank or a form of address."""
    return _is_office(token.norm, token.stem, token.capital, lex.code)


@lru_cache(maxsize=50_000)
def _is_office(norm: str, stem: str, capital: bool, code: str) -> bool:
    alone = any(words == (norm,) for words, _ in _phrases(code).get(norm, ()))
    return alone or norm in lexicon(code).titles or _word_concept(norm, stem, capital, code) is not None


def plural_office(token: Token, lex: Lexicon) -> bool:
    """Whether an office stands in the plural, as far as its form tells: "ministers", "Sprecherinnen"."""
    table = lex.values("offices")
    norm = token.norm
    if lex.capitalised_nouns:
        return norm.endswith("innen")
    if lex.inflects or not norm.endswith("s"):
        return False
    return table.get(norm) is not None and (norm[:-1] in table or norm[:-2] in table)


def adjective_of_office(tokens: Sequence[Token], index: int, lex: Lexicon) -> bool:
    """ "directrice générale": no general, where such words stand behind the office."""
    if not index or lex.words("office_modifiers") or lex.capitalised_nouns or tokens[index].capital:
        return False
    return concept_at(tokens, index, lex) is not None and concept_at(tokens, index - 1, lex) is not None


def gender(token: Token, lex: Lexicon) -> str | None:
    """ "f" or "m", as a form of address or a first name tells."""
    norm = token.norm
    if norm in lex.words("address_female") or (
        lex.code == "de" and norm.endswith("in") and is_office(token, lex)
    ):
        return "f"
    if norm in lex.words("address_male"):
        return "m"
    return None


def offices(
    text: str, tokens: Sequence[Token], name: tuple[int, int], taken: frozenset[int], lex: Lexicon
) -> tuple[Office, ...]:
    """The offices beside the name that stands at tokens ``name``; ``taken``: tokens of all names."""
    found = [*_before(text, tokens, name, taken, lex), *_behind(text, tokens, name, taken, lex)]
    return tuple(found)


def _before(
    text: str, tokens: Sequence[Token], name: tuple[int, int], taken: frozenset[int], lex: Lexicon
) -> Iterator[Office]:
    first = name[0]
    index = first - 1
    commas = 0
    while index >= max(0, first - 1 - _REACH):
        between = text[tokens[index].end : tokens[index + 1].start]
        short = tokens[index].text.isupper() or (index + 1 < first and tokens[index + 1].text.isupper())
        if index + 1 == first and between.strip() == ",":
            commas += 1  # "the union's president, Carl Stone"
        elif short and between.strip() in ("),", ")", "("):
            commas += "," in between  # "the president of the Bakery Workers (UBW), Carl Stone"
        elif between != " " and _breaks(between):
            return
        token = tokens[index]
        if token.norm in lex.reporting or token.norm in lex.words("name_joiners"):
            return
        if adjective_of_office(tokens, index, lex):
            index -= 1
            continue
        if found := concept_at(tokens, index, lex):
            if plural_office(token, lex) and tokens[index].norm not in lex.titles:
                return  # "what doctors prescribe, Ann Price said"
            if not _owner(token) and _adjoins(tokens, found[1], first, commas, taken, lex):
                yield from _office(text, tokens, index, first, taken, lex)
            return
        if index + 1 == first and not commas and token.norm in lex.stopwords:
            return  # "the mayor of Marlow": the place holds no office
        index -= 1


def _adjoins(
    tokens: Sequence[Token], end: int, first: int, commas: int, taken: frozenset[int], lex: Lexicon
) -> bool:
    """Whether an office that ends at ``end`` may be of the name at ``first``, and not of one between."""
    if end >= first or commas:
        return True
    if end in taken:  # "мер Заріччя Олеся Коваленко": a genitive, if no person
        person = tokens[end].norm in lex.words("first_names_male") | lex.words("first_names_female")
        return not person and not lex.words("office_modifiers") and taken.issuperset(range(end, first))
    return not lex.words("office_modifiers") and first - end <= _BETWEEN


def _breaks(between: str) -> bool:
    """Whether a mark divides an office from its name; a quotation mark of the kind of names, or a full stop
    behind an abbreviation, does not."""
    bare = between.replace("«", "").replace("»", "")
    return between != ". " and _BREAKS.search(bare) is not None


def _office(
    text: str,
    tokens: Sequence[Token],
    at: int,
    stop: int,
    taken: frozenset[int],
    lex: Lexicon,
    given: str | None = None,
) -> Iterator[Office]:
    """The office whose head stands at a token: with the words before it and those up to ``stop``."""
    start = at
    while start and start > at - 4 and (before := _phrase_start(text, tokens, start, taken, lex)) is not None:
        start = before
    head = next(
        (found for i in range(start, at + 1) if (found := concept_at(tokens, i, lex)) and found[1] > at), None
    )
    head = (given, at + 1) if given is not None else head
    if head is None:
        return
    concept, end = head
    part = range(start, max(end, stop))
    ranks = frozenset(_ranks(lex.code)[tokens[i].norm] for i in part if tokens[i].norm in _ranks(lex.code))
    heads = set(range(at, end))
    of = frozenset(
        tokens[i].stem
        for i in part
        if i not in heads
        and tokens[i].norm not in lex.stopwords
        and tokens[i].norm not in _ranks(lex.code)
        and tokens[i].norm not in lex.titles
        and len(tokens[i].norm) > 1
    )
    if len(part) <= _REACH + 5:
        yield Office(
            concept, ranks - ({"chief"} if concept in LEADERS else set()), of, start, max(end, at + 1)
        )


def _phrase_start(
    text: str, tokens: Sequence[Token], start: int, taken: frozenset[int], lex: Lexicon
) -> int | None:
    """One word further to the front, if it may belong to the office: "the city council" + "leader"."""
    before = start - 1
    between = text[tokens[before].end : tokens[start].start]
    token = tokens[before]
    if between.strip(" -–'") or token.norm in lex.reporting:
        return None
    if token.norm in lex.stopwords and token.norm not in _ranks(lex.code):
        return None
    if not (lex.words("office_modifiers") or token.norm in _ranks(lex.code) or _agrees(token, tokens[start])):
        return None
    return before


def _agrees(token: Token, head: Token) -> bool:
    """An adjective of the head's own ending: "міська голова"."""
    return not token.capital and token.norm[-1:] == head.norm[-1:]


def _behind(
    text: str, tokens: Sequence[Token], name: tuple[int, int], taken: frozenset[int], lex: Lexicon
) -> Iterator[Office]:
    """ "Price, the union's president," and "Price is the mayor of Marlow"."""
    last = name[1]
    if last >= len(tokens):
        return
    between = text[tokens[last - 1].end : tokens[last].start].strip()
    copula = tokens[last].norm in lex.words("office_copulas") and not between
    if between not in (",", "(", "–", "—", "-", ", (") and not copula:
        return
    index = last + copula
    stop = min(len(tokens), index + _REACH)
    while index < stop:
        if index > last + copula and _BREAKS.search(text, tokens[index - 1].end, tokens[index].start):
            return
        token = tokens[index]
        modifies = bool(lex.words("office_modifiers")) and index + 1 < stop  # "the Tolbridge chairman"
        modifies = modifies and concept_at(tokens, index + 1, lex) is not None
        if token.norm in lex.reporting or (index in taken and not _owner(token) and not modifies):
            return
        if copula and token.norm in lex.stopwords and token.norm not in lex.words("name_determiners"):
            return  # "is seeking the help of architects"
        verb = lex.values("office_verbs").get(token.norm)  # "Price, who chairs the trust,"
        found = (verb, index + 1) if verb else concept_at(tokens, index, lex)
        if found and not _owner(token):
            end = found[1]
            if (
                end < len(tokens)
                and end in taken
                and not text[tokens[end - 1].end : tokens[end].start].strip()
            ):
                return  # "…, Mayor Tom Ash": the office of the next name
            until = end
            while until < min(len(tokens), end + _OF) and not text[
                tokens[until - 1].end : tokens[until].start
            ].strip(" '’"):
                until += 1
            yield from _office(text, tokens, index, until, taken, lex, verb)
            return
        index += 1


def _owner(token: Token) -> bool:
    return token.text.endswith(("'s", "’s", "s'", "s’"))
