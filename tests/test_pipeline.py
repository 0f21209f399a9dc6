"""One article's way with a scripted model: what is asked, what becomes of every kind of answer."""

import asyncio
import io
import itertools
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from rich.console import Console

from summarizer import Report, Summarizer, summarize
from summarizer.article import Article
from summarizer.checker import Checked, check_article
from summarizer.errors import ArticleError, ModelUnavailable
from summarizer.flags import FlagCode
from summarizer.llm.model import Answer, Request
from summarizer.render.terminal import render_report
from summarizer.report import AnswerState, Finding, Statement, StatementKind, Usage, Verdict
from summarizer.review_items import review_items
from summarizer.settings import Profile, Settings
from summarizer.testing import ScriptedModel

TEXT = """Council approves library

LINDHOLM, Nov. 12, 2026 — Lindholm's city council voted 9–4 on Wednesday to spend $6.2 million on a new library.

"We have waited for this house since 1998," said Councillor Ellen Brandt. Construction may begin in March."""

SUMMARY = {
    "headline": "Lindholm approves new library",
    "sentences": [
        {"evidence": [2], "text": "The council voted to spend $6.2 million on a new library."},
        {"evidence": [2, 9], "text": "The vote was 9-5."},
    ],
}
CLAIMS = {"claims": [{"evidence": [4], "speaker": None, "text": "Construction may begin in March."}]}
GOOD = {"summary": json.dumps(SUMMARY), "claims": json.dumps(CLAIMS)}
PLAIN = {
    "summary": "The council voted to spend $6.4 million on a new library. Construction may begin in March."
}


def run(model: ScriptedModel, text: str = TEXT, profile: str = "standard", **changes: object) -> Report:
    return summarize(text, model=model, profile=profile, settings=Settings(**changes))  # type: ignore[arg-type]


def plain(report: Report) -> str:
    printed = io.StringIO()
    Console(file=printed, width=200, color_system=None).print(render_report(report))
    return printed.getvalue()


def test_a_standard_report() -> None:
    model = ScriptedModel(GOOD)
    report = run(model)
    assert [f.statement.id for f in report.findings] == ["h1", "s1", "s2", "c1"]
    assert [f.verdict.value for f in report.findings] == [
        "supported",
        "supported",
        "contradicted",
        "supported",
    ]
    assert [flag.code.value for flag in report.finding("s2").flags] == ["number_mismatch", "evidence_missing"]
    assert [call.task for call in report.calls] == ["summary", "claims"]
    assert report.not_run == ()
    assert Report.from_json(report.to_json()) == report


def test_two_calls_an_article_whatever_the_claims() -> None:
    many = {
        "claims": [
            {"evidence": [2], "speaker": None, "text": f"The council met {n} times."} for n in range(12)
        ]
    }
    model = ScriptedModel(GOOD | {"claims": json.dumps(many)})
    report = run(model)
    assert len(model.requests) == 2
    assert len(report.claims) == 12


def test_the_compact_profile_asks_once_and_takes_claims_from_the_article() -> None:
    model = ScriptedModel(PLAIN)
    report = run(model, profile="compact")
    assert [request.task for request in model.requests] == ["summary"]
    assert model.requests[0].schema is None
    assert [flag.code.value for flag in report.finding("s1").flags] == ["number_mismatch"]
    assert report.finding("s2").verdict is Verdict.SUPPORTED
    for claim in report.claims:
        assert claim.cited is not None
        assert claim.text == report.article.sentence(claim.cited[0]).text
    worths = [claim.worth or 0 for claim in report.claims]
    assert worths == sorted(worths, reverse=True)
    assert report.not_extracted == ()  # the claims are the most check-worthy sentences themselves
    assert report.not_run == ()


def test_every_statement_and_claim_has_its_worth_and_what_no_claim_covers_is_told() -> None:
    report = run(ScriptedModel(GOOD))
    assert all(finding.worth is not None and 0 < finding.worth < 1 for finding in report.findings)
    assert [claim.worth for claim in report.claims] == [report.finding(c.id).worth for c in report.claims]
    assert [left.sentence for left in report.not_extracted] == [2]
    claim = {"evidence": [2], "speaker": None, "text": "The council spends $6.2 million on a library."}
    covering = run(ScriptedModel(GOOD | {"claims": json.dumps({"claims": [claim]})}))
    assert covering.not_extracted == ()
    none = run(ScriptedModel(GOOD | {"claims": "no claims"}))
    assert [left.sentence for left in none.not_extracted] == [2]
    assert none.finding("answer-claims").worth is None


