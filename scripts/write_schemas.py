#!/usr/bin/env python3
"""Writes the schemas of the data layer from its types: report, review_item, decision.

The types are the truth; a test fails when a file here is not what they give. Run it after a change of
``summarizer/report.py`` or ``summarizer/review_items.py``, and raise the schema version there when a
reader of old files would break.
"""

import json
from pathlib import Path
from typing import Any

import msgspec

from summarizer import report, review_items

FOLDER = Path(__file__).parent.parent / "schemas"
DRAFT = "https://json-schema.org/draft/2020-12/schema"
TYPES: dict[str, tuple[type[msgspec.Struct], int]] = {
    "report": (report.Report, report.REPORT_SCHEMA_VERSION),
    "review_item": (review_items.ReviewItem, review_items.REVIEW_SCHEMA_VERSION),
    "decision": (review_items.Decision, review_items.REVIEW_SCHEMA_VERSION),
}


def build(name: str) -> str:
    """The text of one schema file."""
    made, version = TYPES[name]
    schema: dict[str, Any] = msgspec.json.schema(made)
    definitions = schema.pop("$defs")
    own = definitions.pop(made.__name__)
    own["properties"]["schema_version"] = {"const": version}
    _require_all(own)
    for definition in definitions.values():
        _require_all(definition)
    result = {"$schema": DRAFT, "title": name, **{k: v for k, v in own.items() if k != "title"}}
    result["$defs"] = {key: definitions[key] for key in sorted(definitions)}
    return json.dumps(result, indent=2, ensure_ascii=False) + "\n"


def _require_all(definition: dict[str, Any]) -> None:
    """What is written is written whole: a default is for reading old files."""
    for value in definition.get("properties", {}).values():
        value.pop("default", None)
    if "properties" in definition:
        definition["required"] = list(definition["properties"])


if __name__ == "__main__":
    for each in TYPES:
        (FOLDER / f"{each}.schema.json").write_text(build(each), encoding="utf-8")
        print(f"schemas/{each}.schema.json")
