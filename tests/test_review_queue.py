"""The contract of the queue, held by both databases: one suite, run on SQLite and on PostgreSQL."""

import multiprocessing
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count

import msgspec
import pytest

from summarizer.errors import Refused, SettingsError, UnknownItem
from summarizer.flags import FlagCode
from summarizer.report import StatementKind
from summarizer.review.filters import Filters
from summarizer.review.queue import Lease, Nothing, Outcome, Queue, Recorded, Why
from summarizer.review_items import (
    ChangeKind,
    Decision,
    DecisionVerdict,
    ItemStatus,
    TruthRating,
    finding_id,
    review_items,
)
from tests import review_worker
from tests.review_data import (
    RIGHT,
    TEXT,
    WRONG_CLAIM,
    WRONG_COST,
    WRONG_FERRY,
    WRONG_VOTE,
    Clock,
    made,
)

RIGHT_, WRONG_, ABSENT = (
    DecisionVerdict.SUPPORTED,
    DecisionVerdict.CONTRADICTED,
    DecisionVerdict.NOT_IN_ARTICLE,
)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def queue(queue_url: str, clock: Clock) -> Iterator[Queue]:
    ids = (f"d{number}" for number in count(1))
    with Queue(queue_url, clock=clock, new_id=lambda: next(ids)) as opened:
        yield opened


def take(queue: Queue, reviewer: str, filters: Filters | None = None, **options: object) -> str:
    """The id of the reviewer's next item."""
    lease = queue.next(reviewer, filters or Filters(), **options)  # type: ignore[arg-type]
    assert isinstance(lease, Lease), lease
    return lease.item.id


def why(queue: Queue, reviewer: str, filters: Filters | None = None) -> Why:
    found = queue.next(reviewer, filters or Filters())
    assert isinstance(found, Nothing), found
    return found.why


def texts(queue: Queue, status: ItemStatus = ItemStatus.OPEN) -> set[str]:
    return {row.item.finding.statement.text for row in queue.page(Filters(status=status))}


# --- in


def test_a_report_is_queued_and_the_same_again_adds_nothing(queue: Queue) -> None:
    report = made()
    first = queue.add(report, batch_id="b1")
    assert first.outcome is Outcome.NEW
    expected = review_items(report, batch_id="b1")
    assert [item.id for item in expected] == list(first.queued)
    assert list(queue.items()) == list(expected)
    again = queue.add(msgspec.structs.replace(report, created="2026-11-12T09:00:00+00:00"), batch_id="b2")
    assert (again.outcome, again.queued, again.kept, again.withdrawn) == (Outcome.KNOWN, (), (), ())
    assert list(queue.items()) == list(expected)


def test_what_went_in_comes_out(queue: Queue) -> None:
    report = made(url="https://news.example/bridge")
    added = queue.add(report)
    assert queue.report(added.report_id) == report
    assert queue.article(report.article.id) == report.article
    assert queue.documents() == ["story-1"]
    (version,) = queue.versions("story-1")
    assert (version.report_id, version.current, version.article_id) == (
        added.report_id,
        True,
        report.article.id,
    )
    item = queue.item(added.queued[0][:10])
    assert (item.reviews, item.holder, item.verdict) == (0, None, None)
    assert item.added == "2026-11-06T20:00:00+00:00"


def test_hostile_text_is_kept_as_it_is(queue: Queue) -> None:
    hostile = "It voted 9-5\x00 \x1b[31m'); DROP TABLE items;-- %s {x} \u202e😀"
    report = made([hostile], document="story\x00-1")
    added = queue.add(report, batch_id="b\x00")
    assert next(queue.items()).finding.statement.text == hostile
    assert queue.report(added.report_id) == report
    item = added.queued[0]
    decision = queue.decide(item, "a\x00da\n", WRONG_, corrected_text="x\x00y\nz", note="n\ud800")
    assert (decision.reviewer, decision.corrected_text, decision.note) == ("ada", "xy z", "n\ufffd")
    assert queue.decisions(item) == (decision,)
    assert queue.add(report, batch_id="b\x00").outcome is Outcome.KNOWN


