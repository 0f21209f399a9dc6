"""Who said it: words given to the wrong speaker, and what only a source says told as a fact.

The statement's speaker is a name beside a reporting verb or an attributing phrase; the article's is the one
that stands so in the sentence which has the words, or, where a quotation goes on or a pronoun speaks, in the
sentences before it. Telling a source's words as a fact is a mismatch when the article marks them as
disputed (an accusation, a claim, a denial beside it, reported mood) or has them in quotation marks, and a
doubt when it merely says who said so. Left aside: speakers without a name, and whether a source is right.

Keys: ``reporting`` and ``attributing`` of ``core.toml``; ``hearsay`` (words that say whose word it is),
``contested``, ``denials`` and ``reported_mood`` of ``logic.toml``.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ..flags import FlagCode
from ..report import Signal, SignalKind, StatementKind
from .align import Alignment
from .context import ReadArticle, ReadSentence, ReadStatement, family
from .proper import Name
from .quotes import Passage, passages
from .terms import terms
from .text import Lexicon, Token, fold, is_content, span

_BESIDE = 5  # tokens between a reporting verb and who says it
_BACK = 3  # sentences to look back for a speaker
_TOLD = 0.5  # share of the statement's words by which the sentence that tells it is known
_SURELY_TOLD = 0.7
_LEAST_SHARED = 2


@dataclass(frozen=True, slots=True)
class Speaker:
    """A name that stands beside a word of saying."""

    name: Name

    @property
    def last(self) -> Token:
        return self.name.tokens[-1]


def check(statement: ReadStatement, alignment: Alignment, read: ReadArticle) -> tuple[Signal, ...]:
    """At most one signal."""
    quoted = list(passages(statement.text))
    mine = speakers(statement.text, statement.tokens, statement.names, read.lex)
    teller = _teller(statement, quoted, mine, alignment, read)
    if teller is None:
        return ()
    sentence, share, shared = teller
    if mine:
        signal = _speaker(statement, mine[0], sentence, read)
        return () if signal is None else (signal,)
    if quoted or terms(read.lex.code, "hearsay").any(statement.tokens):
        return ()
    signal = _dropped(statement, sentence, share, shared, read)
    return () if signal is None else (signal,)


# --- speakers


def speakers(
    text: str, tokens: tuple[Token, ...], names: Sequence[Name], lex: Lexicon
) -> tuple[Speaker, ...]:
    """Names beside a reporting verb or an attributing phrase, outside quotations, the nearest first."""
    quoted = list(passages(text))
    verbs = [
        (index, index + 1)
        for index, token in enumerate(tokens)
        if token.norm in lex.reporting and not _inside(token.start, quoted)
    ]
    phrases = [hit for hit in terms(lex.code, "hearsay").find(tokens) if hit.last - hit.first > 1]
    verbs += [(hit.first, hit.last) for hit in phrases if not _inside(tokens[hit.first].start, quoted)]
    places = {token.start: index for index, token in enumerate(tokens)}
    found: list[tuple[int, int, Speaker]] = []
    for name in names:
        if _inside(name.start, quoted) or name.start not in places:
            continue
        first = places[name.start]
        last = first + len(name.tokens)
        gaps = [min(abs(first - end), abs(start - last)) for start, end in verbs]
        if gaps and min(gaps) <= _BESIDE:
            found.append((min(gaps), first, Speaker(name)))
    return tuple(speaker for _, _, speaker in sorted(found, key=lambda item: item[:2]))


def _speaker(
    statement: ReadStatement, mine: Speaker, sentence: ReadSentence, read: ReadArticle
) -> Signal | None:
    theirs = _speakers_of(sentence, read)
    if not theirs or any(_same(mine, other, read.lex) for _, other in theirs):
        return None
    if not _named(mine, read):
        return None  # the names check says so
    where, other = theirs[0]
    shown = span(statement.text, mine.name.start, mine.name.end)
    there = read.evidence(where, other.name.start, other.name.end)
    message = f"“{shown.text}” did not say this: in the article it is “{there.quote}”"
    code = FlagCode.SPEAKER_MISMATCH
    evidence = (there, read.evidence(sentence))
    return Signal("attribution", SignalKind.MISMATCH, 1.0, message, code, (shown,), evidence)


def _speakers_of(sentence: ReadSentence, read: ReadArticle) -> list[tuple[ReadSentence, Speaker]]:
    """Who speaks in a sentence: those beside its own words of saying, or else the last one before."""
    lex = read.lex
    for number in range(sentence.number, max(0, sentence.number - 1 - _BACK), -1):
        here = read.sentences[number - 1]
        found = speakers(here.text, here.tokens, here.names, lex)
        if found:
            return [(here, speaker) for speaker in found]
        saying = any(token.norm in lex.reporting for token in here.tokens)
        if here is not sentence and here.names and not _quotes(here) and not saying:
            # A pronoun that speaks stands for a name of the sentence before.
            return [(here, Speaker(name)) for name in here.names]
        if here is sentence and not (_quotes(here) or _pronoun_speaks(here, lex)):
            return []
    return []


def _quotes(sentence: ReadSentence) -> bool:
    return any(mark in sentence.text for mark in '“”„«»"‘')


def _pronoun_speaks(sentence: ReadSentence, lex: Lexicon) -> bool:
    return any(
        token.norm in lex.reporting
        and any(t.norm in lex.pronouns for t in sentence.tokens[max(0, index - 2) : index + 3])
        for index, token in enumerate(sentence.tokens)
    )


def _same(mine: Speaker, other: Speaker, lex: Lexicon) -> bool:
    """Whether two names are one person's: the surname decides where both have one."""
    a, b = [_form(t) for t in mine.name.tokens], [_form(t) for t in other.name.tokens]
    if len(a) > 1 and len(b) > 1:
        return a[-1] == b[-1] or _inflected(mine.last, other.last, lex)
    return bool(set(a) & set(b)) or _inflected(mine.last, other.last, lex)


