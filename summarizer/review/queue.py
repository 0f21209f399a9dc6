"""The review queue: reports go in, reviewers take items and decide, what was decided comes out.

    with Queue("queue.sqlite") as queue:
        queue.add(report)
        lease = queue.next("ada")
        if isinstance(lease, Lease):
            queue.decide(lease.item.id, "ada", DecisionVerdict.CONTRADICTED, corrected_text="…")

Every method is one transaction, or a few that each leave the queue in order. What it acknowledges by
returning is kept: decisions survive a loss of power, leases survive the death of any process.
"""

import time
import uuid
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Self

import msgspec

from ..article import Article, normalise
from ..errors import Refused, SettingsError, UnknownItem
from ..report import Report
from ..review_items import Decision, DecisionVerdict, ReviewItem, TruthRating
from ..settings import Settings, queue_url
from . import adding, deciding, deleting, leases, reading
from .adding import Added, Outcome
from .deciding import Recorded
from .deleting import Deletion
from .filters import EVERYTHING, Filters
from .leases import Lease, Nothing, Why
from .reading import Skip, Version
from .rows import Queued, iso
from .store import Store
from .tables import plain

LEASE_S = 900.0  # a quarter of an hour: reading, looking something up, a cup of tea
_SWEEP_EVERY_S = 1.0
_CHUNK = 200  # items read at once by a stream
_ARTICLES_KEPT = 64
_LONGEST_NAME = 200


