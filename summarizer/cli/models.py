"""``summarizer models``: which model would be used, why, and how to use a stronger one."""

import json as json_module
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec import structs
from rich.console import Console, ConsoleOptions
from rich.text import Text

from ..errors import SummarizerError
from ..render.marking import hanging
from ..render.safe import safe
from ..settings import CONFIG_NAME, Settings, config_path
from .common import examples, put_json, put_rendered, without_passwords

if TYPE_CHECKING:
    from ..llm.choose import Choice

EXAMPLES = examples(
    "summarizer models",
    "summarizer models --json",
    "SUMMARIZER_MODEL=NAME summarizer models",
)


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything that decides which model gets the articles. Keys are never part of it.

    ``model`` is None when none can be used; ``why`` then says why. ``context`` is the tokens that prompt
    and reply share, ``price`` US dollars a million tokens (input, output, cached); both None when not
    known. ``embedded`` is None when the embedded model can be used; otherwise it says why not, and
    ``install`` what to type.
    """

    model: str | None
    profile: str | None
    base_url: str | None
    context: int | None
    price: dict[str, float | None] | None
    why: str
    key_set: bool
    embedded: str | None
    install: str | None
    model_file: str | None
    prompts: str
    config: str | None
    tips: tuple[str, ...]


def models(
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Show which model would be used and why, and how to use a stronger one."""
    overview = _overview(Settings.load())
    if json:
        put_json(json_module.dumps(asdict(overview), ensure_ascii=False, indent=2))
    else:
        put_rendered(_Table(overview))


def _overview(settings: Settings) -> Overview:
    from ..resources import prompts_dir

    embedded, install = _embedded(settings)
    model = profile = context = price = None
    url = settings.base_url
    tips: tuple[str, ...]
    try:
        choice, context = _choice(settings)
    except SummarizerError as error:
        why, tips = f"none can be used: {error}", (error.hint,) if error.hint else ()
    else:
        model, profile, url = choice.name, str(choice.profile), choice.base_url
        why, tips = choice.why, choice.tips
        price = choice.price()
    return Overview(
        model=model,
        profile=profile,
        base_url=without_passwords(url) if url else None,
        context=context,
        price=None if price is None else structs.asdict(price),
        why=without_passwords(why),
        key_set=bool(settings.api_key),
        embedded=embedded,
        install=install,
        model_file=settings.model_file,
        prompts=settings.prompts or str(prompts_dir()),
        config=_config(),
        tips=(*map(without_passwords, tips), *_STRONGER),
    )


def _choice(settings: Settings) -> tuple["Choice", int | None]:
    """The model that a run would open, and its context.

    Asks the server only where it is named and the model is not.
    """
    import anyio

    from ..llm.choose import ModelKind, choose

    choice = choose(settings)
    if choice.kind is ModelKind.SERVER and choice.name is None:
        choice = anyio.run(choice.resolve)
    return choice, choice.open().context  # the embedded one: is it installed? its server starts later


def _embedded(settings: Settings) -> tuple[str | None, str | None]:
    """Why the embedded model cannot be used, and what to type; twice None when it can."""
    from ..llm.local import EmbeddedModel

    try:
        EmbeddedModel(Path(settings.model_file).expanduser() if settings.model_file else None).check()
    except SummarizerError as error:
        return str(error), error.hint
    return None, None


_STRONGER = (
    "A stronger model for one run: summarizer run ARTICLE --model NAME --base-url URL",
    f"For every run: set SUMMARIZER_MODEL and SUMMARIZER_BASE_URL, or model and base_url in {CONFIG_NAME}",
    "Its key, where it needs one, is read from OPENAI_API_KEY or SUMMARIZER_API_KEY",
)


def _config() -> str | None:
    path = config_path()
    return None if path is None else str(path)


def _price(price: dict[str, float | None] | None) -> str:
    if price is None:
        return "unknown"
    parts = [f"{amount:g} {name}" for name, amount in price.items() if amount is not None]
    return f"US dollars a million tokens: {', '.join(parts)}"


class _Table:
    def __init__(self, overview: Overview) -> None:
        self.overview = overview

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> "list[Text]":
        shown = self.overview
        rows = (
            ("model", shown.model or "none"),
            ("why", shown.why),
            ("base url", shown.base_url or "none"),
            ("profile", shown.profile or "none"),
            ("context", f"{shown.context:,} tokens" if shown.context else "unknown"),
            ("price", _price(shown.price)),
            ("key", "set" if shown.key_set else "not set"),
            ("embedded model", shown.embedded or "available"),
            *((("", shown.install),) if shown.install else ()),
            *((("model file", shown.model_file),) if shown.model_file else ()),
            ("prompts", shown.prompts),
            ("settings file", shown.config or "none"),
        )
        width = min(options.max_width, 120)
        lines: list[Text] = []
        for name, value in rows:
            style = "bold" if name == "model" else ""
            lines += hanging(console, Text(f"{name:<16}", style="dim"), _text(value, style), width)
        lines.append(Text())
        for tip in shown.tips:
            lines += hanging(console, Text(), _text(tip), width)
        return lines


def _text(value: str, style: str = "") -> Text:
    """Words that may go over several lines, such as commands to type."""
    return Text("\n".join(map(safe, value.split("\n"))), style=style)
