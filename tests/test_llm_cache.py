"""The model that remembers: keys, what is served when, equal requests at once, several processes."""

import asyncio
import copy
import json
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable
from dataclasses import fields, replace
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.errors import ModelUnavailable, SettingsError
from summarizer.llm.answer_store import AnswerStore
from summarizer.llm.cache import OFFLINE_MISS, CachedModel, Savings, request_key
from summarizer.llm.model import Answer, Message, Request
from summarizer.report import AnswerState, Usage
from summarizer.testing import ScriptedModel
from tests.groups import ROOT

SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "number"}}}
REQUEST = Request("summary", (Message("system", "Be brief."), Message("user", "The text.")), 600, "s", SCHEMA)
PAID = Usage(900, 80, 0)
GOOD = Answer(AnswerState.OK, "Гарно.", "big", 2, 1.5, PAID, "r-1", cost_usd=0.25)
LOST = Answer(AnswerState.MODEL_ERROR, "", "big", 4, 9.0, detail="HTTP 503 (requests: 4)")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "answers.sqlite"


def asked_about(number: int) -> Request:
    return replace(REQUEST, messages=(Message("user", f"article {number}"),))


class SlowModel:
    """Counts what it is asked, and answers when ``reply`` lets it."""

    name, context, identity = "slow", None, "slow model"

    def __init__(self, reply: Callable[[int], Awaitable[Answer]]) -> None:
        self.calls = 0
        self._reply = reply

    async def answer(self, request: Request) -> Answer:
        self.calls += 1
        return await self._reply(self.calls)

    async def close(self) -> None:
        pass


async def soon(number: int) -> Answer:
    await anyio.sleep(0.05)
    return replace(GOOD, response_id=f"call {number}")


def asked_more(model: SlowModel, calls: int) -> bool:
    return model.calls > calls


async def until(holds: Callable[[], bool]) -> None:
    with anyio.fail_after(30):
        while not holds():  # noqa: ASYNC110  (what is waited for sets no event)
            await anyio.sleep(0.01)


async def at_once(model: CachedModel, count: int, request: Request = REQUEST) -> list[Any]:
    """What that many equal requests give, answers and errors."""
    with anyio.fail_after(20):
        return await asyncio.gather(*(model.answer(request) for _ in range(count)), return_exceptions=True)


# --- keys

CHANGES: dict[str, Callable[[Request], Request]] = {
    "messages": lambda r: replace(r, messages=(*r.messages, Message("user", ""))),
    "max_tokens": lambda r: replace(r, max_tokens=r.max_tokens + 1),
    "schema_name": lambda r: replace(r, schema_name=f"{r.schema_name or ''}x"),
    "schema": lambda r: replace(r, schema={"type": "array"} if r.schema is None else {"x": r.schema}),
    "temperature": lambda r: replace(r, temperature=r.temperature + 0.5),
    "seed": lambda r: replace(r, seed=r.seed + 1),
}
anything = st.text(st.characters(exclude_categories=()))  # lone surrogates too
requests = st.builds(
    Request,
    task=anything,
    messages=st.lists(st.builds(Message, st.sampled_from(["system", "user", "assistant"]), anything)).map(
        tuple
    ),
    max_tokens=st.integers(1, 10_000),
    schema_name=st.none() | anything,
    schema=st.none() | st.dictionaries(anything, st.lists(anything) | st.integers() | st.booleans()),
    temperature=st.floats(0, 2),
    seed=st.integers(),
)


def test_every_field_of_a_request_is_thought_of() -> None:
    assert {field.name for field in fields(Request)} == {*CHANGES, "task"}


@given(requests, anything, st.sampled_from(sorted(CHANGES)))
def test_a_change_of_anything_is_another_key(request_: Request, identity: str, name: str) -> None:
    key = request_key(identity, request_)
    assert len(key) == 32
    assert request_key(identity, copy.deepcopy(request_)) == key
    assert request_key(identity, CHANGES[name](request_)) != key
    assert request_key(identity + " ", request_) != key


