"""One client for every server that speaks OpenAI's chat completions or its Responses API.

``openai`` is imported when the first request is made: it takes most of a second.
"""

import json
import random as random_module
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any
from urllib.request import getproxies

import anyio
from anyio.lowlevel import RunVar

from ..errors import ModelRejected
from ..settings import Api, Price
from . import costs, retry, tracing
from .bodies import PATHS, Body, Form, takes_lengths
from .endpoint import OPENAI_URL, Endpoint, is_loopback
from .failures import Failures, error_type, is_the_path_right
from .limits import input_tokens
from .model import Answer, Request
from .pace import Paced
from .replies import Read, read

if TYPE_CHECKING:
    import ssl

    import httpx2
    import openai


class OpenAIModel:
    """A model behind an OpenAI-compatible server.

    ``close()`` closes the connections of the running event loop; the model can be used again after it,
    also in another loop. A client that was given is its owner's to close. ``timeout_s`` bounds one HTTP
    request as a whole; ``max_attempts`` bounds the HTTP requests for one reply, except those that follow
    a parameter's refusal (at most four). ``bounds_lengths`` says whether the server takes minLength and
    maxLength in a schema; not given, it is tried, except with OpenAI and Azure. ``price`` goes before
    the list prices. With a ``pace`` every HTTP request waits for its turn, and a 429 costs a wait and no
    attempt; rate headers are read from clients that this class opens itself.
    """

    def __init__(
        self,
        name: str,
        *,
        base_url: str | None = None,
        api_key: str | None = None,
        api: Api = Api.CHAT,
        timeout_s: float = 120.0,
        max_attempts: int = 4,
        context: int | None = None,
        price: Price | None = None,
        bounds_lengths: bool | None = None,
        http_client: Any = None,
        sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
        random: Callable[[], float] = random_module.random,
        extra_body: dict[str, Any] | None = None,
        pace: Paced | None = None,
    ) -> None:
        """Raises SettingsError for an address or key that cannot be, or a key that is missing."""
        self._name = name
        self._api = api
        self._endpoint = Endpoint.of(base_url, api_key)
        self._costs = costs.Costs(name, self._endpoint.url, price)
        self._failures = Failures(self._endpoint, name, timeout_s)
        self._given_context = context
        self._given_lengths = bounds_lengths
        lengths = takes_lengths(self._endpoint) if bounds_lengths is None else bounds_lengths
        self._form = Form(api, lengths)
        self._timeout_s = timeout_s
        self._max_attempts = max_attempts
        self._http_client = http_client
        self._sleep = sleep
        self._random = random
        self._extra_body = extra_body or {}
        self._pace = pace
        # Connections belong to the event loop that opened them, and `summarize()` starts one a call.
        self._clients: RunVar[openai.AsyncOpenAI | None] = RunVar("client")

    @property
    def name(self) -> str:
        return self._name

    @property
    def api(self) -> Api:
        return self._api

    @property
    def base_url(self) -> str:
        """The server's address without user, password and query."""
        return self._endpoint.url

    @property
    def context(self) -> int | None:
        """Tokens that prompt and reply share: as given, or as the price list says; None if unknown.

        The list is read when this is first asked of a server that may be in it: half a second.
        """
        return self._listed_context if self._given_context is None else self._given_context

    @cached_property
    def _listed_context(self) -> int | None:
        return costs.context_window(self._name, self.base_url)

    @property
    def identity(self) -> str:
        """Address, name, API and extra parameters as canonical JSON; no key and no password."""
        parts: dict[str, Any] = {
            "api": self._api,
            "base_url": self.base_url,
            "extra_body": self._extra_body,
            "model": self._name,
        }
        if self._given_lengths is not None:
            parts["bounds_lengths"] = self._given_lengths
        return json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    def worst_cost(self, input_tokens: int, output_tokens: int) -> float | None:
        """What a reply of that size costs in US dollars with nothing cached; None when not known."""
        return self._costs.worst(input_tokens, output_tokens)

    async def answer(self, request: Request) -> Answer:
        """One answer; what it may look like is a state.

        Raises ModelUnavailable when nothing answers at the address, ModelRejected when the server will
        not work with us.
        """
        started = time.perf_counter()
        counter = _Counter()
        if self._pace is not None:
            counter.tokens = input_tokens(request) + request.max_tokens
        answer = await self._ask(request, counter)
        return replace(answer, attempts=counter.used, seconds=time.perf_counter() - started)

    async def close(self) -> None:
        client = self._clients.get(None)
        if client is not None:
            self._clients.set(None)
            if self._http_client is None:
                await client.close()

    async def _ask(self, request: Request, counter: "_Counter") -> Answer:
        while True:
            # Of this request: another one's refusal may change the form before this one's answer comes.
            form = self._form
            body = form.body(self._name, request) | self._extra_body
            left = max(1, self._max_attempts - counter.used)
            try:
                try:
                    reply = await self._tried(left, body, counter)
                except retry.Page as page:
                    reply = page.text
                found = read(reply, self._api, max_tokens=request.max_tokens, name=self._name)
            except retry.server_errors() as error:
                refused = retry.unsupported_parameter(error, form.optional(request))
                if refused is not None:
                    self._form = self._form.without(refused)
                    continue
                tracing.notice(error=error_type(error))
                return self._failures.answer(error, counter.used)
            return self._finished(found)

    async def _tried(self, attempts: int, body: Body, counter: "_Counter") -> object:
        try:
            return await self._send(body, counter)
        except retry.server_errors() as error:
            failed: Exception | None = error

        async def again() -> object:
            nonlocal failed
            if failed is not None:
                first, failed = failed, None
                raise first
            return await self._send(body, counter)

        # Tenacity hears of the first request only once it failed: for the many that do not, its loop
        # would take a tenth of what the request takes.
        paced = self._pace is not None
        loop = retry.retrying(attempts, sleep=self._sleep, random=self._random, paced=paced)
        return await loop(again)

    async def _send(self, body: Body, counter: "_Counter") -> object:
        if self._pace is None:
            return await self._sent(body, counter)
        turn = await self._pace.turn(counter.tokens)
        limited, asked_s = False, None
        try:
            return await self._sent(body, counter)
        except retry.server_errors() as error:
            limited = retry.classify(error) is retry.Kind.RATE_LIMITED
            asked_s = retry.asked_wait(error) if limited else None
            raise
        finally:
            self._pace.back(turn, limited=limited, asked_s=asked_s)

    async def _sent(self, body: Body, counter: "_Counter") -> object:
        client = self._clients.get(None)
        if client is None:
            client = _open_client(self._endpoint, self._timeout_s, self._http_client, self._pace)
            self._clients.set(client)
        counter.used += 1
        # Over all: some servers send blanks while they think, and no read ever times out.
        with anyio.fail_after(self._timeout_s):
            # Not chat.completions.create(): it spends as much again on turning the body and the reply
            # into classes, and reads a reply of no known form into them as well.
            reply: object = await client.post(PATHS[self._api], cast_to=object, body=body)
        if isinstance(reply, str):
            raise retry.Page(reply)
        return reply

    def _finished(self, found: Read) -> Answer:
        tracing.notice(model=found.served, finish=found.finish)
        answer = found.answer
        cost = self._costs.of(answer.usage, served=found.served, tier=found.tier)
        detail = None if answer.detail is None else self._endpoint.clean(answer.detail)
        return replace(answer, cost_usd=cost, detail=detail)


