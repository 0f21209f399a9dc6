"""The wrong one of the article's own names: what one did, or where it was, given to another.

Catches a name in the place where the one sentence of the article that tells the same has another name of
the same kind, which the statement lacks: "Easton won the cup" where Harlow did. Needs most of the
statement's other words in that sentence, the same predicate beside both names, or the same preposition and
word before two places, and nothing of the kind in any sentence that means the statement's own name. Left
alone: reporting verbs (who said it is for ``attribution``), names the article never has (``names``), two
names exchanged (``roles``), and deeds that the article tells only in other words.

People and organisations are ``role_swapped``, places ``name_mismatch``.
"""

from collections.abc import Sequence

from ..flags import FlagCode
from ..report import Signal, SignalKind
from .align import Alignment
from .context import ReadArticle, ReadSentence, ReadStatement
from .entities import How, Kind, Mention
from .forms import same_word
from .mentions import place_word
from .roles import wrong_holder
from .speakers import belongs_to
from .text import Lexicon, Token, fold, span

_SHARE = 0.6  # of the words around the name, weighed, that the sentence must have
_SHARED = 2  # how many of them at the least
_ELSEWHERE = 0.5  # of that share a sentence about the statement's own name may have
_WINDOW = 12  # words on either side that count
_BESIDE = 6  # words between a name and its predicate


def check(statement: ReadStatement, alignment: Alignment, read: ReadArticle) -> tuple[Signal, ...]:
    """At most one signal."""
    if "“" in statement.text or "«" in statement.text or '"' in statement.text or "„" in statement.text:
        return ()
    mentions = read.entities.of_statement(statement)
    present = {i for mention in mentions for i in mention.ids}
    for mention in mentions:
        if mention.id is None or mention.how is How.WORD:
            continue
        if any(True for office in mention.offices for _ in wrong_holder(mention, office, statement, read)):
            continue  # flagged already
        if found := _instead(mention, mentions, present, statement, read):
            return (found,)
    return ()


def _instead(
    mention: Mention,
    mentions: Sequence[Mention],
    present: set[int],
    statement: ReadStatement,
    read: ReadArticle,
) -> Signal | None:
    words = _around(mention, mentions, statement, read)
    shares, counts = _shares(words, read)
    best = min(shares, key=lambda number: (-shares[number], number), default=None)
    if best is None or shares[best] < _SHARE or counts[best] < _SHARED or mention.id is None:
        return None
    entity = read.entities.all[mention.id]
    own = [n for n in read.entities.sentences_with(entity) if shares.get(n, 0.0) > _ELSEWHERE * shares[best]]
    if any(n != best or not _only_aside(entity.id, read.sentences[n - 1], read) for n in own):
        return None
    rivals = [n for n in shares if shares[n] >= 0.9 * shares[best]]
    for number in sorted(rivals, key=lambda n: (-shares[n], n)):
        sentence = read.sentences[number - 1]
        for there in read.entities.mentions_in(number):
            if there.id is None or there.id in present:
                continue
            # an office may be the statement's own name by a title that the article never gives it
            if there.how is not How.NAME and not (there.how is How.OFFICE and entity.offices):
                continue
            theirs = read.entities.all[there.id].words
            aside = _only_aside(entity.id, sentence, read)
            if not aside and _named_in([w for w in entity.words if w not in theirs], sentence, read.lex):
                return None
            if _one_and_the_same(mention, there, read):
                continue
            place = _alike(mention, there, read)
            if place is not None and _same_slot(mention, there, statement, sentence, read.lex, place=place):
                return _signal(mention, there, statement, sentence, read, place=place)
    return None


def _only_aside(entity: int, sentence: ReadSentence, read: ReadArticle) -> bool:
    """Whether a sentence names somebody only between commas: "Brunel, a rival of Torsen, won"."""
    mentions = read.entities.mentions_in(sentence.number)
    own = [m for m in mentions if entity in m.ids]
    for mention in own:
        before = sentence.text[: mention.start].rpartition(",")
        behind = sentence.text[mention.end : mention.end + 1]
        others = [m for m in mentions if entity not in m.ids and m.how is How.NAME]
        first = any(m.end == len(before[0].rstrip()) for m in others)
        if not (first and before[1] and behind == "," and len(before[2].split()) <= _BESIDE):
            return False
    return bool(own)


def _one_and_the_same(mention: Mention, there: Mention, read: ReadArticle) -> bool:
    """Names that may mean one: in short, abbreviated, or a person and those they belong to."""
    if mention.id is None or there.id is None:
        return False
    one, other = read.entities.all[mention.id], read.entities.all[there.id]
    short, long = sorted((one.words, other.words), key=len)
    if all(any(same_word(w, x, read.lex) or (len(w) > 2 and x.startswith(w)) for x in long) for w in short):
        return True
    people = [e for e in (one, other) if e.kind is Kind.PERSON]
    return any(e.id in belongs_to(p.id, read) for p in people for e in (one, other))


def _around(
    mention: Mention, mentions: Sequence[Mention], statement: ReadStatement, read: ReadArticle
) -> list[Token]:
    """Content words near a name that belong to no name."""
    named = {i for m in mentions for i in range(m.first, m.last)}
    named |= {i for m in mentions for o in m.offices for i in range(o.first, o.last)}
    tokens = statement.tokens
    first, last = max(0, mention.first - _WINDOW), min(len(tokens), mention.last + _WINDOW)
    return [
        tokens[i]
        for i in range(first, last)
        if i not in named and tokens[i].content and tokens[i].norm not in read.lex.reporting
    ]


