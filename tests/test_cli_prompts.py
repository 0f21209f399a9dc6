"""``summarizer prompts``: what is used, and a copy that works."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from summarizer import cli
from summarizer.resources import prompts_dir


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SUMMARIZER_PROMPTS", raising=False)


def prompts(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, ["prompts", *arguments], prog_name="summarizer")


def test_every_file_is_listed_with_where_it_is_from(tmp_path: Path) -> None:
    (tmp_path / "own/claims").mkdir(parents=True)
    (tmp_path / "own/claims/user.md").write_text("List them: $max_claims $language")
    result = prompts("--prompts", "own", "--json")
    assert result.exit_code == 0
    rows = {row["file"]: row for row in json.loads(result.stdout)}
    assert rows.keys() == {
        path.relative_to(prompts_dir()).as_posix() for path in prompts_dir().rglob("*.*") if path.is_file()
    }
    assert rows["claims/user.md"]["from"] == "own"
    assert rows["common/system.md"]["from"] == "built in"
    plain = prompts("--prompts", "own").stdout.splitlines()
    assert len(plain) == len(rows)
    assert any(line.startswith("claims/user.md ") and line.endswith(" own") for line in plain)


def test_a_copy_is_the_built_in_set(tmp_path: Path) -> None:
    result = prompts("--copy-to", "mine")
    assert result.exit_code == 0
    assert "--prompts mine" in result.stderr
    before = {row["file"]: row["hash"] for row in json.loads(prompts("--json").stdout)}
    after = {row["file"]: row["hash"] for row in json.loads(prompts("--prompts", "mine", "--json").stdout)}
    assert after == before
    (tmp_path / "mine/common/system.md").write_text("Be brief.")
    changed = {row["file"]: row["hash"] for row in json.loads(prompts("--prompts", "mine", "--json").stdout)}
    assert {name for name in before if before[name] != changed[name]} == {"common/system.md"}


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/notes.md").write_text("x")
    result = prompts("--copy-to", "mine")
    assert result.exit_code == 2
    assert "mine is there already" in result.stderr
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["notes.md"]
