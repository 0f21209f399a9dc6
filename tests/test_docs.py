"""What the README says exists, exists."""

import re
import shlex

import pytest
from typer.testing import CliRunner

import summarizer
from summarizer.cli import app
from summarizer.flags import FlagCode
from summarizer.settings import ENVIRONMENT_NAMES, Settings
from tests.groups import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return README.split(f"\n## {title}\n")[1].split("\n## ")[0]


def test_settings_table_is_complete() -> None:
    table = section("Settings")
    for name in (*(set(Settings.__struct_fields__) - {"api_key"}), *ENVIRONMENT_NAMES):
        assert f"`{name}`" in table or f"[{name}]" in table, name


def test_commands_and_options_exist() -> None:
    table = section("Commands")
    others = ("`summarizer prompts`", "`summarizer batch")
    of_run = "\n".join(line for line in table.splitlines() if not any(name in line for name in others))
    rows = (
        ("run", of_run),
        ("show", "--format --json"),
        ("models", "--json"),
        ("prompts", "--prompts --copy-to --json"),
        ("cache", ""),
        ("batch run", section("Batches") + section("Batches past one machine")),
    )
    for command, options in rows:
        text = (
            CliRunner()
            .invoke(app, [*command.split(), "--help"], env={"COLUMNS": "200", "TERM": "dumb"})
            .output
        )
        assert f"`summarizer {command}" in table
        for option in set(re.findall(r"--[a-z][a-z-]+", options)) - {"--help"}:
            assert option in text, (command, option)


def test_python_example_uses_public_names() -> None:
    code = section("Python").split("```python")[1].split("```")[0]
    for names in re.findall(r"^from summarizer import (.+?)(?:\s+#.*)?$", code, re.MULTILINE):
        for name in names.split(","):
            assert hasattr(summarizer, name.strip())


def test_flags_named_in_the_readme_exist() -> None:
    named = set(re.findall(r"^\s+(?:high|medium|low) +([a-z_]+):", README, re.MULTILINE))
    assert named
    assert named <= {code.value for code in FlagCode}


@pytest.mark.parametrize("script", ["scripts/try", "scripts/test"])
def test_readme_scripts_can_be_run(script: str) -> None:
    assert f"\n{script}\n" in README
    path = ROOT / shlex.split(script)[0]
    assert path.stat().st_mode & 0o111


def test_links_inside_the_readme_lead_somewhere() -> None:
    heads = {
        re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-")
        for h in re.findall(r"^#+ (.+)$", README, re.MULTILINE)
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", README)) <= heads
    for path in re.findall(r"\]\(([\w./-]+)\)", README):
        assert (ROOT / path).is_file()
