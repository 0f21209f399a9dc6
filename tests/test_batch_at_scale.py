"""What a batch must show, in small; ``benchmarks/batch.py`` shows it in large."""

from summarizer.batch.outcome import Status
from tests import batch_scale


def test_five_hundred_articles_with_thirty_percent_faults() -> None:
    count = 500
    found = batch_scale.faults(count, in_flight=50, rate=0.3, timeout_s=2.0, speed=50.0)
    assert set(found.outcomes.values()) == {1}
    assert len(found.outcomes) == found.read == count
    assert found.statuses.total() == count
    assert found.statuses[Status.REPORTED] > 0.7 * count
    assert found.statuses[Status.FAILED] > 0
    assert found.lines["reports.jsonl"] + found.lines["failures.jsonl"] == count
    assert found.lines["failures.jsonl"] == found.statuses[Status.FAILED]
    assert 0.25 < found.faulty < 0.35
    assert found.requests <= 1.6 * found.needed


def test_killed_three_times_and_resumed_it_comes_to_the_same() -> None:
    in_flight = 10
    found = batch_scale.kills(200, 3, in_flight=in_flight, delay_ms=10.0)
    assert found.equal
    assert found.reports == 200
    # What is in the journal is never asked for again: lost are the calls under way, no others.
    assert max(found.wasted) <= in_flight
    assert found.wasted[-1] == 0
    assert found.asked_twice == sum(found.wasted)


def test_memory_stays_flat_and_all_of_them_done_is_seen_quickly() -> None:
    found = batch_scale.memory(5_000, every=500)
    assert found.growth(after=1_500) < 0.1, found.resident
    assert found.resume_s < 20.0
    assert found.asked_again == 0
