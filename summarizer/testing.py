"""A model for tests that answers from a script, for this project's tests and its users'."""

from collections.abc import Callable, Mapping, Sequence

from .llm.model import Answer, Request
from .report import AnswerState

Reply = str | Answer | Exception
Script = Mapping[str, Reply | Sequence[Reply]] | Callable[[Request], Reply]


class ScriptedModel:
    """Answers by task name, or by a function of the request, and keeps the ``requests`` it got.

    A single reply answers every request of its task; a list is used up in order. A text becomes an
    answer in state ``ok``; an exception is raised. What the script does not know is an AssertionError.
    """

    def __init__(
        self,
        replies: Script,
        *,
        name: str = "scripted",
        context: int | None = None,
    ) -> None:
        self.name = name
        self.context = context
        self.identity = f"scripted {name}"
        self.requests: list[Request] = []
        self.closed = False
        self._replies = replies
        self._used: dict[str, int] = {}

    async def answer(self, request: Request) -> Answer:
        """Raises AssertionError for a task without a reply left, or the exception in the script."""
        self.requests.append(request)
        reply = self._replies(request) if callable(self._replies) else self._next(self._replies, request.task)
        if isinstance(reply, Exception):
            raise reply
        if isinstance(reply, Answer):
            return reply
        identity = f"{self.name}-{len(self.requests)}"
        return Answer(state=AnswerState.OK, text=reply, model=self.name, response_id=identity)

    async def close(self) -> None:
        self.closed = True

    def _next(self, replies: Mapping[str, Reply | Sequence[Reply]], task: str) -> Reply:
        if task not in replies:
            known = ", ".join(sorted(replies)) or "nothing"
            raise AssertionError(f"the script has no reply for the task {task!r}; it knows: {known}")
        script = replies[task]
        if isinstance(script, str | Answer | Exception):
            return script
        used = self._used.get(task, 0)
        if used == len(script):
            raise AssertionError(
                f"the script has {used} replies for the task {task!r}, and one more was asked"
            )
        self._used[task] = used + 1
        return script[used]
