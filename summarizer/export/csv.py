"""CSV for spreadsheets: RFC 4180, CRLF, and no cell that a spreadsheet takes for a formula.

What a cell holds is for people: text that begins like a formula gets an apostrophe, and text longer than
a spreadsheet's cell is cut, and says so. The JSONL export of the same items is exact.
"""

import csv
import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TextIO

from ..report import Evidence, Span
from ..review_items import Decision, ReviewItem
from .rows import Row, Tally, Written, evidence, per_decision, reasons, suspicious

BOM = "\ufeff"  # without it spreadsheets read UTF-8 as something else
LONGEST_CELL = 32_000  # UTF-16 units; a cell of Excel holds 32,767, and the rest of the row breaks
_CUT = " … [cut; the JSONL export has all of it]"

COLUMNS = (
    *("item_id", "document_id", "article_id", "title", "url", "language", "batch_id", "created"),
    *("kind", "statement_ids", "statement", "speaker", "verdict", "basis", "risk", "codes", "severity"),
    *("reasons", "suspicious_words", "suspicious_spans", "evidence_quotes", "evidence_spans"),
    *("priority", "worth", "prominence", "status", "min_reviews", "change", "changed_from"),
    *("decision_id", "reviewer", "decided_at", "decision", "corrected_text", "note", "seconds_spent"),
    *("truth_rating", "truth_value", "truth_best", "truth_worst", "truth_explanation"),
    *("decided_article_id", "model", "profile", "prompt_hashes", "report_id", "version", "checker_version"),
)


def write_csv(rows: Iterable[Row], out: TextIO) -> Written:
    """A line an item, or an (item, reviewer) where decisions exist, below a line of ``COLUMNS``.

    ``out`` must leave line ends as they are (``newline=""``) and write UTF-8; the byte order mark is
    written here. ``suspicious_spans`` and ``evidence_spans`` are JSON arrays of offsets with their words.
    """
    out.write(BOM)
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    tally = Tally()
    for row in tally.read(rows):
        shared = _item(row, tally)
        for decision in per_decision(row):
            cells = shared | (_decision(decision) if decision else {})
            writer.writerow({name: cell(value) for name, value in cells.items()})
            tally.rows += 1
    return tally.written()


# What makes a spreadsheet calculate, and what may stand before it without being seen.
_FORMULA = frozenset("=+-@")
_SEPARATORS = frozenset("\t\r\n\0")


def cell(value: Any) -> str:
    """A value as a cell that is no formula, however a spreadsheet reads it.

    An apostrophe is put before text that begins with one of ``= + - @``, also in another width, behind
    blanks or behind characters that nobody sees, and before a tab, a line end or U+0000.
    """
    if value is None:
        return ""
    if isinstance(value, int | float):
        return repr(value)
    text = _cut(str(value))
    return f"'{text}" if _begins_formula(text) else text


def _begins_formula(text: str) -> bool:
    if text[:1].isalnum() and text[0].isascii():
        return False
    for character in text:
        if character in _SEPARATORS:
            return True
        plain = unicodedata.normalize("NFKC", character)
        if plain[:1] in _FORMULA:
            return True
        if plain.strip() and unicodedata.category(character) not in ("Cc", "Cf"):
            return False
    return False


def _cut(text: str) -> str:
    if len(text) * 2 <= LONGEST_CELL or _units(text) <= LONGEST_CELL:
        return text
    room = LONGEST_CELL - len(_CUT)
    kept = text.encode("utf-16-le", "surrogatepass")[: room * 2].decode("utf-16-le", "ignore")
    return kept + _CUT


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _item(row: Row, tally: Tally) -> dict[str, Any]:
    item, finding = row.item, row.item.finding
    words, wrong_words = suspicious(item)
    pieces, wrong_pieces = evidence(item, row.article)
    tally.trouble(item.id, [*wrong_words, *wrong_pieces])
    return {
        "item_id": item.id,
        "document_id": item.document_id,
        "article_id": item.article_id,
        "title": item.title,
        "url": item.url,
        "language": item.language,
        "batch_id": item.batch_id,
        "created": item.created,
        "kind": item.kind,
        "statement_ids": " ".join(item.statement_ids),
        "statement": finding.statement.text,
        "speaker": finding.statement.speaker,
        "verdict": finding.verdict,
        "basis": finding.basis,
        "risk": finding.risk,
        "codes": " ".join(item.codes),
        "severity": max((flag.severity for flag in finding.flags), key=lambda one: one.rank, default=None),
        "reasons": "\n".join(reasons(item)),
        "suspicious_words": " … ".join(span.text for span in words),
        "suspicious_spans": _spans(words),
        "evidence_quotes": " … ".join(piece.quote for piece in pieces),
        "evidence_spans": _spans(pieces),
        "min_reviews": item.min_reviews,
        "status": item.status,
        **_standing(item),
        **_provenance(item),
    }


def _spans(spans: Sequence[Span] | Sequence[Evidence]) -> str:
    """As many as a cell holds: half an array is none."""
    shown: list[str] = []
    for span in spans:
        place: Mapping[str, Any] = {name: getattr(span, name) for name in span.__struct_fields__}
        shown.append(json.dumps(place, ensure_ascii=False))
        if _units(", ".join(shown)) > LONGEST_CELL - 2:
            shown.pop()
            break
    return f"[{', '.join(shown)}]"


def _standing(item: ReviewItem) -> dict[str, Any]:
    change = item.change
    return {
        "priority": item.priority.value,
        "worth": item.priority.worth,
        "prominence": item.priority.prominence,
        "change": None if change is None else f"{change.kind}: {change.message}",
        "changed_from": None if change is None else change.before,
    }


def _provenance(item: ReviewItem) -> dict[str, Any]:
    made = item.provenance
    return {
        "model": made.model,
        "profile": made.profile,
        "prompt_hashes": " ".join(made.prompt_hashes),
        "report_id": made.report_id,
        "version": made.version,
        "checker_version": made.checker_version,
    }


def _decision(decision: Decision) -> dict[str, Any]:
    rating = decision.truth_rating
    cells: dict[str, Any] = {
        "decision_id": decision.id,
        "reviewer": decision.reviewer,
        "decided_at": decision.at,
        "decision": decision.verdict,
        "corrected_text": decision.corrected_text,
        "note": decision.note,
        "seconds_spent": decision.seconds_spent,
        "decided_article_id": decision.article_id,
    }
    if rating is not None:
        cells |= {
            "truth_rating": rating.name,
            "truth_value": rating.value,
            "truth_best": rating.best,
            "truth_worst": rating.worst,
            "truth_explanation": rating.explanation,
        }
    return cells
