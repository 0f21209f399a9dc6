"""``eval --judge``: the configured model is opened, asked, and what it took is told."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..settings import Settings
from .measuring import bar

if TYPE_CHECKING:
    from ..evaluation.datasets import Row
    from ..evaluation.report import JudgeRun

_AT_ONCE = 4  # articles of a server; the embedded model works on one


def judge_rows(rows: "Sequence[Row]", settings: Settings, *, quiet: bool) -> "tuple[list[bool], JudgeRun]":
    """What is flagged of each row once the model has spoken. Raises ModelError, SettingsError."""
    import anyio

    from ..prompts import Prompts
    from ..resources import prompts_dir

    folder = settings.prompts
    library = Prompts(prompts_dir(), Path(folder).expanduser() if folder else None)

    async def work() -> "tuple[list[bool], JudgeRun]":
        from ..evaluation import judged
        from ..llm.choose import ModelKind
        from ..llm.stack import Stack, chosen

        choice = await chosen(settings)
        stack = Stack.of(choice, settings)
        at_once = 1 if choice.kind is ModelKind.EMBEDDED else _AT_ONCE
        try:
            with bar("judging statements", len(rows), quiet=quiet) as tick:
                return await judged.flags(rows, stack.model, library, settings, at_once=at_once, tick=tick)
        finally:
            await stack.model.close()

    return anyio.run(work)


def told_judge(run: "JudgeRun") -> str:
    """A line about what was asked, and what it cost."""
    from ..render.wording import dollars

    failed = "".join(f", {count:,} {state}" for state, count in run.failed.items())
    tokens = (
        "an unknown number of tokens"
        if run.input_tokens is None or run.output_tokens is None
        else f"{run.input_tokens + run.output_tokens:,} tokens"
    )
    cost = "unknown cost (set [price])" if run.cost_usd is None else dollars(run.cost_usd)
    return (
        f"judged by {run.model}: {run.usable:,} of {run.asked:,} verdicts can be read, {run.calls:,} calls{failed}, "
        f"{tokens}, {cost}"
    )
