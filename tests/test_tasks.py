"""Long articles: read in parts, merged and joined, and said so; parts that fail are named."""

import json
import re
from collections.abc import Callable

import pytest

from summarizer import Report, summarize
from summarizer.article import Article
from summarizer.checker import Checked
from summarizer.errors import SettingsError
from summarizer.llm.model import Answer, Request
from summarizer.report import AnswerState, Usage
from summarizer.settings import Settings, Style
from summarizer.testing import ScriptedModel
from summarizer.tokens import estimate

NAMES = ["Adler", "Brandt", "Castell", "Dorn", "Ekholm", "Falk", "Grieg", "Holm", "Ibsen", "Jensen"]


def long_text(sentences: int) -> str:
    """Every sentence with a figure and a name of its own, ten a paragraph."""
    lines = [
        f"Councillor {NAMES[n % 10]} said on Monday that item {n} of the harbour plan costs ${n + 100} million."
        for n in range(1, sentences + 1)
    ]
    return "\n\n".join(" ".join(lines[at : at + 10]) for at in range(0, sentences, 10))


def prompt_of(request: Request) -> str:
    return "\n".join(message.content for message in request.messages)


def sentences_of(request: Request) -> dict[int, str]:
    """The numbered sentences between the fences of a prompt; the notes of a merge under their first number."""
    user = next(m.content for m in request.messages if m.role == "user")
    fence = re.search(r"=====ARTICLE-\w+=====", user)
    assert fence is not None
    inside = user.split(f"\n{fence[0]}\n", 1)[1].split(f"\n{fence[0]}", 1)[0]
    return {int(n): text for n, text in re.findall(r"^\[(\d+)\](?:\[\d+\])* (.+)$", inside, re.MULTILINE)}


