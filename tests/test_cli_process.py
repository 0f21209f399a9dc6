"""The command as a process: Ctrl-C, pipes that close, terminals, encodings, and how fast it starts."""

import json
import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from summarizer.report import Report
from tests.groups import ROOT
from tests.test_cli import TIP, article, write
from tests.test_render_terminal import sample

# The command with the stand-in for the pipeline; Ctrl-C as in a shell, whoever started the tests.
PLAYED = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
import pytest
from tests.test_cli import play
play(pytest.MonkeyPatch())
from summarizer.cli import main
sys.argv[0] = "summarizer"
main()
"""


def command(*arguments: str) -> list[str]:
    """Only ``run`` needs the stand-in, which takes long to load."""
    program = ["-c", PLAYED] if arguments[0] == "run" else ["-m", "summarizer"]
    return [sys.executable, "-W", "error", *program, *arguments]


def environment(**changes: str) -> dict[str, str]:
    dropped = ("SUMMARIZER_", "OPENAI_", "FORCE_COLOR", "NO_COLOR", "COLUMNS", "LINES", "PYTHONIOENCODING")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    return kept | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "TERM": "xterm-256color"} | changes


@contextmanager
def started(folder: Path, *arguments: str, **changes: str) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(
        command(*arguments),
        cwd=folder,
        env=environment(**changes),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def finished(folder: Path, *arguments: str, **changes: str) -> tuple[int, bytes, str]:
    with started(folder, *arguments, **changes) as process:
        out, err = process.communicate(timeout=60)
    return process.returncode, out, err.decode()


# --- Ctrl-C


def test_ctrl_c_keeps_the_lines_that_are_out(tmp_path: Path) -> None:
    names = write(tmp_path, a="calm", b="ENDLESS", c="calm")
    with started(tmp_path, "run", *names, "--format", "jsonl") as process:
        assert process.stdout is not None
        line = process.stdout.readline()  # flushed while the second is being worked on
        process.send_signal(signal.SIGINT)
        rest, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert Report.from_json(line).article.text == article()
    assert rest == b""
    assert err.decode().endswith("stopped: 1 of 3 articles done, 2 not done\n")
    assert "Traceback" not in err.decode()


@pytest.mark.parametrize("to_file", [False, True])
def test_ctrl_c_writes_the_array_of_what_is_done(tmp_path: Path, to_file: bool) -> None:
    names = write(tmp_path, a="calm", b="calm", c="ENDLESS")
    options = ["--out", "out.json"] if to_file else []
    with started(tmp_path, "run", *names, "--json", *options) as process:
        assert process.stderr is not None
        told = process.stderr.readline() + process.stderr.readline()
        assert told.startswith(b"1/3 a.txt: ")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    text = (tmp_path / "out.json").read_text(encoding="utf-8") if to_file else out.decode()
    assert len(json.loads(text)) == 2
    assert "stopped: 2 of 3 articles done, 1 not done" in err.decode()


# --- pipes


def test_a_reader_that_leaves_ends_it_quietly(tmp_path: Path) -> None:
    (tmp_path / "many.jsonl").write_text(f"{sample().to_json()}\n" * 300, encoding="utf-8")
    with started(tmp_path, "show", "many.jsonl") as process:
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.readline().startswith(b"Council adds")
        process.stdout.close()
        err = process.stderr.read()
        assert process.wait(timeout=60) == 141
    assert err == b""


@pytest.mark.parametrize("form", ["text", "json"])
def test_piped_output_has_no_escapes(tmp_path: Path, form: str) -> None:
    (tmp_path / "saved").write_text(sample().to_json(), encoding="utf-8")
    code, out, err = finished(tmp_path, "show", "saved", "--format", form)
    assert (code, err) == (0, "")
    assert b"\x1b" not in out


def test_force_color_colours_a_pipe(tmp_path: Path) -> None:
    (tmp_path / "saved").write_text(sample().to_json(), encoding="utf-8")
    assert b"\x1b[" in finished(tmp_path, "show", "saved", FORCE_COLOR="1")[1]


def test_an_encoding_without_our_marks(tmp_path: Path) -> None:
    (tmp_path / "saved").write_text(sample().to_json(), encoding="utf-8")
    plain = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    code, out, err = finished(tmp_path, "show", "saved", **plain)
    assert (code, err) == (0, "")
    assert out.isascii()
    assert b"  + s1  The council voted 9\\u20134" in out
    code, out, _ = finished(tmp_path, "show", "saved", "--json", **plain)
    assert Report.from_json(out) == sample()


# --- terminals


def in_terminal(folder: Path, *arguments: str, width: int = 80, **changes: str) -> str:
    """What the command shows on a terminal; both streams, as the terminal gets them."""
    pty = pytest.importorskip("pty")
    import fcntl
    import struct
    import termios

    ours, theirs = pty.openpty()
    try:
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, width, 0, 0))
        process = subprocess.Popen(
            command(*arguments),
            cwd=folder,
            env=environment(**changes),
            stdin=subprocess.DEVNULL,
            stdout=theirs,
            stderr=theirs,
        )
        os.close(theirs)
        data, deadline = b"", time.monotonic() + 60
        while time.monotonic() < deadline:
            if not select.select([ours], [], [], 1)[0]:
                continue
            try:
                data += os.read(ours, 65536)
            except OSError:  # how Linux says that the other end is closed
                break
        process.wait(timeout=60)
    finally:
        os.close(ours)
    return data.decode().replace("\r\n", "\n")


def test_a_terminal_gets_colour_and_its_own_width(tmp_path: Path) -> None:
    (tmp_path / "saved").write_text(sample().to_json(), encoding="utf-8")
    text = in_terminal(tmp_path, "show", "saved", width=50)
    assert "\x1b[1;7;31m53 percent\x1b[0m" in text
    assert ">>" not in text
    assert max(len(re.sub(r"\x1b\[[\d;]*m", "", line)) for line in text.split("\n")) in range(40, 51)


@pytest.mark.parametrize(
    ("changes", "escapes"),
    [pytest.param({"NO_COLOR": "1"}, True, id="NO_COLOR"), pytest.param({"TERM": "dumb"}, False, id="dumb")],
)
def test_terminals_without_colour(tmp_path: Path, changes: dict[str, str], escapes: bool) -> None:
    (tmp_path / "saved").write_text(sample().to_json(), encoding="utf-8")
    text = in_terminal(tmp_path, "show", "saved", **changes)
    assert not re.search(r"\x1b\[[\d;]*3[0-7]m", text)
    assert ("\x1b" in text) is escapes
    assert ">>" in text


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        pytest.param(["calm"], ["a0.txt: ", TIP], id="one: steps"),
        pytest.param(["calm", "calm"], ["a1.txt: ", "1/2", TIP], id="several: a bar"),
    ],
)
def test_progress_on_a_terminal(tmp_path: Path, words: list[str], shown: list[str]) -> None:
    names = write(tmp_path, **{f"a{number}": word for number, word in enumerate(words)})
    text = in_terminal(tmp_path, "run", *names)
    assert [one for one in shown if one not in text] == []
    assert text.count("A summary with 3.") == len(words)
    last = re.split(r"\x1b\[(?:2K|\d*A|\?25h)|\r", text)[-1]  # behind the last movement of the cursor
    assert TIP in last
    quiet = in_terminal(tmp_path, "run", *names, "--quiet")
    assert "\x1b[?25l" not in quiet


# --- start


HEAVY = [
    "openai",
    "httpx",
    "trafilatura",
    "lxml",
    "xllamacpp",
    "dateparser",
    "py3langid",
    "numpy",
    "sentencex",
    "babel",
    "anyio",
    "sqlalchemy",
    "charset_normalizer",
    "jsonschema",
    "markdown_it",
]


def test_the_command_line_loads_little() -> None:
    code = f"import sys, summarizer.cli; print(sorted(set({HEAVY}) & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"


def module(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "summarizer", *arguments],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stderr == ""
    return done.stdout


def test_version() -> None:
    assert re.fullmatch(r"summarizer \d+\.\d+\.\d+\S*\n", module("--version"))


@pytest.mark.parametrize("command", [[], ["run"], ["show"], ["models"]])
@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help_has_examples_a_line_each(command: list[str], option: str) -> None:
    text = module(*command, option)
    lines = [line.strip() for line in text.split("\n")]
    found = [line for line in lines if line.startswith("$ ")]
    assert len(found) >= 2
    assert all("summarizer" in line for line in found)
    assert "[bold]" not in text


def test_without_a_command_there_is_help() -> None:
    assert module() == module("--help")
