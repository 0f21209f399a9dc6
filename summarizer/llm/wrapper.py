"""What stands round a model and is one itself: it passes on what the model says of itself."""

from .model import Answer, LanguageModel, Request


class Wrapper:
    """A model that asks another one. What a wrapper adds is in its ``answer``."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model

    @property
    def name(self) -> str:
        return self._model.name

    @property
    def context(self) -> int | None:
        return self._model.context

    @property
    def identity(self) -> str:
        return self._model.identity

    @property
    def wrapped(self) -> LanguageModel:
        """The model that is asked."""
        return self._model

    async def answer(self, request: Request) -> Answer:
        """The model's answer. Raises what the model raises."""
        return await self._model.answer(request)

    async def close(self) -> None:
        """Closes the model."""
        await self._model.close()


def innermost(model: LanguageModel) -> LanguageModel:
    """The model that does the work, without all that stands round it."""
    while isinstance(model, Wrapper):
        model = model.wrapped
    return model
