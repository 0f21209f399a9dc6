"""Whole reports from recorded answers of real models, offline."""

import pytest
from vcr.errors import CannotOverwriteExistingCassetteException

from summarizer import Report
from summarizer.errors import ModelError
from summarizer.settings import Profile
from tests import recordings
from tests.recordings import RECORDINGS, Recording


@pytest.mark.parametrize("recording", RECORDINGS, ids=str)
def test_recorded_answers_give_the_report_that_was_reviewed(recording: Recording) -> None:
    report = recordings.replay(recording)
    assert recordings.expected(report) == recordings.expected_path(recording).read_text(encoding="utf-8")
    assert Report.from_json(report.to_json()) == report
    tasks = ["summary"] if recording.profile is Profile.COMPACT else ["summary", "claims"]
    assert [call.task for call in report.calls] == tasks
    for call in report.calls:
        assert call.usage.input_tokens
        assert call.response_id
        assert call.cost_usd is None


def test_no_article_gets_the_answer_of_another() -> None:
    one, other = RECORDINGS[:2]
    with pytest.raises((ModelError, CannotOverwriteExistingCassetteException)):
        recordings.replay(one, cassette=other.cassette)


def test_cassettes_hold_no_key_and_are_all_in_use() -> None:
    folder = RECORDINGS[0].cassette.parent
    assert {recording.cassette.name for recording in RECORDINGS} == {
        path.name for path in folder.glob("*.yaml")
    }
    for path in folder.glob("*.yaml"):
        text = path.read_text(encoding="utf-8").lower()
        assert "authorization" not in text
        assert "bearer" not in text
        assert "/v1/chat/completions" in text
