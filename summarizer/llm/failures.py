"""A request that failed, as a state of one answer or as the error that ends work with a server."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from ..errors import ModelError, ModelRejected, ModelUnavailable
from ..report import AnswerState
from . import retry
from .endpoint import SERVER_EXAMPLES, Endpoint
from .model import Answer

# Key, account, address, model: the same for every article. Others may be about what one article holds.
_FOR_ALL = frozenset({401, 402, 403, 404, 405})


@dataclass(frozen=True, slots=True)
class Failures:
    """What errors mean that come from one server; ``name`` is the model's, None where none is asked."""

    endpoint: Endpoint
    name: str | None
    timeout_s: float

    def answer(self, error: Exception, requests: int) -> Answer:
        """The state that an error is, after so many requests.

        Raises ModelUnavailable or ModelRejected for one that ends all work with this server.
        """
        status, said = retry.status_of(error), self.said(error)
        if retry.is_content_filter(error):
            return self._state(f"filtered: {said}", AnswerState.REFUSED)
        if retry.is_too_long(error):
            detail = f"article and answer do not fit into the model's context: {said}"
            return self._state(detail, too_long=True)
        kind = retry.classify(error)
        if kind in (retry.Kind.TRANSIENT, retry.Kind.RATE_LIMITED):
            what = f"HTTP {status}: {said}" if status else self._broken(error)
            return self._state(f"{what} (requests: {requests})")
        if status is None and kind is retry.Kind.FATAL:
            # JSON was announced and something else came.
            return self._state(
                f"the server's answer cannot be read: {said}", text=str(getattr(error, "doc", ""))
            )
        raise self.mapped(error) from error

    def mapped(self, error: Exception) -> ModelError:
        """The error of ours that ends all work with a server."""
        url, status, said = self.endpoint.url, retry.status_of(error), self.said(error)
        if status is None:
            return ModelUnavailable(f"nothing answers at {url}: {said}", hint=_is_it_running(url))
        message = f"{url} answers with HTTP {status}: {said}"
        if retry.classify(error) is not retry.Kind.FATAL:
            hint = (
                f"The server has trouble of its own. Try again later, or use another one: {SERVER_EXAMPLES}."
            )
            return ModelUnavailable(message, hint=hint)
        for_all = status in _FOR_ALL or retry.is_no_quota(error)
        return ModelRejected(message, hint=self._hint(error, status, said), for_all=for_all)

    def said(self, error: BaseException) -> str:
        """What the server said, in one line, without the key and passwords that it may quote back."""
        return self.endpoint.clean(retry.message_of(error))

    def _hint(self, error: Exception, status: int, said: str) -> str:
        url = self.endpoint.url
        if retry.is_no_quota(error):
            return "Top up the account, or use another model: --model NAME, or none for the embedded one."
        if status in (401, 403):
            if self.endpoint.authorization is not None:
                return f"Does {self.endpoint.host} accept the user and password in the base url?"
            return f"Set SUMMARIZER_API_KEY (or OPENAI_API_KEY) to a key that {self.endpoint.host} accepts."
        if status in (404, 405):
            no_model = self.name is not None and "model" in said.lower()
            return which_models(url, self.name) if no_model else is_the_path_right(url)
        if "response_format" in said or "schema" in said.lower():
            return "This server cannot hold its model to a JSON Schema. Type: --profile compact"
        return which_models(url, self.name)

    def _broken(self, error: Exception) -> str:
        if isinstance(error, TimeoutError) or "Timeout" in type(error).__name__:
            return f"no answer within {self.timeout_s:g} s"
        return f"the connection broke: {self.said(error)}"

    def _state(
        self,
        detail: str,
        state: AnswerState = AnswerState.MODEL_ERROR,
        *,
        text: str = "",
        too_long: bool = False,
    ) -> Answer:
        return Answer(state=state, text=text, model=self.name or "", detail=detail, too_long=too_long)


def error_type(error: BaseException) -> str:
    """A word for an error's kind, of few that there are: the HTTP status, or the name of a class."""
    status = retry.status_of(error)
    if status is not None:
        return str(status)
    return "timeout" if isinstance(error, TimeoutError) else type(error.__cause__ or error).__name__


def _is_it_running(url: str) -> str:
    return (
        f"Is the server running at {url}? Usual addresses: {SERVER_EXAMPLES}.\n"
        "To see which address is used, and why, type: summarizer models"
    )


def is_the_path_right(url: str) -> str:
    """What to try at an address where something other than a model server answers."""
    if urlsplit(url).path.rstrip("/").endswith("/v1"):
        return f"Is this the address of a model server? Usual ones: {SERVER_EXAMPLES}."
    return f"Most addresses end in /v1. Type: --base-url {url.rstrip('/')}/v1"


def which_models(url: str, name: str | None) -> str:
    """How to find out what a server calls its models."""
    pull = f" With Ollama, get it first: ollama pull {name}" if name and urlsplit(url).port == 11434 else ""
    return f"With --base-url {url} and no --model, you are told which models it has.{pull}"
