"""Who said it: speakers taken from the right sentence, and words of a source told as a fact."""

import pytest

from summarizer import check_statements
from summarizer.article import Article
from summarizer.checks import attribution
from summarizer.report import SignalKind
from tests.retellings import mismatches

ARTICLES = {
    "en": Article.from_text(
        "Helen Marsh, the company's managing director, said the repairs would take five months. Union leader Carl Stone "
        "accused the company of hiding the report. “They knew about the cracks for years,” he said. The company denies "
        "this. “The pier is safe,” said the harbour master, David Orr, on Monday. Freight rose by 11 percent last year.",
        title="Pier",
        language="en",
    ),
    "de": Article.from_text(
        "Bürgermeisterin Ulrike Sommer sagte, der Bau dauere fünf Monate. Der Verein behauptet, die Stadt habe das "
        "Gutachten versteckt. „Die Brücke ist sicher“, sagte Bauamtsleiter Jens Krause am Montag.",
        title="Brücke",
        language="de",
    ),
    "uk": Article.from_text(
        "Міська голова Оксана Левицька сказала, що ремонт триватиме п'ять місяців. Депутат Олексій Левченко стверджує, "
        "що управління приховало висновок експертів. «Міст безпечний», — заявив начальник управління Роман Ткач.",
        title="Міст",
        language="uk",
    ),
    "es": Article.from_text(
        "La alcaldesa Ana Ruiz dijo que las obras durarán cinco meses. Según la oposición, el ayuntamiento ocultó el "
        "informe de los técnicos. El ayuntamiento lo niega. «El puente es seguro», afirmó el ingeniero Juan Vega.",
        title="Puente",
        language="es",
    ),
}  # fmt: skip


