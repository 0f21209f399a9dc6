"""Offices given to the wrong person, deeds exchanged, and the wrong one of the article's own names."""

import pytest

from summarizer.article import Article
from summarizer.checks import roles, slots
from summarizer.checks.align import align
from summarizer.checks.context import read_article, read_statement
from summarizer.report import Signal, SignalKind
from tests.retellings import mismatches

ARTICLES = {
    "en": """Harlow Rovers beat Easton Town in the cup final at Lowmoor on Saturday. Council leader Ann Price praised both
clubs. Deputy mayor Tom Ashe handed over the trophy. Martin Reyes, the captain of Harlow Rovers, was injured in the first
half. Easton Town accused referee Paul Denby of bias. Denby was defended by Ann Price. The clubs' older ground in Marwell
flooded in January. Easton Town signed the striker Luca Ferri on Monday. The Denholm Bank lent Harlow Rovers two million
pounds for new seats.""",
    "uk": """Компанія «Будмар» звинуватила фірму «Зоряна» у змові. Міська голова Ольга Левицька підтримала скаргу. Її заступник
Роман Ткач промовчав. Прокурор Іван Савчук допитав директора Петра Гнатюка у вівторок. Поліція обшукала склад у селі Липники.
Гнатюк критикував Левицьку на засіданні. Торік повінь пошкодила міст у Верховині.""",
    "de": """Die Firma Torsen verklagte die Reederei Hansen wegen verspäteter Lieferungen. Bürgermeisterin Anke Reuter kritisierte
Landrat Jens Krüger scharf. Der Bauleiter Thomas Brandl wurde von Klaus Berger entlassen. Das Feuer zerstörte eine Lagerhalle in
Kempten. In Lindau blieb der Hafen geöffnet. Verdi-Chefin Petra Lang verlangte höhere Löhne.""",
    "es": """La empresa Torsen denunció a la naviera Marisol por impago. La alcaldesa de Villamayor, Elena Robles, criticó al
ministro Pablo Serra. El entrenador Luis Peral fue despedido por Marcos Peña. El incendio destruyó un almacén en Torrecilla.
En Villamayor las escuelas siguieron abiertas. La jueza Marta Soler interrogó a Luis Peral el martes.""",
    "fr": """L'entreprise Torsen a poursuivi l'armateur Marisol pour retard de livraison. La maire de Villebrune, Hélène Marchand, a
critiqué le ministre Paul Serret. L'entraîneur Luc Pineau a été licencié par Marc Pinard. L'incendie a détruit un entrepôt à
Corbeval. À Villebrune, les écoles sont restées ouvertes. La juge Marie Soler a interrogé Luc Pineau mardi.""",
    "pl": """Firma Torsen pozwała spółkę Marisol za opóźnienia. Burmistrz Zalesina Elżbieta Kowalska skrytykowała wojewodę Piotra
Dudka. Trener Marek Nowacki został zwolniony przez Jana Wilka. Pożar zniszczył magazyn w Kamionce. W Zalesinie szkoły pozostały
otwarte. Sędzia Marta Nowak przesłuchała Marka Nowackiego we wtorek.""",
}


def signals(code: str, text: str) -> tuple[Signal, ...]:
    article = read_article(Article.from_text(" ".join(ARTICLES[code].split()), language=code))
    statement = read_statement(text, article.lex)
    alignment = align(statement, article)
    found = (*roles.check(statement, alignment, article), *slots.check(statement, alignment, article))
    for signal in found:
        assert all(text[piece.start : piece.end] == piece.text for piece in signal.spans)
        assert all(article.article.text[e.start : e.end] == e.quote for e in signal.evidence)
    return found


