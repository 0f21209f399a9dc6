"""What the page's templates print: cards for statements, the article in marked pieces, and their links.

Anchors are made of positions, never of text from outside.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from ..article import Sentence, SentenceKind
from ..flags import Severity
from ..report import Basis, Evidence, Finding, Flag, Statement, StatementKind, Verdict
from .entries import Entry, Standing
from .pieces import Marked, Piece, pieces
from .view import ArticleView, Note
from .wording import VERDICT_WORDS, detected, document_name, language_name, moment, opening, short_id

Pieces = tuple[Piece[str], ...]

# What words are marked with, the strongest first: of several, the strongest is shown.
_STRENGTH = ("high", "medium", "low", "look", "unchecked", "ok")
_TONES = {Standing.OK: "ok", Standing.LOOK: "look", Standing.UNCHECKED: "unchecked"}
_GROUPS = (
    (StatementKind.HEADLINE, "Headline"),
    (StatementKind.SUMMARY, "Summary"),
    (StatementKind.EXTERNAL, "Checked text"),
    (StatementKind.CLAIM, "Claims of the article"),
    (StatementKind.ANSWER, "Answers that could not be used"),
)
_BASIS = {Basis.RULE: "by rule", Basis.JUDGE: "by the judging model", Basis.BOTH: "by rule and judging model"}
_NARROW = 4  # characters of an id that fit beside the statement
_SHOWN_MARKERS = {"-": "•", "*": "•", "–": "•", "—": "•", "+": "•"}


@dataclass(frozen=True, slots=True)
class Link:
    """A reference inside the page; ``anchor`` is empty where there is nothing to go to."""

    anchor: str
    label: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """Words of the article that a flag compares with."""

    text: str
    link: Link


@dataclass(frozen=True, slots=True)
class FlagLine:
    severity: str
    name: str
    message: str
    here: tuple[str, ...] = ()
    there: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """What the judging model said, with the sentences that it named and that exist."""

    label: str
    verdict: str
    reason: str
    problem: str
    numbers: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence of the article that a statement rests on, or is compared with."""

    link: Link
    pieces: Pieces


@dataclass(frozen=True, slots=True)
class Card:
    """One statement with everything that was found about it."""

    link: Link
    pieces: Pieces
    speaker: str | None
    verdict: str
    basis: str
    risk: float | None
    why: str | None
    flags: tuple[FlagLine, ...]
    quotes: tuple[Quote, ...]
    judged: tuple[Judged, ...]
    notes: tuple[Note, ...]

    @property
    def wide(self) -> bool:
        """Whether its id needs a line of its own."""
        return len(self.link.label) > _NARROW

    @property
    def open(self) -> bool:
        """Whether the evidence is shown without being asked for."""
        return self.link.tone != "ok"


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class ShownSentence:
    """A sentence in the article's column. ``anchor`` where something refers to it."""

    lead: str  # what stands before it in the text and belongs to no sentence
    number: int
    anchor: str
    pieces: Pieces
    refs: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a headline, or a list with its entries."""

    kind: str
    sentences: tuple[ShownSentence, ...] = ()
    items: tuple[tuple[ShownSentence, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A sentence of the article that asks to be checked, and that no claim covers."""

    link: Link
    pieces: Pieces
    kind: str
    worth: float


@dataclass(frozen=True, slots=True)
class Check:
    """A line of what needs a look: the worst flag of a statement, and how many more it has."""

    severity: str
    link: Link
    name: str
    message: str
    more: int


@dataclass(frozen=True, slots=True)
class Section:
    """One article of a page."""

    anchor: str
    title: str
    url: str | None
    facts: tuple[str, ...]
    lead: str
    language: str
    look: int
    count: int
    incomplete: bool
    no_summary: bool
    article_flags: tuple[FlagLine, ...]
    checklist: tuple[Check, ...]
    groups: tuple[Group, ...]
    left_out: tuple[LeftOut, ...]
    blocks: tuple[Block, ...]
    not_checked: tuple[tuple[str, str], ...]
    provenance: tuple[tuple[str, str], ...]


