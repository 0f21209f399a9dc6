"""What only a source says, told as a fact.

A clause of the statement that says nobody's word it is, and does not hedge either, is looked for in what
the voices of the article say (``voices``). It is a mismatch when the newspaper itself says nothing of the
kind and the voice only claims it: an accusation or belief, words that somebody denies or contradicts beside
it, reported mood, or a figure against which another source has its own. Plain words ("said") of one who is
no authority are a mismatch too where they are hedged, where they deny something, and where the source takes a
side (the defence, a union, an opponent), unless the statement is
about the speaker's own doings. All else that somebody says is a doubt: summaries leave out "police said",
and newspapers take it as fact.

Left alone: clauses in quotation marks (``quotes``), who the source is (``speakers``), whether it is right.

Keys of ``speech.toml``: ``attribution_kept`` (words that say it may not be so), ``reported_mood``,
``unsure`` (what a source only
holds possible), ``anonymous`` (sources without a name), ``partisans``
(who speaks for one side), ``negations``, and those of ``sayings``.
"""

from collections.abc import Iterator, Sequence

from ..flags import FlagCode
from ..report import Signal, SignalKind, StatementKind
from .align import Alignment
from .context import ReadArticle, ReadSentence, ReadStatement
from .counterparts import Clause, of_statement
from .entities import Kind
from .figures import Figure
from .numbers import same_value
from .sayings import CLAIMED, DENIED, find_sayings, quoted_tokens
from .speakers import belongs_to
from .terms import terms
from .text import span
from .voices import Voice, telling, voices

_TOLD = 0.5  # share of a clause's words that a voice must have
_SHARED = 2  # how many of them, names not counted
_TOLD_MORE, _SHARED_MORE = 0.4, 3  # the same for words that are disputed
_BESIDE = 0.5  # what a word counts that stands in the voice's sentence, not in its words
_NARRATED = 0.8  # of that share, what the newspaper's own words may have
_UNKNOWN = 0.6  # a word the article never has may be a paraphrase
_PLAIN = 0.6  # share that plain words of a source must have
_SHORT = 3  # content words of "denies the allegation"
_FRAME = 120  # characters round a verb of saying in which its source stands
_BEFORE, _BEHIND = 1, 2  # sentences in which somebody may deny it


def check(statement: ReadStatement, alignment: Alignment, read: ReadArticle) -> tuple[Signal, ...]:
    """At most one signal."""
    if statement.speaker:
        return ()
    code = read.lex.code
    mentions = read.entities.of_statement(statement)
    told = find_sayings(statement.text, statement.tokens, mentions, read.lex)
    if told or _hedged(statement, code):
        return ()
    inside = quoted_tokens(statement.text, statement.tokens)
    doubt: Signal | None = None
    for clause in of_statement(statement, read):
        places = [i for i, t in enumerate(statement.tokens) if clause.start <= t.start < clause.end]
        if any(i in inside for i in places):
            continue
        found = _counted_otherwise(clause, statement, alignment, read)
        found = found or _dropped(clause, statement, read)
        if found is not None and found.kind is SignalKind.MISMATCH:
            return (found,)
        doubt = doubt or found
    return () if doubt is None else (doubt,)


def _hedged(statement: ReadStatement, code: str) -> bool:
    """Whether a word says that it may not be so; "would-be" does not."""
    for hit in terms(code, "attribution_kept").find(statement.tokens):
        end = statement.tokens[hit.last - 1].end
        if statement.text[end : end + 1] != "-":
            return True
    return False


