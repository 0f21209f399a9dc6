"""The one-article pipeline as a batch uses it: from a record's bytes to a report, with what it took."""

from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Protocol

from ..checker import check_article
from ..llm.cache import CachedModel, Store, request_key
from ..llm.choose import ModelKind
from ..llm.limits import Budget, BudgetedModel
from ..llm.model import Answer, LanguageModel, Request
from ..llm.pace import Pace, Paced
from ..llm.stack import Stack, chosen
from ..llm.wrapper import Wrapper
from ..pipeline import Check, Summarizer, Weigh, weigh
from ..report import AnswerState, Report
from ..settings import Profile, Settings
from .hands import Hands
from .outcome import Asked, Status, failed_tasks, status_of
from .shape import shape_of

CONCURRENCY = 20


@dataclass(frozen=True, slots=True)
class Worked:
    """A report, and what it took of the model now."""

    report: Report
    asked: Asked


class Engine(Protocol):
    """Makes reports. ``shape`` stands for all besides the article that makes one.

    ``work`` raises InputError for a record that is no article, ModelError as the pipeline does,
    JournalError when an answer cannot be kept. ``concurrency`` is how many articles it takes at once.
    """

    model: str
    shape: bytes
    concurrency: int

    async def work(self, body: bytes) -> Worked: ...

    async def close(self) -> None: ...

    @property
    def limited(self) -> int:
        """429s so far."""
        ...


@dataclass(frozen=True, slots=True)
class Opening:
    """What an engine is opened with. ``store`` keeps the answers."""

    settings: Settings
    store: Store
    model: LanguageModel | None = None
    profile: Profile | None = None
    concurrency: int | None = None
    workers: int = 0
    check: Check = check_article
    weigh: Weigh = weigh
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    pace: Paced | None = field(default=None)


Opener = Callable[[Opening], Awaitable[Engine]]


class LocalEngine:
    """The pipeline in this process."""

    def __init__(
        self,
        model: CachedModel,
        opening: Opening,
        profile: Profile,
        concurrency: int,
        pace: Paced | None,
    ) -> None:
        self.model = model.name
        self.concurrency = concurrency
        self.shape = shape_of(opening.settings, profile, model.identity, model.context, opening.check)
        self._pace = pace
        self._hands = Hands(opening.workers, opening.check, opening.weigh)
        self._summarizer = Summarizer(
            _Noting(model),
            settings=opening.settings,
            profile=profile,
            check=self._hands.check,
            weigh=self._hands.weigh,
            in_turn=True,
            checkers=self._hands.checkers,
        )

    @classmethod
    async def open(cls, opening: Opening) -> "LocalEngine":
        """The engine of the model that was given, or that the settings choose.

        Raises as ``llm.stack.chosen`` and ``Stack.of`` do.
        """
        settings = opening.settings
        if opening.model is not None:
            inner = opening.model
            if settings.max_cost_usd or settings.max_tokens:
                inner = BudgetedModel(inner, _budget(settings))
            model = CachedModel(_Metering(inner), opening.store, offline=settings.offline)
            profile = opening.profile or settings.profile or Profile.STANDARD
            made = cls(model, opening, profile, opening.concurrency or CONCURRENCY, None)
            await made._hands.start()
            return made
        choice = await chosen(settings)
        embedded = choice.kind is ModelKind.EMBEDDED
        concurrency = opening.concurrency or (1 if embedded else CONCURRENCY)
        pace = opening.pace
        if pace is None and not embedded:
            pace = Pace(
                concurrency,
                requests_per_minute=opening.requests_per_minute,
                tokens_per_minute=opening.tokens_per_minute,
            )
        # Time is the job's: it stops taking articles in, and lets those that run come to their end.
        stack = Stack.of(choice, without_time(settings), pace=pace, store=opening.store, around=_Metering)
        if stack.cache is None:
            raise AssertionError("a stack with a store has a cache")
        profile = opening.profile or settings.profile or choice.profile
        made = cls(stack.cache, opening, profile, concurrency, pace)
        await made._hands.start()
        return made

    @property
    def limited(self) -> int:
        return self._pace.governor.limited if isinstance(self._pace, Pace) else 0

    async def work(self, body: bytes) -> Worked:
        article = await self._hands.article(body)
        ledger = _Ledger()
        token = _LEDGER.set(ledger)
        try:
            report = await self._summarizer.process(article)
        finally:
            _LEDGER.reset(token)
        return Worked(report, ledger.asked(report))

    async def close(self) -> None:
        self._hands.close()
        await self._summarizer.close()


def without_time(settings: Settings) -> Settings:
    from msgspec.structs import replace

    return replace(settings, deadline_s=None)


def _budget(settings: Settings) -> Budget:
    return Budget.of(without_time(settings))


# --- who asked for what: the article at work is known by the task that works on it


@dataclass(slots=True)
class _Ledger:
    """What one article asked for, and what it really took."""

    requests: list[tuple[str, Request]] = field(default_factory=list)
    replies: int = 0
    retried: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = 0.0
    left_out: bool = False

    def asked(self, report: Report) -> Asked:
        keys: tuple[tuple[str, bytes], ...] = ()
        if status_of(report) is not Status.REPORTED:
            tasks = failed_tasks(report)
            keys = tuple(
                (request.task, request_key(identity, request))
                for identity, request in self.requests
                if request.task in tasks
            )
        return Asked(
            self.replies,
            self.retried,
            self.input_tokens,
            self.output_tokens,
            self.cost_usd,
            self.left_out,
            keys,
        )


_LEDGER: ContextVar[_Ledger | None] = ContextVar("ledger", default=None)


class _Noting(Wrapper):
    """Outside the cache: notes what is asked for."""

    async def answer(self, request: Request) -> Answer:
        ledger = _LEDGER.get()
        if ledger is not None:
            ledger.requests.append((self.identity, request))
        return await self._model.answer(request)


class _Metering(Wrapper):
    """Inside the cache: counts what is really asked."""

    async def answer(self, request: Request) -> Answer:
        answer = await self._model.answer(request)
        ledger = _LEDGER.get()
        if ledger is not None:
            if answer.state is AnswerState.OVER_BUDGET:
                ledger.left_out = True
            ledger.replies += answer.attempts > 0
            ledger.retried += max(0, answer.attempts - 1)
            ledger.input_tokens += answer.usage.input_tokens or 0
            ledger.output_tokens += answer.usage.output_tokens or 0
            if answer.attempts:
                known = None not in (ledger.cost_usd, answer.cost_usd)
                ledger.cost_usd = (ledger.cost_usd or 0.0) + (answer.cost_usd or 0.0) if known else None
        return answer
