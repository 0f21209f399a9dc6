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
    """One reply to ask for. ``schema`` is the wire schema; None asks for plain text.

    The schema bounds string lengths; a client leaves those out for a server that refuses them.
    ``max_tokens`` is the most that the reply may have.
    """

    task: str
    messages: tuple[Message, ...]
    max_tokens: int
    schema_name: str | None = None
    schema: dict[str, Any] | None = None
    temperature: float = 0.0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a request. ``text`` may be partial when ``state`` is not ``OK``, and is kept.

    ``attempts`` counts HTTP requests, ``seconds`` is wall time over all of them. ``detail`` says in
    words why the state is not ``OK``. ``cost_usd`` is None when the price is not known. ``too_long``:
    the server said that the prompt does not fit into the model's context.
    """

    state: AnswerState
    text: str
    model: str
    attempts: int = 1
    seconds: float = 0.0
    usage: Usage = field(default_factory=Usage)
    response_id: str | None = None
    detail: str | None = None
    cost_usd: float | None = None
    too_long: bool = False


class LanguageModel(Protocol):
    """Anything that answers requests.

    ``name`` is what the report shows; ``context`` the tokens that prompt and reply share, None when
    not known; ``identity`` everything besides the request that shapes a reply (address, name, kind of
    API), without secrets. ``answer`` never raises for what one answer may look like; it raises
    ModelError when this model gives no answers at all.
    """

    @property
    def name(self) -> str: ...

    @property
    def context(self) -> int | None: ...

    @property
    def identity(self) -> str: ...

    async def answer(self, request: Request) -> Answer: ...

    async def close(self) -> None: ...
