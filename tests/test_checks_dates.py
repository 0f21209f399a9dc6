"""Dates, clock times and the order of events, in six languages."""

from datetime import date

import pytest

from summarizer import check_statements
from summarizer.article import Article
from summarizer.checks.figures import find_figures
from summarizer.checks.moments import days_of, find_moments
from summarizer.checks.text import lexicon, tokenize
from summarizer.report import SignalKind

PUBLISHED = date(2026, 3, 12)  # a Thursday


def article(text: str, language: str, published: str | None = "2026-03-12") -> Article:
    return Article.from_text(text, title="News", language=language, published=published)


EN = (
    "The council voted on Tuesday to close the pool. The meeting began at 6:30 p.m. The pool opened in March 1998. "
    "Repairs ended last month. The mayor resigned on November 4, 2025, two weeks after the audit was published. "
    "A first plan had been rejected two years earlier."
)
ARTICLES = {
    "en": article(EN, "en"),
    "undated": article(EN, "en", None),
    "de": article("Der Rat beschloss am Dienstag, das Bad zu schließen. Die Sitzung begann um 18.30 Uhr. Das Bad wurde im März 1998 eröffnet. Die Reparatur endete im vergangenen Monat.", "de"),
    "uk": article("У вівторок рада вирішила закрити басейн. Засідання почалося о 18:30. Басейн відкрили у березні 1998 року. Ремонт завершили минулого місяця.", "uk"),
    "es": article("El pleno decidió el martes cerrar la piscina. La sesión empezó a las 18.30 horas. La piscina abrió en marzo de 1998. Las obras terminaron el mes pasado.", "es"),
    "fr": article("Le conseil a décidé mardi de fermer la piscine. La séance a commencé à 18h30. La piscine a ouvert en mars 1998. Les travaux ont pris fin le mois dernier.", "fr"),
    "pl": article("We wtorek rada zdecydowała o zamknięciu basenu. Sesja zaczęła się o godz. 18.30. Basen otwarto w marcu 1998 roku. Remont zakończono w ubiegłym miesiącu.", "pl"),
}  # fmt: skip


def codes(name: str, text: str, checks: tuple[str, ...] = ("dates",)) -> list[str]:
    signals = check_statements(ARTICLES[name], [text])[0].signals
    return [s.code or "doubt" for s in signals if s.check in checks and s.kind is not SignalKind.SUPPORT]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        pytest.param("en", "The council voted on Tuesday to close the pool.", [], id="the same"),
        pytest.param("en", "The council voted on March 10 to close the pool.", [], id="weekday as a date"),
        pytest.param("en", "The council voted this week to close the pool.", [], id="weekday as a week"),
        pytest.param("en", "The council voted on Wednesday to close the pool.", ["date_mismatch"], id="another weekday"),
        pytest.param("en", "The council voted on March 11 to close the pool.", ["date_mismatch"], id="another date"),
        pytest.param("en", "The meeting began at 18:30.", [], id="24 hours"),
        pytest.param("en", "The meeting began at 6.30pm.", [], id="another way to write a time"),
        pytest.param("en", "The meeting began at 7:30 p.m.", ["date_mismatch"], id="another time"),
        pytest.param("en", "The pool opened in 1998.", [], id="year for month"),
        pytest.param("en", "The pool opened in May 1998.", ["date_mismatch"], id="another month"),
        pytest.param("en", "The pool opened in 1989.", ["date_mismatch"], id="another year"),
        pytest.param("en", "Repairs ended in February.", [], id="relative to absolute"),
        pytest.param("en", "Repairs ended in January.", ["date_mismatch"], id="relative to a wrong month"),
        pytest.param("en", "The mayor resigned last November.", [], id="absolute to relative"),
        pytest.param("en", "The mayor resigned on 4 November.", [], id="no year"),
        pytest.param("en", "The mayor resigned on 14 November.", ["date_mismatch"], id="another day"),
        pytest.param("en", "A first plan had been rejected in 2024.", [], id="years before, resolved"),
        pytest.param("undated", "The council voted on Tuesday to close the pool.", [], id="undated: the same words"),
        pytest.param("undated", "The council voted yesterday to close the pool.", ["unanchored_date"], id="undated: nothing anchors it"),
        pytest.param("de", "Am 10. März beschloss der Rat, das Bad zu schließen.", [], id="German, resolved"),
        pytest.param("de", "Am Mittwoch beschloss der Rat, das Bad zu schließen.", ["date_mismatch"], id="German weekday"),
        pytest.param("de", "Die Sitzung begann um 19.30 Uhr.", ["date_mismatch"], id="German time"),
        pytest.param("de", "Die Reparatur endete im Februar.", [], id="German month"),
        pytest.param("uk", "10 березня рада вирішила закрити басейн.", [], id="Ukrainian, resolved"),
        pytest.param("uk", "У середу рада вирішила закрити басейн.", ["date_mismatch"], id="Ukrainian weekday"),
        pytest.param("uk", "Ремонт завершили в лютому.", [], id="Ukrainian month"),
        pytest.param("uk", "Ремонт завершили в січні.", ["date_mismatch"], id="Ukrainian wrong month"),
        pytest.param("es", "El pleno decidió el 10 de marzo cerrar la piscina.", [], id="Spanish, resolved"),
        pytest.param("es", "El pleno decidió el jueves cerrar la piscina.", ["date_mismatch"], id="Spanish weekday"),
        pytest.param("es", "La sesión empezó a las 19.30 horas.", ["date_mismatch"], id="Spanish time"),
        pytest.param("fr", "Le conseil a décidé le 10 mars de fermer la piscine.", [], id="French, resolved"),
        pytest.param("fr", "La séance a commencé à 18 h 45.", ["date_mismatch"], id="French time"),
        pytest.param("fr", "Les travaux ont pris fin en janvier.", ["date_mismatch"], id="French month"),
        pytest.param("pl", "10 marca rada zdecydowała o zamknięciu basenu.", [], id="Polish, resolved"),
        pytest.param("pl", "W środę rada zdecydowała o zamknięciu basenu.", ["date_mismatch"], id="Polish weekday"),
        pytest.param("pl", "Basen otwarto w maju 1998 roku.", ["date_mismatch"], id="Polish month"),
    ],
)  # fmt: skip
def test_dates(name: str, text: str, expected: list[str]) -> None:
    assert codes(name, text) == expected


