"""What ``overlap`` looks up in an article: runs of words, pieces of words, and which words stand together.

Built once an article, when the first statement asks.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
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
    """Tables of one article. ``words`` are its stems in order, with a mark behind each sentence."""

    words: tuple[str, ...]
    pairs: dict[tuple[str, str], tuple[int, ...]]  # neighbours -> where the first of them stands
    triples: frozenset[tuple[str, str, str]]
    long: frozenset[str]
    near: frozenset[tuple[str, str]]  # families within NEAR content words, in the order they stand in
    close: frozenset[tuple[str, str]]
    where: dict[str, int]  # family -> the sentences that have it, a bit each
    within: dict[str, tuple[int, ...]]  # family -> their indices
    norms: frozenset[str]
    known: frozenset[str]  # stems
    texts: tuple[str, ...]  # of the sentences, as pieces are cut from

    def short(self, index: int) -> frozenset[str]:
        """The short pieces of a sentence; cut when a statement first rests on it."""
        found = self._short.get(index)
        if found is None:
            found = self._short[index] = frozenset(pieces(self.texts[index], SHORT))
        return found

    @cached_property
    def _short(self) -> dict[int, frozenset[str]]:
        return {}

    @classmethod
    def of(cls, sentences: "Sequence[ReadSentence]") -> "Grams":
        words: list[str] = []
        near: set[tuple[str, str]] = set()
        close: set[tuple[str, str]] = set()
        within: dict[str, list[int]] = {}
        texts = [joined(sentence.tokens) for sentence in sentences]
        for index, sentence in enumerate(sentences):
            words += [token.stem for token in sentence.tokens]
            words.append(_END)
            kin = [token.family for token in sentence.tokens if token.content]
            for gap in range(1, min(NEAR + 1, len(kin))):
                together = close if gap <= CLOSE else near
                together.update(zip(kin, kin[gap:], strict=False))
            for one in dict.fromkeys(kin):
                within.setdefault(one, []).append(index)
        pairs: dict[tuple[str, str], list[int]] = {}
        for at, pair in enumerate(itertools.pairwise(words)):
            pairs.setdefault(pair, []).append(at)
        return cls(
            words=tuple(words),
            pairs={pair: tuple(places) for pair, places in pairs.items()},
            triples=frozenset(zip(words, words[1:], words[2:], strict=False)),
            long=frozenset(pieces(" ".join(texts), LONG)),
            near=frozenset(near | close),
            close=frozenset(close),
            where={kin: _bits(indices) for kin, indices in within.items()},
            within={kin: tuple(indices) for kin, indices in within.items()},
            norms=frozenset(token.norm for sentence in sentences for token in sentence.tokens),
            known=frozenset(words) - {_END},
            texts=tuple(texts),
        )