def test_items_without_a_report(queue: Queue) -> None:
    report = made()
    items = review_items(report)
    assert queue.add_items(report.article, items[:1]) == (items[0].id,)
    assert queue.add_items(report.article, items[:2]) == (items[1].id,)
    assert queue.article(items[0].article_id) == report.article
    assert queue.add(report).queued == tuple(item.id for item in items[2:])


# --- a corrected article


def decide_all(queue: Queue, reviewer: str = "ada") -> None:
    for item in list(queue.items(Filters(status=ItemStatus.OPEN))):
        queue.decide(item.id, reviewer, WRONG_)


CORRECTED = TEXT.replace("Work begins in March", "Work begins in April")


def test_a_correction_elsewhere_keeps_every_decision(queue: Queue) -> None:
    first = queue.add(made())
    decide_all(queue)
    second = queue.add(made(text="UPDATED\n\n" + CORRECTED, created="2026-11-13T08:00:00+00:00"))
    assert (second.outcome, second.queued, second.withdrawn) == (Outcome.CORRECTED, (), ())
    assert set(second.kept) == set(first.queued)
    for item in queue.items():
        assert item.status is ItemStatus.DECIDED
        assert item.article_id == second.article_id, "offsets are those of the new version"
        article = queue.article(item.article_id)
        for piece in item.finding.evidence:
            assert article.text[piece.start : piece.end] == piece.quote
        assert len(queue.decisions(item.id)) == 1
    assert [version.current for version in queue.versions("story-1")] == [True, False]


@pytest.mark.parametrize(
    ("sentences", "text", "kind", "before"),
    [
        pytest.param(
            [WRONG_VOTE, WRONG_COST],
            TEXT.replace("$48 million", "$46 million"),
            ChangeKind.EVIDENCE,
            "The bridge will cost $48 million, treasurer Ada Brandt said.",
            id="the evidence changed",
        ),
        pytest.param(
            [WRONG_VOTE, "The new bridge will cost $84 million."],
            TEXT,
            ChangeKind.REWORDED,
            WRONG_COST,
            id="the statement is worded differently",
        ),
        pytest.param(
            [WRONG_VOTE, WRONG_FERRY.replace("1,300", "2,900")],
            TEXT,
            ChangeKind.NEW,
            None,
            id="nothing like it was there",
        ),
    ],
)
def test_a_correction_says_what_changed(
    queue: Queue, sentences: list[str], text: str, kind: ChangeKind, before: str | None
) -> None:
    first = queue.add(made([WRONG_VOTE, WRONG_COST], []))
    decide_all(queue)
    second = queue.add(made(sentences, [], text=text, created="2026-11-13T08:00:00+00:00"))
    assert (len(second.queued), len(second.kept), second.withdrawn) == (1, 1, (first.queued[1],))
    change = queue.item(second.queued[0]).item.change
    assert change is not None
    assert (change.kind, change.before) == (kind, before)
    assert change.previous_item == (first.queued[1] if kind is not ChangeKind.NEW else None)
    assert queue.item(first.queued[1]).item.status is ItemStatus.WITHDRAWN
    assert len(queue.decisions(first.queued[1])) == 1, "what was decided is kept for good"
    with pytest.raises(Refused, match="withdrawn"):
        queue.decide(first.queued[1], "bob", RIGHT_)


def test_a_statement_that_a_correction_makes_wrong(queue: Queue) -> None:
    queue.add(made([RIGHT], []))
    assert queue.count() == 0
    second = queue.add(
        made([RIGHT], [], text=TEXT.replace("9-4", "8-5"), created="2026-11-13T08:00:00+00:00")
    )
    change = queue.item(second.queued[0]).item.change
    assert change is not None
    assert change.kind is ChangeKind.FLAGGED
    assert "9-4" in str(change.before)


