"""Pauses Python's cycle collector over work that makes many objects and no cycles."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """No collection meanwhile; what is not needed any more is freed by its reference count as ever.

    Reading a long article makes hundreds of thousands of small objects that stay. The collector would go
    through all of them again and again. Paused by one of several threads, it runs again as soon as that one
    is done; where a caller has turned it off, it stays off.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
