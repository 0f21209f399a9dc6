"""What a run may cost in money, tokens and time, held before a request is sent and not after.

Before a reply is asked for, the most that it can take is set aside: the prompt as estimated, the whole
of ``max_tokens``. When it came, what was set aside is given back and what it really took is spent.
"""

import json
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from math import ceil, floor

import anyio

from ..errors import ModelError, SettingsError
from ..report import AnswerState, Usage
from ..settings import Settings
from ..tokens import estimate
from .model import Answer, LanguageModel, Request
from .wrapper import Wrapper

# Money is counted in whole millionths of a millionth of a dollar: sums of floats drift, and then a
# budget that is given back in full is not quite empty.
_UNITS = 10**12
# Tokens around each message that a server's template adds.
_PER_MESSAGE = 8
# How long until a request that waits for others to settle looks again. It looks, and is not woken,
# because those others may run in another event loop or thread.
_LOOK_AGAIN_S = 0.05

WorstCost = Callable[[int, int], float | None]


@dataclass(frozen=True, slots=True)
class Spent:
    """What a run has taken so far; replies that are under way are not in it.

    ``cost_usd`` is None when the price of one reply is not known. ``replies`` were asked for, of which
    ``assumed`` did not say what they took and count as the most they can have taken. ``left_out`` did
    not fit, or were stopped at the deadline.
    """

    input_tokens: int
    output_tokens: int
    cost_usd: float | None
    replies: int
    assumed: int
    left_out: int

    @property
    def tokens(self) -> int:
        return self.input_tokens + self.output_tokens


@dataclass(frozen=True, slots=True)
class Amount:
    """Tokens and money of one reply; ``cost`` in units of this module, None when not known.

    ``assumed``: not all of it is what somebody counted.
    """

    input_tokens: int
    output_tokens: int
    cost: int | None
    assumed: bool = False

    @property
    def tokens(self) -> int:
        return self.input_tokens + self.output_tokens


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a reply does not fit. ``may_fit_later``: it would, if the replies under way took nothing."""

    detail: str
    may_fit_later: bool


_NOTHING = Amount(0, 0, 0)


class Budget:
    """The limits of one run, shared by all its models, tasks, event loops and threads.

    ``max_tokens`` counts tokens of prompts and replies together. ``deadline_s`` runs from here on, in
    seconds of ``clock``. A limit that is None is none.
    """

    def __init__(
        self,
        *,
        max_cost_usd: float | None = None,
        max_tokens: int | None = None,
        deadline_s: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Raises SettingsError for a limit that is not above 0."""
        limits = {"max_cost_usd": max_cost_usd, "max_tokens": max_tokens, "deadline_s": deadline_s}
        for name, limit in limits.items():
            if limit is not None and not 0 < limit < float("inf"):
                raise SettingsError(
                    f"{name} must be above 0, not {limit}", hint=f"Leave {name} out for a run without it."
                )
        self.max_cost_usd = max_cost_usd
        self.max_tokens = max_tokens
        self.deadline_s = deadline_s
        self._clock = clock
        self._started = clock()
        self._lock = threading.Lock()
        self._input = self._output = self._cost = 0
        self._held_tokens = self._held_cost = 0
        self._cost_known = True
        self._replies = self._assumed = self._left_out = 0

    @classmethod
    def of(cls, settings: Settings) -> "Budget":
        """The limits in the settings."""
        return cls(
            max_cost_usd=settings.max_cost_usd,
            max_tokens=settings.max_tokens,
            deadline_s=settings.deadline_s,
        )

    @property
    def spent(self) -> Spent:
        with self._lock:
            return Spent(
                input_tokens=self._input,
                output_tokens=self._output,
                cost_usd=self._cost / _UNITS if self._cost_known else None,
                replies=self._replies,
                assumed=self._assumed,
                left_out=self._left_out,
            )

    @property
    def remaining_s(self) -> float | None:
        """Seconds until the deadline, 0 after it; None without one."""
        if self.deadline_s is None:
            return None
        return max(0.0, self._started + self.deadline_s - self._clock())

    def hold(self, worst: Amount) -> Refusal | None:
        """Set aside what a reply can take at most, and ``settle`` follows; or say why it does not fit."""
        with self._lock:
            refusal = self._refusal(worst)
            if refusal is None:
                self._held_tokens += worst.tokens
                self._held_cost += worst.cost or 0
            return refusal

    def settle(self, worst: Amount, taken: Amount) -> None:
        """Give back what was set aside and spend what was taken."""
        with self._lock:
            self._held_tokens -= worst.tokens
            self._held_cost -= worst.cost or 0
            self._input += taken.input_tokens
            self._output += taken.output_tokens
            self._cost += taken.cost or 0
            self._cost_known = self._cost_known and taken.cost is not None
            self._replies += 1
            self._assumed += taken.assumed

    def leave_out(self) -> None:
        """Count a reply that the limits left no room for."""
        with self._lock:
            self._left_out += 1

    def _refusal(self, worst: Amount) -> Refusal | None:
        if self.remaining_s == 0:
            return Refusal(f"the run's deadline of {self.deadline_s:g} s has passed", may_fit_later=False)
        if self.max_tokens is not None:
            spent = self._input + self._output
            if spent + self._held_tokens + worst.tokens > self.max_tokens:
                return Refusal(
                    f"the run's limit of {self.max_tokens:,} tokens: {spent:,} are spent, "
                    f"{_held(f'{self._held_tokens:,}', self._held_tokens)}"
                    f"and this reply could take {worst.tokens:,}",
                    may_fit_later=spent + worst.tokens <= self.max_tokens,
                )
        if self.max_cost_usd is not None:
            if worst.cost is None:
                return Refusal(
                    f"the run's limit of {_dollars(self.max_cost_usd)}: the price of this reply is not known",
                    may_fit_later=False,
                )
            limit = floor(self.max_cost_usd * _UNITS)
            if self._cost + self._held_cost + worst.cost > limit:
                return Refusal(
                    f"the run's limit of {_dollars(self.max_cost_usd)}: {_in_dollars(self._cost)} are spent, "
                    f"{_held(_in_dollars(self._held_cost), self._held_cost)}"
                    f"and this reply could cost {_in_dollars(worst.cost)}",
                    may_fit_later=self._cost + worst.cost <= limit,
                )
        return None


