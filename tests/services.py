"""Real programs that tests talk to: a headless Chromium and a PostgreSQL server of the run's own."""

import ctypes
import os
import pwd
import re
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


def is_root() -> bool:
    return os.geteuid() == 0


def has_user(name: str) -> bool:
    return any(entry.pw_name == name for entry in pwd.getpwall())


def find_runuser() -> str | None:
    return shutil.which("runuser", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


# --- Chromium ---------------------------------------------------------------------------------


def find_chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for path in map(shutil.which, names) if path), None)


# What Chromium asks for by itself; no name is looked up, so it gets no answer.
_OF_CHROMIUM = re.compile(r"https?://(?:[\w-]+\.)+(?:google|googleapis|gvt1)\.com/")


@dataclass(frozen=True)
class Visit:
    """What a page did: its HTML afterwards, its lines in the console, the addresses it asked for."""

    dom: str
    console: tuple[str, ...]
    requests: tuple[str, ...]


@dataclass(frozen=True)
class Chromium:
    """A browser without a window. Every call starts it anew, with a profile of its own."""

    program: str

    def dom(self, target: Path | str, *options: str) -> str:
        """The page's HTML after its scripts have run."""
        return self._run(target, "--dump-dom", *options)

    def visit(self, target: Path | str) -> "Visit":
        """The page after its scripts have run, what was logged, and which addresses were asked for."""
        with tempfile.TemporaryDirectory(prefix="summarizer-visit-") as folder:
            net_log = Path(folder) / "net.json"
            done = self._done(
                target, "--dump-dom", "--enable-logging=stderr", "--log-level=0", f"--log-net-log={net_log}"
            )
            asked = re.findall(r'"url":"((?:https?|wss?|ftp)://[^"]*)"', net_log.read_text(encoding="utf-8"))
        console = [line.split("] ", 1)[-1] for line in done.stderr.splitlines() if "CONSOLE" in line]
        of_the_page = [url for url in asked if not _OF_CHROMIUM.match(url)]
        return Visit(done.stdout, tuple(console), tuple(dict.fromkeys(of_the_page)))

    def screenshot(self, target: Path | str, png: Path, width: int = 1280, height: int = 900) -> Path:
        self._run(target, f"--screenshot={png}", f"--window-size={width},{height}", "--hide-scrollbars")
        assert png.is_file(), f"Chromium wrote no {png}"
        return png

    def _run(self, target: Path | str, *options: str) -> str:
        return self._done(target, *options).stdout

    def _done(self, target: Path | str, *options: str) -> subprocess.CompletedProcess[str]:
        url = target.resolve().as_uri() if isinstance(target, Path) else target
        with tempfile.TemporaryDirectory(prefix="summarizer-chromium-", ignore_cleanup_errors=True) as home:
            command = [
                self.program,
                "--headless",
                "--no-sandbox",  # root may not run it otherwise
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
                f"--user-data-dir={home}/profile",
                *options,
                url,
            ]
            done = subprocess.run(
                command,
                env={**os.environ, "HOME": home, "XDG_CONFIG_HOME": home, "XDG_CACHE_HOME": home},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                encoding="utf-8",
                timeout=120,
                check=False,
            )
        assert done.returncode == 0, f"Chromium ended with {done.returncode}:\n{done.stderr[-2000:]}"
        return done


# --- PostgreSQL -------------------------------------------------------------------------------


def find_postgres(program: str) -> str | None:
    """The newest of Debian's versions, which lie outside the PATH, else what the PATH has."""

    def version(path: Path) -> tuple[int, ...]:
        return tuple(map(int, re.findall(r"\d+", path.parts[-3])))

    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), key=version)
    return str(debian[-1]) if debian else shutil.which(program)


def _as_postgres(folder: Path, program: str, *arguments: str) -> None:
    """Runs one of PostgreSQL's programs, as the user postgres when we are root (it refuses root)."""
    path = find_postgres(program)
    assert path, f"no {program} here"
    prefix = [find_runuser() or "runuser", "-u", "postgres", "--"] if is_root() else []
    with (folder / "output.txt").open("a+") as output:  # a file: a pipe would stay open with the server
        done = subprocess.run(
            [*prefix, path, *arguments],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            timeout=120,
            check=False,
        )
        output.seek(0)
        assert done.returncode == 0, f"{program} ended with {done.returncode}:\n{output.read()[-2000:]}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def postgres_server(*, fsync: bool = False) -> Iterator[str]:
    """A fresh server on a free loopback port, for as long as the block lasts; yields its URL.

    Without ``fsync`` nothing waits for the disk: for tests, not for what measures.
    """
    # Not pytest's tmp_path: that is 0700 and ours, and the server's user must get in.
    folder = Path(tempfile.mkdtemp(prefix="summarizer-pg-", dir="/tmp" if is_root() else None))
    if is_root():
        shutil.chown(folder, "postgres")
    data = str(folder / "data")
    port = _free_port()
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": port,
        "unix_socket_directories": folder,
        "fsync": "on" if fsync else "off",
    }
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    try:
        _as_postgres(
            folder, "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "-N"
        )
        _as_postgres(folder, "pg_ctl", "-D", data, "-w", "-l", f"{data}/server.log", "-o", options, "start")
        try:
            yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
        finally:
            _as_postgres(folder, "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def has_library(name: str) -> bool:
    """Whether the system has a shared library."""
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True
