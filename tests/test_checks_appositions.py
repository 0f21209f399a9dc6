"""Who somebody is said to be in passing."""

import pytest

from summarizer import FlagCode, check_statements
from summarizer.article import Article

ARTICLE = Article.from_text(
    """A car ferry sank off Cape Arran on Thursday. The captain, Tomas Hegre, radioed for help at dawn.

The missing are the second engineer and a cook. Transport minister Olav Brandt ordered an inquiry on Friday.

Its owner is the ship's maker, Skerry Lines. Passenger Lena Wirth, a teacher from Bergholt, praised the crew. The accountant who kept the ledger, Piet Hanssen, left the firm in May.""",
    title="Ferry sinks",
    published="2026-07-10",
    language="en",
)

WRONG = [
    pytest.param(
        "Tomas Hegre, the missing second engineer, radioed for help.", id="what the article says of others"
    ),
    pytest.param("Olav Brandt, the owner of Skerry Lines, ordered an inquiry.", id="an owner"),
    pytest.param("Tomas Hegre, a teacher from Bergholt, radioed for help.", id="beside another name"),
    pytest.param("Lena Wirth, who kept the ledger, praised the crew.", id="a clause"),
]
RIGHT = [
    pytest.param("Lena Wirth, a teacher, praised the crew.", id="as the article says"),
    pytest.param("Olav Brandt, who ordered an inquiry, is transport minister.", id="what he did"),
    pytest.param("Tomas Hegre, a seaman of long standing, radioed for help.", id="words that the article lacks"),
    pytest.param("Piet Hanssen, the ledger's keeper, left in May.", id="in other words"),
]  # fmt: skip


def found(text: str) -> bool:
    return any(s.check in ("appositions", "roles") for s in check_statements(ARTICLE, [text])[0].signals)


@pytest.mark.parametrize("text", WRONG)
def test_what_is_told_of_another_is_found(text: str) -> None:
    assert found(text)
    assert FlagCode.ROLE_SWAPPED in {flag.code for flag in check_statements(ARTICLE, [text])[0].flags}


@pytest.mark.parametrize("text", RIGHT)
def test_what_is_told_of_the_same_is_not(text: str) -> None:
    assert not found(text)
