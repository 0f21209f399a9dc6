"""Figures about risks and labels, with intervals by bootstrap over articles. scikit-learn does the sums.

``wrong`` is 1 for what a person should have looked at, ``risk`` runs from 0 to 1, ``flagged`` is what the
checker would have shown. Where a figure does not exist (only one of the two labels is there), it is None.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..records import Record
from .fit import libraries

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

BINS = 10
ROUNDS = 1000


class Figure(Record, frozen=True):
    """A figure with its interval: where 95 of 100 resamplings of the articles fall."""

    value: float | None
    low: float | None = None
    high: float | None = None


class Bin(Record, frozen=True):
    """Statements of similar risk: what was said of them, and how many of them were wrong."""

    risk: float
    wrong: float
    count: int


class Curve(Record, frozen=True):
    """Recall against share reviewed, when flagged ones come first, and the highest risk first of each."""

    reviewed: tuple[float, ...]
    found: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """Points of a curve over the thresholds, in order, both axes from 0 to 1."""

    x: tuple[float, ...]
    y: tuple[float, ...]


@dataclass(frozen=True)
class Scores:
    """Rows as arrays of one length; ``keys`` says which article each is about."""

    wrong: "Array"
    risk: "Array"
    flagged: "Array"
    keys: Sequence[str]

    @classmethod
    def of(
        cls,
        wrong: Sequence[bool],
        risk: Sequence[float],
        flagged: Sequence[bool],
        keys: Sequence[str],
    ) -> "Scores":
        np, _ = libraries()
        return cls(np.array(wrong, bool), np.array(risk, float), np.array(flagged, bool), tuple(keys))

    def at(self, index: "Array") -> "Scores":
        """Some of the rows. Their articles are not carried along: they are drawn from the whole only."""
        return Scores(self.wrong[index], self.risk[index], self.flagged[index], ())

    def __len__(self) -> int:
        return len(self.wrong)


def auroc(scores: Scores) -> float | None:
    """Area under the ROC curve: how often a wrong one has the higher risk of the two; ties are half."""
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(scores.wrong, scores.risk)) if _both(scores) else None


def average_precision(scores: Scores) -> float | None:
    from sklearn.metrics import average_precision_score

    return float(average_precision_score(scores.wrong, scores.risk)) if scores.wrong.any() else None


def precision(scores: Scores) -> float | None:
    """Of what is flagged, how much is wrong."""
    return float(scores.wrong[scores.flagged].mean()) if scores.flagged.any() else None


def recall(scores: Scores) -> float | None:
    """Of what is wrong, how much is flagged."""
    return float(scores.flagged[scores.wrong].mean()) if scores.wrong.any() else None


def right_flagged(scores: Scores) -> float | None:
    """Of what is right, how much is flagged."""
    right = ~scores.wrong
    return float(scores.flagged[right].mean()) if right.any() else None


def reviewed(scores: Scores) -> float | None:
    """Of all, how much is flagged."""
    return float(scores.flagged.mean()) if len(scores) else None


def f1(scores: Scores) -> float | None:
    from sklearn.metrics import f1_score

    if not scores.wrong.any():
        return None
    return float(f1_score(scores.wrong, scores.flagged, zero_division=0.0))


def balanced_accuracy(scores: Scores) -> float | None:
    from sklearn.metrics import balanced_accuracy_score

    return float(balanced_accuracy_score(scores.wrong, scores.flagged)) if _both(scores) else None


def brier(scores: Scores) -> float | None:
    """Mean square of risk minus label."""
    return float(((scores.risk - scores.wrong) ** 2).mean()) if len(scores) else None


def ece(scores: Scores) -> float | None:
    """Expected calibration error over ten bins of equal width, each weighed by how much is in it."""
    if not len(scores):
        return None
    return sum(abs(one.risk - one.wrong) * one.count for one in reliability(scores)) / len(scores)


FIGURES: dict[str, Callable[[Scores], float | None]] = {
    "auroc": auroc,
    "average_precision": average_precision,
    "precision": precision,
    "recall": recall,
    "f1": f1,
    "balanced_accuracy": balanced_accuracy,
    "right_flagged": right_flagged,
    "reviewed": reviewed,
    "brier": brier,
    "ece": ece,
}


def reliability(scores: Scores, bins: int = BINS) -> tuple[Bin, ...]:
    """Bins of equal width that have something in them, from the lowest risk up."""
    np, _ = libraries()
    place = np.minimum((scores.risk * bins).astype(int), bins - 1)
    made = []
    for number in range(bins):
        inside = place == number
        if inside.any():
            made.append(
                Bin(float(scores.risk[inside].mean()), float(scores.wrong[inside].mean()), int(inside.sum()))
            )
    return tuple(made)


def review_curve(scores: Scores, points: int = 50) -> Curve:
    """Recall at even steps of the share reviewed: flagged ones first, then the others, each by risk.

    What has the same risk is taken in the average order.
    """
    np, _ = libraries()
    if not scores.wrong.any():
        return Curve((0.0, 1.0), (0.0, 1.0))
    levels, inverse, count = np.unique(
        -(scores.risk + 2.0 * scores.flagged), return_inverse=True, return_counts=True
    )
    wrong = np.bincount(inverse, weights=scores.wrong, minlength=len(levels))
    share = np.r_[0.0, np.cumsum(count) / len(scores)]
    found = np.r_[0.0, np.cumsum(wrong) / scores.wrong.sum()]
    steps = np.linspace(0.0, 1.0, points + 1)
    return Curve(
        tuple(round(float(x), 4) for x in steps),
        tuple(round(float(y), 4) for y in np.interp(steps, share, found)),
    )


def roc(scores: Scores, most: int = 200) -> Line | None:
    """What thresholds flag of the right ones (x) and find of the wrong ones (y); None without both labels."""
    from sklearn.metrics import roc_curve

    if not _both(scores):
        return None
    right, found, _ = roc_curve(scores.wrong, scores.risk)
    return _thinned(right, found, most)


def precision_recall(scores: Scores, most: int = 200) -> Line | None:
    """What thresholds find of the wrong ones (x), and how much of what they flag is wrong (y)."""
    from sklearn.metrics import precision_recall_curve

    if not _both(scores):
        return None
    precise, found, _ = precision_recall_curve(scores.wrong, scores.risk)
    return _thinned(found[::-1][1:], precise[::-1][1:], most)  # without its made-up end at no recall


def _thinned(x: "Array", y: "Array", most: int) -> Line:
    """No more points than a plot can show, both ends among them."""
    np, _ = libraries()
    kept = np.unique(np.linspace(0, len(x) - 1, min(most, len(x))).round().astype(int))
    return Line(tuple(round(float(v), 4) for v in x[kept]), tuple(round(float(v), 4) for v in y[kept]))


def resamples(keys: Sequence[str], rounds: int = ROUNDS, seed: int = 1) -> "list[Array]":
    """Row indices of each resampling: as many articles as there are, drawn with replacement."""
    np, _ = libraries()
    places: dict[str, list[int]] = {}
    for index, key in enumerate(keys):
        places.setdefault(key, []).append(index)
    articles = [np.array(found) for _, found in sorted(places.items())]
    random = np.random.default_rng(seed)
    return [
        np.concatenate([articles[i] for i in random.integers(0, len(articles), len(articles))])
        for _ in range(rounds)
    ]


def interval(values: Sequence[float | None]) -> tuple[float | None, float | None]:
    """The middle 95 % of resampled values; none where fewer than half of them exist."""
    np, _ = libraries()
    known = [value for value in values if value is not None]
    if 2 * len(known) < len(values) or not known:
        return None, None
    low, high = np.percentile(known, [2.5, 97.5])
    return round(float(low), 4), round(float(high), 4)


def figures(scores: Scores, rounds: int = ROUNDS) -> dict[str, Figure]:
    """Every figure of ``FIGURES`` with its interval."""
    drawn = [scores.at(index) for index in resamples(scores.keys, rounds)] if len(scores) else []
    found = {}
    for name, figure in FIGURES.items():
        value = figure(scores)
        low, high = interval([figure(one) for one in drawn]) if drawn else (None, None)
        found[name] = Figure(None if value is None else round(value, 4), low, high)
    return found


def paired(
    one: Scores, other: Scores, figure: Callable[[Scores], float | None], rounds: int = ROUNDS
) -> Figure:
    """How much higher a figure is for ``one``, over the same rows; both resampled together."""
    value = _gap(figure(one), figure(other))
    gaps = [_gap(figure(one.at(i)), figure(other.at(i))) for i in resamples(one.keys, rounds)]
    low, high = interval(gaps)
    return Figure(None if value is None else round(value, 4), low, high)


def _gap(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one - other


def _both(scores: Scores) -> bool:
    return bool(scores.wrong.any() and not scores.wrong.all())


def grouped(scores: Scores, names: Sequence[Sequence[str]]) -> Mapping[str, Scores]:
    """The rows of each name, in the order of names; a row may have several."""
    found: dict[str, list[int]] = {}
    for index, of in enumerate(names):
        for name in of:
            found.setdefault(name, []).append(index)
    return {
        name: Scores(
            scores.wrong[indices],
            scores.risk[indices],
            scores.flagged[indices],
            [scores.keys[index] for index in indices],
        )
        for name, indices in sorted(found.items())
    }
