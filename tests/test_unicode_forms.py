"""NFC as ever, and in reasonable time for text that was made to take long."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.article import Article
from summarizer.unicode_forms import MOST_MARKS, nfc

CARRIER = "The council met on Monday and voted for the bridge after a long debate in the hall."


@given(st.text(max_size=200))
def test_ordinary_text_is_just_normalised(text: str) -> None:
    assert nfc(text) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    "marks",
    [
        pytest.param("\u0301\u0316" * 200_000, id="mixed classes"),
        pytest.param("\u0334\u0327\u0301\u0345" * 100_000, id="four classes"),
    ],
)
def test_a_flood_of_marks_takes_no_time(marks: str) -> None:
    started = time.process_time()
    article = Article.from_text(f"{CARRIER} A{marks} B", language="en")
    assert time.process_time() - started < 5
    assert len(article.text) <= len(CARRIER) + MOST_MARKS + 5
    assert nfc(article.text) == article.text
