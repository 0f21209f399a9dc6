"""Rows -> what the checker sees of each statement, kept so that a fit or a figure can be made again."""

import gzip
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from ..article import Article
from ..calibration import Calibration, together
from ..checker import observe
from ..errors import SourceError
from ..records import Record
from .datasets import Row

Tick = Callable[[], None]


class Seen(Record, frozen=True):
    """A statement: its features, and whether it is flagged whatever its risk. No features: not readable."""

    features: dict[str, float]
    settled: bool

    def risk(self, calibration: Calibration) -> float | None:
        return calibration.risk(self.features) if self.features else None


class Example(Record, frozen=True):
    """A row after it was looked at: one statement, or the sentences of a summary."""

    id: str
    dataset: str
    key: str
    wrong: bool
    kinds: tuple[str, ...]
    language: str
    seen: tuple[Seen, ...]

    def risk(self, calibration: Calibration) -> float:
        """Of the row: that of its statement, or of its sentences together. What cannot be read counts as 1."""
        found = together((one.risk(calibration) for one in self.seen), calibration.damping)
        return 1.0 if found is None else found

    @property
    def settled(self) -> bool:
        return not self.seen or any(one.settled for one in self.seen)

    def flagged(self, calibration: Calibration, risk_low: float) -> bool:
        """Whether a person would be asked to look, at a threshold."""
        return self.settled or any((one.risk(calibration) or 0.0) >= risk_low for one in self.seen)


@dataclass(frozen=True, slots=True)
class Looked:
    """Examples in the rows' order, and how long looking took."""

    examples: list[Example]
    seconds: float
    statements: int


def look(rows: Sequence[Row], tick: Tick = lambda: None) -> Looked:
    """What the checker sees of all rows; ``tick`` is called after each."""
    examples, statements = [], 0
    articles: dict[tuple[str, str | None], Article] = {}
    started = time.perf_counter()
    for row in rows:
        slot = (row.article, row.published)
        article = articles.get(slot)
        if article is None:
            if len(articles) >= 8:  # rows of one article stand together; memory stays flat
                articles.clear()
            article = articles[slot] = row.read_article()
        said = row.statements(article.language)
        statements += len(said)
        seen = tuple(Seen(one.features, one.settled) for one in observe(article, said))
        examples.append(Example(row.id, row.dataset, row.key, row.wrong, row.kinds, article.language, seen))
        tick()
    return Looked(examples, time.perf_counter() - started, statements)


def save(examples: Iterable[Example], path: Path) -> None:
    """As gzip JSON Lines, without a time in it: the same examples give the same bytes."""
    with gzip.GzipFile(path, "wb", mtime=0) as out:
        for example in examples:
            out.write(msgspec.json.encode(example) + b"\n")


def load(path: Path) -> list[Example]:
    """What ``save`` wrote. Raises SourceError, ReportFormatError."""
    try:
        with gzip.open(path, "rb") as lines:
            return [Example.from_json(line) for line in lines]
    except (OSError, EOFError) as error:
        raise SourceError(f"{path} cannot be read: {error}") from error
