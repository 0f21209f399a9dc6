"""Finds the figures of a text: value, unit, magnitude, rate, and whether they are part of a date.

Numbers in digits and in words (``numerals``), "and a half", scale words behind either ("1.2 million",
"3,4 Mio."), currency signs, units of one to three words, what it is counted by ("a month", "pro Jahr"),
numbers inside compounds ("zweitägig", "пʼятиденний"), places in an order in digits and words. Multiples in
words are for ``derived``; what a figure counts is for ``grounds``.

Keys of ``figures.toml``: ``numbers``, ``scales``, ``units``, ``about``, ``number_joiners``, ``range_words``
(see ``text``); ``ones`` (what stands before a scale word for 1: "a million"); ``half_behind`` ("and a
half"); ``unit_joiners`` (between figure and unit: "millones de euros"); ``rates`` (``month: a_month
monthly``); ``ordinals`` (``2: second``); ``compound_numbers`` (``2 zwei``) and ``compound_units`` (``day
tägig``): the parts of a compound, which may have any ending of up to three letters; ``multiples`` (see
``derived``), of which those below 1 are fractions; ``out_of`` ("four in ten": the words between);
``part_words`` (between a whole and its part: "of which").
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, cached_property

from .measures import MEASURES, NONE, in_base_unit
from .numerals import GERMAN_NUMBER, ISO_DATE, digits_at, half_behind, openers, words_at
from .terms import terms
from .text import Lexicon, Token, lexicon, plain

_CURRENCY_SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "₴": "UAH", "¥": "JPY"}
_MOST_WORDS = 3  # of a unit: "points de pourcentage"
_KNOWN = 20_000  # words that are remembered
_RATE_WORDS = 3  # between a figure's unit and "a month"


@dataclass(frozen=True)
class Figure:
    """``value`` is in units of one; ``mantissa`` is the figure as written before its scale word.

    ``unit`` is an ISO 4217 code, a unit's name, or None. ``places`` is how many decimals were written,
    of the mantissa. ``date`` marks days, months and years of dates; ``about`` an approximate figure;
    ``ordinal`` a place in an order ("17th", "third"); ``rate`` the time that it is counted by ("month");
    ``fraction`` a share in words, whose unit is "percent".
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
    rate: str | None = None
    fraction: bool = False

    @cached_property
    def scale(self) -> float:
        return self.value / self.mantissa if self.mantissa else 1.0

    @cached_property
    def base(self) -> tuple[float, str | None]:
        """In the base unit of its measure: "712 pence" as 7.12 GBP, "6.2 km" as 6200 metres."""
        return in_base_unit(self.value, self.unit)


def find_figures(text: str, tokens: tuple[Token, ...], lex: Lexicon) -> tuple[Figure, ...]:
    """The figures of a text in order."""
    text = plain(text)
    figures: list[Figure] = []
    index = 0
    fractions = _fractions(tokens, lex)
    begins = _begins(lex.code)
    while index < len(tokens):
        if not begins[tokens[index].norm] and index not in fractions:
            index += 1
            continue
        if index in fractions and not (
            figures and figures[-1].ordinal and figures[-1].end + 1 >= tokens[index].start
        ):
            end_index, share = fractions[index]
            number = words_at(text, tokens, index, lex)  # "half a dozen" is none
            if number is not None and number[0] > end_index:
                figures.append(_finish(text, tokens, index, *number, lex))
                index = number[0]
                continue
            figures.append(_fraction(tokens, index, end_index, share, lex))
            index = end_index
            continue
        found = digits_at(text, tokens, index, lex) or words_at(text, tokens, index, lex)
        if found is not None:
            end_index, mantissa, places = found
            figures.append(_finish(text, tokens, index, end_index, mantissa, places, lex))
            index = max(index + 1, end_index)
            continue
        special = _compound(tokens[index], lex) or _ordinal_word(tokens[index], lex)
        if special is not None:
            figures.append(special)
        index += 1
    return tuple(_inherit(text, list(_share_units(text, figures, lex)), lex))


class _Begins(dict[str, bool]):
    """Case-folded word -> whether a figure can begin with it: most words begin none."""

    def __init__(self, code: str) -> None:
        super().__init__()
        self._code = code

    def __missing__(self, norm: str) -> bool:
        if len(self) > _KNOWN:  # flat memory over many articles
            self.clear()
        compounds = _compounds(self._code)
        found = norm[0].isdigit() or norm in openers(self._code) or norm in _ordinals(self._code)
        found = found or (self._code == "de" and len(norm) > 8 and GERMAN_NUMBER.fullmatch(norm) is not None)
        found = found or (compounds is not None and compounds.fullmatch(norm) is not None)
        self[norm] = found
        return found


@cache
def _begins(code: str) -> _Begins:
    return _Begins(code)


