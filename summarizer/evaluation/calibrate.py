"""``summarizer calibrate``: examples -> the file of weights and operating points that the checker reads.

Scores for the line from score to risk and for the curve are cross-validated by article: no statement is
judged by weights that have seen its article.
"""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from ..calibration import Calibration, Point, Source, between, together
from ..errors import InputError
from . import fit, metrics
from .decisions import Decided, score_of
from .fit import Part, Scorer, Table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

RIGHT_FLAGGED = 0.12  # the default point: at most so many right statements are flagged
COMPACT_FOUND = 0.85  # very small models' sentences: every second one is wrong, so more is looked at
DAMPINGS = (0.0, 0.1, 0.25, 0.5, 0.75, 1.0)
FEWEST = 40  # examples, and at least a few of each label, below which a fit says nothing


def calibrate(
    parts: Sequence[Part],
    *,
    without: frozenset[str] = frozenset(),
    made: date,
    note: str = "",
) -> Calibration:
    """Weights, line and curve from data sets.

    ``without``: keys of articles that nothing is fitted on, because they measure. Raises InputError for
    too few examples, MissingExtra without scikit-learn.
    """
    np, _ = fit.libraries()
    parts = [
        Part(p.name, [e for e in p.examples if e.key not in without], p.share, p.plain, p.credit)
        for p in parts
    ]
    examples = [example for part in parts for example in part.examples]
    _enough(len(examples), sum(e.wrong for e in examples), len({e.key for e in examples}))
    data = fit.table(parts)
    score = cross_scores(data)
    weight = _weights(parts, data)
    inside = weight > 0
    lines = _lines(data, score, weight)
    scorer = fit.fit(data, np.ones(len(score), bool))
    risk = _risks(lines, data, score)
    settled = _settled(parts, data)
    points = curve(risk[inside], data.wrong[inside], settled[inside], weight[inside])
    damping = _damping(parts, data, risk)
    return Calibration(
        made=made.isoformat(),
        sources=_sources(parts),
        figures=_figures(parts, data, risk, settled, damping),
        intercept=scorer.intercept,
        weights=scorer.weights,
        knots=lines[0],
        damping=damping,
        default=_default(points),
        compact=_finds(points, COMPACT_FOUND),
        curve=points,
        note=note,
        mismatch_knots=lines[1],
    )


