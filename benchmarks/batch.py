#!/usr/bin/env python3
"""What the batch job must show, each against a local stand-in and in one run.

throughput   articles a second beside a bare ``openai`` client and async-batch-llm, making the same calls
faults       articles of which three calls in ten fail: all accounted for, none twice, few calls too many
kills        kill -9 at random moments, and resumed: the reports of an undisturbed run, no call twice
memory       many articles with a scripted model: flat memory, and a quick start over all of them done
ray          two nodes, one of them removed in the middle: the same reports, the rate kept
"""

import argparse
import asyncio
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

import httpx2  # noqa: E402
import openai  # noqa: E402
from overhead import MODEL, Body, unchecked  # noqa: E402

from summarizer.article import Article  # noqa: E402
from summarizer.batch.job import Batch  # noqa: E402
from summarizer.batch.outcome import Status  # noqa: E402
from summarizer.checker import check_article  # noqa: E402
from summarizer.llm.client import OpenAIModel  # noqa: E402
from summarizer.pipeline import Check, Summarizer, weigh  # noqa: E402
from summarizer.settings import Profile, Settings  # noqa: E402
from tests import batch_ray, batch_scale, generated, stand_in  # noqa: E402
from tests.batches import unweighed  # noqa: E402

MOST_CALLS = 1.6
LEAST_RATE = {20: 0.95, 100: 0.90}


def settings(url: str, **more: Any) -> Settings:
    return Settings(model=MODEL, base_url=url, judge=False, **more)  # two calls an article


# --- throughput -------------------------------------------------------------------------------------


async def recorded(url: str, articles: Sequence[Article]) -> list[list[Body]]:
    """The bodies that this program sends for each article, in their order."""
    turns = asyncio.Semaphore(8)

    async def one(article: Article) -> list[Body]:
        sent: list[bytes] = []

        async def keep(request: httpx2.Request) -> None:
            sent.append(request.content)

        async with turns, httpx2.AsyncClient(event_hooks={"request": [keep]}) as http_client:
            model = OpenAIModel(MODEL, base_url=url, http_client=http_client)
            summarizer = Summarizer(
                model, settings=settings(url), profile=Profile.STANDARD, check=unchecked, in_turn=True
            )
            await summarizer.process(article)
        bodies = [json.loads(body) for body in dict.fromkeys(sent)]  # each once, also when it was repeated
        if len(bodies) != 2:
            raise RuntimeError(f"{len(bodies)} calls for an article, and not 2")
        return bodies

    return await asyncio.gather(*(one(article) for article in articles))


async def bare(url: str, bodies: Sequence[list[Body]], in_flight: int) -> float:
    """Seconds that the bare client takes; an article's calls come one after the other, as in a batch."""
    numbers = iter(range(len(bodies)))
    async with openai.AsyncOpenAI(base_url=url, api_key="none-needed", max_retries=0) as client:

        async def worker() -> None:
            for number in numbers:
                for body in bodies[number]:
                    reply = await client.chat.completions.create(**body)
                    if not reply.choices[0].message.content:
                        raise RuntimeError("the stand-in's answer is empty")

        started = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for _ in range(in_flight):
                group.create_task(worker())
        return time.perf_counter() - started


async def other_library(url: str, bodies: Sequence[list[Body]], in_flight: int, folder: Path) -> float:
    """Seconds that async-batch-llm takes, its own SQLite store on; an item is an article."""
    from async_batch_llm import (
        ArtifactIdentity,
        CallableStrategy,
        CallOutcome,
        ProcessorConfig,
        SqliteArtifactStore,
        process_stream,
    )

    identity = ArtifactIdentity(provider="stand-in", model=MODEL)
    store = SqliteArtifactStore(folder / "other.sqlite", identity=identity)
    async with openai.AsyncOpenAI(base_url=url, api_key="none-needed", max_retries=0) as client:

        async def invoke(prompt: str, **_: Any) -> Any:
            texts, sent, written = [], 0, 0
            for body in bodies[int(prompt)]:
                reply = await client.chat.completions.create(**body)
                texts.append(reply.choices[0].message.content)
                if reply.usage is not None:
                    sent += reply.usage.prompt_tokens
                    written += reply.usage.completion_tokens
            usage = {"input_tokens": sent, "output_tokens": written, "total_tokens": sent + written}
            return CallOutcome(json.dumps(texts), token_usage=usage)

        strategy = CallableStrategy(invoke, identity=identity)
        config = ProcessorConfig(
            concurrency=in_flight, max_queue_size=4 * in_flight, max_result_queue_size=4 * in_flight
        )
        items = [(f"article-{number}", str(number)) for number in range(len(bodies))]
        done = 0
        started = time.perf_counter()
        async for result in process_stream(strategy, items, config=config, artifact_store=store):
            done += bool(result.success)
        seconds = time.perf_counter() - started
    if done != len(bodies):
        raise RuntimeError(f"async-batch-llm finished {done} of {len(bodies)}")
    return seconds


