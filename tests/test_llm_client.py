"""The client against a server that misbehaves: one named row a fault."""

import json
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import anyio
import pytest

from summarizer.errors import ModelError, ModelRejected, ModelUnavailable, SettingsError
from summarizer.llm.client import OPENAI_URL, OpenAIModel, list_models, without_lengths
from summarizer.llm.model import Answer, Message, Request
from summarizer.report import AnswerState, Usage
from tests import fault_server as fault
from tests.fault_server import FaultServer, Step

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


SCHEMA = {
    "type": "object",
    "properties": {"maxLength": {"type": "string", "maxLength": 9}},
    "required": ["maxLength"],
    "additionalProperties": False,
}
PLAIN = Request("summary", (Message("system", "Be brief."), Message("user", "Summarize.")), 50)
WITH_SCHEMA = Request("summary", PLAIN.messages, 50, "summary", SCHEMA)


@dataclass
class Waits:
    """Stands for sleeping: keeps how long, and does not."""

    seconds: list[float] = field(default_factory=list)

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


def model_at(url: str, waits: Waits | None = None, **options: Any) -> OpenAIModel:
    given: dict[str, Any] = {"sleep": waits or Waits(), "random": lambda: 0.5, "timeout_s": 20.0}
    return OpenAIModel("m", base_url=url, **(given | options))


async def ask(url: str, waits: Waits, request: Request = PLAIN, **options: Any) -> Answer:
    model = model_at(url, waits, **options)
    try:
        return await model.answer(request)
    finally:
        await model.close()


@dataclass(frozen=True)
class Row:
    name: str
    script: tuple[Step, ...]
    state: AnswerState
    text: str = ""
    detail: str = ""  # must occur in the answer's
    waits: tuple[float, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)


OK, FAILED = AnswerState.OK, AnswerState.MODEL_ERROR
FINE = "A fine summary."
ROWS = [
    Row("ok", (fault.ok,), OK, FINE),
    Row("no usage", (fault.no_usage,), OK, FINE),
    Row("rate limited, then fine", (fault.too_fast, fault.ok), OK, FINE, waits=(7.35,)),
    Row("milliseconds count first", (fault.too_fast_ms, fault.ok), OK, FINE, waits=(1.575,)),
    Row("no wait above the cap", (fault.too_fast_for_an_hour, fault.ok), OK, FINE, waits=(60.0,)),
    Row("rate limited for good", (fault.too_fast,) * 4, FAILED, detail="HTTP 429: slow down", waits=(7.35,) * 3),
    Row("500, then fine", (fault.server_error, fault.ok), OK, FINE, waits=(0.5,)),
    Row("500 for good", (fault.server_error,) * 4, FAILED, detail="HTTP 500: overloaded (requests: 4)", waits=(0.5, 1.0, 2.0)),
    Row("one request allowed", (fault.server_error,), FAILED, detail="requests: 1", options={"max_attempts": 1}),
    Row("a gateway's page", (fault.bad_gateway,) * 2, FAILED, detail="HTTP 502: a web page came back", waits=(0.5,), options={"max_attempts": 2}),
    Row("dropped, then fine", (fault.dropped, fault.ok), OK, FINE, waits=(0.5,)),
    Row("dropped for good", (fault.dropped,) * 2, FAILED, detail="the connection broke", waits=(0.5,), options={"max_attempts": 2}),
    Row("stalls", (fault.stall,) * 2, FAILED, detail="no answer within 0.3 s", waits=(0.5,), options={"max_attempts": 2, "timeout_s": 0.3}),
    Row("a page with status 200", (fault.html_200,), FAILED, "<html><body>Sign in</body></html>", "a page"),
    Row("broken JSON", (fault.broken_json,), FAILED, '{"id": "x", "choi', "cannot be read"),
    Row("no choices", (fault.empty_choices,), FAILED, detail="no choices"),
    Row("an error with status 200", (fault.error_in_200,), FAILED, detail="upstream is down"),
    Row("no text", (fault.no_content,), FAILED, detail="no text (it ended with 'stop')"),
    Row("text that is none", (fault.completion(["a"]),), FAILED, detail="no text"),
    Row("refused", (fault.refusal,), AnswerState.REFUSED, "I cannot help with that.", "I cannot help"),
    Row("filtered answer", (fault.filtered,), AnswerState.REFUSED, detail="filter"),
    Row("filtered prompt", (fault.prompt_filtered,), AnswerState.REFUSED, detail="triggered the policy"),
    Row("cut off, then fine", (fault.truncated, fault.ok), OK, FINE),
    Row("cut off twice", (fault.truncated, fault.truncated), AnswerState.TRUNCATED, "A fine", "limit was 100 tokens"),
    Row("cut off, one request allowed", (fault.truncated,), AnswerState.TRUNCATED, "A fine", "50", options={"max_attempts": 1}),
    Row("cut off, the second too long", (fault.truncated, fault.context_vllm), AnswerState.TRUNCATED, "A fine", "asked again"),
    Row("cut off, no room", (fault.truncated,), AnswerState.TRUNCATED, "A fine", options={"context": 150}),
    Row("too long, OpenAI", (fault.context_openai,), FAILED, detail="do not fit"),
    Row("too long, llama.cpp", (fault.context_llama,), FAILED, detail="do not fit"),
    Row("too long, vLLM", (fault.context_vllm,), FAILED, detail="do not fit"),
    Row("max_tokens refused", (fault.max_tokens_unsupported, fault.ok), OK, FINE),
    Row("reasoning model", (fault.max_tokens_unsupported, fault.temperature_unsupported, fault.ok), OK, FINE),
    Row("refused parameters do not count as attempts", (fault.seed_unknown, fault.ok), OK, FINE, options={"max_attempts": 1}),
]  # fmt: skip


