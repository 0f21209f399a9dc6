"""Content of a statement that the article nowhere has, weighed by how much it says.

Catches invented detail that no figure, name or quotation gives away. Leaves alone what stands in
another sentence than the aligned ones (``align`` pays for that), and words of three letters or fewer,
which carry little and vary much. An insertion between commas that is nearly all unknown is a strong
doubt, however short it is beside the rest. Synonyms look like inventions to it: it raises doubt, and never
contradicts by itself.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from ..report import Signal, SignalKind
from .align import Alignment
from .context import ReadArticle, ReadStatement
from .terms import terms
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
    if inserted := _inserted(statement, unknown, read):
        share = max(share, _INSERTED)
        words = f"“{inserted}”"
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


_INSERTED = 0.95  # strength of a doubt about an insertion
_WORDS = 2  # of it the article must lack
_PART = 0.6  # and their share of its content words


def _inserted(statement: ReadStatement, unknown: Sequence[Token], read: ReadArticle) -> str | None:
    """What stands between two commas, or dashes, and is nearly all unknown: "Holm, a former dentist, said"."""
    marks = [m.start() for m in _MARK.finditer(statement.text)]
    lacking = {token.start for token in unknown}
    for low, high in pairwise(marks):
        inside = [t for t in statement.content if low < t.start < high]
        new = [t for t in inside if t.start in lacking]
        opening = [t for t in statement.tokens if t.end <= low]
        before = opening[-1:]
        if not before or not before[0].capital or read.lex.capitalised_nouns:
            continue  # of a thing all is told otherwise; of a name, what is added is new
        if any(hit.label in ("source", "alleged") for hit in terms(read.lex.code, "sayings").find(opening)):
            continue  # "According to Holm, …"
        if len(new) >= _WORDS and len(new) >= _PART * len(inside) and not any(t.capital for t in new):
            return statement.text[low + 1 : high].strip()
    return None


_MARK = re.compile(r",(?=\s)|\s[–—]\s")


def _unknown(token: Token, read: ReadArticle) -> bool:
    if len(token.norm) < _MIN_LENGTH or token.text[0].isdigit() or token.stem in read.stems:
        return False
    return token.family not in read.families
