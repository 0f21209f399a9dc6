"""Every file in fixtures/replies and what has to come of it. A file without a row is a failure."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from summarizer.article import Article
from summarizer.checker import check_statements
from summarizer.flags import FlagCode
from summarizer.parsing import (
    Expected,
    Parsed,
    Unparsed,
    parse_claims,
    parse_plain_summary,
    parse_summary,
    parse_verdicts,
)
from summarizer.report import Claim, Statement, StatementKind, Summary, Verdict
from summarizer.sources import read_article
from tests.groups import ROOT

FOLDER = ROOT / "fixtures" / "replies"
ASKED = ["a", "b", "c"]  # the statements that a judge was asked about
BANNED = ("slammed", "slams")
EN, DE = Expected("en", 3, BANNED), Expected("de", 2)

PARSERS: dict[str, Callable[[str, Expected, bool], Parsed[Any]]] = {
    "summary": lambda raw, expected, cut: parse_summary(raw, expected),
    "claims": lambda raw, expected, cut: parse_claims(raw, expected),
    "verdicts": lambda raw, expected, cut: parse_verdicts(raw, ASKED),
    "plain": lambda raw, expected, cut: parse_plain_summary(raw, expected, cut_off=cut),
}


def read(name: str) -> str:
    """As it came, line ends and all."""
    return (FOLDER / f"{name}.txt").read_bytes().decode("utf-8")


def parse(name: str, expected: Expected = EN, *, cut_off: bool = False) -> Parsed[Any]:
    """By the parser that the file's name says."""
    return PARSERS[name.split("-")[1]](read(name), expected, cut_off)


def texts(value: object) -> list[str]:
    if isinstance(value, Summary):
        return [sentence.text for sentence in value.sentences]
    assert isinstance(value, tuple)
    return [
        entry.text if isinstance(entry, Claim) else f"{entry.id} {entry.verdict.value}" for entry in value
    ]


@dataclass(frozen=True)
class Taken:
    """``texts``: how each entry begins. ``note`` and ``wishes`` are exact."""

    name: str
    texts: tuple[str, ...]
    note: str | None = None
    wishes: tuple[str, ...] = ()
    complete: bool = True
    expected: Expected = EN
    cut_off: bool = False


VOTE, COST, BRAND = (
    "Lindholm's city council voted",
    "The bridge is now expected",
    "Councillor Helen Brand voted",
)
SUMMARY = (VOTE, COST, BRAND)
OVERRUN, STOPPING = "The overrun of the Harbour Bridge", "Stopping work on"
CLAIMS = (VOTE, OVERRUN, STOPPING)
VERDICTS = ("a supported", "b contradicted", "c not_in_article")
PLAIN = ("The council of Lindholm voted", "Its cost has risen", "It may open")
AROUND = "left out: words around the answer"
CUT = "left out: 1 cut off or too long"
LOOP = ("most entries repeat each other; write each thing once",)
IN_GERMAN = ("write in German, the article's language: the answer is in English",)

