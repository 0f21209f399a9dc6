"""Errors told in other words than the article's, and what is right in other words: a row for each rule."""

import pytest

from summarizer import FlagCode, check_statements
from summarizer.article import Article
from summarizer.report import Statement, StatementKind

ARTICLE = Article.from_text(
    """ARRAN POINT, July 9 - A ferry sank off the coast on Thursday, the coastguard said.

The defence said the ledger had been written after the event. A quarter of the participants were under 60. All passengers were
rescued by a tanker. The pool will not open until October. The shares rose 5 percent on Monday. The union Civica did not rule
out a strike. Deliveries of the cable start in 2028. The committee has 900 of the region's 6,500 votes. Sales of clothing grew
by 3.1 percent and those of shoes by 2.2 percent. Castellane, born in 1968, has given 38 premieres since 1990. Ruth Lane, who
chairs the Harbour Trust, accused the council of breaking a promise. Council leader Leonard Pike denied that. "The crew stayed calm
and saved us," said passenger Lena Wirth.""".replace(".\n", ". ").replace("\n\n", "\0").replace("\n", " ").replace("\0", "\n\n"),
    title="News of the day",
    published="2026-07-10",
    language="en",
)  # fmt: skip

WRONG = [
    pytest.param("The ledger was written after the event.", FlagCode.ATTRIBUTION_DROPPED, id="one side's word"),
    pytest.param("Half of the participants were under 60.", FlagCode.QUANTIFIER_MISMATCH, id="half for a quarter"),
    pytest.param("Most of the participants were under 60.", FlagCode.QUANTIFIER_MISMATCH, id="most for a quarter"),
    pytest.param("Only some passengers were rescued.", FlagCode.QUANTIFIER_MISMATCH, id="only some for all"),
    pytest.param("The shares lost 5 percent on Monday.", FlagCode.COMPARISON_REVERSED, id="lost for rose"),
    pytest.param("The union Civica will call a strike.", FlagCode.HEDGE_DROPPED, id="not ruled out for will"),
    pytest.param("Deliveries of the cable start in 2026.", FlagCode.DATE_MISMATCH, id="this year for another"),
    pytest.param("The committee has 7,400 votes.", FlagCode.NUMBER_MISMATCH, id="a part added to its whole"),
    pytest.param("Sales of clothing grew by 5.3 percent.", FlagCode.NUMBER_MISMATCH, id="percentages added up"),
    pytest.param("Castellane has given 22 premieres.", FlagCode.NUMBER_MISMATCH, id="a count that two years would give"),
]  # fmt: skip

RIGHT = [
    pytest.param("The ledger was written after the event, the defence said.", id="whose word it is"),
    pytest.param("One in four participants was under 60.", id="a quarter"),
    pytest.param("Some of the participants were under 60.", id="some for a quarter"),
    pytest.param("The pool will open in October.", id="not until"),
    pytest.param("The shares gained 5 percent on Monday.", id="gained for rose"),
    pytest.param("A strike by Civica is possible.", id="not ruled out as possible"),
    pytest.param("Deliveries of the cable start in 2028.", id="the year"),
    pytest.param(
        "Pike rejects the claim that the council broke a promise.", id="who denies it has not said it"
    ),
]


@pytest.mark.parametrize(("text", "code"), WRONG)
def test_wrong(text: str, code: FlagCode) -> None:
    assert code in {flag.code for flag in check_statements(ARTICLE, [text])[0].flags}


@pytest.mark.parametrize("text", RIGHT)
def test_right(text: str) -> None:
    assert not [s for s in check_statements(ARTICLE, [text])[0].signals if s.code is not None]


SPEAKERS = [
    pytest.param("Lena Wirth", False, id="who said it"),
    pytest.param("a passenger", False, id="no name"),
    pytest.param("Leonard Pike", True, id="somebody else"),
    pytest.param("John Calder", True, id="nobody of the article"),
    pytest.param("Arran Point", True, id="the dateline"),
]


@pytest.mark.parametrize(("speaker", "wrong"), SPEAKERS)
def test_the_speaker_of_a_claim(speaker: str, wrong: bool) -> None:
    claim = Statement(
        "c1", StatementKind.CLAIM, "The crew stayed calm and saved the passengers.", speaker=speaker
    )
    found = {flag.code for flag in check_statements(ARTICLE, [claim])[0].flags}
    assert (FlagCode.SPEAKER_MISMATCH in found) is wrong
