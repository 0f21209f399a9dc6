"""A summary that somebody else wrote, checked against its article: no model, the same report."""

import time
from datetime import UTC, datetime

from . import __version__, segmentation, worth
from .article import Article, normalise
from .checker import check_article
from .errors import ArticleError
from .report import NOBODY, Report, Statement, StatementKind
from .risk import checker_version
from .settings import Settings


def statements(text: str, language: str) -> tuple[Statement, ...]:
    """The sentences of a summary in order, ``x1``, ``x2``, …; a first line that reads like a headline is one.

    ``language`` is the article's tag. Raises ArticleError for a text without a word.
    """
    text = normalise(text)
    if not any(character.isalnum() for character in text):
        raise ArticleError("the summary is empty", hint="Hand over the summary's text.")
    pieces = segmentation.segment(text, language)
    headline = segmentation.has_headline(text, pieces)
    return tuple(
        Statement(
            f"x{number}",
            StatementKind.HEADLINE if headline and number == 1 else StatementKind.EXTERNAL,
            " ".join(text[piece.start : piece.end].split()),
        )
        for number, piece in enumerate(pieces, 1)
    )


def check_summary(article: Article | str, summary: str, *, settings: Settings | None = None) -> Report:
    """A report about a summary that a person or another tool wrote; its ``calls`` are empty.

    Raises ArticleError for an article that is none, and for a summary without a word.
    """
    created, started = datetime.now(UTC), time.perf_counter()
    settings = settings or Settings()
    if isinstance(article, str):
        article = Article.from_text(article)
    checked = check_article(article, statements(summary, article.language), settings=settings)
    return Report(
        article=article,
        summary=None,
        claims=(),
        findings=worth.of_findings(checked.findings, article.language),
        article_flags=checked.article_flags,
        calls=(),
        not_run=(),
        profile=NOBODY,
        model=NOBODY,
        created=created.isoformat(timespec="seconds"),
        seconds=round(time.perf_counter() - started, 3),
        version=__version__,
        checker_version=checker_version(settings.calibrated),
    )
