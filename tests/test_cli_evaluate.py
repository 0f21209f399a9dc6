"""``summarizer eval`` and ``calibrate`` on a newsroom suite, as a user calls them."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from summarizer import cli

pytest.importorskip("sklearn", reason="the evaluation extra is not installed")
STORIES = sorted((Path(__file__).parent / "newsroom" / "open").glob("*.toml"))[:6]


def test_eval_then_against_itself(tmp_path: Path) -> None:
    suite = tmp_path / "suite"
    suite.mkdir()
    for story in STORIES:
        (suite / story.name).write_bytes(story.read_bytes())
    out = tmp_path / "old.json"
    first = CliRunner().invoke(cli.app, ["eval", str(suite), "--rounds", "10", "--out", str(out)])
    assert first.exit_code == 0, first.output
    assert json.loads(out.read_text(encoding="utf-8"))["overall"]["wrong"] > 0
    again = CliRunner().invoke(
        cli.app, ["eval", str(suite), "--rounds", "10", "--against", str(out), "--json", "--quiet"]
    )
    compared = json.loads(again.stdout)
    assert all(change["gap"]["value"] == 0 for change in compared["changes"])
    assert not compared["now_flagged"]
    fitted = tmp_path / "ours.json"
    made = CliRunner().invoke(cli.app, ["calibrate", "--suite", str(suite), "--out", str(fitted)])
    assert made.exit_code == 0, made.output
    assert json.loads(fitted.read_text(encoding="utf-8"))["sources"][0]["articles"] == len(STORIES)
