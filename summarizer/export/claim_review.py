"""ClaimReview: a person's published rating of what somebody said, as schema.org JSON-LD.

It is public, and it puts words into somebody's mouth. So only claims of the article that have a speaker,
of which reviewers said that the article has them (or corrected them to what it has), and that a person
gave a truth rating of its own. "The article does not support it" is no such rating, and what the model
wrote is nobody's claim.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any, TextIO
from urllib.parse import quote, urlsplit

from ..article import Article
from ..errors import SettingsError
from ..render.safe import safe_json
from ..report import StatementKind
from ..review_items import Decision, DecisionVerdict, ItemStatus, TruthRating
from ..settings import Publishing
from .rows import Row, Tally, Written

CONTEXT = "https://schema.org"

# Why an item is no ClaimReview; keys of ``Written.left_out``.
NOT_A_CLAIM = "not a claim of the article"
NO_SPEAKER = "nobody is named as its speaker"
NOT_DECIDED = "not decided yet"
WITHDRAWN = "withdrawn with an earlier version"
NO_RATING = "no truth rating by a person"
RATINGS_DIFFER = "reviewers rated it differently"
NOT_SAID = "the article does not have it as listed, and nobody corrected it"


def write_claim_reviews(
    rows: Iterable[Row], out: TextIO, publisher: Publishing, *, script: bool = False
) -> Written:
    """A JSON array of ClaimReview objects; with ``script`` a script element each, to paste into pages.

    ``<`` is written as an escape, so that no text ends a script element. Raises SettingsError for a
    publisher that lacks something.
    """
    check_publisher(publisher)
    tally = Tally()
    if not script:
        out.write("[")
    for row in tally.read(rows):
        rated = _rated(row)
        if isinstance(rated, str):
            tally.left_out[rated] += 1
            continue
        text = json.dumps(claim_review(row, rated, publisher), ensure_ascii=False, separators=(",", ":"))
        text = safe_json(text.replace("<", "\\u003c"))
        if script:
            out.write(f'<script type="application/ld+json">{text}</script>\n')
        else:
            out.write(f"{',' if tally.rows else ''}\n{text}")
        tally.rows += 1
    if not script:
        out.write("\n]\n")
    return tally.written()


def claim_review(row: Row, decision: Decision, publisher: Publishing) -> dict[str, Any]:
    """One ClaimReview. ``decision`` has the rating; a corrected text is what counts as said."""
    item, statement = row.item, row.item.finding.statement
    if decision.truth_rating is None or not statement.speaker:
        raise ValueError("a ClaimReview needs a speaker and a truth rating")
    places = {
        "item_id": item.id,
        "document_id": item.document_id,
        "article_id": item.article_id,
        "statement_id": statement.id,
    }
    return {
        "@context": CONTEXT,
        "@type": "ClaimReview",
        "url": _page(publisher.page or "", places),
        "claimReviewed": _corrected(row) or statement.text,
        "datePublished": decision.at[:10],
        "author": {"@type": "Organization", "name": publisher.name, "url": publisher.url},
        "reviewRating": _rating(decision.truth_rating),
        "itemReviewed": _claim(statement.speaker, row.article, publisher.organisations),
    }


def check_publisher(publisher: Publishing) -> None:
    """Raises SettingsError unless reviews could be published so."""
    hint = (
        "--publisher 'Example Checks' --publisher-url https://news.example.org "
        "--page-url 'https://news.example.org/checks/{item_id}', or the table [publishing] in summarizer.toml"
    )
    parts = {"name": publisher.name, "address": publisher.url, "address of a review's page": publisher.page}
    for what, value in parts.items():
        if not value or not value.strip():
            raise SettingsError(f"a ClaimReview needs the publisher's {what}", hint=hint)
    page = publisher.page or ""
    by_story = "{document_id}" in page or "{article_id}" in page
    if "{item_id}" not in page and not ("{statement_id}" in page and by_story):
        raise SettingsError(f"{page!r} would be the address of more than one review", hint=hint)
    places = dict.fromkeys(("item_id", "document_id", "article_id", "statement_id"), "x")
    for url in (publisher.url or "", _page(page, places)):
        try:
            split = urlsplit(url)
            fits = split.scheme in ("http", "https") and bool(split.hostname)
        except ValueError:
            fits = False
        if not fits or not url.isprintable() or " " in url:
            raise SettingsError(f"{url!r} is no address of a page", hint=hint)


def _page(pattern: str, places: dict[str, str]) -> str:
    for name, value in places.items():
        pattern = pattern.replace(f"{{{name}}}", quote(value, safe=""))
    if "{" in pattern or "}" in pattern:
        raise SettingsError(
            f"{pattern!r}: a page's address may name {{item_id}}, {{document_id}}, {{article_id}} and "
            "{statement_id}"
        )
    return pattern


def _rated(row: Row) -> Decision | str:
    """The decision whose rating is published, or why there is none."""
    item, statement = row.item, row.item.finding.statement
    if statement.kind is not StatementKind.CLAIM:
        return NOT_A_CLAIM
    if not statement.speaker or not statement.speaker.strip():
        return NO_SPEAKER
    if item.status is not ItemStatus.DECIDED:
        return WITHDRAWN if item.status is ItemStatus.WITHDRAWN else NOT_DECIDED
    rated = [decision for decision in row.decisions if decision.truth_rating is not None]
    if not rated:
        return NO_RATING
    if len({_worth(decision.truth_rating) for decision in rated}) > 1:
        return RATINGS_DIFFER
    if not _is_in_article(row.decisions) and _corrected(row) is None:
        return NOT_SAID
    return rated[-1]


def _worth(rating: TruthRating | None) -> tuple[Any, ...] | None:
    return None if rating is None else (rating.name.casefold(), rating.value, rating.best, rating.worst)


def _is_in_article(decisions: Sequence[Decision]) -> bool:
    """Whether more reviewers found the claim in the article than did not."""
    found = sum(decision.verdict is DecisionVerdict.SUPPORTED for decision in decisions)
    return found * 2 > len(decisions)


def _corrected(row: Row) -> str | None:
    """The claim as reviewers corrected it, the last of them; None where nobody did."""
    texts = [decision.corrected_text for decision in row.decisions if decision.corrected_text]
    return texts[-1] if texts else None


def _rating(rating: TruthRating) -> dict[str, Any]:
    made: dict[str, Any] = {"@type": "Rating", "alternateName": rating.name}
    numbers = {"ratingValue": rating.value, "bestRating": rating.best, "worstRating": rating.worst}
    if rating.value is not None:
        made |= {name: value for name, value in numbers.items() if value is not None}
    if rating.explanation:
        made["ratingExplanation"] = rating.explanation
    return made


def _claim(speaker: str, article: Article, organisations: Sequence[str]) -> dict[str, Any]:
    known = {name.casefold() for name in organisations}
    kind = "Organization" if speaker.casefold() in known else "Person"
    made: dict[str, Any] = {"@type": "Claim", "author": {"@type": kind, "name": speaker}}
    published = article.published
    if published:
        made["datePublished"] = published
    if article.url:
        appearance = {"@type": "NewsArticle", "url": article.url}
        if article.title:
            appearance["headline"] = article.title
        if published:
            appearance["datePublished"] = published
        made["appearance"] = appearance
    return made
