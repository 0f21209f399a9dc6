"""What may be published: each statement as its reviewers left it, and nothing while an item is open."""

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from markdown_it import MarkdownIt

from summarizer.checker import unusable_answer
from summarizer.external import check_summary
from summarizer.flags import FlagCode, Severity
from summarizer.report import Claim, Flag, StatementKind
from summarizer.review.approved import Approved, ArticleState, StatementState, approved
from summarizer.review.publishing import as_markdown, as_text
from summarizer.review.queue import Queue
from summarizer.review_items import DecisionVerdict
from summarizer.settings import Settings
from tests.review_data import CLAIM, HEADLINE, RIGHT, WRONG_CLAIM, WRONG_COST, WRONG_VOTE, Clock, made
from tests.test_render_safe import HOSTILE, obeyed

YES, NO, ABSENT = (
    DecisionVerdict.SUPPORTED,
    DecisionVerdict.CONTRADICTED,
    DecisionVerdict.NOT_IN_ARTICLE,
)
COST = "The bridge will cost $48 million."


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[Queue]:
    with Queue(tmp_path / "queue.sqlite", clock=Clock()) as opened:
        yield opened


def ids(queue: Queue) -> dict[str, str]:
    """Item ids by the statement's text."""
    return {item.finding.statement.text: item.id for item in queue.items()}


def only(queue: Queue, name: str = "story-1") -> Approved:
    (found,) = approved(queue, name)
    return found


def states(found: Approved) -> dict[str, tuple[StatementState, str | None]]:
    return {one.id: (one.state, one.text) for one in found.statements}


def test_nothing_is_published_while_an_item_is_open(queue: Queue) -> None:
    queue.add(made([RIGHT, WRONG_COST], []))
    found = only(queue)
    assert (found.state, found.text, found.headline) == (ArticleState.PENDING, None, None)
    assert found.open_items == (ids(queue)[WRONG_COST],)
    assert states(found) == {
        "h1": (StatementState.NOT_FLAGGED, HEADLINE),
        "s1": (StatementState.NOT_FLAGGED, RIGHT),
        "s2": (StatementState.PENDING, WRONG_COST),
    }
    assert "pending: 1 item to be decided" in as_text(found)
    assert as_text(found).count(RIGHT) == 1, "among the statements, not as a text to publish"


@pytest.mark.parametrize(
    ("verdict", "corrected", "state", "text"),
    [
        pytest.param(YES, None, StatementState.APPROVED, WRONG_COST, id="accepted"),
        pytest.param(YES, COST, StatementState.CORRECTED, COST, id="accepted with better words"),
        pytest.param(NO, COST, StatementState.CORRECTED, COST, id="fixed"),
        pytest.param(ABSENT, COST, StatementState.CORRECTED, COST, id="replaced"),
        pytest.param(NO, None, StatementState.REJECTED, None, id="rejected"),
        pytest.param(ABSENT, None, StatementState.REJECTED, None, id="not in the article"),
    ],
)
def test_what_a_decision_makes_of_a_statement(
    queue: Queue, verdict: DecisionVerdict, corrected: str | None, state: StatementState, text: str | None
) -> None:
    queue.add(made([RIGHT, WRONG_COST], []))
    queue.decide(ids(queue)[WRONG_COST], "ada", verdict, corrected_text=corrected, note="see [2]")
    found = only(queue)
    assert states(found)["s2"] == (state, text)
    assert (found.statements[2].by, found.statements[2].notes) == (("ada",), ("see [2]",))
    assert found.state is ArticleState.APPROVED
    assert found.text == (RIGHT if text is None else f"{RIGHT} {text}")
    assert (found.headline, found.approved_by) == (HEADLINE, ("ada",))


def test_the_majority_decides_and_its_last_text_counts(queue: Queue) -> None:
    queue.add(made([RIGHT, WRONG_COST], []), min_reviews=2)
    item = ids(queue)[WRONG_COST]
    queue.decide(item, "ada", NO, corrected_text="It costs 48 millions.")
    assert only(queue).state is ArticleState.PENDING
    queue.decide(item, "bob", YES, corrected_text="It costs $84 million, they say.")
    assert only(queue).state is ArticleState.PENDING
    queue.decide(item, "cem", NO, corrected_text=COST)
    found = only(queue)
    assert found.statements[2].by == ("ada", "cem")
    assert found.text == f"{RIGHT} {COST}"


def test_claims_and_headline_have_their_own_place(queue: Queue) -> None:
    claims = [Claim("c1", CLAIM, speaker="Ada Brandt"), Claim("c2", WRONG_CLAIM)]
    queue.add(made([RIGHT], claims))
    queue.decide(ids(queue)[WRONG_CLAIM], "ada", NO)
    found = only(queue)
    assert [one.text for one in found.of(StatementKind.CLAIM)] == [CLAIM, None]
    text = as_text(found)
    assert f"Claims\n- {CLAIM} — Ada Brandt\n" in text
    assert "c2  rejected by ada" in text


