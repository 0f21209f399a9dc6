"""One number at a place in a text: where it ends, its value, and how many decimals were written."""

import pytest

from summarizer.checks.numerals import digits_at, words_at
from summarizer.checks.text import lexicon, tokenize


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "1,250 people", (1, 1250.0, 0)),
        ("en", "3.75 points", (1, 3.75, 2)),
        ("de", "1.250 Leute", (1, 1250.0, 0)),
        ("de", "3,75 Punkte", (1, 3.75, 2)),
        ("de", "3.5 Punkte", (1, 3.5, 1)),
        ("uk", "12 500 осіб", (2, 12500.0, 0)),
        ("en", "2026-11-23 was a Monday", (3, 2026.0, 0)),
        ("en", "1" * 40 + " is no number", None),
        ("en", "people", None),
    ],
    ids=["comma", "decimals", "stop", "decimal comma", "other marks", "spaces", "date", "too long", "a word"],
)
def test_digits(language: str, text: str, expected: tuple[int, float, int] | None) -> None:
    lex = lexicon(language)
    assert digits_at(text, tokenize(text, lex), 0, lex) == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "two hundred and fifty people", (4, 250.0, 0)),
        ("en", "twenty-five people", (2, 25.0, 0)),
        ("en", "two and a half hours", (4, 2.5, 1)),
        ("en", "three million people", (1, 3.0, 0)),
        ("en", "five seven", (1, 5.0, 0)),
        ("de", "zweihundertfünfzig Leute", (1, 250.0, 0)),
        ("fr", "quatre-vingt-dix personnes", (3, 90.0, 0)),
        ("en", "people", None),
    ],
    ids=["joined", "hyphen", "half", "scale left", "two numbers", "one word", "three words", "none"],
)
def test_words(language: str, text: str, expected: tuple[int, float, int] | None) -> None:
    lex = lexicon(language)
    assert words_at(text, tokenize(text, lex), 0, lex) == expected
