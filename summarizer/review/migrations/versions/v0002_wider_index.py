"""The index of the queue's order holds what lists are filtered by: rows not shown are not read."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("items_by_priority", "items")
    columns = ("seq", "id", "language", "kind", "risk", "added", "batch_id")
    op.create_index("items_by_priority", "items", ["status", sa.text("priority DESC"), *columns])
