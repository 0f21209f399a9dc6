"""``summarizer queue export``, ``import`` and ``label-config``: files whole or not at all, and exit codes."""

import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import msgspec
import pytest
from typer.testing import CliRunner, Result

from summarizer import cli
from summarizer.cli.queue_export import _Format
from summarizer.export.exporting import ExportFormat
from summarizer.report import Claim
from summarizer.review.queue import Queue
from summarizer.review_items import DecisionVerdict, TruthRating, review_items
from tests.review_data import WRONG_COST, WRONG_VOTE, Clock, made

PUBLISHER = (
    *("--publisher", "Example Checks", "--publisher-url", "https://news.example.org"),
    *("--page-url", "https://news.example.org/checks/{item_id}"),
)
SAID = Claim("c1", "It replaces a ferry that carried 1,300 people a day.", speaker="Ada Brandt")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A queue of two documents: of the first, a summary's sentence is decided, and a claim rated."""
    path = tmp_path_factory.mktemp("filled") / "queue.sqlite"
    clock = Clock()
    with Queue(path, clock=clock) as queue:
        queue.add(made([WRONG_VOTE], [SAID], url="https://daily.example/bridge"), batch_id="b1")
        clock.pass_(86_400)
        queue.add(made([WRONG_COST], [], document="story-2", created="2026-11-13T08:00:00+00:00"))
        sentence, claim, _ = (item.id for item in queue.items())
        queue.decide(sentence, "ada", DecisionVerdict.CONTRADICTED, note="=9-4")
        rating = TruthRating("False", 1, 5, 1)
        right = "It replaces a ferry that carried 3,100 people a day."
        queue.decide(claim, "ada", DecisionVerdict.CONTRADICTED, corrected_text=right, truth_rating=rating)
    return path


