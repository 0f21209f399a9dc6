"""A batch on several machines, with Ray: a pool of actors runs the same pipeline.

Ray Data reads (``RayReader``). The articles themselves go to actors and not through Ray Data: its results
come in blocks, and a block that is lost with its machine is made again from the start, which here means
asking a model again. An actor gives each report as it is made; one that dies costs the articles under way a
second try.

Two more actors live on the machine that started the job: the *keeper* stores every answer in the journal
before it counts, under the same keys as without Ray, and the *pacer* holds the rate limit for all.
"""

import asyncio
import itertools
import os
import pickle
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
from msgspec.structs import replace

from ..errors import JournalError, ModelUnavailable, SettingsError
from ..llm.answer_store import AnswerStore
from ..llm.answer_thread import Absent, Lease
from ..llm.model import Answer
from ..llm.pace import Pace, Turn
from ..report import Report
from .engine import CONCURRENCY, Engine, LocalEngine, Opener, Opening, Worked
from .journal import Journal
from .outcome import Asked
from .readers import Reader
from .records import Input

_TRIES = 5  # of an article whose actors die
_LOOK_EVERY = 20  # articles, after which the pacer is asked how often it was told to slow down
_RATE = tuple(
    f"x-ratelimit-{what}-{of}" for what in ("limit", "remaining", "reset") for of in ("requests", "tokens")
)


def _ray() -> Any:
    # Ray would report how it is used to its makers, and for that ask a Prometheus every ten seconds for as
    # long as the process lives. A newsroom's articles are nobody's usage data; who wants it sets it to 1.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
    except ImportError as error:
        raise SettingsError(
            "the engine ray needs a package that is not installed", hint="pip install 'summarizer[ray]'"
        ) from error
    return ray


# --- what runs elsewhere


class Keeper:
    """The journal's answers, for actors on other machines."""

    def __init__(self, folder: str, durable: bool) -> None:
        self._store = Journal(Path(folder), durable=durable).answers

    async def get(self, key: bytes, offline: bool) -> Answer | None:
        found = await self._store.get(key, offline=offline)
        return found if isinstance(found, Answer) else None

    async def put(self, key: bytes, answer: Answer, more: dict[str, Any]) -> None:
        await self._store.put(key, answer, **more)


class Pacer:
    """One pace for all."""

    def __init__(self, most: int, requests_per_minute: float | None, tokens_per_minute: float | None) -> None:
        self._given = (most, requests_per_minute, tokens_per_minute)
        self._made: Pace | None = None

    @property
    def _pace(self) -> Pace:
        if self._made is None:  # in the loop in which it gives turns
            most, requests, tokens = self._given
            self._made = Pace(most, requests_per_minute=requests, tokens_per_minute=tokens)
        return self._made

    async def turn(self, tokens: int, owner: str) -> Turn:
        return await self._pace.turn(tokens, owner)

    async def back(self, turn: Turn, limited: bool, asked_s: float | None) -> None:
        self._pace.back(turn, limited=limited, asked_s=asked_s)

    async def told(self, headers: dict[str, str]) -> None:
        self._pace.told(headers)

    async def forget(self, owner: str) -> None:
        self._pace.forget(owner)

    async def limited(self) -> int:
        return self._pace.governor.limited


class Worker:
    """The pipeline on one machine."""

    def __init__(self, opening: Opening, keeper: Any, pacer: Any, owner: str) -> None:
        self._given = (opening, keeper, pacer, owner)
        self._lock = asyncio.Lock()
        self._engine: Engine | None = None

    async def about(self) -> tuple[str, bytes]:
        """The model's name, and the shape of its reports."""
        engine = await self._open()
        return engine.model, engine.shape

    async def work(self, body: bytes) -> tuple[bytes, Asked]:
        worked = await (await self._open()).work(body)
        return worked.report.to_json().encode(), worked.asked

    async def _open(self) -> Engine:
        async with self._lock:
            if self._engine is None:
                opening, keeper, pacer, owner = self._given
                self._engine = await LocalEngine.open(
                    _with(opening, store=_KeptElsewhere(keeper), pace=_PacedElsewhere(pacer, owner))
                )
            return self._engine