@given(requests, requests)
def test_two_requests_have_one_key_only_when_they_are_equal(one: Request, two: Request) -> None:
    def sent(request_: Request) -> Request:
        name = request_.schema_name or (None if request_.schema is None else request_.task)
        return replace(request_, task="", schema_name=name)

    assert sent(one) == sent(two) or request_key("m", one) != request_key("m", two)


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        pytest.param(REQUEST, replace(REQUEST, task="claims"), True, id="the task is not sent"),
        pytest.param(
            replace(REQUEST, schema_name=None),
            replace(REQUEST, schema_name=None, task="claims"),
            False,
            id="the task's name is sent where the schema has none",
        ),
        pytest.param(
            replace(REQUEST, temperature=0), replace(REQUEST, temperature=0.0), True, id="0 and 0.0"
        ),
        pytest.param(
            REQUEST,
            replace(REQUEST, schema={**SCHEMA, "properties": dict(reversed(SCHEMA["properties"].items()))}),  # type: ignore[attr-defined]
            False,
            id="models write in the order of the schema",
        ),
        pytest.param(
            replace(REQUEST, messages=(Message("user", "😀"),)),
            replace(REQUEST, messages=(Message("user", "\ud83d\ude00"),)),
            False,
            id="a letter and its two halves",
        ),
        pytest.param(
            replace(REQUEST, messages=(Message("user", "a"), Message("user", "b"))),
            replace(REQUEST, messages=(Message("user", 'a"],["user","b'),)),
            False,
            id="text that looks like the next message",
        ),
    ],
)
def test_what_a_key_is_made_of(one: Request, two: Request, same: bool) -> None:
    assert (request_key("m", one) == request_key("m", two)) is same


# --- what is stored, and when it is served


@pytest.mark.parametrize(
    ("answer", "served"),
    [
        pytest.param(GOOD, True, id="ok"),
        pytest.param(replace(GOOD, usage=Usage(), cost_usd=None), True, id="ok, nothing counted"),
        pytest.param(replace(GOOD, state=AnswerState.REFUSED, detail="no"), True, id="refused"),
        pytest.param(replace(GOOD, state=AnswerState.TRUNCATED, detail="cut"), True, id="truncated"),
        pytest.param(
            replace(GOOD, state=AnswerState.MODEL_ERROR, detail="empty"), True, id="an error that was paid"
        ),
        pytest.param(LOST, False, id="lost on its way"),
        pytest.param(replace(LOST, too_long=True, attempts=1), False, id="too long"),
        pytest.param(replace(LOST, state=AnswerState.OVER_BUDGET, attempts=0), False, id="no money"),
        pytest.param(replace(GOOD, text="\ud83d\ude00 \ud800\x00\u2028"), True, id="text that is no text"),
        pytest.param(replace(GOOD, usage=Usage(10**30, 10**30, -1)), True, id="numbers without measure"),
    ],
)
def test_what_is_served_again(path: Path, answer: Answer, served: bool) -> None:
    async def run() -> None:
        inner = ScriptedModel({"summary": [answer, replace(GOOD, text="second")]})
        model = CachedModel(inner, AnswerStore(path))
        assert await model.answer(REQUEST) == answer
        await model.close()

        never = ScriptedModel({})  # raises when it is asked anything
        offline = CachedModel(never, AnswerStore(path), offline=True)
        assert await offline.answer(REQUEST) == answer
        assert offline.savings == Savings(hits=1, saved_usd=answer.cost_usd)
        await offline.close()

        again = await model.answer(REQUEST)
        assert again == (answer if served else replace(GOOD, text="second"))
        assert len(inner.requests) == (1 if served else 2)
        assert (model.savings.hits, model.savings.asked) == ((1, 1) if served else (0, 2))
        assert await model.answer(REQUEST) == again  # what replaced it is final
        await model.close()

    asyncio.run(run())


@pytest.mark.parametrize(
    ("first", "then", "kept"),
    [
        pytest.param(GOOD, LOST, GOOD, id="a failure does not replace an answer"),
        pytest.param(GOOD, replace(GOOD, text="other"), GOOD, id="the first answer stays"),
        pytest.param(LOST, GOOD, GOOD, id="an answer replaces a failure"),
        pytest.param(LOST, replace(LOST, detail="503"), replace(LOST, detail="503"), id="the last failure"),
    ],
)
def test_which_answer_stays(path: Path, first: Answer, then: Answer, kept: Answer) -> None:
    async def run() -> None:
        store = AnswerStore(path)
        for answer in (first, then):
            await store.put(b"k", answer, identity="m", name="m")
        assert await store.get(b"k", offline=True) == kept
        store.close()

    asyncio.run(run())


def test_offline_without_an_answer(path: Path) -> None:
    async def run() -> None:
        inner = ScriptedModel({}, name="big", context=2048)
        model = CachedModel(inner, AnswerStore(path), offline=True)
        answer = await model.answer(REQUEST)
        assert answer == Answer(AnswerState.MODEL_ERROR, "", "big", attempts=0, detail=OFFLINE_MISS)
        assert model.savings == Savings(missed=1)
        assert (model.name, model.context, model.identity) == ("big", 2048, inner.identity)
        await model.close()
        assert inner.closed

    asyncio.run(run())
    assert not path.parent.exists()


