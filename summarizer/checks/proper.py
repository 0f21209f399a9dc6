"""Finds names: runs of capitalised words that are not just the start of a sentence."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .text import Lexicon, Token, fold


@dataclass(frozen=True, slots=True)
class Name:
    """A run of capitalised words, in order, titles included."""

    tokens: tuple[Token, ...]

    @property
    def start(self) -> int:
        return self.tokens[0].start

    @property
    def end(self) -> int:
        return self.tokens[-1].end


def find_names(text: str, tokens: tuple[Token, ...], lex: Lexicon) -> tuple[Name, ...]:
    """The names in a text, in order.

    A single capitalised word that opens a sentence makes no name. Where every noun has a capital
    (German), only runs of two or more do, and single words behind a title. A text in Title Case has
    none that a capital could show.
    """
    if title_case(tokens, lex):
        return ()
    names = (_name(text, tokens, run, lex) for run in _runs(text, tokens, lex))
    return tuple(name for name in names if name)


_LONGEST = 12  # a longer run is no name


def title_case(tokens: Sequence[Token], lex: Lexicon) -> bool:
    """Whether there are four or more longer words of content and every one has a capital."""
    if lex.capitalised_nouns:
        return False
    count, stopwords = 0, lex.stopwords
    for token in tokens:
        if len(token.norm) > 3 and token.norm not in stopwords and token.text[0].isalpha():
            if not token.capital:
                return False
            count += 1
    return count >= 4


_GLUE = re.compile(r"\.?\s|-")  # what may stand inside a name


def _runs(text: str, tokens: tuple[Token, ...], lex: Lexicon) -> Iterator[list[int]]:
    run: list[int] = []
    for index, token in enumerate(tokens):
        capital = token.capital and _is_capital_word(token, lex)
        if run and not (capital and _GLUE.fullmatch(text, tokens[run[-1]].end, token.start)):
            yield run
            run = []
        if capital:
            run.append(index)
    if run:
        yield run


def _is_capital_word(token: Token, lex: Lexicon) -> bool:
    if not token.capital or not token.text[0].isalpha():
        return False
    return len(token.norm) < 3 or token.norm not in lex.counted_words


def _name(text: str, tokens: tuple[Token, ...], run: list[int], lex: Lexicon) -> Name | None:
    if opens_sentence(text, tokens[run[0]].start):
        first = tokens[run[0]]
        behind = text[first.end : first.end + 2]
        if first.norm in lex.stopwords or (len(run) == 1 and not first.text.isupper() and behind != "'s"):
            run = run[1:]
    run = [index for index in run if tokens[index].norm not in lex.stopwords or tokens[index].text.isupper()]
    run = [index for index in run if len(tokens[index].norm) > 1]  # initials say too little
    if not run or len(run) > _LONGEST:
        return None
    if lex.capitalised_nouns and len(run) < 2 and tokens[max(0, run[0] - 1)].norm not in lex.titles:
        return None
    return Name(tuple(tokens[index] for index in run))


_OPENING = "\"“„«'‘(["
_CLOSING = "\"”»'’)]“"


def opens_sentence(text: str, start: int) -> bool:
    """Whether a word at this place opens a sentence, a quotation or what follows a dash."""
    if start and text[start - 1] in _OPENING:
        return True
    if start > 1 and text[start - 1] == " " and text[start - 2].isalnum():
        return False  # most words stand behind another one
    before = text[:start].rstrip()
    return not before or before[-1] in "—–…:\n" or before.rstrip(_CLOSING)[-1:] in (".", "!", "?", "")


def acronyms(tokens: tuple[Token, ...], lex: Lexicon) -> Iterator[str]:
    """What runs of capitalised words could be shortened to: "United Nations" -> "un"."""
    initials = ""
    for token in tokens:
        if token.capital and token.text[0].isalpha():
            initials = (initials + fold(token.norm)[0])[-7:]
            yield from (initials[i:] for i in range(len(initials) - 1))
        elif token.norm not in lex.stopwords:
            initials = ""
