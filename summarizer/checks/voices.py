"""Who says what in an article, sentence by sentence, over the whole of it.

Adds to ``sayings`` what only the sentences before tell: a quotation that goes on without a word of saying,
sentences in reported mood (German), a speaker who is only a pronoun or, where verbs need none, nobody
("Dodała, że …"), and a quotation that stands beside a name with any verb ("…", shrugged Price). What
belongs to no voice is the newspaper's own word.

Keys of ``names.toml``: ``drops_pronouns``, ``plural_verbs`` (endings); of ``speech.toml``: ``reported_mood``,
``pronouns_any`` (German "sie"), ``own_words`` (the possessive or pronoun in "za jej słowami", "selon elle"),
``pronouns_him`` (forms of "he" that stand there).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .context import ReadArticle, ReadSentence
from .counterparts import MOST_TOKENS
from .entities import How, Kind, Mention
from .sayings import CLAIMED, DENIED, SAID, Saying, find_sayings, quoted_tokens
from .terms import terms
from .text import Token

_LONG_QUOTE = 4  # words: less is a title or a word in scare quotes
_BESIDE = 5  # tokens between a quotation and the name of one who says it
_BACK = 3  # sentences that a quotation may go on
_DATELINE, _FIRST = 60, 2  # characters, and sentences, among which a dateline stands
_DASH = re.compile(r"\s[-–—]\s")


@dataclass(frozen=True, slots=True, eq=False)
class Voice:
    """What one speaker says in one sentence of the article.

    ``who``: ids of the speaker and what is named with it, none for one without a name; ``families``: of the
    words that are said; ``frame``: the saying's own words, or none where the words go on.
    """

    sentence: ReadSentence
    who: frozenset[int]
    tone: str
    authority: bool
    families: frozenset[str]
    scope: tuple[int, ...]
    saying: Saying | None = None
    goes_on: bool = False


def voices(read: ReadArticle) -> dict[int, tuple[Voice, ...]]:
    """By the number of the sentence; computed once for an article."""
    found = read.memo.get("voices")
    if found is None:
        found = read.memo["voices"] = _listen(read)
    made: dict[int, tuple[Voice, ...]] = found
    return made


@dataclass(frozen=True, slots=True)
class Telling:
    """What the sentences, and the voices in them, have of some words: sums of their weights."""

    sentences: dict[int, float]  # by the number of the sentence
    narrated: dict[int, float]  # the same, of the newspaper's own words
    heard: dict[Voice, float]


def telling(words: dict[str, float], read: ReadArticle) -> Telling:
    """Weigh what every sentence and voice has of some words (family -> weight)."""
    index: dict[str, list[tuple[int, bool, tuple[Voice, ...]]]] = read.memo.get("telling", {})
    if not index:
        index = read.memo["telling"] = _told_where(read)
    sentences: dict[int, float] = {}
    own: dict[int, float] = {}
    heard: dict[Voice, float] = {}
    for kin, weight in words.items():
        for number, narrates, speaking in index.get(kin, ()):
            sentences[number] = sentences.get(number, 0) + weight
            if narrates:
                own[number] = own.get(number, 0) + weight
            for voice in speaking:
                heard[voice] = heard.get(voice, 0) + weight
    return Telling(dict(sorted(sentences.items())), own, heard)


def _told_where(read: ReadArticle) -> dict[str, list[tuple[int, bool, tuple[Voice, ...]]]]:
    """Family -> the sentences that have it, if the newspaper itself says it there, and the voices that do."""
    found: dict[str, list[tuple[int, bool, tuple[Voice, ...]]]] = {}
    row: tuple[int, bool, tuple[Voice, ...]]
    silent: list[tuple[int, bool, tuple[Voice, ...]]]
    heard = voices(read)
    for sentence in read.sentences:
        here = heard.get(sentence.number, ())
        own = narrated(sentence, read)
        silent = [(sentence.number, narrates, ()) for narrates in (False, True)]  # one for all its words
        for kin in sentence.families:
            speaking = tuple([voice for voice in here if kin in voice.families]) if here else ()
            row = (sentence.number, kin in own, speaking) if speaking else silent[kin in own]
            if kin in found:
                found[kin].append(row)
            else:
                found[kin] = [row]
    return found


def narrated(sentence: ReadSentence, read: ReadArticle) -> frozenset[str]:
    """The families of a sentence's words that are the newspaper's own."""
    memory: dict[int, frozenset[str]] = read.memo.setdefault("narrated", {})
    if sentence.number not in memory:
        said = {i for voice in voices(read).get(sentence.number, ()) for i in voice.scope}
        own = [t for i, t in enumerate(sentence.tokens) if i not in said] if said else sentence.tokens
        memory[sentence.number] = _families(own, read)
    return memory[sentence.number]


def _families(tokens: Sequence[Token], read: ReadArticle) -> frozenset[str]:
    return frozenset([token.family for token in tokens if token.content])


def _listen(read: ReadArticle) -> dict[int, tuple[Voice, ...]]:
    found: dict[int, tuple[Voice, ...]] = {}
    last: Voice | None = None
    for sentence in read.sentences:
        if (sentence.is_headline and len(read.sentences) > 1) or len(sentence.tokens) > MOST_TOKENS:
            continue
        here = tuple(_voices_of(sentence, last, read))
        if here:
            found[sentence.number] = here
        speaking = [voice for voice in here if not voice.goes_on]
        last = speaking[-1] if speaking else last
    return found


def dateline_end(sentence: ReadSentence) -> int:
    """Where a dateline ends: "TALLINN, Oct 7 - The government …"; 0 where there is none."""
    if sentence.number > _FIRST or not sentence.tokens or not sentence.tokens[0].text.isupper():
        return 0
    dash = _DASH.search(sentence.text[:_DATELINE])
    return dash.end() if dash and len(sentence.tokens[0].text) > 2 else 0


def _voices_of(sentence: ReadSentence, last: Voice | None, read: ReadArticle) -> Iterator[Voice]:
    mentions = read.entities.mentions_in(sentence.number)
    if end := dateline_end(sentence):
        mentions = tuple(m for m in mentions if m.start >= end)  # a town says nothing
    sayings = find_sayings(sentence.text, sentence.tokens, mentions, read.lex)
    inside = quoted_tokens(sentence.text, sentence.tokens)
    if not sayings and not inside and not read.lex.capitalised_nouns:
        return  # nothing that could go on from the sentence before
    taken: set[int] = set()
    for saying in sayings:
        who = saying.who or _unnamed(saying, sentence, read)
        taken.update(saying.scope)
        tone, trusted = saying.tone, saying.authority
        yield _voice(sentence, who, tone, saying.scope, read, saying=saying, authority=trusted)
    rest = tuple(i for i in sorted(inside) if i not in taken)
    if len(rest) >= _LONG_QUOTE and not sayings:
        if beside := _beside_quotation(mentions, inside, sentence, read):
            yield _voice(sentence, frozenset(beside.ids), SAID, rest, read)
        elif last is not None and sentence.number - last.sentence.number <= _BACK:
            yield _voice(sentence, last.who, last.tone, rest, read, authority=last.authority, goes_on=True)
    elif not sayings and last is not None and sentence.number - last.sentence.number <= _BACK:
        mood = read.lex.capitalised_nouns and terms(read.lex.code, "reported_mood").any(sentence.tokens)
        every = tuple(range(len(sentence.tokens))) if mood else ()
        if every:
            yield _voice(sentence, last.who, last.tone, every, read, authority=last.authority, goes_on=True)


def _voice(
    sentence: ReadSentence,
    who: frozenset[int],
    tone: str,
    scope: tuple[int, ...],
    read: ReadArticle,
    *,
    saying: Saying | None = None,
    authority: bool = False,
    goes_on: bool = False,
) -> Voice:
    words = _families([sentence.tokens[i] for i in scope], read)
    return Voice(sentence, who, tone, authority, words, scope, saying, goes_on)


def _unnamed(saying: Saying, sentence: ReadSentence, read: ReadArticle) -> frozenset[int]:
    """Who a pronoun, or a verb without any subject, goes on about."""
    near = sentence.tokens[max(0, saying.first - 2) : saying.first + 3]
    pronouns = read.lex.words("pronouns_he") | read.lex.words("pronouns_she") | read.lex.words("pronouns_any")
    if saying.source:  # "selon elle", "за її словами"
        near = sentence.tokens[saying.first : saying.last + 1]
        pronouns = read.lex.words("own_words")
    pronoun = any(t.norm in pronouns for t in near)
    plural = any(t.norm in read.lex.words("pronouns_they") for t in near) and _plural(
        sentence.tokens[saying.first], read
    )
    drops = bool(read.lex.words("drops_pronouns")) and not saying.source
    bare = drops and not _subject_before(saying, sentence, read)
    if plural or not (pronoun or bare):
        return frozenset()
    focus = read.entities.focus(sentence.number)
    if focus is None or (pronoun and not _may_be(focus.gender, near, read)):
        return frozenset()
    return frozenset((focus.id,))


def _may_be(gender: str | None, near: Sequence[Token], read: ReadArticle) -> bool:
    """Whether no pronoun near says that it is somebody of the other gender."""
    lex = read.lex
    he = lex.words("pronouns_he") | (lex.words("pronouns_him") if gender else frozenset())
    she = lex.words("pronouns_she") - lex.words("pronouns_any")
    said = {"m" for t in near if t.norm in he} | {"f" for t in near if t.norm in she}
    return gender is None or not said or gender in said


def _plural(token: Token, read: ReadArticle) -> bool:
    return token.norm.endswith(tuple(read.lex.words("plural_verbs")))


def _subject_before(saying: Saying, sentence: ReadSentence, read: ReadArticle) -> bool:
    """Whether a noun stands right beside the verb, which may be the speaker."""
    beside = (
        sentence.tokens[max(0, saying.first - 2) : saying.first]
        + sentence.tokens[saying.last : saying.last + 2]
    )
    inside = quoted_tokens(sentence.text, sentence.tokens)
    places = {id(t): i for i, t in enumerate(sentence.tokens)}
    nouns = [t for t in beside if t.content and places[id(t)] not in inside]
    first = saying.first == 0 or all(i in inside for i in range(saying.first))
    return bool(nouns) and not first


def _beside_quotation(
    mentions: Sequence[Mention], inside: frozenset[int], sentence: ReadSentence, read: ReadArticle
) -> Mention | None:
    """The one person outside a quotation and close to it."""
    people = [
        m
        for m in mentions
        if m.first not in inside
        and m.how in (How.NAME, How.OFFICE)
        and any(read.entities.all[i].kind is Kind.PERSON for i in m.ids)
        and any(abs(i - m.first) <= _BESIDE or abs(i - m.last) <= _BESIDE for i in inside)
    ]
    return people[0] if len(people) == 1 else None


__all__ = ["CLAIMED", "DENIED", "SAID", "Telling", "Voice", "narrated", "telling", "voices"]
