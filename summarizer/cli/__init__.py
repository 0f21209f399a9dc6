"""The command line: ``summarizer COMMAND``. One file a command group; parse, call, print.

What takes long to import (model clients, readers of pages, tables of languages) is imported inside the
commands, so that ``--help`` and a wrong option answer at once.
"""

from typing import Annotated

import typer

from . import batch, cache, calibrate, check, db, evaluate, models, prompts, queue, queue_export, run, show
from .common import EXIT_CODES, CommandGroup, examples, put

app = typer.Typer(
    name="summarizer",
    cls=CommandGroup,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=examples(
        "summarizer run article.txt",
        "summarizer run articles/ --format jsonl --out reports.jsonl",
        "summarizer check article.txt summary.txt",
        "summarizer batch run articles.jsonl --out night",
        "summarizer show reports.jsonl",
        "summarizer models",
        "summarizer cache info",
        "summarizer queue next --reviewer NAME",
    )
    + EXIT_CODES,
)
app.command("run", epilog=run.EXAMPLES, no_args_is_help=False)(run.run)
app.command("check", epilog=check.EXAMPLES)(check.check)
app.command("show", epilog=show.EXAMPLES)(show.show)
app.command("calibrate", epilog=calibrate.EXAMPLES)(calibrate.calibrate)
app.command("eval", epilog=evaluate.EXAMPLES)(evaluate.evaluate)
app.command("models", epilog=models.EXAMPLES)(models.models)
app.command("prompts", epilog=prompts.EXAMPLES)(prompts.prompts)
app.add_typer(batch.app)
app.add_typer(cache.app)
queue_export.register(queue.app)
app.add_typer(queue.app)
app.add_typer(db.app)


def _version(wanted: bool) -> None:
    if wanted:
        from .. import __version__

        put(f"summarizer {__version__}\n")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def start(
    context: typer.Context,
    _wanted: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit."),
    ] = False,
) -> None:
    """Summarizes news articles and checks every sentence against the article."""
    if context.invoked_subcommand is None:
        put(context.get_help().rstrip() + "\n")


def main() -> None:
    """The console command; ends the process with its exit code."""
    app(prog_name="summarizer")
