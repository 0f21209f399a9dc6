"""summarizer: news articles summarized, checked against themselves, and queued for review.

    from summarizer import summarize
    report = summarize(text)
    for finding in report.flagged:
        print(finding.statement.text, [flag.message for flag in finding.flags])

The names below load on first use: importing the package brings in no model client, no HTML reader and
no database.
"""

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

_PLACES = {
    "Article": "article",
    "Sentence": "article",
    "SummarizerError": "errors",
    "InputError": "errors",
    "ModelError": "errors",
    "FlagCode": "flags",
    "Severity": "flags",
    "Claim": "report",
    "Queue": "review.queue",
    "Decision": "review_items",
    "Evidence": "report",
    "Finding": "report",
    "Flag": "report",
    "Report": "report",
    "ReviewItem": "review_items",
    "Statement": "report",
    "Summary": "report",
    "Verdict": "report",
    "Profile": "settings",
    "Settings": "settings",
    "check_statements": "checker",
    "check_summary": "external",
    "Batch": "batch.job",
    "Summarizer": "pipeline",
    "summarize": "pipeline",
}
__all__ = ["__version__", *_PLACES]

if TYPE_CHECKING:
    from .article import Article as Article
    from .article import Sentence as Sentence
    from .batch.job import Batch as Batch
    from .checker import check_statements as check_statements
    from .errors import InputError as InputError
    from .errors import ModelError as ModelError
    from .errors import SummarizerError as SummarizerError
    from .external import check_summary as check_summary
    from .flags import FlagCode as FlagCode
    from .flags import Severity as Severity
    from .pipeline import Summarizer as Summarizer
    from .pipeline import summarize as summarize
    from .report import Claim as Claim
    from .report import Evidence as Evidence
    from .report import Finding as Finding
    from .report import Flag as Flag
    from .report import Report as Report
    from .report import Statement as Statement
    from .report import Summary as Summary
    from .report import Verdict as Verdict
    from .review.queue import Queue as Queue
    from .review_items import Decision as Decision
    from .review_items import ReviewItem as ReviewItem
    from .settings import Profile as Profile
    from .settings import Settings as Settings


def __getattr__(name: str) -> object:
    if name in _PLACES:
        return getattr(import_module(f".{_PLACES[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
