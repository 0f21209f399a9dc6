"""A model that remembers: no answer is paid for twice, and offline all of them come from the file.

The key of an answer is made of everything that shapes it. Answers to which asking again would only be
paying again are served for good; a request that failed on its way, or was not made for lack of money, is
asked again, and its failure is served offline only, where the report has to come out as it was.
"""

import asyncio
import copy
import hashlib
import json
import os
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol

import anyio
import anyio.to_thread

from ..errors import ModelError
from ..report import AnswerState
from .answer_thread import Absent, Lease
from .model import Answer, LanguageModel, Request
from .wrapper import Wrapper

KEY_VERSION = 1  # of what a key is made of
OFFLINE_MISS = "offline, and there is no stored answer to this request"
_FIRST_LOOK_S, _LAST_LOOK_S = 0.05, 1.0  # between two looks for the answer that another process waits for

# What a request under way comes to; None: nobody knows, and one of those who wait has to ask.
_Outcome = Answer | ModelError | None


def request_key(identity: str, request: Request) -> bytes:
    """32 bytes that stand for a request to a model.

    Two requests have one key when the same is sent. The order of a schema's properties counts, because
    models write in it. ``task`` counts only where the schema has no name and goes by the task's.
    """
    name = request.schema_name
    if not name and request.schema is not None:
        name = request.task
    parts = (
        KEY_VERSION,
        identity,
        [(message.role, message.content) for message in request.messages],
        request.max_tokens,
        name,
        request.schema,
        float(request.temperature),
        request.seed,
    )
    # Not escaped: as escapes, two lone surrogates would be the same as the letter that they make up.
    text = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


@dataclass(frozen=True, slots=True)
class Savings:
    """Where the answers came from. ``hits``: from the file, or from an equal request under way.

    ``asked``: from the model; ``missed``: from nowhere, offline. ``saved_usd`` is what the hits cost when
    they were paid for, as far as that is known; None where it is known of none.
    """

    hits: int = 0
    asked: int = 0
    missed: int = 0
    saved_usd: float | None = None


class Store(Protocol):
    """Where answers are kept: an ``AnswerStore``, or a way to one in another process."""

    async def get(self, key: bytes, *, offline: bool = False) -> Answer | Lease | Absent: ...

    async def put(
        self,
        key: bytes,
        answer: Answer,
        *,
        identity: str,
        name: str,
        context: int | None = None,
        lease: Lease | None = None,
    ) -> None: ...

    def release(self, lease: Lease) -> None: ...

    def close(self) -> None: ...


class CachedModel(Wrapper):
    """A model whose answers are kept in a store. Can be used in several threads and event loops.

    Equal requests at the same time are one: the others wait for the answer of the first, or for its
    ModelError; when the first is cancelled, the next one asks. An answer from the store is as it was,
    with its attempts, seconds, usage and cost. ``offline`` never asks the model.
    """

    def __init__(
        self,
        model: LanguageModel,
        store: Store,
        *,
        offline: bool = False,
        sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
    ) -> None:
        super().__init__(model)
        self.savings = Savings()
        self._store = store
        self._offline = offline
        self._sleep = sleep
        self._lock = threading.Lock()
        # By process: what is under way in the parent of a fork never lands in the child.
        self._flights: dict[tuple[int, bytes], Future[_Outcome]] = {}

    async def answer(self, request: Request) -> Answer:
        """The stored answer, or the model's, which is stored before it is returned.

        Raises what the model raises, and offline SettingsError when the store cannot be read.
        """
        number = (os.getpid(), request_key(self._model.identity, request))
        while True:
            with self._lock:
                flight = self._flights.get(number)
                if flight is None:
                    mine: Future[_Outcome] = Future()
                    mine.set_running_or_notify_cancel()  # nobody who waits for it can cancel it
                    self._flights[number] = mine
            if flight is None:
                return await self._fly(number, request, mine)
            outcome = await asyncio.wrap_future(flight)
            if isinstance(outcome, ModelError):
                # A copy: one error that many raise would collect all their tracebacks.
                raise copy.copy(outcome) from outcome
            if outcome is not None:
                return self._given(outcome)

    async def close(self) -> None:
        """Closes the model and the store's file; either is opened again when it is needed."""
        await super().close()
        await anyio.to_thread.run_sync(self._store.close)

    async def _fly(self, number: tuple[int, bytes], request: Request, flight: "Future[_Outcome]") -> Answer:
        """Gets the answer on behalf of all who want it."""
        key = number[1]
        outcome: _Outcome = None
        try:
            found = await self._look(key)
            if isinstance(found, Answer):
                outcome = found
                return self._given(found)
            if self._offline:
                outcome = Answer(
                    AnswerState.MODEL_ERROR, "", self._model.name, attempts=0, detail=OFFLINE_MISS
                )
                return self._given(outcome)
            try:
                outcome = await self._model.answer(request)
            except BaseException:
                if found is not None:
                    self._store.release(found)
                raise
            self._count(asked=1)
            await self._store.put(
                key,
                outcome,
                identity=self._model.identity,
                name=self._model.name,
                context=self._model.context,
                lease=found,
            )
            return outcome
        except ModelError as error:
            outcome = error
            raise
        finally:
            with self._lock:
                del self._flights[number]
            flight.set_result(outcome)

    async def _look(self, key: bytes) -> Answer | Lease | None:
        """The stored answer, or the lease; None where there is neither, and nothing to wait for."""
        pause = _FIRST_LOOK_S
        while True:
            found = await self._store.get(key, offline=self._offline)
            if found is Absent.TAKEN:
                await self._sleep(pause)
                pause = min(2 * pause, _LAST_LOOK_S)
            else:
                return None if isinstance(found, Absent) else found

    def _given(self, answer: Answer) -> Answer:
        if answer.detail == OFFLINE_MISS:
            self._count(missed=1)
        else:
            self._count(hits=1, saved_usd=answer.cost_usd)
        return answer

    def _count(
        self, *, hits: int = 0, asked: int = 0, missed: int = 0, saved_usd: float | None = None
    ) -> None:
        with self._lock:
            old = self.savings
            saved = old.saved_usd if saved_usd is None else (old.saved_usd or 0.0) + saved_usd
            self.savings = Savings(old.hits + hits, old.asked + asked, old.missed + missed, saved)
