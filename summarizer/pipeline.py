"""One article: the steps in order, nothing else.

Article -> prompts -> model -> parsing -> checks -> report. A step that was planned and did not come to a
usable answer is named in ``Report.not_run`` and stands among the findings, so that it is reviewed.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import anyio
from anyio.from_thread import start_blocking_portal

from . import __version__, parsing, prompts, schemas, worth
from .article import Article, Sentence, SentenceKind
from .checker import check_statements, unread_input, unusable_answer
from .checks.context import read_article
from .errors import ModelError
from .flags import FLAG_INFO, FlagCode
from .llm.choose import choose
from .llm.model import Answer, LanguageModel, Message, Request
from .parsing import Parsed
from .report import (
    AnswerState,
    Call,
    Claim,
    Finding,
    Report,
    Statement,
    StatementKind,
    Summary,
    SummarySentence,
)
from .resources import prompts_dir
from .risk import CHECKER_VERSION
from .settings import Profile, Settings

Progress = Callable[[str], None]
T = TypeVar("T")
Parse = Callable[[str, bool], Parsed[T]]  # of the reply, and whether it was cut off

# Characters a token, on the safe side: English has 4 to 5, Ukrainian 2 to 3 with most vocabularies.
_CHARACTERS_PER_TOKEN = 2.5
_PROMPT_TOKENS = 600  # system and task


class Summarizer:
    """Summarizes and checks articles with one model. Safe to use from several tasks of one event loop.

    Without a model, ``settings`` choose it: see ``summarizer models``. ``progress`` is told the name of
    each step as it starts. Close it when done, or use it with ``async with``.
    """

    def __init__(
        self,
        model: LanguageModel | None = None,
        *,
        settings: Settings | None = None,
        profile: Profile | str | None = None,
        progress: Progress | None = None,
    ) -> None:
        self.settings = settings or Settings.load()
        self._model = model
        self._profile = Profile(profile) if profile else self.settings.profile
        self._progress = progress or (lambda step: None)
        self._opening = anyio.Lock()

    async def __aenter__(self) -> "Summarizer":
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Let go of the model's connections. The embedded server stops when the process does."""
        if self._model is not None:
            await self._model.close()

    async def process(self, article: Article | str) -> Report:
        """Summary, claims and findings of one article.

        Raises ArticleError for a text that is no article, ModelError when no model can be spoken to.
        What a single answer looks like never raises: it is a state in the report.
        """
        if isinstance(article, str):
            article = Article.from_text(article)
        model, profile = await self._open()
        run = _Run(article, model, self.settings, profile, self._progress)
        return await run.report()

    async def _open(self) -> tuple[LanguageModel, Profile]:
        async with self._opening:
            if self._model is None:
                choice = await choose(self.settings).resolve()
                self._model = choice.open()
                self._profile = self._profile or choice.profile
            return self._model, self._profile or Profile.STANDARD


def summarize(
    text: str,
    *,
    title: str | None = None,
    published: str | None = None,
    url: str | None = None,
    language: str | None = None,
    document_id: str | None = None,
    model: LanguageModel | None = None,
    settings: Settings | None = None,
    profile: Profile | str | None = None,
) -> Report:
    """Summarize and check one article; the synchronous door onto ``Summarizer.process``.

    Works in a script, in a notebook and inside a running event loop (which it blocks). Raises as
    ``Summarizer.process`` does.
    """
    article = Article.from_text(
        text, title=title, published=published, url=url, language=language, document_id=document_id
    )

    async def run() -> Report:
        async with Summarizer(model, settings=settings, profile=profile) as summarizer:
            return await summarizer.process(article)

    with start_blocking_portal() as portal:
        return portal.call(run)


