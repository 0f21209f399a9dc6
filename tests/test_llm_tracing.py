"""One span a reply, by OpenTelemetry's conventions, and nothing of any text in it."""

import json
import sys
from collections.abc import Iterator
from typing import Any

import anyio
import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from summarizer.errors import ModelRejected, ModelUnavailable
from summarizer.llm.client import OpenAIModel
from summarizer.llm.local import EmbeddedModel
from summarizer.llm.model import Answer, LanguageModel, Message, Request
from summarizer.llm.tracing import TracedModel, _listener, notice, traced
from summarizer.report import AnswerState, Usage
from summarizer.settings import Api
from summarizer.testing import ScriptedModel
from tests import fault_server as fault
from tests.fault_server import FaultServer, Step

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


SECRET = "the-words-of-the-article"
PLAIN = Request("summary", (Message("user", SECRET),), 50, seed=7)
WITH_SCHEMA = Request("summary", PLAIN.messages, 50, "summary", {"type": "object"})


class Spans:
    """Collects finished spans."""

    def __init__(self) -> None:
        self.exporter = InMemorySpanExporter()
        self.provider = TracerProvider(shutdown_on_exit=False)
        self.provider.add_span_processor(SimpleSpanProcessor(self.exporter))

    @property
    def all(self) -> tuple[ReadableSpan, ...]:
        return self.exporter.get_finished_spans()

    @property
    def only(self) -> ReadableSpan:
        (span,) = self.all
        return span


@pytest.fixture
def spans() -> Iterator[Spans]:
    found = Spans()
    yield found
    found.provider.shutdown()


def attributes(span: ReadableSpan) -> dict[str, Any]:
    return dict(span.attributes or {})


async def ask(model: LanguageModel, request: Request = PLAIN) -> Answer:
    try:
        return await model.answer(request)
    finally:
        await model.close()


def model_at(url: str, **options: Any) -> OpenAIModel:
    async def at_once(seconds: float) -> None:
        pass

    return OpenAIModel("m", base_url=url, api_key="sk-secret", sleep=at_once, **options)


async def test_a_reply(spans: Spans) -> None:
    with FaultServer(fault.server_error, fault.ok) as server:
        model = model_at(server.url)
        await ask(TracedModel(model, base_url=model.base_url, tracer_provider=spans.provider))
    span = spans.only
    assert span.name == "chat m"
    assert span.kind is SpanKind.CLIENT
    assert span.status.status_code is StatusCode.UNSET
    assert attributes(span) == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "m",
        "gen_ai.request.max_tokens": 50,
        "gen_ai.request.temperature": 0.0,
        "gen_ai.request.seed": 7,
        "gen_ai.output.type": "text",
        "gen_ai.response.model": "served-name",
        "gen_ai.response.id": "chatcmpl-1",
        "gen_ai.response.finish_reasons": ("stop",),
        "gen_ai.usage.input_tokens": 100,
        "gen_ai.usage.output_tokens": 10,
        "gen_ai.usage.cache_read.input_tokens": 64,
        "server.address": "127.0.0.1",
        "server.port": int(server.url.rsplit(":", 1)[1].removesuffix("/v1")),
    }


@pytest.mark.parametrize(
    ("step", "finish", "error"),
    [
        pytest.param(fault.CHAT.truncated, "length", None, id="cut off"),
        pytest.param(fault.CHAT.filtered, "content_filter", None, id="filtered"),
        pytest.param(fault.CHAT.no_usage, "stop", None, id="no usage"),
        pytest.param(fault.CHAT.no_content, "stop", "model_error", id="no text"),
        pytest.param(fault.html_200, None, "model_error", id="a page"),
        pytest.param(fault.server_error, None, "500", id="500"),
        pytest.param(fault.too_fast, None, "429", id="too fast"),
        pytest.param(fault.context_openai, None, "context_length_exceeded", id="too long"),
        pytest.param(fault.dropped, None, "RemoteProtocolError", id="dropped"),
        pytest.param(fault.stall, None, "timeout", id="stalls"),
        pytest.param(fault.prompt_filtered, None, None, id="filtered before"),
    ],
)
async def test_what_did_not_go_well(spans: Spans, step: Step, finish: str | None, error: str | None) -> None:
    with FaultServer(step) as server:
        model = model_at(server.url, max_attempts=1, timeout_s=0.5 if step is fault.stall else 20.0)
        await ask(TracedModel(model, tracer_provider=spans.provider))
    found = attributes(spans.only)
    assert found.get("gen_ai.response.finish_reasons") == (None if finish is None else (finish,))
    assert found.get("error.type") == error
    assert spans.only.status.status_code is (StatusCode.UNSET if error is None else StatusCode.ERROR)
    if step is fault.CHAT.no_usage:
        assert not [name for name in found if name.startswith("gen_ai.usage")]


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        pytest.param(ModelUnavailable(SECRET), "ModelUnavailable", id="unavailable"),
        pytest.param(ModelRejected(SECRET, hint=SECRET), "ModelRejected", id="rejected"),
        pytest.param(RuntimeError(SECRET), "RuntimeError", id="anything else"),
    ],
)
async def test_what_is_raised(spans: Spans, error: Exception, kind: str) -> None:
    model = ScriptedModel({"summary": error})
    with pytest.raises(type(error)):
        await ask(TracedModel(model, tracer_provider=spans.provider))
    assert attributes(spans.only)["error.type"] == kind
    assert spans.only.events == ()


