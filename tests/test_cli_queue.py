"""``summarizer queue`` and ``db``: what each command does, in a terminal and without one."""

import json
import os
import select
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from summarizer.cli import app
from summarizer.cli.queue_work import Session, why_in_words
from summarizer.cli.queueing import age
from summarizer.report import Claim
from summarizer.review.filters import Filters
from summarizer.review.leases import Nothing, Why
from summarizer.review.queue import Queue
from summarizer.review_items import Decision, DecisionVerdict, ItemStatus, TruthRating
from tests.review_data import RIGHT, TEXT, WRONG_CLAIM, WRONG_COST, WRONG_FERRY, WRONG_VOTE, Clock, made
from tests.test_cli import folder as folder
from tests.test_cli_process import command, environment
from tests.test_render_safe import HOSTILE, obeyed

NO = DecisionVerdict.CONTRADICTED


@pytest.fixture
def url(tmp_path: Path) -> str:
    return str(tmp_path / "queue.sqlite")


@pytest.fixture
def filled(url: str) -> str:
    with Queue(url) as queue:
        queue.add(
            made([WRONG_VOTE, WRONG_COST], [Claim("c1", WRONG_CLAIM, speaker="Ada Brandt")]), batch_id="b1"
        )
    return url


def run(*arguments: str, keys: str | None = None) -> Result:
    return CliRunner().invoke(app, ["queue", *arguments], input=keys, env={"COLUMNS": "120"})


def ok(*arguments: str, keys: str | None = None) -> str:
    done = run(*arguments, keys=keys)
    assert done.exit_code == 0, done.output
    return done.stdout


def item(url: str, text: str) -> str:
    with Queue(url) as queue:
        return next(one.id for one in queue.items() if one.finding.statement.text == text)


def decided(url: str, text: str) -> tuple[Decision, ...]:
    with Queue(url) as queue:
        return queue.decisions(item(url, text))


# --- putting in


