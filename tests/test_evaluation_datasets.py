"""Labelled statements from files: what is read, what is left out and counted, what is refused."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from summarizer.errors import SourceError
from summarizer.evaluation import datasets
from summarizer.report import StatementKind

ARTICLE = (
    "The council of Marden voted on Monday to repair the old bridge for $6.2 million. Work begins in May."
)
OTHER = "A storm cut the power of nine thousand homes in Havel on Sunday night, the grid operator said."


def rows_in(path: Path, *rows: Any) -> Path:
    text = "\n".join(json.dumps(row) for row in rows) + "\n"
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text, encoding="utf-8")
    return path


def row(**more: Any) -> dict[str, Any]:
    return {"article": ARTICLE, "claim": "The bridge gets repaired.", "label": 1} | more


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.jsonl.gz"])
def test_a_row_as_it_is_written(tmp_path: Path, name: str) -> None:
    given = row(id="a1", dataset="ours", label=0, article_key="k", error_types=["number"], language="en")
    (found,) = datasets.read([rows_in(tmp_path / name, given)]).rows
    assert (found.id, found.dataset, found.key, found.kinds) == ("a1", "ours", "k", ("number",))
    assert found.wrong and found.language == "en" and found.granularity == datasets.ONE_SENTENCE


def test_what_a_row_may_leave_out(tmp_path: Path) -> None:
    path = rows_in(tmp_path / "rows.jsonl.gz", row(), row(article=OTHER), row(article=ARTICLE + "\r\n"))
    first, second, third = datasets.read([path]).rows
    assert (first.id, first.dataset) == ("rows.jsonl.gz:1", "rows")
    assert first.key != second.key
    assert first.key == datasets.key_of(ARTICLE) and third.id == "rows.jsonl.gz:3"


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        pytest.param({"filler": True}, "filler", id="chat"),
        pytest.param({"ambiguous": True}, "ambiguous", id="annotators did not agree"),
        pytest.param({"article": "Too short."}, "unreadable", id="no article"),
        pytest.param({"claim": " …!"}, "unreadable", id="no word"),
    ],
)
def test_what_is_left_out_is_counted(tmp_path: Path, more: dict[str, Any], reason: str) -> None:
    loaded = datasets.read([rows_in(tmp_path / "rows.jsonl", row(), row(**more), row(**more))])
    assert len(loaded.rows) == 1
    assert loaded.left_out == {reason: 2}


def test_a_summary_becomes_its_sentences(tmp_path: Path) -> None:
    text = "The bridge gets repaired. It costs $6.2 million."
    (found,) = datasets.read([rows_in(tmp_path / "s.jsonl", row(claim=text, granularity="summary"))]).rows
    assert [one.text for one in found.statements("en")] == text.replace(". ", ".\n").split("\n")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(b'{"article": 1, "claim": "x", "label": 1}\n', "line 1: a row needs", id="no text"),
        pytest.param(b'{"article": "x", "claim": "x", "label": 2}\n', "line 1: a row needs", id="no label"),
        pytest.param(b"[1]\n", "line 1: not an object", id="no object"),
        pytest.param(b'{"article": \n', "not JSON Lines", id="half a line"),
        pytest.param(b"[" * 100_000, "not JSON Lines", id="deep"),
        pytest.param(b"\xff\xfe\n", "cannot be read", id="no text at all"),
        pytest.param(b"\n\n", "no labelled row", id="empty"),
    ],
)
def test_what_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=words):
        datasets.read([path])


def test_files_that_are_not_there_or_not_gzip(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="there is no such file"):
        datasets.read([tmp_path / "none.jsonl"])
    broken = tmp_path / "rows.jsonl.gz"
    broken.write_bytes(gzip.compress(b"{}" * 1000)[:20])
    with pytest.raises(SourceError, match="cannot be read"):
        datasets.read([broken])


def ragtruth(folder: Path, **more: Any) -> list[Path]:
    text = "Sure, here is it:\nThe council voted on Monday. Work begins in June."
    at = text.index("in June")
    response = {
        "id": "7", "source_id": "s1", "response": text, "quality": "good",
        "labels": [{"start": at, "end": at + 7, "label_type": "Evident Conflict"}],
    }  # fmt: skip
    sources = [
        {"source_id": "s1", "task_type": "Summary", "source_info": ARTICLE},
        {"source_id": "s2", "task_type": "QA", "source_info": {"question": "?"}},
    ]
    responses = [
        response | more,
        response | {"id": "8", "source_id": "s2"},
        response | {"id": "9", "quality": "truncated"},
    ]
    return [
        rows_in(folder / "response.jsonl", *responses),
        rows_in(folder / "source_info.jsonl", *sources),
    ]


def test_ragtruths_two_files_become_sentences(tmp_path: Path) -> None:
    loaded = datasets.read(ragtruth(tmp_path))
    assert [(r.text, r.wrong, r.kinds) for r in loaded.rows] == [
        ("The council voted on Monday.", False, ()),
        ("Work begins in June.", True, ("Evident Conflict",)),
    ]
    assert {r.dataset for r in loaded.rows} == {"ragtruth"}
    assert {r.key for r in loaded.rows} == {datasets.key_of(ARTICLE)}
    assert loaded.left_out == {"filler": 1, "another task": 1, "truncated": 1}


def test_one_of_ragtruths_files_alone_is_refused(tmp_path: Path) -> None:
    response, _ = ragtruth(tmp_path)
    with pytest.raises(SourceError, match="belong together") as caught:
        datasets.read([response])
    assert caught.value.hint == "Name both: response.jsonl source_info.jsonl"


STORY = f"""
title = "Bridge"
published = 2026-11-12
language = "en"
article = "{ARTICLE}"
[[statement]]
id = "a"
text = "The bridge gets repaired."
right = "paraphrase"
[[statement]]
id = "b"
text = "Work begins in June."
wrong = "date_time"
kind = "headline"
"""


def test_a_folder_is_a_suite(tmp_path: Path) -> None:
    (tmp_path / "en-bridge.toml").write_text(STORY, encoding="utf-8")
    right, wrong = datasets.read([tmp_path]).rows
    assert (right.id, right.wrong, right.key) == ("en-bridge-a", False, "en-bridge")
    assert (wrong.kinds, wrong.kind) == (("date_time",), StatementKind.HEADLINE)
    assert wrong.published == "2026-11-12" and wrong.title == "Bridge"
    assert right.read_article().language == "en"


@pytest.mark.parametrize(
    "story",
    ["", 'article = 1\nstatement = [{id = "a", text = "b"}]', STORY.replace('"headline"', '"poem"'), "="],
)
def test_a_suite_that_is_none(tmp_path: Path, story: str) -> None:
    with pytest.raises(SourceError, match=r"no \.toml file"):
        datasets.read([tmp_path])
    (tmp_path / "story.toml").write_text(story, encoding="utf-8")
    with pytest.raises(SourceError, match="no story of a newsroom suite"):
        datasets.read([tmp_path])
