"""Runs that show what a batch must: with faults, with kill -9, with many articles. Small in the tests, large
in ``benchmarks/batch.py``. Each returns figures; who calls decides what they have to be."""

import asyncio
import contextlib
import gc
import json
import os
import random
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import anyio

from summarizer.batch.engine import Engine, LocalEngine, Opening
from summarizer.batch.job import Batch
from summarizer.batch.journal import Journal
from summarizer.batch.outcome import Status
from summarizer.batch.results import write_results
from summarizer.llm.client import OpenAIModel
from summarizer.llm.pace import Pace
from summarizer.report import Report
from summarizer.settings import Settings
from tests import generated, stand_in
from tests.batches import Writer, content, unchecked, unweighed

ROOT = stand_in.ROOT


def rows(count: int, seed: int = 0, *, short: bool = False) -> Iterator[dict[str, str]]:
    """Records of articles; short ones are of three sentences and a number that tells them apart."""
    texts = generated.texts(1000 if short else count, seed=seed)
    if short:
        few = [" ".join(re.split(r"(?<=\.)\s+", text)[:3]) for text in texts]
        texts = (f"{few[number % 1000]} It was case {number}." for number in range(count))
    for number, text in enumerate(texts):
        yield {"id": f"article-{number}", "text": text, "language": "en", "published": "2026-11-02"}


def stats(url: str) -> dict[str, Any]:
    with urllib.request.urlopen(f"{url}/stats", timeout=30) as reply:
        found: dict[str, Any] = json.load(reply)
    return found


# --- faults -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Faults:
    """``needed`` calls would do without faults: a summary and a list of claims for each article."""

    articles: int
    outcomes: Counter[str]
    statuses: Counter[Status]
    requests: int
    needed: int
    faulty: float
    read: int
    lines: dict[str, int]
    seconds: float


def faults(count: int, *, in_flight: int, rate: float, timeout_s: float, speed: float) -> Faults:
    """A batch against a server of which a share of the replies fails; ``speed`` shortens waits."""

    async def sleep(seconds: float) -> None:
        await anyio.sleep(seconds / speed)

    async def go(url: str, folder: Path) -> tuple[Batch, Counter[str], Counter[Status]]:
        async def opener(opening: Opening) -> Engine:
            pace = Pace(in_flight, speed=speed)
            model = OpenAIModel(
                "stand-in", base_url=f"{url}/v1", timeout_s=timeout_s, sleep=sleep, pace=pace, context=32_768
            )
            return await LocalEngine.open(replace(opening, model=model))

        batch = Batch(
            folder,
            settings=Settings(),
            concurrency=in_flight,
            check=unchecked,
            weigh=unweighed,
            opener=opener,
        )
        ids: Counter[str] = Counter()
        statuses: Counter[Status] = Counter()
        async for outcome in batch.run(rows(count)):
            ids[outcome.id] += 1
            statuses[outcome.status] += 1
        return batch, ids, statuses

    plan = stand_in.Plan.even(rate, seed=2)
    with stand_in.running(plan) as url, tempfile.TemporaryDirectory(prefix="summarizer-batch-") as name:
        started = time.perf_counter()
        batch, ids, statuses = asyncio.run(go(url, Path(name)))
        seconds = time.perf_counter() - started
        seen = stats(url)
        manifest = write_results(batch.journal)
        return Faults(
            articles=count,
            outcomes=ids,
            statuses=statuses,
            requests=seen["requests"],
            needed=2 * count,
            faulty=1 - seen["by_fault"]["none"] / seen["requests"],
            read=manifest["articles"]["read"],
            lines={file: found["lines"] for file, found in manifest["files"].items()},
            seconds=seconds,
        )


# --- kill -9 --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Kills:
    """``wasted``: requests of each run whose answers were not in the journal after it."""

    articles: int
    kills: int
    equal: bool
    wasted: list[int]
    asked_twice: int
    reports: int


