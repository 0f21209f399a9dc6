"""Prompts are files: one folder a task, ``$name`` placeholders, a hash of what was sent.

Layout of a prompts folder::

    common/system.md, common/article.md     the same for every task, so that a provider's prefix cache
                                            pays for system and article once
    TASK/user.md, TASK/meta.toml            the task; meta: version, schema, max_tokens
    compact/TASK/…                          the same for very small models: one message, no JSON

The article stands behind a fence made from its own hash: the same article always gives the same
prompt, and no article can close its fence.
"""

import hashlib
import re
import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import msgspec

from .article import Article, Sentence, SentenceKind
from .errors import ResourceError


class Meta(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A task's ``meta.toml``. ``schema`` names a file in ``schemas/``; None asks for plain text."""

    version: int
    max_tokens: int
    schema: str | None = None


@dataclass(frozen=True, slots=True)
class Prompt:
    """A loaded task. ``system`` and ``article`` are None in the compact profile."""

    task: str
    meta: Meta
    user: str
    system: str | None = None
    article: str | None = None

    def render(
        self, article: Article, sentences: tuple[Sentence, ...], variables: Mapping[str, object]
    ) -> "Rendered":
        """Fill the placeholders.

        Raises ResourceError that names every placeholder without a value and every value without a
        placeholder.
        """
        if self.article is None:
            values = {"article": running(sentences), **variables}
            return Rendered(None, _fill(self.task, self.user, values))
        block = _fill(
            "common/article",
            self.article,
            {
                "fence": fence(article),
                "headline": _headline(article),
                "article": numbered(sentences),
            },
        )
        task = _fill(self.task, self.user, variables)
        return Rendered(
            None if self.system is None else self.system.strip(), f"{block.strip()}\n\n{task.strip()}"
        )


@dataclass(frozen=True, slots=True)
class Rendered:
    """What is sent. ``hash`` is 16 hex digits of SHA-256 over all of it."""

    system: str | None
    user: str

    @property
    def hash(self) -> str:
        return hashlib.sha256(f"{self.system or ''}\x1f{self.user}".encode()).hexdigest()[:16]


def load(folder: Path, task: str, *, compact: bool = False) -> Prompt:
    """A task's prompt. Raises ResourceError for a file that is missing or wrong."""
    place = folder / "compact" / task if compact else folder / task
    try:
        meta = msgspec.convert(tomllib.loads(_read(place / "meta.toml")), Meta)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ResourceError(f"{place / 'meta.toml'}: {error}") from error
    user = _read(place / "user.md").strip()
    if compact:
        return Prompt(task, meta, user)
    common = folder / "common"
    return Prompt(task, meta, user, _read(common / "system.md"), _read(common / "article.md"))


def fence(article: Article) -> str:
    """A line that the article does not contain, from its own hash; salted again while it does."""
    salt = 0
    while True:
        digest = hashlib.sha256(f"{salt}:{article.id}".encode()).hexdigest()[:16]
        line = f"=====ARTICLE-{digest}====="
        if digest not in article.text and digest not in (article.title or ""):
            return line
        salt += 1


def running(sentences: tuple[Sentence, ...]) -> str:
    """The plain text: sentences of a paragraph behind each other, a blank line between paragraphs."""
    paragraphs = groupby(sentences, key=lambda sentence: sentence.paragraph)
    return "\n\n".join(" ".join(model_copy(s.text) for s in group) for _, group in paragraphs)


def numbered(sentences: tuple[Sentence, ...]) -> str:
    """One sentence a line behind its number, a blank line between paragraphs."""
    lines: list[str] = []
    paragraph = sentences[0].paragraph if sentences else 0
    for sentence in sentences:
        if sentence.paragraph != paragraph:
            lines.append("")
            paragraph = sentence.paragraph
        lines.append(f"[{sentence.number}] {model_copy(sentence.text)}")
    return "\n".join(lines)


# Characters that a reader cannot see and a model can: tags, variation selectors, zero width.
_INVISIBLE = re.compile("[\U000e0000-\U000e007f\ufe00-\ufe0f\u200b-\u200d\u2060]")


def model_copy(text: str) -> str:
    """A sentence as the model sees it: on one line, nothing invisible in it.

    No way back to offsets is needed: models cite sentence numbers, never text.
    """
    return " ".join(_INVISIBLE.sub("", text).split())


def _headline(article: Article) -> str:
    """The title, where it is not itself the first numbered sentence."""
    if not article.title or article.sentences[0].kind is SentenceKind.HEADLINE:
        return ""
    return f"Headline: {model_copy(article.title)}\n"


def _fill(name: str, template: str, values: Mapping[str, object]) -> str:
    wanted = set(string.Template(template).get_identifiers())
    missing, unused = sorted(wanted - values.keys()), sorted(values.keys() - wanted)
    if missing or unused:
        parts = [f"no value for {', '.join(f'${m}' for m in missing)}"] if missing else []
        parts += [f"no placeholder for {', '.join(unused)}"] if unused else []
        raise ResourceError(f"prompt {name}: {'; '.join(parts)}")
    try:
        return string.Template(template).substitute(values)
    except ValueError as error:
        raise ResourceError(f"prompt {name}: {error}; write $$ for a dollar sign") from error


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        raise ResourceError(
            f"prompt file {path} cannot be read: {error}",
            hint="A prompts folder needs the same files as the built-in one.",
        ) from error
