"""One planned answer: when it is asked for again, which reply counts, what is kept of the others."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

import anyio
import pytest

from summarizer.asking import Asker, Outcome, Planned
from summarizer.errors import ModelUnavailable
from summarizer.llm.model import Answer, Request
from summarizer.parsing import Parsed, Unparsed
from summarizer.prompts import Rendered, Template
from summarizer.report import AnswerState, Usage
from summarizer.testing import ScriptedModel

pytestmark = pytest.mark.anyio

OK, CUT, BAD = AnswerState.OK, AnswerState.TRUNCATED, AnswerState.UNPARSED
REFUSED, FAILED, OVER = AnswerState.REFUSED, AnswerState.MODEL_ERROR, AnswerState.OVER_BUDGET


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def parse(raw: str, cut_off: bool) -> Parsed[str]:
    """Takes what begins with "fine"; "fine!" has wishes, "fine?" is a part of what was asked for."""
    if cut_off and not raw.startswith("fine"):
        raise Unparsed(["no whole sentence"])
    if not raw.startswith("fine"):
        raise Unparsed(["it is bad", "it is short"])
    wishes = ("write in German",) * raw.count("!") if "!" in raw else ()
    return Parsed(raw, None if "?" not in raw else "left out: some", "?" not in raw, wishes)


def planned(*, partial: bool = False, part: str | None = None) -> Planned[str]:
    return Planned(
        task="summary",
        rendered=Rendered("Be brief.", "Summarize."),
        version=3,
        max_tokens=100,
        schema_name=None if partial else "summary",
        schema=None if partial else {"type": "object"},
        again=Template("again", "Wrong:\n$problems"),
        parse=parse,
        part=part,
        partial=partial,
    )


def a(state: AnswerState, text: str, *, used: int | None = 100, **more: object) -> Answer:
    usage = Usage(50, used, 0)
    return Answer(state, text, "m", usage=usage, detail=None if state is OK else f"why {state}", **more)  # type: ignore[arg-type]


async def ask(
    replies: Sequence[str | Answer], context: int | None = None, **more: object
) -> tuple[Outcome[str], ScriptedModel]:
    model = ScriptedModel({"summary": list(replies)}, context=context)
    return await Asker(model, 60).ask(planned(**more)), model  # type: ignore[arg-type]


@dataclass(frozen=True)
class Row:
    name: str
    replies: tuple[str | Answer, ...]
    state: AnswerState
    value: str | None = None
    detail: str | None = None
    set_aside: tuple[AnswerState, ...] = ()
    options: dict[str, object] = field(default_factory=dict)


ROWS = [
    Row("fine at once", ("fine",), OK, "fine"),
    Row("not parsed, then fine", ("bad", "fine"), OK, "fine", None, (BAD,)),
    Row("not parsed twice", ("bad", "worse"), BAD, None, "it is bad; it is short", (BAD,)),
    Row("not parsed, then refused", ("bad", a(REFUSED, "no")), REFUSED, None, "why refused", (BAD,)),
    Row("not parsed, then the server failed", ("bad", a(FAILED, "", used=None)), BAD, None, "it is bad; it is short; asked again: why model_error", (FAILED,)),
    Row("not parsed, then no budget", ("bad", a(OVER, "", attempts=0)), BAD, None, "it is bad; it is short; asked again: why over_budget", (OVER,)),
    Row("cut off, then fine", (a(CUT, "fi"), "fine"), OK, "fine", None, (CUT,)),
    Row("cut off twice", (a(CUT, "fi"), a(CUT, "fin", used=200)), CUT, None, "why truncated", (CUT,)),
    Row("cut off, then not parsed, then fine", (a(CUT, "fi"), "bad", "fine"), OK, "fine", None, (CUT, BAD)),
    Row("cut off, then not parsed twice", (a(CUT, "fi"), "bad", "bad"), BAD, None, "it is bad; it is short", (CUT, BAD)),
    Row("cut off, then the server failed", (a(CUT, "fi"), a(FAILED, "", used=None)), CUT, None, "why truncated; asked again: why model_error", (FAILED,)),
    Row("cut off by the context, not by the limit", (a(CUT, "fi", used=60),), CUT, None, "why truncated"),
    Row("cut off, no more room in the context", (a(CUT, "fi"),), CUT, None, "why truncated", (), {"context": 150}),
    Row("cut off, some more room", (a(CUT, "fi"), "fine"), OK, "fine", None, (CUT,), {"context": 170}),
    Row("refused", (a(REFUSED, "no"),), REFUSED, None, "why refused"),
    Row("the server failed", (a(FAILED, "<html>"),), FAILED, None, "why model_error"),
    Row("no budget", (a(OVER, "", attempts=0),), OVER, None, "why over_budget"),
    Row("a wish, then fine", ("fine!", "fine"), OK, "fine", None, (OK,)),
    Row("a wish that stays", ("fine!", "fine!"), OK, "fine!", "write in German", (OK,)),
    Row("a wish, then not parsed: the first counts", ("fine!", "bad"), OK, "fine!", "write in German", (BAD,)),
    Row("a wish, then worse: the first counts", ("fine!", "fine!!"), OK, "fine!", "write in German", (OK,)),
    Row("a wish, then refused", ("fine!", a(REFUSED, "no")), OK, "fine!", "write in German", (REFUSED,)),
    Row("a wish, then no budget", ("fine!", a(OVER, "", attempts=0)), OK, "fine!", "write in German", (OVER,)),
    Row("a part of it", ("fine?",), CUT, "fine?", "left out: some"),
    Row("a part of it, then all", ("fine?!", "fine"), OK, "fine", None, (CUT,)),
    Row("plain text, cut off: as far as it goes", (a(CUT, "fine"),), OK, "fine", None, (), {"partial": True}),
    Row("plain text, cut off at once", (a(CUT, "oh"),), CUT, None, "why truncated; no whole sentence", (), {"partial": True}),
    Row("plain text that is none", ("bad", "fine"), OK, "fine", None, (BAD,), {"partial": True}),
]  # fmt: skip


@pytest.mark.parametrize("row", [pytest.param(row, id=row.name) for row in ROWS])
async def test_which_reply_counts(row: Row) -> None:
    outcome, model = await ask(row.replies, **row.options)  # type: ignore[arg-type]
    call = outcome.call
    assert (call.state, outcome.value, call.detail) == (row.state, row.value, row.detail)
    assert tuple(reply.state for reply in call.set_aside) == row.set_aside
    assert all(reply.detail for reply in call.set_aside)
    assert len(model.requests) == len(row.replies)
    texts = [reply if isinstance(reply, str) else reply.text for reply in row.replies]
    kept = [reply.raw for reply in call.set_aside]
    if row.state is not OK or row.detail:
        assert call.raw is not None
        assert sorted([*kept, call.raw]) == sorted(texts)
    else:
        assert call.raw is None
        assert sorted([*kept, outcome.value or ""]) == sorted(texts)


async def test_the_second_question_lists_all_that_is_wrong() -> None:
    _, model = await ask(["bad", "fine"])
    first, second = model.requests
    assert second.messages[: len(first.messages)] == first.messages
    assert [(m.role, m.content) for m in second.messages[len(first.messages) :]] == [
        ("assistant", "bad"),
        ("user", "Wrong:\n- it is bad\n- it is short"),
    ]
    assert (second.schema, second.max_tokens) == (first.schema, first.max_tokens)


async def test_a_long_bad_reply_does_not_go_back_whole() -> None:
    outcome, model = await ask(["bad" * 9_000, "worse"])
    assert len(model.requests[1].messages[-2].content) == 6_000
    assert len(outcome.call.set_aside[0].raw) == 27_000


async def test_more_room_is_twice_the_room_and_what_the_context_has() -> None:
    _, model = await ask([a(CUT, "fi"), "fine"])
    assert [request.max_tokens for request in model.requests] == [100, 200]
    _, model = await ask([a(CUT, "fi"), "fine"], context=170)
    assert [request.max_tokens for request in model.requests] == [100, 120]


async def test_all_replies_are_paid_for() -> None:
    replies = [
        Answer(OK, "bad", "m", 2, 1.5, Usage(100, 10, 0), "r1", cost_usd=0.25),
        Answer(OK, "fine", "m", 1, 0.5, Usage(150, 20, 90), "r2", cost_usd=0.5),
    ]
    outcome, _ = await ask(replies)
    call = outcome.call
    assert (call.attempts, call.seconds, call.usage) == (3, 2.0, Usage(250, 30, 90))
    assert call.cost_usd == 0.75
    assert (call.response_id, call.set_aside[0].response_id) == ("r2", "r1")
    assert call.prompt_hash != call.set_aside[0].prompt_hash == planned().rendered.hash


@pytest.mark.parametrize(
    ("second", "usage", "cost"),
    [
        pytest.param(a(FAILED, "", used=None), Usage(100, None, 0), None, id="unknown stays unknown"),
        pytest.param(a(OVER, "", attempts=0), Usage(50, 100, 0), 0.25, id="what was not asked costs nothing"),
    ],
)
async def test_an_unknown_price_is_unknown(second: Answer, usage: Usage, cost: float | None) -> None:
    outcome, _ = await ask([a(OK, "bad", cost_usd=0.25), second])
    assert (outcome.call.usage, outcome.call.cost_usd) == (usage, cost)


async def test_a_prompt_that_is_too_long_is_said() -> None:
    outcome, _ = await ask([a(FAILED, "", too_long=True)])
    assert outcome.too_long
    outcome, _ = await ask(["bad", a(FAILED, "", too_long=True)])
    assert not outcome.too_long  # the article did fit; only the second question did not


async def test_the_reply_of_a_part_is_kept() -> None:
    outcome, _ = await ask(["fine"], part="2/5")
    assert (outcome.call.part, outcome.call.raw) == ("2/5", "fine")


async def test_a_model_that_is_gone_raises() -> None:
    model = ScriptedModel({"summary": ModelUnavailable("gone")})
    with pytest.raises(ModelUnavailable, match="gone"):
        await Asker(model, 60).ask(planned())


class Slow(ScriptedModel):
    async def answer(self, request: Request) -> Answer:
        await anyio.sleep(0.2)
        return await super().answer(request)


async def test_an_articles_time_runs_out() -> None:
    model = Slow({"summary": "fine"})
    asker = Asker(model, 0.3)
    assert (await asker.ask(planned())).call.state is OK
    stopped = (await asker.ask(planned())).call
    assert (stopped.state, stopped.attempts) == (OVER, 1)
    assert "stopped: the limit of 0.3 s" in (stopped.detail or "")
    assert stopped.usage.output_tokens is None  # it may have been paid for
    late = (await asker.ask(planned())).call
    assert (late.state, late.attempts) == (OVER, 0)
    assert "not asked" in (late.detail or "")
    assert len(model.requests) == 1


async def test_a_reply_that_no_file_takes_is_kept_as_escapes() -> None:
    outcome, _ = await ask(["b\ud83d", a(REFUSED, "\udc00")])
    assert (outcome.call.set_aside[0].raw, outcome.call.raw) == ("b\\ud83d", "\\udc00")
    assert json.loads(outcome.call.to_json())["raw"] == "\\udc00"


async def test_calls_are_json() -> None:
    outcome, _ = await ask(["bad", "fine"])
    assert json.loads(outcome.call.to_json())["set_aside"][0]["raw"] == "bad"
