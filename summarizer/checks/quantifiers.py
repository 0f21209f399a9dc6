"""A quantifier changed: some for all, most for few, at least for at most.

Quantifiers stand on a scale from none to all. With the same word behind them on both sides, the statement may
say the same or less than the article ("some" where it has "most"), and not more, nor "few" for "many".
Bounds are compared beside the same figure: "at least" against "at most" is a mismatch, and so is "exactly"
for either; a bound left out is not. "All" and "none" are also compared with a number in their place ("three
demonstrators", "two of the nine"). Left alone: a quantifier where the article has none.

Keys of ``modality.toml``: ``quantifier_levels`` (lines ``level: words``; levels 0 none, 1 few, 2 some,
3 many, 4 half, 5 most, 6 all), ``definite_articles``, ``partitives`` ("of"), ``pair_words`` ("both"),
``bound_words`` (lines ``least:``, ``most:``, ``exact:``).
"""

from collections.abc import Sequence

from ..flags import FlagCode
from ..report import Signal, SignalKind
from .align import Alignment
from .clauses import Clauses, Fit, Related, context, fit, related, statement_clauses
from .context import ReadArticle, ReadStatement
from .negation import signs
from .sought import same_value
from .terms import Hit
from .text import span

_NONE, _FEW, _SOME, _MANY, _HALF, _MOST, _ALL = range(7)
# For each level, what the article may have where the statement has it.
_FINE: dict[int, frozenset[int]] = {
    _NONE: frozenset({_NONE}),
    _FEW: frozenset({_FEW, _NONE, _SOME}),
    _SOME: frozenset({_SOME, _FEW, _MANY, _HALF, _MOST, _ALL}),
    _MANY: frozenset({_MANY, _HALF, _MOST, _ALL}),
    _HALF: frozenset({_HALF, _MOST, _MANY}),
    _MOST: frozenset({_MOST, _ALL}),
    _ALL: frozenset({_ALL}),
}
_SHARES = {  # for each level, the per cent of the article that it may stand for
    _NONE: range(1),
    _FEW: range(30),
    _SOME: range(1, 101),
    _MANY: range(15, 101),
    _HALF: range(44, 57),
    _MOST: range(50, 101),
    _ALL: range(99, 101),
}
_HALF_OF = 50.0
_REACH = 5  # words from a quantifier to what it counts
_COUNTED = 2
_RIVAL = 0.75
_SHARED, _SHARED_FIGURE = 0.4, 0.25  # the second where the article has a share in figures


def check(statement: ReadStatement, alignment: Alignment, read: ReadArticle) -> tuple[Signal, ...]:
    """At most one signal for a quantifier, and one for a bound."""
    mine = statement_clauses(statement, read)
    shares = [f for f in statement.figures if f.fraction and f.value != _HALF_OF]
    levels = tuple(
        hit
        for hit in mine.hits("quantifier_levels")  # not those inside "jeder dritte"
        if not any(f.start <= mine.tokens[hit.first].start < f.end for f in shares)
    )
    bounds = mine.hits("bound_words")
    if not levels and not bounds:
        return ()
    near = related(statement, alignment, read)
    found = next((s for hit in levels if (s := _level(hit, mine, near, read))), None)
    bound = next((s for hit in bounds if (s := _bound(hit, statement, mine, alignment, near, read))), None)
    return tuple(signal for signal in (found, bound) if signal)


def _level(hit: Hit, mine: Clauses, near: Sequence[Related], read: ReadArticle) -> Signal | None:
    level = int(hit.label)
    for counted in _counted(hit, mine):
        if level in (_ALL, _MANY) and signs(mine).sign[counted] == -1:
            continue  # "not all" is a level of its own
        if found := _level_of(hit, level, counted, mine, near, read):
            return found
    return None


def _level_of(
    hit: Hit, level: int, counted: int, mine: Clauses, near: Sequence[Related], read: ReadArticle
) -> Signal | None:
    around = context(mine, counted, counted + 1, read)
    fine = wrong = Fit()
    where: tuple[Related, int, int] | None = None  # with the first and the last token of its words
    for other in near:
        quantified = {
            index: there
            for there in reversed(other.clauses.hits("quantifier_levels"))
            for index in _counted(there, other.clauses)
        }
        for place in mine.matched(other.clauses)[counted]:
            there = quantified.get(place)
            fits = fit(around, mine, other.clauses, place)
            if there is None and (share := _share_before(place, other)) is not None:
                if share[0] in _SHARES[level]:
                    fine = max(fine, fits)
                elif fits > wrong:
                    wrong, where = fits, (other, share[1], place)
                continue
            first = there.first if there else _number_before(place, other.clauses, mine)
            apart = other.clauses.tokens[place].norm != mine.tokens[counted].norm
            if first is None and level in (_FEW, _SOME) and apart:
                continue  # "a passenger said": nobody's count
            if first is None or (there and int(there.label) in _FINE[level]):
                fine = max(fine, fits)
            elif there is None and (level not in (_ALL, _NONE) or _pair(hit, mine)):
                continue  # how many "most" are, nobody knows; "both" counts by itself
            elif fits > wrong:
                low, high = min(first, place), max(there.last - 1 if there else first, place)
                wrong, where = fits, (other, low, high)
    # What is counted is the same word on both sides: that is an anchor by itself.
    least = _SHARED if where is None or where[0].clauses.hits("quantifier_levels") else _SHARED_FIGURE
    told = wrong.good or (wrong.anchors and wrong.share >= least)
    if where is None or not told or fine.share >= _RIVAL * wrong.share:
        return None
    other, low, high = where
    words = other.clauses.tokens
    shown = span(mine.text, mine.tokens[hit.first].start, mine.tokens[hit.last - 1].end)
    return _signal(shown.start, shown.end, mine, other, words[low].start, words[high].end, read)


