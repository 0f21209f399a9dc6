"""The file that answers are kept in: one SQLite database, read and written here and nowhere else.

Kept are the answers, and which model gave them. Of the prompts, and so of the articles in them, only a
hash is kept. ``asking`` lists the requests that some process is making at this moment.
"""

import contextlib
import json
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import msgspec

from ..errors import SettingsError
from ..records import Record
from ..report import AnswerState
from .model import Answer

APPLICATION_ID = 0x53_55_4D_41  # stands in the header of our files, so that no other one is written to
FORMAT = 1  # of the tables below and of the stored answers
BUSY_TIMEOUT_S = 5.0
CLEAR = "summarizer cache clear"
_HEADER = b"SQLite format 3\0"
_MOST_TOKENS = 10**12  # what is more is no count, and would not fit into a sum

_TABLES = (
    # The answers come last in their rows: counting then reads none of them.
    """CREATE TABLE answers (
        key BLOB PRIMARY KEY, identity TEXT NOT NULL, name TEXT NOT NULL, state TEXT NOT NULL,
        final INTEGER NOT NULL, stored REAL NOT NULL, input_tokens INTEGER, output_tokens INTEGER,
        cost_usd REAL, context INTEGER, answer BLOB NOT NULL)""",
    """CREATE TABLE asking (
        key BLOB PRIMARY KEY, owner TEXT NOT NULL, until REAL NOT NULL) WITHOUT ROWID""",
)
Row = tuple[str, str, str, bool, float, int | None, int | None, float | None, int | None, bytes]


class CacheInfo(Record, frozen=True):
    """What a cache holds. ``by_model`` counts by the name that was asked for.

    ``oldest`` and ``newest`` are ISO 8601 with offset, None for an empty cache. Tokens and ``cost_usd``
    are sums over the answers where they are known, None where they are for none; ``unpriced`` counts
    the answers that were paid for at a price that is not known.
    """

    path: str
    bytes: int
    answers: int = 0
    by_state: dict[str, int] = msgspec.field(default_factory=dict)
    by_model: dict[str, int] = msgspec.field(default_factory=dict)
    oldest: str | None = None
    newest: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: float | None = None
    unpriced: int = 0


def is_final(answer: Answer) -> bool:
    """Whether asking again would only be paying again: a reply came, whatever it is worth."""
    if answer.state is AnswerState.OVER_BUDGET:
        return False
    return answer.state is not AnswerState.MODEL_ERROR or answer.usage.output_tokens is not None


class NotACache(SettingsError):
    """The file holds something else, or nothing that can be read. ``summarizer cache clear`` moves it."""


def unusable(path: Path, why: object) -> SettingsError:
    """The error that stands for one of SQLite or the system, or for a reason in words."""
    code = getattr(why, "sqlite_errorcode", 0) & 0xFF
    if isinstance(why, str) or code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return NotACache(
            f"the cache {path} cannot be used: {why}",
            hint=f"To move it away and begin a new one: {CLEAR}\n"
            "To use another file: set SUMMARIZER_CACHE_FILE",
        )
    words = why.strerror if isinstance(why, OSError) and why.strerror else why
    return SettingsError(
        f"the cache {path} cannot be used: {words}",
        hint="Name a file that can be written to in SUMMARIZER_CACHE_FILE.",
    )


