"""Reads one number of a text: digits with the marks of the language, and number words.

"12 500", "3,5" and "1.000.000"; "two hundred and fifty", "quatre-vingt-dix", "zweihundertfünfzig", "a million",
"two and a half". Scale words and units behind it are for ``figures``, which documents the keys.
"""

import re
from functools import cache

from text_to_num import text2num

from .text import Lexicon, Token, lexicon

ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?!\d)")
_MOST_DIGITS = 30  # more make no number
_MOST_GROUPS = 12  # of three digits: so many are more than that, however the number goes on
_GROUPED = re.compile(rf"\d{{1,3}}(?:[ '](?=\d{{3}}(?!\d))\d{{3}}){{1,{_MOST_GROUPS}}}")
_LONGEST = 12  # words of one number


def digits_at(
    text: str, tokens: tuple[Token, ...], index: int, lex: Lexicon
) -> tuple[int, float, int] | None:
    """(index behind the figure, value, decimals) of digits that start at a token."""
    token = tokens[index]
    if not token.text[0].isdigit():
        return None
    if ISO_DATE.match(text, token.start):  # one figure, its year; the other parts are not counts
        return min(index + 3, len(tokens)), float(token.text), 0
    grouped = _GROUPED.match(text, token.start)
    end = index + 1
    written = token.text
    if grouped and grouped.end() > token.end:  # 12 500: a space between thousands
        written = re.sub(r"[ ']", "", grouped[0])
        if len(written) > _MOST_DIGITS:
            return None
        while end < len(tokens) and tokens[end].start < grouped.end():
            written += tokens[end].text[3:] if tokens[end].end > grouped.end() else ""
            end += 1
    if ":" in written:  # a score or a time of day: its parts are compared as text elsewhere
        written = written.replace(":", lex.decimal)
    value = _value(written, lex)
    return None if value is None else (end, *value)


def _value(written: str, lex: Lexicon) -> tuple[float, int] | None:
    if len(written) > _MOST_DIGITS:
        return None
    thousands = written.split(lex.thousands)
    if len(thousands) > 1 and all(len(part.split(lex.decimal)[0]) == 3 for part in thousands[1:]):
        written = "".join(thousands)
    elif lex.thousands in written and lex.decimal not in written:
        written = written.replace(lex.thousands, lex.decimal)  # "3.5" in a text with decimal commas
    whole, _, decimals = written.partition(lex.decimal)
    digits = whole + ("." + re.sub(r"\D", "", decimals) if decimals else "")
    try:
        return float(digits), len(decimals)
    except ValueError:
        return None


def words_at(text: str, tokens: tuple[Token, ...], index: int, lex: Lexicon) -> tuple[int, float, int] | None:
    """The same for number words: "two hundred and fifty", "a million", "quatre-vingt-dix"."""
    values: list[tuple[float, bool]] = []
    if tokens[index].norm in openers(lex.code):
        run = _run(text, tokens, index)
        values, end = _values_of(run, lex)
    if values:
        if len(values) > 1 and values[-1][1] and values[-1][0] >= 1000:
            values.pop()  # a scale word behind: read like the one behind digits
            end -= 1
        half = half_behind(run, end, lex)
        if half and len(values) == 1:
            return index + end + half, values[0][0] + 0.5, 1
        return index + end, _compose(values), 1 if values[0][0] % 1 else 0
    word = tokens[index].norm
    if lex.code == "de" and len(word) > 8 and GERMAN_NUMBER.fullmatch(word):
        try:
            return index + 1, float(text2num(word, "de")), 0
        except ValueError:
            return None
    return None


@cache
def openers(code: str) -> frozenset[str]:
    """The words that a number in words can begin with."""
    lex = lexicon(code)
    return frozenset(words.partition(" ")[0] for words in lex.numbers) | lex.words("ones")


def _run(text: str, tokens: tuple[Token, ...], index: int) -> tuple[Token, ...]:
    """The tokens from an index on that only spaces and hyphens divide."""
    end = index + 1
    while end < min(len(tokens), index + _LONGEST) and not text[
        tokens[end - 1].end : tokens[end].start
    ].strip(" -\u00ad\n"):
        end += 1
    return tokens[index:end]


def _values_of(run: tuple[Token, ...], lex: Lexicon) -> tuple[list[tuple[float, bool]], int]:
    """(The values of the number words that a run begins with, each with whether it is a scale; their end)."""
    end = 0
    values: list[tuple[float, bool]] = []
    if run[0].norm in lex.words("ones") and (_is_scale(run, 1, lex) or half_behind(run, 1, lex)):
        end, values = 1, [(1.0, False)]
    while end < len(run):
        norm = run[end].norm
        words = next((n for n in (3, 2) if _joined(run, end, n) in lex.numbers), 0)
        if words:
            values.append((lex.numbers[_joined(run, end, words)], False))
            end += words
        elif values and norm in lex.scales and len(norm) > 1:
            values.append((lex.scales[norm], True))
            end += 1
        elif norm in lex.numbers and _fits_behind(lex.numbers[norm], values):
            values.append((lex.numbers[norm], False))
            end += 1
        elif values and norm in lex.number_joiners and _goes_on(run, end, values, lex):
            end += 1
        else:
            break
    return values, end


def _joined(run: tuple[Token, ...], index: int, length: int) -> str:
    return " ".join(token.norm for token in run[index : index + length]) if index + length <= len(run) else ""


def _is_scale(tokens: tuple[Token, ...], index: int, lex: Lexicon) -> bool:
    return (
        index < len(tokens) and lex.scales.get(tokens[index].norm, 0) >= 100 and len(tokens[index].norm) > 3
    )


def _fits_behind(value: float, values: list[tuple[float, bool]]) -> bool:
    """Number words go on with something smaller: "twenty five", but not "five seven"."""
    if not values:
        return True
    last, is_scale = values[-1]
    return value < last and (is_scale or last >= 20) and (is_scale or value < 100)


def _goes_on(tokens: tuple[Token, ...], index: int, values: list[tuple[float, bool]], lex: Lexicon) -> bool:
    """Whether a number goes on behind a joiner: "two hundred and fifty", "treinta y cinco"."""
    if index + 1 >= len(tokens) or tokens[index + 1].norm not in lex.numbers:
        return False
    last, is_scale = values[-1]
    return (is_scale or last >= 20) and _fits_behind(lex.numbers[tokens[index + 1].norm], values)


def half_behind(tokens: tuple[Token, ...], index: int, lex: Lexicon) -> int:
    """The number of tokens of "and a half" that begin at an index."""
    for phrase in lex.phrases("half_behind"):
        if tuple(token.norm for token in tokens[index : index + len(phrase)]) == phrase:
            return len(phrase)
    return 0


GERMAN_NUMBER = re.compile(
    r"(?:ein|zwei|drei|vier|fünf|sechs|sieb|acht|neun|zehn|elf|zwölf|und|zig|ßig|hundert|tausend|en)+"
)


def _compose(values: list[tuple[float, bool]]) -> float:
    total, current = 0.0, 0.0
    for value, is_scale in values:
        if is_scale:
            current = (current or 1.0) * value
            if value >= 1000:
                total, current = total + current, 0.0
        else:
            current += value
    return total + current
