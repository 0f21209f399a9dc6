"""The newsroom suite: articles and statements of our own, half of them with one error of a named type."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from summarizer.article import Article
from summarizer.checker import check_statements
from summarizer.flags import ERROR_TYPE_CODES, FlagCode
from summarizer.report import Flag, Statement, StatementKind

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Row:
    """One statement. ``right`` is a kind of right statement, or ``wrong`` the type of its one error."""

    id: str
    text: str
    right: str | None = None
    wrong: str | None = None
    words: str | None = None  # what is wrong in it, as it stands there
    note: str | None = None
    kind: str = "summary"

    @property
    def statement(self) -> Statement:
        return Statement(self.id, StatementKind(self.kind), self.text)


@dataclass(frozen=True)
class Story:
    """An article with its statements."""

    name: str
    language: str
    published: date
    title: str
    text: str
    rows: tuple[Row, ...]

    @property
    def article(self) -> Article:
        return Article.from_text(
            self.text, title=self.title, published=self.published, language=self.language
        )


@dataclass(frozen=True)
class Scored:
    """What the checker says of a row."""

    language: str
    row: Row
    flags: tuple[Flag, ...]

    @property
    def codes(self) -> frozenset[FlagCode]:
        return frozenset(flag.code for flag in self.flags)

    @property
    def named(self) -> bool:
        """Whether a flag has a code that answers the error."""
        return bool(self.codes & set(ERROR_TYPE_CODES.get(self.row.wrong or "", ())))


def stories(part: str) -> list[Story]:
    """Those of one half: ``open`` or ``kept_aside``."""
    return [_story(path) for path in sorted((FOLDER / part).glob("*.toml"))]


def _story(path: Path) -> Story:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    rows = tuple(Row(**statement) for statement in data["statement"])
    return Story(path.stem, data["language"], data["published"], data["title"], data["article"].strip(), rows)


def scored(part: str) -> Iterator[Scored]:
    """Every row of a half with the flags it gets."""
    for story in stories(part):
        findings = check_statements(story.article, [row.statement for row in story.rows])
        for row, finding in zip(story.rows, findings, strict=True):
            yield Scored(story.language, row, finding.flags)
