"""The one thread that works with the file of answers, so that no event loop waits for a disk.

What is asked for at the same time is done together: one turn of the thread, one transaction, one call
back into each event loop. The thread renews the leases that are held. It ends when there is nothing to
do, and starts again by itself.
"""

import asyncio
import contextlib
import os
import queue
import sqlite3
import threading
import time
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import partial
from pathlib import Path

from ..errors import SettingsError
from .answer_file import AnswerFile, Row, unusable
from .model import Answer

# A lease is renewed this long at most: a process that hangs must not hold up all others for good.
_LONGEST_CALL_S = 3600.0
_TRY_AGAIN_S = 60.0  # after trouble with the file
_IDLE_S = 5.0
_BATCH = 256
_LONGEST_STOP_S = 10.0  # before a fork


class Absent(Enum):
    """Why a look-up gave neither an answer nor a lease."""

    MISSING = "missing"  # nothing is stored; offline, or without a file, there are no leases
    TAKEN = "taken"  # somebody is asking: look again in a moment


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to make a request, and the duty to store its answer or to give the right back."""

    key: bytes
    owner: str


class Work(Enum):
    """What there is to do with a key."""

    READ = "read"  # an answer of whatever kind
    READ_OR_LEASE = "read_or_lease"  # a final answer, or else the lease
    WRITE = "write"  # an answer, and the end of the lease
    RELEASE = "release"
    READ_FINAL = "read_final"  # a final answer; where nobody else uses the file, nothing is leased
    OWN = "own"  # something with tables of the caller's own in the same file, in the same transaction


@dataclass(slots=True, eq=False)
class Job:
    """One piece of work. ``result`` is set when ``done`` returns; an error there was met, not raised."""

    work: Work
    key: bytes
    owner: str = ""
    row: Row | None = None
    own: Callable[[sqlite3.Connection], object] | None = None
    value: object = None  # what ``own`` returned
    result: Answer | Lease | Absent | SettingsError | None = None
    future: "asyncio.Future[None] | None" = None


@dataclass(frozen=True, slots=True, eq=False)
class _Stop:
    """Asks the thread to close the file: ``done`` is set when it is, ``go_on`` when it may open it again."""

    done: threading.Event
    go_on: threading.Event | None = None


class AnswerThread:
    """Does jobs in the order in which they come, from any thread and event loop. Never raises."""

    def __init__(
        self,
        path: Path,
        *,
        clock: Callable[[], float],
        lease_s: float,
        busy_timeout_s: float,
        longest_call_s: float = _LONGEST_CALL_S,
        durable: bool = False,
    ) -> None:
        self._hands_for = partial(_Hands, path, clock, lease_s, busy_timeout_s, longest_call_s, durable)
        self._start_over()
        _ALL.add(self)

    def _start_over(self) -> None:
        self._lock = threading.Lock()
        self._jobs: queue.SimpleQueue[Job | _Stop] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._go_on = threading.Event()  # after a fork
        self._hands = self._hands_for()

    async def done(self, job: Job) -> None:
        """Waits until the job is. A caller that is cancelled leaves it to be done."""
        job.future = asyncio.get_running_loop().create_future()
        self.submit(job)
        await job.future

    def submit(self, job: Job | _Stop) -> None:
        with self._lock:
            self._jobs.put(job)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, daemon=True)
                self._thread.name = "summarizer answers"
                self._thread.start()

    def close(self) -> None:
        """Closes the file after what is under way, unless somebody holds a lease. Blocks for that long."""
        with self._lock:
            if self._thread is None:
                return
        stop = _Stop(threading.Event())
        self.submit(stop)
        stop.done.wait()

    def before_fork(self) -> None:
        """Closes the file for a moment. A child that inherits an open one breaks SQLite's locks."""
        self._go_on = threading.Event()
        with self._lock:
            if self._thread is None:
                return
            stop = _Stop(threading.Event(), self._go_on)
            self._jobs.put(stop)
        stop.done.wait(_LONGEST_STOP_S)

    def after_fork(self, *, child: bool) -> None:
        """The child has no thread: it starts from nothing. The parent's goes on."""
        if child:
            self._start_over()
        else:
            self._go_on.set()

    def _run(self) -> None:
        hands = self._hands
        while True:
            jobs, stops = self._next(hands.pause())
            hands.do(jobs)
            for job in _wake(jobs):
                hands.do([Job(Work.RELEASE, job.key, job.owner)])
            ends = bool(stops or not jobs) and not hands.held
            if ends or any(stop.go_on is not None for stop in stops):
                hands.close(forgive=bool(stops))
            for stop in stops:
                stop.done.set()
                if stop.go_on is not None:
                    stop.go_on.wait()
            if ends:
                with self._lock:
                    ends = self._jobs.empty()  # else the file is opened again
                    if ends:
                        self._thread = None
            if ends:
                return

    def _next(self, pause: float) -> tuple[list[Job], list[_Stop]]:
        """All that is waiting; nothing when nothing came for so long."""
        jobs: list[Job] = []
        stops: list[_Stop] = []
        with contextlib.suppress(queue.Empty):
            came = self._jobs.get(timeout=pause)
            while True:
                if isinstance(came, Job):
                    jobs.append(came)
                else:
                    stops.append(came)
                if len(jobs) == _BATCH:
                    break
                came = self._jobs.get_nowait()
        return jobs, stops


