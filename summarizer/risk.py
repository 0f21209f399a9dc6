"""Signals -> the probability that a statement is not supported.

The weights of this version are set by hand and not calibrated; ``CHECKER_VERSION`` says so in every
report. Independent doubts add up as a noisy-or: risk = 1 - (1 - base) * prod(1 - w_i * strength_i).
"""

from .checks.align import Alignment
from .report import Signal, SignalKind

CHECKER_VERSION = "1-uncalibrated"

# What a doubt of full strength adds, by check.
_WEIGHTS = {"coverage": 0.95, "numbers": 0.8, "quotes": 0.8, "names": 0.8}
_BASE = 0.02  # well aligned and nothing against it: still a rule's opinion
_UNCOVERED = 0.4  # what a statement pays for words that its sentences do not have
_SCATTERED = 0.5  # and for words that no one sentence has together: who did what may have changed
_MISMATCH_FLOOR = 0.95


def estimate(signals: tuple[Signal, ...], alignment: Alignment) -> float:
    """Risk from 0 to 1 of a statement with these signals and sentences."""
    fine = (1.0 - _BASE) * (1.0 - _UNCOVERED * (1.0 - alignment.coverage))
    fine *= 1.0 - _SCATTERED * (1.0 - alignment.best)
    for signal in signals:
        if signal.kind is SignalKind.DOUBT:
            fine *= 1.0 - _WEIGHTS.get(signal.check, 0.5) * signal.strength
    risk = 1.0 - fine
    if any(signal.kind is SignalKind.MISMATCH for signal in signals):
        risk = max(risk, _MISMATCH_FLOOR)
    return round(risk, 4)