class _KeptElsewhere:
    """The keeper, as a store of answers."""

    def __init__(self, keeper: Any) -> None:
        self._keeper = keeper

    async def get(self, key: bytes, *, offline: bool = False) -> Answer | Lease | Absent:
        found: Answer | None = await _asked(self._keeper.get.remote(key, offline))
        return Absent.MISSING if found is None else found

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
        more = {"identity": identity, "name": name, "context": context}
        await _asked(self._keeper.put.remote(key, answer, more))

    def release(self, lease: Lease) -> None:
        """There are no leases where one process asks."""

    def close(self) -> None:
        """The keeper's file is its own to close."""


class _PacedElsewhere:
    """The pacer, as a pace."""

    def __init__(self, pacer: Any, owner: str) -> None:
        self._pacer = pacer
        self._owner = owner

    async def turn(self, tokens: int) -> Turn:
        turn: Turn = await self._pacer.turn.remote(tokens, self._owner)
        return turn

    def back(self, turn: Turn, *, limited: bool = False, asked_s: float | None = None) -> None:
        self._pacer.back.remote(turn, limited, asked_s)

    def told(self, headers: Mapping[str, str]) -> None:
        found = {name: headers[name] for name in _RATE if name in headers}
        if found:
            self._pacer.told.remote(found)


async def _asked(reference: Any) -> Any:
    """What an actor returned. Raises what it raised, without Ray's coat."""
    ray = _ray()
    try:
        return await reference
    except ray.exceptions.RayTaskError as error:
        cause = getattr(error, "cause", None)
        raise (cause if isinstance(cause, Exception) else error) from None


# --- what runs here


@dataclass(slots=True)
class _Hired:
    """An actor, and how many articles it works on."""

    owner: str
    handle: Any
    busy: int = 0
    dead: bool = False


