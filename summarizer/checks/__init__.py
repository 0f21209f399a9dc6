"""Checks: pure functions from a statement and the article it is about to signals. No model, no I/O."""
