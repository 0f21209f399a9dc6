"""Settings: what wins, what is refused, and that a key never shows."""

from pathlib import Path

import pytest

from summarizer.errors import SettingsError
from summarizer.flags import FlagCode, Severity
from summarizer.settings import Price, Profile, Settings, Style, cache_path, shown_url


def test_the_later_wins(tmp_path: Path) -> None:
    (tmp_path / "summarizer.toml").write_text('model = "file"\nprofile = "compact"\nmax_claims = 5\n')
    environ = {"SUMMARIZER_MODEL": "environment", "SUMMARIZER_TIMEOUT_S": "7.5"}
    settings = Settings.load(environ=environ, folder=tmp_path, max_claims=7, profile=None)
    assert (settings.model, settings.profile, settings.max_claims) == ("environment", Profile.COMPACT, 7)
    assert settings.timeout_s == 7.5
    assert Settings.load(environ=environ, folder=tmp_path, model="caller").model == "caller"


def test_severities_from_the_file(tmp_path: Path) -> None:
    (tmp_path / "summarizer.toml").write_text('[severity]\nnumber_mismatch = "low"\n')
    settings = Settings.load(environ={}, folder=tmp_path)
    assert settings.severity_of(FlagCode.NUMBER_MISMATCH) is Severity.LOW
    assert settings.severity_of(FlagCode.QUOTE_ALTERED) is Severity.HIGH


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        pytest.param("modell = 'x'", "no setting 'modell'", id="unknown name"),
        pytest.param("profile = 'big'", "profile", id="unknown profile"),
        pytest.param("max_claims = 0", "max_claims", id="out of range"),
        pytest.param("timeout_s = -1", "timeout_s", id="negative time"),
        pytest.param("risk_low = 0.99\nrisk_high = 0.5", "risk_low", id="band upside down"),
        pytest.param("base_url = 'ftp://x'", "no http address", id="scheme"),
        pytest.param("base_url = 'http://x:99999/v1'", "Port out of range", id="port"),
        pytest.param("base_url = 'localhost:8000'", "no http address", id="no scheme"),
        pytest.param("api_key = 'secret'", "keys do not belong", id="key in a file"),
        pytest.param("[severity]\nnonsense = 'low'", "nonsense", id="unknown code"),
        pytest.param("model = ", "cannot be read", id="no TOML"),
    ],
)
def test_what_cannot_be(tmp_path: Path, toml: str, message: str) -> None:
    (tmp_path / "summarizer.toml").write_text(toml)
    with pytest.raises(SettingsError, match=message):
        Settings.load(environ={}, folder=tmp_path)


def test_a_named_file_must_exist(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"none\.toml cannot be read"):
        Settings.load(environ={"SUMMARIZER_CONFIG": str(tmp_path / "none.toml")})


def test_a_near_miss_is_suggested() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.load(environ={}, folder=Path("/nonexistent"), base_ulr="x")
    assert caught.value.hint == "Did you mean 'base_url'?"


@pytest.mark.parametrize("name", ["SUMMARIZER_API_KEY", "OPENAI_API_KEY"])
def test_a_key_is_used_and_never_shown(name: str, tmp_path: Path) -> None:
    settings = Settings.load(environ={name: "sk-very-secret"}, folder=tmp_path)
    assert settings.api_key == "sk-very-secret"
    assert "secret" not in repr(settings)
    assert "api_key=<set>" in repr(settings)


def test_a_key_in_the_environment_names_no_model(tmp_path: Path) -> None:
    assert Settings.load(environ={"OPENAI_API_KEY": "k"}, folder=tmp_path).model is None


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        pytest.param("http://localhost:8080/v1", "http://localhost:8080/v1", id="plain"),
        pytest.param("https://user:s3cret@host.example/v1?token=s3cret#x", "https://host.example/v1", id="secrets"),
        pytest.param("https://user:s3/cr@et@host.example/v1", "https://host.example/v1", id="odd password"),
    ],
)  # fmt: skip
def test_an_address_is_shown_without_secrets(url: str, shown: str) -> None:
    assert shown_url(url) == shown
    assert shown in repr(Settings(base_url=url))
    assert "s3" not in repr(Settings(base_url=url))


def test_a_wrong_address_is_told_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.load(environ={}, folder=tmp_path, base_url="ftp://me:s3cret@host.example/v1")
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        pytest.param({"max_cost_usd": 0}, "max_cost_usd must be above 0", id="no money"),
        pytest.param({"deadline_s": -1}, "deadline_s must be above 0", id="no time"),
        pytest.param({"max_tokens": 0}, "max_tokens must be above 0", id="no tokens"),
        pytest.param({"context": 100}, "context must be at least", id="tiny context"),
        pytest.param({"style": {"words": 3}}, "style.words", id="three words"),
        pytest.param({"style": {"colour": "red"}}, "colour", id="unknown style"),
        pytest.param({"price": {"input": -1, "output": 1}}, "price", id="negative price"),
        pytest.param({"offline": True, "cache": False}, "switched off", id="offline without cache"),
        pytest.param({"api": "soap"}, "api", id="no such API"),
        pytest.param({"summary_sentences": 21}, "between 1 and 20", id="too many sentences"),
        pytest.param({"max_claims": 41}, "between 1 and 40", id="too many claims"),
    ],
)
def test_limits_that_cannot_be(values: dict[str, object], message: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=message):
        Settings.load(environ={}, folder=tmp_path, **values)


def test_tables_of_the_file(tmp_path: Path) -> None:
    text = '[style]\nwords = 80\nbanned_words = ["slam"]\n[price]\ninput = 0.15\noutput = 0.6\n'
    (tmp_path / "summarizer.toml").write_text(text)
    settings = Settings.load(environ={"SUMMARIZER_OFFLINE": "1"}, folder=tmp_path)
    assert settings.style == Style(words=80, banned_words=("slam",))
    assert settings.price == Price(input=0.15, output=0.6)
    assert settings.offline


@pytest.mark.parametrize(
    ("values", "environ", "path"),
    [
        pytest.param({"cache_file": "/x/a.db"}, {}, "/x/a.db", id="as set"),
        pytest.param({}, {"XDG_CACHE_HOME": "/c"}, "/c/summarizer/answers.sqlite", id="the user's cache folder"),
    ],
)  # fmt: skip
def test_where_answers_are_kept(values: dict[str, str], environ: dict[str, str], path: str) -> None:
    assert cache_path(Settings(**values), environ) == Path(path)  # type: ignore[arg-type]
