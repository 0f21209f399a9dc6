"""How single facts of a report are said in words."""

from collections.abc import Iterable
from datetime import datetime

from ..article import Article
from ..flags import FLAG_INFO, FlagCode
from ..report import Call, Evidence, Verdict
from .safe import safe

VERDICT_WORDS = {
    Verdict.SUPPORTED: "supported",
    Verdict.CONTRADICTED: "contradicted",
    Verdict.NOT_IN_ARTICLE: "not in the article",
    Verdict.UNCHECKED: "not checked",
}
_ID_LENGTH = 16


def reason_in_words(reason: str) -> str:
    """A reason that is only a flag's code is given its meaning."""
    if reason in set(FlagCode):
        return f"{reason}: {FLAG_INFO[FlagCode(reason)].meaning}"
    return reason


def call_in_words(call: Call) -> str:
    """Why a planned answer could not be used."""
    code = call.state.flag_code
    return f"{call.state}: {call.detail or (FLAG_INFO[code].meaning if code else 'done')}"


def numbers(evidence: Iterable[Evidence]) -> str:
    """The numbers of the article's sentences, as ``[3] [7]``."""
    return " ".join(f"[{number}]" for number in sorted({found.sentence for found in evidence}))


def short_id(name: str) -> str:
    """An id that leaves room beside it."""
    name = safe(name)
    return name if len(name) <= _ID_LENGTH else f"{name[: _ID_LENGTH - 3]}..."


def document_name(article: Article) -> str:
    """The document's id; the beginning of it when it is only a hash."""
    return article.id[:12] if article.document_id == article.id else article.document_id


def opening(article: Article) -> str:
    """The first words, for an article that has no title."""
    words = article.text.split()
    return " ".join(words[:10]) + ("..." if len(words) > 10 else "")


def detected(article: Article, name: str) -> str:
    """Said behind what was found in the text and not given."""
    return " (detected)" if name in article.detected else ""


def language_name(code: str) -> str:
    """``German`` for ``de``; a code that nobody knows stays as it is."""
    from babel import Locale, UnknownLocaleError  # its tables are read late

    try:
        return Locale(code).english_name or code
    except (UnknownLocaleError, ValueError):
        return code


def moment(stamp: str) -> str:
    """An ISO 8601 date and time as ``2026-11-23 10:14 UTC``; a date alone, or anything else, as it is."""
    if "T" not in stamp:
        return stamp
    try:
        at = datetime.fromisoformat(stamp)
    except ValueError:
        return stamp
    return f"{at:%Y-%m-%d %H:%M} {at:%Z}".rstrip()


def count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' * (number != 1)}"


def known(number: int | None) -> str:
    return "not reported" if number is None else f"{number:,}"


def dollars(cost: float) -> str:
    """Two digits that matter, never in the form 1e-05."""
    if cost == 0:
        return "$0"
    if cost >= 1:
        return f"${cost:,.2f}"
    return f"${cost:.2g}" if cost >= 0.0001 else "less than $0.0001"
