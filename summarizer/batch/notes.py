"""Takes records into a journal: what is new, what is done, what came twice."""

import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .outcome import Failure, Status
from .records import Input, another_id, packed, shown_id
from .rows import number, put, small


@dataclass(frozen=True, slots=True)
class Noted:
    """What became of some records that were read."""

    new: int = 0
    done: int = 0
    duplicates: int = 0
    unreadable: tuple[Failure, ...] = ()


class Notes:
    """Takes records in, in one transaction."""

    def __init__(self, db: sqlite3.Connection, reading: int, shape: bytes) -> None:
        self._db = db
        self._reading = reading
        self._shape = shape
        self._known: dict[str, tuple[Any, ...]] = {}
        self._seen: list[tuple[int, int, int, str, int]] = []
        self.new = self.done = self.duplicates = 0
        self.unreadable: list[Failure] = []

    def take(self, inputs: Sequence[Input], place: int) -> Noted:
        idents = list({one.id for one in inputs})
        for start in range(0, len(idents), 500):
            some = idents[start : start + 500]
            query = (
                "SELECT ident, seq, content, shape, status, reading FROM articles"  # noqa: S608 (marks only)
                f" WHERE ident IN ({', '.join('?' * len(some))})"
            )
            self._known.update((row[0], row[1:]) for row in self._db.execute(query, some))
        for offset, one in enumerate(inputs):
            self._one(one, one.id, place + offset)
        self._db.executemany(
            "UPDATE articles SET reading = ?, place = ?, status = ?, origin = ? WHERE seq = ?", self._seen
        )
        put(
            self._db,
            read=number(self._db, "read") + len(inputs),
            duplicates=number(self._db, "duplicates") + self.duplicates,
        )
        return Noted(self.new, self.done, self.duplicates, tuple(self.unreadable))

    def _one(self, one: Input, ident: str, place: int) -> None:
        known = self._known.get(ident)
        if known is None and ident != one.id:  # made up here: it was not looked for with the others
            query = "SELECT seq, content, shape, status, reading FROM articles WHERE ident = ?"
            known = self._db.execute(query, (ident,)).fetchone()
        if known is None:
            self._insert(one, ident, place)
            return
        seq, content, shape, status, reading = known
        if reading == self._reading:
            if content == one.content or ident != one.id:
                self.duplicates += 1
            else:  # one id for two texts: both are wanted
                self._one(one, another_id(one), place)
            return
        same = content == one.content and shape == self._shape
        if same and status == Status.REPORTED:
            self.done += 1
            self._seen.append((self._reading, place, status, one.origin, seq))
        else:
            self._change(one, seq, place)
        self._known[ident] = (seq, one.content, self._shape, status, self._reading)

    def _insert(self, one: Input, ident: str, place: int) -> None:
        status = Status.PENDING if one.error is None else Status.FAILED
        row = self._db.execute(
            "INSERT INTO articles (ident, reading, place, status, content, shape, origin, document_id,"
            " version, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING seq",
            (ident, self._reading, place, status, *self._columns(one)),
        ).fetchone()
        self._known[ident] = (row[0], one.content, self._shape, status, self._reading)
        self._count(one, ident, row[0])

    def _change(self, one: Input, seq: int, place: int) -> None:
        status = Status.PENDING if one.error is None else Status.FAILED
        self._db.execute(
            "UPDATE articles SET reading = ?, place = ?, status = ?, content = ?, shape = ?, origin = ?,"
            " document_id = ?, version = ?, body = ? WHERE seq = ?",
            (self._reading, place, status, *self._columns(one), seq),
        )
        self._count(one, one.id, seq)

    def _count(self, one: Input, ident: str, seq: int) -> None:
        if one.error is None:
            self.new += 1
            return
        failure = Failure(
            id=shown_id(ident),
            origin=one.origin,
            document_id=one.document_id,
            version=one.version,
            stage="read",
            kind=type(one.error).__name__,
            message=str(one.error),
            attempts=0,
            raw=None,
            what_to_do=f"{one.error.hint or ''} Then run the same command again.".strip(),
        )
        self.unreadable.append(failure)
        self._db.execute(
            "INSERT OR REPLACE INTO outcomes (seq, at, rank, flagged) VALUES (?, ?, 0, 0)",
            (seq, time.time()),
        )
        self._db.execute(
            "INSERT OR REPLACE INTO papers (seq, failure) VALUES (?, ?)", (seq, small(failure.to_json()))
        )

    def _columns(self, one: Input) -> tuple[Any, ...]:
        body = None if one.body is None else packed(one.body)
        return (one.content, self._shape, one.origin, one.document_id, one.version, body)
