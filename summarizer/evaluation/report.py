"""What ``summarizer eval`` found: figures of all rows and of groups of them, as data.

Everything that a comparison with another version needs is in it: the risk and the flag of every row.
"""

from collections.abc import Sequence

from ..calibration import Calibration
from ..errors import InputError
from ..records import Record
from . import metrics
from .metrics import Bin, Curve, Figure, Scores
from .observing import Example

EVALUATION_SCHEMA_VERSION = 1
FEWEST = 10  # rows of a group, below which figures of its own say nothing


class Scored(Record, frozen=True):
    """One row as it was scored."""

    id: str
    dataset: str
    key: str
    wrong: bool
    risk: float
    flagged: bool
    kinds: tuple[str, ...] = ()
    language: str = "und"


class Group(Record, frozen=True):
    """Figures of some of the rows. ``right`` and ``wrong`` count them."""

    name: str
    right: int
    wrong: int
    figures: dict[str, Figure]


class JudgeRun(Record, frozen=True):
    """What a judging model was asked, and what it took. Costs are None where a price is not known.

    ``asked`` statements were put to it in ``calls`` calls; about ``usable`` ones came a verdict that can be read.
    ``failed`` counts calls without a usable answer, by state.
    """

    model: str
    asked: int
    usable: int
    calls: int
    failed: dict[str, int]
    input_tokens: int | None
    output_tokens: int | None
    cost_usd: float | None
    seconds: float


class Evaluation(Record, frozen=True):
    """All of it. ``groups`` are keyed ``dataset``, ``language``, ``error type``.

    Of an error type, the rows are all right ones and the wrong ones that have it. ``judged`` tells of the
    model that was asked about what the rules leave open; it changes what is flagged, and no risk.
    """

    made: str
    checker: str
    risk_low: float
    judged: JudgeRun | None
    rounds: int
    left_out: dict[str, int]
    statements: int
    statements_per_second: float
    overall: Group
    groups: dict[str, tuple[Group, ...]]
    reliability: tuple[Bin, ...]
    review: Curve
    rows: tuple[Scored, ...]
    schema_version: int = EVALUATION_SCHEMA_VERSION


class Change(Record, frozen=True):
    """One figure of two versions over the same rows; ``gap`` is new minus old."""

    name: str
    old: float | None
    new: float | None
    gap: Figure


class Comparison(Record, frozen=True):
    """Two versions, pair by pair. ``turned`` are ids whose flag changed."""

    old: str
    new: str
    rows: int
    changes: tuple[Change, ...]
    now_flagged: tuple[str, ...]
    no_longer_flagged: tuple[str, ...]


def score(examples: Sequence[Example], calibration: Calibration, risk_low: float) -> tuple[Scored, ...]:
    return tuple(
        Scored(
            id=e.id,
            dataset=e.dataset,
            key=e.key,
            wrong=e.wrong,
            risk=e.risk(calibration),
            flagged=e.flagged(calibration, risk_low),
            kinds=e.kinds,
            language=e.language,
        )
        for e in examples
    )


def scores_of(rows: Sequence[Scored]) -> Scores:
    return Scores.of(
        [row.wrong for row in rows],
        [row.risk for row in rows],
        [row.flagged for row in rows],
        [row.key for row in rows],
    )


def evaluation(
    rows: Sequence[Scored],
    *,
    made: str,
    checker: str,
    risk_low: float,
    judged: JudgeRun | None,
    left_out: dict[str, int],
    statements: int,
    seconds: float,
    rounds: int = metrics.ROUNDS,
) -> Evaluation:
    """Figures of scored rows."""
    whole = scores_of(rows)
    groups = {
        "dataset": _groups(rows, [(row.dataset,) for row in rows], rounds),
        "language": _groups(rows, [(row.language,) for row in rows], rounds),
        "error type": _by_kind(rows, rounds),
    }
    return Evaluation(
        made=made,
        checker=checker,
        risk_low=risk_low,
        judged=judged,
        rounds=rounds,
        left_out=left_out,
        statements=statements,
        statements_per_second=round(statements / seconds, 1) if seconds else 0.0,
        overall=_group("all", rows, rounds),
        groups={name: found for name, found in groups.items() if found},
        reliability=metrics.reliability(whole),
        review=metrics.review_curve(whole),
        rows=tuple(rows),
    )


def _group(name: str, rows: Sequence[Scored], rounds: int) -> Group:
    wrong = sum(row.wrong for row in rows)
    return Group(name, len(rows) - wrong, wrong, metrics.figures(scores_of(rows), rounds))


def _groups(rows: Sequence[Scored], names: Sequence[Sequence[str]], rounds: int) -> tuple[Group, ...]:
    found: dict[str, list[Scored]] = {}
    for row, of in zip(rows, names, strict=True):
        for name in of:
            found.setdefault(name, []).append(row)
    large = {name: mine for name, mine in sorted(found.items()) if len(mine) >= FEWEST}
    return tuple(_group(name, mine, rounds) for name, mine in large.items())


def _by_kind(rows: Sequence[Scored], rounds: int) -> tuple[Group, ...]:
    kinds = sorted({kind for row in rows for kind in row.kinds})
    right = [row for row in rows if not row.wrong]
    found = []
    for kind in kinds:
        wrong = [row for row in rows if row.wrong and kind in row.kinds]
        if len(wrong) >= FEWEST:
            found.append(_group(kind, [*right, *wrong], rounds))
    return tuple(found)


def compare(new: Evaluation, old: Evaluation) -> Comparison:
    """Over the rows that both have. Raises InputError when there are none."""
    before = {(row.dataset, row.id): row for row in old.rows}  # two data sets may count their rows alike
    pairs = [(row, before[key]) for row in new.rows if (key := (row.dataset, row.id)) in before]
    if not pairs:
        raise InputError(
            "the two evaluations have no row in common", hint="Evaluate the same files with both versions."
        )
    one, other = scores_of([a for a, _ in pairs]), scores_of([b for _, b in pairs])
    return Comparison(
        old=old.checker,
        new=new.checker,
        rows=len(pairs),
        changes=tuple(
            Change(
                name,
                _rounded(figure(other)),
                _rounded(figure(one)),
                metrics.paired(one, other, figure, new.rounds),
            )
            for name, figure in metrics.FIGURES.items()
        ),
        now_flagged=tuple(a.id for a, b in pairs if a.flagged and not b.flagged),
        no_longer_flagged=tuple(a.id for a, b in pairs if b.flagged and not a.flagged),
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
