"""A batch: what is missing is done, what is done is kept, and it stops in good order."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from summarizer.article import Article
from summarizer.batch.hands import Hands, WorkerDied
from summarizer.batch.job import Batch
from summarizer.batch.journal import Journal
from summarizer.batch.lock import Lock, is_taken
from summarizer.batch.outcome import Outcome, Status
from summarizer.batch.records import Input, packed
from summarizer.batch.results import write_results
from summarizer.errors import JournalError, ModelRejected, ModelUnavailable, SettingsError
from summarizer.llm.model import Answer, Request
from summarizer.report import AnswerState
from summarizer.settings import Settings
from tests import generated
from tests.batches import Writer, batch, content, run

TEXTS = list(generated.texts(12, seed=5))


def rows(texts: list[str] = TEXTS) -> list[dict[str, Any]]:
    return [{"id": f"a{number}", "text": text} for number, text in enumerate(texts)]


def by_id(outcomes: list[Outcome]) -> dict[str, Outcome]:
    assert len({one.id for one in outcomes}) == len(outcomes)
    return {one.id: one for one in outcomes}


def spoiling(task: str, words: str, **changes: Any) -> Writer:
    """A writer whose answers to one task, about articles with these words, are something else."""

    def change(request: Request, answer: Answer) -> Answer:
        hit = request.task == task and any(words in message.content for message in request.messages)
        return replace(answer, **changes) if hit else answer

    return Writer(change)


def raising(error: Exception, *, after: int = 0, words: str = "") -> Writer:
    asked = 0

    def change(request: Request, answer: Answer) -> Answer:
        nonlocal asked
        asked += 1
        if asked > after and any(words in message.content for message in request.messages):
            raise error
        return answer

    return Writer(change)


# --- what is done is done ---------------------------------------------------------------------------


def test_every_article_is_reported_once_and_the_second_run_has_nothing_to_do(tmp_path: Path) -> None:
    writer = Writer()
    made = batch(tmp_path, writer)
    outcomes = by_id(run(made, rows()))
    assert {one.status for one in outcomes.values()} == {Status.REPORTED}
    assert outcomes.keys() == {f"a{number}" for number in range(12)}
    assert writer.asked == {"summary": 12, "claims": 12}
    assert (made.why, made.tally.reported, made.tally.cost_usd) == ("finished", 12, pytest.approx(0.024))

    again = batch(tmp_path, writer)
    assert run(again, rows()) == []
    assert (again.tally.done_before, again.counts().reported) == (12, 12)
    assert sum(writer.asked.values()) == 24


def test_reports_are_those_of_the_single_article_pipeline(tmp_path: Path) -> None:
    from summarizer.pipeline import Summarizer
    from tests.batches import unchecked, unweighed

    async def alone(text: str) -> Any:
        async with Summarizer(Writer(), settings=Settings(), check=unchecked, weigh=unweighed) as summarizer:
            return await summarizer.process(Article.from_text(text, document_id="a0"))

    (outcome,) = run(batch(tmp_path), rows()[:1])
    assert outcome.report is not None
    assert content(outcome.report) == content(asyncio.run(alone(TEXTS[0])))


@pytest.mark.parametrize(
    ("change", "done", "asked"),
    [
        pytest.param({}, 0, {}, id="nothing"),
        pytest.param({"article": True}, 1, {"summary": 1, "claims": 1}, id="an article"),
        pytest.param({"max_claims": 5}, 12, {"claims": 12}, id="a parameter of one task"),
        pytest.param({"risk_low": 0.5}, 12, {}, id="a threshold: only looked at again"),
        pytest.param({"model": "other"}, 12, {"summary": 12, "claims": 12}, id="the model"),
        pytest.param({"prompts": "claims"}, 12, {"claims": 12}, id="a prompt"),
        pytest.param({"timeout_s": 7.0}, 0, {}, id="how long to wait: no part of a report"),
    ],
)
def test_a_change_redoes_exactly_what_it_touches(
    tmp_path: Path, change: dict[str, Any], done: int, asked: dict[str, int]
) -> None:
    run(batch(tmp_path / "out"), rows())
    articles, given = rows(), dict(change)
    if given.pop("article", None):
        articles[3]["text"] += " The board meets again in May."
    writer = Writer(name=given.pop("model", "writer"))
    if given.pop("prompts", None):
        folder = tmp_path / "prompts" / "claims"
        folder.mkdir(parents=True)
        text = (Path(__file__).parent.parent / "prompts" / "claims" / "user.md").read_text(encoding="utf-8")
        (folder / "user.md").write_text(f"{text}\nBe brief.\n", encoding="utf-8")
        given["prompts"] = str(folder.parent)
    outcomes = run(batch(tmp_path / "out", writer, settings=Settings(**given)), articles)
    assert len(outcomes) == done
    assert dict(writer.asked) == asked


def test_an_input_of_its_own_is_what_the_results_are_about(tmp_path: Path) -> None:
    run(batch(tmp_path), rows())
    writer = Writer()
    made = batch(tmp_path, writer)
    assert len(run(made, [*rows()[:3], {"id": "new", "text": TEXTS[0] + " It was a close vote."}])) == 1
    counts = made.counts()
    assert (counts.articles, counts.reported, counts.earlier) == (4, 4, 9)
    assert run(batch(tmp_path, writer), rows()) == []  # those of before are still known


@pytest.mark.parametrize(
    ("articles", "reported", "duplicates"),
    [
        pytest.param([TEXTS[0], TEXTS[1], TEXTS[0]], 2, 1, id="the same text"),
        pytest.param([{"id": "x", "text": TEXTS[0]}] * 3, 1, 2, id="the same id and text"),
        pytest.param(
            [{"id": "x", "text": TEXTS[0]}, {"id": "x", "text": TEXTS[1]}], 2, 0, id="one id, two texts"
        ),
        pytest.param(
            [{"id": "x", "version": 1, "text": TEXTS[0]}, {"id": "x", "version": 2, "text": TEXTS[0]}],
            2,
            0,
            id="two versions",
        ),
        pytest.param([Article.from_text(TEXTS[0]), Article.from_text(TEXTS[0])], 1, 1, id="articles"),
    ],
)
def test_duplicates_are_reported_once(
    tmp_path: Path, articles: list[Any], reported: int, duplicates: int
) -> None:
    for _ in range(2):  # and a second run sees them the same way
        made = batch(tmp_path)
        run(made, articles)
        counts = made.counts()
        assert (counts.reported, counts.duplicates, counts.adds_up) == (reported, duplicates, True)


def test_version_and_document_id_are_kept(tmp_path: Path) -> None:
    given = {"id": "x", "document_id": "story", "version": 4, "text": TEXTS[0]}
    (outcome,) = run(batch(tmp_path), [given])
    assert outcome.report is not None
    assert outcome.id == "x"
    assert (outcome.report.article.document_id, outcome.report.article.version) == ("story", "4")


def test_articles_may_come_from_an_async_source(tmp_path: Path) -> None:
    async def source() -> Any:
        for text in TEXTS[:3]:
            await asyncio.sleep(0)
            yield text

    assert len(run(batch(tmp_path), source())) == 3


# --- one bad article ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("article", "model", "stage", "kind", "raw"),
    [
        pytest.param(
            {"id": "bad", "text": "Too short."}, None, "article", "ArticleError", None, id="no article"
        ),
        pytest.param(12, None, "read", "InputError", None, id="no record"),
        pytest.param(
            {"id": "bad", "text": TEXTS[0]},
            spoiling("summary", TEXTS[0][:40], state=AnswerState.REFUSED, text="No.", detail="I will not"),
            "summary",
            "refused",
            "No.",
            id="refused",
        ),
        pytest.param(
            {"id": "bad", "text": TEXTS[0]},
            spoiling("summary", TEXTS[0][:40], text="What a fine article!"),
            "summary",
            "unparsed",
            "What a fine article!",
            id="unparsed",
        ),
        pytest.param(
            {"id": "bad", "text": TEXTS[0]},
            raising(ZeroDivisionError("a bug"), words=TEXTS[0][:40]),
            "pipeline",
            "ZeroDivisionError",
            None,
            id="a bug",
        ),
        pytest.param(
            {"id": "bad", "text": TEXTS[0]},
            raising(ModelRejected("HTTP 400: no such words here", for_all=False), words=TEXTS[0][:40]),
            "model",
            "ModelRejected",
            None,
            id="turned down by the server",
        ),
    ],
)
def test_one_bad_article_fails_alone(
    tmp_path: Path, article: Any, model: Writer | None, stage: str, kind: str, raw: str | None
) -> None:
    made = batch(tmp_path, model)
    outcomes = run(made, [*rows()[1:6], article, *rows()[6:]])
    (failed,) = [one for one in outcomes if one.status is Status.FAILED]
    assert failed.failure is not None
    assert (failed.failure.stage, failed.failure.kind, failed.failure.raw) == (stage, kind, raw)
    assert failed.failure.message
    assert failed.failure.what_to_do
    assert made.counts().reported == 11
    assert made.counts().failed == 1
    assert made.why == "finished"


def test_an_article_without_claims_is_reported_as_incomplete_and_retried(tmp_path: Path) -> None:
    bad = spoiling("claims", TEXTS[2][:40], state=AnswerState.REFUSED, text="No.")
    outcomes = by_id(run(batch(tmp_path, bad), rows()))
    assert outcomes["a2"].status is Status.INCOMPLETE
    assert outcomes["a2"].report is not None

    writer = Writer()
    made = batch(tmp_path, writer)
    (outcome,) = run(made, None)
    assert (outcome.id, outcome.status) == ("a2", Status.REPORTED)
    assert dict(writer.asked) == {"claims": 1}  # the summary is in the journal
    assert made.counts().reported == 12


def test_a_retry_asks_anew_what_was_no_use_and_a_second_run_does_not(tmp_path: Path) -> None:
    bad = spoiling("summary", TEXTS[2][:40], text="What a fine article!")
    run(batch(tmp_path, bad), rows())
    writer = Writer()
    (still,) = run(batch(tmp_path, writer), rows())
    assert (still.id, still.status, dict(writer.asked)) == ("a2", Status.FAILED, {})
    (good,) = run(batch(tmp_path, writer), None)
    assert (good.id, good.status, dict(writer.asked)) == ("a2", Status.REPORTED, {"summary": 1})
    assert run(batch(tmp_path, writer), None) == []


# --- stopping -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "why"),
    [
        pytest.param(ModelRejected("HTTP 401: wrong key"), "ModelRejected", id="a wrong key"),
        pytest.param(ModelUnavailable("nothing answers"), "ModelUnavailable", id="nobody there"),
    ],
)
def test_what_ends_all_work_stops_the_job_and_keeps_what_is_done(
    tmp_path: Path, error: Exception, why: str
) -> None:
    made = batch(tmp_path, raising(error, after=10), concurrency=1, outage_s=0.0)
    with pytest.raises(type(error)):
        run(made, rows())
    counts = made.counts()
    assert (made.why, counts.reported, counts.not_started, counts.failed) == (why, 5, 7, 0)
    assert counts.adds_up
    writer = Writer()
    assert len(run(batch(tmp_path, writer), rows())) == 7
    assert sum(writer.asked.values()) == 14


def test_a_server_that_comes_back_costs_time_and_nothing_else(tmp_path: Path) -> None:
    asked = 0

    def change(request: Request, answer: Answer) -> Answer:
        nonlocal asked
        asked += 1
        if 8 <= asked < 12:
            raise ModelUnavailable("it restarts")
        return answer

    made = batch(tmp_path, Writer(change), concurrency=2)
    assert {one.status for one in run(made, rows())} == {Status.REPORTED}
    assert made.counts().reported == 12


def test_a_server_that_turns_everything_down_stops_the_job(tmp_path: Path) -> None:
    made = batch(tmp_path, raising(ModelRejected("HTTP 400: no", for_all=False)), concurrency=1)
    with pytest.raises(ModelRejected):
        run(made, rows())
    assert made.counts().not_started == 3


@pytest.mark.parametrize("share", [pytest.param(0.8, id="most of it"), pytest.param(0.5, id="half")])
def test_a_limit_stops_taking_articles_in_and_lists_the_rest(tmp_path: Path, share: float) -> None:
    many = [{"id": f"c{number}", "text": text} for number, text in enumerate(generated.texts(40, seed=6))]
    whole = batch(tmp_path / "whole")
    run(whole, many)
    limit = int(share * (whole.tally.input_tokens + whole.tally.output_tokens))
    made = batch(tmp_path, settings=Settings(max_tokens=limit), concurrency=3)
    run(made, many)
    tally, counts = made.tally, made.counts()
    assert made.why == "budget"
    assert tally.input_tokens + tally.output_tokens <= limit
    assert counts.reported >= 40 * share / 3
    assert counts.whole
    assert counts.failed == counts.incomplete == 0
    assert 0 < counts.not_started == 40 - counts.reported
    assert len(run(batch(tmp_path), many)) == counts.not_started


def test_after_the_time_that_was_set_nothing_is_taken_in(tmp_path: Path) -> None:
    now = datetime(2026, 11, 24, 6, 0, 1, tzinfo=UTC)
    until = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
    made = batch(tmp_path, until=until, clock=now.timestamp)
    run(made, rows())
    assert made.why == "until"
    assert made.counts().whole
    assert made.counts().not_started + made.counts().reported == 12
    assert made.counts().not_started > 0


def test_a_consumer_that_leaves_loses_only_what_was_under_way(tmp_path: Path) -> None:
    made = batch(tmp_path, concurrency=2)

    async def some() -> None:
        stream = made.run(rows())
        async for _ in stream:
            break
        await stream.aclose()

    asyncio.run(some())
    assert made.why == "stopped"
    done = made.counts().reported
    assert 1 <= done < 12
    assert not is_taken(tmp_path)
    assert len(run(batch(tmp_path), rows())) == 12 - done


def test_a_second_job_on_the_folder_is_refused_and_a_dead_one_is_no_hindrance(tmp_path: Path) -> None:
    with Lock(tmp_path):
        assert is_taken(tmp_path)
        with pytest.raises(SettingsError, match=f"process {os.getpid()} is working on"):
            run(batch(tmp_path), rows())
    code = f"from summarizer.batch.lock import Lock; Lock(__import__('pathlib').Path({str(tmp_path)!r})).take(); import os; os.kill(os.getpid(), 9)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -9
    assert len(run(batch(tmp_path), rows()[:1])) == 1


# --- the journal ----------------------------------------------------------------------------------------


FULL_DISK = """
import resource, sys
from pathlib import Path
from tests.batches import batch, run
from tests import generated
run(batch(Path(sys.argv[1] + "-first")), list(generated.texts(1)))  # whatever is loaded late is loaded now
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
made = batch(Path(sys.argv[1]), concurrency=2)
try:
    run(made, [{"id": f"b{n}", "text": t} for n, t in enumerate(generated.texts(60, seed=8))])