async def ours(
    url: str,
    texts: Sequence[str],
    in_flight: int,
    folder: Path,
    check: Check,
    workers: int,
    durable: bool = False,
) -> float:
    """Seconds that a batch takes, from plain texts and with its journal.

    Its workers are started before, and results are written later: both cost the same however many articles.
    """
    weighing = unweighed if check is unchecked else weigh
    batch = Batch(
        folder,
        settings=settings(url),
        concurrency=in_flight,
        workers=workers,
        check=check,
        weigh=weighing,
        durable=durable,
    )
    async for outcome in batch.run(texts):
        if outcome.status is not Status.REPORTED:
            raise RuntimeError(f"an article was not reported: {outcome.failure or outcome.report}")
        seconds = batch.tally.seconds
    if batch.tally.reported != len(texts):
        raise RuntimeError(f"{batch.tally.reported} of {len(texts)} articles were reported")
    return seconds


VARIANTS = (
    "bare",
    "async-batch-llm",
    "checks off",
    "checks off, durable",
    "checks on",
    "checks on, no workers",
)


def throughput(options: argparse.Namespace) -> dict[str, Any]:
    texts = list(generated.texts(options.articles))
    articles = [Article.from_text(text) for text in texts]
    rounds: list[dict[str, Any]] = []
    variants = [name for name in VARIANTS if not options.only or name in ("bare", *options.only)]
    with stand_in.running(delay_ms=options.delay_ms) as server:
        url = f"{server}/v1"
        bodies = asyncio.run(recorded(url, articles))
        for number in range(options.rounds + 1):  # the first warms up, and does not count
            for in_flight in options.in_flight:
                count = min(len(texts), (30 if number else 2) * in_flight)
                turn = number % len(variants)
                for variant in variants[turn:] + variants[:turn]:
                    with tempfile.TemporaryDirectory(prefix="summarizer-batch-") as name:
                        folder = Path(name)
                        if variant == "bare":
                            work = bare(url, bodies[:count], in_flight)
                        elif variant == "async-batch-llm":
                            work = other_library(url, bodies[:count], in_flight, folder)
                        else:
                            check = unchecked if variant.startswith("checks off") else check_article
                            workers = 0 if variant.endswith("no workers") else options.workers
                            durable = variant.endswith("durable")
                            work = ours(url, texts[:count], in_flight, folder, check, workers, durable)
                        rate = count / asyncio.run(work)
                    note(f"round {number}, {in_flight} in flight, {variant}: {rate:.1f} articles/s")
                    if number:
                        rounds.append(
                            {"round": number, "in_flight": in_flight, "variant": variant, "rate": rate}
                        )
    table, missed = [], []
    for in_flight in options.in_flight:
        base = {
            r["round"]: r["rate"] for r in rounds if r["variant"] == "bare" and r["in_flight"] == in_flight
        }
        for variant in variants:
            here = [r for r in rounds if r["variant"] == variant and r["in_flight"] == in_flight]
            ratios = [r["rate"] / base[r["round"]] for r in here]
            row = {
                "in_flight": in_flight,
                "variant": variant,
                "articles_per_s": statistics.median(r["rate"] for r in here),
                "ratio": statistics.median(ratios),
                "range": [min(ratios), max(ratios)],
            }
            table.append(row)
            least = LEAST_RATE.get(in_flight)
            if variant == "checks off" and least is not None and row["ratio"] < least:
                missed.append(f"{in_flight} in flight: {row['ratio']:.3f} of the bare rate, below {least}")
            said = f"{in_flight:4} in flight  {variant:22} {row['articles_per_s']:7.1f}/s"
            print(f"{said}  {row['ratio']:.3f} ({min(ratios):.3f}-{max(ratios):.3f})")
    return {"rows": table, "rounds": rounds, "missed": missed}


# --- what tests show in small ---------------------------------------------------------------------


def faults(options: argparse.Namespace) -> dict[str, Any]:
    found = batch_scale.faults(
        options.articles,
        in_flight=options.in_flight,
        rate=options.rate,
        timeout_s=options.timeout_s,
        speed=options.speed,
    )
    calls = found.requests / found.needed
    told = {status.word: number for status, number in found.statuses.items()}
    print(f"{found.articles:,} articles, {found.faulty:.0%} of {found.requests:,} requests faulty: {told}")
    print(f"{calls:.2f} calls a needed call, {found.articles / found.seconds:.1f} articles/s")
    missed = []
    if len(found.outcomes) != found.articles or found.read != found.articles:
        missed.append(f"{len(found.outcomes):,} of {found.articles:,} articles have an outcome")
    if set(found.outcomes.values()) != {1}:
        missed.append("an article has two outcomes")
    if found.lines["reports.jsonl"] + found.lines["failures.jsonl"] != found.articles:
        missed.append(f"the files have {found.lines}")
    if calls > MOST_CALLS:
        missed.append(f"{calls:.2f} calls a needed call, above {MOST_CALLS}")
    return {"calls": calls, "statuses": told, "seconds": found.seconds, "missed": missed}


