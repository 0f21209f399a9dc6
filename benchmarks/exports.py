#!/usr/bin/env python3
"""Exports of a large queue: rows a second, and that the memory does not grow with the queue.

    .venv/bin/python benchmarks/exports.py --items 100000

Fills a SQLite queue (50 items an article), then exports all of it, and a tenth of it, in each format that
streams, each time in a process of its own whose highest memory is read. Ends with 1 when the whole queue
takes more than 20 MB above what a tenth of it takes.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec

from summarizer import check_statements
from summarizer.article import Article
from summarizer.review.queue import Queue
from summarizer.review_items import DecisionVerdict, Priority, Provenance, ReviewItem, item_id

FORMATS = ("jsonl", "csv", "label-studio", "claim-review")
EACH = 50
TEXT = " ".join(
    f"In the year {1900 + number} the council of Lindholm counted {number * 37} boats, the mayor said."
    for number in range(1, 61)
)
ALLOWED_MB = 20


def fill(queue: Queue, items: int) -> None:
    """The first of each article is decided; the first tenth of the items is a batch of its own."""
    number = 0
    while number < items:
        article = Article.from_text(f"{TEXT} Report {number}.", document_id=f"doc-{number}", language="en")
        (finding,) = check_statements(article, ["In the year 1907 the council counted 258 boats."])
        made = []
        for _ in range(min(EACH, items - number)):
            statement = msgspec.structs.replace(finding.statement, text=f"{finding.statement.text} {number}")
            made.append(
                ReviewItem(
                    id=item_id(article.document_id, statement.text, []),
                    document_id=article.document_id,
                    article_id=article.id,
                    title="A report",
                    url=None,
                    language="en",
                    batch_id="tenth" if number < items // 10 else "rest",
                    created="2026-11-21T08:00:00+00:00",
                    statement_ids=("s1",),
                    finding=msgspec.structs.replace(finding, statement=statement),
                    priority=Priority(0.5, 1.0, 0.5, 1.0),
                    provenance=Provenance("r", "m", "standard", ("p",), "0", "0"),
                )
            )
            number += 1
        queue.add_items(article, made)
        queue.decide(made[0].id, "ada", DecisionVerdict.CONTRADICTED, note="counted again")


def measure(form: str, queue: Path, out: Path, batch: str | None) -> None:
    """In a process of its own: exports, and prints rows, seconds, highest memory in MB and size in MB."""
    from summarizer.export.exporting import ExportFormat, export_queue
    from summarizer.review.filters import Filters
    from summarizer.settings import Publishing

    publishing = Publishing(name="x", url="https://x.example", page="https://x.example/{item_id}")
    began = time.perf_counter()
    with Queue(queue) as opened, out.open("w", encoding="utf-8", newline="") as file:
        filters = Filters(batch=batch)
        written = export_queue(opened, ExportFormat(form), file, filters, publishing=publishing)
    seconds = time.perf_counter() - began
    print(written.items, seconds, highest_mb(), out.stat().st_size / 1e6)


def highest_mb() -> float:
    """The process's highest memory; Linux counts its parent's in elsewhere than here."""
    status = Path("/proc/self/status")
    if status.is_file():
        (line,) = [one for one in status.read_text().splitlines() if one.startswith("VmHWM:")]
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--json", action="store_true", help="all figures as JSON")
    parser.add_argument("--measure", nargs=4, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        form, queue, out, batch = given.measure
        measure(form, Path(queue), Path(out), batch or None)
        return 0
    grown = False
    with tempfile.TemporaryDirectory() as folder:
        queue, out = Path(folder) / "queue.sqlite", Path(folder) / "out"
        began = time.perf_counter()
        with Queue(queue) as opened:
            fill(opened, given.items)
        say = print if not given.json else lambda _: None
        say(f"{given.items:,} items put in: {time.perf_counter() - began:.0f} s")
        figures = []
        for form in FORMATS:
            peaks = []
            for batch in ("tenth", ""):
                command = [sys.executable, __file__, "--measure", form, str(queue), str(out), batch]
                said = subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout
                items, seconds, peak, size = map(float, said.split())
                peaks.append(peak)
                names = ("items", "seconds", "highest_mb", "written_mb")
                figures.append({"format": form} | dict(zip(names, (items, seconds, peak, size), strict=True)))
                say(
                    f"{form:13} {items:9,.0f} items {seconds:7.1f} s {items / seconds:7,.0f} a second "
                    f"{peak:6.0f} MB at most, {size:7.1f} MB written"
                )
            grown |= peaks[1] - peaks[0] > ALLOWED_MB
    say("memory grew with the queue" if grown else "memory does not grow with the queue")
    if given.json:
        print(json.dumps({"grown": grown, "figures": figures}, indent=2))
    return 1 if grown else 0


if __name__ == "__main__":
    sys.exit(main())
