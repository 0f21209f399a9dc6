"""CSV: what a reader of RFC 4180 gets back, and that no cell is a formula."""

import csv
import io
import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from summarizer.export.csv import BOM, COLUMNS, LONGEST_CELL, cell, write_csv
from summarizer.export.rows import Row
from summarizer.report import Verdict
from tests.export_data import HOSTILE, RATED, hostile_row, row, shared_strings, shifted


def raw(*rows: Row) -> str:
    """The file as it is written, line ends and all."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="")
    write_csv(rows, out)
    out.flush()
    return out.buffer.getvalue().decode("utf-8")


def table(*rows: Row) -> list[dict[str, str]]:
    text = raw(*rows)
    assert text.startswith(BOM)
    lines = list(csv.reader(io.StringIO(text.removeprefix(BOM), newline=""), strict=True))
    assert lines[0] == list(COLUMNS)
    assert {len(line) for line in lines} == {len(COLUMNS)}
    return [dict(zip(COLUMNS, line, strict=True)) for line in lines[1:]]


def is_formula(text: str) -> bool:
    """Whether some spreadsheet takes it for one: also in another width, and behind what is not seen."""
    if text[:1] in {"\t", "\r", "\n", "\0"}:
        return True
    seen = [one for one in text if not one.isspace() and unicodedata.category(one) not in ("Cc", "Cf")]
    return bool(seen) and unicodedata.normalize("NFKC", seen[0])[0] in "=+-@"


def test_what_a_row_says() -> None:
    one = row(decisions=[{"note": "why", "seconds_spent": 12.5, "truth_rating": RATED}])
    (found,) = table(one)
    wanted = {
        "item_id": one.item.id,
        "article_id": one.article.id,
        "statement": "The bridge will cost $84 million.",
        "verdict": "contradicted",
        "risk": "0.9",
        "codes": "number_mismatch",
        "severity": "high",
        "reviewer": "ada",
        "decision": "contradicted",
        "decided_at": "2026-11-23T08:30:00+00:00",
        "note": "why",
        "seconds_spent": "12.5",
        "truth_rating": "Half true",
        "truth_value": "3",
        "model": "gpt-x",
        "prompt_hashes": "0123456789abcdef",
        "checker_version": "7",
        "corrected_text": "",
        "change": "",
    }
    assert {name: found[name] for name in wanted} == wanted
    for spans, words, text in (
        ("evidence_spans", "quote", one.article.text),
        ("suspicious_spans", "text", one.item.finding.statement.text),
    ):
        for span in json.loads(found[spans]):
            assert text[span["start"] : span["end"]] == span[words]
    assert [span["quote"] for span in json.loads(found["evidence_spans"])] == ["the mayor said"]


def test_a_line_for_each_reviewer_and_one_where_nobody_decided() -> None:
    two = row(decisions=[{"reviewer": "ada"}, {"reviewer": "bo"}])
    found = table(two, row("Another.", document="other"))
    assert [line["reviewer"] for line in found] == ["ada", "bo", ""]
    assert found[0]["item_id"] == found[1]["item_id"] != found[2]["item_id"]


def test_what_was_not_checked_says_so() -> None:
    (found,) = table(row(verdict=Verdict.UNCHECKED, risk=None, flagged=False))
    assert (found["risk"], found["codes"], found["severity"]) == ("", "", "")
    assert found["reasons"] == "not checked: nobody asked"


def test_lines_end_as_in_rfc_4180() -> None:
    text = raw(row(), row('Two\nlines, and a "quote".', document="other"))
    assert text.endswith("\r\n")
    outside = "".join(text.split('"')[::2])  # between the quoted cells
    assert outside.count("\n") == outside.count("\r\n") == 3


def harmless(texts: list[str]) -> None:
    rows = [hostile_row(text) for text in texts]
    for one, found in zip(rows, table(*rows), strict=True):
        assert not [value for value in found.values() if is_formula(value)]
        said = one.decisions[0]
        for name, text in (
            ("title", one.item.title),
            ("statement", one.item.finding.statement.text),
            ("note", said.note),
            ("corrected_text", said.corrected_text),
        ):
            assert text is not None
            assert found[name].removeprefix("'") == text.removeprefix("'")


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_cell_is_a_formula(text: str) -> None:
    harmless([text])


@pytest.mark.shared_data
def test_no_cell_is_a_formula_for_any_hostile_string(shared_data: Path) -> None:
    texts = list(shared_strings(shared_data))
    assert len(texts) > 600
    harmless(texts)


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        pytest.param(None, "", id="nothing"),
        pytest.param(0.5, "0.5", id="number"),
        pytest.param(3, "3", id="whole number"),
        pytest.param("words", "words", id="words"),
        pytest.param("", "", id="empty"),
        pytest.param("a=b", "a=b", id="sign inside"),
        pytest.param("«—»", "«—»", id="other signs"),
        pytest.param("   ", "   ", id="blanks alone"),
        pytest.param("=1", "'=1", id="equals"),
        pytest.param("\0x", "'\0x", id="null"),
        pytest.param("\rx", "'\rx", id="carriage return"),
        pytest.param("\nx", "'\nx", id="line feed"),
        pytest.param("\x0b@x", "'\x0b@x", id="behind another control character"),
        pytest.param("＠x", "'＠x", id="full width"),
        pytest.param("\u202e-x", "'\u202e-x", id="behind a turn of direction"),
        pytest.param("'=1", "'=1", id="apostrophe already"),
    ],
)
def test_cells(value: Any, wanted: str) -> None:
    assert cell(value) == wanted


@pytest.mark.parametrize("letter", ["a", "𝒷"])
def test_a_cell_is_no_longer_than_a_spreadsheet_takes(letter: str) -> None:
    long = cell(letter * 40_000)
    assert len(long.encode("utf-16-le")) // 2 <= LONGEST_CELL
    assert long.endswith("… [cut; the JSONL export has all of it]")
    assert cell(letter * 10_000) == letter * 10_000


def test_spans_that_do_not_fit_a_cell_leave_an_array() -> None:
    statement = "word " * 8_000
    found = table(row(statement))[0]["suspicious_spans"]
    assert json.loads(found) == []


def test_a_span_of_other_words_is_left_out_and_told() -> None:
    out = io.StringIO(newline="")
    written = write_csv([shifted(row(), 3)], out)
    assert (written.rows, written.problems) == (1, 1)
    assert written.told[0].what == "evidence 3-17: other words stand there"
    assert "the mayor said" not in out.getvalue()
