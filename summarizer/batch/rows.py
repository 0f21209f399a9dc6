"""Small things that everybody who works with a journal's tables needs."""

import sqlite3
import zlib


def small(text: str) -> bytes:
    """A text as it is kept in a column."""
    return zlib.compress(text.encode("utf-8", "surrogatepass"), 1)


def whole(blob: bytes | None) -> str:
    """The text that ``small`` made small."""
    return "" if blob is None else zlib.decompress(blob).decode("utf-8", "surrogatepass")


def number(db: sqlite3.Connection, name: str) -> int:
    """One of the numbers of the batch; 0 where it was never set."""
    row = db.execute("SELECT value FROM batch WHERE name = ?", (name,)).fetchone()
    return int(row[0]) if row else 0


def put(db: sqlite3.Connection, **values: object) -> None:
    """Sets numbers and words of the batch."""
    db.executemany("INSERT OR REPLACE INTO batch VALUES (?, ?)", [(n, str(v)) for n, v in values.items()])
