"""Names that the article does not have, or has otherwise, in six languages; and who is meant where."""

import pytest

from summarizer.article import Article
from summarizer.checks import names
from summarizer.checks.align import align
from summarizer.checks.context import ReadArticle, read_article, read_statement
from summarizer.checks.forms import same_word, sound
from summarizer.checks.text import lexicon
from summarizer.report import Signal, SignalKind

ARTICLES = {
    "en": """Ellen Halloran, who leads Ashcombe Borough Council, said on Monday that the swimming pool in Netherby would stay
shut. Council engineer Piotr Lasky had found cracks in the roof, she said. The Swimmers' Defence League (SDL) wants the pool
reopened. Its chairman, Colin Mercer, called the delay a scandal. Mercer said the Danish builder Torsen Marine had offered
help. Colin Merton, a resident of Ashcombe, collected 900 signatures.""",
    "uk": """Мерка Заріччя Олеся Коваленко повідомила, що басейн у Верболозах залишиться закритим. Тріщини в даху виявив
інженер Петро Ткачук. Спілка плавців Заріччя (СПЗ) вимагає відкрити басейн. Її голова Марко Гнатів назвав зволікання
ганьбою. Гнатів додав, що допомогу пропонувала польська фірма «Будмар». Мешканка Верболозів Марта Гнатюк зібрала 900
підписів. Львів надіслав експертів.""",
    "de": """Das Hallenbad in Lindau bleibt geschlossen, teilte Bürgermeisterin Anke Reuter am Montag mit. Der Bauleiter Jens
Krüger hatte Risse im Dach gefunden. Der Schwimmverein Oberallgäu (SVO) verlangt die Öffnung. Dessen Vorsitzender Thomas
Brandner sprach von einem Skandal. Brandner sagte, die dänische Firma Torsen habe Hilfe angeboten. Thomas Brandl, ein
Anwohner aus Weiler, sammelte 900 Unterschriften.""",
    "es": """La alcaldesa de Villamayor, Elena Robles, anunció el lunes que la piscina de Torrecilla seguirá cerrada. El
ingeniero Pablo Serra halló grietas en el techo. La Asociación de Nadadores de Villamayor (ANV) exige que se abra. Su
presidente, Marcos Peña, habló de un escándalo. Peña dijo que la empresa danesa Torsen había ofrecido ayuda. Marta Peral,
vecina de Torrecilla, reunió 900 firmas.""",
    "fr": """La maire de Villebrune, Hélène Marchand, a annoncé lundi que la piscine de Corbeval resterait fermée. L'ingénieur
Paul Serret avait trouvé des fissures dans le toit. L'Association des nageurs de Villebrune (ANV) demande sa réouverture. Son
président, Marc Pinard, a parlé d'un scandale. Pinard a ajouté que l'entreprise danoise Torsen avait offert son aide. Marie
Pineau, une habitante de Corbeval, a réuni 900 signatures.""",
    "pl": """Burmistrz Zalesina Elżbieta Kowalska poinformowała w poniedziałek, że basen w Kamionce pozostanie zamknięty. Pęknięcia
dachu odkrył inżynier Piotr Dudek. Związek Pływaków Zalesina (ZPZ) żąda otwarcia basenu. Jego prezes Marek Nowacki mówił o
skandalu. Nowacki dodał, że pomoc oferowała duńska firma Torsen. Mieszkanka Kamionki Marta Nowak zebrała 900 podpisów. Kraków
wysłał ekspertów.""",
}


def read(code: str) -> ReadArticle:
    return read_article(Article.from_text(" ".join(ARTICLES[code].split()), language=code))


def signals(code: str, text: str) -> tuple[Signal, ...]:
    article = read(code)
    statement = read_statement(text, article.lex)
    return names.check(statement, align(statement, article), article)


