"""The journal of a folder: one SQLite file that holds what was read, every answer and every outcome.

It is the cache (the tables of ``llm.answer_file``, on the same thread and in the same transactions), the
resume key and the truth: whatever else lies in the folder is written from it.

Durability: write-ahead log, ``synchronous=NORMAL``. What is committed survives the end of the process,
however it ends; a power cut may take the last moments, and never damages the file. With ``durable``
(``synchronous=FULL``) it survives that too, and every commit waits for the disk.
"""

import contextlib
import json
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import JournalError, SettingsError
from ..llm.answer_store import AnswerStore
from ..report import Report
from ..review_items import review_items
from .look import Look
from .notes import Noted, Notes
from .outcome import Failure, Known, Status, rank_of, row_of
from .records import Input, shown_id
from .rows import number, put, small

NAME = "journal.sqlite"
FORMAT = 1
BUSY_TIMEOUT_S = 60.0

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


class Journal:
    """One folder's journal. Its methods raise JournalError; only one process may write at a time."""

    def __init__(
        self, folder: Path, *, durable: bool = False, clock: Callable[[], float] = time.time
    ) -> None:
        self.folder = folder
        self.path = folder / NAME
        self._clock = clock
        # On several machines an actor of ours writes answers as well, and has to be waited for.
        self.answers = AnswerStore(
            self.path,
            clock=clock,
            busy_timeout_s=BUSY_TIMEOUT_S,
            shared=False,
            durable=durable,
            trouble=self._trouble,
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
                f"the journal {self.path} has format {found}; this version of the program writes {FORMAT}",
                hint="Name another folder with --out.",
            )

    async def begin(self, model: str, settings: str, *, reads: bool) -> int:
        """A new run, and a new reading where it reads its input; the number of the reading."""

        def work(db: sqlite3.Connection) -> int:
            reading = number(db, "reading")
            if reads:
                reading += 1
                put(db, reading=reading, read=0, duplicates=0, whole=0, fingerprint="")
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

        ``shape`` stands for all besides the article that makes a report. What has a report of this shape
        already stays as it is; the rest waits.
        """

        def work(db: sqlite3.Connection) -> Noted:
            return Notes(db, reading, shape).take(inputs, place)

        return await self.answers.own(work)

    async def read_on(self, fingerprint: str) -> None:
        """The input was read to its end."""
        await self.answers.own(lambda db: put(db, whole=1, fingerprint=fingerprint))

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
            return [
                Waiting(seq, place, Known(shown_id(ident), *names), body)
                for seq, place, ident, *names, body in rows
            ]

        return await self.answers.own(work)

    async def report(
        self, article: Waiting, status: Status, report: Report, keys: Sequence[bytes], shape: bytes
    ) -> None:
        """The outcome of an article that has a report."""

        def work(db: sqlite3.Connection) -> None:
            usage = report.usage
            found = review_items(report)
            items = "".join(f"{item.to_json()}\n" for item in found)
            line = row_of(report, article.known, status).to_json()
            self._finish(
                db,
                article,
                (status, shape),
                (rank_of(report), len(found)),
                (usage.input_tokens, usage.output_tokens, report.cost_usd),
                keys,
                (None, small(line), small(items), small(report.to_json())),
            )

        await self.answers.own(work)

    async def fail(self, article: Waiting, failure: Failure, keys: Sequence[bytes], shape: bytes) -> None:
        """The outcome of an article that has none."""

        def work(db: sqlite3.Connection) -> None:
            blobs = (small(failure.to_json()), None, None, None)
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
        put(db, changes=number(db, "changes") + 1)

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
    def look(self) -> Iterator[Look]:
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
