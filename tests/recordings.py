"""What is recorded from real models, and how: read by the tests and by scripts/record-cassettes.

Compact answers come from the embedded model; standard ones from a stronger small model that runs on the
same server (Qwen2.5-Coder-1.5B-Instruct as GGUF). Both are asked over HTTP like any other server.
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import vcr

from summarizer import Summarizer
from summarizer.article import Article
from summarizer.llm.client import OpenAIModel
from summarizer.llm.local import SMOLLM2
from summarizer.report import Report
from summarizer.settings import Profile, Settings
from summarizer.sources import read_article

ROOT = Path(__file__).resolve().parent.parent
STANDARD_MODEL = "Qwen2.5-Coder-1.5B-Instruct"
CONTEXT = 8192
SETTINGS = Settings(max_claims=6, judge=False)  # what a judge is asked changes with every check


@dataclass(frozen=True)
class Recording:
    """One article through one profile."""

    article: str
    profile: Profile

    @property
    def cassette(self) -> Path:
        return ROOT / "fixtures" / "cassettes" / f"{self.profile}-{Path(self.article).stem}.yaml"

    @property
    def model(self) -> str:
        return SMOLLM2 if self.profile is Profile.COMPACT else STANDARD_MODEL

    def read(self) -> Article:
        return read_article(ROOT / "fixtures" / "articles" / self.article)

    def __str__(self) -> str:
        return self.cassette.stem


RECORDINGS = (
    Recording("harbour-bridge.txt", Profile.COMPACT),
    Recording("flood-warning.txt", Profile.COMPACT),
    Recording("quarterly-results.md", Profile.COMPACT),
    Recording("cup-final.json", Profile.COMPACT),
    Recording("stadtwerke-de.txt", Profile.COMPACT),
    Recording("tram-strike-uk.txt", Profile.COMPACT),
    Recording("harbour-bridge.txt", Profile.STANDARD),
    Recording("flood-warning.txt", Profile.STANDARD),
    Recording("quarterly-results.md", Profile.STANDARD),
    Recording("stadtwerke-de.txt", Profile.STANDARD),
    Recording("court-verdict-uk.txt", Profile.STANDARD),
)


def vcr_settings(record_mode: str) -> dict[str, Any]:
    """How requests are matched: every article goes to the same address, so the body must count."""
    return {
        "record_mode": record_mode,
        "match_on": ["method", "path", "body"],
        "filter_headers": ["authorization", "host", "user-agent"],
        "before_record_response": _plain_response,
        "decode_compressed_response": True,
    }


def _plain_response(response: dict[str, Any]) -> dict[str, Any]:
    """Without the headers that only tell about the machine and the moment."""
    kept = ("content-type", "retry-after")
    headers = {name: value for name, value in response["headers"].items() if name.lower() in kept}
    return {**response, "headers": headers}


def expected_path(recording: Recording) -> Path:
    return ROOT / "fixtures" / "expected" / f"{recording}.txt"


def expected(report: Report) -> str:
    """What a report comes to, in lines that a person can review in a diff; written by the recording."""
    lines = [
        f"{call.task}: {call.state}{f' ({call.detail})' if call.detail else ''}" for call in report.calls
    ]
    for finding in report.findings:
        rests_on = " ".join(f"[{evidence.sentence}]" for evidence in finding.evidence)
        lines += [
            "",
            f"{finding.statement.id} {finding.verdict} {rests_on}".rstrip(),
            f"  {finding.statement.text}",
        ]
        lines += [f"  {flag.severity} {flag.code}: {flag.message}" for flag in finding.flags]
    return "\n".join(lines) + "\n"


# Nothing answers there: what is not in the cassette fails.
_NOWHERE = "http://127.0.0.1:9/v1"


def replay(recording: Recording, cassette: Path | None = None) -> Report:
    """The report from recorded answers, offline. Raises ModelError for a request that was not recorded."""
    model = OpenAIModel(recording.model, base_url=_NOWHERE, context=CONTEXT, max_attempts=1)

    async def once() -> Report:
        async with Summarizer(model, settings=SETTINGS, profile=recording.profile) as summarizer:
            return await summarizer.process(recording.read())

    with vcr.VCR(**vcr_settings("none")).use_cassette(str(cassette or recording.cassette)):
        return asyncio.run(once())