class _Run:
    """One article's way; holds what its steps share."""

    def __init__(
        self, article: Article, model: LanguageModel, settings: Settings, profile: Profile, progress: Progress
    ) -> None:
        self.article = article
        self.model = model
        self.settings = settings
        self.profile = profile
        self.progress = progress
        self.folder = Path(settings.prompts) if settings.prompts else prompts_dir()
        self.calls: list[Call] = []
        self.not_run: list[str] = []
        self.unusable: list[Finding] = []

    async def report(self) -> Report:
        created, started = datetime.now(UTC), time.perf_counter()
        summary: Summary | None = None
        claims: tuple[Claim, ...] = ()

        async def summarise() -> None:
            nonlocal summary
            summary = await self._summary()

        async def list_claims() -> None:
            nonlocal claims
            claims = await self._claims()

        try:
            async with anyio.create_task_group() as group:
                group.start_soon(summarise)
                group.start_soon(list_claims)
        except ExceptionGroup as errors:
            raise _first(errors) from errors

        self.progress("check")
        findings = await anyio.to_thread.run_sync(self._check, summary, claims)
        order = {"summary": 0, "claims": 1}
        return Report(
            article=self.article,
            summary=summary,
            claims=claims,
            findings=(*findings, *self.unusable),
            article_flags=(),
            calls=tuple(sorted(self.calls, key=lambda call: order[call.task])),
            not_run=tuple(self.not_run),
            profile=self.profile.value,
            model=self.model.name,
            created=created.isoformat(timespec="seconds"),
            seconds=round(time.perf_counter() - started, 3),
            version=__version__,
            checker_version=CHECKER_VERSION,
        )

    async def _summary(self) -> Summary | None:
        self.progress("summary")
        count = self.settings.summary_sentences
        sentences = self.article.sentences
        if self.profile is Profile.COMPACT:
            body = tuple(s for s in sentences if s.kind is not SentenceKind.HEADLINE)
            return await self._ask("summary", body, self._parse_plain, {"sentences": count})
        return await self._ask(
            "summary", sentences, _whole(parsing.parse_summary), {"sentences": count}, {"sentences": count}
        )

    def _parse_plain(self, raw: str, cut_off: bool) -> Parsed[Summary]:
        count = self.settings.summary_sentences
        return parsing.parse_plain_summary(raw, language=self.article.language, count=count, cut_off=cut_off)

    async def _claims(self) -> tuple[Claim, ...]:
        limit = self.settings.max_claims
        if self.profile is Profile.COMPACT:
            read = await anyio.to_thread.run_sync(read_article, self.article)
            return worth.claims(read, limit)
        self.progress("claims")
        sentences = self.article.sentences
        claims = await self._ask(
            "claims", sentences, _whole(parsing.parse_claims), {"max_claims": limit}, {"claims": limit}
        )
        return claims or ()

    async def _ask(
        self,
        task: str,
        sentences: tuple[Sentence, ...],
        parse: Parse[T],
        variables: dict[str, object],
        max_items: dict[str, int] | None = None,
    ) -> T | None:
        """One planned answer: rendered, sent, parsed.

        None when nothing of it could be used. What came of use before a cut-off is kept; that it was cut
        off is named all the same.
        """
        prompt = prompts.load(self.folder, task, compact=self.profile is Profile.COMPACT)
        fitting = self._fitting(sentences, prompt.meta.max_tokens)
        if len(fitting) < len(sentences):
            read = f"the first {len(fitting)} of {len(sentences)} sentences"
            message = f"the article is longer than the model can read; it read {read}"
            self.not_run.append(f"{task}: {message}")
            self.unusable.append(unread_input(task, message, self.settings))
        rendered = prompt.render(self.article, fitting, variables)
        schema = prompt.meta.schema
        request = Request(
            task=task,
            messages=_messages(rendered),
            max_tokens=prompt.meta.max_tokens,
            schema_name=schema,
            schema=self._wire(schema, fitting, max_items or {}) if schema else None,
            partial_is_useful=schema is None,
        )
        answer = await self.model.answer(request)
        state, value, detail = answer.state, None, answer.detail
        cut_off = state is AnswerState.TRUNCATED
        if state is AnswerState.OK or (cut_off and request.partial_is_useful):
            try:
                parsed = parse(answer.text, cut_off)
                value, detail = parsed.value, parsed.note
                state = AnswerState.OK if parsed.complete else state
            except parsing.Unparsed as error:
                state = state if cut_off else AnswerState.UNPARSED
                detail = "; ".join(error.problems[:5])
        self.calls.append(self._call(request, rendered, prompt.meta.version, answer, state, detail))
        if state.flag_code is not None:
            self._not_usable(task, state.flag_code, detail or state.value)
        return value

    def _fitting(self, sentences: tuple[Sentence, ...], max_tokens: int) -> tuple[Sentence, ...]:
        """As many sentences from the top as the model can read besides prompt and answer."""
        if self.model.context is None:
            return sentences
        room = (self.model.context - max_tokens - _PROMPT_TOKENS) * _CHARACTERS_PER_TOKEN
        for index, sentence in enumerate(sentences):
            room -= len(sentence.text) + 8
            if room < 0:
                return sentences[: max(1, index)]
        return sentences

    def _wire(
        self, schema: str, sentences: tuple[Sentence, ...], max_items: dict[str, int]
    ) -> schemas.Schema:
        return schemas.wire(
            schema, sentences=sentences[-1].number, max_items=max_items, lengths=self.model.bounds_lengths
        )

    def _call(
        self,
        request: Request,
        rendered: prompts.Rendered,
        version: int,
        answer: Answer,
        state: AnswerState,
        detail: str | None,
    ) -> Call:
        return Call(
            task=request.task,
            state=state,
            model=answer.model,
            prompt_hash=rendered.hash,
            schema_hash=schemas.schema_hash(request.schema_name) if request.schema_name else None,
            parameters={
                "max_tokens": request.max_tokens,
                "temperature": request.temperature,
                "seed": request.seed,
                "prompt_version": version,
            },
            attempts=answer.attempts,
            seconds=round(answer.seconds, 3),
            usage=answer.usage,
            response_id=answer.response_id,
            detail=detail,
            raw=None if state is AnswerState.OK and detail is None else answer.text,
        )

    def _not_usable(self, task: str, code: FlagCode, detail: str) -> None:
        self.not_run.append(f"{task}: {code.value}: {detail}")
        message = f"{FLAG_INFO[code].meaning}: {detail}"
        self.unusable.append(unusable_answer(task, code, message, self.settings))

    def _check(self, summary: Summary | None, claims: tuple[Claim, ...]) -> list[Finding]:
        return check_statements(self.article, statements(summary, claims), settings=self.settings)


