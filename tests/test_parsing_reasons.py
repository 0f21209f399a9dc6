"""Reasons that fit their label, and reasons that do not."""

import pytest

from summarizer.parsing.reasons import belies
from summarizer.report import Verdict

SUPPORTED, CONTRADICTED, ABSENT = Verdict.SUPPORTED, Verdict.CONTRADICTED, Verdict.NOT_IN_ARTICLE


@pytest.mark.parametrize(
    ("verdict", "reason"),
    [
        pytest.param(SUPPORTED, "The council voted 9-4 on Wednesday.", id="plain"),
        pytest.param(SUPPORTED, "Nothing contradicts it, and sentence 2 gives the figure.", id="nothing contradicts"),
        pytest.param(SUPPORTED, "The sentence does not contradict the statement.", id="does not contradict"),
        pytest.param(SUPPORTED, "No deaths have been reported, says sentence 8.", id="the article's own negation"),
        pytest.param(SUPPORTED, "The company denied that the report was false.", id="a denial told"),
        pytest.param(SUPPORTED, "Wieland did not say that the survey was faulty, as the statement has it.", id="what somebody did not say"),
        pytest.param(SUPPORTED, "Der Artikel bestätigt die Zahl, nichts widerspricht.", id="German"),
        pytest.param(SUPPORTED, "Речення 4 підтверджує, що вирок можна оскаржити.", id="Ukrainian"),
        pytest.param(CONTRADICTED, "The article gives 9-4, not 9-5.", id="figure"),
        pytest.param(CONTRADICTED, "The amount matches, but the day is Tuesday.", id="one of two things right"),
        pytest.param(CONTRADICTED, "The article supports only the first half.", id="half"),
        pytest.param(CONTRADICTED, "This contradicts sentence 3.", id="contradicts"),
        pytest.param(CONTRADICTED, "Le montant correspond, mais la date est fausse.", id="French"),
        pytest.param(ABSENT, "No sentence mentions a ship.", id="no sentence"),
        pytest.param(ABSENT, "The article supports the figure but says nothing about the mayor.", id="half there"),
        pytest.param(ABSENT, "Nothing supports or contradicts it.", id="neither"),
        pytest.param(ABSENT, "Про мера нічого немає.", id="Ukrainian absent"),
        pytest.param(ABSENT, "", id="empty"),
    ],
)  # fmt: skip
def test_fits(verdict: Verdict, reason: str) -> None:
    assert not belies(verdict, reason)


@pytest.mark.parametrize(
    ("verdict", "reason"),
    [
        pytest.param(SUPPORTED, "The statement is incorrect: the vote was 9-4.", id="incorrect"),
        pytest.param(SUPPORTED, "The article does not mention a ship.", id="not mentioned"),
        pytest.param(SUPPORTED, "This isn't stated in the article.", id="n't stated"),
        pytest.param(SUPPORTED, "It contradicts sentence 2.", id="contradicts"),
        pytest.param(SUPPORTED, "There is no evidence for this.", id="no evidence"),
        pytest.param(SUPPORTED, "Die Zahl ist falsch.", id="German"),
        pytest.param(SUPPORTED, "El artículo no menciona ningún barco.", id="Spanish"),
        pytest.param(SUPPORTED, "L'affirmation est fausse.", id="French"),
        pytest.param(SUPPORTED, "Artykuł nie wspomina o statku.", id="Polish"),
        pytest.param(SUPPORTED, "Стаття не згадує про корабель.", id="Ukrainian"),
        pytest.param(CONTRADICTED, "The Hague is the correct location.", id="correct location"),
        pytest.param(CONTRADICTED, "The statement is supported by sentence 2.", id="supported"),
        pytest.param(CONTRADICTED, "It matches the article.", id="matches"),
        pytest.param(CONTRADICTED, "Die Angabe ist korrekt.", id="German right"),
        pytest.param(CONTRADICTED, "Це підтверджує речення 2.", id="Ukrainian right"),
        pytest.param(ABSENT, "The statement is confirmed by sentence 4.", id="confirmed"),
        pytest.param(ABSENT, "It contradicts sentence 3.", id="the other wrong label"),
        pytest.param(ABSENT, "La frase es correcta.", id="Spanish right"),
    ],
)  # fmt: skip
def test_says_something_else_than_its_label(verdict: Verdict, reason: str) -> None:
    assert belies(verdict, reason)
