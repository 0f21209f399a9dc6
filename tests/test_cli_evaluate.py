"""``summarizer eval`` and ``calibrate`` on a newsroom suite, as a user calls them."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from summarizer import cli

STORIES = sorted((Path(__file__).parent / "newsroom" / "open").glob("*.toml"))[:6]


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    folder = tmp_path / "suite"
    folder.mkdir()
    for story in STORIES:
        (folder / story.name).write_bytes(story.read_bytes())
    return folder


def run(*arguments: str) -> Result:
    found = CliRunner().invoke(cli.app, [*arguments, "--quiet"])
    assert found.exit_code == 0, found.output
    return found


def test_eval_finds_a_change_of_the_threshold_and_none_without(
    suite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    old = tmp_path / "old.json"
    told = run("eval", str(suite), "--rounds", "10", "--out", str(old)).stdout
    assert "by language" in told
    made = json.loads(old.read_text(encoding="utf-8"))
    assert len(made["rows"]) == made["overall"]["right"] + made["overall"]["wrong"] == made["statements"]

    arguments = ("eval", str(suite), "--rounds", "10", "--against", str(old), "--json")
    same = json.loads(run(*arguments).stdout)
    assert same["rows"] == len(made["rows"])
    assert {change["gap"]["value"] for change in same["changes"]} == {0}

    (tmp_path / "summarizer.toml").write_text("risk_low = 0.01\n", encoding="utf-8")
    looser = json.loads(run(*arguments).stdout)
    assert len(looser["now_flagged"]) == sum(not row["flagged"] for row in made["rows"])
    assert not looser["no_longer_flagged"]


def test_calibrate_writes_what_the_settings_read(
    suite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run("calibrate", "--suite", str(suite), "--out", "ours.json", "--date", "2026-11-25")
    made = json.loads(Path("ours.json").read_text(encoding="utf-8"))
    assert (made["made"], made["sources"][0]["articles"]) == ("2026-11-25", len(STORIES))
    Path("summarizer.toml").write_text('calibration = "ours.json"\n', encoding="utf-8")
    run("eval", str(suite), "--rounds", "10", "--out", "new.json")
    assert json.loads(Path("new.json").read_text(encoding="utf-8"))["risk_low"] == made["default"]["risk_low"]
