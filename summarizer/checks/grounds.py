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

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from .context import ReadArticle, ReadSentence, ReadStatement, family
from .figures import Figure
from .moments import Moment, find_moments
from .terms import terms
from .text import Lexicon, Token, is_content

_COMMA, _STRONG, _JOINED, _FIGURE = 2, 5, 2, 3  # what lies between counts as so many words
_WINDOW = 40  # words to either side that are looked at: further off nothing is near
_FLOOR = 0.25  # how near a word is at the least, in the same sentence
_FLOOR_BEHIND = 0.15  # the same, with another figure between
BEFORE = 0.15  # how near the words of the sentence before are
_HALF = 4.0  # a word so far away is half as near as the next one
_NOUN = 3  # words behind a figure among which stands what it counts
_FOLLOWING = 4  # sentences in which a fraction may be one of this figure
_BONUS = 0.2  # for counting the same

OLD, NEW = "old", "new"


@dataclass(frozen=True, slots=True)
class Place:
    """A figure with its surroundings: family of a word -> how near (0 to 1).

    ``nouns`` are the families of the words behind it, of which one is what it counts; ``role`` is OLD for a
    value that was, NEW for the one that replaced it; ``sentence`` is None in a statement. ``factors`` are the
    fractions of the same sentence and the next ones ("Half of them"); ``more`` is whether it comes on top of
    another one ("two more"), ``compared`` whether it is a distance to one ("ten fewer"), ``each`` whether
    several have it each.
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


def article_places(read: ReadArticle) -> tuple[Place, ...]:
    """Every figure of the article, dates left out; read once."""
    found = read.memo.get("places")
    if found is None:
        found = read.memo["places"] = tuple(_article_places(read))
    made: tuple[Place, ...] = found
    return made


def _article_places(read: ReadArticle) -> Iterator[Place]:
    factors = [_factors(s) for s in read.sentences]
    for index, sentence in enumerate(read.sentences):
        if not sentence.figures:
            continue
        context = earlier_words(sentence, read)
        for place in _places(sentence.text, sentence.tokens, sentence.figures, read.lex):
            for kin in context:
                place.near.setdefault(kin, BEFORE)
            yield replace(place, sentence=sentence, factors=sum(factors[index : index + _FOLLOWING], ()))


def _factors(sentence: ReadSentence) -> tuple[float, ...]:
    return tuple(figure.value / 100 for figure in sentence.figures if figure.fraction)


def _content_families(sentence: ReadSentence, lex: Lexicon) -> tuple[str, ...]:
    return tuple(dict.fromkeys(family(t) for t in sentence.tokens if is_content(t, lex)))


def statement_places(statement: ReadStatement, lex: Lexicon) -> tuple[Place, ...]:
    return tuple(_places(statement.text, statement.tokens, statement.figures, lex))


def statement_moments(statement: ReadStatement, lex: Lexicon) -> tuple[Moment, ...]:
    """The dates and times of a statement, read once."""
    found = statement.memo.get("moments")
    if found is None:
        found = find_moments(statement.text, statement.tokens, statement.figures, lex)
        statement.memo["moments"] = found
    made: tuple[Moment, ...] = found
    return made


def surroundings(
    text: str, tokens: Sequence[Token], spans: Sequence[tuple[int, int]], lex: Lexicon
) -> tuple[dict[str, float], ...]:
    """The words round spans of a text other than figures, as dates are; empty for a span without a token."""
    figures = [
        Figure(low, high, 0.0, 0.0, 0, None, about=False, date=False, word=True) for low, high in spans
    ]
    found = {place.figure.start: place.near for place in _places(text, tokens, figures, lex)}
    return tuple(found.get(low, {}) for low, _ in spans)


def earlier_words(sentence: ReadSentence, read: ReadArticle) -> tuple[str, ...]:
    """The content words of the sentence before, if it is in the same paragraph."""
    if sentence.number < 2:
        return ()
    before = read.sentences[sentence.number - 2]
    if "\n" in read.article.text[before.start + len(before.text) : sentence.start]:
        return ()
    return _content_families(before, read.lex)


def _places(text: str, tokens: Sequence[Token], figures: Sequence[Figure], lex: Lexicon) -> Iterator[Place]:
    if not figures or not tokens:
        return
    owner = _owners(tokens, figures)
    line = _line(text, tokens, lex)
    content = [
        (index, family(token))
        for index, token in enumerate(tokens)
        if owner[index] is None
        and is_content(token, lex)
        and token.text[0].isalpha()
        and token.norm not in lex.reporting
    ]
    bounds = _bounds(owner, len(figures))
    starts = [index for index, _ in content]
    groups = _groups(text, tokens, figures, bounds, content)
    roles = _roles(text, tokens, figures, bounds, lex)
    additional, comparatives = lex.words("additional"), lex.words("comparatives")
    every = lex.words("each")
    for number, figure in enumerate(figures):
        if bounds[number] is None or figure.date:
            continue
        near: dict[str, float] = {}
        nouns: set[str] = set()
        for member in groups[number]:
            edge = bounds[member]
            if edge is None:
                continue
            low, high = bisect_left(starts, edge[0] - _WINDOW), bisect_left(starts, edge[1] + _WINDOW)
            for index, kin in content[low:high]:
                far, behind = _distance(index, edge, line, owner, groups[number])
                floor = _FLOOR_BEHIND if behind else _FLOOR
                near[kin] = max(near.get(kin, 0.0), max(floor, _HALF / (_HALF + max(0, far - 1))))
            nouns.update(_nouns(text, tokens, edge[1], owner, content[low:high]))
        edge = bounds[number]
        more = edge is not None and any(
            tokens[i].norm in additional for i in (edge[0] - 1, edge[1] + 1) if 0 <= i < len(tokens)
        )
        compared = edge is not None and any(
            token.norm in comparatives for token in tokens[edge[1] + 1 : edge[1] + 3]
        )
        each = edge is not None and any(t.norm in every for t in tokens[max(0, edge[0] - 6) : edge[1] + 7])
        yield Place(figure, near, frozenset(nouns), roles[number], more=more, compared=compared, each=each)


def _line(text: str, tokens: Sequence[Token], lex: Lexicon) -> list[int]:
    """The place of each token on a line where boundaries take room."""
    joining = lex.words("joining")
    place, line = 0, []
    for index, token in enumerate(tokens):
        if index:
            between = text[tokens[index - 1].end : token.start]
            place += 1
            if between.strip() == "(" and token.text[0].isdigit():
                pass  # "of patrons (500,000 euros)": said of the word before
            elif any(mark in between for mark in ";:()—–") or ". " in between:
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
    return [tuple(group) for group in groups for _ in group]


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
    content: Sequence[tuple[int, str]],
) -> Iterator[str]:
    kin = dict(content)
    for index in range(last + 1, min(last + 1 + _NOUN, len(tokens))):
        between = text[tokens[index - 1].end : tokens[index].start]
        if owner[index] is not None or any(mark in between for mark in ",;:.()—–"):
            return
        if index in kin:
            yield kin[index]


def _roles(
    text: str,
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
        if any(f.date or f.ordinal for f in pair) or pair[0].unit != pair[1].unit:
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


def _behind(tokens: Sequence[Token], first: int, phrases: Sequence[tuple[str, ...]], lex: Lexicon) -> bool:
    """Whether one of the phrases ends right before a token, words like "about" and articles left aside."""
    end = first
    while end and (tokens[end - 1].norm in lex.about) and not _ends(tokens, end, phrases):
        end -= 1
    return _ends(tokens, end, phrases)


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
    return terms(lex.code, "was_cues").any(around)


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
    return sum(weight * near[kin] for kin, weight in mine.items() if kin in near) / total


def fit(mine: dict[str, float], place: Place, other: Place) -> float:
    """How well a figure of the article stands where the statement's ``place`` stands: 0 to about 1."""
    return share(mine, other.near) + (_BONUS if place.nouns & other.nouns else 0.0)
