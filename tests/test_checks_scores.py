"""A score or a vote with one side changed."""

import pytest

from summarizer import FlagCode, check_statements
from summarizer.article import Article

ARTICLE = Article.from_text(
    """The council granted permission by nine votes to four after 5 hours. In the cup Harlow beat Denby 3-2 before a crowd of 640. The repair takes 10-12 days. The committee met at 9 on Monday.""",
    title="Council and cup",
    published="2026-05-20",
    language="en",
)

WRONG = [
    pytest.param("The council granted permission 9-5.", id="a vote in words"),
    pytest.param("The council granted permission by nine votes to five.", id="both in words"),
    pytest.param("Harlow beat Denby 3-1.", id="a score"),
]
RIGHT = [
    pytest.param("The council granted permission 9-4.", id="a vote"),
    pytest.param("Denby lost 2-3 to Harlow.", id="the other way about"),
    pytest.param("The repair takes 10-12 days.", id="a range"),
    pytest.param("The council granted permission in May.", id="none"),
]


def codes(text: str) -> set[FlagCode]:
    return {flag.code for flag in check_statements(ARTICLE, [text])[0].flags}


@pytest.mark.parametrize("text", WRONG)
def test_a_changed_side_is_found(text: str) -> None:
    assert FlagCode.NUMBER_MISMATCH in codes(text)


@pytest.mark.parametrize("text", RIGHT)
def test_the_same_score_is_not(text: str) -> None:
    assert FlagCode.NUMBER_MISMATCH not in codes(text)