TAKEN = [
    # as asked for
    Taken("hand-summary-good", SUMMARY),
    Taken("hand-claims-good", CLAIMS),
    Taken("hand-verdicts-good", VERDICTS),
    # round the answer
    Taken("hand-summary-fenced", SUMMARY),
    Taken("hand-claims-fenced-in-prose", CLAIMS, AROUND),
    Taken("hand-summary-reasoning", SUMMARY),
    Taken("hand-claims-reasoning-with-draft", CLAIMS),
    Taken("hand-summary-reasoning-never-opened", SUMMARY),
    Taken("hand-claims-reasoning-words-in-a-text", ("The report prints the words <think> and </think> beside",)),
    Taken("hand-summary-words-around", SUMMARY, AROUND),
    Taken("hand-summary-byte-order-mark", SUMMARY),
    Taken("hand-summary-encoded-twice", SUMMARY),
    Taken("hand-summary-wrapped", SUMMARY),
    Taken("hand-claims-wrapped-list", CLAIMS),
    Taken("hand-summary-in-a-list", SUMMARY),
    Taken("hand-claims-bare-list", CLAIMS),
    Taken("hand-claims-form-echoed", CLAIMS, f"left out: 1 other JSON value; {AROUND}"),
    Taken("hand-summary-same-answer-twice", SUMMARY, "the same answer came 2 times"),
    Taken("hand-summary-same-answer-until-cut", SUMMARY, "the same answer came 2 times"),
    # how it is written
    Taken("hand-claims-trailing-commas", ("The council voted 9–4, after a debate (,] and all,}, on", "The overrun amounts")),
    Taken("hand-claims-raw-line-breaks", ("The council voted 9–4 to release a further $6.2 million.",)),
    Taken("hand-claims-control-characters", ("The council voted[31m 9–4 on Wednesday night.",)),
    Taken("hand-claims-unknown-keys", CLAIMS[:2], "left out: unknown keys “article”, “confidence”, “type”"),
    Taken("hand-claims-evidence-in-other-forms", (*CLAIMS, "The 412-metre", "The report now", "The summer's")),
    Taken("hand-claims-evidence-that-does-not-exist", CLAIMS[:2]),
    Taken("hand-claims-too-many-cited", CLAIMS[:1], "left out: evidence beyond what an entry may cite"),
    Taken("hand-claims-speaker-nobody", (*CLAIMS, "Tests on Pier", "Property taxes")),
    Taken("hand-summary-no-headline", SUMMARY[:2], "there is no headline"),
    Taken("hand-verdicts-labels-spelled-otherwise", VERDICTS),
    Taken("hand-verdicts-reason-endless", VERDICTS, "verdict 3: its reason was shortened"),
    # too much, too little
    Taken("hand-summary-more-than-asked", SUMMARY, "left out: what the model wrote after 3 sentences (2 more)"),
    Taken("hand-claims-more-than-asked", (*CLAIMS, "Tests on Pier")),
    Taken("hand-claims-one-repeated", CLAIMS, "left out: 1 repeated word for word"),
    Taken("qwen-claims-line-before-a-list", ("The company lowered", "Revenue rose to", "The company now", "Revenue: €212.4", "Operating profit:"), "left out: 1 that lead to a list or ask, and are no claims"),
    Taken("hand-claims-loop", CLAIMS[:2], "left out: 8 repeated word for word (a loop)", LOOP),
    Taken("hand-summary-loop", SUMMARY[:1], "left out: 2 repeated word for word (a loop)", LOOP),
    Taken("hand-verdicts-repeated", VERDICTS, "left out: 3 repeated word for word"),
    Taken("hand-claims-cut-at-the-bound", (VOTE, STOPPING), CUT, ("claim 2 was cut off at 400 characters; write it shorter",), complete=False),
    Taken("hand-claims-longer-than-the-bound", (VOTE,), CUT, ("claim 2 is longer than 400 characters; write it shorter",), complete=False),
    Taken("hand-claims-ended-at-a-quote", (VOTE,), CUT, ("claim 2 breaks off in mid-sentence; write it whole, without quotation marks",), complete=False),
    Taken("hand-summary-headline-cut", SUMMARY[:1], CUT, ("the headline has 160 characters or more; write it shorter",), complete=False),
    Taken("hand-summary-cut-beyond-the-count", SUMMARY, "left out: what the model wrote after 3 sentences (1 more)"),
    # words
    Taken("hand-summary-english-for-german", ("The utility", "It set up"), None, IN_GERMAN, expected=DE),
    Taken("hand-summary-one-sentence-of-two-in-english", ("Die Stadtwerke", "They set up"), None, ("write in German, the article's language: sentence 2 is in English",), expected=DE),
    Taken("hand-summary-foreign-names-and-quote", ("Stadtwerke Hohenlauen GmbH raised", "Katrin Voigt")),
    Taken("hand-summary-banned-words", ("Councillor Helen Brand SLAMMED", COST), "uses words that the house does not print: “slams”, “slammed”", ("the headline: do not use “slams”", "sentence 1: do not use “slammed”")),
    # plain text
    Taken("hand-plain-lead-in", PLAIN),
    Taken("hand-plain-numbered", PLAIN),
    Taken("hand-plain-fenced", PLAIN),
    Taken("hand-plain-reasoning", PLAIN, "left out: the model's reasoning"),
    Taken("hand-plain-loop", PLAIN[:2], "left out: 5 repeated word for word (a loop)", LOOP),
    Taken("hand-plain-goes-on", PLAIN, "left out: 1 too long or too short for a sentence; left out: what the model wrote after 3 sentences (2 more)"),
    Taken("hand-plain-english-for-german", ("The utility", "It lowers"), None, IN_GERMAN, expected=DE),
    # from real models
    Taken("qwen-summary-fenced", (VOTE, "The vote covers only part"), AROUND),
    Taken("qwen-summary-english-of-german", ("The city's gas prices", "A household with a gas"), None, IN_GERMAN, expected=DE),
    Taken("qwen-claims-too-many-cited", ("The city council voted 9–4", "The vote covers only part")),
    Taken("qwen-claims-ended-at-a-quote", ("Revenue rose", "The orders are there", "Tariffs cost", "The board is expected"), CUT, ("claim 4 breaks off in mid-sentence; write it whole, without quotation marks",), complete=False),
    Taken("smollm2-plain-loop-cut", ("Three zones in Wexmorland", "The order covers Zone 1", "People in Zone 3"), "left out: 6 repeated word for word (a loop); left out: what the model wrote after 3 sentences (2 more)", cut_off=True),
]  # fmt: skip


