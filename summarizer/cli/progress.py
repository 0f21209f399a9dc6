"""What a person sees on standard error while articles are worked on."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from ..render.safe import safe

_STEPS = {
    "summary": "writing the summary",
    "claims": "listing the claims",
    "check": "checking against the article",
    "verify": "asking about what the rules cannot tell",
}


class View:
    """Steps and a bar on a terminal; elsewhere a line for each finished article when there are several."""

    def __init__(self, total: int, console: Console, *, quiet: bool = False) -> None:
        self.total = total
        self._console = console
        self._quiet = quiet
        self._number = 0
        self._origin = ""
        self._bar: Progress | None = None
        if console.is_interactive and not quiet:
            self._bar = _bar(console, several=total > 1)
            self._task = self._bar.add_task("", total=total)

    def __enter__(self) -> "View":
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(self, *exc: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def article(self, origin: str) -> None:
        """The next article is being worked on."""
        self._number += 1
        self._origin = safe(origin)
        self._describe("reading")

    def step(self, name: str) -> None:
        """A step of the article starts."""
        self._describe(_STEPS.get(name, name))

    def done(self, outcome: str) -> None:
        """The article is finished, well or badly."""
        if self._bar is not None:
            self._bar.advance(self._task)
        elif self.total > 1 and not self._quiet:
            line = f"{self._number}/{self.total} {self._origin}: {safe(outcome)}"
            self._console.print(line, soft_wrap=True)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """For writing to standard output, which may be the same terminal."""
        if self._bar is None:
            yield
            return
        self._bar.stop()
        try:
            yield
        finally:
            self._bar.start()

    def _describe(self, what: str) -> None:
        if self._bar is not None:
            self._bar.update(self._task, description=f"{self._origin}: {what}")


def _bar(console: Console, *, several: bool) -> Progress:
    spinner = SpinnerColumn("dots" if console.encoding.startswith("utf") else "line")
    text = TextColumn("{task.description}", markup=False)
    columns = (spinner, text, BarColumn(bar_width=20), MofNCompleteColumn()) if several else (spinner, text)
    return Progress(
        *columns,
        TimeElapsedColumn(),
        console=console,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )
