"""The client against a server that misbehaves: one named row a fault."""

import base64
import json
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from typing import Any

import anyio
import httpx2
import pytest

from summarizer import schemas
from summarizer.errors import ModelError, ModelRejected, ModelUnavailable, SettingsError
from summarizer.llm.bodies import takes_lengths, without_lengths
from summarizer.llm.client import ListedModel, OpenAIModel, list_models
from summarizer.llm.endpoint import OPENAI_URL, Endpoint
from summarizer.llm.model import Answer, LanguageModel, Message, Request
from summarizer.report import AnswerState, Usage
from summarizer.settings import Api, Price
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
    """``script``: steps, or names of replies that are said in the form of the API."""

    name: str
    script: tuple[Step | str, ...]
    state: AnswerState
    text: str = ""
    detail: str = ""  # must occur in the answer's
    waits: tuple[float, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)
    too_long: bool = False

    def steps(self, api: Api) -> list[Step]:
        replies = fault.CHAT if api is CHAT else fault.RESPONSES
        return [getattr(replies, step) if isinstance(step, str) else step for step in self.script]


OK, FAILED, TRUNCATED, REFUSED = (
    AnswerState.OK,
    AnswerState.MODEL_ERROR,
    AnswerState.TRUNCATED,
    AnswerState.REFUSED,
)
CHAT, RESPONSES = Api.CHAT, Api.RESPONSES
FINE = "A fine summary."
ROWS = [
    Row("ok", ("ok",), OK, FINE),
    Row("no usage", ("no_usage",), OK, FINE),
    Row("usage that is none", ("odd_usage",), OK, FINE),
    Row("rate limited, then fine", (fault.too_fast, "ok"), OK, FINE, waits=(7.35,)),
    Row("milliseconds count first", (fault.too_fast_ms, "ok"), OK, FINE, waits=(1.575,)),
    Row("no wait above the cap", (fault.too_fast_for_an_hour, "ok"), OK, FINE, waits=(60.0,)),
    Row("rate limited for good", (fault.too_fast,) * 4, FAILED, detail="HTTP 429: slow down", waits=(7.35,) * 3),
    Row("500, then fine", (fault.server_error, "ok"), OK, FINE, waits=(0.5,)),
    Row("500 for good", (fault.server_error,) * 4, FAILED, detail="HTTP 500: overloaded (requests: 4)", waits=(0.5, 1.0, 2.0)),
    Row("one request allowed", (fault.server_error,), FAILED, detail="requests: 1", options={"max_attempts": 1}),
    Row("a gateway's page", (fault.bad_gateway,) * 2, FAILED, detail="HTTP 502: a web page came back", waits=(0.5,), options={"max_attempts": 2}),
    Row("dropped, then fine", (fault.dropped, "ok"), OK, FINE, waits=(0.5,)),
    Row("dropped for good", (fault.dropped,) * 2, FAILED, detail="the connection broke", waits=(0.5,), options={"max_attempts": 2}),
    Row("stalls", (fault.stall,) * 2, FAILED, detail="no answer within 0.3 s", waits=(0.5,), options={"max_attempts": 2, "timeout_s": 0.3}),
    Row("drips", (fault.slow_drip,) * 2, FAILED, detail="no answer within 0.3 s", waits=(0.5,), options={"max_attempts": 2, "timeout_s": 0.3}),
    Row("drips, then fine", (fault.slow_drip, "ok"), OK, FINE, waits=(0.5,), options={"timeout_s": 3.0}),
    Row("pages with status 200", (fault.html_200,) * 2, FAILED, "<html><body>Sign in</body></html>", "a page", waits=(0.5,)),
    Row("a page, then fine", (fault.html_200, "ok"), OK, FINE, waits=(0.5,)),
    Row("one request allowed, and a page", (fault.html_200,), FAILED, detail="a page", options={"max_attempts": 1}),
    Row("500, a page, then fine", (fault.server_error, fault.html_200, "ok"), OK, FINE, waits=(0.5, 1.0)),
    Row("two pages with a 500 between them", (fault.html_200, fault.server_error, fault.html_200), FAILED, detail="a page", waits=(0.5, 1.0)),
    Row("broken JSON", (fault.broken_json,), FAILED, '{"id": "x", "choi', "cannot be read"),
    Row("JSON without end", (fault.nested_200,), FAILED, detail="cannot be read"),
    Row("a number", (fault.number_200,), FAILED, "7", "no JSON object"),
    Row("an empty reply", ("empty",), FAILED, detail="holds no answer"),
    Row("an error with status 200", (fault.error_in_200,), FAILED, detail="upstream is down"),
    Row("no text", ("no_content",), FAILED, detail="no text (it ended with '"),
    Row("text that is none", ("odd_content",), FAILED, detail="no text"),
    Row("refused", ("refusal",), REFUSED, "I cannot help with that.", "I cannot help"),
    Row("filtered answer", ("filtered",), REFUSED, detail="filter"),
    Row("filtered prompt", (fault.prompt_filtered,), REFUSED, detail="triggered the policy"),
    Row("cut off", ("truncated",), TRUNCATED, "A fine", "cut off; the limit was 50 tokens"),
    Row("cut off in thought", ("truncated_in_thought",), TRUNCATED, detail="the limit was 50 tokens"),
    Row("too long, OpenAI", (fault.context_openai,), FAILED, detail="do not fit", too_long=True),
    Row("too long, llama.cpp", (fault.context_llama,), FAILED, detail="do not fit", too_long=True),
    Row("too long, vLLM", (fault.context_vllm,), FAILED, detail="do not fit", too_long=True),
    Row("too long for a gateway", (fault.too_large,), FAILED, detail="do not fit", too_long=True),
    Row("temperature refused", (fault.temperature_unsupported, "ok"), OK, FINE),
    Row("refused parameters do not count as attempts", (fault.temperature_unsupported, "ok"), OK, FINE, options={"max_attempts": 1}),
]  # fmt: skip
CHAT_ROWS = [
    Row("max_tokens refused", (fault.max_tokens_unsupported, "ok"), OK, FINE),
    Row("seed refused", (fault.seed_unknown, "ok"), OK, FINE),
    Row("reasoning model", (fault.max_tokens_unsupported, fault.temperature_unsupported, "ok"), OK, FINE),
    Row("no message", (fault.completion(choices=[{"index": 0}]),), FAILED, detail="no choices"),
]  # fmt: skip
FULL = fault.response_usage(100, 50)
RESPONSES_ROWS = [
    Row("said to be complete at the limit", (fault.response(fault.said("A fine"), usage=FULL),), TRUNCATED, "A fine", "limit was 50"),
    Row("failed", (fault.response(status="failed", error={"code": "server_error", "message": "it broke"}),), FAILED, detail="it broke"),
    Row("failed, too long", (fault.response(status="failed", error={"code": "context_length_exceeded"}),), FAILED, detail="context_length", too_long=True),
    Row("in the background", (fault.response(status="queued"),), FAILED, detail="not complete (it ended with 'queued')"),
    Row("cut off for another reason", (fault.response(fault.said("A"), status="incomplete", reason="odd"),), FAILED, "A", "'odd'"),
    Row("no status", (fault.response(fault.said(FINE), status=None),), OK, FINE),
    Row("parts that are none", (fault.response(fault.said(FINE), output=[None, {"type": "message", "content": ["x", {"type": 1}]}]),), FAILED, detail="no text"),
    Row("two messages", (fault.response(output=[{"type": "message", "content": [fault.said("A ")]}, {"type": "message", "content": [fault.said("B")]}]),), OK, "A B"),
]  # fmt: skip
BOTH = [
    *((api, row) for api in Api for row in ROWS),
    *((CHAT, row) for row in CHAT_ROWS),
    *((RESPONSES, row) for row in RESPONSES_ROWS),
]


