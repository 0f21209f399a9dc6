"""A long article in overlapping parts that a model can read; claims of the parts joined again.

Parts are cut between sentences, at paragraphs where one ends nearby. They overlap by a few sentences, so
that what hangs together across a cut is whole in one of them. Sentences keep their numbers.
"""

import re
from collections.abc import Sequence
from itertools import accumulate

from rapidfuzz import fuzz

from .article import Sentence
from .report import Claim, normalise_statement
from .tokens import estimate

OVERLAP = 0.06  # of a part's room, at least one sentence, at most _MOST_OVERLAP
_MOST_OVERLAP = 6
_NEAR = 0.25  # a paragraph that ends within this share of a part's end ends the part
_SAME = 92  # of 100: two claims about one sentence, in all but a word the same
_PER_LINE = 4  # number, brackets and line end, in tokens

Part = tuple[Sentence, ...]


def split(sentences: Sequence[Sentence], room: int, language: str = "und") -> list[Part]:
    """The sentences in parts of at most ``room`` tokens each, about equal in size.

    One part when all fit. A sentence that is larger than the room stands alone in a part of its own:
    whether the model can read it is the model's to say.
    """
    sizes = [estimate(sentence.text, language) + _PER_LINE for sentence in sentences]
    total = sum(sizes)
    if total <= room:
        return [tuple(sentences)]
    fresh, left = max(1, int(room * (1 - OVERLAP))), [*accumulate(reversed(sizes))][::-1]
    parts, start = [], 0
    while start < len(sentences):
        # What is left in equal parts: a last one of two sentences would be asked for as many claims.
        many = -(-left[start] // fresh)
        target = min(room, -(-left[start] // many) + (int(room * OVERLAP) if many > 1 else 0))
        end = _end(sentences, sizes, start, target)
        parts.append(tuple(sentences[start:end]))
        if end == len(sentences):
            break
        start = max(start + 1, end - _overlap(sizes, end, target))
    return parts


def halves(part: Part) -> tuple[Part, Part]:
    """A part in two that overlap by a sentence, for a model that could read less than it was thought to."""
    middle = len(part) // 2
    return part[:middle], part[max(1, middle - 1) :] if len(part) > 2 else part[middle:]


def _end(sentences: Sequence[Sentence], sizes: list[int], start: int, room: int) -> int:
    """Where a part that begins at ``start`` ends: as late as it fits, at a paragraph's end nearby."""
    end, used, boundary = start, 0, None
    while end < len(sentences) and (end == start or used + sizes[end] <= room):
        used += sizes[end]
        end += 1
        closes = end < len(sentences) and sentences[end].paragraph != sentences[end - 1].paragraph
        if closes and used >= room * (1 - _NEAR):
            boundary = end
    return end if end == len(sentences) or boundary is None else boundary


def _overlap(sizes: list[int], end: int, room: int) -> int:
    """How many sentences before ``end`` the next part begins with."""
    count, used = 0, 0
    while count < _MOST_OVERLAP and end - count - 1 > 0:
        used += sizes[end - count - 1]
        if used > room * OVERLAP:
            break
        count += 1
    # A first long sentence is repeated where it leaves room for new ones.
    return count or int(sizes[end - 1] * 3 < room)


def join(parts: Sequence[tuple[Claim, ...]]) -> tuple[tuple[Claim, ...], int]:
    """The claims of all parts in order, numbered anew, and how many were left out as said twice.

    Two claims of different parts are the same when their text is, or when they cite a common sentence,
    have the same figures and differ in hardly a letter. The first stays, with the sentences of both.
    """
    if len(parts) == 1:
        return tuple(parts[0]), 0
    kept: list[Claim] = []
    origin: list[int] = []
    by_text: dict[str, int] = {}
    by_sentence: dict[int, list[int]] = {}
    left_out = 0
    for number, claims in enumerate(parts):
        for claim in claims:
            text = normalise_statement(claim.text)
            near = sorted({at for n in claim.cited or () for at in by_sentence.get(n, [])})
            same = by_text.get(text)
            if same is None:
                others = [at for at in near if origin[at] != number]
                same = next((at for at in others if _same(normalise_statement(kept[at].text), text)), None)
            elif origin[same] == number:
                same = None  # one part said it twice, about other sentences: the parser let it stand
            if same is not None:
                left_out += 1
                first = kept[same]
                cited = tuple(dict.fromkeys((*(first.cited or ()), *(claim.cited or ()))))
                kept[same] = Claim(first.id, first.text, cited, first.speaker or claim.speaker, first.worth)
                continue
            at = len(kept)
            kept.append(Claim(f"c{at + 1}", claim.text, claim.cited, claim.speaker, claim.worth))
            origin.append(number)
            by_text.setdefault(text, at)
            for n in claim.cited or ():
                by_sentence.setdefault(n, []).append(at)
    return tuple(kept), left_out


def _same(one: str, other: str) -> bool:
    return _figures(one) == _figures(other) and fuzz.ratio(one, other) >= _SAME


def _figures(text: str) -> list[str]:
    return sorted(re.findall(r"\d+(?:[.,]\d+)*", text))
