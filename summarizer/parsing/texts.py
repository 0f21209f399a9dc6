"""The words of an entry: made clean, and looked at for what a person would not print."""

import re
import unicodedata
from collections.abc import Iterable, Sequence, Set
from functools import cache

from .. import language
from ..unicode_forms import nfc

# What a text may lose without losing a word: control characters (U+0000 among them, which databases
# refuse), soft hyphens, zero-width marks, bidi overrides, isolates and tags. The zero-width joiners
# stay: Persian, Hindi and emoji need them.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]"
)


def visible(text: str) -> str:
    """A text without what acts instead of being read, in NFC as articles are; its lines stay."""
    return _INVISIBLE.sub("", nfc(text))


def one_line(text: str) -> str:
    """``visible``, and on one line."""
    return " ".join(visible(text).split())


_END = re.compile(r"[.!?…。！？؟।][\"'”’»“«‹›)\]*]*$")
_OPEN_END = re.compile(r"(?:[,(\[„]| )$")
_NEAR = 2


def ends_like_a_sentence(text: str) -> bool:
    return _END.search(text) is not None


def cut(raw: str, most: int) -> str | None:
    """How a text was cut off in mid-sentence, with what to do about it; None for a whole one.

    A grammar that bounds a string ends it at its bound, wherever the sentence is. And a model that
    forgets to escape a quotation mark ends its string there: what is left ends with a space or a comma.
    """
    if len(raw) > 4 * most:  # also, to normalise a flood of combining marks takes the square of its length
        return f"is longer than {most} characters; write it shorter"
    text = one_line(raw)
    if ends_like_a_sentence(text):
        return f"is longer than {most} characters; write it shorter" if len(text) > most else None
    if len(raw) >= most - _NEAR:
        return f"was cut off at {most} characters; write it shorter"
    if _OPEN_END.search(raw):
        return "breaks off in mid-sentence; write it whole, without quotation marks"
    return None


def repeats(texts: Sequence[str]) -> list[bool]:
    """Which of them say word for word what an earlier one says."""
    seen: set[str] = set()
    found = []
    for text in texts:
        key = text.casefold()
        found.append(key in seen)
        seen.add(key)
    return found


LOOP_WISH = "most entries repeat each other; write each thing once"


def repeats_note(repeated: Sequence[bool]) -> tuple[str | None, bool]:
    """What to say of entries left out as repeats, and whether they were a loop: more than half."""
    count = sum(repeated)
    loop = 2 * count > len(repeated)
    if not count:
        return None, False
    return f"left out: {count} repeated word for word{' (a loop)' if loop else ''}", loop


# --- words that the house does not print ------------------------------------------------------


def banned(text: str, words: Iterable[str]) -> list[str]:
    """Which of these words, or phrases, stand in a text: whole, in any case. Inflected forms are others."""
    folded = _folded(text)
    return [word for word in dict.fromkeys(words) if _holds(folded, _folded(word))]


def _folded(text: str) -> str:
    return nfc(one_line(text).casefold())


def _holds(text: str, word: str) -> bool:
    position = text.find(word) if word else -1
    while position >= 0:
        end = position + len(word)
        before, after = text[position - 1 : position], text[end : end + 1]
        if not (_goes_on(word[0], before) or _goes_on(word[-1], after)):
            return True
        position = text.find(word, position + 1)
    return False


def _goes_on(edge: str, beside: str) -> bool:
    """Whether a word goes on beyond its edge; marks belong to the letter before them."""
    return _in_word(edge) and bool(beside) and _in_word(beside)


def _in_word(character: str) -> bool:
    return character.isalnum() or character == "_" or unicodedata.category(character).startswith("M")


# --- the language -----------------------------------------------------------------------------

# Too near each other for a detector and a few sentences.
_RELATED = (
    frozenset({"no", "nb", "nn", "da"}),
    frozenset({"hr", "sr", "bs", "sh"}),
    frozenset({"id", "ms"}),
    frozenset({"de", "lb"}),
    frozenset({"es", "gl", "an", "pt"}),
    frozenset({"cs", "sk"}),
    frozenset({"nl", "af", "fy"}),
)
_MIN_WORDS, _MIN_LETTERS = 8, 24  # letters: for scripts that put no space between words
# An opening mark inside a quotation ends it here, so that no text takes long; German closes with “.
_QUOTED = re.compile(r"[“„][^“„”]*[”“]|«[^«»]*»|»[^«»]*«|\"[^\"]*\"|‘[^‘’]*’")


_MARKS = frozenset('“„«»"‘')
_WORD = re.compile(r"[^\W\d_]+")


def words_of(text: str) -> frozenset[str]:
    """The words of a text, case folded."""
    return frozenset(_WORD.findall(text.casefold()))


def shares_words(text: str, known: Set[str]) -> bool:
    """Whether most words of a text, names and quotations left aside, are among ``known``."""
    plain = text if _MARKS.isdisjoint(text) else _QUOTED.sub(" ", text)
    words = [word for word in _WORD.findall(plain) if not word[0].isupper()]
    return 3 * sum(word.casefold() in known for word in words) >= 2 * max(1, len(words))


def other_language(text: str, expected: str) -> str | None:
    """The language a text is surely in, when it is another one than the article's; None otherwise.

    Names and quotations may be foreign in any answer: quotations do not count, and the rest has to say
    the same without its capitalised words.
    """
    if len(expected) != 2 or expected == language.UNKNOWN:
        return None
    words = _QUOTED.sub(" ", text).split()
    if len(words) < _MIN_WORDS and sum(len(w) for w in words if not w.isascii()) < _MIN_LETTERS:
        return None
    found = language.detect(" ".join(words))
    if len(found) != 2 or found == expected or any({found, expected} <= group for group in _RELATED):
        return None
    plain = [word for word in words if word.lstrip("([‘'-–—")[:1].lower() == word.lstrip("([‘'-–—")[:1]]
    return found if language.detect(" ".join(plain)) == found else None


@cache
def language_name(tag: str) -> str:
    """ "German" for ``de``; the tag itself where it has no name."""
    from babel import Locale  # reads its tables: late

    name: str = Locale("en").languages.get(tag, tag)
    return name