def test_what_comes_back_has_its_decisions(queue: Queue) -> None:
    first = queue.add(made([WRONG_VOTE, WRONG_COST], []))
    decide_all(queue)
    queue.add(made([WRONG_VOTE], [], created="2026-11-13T08:00:00+00:00"))
    third = queue.add(made([WRONG_VOTE, WRONG_COST], [], created="2026-11-14T08:00:00+00:00"))
    assert (third.outcome, third.returned, third.queued) == (Outcome.CORRECTED, (first.queued[1],), ())
    row = queue.item(first.queued[1])
    assert (row.item.status, row.verdict, row.reviews) == (ItemStatus.DECIDED, WRONG_, 1)
    assert row.item.change is not None
    assert row.item.change.kind is ChangeKind.RETURNED


def test_an_older_version_that_comes_late_changes_nothing(queue: Queue) -> None:
    queue.add(made([WRONG_VOTE], [], created="2026-11-13T08:00:00+00:00"))
    late = queue.add(made([WRONG_COST], [], created="2026-11-12T08:00:00+00:00"))
    assert (late.outcome, late.queued) == (Outcome.OLDER, ())
    assert texts(queue) == {WRONG_VOTE}
    assert queue.report(late.report_id).summary is not None, "it is kept"


def test_a_failed_answer_of_a_new_version_is_another_item(queue: Queue) -> None:
    def failed(text: str, created: str) -> None:
        report = made([], [], text=text, headline=None, created=created)
        from summarizer.checker import unusable_answer
        from summarizer.settings import Settings

        finding = unusable_answer("summary", FlagCode.UNPARSED, "no JSON in it", Settings())
        queue.add(msgspec.structs.replace(report, findings=(finding,), summary=None))

    failed(TEXT, "2026-11-12T08:00:00+00:00")
    decide_all(queue)
    failed(CORRECTED, "2026-11-13T08:00:00+00:00")
    (row,) = queue.page(Filters(status=ItemStatus.OPEN))
    assert row.item.kind is StatementKind.ANSWER
    assert row.reviews == 0


def test_a_summary_from_elsewhere_withdraws_nothing_of_ours(queue: Queue) -> None:
    from summarizer.external import check_summary

    report = made([WRONG_VOTE], [])
    first = queue.add(report)
    other = queue.add(check_summary(report.article, WRONG_COST))
    assert (other.outcome, other.withdrawn) == (Outcome.NEW, ())
    assert texts(queue) == {WRONG_VOTE, WRONG_COST}
    same = queue.add(check_summary(report.article, WRONG_VOTE))
    assert (same.kept, same.withdrawn) == (first.queued, other.queued)
    again = queue.add(made([], [], created="2026-11-13T08:00:00+00:00"))
    assert again.withdrawn == (), "the summary from elsewhere still has it"


# --- leases


def test_the_most_urgent_comes_first_and_nobody_gets_what_another_holds(queue: Queue) -> None:
    added = queue.add(made([WRONG_VOTE, WRONG_COST, WRONG_FERRY], [WRONG_CLAIM]))
    urgent = [row.item.id for row in queue.page()]
    assert [take(queue, name) for name in ("ada", "bob", "cem", "dee")] == urgent
    assert set(urgent) == set(added.queued)
    assert [queue.item(id_).holder for id_ in urgent] == ["ada", "bob", "cem", "dee"]
    assert why(queue, "eve") is Why.LEASED
    with pytest.raises(Refused, match="ada is working on"):
        queue.decide(urgent[0], "eve", RIGHT_)


def test_several_at_once_come_in_order_and_are_nobody_elses(queue: Queue, clock: Clock) -> None:
    queue.add(made([WRONG_VOTE, WRONG_COST, WRONG_FERRY], [WRONG_CLAIM]))
    urgent = [row.item.id for row in queue.page()]
    for_ada = queue.next_several("ada", 3, lease_s=60)
    assert [(lease.item.id, lease.reviewer, lease.reviews) for lease in for_ada] == [
        (id_, "ada", 0) for id_ in urgent[:3]
    ]
    assert [lease.item.id for lease in queue.next_several("bob", 3)] == urgent[3:]
    assert queue.next_several("cem", 3) == ()
    clock.pass_(60)
    assert [lease.item.id for lease in queue.next_several("cem", 2)] == urgent[:2], "ada's ran out"
    urgent_claims = Filters(kind=StatementKind.CLAIM, status=ItemStatus.OPEN)
    assert queue.next_several("dee", 9, urgent_claims) == ()
    with pytest.raises(SettingsError, match="at least one"):
        queue.next_several("ada", 0)


