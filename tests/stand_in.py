"""A model server for load: fast, OpenAI-compatible, and faulty by a plan that runs the same every time.

    python -m tests.stand_in --port 0 --delay-ms 200 [--rate 0.3] [--fault NAME[=RATE]]… [--seed 7]

prints its port, and serves until its standard input ends. It answers requests for a summary, for claims
or for verdicts, in both of OpenAI's forms, with the numbered sentences of the prompt. GET /stats tells what it
did, POST /reset forgets it. ``fault_server.py`` is the other one: a script, one step a request.
"""

import argparse
import asyncio
import contextlib
import hashlib
import json
import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent

FAULTS = {
    "rate_limited": "429, and not a word about when to come back",
    "rate_limited_retry_after": "429 with Retry-After",
    "server_error": "500",
    "dropped": "the connection ends without an answer",
    "html": "a web page with status 200",
    "truncated": "half an answer, ended by the token limit",
    "wrong_shape": "JSON, of another shape than the one asked for",
    "refusal": "the model declines",
    "stall": "nothing ever comes",
    "slow_drip": "white space comes, a byte now and then, and no end",
}
# What a client mends by sending the same request again; the others come with status 200.
IN_TRANSPORT = frozenset(
    {"rate_limited", "rate_limited_retry_after", "server_error", "dropped", "stall", "slow_drip"}
)
RETRY_AFTER_S = 1
_DRIP_S = 0.05
_LONGEST_S = 60.0  # a stalled or dripping connection that nobody gives up
_ABOUT = re.compile(r"^([^\s,:]+)(?:, look at ([^:]+))?: ", re.MULTILINE)
_SENTENCE = re.compile(r"^((?:\[\d+\])+) (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Plan:
    """Which request gets which fault: a function of seed, body and how often that body came before.

    ``rates`` has the share of requests by the fault's name. One statement in ``altered_every`` has
    a figure changed, so that a checker finds something; 0 for none.
    """

    rates: Mapping[str, float] = field(default_factory=dict)
    seed: int = 0
    altered_every: int = 0

    @classmethod
    def even(cls, rate: float, *, seed: int = 0, altered_every: int = 0) -> "Plan":
        """All faults, equally often, ``rate`` of the requests together."""
        return cls({name: rate / len(FAULTS) for name in FAULTS}, seed, altered_every)

    def fault(self, body: bytes, attempt: int) -> str | None:
        """The fault for the ``attempt``-th time (from 1) that this body comes."""
        digest = hashlib.sha256(b"%d:%d:" % (self.seed, attempt) + body).digest()
        share = int.from_bytes(digest[:8], "big") / 2**64
        for name, rate in self.rates.items():
            if share < rate:
                return name
            share -= rate
        return None

    def arguments(self) -> list[str]:
        """For the command line."""
        faults = [f"--fault={name}={rate!r}" for name, rate in self.rates.items()]
        return [*faults, f"--seed={self.seed}", f"--altered-every={self.altered_every}"]


# --- answers ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Asked:
    """What a request asks for, in either form."""

    task: str
    schema: dict[str, Any]
    prompt: str  # the first user message: the system's holds examples with numbers of their own
    max_tokens: int
    responses: bool

    @classmethod
    def read(cls, body: dict[str, Any], *, responses: bool) -> "_Asked":
        """Raises LookupError or TypeError for a request of another kind."""
        form = body["text"]["format"] if responses else body["response_format"]["json_schema"]
        messages = body["input" if responses else "messages"]
        prompt = next(message["content"] for message in messages if message["role"] == "user")
        limit = next(
            body[name]
            for name in ("max_output_tokens", "max_completion_tokens", "max_tokens")
            if name in body
        )
        return cls(form["name"], form["schema"], prompt, limit, responses)


def answer(asked: _Asked, altered_every: int = 0) -> str:
    """A summary or claims made of the prompt's sentences, or verdicts. Raises LookupError for another task."""
    if asked.task == "verdicts":
        return json.dumps({"verdicts": _verdicts(asked.prompt)})
    sentences = [
        (sorted({int(number) for number in re.findall(r"\d+", numbers)}), text.strip())
        for numbers, text in _SENTENCE.findall(asked.prompt)
    ]
    entries = [
        {"evidence": numbers[:4], "text": _altered(_clipped(text), altered_every)}
        for numbers, text in sentences
        if len(text) >= 10
    ]
    properties = asked.schema["properties"]
    made: dict[str, Any]
    if asked.task == "summary":
        words = re.findall(r"[\w'-]+", sentences[0][1])
        made = {
            "headline": " ".join(words[:9]),
            "sentences": entries[: properties["sentences"].get("maxItems", 3)],
        }
    elif asked.task == "claims":
        claims = [{"evidence": e["evidence"], "speaker": None, "text": e["text"]} for e in entries]
        made = {"claims": claims[: properties["claims"].get("maxItems", 12)]}
    else:
        raise LookupError(asked.task)
    return json.dumps(made, ensure_ascii=False)


def _verdicts(prompt: str) -> list[dict[str, Any]]:
    """Whatever has a sentence is supported by it."""
    statements = prompt.split("\nStatements:\n", 1)[1].split("\n=====", 1)[0]
    return [
        {
            "id": name,
            "evidence": [int(number) for number in re.findall(r"\d+", look)][:4],
            "verdict": "supported" if look else "not_in_article",
            "reason": "The sentence says so." if look else "No sentence says so.",
        }
        for name, look in _ABOUT.findall(statements)
    ]


def _clipped(text: str) -> str:
    return text if len(text) <= 390 else text[:390].rsplit(" ", 1)[0] + "."


def _altered(text: str, every: int) -> str:
    if not every or hashlib.sha256(text.encode()).digest()[0] % every:
        return text
    return re.sub(r"\d+", lambda number: str(int(number[0]) * 3 + 1), text, count=1)


def _reply(asked: _Asked, identity: str, text: str, prompt_tokens: int, fault: str | None) -> dict[str, Any]:
    """A reply in the form that was asked for."""
    output_tokens = asked.max_tokens if fault == "truncated" else len(text) // 4 + 1
    total = prompt_tokens + output_tokens
    refusal = "I cannot help with that." if fault == "refusal" else None
    if asked.responses:
        part: dict[str, Any] = {"type": "output_text", "text": text, "annotations": []}
        if refusal:
            part = {"type": "refusal", "refusal": refusal}
        cut = fault == "truncated"
        message = {"type": "message", "id": f"msg_{identity}", "role": "assistant", "content": [part]}
        return {
            "id": f"resp_{identity}",
            "object": "response",
            "created_at": 1,
            "model": "stand-in",
            "status": "incomplete" if cut else "completed",
            "incomplete_details": {"reason": "max_output_tokens"} if cut else None,
            "error": None,
            "output": [message | {"status": "incomplete" if cut else "completed"}],
            "parallel_tool_calls": False,
            "tool_choice": "auto",
            "tools": [],
            "usage": {
                "input_tokens": prompt_tokens,
                "input_tokens_details": {"cached_tokens": 0},
                "output_tokens": output_tokens,
                "output_tokens_details": {"reasoning_tokens": 0},
                "total_tokens": total,
            },
        }
    finish = "length" if fault == "truncated" else "stop"
    content = None if refusal else text
    return {
        "id": f"chatcmpl-{identity}",
        "object": "chat.completion",
        "created": 1,
        "model": "stand-in",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": content, "refusal": refusal},
                "finish_reason": finish,
            }
        ],
        "usage": {
            "prompt_tokens": prompt_tokens,
            "completion_tokens": output_tokens,
            "total_tokens": total,
            "prompt_tokens_details": {"cached_tokens": 0},
        },
    }


