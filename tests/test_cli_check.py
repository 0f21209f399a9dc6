"""``summarizer check``: somebody else's summary against an article."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from summarizer import Article, Report, check_summary, cli
from summarizer.errors import ArticleError

ARTICLE = (
    "Bridge repair agreed\n\nThe council of Marden voted 9-4 on Monday to repair the old bridge for $6.2 million. "
    "Mayor Ann Price said work begins in May. The bridge was built in 1931."
)
GOOD = "The council of Marden voted 9-4 on Monday to repair the old bridge."
BAD = "The council of Marden voted 9-4 to repair the bridge for $8.2 million."


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("SUMMARIZER_CONFIG", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "article.txt").write_text(ARTICLE, encoding="utf-8")
    (tmp_path / "good.txt").write_text(GOOD, encoding="utf-8")
    (tmp_path / "bad.md").write_text(f"{GOOD}\n\n{BAD}", encoding="utf-8")
    return tmp_path


def run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(cli.app, ["check", *arguments], input=stdin, prog_name="summarizer")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param(["article.txt", "good.txt"], 0, id="nothing flagged"),
        pytest.param(["article.txt", "bad.md"], 1, id="flagged"),
        pytest.param(["article.txt", "bad.md", "--fail-on", "high"], 1, id="as serious as asked for"),
        pytest.param(["article.txt", "bad.md", "--fail-on", "never"], 0, id="never"),
        pytest.param(["article.txt", "good.txt", "--fail-on", "much"], 2, id="no such severity"),
        pytest.param(["article.txt", "article.txt"], 2, id="the same twice"),
        pytest.param(["article.txt", "nothing.txt"], 2, id="no such file"),
        pytest.param(["article.txt", "."], 2, id="a folder"),
    ],
)
def test_exit_codes(folder: Path, arguments: list[str], code: int) -> None:
    assert run(*arguments).exit_code == code


def test_severity_below_what_was_asked_for(folder: Path) -> None:
    (folder / "summarizer.toml").write_text('[severity]\nnumber_mismatch = "low"\n', encoding="utf-8")
    assert run("article.txt", "bad.md", "--fail-on", "medium").exit_code == 0
    assert run("article.txt", "bad.md", "--fail-on", "low").exit_code == 1


def test_a_page_shows_both_sides(folder: Path) -> None:
    done = run("article.txt", "bad.md", "--format", "html", "--out", "report.html")
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert done.exit_code == 1
    assert '<mark class="high">$8.2 million</mark>' in page
    assert '<mark class="high">$6.2 million</mark>' in page


def test_text_shows_what_is_wrong_and_that_no_model_was_asked(folder: Path) -> None:
    said = run("article.txt", "bad.md").stdout
    assert "number_mismatch" in said
    assert "no model was asked" in said
    assert "There is no usable summary" not in said


@pytest.mark.parametrize("which", ["article", "summary"])
def test_json_from_standard_input(folder: Path, which: str) -> None:
    names = ["-", "bad.md"] if which == "article" else ["article.txt", "-"]
    text = ARTICLE if which == "article" else BAD
    report = Report.from_json(run(*names, "--json", stdin=text).stdout)
    assert report.findings[-1].statement.text == BAD
    assert [flag.code for flag in report.findings[-1].flags] == ["number_mismatch"]


def test_out(folder: Path) -> None:
    made = run("article.txt", "bad.md", "--json", "--out", "report.json")
    assert (made.exit_code, made.stdout) == (1, "")
    assert json.loads((folder / "report.json").read_text(encoding="utf-8"))["calls"] == []


def test_a_headline_and_its_sentences_become_statements() -> None:
    report = check_summary(ARTICLE, f"Bridge to be repaired\n\n{GOOD} {BAD}")
    told = [(finding.statement.id, finding.statement.kind) for finding in report.findings]
    assert told == [("x1", "headline"), ("x2", "external"), ("x3", "external")]


@pytest.mark.parametrize("summary", ["", " \n", "…"])
def test_a_summary_without_a_word(summary: str) -> None:
    with pytest.raises(ArticleError, match="summary is empty"):
        check_summary(Article.from_text(ARTICLE), summary)
