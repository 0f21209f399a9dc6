"""``summarizer batch``: a night's articles. A thin door onto ``summarizer.batch``."""

import json as json_module
import sys
from contextlib import suppress
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import InputError, SettingsError, SummarizerError
from ..render.safe import safe
from ..settings import Profile, Settings
from .common import (
    INCOMPLETE,
    STOPPED,
    code_of,
    complain,
    console,
    duration,
    examples,
    note,
    put,
    put_json,
)
from .queueing import Intake, IntakeOption, put_in

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from ..batch.engine import Opener
    from ..batch.job import Batch
    from ..batch.journal import Journal
    from ..batch.outcome import Outcome
    from ..batch.readers import Reader
    from ..batch.records import Input

EXAMPLES = examples(
    "summarizer batch run articles.jsonl --out night --model NAME --base-url URL",
    "summarizer batch status night",
    "summarizer batch retry night",
    "summarizer batch export night",
)
RUN_EXAMPLES = examples(
    "summarizer batch run articles.jsonl --out night --dry-run",
    "summarizer batch run articles.jsonl --out night --model NAME --base-url URL --concurrency 50",
    "summarizer batch run export.csv --out night --field text=body --field id=story_id",
    "summarizer batch run archive/ 'wire/*.html' --out night --until 06:00 --max-cost 40",
    "summarizer batch run articles.jsonl --out night --queue default",
    "zcat dump.jsonl.gz | summarizer batch run - --out night",
)
app = typer.Typer(name="batch", rich_markup_mode="rich", epilog=EXAMPLES)

_Out = Annotated[
    Path, typer.Option("--out", metavar="DIR", help="The folder of this batch: its journal and its results.")
]
_Dir = Annotated[Path, typer.Argument(metavar="DIR", help="The folder of a batch.", show_default=False)]
_Json = Annotated[bool, typer.Option("--json", help="The manifest, as JSON.")]
_Model = Annotated[
    str | None, typer.Option("--model", metavar="NAME", help="The model's name at its server.")
]
_Url = Annotated[str | None, typer.Option("--base-url", metavar="URL", help="An OpenAI-compatible server.")]
_Concurrency = Annotated[
    int | None,
    typer.Option("--concurrency", metavar="N", min=1, help="Articles at once; 20 (embedded model: 1)."),
]
_Workers = Annotated[
    int | None,
    typer.Option("--workers", metavar="N", min=0, help="Processes that check; one less than processors."),
]
_Cost = Annotated[
    float | None, typer.Option("--max-cost", metavar="USD", help="Take in no more articles than this pays.")
]
_Tokens = Annotated[
    int | None, typer.Option("--max-tokens", metavar="N", help="The same in tokens, prompts included.")
]
_Until = Annotated[
    str | None,
    typer.Option("--until", metavar="TIME", help="Take in no more after 06:00, or after 2026-11-24T06:00."),
]
_Timeout = Annotated[
    float | None,
    typer.Option(
        "--article-timeout", metavar="TIME", parser=duration, help="For all answers about one article: 30m."
    ),
]
_Rpm = Annotated[
    float | None, typer.Option("--rpm", metavar="N", min=1, help="Requests a minute at most; adapts anyway.")
]
_Tpm = Annotated[float | None, typer.Option("--tpm", metavar="N", min=1, help="Tokens a minute at most.")]
_Engine = Annotated[
    str, typer.Option("--engine", metavar="ENGINE", help="local; or ray, for several machines (extra ray).")
]
_Ray = Annotated[
    str | None,
    typer.Option(
        "--ray-address", metavar="ADDR", help="A running cluster, as auto; else one is started here."
    ),
]
_Actors = Annotated[
    int | None, typer.Option("--actors", metavar="N", min=1, help="Ray: how many; one a node unless set.")
]
_Durable = Annotated[
    bool, typer.Option("--durable", help="Wait for the disk at every commit: survives a power cut too.")
]
_Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no advice; errors are told.")]


@app.callback(invoke_without_command=True)
def start(context: typer.Context) -> None:
    """Put many articles through the pipeline; nothing is lost, and nothing paid for twice."""
    if context.invoked_subcommand is None:
        put(context.get_help().rstrip() + "\n")


