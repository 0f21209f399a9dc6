"""A model with what stands round it: traces, the run's budget, the answer cache.

From the inside out: the model, a span for every reply it gives, the budget (what a reply costs is held
against it), the cache (what is stored costs nothing, and passes no budget).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import anyio

from ..errors import SettingsError
from ..settings import Settings, cache_path
from .answer_store import AnswerStore
from .cache import CachedModel, Store
from .choose import Choice, choose
from .costs import Costs
from .limits import Budget, BudgetedModel
from .model import LanguageModel
from .pace import Paced
from .tracing import traced

_HERE = "http://127.0.0.1"
_SHOWN = 10  # models in a message


async def chosen(settings: Settings) -> Choice:
    """The model that the settings ask for, with a name.

    Offline no server is asked for its only model: it is the one whose answers are stored. Raises as
    ``choose`` and ``Choice.resolve`` do.
    """
    choice = choose(settings)
    if not settings.offline:
        return await choice.resolve()
    return await anyio.to_thread.run_sync(_remembered, choice, settings)


def _remembered(choice: Choice, settings: Settings) -> Choice:
    url = choice.base_url
    if url is None:
        return choice  # the embedded model
    store = AnswerStore(cache_path(settings))
    try:
        if choice.name is None:
            names = store.models_at(url)
            if len(names) != 1:
                which = "of several models" if names else "of no model"
                known = "\n".join(f"  --model {name}" for name in names[:_SHOWN])
                raise SettingsError(
                    f"offline, the cache has answers {which} at {url}",
                    hint=f"Name one of them:\n{known}" if names else "Leave out --offline once.",
                )
            choice = replace(choice, name=names[0], why=f"{names[0]}, whose answers at {url} are stored")
        if settings.context is None:
            # Parts of a long article, and so the requests, depend on what the server once said of it.
            choice = replace(choice, context=store.context_of(choice.open().identity))
        return choice
    finally:
        store.close()


@dataclass(frozen=True, slots=True)
class Stack:
    """``model`` is the outermost. ``budget`` and ``cache`` are None where the settings have none."""

    model: LanguageModel
    budget: Budget | None
    cache: CachedModel | None

    @classmethod
    def of(
        cls,
        choice: Choice,
        settings: Settings,
        *,
        pace: Paced | None = None,
        store: Store | None = None,
        around: Callable[[LanguageModel], LanguageModel] = lambda model: model,
    ) -> "Stack":
        """Opens the chosen model. The run's time starts here.

        ``store`` keeps the answers in place of the user's cache; ``around`` makes what stands between
        the budget and the cache, and sees what is really asked.

        Raises as ``Choice.open`` does, and SettingsError for a limit in money and a model whose price is
        not known.
        """
        model = traced(choice.open() if pace is None else choice.open(pace))
        budget = None
        if settings.max_cost_usd or settings.max_tokens or settings.deadline_s:
            budget = Budget.of(settings)
            costs = Costs(model.name, choice.base_url or _HERE, settings.price)
            # Prices take half a second to load: only for a limit in money.
            model = BudgetedModel(model, budget, price=costs.worst if settings.max_cost_usd else None)
        model = around(model)
        cache = None
        if store is None and settings.cache:
            store = AnswerStore(cache_path(settings))
        if store is not None:
            model = cache = CachedModel(model, store, offline=settings.offline)
        return cls(model, budget, cache)
