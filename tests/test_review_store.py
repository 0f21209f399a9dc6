"""Where the queue is kept: URLs, files that are none of ours, migrations from every revision, what is logged."""

import logging
import os
import sqlite3
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from summarizer.errors import MissingExtra, QueueUnavailable
from summarizer.review import upgrading
from summarizer.review.queue import Lease, Queue
from summarizer.review.store import APPLICATION_ID, Store, parse_url
from summarizer.review.tables import REVISION, articles, metadata
from tests.review_data import made

REVISIONS = upgrading.revisions()


# --- URLs


@pytest.mark.parametrize(
    ("text", "driver", "database"),
    [
        pytest.param("queue.sqlite", "sqlite", "queue.sqlite", id="a file"),
        pytest.param("~/queue.sqlite", "sqlite", str(Path.home() / "queue.sqlite"), id="at home"),
        pytest.param("sqlite:///queue.sqlite", "sqlite", "queue.sqlite", id="a file as URL"),
        pytest.param("sqlite:////data/q.sqlite", "sqlite", "/data/q.sqlite", id="an absolute one"),
        pytest.param("postgresql://me:pw@db/q", "postgresql+psycopg", "q", id="postgresql"),
        pytest.param("postgres://db/q", "postgresql+psycopg", "q", id="postgres"),
        pytest.param("postgresql+psycopg://db/q", "postgresql+psycopg", "q", id="with its driver"),
    ],
)
def test_urls(text: str, driver: str, database: str) -> None:
    url = parse_url(text)
    assert (url.drivername, url.database) == (driver, database)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "a\0b",
        "sqlite://",
        "sqlite:///:memory:",
        "mysql://me:pw@db/q",
        "http://me:pw@db/q",
        "://",
        "postgresql+asyncpg://db/q",
    ],
)
def test_what_is_no_queue(text: str) -> None:
    with pytest.raises(QueueUnavailable) as caught:
        Store(text)
    assert "pw" not in str(caught.value)


# --- files


