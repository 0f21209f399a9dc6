"""Quoted passages: every one must stand in the article, word for word.

Passages are compared without regard to quotation marks, case, white space and closing punctuation, also
against the article's quotations joined ("A," said X. "B." quoted as "A B"); what stands for words left out
("…", "[…]", "[the house]") divides a passage into pieces that must all be there. Close to a passage of the
article: altered, with the words that differ. Nothing close: not found. One or two words are titles of
works, nicknames and scare quotes too: inflected forms count as the same, a word that the article never has
is a quotation that nobody said, and words that it has elsewhere are a doubt. Who said it is for the
attribution check.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property, lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import ScoreAlignment

from ..flags import FlagCode
from ..report import Evidence, Signal, SignalKind, Span
from .align import Alignment
from .context import ReadArticle, ReadStatement
from .terms import terms
from .text import lexicon, plain, span, tokenize

_MIN_WORDS = 3
_ALTERED = 78.0  # of 100: below it, nobody would say that the one was made from the other
_ALTERED_SHORT, _SHORT = 66.0, 7  # one word of five or six changed is a third of it
_MAX_PASSAGE = 2_000  # characters; a longer passage is compared by its beginning

_PASSAGE = re.compile(
    r"“(?P<curly>[^“”]{1,5000})”|„(?P<low>[^„“”\"]{1,5000})[“”\"]|«(?P<angle>[^«»]{1,5000})»"
    r"|»(?P<reverse>[^«»]{1,5000})«|(?<!\w)\"(?P<straight>[^\"]{1,5000})\"(?!\w)"
    # An apostrophe inside a word does not close a single quotation.
    r"|(?<!\w)‘(?P<single>[^‘’]{1,2000}(?:’(?=\w)[^‘’]{1,2000}){0,20})’(?!\w)"
    r"|‚(?P<low_single>[^‚‘]{1,5000})‘|‹(?P<small>[^‹›]{1,5000})›"
)
_OPENING = re.compile(r"[“„«»\"‘‚‹]")


def has_passages(text: str) -> bool:
    """Whether a text may have quoted passages: most have no opening mark, and are then not searched."""
    return _OPENING.search(text) is not None


_LEFT_OUT = re.compile(r"[\[(]?(?:\.\.\.|…|\. \. \.)[\])]?|\[[^\[\]]{0,200}\]")


@dataclass(frozen=True, slots=True)
class Passage:
    """What stands between quotation marks; offsets without the marks."""

    start: int
    end: int
    text: str


def passages(text: str) -> Iterator[Passage]:
    """The quoted passages of a text, outermost ones, in order."""
    if not has_passages(text):
        return
    for match in _PASSAGE.finditer(text):
        kind = str(match.lastgroup)
        yield Passage(match.start(kind), match.end(kind), match[kind])


@dataclass(frozen=True)
class _Flat:
    """A text reduced to words with one space between, and each character's place in the original."""

    text: str
    readable: str  # what was flattened, with apostrophes and spaces in one form
    ranges: tuple[tuple[int, int], ...]

    @cached_property
    def origin(self) -> tuple[int, ...]:
        found: list[int] = []
        for low, high in self.ranges:
            for match in _WORDS.finditer(self.readable, low, high):
                if found:
                    found.append(match.start())  # the space before
                found += [at for at, c in enumerate(match[0], match.start()) for _ in c.casefold()]
        return tuple(found)

    def place(self, start: int, end: int) -> tuple[int, int]:
        return self.origin[start], self.origin[end - 1] + 1


_WORDS = re.compile(r"[^\W_]+(?:'[^\W_]+)*|[%$€£₴]")


def _flatten(text: str, ranges: tuple[tuple[int, int], ...] | None = None) -> _Flat:
    readable = plain(text)
    ranges = ranges or ((0, len(text)),)
    words = [word for low, high in ranges for word in _WORDS.findall(readable, low, high)]
    return _Flat(" ".join(words).casefold(), readable, ranges)


_ASIDE = re.compile(r",?\s?[—–-]\s?(?P<aside>[^—–«»“”„]{3,80}?)[,.]?\s?[—–-]")


@lru_cache(maxsize=4)  # the statements of one article come one after the other
def _sources(text: str, code: str) -> tuple[_Flat, ...]:
    """The article as it stands, and its quotations joined without what is said between them or in them."""
    quoted: list[tuple[int, int]] = []
    for passage in passages(text):
        start = passage.start
        for aside in _ASIDE.finditer(passage.text):
            if terms(code, "hearsay").any(tokenize(aside["aside"], lexicon(code))):
                quoted.append((start, passage.start + aside.start()))
                start = passage.start + aside.end()
        quoted.append((start, passage.end))
    return (_flatten(text), _flatten(text, tuple(quoted))) if quoted else (_flatten(text),)


def check(statement: ReadStatement, alignment: Alignment, read: ReadArticle) -> tuple[Signal, ...]:
    """A signal for each passage that does not stand in the article."""
    signals: list[Signal] = []
    for passage in passages(statement.text):
        pieces = tuple(_pieces(passage))
        checked = (_check(piece, statement.text, read, alone=len(pieces) == 1) for piece in pieces)
        signals += [signal for signal in checked if signal is not None]
    return tuple(signals)


