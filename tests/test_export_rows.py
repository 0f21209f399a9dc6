"""What all exports share: which words are marked, why somebody is asked, and that nothing is kept in memory."""

import io
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TextIO

import msgspec
import pytest

from summarizer.export.claim_review import write_claim_reviews
from summarizer.export.csv import write_csv
from summarizer.export.jsonl import write_jsonl
from summarizer.export.label_studio import model_version, write_label_studio
from summarizer.export.rows import MOST_TOLD, Row, Tally, Written, evidence, misfit, reasons, suspicious
from summarizer.flags import FlagCode, Severity
from summarizer.report import NOBODY, Flag, Span, StatementKind, Verdict
from summarizer.review_items import DecisionVerdict, ItemStatus
from summarizer.settings import Publishing
from tests.export_data import RATED, row


def with_flags(one: Row, *flags: Flag) -> Row:
    finding = msgspec.structs.replace(one.item.finding, flags=flags)
    return Row(msgspec.structs.replace(one.item, finding=finding), one.article, one.decisions)


def flag(severity: Severity, message: str, *spans: Span) -> Flag:
    return Flag(FlagCode.NUMBER_MISMATCH, severity, message, spans)


def test_words_are_marked_once_and_in_their_order() -> None:
    cost, will = Span(21, 32, "$84 million"), Span(11, 15, "will")
    one = with_flags(row(), flag(Severity.LOW, "a", cost), flag(Severity.HIGH, "b", will, cost))
    assert suspicious(one.item) == ((will, cost), [])
    assert reasons(one.item) == ("number_mismatch: b", "number_mismatch: a")


def test_evidence_is_that_of_the_statement_and_of_its_flags() -> None:
    one = row()
    (piece,), wrong = evidence(one.item, one.article)
    assert (piece.quote, wrong) == ("the mayor said", [])
    bare = with_flags(one)
    assert evidence(bare.item, bare.article)[0] == (piece,)


@pytest.mark.parametrize(
    ("start", "end", "quote", "words"),
    [
        pytest.param(0, 5, "🎉 abc", None, id="code points"),
        pytest.param(2, 5, "abc", None, id="behind an emoji"),
        pytest.param(3, 6, "abc", "only 5 characters", id="as UTF-16 would count"),
        pytest.param(2, 2, "", "empty", id="empty"),
        pytest.param(4, 2, "abc", "ends before", id="turned around"),
        pytest.param(-3, 5, "abc", "ends before", id="counted from the end"),
        pytest.param(2, 5, "abd", "other words", id="other words"),
    ],
)
def test_spans(start: int, end: int, quote: str, words: str | None) -> None:
    found = misfit("🎉 abc", start, end, quote)
    assert found == words or (found is not None and words is not None and words in found)


def test_an_unchecked_statement_says_why() -> None:
    assert reasons(row(verdict=Verdict.UNCHECKED, risk=None, flagged=False).item) == (
        "not checked: nobody asked",
    )


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        pytest.param({}, "gpt-x/0123456789ab", id="model and prompt"),
        pytest.param({"model": NOBODY}, "checker 7", id="no model"),
        pytest.param({"prompt_hashes": ()}, "checker 7", id="not written by the model"),
    ],
)
def test_model_versions(change: dict[str, Any], wanted: str) -> None:
    item = row().item
    made = msgspec.structs.replace(item.provenance, **change)
    assert model_version(msgspec.structs.replace(item, provenance=made)) == wanted


def test_a_summary_names_the_first_problems_and_counts_all() -> None:
    tally = Tally()
    for number in range(80):
        tally.trouble(f"item-{number}", ["one", "two"])
    assert (tally.written().problems, len(tally.written().told)) == (160, MOST_TOLD)


def claim_reviews(rows: Iterable[Row], out: TextIO) -> Written:
    publisher = Publishing(name="x", url="https://x.example", page="https://x.example/{item_id}")
    return write_claim_reviews(rows, out, publisher)


@pytest.mark.parametrize("write", [write_jsonl, write_csv, write_label_studio, claim_reviews])
def test_a_row_is_written_before_the_next_is_read(write: Callable[[Iterable[Row], TextIO], Written]) -> None:
    out, sizes = io.StringIO(newline=""), []

    def rows() -> Iterator[Row]:
        for number in range(4):
            sizes.append(len(out.getvalue()))
            yield row(
                f"The bridge will cost ${number} million.",
                kind=StatementKind.CLAIM,
                speaker="Ada Brandt",
                status=ItemStatus.DECIDED,
                decisions=[{"verdict": DecisionVerdict.SUPPORTED, "truth_rating": RATED}],
            )

    written = write(rows(), out)
    assert (written.items, written.rows) == (4, 4)
    assert sizes == sorted(set(sizes))
    assert sizes[3] > sizes[1] > sizes[0]
