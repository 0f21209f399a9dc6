#!/usr/bin/env python3
"""The review queue under load: many reviewing processes, many items, processes killed while they work.

On SQLite, and on PostgreSQL where its programs are on this machine (a server of the benchmark's own) or
where --postgres names an empty database:

  leases  --processes take --items items from the queue at once, one each time, until it is empty
  work    the same, and every item is decided, with min_reviews 1 and 2
  look    with --many items: the next item, and lists by several filters
  kill    four reviewing processes are killed with SIGKILL at random moments, again and again

An item given to two people, lost, decided twice by one, an acknowledged decision that is not there, or a
lease that does not come back makes the exit code 1; so does a missed target, unless --no-targets.

  benchmarks/review_queue.py --items 500 --many 2000 --kills 4 --no-targets     # a first look
  benchmarks/review_queue.py                                                    # the README's figures
"""

import argparse
import contextlib
import json
import multiprocessing
import os
import random
import shutil
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# In place of this folder: what is imported are the package and the tests.
sys.path[0] = str(Path(__file__).resolve().parent.parent)

import msgspec

from summarizer.article import Article
from summarizer.errors import Refused
from summarizer.flags import FlagCode, Severity
from summarizer.report import (
    Basis,
    Evidence,
    Finding,
    Flag,
    Report,
    Span,
    Statement,
    StatementKind,
    Summary,
    SummarySentence,
    Verdict,
)
from summarizer.review.filters import Filters
from summarizer.review.queue import Lease, Queue
from summarizer.review_items import DecisionVerdict, ItemStatus

LEASES = {"sqlite": 5000, "postgres": 2000}  # a second, at least
NEXT_MS, LIST_MS = 10.0, 100.0  # at most
TEXT = "The council met on Monday and voted nine to four to build the bridge there. It costs $48 million."
A_REPORT = 50  # items
PAGE = 20  # items taken at once
# Processes of their own, forked from one that has the modules loaded: they start fast.
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["summarizer.review.queue", "sqlalchemy.dialects.sqlite"])


# --- what is put in


def report(number: int, rng: random.Random) -> Report:
    article = Article.from_text(TEXT, document_id=f"story-{number}", language=rng.choice(["en", "de", "uk"]))
    sentence = article.sentences[1]
    evidence = (Evidence(2, sentence.start, sentence.end, sentence.text),)
    findings = []
    for place in range(A_REPORT):
        text = f"It costs ${place + 49} million, the council said in story {number}."
        code = rng.choice([FlagCode.NUMBER_MISMATCH, FlagCode.NAME_MISMATCH, FlagCode.UNCERTAIN])
        flag = Flag(code, Severity.HIGH, "not so", (Span(9, 12, text[9:12]),), evidence)
        statement = Statement(f"s{place + 1}", StatementKind.SUMMARY, text)
        risk = round(rng.uniform(0.5, 1), 4)
        findings.append(
            Finding(
                statement, Verdict.CONTRADICTED, Basis.RULE, risk, evidence, (), (flag,), worth=rng.random()
            )
        )
    sentences = tuple(SummarySentence(one.statement.id, one.statement.text) for one in findings)
    return Report(
        article=article,
        summary=Summary(None, sentences),
        claims=(),
        findings=tuple(findings),
        article_flags=(),
        calls=(),
        not_run=(),
        profile="standard",
        model="scripted",
        created="2026-11-23T08:00:00+00:00",
        seconds=0.0,
        version="0",
        checker_version="0",
    )


