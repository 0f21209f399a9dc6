"""Words of a language's tables, found among the tokens of a text.

A table is written as words, prefixes (``approv*``), phrases (``turned_down``) and two words apart
(``wies~zurück``), in lines. What a line says is its label: the word before a colon, or, in lines of two sides
(``rose grew | fell dropped``), the line's number with the side.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache

import msgspec

from .text import Token, lexicon, plain

_APART = 10  # words within which the second half of a separable verb stands
_BUCKET = 2  # letters by which prefixes are looked up


class Hit(msgspec.Struct, frozen=True, gc=False):
    """Tokens ``first`` to ``last`` (not included) of a text are words of a table."""

    first: int
    last: int
    label: str


class Terms:
    """A table, ready to be looked up."""

    def __init__(self, entries: Iterable[tuple[str, str]]) -> None:
        """``entries``: (a word, prefix or phrase; its label)."""
        self._exact: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        self._prefixes: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for spelled, label in entries:
            words = tuple(spelled.split("_"))
            first = words[0].partition("~")[0]
            if first.endswith("*"):
                self._prefixes.setdefault(first[:_BUCKET], []).append((words, label))
            else:
                self._exact.setdefault(first, []).append((words, label))
        for table in (self._exact, self._prefixes):
            for rows in table.values():
                rows.sort(key=lambda row: (-len(row[0]), row))

    def at(self, tokens: Sequence[Token], index: int) -> Iterator[Hit]:
        """What begins at a token, the longest first."""
        norm = tokens[index].norm
        rows = self._exact.get(norm, ())
        near = self._prefixes.get(norm[:_BUCKET], ())
        for words, label in (*rows, *near):
            if len(words) == 1 and "~" in words[0]:
                if _apart(words[0], tokens, index):
                    yield Hit(index, index + 1, label)
            elif len(words) == 1:
                if _is(words[0], norm):
                    yield Hit(index, index + 1, label)
            elif len(words) <= len(tokens) - index and all(
                _is(word, tokens[index + at].norm) for at, word in enumerate(words)
            ):
                yield Hit(index, index + len(words), label)

    def find(self, tokens: Sequence[Token]) -> tuple[Hit, ...]:
        """Every word of the table in a text, in order; a phrase hides the words inside it."""
        found: list[Hit] = []
        exact, prefixes = self._exact, self._prefixes
        starts = [i for i, t in enumerate(tokens) if t.norm in exact or t.norm[:_BUCKET] in prefixes]
        index = 0
        for start in starts:
            if start < index:
                continue
            index = start
            hits = list(self.at(tokens, index))
            longest = hits[0].last if hits else 0
            for hit in hits:
                longest = max(longest, hit.last)
            found += [hit for hit in hits if hit.last == longest]
            index = max(index + 1, longest)
        return tuple(found)

    def any(self, tokens: Sequence[Token]) -> bool:
        return any(next(self.at(tokens, index), None) is not None for index in range(len(tokens)))


def _apart(pattern: str, tokens: Sequence[Token], index: int) -> bool:
    """Two words of which the second stands further on."""
    first, _, second = pattern.partition("~")
    return _is(first, tokens[index].norm) and any(
        _is(second, token.norm) for token in tokens[index + 1 : index + 1 + _APART]
    )


def _is(pattern: str, norm: str) -> bool:
    return norm.startswith(pattern[:-1]) if pattern.endswith("*") else norm == pattern


@cache
def terms(code: str, *keys: str) -> Terms:
    """The table under some keys of a language's files, together; empty where they are missing."""
    data = lexicon(code).data
    return Terms(entry for key in keys for entry in _entries(plain(data.get(key, "")).casefold()))


def _entries(text: str) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(text.splitlines()):
        label, colon, rest = line.partition(":")
        if "|" in line:
            for side, words in zip("+-", line.split("|"), strict=True):
                yield from ((word, f"{number}{side}") for word in words.split())
        elif colon:
            yield from ((word, label.strip()) for word in rest.split())
        else:
            yield from ((word, "") for word in line.split())
