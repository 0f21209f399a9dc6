"""The stored answers of one file, for everybody in this process.

A request that is being made has a *lease* in the file, so that no two processes pay for one answer; the
lease of a process that was killed runs out.

Where the file cannot be used, the work goes on without it and this is said once. Offline, where answers
can come from nowhere else, it is a SettingsError.
"""

import logging
import re
import sqlite3
import time
import uuid
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import TypeVar, cast

from ..errors import SettingsError
from .answer_file import BUSY_TIMEOUT_S, AnswerFile, CacheInfo, file_bytes, packed, set_aside, unusable
from .answer_thread import Absent, AnswerThread, Job, Lease, Work
from .model import Answer

LEASE_S = 30.0
T = TypeVar("T")


class AnswerStore:
    """The stored answers of one file, which is opened on first use. Safe with threads and event loops.

    ``clock`` gives seconds since 1970, which other processes share; ``warn`` gets the one line that says
    that the file cannot be used. A lease of ``lease_s`` seconds is renewed before it ends. With
    ``shared`` false no other process asks the same questions, and nothing is leased. What was stored
    survives kill -9; with ``durable``, a power cut too.

    ``trouble`` makes an error of the caller's own of one with the file, which is then raised where an
    answer would be got or put: for those whose work must not go on without.
    """

    def __init__(
        self,
        path: Path,
        *,
        clock: Callable[[], float] = time.time,
        warn: Callable[[str], None] | None = None,
        lease_s: float = LEASE_S,
        busy_timeout_s: float = BUSY_TIMEOUT_S,
        shared: bool = True,
        durable: bool = False,
        trouble: Callable[[SettingsError], Exception] | None = None,
    ) -> None:
        self.path = path
        self._shared = shared
        self._trouble = trouble
        self._clock = clock
        self._warn = warn or logging.getLogger("summarizer").warning
        self._warned = False
        self._busy_timeout_s = busy_timeout_s
        self._thread = AnswerThread(
            path, clock=clock, lease_s=lease_s, busy_timeout_s=busy_timeout_s, durable=durable
        )
        self._name = uuid.uuid4().hex
        self._numbers = count()

    async def get(self, key: bytes, *, offline: bool = False) -> Answer | Lease | Absent:
        """The stored answer; without one a lease, unless somebody else has it.

        ``offline`` takes answers that are not final too, gives no lease and makes no file; then, and only
        then, a file that cannot be read raises SettingsError.
        """
        if offline or not self._shared:
            job = Job(Work.READ if offline else Work.READ_FINAL, key)
            await self._thread.done(job)
        else:
            job = Job(Work.READ_OR_LEASE, key, f"{self._name}-{next(self._numbers)}")
            try:
                await self._thread.done(job)
            except BaseException:
                self.release(Lease(key, job.owner))  # it may be given all the same
                raise
        if isinstance(job.result, SettingsError):
            if self._trouble is not None:
                raise self._trouble(job.result) from job.result
            if offline:
                raise _again(job.result) from job.result
            self._tell(job.result)
            return Absent.MISSING
        return job.result or Absent.MISSING

    async def put(
        self,
        key: bytes,
        answer: Answer,
        *,
        identity: str,
        name: str,
        context: int | None = None,
        lease: Lease | None = None,
    ) -> None:
        """Stores the answer of a model and gives the lease back; after it, kill -9 loses nothing.

        ``context`` is the model's, in tokens: how an article is cut into parts depends on it.
        A final answer that is there already stays. Nothing is raised, unless ``trouble`` says what: the
        caller has the answer.
        """
        try:
            row = packed(answer, identity, name, self._clock(), context)
        except (ValueError, RecursionError) as error:
            self._tell(SettingsError(f"the answer to a request cannot be stored: {error}"))
            row = None
        job = Job(Work.WRITE, key, lease.owner if lease else "", row)
        await self._thread.done(job)
        if isinstance(job.result, SettingsError):
            if self._trouble is not None:
                raise self._trouble(job.result) from job.result
            self._tell(job.result)

    async def own(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Does something with tables of the caller's own in this file, on its one thread.

        It shares a transaction with whatever else is waiting, and is committed when this returns. An
        error in it undoes the whole transaction. Raises SettingsError, or what ``trouble`` makes of it.
        """
        job = Job(Work.OWN, b"", own=work)
        await self._thread.done(job)
        if isinstance(job.result, SettingsError):
            cause = job.result.__cause__
            if cause is not None and not isinstance(cause, sqlite3.Error | OSError):
                raise RuntimeError(f"{type(cause).__name__}: {cause}") from cause  # of the caller's making
            raise self._trouble(job.result) if self._trouble else _again(job.result) from job.result
        return cast("T", job.value)

    def release(self, lease: Lease) -> None:
        """Gives a lease back without an answer. Does not wait."""
        self._thread.submit(Job(Work.RELEASE, lease.key, lease.owner))

    def info(self) -> CacheInfo:
        """What is stored; a missing file is an empty cache. Raises SettingsError for an unusable one."""
        size = file_bytes(self.path) if self.path.is_file() else 0
        return self._with_file(AnswerFile.info, CacheInfo(str(self.path), size))

    def models_at(self, address: str) -> list[str]:
        """Names of the models with an answer and this address in their identity, the latest first.

        Raises SettingsError for a file that cannot be used.
        """
        # Identities hold neither passwords nor what follows a question mark.
        bare = re.sub(r"(?<=://)[^/\s@]+@", "", address).split("?")[0].rstrip("/")
        # As a whole: http://host:80 is no address of http://host:8000 or of http://host:80/v1.
        wanted = re.compile(rf"(?<![\w:/.@-]){re.escape(bare)}/?(?![\w:/.@-])")
        found: list[tuple[str, str]] = self._with_file(AnswerFile.models, [])
        return list(dict.fromkeys(name for identity, name in found if wanted.search(identity)))

    def context_of(self, identity: str) -> int | None:
        """The context of a model when it last gave an answer, in tokens; None when not known.

        Raises SettingsError for a file that cannot be used.
        """
        return self._with_file(lambda file: file.context(identity), None)

    def clear(self, older_than_days: float | None = None, model: str | None = None) -> int:
        """Deletes the answers that are older, those of a model, or all; returns how many.

        Raises SettingsError for an age that cannot be and for a file that cannot be used, NotACache where
        ``set_aside`` helps.
        """
        # Said this way round, so that NaN is refused: SQLite would read it as no limit.
        if older_than_days is not None and not older_than_days >= 0:
            raise SettingsError(f"{older_than_days} is no number of days", hint="Say it like 30 or 0.5.")
        now = self._clock()
        before = None if older_than_days is None else now - older_than_days * 86_400
        return self._with_file(lambda file: file.delete(before=before, name=model, now=now), 0)

    def set_aside(self) -> Path:
        """Moves a file that cannot be used out of the way; returns its new name. Raises SettingsError."""
        self.close()
        try:
            return set_aside(self.path, self._clock)
        except OSError as error:
            raise unusable(self.path, error) from error

    def close(self) -> None:
        """Closes the file after what is under way; blocks that long. The next use opens it again."""
        self._thread.close()

    def _with_file(self, work: Callable[[AnswerFile], T], otherwise: T) -> T:
        """For the calling thread, which may wait: a connection of its own."""
        file = AnswerFile.open(self.path, create=False, busy_timeout_s=self._busy_timeout_s)
        if file is None:
            return otherwise
        try:
            return work(file)
        except (sqlite3.Error, OSError) as error:
            raise unusable(self.path, error) from error
        finally:
            file.close()

    def _tell(self, error: SettingsError) -> None:
        if not self._warned:
            self._warned = True
            hint = "; ".join((error.hint or "").split("\n"))
            self._warn(f"answers are not kept: {error}. {hint}".rstrip())


def _again(error: SettingsError) -> SettingsError:
    """An equal error with a traceback of its own: one is raised in many tasks."""
    return type(error)(str(error), hint=error.hint)
