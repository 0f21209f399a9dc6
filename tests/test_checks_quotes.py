"""Quoted passages in all their marks: verbatim, altered, invented, shortened, titles."""

import pytest

from summarizer import check_statements
from summarizer.article import Article
from summarizer.checks.quotes import passages
from summarizer.report import SignalKind

ARTICLES = {
    "en": Article.from_text(
        "The council met on Monday. “We have waited for this house since 1998,” said Ellen Brandt, the librarian, “and "
        "nobody asked us what we need.” The play “The Long Winter” opens there in May. Tom Hale called the plan ‘a bad "
        "joke on the town’ and left the room. He said the builders’ bill was too high.",
        title="House",
        language="en",
    ),
    "de": Article.from_text(
        "Der Rat tagte am Montag. „Wir geben nur weiter, was uns der Einkauf kostet“, sagte Karin Vogt. »Das ist "
        "schlicht zu viel«, entgegnete Jan Behrens. Die Zeitschrift „Neue Wege“ berichtete darüber.",
        title="Preise",
        language="de",
    ),
    "uk": Article.from_text(
        "Рада зібралася в понеділок. «Ми чекали на це двадцять років», — сказала Олена Гнатюк. Компанія «Світанок» "
        "продала завод. У «Світанку» це підтвердили.",
        title="Завод",
        language="uk",
    ),
    "fr": Article.from_text(
        "Le conseil s'est réuni lundi. « Nous n'avons rien signé », a déclaré Anne Morel. Le film « La Mer calme » "
        "sort en mai et la ville l'attend.",
        title="Conseil",
        language="fr",
    ),
    "pl": Article.from_text(
        "Rada zebrała się w poniedziałek. „Czekaliśmy na to dwadzieścia lat” – powiedziała Anna Nowak. Spółka "
        "„Zorza” sprzedała fabrykę.",
        title="Fabryka",
        language="pl",
    ),
    "es": Article.from_text(
        "El pleno se reunió el lunes. «No hemos firmado nada», aseguró Ana Ruiz. La novela «Mar en calma» sale en mayo "
        "y la ciudad la espera.",
        title="Pleno",
        language="es",
    ),
}  # fmt: skip


def found(language: str, text: str) -> list[str]:
    finding = check_statements(ARTICLES[language], [text])[0]
    return [
        s.code or "doubt" for s in finding.signals if s.check == "quotes" and s.kind is not SignalKind.SUPPORT
    ]


@pytest.mark.parametrize(
    ("language", "text", "codes"),
    [
        pytest.param("en", "“We have waited for this house since 1998,” Brandt said.", [], id="verbatim"),
        pytest.param("en", '"We have waited for this house since 1998," Brandt said.', [], id="other marks"),
        pytest.param("en", "‘We have waited for this house since 1998,’ Brandt said.", [], id="single marks"),
        pytest.param("en", "“We have waited for this house since 1998, and nobody asked us what we need,” Brandt said.", [], id="what is said between left out"),
        pytest.param("en", "“We have waited … since 1998,” Brandt said.", [], id="words left out"),
        pytest.param("en", "“We have waited for [the library] since 1998,” Brandt said.", [], id="words of the writer"),
        pytest.param("en", "Hale called it “a bad joke on the town”.", [], id="single in the article"),
        pytest.param("en", "The builders’ bill was too high, and the owners’ mood with it.", [], id="apostrophes are no marks"),
        pytest.param("en", "“We have fought for this house since 1998,” Brandt said.", ["quote_altered"], id="one word altered"),
        pytest.param("en", "“We have waited … since 1988,” Brandt said.", ["quote_altered"], id="altered behind words left out"),
        pytest.param("en", "“This is the best day of my working life,” Brandt said.", ["quote_not_found"], id="invented"),
        pytest.param("en", "Hale called it a “disgrace”.", ["quote_not_found"], id="one invented word"),
        pytest.param("en", "“The Long Winter” opens in May.", [], id="a title"),
        pytest.param("en", "She wanted a “house town”.", ["doubt"], id="its words, never together"),
        pytest.param("de", "»Wir geben nur weiter, was uns der Einkauf kostet«, sagte Vogt.", [], id="German, other marks"),
        pytest.param("de", "„Wir geben nur weiter, was uns der Vertrieb kostet“, sagte Vogt.", ["quote_altered"], id="German, altered"),
        pytest.param("de", "Behrens sagte: „Das ist schlicht zu viel.“", [], id="German, reversed guillemets in the article"),
        pytest.param("de", "‚Das ist schlicht zu wenig‘, sagte Behrens.", ["quote_altered"], id="German, low single marks"),
        pytest.param("uk", "«Ми чекали на це двадцять років», — сказала Гнатюк.", [], id="Ukrainian"),
        pytest.param("uk", "„Ми чекали на це десять років“, — сказала Гнатюк.", ["quote_altered"], id="Ukrainian, altered"),
        pytest.param("uk", "Завод продав «Світанком».", [], id="Ukrainian, a name inflected"),
        pytest.param("fr", "« Nous n’avons rien signé », a dit Anne Morel.", [], id="French, no-break spaces"),
        pytest.param("fr", "« Nous n’avons rien promis », a dit Anne Morel.", ["quote_altered"], id="French, altered"),
        pytest.param("pl", "„Czekaliśmy na to trzydzieści lat” – powiedziała Nowak.", ["quote_altered"], id="Polish, altered"),
        pytest.param("pl", "Fabrykę sprzedała „Zorza”.", [], id="Polish, a name"),
        pytest.param("es", "«No hemos firmado nada», dijo Ruiz.", [], id="Spanish"),
        pytest.param("es", "“Este alcalde nos ha mentido siempre”, dijo Ruiz.", ["quote_not_found"], id="Spanish, invented"),
    ],
)  # fmt: skip
def test_quotations(language: str, text: str, codes: list[str]) -> None:
    assert found(language, text) == codes


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        pytest.param("He said “no ‘bad’ word” twice.", ["no ‘bad’ word"], id="nested: the outer one"),
        pytest.param("The workers’ ‘last day’ came.", ["last day"], id="an apostrophe before"),
        pytest.param("‘It’s Ann’s house,’ she said.", ["It’s Ann’s house,"], id="apostrophes inside"),
        pytest.param('6" pipes and 8" pipes', [], id="inches"),
        pytest.param("„Ja“, sagte er, „so ist es“.", ["Ja", "so ist es"], id="two"),
    ],
)
def test_passages(text: str, inside: list[str]) -> None:
    assert [passage.text for passage in passages(text)] == inside