def fill(url: str, count: int, min_reviews: int) -> None:
    rng = random.Random(count)
    with Queue(url, min_reviews=min_reviews, upgrade=True) as queue:
        for number in range(-(-count // A_REPORT)):
            made = report(number, rng)
            left = count - number * A_REPORT
            if left < A_REPORT:
                made = msgspec.structs.replace(made, findings=made.findings[:left])
            queue.add(made, batch_id=f"b{number % 10}")
        assert queue.count() == count


# --- processes


def page_worker(url: str, reviewer: str, at_once: int, barrier: Any, results: Any) -> None:
    """Takes so many items at a time until there are none."""
    taken: list[str] = []
    with Queue(url) as queue:
        queue.count()
        barrier.wait()
        began = time.perf_counter()
        while some := queue.next_several(reviewer, at_once):
            taken += [lease.item.id for lease in some]
        results.put((reviewer, began, time.perf_counter(), taken))


def worker(url: str, reviewer: str, decide: bool, barrier: Any, results: Any) -> None:
    """Takes items until there are none for it; tells what it took, and from when to when."""
    taken: list[str] = []
    with Queue(url) as queue:
        queue.count()
        barrier.wait()
        began = time.perf_counter()
        while True:
            lease = queue.next(reviewer)
            if not isinstance(lease, Lease):
                if not decide or not (lease.leased or lease.open > lease.decided_by_you):
                    break
                time.sleep(0.002)  # others are still deciding what may come back for us
                continue
            if decide:
                queue.decide(lease.item.id, reviewer, DecisionVerdict.CONTRADICTED)
            taken.append(lease.item.id)
        results.put((reviewer, began, time.perf_counter(), taken))


def run_workers(
    url: str, processes: int, decide: bool, at_once: int = 1
) -> tuple[dict[str, list[str]], float]:
    """What each took, and how many seconds passed between the first start and the last end."""
    barrier, results = CONTEXT.Barrier(processes), CONTEXT.Queue()
    started = [
        CONTEXT.Process(
            target=worker if at_once == 1 else page_worker,
            args=(url, f"reviewer {number}", decide if at_once == 1 else at_once, barrier, results),
        )
        for number in range(processes)
    ]
    for one in started:
        one.start()
    found = [results.get(timeout=3600) for _ in started]
    for one in started:
        one.join()
    seconds = max(end for _, _, end, _ in found) - min(begin for _, begin, _, _ in found)
    return {name: taken for name, _, _, taken in found}, seconds


def reviewing(url: str, reviewer: str, lease_s: float, barrier: Any, pipe: Any) -> None:
    """Decides until it is killed or done, and acknowledges each decision that was acknowledged to it."""
    with Queue(url, lease_s=lease_s) as queue:
        queue.count()
        barrier.wait()
        while isinstance(lease := queue.next(reviewer), Lease):
            try:
                decision = queue.decide(lease.item.id, reviewer, DecisionVerdict.SUPPORTED)
            except Refused:  # on a busy machine a lease may run out before its decision is made
                continue
            pipe.send((decision.id, lease.item.id))
            time.sleep(0.005)  # so that there is something left to do when it is killed
    pipe.send(None)


# --- phases


@dataclass
class Outcome:
    figures: list[dict[str, Any]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    def check(self, right: bool, what: str) -> None:
        if not right:
            self.wrong.append(what)

    def target(self, met: bool, what: str) -> None:
        if not met:
            self.missed.append(what)


def leases(new: Callable[[], str], name: str, options: argparse.Namespace, outcome: Outcome) -> None:
    for at_once in (1, PAGE):
        url = new()
        fill(url, options.items, 1)
        taken, seconds = run_workers(url, options.processes, decide=False, at_once=at_once)
        all_ = [item for one in taken.values() for item in one]
        rate = len(all_) / seconds
        duplicates, lost = len(all_) - len(set(all_)), options.items - len(set(all_))
        outcome.figures.append(
            {
                "database": name,
                "phase": "leases",
                "items": options.items,
                "processes": options.processes,
                "at_once": at_once,
                "leases_per_s": round(rate),
                "duplicates": duplicates,
                "lost": lost,
            }
        )
        where = f"{name}, leases, {at_once} at once"
        outcome.check(duplicates == 0 and lost == 0, f"{where}: {duplicates} duplicates, {lost} lost")
        if at_once == 1:
            outcome.target(rate >= LEASES[name], f"{where}: {rate:,.0f} leases/s, not {LEASES[name]:,}")


def work(new: Callable[[], str], name: str, options: argparse.Namespace, outcome: Outcome) -> None:
    for min_reviews in (1, 2):
        url = new()
        fill(url, options.items, min_reviews)
        taken, seconds = run_workers(url, options.processes, decide=True)
        counted = Counter(item for one in taken.values() for item in one)
        twice = sum(len(one) - len(set(one)) for one in taken.values())
        wrong_count = sum(1 for number in counted.values() if number != min_reviews)
        lost = options.items - len(counted)
        with Queue(url) as queue:
            open_ = queue.count(Filters(status=ItemStatus.OPEN))
            stored = sum(len(decided) for _, decided in queue.rows())
        done = sum(counted.values())
        outcome.figures.append(
            {
                "database": name,
                "phase": "work",
                "items": options.items,
                "processes": options.processes,
                "min_reviews": min_reviews,
                "decisions_per_s": round(done / seconds),
                "duplicates": twice + wrong_count,
                "lost": lost,
                "by_process": sorted(len(one) for one in taken.values()),
            }
        )
        where = f"{name}, work, min_reviews {min_reviews}"
        outcome.check(twice == 0, f"{where}: {twice} times somebody got an item twice")
        outcome.check(wrong_count == 0, f"{where}: {wrong_count} items were not decided {min_reviews} times")
        outcome.check(lost == 0 and open_ == 0, f"{where}: {lost} lost, {open_} still open")
        outcome.check(stored == done, f"{where}: {done} decisions made, {stored} stored")


FILTERS = {
    "all": Filters(status=ItemStatus.OPEN),
    "language": Filters(status=ItemStatus.OPEN, language="uk"),
    "code": Filters(status=ItemStatus.OPEN, code=FlagCode.NAME_MISMATCH),
    "document": Filters(document="story-7"),
    "batch and risk": Filters(batch="b3", min_risk=0.9),
    "age and kind": Filters(newer_than_s=86400, kind=StatementKind.SUMMARY),
    "none has it": Filters(language="fr"),
}


def look(new: Callable[[], str], name: str, options: argparse.Namespace, outcome: Outcome) -> None:
    url = new()
    fill(url, options.many, 2)
    with Queue(url) as queue:
        nexts = []
        for number in range(200):
            began = time.perf_counter()
            lease = queue.next(f"reviewer {number % 3}")
            nexts.append((time.perf_counter() - began) * 1000)
            assert isinstance(lease, Lease)
            queue.decide(lease.item.id, lease.reviewer, DecisionVerdict.SUPPORTED)
        lists = {}
        for words, filters in FILTERS.items():
            times = []
            for _ in range(7):
                began = time.perf_counter()
                queue.page(filters, limit=50)
                times.append((time.perf_counter() - began) * 1000)
            lists[words] = round(statistics.median(times), 1)
    median = statistics.median(nexts)
    slow = sorted(nexts)[int(len(nexts) * 0.95)]
    outcome.figures.append(
        {
            "database": name,
            "phase": "look",
            "items": options.many,
            "next_ms": round(median, 2),
            "next_p95_ms": round(slow, 2),
            "list_ms": lists,
        }
    )
    outcome.target(slow < NEXT_MS, f"{name}: the next item takes {slow:.1f} ms at the 95th percentile")
    for words, taken in lists.items():
        outcome.target(taken < LIST_MS, f"{name}: a list by {words} takes {taken:.0f} ms")


def kill(new: Callable[[], str], name: str, options: argparse.Namespace, outcome: Outcome) -> None:
    url, rng, lease_s = new(), random.Random(options.kills), 3.0
    items = max(options.items, 300 * options.kills)
    fill(url, items, 1)
    acknowledged: list[tuple[str, str]] = []
    killed = 0
    for round_ in range(options.kills):
        ways, barrier = [], CONTEXT.Barrier(4)
        for number in range(4):
            here, there = CONTEXT.Pipe(duplex=False)
            process = CONTEXT.Process(
                target=reviewing, args=(url, f"r{round_}-{number}", lease_s, barrier, there)
            )
            process.start()
            there.close()
            ways.append((process, here))
        for _, here in ways:  # each has decided once: it is at work
            with contextlib.suppress(EOFError):
                if (first := here.recv()) is not None:
                    acknowledged.append(first)
        for process, here in ways:
            time.sleep(rng.uniform(0.0, 0.05))
            if process.is_alive() and process.pid:
                os.kill(process.pid, signal.SIGKILL)
                killed += 1
            process.join()
            with contextlib.suppress(EOFError):
                while (more := here.recv()) is not None:
                    acknowledged.append(more)
            here.close()
    with Queue(url) as queue:
        missing = 0
        for id_, item_id in acknowledged:
            missing += all(decision.id != id_ for decision in queue.decisions(item_id))
        stored = sum(len(decided) for _, decided in queue.rows())
        time.sleep(lease_s + 0.1)
        queue.sweep()
        held = sum(1 for row, _ in queue.rows() if row.holder is not None)
        open_ = queue.count(Filters(status=ItemStatus.OPEN))
        came_back = 0
        while isinstance(lease := queue.next("the last one"), Lease):
            queue.decide(lease.item.id, "the last one", DecisionVerdict.SUPPORTED)
            came_back += 1
        twice = sum(1 for _, decided in queue.rows() if len(decided) != 1)
    outcome.figures.append(
        {
            "database": name,
            "phase": "kill",
            "items": items,
            "killed": killed,
            "acknowledged": len(acknowledged),
            "stored_before_the_end": stored,
            "acknowledged_and_missing": missing,
            "leases_that_did_not_come_back": open_ - came_back + held,
            "not_decided_once": twice,
        }
    )
    outcome.check(missing == 0, f"{name}, kill: {missing} acknowledged decisions are missing")
    outcome.check(
        held == 0 and came_back == open_, f"{name}, kill: {open_ - came_back} items did not come back"
    )
    outcome.check(twice == 0, f"{name}, kill: {twice} items were not decided once")


PHASES = {"leases": leases, "work": work, "look": look, "kill": kill}


# --- databases


@contextlib.contextmanager
def sqlite_databases() -> Iterator[Callable[[], str]]:
    folder = Path(tempfile.mkdtemp(prefix="summarizer-queue-"))
    try:
        yield lambda: tempfile.mktemp(suffix=".sqlite", dir=folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def postgres_databases(options: argparse.Namespace) -> Iterator[Callable[[], str]]:
    import psycopg

    from summarizer.review.tables import metadata
    from tests import services

    server = (
        contextlib.nullcontext(options.postgres)
        if options.postgres
        else services.postgres_server(fsync=options.fsync)
    )
    with server as url:
        assert url

        def new() -> str:
            with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
                for table in (*metadata.tables, "alembic_version"):
                    connection.execute(f"DROP TABLE IF EXISTS {table}")
            return url

        yield new


def settings_of(new: Callable[[], str], name: str) -> dict[str, str]:
    """The settings that figures depend on."""
    if name == "sqlite":
        return {"journal_mode": "WAL", "synchronous": "NORMAL for leases, FULL for decisions"}
    import psycopg

    with psycopg.connect(new().replace("+psycopg", "")) as connection:
        names = ("server_version", "fsync", "shared_buffers")
        found = {one: str(connection.execute(f"SHOW {one}").fetchone()[0]) for one in names}
    return found | {"synchronous_commit": "off for leases, on for decisions"}


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--items", type=int, default=20_000)
    parser.add_argument("--many", type=int, default=100_000)
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument("--kills", type=int, default=10, help="rounds in which four processes are killed")
    parser.add_argument("--database", choices=["sqlite", "postgres"], action="append")
    parser.add_argument("--phase", choices=[*PHASES], action="append")
    parser.add_argument("--postgres", metavar="URL", help="a database that may be emptied")
    parser.add_argument("--no-fsync", dest="fsync", action="store_false", help="of the server started here")
    parser.add_argument("--no-targets", action="store_true", help="only what must never be wrong counts")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    outcome = Outcome()
    used: dict[str, dict[str, str]] = {}
    for name in options.database or ["sqlite", "postgres"]:
        opened = sqlite_databases() if name == "sqlite" else postgres_databases(options)
        with opened as new:
            used[name] = settings_of(new, name)
            for phase in options.phase or [*PHASES]:
                PHASES[phase](new, name, options, outcome)
                if not options.json:
                    for figure in outcome.figures[len(outcome.figures) - (2 if phase == "work" else 1) :]:
                        print("  ".join(f"{key} {value}" for key, value in figure.items()), flush=True)
    if options.json:
        print(
            json.dumps(
                {
                    "settings": used,
                    "figures": outcome.figures,
                    "wrong": outcome.wrong,
                    "missed": outcome.missed,
                },
                indent=2,
            )
        )
    else:
        print(*(f"settings of {name}: {value}" for name, value in used.items()), sep="\n")
        print(
            *(f"WRONG: {words}" for words in outcome.wrong),
            *(f"missed: {words}" for words in outcome.missed),
            sep="\n",
        )
    return 1 if outcome.wrong or (outcome.missed and not options.no_targets) else 0


if __name__ == "__main__":
    sys.exit(main())
