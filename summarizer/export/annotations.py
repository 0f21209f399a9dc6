"""Annotations made in Label Studio, read as decisions about the items that their tasks carry.

Read is the project's export of the kind *JSON*: an array of tasks with ``annotations``. The verdict is
the decision; the corrected statement and the note go with it. Words that somebody marked otherwise than
the checker did are told in the note, so that they are not lost.
"""

import hashlib
import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from ..errors import ReportFormatError
from ..report import normalise_statement
from ..review_items import Decision, DecisionVerdict
from .incoming import Fate, Incoming, clean, moment
from .label_studio import Mark, marks, problem
from .rows import Row, reasons

RowOf = Callable[[str], Row | None]
"""The row of an item by its whole id; None where the queue has none."""

_NOT_A_TASK = "no task of a Label Studio export; export the project as JSON, not as JSON-MIN or CSV"


def read_annotations(
    data: bytes, row_of: RowOf, names: Mapping[str, str] | None = None
) -> Iterator[Incoming]:
    """What the annotations of an export come to.

    ``names`` gives the reviewers behind Label Studio's numbers and addresses; who is not in it is called
    by their address, or ``label-studio-NUMBER``. Raises ReportFormatError where the file is no array.
    """
    try:
        tasks = msgspec.json.decode(data, type=list[msgspec.Raw])
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise ReportFormatError(f"not an export of Label Studio: {error}") from error
    for number, raw in enumerate(tasks, 1):
        where = f"task {number}"
        try:
            task = msgspec.json.decode(raw)
        except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
            yield Incoming(where, why=f"cannot be read: {error}")
            continue
        yield from _read_task(where, task, row_of, names or {})


def _read_task(where: str, task: Any, row_of: RowOf, names: Mapping[str, str]) -> Iterator[Incoming]:
    shaped = isinstance(task, dict) and isinstance(task.get("data"), dict)
    annotations = task.get("annotations", []) if shaped else None
    item_id = task["data"].get("item_id") if shaped else None
    if not isinstance(annotations, list) or not isinstance(item_id, str):
        yield Incoming(where, why=_NOT_A_TASK)
        return
    if not annotations:
        yield Incoming(where, fate=Fate.NO_DECISION)
        return
    row = row_of(item_id)
    if row is None:
        yield Incoming(where, fate=Fate.UNKNOWN_ITEM, why=f"the queue has no item {item_id}")
        return
    statement = task["data"].get("statement")
    ours = normalise_statement(row.item.finding.statement.text)
    if not isinstance(statement, str) or normalise_statement(statement) != ours:
        yield Incoming(where, why=f"its statement is not that of the item {item_id}")
        return
    for number, annotation in enumerate(annotations, 1):
        place = f"{where}, annotation {number}"
        try:
            yield _read(place, annotation, task, row, names)
        except ReportFormatError as error:
            yield Incoming(place, why=str(error))


def _read(where: str, annotation: Any, task: dict[str, Any], row: Row, names: Mapping[str, str]) -> Incoming:
    if not isinstance(annotation, dict) or not isinstance(annotation.get("result"), list):
        raise ReportFormatError("no annotation: it has no result")
    if annotation.get("was_cancelled"):
        return Incoming(where, fate=Fate.CANCELLED)
    entries = [entry for entry in annotation["result"] if isinstance(entry, dict)]
    stamp = annotation.get("updated_at") or annotation.get("created_at")
    if not isinstance(stamp, str):
        raise ReportFormatError("it has no time")
    seconds = annotation.get("lead_time")
    number = isinstance(seconds, int | float) and math.isfinite(seconds) and seconds >= 0
    series = _series(annotation, task)
    article_id = task["data"].get("article_id")
    decision = Decision(
        id=f"{series}-{_short(stamp)}",
        item_id=row.item.id,
        reviewer=_reviewer(annotation.get("completed_by"), names),
        at=moment(stamp),
        verdict=_verdict(entries),
        corrected_text=" ".join(_typed(entries, "corrected")) or None,
        note=_note(entries, task, row),
        seconds_spent=round(float(seconds), 1) if number and seconds is not None else None,
        article_id=article_id if isinstance(article_id, str) else None,
    )
    return Incoming(where, clean(decision), series=series)


