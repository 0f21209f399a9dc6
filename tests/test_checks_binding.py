"""Figures that follow from others, figures said of something else, and statements against each other."""

import pytest

from summarizer import Statement, check_statements
from summarizer.article import Article
from summarizer.report import SignalKind, StatementKind

EN = Article.from_text(
    "The company employs 86 people in Kelby and 19 on Storrow. Crossings will fall from 12 to 9 a day. Last winter "
    "148,000 passengers travelled, and 157,400 the winter before. Debt fell from $2.6 billion to $2.3 billion. About "
    "25 percent of the drivers are older than 55. The plant in Marlow has 410 workers. Another 150 office jobs go too. "
    "Membership halved from 120 to 60. The jury took 14 hours. The council might ask for a subsidy next year.",
    title="Figures",
    language="en",
)
DE = Article.from_text(
    "Der Verlust stieg von 9,6 auf 12,3 Millionen Euro. Ein Drittel der 90 Fahrer ist älter als 55 Jahre. Der Zuschuss "
    "wurde von 38 auf 44 Millionen Euro erhöht.",
    title="Zahlen",
    language="de",
)


def codes(article: Article, text: str, *checks: str) -> list[str]:
    signals = check_statements(article, [text])[0].signals
    return [str(s.code) for s in signals if s.check in checks and s.kind is SignalKind.MISMATCH]


@pytest.mark.parametrize(
    ("article", "text", "expected"),
    [
        pytest.param(EN, "The company employs 105 people in all.", [], id="a sum"),
        pytest.param(EN, "The company employs just over 100 people.", [], id="a sum, rounded"),
        pytest.param(EN, "The company employs 115 people in all.", ["number_mismatch"], id="no sum"),
        pytest.param(EN, "Three fewer crossings a day will run.", [], id="a difference"),
        pytest.param(EN, "Four fewer crossings a day will run.", ["number_mismatch"], id="no difference"),
        pytest.param(EN, "Debt fell by $300 million.", [], id="a difference of money"),
        pytest.param(EN, "A quarter of the drivers are older than 55.", [], id="percent as a fraction"),
        pytest.param(EN, "A third of the drivers are older than 55.", ["number_mismatch"], id="another fraction"),
        pytest.param(EN, "Membership fell to half of what it was.", [], id="half"),
        pytest.param(EN, "Membership tripled.", ["number_mismatch"], id="another multiple"),
        pytest.param(EN, "More than 140,000 passengers travelled last winter.", [], id="above a bound"),
        pytest.param(EN, "More than 160,000 passengers travelled last winter.", ["number_mismatch"], id="not above it"),
        pytest.param(DE, "Der Zuschuss liegt um sechs Millionen Euro höher.", [], id="German difference"),
        pytest.param(DE, "Der Verlust stieg auf 12,3 Millionen Euro.", [], id="magnitude shared in a range"),
        pytest.param(DE, "30 Fahrer sind älter als 55 Jahre.", [], id="German fraction of a figure"),
    ],
)  # fmt: skip
def test_figures_that_follow(article: Article, text: str, expected: list[str]) -> None:
    assert codes(article, text, "numbers") == expected


@pytest.mark.parametrize(
    ("article", "text", "wrong"),
    [
        pytest.param(EN, "The company employs 86 people in Kelby.", False, id="right"),
        pytest.param(EN, "The company employs 19 people in Kelby.", True, id="the other one's"),
        pytest.param(
            EN, "The company employs 19 people in Kelby and 86 on Storrow.", True, id="both exchanged"
        ),
        pytest.param(EN, "Crossings will fall from 12 to 9 a day.", False, id="from and to"),
        pytest.param(EN, "Crossings will rise from 9 to 12 a day.", True, id="from and to exchanged"),
        pytest.param(DE, "Der Verlust stieg von 12,3 auf 9,6 Millionen Euro.", True, id="German, exchanged"),
    ],
)
def test_figures_said_of_something_else(article: Article, text: str, wrong: bool) -> None:
    assert ("figure_misbound" in codes(article, text, "binding")) == wrong


@pytest.mark.parametrize(
    ("statement", "over"),
    [
        pytest.param(Statement("h1", StatementKind.HEADLINE, "Council asks for subsidy next year"), True, id="hedge lost"),
        pytest.param(Statement("h1", StatementKind.HEADLINE, "Council may ask for subsidy next year"), False, id="hedge kept"),
        pytest.param(Statement("s1", StatementKind.SUMMARY, "The council asks for a subsidy next year."), False, id="a sentence is no headline"),
    ],
)  # fmt: skip
def test_headlines(statement: Statement, over: bool) -> None:
    flags = {flag.code for flag in check_statements(EN, [statement])[0].flags}
    assert ("headline_overclaim" in flags) == over


@pytest.mark.parametrize(
    ("first", "second", "conflict"),
    [
        pytest.param("The council approved the plan for the bridge.", "The council rejected the plan for the bridge.", True, id="opposites"),
        pytest.param("The jury took 14 hours to decide.", "The jury took 17 hours to decide.", True, id="figures"),
        pytest.param("The council approved the plan for the bridge.", "The plan for the bridge was approved.", False, id="the same twice"),
        pytest.param("The jury took 14 hours to decide.", "The plant in Marlow has 410 workers.", False, id="of other things"),
    ],
)  # fmt: skip
def test_statements_against_each_other(first: str, second: str, conflict: bool) -> None:
    one, other = check_statements(EN, [first, second])
    assert "internal_conflict" not in {flag.code for flag in one.flags}
    assert ("internal_conflict" in {flag.code for flag in other.flags}) == conflict