@dataclass(frozen=True, slots=True)
class ListedModel:
    """A model as its server lists it. ``context`` is None where the server does not say."""

    name: str
    context: int | None = None


async def list_models(
    base_url: str | None, api_key: str | None = None, timeout_s: float = 5.0
) -> list[ListedModel]:
    """The models that the server at this address offers, in its order.

    Raises ModelUnavailable, ModelRejected, and SettingsError as OpenAIModel does.
    """
    endpoint = Endpoint.of(base_url, api_key)
    client = _open_client(endpoint, timeout_s)
    try:
        with anyio.fail_after(timeout_s):
            # Not models.list(): it breaks down over a page that is no JSON.
            page: object = await client.get("/models", cast_to=object)
    except (ValueError, RecursionError):
        page = None
    except retry.server_errors() as error:
        raise Failures(endpoint, None, timeout_s).mapped(error) from error
    finally:
        await client.close()
    found = page.get("data") if isinstance(page, dict) else None
    if not isinstance(found, list):
        raise ModelRejected(
            f"{endpoint.url} is no model server: it sends no list of models",
            hint=is_the_path_right(endpoint.url),
        )
    return [
        ListedModel(entry["id"], _served_context(entry))
        for entry in found
        if isinstance(entry, dict) and isinstance(entry.get("id"), str)
    ]


