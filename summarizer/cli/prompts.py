"""``summarizer prompts``: the prompt files in use, and a copy of them to change."""

import json as json_module
import shutil
from pathlib import Path
from typing import Annotated

import typer

from ..errors import SettingsError
from ..prompts import Prompts, hash_of
from ..render.safe import safe
from ..resources import prompts_dir
from ..settings import Settings
from .common import examples, note, put, put_json

EXAMPLES = examples(
    "summarizer prompts",
    "summarizer prompts --copy-to my-prompts",
    "summarizer run article.txt --prompts my-prompts",
)


def prompts(
    folder: Annotated[
        str | None, typer.Option("--prompts", metavar="DIR", help="Prompt files of your own.")
    ] = None,
    copy_to: Annotated[
        Path | None,
        typer.Option("--copy-to", metavar="DIR", help="Copy the built-in files here, to change them."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """List the prompt files that are used, with a hash of each; or copy them."""
    if copy_to is not None:
        _copy(copy_to)
        return
    own = Settings.load(prompts=folder).prompts
    place = Path(own).expanduser() if own else None
    library = Prompts(prompts_dir(), place)
    rows = [_row(name, library, place) for name in _names()]
    if json:
        put_json(json_module.dumps(rows, indent=2))
        return
    width = max(len(row["file"]) for row in rows)
    for row in rows:
        put(safe(f"{row['file']:<{width}}  {row['hash']}  {row['from']}") + "\n")


def _names() -> list[str]:
    root = prompts_dir()
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*.*") if path.is_file())


def _row(name: str, library: Prompts, place: Path | None) -> dict[str, str]:
    own = place is not None and (place / name).is_file()
    return {
        "file": name,
        "hash": hash_of(library.template(name).text),
        "from": str(place) if own else "built in",
    }


def _copy(target: Path) -> None:
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise SettingsError(f"{target} is there already", hint="Name a folder that is new or empty.")
    try:
        shutil.copytree(prompts_dir(), target, dirs_exist_ok=True)
    except OSError as error:
        raise SettingsError(f"{target} cannot be written: {error.strerror or error}") from error
    note(
        f"copied to {target}: change what you want and delete the rest; what is not there is taken from the "
        f"built-in files. Then: summarizer run ARTICLE --prompts {target}"
    )
