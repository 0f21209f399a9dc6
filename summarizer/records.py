"""The base of all data that go to JSON and back: frozen, closed, strict."""

from typing import Self

import msgspec

from .errors import ReportFormatError


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A frozen value. Reading it back refuses unknown fields and wrong types."""

    def to_json(self, *, indent: int | None = None) -> str:
        data = msgspec.json.encode(self)
        return (msgspec.json.format(data, indent=indent) if indent else data).decode()

    @classmethod
    def from_json(cls, data: str | bytes) -> Self:
        """The value behind ``to_json``; an equal object. Raises ReportFormatError."""
        try:
            return msgspec.json.decode(data, type=cls)
        except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
            raise ReportFormatError(f"not a {_spoken(cls.__name__)}: {error}") from error


def _spoken(name: str) -> str:
    return "".join(f" {c.lower()}" if c.isupper() else c for c in name).strip()