def _dropped(clause: Clause, statement: ReadStatement, read: ReadArticle) -> Signal | None:
    words = {
        t.family: read.weight(t.stem) * (1.0 if t.family in read.with_family else _UNKNOWN)
        for t in clause.tokens
        if t.content
    }
    names = {t.family for name in statement.names for t in name.tokens}
    mine = [
        f
        for f in statement.figures
        if not f.date and not f.fraction and clause.start <= f.start < clause.end and f.unit is not None
    ]
    total = sum(words.values())
    best: tuple[float, int, Voice] | None = None
    own = 0.0
    told = telling(words, read)
    heard = voices(read)
    for number in told.sentences:
        sentence = read.sentences[number - 1]
        if sentence.is_headline and len(read.sentences) > 1:
            continue
        own = max(own, told.narrated.get(number, 0) / total)
        for voice in heard.get(number, ()):
            if voice not in told.heard:
                continue
            beside = sum(
                w for kin, w in words.items() if kin in sentence.families and kin not in voice.families
            )
            share = (told.heard[voice] + _BESIDE * beside) / total
            shared = sum(kin in voice.families for kin in words.keys() - names)
            if mine and (theirs := list(_figures(voice))) and not _any_same(mine, theirs):
                continue  # another figure: another claim
            if shared >= _SHARED and (best is None or share > best[0]):
                best = share, shared, voice
    if best is None or own >= _NARRATED * best[0]:
        return None
    share, shared, voice = best
    strong = voice.tone in (CLAIMED, DENIED) or _mood(voice, read) or _disputed(voice, read)
    if strong and _names_first(clause, statement, voice, read):
        strong = False  # "Pineda sees jobs in danger"
    if strong and (share >= _TOLD or (share >= _TOLD_MORE and shared >= _SHARED_MORE)):
        return _signal(clause, statement, voice.sentence, read, mismatch=True)
    if share < _TOLD:
        return None
    plain = (
        share >= _PLAIN
        and (not voice.authority or _anonymous(voice, read))
        and statement.kind is not StatementKind.HEADLINE
    )
    plain = plain and _contestable(clause, statement, voice, read)
    return _signal(clause, statement, voice.sentence, read, mismatch=plain)


def _contestable(clause: Clause, statement: ReadStatement, voice: Voice, read: ReadArticle) -> bool:
    """Whether plain words of a source may well not be so: hedged, a denial, a count by nobody named."""
    said = [voice.sentence.tokens[i] for i in voice.scope]
    if terms(read.lex.code, "unsure").any(said) or _anonymous(voice, read):
        return True
    if _own_doings(clause, statement, voice, read):
        return False
    if _takes_sides(voice, read):
        return True
    return terms(read.lex.code, "negations").any(said)


def _any_same(mine: Sequence[Figure], theirs: Sequence[Figure]) -> bool:
    return any(one.unit != other.unit or same_value(one, other) for one in mine for other in theirs)


def _anonymous(voice: Voice, read: ReadArticle) -> bool:
    """Whether somebody says so who is not named: "a person close to the committee"."""
    frame = [t for i, t in enumerate(voice.sentence.tokens) if i not in voice.scope]
    people = any(read.entities.all[i].kind is Kind.PERSON for i in voice.who)
    return not people and terms(read.lex.code, "anonymous").any(frame)


def _takes_sides(voice: Voice, read: ReadArticle) -> bool:
    """Whether who says so speaks for one side: the defence, a union, a company about a dispute."""
    saying = voice.saying
    if saying is None:
        return False
    frame = [t for i, t in enumerate(voice.sentence.tokens) if i not in voice.scope]
    near = [t for t in frame if abs(t.start - voice.sentence.tokens[saying.first].start) <= _FRAME]
    return terms(read.lex.code, "partisans").any(near)


def _mood(voice: Voice, read: ReadArticle) -> bool:
    tokens = [voice.sentence.tokens[i] for i in voice.scope]
    return terms(read.lex.code, "reported_mood").any(tokens)


