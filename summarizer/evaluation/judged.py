"""Evaluation with a judging model: what is flagged of each row once it has spoken.

As in a report, it is asked about what the rules leave open, and about all rows of one article together. Rows
are checked one by one before that: two summaries of one article may well disagree.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

import anyio
from msgspec.structs import replace

from ..article import Article
from ..asking import Asker
from ..checker import check_article
from ..errors import ModelUnavailable
from ..judge import Judge, Judged
from ..judging import apply_verdicts, to_be_judged
from ..llm.model import LanguageModel
from ..prompts import Prompts
from ..report import AnswerState, Finding, Statement
from ..settings import Settings
from .datasets import Row
from .report import JudgeRun

Tick = Callable[[], None]


async def flags(
    rows: Sequence[Row],
    model: LanguageModel,
    library: Prompts,
    settings: Settings,
    *,
    at_once: int = 1,
    tick: Tick = lambda: None,
) -> tuple[list[bool], JudgeRun]:
    """Whether each row is flagged, in their order; ``tick`` is called after each row.

    What was asked and got no answer (a limit, a refusal) stays flagged and is counted. Raises
    ModelUnavailable when nothing answers at all: such figures would be of no judge.
    """
    started = time.perf_counter()
    of_article: dict[tuple[str, str | None, str | None], list[int]] = defaultdict(list)
    for number, row in enumerate(rows):
        of_article[row.article, row.published, row.title].append(number)
    flagged = [True] * len(rows)
    runs: list[Judged] = []
    turns = anyio.CapacityLimiter(at_once)

    async def one_article(numbers: list[int]) -> None:
        async with turns:
            after, judged = await _judged([(n, rows[n]) for n in numbers], model, library, settings)
            runs.append(judged)
            _answers_at_all(runs)
            for number in numbers:
                flagged[number] = any(finding.needs_review for finding in after[number])
                tick()

    try:
        async with anyio.create_task_group() as group:
            for numbers in of_article.values():
                group.start_soon(one_article, numbers)
    except ExceptionGroup as errors:
        raise _first(errors) from errors
    return flagged, _run(model.name, runs, time.perf_counter() - started)


async def _judged(
    rows: Sequence[tuple[int, Row]], model: LanguageModel, library: Prompts, settings: Settings
) -> tuple[dict[int, tuple[Finding, ...]], Judged]:
    """The findings of the rows of one article, by row number, and what the judge said."""
    article = rows[0][1].read_article()
    checked: dict[int, list[Finding]] = {}
    for number, row in rows:
        said = [
            replace(statement, id=f"r{number}-{place}")
            for place, statement in enumerate(row.statements(article.language), 1)
        ]
        found = await anyio.to_thread.run_sync(_checked, article, said, settings)
        checked[number] = found
    every = [finding for found in checked.values() for finding in found]
    judge = Judge(article, Asker(model, settings.article_timeout_s), library, settings, lambda step: None)
    judged = await judge.rule(to_be_judged(every, settings))
    return {
        number: apply_verdicts(found, judged.rulings, article, settings) for number, found in checked.items()
    }, judged


def _checked(article: Article, said: Sequence[Statement], settings: Settings) -> list[Finding]:
    return list(check_article(article, said, settings=settings).findings)


def _answers_at_all(runs: Sequence[Judged]) -> None:
    states = {call.state for run in runs for call in run.calls}
    if states == {AnswerState.MODEL_ERROR}:
        detail = next(call.detail for run in runs for call in run.calls)
        raise ModelUnavailable(f"the judging model does not answer: {detail}", hint="summarizer models")


def _first(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    one = errors.exceptions[0]
    return _first(one) if isinstance(one, BaseExceptionGroup) else one


def _run(name: str, runs: Sequence[Judged], seconds: float) -> JudgeRun:
    calls = [call for run in runs for call in run.calls]
    rulings = [ruling for run in runs for ruling in run.rulings.values()]
    costs = [call.cost_usd for call in calls]
    return JudgeRun(
        model=name,
        asked=len(rulings),
        usable=sum(all(one.verdict is not None for one in ruling) for ruling in rulings),
        calls=len(calls),
        failed=dict(
            sorted(Counter(call.state.value for call in calls if call.state is not AnswerState.OK).items())
        ),
        input_tokens=_sum([call.usage.input_tokens for call in calls]),
        output_tokens=_sum([call.usage.output_tokens for call in calls]),
        cost_usd=None if None in costs else float(sum(cost or 0.0 for cost in costs)),
        seconds=round(seconds, 1),
    )


def _sum(counts: Sequence[int | None]) -> int | None:
    return None if None in counts else sum(count or 0 for count in counts)
