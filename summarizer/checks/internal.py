"""Two statements about one article that cannot both be right.

Each statement is compared with the others as if they were the article: a direction, a negation or a
quantifier the other way round, or another figure of the same kind among the same words. Left aside: what
only the article could decide; which of the two is right is for the other checks.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from ..article import Article, Sentence
from ..flags import FlagCode
from ..report import Signal, SignalKind, Span, Statement
from . import comparison, polarity, quantifiers
from .align import Alignment, align
from .context import ReadArticle, ReadSentence, ReadStatement, as_sentence, weigh
from .figures import Figure
from .grounds import surroundings
from .sought import same_value
from .text import lexicon, span

Check = Callable[[ReadStatement, Alignment, ReadArticle], tuple[Signal, ...]]
_CHECKS: tuple[Check, ...] = (polarity.check, comparison.check, quantifiers.check)
_SHARED = 2  # words round a figure by which two statements speak of the same
_NEAR = 0.5  # and how near they stand
_ALIKE = 0.6  # share of a statement's words that another one must have
_MOST = 200  # statements about one article that are compared


@dataclass(frozen=True, slots=True)
class Conflict:
    """Statement ``one`` (its place in the list) cannot be right together with ``other``."""

    one: int
    other: int
    signal: Signal


def find(statements: Sequence[Statement], read: Sequence[ReadStatement], language: str) -> list[Conflict]:
    """Conflicts between statements, at most one a statement; the later of two is the one named."""
    if not 1 < len(statements) <= _MOST:
        return []
    together = _as_article(statements, read, language)
    found = []
    for index, statement in enumerate(read):
        if not index or not statement.content:
            continue
        alignment = align(statement, together, last=index)
        if not alignment.sentences or alignment.best < _ALIKE:
            continue
        earlier = replace(together, sentences=together.sentences[:index])
        other = alignment.sentences[0]
        only = Alignment((other,), alignment.best, alignment.best)
        for spans in _conflicts(statement, only, earlier, other):
            message = f"it cannot be right together with {statements[other.number - 1].id}: “{other.text}”"
            code = FlagCode.INTERNAL_CONFLICT
            signal = Signal("internal", SignalKind.MISMATCH, 1.0, message, code, spans)
            found.append(Conflict(index, other.number - 1, signal))
            break
    return found


def _conflicts(
    statement: ReadStatement, alignment: Alignment, together: ReadArticle, other: ReadSentence
) -> Iterator[tuple[Span, ...]]:
    for check in _CHECKS:
        for signal in check(statement, alignment, together):
            if signal.kind is SignalKind.MISMATCH:
                yield signal.spans
    mine = [f for f in statement.figures if not _has(f, other.figures)]
    theirs = [f for f in other.figures if not _has(f, statement.figures)]
    if len(mine) != 1 or len(theirs) != 1 or mine[0].unit != theirs[0].unit or mine[0].date != theirs[0].date:
        return  # other things that differ make it another fact
    here = surroundings(statement, [(mine[0].start, mine[0].end)], together.lex)[0]
    there = surroundings(other, [(theirs[0].start, theirs[0].end)], together.lex)[0]
    if sum(near >= _NEAR and there.get(kin, 0.0) >= _NEAR for kin, near in here.items()) >= _SHARED:
        yield (span(statement.text, mine[0].start, mine[0].end),)


def _has(figure: Figure, others: Sequence[Figure]) -> bool:
    return any(same_value(figure, other) or same_value(other, figure) for other in others)


def _as_article(statements: Sequence[Statement], read: Sequence[ReadStatement], language: str) -> ReadArticle:
    """The statements as the sentences of an article."""
    sentences: list[Sentence] = []
    made: list[ReadSentence] = []
    start = 0
    for number, (statement, known) in enumerate(zip(statements, read, strict=True), 1):
        end = start + len(statement.text)
        sentences.append(Sentence(number, start, end, statement.text))
        made.append(as_sentence(number, start, known))
        start = end + 1
    text = "\n".join(statement.text for statement in statements)
    article = Article("statements", "statements", text, tuple(sentences), language=language)
    return weigh(article, tuple(made), lexicon(language))