@pytest.mark.parametrize(
    ("api", "row"), [pytest.param(api, row, id=f"{api}: {row.name}") for api, row in BOTH]
)
async def test_what_a_fault_becomes(api: Api, row: Row) -> None:
    waits = Waits()
    with FaultServer(*row.steps(api)) as server:
        answer = await ask(server.url, waits, api=api, **row.options)
    assert answer.state is row.state
    assert row.detail in (answer.detail or "")
    assert (answer.detail is None) == (row.state is OK)
    if row.text:
        assert answer.text == row.text
    assert answer.too_long == row.too_long
    assert waits.seconds == pytest.approx(row.waits)
    assert server.script == []
    assert answer.attempts == len(server.bodies) == len(row.script)
    assert set(server.paths) == {"/v1/chat/completions" if api is CHAT else "/v1/responses"}
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


@pytest.mark.parametrize("api", Api)
@pytest.mark.parametrize("row", [pytest.param(row, id=row.name) for row in FATAL])
async def test_what_ends_all_work_with_a_server(row: Fatal, api: Api) -> None:
    waits = Waits()
    with FaultServer(row.step) as server, pytest.raises(ModelRejected) as raised:
        await ask(server.url, waits, WITH_SCHEMA, api=api, **row.options)
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


@pytest.mark.parametrize(
    ("name", "counted"),
    [
        ("ok", Usage(100, 10, 64)),
        ("truncated", Usage(100, 50, None)),
        ("refusal", Usage(100, 5, None)),
        ("no_usage", Usage()),
        ("odd_usage", Usage()),
    ],
)
@pytest.mark.parametrize("api", Api)
async def test_usage_is_read(api: Api, name: str, counted: Usage) -> None:
    replies = fault.CHAT if api is CHAT else fault.RESPONSES
    with FaultServer(getattr(replies, name)) as server:
        answer = await ask(server.url, Waits(), api=api)
    assert answer.usage == counted
    assert answer.response_id == ("chatcmpl-1" if api is CHAT else "resp_1")


