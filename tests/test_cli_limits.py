"""``summarizer run`` against a server: what was paid for is kept, and a limit is held."""

import json
import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from summarizer import Report, cli
from summarizer.report import AnswerState
from summarizer.settings import ENVIRONMENT_NAMES
from tests import stand_in

ARTICLE = """Council approves library

LINDHOLM, Nov. 12, 2026 — Lindholm's city council voted 9–4 on Wednesday to spend $6.2 million on a new library.

Councillor Ellen Brandt said the town had waited for this house since 1998. Construction may begin in March."""
ONE_ARTICLE = 9_000  # tokens: some of three articles' six answers fit, not all


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with stand_in.running() as url:
        yield f"{url}/v1"


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*ENVIRONMENT_NAMES, "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SUMMARIZER_CACHE_FILE", str(tmp_path / "answers.sqlite"))
    monkeypatch.chdir(tmp_path)
    for number in range(3):
        (tmp_path / f"a{number}.txt").write_text(f"{ARTICLE} Part {number} of the plan is open.")


def run(server: str, *arguments: str) -> Result:
    given = ["run", *arguments, "--model", "m", "--base-url", server]
    return CliRunner().invoke(cli.app, given, prog_name="summarizer")


def requests_of(server: str) -> int:
    with urllib.request.urlopen(f"{server.removesuffix('/v1')}/stats") as reply:
        return int(json.load(reply)["requests"])


def timeless(report: str) -> dict[str, Any]:
    """A report without what may differ between a run and its replay."""
    data: dict[str, Any] = json.loads(report)
    assert data.pop("created")
    data.pop("seconds")
    for call in data["calls"]:
        call.pop("seconds")
    return data


def test_what_was_paid_for_is_kept_and_replayed_offline(server: str) -> None:
    before = requests_of(server)
    first = run(server, "a0.txt", "--json")
    assert first.exit_code == 0, first.output
    assert requests_of(server) == before + 2
    assert "from the cache" not in first.stderr
    again = run(server, "a0.txt", "--json")
    assert "from the cache: 2 of 2 answers" in again.stderr
    offline = run(server, "a0.txt", "--json", "--offline")
    assert (again.exit_code, offline.exit_code) == (0, 0)
    assert requests_of(server) == before + 2
    assert timeless(first.stdout) == timeless(again.stdout) == timeless(offline.stdout)
    anew = run(server, "a0.txt", "--json", "--no-cache")
    assert anew.exit_code == 0
    assert requests_of(server) == before + 4


def test_offline_the_model_is_the_one_whose_answers_are_stored(server: str) -> None:
    def unnamed(*arguments: str, url: str = server) -> Result:
        return CliRunner().invoke(cli.app, ["run", *arguments, "--base-url", url, "--json"])

    online = unnamed("a0.txt")
    assert online.exit_code == 0, online.stderr
    offline = unnamed("a0.txt", "--offline")
    assert offline.exit_code == 0, offline.stderr
    assert timeless(online.stdout) == timeless(offline.stdout)
    elsewhere = unnamed("a0.txt", "--offline", url="http://127.0.0.1:9/v1")
    assert elsewhere.exit_code == 2
    assert "the cache has answers of no model at http://127.0.0.1:9/v1" in elsewhere.stderr
    assert run(server, "a0.txt").exit_code == 0  # a second model at this address
    several = unnamed("a0.txt", "--offline")
    assert several.exit_code == 2
    assert "--model m" in several.stderr


def test_offline_without_a_stored_answer_is_a_named_state(server: str) -> None:
    before = requests_of(server)
    result = run(server, "a1.txt", "--json", "--offline")
    assert result.exit_code == 4
    report = Report.from_json(result.stdout)
    assert [call.state for call in report.calls] == [AnswerState.MODEL_ERROR] * 2
    assert all("no stored answer" in line for line in report.not_run)
    assert len(report.flagged) == 2
    assert requests_of(server) == before