def test_a_lease_that_ran_out_comes_back(queue: Queue, clock: Clock) -> None:
    queue.add(made([WRONG_VOTE], []))
    item = take(queue, "ada", lease_s=60)
    assert why(queue, "bob") is Why.LEASED
    clock.pass_(60)
    assert queue.item(item).holder is None
    assert take(queue, "bob") == item
    with pytest.raises(Refused, match="bob is working on"):
        queue.decide(item, "ada", RIGHT_)
    clock.pass_(10_000)
    assert queue.sweep() == 1
    assert queue.decide(item, "ada", RIGHT_).reviewer == "ada", "late, and nobody else has it"


def test_leases_are_renewed_resumed_and_given_back(queue: Queue, clock: Clock) -> None:
    queue.add(made([WRONG_VOTE, WRONG_COST], []))
    item = take(queue, "ada")
    assert take(queue, "ada", resume=True) == item
    clock.pass_(600)
    lease = queue.take(item, "ada", lease_s=600)
    assert lease is not None
    clock.pass_(599)
    assert queue.take(item, "bob") is None
    assert queue.release("ada") == 1
    assert queue.release("ada") == 0
    lease = queue.take(item, "bob")
    assert lease is not None
    assert (lease.item.id, lease.reviewer) == (item, "bob")


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        pytest.param("nothing", Why.EMPTY, id="nothing was put in"),
        pytest.param("decided", Why.EMPTY, id="all decided"),
        pytest.param("leased", Why.LEASED, id="all with others"),
        pytest.param("filtered", Why.FILTERED, id="filtered out"),
        pytest.param("yours", Why.YOURS, id="waits for another reviewer"),
        pytest.param("held", Why.YOURS, id="you hold it"),
        pytest.param("skipped", Why.YOURS, id="you skipped it"),
    ],
)
def test_why_there_is_no_next_item(queue: Queue, step: str, expected: Why) -> None:
    if step != "nothing":
        queue.add(made([WRONG_VOTE], []), min_reviews=2 if step == "yours" else 1)
    filters = Filters(language="uk") if step == "filtered" else Filters()
    if step in ("decided", "yours"):
        queue.decide(take(queue, "ada"), "ada", WRONG_)
    elif step == "leased":
        take(queue, "bob")
    elif step == "held":
        take(queue, "ada")
    elif step == "skipped":
        queue.skip(take(queue, "ada"), "ada", "needs a call")
    assert why(queue, "ada", filters) is expected


def test_a_skipped_item_is_for_others_until_it_is_asked_back(queue: Queue) -> None:
    queue.add(made([WRONG_VOTE], []))
    item = take(queue, "ada")
    queue.skip(item, "ada", "  needs a call\nto the council ")
    assert [skip.reason for skip in queue.skips(item)] == ["needs a call to the council"]
    found = queue.next("ada")
    assert isinstance(found, Nothing)
    assert (found.why, found.open, found.skipped_by_you) == (Why.YOURS, 1, 1)
    assert take(queue, "bob") == item
    queue.release("bob")
    assert queue.bring_back("ada") == 1
    assert take(queue, "ada") == item
    queue.skip(item, "ada", "still busy")
    queue.decide(item, "ada", WRONG_)
    assert queue.item(item).item.status is ItemStatus.DECIDED, "who skipped may still decide"
    with pytest.raises(Refused, match="has decided"):
        queue.skip(item, "ada", "too late")
    with pytest.raises(SettingsError, match="with a reason"):
        queue.skip(item, "bob", " \n")


# --- decisions


