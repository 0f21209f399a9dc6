"""``summarizer run``: articles in, reports out."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import InputError, ModelError, SummarizerError
from ..settings import Profile, Settings
from .common import (
    INCOMPLETE,
    STOPPED,
    Format,
    code_of,
    complain,
    console,
    duration,
    examples,
    note,
    put_rendered,
    worst,
)
from .files import check_target
from .operating import BudgetOption, RecallOption, tell_point
from .progress import View
from .queueing import Intake, IntakeOption

if TYPE_CHECKING:
    from ..llm.stack import Stack
    from ..pipeline import Summarizer
    from ..report import Report
    from ..sources import Loaded
    from .output import Sink

EXAMPLES = examples(
    "summarizer run article.txt",
    "summarizer run page.html notes.md --language de",
    "summarizer run articles/ --format jsonl --out reports.jsonl",
    "curl -s https://news.example/story | summarizer run - --json",
    "summarizer run article.txt --model NAME --base-url http://localhost:11434/v1",
    "summarizer run articles/ --model NAME --max-cost 2.50 --deadline 30m",
    "summarizer run article.txt --model NAME --judges 2",
    "summarizer run article.txt --review-budget 20%",
    "summarizer run article.txt --offline --json",
    "summarizer run articles/ --format html --out report.html",
    "summarizer run articles/ --queue default",
)
TIP = "The embedded model is for trying out. Better: --model NAME --base-url URL (see: summarizer models)"


def run(
    articles: Annotated[
        list[str],
        typer.Argument(
            metavar="ARTICLE",
            help="Files (.txt, .md, .html, .json), folders of them, or - for standard input.",
            show_default=False,
        ),
    ],
    form: Annotated[
        Format | None,
        typer.Option(
            "--format",
            help="text, unless said otherwise; json: one object, or an array of several; jsonl: a line each; "
            "html: one page of all.",
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Short for --format json.")] = False,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write here, whole or not at all.")
    ] = None,
    model: Annotated[
        str | None, typer.Option("--model", metavar="NAME", help="The model's name at its server.")
    ] = None,
    base_url: Annotated[
        str | None, typer.Option("--base-url", metavar="URL", help="An OpenAI-compatible server.")
    ] = None,
    model_file: Annotated[
        str | None, typer.Option("--model-file", metavar="GGUF", help="Another file for the embedded model.")
    ] = None,
    profile: Annotated[
        Profile | None,
        typer.Option("--profile", help="Chosen by the model; compact is for very small ones."),
    ] = None,
    sentences: Annotated[
        int | None,
        typer.Option("--sentences", metavar="N", help="Sentences of the summary; 3 unless set."),
    ] = None,
    judge: Annotated[
        bool | None,
        typer.Option(
            "--judge/--no-judge",
            help="Ask the model about what the rules cannot tell; not done in the compact profile or by the "
            "embedded model, unless asked for.",
            show_default=False,
        ),
    ] = None,
    judges: Annotated[
        int | None,
        typer.Option(
            "--judges", metavar="N", help="2: ask twice, and flag what the answers disagree on. 1 unless set."
        ),
    ] = None,
    recall: RecallOption = None,
    review_budget: BudgetOption = None,
    prompts: Annotated[
        str | None,
        typer.Option("--prompts", metavar="DIR", help="Prompt files of your own, in place of the built-in."),
    ] = None,
    max_cost: Annotated[
        float | None,
        typer.Option("--max-cost", metavar="USD", help="Spend no more than this on the whole run."),
    ] = None,
    max_tokens: Annotated[
        int | None,
        typer.Option("--max-tokens", metavar="N", help="Use no more tokens than this in the whole run."),
    ] = None,
    deadline: Annotated[
        float | None,
        typer.Option(
            "--deadline",
            metavar="TIME",
            parser=duration,
            help="Ask nothing more after this time: 90 (seconds), 30m or 2h.",
        ),
    ] = None,
    cache: Annotated[
        bool | None,
        typer.Option(
            "--cache/--no-cache",
            help="Whether answers are kept and used again; they are.",
            show_default=False,
        ),
    ] = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="Take every answer from the cache; ask no model.")
    ] = False,
    queue: IntakeOption = None,
    published: Annotated[
        str | None,
        typer.Option("--published", metavar="DATE", help="As 2026-11-23; otherwise looked for in the text."),
    ] = None,
    document_id: Annotated[
        str | None,
        typer.Option("--document-id", metavar="ID", help="Ties the versions of one story together."),
    ] = None,
    language: Annotated[
        str | None, typer.Option("--language", metavar="TAG", help="As en or uk; otherwise detected.")
    ] = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="No progress and no advice; errors are still told.")
    ] = False,
) -> None:
    """Summarize articles and check every sentence and claim against them."""
    from ..sources import read_articles
    from .output import Sink, wanted_format

    form = wanted_format(form, json)
    settings = Settings.load(
        model=model,
        base_url=base_url,
        profile=profile,
        model_file=model_file,
        summary_sentences=sentences,
        judge=True if judge is None and judges is not None else judge,
        judges=judges,
        recall=recall,
        review_budget=review_budget,
        prompts=prompts,
        max_cost_usd=max_cost,
        max_tokens=max_tokens,
        deadline_s=deadline,
        cache=cache,
        offline=offline or None,
    )
    if out is not None:
        check_target(out, articles)
    if "-" in articles and sys.stdin.isatty() and not quiet:
        note("reading an article from the terminal; end it with Ctrl-D on a line of its own")
    # All are read before the first is worked on: what is wrong with the arguments shows at once, and
    # Ctrl-C stops a read that waits.
    loaded = list(
        read_articles(
            articles,
            stdin=sys.stdin.buffer,
            published=published,
            document_id=document_id,
            language=language,
        )
    )
    tell_point(settings, quiet=quiet)
    sink = Sink(form, out=out, several=len(loaded) > 1)
    job = _Job(loaded, settings, sink, quiet, Intake.of(queue, lambda words: None if quiet else note(words)))
    raise typer.Exit(job.run())


@dataclass
class _Job:
    """Articles worked on one after the other; what came of each."""

    loaded: "list[Loaded]"
    settings: Settings
    sink: "Sink"
    quiet: bool
    intake: Intake | None = None
    failed: list[tuple[str, SummarizerError]] = field(default_factory=list)
    incomplete: list[str] = field(default_factory=list)
    embedded: bool = False
    stopped: bool = False
    stack: "Stack | None" = None

    def run(self) -> int:
        """Works, writes, tells what went wrong; the exit code."""
        import anyio

        view = View(len(self.loaded), console(stderr=True), quiet=self.quiet)
        if any(one.article for one in self.loaded):
            try:
                with view:
                    anyio.run(self._work, view)
            except KeyboardInterrupt:
                self.stopped = True
            except SummarizerError as error:  # of the choice of a model: no article was tried
                self.failed.append(("", error))
        else:
            self.failed += [(one.origin, one.error) for one in self.loaded if one.error]
        self.sink.finish()
        if self.intake is not None:
            self.intake.close()
        self._tell()
        return self._code()

    async def _work(self, view: View) -> None:
        from ..llm.choose import ModelKind
        from ..llm.stack import Stack, chosen
        from ..pipeline import Summarizer

        choice = await chosen(self.settings)
        self.embedded = choice.kind is ModelKind.EMBEDDED and not self.settings.model_file
        self.stack = Stack.of(choice, self.settings)
        summarizer = Summarizer(
            self.stack.model, settings=self.settings, profile=choice.profile, progress=view.step
        )
        try:
            for one in self.loaded:
                view.article(one.origin)
                try:
                    report = await _process(summarizer, one)
                except SummarizerError as error:
                    self.failed.append((one.origin, error))
                    view.done(f"failed: {error}")
                    if isinstance(error, ModelError):
                        break  # it would be the same for all that follow
                    continue
                self._finished(one.origin, report, view)
        finally:
            await summarizer.close()

    def _finished(self, origin: str, report: "Report", view: View) -> None:
        from ..render.entries import incomplete, needs_look, not_done

        look, of = needs_look(report)
        view.done(f"{look} of {of} statements to look at, {report.seconds:.1f} s")
        if incomplete(report):
            self.incomplete.append(f"{origin}: {'; '.join(not_done(report))}")
        with view.paused():
            self.sink.add(report, origin)
        if self.intake is not None:
            try:
                self.intake.add(report)
            except SummarizerError as error:  # the report is out in any case
                self.failed.append((origin, error))

    def _tell(self) -> None:
        from ..render.terminal import render_note

        total, done, failed = len(self.loaded), self.sink.count, len(self.failed)
        if done and self.embedded and not self.quiet and not self.stopped and self.sink.form is Format.TEXT:
            if self.sink.out is None:
                put_rendered("", render_note(TIP))
            else:
                note(TIP)
        if self.sink.out is not None and done and not self.quiet:
            note(f"wrote {self.sink.out}: {done} report{'s' * (done != 1)}")
        if self.stack is not None and not self.quiet:
            for words in _taken(self.stack):
                note(words)
        for words in self.incomplete:
            note(f"incomplete: {words}")
        for origin, error in self.failed:
            known = not origin or total == 1 or str(error).startswith(origin)
            complain(str(error) if known else f"{origin}: {error}", error.hint)
        if self.stopped:
            note(f"stopped: {done} of {total} articles done, {total - done} not done")
        elif total > 1 and failed:
            note(f"{done} of {total} articles done, {total - done} not done")

    def _code(self) -> int:
        codes = {code_of(error) for _, error in self.failed}
        if self.incomplete:
            codes.add(INCOMPLETE)
        return STOPPED if self.stopped else worst(codes)


def _taken(stack: "Stack") -> Iterator[str]:
    """What the run took of a limit that was set, and what came from the cache."""
    from ..render.wording import dollars

    if stack.cache is not None and stack.cache.savings.hits:
        savings = stack.cache.savings
        saved = f", which had cost {dollars(savings.saved_usd)}" if savings.saved_usd else ""
        of = savings.hits + savings.asked + savings.missed
        yield f"from the cache: {savings.hits} of {of} answers{saved} (anew: --no-cache)"
    if stack.budget is not None:
        spent, limits = stack.budget.spent, stack.budget
        tokens = f" of {limits.max_tokens:,}" if limits.max_tokens else ""
        parts = [f"{spent.tokens:,}{tokens} tokens"]
        if limits.max_cost_usd is not None:
            cost = "an unknown part" if spent.cost_usd is None else dollars(spent.cost_usd)
            parts.append(f"{cost} of {dollars(limits.max_cost_usd)}")
        left_out = f"; {spent.left_out} answers did not fit" if spent.left_out else ""
        yield f"spent: {', '.join(parts)}{left_out}"


async def _process(summarizer: "Summarizer", one: "Loaded") -> "Report":
    if one.article is None:
        raise one.error or InputError(f"{one.origin}: no article")
    return await summarizer.process(one.article)