def test_no_sentence_left(queue: Queue) -> None:
    queue.add(made([WRONG_COST], [], headline=None))
    queue.decide(ids(queue)[WRONG_COST], "ada", NO)
    found = only(queue)
    assert (found.state, found.text) == (ArticleState.NOTHING_LEFT, None)
    assert "nothing left" in as_text(found)


@pytest.mark.parametrize(("verdict", "state"), [(YES, ArticleState.APPROVED), (NO, ArticleState.INCOMPLETE)])
def test_an_answer_that_failed(queue: Queue, verdict: DecisionVerdict, state: ArticleState) -> None:
    report = made([RIGHT], [])
    finding = unusable_answer("claims", FlagCode.UNPARSED, "no JSON in it", Settings())
    queue.add(msgspec.structs.replace(report, findings=(*report.findings, finding)))
    assert only(queue).state is ArticleState.PENDING
    queue.decide(ids(queue)[finding.statement.text], "ada", verdict)
    found = only(queue)
    assert found.state is state
    assert found.gaps == (() if verdict is YES else (f"{finding.statement.text}: no JSON in it",))


def test_a_warning_about_the_article_is_decided_too(queue: Queue) -> None:
    flag = Flag(FlagCode.INJECTION_SUSPECTED, Severity.HIGH, "it addresses a model")
    queue.add(msgspec.structs.replace(made([RIGHT], []), article_flags=(flag,)))
    assert only(queue).state is ArticleState.PENDING
    queue.decide(ids(queue)["The article itself"], "ada", YES)
    assert only(queue).state is ArticleState.APPROVED


def test_a_statement_without_a_finding_is_never_fine(queue: Queue) -> None:
    report = made([RIGHT], [])
    queue.add(msgspec.structs.replace(report, findings=report.findings[:1]))
    found = only(queue)
    assert (found.state, found.open_items) == (ArticleState.PENDING, ())
    assert states(found)["s1"][0] is StatementState.PENDING


def test_the_current_version_counts(queue: Queue) -> None:
    queue.add(made([RIGHT, WRONG_COST], []))
    queue.decide(ids(queue)[WRONG_COST], "ada", NO, corrected_text=COST)
    queue.add(made([RIGHT, WRONG_COST, WRONG_VOTE], [], created="2026-11-13T08:00:00+00:00"))
    found = only(queue)
    assert states(found)["s2"] == (StatementState.CORRECTED, COST), "decided before, and kept"
    assert states(found)["s3"][0] is StatementState.PENDING


def test_a_summary_from_elsewhere_stands_beside_ours(queue: Queue) -> None:
    report = made([RIGHT], [])
    queue.add(report)
    queue.add(check_summary(report.article, f"{RIGHT} {WRONG_COST}"))
    ours, other = approved(queue, "story-1")
    assert (ours.state, other.state) == (ArticleState.APPROVED, ArticleState.PENDING)
    queue.decide(other.open_items[0], "ada", NO)
    assert approved(queue, "story-1")[1].text == RIGHT


@pytest.mark.parametrize("hostile", HOSTILE, ids=repr)
def test_hostile_text_is_obeyed_nowhere(queue: Queue, hostile: str) -> None:
    claims = [Claim("c1", f"{CLAIM} {hostile}", speaker=hostile)]
    queue.add(made([f"{RIGHT} {hostile}"], claims, headline=f"{HEADLINE} {hostile}"))
    for id_ in ids(queue).values():
        queue.decide(id_, f"ada {hostile}", YES, corrected_text=f"{COST} {hostile}")
    found = only(queue)
    for text in (as_text(found), as_markdown(found)):
        assert obeyed(text.replace("\n", "")) == []


def test_markdown_in_a_statement_is_text(queue: Queue) -> None:
    hostile = (
        "| *x* _y_ `z` <script>a</script> [l](http://h) ![i](http://h) <!-- ~~d~~ &amp; \\| # 1. - http://h"
    )
    queue.add(made([RIGHT], []))
    found = msgspec.structs.replace(only(queue), headline=f"# {hostile}", text=f"1. {hostile}\n- {hostile}")
    html = MarkdownIt("commonmark").enable("table").enable("strikethrough").render(as_markdown(found))
    for tag in ("<script", "<a ", "<img", "<code", "<ul", "<ol", "<!--", "<s>"):
        assert tag not in html, tag
    assert html.count("<em>") == 1, "ours: how the article stands"
    assert html.count("<table>") == 1


def test_json_is_the_same_data(queue: Queue) -> None:
    queue.add(made([RIGHT, WRONG_COST], []))
    found = only(queue)
    assert Approved.from_json(found.to_json()) == found
    assert json.loads(found.to_json())["state"] == "pending"
