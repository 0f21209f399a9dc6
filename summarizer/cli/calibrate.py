"""``summarizer calibrate``: labelled data, or reviewers' decisions, into the file that the risk is made with."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import SettingsError
from .common import examples, note, put, put_json
from .files import write_whole
from .measuring import looked, new_file, tell_left_out

if TYPE_CHECKING:
    from ..calibration import Calibration
    from ..evaluation.fit import Part
    from ..evaluation.observing import Example

_SUITES = 0.75  # of the calibration

EXAMPLES = examples(
    "summarizer calibrate ragtruth_sentence.jsonl.gz defacto.jsonl.gz summeval.jsonl.gz --suite newsroom/open "
    "--without cliff_sentence.jsonl.gz --out calibration.json",
    "summarizer queue export --format jsonl > decided.jsonl",
    "summarizer calibrate --from-decisions decided.jsonl --out ours.json",
)


def calibrate(
    data: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="DATA.jsonl[.gz]…", help="Labelled rows, as eval reads them.", show_default=False
        ),
    ] = None,
    suite: Annotated[
        list[Path] | None,
        typer.Option(
            "--suite",
            metavar="DIR",
            help="A newsroom suite (.toml stories): it teaches what signals are worth, and makes up three "
            "quarters of the calibration.",
        ),
    ] = None,
    without: Annotated[
        list[Path] | None,
        typer.Option(
            "--without",
            metavar="DATA",
            help="Fit on no article that this data has: it is kept for measuring.",
        ),
    ] = None,
    from_decisions: Annotated[
        Path | None,
        typer.Option(
            "--from-decisions",
            metavar="FILE",
            help="Review items with decisions, as `queue export` writes them: the weights stay, what they mean in "
            "your newsroom is learned.",
        ),
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="Write here, whole or not at all.")
    ] = Path("calibration.json"),
    seen: Annotated[
        Path | None,
        typer.Option(
            "--seen",
            metavar="DIR",
            help="Keep what the checks see of each file here, and use it again: for fitting twice without a change "
            "of the checks.",
        ),
    ] = None,
    day: Annotated[
        str | None, typer.Option("--date", metavar="DATE", help="Written into the file; today unless given.")
    ] = None,
    note_text: Annotated[
        str, typer.Option("--note", metavar="TEXT", help="A remark that the file carries.")
    ] = "",
    json: Annotated[bool, typer.Option("--json", help="Print the whole file as well.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress; errors are still told.")] = False,
) -> None:
    """Fit the risk to labelled data, or to your own reviewers' decisions."""
    from ..evaluation import calibrate as fitting
    from ..settings import Settings

    made = _day(day)
    new_file(out)
    if from_decisions is not None:
        if data or suite or without:
            raise SettingsError(
                "--from-decisions stands alone", hint="summarizer calibrate --from-decisions FILE"
            )
        from ..evaluation import decisions

        base = Settings.load().calibrated
        decided, left_out = decisions.read(from_decisions, base)
        tell_left_out(left_out, quiet=quiet)
        found = fitting.recalibrate(decided, base, made=made, note=note_text)
    else:
        if not data and not suite:
            raise SettingsError("no data to fit on", hint="summarizer calibrate --help")
        parts = _parts(data or [], suite or [], seen, quiet)
        found = fitting.calibrate(parts, without=_keys(without or []), made=made, note=note_text)
    text = found.to_json(indent=1) + "\n"
    write_whole(out, text)
    if json:
        put_json(text)
    else:
        put(_told(found))
    if not quiet:
        note(f'wrote {out}; to use it: calibration = "{out}" in summarizer.toml')


def _day(text: str | None) -> date:
    if text is None:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise SettingsError(f"--date {text!r} cannot be read", hint="Write it as 2026-11-23.") from error


def _parts(data: list[Path], suites: list[Path], kept: Path | None, quiet: bool) -> "list[Part]":
    """A part for each file. Suites share three quarters of the calibration, other single statements the rest.

    Cross-validated by article, on suite and RAGTruth alike, that is better calibrated than halves.
    """
    from ..evaluation.fit import Part

    found = [(_name(path), _examples(path, kept, quiet), path in suites) for path in [*data, *suites]]
    single = [all(len(e.seen) == 1 for e in mine) for _, mine, _ in found]
    counted = [plain for plain, (_, _, is_suite) in zip(single, found, strict=True) if plain and not is_suite]
    ours = _SUITES if counted else 1.0
    rest = 1.0 - ours if suites else 1.0
    return [
        Part(
            name,
            mine,
            ours / len(suites) if is_suite else (rest / len(counted) if plain else 0.0),
            plain=not is_suite,
        )
        for (name, mine, is_suite), plain in zip(found, single, strict=True)
    ]


def _name(path: Path) -> str:
    return f"newsroom {path.name}" if path.is_dir() else path.name.split(".")[0]


def _examples(path: Path, kept: Path | None, quiet: bool) -> "list[Example]":
    from ..evaluation import datasets, observing

    file = None if kept is None else kept / f"{_name(path).replace(' ', '-')}.seen.jsonl.gz"
    if file is not None and file.is_file():
        return observing.load(file)
    loaded = datasets.read([path])
    if not quiet:
        note(f"{path}")
    tell_left_out(loaded.left_out, quiet=quiet)
    found = looked(loaded.rows, quiet=quiet).examples
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        observing.save(found, file)
    return found


def _keys(paths: list[Path]) -> frozenset[str]:
    from ..evaluation import datasets

    return frozenset(row.key for path in paths for row in datasets.read([path]).rows)


def _told(found: "Calibration") -> str:
    lines = [f"fitted {found.made} on"]
    lines += [
        f"  {s.name:28} {s.rows:6,} rows {s.articles:6,} articles  {s.wrong:5.0%} wrong"
        for s in found.sources
    ]
    lines += ["cross-validated by article:"]
    lines += [f"  {name:40} {value:.3f}" for name, value in sorted(found.figures.items())]
    for name, point in (("default", found.default), ("compact", found.compact)):
        lines.append(
            f"{name}: from a risk of {point.risk_low:.2f} on; flags {point.right_flagged:.1%} of right statements, "
            f"finds {point.wrong_found:.1%} of wrong ones"
        )
    return "\n".join(lines) + "\n"