class AnswerFile:
    """An open file, for the thread that opened it. Its methods raise sqlite3.Error."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.path = path
        self._connection = connection

    @classmethod
    def open(
        cls, path: Path, *, create: bool, busy_timeout_s: float = BUSY_TIMEOUT_S, durable: bool = False
    ) -> Self | None:
        """The file; None when nothing was ever stored there and it is not to be made.

        ``durable``: what is committed survives a power cut too, at the price of a wait for the disk.

        Raises SettingsError for a file that cannot be read or is none of ours. It stays as it is.
        """
        try:
            if create:
                _touch(path)
            if not _holds_a_database(path) and not create:
                return None
            connection = _connect(path, busy_timeout_s)
        except (sqlite3.Error, OSError, ValueError) as error:
            raise unusable(path, error) from error
        try:
            if _is_new(connection, path):
                if not create:
                    connection.close()
                    return None
                _set_up(connection, busy_timeout_s)
        except (sqlite3.Error, OSError) as error:
            connection.close()
            raise unusable(path, error) from error
        except SettingsError:
            connection.close()
            raise
        if durable:
            connection.execute("PRAGMA synchronous = FULL")
        return cls(connection, path)

    @property
    def connection(self) -> sqlite3.Connection:
        return self._connection

    def close(self) -> None:
        self._connection.close()

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction, which no other process writes in."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.rollback()
            raise
        self._connection.execute("COMMIT")

    def read(self, key: bytes, *, final: bool) -> Answer | None:
        """The stored answer; with ``final`` only one that is. A row that cannot be read is none."""
        row = self._connection.execute("SELECT final, answer FROM answers WHERE key = ?", (key,)).fetchone()
        return None if row is None or (final and not row[0]) else _unpacked(row[1])

    def write(self, key: bytes, row: Row) -> None:
        """Stores what ``packed`` made. The first final answer stays, whatever comes after it."""
        if self.read(key, final=True) is not None:
            return
        self._connection.execute(
            "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (key, *row)
        )

    def lease(self, key: bytes, owner: str, now: float, until: float) -> bool:
        """Whether the request is the owner's to make: nobody else's lease on it runs."""
        # No lease ends later than one given now; one that seems to is left from before the clock was set.
        done = self._connection.execute(
            "INSERT INTO asking VALUES (?1, ?2, ?4) ON CONFLICT (key) DO UPDATE"
            " SET owner = ?2, until = ?4 WHERE until <= ?3 OR until > ?4",
            (key, owner, now, until),
        )
        return done.rowcount == 1

    def leased(self, key: bytes, now: float, until: float) -> bool:
        """Whether somebody's lease on the request runs; ``until`` is the end of one given now."""
        query = "SELECT 1 FROM asking WHERE key = ? AND until > ? AND until <= ?"
        return self._connection.execute(query, (key, now, until)).fetchone() is not None

    def renew(self, owners: Sequence[tuple[bytes, str]], until: float) -> None:
        rows = [(until, key, owner) for key, owner in owners]
        self._connection.executemany("UPDATE asking SET until = ? WHERE key = ? AND owner = ?", rows)

    def release(self, key: bytes, owner: str) -> None:
        self._connection.execute("DELETE FROM asking WHERE key = ? AND owner = ?", (key, owner))

    def info(self) -> CacheInfo:
        one = self._connection.execute(
            "SELECT count(*), min(stored), max(stored), sum(input_tokens), sum(output_tokens),"
            " sum(cost_usd), count(*) FILTER (WHERE final AND cost_usd IS NULL) FROM answers"
        ).fetchone()
        return CacheInfo(
            path=str(self.path),
            bytes=file_bytes(self.path),
            answers=one[0],
            by_state=self._counted("state"),
            by_model=self._counted("name"),
            oldest=_iso(one[1]),
            newest=_iso(one[2]),
            input_tokens=one[3],
            output_tokens=one[4],
            cost_usd=one[5],
            unpriced=one[6],
        )

    def models(self) -> list[tuple[str, str]]:
        """Identity and name of every model that has an answer here, the latest first."""
        query = "SELECT identity, name FROM answers GROUP BY identity, name ORDER BY max(stored) DESC"
        return [(identity, name) for identity, name in self._connection.execute(query)]

    def context(self, identity: str) -> int | None:
        """The context of the model of this identity when it last gave an answer, in tokens."""
        query = "SELECT context FROM answers WHERE identity = ? ORDER BY stored DESC LIMIT 1"
        row = self._connection.execute(query, (identity,)).fetchone()
        return row[0] if row is not None and isinstance(row[0], int) else None

    def delete(self, *, before: float | None, name: str | None, now: float) -> int:
        """Deletes answers stored before a time, of a model, or all; how many."""
        with self.writing():
            done = self._connection.execute(
                "DELETE FROM answers WHERE (?1 IS NULL OR stored < ?1) AND (?2 IS NULL OR name = ?2)",
                (before, name),
            )
            # Left behind by processes that were killed.
            self._connection.execute("DELETE FROM asking WHERE until < ?", (now,))
        # Deleted is deleted: without these two, the words stay in free pages of the file. A process
        # that reads at this moment is no reason to fail; the next one to clear does it.
        with contextlib.suppress(sqlite3.OperationalError):
            self._connection.execute("VACUUM")
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return done.rowcount

    def _counted(self, column: str) -> dict[str, int]:
        query = f"SELECT {column}, count(*) FROM answers GROUP BY 1 ORDER BY 2 DESC, 1"  # noqa: S608 (ours)
        return dict(self._connection.execute(query).fetchall())


