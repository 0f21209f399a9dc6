"""Units as so many of a base unit, so that figures in exactly convertible ones can be compared.

Metric lengths, masses, areas, volumes, power and energy; inches to miles, ounces to short tons; minor
coins; spans of time, of which months and years have a mean length. Only within one system is anything
converted: kilometres and miles are of two, and so are a percentage and percentage points.
"""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measure:
    """A unit as so many of the base unit of its ``kind``; converted only within one ``system``."""

    kind: str
    system: str
    factor: float


NONE = Measure("", "", 1.0)
_DAY = 86_400.0
_TABLE = """
length metric millimetre 0.001 centimetre 0.01 metre 1 kilometre 1000
length imperial inch 1 foot 12 yard 36 mile 63360
mass metric gram 0.001 kilogram 1 centner 100 tonne 1000
mass imperial ounce 1 pound_weight 16 ton 32000
area metric square_metre 1 hectare 10000 square_kilometre 1000000
area imperial square_foot 1 acre 43560 square_mile 27878400
volume metric millilitre 0.001 litre 1 cubic_metre 1000 cubic_hectometre 1000000000
volume imperial gallon 1
volume oil barrel 1
power metric watt 1 kilowatt 1000 megawatt 1000000 gigawatt 1000000000
energy metric kWh 1 MWh 1000 GWh 1000000
speed metric kmh 1
speed imperial mph 1
warmth metric celsius 1
warmth imperial fahrenheit 1
share relative percent 1
share absolute point 100 basis 1
money EUR EUR 1
money USD USD 1
money GBP GBP 1 pence 0.01
money UAH UAH 1 kopeck 0.01
money PLN PLN 1 grosz 0.01
money CHF CHF 1
money JPY JPY 1
money CNY CNY 1
money SEK SEK 1
money DKK DKK 1
money RUB RUB 1
money INR INR 1
money any cent 0.01
"""
_TIMES = {
    "second": 1.0,
    "minute": 60.0,
    "hour": 3_600.0,
    "day": _DAY,
    "week": 7 * _DAY,
    "month": 365 * _DAY / 12,
    "year": 365 * _DAY,
}


def _measures() -> Iterator[tuple[str, Measure]]:
    for line in _TABLE.strip().splitlines():
        kind, system, *rest = line.split()
        for name, factor in zip(rest[::2], rest[1::2], strict=True):
            yield name, Measure(kind, system, float(factor))
    for name, seconds in _TIMES.items():
        yield name, Measure("time", "clock", seconds)


MEASURES: dict[str, Measure] = dict(_measures())


def in_base_unit(value: float, unit: str | None) -> tuple[float, str | None]:
    """A value in the base unit of its measure, and that unit; any money without a currency is "money"."""
    if unit is None:
        return value, None
    if unit == "basis":
        return value / 100, "point"
    known = _BASES.get(unit)
    return (value, unit) if known is None else (value * known[0], known[1])


def _bases() -> Iterator[tuple[str, tuple[float, str]]]:
    for unit, measure in MEASURES.items():
        if measure.kind == "money":
            yield unit, (measure.factor, "money" if measure.system == "any" else measure.system)
        elif measure.kind != "share":
            yield unit, (measure.factor, f"{measure.kind} {measure.system}")


_BASES = dict(_bases())  # unit -> its measure's factor and base unit
