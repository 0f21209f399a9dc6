"""``summarizer queue next``: one item after the other, decided with single keys.

In a terminal a key acts at once; where there is none, each line of standard input is a key and, behind
it, what would be asked for: ``1``, ``e The corrected text``, ``s needs a call``.
"""

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import typer

from ..errors import Refused, SummarizerError
from ..render.item import render_item
from ..render.safe import safe
from ..report import StatementKind
from ..review_items import DecisionVerdict, ReviewItem, TruthRating
from .common import complain, note, put, put_rendered

if TYPE_CHECKING:
    from ..review.filters import Filters
    from ..review.queue import Lease, Nothing, Queue

KEYS = {
    "1": DecisionVerdict.SUPPORTED,
    "2": DecisionVerdict.CONTRADICTED,
    "3": DecisionVerdict.NOT_IN_ARTICLE,
}
MENU = "1 supported  2 contradicted  3 not in the article  e edit  n note  t truth  s skip  u undo  q quit"
WHOLE_MENU = "1 nothing is missing  2 or 3 something is wrong  n note  s skip  u undo  q quit"
HELP = """  1  the article supports it          e  correct the text, then decide
  2  the article contradicts it       n  add a note, then decide
  3  the article does not say it      t  rate the truth of what somebody said, then decide
  s  leave it to others, and say why  u  take back your last decision
  q  quit: what you hold goes back    ?  this
"""
_WHOLE = (StatementKind.ANSWER, StatementKind.ARTICLE)


class Input(Protocol):
    """Where a reviewer's keys come from."""

    def key(self) -> tuple[str, str | None]:
        """A key, and what was given with it. An empty key at the end of the input."""
        ...

    def ask(self, question: str, prefill: str = "") -> str | None:
        """A line of text; None where the reviewer thought better of it."""
        ...


class Lines:
    """Lines of standard input: a key, and what would be asked for behind it."""

    def key(self) -> tuple[str, str | None]:
        line = sys.stdin.readline()
        if not line:
            return "", None
        key, _, rest = line.strip().partition(" ")
        return key[:1] or "\n", rest.strip() or None

    def ask(self, question: str, prefill: str = "") -> str | None:
        return None  # what belongs to a key stands behind it


class Keyboard:
    """A terminal: keys act at once, texts are edited in a line."""

    def key(self) -> tuple[str, str | None]:
        try:
            return typer.getchar(), None
        except EOFError:
            return "", None

    def ask(self, question: str, prefill: str = "") -> str | None:
        put("\n")  # the editor of the line must begin in its first column
        with _prefilled(safe(prefill)):
            try:
                line = input(f"{question}: ")
            except (EOFError, KeyboardInterrupt):
                put("\n")
                return None
        return line.strip() or None


@contextlib.contextmanager
def _prefilled(text: str) -> Iterator[None]:
    """The text stands in the line already, where the system has readline."""
    try:
        import readline
    except ModuleNotFoundError:
        yield
        return
    readline.set_startup_hook(lambda: readline.insert_text(text))
    try:
        yield
    finally:
        readline.set_startup_hook(None)