DROPPED = [
    pytest.param("en", "The council had known about the cracks since 2021.", id="en complaint, denied behind it"),
    pytest.param("de", "Der Landkreis hat seit 2021 von den Rissen gewusst.", id="de accusation"),
    pytest.param("es", "La diputación conocía las grietas desde 2021.", id="es accusation"),
    pytest.param("fr", "Le département connaît les fissures depuis 2021.", id="fr accusation"),
    pytest.param("pl", "Powiat wiedział o pęknięciach od 2021 roku.", id="pl accusation"),
    pytest.param("uk", "Обласна рада знала про тріщини з 2021 року.", id="uk accusation"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text"), DROPPED)
def test_a_claim_told_as_a_fact(code: str, text: str) -> None:
    (signal,) = mismatches(attribution.check, code, text)
    assert signal.code == "attribution_dropped"


KEPT = [
    pytest.param("en", "The council is accused of having known about the cracks since 2021.", None, id="en accused"),
    pytest.param("en", "A garage owner says the council had known about the cracks since 2021.", None, id="en no name"),
    pytest.param("en", "In Oldham's view the council had known about the cracks since 2021.", None, id="en view"),
    pytest.param("en", "The council had known about the cracks since 2021.", "Martin Oldham", id="en speaker of a claim"),
    pytest.param("en", "Engineers found cracks in two of the four pillars.", None, id="en the newspaper's own"),
    pytest.param("en", "The repairs would cost £2.4 million.", None, id="en an office's plain word"),
    pytest.param("en", "Martin Oldham is angry that the council had known about the cracks since 2021.", None, id="en begins with who says so"),
    pytest.param("de", "Der Landkreis soll seit 2021 von den Rissen gewusst haben.", None, id="de soll"),
    pytest.param("es", "Según un vecino, la diputación conocía las grietas desde 2021.", None, id="es según"),
    pytest.param("fr", "Le département aurait connu les fissures depuis 2021.", None, id="fr conditional"),
    pytest.param("pl", "Powiat podobno wiedział o pęknięciach od 2021 roku.", None, id="pl podobno"),
    pytest.param("uk", "Обласна рада нібито знала про тріщини з 2021 року.", None, id="uk нібито"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text", "speaker"), KEPT)
def test_attribution_that_is_kept_or_not_needed(code: str, text: str, speaker: str | None) -> None:
    assert [s.message for s in mismatches(attribution.check, code, text, speaker)] == []


COUNTED = Article.from_text(
    "About 300 people marched through Kelby on Sunday according to the police, 900 according to the organisers. "
    "It rained all afternoon. The march ended at the harbour, where 12 boats had been decorated.",
    language="en",
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        pytest.param("Some 900 people marched through Kelby on Sunday.", ["attribution_dropped"], id="one of two counts"),
        pytest.param("Organisers say that 900 people marched through Kelby.", [], id="whose count"),
        pytest.param("In the harbour 12 boats had been decorated.", [], id="nobody counts otherwise"),
    ],
)  # fmt: skip
def test_one_of_two_counts(text: str, codes: list[str]) -> None:
    signals = check_statements(COUNTED, [text])[0].signals
    found = [s.code for s in signals if s.check == "attribution" and s.kind is SignalKind.MISMATCH]
    assert found == codes


def codes(language: str, text: str) -> list[str]:
    signals = check_statements(ARTICLES[language], [text])[0].signals
    return [
        s.code or "doubt"
        for s in signals
        if s.check in ("attribution", "speakers") and s.kind is SignalKind.MISMATCH
    ]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        pytest.param("en", "Helen Marsh said the repairs would take five months.", [], id="right"),
        pytest.param("en", "The repairs would take five months, Marsh said.", [], id="surname alone, behind"),
        pytest.param("en", "David Orr said the repairs would take five months.", ["speaker_mismatch"], id="another speaker"),
        pytest.param("en", "“They knew about the cracks for years,” said Carl Stone.", [], id="the pronoun of the sentence before"),
        pytest.param("en", "“They knew about the cracks for years,” said Helen Marsh.", ["speaker_mismatch"], id="a quotation, another speaker"),
        pytest.param("en", "“The pier is safe,” said David Orr.", [], id="a name behind its office"),
        pytest.param("en", "“The pier is safe,” Carl Stone said.", ["speaker_mismatch"], id="wrong, before the verb"),
        pytest.param("en", "The company hid the report.", ["attribution_dropped"], id="an accusation in other words"),
        pytest.param("en", "The company was hiding the report.", ["attribution_dropped"], id="an accusation told as a fact"),
        pytest.param("en", "The company was hiding the report, according to the union.", [], id="attributed"),
        pytest.param("en", "The company is accused of hiding the report.", [], id="accused"),
        pytest.param("en", "Freight rose by 11 percent last year.", [], id="the article's own fact"),
        pytest.param("de", "„Die Brücke ist sicher“, sagte Ulrike Sommer.", ["speaker_mismatch"], id="German speaker"),
        pytest.param("de", "„Die Brücke ist sicher“, sagte Jens Krause.", [], id="German, right"),
        pytest.param("de", "Die Stadt hat das Gutachten versteckt.", ["attribution_dropped"], id="German reported mood"),
        pytest.param("de", "Laut dem Verein hat die Stadt das Gutachten versteckt.", [], id="German, attributed"),
        pytest.param("uk", "«Міст безпечний», — заявив Олексій Левченко.", ["speaker_mismatch"], id="Ukrainian speaker"),
        pytest.param("uk", "«Міст безпечний», — заявив Роман Ткач.", [], id="Ukrainian, right"),
        pytest.param("uk", "Управління приховало висновок експертів.", ["attribution_dropped"], id="Ukrainian claim"),
        pytest.param("es", "«El puente es seguro», afirmó Ana Ruiz.", ["speaker_mismatch"], id="Spanish speaker"),
        pytest.param("es", "El ayuntamiento ocultó el informe de los técnicos.", ["attribution_dropped"], id="Spanish, denied behind"),
        pytest.param("es", "El ayuntamiento ocultó el informe, según la oposición.", [], id="Spanish, attributed"),
    ],
)  # fmt: skip
def test_attribution(language: str, text: str, expected: list[str]) -> None:
    assert codes(language, text) == expected
