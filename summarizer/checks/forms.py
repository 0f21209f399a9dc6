"""Whether two words are forms of one name.

Stems and diacritics, case endings with the letters that change before them (Ukrainian, Polish), demonyms
and peoples, and names written in another alphabet or by another scheme ("Zelenskyy", "Selenskyj").
Two names of different people that differ by what is also a case ending ("Nowak", "Nowaka") cannot be
told apart by form: they are the same here.

Keys of ``names.toml``: ``name_endings`` (case endings of names), ``alternations`` and ``softenings``
(pairs: the letters before an ending, and what they stand for), ``demonyms``, ``people``.
"""

import re
from functools import lru_cache

from rapidfuzz import fuzz

from .text import Lexicon, fold, lexicon

_NEAR = 75.0  # of 100: "Marlow" and "Harlow" are 83, "Sybiha" and "Sibiga" 67
_NEAR_LENGTH = 4
_BASE_LENGTH = 3


def same_word(one: str, other: str, lex: Lexicon) -> bool:
    """Whether two case-folded words are the same name word: inflected, or without its diacritics."""
    if one == other:
        return True
    one, other = fold(one), fold(other)
    if one == other:
        return True
    if one[:2] != other[:2] or not lex.words("name_endings"):
        return False
    return bool(bases(one, lex.code) & bases(other, lex.code))


def related_word(one: str, other: str, lex: Lexicon) -> bool:
    """The same word, or a place and its people or its adjective."""
    return same_word(one, other, lex) or _of_one_place(fold(one), fold(other), lex)


def near_word(one: str, other: str) -> float:
    """How alike two words are, 0 or from the least that a misspelling has up to 100."""
    if min(len(one), len(other)) < _NEAR_LENGTH:
        return 0.0
    return fuzz.ratio(fold(one), fold(other), score_cutoff=_NEAR)


@lru_cache(maxsize=20_000)
def bases(word: str, code: str) -> frozenset[str]:
    """What a name may be without its case ending. Letters that change before endings stand in one form."""
    lex = lexicon(code)
    found = {word}
    for ending in lex.words("name_endings"):
        ending = fold(ending)
        if word.endswith(ending) and len(word) - len(ending) >= _BASE_LENGTH:
            found.add(word[: -len(ending)])
    pairs = lex.data.get("softenings", "").split()
    for base in sorted(found - {word}):
        for soft, hard in zip(pairs[::2], pairs[1::2], strict=False):
            soft, hard = fold(soft), fold(hard)
            if base.endswith(soft):
                found.add(base[: -len(soft)] + hard)
    fugitive = {_without_fugitive(base, lex) for base in (word, *sorted(found))}
    table = str.maketrans(lex.alternations)
    return frozenset(base.translate(table) for base in found | fugitive if len(base) >= 2)


def _without_fugitive(base: str, lex: Lexicon) -> str:
    """ "Марек" -> "Марк": the vowel between the last consonants goes when an ending follows."""
    bare = base[:-1] if base.endswith("ь") else base
    vowels = lex.data.get("fugitive_vowels", "")
    if len(bare) >= 4 and bare[-2] in vowels and bare[-1] not in vowels and bare[-3] not in vowels:
        return bare[:-2].removesuffix("i") + bare[-1]
    return bare


def _of_one_place(one: str, other: str, lex: Lexicon) -> bool:
    if lex.people.get(one, one) == lex.people.get(other, other):
        return True
    if one[:3] != other[:3]:
        return False
    short, long = sorted((one, other), key=len)
    for base in {short, short.rstrip("aeiouyаеиіоуюяьї")}:
        if len(base) >= 4 and long.startswith(base) and long[len(base) :] in lex.demonyms:
            return True
    for ending in lex.demonyms:  # "Одеса" and "одеський", "Warszawa" and "warszawski"
        stem = long[: -len(ending)]
        fits = len(ending) > 1 and len(stem) >= 3 and long.endswith(ending)
        if fits and short.startswith(stem) and len(short) - len(stem) <= 2:
            return True
    return False


# Spellings of one Slavic sound in the languages that write names in Latin letters, the longest first.
_SOUNDS = (
    ("schtsch", "X"),
    ("chtch", "X"),
    ("shch", "X"),
    ("szcz", "X"),
    ("tsch", "C"),
    ("tch", "C"),
    ("sch", "S"),
    ("cz", "C"),
    ("sz", "S"),
    ("sh", "S"),
    ("zh", "Z"),
    ("kh", "h"),
    ("ch", "C"),
    ("ts", "c"),
    ("tz", "c"),
    ("ou", "u"),
    ("yy", "i"),
    ("iy", "i"),
    ("yi", "i"),
    ("ij", "i"),
    ("yj", "i"),
    ("ii", "i"),
    ("iu", "u"),
    ("yu", "u"),
    ("ju", "u"),
    ("ia", "a"),
    ("ya", "a"),
    ("ja", "a"),
    ("ie", "e"),
    ("ye", "e"),
    ("je", "e"),
)
_LETTERS = str.maketrans("yjwgł", "iivhl")
_SLAVIC = re.compile(
    r".+(?:[sczt]k(?:y|yy|yi|iy|ij|yj|i|a|aya|aja|aia)|enko|[cktz]h?o?uk|[iyeo](?:v|w|ff)(?:a|i?t?s?ch)?|h?a)"
)


def sound(word: str) -> str | None:
    """How a Slavic name sounds, in whatever scheme of Latin letters it is written; None for other names.

    Only where the ending shows such a name: "Meyer" and "Meier" are two families.
    """
    folded = fold(word).translate(str.maketrans("ł", "l"))
    if not _SLAVIC.fullmatch(folded):
        return None
    for spelled, said in _SOUNDS:
        folded = folded.replace(spelled, said)
    return folded.translate(_LETTERS).replace("v", "w").replace("z", "s").rstrip("i")