@dataclass
class Session:
    """One reviewer at work until they stop or nothing is left; ``done`` counts what they did."""

    queue: "Queue"
    reviewer: str
    filters: "Filters"
    input: Input
    interactive: bool
    clock: Callable[[], float] = time.monotonic
    decided: int = 0
    skipped: int = 0
    undone: int = 0
    _text: str | None = None
    _note: str | None = None
    _rating: TruthRating | None = None
    _since: float = field(default=0.0)

    def run(self) -> "Nothing | None":
        """Works; why there is no further item, None where the reviewer stopped."""
        from ..review.queue import Lease

        try:
            while True:
                found = self.queue.next(self.reviewer, self.filters, resume=True)
                if not isinstance(found, Lease):
                    return found
                if not self._one(found):
                    return None
        finally:
            self.queue.release(self.reviewer)

    def _one(self, lease: "Lease") -> bool:
        """Shows an item until it is off the table; False to stop."""
        item = lease.item
        self._text = self._note = self._rating = None
        self._since = self.clock()
        self._show(item, lease.reviews)
        while True:
            key, rest = self.input.key()
            if key in ("", "q", "\x04"):
                put("\n" if self.interactive else "")
                self._tell_unkept()
                return False
            try:
                if self._act(key, rest, item):
                    return True
            except SummarizerError as error:
                complain(str(error), error.hint)
                if isinstance(error, Refused):
                    self.queue.release(self.reviewer, item.id)
                    return True

    def _tell_unkept(self) -> None:
        """What was typed about an item belongs to a verdict, and none came."""
        typed = {"text": self._text, "note": self._note, "truth": self._rating}
        if unkept := [name for name, value in typed.items() if value is not None]:
            note(f"not kept: {', '.join(unkept)}; it is kept with a verdict: 1, 2 or 3")

    def _act(self, key: str, rest: str | None, item: ReviewItem) -> bool:
        """What a key does; True when the item is off the table."""
        if key in KEYS:
            self._decide(item, KEYS[key])
            return True
        if key == "s":
            reason = rest or self.input.ask("why skip it")
            if reason is None:
                put("  not skipped: say why, in a few words\n")
                return False
            self.queue.skip(item.id, self.reviewer, reason)
            self.skipped += 1
            put("  skipped\n\n")
            return True
        if key == "u":
            return self._undo(item)
        if key == "e" and item.kind not in _WHOLE:
            text = rest or self.input.ask("corrected text", item.finding.statement.text)
            if text is not None:
                self._text = text
                put(f"  text: {safe(text)}\n")
        elif key == "n":
            self._note = rest or self.input.ask("note", self._note or "") or self._note
            if self._note:
                put(f"  note: {safe(self._note)}\n")
        elif key == "t" and item.kind not in _WHOLE:
            self._rate(rest)
        elif key in "\r\n":
            return False
        else:
            put(HELP)
        self._menu(item)
        return False

    def _decide(self, item: ReviewItem, verdict: DecisionVerdict) -> None:
        self.queue.decide(
            item.id,
            self.reviewer,
            verdict,
            corrected_text=self._text,
            note=self._note,
            truth_rating=self._rating,
            seconds_spent=self.clock() - self._since,
        )
        self.decided += 1
        put(f"  {verdict.value.replace('_', ' ')}{' with the corrected text' if self._text else ''}\n\n")

    def _undo(self, item: ReviewItem) -> bool:
        last = self.queue.undo(self.reviewer)
        self.undone += 1
        put(f"  taken back: {last.verdict.value.replace('_', ' ')} about {last.item_id[:8]}\n\n")
        if last.item_id != item.id:
            self.queue.release(self.reviewer, item.id)
        return True

    def _rate(self, rest: str | None) -> None:
        said = rest or self.input.ask("truth of what was said, as 'Mostly false: the council has nine seats'")
        if said is None:
            return
        name, _, explanation = said.partition(":")
        self._rating = TruthRating(name.strip(), explanation=explanation.strip() or None)
        put(f"  truth: {safe(said)}\n")

    def _show(self, item: ReviewItem, reviews: int) -> None:
        facts = []
        if item.min_reviews > 1 or reviews:
            facts.append(f"{reviews} of {item.min_reviews} reviewers have decided before you")
        put_rendered(render_item(item, self.queue.article(item.article_id), facts=facts))
        put("\n")
        self._menu(item)

    def _menu(self, item: ReviewItem) -> None:
        put(f"{WHOLE_MENU if item.kind in _WHOLE else MENU}\n")
        if self.interactive:
            put("> ")


def why_in_words(found: "Nothing") -> str:
    """Why there is no next item, and what can be done about it."""
    from ..review.queue import Why

    if found.why is Why.EMPTY:
        return "the queue is empty: nothing is open"
    if found.why is Why.LEASED:
        many = f"{found.leased:,} open items are" if found.leased != 1 else "the only open item is"
        return f"{many} with other reviewers; what they leave lying comes back"
    if found.why is Why.FILTERED:
        return f"none of the {found.open:,} open items is what you asked for"
    parts = []
    if found.decided_by_you:
        parts.append(f"{found.decided_by_you:,} that you decided wait for another reviewer")
    if found.skipped_by_you:
        parts.append(f"{found.skipped_by_you:,} that you skipped (--skipped brings them back)")
    if found.held_by_you:
        parts.append(f"{found.held_by_you:,} that you hold")
    if found.leased:
        parts.append(f"{found.leased:,} with other reviewers")
    return f"nothing left for you: {', '.join(parts)}"
