"""What a judge's verdicts change in the rules' findings, row by row of the table."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from summarizer.article import Article
from summarizer.checker import NOT_JUDGED
from summarizer.flags import FlagCode, Severity
from summarizer.judging import Ruling, apply_verdicts, to_be_judged
from summarizer.parsing import JudgeVerdict
from summarizer.report import (
    AnswerState,
    Basis,
    Evidence,
    Finding,
    Flag,
    Signal,
    SignalKind,
    Statement,
    StatementKind,
    Verdict,
)
from summarizer.settings import Settings, SeverityChoice

ARTICLE = Article.from_text(
    """Lindholm's city council voted 9–4 on Wednesday to spend $6.2 million on a new library. "We have waited for this
house since 1998," said Councillor Ellen Brandt. Construction may begin in March, the city engineer said.""",
    language="en",
)
SETTINGS = Settings(risk_low=0.5, risk_high=0.9)
SUPPORTED, CONTRADICTED, ABSENT, UNCHECKED = (
    Verdict.SUPPORTED,
    Verdict.CONTRADICTED,
    Verdict.NOT_IN_ARTICLE,
    Verdict.UNCHECKED,
)
SHOWN = frozenset({1, 2, 3})


def whole(number: int) -> Evidence:
    sentence = ARTICLE.sentences[number - 1]
    return Evidence(number, sentence.start, sentence.end, sentence.text)


def flag(code: FlagCode, message: str = "because") -> Flag:
    return Flag(code, Severity.HIGH, message)


def finding(
    verdict: Verdict, *codes: FlagCode, risk: float | None = 0.6, mismatch: bool = False, name: str = "s1"
) -> Finding:
    """As the rules leave it."""
    kind = SignalKind.MISMATCH if mismatch else SignalKind.DOUBT
    return Finding(
        Statement(name, StatementKind.SUMMARY, "The council bought a library."),
        verdict,
        Basis.RULE,
        risk,
        evidence=(whole(1),),
        signals=(Signal("numbers", kind, 0.5, "hm"),),
        flags=tuple(flag(code) for code in codes),
        unchecked=codes[0].value if verdict is UNCHECKED else None,
    )


OPEN = finding(UNCHECKED, FlagCode.UNCERTAIN)
OPEN = replace(
    OPEN, flags=(flag(FlagCode.UNCERTAIN, f"the rules cannot tell{NOT_JUDGED}: two words are new"),)
)
NOWHERE = finding(ABSENT, FlagCode.NOT_IN_ARTICLE, risk=0.97)
WRONG = finding(CONTRADICTED, FlagCode.NUMBER_MISMATCH, mismatch=True)
CITED_BADLY = replace(OPEN, flags=(*OPEN.flags, flag(FlagCode.EVIDENCE_MISSING)))


def said(
    verdict: Verdict, *numbers: int, reason: str = "It is in the first sentence.", turn: int = 1
) -> Ruling:
    return Ruling(turn, JudgeVerdict("s1", verdict, numbers, reason), SHOWN)


def silent(state: AnswerState, turn: int = 1) -> Ruling:
    return Ruling(turn, None, SHOWN, state, "it said nothing")


def applied(before: Finding, *rulings: Ruling) -> Finding:
    (after,) = apply_verdicts([before], {"s1": rulings}, ARTICLE, SETTINGS)
    return after


def codes(found: Finding) -> list[str]:
    return [flag.code.value for flag in found.flags]


