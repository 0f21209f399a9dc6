"""The wheel, built and installed into an environment of its own: what a user of the package gets."""

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.groups import ROOT


def run(*command: str | Path, cwd: Path, **environ: str) -> str:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV_"))}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**inherited, **environ},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, f"{command} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel in it. The dependencies come from the environment the tests run in."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder / "dist", cwd=ROOT)
    (wheel,) = (folder / "dist").glob("*.whl")
    venv = folder / "venv"
    run(sys.executable, "-m", "venv", "--without-pip", venv, cwd=folder)
    python = venv / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", python]
    run(*pip, "install", "--quiet", "--no-deps", "--no-index", wheel, cwd=folder)
    # A folder named in a .pth file comes after the environment's own packages, and the .pth files in
    # it (the project's editable install among them) are not read.
    purelib = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).strip()
    (Path(purelib) / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return venv


def test_the_package_imports_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    code = "import summarizer, pathlib; print(pathlib.Path(summarizer.__file__).resolve())"
    found = Path(run(installed / "bin" / "python", "-c", code, cwd=tmp_path).strip())
    assert found.is_relative_to(installed.resolve())
    assert (found.parent / "py.typed").is_file()


def test_prompts_and_schemas_come_along(installed: Path, tmp_path: Path) -> None:
    code = """
import json, summarizer.resources as resources
folders = {"prompts": resources.prompts_dir(), "schemas": resources.schemas_dir()}
print(json.dumps({name: [str(path.resolve()), sorted(str(file.relative_to(path)) for file in path.rglob("*")
      if file.is_file())] for name, path in folders.items()}))
"""
    found = json.loads(run(installed / "bin" / "python", "-c", code, cwd=tmp_path))
    for name, (folder, files) in found.items():
        assert Path(folder).is_relative_to(installed.resolve()), name
        here = sorted(
            str(path.relative_to(ROOT / name)) for path in (ROOT / name).rglob("*") if path.is_file()
        )
        assert files == here
        assert files, f"{name} is empty"


def test_pages_can_be_made(installed: Path, tmp_path: Path) -> None:
    code = "from summarizer.render import html; print(html.page([], title='A page'))"
    assert "<title>A page</title>" in run(installed / "bin" / "python", "-c", code, cwd=tmp_path)


def test_the_command_answers(installed: Path, tmp_path: Path) -> None:
    assert run(installed / "bin" / "summarizer", "models", cwd=tmp_path).strip()
