"""One sentence of the article says all that the statement says, but for a "not" that only one of them has.

The polarity check compares word with word; a denial in a retelling often stands at another word ("did not cut
admissions" for "did not reduce hospital admissions", "had a control group" for "lacked a control group", "did
not finance it" for "paid for it"). So this one compares whole sentences. The statement's content words, figures
and words of saying left aside, are looked for in the one sentence that has most of them. If nearly all are
there, and the one text has a word that denies and the other has none of any kind, nor a word that is the
opposite of one of the other's, the one says what the other denies. A denial of the article counts where it is
about a word that the statement has.

Left alone: more than one denial on a side, limits and comparisons ("no more than", "not since"), conditions,
denied words of saying and knowing, quotations, statements with a word of their own that may be the denial in
other words, and whatever another sentence that has as much of the statement tells as it does.

Keys of ``modality.toml``: those of ``negation``, ``denying_words`` (verbs and words that deny what follows
them, beyond the negations: "lacked", "stopped", "cancelled"), ``denial_clouds`` (words that may deny in other
words: "too", "still"), ``denial_firsts`` ("first"), ``denial_exempt`` (words by which a negation is a limit
or a comparison). Of ``opposites.toml``: ``contradictories``.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ..flags import FlagCode
from ..report import Signal, SignalKind, Span
from .align import Alignment
from .clauses import Clauses, Related, related, statement_clauses
from .context import ReadArticle, ReadStatement
from .grounds import earlier_words
from .negation import signs, until
from .numbers import same_value
from .polarity import clause_evidence
from .terms import Hit
from .text import span

_TOLD = 0.6  # share of the statement's words, weighed, that the sentence must have where the article denies
_TOLD_DENIED = 0.5  # and where the statement does
_TOLD_UNKNOWN = 0.75  # the same, where it denies a word that the article does not have there
_SHARED = 2  # how many of them
_AGREES = 0.8  # of that share, what another sentence must have to clear the statement
_UNKNOWN = 0.5  # a word the article never has may be a paraphrase
_FREE = 2  # words of the statement that the sentence may lack
_BESIDE = 0.7  # what a word counts that stands in the sentence before: "it" may mean it
_FREE_DENIED = 4
_LONGEST = 14  # content words of a statement that is compared as a whole
_NEGATIONS = ("negation_words", "negation_verbs")
_DENYING = ("negation_words", "negation_verbs", "denying_words")
_DARK = (*_DENYING, "negation_adverse", "denial_clouds")
_OPPOSITES = ("contradictories", "directions", "degrees", "figure_ways", "converses")


@dataclass(frozen=True, slots=True)
class _Told:
    """A sentence of the article, the statement's words that it has, and their share."""

    other: Related
    share: float
    words: tuple[int, ...]
    lacking: tuple[int, ...]


def check(statement: ReadStatement, alignment: Alignment, read: ReadArticle) -> tuple[Signal, ...]:
    """At most one signal."""
    mine = statement_clauses(statement, read)
    if mine.quoted or mine.hits("denial_exempt"):
        return ()
    words = _words(mine)
    if not _SHARED <= len(words) <= _LONGEST:
        return ()
    told = sorted(
        (_told(words, mine, other, read) for other in related(statement, alignment, read)),
        key=lambda one: (-one.share, one.other.sentence.number),
    )
    told = [one for one in told if not (one.other.sentence.is_headline and len(read.sentences) > 1)]
    own = [hit for hit in mine.hits(*_NEGATIONS) if not until(mine, hit)]
    if len(own) < len(mine.hits(*_NEGATIONS)):
        return ()
    found = None
    if (
        len(own) == 1
        and told
        and not any(not own[0].first <= hit.first < own[0].last for hit in mine.hits("denying_words"))
    ):
        found = _denies(own[0], statement, mine, told, read)
    elif told and not mine.hits(*_DARK, "unasserted"):
        found = _affirms(statement, mine, told, read)
    return () if found is None else (found,)


