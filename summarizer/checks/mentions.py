"""Where a text names somebody or something: runs of capitalised words, cleared of offices.

Keys of ``names.toml``: ``name_particles`` ("von", "de la"), ``name_of`` (joins the parts of an institution's
name: "Bank of England"), ``organisations`` (words that make a name an organisation), ``place_words``,
``place_prepositions``, ``first_names_male``, ``first_names_female``, ``not_names``, ``name_openers`` (words
that open a sentence before a name: "Laut"); where every noun has a capital (German) also ``noun_endings``,
``place_endings`` and ``name_determiners``, which tell nouns from names.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import pairwise

from .forms import same_word
from .offices import Office, gender, is_office, offices
from .proper import opens_sentence, title_case
from .text import Lexicon, Token, fold, lexicon

_LONGEST = 8
_LONG_WORD = 4  # letters of a little word that has its capital from a name
_OPENING, _CLOSING = "«“„\"'‘", "»”“\"'’"


@dataclass(frozen=True, slots=True)
class Named:
    """A name at tokens ``first`` to ``last`` (not included) of a text, offices and titles not included.

    ``words``: its words, case folded, without particles. ``hints``: what it seems to be, by its
    surroundings: "person", "organisation", "place"; ``gender``: "f", "m" or None.
    """

    first: int
    last: int
    words: tuple[str, ...]
    offices: tuple[Office, ...] = ()
    hints: frozenset[str] = frozenset()
    gender: str | None = None


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What an article tells of its words: stems of names, and words that are none, case folded."""

    names: frozenset[str] = frozenset()
    common: frozenset[str] = frozenset()
    lower: frozenset[str] = field(default=frozenset())
    surnames: frozenset[str] = field(default=frozenset())  # words behind a first name
    pairs: frozenset[tuple[str, ...]] = field(default=frozenset())  # names of two words


def vocabulary(texts: Sequence[tuple[str, Sequence[Token]]], lex: Lexicon) -> Vocabulary:
    """Read which capitalised words of an article are names.

    A capital in the middle of a sentence makes one, unless the word also stands there in small letters.
    Where every noun has a capital, a word behind a determiner is a noun.
    """
    lower = frozenset(t.norm for _, tokens in texts for t in tokens if not t.capital)
    common = set(lower)
    if lex.capitalised_nouns:
        determiners = lex.words("name_determiners")
        for _, tokens in texts:
            for at, (before, token) in enumerate(pairwise(tokens)):
                described = _adjective(before) and (
                    not before.norm.endswith("te") or (at > 0 and tokens[at - 1].norm in determiners)
                )  # "verklagte Hansen" is a verb
                if token.capital and (before.norm in determiners or before.text[0].isdigit() or described):
                    common.add(token.norm)
    empty = Vocabulary(common=frozenset(common), lower=lower)
    pairs: set[tuple[str, ...]] = set()
    surnames: set[str] = set()
    names: set[str] = set()
    for text, tokens in texts:
        if title_case(tokens, lex):
            continue
        for run in _runs(text, tokens, lex, empty):
            if lex.inflects and len(run) == 2 and not opens_sentence(text, tokens[run[0]].start):
                pairs.add((fold(tokens[run[0]].norm), fold(tokens[run[1]].norm)))
            surnames |= {tokens[b].norm for a, b in pairwise(run) if _first_name(tokens[a], lex)}
            names |= {tokens[i].stem for i in run if tokens[i].capital and not is_office(tokens[i], lex)}
    return Vocabulary(frozenset(names), frozenset(common), lower, frozenset(surnames), frozenset(pairs))


def _adjective(token: Token) -> bool:
    return not token.capital and len(token.norm) > 4 and token.norm.endswith(("e", "en", "er", "es", "em"))


def find(text: str, tokens: Sequence[Token], lex: Lexicon, known: Vocabulary) -> tuple[Named, ...]:
    """The names of a text in order, with the offices beside them."""
    runs = [run for run in _runs(text, tokens, lex, known) if not _nameless(text, tokens, run, lex)]
    taken = frozenset(i for run in runs for i in range(run[0], run[-1] + 1))
    return tuple(_named(text, tokens, run, taken, lex) for run in runs)


