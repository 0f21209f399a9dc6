"""A run's limits: what fits is asked, what does not is named, and no budget is ever overspent."""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import anyio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from summarizer.errors import ModelRejected, ModelUnavailable, SettingsError
from summarizer.llm.limits import Budget, BudgetedModel, Spent, input_tokens
from summarizer.llm.model import Answer, Message, Request
from summarizer.report import AnswerState, Usage
from summarizer.settings import Settings
from summarizer.testing import ScriptedModel
from summarizer.tokens import estimate

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


REQUEST = Request("summary", (Message("system", "Be brief."), Message("user", "Summarize this.")), 100)
SENT = input_tokens(REQUEST)
WORST = SENT + 100


def price(sent: int, written: int) -> float:
    """A dollar a million tokens in, two out."""
    return (sent + 2 * written) / 1_000_000


WORST_USD = price(SENT, 100)


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


def ok(sent: int | None = SENT, written: int | None = 10, cost: float | None = None) -> Answer:
    return Answer(AnswerState.OK, "fine", "m", usage=Usage(sent, written), cost_usd=cost)


def failed(**more: Any) -> Answer:
    return replace(Answer(AnswerState.MODEL_ERROR, "", "m", attempts=4), **more)


def budgeted(budget: Budget, *replies: Any, **options: Any) -> tuple[BudgetedModel, ScriptedModel]:
    inner = ScriptedModel({"summary": list(replies)}, name="m", context=8000)
    return BudgetedModel(inner, budget, **({"price": price} | options)), inner


class SlowModel(ScriptedModel):
    """Every answer waits until ``go`` is set; ``most`` is how many were under way at once."""

    def __init__(self, reply: Callable[[Request], Answer]) -> None:
        super().__init__(reply)
        self.go = anyio.Event()
        self.most = self.under_way = 0

    async def answer(self, request: Request) -> Answer:
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            await self.go.wait()
            return await super().answer(request)
        finally:
            self.under_way -= 1


# --- what a request may take ------------------------------------------------------------------


def test_the_schema_and_every_message_count_as_input() -> None:
    plain = Request("summary", (Message("user", "word " * 100),), 50)
    longer = replace(plain, messages=(*plain.messages, Message("assistant", "x" * 40)))
    constrained = replace(plain, schema={"type": "object", "properties": {"text": {"type": "string"}}})
    assert input_tokens(plain) > estimate("word " * 100)
    assert input_tokens(longer) >= input_tokens(plain) + estimate("x" * 40)
    assert input_tokens(constrained) > input_tokens(plain)
    assert input_tokens(replace(plain, max_tokens=5000)) == input_tokens(plain)


@pytest.mark.parametrize(
    ("limits", "asked", "said"),
    [
        pytest.param({}, True, "", id="no limits"),
        pytest.param({"max_tokens": WORST}, True, "", id="tokens: exactly enough"),
        pytest.param(
            {"max_tokens": WORST - 1},
            False,
            f"the run's limit of {WORST - 1} tokens: 0 are spent, and this reply could take {WORST}",
            id="tokens: one too few",
        ),
        pytest.param({"max_cost_usd": WORST_USD}, True, "", id="money: exactly enough"),
        pytest.param(
            {"max_cost_usd": WORST_USD - 1e-9},
            False,
            f"0.00 are spent, and this reply could cost ${WORST_USD:.6f}",
            id="money: a thousandth of a millionth too little",
        ),
        pytest.param({"deadline_s": 10.0}, True, "", id="time: before the deadline"),
    ],
)
async def test_what_does_not_fit_is_never_sent(limits: dict[str, Any], asked: bool, said: str) -> None:
    budget = Budget(**limits, clock=Clock())
    model, inner = budgeted(budget, ok())
    answer = await model.answer(REQUEST)
    assert len(inner.requests) == asked
    if asked:
        assert answer == ok()
        assert budget.spent == Spent(SENT, 10, price(SENT, 10), replies=1, assumed=0, left_out=0)
    else:
        assert (answer.state, answer.text, answer.model) == (AnswerState.OVER_BUDGET, "", "m")
        assert (answer.attempts, answer.usage, answer.cost_usd) == (0, Usage(0, 0, 0), 0.0)
        assert said in str(answer.detail)
        assert budget.spent == Spent(0, 0, 0.0, replies=0, assumed=0, left_out=1)


