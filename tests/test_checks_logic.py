"""The checks of logic in all six languages: what each catches, and which paraphrases it must leave alone."""

import pytest

from summarizer.article import Article
from summarizer.checks import cause, comparison, hedges, negation, polarity, quantifiers
from summarizer.checks.align import align
from summarizer.checks.clauses import read_clauses
from summarizer.checks.context import read_article, read_statement
from summarizer.flags import FlagCode
from summarizer.report import Signal

TEXTS = {
    "en": """The town council of Ashby approved the new harbour bridge on Monday. Engineers did not find any cracks in
the old pillars. Sales at the Ashby shipyard rose by 4 percent last year, while its profit margin fell. The shipyard may
close its foundry in the autumn, said the owner. The owner plans to sell the ferry terminal to a Danish group. Most
residents of the island opposed the toll, a survey showed. At least 40 boats left the marina. The marina flooded on
Friday. Two days later the harbour master resigned. The lighthouse went dark because its generator failed.""",
    "de": """Der Stadtrat von Aschheim hat den Bau der neuen Hafenbrücke am Montag gebilligt. Ingenieure haben keine Risse
in den alten Pfeilern gefunden. Der Umsatz der Werft stieg im vergangenen Jahr um 4 Prozent. Die Werft könnte ihre
Gießerei im Herbst schließen, sagte der Eigentümer. Die meisten Bewohner der Insel lehnten die Maut ab. Mindestens 40
Boote verließen den Jachthafen. Der Jachthafen stand am Freitag unter Wasser. Zwei Tage später kündigte der
Hafenmeister seine Stelle. Der Leuchtturm blieb dunkel, weil sein Generator ausfiel.""",
    "uk": """Міська рада Ясенова в понеділок схвалила будівництво нового мосту. Інженери не виявили тріщин у старих опорах.
Продажі верфі торік зросли на 4 відсотки. Верф може закрити ливарний цех восени, сказав власник. Більшість мешканців
острова виступила за плату. Щонайменше 40 човнів покинули гавань. Гавань затопило у п'ятницю. За два дні начальник порту
звільнився. Маяк згас, бо зламався його генератор.""",
    "es": """El ayuntamiento de Robledal aprobó el lunes el nuevo puente del puerto. Los ingenieros no encontraron grietas en
los viejos pilares. Las ventas del astillero subieron un 4 por ciento el año pasado. El astillero podría cerrar su
fundición en otoño, dijo el dueño. La mayoría de los vecinos de la isla apoyó el peaje. Al menos 40 barcos dejaron la
marina. La marina se inundó el viernes. Dos días después dimitió el capitán del puerto. El faro se apagó porque falló su
generador.""",
    "fr": """Le conseil municipal de Frênaie a approuvé lundi le nouveau pont du port. Les ingénieurs n'ont pas trouvé de
fissures dans les vieux piliers. Les ventes du chantier naval ont augmenté de 4 % l'an dernier. Le chantier pourrait
fermer sa fonderie en automne, a dit le propriétaire. La plupart des habitants de l'île ont refusé le péage. Au moins 40
bateaux ont quitté la marina. La marina a été inondée vendredi. Deux jours plus tard, le capitaine du port a démissionné.
Le phare s'est éteint parce que son générateur est tombé en panne.""",
    "pl": """Rada miejska Jesionowa zatwierdziła w poniedziałek budowę nowego mostu. Inżynierowie nie znaleźli pęknięć w
starych filarach. Sprzedaż stoczni wzrosła w ubiegłym roku o 4 procent. Stocznia może zamknąć odlewnię jesienią,
powiedział właściciel. Większość mieszkańców wyspy poparła opłatę. Co najmniej 40 łodzi opuściło przystań. Przystań
zalało w piątek. Dwa dni później kapitan portu zrezygnował. Latarnia zgasła, ponieważ zepsuł się jej generator.""",
}
# Line ends of the table are no line ends of the articles.
ARTICLES = {
    code: read_article(Article.from_text(" ".join(text.split()), language=code))
    for code, text in TEXTS.items()
}
CHECKS = (polarity, comparison, hedges, quantifiers, cause)


def signals(code: str, text: str) -> list[Signal]:
    read = ARTICLES[code]
    statement = read_statement(text, read.lex)
    alignment = align(statement, read)
    return [signal for check in CHECKS for signal in check.check(statement, alignment, read)]


