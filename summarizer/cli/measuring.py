"""What ``eval`` and ``calibrate`` share: reading labelled data and looking at it, with a bar."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from ..errors import SettingsError
from .common import console, note

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..evaluation.datasets import Row
    from ..evaluation.observing import Looked


@contextmanager
def bar(what: str, total: int, *, quiet: bool, out: Console | None = None) -> "Iterator[Callable[[], None]]":
    """A bar on a terminal; elsewhere one line, and silence."""
    out = out or console(stderr=True)
    if quiet or not out.is_interactive:
        if not quiet:
            note(f"{what}: {total:,}")
        yield lambda: None
        return
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(30),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=out, transient=True) as progress:
        task = progress.add_task(what, total=total)
        yield lambda: progress.advance(task)


def looked(rows: "Sequence[Row]", *, quiet: bool) -> "Looked":
    """What the checker sees of every row."""
    from ..evaluation.observing import look

    with bar("checking statements", len(rows), quiet=quiet) as tick:
        return look(rows, tick)


def tell_left_out(left_out: dict[str, int], *, quiet: bool) -> None:
    if left_out and not quiet:
        note("left out: " + ", ".join(f"{count:,} {reason}" for reason, count in sorted(left_out.items())))


def new_file(path: Path) -> Path:
    """The path, when a file can stand there. Raises SettingsError."""
    if not path.parent.is_dir():
        raise SettingsError(f"{path}: there is no such folder", hint=f"mkdir -p {path.parent}")
    return path
