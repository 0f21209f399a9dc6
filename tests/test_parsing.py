"""Replies as models send them, each with the rule that takes or refuses it."""

import json

import pytest

from summarizer.parsing import Unparsed, parse_claims, parse_plain_summary, parse_summary

GOOD = {
    "headline": "Bridge approved",
    "sentences": [{"evidence": [2, 1, 2], "text": "The council approved  it."}],
}
CLAIM = {"evidence": [1], "speaker": None, "text": "The council approved the bridge."}


def test_a_good_summary() -> None:
    summary = parse_summary(json.dumps(GOOD)).value
    assert summary.headline is not None
    assert (summary.headline.id, summary.headline.text) == ("h1", "Bridge approved")
    assert summary.headline.cited is None
    assert [(s.id, s.text, s.cited) for s in summary.sentences] == [
        ("s1", "The council approved it.", (2, 1))
    ]


def test_good_claims() -> None:
    claims = parse_claims(
        json.dumps({"claims": [CLAIM, CLAIM | {"speaker": "Ada\nVance", "text": "It may open in May."}]})
    ).value
    assert [(c.id, c.speaker, c.cited) for c in claims] == [("c1", None, (1,)), ("c2", "Ada Vance", (1,))]


def test_an_article_without_claims_is_an_answer() -> None:
    assert parse_claims('{"claims": []}').value == ()


def test_an_entry_repeated_word_for_word_is_dropped() -> None:
    claims = parse_claims(
        json.dumps({"claims": [CLAIM, CLAIM, CLAIM | {"text": "The council approved the tram."}]})
    )
    assert [c.id for c in claims.value] == ["c1", "c2"]
    assert claims.note == "left out: 1 repeated word for word"


TAKEN = [
    pytest.param("```json\n%s\n```", id="code fence"),
    pytest.param("\n  ```\n%s\n```  \n", id="code fence without a language"),
    pytest.param("\n\n%s\n", id="white space around"),
]


@pytest.mark.parametrize("form", TAKEN)
def test_what_is_taken(form: str) -> None:
    assert parse_summary(form % json.dumps(GOOD)).value.text == "The council approved it."


REFUSED = [
    pytest.param("", "empty", id="empty"),
    pytest.param("Sure! The council approved it.", "no JSON", id="prose"),
    pytest.param("<html>Bad gateway</html>", "no JSON", id="html"),
    pytest.param(json.dumps(GOOD)[:-5], "no JSON", id="cut off"),
    pytest.param(json.dumps(GOOD) * 2, "no JSON", id="two objects"),
    pytest.param("[]", "is not of type 'object'", id="a list"),
    pytest.param("null", "is not of type 'object'", id="null"),
    pytest.param('{"headline": "A b c", "headline": "D e f", "sentences": []}', "twice", id="a key twice"),
    pytest.param('{"headline": NaN, "sentences": []}', "NaN", id="NaN"),
    pytest.param('{"headline": -Infinity, "sentences": []}', "Infinity", id="infinity"),
    pytest.param("[" * 100_000, "", id="deep nesting"),
    pytest.param('{"headline": ' + "9" * 5000 + ', "sentences": []}', "", id="a huge number"),
    pytest.param('{"headline": "\\ud800 x", "sentences": []}', "surrogate", id="a lone surrogate"),
    pytest.param(json.dumps(GOOD | {"extra": 1}), "extra", id="an unknown field"),
    pytest.param(json.dumps(GOOD | {"sentences": []}), "sentences", id="no sentences"),
    pytest.param(
        json.dumps(GOOD | {"sentences": [{"evidence": [], "text": "The council approved it."}]}), "evidence", id="no evidence"
    ),
    pytest.param(
        json.dumps(GOOD | {"sentences": [{"evidence": ["1"], "text": "The council approved it."}]}), "integer", id="a number as text"
    ),
    pytest.param(
        json.dumps(GOOD | {"sentences": [{"evidence": [1.5], "text": "The council approved it."}]}), "integer", id="half a number"
    ),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "problem"), REFUSED)
def test_what_is_refused_and_why(raw: str, problem: str) -> None:
    with pytest.raises(Unparsed) as caught:
        parse_summary(raw)
    assert problem in str(caught.value)
    assert caught.value.problems


@pytest.mark.parametrize(
    ("raw", "sentences"),
    [
        pytest.param("It rained. It poured.", ["It rained.", "It poured."], id="plain"),
        pytest.param("Here is a summary in 2 sentences:\n\nIt rained. It poured.", ["It rained.", "It poured."], id="lead-in"),
        pytest.param("Sure! It rained all day.", ["It rained all day."], id="chat"),
        pytest.param("1. It rained all day.\n2. It poured.", ["It rained all day.", "It poured."], id="numbered"),
        pytest.param("- It rained all day.\n- It poured.", ["It rained all day.", "It poured."], id="bullets"),
        pytest.param("**It rained** all day.", ["It rained all day."], id="bold"),
        pytest.param("It rained all day. It rained all day. It poured.", ["It rained all day.", "It poured."], id="loop"),
        pytest.param("Dr. J. K. Vance of the U.S. said so.", ["Dr. J. K. Vance of the U.S. said so."], id="abbreviations"),
    ],
)  # fmt: skip
def test_plain_summaries(raw: str, sentences: list[str]) -> None:
    summary = parse_plain_summary(raw, language="en", count=6, cut_off=False).value
    assert [s.text for s in summary.sentences] == sentences
    assert [s.id for s in summary.sentences] == [f"s{n}" for n in range(1, len(sentences) + 1)]
    assert all(s.cited is None for s in summary.sentences)
    assert summary.headline is None


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        pytest.param("", "no whole sentence", id="empty"),
        pytest.param("*** 123 ...", "no whole sentence", id="no letters"),
        pytest.param("word " * 300, "long", id="one endless sentence"),
        pytest.param("Yes. It is \ud800 so.", "surrogate", id="a lone surrogate"),
    ],
)
def test_plain_text_that_is_no_summary(raw: str, problem: str) -> None:
    with pytest.raises(Unparsed) as caught:
        parse_plain_summary(raw, language="en", count=6, cut_off=False)
    assert problem in str(caught.value)


def test_a_model_that_does_not_stop_is_cut_and_it_is_said() -> None:
    parsed = parse_plain_summary(
        "It rained. It poured. It snowed. It froze.", language="en", count=2, cut_off=False
    )
    assert parsed.value.text == "It rained. It poured."
    assert parsed.note == "left out: what the model wrote after 2 sentences (2 more)"


def test_a_cut_off_reply_is_of_use_when_enough_of_it_is_whole() -> None:
    parsed = parse_plain_summary("It rained. It poured. It sno", language="en", count=2, cut_off=True)
    assert parsed.value.text == "It rained. It poured."
    assert parsed.complete
    short = parse_plain_summary("It rained. It pou", language="en", count=2, cut_off=True)
    assert (short.value.text, short.complete) == ("It rained.", False)
    assert short.note == "cut off after 1 whole sentences of 2"
    with pytest.raises(Unparsed, match="no whole sentence"):
        parse_plain_summary("It rai", language="en", count=2, cut_off=True)
