"""A batch: does what is missing, keeps what is done, and stops in good order.

    async for outcome in Batch("out").run(texts):
        print(outcome.id, outcome.status.word)
"""

import asyncio
import hashlib
import random as random_module
import time
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from ..article import Article
from ..checker import check_article
from ..errors import (
    InputError,
    JournalError,
    ModelRejected,
    ModelUnavailable,
    ResourceError,
    SettingsError,
    SummarizerError,
)
from ..llm.model import LanguageModel
from ..pipeline import Check
from ..settings import Profile, Settings
from .engine import Engine, LocalEngine, Opener, Opening, Worked
from .journal import Counts, Journal, Waiting
from .lock import Lock
from .outcome import Failure, Outcome, Status, failure_of_error, failure_of_report, status_of
from .records import Input
from .remember import remembered

Given = Article | str | Mapping[str, Any] | Input

_AT_ONCE = 256  # records noted in one transaction
_LONGEST_CHUNK_S = 0.25  # a slow pipe's articles do not wait for one another
_MOST_BYTES = 8_000_000
_TURNED_DOWN = 10  # articles in a row, and none that was not: then it is not the articles
_OUTAGE_S = 900.0  # a server that was there before is waited for so long
_CLOCK_LOOK_S = 20.0  # until a time of day: clocks are set, and machines sleep
_SAFETY = 1.25  # on what the articles so far took, for those to come


@dataclass(slots=True)
class Tally:
    """How far a run is. Counts of articles, except where said; tokens and money are this run's.

    ``cost_usd`` is None when the price of a reply is not known; ``limited`` counts 429s.
    """

    read: int = 0
    duplicates: int = 0
    waiting: int = 0
    done_before: int = 0
    reported: int = 0
    incomplete: int = 0
    failed: int = 0
    flagged: int = 0
    running: int = 0
    replies: int = 0
    retried: int = 0
    limited: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = 0.0
    whole: bool = False
    began: float = field(default_factory=time.monotonic)

    @property
    def finished(self) -> int:
        """Of this run."""
        return self.reported + self.incomplete + self.failed

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began

    @property
    def per_second(self) -> float:
        return self.finished / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """At the rate so far; None while that cannot be told."""
        if not self.whole or self.finished < 5:
            return None
        return max(0, self.waiting - self.finished) / self.per_second


class Batch:
    """A batch in a folder. One process at a time works on a folder.

    Without a model the ``settings`` choose it. ``concurrency`` articles are worked on at once, 20 unless
    set (the embedded model: 1). ``workers`` processes build and check articles; 0 does it in this one.
    ``until`` is when no further article is taken in. ``durable`` makes every commit wait for the disk.
    ``tally`` tells how far it is, ``why`` why the last run ended: ``finished``, ``stopped`` (from outside),
    ``until``, ``budget``, or the error's name.
    """

    def __init__(
        self,
        out: str | Path,
        *,
        model: LanguageModel | None = None,
        settings: Settings | None = None,
        profile: Profile | str | None = None,
        concurrency: int | None = None,
        workers: int = 0,
        check: Check = check_article,
        requests_per_minute: float | None = None,
        tokens_per_minute: float | None = None,
        until: datetime | None = None,
        durable: bool = False,
        opener: Opener = LocalEngine.open,
        clock: Callable[[], float] = time.time,
        outage_s: float = _OUTAGE_S,
    ) -> None:
        """Raises SettingsError for numbers that cannot be."""
        for name, number in (("concurrency", concurrency), ("requests_per_minute", requests_per_minute)):
            if number is not None and not number >= 1:
                raise SettingsError(f"{name} must be 1 or more, not {number}")
        self.folder = Path(out)
        self.settings = settings or Settings.load()
        self.journal = Journal(self.folder, durable=durable, clock=clock)
        self.tally = Tally()
        self.why = ""
        self._opening = Opening(
            settings=self.settings,
            store=self.journal.answers,
            model=model,
            profile=Profile(profile) if profile else None,
            concurrency=concurrency,
            workers=workers,
            check=check,
            requests_per_minute=requests_per_minute,
            tokens_per_minute=tokens_per_minute,
        )
        self._opener = opener
        self._until = until
        self._clock = clock
        self._outage_s = outage_s

    def run(self, articles: Iterable[Given] | AsyncIterable[Given]) -> AsyncIterator[Outcome]:
        """Reads the articles, does what is missing, and gives every outcome as it comes.

        What has a report of the same article, model, prompts and parameters is left as it is and not
        given again. Ended early, nothing is lost but the calls under way. Raises SettingsError when
        another process works on the folder, JournalError, and the ModelError or InputError that ends the
        job; what is done is kept.
        """
        return self._outcomes(articles)

    def retry(self) -> AsyncIterator[Outcome]:
        """Does the failed and incomplete articles of the last run again; asks anew where a reply was no use.

        Raises as ``run`` does.
        """
        return self._outcomes(None)

    def counts(self) -> Counts:
        """The articles by where they stand. Raises JournalError where there is no batch."""
        with self.journal.look() as look:
            return look.counts()

    async def _outcomes(
        self, articles: Iterable[Given] | AsyncIterable[Given] | None
    ) -> AsyncIterator[Outcome]:
        send, receive = anyio.create_memory_object_stream[Outcome](self._opening.concurrency or 20)
        self.tally, self.why = Tally(), ""
        # A task and no task group: a consumer may leave in the middle, from another task even.
        task = asyncio.create_task(self._work(articles, send))
        try:
            async for outcome in _received(receive):
                yield outcome
            await task
        finally:
            if not task.done():
                task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            receive.close()

    async def _work(
        self,
        articles: Iterable[Given] | AsyncIterable[Given] | None,
        send: MemoryObjectSendStream[Outcome],
    ) -> None:
        with send, Lock(self.folder):
            try:
                await self.journal.open()
                engine = await self._opener(self._opening)
                try:
                    job = _Job(self, engine, send)
                    await job.work(articles)
                finally:
                    with anyio.CancelScope(shield=True):
                        await engine.close()
            finally:
                with anyio.CancelScope(shield=True):
                    await anyio.to_thread.run_sync(self.journal.close)


