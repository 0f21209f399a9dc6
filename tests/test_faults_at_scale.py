"""Five hundred articles against a server of which three answers in ten are bad: nothing gets lost."""

import json
import urllib.request
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import anyio
import pytest

from summarizer.article import Article
from summarizer.errors import ModelError
from summarizer.llm.client import OpenAIModel
from summarizer.pipeline import Summarizer, statements
from summarizer.report import AnswerState, Call, Report, StatementKind, Verdict
from summarizer.settings import Api, Profile, Settings
from tests import generated, stand_in
from tests.stand_in import FAULTS, Plan

pytestmark = pytest.mark.anyio

ARTICLES = 500
IN_FLIGHT = 50
MOST_REQUESTS = 1.6  # for every answer that was needed
TIMEOUT_S = 4.0  # far above what an answer takes, also on a busy machine
# Few statements: what takes time here is to check them. And a judge who is asked about all that is not wrong.
SETTINGS = Settings(summary_sentences=2, max_claims=2, risk_low=0.0, risk_high=1.0)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@dataclass
class Run:
    """What became of some articles, in their order, and what the server saw."""

    reports: dict[str, Report] = field(default_factory=dict)
    failures: dict[str, ModelError] = field(default_factory=dict)
    stats: dict[str, Any] = field(default_factory=dict)

    @property
    def calls(self) -> list[Call]:
        return [call for report in self.reports.values() for call in report.calls]


async def run(
    articles: list[Article],
    plan: Plan,
    *,
    timeout_s: float = TIMEOUT_S,
    api: Api = Api.CHAT,
) -> Run:
    async def short_sleep(seconds: float) -> None:
        await anyio.sleep(seconds / 50)

    done = Run()
    limiter = anyio.CapacityLimiter(IN_FLIGHT)

    async def process(article: Article, summarizer: Summarizer) -> None:
        async with limiter:
            try:
                done.reports[article.id] = await summarizer.process(article)
            except ModelError as error:
                done.failures[article.id] = error

    with stand_in.running(plan) as url:
        model = OpenAIModel(
            "stand-in",
            base_url=f"{url}/v1",
            api=api,
            timeout_s=timeout_s,
            sleep=short_sleep,
            random=lambda: 0.5,
        )
        async with (
            Summarizer(model, settings=SETTINGS, profile=Profile.STANDARD) as summarizer,
            anyio.create_task_group() as group,
        ):
            for article in articles:
                group.start_soon(process, article, summarizer)
        done.stats = await anyio.to_thread.run_sync(_stats, url)
    return done


def _stats(url: str) -> dict[str, Any]:
    with urllib.request.urlopen(f"{url}/stats", timeout=10) as reply:
        stats: dict[str, Any] = json.load(reply)
    return stats


def assert_nothing_is_lost(report: Report) -> None:
    """Every statement has exactly one finding with a verdict, and whatever is not fine is named and flagged."""
    found = Counter(finding.statement.id for finding in report.findings)
    assert set(found.values()) <= {1}
    asked = statements(report.summary, report.claims)
    unusable = [call for call in report.calls if call.state is not AnswerState.OK]
    of_texts = [call for call in unusable if call.task != "verify"]
    assert len(report.findings) == len(asked) + len(of_texts)
    for statement in asked:
        assert report.finding(statement.id).statement == statement
    for finding in report.findings:
        if finding.verdict is not Verdict.SUPPORTED:
            assert finding.flags, finding
            assert all(flag.message for flag in finding.flags)
        assert (finding.unchecked is not None) == (finding.verdict is Verdict.UNCHECKED)
    assert sorted(call.task for call in report.calls) in (
        ["claims", "summary"],
        ["claims", "summary", "verify"],
    )
    assert len(report.not_run) == len(unusable)
    for call in unusable:
        assert call.detail
        assert any(line.startswith(f"{call.task}: {call.state.value}: ") for line in report.not_run)
    for call in of_texts:
        stands_for_it = report.finding(f"answer-{call.task}")
        assert stands_for_it.statement.kind is StatementKind.ANSWER
        assert [flag.code for flag in stands_for_it.flags] == [call.state.flag_code]
    if report.summary is None:
        assert any(call.task == "summary" for call in unusable)
    if not report.claims:
        assert any(call.task == "claims" for call in unusable)