NEGATION, REVERSED, HEDGE, QUANTIFIER, CAUSE = (
    FlagCode.NEGATION_MISMATCH,
    FlagCode.COMPARISON_REVERSED,
    FlagCode.HEDGE_DROPPED,
    FlagCode.QUANTIFIER_MISMATCH,
    FlagCode.CAUSE_NOT_STATED,
)
WRONG = [
    pytest.param("en", "The council of Ashby rejected the new harbour bridge.", NEGATION, id="en opposite"),
    pytest.param("en", "Engineers found cracks in the old pillars.", NEGATION, id="en lost"),
    pytest.param("en", "The council of Ashby did not approve the harbour bridge.", NEGATION, id="en added"),
    pytest.param(
        "en", "Sales at the Ashby shipyard fell by 4 percent last year.", REVERSED, id="en direction"
    ),
    pytest.param("en", "The shipyard will close its foundry in the autumn.", HEDGE, id="en may to will"),
    pytest.param(
        "en", "The owner has sold the ferry terminal to a Danish group.", HEDGE, id="en plan to done"
    ),
    pytest.param("en", "All residents of the island opposed the toll.", QUANTIFIER, id="en most to all"),
    pytest.param("en", "At most 40 boats left the marina.", QUANTIFIER, id="en bound"),
    pytest.param("en", "The harbour master resigned because the marina flooded.", CAUSE, id="en cause"),
    pytest.param("de", "Der Stadtrat hat den Bau der Hafenbrücke abgelehnt.", NEGATION, id="de opposite"),
    pytest.param("de", "Ingenieure haben Risse in den alten Pfeilern gefunden.", NEGATION, id="de lost"),
    pytest.param(
        "de", "Der Umsatz der Werft sank im vergangenen Jahr um 4 Prozent.", REVERSED, id="de direction"
    ),
    pytest.param("de", "Die Werft wird ihre Gießerei im Herbst schließen.", HEDGE, id="de hedge"),
    pytest.param("de", "Alle Bewohner der Insel lehnten die Maut ab.", QUANTIFIER, id="de quantifier"),
    pytest.param("de", "Höchstens 40 Boote verließen den Jachthafen.", QUANTIFIER, id="de bound"),
    pytest.param(
        "de", "Der Hafenmeister kündigte, weil der Jachthafen unter Wasser stand.", CAUSE, id="de cause"
    ),
    pytest.param("uk", "Міська рада відхилила будівництво нового мосту.", NEGATION, id="uk opposite"),
    pytest.param("uk", "Інженери виявили тріщини у старих опорах.", NEGATION, id="uk lost"),
    pytest.param("uk", "Продажі верфі торік впали на 4 відсотки.", REVERSED, id="uk direction"),
    pytest.param("uk", "Верф закриє ливарний цех восени.", HEDGE, id="uk hedge"),
    pytest.param("uk", "Усі мешканці острова виступили за плату.", QUANTIFIER, id="uk quantifier"),
    pytest.param("uk", "Щонайбільше 40 човнів покинули гавань.", QUANTIFIER, id="uk bound"),
    pytest.param("uk", "Начальник порту звільнився, бо гавань затопило.", CAUSE, id="uk cause"),
    pytest.param("es", "El ayuntamiento rechazó el nuevo puente del puerto.", NEGATION, id="es opposite"),
    pytest.param("es", "Los ingenieros encontraron grietas en los viejos pilares.", NEGATION, id="es lost"),
    pytest.param("es", "Las ventas del astillero bajaron un 4 por ciento.", REVERSED, id="es direction"),
    pytest.param("es", "El astillero cerrará su fundición en otoño.", HEDGE, id="es hedge"),
    pytest.param("es", "Todos los vecinos de la isla apoyaron el peaje.", QUANTIFIER, id="es quantifier"),
    pytest.param("es", "Como máximo 40 barcos dejaron la marina.", QUANTIFIER, id="es bound"),
    pytest.param("es", "El capitán del puerto dimitió porque la marina se inundó.", CAUSE, id="es cause"),
    pytest.param("fr", "Le conseil municipal a rejeté le nouveau pont du port.", NEGATION, id="fr opposite"),
    pytest.param(
        "fr", "Les ingénieurs ont trouvé des fissures dans les vieux piliers.", NEGATION, id="fr lost"
    ),
    pytest.param("fr", "Les ventes du chantier naval ont baissé de 4 %.", REVERSED, id="fr direction"),
    pytest.param("fr", "Le chantier fermera sa fonderie en automne.", HEDGE, id="fr hedge"),
    pytest.param("fr", "Tous les habitants de l'île ont refusé le péage.", QUANTIFIER, id="fr quantifier"),
    pytest.param("fr", "Au plus 40 bateaux ont quitté la marina.", QUANTIFIER, id="fr bound"),
    pytest.param(
        "fr", "Le capitaine du port a démissionné parce que la marina a été inondée.", CAUSE, id="fr cause"
    ),
    pytest.param("pl", "Rada miejska odrzuciła budowę nowego mostu.", NEGATION, id="pl opposite"),
    pytest.param("pl", "Inżynierowie znaleźli pęknięcia w starych filarach.", NEGATION, id="pl lost"),
    pytest.param("pl", "Sprzedaż stoczni spadła w ubiegłym roku o 4 procent.", REVERSED, id="pl direction"),
    pytest.param("pl", "Stocznia zamknie odlewnię jesienią.", HEDGE, id="pl hedge"),
    pytest.param("pl", "Wszyscy mieszkańcy wyspy poparli opłatę.", QUANTIFIER, id="pl quantifier"),
    pytest.param("pl", "Co najwyżej 40 łodzi opuściło przystań.", QUANTIFIER, id="pl bound"),
    pytest.param("pl", "Kapitan portu zrezygnował, ponieważ przystań zalało.", CAUSE, id="pl cause"),
]