def reply_to(request: Request) -> str:
    """A good answer about just what the prompt holds: its first, middle and last sentences."""
    found = sentences_of(request)
    numbers = sorted(found)
    picked = sorted({numbers[0], numbers[len(numbers) // 2], numbers[-1]})
    if request.task == "claims":
        return json.dumps({"claims": [{"evidence": [n], "speaker": None, "text": found[n]} for n in picked]})
    sentences = [{"evidence": [n], "text": found[n]} for n in picked]
    return json.dumps({"headline": None, "sentences": sentences})


def run(
    text: str, reply: Callable[[Request], str | Answer] = reply_to, *, context: int = 4096, **changes: object
) -> tuple[Report, ScriptedModel]:
    model = ScriptedModel(reply, context=context)
    settings = Settings(**changes)  # type: ignore[arg-type]
    profile = "compact" if changes.get("profile") == "compact" else "standard"
    return summarize(text, model=model, settings=settings, profile=profile, language="en"), model


def test_an_article_that_fits_is_read_whole() -> None:
    report, model = run(long_text(20))
    assert report.parts == 1
    assert [call.part for call in report.calls] == [None, None]
    assert len(model.requests) == 2
    assert "of a long article" not in prompt_of(model.requests[0])


def test_a_long_article_is_read_in_parts_merged_and_joined() -> None:
    report, model = run(long_text(200))
    parts = report.parts
    assert parts > 2
    assert [call.part for call in report.calls] == [
        *(f"{n}/{parts}" for n in range(1, parts + 1)),
        "merge",
        *(f"{n}/{parts}" for n in range(1, parts + 1)),
    ]
    assert report.not_run == ()
    # Every sentence was read, for both tasks, and numbers are the article's own.
    for task in ("summary", "claims"):
        seen: dict[int, str] = {}
        for request in model.requests:
            if request.task == task and "of a long article" in prompt_of(request):
                assert "This is part" in prompt_of(request)
                seen |= sentences_of(request)
        assert seen == {s.number: s.text for s in report.article.sentences}
    # The summary is of the whole; nothing needs a look, for all of it is the article's.
    assert report.summary is not None
    cited = [s.cited for s in report.summary.sentences]
    assert cited[0] == (1,)
    assert cited[-1] == (200,)
    assert [claim.id for claim in report.claims] == [f"c{n}" for n in range(1, len(report.claims) + 1)]
    assert len({claim.text for claim in report.claims}) == len(report.claims)
    assert report.flagged == ()
    assert Report.from_json(report.to_json()) == report


def test_requests_stay_within_the_context() -> None:
    _, model = run(long_text(300))
    for request in model.requests:
        assert estimate(prompt_of(request), "en") + request.max_tokens <= 4096
        assert request.schema is not None
        items = request.schema["properties"]["sentences" if request.task == "summary" else "claims"]["items"]
        allowed = items["properties"]["evidence"]["items"]["enum"]
        assert set(sentences_of(request)) <= set(allowed)


def test_claims_of_the_overlap_are_listed_once() -> None:
    def all_of_it(request: Request) -> str:
        if request.task == "summary":
            return reply_to(request)
        found = sentences_of(request)
        picked = [*sorted(found)[:6], *sorted(found)[-6:]]
        return json.dumps({"claims": [{"evidence": [n], "speaker": None, "text": found[n]} for n in picked]})

    report, _ = run(long_text(200), all_of_it)
    texts = [claim.text for claim in report.claims]
    assert len(set(texts)) == len(texts)
    detail = [call.detail for call in report.calls if call.task == "claims" and call.detail]
    assert len(detail) == 1
    assert re.fullmatch(r"claims that two parts made are listed once: [1-9]\d*", detail[0])


def test_a_part_that_fails_is_named_and_the_others_count() -> None:
    def second_fails(request: Request) -> str | Answer:
        if "This is part 2 of" in prompt_of(request):
            return Answer(AnswerState.REFUSED, "no", "m", detail="it would not")
        return reply_to(request)

    report, _ = run(long_text(200), second_fails)
    parts = report.parts
    assert report.summary is not None
    assert {line.split(": refused")[0] for line in report.not_run} == {
        f"summary, part 2 of {parts}",
        f"claims, part 2 of {parts}",
    }
    for task in ("summary", "claims"):
        finding = report.finding(f"answer-{task}-2/{parts}")
        assert finding in report.flagged
        assert [flag.code.value for flag in finding.flags] == ["refused"]
    assert len(report.claims) >= 2 * (parts - 1)


def test_every_part_failing_is_no_summary() -> None:
    report, model = run(long_text(200), lambda request: Answer(AnswerState.REFUSED, "no", "m", detail="no"))
    assert (report.summary, report.claims) == (None, ())
    assert len(report.flagged) == len(model.requests) == 2 * report.parts


def test_a_merge_that_fails_is_named() -> None:
    def no_merge(request: Request) -> str:
        return "I would rather not." if "was read in parts" in prompt_of(request) else reply_to(request)

    report, _ = run(long_text(200), no_merge)
    assert report.summary is None
    assert report.finding("answer-summary-merge") in report.flagged
    assert report.not_run[0].startswith("summary, merge: unparsed")


def test_a_part_that_is_too_long_after_all_is_halved() -> None:
    """A server with less context than it was thought to have."""

    def small(request: Request) -> str | Answer:
        if len(sentences_of(request)) > 15:
            return Answer(AnswerState.MODEL_ERROR, "", "m", detail="does not fit", too_long=True)
        return reply_to(request)

    report, _ = run(long_text(40), small, context=100_000)
    assert report.not_run == ()
    labels = [call.part for call in report.calls if call.task == "claims"]
    assert labels == ["1/2.1", "1/2.2", "2/2.1", "2/2.2"]
    assert report.parts == 4
    assert report.calls[0].set_aside[0].detail == "does not fit"
    assert {n for claim in report.claims for n in claim.cited or ()} >= {1, 40}


def test_one_sentence_that_does_not_fit_is_named() -> None:
    never = Answer(AnswerState.MODEL_ERROR, "", "m", detail="does not fit", too_long=True)
    report, _ = run(long_text(3), lambda request: never, context=100_000)
    assert {f.statement.kind.value for f in report.findings} == {"answer"}
    assert all("does not fit" in line for line in report.not_run)


def test_no_room_for_an_article() -> None:
    with pytest.raises(SettingsError, match="leaves no room") as caught:
        run(long_text(5), context=1500)
    assert "--profile compact" in (caught.value.hint or "")


def test_a_model_of_unknown_context_gets_parts_of_an_assumed_one() -> None:
    model = ScriptedModel(reply_to)
    report = summarize(long_text(1500), model=model, profile="standard", settings=Settings(), language="en")
    assert report.parts == 2
    model = ScriptedModel(reply_to)
    report = summarize(
        long_text(1500), model=model, profile="standard", settings=Settings(context=100_000), language="en"
    )
    assert report.parts == 1


def test_the_compact_profile_in_parts() -> None:
    def plain(request: Request) -> str:
        text = request.messages[0].content.split("\n\n", 1)[1]
        lines = re.findall(r"Councillor [^.]+\.", text)
        return f"{lines[0]} {lines[-1]}"

    report, model = run(long_text(200), plain, context=2048, profile="compact", summary_sentences=2)
    assert report.parts > 2
    assert report.summary is not None
    assert "item 1 of" in report.summary.sentences[0].text
    assert "item 200 of" in report.summary.sentences[1].text
    assert [call.part for call in report.calls][-1] == "merge"
    assert len(model.requests) == report.parts + 1


def test_two_hundred_thousand_words() -> None:
    """The longest article there is: calls grow with its tokens, merges in rounds, nothing is left out."""
    text = long_text(13_300)
    assert len(text.split()) <= 200_000
    checked: list[int] = []

    def count(article: Article, statements: object, *, settings: Settings) -> Checked:
        checked.append(len(article.sentences))
        return Checked([])

    from summarizer import Summarizer

    async def once() -> Report:
        model = ScriptedModel(reply_to, context=8192)
        door = Summarizer(model, profile="standard", settings=Settings(), check=count)  # type: ignore[arg-type]
        return await door.process(Article.from_text(text, language="en"))

    import asyncio

    report = asyncio.run(once())
    assert checked == [13_300]
    assert report.summary is not None
    assert report.summary.sentences[0].cited == (1,)
    assert report.summary.sentences[-1].cited == (13_300,)
    merges = [call.part for call in report.calls if (call.part or "").startswith("merge")]
    assert merges[-1] == "merge"
    assert len(merges) > 2
    tokens = estimate(text)
    assert report.parts < 2 * tokens / 4000
    assert len(report.findings) == len(report.claims) + len(report.summary.sentences)


def test_house_style_reaches_the_prompt_and_banned_words_are_asked_away() -> None:
    style = Style(tone="dry", banned_words=("harbour",), words=60)
    report, model = run(long_text(20), style=style)
    summaries = [request for request in model.requests if request.task == "summary"]
    assert "Tone: dry." in prompt_of(summaries[0])
    assert "about 60 words" in prompt_of(summaries[0])
    assert len(summaries) == 2  # asked once more
    assert "harbour" in summaries[1].messages[-1].content
    (call,) = [call for call in report.calls if call.task == "summary"]
    assert call.state is AnswerState.OK
    assert "harbour" in (call.detail or "")


@pytest.mark.parametrize(
    ("counted", "said"),
    [
        pytest.param(500, True, id="far less than was sent"),
        pytest.param(3000, False, id="about what was sent"),
        pytest.param(None, False, id="not counted"),
    ],
)
def test_a_server_that_drops_the_beginning_without_a_word(counted: int | None, said: bool) -> None:
    def reply(request: Request) -> Answer:
        return Answer(AnswerState.OK, reply_to(request), "m", usage=Usage(counted, 10, None))

    report, _ = run(long_text(120), reply, context=100_000)
    found = [f for f in report.findings if f.statement.id == "input"]
    assert bool(found) == said
    assert bool(report.not_run) == said
    if said:
        assert found[0] in report.flagged
        assert "num_ctx" in found[0].flags[0].message
