"""Directions and comparisons in other words, against the article's words and its pairs of figures."""

import pytest

from summarizer import FlagCode, check_statements
from summarizer.article import Article

TEXTS = {
    "en": """Pretax profit fell short of hopes: it came to £41.2 million, down from £53.5 million a year earlier. Online shops took
12 percent more orders than market stalls. Morvia Credit, the largest bank, reported higher profits than Unibanka. Exports were
worth 8.9 billion crowns and imports 9.3 billion. The drug worked no better than a placebo. Easton stay one point ahead of
Rivermouth. Inflation slowed in December.""",
    "es": "En marzo llovió menos de lo habitual. La deuda creció en mayo.",
}
ARTICLES = {
    code: Article.from_text(" ".join(text.split()), title="News", published="2026-05-20", language=code)
    for code, text in TEXTS.items()
}

WRONG = [
    pytest.param("en", "Pretax profit was higher than a year earlier.", id="a pair of figures"),
    pytest.param("en", "Unibanka made more profits than Morvia Credit.", id="sides exchanged, another word"),
    pytest.param("en", "Exports outstripped imports.", id="two figures, without than"),
    pytest.param("en", "The drug worked better than a placebo.", id="no better"),
    pytest.param("en", "Rivermouth are ahead of Easton.", id="names exchanged"),
    pytest.param("en", "Inflation picked up in December.", id="two words for a direction"),
    pytest.param("es", "En marzo llovió más de lo habitual.", id="Spanish, than usual"),
]

RIGHT = [
    pytest.param("en", "Pretax profit was lower than a year earlier.", id="a pair of figures"),
    pytest.param("en", "Morvia Credit made more profits than Unibanka.", id="same sides"),
    pytest.param("en", "Imports outstripped exports.", id="two figures, without than"),
    pytest.param("en", "The drug was no better than a placebo.", id="no better"),
    pytest.param("en", "Rivermouth are a point behind Easton.", id="told from the other side"),
    pytest.param("en", "Inflation eased in December.", id="another word for slowed"),
    pytest.param("es", "En marzo llovió menos de lo normal.", id="Spanish, than usual"),
]


def codes(language: str, text: str) -> set[FlagCode]:
    return {flag.code for flag in check_statements(ARTICLES[language], [text])[0].flags}


@pytest.mark.parametrize(("language", "text"), WRONG)
def test_what_is_turned_round_is_found(language: str, text: str) -> None:
    assert FlagCode.COMPARISON_REVERSED in codes(language, text)


@pytest.mark.parametrize(("language", "text"), RIGHT)
def test_what_is_not_is_left_alone(language: str, text: str) -> None:
    assert FlagCode.COMPARISON_REVERSED not in codes(language, text)
