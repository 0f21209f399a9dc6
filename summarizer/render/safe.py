"""Text from outside, made fit for a terminal, with the offsets of its words kept.

Articles and model answers may hold anything: escape sequences that recolour, retitle or rewrite a
terminal, characters that turn the reading direction around, line breaks that fake a line of ours. What
becomes of each kind:

========================================  ==========================================================
line breaks and tabs                      one space
other control characters below U+0020     their picture (``␛`` for ESC): visible, and without effect
U+007F                                    its picture, ``␡``
U+0080 to U+009F, lone surrogates         ``�``
embeddings, overrides and isolates that   dropped: the text stands in the order in which it is stored,
turn the direction of reading             which is the order in which it was checked
invisible format characters and tags      dropped
combining marks beyond four in a row      dropped: they would paint over the lines around
========================================  ==========================================================

Letters written from right to left stay as they are, and so do joiners (emoji and several scripts need
them) and the marks U+200E, U+200F and U+061C, which turn nothing around.
"""

import re
import unicodedata
from dataclasses import dataclass

_BREAKS = "\n\r\v\f\x1c-\x1e\x85\u2028\u2029"
_CONTROLS = "\x00-\x08\x0e-\x1b\x1f\x7f"
_UNSHOWABLE = "\x80-\x84\x86-\x9f\ud800-\udfff"
_DIRECTION = "\u202a-\u202e\u2066-\u2069"
_INVISIBLE = "\u200b\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"
_COMBINING = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_CHANGED = re.compile(
    rf"(?P<space>[ \t]*[{_BREAKS}][ \t{_BREAKS}]*|\t)"
    rf"|(?P<control>[{_CONTROLS}])"
    rf"|(?P<unshowable>[{_UNSHOWABLE}])"
    rf"|(?P<dropped>[{_DIRECTION}{_INVISIBLE}]+|(?<=[{_COMBINING}]{{4}})[{_COMBINING}]+)"
)

# What JSON leaves as it is and a terminal may obey.
_IN_JSON = re.compile(rf"[\x7f-\x9f\u2028\u2029{_DIRECTION}]")


@dataclass(frozen=True, slots=True)
class SafeText:
    """Text without effects, and where each place of the raw text has gone.

    ``offsets`` has one entry for each raw offset from 0 to the length; None when nothing changed.
    """

    text: str
    offsets: tuple[int, ...] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a span of the raw text lies here, widened to whole characters as a reader sees them."""
        if self.offsets is not None:
            last = len(self.offsets) - 1
            start, end = self.offsets[min(max(start, 0), last)], self.offsets[min(max(end, 0), last)]
        start, end = max(start, 0), min(end, len(self.text))
        if start >= end:
            return start, start
        return _widen(self.text, start, end)


def safe(text: str) -> str:
    """The text, fit for one line of a terminal; see the table above."""
    return sanitize(text).text


def sanitize(text: str) -> SafeText:
    """The text, fit for one line of a terminal, with the places of its words."""
    if not _CHANGED.search(text):
        return SafeText(text)
    parts: list[str] = []
    offsets: list[int] = []
    position = length = 0
    for match in _CHANGED.finditer(text):
        kept = text[position : match.start()]
        offsets.extend(range(length, length + len(kept)))
        length += len(kept)
        replacement = _replacement(match)
        offsets.extend([length] * len(match[0]))
        length += len(replacement)
        parts += kept, replacement
        position = match.end()
    rest = text[position:]
    offsets.extend(range(length, length + len(rest) + 1))
    return SafeText("".join(parts) + rest, tuple(offsets))


def safe_json(text: str) -> str:
    """The same JSON, with characters that a terminal may obey written as ``\\u`` escapes."""
    return _IN_JSON.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _replacement(match: re.Match[str]) -> str:
    match match.lastgroup:
        case "space":
            return " "
        case "control":
            code = ord(match[0])
            return "\u2421" if code == 0x7F else chr(0x2400 + code)
        case "unshowable":
            return "\ufffd"
        case _:
            return ""


_JOINER = "\u200d"


def _widen(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without cutting through an emoji or between a letter and its marks."""
    while start > 0 and _continues(text, start):
        start -= 1
    while end < len(text) and _continues(text, end):
        end += 1
    return start, end


def _continues(text: str, position: int) -> bool:
    """Whether the character there belongs to the one before it."""
    character = text[position]
    return (
        character == _JOINER
        or (text[position - 1] == _JOINER and unicodedata.category(character) == "So")
        or unicodedata.category(character) in ("Mn", "Me", "Mc")
        or "\U0001f3fb" <= character <= "\U0001f3ff"  # skin tones
        or _splits_flag(text, position)
    )


def _splits_flag(text: str, position: int) -> bool:
    """Whether the place lies between the two halves of a flag: an odd number of halves before it."""
    if not _is_flag_half(text[position]):
        return False
    before = position
    while before > 0 and _is_flag_half(text[before - 1]):
        before -= 1
    return (position - before) % 2 == 1


def _is_flag_half(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"