class Queue:
    """The queue behind a URL: the path of a SQLite file, or ``postgresql://…``; None for the settings'.

    ``lease_s`` is how long an item is somebody's before it comes back; ``min_reviews`` how many people
    must decide about items that are added. ``clock`` gives seconds since 1970. ``upgrade`` migrates a
    PostgreSQL database. Raises QueueUnavailable.
    """

    def __init__(
        self,
        url: str | Path | None = None,
        *,
        lease_s: float = LEASE_S,
        min_reviews: int = 1,
        create: bool = True,
        upgrade: bool = False,
        clock: Callable[[], float] = time.time,
        new_id: Callable[[], str] = lambda: uuid.uuid4().hex,
    ) -> None:
        if min_reviews < 1 or not lease_s > 0:
            raise SettingsError("min_reviews must be at least 1, and lease_s above 0")
        if url is None:
            url = queue_url(Settings.load())
        self._store = Store(str(url), create=create, upgrade=upgrade)
        self.lease_s = lease_s
        self.min_reviews = min_reviews
        self._clock = clock
        self._new_id = new_id
        self._swept = float("-inf")
        self._articles: OrderedDict[str, Article] = OrderedDict()

    @property
    def name(self) -> str:
        """The database, without user and password."""
        return self._store.name

    @property
    def store(self) -> Store:
        """The open database, for statistics and approved output."""
        return self._store

    def now(self) -> float:
        return self._clock()

    def close(self) -> None:
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- in

    def add(self, report: Report, *, batch_id: str | None = None, min_reviews: int | None = None) -> Added:
        """Puts in what a person must look at, and keeps the whole report.

        The same report again changes nothing. Another version of a document (same ``document_id``) keeps
        the decisions whose statement and evidence text did not change, queues the rest, and withdraws
        what is gone.
        """
        wanted = self.min_reviews if min_reviews is None else min_reviews
        if wanted < 1:
            raise SettingsError("min_reviews must be at least 1")
        with self._store.writing() as connection:
            return adding.add(connection, report, batch_id, wanted, self._clock())

    def add_items(self, article: Article, items: Sequence[ReviewItem]) -> tuple[str, ...]:
        """Puts in items that were made without a report; the ids of those that were not there."""
        with self._store.writing() as connection:
            return adding.add_items(connection, article, items, self._clock())

    # --- work

    def next(
        self,
        reviewer: str,
        filters: Filters = EVERYTHING,
        *,
        lease_s: float | None = None,
        resume: bool = False,
    ) -> Lease | Nothing:
        """Leases the most urgent item that the reviewer has neither decided nor skipped.

        With ``resume`` an item that they hold already comes first. Where there is none, says why.
        """
        reviewer, now = _name(reviewer), self._clock()
        until = now + (self.lease_s if lease_s is None else lease_s)
        self._sweep_now_and_then(now)
        found = None
        if resume:
            with self._store.writing(durable=False) as connection:
                found = leases.resume(connection, reviewer, filters, now, until)
        found = found or leases.take(self._store, reviewer, filters, now, until)
        if found is None and self._sweep(now):
            found = leases.take(self._store, reviewer, filters, now, until)
        if found is None:
            with self._store.reading() as connection:
                return leases.why_nothing(connection, reviewer, filters, now)
        item, reviews = found
        return Lease(item, reviewer, iso(until), reviews)

    def next_several(
        self, reviewer: str, most: int, filters: Filters = EVERYTHING, *, lease_s: float | None = None
    ) -> tuple[Lease, ...]:
        """Leases up to ``most`` items at once, the most urgent first; for tools that show a page of them.

        One transaction for all of them: far cheaper an item than ``next``, which also says why there is
        none. Nobody else gets them meanwhile, so take no more than is worked through within ``lease_s``.
        Raises SettingsError for a number below 1.
        """
        if most < 1:
            raise SettingsError("at least one item is taken")
        reviewer, now = _name(reviewer), self._clock()
        until = now + (self.lease_s if lease_s is None else lease_s)
        self._sweep_now_and_then(now)
        found = leases.take_several(self._store, reviewer, filters, now, until, most)
        stamp = iso(until)
        return tuple(Lease(item, reviewer, stamp, reviews) for item, reviews in found)

    def take(self, item_id: str, reviewer: str, *, lease_s: float | None = None) -> Lease | None:
        """Leases one item; None where somebody else holds it, or it is not open. Raises UnknownItem."""
        reviewer, now = _name(reviewer), self._clock()
        until = now + (self.lease_s if lease_s is None else lease_s)
        with self._store.writing(durable=False) as connection:
            reviews = leases.lease_one(connection, item_id, reviewer, now, until)
            item = reading.one(connection, item_id, now).item
        return None if reviews is None else Lease(item, reviewer, iso(until), reviews)

    def release(self, reviewer: str, item_id: str | None = None) -> int:
        """Gives back what the reviewer holds, or one item of it; how many."""
        with self._store.writing(durable=False) as connection:
            return leases.release(connection, _name(reviewer), item_id)

    def sweep(self) -> int:
        """Puts back what nobody decided in time; how many. ``next`` does it by itself."""
        return self._sweep(self._clock())

    def decide(
        self,
        item_id: str,
        reviewer: str,
        verdict: DecisionVerdict,
        *,
        corrected_text: str | None = None,
        note: str | None = None,
        seconds_spent: float | None = None,
        truth_rating: TruthRating | None = None,
        second_opinion: bool = False,
    ) -> Decision:
        """Appends what a reviewer says of an item.

        Raises UnknownItem, and Refused where somebody else holds it, where this reviewer has decided
        already, where enough people have (a ``second_opinion`` is taken, and asks for a third), or where
        it was withdrawn.
        """
        now = self._clock()
        decision = Decision(
            id=self._new_id(),
            item_id=item_id,
            reviewer=_name(reviewer),
            at=iso(now),
            verdict=DecisionVerdict(verdict),
            corrected_text=_text(corrected_text, one_line=True),
            note=_text(note),
            seconds_spent=None if seconds_spent is None else round(max(seconds_spent, 0.0), 1),
            truth_rating=_rating(truth_rating),
        )
        with self._store.writing() as connection:
            return deciding.decide(connection, decision, now, second_opinion=second_opinion)

    def record(self, decision: Decision) -> Recorded:
        """Appends a decision that was made elsewhere, as in an annotation tool; the same one only once.

        Raises UnknownItem, Refused for one that takes back what does not stand, and SettingsError for a
        time that is none.
        """
        with self._store.writing() as connection:
            checked = msgspec.structs.replace(decision, reviewer=_name(decision.reviewer))
            return deciding.record(connection, checked, self._clock())

    def skip(self, item_id: str, reviewer: str, reason: str) -> None:
        """Leaves an item to others, with a reason. Raises UnknownItem, Refused and SettingsError."""
        words = _text(reason, one_line=True)
        if words is None:
            raise SettingsError(
                "an item is skipped with a reason", hint="--reason 'needs a call to the club'"
            )
        with self._store.writing() as connection:
            leases.skip(connection, item_id, _name(reviewer), words, self._clock())

    def bring_back(self, reviewer: str) -> int:
        """Offers the reviewer again what they skipped; how many items."""
        with self._store.writing() as connection:
            return leases.bring_back(connection, _name(reviewer))

    def undo(self, reviewer: str) -> Decision:
        """Takes back the reviewer's last decision that stands; that decision.

        That it was taken back is appended. The item is theirs again, where nobody else holds it. Raises
        Refused where there is none.
        """
        reviewer, now = _name(reviewer), self._clock()
        with self._store.writing() as connection:
            last = deciding.last_of(connection, reviewer)
            if last is None:
                raise Refused(f"{reviewer} has no decision to take back")
            undoing = Decision(
                id=self._new_id(),
                item_id=last.item_id,
                reviewer=reviewer,
                at=iso(now),
                verdict=last.verdict,
                undoes=last.id,
                article_id=last.article_id,
            )
            deciding.undo(connection, undoing, now)
            leases.lease_one(connection, last.item_id, reviewer, now, now + self.lease_s)
        return last

    # --- out

    def page(self, filters: Filters = EVERYTHING, *, limit: int | None = 50, offset: int = 0) -> list[Queued]:
        """Items and how they stand, the most urgent first."""
        with self._store.reading() as connection:
            return reading.page(connection, filters, self._clock(), limit, offset)

    def count(self, filters: Filters = EVERYTHING) -> int:
        with self._store.reading() as connection:
            return reading.count(connection, filters, self._clock())

    def items(self, filters: Filters = EVERYTHING) -> Iterator[ReviewItem]:
        """All items, streamed in the order in which they were put in."""
        for found, _ in self.rows(filters):
            yield found.item

    def rows(self, filters: Filters = EVERYTHING) -> Iterator[tuple[Queued, tuple[Decision, ...]]]:
        """All items with the decisions that stand, streamed in the order in which they were put in.

        Read some at a time, each of these in a transaction of its own: what comes in meanwhile may be
        part of it.
        """
        after, now = 0, self._clock()
        while True:
            with self._store.reading() as connection:
                some, after = reading.chunk(connection, filters, now, after, _CHUNK)
                decided = reading.standing(connection, [one.item.id for one in some])
            for one in some:
                yield one, decided.get(one.item.id, ())
            if len(some) < _CHUNK:
                return

    def item(self, item_id: str) -> Queued:
        """One item, by its id or an unambiguous beginning of it. Raises UnknownItem."""
        with self._store.reading() as connection:
            return reading.one(connection, reading.full_id(connection, item_id), self._clock())

    def decisions(self, item_id: str) -> tuple[Decision, ...]:
        """The decisions about an item that stand: one a reviewer, in the order in which they were made."""
        with self._store.reading() as connection:
            return reading.standing(connection, [plain(item_id)]).get(item_id, ())

    def history(self, item_id: str) -> tuple[Decision, ...]:
        """Every decision about an item, also those taken back, and their taking back."""
        with self._store.reading() as connection:
            return reading.history(connection, plain(item_id))

    def skips(self, item_id: str) -> tuple[Skip, ...]:
        with self._store.reading() as connection:
            return reading.skipped(connection, plain(item_id))

    def article(self, article_id: str) -> Article:
        """An article of the queue; the last ones are kept in memory. Raises UnknownItem."""
        if article_id in self._articles:
            self._articles.move_to_end(article_id)
            return self._articles[article_id]
        with self._store.reading() as connection:
            found = reading.load_article(connection, article_id)
        self._articles[article_id] = found
        while len(self._articles) > _ARTICLES_KEPT:
            self._articles.popitem(last=False)
        return found

    def report(self, report_id: str) -> Report:
        """A report as it was put in. Raises UnknownItem."""
        with self._store.reading() as connection:
            found = reading.load_report(connection, plain(report_id))
        if found is None:
            raise UnknownItem(f"there is no report {report_id}")
        return found

    def documents(self) -> list[str]:
        """The ids of all documents, in the order in which they came."""
        with self._store.reading() as connection:
            return reading.documents(connection)

    def document(self, name: str) -> str:
        """The document meant by its id, an article's id, or the beginning of either. Raises UnknownItem."""
        with self._store.reading() as connection:
            return reading.find_document(connection, name)

    def versions(self, document_id: str) -> tuple[Version, ...]:
        """All reports about a document, the latest first."""
        with self._store.reading() as connection:
            return reading.versions(connection, document_id)

    # --- away

    def purge(self, document: str, *, by: str, reason: str) -> Deletion:
        """Deletes a document with all versions, items and decisions; that it was deleted stays recorded.

        ``document`` is its whole id, or that of one of its versions. Raises UnknownItem.
        """
        with self._store.writing() as connection:
            found = reading.find_document(connection, document, whole=True)
            made = deleting.delete(connection, found, _name(by), plain(reason), self._clock())
        self._forget()
        return made

    def old_documents(self, older_than_s: float, *, also_open: bool = False) -> list[str]:
        """What ``retain`` would delete."""
        with self._store.reading() as connection:
            return deleting.old_documents(connection, self._clock() - older_than_s, also_open=also_open)

    def retain(
        self, older_than_s: float, *, by: str, reason: str = "retention", also_open: bool = False
    ) -> tuple[Deletion, ...]:
        """Deletes documents of which nothing was put in for so long.

        Those that still have open items stay, unless ``also_open``.
        """
        now = self._clock()
        with self._store.writing() as connection:
            names = deleting.old_documents(connection, now - older_than_s, also_open=also_open)
            made = tuple(deleting.delete(connection, one, _name(by), plain(reason), now) for one in names)
        self._forget()
        return made

    def deletions(self) -> tuple[Deletion, ...]:
        """What was deleted from this queue, in that order."""
        with self._store.reading() as connection:
            return deleting.recorded(connection)

    def _sweep_now_and_then(self, now: float) -> None:
        if now - self._swept >= _SWEEP_EVERY_S or now < self._swept:
            self._sweep(now)
            self._swept = now

    def _sweep(self, now: float) -> int:
        with self._store.writing(durable=False) as connection:
            return leases.sweep(connection, now)

    def _forget(self) -> None:
        self._articles.clear()
        self._store.shrink()