def section(view: ArticleView, number: int) -> Section:
    """One article's part of a page, the ``number``-th."""
    return _Layout(view, f"a{number}").section()


def title_of(view: ArticleView) -> str:
    """What an article is called; never empty."""
    article = view.article
    return article.title or view.origin or article.url or opening(article)


class _Layout:
    def __init__(self, view: ArticleView, anchor: str) -> None:
        self.view = view
        self.article = view.article
        self.anchor = anchor
        self.entries = [_entry(finding) for finding in view.findings]
        self.links = [
            Link(f"{anchor}-f{number}", short_id(entry.id), _TONES[entry.standing])
            for number, entry in enumerate(self.entries, 1)
        ]
        self.starts = [sentence.start for sentence in self.article.sentences]
        self.marks: dict[int, list[Marked[str]]] = {}  # by sentence
        self.refs: dict[int, dict[Link, None]] = {}
        self.referred: set[int] = set()

    def section(self) -> Section:
        view, article = self.view, self.article
        for entry, link in zip(self.entries, self.links, strict=True):
            self._mark(entry, link)
        for flag in view.article_flags:
            self._mark_flag(flag, None)
        flags = tuple(self._flag(flag) for flag in _by_severity(view.article_flags))
        cards = [self._card(number) for number in range(len(self.entries))]
        groups = [
            Group(title, tuple(c for c, e in zip(cards, self.entries, strict=True) if e.kind is kind))
            for kind, title in _GROUPS
        ]
        return Section(
            anchor=self.anchor,
            title=title_of(view),
            url=_web_address(article.url),
            facts=tuple(self._facts()),
            lead=view.lead,
            language=article.language,
            look=sum(1 for entry in self.entries if entry.standing is not Standing.OK),
            count=len(self.entries),
            incomplete=view.incomplete,
            no_summary=view.no_summary,
            article_flags=flags,
            checklist=tuple(self._checklist()),
            groups=tuple(group for group in groups if group.cards),
            left_out=tuple(self._left_out()),
            blocks=tuple(self._blocks()),
            not_checked=view.not_checked,
            provenance=view.provenance,
        )

    def _facts(self) -> Iterator[str]:
        article, view = self.article, self.view
        if view.origin and article.title:
            yield view.origin
        published = "not known"
        if article.published:
            published = moment(article.published) + detected(article, "published")
        yield f"published {published}"
        if article.language == "und":
            yield "language unknown"
        else:
            yield language_name(article.language) + detected(article, "language")
        yield f"{article.words:,} words"
        if view.parts > 1:
            yield f"read in {view.parts} parts"
        if article.document_id != article.url:
            yield f"document {document_name(article)}"

    # --- marks in the article

    def _mark(self, entry: Entry, link: Link) -> None:
        if entry.finding is None:
            return
        for evidence in entry.finding.evidence:
            self._mark_evidence(evidence, link.tone, link)
        for flag in entry.finding.flags:
            self._mark_flag(flag, link)

    def _mark_flag(self, flag: Flag, link: Link | None) -> None:
        for evidence in flag.evidence:
            sentence = self._sentence(evidence)
            whole = sentence is not None and sentence.text == evidence.quote
            self._mark_evidence(evidence, "look" if whole and link else flag.severity.value, link)

    def _mark_evidence(self, evidence: Evidence, value: str, link: Link | None) -> None:
        if self._sentence(evidence) is None:
            return
        index = max(0, bisect_right(self.starts, evidence.start) - 1)
        for sentence in self.article.sentences[index:]:
            if sentence.start >= evidence.end:
                break
            start, end = max(evidence.start, sentence.start), min(evidence.end, sentence.end)
            if start < end:
                mark = Marked(start - sentence.start, end - sentence.start, value)
                self.marks.setdefault(sentence.number, []).append(mark)
                self.referred.add(sentence.number)
                if link is not None:
                    self.refs.setdefault(sentence.number, {})[link] = None

    def _sentence(self, evidence: Evidence) -> Sentence | None:
        """The sentence that the evidence lies in; None when this article has something else there."""
        if self.article.text[evidence.start : evidence.end] != evidence.quote or not evidence.quote:
            return None
        try:
            return self.article.sentence(evidence.sentence)
        except KeyError:
            return None

    def _number(self, evidence: Evidence) -> Link:
        known = self._sentence(evidence) is not None
        return Link(f"{self.anchor}-n{evidence.sentence}" if known else "", str(evidence.sentence))

    # --- statements

    def _card(self, index: int) -> Card:
        entry, link = self.entries[index], self.links[index]
        finding = self.view.findings[index]
        unchecked = entry.standing is Standing.UNCHECKED
        notes = self.view.notes[index] if index < len(self.view.notes) else ()
        shown = [f for f in _by_severity(finding.flags) if not unchecked or f.code != finding.unchecked]
        return Card(
            link=link,
            pieces=_strongest(pieces(entry.text, _suspicious(finding))),
            speaker=entry.speaker,
            verdict=VERDICT_WORDS[entry.verdict],
            basis=_BASIS[finding.basis] if entry.verdict is not Verdict.UNCHECKED else "",
            risk=finding.risk,
            why=entry.why_unchecked if unchecked else None,
            flags=tuple(map(self._flag, shown)),
            quotes=tuple(self._quotes(finding)),
            judged=tuple(self._judged(finding)),
            notes=tuple(notes),
        )

    def _judged(self, finding: Finding) -> Iterator[Judged]:
        for said in finding.judgements:
            numbers = [n for n in dict.fromkeys(said.sentences) if 1 <= n <= len(self.article.sentences)]
            self.referred.update(numbers)
            yield Judged(
                label="judging model" if said.round == 1 else f"judging model, asked again ({said.round})",
                verdict=VERDICT_WORDS[said.verdict],
                reason=said.reason,
                problem=said.problem or "",
                numbers=tuple(Link(f"{self.anchor}-n{n}", str(n)) for n in numbers),
            )

    def _flag(self, flag: Flag) -> FlagLine:
        there = {
            (evidence.sentence, evidence.quote): Words(evidence.quote, self._number(evidence))
            for evidence in flag.evidence
            if not self._whole(evidence)
        }
        here = tuple(dict.fromkeys(span.text for span in flag.spans)) if there else ()
        name = flag.code.value.replace("_", " ")
        return FlagLine(flag.severity.value, name, flag.message, here, tuple(there.values()))

    def _whole(self, evidence: Evidence) -> bool:
        """Whether it is a whole sentence, which is quoted anyway."""
        sentence = self._sentence(evidence)
        return sentence is not None and sentence.text == evidence.quote

    def _quotes(self, finding: Finding) -> Iterator[Quote]:
        compared = [(e, f.severity.value) for f in finding.flags for e in f.evidence if not self._whole(e)]
        everything = [*finding.evidence, *(e for flag in finding.flags for e in flag.evidence)]
        for number in sorted({e.sentence for e in everything if self._sentence(e)}):
            sentence = self.article.sentence(number)
            marks = [
                Marked(e.start - sentence.start, e.end - sentence.start, value)
                for e, value in compared
                if e.sentence == number and self._sentence(e)
            ]
            link = Link(f"{self.anchor}-n{number}", str(number))
            yield Quote(link, _strongest(pieces(sentence.text, marks)))
        for quote in dict.fromkeys((e.sentence, e.quote) for e in everything if not self._sentence(e)):
            yield Quote(Link("", str(quote[0])), pieces(quote[1], ()))

    def _left_out(self) -> Iterator[LeftOut]:
        for left in self.view.not_extracted:
            if 1 <= left.sentence <= len(self.article.sentences):
                self.referred.add(left.sentence)
                link = Link(f"{self.anchor}-n{left.sentence}", str(left.sentence))
                text: Pieces = pieces(self.article.sentence(left.sentence).text, ())
                yield LeftOut(link, text, left.kind.value, left.worth)

    def _checklist(self) -> Iterator[Check]:
        rows = []
        for entry, link in zip(self.entries, self.links, strict=True):
            flags = _by_severity(entry.finding.flags) if entry.finding else []
            if flags:
                worst = flags[0]
                name = worst.code.value.replace("_", " ")
                rows.append(Check(worst.severity.value, link, name, worst.message, len(flags) - 1))
            elif entry.standing is not Standing.OK:  # nothing may pass because a flag is missing
                why = entry.why_unchecked if entry.standing is Standing.UNCHECKED else "no reason is given"
                rows.append(Check(Severity.HIGH.value, link, VERDICT_WORDS[entry.verdict], why, 0))
        yield from sorted(rows, key=lambda row: -Severity(row.severity).rank)

    # --- the article

    def _blocks(self) -> Iterator[Block]:
        text, end = self.article.text, 0
        paragraph: list[ShownSentence] = []
        items: list[list[ShownSentence]] = []
        before: Sentence | None = None
        for sentence in self.article.sentences:
            gap = text[end : sentence.start]
            new = before is None or before.paragraph != sentence.paragraph or before.kind != sentence.kind
            if paragraph and new:
                yield Block("p", tuple(paragraph))
                paragraph = []
            if items and sentence.kind is not SentenceKind.ITEM:
                yield Block("ul", items=tuple(map(tuple, items)))
                items = []
            shown = self._shown(sentence, gap.strip())
            if sentence.kind is SentenceKind.HEADLINE:
                yield Block("title", (shown,))
            elif sentence.kind is SentenceKind.ITEM:
                if items and not new and "\n" not in gap:
                    items[-1].append(shown)
                else:
                    items.append([shown])
            else:
                paragraph.append(shown)
            before, end = sentence, sentence.end
        if paragraph:
            yield Block("p", tuple(paragraph))
        if items:
            yield Block("ul", items=tuple(map(tuple, items)))
        if rest := text[end:].strip():
            yield Block("p", (ShownSentence("", 0, "", pieces(rest, ()), ()),))

    def _shown(self, sentence: Sentence, lead: str) -> ShownSentence:
        number = sentence.number
        return ShownSentence(
            lead=_SHOWN_MARKERS.get(lead, lead),
            number=number,
            anchor=f"{self.anchor}-n{number}" if number in self.referred else "",
            pieces=_strongest(pieces(sentence.text, self.marks.get(number, ()))),
            refs=tuple(self.refs.get(number, ())),
        )


