"""Which sentences of the article a statement rests on.

Stems weighed by how rare they are in the article, sentences taken greedily while each adds something
new, so that a statement fused from several sentences finds all of them. The statement's own citations
are a hint (a small bonus), never a truth. Left for judgement: a paraphrase that shares no stem.
"""

import math
from dataclasses import dataclass

from .context import ReadArticle, ReadSentence, ReadStatement

MAX_SENTENCES = 6
_CITED_BONUS = 0.05
_HEADLINE_MALUS = 0.8  # a headline repeats the body in fewer words: the body is the better evidence
_MIN_GAIN = 0.06


@dataclass(frozen=True, slots=True)
class Alignment:
    """The sentences, best first, and the shares (0 to 1, weighed) of the statement that they cover.

    ``coverage`` is of all of them together, ``best`` of the one that covers most: a statement put together
    from scraps of many sentences has much of the first and little of the second.
    """

    sentences: tuple[ReadSentence, ...]
    coverage: float
    best: float


def align(
    statement: ReadStatement, read: ReadArticle, cited: tuple[int, ...] = (), *, last: int | None = None
) -> Alignment:
    """Align a statement. Without a content word in common, no sentence and coverage 0.

    ``last``: the number of the last sentence that is looked at.
    """
    words = {token.stem: (read.weight(token.stem), token.family) for token in statement.content}
    total = sum(weight for weight, _ in words.values())
    if not total:
        return Alignment((), 0.0, 0.0)
    covered: dict[int, list[str]] = {}  # sentence -> the words that it has, in the order they are added up in
    for stem in sorted(words):
        for number in read.telling(stem, words[stem][1]):
            if last is None or number <= last:
                covered.setdefault(number, []).append(stem)
    chosen: list[ReadSentence] = []
    best_share = 0.0
    missing = set(words)
    # What a sentence adds can only shrink: one that added less than the best so far is not looked at again.
    most = dict.fromkeys(covered, math.inf)
    candidates = sorted(covered)
    while candidates and missing and len(chosen) < MAX_SENTENCES:
        best: ReadSentence | None = None
        gain = rank = 0.0
        for number in candidates:
            if most[number] < rank:
                break
            sentence = read.sentences[number - 1]
            share = sum([words[stem][0] for stem in covered[number] if stem in missing]) / total
            if not share:
                most[number] = 0.0
                continue
            score = share * (_HEADLINE_MALUS if sentence.is_headline else 1.0)
            score += _CITED_BONUS if number in cited else 0.0
            most[number] = score
            if score > rank or (score == rank and best is not None and number < best.number):
                best, gain, rank = sentence, share, score
        best_share = best_share if chosen else gain
        if best is None or (chosen and gain < _MIN_GAIN):
            break
        chosen.append(best)
        missing.difference_update(covered[best.number])
        most[best.number] = 0.0
        candidates = sorted((n for n in candidates if most[n]), key=lambda n: (-most[n], n))
    coverage = 1.0 - sum(words[stem][0] for stem in sorted(missing)) / total
    return Alignment(tuple(chosen), coverage, best_share)
