"""Articles: normalised once, sentences whose offsets always hold, what is detected and what is not."""

import datetime as dt
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from summarizer.article import Article, SentenceKind, count_words, normalise
from summarizer.errors import ArticleError, ReportFormatError, SettingsError

TEN_WORDS = "The council met on Monday and voted for the bridge."

# Letters of many scripts, emoji with joiners, combining marks, right-to-left, CJK, and what breaks lines.
LETTERS = st.sampled_from(
    [
        "word",
        "Слово",
        "їжак",
        "e\u0301t\u0301e",
        "שלום",
        "مرحبا",
        "今天",
        "😀",
        "👩\u200d👧",
        "🏴\U000e0067",
        "naïve",
        "Dr.",
        "U.S.",
        "3.5%",
        "“Yes.”",
        "«Так»,",
        "?",
        "!",
        ".",
        "。",
        "\n",
        "\n\n",
        "\r\n",
        "\u2028",
        "- ",
        "1. ",
        "\x00",
        "\ud800",
        "\u00a0",
        "\u202e",
        "a\u0300" * 3,
    ]
)
TEXTS = st.lists(LETTERS, min_size=5, max_size=80).map(" ".join)


@given(TEXTS, st.sampled_from(["en", "uk", "de", "he", "ar", "zh", "ja", None]))
@settings(max_examples=150, deadline=None)
def test_offsets_hold_for_any_text(text: str, language: str | None) -> None:
    try:
        article = Article.from_text(text, language=language)
    except ArticleError:
        assert count_words(normalise(text)) < 10
        return
    end = 0
    for number, sentence in enumerate(article.sentences, 1):
        assert sentence.number == number
        assert article.text[sentence.start : sentence.end] == sentence.text
        assert sentence.text == sentence.text.strip() != ""
        assert sentence.start >= end
        end = sentence.end
    # Nothing that a reader could see is left out of the sentences but the marks of lists.
    kept = "".join(s.text for s in article.sentences)
    assert [c for c in kept if c.isalnum()] == [c for c in article.text if c.isalnum()]
    assert Article.from_json(article.to_json()) == article


@given(TEXTS)
@settings(max_examples=100, deadline=None)
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert not set(once) & {"\x00", "\r", "\u2028", "\ufeff"}
    once.encode("utf-8")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("", "the text is empty", id="empty"),
        pytest.param(" \n\t\x00 ", "the text is empty", id="white space"),
        pytest.param("Only three words", "only 3 words", id="three words"),
        pytest.param("Word", "only 1 word;", id="one word"),
        pytest.param("word " * 200_001, "200,001 words; the limit is 200,000", id="too long"),
    ],
)
def test_what_is_no_article(text: str, message: str) -> None:
    with pytest.raises(ArticleError, match=message) as caught:
        Article.from_text(text)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("It's 3.5 per cent, e.g. in Stoke-on-Trent.", 7, id="english"),
        pytest.param("今天天气很好", 3, id="two characters a word"),
        pytest.param("п'ять слів — це п'ять", 4, id="apostrophes"),
        pytest.param("— … !", 0, id="marks"),
    ],
)
def test_words_are_counted_as_an_editor_does(text: str, words: int) -> None:
    assert count_words(text) == words


@pytest.mark.parametrize(
    ("text", "language"),
    [
        pytest.param("The council voted on Monday to build a new bridge over the river.", "en", id="en"),
        pytest.param(
            "Міська рада в понеділок проголосувала за будівництво нового моста через річку.", "uk", id="uk"
        ),
        pytest.param(
            "Der Stadtrat hat am Montag für den Bau einer neuen Brücke über den Fluss gestimmt.",
            "de",
            id="de",
        ),
        pytest.param(
            "Rada miasta zagłosowała w poniedziałek za budową nowego mostu przez rzekę Wartę.", "pl", id="pl"
        ),
    ],
)
def test_language_is_detected_and_said_so(text: str, language: str) -> None:
    article = Article.from_text(text)
    assert (article.language, "language" in article.detected) == (language, True)