def test_a_new_file_is_ours_alone_and_has_all_tables(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "queue.sqlite"
    with pytest.raises(QueueUnavailable, match="there is no queue"):
        Store(str(path), create=False)
    with Store(str(path)) as store:
        assert store.revision() == REVISION
        assert store.path == path
        modes = {one.name: one.stat().st_mode & 0o777 for one in path.parent.iterdir()}
    assert set(modes.values()) == {0o600}
    assert path.parent.stat().st_mode & 0o777 == 0o700
    with sqlite3.connect(path) as raw:
        assert raw.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert raw.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
    raw.close()


@pytest.mark.parametrize(
    "kind", ["text", "short", "another program's", "a folder", "newer", "a folder that cannot be made"]
)
def test_files_that_are_no_queue_stay_as_they_are(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "queue.sqlite"
    if kind == "text":
        path.write_text("The minutes of the meeting of Monday", encoding="utf-8")
    elif kind == "short":
        path.write_bytes(b"no")
    elif kind == "a folder":
        path.mkdir()
    elif kind == "a folder that cannot be made":
        path.write_bytes(b"")
        path = path / "queue.sqlite"
    else:
        if kind == "newer":
            Store(str(path)).close()
        with sqlite3.connect(path) as raw:
            if kind == "newer":
                raw.execute("UPDATE alembic_version SET version_num = '9999'")
            else:
                raw.execute("CREATE TABLE recipes (name)")
        raw.close()
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(QueueUnavailable) as caught:
        Store(str(path))
    assert str(path) in str(caught.value)
    assert caught.value.hint
    assert (path.read_bytes() if path.is_file() else None) == before


def test_a_file_that_another_program_writes_to_is_busy_and_not_broken(tmp_path: Path) -> None:
    path = tmp_path / "queue.sqlite"
    with Store(str(path), busy_timeout_s=0.05) as store:
        raw = sqlite3.connect(path, isolation_level=None)
        raw.execute("BEGIN IMMEDIATE")
        with pytest.raises(QueueUnavailable, match="locked") as caught, store.writing():
            pass
        assert "try again" in str(caught.value.hint)
        raw.execute("ROLLBACK")
        raw.close()
        with store.writing() as connection:
            assert connection.exec_driver_sql("SELECT 1").scalar_one() == 1


@pytest.mark.parametrize(("durable", "level"), [(True, 2), (False, 1)])
def test_decisions_survive_a_loss_of_power_and_leases_need_not(
    tmp_path: Path, durable: bool, level: int
) -> None:
    with Store(str(tmp_path / "queue.sqlite")) as store:
        for wanted in (not durable, durable):
            with store.writing(durable=wanted) as connection:
                found = connection.exec_driver_sql("PRAGMA synchronous").scalar_one()
        assert found == level


def test_postgres_without_its_driver_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(MissingExtra, match="psycopg") as caught:
        Store("postgresql://me:pw@127.0.0.1:1/q")
    assert caught.value.hint == "pip install 'summarizer[postgres]'"


def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(QueueUnavailable, match="cannot be used") as caught:
        Store("postgresql://me:secret@127.0.0.1:1/q")
    assert "secret" not in str(caught.value)


# --- migrations


def build(path: Path, revision: str) -> None:
    """A database of a revision, made by the migrations as that revision's program would have made it."""
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        upgrading.upgrade(connection, revision)
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
    engine.dispose()


@pytest.mark.parametrize("revision", REVISIONS)
def test_sqlite_upgrades_itself_from_every_revision(tmp_path: Path, revision: str) -> None:
    path = tmp_path / "queue.sqlite"
    build(path, revision)
    with Queue(path) as queue:
        assert queue.store.revision() == REVISION
        queue.add(made())
        lease = queue.next("ada")
        assert isinstance(lease, Lease)
        assert queue.decide(lease.item.id, "ada", "supported").item_id == lease.item.id  # type: ignore[arg-type]


@pytest.mark.postgres
@pytest.mark.parametrize("revision", [None, *REVISIONS[:-1]], ids=str)
def test_postgres_is_upgraded_when_it_is_asked_for(postgres_url: str, revision: str | None) -> None:
    name = f"upgrade_{revision or 'empty'}"
    server = sa.create_engine(parse_url(postgres_url), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    server.dispose()
    url = f"{postgres_url.rpartition('/')[0]}/{name}"
    if revision is not None:
        engine = sa.create_engine(parse_url(url))
        with engine.begin() as connection:
            upgrading.upgrade(connection, revision)
        engine.dispose()
    with pytest.raises(QueueUnavailable, match="this version works with") as caught:
        Store(url)
    assert caught.value.hint == "summarizer db upgrade --queue URL"
    with Store(url, upgrade=True) as store:
        assert store.revision() == REVISION
    Store(url).close()


def test_the_last_migration_is_the_revision_of_the_tables() -> None:
    assert REVISIONS[-1] == REVISION


def test_migrations_make_the_tables(queue_url: str) -> None:
    with Store(queue_url) as store, store.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


# --- what stays, and what is told


def test_what_was_deleted_is_nowhere_in_the_files(tmp_path: Path) -> None:
    path = tmp_path / "queue.sqlite"
    with Queue(path) as queue:
        queue.add(made())
        lease = queue.next("ada")
        assert isinstance(lease, Lease)
        queue.decide(lease.item.id, "ada", "contradicted", note="confidential remark")  # type: ignore[arg-type]
        assert b"Varn" in b"".join(one.read_bytes() for one in tmp_path.iterdir())
        queue.purge("story-1", by="ada", reason="asked for")
        left = b"".join(one.read_bytes() for one in tmp_path.iterdir())
    assert b"Varn" not in left
    assert b"confidential" not in left
    assert b"asked for" in left


def test_no_article_text_in_logs_or_errors(queue_url: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with Queue(queue_url) as queue:
        queue.add(made())
        queue.next("ada")
        row = {"document_id": "d", "article_id": "a", "added": 0.0, "body": "The Varn"}
        with pytest.raises(QueueUnavailable) as caught, queue.store.writing() as connection:
            connection.execute(sa.insert(articles), row)
            connection.execute(sa.insert(articles), row)
    assert "Varn" not in str(caught.value)
    assert "Varn" not in caplog.text


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such right")
def test_the_queue_has_a_place_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SUMMARIZER_QUEUE")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    with Queue() as queue:
        assert queue.name == str(tmp_path / "data" / "summarizer" / "queue.sqlite")
    monkeypatch.setenv("SUMMARIZER_QUEUE", "other.sqlite")
    with Queue() as queue:
        assert queue.name == "other.sqlite"