def _nameless(text: str, tokens: Sequence[Token], run: Sequence[int], lex: Lexicon) -> bool:
    words = [tokens[i].norm for i in run]
    behind = text[tokens[run[-1]].end :][:2]
    if len(behind) == 2 and behind[0] in "-‑" and behind[1].islower():
        return True  # "Oscar-winning"
    return len(run) > _LONGEST or all(w in lex.words("not_names") and len(w) > 3 for w in words)


def _runs(text: str, tokens: Sequence[Token], lex: Lexicon, known: Vocabulary) -> list[list[int]]:
    found: list[list[int]] = []
    index = 0
    for at, token in enumerate(tokens):
        if at < index or not token.capital:
            continue
        index = at
        quoted = _quoted_name(text, tokens, index, lex) or _shortened(text, tokens, index, lex)
        if quoted:
            found.append(quoted)
            index = quoted[-1] + 1
            continue
        run = _run_at(text, tokens, index, lex, known)
        if not run:
            continue
        index = run[-1] + 1
        found += _parts(tokens, run, lex, known, opens=opens_sentence(text, tokens[run[0]].start))
    return found


def _quoted_name(text: str, tokens: Sequence[Token], index: int, lex: Lexicon) -> list[int]:
    """What an organisation's word introduces in quotation marks: «Рідне місто»."""
    token = tokens[index]
    if not token.capital or not index or not (token.start and text[token.start - 1] in _OPENING):
        return []
    if not organisation_word(tokens[index - 1], lex) and not is_short_form(tokens[index - 1]):
        return []
    if len(text[tokens[index - 1].end : token.start].strip()) > 1:
        return []
    for last in range(index, min(len(tokens), index + 6)):
        end = tokens[last].end
        if text[end : end + 1] and text[end] in _CLOSING:
            return list(range(index, last + 1))
    return []


def _shortened(text: str, tokens: Sequence[Token], index: int, lex: Lexicon) -> list[int]:
    """An organisation's name with words in small letters, up to its acronym."""
    if not tokens[index].capital or not organisation_word(tokens[index], lex):
        return []
    for last in range(index, min(len(tokens) - 1, index + _LONGEST)):
        between = text[tokens[last].end : tokens[last + 1].start]
        if between == " (" and is_short_form(tokens[last + 1]):
            alike = fold(tokens[last + 1].norm)[0] == fold(tokens[index].norm)[0]
            return list(range(index, last + 1)) if alike and last > index else []
        if between.strip(" -'’"):
            return []
    return []


def is_short_form(token: Token) -> bool:
    """An abbreviation in capitals."""
    return len(token.text) > 1 and token.text.replace(".", "").isupper()


def organisation_word(token: Token, lex: Lexicon) -> bool:
    """A word like "council" or "Ministerium", also at the end of a compound."""
    return _is_organisation_word(token.norm, token.stem, lex.code)


@lru_cache(maxsize=50_000)
def _is_organisation_word(norm: str, stem: str, code: str) -> bool:
    return _is_in(norm, stem, code, "organisations") or _is_in(norm, stem, code, "generic_organisations")


def place_word(token: Token, lex: Lexicon) -> bool:
    """A word like "county" or "Straße"."""
    return _in(token, lex, "place_words")


def _in(token: Token, lex: Lexicon, key: str) -> bool:
    return _is_in(token.norm, token.stem, lex.code, key)


@lru_cache(maxsize=50_000)
def _is_in(norm: str, stem: str, code: str, key: str) -> bool:
    lex = lexicon(code)
    words = lex.words(key)
    if norm in words:
        return True
    if lex.inflects:
        return stem in _stems(code, key)
    if not lex.capitalised_nouns or len(norm) < 7:
        return False
    bare = norm.removesuffix("s")  # "des Busunternehmens"
    return any(norm.endswith(w) or bare.endswith(w) for w in words if len(w) > 3)


@cache
def _stems(code: str, key: str) -> frozenset[str]:
    lex = lexicon(code)
    return frozenset(lex.stem(word) for word in lex.words(key))


