"""One article: the steps in order, nothing else.

Article -> prompts -> model -> parsing -> checks -> judge -> report. A step that was planned and did not
come to a usable answer is named in ``Report.not_run`` and stands among the findings, so that it is reviewed.
"""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar

import anyio
from anyio.from_thread import start_blocking_portal
from msgspec.structs import replace

from . import __version__, worth
from .article import Article
from .asking import Asker
from .checker import Checked, check_article, lost_statement
from .checks.context import read_article
from .errors import ModelError
from .judge import Judge, Judged
from .judging import apply_verdicts, to_be_judged
from .llm.local import EmbeddedModel
from .llm.model import LanguageModel
from .llm.stack import Stack, chosen
from .llm.wrapper import innermost
from .prompts import Prompts
from .report import Claim, Finding, NotExtracted, Report, Statement, StatementKind, Summary, SummarySentence
from .resources import prompts_dir
from .risk import checker_version
from .settings import Profile, Settings
from .tasks import Progress, Result, Tasks

T = TypeVar("T")


class Check(Protocol):
    """``check_article``, or a checker in its place."""

    def __call__(
        self, article: Article, statements: Sequence[Statement], *, settings: Settings
    ) -> Checked: ...


@dataclass(frozen=True, slots=True)
class Weighed:
    """Findings and claims with how much each asks to be checked, and what the model left out."""

    findings: Sequence[Finding]
    claims: tuple[Claim, ...]
    not_extracted: tuple[NotExtracted, ...] = ()


class Weigh(Protocol):
    """``weigh``, or something in its place."""

    def __call__(
        self, article: Article, findings: Sequence[Finding], claims: tuple[Claim, ...], profile: Profile
    ) -> Weighed: ...


def weigh(
    article: Article, findings: Sequence[Finding], claims: tuple[Claim, ...], profile: Profile
) -> Weighed:
    """How much everything asks to be checked. Plain computing, a few milliseconds an article."""
    findings = worth.of_findings(findings, article.language)
    left_out: tuple[NotExtracted, ...] = ()
    if profile is not Profile.COMPACT:  # there the claims are the most check-worthy sentences themselves
        left_out = worth.not_extracted(read_article(article), claims, findings)
    return Weighed(findings, worth.of_claims(claims, article.language), left_out)


