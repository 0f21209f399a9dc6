"""What every test has: no network, cassettes, the fixtures' folder, and real services where asked for."""

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests import groups, network, services


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(groups.GroupReport(groups.GROUPS, ci=groups.is_ci(os.environ)))


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        network.block(patch)
        yield


@pytest.fixture(scope="session")
def _caches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Names of folders, a new one each time; none of them exists yet."""
    folder = tmp_path_factory.mktemp("caches")
    return (folder / str(number) for number in count())


@pytest.fixture(autouse=True)
def _own_cache(_caches: Iterator[Path]) -> Iterator[None]:
    """No test reads or writes the user's stored answers or queue, or another test's."""
    folder = next(_caches)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SUMMARIZER_CACHE_FILE", str(folder / "answers.sqlite"))
        patch.setenv("SUMMARIZER_QUEUE", str(folder / "queue.sqlite"))
        for name in ("XDG_CACHE_HOME", "XDG_DATA_HOME"):  # for tests that take all our settings away
            patch.setenv(name, str(folder))
        yield


@pytest.fixture(scope="module")
def vcr_config() -> dict[str, Any]:
    return {
        "record_mode": "none",  # scripts/record-cassettes records, a test run never does
        "match_on": ["method", "path", "body"],
        "filter_headers": ["authorization"],
        "decode_compressed_response": True,
    }


@pytest.fixture(scope="module")
def vcr_cassette_dir() -> str:
    return str(groups.ROOT / "fixtures" / "cassettes")


@pytest.fixture(scope="session")
def articles() -> Path:
    return groups.ROOT / "fixtures" / "articles"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Evaluation data, which is no part of the project; for tests of the group `shared_data`."""
    return groups.shared_data_dir()


@pytest.fixture(scope="session")
def chromium() -> services.Chromium:
    """For tests of the group `browser`."""
    program = services.find_chromium()
    assert program, "a test that uses this fixture is marked with @pytest.mark.browser"
    return services.Chromium(program)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """For tests of the group `postgres`: a server of this run's own."""
    with services.postgres_server() as url:
        yield url


@pytest.fixture(scope="session")
def _postgres_queue(postgres_url: str) -> str:
    """The URL of a database with the queue's tables."""
    import psycopg

    from summarizer.review.store import Store

    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE queue")
    url = f"{postgres_url.rpartition('/')[0]}/queue"
    Store(url, upgrade=True).close()
    return url


@pytest.fixture
def postgres_queue_url(_postgres_queue: str) -> str:
    """For tests of the group `postgres`: an empty queue."""
    import psycopg

    from summarizer.review.tables import metadata

    with psycopg.connect(_postgres_queue, autocommit=True) as connection:
        connection.execute(f"TRUNCATE {', '.join(metadata.tables)} RESTART IDENTITY")
    return _postgres_queue


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def queue_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty queue, once in SQLite and once in PostgreSQL."""
    if request.param == "sqlite":
        return str(tmp_path / "queue.sqlite")
    return str(request.getfixturevalue("postgres_queue_url"))
