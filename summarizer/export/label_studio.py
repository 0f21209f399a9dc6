"""Label Studio: one task an item, with two texts, and what the checker says as a prediction.

A statement that a model made up is no span of the article. So the article carries the evidence, and the
statement its suspicious words and the verdict. Label Studio takes anything (unknown labels, scores above
1, spans behind the end) without a word: what is written here is compared with the texts first.
"""

import json
from collections.abc import Iterable
from typing import Any, TextIO

import msgspec

from ..article import Article
from ..records import Record
from ..render.safe import safe_json
from ..report import NOBODY, Verdict
from ..review_items import DecisionVerdict, ReviewItem
from .rows import Row, Tally, Written, evidence, misfit, reasons, suspicious

SUSPICIOUS, EVIDENCE = "suspicious", "evidence"

LABEL_CONFIG = """<View>
  <Header value="$title"/>
  <Text name="statement" value="$statement" granularity="symbol"/>
  <Labels name="wrong" toName="statement">
    <Label value="suspicious" hotkey="1"/>
  </Labels>
  <Choices name="verdict" toName="statement" choice="single" required="true" showInline="true">
    <Choice value="supported" hotkey="3"/>
    <Choice value="contradicted" hotkey="4"/>
    <Choice value="not_in_article" hotkey="5"/>
  </Choices>
  <TextArea name="corrected" toName="statement" maxSubmissions="1" editable="true"
            placeholder="Corrected statement, where it is wrong"/>
  <TextArea name="note" toName="statement" editable="true" placeholder="Note"/>
  <Labels name="span" toName="article">
    <Label value="evidence" hotkey="2"/>
  </Labels>
  <Text name="article" value="$text" granularity="symbol"/>
</View>
"""
"""The labelling interface of the project that the tasks go into."""

# Which text a control is on, by its name in LABEL_CONFIG, and what it may hold.
CONTROLS = {
    "wrong": ("statement", "labels", (SUSPICIOUS,)),
    "span": ("article", "labels", (EVIDENCE,)),
    "verdict": ("statement", "choices", tuple(DecisionVerdict)),
    "corrected": ("statement", "textarea", ()),
    "note": ("statement", "textarea", ()),
}


def write_label_studio(rows: Iterable[Row], out: TextIO) -> Written:
    """A JSON array of tasks for ``POST /api/projects/ID/import``, or for the page *Import*.

    What is wrong with a prediction is left out of it, and named in what is returned.
    """
    tally = Tally()
    out.write("[")
    for row in tally.read(rows):
        made, wrong = task(row)
        tally.trouble(row.item.id, wrong)
        text = json.dumps(made, ensure_ascii=False, separators=(",", ":"))
        out.write(f"{',' if tally.rows else ''}\n{safe_json(text)}")
        tally.rows += 1
    out.write("\n]\n")
    return tally.written()


def task(row: Row) -> tuple[dict[str, Any], list[str]]:
    """The task of an item, and what was wrong and left out of it.

    Decisions that stand are in ``meta``, where no annotator sees them: as predictions they would be filled
    in for the next one, and as annotations they would become those of whoever imports the file.
    """
    item, article = row.item, row.article
    marked, wrong = marks(item, article)
    texts = {"statement": item.finding.statement.text, "article": article.text}
    prediction = _checker(item, marked)
    troubles = [(one, problem(one, texts)) for one in prediction["result"]]
    wrong += [f"{one['from_name']}: {trouble}" for one, trouble in troubles if trouble]
    prediction["result"] = [one for one, trouble in troubles if not trouble]
    data = {
        "title": item.title or item.document_id,
        "text": article.text,
        "statement": item.finding.statement.text,
        "item_id": item.id,
        "priority": item.priority.value,
        "document_id": item.document_id,
        "article_id": item.article_id,
        "language": item.language,
        "kind": item.kind.value,
        "codes": [code.value for code in item.codes],
    }
    if item.url is not None:
        data["url"] = item.url
    if item.finding.statement.speaker is not None:
        data["speaker"] = item.finding.statement.speaker
    made = item.provenance
    meta = {
        "batch_id": item.batch_id,
        "created": item.created,
        "status": item.status.value,
        "report_id": made.report_id,
        "model": made.model,
        "profile": made.profile,
        "prompt_hashes": list(made.prompt_hashes),
        "version": made.version,
        "checker_version": made.checker_version,
        "decisions": msgspec.to_builtins(row.decisions),
    }
    return {"data": data, "meta": meta, "predictions": [prediction]}, wrong