def _run_at(text: str, tokens: Sequence[Token], index: int, lex: Lexicon, known: Vocabulary) -> list[int]:
    """The longest run of name words from a token on; particles inside, never at an end."""
    if not _starts(text, tokens, index, lex, known):
        return []
    run = [index]
    at = index + 1
    while at < len(tokens):
        skipped = at
        while skipped < min(len(tokens), at + 3) and _joins(tokens, run, skipped, lex):
            skipped += 1
        if skipped >= len(tokens) or not _glued(text, tokens, run[-1], skipped, lex):
            break
        ends = tokens[skipped].norm in lex.stopwords and not is_short_form(tokens[skipped])
        ends = ends and len(tokens[skipped].norm) < _LONG_WORD  # "Villar Bajo"
        if not _capital(tokens[skipped], lex) or ends:
            break
        if (
            lex.capitalised_nouns
            and not (_first_name(tokens[run[-1]], lex) and not is_office(tokens[run[-1]], lex))
            and _noun(tokens[skipped], lex, known)
            and not is_office(tokens[skipped], lex)
        ):
            break
        run += [*range(at, skipped), skipped]
        at = skipped + 1
    return run


def _starts(text: str, tokens: Sequence[Token], index: int, lex: Lexicon, known: Vocabulary) -> bool:
    token = tokens[index]
    if _called_like_a_month(text, tokens, index, lex):
        return True
    if not _capital(token, lex) or (token.norm in lex.stopwords and not is_short_form(token)):
        return False
    opens = opens_sentence(text, token.start)
    if opens and token.norm in lex.words("name_openers"):
        return False  # "Laut Stolz"
    if opens and known.pairs and _pair(tokens[index + 1 : index + 3], known, lex):
        return False  # "Residents Upper Marlow", where endings tell what English needs "of" for
    if lex.capitalised_nouns:
        if is_short_form(token) or is_office(token, lex):
            return True
        return not _noun(token, lex, known) or organisation_word(token, lex)
    if not opens:
        return True
    if token.stem in known.names or is_short_form(token) or is_office(token, lex) or _first_name(token, lex):
        return True
    if any(phrase.split()[0] == token.norm for phrase in lex.attributing):
        return False
    follows = (
        index + 1 < len(tokens)
        and _capital(tokens[index + 1], lex)
        and _glued(text, tokens, index, index + 1, lex)
    )
    return (follows and token.norm not in known.common) or text[token.end : token.end + 2] in ("'s", "’s")


def _called_like_a_month(text: str, tokens: Sequence[Token], index: int, lex: Lexicon) -> bool:
    """Whether the short form of a month is a first name here: "Jan Behrens"."""
    token = tokens[index]
    if token.norm not in lex.months or not token.capital or index + 1 >= len(tokens):
        return False
    short = any(m != token.norm and m.startswith(token.norm) for m in lex.months)
    behind = tokens[index + 1]
    beside = text[token.end : behind.start] == " "
    return short and beside and _first_name(token, lex) and _capital(behind, lex)


def _pair(tokens: Sequence[Token], known: Vocabulary, lex: Lexicon) -> bool:
    """Whether two words are a name that stands elsewhere by itself."""
    if len(tokens) < 2 or not all(t.capital for t in tokens):
        return False
    words = [fold(t.norm) for t in tokens]
    return any(all(same_word(w, k, lex) for w, k in zip(words, pair, strict=True)) for pair in known.pairs)


def _capital(token: Token, lex: Lexicon) -> bool:
    if not token.capital or not token.text[0].isalpha():
        return False
    return len(token.norm) < 3 or token.norm not in lex.counted_words


def _noun(token: Token, lex: Lexicon, known: Vocabulary) -> bool:
    """Whether a German capitalised word is a noun."""
    if token.norm in known.surnames:
        return False
    if token.norm in known.common or token.norm in lex.words("not_names"):
        return True
    if _first_name(token, lex) or token.norm.endswith(tuple(lex.words("place_endings")) or ("\n",)):
        return False
    return any(
        token.norm.endswith(ending) and len(token.norm) - len(ending) >= 3
        for ending in lex.words("noun_endings")
    )