def test_a_decision_keeps_all_that_was_said(queue: Queue, clock: Clock) -> None:
    report = made([WRONG_VOTE], [])
    queue.add(report)
    item = take(queue, "ada")
    clock.pass_(42)
    rating = TruthRating("Mostly false", 2, 5, 1, "Nine to four.\nNot five.")
    decision = queue.decide(
        item,
        "ada",
        WRONG_,
        corrected_text=RIGHT,
        note="see sentence 1",
        seconds_spent=41.66,
        truth_rating=rating,
    )
    expected = Decision(
        "d1",
        item,
        "ada",
        "2026-11-06T20:00:42+00:00",
        WRONG_,
        RIGHT,
        "see sentence 1",
        41.7,
        rating,
        None,
        report.article.id,
    )
    assert decision == expected
    assert queue.decisions(item) == queue.history(item) == (expected,)
    row = queue.item(item)
    assert (row.item.status, row.verdict, row.reviews, row.holder) == (ItemStatus.DECIDED, WRONG_, 1, None)


@pytest.mark.parametrize(
    ("min_reviews", "verdicts", "status", "verdict"),
    [
        pytest.param(1, [WRONG_], ItemStatus.DECIDED, WRONG_, id="one is enough"),
        pytest.param(2, [WRONG_], ItemStatus.OPEN, None, id="one of two"),
        pytest.param(2, [WRONG_, WRONG_], ItemStatus.DECIDED, WRONG_, id="two agree"),
        pytest.param(2, [WRONG_, RIGHT_], ItemStatus.OPEN, None, id="two disagree: a third"),
        pytest.param(2, [WRONG_, RIGHT_, RIGHT_], ItemStatus.DECIDED, RIGHT_, id="the third decides"),
        pytest.param(2, [WRONG_, RIGHT_, ABSENT], ItemStatus.OPEN, None, id="three say three things"),
        pytest.param(2, [WRONG_, RIGHT_, ABSENT, ABSENT], ItemStatus.DECIDED, ABSENT, id="a fourth decides"),
        pytest.param(3, [WRONG_, WRONG_], ItemStatus.OPEN, None, id="two of three"),
        pytest.param(3, [WRONG_, RIGHT_, WRONG_], ItemStatus.DECIDED, WRONG_, id="two of three agree"),
    ],
)
def test_how_many_must_decide(
    queue: Queue,
    min_reviews: int,
    verdicts: list[DecisionVerdict],
    status: ItemStatus,
    verdict: DecisionVerdict | None,
) -> None:
    queue.add(made([WRONG_VOTE], []), min_reviews=min_reviews)
    for number, said in enumerate(verdicts):
        item = take(queue, f"reviewer {number}")
        queue.decide(item, f"reviewer {number}", said)
    row = queue.item(item)
    assert (row.item.status, row.verdict, row.reviews) == (status, verdict, len(verdicts))
    assert row.item.min_reviews == min_reviews


def test_nobody_decides_twice(queue: Queue) -> None:
    queue.add(made([WRONG_VOTE], []), min_reviews=2)
    item = take(queue, "ada")
    queue.decide(item, "ada", WRONG_)
    assert why(queue, "ada") is Why.YOURS
    with pytest.raises(Refused, match="ada has decided about"):
        queue.decide(item, " ada ", RIGHT_)
    assert len(queue.history(item)) == 1


def test_what_is_decided_takes_a_second_opinion_and_then_a_third(queue: Queue) -> None:
    queue.add(made([WRONG_VOTE], []))
    item = take(queue, "ada")
    queue.decide(item, "ada", WRONG_)
    with pytest.raises(Refused, match="decided already"):
        queue.decide(item, "bob", RIGHT_)
    queue.decide(item, "bob", RIGHT_, second_opinion=True)
    assert queue.item(item).item.status is ItemStatus.OPEN
    queue.decide(take(queue, "cem"), "cem", WRONG_)
    assert queue.item(item).verdict is WRONG_


def test_undo_takes_back_the_last_decision_and_keeps_that_it_was_made(queue: Queue, clock: Clock) -> None:
    queue.add(made([WRONG_VOTE, WRONG_COST], []))
    first, second = take(queue, "ada"), take(queue, "ada")
    queue.decide(first, "ada", WRONG_)
    last = queue.decide(second, "ada", RIGHT_)
    clock.pass_(5)
    assert queue.undo("ada") == last
    row = queue.item(second)
    assert (row.item.status, row.reviews, row.verdict, row.holder) == (ItemStatus.OPEN, 0, None, "ada")
    assert queue.decisions(second) == ()
    assert [(one.id, one.undoes) for one in queue.history(second)] == [("d2", None), ("d3", "d2")]
    queue.decide(second, "ada", WRONG_)
    assert queue.undo("ada").item_id == second
    assert queue.undo("ada").item_id == first
    with pytest.raises(Refused, match="no decision to take back"):
        queue.undo("ada")
    with pytest.raises(Refused, match="no decision to take back"):
        queue.undo("bob")