def kills(options: argparse.Namespace) -> dict[str, Any]:
    found = batch_scale.kills(
        options.articles, options.kills, in_flight=options.in_flight, delay_ms=options.delay_ms
    )
    print(
        f"{found.kills} times kill -9 in {found.articles:,} articles: {found.reports:,} reports, "
        f"{'equal to' if found.equal else 'NOT those of'} an undisturbed run's; calls lost under way: "
        f"{found.wasted} (at most {options.in_flight} each)"
    )
    missed = [] if found.equal and found.reports == found.articles else ["the reports differ"]
    if max(found.wasted) > options.in_flight or found.wasted[-1]:
        missed.append("an answer that was in the journal was asked for again")
    return {"wasted": found.wasted, "asked_twice": found.asked_twice, "missed": missed}


def memory(options: argparse.Namespace) -> dict[str, Any]:
    found = batch_scale.memory(options.articles, every=max(100, options.articles // 50))
    growth = found.growth(min(5_000, options.articles // 3))
    shown = ", ".join(
        f"{done:,}: {mb:.0f}" for done, mb in found.resident[:: max(1, len(found.resident) // 8)]
    )
    print(f"resident MB by articles done: {shown}; growth {growth:.1%}")
    print(
        f"{found.articles / found.seconds:.0f} articles/s; resumed over all done in {found.resume_s:.1f} s; "
        f"results written in {found.written_s:.1f} s"
    )
    missed = [f"memory grew by {growth:.1%}"] if growth > 0.1 else []
    if found.resume_s > 20:
        missed.append(f"resuming took {found.resume_s:.1f} s")
    if found.asked_again:
        missed.append(f"{found.asked_again} answers were asked for again")
    return {"resident": found.resident, "growth": growth, "resume_s": found.resume_s, "missed": missed}


def ray(options: argparse.Namespace) -> dict[str, Any]:
    found = batch_ray.lose_a_node(
        options.articles,
        in_flight=options.in_flight,
        delay_ms=options.delay_ms,
        requests_per_minute=options.rpm,
        checks=options.checks,
        loses=not options.keep,
    )
    fate = "both kept" if options.keep else f"one removed after {found.removed_after:,}"
    print(
        f"{found.articles:,} articles on two nodes, {fate}: "
        f"{found.reported:,} reported, {'equal to' if found.equal else 'NOT those of'} a run without Ray; "
        f"{found.requests - found.needed:,} calls more than needed"
    )
    print(
        f"{found.articles_per_s:.1f} articles/s with Ray, {found.plain_per_s:.1f} without; in the busiest five "
        f"seconds {found.most_per_minute / 12:.0f} requests, where {options.rpm:.0f} a minute were allowed"
    )
    missed = [] if found.equal and found.reported == found.articles else ["the reports differ"]
    # A pace lets a second's worth go at once after a pause: five seconds may see six seconds' worth.
    if found.most_per_minute > 1.02 * 6 / 5 * options.rpm:
        missed.append(f"{found.most_per_minute:.0f} requests a minute")
    return {**asdict(found), "missed": missed}


def note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="all figures, as JSON, at the end")
    commands = parser.add_subparsers(required=True)

    command = commands.add_parser("throughput")
    command.add_argument("--articles", type=int, default=3000)
    command.add_argument("--rounds", type=int, default=5)
    command.add_argument("--in-flight", type=int, nargs="+", default=[20, 100])
    command.add_argument("--delay-ms", type=float, default=200.0)
    command.add_argument("--workers", type=int, default=1)
    command.add_argument("--only", nargs="+", choices=VARIANTS, help="these beside the bare client")
    command.set_defaults(work=throughput)

    command = commands.add_parser("faults")
    command.add_argument("--articles", type=int, default=10_000)
    command.add_argument("--in-flight", type=int, default=50)
    command.add_argument("--rate", type=float, default=0.3)
    command.add_argument("--timeout-s", type=float, default=2.0, help="for a reply that never comes")
    command.add_argument("--speed", type=float, default=10.0, help="by which waits are shortened")
    command.set_defaults(work=faults)

    command = commands.add_parser("kills")
    command.add_argument("--articles", type=int, default=2_000)
    command.add_argument("--kills", type=int, default=20)
    command.add_argument("--in-flight", type=int, default=20)
    command.add_argument("--delay-ms", type=float, default=200.0)
    command.set_defaults(work=kills)

    command = commands.add_parser("memory")
    command.add_argument("--articles", type=int, default=100_000)
    command.set_defaults(work=memory)

    command = commands.add_parser("ray")
    command.add_argument("--articles", type=int, default=600)
    command.add_argument("--in-flight", type=int, default=20)
    command.add_argument("--delay-ms", type=float, default=200.0)
    command.add_argument("--rpm", type=float, default=2400.0, help="the rate that all keep together")
    command.add_argument("--checks", action="store_true", help="with checks, as in a real run")
    command.add_argument("--keep", action="store_true", help="remove no node: how fast it is by itself")
    command.set_defaults(work=ray)

    options = parser.parse_args()
    found = options.work(options)
    machine = {"python": platform.python_version(), "openai": openai.__version__, "cores": os.cpu_count()}
    if options.json:
        print(json.dumps({"machine": machine, **found}, indent=2))
    print("\n".join(f"missed: {line}" for line in found["missed"]) or "every target is met")
    return 1 if found["missed"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
