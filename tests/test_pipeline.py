"""One article's way with a scripted model: what is asked, what becomes of every kind of answer."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from summarizer import Report, Summarizer, summarize
from summarizer.article import Article
from summarizer.errors import ArticleError, ModelUnavailable
from summarizer.llm.model import Answer, Request
from summarizer.report import AnswerState, StatementKind, Usage, Verdict
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
    assert report.not_run == ()


def test_provenance_is_kept() -> None:
    usage = Usage(100, 20, 50)
    answers = {task: Answer(AnswerState.OK, text, "m-1", 2, 0.5, usage, "r-1") for task, text in GOOD.items()}
    report = run(ScriptedModel(answers))
    call = report.calls[0]
    assert (call.model, call.attempts, call.usage, call.response_id) == ("m-1", 2, usage, "r-1")
    assert call.parameters == {"max_tokens": 900, "temperature": 0.0, "seed": 0, "prompt_version": 1}
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
    assert any(item.finding == finding for item in report.review_items())
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


def test_an_article_longer_than_the_context_is_said() -> None:
    text = "The council met on Monday and it voted for the bridge again. " * 400
    report = run(ScriptedModel(PLAIN, context=4096), text, profile="compact")
    assert any("it read the first" in line for line in report.not_run)
    finding = report.finding("input-summary")
    assert [flag.code.value for flag in finding.flags] == ["truncated"]
    assert finding in report.flagged
    assert any(item.finding == finding for item in report.review_items())


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


HOSTILE = st.sampled_from(
    [
        json.dumps(SUMMARY),
        json.dumps(CLAIMS),
        "[" * 5000,
        '{"claims": NaN}',
        '{"headline": "\\ud800abc", "sentences": []}',
        "\x1b]0;x\x07",
        '{"claims": [{"evidence": [99999999999999999999], "speaker": "\\u202e", "text": "The council \\u0000 met."}]}',
        '{"headline": null, "sentences": [{"evidence": [1e300], "text": "The council met on it."}]}',
        "```json\n{}\n```",
        "",
    ]
)


@given(
    st.fixed_dictionaries(
        {"summary": HOSTILE | st.text(max_size=200), "claims": HOSTILE | st.text(max_size=200)}
    )
)
@settings(max_examples=60, deadline=None)
def test_no_answer_raises_or_loses_anything(replies: dict[str, str]) -> None:
    report = run(ScriptedModel(replies))
    assert Report.from_json(report.to_json()) == report
    asked = [sentence.id for sentence in (report.summary.sentences if report.summary else ())]
    asked += [claim.id for claim in report.claims]
    found = [finding.statement.id for finding in report.findings]
    assert set(asked) <= set(found)
    assert len(found) == len(set(found))
    unusable = [call for call in report.calls if call.state is not AnswerState.OK]
    assert len(unusable) == sum(f.statement.kind is StatementKind.ANSWER for f in report.findings)


def test_article_objects_are_taken_as_they_are() -> None:
    async def once(make: Callable[[], Article]) -> Report:
        return await Summarizer(ScriptedModel(GOOD), profile="standard").process(make())

    report = asyncio.run(once(lambda: Article.from_text(TEXT, document_id="story", language="en")))
    assert report.article.document_id == "story"
