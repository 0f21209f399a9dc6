"""Signals and overlap -> the calibrated probability that a statement is not supported.

The weights are fitted offline (``summarizer calibrate``, ``calibration.json``); here they are only added up.
A flag of a certain signal does not hang on this number: the checker raises it whatever the risk.
"""

from collections.abc import Mapping, Sequence

from .calibration import Calibration, built_in, digest
from .checks.overlap import MEASURES
from .report import Signal, SignalKind

RULES_VERSION = 3


def checker_version(calibration: Calibration | None = None) -> str:
    """What tells two checkers apart in reports: the rules' version and a hash of the weights."""
    return f"{RULES_VERSION}-{digest(calibration or built_in())}"


CHECKER_VERSION = checker_version()

_PARAPHRASE = 0.4  # letters that any two sentences about the same have in common
_COUNTED = 3  # mismatches beyond this say nothing new


def features(signals: Sequence[Signal], measures: Mapping[str, float]) -> dict[str, float]:
    """All that the risk is made of: overlap, the strongest signal of each check and kind, and how many.

    Signals are named ``check.kind``, as ``numbers.mismatch``. ``numbers.copied`` is a mismatch in what is
    otherwise copied: the closer the rest, the surer it is a mistake and no paraphrase that was misread.
    """
    found = dict(measures)
    copied = max(0.0, (measures["letters_near"] - _PARAPHRASE) / (1.0 - _PARAPHRASE))
    for signal in signals:
        name = f"{signal.check}.{signal.kind.value}"
        found[name] = max(found.get(name, 0.0), signal.strength)
        if signal.kind is SignalKind.MISMATCH:
            found[f"{signal.check}.copied"] = copied
    mismatches = sum(signal.kind is SignalKind.MISMATCH for signal in signals)
    found["mismatches"] = float(min(_COUNTED, mismatches))
    return found


def direction(name: str) -> int:
    """Whether more of a feature speaks against a statement (1), for it (-1) or either (0)."""
    if name in MEASURES:
        return MEASURES[name]
    return -1 if name.endswith(f".{SignalKind.SUPPORT.value}") else 1


def estimate(found: Mapping[str, float], calibration: Calibration | None = None) -> float:
    """Risk from 0 to 1, rounded to four places, of a statement with these features."""
    return (calibration or built_in()).risk(found)
