"""Text from outside: what a terminal could obey is gone, and marked words are still the right words."""

import json
import unicodedata

import pytest
from rich.console import Console

from summarizer.render.marking import Look, Mark, marked
from summarizer.render.safe import safe, safe_json, sanitize

ESC = "\x1b"
FAMILY = "👩\u200d👩\u200d👧"
# Strings that try to do something to the terminal, or to the reader.
HOSTILE = {
    "colour": f"{ESC}[31mred{ESC}[0m",
    "clear screen": f"{ESC}[2J{ESC}[H",
    "title": f"{ESC}]0;owned\x07",
    "link": f"{ESC}]8;;http://evil.example\x07click{ESC}]8;;\x07",
    "link, string terminator": f"{ESC}]8;;http://evil.example{ESC}\\click",
    "clipboard": f"{ESC}]52;c;aGVsbG8=\x07",
    "device control": f"{ESC}Pq#0;2;0;0;0{ESC}\\",
    "C1 CSI": "\x9b31mred",
    "C1 OSC": "\x9d0;owned\x9c",
    "next line": "first\x85second",
    "line separator": "first\u2028second\u2029third",
    "carriage return": "harmless\rrm -rf",
    "backspace": "good\b\b\b\bevil",
    "bell and tab": "a\x07b\tc",
    "null and delete": "a\x00b\x7fc",
    "shift out": "a\x0eb\x0fc",
    "bidi override": "user\u202etxt.exe",
    "bidi isolate": "\u2066left\u2069 \u2067right\u2069 \u2068first\u2069",
    "bidi embedding": "\u202aone\u202c \u202btwo\u202c \u202dthree\u202c",
    "zero width": "pass\u200bword\ufeff\u2060",
    "tags": "flag\U000e0041\U000e0042\U000e007f",
    "annotation": "\ufff9shown\ufffahidden\ufffb",
    "lone surrogate": "a\ud800b",
    "piled marks": "Z" + "\u0335\u0321\u0327\u0322" * 12 + "algo",
    "rich markup": "[bold red]x[/bold red] [link=http://evil.example]y[/link] [/]",
    "emoji code": ":smile: :warning:",
    "markup of a page": "<script>alert('XSS')</script>\"><img src=x onerror=alert(1)>",
    "a mark of ours": "fine.\n✓ s9  invented",
}


def obeyed(text: str) -> list[str]:
    """Characters of the text that a terminal could obey, line feeds left out."""
    return [
        hex(ord(c)) for c in text if c != "\n" and (unicodedata.category(c) in ("Cc", "Cs") or is_turning(c))
    ]


def is_turning(character: str) -> bool:
    return "\u202a" <= character <= "\u202e" or "\u2066" <= character <= "\u2069"


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_nothing_is_left_that_a_terminal_obeys(text: str) -> None:
    cleaned = safe(text)
    assert obeyed(cleaned) == []
    assert "\n" not in cleaned
    assert safe(cleaned) == cleaned
    cleaned.encode()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("plain — “text”, 5\u00a0000 €", None, id="nothing to do"),
        pytest.param("שלום עולם", None, id="Hebrew"),
        pytest.param("\u200fمرحبا\u200e (2026)", None, id="Arabic with direction marks"),
        pytest.param(f"{FAMILY} می\u200cخواهم", None, id="joiners"),
        pytest.param("[bold]x[/bold]", None, id="markup is text"),
        pytest.param("Việt Nam e\u0302\u0301", None, id="letters with marks"),
        pytest.param(f"a{ESC}[31mb", "a␛[31mb", id="escape becomes visible"),
        pytest.param("a\x9bb", "a\ufffdb", id="C1 becomes visible"),
        pytest.param("a\x7fb\x00c", "a␡b␀c", id="delete and null become visible"),
        pytest.param("one \r\n\n two\tthree", "one two three", id="breaks become one space"),
        pytest.param("user\u202etxt.exe", "usertxt.exe", id="override is dropped"),
        pytest.param("a\u200bb\ufeffc", "abc", id="invisible ones are dropped"),
        pytest.param("o" + "\u0301" * 9, "o" + "\u0301" * 4, id="piled marks are thinned"),
    ],
)
def test_what_becomes_of_it(text: str, expected: str | None) -> None:
    assert safe(text) == (text if expected is None else expected)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_offsets_lead_to_the_same_word(text: str) -> None:
    raw = f"{text} before MARKED after {text}"
    start = raw.index("MARKED")
    cleaned = sanitize(raw)
    left, right = cleaned.span(start, start + 6)
    assert cleaned.text[left:right] == "MARKED"


