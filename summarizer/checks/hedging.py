"""May turned into will, alleged into did, planned into done.

Two kinds of hedge: that something is possible, suspected or reported, and that it is planned or expected.
The first is kept by any such word of the statement, or by saying who says so; the second by those and by a
future; it is lost where the statement tells the thing as done. Judged where the article's hedge stands in
the clause that the statement's clause retells, close to a word that both have. Left aside: how strong a
hedge is, and hedges that only the sense of a noun carries.

Keys of ``logic.toml``: ``hedge_possible``, ``hedge_kept`` (words that
keep one), ``hedge_planned``, ``future``, ``completed`` (words that go with
what is done), ``past_endings``, ``hearsay`` (words that say whose word it is).
"""

from ..flags import FlagCode
from ..report import Signal, SignalKind
from .align import Alignment
from .context import ReadArticle, ReadStatement
from .counterparts import Clause, Counterpart, counterparts, of_statement
from .quotes import passages
from .terms import Hit, terms
from .text import Lexicon, span

_SHARE = 0.45
_NEAR = 4  # words between a hedge and what it hedges
_FAR = 10  # where the verb stands at the end (German)
_LEAST_SHARED = 2


def check(statement: ReadStatement, alignment: Alignment, read: ReadArticle) -> tuple[Signal, ...]:
    """At most one signal: the first clause that lost its hedge."""
    lex = read.lex
    possible = terms(lex.code, "hedge_possible", "hedge_kept")
    planned = terms(lex.code, "hedge_planned")
    future = terms(lex.code, "future")
    said = terms(lex.code, "hearsay").any(statement.tokens)
    mine_possible = possible.any(statement.tokens)
    mine_future = future.any(statement.tokens)
    mine_planned = any(
        not future.any(statement.tokens[h.first : h.last]) for h in planned.find(statement.tokens)
    )
    if mine_possible:
        return ()
    names = {token.stem for name in statement.names for token in name.tokens}
    quoted = [(p.start, p.end) for p in passages(statement.text)]
    for clause in of_statement(statement, read):
        if any(start <= clause.start < end for start, end in quoted):
            continue
        for part in _retold(clause, alignment, read):
            if len(part.shared - names) < _LEAST_SHARED:
                continue
            hedge, _ = _hedge(part, "hedge_possible", lex)
            if hedge is not None and not said and not mine_planned:
                return (_signal(statement, clause, part, hedge, read),)
            hedge, predicates = _hedge(part, "hedge_planned", lex)
            done = _done(clause, predicates, lex)
            if hedge is not None and not mine_planned and not mine_future and done:
                return (_signal(statement, clause, part, hedge, read),)
    return ()


def _retold(clause: Clause, alignment: Alignment, read: ReadArticle) -> list[Counterpart]:
    """The one clause that is retold."""
    return [part for part in counterparts(clause, alignment, read, least=_SHARE) if not part.whole][:1]


def _hedge(part: Counterpart, key: str, lex: Lexicon) -> tuple[Hit | None, frozenset[str]]:
    """A hedge of the article's clause before words of the statement, and the stems of these."""
    tokens, joining = part.clause.tokens, lex.words("joining")
    for hit in terms(lex.code, key).find(tokens):
        reach = tokens[hit.last : hit.last + (_FAR if lex.capitalised_nouns else _NEAR)]
        stop = next((at for at, token in enumerate(reach) if token.norm in joining), len(reach))
        stems = frozenset(token.stem for token in reach[:stop] if token.stem in part.shared)
        if stems:
            return hit, stems
    return None, frozenset()


def _done(clause: Clause, predicates: frozenset[str], lex: Lexicon) -> bool:
    """Whether a clause tells what was hedged as done: in a past form, or beside a word that goes with one."""
    completed, endings = terms(lex.code, "completed"), tuple(sorted(lex.words("past_endings")))
    for index, token in enumerate(clause.tokens):
        if token.stem not in predicates:
            continue
        if endings and len(token.norm) > 4 and not token.capital and token.norm.endswith(endings):
            return True
        reach = _FAR if lex.capitalised_nouns else 3
        if completed.any(clause.tokens[max(0, index - reach) : index + (reach if reach == _FAR else 1)]):
            return True
    return False


def _signal(
    statement: ReadStatement, clause: Clause, part: Counterpart, hedge: Hit, read: ReadArticle
) -> Signal:
    tokens = part.clause.tokens
    there = read.evidence(part.sentence, tokens[hedge.first].start, tokens[hedge.last - 1].end)
    whole = read.evidence(part.sentence, part.clause.start, part.clause.end)
    shown = span(statement.text, clause.start, clause.end)
    message = f"told as a fact; the article hedges it with “{there.quote}”: “{whole.quote}”"
    code = FlagCode.HEDGE_DROPPED
    return Signal("hedges", SignalKind.MISMATCH, 1.0, message, code, (shown,), (there, whole))
