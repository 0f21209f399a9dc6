"""The words of a reply: cut off, banned, in another language; and summaries in plain text."""

import pytest

from summarizer.parsing import Expected, Unparsed, parse_plain_summary, wishes
from summarizer.parsing import texts as words

EN = Expected("en", 6)

# --- words ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "banned", "found"),
    [
        pytest.param("He slammed it.", ["slammed"], ["slammed"], id="as given"),
        pytest.param("He SLAMMED it.", ["Slammed"], ["Slammed"], id="in any case"),
        pytest.param("He slammedit.", ["slammed"], [], id="the beginning of a word"),
        pytest.param("A grandslam.", ["slam"], [], id="the end of a word"),
        pytest.param("A war-torn town.", ["war"], ["war"], id="beside a hyphen"),
        pytest.param("It is a game\n changer.", ["game changer"], ["game changer"], id="a phrase over a line end"),
        pytest.param("Так званий «експерт».", ["ЕКСПЕРТ"], ["ЕКСПЕРТ"], id="Ukrainian"),
        pytest.param("Die Straße ist zu.", ["STRASSE"], ["STRASSE"], id="sharp s"),
        pytest.param("Cafe\u0301 closed.", ["café"], ["café"], id="composed and decomposed"),
        pytest.param("Cafe\u0301s open.", ["cafe"], [], id="a letter with a mark is another one"),
        pytest.param("Using C++ there.", ["C++"], ["C++"], id="signs at the edge"),
        pytest.param("Nothing.", ["", "  "], [], id="empty words"),
    ],
)  # fmt: skip
def test_banned_words(text: str, banned: list[str], found: list[str]) -> None:
    assert words.banned(text, banned) == found


@pytest.mark.parametrize(
    ("text", "language", "other"),
    [
        pytest.param("Der Stadtrat hat die Brücke nach langer Debatte am Montag genehmigt.", "en", "de", id="German for English"),
        pytest.param("The council approved the bridge after a long debate on Monday.", "de", "en", id="English for German"),
        pytest.param("The council approved the bridge after a long debate on Monday.", "uk", "en", id="another script"),
        pytest.param("Рада одобрила строительство моста после долгих дебатов в понедельник.", "uk", "ru", id="Russian for Ukrainian"),
        pytest.param("市議会は月曜日の夜、長い討論の末に橋の建設を承認したと発表した。", "en", "ja", id="no spaces between words"),
        pytest.param("Der Stadtrat hat die Brücke nach langer Debatte am Montag genehmigt.", "de", None, id="as it should be"),
        pytest.param("Der Stadtrat hat die Brücke nach langer Debatte am Montag genehmigt.", "und", None, id="article's language not known"),
        pytest.param("Der Stadtrat hat zugestimmt.", "en", None, id="too short to be sure"),
        pytest.param("Lindholm Harbour Bridge Calderrow Engineering Inc. Seaward Ground Services Ltd.", "de", None, id="names alone"),
        pytest.param("Katrin Voigt of the Mieterverein Hohenlauen e. V. said Stadtwerke Hohenlauen GmbH raised prices.", "en", None, id="foreign names"),
        pytest.param("Die Sprecherin sagte: „We will not be able to hold the price of gas this year, or the next.“", "de", None, id="a foreign quotation"),
        pytest.param("The minister told them « nous ne pouvons pas continuer comme cela sans argent » on Monday.", "en", None, id="a foreign quotation in guillemets"),
        pytest.param("Byrådet vedtok broen etter en lang debatt mandag kveld i forrige uke.", "da", None, id="languages too near each other"),
    ],
)  # fmt: skip
def test_other_language(text: str, language: str, other: str | None) -> None:
    assert words.other_language(text, language) == other


GERMAN = words.words_of(
    "Der Stadtrat hat die Brücke nach langer Debatte am Montag genehmigt, und die Arbeiten beginnen im Mai."
)


@pytest.mark.parametrize(
    ("text", "shares"),
    [
        pytest.param("Die Arbeiten an der Brücke beginnen im Mai.", True, id="the article's words"),
        pytest.param("Im Mai beginnen nach langer Debatte die Bauarbeiten.", True, id="nouns of its own"),
        pytest.param("The council approved the bridge after a long debate in May.", False, id="another language"),
        pytest.param("Mayor Schmidt said „die Arbeiten beginnen nach langer Debatte“ on Monday.", False, id="another language round a quotation"),
        pytest.param("Stadtrat, Brücke, Montag.", False, id="names alone decide nothing"),
    ],
)  # fmt: skip
def test_words_shared_with_the_article(text: str, shares: bool) -> None:
    assert words.shares_words(text, GERMAN) == shares


def test_what_shares_the_articles_words_is_not_asked_for_again() -> None:
    foreign = "The council approved the bridge after a long debate in the town hall on Monday."
    native = "Die Arbeiten an der Brücke beginnen nach langer Debatte am Montag im Mai."
    expected = Expected("de", 3, words=GERMAN)
    assert wishes.of([("sentence 1", native)], expected) == ([], [])
    asked, _ = wishes.of([("sentence 1", native), ("sentence 2", foreign)], expected)
    assert asked == ["write in German, the article's language: sentence 2 is in English"]
    asked, _ = wishes.of([("sentence 1", foreign), ("sentence 2", foreign)], expected)
    assert asked == ["write in German, the article's language: the answer is in English"]


