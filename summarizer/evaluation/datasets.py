"""Labelled statements from files: evaluation rows, RAGTruth's own two files, newsroom suites.

A row of a JSON Lines file (gzip or not) has at least ``article``, ``claim`` and ``label`` (1 supported, 0
not); see ``Row`` for what else is read. A row marked ``filler`` (a model's chat, as "Sure!") or ``ambiguous``
is left out and counted. RAGTruth's ``response.jsonl`` and ``source_info.jsonl`` are given together, its
summaries of news become sentences. A folder of ``.toml`` files is a newsroom suite: an article a file, with
``[[statement]]`` tables that have a ``text`` and either ``right`` or ``wrong``.
"""

import gzip
import hashlib
import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..article import Article, normalise
from ..errors import ArticleError, SourceError
from ..external import statements as sentences_of
from ..report import Statement, StatementKind
from ..segmentation import segment

ONE_SENTENCE, SUMMARY = "sentence", "summary"
_SHARED_WITH_ALL = "any"


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled text about one article.

    ``wrong``: a person found something in it that the article does not support. ``key`` is one for all rows
    about the same article; ``kinds`` are error types; ``granularity`` ``summary`` is cut into sentences.
    """

    id: str
    dataset: str
    article: str
    text: str
    wrong: bool
    key: str
    kinds: tuple[str, ...] = ()
    granularity: str = ONE_SENTENCE
    title: str | None = None
    published: str | None = None
    language: str | None = None
    kind: StatementKind = StatementKind.EXTERNAL
    credit: str = ""

    def read_article(self) -> Article:
        return Article.from_text(
            self.article, title=self.title, published=self.published, language=self.language
        )

    def statements(self, language: str) -> tuple[Statement, ...]:
        """What gets checked: the text, or its sentences."""
        if self.granularity == SUMMARY:
            return sentences_of(self.text, language)
        return (Statement("x1", self.kind, " ".join(normalise(self.text).split())),)


@dataclass(slots=True)
class Loaded:
    """The rows of all files, in order, and how many were left out, by reason."""

    rows: list[Row] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)

    def leave_out(self, reason: str) -> None:
        self.left_out[reason] = self.left_out.get(reason, 0) + 1


def read(paths: Sequence[Path]) -> Loaded:
    """All rows. Raises SourceError for a file that cannot be read, naming the line that is wrong."""
    loaded = Loaded()
    responses = [path for path in paths if _plain_name(path) == "response.jsonl"]
    sources = [path for path in paths if _plain_name(path) == "source_info.jsonl"]
    if len(responses) != len(sources):
        raise SourceError(
            "RAGTruth's two files belong together",
            hint="Name both: response.jsonl source_info.jsonl",
        )
    for path in paths:
        if path in sources:
            continue
        if path in responses:
            _ragtruth(path, sources[responses.index(path)], loaded)
        elif path.is_dir():
            _suite(path, loaded)
        else:
            for number, data in _lines(path):
                _row(data, path, number, loaded)
    if not loaded.rows:
        raise SourceError("there is no labelled row in what was named", hint="summarizer eval --help")
    return loaded


def _plain_name(path: Path) -> str:
    return path.name.removesuffix(".gz")


def _lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rt", encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                data = json.loads(line)
                if not isinstance(data, dict):
                    raise SourceError(f"{path}, line {number}: not an object")
                yield number, data
    except FileNotFoundError as error:
        raise SourceError(f"{path}: there is no such file") from error
    except (OSError, EOFError, UnicodeError) as error:
        raise SourceError(f"{path} cannot be read: {error}") from error
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{path}: not JSON Lines: {error}") from error


def _row(data: Mapping[str, Any], path: Path, number: int, loaded: Loaded) -> None:
    for reason in ("filler", "ambiguous"):
        if data.get(reason):
            loaded.leave_out(reason)
            return
    article, text, label = data.get("article"), data.get("claim"), data.get("label")
    if not isinstance(article, str) or not isinstance(text, str) or label not in (0, 1):
        raise SourceError(
            f"{path}, line {number}: a row needs article and claim as text, and label 0 or 1",
            hint="summarizer eval --help",
        )
    _add(
        loaded,
        Row(
            id=str(data.get("id") or f"{path.name}:{number}"),
            dataset=str(data.get("dataset") or _plain_name(path).removesuffix(".jsonl")),
            article=article,
            text=text,
            wrong=label == 0,
            key=str(data.get("article_key") or key_of(article)),
            kinds=tuple(map(str, data.get("error_types") or ())),
            granularity=SUMMARY if data.get("granularity") == SUMMARY else ONE_SENTENCE,
            language=data.get("language"),
        ),
    )


def _add(loaded: Loaded, row: Row) -> None:
    try:
        row.read_article()
        if not any(character.isalnum() for character in row.text):
            raise ArticleError("nothing in it")
    except ArticleError:
        loaded.leave_out("unreadable")
        return
    loaded.rows.append(row)


def key_of(article: str) -> str:
    return hashlib.sha256(normalise(article).encode()).hexdigest()[:12]


def _ragtruth(responses: Path, sources: Path, loaded: Loaded) -> None:
    """Sentences of the summaries of news; one is wrong when a marked span lies in it."""
    articles = {
        str(data["source_id"]): str(data["source_info"])
        for _, data in _lines(sources)
        if data.get("task_type") == "Summary" and "source_id" in data and "source_info" in data
    }
    for number, data in _lines(responses):
        article = articles.get(str(data.get("source_id")))
        if article is None:
            loaded.leave_out("another task")
            continue
        if data.get("quality", "good") != "good":
            loaded.leave_out(str(data["quality"]))
            continue
        text = str(data.get("response", ""))
        spans = [
            (int(span["start"]), int(span["end"]), str(span.get("label_type", "")))
            for span in data.get("labels", ())
        ]
        for place, piece in enumerate(segment(text, "en")):
            sentence = text[piece.start : piece.end]
            if place == 0 and sentence.rstrip().endswith(":"):  # "Sure, here is a summary:"
                loaded.leave_out("filler")
                continue
            hit = [kind for start, end, kind in spans if start < piece.end and end > piece.start]
            _add(
                loaded,
                Row(
                    id=f"{data.get('id', number)}-s{place}",
                    dataset="ragtruth",
                    article=article,
                    text=sentence,
                    wrong=bool(hit),
                    key=key_of(article),
                    kinds=tuple(dict.fromkeys(hit)),
                    language="en",
                ),
            )


def _suite(folder: Path, loaded: Loaded) -> None:
    files = sorted(folder.glob("*.toml"))
    if not files:
        raise SourceError(f"{folder}: no .toml file in it")
    for path in files:
        try:
            story = tomllib.loads(path.read_text(encoding="utf-8"))
            rows = [
                Row(
                    id=f"{path.stem}-{said['id']}",
                    dataset=f"newsroom {folder.name}",
                    article=story["article"].strip(),
                    text=said["text"],
                    wrong=bool(said.get("wrong")),
                    key=path.stem,
                    kinds=(said["wrong"],) if said.get("wrong") else (),
                    title=story.get("title"),
                    published=str(story["published"]) if "published" in story else None,
                    language=story.get("language"),
                    kind=StatementKind(said.get("kind", "summary")),
                )
                for said in story["statement"]
            ]
        # What is no text where one must be, or no table, shows as AttributeError or TypeError.
        except (OSError, KeyError, ValueError, AttributeError, TypeError) as error:
            raise SourceError(f"{path}: no story of a newsroom suite: {error}") from error
        for row in rows:
            _add(loaded, row)
