"""Which sentences of an article assert something that is worth checking.

A first simple rule, without a model: figures, dates, quotations, reporting verbs and names speak for a
sentence; a question, a heading, or a subject that only another sentence explains speaks against it.
Used to make the claims of the compact profile, and to rank them.
"""

import re
from dataclasses import dataclass

from .checks.context import ReadArticle, ReadSentence
from .checks.proper import Name
from .checks.quotes import passages
from .report import Claim

_MIN_TOKENS = 6
_ASKS_OR_LEADS = re.compile(r"[?:][\"”»“)]*$")  # a question; a line that only leads to a list


@dataclass(frozen=True, slots=True)
class Ranked:
    """A sentence's number and its worth, 0 to 1."""

    number: int
    worth: float


def rank(read: ReadArticle) -> tuple[Ranked, ...]:
    """The sentences that assert something, most worth checking first; equals in the article's order."""
    ranked = [Ranked(s.number, round(_worth(s, read), 4)) for s in read.sentences]
    return tuple(sorted((r for r in ranked if r.worth > 0), key=lambda r: (-r.worth, r.number)))


def _worth(sentence: ReadSentence, read: ReadArticle) -> float:
    tokens, lex = sentence.tokens, read.lex
    if sentence.is_headline or len(tokens) < _MIN_TOKENS or _ASKS_OR_LEADS.search(sentence.text):
        return 0.0
    counts = sum(1 for figure in sentence.figures if not figure.date)
    dates = sum(1 for figure in sentence.figures if figure.date)
    dates += sum(1 for token in tokens if token.norm in lex.weekdays)
    reported = any(token.norm in lex.reporting for token in tokens)
    quoted = any(True for _ in passages(sentence.text))
    names = len({token.stem for name in sentence.names for token in name.tokens})
    worth = 0.30 * min(counts, 2) / 2 + 0.15 * min(dates, 1) + 0.15 * reported + 0.10 * quoted
    worth += 0.20 * min(names, 4) / 4
    worth += 0.10 / (1 + sentence.number / 10)  # news puts what matters first
    if tokens[0].norm in lex.pronouns:
        worth -= 0.10
    return max(0.0, worth)


def claims(read: ReadArticle, limit: int) -> tuple[Claim, ...]:
    """The article's own most check-worthy sentences as claims ``c1``, ``c2``, …, ranked."""
    chosen = rank(read)[:limit]
    return tuple(
        Claim(
            id=f"c{place}",
            text=" ".join(read.sentences[entry.number - 1].text.split()),
            cited=(entry.number,),
            speaker=speaker(read.sentences[entry.number - 1], read),
            worth=entry.worth,
        )
        for place, entry in enumerate(chosen, 1)
    )


def speaker(sentence: ReadSentence, read: ReadArticle) -> str | None:
    """Who says it: the name beside a reporting verb, or behind "according to"; None when there is none."""
    lowered = sentence.text.casefold()
    for phrase in read.lex.attributing:
        at = lowered.find(phrase)
        if at >= 0:
            behind = [n for n in sentence.names if 0 <= n.start - (at + len(phrase)) <= 25]
            if behind:
                return _spelled(behind[0], sentence)
    quoted = list(passages(sentence.text))
    names = [n for n in sentence.names if not any(p.start <= n.start < p.end for p in quoted)]
    for token in sentence.tokens:
        if token.norm in read.lex.reporting:
            near = [(gap, n) for n in names if (gap := max(n.start - token.end, token.start - n.end)) <= 3]
            if near:
                return _spelled(min(near, key=lambda pair: pair[0])[1], sentence)
    return None


def _spelled(name: Name, sentence: ReadSentence) -> str:
    return sentence.text[name.start : name.end]
