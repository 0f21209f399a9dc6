"""The journal of a folder: one SQLite file that holds what was read, every answer and every outcome.

It is the cache (the tables of ``llm.answer_file``, on the same thread and in the same transactions), the
resume key and the truth: whatever else lies in the folder is written from it.

Durability: write-ahead log, ``synchronous=NORMAL``. What is committed survives the end of the process,
however it ends; a power cut may take the last moments, and never damages the file. With ``durable``
(``synchronous=FULL``) it survives that too, and every commit waits for the disk.
"""

import contextlib
import hashlib
import json
import sqlite3
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from ..errors import JournalError, SettingsError
from ..llm.answer_store import AnswerStore
from ..report import Report
from .outcome import Failure, Known, Row, Status, rank_of, row_of
from .records import Input, packed

NAME = "journal.sqlite"
FORMAT = 1
T = TypeVar("T")

_TABLES = (
    "CREATE TABLE IF NOT EXISTS batch (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    # `reading` is the number of the reading that saw the article last, `place` its place in it.
    """CREATE TABLE IF NOT EXISTS articles (
        seq INTEGER PRIMARY KEY, ident TEXT NOT NULL UNIQUE, reading INTEGER NOT NULL, place INTEGER NOT NULL,
        status INTEGER NOT NULL, content BLOB NOT NULL, shape BLOB NOT NULL, origin TEXT NOT NULL,
        document_id TEXT, version TEXT, body BLOB)""",
    "CREATE INDEX IF NOT EXISTS articles_by_place ON articles (reading, status, place)",
    """CREATE TABLE IF NOT EXISTS outcomes (
        seq INTEGER PRIMARY KEY, at REAL NOT NULL, rank REAL NOT NULL, flagged INTEGER NOT NULL,
        input_tokens INTEGER, output_tokens INTEGER, cost_usd REAL, keys TEXT)""",
    # What is large stands apart: counting then reads none of it.
    """CREATE TABLE IF NOT EXISTS papers (
        seq INTEGER PRIMARY KEY, failure BLOB, line BLOB, items BLOB, report BLOB)""",
    """CREATE TABLE IF NOT EXISTS runs (
        number INTEGER PRIMARY KEY, reading INTEGER NOT NULL, started REAL NOT NULL, ended REAL,
        model TEXT NOT NULL, why TEXT, settings TEXT NOT NULL)""",
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An article that is to be done; ``body`` is what ``records.packed`` made."""

    seq: int
    place: int
    known: Known
    body: bytes


@dataclass(frozen=True, slots=True)
class Noted:
    """What became of some records that were read."""

    new: int = 0
    done: int = 0
    duplicates: int = 0
    unreadable: tuple[Failure, ...] = ()


@dataclass(frozen=True, slots=True)
class Counts:
    """The articles of the last reading by where they stand, and what was read.

    ``read`` counts records, ``duplicates`` those that had come before; ``whole``: the input was read to
    its end. ``earlier`` articles are of earlier readings only, and in no result.
    """

    reading: int
    read: int
    duplicates: int
    whole: bool
    not_started: int = 0
    reported: int = 0
    incomplete: int = 0
    failed: int = 0
    earlier: int = 0

    @property
    def articles(self) -> int:
        return self.not_started + self.reported + self.incomplete + self.failed

    @property
    def adds_up(self) -> bool:
        return self.read - self.duplicates == self.articles


class Journal:
    """One folder's journal. Its methods raise JournalError; only one process may write at a time."""

    def __init__(
        self, folder: Path, *, durable: bool = False, clock: Callable[[], float] = time.time
    ) -> None:
        self.folder = folder
        self.path = folder / NAME
        self._clock = clock
        self.answers = AnswerStore(
            self.path, clock=clock, shared=False, durable=durable, trouble=self._trouble
        )

    # --- writing

    async def open(self) -> None:
        """Makes the file where there is none. Raises JournalError for one that is no journal of ours."""

        def set_up(db: sqlite3.Connection) -> str:
            for table in _TABLES:
                db.execute(table)
            db.execute("INSERT OR IGNORE INTO batch VALUES ('format', ?)", (str(FORMAT),))
            db.execute("DELETE FROM asking")  # leases of a process that was killed: ours is the only one
            return str(db.execute("SELECT value FROM batch WHERE name = 'format'").fetchone()[0])

        found = await self.answers.own(set_up)
        if found != str(FORMAT):
            raise JournalError(
                f"the journal {self.path} has format {found}, and this version of the program writes {FORMAT}",
                hint="Name another folder with --out.",
            )

    async def begin(self, model: str, settings: str, *, reads: bool) -> int:
        """A new run, and a new reading where it reads its input; the number of the reading."""

        def work(db: sqlite3.Connection) -> int:
            reading = _number(db, "reading")
            if reads:
                reading += 1
                _set(db, reading=reading, read=0, duplicates=0, whole=0, fingerprint="")
            db.execute(
                "INSERT INTO runs (reading, started, model, settings) VALUES (?, ?, ?, ?)",
                (reading, self._clock(), model, settings),
            )
            return reading

        return await self.answers.own(work)

    async def end(self, why: str) -> None:
        """The last run has ended, and why."""

        def work(db: sqlite3.Connection) -> None:
            db.execute(
                "UPDATE runs SET ended = ?, why = ? WHERE number = (SELECT max(number) FROM runs)",
                (self._clock(), why),
            )

        await self.answers.own(work)

    async def note(self, inputs: Sequence[Input], reading: int, place: int, shape: bytes) -> Noted:
        """Takes in records that were read, the first at a place in the reading.

        ``shape`` stands for all besides the article that makes a report. What has an outcome of this shape
        already stays as it is, except that failures wait again.
        """

        def work(db: sqlite3.Connection) -> Noted:
            return _Notes(db, reading, shape).take(inputs, place)

        return await self.answers.own(work)

    async def read_on(self, fingerprint: str) -> None:
        """The input was read to its end."""
        await self.answers.own(lambda db: _set(db, whole=1, fingerprint=fingerprint))

    async def forget_useless(self, reading: int) -> int:
        """Forgets the answers that were no use to failed and incomplete articles; how many those are."""

        def work(db: sqlite3.Connection) -> int:
            query = (
                "SELECT o.keys FROM articles a LEFT JOIN outcomes o USING (seq)"
                " WHERE a.reading = ? AND a.status IN (?, ?) AND a.body IS NOT NULL"
            )
            found = db.execute(query, (reading, Status.INCOMPLETE, Status.FAILED)).fetchall()
            useless = [(bytes.fromhex(key),) for (keys,) in found for key in json.loads(keys or "[]")]
            db.executemany("DELETE FROM answers WHERE key = ?", useless)
            return len(found)

        return await self.answers.own(work)

    async def waiting(
        self, reading: int, after: int, most: int, statuses: Sequence[Status] = (Status.PENDING,)
    ) -> list[Waiting]:
        """The next articles that are to be done, behind a place."""

        def work(db: sqlite3.Connection) -> list[Waiting]:
            marks = ", ".join("?" * len(statuses))
            query = (
                "SELECT seq, place, ident, origin, document_id, version, body FROM articles"  # noqa: S608
                f" WHERE reading = ? AND status IN ({marks}) AND place > ? AND body IS NOT NULL"
                " ORDER BY place LIMIT ?"
            )
            rows = db.execute(query, (reading, *statuses, after, most))
            return [Waiting(seq, place, Known(*names), body) for seq, place, *names, body in rows]

        return await self.answers.own(work)

    async def report(
        self, article: Waiting, status: Status, report: Report, keys: Sequence[bytes], shape: bytes
    ) -> None:
        """The outcome of an article that has a report."""

        def work(db: sqlite3.Connection) -> None:
            usage = report.usage
            items = "".join(f"{item.to_json()}\n" for item in report.review_items())
            line = row_of(report, article.known, status).to_json()
            self._finish(
                db,
                article,
                (status, shape),
                (rank_of(report), len(report.flagged)),
                (usage.input_tokens, usage.output_tokens, report.cost_usd),
                keys,
                (None, _small(line), _small(items), _small(report.to_json())),
            )

        await self.answers.own(work)

    async def fail(self, article: Waiting, failure: Failure, keys: Sequence[bytes], shape: bytes) -> None:
        """The outcome of an article that has none."""

        def work(db: sqlite3.Connection) -> None:
            blobs = (_small(failure.to_json()), None, None, None)
            stands = (Status.FAILED, shape)
            self._finish(db, article, stands, (0.0, 0), (None, None, None), keys, blobs)

        await self.answers.own(work)

    def close(self) -> None:
        """Closes the file after what is under way; blocks that long."""
        self.answers.close()

    def _finish(
        self,
        db: sqlite3.Connection,
        article: Waiting,
        stands: tuple[Status, bytes],
        ranked: tuple[float, int],
        took: tuple[int | None, int | None, float | None],
        keys: Sequence[bytes],
        blobs: tuple[bytes | None, ...],
    ) -> None:
        named = json.dumps([key.hex() for key in keys]) if keys else None
        db.execute(
            "INSERT OR REPLACE INTO outcomes VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (article.seq, self._clock(), *ranked, *took, named),
        )
        db.execute("INSERT OR REPLACE INTO papers VALUES (?, ?, ?, ?, ?)", (article.seq, *blobs))
        # Of what is done for good the report has the text; the others may be asked about again.
        body = ", body = NULL" if stands[0] is Status.REPORTED else ""
        query = f"UPDATE articles SET status = ?, shape = ?{body} WHERE seq = ?"  # noqa: S608 (ours)
        db.execute(query, (*stands, article.seq))
        _set(db, changes=_number(db, "changes") + 1)

    def _trouble(self, error: SettingsError) -> JournalError:
        cause = error.__cause__
        words = str(cause or error)
        if isinstance(cause, OSError):
            words = cause.strerror or words
        return JournalError(
            f"the journal {self.path} cannot be used: {words}",
            hint="Nothing that is in it is lost. When there is room, or the file can be used again, run the "
            "same command again.",
        )

    # --- reading, also while another process writes

    @contextlib.contextmanager
    def look(self) -> "Iterator[Look]":
        """A view of the journal as it is at this moment. Raises JournalError."""
        if not self.path.is_file():
            raise JournalError(
                f"there is no batch in {self.folder}",
                hint=f"To start one: summarizer batch run INPUT --out {self.folder}",
            )
        try:
            db = sqlite3.connect(f"{self.path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
        except sqlite3.Error as error:
            raise JournalError(f"the journal {self.path} cannot be read: {error}") from error
        try:
            db.execute("BEGIN")
            yield Look(db)
        except sqlite3.Error as error:
            raise JournalError(
                f"the journal {self.path} cannot be read: {error}",
                hint="Is it the folder of a batch? To start one: summarizer batch run INPUT --out DIR",
            ) from error
        finally:
            db.close()


class Look:
    """Reads a journal. Rows come one after the other, whatever their number."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def counts(self) -> Counts:
        reading = _number(self._db, "reading")
        query = "SELECT status, count(*) FROM articles WHERE reading = ? GROUP BY status"
        by = dict(self._db.execute(query, (reading,)).fetchall())
        all_of_them = self._db.execute("SELECT count(*) FROM articles").fetchone()[0]
        return Counts(
            reading=reading,
            read=_number(self._db, "read"),
            duplicates=_number(self._db, "duplicates"),
            whole=bool(_number(self._db, "whole")),
            not_started=by.get(Status.PENDING, 0),
            reported=by.get(Status.REPORTED, 0),
            incomplete=by.get(Status.INCOMPLETE, 0),
            failed=by.get(Status.FAILED, 0),
            earlier=all_of_them - sum(by.values()),
        )

    def rows(self, column: str, *statuses: Status) -> Iterator[str]:
        """One of ``report``, ``items``, ``line`` or ``failure`` of the articles of the last reading, in
        the order of the input."""
        if column not in ("report", "items", "line", "failure"):
            raise ValueError(column)
        marks = ", ".join("?" * len(statuses))
        query = (
            f"SELECT p.{column} FROM articles a JOIN papers p USING (seq)"  # noqa: S608 (ours)
            f" WHERE a.reading = ? AND a.status IN ({marks}) ORDER BY a.place"
        )
        for (blob,) in self._db.execute(query, (_number(self._db, "reading"), *statuses)):
            yield "" if blob is None else zlib.decompress(blob).decode("utf-8", "surrogatepass")

    def riskiest(self, most: int) -> list[Row]:
        """The articles to look at first."""
        query = (
            "SELECT p.line FROM articles a JOIN outcomes o USING (seq) JOIN papers p USING (seq)"
            " WHERE a.reading = ? AND a.status IN (?, ?) AND o.flagged > 0 ORDER BY o.rank DESC, a.place LIMIT ?"
        )
        values = (_number(self._db, "reading"), Status.REPORTED, Status.INCOMPLETE, most)
        return [Row.from_json(zlib.decompress(blob)) for (blob,) in self._db.execute(query, values)]

    def totals(self) -> dict[str, Any]:
        """What the reports of the last reading took, and what was paid in this folder altogether."""
        query = (
            "SELECT sum(o.flagged), sum(o.flagged > 0), sum(o.input_tokens), sum(o.output_tokens),"
            " sum(o.cost_usd), count(*) FILTER (WHERE o.cost_usd IS NULL) FROM articles a"
            " JOIN outcomes o USING (seq) WHERE a.reading = ? AND a.status IN (?, ?)"
        )
        values = (_number(self._db, "reading"), Status.REPORTED, Status.INCOMPLETE)
        items, articles, sent, written, cost, unpriced = self._db.execute(query, values).fetchone()
        paid = self._db.execute(
            "SELECT count(*), sum(input_tokens), sum(output_tokens), sum(cost_usd),"
            " count(*) FILTER (WHERE final AND cost_usd IS NULL) FROM answers"
        ).fetchone()
        return {
            "items": items or 0,
            "flagged_articles": articles or 0,
            "reports": {
                "input_tokens": sent,
                "output_tokens": written,
                "cost_usd": None if unpriced else cost,
            },
            "journal": {
                "answers": paid[0],
                "input_tokens": paid[1],
                "output_tokens": paid[2],
                "cost_usd": None if paid[4] else paid[3],
            },
        }

    def fingerprint(self) -> str:
        row = self._db.execute("SELECT value FROM batch WHERE name = 'fingerprint'").fetchone()
        return str(row[0]) if row else ""

    def runs(self) -> list[dict[str, Any]]:
        """All runs, the last one last."""
        names = ("number", "reading", "started", "ended", "model", "why", "settings")
        query = f"SELECT {', '.join(names)} FROM runs ORDER BY number"  # noqa: S608 (ours)
        return [dict(zip(names, row, strict=True)) for row in self._db.execute(query)]

    def version(self) -> str:
        """Changes with every outcome and whatever was read: whether results are still those of the journal."""
        counts = self.counts()
        stands = (counts.not_started, counts.reported, counts.incomplete, counts.failed, counts.whole)
        text = f"{_number(self._db, 'changes')} {self.fingerprint()} {stands}"
        return hashlib.sha256(text.encode()).hexdigest()[:16]


class _Notes:
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
        for number, one in enumerate(inputs):
            self._one(one, one.id, place + number)
        self._db.executemany(
            "UPDATE articles SET reading = ?, place = ?, status = ?, origin = ? WHERE seq = ?", self._seen
        )
        _set(
            self._db,
            read=_number(self._db, "read") + len(inputs),
            duplicates=_number(self._db, "duplicates") + self.duplicates,
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
                self._one(one, f"{one.id}~{one.content.hex()[:8]}", place)
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
            id=ident,
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
            "INSERT OR REPLACE INTO papers (seq, failure) VALUES (?, ?)", (seq, _small(failure.to_json()))
        )

    def _columns(self, one: Input) -> tuple[Any, ...]:
        body = None if one.body is None else packed(one.body)
        return (one.content, self._shape, one.origin, one.document_id, one.version, body)


def _small(text: str) -> bytes:
    return zlib.compress(text.encode("utf-8", "surrogatepass"), 1)


def _number(db: sqlite3.Connection, name: str) -> int:
    row = db.execute("SELECT value FROM batch WHERE name = ?", (name,)).fetchone()
    return int(row[0]) if row else 0


def _set(db: sqlite3.Connection, **values: object) -> None:
    db.executemany("INSERT OR REPLACE INTO batch VALUES (?, ?)", [(n, str(v)) for n, v in values.items()])
