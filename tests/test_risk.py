"""The fitted risk: what it may do, whatever the weights of the day are."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from summarizer.calibration import Calibration, built_in, load, together
from summarizer.checker import check_statements
from summarizer.errors import SettingsError
from summarizer.report import Verdict
from summarizer.risk import checker_version, direction
from summarizer.settings import Settings

ARTICLE = (
    "The council of Norwick voted on Tuesday to spend $6.2 million on a new library. Construction may begin in "
    "March, the city engineer said. The old library, built in 1931, will close in May. Some residents had asked "
    "for a smaller building."
)


def test_the_file_goes_there_and_back() -> None:
    calibration = built_in()
    assert Calibration.from_json(calibration.to_json()) == calibration


def test_risk_rises_with_the_score_and_stays_a_probability() -> None:
    knots = built_in().knots
    assert list(knots) == sorted(knots)
    assert [risk for _, risk in knots] == sorted(risk for _, risk in knots)
    assert all(0.0 <= risk <= 1.0 for _, risk in knots)


def test_no_weight_speaks_against_its_direction() -> None:
    for weight in built_in().weights:
        wanted = direction(weight.name)
        assert wanted == 0 or weight.weight * wanted >= 0, weight.name


def test_operating_points_lie_on_the_curve() -> None:
    calibration = built_in()
    assert calibration.default.right_flagged <= 0.12
    assert calibration.compact.risk_low < calibration.default.risk_low
    for wanted in (0.7, 0.8, 0.9, 0.95):
        point = calibration.for_recall(wanted)
        assert point.wrong_found >= wanted and point in calibration.curve
    found = [calibration.for_budget(budget) for budget in (0.2, 0.5, 0.9)]
    assert all(point.expected_review <= budget for point, budget in zip(found, (0.2, 0.5, 0.9), strict=True))
    assert [point.risk_low for point in found] == sorted((p.risk_low for p in found), reverse=True)


def test_settings_choose_the_point() -> None:
    calibration = built_in()
    assert Settings().risk_low == calibration.default.risk_low
    assert Settings(recall=0.9).risk_low == calibration.for_recall(0.9).risk_low
    assert Settings.load(environ={}, review_budget=0.6).risk_low == calibration.for_budget(0.6).risk_low
    with pytest.raises(SettingsError):
        Settings.load(environ={}, recall=0.9, review_budget=0.6)


def test_a_mismatch_is_flagged_whatever_the_risk() -> None:
    careless = Settings(risk_low=1.0, risk_high=1.0)
    wrong, right = check_statements(
        ARTICLE,
        ["The council voted to spend $6.4 million on a new library.", "The old library will close in May."],
        published="2026-11-11",
        settings=careless,
    )
    assert wrong.verdict is Verdict.CONTRADICTED and wrong.flags
    assert right.verdict is Verdict.SUPPORTED and wrong.risk is not None and right.risk is not None
    assert wrong.risk > right.risk


def test_together_is_at_least_the_worst_and_what_is_unknown_is_the_worst() -> None:
    assert together([]) is None
    assert together([None, 0.1]) == 1.0  # not checked is never fine
    worst = together([0.1, 0.6, 0.3])
    assert worst is not None and 0.6 <= worst <= 1.0


def test_what_is_no_calibration_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "ours.json"
    for text in ("{}", "[]", json.dumps({"weights": 1}), "\x00"):
        broken.write_text(text, encoding="utf-8")
        with pytest.raises(SettingsError):
            load(broken)
    with pytest.raises(SettingsError):
        load(tmp_path / "none.json")


def test_the_same_on_every_machine() -> None:
    code = (
        "from summarizer.checker import check_statements\n"
        f"print([f.risk for f in check_statements({ARTICLE!r}, ['The library will cost $6.2 million.',"
        " 'A hospital opens in May.', 'Construction begins in March.'])])"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "77")
    }
    assert len(printed) == 1 and "0." in printed.pop()
    assert checker_version() == checker_version(built_in())
