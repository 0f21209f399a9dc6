"""``summarizer batch``: run, status, retry, export."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from summarizer.batch.tally import Tally
from summarizer.cli import app
from summarizer.cli.batch import _time
from summarizer.cli.batch_progress import BatchView, in_words, told
from summarizer.cli.common import console
from tests import fault_server, generated, stand_in
from tests.batches import batch, run


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with stand_in.running(stand_in.Plan({"refusal": 0.1}, seed=4, altered_every=5)) as found:
        yield f"{found}/v1"


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("source") / "articles.jsonl"
    rows = [{"key": f"k{n}", "body": text} for n, text in enumerate(generated.texts(15, seed=3))]
    rows += [rows[0], {"key": "short", "body": "Too short."}]
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows) + "{broken\n", encoding="utf-8")
    return path


def summarizer(*arguments: object, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(app, [str(one) for one in arguments], input=stdin, catch_exceptions=True)


def options(source: Path, url: str, out: Path) -> list[object]:
    model = ["--model", "stand-in", "--base-url", url, "--workers", "0"]
    return [source, "--out", out, "--field", "text=body", "--field", "id=key", *model]


def test_a_night(source: Path, url: str, tmp_path: Path) -> None:
    out = tmp_path / "night"
    first = summarizer("batch", "run", *options(source, url, out), "--json")
    assert first.exit_code == 4, first.output  # something failed
    manifest = json.loads(first.stdout)
    articles = manifest["articles"]
    assert articles["read"] == 17
    assert articles["reported"] + articles["failed"] == 17
    assert articles["failed"] >= 2
    assert articles["not_started"] == 0
    assert manifest["input"] | {"fingerprint": ""} == {
        "records": 18,
        "duplicates": 1,
        "read_to_the_end": True,
        "fingerprint": "",
    }
    said = first.stderr
    assert "it adds up" in said
    assert "(1 of 18 records came twice)" in said
    assert "look at these first" in said
    assert f"summarizer batch retry {out}" in said
    assert "k" in said

    second = summarizer("batch", "run", *options(source, url, out))
    assert second.exit_code == 4
    assert f"{articles['reported'] - articles['of_them_incomplete']} done before" in second.stderr

    shown = summarizer("batch", "status", out)
    assert shown.exit_code == 0
    assert "finished" in shown.stdout
    assert "read 17 (1 of 18 records came twice) = reported" in shown.stdout
    assert json.loads(summarizer("batch", "status", out, "--json").stdout)["articles"]["adds_up"] is True

    again = summarizer("batch", "retry", out, "--base-url", url, "--workers", "0")
    assert again.exit_code == 4  # the short one and the broken one stay
    failures = [json.loads(line) for line in (out / "failures.jsonl").read_text("utf-8").splitlines()]
    assert {"short"} <= {failure["id"] for failure in failures}

    reports = (out / "reports.jsonl").read_bytes()
    (out / "reports.jsonl").unlink()
    exported = summarizer("batch", "export", out)
    assert exported.exit_code == 0
    assert (out / "reports.jsonl").read_bytes() == reports
    assert summarizer("show", out / "reports.jsonl").exit_code == 0


def test_a_dry_run_sends_nothing(source: Path, tmp_path: Path) -> None:
    nowhere = "http://127.0.0.1:9/v1"
    done = summarizer("batch", "run", *options(source, nowhere, tmp_path / "night"), "--dry-run")
    assert done.exit_code == 0
    assert "articles    15" in done.stdout
    assert "languages   English 15" in done.stdout
    assert "duplicates  1" in done.stdout
    assert "unreadable  2" in done.stdout
    assert "calls       30" in done.stdout
    assert "nothing was sent" in done.stdout
    assert not (tmp_path / "night").exists()
    found = json.loads(
        summarizer(
            "batch", "run", *options(source, nowhere, tmp_path / "night"), "--dry-run", "--json"
        ).stdout
    )
    assert (found["articles"], found["cost_usd"]) == (15, None)
    assert found["input_tokens"] > found["output_tokens"] > 0


def test_what_a_dry_run_foretells_is_near_what_it_takes(source: Path, url: str, tmp_path: Path) -> None:
    given = options(source, url, tmp_path / "night")
    told_before = json.loads(summarizer("batch", "run", *given, "--dry-run", "--json").stdout)
    manifest = json.loads(summarizer("batch", "run", *given, "--json").stdout)
    paid = manifest["paid_in_this_folder"]
    assert 0.6 * paid["input_tokens"] < told_before["input_tokens"] < 2 * paid["input_tokens"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["--engine", "spark"], "no engine 'spark'", id="engine"),
        pytest.param(["--actors", "3"], "go with --engine ray", id="actors without ray"),
        pytest.param(["--field", "txt=body"], "no field 'txt'", id="field"),
        pytest.param(["--until", "late"], "is no time", id="time"),
        pytest.param(["--from", "xml"], "no format 'xml'", id="format"),
    ],
)
def test_wrong_use(source: Path, tmp_path: Path, arguments: list[str], said: str) -> None:
    done = summarizer("batch", "run", source, "--out", tmp_path / "x", *arguments)
    assert done.exit_code == 2
    assert said in done.stderr


def test_no_batch_there(tmp_path: Path) -> None:
    for command in ("status", "retry", "export"):
        done = summarizer("batch", command, tmp_path)
        assert done.exit_code == 4
        assert "no batch in" in done.stderr


def test_a_wrong_key_stops_the_job_at_once(source: Path, tmp_path: Path) -> None:
    with fault_server.FaultServer(then=lambda body: fault_server.error(401, "no such key")) as server:
        done = summarizer(
            "batch", "run", *options(source, server.url, tmp_path / "night"), "--concurrency", "2"
        )
    assert done.exit_code == 3
    assert "the job stopped" in done.stderr
    assert "SUMMARIZER_API_KEY" in done.stderr
    assert "not started" in done.stderr
    found = json.loads((tmp_path / "night" / "manifest.json").read_text(encoding="utf-8"))
    assert found["articles"]["reported"] == 0
    assert found["articles"]["not_started"] > 10


def test_stopped_in_good_order(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "night"
    with stand_in.running(delay_ms=100) as server:
        command = [sys.executable, "-m", "summarizer", "batch", "run"]
        command += [str(one) for one in options(source, f"{server}/v1", out)]
        with subprocess.Popen([*command, "--concurrency", "1"], stderr=subprocess.PIPE, text=True) as process:
            try:
                ends = time.monotonic() + 60
                while time.monotonic() < ends:
                    shown = summarizer("batch", "status", out, "--json")
                    if shown.exit_code == 0 and json.loads(shown.stdout)["articles"]["reported"]:
                        assert json.loads(shown.stdout)["running"] is True
                        break
                    time.sleep(0.05)
                process.send_signal(signal.SIGTERM)  # as Ctrl-C
                _, said = process.communicate(timeout=60)
            finally:
                process.kill()
        assert process.returncode == 130, said
        assert "it adds up" in said
        assert "not started: run the same command again" in said
        lines = (out / "reports.jsonl").read_text(encoding="utf-8").splitlines()
        assert lines
        manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
        assert manifest["runs"][-1]["why_it_ended"] == "stopped"
        assert manifest["articles"]["reported"] == len(lines)


def test_articles_from_standard_input(url: str, tmp_path: Path) -> None:
    rows = "".join(json.dumps({"text": text}) + "\n" for text in generated.texts(2, seed=9))
    given = ["--out", tmp_path / "x", "--model", "stand-in", "--base-url", url, "--workers", "0", "--quiet"]
    done = summarizer("batch", "run", "-", *given, stdin=rows.encode())
    assert done.exit_code in (0, 4)
    assert (tmp_path / "x" / "summary.csv").is_file()


def test_what_a_batch_flags_goes_into_the_queue_once(source: Path, url: str, tmp_path: Path) -> None:
    from summarizer.review.queue import Queue

    out, queue = tmp_path / "night", str(tmp_path / "queue.sqlite")
    first = summarizer("batch", "run", *options(source, url, out), "--queue", queue)
    assert f"queue {queue}: " in first.stderr
    reported = len((out / "reports.jsonl").read_text("utf-8").splitlines())
    wanted = {json.loads(line)["id"] for line in (out / "review.jsonl").read_text("utf-8").splitlines()}
    with Queue(queue) as opened:
        assert {item.id for item in opened.items()} == wanted
        assert {item.batch_id for item in opened.items()} == {"night"}
    again = summarizer("batch", "run", *options(source, url, out), "--queue", queue)
    assert f"0 queued, {reported} of {reported} reports were there already" in again.stderr


def test_a_retry_takes_the_settings_of_the_last_run(url: str, tmp_path: Path) -> None:
    from summarizer.batch.remember import recalled, remembered
    from summarizer.settings import Settings

    first = Settings(model="m", base_url="http://me:secret@127.0.0.1:1/v1", api_key="sk-123", max_claims=4)
    text = remembered(first)
    assert "secret" not in text
    assert "sk-123" not in text
    assert recalled(text, Settings())["max_claims"] == 4
    assert recalled(text, Settings())["base_url"] == "http://127.0.0.1:1/v1"
    assert recalled(text, first)["base_url"] == first.base_url


# --- what is shown ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.4, "0 s"), (59, "59 s"), (60, "1 min"), (3_599, "1 h 0 min"), (12_000, "3 h 20 min")],
)
def test_lengths_of_time(seconds: float, words: str) -> None:
    assert in_words(seconds) == words


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        pytest.param({"waiting": 4}, ["0 of 4 so far", "0.0/min", "0 running"], id="at first"),
        pytest.param(
            {
                "waiting": 100,
                "whole": True,
                "reported": 50,
                "running": 20,
                "failed": 1,
                "flagged": 9,
                "retried": 3,
                "input_tokens": 7000,
            },
            [
                "51 of 100",
                "5.1/s",
                "20 running",
                "3 requests repeated",
                "1 failed",
                "9 flagged",
                "7,000 tokens",
                "$0",
                "10 s left",
            ],
            id="in the middle",
        ),
        pytest.param(
            {"waiting": 20, "whole": True, "reported": 20, "cost_usd": None, "input_tokens": 5},
            ["20 of 20", "2.0/s", "0 running", "5 tokens"],
            id="at an unknown price",
        ),
    ],
)
def test_a_tally_in_words(shown: dict[str, Any], words: list[str]) -> None:
    assert told(Tally(began=time.monotonic() - 10.0, **shown)) == words


def test_without_a_terminal_a_line_comes_now_and_then(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with BatchView(console(stderr=True), every_s=0.0) as view:
        made = batch(tmp_path)
        run(made, list(generated.texts(2)))
        view.look(made.tally)
    assert "2 of 2" in capfd.readouterr().err
    with BatchView(console(stderr=True), quiet=True, every_s=0.0) as view:
        view.look(made.tally)
    assert capfd.readouterr().err == ""


def test_a_time_of_day_is_the_next_one() -> None:
    now = datetime.now().astimezone()
    soon, before = now + timedelta(minutes=5), now - timedelta(minutes=5)
    assert _time(soon.strftime("%H:%M:%S")) - now <= timedelta(minutes=5)
    assert timedelta(hours=23) < _time(before.strftime("%H:%M:%S")) - now < timedelta(hours=24)
    assert _time("2026-11-24T06:00").tzinfo is not None