@pytest.mark.parametrize(
    ("raw", "how"),
    [
        pytest.param("a" * 100, "cut off at 100", id="at the bound"),
        pytest.param("a" * 98, "cut off at 100", id="two before the bound"),
        pytest.param("a" * 97, None, id="three before the bound"),
        pytest.param("a" * 99 + ".", None, id="a whole sentence at the bound"),
        pytest.param("a" * 98 + ".”", None, id="a whole quotation at the bound"),
        pytest.param("a" * 100 + ".", "longer than 100", id="a whole sentence beyond the bound"),
        pytest.param("a" * 500, "longer than 100", id="far beyond the bound"),
        pytest.param("He said that it was ", "mid-sentence", id="a space at the end"),
        pytest.param("He said that it was ,", "mid-sentence", id="a comma at the end"),
        pytest.param("He said that it was. ", None, id="a space after a whole sentence"),
        pytest.param("The council approved it", None, id="only the full stop is missing"),
    ],
)
def test_texts_that_break_off(raw: str, how: str | None) -> None:
    found = words.cut(raw, 100)
    assert (found is None) if how is None else (found is not None and how in found)


# --- plain text -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "sentences"),
    [
        pytest.param("It rained. It poured.", ["It rained.", "It poured."], id="plain"),
        pytest.param("Here is a summary in 2 sentences:\n\nIt rained. It poured.", ["It rained.", "It poured."], id="lead-in"),
        pytest.param("Zusammenfassung:\nEs regnete stark.", ["Es regnete stark."], id="German lead-in"),
        pytest.param("Ось підсумок:\nВдень ішов дощ.", ["Вдень ішов дощ."], id="Ukrainian lead-in"),
        pytest.param("Sure! It rained all day.", ["It rained all day."], id="chat"),
        pytest.param("1. It rained all day.\n2. It poured.", ["It rained all day.", "It poured."], id="numbered"),
        pytest.param("- It rained all day.\n- It poured.", ["It rained all day.", "It poured."], id="bullets"),
        pytest.param("**It rained** all day.", ["It rained all day."], id="bold"),
        pytest.param("It rained all day. It rained all day. It poured.", ["It rained all day.", "It poured."], id="loop"),
        pytest.param("Dr. J. K. Vance of the U.S. said so.", ["Dr. J. K. Vance of the U.S. said so."], id="abbreviations"),
        pytest.param("A draft. <think>Hm.</think> Longer than that.</think>It rained all day.", ["It rained all day."], id="drafts before a closing tag alone"),
        pytest.param("[Update] It rained all day.", ["[Update] It rained all day."], id="a label in brackets"),
        pytest.param("It rai\u00adned \u202eall day.\x00", ["It rained all day."], id="invisible characters"),
    ],
)  # fmt: skip
def test_plain_summaries(raw: str, sentences: list[str]) -> None:
    summary = parse_plain_summary(raw, EN, cut_off=False).value
    assert [s.text for s in summary.sentences] == sentences
    assert [s.id for s in summary.sentences] == [f"s{n}" for n in range(1, len(sentences) + 1)]
    assert all(s.cited is None for s in summary.sentences)
    assert summary.headline is None


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        pytest.param("*** 123 ...", "no whole sentence", id="no letters"),
        pytest.param("Yes. No.", "none has 10 characters", id="too short"),
        pytest.param("Yes. It is \ud800 so.", "surrogate", id="a lone surrogate"),
        pytest.param("```json\n[1, 2]\n```", "JSON or the like", id="a list of numbers"),
        pytest.param('["It rained all day."]', "JSON or the like", id="a list of texts"),
        pytest.param('{"summary": "It rained', "JSON or the like", id="half an object"),
        pytest.param("[[" * 50_000, "JSON or the like", id="deep nesting"),
        pytest.param("<!DOCTYPE html><p>It rained all day.</p>", "a web page", id="a web page"),
    ],
)
def test_plain_text_that_is_no_summary(raw: str, problem: str) -> None:
    with pytest.raises(Unparsed, match=problem):
        parse_plain_summary(raw, EN, cut_off=False)


def test_a_cut_off_reply_is_of_use_when_enough_of_it_is_whole() -> None:
    two = Expected("en", 2)
    parsed = parse_plain_summary("It rained. It poured. It sno", two, cut_off=True)
    assert parsed.value.text == "It rained. It poured."
    assert parsed.complete
    short = parse_plain_summary("It rained. It pou", two, cut_off=True)
    assert (short.value.text, short.complete) == ("It rained.", False)
    assert short.note == "cut off after 1 whole sentences of 2"
    with pytest.raises(Unparsed, match="no whole sentence"):
        parse_plain_summary("It rai", two, cut_off=True)


def test_no_more_sentences_than_the_schema_has_room_for() -> None:
    raw = " ".join(f"It rained on day {n} of the week." for n in range(30))
    assert len(parse_plain_summary(raw, Expected("en", 100), cut_off=False).value.sentences) == 20
