"""JSON Schemas: loaded once, validated with all violations at once, cut down for the wire.

The local schema is the truth and every answer is validated against it. The wire schema is what a
server gets to constrain its output with, derived here by code.
"""

import copy
import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

import jsonschema_rs
from jsonschema import Draft202012Validator

from .errors import ResourceError
from .resources import schemas_dir

Schema = dict[str, Any]


@cache
def load(name: str) -> Schema:
    """The local schema ``schemas/NAME.schema.json``. Raises ResourceError."""
    path = schemas_dir() / f"{name}.schema.json"
    try:
        schema: Schema = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ResourceError(f"schema file {path} cannot be read: {error}") from error
    Draft202012Validator.check_schema(schema)
    return schema


@cache
def _validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(load(name), format_checker=Draft202012Validator.FORMAT_CHECKER)


@cache
def _quick(name: str) -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(load(name), validate_formats=True)


def violations(name: str, value: object) -> list[str]:
    """Every way in which a value breaks a schema, as ``path: message``, in the value's order.

    ``jsonschema`` says what is wrong. That nothing is, which it mostly is, jsonschema-rs says in a
    hundredth of the time.
    """
    if _quick(name).is_valid(value):
        return []
    found = sorted(
        _validator(name).iter_errors(value), key=lambda error: [str(p) for p in error.absolute_path]
    )
    return [f"{error.json_path}: {_brief(error.message)}" for error in found]


def _brief(message: str) -> str:
    """Messages begin with the value, which may be an article's length, and end with what is wrong."""
    return message if len(message) <= 200 else f"{message[:60]}… {message[-120:]}"


@cache
def schema_hash(name: str) -> str:
    """16 hex digits of SHA-256 over the local schema, keys sorted."""
    return hashlib.sha256(json.dumps(load(name), sort_keys=True).encode()).hexdigest()[:16]


_ANNOTATIONS = ("$schema", "title", "description", "schema_version")
# A grammar of some thousand alternatives is slow to build; strict servers take 1,000 at most.
_MOST_ENUMERATED = 400


def wire(
    name: str,
    *,
    sentences: Sequence[int],
    max_items: Mapping[str, int] | None = None,
    ids: Sequence[str] = (),
) -> Schema:
    """The schema that is sent: no annotations, everything bounded that can be.

    ``sentences`` are the numbers that evidence may name; ``max_items`` lowers the bound of an array by
    property name; ``ids`` are those that an ``id`` may be, and there is an entry for each. String lengths
    stay in: where a server builds a grammar from the schema (llama.cpp, vLLM, Ollama), bounds are the
    only thing that stops a small model's loop. For servers that refuse them the client takes them out.
    The result is shared: not to be changed.
    """
    return _wire(name, tuple(sentences), tuple(sorted((max_items or {}).items())), tuple(ids))


@lru_cache(maxsize=64)  # the tasks of an article ask for the same; one entry is some kilobytes
def _wire(
    name: str, sentences: tuple[int, ...], max_items: tuple[tuple[str, int], ...], ids: tuple[str, ...]
) -> Schema:
    schema = copy.deepcopy(load(name))
    for key in _ANNOTATIONS:
        schema.pop(key, None)
    _narrow(schema, sentences, dict(max_items), ids)
    return schema


def _narrow(
    node: Schema, sentences: tuple[int, ...], max_items: dict[str, int], ids: tuple[str, ...]
) -> None:
    for name, child in node.get("properties", {}).items():
        if name == "evidence":
            child["items"] = _numbers(sentences)
        if ids and "id" in child.get("items", {}).get("properties", {}):
            child["minItems"] = child["maxItems"] = len(ids)
            child["items"]["properties"]["id"] = {"type": "string", "enum": list(ids)}
        if name in max_items:
            child["maxItems"] = min(max_items[name], child.get("maxItems", max_items[name]))
        _narrow(child, sentences, max_items, ids)
    if "items" in node:
        _narrow(node["items"], sentences, max_items, ids)


def _numbers(sentences: tuple[int, ...]) -> Schema:
    if 0 < len(sentences) <= _MOST_ENUMERATED:
        return {"type": "integer", "enum": list(sentences)}
    return {"type": "integer", "minimum": min(sentences, default=1), "maximum": max(sentences, default=1)}