def _series(annotation: dict[str, Any], task: dict[str, Any]) -> str:
    """The same for an annotation whenever it is exported; another for every other one."""
    unique = annotation.get("unique_id")
    if not isinstance(unique, str) or not unique:
        places = [annotation.get(name) for name in ("project", "task", "id")]
        if places[2] is None:
            raise ReportFormatError("it has no id")
        unique = repr([*places, task.get("project"), task.get("id")])
    return f"label-studio-{_short(unique)}"


def _short(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:16]


def _reviewer(who: Any, names: Mapping[str, str]) -> str:
    known = [who.get(key) for key in ("email", "id")] if isinstance(who, dict) else [who]
    for one in known:
        if one is not None and (name := names.get(str(one))):
            return name
    for one in known:
        if one is not None and one != "":
            return one if isinstance(one, str) else f"label-studio-{one}"
    return "label-studio"


def _verdict(entries: list[dict[str, Any]]) -> DecisionVerdict:
    chosen = [entry for entry in entries if entry.get("from_name") == "verdict"]
    if not chosen:
        raise ReportFormatError("it has no verdict")
    value = chosen[-1].get("value")
    said = value.get("choices") if isinstance(value, dict) else None
    if not isinstance(said, list) or len(said) != 1 or said[0] not in tuple(DecisionVerdict):
        raise ReportFormatError(f"its verdict is none of: {', '.join(DecisionVerdict)}")
    return DecisionVerdict(said[0])


def _typed(entries: list[dict[str, Any]], control: str) -> list[str]:
    """What was typed into a field, piece by piece."""
    found: list[str] = []
    for entry in entries:
        value = entry.get("value")
        if entry.get("from_name") == control and isinstance(value, dict):
            text = value.get("text")
            found += [text] if isinstance(text, str) else [one for one in text or () if isinstance(one, str)]
    return [text.strip() for text in found if text.strip()]


def _note(entries: list[dict[str, Any]], task: dict[str, Any], row: Row) -> str | None:
    """The reviewer's own words, without the checker's that came with the task, and changed marks."""
    given = "\n".join(reasons(row.item))
    lines = [
        text for text in _typed(entries, "note") if normalise_statement(text) != normalise_statement(given)
    ]
    texts = {"statement": task["data"].get("statement"), "article": task["data"].get("text")}
    if isinstance(texts["article"], str):
        lines += _changes(_marked(entries, texts), marks(row.item, row.article)[0], row, texts["article"])
    return "\n".join(lines) or None


def _marked(entries: list[dict[str, Any]], texts: dict[str, Any]) -> list[Mark]:
    spans = [entry for entry in entries if entry.get("type") == "labels" and problem(entry, texts) is None]
    return [
        Mark(one["to_name"], one["value"]["start"], one["value"]["end"], one["value"]["text"])
        for one in spans
    ]


_CALLED = {"statement": "suspicious", "article": "evidence"}


def _changes(found: list[Mark], given: tuple[Mark, ...], row: Row, text: str) -> list[str]:
    """Which marks a reviewer added, and which of the checker's they took away."""
    if text != row.article.text:  # the task is of another version: its offsets say nothing here
        given = ()
    lines = []
    for verb, ones, others in (("marked as", found, given), ("not", given, found)):
        changed = [mark for mark in ones if mark not in others]
        lines += [
            f"{verb} {_CALLED[mark.text]}: “{mark.words}” ({mark.start}–{mark.end})"
            for mark in sorted(changed, key=lambda mark: (mark.text, mark.start, mark.end))
        ]
    return lines
