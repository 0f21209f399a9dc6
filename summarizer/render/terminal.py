"""A report for a reader: the summary first, then what needs a look, then the rest.

Marks are text and not only colour: ``✓`` supported, ``!`` to be looked at, ``?`` not checked.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType
from rich.text import Text

from ..article import Sentence
from ..flags import Severity
from ..report import NOBODY, Basis, Evidence, Finding, Flag, Report, StatementKind, Verdict
from .entries import Entry, Standing, entries_of, incomplete, needs_look, not_checked
from .marking import Look, Mark, hanging, marked
from .safe import safe
from .wording import (
    VERDICT_WORDS,
    count,
    detected,
    document_name,
    dollars,
    known,
    language_name,
    numbers,
    opening,
    short_id,
)

MAX_WIDTH = 120  # lines longer than this are hard to read, however wide the terminal is


def render_report(report: Report, *, origin: str | None = None) -> RenderableType:
    """The report, to be printed through a rich Console.

    Where the console has no colour, words are marked ``>>so<<``; where its encoding has no ``✓``, marks
    are ASCII. ``origin`` names the file or address that the article came from.
    """
    return _ReportView(report, origin)


def render_note(text: str) -> RenderableType:
    """A line of advice below the reports."""
    return _Note(text)


def render_divider() -> RenderableType:
    """What stands between two reports."""
    return _Divider()


_MARKS = {
    Standing.OK: ("✓", "+", "green"),
    Standing.LOOK: ("!", "!", "bold red"),
    Standing.UNCHECKED: ("?", "?", "bold yellow"),
}
_SEVERITY_STYLE = {Severity.HIGH: "red", Severity.MEDIUM: "yellow", Severity.LOW: "cyan"}


class _ReportView:
    def __init__(self, report: Report, origin: str | None) -> None:
        self.report = report
        self.origin = origin

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        yield from _Page(self.report, self.origin, console, options).lines()


class _Divider:
    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        line = "─" if encodable(console.encoding) else "-"
        yield from (Text(), Text(line * _width(options), style="dim"), Text())


class _Note:
    def __init__(self, text: str) -> None:
        self.text = text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        yield from hanging(console, Text(), Text(safe(self.text), style="dim"), _width(options))


def _width(options: ConsoleOptions) -> int:
    return min(options.max_width, MAX_WIDTH)


class _Page:
    """One report laid out for one console: lines that already fit."""

    def __init__(self, report: Report, origin: str | None, console: Console, options: ConsoleOptions) -> None:
        self.report = report
        self.article = report.article
        self.origin = origin
        self.console = console
        self.width = _width(options)
        self.look = Look(
            plain=console.color_system is None or console.no_color,
            ascii_only=not encodable(console.encoding),
        )
        self.entries = entries_of(report)

    def lines(self) -> Iterator[Text]:
        yield from self._head()
        shown = {
            "Headline": self._of(StatementKind.HEADLINE),
            "Summary": self._of(StatementKind.SUMMARY),
            "Checked text": self._of(StatementKind.EXTERNAL),
        }
        for title, entries in shown.items():
            if entries:
                yield from self._section(title, self._statements(entries))
            elif title == "Summary" and self.report.model != NOBODY:
                yield from self._section(title, self._line(Text("There is no usable summary.", style="bold")))
        yield from self._section("What needs a look", self._checklist())
        claims = self._of(StatementKind.CLAIM)
        if claims:
            yield from self._section("Claims of the article", self._statements(claims, brief=True))
        if self.report.not_extracted:
            yield from self._section("Check-worthy, and in none of the claims", self._left_out())
        yield from self._section("Not checked, and why", self._not_checked())
        yield Text()
        yield from self._totals()

    def _of(self, kind: StatementKind) -> list[Entry]:
        return [entry for entry in self.entries if entry.kind is kind]

    # --- pieces of layout

    def _section(self, title: str, content: Iterable[Text]) -> Iterator[Text]:
        yield Text()
        yield Text(title, style="bold")
        yield from content

    def _line(self, body: Text, prefix: Text | str = "  ") -> Iterator[Text]:
        head = Text(prefix) if isinstance(prefix, str) else prefix
        yield from hanging(self.console, head, body, self.width)

    def _mark(self, mark: Standing) -> Text:
        sign, ascii_sign, style = _MARKS[mark]
        return Text(ascii_sign if self.look.ascii_only else sign, style=style)

    def _label(self, entry: Entry, name_width: int) -> Text:
        name = short_id(entry.id)
        padding = " " * (name_width - cell_len(name) + 2)
        return Text.assemble("  ", self._mark(entry.standing), " ", (name, "dim"), padding)

    # --- the head

    def _head(self) -> Iterator[Text]:
        article = self.article
        title = article.title or self.origin or article.url or opening(article)
        yield from self._line(Text(safe(title), style="bold"), "")
        language = "language unknown"
        if article.language != "und":
            language = language_name(article.language) + detected(article, "language")
        published = "published: unknown"
        if article.published:
            published = f"published {article.published}{detected(article, 'published')}"
        facts = [published, language, f"{article.words:,} words", f"document {document_name(article)}"]
        if self.report.parts > 1:
            facts.append(f"read in {self.report.parts} parts")
        if self.origin and article.title:
            facts.insert(0, self.origin)
        yield from self._line(Text(self.look.dot.join(map(safe, facts)), style="dim"), "")
        look, all_ = needs_look(self.report)
        if look:
            text = Text(f"{look} of {count(all_, 'statement')} need{'s' * (look == 1)} a look", "bold red")
            yield from self._line(text, Text.assemble(self._mark(Standing.LOOK), " "))
        elif all_ and not incomplete(self.report):
            text = Text(f"{count(all_, 'statement')}, none that needs a look", "green")
            yield from self._line(text, Text.assemble(self._mark(Standing.OK), " "))
        if incomplete(self.report):
            text = Text("Not everything was done: see the end of this report", "bold yellow")
            yield from self._line(text, Text.assemble(self._mark(Standing.UNCHECKED), " "))
        if self.report.article_flags:
            flags = count(len(self.report.article_flags), "warning")
            yield from self._line(
                Text(f"{flags} about the article itself", "bold red"),
                Text.assemble(self._mark(Standing.LOOK), " "),
            )

    # --- statements

    def _statements(self, entries: Sequence[Entry], *, brief: bool = False) -> Iterator[Text]:
        """Statements with what they rest on; ``brief``: numbers only, unless there is something to see."""
        name_width = max(cell_len(short_id(entry.id)) for entry in entries)
        for number, entry in enumerate(entries):
            previous = entries[number - 1] if number else None
            detailed = not brief or entry.standing is Standing.LOOK
            if previous is not None and (not brief or detailed or previous.standing is Standing.LOOK):
                yield Text()
            body = marked(entry.text, suspicious(entry.finding), self.look)
            if entry.speaker:
                body.append(f"{self._dash}{safe(entry.speaker)}", style="italic dim")
            evidence = entry.finding.evidence if entry.finding else ()
            if not detailed and evidence:
                body.append(f"  {numbers(evidence)}", style="dim")
            label = self._label(entry, name_width)
            yield from self._line(body, label)
            yield from self._details(entry, " " * cell_len(label.plain), detailed=detailed)

    @property
    def _dash(self) -> str:
        return " -- " if self.look.ascii_only else " — "

    def _details(self, entry: Entry, indent: str, *, detailed: bool) -> Iterator[Text]:
        finding = entry.finding
        if entry.standing is Standing.UNCHECKED:
            body = Text.assemble(("not checked", "bold yellow"), f": {safe(entry.why_unchecked)}")
            yield from self._line(body, indent)
        elif finding is not None and entry.standing is Standing.LOOK:
            body = Text(VERDICT_WORDS[finding.verdict], style="bold")
            if finding.risk is not None:
                body.append(f", risk {finding.risk:.2f}", style="dim")
            yield from self._line(body, indent)
        if finding is None:
            return
        if finding.basis is Basis.JUDGE and finding.verdict is Verdict.SUPPORTED:
            reason = next((said.reason for said in finding.judgements), "no reason is given")
            body = Text(f"the rules could not tell; the judging model: {safe(reason)}", style="italic dim")
            yield from self._line(body, indent)
        for flag in by_severity(finding.flags):
            if flag.code != finding.unchecked:  # that reason stands above
                yield from self._flag(flag, indent)
        if detailed or any(flag.spans or flag.evidence for flag in finding.flags):
            yield from self._evidence(finding, indent)

    def _flag(self, flag: Flag, indent: str) -> Iterator[Text]:
        yield from self._line(flag_text(flag), indent)
        there = [
            Text.assemble(self._words(quote), (f" [{number}]", "dim"))
            for number, quote in dict.fromkeys(
                (found.sentence, found.quote) for found in flag.evidence if not self._whole(found)
            )
        ]
        if there:  # side by side; without the article's words the marks in the statement say enough
            here = [self._words(text) for text in dict.fromkeys(span.text for span in flag.spans)]
            sides = [("here ", here), ("article ", there)]
            parts = [Text.assemble((label, "dim"), Text(", ").join(words)) for label, words in sides if words]
            yield from self._line(Text(self.look.dot).join(parts), indent + "  ")

    def _whole(self, evidence: Evidence) -> bool:
        """Whether it is a whole sentence, which is quoted anyway."""
        sentence = self._sentence(evidence.sentence)
        return sentence is not None and sentence.text == evidence.quote

    def _sentence(self, number: int) -> Sentence | None:
        try:
            return self.article.sentence(number)
        except KeyError:
            return None

    def _words(self, text: str) -> Text:
        return self.look.quoted(marked(text, (), self.look, room=80))

    def _evidence(self, finding: Finding, indent: str) -> Iterator[Text]:
        """The article's sentences that the finding rests on, the words that matter emphasised."""
        compared = [evidence for flag in finding.flags for evidence in flag.evidence]
        for number in dict.fromkeys(evidence.sentence for evidence in (*finding.evidence, *compared)):
            sentence = self._sentence(number)
            if sentence is None:
                continue
            marks = []
            for evidence, style, visible in (
                *((evidence, "not dim", False) for evidence in finding.evidence),
                *((evidence, "bold not dim", True) for evidence in compared),
            ):
                if evidence.sentence == number and not self._whole(evidence):
                    start, end = evidence.start - sentence.start, evidence.end - sentence.start
                    marks.append(Mark(start, end, style, visible))
            prefix = Text(f"{indent}[{number}] ", style="dim")
            room = 2 * (self.width - cell_len(prefix.plain)) - 6  # about two lines
            quote = marked(sentence.text, marks, self.look, style="dim", room=max(room, 40))
            yield from self._line(self.look.quoted(quote), prefix)

    # --- lists

    def _checklist(self) -> Iterator[Text]:
        rows: list[tuple[int, str, str, Text]] = []
        for entry in self.entries:
            flags = entry.finding.flags if entry.finding else ()
            rows.extend(_row(flag, short_id(entry.id)) for flag in flags)
            if not flags and entry.standing is not Standing.OK:  # nothing may pass because a flag is missing
                why = entry.why_unchecked if entry.standing is Standing.UNCHECKED else "no reason is given"
                words = Text(f"{VERDICT_WORDS[entry.verdict]}: {safe(why)}")
                rows.append((Severity.HIGH.rank, "high", short_id(entry.id), words))
        rows.extend(_row(flag, "article") for flag in self.report.article_flags)
        if not rows:
            yield from self._line(Text("Nothing.", style="green"))
            return
        name_width = max(cell_len(name) for _, _, name, _ in rows)
        for _, severity, name, words in sorted(rows, key=lambda row: -row[0]):
            style = _SEVERITY_STYLE[Severity(severity)]
            padding = " " * (name_width - cell_len(name) + 2)
            yield from self._line(words, Text.assemble("  ", (f"{severity:<8}", style), name, padding))

    def _left_out(self) -> Iterator[Text]:
        for left in self.report.not_extracted:
            sentence = self._sentence(left.sentence)
            if sentence is not None:
                quote = self.look.quoted(marked(sentence.text, (), self.look, room=2 * self.width))
                body = Text.assemble(quote, (f"  {left.kind}", "dim"))
                yield from self._line(body, Text(f"  [{left.sentence}] ", style="dim"))

    def _not_checked(self) -> Iterator[Text]:
        rows = [(safe(name), safe(why)) for name, why in not_checked(self.report)]
        if not rows:
            yield from self._line(Text("Everything planned was done, and every statement was checked."))
            return
        width = min(max(cell_len(name) for name, _ in rows), 30)
        for name, why in rows:
            padding = " " * (width - cell_len(name) + 2)
            prefix = Text.assemble("  ", self._mark(Standing.UNCHECKED), " ", name, padding)
            yield from self._line(Text(why), prefix)

    # --- the end

    def _totals(self) -> Iterator[Text]:
        report = self.report
        verdicts = Counter(entry.verdict for entry in self.entries)
        words = [f"{verdicts[verdict]} {name}" for verdict, name in VERDICT_WORDS.items()]
        yield from self._line(Text(f"{count(len(self.entries), 'statement')}: {', '.join(words)}"), "")
        usage, cost = report.usage, report.cost_usd
        tokens = "tokens not reported"
        if usage.input_tokens is not None or usage.output_tokens is not None:
            tokens = f"tokens: {known(usage.input_tokens)} in, {known(usage.output_tokens)} out"
        facts = [
            f"model {report.model}",
            f"{report.profile} profile",
            tokens,
            "cost unknown" if cost is None else f"cost {dollars(cost)}",
            f"{report.seconds:.1f} s",
        ]
        if report.model == NOBODY:
            facts = ["no model was asked", facts[-1]]
        again = sum(len(call.set_aside) for call in report.calls)
        if again:
            facts.insert(2, f"asked again {'once' if again == 1 else f'{again} times'}")
        yield from self._line(Text(self.look.dot.join(map(safe, facts)), style="dim"), "")


def suspicious(finding: Finding | None) -> Iterator[Mark]:
    """The words that flags are about; the most serious style is applied last and wins."""
    if finding is None:
        return
    text = finding.statement.text
    for flag in reversed(by_severity(finding.flags)):
        for span in flag.spans:
            if text[span.start : span.end] == span.text:
                yield Mark(span.start, span.end, f"bold reverse {_SEVERITY_STYLE[flag.severity]}")


def by_severity(flags: Sequence[Flag]) -> list[Flag]:
    """The most serious first."""
    return sorted(flags, key=lambda flag: -flag.severity.rank)


def flag_text(flag: Flag) -> Text:
    """Severity, code and message in one line."""
    style = _SEVERITY_STYLE[flag.severity]
    return Text.assemble((f"{flag.severity} ", style), (flag.code, "bold"), ": ", safe(flag.message))


def _row(flag: Flag, name: str) -> tuple[int, str, str, Text]:
    words = Text.assemble((flag.code, "bold"), ": ", safe(flag.message))
    return flag.severity.rank, str(flag.severity), name, words


def encodable(encoding: str) -> bool:
    """Whether our marks can be written in an encoding."""
    try:
        "✓·—“”…─".encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True
