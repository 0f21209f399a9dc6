"""Rose for fell, more for less, first for last; and the two sides of "than" exchanged.

Directions are compared like opposites in ``polarity``, from a table of their own. Left aside: a direction
that only figures show (the figures check sees those), and comparisons in which the article uses both words.

Keys of ``logic.toml``: ``comparisons`` (two sides a line), ``than``.
"""

from collections.abc import Sequence

from ..flags import FlagCode
from ..report import Evidence, Signal, SignalKind, Span
from .align import Alignment
from .context import ReadArticle, ReadSentence, ReadStatement, family
from .counterparts import MOST_TOKENS, of_statement
from .opposing import reversed_by
from .terms import terms
from .text import Lexicon, Token, is_content, span


def check(statement: ReadStatement, alignment: Alignment, read: ReadArticle) -> tuple[Signal, ...]:
    """At most one signal."""
    code = read.lex.code
    pairs, plain = terms(code, "comparisons"), terms(code, "plain_negators")
    for clause in of_statement(statement, read):
        found = reversed_by(clause, pairs, plain, alignment, read)
        if found is not None:
            mine, part = found
            if _about_the_standard(clause.content, part.clause.tokens, read.lex):
                continue
            shown = span(statement.text, clause.tokens[mine.first].start, clause.tokens[mine.last - 1].end)
            there = read.evidence(part.sentence, part.clause.start, part.clause.end)
            return (
                _signal(f"“{shown.text}” goes the other way in the article: “{there.quote}”", shown, there),
            )
    for sentence in (s for s in alignment.sentences[:2] if len(s.tokens) <= MOST_TOKENS):
        exchanged = _exchanged(statement, sentence, read.lex)
        if exchanged is not None:
            shown = span(statement.text, exchanged.start, exchanged.end)
            there = read.evidence(sentence)
            return (_signal("the two sides of the comparison are exchanged in the article", shown, there),)
    return ()


def _about_the_standard(content: frozenset[str], tokens: Sequence[Token], lex: Lexicon) -> bool:
    """Whether a clause speaks of what stands behind the article's "than": seen from there, less is more."""
    than = lex.words("than")
    at = next((index for index, token in enumerate(tokens) if token.norm in than), None)
    if at is None:
        return False
    return any(token.stem in content and is_content(token, lex) for token in tokens[at + 1 :])


def _signal(message: str, shown: Span, there: Evidence) -> Signal:
    code = FlagCode.COMPARISON_REVERSED
    return Signal("comparison", SignalKind.MISMATCH, 1.0, message, code, (shown,), (there,))


def _exchanged(statement: ReadStatement, sentence: ReadSentence, lex: Lexicon) -> Token | None:
    """The "than" of a statement whose sides a sentence with the same comparison has exchanged."""
    mine, theirs = _sides(statement.tokens, lex), _sides(sentence.tokens, lex)
    if mine is None or theirs is None:
        return None
    (word, left, right, how), (_, their_left, their_right, their_how) = mine, theirs
    if how != their_how:
        return None
    crossed = bool(left & their_right) and bool(right & their_left)
    straight = bool((left & their_left) - (left & their_right)) and bool(
        (right & their_right) - right & their_left
    )
    return word if crossed and not straight else None


Sides = tuple[Token, frozenset[str], frozenset[str], frozenset[str]]


def _sides(tokens: tuple[Token, ...], lex: Lexicon) -> Sides | None:
    than = lex.words("than")
    words = terms(lex.code, "comparisons")
    for index, token in enumerate(tokens):
        if token.norm not in than or not 0 < index < len(tokens) - 1:
            continue
        hits = words.find(tokens[:index])
        if not hits or index - hits[-1].last > 2:
            continue
        used = {t.stem for hit in hits for t in tokens[hit.first : hit.last]}
        left = frozenset(
            family(t) for t in tokens[max(0, index - 8) : index] if is_content(t, lex) and t.stem not in used
        )
        right = frozenset(family(t) for t in tokens[index + 1 : index + 6] if is_content(t, lex))
        return token, left, right, frozenset(hit.label for hit in hits[-1:])
    return None
