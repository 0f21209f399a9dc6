"""Which model a run uses, and why, in words.

An article leaves this machine only when a model or an address was named: a key alone, which many
people have in their environment for other programs, sends nothing anywhere.
"""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from ..errors import SettingsError
from ..settings import Price, Profile, Settings
from .client import OpenAIModel, list_models
from .costs import Costs, list_price
from .endpoint import OPENAI_URL, SERVER_EXAMPLES, is_loopback, public
from .local import DEFAULT_CONTEXT, SMOLLM2, EmbeddedModel
from .model import LanguageModel
from .pace import Paced

EMBEDDED = "embedded"  # the name to ask for it by
_SHOWN_MODELS = 10
# The embedded server is in no danger of being gone, only slow: no request to it is given less.
_EMBEDDED_TIMEOUT_S = 600.0
# Stands for the key of a model that answers from the cache alone.
_NOT_SENT = "offline"


class ModelKind(StrEnum):
    """Who serves the model."""

    EMBEDDED = "embedded"  # this machine, without set-up
    SERVER = "server"  # an OpenAI-compatible server


@dataclass(frozen=True, slots=True)
class Choice:
    """A model chosen and not opened yet. ``name`` is None until ``resolve`` has asked the server.

    ``base_url`` is the server's address without user, password and query; ``context`` what the server
    said of it when it was asked.
    """

    kind: ModelKind
    name: str | None
    profile: Profile
    base_url: str | None
    why: str
    tips: tuple[str, ...]
    settings: Settings = field(repr=False)
    context: int | None = None

    async def resolve(self) -> "Choice":
        """The same choice with a name; asks the server for its only model where none was named.

        Raises SettingsError when it has several or none, or when it may not be asked (offline);
        ModelUnavailable and ModelRejected.
        """
        if self.name is not None:
            return self
        url = self.base_url or OPENAI_URL
        if self.settings.offline:
            raise SettingsError(
                f"offline, the server at {url} is not asked which model it has",
                hint="Name the model whose answers are in the cache: --model NAME",
            )
        found = await list_models(self.settings.base_url, self.settings.api_key)
        names = [model.name for model in found]
        if not names:
            pull = (
                "Get one first: ollama pull NAME" if urlsplit(url).port == 11434 else "Start it with a model."
            )
            raise SettingsError(f"the server at {url} has no model", hint=pull)
        if len(names) > 1:
            shown = "\n".join(f"  --model {name}" for name in names[:_SHOWN_MODELS])
            more = f"\n  and {len(names) - _SHOWN_MODELS} more" if len(names) > _SHOWN_MODELS else ""
            raise SettingsError(
                f"the server at {url} has {len(names)} models, and none was named",
                hint=f"Name one of them:\n{shown}{more}",
            )
        why = f"{names[0]}, the only model at {url}"
        return replace(self, name=names[0], context=found[0].context, why=why)

    def worst_cost(self, input_tokens: int, output_tokens: int) -> float | None:
        """What a reply of that size costs in US dollars with nothing cached; None when not known."""
        costs = Costs(self.name or "", self.base_url or "", self.settings.price)
        return costs.worst(input_tokens, output_tokens)

    def price(self) -> Price | None:
        """US dollars a million tokens, as set or as the list has it; None when not known."""
        if self.settings.price is not None or self.name is None or self.base_url is None:
            return self.settings.price
        return list_price(self.name, self.base_url)

    def open(self, pace: Paced | None = None) -> LanguageModel:
        """The model. Without a name, ``resolve`` comes first. The embedded model needs no pace.

        Raises ModelUnavailable when the embedded model is not installed, SettingsError without a name
        or for a model file that is none. Offline, nothing needs to be installed and no key to be set:
        the answers come from the cache.
        """
        settings = self.settings
        if self.kind is ModelKind.EMBEDDED:
            timeout_s = max(settings.timeout_s, _EMBEDDED_TIMEOUT_S)
            context = settings.context or DEFAULT_CONTEXT
            file = _model_file(settings)
            model = EmbeddedModel(file, context=context, timeout_s=timeout_s, price=settings.price)
            if not settings.offline:
                model.check()
            return model
        if self.name is None:
            raise SettingsError(
                f"no model at {self.base_url} is named, and the server was not asked for one",
                hint="Name one with --model NAME; in Python: (await choose(settings).resolve()).open()",
            )
        return OpenAIModel(
            self.name,
            base_url=settings.base_url,
            api_key=settings.api_key or (_NOT_SENT if settings.offline else None),
            api=settings.api,
            timeout_s=settings.timeout_s,
            max_attempts=settings.max_attempts,
            context=settings.context or self.context,
            price=settings.price,
            pace=pace,
        )


