"""Whether one name may stand for another: "Price" for "Ann Price", "UBW" for "United Bakery Workers".

Words are compared in the article's language, so that inflected forms count as the same; see ``forms``.
"""

from functools import cache

from .forms import same_word
from .text import Lexicon, lexicon


def initials(words: tuple[str, ...]) -> tuple[str, ...]:
    return ("".join(word[0] for word in words),) if len(words) > 1 else ()


def fits(short: tuple[str, ...], full: tuple[str, ...], lex: Lexicon) -> bool:
    """Whether a name may stand for a fuller one: its words in the same order, initials, or an acronym."""
    if len(short) > len(full):
        return False
    if len(short) == 1 and len(full) > 1 and short[0] == "".join(word[0] for word in full):
        return True
    if (
        len(short) == 1
        and len(full) > 1
        and has_organisation_word(full, lex)
        and not has_organisation_word(short, lex)
    ):
        return _same(short[0], full[0], lex)  # "Brightwell" for "Brightwell Foods", not the place at the end
    at = 0
    for word in short:
        while at < len(full) and not _same(word, full[at], lex):
            at += 1
        if at == len(full):
            return False
        at += 1
    return True


def has_organisation_word(words: tuple[str, ...], lex: Lexicon) -> bool:
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
