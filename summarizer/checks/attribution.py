"""Who said it: words given to the wrong speaker, and what only a source says told as a fact.

The statement's speaker is a name beside a reporting verb or an attributing phrase; the article's is the one
that stands so in the sentence which has the words, or, where a quotation goes on or a pronoun speaks, in the
sentences before it. Telling a source's words as a fact is a mismatch when the article marks them as
disputed (an accusation, a claim, a denial beside it, reported mood), and a
doubt when it merely says who said so. Left aside: speakers without a name, and whether a source is right.

Keys: ``reporting`` and ``attributing`` of ``core.toml``; ``hearsay`` (words that say whose word it is),
``contested``,
``denials``, ``reported_mood``, ``attribution_kept`` and ``joining`` of ``speech.toml``.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ..flags import FlagCode
from ..report import Signal, SignalKind
from .align import Alignment
from .context import ReadArticle, ReadSentence, ReadStatement, family
from .counterparts import MOST_TOKENS, Counterpart, counterparts, of_sentence, of_statement
from .proper import Name
from .quotes import Passage, passages
from .terms import terms
from .text import Lexicon, Token, fold, is_content, span

_BEHIND, _BEFORE = 4, 1  # tokens between a word of saying and the name behind or before it
_APPOSITION = 9  # tokens between a name and the word of saying, with "the mayor" between them
_SHORT_FRAME = 7  # tokens of a clause that only says whose word it is
_KEPT = ("hearsay", "attribution_kept")  # a statement with any of these says that it may not be so
_BACK = 3  # sentences to look back for a speaker
_TOLD = 0.5  # share of the statement's words by which the sentence that tells it is known
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
    if mine:
        teller = _teller(statement, quoted, mine, alignment, read)
        signal = None if teller is None else _speaker(statement, mine[0], teller, read)
    elif quoted or terms(read.lex.code, *_KEPT).any(statement.tokens):
        signal = None
    else:
        signal = _dropped(statement, alignment, read)
    return () if signal is None else (signal,)


# --- speakers


def speakers(
    text: str, tokens: tuple[Token, ...], names: Sequence[Name], lex: Lexicon
) -> tuple[Speaker, ...]:
    """Names beside a word of saying, outside quotations.

    "Said Ann Price", "said the mayor, Ann Price", "Price said", "Price, the mayor, said".
    """
    quoted = list(passages(text))
    said = [
        (index, index + 1)
        for index, token in enumerate(tokens)
        if token.norm in lex.reporting and not _inside(token.start, quoted)
    ]
    phrases = [hit for hit in terms(lex.code, "hearsay").find(tokens) if hit.last - hit.first > 1]
    said += [(hit.first, hit.last) for hit in phrases if not _inside(tokens[hit.first].start, quoted)]
    places = {token.start: index for index, token in enumerate(tokens)}
    ranges = [
        (places[n.start], places[n.start] + len(n.tokens), n)
        for n in names
        if n.start in places and not _inside(n.start, quoted)
    ]
    found: dict[int, Speaker] = {}
    for start, end in sorted(said):
        for first, last, name in ranges:
            behind = 0 <= first - end <= _BEHIND and not _divided(text, tokens[end - 1 : first + 1], lex)
            behind = (
                behind
                or (  # "said the mayor, Ann Price"
                    0 < first - end <= _APPOSITION
                    and text[tokens[first - 1].end : tokens[first].start].strip() == ","
                    and not _divided(text, tokens[end - 1 : first], lex)
                )
            )
            before = 0 <= start - last <= _BEFORE and not _divided(text, tokens[last - 1 : start + 1], lex)
            apposition = (
                last < start <= last + _APPOSITION
                and text[tokens[last - 1].end : tokens[last].start].strip() == ","
                and text[tokens[start - 1].end : tokens[start].start].strip() == ","
                and not any(last <= other < start for other, _, _ in ranges if other != first)
            )
            if behind or before or apposition:
                found.setdefault(first, Speaker(name))
    return tuple(found.values())


def _divided(text: str, tokens: Sequence[Token], lex: Lexicon) -> bool:
    """Whether a comma, a stop or "and" stands between the first and the last of some tokens."""
    if any(token.norm in lex.words("joining") for token in tokens[1:-1]):
        return True
    return any(mark in text[tokens[0].end : tokens[-1].start] for mark in ',;:.()“”«»"')


def _speaker(
    statement: ReadStatement, mine: Speaker, sentence: ReadSentence, read: ReadArticle
) -> Signal | None:
    theirs = _speakers_of(sentence, read)
    if not theirs or any(_same(mine, other, read.lex) for _, other in theirs):
        return None
    if not _person(mine, read) or not any(_person(other, read) for _, other in theirs):
        return None
    where, other = theirs[0]
    shown = span(statement.text, mine.name.start, mine.name.end)
    there = read.evidence(where, other.name.start, other.name.end)
    message = f"“{shown.text}” did not say this: in the article it is “{there.quote}”"
    code = FlagCode.SPEAKER_MISMATCH
    evidence = (there, read.evidence(sentence))
    return Signal("attribution", SignalKind.MISMATCH, 1.0, message, code, (shown,), evidence)


def _person(speaker: Speaker, read: ReadArticle) -> bool:
    """Whether the article has this surname behind a first name, or says something in it."""
    own = speaker.last
    for sentence in read.sentences:
        for name in sentence.names:
            full = len(name.tokens) > 1 and not name.tokens[-1].text.isupper()
            if full and (name.tokens[-1].stem == own.stem or _inflected(name.tokens[-1], own, read.lex)):
                return True
    return False


def _speakers_of(sentence: ReadSentence, read: ReadArticle) -> list[tuple[ReadSentence, Speaker]]:
    """Who speaks in a sentence: those beside its own words of saying, or else the last ones before."""
    lex = read.lex
    if len(sentence.tokens) > MOST_TOKENS:
        return []
    here = speakers(sentence.text, sentence.tokens, sentence.names, lex)
    if here:
        return [(sentence, speaker) for speaker in here]
    if not (_quotes(sentence) or _pronoun_speaks(sentence, lex)):
        return []
    for number in range(sentence.number - 1, max(0, sentence.number - 1 - _BACK), -1):
        before = read.sentences[number - 1]
        if len(before.tokens) > MOST_TOKENS:
            break
        found = speakers(before.text, before.tokens, before.names, lex)
        if found:
            return [(before, speaker) for speaker in found]
        people = [one for one in map(Speaker, before.names) if _person(one, read)]
        if people and not _quotes(before):  # "she said" of whom the sentence before is about
            return [(before, people[0])]
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
    a, b = fold(one.norm), fold(other.norm)
    common = next((at for at, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    return common >= 3 and all(rest in ("", *lex.suffixes) for rest in (a[common:], b[common:]))


# --- what is told as a fact


def _dropped(statement: ReadStatement, alignment: Alignment, read: ReadArticle) -> Signal | None:
    code = read.lex.code
    names = {token.stem for name in statement.names for token in name.tokens}
    for clause in of_statement(statement, read):
        parts = [p for p in counterparts(clause, alignment, read, least=_TOLD) if not p.whole]
        if not parts or len(parts[0].shared - names) < _LEAST_SHARED:
            continue
        part = parts[0]
        frame = _frame(part, read)
        mood = terms(code, "reported_mood").any(part.clause.tokens)
        if not mood and not terms(code, "hearsay").any(frame):
            continue
        here = part.sentence
        behind = read.sentences[here.number : here.number + 1]
        denied = any(terms(code, "denials").any(s.tokens) for s in (here, *behind))
        there = read.evidence(here)
        shown = span(statement.text, clause.start, clause.end)
        message = f"told as a fact; in the article somebody says so: “{there.quote}”"
        if mood or denied or terms(code, "contested").any(frame):
            flag = FlagCode.ATTRIBUTION_DROPPED
            return Signal("attribution", SignalKind.MISMATCH, 1.0, message, flag, (shown,), (there,))
        return Signal("attribution", SignalKind.DOUBT, 0.25, message, None, (shown,), (there,))
    return None


def _frame(part: Counterpart, read: ReadArticle) -> tuple[Token, ...]:
    """The clause that is retold and, where they are short, its neighbours: "…, she claimed, …"."""
    pieces = [
        piece for piece in of_sentence(part.sentence, read) if len(piece.tokens) < len(part.sentence.tokens)
    ]
    if part.clause not in pieces:
        return part.clause.tokens
    at = pieces.index(part.clause)
    beside = [piece for piece in pieces[max(0, at - 1) : at + 2] if piece is not part.clause]
    short = [token for piece in beside if len(piece.tokens) <= _SHORT_FRAME for token in piece.tokens]
    return (*part.clause.tokens, *short)


# --- the sentence that tells it


def _teller(
    statement: ReadStatement,
    quoted: Sequence[Passage],
    mine: Sequence[Speaker],
    alignment: Alignment,
    read: ReadArticle,
) -> ReadSentence | None:
    """The sentence with most of what is said."""
    frame = {token.stem for speaker in mine for token in speaker.name.tokens}
    frame |= {token.stem for token in statement.tokens if token.norm in read.lex.reporting}
    said = [t for t in statement.tokens if not quoted or _inside(t.start, quoted)]
    words = {t.stem: family(t) for t in said if is_content(t, read.lex) and t.stem not in frame}
    total = sum(read.weight(stem) for stem in sorted(words))
    best, most = None, _TOLD * total
    for sentence in (s for s in alignment.sentences if not s.is_headline):
        shared = sorted(s for s, kin in words.items() if s in sentence.content or kin in sentence.families)
        weight = sum(read.weight(stem) for stem in shared)
        if shared and weight >= most:
            best, most = sentence, weight + 1e-9
    return best


def _inside(position: int, ranges: Sequence[Passage]) -> bool:
    return any(passage.start <= position < passage.end for passage in ranges)