def test_a_replay_is_equal_and_another_model_has_its_own_answers(path: Path) -> None:
    states = list(AnswerState)

    def reply(request: Request) -> Answer:
        number = int(request.messages[-1].content.split()[-1])
        return replace(GOOD, state=states[number % len(states)], text=f"reply {number}", seconds=number / 7)

    async def play(model: CachedModel) -> list[Answer]:
        answers = [await model.answer(asked_about(number)) for number in range(30)]
        await model.close()
        return answers

    first = asyncio.run(play(CachedModel(ScriptedModel(reply), AnswerStore(path))))
    assert {answer.state for answer in first} == set(AnswerState)
    assert asyncio.run(play(CachedModel(ScriptedModel({}), AnswerStore(path), offline=True))) == first
    other = CachedModel(ScriptedModel(reply, name="other"), AnswerStore(path), offline=True)
    assert {answer.detail for answer in asyncio.run(play(other))} == {OFFLINE_MISS}


def test_what_was_saved(path: Path) -> None:
    async def run() -> None:
        prices = {0: 0.5, 1: 0.25, 2: None}
        inner = ScriptedModel(lambda r: replace(GOOD, cost_usd=prices[int(r.messages[-1].content[-1])]))
        model = CachedModel(inner, AnswerStore(path))
        for number in (0, 1, 2, 0, 1, 2, 0):
            await model.answer(asked_about(number))
        assert model.savings == Savings(hits=4, asked=3, saved_usd=1.25)
        await model.close()

    asyncio.run(run())


# --- equal requests at once


def test_fifty_equal_requests_are_one(path: Path) -> None:
    async def run() -> None:
        inner = SlowModel(soon)
        model = CachedModel(inner, AnswerStore(path))
        assert await at_once(model, 50) == [replace(GOOD, response_id="call 1")] * 50
        assert inner.calls == 1
        assert model.savings == Savings(hits=49, asked=1, saved_usd=49 * 0.25)
        await model.close()

    asyncio.run(run())


def test_when_the_first_is_cancelled_the_next_one_asks(path: Path) -> None:
    async def reply(number: int) -> Answer:
        if number <= 2:
            await anyio.sleep_forever()
        return await soon(number)

    async def run() -> None:
        inner = SlowModel(reply)
        model = CachedModel(inner, AnswerStore(path))
        tasks = [asyncio.create_task(model.answer(REQUEST)) for _ in range(5)]
        for stopped in (0, 1):
            await until(partial(asked_more, inner, stopped))
            tasks[stopped].cancel()
        tasks[4].cancel()  # one that only waits takes nobody with it
        done = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 10)
        assert [type(one) for one in done[:2] + done[4:]] == [asyncio.CancelledError] * 3
        assert done[2:4] == [replace(GOOD, response_id="call 3")] * 2
        assert inner.calls == 3
        await model.close()

    asyncio.run(run())


def test_an_answer_that_came_is_shared_though_its_asker_was_cancelled(path: Path) -> None:
    class Stuck(AnswerStore):
        async def put(self, *arguments: Any, **named: Any) -> None:
            await anyio.sleep_forever()

    async def run() -> None:
        inner = SlowModel(soon)
        model = CachedModel(inner, Stuck(path))
        first, second = (asyncio.create_task(model.answer(REQUEST)) for _ in range(2))
        await until(lambda: model.savings.asked > 0)
        first.cancel()
        assert await asyncio.wait_for(second, 10) == replace(GOOD, response_id="call 1")
        assert inner.calls == 1

    asyncio.run(run())


def test_a_model_error_is_everybodys_and_is_not_kept(path: Path) -> None:
    async def reply(number: int) -> Answer:
        await anyio.sleep(0.05)
        raise ModelUnavailable(f"nothing answers ({number})", hint="start it")

    async def run() -> None:
        inner = SlowModel(reply)
        model = CachedModel(inner, AnswerStore(path))
        errors = await at_once(model, 10)
        assert {(type(e), str(e), e.hint) for e in errors} == {
            (ModelUnavailable, "nothing answers (1)", "start it")
        }
        assert len({id(error) for error in errors}) == 10
        assert inner.calls == 1
        assert [str(error) for error in await at_once(model, 1)] == ["nothing answers (2)"]
        await model.close()

    asyncio.run(run())


def test_a_bug_hangs_nobody(path: Path) -> None:
    async def reply(number: int) -> Answer:
        await anyio.sleep(0.01)
        raise ZeroDivisionError(number)

    async def run() -> None:
        model = CachedModel(SlowModel(reply), AnswerStore(path))
        errors = await asyncio.wait_for(at_once(model, 3), 10)
        assert sorted(error.args[0] for error in errors) == [1, 2, 3]
        await model.close()

    asyncio.run(run())


