"""The file of stored answers: what is in it, leases, and going on without it where it cannot be used."""

import asyncio
import logging
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.errors import SettingsError
from summarizer.llm.answer_file import APPLICATION_ID, AnswerFile, CacheInfo, NotACache, is_final, packed
from summarizer.llm.answer_store import AnswerStore
from summarizer.llm.answer_thread import Absent, AnswerThread, Job, Lease, Work
from summarizer.llm.cache import CachedModel, request_key
from summarizer.llm.model import Answer, Message, Request
from summarizer.report import AnswerState, Usage
from summarizer.testing import ScriptedModel
from tests.groups import ROOT

REQUEST = Request("summary", (Message("user", "the words of the article"),), 600)
GOOD = Answer(AnswerState.OK, "the words of the answer", "big", usage=Usage(900, 80, 0), cost_usd=0.25)
NOW = 1_700_000_000.0
DAY = 86_400.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "answers.sqlite"


async def fill(store: AnswerStore, *answers: Answer, name: str = "big", identity: str = "m") -> None:
    for number, answer in enumerate(answers):
        await store.put(f"{name} {number}".encode(), answer, identity=identity, name=name)
    store.close()


def stored_bytes(path: Path) -> bytes:
    return b"".join(part.read_bytes() for part in path.parent.iterdir())


# --- what is in the file

anything = st.text(st.characters(exclude_categories=()))
answers = st.builds(
    Answer,
    state=st.sampled_from(AnswerState),
    text=anything,
    model=anything,
    attempts=st.integers(),
    seconds=st.floats(allow_nan=False),
    usage=st.builds(Usage, *[st.none() | st.integers()] * 3),
    response_id=st.none() | anything,
    detail=st.none() | anything,
    cost_usd=st.none() | st.floats(allow_nan=False),
    too_long=st.booleans(),
)


@given(answers, anything, anything)
def test_any_answer_comes_back_as_it_was(answer: Answer, identity: str, name: str) -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.execute(
            "CREATE TABLE answers (key PRIMARY KEY, i TEXT, n TEXT, s TEXT, final, at, a, b, c, d, answer)"
        )
        file = AnswerFile(connection, Path("nowhere"))
        file.write(b"k", packed(answer, identity, name, NOW))
        assert file.read(b"k", final=False) == answer
        assert file.read(b"k", final=True) == (answer if is_final(answer) else None)


def test_the_file_is_its_owners_alone_and_holds_no_prompt(path: Path) -> None:
    async def run() -> None:
        model = CachedModel(ScriptedModel({"summary": GOOD}), AnswerStore(path))
        await model.answer(REQUEST)
        for part in (path.parent, *path.parent.iterdir()):
            assert part.stat().st_mode & 0o077 == 0, part
        assert len(list(path.parent.iterdir())) == 3  # SQLite's two files beside it too
        found = stored_bytes(path)
        assert b"the words of the answer" in found
        assert b"article" not in found
        await model.close()

    asyncio.run(run())
    assert [part.name for part in path.parent.iterdir()] == ["answers.sqlite"]


