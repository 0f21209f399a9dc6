"""The tasks about one article: its summary and its claims, read whole or in parts.

An article that does not fit into the model's context is read in overlapping parts. Each part is
summarized, and the summaries are merged in a second step; the claims of all parts are joined. Sentences
keep the article's numbers throughout. A part that turns out to be too long is halved.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Generic, TypeVar

import anyio
from msgspec.structs import replace

from . import chunks, parsing, presenting, prompts, schemas
from .article import Article, Sentence, SentenceKind
from .asking import Asker, Outcome, Parse, Planned
from .checker import unread_input, unusable_answer
from .errors import SettingsError
from .flags import FLAG_INFO
from .parsing import Expected
from .report import (
    AnswerState,
    Call,
    Claim,
    Finding,
    Reply,
    Summary,
    SummarySentence,
    part_in_words,
)
from .settings import Profile, Settings
from .tokens import estimate

T = TypeVar("T")
Progress = Callable[[str], None]

ASSUMED_CONTEXT = 32_768  # of a model that nobody says anything about
MARGIN = 200  # for what a chat template adds
_LEAST_ROOM = 500
_LEAST_REPLY = 512
_AT_ONCE = 4  # parts of one article
# English may come to two thirds of our estimate. A server that counts so much less has cut the prompt.
_READ_LESS = 0.4
_WORTH_A_LOOK = 2_000  # tokens; shorter prompts fit everywhere


@dataclass(frozen=True, slots=True)
class Result(Generic[T]):
    """What a task came to. ``not_run`` and ``unusable`` name what did not come to a usable answer."""

    value: T
    calls: tuple[Call, ...] = ()
    not_run: tuple[str, ...] = ()
    unusable: tuple[Finding, ...] = ()
    parts: int = 1


@dataclass(slots=True)
class _Log:
    """Calls of one task in their planned order, and what came of them."""

    settings: Settings
    calls: list[Call] = field(default_factory=list)
    not_run: list[str] = field(default_factory=list)
    unusable: list[Finding] = field(default_factory=list)

    def add(self, outcome: Outcome[T]) -> None:
        call = outcome.call
        self.calls.append(call)
        code = call.state.flag_code
        if code is None:
            return
        detail = call.detail or call.state.value
        self.not_run.append(f"{call.label}: {code.value}: {detail}")
        message = f"{FLAG_INFO[code].meaning}: {detail}"
        self.unusable.append(unusable_answer(call.task, code, message, self.settings, part=call.part))

    def result(self, value: T, parts: int) -> Result[T]:
        return Result(value, tuple(self.calls), tuple(self.not_run), tuple(self.unusable), parts)


class Tasks:
    """Puts one article's tasks to a model. Raises ModelError when the model gives no answers at all."""

    def __init__(
        self,
        article: Article,
        asker: Asker,
        library: prompts.Prompts,
        settings: Settings,
        profile: Profile,
        progress: Progress,
    ) -> None:
        self._article = article
        self._asker = asker
        self._library = library
        self._settings = settings
        self._compact = profile is Profile.COMPACT
        self._progress = progress
        self._cut: list[tuple[int, int]] = []  # prompts that the server seems to have read in part
        self._counted = 0
        self._style = prompts.style_lines(settings.style)
        self._language = presenting.language_name(article.language)
        self._blocks: dict[tuple[int, int], str] = {}
        self._context = context_of(asker, settings)

    # --- the two tasks

    async def summary(self) -> Result[Summary | None]:
        """The summary; None when no usable one came."""
        prompt = self._library.task("summary", compact=self._compact)
        log = _Log(self._settings)
        sentences = self._article.sentences
        if self._compact:
            sentences = tuple(s for s in sentences if s.kind is not SentenceKind.HEADLINE) or sentences

        async def ask(part: chunks.Part, label: str | None) -> Outcome[Summary]:
            return await self._ask(self._summary_of(prompt, part, label))

        outcomes = await self._in_parts(prompt, sentences, ask)
        for outcome in outcomes:
            log.add(outcome)
        if len(outcomes) == 1:
            return log.result(outcomes[0].value, 1)
        partial = [s for outcome in outcomes if outcome.value for s in outcome.value.sentences]
        value = await self._merged(partial, log) if partial else None
        return log.result(value, len(outcomes))

    async def claims(self) -> Result[tuple[Claim, ...]]:
        """The claims as the model lists them; at most ``max_claims`` of each part."""
        prompt = self._library.task("claims")
        log = _Log(self._settings)
        limit = self._settings.max_claims

        async def ask(part: chunks.Part, label: str | None) -> Outcome[tuple[Claim, ...]]:
            values = {"max_claims": limit, "language": self._language}
            rendered = prompt.render(values, before=self._block(part, label))
            parse = _whole(parsing.parse_claims, self._expected(limit))
            schema = self._wire(prompt, [s.number for s in part], {"claims": limit})
            return await self._ask(self._planned("claims", prompt, rendered, schema, parse, label))

        outcomes = await self._in_parts(prompt, self._article.sentences, ask)
        claims, twice = chunks.join([outcome.value or () for outcome in outcomes])
        for index, outcome in enumerate(outcomes):
            if twice and index == len(outcomes) - 1:
                said = f"claims that two parts made are listed once: {twice}"
                detail = f"{outcome.call.detail}; {said}" if outcome.call.detail else said
                outcome = Outcome(outcome.value, replace(outcome.call, detail=detail))
            log.add(outcome)
        return log.result(claims, len(outcomes))

    def cut_by_server(self) -> Finding | None:
        """A finding when the server counted far fewer tokens than were sent, in every call.

        Some local servers drop what exceeds their context without a word.
        """
        if not self._cut or len(self._cut) < self._counted:
            return None
        counted, sent = max(self._cut)
        message = (
            f"the server counted {counted} tokens of a prompt of about {sent}: it seems to drop what exceeds "
            "its context; set `context` to what it has (with Ollama: num_ctx)"
        )
        return unread_input(message, self._settings)

    # --- parts

    async def _in_parts(
        self,
        prompt: prompts.Prompt,
        sentences: Sequence[Sentence],
        ask: Callable[[chunks.Part, str | None], Awaitable[Outcome[T]]],
    ) -> list[Outcome[T]]:
        """An outcome a part, in the article's order; one, without a label, for an article read whole.

        The tasks share their parts, so that a provider's prefix cache has each when it is sent again.
        """
        parts = chunks.split(sentences, self._part_room, self._article.language)
        if len(parts) == 1:
            self._progress(prompt.task)
            return await self._part(parts[0], None, ask)
        labels = [f"{n}/{len(parts)}" for n in range(1, len(parts) + 1)]
        found: list[list[Outcome[T]]] = [[] for _ in parts]
        turns = anyio.CapacityLimiter(_AT_ONCE)

        async def one(index: int) -> None:
            async with turns:
                label = labels[index]
                self._progress(f"{prompt.task}, {part_in_words(label)}")
                found[index] = await self._part(parts[index], label, ask)

        async with anyio.create_task_group() as group:
            for index in range(len(parts)):
                group.start_soon(one, index)
        return [outcome for outcomes in found for outcome in outcomes]

    async def _part(
        self,
        part: chunks.Part,
        label: str | None,
        ask: Callable[[chunks.Part, str | None], Awaitable[Outcome[T]]],
    ) -> list[Outcome[T]]:
        outcome = await ask(part, label)
        if not outcome.too_long or len(part) < 2:
            return [outcome]
        found: list[Outcome[T]] = []
        for number, half in enumerate(chunks.halves(part), 1):
            found += await self._part(half, f"{number}/2" if label is None else f"{label}.{number}", ask)
        failed, first = outcome.call, found[0]
        reply = Reply(failed.state, failed.detail or failed.state.value, failed.raw or "", failed.prompt_hash)
        call = replace(
            first.call,
            attempts=first.call.attempts + failed.attempts,
            set_aside=(reply, *first.call.set_aside),
        )
        found[0] = Outcome(first.value, call, first.too_long)
        return found

    @cached_property
    def _part_room(self) -> int:
        tasks = ("summary",) if self._compact else ("summary", "claims")
        return min(self._room(self._library.task(task, compact=self._compact)) for task in tasks)

    def _room(self, prompt: prompts.Prompt) -> int:
        """Tokens that the article may take beside prompt and reply. Raises SettingsError for too few."""
        # The built-in prompts are English; a part that turns out too long is halved.
        fixed = estimate(f"{prompt.system or ''}{prompt.user.text}{self._style}", "en")
        fixed += estimate(self._article.title or "", self._article.language) + MARGIN
        room = self._context - self._reply_tokens(prompt) - fixed
        if room < _LEAST_ROOM:
            raise SettingsError(
                f"a context of {self._context} tokens leaves no room for an article beside the prompt",
                hint="Use a model with more, set `context` to what it has, or type: --profile compact",
            )
        return room

    def _reply_tokens(self, prompt: prompts.Prompt) -> int:
        return reply_tokens(prompt, self._context)

    # --- summaries

    def _summary_of(self, prompt: prompts.Prompt, part: chunks.Part, label: str | None) -> Planned[Summary]:
        count = self._settings.summary_sentences
        if self._compact:
            return self._plain_summary(prompt, presenting.running(part), count, label)
        values = {"sentences": count, "language": self._language, "style": self._style}
        rendered = prompt.render(values, before=self._block(part, label))
        schema = self._wire(prompt, [s.number for s in part], {"sentences": count})
        parse = _whole(parsing.parse_summary, self._expected(count))
        return self._planned("summary", prompt, rendered, schema, parse, label)

    def _plain_summary(
        self, prompt: prompts.Prompt, text: str, count: int, label: str | None
    ) -> Planned[Summary]:
        values = {"sentences": count, "style": self._style, "article": text}
        expected = self._expected(count)

        def parse(raw: str, cut_off: bool) -> parsing.Parsed[Summary]:
            return parsing.parse_plain_summary(raw, expected, cut_off=cut_off)

        return self._planned("summary", prompt, prompt.render(values), None, parse, label)

    async def _merged(self, sentences: list[SummarySentence], log: _Log) -> Summary | None:
        """One summary of the sentences of many; in several rounds where they are too many to read at once."""
        prompt = self._library.task("summary" if self._compact else "merge", compact=self._compact)
        room, wanted = self._room(prompt), self._settings.summary_sentences
        while len(groups := _groups(sentences, room, self._article.language)) > 1:
            sentences = []
            for number, group in enumerate(groups, 1):
                # Half at most: each round must leave less to read.
                count = min(wanted, max(1, len(group) // 2))
                label = f"merge {number}/{len(groups)}"
                outcome = await self._ask(self._merge_of(prompt, group, count, label))
                log.add(outcome)
                sentences += outcome.value.sentences if outcome.value else ()
            if not sentences:
                return None
        self._progress("summary, merge")
        outcome = await self._ask(self._merge_of(prompt, sentences, wanted, "merge"))
        log.add(outcome)
        return outcome.value

    def _merge_of(
        self, prompt: prompts.Prompt, sentences: Sequence[SummarySentence], count: int, label: str
    ) -> Planned[Summary]:
        if self._compact:
            text = " ".join(presenting.model_copy(sentence.text) for sentence in sentences)
            return self._plain_summary(prompt, text, count, label)
        notes = presenting.noted(sentences)
        values = {
            "fence": presenting.fence(self._article, notes),
            "headline": presenting.headline(self._article),
            "notes": notes,
            "sentences": count,
            "language": self._language,
            "style": self._style,
        }
        numbers = sorted({n for sentence in sentences for n in sentence.cited or ()}) or [1]
        schema = self._wire(prompt, numbers, {"sentences": count})
        parse = _whole(parsing.parse_summary, self._expected(count))
        return self._planned("summary", prompt, prompt.render(values), schema, parse, label)

    # --- what all questions have

    def _block(self, part: chunks.Part, label: str | None) -> str:
        """The article's block, made once for all tasks about the same sentences."""
        key = (part[0].number, part[-1].number)
        if key not in self._blocks:
            said = f"This is {part_in_words(label)} of a long article." if label else ""
            self._blocks[key] = self._library.template("common/article.md").fill(
                {
                    "fence": presenting.fence(self._article),
                    "headline": presenting.headline(self._article),
                    "part": said,
                    "article": presenting.numbered(part),
                }
            )
        return self._blocks[key]

    def _wire(
        self, prompt: prompts.Prompt, sentences: Sequence[int], max_items: dict[str, int]
    ) -> schemas.Schema | None:
        name = prompt.meta.schema
        return schemas.wire(name, sentences=sentences, max_items=max_items) if name else None

    def _planned(
        self,
        task: str,
        prompt: prompts.Prompt,
        rendered: prompts.Rendered,
        schema: schemas.Schema | None,
        parse: Parse[T],
        label: str | None,
    ) -> Planned[T]:
        return Planned(
            task=task,
            rendered=rendered,
            version=prompt.meta.version,
            max_tokens=self._reply_tokens(prompt),
            schema_name=prompt.meta.schema,
            schema=schema,
            again=prompt.again,
            parse=parse,
            part=label,
            partial=schema is None,
        )

    async def _ask(self, planned: Planned[T]) -> Outcome[T]:
        outcome = await self._asker.ask(planned)
        counted = outcome.call.usage.input_tokens
        if counted is not None and outcome.call.state is not AnswerState.OVER_BUDGET:
            self._counted += 1
            sent = estimate(f"{planned.rendered.system or ''}{planned.rendered.user}", self._article.language)
            cached = outcome.call.usage.cached_tokens or 0
            if sent > _WORTH_A_LOOK and counted + cached < sent * _READ_LESS:
                self._cut.append((counted, sent))
        return outcome

    def _expected(self, count: int) -> Expected:
        return Expected(self._article.language, count, self._settings.style.banned_words, self._words)

    @cached_property
    def _words(self) -> frozenset[str]:
        return parsing.words_of(f"{self._article.title or ''}\n{self._article.text}")


def context_of(asker: Asker, settings: Settings) -> int:
    """Tokens that prompt and reply share, as far as anybody knows."""
    return settings.context or asker.model.context or ASSUMED_CONTEXT


def reply_tokens(prompt: prompts.Prompt, context: int) -> int:
    """What a reply may have: no more than a share of a small context. Cut off, it gets more."""
    return min(prompt.meta.max_tokens, max(_LEAST_REPLY, context // 4))


def _whole(parse: Callable[[str, Expected], parsing.Parsed[T]], expected: Expected) -> Parse[T]:
    """A parser for replies that are of use only whole."""
    return lambda raw, cut_off: parse(raw, expected)


def _groups(sentences: Sequence[SummarySentence], room: int, language: str) -> list[list[SummarySentence]]:
    """The sentences in groups of at most ``room`` tokens, in order."""
    groups: list[list[SummarySentence]] = []
    left = 0
    for sentence in sentences:
        size = estimate(sentence.text, language) + 6 * len(sentence.cited or ()) + 2
        if not groups or size > left:
            groups.append([])
            left = room
        groups[-1].append(sentence)
        left -= size
    return groups
