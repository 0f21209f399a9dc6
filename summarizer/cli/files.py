"""Files that are written whole or not at all."""

import contextlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TextIO

from ..errors import SettingsError


def check_target(path: Path, inputs: Iterable[str]) -> None:
    """Raises SettingsError for a file that could not be written later, or must not be."""
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise SettingsError(f"{path} is a folder", hint="Name a file in it.")
    if target.exists() and not target.is_file():
        raise SettingsError(f"{path} is no regular file", hint="Leave --out out, and redirect the output.")
    if not target.parent.is_dir():
        raise SettingsError(f"{path}: there is no folder {target.parent}", hint=f"mkdir -p {target.parent}")
    if not os.access(target.parent, os.W_OK):
        raise SettingsError(f"{path}: the folder {target.parent} cannot be written to")
    for name in inputs:
        if name != "-" and Path(os.path.realpath(name)) == target:
            raise SettingsError(f"{path} is one of the articles", hint="Name another file with --out.")


def write_whole(path: Path, text: str) -> None:
    """Writes the file in one step: nobody ever sees half of it. Raises SettingsError when it cannot be."""
    with whole_file(path, newline="\n") as file:
        file.write(text)


@contextlib.contextmanager
def whole_file(path: Path, *, newline: str = "") -> Iterator[TextIO]:
    """A file to write into that takes its place when all is written, and not at all after an error.

    Raises SettingsError when it cannot be written.
    """
    target = Path(os.path.realpath(path))  # a link goes on pointing to its file
    temporary: Path | None = None
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name[:50]}.", suffix=".part", dir=target.parent)
        temporary = Path(name)
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace", newline=newline) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(_mode(target))
        temporary.replace(target)
    except OSError as error:
        raise SettingsError(f"{path} cannot be written: {error.strerror or error}") from error
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)


def _mode(target: Path) -> int:
    """The permissions of the file that gets replaced, or those that a new file would have."""
    with contextlib.suppress(OSError):
        return target.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
