"""Approved summaries as text and as Markdown. Titles and statements are hostile: nothing in them formats."""

import re
from collections.abc import Iterator

from ..render.safe import safe
from ..render.wording import count
from ..report import StatementKind
from .approved import Approved, ApprovedStatement, ArticleState, StatementState

_STATE_WORDS = {
    StatementState.NOT_FLAGGED: "not flagged",
    StatementState.APPROVED: "approved",
    StatementState.CORRECTED: "corrected",
    StatementState.REJECTED: "rejected",
    StatementState.PENDING: "pending",
}
_SUMMARY = (StatementKind.SUMMARY, StatementKind.EXTERNAL)


def as_text(found: Approved) -> str:
    """For people: what may be published, then each statement with its state and who is behind it."""
    lines = [safe(found.title or found.document_id), _standing(found), ""]
    if found.headline:
        lines += [safe(found.headline), ""]
    if found.text:
        lines += [safe(found.text), ""]
    claims = [one for one in found.of(StatementKind.CLAIM) if one.text]
    if found.state is ArticleState.APPROVED and claims:
        lines += ["Claims", *(f"- {_claim(one)}" for one in claims), ""]
    lines += ["Statements", *(f"  {line}" for line in _statements(found))]
    return "\n".join(lines) + "\n"


def as_markdown(found: Approved) -> str:
    """For a page: title, summary, claims; what is not decided is said and not shown."""
    lines = [f"# {_escaped(found.headline or found.title or found.document_id)}", ""]
    if found.state is ArticleState.APPROVED:
        lines += [_escaped(found.text or ""), ""]
        claims = [one for one in found.of(StatementKind.CLAIM) if one.text]
        if claims:
            lines += ["## Claims", "", *(f"- {_escaped(_claim(one))}" for one in claims), ""]
    lines += [f"*{_escaped(_standing(found))}*", ""]
    rows = [
        (one.id, _STATE_WORDS[one.state], ", ".join(one.by), one.text or one.original)
        for one in found.statements
    ]
    if rows:
        lines += ["| | state | by | statement |", "| --- | --- | --- | --- |"]
        lines += [f"| {' | '.join(map(_escaped, row))} |" for row in rows]
    return "\n".join(lines).rstrip() + "\n"


def _standing(found: Approved) -> str:
    if found.state is ArticleState.APPROVED:
        people = ", ".join(map(safe, found.approved_by))
        return f"approved by {people}" if people else "approved: nothing in it was flagged"
    if found.state is ArticleState.PENDING:
        return f"pending: {count(len(found.open_items), 'item')} to be decided"
    if found.state is ArticleState.INCOMPLETE:
        return "incomplete: " + "; ".join(map(safe, found.gaps))
    return "nothing left: no sentence of the summary was approved"


def _claim(one: ApprovedStatement) -> str:
    speaker = f" — {safe(one.speaker)}" if one.speaker else ""
    return f"{safe(one.text or one.original)}{speaker}"


def _statements(found: Approved) -> Iterator[str]:
    width = max((len(safe(one.id)) for one in found.statements), default=0)
    for one in found.statements:
        who = f" by {', '.join(map(safe, one.by))}" if one.by else ""
        state = f"{_STATE_WORDS[one.state]}{who}"
        yield f"{safe(one.id):<{width}}  {state}: {safe(one.text or one.original)}"
        if one.state is StatementState.CORRECTED:
            yield f"{'':<{width}}  was: {safe(one.original)}"


_SPECIAL = re.compile(r"([\\`*_\[\]<>&|~])")
_LEADING = re.compile(r"^(\s*)([#+\-=]|\d+[.)])")


def _escaped(text: str) -> str:
    """Text that Markdown takes as it is, in one line, also inside a table."""
    return _LEADING.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", safe(text)))
