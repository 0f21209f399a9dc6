"""A report as an editor reads it: what is shown, in which order, and that nothing bad passes as fine."""

import io
import re
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest
from rich.cells import cell_len
from rich.console import Console

from summarizer.article import Article
from summarizer.flags import FlagCode, Severity
from summarizer.render.terminal import render_divider, render_note, render_report
from summarizer.report import (
    AnswerState,
    AssertionKind,
    Basis,
    Call,
    Claim,
    Evidence,
    Finding,
    Flag,
    NotExtracted,
    Report,
    Span,
    Statement,
    StatementKind,
    Summary,
    SummarySentence,
    Usage,
    Verdict,
)
from tests.test_render_safe import HOSTILE, obeyed

TEXT = """Council adds $6.2 million for the harbour bridge

LINDHOLM, Nov. 12, 2026 (Norwick News) — The city council voted 9–4 on Wednesday to release $6.2 million. \
The overrun amounts to 32.5 percent of the approved budget, the finance office said in a report of 38 pages \
that was handed out before the meeting and that councillors of all groups had asked for since the summer.

Councillor Ellen Brandt voted for the money. The survey relied on seven boreholes."""


@dataclass
class Draft:
    """A report in the making."""

    article: Article = field(default_factory=lambda: Article.from_text(TEXT))
    sentences: list[SummarySentence] = field(default_factory=list)
    headline: SummarySentence | None = None
    claims: list[Claim] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def evidence(self, words: str) -> Evidence:
        start = self.article.text.index(words)
        (number,) = (s.number for s in self.article.sentences if s.start <= start < s.end)
        return Evidence(number, start, start + len(words), words)

    def add(
        self,
        id_: str,
        text: str,
        verdict: Verdict = Verdict.SUPPORTED,
        *flags: Flag,
        rests_on: tuple[str, ...] = (),
        speaker: str | None = None,
        unchecked: str | None = None,
        risk: float | None = None,
    ) -> None:
        kind = {"h": StatementKind.HEADLINE, "s": StatementKind.SUMMARY, "c": StatementKind.CLAIM}[id_[0]]
        if kind is StatementKind.CLAIM:
            self.claims.append(Claim(id_, text, (), speaker))
        elif kind is StatementKind.SUMMARY:
            self.sentences.append(SummarySentence(id_, text))
        else:
            self.headline = SummarySentence(id_, text)
        statement = Statement(id_, kind, text, (), speaker)
        evidence = tuple(map(self.evidence, rests_on))
        self.findings.append(
            Finding(statement, verdict, Basis.RULE, risk, evidence, (), flags, unchecked),
        )

    def report(self, **changes: Any) -> Report:
        values: dict[str, Any] = {
            "article": self.article,
            "summary": Summary(self.headline, tuple(self.sentences)) if self.sentences else None,
            "claims": tuple(self.claims),
            "findings": tuple(self.findings),
            "article_flags": (),
            "calls": (),
            "not_run": (),
            "profile": "standard",
            "model": "test-model",
            "created": "2026-11-23T10:00:00+00:00",
            "seconds": 3.24,
            "version": "0.1.0",
            "checker_version": "1",
        }
        return Report(**values | changes)


def span(text: str, words: str) -> Span:
    start = text.index(words)
    return Span(start, start + len(words), words)


def call(task: str, state: AnswerState = AnswerState.OK, detail: str | None = None, **known: Any) -> Call:
    return Call(task, state, "test-model", "0" * 8, None, {}, 1, 1.0, detail=detail, **known)


