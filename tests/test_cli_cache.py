"""``summarizer cache``: what it shows, what it deletes, and that it asks first."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from summarizer import cli
from summarizer.llm.answer_store import AnswerStore
from summarizer.llm.model import Answer
from summarizer.report import AnswerState, Usage
from tests.groups import ROOT

DAY = 86_400.0
NOW = 1_900_000_000.0


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "answers.sqlite"
    monkeypatch.setenv("SUMMARIZER_CACHE_FILE", str(path))
    return path


def fill(path: Path) -> None:
    """Two answers of a model, one of another; the first is old."""
    times = iter([1_000_000_000.0, NOW, NOW])
    store = AnswerStore(path, clock=lambda: next(times))
    answer = Answer(AnswerState.OK, "words", "big", usage=Usage(1000, 100), cost_usd=0.25)
    refused = Answer(AnswerState.REFUSED, "", "small")

    async def run() -> None:
        await store.put(b"1", answer, identity="big", name="big")
        await store.put(b"2", answer, identity="big", name="big")
        await store.put(b"3", refused, identity="small", name="small\x1b[31m")
        store.close()

    asyncio.run(run())


def cache(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, ["cache", *arguments], prog_name="summarizer")


def as_json(*arguments: str) -> Any:
    result = cache(*arguments, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    return json.loads(result.stdout)


def test_help_shows_the_commands_and_their_examples() -> None:
    for arguments in ((), ("--help",)):
        result = cache(*arguments)
        assert result.exit_code == 0
        assert "summarizer cache clear --older-than 30" in result.stdout
    assert "--older-than" in cache("clear", "--help").stdout


def test_info(path: Path) -> None:
    fill(path)
    result = cache("info")
    assert (result.exit_code, result.stderr) == (0, "")
    lines = [line.split(None, 1) for line in result.stdout.replace(f"\n{'':9}", " ").splitlines()]
    shown = {name: " ".join(value.split()) for name, value in lines}
    assert shown.pop("size").endswith(" kB")
    assert shown.pop("file").replace(" ", "") == str(path).replace(" ", "")
    assert shown == {
        "answers": "3 (ok 2, refused 1)",
        "models": "big 2, small␛[31m 1",
        "stored": "2001-09-09 01:46 UTC to 2030-03-17 17:46 UTC",
        "tokens": "2,000 in, 200 out",
        "cost": "0.5000 USD, and 1 answers at an unknown price",
    }


def test_info_as_json(path: Path) -> None:
    fill(path)
    found = as_json("info")
    assert found["path"] == str(path)
    assert found["by_model"] == {"big": 2, "small\x1b[31m": 1}
    assert (found["answers"], found["cost_usd"], found["unpriced"]) == (3, 0.5, 1)


def test_nothing_is_stored_yet(path: Path) -> None:
    result = cache("info")
    assert (result.exit_code, result.stdout) == (0, f"nothing stored yet in {path}\n")
    assert as_json("info")["answers"] == 0
    assert as_json("clear", "--yes") == {"deleted": 0, "moved_to": None}
    assert not path.exists()


@pytest.mark.parametrize(
    ("arguments", "left", "words"),
    [
        pytest.param([], 0, "deleted 3 answers\n", id="all"),
        pytest.param(["--older-than", "30"], 2, "deleted 1 answer\n", id="old ones"),
        pytest.param(["--model", "big"], 1, "deleted 2 answers\n", id="a model's"),
        pytest.param(["--model", "big", "--older-than", "0.5"], 2, "deleted 1 answer\n", id="both"),
        pytest.param(["--model", "none"], 3, "deleted 0 answers\n", id="nobody's"),
    ],
)
def test_clear(path: Path, arguments: list[str], left: int, words: str) -> None:
    fill(path)
    result = cache("clear", "--yes", *arguments)
    assert (result.exit_code, result.stdout, result.stderr) == (0, words, "")
    assert as_json("info")["answers"] == left


@pytest.mark.parametrize(
    ("arguments", "error", "hint"),
    [
        pytest.param([], "no terminal to ask first", "The same with --yes.", id="nobody to ask"),
        pytest.param(["--json"], "no terminal to ask first", "The same with --yes.", id="as JSON"),
        pytest.param(["-y", "--older-than", "-1"], "--older-than", "cache clear --help", id="days below 0"),
        pytest.param(["-y", "--older-than", "nan"], "--older-than", "cache clear --help", id="no number"),
    ],
)
def test_clear_deletes_nothing_when_in_doubt(path: Path, arguments: list[str], error: str, hint: str) -> None:
    fill(path)
    result = cache("clear", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert error in result.stderr
    assert result.stderr.splitlines()[-1].endswith(hint)
    assert as_json("info")["answers"] == 3


def test_a_file_that_is_no_cache_is_moved(path: Path) -> None:
    path.write_text("my notes")
    for arguments in (["info"], ["clear", "--yes", "--model", "big"]):
        result = cache(*arguments)
        assert (result.exit_code, result.stdout) == (2, "")
        assert f"error: the cache {path} cannot be used: it is no database\n" in result.stderr
        assert "try: To move it away and begin a new one: summarizer cache clear\n" in result.stderr
    assert path.read_text() == "my notes"
    found = as_json("clear", "--yes")
    assert found["deleted"] == 0
    assert Path(found["moved_to"]).read_text() == "my notes"
    assert not path.exists()
    path.write_text("more notes")
    result = cache("clear", "-y")
    assert result.exit_code == 0
    assert result.stdout.startswith(f"the file could not be used; it is now {path}.unusable-")


@pytest.mark.parametrize(
    ("answer", "code", "words", "left"),
    [
        pytest.param(b"y\n", 0, "deleted 3 answers", 0, id="yes"),
        pytest.param(b"n\n", 0, "nothing was deleted", 3, id="no"),
        pytest.param(b"\n", 0, "nothing was deleted", 3, id="just return"),
        pytest.param(b"\x04", 130, "delete all stored answers", 3, id="end of input"),
    ],
)
def test_on_a_terminal_it_asks(path: Path, answer: bytes, code: int, words: str, left: int) -> None:
    fill(path)
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "summarizer", "cache", "clear"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        os.close(theirs)
        try:
            os.write(ours, answer)
            out = process.communicate(timeout=60)[0].decode()
        finally:
            process.kill()
            os.close(ours)
    assert process.returncode == code, out
    assert f"delete all stored answers in {path}? [y/N]" in out.replace("\n", "")
    assert words in out.replace("\n", " ")
    assert as_json("info")["answers"] == left
