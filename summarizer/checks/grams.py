"""What ``overlap`` looks up in an article: runs of words, pieces of words, and which words stand together.

Built once an article, when the first statement asks.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .context import ReadSentence
    from .text import Token

LONG, SHORT = 6, 4  # characters of the pieces of words
NEAR = 6  # content words within which two count as standing together
CLOSE = 3
_END = ""  # between sentences: no run goes over it


def joined(tokens: "Sequence[Token]") -> str:
    """The words with one space between them, as pieces are cut from."""
    return " ".join(token.norm for token in tokens)


def pieces(text: str, size: int) -> list[str]:
    """All runs of so many characters."""
    return [text[at : at + size] for at in range(len(text) - size + 1)]


def _bits(indices: Sequence[int]) -> int:
    """A number with a bit for each index (rising); not added up one by one, which takes its square."""
    found = bytearray(indices[-1] // 8 + 1)
    for index in indices:
        found[index >> 3] |= 1 << (index & 7)
    return int.from_bytes(found, "little")


@dataclass(frozen=True)
class Grams:
    """Tables of one article. ``words`` are its stems in order, with a mark behind each sentence.

    What is known of a pair of words is worked out when a statement first has it, and kept: the pairs of a
    long article are many more than those that its statements ask for.
    """

    words: tuple[str, ...]
    known: dict[str, list[int]]  # stem -> where it stands among ``words``
    long: frozenset[str]
    where: dict[str, int]  # family -> the sentences that have it, a bit each
    within: dict[str, list[int]]  # family -> their indices
    texts: tuple[str, ...]  # of the sentences, as pieces are cut from
    _content: dict[str, list[int]]  # family -> where it stands among the content words, sentences far apart
    _pairs: dict[tuple[str, str], tuple[int, ...]] = field(default_factory=dict, init=False)
    _distances: dict[tuple[str, str], int] = field(default_factory=dict, init=False)
    _short: dict[int, frozenset[str]] = field(default_factory=dict, init=False)

    def pair(self, one: str, other: str) -> tuple[int, ...]:
        """Where two stems stand side by side: the places of the first."""
        found = self._pairs.get((one, other))
        if found is None:
            words, places, behind = self.words, self.known.get(one, ()), self.known.get(other, ())
            if len(places) <= len(behind):
                found = tuple([at for at in places if words[at + 1] == other])
            else:
                found = tuple([at - 1 for at in behind if at and words[at - 1] == one])
            self._pairs[one, other] = found
        return found

    def triple(self, one: str, other: str, third: str) -> bool:
        """Whether three stems stand in a row."""
        words = self.words
        return any(words[at + 2] == third for at in self.pair(one, other))

    def distance(self, one: str, other: str) -> int:
        """By how many content words two families stand apart at the least; more than NEAR if not near."""
        pair = (one, other) if one < other else (other, one)
        found = self._distances.get(pair)
        if found is None:
            places, others = self._content.get(one, []), self._content.get(other, [])
            if len(places) > len(others):
                places, others = others, places
            found = self._distances[pair] = min(
                (
                    abs(place - at)
                    for place in places
                    for at in others[bisect_left(others, place - NEAR) : bisect_right(others, place + NEAR)]
                    if at != place
                ),
                default=NEAR + 1,
            )
        return found

    def short(self, index: int) -> frozenset[str]:
        """The short pieces of a sentence; cut when a statement first rests on it."""
        found = self._short.get(index)
        if found is None:
            found = self._short[index] = frozenset(pieces(self.texts[index], SHORT))
        return found

    @cached_property
    def norms(self) -> frozenset[str]:
        """The words as they stand there."""
        return frozenset(norm for text in self.texts for norm in text.split(" "))

    @classmethod
    def of(cls, sentences: "Sequence[ReadSentence]") -> "Grams":
        words: list[str] = []
        known: dict[str, list[int]] = {}
        content: dict[str, list[int]] = {}
        within: dict[str, list[int]] = {}
        texts = [joined(sentence.tokens) for sentence in sentences]
        at = place = 0
        for index, sentence in enumerate(sentences):
            for token in sentence.tokens:
                stem, kin = token.stem, token.family
                words.append(stem)
                if stem in known:
                    known[stem].append(at)
                else:
                    known[stem] = [at]
                at += 1
                if token.content:
                    if kin not in content:
                        content[kin] = [place]
                        within[kin] = [index]
                    else:
                        content[kin].append(place)
                        if within[kin][-1] != index:
                            within[kin].append(index)
                    place += 1
            words.append(_END)
            at += 1
            place += NEAR
        words.append(_END)
        return cls(
            words=tuple(words),
            known=known,
            long=frozenset(pieces(" ".join(texts), LONG)),
            where={kin: _bits(indices) for kin, indices in within.items()},
            within=within,
            texts=tuple(texts),
            _content=content,
        )
