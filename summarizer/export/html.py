"""HTML: one self-contained page, articles with their evidence highlighted and each finding beside it.

A page is read by people, and made in one piece: it takes some thousand items, not all of a queue.
"""

from collections.abc import Iterable
from typing import TextIO

from ..errors import SettingsError
from ..render import html
from ..render.view import ArticleView, Note
from ..review_items import ItemStatus
from .rows import Row, Tally, Written, evidence, suspicious

MOST_ITEMS = 5_000


def write_html(rows: Iterable[Row], out: TextIO, *, title: str = "Review queue") -> Written:
    """The items of each article together, in the order of the rows; decisions stand beside statements.

    Raises SettingsError where there are more than 5,000.
    """
    tally = Tally()
    by_article: dict[tuple[str, str], list[Row]] = {}
    for row in tally.read(rows):
        if tally.items > MOST_ITEMS:
            raise SettingsError(
                f"a page takes {MOST_ITEMS:,} items, and there are more",
                hint="Choose with --batch, --document, --code or --since, or take --format jsonl.",
            )
        _, wrong_words = suspicious(row.item)
        _, wrong_pieces = evidence(row.item, row.article)
        tally.trouble(row.item.id, [*wrong_words, *wrong_pieces])
        key = (row.article.document_id, row.article.id)
        by_article.setdefault(key, []).append(row)
        tally.rows += max(len(row.decisions), 1)
    views = [_view(found) for found in by_article.values()]
    lead = f"{tally.items:,} item{'' if tally.items == 1 else 's'} of the review queue."
    out.write(html.page(views, title=title, lead=lead))
    return tally.written()


def _view(rows: list[Row]) -> ArticleView:
    article = rows[0].article
    made = {
        (row.item.provenance.model, row.item.provenance.version, row.item.provenance.checker_version)
        for row in rows
    }
    provenance = [("Document", article.document_id), ("Text", f"hash {article.id}")]
    provenance += [
        ("Made", f"model {model}, summarizer {version}, checker {checker}")
        for model, version, checker in sorted(made)
    ]
    return ArticleView(
        article=article,
        findings=tuple(row.item.finding for row in rows),
        notes=tuple(_notes(row) for row in rows),
        provenance=tuple(provenance),
        origin=article.url,
    )


_STANDS = {
    ItemStatus.OPEN: "open",
    ItemStatus.DECIDED: "decided",
    ItemStatus.WITHDRAWN: "withdrawn: a later version of the article does not have it",
}


def _notes(row: Row) -> tuple[Note, ...]:
    item = row.item
    pieces, _ = evidence(item, row.article)
    places = ", ".join(f"{piece.start}–{piece.end}" for piece in pieces)
    stands = f"item {item.id}, {_STANDS[item.status]}, priority {item.priority.value:g}"
    if places:
        stands += f", evidence at {places}"
    notes = [Note(stands, label="Queue", when=item.created)]
    if item.change is not None:
        notes.append(Note(item.change.message, label="Correction", corrected=None))
    return (*notes, *(html.decision_note(decision) for decision in row.decisions))
