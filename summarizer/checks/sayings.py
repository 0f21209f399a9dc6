"""Whose words a text gives: every word of saying with its speaker, and how far what is said reaches.

A cue is a verb of saying ("warned"), a phrase ("according to", "laut") or a word behind its speaker
("zufolge"). The speaker is the name, office, word for an organisation or pronoun beside it: behind a closing
quotation mark, a comma or a dash rather the one that follows, elsewhere rather the one in front. What is
named with it belongs to it ("Marsh, Northlink's managing director,"). Where several speak in one sentence,
each has the words of its part: those behind "X said", those before ", said X".

Left out: nouns that look like such verbs ("the report"), cues inside quotations, and sentences with more
cues than people speak in one. A speaker without a name has no ids, and nothing follows from it.

Keys of ``speech.toml``: ``sayings`` (labels ``said``, ``told`` for announcements and admissions,
``claimed``, ``denied``, ``source`` for phrases with the speaker behind, ``alleged`` for those that doubt ("in
the version of"), ``behind`` for words with the speaker in front), ``authorities`` (those whose word a
newspaper takes: police, courts, offices, research), ``cue_determiners`` and ``cue_blockers`` (words before a
cue that make it none: "might ask"), ``cue_passives`` ("was accused"), ``relatives``, ``subordinators``,
``denial_objects`` (what is turned down, not denied: "a motion").
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .entities import Mention
from .mentions import organisation_word
from .offices import is_office
from .quotes import has_passages, passages
from .terms import Hit, terms
from .text import Lexicon, Token

SAID, TOLD, CLAIMED, DENIED = "said", "told", "claimed", "denied"
VERBS = (SAID, TOLD, CLAIMED, DENIED)  # labels of verbs
# Concepts of ``names.toml`` whose holders newspapers take at their word.
_AUTHORITY_OFFICES = frozenset({"inspector", "prosecutor", "judge", "sheriff", "coroner", "commander"})
_AHEAD = ("source", "alleged")  # labels of phrases before the speaker
_REACH = 4  # tokens between a cue and its speaker
_APPOSITION = 12  # tokens of "…, who chairs the board of the trust, said"
_NOUN = 4  # tokens of a speaker without a name
_FAR = 10  # the same, behind a quotation
_PART = 6  # tokens between the parts of one speaker: "the head of the union, Ann Price"
_OBJECT = 3  # tokens behind a denial in which its object stands
_MOST = 10  # cues of one sentence
_STRONG = re.compile('[;:.!?…—–()“”„«»"]')
_STRONG_BUT_BRACKETS = re.compile('[;:.!?…—–“”„«»"]')
_ENDS = re.compile("[;.!?]")
_ASIDE = re.compile(r"[—–] ?[^—–]{3,60}?[—–]")  # inside a quotation
_NONE: frozenset[int] = frozenset()
_QUOTE_MARKS = '“”„«»"'
_QUOTED = re.compile(f"[{_QUOTE_MARKS}]")
_QUOTED_OR_ASIDE = re.compile(f"[{_QUOTE_MARKS}—–]")
_MARKED = re.compile(f"[{_QUOTE_MARKS},—–]")
_CLOSED = re.compile(f"[{_QUOTE_MARKS},—–.]")
_GOES_ON = re.compile(f"[{_QUOTE_MARKS}:]")


@dataclass(frozen=True, slots=True)
class Saying:
    """Tokens ``first`` to ``last`` (not included) make the tokens ``scope`` somebody's words.

    ``who``: ids of the speaker and of what is named with it, none for one without a name; ``mention``: the
    one beside the cue; ``tone``: said, told, claimed or denied; ``authority``: its word newspapers take.
    """

    first: int
    last: int
    who: frozenset[int]
    mention: Mention | None
    tone: str
    scope: tuple[int, ...]
    authority: bool = False
    source: bool = False  # a phrase like "according to", no verb


@dataclass(frozen=True, slots=True)
class _Frame:
    """A cue with its speaker; tokens ``first`` to ``last`` (not included) are the two together."""

    cue: Hit
    parts: tuple[Mention, ...]
    first: int
    last: int

    @property
    def inverted(self) -> bool:
        return bool(self.parts) and self.parts[0].first >= self.cue.last


def find_sayings(
    text: str, tokens: Sequence[Token], mentions: Sequence[Mention], lex: Lexicon
) -> tuple[Saying, ...]:
    """The sayings of a sentence or a statement, in order."""
    cues = _cues(text, tokens, lex)
    if not cues:
        return ()
    inside = quoted_tokens(text, tokens)
    cues = [cue for cue in cues if cue.first not in inside]
    if not cues or len(cues) > _MOST:
        return ()
    outside = [m for m in mentions if m.ids and m.first not in inside]
    frames: list[_Frame] = []
    for cue in cues:
        frame = _frame(text, tokens, cue, outside, lex)
        if not frame.parts and frames and cue.label in VERBS and not frames[-1].inverted:
            frame = _Frame(cue, frames[-1].parts, cue.first, cue.last)  # "Price denied this and said …"
        frames.append(frame)
    scopes = _scopes(text, tokens, frames, inside, lex)
    return tuple(
        Saying(
            frame.cue.first,
            frame.cue.last,
            frozenset(i for part in frame.parts for i in part.ids),
            frame.parts[0] if frame.parts else None,
            _tone(frame.cue.label),
            scope,
            _authority(text, tokens, frame, inside, lex),
            frame.cue.label not in VERBS,
        )
        for frame, scope in zip(frames, scopes, strict=True)
    )


def _tone(label: str) -> str:
    if label == "alleged":
        return CLAIMED
    return label if label in VERBS else SAID


def quoted_tokens(text: str, tokens: Sequence[Token]) -> frozenset[int]:
    """The indices of the tokens inside quotation marks."""
    quoted = [(p.start, p.end) for p in passages(text)] if has_passages(text) else None
    if not quoted:
        return _NONE
    asides = [m.span() for a, b in quoted for m in _ASIDE.finditer(text, a, b)]  # «… —advirtió— …»
    return frozenset(
        i
        for i, t in enumerate(tokens)
        if any(a <= t.start < b for a, b in quoted) and not any(a <= t.start < b for a, b in asides)
    )


def _cues(text: str, tokens: Sequence[Token], lex: Lexicon) -> list[Hit]:
    """Words of saying, without the nouns that look like them."""
    found: list[Hit] = []
    hits = terms(lex.code, "sayings").find(tokens)
    if not hits:
        return found
    determiners = lex.words("cue_determiners")
    if not lex.inflects:
        determiners |= lex.words("name_determiners")
    for hit in hits:
        if found and hit.first < found[-1].last:
            continue
        first = tokens[hit.first]
        beside = hit.first and not text[tokens[hit.first - 1].end : first.start].strip()
        before = tokens[hit.first - 1].norm if beside else ""
        verb = hit.label in VERBS and hit.last - hit.first == 1
        if verb and before in determiners and not lex.capitalised_nouns:
            continue
        if verb and _blocked(text, tokens, hit.first, lex):
            continue
        if verb and lex.capitalised_nouns and first.capital and hit.first and hit.label != CLAIMED:
            continue
        behind = tokens[hit.last] if hit.last < len(tokens) else None
        if hit.label == DENIED and terms(lex.code, "denial_objects").any(
            tokens[hit.last : hit.last + _OBJECT]
        ):
            continue  # "rejected a motion"
        if verb and hit.label == CLAIMED and behind is not None and _number(behind, lex):
            continue  # "claimed two goals", "claimed 40 lives"
        found.append(hit)
    return found


def _blocked(text: str, tokens: Sequence[Token], at: int, lex: Lexicon) -> bool:
    """ "might ask", "did not say"."""
    for index in range(at - 1, max(-1, at - 3), -1):
        if text[tokens[index].end : tokens[index + 1].start].strip():
            return False
        if tokens[index].norm in lex.words("cue_blockers"):
            return True
    return False


def _number(token: Token, lex: Lexicon) -> bool:
    return token.text[0].isdigit() or token.norm in lex.numbers


def _authority(
    text: str, tokens: Sequence[Token], frame: _Frame, inside: frozenset[int], lex: Lexicon
) -> bool:
    """Whether the speaker's own words name a source that newspapers trust."""
    cue = frame.cue
    own = list(range(frame.first, frame.last))
    if not frame.parts:  # the words beside the cue, up to the next mark
        for step, start in ((-1, cue.first - 1), (1, cue.last)):
            index = start
            while 0 <= index < len(tokens) and abs(index - start) < _NOUN:
                left = min(index, index - step)
                if text[tokens[left].end : tokens[left + 1].start].strip(" '’"):
                    break
                own.append(index)
                index += step
    held = {office.concept for part in frame.parts for office in part.offices}
    if held & _AUTHORITY_OFFICES:
        return True
    return any(i not in inside and tokens[i].norm in lex.words("authorities") for i in own)


