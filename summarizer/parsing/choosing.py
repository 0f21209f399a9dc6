"""Of the JSON values in a reply the one that is the answer.

- One that can be read: that one. Others beside it are named in the note: an echoed form, an example.
- The same answer several times, a small model's loop: that answer.
- Two different answers: neither, since which one is meant cannot be known.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from . import json_text
from .outcome import Parsed, Unparsed, bounded, kind

T = TypeVar("T")


def one_answer(raw: str, keys: Sequence[str], read: Callable[[object], Parsed[T]]) -> Parsed[T]:
    """The answer in a reply; ``read`` takes one JSON value, ``keys`` are those that an answer has.

    Raises Unparsed.
    """
    found = json_text.find(raw)
    tried = [_try(candidate, read) for candidate in found.candidates]
    taken = [attempt.parsed for attempt in tried if attempt.parsed is not None]
    if not taken:
        raise Unparsed(bounded(_problems(tried, found.candidates, keys, found.problem)))
    if found.problem:
        raise Unparsed([found.problem])
    first = taken[0]
    if any(other.value != first.value for other in taken):
        raise Unparsed(["the reply holds different answers; give one"])
    notes = [first.note] if first.note else []
    if len(taken) > 1:
        notes.append(f"the same answer came {len(taken)} times")
    if len(taken) < len(tried):
        others = len(tried) - len(taken)
        notes.append(f"left out: {others} other JSON value{'s' if others > 1 else ''}")
    if found.around:
        notes.append("left out: words around the answer")
    return replace(first, note="; ".join(notes) or None)


@dataclass(frozen=True, slots=True)
class _Attempt:
    """``parsed`` is an answer of the caller's type; None beside ``problems``."""

    parsed: Any
    problems: tuple[str, ...] = ()


def _try(candidate: json_text.Candidate, read: Callable[[object], Parsed[T]]) -> _Attempt:
    problems = list(candidate.problems)
    try:
        parsed = None if candidate.value is json_text.UNREADABLE else read(candidate.value)
    except Unparsed as error:
        parsed, problems = None, [*problems, *error.problems]
    return _Attempt(None, tuple(problems)) if problems else _Attempt(parsed)


def _problems(
    tried: Sequence[_Attempt],
    candidates: Sequence[json_text.Candidate],
    keys: Sequence[str],
    general: str | None,
) -> list[str]:
    """What is wrong with those values that look like answers, or with all when none does."""
    alike = [
        attempt
        for attempt, candidate in zip(tried, candidates, strict=True)
        if candidate.value is json_text.UNREADABLE
        or (isinstance(candidate.value, dict) and any(key in candidate.value for key in keys))
    ]
    problems = [problem for attempt in alike or tried for problem in attempt.problems]
    return [*problems, *([general] if general else [])]


_ANSWER = frozenset({"answer", "data", "items", "list", "output", "response", "result", "results"})


def unwrapped(value: object, keys: Sequence[str], items: str | None = None) -> dict[str, object]:
    """An answer out of what small models put round it. Raises Unparsed for what is no object.

    - ``{"summary": {…}}``, one key that no answer has, round the object.
    - A list of one object.
    - Where the answer is a list under the key ``items``: that list alone.
    - Such a list under a key that says no more than "answer". Under any other key it is the answer to
      another question.
    """
    if isinstance(value, dict) and len(value) == 1:
        ((key, inner),) = value.items()
        if key not in keys and (isinstance(inner, dict) or key in _ANSWER):
            value = inner
    if isinstance(value, list):
        whole = [entry for entry in value if isinstance(entry, dict) and any(key in entry for key in keys)]
        if len(value) == 1 and whole:
            return whole[0]
        if items is not None and not whole:
            return {items: value}
    if not isinstance(value, dict):
        named = " and ".join(f'"{key}"' for key in keys)
        raise Unparsed([f"the reply is {kind(value)} and not a JSON object with {named}"])
    return value
