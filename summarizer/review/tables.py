"""The tables of the queue, and the revision of the database that this version works with.

A change here needs a migration in ``migrations/versions`` and a new ``REVISION``; a test compares the
tables that the migrations make with the ones below. Times are seconds since 1970, bodies are JSON.
Small columns stand apart from the long texts: whoever sorts or filters reads no bodies.
"""

import re
from enum import StrEnum

import sqlalchemy as sa

REVISION = "0002"

metadata = sa.MetaData()
_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")  # SQLite counts up in an INTEGER only


# What PostgreSQL's text refuses, or UTF-8 cannot hold. Bodies are JSON and keep it as an escape.
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def plain(text: str) -> str:
    """Text that any column can hold."""
    return _UNSTORABLE.sub("\ufffd", text)


class RowStatus(StrEnum):
    """How an item stands in its row: open items that somebody holds are apart, for the index."""

    OPEN = "open"
    LEASED = "leased"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"


class TurnKind(StrEnum):
    """What a reviewer has done with an item, so that it is not offered to them again."""

    DECIDED = "decided"
    SKIPPED = "skipped"


articles = sa.Table(
    "articles",
    metadata,
    sa.Column("document_id", sa.Text, primary_key=True),
    sa.Column("article_id", sa.Text, primary_key=True),
    sa.Column("added", sa.Double, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Index("articles_by_id", "article_id"),
)

# One report of each series (the program's own summary, a summary from elsewhere) of a document is the
# current one; `body` is the report without its article.
reports = sa.Table(
    "reports",
    metadata,
    sa.Column("report_id", sa.Text, primary_key=True),
    sa.Column("document_id", sa.Text, nullable=False),
    sa.Column("article_id", sa.Text, nullable=False),
    sa.Column("series", sa.Text, nullable=False),
    sa.Column("created", sa.Double, nullable=False),
    sa.Column("added", sa.Double, nullable=False),
    sa.Column("current", sa.Boolean, nullable=False),
    sa.Column("batch_id", sa.Text),
    sa.Column("body", sa.Text, nullable=False),
    sa.Index("reports_by_document", "document_id", "current"),
)

report_items = sa.Table(
    "report_items",
    metadata,
    sa.Column("report_id", sa.Text, primary_key=True),
    sa.Column("item_id", sa.Text, primary_key=True),
    sa.Index("report_items_by_item", "item_id"),
)

items = sa.Table(
    "items",
    metadata,
    sa.Column("seq", _NUMBER, primary_key=True, autoincrement=True),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("document_id", sa.Text, nullable=False),
    sa.Column("article_id", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("priority", sa.Double, nullable=False),
    sa.Column("risk", sa.Double, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("batch_id", sa.Text),
    sa.Column("added", sa.Double, nullable=False),
    sa.Column("changed", sa.Double, nullable=False),
    sa.Column("min_reviews", sa.Integer, nullable=False),
    sa.Column("reviews", sa.Integer, nullable=False),
    sa.Column("verdict", sa.Text),
    sa.Column("holder", sa.Text),
    sa.Column("lease_until", sa.Double),
    sa.Index("items_by_document", "document_id"),
    sa.Index("items_by_batch", "batch_id"),
    sa.Index("items_by_change", "changed"),
    sqlite_autoincrement=True,
)
# The queue's order, and behind it what lists are filtered by: they read no rows that they do not show.
sa.Index(
    "items_by_priority",
    items.c.status,
    items.c.priority.desc(),
    items.c.seq,
    items.c.id,
    items.c.language,
    items.c.kind,
    items.c.risk,
    items.c.added,
    items.c.batch_id,
)
sa.Index(
    "items_by_lease",
    items.c.lease_until,
    sqlite_where=items.c.status == "leased",
    postgresql_where=items.c.status == "leased",
)

bodies = sa.Table(
    "bodies",
    metadata,
    sa.Column("item_id", sa.Text, primary_key=True),
    sa.Column("body", sa.Text, nullable=False),
)

codes = sa.Table(
    "codes",
    metadata,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("item_id", sa.Text, primary_key=True),
    sa.Index("codes_by_item", "item_id"),
)

# Who has had which item: the primary key is what keeps a person from deciding twice.
turns = sa.Table(
    "turns",
    metadata,
    sa.Column("item_id", sa.Text, primary_key=True),
    sa.Column("reviewer", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("decision_id", sa.Text),
    sa.Index("turns_by_reviewer", "reviewer"),
)

decisions = sa.Table(
    "decisions",
    metadata,
    sa.Column("seq", _NUMBER, primary_key=True, autoincrement=True),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("item_id", sa.Text, nullable=False),
    sa.Column("reviewer", sa.Text, nullable=False),
    sa.Column("at", sa.Double, nullable=False),
    sa.Column("verdict", sa.Text, nullable=False),
    sa.Column("undoes", sa.Text),
    sa.Column("body", sa.Text, nullable=False),
    sa.Index("decisions_by_item", "item_id"),
    sa.Index("decisions_by_reviewer", "reviewer", "seq"),
    sqlite_autoincrement=True,
)

skips = sa.Table(
    "skips",
    metadata,
    sa.Column("seq", _NUMBER, primary_key=True, autoincrement=True),
    sa.Column("item_id", sa.Text, nullable=False),
    sa.Column("reviewer", sa.Text, nullable=False),
    sa.Column("at", sa.Double, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Index("skips_by_item", "item_id"),
    sqlite_autoincrement=True,
)

deletions = sa.Table(
    "deletions",
    metadata,
    sa.Column("seq", _NUMBER, primary_key=True, autoincrement=True),
    sa.Column("at", sa.Double, nullable=False),
    sa.Column("deleted_by", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("document_id", sa.Text, nullable=False),
    sa.Column("articles", sa.Integer, nullable=False),
    sa.Column("reports", sa.Integer, nullable=False),
    sa.Column("items", sa.Integer, nullable=False),
    sa.Column("decisions", sa.Integer, nullable=False),
    sqlite_autoincrement=True,
)
