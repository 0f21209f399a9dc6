"""Which model the settings come to, and that nothing is sent where nobody said."""

from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from summarizer.errors import ModelRejected, ModelUnavailable, SettingsError, SummarizerError
from summarizer.llm.choose import ModelKind, choose
from summarizer.llm.client import OpenAIModel
from summarizer.llm.endpoint import OPENAI_URL
from summarizer.llm.local import SMOLLM2, EmbeddedModel
from summarizer.llm.model import Message, Request
from summarizer.settings import Api, Price, Profile, Settings
from tests import fault_server as fault
from tests.fault_server import FaultServer, Step

OLLAMA = "http://localhost:11434/v1"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@dataclass(frozen=True)
class Row:
    name: str
    settings: dict[str, Any]
    kind: ModelKind
    model: str | None
    profile: Profile
    base_url: str | None
    why: str
    tips: tuple[str, ...] = ()  # each must occur in one of the choice's


SERVER, EMBEDDED = ModelKind.SERVER, ModelKind.EMBEDDED
STANDARD, COMPACT = Profile.STANDARD, Profile.COMPACT
ROWS = [
    Row("nothing", {}, EMBEDDED, SMOLLM2, COMPACT, None, "no model and no server is named", ("--model NAME",)),
    Row("a key alone sends nothing", {"api_key": "k"}, EMBEDDED, SMOLLM2, COMPACT, None, "say --model NAME to use it"),
    Row("embedded, by name", {"model": "embedded", "api_key": "k"}, EMBEDDED, SMOLLM2, COMPACT, None, "as named"),
    Row("embedded, standard", {"profile": STANDARD}, EMBEDDED, SMOLLM2, STANDARD, None, "", ("leave out --profile standard",)),
    Row("a file", {"model_file": "x/qwen.gguf"}, EMBEDDED, "qwen", COMPACT, None, "qwen.gguf on this machine"),
    Row("a file, standard", {"model_file": "qwen.gguf", "profile": STANDARD}, EMBEDDED, "qwen", STANDARD, None, "named by model_file"),
    Row("a file, embedded", {"model_file": "qwen.gguf", "model": "embedded"}, EMBEDDED, "qwen", COMPACT, None, "model_file"),
    Row("model and key", {"model": "gpt", "api_key": "k"}, SERVER, "gpt", STANDARD, OPENAI_URL, "gpt at OpenAI, as named"),
    Row("model and server", {"model": "m", "base_url": OLLAMA}, SERVER, "m", STANDARD, OLLAMA, f"m at {OLLAMA}"),
    Row("server, compact", {"model": "m", "base_url": OLLAMA, "profile": COMPACT}, SERVER, "m", COMPACT, OLLAMA, ""),
    Row("server, password", {"model": "m", "base_url": "http://me:pw@far.example/v1?k=v"}, SERVER, "m", STANDARD, "http://far.example/v1", "m at http://far.example/v1, as named"),
    Row("offline, no key", {"model": "gpt", "offline": True}, SERVER, "gpt", STANDARD, OPENAI_URL, "gpt at OpenAI"),
    Row("server alone", {"base_url": OLLAMA}, SERVER, None, STANDARD, OLLAMA, "the only model"),
    Row("a key in the clear", {"model": "m", "base_url": "http://far.example/v1", "api_key": "k"}, SERVER, "m", STANDARD, "http://far.example/v1", "", ("unencrypted",)),
]  # fmt: skip


@pytest.mark.parametrize("row", [pytest.param(row, id=row.name) for row in ROWS])
def test_choose(row: Row) -> None:
    choice = choose(Settings(**row.settings))
    assert (choice.kind, choice.name, choice.profile, choice.base_url) == (
        row.kind,
        row.model,
        row.profile,
        row.base_url,
    )
    assert row.why in choice.why
    for tip in row.tips:
        assert any(tip in given for given in choice.tips)
    if row.kind is SERVER and not row.tips:
        assert choice.tips == ()
    assert "api_key" not in repr(choice)


@dataclass(frozen=True)
class Wrong:
    name: str
    settings: dict[str, Any]
    message: str
    hint: str


WRONG = [
    Wrong("a model without key or server", {"model": "gpt"}, "neither a server nor a key", "OPENAI_API_KEY"),
    Wrong("the hint names the usual servers", {"model": "gpt"}, "gpt", OLLAMA),
    Wrong(
        "file and model", {"model": "m", "model_file": "x.gguf"}, "two different models", "leave out --model"
    ),
    Wrong(
        "file and server", {"base_url": OLLAMA, "model_file": "x.gguf"}, "two different models", "--base-url"
    ),
    Wrong("embedded at a server", {"base_url": OLLAMA, "model": "embedded"}, "no base url", "Leave out"),
]


@pytest.mark.parametrize("row", [pytest.param(row, id=row.name) for row in WRONG])
def test_settings_that_contradict_each_other(row: Wrong) -> None:
    with pytest.raises(SettingsError, match=row.message) as raised:
        choose(Settings(**row.settings))
    assert row.hint in (raised.value.hint or "")


def test_opening_a_server() -> None:
    settings = Settings(model="m", base_url=OLLAMA)
    model = choose(settings).open()
    assert isinstance(model, OpenAIModel)
    assert (model.name, model.base_url, model.context, model.api) == ("m", OLLAMA, None, Api.CHAT)


