"""A negation added or lost.

Two ways: the statement affirms what the article denies, or the other way round, with the same word ("will
rise", "will not rise"); or it has the opposite word ("approved", "rejected"). A denied word counts as its
opposite affirmed, so that "did not accept" for "rejected" is right. Both need the same surroundings on both
sides (see ``clauses``), and no other sentence that tells it as the statement does. Left alone: conditions,
questions, what a negation may or may not be about, words of saying, and statements that deny in another
way than by words of the tables. Opposites by degree ("rose", "fell") are the comparison check's.

Key of ``opposites.toml``: ``contradictories``, lines of two groups ``one words | other words``. Of
``modality.toml``: ``negation_pairs`` ("neither", "nor": the verb is denied, and no noun by itself),
``ruling_out`` (verbs of ruling out: "did not rule out" and "ruled out" are opposites).
"""

from collections.abc import Sequence

from ..flags import FlagCode
from ..report import Evidence, Signal, SignalKind
from .align import Alignment
from .clauses import Clauses, Context, Fit, Related, context, fit, other_numbers, related, statement_clauses
from .context import ReadArticle, ReadStatement
from .negation import Signs, signs
from .terms import Hit
from .text import span

_DENIED = 3  # words between a negation and its verb
_RIVAL = 0.75  # a place that agrees needs this much of the other's share to clear the statement
_TABLE = "contradictories"


def check(statement: ReadStatement, alignment: Alignment, read: ReadArticle) -> tuple[Signal, ...]:
    """At most one signal, for the first word that the article has the other way round."""
    mine = statement_clauses(statement, read)
    own = signs(mine)
    near = related(statement, alignment, read)
    for hit in mine.hits(_TABLE):
        if found := _opposite(hit, mine, own, near, read):
            return (found,)
    if found := _ruled_out(mine, near, read):
        return (found,)
    if not mine.hits("negation_words", "negation_verbs", "negation_adverse"):
        candidates: Sequence[int] = range(len(mine.tokens))
    else:
        candidates = sorted(own.heads)
    against = {
        sign: [other.clauses for other in near if -sign in signs(other.clauses).sign] for sign in (1, -1)
    }
    for index in candidates:
        sign = own.sign[index]
        if not sign or not any(
            signs(theirs).sign[at] == -sign for theirs in against[sign] for at in mine.matched(theirs)[index]
        ):
            continue  # nothing that could stand against it
        if found := _negated(index, mine, own, near, read):
            return (found,)
    return ()


def _opposite(
    hit: Hit, mine: Clauses, own: Signs, near: Sequence[Related], read: ReadArticle
) -> Signal | None:
    sign = own.sign[hit.last - 1] * (1 if hit.label[-1] == "+" else -1)
    if not sign or _quoted_name(mine, hit) or hit.first in mine.quoted:
        return None
    around = context(mine, hit.first, hit.last, read)
    against = Fit()
    where: tuple[Related, Hit] | None = None
    agreeing: list[tuple[Fit, Related]] = []
    for other in near:
        theirs = signs(other.clauses)
        for there in other.clauses.hits(_TABLE):
            if there.label[:-1] != hit.label[:-1]:
                continue
            value = theirs.sign[there.last - 1] * (1 if there.label[-1] == "+" else -1)
            fits = fit(around, mine, other.clauses, there.first)
            if value == -sign:
                if fits > against and not other_numbers(hit.first, mine, there.first, other.clauses):
                    against, where = fits, (other, there)
            else:
                agreeing.append((fits, other))
    if where is None or not against.good:
        return None
    # In one sentence the two have the same surroundings: the nearer of them tells.
    agree = [fits.share / (1.0 if other is where[0] else _RIVAL) for fits, other in agreeing]
    agree.append(_same_word(hit, around, mine, own, near, read).share / _RIVAL)
    if max(agree) >= against.share:
        return None
    other, there = where
    return _signal(mine, own, hit.first, hit.last, read, other, there.first)


def _ruled_out(mine: Clauses, near: Sequence[Related], read: ReadArticle) -> Signal | None:
    """What the one rules out or turns down, the other does not rule out."""
    own = mine.hits("ruling_out")
    refused = own or [
        hit for hit in mine.hits(_TABLE) if hit.label == "0-" and not _denied(mine, hit)
    ]  # "rejected a coalition"
    for hit in refused:
        if hit.first in mine.quoted:
            continue
        around = context(mine, hit.first, hit.last, read)
        against: tuple[Fit, Related, Hit] | None = None
        agree = Fit()
        for other in near:
            for there in other.clauses.hits("ruling_out"):
                fits = fit(around, mine, other.clauses, there.first)
                if _denied(other.clauses, there) == _denied(mine, hit):
                    agree = max(agree, fits)
                elif (own or _denied(other.clauses, there)) and (against is None or fits > against[0]):
                    against = fits, other, there
        if against is None or not against[0].good or agree.share >= _RIVAL * against[0].share:
            continue
        _, other, there = against
        quoted = clause_evidence(other, there.first, read)
        shown = span(mine.text, mine.tokens[hit.first].start, mine.tokens[hit.last - 1].end)
        message = f"“{shown.text}”: the article says the opposite, “{quoted.quote}”"
        flag = FlagCode.NEGATION_MISMATCH
        return Signal("polarity", SignalKind.MISMATCH, 1.0, message, flag, (shown,), (quoted,))
    return None


