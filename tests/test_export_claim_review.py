"""ClaimReview: what a JSON-LD processor makes of it, what may be published at all, and script elements."""

import io
import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import msgspec
import pytest
from pyld import jsonld

from summarizer.errors import SettingsError
from summarizer.export import claim_review as cr
from summarizer.export.claim_review import claim_review, write_claim_reviews
from summarizer.export.rows import Row
from summarizer.report import StatementKind
from summarizer.review_items import DecisionVerdict, ItemStatus, TruthRating
from summarizer.settings import Publishing
from tests.export_data import HOSTILE, RATED, hostile_row, row, shared_strings

PUBLISHER = Publishing(
    name="Example Checks",
    url="https://news.example.org",
    page="https://news.example.org/fc/{document_id}#{item_id}",
    organisations=("The Daily",),
)
SUPPORTED = DecisionVerdict.SUPPORTED

# The terms of schema.org that a fact-check has, as its own context has them. What is not in here a
# processor drops.
TERMS = {
    name: f"https://schema.org/{name}"
    for name in (
        *("ClaimReview", "Claim", "Rating", "Organization", "Person", "NewsArticle"),
        *("claimReviewed", "author", "reviewRating", "itemReviewed", "name", "headline"),
        *("alternateName", "ratingValue", "bestRating", "worstRating", "ratingExplanation"),
    )
} | {
    "appearance": {"@id": "https://schema.org/appearance", "@type": "@id"},
    "url": {"@id": "https://schema.org/url", "@type": "@id"},
    "datePublished": {"@id": "https://schema.org/datePublished", "@type": "https://schema.org/Date"},
}


def loader(url: str, _: Any) -> dict[str, Any]:
    assert url.rstrip("/") == "https://schema.org", "the only context that a fact-check may name"
    return {
        "contentType": "application/ld+json",
        "contextUrl": None,
        "documentUrl": url,
        "document": {"@context": TERMS},
    }


def claim(**more: Any) -> Row:
    given = {
        "kind": StatementKind.CLAIM,
        "speaker": "Ada Brandt",
        "status": ItemStatus.DECIDED,
        "decisions": [{"verdict": SUPPORTED, "truth_rating": RATED}],
    }
    return row("The bridge will cost $48 million.", **(given | more))


def written(*rows: Row, publisher: Publishing = PUBLISHER) -> tuple[list[dict[str, Any]], dict[str, int]]:
    out = io.StringIO(newline="")
    done = write_claim_reviews(rows, out, publisher)
    assert "<" not in out.getvalue()
    found = json.loads(out.getvalue())
    assert done.rows == len(found)
    assert done.items == done.rows + sum(done.left_out.values())
    return found, done.left_out


def processed(data: dict[str, Any]) -> dict[str, Any]:
    """The fact-check as a processor reads it; asserts that it understood every word of it."""
    expanded = jsonld.expand(data, {"documentLoader": loader})
    (one,) = expanded
    again = jsonld.compact(expanded, TERMS, {"documentLoader": loader})
    assert {**again, "@context": None} == {**data, "@context": None}
    return one


def required(one: dict[str, Any]) -> None:
    schema = "https://schema.org/"
    assert one["@type"] == [f"{schema}ClaimReview"]
    assert one[f"{schema}claimReviewed"][0]["@value"].strip()
    assert one[f"{schema}url"][0]["@id"].startswith("https://")
    (rating,) = one[f"{schema}reviewRating"]
    assert rating["@type"] == [f"{schema}Rating"]
    assert rating[f"{schema}alternateName"][0]["@value"].strip()


def test_a_rated_claim_is_a_claim_review() -> None:
    one = claim()
    found, left_out = written(one)
    document = "https%3A%2F%2Fdaily.example%2Fbridge"
    assert left_out == {}
    assert found == [
        {
            "@context": "https://schema.org",
            "@type": "ClaimReview",
            "url": f"https://news.example.org/fc/{document}#{one.item.id}",
            "claimReviewed": "The bridge will cost $48 million.",
            "datePublished": "2026-11-23",
            "author": {"@type": "Organization", "name": "Example Checks", "url": "https://news.example.org"},
            "reviewRating": {
                "@type": "Rating",
                "alternateName": "Half true",
                "ratingValue": 3,
                "bestRating": 5,
                "worstRating": 1,
                "ratingExplanation": "It does cost that, with interest.",
            },
            "itemReviewed": {
                "@type": "Claim",
                "author": {"@type": "Person", "name": "Ada Brandt"},
                "datePublished": "2026-11-20",
                "appearance": {
                    "@type": "NewsArticle",
                    "url": "https://daily.example/bridge",
                    "headline": "A bridge for Lindholm",
                    "datePublished": "2026-11-20",
                },
            },
        }
    ]
    required(processed(found[0]))


NAMED_ONLY = TruthRating("Unsupported")


@pytest.mark.parametrize(
    ("one", "place", "wanted"),
    [
        pytest.param(
            claim(decisions=[{"verdict": SUPPORTED, "truth_rating": NAMED_ONLY}]),
            "reviewRating",
            {"@type": "Rating", "alternateName": "Unsupported"},
            id="a rating without numbers",
        ),
        pytest.param(
            claim(speaker="The Daily", url=None, title=None),
            "itemReviewed",
            {
                "@type": "Claim",
                "author": {"@type": "Organization", "name": "The Daily"},
                "datePublished": "2026-11-20",
            },
            id="a speaker that is no person, and an article without an address",
        ),
        pytest.param(
            claim(
                decisions=[
                    {
                        "verdict": DecisionVerdict.CONTRADICTED,
                        "corrected_text": "It costs $48 million.",
                        "truth_rating": RATED,
                    }
                ]
            ),
            "claimReviewed",
            "It costs $48 million.",
            id="what the speaker said is what a reviewer corrected it to",
        ),
    ],
)
def test_parts_of_a_claim_review(one: Row, place: str, wanted: Any) -> None:
    (found,), _ = written(one)
    assert found[place] == wanted
    required(processed(found))


