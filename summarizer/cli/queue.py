"""``summarizer queue``: what people must look at, and what they decide about it."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import SettingsError, SummarizerError
from ..render.safe import safe
from ..review_items import DecisionVerdict, ItemStatus, TruthRating
from .common import BAD_INPUT, DONE, complain, duration, examples, note, put, put_json
from .queueing import (
    ArticleOption,
    BatchOption,
    CodeOption,
    DocumentOption,
    JsonOption,
    KindOption,
    LanguageOption,
    MaxRiskOption,
    MinRiskOption,
    NewerOption,
    OlderOption,
    QueueOption,
    ReviewerOption,
    chosen,
    open_queue,
    told,
)

if TYPE_CHECKING:
    from ..review.queue import Added

EXAMPLES = examples(
    "summarizer run articles/ --queue default",
    "summarizer queue next --reviewer ada",
    "summarizer queue list --code number_mismatch",
    "summarizer queue approved --all",
    "summarizer queue stats",
)

app = typer.Typer(name="queue", rich_markup_mode="rich", epilog=EXAMPLES)


@app.callback(invoke_without_command=True)
def start(context: typer.Context) -> None:
    """Review what was flagged: take items, decide about them, and get the approved text."""
    if context.invoked_subcommand is None:
        put(context.get_help().rstrip() + "\n")


@app.command(
    "next",
    epilog=examples(
        "summarizer queue next --reviewer ada",
        "summarizer queue next --reviewer ada --language uk --min-risk 0.9",
        "summarizer queue next --reviewer ada --json --count 20",
        "printf '2\\nq\\n' | summarizer queue next --reviewer ada",
    ),
)
def next_(
    reviewer: ReviewerOption,
    queue: QueueOption = None,
    article: ArticleOption = None,
    document: DocumentOption = None,
    code: CodeOption = None,
    language: LanguageOption = None,
    older: OlderOption = None,
    newer: NewerOption = None,
    batch: BatchOption = None,
    kind: KindOption = None,
    min_risk: MinRiskOption = None,
    max_risk: MaxRiskOption = None,
    lease: Annotated[
        float | None,
        typer.Option("--lease", metavar="TIME", parser=duration, help="How long an item is yours: 15m."),
    ] = None,
    skipped: Annotated[bool, typer.Option("--skipped", help="Offer me again what I skipped.")] = False,
    json: Annotated[
        bool, typer.Option("--json", help="Take one item, print it, and ask nothing: for programs.")
    ] = False,
    several: Annotated[
        int | None,
        typer.Option("--count", min=1, help="With --json: take up to so many at once, as a JSON array."),
    ] = None,
) -> None:
    """Work through the queue: the most urgent item first, single keys decide."""
    from .queue_work import Keyboard, Lines, Session, why_in_words

    if several is not None and not json:
        raise SettingsError("--count goes with --json", hint="A person gets one item after the other.")
    options: dict[str, Any] = {} if lease is None else {"lease_s": lease}
    with open_queue(queue, create=False, **options) as opened:
        filters = chosen(
            opened,
            article=article,
            document=document,
            code=code,
            language=language,
            older=older,
            newer=newer,
            batch=batch,
            kind=kind,
            min_risk=min_risk,
            max_risk=max_risk,
        )
        if skipped:
            opened.bring_back(reviewer)
        if several is not None:
            found = opened.next_several(reviewer, several, filters)
            put_json(f"[{', '.join(one.to_json() for one in found)}]")
            return
        if json:
            put_json(opened.next(reviewer, filters, resume=True).to_json(indent=2))
            return
        terminal = sys.stdin.isatty() and sys.stdout.isatty()
        session = Session(opened, reviewer, filters, Keyboard() if terminal else Lines(), terminal)
        nothing = session.run()
    if nothing is not None:
        put(f"{why_in_words(nothing)}\n")
    counts = (("decided", session.decided), ("skipped", session.skipped), ("taken back", session.undone))
    note(", ".join(f"{number:,} {name}" for name, number in counts if number or name == "decided"))


@app.command("list", epilog=examples("summarizer queue list --min-risk 0.9", "summarizer queue list --json"))
def list_(
    queue: QueueOption = None,
    status: Annotated[
        ItemStatus | None, typer.Option("--status", help="open, unless said otherwise.")
    ] = ItemStatus.OPEN,
    everything: Annotated[bool, typer.Option("--all", help="Whatever their status.")] = False,
    article: ArticleOption = None,
    document: DocumentOption = None,
    code: CodeOption = None,
    language: LanguageOption = None,
    older: OlderOption = None,
    newer: NewerOption = None,
    batch: BatchOption = None,
    kind: KindOption = None,
    min_risk: MinRiskOption = None,
    max_risk: MaxRiskOption = None,
    by: Annotated[
        str | None, typer.Option("--reviewer", metavar="NAME", help="About which this person decided.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many.")] = 50,
    json: JsonOption = False,
) -> None:
    """List items, the most urgent first."""
    from .queue_show import put_list

    with open_queue(queue, create=False) as opened:
        filters = chosen(
            opened,
            article=article,
            document=document,
            code=code,
            language=language,
            older=older,
            newer=newer,
            batch=batch,
            kind=kind,
            min_risk=min_risk,
            max_risk=max_risk,
            status=None if everything or by else status,
            reviewer=by,
        )
        rows = opened.page(filters, limit=limit)
        total = opened.count(filters)
    if json:
        put_json("[" + ",\n".join(row.to_json(indent=2) for row in rows) + "]")
    else:
        put_list(rows, total)


@app.command(
    "show", epilog=examples("summarizer queue show 3d6d3c05", "summarizer queue show 3d6d3c05 --json")
)
def show(
    item: Annotated[str, typer.Argument(metavar="ITEM", help="Its id, or the beginning of it.")],
    queue: QueueOption = None,
    json: JsonOption = False,
) -> None:
    """Show an item with everything that was decided about it."""
    from .queue_show import put_item

    with open_queue(queue, create=False) as opened:
        put_item(opened, opened.item(item), json=json)


@app.command(
    "decide",
    epilog=examples(
        "summarizer queue decide 3d6d3c05 --reviewer ada --verdict supported",
        "summarizer queue decide 3d6d3c05 --reviewer ada --verdict contradicted --text 'It was 9-4.'",
    ),
)
def decide(
    item: Annotated[str, typer.Argument(metavar="ITEM", help="Its id, or the beginning of it.")],
    reviewer: ReviewerOption,
    verdict: Annotated[DecisionVerdict, typer.Option("--verdict", help="What the article says of it.")],
    text: Annotated[str | None, typer.Option("--text", help="The corrected text.")] = None,
    remark: Annotated[str | None, typer.Option("--note", help="A note for others.")] = None,
    rating: Annotated[
        str | None, typer.Option("--rating", help="How true it is what somebody said: 'Mostly false'.")
    ] = None,
    value: Annotated[int | None, typer.Option("--rating-value", help="The rating as a number.")] = None,
    best: Annotated[int | None, typer.Option("--rating-best", help="The best number there is.")] = None,
    worst: Annotated[int | None, typer.Option("--rating-worst", help="The worst one.")] = None,
    explanation: Annotated[str | None, typer.Option("--explanation", help="Why that rating.")] = None,
    seconds: Annotated[float | None, typer.Option("--seconds", min=0, help="How long it took.")] = None,
    second_opinion: Annotated[
        bool, typer.Option("--second-opinion", help="Also where others have decided: a third is asked then.")
    ] = False,
    queue: QueueOption = None,
    json: JsonOption = False,
) -> None:
    """Decide about one item."""
    if rating is None and (explanation, value, best, worst) != (None, None, None, None):
        raise SettingsError("a rating has a name", hint="--rating 'Mostly false'")
    truth = None if rating is None else TruthRating(rating, value, best, worst, explanation)
    with open_queue(queue, create=False) as opened:
        made = opened.decide(
            opened.item(item).item.id,
            reviewer,
            verdict,
            corrected_text=text,
            note=remark,
            seconds_spent=seconds,
            truth_rating=truth,
            second_opinion=second_opinion,
        )
        after = opened.item(made.item_id)
    if json:
        put_json(made.to_json(indent=2))
    else:
        left = "" if after.item.status is ItemStatus.DECIDED else "; another reviewer is asked"
        put(f"{made.item_id[:8]}: {made.verdict.value} by {safe(made.reviewer)}{left}\n")


@app.command("skip", epilog=examples("summarizer queue skip 3d6d3c05 --reviewer ada --reason 'needs a call'"))
def skip(
    item: Annotated[str, typer.Argument(metavar="ITEM", help="Its id, or the beginning of it.")],
    reviewer: ReviewerOption,
    reason: Annotated[str, typer.Option("--reason", help="Why.")],
    queue: QueueOption = None,
    json: JsonOption = False,
) -> None:
    """Leave an item to others."""
    with open_queue(queue, create=False) as opened:
        found = opened.item(item).item.id
        opened.skip(found, reviewer, reason)
        skips = opened.skips(found)
    if json:
        put_json(skips[-1].to_json(indent=2))
    else:
        put(f"{found[:8]}: skipped by {safe(reviewer)}\n")


@app.command("undo", epilog=examples("summarizer queue undo --reviewer ada"))
def undo(reviewer: ReviewerOption, queue: QueueOption = None, json: JsonOption = False) -> None:
    """Take back your last decision; that it was made stays recorded."""
    with open_queue(queue, create=False) as opened:
        last = opened.undo(reviewer)
        opened.release(reviewer, last.item_id)
    if json:
        put_json(last.to_json(indent=2))
    else:
        put(f"{last.item_id[:8]}: {last.verdict.value} by {safe(last.reviewer)} is taken back\n")


@app.command(
    "add",
    epilog=examples(
        "summarizer queue add reports.jsonl",
        "summarizer run article.txt --json | summarizer queue add - --batch monday --min-reviews 2",
    ),
)
def add(
    reports: Annotated[
        list[str], typer.Argument(metavar="REPORT", help="Files of reports (.json, .jsonl), or -.")
    ],
    queue: QueueOption = None,
    batch: Annotated[str | None, typer.Option("--batch", metavar="ID", help="A name for all.")] = None,
    min_reviews: Annotated[
        int | None, typer.Option("--min-reviews", min=1, max=20, help="How many must decide each item.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Put saved reports into the queue; the same report again adds nothing."""
    from .show import read_reports

    added: list[Added] = []
    bad: list[SummarizerError] = []
    with open_queue(queue) as opened:
        for name in reports:
            for found in read_reports(name):
                if isinstance(found, SummarizerError):
                    bad.append(found)
                else:
                    added.append(opened.add(found, batch_id=batch, min_reviews=min_reviews))
        where = opened.name
    if json:
        put_json("[" + ",\n".join(one.to_json(indent=2) for one in added) + "]")
    elif added:
        put(f"queue {safe(where)}: {told(added)}\n")
    for error in bad:
        complain(str(error), error.hint)
    raise typer.Exit(BAD_INPUT if bad else DONE)