def _whole(parse: Callable[[str], Parsed[T]]) -> Parse[T]:
    """A parser for answers that are of use only whole."""
    return lambda raw, cut_off: parse(raw)


def _messages(rendered: prompts.Rendered) -> tuple[Message, ...]:
    user = Message("user", rendered.user)
    return (user,) if rendered.system is None else (Message("system", rendered.system), user)


def _first(errors: BaseExceptionGroup[Any]) -> BaseException:
    """The error to report of several that came together: the model's, before anything else."""
    flat = [_first(e) if isinstance(e, BaseExceptionGroup) else e for e in errors.exceptions]
    return next((error for error in flat if isinstance(error, ModelError)), flat[0])


def statements(summary: Summary | None, claims: tuple[Claim, ...]) -> list[Statement]:
    """Everything in a summary and a list of claims that gets checked, in reading order."""
    made = []
    if summary is not None:
        if summary.headline is not None:
            made.append(_statement(StatementKind.HEADLINE, summary.headline))
        made += [_statement(StatementKind.SUMMARY, sentence) for sentence in summary.sentences]
    made += [Statement(c.id, StatementKind.CLAIM, c.text, c.cited, c.speaker) for c in claims]
    return made


def _statement(kind: StatementKind, sentence: SummarySentence) -> Statement:
    return Statement(sentence.id, kind, sentence.text, sentence.cited)