def sample(**changes: Any) -> Report:
    """One statement of each kind and standing."""
    draft = Draft()
    draft.add("h1", "Bridge gets $6.2 million", rests_on=("$6.2 million for the harbour bridge",))
    draft.add(
        "s1", "The council voted 9–4 for the money.", rests_on=("The survey relied on seven boreholes.",)
    )
    text = "The overrun is 53 percent because of clay."
    draft.add(
        "s2",
        text,
        Verdict.CONTRADICTED,
        Flag(FlagCode.CAUSE_NOT_STATED, Severity.MEDIUM, "no cause is given", (span(text, "because of"),)),
        Flag(
            FlagCode.NUMBER_MISMATCH,
            Severity.HIGH,
            "53 percent is not what the article says",
            (span(text, "53 percent"),),
            (draft.evidence("32.5 percent"),),
        ),
        rests_on=("32.5 percent of the approved budget",),
        risk=0.97,
    )
    flag = Flag(FlagCode.UNCERTAIN, Severity.LOW, "the rules cannot tell: “gladly”")
    draft.add("s3", "Brandt voted gladly.", Verdict.UNCHECKED, flag, unchecked="uncertain")
    draft.add("c1", "Brandt voted for it.", rests_on=("Councillor Ellen Brandt",), speaker="Ellen Brandt")
    text = "The Gazette counted nine boreholes."
    flag = Flag(FlagCode.NAME_NOT_IN_ARTICLE, Severity.HIGH, "no Gazette", (span(text, "The Gazette"),))
    draft.add("c2", text, Verdict.NOT_IN_ARTICLE, flag, rests_on=("seven boreholes",))
    return draft.report(**changes)


def shown(report: Report, *, width: int = 100, encoding: str = "utf-8", **options: Any) -> str:
    """As it comes out of a pipe, unless the options say otherwise."""
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    settings: dict[str, Any] = {"force_terminal": False, "color_system": None, "_environ": {}} | options
    console = Console(width=width, file=file, markup=False, highlight=False, emoji=False, **settings)
    with console.capture() as captured:
        console.print(render_report(report, origin="bridge.txt"), crop=False)
    return captured.get()


def test_what_a_reader_sees() -> None:
    expected = """\
Council adds $6.2 million for the harbour bridge
bridge.txt · published 2026-11-12 (detected) · English (detected) · 78 words · document HASH
! 3 of 6 statements need a look

Headline
  ✓ h1  Bridge gets $6.2 million
        [1] “Council adds $6.2 million for the harbour bridge”

Summary
  ✓ s1  The council voted 9–4 for the money.
        [5] “The survey relied on seven boreholes.”

  ! s2  The overrun is >>53 percent<< >>because of<< clay.
        contradicted, risk 0.97
        high number_mismatch: 53 percent is not what the article says
          here “53 percent” · article “32.5 percent” [3]
        medium cause_not_stated: no cause is given
        [3] “The overrun amounts to >>32.5 percent<< of the approved budget, the finance office said
            in a report of 38 pages … of all groups had asked for since the summer.”

  ? s3  Brandt voted gladly.
        not checked: the rules cannot tell: “gladly”

What needs a look
  high    s2  number_mismatch: 53 percent is not what the article says
  high    c2  name_not_in_article: no Gazette
  medium  s2  cause_not_stated: no cause is given
  low     s3  uncertain: the rules cannot tell: “gladly”

Claims of the article
  ✓ c1  Brandt voted for it. — Ellen Brandt  [4]

  ! c2  >>The Gazette<< counted nine boreholes.
        not in the article
        high name_not_in_article: no Gazette
        [5] “The survey relied on seven boreholes.”

Not checked, and why
  ? s3  the rules cannot tell: “gladly”

6 statements: 3 supported, 1 contradicted, 1 not in the article, 1 not checked
model test-model · standard profile · tokens: 1,530 in, 190 out · cost $0.0012 · 3.2 s
"""
    calls = (call("summary", usage=Usage(1530, 190), cost_usd=0.00123),)
    report = sample(calls=calls)
    assert shown(report).replace(report.article.id[:12], "HASH") == expected