def test_a_limit_of_tokens_is_held_and_what_did_not_fit_is_listed(server: str) -> None:
    before = requests_of(server)
    result = run(
        server, "a0.txt", "a1.txt", "a2.txt", "--json", "--no-cache", "--max-tokens", str(ONE_ARTICLE)
    )
    assert result.exit_code == 4
    reports = [Report.from_json(json.dumps(data)) for data in json.loads(result.stdout)]
    states = [call.state for report in reports for call in report.calls]
    assert states[0] is AnswerState.OK
    assert AnswerState.OVER_BUDGET in states
    assert set(states) == {AnswerState.OK, AnswerState.OVER_BUDGET}
    assert requests_of(server) == before + states.count(AnswerState.OK)
    for report in reports:
        over = [call for call in report.calls if call.state is AnswerState.OVER_BUDGET]
        found = [f for f in report.flagged if f.unchecked == "over_budget"]
        assert len(found) == len(over) == len(report.not_run)
        assert report.usage.output_tokens is not None
    spent = re.search(r"spent: ([\d,]+) of 9,000 tokens; (\d+) answers did not fit", result.stderr)
    assert spent is not None
    assert int(spent[1].replace(",", "")) <= ONE_ARTICLE
    assert int(spent[2]) == states.count(AnswerState.OVER_BUDGET)


def test_a_limit_of_money_needs_a_price(server: str, tmp_path: Path) -> None:
    before = requests_of(server)
    result = run(server, "a0.txt", "--no-cache", "--max-cost", "0.10")
    assert result.exit_code == 2
    assert "the price of m is not known" in result.stderr
    assert "--max-tokens" in result.stderr
    assert requests_of(server) == before
    (tmp_path / "summarizer.toml").write_text("[price]\ninput = 1\noutput = 2\n")
    result = run(server, "a0.txt", "--no-cache", "--max-cost", "0.10", "--json")
    assert result.exit_code == 0, result.stderr
    report = Report.from_json(result.stdout)
    usage = report.usage
    assert report.cost_usd == pytest.approx(
        ((usage.input_tokens or 0) + 2 * (usage.output_tokens or 0)) / 1e6
    )
    assert "of $0.1" in result.stderr
    result = run(server, "a0.txt", "--no-cache", "--max-cost", "0.000001", "--json")
    assert result.exit_code == 4
    assert {call.state for call in Report.from_json(result.stdout).calls} == {AnswerState.OVER_BUDGET}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(["--offline", "--no-cache"], "the cache is switched off", id="offline without a cache"),
        pytest.param(["--deadline", "soon"], "write 90 (seconds), 30m or 2h", id="no length of time"),
        pytest.param(["--deadline", "0"], "write 90 (seconds), 30m or 2h", id="no time"),
        pytest.param(["--max-cost", "0"], "max_cost_usd must be above 0", id="no money"),
        pytest.param(["--prompts", "nowhere"], "nowhere is no folder", id="no such prompts"),
    ],
)
def test_limits_that_cannot_be(server: str, arguments: list[str], message: str) -> None:
    result = run(server, "a0.txt", *arguments)
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())


def test_a_deadline_in_minutes(server: str) -> None:
    result = run(server, "a0.txt", "--no-cache", "--deadline", "2m", "--json")
    assert result.exit_code == 0
    assert "spent:" in result.stderr


def test_prompts_and_style_reach_the_server(server: str, tmp_path: Path) -> None:
    (tmp_path / "mine/summary").mkdir(parents=True)
    (tmp_path / "mine/summary/user.md").write_text("In $language, $sentences sentences. $style")
    (tmp_path / "summarizer.toml").write_text('[style]\ntone = "dry"\n')
    plain = Report.from_json(run(server, "a0.txt", "--json").stdout)
    own = Report.from_json(run(server, "a0.txt", "--json", "--prompts", "mine").stdout)
    assert plain.calls[0].prompt_hash != own.calls[0].prompt_hash
    assert plain.calls[1].prompt_hash == own.calls[1].prompt_hash
    (tmp_path / "mine/summary/user.md").write_text("In $language, $sentences sentences.")
    result = run(server, "a0.txt", "--prompts", "mine")
    assert result.exit_code == 2
    assert "no placeholder for style" in result.stderr
