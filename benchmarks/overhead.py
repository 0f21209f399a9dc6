#!/usr/bin/env python3
"""What the program takes on top of the bare ``openai`` client making the same calls.

Both ask the same stand-in server, in a process of its own, with the same request bodies: two an
article, both at once. The bodies are recorded from this program first, what the bare client sends is
compared with them, and at the end the server must have seen no others. Variants run in turn in every
round, and a round's figures are compared with that round's bare client only. The server answers after
200 ms.

bare         the bare client: no reading of replies, no checks
off          this program without checks and check-worthiness, articles prepared before
off, text    the same, from plain text: normalised, split into sentences, numbered on the way
on           this program as it is
"""

import argparse
import asyncio
import gc
import json
import os
import platform
import statistics
import sys
import time
import urllib.request
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import httpx2  # noqa: E402
import openai  # noqa: E402

from summarizer.article import Article  # noqa: E402
from summarizer.checker import Checked, check_article  # noqa: E402
from summarizer.llm.client import OpenAIModel  # noqa: E402
from summarizer.pipeline import Check, Summarizer, weigh  # noqa: E402
from summarizer.report import AnswerState, Basis, Finding, Report, Statement, Verdict  # noqa: E402
from summarizer.settings import Profile, Settings  # noqa: E402
from tests import generated, stand_in  # noqa: E402
from tests.batches import unweighed  # noqa: E402

MODEL = "stand-in"
IN_FLIGHT = (1, 20, 100)
# Of the bare client's articles a second, at least, by how many are in flight; checks off.
LEAST_RATE = {1: 0.95, 20: 0.95, 100: 0.90}
MOST_CPU = 1.3  # times the bare client's processor time, checks off
VARIANTS = ("bare", "off", "off, text", "on")

Body = dict[str, Any]


@dataclass(frozen=True)
class Measured:
    """One variant in one round. ``cpu_ms`` is processor time of this process for an article."""

    variant: str
    in_flight: int
    round: int
    articles: int
    articles_per_s: float
    cpu_ms: float


@dataclass(frozen=True)
class Row:
    """Medians over the rounds; ratios are to the bare client in the same round, with their range."""

    in_flight: int
    variant: str
    articles_per_s: float
    rate: float
    rate_range: tuple[float, float]
    cpu_ms: float
    cpu: float
    cpu_range: tuple[float, float]


def unchecked(article: Article, statements: Sequence[Statement], *, settings: Settings) -> Checked:
    """In place of the checks: says of everything that nobody checked it."""
    return Checked(
        [
            Finding(statement, Verdict.UNCHECKED, Basis.RULE, None, unchecked="checks are off")
            for statement in statements
        ]
    )


async def record(send: Callable[[httpx2.AsyncClient], Awaitable[None]]) -> list[bytes]:
    """The bodies that are sent through a client."""
    sent: list[bytes] = []

    async def keep(request: httpx2.Request) -> None:
        sent.append(request.content)

    async with httpx2.AsyncClient(event_hooks={"request": [keep]}) as http_client:
        await send(http_client)
    return sent


async def recorded(url: str, articles: Sequence[Article]) -> tuple[list[list[Body]], set[bytes]]:
    """What this program sends for each article, and all bodies as either client writes them.

    Raises RuntimeError where the bare client would send anything else.
    """
    turns = asyncio.Semaphore(20)
    bodies: list[list[Body]] = [[] for _ in articles]
    written: set[bytes] = set()

    async def one(number: int) -> None:
        async def ours(http_client: httpx2.AsyncClient) -> None:
            _usable(await _summarizer(url, unchecked, http_client).process(articles[number]))

        async def bare(http_client: httpx2.AsyncClient) -> None:
            client = openai.AsyncOpenAI(base_url=url, api_key="none-needed", http_client=http_client)
            for body in bodies[number]:
                await client.chat.completions.create(**body)

        async with turns:
            sent = await record(ours)
            bodies[number] = [json.loads(body) for body in sent]
            sent_bare = await record(bare)
        if [json.loads(body) for body in sent_bare] != bodies[number]:
            raise RuntimeError("the bare client does not send what was recorded")
        written.update(sent, sent_bare)

    async with asyncio.TaskGroup() as group:
        for number in range(len(articles)):
            group.create_task(one(number))
    return bodies, written