except Exception as error:
    print(type(error).__name__, error)
"""


def test_a_full_disk_stops_the_job_and_loses_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path), "700000"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.startswith("JournalError the journal"), done.stdout + done.stderr
    with Journal(tmp_path).look() as look:
        reported = look.counts().reported
        kept = [json.loads(line)["article"]["document_id"] for line in look.rows("report", Status.REPORTED)]
    assert 0 < reported < 60
    assert len(set(kept)) == reported
    writer = Writer()
    made = batch(tmp_path, writer)
    articles = [{"id": f"b{n}", "text": t} for n, t in enumerate(generated.texts(60, seed=8))]
    assert len(run(made, articles)) == 60 - reported
    assert sum(writer.asked.values()) <= 2 * (60 - reported)
    assert made.counts().reported == 60


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"no database", id="something else"),
        pytest.param(b"SQLite format 3\0" + b"x" * 900, id="damaged"),
    ],
)
def test_a_journal_that_is_none_is_left_alone(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "journal.sqlite").write_bytes(data)
    with pytest.raises(JournalError, match="journal"):
        run(batch(tmp_path), rows())
    assert (tmp_path / "journal.sqlite").read_bytes() == data


def test_what_was_committed_survives_a_power_cut_when_asked_for(tmp_path: Path) -> None:
    async def setting(durable: bool) -> int:
        journal = Journal(tmp_path / str(durable), durable=durable)
        await journal.open()
        found = await journal.answers.own(lambda db: db.execute("PRAGMA synchronous").fetchone()[0])
        journal.close()
        return int(found)

    assert asyncio.run(setting(False)) == 1  # NORMAL
    assert asyncio.run(setting(True)) == 2  # FULL


def test_a_bug_in_work_on_the_journal_is_no_trouble_with_the_file(tmp_path: Path) -> None:
    async def go() -> None:
        journal = Journal(tmp_path)
        await journal.open()
        try:
            await journal.answers.own(lambda db: 1 // 0)
        finally:
            journal.close()

    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        asyncio.run(go())


def test_there_is_nothing_to_look_at_where_no_batch_is(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="no batch in"), Journal(tmp_path).look():
        pass


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    yield tmp_path_factory.mktemp("pool")


def test_workers_make_the_same_reports(pool: Path) -> None:
    from summarizer.checker import check_article
    from summarizer.pipeline import weigh

    def reports(workers: int) -> dict[str, Any]:
        made = batch(
            pool / str(workers),
            workers=workers,
            check=check_article,
            weigh=weigh,
            settings=Settings(judge=False),
        )
        found = by_id(run(made, [*rows()[:4], {"id": "bad", "text": "Too short."}]))
        assert found["bad"].status is Status.FAILED
        return {name: content(one.report) for name, one in found.items() if one.report}

    alone, together = reports(0), reports(1)
    assert alone == together
    assert len(alone) == 4


ORPHAN = """
import os, sys
from summarizer.batch.hands import _pool
if __name__ == "__main__":
    pool = _pool(1)
    print(pool.submit(os.getpid).result(), flush=True)
    sys.stdin.read()