def test_json_stays_the_same_value() -> None:
    data = {"text": "".join(HOSTILE[name] for name in HOSTILE if name != "lone surrogate")}
    text = safe_json(json.dumps(data, ensure_ascii=False))
    assert obeyed(text) == []
    assert json.loads(text) == data


PLAIN, COLOUR = Look(plain=True), Look(plain=False)


@pytest.mark.parametrize(
    ("text", "word", "expected"),
    [
        pytest.param("It cost 53 percent.", "53 percent", "It cost >>53 percent<<.", id="plain"),
        pytest.param("53 percent", "53 percent", ">>53 percent<<", id="all of it"),
        pytest.param("😀😀 cost 53", "53", "😀😀 cost >>53<<", id="after emoji"),
        pytest.param(f"{FAMILY} cost 53", "53", f"{FAMILY} cost >>53<<", id="after a joined emoji"),
        pytest.param(f"a {ESC}[31m cost 53", "53", "a ␛[31m cost >>53<<", id="after an escape"),
        pytest.param("a\u202e\u200b\u2066 cost 53", "53", "a cost >>53<<", id="after dropped ones"),
        pytest.param("a\r\n\n cost 53\nmore", "53", "a cost >>53<< more", id="after line breaks"),
        pytest.param(f"5{ESC}3 rose", f"5{ESC}3", ">>5␛3<< rose", id="with an escape in it"),
        pytest.param("5\u200b3 rose", "5\u200b3", ">>53<< rose", id="with a dropped one in it"),
        pytest.param(f"a {FAMILY} b", "👩", f"a >>{FAMILY}<< b", id="no cut through an emoji"),
        pytest.param("cafe\u0301 b", "cafe", ">>cafe\u0301<< b", id="no cut before an accent"),
        pytest.param("a 🇺🇦🇵🇱 b", "🇺", "a >>🇺🇦<<🇵🇱 b", id="no cut through a flag"),
        pytest.param("a 👍🏽 b", "👍", "a >>👍🏽<< b", id="no cut before a skin tone"),
        pytest.param("עלה 53 אחוז", "53", "עלה >>53<< אחוז", id="right to left"),
        pytest.param("费用上涨了53%", "53%", "费用上涨了>>53%<<", id="no spaces"),
        pytest.param("[bold]53[/bold]", "53", "[bold]>>53<<[/bold]", id="in markup"),
        pytest.param("a \x0b word", " \x0b word", "a >>word<<", id="white space is left out"),
        pytest.param("a\u200bb", "\u200b", "ab", id="nothing visible to mark"),
    ],
)
def test_the_right_words_are_marked(text: str, word: str, expected: str) -> None:
    start = text.index(word)
    mark = Mark(start, start + len(word), "bold reverse")
    assert marked(text, [mark], PLAIN).plain == expected

    styled = marked(text, [mark], COLOUR)
    assert styled.plain == expected.replace(">>", "").replace("<<", "")
    words = "".join(styled.plain[span.start : span.end] for span in styled.spans)
    assert words == (expected.partition(">>")[2].partition("<<")[0])


def test_marks_that_overlap_are_one_in_plain_text() -> None:
    marks = [Mark(0, 5, "red"), Mark(3, 9, "yellow"), Mark(9, 10, "bold", visible=False)]
    assert marked("0123456789 rest", marks, PLAIN).plain == ">>012345678<<9 rest"


LONG = (
    "The council met on Monday and " + "talked about one thing and another " * 8 + "before it went home at 9."
)


@pytest.mark.parametrize(
    ("text", "word", "beginning", "end"),
    [
        pytest.param(LONG, "home", "The council", "at 9.", id="marked at the end"),
        pytest.param(LONG, "Monday", "The council met on >>Monday<<", "9.", id="marked at the beginning"),
        pytest.param(LONG.replace("another talked", "MIDDLE talked", 1), "MIDDLE", "The", "9.", id="middle"),
        pytest.param("价格上涨百分之五" * 40 + "完", "完", "价格", ">>完<<", id="no spaces"),
    ],
)
def test_long_text_keeps_its_ends_and_the_marked_words(
    text: str, word: str, beginning: str, end: str
) -> None:
    start = text.index(word)
    shown = marked(text, [Mark(start, start + len(word), "bold")], PLAIN, room=110)
    assert f">>{word}<<" in shown.plain
    assert shown.plain.startswith(beginning)
    assert shown.plain.endswith(end)
    assert "…" in shown.plain
    assert Console().measure(shown).maximum <= 116  # and the text marks


def test_a_huge_sentence_is_shortened_fast() -> None:
    shown = marked("word " * 200_000, [Mark(500_000, 500_004, "bold")], PLAIN, room=150)
    assert len(shown.plain) < 170
