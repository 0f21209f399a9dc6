"""The traps of news text, each as a named row."""

from pathlib import Path

import pytest

from summarizer.article import Article
from summarizer.segmentation import segment


def cut(text: str, language: str) -> list[str]:
    return [text[piece.start : piece.end] for piece in segment(text, language)]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        pytest.param(
            "en",
            ["KYIV, June 3 (Agency) — Dr. J. K. Smith spoke.", "He left."],
            id="dateline, title, initials",
        ),
        pytest.param(
            "en", ["It is in the U.S. Senate now.", "Prices rose in the U.S.", "The firm fell."], id="U.S."
        ),
        pytest.param(
            "en", ["They met at 5 a.m. Tuesday.", "It rained at 6 p.m.", "Nobody came."], id="time of day"
        ),
        pytest.param(
            "en", ["It cost approx. 5m, or 3.5% of $1.2bn.", "See Fig. 3."], id="decimals, abbreviations"
        ),
        pytest.param("en", ["Acme Inc. said so.", "On Jan. 20 it closed."], id="company, month"),
        pytest.param(
            "en", ["“We did it. We are proud,” he said.", "She agreed."], id="quotation over two sentences"
        ),
        pytest.param(
            "en", ["He said: “One. Two. Three.”", "Then he left."], id="quotation of three sentences"
        ),
        pytest.param("en", ["“Now!”", "He waited…", "Nothing came."], id="exclamation and ellipsis"),
        pytest.param(
            "de", ["Der 2. Weltkrieg war lang.", "Am 3. November kam Dr. Weber, z. B. im Zug."], id="ordinals"
        ),
        pytest.param(
            "de", ["„Das geht. So nicht“, sagte er.", "Er zahlte 1.250 Euro."], id="low-high quotation"
        ),
        pytest.param(
            "uk",
            ["За словами І. П. Петренка, це 1,2 млн грн.", "«Ми горді», — сказав він."],
            id="initials, грн.",
        ),
        pytest.param("uk", ["У м. Києві було 5 тис. людей.", "У 2025 р. ціни зросли."], id="м., тис., р."),
        pytest.param(
            "uk", ["Суддя Л. В. Ярмолинська оголосила вирок.", "Він не остаточний."], id="two initials"
        ),
        pytest.param("de", ["Bürgermeister Hans-J. Adler kam.", "Er ging."], id="hyphenated initial"),
        pytest.param("en", ["Q. Would you sell it?", "A. No.", "It stays."], id="question and answer"),
        pytest.param("zh", ["今天天气很好。", "我们去公园。"], id="Chinese"),
        pytest.param("ar", ["ذهب إلى المدرسة.", "ثم عاد إلى البيت؟"], id="Arabic"),
    ],
)
def test_sentences_are_cut_where_a_reader_would(language: str, expected: list[str]) -> None:
    assert cut(("" if language == "zh" else " ").join(expected), language) == expected


def test_list_entries_are_sentences_without_their_bullets() -> None:
    text = "Three sources caused it:\n- steel prices\n• a longer wait\n2. the survey"
    pieces = segment(text, "en")
    assert [(text[p.start : p.end], p.item) for p in pieces] == [
        ("Three sources caused it:", False),
        ("steel prices", True),
        ("a longer wait", True),
        ("2. the survey", True),
    ]


def test_a_date_on_its_own_line_is_no_list_entry() -> None:
    text = "12. November 2026"
    assert [p.item for p in segment(text, "de")] == [False]


def test_hard_wrapped_paragraphs_are_read_as_one() -> None:
    text = (
        "The council voted on Monday night to release a further sum for the\n"
        "harbour bridge, after a debate that lasted for almost five hours and\n"
        "ended without applause. The mayor left."
    )
    assert len(cut(text, "en")) == 2


def test_lines_of_their_own_stay_apart() -> None:
    assert cut("Bridge approved\nThe council met. It voted.", "en") == [
        "Bridge approved",
        "The council met.",
        "It voted.",
    ]


@pytest.mark.parametrize(
    ("text", "is_headline"),
    [
        pytest.param(
            "Bridge approved\n\nThe council met on Monday and it voted for it.", True, id="headline"
        ),
        pytest.param("Will it hold?\n\nThe council met on Monday and it voted for it.", True, id="question"),
        pytest.param("The council met.\n\nIt voted for the bridge on Monday evening.", False, id="sentence"),
        pytest.param("A title and nothing more", False, id="no body"),
        pytest.param("- first\n- second entry of a list that is longer", False, id="list"),
    ],
)
def test_headline_line(text: str, is_headline: bool) -> None:
    article = Article.from_text(text + " and so on" * 5)
    assert (article.sentences[0].kind.value == "headline") is is_headline


@pytest.mark.parametrize(
    ("name", "sentences", "starts"),
    [
        pytest.param(
            "harbour-bridge.txt", 28, ("Lindholm council approves", "LINDHOLM, Nov. 12, 2026"), id="bridge"
        ),
        pytest.param(
            "court-verdict-uk.txt", 19, ("Колишнього посадовця", "ВЕРХНЬОДУБСЬК, 6 листопада"), id="court"
        ),
        pytest.param(
            "stadtwerke-de.txt", 28, ("Stadtwerke Hohenlauen", "HOHENLAUEN, 3. November"), id="stadtwerke"
        ),
    ],
)
def test_fixture_articles(articles: Path, name: str, sentences: int, starts: tuple[str, ...]) -> None:
    article = Article.from_text((articles / name).read_text(encoding="utf-8"))
    assert len(article.sentences) == sentences
    for sentence, start in zip(article.sentences, starts, strict=False):
        assert sentence.text.startswith(start)
