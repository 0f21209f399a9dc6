"""Text in one form: NFC, in a time that grows with its length and not with its square."""

import re
import unicodedata

MOST_MARKS = 30  # on one character, as Unicode's stream-safe text format (UAX 15) has it
_MAY_BE_MARKS = re.compile("[^\x00-\u02ff]{31,}")


def nfc(text: str) -> str:
    """The text in NFC. Of a flood of combining marks on one character the first 30 stay.

    To put marks into order takes the square of their number: a thousand articles' worth of time for one
    hostile article.
    """
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", _MAY_BE_MARKS.sub(_thinned, text))


def _thinned(run: re.Match[str]) -> str:
    kept, marks = [], 0
    for character in run[0]:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= MOST_MARKS:
            kept.append(character)
    return "".join(kept)