ONE = [
    # what the rules say, what the judge says -> verdict, basis, flags
    pytest.param(OPEN, said(SUPPORTED, 2), SUPPORTED, Basis.JUDGE, [], id="open, supported"),
    pytest.param(OPEN, said(CONTRADICTED, 2), CONTRADICTED, Basis.JUDGE, ["judge_contradicts"], id="open, contradicted"),
    pytest.param(OPEN, said(ABSENT), ABSENT, Basis.JUDGE, ["not_in_article"], id="open, not in the article"),
    pytest.param(CITED_BADLY, said(SUPPORTED, 2), SUPPORTED, Basis.JUDGE, ["evidence_missing"], id="another flag stays"),
    pytest.param(WRONG, said(SUPPORTED, 1), CONTRADICTED, Basis.RULE, ["number_mismatch", "judge_disagrees_with_rule"], id="mismatch, supported"),
    pytest.param(WRONG, said(ABSENT), CONTRADICTED, Basis.RULE, ["number_mismatch", "judge_disagrees_with_rule"], id="mismatch, not in the article"),
    pytest.param(WRONG, said(CONTRADICTED, 1), CONTRADICTED, Basis.BOTH, ["number_mismatch"], id="mismatch, contradicted"),
    pytest.param(NOWHERE, said(ABSENT), ABSENT, Basis.BOTH, ["not_in_article"], id="nowhere, not in the article"),
    pytest.param(NOWHERE, said(SUPPORTED, 2), SUPPORTED, Basis.JUDGE, ["not_in_article", "judge_disagrees_with_rule"], id="nowhere, supported"),
    pytest.param(NOWHERE, said(CONTRADICTED, 2), CONTRADICTED, Basis.JUDGE, ["not_in_article", "judge_disagrees_with_rule", "judge_contradicts"], id="nowhere, contradicted"),
    # answers that do not count
    pytest.param(OPEN, said(SUPPORTED), UNCHECKED, Basis.RULE, ["uncertain"], id="supported without evidence"),
    pytest.param(OPEN, said(SUPPORTED, 99), UNCHECKED, Basis.RULE, ["uncertain"], id="supported by a sentence that does not exist"),
    pytest.param(OPEN, said(CONTRADICTED, 0), UNCHECKED, Basis.RULE, ["uncertain"], id="contradicted by sentence 0"),
    pytest.param(OPEN, Ruling(1, JudgeVerdict("s1", SUPPORTED, (3,), "It is."), {1, 2}), UNCHECKED, Basis.RULE, ["uncertain"], id="by a sentence it was not shown"),
    pytest.param(OPEN, said(SUPPORTED, 1, reason="The statement is incorrect."), UNCHECKED, Basis.RULE, ["uncertain"], id="a reason against its label"),
    pytest.param(NOWHERE, said(SUPPORTED, 99), ABSENT, Basis.RULE, ["not_in_article"], id="nowhere, supported by nothing"),
    pytest.param(WRONG, said(SUPPORTED, 99), CONTRADICTED, Basis.RULE, ["number_mismatch"], id="mismatch, supported by nothing"),
    # no answer
    *(
        pytest.param(OPEN, silent(state), UNCHECKED, Basis.RULE, ["uncertain", state.value], id=f"open, {state.value}")
        for state in AnswerState if state is not AnswerState.OK
    ),
    pytest.param(NOWHERE, silent(AnswerState.REFUSED), ABSENT, Basis.RULE, ["not_in_article", "refused"], id="nowhere, refused"),
    pytest.param(WRONG, silent(AnswerState.UNPARSED), CONTRADICTED, Basis.RULE, ["number_mismatch"], id="mismatch, unparsed"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "ruling", "verdict", "basis", "flags"), ONE)
def test_one_round(before: Finding, ruling: Ruling, verdict: Verdict, basis: Basis, flags: list[str]) -> None:
    after = applied(before, ruling)
    assert (after.verdict, after.basis, codes(after)) == (verdict, basis, flags)
    assert (after.unchecked is not None) == (verdict is UNCHECKED)
    assert (after.statement, after.risk, after.signals) == (before.statement, before.risk, before.signals)
    assert len(after.judgements) == (ruling.verdict is not None)
    if basis is Basis.JUDGE and verdict is not ABSENT:
        assert after.evidence == (whole(2),)


TWO = [
    pytest.param(OPEN, (said(SUPPORTED, 1), said(SUPPORTED, 2, turn=2)), SUPPORTED, [], id="both supported"),
    pytest.param(OPEN, (said(SUPPORTED, 1), said(ABSENT, turn=2)), UNCHECKED, ["uncertain"], id="supported and absent"),
    pytest.param(OPEN, (said(SUPPORTED, 1), said(CONTRADICTED, 1, turn=2)), UNCHECKED, ["uncertain", "judge_contradicts"], id="supported and contradicted"),
    pytest.param(OPEN, (said(SUPPORTED, 1), silent(AnswerState.TRUNCATED, 2)), UNCHECKED, ["uncertain", "truncated"], id="supported and cut off"),
    pytest.param(OPEN, (said(CONTRADICTED, 1), silent(AnswerState.REFUSED, 2)), UNCHECKED, ["uncertain", "refused", "judge_contradicts"], id="contradicted and refused"),
    pytest.param(OPEN, (said(SUPPORTED, 1), said(SUPPORTED, turn=2)), UNCHECKED, ["uncertain"], id="once without evidence"),
    pytest.param(OPEN, (silent(AnswerState.REFUSED), silent(AnswerState.REFUSED, 2)), UNCHECKED, ["uncertain", "refused"], id="none"),
    pytest.param(WRONG, (said(SUPPORTED, 1), said(CONTRADICTED, 1, turn=2)), CONTRADICTED, ["number_mismatch", "judge_contradicts", "judge_disagrees_with_rule"], id="mismatch"),
    pytest.param(NOWHERE, (said(SUPPORTED, 1), said(ABSENT, turn=2)), ABSENT, ["not_in_article", "judge_disagrees_with_rule"], id="nowhere"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "rulings", "verdict", "flags"), TWO)
