"""A lock on a folder that a dead process cannot keep: the system lets go of it when the process ends."""

import contextlib
import os
import sys
import time
from pathlib import Path
from typing import Self

from ..errors import JournalError, SettingsError

NAME = "lock"


class Lock:
    """Held from ``take`` to ``free``. The file stays; what counts is who has it locked."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._handle: int | None = None

    def take(self) -> Self:
        """Raises SettingsError when another process works on the folder, JournalError when it cannot be."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise JournalError(
                f"the folder {self._path.parent} cannot be written to: {error.strerror}",
                hint="Name another one with --out.",
            ) from error
        try:
            _lock_soon(handle)
        except OSError as error:
            owner = os.pread(handle, 20, 0).decode("ascii", "replace").strip() if hasattr(os, "pread") else ""
            os.close(handle)
            who = f"process {owner}" if owner.isdigit() else "another process"
            raise SettingsError(
                f"{who} is working on {self._path.parent}",
                hint=f"Wait for it, or stop it; to see how far it is: summarizer batch status "
                f"{self._path.parent}",
            ) from error
        with contextlib.suppress(OSError):  # a full disk: the lock holds all the same
            os.ftruncate(handle, 0)
            os.write(handle, f"{os.getpid()}\n".encode())
        self._handle = handle
        return self

    def free(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def __enter__(self) -> Self:
        return self.take()

    def __exit__(self, *exc: object) -> None:
        self.free()


def _lock_soon(handle: int) -> None:
    """Who only looks whether a folder is taken holds its lock for a moment; it is worth another try."""
    for _ in range(3):
        try:
            return _lock(handle)
        except OSError:
            time.sleep(0.05)
    return _lock(handle)


def is_taken(folder: Path) -> bool:
    """Whether a process works on the folder at this moment."""
    if not (folder / NAME).exists():
        return False
    try:
        with Lock(folder):
            return False
    except SettingsError:
        return True


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