async def test_a_rejection_has_its_status(spans: Spans) -> None:
    with FaultServer(fault.wrong_key) as server, pytest.raises(ModelRejected):
        await ask(TracedModel(model_at(server.url), tracer_provider=spans.provider))
    assert attributes(spans.only)["error.type"] == "401"


async def test_cancelling_ends_the_span(spans: Spans) -> None:
    with FaultServer(fault.stall) as server, anyio.move_on_after(0.3):
        await ask(TracedModel(model_at(server.url), tracer_provider=spans.provider))
    assert attributes(spans.only)["error.type"] == "CancelledError"


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(fault.completion(SECRET), id="reply"),
        pytest.param(fault.completion(None, refusal=SECRET), id="refusal"),
        pytest.param(fault.error(500, SECRET), id="500"),
        pytest.param(fault.error(413, SECRET), id="too long"),
        pytest.param(Step(body=SECRET, content_type="text/html"), id="page"),
    ],
)
async def test_nothing_of_any_text_and_no_key(spans: Spans, step: Step) -> None:
    with FaultServer(step) as server:
        url = server.url.replace("://", "://me:password@")
        model = model_at(url, max_attempts=1)
        await ask(TracedModel(model, base_url=model.base_url, tracer_provider=spans.provider))
    told = json.dumps(json.loads(spans.only.to_json()))
    assert "chat m" in told
    for word in (SECRET, "sk-secret", "password"):
        assert word not in told


async def test_replies_at_the_same_time_have_spans_of_their_own(spans: Spans) -> None:
    def reply(body: dict[str, Any]) -> Step:
        return fault.completion(model=f"served {body['max_tokens']}")

    with FaultServer(then=reply) as server:
        model = TracedModel(model_at(server.url), tracer_provider=spans.provider)

        async def one(max_tokens: int) -> None:
            await model.answer(Request("summary", PLAIN.messages, max_tokens))

        async with anyio.create_task_group() as group:
            for number in range(1, 9):
                group.start_soon(one, number)
        await model.close()
    told = [attributes(span) for span in spans.all]
    assert len(told) == 8
    for found in told:
        assert found["gen_ai.response.model"] == f"served {found['gen_ai.request.max_tokens']}"


@pytest.mark.parametrize(
    ("url", "provider"),
    [
        ("https://api.openai.com/v1", "openai"),
        ("https://mine.openai.azure.com/openai/v1", "azure.ai.openai"),
        ("https://api.mistral.ai/v1", "mistral_ai"),
        ("https://api.x.ai/v1", "x_ai"),
        ("https://max.ai/v1", "openai"),
        ("http://localhost:8000/v1", "openai"),
    ],
)
async def test_the_provider(spans: Spans, url: str, provider: str) -> None:
    model = ScriptedModel({"summary": "Fine."})
    await ask(TracedModel(model, base_url=url, tracer_provider=spans.provider))
    found = attributes(spans.only)
    assert found["gen_ai.provider.name"] == provider
    assert found["server.port"] == (8000 if "localhost" in url else 443)


async def test_a_model_without_a_server(spans: Spans) -> None:
    answer = Answer(AnswerState.OK, "Fine.", "scripted", usage=Usage(5, 2), response_id="r")
    model = TracedModel(ScriptedModel({"summary": answer}), tracer_provider=spans.provider)
    assert await ask(model, WITH_SCHEMA) is answer
    found = attributes(spans.only)
    assert "server.address" not in found
    assert "gen_ai.response.model" not in found
    assert found["gen_ai.output.type"] == "json"
    assert found["gen_ai.usage.output_tokens"] == 2


async def test_a_notice_after_its_span_reaches_none(spans: Spans) -> None:
    await ask(TracedModel(ScriptedModel({"summary": "Fine."}), tracer_provider=spans.provider))
    assert _listener.get() is None


async def test_a_notice_without_a_span_around_it() -> None:
    notice(model="m")
    with FaultServer(fault.ok) as server:
        assert (await ask(model_at(server.url))).state is AnswerState.OK


async def test_traced_wraps_once_and_is_a_model(spans: Spans) -> None:
    inner = ScriptedModel({"summary": "Fine."}, context=4096)
    model = traced(inner)
    assert isinstance(model, TracedModel)
    assert traced(model) is model
    assert (model.name, model.context, model.identity) == (inner.name, 4096, inner.identity)
    assert (await ask(model)).text == "Fine."  # where no SDK was set up
    assert inner.closed


def test_traced_knows_its_models() -> None:
    chat = traced(OpenAIModel("m", base_url="http://localhost:1/v1"))
    responses = traced(OpenAIModel("m", base_url="http://localhost:1/v1", api=Api.RESPONSES))
    embedded = traced(EmbeddedModel(find_spec=lambda name: None))
    for model, seeded, provider in (
        (chat, True, "openai"),
        (responses, False, "openai"),
        (embedded, True, "llama.cpp"),
    ):
        assert isinstance(model, TracedModel)
        asked = model._asked(PLAIN)
        assert ("gen_ai.request.seed" in asked) is seeded
        assert asked["gen_ai.provider.name"] == provider
        assert ("server.address" in asked) is (model is not embedded)


@pytest.mark.parametrize("missing", ["opentelemetry", "opentelemetry.trace"])
def test_without_opentelemetry_nothing_is_traced(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    model = ScriptedModel({})
    assert traced(model) is model
