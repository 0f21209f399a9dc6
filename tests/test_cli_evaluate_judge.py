"""``summarizer eval --judge`` and ``--html``, against a server."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from summarizer import cli
from summarizer.settings import ENVIRONMENT_NAMES
from tests import stand_in

STORIES = sorted((Path(__file__).parent / "newsroom" / "open").glob("en-*.toml"))[:2]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with stand_in.running() as url:
        yield f"{url}/v1"


@pytest.fixture(autouse=True)
def suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in (*ENVIRONMENT_NAMES, "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SUMMARIZER_CACHE_FILE", str(tmp_path / "answers.sqlite"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "summarizer.toml").write_text("risk_low = 0.2\n", encoding="utf-8")
    folder = tmp_path / "suite"
    folder.mkdir()
    for story in STORIES:
        (folder / story.name).write_bytes(story.read_bytes())
    return folder


def evaluate(*arguments: str) -> Result:
    given = ["eval", "suite", "--rounds", "10", *arguments]
    return CliRunner().invoke(cli.app, given, prog_name="summarizer")


def test_a_judge_settles_what_was_open_and_takes_no_flag_of_a_rule(server: str, tmp_path: Path) -> None:
    rules = json.loads(evaluate("--json").stdout)
    asked = ("--judge", "--model", "m", "--base-url", server)
    done = evaluate(*asked, "--json", "--html", "eval.html")
    assert done.exit_code == 0, done.output
    judged = json.loads(done.stdout)
    told = judged["judged"]
    assert told["model"] == "m" and told["asked"] == told["usable"] > 0
    assert (told["failed"], told["cost_usd"]) == ({}, None)
    assert len(STORIES) <= told["calls"] < told["asked"] / 5  # an article's statements go together
    assert told["input_tokens"] > 100
    before = {row["id"]: row for row in rules["rows"]}
    after = {row["id"]: row for row in judged["rows"]}
    assert [row["risk"] for row in before.values()] == [row["risk"] for row in after.values()]
    fewer = [name for name, row in after.items() if before[name]["flagged"] and not row["flagged"]]
    assert 0 < len(fewer) <= told["asked"]  # it calls everything supported
    assert rules["judged"] is None
    page = (tmp_path / "eval.html").read_text(encoding="utf-8")
    assert "The judging model" in page and page.count("<svg") == 4

    table = evaluate(*asked)  # from the cache now
    assert (
        f"judged by m: {told['usable']} of {told['asked']} verdicts can be read, {told['calls']} calls"
        in table.stdout
    )


def test_a_limit_leaves_flagged_what_was_not_asked(server: str) -> None:
    rules = json.loads(evaluate("--json").stdout)
    limited = json.loads(
        evaluate("--judge", "--model", "m", "--base-url", server, "--max-tokens", "5", "--json").stdout
    )
    assert limited["judged"]["failed"] == {"over_budget": limited["judged"]["calls"]}
    assert limited["judged"]["usable"] == 0 < limited["judged"]["asked"]
    assert [row["flagged"] for row in limited["rows"]] == [row["flagged"] for row in rules["rows"]]


def test_a_judge_that_never_answers_is_an_error() -> None:
    done = evaluate("--judge", "--model", "m", "--base-url", "http://127.0.0.1:9/v1", "--json")
    assert done.exit_code == 3
    assert "127.0.0.1:9" in done.stderr and done.stdout == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(("--model", "m"), "--model is about the judging model", id="a model that is not asked"),
        pytest.param(("--max-cost", "1"), "--max-cost is about the judging model", id="a limit of nothing"),
        pytest.param(("--html", "none/x.html"), "there is no such folder", id="no folder"),
        pytest.param(("--out", "x.html", "--html", "y.html"), "--out x.json --html y.html", id="two pages"),
        pytest.param(("--judge", "--judges", "3"), "judges must be between 1 and 2", id="three times"),
    ],
)
def test_wrong_use(arguments: tuple[str, ...], words: str) -> None:
    done = evaluate(*arguments)
    assert done.exit_code == 2
    assert words in " ".join(done.stderr.split())


def test_out_with_a_pages_name_writes_the_page(tmp_path: Path) -> None:
    done = evaluate("--out", "eval.html")
    assert done.exit_code == 0, done.output
    assert "wrote eval.html" in done.stderr
    assert (tmp_path / "eval.html").read_text(encoding="utf-8").startswith("<!doctype html>")
