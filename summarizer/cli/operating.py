"""How much is flagged, in a newsroom's terms: the options, and what the choice costs."""

from typing import Annotated

import typer

from ..settings import Settings
from .common import note

RecallOption = Annotated[
    str | None,
    typer.Option(
        "--recall",
        metavar="SHARE",
        help="Flag as much as it takes to catch this share of wrong statements: 0.95 or 95%. What it costs is told.",
    ),
]
BudgetOption = Annotated[
    str | None,
    typer.Option(
        "--review-budget",
        metavar="SHARE",
        help="Flag no more than about this share of all statements, and catch what that can: 0.2 or 20%.",
    ),
]


def tell_point(settings: Settings, *, quiet: bool) -> None:
    """Says what a chosen operating point costs; nothing of the default one."""
    if not quiet and (settings.recall is not None or settings.review_budget is not None):
        note(cost(settings))


def cost(settings: Settings) -> str:
    """What the operating point flags and finds, by the calibration data."""
    point, usual = settings.operating_point, settings.calibrated.default
    asked = (
        f"recall {_percent(settings.recall)}"
        if settings.recall is not None
        else f"review budget {_percent(settings.review_budget or 0.0)}"
    )
    told = (
        f"{asked}: flagged from a risk of {point.risk_low:.2f} on. On the calibration data that flags "
        f"{_percent(point.right_flagged)} of right statements and catches {_percent(point.wrong_found)} of wrong "
        f"ones (the default: {_percent(usual.right_flagged)} and {_percent(usual.wrong_found)}); where one statement "
        f"of ten is wrong, {_percent(point.expected_review)} are to be reviewed."
    )
    if settings.review_budget is not None and point.expected_review > settings.review_budget:
        told += " Fewer cannot be: certain mismatches are flagged whatever their risk."
    return told


def _percent(value: float) -> str:
    return f"{100 * value:.3g} %"
