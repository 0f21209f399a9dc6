"""The page of a report: what stands on it, how it is linked, and that text from outside does nothing there."""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from summarizer.article import Article
from summarizer.checker import check_statements
from summarizer.flags import FLAG_INFO, FlagCode, Severity
from summarizer.render import html
from summarizer.render.html import ArticleView, Note
from summarizer.render.safe import safe
from summarizer.report import (
    AnswerState,
    AssertionKind,
    Basis,
    Evidence,
    Finding,
    Flag,
    Judgement,
    NotExtracted,
    Span,
    Statement,
    StatementKind,
    Verdict,
)
from summarizer.review_items import Decision, DecisionVerdict, TruthRating
from tests.recordings import RECORDINGS, replay
from tests.services import Chromium
from tests.test_render_terminal import Draft, call, span

# Everything that a page may have. A tag or an attribute that is not here came from outside.
TAGS = frozenset(
    [
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "header",
        "footer",
        "main",
        "nav",
        "section",
        "div",
        "h1",
        "h2",
        "h3",
        "h4",
        "p",
        "a",
        "b",
        "q",
        "mark",
        "span",
        "ol",
        "ul",
        "li",
        "dl",
        "dt",
        "dd",
        "label",
        "input",
        "svg",
        "rect",
        "ins",
    ]
)
ATTRIBUTES = frozenset(
    [
        "lang",
        "charset",
        "http-equiv",
        "content",
        "name",
        "id",
        "class",
        "href",
        "dir",
        "rel",
        "tabindex",
        "type",
        "viewbox",
        "width",
        "height",
        "rx",
        "aria-hidden",
        "aria-label",
        "aria-labelledby",
    ]
)
VOID = {"meta", "input", "rect"}


