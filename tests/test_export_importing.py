"""Decisions that come back: from JSONL, and from annotations as Label Studio 1.23 exports them."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from summarizer.errors import ReportFormatError, SourceError
from summarizer.export.annotations import read_annotations
from summarizer.export.exporting import ExportFormat, export_queue, rows_of
from summarizer.export.importing import Imported, import_decisions, import_file, row_of
from summarizer.export.incoming import Fate, clean, read_jsonl
from summarizer.export.label_studio import task
from summarizer.review.queue import Queue
from summarizer.review_items import DecisionVerdict, ItemStatus, TruthRating
from tests.export_data import decision
from tests.review_data import Clock, made

CONTRADICTED, SUPPORTED = DecisionVerdict.CONTRADICTED, DecisionVerdict.SUPPORTED


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "queue.sqlite"
    with Queue(path, clock=Clock()) as queue:
        queue.add(made(), batch_id="b1")
    return path


@pytest.fixture
def other(template: Path, tmp_path: Path) -> Path:
    """Another queue with the same report in it."""
    return Path(shutil.copy(template, tmp_path / "other.sqlite"))


@pytest.fixture
def queue(template: Path, tmp_path: Path) -> Iterator[Queue]:
    with Queue(shutil.copy(template, tmp_path / "queue.sqlite"), clock=Clock()) as made_:
        yield made_


def counted(found: Imported) -> dict[str, int]:
    return {str(fate): number for fate, number in found.counts.items() if number}


# --- JSONL ------------------------------------------------------------------------------------


def exported(queue: Queue, folder: Path) -> Path:
    path = folder / "items.jsonl"
    with path.open("w", encoding="utf-8", newline="") as out:
        export_queue(queue, ExportFormat.JSONL, out)
    return path


def test_decisions_go_into_another_queue_once(queue: Queue, other: Path, tmp_path: Path) -> None:
    first, second, third, _ = (item.id for item in queue.items())
    rating = TruthRating("Half true", 3, 5, 1, "why")
    queue.decide(first, "ada", CONTRADICTED, corrected_text="It voted 9-4.", note="two\nlines")
    queue.decide(second, "ada", SUPPORTED, truth_rating=rating, seconds_spent=4.25)
    queue.decide(second, "bo", CONTRADICTED, second_opinion=True)
    path = exported(queue, tmp_path)
    with Queue(other, clock=Clock()) as target:
        found = import_file(target, path)
        assert counted(found) == {"added": 3, "no_decision": 2}
        assert found.complete
        for item in (first, second, third):
            assert target.decisions(item) == queue.decisions(item)
            assert target.item(item).item.status == queue.item(item).item.status
        again = import_file(target, path)
        assert counted(again) == {"known": 3, "no_decision": 2}
        assert exported(target, tmp_path).read_bytes() == path.read_bytes()
        assert [len(target.history(item)) for item in (first, second, third)] == [1, 2, 0]


def test_the_own_export_changes_nothing(queue: Queue, tmp_path: Path) -> None:
    queue.decide(next(queue.items()).id, "ada", SUPPORTED)
    path = exported(queue, tmp_path)
    before = path.read_bytes()
    assert counted(import_file(queue, path)) == {"known": 1, "no_decision": 3}
    assert exported(queue, tmp_path).read_bytes() == before


def test_somebody_who_decided_otherwise_here_keeps_that(queue: Queue, other: Path, tmp_path: Path) -> None:
    item = next(queue.items()).id
    with Queue(other, clock=Clock()) as first:
        first.decide(item, "ada", SUPPORTED)
        path = exported(first, tmp_path)
    queue.decide(item, "ada", CONTRADICTED)
    found = import_file(queue, path)
    assert counted(found) == {"already_decided": 1, "no_decision": 3}
    assert not found.complete
    assert found.told[0].where == "line 1"
    assert [one.verdict for one in queue.decisions(item)] == [CONTRADICTED]


def test_lines_that_are_decisions_by_themselves(queue: Queue) -> None:
    item = next(queue.items()).id
    line = decision(item, corrected_text="  It voted\n9-4. ").to_json().encode()
    found = import_decisions(queue, read_jsonl([b"\xef\xbb\xbf" + line + b"\r\n", b"\n"]))
    assert counted(found) == {"added": 1}
    assert queue.decisions(item)[0].corrected_text == "It voted 9-4."
    assert queue.item(item).item.status is ItemStatus.DECIDED


def test_what_was_taken_back_is_taken_back(queue: Queue) -> None:
    item = next(queue.items()).id
    said = decision(item)
    undo = msgspec.structs.replace(said, id="d2", undoes=said.id)
    lines = [one.to_json().encode() for one in (said, undo, undo)]
    assert counted(import_decisions(queue, read_jsonl(lines))) == {"added": 2, "known": 1}
    assert queue.decisions(item) == ()
    wrong = msgspec.structs.replace(undo, id="d3")
    found = import_decisions(queue, read_jsonl([wrong.to_json().encode()]))
    assert counted(found) == {"problem": 1}
    assert "stands no longer" in found.told[0].why


def spoiled(**more: Any) -> bytes:
    data = json.loads(decision("0" * 32).to_json()) | more
    return json.dumps(data).encode()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        pytest.param(b"nonsense", "not a row of an export", id="no JSON"),
        pytest.param(b"[1]", "not a row of an export", id="an array"),
        pytest.param(b"\xff\xfe", "not a row of an export", id="no UTF-8"),
        pytest.param(b"[" * 100_000, "not a row of an export", id="very deep"),
        pytest.param(b'{"finding":1}', "not a review item", id="half an item"),
        pytest.param(b"{}", "not a decision", id="an empty object"),
        pytest.param(spoiled(verdict="true"), "not a decision", id="no verdict of ours"),
        pytest.param(spoiled(more=1), "not a decision", id="a field too many"),
        pytest.param(spoiled(seconds_spent=float("nan")), "not a row", id="not a number"),
        pytest.param(spoiled(seconds_spent=-1), "below 0", id="less than no time"),
        pytest.param(spoiled(at="yesterday"), "no time", id="no time"),
        pytest.param(spoiled(at="2026-11-23T08:30:00"), "no offset", id="a time of no place"),
        pytest.param(spoiled(reviewer=" \n"), "a name", id="nobody"),
        pytest.param(spoiled(reviewer="x" * 201), "a name", id="a very long name"),
        pytest.param(spoiled(id=""), "no usable id", id="no id"),
        pytest.param(spoiled(id="a\u0000b"), "no usable id", id="an id that no database holds"),
        pytest.param(spoiled(item_id="x" * 500), "no usable item_id", id="a very long item"),
        pytest.param(
            spoiled(
                truth_rating={"name": " ", "value": None, "best": None, "worst": None, "explanation": None}
            ),
            "no name",
            id="a rating without a name",
        ),
        pytest.param(
            spoiled(truth_rating={"name": "x", "value": 9, "best": 5, "worst": 1, "explanation": None}),
            "not between",
            id="a rating outside its scale",
        ),
    ],
)
def test_a_broken_line_is_told_and_ends_nothing(queue: Queue, line: bytes, words: str) -> None:
    item = next(queue.items()).id
    found = import_decisions(queue, read_jsonl([line, decision(item).to_json().encode()]))
    assert counted(found) == {"added": 1, "problem": 1}
    assert not found.complete
    assert found.told[0].where == "line 1"
    assert words in found.told[0].why


def test_a_decision_about_another_item_than_its_row(queue: Queue, tmp_path: Path) -> None:
    queue.decide(next(queue.items()).id, "ada", SUPPORTED)
    line = json.loads(exported(queue, tmp_path).read_bytes().splitlines()[0])
    line["decision"]["item_id"] = "0" * 32
    found = import_decisions(queue, read_jsonl([json.dumps(line).encode()]))
    assert found.told[0].why == "the decision is about another item than the row"


def test_an_item_that_is_not_here_is_told(queue: Queue) -> None:
    found = import_decisions(queue, read_jsonl([spoiled()]))
    assert counted(found) == {"unknown_item": 1}
    assert not found.complete


def test_many_problems_are_counted_and_the_first_told(queue: Queue) -> None:
    found = import_decisions(queue, read_jsonl([b"nonsense"] * 150))
    assert (found.count(Fate.PROBLEM), len(found.told)) == (150, 100)


def test_cleaning_changes_nothing_of_our_own() -> None:
    said = decision("i", note="two\nlines", truth_rating=TruthRating("True", 5, 5, 1))
    assert clean(said) == said


# --- Label Studio -----------------------------------------------------------------------------


def annotated(queue: Queue, number: int = 0, **more: Any) -> dict[str, Any]:
    """A task as it comes out again, with one annotation that took over what the checker had filled in."""
    row = list(rows_of(queue))[number]
    made_, _ = task(row)
    result = [{**one, "origin": "prediction"} for one in made_["predictions"][0]["result"]]
    annotation = {
        "id": 1,
        "completed_by": 7,
        "result": result,
        "was_cancelled": False,
        "ground_truth": False,
        "created_at": "2026-11-25T02:26:51.906012Z",
        "updated_at": "2026-11-25T02:26:51.906063Z",
        "lead_time": 6.397,
        "unique_id": f"5a8db3a0-b392-4b2a-aa0c-{number:012}",
        "task": 5,
        "project": 2,
    }
    return {
        "id": 5,
        "data": made_["data"],
        "meta": made_["meta"],
        "annotations": [annotation | more],
        "predictions": [6],
        "project": 2,
    }


def entry(name: str, value: dict[str, Any]) -> dict[str, Any]:
    text = "article" if name == "span" else "statement"
    kind = {"wrong": "labels", "span": "labels", "verdict": "choices"}.get(name, "textarea")
    return {"id": "x", "from_name": name, "to_name": text, "type": kind, "value": value, "origin": "manual"}


def said(one: dict[str, Any], name: str, value: dict[str, Any]) -> dict[str, Any]:
    """The task with another value for one control."""
    annotation = one["annotations"][0]
    kept = [part for part in annotation["result"] if part["from_name"] != name]
    return one | {"annotations": [annotation | {"result": [*kept, entry(name, value)]}]}


def take(queue: Queue, *tasks: Any, names: dict[str, str] | None = None) -> Imported:
    data = json.dumps(tasks).encode()
    return import_decisions(queue, read_annotations(data, lambda item: row_of(queue, item), names))


def test_an_annotation_is_a_decision(queue: Queue) -> None:
    one = said(annotated(queue), "verdict", {"choices": ["not_in_article"]})
    one = said(one, "corrected", {"text": ["It voted 9-4."]})
    found = take(queue, one)
    assert counted(found) == {"added": 1}
    (made_,) = queue.decisions(one["data"]["item_id"])
    assert made_.verdict is DecisionVerdict.NOT_IN_ARTICLE
    assert made_.corrected_text == "It voted 9-4."
    assert made_.note is None  # the checker's own words are no note of the reviewer's
    assert made_.reviewer == "label-studio-7"
    assert made_.at == "2026-11-25T02:26:51+00:00"
    assert made_.seconds_spent == 6.4
    assert made_.article_id == one["data"]["article_id"]
    assert counted(take(queue, one)) == {"known": 1}
    assert len(queue.history(made_.item_id)) == 1


def test_an_annotation_that_was_changed_takes_its_own_place(queue: Queue) -> None:
    first = annotated(queue)
    item = first["data"]["item_id"]
    later = said(annotated(queue, updated_at="2026-11-25T03:00:00Z"), "verdict", {"choices": ["supported"]})
    back = annotated(queue, updated_at="2026-11-25T04:00:00Z")
    assert counted(take(queue, first)) == {"added": 1}
    assert counted(take(queue, later)) == {"replaced": 1}
    assert [one.verdict for one in queue.decisions(item)] == [SUPPORTED]
    assert counted(take(queue, later, first)) == {"known": 2}
    assert [one.verdict for one in queue.decisions(item)] == [SUPPORTED]
    assert counted(take(queue, back)) == {"replaced": 1}
    assert [one.verdict for one in queue.decisions(item)] == [CONTRADICTED]
    assert len(queue.history(item)) == 5  # nothing is overwritten: three decisions, two taken back


def test_an_older_state_of_an_annotation_changes_nothing(queue: Queue) -> None:
    later = said(annotated(queue, updated_at="2026-11-25T03:00:00Z"), "verdict", {"choices": ["supported"]})
    assert counted(take(queue, later)) == {"added": 1}
    assert counted(take(queue, annotated(queue))) == {"known": 1}
    assert [one.verdict for one in queue.decisions(later["data"]["item_id"])] == [SUPPORTED]


def test_saved_again_without_a_change_is_known(queue: Queue) -> None:
    take(queue, annotated(queue))
    again = annotated(queue, updated_at="2026-11-25T03:00:00Z")
    assert counted(take(queue, again)) == {"known": 1}
    assert len(queue.history(again["data"]["item_id"])) == 1


def test_the_same_person_twice_on_one_item(queue: Queue) -> None:
    found = take(queue, annotated(queue), annotated(queue, unique_id="another"))
    assert counted(found) == {"added": 1, "already_decided": 1}
    assert found.told[0].where == "task 2, annotation 1"


@pytest.mark.parametrize(
    ("who", "wanted"),
    [
        pytest.param(7, "ada", id="a number that is named"),
        pytest.param(8, "label-studio-8", id="a number"),
        pytest.param({"id": 7, "email": "a@example.org"}, "ada", id="somebody whose number is named"),
        pytest.param({"id": 9, "email": "bo@example.org"}, "bo", id="an address that is named"),
        pytest.param({"id": 9, "email": "cy@example.org"}, "cy@example.org", id="an address"),
        pytest.param({"id": 9}, "label-studio-9", id="somebody without an address"),
        pytest.param(None, "label-studio", id="nobody any more"),
    ],
)
def test_who_it_was(queue: Queue, who: Any, wanted: str) -> None:
    take(queue, annotated(queue, completed_by=who), names={"7": "ada", "bo@example.org": "bo"})
    assert [one.reviewer for one in queue.decisions(next(queue.items()).id)] == [wanted]


def test_marks_that_somebody_changed_are_in_the_note(queue: Queue) -> None:
    one = annotated(queue)
    text = one["data"]["text"]
    start = text.index("over the Varn")
    value = {"start": start, "end": start + 13, "text": "over the Varn", "labels": ["evidence"]}
    one = said(one, "note", {"text": ["see the minutes"]})
    kept = [part for part in one["annotations"][0]["result"] if part["from_name"] != "wrong"]
    one["annotations"][0]["result"] = [*kept, entry("span", value)]
    take(queue, one)
    (made_,) = queue.decisions(one["data"]["item_id"])
    assert made_.note is not None
    lines = made_.note.split("\n")
    assert lines[:2] == ["see the minutes", f"marked as evidence: “over the Varn” ({start}–{start + 13})"]
    assert lines[2].startswith("not suspicious: “5” (")
    assert len(lines) == 3


def test_marks_behind_the_end_are_no_marks(queue: Queue) -> None:
    value = {"start": 0, "end": 9_999, "text": "x", "labels": ["evidence"]}
    one = annotated(queue)
    one["annotations"][0]["result"].append(entry("span", value))
    take(queue, one)
    assert queue.decisions(one["data"]["item_id"])[0].note is None


@pytest.mark.parametrize(
    ("change", "fate", "words"),
    [
        pytest.param({"was_cancelled": True}, "cancelled", "", id="skipped"),
        pytest.param({"result": []}, "problem", "no verdict", id="no verdict"),
        pytest.param({"result": None}, "problem", "no result", id="no result"),
        pytest.param(
            {"result": [entry("verdict", {"choices": ["maybe"]})]}, "problem", "none of", id="other verdict"
        ),
        pytest.param({"result": [entry("verdict", {})]}, "problem", "none of", id="empty verdict"),
        pytest.param({"updated_at": None, "created_at": None}, "problem", "no time", id="no time"),
        pytest.param({"updated_at": "soon"}, "problem", "no time", id="a time that is none"),
        pytest.param({"unique_id": None, "id": None}, "problem", "no id", id="no id"),
    ],
)
def test_annotations_that_are_no_decision(
    queue: Queue, change: dict[str, Any], fate: str, words: str
) -> None:
    found = take(queue, annotated(queue, **change), annotated(queue, 1))
    assert counted(found) == {"added": 1, fate: 1}
    assert [words in told.why for told in found.told] == [True] * (fate == "problem")


def test_an_annotation_without_a_unique_id_is_known_by_its_place(queue: Queue) -> None:
    assert counted(take(queue, annotated(queue, unique_id=None))) == {"added": 1}
    assert counted(take(queue, annotated(queue, unique_id=None))) == {"known": 1}
    assert counted(take(queue, annotated(queue, unique_id=None, id=2))) == {"already_decided": 1}


def with_data(queue: Queue, **more: Any) -> dict[str, Any]:
    one = annotated(queue)
    return one | {"data": one["data"] | more}


def test_tasks_that_are_not_ours(queue: Queue) -> None:
    plain = annotated(queue)
    tasks = [
        {"statement": "x", "verdict": "supported", "annotation_id": 1},  # JSON-MIN
        3,
        with_data(queue, item_id="0" * 32),
        with_data(queue, item_id=plain["data"]["item_id"][:8]),
        with_data(queue, statement="Something else."),
        plain | {"annotations": []},
        {"data": plain["data"], "predictions": []},
    ]
    found = take(queue, *tasks)
    assert counted(found) == {"problem": 3, "unknown_item": 2, "no_decision": 2}
    assert [(one.where, one.fate) for one in found.told] == [
        ("task 1", Fate.PROBLEM),
        ("task 2", Fate.PROBLEM),
        ("task 3", Fate.UNKNOWN_ITEM),
        ("task 4", Fate.UNKNOWN_ITEM),
        ("task 5", Fate.PROBLEM),
    ]
    assert "JSON-MIN" in found.told[0].why


@pytest.mark.parametrize(
    "data", [b"[", b"{}", b"[" * 100_000, b"\xff"], ids=["cut", "object", "deep", "bytes"]
)
def test_a_file_that_is_no_export(data: bytes) -> None:
    with pytest.raises(ReportFormatError, match="not an export of Label Studio"):
        list(read_annotations(data, lambda _: None))


def test_a_task_that_cannot_be_read_ends_nothing(queue: Queue) -> None:
    data = b'[{"data":1e999},' + json.dumps(annotated(queue)).encode() + b"]"
    found = import_decisions(queue, read_annotations(data, lambda item: row_of(queue, item)))
    assert counted(found) == {"added": 1, "problem": 1}


def test_which_of_the_two_a_file_is(queue: Queue, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"\xef\xbb\xbf \n" + json.dumps([annotated(queue)]).encode())
    assert counted(import_file(queue, path)) == {"added": 1}
    path.write_text(decision(list(queue.items())[1].id).to_json() + "\n")
    assert counted(import_file(queue, path)) == {"added": 1}


@pytest.mark.parametrize("content", [None, b"", b" \n\n"], ids=["missing", "empty", "blank"])
def test_files_with_nothing_in_them(queue: Queue, tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "file"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SourceError, match="cannot be read" if content is None else "empty"):
        import_file(queue, path)