@pytest.mark.parametrize("row", [pytest.param(row, id=row.name) for row in TAKEN])
def test_replies_that_are_taken(row: Taken) -> None:
    parsed = parse(row.name, row.expected, cut_off=row.cut_off)
    found = texts(parsed.value)
    assert len(found) == len(row.texts)
    assert all(text.startswith(beginning) for text, beginning in zip(found, row.texts, strict=True))
    assert (parsed.note, parsed.wishes, parsed.complete) == (row.note, row.wishes, row.complete)


@dataclass(frozen=True)
class Refused:
    """``problems``: how each begins, all of them, in order."""

    name: str
    problems: tuple[str, ...]
    cut_off: bool = False


NO_JSON, BREAKS_OFF = "the reply holds no JSON object", "the reply is no JSON: it breaks off"
ONLY_REASONING = "the reply is only reasoning"
MID_SENTENCE = "breaks off in mid-sentence; write it whole"

REFUSED = [
    # no answer in it
    Refused("hand-claims-declined", (NO_JSON,)),
    Refused("hand-claims-reasoning-cut", (ONLY_REASONING,)),
    Refused("hand-claims-half", (BREAKS_OFF,)),
    Refused("hand-claims-none", ("no claim came; list what the article asserts, at least one and at most 3",)),
    Refused("hand-summary-no-sentences", ("the summary has no sentence",)),
    Refused("hand-claims-every-one-cut", ("claim 1 was cut off at 400 characters", "claim 2 was cut off at 400 characters")),
    # two readings
    Refused("hand-summary-two-answers", ("the reply holds different answers",)),
    Refused("hand-summary-second-answer-cut", ("after an answer another one begins and breaks off",)),
    Refused("hand-summary-key-twice", ("the key “text” stands twice", "the key “headline” stands twice")),
    # no JSON
    Refused("hand-summary-nan", ("NaN is no JSON value", "-Infinity is no JSON value")),
    Refused("hand-claims-infinity-in-unknown-key", ("Infinity is no JSON value",)),
    Refused("hand-claims-lone-surrogate", ("the reply holds a lone surrogate",)),
    Refused("hand-claims-nested-deeply", ("the reply is nested too deeply",)),
    Refused("hand-summary-python-literal", ("the reply is no JSON: Expecting property name",)),
    Refused("hand-claims-comma-missing", ("the reply is no JSON: Expecting ',' delimiter",)),
    Refused("hand-claims-commas-without-values", ("the reply is no JSON: Expecting value",)),
    # not what was asked for
    Refused("hand-claims-huge-numbers", ("the number “999999999999…” has 5000 digits", "the number “1e999” is too large", "claim 2 cites “1e+300”", "claim 4 cites “2000000”")),
    Refused("hand-claims-truth-values-as-numbers", ("claim 1 cites true or false", "claim 1 has true or false as its speaker")),
    Refused(
        "hand-claims-wrong-in-many-ways",
        (
            "claim 1 cites “0”, which is no sentence number",
            "claim 1 has the text “Voted.”, which is too short",
            "claim 1 has a number as its speaker",
            "claim 2 is a text and not an object",
            "claim 3 cites “1.5”",
            "claim 3 cites “3-5”",
            "claim 3 cites “1,340”",
            'claim 3 has a list as "text"',
            "claim 4 cites no sentence",
            'claim 4 has no "text"',
            'claim 5 has no "evidence"',
            "claim 5 has the text “… — 32.5 … 53 …”, without a word",
        ),
    ),
    Refused("hand-claims-too-many", ("45 claims came; list at most 3",)),
    Refused("hand-claims-a-line-each", ('the key "claims" is missing',)),
    Refused("hand-claims-list-of-another-task", ('the key "claims" is missing',)),
    Refused("hand-summary-other-task", ('the key "sentences" is missing',)),
    Refused("hand-summary-list-of-texts", ("sentence 1 is a text and not an object", "sentence 2 is a text and not an object")),
    Refused("hand-claims-leads-and-questions", ("claim 1 leads to a list or asks, and is no claim", "claim 2 leads to a list or asks, and is no claim")),
    Refused("hand-verdicts-unknown-labels", ("verdict 1 has the label “mostly_supported”; only these", "verdict 2 has the label “false”", "no usable verdict came for “a”, “b”")),
    Refused("hand-verdicts-ids-wrong", ("nobody asked about a statement “s7”", "statement “b” has two different verdicts", "no usable verdict came for “c”")),
    Refused("hand-verdicts-no-reason", ("verdict 2 gives no reason", 'verdict 3 has no "reason"', "no usable verdict came for “c”")),
    Refused("hand-plain-json", ("the reply is JSON or the like, and a text was asked for",)),
    Refused("hand-plain-one-endless-sentence", ("the reply has no whole sentence: one goes on for more than 500",)),
    # from real models
    Refused("qwen-summary-cut", (BREAKS_OFF,)),
    Refused("qwen-summary-only-reasoning", (ONLY_REASONING,)),
    Refused("qwen-claims-reasoning-then-cut", (BREAKS_OFF,)),
    Refused("qwen-claims-numbered-list", (NO_JSON,)),
    Refused("qwen-claims-other-keys", ('claim 1 has no "text"', 'claim 2 has no "text"', 'claim 3 has no "text"')),
    Refused("qwen-verdicts-unquoted-labels", ("the reply is no JSON: Expecting value: line 6",)),
    Refused("qwen-verdicts-form-copied", ("verdict 1 gives no reason", "verdict 2 gives no reason", "verdict 3 gives no reason")),
    Refused("smollm2-summary-loop-cut", (BREAKS_OFF,)),
    Refused("smollm2-claims-no-schema", (NO_JSON,)),
    Refused("smollm2-claims-loop-of-beginnings", tuple(f"claim {n} {MID_SENTENCE}" for n in range(1, 13))),
    Refused("smollm2-plain-cut", ("the reply has no whole sentence",), cut_off=True),
    Refused("smollm2-plain-ukrainian-cut", ("the reply has no whole sentence",), cut_off=True),
]  # fmt: skip


