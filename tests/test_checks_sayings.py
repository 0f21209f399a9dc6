"""Voices of an article: who says what, and how far it reaches."""

import pytest

from summarizer.article import Article
from summarizer.checks.context import read_article
from summarizer.checks.voices import narrated, voices

INTRODUCED = {
    "en": "Ann Price, the mayor of Marlow, met Carl Stone, the president of the Bakers' Union, on Monday.",
    "de": "Bürgermeisterin Anna Preis traf am Montag den Gewerkschafter Karl Steiner.",
    "es": "La alcaldesa Ana Ruiz recibió el lunes al sindicalista Carlos Prieto.",
    "fr": "La maire Anne Prieur a reçu lundi le syndicaliste Charles Pierrot.",
    "pl": "Burmistrz Anna Pryce spotkała w poniedziałek związkowca Karola Stonka.",
    "uk": "Міська голова Ганна Прайс зустріла в понеділок профспілковця Карла Стоуна.",
}
VOICES = [
    pytest.param("en", "Price said fares would rise.", "Ann Price", "said", "fares would rise", id="en subject first"),
    pytest.param("en", "“Fares will rise,” said Price.", "Ann Price", "said", "Fares will rise", id="en inverted"),
    pytest.param("en", "“Fares,” Stone said, “will rise.”", "Carl Stone", "said", "Fares will rise", id="en divided"),
    pytest.param("en", "According to Stone, fares will rise.", "Carl Stone", "said", "fares will rise", id="en according to"),
    pytest.param("en", "Fares will rise, according to Carl Stone.", "Carl Stone", "said", "Fares will rise", id="en according to, behind"),
    pytest.param("en", "Stone, who had waited for hours, alleged that fares were too high.", "Carl Stone", "claimed", "that fares were too high", id="en behind a relative clause"),
    pytest.param("en", "Stone has repeatedly denied that fares were too high.", "Carl Stone", "denied", "that fares were too high", id="en denial"),
    pytest.param("en", "The mayor admitted that fares were too high.", "Ann Price", "told", "that fares were too high", id="en by office"),
    pytest.param("de", "Preis sagte, die Preise würden steigen.", "Anna Preis", "said", "die Preise würden steigen", id="de"),
    pytest.param("de", "Nach Angaben von Karl Steiner steigen die Preise.", "Karl Steiner", "said", "steigen die Preise", id="de by phrase"),
    pytest.param("de", "Steiner zufolge steigen die Preise.", "Karl Steiner", "said", "steigen die Preise", id="de word behind"),
    pytest.param("es", "«Subirán», advirtió Prieto.", "Carlos Prieto", "said", "Subirán", id="es"),
    pytest.param("fr", "« Les prix monteront », déclare Prieur.", "Anne Prieur", "said", "Les prix monteront", id="fr"),
    pytest.param("pl", "Karol Stonka twierdzi, że ceny wzrosną.", "Karol Stonka", "claimed", "że ceny wzrosną", id="pl"),
    pytest.param("uk", "За словами Прайс, ціни зростуть.", "Ганна Прайс", "said", "ціни зростуть", id="uk"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "sentence", "speaker", "tone", "said"), VOICES)
def test_a_voice(code: str, sentence: str, speaker: str, tone: str, said: str) -> None:
    read = read_article(Article.from_text(f"{INTRODUCED[code]} {sentence}", language=code))
    (voice,) = voices(read)[len(read.sentences)]
    names = {read.entities.all[i].name for i in voice.who}
    words = " ".join(voice.sentence.tokens[i].text for i in voice.scope)
    assert (names, voice.tone, words) == ({speaker}, tone, said)


NONE = [
    pytest.param("en", "Price might say more on Tuesday.", id="en not yet said"),
    pytest.param("en", "The report was long and the claim was old.", id="en nouns"),
    pytest.param("en", "Stone claimed two prizes.", id="en claimed something"),
    pytest.param("de", "Der Bericht war lang.", id="de noun"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "sentence"), NONE)
def test_no_voice(code: str, sentence: str) -> None:
    read = read_article(Article.from_text(f"{INTRODUCED[code]} {sentence}", language=code))
    assert voices(read).get(len(read.sentences), ()) == ()
    assert narrated(read.sentences[-1], read)


GOES_ON = [
    pytest.param("en", "“Fares will rise,” said Price. “Everybody knows that by now.”", "Ann Price", id="en quotation"),
    pytest.param("en", "Price met the union. She said that fares would rise.", "Ann Price", id="en pronoun"),
    pytest.param("de", "Preis sagte, die Preise stiegen. Das sei längst bekannt.", "Anna Preis", id="de reported mood"),
    pytest.param("pl", "Burmistrz Anna Pryce skrytykowała ceny. Dodała, że ceny wzrosną.", "Anna Pryce", id="pl no subject"),
    pytest.param("es", "La alcaldesa Ana Ruiz habló de precios. Aseguró que los precios subirán.", "Ana Ruiz", id="es no subject"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text", "speaker"), GOES_ON)
def test_a_voice_that_goes_on(code: str, text: str, speaker: str) -> None:
    read = read_article(Article.from_text(f"{INTRODUCED[code]} {text}", language=code))
    (voice,) = voices(read)[len(read.sentences)]
    assert {read.entities.all[i].name for i in voice.who} == {speaker}
