"""One record of a batch's input: what an article is made of, and what it is known by.

A record is cheap: telling whether it was seen before takes its bytes and no parsing of pages, no language
tables and no segmentation. The article is built from it when its turn comes.
"""

import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from ..article import Article
from ..errors import InputError
from ..formats import KNOWN_FIELDS
from ..sources import article_of_bytes, article_of_fields

_LONGEST_ID = 200
_APART = "\x1f"  # in no id


class Fields(msgspec.Struct, frozen=True, tag="fields"):
    """Named fields: a JSON object, a row of a table."""

    values: dict[str, Any]


class File(msgspec.Struct, frozen=True, tag="file"):
    """A file's bytes; ``suffix`` as ``.html``, empty where it has none."""

    data: bytes
    suffix: str


class Ready(msgspec.Struct, frozen=True, tag="article"):
    """An article that the caller has built."""

    article: Article


Body = Fields | File | Ready
_ENCODER = msgspec.msgpack.Encoder(order="deterministic")
_DECODER: msgspec.msgpack.Decoder[Fields | File | Ready] = msgspec.msgpack.Decoder(Body)


@dataclass(frozen=True, slots=True)
class Input:
    """A record. ``id`` is what tells it from the others (``shown_id`` is what results call it);
    ``content`` 16 bytes that change with it.

    ``error``: it cannot be read, and is told among the failures. ``body`` is then None.
    """

    id: str
    origin: str
    content: bytes
    body: Body | None
    document_id: str | None = None
    version: str | None = None
    error: InputError | None = None

    @classmethod
    def of_fields(cls, values: Mapping[str, Any], origin: str) -> "Input":
        """Of the fields that make an article; others may change and change nothing."""
        kept = {
            name.lower(): value
            for name, value in values.items()
            if name.lower() in KNOWN_FIELDS and isinstance(value, str | int) and value != ""
        }
        return cls._of(Fields(kept), kept, origin)

    @classmethod
    def of_file(cls, data: bytes, suffix: str, origin: str, known: Mapping[str, str]) -> "Input":
        """Of a file; ``known`` are ids that stand in it."""
        return cls._of(File(data, suffix), known, origin)

    @classmethod
    def of_article(cls, article: Article, origin: str) -> "Input":
        given = {} if article.document_id == article.id else {"document_id": article.document_id}
        if article.version:
            given["version"] = article.version
        return cls._of(Ready(article), given, origin)

    @classmethod
    def unreadable(cls, origin: str, error: InputError) -> "Input":
        content = hashlib.sha256(f"{origin}\x1f{error}".encode("utf-8", "replace")).digest()[:16]
        return cls(origin[:_LONGEST_ID], origin, content, None, error=error)

    @classmethod
    def _of(cls, body: Body, known: Mapping[str, Any], origin: str) -> "Input":
        content = hashlib.sha256(_ENCODER.encode(body)).digest()[:16]
        names = {name: _name(known.get(name)) for name in ("id", "document_id", "version")}
        document_id = names["document_id"] or names["id"]
        identity = names["id"] or names["document_id"] or content.hex()
        if names["version"] and identity != content.hex():
            identity = f"{identity}{_APART}{names['version']}"
        return cls(identity, origin, content, body, document_id, names["version"])


def another_id(one: Input) -> str:
    """For a second text that comes under the same id."""
    return f"{one.id}{_APART}~{one.content.hex()[:8]}"


def shown_id(identity: str) -> str:
    """The id that was given, without what tells versions and texts apart."""
    return identity.partition(_APART)[0]


def packed(body: Body) -> bytes:
    """For the journal."""
    return zlib.compress(_ENCODER.encode(body), 1)


def unpacked(data: bytes) -> Body:
    return _DECODER.decode(zlib.decompress(data))


def article_of(data: bytes) -> Article:
    """The article behind what ``packed`` made. Raises InputError where there is none in it."""
    body = unpacked(data)
    if isinstance(body, Ready):
        return body.article
    if isinstance(body, File):
        return article_of_bytes(body.data, body.suffix)
    return article_of_fields(body.values)


def _name(value: object) -> str | None:
    if not isinstance(value, str | int) or isinstance(value, bool):
        return None
    text = " ".join(str(value).encode("utf-8", "replace").decode().replace(_APART, " ").split())
    return text[:_LONGEST_ID] or None
