"""The one HTML of articles with their findings: report file, export and review page use it.

A page is one self-contained file: no script, no image, nothing from elsewhere, and a content security
policy that allows only its own style sheet. Statements stand on one side, the article with its evidence
highlighted on the other, linked with each other. All text goes through ``safe.sanitize`` and is escaped by
the template engine; article and model text never become markup.
"""

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ..report import (
    NOBODY,
    Basis,
    Call,
    Finding,
    Report,
    Statement,
    Verdict,
)
from ..review_items import Decision, DecisionVerdict
from . import layout
from .entries import entries_of, incomplete, not_checked
from .safe import safe
from .view import ArticleView, Note
from .wording import dollars, known, moment

__all__ = ["ArticleView", "Note", "decision_note", "of_report", "page", "page_title"]

_TEMPLATES = Path(__file__).parent / "templates"


def of_report(report: Report, *, origin: str | None = None) -> ArticleView:
    """All of a report. ``origin`` names the file or address that the article came from."""
    findings = []
    for entry in entries_of(report):
        finding = entry.finding
        if finding is None:  # what is missing is never fine
            statement = Statement(entry.id, entry.kind, entry.text, None, entry.speaker)
            why = entry.why_unchecked
            finding = Finding(statement, Verdict.UNCHECKED, Basis.RULE, None, unchecked=why)
        findings.append(finding)
    return ArticleView(
        article=report.article,
        findings=tuple(findings),
        article_flags=report.article_flags,
        not_checked=tuple(not_checked(report)) or (("", "Everything planned was done."),),
        provenance=tuple(_provenance(report)),
        origin=origin,
        parts=report.parts,
        incomplete=incomplete(report),
        not_extracted=report.not_extracted,
        no_summary=report.summary is None and report.model != NOBODY,
    )


_DECIDED = {
    DecisionVerdict.SUPPORTED: "supported",
    DecisionVerdict.CONTRADICTED: "contradicted",
    DecisionVerdict.NOT_IN_ARTICLE: "not in the article",
}


def decision_note(decision: Decision, *, undone: bool = False) -> Note:
    """What a reviewer decided; ``undone`` when a later decision took it back."""
    parts = [_DECIDED[decision.verdict]]
    if decision.truth_rating is not None:
        parts.append(f"rated “{decision.truth_rating.name}”")
    if undone:
        parts.append("taken back later")
    said = ", ".join(parts)
    return Note(
        text=f"{said}: {decision.note}" if decision.note else said,
        label=decision.reviewer,
        when=moment(decision.at),
        corrected=decision.corrected_text,
    )


def page(views: Sequence[ArticleView], *, title: str, lead: str = "") -> str:
    """A whole page about some articles, as text to be written in UTF-8.

    ``title`` names the page; with a single article its own title stands on top, and ``title`` above it.
    """
    sections = [layout.section(view, number) for number, view in enumerate(views, 1)]
    style = _style()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            title=title,
            lead=lead,
            sections=sections,
            single=len(sections) == 1,
            style=Markup(style),  # noqa: S704  (our own file)
            policy=f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'",
        )
    )


def page_title(views: Sequence[ArticleView]) -> str:
    """A title for a page of these articles: the article's own, or how many there are."""
    return layout.title_of(views[0]) if len(views) == 1 else f"{len(views)} articles, checked"


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_fit,
    )


def _fit(value: object) -> object:
    """Every text that a template prints; what is printed as markup is our own."""
    return safe(value) if type(value) is str else value


@cache
def _style() -> str:
    return (_TEMPLATES / "style.css").read_text(encoding="utf-8")


def _provenance(report: Report) -> list[tuple[str, str]]:
    usage, cost = report.usage, report.cost_usd
    rows = [("Made", f"{moment(report.created)}, in {report.seconds:.1f} s, by summarizer {report.version}")]
    if report.model == NOBODY:
        rows.append(("Model", "none was asked"))
    else:
        rows += [
            ("Model", f"{report.model}, {report.profile} profile"),
            ("Tokens", f"{known(usage.input_tokens)} in, {known(usage.output_tokens)} out"),
            ("Cost", "unknown" if cost is None else dollars(cost)),
        ]
    rows.append(("Checker", f"version {report.checker_version}"))
    rows += [(call.label.capitalize(), _call(call)) for call in report.calls]
    article = report.article
    rows += [("Document", article.document_id), ("Text", f"hash {article.id}")]
    return rows


def _call(call: Call) -> str:
    facts = [str(call.state), f"prompt {call.prompt_hash[:12]}"]
    facts.append("1 request" if call.attempts == 1 else f"{call.attempts} requests")
    if call.set_aside:
        facts.append(f"{len(call.set_aside)} set aside")
    facts.append(f"{call.seconds:.1f} s")
    if call.response_id:
        facts.append(f"response {call.response_id}")
    return ", ".join(facts)