async def test_a_smaller_request_still_runs_after_a_larger_one_did_not_fit() -> None:
    budget = Budget(max_tokens=2 * WORST)
    model, inner = budgeted(budget, ok(), ok())
    states = [
        (await model.answer(request)).state
        for request in (REQUEST, replace(REQUEST, max_tokens=5000), replace(REQUEST, max_tokens=50))
    ]
    assert states == [AnswerState.OK, AnswerState.OVER_BUDGET, AnswerState.OK]
    assert [request.max_tokens for request in inner.requests] == [100, 50]


# --- what a reply is charged ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reply", "charged"),
    [
        pytest.param(ok(cost=0.5), Spent(SENT, 10, 0.5, 1, 0, 0), id="its own cost, where it says it"),
        pytest.param(ok(), Spent(SENT, 10, price(SENT, 10), 1, 0, 0), id="usage without cost"),
        pytest.param(ok(7, 900), Spent(7, 900, price(7, 900), 1, 0, 0), id="more than was set aside"),
        pytest.param(ok(None, None), Spent(SENT, 100, WORST_USD, 1, 1, 0), id="no usage: the most"),
        pytest.param(ok(None, 10), Spent(SENT, 10, price(SENT, 10), 1, 1, 0), id="no input tokens"),
        pytest.param(ok(7, None), Spent(7, 100, price(7, 100), 1, 1, 0), id="no output tokens"),
        pytest.param(
            replace(ok(None, None), state=AnswerState.REFUSED),
            Spent(SENT, 100, WORST_USD, 1, 1, 0),
            id="refused, no usage",
        ),
        pytest.param(
            replace(ok(), state=AnswerState.TRUNCATED),
            Spent(SENT, 10, price(SENT, 10), 1, 0, 0),
            id="cut off, and paid",
        ),
        pytest.param(failed(), Spent(SENT, 100, WORST_USD, 1, 1, 0), id="failed: it may have been billed"),
        pytest.param(failed(too_long=True), Spent(0, 0, 0.0, 1, 0, 0), id="turned down as too long"),
        pytest.param(failed(attempts=0), Spent(0, 0, 0.0, 1, 0, 0), id="never sent"),
    ],
)
async def test_what_is_charged(reply: Answer, charged: Spent) -> None:
    budget = Budget(max_tokens=10_000, max_cost_usd=1.0)
    model, _ = budgeted(budget, reply)
    assert await model.answer(REQUEST) == reply
    assert budget.spent == charged


@pytest.mark.parametrize(
    ("error", "charged"),
    [
        pytest.param(ModelUnavailable("nothing answers"), 0, id="nothing answers"),
        pytest.param(ModelRejected("no such model"), 0, id="rejected"),
        pytest.param(RuntimeError("a bug"), WORST, id="anything else: it may have been sent"),
    ],
)
async def test_errors_pass_through_and_give_back_what_was_set_aside(error: Exception, charged: int) -> None:
    budget = Budget(max_tokens=2 * WORST)
    model, _ = budgeted(budget, error, ok())
    with pytest.raises(type(error), match=str(error)):
        await model.answer(REQUEST)
    assert budget.spent.tokens == charged
    # Whatever was charged, nothing is set aside any more: a second one of the same size fits.
    with anyio.fail_after(5):
        assert (await model.answer(REQUEST)).state is AnswerState.OK


