"""The judge's benchmark: what it counts, and that it sees a judge who takes a flag away."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from msgspec.structs import replace

from summarizer.report import Verdict
from summarizer.settings import Settings
from tests import stand_in

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    spec = importlib.util.spec_from_file_location("benchmark_judge", ROOT / "benchmarks" / "judge.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["benchmark_judge"] = module
    spec.loader.exec_module(module)
    return module


def test_a_judge_that_calls_everything_supported_is_right_of_half(benchmark: ModuleType) -> None:
    every = benchmark.chosen("open", 20, 10, Settings())
    assert [len(one.rows) for one in every] == [10, 10]
    said = [benchmark.made_up(Verdict.SUPPORTED, one) for one in every]
    text = benchmark.report(every, said, Settings())
    assert "read 20, usable 20/20 (100%); not: none" in text
    assert "right, of the usable: 10/20 (50%)" in text
    assert "of wrong statements: 0/10 (0%)" in text
    assert benchmark.broken(every, said, Settings()) == []


def test_what_is_taken_away_is_seen(benchmark: ModuleType) -> None:
    every = benchmark.chosen("open", 20, 10, Settings())
    flagged = next(f for one in every for f in one.findings if f.verdict is Verdict.CONTRADICTED)
    gone = benchmark.taken_away(flagged, replace(flagged, flags=(), verdict=Verdict.SUPPORTED))
    assert len(gone) == len(flagged.flags) + 1
    assert gone[-1].endswith("contradicted became supported")


def test_from_a_server_to_the_tables_and_from_a_file_again(tmp_path: Path) -> None:
    kept = tmp_path / "said.json"
    command = [sys.executable, str(ROOT / "benchmarks" / "judge.py"), "--statements", "4", "--per-story", "4"]

    def run(*more: str) -> str:
        done = subprocess.run([*command, *more], capture_output=True, text=True, check=True, timeout=300)
        return done.stdout

    with stand_in.running() as url:
        first = run("--base-url", f"{url}/v1", "--model", "m", "--out", str(kept))
    assert len(json.loads(kept.read_text())) == 1
    assert "taken away from the rules, by this judge or three made-up ones: nothing" in first
    assert run("--from", str(kept)) == first
