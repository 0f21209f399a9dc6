"""``summarizer run``: articles in, reports out."""

import sys
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
    examples,
    note,
    put_rendered,
    worst,
)
from .files import check_target
from .progress import View

if TYPE_CHECKING:
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
            help="text, unless said otherwise; json: one object, or an array of several; jsonl: a line each.",
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
    sink = Sink(form, out=out, several=len(loaded) > 1)
    job = _Job(loaded, settings, sink, quiet)
    raise typer.Exit(job.run())


@dataclass
class _Job:
    """Articles worked on one after the other; what came of each."""

    loaded: "list[Loaded]"
    settings: Settings
    sink: "Sink"
    quiet: bool
    failed: list[tuple[str, SummarizerError]] = field(default_factory=list)
    incomplete: list[str] = field(default_factory=list)
    embedded: bool = False
    stopped: bool = False

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
        self._tell()
        return self._code()

    async def _work(self, view: View) -> None:
        from ..llm.choose import ModelKind, choose
        from ..pipeline import Summarizer

        choice = await choose(self.settings).resolve()
        self.embedded = choice.kind is ModelKind.EMBEDDED and not self.settings.model_file
        summarizer = Summarizer(
            choice.open(), settings=self.settings, profile=choice.profile, progress=view.step
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


async def _process(summarizer: "Summarizer", one: "Loaded") -> "Report":
    if one.article is None:
        raise one.error or InputError(f"{one.origin}: no article")
    return await summarizer.process(one.article)
