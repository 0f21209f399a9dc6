"""Finds ``prompts/`` and ``schemas/``: inside the installed package, or beside it in a checkout."""

from functools import cache
from pathlib import Path

from .errors import ResourceError

_PACKAGE = Path(__file__).parent


def prompts_dir() -> Path:
    """The folder of the built-in prompts. Raises ResourceError when the installation lacks it."""
    return _find("prompts")


def schemas_dir() -> Path:
    """The folder of the JSON Schemas. Raises ResourceError when the installation lacks it."""
    return _find("schemas")


@cache
def _find(name: str) -> Path:
    for folder in (_PACKAGE / "_resources" / name, _PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    raise ResourceError(
        f"the installation has no folder of {name}",
        hint="Install the package again.",
    )
