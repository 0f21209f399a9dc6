"""How far a run of a batch is, counted as it goes."""

import time
from dataclasses import dataclass, field

from .outcome import Asked


@dataclass(slots=True)
class Tally:
    """How far a run is. Counts of articles, except where said; tokens and money are this run's.

    ``cost_usd`` is None when the price of a reply is not known; ``limited`` counts 429s.
    """

    read: int = 0
    duplicates: int = 0
    waiting: int = 0
    done_before: int = 0
    reported: int = 0
    incomplete: int = 0
    failed: int = 0
    flagged: int = 0
    running: int = 0
    replies: int = 0
    retried: int = 0
    limited: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = 0.0
    whole: bool = False
    began: float = field(default_factory=time.monotonic)

    @property
    def finished(self) -> int:
        """Of this run."""
        return self.reported + self.incomplete + self.failed

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began

    @property
    def per_second(self) -> float:
        return self.finished / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """At the rate so far; None while that cannot be told."""
        if not self.whole or self.finished < 5:
            return None
        return max(0, self.waiting - self.finished) / self.per_second

    def took(self, asked: Asked) -> None:
        """Adds what an article took of the model."""
        self.replies += asked.replies
        self.retried += asked.retried
        self.input_tokens += asked.input_tokens
        self.output_tokens += asked.output_tokens
        known = None not in (self.cost_usd, asked.cost_usd)
        self.cost_usd = (self.cost_usd or 0.0) + (asked.cost_usd or 0.0) if known else None
