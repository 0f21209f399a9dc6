"""One planned answer: asked for, read, and asked for once more where that can help.

A reply that was cut off is asked for once with more room; one that cannot be read, or is not what was
asked for, once with all that is wrong with it. What came before is kept in ``Call.earlier``.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

import anyio

from . import prompts, schemas
from .errors import ModelError
from .llm.model import Answer, LanguageModel, Message, Request
from .parsing import Parsed, Unparsed
from .report import AnswerState, Call, Reply, Usage

T = TypeVar("T")
Parse = Callable[[str, bool], Parsed[T]]  # of the reply, and whether it was cut off

_MOST_TOKENS = 16_384  # more room than this is not asked for
_MOST_PROBLEMS = 20
_SHOWN_REPLY = 6_000  # characters of a bad reply that go back to the model
_NO_REPLY = (AnswerState.MODEL_ERROR, AnswerState.OVER_BUDGET)


@dataclass(frozen=True, slots=True)
class Planned(Generic[T]):
    """A question ready to be asked. ``partial``: the beginning of a cut-off reply is of use."""

    task: str
    rendered: prompts.Rendered
    version: int
    max_tokens: int
    schema_name: str | None
    schema: schemas.Schema | None
    again: prompts.Template
    parse: Parse[T]
    part: str | None = None
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """What came of it. ``value`` is None when nothing could be used; ``call`` says why.

    ``too_long``: prompt and reply do not fit into the model's context.
    """

    value: T | None
    call: Call
    too_long: bool = False


class Asker:
    """Asks one model on behalf of one article, within the article's time."""

    def __init__(self, model: LanguageModel, timeout_s: float) -> None:
        self.model = model
        self._timeout_s = timeout_s
        self._deadline: float | None = None

    async def ask(self, planned: Planned[T], *, or_state: bool = False) -> Outcome[T]:
        """Raises ModelError when the model gives no answers at all; with ``or_state`` that is a state.

        The latter is for what comes after answers that were paid for, and must not be lost with it.
        """
        send = self._answer_or_state if or_state else self._answer
        reads = await _replies(planned, send, self.model.context)
        best = _best(reads)
        value = None if best.parsed is None else best.parsed.value
        too_long = value is None and reads[0].answer.too_long
        return Outcome(value, _call(planned, reads, best), too_long)

    async def _answer_or_state(self, request: Request) -> Answer:
        try:
            return await self._answer(request)
        except ModelError as error:
            state, nothing = AnswerState.MODEL_ERROR, Usage(0, 0, 0)
            return Answer(state, "", self.model.name, usage=nothing, detail=str(error), cost_usd=0.0)

    async def _answer(self, request: Request) -> Answer:
        now = anyio.current_time()
        if self._deadline is None:  # counts from the first question on
            self._deadline = now + self._timeout_s
        over = Answer(AnswerState.OVER_BUDGET, "", self.model.name, attempts=0)
        limit = f"the limit of {self._timeout_s:g} s for all answers about one article"
        if now >= self._deadline:
            return replace(over, detail=f"not asked: {limit} was over")
        with anyio.move_on_after(self._deadline - now):
            return await self.model.answer(request)
        seconds = anyio.current_time() - now
        return replace(over, attempts=1, seconds=seconds, detail=f"stopped: {limit} was over")


@dataclass(frozen=True, slots=True)
class _Read(Generic[T]):
    """A reply and what it came to. ``problems`` could be put right by asking again."""

    request: Request
    answer: Answer
    prompt_hash: str
    state: AnswerState
    parsed: Parsed[T] | None = None
    problems: tuple[str, ...] = ()

    @property
    def detail(self) -> str | None:
        if self.parsed is not None:
            said = (self.parsed.note, *self.parsed.wishes)
        else:
            said = (self.answer.detail, *self.problems[:_MOST_PROBLEMS])
        return "; ".join(dict.fromkeys(part for part in said if part)) or None


async def _replies(
    planned: Planned[T], send: Callable[[Request], Awaitable[Answer]], context: int | None
) -> list[_Read[T]]:
    """Every reply to one question, in order: each reason to ask again counts once."""
    request = Request(
        task=planned.task,
        messages=_messages(planned.rendered),
        max_tokens=planned.max_tokens,
        schema_name=planned.schema_name,
        schema=planned.schema,
    )
    prompt_hash, widened, corrected = planned.rendered.hash, False, False
    reads: list[_Read[T]] = []
    while True:
        read = _read(planned, request, await send(request), prompt_hash)
        reads.append(read)
        room = None if widened or planned.partial else _more_room(request, read.answer, context)
        if room is not None:
            request, widened = replace(request, max_tokens=room), True
        elif read.problems and read.answer.state is AnswerState.OK and not corrected:
            again = planned.again.fill({"problems": _listed(read.problems)})
            shown = read.answer.text[:_SHOWN_REPLY]
            messages = (*request.messages, Message("assistant", shown), Message("user", again))
            request, corrected = replace(request, messages=messages), True
            prompt_hash = prompts.hash_of(planned.rendered.hash, shown, again)
        else:
            return reads


