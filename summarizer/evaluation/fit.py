"""The fit of the risk: a logistic regression whose signs are known, and the line from score to probability.

What speaks for or against a statement is known from what a feature is (``risk.direction``), so no weight
may say the opposite: what is left to the data is how much. That also keeps accidents of one data set out.
(Boosted small trees, alone or on what the regression leaves over, ranked no better on held-out articles.)

Summaries are labelled as a whole: all sentences of a right one are right; of a wrong one the worse half, by
the score of the round before, count as wrong. Everything is done in a fixed order and without chance.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..calibration import Weight
from ..checks.overlap import MEASURES
from ..errors import MissingExtra
from ..risk import direction
from .observing import Example

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

FOLDS = 5
_PULL = 0.2  # L2 on weights of standardised measures, by the number of rows
_PULL_SIGNAL = 0.0005  # and on those of signals, most of which are rare
_WIDEST = 4.0


@dataclass(frozen=True)
class Part:
    """One data set of a fit. ``share``: of the calibration; 0 where labels are of whole summaries.

    ``plain`` is false for a suite written to test signals: its right statements are paraphrases on purpose
    and its wrong ones near copies, so that its overlap says the opposite of any machine's. There overlap
    counts as average, and only signals teach.
    """

    name: str
    examples: Sequence[Example]
    share: float
    plain: bool = True
    credit: str = ""


@dataclass(frozen=True)
class Scorer:
    """A fitted score: higher is worse."""

    intercept: float
    weights: tuple[Weight, ...]


@dataclass
class Table:
    """All statements of a fit as numbers: a row a statement."""

    names: list[str]
    values: "Array"
    wrong: "Array"  # of the example it belongs to
    example: "Array"  # index of that example
    single: "Array"  # whether the example has one statement
    plain: "Array"
    keys: list[str] = field(default_factory=list)


def libraries() -> tuple[Any, Any]:
    """numpy and scikit-learn. Raises MissingExtra."""
    try:
        import numpy as np
        import sklearn
    except ImportError as error:
        raise MissingExtra("fitting and measuring", "evaluation", "scikit-learn") from error
    return np, sklearn


def table(parts: Sequence[Part]) -> Table:
    """The statements of all parts that can be read."""
    np, _ = libraries()
    examples = [(example, part.plain) for part in parts for example in part.examples]
    names = list(MEASURES) + sorted(
        {name for example, _ in examples for one in example.seen for name in one.features} - set(MEASURES)
    )
    rows, wrong, index, single, plain, keys = [], [], [], [], [], []
    for number, (example, is_plain) in enumerate(examples):
        readable = [one for one in example.seen if one.features]
        for one in readable:
            rows.append([one.features.get(name, 0.0) for name in names])
            wrong.append(example.wrong)
            index.append(number)
            single.append(len(example.seen) == 1)
            plain.append(is_plain)
            keys.append(example.key)
    return Table(
        names,
        np.array(rows, float),
        np.array(wrong),
        np.array(index),
        np.array(single),
        np.array(plain),
        keys,
    )


def fit(data: Table, chosen: "Array", *, rounds: int = 2) -> Scorer:
    """A scorer from the chosen rows (a mask)."""
    np, _ = libraries()
    values, plain = data.values[chosen], data.plain[chosen]
    mean = values[plain].mean(axis=0) if plain.any() else values.mean(axis=0)
    scale = (values[plain] if plain.any() else values).std(axis=0)
    rare = [at for at, name in enumerate(data.names) if name not in MEASURES]
    mean[rare] = 0.0  # a signal that is absent adds nothing
    scale[rare] = 1.0
    scale[scale < 1e-9] = 1.0
    standard = np.clip((values - mean) / scale, -_WIDEST, _WIDEST)
    lexical = [at for at, name in enumerate(data.names) if name in MEASURES]
    standard[np.ix_(~plain, lexical)] = 0.0
    wrong, single, example = data.wrong[chosen], data.single[chosen], data.example[chosen]
    label = wrong.astype(float)
    used = single | ~wrong
    weights = _regression(standard[used], label[used], data.names)
    for _ in range(rounds if (~single & wrong).any() else 0):
        scores = weights[0] + standard @ weights[1:]
        used = single | ~wrong | _worse_half(scores, example)
        weights = _regression(standard[used], label[used], data.names)
    return Scorer(
        round(float(weights[0]), 5),
        tuple(
            Weight(name, round(float(m), 5), round(float(s), 5), round(float(w), 5))
            for name, m, s, w in zip(data.names, mean, scale, weights[1:], strict=True)
            if abs(w) >= 5e-6
        ),
    )


def _worse_half(scores: "Array", example: "Array") -> "Array":
    np, _ = libraries()
    found = np.zeros(len(scores), bool)
    order = np.lexsort((np.arange(len(scores)), -scores, example))
    starts = np.flatnonzero(np.r_[True, np.diff(example[order]) != 0])
    for start, end in zip(starts, np.r_[starts[1:], len(order)], strict=True):
        found[order[start : start + max(1, (end - start) // 2)]] = True
    return found


def _regression(standard: "Array", label: "Array", names: Sequence[str]) -> "Array":
    """Intercept and weights; those with a known direction on their side of 0."""
    np, _ = libraries()
    from scipy.optimize import minimize

    count = len(label)
    pull = np.array([_PULL if name in MEASURES else _PULL_SIGNAL for name in names])
    sides = {1: (0.0, None), -1: (None, 0.0), 0: (None, None)}
    bounds = [(None, None), *(sides[direction(name)] for name in names)]

    def loss(weights: "Array") -> tuple[float, "Array"]:
        score = weights[0] + standard @ weights[1:]
        gap = 1.0 / (1.0 + np.exp(-score)) - label
        value = (np.logaddexp(0.0, score) - label * score).sum() / count
        value += pull @ (weights[1:] ** 2) / 2
        gradient = np.r_[gap.sum(), standard.T @ gap] / count
        gradient[1:] += pull * weights[1:]
        return float(value), gradient

    share = min(max(float(label.mean()), 1e-3), 1 - 1e-3)
    start = np.zeros(standard.shape[1] + 1)
    start[0] = np.log(share / (1 - share))
    found = minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B", options={"maxiter": 500})
    weights: Array = found.x
    return weights


def folds(keys: Sequence[str], count: int = FOLDS) -> "Array":
    """A fold for each row, one for all rows of an article: by a hash, so that it never depends on order."""
    np, _ = libraries()
    import hashlib

    def fold(key: str) -> int:
        return int(hashlib.sha256(key.encode()).hexdigest()[:8], 16) % count

    made = {key: fold(key) for key in set(keys)}
    return np.array([made[key] for key in keys])


def knots(score: "Array", wrong: "Array", weight: "Array", most: int = 12) -> tuple[tuple[float, float], ...]:
    """The rising line from score to risk: isotonic regression over bins, drawn through its steps' middles.

    Through the middles, so that no two scores get the same risk and a rank is never lost.
    """
    np, _ = libraries()
    from sklearn.isotonic import IsotonicRegression

    order = np.argsort(score, kind="stable")
    cut = np.cumsum(weight[order]) / weight.sum()
    bins = np.minimum((cut * most).astype(int), most - 1)
    x, y, w = [], [], []
    for number in range(most):
        inside = order[bins == number]
        if len(inside):
            total = weight[inside].sum()
            x.append(float((score[inside] * weight[inside]).sum() / total))
            y.append(float((wrong[inside] * weight[inside]).sum() / total))
            w.append(float(total))
    steps = IsotonicRegression(y_min=0.005, y_max=0.995).fit_transform(x, y, sample_weight=w)
    made: list[tuple[float, float]] = []
    for value in sorted(set(steps.tolist())):
        inside = [at for at, step in enumerate(steps.tolist()) if step == value]
        total = sum(w[at] for at in inside)
        made.append((sum(x[at] * w[at] for at in inside) / total, value))
    low, high = float(score.min()) - 1.0, float(score.max()) + 1.0
    first, last = made[0][1], made[-1][1]
    ends = [(low, first * 0.6), *made, (high, last + (1 - last) * 0.6)]
    return tuple((round(a, 4), round(b, 5)) for a, b in ends)
