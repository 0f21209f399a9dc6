"""The fields of an entry, each read with the same allowances wherever it stands.

Nothing here raises: what is wrong is collected, so that all of it is told at once.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar

from .. import schemas
from . import texts
from .json_text import UNREADABLE
from .outcome import kind, quoted

T = TypeVar("T")

_HIGHEST = 1_000_000  # no article has as many sentences
_MOST_ENTRIES = 1_000  # more is no answer, and every wrong one would make a message


@dataclass(slots=True)
class Found:
    """What is collected while one value is read.

    ``problems`` make it unusable; ``cut`` names the entries that were left out because they break off.
    """

    problems: list[str] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    surplus: bool = False

    def notes(self) -> list[str]:
        said = [f"left out: {len(self.cut)} cut off or too long"] if self.cut else []
        if self.unknown:
            names = list(dict.fromkeys(self.unknown))
            more = f" and {len(names) - 5} more" if len(names) > 5 else ""
            said.append(f"left out: unknown keys {', '.join(map(quoted, names[:5]))}{more}")
        if self.surplus:
            said.append("left out: evidence beyond what an entry may cite")
        return said


@cache
def entry_schema(schema: str) -> Mapping[str, Any]:
    """The properties of an entry in the one list of a schema: lengths and counts have one home."""
    for node in schemas.load(schema)["properties"].values():
        if "items" in node:
            entry: Mapping[str, Any] = node["items"]["properties"]
            return entry
    raise AssertionError(f"the schema {schema} has no list")


def known(value: dict[str, object], keys: Sequence[str], found: Found) -> dict[str, object]:
    """Without the keys that nobody asked for: chat models add "confidence", "explanation" and the like."""
    found.unknown += [key for key in value if key not in keys]
    return {key: inner for key, inner in value.items() if key in keys}


def listed(
    data: Mapping[str, object],
    key: str,
    noun: str,
    keys: Sequence[str],
    read: Callable[[Mapping[str, object], str], T | None],
    found: Found,
) -> list[T]:
    """The entries of a list, those that ``read`` makes something of; every entry has a name by number."""
    value = data.get(key)
    if value is UNREADABLE:
        return []
    if key not in data:
        found.problems.append(f'the key "{key}" is missing')
        return []
    if not isinstance(value, list):
        found.problems.append(f'"{key}" is {kind(value)} and not a list')
        return []
    if len(value) > _MOST_ENTRIES:
        found.problems.append(f'"{key}" has {len(value)} entries')
        return []
    made: list[T] = []
    for number, entry in enumerate(value, 1):
        where = f"{noun} {number}"
        if entry is UNREADABLE:
            continue
        if not isinstance(entry, dict):
            named = ", ".join(f'"{name}"' for name in keys)
            found.problems.append(f"{where} is {kind(entry)} and not an object with {named}")
            continue
        one = read(known(entry, keys, found), where)
        if one is not None:
            made.append(one)
    return made


def sentence(entry: Mapping[str, object], where: str, bounds: Mapping[str, Any], found: Found) -> str | None:
    """The entry's text on one line; None when there is none, or it breaks off."""
    raw = words(entry, "text", where, found)
    if raw is None:
        return None
    if (how := texts.cut(raw, bounds["maxLength"])) is not None:
        found.cut.append(f"{where} {how}")
        return None
    text = texts.one_line(raw)
    if len(text) < bounds["minLength"]:
        found.problems.append(f"{where} has the text {quoted(text)}, which is too short for a sentence")
    elif not any(character.isalpha() for character in text):
        found.problems.append(f"{where} has the text {quoted(text)}, without a word")
    return text


def words(entry: Mapping[str, object], key: str, where: str, found: Found) -> str | None:
    """A text that has to be there, as it came."""
    value = entry.get(key)
    if value is UNREADABLE:
        return None
    if key not in entry:
        found.problems.append(f'{where} has no "{key}"')
    elif not isinstance(value, str):
        found.problems.append(f'{where} has {kind(value)} as "{key}" and not a text')
    return value if isinstance(value, str) else None


# --- evidence ---------------------------------------------------------------------------------

# "3", "[3]", "3, 4" and "[3,4]". "3,4" alone may be a decimal, "1,340" a thousand, "3-5" a range.
_NUMBERS = re.compile(
    r"\s*+(?:[0-9]{1,12}(?:,\s[0-9]{1,12}){0,40}|\[\s?[0-9]{1,12}(?:,\s?[0-9]{1,12}){0,40}\s?\])\s*+"
)


def evidence(
    entry: Mapping[str, object], where: str, bounds: Mapping[str, Any], found: Found
) -> tuple[int, ...]:
    """The sentence numbers that an entry cites, none twice.

    A number alone, as a float without a fraction or as text counts as the list that was meant. Numbers
    that the article does not have are kept: the checker flags them. Those beyond the schema's most are
    left out, since the most direct ones come first.
    """
    if "evidence" not in entry:
        found.problems.append(f'{where} has no "evidence"')
        return ()
    value = entry["evidence"]
    numbers: list[int] = []
    if isinstance(value, list) and len(value) > _MOST_ENTRIES:
        found.problems.append(f"{where} cites {len(value)} sentences")
        return ()
    for one in value if isinstance(value, list) else [value]:
        if one is UNREADABLE:
            continue
        read = _sentence_numbers(one)
        if read is None:
            shown = (
                quoted(one) if isinstance(one, str) else quoted(str(one), 16) if _plain(one) else kind(one)
            )
            found.problems.append(f"{where} cites {shown}, which is no sentence number")
        else:
            numbers += read
    if value == [] and bounds.get("minItems", 0):
        found.problems.append(f"{where} cites no sentence of the article")
    cited = tuple(dict.fromkeys(numbers))
    found.surplus = found.surplus or len(cited) > bounds["maxItems"]
    return cited[: bounds["maxItems"]]


def _plain(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _sentence_numbers(value: object) -> list[int] | None:
    if isinstance(value, str) and _NUMBERS.fullmatch(value):
        numbers = [int(digits) for digits in re.findall(r"[0-9]+", value)]
    elif isinstance(value, int) and not isinstance(value, bool):
        numbers = [value]
    elif isinstance(value, float) and value.is_integer():
        numbers = [int(value)]
    else:
        return None
    return numbers if all(1 <= number <= _HIGHEST for number in numbers) else None
