"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _number() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    text, number, real = sa.Text, sa.Integer, sa.Double
    op.create_table(
        "articles",
        sa.Column("document_id", text, primary_key=True),
        sa.Column("article_id", text, primary_key=True),
        sa.Column("added", real, nullable=False),
        sa.Column("body", text, nullable=False),
    )
    op.create_index("articles_by_id", "articles", ["article_id"])
    op.create_table(
        "reports",
        sa.Column("report_id", text, primary_key=True),
        sa.Column("document_id", text, nullable=False),
        sa.Column("article_id", text, nullable=False),
        sa.Column("series", text, nullable=False),
        sa.Column("created", real, nullable=False),
        sa.Column("added", real, nullable=False),
        sa.Column("current", sa.Boolean, nullable=False),
        sa.Column("batch_id", text),
        sa.Column("body", text, nullable=False),
    )
    op.create_index("reports_by_document", "reports", ["document_id", "current"])
    op.create_table(
        "report_items",
        sa.Column("report_id", text, primary_key=True),
        sa.Column("item_id", text, primary_key=True),
    )
    op.create_index("report_items_by_item", "report_items", ["item_id"])
    op.create_table(
        "items",
        sa.Column("seq", _number(), primary_key=True, autoincrement=True),
        sa.Column("id", text, nullable=False, unique=True),
        sa.Column("document_id", text, nullable=False),
        sa.Column("article_id", text, nullable=False),
        sa.Column("status", text, nullable=False),
        sa.Column("priority", real, nullable=False),
        sa.Column("risk", real, nullable=False),
        sa.Column("kind", text, nullable=False),
        sa.Column("language", text, nullable=False),
        sa.Column("batch_id", text),
        sa.Column("added", real, nullable=False),
        sa.Column("changed", real, nullable=False),
        sa.Column("min_reviews", number, nullable=False),
        sa.Column("reviews", number, nullable=False),
        sa.Column("verdict", text),
        sa.Column("holder", text),
        sa.Column("lease_until", real),
        sqlite_autoincrement=True,
    )
    op.create_index("items_by_document", "items", ["document_id"])
    op.create_index("items_by_batch", "items", ["batch_id"])
    op.create_index("items_by_change", "items", ["changed"])
    op.create_index("items_by_priority", "items", ["status", sa.text("priority DESC"), "seq"])
    leased = sa.text("status = 'leased'")
    op.create_index("items_by_lease", "items", ["lease_until"], sqlite_where=leased, postgresql_where=leased)
    op.create_table(
        "bodies",
        sa.Column("item_id", text, primary_key=True),
        sa.Column("body", text, nullable=False),
    )
    op.create_table(
        "codes",
        sa.Column("code", text, primary_key=True),
        sa.Column("item_id", text, primary_key=True),
    )
    op.create_index("codes_by_item", "codes", ["item_id"])
    op.create_table(
        "turns",
        sa.Column("item_id", text, primary_key=True),
        sa.Column("reviewer", text, primary_key=True),
        sa.Column("kind", text, nullable=False),
        sa.Column("decision_id", text),
    )
    op.create_index("turns_by_reviewer", "turns", ["reviewer"])
    op.create_table(
        "decisions",
        sa.Column("seq", _number(), primary_key=True, autoincrement=True),
        sa.Column("id", text, nullable=False, unique=True),
        sa.Column("item_id", text, nullable=False),
        sa.Column("reviewer", text, nullable=False),
        sa.Column("at", real, nullable=False),
        sa.Column("verdict", text, nullable=False),
        sa.Column("undoes", text),
        sa.Column("body", text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("decisions_by_item", "decisions", ["item_id"])
    op.create_index("decisions_by_reviewer", "decisions", ["reviewer", "seq"])
    op.create_table(
        "skips",
        sa.Column("seq", _number(), primary_key=True, autoincrement=True),
        sa.Column("item_id", text, nullable=False),
        sa.Column("reviewer", text, nullable=False),
        sa.Column("at", real, nullable=False),
        sa.Column("reason", text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("skips_by_item", "skips", ["item_id"])
    op.create_table(
        "deletions",
        sa.Column("seq", _number(), primary_key=True, autoincrement=True),
        sa.Column("at", real, nullable=False),
        sa.Column("deleted_by", text, nullable=False),
        sa.Column("reason", text, nullable=False),
        sa.Column("document_id", text, nullable=False),
        sa.Column("articles", number, nullable=False),
        sa.Column("reports", number, nullable=False),
        sa.Column("items", number, nullable=False),
        sa.Column("decisions", number, nullable=False),
        sqlite_autoincrement=True,
    )
