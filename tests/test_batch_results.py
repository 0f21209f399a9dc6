"""The files of a batch: whole, right, and fit for a spreadsheet."""

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from summarizer.batch.job import Batch
from summarizer.batch.results import adds_up, write_results
from summarizer.errors import JournalError
from summarizer.llm.model import Answer, Request
from summarizer.report import AnswerState
from summarizer.review_items import ReviewItem
from summarizer.settings import Settings
from tests import generated
from tests.batches import Writer, batch, run

TEXTS = list(generated.texts(6, seed=11))
FORMULA = "=HYPERLINK(“x”)"


def refuse_last(request: Request, answer: Answer) -> Answer:
    if any(TEXTS[5][:40] in message.content for message in request.messages):
        return replace(answer, state=AnswerState.REFUSED, text="No.\x1b[31m", detail="it will not")
    return answer


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Batch:
    """Five articles with reports, one of them with odd names, and one that failed."""
    from summarizer.checker import check_article

    articles = [{"id": f"a{number}", "text": text} for number, text in enumerate(TEXTS)]
    articles[1] |= {"title": "@SUM(1)", "id": "+1"}
    articles[2] |= {"title": "Ja, „so“; „anders“\r\nund mehr", "document_id": "＝1+1"}
    made = batch(
        tmp_path_factory.mktemp("done"),
        Writer(refuse_last),
        check=check_article,
        settings=Settings(judge=False),
    )
    run(made, articles)
    write_results(made.journal)
    return made


def test_the_table_is_csv_for_spreadsheets(done: Batch) -> None:
    data = (done.folder / "summary.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\r\n") == data.count(b"\n") == 6
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert [row["id"] for row in rows] == ["a0", "'+1", "a2", "a3", "a4"]
    assert rows[1]["title"] == "'@SUM(1)"
    assert rows[2]["document_id"] == "'＝1+1"
    assert rows[2]["title"] == "Ja, „so“; „anders“ und mehr"
    assert all(float(row["risk"]) >= 0 for row in rows)
    assert all(not cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())


def test_failures_say_what_to_do(done: Batch) -> None:
    (line,) = (done.folder / "failures.jsonl").read_text(encoding="utf-8").splitlines()
    found = json.loads(line)
    assert found["id"] == "a5"
    assert (found["stage"], found["class"], found["attempts"]) == ("summary", "refused", 2)
    assert found["raw"] == "No.\x1b[31m"
    assert "\x1b" not in line
    assert f"summarizer batch retry {done.folder}" in found["what_to_do"]


def test_items_for_review_are_those_of_the_reports(done: Batch) -> None:
    lines = (done.folder / "review.jsonl").read_text(encoding="utf-8").splitlines()
    items = [ReviewItem.from_json(line) for line in lines]
    assert {item.document_id for item in items} <= {"a0", "+1", "＝1+1", "a3", "a4"}
    manifest = json.loads((done.folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["to_look_at"]["items"] == len(items)
    assert manifest["files"]["review.jsonl"]["lines"] == len(items)


def test_the_manifest_says_what_made_it(done: Batch) -> None:
    manifest = json.loads((done.folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["input"]["records"] == 6
    assert manifest["input"]["read_to_the_end"] is True
    assert len(manifest["input"]["fingerprint"]) == 64
    assert manifest["model"] == "writer"
    assert "api_key" not in manifest["settings"]
    assert "claims/user.md" in manifest["hashes"]["prompts"]
    assert manifest["paid_in_this_folder"]["answers"] == 12
    assert manifest["runs"][0]["why_it_ended"] == "finished"
    assert manifest["articles"]["reported"] + manifest["articles"]["failed"] == 6


def test_files_that_are_right_are_not_written_again(done: Batch) -> None:
    target = done.folder / "reports.jsonl"
    before = target.stat().st_mtime_ns
    write_results(done.journal)
    assert target.stat().st_mtime_ns == before
    write_results(done.journal, anew=True)
    assert target.stat().st_mtime_ns > before


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda path: path.write_text("", encoding="utf-8"), id="emptied"),
        pytest.param(lambda path: path.unlink(), id="deleted"),
    ],
)
def test_files_that_somebody_has_changed_are(done: Batch, spoil: Callable[[Path], object]) -> None:
    target = done.folder / "reports.jsonl"
    before = target.read_bytes()
    spoil(target)
    write_results(done.journal)
    assert target.read_bytes() == before


def test_what_cannot_be_written_leaves_the_old_files(done: Batch) -> None:
    (done.folder / ".summary.csv.part").mkdir()
    before = {path.name: path.read_bytes() for path in done.folder.glob("*.jsonl")}
    try:
        with pytest.raises(JournalError, match="cannot be written") as caught:
            write_results(done.journal, anew=True)
    finally:
        (done.folder / ".summary.csv.part").rmdir()
    assert f"summarizer batch export {done.folder}" in str(caught.value.hint)
    assert {path.name: path.read_bytes() for path in done.folder.glob("*.jsonl")} == before
    assert not list(done.folder.glob(".*.part"))


def test_an_article_that_is_lost_is_told(tmp_path: Path) -> None:
    import sqlite3

    made = batch(tmp_path)
    run(made, TEXTS)
    with sqlite3.connect(tmp_path / "journal.sqlite") as db:
        db.execute("DELETE FROM papers WHERE seq = 3")
    db.close()
    with pytest.raises(
        JournalError, match=r"do not add up: read 6 = reported 6 .* reports\.jsonl has 5 lines"
    ):
        write_results(made.journal)
    assert not (tmp_path / "reports.jsonl").exists()
    assert adds_up(made.counts()) == "read 6 = reported 6 + failed 0 + not started 0"
