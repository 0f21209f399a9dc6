"""What a server's error means, and how long to wait before the request that follows it."""

import math
import re
import time
from collections.abc import Awaitable, Callable
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Any

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception

# A server may ask for an hour; a caller waits at most this long before it asks again.
MAX_WAIT_S = 60.0
_MAX_BACKOFF_S = 30.0
# An address that refuses connections mostly keeps refusing: three short waits, 1.75 s in all.
_UNAVAILABLE_REQUESTS = 4
# Where a pace holds requests back, a busy server costs time and not the reply; but not without end.
_MOST_LIMITED = 100
# A gateway's notice is gone a moment later; a wrong address sends its page every time.
_MOST_PAGES = 1
_MESSAGE_LENGTH = 300

_NO_CONNECTION = frozenset({"ConnectError", "ConnectTimeout", "ProxyError", "UnsupportedProtocol"})
_NO_QUOTA = frozenset({"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"})
_CONTENT_FILTER = frozenset({"content_filter", "content_policy_violation", "responsibleaipolicyviolation"})
CONTEXT_CODES = frozenset({"context_length_exceeded", "exceed_context_size_error"})
_CONTEXT_WORDS = re.compile(
    r"maximum context|context (?:length|size|window)|prompt is too long|input is too long|too many tokens",
    re.IGNORECASE,
)