@app.command("run", epilog=RUN_EXAMPLES)
def run(
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT",
            help=".jsonl, .csv, .parquet, .txt, .md, .html, .json; folders, globs, or - (standard input).",
            show_default=False,
        ),
    ],
    out: _Out,
    fields: Annotated[
        list[str] | None,
        typer.Option("--field", metavar="OURS=THEIRS", help="Which column is what: text=body, id=story.id."),
    ] = None,
    stdin_format: Annotated[
        str | None,
        typer.Option("--from", metavar="FORMAT", help="What standard input is: jsonl, csv or text."),
    ] = None,
    model: _Model = None,
    base_url: _Url = None,
    model_file: Annotated[
        str | None,
        typer.Option("--model-file", metavar="GGUF", help="Another file for the embedded model."),
    ] = None,
    profile: Annotated[Profile | None, typer.Option("--profile", help="standard or compact.")] = None,
    sentences: Annotated[
        int | None, typer.Option("--sentences", metavar="N", help="Sentences of a summary; 3 unless set.")
    ] = None,
    judge: Annotated[
        bool | None,
        typer.Option(
            "--judge/--no-judge", help="Ask the model about what the rules cannot tell.", show_default=False
        ),
    ] = None,
    prompts: Annotated[
        str | None, typer.Option("--prompts", metavar="DIR", help="Prompt files of your own.")
    ] = None,
    concurrency: _Concurrency = None,
    workers: _Workers = None,
    max_cost: _Cost = None,
    max_tokens: _Tokens = None,
    until: _Until = None,
    article_timeout: _Timeout = None,
    rpm: _Rpm = None,
    tpm: _Tpm = None,
    engine: _Engine = "local",
    ray_address: _Ray = None,
    actors: _Actors = None,
    durable: _Durable = False,
    queue: IntakeOption = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Count articles, languages, tokens and cost; send nothing.")
    ] = False,
    json: _Json = False,
    quiet: _Quiet = False,
) -> None:
    """Summarize and check many articles. The same command again does only what is missing."""
    from ..batch.readers import Reader, field_map

    settings = Settings.load(
        model=model,
        base_url=base_url,
        model_file=model_file,
        profile=profile,
        summary_sentences=sentences,
        judge=judge,
        prompts=prompts,
        max_cost_usd=max_cost,
        max_tokens=max_tokens,
        article_timeout_s=article_timeout,
    )
    reader = Reader(inputs, field_map(fields or []), stdin=sys.stdin.buffer, stdin_format=stdin_format)
    if "-" in inputs and sys.stdin.isatty() and not quiet:
        note("reading from the terminal; end it with Ctrl-D on a line of its own")
    if dry_run:
        _forecast(reader, settings, json=json)
        return
    opener = _opener(engine, ray_address, actors)
    intake = _intake(queue, quiet)
    batch = _batch(out, settings, concurrency, workers, until, (rpm, tpm), durable, opener)
    given = _ray_reader(reader) if engine == "ray" else reader
    raise typer.Exit(_work(batch, batch.run(given), intake, json=json, quiet=quiet))


@app.command(
    "retry", epilog=examples("summarizer batch retry night", "summarizer batch retry night --model BIGGER")
)
def retry(
    folder: _Dir,
    model: _Model = None,
    base_url: _Url = None,
    concurrency: _Concurrency = None,
    workers: _Workers = None,
    max_cost: _Cost = None,
    max_tokens: _Tokens = None,
    until: _Until = None,
    article_timeout: _Timeout = None,
    rpm: _Rpm = None,
    tpm: _Tpm = None,
    queue: IntakeOption = None,
    json: _Json = False,
    quiet: _Quiet = False,
) -> None:
    """Do the failed and incomplete articles again, with the settings of the last run unless said anew.

    Answers that were no use are asked for anew; the good ones are in the journal and are not.
    """
    from ..batch.journal import Journal
    from ..batch.remember import recalled

    given = Settings.load(base_url=base_url)
    with Journal(folder).look() as look:
        runs = look.runs()
    old = recalled(runs[-1]["settings"], given) if runs else {}
    for name in ("max_cost_usd", "max_tokens", "deadline_s"):
        old.pop(name, None)  # limits of that run
    anew = {
        "model": model,
        "base_url": base_url,
        "max_cost_usd": max_cost,
        "max_tokens": max_tokens,
        "article_timeout_s": article_timeout,
    }
    intake = _intake(queue, quiet)
    settings = Settings.load(**(old | {name: value for name, value in anew.items() if value is not None}))
    batch = _batch(folder, settings, concurrency, workers, until, (rpm, tpm), False, None)
    raise typer.Exit(_work(batch, batch.retry(), intake, json=json, quiet=quiet))


