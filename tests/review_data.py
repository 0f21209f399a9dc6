"""Reports for tests of the queue: an article whose figures a summary gets right or wrong, as one asks."""

from collections.abc import Sequence

from msgspec.structs import replace

from summarizer.article import Article
from summarizer.checker import check_article
from summarizer.report import (
    AnswerState,
    Call,
    Claim,
    Report,
    Statement,
    StatementKind,
    Summary,
    SummarySentence,
    Usage,
)
from summarizer.settings import Settings

TEXT = """LINDHOLM, Nov. 12, 2026 — The council of Lindholm voted 9-4 on Monday to build a bridge over the Varn.

The bridge will cost $48 million, treasurer Ada Brandt said. It replaces a ferry that carried 3,100 people a day.

Work begins in March and takes two years. Residents of the east bank had asked for the bridge since 1998."""

HEADLINE = "Lindholm votes for a bridge over the Varn"
RIGHT = "The council of Lindholm voted 9-4 on Monday to build a bridge."
WRONG_VOTE = "The council of Lindholm voted 9-5 on Monday to build a bridge."
WRONG_COST = "The bridge will cost $84 million."
WRONG_FERRY = "It replaces a ferry that carried 1,300 people a day."
CLAIM = "The bridge will cost $48 million."
WRONG_CLAIM = "Residents had asked for the bridge since 1989."


def made(
    sentences: Sequence[str] = (WRONG_VOTE, WRONG_COST, WRONG_FERRY),
    claims: Sequence[Claim | str] = (CLAIM,),
    *,
    text: str = TEXT,
    document: str = "story-1",
    headline: str | None = HEADLINE,
    created: str = "2026-11-12T08:00:00+00:00",
    calls: Sequence[Call] | None = None,
    language: str = "en",
    url: str | None = None,
) -> Report:
    """A report as the pipeline would make it of such answers, checked by the rules."""
    article = Article.from_text(text, document_id=document, language=language, url=url)
    listed = tuple(
        claim if isinstance(claim, Claim) else Claim(f"c{number}", claim)
        for number, claim in enumerate(claims, 1)
    )
    top = None if headline is None else SummarySentence("h1", headline)
    summary = Summary(top, tuple(SummarySentence(f"s{n}", one) for n, one in enumerate(sentences, 1)))
    statements = [Statement(one.id, StatementKind.SUMMARY, one.text) for one in summary.sentences]
    if top is not None:
        statements.insert(0, Statement(top.id, StatementKind.HEADLINE, top.text))
    statements += [Statement(one.id, StatementKind.CLAIM, one.text, speaker=one.speaker) for one in listed]
    checked = check_article(article, statements, settings=Settings())
    return Report(
        article=article,
        summary=summary,
        claims=listed,
        # One risk for all that is flagged: what comes first must not hang on the weights of the day.
        findings=tuple(replace(f, risk=0.95) if f.flags and f.risk else f for f in checked.findings),
        article_flags=checked.article_flags,
        calls=tuple(calls) if calls is not None else (call("summary"), call("claims")),
        not_run=(),
        profile="standard",
        model="scripted",
        created=created,
        seconds=0.1,
        version="0.1.0",
        checker_version="test",
    )


def call(task: str, state: AnswerState = AnswerState.OK) -> Call:
    return Call(task, state, "scripted", f"hash-of-{task}", None, {}, 1, 0.1, Usage(100, 20, None))


class Clock:
    """Time that passes when it is told to."""

    def __init__(self, now: float = 1_793_995_200.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def pass_(self, seconds: float) -> None:
        self.now += seconds