@pytest.mark.parametrize("row", [pytest.param(row, id=row.name) for row in ROWS])
async def test_what_a_fault_becomes(row: Row) -> None:
    waits = Waits()
    with FaultServer(*row.script) as server:
        answer = await ask(server.url, waits, **row.options)
    assert answer.state is row.state
    assert row.detail in (answer.detail or "")
    assert (answer.detail is None) == (row.state is OK)
    if row.text:
        assert answer.text == row.text
    assert waits.seconds == pytest.approx(row.waits)
    assert server.script == []
    assert answer.attempts == len(server.bodies) == len(row.script)
    assert answer.model == "m"
    assert answer.seconds > 0


@dataclass(frozen=True)
class Fatal:
    name: str
    step: Step
    message: str
    hint: str
    options: dict[str, Any] = field(default_factory=dict)


FATAL = [
    Fatal("wrong key", fault.wrong_key, "HTTP 401", "Set SUMMARIZER_API_KEY (or OPENAI_API_KEY)"),
    Fatal("the key is not quoted", fault.wrong_key, "provided: <key>", "", {"api_key": "sk-secret"}),
    Fatal("forbidden", fault.forbidden, "HTTP 403", "Set SUMMARIZER_API_KEY"),
    Fatal("no such model", fault.no_such_model, "does not exist", "With --base-url http"),
    Fatal("no such path", fault.not_a_path, "HTTP 404: a web page came back", "address of a model server?"),
    Fatal("no quota", fault.insufficient_quota, "exceeded your current quota", "--model NAME"),
    Fatal("no money", fault.no_balance, "HTTP 402: Insufficient Balance", "Top up"),
    Fatal("bad request", fault.bad_request, "messages must not be empty", "--base-url"),
    Fatal("no schemas", fault.schema_unsupported, "json_schema", "--profile compact"),
]


