"""JSON Schemas: loaded once, validated with all violations at once, cut down for the wire.

The local schema is the truth and every answer is validated against it. The wire schema is what a
server gets to constrain its output with, derived here by code.
"""

import copy
import hashlib
import json
from functools import cache
from typing import Any

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


def violations(name: str, value: object) -> list[str]:
    """Every way in which a value breaks a schema, as ``path: message``, in the value's order."""
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
_LENGTHS = ("minLength", "maxLength")


def wire(
    name: str, *, sentences: int, max_items: dict[str, int] | None = None, lengths: bool = False
) -> Schema:
    """The schema that is sent: no annotations, evidence bounded by the article's number of sentences.

    ``max_items`` lowers the bound of an array by property name. ``lengths`` keeps string lengths, for
    servers that build a grammar from the schema (llama.cpp, vLLM, Ollama): there a bound is the only
    thing that stops a small model's loop. Providers with a strict subset refuse them.
    """
    schema = copy.deepcopy(load(name))
    for key in _ANNOTATIONS:
        schema.pop(key, None)
    _narrow(schema, sentences, max_items or {}, lengths)
    return schema


def _narrow(node: Schema, sentences: int, max_items: dict[str, int], lengths: bool) -> None:
    if not lengths:
        for key in _LENGTHS:
            node.pop(key, None)
    for name, child in node.get("properties", {}).items():
        if name == "evidence":
            child["items"]["maximum"] = sentences
        if name in max_items:
            child["maxItems"] = min(max_items[name], child.get("maxItems", max_items[name]))
        _narrow(child, sentences, max_items, lengths)
    if "items" in node:
        _narrow(node["items"], sentences, max_items, lengths)