class BudgetedModel(Wrapper):
    """A model whose replies stay within a budget; what does not fit is ``over_budget`` and never sent.

    ``price`` tells from input tokens and the most output tokens what a reply can cost in US dollars,
    None where that is not known. A reply that fits only if those under way take less than they could
    waits for them. What is charged:

    - a reply that says what it took: that, and the most where it leaves a number out;
    - one that does not say, one that was cancelled or stopped, one whose connection broke: the most it
      can have taken, for the server may have written and billed it;
    - a prompt that the server turned down as too long, and an address that gives no answers: nothing.

    What the model repeats by itself is not charged again: servers do not bill what they turn away. Only
    a repeat after a connection that broke in mid-reply may be billed twice and counts once.
    """

    def __init__(
        self,
        model: LanguageModel,
        budget: Budget,
        *,
        price: WorstCost | None = None,
        sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
    ) -> None:
        """Raises SettingsError for a limit in money and a model whose price is not known."""
        if budget.max_cost_usd is not None and (price is None or price(1, 1) is None):
            raise SettingsError(
                f"the price of {model.name} is not known, so a limit of {_dollars(budget.max_cost_usd)} "
                "cannot be held",
                hint="Limit the tokens instead: --max-tokens N. Or write the price into summarizer.toml, in "
                "US dollars a million tokens:\n  [price]\n  input = 0.15\n  output = 0.60",
            )
        super().__init__(model)
        self._budget = budget
        self._price = price or (lambda input_tokens, output_tokens: None)
        self._sleep = sleep

    async def answer(self, request: Request) -> Answer:
        """One answer, ``over_budget`` where it does not fit. Raises what the model raises."""
        started = time.perf_counter()
        sent, written = input_tokens(request), request.max_tokens
        # A price list takes its time: it is asked only where money is limited, or nobody else knows.
        limited = self._budget.max_cost_usd is not None
        worst = self._amount(sent, written) if limited else Amount(sent, written, None)
        while (refusal := self._budget.hold(worst)) is not None:
            if not refusal.may_fit_later:
                return self._left_out(refusal.detail, started)
            await self._sleep(min(_LOOK_AGAIN_S, self._budget.remaining_s or _LOOK_AGAIN_S))
        answer: Answer | None = None  # and none it stays when this task is cancelled
        failed = False
        try:
            with anyio.move_on_after(self._budget.remaining_s):
                answer = await self._model.answer(request)
        except ModelError:
            failed = True
            raise
        finally:
            self._budget.settle(worst, _NOTHING if failed else self._taken(answer, worst))
        if answer is None:
            detail = f"the run's deadline of {self._budget.deadline_s:g} s came before the reply: stopped"
            return self._left_out(detail, started, asked=True)
        return answer

    def _taken(self, answer: Answer | None, worst: Amount) -> Amount:
        """What an answer took; where it does not say, or none came, the most that it can have taken."""
        usage = Usage() if answer is None else answer.usage
        known = (usage.input_tokens is not None) + (usage.output_tokens is not None)
        if answer is not None and not known and (answer.attempts == 0 or answer.too_long):
            return _NOTHING
        sent = worst.input_tokens if usage.input_tokens is None else usage.input_tokens
        written = worst.output_tokens if usage.output_tokens is None else usage.output_tokens
        if answer is not None and answer.cost_usd is not None and known == 2:
            return Amount(sent, written, ceil(answer.cost_usd * _UNITS))
        return self._amount(sent, written, assumed=known < 2)

    def _amount(self, sent: int, written: int, *, assumed: bool = False) -> Amount:
        cost = self._price(sent, written)
        return Amount(sent, written, None if cost is None else ceil(cost * _UNITS), assumed)

    def _left_out(self, detail: str, started: float, *, asked: bool = False) -> Answer:
        self._budget.leave_out()
        return Answer(
            AnswerState.OVER_BUDGET,
            "",
            self.name,
            attempts=int(asked),
            seconds=time.perf_counter() - started,
            # What was never sent took nothing: that is known, and keeps a report's sums known.
            usage=Usage() if asked else Usage(0, 0, 0),
            cost_usd=None if asked else 0.0,
            detail=detail,
        )


def input_tokens(request: Request) -> int:
    """Tokens that a request's messages and schema come to, estimated on the high side."""
    tokens = sum(estimate(message.content) + _PER_MESSAGE for message in request.messages)
    if request.schema is not None:
        tokens += estimate(json.dumps(request.schema, ensure_ascii=False))
    return tokens


def _held(shown: str, amount: int) -> str:
    return f"{shown} are set aside for replies under way, " if amount else ""


def _in_dollars(units: int) -> str:
    return _dollars(units / _UNITS)


def _dollars(amount: float) -> str:
    """Enough digits to tell fractions of a cent apart."""
    return f"${amount:.2f}" if amount >= 1 else f"${amount:.6f}".rstrip("0").ljust(5, "0")