def test_provenance_is_kept() -> None:
    usage = Usage(100, 20, 50)
    answers = {task: Answer(AnswerState.OK, text, "m-1", 2, 0.5, usage, "r-1") for task, text in GOOD.items()}
    report = run(ScriptedModel(answers))
    call = report.calls[0]
    assert (call.model, call.attempts, call.usage, call.response_id) == ("m-1", 2, usage, "r-1")
    assert call.parameters == {"max_tokens": 900, "temperature": 0.0, "seed": 0, "prompt_version": 2}
    assert len(call.prompt_hash) == 16
    assert call.schema_hash
    assert call.cost_usd is None
    assert call.raw is None
    assert report.usage.input_tokens == 200


@pytest.mark.parametrize(
    ("reply", "state"),
    [
        pytest.param("I would rather not say.", "unparsed", id="prose"),
        pytest.param('{"headline": "A b c"}', "unparsed", id="half an object"),
        pytest.param(Answer(AnswerState.REFUSED, "", "m", detail="no"), "refused", id="refused"),
        pytest.param(Answer(AnswerState.TRUNCATED, '{"head', "m"), "truncated", id="truncated"),
        pytest.param(Answer(AnswerState.MODEL_ERROR, "<html>", "m", 4), "model_error", id="server error"),
        pytest.param(Answer(AnswerState.OVER_BUDGET, "", "m", 0), "over_budget", id="over budget"),
    ],
)
@pytest.mark.parametrize("task", ["summary", "claims"])
def test_every_unusable_answer_is_named_kept_and_reviewed(task: str, reply: str | Answer, state: str) -> None:
    report = run(ScriptedModel({**GOOD, task: reply}))
    (call,) = [call for call in report.calls if call.task == task]
    assert call.state.value == state
    assert call.raw == (reply if isinstance(reply, str) else reply.text)
    (line,) = report.not_run
    assert line.startswith(f"{task}: {state}")
    (finding,) = [f for f in report.flagged if f.statement.kind is StatementKind.ANSWER]
    assert [flag.code.value for flag in finding.flags] == [state]
    assert any(item.finding == finding for item in review_items(report))
    # The other task's statements are checked as ever.
    assert len(report.findings) == (2 if task == "summary" else 4)
    assert Report.from_json(report.to_json()) == report


def test_a_plain_reply_that_was_cut_off_is_used_as_far_as_it_is_whole() -> None:
    text = "The council met on Wednesday. It voted 9-4. Construction may begin in March. And th"
    report = run(ScriptedModel({"summary": Answer(AnswerState.TRUNCATED, text, "m")}), profile="compact")
    assert report.summary is not None
    assert len(report.summary.sentences) == 3
    assert (report.calls[0].state, report.not_run) == (AnswerState.OK, ())
    short = Answer(AnswerState.TRUNCATED, "The council met. It vo", "m")
    report = run(ScriptedModel({"summary": short}), profile="compact")
    assert report.summary is not None
    assert report.summary.text == "The council met."
    assert report.calls[0].state is AnswerState.TRUNCATED
    assert report.not_run == ("summary: truncated: cut off after 1 whole sentences of 3",)
    assert report.findings[-1] in report.flagged
    assert [flag.code.value for flag in report.finding("answer-summary").flags] == ["truncated"]
    assert report.calls[0].raw == "The council met. It vo"


def test_bad_articles_raise_before_a_call() -> None:
    model = ScriptedModel(GOOD)
    with pytest.raises(ArticleError):
        run(model, "Three words only.")
    assert model.requests == []


def test_a_model_that_is_not_there_raises_its_own_error() -> None:
    def gone(request: Request) -> str:
        raise ModelUnavailable("nobody home", hint="start it")

    with pytest.raises(ModelUnavailable, match="nobody home"):
        run(ScriptedModel(gone))


def test_inside_a_running_loop() -> None:
    async def notebook() -> Report:
        return run(ScriptedModel(GOOD))

    assert asyncio.run(notebook()).summary is not None


def test_the_async_door_with_several_articles_at_once() -> None:
    async def several() -> list[Report]:
        async with Summarizer(
            ScriptedModel(lambda request: GOOD[request.task]), profile=Profile.STANDARD
        ) as door:
            return list(await asyncio.gather(*(door.process(f"{TEXT} Part {n}.") for n in range(5))))

    reports = asyncio.run(several())
    assert len({report.article.id for report in reports}) == 5
    assert all(len(report.findings) == 4 for report in reports)


def test_progress_names_the_steps() -> None:
    steps: list[str] = []

    async def once() -> None:
        await Summarizer(ScriptedModel(GOOD), profile="standard", progress=steps.append).process(TEXT)

    asyncio.run(once())
    assert sorted(steps) == ["check", "claims", "summary"]
    assert steps[-1] == "check"


