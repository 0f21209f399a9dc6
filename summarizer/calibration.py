"""What was fitted: the weights of the risk, the curve of operating points, and where both come from.

One readable JSON file in the package, written by ``summarizer calibrate``. Nothing here needs more than
Python: no pickle, no numeric library, the same result on every machine.
"""

import itertools
import math
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import msgspec

from .errors import ReportFormatError, ResourceError, SettingsError
from .records import Record

CALIBRATION_SCHEMA_VERSION = 1
BUILT_IN = Path(__file__).parent / "calibration.json"
_WRONG = 0.1  # share of wrong statements that a budget for reviewing is reckoned with
_WIDEST = 4.0  # deviations from the mean: nothing pulls harder than that


class Weight(Record, frozen=True):
    """One feature: ``weight`` is what a deviation of ``scale`` from ``mean`` adds to the score."""

    name: str
    mean: float
    scale: float
    weight: float


class Source(Record, frozen=True):
    """Data that the weights were fitted on: how much, and how much of the calibration it makes up."""

    name: str
    rows: int
    articles: int
    wrong: float
    share: float
    credit: str = ""


class Point(Record, frozen=True):
    """A place on the curve: flagged is what has a risk from ``risk_low``, or a flag whatever its risk.

    ``right_flagged`` of right statements, ``wrong_found`` of wrong ones, ``reviewed`` of all; each from 0
    to 1, on the calibration data, by article cross-validated.
    """

    risk_low: float
    right_flagged: float
    wrong_found: float
    reviewed: float

    @property
    def expected_review(self) -> float:
        """The share of all statements that it flags where one of ten is wrong.

        ``reviewed`` is of the calibration data, in which every second statement is wrong, so it says nothing
        of a newsroom. Of sentences that language models wrote about news, 8 to 11 % are wrong (RAGTruth,
        SummEval).
        """
        return round(_WRONG * self.wrong_found + (1 - _WRONG) * self.right_flagged, 4)


class Calibration(Record, frozen=True):
    """All of it. ``knots`` are (score, risk), both rising: the line between them turns a score into a risk.

    ``mismatch_knots`` do so for statements in which a rule has found a mismatch, where there are any: a score
    that is no news for a paraphrase is not the same beside a figure that the article contradicts.
    """

    made: str
    sources: tuple[Source, ...]
    figures: dict[str, float]
    intercept: float
    weights: tuple[Weight, ...]
    knots: tuple[tuple[float, float], ...]
    damping: float
    default: Point
    compact: Point
    curve: tuple[Point, ...]
    note: str = ""
    mismatch_knots: tuple[tuple[float, float], ...] = ()
    schema_version: int = CALIBRATION_SCHEMA_VERSION

    def score(self, features: Mapping[str, float]) -> float:
        """How much speaks against a statement, on no particular scale. A feature that is missing is 0."""
        parts = [self.intercept]
        for one in self.weights:
            away = (features.get(one.name, 0.0) - one.mean) / one.scale
            if away > _WIDEST:
                away = _WIDEST
            elif away < -_WIDEST:
                away = -_WIDEST
            parts.append(one.weight * away)
        return math.fsum(parts)

    def risk(self, features: Mapping[str, float]) -> float:
        """The probability, 0 to 1, that a statement with these features is not supported."""
        found = bool(features.get("mismatches")) and bool(self.mismatch_knots)
        return round(between(self.mismatch_knots if found else self.knots, self.score(features)), 4)

    def for_recall(self, wanted: float) -> Point:
        """The point with the fewest flags that finds this share of wrong statements."""
        found = [point for point in self.curve if point.wrong_found >= wanted]
        return max(found, key=lambda point: point.risk_low) if found else self.curve[0]

    def for_budget(self, budget: float) -> Point:
        """The point that finds most with no more than this share of statements to review, where one of ten is wrong.

        Where the flags that no threshold removes are more than that, the point with the fewest.
        """
        found = [point for point in self.curve if point.expected_review <= budget]
        return min(found, key=lambda point: point.risk_low) if found else self.curve[-1]


def between(knots: tuple[tuple[float, float], ...], score: float) -> float:
    """The height of the line through the knots; beyond the ends it stays level."""
    if score <= knots[0][0]:
        return knots[0][1]
    for (left, low), (right, high) in itertools.pairwise(knots):
        if score <= right:
            return low + (high - low) * (score - left) / (right - left)
    return knots[-1][1]


def together(risks: Iterable[float | None], damping: float | None = None) -> float | None:
    """The risk that a text has something unsupported in it, from those of its statements; None of none.

    The worst statement counts whole, every other as a part: 1 - (1 - worst) * prod((1 - other) ** damping).
    With a damping of 0 that is the worst alone, with 1 it is what independent errors would come to;
    errors of one text are not independent. A statement that could not be checked counts as wrong.
    """
    if damping is None:
        damping = built_in().damping
    known = sorted((1.0 if risk is None else risk for risk in risks), reverse=True)
    if not known:
        return None
    fine = 1.0 - known[0]
    for other in known[1:]:
        fine *= (1.0 - other) ** damping
    return round(1.0 - fine, 4)


def load(path: Path) -> Calibration:
    """The calibration in a file. Raises SettingsError for one that is none."""
    try:
        found = Calibration.from_json(path.read_bytes())
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from error
    except ReportFormatError as error:
        raise SettingsError(f"{path}: {error}", hint="summarizer calibrate writes such a file") from error
    if found.schema_version != CALIBRATION_SCHEMA_VERSION:
        raise SettingsError(
            f"{path} has schema version {found.schema_version}, not {CALIBRATION_SCHEMA_VERSION}"
        )
    return found


@cache
def built_in() -> Calibration:
    """The one that comes with the package. Raises ResourceError when the installation lacks it."""
    try:
        return load(BUILT_IN)
    except SettingsError as error:
        raise ResourceError(str(error), hint="Install the package again.") from error


def digest(calibration: Calibration) -> str:
    """Eight hex digits that tell two calibrations apart."""
    import hashlib

    return hashlib.sha256(msgspec.json.encode(calibration)).hexdigest()[:8]