def test_two_rounds(before: Finding, rulings: Sequence[Ruling], verdict: Verdict, flags: list[str]) -> None:
    after = applied(before, *rulings)
    assert (after.verdict, codes(after)) == (verdict, flags)
    if verdict is SUPPORTED:
        assert after.evidence == (whole(1), whole(2))
    if before is OPEN and verdict is UNCHECKED:
        assert NOT_JUDGED not in after.flags[0].message
        assert "two words are new" in after.flags[0].message
        assert "the judging model, asked twice, gave" in after.flags[0].message


def test_the_state_that_names_why_is_the_judge_call_s() -> None:
    assert applied(OPEN, silent(AnswerState.OVER_BUDGET)).unchecked == "over_budget"
    assert applied(OPEN, said(SUPPORTED)).unchecked == "uncertain"


def test_what_was_said_is_kept_with_why_it_does_not_count() -> None:
    after = applied(OPEN, said(SUPPORTED, 99), said(ABSENT, 1, turn=2, reason="No sentence says so."))
    one, two = after.judgements
    assert (one.round, one.verdict, one.sentences) == (1, SUPPORTED, (99,))
    assert one.problem == "it says “supported” and names no sentence that it was shown"
    assert (two.round, two.reason, two.problem) == (2, "No sentence says so.", None)


@pytest.mark.parametrize(
    ("text", "reason", "counts"),
    [
        pytest.param("A new library costs $6.2 million.", "The sentences say that a new library costs $6.2 million.", False, id="the statement over again"),
        pytest.param("A new library costs $6.2 million.", "A new library costs $6.2 million", False, id="and nothing else"),
        pytest.param("A new library costs $6.2 million.", "The council voted to spend $6.2 million on it.", True, id="the article's words"),
        pytest.param("Construction may begin in March.", "The article says that construction may begin in March.", True, id="both are the article's words"),
        pytest.param("A new library costs $6.2 million.", "Library.", True, id="a piece of it"),
    ],
)  # fmt: skip
def test_a_reason_that_repeats_the_statement_is_none(text: str, reason: str, counts: bool) -> None:
    before = replace(OPEN, statement=Statement("s1", StatementKind.SUMMARY, text))
    after = applied(before, said(SUPPORTED, 1, 3, reason=reason))
    assert (after.verdict is SUPPORTED) is counts
    assert (after.judgements[0].problem is None) is counts


def test_what_was_not_asked_about_stays() -> None:
    others = [
        finding(SUPPORTED, risk=0.1, name="s2"),
        WRONG,
        finding(UNCHECKED, FlagCode.UNCERTAIN, name="s3"),
    ]
    after = apply_verdicts(others, {"s9": [said(SUPPORTED, 1)], "s3": []}, ARTICLE, SETTINGS)
    assert list(after) == others


def test_severities_are_the_newsroom_s() -> None:
    own = Settings(risk_low=0.5, severity={FlagCode.JUDGE_CONTRADICTS: SeverityChoice.HIGH})
    (after,) = apply_verdicts([OPEN], {"s1": [said(CONTRADICTED, 1)]}, ARTICLE, own)
    assert after.flags[0].severity is Severity.HIGH
    never = Settings(risk_low=0.5, severity={FlagCode.JUDGE_CONTRADICTS: SeverityChoice.NEVER})
    (after,) = apply_verdicts([OPEN], {"s1": [said(CONTRADICTED, 1)]}, ARTICLE, never)
    assert (after.flags, after.verdict, after.needs_review) == ((), CONTRADICTED, True)


