"""The test suite. A package, so that `from tests.services import …` works in every test module."""
