"""Real and hostile material that lies beside the project and is no part of it."""

import base64
import gzip
import io
import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from summarizer import Report, summarize
from summarizer.article import Article, SentenceKind
from summarizer.checker import check_statements
from summarizer.parsing import (
    Expected,
    Unparsed,
    parse_claims,
    parse_plain_summary,
    parse_summary,
    parse_verdicts,
)
from summarizer.presenting import fence, numbered
from summarizer.render.terminal import render_report
from summarizer.settings import Settings
from summarizer.sources import read_article
from summarizer.testing import ScriptedModel

pytestmark = pytest.mark.shared_data

CARRIER = (
    "The council met on Monday and voted for the bridge after a long debate. %s It was late when they left."
)


def rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def strings(shared_data: Path) -> list[str]:
    naughty = json.loads((shared_data / "hostile/blns.json").read_text(encoding="utf-8"))
    scripts = (shared_data / "hostile/xss_intruders.txt").read_text(encoding="utf-8").splitlines()
    hidden = json.loads((shared_data / "hostile/bipia_text_attack_train.json").read_text(encoding="utf-8"))
    return [
        s for s in [*naughty, *scripts, *(line for kind in hidden.values() for line in kind)] if s.strip()
    ]


def test_a_real_article_reads_as_an_editor_would(shared_data: Path) -> None:
    article = read_article(shared_data / "articles/rutte.txt")
    assert article.language == "en"
    assert article.title
    assert article.title.endswith("Rutte Says")
    assert [s.kind for s in article.sentences[:2]] == [SentenceKind.HEADLINE, SentenceKind.BODY]
    assert len(article.sentences) == 17
    assert article.sentence(2).text.startswith("Speaking at a session")
    assert article.sentence(2).text.endswith("confrontation with the West.")
    assert article.sentence(11).text.endswith("societal resilience.”")


def test_hostile_text_as_article_title_and_statement(shared_data: Path) -> None:
    """Nothing raises, no offset moves, no fence closes, and no control character reaches a terminal."""
    asked_again = 0
    for attack in strings(shared_data):
        article = Article.from_text(CARRIER % attack, title=attack, language="en")
        assert all(article.text[s.start : s.end] == s.text for s in article.sentences)
        assert fence(article) not in numbered(article.sentences)
        (finding,) = check_statements(article, [attack])
        assert all(attack[p.start : p.end] == p.text for flag in finding.flags for p in flag.spans)
        claim = {"evidence": [1], "speaker": attack[:120], "text": f"The council met. {attack}"[:400]}
        replies = {"summary": attack, "claims": json.dumps({"claims": [claim]}), "verify": attack}
        model = ScriptedModel(replies)
        unsure = Settings(risk_low=0.0, risk_high=1.0)
        report = summarize(
            CARRIER % attack, title=attack, language="en", model=model, profile="standard", settings=unsure
        )
        for request in model.requests:
            if request.task == "verify":  # the statement stands behind the fence, too
                prompt = request.messages[1].content
                assert prompt.split("\n").count(fence(article)) == 2
                asked_again += len(request.messages) > 2
        assert Report.from_json(report.to_json()) == report
        printed = io.StringIO()
        Console(file=printed, width=100, color_system=None).print(render_report(report))
        assert not {c for c in printed.getvalue() if ord(c) < 32 or 0x7F <= ord(c) < 0xA0} - {"\n"}
    assert asked_again > 100


ANSWER = '{"claims": [{"evidence": [1], "speaker": null, "text": "The council met on Monday."}]}'
EXPECTED = Expected("en", 3)
# Repaired, since there is one reading: a comma before a closing bracket, a raw control character in a
# string, and a bracket too many after the end of the answer.
REPAIRED = {
    "n_array_comma_after_close.json",
    "n_array_extra_comma.json",
    "n_array_number_and_comma.json",
    "n_object_trailing_comma.json",
    "n_string_unescaped_ctrl_char.json",
    "n_string_unescaped_newline.json",
    "n_string_unescaped_tab.json",
    "n_structure_object_followed_by_closing_object.json",
}


PARSERS: tuple[Callable[[str], object], ...] = (
    lambda raw: parse_summary(raw, EXPECTED),
    lambda raw: parse_verdicts(raw, ["a"]),
    lambda raw: parse_plain_summary(raw, EXPECTED, cut_off=False),
    lambda raw: parse_claims(raw, EXPECTED),
)


def unparsed(parse: Callable[[str], object], raw: str) -> bool:
    try:
        parse(raw)
    except Unparsed as error:
        assert error.problems
        return True
    return False


def test_json_that_is_none_is_never_an_answer(shared_data: Path) -> None:
    """Every file alone, as an answer of each task; its text inside an answer, as a claim's evidence, as a
    claim of its own, and under a key that nobody asked for."""
    taken: dict[str, set[str]] = {"alone": set(), "evidence": set(), "claim": set(), "key": set()}
    seen = Counter[str]()
    for case in rows(shared_data / "hostile/json_test_suite.jsonl.gz"):
        text = base64.b64decode(case["base64"]).decode("utf-8", "surrogateescape")
        seen[case["expect"]] += 1
        if not all(unparsed(parse, text) for parse in PARSERS):
            taken["alone"].add(case["name"])
        inside = {
            "evidence": ANSWER.replace("[1]", text),
            "claim": ANSWER.replace("[{", f"[{text}, {{"),
            "key": f'{ANSWER[:-1]}, "x": {text}}}',
        }
        for place, raw in inside.items():
            if not unparsed(PARSERS[-1], raw) and case["expect"] == "n":
                taken[place].add(case["name"])
    assert taken == {
        "alone": set(),
        "evidence": {"n_array_number_and_comma.json"},
        "claim": set(),
        "key": REPAIRED,
    }
    assert seen == {"n": 188, "y": 95, "i": 35}


def test_every_statement_about_real_articles_gets_a_verdict(shared_data: Path) -> None:
    for name in ("ragtruth_sentence", "defacto", "cliff_sentence"):
        for number, row in enumerate(rows(shared_data / f"eval/{name}.jsonl.gz")):
            if number == 60:
                break
            article = Article.from_text(row["article"], language="en")
            (finding,) = check_statements(article, [row["claim"]])
            assert finding.needs_review == (finding.verdict.value != "supported" or bool(finding.flags))
            assert all(article.text[e.start : e.end] == e.quote for e in finding.evidence)