@app.command(
    "status", epilog=examples("summarizer batch status night", "summarizer batch status night --json")
)
def status(folder: _Dir, json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False) -> None:
    """Say how far a batch is, also while it runs."""
    from ..batch.journal import Journal
    from ..batch.lock import is_taken
    from ..batch.results import adds_up
    from .batch_words import taken, what_next, why_in_words

    journal = Journal(folder)
    with journal.look() as look:
        counts, runs, totals = look.counts(), look.runs(), look.totals()
    running = is_taken(folder)
    last = runs[-1] if runs else {}
    if json:
        shown = {
            "running": running,
            "articles": {
                "read": counts.articles,
                "reported": counts.reported + counts.incomplete,
                "of_them_incomplete": counts.incomplete,
                "failed": counts.failed,
                "not_started": counts.not_started,
                "adds_up": counts.adds_up,
                "read_to_the_end": counts.whole,
            },
            "to_look_at": {"articles": totals["flagged_articles"], "items": totals["items"]},
            "paid_in_this_folder": totals["journal"],
            "runs": len(runs),
            "model": last.get("model"),
            "why_the_last_ended": last.get("why"),
        }
        put_json(json_module.dumps(shown, ensure_ascii=False, indent=2))
        return
    state = "running" if running else why_in_words(last.get("why"))
    put(f"{safe(str(folder))}: {state}\n{adds_up(counts)}\n")
    if not counts.whole:
        put("the input has not been read to its end\n")
    put(f"to look at: {totals['items']:,} statements in {totals['flagged_articles']:,} articles\n")
    paid = totals["journal"]
    put(f"answers in the journal: {paid['answers']:,}, {taken(paid)}\n")
    for line in what_next(folder, counts, running=running):
        put(f"{line}\n")


@app.command(
    "export", epilog=examples("summarizer batch export night", "summarizer batch export night --json")
)
def export(folder: _Dir, json: _Json = False, quiet: _Quiet = False) -> None:
    """Write the results from the journal again; also while the batch runs."""
    from ..batch.journal import Journal
    from ..batch.results import write_results
    from .batch_words import tell_files

    manifest = write_results(Journal(folder), anew=True)
    if json:
        put_json(json_module.dumps(manifest, ensure_ascii=False, indent=2))
    elif not quiet:
        tell_files(folder, manifest)


# --- work


def _batch(
    out: Path,
    settings: Settings,
    concurrency: int | None,
    workers: int | None,
    until: str | None,
    pace: tuple[float | None, float | None],
    durable: bool,
    opener: "Opener | None",
) -> "Batch":
    import os

    from ..batch.engine import LocalEngine
    from ..batch.job import Batch

    if workers is None:
        workers = max(0, min(4, (os.cpu_count() or 1) - 1))
    ends = None if until is None else _time(until)
    if settings.deadline_s is not None:
        stop = datetime.now().astimezone() + timedelta(seconds=settings.deadline_s)
        ends = stop if ends is None else min(ends, stop)
    return Batch(
        out,
        settings=settings,
        concurrency=concurrency,
        workers=workers,
        until=ends,
        requests_per_minute=pace[0],
        tokens_per_minute=pace[1],
        durable=durable,
        opener=opener or LocalEngine.open,
    )