def recalibrate(decided: Sequence[Decided], base: Calibration, *, made: date, note: str = "") -> Calibration:
    """The weights of ``base``, with line and curve from a newsroom's own decisions.

    A few hundred decisions are too few for weights, and enough for how much each score means in this
    newsroom. Only flagged statements get decided, so the curve knows nothing of those that were not.
    Raises InputError for too few.
    """
    np, _ = fit.libraries()
    keys = [one.key for one in decided]
    wrong = np.array([one.wrong for one in decided], bool)
    _enough(len(decided), int(wrong.sum()), len(set(keys)))
    score = np.array([score_of(base, one.risk, mismatch=one.settled) for one in decided])
    weight = np.ones(len(score))
    line = fit.knots(score, wrong, weight, most=max(3, min(12, len(score) // 25)))
    risk = np.array([round(between(line, one), 4) for one in score])
    points = curve(risk, wrong, np.array([one.settled for one in decided], bool), weight)
    scores = metrics.Scores.of(wrong.tolist(), risk.tolist(), [True] * len(risk), keys)
    return replace(
        base,
        made=made.isoformat(),
        sources=(
            *(replace(source, share=0.0) for source in base.sources),
            Source("decisions", len(decided), len(set(keys)), round(float(wrong.mean()), 4), 1.0),
        ),
        figures=_known({"decisions auroc": metrics.auroc(scores), "decisions ece": metrics.ece(scores)}),
        knots=line,
        mismatch_knots=(),
        default=_default(points),
        compact=_finds(points, COMPACT_FOUND),
        curve=points,
        note=note,
    )


def cross_risks(parts: Sequence[Part]) -> "list[Array]":
    """A risk for every example of every part, from weights that have not seen its article.

    The lines from score to risk, which change no rank among those with a mismatch or those without, and the
    damping, one number, come from all scores.
    """
    data = fit.table(parts)
    score, weight = cross_scores(data), _weights(parts, data)
    risk = _risks(_lines(data, score, weight), data, score)
    return _together(parts, data, risk, _damping(parts, data, risk))


_Line = tuple[tuple[float, float], ...]


def _lines(data: Table, score: "Array", weight: "Array") -> tuple[_Line, _Line]:
    """From score to risk: without a mismatch, and with one (none of its own where there are too few)."""
    inside, found = weight > 0, _with_mismatch(data)

    def line(chosen: "Array") -> _Line:
        most = max(3, min(12, int(chosen.sum()) // 25))
        return fit.knots(score[chosen], data.wrong[chosen], weight[chosen], most)

    for chosen in (inside & found, inside & ~found):
        if chosen.sum() < FEWEST or len(set(data.wrong[chosen].tolist())) < 2:
            return line(inside), ()
    return line(inside & ~found), line(inside & found)


def _risks(lines: tuple[_Line, _Line], data: Table, score: "Array") -> "Array":
    np, _ = fit.libraries()
    pairs = zip(score.tolist(), _with_mismatch(data).tolist(), strict=True)
    return np.array([round(between((found and lines[1]) or lines[0], one), 4) for one, found in pairs])


def _with_mismatch(data: Table) -> "Array":
    np, _ = fit.libraries()
    if "mismatches" not in data.names:
        return np.zeros(len(data.values), bool)
    found: Array = data.values[:, data.names.index("mismatches")] > 0
    return found


def cross_scores(data: Table) -> "Array":
    """A score for every row, from weights that have not seen its article."""
    np, _ = fit.libraries()
    fold = fit.folds(data.keys)
    score = np.zeros(len(fold))
    for number in sorted(set(fold.tolist())):
        held = fold == number
        score[held] = apply(fit.fit(data, ~held), data, held)
    return score


def apply(scorer: Scorer, data: Table, chosen: "Array") -> "Array":
    """The scores of the chosen rows, as the package will compute them."""
    np, _ = fit.libraries()
    made = Calibration(
        made="", sources=(), figures={}, intercept=scorer.intercept, weights=scorer.weights,
        knots=(), damping=0.0, default=_NOWHERE, compact=_NOWHERE, curve=(),
    )  # fmt: skip
    return np.array(
        [made.score(dict(zip(data.names, row, strict=True))) for row in data.values[chosen].tolist()]
    )


_NOWHERE = Point(1.0, 0.0, 0.0, 0.0)


def curve(risk: "Array", wrong: "Array", settled: "Array", weight: "Array") -> tuple[Point, ...]:
    """What each threshold flags, from 0 up; equal outcomes once, with the highest threshold that has them."""
    np, _ = fit.libraries()
    right = np.where(wrong, 0.0, weight)
    bad = np.where(wrong, weight, 0.0)
    points: list[Point] = []
    for step in range(101):
        low = step / 100
        flagged = settled | (risk >= low)
        point = Point(
            low,
            round(float(right[flagged].sum() / right.sum()), 4),
            round(float(bad[flagged].sum() / bad.sum()), 4),
            round(float(weight[flagged].sum() / weight.sum()), 4),
        )
        if points and points[-1].reviewed == point.reviewed:
            points.pop()
        points.append(point)
    return tuple(points)


def _default(points: Sequence[Point]) -> Point:
    """The most that can be found with few right statements flagged; else the fewest flags there are."""
    fine = [point for point in points if point.right_flagged <= RIGHT_FLAGGED]
    return min(fine, key=lambda point: point.risk_low) if fine else points[-1]


def _finds(points: Sequence[Point], wanted: float) -> Point:
    found = [point for point in points if point.wrong_found >= wanted]
    return max(found, key=lambda point: point.risk_low) if found else points[0]


def _enough(count: int, wrong: int, articles: int) -> None:
    if count < FEWEST or min(wrong, count - wrong) < 5 or articles < fit.FOLDS:
        raise InputError(
            f"{count} labelled statements about {articles} articles, {wrong} of them wrong: too few to fit",
            hint=f"At least {FEWEST} statements are needed, five of each kind, and {fit.FOLDS} articles.",
        )


def _of_part(parts: Sequence[Part], data: Table) -> "Array":
    """For each row, the number of its part."""
    np, _ = fit.libraries()
    numbers = np.repeat(np.arange(len(parts)), [len(part.examples) for part in parts])
    found: Array = numbers[data.example]
    return found


def _weights(parts: Sequence[Part], data: Table) -> "Array":
    """How much each row counts in the calibration: half of a part's share goes to its wrong statements.

    The sets have from 8 to 71 % wrong ones: left as they are, a risk would say which set a statement looks
    like. So it means the same for all: how probable an error is where every second statement has one.
    """
    np, _ = fit.libraries()
    of = _of_part(parts, data)
    weight = np.zeros(len(of))
    for number, part in enumerate(parts):
        for label in (False, True):
            mine = (of == number) & data.single & (data.wrong == label)
            if part.share and mine.any():
                weight[mine] = part.share / mine.sum()
    if not weight.any():
        weight[:] = 1.0
    return weight


def _settled(parts: Sequence[Part], data: Table) -> "Array":
    np, _ = fit.libraries()
    return np.array(
        [one.settled for part in parts for e in part.examples for one in e.seen if one.features], bool
    )


def _together(parts: Sequence[Part], data: Table, risk: "Array", damping: float) -> "list[Array]":
    """The risk of each example, a list a part."""
    np, _ = fit.libraries()
    of_example: dict[int, list[float]] = {}
    for index, value in zip(data.example.tolist(), risk.tolist(), strict=True):
        of_example.setdefault(index, []).append(value)
    found, at = [], 0
    for part in parts:
        values = [together(of_example.get(at + n, []), damping) for n in range(len(part.examples))]
        found.append(np.array([1.0 if value is None else value for value in values]))
        at += len(part.examples)
    return found


def _damping(parts: Sequence[Part], data: Table, risk: "Array") -> float:
    """What ranks whole summaries best; the smaller of equals."""
    best, chosen = -1.0, 0.5
    whole = [n for n, part in enumerate(parts) if any(len(e.seen) > 1 for e in part.examples)]
    for damping in DAMPINGS if whole else ():
        found = _together(parts, data, risk, damping)
        value = 0.0
        for number in whole:
            examples = parts[number].examples
            scores = metrics.Scores.of(
                [e.wrong for e in examples],
                list(found[number]),
                [False] * len(examples),
                [e.key for e in examples],
            )
            value += metrics.auroc(scores) or 0.0
        if value > best + 0.0005:
            best, chosen = value, damping
    return chosen


def _sources(parts: Sequence[Part]) -> tuple[Source, ...]:
    return tuple(
        Source(
            part.name,
            len(part.examples),
            len({example.key for example in part.examples}),
            round(sum(example.wrong for example in part.examples) / len(part.examples), 4),
            round(part.share, 4),
            part.credit,
        )
        for part in parts
    )


def _figures(
    parts: Sequence[Part], data: Table, risk: "Array", settled: "Array", damping: float
) -> dict[str, float]:
    """Cross-validated AUROC, and the calibration error, of each part."""
    found: dict[str, float | None] = {}
    for part, values in zip(parts, _together(parts, data, risk, damping), strict=True):
        examples = part.examples
        scores = metrics.Scores.of(
            [e.wrong for e in examples], list(values), [False] * len(examples), [e.key for e in examples]
        )
        found[f"{part.name} auroc"] = metrics.auroc(scores)
        found[f"{part.name} ece"] = metrics.ece(scores)
    return _known(found)


def _known(found: dict[str, float | None]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in found.items() if value is not None}
