"""The scripted model that other tests stand on."""

import anyio
import pytest

from summarizer.errors import ModelUnavailable
from summarizer.llm.model import Answer, LanguageModel, Message, Request
from summarizer.report import AnswerState
from summarizer.testing import ScriptedModel


def request(task: str) -> Request:
    return Request(task, (Message("user", "?"),), 10)


def ask(model: ScriptedModel, *tasks: str) -> list[str]:
    async def run() -> list[str]:
        return [(await model.answer(request(task))).text for task in tasks]

    return anyio.run(run)


def test_replies_by_task_and_in_order() -> None:
    refused = Answer(state=AnswerState.REFUSED, text="no", model="other")
    model = ScriptedModel({"summary": "S", "claims": ["C1", refused]})
    assert ask(model, "claims", "summary", "summary", "claims") == ["C1", "S", "S", "no"]
    assert [request.task for request in model.requests] == ["claims", "summary", "summary", "claims"]


def test_a_function_of_the_request() -> None:
    model: LanguageModel = ScriptedModel(lambda asked: asked.task.upper(), name="n", context=9)
    assert (model.name, model.context, model.identity) == ("n", 9, "scripted n")
    answer = anyio.run(model.answer, request("summary"))
    assert answer == Answer(state=AnswerState.OK, text="SUMMARY", model="n", response_id="n-1")


def test_what_the_script_does_not_know_is_an_assertion_error() -> None:
    model = ScriptedModel({"summary": "S", "claims": ["C"]})
    with pytest.raises(AssertionError, match=r"no reply for the task 'verdicts'; it knows: claims, summary"):
        ask(model, "verdicts")
    with pytest.raises(AssertionError, match=r"has 1 replies for the task 'claims'"):
        ask(model, "claims", "claims")


def test_an_exception_in_the_script_is_raised() -> None:
    model = ScriptedModel({"summary": [ModelUnavailable("gone"), "back"]})
    with pytest.raises(ModelUnavailable, match="gone"):
        ask(model, "summary")
    assert ask(model, "summary") == ["back"]


def test_closing_is_seen() -> None:
    model = ScriptedModel({})
    assert not model.closed
    anyio.run(model.close)
    assert model.closed