def test_undo_reopens_what_two_had_decided(queue: Queue) -> None:
    queue.add(made([WRONG_VOTE], []), min_reviews=2)
    for name in ("ada", "bob"):
        item = take(queue, name)
        queue.decide(item, name, WRONG_)
    queue.undo("ada")
    row = queue.item(item)
    assert (row.item.status, row.reviews) == (ItemStatus.OPEN, 1)
    assert [one.reviewer for one in queue.decisions(item)] == ["bob"]


def outside(item: str, id_: str = "ls-1", reviewer: str = "bob", **changes: object) -> Decision:
    fields: dict[str, object] = {"verdict": WRONG_, "at": "2026-11-10T10:00:00+01:00"}
    return Decision(id=id_, item_id=item, reviewer=reviewer, **(fields | changes))  # type: ignore[arg-type]


def test_decisions_from_elsewhere_are_taken_once(queue: Queue) -> None:
    queue.add(made([WRONG_VOTE], []))
    item = take(queue, "ada")
    assert queue.record(outside(item)) is Recorded.ADDED, "whoever holds the item"
    assert queue.record(outside(item)) is Recorded.KNOWN
    assert queue.record(outside(item, "ls-2", verdict=RIGHT_)) is Recorded.ALREADY_DECIDED
    assert queue.decisions(item) == (outside(item),)
    assert queue.item(item).item.status is ItemStatus.DECIDED
    queue.decide(item, "ada", RIGHT_)
    assert queue.item(item).item.status is ItemStatus.OPEN, "the holder disagrees: a third"
    assert queue.record(outside(item, "ls-3", undoes="ls-1")) is Recorded.ADDED
    assert queue.record(outside(item, "ls-3", undoes="ls-1")) is Recorded.KNOWN
    assert [one.reviewer for one in queue.decisions(item)] == ["ada"]
    assert queue.item(item).verdict is RIGHT_
    with pytest.raises(Refused, match="stands no longer"):
        queue.record(outside(item, "ls-4", undoes="ls-1"))
    with pytest.raises(SettingsError, match="no time"):
        queue.record(outside(item, "ls-5", reviewer="cem", at="yesterday"))
    assert len(queue.history(item)) == 3, "what was refused left nothing behind"


def test_a_decision_about_a_withdrawn_item_is_kept(queue: Queue) -> None:
    first = queue.add(made([WRONG_VOTE], []))
    queue.add(made([WRONG_COST], [], created="2026-11-13T08:00:00+00:00"))
    assert queue.record(outside(first.queued[0])) is Recorded.ADDED
    row = queue.item(first.queued[0])
    assert (row.item.status, row.reviews) == (ItemStatus.WITHDRAWN, 1)


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(lambda queue: queue.item("nothing"), id="item"),
        pytest.param(lambda queue: queue.item(""), id="no id"),
        pytest.param(lambda queue: queue.decide("0" * 32, "ada", RIGHT_), id="decide"),
        pytest.param(lambda queue: queue.skip("0" * 32, "ada", "x"), id="skip"),
        pytest.param(lambda queue: queue.take("0" * 32, "ada"), id="take"),
        pytest.param(lambda queue: queue.record(outside("0" * 32)), id="record"),
        pytest.param(lambda queue: queue.article("0" * 32), id="article"),
        pytest.param(lambda queue: queue.report("0" * 32), id="report"),
        pytest.param(lambda queue: queue.document("nowhere"), id="document"),
        pytest.param(lambda queue: queue.purge("story", by="ada", reason="x"), id="purge takes whole ids"),
    ],
)
def test_what_is_not_there_is_said(queue: Queue, act: Callable[[Queue], object]) -> None:
    queue.add(made())
    with pytest.raises(UnknownItem):
        act(queue)