class Summarizer:
    """Summarizes and checks articles with one model. Safe to use from several tasks of one event loop.

    Without a model, ``settings`` choose it (see ``summarizer models``), with the answer cache and the
    run's limits around it; a model that is given is used as it is. ``progress`` is told the name of each
    step as it starts. ``in_turn`` asks one task after the other, so that the second finds the article in
    the provider's prefix cache: what a batch wants. ``checkers`` articles are checked at a time: more than
    one helps where ``check`` and ``weigh`` hand them to other processes. Close it when done, or use it with ``async
    with``.

    What the rules cannot tell goes to the same model as a judge when ``settings.judge`` says so; where it
    says nothing, in the standard profile and not to the embedded model. Very small models judge at random.
    """

    def __init__(
        self,
        model: LanguageModel | None = None,
        *,
        settings: Settings | None = None,
        profile: Profile | str | None = None,
        progress: Progress | None = None,
        check: Check = check_article,
        weigh: Weigh = weigh,
        in_turn: bool = False,
        checkers: int = 1,
    ) -> None:
        """Raises ResourceError for a prompts folder that cannot be used."""
        self.settings = settings or Settings.load()
        self._model = model
        self._profile = Profile(profile) if profile else self.settings.profile
        self._progress = progress or (lambda step: None)
        self._check = check
        self._weigh = weigh
        folder = self.settings.prompts
        self._prompts = Prompts(prompts_dir(), Path(folder).expanduser() if folder else None)
        self._opening = anyio.Lock()
        # Checking is plain Python: more threads at it do not finish sooner, and each takes its turn from the
        # event loop, until requests run into their time limits.
        self._checking = anyio.CapacityLimiter(checkers)
        self._in_turn = in_turn

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

        Raises ArticleError for a text that is no article, ModelError when no model can be spoken to,
        ResourceError and SettingsError for prompts or limits that cannot work. What a single answer looks
        like never raises: it is a state in the report.
        """
        if isinstance(article, str):
            article = Article.from_text(article)
        model, profile = await self._open()
        created, started = datetime.now(UTC), time.perf_counter()
        asker = Asker(model, self.settings.article_timeout_s)
        tasks = Tasks(article, asker, self._prompts, self.settings, profile, self._progress)
        summary, claims = await self._asked(article, tasks, profile)

        self._progress("check")
        asked = statements(summary.value, claims.value)
        settings = self._settings_of(profile)
        checked = await anyio.to_thread.run_sync(
            self._checked, article, asked, settings, limiter=self._checking
        )
        judged = Judged({})
        if self._judges(model, profile):
            judge = Judge(article, asker, self._prompts, settings, self._progress)
            judged = await _alone(judge.rule, to_be_judged(checked.findings, settings))
        findings = apply_verdicts(checked.findings, judged.rulings, article, settings)
        weighed = await anyio.to_thread.run_sync(
            self._weigh, article, findings, claims.value, profile, limiter=self._checking
        )
        cut = tasks.cut_by_server()
        return Report(
            article=article,
            summary=summary.value,
            claims=weighed.claims,
            findings=(*weighed.findings, *summary.unusable, *claims.unusable, *([cut] if cut else [])),
            article_flags=checked.article_flags,
            calls=(*summary.calls, *claims.calls, *judged.calls),
            not_run=(
                *summary.not_run,
                *claims.not_run,
                *judged.not_run,
                *([cut.flags[0].message] if cut else []),
            ),
            profile=profile.value,
            model=model.name,
            created=created.isoformat(timespec="seconds"),
            seconds=round(time.perf_counter() - started, 3),
            version=__version__,
            checker_version=checker_version(self.settings.calibrated),
            parts=max(summary.parts, claims.parts),
            not_extracted=weighed.not_extracted,
        )

    async def _asked(
        self, article: Article, tasks: Tasks, profile: Profile
    ) -> tuple[Result[Summary | None], Result[tuple[Claim, ...]]]:
        """Both tasks, at once or in turn. In the compact profile claims are the article's own sentences."""
        summary: Result[Summary | None] = Result(None)
        claims: Result[tuple[Claim, ...]] = Result(())

        async def summarise() -> None:
            nonlocal summary
            summary = await tasks.summary()

        async def list_claims() -> None:
            nonlocal claims
            if profile is Profile.COMPACT:
                claims = Result(await anyio.to_thread.run_sync(self._worth, article))
            else:
                claims = await tasks.claims()

        async def both() -> None:
            if self._in_turn:
                await summarise()
                await list_claims()
                return
            async with anyio.create_task_group() as group:
                group.start_soon(summarise)
                group.start_soon(list_claims)

        await _alone(both)
        return summary, claims

    def _worth(self, article: Article) -> tuple[Claim, ...]:
        return worth.claims(read_article(article), self.settings.max_claims)

    def _settings_of(self, profile: Profile) -> Settings:
        if profile is Profile.STANDARD:
            return self.settings
        low = self.settings.calibrated.compact.risk_low
        return replace(self.settings, risk_low=min(self.settings.risk_low, low))

    def _judges(self, model: LanguageModel, profile: Profile) -> bool:
        if self.settings.judge is not None:
            return self.settings.judge
        return profile is Profile.STANDARD and not isinstance(innermost(model), EmbeddedModel)

    def _checked(self, article: Article, asked: Sequence[Statement], settings: Settings) -> Checked:
        """A finding for every statement, whatever the checker gives back."""
        checked = self._check(article, asked, settings=settings)
        found = {finding.statement.id: finding for finding in checked.findings}
        findings = [found.get(s.id) or lost_statement(s, self.settings) for s in asked]
        return Checked(findings, checked.article_flags)

    async def _open(self) -> tuple[LanguageModel, Profile]:
        async with self._opening:
            if self._model is None:
                choice = await chosen(self.settings)
                self._profile = self._profile or choice.profile
                self._model = Stack.of(choice, self.settings).model
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


async def _alone(work: Callable[..., Awaitable[T]], *args: object) -> T:
    """Runs what has tasks of its own; of errors that come together, one is raised."""
    try:
        return await work(*args)
    except ExceptionGroup as errors:
        raise _first(errors) from errors


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
