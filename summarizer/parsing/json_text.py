"""Raw text -> the JSON values in it.

Repaired, because there is one reading only:

- A code fence round the answer, prose before or after it: chat models wrap JSON in spite of a schema.
- A byte order mark, zero-width characters, reasoning: see ``framing``.
- A comma before a closing bracket, outside strings: small models write lists as people write code.
- A raw line break or tab inside a string: small models do not escape them.
- The whole answer as one JSON string: some servers encode it twice.

Refused: half a value, NaN and Infinity, a key twice in one object (which value is meant cannot be known),
lone surrogates, deep nesting, numbers no article needs, single quotes and Python's None and True.

Every step is one pass over the text, so that no reply can keep a process busy.
"""

import json
import math
import re
from dataclasses import dataclass

from . import framing
from .outcome import Unparsed, quoted

MAX_DEPTH = 24  # an answer has 5 levels
_MAX_VALUES = 50
_MAX_DIGITS = 15


class Unreadable:
    """Stands in a value where something stood that is named among the problems already."""


UNREADABLE = Unreadable()


@dataclass(frozen=True, slots=True)
class Candidate:
    """One JSON object or list of a reply, and what is wrong with its JSON."""

    value: object
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """All of them, in order; ``around``: there are words outside of them.

    ``problem`` is what makes it impossible to take any: another one was begun and not finished.
    """

    candidates: tuple[Candidate, ...]
    around: bool
    problem: str | None = None


def find(raw: str) -> Found:
    """The objects and lists in a reply. Raises Unparsed when there is none."""
    text = framing.stripped(raw)
    if text.startswith('"'):
        text = _encoded_twice(text)
    spans = _spans(text)
    # A tag inside a whole value is the article's word; only one outside begins or ends reasoning.
    if any(not spans.hold(tag.start()) for tag in framing.tags(text)):
        text = framing.without_reasoning(text)
        spans = _spans(text)
    pieces = [text[start:end] for start, end in spans.closed]
    if spans.too_deep:
        raise Unparsed(["the reply is nested too deeply"])
    if len(pieces) > _MAX_VALUES:
        raise Unparsed([f"the reply holds more than {_MAX_VALUES} JSON values; give one"])
    if not pieces:
        raise Unparsed([_why_none(text, spans)])
    problem = None
    if spans.open is not None:
        # Once more the same until the limit came is a loop; anything else may have been a correction.
        rest = text[spans.open :].rstrip()
        if not any(piece.startswith(rest) for piece in pieces):
            problem = "after an answer another one begins and breaks off; give one answer"
    return Found(tuple(map(_candidate, pieces)), spans.words_around(text), problem)


# --- where the values stand -------------------------------------------------------------------

# What may follow the opening bracket of an object, or of a list of objects: prose has brackets too.
_START = re.compile(r"\{(?=\s*+[\"'}])|\[(?=\s*+[\[{\]])")
# A string that does not end reaches to the end: looking for its end again and again would take forever.
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|[\[{]|[\]}]', re.DOTALL)
_FENCE = re.compile(r"(?:```|~~~)[ \t]*+(?:json5?|jsonc|javascript|text)?+", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]")


@dataclass(frozen=True, slots=True)
class _Spans:
    """``closed``: start and end of every value; ``open``: where one begins that does not end."""

    closed: tuple[tuple[int, int], ...]
    open: int | None = None
    too_deep: bool = False

    def hold(self, position: int) -> bool:
        return any(start <= position < end for start, end in self.closed)

    def words_around(self, text: str) -> bool:
        position, outside = 0, []
        for start, end in self.closed:
            outside.append(text[position:start])
            position = end
        outside.append(text[position : self.open])
        return any(_WORD.search(_FENCE.sub(" ", piece)) for piece in outside)


