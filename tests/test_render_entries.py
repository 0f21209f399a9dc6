"""Nothing in a report passes as fine because it is missing."""

import msgspec

from summarizer.flags import FlagCode, Severity
from summarizer.render.entries import entries_of, incomplete, needs_look, not_checked, not_done
from summarizer.report import AnswerState, Basis, Finding, Flag, Statement, StatementKind, Verdict
from tests.test_render_terminal import Draft, call, sample, shown


def test_a_statement_without_a_finding_is_unchecked() -> None:
    whole = sample()
    report = msgspec.structs.replace(whole, findings=whole.findings[2:])
    out = shown(report)
    assert "  ? s1  The council voted" in out
    assert "not checked: the report has no finding about it" in out
    assert "high    s1  not checked: the report has no finding about it" in out
    assert needs_look(report) == (5, 6)


def test_a_finding_about_another_text_does_not_count() -> None:
    whole = sample()
    first = msgspec.structs.replace(
        whole.findings[1], statement=Statement("s1", StatementKind.SUMMARY, "Something else.")
    )
    report = msgspec.structs.replace(whole, findings=(whole.findings[0], first, *whole.findings[2:]))
    out = shown(report)
    assert "  ? s1  The council voted" in out
    assert needs_look(report) == (4, 7)


def test_a_verdict_without_a_flag_is_on_the_list() -> None:
    draft = Draft()
    draft.add("s1", "Nobody says why.", Verdict.CONTRADICTED)
    assert "  high    s1  contradicted: no reason is given" in shown(draft.report())


def test_an_unusable_answer_is_told_once_among_what_was_not_done() -> None:
    statement = Statement("answer-claims", StatementKind.ANSWER, "The model's answer to “claims”")
    flag = Flag(FlagCode.TRUNCATED, Severity.HIGH, "cut off: stopped at 600 tokens")
    finding = Finding(statement, Verdict.UNCHECKED, Basis.RULE, None, flags=(flag,), unchecked="truncated")
    draft = Draft()
    draft.add("s1", "Brandt voted for it.")
    draft.findings.append(finding)
    report = draft.report(
        calls=(call("claims", AnswerState.TRUNCATED, "stopped at 600 tokens"),),
        not_run=("claims: truncated: stopped at 600 tokens", "verify_claims: nobody was asked"),
    )
    assert not_checked(report) == [
        ("claims", "truncated: stopped at 600 tokens"),
        ("not done", "verify_claims: nobody was asked"),
    ]
    assert not_done(report) == [
        "claims: truncated: stopped at 600 tokens",
        "verify_claims: nobody was asked",
    ]
    assert incomplete(report)
    out = shown(report)
    assert "? Not everything was done" in out
    assert "none that needs a look" not in out
    assert "high    answer-claims  truncated: cut off" in out
    lonely = msgspec.structs.replace(report, calls=(), not_run=())
    assert not_checked(lonely) == [(statement.id, "cut off: stopped at 600 tokens")]


def test_claims_come_most_check_worthy_first() -> None:
    draft = Draft()
    draft.add("s1", "The council met.")
    for name in ("c1", "c2", "c3"):
        draft.add(name, f"Claim {name}.")
    worths = (0.2, 0.9, None)
    claims = tuple(
        msgspec.structs.replace(claim, worth=worth) for claim, worth in zip(draft.claims, worths, strict=True)
    )
    assert [entry.id for entry in entries_of(draft.report(claims=claims))] == ["s1", "c2", "c1", "c3"]
    assert [entry.id for entry in entries_of(draft.report())] == ["s1", "c1", "c2", "c3"]


def test_no_summary_is_said() -> None:
    assert "Summary\n  There is no usable summary." in shown(Draft().report())


def test_all_well() -> None:
    draft = Draft()
    draft.add("s1", "Brandt voted for it.")
    out = shown(draft.report())
    assert "✓ 1 statement, none that needs a look" in out
    assert "What needs a look\n  Nothing." in out
    assert "Everything planned was done, and every statement was checked." in out


def test_what_was_left_out_of_a_usable_answer_is_told() -> None:
    draft = Draft()
    draft.add("s1", "Brandt voted for it.")
    report = draft.report(calls=(call("summary", detail="a seventh sentence was left out"),))
    assert not_checked(report) == [("summary", "a seventh sentence was left out")]
    assert not incomplete(report)
