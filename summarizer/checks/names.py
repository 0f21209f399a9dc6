"""Names of people, organisations and places that the article does not have, or has otherwise.

A word of a name that the article never has is a mismatch: near one of the article's names, a
misspelling or the wrong one of two (``name_mismatch``); near none, ``name_not_in_article``. Inflected
forms, possessives, diacritics, demonyms, and acronyms with their expansion count as the same. First
name and surname that the article has only with others is a mismatch; other words that it has, put
together as it never does, are a doubt. Left for later: transliteration, a lone unknown name that opens
a statement, and the right name in the wrong place.
"""

from rapidfuzz import fuzz, process

from ..flags import FlagCode
from ..report import Signal, SignalKind
from .align import Alignment
from .context import ReadArticle, ReadSentence, ReadStatement
from .proper import Name
from .text import Lexicon, Token, fold, span

_NEAR = 75.0  # of 100: "Marlow" and "Harlow" are 83, "Sybiha" and "Sibiga" 67
_NEAR_LENGTH = 4


def check(statement: ReadStatement, alignment: Alignment, read: ReadArticle) -> tuple[Signal, ...]:
    """A signal for each name that the article does not have in this form."""
    signals = []
    for name in (*statement.names, *_opening_word(statement, read)):
        unknown = tuple(token for token in name.tokens if not _known(token, name, read))
        if unknown:
            signals.append(_unknown_name(name, unknown, statement, read))
        elif mixed := _mixed(name, statement, read):
            signals.append(mixed)
    return tuple(signals)


def _opening_word(statement: ReadStatement, read: ReadArticle) -> tuple[Name, ...]:
    """The word that opens the statement, where it is unknown and close to one of the article's names."""
    first = statement.tokens[0]
    if not first.capital or any(first in name.tokens for name in statement.names):
        return ()
    name = Name((first,))
    if first.norm in read.lex.stopwords or _known(first, name, read):
        return ()
    near = _nearest(first, name, read)
    in_a_name = near and any(near[1] in name.tokens for name in near[0].names)
    return (name,) if in_a_name else ()


def _known(token: Token, name: Name, read: ReadArticle) -> bool:
    if token.stem in read.stems or fold(token.norm) in read.capitals:
        return True
    if token.text.isupper() and fold(token.norm) in read.acronyms:
        return True
    initials = "".join(fold(t.norm)[0] for t in name.tokens)
    if len(initials) > 1 and initials in read.upper_words:
        return True
    return any(_same_word(token, other, read.lex) for other in read.capitals)


def _same_word(token: Token, other: str, lex: Lexicon) -> bool:
    """Inflections that the stemmer misses, and demonyms."""
    word = fold(token.norm)
    if lex.people.get(word, word) == lex.people.get(other, other):
        return True
    if word[:3] != other[:3]:
        return False
    short, long = sorted((word, other), key=len)
    base = short.rstrip("aeiouy")
    if len(base) >= 4 and long.startswith(base) and long[len(base) :] in lex.demonyms:
        return True
    if not lex.inflects:
        return False
    table = str.maketrans(lex.alternations)
    a, b = short.translate(table), long.translate(table)
    common = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), len(a))
    return common >= len(b) - 2 and common >= 3


def _unknown_name(
    name: Name, unknown: tuple[Token, ...], statement: ReadStatement, read: ReadArticle
) -> Signal:
    shown = statement.text[name.start : name.end]
    spans = tuple(span(statement.text, token.start, token.end) for token in unknown)
    for token in unknown:
        near = _nearest(token, name, read)
        if near:
            sentence, there = near
            inside = f" in “{shown}”" if shown != token.text else ""
            message = f"“{token.text}”{inside} is not in the article; it has “{there.text}”"
            evidence = (read.evidence(sentence, there.start, there.end),)
            return Signal("names", SignalKind.MISMATCH, 1.0, message, FlagCode.NAME_MISMATCH, spans, evidence)
    words = " ".join(token.text for token in unknown)
    whole = f" (in “{shown}”)" if words != shown else ""
    message = f"the article never names “{words}”{whole}"
    if read.lex.capitalised_nouns and not _surely_a_name(name, read.lex):
        return Signal("names", SignalKind.DOUBT, 0.4, message, None, spans)
    return Signal("names", SignalKind.MISMATCH, 1.0, message, FlagCode.NAME_NOT_IN_ARTICLE, spans)


def _surely_a_name(name: Name, lex: Lexicon) -> bool:
    return any(token.norm in lex.titles for token in name.tokens)


def _nearest(token: Token, name: Name, read: ReadArticle) -> tuple[ReadSentence, Token] | None:
    """The article's word that this one may have been; rather one that stands beside the same first name."""
    word = fold(token.norm)
    if len(word) < _NEAR_LENGTH or token.norm in read.lex.titles:
        return None
    candidates = [other for other in read.capitals if len(other) >= _NEAR_LENGTH]
    near = process.extract(word, candidates, scorer=fuzz.ratio, score_cutoff=_NEAR, limit=5)
    if not near:
        return None
    company = {
        other.stem for other in name.tokens if other is not token and other.norm not in read.lex.titles
    }
    best = max(near, key=lambda found: (_beside(found[0], company, read), found[1]))
    return read.capitals[best[0]]


def _beside(word: str, company: set[str], read: ReadArticle) -> bool:
    names = (name for sentence in read.sentences for name in sentence.names)
    return any(
        company & {t.stem for t in name.tokens}
        for name in names
        if any(fold(t.norm) == word for t in name.tokens)
    )


def _mixed(name: Name, statement: ReadStatement, read: ReadArticle) -> Signal | None:
    """Words that the article has, and never together."""
    own = [token for token in name.tokens if token.norm not in read.lex.titles]
    stems = {token.stem for token in name.tokens if token.stem in read.stems}
    if len(stems) < 2 or any(stems <= sentence.stems for sentence in read.sentences):
        return None
    shown = span(statement.text, name.start, name.end)
    if len(own) == 2:
        first = [f for f in _longer_names_with(own[0], read) if _differ(f[1], own, shared=0)]
        last = [f for f in _longer_names_with(own[1], read) if _differ(f[1], own, shared=-1)]
        if first and last:
            evidence = tuple(read.evidence(s, n.start, n.end) for s, n in (last[0], first[0]))
            message = f"the article has “{evidence[0].quote}” and “{evidence[1].quote}”, not “{shown.text}”"
            return Signal(
                "names", SignalKind.MISMATCH, 1.0, message, FlagCode.NAME_MISMATCH, (shown,), evidence
            )
    message = f"the article never says “{shown.text}” in one sentence"
    return Signal("names", SignalKind.DOUBT, 0.5, message, None, (shown,))


def _differ(name: Name, own: list[Token], *, shared: int) -> bool:
    """Whether a name has the word at the one end in common and another word at the other end."""
    other = -1 - shared
    return name.tokens[shared].stem == own[shared].stem and name.tokens[other].stem != own[other].stem


def _longer_names_with(token: Token, read: ReadArticle) -> list[tuple[ReadSentence, Name]]:
    """The article's names of several words with this one, without the titles in front."""
    found = []
    for sentence in read.sentences:
        for name in sentence.names:
            own = tuple(t for t in name.tokens if t.norm not in read.lex.titles)
            if len(own) > 1 and any(t.stem == token.stem for t in own):
                found.append((sentence, Name(own)))
    return found
