"""What tests of batches share: a model that answers from the prompt alone, and checks that are off."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from summarizer.article import Article
from summarizer.batch.job import Batch
from summarizer.batch.outcome import Outcome
from summarizer.checker import Checked
from summarizer.llm.model import Answer, Request
from summarizer.pipeline import Weighed
from summarizer.report import AnswerState, Basis, Claim, Finding, Report, Statement, Usage, Verdict
from summarizer.settings import Profile, Settings
from tests import stand_in

Change = Callable[[Request, Answer], Answer]


class Writer:
    """Answers every request from its own sentences, at once. Keeps counts, and no requests.

    ``change`` may make something else of an answer, or raise. The same question asked of the same
    writer twice is counted in ``twice``.
    """

    def __init__(self, change: Change = lambda request, answer: answer, *, name: str = "writer") -> None:
        self.name = name
        self.context: int | None = None
        self.identity = f"test {name}"
        self.asked: Counter[str] = Counter()
        self.closed = False
        self._change = change

    async def answer(self, request: Request) -> Answer:
        self.asked[request.task] += 1
        prompt = next(message.content for message in request.messages if message.role == "user")
        assert request.schema is not None
        text = stand_in.answer(
            stand_in._Asked(request.task, request.schema, prompt, request.max_tokens, responses=False)
        )
        usage = Usage(len(prompt) // 4, len(text) // 4, 0)
        answer = Answer(AnswerState.OK, text, self.name, usage=usage, cost_usd=0.001)
        await asyncio.sleep(0)
        return self._change(request, answer)

    async def close(self) -> None:
        self.closed = True


def unchecked(article: Article, statements: Sequence[Statement], *, settings: Settings) -> Checked:
    """In place of the checks."""
    return Checked(
        [Finding(one, Verdict.UNCHECKED, Basis.RULE, None, unchecked="checks are off") for one in statements]
    )


def unweighed(
    article: Article, findings: Sequence[Finding], claims: tuple[Claim, ...], profile: Profile
) -> Weighed:
    """In place of what is made of the findings."""
    return Weighed(findings, claims)


def batch(folder: Path, model: Writer | None = None, **more: Any) -> Batch:
    given: dict[str, Any] = {"settings": Settings(), "check": unchecked, "weigh": unweighed, "concurrency": 8}
    return Batch(folder, model=model or Writer(), **(given | more))


def run(made: Batch, articles: Any) -> list[Outcome]:
    """All outcomes; None for a retry."""

    async def go() -> list[Outcome]:
        stream = made.retry() if articles is None else made.run(articles)
        return [outcome async for outcome in stream]

    return asyncio.run(go())


def content(report: Report) -> dict[str, Any]:
    """A report without what differs between two runs that come to the same."""
    import msgspec

    fields: dict[str, Any] = msgspec.to_builtins(report)
    del fields["created"], fields["seconds"]
    for call in fields["calls"]:
        for name in ("seconds", "attempts", "cost_usd", "response_id"):
            del call[name]
    return fields