def _read(planned: Planned[T], request: Request, answer: Answer, prompt_hash: str) -> _Read[T]:
    answer = _storable(answer)
    cut_off = answer.state is AnswerState.TRUNCATED
    if not (answer.state is AnswerState.OK or (cut_off and planned.partial)):
        return _Read(request, answer, prompt_hash, answer.state)
    try:
        parsed = planned.parse(answer.text, cut_off)
    except Unparsed as error:
        state = AnswerState.TRUNCATED if cut_off else AnswerState.UNPARSED
        return _Read(request, answer, prompt_hash, state, problems=tuple(error.problems))
    state = AnswerState.OK if parsed.complete else AnswerState.TRUNCATED
    return _Read(request, answer, prompt_hash, state, parsed, parsed.wishes)


def _storable(answer: Answer) -> Answer:
    """Lone surrogates written as escapes: no file and no database takes them, and the raw reply is kept."""
    text, detail, response_id = map(_escaped, (answer.text, answer.detail, answer.response_id))
    if (text, detail, response_id) == (answer.text, answer.detail, answer.response_id):
        return answer
    return replace(answer, text=text or "", detail=detail, response_id=response_id)


def _escaped(text: str | None) -> str | None:
    return None if text is None else text.encode("utf-8", "backslashreplace").decode("utf-8")


def _more_room(request: Request, answer: Answer, context: int | None) -> int | None:
    """The limit to ask again with after a reply was cut off; None when more would change nothing."""
    if answer.state is not AnswerState.TRUNCATED:
        return None
    used = answer.usage.output_tokens
    if used is not None and used < request.max_tokens:
        return None  # the model's context ended before the limit did
    room = min(2 * request.max_tokens, _MOST_TOKENS)
    if context is not None and answer.usage.input_tokens is not None:
        room = min(room, context - answer.usage.input_tokens)
    return room if room > request.max_tokens else None


def _best(reads: Sequence[_Read[T]]) -> _Read[T]:
    """The reply that counts: the usable one with the least wrong, or else the last that came."""
    usable = [read for read in reversed(reads) if read.parsed is not None]
    if usable:
        return min(usable, key=lambda read: (read.state is not AnswerState.OK, len(read.problems)))
    came = [read for read in reads if read.state not in _NO_REPLY]
    return (came or list(reads))[-1]


def _call(planned: Planned[T], reads: Sequence[_Read[T]], best: _Read[T]) -> Call:
    answers = [read.answer for read in reads]
    others = [read for read in reads if read is not best]
    detail = best.detail
    for read in others:
        if read.state in _NO_REPLY and best.state is not AnswerState.OK:
            detail = f"{detail}; asked again: {read.detail}"
    keep = best.state is not AnswerState.OK or detail is not None or planned.part is not None
    return Call(
        task=planned.task,
        state=best.state,
        model=best.answer.model,
        prompt_hash=best.prompt_hash,
        schema_hash=schemas.schema_hash(planned.schema_name) if planned.schema_name else None,
        parameters={
            "max_tokens": best.request.max_tokens,
            "temperature": best.request.temperature,
            "seed": best.request.seed,
            "prompt_version": planned.version,
        },
        attempts=sum(answer.attempts for answer in answers),
        seconds=round(sum(answer.seconds for answer in answers), 3),
        usage=_together(answers),
        cost_usd=_cost(answers),
        response_id=best.answer.response_id,
        detail=detail,
        raw=best.answer.text if keep else None,
        part=planned.part,
        set_aside=tuple(
            Reply(
                read.state,
                read.detail or read.state.value,
                read.answer.text,
                read.prompt_hash,
                read.answer.response_id,
            )
            for read in others
        ),
    )


def _together(answers: Sequence[Answer]) -> Usage:
    """Tokens of all replies; a number that one reply does not know is unknown in the sum."""
    asked = [answer.usage for answer in answers if answer.attempts]  # what was not asked used nothing
    if not asked:
        return Usage(0, 0, 0)
    return Usage(
        _sum([usage.input_tokens for usage in asked]),
        _sum([usage.output_tokens for usage in asked]),
        _sum([usage.cached_tokens for usage in asked]),
    )


def _sum(values: Sequence[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None


def _cost(answers: Sequence[Answer]) -> float | None:
    costs = [answer.cost_usd for answer in answers if answer.attempts]
    known = [cost for cost in costs if cost is not None]
    return sum(known) if len(known) == len(costs) else None


def _messages(rendered: prompts.Rendered) -> tuple[Message, ...]:
    user = Message("user", rendered.user)
    return (user,) if rendered.system is None else (Message("system", rendered.system), user)


def _listed(problems: Sequence[str]) -> str:
    more = len(problems) - _MOST_PROBLEMS
    lines = [f"- {problem}" for problem in problems[:_MOST_PROBLEMS]]
    return "\n".join([*lines, f"- and {more} more"] if more > 0 else lines)
