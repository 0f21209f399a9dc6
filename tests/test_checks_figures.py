"""Figures as they are written in six languages, and what counts as the same figure."""

import pytest

from summarizer import check_statements
from summarizer.article import Article
from summarizer.checks.figures import find_figures
from summarizer.checks.text import lexicon, tokenize
from summarizer.report import SignalKind


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        pytest.param("en", "two and a half million people", [(2_500_000, None)], id="and a half"),
        pytest.param("en", "a million dollars", [(1_000_000, "USD")], id="a million"),
        pytest.param("en", "twenty-five, thirty", [(25, None), (30, None)], id="a comma divides"),
        pytest.param("en", "25 per cent", [(25, "percent")], id="unit of two words"),
        pytest.param("en", "a quarter of them", [(25, "percent")], id="a fraction"),
        pytest.param("en", "four in ten drivers", [(40, "percent")], id="four in ten"),
        pytest.param("en", "the second half of the match", [(2, None)], id="a half that is no fraction"),
        pytest.param("en", "half a dozen eggs", [(6, None)], id="half a dozen"),
        pytest.param("en", "$5m and 20p", [(5_000_000, "USD"), (20, "pence")], id="letters"),
        pytest.param("de", "ein zweitägiger Streik", [(2, "day")], id="German compound"),
        pytest.param("de", "von 9,6 auf 12,3 Mio. Euro", [(9_600_000, "EUR"), (12_300_000, "EUR")], id="shared"),
        pytest.param("de", "zweieinhalb Millionen Euro", [(2_500_000, "EUR")], id="German half"),
        pytest.param("es", "146 millones de euros", [(146_000_000, "EUR")], id="a word between"),
        pytest.param("es", "dos millones y medio de euros", [(2_500_000, "EUR")], id="Spanish half"),
        pytest.param("es", "uno de cada ocho puestos", [(12.5, "percent")], id="one in eight"),
        pytest.param("fr", "quatre-vingt-dix personnes", [(90, None)], id="French ninety"),
        pytest.param("fr", "deux mille cinq cents", [(2_500, None)], id="French hundreds"),
        pytest.param("pl", "pół tuzina jaj, dwudniowy strajk", [(6, None), (2, "day")], id="Polish"),
        pytest.param("uk", "пʼятиденний страйк, пів години", [(5, "day"), (0.5, "hour")], id="Ukrainian"),
        pytest.param("uk", "2,86 млрд грн", [(2_860_000_000, "UAH")], id="Ukrainian billions"),
    ],
)  # fmt: skip
def test_figures_are_read(code: str, text: str, expected: list[tuple[float, str | None]]) -> None:
    lex = lexicon(code)
    found = find_figures(text, tokenize(text, lex), lex)
    assert [(figure.value, figure.unit) for figure in found] == expected


@pytest.mark.parametrize(
    ("code", "text", "rate"),
    [
        pytest.param("en", "£38 a month", "month", id="a month"),
        pytest.param("en", "£38 more", None, id="none"),
        pytest.param("de", "280 Euro im Monat", "month", id="German"),
        pytest.param("es", "90 millones de euros al año", "year", id="Spanish"),
        pytest.param("uk", "15 грн на місяць", "month", id="Ukrainian"),
    ],
)
def test_rates_are_read(code: str, text: str, rate: str | None) -> None:
    lex = lexicon(code)
    assert [figure.rate for figure in find_figures(text, tokenize(text, lex), lex)] == [rate]


