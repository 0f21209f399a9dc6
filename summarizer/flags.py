"""The closed list of reasons for which a person is asked to look.

Each code says which kind of error it answers and how serious that usually is. Codes are part of the
report's schema: adding one raises ``REPORT_SCHEMA_VERSION``.
"""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How serious a flag is, from least to most. A newsroom may change it for each code."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def rank(self) -> int:
        return _SEVERITY_ORDER[self]


_SEVERITY_ORDER = {Severity.LOW: 0, Severity.MEDIUM: 1, Severity.HIGH: 2}


class FlagCode(StrEnum):
    """Reasons for review; ``FLAG_INFO`` documents each."""

    NUMBER_MISMATCH = "number_mismatch"
    UNIT_MISMATCH = "unit_mismatch"
    FIGURE_MISBOUND = "figure_misbound"
    DATE_MISMATCH = "date_mismatch"
    ORDER_MISMATCH = "order_mismatch"
    NAME_NOT_IN_ARTICLE = "name_not_in_article"
    NAME_MISMATCH = "name_mismatch"
    ROLE_SWAPPED = "role_swapped"
    SPEAKER_MISMATCH = "speaker_mismatch"
    QUOTE_ALTERED = "quote_altered"
    QUOTE_NOT_FOUND = "quote_not_found"
    ATTRIBUTION_DROPPED = "attribution_dropped"
    HEDGE_DROPPED = "hedge_dropped"
    NEGATION_MISMATCH = "negation_mismatch"
    COMPARISON_REVERSED = "comparison_reversed"
    QUANTIFIER_MISMATCH = "quantifier_mismatch"
    CAUSE_NOT_STATED = "cause_not_stated"
    NOT_IN_ARTICLE = "not_in_article"
    HEADLINE_OVERCLAIM = "headline_overclaim"
    INTERNAL_CONFLICT = "internal_conflict"
    JUDGE_CONTRADICTS = "judge_contradicts"
    JUDGE_DISAGREES_WITH_RULE = "judge_disagrees_with_rule"
    INJECTION_SUSPECTED = "injection_suspected"
    LANGUAGE_MISMATCH = "language_mismatch"
    EVIDENCE_MISSING = "evidence_missing"
    UNANCHORED_DATE = "unanchored_date"
    UNPARSED = "unparsed"
    REFUSED = "refused"
    TRUNCATED = "truncated"
    OVER_BUDGET = "over_budget"
    MODEL_ERROR = "model_error"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True)
class FlagInfo:
    """Default severity of a code, and the error that it answers."""

    severity: Severity
    meaning: str


_H, _M, _L = Severity.HIGH, Severity.MEDIUM, Severity.LOW

