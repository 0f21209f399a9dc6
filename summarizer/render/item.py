"""An item of the review queue for a reader: the statement, why it is here, and the article around it."""

from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType
from rich.text import Text

from ..article import Article
from ..report import StatementKind
from ..review_items import ReviewItem
from .marking import Look, Mark, hanging, marked
from .safe import safe
from .terminal import MAX_WIDTH, by_severity, encodable, flag_text, suspicious
from .wording import VERDICT_WORDS, document_name, language_name

KIND_WORDS = {
    StatementKind.HEADLINE: "headline",
    StatementKind.SUMMARY: "summary sentence",
    StatementKind.CLAIM: "claim",
    StatementKind.EXTERNAL: "sentence of a summary from elsewhere",
    StatementKind.ANSWER: "an answer that could not be used",
    StatementKind.ARTICLE: "the article itself",
}
_AROUND = 1  # sentences shown before and behind each piece of evidence
_MOST_SENTENCES = 12


def render_item(item: ReviewItem, article: Article, *, facts: Sequence[str] = ()) -> RenderableType:
    """The item, to be printed through a rich Console; ``facts`` are more lines about how it stands."""
    return _ItemView(item, article, tuple(facts))


class _ItemView:
    def __init__(self, item: ReviewItem, article: Article, facts: tuple[str, ...]) -> None:
        self.item = item
        self.article = article
        self.facts = facts

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        width = min(options.max_width, MAX_WIDTH)
        look = Look(
            plain=console.color_system is None or console.no_color,
            ascii_only=not encodable(console.encoding),
        )
        yield from _Sheet(self.item, self.article, self.facts, console, width, look).lines()


class _Sheet:
    """One item laid out for one console."""

    def __init__(
        self,
        item: ReviewItem,
        article: Article,
        facts: tuple[str, ...],
        console: Console,
        width: int,
        look: Look,
    ) -> None:
        self.item, self.article, self.facts = item, article, facts
        self.console, self.width, self.look = console, width, look

    def lines(self) -> Iterator[Text]:
        yield from self._head()
        yield Text()
        yield from self._statement()
        yield from self._reasons()
        yield from self._change()
        yield from self._context()

    def _line(self, body: Text, prefix: Text | str = "") -> Iterator[Text]:
        head = Text(prefix) if isinstance(prefix, str) else prefix
        yield from hanging(self.console, head, body, self.width)

    def _head(self) -> Iterator[Text]:
        item = self.item
        yield from self._line(Text(safe(item.title or item.url or item.document_id), style="bold"))
        names = ", ".join(item.statement_ids)
        where = [f"{KIND_WORDS[item.kind]} {names}" if item.kind not in _WHOLE else KIND_WORDS[item.kind]]
        where += [f"document {document_name(self.article)}", language_name(item.language)]
        if item.batch_id:
            where.append(f"batch {item.batch_id}")
        where.append(f"item {item.id[:8]}")
        yield from self._line(Text(self.look.dot.join(map(safe, where)), style="dim"))
        parts = item.priority
        words = (
            f"priority {parts.value:.2f} = risk {parts.risk:.2f} x check-worthiness {parts.worth:.2f}"
            f" x prominence {parts.prominence:.2f}"
        )
        yield from self._line(Text(words, style="dim"))
        for fact in self.facts:
            yield from self._line(Text(safe(fact), style="dim"))

    def _statement(self) -> Iterator[Text]:
        finding = self.item.finding
        body = marked(finding.statement.text, suspicious(finding), self.look, style="bold")
        if finding.statement.speaker:
            dash = " -- " if self.look.ascii_only else " — "
            body.append(f"{dash}{safe(finding.statement.speaker)}", style="italic")
        yield from self._line(body, "  ")

    def _reasons(self) -> Iterator[Text]:
        finding = self.item.finding
        risk = "" if finding.risk is None else f", risk {finding.risk:.2f}"
        yield from self._line(Text(f"{VERDICT_WORDS[finding.verdict]}{risk}"), "  ")
        for flag in by_severity(finding.flags):
            yield from self._line(flag_text(flag), "  ")
        if not finding.flags:
            yield from self._line(Text("no reason is given", style="bold"), "  ")

    def _change(self) -> Iterator[Text]:
        change = self.item.change
        if change is None:
            return
        yield Text()
        yield from self._line(Text(f"Corrected article: {safe(change.message)}", style="bold"))
        if change.before:
            before = self.look.quoted(marked(change.before, (), self.look, room=4 * self.width))
            yield from self._line(before, Text("  before: ", style="dim"))

    def _context(self) -> Iterator[Text]:
        """The evidence with the sentences around it, its own words marked."""
        finding = self.item.finding
        pieces = [*finding.evidence, *(piece for flag in finding.flags for piece in flag.evidence)]
        rests_on = dict.fromkeys(piece.sentence for piece in pieces)
        shown = sorted(
            {n + step for n in rests_on for step in range(-_AROUND, _AROUND + 1)}
            & {sentence.number for sentence in self.article.sentences}
        )
        if not shown:
            return
        yield Text()
        yield Text("The article", style="bold")
        previous = None
        for number in shown[:_MOST_SENTENCES]:
            if previous is not None and number != previous + 1:
                yield Text(f"  {self.look.ellipsis}", style="dim")
            previous = number
            sentence = self.article.sentence(number)
            marks = [
                Mark(piece.start - sentence.start, piece.end - sentence.start, "bold", visible)
                for piece in pieces
                if piece.sentence == number
                for visible in [piece.quote != sentence.text]
            ]
            style = "" if number in rests_on else "dim"
            prefix = Text(f"  [{number}] ", style="dim")
            room = 6 * (self.width - cell_len(prefix.plain))
            yield from self._line(marked(sentence.text, marks, self.look, style=style, room=room), prefix)
        left = len(shown) - _MOST_SENTENCES
        if left > 0:
            yield from self._line(Text(f"and {left} more", style="dim"), "  ")


_WHOLE = (StatementKind.ANSWER, StatementKind.ARTICLE)