def _joins(tokens: Sequence[Token], run: Sequence[int], at: int, lex: Lexicon) -> bool:
    norm = tokens[at].norm
    if tokens[at].capital:
        return False
    if norm in lex.words("name_particles"):
        return True
    if at > run[-1] + 1 and norm in lex.words("name_determiners"):
        return True  # "University of the Arts"
    return norm in lex.words("name_of") and organisation_word(tokens[run[-1]], lex)


def _glued(text: str, tokens: Sequence[Token], left: int, right: int, lex: Lexicon) -> bool:
    between = text[tokens[left].end : tokens[right].start]
    if not between:
        return True  # an elided article: d'Angers
    if tokens[left].text.endswith(("'s", "’s", "s'", "s’")) and not organisation_word(tokens[right], lex):
        return False  # "Lindholm's Ann Price", but "St Mary's Hospital"
    if between == " ":
        return True
    words = between.split()
    marks = "".join([c for c in between if not c.isalnum() and not c.isspace()])
    return (
        len(words) <= 3
        and marks in ("", "-", "'", "’", ".")
        and (marks != "." or len(tokens[left].norm) == 1 or tokens[left].norm in lex.titles)
    )


def _parts(
    tokens: Sequence[Token], run: list[int], lex: Lexicon, known: Vocabulary, *, opens: bool
) -> list[list[int]]:
    """A run cut at its offices: "Verdi-Chef Thomas Brandt" names an organisation and a person."""
    parts: list[list[int]] = [[]]
    for index in run:
        token, behind = tokens[index], tokens[index + 1] if index < run[-1] else None
        if organisation_word(token, lex) or (behind and organisation_word(behind, lex)):
            parts[-1].append(index)  # "Residents' Association"
        elif is_office(token, lex) and not _surname(tokens, index, run, lex):
            parts.append([])
        else:
            parts[-1].append(index)
    made = []
    for part in parts:
        while part and not tokens[part[0]].capital:
            part = part[1:]
        while part and not tokens[part[-1]].capital:
            part = part[:-1]
        if len(part) > 1 and _introduces(tokens[part[0]], lex, opens=opens and part[0] == run[0]):
            part = part[1:]  # "Firma Torsen"
        if part and _is_name(tokens, part, lex, known, opens=opens and part[0] == run[0]):
            made += _split_at_first_name(tokens, part, lex)
    return made


def _surname(tokens: Sequence[Token], index: int, run: Sequence[int], lex: Lexicon) -> bool:
    """ "Amir Dean": an office's word at the end, right behind a first name."""
    return index == run[-1] and index > run[0] and _first_name(tokens[index - 1], lex)


def _introduces(token: Token, lex: Lexicon, *, opens: bool) -> bool:
    """A noun with a capital only by its place, that says what the name behind it is."""
    return (opens or lex.capitalised_nouns) and _in(token, lex, "generic_organisations")


def _split_at_first_name(tokens: Sequence[Token], part: list[int], lex: Lexicon) -> list[list[int]]:
    """ "ministro de Sanidad Juan Pérez": a first name behind other words begins a person."""
    beside = tokens[part[0] - 1] if part[0] else None
    held = beside is not None and (is_office(beside, lex) or beside.norm in lex.words("name_of"))
    for place in range(1, len(part) - 1):
        before = tokens[part[place] - 1]
        begins = _first_name(tokens[part[place]], lex) and before.capital and not _first_name(before, lex)
        if begins and (held or organisation_word(tokens[part[0]], lex)):
            return [part[:place], part[place:]]
    return [part]


def _is_name(
    tokens: Sequence[Token], part: list[int], lex: Lexicon, known: Vocabulary, *, opens: bool
) -> bool:
    own = [tokens[i] for i in part if tokens[i].capital]
    if len(own) == 1 and own[0].norm in lex.words("not_names"):
        return False
    if not lex.capitalised_nouns:
        return not (
            opens and len(own) == 1 and own[0].norm in known.common and own[0].stem not in known.names
        )
    if len(own) == 1:
        token, before = own[0], tokens[part[0] - 1] if part[0] else None
        if is_short_form(token) or token.stem in known.names:
            return True
        if organisation_word(token, lex) or token.norm in known.lower:
            return False
        return before is not None and (
            before.norm in lex.words("place_prepositions")
            or _in(before, lex, "generic_organisations")
            or is_office(before, lex)
            or before.norm in lex.titles
        )
    if organisation_word(own[0], lex) or any(is_short_form(t) or t.stem in known.names for t in own):
        return True
    before = tokens[part[0] - 1] if part[0] else None
    return (
        _first_name(own[0], lex)
        or (before is not None and is_office(before, lex))
        or not (before is not None and before.text[0].isdigit())
    )


