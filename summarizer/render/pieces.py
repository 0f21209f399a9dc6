"""Text cut at the edges of its marked spans, so that marks may overlap and still nest in a page.

Offsets are code points of the raw text, half-open. The pieces, joined, are the text as ``safe.sanitize``
gives it; no edge falls inside an emoji or between a letter and its combining marks.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Generic, TypeVar

from .safe import sanitize

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Marked(Generic[T]):
    """Words of a raw text, ``raw[start:end]``, and what they are marked with."""

    start: int
    end: int
    value: T


@dataclass(frozen=True, slots=True)
class Piece(Generic[T]):
    """A piece of the safe text, and the values of all marks that cover it, in the order given."""

    text: str
    values: tuple[T, ...] = ()


def pieces(raw: str, marks: Iterable[Marked[T]]) -> tuple[Piece[T], ...]:
    """The text, made safe, in pieces; neighbours that are marked alike are one piece."""
    safe = sanitize(raw)
    spans = []
    for mark in marks:
        start, end = safe.span(mark.start, mark.end)
        if start < end:
            spans.append((start, end, mark.value))
    edges = sorted({0, len(safe.text), *(edge for start, end, _ in spans for edge in (start, end))})
    # A sweep over the edges: what opens at an edge covers until its own end.
    opening: dict[int, list[int]] = {}
    for index, (start, _, _) in enumerate(spans):
        opening.setdefault(start, []).append(index)
    open_now: list[int] = []
    found: list[Piece[T]] = []
    for left, right in pairwise(edges):
        open_now = sorted([i for i in open_now if spans[i][1] > left] + opening.get(left, []))
        values = tuple(dict.fromkeys(spans[i][2] for i in open_now))
        if found and found[-1].values == values:
            found[-1] = Piece(found[-1].text + safe.text[left:right], values)
        else:
            found.append(Piece(safe.text[left:right], values))
    return tuple(found)
