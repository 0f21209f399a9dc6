"""A hedge dropped: may for will, alleged for did, plans for has done.

The article says the statement's main word only behind a hedge, in the same surroundings, and nowhere
plainly; the statement has no hedge at all near it. A hedge turned into another hedge is right, and so is a
plan told as future ("plans to close", "will close"); a possibility told as future is not. A figure
that stands only behind a hedge counts as such a word. Hearsay forms
(Konjunktiv, conditional) are kept by any word of saying as well. Left alone: hedges around other words than
the shared one, such as "a preliminary report".

Keys of ``modality.toml``: ``possible_hedges``, ``planned_hedges``, ``hearsay_hedges``; ``future_words`` and
``future_endings``, which keep a plan; ``completed_words`` and ``completed_endings``, which drop it;
``hedge_exempt`` (phrases with a hedge's word that hedge nothing); ``infinitive_marks`` and
``infinitive_endings``; ``unasserted``.
"""

from collections.abc import Sequence

from ..flags import FlagCode
from ..report import Signal, SignalKind, Span
from .align import Alignment
from .clauses import Clauses, Fit, Related, context, fit, related, statement_clauses
from .context import ReadArticle, ReadStatement
from .figures import Figure
from .numbers import same_value
from .polarity import clause_evidence
from .terms import Hit
from .text import Token, span

_KEPT_WITHIN = 14
_FOCUS = 1
_RIVAL = 0.75
_ANY = ("possible_hedges", "planned_hedges", "hearsay_hedges", "unasserted")


def check(statement: ReadStatement, alignment: Alignment, read: ReadArticle) -> tuple[Signal, ...]:
    """At most one signal, for the first word that the article only hedges."""
    mine = statement_clauses(statement, read)
    near = related(statement, alignment, read)
    if not any(other.clauses.hits(table) for other in near for table in _ANY[:3]):
        return ()
    future = {hit.first for hit in mine.hits("future_words")}  # keeps a plan, and no possibility
    kept = [hit for table in _ANY for hit in _hedges(mine, table) if hit.first not in future]
    for index in range(len(mine.tokens)):
        if not _may_be_told(mine, index):
            continue
        if any(mine.distance(index, hit.first) <= _KEPT_WITHIN for hit in kept):
            continue
        if found := _hedged(index, mine, near, read):
            return (found,)
    for figure in statement.figures:
        if not kept and (found := _hedged_figure(figure, mine, near, read)):
            return (found,)
    return ()


def _hedged_figure(
    figure: Figure, mine: Clauses, near: Sequence[Related], read: ReadArticle
) -> Signal | None:
    """A figure that the article gives only behind "could", in the same surroundings, and nowhere plainly."""
    if figure.date or figure.ordinal or figure.unit is None:
        return None
    at = next((i for i, token in enumerate(mine.tokens) if token.start >= figure.start), None)
    if at is None:
        return None
    around = context(mine, at, at + 1, read)
    found: tuple[Fit, Related, int, Hit] | None = None
    for other in near:
        hedges = _hedges(other.clauses, "possible_hedges")
        for there in other.sentence.figures:
            if there.unit != figure.unit or not same_value(figure, there):
                continue
            place = next((i for i, t in enumerate(other.clauses.tokens) if t.start >= there.start), None)
            hedge = place is not None and next(
                (h for h in hedges if h.first in other.clauses.at(place) and h.first < place), None
            )
            if place is None or not hedge:
                return None
            fits = fit(around, mine, other.clauses, place)
            if fits.good and (found is None or fits > found[0]):
                found = fits, other, place, hedge
    return None if found is None else _signal(span(mine.text, figure.start, figure.end), *found[1:], read)


def _may_be_told(mine: Clauses, index: int) -> bool:
    token = mine.tokens[index]
    marks, endings = mine.lex.words("infinitive_marks"), mine.lex.words("infinitive_endings")
    if (index and mine.tokens[index - 1].norm in marks) or _ends(token, endings):
        return False  # an infinitive says that nothing has happened
    if not mine.content[index] or mine.is_number(index) or mine.is_name(index) or index in mine.quoted:
        return False
    return token.norm not in mine.lex.reporting and len(token.norm) > 2


