"""The short way to the database, for the one statement that reviewers wait for: taking the next item.

A statement alone is a transaction already: no BEGIN and no COMMIT, which PostgreSQL would answer one by
one, and past SQLAlchemy's connection, which takes longer than the statement. Statements are still made
by SQLAlchemy, and compiled once.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

# The text, the values that are part of the statement, and the order of all where they go by place.
_Text = tuple[str, Mapping[str, Any], Sequence[str] | None]


class Alone:
    """Connections of its own, as many as threads use at once; made when needed."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._idle: list[Any] = []
        self._texts: dict[sa.UpdateBase, _Text] = {}  # as many as there are shapes of filters

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()

    def run(self, statement: sa.UpdateBase, values: Mapping[str, Any]) -> Sequence[Any]:
        """Raises the driver's errors."""
        text, fixed, names = self._compiled(statement, values)
        given = {**fixed, **values}
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._connect()
        try:
            cursor = connection.cursor()
            cursor.execute(text, given if names is None else [given[name] for name in names])
            rows: Sequence[Any] = cursor.fetchall()
            cursor.close()
        except BaseException:  # it may be broken, or in the middle of something
            connection.close()
            raise
        self._idle.append(connection)
        return rows

    def _compiled(self, statement: sa.UpdateBase, values: Mapping[str, Any]) -> _Text:
        if statement not in self._texts:
            compiled = statement.compile(dialect=self._engine.dialect)
            state = compiled.construct_expanded_state(dict(values))  # lists of fixed values are written out
            fixed = {name: value for name, value in state.parameters.items() if name not in values}
            self._texts[statement] = (state.statement, fixed, state.positiontup)
        return self._texts[statement]

    def _connect(self) -> Any:
        pooled = self._engine.raw_connection()
        connection: Any = pooled.driver_connection
        pooled.detach()
        if connection is None:
            raise sa.exc.InvalidRequestError("the pool gave no connection")
        if self._engine.dialect.name == "sqlite":
            connection.execute("PRAGMA synchronous = NORMAL")
            # 32 MB before it is worked into the file, which waits for the disk: every lease would pay for it.
            connection.execute("PRAGMA wal_autocheckpoint = 8000")
        else:
            connection.autocommit = True
            connection.execute("SET synchronous_commit TO OFF")
        return connection
