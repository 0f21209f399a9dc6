"""Batches past one machine. Slow to start: one test shows all of it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.groups import ROOT

pytestmark = pytest.mark.ray


def test_a_node_that_is_removed_costs_a_second_try_and_nothing_else() -> None:
    in_flight, rate = 8, 1_800.0
    done = subprocess.run(
        [sys.executable, "-m", "tests.batch_ray", "60", str(in_flight), "20", str(rate)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=480,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["reported"] == 60
    assert found["equal"]
    assert 0 <= found["requests"] - found["needed"] <= 2 * in_flight  # what was under way on the node
    assert found["most_per_minute"] <= 1.25 * rate  # five seconds are not a minute


def test_standard_input_is_not_read_by_ray_data(tmp_path: Path) -> None:
    from summarizer.batch.ray_engine import RayReader
    from summarizer.errors import SourceError

    with pytest.raises(SourceError, match="no such file"):
        list(RayReader([str(tmp_path / "nowhere.jsonl")]))
