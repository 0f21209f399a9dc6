"""What a text affirms and what it denies, word by word.

A word that negates ("not", "no", "without") denies what follows it in its clause, up to two content words;
what stands further off may or may not be meant, and is left open. Verbs that negate ("failed to", "refused
to") do the same and turn a negation into its opposite: "did not fail to". Several negating words in one
clause are one negation, as in Ukrainian, Polish, Spanish and French. A negated verb of saying or knowing
("did not say whether"), a condition or a question leaves its whole clause open.

Keys of ``modality.toml``: ``negation_words`` (with labels ``needs`` for a word that negates only together
with one of ``second``: French "ne … pas"; ``behind`` for one that stands behind its verb too: German
"nicht"), ``negation_verbs``, ``negation_exempt`` ("not only"), ``negation_opaque`` (verbs of saying and
knowing beyond the reporting ones), ``unasserted`` (if, whether), ``until_words`` ("not until" denies nothing).
"""

from dataclasses import dataclass

from .clauses import Clauses
from .terms import Hit

_FOCUS = 2
_SECOND_WITHIN = 7
_KEYS = ("negation_words", "negation_verbs", "unasserted")
_UNTIL = 8  # words from a negation to "until"


@dataclass(frozen=True, slots=True)
class Signs:
    """For each token 1 affirmed, -1 denied, 0 open; ``heads`` are the words a negation is about first."""

    sign: tuple[int, ...]
    heads: frozenset[int]
    negators: tuple[Hit, ...]

    def negator_of(self, index: int) -> Hit | None:
        """The nearest negation before a word, else behind it."""
        before = [hit for hit in self.negators if hit.first <= index]
        return before[-1] if before else next(iter(self.negators), None)


def signs(clauses: Clauses) -> Signs:
    """The negations of a text, read once."""
    known: Signs | None = clauses.memo.get("signs")
    if known is None:
        known = clauses.memo["signs"] = _signs(clauses)
    return known


def _signs(clauses: Clauses) -> Signs:
    sign = [1] * len(clauses.tokens)
    if not any(clauses.hits(key) for key in _KEYS):  # most sentences deny nothing
        return Signs(tuple(sign), frozenset(), ())
    heads: set[int] = set()
    words = _negating_words(clauses)
    verbs = [
        hit for hit in clauses.hits("negation_verbs") if not _inside(hit, clauses.hits("negation_exempt"))
    ]
    denied: set[int] = set()
    opaque: set[int] = set()
    goes_on = {join.first for join in clauses.hits("joining_words") if join.label == "go"}
    for order, hit in enumerate(words):
        found, clouded = _focus(clauses, hit)
        if order and hit.first in goes_on:  # "did not name the driver, nor the guard"
            found, clouded = [], clouded | set(found)
        if until(clauses, hit):  # "will not open until October": it will
            found, clouded = [], clouded | set(found)
        heads |= set(found[:1])
        denied |= set(found)
        opaque |= clouded
    for hit in (*words, *verbs):
        for index in clauses.at(hit.first):
            sign[index] = 0
    for index in denied:
        sign[index] = -1
    for hit in verbs:
        negated = sign[hit.first] == -1
        sign[hit.first] = -1 if negated else 1
        found, _ = _focus(clauses, hit)
        for index in found:
            sign[index] = 1 if negated else -1
        heads |= set(found[:1])
    for hit in verbs:  # "denied that he had opened it"
        if hit.last < len(sign) and clauses.clause[hit.last] == clauses.clause[hit.first] + 1:
            opaque |= set(clauses.at(hit.last))
    for hit in clauses.hits("unasserted"):
        if hit.last < len(clauses.tokens) and clauses.tokens[hit.last].text[0].isdigit():
            continue  # "until 26 June and refused"
        opaque |= {index for index in clauses.at(hit.first) if index >= hit.first}
    for index in opaque:
        sign[index] = 0
    return Signs(
        tuple(sign), frozenset(heads - opaque), tuple(sorted((*words, *verbs), key=lambda h: h.first))
    )


def until(clauses: Clauses, hit: Hit) -> bool:
    """Whether a negation stands with "until": then it denies nothing."""
    words = clauses.lex.words("until_words")
    return any(token.norm in words for token in clauses.tokens[hit.last + 1 : hit.last + _UNTIL])


def _inside(hit: Hit, others: tuple[Hit, ...]) -> bool:
    return any(other.first <= hit.first < other.last for other in others)


def _negating_words(clauses: Clauses) -> list[Hit]:
    exempt = clauses.hits("negation_exempt")
    hits = [hit for hit in clauses.hits("negation_words") if not _inside(hit, exempt)]
    seconds = [hit.first for hit in hits if hit.label == "second"]
    alone = {hit.first for hit in hits if hit.label in ("", "behind")}
    found = []
    for hit in hits:
        if hit.label == "needs" and not any(0 < at - hit.first <= _SECOND_WITHIN for at in seconds):
            continue
        if hit.label == "second":
            continue
        if hit.label != "needs" and any(
            0 < hit.first - other.first <= _SECOND_WITHIN for other in hits if other.label == "needs"
        ):
            continue  # the second half of a negation already counted
        found.append(hit)
    return [hit for hit in found if hit.label == "needs" or hit.first in alone]


def _focus(clauses: Clauses, hit: Hit) -> tuple[list[int], set[int]]:
    """The words denied by a negation, and those that it leaves open."""
    stops = {join.first for join in clauses.hits("joining_words") if join.label == "stop"}
    behind: list[int] = []
    for index in clauses.at(hit.first):
        if index < hit.last:
            continue
        if index in stops and behind:
            break
        if clauses.content[index]:
            behind.append(index)
    found = behind[:_FOCUS]
    if hit.label == "behind":
        # The verb stands last ("hat … nicht gebilligt") or before ("billigte … nicht"): nouns, which have
        # capitals, and adjectives, which stand before them, are not what is denied.
        lower = [i for i in behind if not clauses.tokens[i].capital]
        if lower:
            found = [*lower[-1:], *(i for i in lower[:-1] if not _before_noun(clauses, i))][:_FOCUS]
        elif not behind or all(clauses.tokens[i].capital for i in behind):
            before = [i for i in clauses.at(hit.first) if i < hit.first and clauses.content[i]]
            verbs = [i for i in before if not clauses.tokens[i].capital and not _before_noun(clauses, i)]
            found = verbs[:1] or found
    if found and _opaque(clauses, found[0]):
        number = clauses.clause[hit.first]
        rest = {i for i, clause in enumerate(clauses.clause) if clause in (number, number + 1)}
        return [], rest
    return found, set()


def _before_noun(clauses: Clauses, index: int) -> bool:
    following = index + 1
    return following < len(clauses.tokens) and clauses.tokens[following].capital


def _opaque(clauses: Clauses, index: int) -> bool:
    token = clauses.tokens[index]
    return token.norm in clauses.lex.reporting or any(
        hit.first == index for hit in clauses.hits("negation_opaque")
    )