@pytest.mark.anyio
async def test_the_settings_reach_the_model() -> None:
    slow, fine = fault.stall, fault.RESPONSES.ok
    with FaultServer(slow, fine) as server:
        settings = Settings(
            model="m",
            base_url=server.url.replace("://", "://me:pw@"),
            api=Api.RESPONSES,
            timeout_s=3.0,  # the second call must not run into it on a busy machine
            max_attempts=2,
            context=4096,
            price=Price(input=10, output=20),
        )
        choice = choose(settings)
        model = choice.open()
        answer = await model.answer(Request("summary", (Message("user", "Hello."),), 50))
        await model.close()
    assert (answer.state, answer.attempts) == ("ok", 2)
    assert answer.cost_usd == pytest.approx((100 * 10 + 10 * 20) / 1e6)
    assert model.context == 4096
    assert server.paths[1] == "/v1/responses"
    assert server.headers[1]["authorization"].startswith("Basic ")
    assert choice.worst_cost(1000, 0) == pytest.approx(0.01)
    assert "pw" not in repr(choice)


@pytest.mark.parametrize(
    ("settings", "worst", "price"),
    [
        pytest.param({"model": "m", "base_url": OLLAMA}, None, None, id="a server that is in no list"),
        pytest.param({"model": "gpt-4o-mini", "base_url": OLLAMA}, None, None, id="a name elsewhere in the list"),
        pytest.param({"model": "m", "base_url": OLLAMA, "price": Price(input=1, output=2)}, 3.0, Price(input=1, output=2), id="set"),
        pytest.param({"model": "gpt-4o-mini", "api_key": "k"}, 0.75, Price(input=0.15, output=0.6, cached=0.075), id="by the list"),
        pytest.param({}, None, None, id="embedded"),
        pytest.param({"price": Price(input=0, output=0)}, 0.0, Price(input=0, output=0), id="embedded, set"),
    ],
)  # fmt: skip
def test_what_it_costs(settings: dict[str, Any], worst: float | None, price: Price | None) -> None:
    choice = choose(Settings(**settings))
    assert choice.worst_cost(1_000_000, 1_000_000) == pytest.approx(worst)
    assert choice.price() == price


def nothing_is_installed(name: str) -> None:
    return None


def test_offline_the_embedded_model_need_not_be_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "summarizer.llm.choose.EmbeddedModel", partial(EmbeddedModel, find_spec=nothing_is_installed)
    )
    with pytest.raises(ModelUnavailable, match="not installed"):
        choose(Settings()).open()
    model = choose(Settings(offline=True, context=2048)).open()
    assert (model.name, model.context) == (SMOLLM2, 2048)
    assert '"file":null' in model.identity


def test_offline_a_server_needs_no_key() -> None:
    assert choose(Settings(model="gpt", offline=True)).open().name == "gpt"


@pytest.mark.anyio
async def test_offline_no_server_is_asked() -> None:
    with FaultServer(fault.models("a")) as server, pytest.raises(SettingsError, match="offline") as raised:
        await choose(Settings(base_url=server.url, offline=True)).resolve()
    assert "--model NAME" in (raised.value.hint or "")
    assert server.paths == []


def test_opening_without_a_name() -> None:
    with pytest.raises(SettingsError, match="was not asked") as raised:
        choose(Settings(base_url=OLLAMA)).open()
    assert raised.value.hint


def test_opening_a_file_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read") as raised:
        choose(Settings(model_file=str(tmp_path / "none.gguf"))).open()
    assert raised.value.hint


@dataclass(frozen=True)
class Asked:
    name: str
    step: Step
    error: type[SummarizerError] | None = None
    words: tuple[str, ...] = field(default=())
    context: int | None = None


ASKED = [
    Asked("one", fault.models("only")),
    Asked("one, with its context", fault.models("only", max_model_len=4096), context=4096),
    Asked("two", fault.models("a", "b"), SettingsError, ("has 2 models", "--model a", "--model b")),
    Asked(
        "many",
        fault.models(*(f"m{n}" for n in range(12))),
        SettingsError,
        ("has 12 models", "--model m9", "and 2 more"),
    ),
    Asked("none", fault.models(), SettingsError, ("has no model", "Start it")),
    Asked("wrong key", fault.wrong_key, ModelRejected, ("401", "SUMMARIZER_API_KEY")),
    Asked("no server of models", fault.html_200, ModelRejected, ("no list of models",)),
]


@pytest.mark.anyio
@pytest.mark.parametrize("row", [pytest.param(row, id=row.name) for row in ASKED])
async def test_a_server_is_asked_for_its_only_model(row: Asked) -> None:
    with FaultServer(row.step) as server:
        choice = choose(Settings(base_url=server.url))
        if row.error is None:
            choice = await choice.resolve()
            assert choice.name == "only"
            assert choice.why == f"only, the only model at {server.url}"
            model = choice.open()
            assert (model.name, model.context) == ("only", row.context)
            given = replace(choice, settings=Settings(base_url=server.url, context=2048))
            assert given.open().context == 2048
            return
        with pytest.raises(row.error) as raised:
            await choice.resolve()
    told = f"{raised.value} {raised.value.hint}"
    assert raised.value.hint
    for word in row.words:
        assert word in told


@pytest.mark.anyio
async def test_a_server_that_is_not_there() -> None:
    with FaultServer() as server:
        url = server.url
    with pytest.raises(ModelUnavailable) as raised:
        await choose(Settings(base_url=url)).resolve()
    assert "Is the server running" in (raised.value.hint or "")


@pytest.mark.anyio
async def test_what_has_a_name_is_not_asked_for() -> None:
    choice = choose(Settings(model="m", base_url=OLLAMA))
    assert await choice.resolve() is choice
