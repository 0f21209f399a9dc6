"""How the reviewing goes: how often the checker is right, how far people agree, how fast, how late.

Agreement is Cohen's kappa for two people (scikit-learn) and Krippendorff's alpha for all (the package
`krippendorff`), both nominal; they come with the extra ``evaluation``. Intervals are Wilson's, 95 %.
"""

import statistics
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import combinations
from math import isfinite, sqrt

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..errors import MissingExtra
from ..flags import FlagCode
from ..records import Record
from ..review_items import DecisionVerdict
from .deciding import STANDS
from .filters import EVERYTHING, Filters, conditions, parameters
from .queue import Queue
from .rows import decisions_of, iso
from .tables import RowStatus, codes, decisions, items, skips, turns

_Z = 1.959964  # of a normal distribution, 95 %


class CodePrecision(Record, frozen=True):
    """How often reviewers found an item with this flag not supported; ``low`` to ``high`` is the interval."""

    code: FlagCode
    decided: int
    confirmed: int
    precision: float
    low: float
    high: float


class PairAgreement(Record, frozen=True):
    """Two reviewers on the items that both decided. ``kappa`` is None where it is not defined."""

    first: str
    second: str
    items: int
    agreed: int
    kappa: float | None


class Agreement(Record, frozen=True):
    """All reviewers. ``alpha`` is None where it is not defined, ``why`` says why there are no figures."""

    items: int
    agreed: int
    alpha: float | None
    pairs: tuple[PairAgreement, ...] = ()
    why: str | None = None


class ReviewerPace(Record, frozen=True):
    """One reviewer: standing decisions, those taken back, skips; seconds for an item in the middle."""

    reviewer: str
    decisions: int
    undone: int
    skipped: int
    median_seconds: float | None


class Day(Record, frozen=True):
    """One day in UTC: items that came in, decisions that were made."""

    day: str
    added: int
    decided: int


class Age(Record, frozen=True):
    """The open items: how many of them are held, and for how long they have waited, in seconds."""

    open: int
    held: int
    oldest_s: float | None
    median_s: float | None
    by_days: dict[str, int]


class Statistics(Record, frozen=True):
    """All of it, at a moment."""

    at: str
    items: int
    by_status: dict[str, int]
    verdicts: dict[str, int]
    codes: tuple[CodePrecision, ...]
    agreement: Agreement
    reviewers: tuple[ReviewerPace, ...]
    days: tuple[Day, ...]
    age: Age


def measure(queue: Queue, filters: Filters = EVERYTHING) -> Statistics:
    """The statistics of the items that the filters name."""
    now = queue.now()
    with queue.store.reading() as connection:
        wanted, values = conditions(filters.shape), parameters(filters, now)
        by_status = _counted(connection, items.c.status, wanted, values)
        by_status["open"] = by_status.get("open", 0) + by_status.pop(RowStatus.LEASED.value, 0)
        verdicts = _counted(connection, items.c.verdict, [items.c.verdict.is_not(None), *wanted], values)
        said = _said(connection, wanted, values)
        return Statistics(
            at=iso(now),
            items=sum(by_status.values()),
            by_status=by_status,
            verdicts=verdicts,
            codes=_codes(connection, wanted, values),
            agreement=agreement(said),
            reviewers=_reviewers(connection, wanted, values),
            days=_days(connection, wanted, values),
            age=_age(connection, wanted, values, now),
        )


Wanted = Sequence[sa.ColumnElement[bool]]
Values = Mapping[str, str | float]


def _counted(
    connection: Connection, column: sa.Column[str], wanted: Wanted, values: Values
) -> dict[str, int]:
    query = sa.select(column, sa.func.count()).where(*wanted).group_by(column).order_by(column)
    return {str(name): int(number) for name, number in connection.execute(query, values)}


def _codes(connection: Connection, wanted: Wanted, values: Values) -> tuple[CodePrecision, ...]:
    wrong = sa.func.count(sa.case((items.c.verdict != DecisionVerdict.SUPPORTED.value, 1)))
    query = (
        sa.select(codes.c.code, sa.func.count(), wrong)
        .join(items, items.c.id == codes.c.item_id)
        .where(items.c.verdict.is_not(None), *wanted)
        .group_by(codes.c.code)
    )
    found = []
    for code, decided, confirmed in connection.execute(query, values):
        low, high = wilson(confirmed, decided)
        share = round(confirmed / decided, 4)
        found.append(CodePrecision(FlagCode(code), decided, confirmed, share, low, high))
    return tuple(sorted(found, key=lambda one: (-one.decided, one.code)))


def wilson(part: int, whole: int) -> tuple[float, float]:
    """Wilson's score interval for a share, 95 %."""
    if not whole:
        return 0.0, 1.0
    share, spread = part / whole, _Z * _Z / whole
    middle = (share + spread / 2) / (1 + spread)
    half = _Z * sqrt(share * (1 - share) / whole + spread / whole / 4) / (1 + spread)
    return round(max(0.0, middle - half), 4), round(min(1.0, middle + half), 4)


# --- agreement


def _said(connection: Connection, wanted: Wanted, values: Values) -> dict[str, dict[str, str]]:
    """Who says what, of the items that more than one person decided: item -> reviewer -> verdict."""
    query = (
        sa.select(decisions.c.item_id, decisions.c.reviewer, decisions.c.verdict)
        .join(turns, STANDS)
        .join(items, items.c.id == decisions.c.item_id)
        .where(items.c.reviews > 1, *wanted)
        .order_by(decisions.c.seq)
    )
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for item_id, reviewer, verdict in connection.execute(query, values):
        found[item_id][reviewer] = verdict
    return dict(found)


