"""JSONL: every line is a review item by the schema, and nothing is lost on the way out and back."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import msgspec
import pytest

from summarizer.export.jsonl import write_jsonl
from summarizer.export.rows import Row
from summarizer.review_items import Decision, ReviewItem
from tests.export_data import HOSTILE, RATED, hostile_row, row, shared_strings
from tests.groups import ROOT


def validator(name: str) -> jsonschema.Draft202012Validator:
    schema = json.loads((ROOT / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8"))
    return jsonschema.Draft202012Validator(schema)


def lines(*rows: Row) -> list[str]:
    out = io.StringIO(newline="")
    written = write_jsonl(rows, out)
    found = out.getvalue().split("\n")
    assert found.pop() == ""
    assert (written.items, written.rows, written.problems) == (len(rows), len(found), 0)
    return found


def check(rows: list[Row]) -> None:
    item, decision = validator("review_item"), validator("decision")
    found = iter(lines(*rows))
    for one in rows:
        for said in one.decisions or (None,):
            line = next(found)
            data = json.loads(line)
            item.validate(data)
            if said is not None:
                decision.validate(data["decision"])
            assert ReviewItem.from_json(line) == msgspec.structs.replace(one.item, decision=said)
            for evidence in data["finding"]["evidence"]:
                assert one.article.text[evidence["start"] : evidence["end"]] == evidence["quote"]


def test_a_line_an_item_without_decisions() -> None:
    first, second = row(), row("The council voted 9-5.", document="other")
    found = lines(first, second)
    assert [json.loads(line)["id"] for line in found] == [first.item.id, second.item.id]
    assert [json.loads(line)["decision"] for line in found] == [None, None]
    check([first, second])


def test_a_line_for_each_reviewer() -> None:
    one = row(decisions=[{"reviewer": "ada", "truth_rating": RATED}, {"reviewer": "bo", "note": "why"}])
    found = [json.loads(line) for line in lines(one)]
    assert [(line["id"], line["decision"]["reviewer"]) for line in found] == [
        (one.item.id, "ada"),
        (one.item.id, "bo"),
    ]
    check([one])


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_comes_back_as_it_was(text: str) -> None:
    check([hostile_row(text)])


@pytest.mark.shared_data
def test_every_hostile_string_comes_back_as_it_was(shared_data: Path) -> None:
    check([hostile_row(text) for text in shared_strings(shared_data)])


def test_nothing_in_a_line_moves_a_terminal() -> None:
    for line in lines(*map(hostile_row, HOSTILE.values())):
        assert not [one for one in line if ord(one) < 32 or "\x7f" <= one <= "\x9f" or one in "\u2028\u202e"]


def test_an_item_of_the_queue_has_no_decision() -> None:
    assert row().item.decision is None
    with_one = msgspec.structs.replace(row().item, decision=Decision("d", "i", "ada", "t", "supported"))
    assert '"decision":{"id":"d"' in with_one.to_json()


def test_rows_are_read_as_they_are_written() -> None:
    out = io.StringIO(newline="")
    seen: list[int] = []

    def rows() -> Iterator[Row]:
        for _ in range(3):
            seen.append(out.getvalue().count("\n"))
            yield row()

    write_jsonl(rows(), out)
    assert seen == [0, 1, 2]