# --- the server -------------------------------------------------------------------------------


class StandIn:
    """Answers after ``delay_s``, with the plan's faults. ``start`` it in the loop that is to serve."""

    def __init__(self, plan: Plan | None = None, *, delay_s: float = 0.0) -> None:
        self.plan = plan or Plan()
        self.delay_s = delay_s
        self.reset()

    def reset(self) -> None:
        self._attempts: Counter[bytes] = Counter()
        self._faults: Counter[str] = Counter()
        self._tasks: Counter[str] = Counter()
        self._under_way = self._most = 0
        self._seconds: Counter[int] = Counter()

    def stats(self) -> dict[str, Any]:
        """``requests`` in all, by fault (``none`` for a good answer) and by task; ``bodies`` are the different
        ones, ``most_at_once`` how many were under way together, ``by_second`` how many came in each second."""
        return {
            "by_second": [count for _, count in sorted(self._seconds.items())],
            "requests": sum(self._attempts.values()),
            "bodies": len(self._attempts),
            "by_fault": dict(self._faults),
            "by_task": dict(self._tasks),
            "most_at_once": self._most,
        }

    async def start(self, port: int = 0) -> asyncio.Server:
        return await asyncio.start_server(self._connection, "127.0.0.1", port, limit=2**20, backlog=1024)

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A client that hangs up, at any moment, is what half of the faults are about.
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while await self._request(reader, writer):
                await writer.drain()
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    async def _request(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Serves one request; False when the connection is to end."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        length = re.search(r"^content-length: *(\d+)", head, re.IGNORECASE | re.MULTILINE)
        body = await reader.readexactly(int(length[1])) if length else b""
        method, path, _ = head.split(" ", 2)
        if method == "POST" and path.endswith(("/chat/completions", "/responses")):
            self._under_way += 1
            self._seconds[int(time.monotonic())] += 1
            self._most = max(self._most, self._under_way)
            try:
                return await self._model(path, body, reader, writer)
            finally:
                self._under_way -= 1
        if (method, path) == ("POST", "/reset"):
            self.reset()
            _send(writer, 200, {})
        elif (method, path) == ("GET", "/stats"):
            _send(writer, 200, self.stats())
        elif (method, path) == ("GET", "/v1/models"):
            entry = {"id": "stand-in", "object": "model", "created": 1, "owned_by": "tests"}
            _send(writer, 200, {"object": "list", "data": [entry]})
        else:
            _send(writer, 404, _error(f"there is no {method} {path}"))
        return True

    async def _model(
        self, path: str, body: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        try:
            asked = _Asked.read(json.loads(body), responses=path.endswith("/responses"))
            text = answer(asked, self.plan.altered_every)
        except (LookupError, TypeError, ValueError, StopIteration) as error:
            _send(
                writer,
                400,
                _error(f"only summaries, claims and verdicts by JSON Schema are served here: {error!r}"),
            )
            return True
        key = hashlib.sha256(body).digest()
        self._attempts[key] += 1
        fault = self.plan.fault(body, self._attempts[key])
        self._faults[fault or "none"] += 1
        self._tasks[asked.task] += 1
        if self.delay_s:
            await asyncio.sleep(self.delay_s)
        if fault == "dropped":
            return False
        if fault == "stall":
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(reader.read(1), _LONGEST_S)  # nothing, when the client hangs up
            return False
        if fault == "slow_drip":
            await _drip(writer)
            return False
        if fault in ("rate_limited", "rate_limited_retry_after"):
            wait = {"Retry-After": str(RETRY_AFTER_S)} if fault == "rate_limited_retry_after" else {}
            _send(writer, 429, _error("slow down", code="rate_limit_exceeded"), wait)
        elif fault == "server_error":
            _send(writer, 500, _error("it broke"))
        elif fault == "html":
            _send(writer, 200, "<html><body>Down for maintenance</body></html>", kind="text/html")
        else:
            if fault == "wrong_shape":
                text = json.dumps({"result": {"status": "done", "items": [1, 2, 3]}})
            elif fault == "truncated":
                text = text[: len(text) // 2]
            _send(writer, 200, _reply(asked, key.hex()[:12], text, len(body) // 4, fault))
        return True


def _error(message: str, code: str | None = None) -> dict[str, Any]:
    return {"error": {"message": message, "type": "stand_in", "code": code}}


def _send(
    writer: asyncio.StreamWriter,
    status: int,
    content: dict[str, Any] | str,
    headers: Mapping[str, str] | None = None,
    kind: str = "application/json",
) -> None:
    payload = (content if isinstance(content, str) else json.dumps(content)).encode()
    more = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
    head = f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(payload)}\r\n{more}\r\n"
    writer.write(head.encode() + payload)


async def _drip(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 X\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n")
    for _ in range(int(_LONGEST_S / _DRIP_S)):
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(_DRIP_S)
        if writer.transport.is_closing():
            return


# --- as a process of its own --------------------------------------------------------------------


@contextlib.contextmanager
def running(plan: Plan | None = None, *, delay_ms: float = 0.0) -> Iterator[str]:
    """A stand-in in another process; its address, as ``http://127.0.0.1:PORT``."""
    command = [sys.executable, "-m", "tests.stand_in", "--port", "0", "--delay-ms", str(delay_ms)]
    with subprocess.Popen(
        [*command, *(plan or Plan()).arguments()],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        try:
            port = process.stdout.readline().strip()
            if not port:
                raise RuntimeError("the stand-in did not start; what it said stands above")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.stdin.close()  # it ends by itself, also when this process is killed
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()


async def _serve(stand_in: StandIn, port: int) -> None:
    server = await stand_in.start(port)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while await reader.read(1024):
        pass
    os._exit(0)  # nothing is worth saving; to cancel open connections one by one only makes noise


def main() -> None:
    assert __doc__ is not None
    known = "\n".join(f"  {name:26}{meaning}" for name, meaning in FAULTS.items())
    parser = argparse.ArgumentParser(
        prog="python -m tests.stand_in",
        description=__doc__,
        epilog=f"faults:\n{known}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--port", type=int, default=0, help="0, the default, takes a free one")
    parser.add_argument("--delay-ms", type=float, default=0.0, help="before every answer")
    parser.add_argument("--rate", type=float, default=0.0, help="share of faulty requests, over all faults")
    parser.add_argument("--fault", action="append", default=[], metavar="NAME[=RATE]", help="only these")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--altered-every", type=int, default=0, metavar="N", help="a wrong figure in one statement of N"
    )
    options = parser.parse_args()
    rates = dict.fromkeys(FAULTS, options.rate / len(FAULTS)) if options.rate and not options.fault else {}
    for given in options.fault:
        name, _, rate = given.partition("=")
        if name not in FAULTS:
            parser.error(f"there is no fault {name!r}; known: {', '.join(FAULTS)}")
        rates[name] = float(rate) if rate else (options.rate or 1.0) / len(options.fault)
    stand_in = StandIn(Plan(rates, options.seed, options.altered_every), delay_s=options.delay_ms / 1000)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(stand_in, options.port))


if __name__ == "__main__":
    main()