TWO = [
    {"reviewer": "ada", "verdict": SUPPORTED, "truth_rating": RATED},
    {"reviewer": "bo", "verdict": SUPPORTED, "truth_rating": msgspec.structs.replace(RATED, value=2)},
]


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        pytest.param(claim(kind=StatementKind.SUMMARY), cr.NOT_A_CLAIM, id="a sentence of the model's"),
        pytest.param(claim(kind=StatementKind.HEADLINE), cr.NOT_A_CLAIM, id="a headline of the model's"),
        pytest.param(claim(speaker=None), cr.NO_SPEAKER, id="nobody said it"),
        pytest.param(claim(speaker="  "), cr.NO_SPEAKER, id="a speaker without a name"),
        pytest.param(claim(status=ItemStatus.OPEN), cr.NOT_DECIDED, id="more people must decide"),
        pytest.param(claim(status=ItemStatus.WITHDRAWN), cr.WITHDRAWN, id="a correction took it out"),
        pytest.param(claim(decisions=[{"verdict": SUPPORTED}]), cr.NO_RATING, id="no rating"),
        pytest.param(claim(decisions=()), cr.NO_RATING, id="no decision"),
        pytest.param(claim(decisions=TWO), cr.RATINGS_DIFFER, id="two ratings"),
        pytest.param(
            claim(decisions=[{"verdict": DecisionVerdict.NOT_IN_ARTICLE, "truth_rating": RATED}]),
            cr.NOT_SAID,
            id="the article does not have it",
        ),
    ],
)
def test_what_is_not_published_says_why(one: Row, reason: str) -> None:
    assert written(one) == ([], {reason: 1})


def test_two_reviewers_of_one_mind_make_one_review() -> None:
    one = claim(decisions=[{**TWO[0]}, {**TWO[0], "reviewer": "bo", "at": "2026-11-24T08:00:00+00:00"}])
    (found,), _ = written(one)
    assert found["datePublished"] == "2026-11-24"


def test_a_review_without_a_rating_is_refused() -> None:
    one = claim(decisions=[{"verdict": SUPPORTED}])
    with pytest.raises(ValueError, match="truth rating"):
        claim_review(one, one.decisions[0], PUBLISHER)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param({"name": None}, "the publisher's name", id="no name"),
        pytest.param({"url": " "}, "the publisher's address", id="no address"),
        pytest.param({"page": None}, "address of a review's page", id="no page"),
        pytest.param({"page": "https://x.example/fc"}, "more than one review", id="one page for all"),
        pytest.param(
            {"page": "https://x.example/fc#{statement_id}"}, "more than one review", id="one page a claim c1"
        ),
        pytest.param({"page": "https://x.example/{item_id}/{slug}"}, "may name", id="unknown place"),
        pytest.param({"page": "/fc/{item_id}"}, "no address of a page", id="half an address"),
        pytest.param({"page": "javascript:alert({item_id})"}, "no address of a page", id="a script"),
        pytest.param({"url": "news.example.org"}, "no address of a page", id="no scheme"),
        pytest.param({"url": "https://[x"}, "no address of a page", id="broken"),
        pytest.param({"url": "https://x.example/a b"}, "no address of a page", id="blank inside"),
    ],
)
def test_a_publisher_that_cannot_publish(change: dict[str, Any], words: str) -> None:
    publisher = msgspec.structs.replace(PUBLISHER, **change)
    with pytest.raises(SettingsError, match=words) as caught:
        write_claim_reviews([], io.StringIO(), publisher)
    assert caught.value.hint or "may name" in str(caught.value)


def test_a_page_for_each_claim_of_a_document() -> None:
    publisher = msgspec.structs.replace(PUBLISHER, page="https://x.example/{article_id}#{statement_id}")
    one = claim()
    (found,), _ = written(one, publisher=publisher)
    assert found["url"] == f"https://x.example/{one.article.id}#c1"


class Scripts(HTMLParser):
    """What a browser takes for script elements, and everything else."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.scripts: list[str] = []
        self.others: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script" and attrs == [("type", "application/ld+json")]:
            self.scripts.append("")
        else:
            self.others.append(tag)

    def handle_data(self, data: str) -> None:
        if self.cdata_elem == "script":
            self.scripts[-1] += data
        elif data.strip():
            self.others.append(data)


def in_scripts(rows: list[Row]) -> None:
    out = io.StringIO(newline="")
    write_claim_reviews(rows, out, PUBLISHER, script=True)
    page = Scripts()
    page.feed(out.getvalue())
    page.close()
    assert page.others == []
    found = [json.loads(script) for script in page.scripts]
    plain, left_out = written(*rows)
    assert left_out == {}
    assert found == plain
    for one, review in zip(rows, found, strict=True):
        assert review["claimReviewed"] == one.decisions[0].corrected_text
        assert review["itemReviewed"]["author"]["name"] == one.item.finding.statement.speaker
        required(processed(review))


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_text_leaves_its_script_element(text: str) -> None:
    in_scripts([hostile_row(text)])


@pytest.mark.shared_data
def test_no_hostile_string_leaves_its_script_element(shared_data: Path) -> None:
    in_scripts([hostile_row(text) for text in shared_strings(shared_data)])
