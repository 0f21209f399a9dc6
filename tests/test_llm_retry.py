"""Which errors are worth another request, and how long to wait before it."""

from collections.abc import Mapping
from typing import Any

import httpx2
import openai
import pytest

from summarizer.llm.retry import (
    Kind,
    Page,
    classify,
    message_of,
    one_line,
    unsupported_parameter,
    wait_seconds,
)

REQUEST = httpx2.Request("POST", "http://localhost/v1/chat/completions")


def status_error(
    status: int, body: object = None, headers: Mapping[str, str] | None = None
) -> openai.APIStatusError:
    response = httpx2.Response(status, request=REQUEST, headers=dict(headers or {}))
    return openai.APIStatusError(f"Error code: {status}", response=response, body=body)


def connection_error(cause: Exception) -> openai.APIConnectionError:
    error = openai.APIConnectionError(request=REQUEST)
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        pytest.param(status_error(408), Kind.TRANSIENT, id="408"),
        pytest.param(status_error(409), Kind.TRANSIENT, id="409"),
        pytest.param(status_error(500), Kind.TRANSIENT, id="500"),
        pytest.param(status_error(529), Kind.TRANSIENT, id="529"),
        pytest.param(status_error(429), Kind.RATE_LIMITED, id="429"),
        pytest.param(status_error(429, {"code": "insufficient_quota"}), Kind.FATAL, id="quota by code"),
        pytest.param(status_error(429, {"type": "insufficient_quota"}), Kind.FATAL, id="quota by type"),
        pytest.param(
            status_error(429, {"message": "too many tokens per minute"}), Kind.RATE_LIMITED, id="tokens a minute"
        ),
        pytest.param(status_error(500, {"message": "Context size has been exceeded."}), Kind.FATAL, id="context"),
        pytest.param(status_error(400), Kind.FATAL, id="400"),
        pytest.param(status_error(401), Kind.FATAL, id="401"),
        pytest.param(status_error(404), Kind.FATAL, id="404"),
        pytest.param(connection_error(httpx2.ConnectError("refused")), Kind.UNAVAILABLE, id="refused"),
        pytest.param(connection_error(httpx2.ConnectTimeout("")), Kind.UNAVAILABLE, id="no route"),
        pytest.param(connection_error(httpx2.ReadError("reset")), Kind.TRANSIENT, id="reset"),
        pytest.param(connection_error(httpx2.RemoteProtocolError("")), Kind.TRANSIENT, id="dropped"),
        pytest.param(openai.APITimeoutError(REQUEST), Kind.TRANSIENT, id="timeout of the package"),
        pytest.param(TimeoutError(), Kind.TRANSIENT, id="timeout of ours"),
        pytest.param(Page("<html>"), Kind.TRANSIENT, id="a page with status 200"),
        pytest.param(ValueError(), Kind.FATAL, id="anything else"),
        pytest.param(KeyboardInterrupt(), Kind.FATAL, id="Ctrl-C"),
    ],
)  # fmt: skip
def test_classify(error: BaseException, kind: Kind) -> None:
    assert classify(error) is kind


DATE = "Mon, 23 Nov 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "attempt", "seconds"),
    [
        pytest.param({"Retry-After": "7"}, 1, 7.0, id="seconds"),
        pytest.param({"Retry-After": "0"}, 1, 0.0, id="at once"),
        pytest.param({"Retry-After": "0.5"}, 3, 0.5, id="half a second"),
        pytest.param({"Retry-After": "86400"}, 1, 60.0, id="a day is capped"),
        pytest.param({"Retry-After": "inf"}, 1, 60.0, id="for ever is capped"),
        pytest.param({"retry-after-ms": "250", "Retry-After": "7"}, 1, 0.25, id="milliseconds first"),
        pytest.param(
            {"Retry-After": "Mon, 23 Nov 2026 12:00:09 GMT", "Date": DATE}, 1, 9.0, id="a date, by the server's clock"
        ),
        pytest.param({"Retry-After": "Mon, 23 Nov 2026 11:59:00 GMT", "Date": DATE}, 1, 0.0, id="a date gone by"),
        pytest.param({"Retry-After": "Sun, 01 Jan 2012 00:00:00 GMT"}, 1, 0.0, id="a date, no clock"),
        pytest.param({"Retry-After": "soon"}, 1, 1.0, id="words"),
        pytest.param({"Retry-After": "-3"}, 1, 1.0, id="below zero"),
        pytest.param({"Retry-After": "nan"}, 1, 1.0, id="no number"),
        pytest.param({}, 1, 1.0, id="first wait"),
        pytest.param({}, 4, 8.0, id="fourth wait"),
        pytest.param({}, 50, 30.0, id="never above half a minute"),
    ],
)  # fmt: skip
def test_wait_seconds(headers: dict[str, str], attempt: int, seconds: float) -> None:
    error = status_error(503, headers=headers)
    jitter = 0.0 if headers.get("Retry-After", "soon") not in ("soon", "-3", "nan") else 1.0
    assert wait_seconds(error, attempt, lambda: jitter) == pytest.approx(seconds)


def test_jitter() -> None:
    error = status_error(503)
    assert wait_seconds(error, 3, lambda: 0.0) == 0.0
    assert wait_seconds(error, 3, lambda: 0.25) == 1.0
    told = status_error(429, headers={"Retry-After": "10"})
    assert wait_seconds(told, 1, lambda: 1.0) == pytest.approx(11.0)
    refused = connection_error(httpx2.ConnectError("refused"))
    assert [wait_seconds(refused, n, lambda: 1.0) for n in (1, 2, 3, 9)] == [0.25, 0.5, 1.0, 1.0]


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (status_error(400, {"message": "no"}), "no"),
        (status_error(400, {"detail": "no"}), "no"),
        (status_error(400, {"error": "no"}), "no"),
        (status_error(400, "no"), "no"),
        (status_error(400, {"message": "a\n\x1b[31mb"}), "a [31mb"),
        (status_error(502, "<HTML><body>Bad Gateway"), "a web page came back"),
        (status_error(400), "Error code: 400"),
        (connection_error(httpx2.ConnectError("refused")), "refused"),
        (connection_error(httpx2.ReadError("")), "ReadError"),
        (TimeoutError(), "TimeoutError"),
    ],
)
def test_message_of(error: Exception, message: str) -> None:
    assert message_of(error) == message


def test_a_message_has_an_end() -> None:
    assert len(one_line("word " * 1000)) == 300


@pytest.mark.parametrize(
    ("body", "parameter"),
    [
        ({"message": "Unsupported parameter", "param": "seed"}, "seed"),
        ({"message": "unknown field: seed"}, "seed"),
        ({"message": "max_tokens is too large: 99999. This model supports at most 16384"}, None),
        ({"message": "'max_tokens' is too large. This model's maximum context length is 4096"}, None),
        ({"message": "seedling is not supported"}, None),
        ({"message": "tools are not supported"}, None),
    ],
)
def test_unsupported_parameter(body: dict[str, Any], parameter: str | None) -> None:
    sent = frozenset({"seed", "temperature", "max_tokens"})
    assert unsupported_parameter(status_error(400, body), sent) == parameter
    assert unsupported_parameter(status_error(500, body), sent) is None