def test_check_puts_in_what_it_flags_and_says_so(tmp_path: Path, url: str) -> None:
    (tmp_path / "article.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "summary.txt").write_text(WRONG_COST, encoding="utf-8")
    arguments = [
        "check",
        str(tmp_path / "article.txt"),
        str(tmp_path / "summary.txt"),
        "--queue",
        url,
        "--json",
    ]
    first = CliRunner().invoke(app, arguments)
    assert first.exit_code == 1
    assert f"queue {url}: 1 queued" in first.stderr
    again = CliRunner().invoke(app, arguments)
    assert "0 queued, 1 of 1 reports were there already" in again.stderr
    assert json.loads(again.stdout)["findings"], "the report comes out as ever"
    assert WRONG_COST in ok("list", "--queue", url).replace(">>", "").replace("<<", "")


def test_run_puts_in_the_queue_of_the_settings(folder: Path) -> None:
    (folder / "a.txt").write_text(TEXT, encoding="utf-8")
    done = CliRunner().invoke(app, ["run", "a.txt", "--queue", "default", "--json"])
    assert done.exit_code == 0, done.output
    assert "queued" in done.stderr
    with Queue() as queue:
        assert len(queue.documents()) == 1


def test_a_queue_that_cannot_be_is_told_before_a_model_is_asked(folder: Path) -> None:
    (folder / "a.txt").write_text(TEXT, encoding="utf-8")
    (folder / "text.sqlite").write_text("no database, but some text", encoding="utf-8")
    done = CliRunner().invoke(app, ["run", "a.txt", "--queue", "text.sqlite"])
    assert done.exit_code != 0
    assert done.stdout == ""


def test_saved_reports_are_added(tmp_path: Path, url: str) -> None:
    reports = tmp_path / "reports.jsonl"
    reports.write_text(f"{made([WRONG_VOTE], []).to_json()}\nno report}}\n", encoding="utf-8")
    done = run("add", str(reports), "--queue", url, "--batch", "b7", "--min-reviews", "2", "--json")
    assert done.exit_code == 2, "one of them was none, and that is told"
    assert "line 2" in done.stderr
    (added,) = json.loads(done.stdout)
    assert (added["outcome"], len(added["queued"])) == ("new", 1)
    with Queue(url) as queue:
        (one,) = queue.items()
    assert (one.batch_id, one.min_reviews) == ("b7", 2)


# --- working


def test_lines_decide_where_there_is_no_terminal(filled: str) -> None:
    keys = f"2\ne {RIGHT}\nn see the minutes\nt Mostly false: nine, not ten\n3\nx\n\nq\n"
    text = ok("next", "--reviewer", "ada", "--queue", filled, keys=keys)
    assert ">>9-5<<" in text or ">>5<<" in text
    assert "number_mismatch: " in text
    assert "[1]" in text, "the article around it"
    assert "e  correct the text, then decide" in text, "an unknown key says what there is"
    (first,), (second,) = decided(filled, WRONG_VOTE), decided(filled, WRONG_COST)
    assert (first.verdict, first.corrected_text) == (NO, None)
    assert (second.verdict, second.corrected_text, second.note) == (
        DecisionVerdict.NOT_IN_ARTICLE,
        RIGHT,
        "see the minutes",
    )
    assert second.truth_rating == TruthRating("Mostly false", explanation="nine, not ten")
    assert second.seconds_spent is not None
    with Queue(filled) as queue:
        assert queue.item(item(filled, WRONG_CLAIM)).holder is None, "what was left is free again"


def test_what_was_typed_without_a_verdict_is_told(filled: str) -> None:
    done = run("next", "--reviewer", "ada", "--queue", filled, keys=f"e {RIGHT}\nn see the minutes\nq\n")
    assert done.exit_code == 0
    assert "not kept: text, note; it is kept with a verdict: 1, 2 or 3" in done.stderr
    assert decided(filled, WRONG_VOTE) == ()


def test_skip_undo_and_the_end_of_the_queue(filled: str) -> None:
    text = ok("next", "--reviewer", "ada", "--queue", filled, keys="s\ns too long for now\n2\nu\n2\n1\n")
    assert "not skipped: say why" in text
    assert "taken back: contradicted" in text
    assert "nothing left for you: 1 that you skipped (--skipped brings them back)" in text
    assert ">> Ada Brandt" not in text
    assert " — Ada Brandt" in text
    assert ok("next", "--reviewer", "ada", "--queue", filled, "--skipped", keys="1\n").endswith(
        "the queue is empty: nothing is open\n"
    )


def test_several_items_for_a_program(filled: str) -> None:
    several = json.loads(ok("next", "--reviewer", "ada", "--queue", filled, "--json", "--count", "2"))
    assert [one["reviewer"] for one in several] == ["ada", "ada"]
    rest = json.loads(ok("next", "--reviewer", "bob", "--queue", filled, "--json", "--count", "9"))
    assert len({one["item"]["id"] for one in several + rest}) == 3
    assert json.loads(ok("next", "--reviewer", "cem", "--queue", filled, "--json", "--count", "9")) == []
    alone = run("next", "--reviewer", "ada", "--queue", filled, "--count", "2")
    assert (alone.exit_code, "--count goes with --json" in alone.stderr) == (2, True)


def test_one_item_for_a_program(filled: str) -> None:
    one = json.loads(ok("next", "--reviewer", "ada", "--queue", filled, "--json"))
    assert one["item"]["finding"]["statement"]["text"] == WRONG_VOTE
    again = json.loads(ok("next", "--reviewer", "ada", "--queue", filled, "--json"))
    assert again["item"]["id"] == one["item"]["id"], "what is held comes first"
    none = json.loads(ok("next", "--reviewer", "bob", "--queue", filled, "--json", "--language", "uk"))
    assert (none["why"], none["open"]) == ("filtered_out", 3)


class Played:
    """Keys, and answers to what is asked."""

    def __init__(self, keys: Sequence[str], answers: Sequence[str | None] = ()) -> None:
        self.keys, self.answers, self.asked = list(keys), list(answers), []

    def key(self) -> tuple[str, str | None]:
        return self.keys.pop(0), None

    def ask(self, question: str, prefill: str = "") -> str | None:
        self.asked.append((question, prefill))
        return self.answers.pop(0)


def test_a_session_measures_the_time_and_asks_with_the_text_filled_in(filled: str) -> None:
    clock = Clock(100.0)
    played = Played(["e", "n", "2", ""], [RIGHT, "a note"])
    with Queue(filled) as queue:

        class Slow(Played):
            def key(self) -> tuple[str, str | None]:
                clock.pass_(7)
                return super().key()

        slow = Slow(played.keys, played.answers)
        session = Session(queue, "ada", Filters(), slow, interactive=True, clock=clock)
        assert session.run() is None
    assert slow.asked[0] == ("corrected text", WRONG_VOTE)
    (made_,) = decided(filled, WRONG_VOTE)
    assert (made_.seconds_spent, made_.corrected_text, made_.note) == (21.0, RIGHT, "a note")


def test_an_item_that_somebody_else_decided_meanwhile_is_told_and_left(filled: str) -> None:
    with Queue(filled) as queue:

        class Meddling(Played):
            def key(self) -> tuple[str, str | None]:
                if len(self.keys) == 2:
                    queue.add(made([WRONG_COST], [], created="2026-12-01T00:00:00+00:00"))
                return super().key()

        session = Session(queue, "ada", Filters(), Meddling(["2", ""]), interactive=False)
        session.run()
        assert session.decided == 0
    with Queue(filled) as queue:
        assert queue.count(Filters(status=ItemStatus.OPEN)) == 1


@pytest.mark.parametrize(
    ("nothing", "words"),
    [
        (Nothing(Why.EMPTY, 0), "the queue is empty"),
        (Nothing(Why.LEASED, 2, leased=2), "2 open items are with other reviewers"),
        (Nothing(Why.LEASED, 1, leased=1), "the only open item is with other reviewers"),
        (Nothing(Why.FILTERED, 3), "none of the 3 open items is what you asked for"),
        (
            Nothing(Why.YOURS, 3, 1, 1, 0, 1),
            "1 that you decided wait for another reviewer, 1 that you hold, 1 with",
        ),
    ],
)
def test_why_there_is_nothing_in_words(nothing: Nothing, words: str) -> None:
    assert words in why_in_words(nothing)


def test_single_keys_in_a_real_terminal(filled: str, tmp_path: Path) -> None:
    pty = pytest.importorskip("pty")
    import termios

    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command("queue", "next", "--reviewer", "ada", "--queue", filled),
        cwd=tmp_path,
        env=environment(),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    shown = ""

    def until(words: str, times: int = 1) -> None:
        nonlocal shown
        deadline = time.monotonic() + 60
        while shown.count(words) < times:
            assert time.monotonic() < deadline, shown
            if select.select([ours], [], [], 1)[0]:
                shown += os.read(ours, 65536).decode()

    def press(keys: bytes) -> None:
        while termios.tcgetattr(ours)[3] & termios.ECHO:  # what is typed before it listens is dropped
            time.sleep(0.01)
        os.write(ours, keys)

    until("> ")
    press(b"n")
    until("note: ")
    press(b"called them\r")
    until("note: called them", 2)
    until("> ", 2)
    press(b"2")
    until("q quit", 3)
    until("> ", 3)
    press(b"q")
    until("1 decided")
    process.wait(timeout=60)
    os.close(ours)
    assert process.returncode == 0
    (decision,) = decided(filled, WRONG_VOTE)
    assert (decision.verdict, decision.note) == (NO, "called them")


# --- single items


def test_deciding_by_hand(filled: str) -> None:
    id_ = item(filled, WRONG_COST)
    text = ok(
        "decide", id_[:10], "--reviewer", "ada", "--verdict", "contradicted", "--text", "It costs $48 million.",
        "--note", "sentence 2", "--rating", "False", "--rating-value", "1", "--rating-best", "5",
        "--rating-worst", "1", "--explanation", "48, not 84", "--seconds", "12", "--queue", filled,
    )  # fmt: skip
    assert text == f"{id_[:8]}: contradicted by ada\n"
    (made_,) = decided(filled, WRONG_COST)
    assert made_.truth_rating == TruthRating("False", 1, 5, 1, "48, not 84")
    refused = run("decide", id_, "--reviewer", "bob", "--verdict", "supported", "--queue", filled)
    assert "decided already" in refused.stderr
    second = ok(
        "decide", id_, "--reviewer", "bob", "--verdict", "supported", "--second-opinion", "--queue", filled
    )
    assert second.endswith("another reviewer is asked\n")
    assert json.loads(ok("undo", "--reviewer", "bob", "--queue", filled, "--json"))["reviewer"] == "bob"
    assert "undo" not in ok(
        "skip", item(filled, WRONG_VOTE), "--reviewer", "ada", "--reason", "x", "--queue", filled
    )
    shown = ok("show", id_, "--queue", filled)
    assert "corrected to “It costs $48 million.”" in shown
    assert "truth: False" in shown
    assert "bob: supported, taken back" in shown
    whole = json.loads(ok("show", id_, "--queue", filled, "--json"))
    assert len(whole["history"]) == 3
    assert "skipped it: x" in ok("show", item(filled, WRONG_VOTE), "--queue", filled)


def test_lists(filled: str) -> None:
    run(
        "decide",
        item(filled, WRONG_COST),
        "--reviewer",
        "ada",
        "--verdict",
        "contradicted",
        "--queue",
        filled,
    )
    assert ok("list", "--queue", filled).endswith("2 items\n")
    assert ok("list", "--queue", filled, "--all").endswith("3 items\n")
    assert ok("list", "--queue", filled, "--all", "--limit", "1").endswith(
        "3 items; the first 1 are shown (--limit)\n"
    )
    assert "decided: contradicted" in ok("list", "--queue", filled, "--reviewer", "ada")
    assert ok(
        "list", "--queue", filled, "--document", "story", "--batch", "b1", "--code", "date_mismatch"
    ).endswith("1 item\n")
    article = made([]).article.id
    assert ok("list", "--queue", filled, "--article", article[:6], "--older-than", "1").endswith("0 items\n")
    rows = json.loads(ok("list", "--queue", filled, "--newer-than", "2h", "--json"))
    assert [row["item"]["finding"]["statement"]["text"] for row in rows] == [WRONG_VOTE, WRONG_CLAIM]


@pytest.mark.parametrize(
    ("text", "seconds"), [("7", 604800), ("7d", 604800), ("12h", 43200), ("30m", 1800), ("5s", 5)]
)
def test_ages(text: str, seconds: float) -> None:
    assert age(text) == seconds


# --- out, and away


def test_approved_text_and_its_exit_codes(filled: str, tmp_path: Path) -> None:
    pending = run("approved", "story-1", "--queue", filled)
    assert (pending.exit_code, "pending: 3 items" in pending.stdout) == (4, True)
    for text in (WRONG_VOTE, WRONG_COST, WRONG_CLAIM):
        run(
            "decide",
            item(filled, text),
            "--reviewer",
            "ada",
            "--verdict",
            "contradicted",
            "--text",
            RIGHT,
            "--queue",
            filled,
        )
    assert f"\n{RIGHT} {RIGHT}\n" in ok("approved", "story-1", "--queue", filled)
    assert json.loads(ok("approved", "story-1", "--queue", filled, "--json"))["state"] == "approved"
    out = tmp_path / "approved.md"
    assert ok("approved", "--all", "--queue", filled, "--format", "markdown", "--out", str(out)) == ""
    assert out.read_text(encoding="utf-8").startswith("# Lindholm votes")
    assert len(json.loads(ok("approved", "--all", "--queue", filled, "--json"))) == 1


def test_statistics_and_their_page(filled: str, tmp_path: Path) -> None:
    for name in ("ada", "bob"):
        verdict = "contradicted" if name == "ada" else "supported"
        run(
            "decide",
            item(filled, WRONG_COST),
            "--reviewer",
            name,
            "--verdict",
            verdict,
            "--second-opinion",
            "--queue",
            filled,
        )
    run(
        "decide",
        item(filled, WRONG_VOTE),
        "--reviewer",
        "ada",
        "--verdict",
        "contradicted",
        "--seconds",
        "9",
        "--queue",
        filled,
    )
    page = tmp_path / "stats.html"
    text = ok("stats", "--queue", filled, "--page", str(page))
    assert "number_mismatch" in text
    assert "the same verdict on 0 of 1 item with several decisions" in text
    assert "ada and bob: 0 of 1" in text
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert json.loads(ok("stats", "--queue", filled, "--json"))["items"] == 3
    assert "0 items: 0 open" in ok("stats", "--queue", filled, "--batch", "none")


def test_purging(filled: str) -> None:
    for arguments, words in (
        ([], "name the articles"),
        (["story-1", "--older-than", "3"], "name the articles"),
        (["story-1"], "who deletes"),
        (["story-1", "--by", "ada"], "no terminal to ask"),
    ):
        refused = run("purge", *arguments, "--queue", filled)
        assert words in refused.stderr
    assert "0 documents deleted" in ok(
        "purge", "--older-than", "0", "--by", "ada", "--yes", "--queue", filled
    )
    gone = ok("purge", "story-1", "--by", "ada", "--reason", "asked for", "--yes", "--queue", filled)
    assert "story-1: 1 version, 3 items, 0 decisions, by ada (asked for)" in gone
    (logged,) = json.loads(ok("purge", "--log", "--json", "--queue", filled))
    assert logged["document_id"] == "story-1"
    assert WRONG_VOTE not in json.dumps(logged)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["list"], "there is no queue"),
        (["approved"], "name an article"),
        (["approved", "--all", "x"], "name an article"),
        (
            ["decide", "x", "--reviewer", "a", "--verdict", "supported", "--explanation", "y"],
            "a rating has a name",
        ),
    ],
)
def test_wrong_uses(url: str, arguments: list[str], words: str) -> None:
    assert words in run(*arguments, "--queue", url).stderr
    assert not Path(url).exists(), "looking makes no file"