@dataclass(slots=True)
class RayEngine:
    """Hands articles to actors, the least busy first, and again when one dies."""

    model: str
    shape: bytes
    concurrency: int
    limited: int = 0
    died: int = 0  # actors
    _actors: list[_Hired] = field(default_factory=list)
    _hire: Any = None
    _keeper: Any = None
    _pacer: Any = None
    _count: int = 0
    _started: bool = False

    @classmethod
    def opener(cls, *, address: str | None = None, actors: int | None = None) -> Opener:
        """How a batch opens this engine: in the cluster at an address, or one that is started here."""

        async def open_(opening: Opening) -> Engine:
            return await cls._open(opening, address, actors)

        return open_

    @classmethod
    async def _open(cls, opening: Opening, address: str | None, actors: int | None) -> "RayEngine":
        ray = _ray()
        store = opening.store
        if not isinstance(store, AnswerStore):
            raise SettingsError("the engine ray needs a journal in a file")
        started = not ray.is_initialized()
        if started:
            await anyio.to_thread.run_sync(_start, ray, address)
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=False)
        concurrency = opening.concurrency or CONCURRENCY
        local = {"num_cpus": 0, "scheduling_strategy": here, "max_concurrency": 1000}
        keeper = ray.remote(Keeper).options(**local).remote(str(store.path.parent.absolute()), False)
        pacer = (
            ray.remote(Pacer)
            .options(**local)
            .remote(concurrency, opening.requests_per_minute, opening.tokens_per_minute)
        )
        nodes = sum(1 for node in ray.nodes() if node["Alive"])
        wanted = min(actors or nodes, concurrency)
        # What the run may take is held where articles are taken in: an actor knows its own part only.
        unlimited = replace(opening.settings, max_cost_usd=None, max_tokens=None, deadline_s=None)
        theirs = _with(opening, store=None, settings=unlimited)
        numbers = itertools.count(1)

        def hire() -> _Hired:
            owner = f"worker-{next(numbers)}"
            # No processor is reserved: after a machine is lost they must all fit on those that are left.
            options = {"num_cpus": 0, "scheduling_strategy": "SPREAD", "max_concurrency": concurrency + 10}
            handle = ray.remote(Worker).options(**options).remote(theirs, keeper, pacer, owner)
            return _Hired(owner, handle)

        engine = cls("", b"", concurrency, _hire=hire, _keeper=keeper, _pacer=pacer, _started=started)
        try:
            engine._actors = [hire() for _ in range(wanted)]
            told = [await _asked(one.handle.about.remote()) for one in engine._actors]
        except BaseException:
            with anyio.CancelScope(shield=True):
                await engine.close()
            raise
        engine.model, engine.shape = told[0]
        if any(one != told[0] for one in told):
            await engine.close()
            raise SettingsError(
                "the machines of the cluster would not make the same reports",
                hint="Install the same version of this program on all of them.",
            )
        return engine

    async def work(self, body: bytes) -> Worked:
        ray = _ray()
        lost: Exception | None = None
        for _ in range(_TRIES):
            actor = min((one for one in self._actors if not one.dead), key=lambda one: one.busy)
            actor.busy += 1
            try:
                data, asked = await _asked(actor.handle.work.remote(body))
            except (ray.exceptions.RayActorError, ray.exceptions.RaySystemError) as error:
                lost = error
                await self._replace(actor)
                continue
            finally:
                actor.busy -= 1
            self._count += 1
            if self._count % _LOOK_EVERY == 1:
                self.limited = await self._pacer.limited.remote()
            return Worked(Report.from_json(data), asked)
        raise ModelUnavailable(f"{_TRIES} actors died one after the other over this article") from lost

    async def _replace(self, actor: _Hired) -> None:
        """Puts another one in the place of an actor that died, once."""
        if actor.dead:
            return
        actor.dead = True
        self.died += 1
        self._actors[self._actors.index(actor)] = self._hire()
        await self._pacer.forget.remote(actor.owner)

    async def close(self) -> None:
        ray = _ray()
        for handle in (*(one.handle for one in self._actors), self._pacer, self._keeper):
            ray.kill(handle)
        if self._started:
            await anyio.to_thread.run_sync(ray.shutdown)


def _start(ray: Any, address: str | None) -> None:
    try:
        ray.init(
            address=address,
            log_to_driver=False,
            logging_level="error",
            **({} if address else {"include_dashboard": False}),
        )
    except (ConnectionError, ValueError, RuntimeError) as error:
        raise SettingsError(
            f"there is no Ray cluster to work in: {error}",
            hint="Start one with: ray start --head. Or leave --ray-address out.",
        ) from error


def _with(opening: Opening, **changes: Any) -> Opening:
    from dataclasses import replace as changed

    return changed(opening, **changes)


# --- reading


@dataclass(slots=True)
class RayReader:
    """As ``Reader``, the files read by Ray Data on whichever machine; all of them must see the files.

    Records come in the order of the files. Standard input cannot be read this way.
    """

    inputs: Sequence[str]
    fields: Mapping[str, str] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Input]:
        files = [str(path) for path in Reader(self.inputs, self.fields).files if path is not None]
        ray = _ray()
        from ray import data

        context = data.DataContext.get_current()
        context.enable_progress_bars = False
        context.execution_options.preserve_order = True
        dataset = data.from_items([{"path": path} for path in files], override_num_blocks=len(files))
        try:
            rows = dataset.map_batches(_Records(dict(self.fields)), batch_size=1).iter_rows()
            for row in rows:
                yield pickle.loads(row["record"])  # noqa: S301 (made by this program a moment ago)
        except ray.exceptions.RayError as error:
            raise JournalError(f"Ray could not read the input: {error}") from error


@dataclass(frozen=True, slots=True)
class _Records:
    """Reads a file into records, as Ray Data calls it."""

    fields: dict[str, str]

    def __call__(self, batch: dict[str, Any]) -> Iterator[dict[str, list[bytes]]]:
        for path in batch["path"]:
            for one in Reader([str(path)], self.fields):
                yield {"record": [pickle.dumps(one)]}
