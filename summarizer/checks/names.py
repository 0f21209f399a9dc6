"""Names of people, organisations and places that the article does not have, or has otherwise.

A word of a name that the article never has is a mismatch: near one of the article's names, beside another
word of the same name, or in the place where the aligned sentence has a name that the statement lacks, it is
the wrong one (``name_mismatch``); else ``name_not_in_article``. First name and surname that the article has
only with others are a mismatch too. Inflected forms, possessives, diacritics, demonyms, schemes of
transliteration, initials, titles, and acronyms with their expansion count as the same.

A doubt only: an unknown word that may be a noun before a known place or organisation ("Debt of …"), a first
name added to somebody whom the article calls by the surname, words of the article put together as it never
does, and, where every noun has a capital (German), an unknown word that may be a noun. Left alone: unknown
words that say what a known name is ("Tulsa County"), and single capitalised words at the start that nothing
in the article resembles. The right name in the wrong place is for ``roles``.

Key of ``names.toml``: ``nouns_and_names`` (first names that are nouns too, and may open a sentence: "Hope").
"""

from collections.abc import Sequence

from ..flags import FlagCode
from ..report import Evidence, Signal, SignalKind, Span
from .align import Alignment
from .context import ReadArticle, ReadSentence, ReadStatement
from .entities import Entity, How, Kind, Mention
from .forms import near_word, related_word, same_word, sound
from .mentions import is_short_form, organisation_word, place_word
from .text import Token, fold, span


def check(statement: ReadStatement, alignment: Alignment, read: ReadArticle) -> tuple[Signal, ...]:
    """A signal for each name that the article does not have in this form."""
    mentions = read.entities.of_statement(statement)
    signals = []
    for mention in mentions:
        if mention.how is not How.NAME or mention.ids:
            continue
        tokens = [t for t in statement.tokens[mention.first : mention.last] if t.capital]
        unknown = [t for t in tokens if _counts(t, statement, read) and not _known(t, tokens, read)]
        if unknown:
            found = _unknown_name(mention, tokens, unknown, mentions, statement, alignment, read)
        else:
            found = _mixed(mention, statement, read)
        signals += [found] if found else []
    if opening := _opening_word(mentions, statement, alignment, read):
        signals.append(opening)
    return tuple(signals)


def _counts(token: Token, statement: ReadStatement, read: ReadArticle) -> bool:
    """Initials, little words and what a figure follows ("Under-17") say too little."""
    follows = statement.text[token.end : token.end + 2].lstrip("-–")[:1]
    return len(token.norm) > 1 and token.norm not in read.lex.stopwords and not follows.isdigit()


def _known(token: Token, name: Sequence[Token], read: ReadArticle) -> bool:
    """Whether the article has a word, in whatever form."""
    word = fold(token.norm)
    if word in read.capitals or token.norm in read.entities.known.lower or token.stem in read.lower_stems:
        return True
    if token.stem in read.stems and (organisation_word(token, read.lex) or place_word(token, read.lex)):
        return True
    if token.text[:-1].isupper() and token.text[-1] == "s" and len(token.text) > 2:
        word = word[:-1]  # PACs
        if word in read.capitals:
            return True
    if is_short_form(token) and (word in read.acronyms or word in read.lex.words("not_names")):
        return True
    initials = "".join(fold(t.norm)[0] for t in name)
    if len(initials) > 1 and any(
        up.startswith(initials) for up in read.upper_words if len(up) <= len(initials) + 1
    ):
        return True
    if token.norm in read.lex.people or token.norm in read.lex.people.values():
        country = read.lex.people.get(token.norm, token.norm)
        if country in read.countries:
            return True
    near = read.capitals_by_start.get(word[:2], ())
    if any(same_word(word, other, read.lex) for other in near):
        return True
    if not read.lex.inflects and not read.lex.capitalised_nouns and len(word) > 4:
        other = word[:-1] if word.endswith("s") else word + "s"
        if other in read.capitals:
            return True  # "the Conservatives", "the Commonwealths"
    said = sound(token.norm)
    if said is not None and any(sound(other) == said for other in read.capitals_by_start.get(word[:1], ())):
        return True
    return any(related_word(word, other, read.lex) and not _in_person(other, read) for other in near)


def _in_person(word: str, read: ReadArticle) -> bool:
    """Whether a word belongs to a person: "Serrano" is not somebody from "Serra"."""
    return any(word in entity.words and entity.kind is Kind.PERSON for entity in read.entities.all)


