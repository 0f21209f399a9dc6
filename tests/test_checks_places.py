"""What happened in one place told of another, and points of the compass."""

import pytest

from summarizer.checks import places
from tests.retellings import mismatches

WRONG = [
    pytest.param("en", "The bridge at Upper Thornby will stay closed until May.", "Upper Thornby", id="en one of two similar"),
    pytest.param("en", "A lorry hit the western pillar in March.", "western", id="en compass"),
    pytest.param("de", "Die Brücke in Oberfelden bleibt bis Mai gesperrt.", "Oberfelden", id="de"),
    pytest.param("es", "El puente de Villar Alto seguirá cerrado hasta mayo.", "Villar Alto", id="es behind its noun"),
    pytest.param("fr", "Le pont de Villehaut restera fermé jusqu'en mai.", "Villehaut", id="fr behind its noun"),
    pytest.param("pl", "Most w Górnym Lesku pozostanie zamknięty do maja.", "Górnym Lesku", id="pl inflected"),
    pytest.param("uk", "Міст у Верхньому Лозовому залишиться закритим до травня.", "Верхньому Лозовому", id="uk inflected"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text", "shown"), WRONG)
def test_the_wrong_place_is_found(code: str, text: str, shown: str) -> None:
    (signal,) = mismatches(places.check, code, text)
    assert (signal.code, [piece.text for piece in signal.spans]) == ("name_mismatch", [shown])


RIGHT = [
    pytest.param("en", "The bridge at Lower Thornby stays shut until May.", id="en"),
    pytest.param("en", "A second gate has been opened by the primary school in Easthope.", id="en other order"),
    pytest.param("en", "Martin Oldham has a garage in Upper Thornby.", id="en said of that place"),
    pytest.param("en", "The eastern pillar was struck by a lorry.", id="en compass"),
    pytest.param("de", "Die Brücke in Unterfelden ist bis Mai gesperrt.", id="de"),
    pytest.param("es", "En Lasarte la escuela tiene una segunda puerta.", id="es"),
    pytest.param("fr", "L'école de Lestrade a ouvert un second portail.", id="fr"),
    pytest.param("pl", "We Wschodniku szkoła ma drugą bramę.", id="pl"),
    pytest.param("uk", "У Східному школа відкрила другі ворота.", id="uk a place called like a direction"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text"), RIGHT)
def test_the_right_place_is_left_alone(code: str, text: str) -> None:
    assert [signal.message for signal in mismatches(places.check, code, text)] == []
