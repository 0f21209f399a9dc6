"""Finds the figures of a text: value, unit, magnitude, and whether they are part of a date.

Digits with the marks of the language, number words, scale words behind either ("1.2 million",
"3,4 Mio."), currency signs and units. What it does not read yet: fractions in words, ordinals in
words, ranges as one figure.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from text_to_num import text2num

from .text import Lexicon, Token, plain

_CURRENCY_SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "₴": "UAH", "¥": "JPY"}
_TEXT2NUM_LANGUAGES = ("en", "de", "es", "fr", "pt", "it", "nl")


@dataclass(frozen=True, slots=True)
class Figure:
    """``value`` is in units of one; ``mantissa`` is the figure as written before its scale word.

    ``unit`` is an ISO 4217 code, a unit's name, or None. ``places`` is how many decimals were written,
    of the mantissa. ``date`` marks days, months and years of dates; ``about`` an approximate figure;
    ``ordinal`` a place in an order ("17th").
    """

    start: int
    end: int
    value: float
    mantissa: float
    places: int
    unit: str | None
    about: bool
    date: bool
    word: bool
    ordinal: bool = False

    @property
    def scale(self) -> float:
        return self.value / self.mantissa if self.mantissa else 1.0


_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?!\d)")
_GROUPED = re.compile(r"\d{1,3}(?:[ '](?=\d{3}(?!\d))\d{3})+")


def find_figures(text: str, tokens: tuple[Token, ...], lex: Lexicon) -> tuple[Figure, ...]:
    """The figures of a text in order."""
    text = plain(text)
    figures = []
    index = 0
    while index < len(tokens):
        found = _digits(text, tokens, index, lex) or _words(tokens, index, lex)
        if found is None:
            index += 1
            continue
        end_index, mantissa, places = found
        figures.append(_finish(text, tokens, index, end_index, mantissa, places, lex))
        index = max(index + 1, end_index)
    return tuple(_share_units(text, figures, lex))


def _share_units(text: str, figures: list[Figure], lex: Lexicon) -> Iterator[Figure]:
    """In "5 to 6 percent", "von 9,6 auf 12,3 Mio." unit and magnitude stand once."""
    for index, figure in enumerate(figures):
        behind = figures[index + 1] if index + 1 < len(figures) else figure
        between = text[figure.end : behind.start].strip().casefold()
        shared = (
            figure.unit is None and not figure.date and behind is not figure and between in lex.range_words
        )
        if shared and figure.scale == 1 and behind.scale > 1 and figure.mantissa < 1000:
            yield replace(figure, unit=behind.unit, value=figure.value * behind.scale)
        else:
            yield replace(figure, unit=behind.unit) if shared else figure


def _digits(text: str, tokens: tuple[Token, ...], index: int, lex: Lexicon) -> tuple[int, float, int] | None:
    """(index behind the figure, value, decimals) of digits that start at a token."""
    token = tokens[index]
    if not token.text[0].isdigit():
        return None
    if _ISO_DATE.match(text, token.start):  # one figure, its year; the other parts are not counts
        return min(index + 3, len(tokens)), float(token.text), 0
    grouped = _GROUPED.match(text, token.start)
    end = index + 1
    written = token.text
    if grouped and grouped.end() > token.end:  # 12 500: a space between thousands
        written = re.sub(r"[ ']", "", grouped[0])
        while end < len(tokens) and tokens[end].start < grouped.end():
            written += tokens[end].text[3:] if tokens[end].end > grouped.end() else ""
            end += 1
    if ":" in written:  # a score or a time of day: its parts are compared as text elsewhere
        written = written.replace(":", lex.decimal)
    value = _value(written, lex)
    return None if value is None else (end, *value)


def _value(written: str, lex: Lexicon) -> tuple[float, int] | None:
    if len(written) > 30:
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


def _words(tokens: tuple[Token, ...], index: int, lex: Lexicon) -> tuple[int, float, int] | None:
    """The same for number words: "two hundred and fifty", "zweihundertfünfzig"."""
    end = index
    words: list[str] = []
    while end < len(tokens):
        norm = tokens[end].norm
        if norm in lex.numbers or (words and norm in lex.scales):
            words.append(norm)
        elif not (
            words and words[-1] in lex.scales and norm in lex.number_joiners and _more(tokens, end, lex)
        ):
            break
        end += 1
    if words:
        return end, _compose(words, lex), 0
    word = tokens[index].norm
    if lex.code == "de" and len(word) > 8 and _GERMAN_NUMBER.fullmatch(word):
        try:
            return index + 1, float(text2num(word, "de")), 0
        except ValueError:
            return None
    return None


def _more(tokens: tuple[Token, ...], index: int, lex: Lexicon) -> bool:
    """Whether a number goes on behind a joiner: "two hundred and fifty"."""
    return index + 1 < len(tokens) and tokens[index + 1].norm in lex.numbers


_GERMAN_NUMBER = re.compile(
    r"(?:ein|zwei|drei|vier|fünf|sechs|sieb|acht|neun|zehn|elf|zwölf|und|zig|ßig|hundert|tausend|en)+"
)


def _compose(words: list[str], lex: Lexicon) -> float:
    total, current = 0.0, 0.0
    for word in words:
        if word in lex.scales:
            scale = lex.scales[word]
            current = (current or 1.0) * scale
            if scale >= 1000:
                total, current = total + current, 0.0
        else:
            current += lex.numbers[word]
    return total + current


def _finish(
    text: str, tokens: tuple[Token, ...], first: int, end: int, mantissa: float, places: int, lex: Lexicon
) -> Figure:
    start_at, end_at = tokens[first].start, tokens[end - 1].end
    is_word = not tokens[first].text[0].isdigit()
    value = mantissa
    if end < len(tokens) and _adjacent(text, end_at, tokens[end].start) and tokens[end].norm in lex.scales:
        value = mantissa * lex.scales[tokens[end].norm]
        end_at = tokens[end].end
        end += 1
    unit, unit_end = _unit_behind(text, tokens, end, end_at, lex)
    before = text[:start_at].rstrip()
    if before and before[-1] in _CURRENCY_SIGNS:
        unit, start_at = _CURRENCY_SIGNS[before[-1]], len(before) - 1
    elif unit:
        end_at = unit_end
    return Figure(
        start=start_at,
        end=end_at,
        value=value,
        mantissa=mantissa,
        places=places,
        unit=unit,
        about=_is_about(tokens, first, lex),
        date=unit is None and _in_date(text, tokens, first, end, value, lex),
        word=is_word,
        ordinal=bool(_ORDINAL.match(text, tokens[first].end)),
    )


_ORDINAL = re.compile(r"(?:st|nd|rd|th)\b")


def _adjacent(text: str, left: int, right: int) -> bool:
    return text[left:right].strip(" -–\u00ad") in ("", ".")


def _unit_behind(
    text: str, tokens: tuple[Token, ...], index: int, end: int, lex: Lexicon
) -> tuple[str | None, int]:
    rest = text[end : end + 3].lstrip()
    if rest[:1] == "%":
        return "percent", text.index("%", end) + 1
    if rest[:1] in _CURRENCY_SIGNS:
        return _CURRENCY_SIGNS[rest[0]], text.index(rest[0], end) + 1
    if index < len(tokens) and _adjacent(text, end, tokens[index].start):
        if index + 1 < len(tokens):
            pair = f"{tokens[index].norm} {tokens[index + 1].norm}"
            if pair in lex.units:
                return lex.units[pair], tokens[index + 1].end
        if tokens[index].norm in lex.units:
            return lex.units[tokens[index].norm], tokens[index].end
        # 12-year-old, 30-metre: the hyphen stands between figure and unit
    return None, end


def _is_about(tokens: tuple[Token, ...], first: int, lex: Lexicon) -> bool:
    return any(token.norm in lex.about for token in tokens[max(0, first - 2) : first])


_CLOCK = re.compile(r"\s?(?:[ap]\.?m\b|uhr\b|год)", re.IGNORECASE)


def _in_date(text: str, tokens: tuple[Token, ...], first: int, end: int, value: float, lex: Lexicon) -> bool:
    token = tokens[first]
    if not token.text[0].isdigit():
        return False
    if token.text.isdigit() and len(token.text) == 4 and 1900 <= value <= 2100:
        return True
    if ":" in token.text or _CLOCK.match(text, tokens[end - 1].end):
        return True
    if _ISO_DATE.match(text, token.start):
        return True
    if value <= 31 and re.search(r"\d\s?[-–]\s?$", text[max(0, token.start - 4) : token.start]):
        return bool(first) and _in_date(text, tokens, first - 1, first, 0, lex)  # June 24-25
    beside = tokens[max(0, first - 1) : first] + tokens[end : end + 1]
    return value <= 31 and any(t.norm in lex.months for t in beside)
