"""Text with marked words: styled where there is colour, between text marks where there is none."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from .safe import SafeText, sanitize


@dataclass(frozen=True, slots=True)
class Mark:
    """Words of a text to mark, by offsets in the raw text.

    ``visible`` marks get text marks where there is no colour; the others are style only.
    """

    start: int
    end: int
    style: str
    visible: bool = True


@dataclass(frozen=True, slots=True)
class Look:
    """How things are shown: ``plain`` without colour, ``ascii_only`` where nothing else can be encoded."""

    plain: bool
    ascii_only: bool = False

    @property
    def ellipsis(self) -> str:
        return "..." if self.ascii_only else "…"

    @property
    def dot(self) -> str:
        return " | " if self.ascii_only else " · "

    def quoted(self, text: Text) -> Text:
        left, right = ('"', '"') if self.ascii_only else ("“", "”")
        return Text.assemble(left, text, right, style=text.style)


BEFORE, AFTER = ">>", "<<"


def marked(raw: str, marks: Iterable[Mark], look: Look, *, style: str = "", room: int | None = None) -> Text:
    """Raw text made safe, its marked words marked.

    With ``room``, text that takes more cells is shortened: its beginning, its end and the surroundings of
    the marked words stay.
    """
    safe = sanitize(raw)
    spans = _spans(safe, marks)
    pieces = [(0, len(safe.text))]
    if room is not None and cell_len(safe.text) > room:
        pieces = _excerpt(safe.text, [(start, end) for start, end, _ in spans], room)
    visible = _merged((start, end) for start, end, mark in spans if mark.visible) if look.plain else []
    opens, closes = {start for start, _ in visible}, {end for _, end in visible}
    edges = sorted({*opens, *closes, *(edge for start, end, _ in spans for edge in (start, end))})
    result = Text(style=style, no_wrap=False)
    for number, (left, right) in enumerate(pieces):
        if number or left:
            result.append(f" {look.ellipsis} " if number else f"{look.ellipsis} ")
        cuts = [left, *(edge for edge in edges if left < edge < right), right]
        for start, end in pairwise(cuts):
            opened = start in opens or (start == left and _inside(start, visible))
            closed = end in closes or (end == right and _inside(end, visible))
            result.append(BEFORE if opened else "")
            begin = len(result)
            result.append(safe.text[start:end])
            for span_start, span_end, mark in spans:
                if span_start <= start and end <= span_end:
                    result.stylize(mark.style, begin, len(result))
            result.append(AFTER if closed else "")
    if pieces and pieces[-1][1] < len(safe.text):
        result.append(f" {look.ellipsis}")
    return result


def _spans(safe: SafeText, marks: Iterable[Mark]) -> list[tuple[int, int, Mark]]:
    found = []
    for mark in marks:
        start, end = safe.span(mark.start, mark.end)
        words = safe.text[start:end]
        start += len(words) - len(words.lstrip())
        end -= len(words) - len(words.rstrip())
        if start < end:
            found.append((start, end, mark))
    return found


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans that overlap or touch become one."""
    result: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result


def _inside(position: int, spans: list[tuple[int, int]]) -> bool:
    return any(start < position < end for start, end in spans)


_WORD = re.compile(r"\S{1,12}\s*")  # longer ones are cut: scripts without spaces have no shorter words
_KEPT = 12  # characters at both ends that come before the surroundings of marked words
_CUT = 3  # cells that an ellipsis and its spaces take


def _excerpt(text: str, anchors: list[tuple[int, int]], room: int) -> list[tuple[int, int]]:
    """Pieces of the text that fit the room: marked words, a little of both ends, then what is nearest."""
    edges = [edge for span in anchors for edge in span]
    ends = [0, len(text)]

    def rank(word: tuple[int, int]) -> tuple[int, int]:
        marked_words = min((_distance(word, edge) for edge in edges), default=len(text))
        nearest = min(marked_words, *(_distance(word, end) for end in ends))
        if marked_words == 0:
            return 0, 0
        return (1 if nearest < _KEPT and nearest < marked_words else 2), nearest

    ranked = sorted((match.span() for match in _WORD.finditer(text)), key=rank)
    pieces: list[tuple[int, int]] = []
    for word in ranked:
        more = _merged([*pieces, word])
        if pieces and sum(cell_len(text[start:end]) + _CUT for start, end in more) > room:
            break
        pieces = more
    return [(start, start + len(text[start:end].rstrip())) for start, end in pieces]


def _distance(word: tuple[int, int], point: int) -> int:
    return max(word[0] - point, point - word[1], 0)


def hanging(console: Console, prefix: Text, body: Text, width: int) -> Iterator[Text]:
    """The body wrapped behind a prefix, its further lines indented as far, no line with trailing space."""
    indent = cell_len(prefix.plain)
    for number, line in enumerate(body.wrap(console, max(width - indent, 10))):
        whole = Text.assemble(prefix if number == 0 else " " * indent, line)
        whole.rstrip()
        whole.no_wrap, whole.overflow = True, "ignore"
        yield whole
