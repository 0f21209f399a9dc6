"""``summarizer db``: the database that a queue is in."""

import json as json_module
from typing import Annotated

import typer

from ..render.safe import safe
from .common import examples, put, put_json
from .queueing import JsonOption, QueueOption, open_queue

EXAMPLES = examples(
    "summarizer db upgrade --queue postgresql://reviews@db.example/reviews",
    "summarizer db status",
)

app = typer.Typer(name="db", rich_markup_mode="rich", epilog=EXAMPLES)


@app.callback(invoke_without_command=True)
def start(context: typer.Context) -> None:
    """Set up or upgrade the database of the review queue."""
    if context.invoked_subcommand is None:
        put(context.get_help().rstrip() + "\n")


@app.command("upgrade", epilog=EXAMPLES)
def upgrade(queue: QueueOption = None, json: JsonOption = False) -> None:
    """Bring the database to the present revision; an empty one gets its tables.

    Make a copy of it before. SQLite files upgrade themselves when they are opened.
    """
    _tell(queue, json, upgrade=True)


@app.command("status", epilog=EXAMPLES)
def status(queue: QueueOption = None, json: JsonOption = False) -> None:
    """Say which database is used, and at which revision it is."""
    _tell(queue, json, upgrade=False)


def _tell(url: str | None, json: Annotated[bool, "as JSON"], *, upgrade: bool) -> None:
    with open_queue(url, create=upgrade, upgrade=upgrade) as opened:
        found = {"queue": opened.name, "revision": opened.store.revision()}
    if json:
        put_json(json_module.dumps(found, ensure_ascii=False, indent=2))
    else:
        put(f"{safe(str(found['queue']))}: revision {found['revision']}\n")
