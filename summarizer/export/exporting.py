"""From the queue into a format: what ``summarizer queue export`` does, for Python.

with Queue("queue.sqlite") as queue, open("items.jsonl", "w", encoding="utf-8", newline="") as out:
    export_queue(queue, ExportFormat.JSONL, out, Filters(since="2026-11-23"))
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import TextIO

from ..review.filters import EVERYTHING, Filters
from ..review.queue import Queue
from ..settings import Publishing
from .claim_review import check_publisher, write_claim_reviews
from .csv import write_csv
from .html import write_html
from .jsonl import write_jsonl
from .label_studio import write_label_studio
from .rows import Row, Written


class ExportFormat(StrEnum):
    """How items leave the queue."""

    JSONL = "jsonl"
    CSV = "csv"
    LABEL_STUDIO = "label-studio"
    CLAIM_REVIEW = "claim-review"
    HTML = "html"


def rows_of(queue: Queue, filters: Filters = EVERYTHING) -> Iterator[Row]:
    """Items with their articles and standing decisions, in the order in which they were put in.

    Read some at a time: the memory needed does not grow with the queue.
    """
    for queued, decisions in queue.rows(filters):
        yield Row(queued.item, queue.article(queued.item.article_id), decisions)


def export_queue(
    queue: Queue,
    form: ExportFormat,
    out: TextIO,
    filters: Filters = EVERYTHING,
    *,
    publishing: Publishing | None = None,
    script: bool = False,
) -> Written:
    """Writes the items that the filters choose into an open file; the same queue gives the same file.

    ``out`` writes UTF-8 and leaves line ends as they are (``newline=""``). ``publishing`` and ``script``
    are for ClaimReview. Raises SettingsError where publishing lacks something, and for a page of too many
    items; what was written by then is of no use.
    """
    rows = rows_of(queue, filters)
    match form:
        case ExportFormat.JSONL:
            return write_jsonl(rows, out)
        case ExportFormat.CSV:
            return write_csv(rows, out)
        case ExportFormat.LABEL_STUDIO:
            return write_label_studio(rows, out)
        case ExportFormat.CLAIM_REVIEW:
            publisher = publishing or Publishing()
            check_publisher(publisher)
            return write_claim_reviews(rows, out, publisher, script=script)
        case ExportFormat.HTML:
            return write_html(rows, out)
