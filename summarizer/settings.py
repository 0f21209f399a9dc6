"""Settings from ``summarizer.toml`` and the environment: the only reader of either.

Order, the later wins: defaults, ``summarizer.toml`` (in the working folder, or the file that
``SUMMARIZER_CONFIG`` names), environment, what the caller passes to ``Settings.load``.
"""

import math
import os
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
from msgspec.structs import force_setattr
from rapidfuzz import process

from .calibration import Calibration, Point, built_in, load
from .errors import SettingsError
from .flags import FLAG_INFO, FlagCode, Severity

CONFIG_NAME = "summarizer.toml"
MIN_CONTEXT = 1024
# What a summary and a list of claims can hold is in schemas/.
_AT_MOST = {"summary_sentences": 20, "max_claims": 40, "max_attempts": 100, "judges": 2, "min_reviews": 20}
_ABOVE_ZERO = ("timeout_s", "article_timeout_s", "max_cost_usd", "max_tokens", "deadline_s")


class Profile(StrEnum):
    """How much is asked of the model."""

    STANDARD = "standard"  # JSON by schema with evidence numbers: for capable models
    COMPACT = "compact"  # one plain-text summary; code does the rest: for very small models


class Api(StrEnum):
    """Which of the two forms of request an OpenAI-compatible server gets."""

    CHAT = "chat"  # chat.completions: every server has it
    RESPONSES = "responses"  # OpenAI's newer one


class SeverityChoice(StrEnum):
    """What a newsroom may say of a flag code: how serious it is, or that it wants no such flag."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    NEVER = "never"


_POINTS = ("recall", "review_budget", "risk_low")  # each chooses how much is flagged
_FROM_CURVE = -1.0  # not given: taken from the calibration
_SURE = 0.95  # from here on a judge would change nothing


class Style(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """House style: what the summary's writer is told besides the task. The table ``[style]``."""

    words: int | None = None  # about how long the whole summary is
    tone: str | None = None  # as "plain and dry"
    banned_words: tuple[str, ...] = ()
    instructions: str | None = None  # whatever else the house wants, in its own words


