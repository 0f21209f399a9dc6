"""``summarizer eval``: how often the checker is right on labelled data, as a table or as JSON."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import SourceError
from .common import examples, note, put, put_json
from .files import write_whole
from .measuring import looked, new_file, tell_left_out

if TYPE_CHECKING:
    from ..evaluation.metrics import Figure
    from ..evaluation.report import Comparison, Evaluation, Group

EXAMPLES = examples(
    "summarizer eval ragtruth_sentence.jsonl.gz",
    "summarizer eval response.jsonl source_info.jsonl --json > new.json",
    "summarizer eval newsroom/open --out new.json --against old.json",
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
        Path | None, typer.Option("--out", metavar="FILE", help="Write the JSON here, whole or not at all.")
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
    """Measure the checker on labelled statements, without a model."""
    from ..evaluation import datasets, fit, report
    from ..risk import checker_version
    from ..settings import Settings

    fit.libraries()  # before the long work, not after it
    before = None if against is None else _read(against)
    if out is not None:
        new_file(out)
    settings = Settings.load()
    loaded = datasets.read(data)
    tell_left_out(loaded.left_out, quiet=quiet)
    seen = looked(loaded.rows, quiet=quiet)
    found = report.evaluation(
        report.score(seen.examples, settings.calibrated, settings.risk_low),
        made=datetime.now(UTC).date().isoformat(),
        checker=checker_version(settings.calibrated),
        risk_low=settings.risk_low,
        judged=None,
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
    if json:
        put_json(text if compared is None else compared.to_json(indent=1) + "\n")
    else:
        put(_told(found) + ("" if compared is None else _told_change(compared)))


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