def test_own_prompts(tmp_path: Path) -> None:
    folder = tmp_path / "compact" / "summary"
    folder.mkdir(parents=True)
    (folder / "user.md").write_text("Sag es in $sentences Sätzen: $article")
    (folder / "meta.toml").write_text("version = 7\nmax_tokens = 50")
    model = ScriptedModel(PLAIN)
    report = run(model, profile="compact", prompts=str(tmp_path))
    assert model.requests[0].messages[0].content.startswith("Sag es in 3 Sätzen: LINDHOLM")
    assert report.calls[0].parameters["prompt_version"] == 7


HOSTILE = [
    "[" * 5000,
    '{"claims": NaN}',
    '{"headline": "\\ud800abc", "sentences": []}',
    "\x1b]0;x\x07",
    '{"claims": [{"evidence": [99999999999999999999], "speaker": "\\u202e", "text": "The council \\u0000 met."}]}',
    '{"headline": null, "sentences": [{"evidence": [1e300], "text": "The council met on it."}]}',
    "```json\n{}\n```",
    "<think>" * 50,
    "",
]
ODD = st.sampled_from(
    ["\u202e\u0000", "\x1b[31m", "=====ARTICLE-0=====", "<script>alert(1)</script>", "$6.2 million", "“We have waited”",
     "9–5", "Ellen Brandt", "𝟙²³", "\ud83d", "'; DROP TABLE items; --", "міська рада", "%s%n", "{{7*7}}"]
)  # fmt: skip
WORDS = st.sampled_from(TEXT.split())
TEXTS = st.lists(WORDS | ODD | st.text(max_size=12), max_size=14).map(" ".join)
NUMBERS = st.lists(st.integers(-2, 12) | st.integers(), max_size=7)
SUMMARIES = st.fixed_dictionaries(
    {
        "headline": st.none() | TEXTS,
        "sentences": st.lists(st.fixed_dictionaries({"evidence": NUMBERS, "text": TEXTS}), max_size=10),
    }
)
LABELS = st.sampled_from(
    ["supported", "contradicted", "not_in_article", "Not in article", "unchecked", "true"]
)
VERDICT_LISTS = st.fixed_dictionaries(
    {
        "verdicts": st.lists(
            st.fixed_dictionaries(
                {
                    "id": st.sampled_from(["h1", "s1", "s2", "s3", "c1", "c2", "s9"]) | TEXTS,
                    "evidence": NUMBERS,
                    "verdict": LABELS,
                    "reason": TEXTS
                    | st.sampled_from(["The sentence says so.", "It is incorrect.", "It is supported."]),
                }
            ),
            max_size=8,
        )
    }
)
CLAIM_LISTS = st.fixed_dictionaries(
    {
        "claims": st.lists(
            st.fixed_dictionaries({"evidence": NUMBERS, "speaker": st.none() | TEXTS, "text": TEXTS}),
            max_size=45,
        )
    }
)


@st.composite
def replies(draw: st.DrawFn) -> Answer:
    """A reply as a model may give it: good, bad, hostile, wrapped, cut, of any state."""
    data = draw(SUMMARIES | CLAIM_LISTS | VERDICT_LISTS)
    text = draw(
        st.sampled_from(HOSTILE) | TEXTS | st.just(json.dumps(data)) | st.just(json.dumps(data, indent=1))
    )
    around = draw(
        st.sampled_from(
            ["{}", "```json\n{}\n```", "<think>hm</think>{}", "Sure! Here it is: {} Bye.", "{}{}"]
        )
    )
    text = around.replace("{}", text)
    if draw(st.booleans()):
        text = text[: draw(st.integers(0, len(text)))]
    state = draw(st.sampled_from([AnswerState.OK] * 5 + list(AnswerState)))
    attempts = 0 if state is AnswerState.OVER_BUDGET else 1
    usage = Usage(draw(st.none() | st.integers(0, 9)), draw(st.none() | st.integers(0, 3000)), None)
    too_long = state is AnswerState.MODEL_ERROR and draw(st.booleans())
    detail = None if state is AnswerState.OK else draw(TEXTS)
    return Answer(state, text, "m", attempts, 0.0, usage, detail=detail, too_long=too_long)


def judged(request: Request, kind: int) -> str:
    """Verdicts on just what a judge was asked about, all of one kind, some of them nonsense."""
    properties = request.schema["properties"]["verdicts"]["items"]["properties"]  # type: ignore[index]
    names, numbers = properties["id"]["enum"], properties["evidence"]["items"]["enum"]
    verdict = ["supported", "contradicted", "not_in_article"][kind % 3]
    evidence = [[], numbers[:1], [10**9], numbers[-1:]][kind % 4]
    reason = ["The sentence says so.", "It is incorrect.", "\x1b[31m", "No sentence mentions it."][
        kind % 5 % 4
    ]
    entry = {"evidence": evidence, "verdict": verdict, "reason": reason}
    return json.dumps({"verdicts": [entry | {"id": name} for name in names]})


