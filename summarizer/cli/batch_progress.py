"""What a person sees of a batch while it runs: a bar on a terminal, now and then a line elsewhere."""

import time

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from ..batch.tally import Tally
from ..render.wording import dollars

LINE_EVERY_S = 30.0


class BatchView:
    """Shows a tally; ``look`` is called as outcomes come, and shows it no more often than is of use."""

    def __init__(self, console: Console, *, quiet: bool = False, every_s: float = LINE_EVERY_S) -> None:
        self._console = console
        self._quiet = quiet
        self._every_s = every_s
        self._said = time.monotonic()
        self._tally = Tally()
        self._live: Live | None = None
        if console.is_interactive and not quiet:
            self._live = Live(
                get_renderable=self._lines,
                console=console,
                refresh_per_second=4,
                transient=True,
                redirect_stdout=False,
                redirect_stderr=False,
            )

    def __enter__(self) -> "BatchView":
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(self, *exc: object) -> None:
        if self._live is not None:
            self._live.stop()

    def look(self, tally: Tally) -> None:
        """The tally may have changed."""
        self._tally = tally
        now = time.monotonic()
        if self._live is None and not self._quiet and now - self._said >= self._every_s:
            self._said = now
            self._console.print(" · ".join(told(tally)), soft_wrap=True)

    def _lines(self) -> Table:
        tally, width = self._tally, 24
        total = max(1, tally.waiting)
        full = min(width, int(width * tally.finished / total))
        grid = Table.grid()
        wide = (self._console.encoding or "").startswith("utf")
        bar = ("━" if wide else "#") * full, ("━" if wide else "-") * (width - full)
        grid.add_row(Text.assemble((bar[0], "green"), (bar[1], "dim"), f"  {told(tally)[0]}"))
        grid.add_row(Text("  " + " · ".join(told(tally)[1:]), style="dim"))
        return grid


def told(tally: Tally) -> list[str]:
    """The tally in words: how far, how fast, what became of them, what it took, how long still."""
    of = f"{tally.waiting:,}" if tally.whole else f"{tally.waiting:,} so far"
    parts = [f"{tally.finished:,} of {of}", f"{_rate(tally)}", f"{tally.running} running"]
    parts += [
        f"{number:,} {word}"
        for number, word in (
            (tally.done_before, "done before"),
            (tally.retried, "requests repeated"),
            (tally.limited, "told to slow down"),
            (tally.failed, "failed"),
            (tally.incomplete, "incomplete"),
            (tally.flagged, "flagged"),
        )
        if number
    ]
    tokens = tally.input_tokens + tally.output_tokens
    if tokens:
        parts.append(f"{tokens:,} tokens")
        if tally.cost_usd is not None:
            parts.append(dollars(tally.cost_usd))
    if tally.seconds_left is not None and tally.finished < tally.waiting:
        parts.append(f"{in_words(tally.seconds_left)} left")
    return parts


def in_words(seconds: float) -> str:
    """``45 s``, ``12 min``, ``3 h 20 min``."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"


def _rate(tally: Tally) -> str:
    per_minute = tally.per_second * 60
    return f"{tally.per_second:.1f}/s" if per_minute >= 60 else f"{per_minute:.1f}/min"
