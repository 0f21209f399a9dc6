"""A figure of the article said of something else.

The words round a figure, and what it counts, tell what it is a figure of (``grounds``). One is bound
wrongly when another figure of the same kind stands where the statement has it, clearly better than any
place of the figure itself does; when the statement gives as the present value what the article gives as the
former one ("from 12 to 9", "9, down from 12"); when it has the two exchanged; when it gives a whole for its
part ("employs 340 of Aranza's 2,100 workers") or takes the figure of the next item of a list, led by another
name ("Services 48 million and Marine 32"). A figure that the article
has far away, of another thing altogether, was not confused but is a wrong number: ``number_mismatch``.

Keys of ``figures.toml``: ``restating`` (words between two figures of which one restates the other).

Left aside: what a statement works out from the article's figures, sides of a score, the words "one" and
"two", and figures whose surroundings are paraphrased out of sight.
"""

from collections.abc import Sequence
from itertools import combinations

from ..flags import FlagCode
from ..report import Evidence, Signal, SignalKind
from .align import Alignment
from .context import ReadArticle, ReadStatement
from .derived import SUM, in_score
from .grounds import NEW, OLD, Place, article_places, told_as_old
from .sought import Sought, is_named, near, number_of, of_scores, sought
from .terms import terms
from .text import Token

_BETTER = 0.33  # how much better the other figure must fit
_COUNTED = 0.3  # the same, where it counts the same thing and the statement's figure does not
_CLOSER = 0.2  # the same, for two figures of one sentence
_BESIDE, _BESIDE_BY, _TWICE = 0.15, 0.1, 1.9  # the same, where hardly a word stands near either of the two
_OTHERWISE = 0.15  # and more where it counts something else
_ANCHORS = 2  # words that must stand near the other figure where it need not count the same
_IN_SENTENCE = 0.25  # how near a word of the same sentence stands at the least
_LEAST = 0.3  # how well it must fit at the least
_CLEARLY = 1.5  # times as well
_CROSSED = 0.25  # how much better two figures must fit when exchanged
_RESTATED = 6  # words between two figures of which one restates the other
_EXACT = 1e-6
_LEAD = 3  # words before a figure among which the name stands whose it is
_NEAR = 3  # sentences so near can be confused


def check(statement: ReadStatement, alignment: Alignment, read: ReadArticle) -> tuple[Signal, ...]:
    """At most one signal."""
    found = sought(statement, alignment, read)
    for one, other in combinations(found, 2):
        signal = _crossed(one, other)
        if signal is not None:
            return (signal,)
    for one in found:
        figure = one.figure
        if figure.ordinal or (figure.word and figure.value <= 2) or not one.own:
            continue
        if in_score(figure, statement.text, statement.figures) or of_scores(one):
            continue
        if is_named(figure, statement):
            continue
        signal = (
            _exchanged(one)
            or _whole(one)
            or _led_by_another(one)
            or _misbound(one, [other for other in found if other is not one])
        )
        if signal is not None:
            return (signal,)
    return ()


def _crossed(one: Sought, other: Sought) -> Signal | None:
    """Two figures of the statement, each in the other one's place."""
    if one.figure.unit != other.figure.unit or one.figure.ordinal or other.figure.ordinal:
        return None
    if not one.own or not other.own or one.figure.value == other.figure.value:
        return None
    crossed = [
        (one.fit(theirs) + other.fit(mine) - one.fit(mine) - other.fit(theirs), mine, theirs)
        for mine in one.own
        for theirs in other.own
        if abs(number_of(mine) - number_of(theirs)) <= _NEAR
    ]
    straight = one.own_fit + other.own_fit
    best = max(crossed, key=lambda row: row[0], default=None)
    if best is None or best[0] < _CROSSED or one.fit(best[2]) + other.fit(best[1]) < straight + _CROSSED:
        return None
    message = (
        f"“{one.shown.text}” and “{other.shown.text}” are exchanged: here the article has “{_text(best[2])}”"
    )
    return _signal(one, message, best[2], FlagCode.FIGURE_MISBOUND)


