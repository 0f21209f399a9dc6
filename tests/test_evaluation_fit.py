"""Fitting on made-up examples whose answer is known: signs, folds, lines, what is too little."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from summarizer.calibration import between
from summarizer.checks.overlap import MEASURES
from summarizer.errors import InputError, SourceError
from summarizer.evaluation import calibrate, fit, metrics, observing
from summarizer.evaluation.fit import Part
from summarizer.evaluation.observing import Example, Seen
from summarizer.risk import direction

DAY = date(2026, 11, 25)


def seen(words_known: float, mismatch: bool = False) -> Seen:
    found = dict.fromkeys(MEASURES, 0.5) | {"words_known": words_known}
    if mismatch:
        found |= {"numbers.mismatch": 1.0, "mismatches": 1.0}
    return Seen(found, settled=mismatch)


def examples(count: int = 120, *, sentences: int = 1, seed: int = 3, name: str = "made") -> list[Example]:
    """Wrong ones share fewer words with their article, mostly, and one of four has a mismatch."""
    random = np.random.default_rng(seed)
    made = []
    for number in range(count):
        wrong = number % 3 == 0
        known = [float(np.clip(0.85 + random.normal() / 12, 0, 1)) for _ in range(sentences)]
        if wrong:
            known[number % sentences] = float(np.clip(0.6 + random.normal() / 8, 0, 1))
        pieces = tuple(seen(one, wrong and at == 0 and number % 4 == 0) for at, one in enumerate(known))
        made.append(Example(f"{name}{number}", name, f"{name}-a{number // 3}", wrong, (), "en", pieces))
    return made


@pytest.fixture(scope="module")
def fitted() -> calibrate.Calibration:
    return calibrate.calibrate([Part("made", examples(), 1.0)], made=DAY, note="for a test")


def auroc(risks: object, of: list[Example]) -> float:
    found = metrics.auroc(
        metrics.Scores.of([e.wrong for e in of], list(risks), [False] * len(of), [e.key for e in of])
    )
    assert found is not None
    return found


def test_a_fit_learns_what_there_is_and_says_from_what(fitted: calibrate.Calibration) -> None:
    new = examples(90, seed=8)
    assert auroc([e.risk(fitted) for e in new], new) > 0.85
    assert (fitted.made, fitted.note) == ("2026-11-25", "for a test")
    (source,) = fitted.sources
    assert (source.rows, source.articles, source.wrong, source.share) == (120, 40, 0.3333, 1.0)
    assert fitted.figures["made auroc"] > 0.85


def test_the_same_data_give_the_same_file(fitted: calibrate.Calibration) -> None:
    again = calibrate.calibrate([Part("made", examples(), 1.0)], made=DAY, note="for a test")
    assert again.to_json() == fitted.to_json()


def test_no_weight_says_the_opposite_of_what_its_feature_means() -> None:
    turned = [replace_label(e) for e in examples()]
    found = calibrate.calibrate([Part("turned", turned, 1.0)], made=DAY)
    assert all(w.weight * direction(w.name) >= 0 for w in found.weights if direction(w.name))


def replace_label(example: Example) -> Example:
    return Example(example.id, example.dataset, example.key, not example.wrong, (), "en", example.seen)


def test_the_curve_falls_and_the_default_keeps_false_alarms_low(fitted: calibrate.Calibration) -> None:
    found = [point.wrong_found for point in fitted.curve]
    assert found == sorted(found, reverse=True)
    assert fitted.curve[0].reviewed == 1.0
    assert fitted.default.right_flagged <= calibrate.RIGHT_FLAGGED
    assert fitted.compact.wrong_found >= calibrate.COMPACT_FOUND
    # What has a mismatch is flagged at any threshold.
    assert fitted.curve[-1].wrong_found >= 0.2


def test_every_row_is_scored_by_weights_that_have_not_seen_its_article() -> None:
    """Labels without any pattern: whoever has seen them scores better than chance."""
    random = np.random.default_rng(11)
    noise = [
        Example(f"n{n}", "noise", f"k{n // 4}", bool(random.integers(2)), (), "en", (seen(float(random.random())),))
        for n in range(400)
    ]  # fmt: skip
    (risks,) = calibrate.cross_risks([Part("noise", noise, 1.0)])
    assert auroc(risks, noise) < 0.6


def test_cross_risks_are_in_the_order_of_parts_and_examples() -> None:
    one, two = examples(), examples(60, sentences=3, name="whole")
    risks = calibrate.cross_risks([Part("made", one, 1.0), Part("whole", two, 0.0)])
    assert [len(part) for part in risks] == [120, 60]
    assert auroc(risks[0], one) > 0.8 and auroc(risks[1], two) > 0.8


def test_articles_that_measure_are_kept_out() -> None:
    part = Part("made", examples(), 1.0)
    without = frozenset(f"made-a{n}" for n in range(10))
    found = calibrate.calibrate([part], without=without, made=DAY)
    assert (found.sources[0].rows, found.sources[0].articles) == (90, 30)


@pytest.mark.parametrize(
    ("few", "words"),
    [
        pytest.param(examples(30), "30 labelled statements about 10 articles", id="rows"),
        pytest.param([e for e in examples(150) if not e.wrong], "0 of them wrong", id="one label"),
        pytest.param(
            [Example(e.id, e.dataset, "a", e.wrong, (), "en", e.seen) for e in examples()], "about 1 articles",
            id="articles",
        ),
    ],
)  # fmt: skip
def test_too_little_is_refused(few: list[Example], words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        calibrate.calibrate([Part("made", few, 1.0)], made=DAY)
    assert "At least 40 statements" in str(caught.value.hint)


def test_a_fold_is_a_matter_of_the_article_alone() -> None:
    keys = [f"k{n % 50}" for n in range(200)]
    found = fit.folds(keys)
    assert set(found.tolist()) == set(range(fit.FOLDS))
    assert found[:50].tolist() == found[50:100].tolist()
    assert fit.folds(keys[::-1]).tolist() == found[::-1].tolist()


def test_a_suite_written_to_test_signals_teaches_no_overlap() -> None:
    """Its wrong statements are near copies: read plainly, copying would speak against a statement."""
    copies = [
        Example(e.id, "suite", e.key, e.wrong, (), "en", (seen(0.95 if e.wrong else 0.5, e.wrong),))
        for e in examples(name="suite")
    ]
    parts = [Part("made", examples(), 0.5), Part("suite", copies, 0.5, plain=False)]
    weights = {w.name: w.weight for w in calibrate.calibrate(parts, made=DAY).weights}
    assert weights["words_known"] < 0
    assert weights["numbers.mismatch"] + weights["mismatches"] > 0.5


def test_the_line_rises_and_its_ends_stay_probabilities() -> None:
    score = np.linspace(-3, 3, 400)
    wrong = np.random.default_rng(1).random(400) < 1 / (1 + np.exp(-score))
    line = fit.knots(score, wrong, np.ones(400))
    assert [x for x, _ in line] == sorted({x for x, _ in line})
    assert [y for _, y in line] == sorted({y for _, y in line})
    assert 0 < line[0][1] < line[-1][1] < 1
    assert abs(between(line, 0.0) - 0.5) < 0.15


def test_what_was_seen_goes_to_a_file_and_back(tmp_path: Path) -> None:
    path = tmp_path / "seen.jsonl.gz"
    made = [*examples(5, sentences=2), Example("x", "d", "k", True, ("number",), "uk", (Seen({}, True),))]
    observing.save(made, path)
    assert observing.load(path) == made
    first = path.read_bytes()
    observing.save(made, path)
    assert path.read_bytes() == first
    with pytest.raises(SourceError, match="cannot be read"):
        observing.load(tmp_path / "none.gz")
    path.write_bytes(first[:40])
    with pytest.raises(SourceError, match="cannot be read"):
        observing.load(path)


def test_what_cannot_be_read_counts_as_wrong_and_flagged(fitted: calibrate.Calibration) -> None:
    blank = Example("x", "d", "k", False, (), "en", (Seen({}, True),))
    nothing = Example("x", "d", "k", False, (), "en", ())
    for example in (blank, nothing):
        assert example.risk(fitted) == 1.0
        assert example.settled and example.flagged(fitted, 1.0)
    fine = Example("x", "d", "k", False, (), "en", (seen(0.9),))
    assert not fine.settled and not fine.flagged(fitted, 1.0) and fine.flagged(fitted, 0.0)
