"""Settings from ``summarizer.toml`` and the environment: the only reader of either.

Order, the later wins: defaults, ``summarizer.toml`` (in the working folder, or the file that
``SUMMARIZER_CONFIG`` names), environment, what the caller passes to ``Settings.load``.
"""

import os
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
from rapidfuzz import process

from .errors import SettingsError
from .flags import FLAG_INFO, FlagCode, Severity

CONFIG_NAME = "summarizer.toml"


class Profile(StrEnum):
    """How much is asked of the model."""

    STANDARD = "standard"  # JSON by schema with evidence numbers: for capable models
    COMPACT = "compact"  # one plain-text summary; code does the rest: for very small models


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All settings, with their defaults. ``risk_low`` and ``risk_high`` bound the uncertain band."""

    model: str | None = None
    base_url: str | None = None
    api_key: str | None = None
    profile: Profile | None = None
    model_file: str | None = None  # another GGUF for the embedded server
    prompts: str | None = None  # a folder that replaces the built-in prompts
    summary_sentences: int = 3
    max_claims: int = 12
    timeout_s: float = 120.0  # one HTTP request
    max_attempts: int = 4  # HTTP requests for one planned answer
    risk_low: float = 0.40
    risk_high: float = 0.65
    severity: dict[FlagCode, Severity] = {}

    def severity_of(self, code: FlagCode) -> Severity:
        return self.severity.get(code, FLAG_INFO[code].severity)

    @classmethod
    def load(
        cls,
        *,
        environ: Mapping[str, str] | None = None,
        folder: Path | None = None,
        **overrides: Any,
    ) -> "Settings":
        """Settings from file, environment and ``overrides`` (those that are None are left out).

        Raises SettingsError for an unknown name or a value that cannot be.
        """
        environ = os.environ if environ is None else environ
        values = _from_file(environ, folder or Path.cwd())
        values |= _from_environment(environ)
        values |= {name: value for name, value in overrides.items() if value is not None}
        _check_names(values, "setting")
        try:
            settings = msgspec.convert(values, cls, strict=False)
        except msgspec.ValidationError as error:
            raise SettingsError(f"a setting cannot be: {error}") from error
        _check_values(settings)
        return settings

    def __repr__(self) -> str:
        shown = {f: getattr(self, f) for f in self.__struct_fields__ if f != "api_key"}
        key = "set" if self.api_key else "not set"
        return f"Settings({', '.join(f'{k}={v!r}' for k, v in shown.items())}, api_key=<{key}>)"


_ENVIRONMENT = {
    "SUMMARIZER_MODEL": "model",
    "SUMMARIZER_BASE_URL": "base_url",
    "SUMMARIZER_API_KEY": "api_key",
    "SUMMARIZER_PROFILE": "profile",
    "SUMMARIZER_MODEL_FILE": "model_file",
    "SUMMARIZER_PROMPTS": "prompts",
    "SUMMARIZER_TIMEOUT_S": "timeout_s",
    "SUMMARIZER_MAX_ATTEMPTS": "max_attempts",
}
ENVIRONMENT_NAMES = (*_ENVIRONMENT, "SUMMARIZER_CONFIG", "SUMMARIZER_DEBUG", "OPENAI_API_KEY")


def config_path(environ: Mapping[str, str] | None = None, folder: Path | None = None) -> Path | None:
    """The settings file that is in use; None where there is none. One that was named need not exist."""
    environ = os.environ if environ is None else environ
    named = environ.get("SUMMARIZER_CONFIG")
    path = Path(named) if named else (folder or Path.cwd()) / CONFIG_NAME
    return path if named or path.is_file() else None


def debugging(environ: Mapping[str, str] | None = None) -> bool:
    """Whether ``SUMMARIZER_DEBUG`` asks for tracebacks."""
    return bool((os.environ if environ is None else environ).get("SUMMARIZER_DEBUG"))


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    found = {field: environ[name] for name, field in _ENVIRONMENT.items() if environ.get(name)}
    # The key that every OpenAI tool reads; which model gets the articles is never taken from it.
    if "api_key" not in found and environ.get("OPENAI_API_KEY"):
        found["api_key"] = environ["OPENAI_API_KEY"]
    return found


def _from_file(environ: Mapping[str, str], folder: Path) -> dict[str, Any]:
    path = config_path(environ, folder)
    if path is None:
        return {}
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}") from error
    if "api_key" in values:
        raise SettingsError(
            f"{path} holds an api_key; keys do not belong in files that get committed",
            hint="Set OPENAI_API_KEY or SUMMARIZER_API_KEY in the environment.",
        )
    return values


def _check_names(values: Mapping[str, Any], what: str) -> None:
    known = Settings.__struct_fields__
    for name in values:
        if name not in known:
            near = process.extractOne(name, known, score_cutoff=60)
            raise SettingsError(
                f"there is no {what} {name!r}",
                hint=f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(known)}.",
            )


def _check_values(settings: Settings) -> None:
    if settings.base_url is not None:
        check_url(settings.base_url)
    if not 0 <= settings.risk_low <= settings.risk_high <= 1:
        raise SettingsError("risk_low and risk_high must satisfy 0 <= risk_low <= risk_high <= 1")
    for name in ("summary_sentences", "max_claims", "max_attempts"):
        if not 1 <= getattr(settings, name) <= 100:
            raise SettingsError(f"{name} must be between 1 and 100, not {getattr(settings, name)}")
    if not settings.timeout_s > 0:
        raise SettingsError(f"timeout_s must be above 0, not {settings.timeout_s}")


def check_url(url: str) -> None:
    """Raises SettingsError unless this can be the address of a model server."""
    hint = "Write it like http://localhost:11434/v1."
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise SettingsError(f"base url {url!r} is wrong: {error}", hint=hint) from error
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise SettingsError(f"base url {url!r} is no http address", hint=hint)
