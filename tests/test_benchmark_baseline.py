"""The lexical baseline: its ten features by hand, and a verdict that can be missed."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    spec = importlib.util.spec_from_file_location("benchmark_baseline", ROOT / "benchmarks" / "baseline.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["benchmark_baseline"] = module
    spec.loader.exec_module(module)
    return module


ARTICLE = "The old bridge closes in May. Mayor Ann Price said it costs 12 million."
COPIED = "The old bridge closes in May"
MIXED = "On Monday Price closes 13 old bridge"

TABLE = {
    "words_known": (1.0, 4 / 7),  # price, closes, old, bridge
    "content_known": (1.0, 3 / 4),  # monday, price, closes, bridge
    "pairs_known": (1.0, 1 / 6),
    "triples_known": (1.0, 0.0),
    "longest_run": (1.0, 2 / 7),
    "best_sentence": (1.0, 3 / 7),
    "length": (np.log(7), np.log(8)),
    "new_numbers": (0.0, 1.0),
    "new_names": (0.0, 1.0),
}


def test_ten_features_by_hand(benchmark: ModuleType) -> None:
    assert len(benchmark.FEATURES) == 10
    source = benchmark.Source.read(ARTICLE)
    found = {f.__name__: (f(COPIED, source), f(MIXED, source)) for f in benchmark.FEATURES}
    copied, mixed = found.pop("tfidf_cosine")
    assert copied == pytest.approx(1.0) and 0.2 < mixed < 0.7
    assert found.keys() == TABLE.keys()
    for name, values in TABLE.items():
        assert found[name] == pytest.approx(values), name


def test_an_empty_text_has_features_too(benchmark: ModuleType) -> None:
    source = benchmark.Source.read(ARTICLE)
    assert np.isfinite([feature("…", source) for feature in benchmark.FEATURES]).all()


def scored(benchmark: ModuleType, name: str, ours: float, theirs: float) -> object:
    """Both rank with noise; the larger the number, the better."""
    rng = np.random.default_rng(5)
    wrong = np.arange(200) % 4 == 0
    noise = rng.normal(size=200)
    return benchmark.Scored(
        name, wrong, [f"a{n // 10}" for n in range(200)], ours * wrong + noise,
        {"worse": noise, "better": theirs * wrong + noise},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("sets", "missed"),
    [
        pytest.param([("a", 3.0, 1.0), ("b", 3.0, 1.0)], [], id="above"),
        pytest.param(
            [("a", 1.0, 1.0), ("b", 1.0, 1.0)], ["mean difference +0.000, wanted +0.04"], id="equal"
        ),
        pytest.param([("a", 3.0, 0.5), ("b", 0.9, 1.0)], ["b: below the baseline"], id="one below"),
    ],
)
def test_the_verdict(benchmark: ModuleType, sets: list[tuple[str, float, float]], missed: list[str]) -> None:
    found = benchmark.measured([scored(benchmark, *one) for one in sets], rounds=50)
    assert found["missed"] == missed
    for row in found["sets"]:
        assert row["baseline_fitted_on"] == "better"
        low, high = row["difference_interval"]
        assert low <= row["difference"] <= high
    text = benchmark.table(found)
    assert ("all targets met" in text) is not missed
    assert f"mean difference {found['mean_difference']:+.3f}" in text