def _inherit(text: str, figures: list[Figure], lex: Lexicon) -> Iterator[Figure]:
    """Millions with nothing behind are of the money that the sentence names: "£2 million … 11.3 million.".

    A part with decimals has unit and magnitude of its whole: "€4.6 million, of which 2.8 come from".
    """
    money = [figure.unit for figure in figures if MEASURES.get(figure.unit or "", NONE).kind == "money"]
    for index, figure in enumerate(figures):
        whole = figures[index - 1] if index else figure
        if figure.unit is None and figure.scale == 1 and _part_of(whole, figure, text, lex):
            scale = whole.scale if figure.places else 1.0
            yield replace(figure, unit=whole.unit, value=round(figure.mantissa * scale, 6))
            continue
        bare = figure.unit is None and figure.scale >= 1e6 and len(set(money)) == 1
        if bare and not text[figure.end : figure.end + 2].strip(" \u00a0").isalnum():
            yield replace(figure, unit=money[0])
        else:
            yield figure


def _part_of(whole: Figure, part: Figure, text: str, lex: Lexicon) -> bool:
    between = " ".join(re.findall(r"\w+", text[whole.end : part.start].casefold()))
    like = part.mantissa < whole.mantissa if part.places else 1000 <= part.value < whole.value
    money = bool(part.places) or MEASURES.get(whole.unit or "", NONE).kind == "money"
    return money and like and not part.date and tuple(between.split()) in lex.phrases("part_words")


def _fractions(tokens: tuple[Token, ...], lex: Lexicon) -> dict[int, tuple[int, float]]:
    """First token of a fraction in words -> the index behind it, and the share (0 to 1)."""
    hits = terms(lex.code, "multiples").find(tokens)
    found = {hit.first: (hit.last, float(hit.label)) for hit in hits if float(hit.label) < 1}
    if lex.numbers.keys().isdisjoint([token.norm for token in tokens]):
        return found
    table = terms(lex.code, "out_of")
    for index, token in enumerate(tokens[1:-1], 1):
        hit = table.first(tokens, index)
        if hit is None or hit.last >= len(tokens):
            continue
        part, whole = _small(tokens[index - 1], lex), _small(tokens[hit.last], lex)
        # three of five is a count where people are counted; only these wholes speak of a share
        share = (
            whole in (3, 4, 5, 10, 100)
            if hit.last - hit.first == 1 and token.norm not in _SHARED
            else whole > 2
        )
        if part and share and part < whole <= 100 and (token.norm != "of" or whole == 10):
            found.setdefault(index - 1, (hit.last + 1, part / whole))
    return found


_SHARED = ("in", "sur")  # of these words a share is meant with any whole


def _small(token: Token, lex: Lexicon) -> float:
    if token.text.isdigit():
        return float(token.text) if len(token.text) < 4 else 0.0
    return 1.0 if token.norm in lex.words("ones") else lex.numbers.get(token.norm, 0.0)


def _fraction(tokens: tuple[Token, ...], first: int, end: int, share: float, lex: Lexicon) -> Figure:
    value = round(100 * share, 2)
    return Figure(
        start=tokens[first].start,
        end=tokens[end - 1].end,
        value=value,
        mantissa=value,
        places=0,
        unit="percent",
        about=_is_about(tokens, first, lex),
        date=False,
        word=True,
        fraction=True,
    )


def _share_units(text: str, figures: list[Figure], lex: Lexicon) -> Iterator[Figure]:
    """In "5 to 6 percent", "von 9,6 auf 12,3 Mio." unit and magnitude stand once."""
    for index, figure in enumerate(figures):
        behind = figures[index + 1] if index + 1 < len(figures) else figure
        between = text[figure.end : behind.start].strip().casefold()
        shared = (
            figure.unit is None
            and not figure.date
            and not figure.ordinal
            and behind is not figure
            and between in lex.range_words
        )
        if shared and figure.scale == 1 and behind.scale > 1 and figure.mantissa < 1000:
            yield replace(figure, unit=behind.unit, value=figure.value * behind.scale)
        else:
            yield replace(figure, unit=behind.unit) if shared else figure


def _finish(
    text: str, tokens: tuple[Token, ...], first: int, end: int, mantissa: float, places: int, lex: Lexicon
) -> Figure:
    start_at, end_at = tokens[first].start, tokens[end - 1].end
    is_word = not tokens[first].text[0].isdigit()
    value = mantissa
    if half := 0 if is_word else half_behind(tokens, end, lex):  # "2 and a half million"
        value = mantissa = mantissa + 0.5
        end, places = end + half, 1
        end_at = tokens[end - 1].end
    factor = 1.0
    while end < len(tokens) and _scale_at(text, tokens, end, end_at, lex):
        factor *= lex.scales[tokens[end].norm]
        end_at = tokens[end].end
        end += 1
    value = round(mantissa * factor, 6)
    if factor > 1 and (half := half_behind(tokens, end, lex)):  # "dos millones y medio"
        value, mantissa, places = value + factor / 2, mantissa + 0.5, 1
        end += half
        end_at = tokens[end - 1].end
    unit, unit_end, behind = _unit_behind(text, tokens, end, end_at, lex)
    before = text[:start_at].rstrip()
    if before and before[-1] in _CURRENCY_SIGNS:
        unit, start_at, behind = _CURRENCY_SIGNS[before[-1]], len(before) - 1, end
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
        rate=_rate(tokens, behind, lex),
    )


