"""Statements and quotations given to the wrong speaker."""

import pytest

from summarizer.checks import speakers
from tests.retellings import mismatches

WRONG = [
    pytest.param("en", "Martin Oldham said the repairs would cost £2.4 million.", "Martin Oldham", "Karen Oldfield", id="en one of two similar"),
    pytest.param("en", "“Nobody should drive across it, not even once,” said Lena Marsh.", "Lena Marsh", "Karen Oldfield", id="en quotation of a pronoun"),
    pytest.param("en", "Sue Platt told reporters that older bridges should be checked every year.", "Sue Platt", "Amir Dean", id="en told"),
    pytest.param("en", "According to Lena Marsh, the repairs will cost £2.4 million.", "Lena Marsh", "Karen Oldfield", id="en according to"),
    pytest.param("en", "Oldham put the cost of the repairs at £2.4 million.", "Oldham", "Karen Oldfield", id="en surname, other verb"),
    pytest.param("de", "Die Reparatur werde 2,4 Millionen Euro kosten, sagte Martin Altmeier.", "Martin Altmeier", "Karin Altmann", id="de"),
    pytest.param("de", "„Niemand sollte darüber fahren“, sagte Lena Marsch.", "Lena Marsch", "Karin Altmann", id="de quotation of sie"),
    pytest.param("de", "Susanne Platt forderte, ältere Brücken jedes Jahr zu prüfen.", "Susanne Platt", "Amir Dehn", id="de demand"),
    pytest.param("es", "Martín Olmos afirmó que la reparación costará 2,4 millones de euros.", "Martín Olmos", "Carmen Olmedo", id="es"),
    pytest.param("es", "«Nadie debería cruzarlo», dijo Elena Marín.", "Elena Marín", "Carmen Olmedo", id="es quotation of nobody named"),
    pytest.param("fr", "Martin Aumard a indiqué que les travaux coûteraient 2,4 millions d'euros.", "Martin Aumard", "Karine Aumont", id="fr"),
    pytest.param("fr", "« Personne ne devrait y passer », a dit Hélène Marc.", "Hélène Marc", "Karine Aumont", id="fr inversion"),
    pytest.param("pl", "Naprawa będzie kosztować 2,4 mln zł, powiedział Marcin Oleśko.", "Marcin Oleśko", "Karolina Oleśnicka", id="pl"),
    pytest.param("pl", "„Nikt nie powinien po nim jeździć” – powiedziała Lena Marszałek.", "Lena Marszałek", "Karolina Oleśnicka", id="pl a verb alone"),
    pytest.param("uk", "Ремонт коштуватиме 24 млн грн, сказав Мартин Олійченко.", "Мартин Олійченко", "Катерина Олійник", id="uk"),
    pytest.param("uk", "«Ніхто не повинен ним їздити», — сказала Олена Марченко.", "Олена Марченко", "Катерина Олійник", id="uk quotation"),
    pytest.param("uk", "Сусанна Платко закликала перевіряти старі мости щороку.", "Сусанна Платко", "Амір Дін", id="uk behind a place"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text", "shown", "speaker"), WRONG)
def test_the_wrong_speaker_is_found(code: str, text: str, shown: str, speaker: str) -> None:
    (signal,) = mismatches(speakers.check, code, text)
    assert signal.code == "speaker_mismatch"
    assert [piece.text for piece in signal.spans] == [shown]
    assert speaker in signal.message or signal.evidence[0].quote in (speaker, speaker.split()[0])


RIGHT = [
    pytest.param("en", "Repairs to the bridge will cost £2.4 million, according to Karen Oldfield.", id="en"),
    pytest.param("en", "“Nobody should drive across it,” the council's head of roads said.", id="en by office"),
    pytest.param("en", "The council says the repairs will cost £2.4 million.", id="en the one she speaks for"),
    pytest.param("en", "Fairway called the detour a nightmare.", id="en an organisation by its spokeswoman"),
    pytest.param("en", "The owner of a garage says the council has known of the cracks since 2021.", id="en no name"),
    pytest.param("en", "Amir Dean said that older bridges ought to be inspected each year.", id="en other words"),
    pytest.param("en", "Sue Platt said something altogether different.", id="en nothing of the article"),
    pytest.param("de", "Laut Karin Altmann kostet die Reparatur 2,4 Millionen Euro.", id="de"),
    pytest.param("de", "Der Umweg sei ein Albtraum, sagte die Sprecherin von Fährmann.", id="de by office"),
    pytest.param("es", "Según Carmen Olmedo, arreglar el puente costará 2,4 millones.", id="es"),
    pytest.param("es", "La portavoz de Faro tildó el desvío de pesadilla.", id="es by office"),
    pytest.param("fr", "Selon Karine Aumont, les travaux coûteront 2,4 millions d'euros.", id="fr"),
    pytest.param("pl", "Według Karoliny Oleśnickiej naprawa pochłonie 2,4 mln zł.", id="pl inflected"),
    pytest.param("uk", "За словами Катерини Олійник, ремонт обійдеться у 24 млн грн.", id="uk inflected"),
    pytest.param("uk", "Амір Дін вважає, що старі мости треба перевіряти щороку.", id="uk other verb"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text"), RIGHT)
def test_the_right_speaker_is_left_alone(code: str, text: str) -> None:
    assert [signal.message for signal in mismatches(speakers.check, code, text)] == []


CLAIMS = [
    pytest.param("The repairs would cost £2.4 million.", "Karen Oldfield", 0, id="right"),
    pytest.param("The repairs would cost £2.4 million.", "Oldfield", 0, id="surname"),
    pytest.param("The repairs would cost £2.4 million.", "Lena Marsh", 1, id="another one"),
    pytest.param("Older bridges should be checked every year.", "the minister, Sue Platt", 1, id="with an office"),
    pytest.param("Older bridges should be checked every year.", "Professor Amir Dean", 0, id="with a title"),
    pytest.param("Older bridges should be checked every year.", "somebody", 0, id="no name"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "speaker", "count"), CLAIMS)
def test_the_speaker_that_comes_with_a_claim(text: str, speaker: str, count: int) -> None:
    assert len(mismatches(speakers.check, "en", text, speaker)) == count