def _exchanged(one: Sought) -> Signal | None:
    """The statement's old value is the article's new one, or the old one is told as present."""
    roles = {place.role for place in one.own}
    if len(roles) != 1 or None in roles:
        return None
    their = roles.pop()
    own = max(one.own, key=one.fit)
    mate = _mate(own, one.read)
    if mate is None or own.sentence is None:
        return None
    if one.place.role is not None and one.place.role != their:
        if not any(
            other is not one.place.figure and _is(mate, other, one) for other in one.statement.figures
        ):
            return None
        before = "it was from" if their == NEW else "it is the former value, not"
        message = f"“{one.shown.text}” stands in the place of the other figure: {before} “{_text(mate)}”"
        return _signal(one, message, mate, FlagCode.FIGURE_MISBOUND)
    if one.place.role is None and their == OLD and one.fit(own) >= _LEAST:
        if told_as_old(one.statement, one.read.lex) or one.bound is not None:
            return None
        if any(_is(mate, other, one) for other in one.statement.figures):
            return None
        message = f"“{one.shown.text}” is what it was before; the article now has “{_text(mate)}”"
        return _signal(one, message, mate, FlagCode.FIGURE_MISBOUND)
    return None


def _whole(one: Sought) -> Signal | None:
    """The whole given for a part: "the plant employs 2,100" for "employs 340 of Aranza's 2,100 workers"."""
    own = max(one.own, key=one.fit)
    sentence = own.sentence
    if len(one.own) > 1 or sentence is None or one.place.figure.unit != own.figure.unit:
        return None
    partitive = one.read.lex.words("partitives") | one.read.lex.words("name_of")
    for place in article_places(one.read):
        if place.sentence is not sentence or place.figure.end > own.figure.start or place.figure.date:
            continue
        between = [t for t in sentence.tokens if place.figure.end <= t.start < own.figure.start]
        if not 0 < len(between) <= _RESTATED or place.figure.value >= own.figure.value:
            continue
        if between[0].norm not in partitive or any(_is(place, f, one) for f in one.statement.figures):
            continue
        said = {t.family for t in one.statement.tokens}
        around = [*between, *(t for t in sentence.tokens if own.figure.end <= t.start)]
        holder = [t for t in around if t.capital and t.norm in one.read.capitals][:1]
        subject = [t for t in sentence.tokens if t.end <= place.figure.start and t.capital]
        mine = [t for t in one.statement.tokens if t.capital and t.start]
        if not holder or holder[0].family in said or one.own_fit < _LEAST:
            continue
        if any(t.family == s.family for t in mine for s in subject):
            message = f"“{one.shown.text}” is the whole; of it the article has “{_text(place)}” here"
            return _signal(one, message, place, FlagCode.FIGURE_MISBOUND)
    return None


def _led_by_another(one: Sought) -> Signal | None:
    """In a list, the figure of the next item: "Services 48 million and Marine 32"."""
    own = max(one.own, key=one.fit)
    sentence = own.sentence
    if sentence is None or len({number_of(p) for p in one.own}) > 1 or one.figure.unit is None:
        return None
    said = {t.family: t for t in one.statement.tokens if t.capital}
    before = _lead(own)
    if before is None or before.family in {t.family for t in one.statement.tokens}:
        return None
    for rival in article_places(one.read):
        if rival.sentence is not sentence or rival is own or rival.figure.unit != own.figure.unit:
            continue
        lead = _lead(rival)
        if lead is None or not lead.capital or lead.family not in said or one.same(rival.figure):
            continue
        if any(_is(rival, other, one) for other in one.statement.figures) or _together_with(rival, one):
            continue
        return _of_rival(one, own, rival)
    return None


def _lead(place: Place) -> Token | None:
    """The name right before a figure, or before the verb right before it."""
    if place.sentence is None:
        return None
    earlier = max((f.end for f in place.sentence.figures if f.end <= place.figure.start), default=0)
    before = [t for t in place.sentence.tokens if earlier <= t.start and t.end <= place.figure.start]
    names = [t for t in before[-_LEAD:] if t.capital and t.text[0].isalpha()]
    return names[-1] if names else None


def _mate(own: Place, read: ReadArticle) -> Place | None:
    """The other figure of a pair of old and new."""
    wanted = NEW if own.role == OLD else OLD
    places = [
        p
        for p in article_places(read)
        if p.sentence is own.sentence and p.role == wanted and p.figure.unit == own.figure.unit
    ]
    return min(places, key=lambda p: abs(p.figure.start - own.figure.start), default=None)


def _is(place: Place, figure: object, one: Sought) -> bool:
    value = getattr(figure, "value", None)
    return value == place.figure.value


def _text(place: Place) -> str:
    return place.sentence.text[place.figure.start : place.figure.end] if place.sentence else ""


