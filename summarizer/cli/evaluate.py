"""``summarizer eval``: how often the checker is right on labelled data, as a table, a page or JSON."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec.structs import replace

from ..errors import MissingExtra, SettingsError, SourceError
from .common import duration, examples, note, put, put_json
from .files import write_whole
from .judged import judge_rows, told_judge
from .measuring import looked, new_file, tell_left_out

if TYPE_CHECKING:
    from ..evaluation.metrics import Figure
    from ..evaluation.report import Comparison, Evaluation, Group

EXAMPLES = examples(
    "summarizer eval ragtruth_sentence.jsonl.gz",
    "summarizer eval response.jsonl source_info.jsonl --json > new.json",
    "summarizer eval newsroom/open --out new.json --against old.json",
    "summarizer eval ragtruth_sentence.jsonl.gz --html ragtruth.html",
    "summarizer eval newsroom/open --judge --model NAME --base-url URL --max-cost 2.50",
)
_SHOWN = ("auroc", "average_precision", "precision", "recall", "f1", "right_flagged", "ece")


def evaluate(
    data: Annotated[
        list[Path],
        typer.Argument(
            metavar="DATA.jsonl[.gz]…",
            help="Labelled rows: article, claim, label (1 supported, 0 not). Also RAGTruth's own two files, "
            "and folders of a newsroom suite.",
            show_default=False,
        ),
    ],
    against: Annotated[
        Path | None,
        typer.Option(
            "--against", metavar="OLD.json", help="Compare with an evaluation by another version, row by row."
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FILE",
            help="Write the JSON here, whole or not at all; a name that ends in .html gets the page.",
        ),
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write a page with plots as well.")
    ] = None,
    judge: Annotated[
        bool,
        typer.Option(
            "--judge",
            help="Ask the model about what the rules leave open, as a report does, and tell its cost.",
        ),
    ] = False,
    judges: Annotated[
        int | None, typer.Option("--judges", metavar="N", help="2: ask twice. 1 unless set.")
    ] = None,
    model: Annotated[
        str | None, typer.Option("--model", metavar="NAME", help="The judging model's name at its server.")
    ] = None,
    base_url: Annotated[
        str | None, typer.Option("--base-url", metavar="URL", help="An OpenAI-compatible server.")
    ] = None,
    max_cost: Annotated[
        float | None, typer.Option("--max-cost", metavar="USD", help="Spend no more than this on judging.")
    ] = None,
    max_tokens: Annotated[
        int | None, typer.Option("--max-tokens", metavar="N", help="Use no more tokens than this.")
    ] = None,
    deadline: Annotated[
        float | None,
        typer.Option(
            "--deadline",
            metavar="TIME",
            parser=duration,
            help="Ask nothing more after 90 (seconds), 30m or 2h.",
        ),
    ] = None,
    rounds: Annotated[
        int, typer.Option("--rounds", min=10, help="Resamplings of the articles for the intervals.")
    ] = 1000,
    json: Annotated[
        bool,
        typer.Option(
            "--json", help="Print JSON in place of the table; with --against that of the comparison."
        ),
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress; errors are still told.")] = False,
) -> None:
    """Measure the checker on labelled statements; no model is asked, unless with --judge."""
    from ..evaluation import datasets, fit, report
    from ..risk import checker_version
    from ..settings import Settings

    fit.libraries()  # before the long work, not after it
    before = None if against is None else _read(against)
    if out is not None and out.suffix in (".html", ".htm"):
        if html is not None:
            raise SettingsError(
                "--out and --html both name a page", hint=f"--out {out.stem}.json --html {html}"
            )
        out, html = None, out
    for target in (out, html):
        if target is not None:
            new_file(target)
    if html is not None:
        _can_plot()
    settings = Settings.load(
        model=model,
        base_url=base_url,
        judges=judges,
        max_cost_usd=max_cost,
        max_tokens=max_tokens,
        deadline_s=deadline,
    )
    _only_with_judge(
        judge,
        {
            "--judges": judges, "--model": model, "--base-url": base_url, "--max-cost": max_cost,
            "--max-tokens": max_tokens, "--deadline": deadline,
        },
    )  # fmt: skip
    loaded = datasets.read(data)
    tell_left_out(loaded.left_out, quiet=quiet)
    seen = looked(loaded.rows, quiet=quiet)
    rows = report.score(seen.examples, settings.calibrated, settings.risk_low)
    judged = None
    if judge:
        flagged, judged = judge_rows(loaded.rows, settings, quiet=quiet)
        rows = tuple(replace(row, flagged=one) for row, one in zip(rows, flagged, strict=True))
    found = report.evaluation(
        rows,
        made=datetime.now(UTC).date().isoformat(),
        checker=checker_version(settings.calibrated),
        risk_low=settings.risk_low,
        judged=judged,
        left_out=loaded.left_out,
        statements=seen.statements,
        seconds=seen.seconds,
        rounds=rounds,
    )
    text = found.to_json(indent=1) + "\n"
    if out is not None:
        write_whole(out, text)
        if not quiet:
            note(f"wrote {out}")
    compared = None if before is None else report.compare(found, before)
    if html is not None:
        from ..evaluation import page

        write_whole(html, page.render(found, compared))
        if not quiet:
            note(f"wrote {html}")
    if json:
        put_json(text if compared is None else compared.to_json(indent=1) + "\n")
    else:
        put(_told(found) + ("" if compared is None else _told_change(compared)))


def _can_plot() -> None:
    """Before the long work, not after it. Raises MissingExtra."""
    try:
        import matplotlib  # noqa: F401
    except ImportError as error:
        raise MissingExtra("plots", "evaluation", "matplotlib") from error


def _only_with_judge(judge: bool, given: dict[str, object]) -> None:
    """Raises SettingsError for what is about the judging model, which is not asked."""
    alone = [name for name, value in given.items() if value is not None]
    if alone and not judge:
        raise SettingsError(
            f"{alone[0]} is about the judging model, and it is not asked",
            hint=f"summarizer eval DATA --judge {alone[0]} …",
        )


def _read(path: Path) -> "Evaluation":
    from ..evaluation.report import Evaluation

    try:
        return Evaluation.from_json(path.read_bytes())
    except OSError as error:
        raise SourceError(
            f"{path} cannot be read: {error.strerror}",
            hint="summarizer eval DATA --out OLD.json writes such a file",
        ) from error


def _told(found: "Evaluation") -> str:
    lines = [
        (
            f"checker {found.checker}, flagged from a risk of {found.risk_low:.2f} on; "
            f"{found.statements:,} statements, {found.statements_per_second:,.0f} a second"
        ),
        f"{'':32} {'right':>6} {'wrong':>6}  " + "  ".join(f"{name:>17}" for name in _SHOWN),
        _line(found.overall),
    ]
    if found.judged is not None:
        lines.insert(1, told_judge(found.judged))
    for name, groups in found.groups.items():
        lines += [f"by {name}", *(_line(group) for group in groups)]
    return "\n".join(lines) + "\n"


def _line(group: "Group") -> str:
    figures = "  ".join(f"{_shown(group.figures[name]):>17}" for name in _SHOWN)
    return f"{group.name[:32]:32} {group.right:6,} {group.wrong:6,}  {figures}"


def _shown(figure: "Figure") -> str:
    if figure.value is None:
        return "-"
    if figure.low is None or figure.high is None:
        return f"{figure.value:.3f}"
    return f"{figure.value:.3f} ({figure.low:.2f}-{figure.high:.2f})"


def _told_change(found: "Comparison") -> str:
    lines = [f"against {found.old}, over {found.rows:,} rows that both have (new minus old):"]
    lines += [f"  {change.name:20} {_shown(change.gap)}" for change in found.changes]
    lines.append(f"  now flagged: {len(found.now_flagged):,}; no longer: {len(found.no_longer_flagged):,}")
    return "\n".join(lines) + "\n"