@pytest.mark.parametrize("width", [30, 60, 100, 140, 300])
def test_lines_fit_and_end_in_no_space(width: int) -> None:
    for line in shown(sample(), width=width).split("\n"):
        assert cell_len(line) <= min(width, 120)
        assert line == line.rstrip()


@pytest.mark.parametrize(
    ("options", "escapes", "marks"),
    [
        pytest.param({}, False, True, id="piped"),
        pytest.param({"force_terminal": True, "color_system": "standard"}, True, False, id="a terminal"),
        pytest.param(
            {"force_terminal": True, "color_system": "standard", "no_color": True},
            True,  # bold and dim stay
            True,
            id="a terminal and NO_COLOR",
        ),
        pytest.param(
            {"force_terminal": None, "color_system": "auto", "_environ": {"FORCE_COLOR": "1"}},
            True,
            False,
            id="piped and FORCE_COLOR",
        ),
        pytest.param(
            {"force_terminal": True, "color_system": "auto", "_environ": {"TERM": "dumb"}},
            False,
            True,
            id="a dumb terminal",
        ),
    ],
)
def test_words_are_marked_with_and_without_colour(
    options: dict[str, Any], escapes: bool, marks: bool
) -> None:
    text = shown(sample(), **options)
    assert ("\x1b[" in text) is escapes
    assert (">>53 percent<<" in re.sub(r"\x1b\[[\d;]*m", "", text)) is marks
    if escapes and not marks:
        assert re.search(r"\x1b\[1;7;31m53 percent\x1b\[0m", text)
    if options.get("no_color"):
        assert not re.search(r"\x1b\[[\d;]*3[0-7]m", text)


def test_ascii_where_nothing_else_can_be_encoded() -> None:
    own_words = Draft(article=Article.from_text("One two three four five six seven eight nine ten eleven."))
    own_words.add("s1", "One two.", rests_on=("One two three",), speaker=None)
    own_words.add("c1", "Three.", speaker="Somebody")
    text = shown(own_words.report(), encoding="ascii")
    assert text.isascii()
    assert "  + s1  One two." in text


@pytest.mark.parametrize("colour", [False, True])
@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_has_no_effect_anywhere(hostile: str, colour: bool) -> None:
    draft = Draft(
        article=Article.from_text(f"{TEXT}\n\nA man said {hostile} to the reporters.", title=hostile)
    )
    quote = next(s.text for s in draft.article.sentences if "A man said" in s.text)
    text = f"{hostile} cost 53 percent {hostile}"
    flag = Flag(
        FlagCode.NUMBER_MISMATCH,
        Severity.HIGH,
        f"wrong: {hostile}",
        (span(text, "53 percent"), span(text, hostile)),
        (draft.evidence("A man said"),),
    )
    draft.add("s1", text, Verdict.CONTRADICTED, flag, rests_on=(quote,))
    draft.add("s2", f"second {hostile}", Verdict.UNCHECKED, unchecked=hostile)
    draft.add(f"c{hostile}", f"third {hostile}", speaker=hostile)
    report = draft.report(
        model=hostile,
        profile=hostile,
        not_run=(hostile,),
        calls=(call(hostile, AnswerState.UNPARSED, hostile),),
        article_flags=(Flag(FlagCode.INJECTION_SUSPECTED, Severity.HIGH, hostile),),
    )
    report = msgspec.structs.replace(
        report, article=msgspec.structs.replace(report.article, document_id=hostile)
    )
    options: dict[str, Any] = {"force_terminal": True, "color_system": "standard"} if colour else {}
    out = shown(report, **options)
    if colour:
        out = re.sub(r"\x1b\[[\d;]*m", "", out)  # rich's own
    assert obeyed(out) == []
    assert len([line for line in out.split("\n") if line.startswith("  ✓ ")]) == 1  # only the claim's
    if not colour:
        assert "cost >>53 percent" in out


