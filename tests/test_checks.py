"""Each check against a small article: what it catches, what it must leave alone, and where it points."""

import pytest

from summarizer.article import Article
from summarizer.checker import check_statements
from summarizer.checks.context import read_article, read_statement
from summarizer.checks.figures import find_figures
from summarizer.checks.proper import find_names
from summarizer.checks.quotes import passages
from summarizer.checks.text import fold, lexicon, tokenize
from summarizer.flags import FlagCode
from summarizer.report import Finding, SignalKind

ENGLISH = Article.from_text(
    """Council approves new library

LINDHOLM, Nov. 12, 2026 — Lindholm's city council voted 9–4 on Wednesday to spend $6.2 million on a library in the
old harbour quarter. The North Harbour Trust will pay another 1.5 million euros.

"We have waited for this house since 1998," said Councillor Ellen Brandt. "Our children deserve it." Councillor Helen
Brand voted against the plan. She called the cost, about 32.5 percent above the first estimate, "hard to defend."

Construction may begin in March, said Petra Vance, the city engineer, who works with about 12,400 drawings and two
hundred and fifty workers. The United Nations praised the design, and Russia and France sent architects.
""",
    language="en",
)
SPORT = Article.from_text(
    "Ade Finch scored in the 17th minute and Rovers had 19 shots in the end.", language="en"
)
UKRAINIAN = Article.from_text(
    """Міськрада Верхньодубська 12 листопада виділила 1,2 млн грн на ремонт школи імені Лесі Українки. За словами
мера Андрія Петренка, роботи триватимуть п’ять місяців. «Ми чекали на це сім років», — сказала директорка Олена
Гнатюк. Будівельники з Києва та Львова вже оглянули будівлю. Торік школа отримала 11 200 підручників.""",
    language="uk",
)
GERMAN = Article.from_text(
    """Die Stadtwerke Hohenlauen erhöhen zum 1. Januar 2027 den Gaspreis um 3,4 Prozent. Betroffen sind rund 48.600
Kunden, sagte Geschäftsführer Martin Vogt. „Wir geben nur weiter, was uns der Einkauf kostet“, erklärte er. Für
zweihundertfünfzig Haushalte gilt ein Rabatt von 1.250 Euro, betonte Sprecherin Anna Voigt.""",
    language="de",
)


def check(article: Article, text: str) -> Finding:
    return check_statements(article, [text])[0]


def marked(finding: Finding, code: FlagCode) -> list[str]:
    return [span.text for flag in finding.flags if flag.code is code for span in flag.spans]


def pointed_at(finding: Finding, code: FlagCode) -> list[str]:
    return [e.quote for flag in finding.flags if flag.code is code for e in flag.evidence]


WRONG = [
    # numbers
    pytest.param(ENGLISH, "The council voted 9-5 to spend $6.2 million on a library.", "number_mismatch", ["5"], id="score"),
    pytest.param(ENGLISH, "The city will spend $6.4 million on the library.", "number_mismatch", ["$6.4 million"], id="figure"),
    pytest.param(ENGLISH, "The cost is 35.2 percent above the estimate.", "number_mismatch", ["35.2 percent"], id="digits"),
    pytest.param(ENGLISH, "The council will spend $6.2 billion on a library.", "unit_mismatch", ["$6.2 billion"], id="scale"),
    pytest.param(ENGLISH, "The council will spend €6.2 million on a library.", "unit_mismatch", ["€6.2 million"], id="euro"),
    pytest.param(ENGLISH, "The trust will pay another $1.5 million.", "unit_mismatch", ["$1.5 million"], id="dollar"),
    pytest.param(ENGLISH, "They have waited for the house since 1989.", "date_mismatch", ["1989"], id="year"),
    pytest.param(ENGLISH, "Vance works with three hundred workers.", "number_mismatch", ["three hundred"], id="number words"),
    pytest.param(UKRAINIAN, "Міськрада виділила 1,5 млн грн на ремонт школи.", "number_mismatch", ["1,5 млн грн"], id="uk"),
    pytest.param(UKRAINIAN, "Роботи у школі триватимуть шість місяців.", "number_mismatch", ["шість місяців"], id="uk word"),
    pytest.param(GERMAN, "Der Gaspreis steigt zum Januar um 4,3 Prozent.", "number_mismatch", ["4,3 Prozent"], id="de"),
    pytest.param(GERMAN, "Für Haushalte gilt ein Rabatt von 1.520 Euro.", "number_mismatch", ["1.520 Euro"], id="de marks"),
    pytest.param(SPORT, "Rovers were down with 17 shots.", "number_mismatch", ["17"], id="a place is no count"),
    # quotes
    pytest.param(
        ENGLISH, "“We have fought for this house since 1998,” said Ellen Brandt.", "quote_altered", ["fought"], id="altered"
    ),
    pytest.param(
        ENGLISH,
        "Ellen Brandt said: \"The harbour will never be sold to strangers.\"",
        "quote_not_found",
        ["The harbour will never be sold to strangers."],
        id="invented",
    ),
    pytest.param(UKRAINIAN, "«Ми чекали на це десять років», — сказала Олена Гнатюк.", "quote_altered", ["десять"], id="uk quote"),
    pytest.param(GERMAN, "„Wir geben nur weiter, was uns der Vertrieb kostet“, sagte Vogt.", "quote_altered", ["Vertrieb"], id="de quote"),
    # names
    pytest.param(ENGLISH, "Councillor Ellen Brandl said they had waited.", "name_mismatch", ["Brandl"], id="near miss"),
    pytest.param(ENGLISH, "Councillor Helen Brandt voted against the plan.", "name_mismatch", ["Helen Brandt"], id="mixed"),
    pytest.param(ENGLISH, "Lindhollm will build a library for $6.2 million.", "name_mismatch", ["Lindhollm"], id="opening word"),
    pytest.param(ENGLISH, "The plan was praised by Tomas Okoro of the council.", "name_not_in_article", ["Tomas", "Okoro"], id="person"),
    pytest.param(ENGLISH, "The city council voted to build a library in Norwick.", "name_not_in_article", ["Norwick"], id="place"),
    pytest.param(UKRAINIAN, "За словами мера Андрія Коваленка, роботи триватимуть п’ять місяців.", "name_not_in_article", ["Коваленка"], id="uk name"),
    pytest.param(GERMAN, "Geschäftsführer Martin Vogl nannte 48.600 Kunden.", "name_mismatch", ["Vogl"], id="de near miss"),
]  # fmt: skip


