"""The settings of a run, as its journal keeps them: for the manifest, and for a retry."""

import json
from typing import Any

import msgspec

from ..errors import JournalError
from ..settings import Settings, shown_url


def remembered(settings: Settings) -> str:
    """All settings but the key; an address without what nobody else may know."""
    fields = msgspec.to_builtins(settings)
    fields.pop("api_key", None)
    fields.pop("queue", None)  # may hold a password, and makes no report
    if settings.base_url is not None:
        fields["base_url"] = shown_url(settings.base_url)
    return json.dumps(fields, ensure_ascii=False, sort_keys=True)


def recalled(text: str, now: Settings) -> dict[str, Any]:
    """The settings of an earlier run, for what is not said anew. Raises JournalError."""
    try:
        fields: dict[str, Any] = json.loads(text)
        msgspec.convert(fields, Settings, strict=False)
    except (ValueError, msgspec.ValidationError) as error:
        raise JournalError(
            f"the settings of the last run cannot be read: {error}",
            hint="Run it again with its own command.",
        ) from error
    if now.base_url is not None and shown_url(now.base_url) == fields.get("base_url"):
        fields["base_url"] = now.base_url  # with its password, which is not kept
    return fields