def _pieces(passage: Passage) -> Iterator[Passage]:
    """A passage without what stands for words left out, or for words of the writer's own."""
    start = 0
    for mark in [*_LEFT_OUT.finditer(passage.text), None]:
        end = len(passage.text) if mark is None else mark.start()
        if passage.text[start:end].strip():
            yield Passage(passage.start + start, passage.start + end, passage.text[start:end])
        start = end if mark is None else mark.end()


def _check(passage: Passage, statement: str, read: ReadArticle, *, alone: bool) -> Signal | None:
    wanted = _flatten(passage.text[:_MAX_PASSAGE])
    if not wanted.text:
        return None
    sources = _sources(read.article.text, read.lex.code)
    bounded = f" {wanted.text} "
    if any(bounded in f" {source.text} " for source in sources):
        return None
    shown = span(statement, passage.start, passage.end)
    if wanted.text.count(" ") + 1 < _MIN_WORDS:
        return _check_short(passage, shown, read, alone=alone)
    source, near = _nearest(wanted, sources)
    if near is None or near.dest_end <= near.dest_start:
        message = f"the article does not have this quotation: “{passage.text}”"
        return Signal("quotes", SignalKind.MISMATCH, 1.0, message, FlagCode.QUOTE_NOT_FOUND, (shown,))
    low, high = _trimmed(wanted.text, source.text, *_whole_words(source.text, near.dest_start, near.dest_end))
    original = read.article.text[slice(*source.place(low, high))]
    spans, words = _difference(wanted, source.text[low:high], passage, statement)
    evidence = _evidence(read, *source.place(low, high))
    message = f"the quotation was altered{words}; the article has: “{original}”"
    return Signal(
        "quotes", SignalKind.MISMATCH, 1.0, message, FlagCode.QUOTE_ALTERED, spans or (shown,), evidence
    )


def _nearest(wanted: _Flat, sources: tuple[_Flat, ...]) -> tuple[_Flat, ScoreAlignment | None]:
    """The place of a source that a passage comes closest to, if it comes close."""
    cutoff = _ALTERED if wanted.text.count(" ") >= _SHORT else _ALTERED_SHORT
    found = [(s, fuzz.partial_ratio_alignment(wanted.text, s.text, score_cutoff=cutoff)) for s in sources]
    return max(found, key=lambda pair: pair[1].score if pair[1] else 0.0)


def _check_short(passage: Passage, shown: Span, read: ReadArticle, *, alone: bool) -> Signal | None:
    """One or two words: a title may be inflected, and what is in quotation marks here need not be there."""
    stems = [token.stem for token in tokenize(passage.text, read.lex)]
    for sentence in read.sentences:
        for at in sentence.places.get(stems[0], ()) if stems else ():
            if [token.stem for token in sentence.tokens[at : at + len(stems)]] == stems:
                return None
    unknown = [stem for stem in stems if stem not in read.stems]
    message = f"the article does not have the words “{passage.text}”"
    if unknown:
        code = FlagCode.QUOTE_NOT_FOUND if alone else FlagCode.QUOTE_ALTERED
        return Signal("quotes", SignalKind.MISMATCH, 1.0, message, code, (shown,))
    return Signal("quotes", SignalKind.DOUBT, 0.5, message, None, (shown,))


def _whole_words(text: str, low: int, high: int) -> tuple[int, int]:
    while low > 0 and text[low - 1] != " ":
        low -= 1
    while high < len(text) and text[high] != " ":
        high += 1
    while low < high and text[low] == " ":
        low += 1
    while high > low and text[high - 1] == " ":
        high -= 1
    return low, high


def _trimmed(wanted: str, source: str, low: int, high: int) -> tuple[int, int]:
    """Without the words at either end that only the window brought in."""
    words = source[low:high].split(" ")
    codes = SequenceMatcher(None, wanted.split(" "), words, autojunk=False).get_opcodes()
    if codes[0][0] == "insert":
        low += len(" ".join(words[: codes[0][4]])) + 1
    if codes[-1][0] == "insert" and len(codes) > 1:
        high -= len(" ".join(words[codes[-1][3] :])) + 1
    return low, high


def _difference(
    wanted: _Flat, original: str, passage: Passage, statement: str
) -> tuple[tuple[Span, ...], str]:
    """The statement's words that differ, and both sides of the first difference in words."""
    mine, theirs = wanted.text.split(" "), original.split(" ")
    offsets = [m.span() for m in re.finditer(r"[^ ]+", wanted.text)]
    spans: list[Span] = []
    said: list[str] = []
    for tag, a, b, c, d in SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        if b > a:
            start, end = wanted.place(offsets[a][0], offsets[b - 1][1])
            spans.append(span(statement, passage.start + start, passage.start + end))
        if tag == "replace":
            said.append(f"“{' '.join(mine[a:b])}” for “{' '.join(theirs[c:d])}”")
        elif tag == "insert":
            said.append(f"“{' '.join(theirs[c:d])}” left out")
        else:
            said.append(f"“{' '.join(mine[a:b])}” added")
    return tuple(spans), f" ({', '.join(said[:3])})" if said else ""


def _evidence(read: ReadArticle, start: int, end: int) -> tuple[Evidence, ...]:
    """The passage as evidence, one piece for each sentence that it runs through."""
    pieces = []
    for sentence in read.article.sentences:
        low, high = max(start, sentence.start), min(end, sentence.end)
        if low < high:
            pieces.append(Evidence(sentence.number, low, high, read.article.text[low:high]))
    return tuple(pieces)
