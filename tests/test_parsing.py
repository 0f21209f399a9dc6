"""The rules of parsing that a sample file cannot show: every form, no crash, no endless work."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from summarizer import schemas
from summarizer.parsing import (
    Expected,
    Parsed,
    Unparsed,
    parse_claims,
    parse_plain_summary,
    parse_summary,
    parse_verdicts,
)
from summarizer.report import Summary

EN = Expected("en", 6)
TEXT = "The council approved the bridge."
GOOD = {"headline": "Bridge approved", "sentences": [{"evidence": [2, 1, 2], "text": "The council approved  it."}]}  # fmt: skip
CLAIM = {"evidence": [1], "speaker": None, "text": TEXT}
VERDICT = {"id": "a", "evidence": [1], "verdict": "supported", "reason": "Sentence 1 says so."}

PARSERS: dict[str, Callable[[str], Parsed[Any]]] = {
    "summary": lambda raw: parse_summary(raw, EN),
    "claims": lambda raw: parse_claims(raw, EN),
    "verdicts": lambda raw: parse_verdicts(raw, ["a"]),
    "plain": lambda raw: parse_plain_summary(raw, EN, cut_off=False),
    "plain, cut off": lambda raw: parse_plain_summary(raw, EN, cut_off=True),
}


def claims_of(**changed: object) -> str:
    return json.dumps({"claims": [CLAIM | changed]})


def problems(parse: Callable[[], object]) -> list[str]:
    with pytest.raises(Unparsed) as caught:
        parse()
    return caught.value.problems


def test_a_good_summary() -> None:
    parsed = parse_summary(json.dumps(GOOD), EN)
    summary = parsed.value
    assert summary.headline is not None
    assert (summary.headline.id, summary.headline.text) == ("h1", "Bridge approved")
    assert summary.headline.cited is None
    assert [(s.id, s.text, s.cited) for s in summary.sentences] == [
        ("s1", "The council approved it.", (2, 1))
    ]
    assert (parsed.note, parsed.complete, parsed.wishes) == (None, True, ())


def test_good_claims() -> None:
    other = CLAIM | {"speaker": "Ada\nVance", "text": "It may open in May."}
    claims = parse_claims(json.dumps({"claims": [CLAIM, other]}), EN).value
    assert [(c.id, c.speaker, c.cited) for c in claims] == [("c1", None, (1,)), ("c2", "Ada Vance", (1,))]


@pytest.mark.parametrize(
    "form",
    [
        pytest.param("%s", id="bare"),
        pytest.param("```json\n%s\n```", id="code fence"),
        pytest.param("\n  ```\n%s\n```  \n", id="code fence without a language"),
        pytest.param("```json %s", id="code fence never closed"),
        pytest.param("<think>a {b} [c]</think>%s", id="reasoning"),
        pytest.param("[THINK]{[/THINK]%s", id="reasoning in another notation"),
        pytest.param("<think>x <think>y</think> {</think>\n%s", id="reasoning in reasoning"),
        pytest.param("<think>a</think>%s<Thinking >b</THINKING>", id="several blocks"),
        pytest.param("so: {\"headline\"</think>%s", id="a closing tag alone"),
        pytest.param('"We [1] said {so}": %s', id="brackets and quotation marks in prose"),
        pytest.param('{"answer": %s}', id="one wrapping key"),
        pytest.param('{"summary": %s}', id="a wrapping key of any name"),
        pytest.param("[%s]", id="a list of it"),
        pytest.param('{"result": [%s]}', id="a list of it under a wrapping key"),
        pytest.param("[] {} %s {}", id="empty values beside it"),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    ("task", "good"),
    [
        pytest.param("summary", GOOD, id="summary"),
        pytest.param("claims", {"claims": [CLAIM]}, id="claims"),
        pytest.param("verdicts", {"verdicts": [VERDICT]}, id="verdicts"),
    ],
)
def test_what_stands_around_is_taken_off(form: str, task: str, good: object) -> None:
    assert PARSERS[task](form % json.dumps(good)).value == PARSERS[task](json.dumps(good)).value


@pytest.mark.parametrize(
    ("evidence", "cited"),
    [
        pytest.param("3", (3,), id="a text"),
        pytest.param(["3"], (3,), id="a text in a list"),
        pytest.param(3, (3,), id="a number"),
        pytest.param([3.0], (3,), id="a float without fraction"),
        pytest.param("[3]", (3,), id="a list as text"),
        pytest.param(" 3, 4 ", (3, 4), id="two as text"),
        pytest.param("[3,4]", (3, 4), id="a list of two as text"),
        pytest.param(["[3]", 4], (3, 4), id="a mixed list"),
        pytest.param([3, 3, "3"], (3,), id="one three times"),
        pytest.param([1_000_000], (1_000_000,), id="the highest"),
    ],
)
def test_evidence_that_has_one_reading(evidence: object, cited: tuple[int, ...]) -> None:
    assert parse_claims(claims_of(evidence=evidence), EN).value[0].cited == cited


@pytest.mark.parametrize(
    "evidence",
    [
        pytest.param(None, id="null"),
        pytest.param(True, id="true"),
        pytest.param([False], id="false in a list"),
        pytest.param([], id="none"),
        pytest.param("", id="an empty text"),
        pytest.param("3,4", id="two, or a decimal"),
        pytest.param("1,340", id="a thousand, or two"),
        pytest.param("3-5", id="a range"),
        pytest.param("sentence 3", id="words"),
        pytest.param("٣", id="another script's figure"),
        pytest.param(3.5, id="half a number"),
        pytest.param([0], id="zero"),
        pytest.param([-1], id="below zero"),
        pytest.param([1_000_001], id="too high"),
        pytest.param([1e300], id="a float of 300 digits"),
        pytest.param(["9" * 4000], id="a text of 4000 digits"),
        pytest.param([[3]], id="a list in a list"),
        pytest.param({"sentence": 3}, id="an object"),
        pytest.param([1] * 1001, id="no end of them"),
    ],
)
def test_evidence_that_is_none(evidence: object) -> None:
    (problem,) = problems(lambda: parse_claims(claims_of(evidence=evidence), EN))
    assert problem.startswith("claim 1 cites ")


@pytest.mark.parametrize(
    ("speaker", "read"),
    [
        pytest.param("", None, id="empty"),
        pytest.param("  ", None, id="blank"),
        pytest.param("NULL", None, id="null as text"),
        pytest.param("None", None, id="none"),
        pytest.param("unknown", None, id="unknown"),
        pytest.param("n/a", None, id="not applicable"),
        pytest.param("Na Li", "Na Li", id="a name"),
        pytest.param("The unknown soldier", "The unknown soldier", id="the word inside a name"),
    ],
)
def test_speakers(speaker: str, read: str | None) -> None:
    assert parse_claims(claims_of(speaker=speaker), EN).value[0].speaker == read


def test_a_speaker_as_long_as_the_schema_allows_was_cut() -> None:
    raw = json.dumps({"claims": [CLAIM, CLAIM | {"text": "It may open in May.", "speaker": "x " * 60}]})
    parsed = parse_claims(raw, EN)
    assert [claim.text for claim in parsed.value] == [TEXT]
    assert not parsed.complete
    assert parsed.wishes == ("claim 2 has a speaker of 120 characters or more; write the name alone",)


def test_problems_of_many_entries_are_bounded() -> None:
    found = problems(lambda: parse_claims(json.dumps({"claims": [1] * 900}), EN))
    assert len(found) == 26
    assert found[-1] == "and 875 more problems"
    assert problems(lambda: parse_claims(json.dumps({"claims": [1] * 1001}), EN)) == ['"claims" has 1001 entries']  # fmt: skip


def test_several_values_of_which_none_is_an_answer() -> None:
    raw = '{"a": 1} {"claims": 3} {"b": 2}'
    assert problems(lambda: parse_claims(raw, EN)) == ['"claims" is a number and not a list']
    assert problems(lambda: parse_claims("{} " * 60, EN)) == ["the reply holds more than 50 JSON values; give one"]  # fmt: skip


# --- nothing but Unparsed, and soon -----------------------------------------------------------


def check(task: str, raw: str) -> None:
    """Whatever came: data that fit the schema and can be written anywhere, or sentences about it."""
    try:
        parsed = PARSERS[task](raw)
    except Unparsed as error:
        assert error.problems
        assert all(problem.isprintable() and len(problem) < 300 for problem in error.problems)
        return
    said = [parsed.note or "", *parsed.wishes]
    if isinstance(parsed.value, Summary):
        headline = parsed.value.headline.text if parsed.value.headline else None
        entries = [{"evidence": list(s.cited or (1,)), "text": s.text} for s in parsed.value.sentences]
        assert schemas.violations("summary", {"headline": headline, "sentences": entries}) == []
        said += [headline or "", *(entry["text"] for entry in entries)]
    else:
        assert parsed.value
        said += [entry.reason if task == "verdicts" else entry.text for entry in parsed.value]
    for text in said:
        text.encode()
        assert "\n" not in text
        assert "\x00" not in text


REPLIES = [json.dumps(GOOD), json.dumps({"claims": [CLAIM, CLAIM]}), json.dumps({"verdicts": [VERDICT]}), f"Sure: {TEXT}"]  # fmt: skip
PIECES = ["{", "}", "[", "]", '"', "\\", ",", ":", "<think>", "</think>", "```", "NaN", "1e999", "\\ud800", "\x00", "null", "-", "\n", "'", "\u202e"]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(raw=st.text(), task=st.sampled_from(sorted(PARSERS)))
def test_any_text_is_an_answer_or_unparsed(raw: str, task: str) -> None:
    check(task, raw)


@settings(max_examples=500, deadline=None)
@given(data=st.data(), task=st.sampled_from(sorted(PARSERS)))
def test_a_mutated_reply_is_an_answer_or_unparsed(data: st.DataObject, task: str) -> None:
    raw = data.draw(st.sampled_from(REPLIES))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(raw)))
        end = data.draw(st.integers(start, min(len(raw), start + 12)))
        raw = raw[:start] + data.draw(st.sampled_from([*PIECES, raw[start:end] * 2, ""])) + raw[end:]
    check(task, raw)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["claims", "sentences", "headline", "verdicts", "evidence", "text", "speaker", "id", "x"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(value=json_values, task=st.sampled_from(sorted(PARSERS)))
def test_any_json_is_an_answer_or_unparsed(value: object, task: str) -> None:
    check(task, json.dumps(value))


MEGABYTE = 1_000_000
HEAVY = [
    pytest.param("[" * MEGABYTE, id="opening brackets"),
    pytest.param("{" * MEGABYTE, id="opening braces"),
    pytest.param('{"' * (MEGABYTE // 2), id="objects never closed"),
    pytest.param('{"a":' * (MEGABYTE // 5), id="objects in objects"),
    pytest.param('{"a":"' + '\\"' * (MEGABYTE // 2), id="a string never closed"),
    pytest.param("```" * (MEGABYTE // 3), id="code fences"),
    pytest.param("<think>" * (MEGABYTE // 7), id="opening tags"),
    pytest.param("</think>" * (MEGABYTE // 8), id="closing tags"),
    pytest.param('<think>{"a":1}' * (MEGABYTE // 14), id="tags and objects"),
    pytest.param("[]" * (MEGABYTE // 2), id="empty lists"),
    pytest.param("[" + "[]," * (MEGABYTE // 3) + "]", id="a list of empty lists"),
    pytest.param('{"claims":[' + ", " * (MEGABYTE // 2) + "]}", id="commas"),
    pytest.param('{"claims":[' + "1," * (MEGABYTE // 2) + "]}", id="entries"),
    pytest.param("{" + " " * MEGABYTE, id="white space"),
    pytest.param("a" + "\n" * MEGABYTE + "b", id="empty lines"),
    pytest.param("Dr. " * (MEGABYTE // 4), id="abbreviations"),
    pytest.param("“" * MEGABYTE, id="opening quotation marks"),
    pytest.param("a" + "\u0300\u0316" * (MEGABYTE // 2), id="combining marks"),
    pytest.param(json.dumps({"claims": [CLAIM | {"text": "a" + "\u0300\u0316" * 500_000}]}, ensure_ascii=False), id="combining marks in a claim"),
    pytest.param(json.dumps(GOOD | {"headline": "a" + "\u0300\u0316" * 500_000}, ensure_ascii=False), id="combining marks in a headline"),
    pytest.param(json.dumps({"verdicts": [VERDICT | {"reason": "a" + "\u0300\u0316" * 500_000}]}, ensure_ascii=False), id="combining marks in a reason"),
    pytest.param('{"claims": ' + "9" * MEGABYTE + "}", id="digits"),
]  # fmt: skip


@pytest.mark.parametrize("raw", HEAVY)
def test_a_megabyte_is_read_in_one_pass(raw: str) -> None:
    # Each took under 0.4 s when this was written; what grows with the square of the length takes minutes.
    # Processor time: a busy machine does not count.
    for task in ("summary", "claims", "verdicts", "plain"):
        started = time.process_time()
        check(task, raw)
        assert time.process_time() - started < 8, task