@pytest.mark.parametrize("row", [pytest.param(row, id=row.name) for row in FATAL])
async def test_what_ends_all_work_with_a_server(row: Fatal) -> None:
    waits = Waits()
    with FaultServer(row.step) as server, pytest.raises(ModelRejected) as raised:
        await ask(server.url, waits, WITH_SCHEMA, **row.options)
    assert row.message in str(raised.value)
    assert row.hint in (raised.value.hint or "")
    assert raised.value.hint
    assert raised.value.__cause__ is not None
    assert waits.seconds == []
    assert len(server.bodies) == 1


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.mark.parametrize("attempts", [4, 20])
async def test_a_refused_connection_is_tried_again_for_less_than_three_seconds(attempts: int) -> None:
    waits = Waits()
    url = f"http://127.0.0.1:{free_port()}/v1"
    with pytest.raises(ModelUnavailable) as raised:
        await ask(url, waits, max_attempts=attempts)
    assert waits.seconds == [0.25, 0.5, 1.0]
    assert url in str(raised.value)
    assert f"Is the server running at {url}?" in (raised.value.hint or "")


async def test_tls_where_none_is_spoken_is_unavailable() -> None:
    with FaultServer() as server, pytest.raises(ModelUnavailable, match=r"(?i)ssl"):
        await ask(server.url.replace("http:", "https:"), Waits())


async def test_usage_is_read_and_both_requests_are_paid() -> None:
    with FaultServer(fault.ok) as server:
        assert (await ask(server.url, Waits())).usage == Usage(100, 10, 64)
    with FaultServer(fault.no_usage) as server:
        assert (await ask(server.url, Waits())).usage == Usage()
    with FaultServer(fault.truncated, fault.truncated) as server:
        assert (await ask(server.url, Waits())).usage == Usage(200, 100, None)


async def test_the_request_that_is_sent() -> None:
    with FaultServer(fault.ok, fault.ok) as server:
        model = model_at(server.url, extra_body={"cache_prompt": False}, api_key="k\n")
        await model.answer(WITH_SCHEMA)
        await model.answer(PLAIN)
        await model.close()
    first, second = server.bodies
    assert first == {
        "model": "m",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Summarize."},
        ],
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "summary", "strict": True, "schema": SCHEMA},
        },
        "max_tokens": 50,
        "temperature": 0.0,
        "seed": 0,
        "cache_prompt": False,
    }
    assert "response_format" not in second
    assert server.headers[0]["authorization"] == "Bearer k"


async def test_a_cut_off_answer_is_asked_for_with_more() -> None:
    short = fault.completion("A", finish="length", usage=fault.usage(100, 20))
    for script, context, limits in (
        ((fault.truncated, fault.ok), None, [50, 100]),
        ((fault.truncated, fault.ok), 170, [50, 70]),  # what the context leaves
        ((short,), None, [50]),  # the context ended first: more would change nothing
    ):
        with FaultServer(*script) as server:
            await ask(server.url, Waits(), context=context)
        assert [body["max_tokens"] for body in server.bodies] == limits
    with FaultServer(fault.truncated) as server:
        await ask(server.url, Waits(), Request("x", PLAIN.messages, 16_384))
    assert len(server.bodies) == 1


async def test_refused_parameters_are_remembered() -> None:
    script = (
        fault.max_tokens_unsupported,
        fault.temperature_unsupported,
        fault.seed_unknown,
        fault.ok,
        fault.ok,
    )
    with FaultServer(*script) as server:
        model = model_at(server.url)
        assert (await model.answer(PLAIN)).attempts == 4
        assert (await model.answer(PLAIN)).attempts == 1
        await model.close()
    assert server.bodies[-1] == server.bodies[-2]
    assert server.bodies[-1].keys() == {"model", "messages", "max_completion_tokens"}