# --- the speaker


def _frame(text: str, tokens: Sequence[Token], cue: Hit, mentions: Sequence[Mention], lex: Lexicon) -> _Frame:
    mention = _speaker(text, tokens, cue, mentions, lex)
    parts = () if mention is None else (mention, *_beside_it(text, tokens, mention, cue, mentions, lex))
    extents = [extent(part) for part in parts]
    first = min([cue.first, *(low for low, _ in extents)])
    while parts and first and first < cue.first and tokens[first - 1].norm in lex.titles:
        first -= 1  # "Mr Lomax said"
    last = max([cue.last, *(high for _, high in extents)])
    return _Frame(cue, parts, first, last)


def extent(mention: Mention) -> tuple[int, int]:
    """The tokens of a mention with the offices that stand beside it."""
    low = min([mention.first, *(o.first for o in mention.offices)])
    return low, max([mention.last, *(o.last for o in mention.offices)])


def _speaker(
    text: str, tokens: Sequence[Token], cue: Hit, mentions: Sequence[Mention], lex: Lexicon
) -> Mention | None:
    if _passive(text, tokens, cue, lex):  # "was accused by Price": never the one in front
        marked = lex.words("agent_markers")
        agents = [m for m in mentions if m.first and tokens[extent(m)[0] - 1].norm in marked]
        return next((m for m in agents if 0 <= extent(m)[0] - cue.last <= _REACH), None)
    before = _before(text, tokens, cue, mentions, lex) if cue.label not in _AHEAD else None
    behind = _behind(text, tokens, cue, mentions, lex) if cue.label != "behind" else None
    if before is None or behind is None:
        return before or behind
    gap = text[tokens[cue.first - 1].end : tokens[cue.first].start]
    if lex.capitalised_nouns and "," in gap:
        return behind  # German: the verb stands second, whatever comes first
    return behind if _closed(gap) else before


