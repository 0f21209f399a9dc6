"""A model server on the loopback address that misbehaves as told: one step of its script a request."""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any


@dataclass(frozen=True)
class Step:
    """What one request gets. ``before`` runs first and may end the connection by returning False."""

    status: int = 200
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    before: Callable[["_Handler"], bool] = lambda handler: True


def completion(
    content: object = "A fine summary.",
    *,
    finish: str = "stop",
    refusal: str | None = None,
    usage: Mapping[str, Any] | None = None,
    **more: object,
) -> Step:
    """A chat completion; without ``usage`` the reply has none, as those of some local servers."""
    message = {"role": "assistant", "content": content, "refusal": refusal}
    reply: dict[str, Any] = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "served-name",
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
    }
    if usage is not None:
        reply["usage"] = usage
    return Step(body=json.dumps(reply | more))


def usage(prompt: int, output: int, cached: int | None = None) -> dict[str, Any]:
    details = {} if cached is None else {"prompt_tokens_details": {"cached_tokens": cached}}
    return {
        "prompt_tokens": prompt,
        "completion_tokens": output,
        "total_tokens": prompt + output,
        **details,
    }


def error(
    status: int, message: str = "it failed", *, headers: Mapping[str, str] | None = None, **more: Any
) -> Step:
    return Step(status, json.dumps({"error": {"message": message, **more}}), headers or {})


def _drop(handler: "_Handler") -> bool:
    handler.close_connection = True
    return False


def _stall(handler: "_Handler") -> bool:
    handler.server.closing.wait(30)
    handler.close_connection = True
    return False


ok = completion(usage=usage(100, 10, cached=64))
no_usage = completion()
truncated = completion("A fine", finish="length", usage=usage(100, 50))
refusal = completion(None, refusal="I cannot help with that.", usage=usage(100, 5))
filtered = completion("", finish="content_filter")
empty_choices = Step(body=json.dumps({"id": "x", "object": "chat.completion", "choices": []}))
no_content = completion(None)
error_in_200 = Step(body=json.dumps({"error": {"message": "upstream is down", "code": 502}}))
html_200 = Step(body="<html><body>Sign in</body></html>", content_type="text/html")
broken_json = Step(body='{"id": "x", "choi')
bad_gateway = Step(502, "<html><h1>502</h1></html>", content_type="text/html")
dropped = Step(before=_drop)
stall = Step(before=_stall)
server_error = error(500, "overloaded")
too_fast = error(429, "slow down", headers={"Retry-After": "7"}, code="rate_limit_exceeded")
too_fast_ms = error(429, "slow down", headers={"retry-after-ms": "1500", "Retry-After": "7"})
too_fast_for_an_hour = error(429, "slow down", headers={"Retry-After": "3600"})
insufficient_quota = error(429, "You exceeded your current quota", code="insufficient_quota")
no_balance = error(402, "Insufficient Balance")
wrong_key = error(401, "Incorrect API key provided: sk-secret", code="invalid_api_key")
forbidden = error(403, "not from your country")
no_such_model = error(404, "The model `m` does not exist", code="model_not_found")
not_a_path = Step(404, "<html>Not Found</html>", content_type="text/html")
bad_request = error(400, "messages must not be empty", type="invalid_request_error")
schema_unsupported = error(400, "response_format json_schema is not available")
# The words of three servers.
context_openai = error(
    400, "This model's maximum context length is 8192 tokens", code="context_length_exceeded"
)
context_llama = error(400, "request (20031 tokens) exceeds the limit", type="exceed_context_size_error")
context_vllm = Step(400, json.dumps({"message": "maximum context length is 4096 tokens", "code": 400}))
prompt_filtered = error(400, "The prompt triggered the policy", code="content_filter")
max_tokens_unsupported = error(
    400,
    "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens'.",
    param="max_tokens",
    code="unsupported_parameter",
)
temperature_unsupported = error(
    400,
    "Unsupported value: 'temperature' does not support 0 with this model.",
    param="temperature",
    code="unsupported_value",
)
seed_unknown = Step(
    422,
    json.dumps(
        {
            "detail": [
                {
                    "type": "extra_forbidden",
                    "loc": ["body", "seed"],
                    "msg": "Extra inputs are not permitted",
                }
            ]
        }
    ),
)
lengths_unsupported = error(
    400, "Invalid schema for response_format 'summary': 'maxLength' is not permitted."
)


def models(*names: str) -> Step:
    """The list of models."""
    data = [{"id": name, "object": "model", "created": 1, "owned_by": "x"} for name in names]
    return Step(body=json.dumps({"object": "list", "data": data}))


class FaultServer:
    """Serves its script, then what ``then`` makes of a request; ``bodies`` are the requests."""

    def __init__(self, *script: Step, then: Callable[[dict[str, Any]], Step] | None = None) -> None:
        self.script = list(script)
        self.then = then or (lambda body: error(500, "the script has ended"))
        self.bodies: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.owner = self
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def next(self, body: dict[str, Any], headers: dict[str, str]) -> Step:
        with self._lock:
            self.bodies.append(body)
            self.headers.append(headers)
            return self.script.pop(0) if self.script else self.then(body)

    def __enter__(self) -> "FaultServer":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    owner: FaultServer

    def __init__(self, *arguments: Any) -> None:
        self.closing = threading.Event()
        super().__init__(*arguments)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no error of a test."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        self._serve(body)

    def do_GET(self) -> None:
        self._serve({})

    def _serve(self, body: dict[str, Any]) -> None:
        step = self.server.owner.next(body, {name.lower(): value for name, value in self.headers.items()})
        if not step.before(self):
            return
        payload = step.body.encode()
        self.send_response(step.status)
        self.send_header("Content-Type", step.content_type)
        self.send_header("Content-Length", str(len(payload)))
        for name, value in step.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        pass
