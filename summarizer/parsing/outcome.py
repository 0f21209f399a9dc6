"""What a parser is told, and what it hands back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

_MOST_PROBLEMS = 25


class Unparsed(Exception):
    """A state on its way to the report; no caller of the package sees it.

    ``problems`` lists everything that is wrong with the reply, each a sentence that can be sent back to
    the model: what it quotes of the reply is short and has no control character in it.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = list(dict.fromkeys(problems))
        super().__init__("; ".join(self.problems))


def bounded(problems: Sequence[str]) -> list[str]:
    """As many as somebody reads, and how many more: a long list of nonsense has one an entry."""
    listed = list(dict.fromkeys(problems))
    more = len(listed) - _MOST_PROBLEMS
    return [*listed[:_MOST_PROBLEMS], f"and {more} more problems"] if more > 0 else listed


@dataclass(frozen=True, slots=True)
class Expected:
    """What was asked for.

    ``language`` is the article's tag ("en", "uk"; "und" when it is not known), ``count`` the summary
    sentences asked for, or the most claims; ``banned_words`` are words that the house does not print;
    ``words`` are the article's, case folded: what shares most of its own with them is in its language.
    """

    language: str
    count: int
    banned_words: tuple[str, ...] = ()
    words: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Parsed(Generic[T]):
    """What a reply says.

    ``note`` names what was left out of it or repaired with loss. ``complete`` is false when less than
    was asked for came of use. ``wishes`` are sentences about what is wrong and does not make the value
    unusable: worth asking once more.
    """

    value: T
    note: str | None = None
    complete: bool = True
    wishes: tuple[str, ...] = ()


def quoted(value: str, most: int = 40) -> str:
    """A piece of a reply inside a message: short, on one line, nothing in it that a terminal obeys."""
    shown = "".join(c if c.isprintable() else " " for c in value[: most + 1])
    return f"“{shown[:most]}…”" if len(value) > most else f"“{shown}”"


def kind(value: object) -> str:
    """What sort of JSON value this is, in words."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    for types, name in (((int, float), "a number"), (str, "a text"), (list, "a list")):
        if isinstance(value, types):
            return name
    return "an object"