def packed(answer: Answer, identity: str, name: str, now: float, context: int | None = None) -> Row:
    """The row that an answer becomes; ``context`` is the model's, in tokens.

    Raises ValueError or RecursionError for what JSON cannot hold.
    """
    # Not msgspec's JSON: a model's text may hold lone surrogates, and has to come back as it was.
    data = json.dumps(msgspec.to_builtins(answer), ensure_ascii=False, separators=(",", ":"))
    return (
        _storable(identity),
        _storable(name),
        answer.state.value,
        is_final(answer),
        now,
        _counted(answer.usage.input_tokens),
        _counted(answer.usage.output_tokens),
        answer.cost_usd,
        context,
        data.encode("utf-8", "surrogatepass"),
    )


def file_bytes(path: Path) -> int:
    """The size of the file, with what waits beside it to be merged into it."""
    return sum(part.stat().st_size for part in (path, _beside(path, "-wal")) if part.exists())


def set_aside(path: Path, clock: Callable[[], float] = time.time) -> Path:
    """Moves a file that cannot be used to a name beside it. Raises OSError."""
    target = path.with_name(f"{path.name}.unusable-{int(clock())}")
    while target.exists():
        target = target.with_name(f"{target.name}-1")
    path.rename(target)
    # Changes waiting for one file would be merged into the next one of its name.
    with contextlib.suppress(FileNotFoundError):
        _beside(path, "-wal").rename(_beside(target, "-wal"))
    _beside(path, "-shm").unlink(missing_ok=True)
    return target


def _touch(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # SQLite gives the files beside it the same rights.
    with contextlib.suppress(FileExistsError):
        path.touch(mode=0o600, exist_ok=False)


def _holds_a_database(path: Path) -> bool:
    """False for a file that is missing or empty. Raises SettingsError for something else."""
    if not path.exists():
        return False
    if not path.is_file():
        raise unusable(path, "it is no file")
    with path.open("rb") as file:
        start = file.read(len(_HEADER))
    # SQLite takes some short files for empty databases, and would write over them.
    if start and start != _HEADER:
        raise unusable(path, "it is no database")
    return bool(start)


def _connect(path: Path, busy_timeout_s: float) -> sqlite3.Connection:
    """A connection that has read the file once: only then it is known whether it can be."""
    # What lies in a folder that cannot be written to is read without locks: there are no writers.
    for options in ("mode=rw", "mode=ro", "mode=ro&immutable=1"):
        uri = f"{path.absolute().as_uri()}?{options}"
        connection = sqlite3.connect(uri, uri=True, timeout=busy_timeout_s, isolation_level=None)
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            connection.execute(
                "PRAGMA synchronous = NORMAL"
            )  # survives kill -9; power loss may cost the last
        except sqlite3.Error as error:
            connection.close()
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if code not in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN) or "immutable" in options:
                raise
        else:
            return connection
    raise AssertionError("the last way raises or returns")


def _is_new(connection: sqlite3.Connection, path: Path) -> bool:
    """Whether nothing is in the file. Raises SettingsError when something is that is none of ours."""
    queries = ("PRAGMA application_id", "PRAGMA user_version", "SELECT count(*) FROM sqlite_master")
    connection.execute("BEGIN")  # else another process may set the file up between two of them
    found: list[int] = [connection.execute(query).fetchone()[0] for query in queries]
    connection.execute("COMMIT")
    if found == [0, 0, 0]:
        return True
    if found[0] != APPLICATION_ID:
        raise unusable(path, "it is a database of another program")
    if found[1] != FORMAT:
        raise unusable(path, f"it has format {found[1]}, and this version of the program writes {FORMAT}")
    return False


def _set_up(connection: sqlite3.Connection, busy_timeout_s: float) -> None:
    deadline = time.monotonic() + busy_timeout_s
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            break
        except sqlite3.OperationalError as error:
            # Of processes that start together one is told at once that the file is locked.
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
    connection.execute("BEGIN IMMEDIATE")
    if connection.execute("PRAGMA application_id").fetchone()[0] == 0:  # no other process was faster
        for table in _TABLES:
            connection.execute(table)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {FORMAT}")
    connection.execute("COMMIT")


def _unpacked(data: Any) -> Answer | None:
    try:
        return msgspec.convert(json.loads(data.decode("utf-8", "surrogatepass")), Answer)
    except (ValueError, AttributeError, RecursionError):  # somebody has changed the row
        return None


def _storable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


def _counted(tokens: int | None) -> int | None:
    """A count as a column can hold it; what a server counts may be any number."""
    return tokens if tokens is not None and abs(tokens) <= _MOST_TOKENS else None


def _iso(stamp: float | None) -> str | None:
    return None if stamp is None else datetime.fromtimestamp(stamp, UTC).isoformat(timespec="seconds")


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)