def _counted(hit: Hit, clauses: Clauses) -> tuple[int, ...]:
    """What a quantifier may count: the first content words behind it, an adjective and its noun."""
    clause = clauses.clause[hit.first]
    found: list[int] = []
    for index in range(hit.last, min(len(clauses.tokens), hit.last + _REACH)):
        if clauses.clause[index] != clause or len(found) == _COUNTED:
            break
        if (
            clauses.content[index]
            and clauses.tokens[index].norm[0].isalpha()
            and not clauses.is_number(index)
        ):
            found.append(index)
    return tuple(found)


def _share_before(place: int, other: Related) -> tuple[int, int] | None:
    """The share of a word that the article gives, in whole percent, and its token: "a quarter of the group"."""
    tokens, partitives = other.clauses.tokens, other.clauses.lex.words("partitives")
    for figure in other.sentence.figures:
        if figure.unit != "percent" or figure.end > tokens[place].start:
            continue
        between = [t for t in tokens if figure.end <= t.start < tokens[place].start]
        if len(between) < _REACH and between and between[0].norm in partitives:
            if any(t.content for t in between[:-1]):
                continue
            first = next(i for i, token in enumerate(tokens) if token.start >= figure.start)
            return round(figure.value), first
    return None


def _number_before(place: int, clauses: Clauses, mine: Clauses) -> int | None:
    """A number that counts a word: "three demonstrators", "two of the nine authors".

    None where there is none, where it is all of them ("the three"), and where the statement has it too.
    """
    number = clauses.clause[place]
    definite = clauses.lex.words("definite_articles")
    for index in range(place - 1, max(-1, place - 1 - _REACH), -1):
        if clauses.clause[index] != number:
            return None
        if clauses.is_number(index):
            before = clauses.tokens[index - 1].norm if index else ""
            of_them = any(
                clauses.is_number(i) and clauses.tokens[i + 1].norm in clauses.lex.words("partitives")
                for i in range(max(0, index - 3), index - 1)
            )
            if of_them:
                return next(i for i in range(max(0, index - 3), index) if clauses.is_number(i))
            said = {token.norm for token in mine.tokens}
            return None if before in definite or clauses.tokens[index].norm in said else index
        if index < place - 2 and clauses.content[index]:
            return None
    return None


def _pair(hit: Hit, mine: Clauses) -> bool:
    return mine.tokens[hit.first].norm in mine.lex.words("pair_words")


def _bound(
    hit: Hit,
    statement: ReadStatement,
    mine: Clauses,
    alignment: Alignment,
    near: Sequence[Related],
    read: ReadArticle,
) -> Signal | None:
    """A bound of the statement's figure against the bound that the article has for the same figure."""
    end = mine.tokens[hit.last - 1].end
    figure = next((f for f in statement.figures if 0 <= f.start - end <= 3), None)
    if figure is None or figure.date:
        return None
    wrong: tuple[Related, int, int] | None = None
    for other in near:
        if all(other.sentence is not sentence for sentence in alignment.sentences):
            continue
        for there in other.sentence.figures:
            if not same_value(figure, there) or figure.unit != there.unit:
                continue
            bound = next(
                (b for b in other.clauses.hits("bound_words") if _before(b, other, there.start)), None
            )
            if bound is None or bound.label == hit.label or hit.label == "":
                if bound is not None or hit.label != "exact":
                    return None
                continue
            if "exact" in (bound.label, hit.label) and hit.label != "exact":
                return None  # "at least 5" for "exactly 5" is weaker, not wrong
            wrong = other, other.clauses.tokens[bound.first].start, there.end
    if wrong is None:
        return None
    other, start, stop = wrong
    return _signal(mine.tokens[hit.first].start, figure.end, mine, other, start, stop, read)


def _before(bound: Hit, other: Related, start: int) -> bool:
    return 0 <= start - other.clauses.tokens[bound.last - 1].end <= 3


def _signal(
    start: int, end: int, mine: Clauses, other: Related, low: int, high: int, read: ReadArticle
) -> Signal:
    shown = span(mine.text, start, end)
    there = read.evidence(other.sentence, low, high)
    message = f"“{shown.text}”: the article has “{there.quote}”"
    return Signal(
        "quantifiers", SignalKind.MISMATCH, 1.0, message, FlagCode.QUANTIFIER_MISMATCH, (shown,), (there,)
    )