async def test_a_cancelled_reply_is_charged_the_most() -> None:
    budget = Budget(max_tokens=2 * WORST)
    slow = SlowModel(lambda request: ok())
    model = BudgetedModel(slow, budget)
    with anyio.move_on_after(0.5) as scope:
        await model.answer(REQUEST)
    assert scope.cancelled_caught
    assert budget.spent == Spent(SENT, 100, None, replies=1, assumed=1, left_out=0)
    slow.go.set()
    assert (await model.answer(REQUEST)).state is AnswerState.OK  # and nothing stays set aside


async def test_the_cost_is_unknown_once_one_price_is_unknown() -> None:
    budget = Budget(max_tokens=10_000)
    known, _ = budgeted(budget, ok())
    unknown, _ = budgeted(budget, ok(), price=None)
    await known.answer(REQUEST)
    assert budget.spent.cost_usd == price(SENT, 10)
    await unknown.answer(REQUEST)
    assert budget.spent.cost_usd is None
    assert budget.spent.tokens == 2 * (SENT + 10)


# --- several at once --------------------------------------------------------------------------


async def _two_at_once(written: int | None) -> tuple[list[Answer], SlowModel, Budget]:
    """Two requests, each of which fits alone; the first reply takes ``written`` tokens."""
    budget = Budget(max_tokens=WORST + 60)
    slow = SlowModel(lambda request: ok(SENT if written is not None else None, written))
    model = BudgetedModel(slow, budget)
    answers: list[Answer] = []

    async def ask(request: Request) -> None:
        answers.append(await model.answer(request))

    with anyio.fail_after(5):
        async with anyio.create_task_group() as group:
            group.start_soon(ask, REQUEST)
            group.start_soon(ask, replace(REQUEST, max_tokens=40))
            await anyio.sleep(0.12)  # time for the second to look again, more than once
            assert slow.under_way == 1
            slow.go.set()
    return answers, slow, budget


async def test_two_that_fit_alone_and_not_together_never_run_together() -> None:
    answers, slow, budget = await _two_at_once(written=100)
    assert slow.most == 1
    assert [answer.state for answer in answers] == [AnswerState.OK, AnswerState.OVER_BUDGET]
    assert answers[1].detail == (
        f"the run's limit of {WORST + 60} tokens: {WORST} are spent, and this reply could take {SENT + 40}"
    )
    assert budget.spent.tokens == WORST


async def test_one_that_had_to_wait_runs_when_the_other_took_less() -> None:
    answers, slow, budget = await _two_at_once(written=1)
    assert slow.most == 1
    assert [answer.state for answer in answers] == [AnswerState.OK, AnswerState.OK]
    assert budget.spent.tokens == 2 * (SENT + 1)


async def test_a_reply_without_usage_leaves_no_room_for_the_one_that_waited() -> None:
    answers, _, budget = await _two_at_once(written=None)
    assert [answer.state for answer in answers] == [AnswerState.OK, AnswerState.OVER_BUDGET]
    assert budget.spent == Spent(SENT, 100, None, replies=1, assumed=1, left_out=1)


async def test_what_is_set_aside_is_named_when_no_waiting_helps() -> None:
    budget = Budget(max_tokens=WORST + 60)
    slow = SlowModel(lambda request: ok())
    model = BudgetedModel(slow, budget)
    async with anyio.create_task_group() as group:
        group.start_soon(model.answer, REQUEST)
        await anyio.wait_all_tasks_blocked()
        answer = await model.answer(replace(REQUEST, max_tokens=500))
        slow.go.set()
    assert f"{WORST} are set aside for replies under way" in str(answer.detail)