class Page(HTMLParser):
    """A page taken apart: its tags, ids, links, headings, and the text of elements with a class."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.strange: list[str] = []
        self.ids: list[str] = []
        self.hrefs: list[str] = []
        self.headings: list[tuple[int, str]] = []
        self.by_class: dict[str, list[str]] = {}
        self._open: list[tuple[str, list[str], list[str]]] = []  # tag, classes, text
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.strange.append(tag)
        self.strange += [name for name, _ in attrs if name not in ATTRIBUTES]
        values = {name: value or "" for name, value in attrs}
        if "id" in values:
            self.ids.append(values["id"])
        if "href" in values:
            self.hrefs.append(values["href"])
        if tag not in VOID:
            self._open.append((tag, values.get("class", "").split(), []))

    def handle_data(self, data: str) -> None:
        for _, _, text in self._open:
            text.append(data)

    def handle_endtag(self, tag: str) -> None:
        while self._open and tag not in VOID:
            name, classes, text = self._open.pop()
            whole = "".join(text)
            for each in classes:
                self.by_class.setdefault(each, []).append(whole)
            if name in ("h1", "h2", "h3", "h4"):
                self.headings.append((int(name[1]), " ".join(whole.split())))
            if name == tag:
                break

    def texts(self, name: str) -> list[str]:
        return [" ".join(text.split()) for text in self.by_class.get(name, [])]


def page_of(*views: ArticleView, title: str = "A page", lead: str = "") -> Page:
    return Page(html.page(views, title=title, lead=lead))


def draft() -> Draft:
    made = Draft()
    made.add("h1", "Council adds $6.2 million", rests_on=("The city council voted 9–4",))
    text = "The overrun amounts to 35 percent."
    evidence = made.evidence("32.5 percent")
    flag = Flag(
        FlagCode.NUMBER_MISMATCH, Severity.HIGH, "the article has 32.5", (span(text, "35"),), (evidence,)
    )
    made.add(
        "s1", text, Verdict.CONTRADICTED, flag, rests_on=("The overrun amounts to 32.5 percent",), risk=0.953
    )
    made.add("s2", "The survey was wrong.", Verdict.UNCHECKED, unchecked="uncertain", risk=0.5)
    made.add(
        "c1", "Ellen Brandt voted for it.", rests_on=("Councillor Ellen Brandt",), speaker="Ellen Brandt"
    )
    return made


def view(**changes: Any) -> ArticleView:
    return html.of_report(draft().report(**changes), origin="bridge.txt")


def test_a_report_is_one_page_that_needs_nothing_from_elsewhere() -> None:
    text = html.page([view()], title="Council adds")
    assert not re.search(r"<script|<img|<link|<iframe|@import|url\(", text)
    assert 'content="default-src &#39;none&#39;; style-src &#39;sha256-' in text
    page = Page(text)
    assert not page.strange
    assert [link for link in page.hrefs if not link.startswith("#")] == []


def test_every_link_leads_somewhere_and_no_id_stands_twice() -> None:
    page = page_of(view(), view(), ArticleView(draft().article, ()))
    assert len(page.ids) == len(set(page.ids))
    assert {link.removeprefix("#") for link in page.hrefs} <= set(page.ids)
    assert {"#a1-f2", "#a2-f2", "#a1-n2"} <= set(page.hrefs)


def test_headings_are_in_order_and_name_the_parts() -> None:
    page = page_of(view(), title="Council adds $6.2 million for the harbour bridge")
    assert page.headings == [
        (1, "Council adds $6.2 million for the harbour bridge"),
        (2, "2 of 4 statements need a look"),
        (2, "Headline"),
        (2, "Summary"),
        (2, "Claims of the article"),
        (2, "The article"),
        (2, "Not checked, and why"),
        (2, "How this was made"),
    ]  # fmt: skip
    several = page_of(view(), view(), title="Two articles")
    assert several.headings[0] == (1, "Two articles")
    assert [level for level, _ in several.headings].count(1) == 1
    assert [level for level, _ in several.headings].count(2) == 2


def test_the_worst_comes_first_with_its_reason() -> None:
    made = draft()
    low = Flag(FlagCode.UNCERTAIN, Severity.LOW, "not sure")
    made.add(
        "s3", "Rain fell.", Verdict.SUPPORTED, low, Flag(FlagCode.DATE_MISMATCH, Severity.MEDIUM, "no date")
    )
    page = page_of(html.of_report(made.report()))
    (said,) = page.texts("checklist")
    assert said.split(" s")[:1] == ["high"]
    assert re.findall(r"(high|medium|low) (s\d) (\w+ \w+)", said) == [
        ("high", "s1", "number mismatch"),
        ("high", "s2", "not checked"),
        ("medium", "s3", "date mismatch"),
    ]
    assert said.endswith("no date and 1 more")


def test_a_statement_shows_verdict_risk_flags_and_both_sides() -> None:
    page = page_of(view())
    card = page.texts("card")[1]
    assert card.startswith("!s1 The overrun amounts to 35 percent. contradicted · risk 0.95 · by rule")
    assert "high number mismatch the article has 32.5 here 35 article 32.5 percent 3" in card
    assert "35" in page.texts("high")
    assert "32.5 percent" in page.texts("high")
    assert page.texts("verdict")[0] == "supported · by rule · rests on 2"
    assert page.texts("speaker") == ["— Ellen Brandt"]
    assert page.texts("why") == [f"uncertain: {FLAG_INFO[FlagCode.UNCERTAIN].meaning}"]


def test_the_whole_article_stands_there_with_numbers_and_references() -> None:
    text = "Fire in Marden\n\nA fire broke out. Nobody was hurt.\n\nThe brigade lists:\n1. two engines\n2. one boat\n\nThe end came at noon."
    article = Article.from_text(text)
    findings = check_statements(article, ["One boat was there.", "A fire broke out."])
    page = page_of(ArticleView(article, tuple(findings)))
    shown = page.texts("text")[0]
    for sentence in article.sentences:
        assert sentence.text in shown
    assert "1. two engines" in shown
    assert "2. " in shown  # list markers belong to no sentence and stay
    assert "x2" in page.texts("refs")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param({"not_run": ("claims: not asked",)}, "Not everything was done: what was not checked.", id="incomplete"),
        pytest.param({"summary": None, "findings": ()}, "There is no usable summary.", id="no summary"),
        pytest.param({"parts": 3}, "read in 3 parts", id="parts"),
        pytest.param(
            {"calls": (call("summary", AnswerState.REFUSED, "it declined"),)}, "refused: it declined", id="refused"
        ),
        pytest.param({"model": "none"}, "none was asked", id="no model"),
        pytest.param(
            {"article_flags": (Flag(FlagCode.INJECTION_SUSPECTED, Severity.HIGH, "it addresses a model"),)},
            "it addresses a model",
            id="article flag",
        ),
        pytest.param({"calls": (call("summary", response_id="r-1", part="2/3"),)}, "response r-1", id="provenance"),
    ],
)  # fmt: skip
def test_what_else_a_report_says(changes: dict[str, Any], said: str) -> None:
    text = " ".join(re.sub(r"<[^>]+>", "", html.page([view(**changes)], title="t")).split())
    assert said in text


def test_a_statement_without_a_finding_is_not_fine() -> None:
    page = page_of(view(findings=()))
    assert page.headings[1] == (2, "4 of 4 statements need a look")
    assert set(page.texts("why")) == {"the report has no finding about it"}


def test_what_the_judging_model_said_stands_with_the_statement() -> None:
    made = draft()
    said = (
        Judgement(1, Verdict.SUPPORTED, (3, 3, 99), "The report says so."),
        Judgement(2, Verdict.CONTRADICTED, (), "It does not.", "the reason contradicts the verdict"),
    )
    findings = (replace(made.findings[0], judgements=said, basis=Basis.JUDGE), *made.findings[1:])
    page = page_of(html.of_report(made.report(findings=findings)))
    (judged,) = page.texts("judged")
    assert "judging model: supported The report says so. 3 " in judged
    assert "judging model, asked again (2): contradicted It does not." in judged
    assert judged.endswith("does not count: the reason contradicts the verdict")
    assert "by the judging model" in page.texts("card")[0]
    assert "a1-n3" in page.ids


def test_what_no_claim_covers_is_listed_and_leads_to_its_sentence() -> None:
    left = (NotExtracted(3, 0.812, AssertionKind.STATISTIC), NotExtracted(99, 0.7, AssertionKind.EVENT))
    page = page_of(view(not_extracted=left))
    (listed,) = page.texts("left-out")
    assert listed.startswith("3 The overrun amounts to 32.5 percent of the approved budget")
    assert listed.endswith("statistic, 0.81")
    assert "a1-n3" in page.ids
    assert (2, "Check-worthy, and in none of the claims") in page.headings


DECISION = Decision(
    "d1", "i1", "ann", "2026-11-23T10:14:00+02:00", DecisionVerdict.CONTRADICTED, "It is 32.5 percent.", "misread"
)  # fmt: skip


@pytest.mark.parametrize(
    ("note", "shown"),
    [
        pytest.param(
            html.decision_note(DECISION),
            "ann contradicted: misread 2026-11-23 10:14 UTC+02:00 corrected It is 32.5 percent.",
            id="decision",
        ),
        pytest.param(
            html.decision_note(
                replace(DECISION, note=None, corrected_text=None, at="yesterday", truth_rating=TruthRating("False")),
                undone=True,
            ),
            "ann contradicted, rated “False”, taken back later yesterday",
            id="taken back",
        ),
        pytest.param(Note("seen"), "seen", id="bare"),
    ],
)  # fmt: skip
def test_notes_stand_with_their_finding(note: Note, shown: str) -> None:
    made = view()
    page = page_of(ArticleView(made.article, made.findings[1:3], notes=((), (note,)), lead="Two of four."))
    assert page.texts("notes") == [shown]
    assert shown in page.texts("card")[1]
    assert page.texts("lead") == ["Two of four."]


def test_evidence_that_this_version_of_the_article_does_not_have_is_quoted_and_not_linked() -> None:
    article = draft().article
    foreign = Evidence(2, 3, 9, "an older text")
    nowhere = Evidence(99, 0, 5, article.text[:5])
    statement = Statement("s1", StatementKind.SUMMARY, "Something.")
    flag = Flag(FlagCode.UNCERTAIN, Severity.LOW, "?", (Span(0, 4, "Other"),), (foreign,))
    finding = Finding(statement, Verdict.CONTRADICTED, Basis.RULE, None, (foreign, nowhere), flags=(flag,))
    page = page_of(ArticleView(article, (finding,)))
    assert {"2 an older text", f"99 {article.text[:5]}"} <= set(page.texts("quotes")[0].split("  ")) or (
        "2 an older text 99" in page.texts("quotes")[0]
    )
    assert not [link for link in page.hrefs if "-n" in link]


@pytest.mark.parametrize(
    ("url", "linked"),
    [
        pytest.param("https://news.example/a?b=1&c=2", True, id="web"),
        pytest.param("javascript:alert(1)", False, id="script"),
        pytest.param("data:text/html,<script>", False, id="data"),
        pytest.param("http://[", False, id="no address"),
        pytest.param("//news.example", False, id="no scheme"),
    ],
)
def test_only_addresses_in_the_web_are_links(url: str, linked: bool) -> None:
    article = Article.from_text(
        "Rain fell on the town for nine hours on Monday, and the river rose.", url=url
    )
    assert (url in page_of(ArticleView(article, ())).hrefs) is linked


def test_nothing_to_show() -> None:
    page = page_of(title="Nothing")
    assert page.texts("empty") == ["Nothing to show."]
    article = Article.from_text("Rain fell on the town for nine hours on Monday, and the river rose.")
    assert (2, "No statements") in page_of(ArticleView(article, ())).headings


def test_pages_of_recorded_reports() -> None:
    reports = [replay(recording) for recording in RECORDINGS[::3]]
    views = [html.of_report(report) for report in reports]
    page = page_of(*views, title=html.page_title(views))
    assert page.headings[0] == (1, f"{len(reports)} articles, checked")
    assert not page.strange
    assert len(page.by_class["card"]) == sum(len(one.findings) for one in views)
    for report in reports:
        assert report.article.title in [text for _, text in page.headings]


def _variables(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6});", block))


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("look", ["light", "dark", "print"])
def test_everything_can_be_read(look: str) -> None:
    """Contrast of at least 4.5 to 1 (WCAG 2.2, 1.4.3) for each text on each ground it may stand on."""
    style = (Path(html.__file__).parent / "templates" / "style.css").read_text(encoding="utf-8")
    blocks = re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    light, dark, printed = (_variables(block) for block in blocks)
    colours = {"light": light, "dark": light | dark, "print": light | printed}[look]
    inks = ("ink", "soft", "link", "high", "medium", "low", "ok")
    pairs = [(ink, ground) for ink in inks for ground in ("paper", "panel")]
    pairs += [("ink", f"{tint}-tint") for tint in ("high", "medium", "low", "look", "unchecked")]
    pairs += [("soft", f"{tint}-tint") for tint in ("look", "unchecked")]
    for ink, ground in pairs:
        one, two = sorted((_luminance(colours[ink]), _luminance(colours[ground])))
        assert (two + 0.05) / (one + 0.05) >= 4.5, (ink, ground)


FOLLOW_EVERY_NUMBER = """<script>
const links = [...document.querySelectorAll('.card a.num')], out = [];
function follow(index) {
  if (index === links.length) { document.title = JSON.stringify(out); return; }
  const link = links[index];
  link.scrollIntoView({block: 'center'});
  setTimeout(() => {
    const before = link.getBoundingClientRect().top;
    link.click();
    setTimeout(() => {
      const sentence = document.querySelector(link.getAttribute('href')).getBoundingClientRect();
      out.push([before, link.getBoundingClientRect().top, sentence.top]);
      follow(index + 1);
    }, 50);
  }, 50);
}
follow(0);
</script>"""


@pytest.mark.browser
def test_following_a_number_shows_the_sentence_and_leaves_the_statement_in_view(
    chromium: Chromium, tmp_path: Path
) -> None:
    report = replay(next(one for one in RECORDINGS if str(one) == "standard-stadtwerke-de"))
    text = html.page([html.of_report(report)], title="t")
    text = re.sub(r"<meta http-equiv[^>]*>", "", text).replace("scroll-behavior: smooth", "")
    (path := tmp_path / "page.html").write_text(f"{text}{FOLLOW_EVERY_NUMBER}", encoding="utf-8")
    dom = chromium.dom(path, "--window-size=1280,900", "--virtual-time-budget=20000")
    followed = json.loads(re.findall(r"<title>(.*?)</title>", dom)[0])
    assert len(followed) > 8
    assert all(0 <= link_after < 900 and 0 <= sentence < 200 for _, link_after, sentence in followed)
    assert all(abs(before - after) < 3 for before, after, _ in followed[4:])  # the article's column has stuck


# --- hostile text

CARRIER = (
    "The council met on Monday and voted for the bridge after a long debate. %s It was late when they left."
)
CANARIES = [
    "<script>document.title = 'it ran'; console.log('canary script')</script>",
    "<img src=x onerror=\"console.log('canary image')\">",
    "<img src='http://canary.example/pixel.png'>",
    "\"><svg onload=\"console.log('canary svg')\"><a href='javascript:0' autofocus>",
    "</title></style></textarea><script>console.log('canary breakout')</script>",
    "{{ 7 * 7 }}{% for x in ().__class__.__bases__ %}{{ x }}{% endfor %}",
]  # fmt: skip


def hostile(attack: str) -> ArticleView:
    """The text in every place that a page has for text from outside."""
    article = Article.from_text(CARRIER % attack, title=attack, url=attack, document_id=attack, language="en")
    (found,) = check_statements(article, [Statement(attack, StatementKind.SUMMARY, attack, None, attack)])
    sentence = article.sentences[0]
    flag = Flag(
        FlagCode.UNCERTAIN,
        Severity.LOW,
        attack,
        (Span(0, len(attack), attack),),
        (Evidence(1, sentence.start, sentence.end - 1, sentence.text[:-1]), Evidence(1, 0, 1, attack)),
    )
    finding = replace(found, flags=(*found.flags, flag), unchecked=attack)
    return ArticleView(
        article,
        (finding,),
        notes=((Note(attack, attack, attack, attack),),),
        article_flags=(flag,),
        not_checked=((attack, attack),),
        provenance=((attack, attack),),
        lead=attack,
        origin=attack,
    )


def traces(chromium: Chromium, text: str, folder: Path) -> list[str]:
    """What a page did that it must not: foreign markup, lines in the console, addresses asked for."""
    path = folder / "page.html"
    path.write_text(text, encoding="utf-8")
    visit = chromium.visit(path)
    page = Page(visit.dom)
    strange = [f"markup: {name}" for name in page.strange]
    leading = [link for link in page.hrefs if not re.match(r"#|https?://", link)]
    return strange + [f"console: {line}" for line in visit.console] + list(visit.requests) + leading


@pytest.mark.browser
def test_the_canaries_sing_on_a_page_that_does_not_escape(chromium: Chromium, tmp_path: Path) -> None:
    """What the next tests rely on: each way of running would be seen."""
    head = '<!doctype html><html><head><meta charset="utf-8"><title>t</title></head><body>'
    found = traces(chromium, f"{head}{''.join(CANARIES)}</body></html>", tmp_path)
    for sign in (
        "markup: script",
        "markup: onerror",
        "canary script",
        "canary image",
        "canary svg",
        "canary breakout",
    ):
        assert any(sign in trace for trace in found), (sign, found)
    assert "http://canary.example/pixel.png" in found
    policy = re.search(r"<meta http-equiv[^>]*>", html.page([], title="t"))
    assert policy
    guarded = traces(
        chromium, f"{head.replace('<title>', f'{policy[0]}<title>')}{''.join(CANARIES)}", tmp_path
    )
    assert any("Content Security Policy" in trace for trace in guarded)  # the second lock holds by itself
    assert not any("canary script" in trace for trace in guarded)
    assert "http://canary.example/pixel.png" not in guarded


@pytest.mark.browser
def test_canaries_everywhere_are_inert(chromium: Chromium, tmp_path: Path) -> None:
    text = html.page([hostile(attack) for attack in CANARIES], title=CANARIES[0], lead=CANARIES[4])
    assert traces(chromium, text, tmp_path) == []
    page = Page(text)
    assert page.by_class["said"] == [safe(attack) for attack in CANARIES]


def strings(shared_data: Path) -> Iterator[str]:
    folder = shared_data / "hostile"
    yield from json.loads((folder / "blns.json").read_text(encoding="utf-8"))
    yield from (folder / "xss_intruders.txt").read_text(encoding="utf-8").splitlines()
    hidden = json.loads((folder / "bipia_text_attack_train.json").read_text(encoding="utf-8"))
    yield from (line for kind in hidden.values() for line in kind)


@pytest.mark.browser
@pytest.mark.shared_data
def test_hostile_strings_everywhere_are_inert(chromium: Chromium, shared_data: Path, tmp_path: Path) -> None:
    """Every string as title, article, statement, speaker, id, flag, note, address and provenance."""
    attacks = [text for text in strings(shared_data) if text.strip()]
    assert len(attacks) > 700
    for start in range(0, len(attacks), 260):
        some = attacks[start : start + 260]
        text = html.page([hostile(attack) for attack in some], title=some[0])
        assert traces(chromium, text, tmp_path) == []
        assert Page(text).by_class["said"] == [safe(attack) for attack in some]