async def test_a_server_without_string_lengths() -> None:
    with FaultServer(fault.lengths_unsupported, fault.ok, fault.ok) as server:
        model = model_at(server.url)
        assert model.bounds_lengths
        assert (await model.answer(WITH_SCHEMA)).state is OK
        assert not model.bounds_lengths
        await model.answer(WITH_SCHEMA)
        await model.close()
    sent = [body["response_format"]["json_schema"]["schema"] for body in server.bodies]
    assert sent == [SCHEMA, without_lengths(SCHEMA), without_lengths(SCHEMA)]
    assert without_lengths(SCHEMA) == SCHEMA | {"properties": {"maxLength": {"type": "string"}}}
    assert not OpenAIModel("gpt", api_key="k").bounds_lengths


@pytest.mark.parametrize(
    ("key", "message"),
    [(None, "no key"), ("", "no key"), ("sk-ключ", "characters"), ("a\nb", "characters")],
)
def test_a_key_that_cannot_be(key: str | None, message: str) -> None:
    with pytest.raises(SettingsError, match=message) as raised:
        OpenAIModel("m", api_key=key)
    assert raised.value.hint


def test_the_environment_of_other_programs_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://elsewhere.example/v1")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-private")
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")
    with FaultServer(fault.ok) as server:
        assert anyio.run(ask, server.url, Waits()).state is OK
    assert "org-private" not in json.dumps(server.headers)
    assert OpenAIModel("m", api_key="k").base_url == OPENAI_URL


def test_one_model_in_many_event_loops() -> None:
    with FaultServer(*[fault.ok] * 3) as server:
        model = model_at(server.url)

        async def once() -> AnswerState:
            try:
                return (await model.answer(PLAIN)).state
            finally:
                await model.close()

        assert [anyio.run(once) for _ in range(3)] == [OK] * 3


async def test_many_at_once_learn_of_the_same_refusals() -> None:
    def strict(body: dict[str, Any]) -> Step:
        if "max_tokens" in body:
            return fault.max_tokens_unsupported
        sent = json.dumps(body["response_format"]["json_schema"]["schema"])
        return fault.lengths_unsupported if '"maxLength": 9' in sent else fault.ok

    answers: list[Answer] = []
    with FaultServer(then=strict) as server:
        model = model_at(server.url)

        async def one() -> None:
            answers.append(await model.answer(WITH_SCHEMA))

        async with anyio.create_task_group() as group:
            for _ in range(8):
                group.start_soon(one)
        await model.close()
    assert [answer.state for answer in answers] == [OK] * 8


async def test_cancelling_ends_the_waiting() -> None:
    with FaultServer(fault.stall) as server:
        model = model_at(server.url)
        with anyio.move_on_after(0.3) as scope:
            await model.answer(PLAIN)
        assert scope.cancelled_caught
        await model.close()
    assert len(server.bodies) == 1


@dataclass(frozen=True)
class Listing:
    name: str
    step: Step
    found: list[str] | type[ModelError]


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(row, id=row.name)
        for row in (
            Listing("two", fault.models("a", "b"), ["a", "b"]),
            Listing("none", fault.models(), []),
            Listing("a page", fault.html_200, ModelRejected),
            Listing("wrong key", fault.wrong_key, ModelRejected),
            Listing("no such path", fault.not_a_path, ModelRejected),
            Listing("stalls", fault.stall, ModelUnavailable),
            Listing("broken JSON", fault.broken_json, ModelRejected),
            Listing("not a list", fault.ok, ModelRejected),
            Listing("500", fault.server_error, ModelUnavailable),
        )
    ],
)
async def test_list_models(row: Listing) -> None:
    with FaultServer(row.step) as server:
        listing: Callable[[], Awaitable[list[str]]] = lambda: list_models(server.url, timeout_s=0.5)  # noqa: E731
        if isinstance(row.found, list):
            assert await listing() == row.found
        else:
            with pytest.raises(row.found) as raised:
                await listing()
            assert raised.value.hint


def test_importing_the_client_leaves_openai_out() -> None:
    code = "import sys, summarizer.llm.client, summarizer.llm.choose; print('openai' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
