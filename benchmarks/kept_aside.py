"""How far the risk can be trusted on the stories that were kept aside, and what reviewing a part of them finds.

usage: .venv/bin/python benchmarks/kept_aside.py [--set kept_aside|open] [--plot FILE.svg]
           [--calibration FILE.json] [--rounds 1000] [--json]

Nothing is fitted here. Prints the calibration error (ECE, ten bins) and the Brier score with intervals by
bootstrap over articles, and how many of the wrong statements are found when a share of all is reviewed: flagged
ones first, then the others, each from the highest risk down. `--plot` draws the latter. Exit code 1 when the
calibration error of the kept-aside half is 0.08 or more. Needs the extra `evaluation`; under a minute.
"""

import argparse
import json
from pathlib import Path

import numpy as np

from summarizer.evaluation import datasets, metrics, observing
from summarizer.evaluation.report import score, scores_of
from summarizer.render.plots import Mark, Series, line_plot
from summarizer.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
ECE_BELOW = 0.08
SHARES = (0.1, 0.2, 0.3, 0.4, 0.5)
INK = "#808080"  # of axes and words: readable on a light page and on a dark one


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--set", choices=("open", "kept_aside"), default="kept_aside")
    parser.add_argument("--plot", type=Path, metavar="FILE.svg")
    parser.add_argument("--calibration", metavar="FILE.json", help="in place of the shipped one")
    parser.add_argument("--rounds", type=int, default=metrics.ROUNDS)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    settings = Settings(calibration=options.calibration)  # whatever else is set on this machine
    rows = datasets.read([ROOT / "tests" / "newsroom" / options.set]).rows
    scored = score(observing.look(rows).examples, settings.calibrated, settings.risk_low)
    scores = scores_of(scored)
    figures = metrics.figures(scores, options.rounds)
    curve = metrics.review_curve(scores)
    at = {share: round(float(np.interp(share, curve.reviewed, curve.found)), 4) for share in SHARES}
    error = figures["ece"].value
    missed = options.set == "kept_aside" and (error is None or error >= ECE_BELOW)
    if options.plot is not None:
        options.plot.write_text(plot(curve, figures) + "\n", encoding="utf-8")
    if options.json:
        found = {
            "set": options.set,
            "statements": len(scored),
            "wrong": int(scores.wrong.sum()),
            "figures": {name: {"value": f.value, "interval": [f.low, f.high]} for name, f in figures.items()},
            "found_at_share_reviewed": at,
            "reliability": [[one.risk, one.wrong, one.count] for one in metrics.reliability(scores)],
            "missed": missed,
        }
        print(json.dumps(found, indent=2))
    else:
        print(f"{options.set}: {len(scored)} statements, {int(scores.wrong.sum())} of them wrong")
        for name in ("ece", "brier", "auroc", "recall", "right_flagged", "reviewed"):
            figure = figures[name]
            print(f"  {name:16} {figure.value:.3f} ({figure.low:.3f} to {figure.high:.3f})")
        print(
            "found of the wrong ones, by share reviewed: "
            + ", ".join(f"{s:.0%} {v:.0%}" for s, v in at.items())
        )
        print(f"missed: calibration error {error:.3f}, wanted below {ECE_BELOW}" if missed else "target met")
    return 1 if missed else 0


def plot(curve: metrics.Curve, figures: dict[str, metrics.Figure]) -> str:
    """The curve as a picture that stands alone."""
    reviewed, recall = figures["reviewed"].value, figures["recall"].value
    here = [] if reviewed is None or recall is None else [Mark(reviewed, recall, "flagged")]
    drawn = line_plot(
        [Series("", curve.reviewed, curve.found)],
        title="Wrong statements found, by share reviewed",
        x_label="statements reviewed",
        y_label="wrong statements found",
        x_range=(0, 1.01),
        y_range=(0, 1.01),
        x_percent=True,
        y_percent=True,
        diagonal=True,
        marks=here,
        size=(5.0, 4.2),
    )
    return drawn.replace("currentColor", INK)


if __name__ == "__main__":
    raise SystemExit(main())