def _opener(engine: str, address: str | None, actors: int | None) -> "Opener | None":
    if engine == "local":
        if address is not None or actors is not None:
            raise SettingsError("--ray-address and --actors go with --engine ray")
        return None
    if engine != "ray":
        raise SettingsError(f"there is no engine {engine!r}", hint="Known: local, ray.")
    from ..batch.ray_engine import RayEngine

    return RayEngine.opener(address=address, actors=actors)


def _ray_reader(reader: "Reader") -> "Iterable[Input]":
    """Files are read by Ray Data; standard input by this process."""
    from ..batch.ray_engine import RayReader

    return reader if None in reader.files else RayReader(reader.inputs, reader.fields)


def _time(text: str) -> datetime:
    """The next time that a clock shows this, or a full date and time. Raises typer.BadParameter."""
    now = datetime.now().astimezone()
    with suppress(ValueError):
        at = datetime.combine(now.date(), time.fromisoformat(text), now.tzinfo)
        return at if at > now else at + timedelta(days=1)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is no time: write 06:00 or 2026-11-24T06:00", param_hint="--until"
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=now.tzinfo)


def _intake(url: str | None, quiet: bool) -> Intake | None:
    return Intake.of(url, lambda words: None if quiet else note(words))


def _work(
    batch: "Batch",
    outcomes: "AsyncIterator[Outcome]",
    intake: Intake | None,
    *,
    json: bool,
    quiet: bool,
) -> int:
    """Works, writes the results, puts them into the queue, tells what came of it; the exit code."""
    from .batch_progress import BatchView
    from .batch_words import tell
    from .stopping import run_until_stopped

    error: SummarizerError | None = None
    stopped = False
    try:
        with BatchView(console(stderr=True), quiet=quiet or (json and not sys.stderr.isatty())) as view:
            run_until_stopped(_consume, batch, outcomes, view)
    except KeyboardInterrupt:
        stopped = True
    except SummarizerError as raised:
        error = raised
    if not batch.why:  # it never began: another process works there, or there is no model
        if error is not None:
            complain(str(error), error.hint)
            return code_of(error)
        return STOPPED
    try:
        manifest = _results(batch.journal)
    except SummarizerError as raised:
        if error is not None:
            complain(str(error), error.hint)
        complain(str(raised), raised.hint)
        return INCOMPLETE
    counts = batch.counts()
    if json:
        put_json(json_module.dumps(manifest, ensure_ascii=False, indent=2))
    if not quiet:
        tell(batch, counts, manifest)
    if (
        intake is not None
    ):  # from the file: also what earlier runs reported, and a run that was killed did not
        from ..batch.results import REPORTS

        folder = batch.journal.folder
        try:
            put_in(intake, folder / REPORTS, folder.resolve().name)
        except SummarizerError as raised:
            complain(str(raised), raised.hint)
            return INCOMPLETE
    if error is not None:
        complain(f"the job stopped: {error}", error.hint)
        note(
            f"what is done is kept; to go on, run the same command again ({counts.not_started:,} not started)"
        )
        return code_of(error)
    if stopped:
        return STOPPED
    return INCOMPLETE if counts.failed or counts.incomplete or counts.not_started else 0


async def _consume(batch: "Batch", outcomes: "AsyncIterator[Outcome]", view: Any) -> None:
    view.look(batch.tally)
    async for _ in outcomes:
        view.look(batch.tally)


def _results(journal: "Journal") -> dict[str, Any]:
    from ..batch.results import write_results

    return write_results(journal)


def _forecast(reader: Any, settings: Settings, *, json: bool) -> None:
    from ..batch.estimate import Estimator
    from ..llm.choose import choose
    from .batch_words import forecast_lines

    choice = choose(settings)
    found = Estimator(settings, settings.profile or choice.profile).add_all(reader)
    cost = None
    if choice.name is not None:
        cost = choice.worst_cost(found.input_tokens, found.output_tokens)
    if json:
        shown = {**found.to_json(), "model": choice.name, "cost_usd": cost}
        put_json(json_module.dumps(shown, ensure_ascii=False, indent=2))
        return
    for line in forecast_lines(found, cost):
        put(f"{safe(line)}\n")
    if not found.articles:
        raise InputError("there is no article in the input")