def _passive(text: str, tokens: Sequence[Token], cue: Hit, lex: Lexicon) -> bool:
    if cue.label not in VERBS or tokens[cue.first].norm.endswith("ing") or not cue.first:
        return False
    before = tokens[cue.first - 1]
    beside = not text[before.end : tokens[cue.first].start].strip()
    return beside and before.norm in lex.words("cue_passives")


def _closed(gap: str) -> bool:
    """Whether a quotation or a dash ends before the cue: “…” said X."""
    return _QUOTED_OR_ASIDE.search(gap) is not None


def _before(
    text: str, tokens: Sequence[Token], cue: Hit, mentions: Sequence[Mention], lex: Lexicon
) -> Mention | None:
    """ "Price said", "Price, who leads the council, has said", "Price's team also said"."""
    for mention in reversed([m for m in mentions if m.last <= cue.first]):
        last = min(extent(mention)[1], cue.first)
        marks = _marks(text, tokens, mention.last, cue.first)
        between = tokens[mention.last : cue.first]
        if _STRONG_BUT_BRACKETS.search(marks):
            return None
        if "," in marks:
            begins = not mention.first or "," in text[tokens[mention.first - 1].end : mention.start]
            if marks.count(",") == 1 and begins and len(between) <= _REACH:
                return mention  # "the leader of the council, Ann Price, has said"
            begins = re.match(r" ?[()]*,", marks) is not None
            ends = "," in _marks(text, tokens, max(mention.last, cue.first - 2), cue.first)
            if begins and ends and marks.count(",") > 1 and len(between) <= _APPOSITION:
                return mention
            continue
        joined = any(t.norm in lex.words("joining") for t in between)
        if cue.first - last <= _REACH and not joined and not _place(mention):
            return mention
    return None


