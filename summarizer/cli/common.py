"""What all commands share: the two streams, how errors are told, exit codes.

Exit codes: 0 done; 1 something was flagged (`check`); 2 wrong use or bad input; 3 no model could be spoken
to; 4 something planned did not happen; 70 a bug; 130 stopped with Ctrl-C; 141 nobody reads the output any
more.
"""

import contextlib
import io
import os
import re
import sys
import traceback
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any

import typer
from rich.console import Console, RenderableType
from rich.text import Text
from typer.core import TyperGroup

from ..errors import JournalError, ModelError, SummarizerError
from ..render.safe import safe, safe_json
from ..settings import debugging

DONE, FLAGGED, BAD_INPUT, NO_MODEL, INCOMPLETE, BUG, STOPPED, NO_READER = 0, 1, 2, 3, 4, 70, 130, 141
PLAIN_WIDTH = 100  # where there is no terminal that has a width
DEBUG = "SUMMARIZER_DEBUG"

EXIT_CODES = """

[bold]Exit codes[/bold]
  0  done
  1  something was flagged (check)
  2  wrong use, or an article that cannot be used
  3  no model could be spoken to
  4  something that was planned did not happen: the report says what"""


class Format(StrEnum):
    """How reports leave the program."""

    TEXT = "text"
    JSON = "json"
    JSONL = "jsonl"
    HTML = "html"


def examples(*lines: str) -> str:
    """The examples of a command's help, a line each."""
    shown = "\n".join(f"$ {line}" for line in lines).replace("[", "\\[")
    return f"[bold]Examples[/bold]\n{shown}"


def duration(text: str) -> float:
    """``90`` or ``90s``, ``30m``, ``2h`` in seconds. Raises typer.BadParameter."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([smh]?)\s*", text)
    if found is None or not float(found[1]):
        raise typer.BadParameter(f"{text!r} is no length of time: write 90 (seconds), 30m or 2h")
    return float(found[1]) * {"": 1, "s": 1, "m": 60, "h": 3600}[found[2]]


# --- output


def console(*, stderr: bool = False) -> Console:
    """A console that takes text as it is: no markup, no emoji codes, no guessed highlights."""
    made = Console(stderr=stderr, markup=False, emoji=False, highlight=False)
    if not made.is_terminal:
        made.width = PLAIN_WIDTH
    return made


def put(text: str) -> None:
    """Writes text to standard output; what its encoding lacks is written as an escape."""
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
    sys.stdout.flush()


def put_json(text: str) -> None:
    """Writes JSON to standard output, in UTF-8 whatever the terminal's encoding is."""
    sys.stdout.flush()
    sys.stdout.buffer.write(safe_json(text).encode() + b"\n")
    sys.stdout.flush()


def put_html(text: str) -> None:
    """Writes a page to standard output, in UTF-8 whatever the terminal's encoding is."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode())
    sys.stdout.flush()


def put_rendered(*parts: RenderableType) -> None:
    """Writes renderables to standard output, in colour where it is a terminal."""
    out = console()
    with out.capture() as captured:
        for part in parts:
            out.print(part, crop=False)
    put(captured.get())


def rendered_plain(*parts: RenderableType) -> str:
    """Renderables as text for a file: no colour, no escape sequences."""
    out = Console(
        width=PLAIN_WIDTH,
        color_system=None,
        force_terminal=False,
        markup=False,
        emoji=False,
        highlight=False,
        file=io.TextIOWrapper(io.BytesIO(), encoding="utf-8"),
    )
    with out.capture() as captured:
        for part in parts:
            out.print(part, crop=False)
    return captured.get()


def note(text: str, *, style: str = "") -> None:
    """Writes a line to standard error."""
    with contextlib.suppress(BrokenPipeError):
        console(stderr=True).print(Text(safe(text), style=style), soft_wrap=True)


def without_passwords(text: str) -> str:
    """The text without the names and passwords that some people write into addresses."""
    return re.sub(r"(?<=://)[^/\s@]+@", "", text)


def complain(message: str, hint: str | None = None) -> None:
    """Tells an error on standard error, and what to try."""
    out = console(stderr=True)
    message, hint = without_passwords(message), without_passwords(hint or "")
    with contextlib.suppress(BrokenPipeError):
        out.print(Text.assemble(("error: ", "bold red"), safe(message)), soft_wrap=True)
        if hint:
            lines = "\n".join(map(safe, hint.split("\n")))  # hints are ours: their lines stay
            out.print(Text.assemble(("try: ", "bold"), lines), soft_wrap=True)


# --- errors


def code_of(error: SummarizerError) -> int:
    if isinstance(error, JournalError):
        return INCOMPLETE
    return NO_MODEL if isinstance(error, ModelError) else BAD_INPUT


def worst(codes: set[int]) -> int:
    """The exit code of several articles together."""
    return next((code for code in (NO_MODEL, BAD_INPUT, INCOMPLETE) if code in codes), DONE)


class CommandGroup(TyperGroup):
    """Commands whose errors are told in one way, without tracebacks."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        def run() -> Any:
            return super(CommandGroup, self).main(
                args, prog_name, complete_var, False, windows_expand_args, **extra
            )

        if not standalone_mode:
            return run()
        sys.exit(_guarded(run))

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            _stop_writing()
            raise typer.Exit(NO_READER) from None
        except KeyboardInterrupt:
            note("stopped")
            raise typer.Exit(STOPPED) from None


def _guarded(command: Callable[[], Any]) -> int:
    """Runs a command; its exit code. Whatever it raises is told."""
    try:
        code = command()
    except SummarizerError as error:
        complain(str(error), error.hint)
        return code_of(error)
    except typer.TyperException as error:  # a wrong option, a missing argument
        context = getattr(error, "ctx", None)
        path = context.command_path if context is not None else "summarizer"
        complain(error.format_message(), f"{path} --help")
        return BAD_INPUT
    except (typer.Abort, KeyboardInterrupt):
        return STOPPED
    except Exception as error:  # noqa: BLE001  (the last place that can tell anything)
        if debugging():
            traceback.print_exc()
        words = " ".join(str(error).split())
        complain(
            f"{type(error).__name__}{': ' if words else ''}{words}; this is a bug",
            None if debugging() else f"the same with {DEBUG}=1 set, and report what it prints",
        )
        return BUG
    return code if isinstance(code, int) else DONE


def _stop_writing() -> None:
    """Points standard output to nowhere, so that the end of the process does not fail on it."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