@app.command(
    "purge",
    epilog=examples(
        "summarizer queue purge https://news.example/story --by ada --reason 'asked for by the subject'",
        "summarizer queue purge --older-than 90 --by cron --yes",
        "summarizer queue purge --log",
    ),
)
def purge(
    articles: Annotated[
        list[str] | None,
        typer.Argument(metavar="ARTICLE", help="Documents or articles, by id or its beginning."),
    ] = None,
    older: OlderOption = None,
    also_open: Annotated[
        bool, typer.Option("--also-open", help="With --older-than: also what is not decided yet.")
    ] = False,
    by: Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who deletes.")] = None,
    reason: Annotated[str | None, typer.Option("--reason", help="Why.")] = None,
    log: Annotated[bool, typer.Option("--log", help="Show what was deleted before.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask first.")] = False,
    queue: QueueOption = None,
    json: JsonOption = False,
) -> None:
    """Delete articles with all versions, items and decisions; that they were deleted stays recorded."""
    from .queue_show import put_deletions

    with open_queue(queue, create=False) as opened:
        if log:
            put_deletions(opened.deletions(), json=json)
            return
        if bool(articles) == (older is not None):
            raise SettingsError(
                "name the articles to delete, or an age",
                hint="summarizer queue purge ARTICLE --by NAME",
            )
        if not by:
            raise SettingsError("who deletes is recorded", hint="The same with --by NAME.")
        if older is not None:
            names = opened.old_documents(older, also_open=also_open)
        else:
            names = sorted({opened.document(name) for name in articles or ()})
        _confirm(names, yes)
        why = reason or ("retention" if older is not None else "asked for")
        gone = tuple(opened.purge(name, by=by, reason=why) for name in names)
    put_deletions(gone, json=json)


