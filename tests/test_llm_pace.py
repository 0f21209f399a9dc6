"""How fast a server is asked: buckets, cool-down, window."""

import asyncio
import math
from collections.abc import Callable

import pytest

from summarizer.llm.pace import Governor, Pace, Turn


def governor(most: int = 8, **more: float) -> Governor:
    return Governor(most, 0.0, random=lambda: 0.0, **more)


def headers(limit: int, left: int, reset: str, what: str = "requests") -> dict[str, str]:
    return {
        f"x-ratelimit-limit-{what}": str(limit),
        f"x-ratelimit-remaining-{what}": str(left),
        f"x-ratelimit-reset-{what}": reset,
    }


def test_as_many_go_at_once_as_the_window_has() -> None:
    made = governor(2)
    for _ in range(2):
        assert made.wait(0.0, 1) == 0.0
        made.went(0.0, 1)
    assert made.wait(0.0, 1) == math.inf
    made.back(1.0, Turn(0.0, 1), limited=False)
    assert made.wait(1.0, 1) == 0.0


@pytest.mark.parametrize(
    ("more", "tokens", "wait"),
    [
        pytest.param({"requests_per_minute": 60}, 1, 1.0, id="one request a second"),
        pytest.param({"requests_per_minute": 600}, 1, 0.0, id="ten a second: the next may go at once"),
        pytest.param({"tokens_per_minute": 6000}, 50, 0.0, id="tokens that are left"),
        pytest.param({"tokens_per_minute": 6000}, 100, 0.5, id="tokens that come within half a second"),
        pytest.param({"tokens_per_minute": 6000}, 10**6, 0.5, id="more than there ever is: when it is full"),
    ],
)
def test_limits_that_were_set(more: dict[str, float], tokens: int, wait: float) -> None:
    made = governor(**more)
    made.went(0.0, 50)
    assert made.wait(0.0, tokens) == pytest.approx(wait)


@pytest.mark.parametrize(
    ("told", "wait"),
    [
        pytest.param(headers(60, 5, "55s"), 0.0, id="room"),
        pytest.param(headers(60, 0, "1m0s"), 1.0, id="none left: one comes back in a second"),
        pytest.param(headers(60, 0, "6000ms"), 0.1, id="ten a second come back"),
        pytest.param(headers(0, 0, "1s"), 0.0, id="a limit of 0 says nothing"),
        pytest.param(headers(60, 0, "soon"), 1.0, id="no time that can be read: a minute"),
        pytest.param({"x-ratelimit-limit-requests": "many"}, 0.0, id="no numbers"),
        pytest.param(headers(1000, 0, "60s", "tokens"), 0.6, id="tokens"),
    ],
)
def test_what_a_server_says_is_left(told: dict[str, str], wait: float) -> None:
    made = governor()
    made.told(0.0, told)
    assert made.wait(0.0, 10) == pytest.approx(wait)


def test_requests_under_way_are_taken_off_what_is_left() -> None:
    made = governor()
    for _ in range(3):
        made.went(0.0, 1)
    made.told(0.0, headers(60, 2, "58s"))
    assert made.wait(0.0, 1) > 0


def limited(made: Governor, at: float, now: float, asked_s: float | None = None) -> None:
    made.went(at, 1)
    made.back(now, Turn(at, 1), limited=True, asked_s=asked_s)


def test_a_429_stops_everybody_for_as_long_as_it_asks() -> None:
    made = governor()
    limited(made, 0.0, 1.0, asked_s=5.0)
    assert made.wait(1.0, 1) == pytest.approx(5.0)
    assert made.wait(6.1, 1) == 0.0


def test_a_pause_doubles_while_nothing_gets_through_and_is_never_longer_than_a_minute() -> None:
    made, now, pauses = governor(), 0.0, []
    for _ in range(12):
        limited(made, now, now)
        pauses.append(made.wait(now, 1))
        now += pauses[-1] + 0.01
    assert pauses[1] == pytest.approx(2 * pauses[0])
    assert max(pauses) <= 60.0
    made.went(now, 1)
    made.back(now, Turn(now, 1), limited=False)
    limited(made, now, now)
    assert made.wait(now, 1) == pytest.approx(pauses[0])


def test_answers_to_what_was_sent_before_the_pause_make_it_no_longer() -> None:
    made = governor()
    for _ in range(3):
        made.went(0.0, 1)
    made.back(1.0, Turn(0.0, 1), limited=True)
    pause, window = made.wait(1.0, 1), made.window
    made.back(1.0, Turn(0.0, 1), limited=True)
    assert (made.wait(1.0, 1), made.window) == (pause, window)
    made.back(1.0, Turn(0.0, 1), limited=True, asked_s=9.0)
    assert made.wait(1.0, 1) == pytest.approx(9.0)


def test_the_window_opens_slowly_after_a_pause_and_a_stray_429_costs_little() -> None:
    made = governor(100)
    limited(made, 0.0, 0.0)
    assert made.window <= 30
    opened = [made.window]
    for number in range(400):
        made.went(10.0 + number, 1)
        made.back(10.5 + number, Turn(10.0 + number, 1), limited=False)
        opened.append(made.window)
    assert opened == sorted(opened)
    before = made.window
    limited(made, 1000.0, 1000.0)
    assert made._threshold > 0.9 * before


def paced(pace: Callable[[], Pace], turns: int) -> list[float]:
    """When each of some turns was given, of requests that take no time."""

    async def go() -> list[float]:
        made, loop = pace(), asyncio.get_running_loop()
        began, given = loop.time(), []

        async def one() -> None:
            turn = await made.turn(1)
            given.append(loop.time() - began)
            made.back(turn)

        await asyncio.gather(*(one() for _ in range(turns)))
        return given

    return asyncio.run(go())


def test_turns_come_at_the_rate_that_was_set() -> None:
    given = paced(lambda: Pace(50, requests_per_minute=6000), 150)
    assert len(given) == 150
    assert given[-1] >= 0.45  # a hundred at once, the rest at a hundred a second


def test_a_cancelled_request_leaves_its_place_to_others() -> None:
    async def go() -> int:
        made = Pace(1)
        first = await made.turn(1)
        waiting = [asyncio.ensure_future(made.turn(1)) for _ in range(3)]
        await asyncio.sleep(0)
        waiting[0].cancel()
        made.back(first)
        waiting[1].cancel()  # it was given its turn in the same moment
        await asyncio.sleep(0)
        made.back(await waiting[2])
        return made.governor.under_way

    assert asyncio.run(go()) == 0


def test_the_turns_of_somebody_who_died_are_taken_back() -> None:
    async def go() -> int:
        made = Pace(2)
        turns = [await made.turn(1, "a"), await made.turn(1, "a")]
        made.forget("a")
        made.back(turns[0])  # of a dead one: it counts no more
        assert await asyncio.wait_for(made.turn(1, "b"), 5)
        return made.governor.under_way

    assert asyncio.run(go()) == 1
