"""One client for every server that speaks OpenAI's chat completions.

``openai`` is imported when the first request is made: it takes most of a second.
"""

import random as random_module
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import anyio
from anyio.lowlevel import RunVar

from ..errors import ModelError, ModelRejected, ModelUnavailable, SettingsError
from ..report import AnswerState, Usage
from . import retry
from .model import Answer, Request

if TYPE_CHECKING:
    import openai

OPENAI_URL = "https://api.openai.com/v1"
SERVER_EXAMPLES = (
    "http://localhost:11434/v1 (Ollama), "
    "http://localhost:8000/v1 (vLLM), "
    "http://localhost:8080/v1 (llama.cpp)"
)
# Servers that ask for no key get this one: the package will not send a request without.
_NO_KEY = "none-needed"
_MAX_OUTPUT_TOKENS = 16_384
# Left out, or sent under another name, when a server says that it does not take them.
_OPTIONAL = frozenset({"max_tokens", "temperature", "seed"})
_LENGTHS = frozenset({"minLength", "maxLength"})


class OpenAIModel:
    """A model behind an OpenAI-compatible server.

    ``close()`` closes the connections of the running event loop; the model can be used again after it,
    also in another loop. A client that was given is its owner's to close. ``max_attempts`` bounds the
    HTTP requests for one answer, except those that follow a parameter's refusal (at most four).
    ``bounds_lengths`` says whether the server takes minLength and maxLength in a schema; not given, it
    is tried, except with OpenAI.
    """

    def __init__(
        self,
        name: str,
        *,
        base_url: str | None = None,
        api_key: str | None = None,
        timeout_s: float = 120.0,
        max_attempts: int = 4,
        context: int | None = None,
        bounds_lengths: bool | None = None,
        http_client: Any = None,
        sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
        random: Callable[[], float] = random_module.random,
        extra_body: dict[str, Any] | None = None,
    ) -> None:
        """Raises SettingsError without a key where one is needed, or for one that cannot be sent."""
        self.name = name
        self.context = context
        self.base_url = base_url or OPENAI_URL
        self.bounds_lengths = _takes_lengths(self.base_url) if bounds_lengths is None else bounds_lengths
        # OpenAI's strict subset refuses string lengths; servers of one's own build a grammar with them.
        self.bounds_lengths = urlsplit(self.base_url).hostname != urlsplit(OPENAI_URL).hostname
        self._api_key = _checked_key(api_key, base_url)
        self._timeout_s = timeout_s
        self._max_attempts = max_attempts
        self._http_client = http_client
        self._sleep = sleep
        self._random = random
        self._extra_body = extra_body
        self._refused: set[str] = set()  # parameters that this server does not take
        # Connections belong to the event loop that opened them, and `summarize()` starts one a call.
        self._clients: RunVar[openai.AsyncOpenAI | None] = RunVar("client")

    async def answer(self, request: Request) -> Answer:
        """One answer; what it may look like is a state.

        A cut-off answer is asked for once more with twice the room. Raises ModelUnavailable when
        nothing answers at the address, ModelRejected when the server will not work with us.
        """
        started = time.perf_counter()
        counter = _Counter(self._max_attempts)
        answer = await self._ask(request, request.max_tokens, counter)
        room = self._more_room(request, answer)
        if room is not None and counter.left:
            answer = _better(answer, await self._ask(request, room, counter))
        return replace(answer, attempts=counter.used, seconds=time.perf_counter() - started)

    async def close(self) -> None:
        client = self._clients.get(None)
        if client is not None:
            self._clients.set(None)
            if self._http_client is None:
                await client.close()

    async def _ask(self, request: Request, max_tokens: int, counter: "_Counter") -> Answer:
        import openai

        while True:
            body = self._body(request, max_tokens)
            optional = self._optional(body)  # before another answer's refusal changes it
            loop = retry.retrying(max(1, counter.left), sleep=self._sleep, random=self._random)
            try:
                reply: object = await loop(self._send, body, counter)
            except (openai.OpenAIError, TimeoutError, ValueError) as error:
                refused = retry.unsupported_parameter(error, optional)
                if refused in _LENGTHS:
                    self.bounds_lengths = False
                    continue
                if refused is not None:
                    self._refused.add(refused)
                    continue
                return self._after_error(error, counter)
            return _read(reply, max_tokens, self.name)

    async def _send(self, body: dict[str, Any], counter: "_Counter") -> object:
        client = self._clients.get(None)
        if client is None:
            client = _open_client(self.base_url, self._api_key, self._timeout_s, self._http_client)
            self._clients.set(client)
        counter.used += 1
        create: Any = client.chat.completions.create
        # Over all: some servers send blanks while they think, and no read ever times out.
        with anyio.fail_after(self._timeout_s):
            reply: object = await create(**body, extra_body=self._extra_body)
        return reply

    def _body(self, request: Request, max_tokens: int) -> dict[str, Any]:
        body: dict[str, Any] = {
            "model": self.name,
            "messages": [{"role": m.role, "content": m.content} for m in request.messages],
        }
        if request.schema is not None:
            wanted = request.schema if self.bounds_lengths else without_lengths(request.schema)
            schema = {"name": request.schema_name or request.task, "strict": True, "schema": wanted}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
        optional = {"max_tokens": max_tokens, "temperature": request.temperature, "seed": request.seed}
        body |= {name: value for name, value in optional.items() if name not in self._refused}
        if "max_tokens" in self._refused:
            body["max_completion_tokens"] = max_tokens  # the name that reasoning models know
        return body

    def _optional(self, body: dict[str, Any]) -> frozenset[str]:
        """What could be left out of this body, were it refused."""
        lengths = _LENGTHS if self.bounds_lengths and "response_format" in body else frozenset[str]()
        return (_OPTIONAL & body.keys()) | lengths

    def _more_room(self, request: Request, answer: Answer) -> int | None:
        """The limit to ask again with, None when more would change nothing."""
        if answer.state is not AnswerState.TRUNCATED or request.partial_is_useful:
            return None
        used = answer.usage.output_tokens
        if used is not None and used < request.max_tokens:
            return None  # the model's context ended before the limit did
        room = min(2 * request.max_tokens, _MAX_OUTPUT_TOKENS)
        if self.context is not None and answer.usage.input_tokens is not None:
            room = min(room, self.context - answer.usage.input_tokens)
        return room if room > request.max_tokens else None

    def _after_error(self, error: Exception, counter: "_Counter") -> Answer:
        """The state that an error is. Raises ModelError for one that ends all work with this model."""
        answer = Answer(state=AnswerState.MODEL_ERROR, text="", model=self.name)
        status, said = retry.status_of(error), _said(error, self._api_key)
        if retry.is_content_filter(error):
            return replace(answer, state=AnswerState.REFUSED, detail=f"filtered: {said}")
        if retry.is_context_length(error) or status == 413:
            return replace(answer, detail=f"article and answer do not fit into the model's context: {said}")
        kind = retry.classify(error)
        if kind in (retry.Kind.TRANSIENT, retry.Kind.RATE_LIMITED):
            what = f"HTTP {status}: {said}" if status else _broken(error, self._timeout_s)
            return replace(answer, detail=f"{what} (requests: {counter.used})")
        if status is None and kind is retry.Kind.FATAL:
            # JSON was announced and something else came.
            text = getattr(error, "doc", "")
            return replace(answer, text=text, detail=f"the server's answer cannot be read: {said}")
        raise _mapped(error, self.base_url, self.name, self._api_key) from error