def _misbound(one: Sought, others: Sequence[Sought]) -> Signal | None:
    own = max(one.own, key=one.fit)
    mine = one.own_fit
    for how, rival in one.rivals[:6]:
        together = rival.sentence is own.sentence
        beside = together and how >= _BESIDE and how >= _TWICE * mine
        if (how < _LEAST or how < _CLEARLY * mine) and not beside:
            continue
        if rival.near is own.near or any(_is(rival, other, one) for other in one.statement.figures):
            continue
        if _from(rival, one) or any(other.same(rival.figure) for other in others):
            continue
        if _restated(own, rival, one) or _together_with(rival, one) or _gives_another(rival, others):
            continue
        counts = bool(rival.nouns & one.place.nouns) and not own.nouns & one.place.nouns
        wanted = _BESIDE_BY if beside else _CLOSER if together else _COUNTED if counts else _BETTER
        if counts and not together and one.anchors(rival, _IN_SENTENCE) < _ANCHORS:
            continue
        if not counts and not together:
            same = rival.nouns & one.place.nouns
            if (one.figure.unit is None and not same) or one.anchors(rival) < _ANCHORS:
                continue
            if rival.nouns and one.place.nouns and not same and one.anchors(rival) <= _ANCHORS:
                wanted += _OTHERWISE
        if one.bound is not None or one.figure.about:
            wanted += _OTHERWISE  # "more than 700" for 742 is no coincidence
        if how - mine >= wanted:
            return _of_rival(one, own, rival)
    return None


def _from(rival: Place, one: Sought) -> bool:
    """Whether the statement's figure was worked out from this one: a majority of five from 31 and 26."""
    if one.worked_out is None:
        return False
    made = one.worked_out[0]
    loose = one.bound is not None or not any(place.figure.value == one.figure.value for place in one.own)
    if loose and any(place is rival for place in made.places):
        return True
    if not one.worked_out[1]:
        return False
    if made.kind == SUM and terms(one.read.lex.code, "totals").any(one.statement.tokens):
        return True
    return one.own_fit < _LEAST and any(
        place.sentence is rival.sentence for place in one.worked_out[0].places
    )


def _restated(own: Place, rival: Place, one: Sought) -> bool:
    """Whether the article has the one as another word for the other: "180 a year, or 720 in all"."""
    if own.sentence is None or rival.sentence is not own.sentence:
        return False
    first, second = sorted((own.figure, rival.figure), key=lambda figure: figure.start)
    between = [t for t in own.sentence.tokens if first.end <= t.start < second.start]
    return len(between) <= _RESTATED and any(t.norm in one.read.lex.words("restating") for t in between)


def _together_with(rival: Place, one: Sought) -> bool:
    """Whether the figure is what the rival and another figure of its sentence leave, or come to."""
    code, tokens = one.read.lex.code, one.statement.tokens
    less, more = terms(code, "differences").any(tokens), terms(code, "totals").any(tokens)
    for place in article_places(one.read):
        if place.sentence is not rival.sentence or place is rival or place.figure.unit != rival.figure.unit:
            continue
        high, low = max(place.figure.value, rival.figure.value), min(place.figure.value, rival.figure.value)
        if (less and near(high - low, one.figure.value, _EXACT)) or (
            more and near(high + low, one.figure.value, _EXACT)
        ):
            return True
    return False


def _gives_another(rival: Place, others: Sequence[Sought]) -> bool:
    """Whether another figure of the statement was worked out from the rival: "of the 43, 38"."""
    return any(
        other.worked_out is not None and not other.own and any(p is rival for p in other.worked_out[0].places)
        for other in others
    )


def _of_rival(one: Sought, own: Place, rival: Place) -> Signal:
    apart = abs(number_of(own) - number_of(rival))
    if apart > _NEAR and not own.nouns & rival.nouns and one.figure.unit is None:
        message = f"the article has “{_text(rival)}” here; “{one.shown.text}” is said of something else"
        return _signal(one, message, rival, FlagCode.NUMBER_MISMATCH)
    message = f"in the article “{one.shown.text}” is said of something else; here it has “{_text(rival)}”"
    return _signal(one, message, rival, FlagCode.FIGURE_MISBOUND)


def _signal(one: Sought, message: str, rival: Place, code: FlagCode) -> Signal:
    sentence = rival.sentence
    evidence: tuple[Evidence, ...] = ()
    if sentence is not None:
        figure = one.read.evidence(sentence, rival.figure.start, rival.figure.end)
        evidence = (figure, one.read.evidence(sentence))
    return Signal("binding", SignalKind.MISMATCH, 1.0, message, code, (one.shown,), evidence)