def _unknown_name(
    mention: Mention,
    tokens: Sequence[Token],
    unknown: Sequence[Token],
    mentions: Sequence[Mention],
    statement: ReadStatement,
    alignment: Alignment,
    read: ReadArticle,
) -> Signal | None:
    shown = statement.text[mention.start : mention.end]
    spans = tuple(span(statement.text, token.start, token.end) for token in unknown)
    known = [token for token in tokens if token not in unknown]
    if _common_noun(mention, unknown, known, statement, read):
        return Signal("names", SignalKind.DOUBT, 0.4, f"the article never says “{shown}”", None, spans)
    if all(organisation_word(t, read.lex) or place_word(t, read.lex) for t in unknown):
        return None
    for token in unknown:
        if near := _nearest(token, known, read):
            sentence, there = near
            inside = f" in “{shown}”" if shown != token.text else ""
            message = f"“{token.text}”{inside} is not in the article; it has “{there.text}”"
            evidence = (read.evidence(sentence, there.start, there.end),)
            return _mismatch(FlagCode.NAME_MISMATCH, message, spans, evidence)
    words = " ".join(token.text for token in unknown)
    whole = f" (in “{shown}”)" if words != shown else ""
    message = f"the article never names “{words}”{whole}"
    if tokens[-1] in known and (others := _called_otherwise(tokens[-1], read)):
        if all(len(entity.words) == 1 for entity in others):  # "Barack Obama" for "Obama"
            return Signal("names", SignalKind.DOUBT, 0.4, message, None, spans)
        sentence, there_is = _first_mention(others[0], read)
        evidence = (read.evidence(sentence, there_is.start, there_is.end),)
        message = f"“{shown}” is not in the article; it has “{others[0].name}”"
        return _mismatch(FlagCode.NAME_MISMATCH, message, spans, evidence)
    if all(is_short_form(t) and len(t.norm) <= 2 for t in unknown):
        return Signal("names", SignalKind.DOUBT, 0.4, message, None, spans)
    if instead := _in_its_place(mention, mentions, statement, alignment, read):
        sentence, there_is = instead
        said = sentence.text[there_is.start : there_is.end]
        message = f"the article never names “{words}”{whole}; where the statement has it, it has “{said}”"
        evidence = (read.evidence(sentence, there_is.start, there_is.end),)
        return _mismatch(FlagCode.NAME_NOT_IN_ARTICLE, message, spans, evidence)
    if read.lex.capitalised_nouns and "person" not in mention.hints:
        return Signal("names", SignalKind.DOUBT, 0.4, message, None, spans)
    return _mismatch(FlagCode.NAME_NOT_IN_ARTICLE, message, spans, ())


def _common_noun(
    mention: Mention,
    unknown: Sequence[Token],
    known: Sequence[Token],
    statement: ReadStatement,
    read: ReadArticle,
) -> bool:
    """Whether an unknown word before a known name of no person may be a noun: "Debt of …", "Leaders Harlow".

    It has its capital from opening the statement, or because every noun has one.
    """
    first = statement.tokens[mention.first]
    if list(unknown) != [first]:
        return False
    if not known:
        return mention.first == 0 and first.norm in read.lex.words("nouns_and_names")
    if mention.first and not read.lex.capitalised_nouns:
        return False
    meant = read.entities.candidates(tuple(fold(token.norm) for token in known))
    people = [i for i in meant if read.entities.all[i].kind is Kind.PERSON]
    if not people:
        return bool(meant) or "person" not in mention.hints
    return read.lex.capitalised_nouns and _organisation_too(known, read)


def _organisation_too(known: Sequence[Token], read: ReadArticle) -> bool:
    """Whether a short form stands before the word somewhere: "SG Hallstadt"."""
    last = fold(known[-1].norm)
    return any(
        len(e.words) > 1 and len(e.words[0]) <= 3 and same_word(last, e.words[-1], read.lex)
        for e in read.entities.all
    )


def _mismatch(
    code: FlagCode, message: str, spans: tuple[Span, ...], evidence: tuple[Evidence, ...]
) -> Signal:
    return Signal("names", SignalKind.MISMATCH, 1.0, message, code, spans, evidence)


def _nearest(token: Token, beside: Sequence[Token], read: ReadArticle) -> tuple[ReadSentence, Token] | None:
    """The article's name word that this one may have been; rather one that stands beside the same word."""
    word = fold(token.norm)
    near = [(near_word(word, other), other) for other in read.name_words]
    near = [(score, other) for score, other in near if score]
    if not near:
        return None
    company = {fold(t.norm) for t in beside}
    together = {
        w
        for e in read.entities.all
        if any(same_word(c, x, read.lex) for c in company for x in e.words)
        for w in e.words
    }
    best = max(sorted(near), key=lambda found: (found[1] in together, found[0]))[1]
    return read.capitals.get(best)


def _called_otherwise(surname: Token, read: ReadArticle) -> list[Entity]:
    """Those of this surname, whom the article calls by another first name, or by none."""
    return [
        entity
        for entity in read.entities.all
        if entity.kind in (Kind.PERSON, Kind.UNKNOWN)
        and same_word(fold(surname.norm), entity.words[-1], read.lex)
    ]


def _first_mention(entity: Entity, read: ReadArticle) -> tuple[ReadSentence, Mention]:
    for number in read.entities.sentences_with(entity):
        for mention in read.entities.mentions_in(number):
            if entity.id in mention.ids and mention.how is How.NAME:
                return read.sentences[number - 1], mention
    raise LookupError(entity.name)  # every entity has been named somewhere