@pytest.mark.parametrize(("code", "text", "flag"), WRONG)
def test_wrong(code: str, text: str, flag: FlagCode) -> None:
    found = signals(code, text)
    assert flag in {signal.code for signal in found}
    article = ARTICLES[code].article.text
    for signal in found:
        assert all(text[s.start : s.end] == s.text for s in signal.spans)
        assert signal.evidence and all(article[e.start : e.end] == e.quote for e in signal.evidence)


RIGHT = [
    pytest.param("en", "The council of Ashby did not reject the new harbour bridge.", id="en double"),
    pytest.param("en", "No cracks were found in the old pillars.", id="en no"),
    pytest.param("en", "The shipyard could close its foundry in the autumn.", id="en other hedge"),
    pytest.param("en", "The owner will sell the ferry terminal to a Danish group.", id="en plan as future"),
    pytest.param("en", "Some residents of the island opposed the toll.", id="en weaker"),
    pytest.param("en", "The shipyard's profit margin fell, while sales rose.", id="en halves"),
    pytest.param("en", "The generator failed, and as a result the lighthouse went dark.", id="en cause"),
    pytest.param("en", "The marina flooded on Friday and the harbour master resigned.", id="en side by side"),
    pytest.param("de", "Risse fanden die Ingenieure in den alten Pfeilern nicht.", id="de nicht behind"),
    pytest.param("de", "Die Werft schließt ihre Gießerei womöglich im Herbst.", id="de hedge"),
    pytest.param("de", "Weil sein Generator ausfiel, blieb der Leuchtturm dunkel.", id="de cause"),
    pytest.param("uk", "Тріщин у старих опорах інженери не виявили.", id="uk order"),
    pytest.param("uk", "Верф, можливо, закриє ливарний цех восени.", id="uk hedge"),
    pytest.param("uk", "Через поломку генератора маяк згас.", id="uk cause"),
    pytest.param("es", "Los ingenieros no hallaron ninguna grieta en los viejos pilares.", id="es concord"),
    pytest.param("es", "El astillero quizá cierre su fundición en otoño.", id="es hedge"),
    pytest.param("es", "Al fallar su generador, el faro se apagó.", id="es cause"),
    pytest.param("fr", "Aucune fissure n'a été trouvée dans les vieux piliers.", id="fr aucune"),
    pytest.param("fr", "Le chantier fermera peut-être sa fonderie en automne.", id="fr hedge"),
    pytest.param("fr", "Le phare s'est éteint à cause de son générateur.", id="fr cause"),
    pytest.param("pl", "Nie znaleziono żadnych pęknięć w starych filarach.", id="pl concord"),
    pytest.param("pl", "Stocznia być może zamknie odlewnię jesienią.", id="pl hedge"),
    pytest.param("pl", "Latarnia zgasła z powodu awarii generatora.", id="pl cause"),
]


@pytest.mark.parametrize(("code", "text"), RIGHT)
def test_right(code: str, text: str) -> None:
    assert not signals(code, text)


SIGNS = [
    pytest.param("en", "The court did not accept the plea", "accept", -1, id="not"),
    pytest.param("en", "The club did not fail to secure funding", "secure", 1, id="double"),
    pytest.param("en", "Not only the mayor attended", "attended", 1, id="not only"),
    pytest.param("en", "If the talks collapse", "collapse", 0, id="condition"),
    pytest.param("de", "Der Rat billigte den Plan nicht", "billigte", -1, id="nicht behind the verb"),
    pytest.param("fr", "Le maire n'accepte pas le projet", "accepte", -1, id="ne pas"),
    pytest.param("fr", "Le maire n'accepte que ce projet", "accepte", 1, id="ne que"),
    pytest.param("uk", "Ніхто не підтримав план", "підтримав", -1, id="concord"),
]


@pytest.mark.parametrize(("code", "text", "word", "sign"), SIGNS)
def test_signs(code: str, text: str, word: str, sign: int) -> None:
    clauses = read_clauses(text, code)
    at = next(index for index, token in enumerate(clauses.tokens) if token.norm == word)
    assert negation.signs(clauses).sign[at] == sign
