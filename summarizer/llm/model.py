"""What the pipeline asks of a language model, whoever serves it."""

from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from ..report import AnswerState, Usage


@dataclass(frozen=True, slots=True)
class Message:
    """One chat message."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Request:
    """One planned answer. ``schema`` is the wire schema; None asks for plain text.

    ``partial_is_useful``: the beginning of a cut-off answer can be used, so it is not asked for again.
    """

    task: str
    messages: tuple[Message, ...]
    max_tokens: int
    schema_name: str | None = None
    schema: dict[str, Any] | None = None
    temperature: float = 0.0
    seed: int = 0
    partial_is_useful: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a request. ``text`` may be partial when ``state`` is not ``OK``, and is kept.

    ``attempts`` counts HTTP requests, ``seconds`` is wall time over all of them. ``detail`` says in
    words why the state is not ``OK``.
    """

    state: AnswerState
    text: str
    model: str
    attempts: int = 1
    seconds: float = 0.0
    usage: Usage = field(default_factory=Usage)
    response_id: str | None = None
    detail: str | None = None


class LanguageModel(Protocol):
    """Anything that answers requests.

    ``name`` is what the report shows; ``context`` the tokens that prompt and answer share, None when
    not known; ``bounds_lengths`` is true where the server holds string lengths of a schema (a grammar:
    llama.cpp, vLLM, Ollama) and false where it refuses them. ``answer`` never raises
    for what one answer may look like; it raises ModelError when this model gives no answers at all.
    """

    name: str
    context: int | None
    bounds_lengths: bool

    async def answer(self, request: Request) -> Answer: ...

    async def close(self) -> None: ...
