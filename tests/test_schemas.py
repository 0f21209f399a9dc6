"""Schemas: all violations at once, and a wire schema that strict servers take."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from summarizer import schemas
from summarizer.errors import ResourceError

ANSWERS = ["summary", "claims", "verdicts"]
ALLOWED = {
    "type",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "enum",
    "minItems",
    "maxItems",
    "minimum",
    "maximum",
}


LENGTHS = {"minLength", "maxLength"}  # taken out by the client for servers that refuse them


def walk(node: Any) -> list[dict[str, Any]]:
    """Every schema inside a schema."""
    children = [*node.get("properties", {}).values(), *([node["items"]] if "items" in node else [])]
    return [node, *(found for child in children for found in walk(child))]


@pytest.mark.parametrize("name", ANSWERS)
def test_wire_schema_keeps_to_the_strict_subset(name: str) -> None:
    wire = schemas.wire(name, sentences=range(1, 21))
    assert wire["type"] == "object"
    for node in walk(wire):
        assert set(node) <= ALLOWED | LENGTHS
        if node.get("type") == "object":
            assert node["additionalProperties"] is False
            assert node["required"] == list(node["properties"])


@pytest.mark.parametrize("name", ANSWERS)
def test_wire_schema_with_lengths_bounds_every_string(name: str) -> None:
    for node in walk(schemas.wire(name, sentences=range(1, 21))):
        if "string" in node.get("type", ()) and "enum" not in node:
            assert node["maxLength"] <= 500
        if node.get("type") == "array":
            assert "maxItems" in node


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize(
    ("numbers", "bounds"),
    [
        pytest.param(range(1, 8), {"enum": [1, 2, 3, 4, 5, 6, 7]}, id="a whole article"),
        pytest.param([40, 41, 57], {"enum": [40, 41, 57]}, id="some of a long one"),
        pytest.param(range(5, 900), {"minimum": 5, "maximum": 899}, id="too many to enumerate"),
        pytest.param([], {"minimum": 1, "maximum": 1}, id="none"),
    ],
)
def test_evidence_comes_first_and_names_only_what_was_sent(
    name: str, numbers: Sequence[int], bounds: dict[str, Any]
) -> None:
    wire = schemas.wire(name, sentences=numbers)
    entries = [node for node in walk(wire) if "evidence" in node.get("properties", {})]
    assert len(entries) == 1
    assert entries[0]["properties"]["evidence"]["items"] == {"type": "integer", **bounds}
    keys = list(entries[0]["properties"])
    assert keys.index("evidence") < keys.index("text" if "text" in keys else "verdict")
    Draft202012Validator.check_schema(wire)


def test_lowering_a_bound_never_raises_it() -> None:
    assert (
        schemas.wire("claims", sentences=[5], max_items={"claims": 12})["properties"]["claims"]["maxItems"]
        == 12
    )
    assert (
        schemas.wire("claims", sentences=[5], max_items={"claims": 999})["properties"]["claims"]["maxItems"]
        == 40
    )


def test_ids_that_were_asked_about_are_enumerated_and_each_has_an_entry() -> None:
    wire = schemas.wire("verdicts", sentences=[1, 2], ids=["s1", "c1"])
    entries = wire["properties"]["verdicts"]
    assert (entries["minItems"], entries["maxItems"]) == (2, 2)
    assert entries["items"]["properties"]["id"] == {"type": "string", "enum": ["s1", "c1"]}
    assert schemas.wire("verdicts", sentences=[1, 2])["properties"]["verdicts"]["maxItems"] == 60
    Draft202012Validator.check_schema(wire)


def test_deriving_leaves_the_local_schema_alone() -> None:
    before = json.dumps(schemas.load("claims"))
    schemas.wire("claims", sentences=[3], max_items={"claims": 1})
    assert json.dumps(schemas.load("claims")) == before
    Draft202012Validator.check_schema(schemas.load("claims"))


def test_all_violations_are_named_at_once() -> None:
    found = schemas.violations(
        "claims",
        {
            "claims": [{"evidence": [0], "speaker": 5, "text": "Long enough a text."}, {"text": "short"}],
            "x": 1,
        },
    )
    assert len(found) >= 5
    assert any("$.claims[0].evidence[0]" in line for line in found)
    assert any("'x'" in line for line in found)


ODD = [
    None,
    True,
    0,
    1,
    -1,
    1.0,
    1.5,
    float("nan"),
    10**400,
    "",
    "x",
    "A text long enough.",
    "€" * 5000,
    [],
    {},
    [1],
]


@pytest.mark.parametrize("name", ANSWERS)
def test_the_quick_answer_is_never_kinder_than_the_thorough_one(name: str) -> None:
    """Two packages decide: what one lets pass and the other not would go unseen."""
    schema = schemas.load(name)
    thorough = Draft202012Validator(schema)
    values = [
        value for filled in (smallest(schema), smallest(schema, more=3)) for value in variations(filled)
    ]
    assert len(values) > 100
    verdicts = [(schemas.violations(name, value) == [], thorough.is_valid(value)) for value in values]
    assert [pair for pair in verdicts if pair[0] != pair[1]] == []
    assert {valid for valid, _ in verdicts} == {True, False}


def smallest(schema: Any, more: int = 0) -> Any:
    """A value that a schema takes."""
    kind = schema.get("type", "string")
    kind = kind[0] if isinstance(kind, list) else kind
    if "enum" in schema:
        return schema["enum"][0]
    if kind == "object":
        return {key: smallest(child, more) for key, child in schema["properties"].items()}
    if kind == "array":
        return [smallest(schema["items"], more) for _ in range(max(1, schema.get("minItems", 0)) + more)]
    if kind in ("integer", "number"):
        return schema.get("minimum", 1)
    return None if kind == "null" else "ten letters and more of them"


def variations(value: Any) -> list[Any]:
    """The value, and the value with one thing in it put otherwise."""
    found = [value, *ODD]
    if isinstance(value, dict):
        found += [{**value, "more": 1}]
        for key in value:
            found.append({k: v for k, v in value.items() if k != key})
            found += [{**value, key: other} for other in variations(value[key])]
    elif isinstance(value, list):
        found.append(value * 60)
        for at, item in enumerate(value[:2]):
            found += [[*value[:at], other, *value[at + 1 :]] for other in variations(item)]
    return found


def test_an_unknown_schema_is_named() -> None:
    with pytest.raises(ResourceError, match="nonsense"):
        schemas.load("nonsense")


def test_hash_is_stable_and_tells_schemas_apart() -> None:
    assert schemas.schema_hash("summary") == schemas.schema_hash("summary")
    assert len({schemas.schema_hash(name) for name in ANSWERS}) == len(ANSWERS)
