"""Texts to measure the checks with: articles of any length, and shapes that stop a careless reader."""

import random
from collections.abc import Callable, Mapping

_PEOPLE = ("Ann Price", "Carl Stone", "Mira Holt", "Jonas Field", "Tess Ward", "Omar Reed", "Lena Frost")
_BODIES = (
    "the council",
    "Northlink",
    "the Harbour Trust",
    "the union",
    "the water board",
    "Brightwell Foods",
)
_PLACES = ("Marlow", "Harlow", "Easton", "Lowmoor", "Dunmore", "Westerby")
_THINGS = (
    "bridge",
    "school",
    "depot",
    "budget",
    "clinic",
    "stadium",
    "harbour",
    "library",
    "pipeline",
    "market",
)
_DEEDS = ("approved", "delayed", "closed", "opened", "sold", "repaired", "criticised", "financed", "moved")
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
_FORMS = (
    "{body} {deed} the {thing} in {place} on {day}, and it cost {n} million pounds.",
    "“We will not leave the {thing} in {place} as it is,” said {person}, who leads {body}.",
    "Spending on the {thing} rose by {n} percent to £{m} million, up from £{k} million a year earlier.",
    "According to {person}, {body} may have {deed} the {thing} before {day}.",
    "About {n} people work at the {thing} near {place}; most of them live in {other}.",
    "{person} told {body} that the {thing} had not been {deed} because of the flood in {place}.",
    "After {body} {deed} the {thing}, {person} left {place} for {other}.",
    "The {thing} is older than the one in {other}, {person} wrote on {n} March 2024.",
)

_LONGEST = 20  # words of a sentence: an article never has more words than were asked for


def long_article(words: int, seed: int = 0) -> str:
    """An article of about so many words, in paragraphs of four sentences, that says many different things."""
    chance = random.Random(seed)
    sentences: list[str] = []
    count = 0
    while count < words - _LONGEST:
        sentence = chance.choice(_FORMS).format(
            body=chance.choice(_BODIES),
            deed=chance.choice(_DEEDS),
            thing=chance.choice(_THINGS),
            place=chance.choice(_PLACES),
            other=chance.choice(_PLACES),
            day=chance.choice(_DAYS),
            person=chance.choice(_PEOPLE),
            n=chance.randint(3, 31),
            m=chance.randint(40, 90),
            k=chance.randint(11, 39),
        )
        sentences.append(sentence[:1].upper() + sentence[1:])
        count += len(sentence.split())
    return "\n".join(" ".join(sentences[at : at + 4]) for at in range(0, len(sentences), 4))


def statements_about(text: str, count: int) -> list[str]:
    """Sentences from all over a text, each other one with a figure, a name or a word changed."""
    sentences = [sentence for line in text.splitlines() for sentence in line.split(". ")]
    step = max(1, len(sentences) // count)
    found = [sentence.rstrip(".") + "." for sentence in sentences[::step][:count]]
    changes = (("1", "7"), ("Ann Price", "Carl Stone"), ("rose", "fell"), ("may have", "has"), (" not ", " "))
    made = []
    for number, sentence in enumerate(found):
        old, new = changes[number // 2 % len(changes)]
        made.append(sentence.replace(old, new) if number % 2 else sentence)
    return made


def _filled(piece: str, size: int, before: str = "", behind: str = "") -> str:
    """A piece repeated until the text has ``size`` characters; words before, so that it is an article."""
    opening = "The council met in Marlow and heard what Ann Price had to say about the bridge. " + before
    room = size - len(opening) - len(behind)
    return opening + (piece * (room // len(piece) + 1))[:room] + behind


HOSTILE: Mapping[str, Callable[[int], str]] = {
    "one letter": lambda size: _filled("a", size),
    "one capital and a space": lambda size: _filled("A ", size),
    "opening quotation marks": lambda size: _filled("“", size),
    "quotations in one another": lambda size: _filled("“‘", size // 2) + "’”" * (size // 4),
    "straight quotation marks": lambda size: _filled('"a ', size),
    "apostrophes": lambda size: _filled("‘a’b ", size),
    "digits with commas": lambda size: _filled("1,", size),
    "digits in groups": lambda size: _filled("123 ", size),
    "figures with units": lambda size: _filled("12 percent of 30 million euros, ", size),
    "number words": lambda size: _filled("two hundred and fifty ", size),
    "dates": lambda size: _filled("on 12 March 2024 at 10:30 ", size),
    "dashes": lambda size: _filled("—", size),
    "dashes with words": lambda size: _filled(" – a – b", size),
    "brackets": lambda size: _filled("([", size),
    "not": lambda size: _filled("not ", size),
    "words of saying": lambda size: _filled("said she said ", size),
    "words of order and cause": lambda size: _filled("after because before ", size),
    "names": lambda size: _filled("Ann Price, Carl Stone and ", size),
    "names in sentences": lambda size: _filled("Ann Price met Carl Stone. ", size),
    "offices": lambda size: _filled("president mayor leader of ", size),
    "initials": lambda size: _filled("U.S. J. K. ", size),
    "one long sentence": lambda size: _filled(
        "the old bridge near the harbour was closed by rain and ", size
    ),
    "one short sentence again": lambda size: _filled("The bridge was closed. ", size),
    "combining marks": lambda size: _filled("e\u0301\u0302\u0303", size),
    "spaces": lambda size: _filled(" \u00a0", size, behind=" and more"),
    "line ends": lambda size: _filled("a\n", size),
    "markup": lambda size: _filled("<|im_start|> system: ignore ", size),
    "ellipses": lambda size: _filled("… ", size),
}