def test_a_finding_without_the_flag_gets_one_when_nobody_can_tell() -> None:
    """A checker of one's own may leave a statement open without saying why."""
    bare = replace(OPEN, flags=())
    assert codes(applied(bare, said(SUPPORTED))) == ["uncertain"]
    other = replace(OPEN, flags=(flag(FlagCode.UNCERTAIN, "hm"),))
    assert applied(other, said(SUPPORTED)).flags[0].message.startswith("hm; the judging model gave")


@pytest.mark.parametrize(
    ("before", "asked"),
    [
        pytest.param(OPEN, True, id="in the band"),
        pytest.param(replace(OPEN, risk=0.5), True, id="at its lower end"),
        pytest.param(replace(OPEN, risk=0.9), False, id="at its upper end"),
        pytest.param(replace(OPEN, risk=None), False, id="not checked"),
        pytest.param(replace(OPEN, unchecked="language_mismatch"), False, id="in another language"),
        pytest.param(NOWHERE, True, id="on no sentence"),
        pytest.param(replace(NOWHERE, signals=WRONG.signals), False, id="on no sentence, and a mismatch"),
        pytest.param(replace(WRONG, risk=0.95), False, id="a mismatch above it"),
        pytest.param(finding(SUPPORTED, risk=0.2), False, id="supported"),
        pytest.param(finding(SUPPORTED, risk=0.6), False, id="supported by another checker"),
        pytest.param(replace(OPEN, statement=Statement("answer-claims", StatementKind.ANSWER, "x")), False, id="an answer"),
    ],
)  # fmt: skip
def test_who_is_asked_about(before: Finding, asked: bool) -> None:
    assert to_be_judged([before], SETTINGS) == ([before] if asked else [])


def test_a_mismatch_comes_along_and_is_no_reason_to_ask() -> None:
    above = replace(WRONG, risk=0.95)
    assert to_be_judged([WRONG], SETTINGS) == []
    assert to_be_judged([WRONG, OPEN, above], SETTINGS) == [WRONG, OPEN]


CODES = st.lists(st.sampled_from(FlagCode), min_size=1, max_size=3).map(tuple)
FINDINGS = st.builds(
    lambda verdict, codes, risk, mismatch: finding(verdict, *codes, risk=risk, mismatch=mismatch),
    st.sampled_from(Verdict),
    CODES,
    st.none() | st.floats(0, 1),
    st.booleans(),
)
REASONS = st.sampled_from(["It is.", "The statement is incorrect.", "is supported", "No sentence says so.", "", "\x1b[31m"]) | st.text(max_size=30)  # fmt: skip
RULINGS = st.builds(
    lambda verdict, numbers, reason, state, shown: (
        Ruling(1, JudgeVerdict("s1", verdict, tuple(numbers), reason), shown)
        if state is AnswerState.OK
        else Ruling(1, None, shown, state, reason)
    ),
    st.sampled_from([SUPPORTED, CONTRADICTED, ABSENT]),
    st.lists(st.integers(-3, 9) | st.integers(), max_size=6),
    REASONS,
    st.sampled_from(AnswerState),
    st.frozensets(st.integers(-3, 9), max_size=6),
)


@given(before=FINDINGS, rulings=st.lists(RULINGS, max_size=3))
@settings(max_examples=300, deadline=None)
def test_no_judge_removes_a_flag_of_a_rule_or_clears_what_it_cannot_show(
    before: Finding, rulings: list[Ruling]
) -> None:
    (after,) = apply_verdicts([before], {"s1": rulings}, ARTICLE, SETTINGS)
    left = list(after.flags)
    for one in before.flags:
        if one.code is not FlagCode.UNCERTAIN:
            left.remove(one)  # every one of them, and none twice for one
    if before.verdict is CONTRADICTED:
        assert after.verdict is CONTRADICTED
    if after.verdict is not SUPPORTED:
        assert after.needs_review
    if after.verdict is SUPPORTED and before.verdict is not SUPPORTED:
        assert all(ruling.verdict and ruling.verdict.verdict is SUPPORTED for ruling in rulings)
        assert after.evidence
        assert after.basis is Basis.JUDGE
    assert (after.unchecked is not None) == (after.verdict is UNCHECKED)
    assert all(ARTICLE.text[e.start : e.end] == e.quote for e in after.evidence)
    assert Finding.from_json(after.to_json().encode("utf-8", "surrogatepass")) == after
