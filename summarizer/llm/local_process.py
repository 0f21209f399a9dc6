"""The process that the embedded model runs in: started once, shared, and ended with this one.

A process of its own, because loading holds Python's global lock for seconds, a failed assertion in
llama.cpp ends its process, and a fork of a process that runs it never exits. It listens on the
loopback address and asks for a key that only this process knows.
"""

import atexit
import json
import os
import re
import secrets
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from ..errors import ModelUnavailable
from . import retry

_SERVER_FILE = Path(__file__).with_name("local_server.py")
_USE_A_SERVER = "Use another file (SUMMARIZER_MODEL_FILE), or a server: --model NAME --base-url URL"

_LIBRARY = re.compile(r"\b(lib[\w+-]+?)\.so(?:\.(\d+))?\S*: cannot open shared object")


def _hint(why: str) -> str:
    """What to do about a server that did not come up."""
    library = _LIBRARY.search(why)
    if library is None:
        return _USE_A_SERVER
    package = f"{library[1]}{library[2] or ''}"  # as Debian names the packages of libraries
    return f"Install that system library (Debian, Ubuntu: apt-get install {package}).\n{_USE_A_SERVER}"


# Ctrl-C in a terminal goes to every process of its group: this one is ended by us, not by that.
_DETACHED: dict[str, Any] = {"start_new_session": True}
if sys.platform == "win32":
    _DETACHED = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server listens, and the key it asks for."""

    url: str
    key: str


class LocalServer:
    """The process for one file. Whoever asks first starts it; after it has ended, it is started again."""

    def __init__(self, file: Path, context: int, name: str, packages: Path) -> None:
        """``packages`` is the folder that xllamacpp lies in."""
        self._config = {
            "file": str(file),
            "context": context,
            "name": name,
            "packages": str(packages),
            "threads": max(1, processors() - 1),
            "prompt_threads": processors(),
        }
        self._name = name
        self._lock = threading.Lock()
        self._starting: Future[Address] | None = None
        self._thread: threading.Thread | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._log: IO[bytes] | None = None
        self._stopped = False

    def start(self, timeout_s: float) -> Future[Address]:
        """The address, soon, or the ModelUnavailable that says why there is none. Does not wait."""
        with self._lock:
            if self._starting is None or self._has_ended():
                self._starting = Future()
                # A daemon: Ctrl-C while it waits must not have to wait for it.
                self._thread = threading.Thread(
                    target=self._run, args=(self._starting, timeout_s), name="embedded model", daemon=True
                )
                self._thread.start()
            return self._starting

    def why(self) -> str:
        """Why its process ended: llama.cpp's first error, or the exit code."""
        process, log = self._process, self._log
        if process is None or log is None or process.poll() is None:
            return "it does not answer"  # and may still write: reading would move its place in the log
        log.seek(0)
        lines = log.read().decode(errors="replace").splitlines()
        # " E " marks an error; the first one is the cause of those after it.
        errors = [line.partition(" E ")[2] for line in lines if " E " in line]
        last = [line for line in lines if line.strip()][-1:]
        return retry.one_line((errors or last or [f"exit code {process.returncode}"])[0])

    def stop(self) -> None:
        """Ends the process, also one that is still loading."""
        self._stopped = True
        process, thread = self._process, self._thread
        if process is not None:
            process.kill()  # nothing is worth saving
        if thread is not None:
            thread.join(2)
        self._discard()

    def forget(self) -> None:
        """After a fork: the process is the parent's, and its end is not ours to wait for."""
        if self._process is not None:
            self._process.returncode = 0
        self._close()

    def _has_ended(self) -> bool:
        starting, process = self._starting, self._process
        if starting is None or not starting.done():
            return False
        return starting.exception() is not None or process is None or process.poll() is not None

    def _run(self, starting: "Future[Address]", timeout_s: float) -> None:
        try:
            starting.set_result(self._launch(timeout_s))
        except ModelUnavailable as error:
            starting.set_exception(error)
        except Exception as error:  # noqa: BLE001 (whatever it is: somebody waits for this)
            why = error.strerror if isinstance(error, OSError) else None
            message = f"{self._name} cannot be started: {why or error!r}"
            starting.set_exception(ModelUnavailable(message, hint=_USE_A_SERVER))

    def _launch(self, timeout_s: float) -> Address:
        self._discard()
        key = secrets.token_urlsafe(16)
        # Unbuffered: buffers have locks, and one that is held when this process forks is held for ever.
        self._log = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 (open as long as the process)
        self._process = process = subprocess.Popen(  # noqa: S603 (our own file, run by our own Python)
            [sys.executable, "-P", str(_SERVER_FILE)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            bufsize=0,
            # Threads that wait must sleep: spinning, they take the time that the others need.
            env={"OMP_WAIT_POLICY": "PASSIVE", **os.environ},
            **_DETACHED,
        )
        if self._stopped:
            process.kill()
        stdin, stdout = process.stdin, process.stdout
        if stdin is None or stdout is None:
            raise OSError("no pipes")
        overdue = threading.Event()

        def end() -> None:
            overdue.set()
            process.kill()  # which ends its output, and so the waiting below

        timer = threading.Timer(timeout_s, end)
        timer.daemon = True
        timer.start()
        try:
            stdin.write(json.dumps(self._config | {"key": key}).encode() + b"\n")
            line = stdout.readline().decode().strip()
        except BrokenPipeError:
            line = ""
        finally:
            timer.cancel()
        if not line:
            process.kill()
            process.wait()
            why = f"it did not come up within {timeout_s:g} s" if overdue.is_set() else self.why()
            raise ModelUnavailable(f"{self._name} cannot be loaded: {why}", hint=_hint(why))
        return Address(url=f"{line}/v1", key=key)

    def _discard(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._close()

    def _close(self) -> None:
        process, log = self._process, self._log
        self._process, self._log = None, None
        pipes = () if process is None else (process.stdin, process.stdout)
        for stream in (log, *pipes):
            if stream is not None:
                stream.close()


def processors() -> int:
    """Processors to compute with: of many, every second one is the other half of a core.

    Text comes token by token, and at each all threads meet hundreds of times: when other work takes one
    of the processors, all wait for the thread that lost it. Measured on two busy processors, two threads
    write 3 to 10 tokens a second and one writes 40; a prompt is read in larger pieces, and all count.
    """
    try:
        count = len(os.sched_getaffinity(0))  # what a container may use, where the system says so
    except AttributeError:
        count = os.cpu_count() or 1
    return count if count <= 4 else max(4, count // 2)


_servers: dict[tuple[Path, int], LocalServer] = {}
_servers_lock = threading.Lock()


def shared(file: Path, context: int, name: str, packages: Path) -> LocalServer:
    """The one server of this process for a file."""
    with _servers_lock:
        server = _servers.get((file, context))
        if server is None:
            server = _servers[file, context] = LocalServer(file, context, name, packages)
        return server


def stop_all() -> None:
    """Ends every server of this process; the next request starts one again."""
    with _servers_lock:
        stopping = list(_servers.values())
        _servers.clear()
    for server in stopping:
        server.stop()


def _forget_all() -> None:
    global _servers_lock
    _servers_lock = threading.Lock()  # another thread may have held it at the fork
    for server in _servers.values():
        server.forget()
    _servers.clear()


atexit.register(stop_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_all)
