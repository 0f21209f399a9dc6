"""A figure of the article said of something else.

The words round a figure tell what it counts. A figure is bound wrongly when another one of the same kind,
in the sentences that the statement rests on, stands among the statement's words, and no place of this
figure does; or when the statement's "from … to …" has the article's two figures exchanged. Left aside:
figures whose surroundings are paraphrased out of sight.

Keys of ``speech.toml``: ``from_words`` (before what something was), ``joining``.
"""

from collections.abc import Sequence

from ..flags import FlagCode
from ..report import Signal, SignalKind
from .align import Alignment
from .context import ReadArticle, ReadSentence, ReadStatement, family
from .counterparts import MOST_TOKENS
from .derived import in_score
from .figures import Figure
from .numbers import same_value
from .text import Lexicon, Token, is_content, span

_WORDS = 5  # to either side of a figure
_CLEARLY = 1.6  # how much better the other figure must fit

Bound = dict[str, float]  # family of a word near a figure -> how near, 1 beside it


def check(statement: ReadStatement, alignment: Alignment, read: ReadArticle) -> tuple[Signal, ...]:
    """At most one signal."""
    mine = [f for f in statement.figures if not f.date and not (f.word and f.value <= 2)]
    mine = [f for f in mine if not in_score(f, statement.text, statement.figures)]
    for figure in mine:
        signal = _exchanged(figure, mine, statement, alignment, read)
        signal = signal or _misbound(figure, statement, alignment, read)
        if signal is not None:
            return (signal,)
    return ()


def _exchanged(
    figure: Figure, mine: Sequence[Figure], statement: ReadStatement, alignment: Alignment, read: ReadArticle
) -> Signal | None:
    """The figure behind "from" is the article's other one."""
    if not _behind_from(figure, statement.tokens, read.lex):
        return None
    for sentence in alignment.sentences[:3]:
        had = [f for f in sentence.figures if not f.date]
        here = [f for f in had if same_value(figure, f)]
        starts = [f for f in had if _behind_from(f, sentence.tokens, read.lex)]
        others = [f for f in starts if any(o is not figure and same_value(o, f) for o in mine)]
        if here and others and not any(f in starts for f in here):
            shown = span(statement.text, figure.start, figure.end)
            there = read.evidence(sentence, others[0].start, others[0].end)
            message = f"it was not from “{shown.text}” but from “{there.quote}”"
            return _signal(message, statement, figure, read, sentence, others[0])
    return None


def _behind_from(figure: Figure, tokens: Sequence[Token], lex: Lexicon) -> bool:
    before = [token for token in tokens if token.end <= figure.start][-1:]
    return bool(before) and before[0].norm in lex.words("from_words")


def _misbound(
    figure: Figure, statement: ReadStatement, alignment: Alignment, read: ReadArticle
) -> Signal | None:
    words = near(figure, statement.tokens, statement.figures, read.lex)
    if not words:
        return None
    own = [
        _fit(words, near(f, s.tokens, s.figures, read.lex), read)
        for s in read.sentences
        if len(s.tokens) <= MOST_TOKENS
        for f in s.figures
        if same_value(figure, f)
    ]
    if not own:
        return None
    best: tuple[float, ReadSentence, Figure] | None = None
    for sentence in (s for s in alignment.sentences[:3] if len(s.tokens) <= MOST_TOKENS):
        if not any(same_value(figure, f) for f in sentence.figures):
            continue
        for rival in sentence.figures:
            if rival.date or same_value(figure, rival) or not _alike(figure, rival):
                continue
            fit = _fit(words, near(rival, sentence.tokens, sentence.figures, read.lex), read)
            if best is None or fit > best[0]:
                best = (fit, sentence, rival)
    if best is None or best[0] <= _CLEARLY * max(own) or best[0] - max(own) < _least(read):
        return None
    fit, sentence, rival = best
    there = read.evidence(sentence, rival.start, rival.end)
    shown = span(statement.text, figure.start, figure.end)
    message = f"in the article “{shown.text}” is said of something else; here it has “{there.quote}”"
    return _signal(message, statement, figure, read, sentence, rival)


def _signal(
    message: str,
    statement: ReadStatement,
    figure: Figure,
    read: ReadArticle,
    sentence: ReadSentence,
    rival: Figure,
) -> Signal:
    shown = span(statement.text, figure.start, figure.end)
    evidence = (read.evidence(sentence, rival.start, rival.end), read.evidence(sentence))
    code = FlagCode.FIGURE_MISBOUND
    return Signal("binding", SignalKind.MISMATCH, 1.0, message, code, (shown,), evidence)


def _alike(figure: Figure, rival: Figure) -> bool:
    return figure.unit == rival.unit and figure.ordinal == rival.ordinal


def _least(read: ReadArticle) -> float:
    """The weight of one word that stands twice in the article, right beside a figure."""
    return 0.5 * read.default_idf


def near(figure: Figure, tokens: Sequence[Token], figures: Sequence[Figure], lex: Lexicon) -> Bound:
    """The content words round a figure, up to the next figure or "and" on either side."""
    inside = [i for i, token in enumerate(tokens) if figure.start <= token.start < figure.end]
    if not inside:
        return {}
    taken = {
        i
        for i, token in enumerate(tokens)
        for other in figures
        if other is not figure and other.start <= token.start < other.end
    }
    found: Bound = {}
    joining = lex.words("joining")
    for step in (1, -1):
        at, gone = (inside[-1] if step == 1 else inside[0]) + step, 0
        while 0 <= at < len(tokens) and gone < _WORDS and at not in taken:
            token = tokens[at]
            if token.norm in joining:
                break
            if is_content(token, lex) and token.text[0].isalpha():
                kin = family(token)
                found[kin] = max(found.get(kin, 0.0), 1.0 - gone / (2 * _WORDS))
            gone += 1
            at += step
    return found


def _fit(mine: Bound, theirs: Bound, read: ReadArticle) -> float:
    return sum(theirs[kin] * read.family_weight(kin) for kin in sorted(mine) if kin in theirs)