@pytest.mark.parametrize(
    ("name", "cost"),
    [
        pytest.param("ok", (36 * 2 + 64 * 1 + 10 * 8) / 1e6, id="cached tokens have their price"),
        pytest.param("truncated", (100 * 2 + 50 * 8) / 1e6, id="what was cut off is paid"),
        pytest.param("refusal", (100 * 2 + 5 * 8) / 1e6, id="a refusal is paid"),
        pytest.param("no_usage", None, id="unknown is not nothing"),
        pytest.param("odd_usage", None, id="what is no number is unknown"),
    ],
)
@pytest.mark.parametrize("api", Api)
async def test_what_a_reply_costs(api: Api, name: str, cost: float | None) -> None:
    replies = fault.CHAT if api is CHAT else fault.RESPONSES
    price = Price(input=2, output=8, cached=1)
    with FaultServer(getattr(replies, name), getattr(replies, name)) as server:
        assert (await ask(server.url, Waits(), api=api, price=price)).cost_usd == pytest.approx(cost)
        assert (await ask(server.url, Waits(), api=api)).cost_usd is None


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


async def test_the_request_of_the_responses_api() -> None:
    with FaultServer(fault.RESPONSES.ok, fault.RESPONSES.ok) as server:
        model = model_at(server.url, api=RESPONSES, extra_body={"reasoning": {"effort": "low"}})
        await model.answer(WITH_SCHEMA)
        await model.answer(PLAIN)
        await model.close()
    first, second = server.bodies
    assert first == {
        "model": "m",
        "input": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Summarize."},
        ],
        "text": {"format": {"type": "json_schema", "name": "summary", "strict": True, "schema": SCHEMA}},
        "max_output_tokens": 50,
        "temperature": 0.0,
        "store": False,
        "reasoning": {"effort": "low"},
    }
    assert second == {key: value for key, value in first.items() if key != "text"}


