"""JSONL: exact. A line is a ``ReviewItem``, with one reviewer's decision where there is one."""

from collections.abc import Iterable
from typing import TextIO

import msgspec

from ..render.safe import safe_json
from .rows import Row, Tally, Written, per_decision


def write_jsonl(rows: Iterable[Row], out: TextIO) -> Written:
    """Every line validates against ``schemas/review_item.schema.json``, and can be imported back.

    Characters that a terminal may obey stand as ``\\u`` escapes: the same JSON.
    """
    tally = Tally()
    for row in tally.read(rows):
        for decision in per_decision(row):
            line = msgspec.structs.replace(row.item, decision=decision)
            out.write(safe_json(line.to_json()) + "\n")
            tally.rows += 1
    return tally.written()
