"""What one half of a sentence says, given to the one in the other half."""

import pytest

from summarizer.article import Article
from summarizer.checks import parallels
from summarizer.checks.align import align
from summarizer.checks.context import read_article, read_statement
from summarizer.report import SignalKind

ARTICLES = {
    "en": "The Art Loss Fund paid for the transport, while the Lord Hart Trust covered the insurance. Nine houses burned down "
    "in Alder Falls; none was lost in the town of Alder Creek. Critics said the money came late.",
    "de": "Die Krankenkasse Novitas zahlt den Umbau, die Stiftung Lebenswert die neuen Geräte. Das Bad bleibt noch geschlossen.",
    "uk": "Перевезення оплатив фонд «Спадщина», а страхування — компанія «Оберіг». Виставка відкриється у вересні.",
    "pl": "Za transport zapłaciła Fundacja Ochrona, a ubezpieczenie pokrył Bank Hart. Wystawa zostanie otwarta we wrześniu.",
}  # fmt: skip


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        pytest.param("en", "The Lord Hart Trust paid for the transport.", ["role_swapped"], id="en the other half"),
        pytest.param("en", "The Art Loss Fund paid for the transport.", [], id="en right"),
        pytest.param("en", "The insurance was covered by the Lord Hart Trust.", [], id="en right, passive"),
        pytest.param("en", "Nine houses burned down in Alder Creek.", ["name_mismatch"], id="en the other place"),
        pytest.param("en", "In Alder Creek no house was lost.", [], id="en right place"),
        pytest.param("de", "Die Stiftung Lebenswert zahlt den Umbau.", ["role_swapped"], id="de"),
        pytest.param("de", "Die Krankenkasse Novitas zahlt den Umbau.", [], id="de right"),
        pytest.param("uk", "Перевезення оплатила компанія «Оберіг».", ["role_swapped"], id="uk the name behind its verb"),
        pytest.param("uk", "Перевезення оплатив фонд «Спадщина».", [], id="uk right"),
        pytest.param("pl", "Za transport zapłacił Bank Hart.", ["role_swapped"], id="pl"),
        pytest.param("pl", "Za transport zapłaciła Fundacja Ochrona.", [], id="pl right"),
    ],
)  # fmt: skip
def test_halves(code: str, text: str, expected: list[str]) -> None:
    article = read_article(Article.from_text(ARTICLES[code], language=code))
    statement = read_statement(text, article.lex)
    signals = parallels.check(statement, align(statement, article), article)
    assert [s.code for s in signals if s.kind is SignalKind.MISMATCH] == expected