WRONG = [
    pytest.param("en", "Council leader Tom Ashe praised both clubs.", "role_swapped", "Tom Ashe", id="en office"),
    pytest.param("en", "Ann Price, the deputy mayor, handed over the trophy.", "role_swapped", "Ann Price", id="en office behind"),
    pytest.param("en", "Paul Denby is the captain of Harlow Rovers.", "role_swapped", "Paul Denby", id="en office after is"),
    pytest.param("en", "Easton Town beat Harlow Rovers in the final.", "role_swapped", "Easton Town beat Harlow Rovers", id="en exchanged"),
    pytest.param("en", "Ann Price was defended by Denby.", "role_swapped", "Ann Price was defended by Denby", id="en passive exchanged"),
    pytest.param("en", "Denby defended Ann Price.", "role_swapped", "Denby defended Ann Price", id="en active for passive"),
    pytest.param("en", "Harlow Rovers signed the striker Luca Ferri on Monday.", "role_swapped", "Harlow Rovers", id="en another's deed"),
    pytest.param("en", "The cup final was held at Marwell on Saturday.", "name_mismatch", "Marwell", id="en another place"),
    pytest.param("uk", "Міський голова Роман Ткач підтримав скаргу.", "role_swapped", "Роман Ткач", id="uk office"),
    pytest.param("uk", "Левицька критикувала Гнатюка на засіданні.", "role_swapped", "Левицька критикувала Гнатюка", id="uk exchanged"),
    pytest.param("uk", "Поліція обшукала склад у Верховині.", "name_mismatch", "Верховині", id="uk place"),
    pytest.param("uk", "Прокурор Роман Ткач відкрив справу.", "role_swapped", "Роман Ткач", id="uk another's office"),
    pytest.param("de", "Die Reederei Hansen verklagte die Firma Torsen.", "role_swapped", "Hansen verklagte die Firma Torsen", id="de exchanged"),
    pytest.param("de", "Jens Krüger kritisierte Anke Reuter scharf.", "role_swapped", "Jens Krüger kritisierte Anke Reuter", id="de exchanged people"),
    pytest.param("de", "Landrat Thomas Brandl äußerte sich nicht.", "role_swapped", "Thomas Brandl", id="de office"),
    pytest.param("de", "Das Feuer zerstörte eine Lagerhalle in Lindau.", "name_mismatch", "Lindau", id="de place"),
    pytest.param("de", "Klaus Berger wurde von Thomas Brandl entlassen.", "role_swapped", "Klaus Berger wurde von Thomas Brandl", id="de passive exchanged"),
    pytest.param("es", "La naviera Marisol denunció a la empresa Torsen por impago.", "role_swapped", "Marisol denunció a la empresa Torsen", id="es exchanged"),
    pytest.param("es", "Pablo Serra criticó a Elena Robles.", "role_swapped", "Pablo Serra criticó a Elena Robles", id="es exchanged people"),
    pytest.param("es", "La alcaldesa Marta Soler habló poco.", "role_swapped", "Marta Soler", id="es office"),
    pytest.param("es", "El incendio destruyó un almacén en Villamayor.", "name_mismatch", "Villamayor", id="es place"),
    pytest.param("fr", "Marisol a poursuivi Torsen pour retard.", "role_swapped", "Marisol a poursuivi Torsen", id="fr exchanged"),
    pytest.param("fr", "Marc Pinard a été licencié par Luc Pineau.", "role_swapped", "Marc Pinard a été licencié par Luc Pineau", id="fr passive exchanged"),
    pytest.param("fr", "La maire Marie Soler a gardé le silence.", "role_swapped", "Marie Soler", id="fr office"),
    pytest.param("fr", "L'incendie a détruit un entrepôt à Villebrune.", "name_mismatch", "Villebrune", id="fr place"),
    pytest.param("pl", "Spółka Marisol pozwała firmę Torsen za opóźnienia.", "role_swapped", "Marisol pozwała firmę Torsen", id="pl exchanged"),
    pytest.param("pl", "Piotr Dudek skrytykował Elżbietę Kowalską.", "role_swapped", "Piotr Dudek skrytykował Elżbietę Kowalską", id="pl exchanged people"),
    pytest.param("pl", "Burmistrz Marta Nowak nie zabrała głosu.", "role_swapped", "Marta Nowak", id="pl office"),
    pytest.param("pl", "Pożar zniszczył magazyn w Zalesinie.", "name_mismatch", "Zalesinie", id="pl place"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text", "flag", "words"), WRONG)
def test_a_wrong_role_is_found(code: str, text: str, flag: str, words: str) -> None:
    found = [s for s in signals(code, text) if s.kind is SignalKind.MISMATCH]
    assert [(s.code, [piece.text for piece in s.spans]) for s in found] == [(flag, [words])]


RETOLD = [
    pytest.param("en", "Fairway sued the haulage firm Brandt over the accident.", id="en"),
    pytest.param("de", "Fährmann verklagte die Spedition Brandt wegen des Unfalls.", id="de"),
    pytest.param("es", "Faro demandó a la transportista Brando por el accidente.", id="es"),
    pytest.param("fr", "Fanal a poursuivi le transporteur Brandon pour l'accident.", id="fr"),
    pytest.param("pl", "Farbus pozwał firmę transportową Brandex za wypadek.", id="pl names that keep their form"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text"), RETOLD)
def test_two_exchanged_in_another_story(code: str, text: str) -> None:
    assert [s.code for s in mismatches(roles.check, code, text)] == ["role_swapped"]


RIGHT = [
    pytest.param("en", "Ann Price, who leads the council, praised the clubs.", id="en office told by a verb"),
    pytest.param("en", "The leader of the council, Ann Price, defended Denby.", id="en passive made active"),
    pytest.param("en", "Easton Town were beaten by Harlow Rovers at Lowmoor.", id="en active made passive"),
    pytest.param("en", "Easton Town lost the final to Harlow Rovers.", id="en told from the other side"),
    pytest.param("en", "Referee Denby was accused of bias by Easton Town.", id="en passive, office"),
    pytest.param("en", "Captain Martin Reyes was hurt before the break.", id="en office in short"),
    pytest.param("en", "Two million pounds were lent to Harlow Rovers by the Denholm Bank.", id="en turned round"),
    pytest.param("uk", "Левицьку критикував Гнатюк на засіданні.", id="uk only the order of words"),
    pytest.param("uk", "Фірма «Зоряна» була звинувачена компанією «Будмар».", id="uk passive"),
    pytest.param("uk", "Мер Левицька підтримала скаргу «Будмару».", id="uk other word for the office"),
    pytest.param("de", "Die Reederei Hansen wurde von Torsen verklagt.", id="de passive"),
    pytest.param("de", "Klaus Berger entließ den Bauleiter Thomas Brandl.", id="de passive made active"),
    pytest.param("de", "Den Landrat Jens Krüger kritisierte Anke Reuter.", id="de object first"),
    pytest.param("es", "La naviera Marisol fue denunciada por Torsen.", id="es passive"),
    pytest.param("es", "Marcos Peña despidió al entrenador Luis Peral.", id="es passive made active"),
    pytest.param("fr", "L'armateur Marisol a été poursuivi par Torsen.", id="fr passive"),
    pytest.param("fr", "Marc Pinard a licencié l'entraîneur Luc Pineau.", id="fr passive made active"),
    pytest.param("pl", "Spółka Marisol została pozwana przez Torsen.", id="pl passive"),
    pytest.param("pl", "Wojewodę Piotra Dudka skrytykowała Elżbieta Kowalska.", id="pl object first"),
    pytest.param("pl", "Jan Wilk zwolnił trenera Marka Nowackiego.", id="pl passive made active"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text"), RIGHT)
def test_the_same_roles_told_otherwise_are_left_alone(code: str, text: str) -> None:
    assert [s.message for s in signals(code, text) if s.kind is SignalKind.MISMATCH] == []
