"""The statements of a report in the order of reading, each with what was found about it.

A statement that the report has no finding about counts as unchecked: what is missing is never fine.
"""

from dataclasses import dataclass
from enum import Enum, auto

from ..report import AnswerState, Call, Finding, Report, StatementKind, Verdict
from .wording import call_in_words, reason_in_words


class Standing(Enum):
    """What a statement asks of the reader."""

    OK = auto()  # supported, and nothing against it
    LOOK = auto()  # somebody must look at it
    UNCHECKED = auto()  # nobody knows


@dataclass(frozen=True, slots=True)
class Entry:
    """A statement, and the finding about this very text; None when the report has none."""

    id: str
    text: str
    kind: StatementKind
    finding: Finding | None
    speaker: str | None = None

    @property
    def verdict(self) -> Verdict:
        return self.finding.verdict if self.finding else Verdict.UNCHECKED

    @property
    def standing(self) -> Standing:
        if self.finding is None or self.verdict is Verdict.UNCHECKED:
            return Standing.UNCHECKED
        return Standing.LOOK if self.finding.needs_review else Standing.OK

    @property
    def why_unchecked(self) -> str:
        if self.finding is None:
            return "the report has no finding about it"
        reason = self.finding.unchecked or "no reason is given"
        said = [flag.message for flag in self.finding.flags if flag.code == reason and flag.message]
        return said[0] if said else reason_in_words(reason)


def entries_of(report: Report) -> list[Entry]:
    """Headline, summary, claims, most check-worthy first, then the findings about anything else."""
    stated: list[tuple[str, str, StatementKind, str | None]] = []
    if report.summary is not None:
        headline = report.summary.headline
        if headline is not None:
            stated.append((headline.id, headline.text, StatementKind.HEADLINE, None))
        stated.extend((one.id, one.text, StatementKind.SUMMARY, None) for one in report.summary.sentences)
    ranked = sorted(report.claims, key=lambda claim: -(claim.worth or 0.0))
    stated.extend((one.id, one.text, StatementKind.CLAIM, one.speaker) for one in ranked)

    left = list(report.findings)
    entries = []
    for id_, text, kind, speaker in stated:
        about = [found for found in left if found.statement.id == id_ and found.statement.text == text]
        finding = about[0] if about else None
        if finding is not None:
            left.remove(finding)
        entries.append(Entry(id_, text, kind, finding, speaker))
    for finding in left:
        told = finding.statement
        entries.append(Entry(told.id, told.text, told.kind, finding, told.speaker))
    return entries


def needs_look(report: Report) -> tuple[int, int]:
    """How many statements a person must look at, and of how many."""
    entries = entries_of(report)
    return sum(1 for entry in entries if entry.standing is not Standing.OK), len(entries)


def not_checked(report: Report) -> list[tuple[str, str]]:
    """What was not checked or not done, and why: each once, though a report tells some things twice.

    An answer that could not be used is a call, a step that did not happen and a finding.
    """
    failed = failed_calls(report)
    rows = [
        (entry.id, entry.why_unchecked)
        for entry in entries_of(report)
        if entry.standing is Standing.UNCHECKED and entry.kind is not StatementKind.ANSWER
    ]
    rows += [(call.label, call_in_words(call)) for call in failed]
    steps = _other_steps(report)
    rows += [("not done", step) for step in steps]
    # Of an answer that could be used, a part may have been left out.
    rows += [(call.label, call.detail) for call in report.calls if call not in failed and call.detail]
    rows += [
        (entry.id, entry.why_unchecked)
        for entry in entries_of(report)
        if entry.standing is Standing.UNCHECKED
        and entry.kind is StatementKind.ANSWER
        and entry.id not in {_answer_id(call) for call in failed}
        and not any(step.endswith(entry.why_unchecked) for step in steps)
    ]
    return rows


def not_done(report: Report) -> list[str]:
    """What was planned and did not happen, each once."""
    return [
        *(f"{call.label}: {call_in_words(call)}" for call in failed_calls(report)),
        *_other_steps(report),
    ]


def _other_steps(report: Report) -> list[str]:
    """Steps that did not happen and are not told by a call that failed."""
    told = tuple(f"{call.label}: {call.state}" for call in failed_calls(report))
    return [step for step in report.not_run if not step.startswith(told)]


def _answer_id(call: Call) -> str:
    return f"answer-{call.task}" if call.part is None else f"answer-{call.task}-{call.part}"


def failed_calls(report: Report) -> list[Call]:
    """Planned answers that could not be used."""
    return [call for call in report.calls if call.state is not AnswerState.OK]


def incomplete(report: Report) -> bool:
    """Whether something planned did not happen."""
    return bool(report.not_run) or bool(failed_calls(report))