async def list_models(base_url: str | None, api_key: str | None = None, timeout_s: float = 5.0) -> list[str]:
    """The names of the models that the server at this address offers, in its order.

    Raises ModelUnavailable, ModelRejected, and SettingsError as OpenAIModel does.
    """
    import openai

    url = base_url or OPENAI_URL
    client = _open_client(url, _checked_key(api_key, base_url), timeout_s)
    try:
        with anyio.fail_after(timeout_s):
            # Not models.list(): it breaks down over a page that is no JSON.
            page: object = await client.get("/models", cast_to=object)
    except (openai.OpenAIError, TimeoutError) as error:
        raise _mapped(error, url, None, api_key or _NO_KEY) from error
    except ValueError:
        page = None
    finally:
        await client.close()
    found = page.get("data") if isinstance(page, dict) else None
    if not isinstance(found, list):
        raise ModelRejected(
            f"{url} is no model server: it sends no list of models", hint=_is_the_path_right(url)
        )
    names = [entry.get("id") for entry in found if isinstance(entry, dict)]
    return [name for name in names if isinstance(name, str)]


class _Counter:
    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.used = 0

    @property
    def left(self) -> int:
        return max(0, self.limit - self.used)


def _checked_key(api_key: str | None, base_url: str | None) -> str:
    key = (api_key or "").strip()  # a key read from a file often ends with a line end
    if not key and base_url is None:
        raise SettingsError(
            "there is no key for OpenAI's server",
            hint=f"Set OPENAI_API_KEY, or name another server with --base-url: {SERVER_EXAMPLES}.",
        )
    if not (key.isascii() and key.isprintable()):
        raise SettingsError(
            "the API key has characters that no key has",
            hint="Copy it again into OPENAI_API_KEY or SUMMARIZER_API_KEY, without anything around it.",
        )
    return key or _NO_KEY


