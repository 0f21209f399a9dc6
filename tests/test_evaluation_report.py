"""What ``eval`` found as data and as a page: groups, comparison, plots, and text that may be anything."""

import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from summarizer.errors import InputError, MissingExtra
from summarizer.evaluation import page
from summarizer.evaluation.report import (
    Evaluation,
    JudgeRun,
    Scored,
    compare,
    evaluation,
)
from tests.services import Chromium
from tests.test_render_safe import HOSTILE

EVIL = "<script>document.title='run'</script><img src=x onerror=\"document.title='run'\">"
JUDGE = JudgeRun("m", 12, 11, 3, {"over_budget": 1}, 4_000, 500, 0.0123, 4.2)


def row(number: int, **more: object) -> Scored:
    wrong = number % 3 == 0
    made = Scored(
        id=str(number),
        dataset="one" if number % 2 else "two",
        key=f"a{number % 7}",
        wrong=wrong,
        risk=round(0.2 + 0.5 * wrong + (number % 10) / 50, 2),
        flagged=wrong and number % 6 == 0,
        kinds=("number",) if wrong else (),
        language="en" if number % 4 else "de",
    )
    return replace(made, **more)


def found(
    rows: list[Scored], judged: JudgeRun | None = None, checker: str = "2-aaaa", rounds: int = 20
) -> Evaluation:
    return evaluation(
        rows, made="2026-11-25", checker=checker, risk_low=0.5, judged=judged, left_out={"filler": 2},
        statements=len(rows), seconds=2.0, rounds=rounds,
    )  # fmt: skip


ROWS = [row(number) for number in range(60)]


def test_groups_and_what_is_too_small_for_one() -> None:
    made = found([*ROWS, row(61, dataset="tiny", kinds=("rare",), wrong=True, language="uk")])
    assert {name: [g.name for g in groups] for name, groups in made.groups.items()} == {
        "dataset": ["one", "two"],
        "language": ["de", "en"],
        "error type": ["number"],
    }
    (number,) = made.groups["error type"]
    assert (number.wrong, number.right) == (20, 40)  # beside all right ones
    assert made.overall.figures["recall"].value == pytest.approx(10 / 21, abs=1e-4)
    assert made.statements_per_second == 30.5
    assert Evaluation.from_json(made.to_json()) == made


def test_a_comparison_is_row_by_row() -> None:
    better = [replace(one, flagged=one.wrong) for one in ROWS]
    both = compare(found(better, checker="2-bbbb"), found(ROWS[:30]))
    assert (both.old, both.new, both.rows) == ("2-aaaa", "2-bbbb", 30)
    assert set(both.now_flagged) == {"3", "9", "15", "21", "27"} and not both.no_longer_flagged
    recall = next(change for change in both.changes if change.name == "recall")
    assert (recall.old, recall.new, recall.gap.value) == (0.5, 1.0, 0.5)
    with pytest.raises(InputError, match="no row in common"):
        compare(found(ROWS), found([replace(one, dataset="three") for one in ROWS]))


def test_the_page_has_every_plot_and_table() -> None:
    old = found(ROWS)
    text = page.render(found(ROWS, JUDGE, "2-bbbb"), compare(found(ROWS, checker="2-bbbb"), old))
    assert text.count("<svg") == 5
    for words in (
        "ROC", "Precision and recall", "Found, by share reviewed", "Reliability", "By language", "By type of error",
        "Against 2-aaaa", "left out: 2 filler", "The judging model", "3 (1 over budget)", "$0.012", "number (20)",
        "statements a second",
    ):  # fmt: skip
        assert words in text, words
    assert "no model was asked" not in text and "no model was asked" in page.render(old)
    assert "http://" not in text.replace("http://www.w3.org", "") and "https://" not in text
    assert "<script" not in text
    assert "default-src &#39;none&#39;" in text or "default-src 'none'" in text


@pytest.mark.parametrize(
    ("rows", "plots"),
    [
        pytest.param([row(n, wrong=False, kinds=()) for n in range(12)], 1, id="all right"),
        pytest.param([row(n, wrong=True, kinds=("number",)) for n in range(12)], 3, id="all wrong"),
        pytest.param([row(1)], 1, id="one"),
    ],
)
def test_a_plot_that_cannot_be_is_left_out(rows: list[Scored], plots: int) -> None:
    text = page.render(found(rows))
    assert text.count("<svg") == plots
    assert "nan" not in text.lower().replace("language", "")


@pytest.fixture(scope="module")
def hostile() -> str:
    """A page on which everything that a file can name is somebody's attempt."""
    names = [EVIL, *list(HOSTILE.values())[:12], "много 多 ☃", "a" * 500, "$x$ %s {{ 7 * 7 }}", "two\nlines"]
    rows = [
        row(n, wrong=n % 2 == 0, dataset=name, language=name[:20], kinds=(name,), id=f"{at}-{n}")
        for at, name in enumerate(names)
        for n in range(20)
    ]
    made = replace(found(rows, replace(JUDGE, model=EVIL), EVIL, rounds=2), left_out={EVIL: 1})
    return page.render(made, replace(compare(made, made), old=EVIL))


def test_names_from_data_stay_text(hostile: str) -> None:
    assert not any(piece in hostile for piece in ("<script", "<img", "\x1b", "\u202e"))
    assert "&lt;script&gt;" in hostile and "{{ 7 * 7 }}" in hostile


@pytest.mark.browser
def test_the_page_in_a_browser(hostile: str, tmp_path: Path, chromium: Chromium) -> None:
    target = tmp_path / "eval.html"
    target.write_text(hostile, encoding="utf-8")
    visit = chromium.visit(target)
    assert "<title>Evaluation of the checker</title>" in visit.dom
    assert visit.dom.count("<svg") == 5
    assert not visit.console and not visit.requests


def test_without_matplotlib_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingExtra, match="matplotlib"):
        page.render(found(ROWS))
