"""Cuts an article into sentences: sentencex, and around it the traps of news text.

sentencex knows abbreviations and quotations of some 240 languages. What it cannot know is the layout
of an article (a headline line, lists, hard-wrapped lines), and in measured cases it cuts after an
abbreviation that news uses all the time or misses a sentence end behind one; ``_JOINS`` and ``_CUTS``
mend those, each with its sample.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    """One sentence's place in the text; ``item`` marks an entry of a list."""

    start: int
    end: int
    paragraph: int
    item: bool = False


@dataclass(frozen=True, slots=True)
class _Block:
    start: int
    end: int
    item: bool


def segment(text: str, language: str) -> tuple[Piece, ...]:
    """The sentences of a normalised text, in order, none empty, without the white space around them."""
    code = language if language != "und" else "en"
    pieces = []
    for paragraph, block in enumerate(_blocks(text)):
        if block.end - block.start < _PORTION and text[block.start : block.end].isalnum():
            pieces.append(Piece(block.start, block.end, paragraph, block.item))  # one word: nothing to cut
            continue
        for start, end in _sentences(text, block.start, block.end, code):
            pieces.append(Piece(start, end, paragraph, block.item))
    return tuple(pieces)


_TERMINAL = re.compile(r"[.!?…。！？؟:;][\"'”’»“)\]]*$")
_HEADLINE_MAX = 200


def has_headline(text: str, pieces: tuple[Piece, ...]) -> bool:
    """Whether the first line reads like a headline: short, alone, no full stop, and a body below it."""
    if len(pieces) < 2 or pieces[1].paragraph == pieces[0].paragraph:
        return False
    first = text[pieces[0].start : pieces[0].end]
    alone = text[: pieces[0].end].count("\n") == 0
    question = first.endswith(("?", "!"))
    return (
        alone
        and not pieces[0].item
        and len(first) <= _HEADLINE_MAX
        and any(character.isalpha() for character in first)
        and (question or not _TERMINAL.search(first))
        and len(text) - pieces[0].end > len(first)
    )


_LINE = re.compile(r"[^\n]+")
_BULLET = re.compile(r"\s*(?:[-–—*•·▪‣◦]|\(?\d{1,2}[.)]|[a-z]\))\s+(?=\S)")
_SYMBOL = re.compile(r"\s*[-–—*•·▪‣◦]\s+")  # says nothing: left out of the sentence; numbers stay
_WRAP_MIN, _WRAP_MAX = 45, 120


def _blocks(text: str) -> Iterator[_Block]:
    """Pieces of layout: a line each, except where a paragraph was wrapped by hand at a fixed width."""
    position = 0
    for paragraph in text.split("\n\n"):
        lines = [(position + m.start(), position + m.end(), m[0]) for m in _LINE.finditer(paragraph)]
        position += len(paragraph) + 2
        if not lines:
            continue
        if _hard_wrapped([line for _, _, line in lines]):
            yield _Block(lines[0][0], lines[-1][1], item=False)
            continue
        for start, end, line in lines:
            item = _is_item(line, len(lines))
            bullet = _SYMBOL.match(text, start, end) if item else None
            yield _Block(bullet.end() if bullet else start, end, item)


def _is_item(line: str, lines: int) -> bool:
    match = _BULLET.match(line)
    if not match:
        return False
    # "12. November" on a line of its own is a date: numbers want a list around them.
    return lines > 1 or not match[0].strip()[0].isdigit()


def _hard_wrapped(lines: list[str]) -> bool:
    inner = lines[:-1]
    if not inner or not all(_WRAP_MIN <= len(line) <= _WRAP_MAX for line in inner):
        return False
    if any(_BULLET.match(line) for line in lines):
        return False
    return sum(1 for line in inner if not _TERMINAL.search(line)) * 2 >= len(inner)


