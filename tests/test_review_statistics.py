"""Statistics of the queue: precision, agreement, pace, age; as figures and as a page."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from summarizer.errors import MissingExtra
from summarizer.flags import FlagCode
from summarizer.review.filters import Filters
from summarizer.review.queue import Queue
from summarizer.review.statistics import Statistics, agreement, measure, wilson
from summarizer.review.statistics_page import render
from summarizer.review_items import DecisionVerdict
from tests.review_data import WRONG_CLAIM, WRONG_COST, WRONG_FERRY, WRONG_VOTE, Clock, made
from tests.services import Chromium

YES, NO, ABSENT = "supported", "contradicted", "not_in_article"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def queue(queue_url: str, clock: Clock) -> Iterator[Queue]:
    with Queue(queue_url, clock=clock) as opened:
        yield opened


def fill(queue: Queue, clock: Clock, *, name: str = "ada") -> None:
    """Four items: three flagged for a number, one for a date; one of the numbers was right after all."""
    queue.add(made([WRONG_VOTE, WRONG_COST, WRONG_FERRY], [WRONG_CLAIM]), batch_id="b1")
    items = {item.finding.statement.text: item.id for item in queue.items()}
    clock.pass_(3600)
    queue.decide(items[WRONG_VOTE], name, DecisionVerdict.CONTRADICTED, seconds_spent=10)
    queue.decide(items[WRONG_COST], name, DecisionVerdict.SUPPORTED, seconds_spent=30)
    clock.pass_(2 * 86400)
    queue.decide(items[WRONG_CLAIM], "bob", DecisionVerdict.NOT_IN_ARTICLE)
    queue.undo("bob")
    queue.decide(items[WRONG_CLAIM], "bob", DecisionVerdict.CONTRADICTED)
    queue.skip(items[WRONG_FERRY], "bob", "needs a call")


def test_what_is_measured(queue: Queue, clock: Clock) -> None:
    fill(queue, clock)
    found = measure(queue)
    assert (found.items, found.by_status) == (4, {"decided": 3, "open": 1})
    assert found.verdicts == {NO: 2, YES: 1}
    codes = {one.code: (one.decided, one.confirmed, one.precision) for one in found.codes}
    assert codes == {FlagCode.NUMBER_MISMATCH: (2, 1, 0.5), FlagCode.DATE_MISMATCH: (1, 1, 1.0)}
    pace = {
        one.reviewer: (one.decisions, one.undone, one.skipped, one.median_seconds) for one in found.reviewers
    }
    assert pace == {"ada": (2, 0, 0, 20.0), "bob": (1, 1, 1, None)}
    assert [(day.day, day.added, day.decided) for day in found.days] == [
        ("2026-11-06", 4, 2),
        ("2026-11-08", 0, 2),
    ]
    assert (found.age.open, found.age.held, found.age.oldest_s) == (1, 0, 2 * 86400 + 3600)
    assert found.age.by_days["1 to 3 days"] == 1
    assert Statistics.from_json(found.to_json()) == found
    assert measure(queue, Filters(batch="b2")).items == 0


def test_an_empty_queue_has_statistics(queue: Queue) -> None:
    found = measure(queue)
    assert (found.items, found.codes, found.reviewers, found.days) == (0, (), (), ())
    assert (found.age.oldest_s, found.agreement.why) == (None, "no item has two decisions yet")


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [(0, 0, (0.0, 1.0)), (0, 10, (0.0, 0.2775)), (5, 10, (0.2366, 0.7634)), (10, 10, (0.7225, 1.0))],
)
def test_wilson(part: int, whole: int, expected: tuple[float, float]) -> None:
    """Worked out by hand from the formula (Wilson 1927)."""
    assert wilson(part, whole) == pytest.approx(expected, abs=2e-4)


@pytest.mark.parametrize(
    ("said", "agreed", "alpha", "kappa"),
    [
        pytest.param([(YES, YES), (NO, NO), (ABSENT, ABSENT)], 3, 1.0, 1.0, id="they agree"),
        # po = 3/4, pe = (1/2 * 3/4 + 1/2 * 1/4) = 1/2: kappa 1/2.
        pytest.param([(YES, YES), (YES, YES), (NO, NO), (NO, YES)], 3, 0.5333, 0.5, id="mostly"),
        pytest.param([(YES, NO), (NO, YES)], 0, -0.5, -1.0, id="never"),
        pytest.param([(YES, YES), (YES, YES)], 2, None, None, id="one answer only: not defined"),
    ],
)
def test_agreement_of_two(
    said: list[tuple[str, str]], agreed: int, alpha: float | None, kappa: float | None
) -> None:
    found = agreement({f"i{n}": {"ada": one, "bob": other} for n, (one, other) in enumerate(said)})
    assert (found.items, found.agreed) == (len(said), agreed)
    assert found.alpha == (None if alpha is None else pytest.approx(alpha, abs=1e-3))
    (pair,) = found.pairs
    assert (pair.first, pair.second, pair.items, pair.agreed) == ("ada", "bob", len(said), agreed)
    assert pair.kappa == (None if kappa is None else pytest.approx(kappa, abs=1e-3))


def test_agreement_of_more_who_decided_different_items() -> None:
    said = {
        "i1": {"ada": YES, "bob": YES},
        "i2": {"bob": NO, "cem": NO},
        "i3": {"ada": NO, "cem": YES, "bob": NO},
    }
    found = agreement(said)
    assert [(pair.first, pair.second, pair.items, pair.agreed) for pair in found.pairs] == [
        ("ada", "bob", 2, 2),
        ("bob", "cem", 2, 1),
        ("ada", "cem", 1, 0),
    ]
    assert found.alpha is not None
    assert -1 <= found.alpha < 1


def test_agreement_without_the_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "krippendorff", None)
    found = agreement({"i1": {"ada": YES, "bob": NO}})
    assert (found.items, found.agreed, found.alpha, found.pairs[0].kappa) == (1, 0, None, None)
    assert "summarizer[evaluation]" in str(found.why)


def test_the_page_needs_the_extra(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, clock: Clock) -> None:
    with Queue(tmp_path / "queue.sqlite", clock=clock) as queue:
        fill(queue, clock)
        found = measure(queue)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingExtra, match="matplotlib"):
        render(found, "q")


def test_the_page_is_one_file_in_which_nothing_runs(tmp_path: Path, clock: Clock) -> None:
    with Queue(tmp_path / "queue.sqlite", clock=clock) as queue:
        fill(queue, clock, name="<script>alert(1)</script>")
        page = render(measure(queue), queue.name)
        empty = render(measure(queue, Filters(batch="none")), "<b>q</b>")
    assert page.count("<svg") == 3
    assert "&lt;script&gt;" in page
    for text in (page, empty):
        assert "<script" not in text
        assert "http://" not in text.replace("http://www.w3.org", "")
        assert "https://" not in text
    assert "Nothing is decided yet" in empty
    assert "&lt;b&gt;q" in empty


@pytest.mark.browser
def test_the_page_in_a_browser(tmp_path: Path, clock: Clock, chromium: Chromium) -> None:
    with Queue(tmp_path / "queue.sqlite", clock=clock) as queue:
        fill(queue, clock)
        target = tmp_path / "stats.html"
        target.write_text(render(measure(queue), "queue.sqlite"), encoding="utf-8")
    dom = chromium.dom(target)
    assert "number_mismatch" in dom
    assert dom.count("<svg") == 3
