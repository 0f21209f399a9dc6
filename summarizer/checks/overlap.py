"""How much of a statement the article has in the same words, and in the same company.

No observation by itself: numbers that ``risk`` weighs. A summary that copies is rarely wrong; one that puts
words together which the article keeps apart often is. Words are stems, "families" words that begin alike.
No word of any language stands here, so it works for all of them; what it cannot see is that two different
words mean the same.

The measures are the usual ones of copied text (n-gram precision; the fragments of Grusky et al. 2018,
"Newsroom"; longest common subsequence), and pairs of content words after the idea that an error of a
summary is most often a wrong connection of right words.
"""

import itertools
import math
from collections.abc import Iterable, Sequence

from rapidfuzz.distance import LCSseq

from .align import Alignment
from .context import ReadArticle, ReadStatement
from .grams import CLOSE, LONG, NEAR, SHORT, Grams, joined, pieces
from .text import Token

_FAR = 40  # words between two copied runs that are no longer one passage
_BEST = 3  # aligned sentences that a statement is laid beside

# The measures, and whether more of each speaks against a statement (1), for it (-1), or either (0).
MEASURES: dict[str, int] = {
    "coverage": -1,  # of the aligned sentences together, and of the best of them (see align)
    "best": -1,
    "sentences": 1,  # aligned
    "words_known": -1,  # share of all words
    "pairs_known": -1,  # share of neighbours, and of three in a row
    "triples_known": -1,
    "letters_known": -1,  # share of pieces of six letters
    "letters_near": -1,  # of four letters, in the aligned sentences
    "longest_run": -1,  # words of the longest copied run, as a logarithm
    "run_density": -1,  # squares of the lengths of copied runs, by the square of the length of all
    "runs": 1,  # copied runs a word
    "runs_far": 1,  # how often the next run is from another passage, a word
    "runs_back": 1,  # or from further up
    "common_order": -1,  # longest common subsequence with the aligned sentences, a word
    "unknown_weight": 1,  # share of content, by how rare it is
    "unknown_words": 1,  # how many
    "unknown_length": 1,  # letters of the longest
    "unknown_names": 1,  # share of capitalised words
    "unknown_figures": 1,  # how many
    "new_names": 1,  # neighbours with capitals that are no neighbours in the article
    "one_sentence": -1,  # most content that one sentence has, and three in a row
    "one_passage": -1,
    "elsewhere": 1,  # content that the article has, and not in that passage
    "together_close": -1,  # neighbouring content words that also stand close in the article
    "together_near": -1,  # the same of those that the article has
    "never_together": 1,  # neighbouring content words that no sentence has both of
    "same_sentence": -1,  # pairs of any content words that some sentence has both of; and weighed
    "same_sentence_weight": -1,
    "rareness": 0,  # how rare the content words are in the article
    "content_share": 0,  # of all words
    "opens_with_pronoun": 0,
}


def measure(statement: ReadStatement, alignment: Alignment, read: ReadArticle) -> dict[str, float]:
    """Every measure of ``MEASURES``, by name. A statement without a content word has only zeros."""
    if not statement.content:
        return dict.fromkeys(MEASURES, 0.0)
    grams = read.grams
    stems = [token.stem for token in statement.tokens]
    text = joined(statement.tokens)
    aligned = sorted(alignment.sentences[:_BEST], key=lambda sentence: sentence.number)
    beside = [token.stem for sentence in aligned for token in sentence.tokens]
    near = frozenset().union(*(grams.short(sentence.number - 1) for sentence in alignment.sentences))
    names = [token for token in statement.tokens if token.capital and token.start > 0]
    return {
        "coverage": alignment.coverage,
        "best": alignment.best,
        "sentences": float(len(alignment.sentences)),
        "words_known": _share([stem in read.stems for stem in stems]),
        "pairs_known": _share([bool(grams.pair(*pair)) for pair in itertools.pairwise(stems)]),
        "triples_known": _share(
            [grams.triple(*triple) for triple in zip(stems, stems[1:], stems[2:], strict=False)]
        ),
        "letters_known": _share(map(grams.long.__contains__, pieces(text, LONG))),
        "letters_near": _share(map(near.__contains__, pieces(text, SHORT))),
        **_runs(stems, grams),
        "common_order": LCSseq.similarity(stems, beside) / len(stems) if beside else 0.0,
        **_unknown(statement.content, read),
        "unknown_names": 1.0 - _share(token.stem in read.stems for token in names),
        "unknown_figures": float(
            sum(t.norm[0].isdigit() and t.norm not in grams.norms for t in statement.tokens)
        ),
        "new_names": float(_new_names(statement.tokens, grams)),
        **_company([token.family for token in statement.content], read),
        "content_share": len(statement.content) / len(stems),
        "opens_with_pronoun": float(statement.tokens[0].norm in read.lex.pronouns),
    }


