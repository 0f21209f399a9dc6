"""Reviewers' decisions -> examples for a newsroom's own calibration.

Read from review items with their decision, a JSON object a line, as ``summarizer queue export`` writes them. An
item holds the risk that the checker gave it, so its score can be had back without the article; items of
another version of the checker are left out and counted, because their risk means another score.
"""

import itertools
from dataclasses import dataclass
from pathlib import Path

from ..calibration import Calibration
from ..errors import ReportFormatError, SourceError
from ..flags import FlagCode
from ..review_items import DecisionVerdict, ReviewItem
from ..risk import checker_version

_OPEN = (FlagCode.UNCERTAIN, FlagCode.JUDGE_DISAGREES_WITH_RULE)


@dataclass(frozen=True, slots=True)
class Decided:
    """A statement that a person decided about. ``settled``: it is flagged whatever its risk."""

    risk: float
    wrong: bool
    settled: bool
    key: str


def read(path: Path, calibration: Calibration) -> tuple[list[Decided], dict[str, int]]:
    """Decided statements, and what was left out, by reason; ``calibration`` is the one in use.

    Raises SourceError.
    """
    found: dict[tuple[str, str], Decided] = {}
    left_out: dict[str, int] = {}
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeError) as error:
        raise SourceError(f"{path} cannot be read: {error}") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            item = ReviewItem.from_json(line)
        except ReportFormatError as error:
            raise SourceError(
                f"{path}, line {number}: {error}",
                hint="summarizer queue export --format jsonl writes such a file",
            ) from error
        reason = _why_not(item, checker_version(calibration))
        if reason:
            left_out[reason] = left_out.get(reason, 0) + 1
            continue
        decision, risk = item.decision, item.finding.risk
        if decision is None or risk is None:
            continue
        # The same statement decided by several people counts once for each of them.
        found[item.id, decision.reviewer] = Decided(
            risk,
            decision.verdict is not DecisionVerdict.SUPPORTED,
            any(flag.code not in _OPEN for flag in item.finding.flags),
            item.document_id,
        )
    return list(found.values()), left_out


def _why_not(item: ReviewItem, version: str) -> str | None:
    if item.decision is None:
        return "not decided"
    if item.decision.undoes is not None:
        return "taken back"
    if item.finding.risk is None:
        return "never scored"
    if item.provenance.checker_version != version:
        return "another version of the checker"
    return None


def score_of(calibration: Calibration, risk: float, *, mismatch: bool = False) -> float:
    """The score that a risk came from: the line from score to risk, read backwards."""
    knots = (mismatch and calibration.mismatch_knots) or calibration.knots
    for (left, low), (right, high) in itertools.pairwise(knots):
        if risk <= high:
            return left + (right - left) * max(0.0, risk - low) / (high - low)
    return knots[-1][0]