def _form(token: Token) -> str:
    return fold(token.stem)


def _inflected(one: Token, other: Token, lex: Lexicon) -> bool:
    """Whether two forms differ in their ending alone, where names are inflected."""
    if not lex.inflects:
        return False
    short, long = sorted((fold(one.norm), fold(other.norm)), key=len)
    return len(short) >= 4 and long[: len(short) - 1] == short[:-1] and len(long) - len(short) <= 3


def _named(mine: Speaker, read: ReadArticle) -> bool:
    return mine.last.stem in read.stems or fold(mine.last.norm) in read.capitals


# --- what is told as a fact


def _dropped(
    statement: ReadStatement,
    sentence: ReadSentence,
    share: float,
    shared: frozenset[str],
    read: ReadArticle,
) -> Signal | None:
    code = read.lex.code
    if statement.kind is StatementKind.HEADLINE and share < _SURELY_TOLD:
        return None
    names = {token.stem for name in statement.names for token in name.tokens}
    if len(shared - names) < _LEAST_SHARED:
        return None
    outside = [t for t in sentence.tokens if not _inside(t.start, list(passages(sentence.text)))]
    quoted = [t for t in sentence.tokens if _inside(t.start, list(passages(sentence.text)))]
    in_quote = sum(read.weight(t.stem) for t in quoted if t.stem in shared)
    all_ = sum(read.weight(stem) for stem in sorted(shared))
    said = terms(code, "hearsay").find(outside)
    if not said and not terms(code, "reported_mood").any(outside):
        return None
    behind = read.sentences[sentence.number : sentence.number + 1]
    disputed = (
        terms(code, "contested").any(outside)
        or terms(code, "reported_mood").any(outside)
        or any(terms(code, "denials").any(s.tokens) for s in (sentence, *behind))
        or (in_quote > 0.6 * all_ and share >= _SURELY_TOLD)
    )
    there = read.evidence(sentence)
    shown = span(statement.text, statement.tokens[0].start, statement.tokens[-1].end)
    message = f"told as a fact; in the article somebody says so: “{there.quote}”"
    if not disputed:
        return Signal("attribution", SignalKind.DOUBT, 0.25, message, None, (shown,), (there,))
    code_ = FlagCode.ATTRIBUTION_DROPPED
    return Signal("attribution", SignalKind.MISMATCH, 1.0, message, code_, (shown,), (there,))


# --- the sentence that tells it


def _teller(
    statement: ReadStatement,
    quoted: Sequence[Passage],
    mine: Sequence[Speaker],
    alignment: Alignment,
    read: ReadArticle,
) -> tuple[ReadSentence, float, frozenset[str]] | None:
    """The sentence with most of what is said, its share of that, and the words that both have."""
    frame = {token.stem for speaker in mine for token in speaker.name.tokens}
    frame |= {token.stem for token in statement.tokens if token.norm in read.lex.reporting}
    said = [t for t in statement.tokens if not quoted or _inside(t.start, quoted)]
    words = {t.stem: family(t) for t in said if is_content(t, read.lex) and t.stem not in frame}
    total = sum(read.weight(stem) for stem in sorted(words))
    best: tuple[ReadSentence, float, frozenset[str]] | None = None
    for sentence in (s for s in alignment.sentences if not s.is_headline):
        shared = frozenset(s for s, kin in words.items() if s in sentence.content or kin in sentence.families)
        share = sum(read.weight(stem) for stem in sorted(shared)) / total if total else 0.0
        if share >= _TOLD and (best is None or share > best[1]):
            best = (sentence, share, shared)
    return best


def _inside(position: int, ranges: Sequence[Passage]) -> bool:
    return any(passage.start <= position < passage.end for passage in ranges)
