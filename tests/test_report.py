"""The data layer: there and back without loss, closed, stable ids."""

import json

import pytest
from jsonschema import Draft202012Validator

from scripts import write_schemas
from summarizer import schemas
from summarizer.article import Article
from summarizer.errors import ReportFormatError
from summarizer.flags import ERROR_TYPE_CODES, FLAG_INFO, FlagCode, Severity
from summarizer.report import (
    AnswerState,
    Basis,
    Call,
    Claim,
    Evidence,
    Finding,
    Flag,
    Report,
    Signal,
    SignalKind,
    Span,
    Statement,
    StatementKind,
    Summary,
    SummarySentence,
    Usage,
    Verdict,
)

TEXT = "The council met on Monday 😀 in Lindholm. It voted nine to four for the bridge, officials said."


def finding(verdict: Verdict = Verdict.CONTRADICTED) -> Finding:
    article = Article.from_text(TEXT)
    second = article.sentences[1]
    evidence = (Evidence(2, second.start, second.end, second.text),)
    spans = (Span(14, 17, "ten"),)
    signal = Signal("numbers", SignalKind.MISMATCH, 1.0, "ten", FlagCode.NUMBER_MISMATCH, spans, evidence)
    flag = Flag(FlagCode.NUMBER_MISMATCH, Severity.HIGH, "ten", spans, evidence)
    return Finding(
        statement=Statement("s1", StatementKind.SUMMARY, "It voted with ten votes.", (2,)),
        verdict=verdict,
        basis=Basis.RULE,
        risk=0.95,
        evidence=evidence,
        signals=(signal,),
        flags=(flag,) if verdict is not Verdict.SUPPORTED else (),
    )


def report(**changes: object) -> Report:
    fields: dict[str, object] = {
        "article": Article.from_text(TEXT, title="Бридж", url="https://news.example/1"),
        "summary": Summary(None, (SummarySentence("s1", "It voted with ten votes.", (2,)),)),
        "claims": (Claim("c1", "The council met on Monday.", (1,), "officials", 0.5),),
        "findings": (finding(),),
        "article_flags": (),
        "calls": (
            Call(
                task="summary",
                state=AnswerState.OK,
                model="m",
                prompt_hash="p",
                schema_hash=None,
                parameters={"temperature": 0.0, "seed": 0},
                attempts=1,
                seconds=0.5,
                usage=Usage(100, 20, None),
            ),
        ),
        "not_run": (),
        "profile": "compact",
        "model": "m",
        "created": "2026-11-23T08:00:00+00:00",
        "seconds": 1.5,
        "version": "0.1.0",
        "checker_version": "1",
    }
    return Report(**(fields | changes))  # type: ignore[arg-type]


def test_report_goes_there_and_back_and_validates() -> None:
    made = report()
    for data in (made.to_json(), made.to_json(indent=2)):
        assert schemas.violations("report", json.loads(data)) == []
        assert Report.from_json(data) == made
    assert "Бридж" in made.to_json()


@pytest.mark.parametrize("name", sorted(write_schemas.TYPES))
def test_schema_files_are_what_the_types_give(name: str) -> None:
    text = (schemas.schemas_dir() / f"{name}.schema.json").read_text(encoding="utf-8")
    assert text == write_schemas.build(name), "run scripts/write_schemas.py"


@pytest.mark.parametrize("path", sorted(schemas.schemas_dir().glob("*.json")), ids=lambda p: p.name)
def test_every_schema_is_closed_and_versioned(path: object) -> None:
    schema = json.loads(path.read_text(encoding="utf-8"))  # type: ignore[attr-defined]
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"].endswith("2020-12/schema")
    assert "schema_version" in schema or "schema_version" in schema["properties"]
    for node in walk(schema):
        if node.get("type") == "object" and "properties" in node:
            assert node["additionalProperties"] is False
            assert node["required"] == list(node["properties"])


def walk(node: object) -> list[dict[str, object]]:
    if isinstance(node, dict):
        return [node, *(found for value in node.values() for found in walk(value))]
    return [found for value in node for found in walk(value)] if isinstance(node, list) else []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param(lambda d: d.pop("profile"), "profile", id="a field missing"),
        pytest.param(lambda d: d.update(extra=1), "extra", id="an unknown field"),
        pytest.param(lambda d: d.update(seconds="long"), "float", id="a wrong type"),
        pytest.param(lambda d: d.update(schema_version=99), "schema version 99", id="another version"),
        pytest.param(lambda d: d["findings"][0].update(verdict="fine"), "fine", id="an unknown verdict"),
        pytest.param(
            lambda d: d["findings"][0]["evidence"][0].update(start=0), "evidence at 0", id="a moved quote"
        ),
        pytest.param(lambda d: d["article"].update(text=TEXT[1:]), "sentence 1", id="another text"),
    ],
)
def test_what_is_no_report_is_refused(change: object, message: str) -> None:
    data = json.loads(report().to_json())
    change(data)  # type: ignore[operator]
    with pytest.raises(ReportFormatError, match=message):
        Report.from_json(json.dumps(data))


@pytest.mark.parametrize("data", ["", "{", "[]", "null", "5", b"\xff", "[" * 100_000], ids=repr)
def test_what_is_no_json_is_refused(data: str | bytes) -> None:
    with pytest.raises(ReportFormatError):
        Report.from_json(data)


def test_data_are_frozen() -> None:
    with pytest.raises(AttributeError):
        finding().verdict = Verdict.SUPPORTED  # type: ignore[misc]


@pytest.mark.parametrize(
    ("verdict", "review"),
    [
        (Verdict.SUPPORTED, False),
        (Verdict.CONTRADICTED, True),
        (Verdict.NOT_IN_ARTICLE, True),
        (Verdict.UNCHECKED, True),
    ],
)
def test_only_supported_without_flags_goes_unreviewed(verdict: Verdict, review: bool) -> None:
    assert finding(verdict).needs_review is review
    assert Finding(finding().statement, verdict, Basis.RULE, 0.1).needs_review is review


def test_unknown_tokens_and_costs_stay_unknown() -> None:
    call = report().calls[0]
    unknown = Call("claims", AnswerState.OK, "m", "p", None, {}, 1, 0.1)
    assert report().usage == Usage(100, 20, None)
    assert report(calls=(call, unknown)).usage == Usage(None, None, None)
    assert report(calls=(call,)).cost_usd is None
    assert report(calls=()).cost_usd is None


def test_finding_is_found_by_statement() -> None:
    assert report().finding("s1") == finding()
    with pytest.raises(KeyError):
        report().finding("s2")


def test_every_code_is_documented_and_every_state_has_a_flag() -> None:
    assert set(FLAG_INFO) == set(FlagCode)
    for state in AnswerState:
        assert (state.flag_code is None) == (state is AnswerState.OK)
    named = {code for codes in ERROR_TYPE_CODES.values() for code in codes}
    assert named <= set(FlagCode)
    assert Severity.LOW.rank < Severity.MEDIUM.rank < Severity.HIGH.rank
