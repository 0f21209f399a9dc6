"""The summary and the claims of the standard profile, out of a JSON reply.

What ``json_text`` finds and ``choosing`` picks is read field by field, with the allowances that
``entries`` names; the schema has the last word. Besides:

- A text that was cut off in mid-sentence is left out, named, and asked for again.
- An entry that repeats an earlier one word for word is a small model's loop, and dropped; anything less
  than word for word stays.
- More sentences than asked for: the first ones, the most important as the prompt has it. More claims than
  asked for are all kept, as far as the schema goes.
- A speaker "", "null", "none", "unknown" or "n/a", or none at all, is no speaker.
- A claim that ends in a colon or a question mark is a line that leads to a list, or asks: it asserts
  nothing, small models copy such lines, and it is left out.
- A headline that is missing or empty is none, and said.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from .. import schemas
from ..report import Claim, Summary, SummarySentence
from . import entries, texts, wishes
from .choosing import one_answer, unwrapped
from .json_text import UNREADABLE
from .outcome import Expected, Parsed, Unparsed, kind, quoted

_V = TypeVar("_V")

_SUMMARY_KEYS = ("headline", "sentences")
_SENTENCE_KEYS = ("evidence", "text")
_CLAIM_KEYS = ("evidence", "speaker", "text")
_LEADS_OR_ASKS = re.compile(r"[:：?？][\"”»“)\s]*$")
_NOBODY = frozenset({"", "null", "none", "unknown", "n/a"})


def parse_summary(raw: str, expected: Expected) -> Parsed[Summary]:
    """The summary in a reply. Raises Unparsed."""
    return one_answer(raw, _SUMMARY_KEYS, lambda value: _summary(value, expected))


def parse_claims(raw: str, expected: Expected) -> Parsed[tuple[Claim, ...]]:
    """The claims in a reply. Raises Unparsed, also for an empty list.

    An article without one assertion that can be checked is so rare that a second look is worth it.
    """
    return one_answer(raw, ("claims",), lambda value: _claims(value, expected))


@dataclass(frozen=True, slots=True)
class _Entry:
    """``text`` is None when it was cut off."""

    where: str
    text: str | None
    cited: tuple[int, ...]
    speaker: str | None = None


def _summary(value: object, expected: Expected) -> Parsed[Summary]:
    found = entries.Found()
    data = entries.known(unwrapped(value, _SUMMARY_KEYS), _SUMMARY_KEYS, found)
    bounds = entries.entry_schema("summary")

    def read(entry: Mapping[str, object], where: str) -> _Entry:
        cited = entries.evidence(entry, where, bounds["evidence"], found)
        return _Entry(where, entries.sentence(entry, where, bounds["text"], found), cited)

    headline, notes = _headline(data, found)
    listed = entries.listed(data, "sentences", "sentence", _SENTENCE_KEYS, read, found)
    if data.get("sentences") == []:
        found.problems.append("the summary has no sentence")
    if found.problems:
        raise Unparsed([*found.problems, *found.cut])

    distinct, note, loop = _distinct(listed)
    asked = distinct[: expected.count]
    kept = [entry for entry in asked if entry.text is not None]
    # What was cut off beyond the sentences asked for is no loss.
    found.cut = [line for line in found.cut if _named(line, asked) or line.startswith("the headline")]
    if not kept:
        raise Unparsed(found.cut)
    summary = Summary(
        headline=SummarySentence("h1", headline) if headline else None,
        sentences=tuple(
            SummarySentence(f"s{number}", entry.text or "", entry.cited)
            for number, entry in enumerate(kept, 1)
        ),
    )
    _check("summary", _summary_data(summary))
    notes = [note, *notes] if note else notes
    if len(distinct) > len(asked):
        more = len(distinct) - len(asked)
        notes.append(f"left out: what the model wrote after {expected.count} sentences ({more} more)")
    named = [("the headline", headline)] if headline else []
    named += [(entry.where, entry.text or "") for entry in kept]
    return _parsed(summary, named, expected, found, notes, loop=loop)


def _headline(data: Mapping[str, object], found: entries.Found) -> tuple[str | None, list[str]]:
    """The headline; None for none. One as long as the schema allows was cut off, or is no headline."""
    value = data.get("headline")
    if value is UNREADABLE:
        return None, []
    if value is not None and not isinstance(value, str):
        found.problems.append(f"the headline is {kind(value)} and not a text")
        return None, []
    bounds = schemas.load("summary")["properties"]["headline"]
    if len(value or "") >= bounds["maxLength"] - 2:
        found.cut.append(f"the headline has {bounds['maxLength']} characters or more; write it shorter")
        return None, []
    text = texts.one_line(value or "")
    if text.casefold() in _NOBODY or not any(character.isalpha() for character in text):
        return None, ["there is no headline"]
    if len(text) < bounds["minLength"]:
        found.problems.append(f"the headline {quoted(text)} is too short")
    return text, []


def _claims(value: object, expected: Expected) -> Parsed[tuple[Claim, ...]]:
    found = entries.Found()
    data = entries.known(unwrapped(value, ("claims",), "claims"), ("claims",), found)
    bounds = entries.entry_schema("claims")

    def read(entry: Mapping[str, object], where: str) -> _Entry:
        cited = entries.evidence(entry, where, bounds["evidence"], found)
        text = entries.sentence(entry, where, bounds["text"], found)
        speaker, whole = _speaker(entry, where, bounds["speaker"]["maxLength"], found)
        return _Entry(where, text if whole else None, cited, speaker)

    listed = entries.listed(data, "claims", "claim", _CLAIM_KEYS, read, found)
    if data.get("claims") == []:
        found.problems.append(
            f"no claim came; list what the article asserts, at least one and at most {expected.count} claims"
        )
    if found.problems:
        raise Unparsed([*found.problems, *found.cut])

    distinct, note, loop = _distinct(listed)
    whole = [entry for entry in distinct if entry.text is not None]
    kept = [entry for entry in whole if not _LEADS_OR_ASKS.search(entry.text or "")]
    if not kept:
        raise Unparsed([*found.cut, *(f"{e.where} leads to a list or asks, and is no claim" for e in whole)])
    notes = [note] if note else []
    if len(kept) < len(whole):
        notes.append(f"left out: {len(whole) - len(kept)} that lead to a list or ask, and are no claims")
    most = schemas.load("claims")["properties"]["claims"]["maxItems"]
    if len(kept) > most:
        raise Unparsed([f"{len(kept)} claims came; list at most {min(most, expected.count)}"])
    claims = tuple(
        Claim(f"c{number}", entry.text or "", entry.cited, entry.speaker)
        for number, entry in enumerate(kept, 1)
    )
    _check("claims", {"claims": [_claim_data(claim) for claim in claims]})
    named = [(entry.where, entry.text or "") for entry in kept]
    return _parsed(claims, named, expected, found, notes, loop=loop)


def _speaker(
    entry: Mapping[str, object], where: str, most: int, found: entries.Found
) -> tuple[str | None, bool]:
    """Who said it, and whether that is told whole."""
    value = entry.get("speaker")
    if value is None or value is UNREADABLE:
        return None, True
    if not isinstance(value, str):
        found.problems.append(f"{where} has {kind(value)} as its speaker; write a name, or null")
        return None, True
    if len(value) >= most - 2:
        found.cut.append(f"{where} has a speaker of {most} characters or more; write the name alone")
        return None, False
    name = texts.one_line(value)
    if name.casefold() in _NOBODY:
        return None, True
    if len(name) < 2:
        found.problems.append(f"{where} has the speaker {quoted(name)}; write a name, or null")
    return name, True


def _distinct(listed: list[_Entry]) -> tuple[list[_Entry], str | None, bool]:
    """Without repeats; those that were cut off count as entries of their own."""
    repeated = texts.repeats([entry.text or entry.where for entry in listed])
    note, loop = texts.repeats_note(repeated)
    return [entry for entry, again in zip(listed, repeated, strict=True) if not again], note, loop


def _named(line: str, listed: list[_Entry]) -> bool:
    return any(line.startswith(f"{entry.where} ") for entry in listed)


def _parsed(
    value: _V,
    named: list[wishes.Named],
    expected: Expected,
    found: entries.Found,
    notes: list[str],
    *,
    loop: bool,
) -> Parsed[_V]:
    wanted, told = wishes.of(named, expected)
    again = [*found.cut, *([texts.LOOP_WISH] if loop else []), *wanted]
    said = [*found.notes(), *notes, *told]
    return Parsed(value, "; ".join(said) or None, complete=not found.cut, wishes=tuple(again))


def _check(schema: str, data: object) -> None:
    """The schema has the last word, whatever was read above."""
    if problems := schemas.violations(schema, data):
        raise Unparsed(problems)


def _summary_data(summary: Summary) -> object:
    return {
        "headline": summary.headline.text if summary.headline else None,
        "sentences": [{"evidence": list(s.cited or ()), "text": s.text} for s in summary.sentences],
    }


def _claim_data(claim: Claim) -> object:
    return {"evidence": list(claim.cited or ()), "speaker": claim.speaker, "text": claim.text}
