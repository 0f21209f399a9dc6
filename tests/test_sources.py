"""Files, folders and standard input become articles, or an error that names the file and says what to do."""

import codecs
import io
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from summarizer.article import Article, SentenceKind
from summarizer.errors import ArticleError, InputError, SettingsError, SourceError
from summarizer.sources import MAX_BYTES, Loaded, read_article, read_articles
from tests.groups import ROOT

EN = (
    "The council of Lindholm voted on Wednesday to release a further 6.2 million dollars for the bridge.\n\n"
    "Councillor Ellen Brandt, who chairs the committee, said that nobody had offered a cheaper one.\n"
)
DE = (
    "Die Stadtwerke Höhenlauen erhöhen zum Jänner den Preis für Gas um 3,4 Prozent, teilte Vögt mit.\n\n"
    "„Wir hätten den Preis gern gehalten“, sagte die Geschäftsführerin – größer wäre der Verlust.\n"
)
UK = (
    "Верхньодубський районний суд у п’ятницю визнав колишнього начальника відділу винним у розтраті коштів.\n\n"
    "«Мій підзахисний вини не визнає», — сказав адвокат Орест Гайович журналістам біля будівлі суду.\n"
)
FR = (
    "Le conseil municipal a approuvé jeudi une hausse du budget, malgré les réserves émises par le préfet.\n\n"
    "« Nous n’avons pas le choix », a déclaré la maire, Hélène Lefèvre, à l’issue de la séance.\n"
)
PARAGRAPHS = EN.strip().split("\n\n")


def put(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def load(*inputs: str | Path, **given: Any) -> list[Loaded]:
    return list(read_articles(inputs, **given))


def page(body: str, head: str = "", attributes: str = ' lang="en"') -> str:
    return f"<!doctype html>\n<html{attributes}><head>{head}</head><body>{body}</body></html>"


def article(extra: str = "") -> str:
    return f"<article><p>{PARAGRAPHS[0]}</p>{extra}<p>{PARAGRAPHS[1]}</p></article>"


# --- kinds of files ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("a.txt", EN, id="text"),
        pytest.param("a", EN, id="no suffix"),
        pytest.param("A.TXT", EN, id="capitals"),
        pytest.param("a.md", EN, id="markdown"),
        pytest.param("a.markdown", EN, id="markdown, long suffix"),
        pytest.param("a.html", page(article()), id="html"),
        pytest.param("a.htm", page(article()), id="htm"),
        pytest.param("a.html", article(), id="html, a fragment"),
        pytest.param("a", page(article()), id="html, no suffix"),
        pytest.param("a.json", json.dumps({"text": EN}), id="json"),
        pytest.param("a", json.dumps({"text": EN}), id="json, no suffix"),
        pytest.param("a.txt", EN.replace("\n", "\r\n"), id="Windows line ends"),
        pytest.param("a.md", EN.replace("\n", "\r\n"), id="Windows line ends in markdown"),
    ],
)
def test_kinds(tmp_path: Path, name: str, content: str) -> None:
    path = put(tmp_path / name, content)
    [loaded] = load(path)
    assert isinstance(loaded.article, Article)
    assert loaded == Loaded(str(path), loaded.article, None)
    assert loaded.article.text == EN.strip()
    assert read_article(str(path)) == loaded.article


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(EN.encode(), id="text"),
        pytest.param(page(article()).encode(), id="html"),
        pytest.param(b"\n <HTML>" + article().encode(), id="html without a doctype"),
        pytest.param(b'<?xml version="1.0" encoding="utf-8"?>\n' + page(article()).encode(), id="xhtml"),
        pytest.param(page(article()).encode("utf-16"), id="html in UTF-16"),
        pytest.param(json.dumps({"id": "x", "text": EN}).encode(), id="json"),
    ],
)
def test_standard_input_is_told_by_its_start(content: bytes) -> None:
    [loaded] = load("-", stdin=io.BytesIO(content))
    assert loaded.origin == "standard input"
    assert loaded.article is not None
    assert loaded.article.text == EN.strip()
    assert read_article("-", stdin=io.BytesIO(content)) == loaded.article


@pytest.mark.parametrize(
    "start", ["{curly} ", "[Updated] ", "< 5 million: ", "--- ", "# ", "{{ x }} ", "html: "]
)
def test_standard_input_that_only_looks_like_something_is_text(start: str) -> None:
    [loaded] = load("-", stdin=io.BytesIO((start + EN).encode()))
    assert loaded.article is not None
    assert loaded.article.text == (start + EN).strip()


def test_standard_input_is_what_the_process_has() -> None:
    code = "from summarizer.sources import read_article; print(read_article('-').words)"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        input=EN.encode(),
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    assert done.stdout.strip() == str(Article.from_text(EN).words).encode()


# --- what a source says about itself ----------------------------------------------------------

KNOWN = ("title", "published", "url", "language", "document_id")