def kills(count: int, times: int, *, in_flight: int, delay_ms: float, seed: int = 1) -> Kills:
    """Runs the command, kills it at random moments, goes on, and compares with an undisturbed run."""
    chance = random.Random(seed)
    with (
        stand_in.running(delay_ms=delay_ms) as url,
        tempfile.TemporaryDirectory(prefix="summarizer-batch-") as name,
    ):
        folder, source = Path(name) / "killed", Path(name) / "articles.jsonl"
        source.write_text("".join(f"{json.dumps(row)}\n" for row in rows(count)), encoding="utf-8")
        command = [sys.executable, "-m", "summarizer", "batch", "run", str(source), "--out", str(folder)]
        command += [
            "--model",
            "stand-in",
            "--base-url",
            f"{url}/v1",
            "--workers",
            "0",
            "--quiet",
            "--no-judge",
        ]
        command += ["--concurrency", str(in_flight)]
        wasted, before = [], (0, 0)
        for number in range(times):
            # Somewhere in the share of the work that falls to this run, counted in answers.
            least = before[1] + 1
            most = max(least, 2 * count * (number + 1) // (times + 1))
            _killed(command, folder, chance.randint(least, most))
            now = stats(url)["requests"], _answers(folder)
            wasted.append((now[0] - before[0]) - (now[1] - before[1]))
            before = now
        subprocess.run(command, cwd=ROOT, env=_environment(Path(name)), check=True)
        now = stats(url)["requests"], _answers(folder)
        wasted.append((now[0] - before[0]) - (now[1] - before[1]))

        calm = Path(name) / "calm"
        command[command.index(str(folder))] = str(calm)
        subprocess.run(command, cwd=ROOT, env=_environment(Path(name)), check=True)
        killed_reports, calm_reports = _reports(folder), _reports(calm)
        return Kills(
            articles=count,
            kills=times,
            equal=killed_reports == calm_reports,
            wasted=wasted,
            asked_twice=now[0] - 2 * count,
            reports=len(killed_reports),
        )


def _environment(home: Path) -> dict[str, str]:
    return {**os.environ, "XDG_CACHE_HOME": str(home), "SUMMARIZER_CONFIG": ""}


def _killed(command: list[str], folder: Path, answers: int) -> None:
    """Runs until so many answers are in the journal, and kills it then."""
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=_environment(folder.parent),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        while process.poll() is None and _answers(folder) < answers:
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        if process.wait() != -signal.SIGKILL:
            raise RuntimeError("the run had ended before it was to be killed")


def _answers(folder: Path) -> int:
    with contextlib.suppress(Exception), Journal(folder).look() as look:
        return int(look.totals()["journal"]["answers"])
    return 0


def _reports(folder: Path) -> dict[str, dict[str, Any]]:
    lines = (folder / "reports.jsonl").read_text(encoding="utf-8").splitlines()
    found = [Report.from_json(line) for line in lines]
    return {report.article.document_id: content(report) for report in found}


# --- memory -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Memory:
    """Resident memory in MB by how many articles were done; ``resume_s`` until a second run has decided
    that there is nothing to do, ``written_s`` to write the results."""

    articles: int
    resident: list[tuple[int, float]]
    seconds: float
    resume_s: float
    written_s: float
    asked_again: int

    def growth(self, after: int) -> float:
        """The highest memory after so many articles, as a share of what it was then."""
        base = next(mb for done, mb in self.resident if done >= after)
        return max(mb for done, mb in self.resident if done >= after) / base - 1


def memory(count: int, *, every: int, in_flight: int = 20) -> Memory:
    """A batch with a scripted model and no checks, and the same once more."""
    writer, resident = Writer(), []
    with tempfile.TemporaryDirectory(prefix="summarizer-batch-") as name:

        async def go() -> tuple[Batch, float]:
            batch = Batch(
                name,
                model=writer,
                settings=Settings(),
                concurrency=in_flight,
                check=unchecked,
                weigh=unweighed,
            )
            started, done = time.perf_counter(), 0
            async for _ in batch.run(rows(count, short=True)):
                done += 1
                if done % every == 0:
                    resident.append((done, _resident_mb()))
            return batch, time.perf_counter() - started

        batch, seconds = asyncio.run(go())
        started = time.perf_counter()
        write_results(batch.journal)
        written_s = time.perf_counter() - started
        asked = sum(writer.asked.values())
        _, resume_s = asyncio.run(go())
        if batch.counts().reported != count:
            raise RuntimeError(f"{batch.counts()} after {count} articles")
        return Memory(count, resident, seconds, resume_s, written_s, sum(writer.asked.values()) - asked)


def _resident_mb() -> float:
    gc.collect()
    with contextlib.suppress(OSError):
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return pages * resource.getpagesize() / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