def _summarizer(url: str, check: Check, http_client: httpx2.AsyncClient | None = None) -> Summarizer:
    model = OpenAIModel(MODEL, base_url=url, http_client=http_client)
    # Two calls an article, as the bare client makes: no judge.
    return Summarizer(
        model,
        settings=Settings(judge=False),
        profile=Profile.STANDARD,
        check=check,
        weigh=unweighed if check is unchecked else weigh,
    )


def _usable(report: Report) -> None:
    """A run in which something went wrong measures something else."""
    wrong = [
        f"{call.task} {call.state}: {call.detail}"
        for call in report.calls
        if call.state is not AnswerState.OK
    ]
    if wrong or report.summary is None or not report.claims:
        raise RuntimeError(f"the stand-in's answers could not be used: {'; '.join(wrong) or report.not_run}")


async def run_bare(url: str, bodies: Sequence[list[Body]], in_flight: int) -> tuple[float, float]:
    """Seconds of wall and of processor time."""
    async with openai.AsyncOpenAI(base_url=url, api_key="none-needed", max_retries=0) as client:

        async def ask(article: int) -> None:
            replies = await asyncio.gather(
                *(client.chat.completions.create(**body) for body in bodies[article])
            )
            for reply in replies:
                if not reply.choices[0].message.content:
                    raise RuntimeError("the stand-in's answer is empty")

        return await _timed(ask, len(bodies), in_flight)


async def run_ours(
    url: str, inputs: Sequence[Article | str], in_flight: int, check: Check
) -> tuple[float, float]:
    """Seconds of wall and of processor time."""
    async with _summarizer(url, check) as summarizer:

        async def process(number: int) -> None:
            _usable(await summarizer.process(inputs[number]))

        return await _timed(process, len(inputs), in_flight)


async def _timed(work: Callable[[int], Awaitable[None]], count: int, in_flight: int) -> tuple[float, float]:
    """``in_flight`` workers that take articles off one list, as a batch would."""
    numbers = iter(range(count))

    async def worker() -> None:
        for number in numbers:
            await work(number)

    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    async with asyncio.TaskGroup() as group:
        for _ in range(in_flight):
            group.create_task(worker())
    return time.perf_counter() - wall, time.process_time() - cpu


@dataclass(frozen=True)
class Inputs:
    """The same articles in every form that a variant takes."""

    url: str
    texts: Sequence[str]
    articles: Sequence[Article]
    bodies: Sequence[list[Body]]

    async def run(self, variant: str, count: int, in_flight: int) -> tuple[float, float]:
        """Seconds of wall and of processor time for the first ``count``."""
        if variant == "bare":
            return await run_bare(self.url, self.bodies[:count], in_flight)
        given: Sequence[Article | str] = self.texts if variant == "off, text" else self.articles
        check: Check = check_article if variant == "on" else unchecked
        return await run_ours(self.url, given[:count], in_flight, check)


def measure(options: argparse.Namespace) -> list[Measured]:
    texts = list(generated.texts(options.articles))
    articles = [Article.from_text(text) for text in texts]
    found = []
    with stand_in.running(delay_ms=options.delay_ms) as server:
        url = f"{server}/v1"
        bodies, written = asyncio.run(recorded(url, articles))
        inputs = Inputs(url, texts, articles, bodies)
        for round_ in range(options.rounds + 1):  # the first warms up, and does not count
            for in_flight in options.in_flight:
                # One in flight would take minutes for all.
                count = min(len(texts), (20 if round_ else 2) * in_flight)
                turn = round_ % len(VARIANTS)  # not always the same one first
                for variant in VARIANTS[turn:] + VARIANTS[:turn]:
                    wall, cpu = asyncio.run(inputs.run(variant, count, in_flight))
                    figures = (count, count / wall, 1000 * cpu / count)
                    if round_:
                        found.append(Measured(variant, in_flight, round_, *figures))
                    said = f"round {round_}, {in_flight} in flight, {variant}: {count / wall:.1f} articles/s"
                    print(said, file=sys.stderr, flush=True)
        with urllib.request.urlopen(f"{server}/stats", timeout=10) as reply:
            seen = json.load(reply)["bodies"]
    if seen != len(written):
        raise RuntimeError(f"the server saw {seen} different bodies, and {len(written)} were recorded")
    return found