def _words(mine: Clauses) -> tuple[int, ...]:
    denying = {i for hit in mine.hits(*_DENYING) for i in range(hit.first, hit.last)}
    return tuple(
        index
        for index, token in enumerate(mine.tokens)
        if mine.content[index]
        and index not in denying
        and token.norm not in mine.lex.reporting
        and not mine.is_number(index)
    )


def _told(words: Sequence[int], mine: Clauses, other: Related, read: ReadArticle) -> _Told:
    places = mine.matched(other.clauses)
    having = tuple(index for index in words if places[index])
    before = frozenset(earlier_words(other.sentence, read))
    beside = [index for index in words if not places[index] and mine.tokens[index].family in before]
    total = sum(_weight(index, mine, read) for index in words)
    told = sum(_weight(index, mine, read) for index in having)
    told += _BESIDE * sum(_weight(index, mine, read) for index in beside)
    lacking = tuple(index for index in words if not places[index] and index not in beside)
    return _Told(other, told / total if total else 0.0, having, lacking)


def _weight(index: int, mine: Clauses, read: ReadArticle) -> float:
    token = mine.tokens[index]
    known = token.stem in read.idf or token.family in read.with_family
    return read.weight(token.stem) if known else _UNKNOWN * read.default_idf


def _denies(
    hit: Hit, statement: ReadStatement, mine: Clauses, told: Sequence[_Told], read: ReadArticle
) -> Signal | None:
    """The statement denies what the article tells without any denial."""
    own = signs(mine)
    focus = [i for i in range(hit.last, len(mine.tokens)) if mine.content[i]][:1]
    if not focus or hit.label == "behind":  # "kritisierte den Schritt nicht"
        verbs = [i for i in mine.at(hit.first) if i < hit.first and mine.content[i]]
        lower = [i for i in verbs if not mine.tokens[i].capital]
        focus = (sorted(own.heads) or lower or focus)[:1]
    if own.negators and not own.heads and _goes_on(focus, mine):
        return None  # said of what somebody says or knows
    if hit.last - hit.first > 1 and mine.hits("future_words"):
        return None  # "will no longer pay": what is so now
    if mine.tokens[hit.first].norm in mine.lex.reporting:
        return None  # "denies": words of somebody
    if any(other.first <= hit.first < other.last for other in mine.hits("contradictories")):
        return None  # "not guilty": the word for it
    if focus and (mine.is_number(focus[0]) or mine.is_name(focus[0])):
        return None
    near = [one for one in told if one.share >= _AGREES * told[0].share]
    best = next((one for one in near if set(focus) & set(one.words)), told[0])
    known = bool(set(focus) & set(best.words))  # the denied word stands there
    if best.share < (_TOLD_DENIED if known else _TOLD_UNKNOWN):
        return None
    if len(best.words) < (_SHARED if known else _SHARED + 1) or len(best.lacking) > (
        _FREE_DENIED if known else _FREE
    ):
        return None
    if not _same_figures(statement, best.other):
        return None
    rivals = [one for one in told if one.share >= _AGREES * best.share]
    if any(_dark(one, mine, known=known) or _opposed(mine, one.other.clauses) for one in rivals):
        return None
    marked = [hit.first, hit.last - 1, *focus]
    shown = span(mine.text, mine.tokens[min(marked)].start, mine.tokens[max(marked)].end)
    return _signal(shown, best.other, _first(best, mine), read)


def _goes_on(focus: list[int], mine: Clauses) -> bool:
    """Whether a clause follows on the denied word, or nothing: "did not say whether", "is not known"."""
    if not focus:
        return True
    behind = focus[0] + 1
    if mine.hits("negation_words") and mine.hits("negation_words")[-1].first > focus[0]:
        behind = mine.hits("negation_words")[-1].last
        if behind >= len(mine.tokens):
            return False
    return behind >= len(mine.tokens) or mine.clause[behind] != mine.clause[focus[0]]


