"""A batch: does what is missing, keeps what is done, and stops in good order.

async for outcome in Batch("out").run(texts):
    print(outcome.id, outcome.status.word)
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path

import anyio
import anyio.to_thread
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from ..checker import check_article
from ..errors import SettingsError
from ..llm.model import LanguageModel
from ..pipeline import Check, Weigh, weigh
from ..settings import Profile, Settings
from .engine import LocalEngine, Opener, Opening
from .intake import Articles
from .journal import Journal
from .lock import Lock
from .look import Counts
from .outcome import Outcome
from .tally import Tally
from .working import OUTAGE_S, Terms, Work


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
        weigh: Weigh = weigh,
        requests_per_minute: float | None = None,
        tokens_per_minute: float | None = None,
        until: datetime | None = None,
        durable: bool = False,
        opener: Opener = LocalEngine.open,
        clock: Callable[[], float] = time.time,
        outage_s: float = OUTAGE_S,
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
            weigh=weigh,
            requests_per_minute=requests_per_minute,
            tokens_per_minute=tokens_per_minute,
        )
        self._opener = opener
        self._terms = Terms(self.settings, self.folder, until, clock, outage_s)

    def run(self, articles: Articles) -> AsyncIterator[Outcome]:
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

    async def _outcomes(self, articles: Articles | None) -> AsyncIterator[Outcome]:
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
        articles: Articles | None,
        send: MemoryObjectSendStream[Outcome],
    ) -> None:
        with send, Lock(self.folder):
            try:
                await self.journal.open()
                engine = await self._opener(self._opening)
                try:
                    work = Work(self._terms, engine, self.journal, self.tally, send)
                    try:
                        await work.work(articles)
                    finally:
                        self.why = work.why
                finally:
                    with anyio.CancelScope(shield=True):
                        await engine.close()
            finally:
                with anyio.CancelScope(shield=True):
                    await anyio.to_thread.run_sync(self.journal.close)


async def _received(stream: MemoryObjectReceiveStream[Outcome]) -> AsyncIterator[Outcome]:
    async for outcome in stream:
        yield outcome
