"""``summarizer cache``: what the stored answers take and cost, and how to delete them."""

import json as json_module
import sys
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console, ConsoleOptions
from rich.text import Text

from ..errors import SettingsError
from ..render.marking import hanging
from ..render.safe import safe
from ..settings import Settings, cache_path
from .common import complain, examples, note, put, put_json, put_rendered

if TYPE_CHECKING:
    from ..llm.answer_file import CacheInfo
    from ..llm.answer_store import AnswerStore

EXAMPLES = examples(
    "summarizer cache info",
    "summarizer cache info --json",
    "summarizer cache clear --older-than 30",
)
INFO_EXAMPLES = examples("summarizer cache info", "summarizer cache info --json")
CLEAR_EXAMPLES = examples(
    "summarizer cache clear",
    "summarizer cache clear --older-than 30 --yes",
    "summarizer cache clear --model NAME --yes --json",
)

app = typer.Typer(name="cache", rich_markup_mode="rich", epilog=EXAMPLES)


@app.callback(invoke_without_command=True)
def start(context: typer.Context) -> None:
    """Show or delete the stored answers, which are served again instead of paid for again."""
    if context.invoked_subcommand is None:
        put(context.get_help().rstrip() + "\n")


@app.command("info", epilog=INFO_EXAMPLES)
def info(
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Show how many answers are stored, of which models, and what they cost."""
    found = _store().info()
    if json:
        put_json(found.to_json(indent=2))
    elif not found.answers:
        put(f"nothing stored yet in {safe(found.path)}\n")
    else:
        put_rendered(_Table(found))


@app.command("clear", epilog=CLEAR_EXAMPLES)
def clear(
    older_than: Annotated[
        float | None,
        typer.Option("--older-than", metavar="DAYS", min=0, help="Only answers stored longer ago."),
    ] = None,
    model: Annotated[
        str | None, typer.Option("--model", metavar="NAME", help="Only answers of this model.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask first.")] = False,
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Delete stored answers: all of them, or those that the options name.

    A cache file that cannot be read is moved to a name beside it.
    """
    from ..llm.answer_file import NotACache

    store = _store()
    which = _which(older_than, model)
    _confirm(f"delete {which} in {store.path}?", yes)
    deleted, aside = 0, None
    try:
        deleted = store.clear(older_than, model)
    except NotACache as error:
        if older_than is not None or model is not None:
            raise
        if not yes:
            complain(str(error))
            _confirm("move it to a name beside it?", yes)
        aside = str(store.set_aside())
    if json:
        put_json(json_module.dumps({"deleted": deleted, "moved_to": aside}, ensure_ascii=False, indent=2))
    elif aside is not None:
        put(f"the file could not be used; it is now {safe(aside)}\n")
    else:
        put(f"deleted {deleted} {'answer' if deleted == 1 else 'answers'}\n")


def _store() -> "AnswerStore":
    from ..llm.answer_store import AnswerStore

    return AnswerStore(cache_path(Settings.load()))


def _which(older_than: float | None, model: str | None) -> str:
    """The answers meant, in words."""
    if older_than is None and model is None:
        return "all stored answers"
    age = "" if older_than is None else f" stored more than {older_than:g} days ago"
    return f"the answers{'' if model is None else f' of {model}'}{age}"


def _confirm(question: str, yes: bool) -> None:
    """Raises SettingsError where nobody can be asked, and ends the command when the answer is no."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise SettingsError(
            "this deletes stored answers, and there is no terminal to ask first",
            hint="The same with --yes.",
        )
    if not typer.confirm(safe(question), err=True):
        note("nothing was deleted")
        raise typer.Exit


class _Table:
    def __init__(self, found: "CacheInfo") -> None:
        self.found = found

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> "list[Text]":
        found = self.found
        rows = (
            ("file", found.path),
            ("size", _size(found.bytes)),
            ("answers", f"{found.answers:,} ({_counts(found.by_state)})"),
            ("models", _counts(found.by_model)),
            ("stored", f"{_when(found.oldest)} to {_when(found.newest)}"),
            ("tokens", f"{_number(found.input_tokens)} in, {_number(found.output_tokens)} out"),
            ("cost", _cost(found)),
        )
        width = min(options.max_width, 120)
        lines: list[Text] = []
        for name, value in rows:
            lines += hanging(console, Text(f"{name:<9}", style="dim"), Text(safe(value)), width)
        return lines


def _size(size: int) -> str:
    value, unit = float(size), "bytes"
    for larger in ("kB", "MB", "GB"):
        if value < 1000:
            break
        value, unit = value / 1000, larger
    return f"{value:.0f} {unit}" if unit == "bytes" else f"{value:.1f} {unit}"


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {number:,}" for name, number in counts.items())


def _when(stamp: str | None) -> str:
    return "unknown" if stamp is None else stamp[:16].replace("T", " ") + " UTC"


def _number(number: int | None) -> str:
    return "unknown" if number is None else f"{number:,}"


def _cost(found: "CacheInfo") -> str:
    if found.cost_usd is None:
        return "unknown"
    rest = f", and {found.unpriced:,} answers at an unknown price" if found.unpriced else ""
    return f"{found.cost_usd:.4f} USD{rest}"
