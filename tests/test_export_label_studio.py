"""Label Studio: tasks that its own SDK finds nothing wrong with, and the spans that it does not look at."""

import copy
import io
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from summarizer.export.label_studio import CONTROLS, LABEL_CONFIG, problem, task, write_label_studio
from summarizer.export.rows import Row, Written
from summarizer.report import StatementKind, Verdict
from summarizer.review_items import DecisionVerdict
from tests.export_data import HOSTILE, hostile_row, row, shared_strings, shifted
from tests.groups import ROOT, label_studio_python


def tasks(*rows: Row) -> tuple[list[dict[str, Any]], Written]:
    out = io.StringIO(newline="")
    written = write_label_studio(rows, out)
    return json.loads(out.getvalue()), written


def oracle(made: list[dict[str, Any]]) -> list[list[str]]:
    done = subprocess.run(
        [label_studio_python(), ROOT / "tests" / "label_studio_oracle.py"],
        input=json.dumps({"config": LABEL_CONFIG, "tasks": made}),
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def spans_are_exact(made: list[dict[str, Any]]) -> None:
    """What neither the SDK nor the server looks at."""
    for one in made:
        texts = {"statement": one["data"]["statement"], "article": one["data"]["text"]}
        for prediction in one["predictions"]:
            ids = [entry["id"] for entry in prediction["result"]]
            assert len(set(ids)) == len(ids)
            assert 0 <= prediction["score"] <= 1
            for entry in prediction["result"]:
                if entry["type"] == "labels":
                    value, text = entry["value"], texts[entry["to_name"]]
                    assert 0 <= value["start"] < value["end"] <= len(text)
                    assert text[value["start"] : value["end"]] == value["text"]


def test_a_task_has_the_shape_that_was_agreed() -> None:
    one = row()
    (made,), written = tasks(one)
    assert (written.items, written.rows, written.problems) == (1, 1, 0)
    data = made["data"]
    assert data["text"] == one.article.text
    assert data["statement"] == "The bridge will cost $84 million."
    assert (data["title"], data["item_id"], data["priority"]) == (one.item.title, one.item.id, 0.45)
    assert made["meta"]["batch_id"] == "b1"
    assert made["meta"]["prompt_hashes"] == ["0123456789abcdef"]
    (prediction,) = made["predictions"]
    assert prediction["model_version"] == "gpt-x/0123456789ab"
    start = one.article.text.index("the mayor said")
    assert prediction["result"] == [
        {
            "id": "w1",
            "from_name": "wrong",
            "to_name": "statement",
            "type": "labels",
            "value": {"start": 0, "end": 33, "text": data["statement"], "labels": ["suspicious"]},
        },
        {
            "id": "e1",
            "from_name": "span",
            "to_name": "article",
            "type": "labels",
            "value": {"start": start, "end": start + 14, "text": "the mayor said", "labels": ["evidence"]},
        },
        {
            "id": "v1",
            "from_name": "verdict",
            "to_name": "statement",
            "type": "choices",
            "value": {"choices": ["contradicted"]},
        },
        {
            "id": "n1",
            "from_name": "note",
            "to_name": "statement",
            "type": "textarea",
            "value": {
                "text": [
                    "number_mismatch: the article does not give 'The bridge will cost $84 million.'",
                ]
            },
        },
    ]


def test_nobody_sees_what_others_decided() -> None:
    one = row(decisions=[{"reviewer": "ada", "note": "a note of Ada's"}])
    (made,), _ = tasks(one)
    assert len(made["predictions"]) == 1
    assert "Ada's" not in json.dumps([made["data"], made["predictions"]])
    assert made["meta"]["decisions"][0]["note"] == "a note of Ada's"


def test_what_was_not_checked_has_no_verdict_filled_in() -> None:
    (made,), _ = tasks(row(verdict=Verdict.UNCHECKED, risk=None, flagged=False, title=None, url=None))
    (prediction,) = made["predictions"]
    assert [entry["from_name"] for entry in prediction["result"]] == ["span", "note"]
    assert prediction["score"] == 1.0
    assert made["data"]["title"] == made["data"]["document_id"]
    assert "url" not in made["data"]


def test_a_claim_has_its_speaker() -> None:
    (made,), _ = tasks(row(kind=StatementKind.CLAIM, speaker="Ada Brandt"))
    assert made["data"]["speaker"] == "Ada Brandt"


def test_no_rows_are_an_empty_array() -> None:
    assert tasks() == ([], Written(0, 0, {}))


def test_a_span_that_is_none_is_left_out_and_told() -> None:
    made, written = tasks(shifted(row(), 5), shifted(row(document="2"), 5_000))
    assert [entry["from_name"] for entry in made[0]["predictions"][0]["result"]] == [
        "wrong",
        "verdict",
        "note",
    ]
    assert [one.what for one in written.told] == [
        "evidence 5-19: other words stand there",
        f"evidence 5000-5014: the text has only {len(made[1]['data']['text'])} characters",
    ]


def test_the_interface_has_the_controls_that_results_name() -> None:
    root = ElementTree.fromstring(LABEL_CONFIG)
    texts = {one.get("name"): one.get("value") for one in root.iter("Text")}
    assert texts == {"statement": "$statement", "article": "$text"}
    tags = {"labels": "Labels", "choices": "Choices", "textarea": "TextArea"}
    for name, (text, kind, allowed) in CONTROLS.items():
        (control,) = [one for one in root.iter(tags[kind]) if one.get("name") == name]
        assert control.get("toName") == text
        assert [one.get("value") for one in control] == list(allowed)
    hotkeys = [one.get("hotkey") for one in root.iter() if one.get("hotkey")]
    assert len(set(hotkeys)) == len(hotkeys) == 2 + len(DecisionVerdict)


TEXTS = {"statement": "It cost $4 million", "article": "It cost little, officials said."}
GOOD = {
    "id": "w1",
    "from_name": "wrong",
    "to_name": "statement",
    "type": "labels",
    "value": {"start": 8, "end": 18, "text": "$4 million", "labels": ["suspicious"]},
}
VERDICT = {
    "id": "v1",
    "from_name": "verdict",
    "to_name": "statement",
    "type": "choices",
    "value": {"choices": ["supported"]},
}
NOTE = {"id": "n1", "from_name": "note", "to_name": "statement", "type": "textarea", "value": {"text": ["a"]}}


@pytest.mark.parametrize("entry", [GOOD, VERDICT, NOTE], ids=["span", "verdict", "note"])
def test_good_entries_have_no_problem(entry: dict[str, Any]) -> None:
    assert problem(entry, TEXTS) is None


@pytest.mark.parametrize(
    ("entry", "change", "words"),
    [
        pytest.param(GOOD, {"from_name": "other"}, "no control", id="unknown control"),
        pytest.param(GOOD, {"to_name": "article"}, "belongs to statement", id="other text"),
        pytest.param(GOOD, {"type": "choices"}, "belongs to statement as labels", id="other kind"),
        pytest.param(GOOD, {"id": ""}, "no id", id="empty id"),
        pytest.param(GOOD, {"id": None}, "no id", id="no id"),
        pytest.param(GOOD, {"value": None}, "no value", id="no value"),
        pytest.param(GOOD, {"value": {"labels": ["evidence"]}}, "none of: suspicious", id="unknown label"),
        pytest.param(GOOD, {"value": {"labels": ["suspicious"]}}, "no offsets", id="no offsets"),
        pytest.param(
            GOOD,
            {"value": {"start": 8, "end": 18, "labels": ["suspicious"]}},
            "no words",
            id="no words",
        ),
        pytest.param(
            GOOD,
            {"value": {"start": 8, "end": 99, "text": "$4 million", "labels": ["suspicious"]}},
            "only 18 characters",
            id="ends behind the text",
        ),
        pytest.param(
            GOOD,
            {"value": {"start": 18, "end": 8, "text": "$4 million", "labels": ["suspicious"]}},
            "ends before it starts",
            id="ends before it starts",
        ),
        pytest.param(
            GOOD,
            {"value": {"start": -10, "end": 18, "text": "$4 million", "labels": ["suspicious"]}},
            "ends before it starts",
            id="starts before the text",
        ),
        pytest.param(
            GOOD,
            {"value": {"start": 7, "end": 17, "text": "$4 million", "labels": ["suspicious"]}},
            "other words",
            id="one too early",
        ),
        pytest.param(
            GOOD,
            {"value": {"start": True, "end": 18, "text": "x", "labels": ["suspicious"]}},
            "no offsets",
            id="offset that is no number",
        ),
        pytest.param(VERDICT, {"value": {"choices": ["unchecked"]}}, "none of: supported", id="no verdict"),
        pytest.param(
            VERDICT,
            {"value": {"choices": ["supported", "contradicted"]}},
            "none of: supported",
            id="two verdicts",
        ),
        pytest.param(NOTE, {"value": {"text": []}}, "no text", id="empty note"),
        pytest.param(NOTE, {"value": {"text": [3]}}, "no text", id="note that is no text"),
    ],
)
def test_what_label_studio_takes_without_a_word(
    entry: dict[str, Any], change: dict[str, Any], words: str
) -> None:
    found = problem(entry | change, TEXTS)
    assert found is not None
    assert words in found


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_spans_of_hostile_texts_are_exact(text: str) -> None:
    made, written = tasks(hostile_row(text))
    assert written.problems == 0
    spans_are_exact(made)


# --- the SDK's own word -----------------------------------------------------------------------


def unknown_label(made: dict[str, Any]) -> None:
    made["predictions"][0]["result"][0]["value"]["labels"] = ["nonsense"]


def unknown_choice(made: dict[str, Any]) -> None:
    made["predictions"][0]["result"][2]["value"]["choices"] = ["nonsense"]


def unknown_control(made: dict[str, Any]) -> None:
    made["predictions"][0]["result"][0]["from_name"] = "nonsense"


def score_above_one(made: dict[str, Any]) -> None:
    made["predictions"][0]["score"] = 1.5


def no_statement(made: dict[str, Any]) -> None:
    del made["data"]["statement"]


@pytest.mark.label_studio
def test_the_sdk_finds_nothing_wrong_and_would_have_said_so() -> None:
    rows = [
        row(),
        row(verdict=Verdict.UNCHECKED, risk=None, document="2"),
        row("A claim that stands.", kind=StatementKind.CLAIM, verdict=Verdict.SUPPORTED),
        *map(hostile_row, HOSTILE.values()),
    ]
    made, _ = tasks(*rows)
    spoils: list[Callable[[dict[str, Any]], None]] = [
        unknown_label,
        unknown_choice,
        unknown_control,
        score_above_one,
        no_statement,
    ]
    spoiled = [copy.deepcopy(made[0]) for _ in spoils]
    for spoil, one in zip(spoils, spoiled, strict=True):
        spoil(one)
    found = oracle(made + spoiled)
    assert found[: len(made)] == [[] for _ in made]
    for spoil, troubles in zip(spoils, found[len(made) :], strict=True):
        assert troubles, f"{spoil.__name__}: the SDK sees nothing wrong with it"


@pytest.mark.label_studio
@pytest.mark.shared_data
def test_the_sdk_finds_nothing_wrong_with_hostile_strings(shared_data: Path) -> None:
    made, written = tasks(*(hostile_row(text) for text in shared_strings(shared_data)))
    assert written.problems == 0
    spans_are_exact(made)
    assert not [troubles for troubles in oracle(made) if troubles]


def test_a_task_tells_what_was_wrong_with_it() -> None:
    _, wrong = task(shifted(row(), 3))
    assert wrong == ["evidence 3-17: other words stand there"]
