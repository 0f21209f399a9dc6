"""Article text that addresses a language model instead of a reader.

Catches, sentence by sentence: orders to drop instructions ("ignore the above instructions"; not where a
report quotes them or retells them, "told the bot to ignore its instructions"), notes addressed to a model
("Note to the AI: …"), what a model that reads the text must do, orders about the reply ("include in your
answer …"), a request for text that opens a sentence outside quotations ("Write a poem …"), words that only a
model is called by behind an order or a "you", markup of chat templates, and hidden text in Unicode tags.
Leaves alone articles *about* models that say none of this to one, quoted requests, and plain questions:
newspapers print those too. English tables are read in every language, because most such text is English.

Keys of ``injection.toml``: ``injection_overrides`` (words that call for dropping something) and
``injection_rules`` (what is to be dropped); ``injection_commands`` (verbs that open an order),
``injection_writing`` (such verbs that ask for a text) and ``injection_objects`` (words that follow them);
``injection_yours`` and ``injection_replies`` ("your", "answer"); ``injection_you`` (words that address
somebody); ``injection_polite`` (what may stand before an opening verb); ``injection_models`` (phrases that
name a model), ``injection_called`` (those that only stand for one in an address: "the AI"),
``injection_notes`` ("note", "to"), ``injection_this`` ("this article") and ``injection_musts`` ("must").
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from ..flags import FlagCode
from ..report import Evidence, Signal, SignalKind
from .context import ReadArticle, ReadSentence
from .quotes import passages
from .text import Lexicon, Token, lexicon, tokenize

_NEAR = 8  # words between the parts of one order
_ADDRESS = 8  # words in which a note names whom it is for
_AFTER = 4  # and words behind the name until the colon
_OPENING = 3  # words before a verb that opens a sentence: "Now, please write …"
_MARKUP = re.compile(
    r"<\|[a-z_]{2,20}\|>|\[/?INST\]|<</?SYS>>|</?(?:system|assistant|instructions?)>"
    r"|^\s*#{2,}\s*(?:system|instructions?|assistant)\b|^\s*(?:system|assistant)\s*:",
    re.IGNORECASE,
)
_TAGS = re.compile("[\U000e0020-\U000e007e]{3,}")
# A flag of a region is written with tags too, between these two.
_FLAG = re.compile("\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f")


def find(read: ReadArticle) -> tuple[Signal, ...]:
    """A signal for each sentence of the article that addresses a model, in order."""
    english = lexicon("en")
    tables = (read.lex,) if read.lex is english else (read.lex, english)
    signals = []
    for sentence in read.sentences:
        why = _why(sentence, tables, read.lex)
        if why:
            message = f"this text seems to address a language model: it {why}"
            evidence = (read.evidence(sentence),)
            signals.append(
                Signal(
                    "injection", SignalKind.MISMATCH, 1.0, message, FlagCode.INJECTION_SUSPECTED, (), evidence
                )
            )
    return tuple(signals)


def repeated(evidence: Sequence[Evidence], suspected: Sequence[Signal]) -> Signal | None:
    """A signal for a statement that rests, first of all, on a sentence that addresses a model."""
    if not evidence:
        return None
    for signal in suspected:
        if signal.evidence[0].sentence == evidence[0].sentence:
            message = "it repeats text of the article that seems to address a language model"
            return Signal("injection", SignalKind.MISMATCH, 1.0, message, signal.code, (), signal.evidence)
    return None


def _why(sentence: ReadSentence, tables: Sequence[Lexicon], own: Lexicon) -> str | None:
    if not sentence.text.isascii() and _TAGS.search(_FLAG.sub("", sentence.text)):
        return "has hidden characters that spell words"
    if _MARKUP.search(sentence.text):
        return "has the markup of a chat template"
    for lex in tables:
        tokens = sentence.tokens if lex is own else tokenize(sentence.text, lex)
        why = _order(tokens, sentence.text, lex)
        if why:
            return why
    return None


def _order(tokens: tuple[Token, ...], text: str, lex: Lexicon) -> str | None:
    words = [token.norm for token in tokens]
    if _openers(lex.code).isdisjoint(words):
        return None
    if _drops(tokens, words, text, lex):
        return "calls for dropping instructions"
    if _addressed(tokens, words, text, lex):
        return "is addressed to a model"
    opening = _opening_command(tokens, text, lex)
    yours = lex.words("injection_yours")
    if _follow(words, yours, lex.words("injection_replies")) and not _quoted(tokens, text, yours):
        return "gives an order about a reply"
    models = any(_phrases(words, lex.phrases("injection_models")))
    if models and (opening is not None or lex.words("injection_you") & set(words)):
        return "speaks to a model"
    if opening is None or words[opening] not in lex.words("injection_writing"):
        return None
    follows = opening + 1 < len(words) and words[opening + 1] in lex.words("injection_objects")
    return "asks for a text to be written" if follows else None


@cache
def _openers(code: str) -> frozenset[str]:
    """The words of which one stands in every text that addresses a model."""
    lex = lexicon(code)
    keys = (
        "injection_notes",
        "injection_overrides",
        "injection_yours",
        "injection_commands",
        "injection_writing",
    )
    models = frozenset(
        phrase[0] for key in ("injection_models", "injection_called") for phrase in lex.phrases(key)
    )
    return models.union(*(lex.words(key) for key in keys))


def _opening_command(tokens: tuple[Token, ...], text: str, lex: Lexicon) -> int | None:
    """The index of a verb that opens an order, outside quotations."""
    commands = lex.words("injection_commands") | lex.words("injection_writing")
    for index, token in enumerate(tokens[:_OPENING]):
        if token.norm in commands:
            quoted = any(p.start <= token.start < p.end for p in passages(text))
            polite = all(t.norm in lex.words("injection_polite") for t in tokens[:index])
            return index if polite and not quoted else None
    return None


def _quoted(tokens: tuple[Token, ...], text: str, words: frozenset[str]) -> bool:
    """Whether all of these words stand inside quotations."""
    ranges = [(p.start, p.end) for p in passages(text)]
    return all(
        any(start <= token.start < end for start, end in ranges) for token in tokens if token.norm in words
    )


def _drops(tokens: tuple[Token, ...], words: Sequence[str], text: str, lex: Lexicon) -> bool:
    """An order to drop instructions: not one that a report quotes or retells ("told it to ignore …")."""
    overrides, rules = lex.words("injection_overrides"), lex.words("injection_rules")
    places = [
        at
        for at, word in enumerate(words)
        if word in overrides and any(w in rules for w in words[at + 1 : at + _NEAR])
    ]
    if not places:
        return False
    ranges = [(p.start, p.end) for p in passages(text)]
    inside = [any(start <= token.start < end for start, end in ranges) for token in tokens]
    if all(inside):
        inside = [False] * len(tokens)  # a whole sentence in quotation marks is nobody's report
    before_order = lex.words("injection_polite") | lex.words("injection_you") | lex.words("injection_musts")
    for at in places:
        if inside[at]:
            continue
        gap = text[tokens[at - 1].end : tokens[at].start] if at else ""
        if not at or gap.strip() or words[at - 1] in before_order:
            return True
    return False


def _addressed(tokens: tuple[Token, ...], words: Sequence[str], text: str, lex: Lexicon) -> bool:
    """A note to a model ("Note to the AI: …"), or what it must do with the text that it reads."""
    models = lex.phrases("injection_models") + lex.phrases("injection_called")
    ends = [
        at + len(phrase)
        for phrase in models
        for at in range(min(len(words), _ADDRESS))
        if tuple(words[at : at + len(phrase)]) == phrase
    ]
    if not ends or any(p.start <= tokens[0].start < p.end for p in passages(text)):
        return False
    if set(words[:_OPENING]) & lex.words("injection_notes"):
        for end in ends:
            until = tokens[min(end + _AFTER, len(tokens)) - 1].end
            if ":" in text[tokens[end - 1].start : until] or end == len(words):
                return True
    reads = any(_phrases(words, lex.phrases("injection_this")))
    return reads and bool(set(words) & lex.words("injection_musts"))


def _follow(words: Sequence[str], first: frozenset[str], second: frozenset[str]) -> bool:
    return any(
        word in first and any(w in second for w in words[at + 1 : at + 3]) for at, word in enumerate(words)
    )


def _phrases(words: Sequence[str], phrases: Sequence[tuple[str, ...]]) -> Iterator[bool]:
    present = set(words)
    for phrase in phrases:
        if present.issuperset(phrase):
            yield any(
                tuple(words[at : at + len(phrase)]) == phrase for at in range(len(words) - len(phrase) + 1)
            )