@pytest.fixture
def url(filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the queue, in the folder that the test is in."""
    monkeypatch.chdir(tmp_path)
    for part in filled.parent.iterdir():
        shutil.copy(part, tmp_path)
    path = tmp_path / filled.name
    monkeypatch.setenv("SUMMARIZER_QUEUE", str(path))
    return path


def queue(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, ["queue", *arguments], prog_name="summarizer")


def export(form: str, *arguments: str, code: int = 0) -> tuple[str, dict[str, Any]]:
    """What was written, and the summary."""
    result = queue("export", "--format", form, "--out", "out", "--json", *arguments)
    assert (result.exit_code, result.stderr) == (code, "")
    return Path("out").read_bytes().decode(), json.loads(result.stdout)


def test_the_names_of_formats_are_those_of_the_exporters() -> None:
    assert [one.value for one in _Format] == [one.value for one in ExportFormat]


@pytest.mark.usefixtures("url")
@pytest.mark.parametrize("form", list(ExportFormat))
def test_every_format_is_written_and_the_same_twice(form: str) -> None:
    more = PUBLISHER if form == "claim-review" else ()
    first, summary = export(form, *more)
    assert (summary["format"], summary["out"], summary["items"]) == (form, "out", 3)
    assert summary["rows"] == (1 if form == "claim-review" else 3)
    assert summary["problems"] == 0
    assert export(form, *more) == (first, summary)


@pytest.mark.usefixtures("url")
def test_what_the_files_hold() -> None:
    lines = [json.loads(line) for line in export("jsonl")[0].splitlines()]
    assert [line["decision"] and line["decision"]["reviewer"] for line in lines] == ["ada", "ada", None]
    tasks = json.loads(export("label-studio")[0])
    assert [task["data"]["item_id"] for task in tasks] == [line["id"] for line in lines]
    (review,) = json.loads(export("claim-review", *PUBLISHER)[0])
    assert review["claimReviewed"] == "It replaces a ferry that carried 3,100 people a day."
    assert review["url"].endswith(lines[1]["id"])
    export("csv")
    with Path("out").open(encoding="utf-8-sig", newline="") as file:
        assert [line["note"] for line in csv.DictReader(file)] == ["'=9-4", "", ""]
    assert "The council of Lindholm voted 9-" in export("html")[0]


@pytest.mark.usefixtures("url")
@pytest.mark.parametrize(
    ("filters", "rows"),
    [
        pytest.param([], 3, id="all"),
        pytest.param(["--document", "story-2"], 1, id="document"),
        pytest.param(["--document", "story-1"], 2, id="another document"),
        pytest.param(["--batch", "b1"], 2, id="batch"),
        pytest.param(["--kind", "claim"], 1, id="kind"),
        pytest.param(["--status", "open"], 1, id="status"),
        pytest.param(["--status", "decided"], 2, id="decided"),
        pytest.param(["--reviewer", "ada"], 2, id="reviewer"),
        pytest.param(["--code", "number_mismatch"], 3, id="code"),
        pytest.param(["--code", "refused"], 0, id="no such code"),
        pytest.param(["--language", "en"], 3, id="language"),
        pytest.param(["--language", "uk"], 0, id="no such language"),
        pytest.param(["--min-risk", "0.99"], 0, id="risk"),
        pytest.param(["--max-risk", "0.99"], 3, id="at most a risk"),
        pytest.param(["--since", "2100-01-01"], 0, id="since a later time"),
        pytest.param(["--since", "2020-01-01T00:00:00+00:00"], 3, id="since an earlier time"),
        pytest.param(["--since", "2026-11-01", "--status", "open"], 1, id="since and status"),
    ],
)
def test_filters(filters: list[str], rows: int) -> None:
    text, summary = export("jsonl", *filters)
    assert summary["rows"] == len(text.splitlines()) == rows


def test_since_takes_what_was_decided_since(url: Path) -> None:
    clock = Clock()
    clock.pass_(2 * 86_400)
    with Queue(url, clock=clock) as opened:
        (last,) = [one.item.id for one in opened.page() if one.item.document_id == "story-2"]
        opened.decide(last, "bo", DecisionVerdict.SUPPORTED)
        changed = opened.item(last).changed
    text, _ = export("jsonl", "--since", changed)
    assert [json.loads(line)["id"] for line in text.splitlines()] == [last]


@pytest.mark.usefixtures("url")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(["--format", "claim-review"], "publisher's name", id="no publisher"),
        pytest.param(["--format", "jsonl", "--since", "soon"], "is no time", id="no time"),
        pytest.param(["--format", "jsonl", "--document", "none"], "no article or document", id="no document"),
        pytest.param(["--format", "jsonl", "--queue", "none.sqlite"], "none.sqlite", id="no queue"),
        pytest.param(["--format", "jsonl", "--script"], "--script goes with", id="script of another format"),
        pytest.param(["--format", "xml"], "xml", id="no such format"),
    ],
)
def test_a_failed_export_leaves_the_file_as_it_was(arguments: list[str], words: str) -> None:
    Path("out").write_text("before")
    done = queue("export", "--out", "out", *arguments)
    assert done.exit_code == 2
    assert words in done.stderr
    assert Path("out").read_text() == "before"
    assert sorted(path.name for path in Path().iterdir() if path.name.startswith(".")) == []


@pytest.mark.usefixtures("url")
def test_standard_output_has_the_file_and_nothing_else() -> None:
    text, _ = export("csv")
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from summarizer.cli import main; main()",
            "queue",
            "export",
            *["-f", "csv", "-o", "-"],
        ],
        capture_output=True,
        check=False,
    )
    assert done.stdout.decode() == text
    assert done.stderr.decode().splitlines() == ["3 rows from 3 items in standard output"]
    refused = queue("export", "--out", "-", "--json")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "--out FILE --json" in refused.stderr


@pytest.mark.usefixtures("url")
def test_what_a_person_reads() -> None:
    result = queue("export", "--format", "claim-review", "--out", "out", *PUBLISHER)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        "1 row from 3 items in out",
        "  left out 2: not a claim of the article",
    ]


@pytest.mark.usefixtures("url")
def test_settings_say_who_publishes_and_options_say_it_again() -> None:
    Path("summarizer.toml").write_text(
        """[publishing]
name = "Example Checks"
url = "https://news.example.org"
page = "https://news.example.org/fc/{item_id}"
organisations = ["Ada Brandt"]
"""
    )
    (review,) = json.loads(export("claim-review")[0])
    assert review["author"]["name"] == "Example Checks"
    assert review["itemReviewed"]["author"] == {"@type": "Organization", "name": "Ada Brandt"}
    (review,) = json.loads(export("claim-review", "--publisher", "Other Checks")[0])
    assert review["author"]["name"] == "Other Checks"
    text, _ = export("claim-review", "--script")
    assert text.startswith('<script type="application/ld+json">{"@context":"https://schema.org",')


def test_a_piece_that_cannot_be_written_is_told(url: Path) -> None:
    report = made(["It opens in 2031, they say."], [], document="story-3")
    (item,) = review_items(report)
    wrong = msgspec.structs.replace(item.finding.flags[0].spans[0], end=999)
    flag = msgspec.structs.replace(item.finding.flags[0], spans=(wrong,), evidence=())
    finding = msgspec.structs.replace(item.finding, flags=(flag,))
    with Queue(url) as opened:
        opened.add_items(report.article, [msgspec.structs.replace(item, finding=finding)])
    _, summary = export("label-studio", code=4)
    assert summary["problems"] == 1
    assert summary["told"][0]["item_id"] == item.id
    result = queue("export", "--format", "label-studio", "--out", "out")
    assert result.exit_code == 4
    assert result.stdout == "4 rows from 4 items in out\n"
    assert "1 piece left out" in result.stderr
    assert f"{item.id[:12]}: suspicious words" in result.stderr


@pytest.mark.usefixtures("url")
def test_decisions_come_back_from_a_file() -> None:
    export("jsonl")
    with Queue("other.sqlite") as other:
        other.add(made([WRONG_VOTE], [SAID], url="https://daily.example/bridge"))
    result = queue("import", "out", "--queue", "other.sqlite", "--json")
    assert result.exit_code == 0
    summary = json.loads(result.stdout)
    assert summary["complete"] is True
    assert {name: number for name, number in summary["counts"].items() if number} == {
        "added": 2,
        "no_decision": 1,
    }
    again = queue("import", "out", "--queue", "other.sqlite")
    assert (again.exit_code, again.stdout) == (0, "out: 2 known already, 1 without a decision\n")


@pytest.mark.usefixtures("url")
def test_what_did_not_come_back_is_told() -> None:
    Path("out").write_text('{"broken\n')
    result = queue("import", "out")
    assert (result.exit_code, result.stdout) == (4, "out: 1 not readable\n")
    assert "not every decision of the file is in the queue" in result.stderr
    assert "line 1: not a row of an export" in result.stderr
    done = queue("import", "nothing-here")
    assert done.exit_code == 2
    assert "nothing-here cannot be read" in done.stderr


@pytest.mark.usefixtures("url")
@pytest.mark.parametrize("name", ["7", "=ada", "7= "])
def test_a_name_for_nobody(name: str) -> None:
    Path("out").write_text("[]")
    done = queue("import", "out", "--name", name)
    assert done.exit_code == 2
    assert "--name 7=ada" in done.stderr


@pytest.mark.usefixtures("url")
def test_annotations_come_back_with_names() -> None:
    tasks = json.loads(export("label-studio", "--status", "open")[0])
    annotation = {
        "id": 1,
        "unique_id": "u",
        "completed_by": 7,
        "result": tasks[0]["predictions"][0]["result"],
        "updated_at": "2026-11-25T02:26:51Z",
    }
    Path("project.json").write_text(json.dumps([tasks[0] | {"annotations": [annotation]}]))
    result = queue("import", "project.json", "--name", "7=Cy Young")
    assert (result.exit_code, result.stdout) == (0, "project.json: 1 added\n")
    with Queue() as opened:
        (said,) = opened.decisions(tasks[0]["data"]["item_id"])
    assert (said.reviewer, said.verdict) == ("Cy Young", DecisionVerdict.CONTRADICTED)


def test_the_interface_is_printed() -> None:
    result = queue("label-config")
    assert result.exit_code == 0
    assert ElementTree.fromstring(result.stdout).tag == "View"
