"""Work that takes a processor and no network: building articles and checking statements.

In this process it happens in a thread, one piece at a time. With workers it happens in processes of its
own, so that a second core is used and the event loop is left alone. A worker that dies costs nothing
but a second try; a piece of work that kills its worker twice is told as an error of its article.
"""

import asyncio
import functools
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

import anyio
import anyio.to_thread

from ..article import Article
from ..checker import Checked, check_article
from ..errors import InputError
from ..pipeline import Check, Weigh, Weighed
from ..pipeline import weigh as weigh_here
from ..report import Claim, Finding, Statement, StatementKind
from ..settings import Profile, Settings
from .records import article_of

T = TypeVar("T")


class WorkerDied(InputError):
    """A process ended while it worked on this article, twice."""


class Hands:
    """``workers`` processes; none, for work in this one. What the caller gives of its own stays here."""

    def __init__(self, workers: int = 0, check: Check = check_article, weigh: Weigh = weigh_here) -> None:
        self.workers = workers
        self._lock = threading.Lock()
        self._pool: ProcessPoolExecutor | None = None
        self._one_at_a_time = anyio.CapacityLimiter(1)
        self.check: Check = self._check if workers and check is check_article else check
        self.weigh: Weigh = self._weigh if workers and weigh is weigh_here else weigh

    @property
    def checkers(self) -> int:
        """How many articles can be checked at a time."""
        return max(1, self.workers)

    async def start(self) -> None:
        """Starts the workers and lets them load what they need, before anybody waits for it."""
        if self.workers:
            pool = self._ready()
            await asyncio.gather(*(asyncio.wrap_future(pool.submit(_warm)) for _ in range(self.workers)))

    async def article(self, body: bytes) -> Article:
        """The article of a record. Raises InputError where there is none in it."""
        if not self.workers:
            return await anyio.to_thread.run_sync(article_of, body, limiter=self._one_at_a_time)
        try:
            return await asyncio.wrap_future(self._ready().submit(article_of, body))
        except BrokenProcessPool:
            return await anyio.to_thread.run_sync(self._again, functools.partial(article_of, body))

    def close(self) -> None:
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=False, cancel_futures=True)

    def _check(self, article: Article, statements: Sequence[Statement], *, settings: Settings) -> Checked:
        """Called in a thread, which may wait."""
        return self._done(functools.partial(check_article, article, statements, settings=settings))

    def _weigh(
        self, article: Article, findings: Sequence[Finding], claims: tuple[Claim, ...], profile: Profile
    ) -> Weighed:
        """Called in a thread, which may wait."""
        return self._done(functools.partial(weigh_here, article, findings, claims, profile))

    def _done(self, work: Callable[[], T]) -> T:
        try:
            return self._ready().submit(work).result()
        except BrokenProcessPool:
            return self._again(work)

    def _ready(self) -> ProcessPoolExecutor:
        with self._lock:
            if self._pool is None:
                self._pool = _pool(self.workers)
            return self._pool

    def _again(self, work: Callable[[], T]) -> T:
        """After a worker died: in a process of its own, so that whoever kills it kills nobody else's."""
        with self._lock:
            self._pool = None  # the next one who needs it opens a new one
        with _pool(1) as alone:
            try:
                return alone.submit(work).result()
            except BrokenProcessPool as error:
                raise WorkerDied(
                    "the process that worked on it ended, twice",
                    hint="Try it by itself: summarizer run ARTICLE. If that ends too, please report it.",
                ) from error


def _pool(workers: int) -> ProcessPoolExecutor:
    # Spawned: this process has threads and an open database, which no fork survives in good order.
    context: Any = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_start)


def _warm() -> None:
    article = Article.from_text(_SAMPLE)
    check_article(article, [Statement("s1", StatementKind.SUMMARY, _SAMPLE)], settings=Settings())


_SAMPLE = "On Monday, Nov. 2, the council of Tolvik voted 9 to 4 for a new ferry terminal."


def _start() -> None:
    # Ctrl-C reaches every process of a terminal; the one that gives the work out decides what ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """After a kill -9 nobody closes the queue that a worker waits at: it would wait for good."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