def test_one_budget_for_several_threads_with_a_loop_each() -> None:
    room = 30  # replies
    budget = Budget(max_tokens=room * WORST, max_cost_usd=1.0)
    states: list[AnswerState] = []

    def work() -> None:
        async def run() -> None:
            inner = ScriptedModel({"summary": [ok(None, None)] * 20}, name="m")
            model = BudgetedModel(inner, budget, price=price)

            async def ask() -> None:
                states.append((await model.answer(REQUEST)).state)

            async with anyio.create_task_group() as group:
                for _ in range(20):
                    group.start_soon(ask)

        asyncio.run(run())

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert states.count(AnswerState.OK) == room
    assert states.count(AnswerState.OVER_BUDGET) == 80 - room
    assert budget.spent.tokens == budget.max_tokens
    assert (budget.spent.replies, budget.spent.left_out) == (room, 80 - room)


# --- the deadline -----------------------------------------------------------------------------


async def test_after_the_deadline_nothing_is_asked() -> None:
    clock = Clock()
    budget = Budget(deadline_s=60, clock=clock)
    model, inner = budgeted(budget, ok())
    clock.now += 59.5
    assert (await model.answer(REQUEST)).state is AnswerState.OK
    assert budget.remaining_s == 0.5
    clock.now += 0.5
    answer = await model.answer(REQUEST)
    assert (answer.state, answer.attempts) == (AnswerState.OVER_BUDGET, 0)
    assert answer.detail == "the run's deadline of 60 s has passed"
    assert len(inner.requests) == 1


async def test_a_reply_under_way_is_stopped_at_the_deadline_and_charged() -> None:
    budget = Budget(deadline_s=0.5, max_tokens=10_000)
    slow = SlowModel(lambda request: ok())
    model = BudgetedModel(slow, budget, price=price)
    with anyio.fail_after(5):
        answer = await model.answer(REQUEST)
    assert (answer.state, answer.attempts) == (AnswerState.OVER_BUDGET, 1)
    assert (answer.usage, answer.cost_usd) == (Usage(), None)  # it may have been billed
    assert answer.detail == "the run's deadline of 0.5 s came before the reply: stopped"
    assert answer.seconds >= 0.4
    assert slow.under_way == 0
    assert budget.spent == Spent(SENT, 100, WORST_USD, replies=1, assumed=1, left_out=1)


async def test_who_waits_for_others_waits_no_longer_than_the_deadline() -> None:
    budget = Budget(deadline_s=0.5, max_tokens=WORST)
    slow = SlowModel(lambda request: ok())
    model = BudgetedModel(slow, budget)
    details: list[str] = []

    async def ask() -> None:
        details.append(str((await model.answer(REQUEST)).detail))

    with anyio.fail_after(5):
        async with anyio.create_task_group() as group:
            group.start_soon(ask)
            group.start_soon(ask)
    assert sorted(details) == [
        "the run's deadline of 0.5 s came before the reply: stopped",
        "the run's deadline of 0.5 s has passed",
    ]


# --- set-up -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "worst_cost",
    [
        pytest.param(None, id="no price list"),
        pytest.param(lambda sent, written: None, id="a price list that does not know the model"),
    ],
)
def test_a_limit_in_money_needs_a_price(worst_cost: Any) -> None:
    with pytest.raises(SettingsError, match=r"the price of m is not known, so a limit of \$5.00") as caught:
        budgeted(Budget(max_cost_usd=5), ok(), price=worst_cost)
    assert "--max-tokens" in str(caught.value.hint)
    assert "[price]" in str(caught.value.hint)


async def test_a_price_that_is_suddenly_unknown_lets_nothing_through() -> None:
    model, inner = budgeted(
        Budget(max_cost_usd=5), ok(), price=lambda sent, written: 0.1 if written == 1 else None
    )
    answer = await model.answer(REQUEST)
    assert answer.state is AnswerState.OVER_BUDGET
    assert "the price of this reply is not known" in str(answer.detail)
    assert inner.requests == []


@pytest.mark.parametrize("name", ["max_cost_usd", "max_tokens", "deadline_s"])
@pytest.mark.parametrize("value", [0, -1, float("nan"), float("inf")])
def test_limits_are_above_zero(name: str, value: float) -> None:
    with pytest.raises(SettingsError, match=f"{name} must be above 0") as caught:
        Budget(**{name: value})  # type: ignore[arg-type]
    assert f"Leave {name} out" in str(caught.value.hint)