class Mark(Record, frozen=True):
    """Words that are marked in one of a task's two texts."""

    text: str  # "statement" or "article"
    start: int
    end: int
    words: str


def marks(item: ReviewItem, article: Article) -> tuple[tuple[Mark, ...], list[str]]:
    """What the checker marks: suspicious words of the statement, evidence in the article."""
    words, wrong_words = suspicious(item)
    pieces, wrong_pieces = evidence(item, article)
    found = [Mark("statement", one.start, one.end, one.text) for one in words]
    found += [Mark("article", one.start, one.end, one.quote) for one in pieces]
    return tuple(found), [*wrong_words, *wrong_pieces]


def _checker(item: ReviewItem, marked: Iterable[Mark]) -> dict[str, Any]:
    result: list[dict[str, Any]] = []
    counts = {"statement": 0, "article": 0}
    for mark in marked:
        counts[mark.text] += 1
        name, letter, label = _MARKING[mark.text]
        value = {"start": mark.start, "end": mark.end, "text": mark.words, "labels": [label]}
        result.append(_entry(f"{letter}{counts[mark.text]}", name, value))
    verdict = item.finding.verdict
    if verdict is not Verdict.UNCHECKED:  # which no person may say
        result.append(_entry("v1", "verdict", {"choices": [verdict.value]}))
    if why := reasons(item):
        result.append(_entry("n1", "note", {"text": ["\n".join(why)]}))
    return {"model_version": model_version(item), "score": item.priority.risk, "result": result}


_MARKING = {"statement": ("wrong", "w", SUSPICIOUS), "article": ("span", "e", EVIDENCE)}


def _entry(id_: str, control: str, value: dict[str, Any]) -> dict[str, Any]:
    text, kind, _ = CONTROLS[control]
    return {"id": id_, "from_name": control, "to_name": text, "type": kind, "value": value}


def model_version(item: ReviewItem) -> str:
    """Model and prompt of a statement, or the checker alone where no model wrote it."""
    made = item.provenance
    if made.model == NOBODY or not made.prompt_hashes:
        return f"checker {made.checker_version}"
    return f"{made.model}/{made.prompt_hashes[0][:12]}"


def problem(entry: dict[str, Any], texts: dict[str, str]) -> str | None:
    """What is wrong with one entry of a prediction or annotation; None for nothing.

    ``texts`` are the task's texts by their names. Looks for all that Label Studio does not look for:
    names, labels and choices that the interface has not, spans that are none of their text, and missing
    ids and words.
    """
    control = CONTROLS.get(entry.get("from_name", ""))
    if control is None:
        return "the interface has no control of this name"
    text, kind, allowed = control
    if (entry.get("to_name"), entry.get("type")) != (text, kind):
        return f"belongs to {text} as {kind}"
    if not isinstance(entry.get("id"), str) or not entry["id"]:
        return "has no id"
    value = entry.get("value")
    if not isinstance(value, dict):
        return "has no value"
    if kind == "textarea":
        said = value.get("text")
        fits = isinstance(said, str) or (
            isinstance(said, list) and said and all(isinstance(one, str) for one in said)
        )
        return None if fits else "has no text"
    chosen = value.get(kind)
    if not isinstance(chosen, list) or len(chosen) != 1 or chosen[0] not in allowed:
        return f"says none of: {', '.join(allowed)}"
    return _span_problem(value, texts[text]) if kind == "labels" else None


def _span_problem(value: dict[str, Any], text: str) -> str | None:
    start, end, words = value.get("start"), value.get("end"), value.get("text")
    if type(start) is not int or type(end) is not int:
        return "has no offsets"
    if not isinstance(words, str) or not words:
        return "has no words"
    return misfit(text, start, end, words)
