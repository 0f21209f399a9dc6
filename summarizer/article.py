"""Articles: source text normalised once, with numbered sentences whose offsets never change.

Offsets are Unicode code points, half-open: ``article.text[s.start:s.end] == s.text`` for each sentence.
"""

import hashlib
import re
from datetime import date, datetime
from enum import StrEnum
from typing import Self

from . import language, segmentation
from .errors import ArticleError, ReportFormatError, SettingsError
from .records import Record
from .unicode_forms import nfc

MIN_WORDS = 10
MAX_WORDS = 200_000


class SentenceKind(StrEnum):
    """What a numbered piece of the article is."""

    HEADLINE = "headline"  # the first line, where it reads like one
    BODY = "body"
    ITEM = "item"  # an entry of a list


class Sentence(Record, frozen=True):
    """A numbered piece of the article. ``number`` starts at 1, ``paragraph`` at 0."""

    number: int
    start: int
    end: int
    text: str
    kind: SentenceKind = SentenceKind.BODY
    paragraph: int = 0


class Article(Record, frozen=True):
    """Source text and what is known about it.

    ``id`` is a hash of title and text; ``document_id`` (given, or the url, or else the id) ties the
    versions of one story together. ``published`` is an ISO 8601 date or date and time. ``language`` is
    a primary language subtag (``en``), ``und`` when it could not be told. ``detected`` names those of
    ``language``, ``published`` and ``title`` that were found in the text and not given. ``version`` is
    which version of the document its source calls it.
    """

    id: str
    document_id: str
    text: str
    sentences: tuple[Sentence, ...]
    title: str | None = None
    published: str | None = None
    url: str | None = None
    language: str = "und"
    detected: tuple[str, ...] = ()
    version: str | None = None

    @classmethod
    def from_text(
        cls,
        text: str,
        *,
        title: str | None = None,
        published: str | date | None = None,
        url: str | None = None,
        language: str | None = None,
        document_id: str | None = None,
        version: str | None = None,
    ) -> Self:
        """Normalise, segment and number a text.

        Raises ArticleError when it has fewer than 10 words or more than 200,000, SettingsError for a
        ``published`` or ``language`` that cannot be read.
        """
        text = normalise(text)
        words = count_words(text)
        if words < MIN_WORDS:
            what = "the text is empty" if not text else f"the text has only {words} word{'s' * (words != 1)}"
            raise ArticleError(
                f"{what}; an article needs at least {MIN_WORDS} words",
                hint="Hand over the whole article text.",
            )
        if words > MAX_WORDS:
            raise ArticleError(
                f"the text has {words:,} words; the limit is {MAX_WORDS:,}",
                hint="Split it into the articles that it is made of.",
            )
        return cls._build(text, title, published, url, language, document_id, version)

    @classmethod
    def _build(
        cls,
        text: str,
        title: str | None,
        published: str | date | None,
        url: str | None,
        language_tag: str | None,
        document_id: str | None,
        version: str | None,
    ) -> Self:
        detected = []
        lang = language.primary_subtag(language_tag) if language_tag else language.detect(text)
        if not language_tag:
            detected.append("language")
        pieces = segmentation.segment(text, lang)
        first = pieces[0]
        headline = segmentation.has_headline(text, pieces)
        title = normalise(title).replace("\n", " ") if title else None
        if not title and headline:
            title = text[first.start : first.end]
            detected.append("title")
        if published is None:
            found = language.find_published(text, lang)
            if found is not None:
                published = found
                detected.append("published")
        sentences = tuple(
            Sentence(
                number=number,
                start=piece.start,
                end=piece.end,
                text=text[piece.start : piece.end],
                kind=_kind(number == 1 and headline, piece.item),
                paragraph=piece.paragraph,
            )
            for number, piece in enumerate(pieces, 1)
        )
        identity = hashlib.sha256(f"{title or ''}\x1f{text}".encode()).hexdigest()[:32]
        return cls(
            id=identity,
            document_id=document_id or url or identity,
            text=text,
            sentences=sentences,
            title=title,
            published=_iso(published) if published is not None else None,
            url=url,
            language=lang,
            detected=tuple(detected),
            version=version or None,
        )

    @property
    def words(self) -> int:
        return count_words(self.text)

    @property
    def published_date(self) -> date | None:
        return datetime.fromisoformat(self.published).date() if self.published else None

    def sentence(self, number: int) -> Sentence:
        """The sentence with this number. Raises KeyError for one that does not exist."""
        if not 1 <= number <= len(self.sentences):
            raise KeyError(number)
        return self.sentences[number - 1]

    def verify(self) -> None:
        """Raises ReportFormatError unless every sentence is what the text has at its offsets."""
        for number, sentence in enumerate(self.sentences, 1):
            if sentence.number != number or self.text[sentence.start : sentence.end] != sentence.text:
                raise ReportFormatError(f"sentence {number} is not what the article's text has there")


_LINE_ENDS = re.compile(r"\r\n?|[\u0085\u2028\u2029\v\f]")
_DROPPED = re.compile("[\x00\ufeff]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_TRAILING_SPACE = re.compile(r"[ \t]+$", re.MULTILINE)
_BLANK_LINES = re.compile(r"\n{3,}")


def normalise(text: str) -> str:
    """NFC, line ends as ``\\n``, no U+0000, no byte order mark, no lone surrogates, trimmed lines.

    Done once, before offsets exist; normalising twice changes nothing.
    """
    text = _SURROGATES.sub("\ufffd", _DROPPED.sub("", text))
    text = _LINE_ENDS.sub("\n", nfc(text))
    return _BLANK_LINES.sub("\n\n", _TRAILING_SPACE.sub("", text)).strip()


# Scripts written without spaces: each character counts as half a word.
_DENSE = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_WORD = re.compile(r"\w+(?:['’.,\-]\w+)*")


def count_words(text: str) -> int:
    """Words as an editor counts them; two characters of Chinese, Japanese or Thai are one."""
    dense = len(_DENSE.findall(text))
    if not dense:
        return len(_WORD.findall(text))
    return len(_WORD.findall(_DENSE.sub(" ", text))) + (dense + 1) // 2


def _kind(headline: bool, item: bool) -> SentenceKind:
    if headline:
        return SentenceKind.HEADLINE
    return SentenceKind.ITEM if item else SentenceKind.BODY


def _iso(published: str | date) -> str:
    if isinstance(published, date):
        return published.isoformat()
    try:
        value = datetime.fromisoformat(published.strip())
    except ValueError as error:
        raise SettingsError(
            f"published date {published!r} cannot be read",
            hint="Write it as 2026-11-23 or 2026-11-23T08:30+02:00.",
        ) from error
    return value.date().isoformat() if len(published.strip()) <= 10 else value.isoformat()