@pytest.mark.parametrize(
    ("language", "text", "days"),
    [
        pytest.param("en", "on Tuesday, March 10, 2026", ["2026-03-10"], id="weekday and date are one"),
        pytest.param("en", "2026-03-10", ["2026-03-10"], id="ISO"),
        pytest.param("en", "three days ago", ["2026-03-09"], id="ago"),
        pytest.param("en", "last year", ["2025-01-01"], id="year"),
        pytest.param("en", "next Monday", ["2026-03-16"], id="next"),
        pytest.param(
            "en", "In May 2,000 people came", ["2026-05-01"], id="a figure behind a month is no year"
        ),
        pytest.param("en", "30 February 2026", ["2026-02-01"], id="no such day: only its month"),
        pytest.param("de", "vor zwei Jahren", ["2024-01-01"], id="German ago"),
        pytest.param("de", "im Vorjahr", ["2025-01-01"], id="German year before"),
        pytest.param("uk", "торік", ["2025-01-01"], id="Ukrainian last year"),
        pytest.param("uk", "два роки тому", ["2024-01-01"], id="Ukrainian ago"),
        pytest.param("fr", "le 1er novembre 2025", ["2025-11-01"], id="French first"),
        pytest.param("fr", "hier", ["2026-03-11"], id="French yesterday"),
        pytest.param("pl", "wczoraj", ["2026-03-11"], id="Polish yesterday"),
        pytest.param("es", "ayer", ["2026-03-11"], id="Spanish yesterday"),
    ],
)
def test_days_meant(language: str, text: str, days: list[str]) -> None:
    lex = lexicon(language)
    tokens = tokenize(text, lex)
    moments = find_moments(text, tokens, find_figures(text, tokens, lex), lex)
    assert [days_of(moment, PUBLISHED)[0][0].isoformat() for moment in moments] == days


ORDERED = {
    "en": article("The driver called the police before he left the bridge. Crews closed the road on Monday. The minister visited the village on Wednesday. The bridge collapsed after heavy trucks crossed it.", "en"),
    "de": article("Der Fahrer rief die Polizei, bevor er die Brücke verließ. Die Brücke stürzte ein, nachdem schwere Lastwagen darüber gefahren waren.", "de"),
    "uk": article("Водій викликав поліцію, перш ніж залишив міст. Міст обвалився після того, як ним проїхали важкі вантажівки.", "uk"),
    "es": article("El conductor llamó a la policía antes de abandonar el puente. El puente se hundió después de que pasaran camiones pesados.", "es"),
    "fr": article("Le conducteur a appelé la police avant de quitter le pont. Le pont s'est effondré après le passage de camions lourds.", "fr"),
    "pl": article("Kierowca wezwał policję, zanim opuścił most. Most runął po tym, jak przejechały po nim ciężkie ciężarówki.", "pl"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text", "wrong"),
    [
        pytest.param("en", "The driver called the police before leaving the bridge.", False, id="the same"),
        pytest.param("en", "The driver left the bridge after he called the police.", False, id="after for before"),
        pytest.param("en", "The driver called the police after he left the bridge.", True, id="exchanged"),
        pytest.param("en", "After leaving the bridge, the driver called the police.", True, id="exchanged, opening"),
        pytest.param("en", "Before leaving the bridge, the driver called the police.", False, id="the same, opening"),
        pytest.param("en", "The minister visited the village after crews closed the road.", False, id="by dates"),
        pytest.param("en", "Crews closed the road after the minister visited the village.", True, id="exchanged by dates"),
        pytest.param("en", "Heavy trucks crossed the bridge, then it collapsed.", False, id="then"),
        pytest.param("de", "Der Fahrer rief die Polizei, nachdem er die Brücke verlassen hatte.", True, id="German"),
        pytest.param("de", "Bevor er die Brücke verließ, rief der Fahrer die Polizei.", False, id="German, right"),
        pytest.param("uk", "Водій викликав поліцію після того, як залишив міст.", True, id="Ukrainian"),
        pytest.param("es", "El conductor llamó a la policía después de abandonar el puente.", True, id="Spanish"),
        pytest.param("fr", "Le conducteur a appelé la police après avoir quitté le pont.", True, id="French"),
        pytest.param("fr", "Le conducteur a quitté le pont après avoir appelé la police.", False, id="French, right"),
        pytest.param("pl", "Kierowca wezwał policję po tym, jak opuścił most.", True, id="Polish"),
    ],
)  # fmt: skip
def test_order(name: str, text: str, wrong: bool) -> None:
    signals = check_statements(ORDERED[name], [text])[0].signals
    assert any(s.code == "order_mismatch" for s in signals) == wrong