@given(
    answers=st.lists(replies(), min_size=1, max_size=6),
    profile=st.sampled_from(list(Profile)),
    context=st.sampled_from([None, 8192]),
    judges=st.sampled_from([0, 1, 2]),
    kinds=st.lists(st.none() | st.integers(0, 59), min_size=1, max_size=4),
    low=st.sampled_from([0.0, 0.4, 0.9]),
)
@settings(max_examples=120, deadline=None)
def test_no_answer_raises_or_loses_a_statement_or_points_beside_the_article(
    answers: list[Answer],
    profile: Profile,
    context: int | None,
    judges: int,
    kinds: list[int | None],
    low: float,
) -> None:
    turn, judging = itertools.cycle(answers), itertools.cycle(kinds)
    before: dict[str, Finding] = {}

    def checked(article: Article, statements: Sequence[Statement], *, settings: Settings) -> Checked:
        found = check_article(article, statements, settings=settings)
        before.update({finding.statement.id: finding for finding in found.findings})
        return found

    def answer(request: Request) -> Answer | str:
        kind = next(judging) if request.task == "verify" else None
        return next(turn) if kind is None else judged(request, kind)

    async def once() -> Report:
        own = Settings(judge=bool(judges), judges=max(judges, 1), risk_low=low, risk_high=1.0)
        model = ScriptedModel(answer, context=context)
        return await Summarizer(model, settings=own, profile=profile, check=checked).process(TEXT)

    report = asyncio.run(once())
    for name, rules in before.items():
        after, left = report.finding(name), list(report.finding(name).flags)
        for flag in rules.flags:
            if flag.code is not FlagCode.UNCERTAIN:
                left.remove(flag)  # no judge takes a flag of the rules away
        assert rules.verdict is not Verdict.CONTRADICTED or after.verdict is Verdict.CONTRADICTED
        assert after.verdict is not Verdict.SUPPORTED or after.evidence
        assert judges or replace(after, worth=None) == rules  # their worth is added afterwards
    assert Report.from_json(report.to_json()) == report
    asked = [sentence.id for sentence in (report.summary.sentences if report.summary else ())]
    asked += ["h1"] if report.summary and report.summary.headline else []
    asked += [claim.id for claim in report.claims]
    found = [finding.statement.id for finding in report.findings]
    assert len(found) == len(set(found))
    assert set(asked) == {
        f.statement.id for f in report.findings if f.statement.kind is not StatementKind.ANSWER
    }
    unusable = [call for call in report.calls if call.state is not AnswerState.OK]
    assert len(report.not_run) == len(unusable)
    of_texts = [call for call in unusable if call.task != "verify"]
    assert len(of_texts) == sum(f.statement.kind is StatementKind.ANSWER for f in report.findings)
    text = report.article.text
    assert all(text[e.start : e.end] == e.quote for e in report.evidence())
    numbers = {sentence.number for sentence in report.article.sentences}
    assert all(e.sentence in numbers for e in report.evidence())
    for finding in report.findings:
        for span in (
            *(s for f in finding.flags for s in f.spans),
            *(s for g in finding.signals for s in g.spans),
        ):
            assert finding.statement.text[span.start : span.end] == span.text
        assert finding.needs_review or finding.verdict is Verdict.SUPPORTED


def test_a_checker_that_loses_a_statement_is_found_out() -> None:
    def forgetful(article: Article, statements: Sequence[Statement], *, settings: Settings) -> Checked:
        return check_article(article, statements[1:], settings=settings)

    async def once() -> Report:
        door = Summarizer(ScriptedModel(GOOD), profile="standard", settings=Settings(), check=forgetful)
        return await door.process(TEXT)

    report = asyncio.run(once())
    assert [f.statement.id for f in report.findings] == ["h1", "s1", "s2", "c1"]
    assert report.finding("h1").verdict is Verdict.UNCHECKED
    assert report.finding("h1") in report.flagged


def test_asked_again_is_told() -> None:
    model = ScriptedModel({"summary": ["no JSON", GOOD["summary"]], "claims": GOOD["claims"]})
    report = run(model)
    assert report.not_run == ()
    (reply,) = report.calls[0].set_aside
    assert (reply.state, reply.raw) == (AnswerState.UNPARSED, "no JSON")
    assert "asked again once" in plain(report)


def test_article_objects_are_taken_as_they_are() -> None:
    async def once(make: Callable[[], Article]) -> Report:
        return await Summarizer(ScriptedModel(GOOD), profile="standard").process(make())

    report = asyncio.run(once(lambda: Article.from_text(TEXT, document_id="story", language="en")))
    assert report.article.document_id == "story"
