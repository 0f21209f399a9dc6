"""Raw model output -> data. Every tolerance about what models send lives here, each with its reason.

A reply that cannot be read raises ``Unparsed`` with all that is wrong with it; the pipeline turns that
into the state ``unparsed`` and keeps the raw reply. Nothing is ever guessed.
"""

import json
import re
from dataclasses import dataclass
from typing import Any, Generic, NoReturn, TypeVar

from . import schemas, segmentation
from .report import Claim, Summary, SummarySentence


class Unparsed(Exception):
    """A state on its way to the report; no caller of the package sees it.

    ``problems`` lists everything that is wrong with the reply.
    """

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Parsed(Generic[T]):
    """What a reply says, and in ``note`` what of it was left out, if anything was.

    ``complete`` is false when there is less than was asked for.
    """

    value: T
    note: str | None = None
    complete: bool = True


def parse_summary(raw: str) -> Parsed[Summary]:
    """The summary in a reply of the standard profile. Raises Unparsed."""
    data = _validated("summary", raw)
    summary = Summary(
        headline=SummarySentence("h1", _one_line(data["headline"])) if data["headline"] else None,
        sentences=tuple(
            SummarySentence(f"s{number}", _one_line(entry["text"]), _numbers(entry["evidence"]))
            for number, entry in enumerate(data["sentences"], 1)
        ),
    )
    return Parsed(summary)


def parse_claims(raw: str) -> Parsed[tuple[Claim, ...]]:
    """The claims in a reply of the standard profile. Raises Unparsed.

    An entry that repeats an earlier one word for word is a small model's loop and is dropped; anything
    less than word for word stays.
    """
    data = _validated("claims", raw)
    seen: set[str] = set()
    claims: list[Claim] = []
    for entry in data["claims"]:
        text = _one_line(entry["text"])
        if text.casefold() in seen:
            continue
        seen.add(text.casefold())
        speaker = _one_line(entry["speaker"]) if entry["speaker"] else None
        claims.append(Claim(f"c{len(claims) + 1}", text, _numbers(entry["evidence"]), speaker))
    repeated = len(data["claims"]) - len(claims)
    note = f"left out: {repeated} repeated word for word" if repeated else None
    return Parsed(tuple(claims), note)


# "Here is a summary of the article in 3 sentences:" and its like, as small models open with.
_LEAD_IN = re.compile(
    r"^(?:sure|certainly|of course|here(?:'s| is| are)|the following is|(?:in )?summary)\b"
    r"[^\n:]{0,120}[:!]\s*",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"^\s*(?:[-*•#>]+|\(?\d{1,2}[.)])\s+|\*\*|__", re.MULTILINE)


def parse_plain_summary(raw: str, *, language: str, count: int, cut_off: bool) -> Parsed[Summary]:
    """The summary in a plain-text reply of the compact profile: its first ``count`` sentences.

    Very small models add things whatever the prompt says: a lead-in ("Here is a summary:"), list marks,
    sentences repeated word for word; and they do not stop. What is left out is said in the note. Of a reply
    that was ``cut_off`` the whole sentences are taken, and it is not complete when they are fewer than
    asked for. Raises Unparsed.
    """
    text = _MARKUP.sub("", _LEAD_IN.sub("", _checked_text(raw).strip())).strip()
    text = re.sub(r"[ \t]+", " ", text)
    pieces = segmentation.segment(text, language) if text else ()
    if cut_off:
        pieces = pieces[:-1]
    written = [_one_line(text[p.start : p.end]) for p in pieces]
    written = [sentence for sentence in written if any(c.isalpha() for c in sentence)]
    sentences = list(dict.fromkeys(written))
    if not sentences:
        raise Unparsed(["the reply has no whole sentence"])
    short = cut_off and len(sentences) < count
    repeated, more = len(written) - len(sentences), len(sentences[count:])
    sentences = sentences[:count]
    data = {"headline": None, "sentences": [{"evidence": [1], "text": s} for s in sentences]}
    problems = schemas.violations("summary", data)
    if problems:
        raise Unparsed(problems)
    notes = [f"cut off after {len(sentences)} whole sentences of {count}"] if short else []
    notes += [f"left out: {repeated} repeated word for word"] if repeated else []
    notes += [f"left out: what the model wrote after {count} sentences ({more} more)"] if more else []
    summary = Summary(None, tuple(SummarySentence(f"s{n}", s) for n, s in enumerate(sentences, 1)))
    return Parsed(summary, "; ".join(notes) or None, complete=not short)


# A whole answer inside one code fence: chat models wrap JSON like this in spite of a schema.
_FENCED = re.compile(r"\A\s*```(?:json)?\s*\n(.*)\n\s*```\s*\Z", re.DOTALL | re.IGNORECASE)


def _validated(schema: str, raw: str) -> dict[str, Any]:
    value = _json(raw)
    problems = schemas.violations(schema, value)
    if problems:
        raise Unparsed(problems)
    if not isinstance(value, dict):
        raise Unparsed(["the reply is no JSON object"])
    return value


def _json(raw: str) -> object:
    fenced = _FENCED.match(raw)
    text = fenced[1] if fenced else raw
    if not text.strip():
        raise Unparsed(["the reply is empty"])
    try:
        value: object = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_unique)
        _checked_text(json.dumps(value, ensure_ascii=False))
    except RecursionError as error:
        raise Unparsed(["the reply is nested too deeply"]) from error
    except ValueError as error:
        raise Unparsed([f"the reply is no JSON: {str(error)[:200]}"]) from error
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON value")


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Two values under one key: which one is meant cannot be known."""
    keys = [key for key, _ in pairs]
    if len(set(keys)) != len(keys):
        twice = sorted({key for key in keys if keys.count(key) > 1})
        raise ValueError(f"the key {twice[0]!r} stands twice in one object")
    return dict(pairs)


def _checked_text(text: str) -> str:
    """A lone surrogate parses as JSON and breaks every writer after that."""
    if re.search("[\ud800-\udfff]", text):
        raise Unparsed(["the reply holds a lone surrogate"])
    return text.replace("\x00", "")


def _one_line(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())


def _numbers(values: list[Any]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(int(value) for value in values))