def _behind(
    text: str, tokens: Sequence[Token], cue: Hit, mentions: Sequence[Mention], lex: Lexicon
) -> Mention | None:
    """ "said Price", "said the mayor, Ann Price", "…" said on Tuesday the leader of the council, Price."""
    gap = text[tokens[cue.first - 1].end : tokens[cue.first].start] if cue.first else ""
    reach = _FAR if _closed(gap) else _REACH
    joining, subordinators = lex.words("joining"), lex.words("subordinators")
    for mention in mentions:
        if mention.first < cue.last:
            continue
        first = max(min(extent(mention)[0], mention.first), cue.last)
        marks = _marks(text, tokens, cue.last, mention.first)
        if _STRONG_BUT_BRACKETS.search(marks):
            return None
        named = first < mention.first or _determined(tokens, cue.last, lex)  # "the harbour master, David Orr"
        office = named and marks.rstrip().endswith(",")
        if "," in marks and not office:
            return None
        if any(t.norm in joining or t.norm in subordinators for t in tokens[cue.last : first]):
            return None
        if first - cue.last > reach:
            return None
        if not _place(mention):
            return mention
    return None


def _determined(tokens: Sequence[Token], at: int, lex: Lexicon) -> bool:
    return at < len(tokens) and tokens[at].norm in lex.words("name_determiners")


def _marks(text: str, tokens: Sequence[Token], first: int, last: int) -> str:
    """What stands between the words from before token ``first`` up to token ``last``; not inside them."""
    return "".join([text[tokens[i - 1].end : tokens[i].start] for i in range(max(1, first), last + 1)])


def _place(mention: Mention) -> bool:
    return mention.hints == frozenset(("place",))


def _beside_it(
    text: str, tokens: Sequence[Token], mention: Mention, cue: Hit, mentions: Sequence[Mention], lex: Lexicon
) -> tuple[Mention, ...]:
    """What is named with a speaker: its organisation, its office, somebody it belongs to."""
    found = []
    at = mentions.index(mention)
    for step in (-1, 1):
        edge, index = mention, at + step
        while 0 <= index < len(mentions):
            other = mentions[index]
            left, right = (other, edge) if step < 0 else (edge, other)
            if right.first - left.last > _PART or left.first <= cue.first < right.first:
                break
            marks = _marks(text, tokens, left.last, right.first)
            if _STRONG.search(marks) or marks.count(",") > 1:
                break
            between = tokens[left.last : right.first]
            if _place(other):
                break
            joined = any(t.norm in lex.words("joining") for t in between)
            if joined and (right.last <= cue.first or (left.first >= cue.last and len(between) <= 2)):
                found.append(other)  # "Price and Ashe said", "said Price and Ashe"
                edge, index = other, index + step
                continue
            if joined:
                break
            held = [t for t in between if is_office(t, lex) or organisation_word(t, lex)]
            if "," in marks and not held and extent(left)[1] <= left.last and extent(right)[0] >= right.first:
                break
            if sum(t.content and t not in held for t in between) > 1:
                break
            found.append(other)
            edge, index = other, index + step
    return tuple(found)


# --- how far it reaches


