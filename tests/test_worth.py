"""Check-worthiness: what ranks first, what is no claim, of which kind, who is the speaker, what was left out."""

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer import worth
from summarizer.article import Article
from summarizer.checks.context import read_article
from summarizer.checks.text import languages, lexicon, tokenize
from summarizer.report import (
    AssertionKind,
    Basis,
    Claim,
    Evidence,
    Finding,
    Statement,
    StatementKind,
    Verdict,
)
from summarizer.worth import claims, rank, speaker
from summarizer.worth.features import NAMES, features
from tests.groups import ROOT

DATA = ROOT / "benchmarks" / "data" / "worth" / "sentences.tsv"

TEXT = """Council approves library

The council of Lindholm voted 9–4 on Wednesday to spend $6.2 million on a library. It was a cold and rainy evening
outside. Will the money be enough for all of it in the end? He smiled and went home after the long meeting.

The report names these reasons for the higher cost of it:
- steel prices rose by 12 percent in 2025 according to Seaward Ltd.

"We have waited for this since 1998," said Ellen Brandt. Construction may begin in March, Petra Vance said."""


def ranked() -> dict[str, float]:
    article = Article.from_text(TEXT, language="en")
    return {article.sentence(r.number).text[:20]: r.worth for r in rank(read_article(article))}


def test_figures_and_decisions_rank_before_scenery() -> None:
    order = ranked()
    assert list(order)[:2] == ["The council of Lindh", "steel prices rose by"]
    assert order["steel prices rose by"] > 0.6 > 0.5 > order["It was a cold and ra"]


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
    assert [claim.worth for claim in made] == sorted((claim.worth or 0 for claim in made), reverse=True)


def test_what_is_hardly_worth_it_makes_no_claim_unless_there_is_nothing_else() -> None:
    article = Article.from_text(TEXT, language="en")
    assert len(claims(read_article(article), limit=12)) == 3
    plain = (
        "She sat by the window for a while. Nobody came to see her that day. The garden lay there in the sun."
    )
    assert 0 < len(claims(read_article(Article.from_text(plain, language="en")), limit=12)) <= 3


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


@pytest.mark.parametrize(
    ("language", "text", "kind"),
    [
        ("en", "Unemployment fell to 4.1 percent, or 212,000 people.", "statistic"),
        ("en", "The court convicted the former mayor of fraud.", "event"),
        ("en", "“We will not sell the hospital to anybody,” she said.", "quote"),
        ("en", "The school was closed because the roof had collapsed.", "causal"),
        ("en", "The region has more doctors and fewer patients than its neighbour.", "comparison"),
        ("en", "The council plans to build a swimming pool.", "prediction"),
        ("en", "I believe that we deserve better.", "opinion"),
        ("en", "Why did nobody tell us?", "question"),
        ("en", "Thank you, and good evening.", "filler"),
        ("en", "(Applause.)", "filler"),
        ("de", "Die Brücke wurde gesperrt, weil ein Pfeiler gebrochen war.", "causal"),
        ("de", "Ich glaube, wir müssen handeln.", "opinion"),
        ("uk", "Чому ви мовчали?", "question"),
        ("uk", "Дякую за запрошення.", "filler"),
        ("es", "El paro ha subido del 21 al 27 por ciento.", "statistic"),
        ("fr", "C’est une honte.", "opinion"),
        ("pl", "Oddział zamknięto, ponieważ zabrakło lekarzy.", "causal"),
    ],
)
def test_kinds(language: str, text: str, kind: str) -> None:
    assert worth.of_text(text, language).kind == AssertionKind(kind)


@pytest.mark.parametrize(
    ("language", "more", "less"),
    [
        ("en", "The ministry cut 1,200 jobs in hospitals last year.", "I think hospitals are wonderful."),
        ("en", "He vetoed the bill twice.", "Let me be very clear about that."),
        ("en", "Rents rose by 20 percent in 2025, the city says.", "Should rents rise by 20 percent?"),
        ("de", "Die Stadt hat 3.400 Wohnungen verkauft.", "Ich danke Ihnen allen sehr."),
        ("uk", "Борг міста зріс до 3,4 мільярда гривень.", "Я вважаю, що це добре."),
        ("es", "El Gobierno cerró catorce hospitales.", "Creo que merecemos algo mejor."),
        ("fr", "La région a supprimé 300 postes en 2024.", "Je pense que c’est important."),
        ("pl", "Gmina zlikwidowała pięć szkół w 2023 r.", "Uważam, że to bardzo ważne."),
        ("xx", "Kohe 340 zaru vadi 12 % en 2024.", "Kohe zaru."),
    ],
)  # fmt: skip
def test_assertions_with_consequence_are_worth_more(language: str, more: str, less: str) -> None:
    assert worth.of_text(more, language).value > worth.of_text(less, language).value + 0.1


