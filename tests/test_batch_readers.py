"""What is named -> records."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from summarizer.batch.readers import Reader, field_map
from summarizer.batch.records import Fields, Input, article_of, packed, shown_id
from summarizer.errors import InputError, SettingsError, SourceError

TEXT = "The harbour board of Tolvik voted on Monday to repair the old pier before the winter storms come."
OTHER = "The water utility of Karsholt said on Friday that it would replace 40 kilometres of pipes by June."


def read(*inputs: object, **more: Any) -> list[Input]:
    return list(Reader([str(one) for one in inputs], **more))


def texts(found: list[Input]) -> list[str]:
    return [article_of(packed(one.body)).text if one.body else f"! {one.error}" for one in found]


def jsonl(*rows: dict[str, Any]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


@pytest.mark.parametrize(
    ("name", "data", "ids"),
    [
        pytest.param(
            "a.jsonl", jsonl({"id": "x", "text": TEXT}, {"id": 7, "text": OTHER}), ["x", "7"], id="json lines"
        ),
        pytest.param(
            "a.jsonl",
            b"\xef\xbb\xbf" + jsonl({"id": "x", "text": TEXT}) + b"\n\n",
            ["x"],
            id="mark, blank lines",
        ),
        pytest.param("a.csv", f"id,text\r\nx,{TEXT}\r\n".encode(), ["x"], id="csv"),
        pytest.param("a.csv", f"\ufeffid;Text\nx;{TEXT}\n".encode(), ["x"], id="csv, semicolons and a mark"),
        pytest.param(
            "a.csv",
            f'id,text\nx,"{TEXT}\n\nAnd so on, they said."\ny,{OTHER}\n'.encode(),
            ["x", "y"],
            id="lines in a cell",
        ),
        pytest.param("a.tsv", f"id\ttext\nx\t{TEXT}\n".encode(), ["x"], id="tabs"),
        pytest.param("a.json", json.dumps({"document_id": "d", "text": TEXT}).encode(), ["d"], id="json"),
        pytest.param("a.md", f"---\nid: m\n---\n{TEXT}\n".encode(), ["m"], id="front matter"),
        pytest.param(
            "a.jsonl",
            jsonl({"id": "x", "version": 2, "text": TEXT}, {"id": "x", "version": 3, "text": OTHER}),
            ["x", "x"],
            id="versions",
        ),
    ],
)
def test_ids_that_are_given(tmp_path: Path, name: str, data: bytes, ids: list[str]) -> None:
    (tmp_path / name).write_bytes(data)
    found = read(tmp_path / name)
    assert [shown_id(one.id) for one in found] == ids
    assert len({one.id for one in found}) == len(found)
    assert texts(found)[0].startswith("The harbour board")


def test_parquet(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    table = pyarrow.table({"key": ["p1", "p2"], "body_text": [TEXT, OTHER], "when": [None, None]})
    parquet.write_table(table, tmp_path / "a.parquet")
    found = read(tmp_path / "a.parquet", fields={"text": "body_text", "id": "key"})
    assert [one.id for one in found] == ["p1", "p2"]
    assert texts(found) == [TEXT, OTHER]
    (tmp_path / "b.parquet").write_bytes(b"nonsense")
    assert "not Parquet" in texts(read(tmp_path / "b.parquet"))[0]


def test_ids_come_from_the_content_where_none_is_given(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    (tmp_path / "b.txt").write_text(TEXT)
    (tmp_path / "c.html").write_text(f"<html><body><article><p>{OTHER}</p></article></body></html>")
    found = read(tmp_path)
    assert found[0].id == found[1].id != found[2].id
    assert len(found[0].id) == 32
    assert texts(found) == [TEXT, TEXT, OTHER]


def test_folders_and_globs(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.txt").write_text(TEXT)
    (tmp_path / "b.jsonl").write_bytes(jsonl({"text": OTHER}))
    assert len(read(tmp_path)) == 2
    assert len(read(f"{tmp_path}/**/*.txt")) == 1
    with pytest.raises(SourceError, match="no file has such a name"):
        read(f"{tmp_path}/*.html")


@pytest.mark.parametrize(
    ("data", "form", "ids"),
    [
        pytest.param(
            jsonl({"id": "x", "text": TEXT}, {"id": "y", "text": OTHER}), None, ["x", "y"], id="lines"
        ),
        pytest.param(jsonl({"id": "x", "text": TEXT}), None, ["x"], id="one line"),
        pytest.param(f"id,text\nx,{TEXT}\n".encode(), "csv", ["x"], id="csv, as said"),
    ],
)
def test_standard_input(data: bytes, form: str | None, ids: list[str]) -> None:
    found = read("-", stdin=io.BytesIO(data), stdin_format=form)
    assert [one.id for one in found] == ids


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(TEXT.encode(), id="text"),
        pytest.param(json.dumps({"text": TEXT}, indent=1).encode(), id="an object over several lines"),
    ],
)
def test_one_article_on_standard_input(data: bytes) -> None:
    assert texts(read("-", stdin=io.BytesIO(data))) == [TEXT]


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        pytest.param("a.jsonl", b"{broken\n", "not valid JSON", id="broken line"),
        pytest.param("a.jsonl", b"[1]\n", "not one object", id="an array"),
        pytest.param("a.jsonl", b'{"text": "\xff"}\n', "not UTF-8", id="bytes"),
        pytest.param(
            "a.csv", f"id,text\nx,{TEXT},extra\n".encode(), "3 cells, and 2 columns", id="too many cells"
        ),
        pytest.param("a.csv", b"id,text\nx,caf\xe9\n", "not UTF-8", id="csv in Latin-1"),
        pytest.param("a.jsonl", jsonl({"id": "x", "content": TEXT}), "no field 'body'", id="no such column"),
    ],
)
def test_a_bad_row_is_told_with_its_place_and_stops_no_other(
    tmp_path: Path, name: str, data: bytes, said: str
) -> None:
    good = jsonl({"body": OTHER}) if name == "a.jsonl" else b""
    (tmp_path / name).write_bytes(data + good)
    found = read(tmp_path / name, fields={"text": "body"} if name == "a.jsonl" else {})
    assert said in str(found[0].error)
    assert f"{name}:" in str(found[0].error)
    assert len(found) == (2 if good else 1)
    assert all(one.error is None for one in found[1:])


def test_fields_are_mapped_also_from_inside(tmp_path: Path) -> None:
    row = {"story": {"id": 5, "body": TEXT}, "text": "a teaser", "headline": "Pier"}
    (tmp_path / "a.jsonl").write_bytes(jsonl(row))
    (one,) = read(tmp_path / "a.jsonl", fields={"text": "story.body", "id": "story.id"})
    assert one.id == "5"
    article = article_of(packed(one.body)) if one.body else None
    assert article is not None
    assert (article.text, article.title, article.document_id) == (TEXT, "Pier", "5")


def test_what_makes_no_article_changes_nothing() -> None:
    first = Input.of_fields({"text": TEXT, "exported_at": "10:00"}, "a")
    second = Input.of_fields({"text": TEXT, "exported_at": "11:00", "title": ""}, "b")
    assert first.content == second.content
    assert isinstance(first.body, Fields)
    assert Input.of_fields({"text": TEXT, "title": "New"}, "a").content != first.content


@pytest.mark.parametrize(
    ("given", "said"),
    [
        pytest.param(["text"], "maps nothing", id="no sign"),
        pytest.param(["=body"], "maps nothing", id="no name"),
        pytest.param(["txt=body"], "no field 'txt'", id="unknown"),
    ],
)
def test_fields_that_cannot_be(tmp_path: Path, given: list[str], said: str) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    with pytest.raises(SettingsError, match=said):
        Reader([str(tmp_path)], field_map(given))


def test_lines_without_end_are_passed_over(tmp_path: Path) -> None:
    long = json.dumps({"text": "x" * 5000}).encode()
    (tmp_path / "a.jsonl").write_bytes(long + b"\n" + jsonl({"id": "y", "text": OTHER}))
    found = read(tmp_path / "a.jsonl", most_bytes=1000)
    assert "a line of more than" in str(found[0].error)
    assert found[1].id == "y"


def test_an_input_that_is_not_there() -> None:
    with pytest.raises(InputError, match="no such file"):
        read("nowhere.jsonl")