def test_the_limits_in_the_settings() -> None:
    budget = Budget.of(Settings(max_cost_usd=1.5, max_tokens=9000, deadline_s=30.0))
    assert (budget.max_cost_usd, budget.max_tokens, budget.deadline_s) == (1.5, 9000, 30.0)
    assert Budget.of(Settings()).remaining_s is None


async def test_it_is_the_model_that_it_wraps() -> None:
    model, inner = budgeted(Budget(), ok())
    assert (model.name, model.context, model.identity) == ("m", 8000, "scripted m")
    await model.close()
    assert inner.closed


# --- whatever happens -------------------------------------------------------------------------


@dataclass
class Plan:
    """One request and what becomes of it: its share of the most it could take, or no word of it."""

    text: str
    max_tokens: int
    share: float | None  # None: the reply does not say what it took
    turns: int  # how often other tasks run before the reply comes
    known_cost: bool
    request: Request = field(init=False)

    def __post_init__(self) -> None:
        self.request = Request("summary", (Message("user", self.text),), self.max_tokens)


PLANS = st.builds(
    Plan,
    text=st.text(min_size=1, max_size=200),
    max_tokens=st.integers(1, 300),
    share=st.none() | st.floats(0, 1),
    turns=st.integers(0, 3),
    known_cost=st.booleans(),
)


@given(
    plans=st.lists(PLANS, min_size=1, max_size=25),
    max_tokens=st.none() | st.integers(1, 3000),
    max_cost_usd=st.none() | st.floats(1e-6, 3e-3),
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_budget_is_overspent_and_none_is_left_unused(
    plans: list[Plan], max_tokens: int | None, max_cost_usd: float | None
) -> None:
    """All requests at once, no reply above what was set aside for it."""
    budget = Budget(max_tokens=max_tokens, max_cost_usd=max_cost_usd)
    by_request = {id(plan.request): plan for plan in plans}

    class Inner(ScriptedModel):
        async def answer(self, request: Request) -> Answer:
            plan = by_request[id(request)]
            for _ in range(plan.turns):
                await anyio.lowlevel.checkpoint()
            if plan.share is None:
                return ok(None, None)
            sent = int(plan.share * input_tokens(request))
            written = int(plan.share * request.max_tokens)
            return ok(sent, written, price(sent, written) if plan.known_cost else None)

    async def no_wait(seconds: float) -> None:
        await anyio.lowlevel.checkpoint()

    model = BudgetedModel(Inner({}), budget, price=price, sleep=no_wait)
    answers: dict[int, Answer] = {}

    async def ask(plan: Plan) -> None:
        answers[id(plan)] = await model.answer(plan.request)
        within(budget.spent)

    def within(spent: Spent) -> None:
        assert max_tokens is None or spent.tokens <= max_tokens
        assert max_cost_usd is None or (spent.cost_usd is not None and spent.cost_usd <= max_cost_usd)

    async def run() -> None:
        with anyio.fail_after(5):
            async with anyio.create_task_group() as group:
                for plan in plans:
                    group.start_soon(ask, plan)

    asyncio.run(run())
    spent = budget.spent
    within(spent)
    assert spent.replies + spent.left_out == len(plans) == len(answers)
    for plan in plans:
        answer = answers[id(plan)]
        assert answer.state in (AnswerState.OK, AnswerState.OVER_BUDGET)
        if answer.state is AnswerState.OVER_BUDGET:  # at the end it still does not fit: rightly left out
            sent, written = input_tokens(plan.request), plan.max_tokens
            too_many = max_tokens is not None and spent.tokens + sent + written > max_tokens
            too_dear = (
                max_cost_usd is not None
                and (spent.cost_usd or 0.0) + price(sent, written) > max_cost_usd - 1e-11
            )
            assert too_many or too_dear