def known(found: Article) -> dict[str, object]:
    values = {name: getattr(found, name) for name in KNOWN if name not in found.detected}
    if values["document_id"] in (found.id, found.url):
        del values["document_id"]
    return {name: value for name, value in values.items() if value is not None}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param(
            {"title": "T", "published": "2026-11-12", "url": "https://a.example/x", "language": "en-GB", "document_id": "d"},
            {"title": "T", "published": "2026-11-12", "url": "https://a.example/x", "language": "en", "document_id": "d"},
            id="our names",
        ),
        pytest.param(
            {"headline": "T", "datePublished": "2026-11-12T08:30:00Z", "inLanguage": "de", "id": 42},
            {"title": "T", "published": "2026-11-12T08:30:00+00:00", "language": "de", "document_id": "42"},
            id="schema.org's names, an id that is a number",
        ),
        pytest.param({"Title": " A \n b ", "date": "12 November 2026", "lang": "en"}, {"title": "A b", "published": "2026-11-12", "language": "en"}, id="capitals, white space"),
        pytest.param({"title": 5, "published": 20261112, "url": ["x"], "language": None, "id": True}, {}, id="wrong types"),
        pytest.param({"title": " ", "headline": "T", "published": "soon", "date": "2026-11-12"}, {"title": "T", "published": "2026-11-12"}, id="the first that is readable"),
        pytest.param({"url": "javascript:alert(1)", "language": "english"}, {}, id="no web address, no tag"),
        pytest.param({"language": "und"}, {}, id="unknown language"),
        pytest.param({"title": "T" * 1001, "id": "i" * 1001, "url": "https://a.example/" + "x" * 1000}, {}, id="too long"),
        pytest.param({"title": "a\ud800b", "id": "c\udfffd"}, {"title": "a?b", "document_id": "c?d"}, id="lone surrogates"),
        pytest.param({"big": 10**5000, "nan": float("nan"), "id": 10**30}, {"document_id": "1" + "0" * 30}, id="huge numbers"),
    ],
)  # fmt: skip
def test_json_metadata(tmp_path: Path, fields: dict[str, object], expected: dict[str, str]) -> None:
    sys.set_int_max_str_digits(0)  # to write the huge number; it is read with the default
    try:
        content = json.dumps({**fields, "text": EN})
    finally:
        sys.set_int_max_str_digits(4300)
    assert known(read_article(put(tmp_path / "a.json", content))) == expected


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        pytest.param({"body": EN}, EN, id="body"),
        pytest.param({"content": EN}, EN, id="content"),
        pytest.param({"articleBody": EN}, EN, id="articleBody"),
        pytest.param({"text": "", "body": EN}, EN, id="the first that is not empty"),
        pytest.param({"text": None, "body": EN}, EN, id="the first that is text"),
        pytest.param({"text": EN, "body": "Another text."}, EN, id="text before body"),
        pytest.param({"text": f"T\n\n{EN}", "title": "T"}, EN, id="the title repeated on top"),
        pytest.param({"text": EN.replace("bridge", "bri\ud800dge")}, EN.replace("bridge", "bri\ufffddge"), id="surrogate"),
        pytest.param({"content": f"<p>{PARAGRAPHS[0]}</p>\n<p>{PARAGRAPHS[1]}</p>"}, EN, id="markup in it"),
    ],
)  # fmt: skip
def test_json_text(tmp_path: Path, fields: dict[str, object], text: str) -> None:
    assert read_article(put(tmp_path / "a.json", json.dumps(fields))).text == text.strip()


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2026-11-12", "2026-11-12"),
        ("20261112", "2026-11-12"),
        ("2026-11-12T08:30:00Z", "2026-11-12T08:30:00+00:00"),
        ("2026-11-12 08:30", "2026-11-12T08:30:00"),
        ("2026-11-12T08:30:00.123456+02:00", "2026-11-12T08:30:00.123456+02:00"),
        ("12 November 2026", "2026-11-12"),
        ("November 12, 2026", "2026-11-12"),
        ("12.11.2026", "2026-11-12"),
        ("12 листопада 2026", "2026-11-12"),
        ("Thu, 12 Nov 2026 08:30:00 +0200", "2026-11-12T08:30:00+02:00"),
        ("12 Nov 2026 08:30 GMT", "2026-11-12T08:30:00+00:00"),
        ("11/12/2026", None),  # November or December?
        ("2026", None),
        ("12 November", None),
        ("2026-13-45", None),
        ("Thu, 42 Nov 2026 08:30:00 +0200", None),
        ("0001-01-01T00:00:00Z", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_dates_in_metadata(tmp_path: Path, date: str, expected: str | None) -> None:
    found = read_article(put(tmp_path / "a.json", json.dumps({"text": EN, "published": date})))
    assert found.published == expected


def test_an_unreadable_date_leaves_the_text_to_tell(tmp_path: Path) -> None:
    text = f"LINDHOLM, Nov. 12, 2026 (Norwick News) — {EN}"
    found = read_article(put(tmp_path / "a.json", json.dumps({"text": text, "published": "lately"})))
    assert (found.published, found.detected) == ("2026-11-12", ("language", "published"))


def test_what_the_caller_gives_wins(tmp_path: Path) -> None:
    fields = {"text": EN, "published": "2020-01-01", "url": "https://a.example/", "language": "de", "id": "x"}
    given = {"published": "2026-11-12", "url": "https://b.example/", "language": "en", "document_id": "y"}
    [loaded] = load(put(tmp_path / "a.json", json.dumps(fields)), **given)
    assert loaded.article is not None
    assert known(loaded.article) == given


# --- Markdown ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("front", "expected"),
    [
        pytest.param(
            "title: A bridge\ndate: 2026-11-12\nurl: https://a.example/x#y\nlanguage: en\ndocument_id: d-1",
            {"title": "A bridge", "published": "2026-11-12", "url": "https://a.example/x#y", "language": "en", "document_id": "d-1"},
            id="plain",
        ),
        pytest.param('title: "A \\"new\\" bridge: why" # c\nlang: \'en\'\nid: 7 # seven', {"title": 'A "new" bridge: why', "language": "en", "document_id": "7"}, id="quoted, comments"),
        pytest.param("title: 'It''s here'", {"title": "It's here"}, id="a quote in single quotes"),
        pytest.param("# c\nTags:\n  - a\n- b\nnested:\n  title: no\ntitle: yes", {"title": "yes"}, id="lists and nested values are passed over"),
        pytest.param("title: null\nid: ~\nurl: [a, b]\nlang:\npublished: |\n  x", {}, id="nothing that is a plain value"),
        pytest.param("published: lately\ndate: Thu, 12 Nov 2026 08:30:00 +0200", {"published": "2026-11-12T08:30:00+02:00"}, id="dates"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("end", ["---", "..."])
def test_front_matter(tmp_path: Path, front: str, end: str, expected: dict[str, str]) -> None:
    found = read_article(put(tmp_path / "a.md", f"---\n{front}\n{end}\n\n{EN}"))
    assert known(found) == expected
    assert found.text == EN.strip()


@pytest.mark.parametrize(
    ("content", "text"),
    [
        pytest.param(f"---\n\n{EN}\n---\n\nThe end.", f"{EN}\nThe end.", id="rules"),
        pytest.param(
            f"---\nNot a field, but text.\n\n---\n{EN}", f"Not a field, but text.\n\n{EN}", id="text"
        ),
        pytest.param(f"---\n---\n{EN}", EN, id="empty"),
        pytest.param(f"{EN}\n---\ntitle: x\n---\n", f"{EN}\ntitle: x", id="not at the start"),
    ],
)
def test_what_is_no_front_matter(tmp_path: Path, content: str, text: str) -> None:
    assert read_article(put(tmp_path / "a.md", content)).text == text.strip()


@pytest.mark.parametrize(
    ("markdown", "plain"),
    [
        pytest.param("# Head #\n\nSub\n---\n\n### Third", "Head\n\nSub\n\nThird", id="headings"),
        pytest.param("*a*, **b**, ___c___, `d`, and*e*f", "a, b, c, d, andef", id="emphasis and code"),
        pytest.param("a [link](https://x.example 't') and [ref][1]\n\n[1]: /y", "a link and ref", id="links"),
        pytest.param("see <https://x.example/y>", "see https://x.example/y", id="a bare address"),
        pytest.param("![alt](a.png)\n\nText ![alt](b.png)here", "Text here", id="images"),
        pytest.param("one\ntwo\nthree", "one two three", id="lines of a paragraph are one line"),
        pytest.param(
            "one  \ntwo\\\nthree<br>four<BR />five", "one\ntwo\nthree\nfour\nfive", id="line breaks"
        ),
        pytest.param("> one\n> two\n>\n> > three", "one two\n\nthree", id="block quotes"),
        pytest.param(
            "* a\n* b\n\nand\n\n- c\n\n- d", "- a\n- b\n\nand\n\n- c\n- d", id="bullets, tight and loose"
        ),
        pytest.param("3. a\n4. b", "3. a\n4. b", id="numbers are kept"),
        pytest.param("- a\n  - b\n\n    more\n-\n- c", "- a\n- b\n\nmore\n\n- c", id="nested, empty"),
        pytest.param("a <!-- b --> c\n\n<!-- d\n\ne -->\n\nf", "a c\n\nf", id="comments"),
        pytest.param("<div>\n<p>a <b>b</b>c</p><p>d &amp; e</p>\n</div>", "a bc\n\nd & e", id="HTML blocks"),
        pytest.param("<script>\nbad()\n</script>\n\n<style>\nx\n</style>\na", "a", id="scripts and styles"),
        pytest.param("a <b>b</b> <span class='x'>c</span>", "a b c", id="HTML in a line"),
        pytest.param("a ~~b *c*~~ d", "a d", id="what is struck out"),
        pytest.param("```py\nx = 1\n\ny = 2\n```", "x = 1\n\ny = 2", id="code blocks"),
        pytest.param("|A|B|\n|-|-|\n|1|*2*|\n||3|", "A | B\n\n1 | 2\n\n| 3", id="tables"),
        pytest.param("a \\* b &copy; &#8211; 5 < 6", "a * b © – 5 < 6", id="escapes and entities"),
        pytest.param("a\n\n***\n\nb", "a\n\nb", id="rules"),
    ],
)
def test_markdown_becomes_plain_text(tmp_path: Path, markdown: str, plain: str) -> None:
    found = read_article(put(tmp_path / "a.md", f"{EN}\n{markdown}\n\n{EN}"))
    assert found.text == f"{EN}\n{plain}\n\n{EN}".strip()


@pytest.mark.parametrize("title", ["A bridge", "A  BRIDGE", "A bridge | News", "A bridge – Norw"])
def test_a_title_is_not_repeated_in_the_text(tmp_path: Path, title: str) -> None:
    found = read_article(put(tmp_path / "a.md", f'---\ntitle: "{title}"\n---\n\n# A bridge\n\n{EN}'))
    assert (found.title, found.text) == ("A bridge", EN.strip())


@pytest.mark.parametrize("title", ["A bridge too far", "Another", "A bridge | The News of All of Lindholm"])
def test_a_first_line_that_is_not_the_title_stays(tmp_path: Path, title: str) -> None:
    found = read_article(put(tmp_path / "a.md", f'---\ntitle: "{title}"\n---\n\n# A bridge\n\n{EN}'))
    assert (found.title, found.text) == (title, f"A bridge\n\n{EN}".strip())


def test_without_a_title_the_first_line_is_found_to_be_one(tmp_path: Path) -> None:
    found = read_article(put(tmp_path / "a.md", f"# A bridge for Lindholm\n\n{EN}"))
    assert (found.title, found.sentences[0].kind) == ("A bridge for Lindholm", SentenceKind.HEADLINE)


# --- HTML -------------------------------------------------------------------------------------

NEWS_PAGE = page(
    f"""
<div class="cookie-banner" role="dialog"><p>We and our 214 partners use cookies.</p><button>Accept</button></div>
<nav><ul><li><a href="/">Home</a></li><li><a href="/sport">Sport, 7 new</a></li></ul></nav>
<header><a href="/">Norwick News</a><p>Wednesday, 30 September 2026</p></header>
<main><article>
  <h1>Lindholm pays more for its bridge</h1>
  <p class="byline">By <a rel="author" href="/x">A. Writer</a></p>
  <p>{PARAGRAPHS[0].replace("Lindholm", "<strong>Lind</strong>holm").replace("6.2 million", "6.2&nbsp;<em>million</em>")}</p>
  <figure><img src="a.jpg" alt="A crane"><figcaption>A crane. Photograph: X</figcaption></figure>
  <h2>A vote at night</h2>
  <p>{PARAGRAPHS[1]}</p>
  <aside class="related"><h3>Related stories</h3><ul><li><a href="/r">Bridge of 99 sighs</a></li></ul></aside>
  <p>The report names these costs:</p>
  <ul><li>$8.9 million for <a href="/f">foundations</a></li><li>$4.3 million for steel</li></ul>
  <blockquote><p>“Stopping now would cost eleven million,” Ms. Brandt told the council at its meeting.</p></blockquote>
  <p>It said <q>no <em>further</em> surprises</q>, and <del>nine</del> <ins>ten</ins> people voted for 10<sup>6</sup> tons.</p>
</article>
<section class="newsletter"><h2>Get the Briefing</h2><p>Join 26,000 readers.</p></section>
<section id="comments"><h2>Comments</h2><p>A reader writes that all of this is wrong and was paid for.</p></section>
</main>
<footer><p>&copy; 2024 Norwick News. Company No. 0048213.</p></footer><script>var readers = 48213;</script>""",
    head="""<meta charset="utf-8"><title>Lindholm pays more for its bridge | Norwick News</title>
<link rel="canonical" href="https://news.norwick.example/bridge">
<meta property="og:title" content="Lindholm pays more for its bridge | Norwick News">
<meta property="article:published_time" content="2026-09-30T18:30:00+01:00">
<meta property="article:modified_time" content="2026-10-02T21:05:00+01:00">
<style>.x { color: red }</style>""",
    attributes=' lang="en-GB"',
)


def test_a_page_from_the_web(tmp_path: Path) -> None:
    found = read_article(put(tmp_path / "a.html", NEWS_PAGE))
    assert found.text.split("\n\n") == [
        PARAGRAPHS[0],
        "A vote at night",
        PARAGRAPHS[1],
        "The report names these costs:",
        "- $8.9 million for foundations\n- $4.3 million for steel",
        "“Stopping now would cost eleven million,” Ms. Brandt told the council at its meeting.",
        "It said “no further surprises”, and ten people voted for 10⁶ tons.",
    ]
    assert known(found) == {
        "title": "Lindholm pays more for its bridge",
        "published": "2026-09-30T18:30:00+01:00",
        "url": "https://news.norwick.example/bridge",
        "language": "en",
    }
    assert found.document_id == found.url


@pytest.mark.parametrize(
    ("head", "attributes", "expected"),
    [
        pytest.param("", "", {}, id="nothing said"),
        pytest.param("", ' xml:lang="de-AT"', {"language": "de"}, id="xml:lang"),
        pytest.param("", ' lang="klingon!"', {}, id="no language tag"),
        pytest.param("<title>A bridge</title>", "", {"title": "A bridge"}, id="title"),
        pytest.param('<meta property="og:url" content="https://a.example/b">', "", {"url": "https://a.example/b"}, id="og:url"),
        pytest.param('<link rel="canonical" href="/b">', "", {}, id="an address that leads nowhere"),
        pytest.param('<meta name="date" content="2026-05-04">', "", {"published": "2026-05-04"}, id="meta date"),
        pytest.param('<meta itemprop="datePublished" content="2026-05-04T10:00Z">', "", {"published": "2026-05-04T10:00:00+00:00"}, id="microdata"),
        pytest.param('<meta property="article:published_time" content="lately">', "", {}, id="an unreadable date"),
        pytest.param('<meta property="article:modified_time" content="2026-05-06T10:00:00Z"><meta name="date" content="2026-05-04">', "", {"published": "2026-05-04"}, id="published, not modified"),
        pytest.param('<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "2026-05-03T10:00:00Z", "dateModified": "2026-05-05T10:00:00Z"}</script>', "", {"published": "2026-05-03"}, id="JSON-LD"),
    ],
)  # fmt: skip
def test_metadata_of_a_page(tmp_path: Path, head: str, attributes: str, expected: dict[str, str]) -> None:
    content = page(article() + "<footer>&copy; 2024 Norwick News</footer>", head, attributes)
    assert known(read_article(put(tmp_path / "a.html", content))) == expected


@pytest.mark.parametrize(
    ("markup", "plain"),
    [
        pytest.param("<p>Lind<b>holm</b>&rsquo;s <a href='/x'>mayor</a>,\n <i>Petra</i><i> Lund</i>.</p>", "Lindholm’s mayor, Petra Lund.", id="markup inside sentences"),
        pytest.param("<p>One.<br>Two.<br><br>Three.</p>", "One.\nTwo.\nThree.", id="line breaks"),
        pytest.param("<table><tr><th>Club</th><th>Won</th></tr><tr><td>Rovers</td><td><p>12</p><p>of 14</p></td></tr></table>", "Club | Won\n\nRovers | 12 of 14", id="a table of data"),
        pytest.param("<ol><li>One <b>item</b><ul><li>nested</li></ul></li><li><p>Two.</p></li></ol>", "1. One item\n- nested\n2. Two.", id="lists"),
        pytest.param("<p>A &#x1;control&#11; and a \x07bell and a \x00 zero</p>", "A control and a bell and a zero", id="control characters"),
        pytest.param("<p>A price of 5&nbsp;&euro; &lt; 6 &amp; more</p>", "A price of 5 € < 6 & more", id="entities"),
        pytest.param("<p>They wrote <s>never</s> soon and 5<sup>th</sup> and m<sup>2</sup></p>", "They wrote soon and 5th and m²", id="struck out, raised"),
    ],
)  # fmt: skip
def test_html_becomes_plain_text(tmp_path: Path, markup: str, plain: str) -> None:
    path = put(tmp_path / "a.html", page(article(markup)).encode("utf-16"))  # so that a zero may be in it
    assert read_article(path).text == f"{PARAGRAPHS[0]}\n\n{plain}\n\n{PARAGRAPHS[1]}"


def test_a_table_used_for_layout(tmp_path: Path) -> None:
    rest = "<p>Seaward Ground Services, which made the survey, said that its work met every requirement of it.</p>"
    body = f"<table><tr><td><a href='/'>Home</a></td><td>{article(rest)}</td></tr></table>"
    text = read_article(put(tmp_path / "a.html", page(body))).text
    assert text.split("\n\n") == [PARAGRAPHS[0], rest[3:-4], PARAGRAPHS[1]]


# --- encodings --------------------------------------------------------------------------------

DECLARED = '<meta charset="{}">'


@pytest.mark.parametrize(
    ("name", "text", "encoding"),
    [
        pytest.param("a.txt", UK, "utf-8", id="UTF-8"),
        pytest.param("a.txt", UK, "utf-8-sig", id="UTF-8 with a mark"),
        pytest.param("a.md", UK, "utf-16", id="UTF-16 with a mark"),
        pytest.param("a.txt", UK, "utf-32", id="UTF-32 with a mark"),
        pytest.param("a.txt", UK, "windows-1251", id="windows-1251"),
        pytest.param("a.txt", UK.replace("’", "'"), "koi8-u", id="koi8-u"),
        pytest.param("a.md", f"{UK}\n{UK}", "windows-1251", id="windows-1251 in markdown"),
    ],
)
def test_encodings_of_text(tmp_path: Path, name: str, text: str, encoding: str) -> None:
    data = text.encode(encoding, "replace")
    found = read_article(put(tmp_path / name, data))
    assert found.text == Article.from_text(data.decode(encoding)).text
    assert found.language == "uk"


def test_utf_16_of_the_other_byte_order(tmp_path: Path) -> None:
    path = put(tmp_path / "a.txt", codecs.BOM_UTF16_BE + UK.encode("utf-16-be"))
    assert read_article(path).text == UK.strip()


@pytest.mark.parametrize(
    ("text", "encoding", "head"),
    [
        pytest.param(DE.replace("–", "-"), "latin-1", DECLARED.format("ISO-8859-1"), id="latin-1"),
        pytest.param(DE, "cp1252", DECLARED.format("iso-8859-1"), id="latin-1 that is windows-1252"),
        pytest.param(DE, "cp1252", '<meta http-equiv="Content-Type" content="text/html; charset=windows-1252">', id="http-equiv"),
        pytest.param(UK, "cp1251", DECLARED.format("windows-1251"), id="windows-1251"),
        pytest.param(UK, "cp1251", "", id="windows-1251 that nobody declares"),
        pytest.param(UK, "cp1251", DECLARED.format("utf-8"), id="windows-1251 that says UTF-8"),
        pytest.param(UK, "cp1251", DECLARED.format("unicode_escape"), id="an encoding that is none of text"),
        pytest.param(UK, "cp1251", DECLARED.format("x-unknown"), id="an encoding that nobody knows"),
        pytest.param(UK, "cp1251", DECLARED.format("euc-jp"), id="windows-1251 that says Japanese"),
        pytest.param(DE, "utf-8", DECLARED.format("iso-8859-1"), id="UTF-8 that says latin-1"),
        pytest.param("市議会は木曜日、予算を増額する案を可決した。市長はほかに選択肢はなかったと述べた。\n\n野党は反対しており、来週にも訴訟を起こす方針だという。", "iso2022_jp", DECLARED.format("iso-2022-jp"), id="seven bits"),
    ],
)  # fmt: skip
def test_encodings_of_pages(tmp_path: Path, text: str, encoding: str, head: str) -> None:
    text = text.replace("„", "»").replace("“", "«") if encoding == "latin-1" else text
    body = "".join(f"<p>{paragraph}</p>" for paragraph in text.strip().split("\n\n"))
    path = put(tmp_path / "a.html", page(f"<article>{body}</article>", head).encode(encoding))
    assert read_article(path).text == text.strip()


# --- errors -----------------------------------------------------------------------------------

JSON_HINT = 'Wanted: {"text": …}, and where known "title", "published", "url", "language", "document_id".'
PAGE_HINT = "Save the article's own page (not a front page), or hand its text over as .txt."
TEXT_HINT = "Save its text first, as .txt or .html."
ENDINGS = ".txt, .md, .markdown, .html, .htm, .json"


@pytest.mark.parametrize(
    ("name", "content", "message", "hint"),
    [
        pytest.param("a.txt", b"", "the text is empty; an article needs at least 10 words", "Hand over the whole article text.", id="empty"),
        pytest.param("a.md", b"---\ntitle: x\n---\n", "the text is empty; an article needs at least 10 words", "Hand over the whole article text.", id="front matter only"),
        pytest.param("a.json", b'{"text": ""}', "the text is empty; an article needs at least 10 words", "Hand over the whole article text.", id="empty in JSON"),
        pytest.param("a.txt", b"Too short.", "the text has only 2 words; an article needs at least 10 words", "Hand over the whole article text.", id="short"),
        pytest.param("a.md", b"word " * 200_001, "the text has 200,001 words; the limit is 200,000", "Split it into the articles that it is made of.", id="long"),
        pytest.param("a.csv", EN.encode(), "files that end in .csv are not read", f"Known endings: {ENDINGS}, or none.", id="unknown ending"),
        pytest.param("a.pdf", b"%PDF-1.7\n\xff\0", "looks like a PDF", TEXT_HINT, id="PDF"),
        pytest.param("a.txt", b"%PDF-1.7\n", "looks like a PDF", TEXT_HINT, id="PDF by another name"),
        pytest.param("a.docx", b"PK\x03\x04\x14\0\x06\0[Content_Types].xml...word/document.xml", "looks like a Word document (DOCX)", TEXT_HINT, id="DOCX"),
        pytest.param("a.odt", b"PK\x03\x04" + b"\0" * 26 + b"mimetypeapplication/vnd.oasis.opendocument.text", "looks like an OpenDocument file", TEXT_HINT, id="ODT"),
        pytest.param("a", b"PK\x03\x04\x14\0", "looks like a ZIP archive", TEXT_HINT, id="ZIP"),
        pytest.param("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "looks like an old Office document", TEXT_HINT, id="DOC"),
        pytest.param("a.txt", b"{\\rtf1 x}", "looks like an RTF document", TEXT_HINT, id="RTF"),
        pytest.param("a.html", b"\x1f\x8b\x08\0", "looks like a gzip archive", TEXT_HINT, id="gzip"),
        pytest.param("a.md", b"\x89PNG\r\n\x1a\n", "looks like an image", TEXT_HINT, id="PNG"),
        pytest.param("a.txt", b"\xff\xd8\xff\xe0", "looks like an image", TEXT_HINT, id="JPEG"),
        pytest.param("a.txt", b"abc\0def", "looks like binary data: a zero byte at offset 3", "For UTF-16 text without a byte order mark: iconv -f UTF-16LE -t UTF-8 FILE > NEW", id="zero byte"),
        pytest.param("a.txt", FR.encode("cp1252"), "undecodable bytes at offset 30: not UTF-8, and what else it is cannot be told", "Convert it first, for example: iconv -f CP1252 -t UTF-8 FILE > NEW", id="Latin script that could be several"),
        pytest.param("a.txt", DE.encode("mac-roman"), "undecodable bytes at offset 16: not UTF-8, and what else it is cannot be told", "Convert it first, for example: iconv -f CP1252 -t UTF-8 FILE > NEW", id="a guess would be wrong"),
        pytest.param("a.txt", codecs.BOM_UTF8 + b"abc \xff", "undecodable bytes at offset 4: not UTF-8, and what else it is cannot be told", "Convert it first, for example: iconv -f CP1252 -t UTF-8 FILE > NEW", id="UTF-8 that is broken"),
        pytest.param("a.txt", codecs.BOM_UTF16_LE + b"a\0\x00\xd8", "undecodable bytes at offset 4: not UTF-16, and what else it is cannot be told", "Convert it first, for example: iconv -f CP1252 -t UTF-8 FILE > NEW", id="UTF-16 that is cut off"),
        pytest.param("a.json", b"[]", "JSON, but not one object: a file holds one article", JSON_HINT, id="JSON list"),
        pytest.param("a.json", b"5", "JSON, but not one object: a file holds one article", JSON_HINT, id="JSON number"),
        pytest.param("a.json", b"{}", 'the JSON object has no "text"', JSON_HINT, id="JSON without text"),
        pytest.param("a.json", b'{"text": ["a"], "body": 5}', 'the JSON object has no "text"', JSON_HINT, id="JSON whose text is none"),
        pytest.param("a.json", b'{"text": ', "not valid JSON: Expecting value: line 1 column 10 (char 9)", JSON_HINT, id="JSON that is cut off"),
        pytest.param("a.json", b'{"text": ' + b"[" * 200_000, "JSON that is nested too deeply", JSON_HINT, id="JSON bomb"),
        pytest.param("a.json", b'{"schema_version": 1, "findings": [], "text": "x"}', "a saved report, not an article", "To read it: summarizer show FILE", id="a saved report"),
        pytest.param("a", b'{"a": ', "not valid JSON: Expecting value: line 1 column 7 (char 6)", JSON_HINT, id="JSON without a suffix"),
        pytest.param("a", b'[{"text": "x"}]', "JSON, but not one object: a file holds one article", JSON_HINT, id="JSON list without a suffix"),
        pytest.param("a.html", b"", "no article found in this page", PAGE_HINT, id="empty page"),
        pytest.param("a.html", page("<p>Page not found.</p>").encode(), "no article found in this page", PAGE_HINT, id="no article"),
        pytest.param("a.html", page("<div id=root></div><noscript>Please enable JavaScript.</noscript>").encode(), "no article found in this page", PAGE_HINT, id="a page made by scripts"),
        pytest.param("a.html", page("<div>" * 1_000_000 + EN).encode(), "no article found in this page", PAGE_HINT, id="5 MB of div"),
        pytest.param("a.html", page("<br>" * 60_000 + article()).encode(), "a page of more than 50,000 elements", PAGE_HINT, id="many elements"),
        pytest.param("a.html", page("<p " + " ".join(f"a{n}='1'" for n in range(300_000)) + ">").encode(), "an element with a thousand attributes: made to be slow", PAGE_HINT, id="attribute bomb"),
        pytest.param("a.md", b"[" * 200_000 + EN.encode(), "a paragraph with more than 10,000 opening brackets", None, id="bracket bomb"),
    ],
)  # fmt: skip
def test_unreadable_files(tmp_path: Path, name: str, content: bytes, message: str, hint: str | None) -> None:
    path = put(tmp_path / name, content)
    start = time.monotonic()
    [loaded] = load(path)
    assert time.monotonic() - start < 20
    assert loaded.article is None
    assert str(loaded.error) == f"{path}: {message}"
    assert loaded.error is not None
    assert loaded.error.hint == hint
    assert type(loaded.error) is (ArticleError if message.startswith("the text ") else SourceError)
    with pytest.raises(type(loaded.error)) as caught:
        read_article(path)
    assert str(caught.value) == str(loaded.error)


@pytest.mark.parametrize("size", [MAX_BYTES + 1, 1 << 40])
def test_large_files_are_not_read(tmp_path: Path, size: int) -> None:
    path = put(tmp_path / "a.txt", b"")
    os.truncate(path, size)
    [loaded] = load(path)
    assert str(loaded.error) == f"{path}: larger than the limit of 20 MB"
    assert loaded.error is not None
    assert loaded.error.hint == "Split it into the articles that it is made of."


class Endless(io.BytesIO):
    def read(self, size: int | None = -1, /) -> bytes:
        assert size is not None
        assert 0 < size <= MAX_BYTES + 1
        return b"x" * size


class Locked(io.BytesIO):
    def read(self, size: int | None = -1, /) -> bytes:
        raise PermissionError(13, "Permission denied")


@pytest.mark.parametrize(
    ("stdin", "message", "hint"),
    [
        pytest.param(Endless(), "larger than the limit of 20 MB", "Split it into the articles that it is made of.", id="endless"),
        pytest.param(Locked(), "cannot be read: Permission denied", "Check its permissions.", id="locked"),
        pytest.param(io.BytesIO(), "the text is empty; an article needs at least 10 words", "Hand over the whole article text.", id="empty"),
    ],
)  # fmt: skip
def test_unreadable_standard_input(stdin: io.BytesIO, message: str, hint: str) -> None:
    [loaded] = load("-", stdin=stdin)
    assert str(loaded.error) == f"standard input: {message}"
    assert loaded.error is not None
    assert loaded.error.hint == hint


NOBODY = 65534


def test_files_and_folders_without_permission() -> None:
    with tempfile.TemporaryDirectory() as name:  # not tmp_path: nobody but its owner reaches into that
        folder = Path(name)
        paths = [put(folder / "a.txt", EN), put(folder / "b/c.txt", EN).parent]
        for path in paths:
            path.chmod(0)
        folder.chmod(0o755)
        root = os.geteuid() == 0
        if root:  # who may read everything
            os.seteuid(NOBODY)
        try:
            found = [str(loaded.error) for loaded in load(folder)]
        finally:
            if root:
                os.seteuid(0)
            paths[1].chmod(0o700)
        assert found == [f"{path}: cannot be read: Permission denied" for path in paths]


def test_links_that_lead_nowhere_are_reported(tmp_path: Path) -> None:
    loop, gone = tmp_path / "a.txt", tmp_path / "b.txt"
    loop.symlink_to(loop)
    gone.symlink_to(tmp_path / "nothing")
    put(tmp_path / "c.txt", EN)
    first, second, third = load(tmp_path)
    assert str(first.error) == f"{loop}: cannot be read: Too many levels of symbolic links"
    assert str(second.error) == f"{gone}: cannot be read: No such file or directory"
    assert third.error is None
    assert str(load(loop)[0].error) == str(first.error)


def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    path = put(tmp_path / os.fsdecode(b"\xff.txt"), "short")
    [loaded] = load(path)
    assert loaded.origin == f"{tmp_path}/\\udcff.txt"
    assert str(loaded.error).startswith(loaded.origin)


PIECES = st.sampled_from(
    [
        EN, UK, "<", ">", "<html>", "<body>", "<article>", "<p>", "</p>", "<table>", "<tr>", "<td>", "<li>", "<ul>", "<q>", "</q>",
        "<s>", "<br>", "<!--", "-->", "<![CDATA[", "&#xd800;", "&#0;", "&", "<?xml ", "<svg>", "<script>", "<title>", "<base href='//['>",
        "<meta name=date content='9999-99-99'>", "<link rel=canonical href='http://[x'>", "<time datetime=0 pubdate>", "<html lang=''>",
        "{", "}", "[", "]", '"text":', '"', ":", ",", "NaN", "1e999", "\\ud800", "---\n", "title: x\n", "date: 12 Nov\n", "# ", "> ",
        "- ", "1. ", "    ", "\n", "\n\n", "|", "|-|\n", "~~", "**", "`", "![", "](", "\0", "\v", "\u2028", "\ufeff", "\u202e",
    ]
)  # fmt: skip


@given(
    st.lists(PIECES, max_size=40).map("".join),
    st.sampled_from(["", ".txt", ".md", ".html", ".json"]),
    st.sampled_from(["utf-8", "utf-16", "cp1251"]),
)
@settings(max_examples=200, deadline=None)
def test_whatever_is_in_a_file_it_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: str, suffix: str, encoding: str
) -> None:
    path = put(tmp_path_factory.getbasetemp() / f"any{suffix}", content.encode(encoding, "ignore"))
    [loaded] = load(path)
    if loaded.article is None:
        assert str(loaded.error).startswith(f"{path}: ")
    else:
        assert loaded.error is None
        loaded.article.verify()
        assert Article.from_json(loaded.article.to_json()) == loaded.article


# --- several inputs ---------------------------------------------------------------------------


def test_one_bad_file_does_not_stop_the_others(tmp_path: Path) -> None:
    put(tmp_path / "a.txt", EN)
    put(tmp_path / "b.txt", b"%PDF-1.7")
    put(tmp_path / "c.txt", DE)
    assert [(loaded.article is None, loaded.error is None) for loaded in load(tmp_path)] == [
        (False, True),
        (True, False),
        (False, True),
    ]


def test_folders_are_sorted_and_hidden_names_left_out(tmp_path: Path) -> None:
    names = ["b.txt", "a/z.md", "a/b/c.html", "B.txt", "c.JSON", "README.md", "d.htm"]
    ignored = [".hidden.txt", ".git/a.txt", "a/.x/b.txt", "e.csv", "f.txt~", "g.pdf", "no_suffix"]
    for name in names + ignored:
        put(tmp_path / name, "x")
    (tmp_path / "h.txt").mkdir()
    (tmp_path / "a/loop").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe.txt")
    found = [str(Path(loaded.origin).relative_to(tmp_path)) for loaded in load(tmp_path)]
    assert found == ["B.txt", "README.md", "a/b/c.html", "a/z.md", "b.txt", "c.JSON", "d.htm"]


def test_a_file_is_read_once(tmp_path: Path) -> None:
    first, second = put(tmp_path / "f/a.txt", EN), put(tmp_path / "f/b.txt", DE)
    (tmp_path / "f/c.txt").symlink_to(first)
    (tmp_path / "g").symlink_to(tmp_path / "f")
    inputs: list[str | Path] = [second, tmp_path / "f", tmp_path / "g", "-", tmp_path / "f/../f/a.txt", "-"]
    found = load(*inputs, stdin=io.BytesIO(EN.encode()))
    assert [loaded.origin for loaded in found] == [str(second), str(first), "standard input"]
    assert all(loaded.error is None for loaded in found)


def test_a_deep_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    depth = 1500  # deeper than Python calls
    for _ in range(depth):
        Path("d").mkdir()
        os.chdir("d")
    Path("a.txt").write_text(EN, encoding="utf-8")
    try:
        [loaded] = load(tmp_path)
    finally:  # deeper than pytest cleans up, too
        Path("a.txt").unlink()
        for _ in range(depth):
            os.chdir("..")
            Path("d").rmdir()
    assert loaded.origin == str(tmp_path.joinpath(*["d"] * depth, "a.txt"))
    assert loaded.error is None


def test_files_are_read_when_their_turn_comes(tmp_path: Path) -> None:
    first, second = put(tmp_path / "a.txt", EN), put(tmp_path / "b.txt", EN)
    found = read_articles([first, second])
    assert next(found).origin == str(first)
    second.unlink()
    assert str(next(found).error) == f"{second}: cannot be read: No such file or directory"


@pytest.mark.parametrize(
    ("prepare", "error", "message", "hint"),
    [
        pytest.param(lambda f: read_articles([]), SourceError, "nothing to read was named", "Name files, folders, or - for standard input.", id="nothing"),
        pytest.param(lambda f: read_articles([""]), SourceError, "nothing to read was named", "Name files, folders, or - for standard input.", id="an empty name"),
        pytest.param(lambda f: read_articles([f / "a.txt", f / "x.txt"]), SourceError, "{}/x.txt: no such file or folder", None, id="missing"),
        pytest.param(lambda f: read_articles([f / "a.txt/b"]), SourceError, "{}/a.txt/b: no such file or folder", None, id="below a file"),
        pytest.param(lambda f: read_articles(["a\0b"]), SourceError, "a\0b: no such file or folder", None, id="a name that cannot be"),
        pytest.param(lambda f: read_articles(["https://a.example/x"]), SourceError, "https://a.example/x: no such file or folder", "Save the page as .html and name that file.", id="an address"),
        pytest.param(lambda f: read_articles([f / "empty"]), SourceError, "{}/empty: no article in this folder", f"Files that are read: {ENDINGS}.", id="empty folder"),
        pytest.param(lambda f: read_articles([f], document_id="x"), SettingsError, "one document_id cannot stand for 2 articles", "Name one file, or leave the document_id out.", id="one id for several"),
        pytest.param(lambda f: read_articles([f / "a.txt", "-"], url="https://a.example"), SettingsError, "one url cannot stand for 2 articles", "Name one file, or leave the url out.", id="one address for several"),
        pytest.param(lambda f: read_article(f), SourceError, "{}: 2 articles", "Name one of its files.", id="several where one is wanted"),
        pytest.param(lambda f: list(read_articles([f], published="soon")), SettingsError, "published date 'soon' cannot be read", "Write it as 2026-11-23 or 2026-11-23T08:30+02:00.", id="a date that cannot be"),
        pytest.param(lambda f: list(read_articles([f], language="english")), SettingsError, "language 'english' is no language tag", "Write it as en, uk or de-AT.", id="a language that cannot be"),
    ],
)  # fmt: skip
def test_wrong_use_raises_at_once(
    tmp_path: Path, prepare: Callable[[Path], object], error: type[InputError], message: str, hint: str | None
) -> None:
    put(tmp_path / "a.txt", EN)
    put(tmp_path / "b.txt", EN)
    (tmp_path / "empty").mkdir()
    with pytest.raises(error) as caught:
        prepare(tmp_path)
    assert str(caught.value) == message.format(tmp_path)
    assert caught.value.hint == hint


def test_one_date_may_stand_for_all(tmp_path: Path) -> None:
    put(tmp_path / "a.txt", EN)
    put(tmp_path / "b.json", json.dumps({"text": EN, "published": "2020-01-01"}))
    found = [loaded.article for loaded in load(tmp_path, published="2026-11-12", language="en")]
    assert [(one.published, one.language) for one in found if one] == [("2026-11-12", "en")] * 2


# --- the samples ------------------------------------------------------------------------------


def test_the_sample_articles_are_read(articles: Path) -> None:
    found = {Path(loaded.origin).name: loaded.article for loaded in load(articles)}
    assert None not in found.values()
    trial, quarter, final = (
        found[name] for name in ("clinic-trial.html", "quarterly-results.md", "cup-final.json")
    )
    assert trial is not None
    assert quarter is not None
    assert final is not None
    assert trial.published == "2026-09-30T18:30:00+01:00"
    assert trial.text.startswith("LISBON, Sept. 30 (Norwick News) — Patients")
    for outside in ("cookies", "Subscribe", "statins", "Ward No. 7", "26,000", "0048213", "Imogen"):
        assert outside not in trial.text
    assert sum(1 for sentence in trial.sentences if sentence.kind is SentenceKind.ITEM) == 3
    assert quarter.title == "Norvane cuts full-year outlook as third-quarter profit falls 19.9%"
    assert "according to its interim report. Aldane" in quarter.text
    assert "- Revenue: €212.4 million, up 8.0%\n- Operating profit:" in quarter.text
    assert final.document_id == "norwick-2026-05-23-sport-0117"


def test_reading_text_loads_no_reader_of_pages(tmp_path: Path) -> None:
    path = put(tmp_path / "a.txt", EN)
    code = (
        "import sys; from summarizer.sources import read_article; read_article(sys.argv[1]); "
        "print([m for m in ('trafilatura', 'lxml', 'markdown_it', 'charset_normalizer') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, path], cwd=ROOT, capture_output=True, check=True, text=True
    )
    assert done.stdout.strip() == "[]"
