"""What reviewers get and give: items made from a report, their ids and priorities, decisions."""

import json

import msgspec
import pytest

from summarizer import schemas
from summarizer.article import Article
from summarizer.flags import FlagCode, Severity
from summarizer.report import (
    Basis,
    Claim,
    Evidence,
    Finding,
    Flag,
    Statement,
    StatementKind,
    Verdict,
)
from summarizer.review_items import (
    UNKNOWN_WORTH,
    Decision,
    DecisionVerdict,
    Priority,
    ReviewItem,
    TruthRating,
    finding_id,
    item_id,
    priority_of,
    report_id,
    review_items,
)
from tests.test_report import TEXT, finding, report


def statement(name: str, kind: StatementKind, text: str = "It voted with ten votes.") -> Finding:
    return msgspec.structs.replace(finding(), statement=Statement(name, kind, text))


def decision() -> Decision:
    rating = TruthRating("Mostly false", 2, 5, 1, "Nine, not ten.")
    return Decision(
        "d1",
        "i1",
        "ada",
        "2026-11-23T09:00:00+01:00",
        DecisionVerdict.CONTRADICTED,
        "Nine.",
        None,
        12.5,
        rating,
        article_id="a1",
    )


def test_item_and_decision_go_there_and_back_and_validate() -> None:
    item = review_items(report(), batch_id="b1", min_reviews=2)[0]
    assert schemas.violations("review_item", json.loads(item.to_json())) == []
    assert ReviewItem.from_json(item.to_json()) == item
    assert (item.batch_id, item.min_reviews, item.language, item.url) == (
        "b1",
        2,
        "en",
        "https://news.example/1",
    )
    assert item.provenance.prompt_hashes == ("p",)
    assert item.codes == (FlagCode.NUMBER_MISMATCH,)
    made = decision()
    assert schemas.violations("decision", json.loads(made.to_json())) == []
    assert Decision.from_json(made.to_json()) == made


def test_item_id_survives_a_correction_elsewhere() -> None:
    first = item_id("story", "It voted  NINE to four.", ["evidence one", "evidence two"])
    assert first == item_id("story", "it voted nine to four.", ["Evidence two", "evidence one"])
    assert len(first) == 32
    others = [
        item_id("another", "It voted nine to four.", ["evidence one", "evidence two"]),
        item_id("story", "It voted ten to four.", ["evidence one", "evidence two"]),
        item_id("story", "It voted nine to four.", ["evidence one"]),
    ]
    assert len({first, *others}) == 4


def test_item_id_of_a_corrected_article_is_the_same() -> None:
    before = Article.from_text(TEXT, document_id="story")
    after = Article.from_text(TEXT + " One more sentence.", document_id="story")
    assert before.id != after.id
    assert finding_id(finding(), before) == finding_id(finding(), after)
    answer = statement("answer-summary", StatementKind.ANSWER, "The model's answer to “summary”")
    assert finding_id(answer, before) != finding_id(answer, after), "one failure is not the next one"


def test_a_report_that_differs_in_times_only_has_the_same_id() -> None:
    first = report_id(report())
    assert first == report_id(report(created="2027-01-01T00:00:00+00:00", seconds=9.0))
    others = [
        report_id(report(model="another")),
        report_id(report(findings=())),
        report_id(report(findings=(finding(Verdict.NOT_IN_ARTICLE),))),
        report_id(report(article=Article.from_text(TEXT + " One more sentence here."))),
    ]
    assert len({first, *others}) == 5


def test_the_same_sentence_twice_is_one_item_with_the_flags_of_both() -> None:
    flag = Flag(FlagCode.HEADLINE_OVERCLAIM, Severity.MEDIUM, "stronger than the body")
    headline = msgspec.structs.replace(statement("h1", StatementKind.HEADLINE), flags=(flag,))
    made = review_items(report(findings=(finding(), headline)))
    assert len(made) == 1
    assert made[0].statement_ids == ("s1", "h1")
    assert made[0].kind is StatementKind.HEADLINE, "the more prominent of the two"
    assert set(made[0].codes) == {FlagCode.HEADLINE_OVERCLAIM, FlagCode.NUMBER_MISMATCH}


def test_a_claim_equal_to_a_summary_sentence_keeps_its_speaker() -> None:
    sentence = statement("s1", StatementKind.SUMMARY)
    claim = statement("c1", StatementKind.CLAIM)
    claim = msgspec.structs.replace(
        claim, statement=msgspec.structs.replace(claim.statement, speaker="Ada Holm")
    )
    (made,) = review_items(msgspec.structs.replace(report(), findings=(sentence, claim)))
    assert made.statement_ids == ("s1", "c1")
    assert made.finding.statement.speaker == "Ada Holm"


def test_what_is_fine_is_no_item_and_a_warning_about_the_article_is_one() -> None:
    fine = finding(Verdict.SUPPORTED)
    assert review_items(report(findings=(fine,))) == ()
    evidence = (Evidence(1, 0, 3, "The"),)
    flag = Flag(FlagCode.INJECTION_SUSPECTED, Severity.HIGH, "addresses a model", (), evidence)
    (item,) = review_items(report(findings=(fine,), article_flags=(flag,)))
    assert (item.kind, item.codes) == (StatementKind.ARTICLE, (FlagCode.INJECTION_SUSPECTED,))
    assert item.finding.evidence == evidence
    assert item.priority.value == 1.0
    assert ReviewItem.from_json(item.to_json()) == item


@pytest.mark.parametrize(
    ("name", "kind", "risk", "worth", "expected"),
    [
        pytest.param("h1", StatementKind.HEADLINE, 0.5, 0.8, Priority(0.4, 0.5, 0.8, 1.0), id="headline"),
        pytest.param("s1", StatementKind.SUMMARY, 1.0, 1.0, Priority(0.9, 1.0, 1.0, 0.9), id="first"),
        pytest.param("s3", StatementKind.SUMMARY, 1.0, 1.0, Priority(0.7, 1.0, 1.0, 0.7), id="third"),
        pytest.param("x9", StatementKind.EXTERNAL, 1.0, 1.0, Priority(0.6, 1.0, 1.0, 0.6), id="far down"),
        pytest.param("c1", StatementKind.CLAIM, 1.0, 1.0, Priority(0.5, 1.0, 1.0, 0.5), id="first claim"),
        pytest.param("c40", StatementKind.CLAIM, 1.0, 1.0, Priority(0.3, 1.0, 1.0, 0.3), id="last claim"),
        pytest.param(
            "c1", StatementKind.CLAIM, None, None, Priority(0.25, 1.0, UNKNOWN_WORTH, 0.5), id="unknown"
        ),
        pytest.param(
            "answer-claims", StatementKind.ANSWER, None, None, Priority(1.0, 1.0, 1.0, 1.0), id="answer"
        ),
        pytest.param("s²", StatementKind.SUMMARY, 1.0, 1.0, Priority(0.9, 1.0, 1.0, 0.9), id="no number"),
    ],
)
def test_priority(
    name: str, kind: StatementKind, risk: float | None, worth: float | None, expected: Priority
) -> None:
    made = Finding(Statement(name, kind, "x"), Verdict.CONTRADICTED, Basis.RULE, risk, worth=worth)
    assert priority_of(made) == expected


def test_a_claim_lends_its_worth_where_the_finding_has_none() -> None:
    claims = (Claim("c1", "It voted with ten votes.", worth=0.8),)
    (item,) = review_items(report(findings=(statement("c1", StatementKind.CLAIM),), claims=claims))
    assert item.priority.worth == 0.8