def test_a_folder_that_is_there_keeps_its_rights(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    asyncio.run(fill(AnswerStore(tmp_path / "a.sqlite"), GOOD))
    assert tmp_path.stat().st_mode & 0o777 == 0o755


def test_a_row_that_somebody_changed_is_no_answer(path: Path) -> None:
    async def run() -> None:
        store = AnswerStore(path)
        await fill(store, GOOD)
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("""UPDATE answers SET answer = '{"state": "ok"}'""")
            connection.commit()
        lease = await store.get(b"big 0")
        assert isinstance(lease, Lease)
        await store.put(b"big 0", GOOD, identity="m", name="m", lease=lease)
        assert await store.get(b"big 0") == GOOD
        store.close()

    asyncio.run(run())


def test_what_json_cannot_hold_is_told_and_not_stored(path: Path) -> None:
    async def run() -> None:
        told: list[str] = []
        store = AnswerStore(path, warn=told.append)
        lease = await store.get(b"k")
        assert isinstance(lease, Lease)
        await store.put(b"k", replace(GOOD, attempts=10**5000), identity="m", name="m", lease=lease)
        assert len(told) == 1
        assert "cannot be stored" in told[0]
        assert isinstance(await store.get(b"k"), Lease)  # it was given back
        store.close()

    asyncio.run(run())


def test_info(path: Path) -> None:
    times = iter([NOW, NOW + DAY, NOW + 2 * DAY, NOW + 3 * DAY])
    store = AnswerStore(path, clock=lambda: next(times))
    assert store.info() == CacheInfo(str(path), 0)
    failed = Answer(AnswerState.MODEL_ERROR, "", "big", detail="HTTP 503")
    unpriced = replace(GOOD, state=AnswerState.TRUNCATED, cost_usd=None, usage=Usage(100, None))

    async def run() -> None:
        await store.put(b"1", GOOD, identity="a", name="big")
        await store.put(b"2", unpriced, identity="a", name="big")
        await store.put(b"3", GOOD, identity="b", name="small")
        await store.put(b"4", failed, identity="b", name="small")
        store.close()

    asyncio.run(run())
    assert store.info() == CacheInfo(
        path=str(path),
        bytes=path.stat().st_size,
        answers=4,
        by_state={"ok": 2, "model_error": 1, "truncated": 1},
        by_model={"big": 2, "small": 2},
        oldest="2023-11-14T22:13:20+00:00",
        newest="2023-11-17T22:13:20+00:00",
        input_tokens=1900,
        output_tokens=160,
        cost_usd=0.5,
        unpriced=1,
    )


@pytest.mark.parametrize(
    ("days", "model", "deleted"),
    [
        pytest.param(None, None, 3, id="all"),
        pytest.param(1, None, 2, id="older than a day"),
        pytest.param(0, None, 3, id="older than now"),
        pytest.param(9, None, 0, id="older than all"),
        pytest.param(float("inf"), None, 0, id="older than the world"),
        pytest.param(None, "big", 2, id="a model"),
        pytest.param(None, "nobody", 0, id="an unknown model"),
        pytest.param(1, "small", 1, id="both"),
    ],
)
def test_clear(path: Path, days: float | None, model: str | None, deleted: int) -> None:
    now = NOW
    store = AnswerStore(path, clock=lambda: now)
    assert store.clear() == 0
    words = {b"1": "first words", b"2": "second words", b"3": "third words"}

    async def run() -> None:
        nonlocal now
        for (key, text), name in zip(words.items(), ("big", "small", "big"), strict=True):
            now = NOW if key != b"3" else NOW + 2 * DAY
            await store.put(key, replace(GOOD, text=text), identity=name, name=name)
        now += 1

    asyncio.run(run())
    store.close()
    assert store.clear(days, model) == deleted
    assert store.info().answers == 3 - deleted
    found = stored_bytes(path)
    assert sum(text.encode() in found for text in words.values()) == 3 - deleted


def test_what_is_deleted_takes_no_room(path: Path) -> None:
    store = AnswerStore(path)
    asyncio.run(fill(store, *[replace(GOOD, text="x" * 10_000)] * 100))
    assert store.info().bytes > 1_000_000
    assert store.clear() == 100
    assert store.info().bytes < 50_000


@pytest.mark.parametrize("days", [float("nan"), -1])
def test_an_age_that_cannot_be_deletes_nothing(path: Path, days: float) -> None:
    store = AnswerStore(path)
    asyncio.run(fill(store, GOOD))
    with pytest.raises(SettingsError, match="no number of days"):
        store.clear(days)
    assert store.info().answers == 1


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        pytest.param("http://host:80/v1", ["new", "old"], id="the latest first"),
        pytest.param("http://host:80/v1/", ["new", "old"], id="a slash at the end"),
        pytest.param("http://me:pw@host:80/v1?key=1", ["new", "old"], id="a password"),
        pytest.param("http://host:8000/v1", ["other"], id="another port"),
        pytest.param("http://host:8", [], id="the beginning of a port"),
        pytest.param("http://host:80", [], id="the beginning of a path"),
        pytest.param("http://host:80/v1.", [], id="no pattern"),
    ],
)
def test_models_at_an_address(path: Path, address: str, expected: list[str]) -> None:
    now = NOW
    store = AnswerStore(path, clock=lambda: now)
    assert store.models_at(address) == []
    for name, identity in (
        ("old", "chat http://host:80/v1 old"),
        ("other", '{"base_url": "http://host:8000/v1", "model": "other"}'),
        ("new", '{"base_url": "http://host:80/v1", "model": "new"}'),
        ("new", '{"base_url":"http://host:80/v1/","model":"new","extra":1}'),
    ):
        now += 1
        asyncio.run(fill(store, GOOD, name=name, identity=identity))
    assert store.models_at(address) == expected


