"""Wrappers round a model say of themselves what the model says, and close it."""

from pathlib import Path

import pytest

from summarizer.llm.answer_store import AnswerStore
from summarizer.llm.cache import CachedModel
from summarizer.llm.limits import Budget, BudgetedModel
from summarizer.llm.model import LanguageModel, Message, Request
from summarizer.llm.tracing import TracedModel
from summarizer.llm.wrapper import Wrapper, innermost
from summarizer.testing import ScriptedModel

pytestmark = pytest.mark.anyio
REQUEST = Request(task="summary", messages=(Message("user", "Hello"),), max_tokens=10)


def wrap(kind: str, model: LanguageModel, folder: Path) -> Wrapper:
    if kind == "cached":
        return CachedModel(model, AnswerStore(folder / "answers.sqlite"))
    if kind == "budgeted":
        return BudgetedModel(model, Budget(max_tokens=10_000))
    return TracedModel(model) if kind == "traced" else Wrapper(model)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.parametrize("kind", ["plain", "cached", "budgeted", "traced"])
async def test_a_wrapper_is_the_model_to_those_who_ask(kind: str, tmp_path: Path) -> None:
    model = ScriptedModel({"summary": "Hi."}, name="m-1", context=4096)
    wrapped = wrap(kind, model, tmp_path)
    assert (wrapped.name, wrapped.context, wrapped.identity) == ("m-1", 4096, "scripted m-1")
    assert (await wrapped.answer(REQUEST)).text == "Hi."
    assert model.requests == [REQUEST]
    await wrapped.close()
    assert model.closed


def test_the_model_inside_of_all() -> None:
    model = ScriptedModel({})
    assert innermost(Wrapper(Wrapper(Wrapper(model)))) is model
    assert innermost(model) is model