def test_db(url: str) -> None:
    for arguments in (["db", "upgrade", "--queue", url], ["db", "status", "--queue", url]):
        done = CliRunner().invoke(app, arguments)
        assert done.exit_code == 0
        assert done.stdout.startswith(f"{url}: revision ")
    assert (
        json.loads(CliRunner().invoke(app, ["db", "status", "--queue", url, "--json"]).stdout)["queue"] == url
    )


@pytest.mark.postgres
def test_db_upgrade_sets_up_postgres(postgres_url: str) -> None:
    import psycopg

    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE by_command")
    url = f"{postgres_url.rpartition('/')[0]}/by_command"
    before = CliRunner().invoke(app, ["queue", "list", "--queue", url])
    assert "has no tables of a queue yet" in before.stderr
    done = CliRunner().invoke(app, ["db", "upgrade", "--queue", url])
    assert done.exit_code == 0, done.output
    assert "postgres@" not in done.stdout, "the user stays out of what is printed"
    assert ok("list", "--queue", url) == "0 items\n"


@pytest.mark.parametrize("hostile", HOSTILE, ids=repr)
def test_hostile_text_is_obeyed_nowhere(url: str, hostile: str) -> None:
    with Queue(url) as queue:
        queue.add(
            made([f"{WRONG_FERRY} {hostile}"], [], document=f"story {hostile}", headline=None),
            batch_id=hostile,
        )
    text = ok("list", "--queue", url)
    text += ok(
        "next", "--reviewer", f"ada {hostile}", "--queue", url, keys=f"n {hostile}\ne {hostile} 1\n2\n"
    )
    text += run("approved", "--all", "--queue", url).stdout + ok("stats", "--queue", url)
    text += ok("show", item(url, f"{WRONG_FERRY} {hostile}"), "--queue", url)
    assert obeyed(text.replace("\n", "")) == []


def test_every_command_has_help_with_examples() -> None:
    for name in ("next", "list", "show", "decide", "skip", "undo", "add", "purge", "approved", "stats"):
        text = ok(name, "--help")
        assert f"$ summarizer queue {name}" in " ".join(text.split()) or f"queue {name}" in text
        assert "--json" in text
