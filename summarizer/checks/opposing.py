"""A negation added or lost, also by a word of the opposite sense.

"Did not accept" is "rejected", and "failed" is "did not manage": what counts is whether negations and
opposites on both sides cancel out. Judged clause by clause, where the article's clause has enough of the
statement's other words; quotations are compared word for word elsewhere. Left aside: irony, and a denial
that is not next to what it denies.

Keys of ``logic.toml``: ``opposites`` (two sides a line), ``plain_negators``, ``negators`` (also words that
negate by their sense, such as "refused").
"""

from collections.abc import Sequence

from ..flags import FlagCode
from ..report import Signal, SignalKind
from .align import Alignment
from .context import ReadArticle, ReadStatement
from .counterparts import Clause, Counterpart, counterparts, of_statement
from .quotes import passages
from .terms import Hit, Terms, terms
from .text import Lexicon, Token, is_content, span

_OPPOSITE = 0.34  # share of a clause's other words, where a pair of opposites meets
_SAME = 0.6  # and where only a negation differs
_LEAST_SHARED = 2


def check(statement: ReadStatement, alignment: Alignment, read: ReadArticle) -> tuple[Signal, ...]:
    """At most one signal: the first clause whose polarity differs."""
    code = read.lex.code
    pairs, plain = terms(code, "opposites"), terms(code, "plain_negators")
    quoted = [(p.start, p.end) for p in passages(statement.text)]
    for clause in of_statement(statement, read):
        if any(start <= clause.start < end for start, end in quoted):
            continue
        found = reversed_by(clause, pairs, plain, alignment, read) or _negated(clause, plain, alignment, read)
        if found is not None:
            mine, part = found
            shown = span(statement.text, clause.tokens[mine.first].start, clause.tokens[mine.last - 1].end)
            there = read.evidence(part.sentence, part.clause.start, part.clause.end)
            message = f"“{shown.text}” says the opposite of the article: “{there.quote}”"
            return (
                Signal(
                    "polarity",
                    SignalKind.MISMATCH,
                    1.0,
                    message,
                    FlagCode.NEGATION_MISMATCH,
                    (shown,),
                    (there,),
                ),
            )
    return ()


def reversed_by(
    clause: Clause, pairs: Terms, plain: Terms, alignment: Alignment, read: ReadArticle
) -> tuple[Hit, Counterpart] | None:
    """A word of the clause whose opposite the article has in its place, negations counted in."""
    mine = pairs.find(clause.tokens)
    if not mine:
        return None
    own = frozenset(token.stem for hit in mine for token in clause.tokens[hit.first : hit.last])
    parts = counterparts(clause, alignment, read, least=_OPPOSITE, besides=own)
    for part in parts[:3]:
        theirs = {hit.label: hit for hit in pairs.find(part.clause.tokens)}
        if not theirs or len(part.shared) < min(_LEAST_SHARED, len(clause.content - own)):
            continue
        told = [_differs(hit, theirs, clause, part, plain) for hit in mine]
        agreed = {hit.label[:-1] for hit, different in zip(mine, told, strict=True) if different is False}
        for hit, different in zip(mine, told, strict=True):
            if different and hit.label[:-1] not in agreed:
                return hit, part
        if agreed:
            return None
    return None


def _differs(
    hit: Hit, theirs: dict[str, Hit], clause: Clause, part: Counterpart, plain: Terms
) -> bool | None:
    """Whether the two say opposite things; None where the article has neither word."""
    other = hit.label[:-1] + ("-" if hit.label[-1] == "+" else "+")
    if hit.label not in theirs and other not in theirs:
        return None
    if hit.label in theirs and other in theirs:
        return None
    negations = _near(clause, hit, plain) + _near(part.clause, theirs.get(hit.label) or theirs[other], plain)
    return (negations + (hit.label not in theirs)) % 2 == 1


def _near(clause: Clause, hit: Hit, plain: Terms) -> int:
    """1 where a negation stands close to a word, however many words it takes ("ne … pas")."""
    window = clause.tokens[max(0, hit.first - 5) : hit.last + 4]
    inside = clause.tokens[hit.first : hit.last]
    return int(any(plain.any((token,)) for token in window if token not in inside))


def _negated(
    clause: Clause, plain: Terms, alignment: Alignment, read: ReadArticle
) -> tuple[Hit, Counterpart] | None:
    """The same words, negated on one side only."""
    parts = [p for p in counterparts(clause, alignment, read, least=_SAME) if not p.whole]
    if not parts or len(parts[0].shared) < _LEAST_SHARED:
        return None
    part, lexical = parts[0], terms(read.lex.code, "negators")
    mine, theirs = plain.find(clause.tokens), plain.find(part.clause.tokens)
    if bool(mine) == bool(theirs):
        return None
    if lexical.any(clause.tokens) and lexical.any(part.clause.tokens):
        return None  # one side negates by its sense
    pairs = terms(read.lex.code, "opposites", "comparisons")
    unlike = {h.label for h in pairs.find(clause.tokens)} ^ {h.label for h in pairs.find(part.clause.tokens)}
    if unlike:
        return None  # turned round by another word, which `reversed_by` judges
    negated, tokens = (mine, clause.tokens) if mine else (theirs, part.clause.tokens)
    if not _negates(negated[0], tokens, part.shared, read.lex):
        return None
    if mine:
        return mine[0], part
    index = next(at for at, token in enumerate(clause.tokens) if token.stem in part.shared)
    return Hit(index, index + 1, ""), part


def _negates(hit: Hit, tokens: Sequence[Token], shared: frozenset[str], lex: Lexicon) -> bool:
    """Whether what stands behind a negation, or else before it, is a word that both sides have."""
    behind = [token for token in tokens[hit.last : hit.last + 4] if is_content(token, lex)]
    before = [token for token in tokens[max(0, hit.first - 4) : hit.first] if is_content(token, lex)]
    beside = behind[:1] or before[-1:]
    return any(token.stem in shared for token in beside)