async def _received(stream: MemoryObjectReceiveStream[Outcome]) -> AsyncIterator[Outcome]:
    async for outcome in stream:
        yield outcome


class _Job:
    """One run of a batch with an engine."""

    def __init__(self, batch: Batch, engine: Engine, send: MemoryObjectSendStream[Outcome]) -> None:
        self._batch = batch
        self._engine = engine
        self._send = send
        self._journal = batch.journal
        self._tally = batch.tally
        self._reading = 0
        self._statuses: tuple[Status, ...] = (Status.PENDING,)
        self._more = asyncio.Event()
        self._read_all = False
        self._group = anyio.CancelScope()
        self._feeding = anyio.CancelScope()
        self._fatal: BaseException | None = None
        self._turned_down = 0
        self._outage: _Outage = _Outage(batch._outage_s)

    async def work(self, articles: Iterable[Given] | AsyncIterable[Given] | None) -> None:
        batch, why = self._batch, "stopped"
        settings = remembered(batch.settings)
        self._reading = await self._journal.begin(self._engine.model, settings, reads=articles is not None)
        try:
            if articles is None:
                self._tally.waiting = await self._journal.forget_useless(self._reading)
                self._statuses = (Status.INCOMPLETE, Status.FAILED)
                self._read_all = self._tally.whole = True
            with self._group:
                await self._all(articles)
            if self._fatal is not None:
                why = type(self._fatal).__name__
                raise self._fatal
            why = batch.why or "finished"
        except BaseExceptionGroup as errors:
            first = _first(errors)
            why = type(first).__name__
            raise first from errors
        finally:
            batch.why = why
            with anyio.CancelScope(shield=True):
                await self._end(why)

    async def _end(self, why: str) -> None:
        try:
            await self._journal.end(why)
        except JournalError:
            if not isinstance(self._fatal, JournalError):  # else it was told already
                raise

    async def _all(self, articles: Iterable[Given] | AsyncIterable[Given] | None) -> None:
        send, receive = anyio.create_memory_object_stream[Waiting](self._engine.concurrency)
        async with anyio.create_task_group() as group:
            if self._batch._until is not None:
                group.start_soon(self._watch_the_clock, self._batch._until)
            async with anyio.create_task_group() as work:
                if articles is not None:
                    work.start_soon(self._read, articles)
                work.start_soon(self._feed, send)
                for _ in range(self._engine.concurrency):
                    work.start_soon(self._worker, receive.clone())
                receive.close()
            group.cancel_scope.cancel()

    # --- reading

    async def _read(self, articles: Iterable[Given] | AsyncIterable[Given]) -> None:
        place, digest = 0, hashlib.sha256()
        async for some in _chunks(articles):
            noted = await self._journal.note(some, self._reading, place, self._engine.shape)
            place += len(some)
            for one in some:
                digest.update(f"{one.id}\x1f{one.content.hex()}\n".encode("utf-8", "replace"))
            tally = self._tally
            tally.read += len(some)
            tally.duplicates += noted.duplicates
            tally.done_before += noted.done
            tally.waiting += noted.new + len(noted.unreadable)
            for failure in noted.unreadable:
                tally.failed += 1
                await self._send.send(_failed(failure, 0.0))
            self._more.set()
        await self._journal.read_on(digest.hexdigest())
        self._read_all = self._tally.whole = True
        self._more.set()

    async def _feed(self, send: MemoryObjectSendStream[Waiting]) -> None:
        """Hands the waiting articles out, in their order."""
        after, most = -1, 2 * self._engine.concurrency
        with send, self._feeding:
            while True:
                last = self._read_all
                self._more.clear()
                rows = await self._journal.waiting(self._reading, after, most, self._statuses)
                for row in rows:
                    after = row.place
                    await send.send(row)
                if not rows:
                    if last:
                        return
                    if not self._read_all:
                        await self._more.wait()

    # --- working

    async def _worker(self, receive: MemoryObjectReceiveStream[Waiting]) -> None:
        with receive:
            async for article in receive:
                if not await self._admitted():
                    return
                self._tally.running += 1
                try:
                    await self._one(article)
                finally:
                    self._tally.running -= 1

    async def _admitted(self) -> bool:
        """Whether a further article may begin. What is given out at once waits for a first idea of its cost."""
        while not self._batch.why:
            settings, tally = self._batch.settings, self._tally
            if settings.max_tokens is None and settings.max_cost_usd is None:
                return True
            if tally.finished or tally.running < 2:
                share = (tally.running + 1) * _SAFETY / max(1, tally.finished)
                tokens = tally.input_tokens + tally.output_tokens
                over = settings.max_tokens is not None and tokens * (1 + share) > settings.max_tokens
                cost = tally.cost_usd or 0.0
                over |= settings.max_cost_usd is not None and cost * (1 + share) > settings.max_cost_usd
                if not over or not tally.finished:
                    return True
                if not tally.running:
                    self._stop_admitting("budget")
                    return False
            await anyio.sleep(0.05)
        return False

    async def _one(self, article: Waiting) -> None:
        started = time.perf_counter()
        while True:
            await self._outage.over()
            try:
                worked = await self._engine.work(article.body)
            except ModelUnavailable as error:
                # One that never gave an answer is not down: it is not there.
                if not self._tally.replies or not self._outage.goes_on():
                    return self._stop_at_once(error)
                continue
            except ModelRejected as error:
                self._turned_down += 1
                if error.for_all or (self._turned_down >= _TURNED_DOWN and not self._tally.replies):
                    return self._stop_at_once(error)
                return await self._fail(article, error, "model", started)
            except (SettingsError, ResourceError, JournalError) as error:
                return self._stop_at_once(error)
            except InputError as error:
                return await self._fail(article, error, "article", started)
            except Exception as error:  # noqa: BLE001  (one bad article: told as its failure)
                return await self._fail(article, error, "pipeline", started)
            self._outage.ends()
            return await self._done(article, worked, started)

    async def _done(self, article: Waiting, worked: Worked, started: float) -> None:
        report, asked = worked.report, worked.asked
        tally, status = self._tally, status_of(report)
        tally.replies += asked.replies
        tally.retried += asked.retried
        tally.input_tokens += asked.input_tokens
        tally.output_tokens += asked.output_tokens
        known = None not in (tally.cost_usd, asked.cost_usd)
        tally.cost_usd = (tally.cost_usd or 0.0) + (asked.cost_usd or 0.0) if known else None
        tally.limited = self._engine.limited
        if asked.left_out and status is not Status.REPORTED:
            # What it asked for is in the journal; the rest of it did not fit into what the run may take.
            return self._stop_admitting("budget")
        keys = [key for _, key in asked.keys]
        seconds = time.perf_counter() - started
        try:
            if status is Status.FAILED:
                failure = failure_of_report(report, article.known, str(self._batch.folder))
                await self._journal.fail(article, failure, keys, self._engine.shape)
                outcome = _failed(failure, seconds, asked=asked)
                tally.failed += 1
            else:
                await self._journal.report(article, status, report, keys, self._engine.shape)
                known_as = article.known
                outcome = Outcome(known_as.id, known_as.origin, status, report, None, seconds, asked)
                tally.reported += status is Status.REPORTED
                tally.incomplete += status is Status.INCOMPLETE
                tally.flagged += bool(report.flagged)
        except JournalError as error:
            return self._stop_at_once(error)
        await self._send.send(outcome)

    async def _fail(self, article: Waiting, error: Exception, stage: str, started: float) -> None:
        failure = failure_of_error(error, article.known, stage, str(self._batch.folder), 0)
        try:
            await self._journal.fail(article, failure, [], self._engine.shape)
        except JournalError as trouble:
            return self._stop_at_once(trouble)
        self._tally.failed += 1
        await self._send.send(_failed(failure, time.perf_counter() - started))

    # --- stopping

    def _stop_admitting(self, why: str) -> None:
        """What runs goes on to its end; the input is read on, so that the rest can be told."""
        self._batch.why = self._batch.why or why
        self._feeding.cancel()

    def _stop_at_once(self, error: SummarizerError) -> None:
        self._fatal = self._fatal or error
        self._group.cancel()

    async def _watch_the_clock(self, until: datetime) -> None:
        while (left := until.timestamp() - self._batch._clock()) > 0:
            await anyio.sleep(min(left, _CLOCK_LOOK_S))
        self._stop_admitting("until")