FLAG_INFO: dict[FlagCode, FlagInfo] = {
    FlagCode.NUMBER_MISMATCH: FlagInfo(_H, "a figure that the article does not give"),
    FlagCode.UNIT_MISMATCH: FlagInfo(_H, "the right figure with another unit, currency or magnitude"),
    FlagCode.FIGURE_MISBOUND: FlagInfo(_H, "a figure of the article, said of something else"),
    FlagCode.DATE_MISMATCH: FlagInfo(_H, "a date or time that the article does not give"),
    FlagCode.ORDER_MISMATCH: FlagInfo(_M, "before and after exchanged"),
    FlagCode.NAME_NOT_IN_ARTICLE: FlagInfo(_H, "a person, organisation or place the article never names"),
    FlagCode.NAME_MISMATCH: FlagInfo(_H, "a name close to one of the article's, or the wrong one of two"),
    FlagCode.ROLE_SWAPPED: FlagInfo(_H, "an office, or who did what to whom, given to the wrong person"),
    FlagCode.SPEAKER_MISMATCH: FlagInfo(_H, "words given to somebody who did not say them"),
    FlagCode.QUOTE_ALTERED: FlagInfo(_H, "a quotation whose words were changed"),
    FlagCode.QUOTE_NOT_FOUND: FlagInfo(_H, "a quotation that the article does not have"),
    FlagCode.ATTRIBUTION_DROPPED: FlagInfo(_M, "what only a source says, told as a fact"),
    FlagCode.HEDGE_DROPPED: FlagInfo(_H, "may, alleged or planned turned into a fact"),
    FlagCode.NEGATION_MISMATCH: FlagInfo(_H, "a negation added or lost"),
    FlagCode.COMPARISON_REVERSED: FlagInfo(_H, "rose for fell, more for less, first for last"),
    FlagCode.QUANTIFIER_MISMATCH: FlagInfo(_M, "some turned into most or all"),
    FlagCode.CAUSE_NOT_STATED: FlagInfo(_M, "a cause that the article does not state"),
    FlagCode.NOT_IN_ARTICLE: FlagInfo(_H, "content that the article nowhere has"),
    FlagCode.HEADLINE_OVERCLAIM: FlagInfo(_M, "a headline stronger than the article"),
    FlagCode.INTERNAL_CONFLICT: FlagInfo(_M, "two statements that cannot both be right"),
    FlagCode.JUDGE_CONTRADICTS: FlagInfo(_M, "the judging model says that the article contradicts it"),
    FlagCode.JUDGE_DISAGREES_WITH_RULE: FlagInfo(_L, "a rule and the judging model disagree"),
    FlagCode.INJECTION_SUSPECTED: FlagInfo(_H, "article text that addresses a language model"),
    FlagCode.LANGUAGE_MISMATCH: FlagInfo(_M, "statement and article are in different languages"),
    FlagCode.EVIDENCE_MISSING: FlagInfo(_M, "the model cites no sentence, or none that exists"),
    FlagCode.UNANCHORED_DATE: FlagInfo(_M, "a relative date, and no published date to resolve it with"),
    FlagCode.UNPARSED: FlagInfo(_H, "an answer of the model that could not be read"),
    FlagCode.REFUSED: FlagInfo(_H, "the model refused to answer"),
    FlagCode.TRUNCATED: FlagInfo(_H, "the model's answer, or what it could read, was cut off"),
    FlagCode.OVER_BUDGET: FlagInfo(_M, "not asked, because the budget ran out"),
    FlagCode.MODEL_ERROR: FlagInfo(_H, "the model could not be asked, or failed"),
    FlagCode.UNCERTAIN: FlagInfo(_L, "neither the rules nor a judging model could tell"),
}


# How suites of test data name kinds of error, and the codes that answer each of them.
ERROR_TYPE_CODES: dict[str, tuple[FlagCode, ...]] = {
    "number": (FlagCode.NUMBER_MISMATCH,),
    "unit_or_magnitude": (FlagCode.UNIT_MISMATCH,),
    "date_time": (FlagCode.DATE_MISMATCH,),
    "entity_name": (FlagCode.NAME_MISMATCH, FlagCode.NAME_NOT_IN_ARTICLE),
    "location": (FlagCode.NAME_MISMATCH, FlagCode.NAME_NOT_IN_ARTICLE),
    "role_swap": (FlagCode.ROLE_SWAPPED,),
    "speaker_swap": (FlagCode.SPEAKER_MISMATCH,),
    "quote_altered": (FlagCode.QUOTE_ALTERED,),
    "quote_invented": (FlagCode.QUOTE_NOT_FOUND,),
    "attribution_dropped": (FlagCode.ATTRIBUTION_DROPPED,),
    "hedge_dropped": (FlagCode.HEDGE_DROPPED,),
    "negation": (FlagCode.NEGATION_MISMATCH,),
    "causality_invented": (FlagCode.CAUSE_NOT_STATED,),
    "comparison_reversed": (FlagCode.COMPARISON_REVERSED,),
    "invented_fact": (FlagCode.NOT_IN_ARTICLE,),
    "figure_binding": (FlagCode.FIGURE_MISBOUND,),
    "quantifier": (FlagCode.QUANTIFIER_MISMATCH,),
    "temporal_order": (FlagCode.ORDER_MISMATCH,),
    "headline_overclaim": (FlagCode.HEADLINE_OVERCLAIM,),
}