async def test_refusals_of_the_responses_api_are_remembered() -> None:
    script = (fault.lengths_unsupported, fault.temperature_unsupported, *[fault.RESPONSES.ok] * 2)
    with FaultServer(*script) as server:
        model = model_at(server.url, api=RESPONSES)
        assert (await model.answer(WITH_SCHEMA)).attempts == 3
        assert (await model.answer(WITH_SCHEMA)).attempts == 1
        await model.close()
    last = server.bodies[-1]
    assert last == server.bodies[-2]
    assert last.keys() == {"model", "input", "max_output_tokens", "store", "text"}
    assert last["text"]["format"]["schema"] == without_lengths(SCHEMA)


def test_a_schema_for_servers_that_keep_them_is_the_same_for_every_article() -> None:
    one = without_lengths(schemas.wire("verdicts", sentences=[1, 2], ids=["s1", "c1"]))
    other = without_lengths(schemas.wire("verdicts", sentences=[7], ids=["s3", "c9"]))
    assert one == other
    entry = one["properties"]["verdicts"]["items"]["properties"]
    assert entry["id"] == {"type": "string"}
    assert entry["verdict"]["enum"] == ["supported", "contradicted", "not_in_article"]


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


def sent_schemas(server: FaultServer) -> list[object]:
    return [body["response_format"]["json_schema"]["schema"] for body in server.bodies]


async def test_a_server_without_string_lengths() -> None:
    with FaultServer(fault.lengths_unsupported, fault.ok, fault.ok) as server:
        model = model_at(server.url)
        assert (await model.answer(WITH_SCHEMA)).state is OK
        await model.answer(WITH_SCHEMA)
        await model.close()
    assert sent_schemas(server) == [SCHEMA, without_lengths(SCHEMA), without_lengths(SCHEMA)]
    assert without_lengths(SCHEMA) == SCHEMA | {"properties": {"maxLength": {"type": "string"}}}
    numbers = {"type": "array", "items": {"type": "integer", "enum": [1, 2]}, "maxItems": 4}
    assert without_lengths(numbers) == {"type": "array", "items": {"type": "integer"}, "maxItems": 4}


@pytest.mark.parametrize(("given", "kept"), [(None, True), (True, True), (False, False)])
async def test_string_lengths_go_by_what_was_given(given: bool | None, kept: bool) -> None:
    with FaultServer(fault.ok) as server:
        await ask(server.url, Waits(), WITH_SCHEMA, bounds_lengths=given)
    assert sent_schemas(server) == [SCHEMA if kept else without_lengths(SCHEMA)]


@pytest.mark.parametrize(
    ("url", "takes"),
    [
        (None, False),
        ("https://eu.api.openai.com/v1", False),
        ("https://mine.openai.azure.com/openai/v1", False),
        ("http://localhost:8080/v1", True),
        ("https://notopenai.com/v1", True),
    ],
)
def test_who_is_asked_for_string_lengths(url: str | None, takes: bool) -> None:
    assert takes_lengths(Endpoint.of(url, "k")) is takes


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
    monkeypatch.setenv("OPENAI_ADMIN_KEY", "admin-private")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Gateway-Key: gateway-private")
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")
    with FaultServer(fault.ok) as server:
        assert anyio.run(ask, server.url, Waits()).state is OK
    assert "private" not in json.dumps(server.headers)
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
    found: list[ListedModel] | type[ModelError]


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(row, id=row.name)
        for row in (
            Listing("two", fault.models("a", "b"), [ListedModel("a"), ListedModel("b")]),
            Listing("vLLM", fault.models("a", max_model_len=4096), [ListedModel("a", 4096)]),
            Listing(
                "llama.cpp",
                fault.models("a", meta={"n_ctx": 8192, "n_ctx_train": 32768}),
                [ListedModel("a", 8192)],
            ),
            Listing(
                "older llama.cpp", fault.models("a", meta={"n_ctx_train": 32768}), [ListedModel("a", 32768)]
            ),
            Listing("no numbers", fault.models("a", max_model_len=True, meta=[1]), [ListedModel("a")]),
            Listing(
                "entries that are none",
                Step(body='{"data": [1, {"id": 2}, {"id": "a"}]}'),
                [ListedModel("a")],
            ),
            Listing("none", fault.models(), []),
            Listing("a page", fault.html_200, ModelRejected),
            Listing("wrong key", fault.wrong_key, ModelRejected),
            Listing("no such path", fault.not_a_path, ModelRejected),
            Listing("stalls", fault.stall, ModelUnavailable),
            Listing("broken JSON", fault.broken_json, ModelRejected),
            Listing("JSON without end", fault.nested_200, ModelRejected),
            Listing("not a list", fault.ok, ModelRejected),
            Listing("500", fault.server_error, ModelUnavailable),
        )
    ],
)
async def test_list_models(row: Listing) -> None:
    with FaultServer(row.step) as server:
        timeout_s = 0.5 if row.step is fault.stall else 20.0
        if isinstance(row.found, list):
            assert await list_models(server.url, timeout_s=timeout_s) == row.found
        else:
            with pytest.raises(row.found) as raised:
                await list_models(server.url, timeout_s=timeout_s)
            assert raised.value.hint


