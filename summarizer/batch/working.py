"""One run of a batch: reads, hands out, works, writes down, and stops in good order.

One bad article is a failure of its own. A wrong key, an exhausted quota or a journal that cannot be written
end the job at once; a budget or a time of day that is reached lets what runs come to its end.
"""

import asyncio
import hashlib
import random as random_module
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from ..errors import (
    InputError,
    JournalError,
    ModelRejected,
    ModelUnavailable,
    ResourceError,
    SettingsError,
    SummarizerError,
)
from ..settings import Settings
from .engine import Engine, Worked
from .intake import Articles, chunks
from .journal import Journal, Waiting
from .outcome import Failure, Outcome, Status, failure_of_error, failure_of_report, status_of
from .remember import remembered
from .tally import Tally

_TURNED_DOWN = 10  # articles in a row, and none that was not: then it is not the articles
OUTAGE_S = 900.0  # a server that was there before is waited for so long
_CLOCK_LOOK_S = 20.0  # until a time of day: clocks are set, and machines sleep
_SAFETY = 1.25  # on what the articles so far took, for those to come


@dataclass(frozen=True, slots=True)
class Terms:
    """How a run is bounded. ``until`` is when no further article is taken in; ``clock`` tells the time."""

    settings: Settings
    folder: Path
    until: datetime | None
    clock: Callable[[], float]
    outage_s: float


class Work:
    """One run of a batch with an engine. ``why`` says why it ended."""

    def __init__(
        self,
        terms: Terms,
        engine: Engine,
        journal: Journal,
        tally: Tally,
        send: MemoryObjectSendStream[Outcome],
    ) -> None:
        self.why = ""
        self._terms = terms
        self._engine = engine
        self._send = send
        self._journal = journal
        self._tally = tally
        self._reading = 0
        self._statuses: tuple[Status, ...] = (Status.PENDING,)
        self._more = asyncio.Event()
        self._read_all = False
        self._group = anyio.CancelScope()
        self._feeding = anyio.CancelScope()
        self._fatal: BaseException | None = None
        self._turned_down = 0
        self._outage: _Outage = _Outage(terms.outage_s)

    async def work(self, articles: Articles | None) -> None:
        """Does what is missing of the articles; of None, the failed and incomplete ones of the last run.

        Raises the error that ends the job.
        """
        why = "stopped"
        settings = remembered(self._terms.settings)
        self._tally.began = time.monotonic()
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
            why = self.why or "finished"
        except BaseExceptionGroup as errors:
            first = _first(errors)
            why = "stopped" if isinstance(first, KeyboardInterrupt) else type(first).__name__
            raise first from errors
        finally:
            self.why = why
            with anyio.CancelScope(shield=True):
                await self._end(why)

    async def _end(self, why: str) -> None:
        try:
            await self._journal.end(why)
        except (JournalError, RuntimeError):
            if why in ("finished", "until", "budget"):  # else there is an error to be told already
                raise

    async def _all(self, articles: Articles | None) -> None:
        send, receive = anyio.create_memory_object_stream[Waiting](self._engine.concurrency)
        async with anyio.create_task_group() as group:
            if self._terms.until is not None:
                group.start_soon(self._watch_the_clock, self._terms.until)
            async with anyio.create_task_group() as work:
                if articles is not None:
                    work.start_soon(self._read, articles)
                work.start_soon(self._feed, send)
                for _ in range(self._engine.concurrency):
                    work.start_soon(self._worker, receive.clone())
                receive.close()
            group.cancel_scope.cancel()

    # --- reading

    async def _read(self, articles: Articles) -> None:
        place, digest = 0, hashlib.sha256()
        async for some in chunks(articles):
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
        """Whether a further article may begin: what is not known to fit waits, for a first idea of its cost
        or for those that run to come to their end."""
        while not self.why:
            settings, tally = self._terms.settings, self._tally
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
                    self._stop_at_once(error)
                    return
                continue
            except ModelRejected as error:
                self._turned_down += 1
                if error.for_all or (self._turned_down >= _TURNED_DOWN and not self._tally.replies):
                    self._stop_at_once(error)
                else:
                    await self._fail(article, error, "model", started)
                return
            except (SettingsError, ResourceError, JournalError) as error:
                self._stop_at_once(error)
                return
            except InputError as error:
                await self._fail(article, error, "article", started)
                return
            except OSError as error:  # no article's doing: no room, no memory, no more open files
                said = f"this machine cannot go on: {error.strerror or error}"
                self._stop_at_once(JournalError(said, hint="Mend that, and run the same command again."))
                return
            except Exception as error:  # noqa: BLE001  (one bad article: told as its failure)
                await self._fail(article, error, "pipeline", started)
                return
            self._outage.ends()
            await self._done(article, worked, started)
            return

    async def _done(self, article: Waiting, worked: Worked, started: float) -> None:
        report, asked = worked.report, worked.asked
        tally, status = self._tally, status_of(report)
        tally.took(asked)
        tally.limited = self._engine.limited
        if asked.left_out and status is not Status.REPORTED:
            # What it asked for is in the journal; the rest of it did not fit into what the run may take.
            self._stop_admitting("budget")
            return
        keys = [key for _, key in asked.keys]
        seconds = time.perf_counter() - started
        try:
            if status is Status.FAILED:
                failure = failure_of_report(report, article.known, str(self._terms.folder))
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
            self._stop_at_once(error)
            return
        await self._send.send(outcome)

    async def _fail(self, article: Waiting, error: Exception, stage: str, started: float) -> None:
        failure = failure_of_error(error, article.known, stage, str(self._terms.folder), 0)
        try:
            await self._journal.fail(article, failure, [], self._engine.shape)
        except JournalError as trouble:
            self._stop_at_once(trouble)
            return
        self._tally.failed += 1
        await self._send.send(_failed(failure, time.perf_counter() - started))

    # --- stopping

    def _stop_admitting(self, why: str) -> None:
        """What runs goes on to its end; the input is read on, so that the rest can be told."""
        self.why = self.why or why
        self._feeding.cancel()

    def _stop_at_once(self, error: SummarizerError) -> None:
        self._fatal = self._fatal or error
        self._group.cancel()

    async def _watch_the_clock(self, until: datetime) -> None:
        left = until.timestamp() - self._terms.clock()
        while left > 0:
            await anyio.sleep(min(left, _CLOCK_LOOK_S))
            left = until.timestamp() - self._terms.clock()
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
        """Waits for the end of the pause, where there is one."""
        left = self._until - time.monotonic()
        if self._since is not None and left > 0:
            await anyio.sleep(left)


def _failed(failure: Failure, seconds: float, **more: Any) -> Outcome:
    return Outcome(failure.id, failure.origin, Status.FAILED, None, failure, seconds, **more)


def _first(errors: BaseExceptionGroup[Any]) -> BaseException:
    one = errors.exceptions[0]
    return _first(one) if isinstance(one, BaseExceptionGroup) else one