ARTICLE = Article.from_text(
    "The new line is 6.2 kilometres long. Shares in the operator fell to 712 pence. The pass costs £38 a month. "
    "Of the 110 seats, 39 went to the Union, 34 to the Democrats and twelve to the Greens. Turnout rose to 68.2 "
    "percent from 63.7 percent. Low-cost tickets made up 11 percent of sales, up 3 percentage points in two years. "
    "The state paid £1.9 billion for the tunnel and the bank another £600 million. Two of the seven pumps failed. "
    "The trip takes 41 minutes by bus. The operator was founded in 1998. Orders stood at £4.2 billion at the end of "
    "June, compared with £3.6 billion in January. Rain fell: 118 litres per square metre. It was the third flood in "
    "the valley.",
    title="Figures",
    published="2026-11-12",
    language="en",
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("The new line measures 6,200 metres.", [], id="metres for kilometres"),
        pytest.param("The new line measures 6.2 metres.", ["unit_mismatch"], id="another unit of the kind"),
        pytest.param("After the fall a share in the operator was worth £7.12.", [], id="pounds for pence"),
        pytest.param("The pass costs £38 a week.", ["unit_mismatch"], id="another rate"),
        pytest.param("The pass costs £456 a year.", [], id="a rate worked out"),
        pytest.param("Democrats and Greens together hold 46 of the 110 seats.", [], id="a sum of two in a list"),
        pytest.param("The Union won 41 of the 110 seats.", ["number_mismatch"], id="no sum"),
        pytest.param("Turnout was 4.5 points higher, at 68.2 percent.", [], id="points"),
        pytest.param("Turnout rose by 4.5 percent to 68.2 percent.", ["unit_mismatch"], id="points as per cent"),
        pytest.param("State and bank paid £2.5 billion for the tunnel.", [], id="a sum of money"),
        pytest.param("Five of the seven pumps worked.", [], id="the rest"),
        pytest.param("The operator was founded 28 years ago.", [], id="years between dates"),
        pytest.param("Orders have swelled by £600 million since January.", [], id="a difference of billions"),
        pytest.param("Orders stood at £4.2 million at the end of June.", ["unit_mismatch"], id="magnitude"),
        pytest.param("In all 118 millimetres of rain fell.", [], id="rain"),
        pytest.param("It was the fourth flood in the valley.", ["number_mismatch"], id="a place in an order"),
        pytest.param("It was the third flood in the valley.", [], id="the same place"),
    ],
)  # fmt: skip
def test_figures_of_statements(text: str, expected: list[str]) -> None:
    signals = check_statements(ARTICLE, [text])[0].signals
    assert [
        str(s.code) for s in signals if s.check == "numbers" and s.kind is SignalKind.MISMATCH
    ] == expected


BOUND = Article.from_text(
    "The government has agreed to pay £110 million. The council is to contribute £46 million, and the remaining £28 "
    "million would come from a levy on large employers. In the 25 shelters 1,840 people were fed. Ice broke 340 "
    "pylons. The profit came to $41.3 million, down from $60.5 million a year earlier. Of the 11 members of the board, "
    "eight voted for Ruiz. In the class group 27 percent had a fall, against 36 percent in the leaflet group.",
    title="Figures of several things",
    language="en",
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("A levy on employers is to bring in £46 million.", ["figure_misbound"], id="its neighbour's"),
        pytest.param("A levy on employers is to bring in £28 million.", [], id="its own"),
        pytest.param("In the shelters 340 people were fed.", ["figure_misbound"], id="of another thing"),
        pytest.param("The profit came to $60.5 million, down from $41.3 million.", ["figure_misbound"], id="exchanged"),
        pytest.param("The profit came to $60.5 million.", ["figure_misbound"], id="the former value as the present one"),
        pytest.param("A year earlier the profit was $60.5 million.", [], id="the former value as such"),
        pytest.param("Eight of the eleven board members voted for Ruiz.", [], id="part and whole"),
        pytest.param("In the leaflet group 36 percent had a fall.", [], id="rows kept"),
    ],
)  # fmt: skip
def test_figures_of_the_wrong_thing(text: str, expected: list[str]) -> None:
    signals = check_statements(BOUND, [text])[0].signals
    assert [
        str(s.code) for s in signals if s.check == "binding" and s.kind is SignalKind.MISMATCH
    ] == expected


DATED = Article.from_text(
    "Councillors will decide on the parking charges by 30 November. The swimming pool in Westgate will reopen on 7 "
    "December, a week later than planned. The meeting began at 10:00, half an hour late. The fire was seen on 26 "
    "February; the mayor heard of it two days later. She studied in Lisbon from 2004 to 2007. The classes were led by "
    "physiotherapists in the first six months and by volunteers after that. The group sold its valve business in "
    "April; a month later it bought the sensor maker Coldwater.",
    title="Dates",
    published="2026-11-12",
    language="en",
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("The swimming pool reopens on 30 November.", ["date_mismatch"], id="another thing's date"),
        pytest.param("The swimming pool reopens on 7 December.", [], id="its own date"),
        pytest.param("The meeting was to begin at 9:30.", [], id="a time worked out"),
        pytest.param("The mayor learned of the fire on 28 February.", [], id="a day counted from another"),
        pytest.param("She studied in Lisbon in the 2000s.", [], id="a decade"),
        pytest.param("She studied in Lisbon in the 1990s.", ["date_mismatch"], id="another decade"),
        pytest.param("Volunteers came before physiotherapists took over.", ["order_mismatch"], id="closing words"),
        pytest.param("Physiotherapists came before volunteers took over.", [], id="closing words, right"),
        pytest.param(
            "The group bought Coldwater before it sold its valve business.", ["order_mismatch"], id="a month later"
        ),
    ],
)  # fmt: skip
def test_dates_and_order(text: str, expected: list[str]) -> None:
    signals = check_statements(DATED, [text])[0].signals
    found = [s for s in signals if s.check in ("dates", "order") and s.kind is SignalKind.MISMATCH]
    assert [str(s.code) for s in found] == expected