@given(st.text(max_size=300), st.sampled_from([*languages(), "und"]))
def test_any_text_has_a_worth(text: str, language: str) -> None:
    found = worth.of_text(text, language)
    assert 0 <= found.value <= 1
    values = features(text, tokenize(text, lexicon(language)), lexicon(language))
    assert list(values) == list(NAMES)
    assert all(0 <= value <= 1 for value in values.values())


@pytest.mark.parametrize("text", ["", "?" * 200_000, "(" * 100_000 + ")", "a " * 50_000, "“" * 50_000])
def test_long_and_empty_texts(text: str) -> None:
    assert 0 <= worth.of_text(text, "en").value <= 1


def test_findings_and_claims_get_the_worth_of_their_text() -> None:
    said = Statement("s1", StatementKind.SUMMARY, "Rents rose by 20 percent in 2025.")
    lost = Statement("answer-claims", StatementKind.ANSWER, "The model's answer to “claims”")
    one, other = worth.of_findings(
        [Finding(s, Verdict.UNCHECKED, Basis.RULE, None) for s in (said, lost)], "en"
    )
    assert one.worth == worth.of_text(said.text, "en").value
    assert other.worth is None
    first, second = worth.of_claims([Claim("c1", said.text), Claim("c2", said.text, worth=0.25)], "en")
    assert first.worth == one.worth
    assert second.worth == 0.25


def test_what_no_claim_covers_is_told_most_check_worthy_first() -> None:
    article = Article.from_text(TEXT, language="en")
    read = read_article(article)
    everything = worth.not_extracted(read, (), ())
    assert [article.sentence(left.sentence).text[:11] for left in everything] == [
        "The council",
        "steel price",
    ]
    assert everything[0].kind is AssertionKind.STATISTIC
    cites = Claim("c1", "The council voted.", (everything[0].sentence,))
    assert worth.not_extracted(read, (cites,), ()) == everything[1:]
    steel = article.sentence(everything[1].sentence)
    evidence = Evidence(steel.number, steel.start, steel.end, steel.text)

    def resting(kind: StatementKind) -> Finding:
        return Finding(Statement("x", kind, "Steel rose."), Verdict.SUPPORTED, Basis.RULE, 0.1, (evidence,))

    assert worth.not_extracted(read, (), (resting(StatementKind.CLAIM),)) == everything[:1]
    assert worth.not_extracted(read, (), (resting(StatementKind.SUMMARY),)) == everything


# --- the labels and the weights


def labelled() -> list[list[str]]:
    return [line.split("\t") for line in DATA.read_text(encoding="utf-8").splitlines()[1:]]


def test_labels_are_whole() -> None:
    rows = labelled()
    assert len(rows) >= 400
    assert {row[0] for row in rows} == set(languages())
    assert {row[2] for row in rows} == {"0", "1", "2"}
    assert {row[3] for row in rows} == {kind.value for kind in AssertionKind}
    assert all(len(row) == 5 and row[4].strip() for row in rows)


def test_weights_were_fitted_to_these_labels() -> None:
    stored = json.loads(worth.WEIGHTS.read_text(encoding="utf-8"))
    assert stored["data"]["sha256"] == hashlib.sha256(DATA.read_bytes()).hexdigest()
    assert stored["data"]["sentences"] == len(labelled())
    assert stored["figures"]["average_precision_clearly_worth"] > 0.7
    assert list(stored["weights"]) == list(NAMES)


def test_labels_are_told_apart() -> None:
    """On the sentences that it was fitted to: a bound for changes of the tables, no measure of quality."""
    rows = labelled()
    scores = {label: [worth.of_text(r[4], r[0]).value for r in rows if r[2] == label] for label in "012"}
    means = {label: sum(values) / len(values) for label, values in scores.items()}
    assert means["0"] < 0.4 < means["1"] < means["2"]
    assert means["2"] > 0.7
    right = sum(worth.of_text(r[4], r[0]).kind.value == r[3] for r in rows)
    assert right / len(rows) > 0.6
