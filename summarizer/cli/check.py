"""``summarizer check``: a summary that a person or another tool wrote, against its article."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import InputError
from ..flags import Severity
from .common import DONE, FLAGGED, Format, examples, note
from .files import check_target
from .operating import BudgetOption, RecallOption, tell_point
from .queueing import Intake, IntakeOption

if TYPE_CHECKING:
    from ..report import Report

EXAMPLES = examples(
    "summarizer check article.txt summary.txt",
    "summarizer check article.txt summary.txt --fail-on medium",
    "summarizer check article.txt summary.txt --queue default",
    "summarizer check article.txt summary.txt --recall 95%",
    "pbpaste | summarizer check article.html - --json",
    "summarizer check article.txt summary.md --published 2026-11-23 --out report.json --json",
    "summarizer check article.txt summary.txt --format html --out report.html",
)
_NEVER = "never"


def check(
    article: Annotated[
        str,
        typer.Argument(
            metavar="ARTICLE", help="The article's file, or - for standard input.", show_default=False
        ),
    ],
    summary: Annotated[
        str,
        typer.Argument(
            metavar="SUMMARY", help="The summary's file, or - for standard input.", show_default=False
        ),
    ],
    form: Annotated[
        Format | None,
        typer.Option(
            "--format", help="text, unless said otherwise; json: the report as one object; html: a page."
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Short for --format json.")] = False,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write here, whole or not at all.")
    ] = None,
    fail_on: Annotated[
        str,
        typer.Option(
            "--fail-on",
            metavar="SEVERITY",
            help="Exit with 1 when something is flagged at low, medium or high, or above; or never.",
        ),
    ] = Severity.LOW.value,
    recall: RecallOption = None,
    review_budget: BudgetOption = None,
    queue: IntakeOption = None,
    published: Annotated[
        str | None,
        typer.Option("--published", metavar="DATE", help="As 2026-11-23; otherwise looked for in the text."),
    ] = None,
    language: Annotated[
        str | None, typer.Option("--language", metavar="TAG", help="As en or uk; otherwise detected.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No advice; errors are still told.")] = False,
) -> None:
    """Check a summary against its article, without any model."""
    from ..external import check_summary
    from ..settings import Settings
    from ..sources import read_articles, read_text
    from .output import Sink, wanted_format

    form = wanted_format(form, json)
    least = _severity(fail_on)
    settings = Settings.load(recall=recall, review_budget=review_budget)
    if out is not None:
        check_target(out, [article, summary])
    if article == summary:
        raise InputError(
            "article and summary are the same input", hint="summarizer check article.txt summary.txt"
        )
    if "-" in (article, summary) and sys.stdin.isatty() and not quiet:
        note("reading from the terminal; end it with Ctrl-D on a line of its own")
    loaded = list(read_articles([article], stdin=sys.stdin.buffer, published=published, language=language))
    if len(loaded) > 1:
        raise InputError(f"{article}: {len(loaded)} articles", hint="Name one of its files.")
    if loaded[0].article is None:
        raise loaded[0].error or InputError(f"{article}: no article")
    text = read_text(summary, stdin=sys.stdin.buffer)
    tell_point(settings, quiet=quiet)
    intake = Intake.of(queue, lambda words: None if quiet else note(words))
    report = check_summary(loaded[0].article, text, settings=settings)
    sink = Sink(form, out=out)
    sink.add(report, loaded[0].origin)
    sink.finish()
    if out is not None and not quiet:
        note(f"wrote {out}: 1 report")
    if intake is not None:
        intake.add(report)
        intake.close()
    raise typer.Exit(FLAGGED if least is not None and _reaches(report, least) else DONE)


def _severity(word: str) -> Severity | None:
    """The severity named, None for ``never``. Raises typer.BadParameter."""
    if word == _NEVER:
        return None
    try:
        return Severity(word)
    except ValueError:
        known = ", ".join([*Severity, _NEVER])
        raise typer.BadParameter(f"{word!r} is none of {known}", param_hint="--fail-on") from None


def _reaches(report: "Report", least: Severity) -> bool:
    """Whether anything is flagged at a severity or above; what is to be looked at without a flag counts."""
    flags = [flag for finding in report.findings for flag in finding.flags] + list(report.article_flags)
    unexplained = any(finding.needs_review and not finding.flags for finding in report.findings)
    return unexplained or any(flag.severity.rank >= least.rank for flag in flags)