# --- leases


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        pytest.param(NOW + 29, Absent.TAKEN, id="somebody asks"),
        pytest.param(NOW - 1, Lease, id="it has run out"),
        pytest.param(NOW + 3600, Lease, id="it is from before the clock was set back"),
    ],
)
def test_a_lease_of_another_process(path: Path, until: float, expected: object) -> None:
    file = AnswerFile.open(path, create=True)
    assert file is not None
    assert file.lease(b"k", "another", until - 30, until)
    file.close()

    async def run() -> None:
        store = AnswerStore(path, clock=lambda: NOW)
        found = await store.get(b"k")
        assert found is expected or type(found) is expected
        if isinstance(found, Lease):
            assert await store.get(b"k") is Absent.TAKEN
            store.release(found)
            assert isinstance(await store.get(b"k"), Lease)
        assert await store.get(b"k", offline=True) is Absent.MISSING  # leases are none of its business
        store.close()

    asyncio.run(run())


def test_a_look_that_is_cancelled_leaves_no_lease(path: Path) -> None:
    async def run() -> None:
        store = AnswerStore(path)
        for _ in range(20):
            look = asyncio.create_task(store.get(b"k"))
            await asyncio.sleep(0)
            look.cancel()
            await asyncio.gather(look, return_exceptions=True)
        assert isinstance(await store.get(b"k"), Lease)
        store.close()

    asyncio.run(run())


def test_a_look_whose_event_loop_is_gone_leaves_no_lease(path: Path) -> None:
    thread = AnswerThread(path, clock=lambda: NOW, lease_s=30, busy_timeout_s=5)
    loop = asyncio.new_event_loop()
    lost = Job(Work.READ_OR_LEASE, b"k", "lost", future=loop.create_future())
    loop.close()
    thread.submit(lost)

    async def look() -> Job:
        job = Job(Work.READ_OR_LEASE, b"k", "next")
        await thread.done(job)
        return job

    found = [asyncio.run(look()).result for _ in range(2)]  # the first may come in one batch with it
    assert lost.result == Lease(b"k", "lost")
    assert Lease(b"k", "next") in found
    thread.close()


def test_a_call_without_end_does_not_keep_its_lease(path: Path) -> None:
    thread = AnswerThread(path, clock=time.time, lease_s=1.0, busy_timeout_s=5, longest_call_s=1.5)

    async def run() -> None:
        await thread.done(Job(Work.READ_OR_LEASE, b"k", "hangs"))
        other = AnswerStore(path, lease_s=1.0)
        assert await other.get(b"k") is Absent.TAKEN
        until = time.monotonic() + 60  # it takes two and a half seconds, and more on a busy machine
        while not isinstance(await other.get(b"k"), Lease):
            assert time.monotonic() < until
            await asyncio.sleep(0.1)
        other.close()

    asyncio.run(run())
    thread.close()


def test_closing_keeps_the_leases_of_others(path: Path) -> None:
    async def run() -> None:
        # A second, renewed three times in it: a busy machine may be late with two of them.
        store, other = AnswerStore(path, lease_s=1.0), AnswerStore(path, lease_s=1.0)
        lease = await store.get(b"k")
        assert isinstance(lease, Lease)
        store.close()
        await asyncio.sleep(2.2)
        assert await other.get(b"k") is Absent.TAKEN
        await store.put(b"k", GOOD, identity="m", name="m", lease=lease)
        assert await other.get(b"k") == GOOD
        store.close()
        other.close()

    asyncio.run(run())


