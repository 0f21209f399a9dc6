"""A headline stronger than the body.

Whatever makes a sentence stronger than the article (a hedge or an attribution lost, some turned into all, a
cause added) makes a headline an overclaim, and so does a word of extremes ("wipes out", "historic", "whole")
that the article nowhere has. The body decides, never the article's own headline. Left aside: what is merely
short; headlines drop articles, offices and dates.

Key of ``headline.toml``: ``extreme_words``.
"""

from collections.abc import Sequence

from ..flags import FlagCode
from ..report import Evidence, Signal, SignalKind, Span, StatementKind
from .clauses import statement_clauses
from .context import ReadArticle, ReadStatement
from .text import span

_STRONGER = frozenset(
    {
        FlagCode.HEDGE_DROPPED,
        FlagCode.ATTRIBUTION_DROPPED,
        FlagCode.QUANTIFIER_MISMATCH,
        FlagCode.CAUSE_NOT_STATED,
    }
)
_ENDS = '.!?…»”"'


def is_headline(statement: ReadStatement) -> bool:
    """Whether a statement is a headline: said to be one, or somebody's line without a full stop."""
    if statement.kind is StatementKind.EXTERNAL:
        return not statement.text.rstrip().endswith(tuple(_ENDS)) and len(statement.tokens) <= 16
    return statement.kind is StatementKind.HEADLINE


def check(statement: ReadStatement, signals: Sequence[Signal], read: ReadArticle) -> tuple[Signal, ...]:
    """A signal where one of the others says that a headline is stronger than the body, or a word of it is."""
    if not is_headline(statement):
        return ()
    for signal in signals:
        if signal.code in _STRONGER:
            message = f"the headline is stronger than the article: {signal.message}"
            return (_signal(message, signal.spans, signal.evidence),)
    return _extreme(statement, read)


def _extreme(statement: ReadStatement, read: ReadArticle) -> tuple[Signal, ...]:
    mine = statement_clauses(statement, read)
    body = [sentence for sentence in read.sentences if not sentence.is_headline] or read.sentences
    for hit in mine.hits("extreme_words"):
        words = mine.tokens[hit.first : hit.last]
        said = words if hit.last - hit.first > 1 else words[:1]
        if hit.first in mine.quoted or any(
            all(token.stem in sentence.stems or token.family in sentence.families for token in said)
            for sentence in body
        ):
            continue
        shown = span(statement.text, words[0].start, words[-1].end)
        message = f"the headline is stronger than the article, which has no “{shown.text}”"
        return (_signal(message, (shown,), ()),)
    return ()


def _signal(message: str, spans: tuple[Span, ...], evidence: tuple[Evidence, ...]) -> Signal:
    return Signal("headline", SignalKind.MISMATCH, 1.0, message, FlagCode.HEADLINE_OVERCLAIM, spans, evidence)
