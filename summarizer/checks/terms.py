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
_KNOWN = 20_000  # words that a table remembers


class Hit(msgspec.Struct, frozen=True, gc=False):
    """Tokens ``first`` to ``last`` (not included) of a text are words of a table."""

    first: int
    last: int
    label: str


class Terms:
    """A table, ready to be looked up."""

    def __init__(self, entries: Iterable[tuple[str, str]], number: int = 0) -> None:
        """``entries``: (a word, prefix or phrase; its label); ``number`` among those of its language."""
        self.number = number
        self._exact: dict[str, list[Row]] = {}
        self._prefixes: dict[str, list[Row]] = {}
        for spelled, label in entries:
            words = tuple(spelled.split("_"))
            first = words[0].partition("~")[0]
            second = words[1] if len(words) > 1 and not words[1].endswith("*") else None
            table, key = (self._prefixes, first[:_BUCKET]) if first.endswith("*") else (self._exact, first)
            table.setdefault(key, []).append((words, label, second))
        for table in (self._exact, self._prefixes):
            for rows in table.values():
                rows.sort(key=lambda row: (-len(row[0]), row[:2]))
        self._opening = _Opening(self._exact, self._prefixes)

    def at(self, tokens: Sequence[Token], index: int) -> Sequence[Hit]:
        """What begins at a token, the longest first."""
        rows = self._opening[tokens[index].norm]
        return _hits(rows, tokens, index) if rows else ()

    def first(self, tokens: Sequence[Token], index: int) -> Hit | None:
        """The longest that begins at a token."""
        hits = self.at(tokens, index)
        return hits[0] if hits else None

    def opens(self, norm: str) -> bool:
        """Whether a word can begin an entry."""
        return bool(self._opening[norm])

    def find(self, tokens: Sequence[Token]) -> tuple[Hit, ...]:
        """Every word of the table in a text, in order; a phrase hides the words inside it."""
        opening = self._opening
        return self.among(tokens, [i for i, t in enumerate(tokens) if opening[t.norm]])

    def among(self, tokens: Sequence[Token], starts: Sequence[int]) -> tuple[Hit, ...]:
        """The same, where it is known with which tokens an entry can begin; see ``Openings``."""
        if not starts:
            return ()
        found: list[Hit] = []
        index = 0
        for start in starts:
            if start < index:
                continue
            hits = self.at(tokens, start)
            index = start + 1
            if not hits:
                continue
            if len(hits) > 1:
                longest = max([hit.last for hit in hits])
                hits = [hit for hit in hits if hit.last == longest]
            found += hits
            index = hits[0].last
        return tuple(found)

    def any(self, tokens: Sequence[Token]) -> bool:
        opening = self._opening
        return any(
            opening[t.norm] and self.first(tokens, index) is not None for index, t in enumerate(tokens)
        )


Row = tuple[tuple[str, ...], str, str | None]  # words, label, the second word if it must stand there so


class _Opening(dict[str, tuple[Row, ...]]):
    """Case-folded word -> the entries that it can begin: none for most, and that is remembered."""

    def __init__(self, exact: dict[str, list[Row]], prefixes: dict[str, list[Row]]) -> None:
        super().__init__()
        self._exact = exact
        self._prefixes = prefixes

    def __missing__(self, norm: str) -> tuple[Row, ...]:
        if len(self) > _KNOWN:  # flat memory over many articles
            self.clear()
        near = [
            row
            for row in self._prefixes.get(norm[:_BUCKET], ())
            if norm.startswith(row[0][0].partition("~")[0][:-1])
        ]
        found = self[norm] = (*self._exact.get(norm, ()), *near)
        return found


def _hits(rows: Sequence[Row], tokens: Sequence[Token], index: int) -> list[Hit]:
    """Of entries whose first word fits, those whose other words follow, the longest first."""
    found = []
    left = len(tokens) - index
    behind = tokens[index + 1].norm if left > 1 else None
    for words, label, next_word in rows:
        if next_word is not None and next_word != behind:
            continue  # nearly all phrases end here
        length = len(words)
        if length == 1:
            _, apart, second = words[0].partition("~")
            if not apart or any(_is(second, t.norm) for t in tokens[index + 1 : index + 1 + _APART]):
                found.append(Hit(index, index + 1, label))
        elif length <= left and all(_is(words[at], tokens[index + at].norm) for at in range(1, length)):
            found.append(Hit(index, index + length, label))
    return found


def _is(pattern: str, norm: str) -> bool:
    return norm.startswith(pattern[:-1]) if pattern.endswith("*") else norm == pattern


@cache
def terms(code: str, *keys: str) -> Terms:
    """The table under some keys of a language's files, together; empty where they are missing."""
    data, known = lexicon(code).data, _tables(code)
    entries = (entry for key in keys for entry in _entries(plain(data.get(key, "")).casefold()))
    made = Terms(entries, len(known.tables))
    known.tables.append(made)
    known.clear()
    return made


class _Tables(dict[str, tuple[Terms, ...]]):
    """Case-folded word -> the tables of a language with an entry that it can begin."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[Terms] = []

    def __missing__(self, norm: str) -> tuple[Terms, ...]:
        if len(self) > _KNOWN:  # flat memory over many articles
            self.clear()
        found = self[norm] = tuple(table for table in self.tables if table.opens(norm))
        return found


@cache
def _tables(code: str) -> _Tables:
    return _Tables()


class Openings:
    """The tokens of one text that can begin an entry, for all tables at once: most have none."""

    def __init__(self, tokens: Sequence[Token], code: str) -> None:
        self._tokens = tokens
        tables = _tables(code)
        self._known = len(tables.tables)
        self._starts: dict[Terms, list[int]] = {}
        starts = self._starts
        for index, token in enumerate(tokens):
            for table in tables[token.norm]:
                if table in starts:
                    starts[table].append(index)
                else:
                    starts[table] = [index]

    def find(self, table: Terms) -> tuple[Hit, ...]:
        """What ``table.find`` gives for the text."""
        if table.number >= self._known:  # asked for the first time in this process
            return table.find(self._tokens)
        starts = self._starts.get(table)
        return () if starts is None else table.among(self._tokens, starts)


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
