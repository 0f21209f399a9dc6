"""News articles by the hundred, made of templates: no two alike, and the same ones every time."""

import random
from collections.abc import Iterator

from summarizer.article import Article

MIN_WORDS, MAX_WORDS = 60, 150

_PLACES = ("Brennhavn", "Oakmere", "Tolvik", "Saint Aubry", "Karsholt", "Lindow", "Port Weller", "Marrick")
_FIRST = ("Ingrid", "Tomas", "Leila", "Marek", "Oona", "Samuel", "Petra", "Dario", "Nadia", "Felix")
_LAST = ("Halloran", "Vestby", "Okafor", "Lindqvist", "Marchetti", "Dvorak", "Renner", "Sato", "Bielski")
_BODIES = ("city council", "port authority", "school board", "transport agency", "water utility")
_THINGS = ("ferry terminal", "tram line", "flood barrier", "hospital wing", "recycling plant", "market hall")
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
_MONTHS = ("March", "April", "June", "September", "October")

_OPENINGS = (
    "The {body} of {place} approved {million} million euros on {day} for a new {thing}.",
    "The {body} said on {day} that it would close the old {thing} of {place} in {month}.",
    "Work on the {thing} in {place} stopped on {day} when {count} workers walked off the site.",
)
_MIDDLES = (
    "The decision passed by {yes} votes to {no} after a debate of {hours} hours.",
    "{person}, who heads the {body}, said that the project would be finished by {month}.",
    "About {percent} percent of the cost comes from the state, and the rest from local taxes.",
    "An audit found last year that the {thing} had served {count} thousand people a month.",
    "Opponents collected {count} hundred signatures against the plan and handed them over in {month}.",
    "The previous {thing} was built {age} years ago and has been repaired {yes} times since.",
    "Prices for steel rose by {percent} percent over the winter, according to the {body}.",
    "{person} told reporters that no resident would have to move because of the work.",
    "Two companies made offers, and the cheaper one asked for {million} million euros.",
    "The site lies {no} kilometres outside {place}, beside the road to the airport.",
    "A first contract for {count} new lamps was signed in {month} and has been paid in full.",
)
_ENDINGS = (
    "The next meeting is planned for {month}.",
    "A final report is expected in {month}, {person} said.",
    "Until then, buses will replace the service every {hours} minutes.",
)


def texts(count: int, *, seed: int = 0) -> Iterator[str]:
    """Article texts of 60 to 150 words in two paragraphs."""
    chance = random.Random(seed)
    seen: set[str] = set()
    while len(seen) < count:
        text = _text(chance)
        if MIN_WORDS <= len(text.split()) <= MAX_WORDS and text not in seen:
            seen.add(text)
            yield text


def articles(count: int, *, seed: int = 0) -> list[Article]:
    return [
        Article.from_text(text, document_id=f"generated-{seed}-{number}")
        for number, text in enumerate(texts(count, seed=seed))
    ]


def _text(chance: random.Random) -> str:
    values: dict[str, object] = {
        "place": chance.choice(_PLACES),
        "body": chance.choice(_BODIES),
        "thing": chance.choice(_THINGS),
    }

    def filled(template: str) -> str:
        changing: dict[str, object] = {
            "person": f"{chance.choice(_FIRST)} {chance.choice(_LAST)}",
            "day": chance.choice(_DAYS),
            "month": chance.choice(_MONTHS),
            "million": chance.randint(2, 90),
            "count": chance.randint(12, 480),
            "percent": chance.randint(5, 70),
            "yes": chance.randint(8, 19),
            "no": chance.randint(2, 7),
            "hours": chance.randint(2, 9),
            "age": chance.randint(25, 90),
        }
        return template.format(**values, **changing)

    middle = chance.sample(_MIDDLES, chance.randint(4, 7))
    sentences = [filled(t) for t in (chance.choice(_OPENINGS), *middle, chance.choice(_ENDINGS))]
    return " ".join(sentences[:3]) + "\n\n" + " ".join(sentences[3:])
