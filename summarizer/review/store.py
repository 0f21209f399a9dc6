"""Where the queue is kept: one SQLite file, or a PostgreSQL database by its URL.

Opens it, brings a SQLite file to the present revision by itself, hands out transactions, and turns the
drivers' errors into ours. What was not written here is in no log: statements are never echoed, and
their parameters (which may be article text) stand in no error.
"""

import contextlib
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Self

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from ..errors import MissingExtra, QueueUnavailable
from .alone import Alone
from .tables import REVISION, metadata

APPLICATION_ID = 0x53_55_4D_51  # stands in the header of our files, so that no other one is written to
BUSY_TIMEOUT_S = 30.0
_OLDEST_SQLITE = (3, 35, 0)  # the first that can say which row it updated
_HEADER = b"SQLite format 3\0"
_POSTGRES = "postgresql+psycopg"

Durability = Literal["NORMAL", "FULL"]


def parse_url(text: str) -> URL:
    """The URL of a queue: ``sqlite:///file``, ``postgresql://user@host/name``, or the path of a file.

    Raises QueueUnavailable for anything else.
    """
    hint = "Name a file, as queue.sqlite, or a database, as postgresql://user@host/name."
    if "://" not in text:
        if not text.strip() or "\0" in text:
            raise QueueUnavailable(f"{text!r} names no queue", hint=hint)
        return URL.create("sqlite", database=str(Path(text).expanduser()))
    try:
        url = sa.make_url(text)
    except (ArgumentError, ValueError) as error:
        raise QueueUnavailable("the URL of the queue cannot be read", hint=hint) from error
    name = url.get_backend_name()
    if name == "postgres":  # as several hosts write it
        name = "postgresql"
    if name == "postgresql" and url.drivername in (name, "postgres", _POSTGRES):
        return url.set(drivername=_POSTGRES)
    if name == "sqlite" and url.drivername == name:
        if not url.database or url.database == ":memory:" or url.query:
            raise QueueUnavailable(f"{text!r} names no file", hint="As sqlite:///queue.sqlite")
        return url
    raise QueueUnavailable(f"{url.drivername!r} is no database that a queue can be in", hint=hint)