def _shares(words: Sequence[Token], read: ReadArticle) -> tuple[dict[int, float], dict[int, int]]:
    """By sentence: the weighed share of the words that it has, and how many; the headline left out."""
    weights = {token.family: read.weight(token.stem) for token in words}
    total = sum(weights.values())
    shares: dict[int, float] = {}
    counts: dict[int, int] = {}
    for kin, weight in weights.items():
        for sentence in read.with_family.get(kin, ()):
            if not sentence.is_headline:
                shares[sentence.number] = shares.get(sentence.number, 0.0) + weight / total
                counts[sentence.number] = counts.get(sentence.number, 0) + 1
    return shares, counts


def _named_in(words: Sequence[str], sentence: ReadSentence, lex: Lexicon) -> bool:
    return any(
        token.capital and same_word(word, fold(token.norm), lex)
        for token in sentence.tokens
        for word in words
    )


def _alike(mention: Mention, there: Mention, read: ReadArticle) -> bool | None:
    """Whether both are places (True), or both are not (False); None where they are of different kinds."""
    if mention.id is None or there.id is None:
        return None
    mine, theirs = read.entities.all[mention.id].kind, read.entities.all[there.id].kind
    if "place" in mention.hints and "place" in there.hints:
        return True
    if mine is theirs is Kind.UNKNOWN:
        return len(_last_words(mention, there, read)) == 1  # "Ober-Elm" and "Nieder-Elm" are of one kind
    if Kind.UNKNOWN in (mine, theirs):
        return False if Kind.ORGANISATION in (mine, theirs) else None
    if mine is not theirs:
        return None
    return mine is Kind.PLACE


def _last_words(mention: Mention, there: Mention, read: ReadArticle) -> set[str]:
    if mention.id is None or there.id is None:
        return set()
    both = (read.entities.all[mention.id].words, read.entities.all[there.id].words)
    return {words[-1] for words in both} if min(map(len, both)) > 1 else {words[0] for words in both}


def _same_slot(
    mention: Mention,
    there: Mention,
    statement: ReadStatement,
    sentence: ReadSentence,
    lex: Lexicon,
    *,
    place: bool,
) -> bool:
    before = _preposition(statement.tokens, mention, lex), _preposition(sentence.tokens, there, lex)
    if before[0] != before[1]:
        return False
    left = _content_before(statement, mention, lex), _content_before(sentence, there, lex)
    right = _predicate(statement, mention, lex), _predicate(sentence, there, lex)
    if before[0] is not None:  # "the bakery in Dunmore"
        return (left[0] is not None and left[0] == left[1]) or (
            place and right[0] is not None and right[0] == right[1]
        )
    beside = _neighbour(statement, mention, lex)
    if place and beside is not None and beside == _neighbour(sentence, there, lex):
        return True  # "Depot Nord"
    of = _joined(statement, mention, lex), _joined(sentence, there, lex)
    if of[0] is not None and of[0] == of[1] and left[0] is not None and left[0] == left[1]:
        return True  # "the count of Lowmoor"
    return right[0] is not None and right[0] == right[1]


def _joined(text: ReadStatement | ReadSentence, mention: Mention, lex: Lexicon) -> str | None:
    before = text.tokens[mention.first - 1].norm if mention.first else None
    return before if before in lex.words("name_of") else None


def _neighbour(text: ReadStatement | ReadSentence, mention: Mention, lex: Lexicon) -> str | None:
    token = text.tokens[mention.first - 1] if mention.first else None
    return token.stem if token is not None and token.content else None


def _preposition(tokens: Sequence[Token], mention: Mention, lex: Lexicon) -> str | None:
    index = mention.first - 1
    while index >= 0 and mention.first - index <= 3:
        norm = tokens[index].norm
        sort = place_word(tokens[index], lex) or norm in lex.words("name_of")  # "the village of"
        if norm in lex.words("place_prepositions") or not (sort or norm in lex.words("name_determiners")):
            break
        index -= 1
    norm = tokens[index].norm if index >= 0 else ""
    return norm if norm in lex.stopwords or norm in lex.words("place_prepositions") else None


def _predicate(text: ReadStatement | ReadSentence, mention: Mention, lex: Lexicon) -> str | None:
    """The family of the first content word behind a name; an apposition between commas is passed over."""
    tokens = text.tokens
    index = mention.last
    if index < len(tokens) and "," in text.text[mention.end : tokens[index].start]:
        index += 1
        while index < len(tokens) and "," not in text.text[tokens[index - 1].end : tokens[index].start]:
            index += 1
    for token in tokens[index : index + _BESIDE]:
        if token.norm in lex.reporting:
            return None
        if token.content and not token.capital:
            return token.family
    return None


def _content_before(text: ReadStatement | ReadSentence, mention: Mention, lex: Lexicon) -> str | None:
    for token in reversed(text.tokens[max(0, mention.first - 4) : mention.first]):
        if token.content and token.norm not in lex.words("place_prepositions") and not place_word(token, lex):
            return token.family
    return None


def _signal(
    mention: Mention,
    there: Mention,
    statement: ReadStatement,
    sentence: ReadSentence,
    read: ReadArticle,
    *,
    place: bool,
) -> Signal:
    marked = span(statement.text, mention.start, mention.end)
    evidence = read.evidence(sentence, there.start, there.end)
    message = f"the article says this of “{evidence.quote}”, not of “{marked.text}”"
    code = FlagCode.NAME_MISMATCH if place else FlagCode.ROLE_SWAPPED
    return Signal("slots", SignalKind.MISMATCH, 1.0, message, code, (marked,), (evidence,))