def _confirm(names: list[str], yes: bool) -> None:
    """Raises SettingsError where nobody can be asked, and ends the command when the answer is no."""
    if yes or not names:
        return
    if not sys.stdin.isatty():
        raise SettingsError(
            "this deletes articles and decisions, and there is no terminal to ask first",
            hint="The same with --yes.",
        )
    shown = ", ".join(map(safe, names[:5])) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    if not typer.confirm(f"delete {len(names)} document{'s' * (len(names) != 1)} ({shown})?", err=True):
        note("nothing was deleted")
        raise typer.Exit


@app.command(
    "approved",
    epilog=examples(
        "summarizer queue approved https://news.example/story",
        "summarizer queue approved --all --format markdown --out approved.md",
        "summarizer queue approved --all --json",
    ),
)
def approved(
    article: Annotated[
        str | None, typer.Argument(metavar="ARTICLE", help="A document or article, by id or its beginning.")
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="All of them.")] = False,
    form: Annotated[str, typer.Option("--format", help="text, json or markdown.")] = "text",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write here, whole or not at all.")
    ] = None,
    queue: QueueOption = None,
    json: Annotated[bool, typer.Option("--json", help="Short for --format json.")] = False,
) -> None:
    """Print summaries and claims as reviewed: the text to publish. Exit code 4 where one is pending."""
    from .queue_show import put_approved

    if form not in ("text", "json", "markdown"):
        raise typer.BadParameter(f"{form!r} is none of text, json, markdown", param_hint="--format")
    if all_ == (article is not None):
        raise SettingsError("name an article, or all of them", hint="summarizer queue approved --all")
    with open_queue(queue, create=False) as opened:
        names = opened.documents() if article is None else [opened.document(article)]
        code = put_approved(opened, names, "json" if json else form, out, several=all_)
    raise typer.Exit(code)


@app.command("stats", epilog=examples("summarizer queue stats", "summarizer queue stats --page stats.html"))
def stats(
    page: Annotated[
        Path | None, typer.Option("--page", metavar="FILE", help="Also as one HTML file with plots.")
    ] = None,
    queue: QueueOption = None,
    language: LanguageOption = None,
    batch: BatchOption = None,
    newer: NewerOption = None,
    json: JsonOption = False,
) -> None:
    """Say how often the checker is right, how far reviewers agree, how fast and how late they are."""
    from .queue_show import put_statistics

    with open_queue(queue, create=False) as opened:
        put_statistics(opened, chosen(opened, language=language, batch=batch, newer=newer), page, json=json)