def _in_its_place(
    mention: Mention,
    mentions: Sequence[Mention],
    statement: ReadStatement,
    alignment: Alignment,
    read: ReadArticle,
) -> tuple[ReadSentence, Mention] | None:
    """The name of an aligned sentence that stands between the same words, and that the statement lacks."""
    present = {i for other in mentions for i in other.ids}
    before, behind = _neighbours(statement.tokens, mention.first, mention.last)
    for sentence in alignment.sentences[:2]:
        for there in read.entities.mentions_in(sentence.number):
            if there.how is not How.NAME or present & set(there.ids):
                continue
            if read.lex.capitalised_nouns and all(
                read.entities.all[i].kind is Kind.UNKNOWN for i in there.ids
            ):
                continue  # two nouns with capitals
            left, right = _neighbours(sentence.tokens, there.first, there.last)
            same_left = before == left and before is not None
            same_right = behind == right and behind is not None
            if (same_left and same_right) or (same_right and mention.first == 0 == there.first):
                return sentence, there
            if (same_left or same_right) and mention.hints & there.hints:
                return sentence, there
    return None


def _neighbours(tokens: Sequence[Token], first: int, last: int) -> tuple[str | None, str | None]:
    before = tokens[first - 1].stem if first else None
    return before, tokens[last].stem if last < len(tokens) else None


def _opening_word(
    mentions: Sequence[Mention], statement: ReadStatement, alignment: Alignment, read: ReadArticle
) -> Signal | None:
    """The word that opens the statement, where it is unknown and near a name, or stands where one stood."""
    first = statement.tokens[0]
    if not first.capital or first.norm in read.lex.stopwords or any(m.first == 0 for m in mentions):
        return None
    if first.norm in read.lex.numbers or first.norm in read.lex.scales:
        return None
    if first.norm in read.lex.words("not_names") | read.lex.words("name_openers"):
        return None
    if _known(first, (first,), read):
        return None
    marked = (span(statement.text, first.start, first.end),)
    lone = Mention(0, 0, 1, first.start, first.end, (), How.NAME, (fold(first.norm),))
    instead = _in_its_place(lone, mentions, statement, alignment, read)
    if near := _nearest(first, (), read):
        sentence, there = near
        message = f"“{first.text}” is not in the article; it has “{there.text}”"
        return _mismatch(
            FlagCode.NAME_MISMATCH, message, marked, (read.evidence(sentence, there.start, there.end),)
        )
    if instead:
        sentence, name = instead
        said = sentence.text[name.start : name.end]
        message = f"the article never names “{first.text}”; where the statement has it, it has “{said}”"
        return _mismatch(
            FlagCode.NAME_NOT_IN_ARTICLE, message, marked, (read.evidence(sentence, name.start, name.end),)
        )
    return None


def _mixed(mention: Mention, statement: ReadStatement, read: ReadArticle) -> Signal | None:
    """Words that the article has, and never together."""
    words = mention.words
    if len(words) < 2:
        return None
    together = [sentence for sentence in read.sentences if _has_all(sentence, words, read)]
    if any(not _apart(sentence, words, read) for sentence in together):
        return None
    shown = span(statement.text, mention.start, mention.end)
    people = [e for e in read.entities.all if len(e.words) > 1 and e.kind is not Kind.PLACE]
    first = [e for e in people if _has(e, words[0], read, first=True) and not _has(e, words[-1], read)]
    last = [e for e in people if _has(e, words[-1], read, first=False) and not _has(e, words[0], read)]
    if first and last:
        places = [_first_mention(entity, read) for entity in (last[0], first[0])]
        evidence = tuple(read.evidence(s, m.start, m.end) for s, m in places)
        message = f"the article has “{evidence[0].quote}” and “{evidence[1].quote}”, not “{shown.text}”"
        return _mismatch(FlagCode.NAME_MISMATCH, message, (shown,), evidence)
    if together or any(
        organisation_word(t, read.lex) for t in statement.tokens[mention.first : mention.last]
    ):
        return None
    message = f"the article never says “{shown.text}” in one sentence"
    return Signal("names", SignalKind.DOUBT, 0.5, message, None, (shown,))


def _has_all(sentence: ReadSentence, words: Sequence[str], read: ReadArticle) -> bool:
    capitals = [fold(token.norm) for token in sentence.tokens if token.capital]
    return all(any(same_word(word, other, read.lex) for other in capitals) for word in words)


def _apart(sentence: ReadSentence, words: Sequence[str], read: ReadArticle) -> bool:
    """Whether first name and surname each belong to a full name of their own there: not "Ann and Bo Price"."""
    tokens = sentence.tokens
    first = [i for i, t in enumerate(tokens) if t.capital and same_word(words[0], fold(t.norm), read.lex)]
    last = [i for i, t in enumerate(tokens) if t.capital and same_word(words[-1], fold(t.norm), read.lex)]
    with_own = all(i + 1 < len(tokens) and tokens[i + 1].capital and i + 1 not in last for i in first)
    return with_own and all(i and tokens[i - 1].capital and i - 1 not in first for i in last)


def _has(entity: Entity, word: str, read: ReadArticle, *, first: bool | None = None) -> bool:
    """Whether a name has a word: as its first, behind it, or (None) anywhere."""
    words = entity.words if first is None else entity.words[:1] if first else entity.words[1:]
    return any(same_word(other, word, read.lex) for other in words)
