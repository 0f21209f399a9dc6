"""What a page is made from: an article, findings about it, and what stands beside them."""

from dataclasses import dataclass

from ..article import Article
from ..report import Finding, Flag, NotExtracted


@dataclass(frozen=True, slots=True)
class Note:
    """A line beside a statement that is not the checker's: a reviewer's decision, for one.

    ``label`` says whose it is, ``when`` the time, ``corrected`` is the text that replaces the statement.
    """

    text: str
    label: str = ""
    when: str = ""
    corrected: str | None = None


@dataclass(frozen=True, slots=True)
class ArticleView:
    """What a page shows of one article. Only ``article`` and ``findings`` must be given.

    ``findings`` may be any of the article's findings, in the order to be shown. ``notes`` go with them by
    position, and may be fewer. ``not_checked`` (what, why) and ``provenance`` (name, value) are shown at the
    end, ``lead`` as a sentence below the title. Evidence that the article does not have at its offsets is
    quoted, and not highlighted.
    """

    article: Article
    findings: tuple[Finding, ...]
    notes: tuple[tuple[Note, ...], ...] = ()
    article_flags: tuple[Flag, ...] = ()
    not_checked: tuple[tuple[str, str], ...] = ()
    provenance: tuple[tuple[str, str], ...] = ()
    lead: str = ""
    origin: str | None = None
    parts: int = 1
    incomplete: bool = False
    no_summary: bool = False
    not_extracted: tuple[NotExtracted, ...] = ()