def agreement(said: Mapping[str, Mapping[str, str]]) -> Agreement:
    """Agreement about items (item -> reviewer -> verdict) that several people decided."""
    agreed = sum(1 for voices in said.values() if len(set(voices.values())) == 1)
    if not said:
        return Agreement(0, 0, None, why="no item has two decisions yet")
    pairs: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for voices in said.values():
        for first, second in combinations(sorted(voices), 2):
            pairs[first, second].append((voices[first], voices[second]))
    why = None
    try:
        alpha = _alpha(said)
        kappas = {names: _kappa(both) for names, both in pairs.items()}
    except MissingExtra as error:
        alpha, kappas, why = None, dict.fromkeys(pairs), f"{error}; {error.hint}"
    made = [
        PairAgreement(first, second, len(both), sum(1 for one, other in both if one == other), kappa)
        for ((first, second), both), kappa in zip(pairs.items(), kappas.values(), strict=True)
    ]
    made.sort(key=lambda pair: (-pair.items, pair.first, pair.second))
    return Agreement(len(said), agreed, alpha, tuple(made), why)


def _kappa(both: Sequence[tuple[str, str]]) -> float | None:
    first, second = zip(*both, strict=True)
    if len({*first, *second}) < 2:  # one answer only: no more agreement than chance would give
        return None
    try:
        from sklearn.metrics import cohen_kappa_score
    except ModuleNotFoundError as error:
        raise MissingExtra("figures of agreement", "evaluation", "scikit-learn") from error
    return _number(float(cohen_kappa_score(first, second)))


def _alpha(said: Mapping[str, Mapping[str, str]]) -> float | None:
    names = sorted({name for voices in said.values() for name in voices})
    if len({verdict for voices in said.values() for verdict in voices.values()}) < 2:
        return None
    try:
        import krippendorff
    except ModuleNotFoundError as error:
        raise MissingExtra("figures of agreement", "evaluation", "krippendorff") from error
    numbers = {verdict.value: float(number) for number, verdict in enumerate(DecisionVerdict)}
    nothing = float("nan")
    table = [[numbers.get(voices.get(name, ""), nothing) for voices in said.values()] for name in names]
    found = krippendorff.alpha(reliability_data=table, level_of_measurement="nominal")
    return _number(float(found))


def _number(value: float) -> float | None:
    return round(value, 4) if isfinite(value) else None


# --- people, days, age


def _reviewers(connection: Connection, wanted: Wanted, values: Values) -> tuple[ReviewerPace, ...]:
    made: Counter[str] = Counter()
    undone: Counter[str] = Counter()
    seconds: dict[str, list[float]] = defaultdict(list)
    query = (
        sa.select(decisions.c.reviewer, decisions.c.undoes, decisions.c.body)
        .join(items, items.c.id == decisions.c.item_id)
        .where(*wanted)
    )
    for reviewer, undoes, body in connection.execute(query, values):
        if undoes is not None:
            undone[reviewer] += 1
            continue
        made[reviewer] += 1
        (decision,) = decisions_of([body])
        if decision.seconds_spent is not None:
            seconds[reviewer].append(decision.seconds_spent)
    left = (
        sa.select(skips.c.reviewer, sa.func.count())
        .join(items, items.c.id == skips.c.item_id)
        .where(*wanted)
        .group_by(skips.c.reviewer)
    )
    skipped = {str(name): int(number) for name, number in connection.execute(left, values)}
    return tuple(
        ReviewerPace(
            name,
            made[name] - undone[name],
            undone[name],
            skipped.get(name, 0),
            round(statistics.median(seconds[name]), 1) if seconds[name] else None,
        )
        for name in sorted({*made, *skipped}, key=lambda name: (-made[name], name))
    )


def _days(connection: Connection, wanted: Wanted, values: Values) -> tuple[Day, ...]:
    added = Counter(
        _day(at) for at in connection.execute(sa.select(items.c.added).where(*wanted), values).scalars()
    )
    query = (
        sa.select(decisions.c.at)
        .join(items, items.c.id == decisions.c.item_id)
        .where(decisions.c.undoes.is_(None), *wanted)
    )
    decided = Counter(_day(at) for at in connection.execute(query, values).scalars())
    return tuple(Day(day, added[day], decided[day]) for day in sorted({*added, *decided}))


def _day(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).date().isoformat()


_BUCKETS = ((1, "under 1 day"), (3, "1 to 3 days"), (7, "3 to 7 days"), (30, "7 to 30 days"))
_OLDEST = "over 30 days"


def _age(connection: Connection, wanted: Wanted, values: Values, now: float) -> Age:
    waiting = items.c.status.in_([RowStatus.OPEN.value, RowStatus.LEASED.value])
    query = sa.select(items.c.added, items.c.status, items.c.lease_until).where(waiting, *wanted)
    ages = []
    held = 0
    buckets = dict.fromkeys([*(name for _, name in _BUCKETS), _OLDEST], 0)
    for added, status, until in connection.execute(query, values):
        age = max(0.0, now - added)
        ages.append(age)
        held += status == RowStatus.LEASED and until > now
        buckets[next((name for days, name in _BUCKETS if age < days * 86400), _OLDEST)] += 1
    middle = round(statistics.median(ages), 1) if ages else None
    return Age(len(ages), held, round(max(ages), 1) if ages else None, middle, buckets)
