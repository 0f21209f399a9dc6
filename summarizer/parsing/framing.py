"""What stands around an answer, in text and in JSON alike: stray characters and reasoning."""

import re

from .outcome import Unparsed

# Byte order marks and zero-width characters that servers and models leave at the ends.
_ENDS = "\ufeff\u200b\u200c\u200d\u2060\x00"
_SPACE_AND_ENDS = re.compile(rf"[\s{_ENDS}]*+")
_SURROGATE = re.compile("[\ud800-\udfff]")

_NAMES = "think|thinking|thought|reasoning|reflection"
_TAG = re.compile(rf"<(?P<end>/?)(?:{_NAMES})\s{{0,9}}>|\[(?P<end2>/?)THINK\]", re.IGNORECASE)

SURROGATE = "the reply holds a lone surrogate (half a character); write the text in plain characters"


def has_surrogate(text: str) -> bool:
    """A lone surrogate is legal in JSON's escapes and breaks every writer after that."""
    return _SURROGATE.search(text) is not None


def stripped(raw: str) -> str:
    """The reply without white space and invisible characters at its ends. Raises Unparsed."""
    if has_surrogate(raw):
        raise Unparsed([SURROGATE])
    start = _SPACE_AND_ENDS.match(raw)
    begin = start.end() if start else 0
    end = len(raw)
    while end > begin and (raw[end - 1].isspace() or raw[end - 1] in _ENDS):
        end -= 1
    if begin == end:
        raise Unparsed(["the reply is empty"])
    return raw[begin:end]


def tags(text: str) -> list[re.Match[str]]:
    """The tags of reasoning blocks, in order."""
    return list(_TAG.finditer(text))


def without_reasoning(text: str) -> str:
    """What of a reply is no reasoning. Raises Unparsed when nothing is.

    - ``<think>…</think>`` and its like, also nested and several: a model's notes to itself.
    - A closing tag alone: the opening one was part of the prompt, so all before it is reasoning.
    - An opening tag alone: the reply was cut off inside it; what it holds may be a draft.
    """
    kept: list[str] = []
    depth = position = 0
    for tag in tags(text):
        opening = not (tag["end"] or tag["end2"])
        if opening:
            if depth == 0:
                kept.append(text[position : tag.start()])
            depth += 1
        elif depth:
            depth -= 1
        else:
            kept.clear()
        position = tag.end()
    if depth == 0:
        kept.append(text[position:])
    rest = "\n".join(kept).strip()
    if not rest:
        raise Unparsed(["the reply is only reasoning, without an answer; answer at once"])
    return rest
