"""Some turned into all, most into few, at least into at most.

A quantifier is compared with the one that the article puts before the same noun, or else has in the clause
that is retold. Stronger is a mismatch, so is few for most; weaker and equal ones are fine ("some" for
"most"). "All" for a bare number is a mismatch too. Bounds are compared where both stand before the same
figure. Left aside: how many "many" are.

Keys of ``logic.toml``: ``quantifiers`` (``level: words``, 0 none to 4 all), ``bounds`` (``least:`` and
``most:``).
"""

from collections.abc import Iterator, Sequence

from ..flags import FlagCode
from ..report import Evidence, Signal, SignalKind
from .align import Alignment
from .context import ReadArticle, ReadSentence, ReadStatement, family
from .counterparts import Clause, Counterpart, counterparts, of_statement
from .figures import Figure
from .terms import Hit, terms
from .text import Lexicon, Token, is_content, span

_SHARE = 0.35
_NOUN_WITHIN = 3  # words from a quantifier to what it counts
_FEW, _MOST, _ALL = 1, 3, 4


def check(statement: ReadStatement, alignment: Alignment, read: ReadArticle) -> tuple[Signal, ...]:
    """A signal for each quantifier or bound that the article contradicts."""
    signals = list(_bounds(statement, alignment, read))
    levels = terms(read.lex.code, "quantifiers")
    for clause in of_statement(statement, read):
        for mine in levels.find(clause.tokens):
            signals += _check(mine, clause, statement, alignment, read)
    return tuple(signals[:2])


def _check(
    mine: Hit, clause: Clause, statement: ReadStatement, alignment: Alignment, read: ReadArticle
) -> Iterator[Signal]:
    noun = _noun(clause.tokens, mine, read.lex)
    shown = span(statement.text, clause.tokens[mine.first].start, clause.tokens[mine.last - 1].end)
    for part in counterparts(clause, alignment, read, least=_SHARE)[:2]:
        theirs = _theirs(noun, part, read)
        if theirs is None:
            figure = _figure_before(noun, part.sentence) if int(mine.label) == _ALL else None
            if figure is not None and not _has(statement, figure):
                there = read.evidence(part.sentence, figure.start, figure.end)
                yield _signal(
                    f"“{shown.text}”: the article says “{there.quote}”",
                    shown.text,
                    statement,
                    mine,
                    clause,
                    there,
                )
                return
            continue
        level, other = int(mine.label), int(theirs.label)
        tokens = part.clause.tokens
        there = read.evidence(part.sentence, tokens[theirs.first].start, tokens[theirs.last - 1].end)
        if (level > other and level >= _MOST) or (level <= _FEW and other >= _MOST):
            yield _signal(
                f"“{shown.text}”: the article says “{there.quote}”",
                shown.text,
                statement,
                mine,
                clause,
                there,
            )
        return


def _signal(
    message: str, text: str, statement: ReadStatement, mine: Hit, clause: Clause, there: Evidence
) -> Signal:
    shown = span(statement.text, clause.tokens[mine.first].start, clause.tokens[mine.last - 1].end)
    code = FlagCode.QUANTIFIER_MISMATCH
    return Signal("quantifiers", SignalKind.MISMATCH, 1.0, message, code, (shown,), (there,))


def _noun(tokens: Sequence[Token], hit: Hit, lex: Lexicon) -> Token | None:
    """What a quantifier counts: the next word that says something."""
    behind = tokens[hit.last : hit.last + _NOUN_WITHIN]
    return next((token for token in behind if is_content(token, lex) and token.text[0].isalpha()), None)


def _theirs(noun: Token | None, part: Counterpart, read: ReadArticle) -> Hit | None:
    """The article's quantifier: before the same noun, or the only one of its clause."""
    tokens = part.clause.tokens
    hits = terms(read.lex.code, "quantifiers").find(tokens)
    if noun is not None:
        for hit in hits:
            window = tokens[hit.last : hit.last + _NOUN_WITHIN + 1]
            if any(token.stem == noun.stem or family(token) == family(noun) for token in window):
                return hit
    return hits[0] if len(hits) == 1 and not part.whole else None


def _figure_before(noun: Token | None, sentence: ReadSentence) -> Figure | None:
    if noun is None:
        return None
    for index in sentence.places.get(noun.stem, ()):
        start = sentence.tokens[index].start
        for figure in sentence.figures:
            if not figure.date and figure.value > 1 and 0 <= start - figure.end <= 2:
                return figure
    return None


def _has(statement: ReadStatement, figure: Figure) -> bool:
    return any(mine.value == figure.value for mine in statement.figures)


def _bounds(statement: ReadStatement, alignment: Alignment, read: ReadArticle) -> Iterator[Signal]:
    """At least for at most, before the same figure."""
    for hit, figure in _bounded(statement.tokens, statement.figures, read.lex):
        for sentence in alignment.sentences[:3]:
            for other, their_figure in _bounded(sentence.tokens, sentence.figures, read.lex):
                if their_figure.value == figure.value and hit.label != other.label:
                    start, end = statement.tokens[hit.first].start, figure.end
                    there = read.evidence(sentence, sentence.tokens[other.first].start, their_figure.end)
                    shown = span(statement.text, start, end)
                    message = f"“{shown.text}”: the article says “{there.quote}”"
                    code = FlagCode.QUANTIFIER_MISMATCH
                    yield Signal("quantifiers", SignalKind.MISMATCH, 1.0, message, code, (shown,), (there,))
                    return


def _bounded(
    tokens: tuple[Token, ...], figures: Sequence[Figure], lex: Lexicon
) -> Iterator[tuple[Hit, Figure]]:
    for hit in terms(lex.code, "bounds").find(tokens):
        end = tokens[hit.last - 1].end
        for figure in figures:
            if 0 <= figure.start - end <= 3:
                yield hit, figure
