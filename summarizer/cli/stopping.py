"""A service manager's way to stop a program counts as Ctrl-C: in good order."""

import asyncio
import signal
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, TypeVar

import anyio

T = TypeVar("T")


def run_until_stopped(work: Callable[..., Coroutine[Any, Any, T]], *arguments: Any) -> T:
    """Runs a coroutine function to its end, with Ctrl-C and SIGTERM as cancellations of it.

    An exception out of a signal handler may break into any line, also one of the event loop's own, which
    then loses a wake-up and never ends; a cancellation arrives only where the work waits. (For Ctrl-C
    asyncio does it that way itself.) Raises KeyboardInterrupt when it was stopped, and what the work raises.
    """

    async def stoppable() -> T:
        with _cancelled_by(signal.SIGTERM):
            return await work(*arguments)

    before = signal.signal(signal.SIGTERM, signal.default_int_handler)  # until and after the loop runs
    try:
        return anyio.run(stoppable)
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _cancelled_by(number: signal.Signals) -> Iterator[None]:
    """The signal cancels the current task, once; the same signal again changes nothing."""
    task, loop = asyncio.current_task(), asyncio.get_running_loop()
    came = False

    def cancel(_number: int, _frame: FrameType | None) -> None:
        nonlocal came
        if task is not None and not came:
            came = True
            loop.call_soon_threadsafe(task.cancel)

    before = signal.signal(number, cancel)
    try:
        yield
    finally:
        signal.signal(number, before)