def _denied(clauses: Clauses, hit: Hit) -> bool:
    """Whether a negation stands right before a verb, or in its clause where it stands behind its verb."""
    for negation in clauses.hits("negation_words"):
        if clauses.clause[negation.first] != clauses.clause[hit.first]:
            continue
        if 0 < hit.first - negation.first <= _DENIED:
            return True
        if negation.label in ("behind", "second") and abs(negation.first - hit.first) <= 2 * _DENIED:
            return True
    return False


def _same_word(
    hit: Hit, around: Context, mine: Clauses, own: Signs, near: Sequence[Related], read: ReadArticle
) -> Fit:
    """Where the article has the very word, and not denied otherwise than the statement does."""
    best = Fit()
    for other in near:
        theirs = signs(other.clauses)
        for place in other.clauses.find_form(mine.tokens[hit.last - 1]):
            if theirs.sign[place] in (0, own.sign[hit.last - 1]):
                best = max(best, fit(around, mine, other.clauses, place))
    return best


def _quoted_name(mine: Clauses, hit: Hit) -> bool:
    return all(mine.is_name(index) for index in range(hit.first, hit.last))


def _negated(
    index: int, mine: Clauses, own: Signs, near: Sequence[Related], read: ReadArticle
) -> Signal | None:
    """The same word, affirmed on the one side and denied on the other."""
    sign = own.sign[index]
    if not sign or not _tells(mine, index):
        return None
    around = context(mine, index, index + 1, read)
    agree = against = Fit()
    where: tuple[Related, int] | None = None
    for other in near:
        theirs = signs(other.clauses)
        forms = set(other.clauses.find_form(mine.tokens[index]))
        for place in mine.matched(other.clauses)[index]:
            value = theirs.sign[place]
            fits = fit(around, mine, other.clauses, place)
            if sign == -1 and value == 1 and not _verb_stands(index, mine, other.clauses):
                continue
            if value == -sign and (sign == -1 or (place in theirs.heads and _goes_on(place, other, mine))):
                if sign == -1 and other.clauses.hits("negation_adverse"):
                    value = 0
                elif (
                    place in forms and fits > against and not other_numbers(index, mine, place, other.clauses)
                ):
                    against, where = fits, (other, place)
            if value != -sign:
                agree = max(agree, fits)
    if where is None or not against.good or agree.share >= _RIVAL * against.share:
        return None
    return _signal(mine, own, index, index + 1, read, *where)


def _goes_on(place: int, other: Related, mine: Clauses) -> bool:
    """Whether what is denied stands in the statement too: "no doctor stopped" denies the stopping."""
    behind = [i for i in other.clauses.at(place) if i > place and other.clauses.content[i]][:2]
    if not any(mine.find(other.clauses.tokens[i]) for i in behind):
        return not behind
    words = {hit.label for i in behind for hit in other.clauses.hits(_TABLE) if hit.first == i}
    opposites = {label[:-1] + ("-" if label[-1] == "+" else "+") for label in words}
    return not any(hit.label in opposites for hit in mine.hits(_TABLE))  # "none stopped", "all went on"


def _verb_stands(index: int, mine: Clauses, theirs: Clauses) -> bool:
    """Behind "neither": whether what is denied of the two stands in the article's sentence as well."""
    pairs = mine.hits("negation_pairs")
    if not any(hit.first < index for hit in pairs):
        return True
    last = max(hit.last for hit in pairs)
    rest = [i for i in range(last, len(mine.tokens)) if mine.content[i] and i != index][1:]
    return not rest or any(theirs.find(mine.tokens[i]) for i in rest)


def _tells(mine: Clauses, index: int) -> bool:
    """Whether a word can be what is affirmed or denied: no figure, no name, no word of saying."""
    token = mine.tokens[index]
    if not mine.content[index] or mine.is_number(index) or mine.is_name(index) or index in mine.quoted:
        return False
    return token.norm not in mine.lex.reporting and len(token.norm) > 2


def _signal(
    mine: Clauses, own: Signs, first: int, last: int, read: ReadArticle, other: Related, at: int
) -> Signal:
    start, end = mine.tokens[first].start, mine.tokens[last - 1].end
    negator = own.negator_of(first) if own.sign[last - 1] == -1 else None
    if negator and mine.clause[negator.first] == mine.clause[first]:
        start = min(start, mine.tokens[negator.first].start)
        end = max(end, mine.tokens[negator.last - 1].end)
    shown = span(mine.text, start, end)
    there = clause_evidence(other, at, read)
    message = f"“{shown.text}”: the article says the opposite, “{there.quote}”"
    return Signal(
        "polarity", SignalKind.MISMATCH, 1.0, message, FlagCode.NEGATION_MISMATCH, (shown,), (there,)
    )


def clause_evidence(other: Related, at: int, read: ReadArticle) -> Evidence:
    """The clause of the article around a token."""
    inside = other.clauses.at(at)
    tokens = other.clauses.tokens
    return read.evidence(other.sentence, tokens[inside[0]].start, tokens[inside[-1]].end)