def _disputed(voice: Voice, read: ReadArticle) -> bool:
    """Whether somebody denies it nearby, or answers that it is not so."""
    here = voice.sentence.number
    for number in range(here - _BEFORE, here + _BEHIND + 1):
        for other in voices(read).get(number, ()):
            if other is voice or (other.who and other.who & voice.who):
                continue
            shared = other.families & voice.families
            brief = abs(number - here) < 2 and len(other.families) <= _SHORT
            if other.tone == DENIED and (shared or brief):
                return True
            said = [other.sentence.tokens[i] for i in other.scope]
            if number == here + 1 and shared and terms(read.lex.code, "negations").any(said):
                return True
    return False


def _names_first(clause: Clause, statement: ReadStatement, voice: Voice, read: ReadArticle) -> bool:
    """Whether the clause begins with the speaker: then it tells their view by another word."""
    mentions = [m for m in read.entities.of_statement(statement) if clause.start <= m.start < clause.end]
    people = [i for i in voice.who if read.entities.all[i].kind is Kind.PERSON]
    return bool(mentions) and bool(set(mentions[0].ids) & set(people or voice.who))


def _own_doings(clause: Clause, statement: ReadStatement, voice: Voice, read: ReadArticle) -> bool:
    """Whether the first one named in the clause is the speaker, or those for whom the speaker speaks."""
    mentions = [m for m in read.entities.of_statement(statement) if clause.start <= m.start < clause.end]
    if not mentions:
        return False
    mine = frozenset(mentions[0].ids)
    near = frozenset(i for who in voice.who for i in belongs_to(who, read))
    return bool(mine & (voice.who | near))


def _counted_otherwise(
    clause: Clause, statement: ReadStatement, alignment: Alignment, read: ReadArticle
) -> Signal | None:
    """A figure of one source, where another source beside it has another: "120 say the police, 300 say …"."""
    mine = [f for f in statement.figures if not f.date and clause.start <= f.start < clause.end]
    if not mine:
        return None
    for sentence in alignment.sentences[:3]:
        around = [read.sentences[n - 1] for n in _near(sentence, read)]
        heard = [(v, f) for s in around for v in voices(read).get(s.number, ()) for f in _figures(v)]
        for figure in mine:
            having = [(v, f) for v, f in heard if same_value(figure, f)]
            rivals = [
                (v, f)
                for v, f in heard
                if not same_value(figure, f) and f.unit == figure.unit and v.saying is not None
            ]
            for voice, _ in having:
                others = [v for v, _ in rivals if v is not voice and _apart(v, voice)]
                if others and not _told_plainly(figure, read):
                    return _signal(clause, statement, voice.sentence, read, mismatch=True)
    return None


def _near(sentence: ReadSentence, read: ReadArticle) -> Iterator[int]:
    for number in (sentence.number, sentence.number + 1):
        if number <= len(read.sentences):
            yield number


def _figures(voice: Voice) -> Iterator[Figure]:
    starts = {voice.sentence.tokens[i].start for i in voice.scope}
    yield from (f for f in voice.sentence.figures if f.start in starts and not f.date)


def _apart(one: Voice, other: Voice) -> bool:
    return one.saying is not None and not (one.who and one.who & other.who)


def _told_plainly(figure: Figure, read: ReadArticle) -> bool:
    """Whether the newspaper itself gives the figure somewhere."""
    for sentence in read.sentences:
        said = {f.start for v in voices(read).get(sentence.number, ()) for f in _figures(v)}
        if any(same_value(figure, f) and f.start not in said for f in sentence.figures):
            return True
    return False


def _signal(
    clause: Clause, statement: ReadStatement, sentence: ReadSentence, read: ReadArticle, *, mismatch: bool
) -> Signal:
    there = read.evidence(sentence)
    shown = span(statement.text, clause.start, clause.end)
    message = f"told as a fact; in the article somebody says so: “{there.quote}”"
    if mismatch:
        flag = FlagCode.ATTRIBUTION_DROPPED
        return Signal("attribution", SignalKind.MISMATCH, 1.0, message, flag, (shown,), (there,))
    return Signal("attribution", SignalKind.DOUBT, 0.25, message, None, (shown,), (there,))
