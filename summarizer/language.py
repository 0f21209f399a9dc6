"""What language a text is in, and on which day it says that it was published."""

import re
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from .errors import SettingsError

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

UNKNOWN = "und"
_SAMPLE = 4_000
_CONFIDENT = 0.6


def primary_subtag(tag: str) -> str:
    """``en`` for ``en-GB``. Raises SettingsError for what is no language tag."""
    match = re.fullmatch(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{1,8})*", tag.strip())
    if not match:
        raise SettingsError(f"language {tag!r} is no language tag", hint="Write it as en, uk or de-AT.")
    return match[1].lower()


def detect(text: str) -> str:
    """The language's primary subtag, or ``und`` when the text does not tell."""
    sample = text[:_SAMPLE]
    if not any(character.isalpha() for character in sample):
        return UNKNOWN
    code, probability = _identifier().classify(sample)
    return str(code) if probability >= _CONFIDENT else UNKNOWN


@cache
def _identifier() -> "LanguageIdentifier":
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # loads numpy: late

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


# A full date with its year near the top: a dateline, or a line of its own. Text further down speaks of
# other days. A day and month without a year stay unresolved: a guessed year would be a wrong date.
_TOP = 400
_FULL_DATE = re.compile(
    r"(?<!\d)(?:\d{4}-\d{2}-\d{2}"
    r"|\d{1,2}\.\d{1,2}\.\d{4}"
    r"|\d{1,2}\.?\s+(?:de\s+)?[^\W\d_]{3,12}\.?,?\s+(?:de\s+)?\d{4}"
    r"|[^\W\d_]{3,9}\.?\s+\d{1,2},?\s+\d{4})(?!\d)"
)
_DATELINE_BREAK = re.compile(r"\s(?:—|–|--|-)\s|[:|]\s")
_LABEL = re.compile(
    r"^\W*(?:published|updated|posted|date|by\b.*|veröffentlicht|stand|опубліковано|publié|publicado|opublikowano)\W+",
    re.IGNORECASE,
)


def find_published(text: str, language: str) -> date | None:
    """The day in the dateline, or on a line of its own, near the top; None where there is none."""
    for line in text[:_TOP].split("\n")[:6]:
        match = _FULL_DATE.search(line)
        if match and _is_dateline(line, match):
            return _parse(match[0], language)
    return None


def _is_dateline(line: str, match: re.Match[str]) -> bool:
    before, after = line[: match.start()], line[match.end() :]
    if len(before) <= 60 and len(after.strip()) <= 40 and not after.strip().endswith("."):
        return bool(_LABEL.match(line)) or not before.strip() or before.strip().endswith((",", "|", "·", "—"))
    dash = _DATELINE_BREAK.search(after)
    return bool(dash and dash.start() <= 40 and len(before) <= 60 and before.strip(" ,").isupper())


def _parse(found: str, language: str) -> date | None:
    import dateparser  # half a second of tables: late

    languages = None if language == UNKNOWN else [language]
    try:
        parsed = dateparser.parse(
            found,
            languages=languages,
            settings={
                "DATE_ORDER": "DMY",
                "PREFER_LOCALE_DATE_ORDER": False,
                "REQUIRE_PARTS": ["day", "month", "year"],
            },
        )
    except ValueError:  # a language that dateparser does not know: the date then stays unread
        return None
    return parsed.date() if parsed else None
