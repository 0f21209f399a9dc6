"""A model server on the loopback address that misbehaves as told: one step of its script a request.

What is the same for both APIs stands at the top level; replies that have a form are in ``CHAT`` and
``RESPONSES``, under the same names.
"""

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
    pause_s: float = 0.0  # after every byte of the body


def _step(reply: Mapping[str, Any]) -> Step:
    return Step(body=json.dumps(reply))


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
    return _step(reply | more)


def response(
    *content: Mapping[str, Any],
    status: str = "completed",
    reason: str | None = None,
    usage: Mapping[str, Any] | None = None,
    **more: object,
) -> Step:
    """A reply of the Responses API: a message of these parts, behind what the model thought."""
    output: list[dict[str, Any]] = [
        {"id": "rs_1", "type": "reasoning", "summary": [{"type": "summary_text", "text": "Hm."}]}
    ]
    if content:
        output.append({"id": "msg_1", "type": "message", "role": "assistant", "content": list(content)})
    reply: dict[str, Any] = {
        "id": "resp_1",
        "object": "response",
        "created_at": 1,
        "model": "served-name",
        "status": status,
        "incomplete_details": None if reason is None else {"reason": reason},
        "error": None,
        "output": output,
    }
    if usage is not None:
        reply["usage"] = usage
    return _step(reply | more)


def said(text: object) -> dict[str, Any]:
    return {"type": "output_text", "text": text, "annotations": []}


def response_usage(prompt: int, output: int, cached: int | None = None) -> dict[str, Any]:
    details = {} if cached is None else {"input_tokens_details": {"cached_tokens": cached}}
    return {"input_tokens": prompt, "output_tokens": output, "total_tokens": prompt + output, **details}


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


@dataclass(frozen=True)
class Replies:
    """What a server may send with status 200, in the form of one API."""

    ok: Step
    no_usage: Step
    truncated: Step
    truncated_in_thought: Step  # nothing was written yet
    refusal: Step
    filtered: Step
    empty: Step
    no_content: Step
    odd_content: Step
    odd_usage: Step


_REFUSAL = "I cannot help with that."
CHAT = Replies(
    ok=completion(usage=usage(100, 10, cached=64)),
    no_usage=completion(),
    truncated=completion("A fine", finish="length", usage=usage(100, 50)),
    truncated_in_thought=completion(None, finish="length", usage=usage(100, 50)),
    refusal=completion(None, refusal=_REFUSAL, usage=usage(100, 5)),
    filtered=completion("", finish="content_filter"),
    empty=_step({"id": "x", "object": "chat.completion", "choices": []}),
    no_content=completion(None),
    odd_content=completion(["a"]),
    odd_usage=completion(usage={"prompt_tokens": "many", "completion_tokens": True}),
)
RESPONSES = Replies(
    ok=response(said("A fine "), said("summary."), usage=response_usage(100, 10, cached=64)),
    no_usage=response(said("A fine summary.")),
    truncated=response(
        said("A fine"), status="incomplete", reason="max_output_tokens", usage=response_usage(100, 50)
    ),
    truncated_in_thought=response(
        status="incomplete", reason="max_output_tokens", usage=response_usage(100, 50)
    ),
    refusal=response({"type": "refusal", "refusal": _REFUSAL}, usage=response_usage(100, 5)),
    filtered=response(status="incomplete", reason="content_filter"),
    empty=_step({"id": "x", "object": "response", "status": "completed"}),
    no_content=response(),
    odd_content=response(said(["a"])),
    odd_usage=response(said("A fine summary."), usage={"input_tokens": "many", "output_tokens": True}),
)
ok = CHAT.ok  # for tests that speak the older API alone

error_in_200 = Step(body=json.dumps({"error": {"message": "upstream is down", "code": 502}}))
number_200 = Step(body="7")
nested_200 = Step(body="[" * 100_000)
html_200 = Step(body="<html><body>Sign in</body></html>", content_type="text/html")
broken_json = Step(body='{"id": "x", "choi')
bad_gateway = Step(502, "<html><h1>502</h1></html>", content_type="text/html")
dropped = Step(before=_drop)
stall = Step(before=_stall)
slow_drip = Step(body=" " * 1200, pause_s=0.05)  # never silent for long, and never done
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
too_large = error(413, "Request Entity Too Large")
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


def models(*names: str, **more: object) -> Step:
    """The list of models; ``more`` stands in every entry."""
    data = [{"id": name, "object": "model", "created": 1, "owned_by": "x", **more} for name in names]
    return _step({"object": "list", "data": data})


class FaultServer:
    """Serves its script, then what ``then`` makes of a request; ``bodies`` are the requests."""

    def __init__(self, *script: Step, then: Callable[[dict[str, Any]], Step] | None = None) -> None:
        self.script = list(script)
        self.then = then or (lambda body: error(500, "the script has ended"))
        self.bodies: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.owner = self
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def next(self, body: dict[str, Any], headers: dict[str, str], path: str) -> Step:
        with self._lock:
            self.paths.append(path)
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
        headers = {name.lower(): value for name, value in self.headers.items()}
        step = self.server.owner.next(body, headers, self.path)
        if not step.before(self):
            return
        payload = step.body.encode()
        self.send_response(step.status)
        self.send_header("Content-Type", step.content_type)
        self.send_header("Content-Length", str(len(payload)))
        for name, value in step.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if not step.pause_s:
            self.wfile.write(payload)
            return
        for byte in payload:
            self.wfile.write(bytes([byte]))
            if self.server.closing.wait(step.pause_s):
                return

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        pass
