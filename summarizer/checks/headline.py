"""A headline stronger than the body.

Whatever makes a sentence stronger than the article (a hedge or an attribution lost, some turned into all, a
cause added) makes a headline an overclaim. The body decides, never the article's own headline. Left aside:
what is merely short; headlines drop articles, offices and dates.
"""

from collections.abc import Sequence

from ..flags import FlagCode
from ..report import Signal, SignalKind, StatementKind
from .context import ReadStatement

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


def check(statement: ReadStatement, signals: Sequence[Signal]) -> tuple[Signal, ...]:
    """A signal where one of the others says that a headline is stronger than the body."""
    if not is_headline(statement):
        return ()
    for signal in signals:
        if signal.code in _STRONGER:
            message = f"the headline is stronger than the article: {signal.message}"
            code = FlagCode.HEADLINE_OVERCLAIM
            return (
                Signal("headline", SignalKind.MISMATCH, 1.0, message, code, signal.spans, signal.evidence),
            )
    return ()