def _share(found: Iterable[bool]) -> float:
    """How many of all; 1 of none, which is as good as all."""
    answers = [*found]
    return sum(answers) / len(answers) if answers else 1.0


def _runs(stems: Sequence[str], grams: Grams) -> dict[str, float]:
    """The statement as copied runs: the longest that fits at each place, and where the next one is from."""
    count = len(stems)
    lengths: list[int] = []
    ends: list[tuple[int, int]] = []  # where a run of two words or more begins and ends in the article
    at = 0
    while at < count:
        length, place = _longest(stems, at, grams)
        if length:
            lengths.append(length)
            if length > 1:
                ends.append((place, place + length))
        at += max(1, length)
    jumps = [start - before for (_, before), (start, _) in itertools.pairwise(ends)]
    return {
        "longest_run": math.log1p(max(lengths, default=0)),
        "run_density": sum(length * length for length in lengths) / (count * count),
        "runs": len(lengths) / count,
        "runs_far": sum(abs(jump) > _FAR for jump in jumps) / count,
        "runs_back": sum(jump < 0 for jump in jumps) / max(1, len(jumps)),
    }


def _longest(stems: Sequence[str], at: int, grams: Grams) -> tuple[int, int]:
    """The longest run of the article that begins with this word, and its first place."""
    best, place = 0, -1
    words = grams.words
    places = grams.pair(stems[at], stems[at + 1]) if at + 1 < len(stems) else ()
    for start in places:
        length = 2
        while at + length < len(stems) and words[start + length] == stems[at + length]:
            length += 1
        if length > best:
            best, place = length, start
    return (best, place) if best else (int(stems[at] in grams.known), -1)


def _unknown(content: Sequence[Token], read: ReadArticle) -> dict[str, float]:
    weights = [read.weight(token.stem) for token in content]
    unknown = [t.stem not in read.stems and t.family not in read.families for t in content]
    total = sum(weights)
    return {
        "unknown_weight": sum(w for w, new in zip(weights, unknown, strict=True) if new) / total,
        "unknown_words": float(min(8, sum(unknown))),
        "unknown_length": max(
            (len(t.norm) for t, new in zip(content, unknown, strict=True) if new), default=0
        )
        / 10,
        "rareness": total / len(content) / read.default_idf,
    }


def _new_names(tokens: Sequence[Token], grams: Grams) -> int:
    return sum(
        one.capital and other.capital and one.start > 0 and other.start - one.end <= 1
        and not grams.pair(one.stem, other.stem)
        for one, other in itertools.pairwise(tokens)
    )  # fmt: skip


def _company(kin: Sequence[str], read: ReadArticle) -> dict[str, float]:
    """Which of the statement's content words keep company in the article."""
    grams = read.grams
    where = grams.where
    weight = {one: read.family_weight(one) for one in dict.fromkeys(kin)}
    total = sum(weight.values()) or 1.0
    single: dict[int, float] = {}
    passage: dict[int, float] = {}
    for one, heavy in weight.items():
        places = grams.within.get(one, ())
        last = -1
        for index in places:  # rising; the passages that begin at it or up to two sentences before
            single[index] = single.get(index, 0.0) + heavy
            for first in range(max(last + 1, index - 2), index + 1):
                passage[first] = passage.get(first, 0.0) + heavy
            last = index
    one_passage = max(passage.values(), default=0.0) / total
    known = sum(heavy for one, heavy in weight.items() if one in where) / total
    neighbours = list(itertools.pairwise(kin))
    next_but_one = list(zip(kin, kin[2:], strict=False))
    have = [one for one in weight if one in where]
    together = together_weight = all_weight = pairs = 0.0
    for at, one in enumerate(have):
        mask, heavy = where[one], weight[one]
        for other in have[at + 1 :]:
            product = heavy * weight[other]
            pairs += 1
            all_weight += product
            if mask & where[other]:
                together += 1
                together_weight += product
    return {
        "one_sentence": max(single.values(), default=0.0) / total,
        "one_passage": one_passage,
        "elsewhere": known - one_passage,
        "together_close": _share([grams.distance(*pair) <= CLOSE for pair in neighbours]),
        "together_near": _share(
            [grams.distance(*pair) <= NEAR for pair in neighbours + next_but_one if _both(pair, where)]
        ),
        "never_together": float(
            min(
                6,
                sum(not where[one] & where[other] for one, other in neighbours if _both((one, other), where)),
            )
        ),
        "same_sentence": together / pairs if pairs else 1.0,
        "same_sentence_weight": together_weight / all_weight if all_weight else 1.0,
    }


def _both(pair: tuple[str, str], where: dict[str, int]) -> bool:
    return pair[0] in where and pair[1] in where and pair[0] != pair[1]