class Price(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a model costs, in US dollars a million tokens, where no list knows it. The table ``[price]``."""

    input: float
    output: float
    cached: float | None = None  # input that the server had in its cache; as input where not given


class Publishing(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Who publishes fact-checks, and where, for exports as ClaimReview. The table ``[publishing]``.

    ``page`` is the address of one review, with ``{item_id}`` in it, or ``{statement_id}`` together with
    ``{document_id}`` or ``{article_id}``.
    """

    name: str | None = None
    url: str | None = None
    page: str | None = None
    organisations: tuple[str, ...] = ()  # speakers that are no persons, as "City of Lindholm"


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All settings, with their defaults.

    ``risk_low`` and ``risk_high`` bound the uncertain band. Not given, ``risk_low`` comes from the curve of
    operating points: the default one, or that of ``recall`` or ``review_budget`` (shares, 0 to 1).
    """

    model: str | None = None
    base_url: str | None = None
    api_key: str | None = None
    profile: Profile | None = None
    model_file: str | None = None  # another GGUF for the embedded server
    prompts: str | None = None  # a folder that replaces the built-in prompts
    summary_sentences: int = 3
    max_claims: int = 12
    judge: bool | None = None  # ask the model about what the rules cannot tell; see Summarizer
    judges: int = 1  # how often: twice, and what the two answers disagree on is flagged
    style: Style = Style()
    api: Api = Api.CHAT
    context: int | None = None  # tokens that prompt and reply share; not given, as far as it is known
    timeout_s: float = 120.0  # one HTTP request
    max_attempts: int = 4  # HTTP requests for one reply
    article_timeout_s: float = 1800.0  # all model calls of one article together
    max_cost_usd: float | None = None  # these three bound a run
    max_tokens: int | None = None
    deadline_s: float | None = None
    price: Price | None = None
    cache: bool = True  # keep answers, and never pay for the same one twice
    cache_file: str | None = None
    offline: bool = False  # answers from the cache alone
    queue: str | None = None  # the review queue: a file, or the URL of a database
    min_reviews: int = 1  # how many people must decide about an item
    publishing: Publishing = Publishing()
    calibration: str | None = None  # a file that ``summarizer calibrate`` wrote, in place of the built-in
    recall: float | None = None  # these two choose risk_low from the calibration's curve
    review_budget: float | None = None
    risk_low: float = _FROM_CURVE
    risk_high: float = _FROM_CURVE
    severity: dict[FlagCode, SeverityChoice] = {}

    def __post_init__(self) -> None:
        # What was left open is filled in once, so that everyone reads plain numbers.
        if self.risk_low == _FROM_CURVE:
            force_setattr(self, "risk_low", self.operating_point.risk_low)
        if self.risk_high == _FROM_CURVE:
            force_setattr(self, "risk_high", max(_SURE, self.risk_low))

    @property
    def calibrated(self) -> Calibration:
        """The weights and the curve in use. Raises SettingsError for a file that is none."""
        if self.calibration is None:
            return built_in()
        return _loaded(Path(self.calibration).expanduser().absolute())

    @property
    def operating_point(self) -> Point:
        """The place on the curve that ``recall`` or ``review_budget`` asks for; else the default."""
        if self.recall is not None:
            return self.calibrated.for_recall(self.recall)
        if self.review_budget is not None:
            return self.calibrated.for_budget(self.review_budget)
        return self.calibrated.default

    def severity_of(self, code: FlagCode) -> Severity:
        """How serious a flag is in this newsroom; the usual severity of one that is never raised."""
        chosen = self.severity.get(code)
        if chosen is None or chosen == SeverityChoice.NEVER:
            return FLAG_INFO[code].severity
        return Severity(chosen.value)

    def never_flags(self, code: FlagCode) -> bool:
        """Whether this newsroom wants no flag of this code. Verdicts stay as they are."""
        return self.severity.get(code) == SeverityChoice.NEVER

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
        given = {name: value for name, value in overrides.items() if value is not None}
        if given.keys() & set(_POINTS):  # what is asked for now replaces what the file asks for
            values = {name: value for name, value in values.items() if name not in _POINTS}
        values |= given
        _check_names(values, "setting")
        values |= {name: share(values[name], name) for name in ("recall", "review_budget") if name in values}
        twice = [name for name in _POINTS if name in values]
        if len(twice) > 1:
            raise SettingsError(
                f"{' and '.join(twice)} each choose how much is flagged",
                hint=f"Leave all but one of them out, as: --{twice[0].replace('_', '-')} {values[twice[0]]}",
            )
        try:
            settings = msgspec.convert(values, cls, strict=False)
        except msgspec.ValidationError as error:
            raise SettingsError(f"a setting cannot be: {error}") from error
        _check_values(settings)
        return settings

    def __repr__(self) -> str:
        shown = {f: getattr(self, f) for f in self.__struct_fields__ if f != "api_key"}
        shown["base_url"] = None if self.base_url is None else shown_url(self.base_url)
        shown["queue"] = None if self.queue is None else shown_url(self.queue)
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
    "SUMMARIZER_API": "api",
    "SUMMARIZER_CONTEXT": "context",
    "SUMMARIZER_CACHE": "cache",
    "SUMMARIZER_CACHE_FILE": "cache_file",
    "SUMMARIZER_OFFLINE": "offline",
    "SUMMARIZER_JUDGE": "judge",
    "SUMMARIZER_QUEUE": "queue",
}
ENVIRONMENT_NAMES = (*_ENVIRONMENT, "SUMMARIZER_CONFIG", "SUMMARIZER_DEBUG", "OPENAI_API_KEY")


def config_path(environ: Mapping[str, str] | None = None, folder: Path | None = None) -> Path | None:
    """The settings file that is in use; None where there is none. One that was named need not exist."""
    environ = os.environ if environ is None else environ
    named = environ.get("SUMMARIZER_CONFIG")
    path = Path(named) if named else (folder or Path.cwd()) / CONFIG_NAME
    return path if named or path.is_file() else None


def cache_path(settings: Settings, environ: Mapping[str, str] | None = None) -> Path:
    """Where answers are kept: the file in the settings, or one in the user's cache folder."""
    if settings.cache_file:
        return Path(settings.cache_file).expanduser()
    environ = os.environ if environ is None else environ
    base = environ.get("XDG_CACHE_HOME") or environ.get("LOCALAPPDATA")
    folder = Path(base) if base else Path.home() / ".cache"
    return folder / "summarizer" / "answers.sqlite"


def queue_url(settings: Settings, environ: Mapping[str, str] | None = None) -> str:
    """Where the review queue is: what the settings name, or a file in the user's data folder."""
    if settings.queue:
        return settings.queue
    environ = os.environ if environ is None else environ
    base = environ.get("XDG_DATA_HOME") or environ.get("LOCALAPPDATA")
    folder = Path(base) if base else Path.home() / ".local" / "share"
    return str(folder / "summarizer" / "queue.sqlite")


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


@cache
def _loaded(path: Path) -> Calibration:
    """``path`` is absolute: a name alone is another file in another folder."""
    return load(path)


def share(value: Any, name: str = "") -> float:
    """``0.95`` or ``95%`` as a number above 0, up to 1; ``name`` is what it is for.

    Raises SettingsError for anything else.
    """
    text = str(value).strip()
    try:
        number = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        number = math.nan
    if not 0 < number <= 1:
        percent = f"{number:g}" if 1 < number <= 100 and not text.endswith("%") else "95"
        raise SettingsError(
            f"{name + ' ' if name else ''}{value!r} is no share of all: more than 0, at most 1",
            hint=f"Write {percent}% or {float(percent) / 100:g}.",
        )
    return number


def _check_values(settings: Settings) -> None:
    if settings.base_url is not None:
        check_url(settings.base_url)
    if not 0 <= settings.risk_low <= settings.risk_high <= 1:
        raise SettingsError("risk_low and risk_high must satisfy 0 <= risk_low <= risk_high <= 1")
    for name, most in _AT_MOST.items():
        if not 1 <= getattr(settings, name) <= most:
            raise SettingsError(f"{name} must be between 1 and {most}, not {getattr(settings, name)}")
    for name in _ABOVE_ZERO:
        value = getattr(settings, name)
        if value is not None and not value > 0:
            raise SettingsError(f"{name} must be above 0, not {value}")
    if settings.context is not None and settings.context < MIN_CONTEXT:
        raise SettingsError(f"context must be at least {MIN_CONTEXT} tokens, not {settings.context}")
    if settings.style.words is not None and not 10 <= settings.style.words <= 1000:
        raise SettingsError(f"style.words must be between 10 and 1000, not {settings.style.words}")
    if settings.price is not None and not all(
        value is None or 0 <= value < float("inf")
        for value in (settings.price.input, settings.price.output, settings.price.cached)
    ):
        raise SettingsError("a price must be 0 or more")
    if settings.offline and not settings.cache:
        raise SettingsError(
            "offline, answers come from the cache, and the cache is switched off",
            hint="Leave out one of --offline and --no-cache.",
        )


def shown_url(url: str) -> str:
    """An address without user, password and query: what may be printed and logged."""
    scheme, mark, rest = url.partition("://")
    # The last @ of all: a password may hold a slash that nobody escaped.
    return f"{scheme}{mark}{rest.rpartition('@')[2]}".split("?")[0].split("#")[0]


def check_url(url: str) -> None:
    """Raises SettingsError unless this can be the address of a model server."""
    hint = "Write it like http://localhost:11434/v1."
    shown = shown_url(url)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise SettingsError(f"base url {shown!r} is wrong: {error}", hint=hint) from error
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise SettingsError(f"base url {shown!r} is no http address", hint=hint)