def _hedged(index: int, mine: Clauses, near: Sequence[Related], read: ReadArticle) -> Signal | None:
    if not any(
        (governed := _governed(other.clauses))
        and not governed.keys().isdisjoint(_places(mine, index, other.clauses))
        for other in near
    ):
        return None  # nothing that the article hedges
    around = context(mine, index, index + 1, read)
    plain = hedged = Fit()
    where: tuple[Related, int, Hit] | None = None
    for other in near:
        governed = _governed(other.clauses)
        for place in _places(mine, index, other.clauses):
            fits = fit(around, mine, other.clauses, place)
            hit = governed.get(place)
            if hit is None:
                plain = max(plain, fits)
            elif fits > hedged and not _carried_over(hit, index, mine):
                hedged, where = fits, (other, place, hit)
            elif _carried_over(hit, index, mine):
                plain = max(plain, fits)
    if where is None or not hedged.good or plain.share >= _RIVAL * hedged.share:
        return None
    shown = span(mine.text, mine.tokens[index].start, mine.tokens[index].end)
    return _signal(shown, *where, read)


def _signal(shown: Span, other: Related, place: int, hit: Hit, read: ReadArticle) -> Signal:
    words = other.clauses.tokens
    there = clause_evidence(other, place, read)
    hedge = other.sentence.text[words[hit.first].start : words[hit.last - 1].end]
    message = f"“{shown.text}” stands as a fact; the article says “{hedge}”: “{there.quote}”"
    return Signal("hedges", SignalKind.MISMATCH, 1.0, message, FlagCode.HEDGE_DROPPED, (shown,), (there,))


def _places(mine: Clauses, index: int, theirs: Clauses) -> list[int]:
    """The same word in the article, or a word of the same group ("shut" for "close")."""
    found = set(mine.matched(theirs)[index])
    for table in ("contradictories", "directions"):
        labels = {hit.label for hit in mine.hits(table) if hit.first == index}
        if labels:
            found |= {hit.first for hit in theirs.hits(table) if hit.label in labels}
    return sorted(found)


def _hedges(clauses: Clauses, table: str) -> list[Hit]:
    hits = clauses.hits(table)
    if not hits:
        return []
    exempt = clauses.hits("hedge_exempt")
    return [hit for hit in hits if not any(other.first <= hit.first < other.last for other in exempt)]


def _governed(clauses: Clauses) -> dict[int, Hit]:
    """Token -> the hedge that it stands behind, or that stands beside it; read once."""
    known: dict[int, Hit] | None = clauses.memo.get("governed")
    if known is None:
        known = clauses.memo["governed"] = _read_governed(clauses)
    return known


def _read_governed(clauses: Clauses) -> dict[int, Hit]:
    found: dict[int, Hit] = {}
    for table, kind in (("planned_hedges", "plan"), ("hearsay_hedges", "hearsay"), ("possible_hedges", "")):
        for hit in _hedges(clauses, table):
            for index in _focus(clauses, hit):
                found[index] = Hit(hit.first, hit.last, kind)
    return found


def _focus(clauses: Clauses, hit: Hit) -> list[int]:
    """The content words right behind the hedge; in German, the verb at the end of the clause as well."""
    inside = [i for i in clauses.at(hit.first) if i >= hit.last and clauses.content[i]]
    found = inside[:_FOCUS]
    if clauses.lex.capitalised_nouns:
        found += [i for i in inside[-2:] if not clauses.tokens[i].capital and i not in found]
    if not inside:  # "the fire, possibly caused by", "she is, it seems, about to"
        following = [i for i in range(hit.last, len(clauses.tokens)) if clauses.content[i]]
        near = [i for i in following[:1] if clauses.distance(hit.first, i) <= 7]
        found = near
    return found


def _carried_over(hit: Hit, index: int, mine: Clauses) -> bool:
    """Whether the statement keeps what the hedge says in another way than by a hedge."""
    if hit.label == "hearsay":
        return any(token.norm in mine.lex.reporting for token in mine.tokens) or bool(
            mine.hits("saying_words")
        )
    if hit.label == "plan":
        return not _completed(mine, index)
    return False


def _completed(mine: Clauses, index: int) -> bool:
    """Whether the statement tells a plan as done: a word of completion in the clause, or a past form."""
    inside = mine.at(index)
    determiners = mine.lex.words("ones") | mine.lex.words("name_determiners")
    if index and mine.tokens[index - 1].norm in determiners:
        return False  # a thing: "promised a reading room"
    if any(hit.first in inside for hit in mine.hits("future_words")):
        return False
    if any(hit.first in inside for hit in mine.hits("completed_words")):
        return True
    return _ends(mine.tokens[index], mine.lex.words("completed_endings"))


def _ends(token: Token, endings: frozenset[str]) -> bool:
    return any(token.norm.endswith(ending) and len(token.norm) > len(ending) + 2 for ending in endings)
