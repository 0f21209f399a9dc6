"""``summarizer models``: what would be used, why, and never a key."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from summarizer import cli
from summarizer.errors import ModelUnavailable, SettingsError
from summarizer.llm import local
from summarizer.llm.choose import Choice
from summarizer.settings import ENVIRONMENT_NAMES

KEY = "sk-secret-0123456789"
URL = "http://localhost:8123/v1"


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A working folder of its own, no settings from outside, and an embedded model that is installed."""
    for name in (*ENVIRONMENT_NAMES, "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(local.EmbeddedModel, "check", lambda self: None)


def models(*arguments: str) -> str:
    result = CliRunner().invoke(cli.app, ["models", *arguments], prog_name="summarizer")
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    return result.stdout


def facts() -> dict[str, Any]:
    found = json.loads(models("--json"))
    assert isinstance(found, dict)
    return found


def test_the_embedded_model() -> None:
    found = facts()
    assert found["embedded"] is None
    assert found["base_url"] is None
    assert (found["context"], found["price"]) == (8192, None)
    assert found["profile"] == "compact"
    assert found["key_set"] is False
    assert Path(found["prompts"]).is_dir()
    assert found["config"] is None
    text = models()
    for words in (
        "embedded model  available",
        "key             not set",
        "context         8,192 tokens",
        "price           unknown",
        "--model NAME --base-url URL",
    ):
        assert words in text


def test_the_embedded_model_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    def check(self: local.EmbeddedModel) -> None:
        raise ModelUnavailable("xllamacpp is missing", hint="pip install this\nor that")

    monkeypatch.setattr(local.EmbeddedModel, "check", check)
    found = facts()
    assert (found["model"], found["embedded"]) == (None, "xllamacpp is missing")
    assert found["why"] == "none can be used: xllamacpp is missing"
    text = models()
    assert "embedded model  xllamacpp is missing\n                pip install this\n" in text


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        pytest.param(
            {"SUMMARIZER_MODEL": "big", "SUMMARIZER_BASE_URL": URL},
            {
                "model": "big",
                "base_url": URL,
                "profile": "standard",
                "key_set": False,
                "context": None,
                "price": None,
            },
            id="a server",
        ),
        pytest.param(
            {"SUMMARIZER_MODEL": "big", "OPENAI_API_KEY": KEY},
            {"model": "big", "key_set": True},
            id="a key",
        ),
        pytest.param(
            {"SUMMARIZER_MODEL": "gpt-4o-mini", "OPENAI_API_KEY": KEY},
            {"context": 128000, "price": {"input": 0.15, "output": 0.6, "cached": 0.075}},
            id="a model in the price list",
        ),
        pytest.param(
            {"SUMMARIZER_MODEL": "big", "SUMMARIZER_BASE_URL": URL, "SUMMARIZER_CONTEXT": "4096"},
            {"context": 4096},
            id="a context",
        ),
        pytest.param({"OPENAI_API_KEY": KEY}, {"profile": "compact", "key_set": True}, id="only a key"),
        pytest.param(
            {"SUMMARIZER_MODEL": "big", "SUMMARIZER_BASE_URL": "http://me:pw@localhost:8123/v1"},
            {"base_url": URL},
            id="a password in the address",
        ),
        pytest.param({"SUMMARIZER_PROMPTS": "mine"}, {"prompts": "mine"}, id="other prompts"),
        pytest.param({"SUMMARIZER_MODEL": "big"}, {"model": None}, id="a model without a server"),
        pytest.param({"SUMMARIZER_CONFIG": "my.toml"}, {"config": "my.toml"}, id="a settings file"),
    ],
)
def test_what_is_configured(
    monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], expected: dict[str, Any]
) -> None:
    Path("my.toml").write_text("max_claims = 3")
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    found = facts()
    assert {name: found[name] for name in expected} == expected
    assert KEY not in json.dumps(found) + models()
    assert "pw@" not in models()


def test_the_settings_file_of_the_folder() -> None:
    Path("summarizer.toml").write_text(
        f'model = "big"\nbase_url = "{URL}"\nprice = {{input = 1.5, output = 2}}'
    )
    assert "price           US dollars a million tokens: 1.5 input, 2 output\n" in models()
    found = facts()
    assert found["model"] == "big"
    assert found["config"] == str(Path("summarizer.toml").absolute())


def test_a_server_that_is_asked_for_its_model(monkeypatch: pytest.MonkeyPatch) -> None:
    async def resolve(self: Choice) -> Choice:
        raise SettingsError("it has two models", hint="Name one of them:\n  --model a\n  --model \x1b[31mb")

    monkeypatch.setattr(Choice, "resolve", resolve)
    monkeypatch.setenv("SUMMARIZER_BASE_URL", URL)
    text = models()
    assert "none can be used: it has two models" in text
    assert "\x1b" not in text
    assert "\n  --model a\n  --model ␛[31mb\n" in text
    assert facts()["base_url"] == URL


def test_settings_that_cannot_be(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("summarizer.toml").write_text("modle = 1")
    result = CliRunner().invoke(cli.app, ["models"], prog_name="summarizer")
    assert result.exit_code == 2
    assert result.stderr == "error: there is no setting 'modle'\ntry: Did you mean 'model'?\n"
