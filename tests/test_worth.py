"""Check-worthy sentences by rule: what ranks first, what is no claim, who is the speaker."""

from pathlib import Path

import pytest

from summarizer.article import Article
from summarizer.checks.context import read_article
from summarizer.worth import claims, rank, speaker

TEXT = """Council approves library

The council of Lindholm voted 9–4 on Wednesday to spend $6.2 million on a library. It was a cold and rainy evening
outside. Will the money be enough for all of it in the end? He smiled and went home after the long meeting.

The report names these reasons for the higher cost of it:
- steel prices rose by 12 percent in 2025 according to Seaward Ltd.

"We have waited for this since 1998," said Ellen Brandt. Construction may begin in March, Petra Vance said."""


def ranked() -> dict[str, float]:
    article = Article.from_text(TEXT, language="en")
    return {article.sentence(r.number).text[:20]: r.worth for r in rank(read_article(article))}


def test_figures_dates_and_quotations_rank_before_scenery() -> None:
    order = list(ranked())
    assert order[0] == "The council of Lindh"
    assert order.index("steel prices rose by") < order.index("Construction may beg")
    assert "It was a cold and ra" not in order


@pytest.mark.parametrize("start", ["Council approves lib", "Will the money be en", "The report names the"])
def test_headlines_questions_and_lead_ins_are_no_claims(start: str) -> None:
    assert start not in ranked()


def test_claims_are_the_articles_own_sentences_in_rank_order() -> None:
    article = Article.from_text(TEXT, language="en")
    made = claims(read_article(article), limit=3)
    assert [claim.id for claim in made] == ["c1", "c2", "c3"]
    for claim in made:
        assert claim.cited is not None
        assert claim.text == " ".join(article.sentence(claim.cited[0]).text.split())


@pytest.mark.parametrize(
    ("start", "who"),
    [
        pytest.param('"We have', "Ellen Brandt", id="said X"),
        pytest.param("Construction", "Petra Vance", id="X said"),
        pytest.param("steel", "Seaward Ltd", id="according to X"),
        pytest.param("The council", None, id="the article itself"),
    ],
)
def test_speaker(start: str, who: str | None) -> None:
    read = read_article(Article.from_text(TEXT, language="en"))
    (sentence,) = [s for s in read.sentences if s.text.startswith(start)]
    assert speaker(sentence, read) == who


@pytest.mark.parametrize("name", ["harbour-bridge.txt", "court-verdict-uk.txt", "stadtwerke-de.txt"])
def test_every_fixture_has_claims_within_bounds(articles: Path, name: str) -> None:
    article = Article.from_text((articles / name).read_text(encoding="utf-8"))
    made = claims(read_article(article), limit=12)
    assert len(made) == 12
    assert all(claim.worth and 0 < claim.worth <= 1 for claim in made)