def _open_client(url: str, key: str, timeout_s: float, http_client: Any = None) -> "openai.AsyncOpenAI":
    import openai

    # The whole request has its own limit; a connection that takes longer than this never comes.
    timeout = openai.Timeout(None, connect=min(10.0, timeout_s / 2))
    if http_client is None:
        # What runs on this machine is not reached through a proxy that the environment names.
        http_client = openai.DefaultAsyncHttpxClient(timeout=timeout, trust_env=not is_loopback(url))
    # max_retries=0: the package's own retries would multiply with ours.
    client = openai.AsyncOpenAI(
        base_url=url, api_key=key, timeout=timeout, max_retries=0, http_client=http_client
    )
    if url != OPENAI_URL:
        # Read from the environment by the package, and nobody else's business.
        client.organization = client.project = None
    return client


def is_loopback(url: str) -> bool:
    """True for an address on this machine."""
    host = urlsplit(url).hostname or ""
    return host in ("localhost", "::1") or host.startswith("127.") or host.endswith(".localhost")


def _takes_lengths(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return not host.endswith(("openai.com", "azure.com"))


def without_lengths(schema: Any) -> Any:
    """A schema without the bounds of strings, for servers that refuse them."""
    if isinstance(schema, list):
        return [without_lengths(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    # A property may have the name of a keyword: only a number behind it is the keyword.
    return {
        key: without_lengths(part)
        for key, part in schema.items()
        if not (key in _LENGTHS and isinstance(part, int))
    }


def _read(reply: object, max_tokens: int, name: str) -> Answer:
    """A reply of whatever form as an answer; local servers leave out much of what the format has."""
    answer = Answer(state=AnswerState.MODEL_ERROR, text="", model=name)
    if isinstance(reply, str):
        return replace(
            answer, text=reply, detail="the server sent a page, not an answer: is the address right?"
        )
    usage, identity = _usage(getattr(reply, "usage", None)), getattr(reply, "id", None)
    answer = replace(answer, usage=usage, response_id=identity if isinstance(identity, str) else None)
    choices = getattr(reply, "choices", None)
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = getattr(choice, "message", None)
    if message is None:
        error = getattr(reply, "error", None)  # some routers put errors into a reply with status 200
        said = retry.one_line(str(error)) if error else "no choices"
        return replace(answer, text=_raw(reply), detail=f"the server's reply holds no answer: {said}")
    content, refusal = getattr(message, "content", None), getattr(message, "refusal", None)
    text = content if isinstance(content, str) else ""
    reason = getattr(choice, "finish_reason", None)
    if isinstance(refusal, str) and refusal:
        return replace(
            answer, state=AnswerState.REFUSED, text=text or refusal, detail=retry.one_line(refusal)
        )
    if reason == "content_filter":
        return replace(answer, state=AnswerState.REFUSED, text=text, detail="a content filter stopped it")
    if reason == "length":
        detail = f"cut off; the limit was {max_tokens} tokens"
        return replace(answer, state=AnswerState.TRUNCATED, text=text, detail=detail)
    if not isinstance(content, str):
        return replace(answer, text=_raw(reply), detail=f"the reply holds no text (it ended with {reason!r})")
    return replace(answer, state=AnswerState.OK, text=text)


def _better(first: Answer, second: Answer) -> Answer:
    """The outcome of two requests, the first cut off; both were paid for."""
    usage = Usage(
        _added(first.usage.input_tokens, second.usage.input_tokens),
        _added(first.usage.output_tokens, second.usage.output_tokens),
        _added(first.usage.cached_tokens, second.usage.cached_tokens),
    )
    if second.state is AnswerState.MODEL_ERROR:
        detail = f"{first.detail}; asked again with more: {second.detail}"
        return replace(first, usage=usage if second.usage != Usage() else first.usage, detail=detail)
    if second.state is AnswerState.TRUNCATED and len(first.text) > len(second.text):
        second = replace(second, text=first.text)
    return replace(second, usage=usage)


def _added(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other


def _usage(usage: object) -> Usage:
    def number(holder: object, name: str) -> int | None:
        value = getattr(holder, name, None)
        return value if isinstance(value, int) and value >= 0 else None

    return Usage(
        input_tokens=number(usage, "prompt_tokens"),
        output_tokens=number(usage, "completion_tokens"),
        cached_tokens=number(getattr(usage, "prompt_tokens_details", None), "cached_tokens"),
    )


def _raw(reply: object) -> str:
    dump = getattr(reply, "to_json", None)
    return str(dump(indent=None, warnings=False)) if dump is not None else str(reply)


def _broken(error: Exception, timeout_s: float) -> str:
    if isinstance(error, TimeoutError) or "Timeout" in type(error).__name__:
        return f"no answer within {timeout_s:g} s"
    return f"the connection broke: {retry.message_of(error)}"


def _said(error: Exception, key: str) -> str:
    """A server may quote the key back; it must reach no log and no report."""
    return retry.message_of(error).replace(key, "<key>")


def _mapped(error: Exception, url: str, name: str | None, key: str) -> ModelError:
    """The error of ours that ends all work with a server."""
    status, said = retry.status_of(error), _said(error, key)
    if status is None:
        return ModelUnavailable(f"nothing answers at {url}: {said}", hint=_is_it_running(url))
    if retry.classify(error) is not retry.Kind.FATAL:
        hint = f"The server has trouble of its own. Try again later, or use another one: {SERVER_EXAMPLES}."
        return ModelUnavailable(f"{url} answers with HTTP {status}: {said}", hint=hint)
    if retry.is_no_quota(error):
        hint = "Top up the account, or use another model: --model NAME, or none for the embedded one."
    elif status in (401, 403):
        hint = f"Set SUMMARIZER_API_KEY (or OPENAI_API_KEY) to a key that {urlsplit(url).hostname} accepts."
    elif status in (404, 405):
        hint = (
            _is_the_path_right(url)
            if name is None or "model" not in said.lower()
            else _which_models(url, name)
        )
    elif "response_format" in said or "schema" in said.lower():
        hint = "This server cannot hold its model to a JSON Schema. Type: --profile compact"
    else:
        hint = _which_models(url, name)
    return ModelRejected(f"{url} answers with HTTP {status}: {said}", hint=hint)


def _is_it_running(url: str) -> str:
    return (
        f"Is the server running at {url}? Usual addresses: {SERVER_EXAMPLES}.\n"
        "To see which address is used, and why, type: summarizer models"
    )


def _is_the_path_right(url: str) -> str:
    if urlsplit(url).path.rstrip("/").endswith("/v1"):
        return f"Is this the address of a model server? Usual ones: {SERVER_EXAMPLES}."
    return f"Most addresses end in /v1. Type: --base-url {url.rstrip('/')}/v1"


def _which_models(url: str, name: str | None) -> str:
    pull = f" With Ollama, get it first: ollama pull {name}" if name and urlsplit(url).port == 11434 else ""
    return f"With --base-url {url} and no --model, you are told which models it has.{pull}"