def _served_context(entry: dict[str, Any]) -> int | None:
    """What the server gives the model (vLLM; llama.cpp), or the most that the model was made for."""
    meta = entry.get("meta")
    meta = meta if isinstance(meta, dict) else {}
    for value in (entry.get("max_model_len"), meta.get("n_ctx"), meta.get("n_ctx_train")):
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return value
    return None


class _Counter:
    """HTTP requests sent for one answer."""

    def __init__(self) -> None:
        self.used = 0
        self.tokens = 0  # of one of them, as far as its pace has to know


def _hearing(pace: Paced) -> Callable[[Any], Awaitable[None]]:
    """What tells a pace the headers of every response, good or bad."""

    async def hear(response: Any) -> None:
        pace.told(response.headers)

    return hear


@cache
def _certificates(trust_env: bool) -> "ssl.SSLContext":
    """Whom to believe; reading it takes 20 ms, which every `summarize()` would pay again."""
    import httpx2

    return httpx2.create_ssl_context(trust_env=trust_env)


def _pools(trust_env: bool) -> "httpx2.AsyncBaseTransport | None":
    """None where the environment names a proxy: a client that is given a transport asks for none."""
    import httpx2

    from .pools import Pools

    if trust_env and getproxies():
        return None
    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=100)  # who calls sets bounds
    verify = _certificates(trust_env)
    return Pools(lambda: httpx2.AsyncHTTPTransport(verify=verify, trust_env=trust_env, limits=limits))


def _open_client(
    endpoint: Endpoint, timeout_s: float, http_client: Any = None, pace: Paced | None = None
) -> "openai.AsyncOpenAI":
    import openai

    # The whole request has its own limit; a connection that takes longer than this never comes.
    timeout = openai.Timeout(None, connect=min(10.0, timeout_s / 2))
    if http_client is None:
        # What runs on this machine is not reached through a proxy that the environment names.
        trust_env = not is_loopback(endpoint.url)
        http_client = openai.DefaultAsyncHttpxClient(
            timeout=timeout,
            trust_env=trust_env,
            transport=_pools(trust_env),
            verify=_certificates(trust_env),
            event_hooks={} if pace is None else {"response": [_hearing(pace)]},
        )
    # max_retries=0: the package's own retries would multiply with ours.
    client = openai.AsyncOpenAI(
        base_url=endpoint.url,
        api_key=endpoint.key,
        timeout=timeout,
        max_retries=0,
        http_client=http_client,
        default_query=endpoint.query or None,
    )
    if endpoint.url != OPENAI_URL:
        # Read from the environment by the package, and nobody else's business.
        client.organization = client.project = None
        client._custom_headers = {}  # noqa: SLF001 (OPENAI_CUSTOM_HEADERS, which may hold keys)
    if endpoint.authorization is not None:
        # Here and not in the address, which libraries write into their logs.
        client._custom_headers = {"Authorization": endpoint.authorization}  # noqa: SLF001
    return client