FORKED = """
import asyncio, os, sys
from pathlib import Path
from tests.test_llm_answer_store import GOOD, AnswerStore

store = AnswerStore(Path(sys.argv[1]))
async def use(key):
    await store.put(key, GOOD, identity="m", name="m")
    assert await store.get(key) == GOOD
    assert await store.get(b"first") == GOOD
asyncio.run(use(b"first"))
for number in range(8):
    child = os.fork()
    asyncio.run(use(b"%d of %d" % (number, child == 0)))
    store.close()
    if child == 0:
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    found = store.info().answers
    assert found == 3 + 2 * number, (number, found)
    asyncio.run(use(b"first"))  # open again when the next child is made
store.close()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_both_sides_of_a_fork_can_use_it(path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", FORKED, str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")


# --- files that cannot be used


def _write(data: bytes) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        path.parent.mkdir()
        path.write_bytes(data)

    return make


def _database(*statements: str) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        path.parent.mkdir()
        with closing(sqlite3.connect(path)) as connection:
            for statement in statements:
                connection.execute(statement)
            connection.commit()

    return make


def _damaged(path: Path) -> None:
    asyncio.run(fill(AnswerStore(path), *[GOOD] * 50))
    data = path.read_bytes()
    path.write_bytes(data[:100] + b"\xff" * 4000 + data[4100:])


def _folder_is_a_file(path: Path) -> None:
    path.parent.write_text("x")


def _is_a_folder(path: Path) -> None:
    path.mkdir(parents=True)


UNUSABLE = [
    pytest.param(_write(b"x"), "it is no database", True, id="a letter"),
    pytest.param(_write(b"my notes\n" * 999), "it is no database", True, id="a text"),
    pytest.param(_write(b"SQLite format 3\0" + b"x" * 5000), "not a database", True, id="only the header"),
    pytest.param(_damaged, "malformed", True, id="damaged"),
    pytest.param(_database("CREATE TABLE notes (a)"), "another program", True, id="another program's"),
    pytest.param(
        _database(f"PRAGMA application_id = {APPLICATION_ID}", "PRAGMA user_version = 99"),
        "it has format 99, and this version of the program writes 1",
        True,
        id="another version's",
    ),
    pytest.param(_is_a_folder, "it is no file", True, id="a folder"),
    pytest.param(_folder_is_a_file, "File exists", False, id="its folder is a file"),
]


@pytest.mark.parametrize(("make", "words", "movable"), UNUSABLE)
def test_work_goes_on_without_the_file(
    path: Path, make: Callable[[Path], None], words: str, movable: bool
) -> None:
    make(path)
    before = path.read_bytes() if path.is_file() else None
    told: list[str] = []

    async def run() -> None:
        inner = ScriptedModel({"summary": GOOD})
        model = CachedModel(inner, AnswerStore(path, warn=told.append))
        for _ in range(3):
            assert await model.answer(REQUEST) == GOOD
        assert len(inner.requests) == 3
        assert (model.savings.hits, model.savings.asked) == (0, 3)
        await model.close()

    asyncio.run(run())
    assert len(told) == 1
    assert told[0].startswith(f"answers are not kept: the cache {path} cannot be used: ")
    assert words in told[0]
    assert ("summarizer cache clear" in told[0]) is movable
    assert (path.read_bytes() if path.is_file() else None) == before


@pytest.mark.parametrize(("make", "words", "movable"), UNUSABLE)
def test_asked_for_directly_it_is_an_error(
    path: Path, make: Callable[[Path], None], words: str, movable: bool
) -> None:
    make(path)
    store = AnswerStore(path)
    if not movable:  # nothing is there to be read, and nothing to be made
        assert store.info() == CacheInfo(str(path), 0)
        return

    async def run() -> None:
        with pytest.raises(NotACache, match=words) as raised:
            await store.get(b"k", offline=True)
        assert "summarizer cache clear" in (raised.value.hint or "")
        store.close()

    asyncio.run(run())
    for use in (store.info, store.clear, lambda: store.models_at("http://h")):
        with pytest.raises(NotACache, match=words):
            use()
    aside = store.set_aside()
    assert aside.parent == path.parent
    assert aside.exists()
    assert not path.exists()
    asyncio.run(fill(store, GOOD))
    assert store.info().answers == 1


def test_moving_a_file_takes_along_what_waits_for_it(path: Path) -> None:
    _write(b"notes")(path)
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).write_bytes(b"x")
    names = [AnswerStore(path, clock=lambda: NOW).set_aside().name]
    path.write_bytes(b"more notes")
    names.append(AnswerStore(path, clock=lambda: NOW).set_aside().name)
    assert names == ["answers.sqlite.unusable-1700000000", "answers.sqlite.unusable-1700000000-1"]
    assert sorted(part.name for part in path.parent.iterdir()) == sorted([*names, f"{names[0]}-wal"])
    with pytest.raises(SettingsError, match="No such file"):
        AnswerStore(path).set_aside()


def test_a_file_that_another_program_keeps_locked_is_still_read(path: Path) -> None:
    told: list[str] = []

    async def run() -> None:
        inner = ScriptedModel({"summary": GOOD, "claims": GOOD})
        model = CachedModel(inner, AnswerStore(path, warn=told.append, busy_timeout_s=0.1))
        await model.answer(REQUEST)
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            for seed in (1, 2, 3):
                assert await model.answer(replace(REQUEST, seed=seed)) == GOOD
                assert await model.answer(REQUEST) == GOOD
            other.execute("ROLLBACK")
        assert (model.savings.hits, model.savings.asked) == (3, 4)
        await model.close()

    asyncio.run(run())
    assert len(told) == 1
    assert "database is locked" in told[0]


def test_a_locked_file_is_not_one_to_be_moved(path: Path) -> None:
    """What passes is no reason to take a file away from those who use it."""
    store = AnswerStore(path, busy_timeout_s=0.1)
    asyncio.run(fill(store, GOOD))
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(SettingsError, match="database is locked") as raised:
            store.clear()
        assert not isinstance(raised.value, NotACache)
        assert "cache clear" not in (raised.value.hint or "")
        other.execute("ROLLBACK")
    assert store.clear() == 1


FULL = """
import asyncio, resource, sys
from dataclasses import replace
from pathlib import Path
from tests.test_llm_answer_store import GOOD, REQUEST, AnswerStore, CachedModel, ScriptedModel

