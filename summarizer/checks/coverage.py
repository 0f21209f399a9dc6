"""Content of a statement that the article nowhere has, weighed by how much it says.

Catches invented detail that no figure, name or quotation gives away. Leaves alone what stands in
another sentence than the aligned ones (``align`` pays for that), and words of three letters or fewer,
which carry little and vary much. Synonyms look like inventions to it: it raises doubt, and never
contradicts by itself.
"""

from ..report import Signal, SignalKind
from .align import Alignment
from .context import ReadArticle, ReadStatement
from .text import Token, span

_MIN_LENGTH = 4


def check(statement: ReadStatement, alignment: Alignment, read: ReadArticle) -> tuple[Signal, ...]:
    """At most one doubt, its strength the weighed share of unknown content words."""
    total = sum(read.weight(token.stem) for token in statement.content)
    unknown = [token for token in statement.content if _unknown(token, read)]
    share = sum(read.weight(token.stem) for token in unknown) / total if total else 0.0
    if not unknown:
        return ()
    words = ", ".join(dict.fromkeys(f"“{token.text}”" for token in unknown))
    return (
        Signal(
            check="coverage",
            kind=SignalKind.DOUBT,
            strength=round(share, 4),
            message=f"the article does not have {words}",
            spans=tuple(span(statement.text, token.start, token.end) for token in unknown),
            evidence=tuple(read.evidence(sentence) for sentence in alignment.sentences[:1]),
        ),
    )


def _unknown(token: Token, read: ReadArticle) -> bool:
    if len(token.norm) < _MIN_LENGTH or token.text[0].isdigit() or token.stem in read.stems:
        return False
    return token.family not in read.families
