"""Reviewers' decisions to a newsroom's own calibration: from the queue to the settings."""

import json
from pathlib import Path

import pytest
from msgspec.structs import replace
from typer.testing import CliRunner, Result

from summarizer import cli
from summarizer.calibration import between, built_in, load
from summarizer.errors import SourceError
from summarizer.evaluation import decisions
from summarizer.review.queue import Queue
from summarizer.review_items import DecisionVerdict, ReviewItem
from summarizer.risk import checker_version
from tests.review_data import CLAIM, TEXT, WRONG_COST, WRONG_FERRY, WRONG_VOTE, made

TOWNS = (
    "Arnmark", "Bernau", "Colby", "Dornach", "Elstow", "Farsund", "Gresten", "Havel", "Inzell", "Jarrow", "Kelso",
    "Lindow", "Marden", "Norden",
)  # fmt: skip


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Decisions of one reviewer about a queue of fourteen articles, as the program exports them."""
    folder = tmp_path_factory.mktemp("queue")
    url = str(folder / "queue.sqlite")
    with Queue(url) as queue:
        for number, town in enumerate(TOWNS):
            text = TEXT.replace("Lindholm", town)
            sentences = [WRONG_VOTE.replace("Lindholm", town), WRONG_COST, WRONG_FERRY]
            report = made(sentences, text=text, document=f"story-{number}", headline=None)
            queue.add(replace(report, checker_version=checker_version()))
        for item in list(queue.items()):
            right = item.finding.statement.text == CLAIM  # flagged, because the summary says otherwise
            queue.decide(item.id, "ada", DecisionVerdict.SUPPORTED if right else DecisionVerdict.CONTRADICTED)
    out = folder / "decided.jsonl"
    done = run("queue", "export", "--queue", url, "--format", "jsonl", "--out", str(out))
    assert done.exit_code == 0, done.output
    return out


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, [*arguments], prog_name="summarizer")


def lines(path: Path) -> list[ReviewItem]:
    return [ReviewItem.from_json(line) for line in path.read_text(encoding="utf-8").splitlines()]


def written(path: Path, items: list[ReviewItem]) -> Path:
    path.write_text("".join(f"{item.to_json()}\n" for item in items), encoding="utf-8")
    return path


def test_from_decisions_to_the_settings(
    exported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("calibrate", "--from-decisions", str(exported), "--out", "ours.json", "--date", "2026-11-25")
    assert done.exit_code == 0, done.output
    assert 'calibration = "ours.json" in summarizer.toml' in " ".join(done.stderr.split())
    ours, base = load(Path("ours.json")), built_in()
    assert ours.weights == base.weights and ours.intercept == base.intercept
    source = ours.sources[-1]
    assert (source.name, source.share, source.articles) == ("decisions", 1.0, len(TOWNS))
    assert source.rows >= 40
    assert [one.share for one in ours.sources[:-1]] == [0.0] * (len(ours.sources) - 1)
    # A risk says now how many of the decided ones like it were wrong: three of four.
    risks = [item.finding.risk for item in lines(exported)]
    after = [
        between(ours.knots, decisions.score_of(base, risk, mismatch=True))
        for risk in risks
        if risk is not None
    ]
    assert len(after) == source.rows and source.wrong == 0.75
    assert sum(after) / len(after) == pytest.approx(0.75, abs=0.05)

    Path("summarizer.toml").write_text('calibration = "ours.json"\n', encoding="utf-8")
    Path("article.txt").write_text(TEXT, encoding="utf-8")
    Path("summary.txt").write_text(WRONG_COST, encoding="utf-8")
    report = run("check", "article.txt", "summary.txt", "--json")
    assert report.exit_code == 1
    made_with = json.loads(report.stdout)["checker_version"]
    assert made_with != lines(exported)[0].provenance.checker_version


def test_what_is_left_out_is_counted(exported: Path, tmp_path: Path) -> None:
    first, second, third, fourth, fifth, *_ = lines(exported)
    assert second.decision is not None
    path = written(
        tmp_path / "mixed.jsonl",
        [
            first,
            replace(second, decision=None),
            replace(second, decision=replace(second.decision, undoes="d1")),
            replace(third, finding=replace(third.finding, risk=None)),
            replace(fourth, provenance=replace(fourth.provenance, checker_version="1-old")),
            replace(fifth, decision=replace(second.decision, reviewer="bob")),
            replace(fifth, decision=replace(second.decision, reviewer="cy")),
        ],
    )
    found, left_out = decisions.read(path, built_in())
    assert len(found) == 3
    assert left_out == {
        "not decided": 1,
        "taken back": 1,
        "never scored": 1,
        "another version of the checker": 1,
    }


@pytest.mark.parametrize("line", ["{}", "not json", '{"id": 1}'])
def test_what_is_no_export_is_named_with_its_line(exported: Path, tmp_path: Path, line: str) -> None:
    path = tmp_path / "broken.jsonl"
    path.write_text(f"{lines(exported)[0].to_json()}\n\n{line}\n", encoding="utf-8")
    with pytest.raises(SourceError, match="line 3") as caught:
        decisions.read(path, built_in())
    assert "queue export --format jsonl" in str(caught.value.hint)
    with pytest.raises(SourceError, match="cannot be read"):
        decisions.read(tmp_path / "none.jsonl", built_in())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(("rows.jsonl",), "--from-decisions stands alone", id="beside data"),
        pytest.param(("--date", "today"), "--date 'today' cannot be read", id="no date"),
        pytest.param(("--out", "nowhere/ours.json"), "there is no such folder", id="no folder"),
    ],
)
def test_wrong_use(exported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                   arguments: tuple[str, ...], words: str) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    done = run("calibrate", "--from-decisions", str(exported), *arguments)
    assert done.exit_code == 2
    assert words in " ".join(done.stderr.split())
    assert not list(tmp_path.glob("*.json"))


def test_a_handful_of_decisions_is_too_few(exported: Path, tmp_path: Path) -> None:
    few = written(tmp_path / "few.jsonl", lines(exported)[:10])
    done = run("calibrate", "--from-decisions", str(few), "--out", str(tmp_path / "ours.json"))
    assert done.exit_code == 2
    assert "too few to fit" in done.stderr and "At least 40 statements" in done.stderr
    assert not (tmp_path / "ours.json").exists()


def test_a_score_comes_back_from_its_risk() -> None:
    base = built_in()
    low, high = base.knots[0][0], base.knots[-1][0]
    for step in range(1, 20):
        score = low + (high - low) * step / 20
        assert decisions.score_of(base, between(base.knots, score)) == pytest.approx(score, abs=0.02)
    assert decisions.score_of(base, 1.0) == high
