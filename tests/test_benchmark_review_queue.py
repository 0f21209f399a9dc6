"""The queue's benchmark on a small scale: what it says must never be wrong, is not."""

import json
import subprocess
import sys

import pytest

from tests.groups import ROOT


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_nothing_is_lost_or_given_twice_and_what_was_killed_comes_back(
    database: str, request: pytest.FixtureRequest
) -> None:
    small = ["--items", "60", "--many", "200", "--kills", "1", "--processes", "3", "--no-targets", "--json"]
    where = ["--database", database]
    if database == "postgres":
        where += ["--postgres", request.getfixturevalue("postgres_queue_url")]
    done = subprocess.run(
        [sys.executable, "benchmarks/review_queue.py", *small, *where],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["wrong"] == []
    assert [figure["phase"] for figure in found["figures"]] == [
        "leases",
        "leases",
        "work",
        "work",
        "look",
        "kill",
    ]
    killed = found["figures"][-1]
    assert killed["killed"] >= 1
    assert killed["acknowledged"] >= killed["acknowledged_and_missing"] == 0
    assert killed["leases_that_did_not_come_back"] == killed["not_decided_once"] == 0