@pytest.mark.parametrize("name", ["", " \n\x00", "x" * 201])
def test_a_reviewer_has_a_name(queue: Queue, name: str) -> None:
    queue.add(made())
    with pytest.raises(SettingsError, match="has a name"):
        queue.next(name)


@pytest.mark.parametrize(
    "rating",
    [
        pytest.param(TruthRating(" "), id="no name"),
        pytest.param(TruthRating("False", 6, 5, 1), id="above the best"),
        pytest.param(TruthRating("False", 0, 5, 1), id="below the worst"),
    ],
)
def test_a_truth_rating_makes_sense(queue: Queue, rating: TruthRating) -> None:
    queue.add(made())
    item = take(queue, "ada")
    with pytest.raises(SettingsError, match="truth rating"):
        queue.decide(item, "ada", WRONG_, truth_rating=rating)
    assert queue.decisions(item) == ()


# --- filters, lists and streams


def fill(queue: Queue, clock: Clock) -> None:
    queue.add(made([WRONG_VOTE, WRONG_COST], [WRONG_CLAIM], document="story-1"), batch_id="b1")
    clock.pass_(3600)
    queue.add(
        made([WRONG_FERRY], [], document="story-2", text=CORRECTED, language="de", headline=None),
        batch_id="b2",
    )


def fill_with_copies(queue: Queue, number: int) -> None:
    """Documents ``story-0``, ``story-1``, … with one item each."""
    report = made([WRONG_VOTE], [])
    for place in range(number):
        article = msgspec.structs.replace(report.article, document_id=f"story-{place}")
        queue.add(msgspec.structs.replace(report, article=article))


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        pytest.param(Filters(), {WRONG_VOTE, WRONG_COST, WRONG_CLAIM, WRONG_FERRY}, id="everything"),
        pytest.param(Filters(document="story-2"), {WRONG_FERRY}, id="document"),
        pytest.param(Filters(article=made().article.id), {WRONG_VOTE, WRONG_COST, WRONG_CLAIM}, id="article"),
        pytest.param(Filters(code=FlagCode.DATE_MISMATCH), {WRONG_CLAIM}, id="code"),
        pytest.param(Filters(language="de"), {WRONG_FERRY}, id="language"),
        pytest.param(
            Filters(batch="b1", kind=StatementKind.SUMMARY), {WRONG_VOTE, WRONG_COST}, id="batch, kind"
        ),
        pytest.param(Filters(older_than_s=3600), {WRONG_VOTE, WRONG_COST, WRONG_CLAIM}, id="older"),
        pytest.param(Filters(newer_than_s=3599), {WRONG_FERRY}, id="newer"),
        pytest.param(Filters(since="2026-11-06T20:30:00+00:00"), {WRONG_FERRY}, id="since"),
        pytest.param(Filters(min_risk=0.96), {WRONG_FERRY}, id="risk: not checked is the highest"),
        pytest.param(Filters(max_risk=0.96, batch="b2"), set(), id="risk, below"),
        pytest.param(Filters(status=ItemStatus.DECIDED), set(), id="status"),
        pytest.param(Filters(document="story-1' OR 1=1"), set(), id="an attack"),
    ],
)
def test_filters(queue: Queue, clock: Clock, filters: Filters, expected: set[str]) -> None:
    fill(queue, clock)
    assert {row.item.finding.statement.text for row in queue.page(filters)} == expected
    assert {item.finding.statement.text for item in queue.items(filters)} == expected
    assert queue.count(filters) == len(expected)
    if expected:
        assert queue.item(take(queue, "ada", filters)).item.finding.statement.text in expected
    else:
        assert why(queue, "ada", filters) is Why.FILTERED


def test_since_also_means_decided_since(queue: Queue, clock: Clock) -> None:
    fill(queue, clock)
    item = next(item for item in queue.items() if item.finding.statement.text == WRONG_COST)
    clock.pass_(3600)
    queue.decide(item.id, "ada", WRONG_)
    assert [one.id for one in queue.items(Filters(since="2026-11-06T22:00:00+00:00"))] == [item.id]
    assert [one.id for one in queue.items(Filters(reviewer="ada"))] == [item.id]
    queue.undo("ada")
    assert list(queue.items(Filters(reviewer="ada"))) == []