def _entry(finding: Finding) -> Entry:
    told: Statement = finding.statement
    return Entry(told.id, told.text, told.kind, finding, told.speaker)


def _by_severity(flags: Iterable[Flag]) -> list[Flag]:
    return sorted(flags, key=lambda flag: -flag.severity.rank)


def _suspicious(finding: Finding) -> Iterator[Marked[str]]:
    """The words that flags are about."""
    text = finding.statement.text
    for flag in finding.flags:
        for span in flag.spans:
            if text[span.start : span.end] == span.text:
                yield Marked(span.start, span.end, flag.severity.value)


def _strongest(found: Pieces) -> Pieces:
    """Of the marks on each piece the strongest; neighbours that come to the same are joined."""
    result: list[Piece[str]] = []
    for piece in found:
        values = tuple(value for value in _STRENGTH if value in piece.values)[:1]
        if result and result[-1].values == values:
            result[-1] = Piece(result[-1].text + piece.text, values)
        else:
            result.append(Piece(piece.text, values))
    return tuple(result)


def _web_address(url: str | None) -> str | None:
    """The address when it leads to the web, and nowhere else: no ``javascript:``, no ``data:``."""
    try:
        return url if url and urlsplit(url).scheme in ("http", "https") and urlsplit(url).netloc else None
    except ValueError:
        return None