def test_importing_the_client_leaves_out_what_is_slow_to_import() -> None:
    code = (
        "import sys, summarizer.llm.client, summarizer.llm.choose, summarizer.llm.tracing; "
        "print([name for name in ('openai', 'genai_prices', 'opentelemetry') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# --- what it says of itself ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param({}, {}, id="plain"),
        pytest.param({"api": Api.RESPONSES}, {"api": "responses"}, id="api"),
        pytest.param(
            {"base_url": "http://me:secret@h.example:8/v1?token=secret#x"},
            {"base_url": "http://h.example:8/v1"},
            id="nothing secret of the address",
        ),
        pytest.param({"extra_body": {"b": 1, "a": "é"}}, {"extra_body": {"a": "é", "b": 1}}, id="parameters"),
        pytest.param({"api_key": "secret"}, {}, id="no key"),
        pytest.param({"timeout_s": 1, "max_attempts": 9, "context": 99}, {}, id="what shapes no reply"),
        pytest.param({"bounds_lengths": False}, {"bounds_lengths": False}, id="lengths"),
    ],
)
def test_identity(options: dict[str, Any], expected: dict[str, Any]) -> None:
    model: LanguageModel = OpenAIModel("m", **({"base_url": "http://h.example/v1"} | options))
    plain = {"api": "chat", "base_url": "http://h.example/v1", "extra_body": {}, "model": "m"}
    wanted = plain | expected
    assert model.identity == json.dumps(wanted, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


@pytest.mark.parametrize(
    ("url", "name", "given", "context"),
    [
        pytest.param("http://localhost:1/v1", "gpt-4o-mini", None, None, id="not known here"),
        pytest.param("http://localhost:1/v1", "gpt-4o-mini", 4096, 4096, id="given"),
        pytest.param(None, "gpt-4o-mini", None, 128_000, id="by the list"),
        pytest.param(None, "gpt-4o-mini", 4096, 4096, id="given goes first"),
        pytest.param(None, "no-such-model", None, None, id="not in the list"),
    ],
)
def test_context(url: str | None, name: str, given: int | None, context: int | None) -> None:
    assert OpenAIModel(name, base_url=url, api_key="k", context=given).context == context


def test_worst_cost() -> None:
    model = model_at("http://localhost:1/v1", price=Price(input=2, output=8, cached=1))
    assert model.worst_cost(1000, 100) == pytest.approx(0.0028)
    assert model_at("http://localhost:1/v1").worst_cost(1000, 100) is None


# --- credentials in the address -----------------------------------------------------------------

PASSWORD = "p@ss/wörd"
WRITTEN = "me:p%40ss%2Fw%C3%B6rd"
SENT = "Basic " + base64.b64encode(f"me:{PASSWORD}".encode()).decode()


def with_password(url: str) -> str:
    return url.replace("://", f"://{WRITTEN}@") + "?api-version=2026-01-01&token=0123456789abcdef"


def leaks(text: str) -> list[str]:
    hidden = (WRITTEN, PASSWORD, "p%40ss", SENT.removeprefix("Basic "), "0123456789abcdef", "sk-secret")
    return [word for word in hidden if word in text]


async def test_credentials_of_an_address_are_sent(caplog: pytest.LogCaptureFixture) -> None:
    with FaultServer(fault.ok, fault.models("a")) as server, caplog.at_level("INFO"):
        answer = await ask(with_password(server.url), Waits(), api_key="sk-secret")
        await list_models(with_password(server.url))
    assert answer.state is OK
    assert [headers["authorization"] for headers in server.headers] == [SENT, SENT]
    assert server.paths == [
        "/v1/chat/completions?api-version=2026-01-01&token=0123456789abcdef",
        "/v1/models?api-version=2026-01-01&token=0123456789abcdef",
    ]
    # Libraries log the line of a request, in which the query has to stand.
    assert leaks(caplog.text) == ["0123456789abcdef"]


QUOTED = f"not for {WRITTEN}@host, {PASSWORD}, {SENT}, 0123456789abcdef, sk-secret"


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(fault.error(401, QUOTED), id="rejected"),
        pytest.param(fault.error(500, QUOTED), id="failed"),
        pytest.param(fault.error(413, QUOTED), id="too long"),
        pytest.param(fault.error(400, QUOTED, code="content_filter"), id="filtered"),
        pytest.param(Step(body=json.dumps({"error": QUOTED})), id="with status 200"),
        pytest.param(fault.completion(None, refusal=QUOTED), id="refused"),
        pytest.param(fault.completion(None, finish=QUOTED), id="reason"),
        pytest.param(fault.dropped, id="dropped"),
    ],
)
async def test_credentials_of_an_address_are_told_to_nobody(step: Step) -> None:
    with FaultServer(step) as server:
        model = model_at(with_password(server.url), max_attempts=1, api_key="sk-secret")
        try:
            told = (await model.answer(PLAIN)).detail or ""
        except ModelError as error:
            told = f"{error} {error.hint}"
        await model.close()
    assert told
    assert leaks(told + model.base_url + model.identity + repr(model) + repr(vars(model))) == []


