"""What the checks must keep to whatever they are given: the same findings always, time that grows with length,
and no input that stops a worker. How many statements a second is measured by ``benchmarks/checks.py --speed``."""

import itertools
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from summarizer.article import Article
from summarizer.checker import check_statements
from tests.newsroom import suite
from tests.speed_texts import HOSTILE, long_article, statements_about

ROOT = Path(__file__).resolve().parent.parent
MOST_SECONDS = 2.0  # of process time, for 100 kB, at the best of three attempts
GROWTH = 2.6  # times as long for twice the words
SIZE = 100_000

_PRINTS = """
import hashlib, msgspec
from summarizer.checker import check_statements
from tests.newsroom import suite
for story in suite.stories("open")[:6]:
    found = check_statements(story.article, [row.statement for row in story.rows])
    print(story.name, hashlib.sha256(msgspec.json.encode(msgspec.to_builtins(found))).hexdigest())
"""


def _seconds(article: Article | str, statements: list[str]) -> float:
    """Without the measuring of coverage, which costs more than what it measures."""
    tracer = sys.gettrace()
    sys.settrace(None)
    try:
        started = time.process_time()
        check_statements(article, statements, language="en")
        return time.process_time() - started
    finally:
        sys.settrace(tracer)


def test_the_same_findings_in_every_process() -> None:
    printed = {
        seed: subprocess.run(
            [sys.executable, "-c", _PRINTS],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "4242")
    }
    assert len(set(printed.values())) == 1
    assert len(printed["0"].splitlines()) == 6


def test_the_same_findings_again_and_in_another_order() -> None:
    story = suite.stories("open")[0]
    statements = [row.statement for row in story.rows]
    first = check_statements(story.article, statements)
    assert check_statements(story.article, statements) == first
    alone = [check_statements(story.article, [statement])[0] for statement in reversed(statements)]
    for one, together in zip(reversed(alone), first, strict=True):
        own = tuple(signal for signal in together.signals if signal.check != "internal")
        assert one.signals == own  # other statements and other articles leave nothing behind


@pytest.mark.parametrize("what", ["article", "statements"])
def test_time_grows_with_length(what: str) -> None:
    seeds = itertools.count()  # every text is new: one that was read before would cost nothing

    def once(factor: int) -> float:
        words = 6_000 * factor if what == "article" else 2_000
        count = 15 if what == "article" else 40 * factor
        text = long_article(words, seed=next(seeds))
        return _seconds(Article.from_text(text, language="en"), statements_about(text, count))

    once(1)  # reads the tables
    ratios = []
    for _ in range(5):  # others use the machine too: one quiet moment tells
        ratios.append(once(2) / once(1))
        if ratios[-1] <= GROWTH:
            return
    pytest.fail(f"twice the {what} took {min(ratios):.1f} times as long")


@pytest.mark.parametrize("shape", sorted(HOSTILE))
def test_no_article_stops_a_worker(shape: str) -> None:
    statement = "The council did not raise 12 per cent, Ann Price said on Tuesday."
    assert _is_quick(lambda more: (HOSTILE[shape](SIZE + more), [statement]))


@pytest.mark.parametrize("shape", sorted(HOSTILE))
def test_no_statement_stops_a_worker(shape: str) -> None:
    article = Article.from_text(long_article(600), language="en")

    def made(more: int) -> tuple[Article, list[str]]:
        hostile = HOSTILE[shape](SIZE + more)
        return article, [hostile, hostile[: 3_999 - more]]

    assert _is_quick(made)


def _is_quick(made: Callable[[int], tuple[Article | str, list[str]]]) -> bool:
    """Whether one of three attempts, each with a text of its own, keeps to the limit: others use the machine."""
    return any(_seconds(*made(attempt)) < MOST_SECONDS for attempt in range(3))
