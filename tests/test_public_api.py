"""What ``import summarizer`` gives, and what it leaves out."""

import subprocess
import sys

import pytest

import summarizer

HEAVY = (
    "openai",
    "sqlalchemy",
    "trafilatura",
    "xllamacpp",
    "fastapi",
    "numpy",
    "dateparser",
    "msgspec",
    "typer",
)


def loaded(code: str) -> set[str]:
    """Top-level modules after a piece of code, in a process of its own."""
    code = f"{code}\nimport sys\nprint(*{{name.split('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_import_leaves_heavy_packages_out() -> None:
    assert loaded("import summarizer").isdisjoint(HEAVY)


def test_checking_needs_no_model_client() -> None:
    code = (
        "from summarizer import check_statements\n"
        "check_statements('The council met on Monday and voted for the bridge.', ['It met.'], language='en')"
    )
    assert loaded(code).isdisjoint({"openai", "httpx2", "xllamacpp", "trafilatura", "sqlalchemy"})


@pytest.mark.parametrize("name", summarizer.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(summarizer, name) is not None
    assert name in dir(summarizer)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        summarizer.nonsense  # noqa: B018
