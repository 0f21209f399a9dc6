"""``--recall`` and ``--review-budget``: what they choose, what is said about it, and what cannot be."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from summarizer import cli
from summarizer.calibration import Point, built_in
from summarizer.cli.operating import cost
from summarizer.settings import ENVIRONMENT_NAMES, Settings
from tests import stand_in

ARTICLE = (
    "The council of Marden voted 9-4 on Monday to repair the old bridge for $6.2 million. Mayor Ann Price said "
    "work begins in May. The bridge was built in 1931. Two lanes stay open while the work goes on."
)
SUMMARY = (
    "The council of Marden voted 9-4 on Monday to repair the old bridge. The old crossing will be restored, and "
    "drivers may keep using parts of it. The bridge dates from 1931."
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in (*ENVIRONMENT_NAMES, "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SUMMARIZER_CACHE_FILE", str(tmp_path / "answers.sqlite"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text(ARTICLE, encoding="utf-8")
    (tmp_path / "s.txt").write_text(SUMMARY, encoding="utf-8")
    return tmp_path


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with stand_in.running() as url:
        yield f"{url}/v1"


def check(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, ["check", "a.txt", "s.txt", *arguments], prog_name="summarizer")


def flagged(result: Result) -> int:
    return sum(bool(finding["flags"]) for finding in json.loads(result.stdout)["findings"])


def told(result: Result) -> str:
    return " ".join(result.stderr.split())


def shown(value: float) -> str:
    return f"{100 * value:.3g} %"


@pytest.mark.parametrize(
    ("arguments", "point"),
    [
        pytest.param(("--recall", "0.95"), built_in().for_recall(0.95), id="recall"),
        pytest.param(("--recall", "95%"), built_in().for_recall(0.95), id="recall in percent"),
        pytest.param(("--review-budget", "20%"), built_in().for_budget(0.2), id="budget in percent"),
        pytest.param(("--review-budget", "0.4"), built_in().for_budget(0.4), id="budget"),
    ],
)
def test_what_a_choice_costs_is_told(arguments: tuple[str, ...], point: Point) -> None:
    words = told(check(*arguments, "--json"))
    assert f"flagged from a risk of {point.risk_low:.2f} on" in words
    assert f"flags {shown(point.right_flagged)} of right statements" in words
    assert f"catches {shown(point.wrong_found)} of wrong ones" in words
    usual = built_in().default
    assert f"(the default: {shown(usual.right_flagged)} and {shown(usual.wrong_found)})" in words


def test_more_is_flagged_the_more_is_to_be_caught() -> None:
    counts = [flagged(check("--recall", share, "--json")) for share in ("60%", "90%", "100%")]
    assert counts == sorted(counts) and counts[0] < counts[-1]


def test_nothing_is_said_of_the_default_and_nothing_when_quiet() -> None:
    assert told(check()) == ""
    assert told(check("--recall", "0.95", "--quiet")) == ""


def test_the_file_chooses_too_and_an_option_replaces_it(folder: Path) -> None:
    (folder / "summarizer.toml").write_text('review_budget = "20%"\n', encoding="utf-8")
    assert told(check()).startswith("review budget 20 %: flagged from")
    assert told(check("--recall", "0.95")).startswith("recall 95 %: flagged from")
    (folder / "summarizer.toml").write_text("risk_low = 0.3\n", encoding="utf-8")
    assert told(check()) == ""
    assert told(check("--recall", "0.95")).startswith("recall 95 %")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(("--recall", "95"), "recall '95' is no share of all", id="percent without the sign"),
        pytest.param(("--recall", "95"), "try: Write 95% or 0.95.", id="and what to type"),
        pytest.param(("--recall", "0"), "try: Write 95% or 0.95.", id="nothing"),
        pytest.param(("--recall", "much"), "recall 'much' is no share", id="a word"),
        pytest.param(("--review-budget", "-20%"), "review_budget '-20%' is no share", id="below nothing"),
        pytest.param(("--review-budget", "120%"), "review_budget '120%' is no share", id="above all"),
        pytest.param(("--recall", "nan"), "is no share", id="no number"),
        pytest.param(
            ("--recall", "0.9", "--review-budget", "0.2"),
            "recall and review_budget each choose how much is flagged try: Leave all but one of them out, as: "
            "--recall 0.9",
            id="two at once",
        ),
    ],
)
def test_what_cannot_be_says_what_to_type(arguments: tuple[str, ...], words: str) -> None:
    result = check(*arguments)
    assert result.exit_code == 2 and result.stdout == ""
    assert words in told(result)


def test_two_choices_in_a_file_are_refused(folder: Path) -> None:
    (folder / "summarizer.toml").write_text("recall = 0.9\nrisk_low = 0.2\n", encoding="utf-8")
    result = check()
    assert result.exit_code == 2
    assert "recall and risk_low each choose" in told(result)


def test_a_budget_below_what_is_always_flagged_says_so() -> None:
    words = cost(Settings(review_budget=0.01))
    assert words.endswith("Fewer cannot be: certain mismatches are flagged whatever their risk.")
    assert "Fewer cannot be" not in cost(Settings(review_budget=0.5))


def test_run_has_them_too(server: str) -> None:
    arguments = ["run", "a.txt", "--model", "m", "--base-url", server, "--no-judge", "--json"]
    lows = []
    for share in ("50%", "100%"):
        result = CliRunner().invoke(cli.app, [*arguments, "--recall", share], prog_name="summarizer")
        assert result.exit_code == 0, result.output
        said = re.search(rf"recall {share[:-1]} %: flagged from a risk of (\d\.\d\d) on", told(result))
        assert said
        lows.append(float(said[1]))
        for finding in json.loads(result.stdout)["findings"]:  # all of them right: none is flagged for itself
            assert bool(finding["flags"]) is (finding["risk"] >= lows[-1])
    assert lows[0] > lows[1]