@pytest.mark.parametrize(("article", "text", "code", "words"), WRONG)
def test_one_error_is_found_named_and_marked(
    article: Article, text: str, code: str, words: list[str]
) -> None:
    finding = check(article, text)
    assert finding.verdict.value in ("contradicted", "not_in_article")
    assert marked(finding, FlagCode(code)) == words
    for flag in finding.flags:
        for span in flag.spans:
            assert text[span.start : span.end] == span.text
        for evidence in flag.evidence:
            assert article.text[evidence.start : evidence.end] == evidence.quote


RIGHT = [
    pytest.param(ENGLISH, "Lindholm's council voted 9-4 to spend $6.2 million on a library.", id="same figures"),
    pytest.param(ENGLISH, "The council will spend 6.2 million dollars on a library.", id="currency in words"),
    pytest.param(ENGLISH, "The cost is 32.5% above the first estimate.", id="percent sign"),
    pytest.param(ENGLISH, "The cost is about 33 percent above the first estimate.", id="rounded with about"),
    pytest.param(ENGLISH, "The council will spend $6 million on a library.", id="rounded million"),
    pytest.param(ENGLISH, "Vance works with 250 workers and 12,400 drawings.", id="words as digits"),
    pytest.param(SPORT, "Finch scored after 17 minutes.", id="ordinal minute as a count"),
    pytest.param(ENGLISH, "“We have waited for this house since 1998,” said Ellen Brandt.", id="verbatim, curly"),
    pytest.param(ENGLISH, "\"We have waited for this house since 1998. Our children deserve it,\" Brandt said.", id="joined"),
    pytest.param(ENGLISH, "Brand called the cost “hard to defend”.", id="part of a quotation"),
    pytest.param(ENGLISH, "Ellen Brandt's children deserve the house, she said.", id="possessive"),
    pytest.param(ENGLISH, "The UN praised the design.", id="acronym of a name"),
    pytest.param(ENGLISH, "Russian and French architects were sent.", id="demonyms"),
    pytest.param(ENGLISH, "In 2026 the council voted to spend $6.2 million.", id="year of publication"),
    pytest.param(UKRAINIAN, "Міськрада виділила на ремонт школи 1,2 мільйона гривень.", id="uk scale and unit in words"),
    pytest.param(UKRAINIAN, "Мер Андрій Петренко сказав, що роботи триватимуть 5 місяців.", id="uk inflected name"),
    pytest.param(UKRAINIAN, "Школу оглянули будівельники зі Львова й Києва.", id="uk inflected places"),
    pytest.param(UKRAINIAN, "Торік школа отримала 11200 підручників.", id="uk space between thousands"),
    pytest.param(GERMAN, "Zum 1. Januar 2027 steigt der Gaspreis um 3,4 %.", id="de percent sign"),
    pytest.param(GERMAN, "Für 250 Haushalte gilt der Rabatt von 1250 Euro.", id="de compound number"),
    pytest.param(GERMAN, "„Wir geben nur weiter, was uns der Einkauf kostet“, sagte Martin Vogt.", id="de verbatim"),
]  # fmt: skip


@pytest.mark.parametrize(("article", "text"), RIGHT)
def test_what_is_right_raises_no_mismatch(article: Article, text: str) -> None:
    finding = check(article, text)
    assert [signal for signal in finding.signals if signal.kind is SignalKind.MISMATCH] == []
    assert finding.evidence


