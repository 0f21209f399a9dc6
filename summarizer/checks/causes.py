"""A cause that the article does not state.

A causal word divides a statement into two facts. It is a mismatch when the article tells both, and links
them neither by a causal word in the sentences that tell them nor in the one behind; a doubt where the
article links them by time alone ("after"). Left aside: causes told without a word of the table, and
statements of which the article tells only one half (coverage sees the other).

Keys of ``logic.toml``: ``causes``.
"""

from collections.abc import Sequence

from ..flags import FlagCode
from ..report import Signal, SignalKind
from .align import Alignment
from .context import ReadArticle, ReadSentence, ReadStatement, family
from .quotes import passages
from .terms import terms
from .text import Token, is_content, span

_TOLD = 0.34  # share of a side's words that its sentence must have


def check(statement: ReadStatement, alignment: Alignment, read: ReadArticle) -> tuple[Signal, ...]:
    """At most one signal, for the first causal word outside quotations."""
    quoted = [(p.start, p.end) for p in passages(statement.text)]
    for hit in terms(read.lex.code, "causes").find(statement.tokens):
        first, last = statement.tokens[hit.first], statement.tokens[hit.last - 1]
        if any(start <= first.start < end for start, end in quoted):
            continue
        left, right = _sides(statement, hit.first, hit.last)
        here, there = _teller(left, alignment, read), _teller(right, alignment, read)
        if here is None or there is None:
            continue
        sentences = [here, there, *_behind((here, there), read)]
        if any(terms(read.lex.code, "causes").any(sentence.tokens) for sentence in sentences):
            continue
        shown = span(statement.text, first.start, last.end)
        evidence = tuple(map(read.evidence, [here] if here is there else [here, there]))
        message = f"“{shown.text}”: the article tells both and does not say that one led to the other"
        if here is there:
            return (Signal("cause", SignalKind.DOUBT, 0.5, message, None, (shown,), evidence),)
        code = FlagCode.CAUSE_NOT_STATED
        return (Signal("cause", SignalKind.MISMATCH, 1.0, message, code, (shown,), evidence),)
    return ()


def _sides(statement: ReadStatement, first: int, last: int) -> tuple[Sequence[Token], Sequence[Token]]:
    """What stands on either side; behind a word that opens the statement, up to a comma and beyond it."""
    tokens = statement.tokens
    if first > 1:
        return tokens[:first], tokens[last:]
    for index in range(last, len(tokens) - 1):
        if "," in statement.text[tokens[index].end : tokens[index + 1].start]:
            return tokens[last : index + 1], tokens[index + 1 :]
    middle = last + (len(tokens) - last) // 2  # "Wegen …": no comma
    return tokens[last:middle], tokens[middle:]


def _teller(tokens: Sequence[Token], alignment: Alignment, read: ReadArticle) -> ReadSentence | None:
    """The sentence that tells a side, if one does."""
    words = {token.stem: family(token) for token in tokens if is_content(token, read.lex)}
    total = sum(read.weight(stem) for stem in sorted(words))
    if not total:
        return None
    best, most = None, _TOLD * total
    for sentence in alignment.sentences:
        had = sorted(s for s, kin in words.items() if s in sentence.content or kin in sentence.families)
        weight = sum(read.weight(stem) for stem in had)
        if weight >= most:
            best, most = sentence, weight + 1e-9
    return best


def _behind(sentences: Sequence[ReadSentence], read: ReadArticle) -> list[ReadSentence]:
    """The sentence behind the one that is told first: "As a result …"."""
    number = min(sentence.number for sentence in sentences)
    return [read.sentences[number]] if number < len(read.sentences) else []
