"""Prompts are files: one folder a task, ``$name`` placeholders, a hash of what was sent.

Layout of a prompts folder::

    common/system.md, common/examples.md    who the model is and how it works; two worked examples
    common/article.md                       the article, the same for every task: a provider's prefix
                                            cache pays for system, examples and article once
    common/again.md                         what follows an answer that could not be used
    TASK/user.md, TASK/meta.toml            the task; meta: version, schema, max_tokens
    TASK/examples.md                        worked examples of its own, where the common ones do not fit
    compact/TASK/…, compact/again.md        the same for very small models: one message, no JSON

A folder of one's own holds the files that differ; the others are the built-in ones. The article stands
behind a fence made from its own hash: the same article always gives the same prompt, and no article
can close its fence.
"""

import hashlib
import re
import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec
from rapidfuzz import process

from .errors import ResourceError
from .settings import Style

_LINE_ENDS = re.compile(r"(?<![ \t])[ \t]+\n")
_BLANK_LINES = re.compile(r"\n{3,}")


class Meta(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A task's ``meta.toml``. ``schema`` names a file in ``schemas/``; None asks for plain text."""

    version: int
    max_tokens: int
    schema: str | None = None


@dataclass(frozen=True, slots=True)
class Rendered:
    """What is sent. ``hash`` is 16 hex digits of SHA-256 over all of it."""

    system: str | None
    user: str

    @property
    def hash(self) -> str:
        return hash_of(self.system or "", self.user)


@dataclass(frozen=True, slots=True)
class Template:
    """A prompt file with its placeholders."""

    name: str
    text: str

    def fill(self, values: Mapping[str, object]) -> str:
        """The text with every placeholder filled. An empty value need not have a placeholder.

        Raises ResourceError that names every placeholder without a value and every value without a
        placeholder.
        """
        template = string.Template(self.text)
        wanted = set(template.get_identifiers())
        missing = sorted(wanted - values.keys())
        unused = sorted(name for name in values.keys() - wanted if values[name] != "")
        if missing or unused:
            parts = [f"no value for {', '.join(f'${name}' for name in missing)}"] if missing else []
            parts += [f"no placeholder for {', '.join(unused)}"] if unused else []
            raise ResourceError(
                f"prompt {self.name}: {'; '.join(parts)}",
                hint=f"Placeholders that this file can have: {', '.join(f'${n}' for n in sorted(values))}.",
            )
        try:
            filled = template.substitute(values)
        except ValueError as error:
            raise ResourceError(f"prompt {self.name}: {error}; write $$ for a dollar sign") from error
        # Where a value is empty, no trace of its placeholder: very small models stumble over stray blanks.
        # Both are rare, and searching an article for them costs more than all the rest.
        if " \n" in filled or "\t\n" in filled:
            filled = _LINE_ENDS.sub("\n", filled)
        if "\n\n\n" in filled:
            filled = _BLANK_LINES.sub("\n\n", filled)
        return filled.strip()


@dataclass(frozen=True, slots=True)
class Prompt:
    """A loaded task. ``system`` is None in the compact profile."""

    task: str
    meta: Meta
    user: Template
    again: Template
    system: str | None = None

    def render(self, values: Mapping[str, object], *, before: str = "") -> Rendered:
        """The task with its placeholders filled, behind ``before`` (the article). Raises ResourceError."""
        task = self.user.fill(values)
        return Rendered(self.system, f"{before}\n\n{task}" if before else task)


class Prompts:
    """The built-in prompts, with the files of ``folder`` in place of those of the same name."""

    def __init__(self, builtin: Path, folder: Path | None = None) -> None:
        """Raises ResourceError for a folder that is none, or has a file that no prompt has."""
        self._builtin = builtin
        self._folder = folder
        self._loaded: dict[str, str] = {}
        self._tasks: dict[tuple[str, bool], Prompt] = {}
        if folder is not None:
            _check_folder(folder, builtin)

    def task(self, task: str, *, compact: bool = False) -> Prompt:
        """A task's prompt, read once. Raises ResourceError for a file that is missing or wrong."""
        key = (task, compact)
        if key not in self._tasks:
            self._tasks[key] = self._load(task, compact=compact)
        return self._tasks[key]

    def _load(self, task: str, *, compact: bool) -> Prompt:
        place = f"compact/{task}" if compact else task
        name = f"{place}/meta.toml"
        try:
            meta = msgspec.convert(tomllib.loads(self._read(name)), Meta)
        except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
            raise ResourceError(f"prompt file {self._path(name)}: {error}") from error
        if meta.max_tokens < 1:
            raise ResourceError(f"prompt file {self._path(name)}: max_tokens must be above 0")
        user = self.template(f"{place}/user.md")
        if compact:
            return Prompt(task, meta, user, self.template("compact/again.md"))
        examples = f"{place}/examples.md" if self._has(f"{place}/examples.md") else "common/examples.md"
        system = [self.template(name).fill({}) for name in ("common/system.md", examples)]
        return Prompt(task, meta, user, self.template("common/again.md"), "\n\n".join(filter(None, system)))

    def template(self, name: str) -> Template:
        return Template(name, self._read(name))

    def _has(self, name: str) -> bool:
        return self._path(name).is_file()

    def _path(self, name: str) -> Path:
        if self._folder is not None and (self._folder / name).is_file():
            return self._folder / name
        return self._builtin / name

    def _read(self, name: str) -> str:
        if name not in self._loaded:  # once: a batch renders thousands of prompts
            path = self._path(name)
            try:
                self._loaded[name] = path.read_text(encoding="utf-8")
            except (OSError, UnicodeError) as error:
                raise ResourceError(f"prompt file {path} cannot be read: {error}") from error
        return self._loaded[name]


def hash_of(*texts: str) -> str:
    """16 hex digits of SHA-256 over texts."""
    return hashlib.sha256("\x1f".join(texts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def style_lines(style: Style) -> str:
    """What a house asks of its summaries, a line each; empty where it asks for nothing."""
    lines = []
    if style.words is not None:
        lines.append(f"- Length: about {style.words} words in all.")
    if style.tone:
        lines.append(f"- Tone: {style.tone.strip().rstrip('.')}.")
    if style.banned_words:
        lines.append(f"- Never use these words: {', '.join(style.banned_words)}.")
    if style.instructions:
        lines.append(f"- {style.instructions.strip()}")
    return "\n".join(["House style:", *lines]) if lines else ""


def _check_folder(folder: Path, builtin: Path) -> None:
    if not folder.is_dir():
        raise ResourceError(f"the prompts folder {folder} is no folder")
    known = sorted(path.relative_to(builtin).as_posix() for path in builtin.rglob("*.*") if path.is_file())
    found = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.suffix in _SUFFIXES]
    strange = sorted(set(found) - set(known) - {"README.md"})
    if strange:
        near = process.extractOne(strange[0], known, score_cutoff=60)
        meant = f"Did you mean {near[0]}? " if near else ""
        raise ResourceError(
            f"the prompts folder {folder} has files that no prompt has: {', '.join(strange)}",
            hint=f"{meant}Files that it can have: {', '.join(known)}.",
        )
    if not set(found) & set(known):
        raise ResourceError(
            f"the prompts folder {folder} has no prompt file in it",
            hint=f"Files that it can have: {', '.join(known)}.",
        )


_SUFFIXES = (".md", ".toml")
