"""How fast a server is asked, for all requests of a job together: what it says of its limits, and its 429s.

Three things hold a request back. *Buckets*: requests and tokens a minute, as set or as the server tells in
its ``x-ratelimit-*`` headers. One *cool-down* that all share: a 429 stops everybody for as long as it asks
for, or for a time that doubles while nothing gets through, with jitter. A *window* of requests under way:
after a cool-down it opens again as TCP does, doubling at first and slowly later. How far a 429 closes it
depends on how many of the answers were 429s lately, so that a stray one costs little (after DCTCP, Alizadeh
et al. 2010).
"""

import asyncio
import math
import random as random_module
import re
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from .retry import MAX_WAIT_S

_FIRST_PAUSE_S = 0.5  # after a 429 that does not say how long
_SHORTEST_MEMORY = 16  # answers over which the share of 429s is reckoned, at least
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|h|m|s)")
_UNIT_S = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


@dataclass(frozen=True, slots=True)
class Turn:
    """The right to send one request of so many tokens, given at a time of the pace's clock."""

    at: float
    tokens: int
    owner: str = ""


class Paced(Protocol):
    """Whoever gives turns: a ``Pace`` here, or one that lives in another process."""

    async def turn(self, tokens: int) -> Turn: ...

    def back(self, turn: Turn, *, limited: bool = False, asked_s: float | None = None) -> None: ...

    def told(self, headers: Mapping[str, str]) -> None: ...


class Bucket:
    """So many a minute. ``burst``: how many may go at once after a pause; all of them if not given."""

    def __init__(self, limit: float, now: float, *, burst: float | None = None) -> None:
        self.limit = limit
        self._most = limit if burst is None else max(1.0, burst)
        self._level = self._most
        self._rate = limit / 60.0
        self._at = now
        self._full_at: float | None = None  # of a server that fills up at once and not little by little

    def wait(self, now: float, amount: float) -> float:
        """Seconds until the amount fits; one larger than all there is goes when the bucket is full."""
        amount = min(amount, self._most)
        level = self.level(now)
        if level + 1e-9 >= amount:  # what a sum of floats leaves over is nothing
            return 0.0
        if self._full_at is not None:
            return max(self._full_at - now, 0.001)
        return max((amount - level) / self._rate, 0.001)

    def level(self, now: float) -> float:
        if self._full_at is not None:
            return self._most if now >= self._full_at else self._level
        return min(self._most, self._level + (now - self._at) * self._rate)

    def take(self, now: float, amount: float) -> None:
        self._level, self._at = max(0.0, self.level(now) - amount), now
        if self._full_at is not None and now >= self._full_at:
            self._full_at = None

    def told(self, now: float, limit: float, left: float, reset_s: float, *, at_once: bool) -> None:
        """What the server says is left, and when all of it is there again."""
        self.limit = self._most = max(limit, 1.0)
        self._level, self._at = max(0.0, min(left, self._most)), now
        missing = self._most - left
        self._rate = missing / reset_s if reset_s > 0 and missing > 0 else self._most / 60.0
        self._full_at = now + reset_s if at_once and reset_s > 0 else None


class Governor:
    """Decides when the next request may go. Pure: it is told the time, and waits for nothing."""

    def __init__(
        self,
        most: int,
        now: float,
        *,
        requests_per_minute: float | None = None,
        tokens_per_minute: float | None = None,
        random: Callable[[], float] = random_module.random,
    ) -> None:
        self.window = self._most = float(most)
        self.under_way = 0
        self.limited = 0  # answers with 429
        self._threshold = self._most
        self._share = 1.0  # of 429s among the answers lately; the first one counts in full
        self._random = random
        self._tokens_under_way = 0
        self._cool_until = self._cool_from = -math.inf
        self._in_a_row = 0
        self._at_once = False  # the server's minute ends for all at the same moment
        self._given = [
            (Bucket(limit, now, burst=limit / 60), counts_tokens)
            for limit, counts_tokens in ((requests_per_minute, False), (tokens_per_minute, True))
            if limit is not None
        ]
        self._said: dict[str, Bucket] = {}

    def wait(self, now: float, tokens: int) -> float:
        """Seconds until a request may go: 0 for now, infinity for when another one has come back."""
        if now < self._cool_until:
            return self._cool_until - now
        if self.under_way >= max(1, int(self.window)):
            return math.inf
        waits = [
            bucket.wait(now, tokens if counts_tokens else 1) for bucket, counts_tokens in self._buckets()
        ]
        return max(waits, default=0.0)

    def went(self, now: float, tokens: int) -> None:
        self.under_way += 1
        self._tokens_under_way += tokens
        for bucket, counts_tokens in self._buckets():
            bucket.take(now, tokens if counts_tokens else 1)

    def back(self, now: float, turn: Turn, *, limited: bool, asked_s: float | None = None) -> None:
        """A request has come back, with an answer, an error or nothing; ``limited``: with 429."""
        self.under_way -= 1
        self._tokens_under_way -= turn.tokens
        memory = max(_SHORTEST_MEMORY, self.window)
        self._share += ((1.0 if limited else 0.0) - self._share) / memory
        if limited:
            self.limited += 1
            self._cool(now, turn, asked_s)
            return
        if turn.at >= self._cool_from:
            self._in_a_row = 0
        step = 1.0 if self.window < self._threshold else 1.0 / self.window
        self.window = min(self._most, self.window + step)

    def told(self, now: float, headers: Mapping[str, str]) -> None:
        """Takes the rate headers of an answer; what cannot be read says nothing."""
        for what, counts_tokens in (("requests", False), ("tokens", True)):
            limit = _number(headers.get(f"x-ratelimit-limit-{what}"))
            left = _number(headers.get(f"x-ratelimit-remaining-{what}"))
            if not limit or left is None:
                continue
            reset_s = _reset(headers.get(f"x-ratelimit-reset-{what}"))
            bucket = self._said.setdefault(what, Bucket(limit, now))
            # Of those under way nobody knows which the server has counted: none, to be careful.
            ahead = self._tokens_under_way if counts_tokens else max(0, self.under_way - 1)
            left = max(0.0, left - ahead)
            bucket.told(now, limit, left, 60.0 if reset_s is None else reset_s, at_once=self._at_once)

    def _cool(self, now: float, turn: Turn, asked_s: float | None) -> None:
        pause = None if asked_s is None else min(asked_s * (1 + 0.1 * self._random()), MAX_WAIT_S)
        if turn.at < self._cool_from:
            # It was sent before we knew: it says when to come back, and nothing about what we did since.
            if pause is not None:
                self._cool_until = max(self._cool_until, now + pause)
            return
        self._in_a_row += 1
        if self._in_a_row > 1 and self._said:
            self._at_once = True  # there was said to be room, and there was none
        if pause is None:
            pause = min(_FIRST_PAUSE_S * 2.0 ** (self._in_a_row - 1), MAX_WAIT_S)
            pause *= 0.5 + 0.5 * self._random()
        self._cool_from, self._cool_until = now, max(self._cool_until, now + pause)
        self._threshold = max(1.0, self.window * (1 - self._share / 2))
        self.window = max(1.0, self._threshold / 2)

    def _buckets(self) -> list[tuple[Bucket, bool]]:
        return [*self._given, *((bucket, what == "tokens") for what, bucket in self._said.items())]