@pytest.mark.parametrize("row", [pytest.param(row, id=row.name) for row in REFUSED])
def test_replies_that_are_refused(row: Refused) -> None:
    with pytest.raises(Unparsed) as caught:
        parse(row.name, cut_off=row.cut_off)
    found = caught.value.problems
    assert len(found) == len(row.problems), found
    assert all(problem.startswith(start) for problem, start in zip(found, row.problems, strict=True)), found


NO_ANSWER_TO_ANYTHING = [
    pytest.param("hand-nothing", "the reply is empty", id="nothing"),
    pytest.param("hand-white-space-only", "the reply is empty", id="white space and a byte order mark"),
    pytest.param("hand-only-reasoning", ONLY_REASONING, id="only reasoning"),
    pytest.param("hand-error-page", (NO_JSON, "the reply is a web page"), id="an error page"),
]


@pytest.mark.parametrize(("name", "problem"), NO_ANSWER_TO_ANYTHING)
@pytest.mark.parametrize("task", PARSERS)
def test_replies_that_answer_nothing(name: str, problem: str | tuple[str, ...], task: str) -> None:
    with pytest.raises(Unparsed) as caught:
        PARSERS[task](read(name), EN, False)
    assert caught.value.problems[0].startswith(problem)


def test_every_file_has_a_row_and_every_row_a_file() -> None:
    rows = [row.name for row in (*TAKEN, *REFUSED)]
    rows += [str(row.values[0]) for row in NO_ANSWER_TO_ANYTHING]
    assert sorted(rows) == sorted(path.stem for path in FOLDER.glob("*.txt"))
    assert {path.suffix for path in FOLDER.iterdir()} == {".txt", ".md"}
    assert {name.split("-")[0] for name in rows} == {"hand", "qwen", "smollm2"}


