"""Right and wrong statements about one small article a language, written after the rules: what each rule is for.

A row names the flag code that must be among those of the statement, or None where nothing certain may stand
against it.
"""

import pytest

from summarizer import check_statements
from summarizer.article import Article
from summarizer.flags import FlagCode
from summarizer.report import SignalKind

TEXTS = {
    "en": (
        "2026-03-12",
        """The trial of Martin Dale opened in Harwick on Monday. It was due to start on 2 March, but was put back by a week
because of a burst pipe. His barrister, Rupert Lowe, said the evidence was thin. "A late invoice is not a crime," he told the
jury. Ruth Sandell of the Harwick Trust and her deputy, Fiona Lane, gave evidence. Dale's firm, which was wound up last year with
debts of £90,000, owed £4.6 million, of which 2.8 came from the council. The firm's yard in Netherby employed 340 of its
parent Torsen's 2,100 workers. Services brought in £48.2 million and Marine £32.5 million. The survey used seven boreholes. The
investigation drilled 19. The judge did not rule out a retrial in the autumn. Dale may appeal, Lowe said. The council rejected a
motion by the Harwick Trust to close the yard. The river gauge read 4.85 metres, up from 3.90. A person close to the firm said
that more than 80 percent of the suppliers had lost money. The yields rose by 22 basis points. The town charges 830 daler
a month. A fire crew emptied the yard on Friday. They checked the cranes afterwards.""",
    ),
    "de": (
        "2026-04-13",
        """Der TSV Kelling hat am Sonntag das Derby gegen den HC Altrade mit 29:28 (12:16) gewonnen. Bester Werfer war Jonas
Petersen mit neun Toren, darunter vier Siebenmetern. Kelling hat drei Zähler Rückstand auf Tabellenführer SG Hallstadt. Die
Krankenkasse Vita lehnte es ab, die Hallenmiete zu bezahlen. Die Brücke am Stadion wurde am Dienstag gesperrt, bevor sie am
Mittwoch einstürzte. Jüngere Zuschauer jubelten lauter als ältere. Den Vorwurf mehrerer Anwohner, zu spät gewarnt worden zu
sein, wies der Verein zurück. Am Donnerstag spielt Kelling in Brunsfeld, bevor am 26. April der Tabellenführer in die Arena
kommt.""",
    ),
    "es": (
        "2026-02-06",
        """El proyecto de la calle Real costará 4,6 millones de euros, de los que 2,8 proceden de fondos europeos. El medidor de
la plaza del Grano rebasó el límite 41 días. La ley permite 35. En una encuesta, el 54 % apoyó el cierre, el 38 % se opuso y el
resto no se pronunció. En 2021, Albor rechazó una oferta de Marentes. El pleno acordó por unanimidad subir el agua y rechazó una moción
de la Unión Vecinal. La alcaldesa no descartó un referéndum en otoño.""",
    ),
    "fr": (
        "2026-03-05",
        """Le projet a coûté 1,6 million d'euros, dont 900 000 versés par le ministère de la Santé. Aucun médecin n'a cessé le
travail. Le musée a décroché trois des dix-sept œuvres d'Irène Keller. La maire n'a pas exclu une hausse du billet.""",
    ),
    "pl": (
        "2026-03-12",
        """Rada Trzebowa zgodziła się na budowę linii tramwajowej. Skarbnik przyznała, że dług miasta wzrośnie z 37 do 41
procent dochodów. Spółka zamierza kupić osiem nowych składów, ale przetargu jeszcze nie ogłosiła. Kopalnia Jadwiga leży
obok.""",
    ),
    "uk": (
        "2026-02-10",
        """На страхування музей отримує менше, ніж на опалення. Торік у серпні з церкви в селі Липівка зник дзвін; через місяць
його повернули. Директор не виключив звернення до суду.""",
    ),
}  # fmt: skip
ARTICLES = {
    code: Article.from_text(" ".join(text.split()), title="News", language=code, published=published)
    for code, (published, text) in TEXTS.items()
}
NUMBER, BOUND, DATE, NAME = (
    FlagCode.NUMBER_MISMATCH,
    FlagCode.FIGURE_MISBOUND,
    FlagCode.DATE_MISMATCH,
    FlagCode.NAME_MISMATCH,
)
NEGATION, REVERSED, HEDGE, ORDER = (
    FlagCode.NEGATION_MISMATCH,
    FlagCode.COMPARISON_REVERSED,
    FlagCode.HEDGE_DROPPED,
    FlagCode.ORDER_MISMATCH,
)
SPEAKER, ROLE, DROPPED, ABSENT = (
    FlagCode.SPEAKER_MISMATCH,
    FlagCode.ROLE_SWAPPED,
    FlagCode.ATTRIBUTION_DROPPED,
    FlagCode.NOT_IN_ARTICLE,
)


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        pytest.param("en", "Proceedings against Dale opened on 9 March.", None, id="put back by a week"),
        pytest.param("en", "\"A late invoice is not a crime,\" Lowe told the jury.", None, id="he is the one before"),
        pytest.param("en", "\"A late invoice is not a crime,\" Dale told the jury.", SPEAKER, id="he is not the other"),
        pytest.param("en", "The firm, which owed £90,000, was closed down last year.", None, id="closed down, wound up"),
        pytest.param("en", "Yields went up by 0.22 percentage points.", None, id="basis points, and no time of day"),
        pytest.param("en", "The town charges nearly 10,000 daler a year.", None, id="a rate behind a word"),
        pytest.param("en", "Ruth Lane of the Harwick Trust gave evidence.", NAME, id="first name of the one, surname of the other"),
        pytest.param("en", "The yard in Netherby employed 2,100 workers.", BOUND, id="the whole for a part"),
        pytest.param("en", "Torsen has 2,100 workers.", None, id="the whole"),
        pytest.param("en", "Marine brought in £48.2 million.", BOUND, id="the item before in a list"),
        pytest.param("en", "Services brought in £48.2 million.", None, id="its own item"),
        pytest.param("en", "The survey used more boreholes than the investigation.", REVERSED, id="two figures say less"),
        pytest.param("en", "The investigation drilled more boreholes than the survey.", None, id="two figures say more"),
        pytest.param("en", "The judge ruled out a retrial in the autumn.", NEGATION, id="ruled out"),
        pytest.param("en", "The judge left open a retrial in the autumn.", None, id="left open"),
        pytest.param("en", "More than 80 percent of the suppliers lost money.", DROPPED, id="an anonymous source"),
        pytest.param("en", "The cranes were checked before the crew emptied the yard.", ORDER, id="afterwards, of the sentence before"),
        pytest.param("en", "Ruth Sandell, a former figure skater, gave evidence.", ABSENT, id="an insertion"),
        pytest.param("de", "Zur Pause lag Kelling mit vier Toren hinten.", None, id="distance of a score"),
        pytest.param("de", "Fünf seiner Treffer erzielte Petersen aus dem Spiel.", None, id="what a part leaves"),
        pytest.param("de", "Der Rückstand auf Spitzenreiter Hallstadt beträgt drei Punkte.", None, id="points, and a noun before a name"),
        pytest.param("de", "Die Krankenkasse Vita erklärte sich bereit, die Hallenmiete zu bezahlen.", NEGATION, id="declared willing"),
        pytest.param("de", "Der Verein ließ den Vorwurf mehrerer Anwohner gelten, zu spät gewarnt zu haben.", NEGATION, id="halves of verbs"),
        pytest.param("de", "Die Brücke am Stadion wurde gesperrt, nachdem sie eingestürzt war.", ORDER, id="a participle with a prefix"),
        pytest.param("de", "Ältere Zuschauer jubelten lauter als jüngere.", REVERSED, id="sides exchanged"),
        pytest.param("de", "Am 16. April kommt der Tabellenführer in die Arena.", DATE, id="the other date of the sentence"),
        pytest.param("es", "Las arcas municipales pondrán 1,8 millones de euros.", None, id="what a part of millions leaves"),
        pytest.param("es", "De los fondos europeos proceden 4,6 millones de euros.", BOUND, id="a part without its unit"),
        pytest.param("es", "En la plaza del Grano hubo seis días más de los que tolera la ley.", None, id="a figure alone"),
        pytest.param("es", "Un 8 % no tomó partido en la encuesta.", None, id="what two shares leave"),
        pytest.param("es", "En 2021, Marentes rechazó una oferta de Albor.", ROLE, id="an offer exchanged"),
        pytest.param("es", "El pleno decidió por unanimidad subir el agua.", None, id="a motion rejected is no denial"),
        pytest.param("es", "La alcaldesa descartó un referéndum en otoño.", NEGATION, id="Spanish ruled out"),
        pytest.param("fr", "Le ministère de la Santé a versé 1,6 million d'euros.", BOUND, id="French whole for part"),
        pytest.param("fr", "Les médecins ont tous continué le travail.", None, id="none stopped, all went on"),
        pytest.param("fr", "La maire a exclu une hausse du billet.", NEGATION, id="French ruled out"),
        pytest.param("pl", "Zadłużenie Trzebowa wzrośnie do 41 procent dochodów.", None, id="a noun that opens before a place"),
        pytest.param("pl", "Przetarg na osiem nowych składów wciąż czeka na ogłoszenie.", None, id="still awaited"),
        pytest.param("uk", "На страхування музей отримує більше, ніж на опалення.", REVERSED, id="Ukrainian more than"),
        pytest.param("uk", "На опалення музей отримує більше, ніж на страхування.", None, id="Ukrainian from the other side"),
        pytest.param("uk", "Дзвін із Липівки повернули у вересні 2025 року.", None, id="a month later"),
        pytest.param("uk", "Директор виключив звернення до суду.", NEGATION, id="Ukrainian ruled out"),
    ],
)  # fmt: skip
def test_what_stands_against_a_statement(code: str, text: str, expected: FlagCode | None) -> None:
    finding = check_statements(ARTICLES[code], [text])[0]
    if expected is None:
        assert [s.message for s in finding.signals if s.kind is SignalKind.MISMATCH] == []
    else:
        assert expected in {flag.code for flag in finding.flags}


def test_a_first_name_may_look_like_a_month() -> None:
    article = Article.from_text(
        "Der Rat tagte am Montag. „Das ist schlicht zu viel Geld“, entgegnete Jan Behrens vom Mieterverein. Karin Vogt, "
        "die Leiterin der Stadtwerke, widersprach.",
        title="Preise",
        language="de",
    )
    own, other = check_statements(
        article,
        [
            "„Das ist schlicht zu viel Geld“, sagte Jan Behrens.",
            "„Das ist schlicht zu viel Geld“, sagte Karin Vogt.",
        ],
    )
    assert FlagCode.SPEAKER_MISMATCH not in {flag.code for flag in own.flags}
    assert FlagCode.SPEAKER_MISMATCH in {flag.code for flag in other.flags}
