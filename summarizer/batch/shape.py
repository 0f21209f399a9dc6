"""What besides the article shapes its report: 16 bytes that change when any of it does."""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from .. import __version__
from ..resources import prompts_dir, schemas_dir
from ..risk import CHECKER_VERSION
from ..settings import Profile, Settings

# Settings that change how a report is come by, and not what stands in it. All others count: one that is
# forgotten here costs a second look at stored answers, one forgotten the other way a stale report.
_NO_SHAPE = frozenset(
    {"api_key", "base_url", "timeout_s", "max_attempts", "article_timeout_s", "max_cost_usd", "max_tokens"}
    | {"deadline_s", "price", "cache", "cache_file", "offline", "prompts", "model", "model_file"}
    | {"queue", "min_reviews", "publishing"}
)


def shape_of(
    settings: Settings, profile: Profile, identity: str, context: int | None, check: Callable[..., Any]
) -> bytes:
    """Of settings, model (by its identity), prompt files, schemas, checker and program."""
    fields = msgspec.to_builtins(settings)
    parts = {
        "settings": {name: value for name, value in fields.items() if name not in _NO_SHAPE},
        "profile": profile.value,
        "model": identity,
        "context": context,
        "check": f"{getattr(check, '__module__', '')}.{getattr(check, '__qualname__', type(check).__name__)}",
        "checker": CHECKER_VERSION,
        "version": __version__,
        "prompts": _prompts(settings.prompts, compact=profile is Profile.COMPACT),
        "schemas": _files(schemas_dir()),
    }
    return hashlib.sha256(msgspec.json.encode(parts, order="deterministic")).digest()[:16]


def hashes(settings: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Of every prompt file and schema that settings, as a journal remembers them, make use of."""
    folder = settings.get("prompts")
    prompts = _prompts(folder, compact=False) | _prompts(folder, compact=True)
    return {"prompts": prompts, "schemas": _files(schemas_dir())}


def _prompts(folder: str | None, *, compact: bool) -> dict[str, str]:
    """The files that this profile reads, those of one's own folder in place of the built-in ones."""
    found = _files(prompts_dir())
    if folder:
        found |= _files(Path(folder).expanduser())
    return {name: text for name, text in found.items() if name.startswith("compact/") == compact}


def _files(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*.*"))
        if path.is_file()
    }
