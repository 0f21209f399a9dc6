"""Clauses, and which clause of the article a clause of a statement retells.

What is negated, hedged, compared or caused is said within a clause: "profits fell, and the company plans to
close a plant" plans only the closing. A clause is what stands between commas, semicolons, dashes and
brackets; pieces with fewer than two content words belong to their neighbour.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .align import Alignment
from .context import ReadArticle, ReadSentence, ReadStatement
from .text import Lexicon, Token

_BREAK = re.compile(r"[,;:—–()]|\s-\s|[.!?…]\s")
_LEAST_CONTENT = 2
MOST_TOKENS = (
    70  # longer than any sentence of a newspaper: lines run together, where nothing is near anything
)
_WHOLE = 0.85  # a whole sentence is looser company than one of its clauses


@dataclass(frozen=True, slots=True)
class Clause:
    """A run of a sentence's tokens; ``content`` are the stems that say something."""

    tokens: tuple[Token, ...]
    content: frozenset[str]
    families: frozenset[str]

    @property
    def start(self) -> int:
        return self.tokens[0].start

    @property
    def end(self) -> int:
        return self.tokens[-1].end


@dataclass(frozen=True, slots=True)
class Counterpart:
    """A clause of the article that retells a statement's clause.

    ``share`` of the statement clause's content, weighed, that it has; ``shared`` are the stems.
    """

    sentence: ReadSentence
    clause: Clause
    share: float
    shared: frozenset[str]
    whole: bool = False


def split(text: str, tokens: Sequence[Token], lex: Lexicon) -> tuple[Clause, ...]:
    """The clauses of a sentence in order; every token is in one."""
    runs: list[list[Token]] = [[]]
    left = 0
    for index, token in enumerate(tokens):
        if index and text[left : token.start] != " " and _BREAK.search(text, left, token.start):
            runs.append([])
        runs[-1].append(token)
        left = token.end
    joined: list[list[Token]] = []
    content = 0  # words of the last one
    for run in runs:
        own = sum([token.content for token in run])
        if joined and (own < _LEAST_CONTENT or content < _LEAST_CONTENT):
            joined[-1] += run
            content += own
        else:
            joined.append(run)
            content = own
    return tuple([_clause(run, lex) for run in joined if run])


def _clause(tokens: Sequence[Token], lex: Lexicon) -> Clause:
    content = [token for token in tokens if token.content]
    return Clause(
        tuple(tokens),
        frozenset([token.stem for token in content]),
        frozenset([token.family for token in content]),
    )


def of_statement(statement: ReadStatement, read: ReadArticle) -> tuple[Clause, ...]:
    """A statement's clauses."""
    return split(statement.text, statement.tokens, read.lex)


def of_sentence(sentence: ReadSentence, read: ReadArticle) -> tuple[Clause, ...]:
    """An article sentence's clauses, split once; the whole sentence last where there are several."""
    found = read.clauses.get(sentence.number)
    if found is None:
        found = split(sentence.text, sentence.tokens, read.lex)
        if len(found) > 1:
            found = (*found, _clause(sentence.tokens, read.lex))
        read.clauses[sentence.number] = found
    made: tuple[Clause, ...] = found
    return made


def counterparts(
    clause: Clause,
    alignment: Alignment,
    read: ReadArticle,
    *,
    least: float,
    besides: frozenset[str] = frozenset(),
) -> list[Counterpart]:
    """Clauses of the aligned sentences that have at least a share of a clause, the best first.

    ``besides``: stems that do not count, because they are what is compared.
    """
    wanted = {token.stem: token.family for token in clause.tokens if token.stem in clause.content - besides}
    total = sum(read.weight(stem) for stem in sorted(wanted))
    if not total:
        return []
    found: list[Counterpart] = []
    for sentence in alignment.sentences[:4]:
        headline = sentence.is_headline and len(alignment.sentences) > 1
        if headline or len(sentence.tokens) > MOST_TOKENS:
            continue
        for piece in of_sentence(sentence, read):
            found += _counterpart(sentence, piece, wanted, total, read)
    found = [part for part in found if part.share >= least]
    return sorted(found, key=lambda part: (-part.share * (_WHOLE if part.whole else 1.0), part.clause.start))


def _counterpart(
    sentence: ReadSentence, clause: Clause, wanted: dict[str, str], total: float, read: ReadArticle
) -> Iterator[Counterpart]:
    shared = frozenset(s for s, kin in wanted.items() if s in clause.content or kin in clause.families)
    if shared:
        share = sum(read.weight(stem) for stem in sorted(shared)) / total
        whole = len(clause.tokens) == len(sentence.tokens) and len(of_sentence(sentence, read)) > 1
        yield Counterpart(sentence, clause, share, shared, whole)