def _first_name(token: Token, lex: Lexicon) -> bool:
    return first_name_gender(token, lex) is not None


def first_name_gender(token: Token, lex: Lexicon) -> str | None:
    """ "f" or "m" for a first name of the language's tables, in any case; "?" for one that is both, as
    "Олександра", who may be Олександр too."""
    return _first_name_gender(token.norm, token.stem, lex.code)


@lru_cache(maxsize=50_000)
def _first_name_gender(norm: str, stem: str, code: str) -> str | None:
    lex = lexicon(code)
    if lex.capitalised_nouns:
        female, male = (norm in lex.words(key) for key in ("first_names_female", "first_names_male"))
    else:
        female, male = (_is_in(norm, stem, code, key) for key in ("first_names_female", "first_names_male"))
    return "?" if female and male else "f" if female else "m" if male else None


def _named(text: str, tokens: Sequence[Token], run: list[int], taken: frozenset[int], lex: Lexicon) -> Named:
    own = [tokens[i] for i in run if tokens[i].capital or len(run) == 1]
    first, last = run[0], run[-1] + 1
    held = offices(text, tokens, (first, last), taken, lex)
    quoted = first > 0 and text[tokens[first].start - 1] in _OPENING and not tokens[run[-1]].capital
    whole = [tokens[i] for i in run] if quoted else own
    words = tuple(fold(t.norm) for t in whole)
    return Named(
        first, last, words, held, _hints(tokens, run, own, held, lex), _gender(tokens, own, first, lex)
    )


def _hints(
    tokens: Sequence[Token], run: Sequence[int], own: Sequence[Token], held: Sequence[Office], lex: Lexicon
) -> frozenset[str]:
    before = tokens[run[0] - 1] if run[0] else None
    hints = set()
    sort = before is not None and not before.capital and _in(before, lex, "generic_organisations")
    if any(organisation_word(t, lex) for t in own) or (sort and not _first_name(own[0], lex)):
        hints.add("organisation")
    elif (
        (held and len(own) > 1)
        or (before is not None and before.norm in lex.titles)
        or _first_name(own[0], lex)
    ):
        hints.add("person")
    elif len(own) == 1 and is_short_form(own[0]):
        hints.add("organisation")
    elif any(_in(t, lex, "place_words") for t in own) and len(own) > 1:
        hints.add("place")
    behind = tokens[run[-1] + 1] if run[-1] + 1 < len(tokens) else None
    acts = (
        behind is not None
        and behind.start - tokens[run[-1]].end <= 1
        and (behind.norm in lex.reporting or behind.norm in lex.words("person_relatives"))
    )
    if len(own) in (2, 3) and not hints and acts:
        hints.add("person")
    if before is not None and not hints:
        if before.norm in lex.reporting and len(own) == 2 and not (behind and is_office(behind, lex)):
            hints.add("person")
        if lex.words("office_modifiers") and any(o.last == run[0] for o in held):
            return frozenset(("person",))
        if before.norm in lex.words("place_prepositions") or (
            _in(before, lex, "place_words") and not before.capital
        ):
            hints.add("place")
        elif _in(before, lex, "generic_organisations") or (
            organisation_word(before, lex) and not before.capital and not lex.words("office_modifiers")
        ):
            hints.add("organisation")
    return frozenset(hints)


def _gender(tokens: Sequence[Token], own: Sequence[Token], first: int, lex: Lexicon) -> str | None:
    for index in range(max(0, first - 3), first):
        if found := gender(tokens[index], lex):
            return found
    return (first_name_gender(own[0], lex) or "?").strip("?") or None
