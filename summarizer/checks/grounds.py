"""Where a figure of the article stands: what it counts, what surrounds it, if it is the old or the new one.

Checks of figures ask one question: of the article's figures, which one tells what the statement's figure
tells? Every figure gets its surroundings: content words, each the nearer the more; other figures, commas
and joining words lie between them and count as distance, so that two figures of one sentence keep their own
words. Figures with nothing of content between ("41 of the 58", "from 12 to 9", "7–4") share theirs, and so
the rules for those must look at the role. The words of the sentence before count a little, within its
paragraph.

Keys of ``figures.toml``: ``was_before`` (what stands before a value that is gone: "from", "compared with"),
``now_before`` (before the value that took its place), ``was_cues`` (words that tell of an earlier time),
``additional`` (words beside what comes on top of another figure), ``comparatives`` (behind a distance to
one).
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from .context import ReadArticle, ReadSentence, ReadStatement
from .figures import Figure
from .moments import Moment, find_moments
from .terms import terms
from .text import Lexicon, Token

_COMMA, _STRONG, _JOINED, _FIGURE = 2, 5, 2, 3  # what lies between counts as so many words
_WINDOW = 40  # words to either side that are looked at: further off nothing is near
_FLOOR = 0.25  # how near a word is at the least, in the same sentence
_FLOOR_BEHIND = 0.15  # the same, with another figure between
BEFORE = 0.15  # how near the words of the sentence before are
_HALF = 4.0  # a word so far away is half as near as the next one
_NOUN = 3  # words behind a figure among which stands what it counts
_FACTORS = 4  # fractions of one thing that are counted with
_FOLLOWING = 4  # sentences in which a fraction may be one of this figure
_BONUS = 0.2  # for counting the same

_BOUNDARY = re.compile(r"[;:()—–]|\. ")
_ENDING = re.compile("[,;:.()—–]")

OLD, NEW = "old", "new"


@dataclass(frozen=True, slots=True)
class Place:
    """A figure with its surroundings: family of a word -> how near (0 to 1).

    ``nouns`` are the families of the words behind it, of which one is what it counts; ``role`` is OLD for a
    value that was, NEW for the one that replaced it; ``sentence`` is None in a statement. ``factors`` are the
    fractions of the same sentence and the next ones ("Half of them"); ``more`` is whether it comes on top of
    another one ("two more"), ``compared`` whether it is a distance to one ("ten fewer"), ``each`` whether
    several have it each; ``alone`` whether a sentence or clause ends right behind it ("the law allows 35.").
    """

    figure: Figure
    near: dict[str, float]
    nouns: frozenset[str]
    role: str | None
    sentence: ReadSentence | None = None
    factors: tuple[float, ...] = ()
    more: bool = False
    compared: bool = False
    each: bool = False
    alone: bool = False


def article_places(read: ReadArticle) -> tuple[Place, ...]:
    """Every figure of the article, dates left out; read once."""
    found = read.memo.get("places")
    if found is None:
        found = read.memo["places"] = tuple(_article_places(read))
    made: tuple[Place, ...] = found
    return made


def _article_places(read: ReadArticle) -> Iterator[Place]:
    factors = [_factors(s) + _multiples(s, read.lex) for s in read.sentences]
    counted = _shares_of(read)
    for index, sentence in enumerate(read.sentences):
        if not sentence.figures:
            continue
        context = earlier_words(sentence, read)
        for place in _places(sentence, read.lex):
            for kin in context:
                place.near.setdefault(kin, BEFORE)
            later = sum(factors[index : index + _FOLLOWING], ())
            more = tuple(value for kin in place.nouns for value in counted.get(kin, ()) if value not in later)
            yield replace(place, sentence=sentence, factors=later + more[:_FACTORS])


def _multiples(sentence: ReadSentence, lex: Lexicon) -> tuple[float, ...]:
    """ "Twice as much as forecast": the other one is a half."""
    hits = terms(lex.code, "multiples").find(sentence.tokens)
    return tuple(value for hit in hits if (value := float(hit.label)) > 1)


def _shares_of(read: ReadArticle) -> dict[str, tuple[float, ...]]:
    """What is counted -> the fractions of it that the article gives anywhere: "a quarter of the patients"."""
    found: dict[str, tuple[float, ...]] = {}
    partitives = (
        read.lex.words("partitives") | read.lex.words("name_of") | read.lex.words("definite_articles")
    )
    for sentence in read.sentences:
        for figure in (f for f in sentence.figures if f.fraction):
            behind = [t for t in sentence.tokens if t.start >= figure.end][:_NOUN]
            noun = next((t for t in behind if t.content), None)
            if noun is not None and behind[0].norm in partitives:
                found[noun.family] = (*found.get(noun.family, ()), figure.value / 100)
    return found


def _factors(sentence: ReadSentence) -> tuple[float, ...]:
    return tuple(figure.value / 100 for figure in sentence.figures if figure.fraction)


def _content_families(sentence: ReadSentence, lex: Lexicon) -> tuple[str, ...]:
    return tuple(dict.fromkeys(t.family for t in sentence.tokens if t.content))


def statement_places(statement: ReadStatement, lex: Lexicon) -> tuple[Place, ...]:
    return tuple(_places(statement, lex))


def statement_moments(statement: ReadStatement, lex: Lexicon) -> tuple[Moment, ...]:
    """The dates and times of a statement, read once."""
    found = statement.memo.get("moments")
    if found is None:
        found = find_moments(statement.text, statement.tokens, statement.figures, lex)
        statement.memo["moments"] = found
    made: tuple[Moment, ...] = found
    return made


def surroundings(
    text: ReadSentence | ReadStatement, spans: Sequence[tuple[int, int]], lex: Lexicon
) -> tuple[dict[str, float], ...]:
    """The words round spans of a text other than figures, as dates are; empty for a span without a token."""
    figures = [
        Figure(low, high, 0.0, 0.0, 0, None, about=False, date=False, word=True) for low, high in spans
    ]
    found = {one.figure.start: one.near for one in _Layout(text, figures, lex).surrounded()}
    return tuple(found.get(low, {}) for low, _ in spans)


def earlier_words(sentence: ReadSentence, read: ReadArticle) -> tuple[str, ...]:
    """The content words of the sentence before, if it is in the same paragraph."""
    if sentence.number < 2:
        return ()
    before = read.sentences[sentence.number - 2]
    if "\n" in read.article.text[before.start + len(before.text) : sentence.start]:
        return ()
    return _content_families(before, read.lex)


def _places(text: ReadSentence | ReadStatement, lex: Lexicon) -> Iterator[Place]:
    if not text.figures or not text.tokens:
        return
    layout = _Layout(text, text.figures, lex)
    tokens = text.tokens
    roles = _roles(tokens, text.figures, layout.bounds, lex)
    additional, comparatives = lex.words("additional"), lex.words("comparatives")
    every = lex.words("each")
    for one in layout.surrounded():
        first, last = one.edge
        more = any(tokens[i].norm in additional for i in (first - 1, last + 1) if 0 <= i < len(tokens))
        compared = any(token.norm in comparatives for token in tokens[last + 1 : last + 3])
        each = any(t.norm in every for t in tokens[max(0, first - 6) : last + 7])
        role, nouns = roles[one.number], frozenset(one.nouns)
        alone = text.text[one.figure.end : one.figure.end + 1] in (".", ";", "") and not nouns
        yield Place(one.figure, one.near, nouns, role, more=more, compared=compared, each=each, alone=alone)


@dataclass(frozen=True, slots=True)
class _Surrounded:
    """A figure (its ``number`` among those of its text, its tokens ``edge``) with the words round it."""

    figure: Figure
    number: int
    edge: tuple[int, int]
    near: dict[str, float]
    nouns: set[str]


class _Layout:
    """Where the figures of a text stand among its words."""

    def __init__(self, text: ReadSentence | ReadStatement, figures: Sequence[Figure], lex: Lexicon) -> None:
        known = text.memo.get("line")
        if known is None:
            known = text.memo["line"] = (_line(text.text, text.tokens, lex), _telling(text.tokens, lex))
        line, telling = known
        self.text, self.tokens, self.figures = text.text, text.tokens, figures
        self.line: list[int] = line
        self.owner = _owners(text.tokens, figures)
        self.content: list[tuple[int, str]] = [one for one in telling if self.owner[one[0]] is None]
        self.bounds = _bounds(self.owner, len(figures))

    def surrounded(self) -> Iterator[_Surrounded]:
        """The figures that are no dates, each with the words near it."""
        groups = _groups(self.text, self.tokens, self.figures, self.bounds, self.content)
        starts = [index for index, _ in self.content]
        kin_at = dict(self.content)
        shared: dict[int, tuple[dict[str, float], set[str]]] = {}
        for number, figure in enumerate(self.figures):
            edge = self.bounds[number]
            if edge is None or figure.date:
                continue
            group = groups[number]
            if group[0] in shared:  # those of a group have all in common
                near, nouns = shared[group[0]]
                yield _Surrounded(figure, number, edge, dict(near), nouns)
                continue
            near = {}
            nouns = set()
            shared[group[0]] = near, nouns
            for member in group:
                bound = self.bounds[member]
                if bound is None:
                    continue
                low = bisect_left(starts, bound[0] - _WINDOW)
                high = bisect_left(starts, bound[1] + _WINDOW)
                alone = len(group) == len(self.figures)  # no other figure can lie between
                for index, kin in self.content[low:high]:
                    if alone:
                        far = self._far(index, bound)
                        floor = _FLOOR
                    else:
                        far, behind = _distance(index, bound, self.line, self.owner, group)
                        floor = _FLOOR_BEHIND if behind else _FLOOR
                    close = max(floor, _HALF / (_HALF + max(0, far - 1)))
                    if close > near.get(kin, 0.0):
                        near[kin] = close
                nouns.update(_nouns(self.text, self.tokens, bound[1], self.owner, kin_at))
            yield _Surrounded(figure, number, edge, dict(near), nouns)

    def _far(self, index: int, edge: tuple[int, int]) -> int:
        line = self.line
        return line[edge[0]] - line[index] if index < edge[0] else line[index] - line[edge[1]]


def _telling(tokens: Sequence[Token], lex: Lexicon) -> list[tuple[int, str]]:
    """The words that can say what a figure is of, each with its family."""
    reporting = lex.reporting
    return [
        (index, token.family)
        for index, token in enumerate(tokens)
        if token.content and token.text[0].isalpha() and token.norm not in reporting
    ]


def _line(text: str, tokens: Sequence[Token], lex: Lexicon) -> list[int]:
    """The place of each token on a line where boundaries take room."""
    joining = lex.words("joining")
    place, line = 0, []
    for index, token in enumerate(tokens):
        if index:
            between = text[tokens[index - 1].end : token.start]
            place += 1
            if between == " ":
                pass
            elif between.strip() == "(" and token.text[0].isdigit():
                pass  # "of patrons (500,000 euros)": said of the word before
            elif _BOUNDARY.search(between):
                place += _STRONG
            elif "," in between:
                place += _COMMA
            if token.norm in joining:
                place += _JOINED
        line.append(place)
    return line


def _owners(tokens: Sequence[Token], figures: Sequence[Figure]) -> list[int | None]:
    """The number of the figure that each token is part of."""
    owner: list[int | None] = [None] * len(tokens)
    number = 0
    for index, token in enumerate(tokens):
        while number < len(figures) and figures[number].end <= token.start:
            number += 1
        if number < len(figures) and figures[number].start <= token.start:
            owner[index] = number
    return owner


def _bounds(owner: Sequence[int | None], count: int) -> list[tuple[int, int] | None]:
    """First and last token of each figure."""
    found: list[tuple[int, int] | None] = [None] * count
    for index, number in enumerate(owner):
        if number is not None:
            edge = found[number]
            found[number] = (index if edge is None else edge[0], index)
    return found


def _groups(
    text: str,
    tokens: Sequence[Token],
    figures: Sequence[Figure],
    bounds: Sequence[tuple[int, int] | None],
    content: Sequence[tuple[int, str]],
) -> list[tuple[int, ...]]:
    """For each figure, those that share its surroundings, itself among them."""
    full = {index for index, _ in content}
    groups: list[list[int]] = []
    for number, edge in enumerate(bounds):
        if groups and edge is not None:
            last = groups[-1][-1]
            left = bounds[last]
            alike = not figures[last].date and not figures[number].date
            if left is not None and alike and not any(i in full for i in range(left[1] + 1, edge[0])):
                between = text[tokens[left[1]].end : tokens[edge[0]].start]
                if (
                    edge[0] - left[1] <= 5
                    and "," not in between
                    and ";" not in between
                    and ". " not in between
                ):
                    groups[-1].append(number)
                    continue
        groups.append([number])
    return [whole for group in groups for whole in [tuple(group)] * len(group)]


def _distance(
    index: int,
    edge: tuple[int, int],
    line: Sequence[int],
    owner: Sequence[int | None],
    group: tuple[int, ...],
) -> tuple[int, bool]:
    """How far a word is from a figure, and whether it lies behind another one."""
    first, last = edge
    if index < first:
        between = owner[index + 1 : first]
        far = line[first] - line[index]
    else:
        between = owner[last + 1 : index]
        far = line[index] - line[last]
    others = {of for of in between if of is not None and of not in group}
    return far + _FIGURE * len(others), bool(others)


def _nouns(
    text: str,
    tokens: Sequence[Token],
    last: int,
    owner: Sequence[int | None],
    kin: dict[int, str],
) -> Iterator[str]:
    for index in range(last + 1, min(last + 1 + _NOUN, len(tokens))):
        between = text[tokens[index - 1].end : tokens[index].start]
        if owner[index] is not None or _ENDING.search(between):
            return
        if index in kin:
            yield kin[index]


def _roles(
    tokens: Sequence[Token],
    figures: Sequence[Figure],
    bounds: Sequence[tuple[int, int] | None],
    lex: Lexicon,
) -> list[str | None]:
    """OLD and NEW for pairs of one unit in one sentence, where words before or behind them say so."""
    was, now = lex.phrases("was_before"), lex.phrases("now_before")
    marked: list[str | None] = []
    for edge in bounds:
        if edge is None:
            marked.append(None)
        elif _behind(tokens, edge[0], was, lex):
            marked.append(OLD)
        elif _behind(tokens, edge[0], now, lex):
            marked.append(NEW)
        else:
            marked.append(None)
    roles: list[str | None] = [None] * len(figures)
    for one, other in zip(range(len(figures)), range(1, len(figures)), strict=False):
        pair = (figures[one], figures[other])
        short = None in (pair[0].unit, pair[1].unit) and pair[0].scale == pair[1].scale > 1  # "4.1 million"
        if any(f.date or f.ordinal for f in pair) or not (short or pair[0].unit == pair[1].unit):
            continue
        left, right = bounds[one], bounds[other]
        if left is None or right is None or right[0] - left[1] > 8:
            continue
        if marked[one] == OLD and marked[other] == NEW:  # from 12 to 9
            roles[one], roles[other] = OLD, NEW
        elif marked[other] == OLD and (marked[one] == NEW or _told_as_old(tokens, left, right, lex)):
            roles[one], roles[other] = (
                NEW,
                OLD,
            )  # to 9 from 12; 9, down from 12; 9, compared with 12 a year earlier
    return roles


def _behind(tokens: Sequence[Token], first: int, phrases: tuple[tuple[str, ...], ...], lex: Lexicon) -> bool:
    """Whether one of the phrases ends right before a token, words like "about" and articles left aside."""
    if (
        first
        and tokens[first - 1].norm not in lex.about
        and tokens[first - 1].norm not in _last_words(phrases)
    ):
        return False
    end = first
    while end and (tokens[end - 1].norm in lex.about) and not _ends(tokens, end, phrases):
        end -= 1
    return _ends(tokens, end, phrases)


@lru_cache(maxsize=64)
def _last_words(phrases: tuple[tuple[str, ...], ...]) -> frozenset[str]:
    return frozenset(phrase[-1] for phrase in phrases)


def _ends(tokens: Sequence[Token], end: int, phrases: Sequence[tuple[str, ...]]) -> bool:
    return any(
        end >= len(phrase)
        and all(tokens[end - len(phrase) + at].norm == word for at, word in enumerate(phrase))
        for phrase in phrases
    )


def _told_as_old(
    tokens: Sequence[Token], left: tuple[int, int], right: tuple[int, int], lex: Lexicon
) -> bool:
    """Whether a word of an earlier time, or of change, stands round the second figure."""
    around = [*tokens[left[1] + 1 : right[0]], *tokens[right[1] + 1 : right[1] + 6]]
    year = any(t.text.isdigit() and len(t.text) == 4 for t in tokens[right[1] + 1 : right[1] + 5])
    return year or terms(lex.code, "was_cues").any(around)


def told_as_old(statement: ReadStatement, lex: Lexicon) -> bool:
    """Whether a statement speaks of an earlier time anywhere."""
    return terms(lex.code, "was_cues").any(statement.tokens)


def weights(near: dict[str, float], read: ReadArticle) -> dict[str, float]:
    """What the words round a place of a statement tell: those that the article has, rare ones most."""
    return {kin: close * read.family_weight(kin) for kin, close in near.items() if kin in read.with_family}


def share(mine: dict[str, float], near: dict[str, float]) -> float:
    """How much of the weighed words stands near a place of the article: 0 to 1."""
    total = sum(mine.values())
    if not total:
        return 0.0
    return sum([weight * near[kin] for kin, weight in mine.items() if kin in near]) / total


def fit(mine: dict[str, float], place: Place, other: Place) -> float:
    """How well a figure of the article stands where the statement's ``place`` stands: 0 to about 1."""
    return share(mine, other.near) + (_BONUS if place.nouns & other.nouns else 0.0)