def test_pages_and_streams(queue: Queue) -> None:
    fill_with_copies(queue, 230)
    rows = list(queue.rows())
    assert [row.item.document_id for row, _ in rows] == [f"story-{number}" for number in range(230)]
    assert all(decided == () for _, decided in rows)
    pages = [queue.page(limit=100, offset=offset) for offset in (0, 100, 200)]
    assert [row for page in pages for row in page] == [row for row, _ in rows], "equal priority: by age"


# --- away


def test_a_document_is_deleted_with_all_about_it(queue: Queue, clock: Clock) -> None:
    fill(queue, clock)
    queue.add(made([WRONG_VOTE], [], text=CORRECTED, created="2026-11-13T08:00:00+00:00"))
    queue.decide(take(queue, "ada", Filters(document="story-1")), "ada", WRONG_)
    article = queue.article(made().article.id)
    made_ = queue.purge("story-1", by="ada", reason="the subject asked for it")
    assert (made_.articles, made_.reports, made_.items, made_.decisions) == (2, 2, 3, 1)
    assert queue.deletions() == (made_,)
    assert texts(queue) == {WRONG_FERRY}
    assert queue.documents() == ["story-2"]
    with pytest.raises(UnknownItem):
        queue.article(article.id)
    assert queue.add(made()).outcome is Outcome.NEW


def test_retention_goes_by_age_and_leaves_open_work(queue: Queue, clock: Clock) -> None:
    fill(queue, clock)
    decide_all(queue)
    queue.add(made([WRONG_VOTE], [], document="story-3", text=CORRECTED))
    clock.pass_(30 * 86400)
    assert queue.old_documents(31 * 86400) == []
    assert queue.old_documents(30 * 86400 - 1) == ["story-1", "story-2"]
    assert queue.old_documents(30 * 86400 - 1, also_open=True) == ["story-1", "story-2", "story-3"]
    gone = queue.retain(30 * 86400 - 1, by="cron")
    assert [(one.document_id, one.reason) for one in gone] == [
        ("story-1", "retention"),
        ("story-2", "retention"),
    ]
    assert texts(queue) == {WRONG_VOTE}


# --- several at once


def drain(queue: Queue, reviewer: str, decided: "list[str]") -> None:
    while True:
        lease = queue.next(reviewer)
        if isinstance(lease, Nothing):
            if lease.leased or lease.why is Why.LEASED:
                continue
            return
        queue.decide(lease.item.id, reviewer, WRONG_)
        decided.append(lease.item.id)


@pytest.mark.parametrize("min_reviews", [1, 2])
def test_threads_that_work_at_once_decide_everything_once(queue_url: str, min_reviews: int) -> None:
    with Queue(queue_url, min_reviews=min_reviews) as queue:
        fill_with_copies(queue, 20)
        results: list[list[str]] = [[] for _ in range(4)]
        threads = [
            threading.Thread(target=drain, args=(queue, f"reviewer {number}", result))
            for number, result in enumerate(results)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        counted = Counter(item for result in results for item in result)
        assert len(counted) == 20
        assert set(counted.values()) == {min_reviews}
        assert all(len(set(result)) == len(result) for result in results), "nobody twice"
        assert {row.item.status for row, _ in queue.rows()} == {ItemStatus.DECIDED}


def test_processes_that_open_and_add_at_once(queue_url: str) -> None:
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        reports = [made([WRONG_VOTE], [], document=f"story-{number % 2}").to_json() for number in range(6)]
        outcomes = pool.starmap(review_worker.add, [(queue_url, report) for report in reports])
    assert Counter(outcomes) == {"new": 2, "known": 4}
    with Queue(queue_url) as queue:
        assert queue.count() == 2


def test_ids_of_items_are_those_of_their_findings(queue: Queue) -> None:
    report = made()
    queue.add(report)
    for item in queue.items():
        assert item.id == finding_id(item.finding, report.article)