class Pace:
    """Gives turns in the order in which they are asked for, in one event loop.

    ``most`` is how many requests may be under way at once. A turn that was given has to come ``back``.
    """

    def __init__(
        self,
        most: int,
        *,
        requests_per_minute: float | None = None,
        tokens_per_minute: float | None = None,
        clock: Callable[[], float] | None = None,
        random: Callable[[], float] = random_module.random,
        speed: float = 1.0,
    ) -> None:
        """``speed`` divides every wait: a test need not take as long as a server's minute."""
        self._clock = clock or asyncio.get_running_loop().time
        self._speed = speed
        self.governor = Governor(
            most,
            self._clock(),
            requests_per_minute=requests_per_minute,
            tokens_per_minute=tokens_per_minute,
            random=random,
        )
        self._waiting: deque[tuple[asyncio.Future[Turn], int, str]] = deque()
        self._out: dict[str, list[Turn]] = {}
        self._timer: asyncio.TimerHandle | None = None

    async def turn(self, tokens: int, owner: str = "") -> Turn:
        """Waits until a request of so many tokens may go. ``owner`` is who can be forgotten as a whole."""
        future: asyncio.Future[Turn] = asyncio.get_running_loop().create_future()
        self._waiting.append((future, tokens, owner))
        self._look()
        try:
            return await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled():
                self.back(future.result())  # given in the same moment
            raise

    def back(self, turn: Turn, *, limited: bool = False, asked_s: float | None = None) -> None:
        """The request has come back."""
        if turn.owner:
            out = self._out.get(turn.owner, [])
            if turn not in out:
                return  # of somebody who was taken for dead
            out.remove(turn)
        self.governor.back(self._clock(), turn, limited=limited, asked_s=asked_s)
        self._look()

    def told(self, headers: Mapping[str, str]) -> None:
        """The headers of an answer."""
        self.governor.told(self._clock(), headers)
        self._look()

    def forget(self, owner: str) -> None:
        """Takes back the turns of somebody who died."""
        for turn in self._out.pop(owner, []):
            self.governor.back(self._clock(), turn, limited=False)
        for entry in [entry for entry in self._waiting if entry[2] == owner]:
            self._waiting.remove(entry)
            entry[0].cancel()
        self._look()

    def _look(self) -> None:
        """Gives the turns that are due, and comes back when the next one is."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._waiting:
            future, tokens, owner = self._waiting[0]
            if future.done():  # cancelled
                self._waiting.popleft()
                continue
            now = self._clock()
            wait = self.governor.wait(now, tokens)
            if wait > 0:
                if wait < math.inf:
                    loop = asyncio.get_running_loop()
                    self._timer = loop.call_later(wait / self._speed, self._look)
                return
            self._waiting.popleft()
            self.governor.went(now, tokens)
            turn = Turn(now, tokens, owner)
            if owner:
                self._out.setdefault(owner, []).append(turn)
            future.set_result(turn)


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if 0 <= value < math.inf else None


def _reset(text: str | None) -> float | None:
    """Seconds of ``1s``, ``6m0s``, ``120ms``, or a plain number of seconds."""
    text = (text or "").strip().lower()
    parts = _PART.findall(text)
    if parts and "".join(number + unit for number, unit in parts) == text:
        return float(sum(float(number) * _UNIT_S[unit] for number, unit in parts))
    return _number(text)