async def test_credentials_of_an_address_where_nothing_answers() -> None:
    url = with_password(f"http://127.0.0.1:{free_port()}/v1")
    with pytest.raises(ModelUnavailable) as raised:
        await ask(url, Waits())
    assert leaks(f"{raised.value} {raised.value.hint}") == []
    with pytest.raises(ModelUnavailable) as raised:
        await list_models(url)
    assert leaks(f"{raised.value} {raised.value.hint}") == []


@pytest.mark.parametrize(
    "url",
    ["http://me:pa/ss@host/v1", "http://me:pa ss@[::1/v1", "ftp://me:pass@host", "me:pass@host", "http://"],
)
def test_an_address_that_cannot_be(url: str) -> None:
    with pytest.raises(SettingsError, match="no http address") as raised:
        OpenAIModel("m", base_url=url)
    assert "pa" not in str(raised.value)
    assert raised.value.hint


async def test_a_client_that_was_given_stays_open() -> None:
    async with httpx2.AsyncClient(trust_env=False) as http_client:
        with FaultServer(fault.ok, fault.ok) as server:
            for _ in range(2):
                assert (await ask(server.url, Waits(), http_client=http_client)).state is OK
        assert not http_client.is_closed


async def test_one_client_for_many_replies() -> None:
    with FaultServer(fault.ok, fault.ok) as server:
        model = model_at(server.url)
        await model.answer(PLAIN)
        opened = model._clients.get(None)
        assert opened is not None
        await model.answer(PLAIN)
        assert model._clients.get(None) is opened
        await model.close()
        assert opened.is_closed()