def _spans(text: str) -> _Spans:
    closed: list[tuple[int, int]] = []
    position = 0
    while (start := _START.search(text, position)) and len(closed) <= _MAX_VALUES:
        depth = 0
        for token in _TOKEN.finditer(text, start.start()):
            mark = token[0][0]
            if mark in "[{":
                depth += 1
                if depth > MAX_DEPTH:
                    return _Spans(tuple(closed), start.start(), too_deep=True)
            elif mark in "]}":
                depth -= 1
                if depth == 0:
                    closed.append((start.start(), token.end()))
                    position = token.end()
                    break
        else:
            return _Spans(tuple(closed), start.start())
    return _Spans(tuple(closed))


def _why_none(text: str, spans: _Spans) -> str:
    if spans.open is not None:
        return "the reply is no JSON: it breaks off before its end; write all of it, and shorter"
    return f"the reply holds no JSON object: it begins with {quoted(text)}"


# --- one value --------------------------------------------------------------------------------


def _candidate(text: str) -> Candidate:
    try:
        return _loaded(text)
    except ValueError:
        try:
            return _loaded(_without_trailing_commas(text))
        except ValueError as error:
            return Candidate(UNREADABLE, (_syntax(text, error),))


def _loaded(text: str) -> Candidate:
    """Raises ValueError for what is no JSON; what else is wrong stands in the candidate."""
    problems: list[str] = []

    def constant(name: str) -> Unreadable:
        problems.append(f"{name} is no JSON value")
        return UNREADABLE

    def integer(digits: str) -> int | Unreadable:
        if len(digits) > _MAX_DIGITS:
            problems.append(f"the number {quoted(digits, 12)} has {len(digits)} digits")
            return UNREADABLE
        return int(digits)

    def real(digits: str) -> float | Unreadable:
        number = float(digits)
        if math.isfinite(number):
            return number
        problems.append(f"the number {quoted(digits, 12)} is too large")
        return UNREADABLE

    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        seen: dict[str, object] = {}
        for key, value in pairs:
            if key in seen:
                problems.append(f"the key {quoted(key)} stands twice in one object")
            seen.setdefault(key, value)
        return seen

    # Not strict: a raw line break in a string has one reading.
    value: object = json.loads(
        text,
        strict=False,
        parse_constant=constant,
        parse_int=integer,
        parse_float=real,
        object_pairs_hook=unique,
    )
    if ("\\u" in text or framing.has_surrogate(text)) and _any_surrogate(value):
        problems.append(framing.SURROGATE)
    return Candidate(value, tuple(dict.fromkeys(problems)))


def _any_surrogate(value: object) -> bool:
    if isinstance(value, str):
        return framing.has_surrogate(value)
    if isinstance(value, dict):
        return any(framing.has_surrogate(key) or _any_surrogate(inner) for key, inner in value.items())
    return isinstance(value, list) and any(map(_any_surrogate, value))


_STRING_OR_COMMA = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|,(?=\s*+[\]}])', re.DOTALL)


def _without_trailing_commas(text: str) -> str:
    def kept(match: re.Match[str]) -> str:
        if match[0] != ",":
            return match[0]
        before = match.start() - 1
        while before >= 0 and text[before].isspace():
            before -= 1
        # "[,]" and "[1,,]" lack a value: what it was cannot be known.
        return "," if before < 0 or text[before] in ",[{:" else ""

    return _STRING_OR_COMMA.sub(kept, text)


_PYTHON = re.compile(r"[{,\[]\s*+'|[:,\[]\s*+(?:None|True|False)\b")


def _syntax(text: str, error: ValueError) -> str:
    """Says what to write instead where that is known."""
    said = f"the reply is no JSON: {str(error)[:100]}"
    if _PYTHON.search(text):
        said += "; write strings in double quotes, and null, true and false"
    return said


def _encoded_twice(text: str) -> str:
    try:
        inner = json.loads(text, strict=False)
    except ValueError:
        return text  # prose that begins with a quotation mark
    return framing.stripped(inner) if isinstance(inner, str) else text
