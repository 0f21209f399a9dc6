"""What ``summarizer batch`` says: where a batch stands, what to look at first, what to type next."""

import json as json_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..batch.look import Counts
from ..batch.outcome import Row, Status
from ..batch.results import adds_up
from ..render.wording import dollars, known, language_name
from .batch_progress import in_words, told
from .common import note

if TYPE_CHECKING:
    from ..batch.estimate import Forecast
    from ..batch.job import Batch

_SHOWN = 5


def tell(batch: "Batch", counts: Counts, manifest: dict[str, Any]) -> None:
    """How a run ended, to standard error: standard output is for JSON."""
    tally = batch.tally
    took = ", ".join(told(tally)[3:]) or "nothing to do"
    note(f"{why_in_words(batch.why)} after {in_words(tally.seconds)}: {took}")
    note(f"{adds_up(counts)}: {'it adds up' if counts.adds_up else 'IT DOES NOT ADD UP'}")
    with batch.journal.look() as look:
        rows = look.riskiest(_SHOWN)
        failures = [line for line, _ in zip(look.rows("failure", Status.FAILED), range(_SHOWN), strict=False)]
    if rows:
        items, articles = manifest["to_look_at"]["items"], manifest["to_look_at"]["articles"]
        note(f"look at these first, of {items:,} statements in {articles:,} articles:", style="bold")
        for row in rows:
            note(_line(row))
    if failures:
        note(f"failed, of {counts.failed:,}:", style="bold")
        for failure in failures:
            found = json_module.loads(failure)
            note(f"  {found['id']}  {found['stage']}: {found['class']}: {found['message'][:150]}")
    note("next:", style="bold")
    for line in what_next(batch.folder, counts):
        note(f"  {line}")


def _line(row: Row) -> str:
    name = row.title or row.headline or row.summary[:60]
    severity = row.highest_severity or "-"
    return f"  {row.id}  {row.to_look_at} to look at, {severity}  {name[:70]}  {row.first_reason[:110]}"


def what_next(folder: Path, counts: Counts, *, running: bool = False) -> list[str]:
    """What to type."""
    if running:
        return [f"to see it again: summarizer batch status {folder}"]
    lines = []
    if counts.not_started or not counts.whole:
        lines.append(f"{counts.not_started:,} not started: run the same command again")
    retryable = counts.failed + counts.incomplete
    if retryable:
        lines.append(f"{retryable:,} failed or incomplete: summarizer batch retry {folder}")
    done = counts.reported + counts.incomplete
    if done:
        lines.append(f"to read the reports: summarizer show {folder / 'reports.jsonl'} | less")
        lines.append(
            f"for a spreadsheet: {folder / 'summary.csv'}; items for review: {folder / 'review.jsonl'}"
        )
    return lines


_WHY = {
    "finished": "finished",
    "stopped": "stopped",
    "until": "stopped at the time that was set",
    "budget": "stopped: what the run may take is used up",
    "": "the last run was killed",
}


def why_in_words(why: str | None) -> str:
    """Why a run ended; None for one that nobody ended."""
    return _WHY.get(why or "", f"stopped by an error ({why})")


def taken(paid: dict[str, Any]) -> str:
    cost = "at an unknown price" if paid["cost_usd"] is None else dollars(paid["cost_usd"])
    return f"{known(paid['input_tokens'])} tokens in, {known(paid['output_tokens'])} out, {cost}"


def tell_files(folder: Path, manifest: dict[str, Any]) -> None:
    for name, file in manifest["files"].items():
        note(f"wrote {folder / name}: {file['lines']:,} lines")
    note(f"wrote {folder / 'manifest.json'}")


def forecast_lines(found: "Forecast", cost: float | None) -> list[str]:
    """A dry run, a line a fact; ``cost`` is None where it is not known."""
    languages = ", ".join(f"{language_name(code)} {n:,}" for code, n in found.languages.most_common())
    money = "unknown: the price of the model is not known ([price] in summarizer.toml)"
    tokens = f"about {found.input_tokens:,} in, {found.output_tokens:,} out"
    return [
        f"articles    {found.articles:,} ({found.words:,} words)",
        f"languages   {languages or '-'}",
        f"duplicates  {found.duplicates:,}",
        f"unreadable  {found.unreadable_count:,}",
        *(f"            {error}" for _, error in found.unreadable),
        f"calls       {found.calls:,}",
        f"tokens      {tokens} (at most {found.most_output_tokens:,})",
        f"cost        {money if cost is None else f'about {dollars(cost)}'}",
        "nothing was sent",
    ]
