"""Spans for OpenTelemetry, one a reply, by its conventions for generative AI; nothing of any text.

The package ``opentelemetry-api`` is an extra; where it is missing nothing is traced, and where no SDK
was set up the spans go nowhere at next to no cost.
"""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..report import AnswerState
from ..settings import Api
from .model import Answer, LanguageModel, Request
from .wrapper import Wrapper

if TYPE_CHECKING:
    from opentelemetry.trace import Span, TracerProvider
    from opentelemetry.util.types import AttributeValue

# The well-known provider names of the conventions, by the ends of hosts.
_PROVIDERS = {
    "openai.com": "openai",
    "azure.com": "azure.ai.openai",
    "anthropic.com": "anthropic",
    "deepseek.com": "deepseek",
    "groq.com": "groq",
    "mistral.ai": "mistral_ai",
    "perplexity.ai": "perplexity",
    "x.ai": "x_ai",
    "cohere.com": "cohere",
    "cohere.ai": "cohere",
    "moonshot.ai": "moonshot_ai",
    "googleapis.com": "gcp.gemini",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What a client learns beside the answer: the model that served it, why it ended, what failed."""

    model: str | None = None
    finish: str | None = None
    error: str | None = None


_listener: ContextVar[Callable[[Facts], None] | None] = ContextVar("listener", default=None)


def notice(*, model: str | None = None, finish: str | None = None, error: str | None = None) -> None:
    """Called by a client inside ``answer``: tells the span around it, if there is one."""
    listener = _listener.get()
    if listener is not None:
        listener(Facts(model, finish, error))


class TracedModel(Wrapper):
    """A model whose replies each get a span named ``chat MODEL``, of kind CLIENT.

    ``base_url`` is the server's address, where the model has one; ``provider`` is found from it where
    it is not given; ``seeded`` says whether the server gets a seed.
    """

    def __init__(
        self,
        model: LanguageModel,
        *,
        base_url: str | None = None,
        provider: str | None = None,
        seeded: bool = True,
        tracer_provider: "TracerProvider | None" = None,
    ) -> None:
        from opentelemetry import trace

        super().__init__(model)
        self._seeded = seeded
        self._tracer = trace.get_tracer("summarizer", tracer_provider=tracer_provider)
        self._fixed: dict[str, AttributeValue] = {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": provider or _provider(base_url),
            "gen_ai.request.model": model.name,
        }
        if base_url is not None:
            parts = urlsplit(base_url)
            self._fixed["server.address"] = parts.hostname or ""
            self._fixed["server.port"] = parts.port or (443 if parts.scheme == "https" else 80)

    async def answer(self, request: Request) -> Answer:
        """The model's answer. Raises what the model raises."""
        from opentelemetry.trace import SpanKind

        facts = Facts()

        def listen(told: Facts) -> None:
            nonlocal facts
            facts = told

        # Errors are recorded by their kind alone: their words may quote the article.
        with self._tracer.start_as_current_span(
            f"chat {self.name}",
            kind=SpanKind.CLIENT,
            attributes=self._asked(request),
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            token = _listener.set(listen)
            try:
                answer = await self._model.answer(request)
            except BaseException as error:
                _fail(span, facts.error or type(error).__name__)
                raise
            finally:
                _listener.reset(token)
            _tell(span, answer, facts)
        return answer

    def _asked(self, request: Request) -> "dict[str, AttributeValue]":
        asked: dict[str, AttributeValue] = {
            **self._fixed,
            "gen_ai.request.max_tokens": request.max_tokens,
            "gen_ai.request.temperature": request.temperature,
            "gen_ai.output.type": "text" if request.schema is None else "json",
        }
        if self._seeded:
            asked["gen_ai.request.seed"] = request.seed
        return asked


def traced(model: LanguageModel) -> LanguageModel:
    """The model with spans where ``opentelemetry-api`` is installed; otherwise the model itself."""
    from .client import OpenAIModel
    from .local import EmbeddedModel

    if isinstance(model, TracedModel):
        return model
    try:
        import opentelemetry.trace  # noqa: F401
    except ImportError:
        return model
    if isinstance(model, OpenAIModel):
        return TracedModel(model, base_url=model.base_url, seeded=model.api is Api.CHAT)
    return TracedModel(model, provider="llama.cpp" if isinstance(model, EmbeddedModel) else None)


def _provider(base_url: str | None) -> str:
    host = f".{urlsplit(base_url or '').hostname or ''}"
    # Whatever else is there speaks OpenAI's language, and the conventions name it for that.
    return next((name for end, name in _PROVIDERS.items() if host.endswith(f".{end}")), "openai")


def _tell(span: "Span", answer: Answer, facts: Facts) -> None:
    if not span.is_recording():
        return
    told: dict[str, AttributeValue | None] = {
        "gen_ai.response.model": facts.model,
        "gen_ai.response.id": answer.response_id,
        "gen_ai.response.finish_reasons": None if facts.finish is None else [facts.finish],
        "gen_ai.usage.input_tokens": answer.usage.input_tokens,
        "gen_ai.usage.output_tokens": answer.usage.output_tokens,
        "gen_ai.usage.cache_read.input_tokens": answer.usage.cached_tokens,
    }
    span.set_attributes({key: value for key, value in told.items() if value is not None})
    if answer.state is AnswerState.MODEL_ERROR:
        _fail(span, "context_length_exceeded" if answer.too_long else facts.error or answer.state.value)


def _fail(span: "Span", kind: str) -> None:
    from opentelemetry.trace import Status, StatusCode

    span.set_attribute("error.type", kind)
    span.set_status(Status(StatusCode.ERROR))
