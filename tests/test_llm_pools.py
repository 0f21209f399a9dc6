"""Connections in several pools: how requests are spread, and what is closed."""

import anyio
import httpx2
import pytest

from summarizer.llm.client import _pools
from summarizer.llm.pools import Pools


class Pool(httpx2.AsyncBaseTransport):
    """Answers when it may, and tells how much it was given."""

    def __init__(self) -> None:
        self.given = 0
        self.closed = False
        self.may = anyio.Event()

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.given += 1
        await self.may.wait()
        if request.url.path == "/broken":
            raise httpx2.ConnectError("broken")
        return httpx2.Response(200)

    async def aclose(self) -> None:
        self.closed = True


REQUEST = httpx2.Request("GET", "http://server/")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.anyio
async def test_a_pool_is_filled_before_the_next_one_is_begun() -> None:
    made: list[Pool] = []

    def make() -> Pool:
        made.append(Pool())
        return made[-1]

    pools = Pools(make, share=2)
    async with anyio.create_task_group() as group:
        for _ in range(5):
            group.start_soon(pools.handle_async_request, REQUEST)
        await anyio.wait_all_tasks_blocked()
        assert [pool.given for pool in made] == [2, 2, 1]
        made[0].may.set()
        await anyio.wait_all_tasks_blocked()
        await pools.handle_async_request(REQUEST)
        assert [pool.given for pool in made] == [3, 2, 1], "the first has room again"
        for pool in made:
            pool.may.set()
    await pools.aclose()
    assert all(pool.closed for pool in made)


@pytest.mark.anyio
async def test_a_request_that_fails_makes_room_too() -> None:
    made: list[Pool] = []

    def make() -> Pool:
        made.append(Pool())
        made[-1].may.set()
        return made[-1]

    pools = Pools(make, share=1)
    for _ in range(3):
        with pytest.raises(httpx2.ConnectError):
            await pools.handle_async_request(httpx2.Request("GET", "http://server/broken"))
    assert [pool.given for pool in made] == [3]


@pytest.mark.parametrize(
    ("proxy", "trusted", "ours"),
    [("http://proxy:3128", True, False), ("http://proxy:3128", False, True), (None, True, True)],
)
def test_a_proxy_of_the_environment_is_left_to_the_client(
    monkeypatch: pytest.MonkeyPatch, proxy: str | None, trusted: bool, ours: bool
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    if proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy)
    assert isinstance(_pools(trusted), Pools) is ours