"""


def test_a_worker_ends_with_a_process_that_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "orphan.py"
    script.write_text(ORPHAN, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        worker = int(process.stdout.readline())
        process.kill()
        process.wait()
    ends = time.monotonic() + 60
    while _lives(worker):
        assert time.monotonic() < ends, "the worker lives on"
        time.sleep(0.05)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return "Z" not in Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2][:3]
    except OSError:
        return False


def _die() -> None:
    os._exit(3)


def test_a_worker_that_dies_costs_a_second_try_and_twice_is_told() -> None:
    hands = Hands(workers=1)
    body = packed(Input.of_fields({"text": TEXTS[0]}, "a").body or pytest.fail())

    async def go() -> Article:
        with pytest.raises(BrokenProcessPool):
            hands._ready().submit(_die).result()
        return await hands.article(body)  # the pool is broken: it is built anew

    try:
        assert asyncio.run(go()).text == TEXTS[0]
        with pytest.raises(WorkerDied, match="ended, twice"):
            hands._again(_die)
    finally:
        hands.close()


@pytest.mark.parametrize("number", [0, -3])
def test_numbers_that_cannot_be(tmp_path: Path, number: int) -> None:
    with pytest.raises(SettingsError, match="concurrency must be 1 or more"):
        Batch(tmp_path, settings=Settings(), concurrency=number)


def test_results_are_those_of_the_journal(tmp_path: Path) -> None:
    made = batch(tmp_path, spoiling("summary", TEXTS[2][:40], text="No JSON."))
    outcomes = by_id(run(made, rows()))
    manifest = write_results(made.journal)
    lines = (tmp_path / "reports.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 11
    ids = [json.loads(line)["article"]["document_id"] for line in lines]
    assert ids == [f"a{number}" for number in range(12) if number != 2]  # in the order of the input
    for line in lines:
        report = outcomes[json.loads(line)["article"]["document_id"]].report
        assert report is not None
        assert type(report).from_json(line) == report
    assert manifest["articles"] == {
        "read": 12,
        "reported": 11,
        "of_them_incomplete": 0,
        "failed": 1,
        "not_started": 0,
        "adds_up": True,
    }