@pytest.mark.parametrize(
    ("text", "code", "quote"),
    [
        pytest.param("The city will spend $6.4 million.", FlagCode.NUMBER_MISMATCH, "$6.2 million", id="figure"),
        pytest.param("“We have fought for this house since 1998.”", FlagCode.QUOTE_ALTERED, "We have waited for this house since 1998", id="quote"),
        pytest.param("Councillor Ellen Brandl waited.", FlagCode.NAME_MISMATCH, "Brandt", id="name"),
    ],
)  # fmt: skip
def test_flags_point_at_what_the_article_has(text: str, code: FlagCode, quote: str) -> None:
    assert quote in pointed_at(check(ENGLISH, text), code)


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        pytest.param("$1.2bn", "en", [(1.2e9, "USD")], id="bn"),
        pytest.param("1,200 people", "en", [(1200, None)], id="thousands"),
        pytest.param("1.200 Menschen", "de", [(1200, None)], id="German thousands"),
        pytest.param("3,4 Prozent", "de", [(3.4, "percent")], id="German decimal"),
        pytest.param("3.5 %", "de", [(3.5, "percent")], id="a decimal point in German"),
        pytest.param("12 500 грн", "uk", [(12500, "UAH")], id="space"),
        pytest.param("1,2 млн грн", "uk", [(1.2e6, "UAH")], id="млн"),
        pytest.param("two hundred and fifty thousand", "en", [(250_000, None)], id="words"),
        pytest.param("two percentage points", "en", [(2, "point")], id="points"),
        pytest.param("7% to 9%", "en", [(7, "percent"), (9, "percent")], id="range with both units"),
        pytest.param("5 to 6 percent", "en", [(5, "percent"), (6, "percent")], id="range with one unit"),
        pytest.param("12,2 statt 11,8 kWh", "de", [(12.2, "kWh"), (11.8, "kWh")], id="instead of"),
        pytest.param("3 men and 5 percent", "en", [(3, None), (5, "percent")], id="no range"),
        pytest.param("a 30-metre pier", "en", [(30, "metre")], id="hyphen"),
        pytest.param("on 2026-11-23", "en", [(2026, None)], id="ISO date"),
        pytest.param("aged 43", "en", [(43, None)], id="age"),
        pytest.param("no figures", "en", [], id="none"),
        pytest.param("9" * 400, "en", [], id="absurd"),
    ],
)
def test_figures(text: str, language: str, expected: list[tuple[float, str | None]]) -> None:
    lex = lexicon(language)
    assert [(f.value, f.unit) for f in find_figures(text, tokenize(text, lex), lex)] == expected


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        pytest.param("on June 24-25", [True, True], id="range"),
        pytest.param("in 2022", [True], id="year"),
        pytest.param("at 9.30 a.m.", [True], id="clock"),
        pytest.param("24 people", [False], id="count"),
        pytest.param("$2000", [False], id="price"),
    ],
)
def test_parts_of_dates_are_told_from_counts(text: str, dates: list[bool]) -> None:
    lex = lexicon("en")
    assert [f.date for f in find_figures(text, tokenize(text, lex), lex)] == dates


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param("The council met Ellen Brandt.", ["Ellen Brandt"], id="inside"),
        pytest.param("Officials met on Monday in March.", [], id="sentence start, day, month"),
        pytest.param("Ellen Brandt spoke to NATO.", ["Ellen Brandt", "NATO"], id="two at the start"),
        pytest.param("He said: “Children came.” Brandt left.", [], id="quotation start"),
        pytest.param("“Yes,” Brandt said.", ["Brandt"], id="behind a quotation"),
        pytest.param("J. K. Marlow, Dr. Ada Vance", ["Marlow", "Dr. Ada Vance"], id="initials and titles"),
    ],
)
def test_names(text: str, names: list[str]) -> None:
    lex = lexicon("en")
    assert [text[n.start : n.end] for n in find_names(text, tokenize(text, lex), lex)] == names


def test_passages_of_every_kind_of_quotation_mark() -> None:
    text = '“one” "two" «three» „four“ „five” it\'s 5" and 6"'
    assert [p.text for p in passages(text)] == ["one", "two", "three", "four", "five"]
    assert all(text[p.start : p.end] == p.text for p in passages(text))


def test_a_fused_statement_finds_its_sentences() -> None:
    finding = check(ENGLISH, "The council voted for a library, and construction may begin in March.")
    numbers = {evidence.sentence for evidence in finding.evidence}
    texts = [ENGLISH.sentence(n).text for n in numbers]
    assert any("voted 9–4" in t for t in texts)
    assert any("may begin in March" in t for t in texts)


def test_folding_keeps_cyrillic_letters_apart() -> None:
    assert (fold("Müller"), fold("Łódź"), fold("Київ"), fold("й")) == ("muller", "łodz", "київ", "й")


def test_reading_is_the_same_for_article_and_statement() -> None:
    read = read_article(ENGLISH)
    again = read_statement(read.sentences[1].text, read.lex)
    assert {token.stem for token in again.content} == read.sentences[1].content
    assert len(again.figures) == len(read.sentences[1].figures)