class Store:
    """An open database. Threads may share it; after a fork each process needs one of its own.

    ``upgrade`` brings a PostgreSQL database to the present revision; a SQLite file always is. ``create``
    says whether a SQLite file that is not there is made.
    """

    def __init__(
        self,
        url: str,
        *,
        create: bool = True,
        upgrade: bool = False,
        busy_timeout_s: float = BUSY_TIMEOUT_S,
    ) -> None:
        self.url = parse_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._busy_timeout_s = busy_timeout_s
        if self.is_sqlite:
            self._check_file(create)
        self._engine = self._make_engine()
        self._read = self._engine.execution_options(begin="BEGIN", durability=None)
        self._fast = self._engine.execution_options(begin="BEGIN IMMEDIATE", durability="NORMAL")
        self._safe = self._engine.execution_options(begin="BEGIN IMMEDIATE", durability="FULL")
        self._alone = Alone(self._engine)
        try:
            self._prepare(upgrade or self.is_sqlite)
        except BaseException:
            self._engine.dispose()
            raise

    @property
    def name(self) -> str:
        """The database, without user and password."""
        if self.is_sqlite:
            return str(self.url.database)
        url = self.url
        return URL.create("postgresql", None, None, url.host, url.port, url.database).render_as_string()

    @property
    def path(self) -> Path | None:
        return Path(str(self.url.database)) if self.is_sqlite else None

    def close(self) -> None:
        self._alone.close()
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """One transaction that reads, and sees the same from its beginning to its end."""
        with self._mapped(), self._read.connect() as connection:
            if not self.is_sqlite:
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    @contextlib.contextmanager
    def writing(self, *, durable: bool = True) -> Iterator[Connection]:
        """One transaction that writes, all of it or nothing.

        ``durable`` survives a loss of power; without it only the death of any process, which is enough
        for leases: one that is lost is free again.
        """
        with self._mapped(), (self._safe if durable else self._fast).begin() as connection:
            if not durable and not self.is_sqlite:
                connection.exec_driver_sql("SET LOCAL synchronous_commit TO OFF")
            yield connection

    def run_alone(self, statement: sa.UpdateBase, values: Mapping[str, Any]) -> Sequence[Any]:
        """One statement as a transaction of its own, durable as leases are; its rows, as plain tuples.

        The statement is one that stays: it is compiled once and kept.
        """
        with self._mapped():
            return self._alone.run(statement, values)

    def revision(self) -> str | None:
        """The revision that the database has; None for one without our tables."""
        with self.reading() as connection:
            return _revision(connection)

    def shrink(self) -> None:
        """Makes what was deleted unreadable: SQLite leaves it in free pages and in the file beside it."""
        if not self.is_sqlite:
            return
        with self._mapped(), self._engine.connect() as connection:
            raw = connection.connection.driver_connection
            if raw is not None:
                # Somebody who reads at this moment is no reason to fail; the next deletion does it.
                with contextlib.suppress(sqlite3.OperationalError):
                    raw.execute("VACUUM")
                    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    # --- opening

    def _check_file(self, create: bool) -> None:
        if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
            raise QueueUnavailable(f"SQLite {sqlite3.sqlite_version} is too old; the queue needs 3.35")
        path = Path(str(self.url.database))
        try:
            if not path.exists():
                if not create:
                    raise QueueUnavailable(
                        f"there is no queue {path}",
                        hint="To begin one: summarizer run ARTICLE --queue FILE",
                    )
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                # It holds articles: ours alone. SQLite gives the files beside it the same rights.
                with contextlib.suppress(FileExistsError):
                    path.touch(mode=0o600, exist_ok=False)
            with path.open("rb") as file:
                start = file.read(len(_HEADER))
        except (OSError, ValueError) as error:
            words = getattr(error, "strerror", None) or str(error)
            raise QueueUnavailable(
                f"the queue {path} cannot be opened: {words}",
                hint="Name a file that can be written to: --queue FILE, or SUMMARIZER_QUEUE.",
            ) from error
        # SQLite takes some short files for empty databases, and would write over them.
        if start and start != _HEADER:
            raise QueueUnavailable(f"{path} is no database", hint="Name another file: --queue FILE")

    def _make_engine(self) -> Engine:
        options: dict[str, Any] = {"hide_parameters": True}
        if self.is_sqlite:
            options["connect_args"] = {"timeout": self._busy_timeout_s, "check_same_thread": False}
        else:
            # No ping before each use: it would cost every lease a round trip. After a server was started
            # anew one call fails, and the next one has a new connection.
            options["connect_args"] = {"connect_timeout": 10}
        try:
            engine = sa.create_engine(self.url, **options)
        except ModuleNotFoundError as error:
            raise MissingExtra("queues in PostgreSQL", "postgres", "psycopg") from error
        except (ArgumentError, NoSuchModuleError, ImportError) as error:
            raise QueueUnavailable(f"the queue {self.name} cannot be opened: {error}") from error
        if self.is_sqlite:
            event.listen(engine, "connect", _set_up_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
        return engine

    def _prepare(self, upgrade: bool) -> None:
        """Brings the database to our revision, or says what keeps it from there."""
        with self.reading() as connection:
            found = _revision(connection)
            foreign = self.is_sqlite and _is_foreign(connection)
        if foreign:
            raise QueueUnavailable(
                f"{self.name} is a database of another program", hint="Name another file: --queue FILE"
            )
        if found == REVISION:
            return
        if not upgrade:
            state = "has no tables of a queue yet" if found is None else f"has revision {found}"
            raise QueueUnavailable(
                f"the database {self.name} {state}; this version works with {REVISION}",
                hint="summarizer db upgrade --queue URL",
            )
        self._upgrade()

    def _upgrade(self) -> None:
        from alembic.util.exc import CommandError  # slow to load, and seldom needed

        from .upgrading import upgrade

        if self.is_sqlite:
            self._write_ahead()
        try:
            # One transaction: of several processes that come at once the others wait and find it done.
            with self.writing() as connection:
                if not self.is_sqlite:
                    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({APPLICATION_ID})")
                if _revision(connection) != REVISION:
                    upgrade(connection)
                    if self.is_sqlite:
                        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
        except CommandError as error:
            raise QueueUnavailable(
                f"the database {self.name} was made by a newer version of this program: {error}",
                hint="pip install --upgrade summarizer",
            ) from error

    def _write_ahead(self) -> None:
        """Readers and one writer at the same time; the file remembers it."""
        with self._mapped(), self._engine.connect() as connection:
            raw = connection.connection.driver_connection
            if raw is not None:
                raw.execute("PRAGMA journal_mode = WAL")

    @contextlib.contextmanager
    def _mapped(self) -> Iterator[None]:
        try:
            yield
        except (DBAPIError, sqlite3.Error) as error:
            cause = error.orig if isinstance(error, DBAPIError) else error
            words = " ".join(str(cause).split()) or type(error).__name__
            hint = None
            if "locked" in words:
                hint = "Another program is writing into it; try again."
            elif not self.is_sqlite and "connect" in words:
                hint = "Is the server up, and may you reach it?"
            raise QueueUnavailable(f"the queue {self.name} cannot be used: {words}", hint=hint) from error
        except SQLAlchemyError as error:
            raise QueueUnavailable(f"the queue {self.name} cannot be used: {type(error).__name__}") from error


def _set_up_sqlite(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None  # transactions begin where we say, and not where the driver guesses
    connection.execute("PRAGMA synchronous = FULL")


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    raw = connection.connection.driver_connection  # past SQLAlchemy: these two run for every lease
    if raw is None:
        return
    durability = options.get("durability")
    if durability is not None and connection.info.get("durability", "FULL") != durability:
        raw.execute(f"PRAGMA synchronous = {durability}")
        connection.info["durability"] = durability
    raw.execute(options.get("begin", "BEGIN"))


def _is_foreign(connection: Connection) -> bool:
    """Whether the file is of another program. An empty one is nobody's."""
    if connection.exec_driver_sql("PRAGMA application_id").scalar_one() == APPLICATION_ID:
        return False
    return bool(connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one())


def _revision(connection: Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one_or_none()
    return None if found is None else str(found)


__all__ = ["APPLICATION_ID", "REVISION", "Store", "metadata", "parse_url"]