async def main():
    big = replace(GOOD, text="x" * 40_000)
    told = []
    model = CachedModel(ScriptedModel({"summary": big}), AnswerStore(Path(sys.argv[1]), warn=told.append))
    await model.answer(REQUEST)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
    for seed in range(1, 20):
        assert await model.answer(replace(REQUEST, seed=seed)) == big
    assert await model.answer(REQUEST) == big
    assert model.savings.asked == 20 and model.savings.hits == 1, model.savings
    await model.close()
    assert len(told) == 1, told
    print(told[0])

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="this system has no limits on the size of files")
def test_a_full_disk_costs_no_answer(path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", FULL, str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("answers are not kept: the cache ")
    assert AnswerStore(path).info().answers > 0  # and the file is whole


def test_a_folder_that_can_only_be_read(path: Path) -> None:
    told: list[str] = []

    async def run(*, offline: bool) -> Answer:
        store = AnswerStore(path, warn=told.append)
        model = CachedModel(ScriptedModel({"summary": GOOD}), store, offline=offline)
        answers = [await model.answer(replace(REQUEST, seed=seed)) for seed in (0, 1)]
        await model.close()
        return answers[0] if not offline else answers[1]

    async def prepare() -> None:
        model = CachedModel(ScriptedModel({"summary": GOOD}), AnswerStore(path))
        await model.answer(REQUEST)
        await model.close()

    asyncio.run(prepare())
    path.chmod(0o400)
    path.parent.chmod(0o500)
    try:
        if os.access(path.parent, os.W_OK):
            pytest.skip("whoever runs this may write everywhere")
        assert asyncio.run(run(offline=False)) == GOOD
        assert len(told) == 1
        assert asyncio.run(run(offline=True)).state is AnswerState.MODEL_ERROR
        assert AnswerStore(path).info().answers == 1
    finally:
        path.parent.chmod(0o700)


def test_where_a_warning_goes(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    _write(b"notes")(path)

    async def run() -> None:
        store = AnswerStore(path)
        assert await store.get(request_key("m", REQUEST)) is Absent.MISSING
        store.close()

    with caplog.at_level(logging.WARNING, logger="summarizer"):
        asyncio.run(run())
    assert [record.name for record in caplog.records] == ["summarizer"]
    assert "summarizer cache clear" in caplog.text


def test_the_context_of_a_model_is_remembered(path: Path) -> None:
    async def run() -> None:
        store = AnswerStore(path)
        assert store.context_of("one") is None
        for key, identity, context in ((b"a", "one", 4096), (b"b", "two", None), (b"c", "one", 8192)):
            await store.put(key, GOOD, identity=identity, name="m", context=context)
        assert [store.context_of(name) for name in ("one", "two", "three")] == [8192, None, None]
        store.close()

    asyncio.run(run())