@pytest.mark.parametrize(
    ("text", "url", "first"),
    [
        pytest.param(TEXT, None, "Council adds", id="its headline"),
        pytest.param("One two three four five six seven. " * 9, None, "bridge.txt", id="its origin"),
    ],
)
def test_the_first_line_names_the_article(text: str, url: str | None, first: str) -> None:
    out = shown(Draft(article=Article.from_text(text, url=url)).report())
    assert out.startswith(first)


@pytest.mark.parametrize(
    ("changes", "lines"),
    [
        pytest.param({}, ["published: unknown", "language unknown", "30 words"], id="nothing known"),
        pytest.param({"published": "2026-11-23"}, ["published 2026-11-23 ·"], id="a date that was given"),
        pytest.param({"language": "uk"}, ["· Ukrainian ·"], id="a language"),
        pytest.param({"language": "zz"}, ["· zz ·"], id="a language that nobody knows"),
        pytest.param({"document_id": "story-7"}, ["document story-7"], id="a document id"),
    ],
)
def test_facts_about_the_article(changes: dict[str, Any], lines: list[str]) -> None:
    article = Article.from_text("12 34 56 78 90 11 22 33 44 55 " * 3)
    article = msgspec.structs.replace(article, **{"language": "und", "detected": ()} | changes)
    out = shown(Draft(article=article).report())
    assert [line for line in lines if line not in out.replace("\n", " · ")] == []


@pytest.mark.parametrize(
    ("calls", "expected"),
    [
        pytest.param((), "tokens not reported · cost unknown", id="no calls"),
        pytest.param((call("summary"),), "tokens not reported · cost unknown", id="nothing reported"),
        pytest.param(
            (call("summary", usage=Usage(10, None)),), "tokens: 10 in, not reported out", id="half of it"
        ),
        pytest.param((call("summary", cost_usd=0.0),), "cost $0 ·", id="free"),
        pytest.param((call("summary", cost_usd=0.00001),), "cost less than $0.0001", id="next to nothing"),
        pytest.param((call("summary", cost_usd=12.345),), "cost $12.35", id="a lot"),
    ],
)
def test_unknown_is_never_zero(calls: tuple[Call, ...], expected: str) -> None:
    assert expected in shown(sample(calls=calls))


def test_checked_text_of_somebody_else() -> None:
    draft = Draft()
    statement = Statement("x1", StatementKind.EXTERNAL, "A person wrote this.")
    draft.findings.append(Finding(statement, Verdict.SUPPORTED, Basis.RULE, 0.1))
    assert "Checked text\n  ✓ x1  A person wrote this." in shown(draft.report())


def test_spans_that_do_not_fit_mark_nothing() -> None:
    draft = Draft()
    flag = Flag(FlagCode.NUMBER_MISMATCH, Severity.HIGH, "wrong", (Span(4, 9, "other"), Span(90, 99, "x")))
    draft.add("s1", "Brandt voted for it.", Verdict.CONTRADICTED, flag)
    assert ">>" not in shown(draft.report())


def test_notes_and_dividers() -> None:
    console = Console(width=40, file=io.StringIO(), force_terminal=False)
    with console.capture() as captured:
        console.print(render_note("advice \x1b[31m " * 4))
        console.print(render_divider())
    lines = captured.get().split("\n")
    assert all(cell_len(line) <= 40 for line in lines)
    assert obeyed(captured.get()) == []
    assert "─" * 40 in lines


def test_what_no_claim_covers_is_quoted_with_its_kind() -> None:
    left = (NotExtracted(3, 0.8, AssertionKind.STATISTIC), NotExtracted(99, 0.7, AssertionKind.EVENT))
    text = shown(sample(not_extracted=left))
    part = text.split("Check-worthy, and in none of the claims")[1].split("Not checked, and why")[0]
    assert part.strip().startswith("[3] “The overrun amounts to 32.5 percent")
    assert part.strip().endswith("statistic")
    assert "[99]" not in part
    assert "none of the claims" not in shown(sample())