WRONG = [
    pytest.param("en", "Ellen Holloran said the pool would stay shut.", "name_mismatch", ["Holloran"], id="en near surname"),
    pytest.param("en", "Colin Mercier called the delay a scandal.", "name_mismatch", ["Mercier"], id="en near two"),
    pytest.param("en", "Piotr Mercer found cracks in the roof.", "name_mismatch", ["Piotr Mercer"], id="en mixed"),
    pytest.param("en", "The pool in Wetherfield will stay shut.", "name_not_in_article", ["Wetherfield"], id="en place"),
    pytest.param("en", "Help came from the builder Hansen Group.", "name_not_in_article", ["Hansen", "Group"], id="en firm"),
    pytest.param("en", "Andrew Mercer called the delay a scandal.", "name_mismatch", ["Andrew"], id="en first name"),
    pytest.param("en", "The SDF wants the pool reopened.", "name_not_in_article", ["SDF"], id="en acronym"),
    pytest.param("en", "Okoro said the Danish builder had offered help.", "name_not_in_article", ["Okoro"], id="en opening word"),
    pytest.param("uk", "Басейн у Верболозах закрила Олеся Коваленчук.", "name_mismatch", ["Коваленчук"], id="uk near"),
    pytest.param("uk", "Тріщини виявив Петро Гнатюк.", "name_mismatch", ["Петро Гнатюк"], id="uk mixed"),
    pytest.param("uk", "За словами Марка Гнатюка, зволікання є ганьбою.", "name_mismatch", ["Марка Гнатюка"], id="uk mixed, inflected"),
    pytest.param("uk", "Басейн у Тернополі залишиться закритим.", "name_not_in_article", ["Тернополі"], id="uk place"),
    pytest.param("de", "Die Risse hatte Jens Krämer gefunden.", "name_not_in_article", ["Krämer"], id="de surname"),
    pytest.param("de", "Bürgermeisterin Anke Reiter ließ das Bad schließen.", "name_mismatch", ["Reiter"], id="de near"),
    pytest.param("de", "Das Hallenbad in Kempten bleibt geschlossen.", "name_not_in_article", ["Kempten"], id="de place"),
    pytest.param("de", "Jens Brandner fand Risse im Dach.", "name_mismatch", ["Jens Brandner"], id="de mixed"),
    pytest.param("es", "Elena Robledo anunció que la piscina seguirá cerrada.", "name_mismatch", ["Robledo"], id="es near"),
    pytest.param("es", "Pablo Serrano halló grietas en el techo.", "name_mismatch", ["Serrano"], id="es longer surname"),
    pytest.param("es", "La piscina de Almería seguirá cerrada.", "name_not_in_article", ["Almería"], id="es place"),
    pytest.param("es", "Marcos Peral habló de un escándalo.", "name_mismatch", ["Marcos Peral"], id="es mixed"),
    pytest.param("fr", "Marc Pineau a parlé d'un scandale.", "name_mismatch", ["Marc Pineau"], id="fr mixed"),
    pytest.param("fr", "Hélène Marchant a annoncé la fermeture.", "name_mismatch", ["Marchant"], id="fr near"),
    pytest.param("fr", "La piscine de Rennes resterait fermée.", "name_not_in_article", ["Rennes"], id="fr place"),
    pytest.param("pl", "O skandalu mówił Marek Nowak.", "name_mismatch", ["Marek Nowak"], id="pl mixed"),
    pytest.param("pl", "Pęknięcia odkrył Piotr Dudka-Wolski.", "name_not_in_article", ["Wolski"], id="pl second surname"),
    pytest.param("pl", "Basen w Radomiu pozostanie zamknięty.", "name_not_in_article", ["Radomiu"], id="pl place"),
    pytest.param("pl", "Poinformowała o tym Elżbieta Kowalczyk.", "name_not_in_article", ["Kowalczyk"], id="pl surname"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text", "flag", "words"), WRONG)
def test_a_wrong_name_is_found(code: str, text: str, flag: str, words: list[str]) -> None:
    found = [s for s in signals(code, text) if s.kind is SignalKind.MISMATCH]
    assert [(s.code, [piece.text for piece in s.spans]) for s in found] == [(flag, words)]
    article = read(code).article.text
    assert all(article[e.start : e.end] == e.quote for s in found for e in s.evidence)
    assert all(text[piece.start : piece.end] == piece.text for s in found for piece in s.spans)


RIGHT = [
    pytest.param("en", "Ms Halloran said the Netherby pool would stay shut.", id="en form of address"),
    pytest.param("en", "E. Halloran leads the council.", id="en initial"),
    pytest.param("en", "Mercer's league, the SDL, wants it reopened.", id="en possessive, acronym"),
    pytest.param("en", "A company from Denmark offered help.", id="en people to country"),
    pytest.param("en", "Engineer Piotr Laski found the cracks.", id="en other transliteration"),
    pytest.param("en", "Ashcombe County residents signed.", id="en word that says what it is"),
    pytest.param("en", "Netherby's pool is closed, the Ashcombe council says.", id="en opening possessive"),
    pytest.param("uk", "За словами Олесі Коваленко, басейн зачинений.", id="uk genitive"),
    pytest.param("uk", "Петром Ткачуком виявлено тріщини.", id="uk instrumental"),
    pytest.param("uk", "Про це розповіла Марта Гнатюк із Верболозів.", id="uk genitive plural place"),
    pytest.param("uk", "Експертів зі Львова надіслали до Заріччя.", id="uk alternation"),
    pytest.param("uk", "СПЗ вимагає відкрити басейн.", id="uk acronym"),
    pytest.param("de", "Brandners Verein SVO verlangt die Öffnung.", id="de genitive"),
    pytest.param("de", "Das Lindauer Hallenbad bleibt zu, so Reuter.", id="de demonym"),
    pytest.param("de", "Ein Unternehmen aus Dänemark bot Hilfe an.", id="de country"),
    pytest.param("de", "Die Rathauschefin verweist auf Schäden in der Decke.", id="de nouns are no names"),
    pytest.param("es", "Según Robles, la piscina no abrirá.", id="es surname"),
    pytest.param("es", "Una firma de Dinamarca ofreció ayuda, dijo Pena.", id="es diacritics, country"),
    pytest.param("fr", "Selon Mme Marchand, la piscine restera close.", id="fr form of address"),
    pytest.param("fr", "Une société du Danemark a proposé d'aider l'ANV.", id="fr country, elision"),
    pytest.param("pl", "Zdaniem Elżbiety Kowalskiej basen nie zostanie otwarty.", id="pl genitive"),
    pytest.param("pl", "Markowi Nowackiemu zależy na otwarciu basenu.", id="pl dative"),
    pytest.param("pl", "Pęknięcia znalazł Piotr Dudek; Dudka chwalono.", id="pl fugitive vowel"),
    pytest.param("pl", "Ekspertów z Krakowa wysłano do Kamionki.", id="pl alternation"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text"), RIGHT)
def test_a_right_name_in_another_form_is_left_alone(code: str, text: str) -> None:
    assert [s.message for s in signals(code, text) if s.kind is SignalKind.MISMATCH] == []


FORMS = [
    pytest.param("uk", "ткач", "ткача", True, id="uk case"),
    pytest.param("uk", "ткач", "ткачук", False, id="uk two surnames"),
    pytest.param("uk", "ольга", "ользі", True, id="uk softened"),
    pytest.param("uk", "кравець", "кравця", True, id="uk fugitive vowel"),
    pytest.param("uk", "іваненко", "іванченко", False, id="uk alike"),
    pytest.param("pl", "marek", "marka", True, id="pl fugitive vowel"),
    pytest.param("pl", "praga", "pradze", True, id="pl softened"),
    pytest.param("pl", "łódź", "łodzi", True, id="pl alternation"),
    pytest.param("pl", "kowalski", "kowalczyk", False, id="pl two surnames"),
    pytest.param("pl", "nowak", "nowacki", False, id="pl longer surname"),
    pytest.param("de", "brand", "brandt", False, id="de alike"),
    pytest.param("de", "müller", "müllers", True, id="de genitive"),
    pytest.param("en", "marsh", "marshall", False, id="en longer surname"),
]


@pytest.mark.parametrize(("code", "one", "other", "same"), FORMS)
def test_forms_of_one_name(code: str, one: str, other: str, same: bool) -> None:
    assert same_word(one, other, lexicon(code)) is same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param("zelenskyy", "selenskyj", True, id="English and German"),
        pytest.param("shevchenko", "szewczenko", True, id="English and Polish"),
        pytest.param("shevchenko", "savchenko", False, id="another name"),
    ],
)
def test_schemes_of_transliteration(one: str, other: str, same: bool) -> None:
    assert sound(one) is not None
    assert (sound(one) == sound(other)) is same


def test_names_that_are_not_slavic_have_no_sound() -> None:
    assert sound("meyer") is sound("meier") is None


MEANT = [
    pytest.param("en", 2, {"she": "Ellen Halloran"}, id="en pronoun"),
    pytest.param("en", 5, {"Mercer": "Colin Mercer"}, id="en short form"),
    pytest.param("uk", 5, {"Гнатів": "Марко Гнатів"}, id="uk short form"),
    pytest.param("de", 5, {"Brandner": "Thomas Brandner"}, id="de short form"),
    pytest.param("es", 5, {"Peña": "Marcos Peña"}, id="es short form"),
    pytest.param("fr", 5, {"Pinard": "Marc Pinard"}, id="fr short form"),
    pytest.param("pl", 5, {"Nowacki": "Marek Nowacki"}, id="pl short form"),
]


@pytest.mark.parametrize(("code", "number", "meant"), MEANT)
def test_who_is_meant_in_a_sentence(code: str, number: int, meant: dict[str, str]) -> None:
    article = read(code)
    sentence = article.sentences[number - 1]
    found = {
        sentence.text[m.start : m.end]: article.entities.all[m.id].name
        for m in article.entities.mentions_in(number)
        if m.id is not None
    }
    assert meant.items() <= found.items()


OFFICES = [
    pytest.param("en", "Piotr Lasky", "engineer", id="en before"),
    pytest.param("en", "Colin Mercer", "chair", id="en before a comma"),
    pytest.param("uk", "Олеся Коваленко", "mayor", id="uk with a place between"),
    pytest.param("de", "Jens Krüger", "leader", id="de compound"),
    pytest.param("es", "Elena Robles", "mayor", id="es with a place between"),
    pytest.param("es", "Marta Peral", "resident", id="es behind"),
    pytest.param("fr", "Marc Pinard", "president", id="fr before a comma"),
    pytest.param("pl", "Elżbieta Kowalska", "mayor", id="pl with a place between"),
]


@pytest.mark.parametrize(("code", "name", "concept"), OFFICES)
def test_offices_beside_names(code: str, name: str, concept: str) -> None:
    entity = next(e for e in read(code).entities.all if e.name == name)
    assert concept in [office.concept for office in entity.offices]


def test_two_of_one_surname_stay_open() -> None:
    article = read_article(
        Article.from_text(
            "Ann Price and Tom Price run the mill near Oldham. They fell out over money.", language="en"
        )
    )
    assert [entity.name for entity in article.entities.named(("price",))] == ["Ann Price", "Tom Price"]
    assert [entity.name for entity in article.entities.named(("ann", "price"))] == ["Ann Price"]
    assert article.entities.named(("pryce",)) == ()