def _scopes(
    text: str, tokens: Sequence[Token], frames: Sequence[_Frame], inside: frozenset[int], lex: Lexicon
) -> list[tuple[int, ...]]:
    segment = _joined(_segments(text, tokens, inside), tokens, frames, lex)
    scopes: list[list[int]] = [[] for _ in frames]
    forward, backward = [], []
    for at, frame in enumerate(frames):
        room_before = _room(frames, at, -1, segment, tokens)
        room_behind = _room(frames, at, 1, segment, tokens)
        content = [sum([tokens[i].content for i in room]) for room in (room_before, room_behind)]
        source = frame.cue.label in _AHEAD
        aside = 0 if source else 2  # an auxiliary may stand between
        before = _marks(text, tokens, frame.first - aside, frame.first)
        far = frame.last + (_REACH if source and not frame.parts else 0)
        behind = _marks(text, tokens, frame.last, far) if far < len(tokens) else "."
        marked = _MARKED.search(before) is not None
        closed = _CLOSED.search(behind) is not None
        ends = frame.first - 1 in inside and _QUOTED.search(before) is not None  # “…,” she told us
        apart = marked or (source and closed)
        post = content[0] > 0 and apart and (frame.inverted or closed or source or ends)
        post = post or (not content[1] and marked)
        middle = frame.cue.label not in VERBS and not (content[0] > 1 and (marked or closed))
        soon = _marks(text, tokens, frame.last, min(frame.last + 2, len(tokens) - 1))
        goes_on = _GOES_ON.search(soon) is not None  # “…,” said X, “…”; X rejected that: …
        if _relative(tokens, frame, lex):  # "…, who was described as careless, went on"
            room_behind, post = _up_to_comma(text, tokens, room_behind), False
        forward.append(room_behind if middle or not post or goes_on or not room_before else ())
        backward.append(room_before if post or middle else ())
    taken: set[int] = set()
    for at in range(len(frames)):
        scopes[at] += [i for i in forward[at] if i not in taken]
        taken.update(forward[at])
    for at in range(len(frames)):
        scopes[at] += [i for i in backward[at] if i not in taken]
        taken.update(backward[at])
    return [tuple(sorted(scope)) for scope in scopes]


def _relative(tokens: Sequence[Token], frame: _Frame, lex: Lexicon) -> bool:
    near = tokens[max(0, frame.cue.first - 2) : frame.cue.first]
    return frame.cue.label in VERBS and any(t.norm in lex.words("relatives") for t in near)


def _up_to_comma(text: str, tokens: Sequence[Token], room: Sequence[int]) -> tuple[int, ...]:
    for at, index in enumerate(room):
        if at and "," in text[tokens[index - 1].end : tokens[index].start]:
            return tuple(room[:at])
    return tuple(room)


def _segments(text: str, tokens: Sequence[Token], inside: frozenset[int]) -> list[int]:
    """The number of the part, between semicolons and full stops outside quotations, of each token."""
    numbers, number = [], 0
    for index, token in enumerate(tokens):
        between = text[tokens[index - 1].end : token.start] if index else ""
        if between != " " and " " in between and _ENDS.search(between) and not _QUOTED.search(between):
            number += not (index in inside and index - 1 in inside)
        numbers.append(number)
    return numbers


def _joined(segment: list[int], tokens: Sequence[Token], frames: Sequence[_Frame], lex: Lexicon) -> list[int]:
    """Parts without a cue in reported mood (German) go on with what the part before says."""
    with_cue = {segment[frame.cue.first] for frame in frames}
    mood = terms(lex.code, "reported_mood")
    numbers = list(segment)
    if not lex.capitalised_nouns:
        return numbers
    for number in sorted(set(segment)):
        part = [i for i, n in enumerate(segment) if n == number]
        if not number or number in with_cue:
            continue
        if mood.any([tokens[i] for i in part]):
            for i in part:
                numbers[i] = numbers[part[0] - 1]
    return numbers


def _room(
    frames: Sequence[_Frame], at: int, step: int, segment: Sequence[int], tokens: Sequence[Token]
) -> tuple[int, ...]:
    """The tokens of a frame's part on one side, up to the next frame."""
    frame = frames[at]
    own = segment[frame.cue.first]
    if step > 0:
        end = frames[at + 1].first if at + 1 < len(frames) else len(tokens)
        return tuple(i for i in range(frame.last, end) if segment[i] == own)
    start = frames[at - 1].last if at else 0
    return tuple(i for i in range(start, frame.first) if segment[i] == own)
