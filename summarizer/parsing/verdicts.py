"""A judge's verdicts, out of a JSON reply.

Stricter than for texts: a verdict that is missing, doubtful or about something else makes the whole reply
unusable, since nothing may count as checked that was not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .. import schemas
from ..report import Verdict
from . import entries, texts
from .choosing import one_answer, unwrapped
from .outcome import Parsed, Unparsed, quoted

_KEYS = ("id", "evidence", "verdict", "reason")


@dataclass(frozen=True, slots=True)
class JudgeVerdict:
    """What a judge says of the statement ``id``: sentence numbers, label and reason, as they came."""

    id: str
    verdict: Verdict
    evidence: tuple[int, ...]
    reason: str


def parse_verdicts(raw: str, ids: Sequence[str]) -> Parsed[tuple[JudgeVerdict, ...]]:
    """One verdict for every id asked for, in the order asked.

    Raises Unparsed, also when an id is missing, comes twice with different verdicts, or was not asked
    for, and for a label that was not offered. A label counts in any case, and with spaces or hyphens for
    underscores. A reason that is too long is cut: it decides nothing.
    """
    return one_answer(raw, ("verdicts",), lambda value: _verdicts(value, ids))


def _verdicts(value: object, ids: Sequence[str]) -> Parsed[tuple[JudgeVerdict, ...]]:
    found = entries.Found()
    data = entries.known(unwrapped(value, ("verdicts",), "verdicts"), ("verdicts",), found)
    bounds = entries.entry_schema("verdicts")
    labels = {label: Verdict(label) for label in bounds["verdict"]["enum"]}
    notes: list[str] = []

    def read(entry: Mapping[str, object], where: str) -> JudgeVerdict | None:
        cited = entries.evidence(entry, where, bounds["evidence"], found)
        name = entries.words(entry, "id", where, found)
        said = entries.words(entry, "verdict", where, found)
        reason = entries.words(entry, "reason", where, found)
        if name is None or said is None or reason is None:
            return None
        label = labels.get("_".join(said.casefold().replace("-", " ").replace("_", " ").split()))
        if label is None:
            offered = ", ".join(labels)
            found.problems.append(f"{where} has the label {quoted(said)}; only these are offered: {offered}")
        why, shortened = _reason(reason, bounds["reason"]["maxLength"])
        if not any(character.isalpha() for character in why):
            found.problems.append(f"{where} gives no reason")
        if shortened:
            notes.append(f"{where}: its reason was shortened")
        return None if label is None else JudgeVerdict(name.strip(), label, cited, why)

    listed = entries.listed(data, "verdicts", "verdict", _KEYS, read, found)
    by_id = _by_id(listed, ids, found)
    if found.problems:
        raise Unparsed(found.problems)
    if len(by_id) < len(listed):
        notes.append(f"left out: {len(listed) - len(by_id)} repeated word for word")
    verdicts = tuple(by_id[name] for name in ids)
    entry_list = [
        {"id": v.id, "evidence": list(v.evidence), "verdict": v.verdict.value, "reason": v.reason}
        for v in verdicts
    ]
    if problems := schemas.violations("verdicts", {"verdicts": entry_list}):
        raise Unparsed(problems)
    return Parsed(verdicts, "; ".join([*found.notes(), *notes]) or None)


def _by_id(
    listed: Sequence[JudgeVerdict], ids: Sequence[str], found: entries.Found
) -> dict[str, JudgeVerdict]:
    """Every id once, exactly those asked for."""
    by_id: dict[str, JudgeVerdict] = {}
    for verdict in listed:
        if verdict.id not in ids:
            found.problems.append(f"nobody asked about a statement {quoted(verdict.id)}")
        elif by_id.setdefault(verdict.id, verdict) != verdict:
            found.problems.append(f"statement {quoted(verdict.id)} has two different verdicts; give one")
    missing = [name for name in ids if name not in by_id]
    if missing:
        found.problems.append(f"no usable verdict came for {', '.join(map(quoted, missing))}")
    return by_id


def _reason(raw: str, most: int) -> tuple[str, bool]:
    text = texts.one_line(raw[: 4 * most])
    shortened = len(text) > most or len(raw) > 4 * most
    return (f"{text[: most - 1]}…" if shortened else text), shortened
