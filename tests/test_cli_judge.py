"""``summarizer run`` and the judge: when it is asked, and how that is said."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from summarizer import Report, cli
from summarizer.settings import ENVIRONMENT_NAMES
from tests import stand_in

ARTICLE = """Council approves library

LINDHOLM, Nov. 12, 2026 — Lindholm's city council voted 9–4 on Wednesday to spend $6.2 million on a new library.

Councillor Ellen Brandt said the town had waited for this house since 1998. Construction may begin in March."""
UNSURE = "risk_low = 0.0\nrisk_high = 1.0\n"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with stand_in.running() as url:
        yield f"{url}/v1"


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*ENVIRONMENT_NAMES, "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SUMMARIZER_CACHE_FILE", str(tmp_path / "answers.sqlite"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text(ARTICLE)
    (tmp_path / "summarizer.toml").write_text(UNSURE)


def run(server: str, *arguments: str) -> Result:
    given = ["run", "a.txt", *arguments, "--model", "m", "--base-url", server]
    return CliRunner().invoke(cli.app, given, prog_name="summarizer")


def tasks(result: Result) -> list[str]:
    return [call.label for call in Report.from_json(result.stdout).calls]


@pytest.mark.parametrize(
    ("arguments", "extra"),
    [
        pytest.param((), ["verify"], id="unasked"),
        pytest.param(("--no-judge",), [], id="--no-judge"),
        pytest.param(("--judge",), ["verify"], id="--judge"),
        pytest.param(("--judges", "2"), ["verify", "verify, round 2"], id="--judges 2"),
        pytest.param(("--judges", "2", "--no-judge"), [], id="both"),
    ],
)
def test_who_is_asked(server: str, arguments: tuple[str, ...], extra: list[str]) -> None:
    result = run(server, *arguments, "--json")
    assert result.exit_code == 0, result.output
    assert tasks(result) == ["summary", "claims", *extra]
    report = Report.from_json(result.stdout)
    assert all(bool(finding.judgements) == bool(extra) for finding in report.findings)
    assert bool(report.flagged) == (not extra)


def test_the_settings_file_switches_it_off_and_an_option_on(server: str, tmp_path: Path) -> None:
    (tmp_path / "summarizer.toml").write_text(f"{UNSURE}judge = false\n")
    assert tasks(run(server, "--json")) == ["summary", "claims"]
    assert tasks(run(server, "--json", "--judge")) == ["summary", "claims", "verify"]
    assert tasks(run(server, "--json", "--judges", "1")) == ["summary", "claims", "verify"]


def test_only_once_or_twice(server: str) -> None:
    result = run(server, "--judges", "3")
    assert result.exit_code == 2
    assert "judges must be between 1 and 2, not 3" in result.stderr


def test_a_reader_is_told_on_whose_word_it_stands(server: str) -> None:
    result = run(server)
    assert "the rules could not tell; the judging model: The sentence says so." in result.stdout
    assert "no judge was asked" not in result.stdout
    assert "no judge was asked" in run(server, "--no-judge").stdout


def test_what_the_judge_said_is_replayed_offline(server: str) -> None:
    first = json.loads(run(server, "--json").stdout)
    again = json.loads(run(server, "--json", "--offline").stdout)
    assert again["findings"] == first["findings"]
    assert first["findings"][0]["judgements"][0]["verdict"] == "supported"
