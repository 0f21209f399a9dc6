"""Batches past one machine. Slow to start: one test shows all of it."""

from pathlib import Path

import pytest

pytestmark = pytest.mark.ray


@pytest.mark.filterwarnings("ignore")  # Ray's own, of sockets and files that its processes leave behind
def test_a_node_that_is_removed_costs_a_second_try_and_nothing_else() -> None:
    from tests import batch_ray

    in_flight, rate = 8, 1_800.0
    found = batch_ray.lose_a_node(60, in_flight=in_flight, delay_ms=20.0, requests_per_minute=rate)
    assert found.reported == 60
    assert found.equal
    assert 0 <= found.requests - found.needed <= 2 * in_flight  # what was under way on the node
    assert found.most_per_minute <= 1.25 * rate  # five seconds are not a minute


def test_standard_input_is_not_read_by_ray_data(tmp_path: Path) -> None:
    from summarizer.batch.ray_engine import RayReader
    from summarizer.errors import SourceError

    with pytest.raises(SourceError, match="no such file"):
        list(RayReader([str(tmp_path / "nowhere.jsonl")]))