def rows(found: Sequence[Measured]) -> list[Row]:
    made = []
    for in_flight in sorted({m.in_flight for m in found}):
        here = [m for m in found if m.in_flight == in_flight]
        bare = {m.round: m for m in here if m.variant == "bare"}
        for variant in VARIANTS:
            ours = [m for m in here if m.variant == variant]
            rates = [m.articles_per_s / bare[m.round].articles_per_s for m in ours]
            cpus = [m.cpu_ms / bare[m.round].cpu_ms for m in ours]
            made.append(
                Row(
                    in_flight=in_flight,
                    variant=variant,
                    articles_per_s=statistics.median(m.articles_per_s for m in ours),
                    rate=statistics.median(rates),
                    rate_range=(min(rates), max(rates)),
                    cpu_ms=statistics.median(m.cpu_ms for m in ours),
                    cpu=statistics.median(cpus),
                    cpu_range=(min(cpus), max(cpus)),
                )
            )
    return made


def missed(table: Sequence[Row]) -> list[str]:
    """The targets that a table misses, in words."""
    found = []
    for row in (row for row in table if row.variant == "off"):
        least = LEAST_RATE.get(row.in_flight, min(LEAST_RATE.values()))
        if row.rate < least:
            found.append(
                f"{row.in_flight} in flight: {row.rate:.3f} of the bare client's rate, below {least}"
            )
        if row.cpu > MOST_CPU:
            found.append(f"{row.in_flight} in flight: {row.cpu:.2f} times the bare CPU, above {MOST_CPU}")
    return found


def shown(table: Sequence[Row]) -> str:
    lines = ["in flight  variant    articles/s  ratio  (range)        CPU ms/article  ratio  (range)"]
    for row in table:
        low, high = row.rate_range
        cpu_low, cpu_high = row.cpu_range
        rate = f"{row.articles_per_s:10.1f}  {row.rate:5.3f}  ({low:.3f}-{high:.3f})"
        cpu = f"{row.cpu_ms:14.2f}  {row.cpu:5.2f}  ({cpu_low:.2f}-{cpu_high:.2f})"
        lines.append(f"{row.in_flight:9}  {row.variant:9}  {rate}  {cpu}")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--articles", type=int, default=400, help="for a run (default 400); fewer at 1 in flight"
    )
    parser.add_argument("--rounds", type=int, default=5, help="after one that warms up (default 5)")
    parser.add_argument(
        "--in-flight", type=int, nargs="+", default=IN_FLIGHT, metavar="N", help="default 1 20 100"
    )
    parser.add_argument(
        "--delay-ms", type=float, default=200.0, help="before the server answers (default 200)"
    )
    parser.add_argument("--json", action="store_true", help="figures of every round, as JSON")
    options = parser.parse_args()
    if min(options.articles, options.rounds, *options.in_flight) < 1:
        parser.error("--articles, --rounds and --in-flight are 1 or more")
    found = measure(options)
    table = rows(found)
    failed = missed(table)
    if options.json:
        machine = {"python": platform.python_version(), "openai": openai.__version__, "cores": os.cpu_count()}
        result = {
            "machine": machine,
            "rows": [asdict(row) for row in table],
            "rounds": [asdict(one) for one in found],
            "missed": failed,
        }
        print(json.dumps(result, indent=2))
    else:
        print(shown(table))
        print("\n".join(f"missed: {line}" for line in failed) or "every target is met")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