def test_what_is_given_is_not_detected() -> None:
    article = Article.from_text(TEN_WORDS, language="en-GB", published="2026-11-23", title="A bridge")
    assert (article.language, article.published, article.title) == ("en", "2026-11-23", "A bridge")
    assert article.detected == ()


@pytest.mark.parametrize(
    ("top", "language", "published"),
    [
        pytest.param(
            "LINDHOLM, Nov. 12, 2026 (Norwick News) — The council met.", "en", "2026-11-12", id="dateline"
        ),
        pytest.param("Published: 3 June 2026", "en", "2026-06-03", id="labelled line"),
        pytest.param("2026-06-03", "en", "2026-06-03", id="ISO line"),
        pytest.param(
            "КИЇВ, 6 листопада 2026 р. — Суд оголосив вирок.", "uk", "2026-11-06", id="Ukrainian dateline"
        ),
        pytest.param("LINDAU, 3. November 2026 – Der Rat tagte.", "de", "2026-11-03", id="German dateline"),
        pytest.param(
            "LINDHOLM, Nov. 12 (Norwick News) — The council met.", "en", None, id="no year: not guessed"
        ),
        pytest.param(
            "The fire of 3 June 2019 destroyed the old mill at the river.",
            "en",
            None,
            id="date in a sentence",
        ),
    ],
)
def test_published_date_from_the_top(top: str, language: str, published: str | None) -> None:
    article = Article.from_text(f"{top}\n\n{TEN_WORDS} {TEN_WORDS}", language=language)
    assert article.published == published
    assert ("published" in article.detected) == (published is not None)


@pytest.mark.parametrize(
    "value",
    ["2026-11-23", dt.date(2026, 11, 23), "2026-11-23T08:30:00+02:00"],
    ids=["text", "date", "with time"],
)
def test_published_is_kept_in_iso_form(value: str | dt.date) -> None:
    article = Article.from_text(TEN_WORDS, published=value, language="en")
    assert article.published_date == dt.date(2026, 11, 23)
    assert article.published == str(value)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        pytest.param({"published": "next Monday"}, "cannot be read", id="date"),
        pytest.param({"language": "English please"}, "no language tag", id="language"),
    ],
)
def test_wrong_metadata_is_named(given: dict[str, str], message: str) -> None:
    with pytest.raises(SettingsError, match=message) as caught:
        Article.from_text(TEN_WORDS, **given)  # type: ignore[arg-type]
    assert caught.value.hint


def test_document_id_is_given_or_url_or_content() -> None:
    plain = Article.from_text(TEN_WORDS)
    assert plain.document_id == plain.id
    assert Article.from_text(TEN_WORDS, url="https://news.example/1").document_id == "https://news.example/1"
    given = Article.from_text(TEN_WORDS, url="https://news.example/1", document_id="story-1")
    assert (given.document_id, given.id) == ("story-1", plain.id)
    assert Article.from_text(TEN_WORDS + " More.").id != plain.id
    assert Article.from_text(TEN_WORDS.replace(" ", "  \r\n", 0), title="T").id != plain.id


def test_title_is_the_first_line_where_it_reads_like_a_headline() -> None:
    with_headline = Article.from_text(f"Bridge approved after long debate\n\n{TEN_WORDS}")
    assert with_headline.title == "Bridge approved after long debate"
    assert with_headline.sentences[0].kind is SentenceKind.HEADLINE
    assert "title" in with_headline.detected
    without = Article.from_text(f"{TEN_WORDS}\n\n{TEN_WORDS}")
    assert without.title is None
    assert without.sentences[0].kind is SentenceKind.BODY


def test_a_changed_article_is_noticed() -> None:
    article = Article.from_text(TEN_WORDS)
    data = article.to_json().replace("Monday", "Sunday", 1)  # the text, not the sentence
    with pytest.raises(ReportFormatError, match="sentence 1"):
        Article.from_json(data).verify()


def test_sentences_are_found_by_number() -> None:
    article = Article.from_text(f"{TEN_WORDS} It was cold.")
    assert article.sentence(2).text == "It was cold."
    for number in (0, 3, -1):
        with pytest.raises(KeyError):
            article.sentence(number)
