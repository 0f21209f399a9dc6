"""Work on a queue in processes of their own; little is imported, so that they start fast."""

from summarizer.report import Report
from summarizer.review.queue import Queue


def add(url: str, report: str) -> str:
    with Queue(url) as queue:
        return queue.add(Report.from_json(report)).outcome
