"""The command line: what each command does, its exit codes, and what it says on which stream.

No model is asked: ``play`` puts a stand-in for the pipeline there, which acts as an article's text says.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import anyio
import pytest
from typer.testing import CliRunner, Result

from summarizer import cli
from summarizer.article import Article
from summarizer.errors import ArticleError, ModelRejected, ModelUnavailable, SettingsError
from summarizer.llm.choose import ModelKind
from summarizer.llm.model import LanguageModel
from summarizer.report import AnswerState, Report
from summarizer.settings import Settings
from summarizer.testing import ScriptedModel
from tests.test_render_safe import HOSTILE, obeyed
from tests.test_render_terminal import TEXT, Draft, call, sample

TIP = "The embedded model is for trying out."


@dataclass(frozen=True)
class PlayedChoice:
    settings: Settings

    @property
    def kind(self) -> ModelKind:
        return ModelKind.SERVER if self.settings.model else ModelKind.EMBEDDED

    profile = "standard"

    async def resolve(self) -> "PlayedChoice":
        if self.settings.model == "several":
            raise SettingsError("the server has 2 models", hint="Name one of them:\n  --model a\n  --model b")
        return self

    def open(self, pace: object = None) -> LanguageModel:
        if self.settings.model == "missing":
            raise ModelUnavailable("nothing is at http://me:pw@localhost/v1", hint="pip install it")
        return ScriptedModel({})


class PlayedSummarizer:
    """Acts on a word in capitals in the article; anything else is summarized well."""

    closed = 0

    def __init__(
        self,
        model: object,
        *,
        settings: Settings,
        profile: str,
        progress: Callable[[str], None] = lambda step: None,
    ) -> None:
        self.settings = settings
        self.progress = progress

    async def close(self) -> None:
        type(self).closed += 1

    async def process(self, article: Article) -> Report:
        for step in ("summary", "claims", "check"):
            self.progress(step)
        text = article.text
        if "UNREACHABLE" in text:
            raise ModelUnavailable("nothing answers at http://localhost:9", hint="start the server")
        if "REJECTED" in text:
            raise ModelRejected("the key is wrong", hint="set OPENAI_API_KEY")
        if "UNFIT" in text:
            raise ArticleError("the text is no article")
        if "BROKEN" in text:
            raise ZeroDivisionError("division\nby \x1b[31mzero")
        if "ENDLESS" in text:
            await anyio.sleep_forever()
        draft = Draft(article=article)
        draft.add("s1", f"A summary with {self.settings.summary_sentences}.")
        if "TRUNCATED" in text:
            return draft.report(calls=(call("claims", AnswerState.TRUNCATED, "stopped at 600 tokens"),))
        if "SKIPPED" in text:
            return draft.report(not_run=("verify_claims: nobody was asked",))
        return draft.report()


def play(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("summarizer.llm.stack.choose", PlayedChoice)
    patch.setattr("summarizer.pipeline.Summarizer", PlayedSummarizer)
    patch.setattr(PlayedSummarizer, "closed", 0)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder of its own, no settings from outside, and the stand-in."""
    for name in ("SUMMARIZER_MODEL", "SUMMARIZER_BASE_URL", "SUMMARIZER_CONFIG", "SUMMARIZER_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    for name in ("FORCE_COLOR", "COLUMNS", "OPENAI_API_KEY", "SUMMARIZER_API_KEY", "SUMMARIZER_MODEL_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    play(monkeypatch)
    return tmp_path


def article(word: str = "calm") -> str:
    return f"The council met on Monday. It was a {word} meeting, and it ended before nine in the evening."


def write(folder: Path, **words: str) -> list[str]:
    """An article file for each word; their names."""
    for name, word in words.items():
        (folder / f"{name}.txt").write_text(article(word), encoding="utf-8")
    return [f"{name}.txt" for name in words]


def run(*arguments: str, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(cli.app, arguments, input=stdin, prog_name="summarizer")


# --- exit codes


@pytest.mark.parametrize(
    ("words", "code", "done", "said"),
    [
        pytest.param(["calm"], 0, 1, [], id="done"),
        pytest.param(["UNFIT"], 2, 0, ["error: the text is no article"], id="bad article"),
        pytest.param(
            ["UNREACHABLE"],
            3,
            0,
            ["error: nothing answers at http://localhost:9", "try: start the server"],
            id="no model",
        ),
        pytest.param(["REJECTED"], 3, 0, ["error: the key is wrong"], id="a model that refuses to work"),
        pytest.param(
            ["TRUNCATED"], 4, 1, ["incomplete: a0.txt: claims: truncated: stopped"], id="a call not ok"
        ),
        pytest.param(["SKIPPED"], 4, 1, ["incomplete: a0.txt: verify_claims: nobody"], id="a step not run"),
        pytest.param(["BROKEN"], 70, 0, ["error: ZeroDivisionError: division by ␛[31mzero; this is a bug"], id="bug"),
        pytest.param(["calm", "calm"], 0, 2, ["1/2 a0.txt: 0 of 1", "2/2 a1.txt: 0 of 1"], id="two done"),
        pytest.param(
            ["calm", "UNFIT", "SKIPPED", "calm"],
            2,
            3,
            ["2/4 a1.txt: failed", "error: a1.txt: the text is no article", "3 of 4 articles done, 1 not done"],
            id="2 before 4",
        ),
        pytest.param(["calm", "SKIPPED"], 4, 2, [], id="4 before 0"),
        pytest.param(
            ["calm", "UNFIT", "UNREACHABLE", "calm"],
            3,
            1,
            ["error: a1.txt: the text", "error: a2.txt: nothing answers", "1 of 4 articles done, 3 not done"],
            id="3 before 2, and the rest is not tried",
        ),
    ],
)  # fmt: skip
def test_exit_codes(folder: Path, words: list[str], code: int, done: int, said: list[str]) -> None:
    names = write(folder, **{f"a{number}": word for number, word in enumerate(words)})
    result = run("run", *names, "--format", "jsonl")
    assert result.exit_code == code, result.output
    assert len(result.stdout.splitlines()) == done
    assert [words for words in said if words not in result.stderr] == []
    assert "Traceback" not in result.output
    assert PlayedSummarizer.closed == 1


@pytest.mark.parametrize(
    ("arguments", "code", "error", "hint"),
    [
        pytest.param(["run"], 2, "Missing argument", "summarizer run --help", id="no article"),
        pytest.param(["run", "a.txt", "--fast"], 2, "No such option: --fast", "summarizer run --help", id="option"),
        pytest.param(["rum"], 2, "No such command 'rum'", "summarizer --help", id="command"),
        pytest.param(["run", "gone.txt"], 2, "gone.txt: no such file", "", id="no such file"),
        pytest.param(["run", "short.txt"], 2, "short.txt: the text has only 2 words", "whole article", id="too short"),
        pytest.param(["run", "a.txt", "--format", "xml"], 2, "'xml' is not one of", "summarizer run --help", id="format"),
        pytest.param(["run", "a.txt", "--json", "--format", "text"], 2, "exclude each other", "", id="two formats"),
        pytest.param(["run", "a.txt", "--sentences", "0"], 2, "must be between 1 and 20", "", id="sentences"),
        pytest.param(["run", "a.txt", "--sentences", "x"], 2, "a valid integer", "summarizer run --help", id="a number"),
        pytest.param(["run", "a.txt", "--profile", "huge"], 2, "'huge' is not one of", "", id="profile"),
        pytest.param(["run", "a.txt", "--base-url", "ftp://x"], 2, "no http address", "http://localhost", id="url"),
        pytest.param(["run", "a.txt", "--published", "soon"], 2, "'soon' cannot be read", "2026-11-23", id="date"),
        pytest.param(["run", "a.txt", "--language", "?"], 2, "no language tag", "de-AT", id="language"),
        pytest.param(["run", "a.txt", "b.txt", "--document-id", "x"], 2, "document_id cannot stand for 2", "", id="document"),
        pytest.param(["run", "a.txt", "--out", "no/x.json"], 2, "there is no folder", "mkdir -p", id="out, no folder"),
        pytest.param(["run", "a.txt", "--out", "."], 2, ". is a folder", "", id="out, a folder"),
        pytest.param(["run", "a.txt", "--out", "./a.txt"], 2, "is one of the articles", "", id="out, an article"),
        pytest.param(["run", "a.txt", "--out", "/dev/null"], 2, "no regular file", "", id="out, a device"),
        pytest.param(["run", "a.txt", "--model", "missing"], 3, "nothing is at http://localhost/v1", "pip install it", id="not installed"),
        pytest.param(["run", "a.txt", "--model", "several"], 2, "has 2 models", "Name one of them:\n  --model a\n", id="which"),
        pytest.param(["show", "gone.json"], 2, "gone.json: cannot be read: No such file", "", id="show, no such file"),
        pytest.param(["show", "a.txt"], 2, "a.txt: not JSON", "summarizer run ARTICLE --json", id="show, an article"),
        pytest.param(["show", "."], 2, ".: cannot be read", "", id="show, a folder"),
        pytest.param(["show", "empty.json"], 2, "empty.json: it is empty", "", id="show, empty"),
        pytest.param(["show", "other.json"], 2, "other.json: not a report: ", "", id="show, another object"),
        pytest.param(["show", "none.json"], 2, "none.json: an array without reports", "", id="show, no reports"),
        pytest.param(["show", "a\0b"], 2, "cannot be read", "", id="show, no name"),
    ],
)  # fmt: skip
def test_wrong_use(folder: Path, arguments: list[str], code: int, error: str, hint: str) -> None:
    write(folder, a="calm", b="calm")
    (folder / "short.txt").write_text("Too short")
    (folder / "other.json").write_text('{"a": 1}')
    (folder / "none.json").write_text("[]")
    (folder / "empty.json").write_text(" \n")
    result = run(*arguments)
    assert result.exit_code == code, result.output
    assert result.stderr.startswith("error: ")
    assert error in result.stderr
    if hint:
        assert hint in result.stderr.partition("try: ")[2]
    assert result.stdout == ""


def test_debug_shows_the_traceback(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUMMARIZER_DEBUG", "1")
    result = run("run", *write(folder, a="BROKEN"))
    assert result.exit_code == 70
    assert "Traceback" in result.stderr
    assert "in process" in result.stderr


# --- run


def reports(text: str) -> list[Report]:
    return [Report.from_json(line) for line in text.splitlines()]


def test_text_is_the_rendered_report_and_a_tip(folder: Path) -> None:
    result = run("run", *write(folder, a="calm"), "--sentences", "5")
    assert "  ✓ s1  A summary with 5." in result.stdout
    assert result.stdout.splitlines()[-1].startswith(TIP)
    assert len(result.stdout.splitlines()[-1]) <= 100
    assert result.stderr == ""


@pytest.mark.parametrize(
    ("options", "tip"),
    [
        pytest.param([], True, id="embedded"),
        pytest.param(["--quiet"], False, id="quiet"),
        pytest.param(["--model", "other"], False, id="another model"),
        pytest.param(["--model-file", "x.gguf"], False, id="another file"),
        pytest.param(["--json"], False, id="json"),
    ],
)
def test_when_the_tip_is_given(folder: Path, options: list[str], tip: bool) -> None:
    assert (TIP in run("run", *write(folder, a="calm"), *options).output) is tip


def test_several_texts_are_divided(folder: Path) -> None:
    result = run("run", *write(folder, a="calm", b="quiet"), "--quiet")
    assert result.stdout.count("─" * 100) == 1
    assert result.stdout.count("Summary\n") == 2
    assert result.stderr == ""


@pytest.mark.parametrize("option", [["--json"], ["--format", "json"]])
def test_json(folder: Path, option: list[str]) -> None:
    one, two = write(folder, a="calm", b="UNFIT")
    assert json.loads(run("run", one, *option).stdout)["article"]["text"] == article()
    array = json.loads(run("run", one, two, *option).stdout)
    assert [report["article"]["text"] for report in array] == [article()]
    assert run("run", two, *option).stdout == ""


def test_what_is_known_reaches_the_article(folder: Path) -> None:
    options = ["--published", "2026-11-23", "--document-id", "story-7", "--language", "uk-UA"]
    (report,) = reports(run("run", "-", *options, "--format", "jsonl", stdin=article()).stdout)
    assert report.article.published == "2026-11-23"
    assert report.article.document_id == "story-7"
    assert report.article.language == "uk"
    assert report.article.detected == ()


@pytest.mark.parametrize(
    ("form", "read"),
    [
        pytest.param("text", lambda text: text.count("Summary\n"), id="text"),
        pytest.param("json", lambda text: len(json.loads(text)), id="json"),
        pytest.param("jsonl", lambda text: len(reports(text)), id="jsonl"),
        pytest.param("html", lambda text: text.count('<section class="report"'), id="html"),
    ],
)
def test_out_is_written_whole(folder: Path, form: str, read: Callable[[str], int]) -> None:
    target = folder / "out.file"
    target.write_text("older")
    target.chmod(0o640)
    result = run("run", *write(folder, a="calm", b="calm"), "--format", form, "--out", "out.file")
    assert result.exit_code == 0
    assert result.stdout == ""
    assert "wrote out.file: 2 reports" in result.stderr
    text = target.read_text(encoding="utf-8")
    assert read(text) == 2
    assert obeyed(text) == []
    assert target.stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in folder.iterdir()) == ["a.txt", "b.txt", "out.file"]


def test_out_stays_as_it_was_when_no_report_came(folder: Path) -> None:
    target = folder / "out.json"
    target.write_text("older")
    assert run("run", *write(folder, a="UNFIT"), "--json", "--out", "out.json").exit_code == 2
    assert target.read_text() == "older"


def test_out_through_a_link_keeps_the_link(folder: Path) -> None:
    (folder / "link.json").symlink_to("real.json")
    assert run("run", *write(folder, a="calm"), "--json", "--out", "link.json").exit_code == 0
    assert (folder / "link.json").is_symlink()
    assert json.loads((folder / "real.json").read_text())["schema_version"] == 1


def test_a_disk_that_is_full(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    result = run("run", *write(folder, a="calm"), "--json", "--out", "out.json")
    assert result.exit_code == 2
    assert "error: out.json cannot be written: No space left on device" in result.stderr
    assert sorted(path.name for path in folder.iterdir()) == ["a.txt"]


def test_ctrl_c_while_reading(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object, **__: object) -> object:
        raise KeyboardInterrupt

    monkeypatch.setattr("summarizer.sources.read_articles", stopped)
    result = run("run", "-")
    assert (result.exit_code, result.stderr) == (130, "stopped\n")


# --- show


@pytest.mark.parametrize(
    "arrange",
    [
        pytest.param(lambda texts: texts[0].encode(), id="one"),
        pytest.param(lambda texts: b"\xef\xbb\xbf" + texts[0].encode(), id="a byte order mark"),
        pytest.param(lambda texts: "\n\n".join(texts).encode() + b"\n", id="lines"),
        pytest.param(lambda texts: f"[{','.join(texts)}]".encode(), id="an array"),
    ],
)
def test_show_reads_what_run_writes(folder: Path, arrange: Callable[[Sequence[str]], bytes]) -> None:
    data = arrange([sample().to_json(), sample().to_json()])
    (folder / "saved").write_bytes(data)
    for result in (run("show", "saved"), run("show", "-", stdin=data)):
        assert result.exit_code == 0, result.output
        assert result.stdout.count("The council voted 9–4 for the money.") in (1, 2)
    again = run("show", "saved", "--format", "jsonl")
    assert set(reports(again.stdout)) == {sample()}


def test_show_shows_the_good_ones_and_names_the_bad(folder: Path) -> None:
    good = sample().to_json()
    changed = good.replace('"quote":"seven', '"quote":"eight')
    (folder / "some.jsonl").write_text(f"{good}\n{good[:80]}\n{changed}\n", encoding="utf-8")
    result = run("show", "some.jsonl", "--json")
    assert result.exit_code == 2
    assert Report.from_json(result.stdout) == sample()
    assert "error: some.jsonl, line 2: not a report" in result.stderr
    assert "error: some.jsonl, line 3: evidence at" in result.stderr


def test_show_of_an_incomplete_report_is_no_failure(folder: Path) -> None:
    (folder / "saved").write_text(sample(not_run=("claims: gone",)).to_json(), encoding="utf-8")
    assert run("show", "saved").exit_code == 0


@pytest.mark.parametrize("form", ["text", "json", "jsonl", "html"])
def test_nothing_that_is_printed_can_be_obeyed(folder: Path, form: str) -> None:
    hostile = "".join(text for name, text in HOSTILE.items() if name != "lone surrogate")
    draft = Draft(article=Article.from_text(f"{TEXT}\n\n{hostile}", title=hostile))
    draft.add("s1", hostile)
    report = draft.report(not_run=(hostile,), model=hostile)
    (folder / "saved").write_text(report.to_json(), encoding="utf-8")
    result = run("show", "saved", "--format", form)
    assert result.exit_code == 0, result.stderr
    assert obeyed(result.output) == []
    if form == "json":
        assert Report.from_json(result.stdout) == report


def test_saved_reports_become_one_page(folder: Path) -> None:
    (folder / "saved").write_text(f"{sample().to_json()}\n{sample().to_json()}\n", encoding="utf-8")
    page = run("show", "saved", "--format", "html").stdout
    assert page.startswith("<!doctype html>")
    assert "<title>2 articles, checked</title>" in page
    assert page.count("The council voted 9–4 for the money.") == 2
    assert run("show", "saved", "--format", "html", "--json").exit_code == 2


def test_names_of_files_cannot_be_obeyed(folder: Path) -> None:
    result = run("run", "\x1b]0;x\x07.txt")
    assert obeyed(result.output) == []
    (folder / "a\x1b[31m.txt").write_text(article("UNFIT"))
    assert obeyed(run("run", "a\x1b[31m.txt", "--format", "jsonl").output) == []
