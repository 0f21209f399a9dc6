"""Connections in several small pools: one large pool costs more, for every request, the larger it is."""

from collections.abc import Callable

import httpx2

SHARE = 16  # requests under way in a pool before the next one is begun
_MOST_POOLS = 64


class Pools(httpx2.AsyncBaseTransport):
    """A transport over others, which ``make`` makes when they are needed.

    A pool of httpx looks at each of its connections whenever a request begins or ends (`_assign_requests
    _to_connections` of httpcore): with 200 under way that was a seventh of the time for a whole article.
    One request at a time stays in one pool, and so on one connection.
    """

    def __init__(self, make: Callable[[], httpx2.AsyncBaseTransport], share: int = SHARE) -> None:
        self._make = make
        self._share = share
        self._pools: list[httpx2.AsyncBaseTransport] = []
        self._busy: list[int] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Until the head of the response is there the request counts as under way."""
        number = self._choose()
        self._busy[number] += 1
        try:
            return await self._pools[number].handle_async_request(request)
        finally:
            self._busy[number] -= 1

    async def aclose(self) -> None:
        for pool in self._pools:
            await pool.aclose()

    def _choose(self) -> int:
        for number, busy in enumerate(self._busy):
            if busy < self._share:
                return number
        if len(self._pools) < _MOST_POOLS:
            self._pools.append(self._make())
            self._busy.append(0)
            return len(self._pools) - 1
        return self._busy.index(min(self._busy))