class Page(ValueError):
    """A page came with status 200 in place of an answer."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__("a web page came back")


class Kind(StrEnum):
    """What to do about an error."""

    FATAL = "fatal"  # the same request fails again: do not send it
    TRANSIENT = "transient"  # the server stumbled
    RATE_LIMITED = "rate_limited"  # too fast: wait as told
    UNAVAILABLE = "unavailable"  # no connection comes about


def classify(error: BaseException) -> Kind:
    """The kind of an error of the ``openai`` package (or a TimeoutError); FATAL for anything unknown."""
    if isinstance(error, Page):
        return Kind.TRANSIENT
    status = status_of(error)
    if status is not None:
        if _codes(error) & _NO_QUOTA or is_context_length(error):
            return Kind.FATAL
        if status == 429:
            return Kind.RATE_LIMITED
        return Kind.TRANSIENT if status in (408, 409, 425) or status >= 500 else Kind.FATAL
    import openai  # takes most of a second: only once there is an error of it to look at

    if isinstance(error, openai.APIConnectionError):
        # By name: a caller's own client may be of another package with the same error tree.
        cause = type(error.__cause__).__name__
        return Kind.UNAVAILABLE if cause in _NO_CONNECTION else Kind.TRANSIENT
    return Kind.TRANSIENT if isinstance(error, TimeoutError) else Kind.FATAL


def server_errors() -> tuple[type[Exception], ...]:
    """What a request can end in, for an ``except``: there it is called only when something was raised."""
    import openai

    # The last two: JSON was announced, and something else came or it was nested without end.
    return openai.OpenAIError, TimeoutError, ValueError, RecursionError


def wait_seconds(error: BaseException, attempt: int, random: Callable[[], float]) -> float:
    """Seconds to wait after request number ``attempt`` (from 1) failed; ``random`` gives 0 to 1.

    What the server asks for counts, up to MAX_WAIT_S, plus at most a tenth so that many callers do not
    come back at the same moment. Otherwise exponential with full jitter.
    """
    if classify(error) is Kind.UNAVAILABLE:
        return min(0.25 * 2.0 ** (attempt - 1), 1.0)
    asked = asked_wait(error)
    if asked is not None:
        return min(asked * (1 + 0.1 * random()), MAX_WAIT_S)
    return min(2.0 ** (attempt - 1), _MAX_BACKOFF_S) * random()


def retrying(
    max_attempts: int,
    *,
    sleep: Callable[[float], Awaitable[None]],
    random: Callable[[], float],
    paced: bool = False,
) -> AsyncRetrying:
    """Tenacity's loop over these rules; the last error comes out as it is.

    ``paced``: somebody else holds requests back after a 429, which then is no failed attempt.
    """
    limited = pages = 0

    def stop(state: RetryCallState) -> bool:
        nonlocal limited, pages
        error = _error_of(state)
        kind = None if error is None else classify(error)
        if paced and kind is Kind.RATE_LIMITED:
            limited += 1
            return limited >= _MOST_LIMITED
        limit = max_attempts
        pages += isinstance(error, Page)
        if pages > _MOST_PAGES:
            return True
        if kind is Kind.UNAVAILABLE:
            limit = min(limit, _UNAVAILABLE_REQUESTS)
        return state.attempt_number - limited >= limit

    def wait(state: RetryCallState) -> float:
        error = _error_of(state)
        if error is None or (paced and classify(error) is Kind.RATE_LIMITED):
            return 0.0
        return wait_seconds(error, state.attempt_number - limited, random)

    return AsyncRetrying(
        sleep=sleep,
        stop=stop,
        wait=wait,
        retry=retry_if_exception(lambda error: classify(error) is not Kind.FATAL),
        reraise=True,
    )


def status_of(error: BaseException) -> int | None:
    """The HTTP status of an error answer; None when no answer came."""
    status = getattr(error, "status_code", None)
    return status if isinstance(status, int) and status >= 300 else None


def is_context_length(error: BaseException) -> bool:
    """True when prompt and answer together do not fit into the model."""
    if status_of(error) in (None, 429):  # "too many tokens" a minute is another matter
        return False
    return bool(_codes(error) & CONTEXT_CODES) or bool(_CONTEXT_WORDS.search(message_of(error)))


def is_too_long(error: BaseException) -> bool:
    """True when a request was turned down for its length, by the model or by a gateway before it."""
    return is_context_length(error) or status_of(error) == 413


def is_content_filter(error: BaseException) -> bool:
    """True when a filter before the model turned the prompt down."""
    return status_of(error) is not None and bool(_codes(error) & _CONTENT_FILTER)


def is_no_quota(error: BaseException) -> bool:
    return status_of(error) == 402 or bool(_codes(error) & _NO_QUOTA)


def unsupported_parameter(error: BaseException, sent: frozenset[str]) -> str | None:
    """Which of the parameters ``sent`` the server says that it does not take, if it says so."""
    if status_of(error) not in (400, 422):
        return None
    text = str(getattr(error, "body", None) or error)
    says_so = re.search(
        r"not support|unsupported|unknown|unrecogni[sz]ed|not permitted|unexpected|not allowed",
        text,
        re.IGNORECASE,
    )
    if not says_so or is_context_length(error):
        return None
    named = getattr(error, "param", None)
    if named in sent:
        return str(named)
    return next((name for name in sorted(sent) if re.search(rf"\b{name}\b", text)), None)


def message_of(error: BaseException) -> str:
    """What the server said, in one line; servers differ in where they put it."""
    body = getattr(error, "body", None)
    if isinstance(body, str) and "<html" in body.lower():
        return "a web page came back"
    if isinstance(body, dict):
        body = body.get("message") or body.get("detail") or body.get("error") or body
    return one_line(str(body or error.__cause__ or error)) or type(error.__cause__ or error).__name__


def one_line(text: str) -> str:
    """Readable in a terminal and a table: one line, no control characters, not without end."""
    words = " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f]", " ", text).split())
    return words if len(words) <= _MESSAGE_LENGTH else words[: _MESSAGE_LENGTH - 1] + "…"


def _codes(error: BaseException) -> frozenset[str]:
    """Code and type of an error, at the places where servers put them."""
    found = [getattr(error, "code", None), getattr(error, "type", None)]
    body = getattr(error, "body", None)
    if isinstance(body, dict):
        found += [body.get("code"), body.get("type")]
        inner = body.get("innererror")
        if isinstance(inner, dict):
            found.append(inner.get("code"))
    return frozenset(value.lower() for value in found if isinstance(value, str))


def asked_wait(error: BaseException) -> float | None:
    """Seconds after which a server asks to be asked again; None where it does not say."""
    headers: Any = getattr(getattr(error, "response", None), "headers", None)
    if headers is None:
        return None
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    text = headers.get("retry-after")
    seconds = _number(text)
    if seconds is not None or not text:
        return seconds
    try:
        until = parsedate_to_datetime(text).timestamp()
    except ValueError:
        return None
    try:
        # The server's own clock where it shows it: this machine's may be wrong.
        now = parsedate_to_datetime(headers.get("date") or "").timestamp()
    except ValueError:
        now = time.time()
    return max(0.0, until - now)


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if value >= 0 and not math.isnan(value) else None


def _error_of(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome is not None else None