def choose(settings: Settings) -> Choice:
    """The model that the settings ask for; the embedded one when they ask for none.

    Raises SettingsError for settings that contradict each other or lack a key.
    """
    if settings.model_file is not None and (settings.base_url is not None or _names_a_model(settings)):
        other = "base_url" if settings.base_url is not None else "model"
        raise SettingsError(
            f"model_file and {other} name two different models",
            hint=f"Leave one out: unset SUMMARIZER_MODEL_FILE, or leave out --{other.replace('_', '-')}.",
        )
    if settings.model == EMBEDDED and settings.base_url is not None:
        raise SettingsError(
            "the embedded model has no base url",
            hint="Leave out --base-url, or name a model of that server with --model NAME.",
        )
    if settings.base_url is None and not _names_a_model(settings):
        return _embedded(settings)
    return _server(settings)


def _server(settings: Settings) -> Choice:
    url = None if settings.base_url is None else public(settings.base_url)
    if url is None and not settings.api_key and not settings.offline:
        raise SettingsError(
            f"model {settings.model} is named, and neither a server nor a key",
            hint="Set OPENAI_API_KEY to use it at OpenAI, or name its server with --base-url, "
            f"such as {SERVER_EXAMPLES}.",
        )
    tips = []
    if url is not None and settings.api_key and url.lower().startswith("http:") and not is_loopback(url):
        tips.append(f"The key and the articles go to {url} unencrypted: use https where the server has it.")
    return Choice(
        kind=ModelKind.SERVER,
        name=settings.model,
        profile=settings.profile or Profile.STANDARD,
        base_url=url or OPENAI_URL,
        why=f"{settings.model or 'the only model'} at {url or 'OpenAI'}, as named",
        tips=tuple(tips),
        settings=settings,
    )


def _embedded(settings: Settings) -> Choice:
    profile = settings.profile or Profile.COMPACT
    tips = []
    file = _model_file(settings)
    if file is not None:
        name, why = file.stem, f"{file.name} on this machine, as named by model_file"
    else:
        name = SMOLLM2
        if settings.model == EMBEDDED:
            why = "the embedded model, as named"
        elif settings.api_key:
            why = (
                "the embedded model: an API key is set (OPENAI_API_KEY or SUMMARIZER_API_KEY), but no model "
                "is named, and no article goes anywhere unasked; say --model NAME to use it"
            )
        else:
            why = "the embedded model, because no model and no server is named"
        tips.append("It is very small. For better summaries: --model NAME --base-url URL")
        if profile is Profile.STANDARD:
            tips.append("It cannot do what the standard profile asks for: leave out --profile standard.")
    return Choice(
        kind=ModelKind.EMBEDDED,
        name=name,
        profile=profile,
        base_url=None,
        why=why,
        tips=tuple(tips),
        settings=settings,
    )


def _names_a_model(settings: Settings) -> bool:
    return settings.model is not None and settings.model != EMBEDDED


def _model_file(settings: Settings) -> Path | None:
    return None if settings.model_file is None else Path(settings.model_file).expanduser()
