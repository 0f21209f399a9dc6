"""One story in six languages, about a closed bridge, for the tests of who said, did and is what."""

from summarizer.article import Article
from summarizer.checker import Check
from summarizer.checks.align import align
from summarizer.checks.context import read_article, read_statement
from summarizer.report import Signal, SignalKind

TEXTS = {
    "en": (
        "The bridge at Lower Thornby will stay closed until May, the county council said on "
        "Monday. Engineers found cracks in two of its four pillars. Karen Oldfield, the council's "
        'head of roads, said the repairs would cost £2.4 million. "Nobody should drive across it, '
        'not even once," she said. Martin Oldham, who runs a garage in Upper Thornby, complained '
        "that the council had known about the cracks since 2021. The council denied this. "
        "According to the bus operator Fairway, about 3,000 passengers a day have to take the "
        "longer route through Easthope. Its spokeswoman, Lena Marsh, called the detour a "
        "nightmare. A lorry hit the eastern pillar in March. The haulage firm Brandt sued Fairway "
        "over the accident. In Easthope the primary school has opened a second gate. Professor "
        "Amir Dean of the University of Calder told reporters that older bridges should be "
        "checked every year. The minister, Sue Platt, promised to look at the idea."
    ),
    "de": (
        "Die Brücke in Unterfelden bleibt bis Mai gesperrt, teilte der Landkreis am Montag mit. "
        "Ingenieure fanden Risse in zwei der vier Pfeiler. Die Reparatur werde 2,4 Millionen Euro "
        "kosten, sagte Straßenbauamtsleiterin Karin Altmann. „Niemand sollte darüber fahren, auch "
        "nicht einmal“, sagte sie. Der Werkstattbesitzer Martin Altmeier aus Oberfelden wirft dem "
        "Landkreis vor, seit 2021 von den Rissen gewusst zu haben. Der Landkreis bestreitet das. "
        "Nach Angaben des Busunternehmens Fährmann müssen täglich 3.000 Fahrgäste den Umweg über "
        "Osthofen nehmen. Dessen Sprecherin Lena Marsch nannte den Umweg einen Albtraum. Die "
        "Spedition Brandt verklagte Fährmann wegen des Unfalls. In Osthofen hat die Grundschule "
        "ein zweites Tor geöffnet. Professor Amir Dehn von der Universität Kalder forderte, "
        "ältere Brücken jedes Jahr zu prüfen. Verkehrsministerin Susanne Platt versprach, den "
        "Vorschlag zu prüfen."
    ),
    "es": (
        "El puente de Villar Bajo seguirá cerrado hasta mayo, informó el lunes la diputación. Los "
        "ingenieros hallaron grietas en dos de los cuatro pilares. La jefa de carreteras, Carmen "
        "Olmedo, afirmó que la reparación costará 2,4 millones de euros. «Nadie debería cruzarlo, "
        "ni una sola vez», dijo. Martín Olmos, dueño de un taller en Villar Alto, acusó a la "
        "diputación de conocer las grietas desde 2021. La diputación lo niega. Según la empresa "
        "de autobuses Faro, unos 3.000 viajeros al día deben dar un rodeo por Lasarte. Su "
        "portavoz, Elena Marín, calificó el desvío de pesadilla. La transportista Brando demandó "
        "a Faro por el accidente. En Lasarte la escuela ha abierto una segunda puerta. El "
        "profesor Amir Dean, de la Universidad de Calder, pidió que se revisen los puentes viejos "
        "cada año. La ministra Susana Prat prometió estudiar la idea."
    ),
    "fr": (
        "Le pont de Villebas restera fermé jusqu'en mai, a annoncé lundi le département. Des "
        "ingénieurs ont trouvé des fissures dans deux des quatre piles. La cheffe des routes, "
        "Karine Aumont, a indiqué que les travaux coûteraient 2,4 millions d'euros. « Personne ne "
        "devrait y passer, pas même une fois », a-t-elle dit. Martin Aumard, garagiste à "
        "Villehaut, accuse le département de connaître les fissures depuis 2021. Le département "
        "dément. Selon la société de cars Fanal, quelque 3 000 voyageurs par jour doivent faire "
        "un détour par Lestrade. Sa porte-parole, Hélène Marc, a parlé d'un cauchemar. Le "
        "transporteur Brandon a poursuivi Fanal pour l'accident. À Lestrade, l'école a ouvert un "
        "second portail. Le professeur Amir Dean, de l'université de Calder, a demandé que les "
        "vieux ponts soient contrôlés chaque année. La ministre Suzanne Plat a promis d'étudier "
        "l'idée."
    ),
    "pl": (
        "Most w Dolnym Lesku pozostanie zamknięty do maja, poinformował w poniedziałek powiat. "
        "Inżynierowie znaleźli pęknięcia w dwóch z czterech filarów. Naprawa będzie kosztować 2,4 "
        "mln zł, powiedziała kierowniczka zarządu dróg Karolina Oleśnicka. „Nikt nie powinien po "
        "nim jeździć, ani razu” – dodała. Marcin Oleśko, właściciel warsztatu w Górnym Lesku, "
        "zarzuca powiatowi, że wiedział o pęknięciach od 2021 roku. Powiat temu zaprzecza. Według "
        "przewoźnika Farbus około 3000 pasażerów dziennie musi jeździć objazdem przez Wschodnik. "
        "Jego rzeczniczka Lena Marszałek nazwała objazd koszmarem. Firma transportowa Brandex "
        "pozwała Farbus za wypadek. We Wschodniku szkoła otworzyła drugą bramę. Profesor Amir "
        "Dean z Uniwersytetu Kalderskiego zaapelował, by stare mosty kontrolować co roku. "
        "Ministra Zuzanna Platek obiecała przyjrzeć się temu pomysłowi."
    ),
    "uk": (
        "Міст у Нижньому Лозовому залишиться закритим до травня, повідомила в понеділок обласна "
        "рада. Інженери знайшли тріщини у двох із чотирьох опор. Ремонт коштуватиме 24 млн грн, "
        "сказала начальниця служби доріг Катерина Олійник. «Ніхто не повинен ним їздити, навіть "
        "раз», — додала вона. Мартин Олійченко, власник майстерні у Верхньому Лозовому, "
        "звинуватив обласну раду в тому, що вона знала про тріщини з 2021 року. Обласна рада це "
        "заперечує. За даними перевізника «Фарватер», близько 3000 пасажирів щодня мусять їздити "
        "в об'їзд через Східне. Його речниця Олена Марченко назвала об'їзд жахіттям. Фірма "
        "«Брандт» подала позов проти «Фарватера» через аварію. У Східному школа відкрила другі "
        "ворота. Професор Амір Дін із Калдерського університету закликав перевіряти старі мости "
        "щороку. Міністерка Сусанна Платко пообіцяла розглянути цю ідею."
    ),
}
ARTICLES = {code: Article.from_text(text, title="-", language=code) for code, text in TEXTS.items()}


def mismatches(check: Check, code: str, text: str, speaker: str | None = None) -> list[Signal]:
    """What a check has against a statement about the story; offsets are compared with both texts."""
    article = read_article(ARTICLES[code])
    statement = read_statement(text, article.lex, speaker=speaker)
    found = check(statement, align(statement, article), article)
    for signal in found:
        assert all(text[piece.start : piece.end] == piece.text for piece in signal.spans)
        assert all(article.article.text[e.start : e.end] == e.quote for e in signal.evidence)
    return [signal for signal in found if signal.kind is SignalKind.MISMATCH]