class _Outage:
    """A server that was there and is not: all wait together, longer and longer."""

    def __init__(self, longest_s: float, random: Callable[[], float] = random_module.random) -> None:
        self._longest_s = longest_s
        self._random = random
        self._since: float | None = None
        self._until = 0.0
        self._pause = 1.0

    def goes_on(self) -> bool:
        """Another request found nobody there; False when it has been so for too long."""
        now = time.monotonic()
        if self._since is None:
            self._since, self._pause = now, 1.0
        if now - self._since > self._longest_s:
            return False
        if now >= self._until:
            self._until = now + self._pause * (0.5 + 0.5 * self._random())
            self._pause = min(2 * self._pause, 60.0)
        return True

    def ends(self) -> None:
        self._since = None

    async def over(self) -> None:
        while self._since is not None and (left := self._until - time.monotonic()) > 0:
            await anyio.sleep(min(left, 1.0))


def _failed(failure: Failure, seconds: float, **more: Any) -> Outcome:
    return Outcome(failure.id, failure.origin, Status.FAILED, None, failure, seconds, **more)


def _first(errors: BaseExceptionGroup[Any]) -> BaseException:
    one = errors.exceptions[0]
    return _first(one) if isinstance(one, BaseExceptionGroup) else one


async def _chunks(articles: Iterable[Given] | AsyncIterable[Given]) -> AsyncIterator[list[Input]]:
    """Records in lists, each as long as what is there at once."""
    if isinstance(articles, AsyncIterable):
        number = 0
        async for one in articles:
            number += 1
            yield [_input(one, number)]
        return
    numbered = enumerate(articles, 1)
    while some := await anyio.to_thread.run_sync(_next, numbered, abandon_on_cancel=True):
        yield some


def _next(numbered: Iterator[tuple[int, Given]]) -> list[Input]:
    some: list[Input] = []
    size, ends = 0, time.monotonic() + _LONGEST_CHUNK_S
    for number, one in numbered:
        made = _input(one, number)
        some.append(made)
        size += len(getattr(made.body, "data", b"")) or 1000
        if len(some) == _AT_ONCE or size > _MOST_BYTES or time.monotonic() > ends:
            break
    return some


def _input(one: Given, number: int) -> Input:
    origin = f"article {number}"
    if isinstance(one, Input):
        return one
    if isinstance(one, Article):
        return Input.of_article(one, origin)
    if isinstance(one, str):
        return Input.of_fields({"text": one}, origin)
    if isinstance(one, Mapping):
        return Input.of_fields(one, origin)
    wanted = "Article, text, or a mapping with a text"
    return Input.unreadable(origin, InputError(f"{origin}: a {type(one).__name__} is no {wanted}"))
