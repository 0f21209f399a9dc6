"""How the commands of the queue print what they found."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from rich.console import Console, ConsoleOptions
from rich.text import Text

from ..render.item import KIND_WORDS, render_item
from ..render.marking import Look, hanging, marked
from ..render.safe import safe, safe_json
from ..render.terminal import suspicious
from ..render.wording import count
from ..review.approved import ArticleState, approved
from ..review.publishing import as_markdown, as_text
from ..review.statistics import Statistics, measure
from ..review_items import Decision, ItemStatus
from .common import DONE, INCOMPLETE, note, put, put_json, put_rendered

if TYPE_CHECKING:
    from ..review.deleting import Deletion
    from ..review.filters import Filters
    from ..review.queue import Queue, Queued


def put_list(rows: "Sequence[Queued]", total: int) -> None:
    """A line or two an item, and how many there are."""
    put_rendered(_List(rows))
    shown = "" if total <= len(rows) else f"; the first {len(rows):,} are shown (--limit)"
    put(f"{count(total, 'item')}{shown}\n")


class _List:
    def __init__(self, rows: "Sequence[Queued]") -> None:
        self.rows = rows

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        width = min(options.max_width, 120)
        look = Look(plain=console.color_system is None or console.no_color)
        for row in self.rows:
            item = row.item
            head = Text.assemble((f"{item.id[:8]}  ", "bold"), f"{item.priority.value:.2f}  ")
            codes = ", ".join(item.codes)
            words = f"{standing(row)}, {KIND_WORDS[item.kind]}, {codes or item.finding.verdict}"
            yield from hanging(console, head, Text(safe(words), style="dim"), width)
            statement = marked(item.finding.statement.text, suspicious(item.finding), look, room=3 * width)
            yield from hanging(console, Text(" " * 10), statement, width)


def standing(row: "Queued") -> str:
    """How an item stands, in words."""
    if row.item.status is ItemStatus.OPEN:
        if row.holder is not None:
            return f"with {row.holder}"
        return "open" if not row.reviews else f"open, {row.reviews} of {row.item.min_reviews} decided"
    return row.item.status if row.verdict is None else f"{row.item.status}: {row.verdict}"


def put_item(queue: "Queue", row: "Queued", *, json: bool) -> None:
    """An item with its history."""
    history, skips = queue.history(row.item.id), queue.skips(row.item.id)
    if json:
        whole = {"queued": row, "history": history, "skips": skips}
        put_json(msgspec.json.format(msgspec.json.encode(whole), indent=2).decode())
        return
    facts = [f"{standing(row)}; put in {row.added}, last changed {row.changed}"]
    put_rendered(render_item(row.item, queue.article(row.item.article_id), facts=facts))
    undone = {decision.undoes for decision in history}
    lines = [_said(decision, decision.id in undone) for decision in history if decision.undoes is None]
    lines += [f"{skip.at}  {skip.reviewer} skipped it: {skip.reason}" for skip in skips]
    if lines:
        put("\nDecisions\n" + "".join(f"  {safe(line)}\n" for line in lines))


def _said(decision: Decision, undone: bool) -> str:
    words = f"{decision.at}  {decision.reviewer}: {decision.verdict}"
    if decision.corrected_text:
        words += f", corrected to “{decision.corrected_text}”"
    if decision.truth_rating:
        words += f", truth: {decision.truth_rating.name}"
    if decision.note:
        words += f" ({decision.note})"
    return f"{words}, taken back" if undone else words


def put_deletions(gone: "Sequence[Deletion]", *, json: bool) -> None:
    if json:
        put_json("[" + ",\n".join(one.to_json(indent=2) for one in gone) + "]")
        return
    for one in gone:
        numbers = ((one.articles, "version"), (one.items, "item"), (one.decisions, "decision"))
        what = ", ".join(count(number, noun) for number, noun in numbers)
        put(f"{one.at}  {safe(one.document_id)}: {what}, by {safe(one.deleted_by)} ({safe(one.reason)})\n")
    put(f"{count(len(gone), 'document')} deleted\n")


def put_approved(queue: "Queue", names: Sequence[str], form: str, out: Path | None, *, several: bool) -> int:
    """What may be published of documents; 4 where something is not approved yet."""
    from .files import write_whole

    found = [one for name in names for one in approved(queue, name)]
    if form == "json":
        whole = ",\n".join(one.to_json(indent=2) for one in found)
        text = f"[\n{whole}\n]\n" if several or len(found) != 1 else f"{whole}\n"
    else:
        text = "\n".join((as_text if form == "text" else as_markdown)(one) for one in found)
    if out is not None:
        write_whole(out, safe_json(text) if form == "json" else text)
    elif form == "json":
        put_json(text.rstrip("\n"))
    else:
        put(text)
    waiting = sum(one.state is not ArticleState.APPROVED for one in found)
    if waiting and several:
        note(f"{len(found) - waiting:,} of {len(found):,} approved")
    return INCOMPLETE if waiting else DONE


def put_statistics(queue: "Queue", filters: "Filters", page: Path | None, *, json: bool) -> None:
    from .files import write_whole

    found = measure(queue, filters)
    if page is not None:
        from ..review.statistics_page import render

        write_whole(page, render(found, queue.name))
        note(f"wrote {page}")
    if json:
        put_json(found.to_json(indent=2))
    else:
        put("".join(f"{line}\n" for line in statistics_lines(found)))


def statistics_lines(found: Statistics) -> Iterator[str]:
    """The statistics as text."""
    statuses = ", ".join(f"{number:,} {name}" for name, number in found.by_status.items())
    yield f"{count(found.items, 'item')}: {statuses or 'none'}"
    if found.verdicts:
        yield "decided: " + ", ".join(f"{number:,} {name}" for name, number in found.verdicts.items())
    age = found.age
    if age.open:
        yield (
            f"open: {age.open:,}, {age.held:,} of them held; the oldest for {_days(age.oldest_s)},"
            f" in the middle {_days(age.median_s)}"
        )
    if found.codes:
        yield ""
        yield "How often the checker was right        decided  right  precision  (95 % interval)"
        for code in found.codes:
            interval = f"{code.low:.0%} to {code.high:.0%}"
            numbers = f"{code.decided:>7,}  {code.confirmed:>5,}  {code.precision:>8.0%}"
            yield f"  {code.code:<36} {numbers}   {interval}"
    yield ""
    yield from _agreement_lines(found)
    if found.reviewers:
        yield ""
        yield "Reviewer                  decisions  taken back  skipped  seconds an item"
        for one in found.reviewers:
            seconds = "-" if one.median_seconds is None else f"{one.median_seconds:.0f}"
            name = safe(one.reviewer)[:24]
            yield f"  {name:<24} {one.decisions:>8,}  {one.undone:>10,}  {one.skipped:>7,}  {seconds:>15}"
    if found.days:
        yield ""
        yield "Day         put in  decided"
        for day in found.days[-14:]:
            yield f"{day.day}  {day.added:>6,}  {day.decided:>7,}"


def _agreement_lines(found: Statistics) -> Iterator[str]:
    whole = found.agreement
    if not whole.items:
        yield f"Agreement: {whole.why}"
        return
    alpha = "not defined" if whole.alpha is None else f"{whole.alpha:.2f}"
    yield (
        f"Agreement: the same verdict on {whole.agreed:,} of {count(whole.items, 'item')} with several"
        f" decisions; Krippendorff's alpha {alpha}"
    )
    if whole.why:
        yield f"  {safe(whole.why)}"
    for pair in whole.pairs[:20]:
        kappa = "not defined" if pair.kappa is None else f"{pair.kappa:.2f}"
        names = f"{safe(pair.first)} and {safe(pair.second)}"
        yield f"  {names}: {pair.agreed:,} of {pair.items:,}, Cohen's kappa {kappa}"


def _days(seconds: float | None) -> str:
    if seconds is None:
        return "unknown"
    if seconds < 3600:
        return f"{seconds / 60:.0f} minutes"
    return f"{seconds / 3600:.1f} hours" if seconds < 2 * 86400 else f"{seconds / 86400:.1f} days"