def _dark(one: _Told, mine: Clauses, *, known: bool) -> bool:
    """Whether a word that may deny stands where it may mean what the statement denies.

    Where the sentence has the denied word itself, that is a clause that tells something of the statement, or the
    one before ("denied that she had broken"); else anywhere.
    """
    theirs = one.other.clauses
    inside = {theirs.clause[place] for index in one.words for place in mine.matched(theirs)[index]}
    inside |= {number - 1 for number in inside}
    return any(
        (not known or theirs.clause[hit.first] in inside)
        for hit in theirs.hits(*_DARK)
        if not (hit.last < len(theirs.tokens) and theirs.is_number(hit.last))  # "seven against four"
    )


def _affirms(
    statement: ReadStatement, mine: Clauses, told: Sequence[_Told], read: ReadArticle
) -> Signal | None:
    """The statement tells without any denial what the article denies."""
    for one in told:
        if one.share < max(_TOLD, _AGREES * told[0].share) or len(one.words) < _SHARED:
            return None
        if len(one.lacking) > _FREE or not _same_figures(statement, one.other):
            continue
        theirs = one.other.clauses
        firsts = [i for hit in mine.hits("denial_firsts") for i in range(hit.first, hit.last + 1)]
        firsts = [i for i in firsts if i < len(mine.tokens) and mine.content[i]]
        if any(not mine.matched(theirs)[index] for index in firsts):
            continue  # "for the first time": never before
        denying = [
            (hit, word)
            for hit in theirs.hits(*_DENYING)
            if not until(theirs, hit)
            for word in _about(hit, one, mine)
        ]
        around = {theirs.clause[hit.first] for hit, _ in denying}
        several = sum(theirs.clause[hit.first] in around for hit in theirs.hits(*_DENYING))
        if len(denying) != 1 or several != 1 or theirs.hits("denial_exempt") or _opposed(mine, theirs):
            continue
        hit, word = denying[0]
        rivals = [r for r in told if r is not one and r.share >= _AGREES * one.share and word in r.words]
        if any(not _denied(r, mine) for r in rivals):
            continue
        first, last = mine.tokens[one.words[0]], mine.tokens[one.words[-1]]
        return _signal(span(mine.text, first.start, last.end), one.other, hit.first, read)
    return None


def _denied(one: _Told, mine: Clauses) -> bool:
    return any(_about(hit, one, mine) for hit in one.other.clauses.hits(*_DENYING))


def _about(hit: Hit, told: _Told, mine: Clauses) -> tuple[int, ...]:
    """The statement's word that a denial of the article is about, if it has it."""
    theirs = told.other.clauses
    own = signs(theirs)
    places = {place: index for index in told.words for place in mine.matched(theirs)[index]}
    found = [i for i in theirs.at(hit.first) if i >= hit.last and theirs.content[i]][:1]
    if hit.label == "behind" or not found:
        found = [i for i in sorted(own.heads) if theirs.clause[i] == theirs.clause[hit.first]][:1] or found
    if found and found[0] not in places:  # "has no record of complaints"
        found = [i for i in theirs.at(hit.first) if i > found[0] and theirs.content[i]][:1]
    return tuple(places[i] for i in found if i in places)


def _opposed(mine: Clauses, theirs: Clauses) -> bool:
    """Whether the one has the opposite of a word of the other: then the denial may be the same in other words."""
    for table in _OPPOSITES:
        own = {hit.label for hit in mine.hits(table)}
        others = {hit.label for hit in theirs.hits(table)}
        if any(label[:-1] + ("-" if label[-1] == "+" else "+") in others for label in own):
            return True
    return False


def _same_figures(statement: ReadStatement, other: Related) -> bool:
    """Whether the sentence has every figure of the statement; dates may be told in another way."""
    return all(
        figure.date or any(same_value(figure, there) for there in other.sentence.figures)
        for figure in statement.figures
    )


def _first(told: _Told, mine: Clauses) -> int:
    return mine.matched(told.other.clauses)[told.words[-1]][0]


def _signal(shown: Span, other: Related, at: int, read: ReadArticle) -> Signal:
    there = clause_evidence(other, at, read)
    message = f"“{shown.text}”: only one of the two denies it; the article says “{there.quote}”"
    code = FlagCode.NEGATION_MISMATCH
    return Signal("denials", SignalKind.MISMATCH, 1.0, message, code, (shown,), (there,))