class _Hands:
    """What the thread works with: its file, the leases, and what it does not try for a while."""

    def __init__(
        self,
        path: Path,
        clock: Callable[[], float],
        lease_s: float,
        busy_timeout_s: float,
        longest_call_s: float,
        durable: bool,
    ) -> None:
        self._durable = durable
        self.held: dict[Lease, float] = {}  # and since when
        self._path = path
        self._clock = clock
        self._lease_s = lease_s
        self._busy_timeout_s = busy_timeout_s
        self._longest_call_s = longest_call_s
        self._file: AnswerFile | None = None
        self._renewed = 0.0
        self._trouble: SettingsError | None = None
        self._no_file_until = 0.0
        self._no_writes_until = 0.0

    def pause(self) -> float:
        """Seconds to wait for work at most."""
        return self._lease_s / 3 if self.held else _IDLE_S

    def close(self, *, forgive: bool = False) -> None:
        """``forgive``: the next use tries again at once what failed."""
        if forgive:
            self._no_file_until = self._no_writes_until = 0.0
        if self._file is not None:
            self._file.close()
            self._file = None

    def do(self, jobs: Sequence[Job]) -> None:
        """Sets every job's result."""
        try:
            if jobs:
                self._do(jobs)
            self._renew()
        except SettingsError as error:
            self._give_up(error)
        except Exception as error:  # noqa: BLE001  (a thread that dies leaves everybody waiting)
            trouble = unusable(self._path, error)
            trouble.__cause__ = error
            self._give_up(trouble)
        for job in jobs:
            if job.result is None:
                job.result = self._trouble or Absent.MISSING
            if isinstance(job.result, Lease):
                self.held[job.result] = time.monotonic()
            elif job.work in (Work.WRITE, Work.RELEASE):
                self.held.pop(Lease(job.key, job.owner), None)

    def _do(self, jobs: Sequence[Job]) -> None:
        if time.monotonic() < self._no_file_until:
            return
        if self._file is None:
            create = any(job.work in (Work.READ_OR_LEASE, Work.WRITE, Work.OWN) for job in jobs)
            self._file = AnswerFile.open(
                self._path, create=create, busy_timeout_s=self._busy_timeout_s, durable=self._durable
            )
        if self._file is None:
            self._trouble = None
            return
        writes: list[Job] = []
        changed: set[bytes] = set()  # a look at one of these comes after the change, as it was asked for
        for job in jobs:
            if job.key in changed or not self._read(self._file, job):
                writes.append(job)
                changed.add(job.key)
        if not writes or time.monotonic() < self._no_writes_until:
            return
        try:
            with self._file.writing():
                results = [self._write(self._file, job) for job in writes]
        except sqlite3.Error as error:
            self._stop_writing(error)
            return
        self._trouble = None
        for job, result in zip(writes, results, strict=True):
            job.result = result

    def _read(self, file: AnswerFile, job: Job) -> bool:
        """Does what can be done without writing; whether that was all."""
        if job.work is Work.READ:
            job.result = file.read(job.key, final=False) or Absent.MISSING
        elif job.work is Work.READ_FINAL:
            job.result = file.read(job.key, final=True) or Absent.MISSING
        elif job.work is Work.READ_OR_LEASE:
            job.result = file.read(job.key, final=True)
            if job.result is None and file.leased(job.key, *self._term()):
                job.result = Absent.TAKEN
        return job.result is not None

    def _write(self, file: AnswerFile, job: Job) -> Answer | Lease | Absent:
        if job.own is not None:
            job.value = job.own(file.connection)
            return Absent.MISSING
        if job.work in (Work.READ, Work.READ_FINAL):
            return file.read(job.key, final=job.work is Work.READ_FINAL) or Absent.MISSING
        if job.work is Work.READ_OR_LEASE:
            found = file.read(job.key, final=True)  # it may have come since the first look
            if found is not None:
                return found
            leased = file.lease(job.key, job.owner, *self._term())
            return Lease(job.key, job.owner) if leased else Absent.TAKEN
        if job.row is not None:
            file.write(job.key, job.row)
        file.release(job.key, job.owner)
        return Absent.MISSING

    def _renew(self) -> None:
        now = time.monotonic()
        if not self.held or self._file is None or now - self._renewed < self._lease_s / 4:
            return
        self._renewed = now
        self.held = {lease: since for lease, since in self.held.items() if now - since < self._longest_call_s}
        if now >= self._no_writes_until:
            try:
                with self._file.writing():
                    self._file.renew([(lease.key, lease.owner) for lease in self.held], self._term()[1])
            except sqlite3.Error as error:
                self._stop_writing(error)

    def _term(self) -> tuple[float, float]:
        """Beginning and end of a lease given now."""
        now = self._clock()
        return now, now + self._lease_s

    def _stop_writing(self, error: sqlite3.Error) -> None:
        # What is stored can still be read, as from a full disk.
        self._no_writes_until = time.monotonic() + _TRY_AGAIN_S
        self._trouble = unusable(self._path, error)
        self._trouble.__cause__ = error

    def _give_up(self, error: SettingsError) -> None:
        self._trouble = error
        self._no_file_until = time.monotonic() + _TRY_AGAIN_S
        with contextlib.suppress(sqlite3.Error):
            self.close()


def _wake(jobs: Sequence[Job]) -> list[Job]:
    """Tells those who wait; the jobs that gave a lease to somebody whose event loop is gone."""
    waiting: dict[asyncio.AbstractEventLoop, list[Job]] = {}
    for job in jobs:
        if job.future is not None:
            waiting.setdefault(job.future.get_loop(), []).append(job)
    lost = []
    for loop, own in waiting.items():
        try:
            loop.call_soon_threadsafe(_finish, own)
        except RuntimeError:  # closed
            lost += [job for job in own if isinstance(job.result, Lease)]
    return lost


def _finish(jobs: Sequence[Job]) -> None:
    for job in jobs:
        if job.future is not None and not job.future.done():
            job.future.set_result(None)


_ALL: "weakref.WeakSet[AnswerThread]" = weakref.WeakSet()


def _each(work: Callable[[AnswerThread], None]) -> Callable[[], None]:
    def do() -> None:
        for thread in list(_ALL):
            work(thread)

    return do


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_each(AnswerThread.before_fork),
        after_in_parent=_each(lambda thread: thread.after_fork(child=False)),
        after_in_child=_each(lambda thread: thread.after_fork(child=True)),
    )
