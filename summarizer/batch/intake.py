"""What a caller hands over, as records in lists."""

import time
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Mapping
from typing import Any

import anyio.to_thread

from ..article import Article
from ..errors import InputError
from .records import Input

Given = Article | str | Mapping[str, Any] | Input
Articles = Iterable[Given] | AsyncIterable[Given]

_AT_ONCE = 256  # records noted in one transaction
_LONGEST_CHUNK_S = 0.25  # a slow pipe's articles do not wait for one another
_MOST_BYTES = 8_000_000


async def chunks(articles: Articles) -> AsyncIterator[list[Input]]:
    """The records in lists, each as long as what is there at once; a file is read in a thread."""
    """Records in lists, each as long as what is there at once."""
    if isinstance(articles, AsyncIterable):
        number = 0
        async for one in articles:
            number += 1
            yield [_input(one, number)]
        return
    numbered = enumerate(articles, 1)
    while some := await anyio.to_thread.run_sync(_next, numbered, abandon_on_cancel=True):
        yield some


def _next(numbered: Iterator[tuple[int, Given]]) -> list[Input]:
    some: list[Input] = []
    size, ends = 0, time.monotonic() + _LONGEST_CHUNK_S
    for number, one in numbered:
        made = _input(one, number)
        some.append(made)
        size += len(getattr(made.body, "data", b"")) or 1000
        if len(some) == _AT_ONCE or size > _MOST_BYTES or time.monotonic() > ends:
            break
    return some


def _input(one: Given, number: int) -> Input:
    origin = f"article {number}"
    if isinstance(one, Input):
        return one
    if isinstance(one, Article):
        return Input.of_article(one, origin)
    if isinstance(one, str):
        return Input.of_fields({"text": one}, origin)
    if isinstance(one, Mapping):
        return Input.of_fields(one, origin)
    wanted = "Article, text, or a mapping with a text"
    return Input.unreadable(origin, InputError(f"{origin}: a {type(one).__name__} is no {wanted}"))
