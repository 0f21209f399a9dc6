"""One of the two denies what the other says, at whatever word the denial stands."""

import pytest

from summarizer import FlagCode, check_statements
from summarizer.article import Article

TEXTS = {
    "en": """Benvale, which paid for the study, will publish the data in May. The drug did not reduce hospital admissions.
The second study lacked a control group. Norrland Paving won the contract in 2023 after a long contest. Officials had no record
of complaints about the brakes. Ruth Lane refused to show the letter to the committee. Tully had never before played in the
first division. The council rejected the offer of the brewery on Monday. The guard denied that he had opened the gate.
The engineer cautioned against calling the survey faulty. Police advised against travel to the north.""",
    "de": """Die Stadtwerke haben den Vertrag mit der Reederei im Mai verlängert. Der Ausschuss hat den Haushalt der Feuerwehr nicht
geprüft. Das Museum verzichtet auf die Sanierung des Daches.""",
    "es": """El ayuntamiento firmó el contrato de limpieza con Lumar en mayo. La policía no registró la casa del alcalde.""",
    "uk": """Музей передав ікони до столиці у травні. Рада не перевірила рахунки лікарні.""",
}
ARTICLES = {
    code: Article.from_text(" ".join(text.split()), title="News", published="2026-05-20", language=code)
    for code, text in TEXTS.items()
}

WRONG = [
    pytest.param("en", "Benvale did not pay for the study.", id="added"),
    pytest.param("en", "The drug cut hospital admissions.", id="lost, another word for it"),
    pytest.param("en", "The second study had a control group.", id="lost with lacked"),
    pytest.param("en", "Norrland Paving never won the contract.", id="never"),
    pytest.param("en", "Officials had received complaints about the brakes.", id="no record of"),
    pytest.param("en", "Ruth Lane showed the letter to the committee.", id="refused to"),
    pytest.param("en", "Tully had played in the first division.", id="never before"),
    pytest.param("en", "The engineer called the survey faulty.", id="cautioned against"),
    pytest.param("de", "Die Stadtwerke haben den Vertrag mit der Reederei nicht verlängert.", id="German, added"),
    pytest.param("de", "Der Ausschuss hat den Haushalt der Feuerwehr geprüft.", id="German, lost"),
    pytest.param("es", "El ayuntamiento no firmó el contrato de limpieza con Lumar.", id="Spanish, added"),
    pytest.param("es", "La policía registró la casa del alcalde.", id="Spanish, lost"),
    pytest.param("uk", "Музей не передав ікони до столиці.", id="Ukrainian, added"),
    pytest.param("uk", "Рада перевірила рахунки лікарні.", id="Ukrainian, lost"),
]  # fmt: skip

RIGHT = [
    pytest.param("en", "The study was paid for by Benvale.", id="neither"),
    pytest.param("en", "Hospital admissions were not reduced by the drug.", id="both"),
    pytest.param("en", "There was no control group in the second study.", id="in another word"),
    pytest.param("en", "Ruth Lane did not show the letter to the committee.", id="refused as not"),
    pytest.param("en", "It was the first time that Tully had played in the first division.", id="for the first time"),
    pytest.param("en", "The council did not accept the offer of the brewery.", id="opposite and not"),
    pytest.param("en", "The guard says he did not open the gate.", id="denied in the clause before"),
    pytest.param("en", "Police discouraged travel to the north.", id="advised against"),
    pytest.param("en", "No more than one firm won the contract in 2023.", id="a limit"),
    pytest.param("de", "Das Dach des Museums wird nicht saniert.", id="German, does without"),
    pytest.param("es", "La casa del alcalde no fue registrada.", id="Spanish, both"),
    pytest.param("uk", "Рахунки лікарні рада не перевіряла.", id="Ukrainian, both"),
]  # fmt: skip


def codes(language: str, text: str) -> set[FlagCode]:
    return {flag.code for flag in check_statements(ARTICLES[language], [text])[0].flags}


@pytest.mark.parametrize(("language", "text"), WRONG)
def test_what_only_one_denies_is_found(language: str, text: str) -> None:
    assert FlagCode.NEGATION_MISMATCH in codes(language, text)


@pytest.mark.parametrize(("language", "text"), RIGHT)
def test_what_both_say_is_not(language: str, text: str) -> None:
    assert FlagCode.NEGATION_MISMATCH not in codes(language, text)