_ORDINAL = re.compile(r"(?:st|nd|rd|th)\b")


def _scale_at(text: str, tokens: tuple[Token, ...], index: int, end: int, lex: Lexicon) -> bool:
    """Whether a scale word stands right behind; a letter but m only where nothing is between ("5k")."""
    token = tokens[index]
    if token.norm not in lex.scales or not _adjacent(text, end, token.start):
        return False
    return len(token.norm) > 1 or token.start == end or (token.norm == "m" and not token.capital)


def _adjacent(text: str, left: int, right: int) -> bool:
    return text[left:right].strip(" -–\u00ad\n") in ("", ".")


def _unit_behind(
    text: str, tokens: tuple[Token, ...], index: int, end: int, lex: Lexicon
) -> tuple[str | None, int, int]:
    """(unit, where it ends, index behind it)."""
    rest = text[end : end + 3].lstrip()
    if rest[:1] == "%":
        return "percent", text.index("%", end) + 1, index
    if rest[:1] in _CURRENCY_SIGNS:
        return _CURRENCY_SIGNS[rest[0]], text.index(rest[0], end) + 1, index
    if index < len(tokens) and not _adjacent(text, end, tokens[index].start):
        return None, end, index
    joiners = lex.words("unit_joiners")
    at = index
    while at < len(tokens) and at < index + 2 and tokens[at].norm in joiners:
        at += 1
    for length in range(_MOST_WORDS, 0, -1):
        words = tokens[at : at + length]
        if len(words) < length:
            continue
        unit = lex.units.get(" ".join(token.norm for token in words))
        # 12-year-old, 30-metre: a hyphen may stand between; one letter is a unit only behind digits
        letter = length == 1 and len(words[0].norm) == 1
        if unit and not (letter and (words[0].capital or not text[end - 1 : end].isdigit())):
            if letter and lex.code == "en" and words[0].start > end:
                continue
            return unit, words[-1].end, at + length
    return None, end, index


def _rate(tokens: tuple[Token, ...], index: int, lex: Lexicon) -> str | None:
    """What the figure is counted by: "a month", "jährlich"."""
    table = terms(lex.code, "rates")
    for at in range(index, min(index + _RATE_WORDS, len(tokens))):
        hit = table.first(tokens, at)
        if hit is not None:
            return hit.label
        if tokens[at].text[0].isdigit():
            return None
    return None


def _is_about(tokens: tuple[Token, ...], first: int, lex: Lexicon) -> bool:
    return any(token.norm in lex.about for token in tokens[max(0, first - 2) : first + 1])


_CLOCK = re.compile(r"\s?(?:[ap]\.?m\b|uhr\b|год)", re.IGNORECASE)


def _in_date(text: str, tokens: tuple[Token, ...], first: int, end: int, value: float, lex: Lexicon) -> bool:
    token = tokens[first]
    if not token.text[0].isdigit():
        return False
    if token.text.isdigit() and len(token.text) == 4 and 1900 <= value <= 2100:
        return True
    if ":" in token.text or _CLOCK.match(text, tokens[end - 1].end):
        return True
    if ISO_DATE.match(text, token.start):
        return True
    if value <= 31 and re.search(r"\d\s?[-–]\s?$", text[max(0, token.start - 4) : token.start]):
        return bool(first) and _in_date(text, tokens, first - 1, first, 0, lex)  # June 24-25
    beside = tokens[max(0, first - 1) : first] + tokens[end : end + 1]
    return value <= 31 and any(t.norm in lex.months for t in beside)


# --- words that hold a number


@cache
def _compounds(code: str) -> re.Pattern[str] | None:
    lex = lexicon(code)
    numbers, units = lex.values("compound_numbers"), lex.values("compound_units")
    if not numbers or not units:
        return None
    one = "|".join(sorted(map(re.escape, numbers), key=lambda word: (-len(word), word)))
    two = "|".join(sorted(map(re.escape, units), key=lambda word: (-len(word), word)))
    return re.compile(f"({one})({two})[^\\W\\d_]{{0,3}}")


def _compound(token: Token, lex: Lexicon) -> Figure | None:
    """Zweitägig, пʼятиденний, trzyletni."""
    pattern = _compounds(lex.code)
    match = pattern.fullmatch(token.norm) if pattern is not None else None
    if match is None:
        return None
    value = float(lex.values("compound_numbers")[match[1]])
    unit = lex.values("compound_units")[match[2]]
    return Figure(token.start, token.end, value, value, 0, unit, about=False, date=False, word=True)


@cache
def _ordinals(code: str) -> dict[str, float]:
    return {word: float(value.rstrip(":")) for word, value in lexicon(code).values("ordinals").items()}


def _ordinal_word(token: Token, lex: Lexicon) -> Figure | None:
    """Second, dritte, третій."""
    value = _ordinals(lex.code).get(token.norm)
    if value is None:
        return None
    return Figure(
        token.start, token.end, value, value, 0, None, about=False, date=False, word=True, ordinal=True
    )
