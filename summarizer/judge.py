"""Asks the model about statements that the rules leave open: in one call, or as many as tokens demand.

The judge sees the sentences that the statements rest on, with their neighbours, and not the article: what
it costs does not grow with the article. Asked twice, it gets the statements in the opposite order, since
models lean on what came first.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

import anyio

from . import presenting, prompts, schemas
from .article import Article
from .asking import Asker, Outcome, Planned
from .judging import Ruling
from .parsing import JudgeVerdict, Parsed, parse_verdicts
from .report import Call, Finding, StatementKind
from .settings import Settings
from .tasks import MARGIN, Progress, context_of, reply_tokens
from .tokens import estimate

TASK = "verify"

_REASON = 300  # characters, as the schema has it
_PER_VERDICT = 60  # tokens of an entry besides its reason
_PER_REPLY = 40
_SAMPLE = 2_000  # characters that show how many tokens the language takes
_PER_STATEMENT = 30  # id and numbers in the prompt
_MOST_CITED = 2  # sentences that the statement's author names, besides those that the rules found
_LEAD = 4  # sentences shown to a statement that has nothing else: news says what matters first


@dataclass(frozen=True, slots=True)
class Judged:
    """What the judge said: ``rulings`` by statement id, one a round, for every statement asked about.

    ``not_run`` names the calls without a usable answer.
    """

    rulings: Mapping[str, Sequence[Ruling]]
    calls: tuple[Call, ...] = ()
    not_run: tuple[str, ...] = ()


class Judge:
    """Puts one article's open statements to a model. What an answer looks like never raises."""

    def __init__(
        self,
        article: Article,
        asker: Asker,
        library: prompts.Prompts,
        settings: Settings,
        progress: Progress,
    ) -> None:
        """Raises ResourceError for prompt files that cannot be used."""
        self._article = article
        self._asker = asker
        self._prompt = library.task(TASK)
        self._settings = settings
        self._progress = progress
        self._context = context_of(asker, settings)
        sample = article.text[:_SAMPLE]
        per_character = estimate(sample, article.language) / len(sample)
        self._verdict = _PER_VERDICT + ceil(_REASON * per_character)  # tokens of one in this language

    async def rule(self, findings: Sequence[Finding]) -> Judged:
        """Ask about these findings, in ``settings.judges`` rounds; no call for none."""
        if not findings:
            return Judged({})
        self._progress(TASK)
        rounds: list[list[_Asked]] = [[] for _ in range(self._settings.judges)]
        async with anyio.create_task_group() as group:
            for number in range(1, len(rounds) + 1):
                order = list(findings) if number % 2 else list(reversed(findings))
                group.start_soon(self._round, number, order, rounds[number - 1])
        rulings: dict[str, list[Ruling]] = defaultdict(list)
        asked = [one for each in rounds for one in each]
        for one in asked:
            for ruling, finding in zip(one.rulings(), one.batch.findings, strict=True):
                rulings[finding.statement.id].append(ruling)
        calls = tuple(one.outcome.call for one in asked)
        failed = [call for call in calls if call.state.flag_code is not None]
        said = tuple(
            f"{call.label}: {call.state.value}: {call.detail or call.state.value}" for call in failed
        )
        return Judged(dict(rulings), calls, said)

    async def _round(self, number: int, findings: list[Finding], asked: "list[_Asked]") -> None:
        batches = self._batches(findings)
        for index, batch in enumerate(batches, 1):
            label = f"{index}/{len(batches)}" if len(batches) > 1 else None
            if number > 1:
                label = f"round {number}" if label is None else f"round {number}, {label}"
            outcome = await self._asker.ask(self._planned(batch, label), or_state=True)
            asked.append(_Asked(number, batch, outcome))

    # --- what is asked in one call

    def _batches(self, findings: Sequence[Finding]) -> "list[_Batch]":
        """The statements in as few calls as there is room for, each with its sentences."""
        most = schemas.load("verdicts")["properties"]["verdicts"]["maxItems"]
        most = min(most, max(1, (reply_tokens(self._prompt, self._context) - _PER_REPLY) // self._verdict))
        room = self._room()
        batches: list[_Batch] = []
        for finding in findings:
            alone = _Batch((finding,), frozenset(self._near(finding)))
            joined = batches[-1].joined(alone) if batches else None
            if joined is not None and len(joined.findings) <= most and self._size(joined) <= room:
                batches[-1] = joined
            else:
                batches.append(alone)
        return batches

    def _room(self) -> int:
        """Tokens for sentences and statements, beside prompt and reply."""
        fixed = estimate(f"{self._prompt.system or ''}{self._prompt.user.text}", "en")
        fixed += estimate(self._article.title or "", self._article.language) + MARGIN
        return self._context - reply_tokens(self._prompt, self._context) - fixed

    def _size(self, batch: "_Batch") -> int:
        texts = [self._article.sentences[n - 1].text for n in batch.shown]
        texts += [finding.statement.text for finding in batch.findings]
        return sum(estimate(text, self._article.language) for text in texts) + _PER_STATEMENT * len(texts)

    def _near(self, finding: Finding) -> set[int]:
        """The sentences that a statement is judged by: what it rests on or cites, and their neighbours."""
        last = len(self._article.sentences)
        numbers = [evidence.sentence for evidence in finding.evidence]
        numbers += [n for n in finding.statement.cited or () if 1 <= n <= last][:_MOST_CITED]
        near = {n for at in numbers for n in (at - 1, at, at + 1) if 1 <= n <= last}
        return near or set(range(1, min(_LEAD, last) + 1))

    def _planned(self, batch: "_Batch", label: str | None) -> Planned[tuple[JudgeVerdict, ...]]:
        article = self._article
        shown = [article.sentences[n - 1] for n in sorted(batch.shown)]
        statements = "\n".join(_asked_about(finding) for finding in batch.findings)
        values = {
            "fence": presenting.fence(article, statements),
            "headline": presenting.headline(article),
            "published": f"The article was published on {article.published}." if article.published else "",
            "article": presenting.excerpt(shown),
            "statements": statements,
            "language": presenting.language_name(article.language),
        }
        ids = batch.ids
        name = self._prompt.meta.schema

        def parse(raw: str, cut_off: bool) -> Parsed[tuple[JudgeVerdict, ...]]:
            return parse_verdicts(raw, ids)

        return Planned(
            task=TASK,
            rendered=self._prompt.render(values),
            version=self._prompt.meta.version,
            # No more than it can take: the most that a reply may have is set aside of a run's budget.
            max_tokens=min(
                reply_tokens(self._prompt, self._context), _PER_REPLY + self._verdict * len(batch.findings)
            ),
            schema_name=name,
            schema=schemas.wire(name, sentences=sorted(batch.shown), ids=ids) if name else None,
            again=self._prompt.again,
            parse=parse,
            part=label,
        )


@dataclass(frozen=True, slots=True)
class _Batch:
    """Statements of one call, and the numbers of the sentences shown with them."""

    findings: tuple[Finding, ...]
    shown: frozenset[int]

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(finding.statement.id for finding in self.findings)

    def joined(self, other: "_Batch") -> "_Batch":
        return _Batch((*self.findings, *other.findings), self.shown | other.shown)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A call of one round, and what came of it."""

    round: int
    batch: _Batch
    outcome: Outcome[tuple[JudgeVerdict, ...]]

    def rulings(self) -> list[Ruling]:
        """One for each of its statements, in their order."""
        verdicts, call = self.outcome.value, self.outcome.call
        if verdicts is not None:
            return [Ruling(self.round, verdict, self.batch.shown) for verdict in verdicts]
        detail = call.detail or call.state.value
        return [Ruling(self.round, None, self.batch.shown, call.state, detail) for _ in self.batch.findings]


def _asked_about(finding: Finding) -> str:
    """A statement's line: its id, where to look, the text."""
    statement = finding.statement
    text = presenting.model_copy(statement.text)
    if statement.kind is StatementKind.CLAIM and statement.speaker:
        text = f"{text} (said by {presenting.model_copy(statement.speaker)})"
    look = " ".join(f"[{evidence.sentence}]" for evidence in finding.evidence)
    return f"{statement.id}, look at {look}: {text}" if look else f"{statement.id}: {text}"