def _name(reviewer: str) -> str:
    """The name of a person as it is stored. Raises SettingsError for none."""
    name = " ".join(plain(normalise(reviewer)).split())
    if not name or len(name) > _LONGEST_NAME:
        raise SettingsError(
            "a reviewer has a name of at most 200 characters", hint="--reviewer NAME, as --reviewer ada"
        )
    return name


def _text(text: str | None, *, one_line: bool = False) -> str | None:
    """What somebody typed, without what no database or terminal can hold; None for nothing."""
    if text is None:
        return None
    text = normalise(text)
    return (" ".join(text.split()) if one_line else text) or None


def _rating(rating: TruthRating | None) -> TruthRating | None:
    if rating is None:
        return None
    name = _text(rating.name, one_line=True)
    numbers = (rating.worst, rating.value, rating.best)
    if name is None:
        raise SettingsError("a truth rating has a name", hint="As: Mostly false")
    if rating.value is not None and None not in numbers:
        low, high = sorted((rating.worst or 0, rating.best or 0))
        if not low <= rating.value <= high:
            raise SettingsError(f"a truth rating of {rating.value} is not between {low} and {high}")
    return msgspec.structs.replace(rating, name=name, explanation=_text(rating.explanation))


__all__ = [
    "EVERYTHING",
    "LEASE_S",
    "Added",
    "Deletion",
    "Filters",
    "Lease",
    "Nothing",
    "Outcome",
    "Queue",
    "Queued",
    "Recorded",
    "Skip",
    "Version",
    "Why",
]
