"""Figures on cases that can be reckoned by hand."""

import pytest

from summarizer.evaluation import metrics
from summarizer.evaluation.metrics import FIGURES, Scores

# Two wrong of five; risks in order; the wrong one with the lowest risk is flagged all the same.
FIVE = Scores.of(
    [True, False, True, False, False],
    [0.9, 0.7, 0.2, 0.2, 0.1],
    [True, True, True, False, False],
    ["a", "a", "b", "b", "c"],
)
ALL_RIGHT = Scores.of([False, False], [0.1, 0.2], [False, False], ["a", "b"])
ALL_WRONG = Scores.of([True, True], [0.1, 0.2], [False, False], ["a", "b"])
NOTHING = Scores.of([], [], [], [])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("auroc", (3 + 1.5) / 6),  # 0.9 beats three; 0.2 beats 0.1 and ties with 0.2
        ("average_precision", 0.5 * 1 + 0.5 * 2 / 4),
        ("precision", 2 / 3),
        ("recall", 1.0),
        ("f1", 0.8),
        ("balanced_accuracy", (1 + 2 / 3) / 2),
        ("right_flagged", 1 / 3),
        ("reviewed", 0.6),
        ("brier", (0.01 + 0.49 + 0.64 + 0.04 + 0.01) / 5),
        ("ece", (0.1 + 0.7 + 2 * abs(0.2 - 0.5) + 0.1) / 5),
    ],
)
def test_by_hand(name: str, value: float) -> None:
    assert FIGURES[name](FIVE) == pytest.approx(value)


@pytest.mark.parametrize(
    ("scores", "missing"),
    [
        pytest.param(
            ALL_RIGHT,
            {"auroc", "average_precision", "precision", "recall", "f1", "balanced_accuracy"},
            id="all right",
        ),
        pytest.param(ALL_WRONG, {"auroc", "precision", "balanced_accuracy", "right_flagged"}, id="all wrong"),
        pytest.param(NOTHING, set(FIGURES), id="nothing"),
    ],
)
def test_a_figure_that_does_not_exist_is_none(scores: Scores, missing: set[str]) -> None:
    found = metrics.figures(scores, rounds=10)
    assert {name for name, figure in found.items() if figure.value is None} == missing


def test_reviewing_finds_flagged_ones_first() -> None:
    curve = metrics.review_curve(FIVE, points=5)
    # Flagged: 0.9 (wrong), 0.7, 0.2 (wrong); then 0.2, 0.1.
    assert curve.reviewed == (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
    assert curve.found == (0.0, 0.5, 0.5, 1.0, 1.0, 1.0)
    assert metrics.review_curve(ALL_RIGHT).found == (0.0, 1.0)


def test_curves_begin_and_end_where_they_must() -> None:
    roc, precise = metrics.roc(FIVE), metrics.precision_recall(FIVE)
    assert roc is not None and precise is not None
    assert (roc.x[0], roc.y[0], roc.x[-1], roc.y[-1]) == (0.0, 0.0, 1.0, 1.0)
    assert (precise.x[0], precise.y[0]) == (0.5, 1.0)
    assert (precise.x[-1], precise.y[-1]) == (1.0, 0.4)
    assert metrics.roc(ALL_WRONG) is metrics.precision_recall(ALL_RIGHT) is None
    many = Scores.of(
        [n % 3 == 0 for n in range(3000)], [n / 3000 for n in range(3000)], [False] * 3000, ["a"] * 3000
    )
    thin = metrics.roc(many)
    assert thin is not None and len(thin.x) <= 200 and (thin.x[-1], thin.y[-1]) == (1.0, 1.0)


def test_bins_hold_everything_once() -> None:
    bins = metrics.reliability(Scores.of([True, False, True], [1.0, 0.0, 0.95], [False] * 3, ["a"] * 3))
    assert [(one.count, one.wrong) for one in bins] == [(1, 0.0), (2, 1.0)]
    assert bins[1].risk == pytest.approx(0.975)


def test_articles_are_drawn_whole_and_the_same_each_time() -> None:
    drawn = metrics.resamples(FIVE.keys, 20)
    for index in drawn:
        counts = [list(index).count(n) for n in range(5)]
        assert counts[0] == counts[1] and counts[2] == counts[3]
        assert counts[0] + counts[2] + counts[4] == 3
    assert [list(one) for one in drawn] == [list(one) for one in metrics.resamples(FIVE.keys, 20)]


def test_an_interval_needs_most_of_its_values() -> None:
    assert metrics.interval([None, None, 0.5]) == (None, None)
    assert metrics.interval([]) == (None, None)
    low, high = metrics.interval([n / 1000 for n in range(1001)])
    assert (low, high) == (0.025, 0.975)


def test_a_pair_differs_by_what_it_differs() -> None:
    better = Scores(FIVE.wrong, FIVE.wrong * 1.0, FIVE.flagged, FIVE.keys)
    assert metrics.paired(FIVE, FIVE, metrics.auroc, 20).value == 0
    gap = metrics.paired(better, FIVE, metrics.auroc, 20)
    assert gap.value == pytest.approx(0.25)
    assert metrics.paired(ALL_RIGHT, ALL_RIGHT, metrics.auroc, 10).value is None


def test_groups_keep_their_articles() -> None:
    found = metrics.grouped(FIVE, [("x",), ("x", "y"), (), ("y",), ("x",)])
    assert {name: (len(one), list(one.keys)) for name, one in found.items()} == {
        "x": (3, ["a", "a", "c"]),
        "y": (2, ["a", "b"]),
    }
