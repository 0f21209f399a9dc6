"""How the queue's database came to its present form: one file a revision, run by alembic."""