async def test_five_hundred_articles_with_thirty_percent_faults() -> None:
    articles = generated.articles(ARTICLES)
    done = await run(articles, Plan.even(0.3, seed=2, altered_every=7))

    assert done.reports.keys() | done.failures.keys() == {article.id for article in articles}
    assert len(done.reports) + len(done.failures) == ARTICLES
    for report in done.reports.values():
        assert_nothing_is_lost(report)
    for error in done.failures.values():
        assert str(error)

    needed = len(done.calls) + 2 * len(done.failures)
    judged = [call for call in done.calls if call.task == "verify"]
    assert needed > 2.5 * ARTICLES
    assert len(judged) > 0.5 * ARTICLES
    by_fault, requests = done.stats["by_fault"], done.stats["requests"]
    assert by_fault.keys() == {*FAULTS, "none"}
    assert 0.25 < 1 - by_fault["none"] / requests < 0.35
    assert requests / needed <= MOST_REQUESTS, f"{requests} requests for {needed} answers that were needed"
    if not done.failures:  # every request is told of; on a busy machine one may end before it is seen
        assert abs(sum(call.attempts for call in done.calls) - requests) <= requests // 100
    # Most faults are mended; those that a repeat does not mend are told by their names.
    states = Counter(call.state for call in done.calls)
    assert states[AnswerState.OK] > 0.85 * needed
    assert states[AnswerState.REFUSED] > 0
    # A judge without an answer leaves its statements unchecked, by the name of what happened.
    without = [call.state.value for call in judged if call.state is not AnswerState.OK]
    left = {
        f.unchecked
        for r in done.reports.values()
        for f in r.findings
        if f.unchecked not in (None, "uncertain")
    }
    assert without and set(without) <= left
    # And the checker had something to say: wrong figures among a great many right ones.
    verdicts = Counter(finding.verdict for report in done.reports.values() for finding in report.findings)
    assert verdicts[Verdict.SUPPORTED] > verdicts[Verdict.CONTRADICTED] > 0


@pytest.mark.parametrize("api", [Api.CHAT, Api.RESPONSES])
@pytest.mark.parametrize(
    ("fault", "state", "requests"),
    [
        pytest.param("rate_limited", AnswerState.MODEL_ERROR, 4, id="rate_limited"),
        pytest.param("rate_limited_retry_after", AnswerState.MODEL_ERROR, 4, id="rate_limited_retry_after"),
        pytest.param("server_error", AnswerState.MODEL_ERROR, 4, id="server_error"),
        pytest.param("dropped", AnswerState.MODEL_ERROR, 4, id="dropped"),
        pytest.param("stall", AnswerState.MODEL_ERROR, 4, id="stall"),
        pytest.param("slow_drip", AnswerState.MODEL_ERROR, 4, id="slow_drip"),
        pytest.param("html", AnswerState.MODEL_ERROR, 2, id="html"),
        pytest.param("truncated", AnswerState.TRUNCATED, 2, id="truncated"),
        pytest.param("wrong_shape", AnswerState.UNPARSED, 2, id="wrong_shape"),
        pytest.param("refusal", AnswerState.REFUSED, 1, id="refusal"),
    ],
)
async def test_a_fault_that_never_ends_is_a_named_state(
    fault: str, state: AnswerState, requests: int, api: Api
) -> None:
    timeout_s = 0.5 if fault in ("stall", "slow_drip") else 20.0  # the others must never run into it
    done = await run(generated.articles(1), Plan({fault: 1.0}), timeout_s=timeout_s, api=api)
    (report,) = done.reports.values()
    assert_nothing_is_lost(report)
    assert [call.state for call in report.calls] == [state, state]
    assert done.stats["by_fault"] == {fault: 2 * requests}
    assert [call.attempts for call in report.calls] == [requests, requests]
    assert (report.summary, report.claims) == (None, ())


async def test_the_same_plan_gives_the_same_run() -> None:
    """Without faults that take time: a busy machine must not change the outcome."""
    rates = {name: 0.05 for name in FAULTS if name not in ("stall", "slow_drip")}
    articles = generated.articles(20, seed=1)
    runs = [await run(articles, Plan(rates, seed=seed), timeout_s=60.0) for seed in (5, 5, 6)]

    def outcome(done: Run) -> list[tuple[str, AnswerState, int, str | None]]:
        reports = [done.reports[article.id] for article in articles]
        return [(c.task, c.state, c.attempts, c.response_id) for report in reports for c in report.calls]

    assert outcome(runs[0]) == outcome(runs[1])
    assert runs[0].stats["by_fault"] == runs[1].stats["by_fault"]
    assert outcome(runs[0]) != outcome(runs[2])


def test_every_fault_is_planned_as_often_as_asked() -> None:
    plan = Plan.even(0.3, seed=9)
    planned = Counter(plan.fault(b"body %d" % number, 1) for number in range(20_000))
    assert planned[None] == pytest.approx(14_000, rel=0.03)
    for name in FAULTS:
        assert planned[name] == pytest.approx(600, rel=0.2)
    assert any(plan.fault(b"body", attempt) != plan.fault(b"body", 1) for attempt in range(2, 30))


def test_generated_articles_are_distinct_and_of_the_length_they_say() -> None:
    texts = list(generated.texts(ARTICLES))
    assert len(set(texts)) == ARTICLES
    assert all(60 <= len(text.split()) <= 150 for text in texts)
    assert texts == list(generated.texts(ARTICLES))
