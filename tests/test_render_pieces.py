"""Cutting text at the edges of marks: nothing is lost, marks may overlap, characters stay whole."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.render.pieces import Marked, Piece, pieces
from summarizer.render.safe import safe


@pytest.mark.parametrize(
    ("raw", "marks", "expected"),
    [
        pytest.param("", [(0, 3, "a")], [], id="nothing"),
        pytest.param("plain", [], [("plain", ())], id="no marks"),
        pytest.param("one two", [(4, 7, "a")], [("one ", ()), ("two", ("a",))], id="at the end"),
        pytest.param(
            "one two three",
            [(0, 7, "a"), (4, 13, "b")],
            [("one ", ("a",)), ("two", ("a", "b")), (" three", ("b",))],
            id="overlapping",
        ),
        pytest.param(
            "abcd", [(0, 4, "a"), (1, 2, "b")], [("a", ("a",)), ("b", ("a", "b")), ("cd", ("a",))], id="nested"
        ),
        pytest.param("abcd", [(0, 2, "a"), (2, 4, "a")], [("abcd", ("a",))], id="touching and alike"),
        pytest.param("abcd", [(1, 1, "a"), (3, 2, "b")], [("abcd", ())], id="empty and turned round"),
        pytest.param("abcd", [(2, 99, "a"), (-5, 1, "b")], [("a", ("b",)), ("b", ()), ("cd", ("a",))], id="outside"),
        pytest.param("a<b>&\"c", [(1, 4, "a")], [("a", ()), ("<b>", ("a",)), ('&"c', ())], id="markup stays text"),
        pytest.param("cafe\u0301!", [(3, 4, "a")], [("caf", ()), ("e\u0301", ("a",)), ("!", ())], id="letter and its mark"),
        pytest.param("שלום עולם", [(5, 9, "a")], [("שלום ", ()), ("עולם", ("a",))], id="right to left"),
        pytest.param("👩‍🚒x", [(0, 1, "a")], [("👩‍🚒", ("a",)), ("x", ())], id="joined emoji"),
        pytest.param("a\u202eb\nc", [(2, 5, "a")], [("a", ()), ("b c", ("a",))], id="turning character dropped"),
    ],
)  # fmt: skip
def test_pieces(
    raw: str, marks: list[tuple[int, int, str]], expected: list[tuple[str, tuple[str, ...]]]
) -> None:
    found = pieces(raw, [Marked(*mark) for mark in marks])
    assert found == tuple(Piece(text, values) for text, values in expected)


MARKS = st.lists(st.tuples(st.integers(-2, 30), st.integers(-2, 30), st.sampled_from("abc")), max_size=8)
RAW = st.text(st.sampled_from("ab <&\n\u0301\u05d0\u202e\u200d👩🇺🇦\ud800\x1b"), max_size=24)


@given(RAW, MARKS)
def test_nothing_is_lost_and_every_mark_is_covered(raw: str, marks: list[tuple[int, int, str]]) -> None:
    found = pieces(raw, [Marked(*mark) for mark in marks])
    assert "".join(piece.text for piece in found) == safe(raw)
    assert all(piece.text for piece in found)
    assert all(one.values != two.values for one, two in pairwise(found))
    for start, end, value in marks:
        words = safe(raw[max(start, 0) : max(end, 0)]).strip()
        if start < end and words.isalpha():
            assert any(value in piece.values for piece in found)
