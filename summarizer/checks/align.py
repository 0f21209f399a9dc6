"""Which sentences of the article a statement rests on.

Stems weighed by how rare they are in the article, sentences taken greedily while each adds something
new, so that a statement fused from several sentences finds all of them. The statement's own citations
are a hint (a small bonus), never a truth. Left for judgement: a paraphrase that shares no stem.
"""

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


def align(statement: ReadStatement, read: ReadArticle, cited: tuple[int, ...] = ()) -> Alignment:
    """Align a statement. Without a content word in common, no sentence and coverage 0."""
    words = {token.stem: (read.weight(token.stem), token.family) for token in statement.content}
    total = sum(weight for weight, _ in words.values())
    if not total:
        return Alignment((), 0.0, 0.0)
    chosen: list[ReadSentence] = []
    best_share = 0.0
    missing = set(words)
    candidates = list(read.sentences)
    while candidates and missing and len(chosen) < MAX_SENTENCES:
        gains = [(sentence, _covered(sentence, missing, words)) for sentence in candidates]
        gains = [(sentence, covered) for sentence, covered in gains if covered]
        best: ReadSentence | None = None
        gain = rank = 0.0
        for sentence, covered in gains:
            share = sum(words[stem][0] for stem in sorted(covered)) / total
            score = share * (_HEADLINE_MALUS if sentence.is_headline else 1.0)
            score += _CITED_BONUS if sentence.number in cited else 0.0
            if score > rank:
                best, gain, rank = sentence, share, score
        best_share = best_share if chosen else gain
        if best is None or (chosen and gain < _MIN_GAIN):
            break
        chosen.append(best)
        missing -= _covered(best, missing, words)
        candidates = [sentence for sentence, _ in gains if sentence is not best]
    coverage = 1.0 - sum(words[stem][0] for stem in sorted(missing)) / total
    return Alignment(tuple(chosen), coverage, best_share)


def _covered(sentence: ReadSentence, missing: set[str], words: dict[str, tuple[float, str]]) -> set[str]:
    return {stem for stem in missing if stem in sentence.content or words[stem][1] in sentence.families}