# --- what the rows above do not show ----------------------------------------------------------


def test_evidence_in_other_forms_is_the_list_that_was_meant() -> None:
    claims = parse("hand-claims-evidence-in-other-forms").value
    assert [claim.cited for claim in claims] == [(2,), (5,), (14,), (11,), (12,), (18, 19)]
    assert parse("hand-claims-too-many-cited").value[0].cited == (2, 3, 4, 5, 6)


def test_speakers_that_are_nobody() -> None:
    claims = parse("hand-claims-speaker-nobody").value
    assert [claim.speaker for claim in claims] == [None, None, "Ellen Brandt", None, None]
    assert parse("hand-claims-control-characters").value[0].speaker == "Ellen Brandt"


def test_a_headline_that_was_cut_is_none() -> None:
    assert parse("hand-summary-headline-cut").value.headline is None
    assert parse("hand-summary-no-headline").value.headline is None
    assert parse("hand-summary-good").value.headline.text.startswith("Lindholm council")


def test_verdicts_come_in_the_order_asked() -> None:
    verdicts = parse("hand-verdicts-good").value
    assert [(v.id, v.verdict, v.evidence) for v in verdicts] == [
        ("a", Verdict.SUPPORTED, (2,)),
        ("b", Verdict.CONTRADICTED, (13,)),
        ("c", Verdict.NOT_IN_ARTICLE, ()),
    ]
    assert len(parse("hand-verdicts-reason-endless").value[2].reason) == 300


def test_evidence_that_does_not_exist_is_left_to_the_checker(articles: Path) -> None:
    """The parser does not know the article; the checker flags the claim, so nothing is lost."""
    article: Article = read_article(articles / "harbour-bridge.txt")
    claims = parse("hand-claims-evidence-that-does-not-exist").value
    assert claims[1].cited == (5, 99)
    statements = [Statement(c.id, StatementKind.CLAIM, c.text, c.cited, c.speaker) for c in claims]
    good, bad = check_statements(article, statements)
    assert FlagCode.EVIDENCE_MISSING not in {flag.code for flag in good.flags}
    assert FlagCode.EVIDENCE_MISSING in {flag.code for flag in bad.flags}
    assert bad.needs_review
