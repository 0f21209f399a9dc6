"""A journal as it is at one moment, to be read: counts, outcomes row by row, runs."""

import hashlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .outcome import Row, Status
from .rows import number, whole


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


class Look:
    """Reads a journal. Rows come one after the other, whatever their number."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def counts(self) -> Counts:
        reading = number(self._db, "reading")
        query = "SELECT status, count(*) FROM articles WHERE reading = ? GROUP BY status"
        by = dict(self._db.execute(query, (reading,)).fetchall())
        all_of_them = self._db.execute("SELECT count(*) FROM articles").fetchone()[0]
        return Counts(
            reading=reading,
            read=number(self._db, "read"),
            duplicates=number(self._db, "duplicates"),
            whole=bool(number(self._db, "whole")),
            not_started=by.get(Status.PENDING, 0),
            reported=by.get(Status.REPORTED, 0),
            incomplete=by.get(Status.INCOMPLETE, 0),
            failed=by.get(Status.FAILED, 0),
            earlier=all_of_them - sum(by.values()),
        )

    def rows(self, column: str, *statuses: Status) -> Iterator[str]:
        """Texts of one column, of the articles of the last reading, in the order of the input.

        The column is ``report``, ``items``, ``line`` or ``failure``.
        """
        if column not in ("report", "items", "line", "failure"):
            raise ValueError(column)
        marks = ", ".join("?" * len(statuses))
        query = (
            f"SELECT p.{column} FROM articles a JOIN papers p USING (seq)"  # noqa: S608 (ours)
            f" WHERE a.reading = ? AND a.status IN ({marks}) ORDER BY a.place"
        )
        for (blob,) in self._db.execute(query, (number(self._db, "reading"), *statuses)):
            yield whole(blob)

    def riskiest(self, most: int) -> list[Row]:
        """The articles to look at first."""
        query = (
            "SELECT p.line FROM articles a JOIN outcomes o USING (seq) JOIN papers p USING (seq)"
            " WHERE a.reading = ? AND a.status IN (?, ?) AND o.flagged > 0"
            " ORDER BY o.rank DESC, a.place LIMIT ?"
        )
        values = (number(self._db, "reading"), Status.REPORTED, Status.INCOMPLETE, most)
        return [Row.from_json(whole(blob)) for (blob,) in self._db.execute(query, values)]

    def totals(self) -> dict[str, Any]:
        """What the reports of the last reading took, and what was paid in this folder altogether."""
        query = (
            "SELECT sum(o.flagged), sum(o.flagged > 0), sum(o.input_tokens), sum(o.output_tokens),"
            " sum(o.cost_usd), count(*) FILTER (WHERE o.cost_usd IS NULL) FROM articles a"
            " JOIN outcomes o USING (seq) WHERE a.reading = ? AND a.status IN (?, ?)"
        )
        values = (number(self._db, "reading"), Status.REPORTED, Status.INCOMPLETE)
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
        """Changes with every outcome and whatever was read: are results still those of the journal?"""
        counts = self.counts()
        stands = (counts.not_started, counts.reported, counts.incomplete, counts.failed, counts.whole)
        text = f"{number(self._db, 'changes')} {self.fingerprint()} {stands}"
        return hashlib.sha256(text.encode()).hexdigest()[:16]