def test_one_event_loop_after_the_other(path: Path) -> None:
    inner = SlowModel(soon)
    model = CachedModel(inner, AnswerStore(path))
    answers = [asyncio.run(model.answer(asked_about(number % 2))) for number in range(6)]
    assert inner.calls == 2
    assert answers[:2] * 3 == answers
    asyncio.run(model.close())


def test_event_loops_in_several_threads(path: Path) -> None:
    inner = SlowModel(soon)
    model = CachedModel(inner, AnswerStore(path))
    answers: list[Any] = []
    threads = [
        threading.Thread(target=lambda: answers.extend(asyncio.run(at_once(model, 5)))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert answers == [replace(GOOD, response_id="call 1")] * 40
    assert inner.calls == 1
    asyncio.run(model.close())


def test_two_models_on_one_file_ask_once(path: Path) -> None:
    async def run() -> None:
        inner = SlowModel(soon)
        told: list[str] = []
        models = [CachedModel(inner, AnswerStore(path, warn=told.append)) for _ in range(8)]
        done = await asyncio.gather(*(model.answer(REQUEST) for model in models))
        assert told == []
        assert done == [replace(GOOD, response_id="call 1")] * 8
        assert inner.calls == 1
        for model in models:
            await model.close()

    asyncio.run(run())


# --- several processes

LEASE_S = 1.5
PROCESS = """
import asyncio, json, os, sys
from pathlib import Path
from summarizer.llm.answer_store import AnswerStore
from summarizer.llm.cache import CachedModel
from summarizer.llm.model import Answer
from summarizer.report import AnswerState
from tests.test_llm_cache import asked_about

class Paid:
    name, context, identity = "paid", None, "paid model"

    async def answer(self, request):
        number = request.messages[-1].content.split()[-1]
        with open(sys.argv[2], "a") as log:
            log.write(f"{number}\\n")
        await asyncio.sleep(float(sys.argv[4]))
        return Answer(AnswerState.OK, f"{number} by {os.getpid()}", "paid")

    async def close(self):
        pass

async def main():
    model = CachedModel(Paid(), AnswerStore(Path(sys.argv[1]), lease_s=float(sys.argv[5])))
    answers = await asyncio.gather(*(model.answer(asked_about(n)) for n in range(int(sys.argv[3]))))
    await model.close()
    print(json.dumps([answer.text for answer in answers]))

asyncio.run(main())
"""


def process(path: Path, log: Path, count: int, seconds: float, lease_s: float) -> subprocess.Popen[str]:
    arguments = [str(path), str(log), str(count), str(seconds), str(lease_s)]
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", PROCESS, *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_four_processes_ask_each_request_once(path: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    processes = [process(path, log, 30, 0.3, 30) for _ in range(4)]
    ended = [one.communicate(timeout=120) for one in processes]
    assert [err for _, err in ended] == [""] * 4
    answers = [json.loads(out) for out, _ in ended]
    assert answers == [answers[0]] * 4
    assert sorted(map(int, log.read_text().split())) == list(range(30))


def test_a_killed_process_holds_nothing_up_for_long(path: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.touch()

    async def reply(number: int) -> Answer:
        return GOOD

    async def run() -> None:
        inner = SlowModel(reply)
        inner.identity = "paid model"  # type: ignore[misc]
        model = CachedModel(inner, AnswerStore(path, lease_s=LEASE_S))
        with process(path, log, 1, 600, LEASE_S) as other:
            try:
                await until(lambda: other.poll() is not None or bool(log.read_text()))
                assert other.poll() is None, other.communicate()
                waiting = asyncio.create_task(model.answer(asked_about(0)))
                await anyio.sleep(2 * LEASE_S)  # much longer than a lease that nobody renews
                assert inner.calls == 0
            finally:
                other.kill()
        assert await asyncio.wait_for(waiting, 60) == GOOD  # two seconds, and more on a busy machine
        assert inner.calls == 1
        await model.close()

    asyncio.run(run())


def test_an_unreadable_file_offline_is_an_error_for_everybody(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("my notes")

    async def run() -> None:
        model = CachedModel(ScriptedModel({}), AnswerStore(path), offline=True)
        errors = await at_once(model, 3)
        assert [type(error).__mro__[1] for error in errors] == [SettingsError] * 3
        assert len({id(error) for error in errors}) == 3
        await model.close()

    asyncio.run(run())
