"""What is exported: an item of the queue, the article it is about, the decisions that stand.

The words that are marked on both sides are chosen here, once for all formats, and compared with the
texts: a span that is not what its text has there never leaves the program.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from ..article import Article
from ..records import Record
from ..report import Evidence, Span
from ..review_items import Decision, ReviewItem

_T = TypeVar("_T")

MOST_TOLD = 100  # problems that a summary names; all are counted


@dataclass(frozen=True, slots=True)
class Row:
    """One item, its article, and the decisions about it that stand, at most one a reviewer."""

    item: ReviewItem
    article: Article
    decisions: tuple[Decision, ...] = ()


class Problem(Record, frozen=True):
    """Something of an item that could not be written as it is, and was left out."""

    item_id: str
    what: str


class Written(Record, frozen=True):
    """What an export came to.

    ``items`` were read and ``rows`` written. ``left_out`` counts items that the format is not for, by
    reason. ``problems`` is how many pieces could not be written as they are; ``told`` are the first of them.
    """

    items: int
    rows: int
    left_out: dict[str, int]
    problems: int = 0
    told: tuple[Problem, ...] = ()


@dataclass(slots=True)
class Tally:
    """Counts while an export runs."""

    items: int = 0
    rows: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    problems: int = 0
    told: list[Problem] = field(default_factory=list)

    def read(self, rows: Iterable[Row]) -> Iterator[Row]:
        for row in rows:
            self.items += 1
            yield row

    def trouble(self, item_id: str, whats: Sequence[str]) -> None:
        self.problems += len(whats)
        room = MOST_TOLD - len(self.told)
        self.told += [Problem(item_id, what) for what in whats[:room]]

    def written(self) -> Written:
        left_out = dict(sorted(self.left_out.items()))
        return Written(self.items, self.rows, left_out, self.problems, tuple(self.told))


def per_decision(row: Row) -> tuple[Decision | None, ...]:
    """A row for each reviewer who decided, or one without a decision."""
    return row.decisions or (None,)


def suspicious(item: ReviewItem) -> tuple[tuple[Span, ...], list[str]]:
    """The words of the statement that its flags are about, in their order, and what of them is wrong."""
    text = item.finding.statement.text
    found = {(span.start, span.end): span for flag in item.finding.flags for span in flag.spans}
    return _fitting(text, found, [span.text for span in found.values()], "suspicious words")


def evidence(item: ReviewItem, article: Article) -> tuple[tuple[Evidence, ...], list[str]]:
    """The pieces of the article that statement and flags rest on, in their order, and what is wrong."""
    pieces = [*item.finding.evidence, *(one for flag in item.finding.flags for one in flag.evidence)]
    found = {(piece.start, piece.end): piece for piece in pieces}
    return _fitting(article.text, found, [piece.quote for piece in found.values()], "evidence")


def _fitting(
    text: str, found: dict[tuple[int, int], _T], quotes: Sequence[str], what: str
) -> tuple[tuple[_T, ...], list[str]]:
    fitting: list[tuple[tuple[int, int], _T]] = []
    wrong: list[str] = []
    for (place, one), quote in zip(found.items(), quotes, strict=True):
        trouble = misfit(text, *place, quote)
        if trouble is None:
            fitting.append((place, one))
        else:
            wrong.append(f"{what} {trouble}")
    return tuple(one for _, one in sorted(fitting, key=lambda pair: pair[0])), wrong


def misfit(text: str, start: int, end: int, quote: str) -> str | None:
    """Why a span is none of the text; None where it is. Offsets are code points."""
    if start < 0 or end <= start:
        return f"{start}-{end}: ends before it starts, or is empty"
    if end > len(text):
        return f"{start}-{end}: the text has only {len(text)} characters"
    if text[start:end] != quote:
        return f"{start}-{end}: other words stand there"
    return None


def reasons(item: ReviewItem) -> tuple[str, ...]:
    """Why a person is asked, the most serious flag first; the checker's own words."""
    finding = item.finding
    flags = sorted(finding.flags, key=lambda flag: -flag.severity.rank)
    found = [f"{flag.code}: {flag.message}" for flag in flags]
    if not found and finding.unchecked:
        found = [f"not checked: {finding.unchecked}"]
    return tuple(dict.fromkeys(found))