_MONTHS = (
    "jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|januar|februar|märz|april|mai|juni|juli|august|september|"
    "oktober|november|dezember|січ|лют|бер|кві|тра|чер|лип|сер|вер|жов|лис|гру"
)
# (end of the left piece, start of the right piece): the cut between them was wrong.
_ABBREVIATION = 40  # characters of the left piece that are looked at: all its patterns stand at its end
_JOINS: dict[str, tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]] = {
    "*": (
        # "За словами І." | "П. Петренка": initials before another initial or a name
        (re.compile(r"(?<!\w)[^\W\d_]\.$"), re.compile(r"[^\W\d_]\.\s")),
        # "Суддя Л. В." | "Ярмолинська", "Hans-J." | "Adler": initials before a name; "Q." | "Why?": a marker
        (
            re.compile(r"(?:(?<!\w)[^\W\d_]\.\s[^\W\d_]\.|[^\W\d_]-[^\W\d_]\.|^[^\W\d_]\.)$"),
            re.compile(r"[^\W\d_]"),
        ),
        # "It cost approx." | "5m", "No." | "10": an abbreviation before a figure
        (
            re.compile(r"(?i)\b(?:approx|ca|No|Nos|Nr|Art|Abs|Fig|vol|ст|рис|табл)\.$"),
            re.compile(r"\d"),
        ),
        # "… Prof." | "Weber" and the like, where the language's own list lacks it
        (
            re.compile(
                r"\b(?:Dr|Prof|Mr|Mrs|Ms|Mx|Gen|Col|Maj|Capt|Lt|Sgt|Sen|Rep|Gov|Rev|Hon|St|Mt|Ft|Messrs|Supt|Insp|"
                r"Cllr|Cpl|Pvt|Adm|Cmdr|Amb|Sr|Sra|Mme|Mlle|Hr|Fr|Ing|Dipl|vs|ім|вул|просп|бул|пл|м|с|смт|обл|р-н|"
                r"проф|акад|ген|полк|др|гр|ред|заст|тис|млн|млрд|ul|al|im|prof|gen|płk|inż|mgr|woj)\.$"
            ),
            re.compile(r"[^\W_]"),
        ),
        # "2." | "the survey": the number of a list's entry
        (re.compile(r"^\(?(?:\d{1,2}|[a-z])[.)]$"), re.compile(r"\S")),
        # a piece that has no letter or digit belongs to what is before it
        (re.compile(r"$"), re.compile(r"[^\w]+$")),
    ),
    "en": (
        # "at 5 a.m." | "Tuesday": a time of day goes on with a day, a zone or a lower-case word
        (
            re.compile(r"(?i)\b[ap]\.m\.$"),
            re.compile(r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:E|C|M|P)[SD]?T|GMT|UTC|[a-z])\b"),
        ),
        # "the U.S." | "Senate": a known institution behind an abbreviated country
        (
            re.compile(r"\b(?:U\.S|U\.K|U\.N|E\.U|D\.C)\.$"),
            re.compile(
                r"(?:Senate|House|Congress|Army|Navy|Air|Marine|Supreme|Department|Treasury|President|Secretary|"
                r"Attorney|District|Court|Coast|State|Representative|Sen|Rep|Security|General|Government|Dollar)\b"
            ),
        ),
        # "Acme Inc." | "said": lower case goes on
        (re.compile(r"\b(?:Inc|Ltd|Co|Corp|Bros|Jr|Sr|Esq|est|dept|Ave|Rd|Blvd)\.$"), re.compile(r"[a-z(,]")),
        (re.compile(rf"(?i)\b(?:{_MONTHS})\.$"), re.compile(r"\d")),
    ),
    "de": (
        # "Der 2." | "Weltkrieg", "am 3." | "November": an ordinal before a noun
        (re.compile(r"(?:^|\s)\d{1,2}\.$"), re.compile(r"[A-ZÄÖÜ][a-zäöüß]+")),
        (re.compile(r"(?:z\.|u\.|d\.|i\.|o\.)$"), re.compile(r"(?:B|a|h|d|R|ä|Ä)\.")),
    ),
    "uk": (
        # "12 листопада 2026 р." | "в": the year's abbreviation before a lower-case word
        (re.compile(r"\d{4}\s?(?:р|рр)\.$"), re.compile(r"[а-яіїєґ\d(]")),
    ),
}
# A sentence end that was missed: (?P<end>) marks where the left sentence ends.
_CUTS: dict[str, re.Pattern[str]] = {
    # "He waited… Nothing came.": an ellipsis in one character before a capital
    "*": re.compile(r"\w…(?P<end>)\s+(?=[^\W\d_a-zà-ÿа-яіїєґ])"),
    # "це 1,2 млн грн. «Ми зробили це»": a currency abbreviation before an opening quotation
    "uk": re.compile(r"(?:грн|тис|млн|млрд|рр?|год|хв|км|кг)\.(?P<end>)\s+(?=[«„“][А-ЯІЇЄҐ])"),
    "pl": re.compile(r"(?:zł|tys|mln|mld|r|godz)\.(?P<end>)\s+(?=[„«“][A-ZĄĆĘŁŃÓŚŹŻ])"),
}


def _sentences(text: str, start: int, end: int, language: str) -> Iterator[tuple[int, int]]:
    """Spans of the sentences between two offsets, joins and cuts applied."""
    spans: list[tuple[int, int]] = []
    for left, right in _raw_spans(text[start:end], language):
        span = (start + left, start + right)
        if spans and _joined(text[spans[-1][0] : spans[-1][1]], text[span[0] : span[1]], language):
            spans[-1] = (spans[-1][0], span[1])
        else:
            spans.append(span)
    cuts = [_CUTS["*"], *([_CUTS[language]] if language in _CUTS else [])]
    for left, right in spans:
        begin = left
        for match in sorted((m for cut in cuts for m in cut.finditer(text, left, right)), key=_end):
            if begin < match.start("end") and not _in_quotation(text[begin : match.start("end")]):
                yield begin, match.start("end")
                begin = match.end()
        yield begin, right


def _end(match: re.Match[str]) -> int:
    return match.start("end")


def _in_quotation(text: str) -> bool:
    return text.count("“") + text.count("«") > text.count("”") + text.count("»") and "„" not in text


def _raw_spans(text: str, language: str) -> Iterator[tuple[int, int]]:
    import sentencex  # late: commands that read no article need not load it

    for start, end in _portions(text):
        portion = text[start:end]
        for boundary in sentencex.get_sentence_boundaries(language, portion):
            left, right = boundary["start_index"], boundary["end_index"]
            piece = portion[left:right]
            left += len(piece) - len(piece.lstrip())
            right -= len(piece) - len(piece.rstrip())
            if left < right:
                yield start + left, start + right


_PORTION = 20_000  # characters: no paragraph of a newspaper is as long


def _portions(text: str) -> Iterator[tuple[int, int]]:
    """Pieces in which the splitter's time, which grows with the square of unclosed quotations, stays small."""
    start = 0
    while len(text) - start > _PORTION:
        end = start + _PORTION
        marks = [text.rfind(mark, start, end) for mark in (". ", "! ", "? ", "… ")]
        cut = max(marks) + 1 if max(marks) > start else text.rfind(" ", start, end)
        cut = cut if cut > start else end
        yield start, cut
        start = cut
    yield start, len(text)


def _joined(left: str, right: str, language: str) -> bool:
    tail = max(0, len(left) - _ABBREVIATION)
    for rules in (_JOINS["*"], _JOINS.get(language, ())):
        for before, after in rules:
            if after.match(right) and before.search(left, tail):
                return True
    return False
