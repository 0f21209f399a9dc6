"""What a judging model's verdicts change in the findings of the rules. Pure: nothing is asked here.

======================= ======================================= ======================================
the rules say           judge: a usable verdict                 judge: none, or two that disagree
======================= ======================================= ======================================
unchecked, ``uncertain`` the judge's verdict                     unchecked, with the state that names why
not_in_article          the judge's verdict, with               not_in_article
                        ``judge_disagrees_with_rule`` where
                        it is another
contradicted            contradicted, and the same              contradicted
======================= ======================================= ======================================

Flags of the rules stay, whatever a judge says. Only ``uncertain``, which says that nobody could tell, goes
once somebody can. A verdict counts as usable when the reason says the same as the label, and, for
``supported`` and ``contradicted``, when a sentence is named that exists and was shown. "The article says
that", and the statement again, is no reason either: so a small model agrees with whatever it is asked.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from msgspec.structs import replace
from rapidfuzz import fuzz

from . import checker
from .article import Article
from .flags import FlagCode
from .parsing import JudgeVerdict, belies
from .report import (
    AnswerState,
    Basis,
    Evidence,
    Finding,
    Flag,
    Judgement,
    SignalKind,
    StatementKind,
    Verdict,
)
from .settings import Settings

_SAME = 92  # of 100: a text and its repetition, a word more or less


@dataclass(frozen=True, slots=True)
class Ruling:
    """What one round came to for one statement.

    ``verdict`` is None when no answer came that can be read; ``state`` and ``detail`` say why then.
    ``shown`` are the sentences that the judge was shown.
    """

    round: int
    verdict: JudgeVerdict | None
    shown: Collection[int] = ()
    state: AnswerState = AnswerState.OK
    detail: str = ""


def to_be_judged(findings: Sequence[Finding], settings: Settings) -> list[Finding]:
    """The findings that a judging model is to be asked about, in their order; none, and it is not asked.

    Those in the uncertain band (``risk_low`` to ``risk_high``), and those that rest on no sentence, unless
    a mismatch was found in them. What was not checked for another reason than doubt is none of them.
    Mismatches in the band come along where it is asked anyway: it cannot change what becomes of them.
    """
    asked = [finding for finding in findings if _open(finding, settings)]
    return asked if any(finding.verdict is not Verdict.CONTRADICTED for finding in asked) else []


def _open(finding: Finding, settings: Settings) -> bool:
    if finding.risk is None or finding.statement.kind is StatementKind.ANSWER:
        return False
    mismatch = any(signal.kind is SignalKind.MISMATCH for signal in finding.signals)
    if finding.verdict is Verdict.NOT_IN_ARTICLE:
        return not mismatch
    if not settings.risk_low <= finding.risk < settings.risk_high:
        return False
    if finding.verdict is Verdict.UNCHECKED:
        return finding.unchecked == FlagCode.UNCERTAIN
    return finding.verdict is Verdict.CONTRADICTED


def apply_verdicts(
    findings: Sequence[Finding],
    rulings: Mapping[str, Sequence[Ruling]],
    article: Article,
    settings: Settings,
) -> tuple[Finding, ...]:
    """The findings, in their order, with what each round said of them; ``rulings`` by statement id.

    A finding that no ruling is about stays as it is.
    """
    return tuple(
        _applied(finding, rulings[finding.statement.id], article, settings)
        if rulings.get(finding.statement.id)
        else finding
        for finding in findings
    )


def _applied(finding: Finding, rulings: Sequence[Ruling], article: Article, settings: Settings) -> Finding:
    said = tuple(
        _judgement(finding, ruling, ruling.verdict, article)
        for ruling in rulings
        if ruling.verdict is not None
    )
    counted = [judgement for judgement in said if judgement.problem is None]
    finding = replace(finding, judgements=said)
    if len(counted) == len(rulings) and len({judgement.verdict for judgement in counted}) == 1:
        return _joined(finding, counted, rulings, article, settings)
    return _undecided(finding, said, rulings, settings)


def _judgement(finding: Finding, ruling: Ruling, verdict: JudgeVerdict, article: Article) -> Judgement:
    named = _named(verdict.evidence, ruling.shown, article)
    problem = None
    if belies(verdict.verdict, verdict.reason):
        problem = f"its reason does not fit its verdict “{verdict.verdict.value}”"
    elif verdict.verdict is not Verdict.NOT_IN_ARTICLE and not named:
        problem = f"it says “{verdict.verdict.value}” and names no sentence that it was shown"
    elif verdict.verdict is Verdict.SUPPORTED and _echoes(
        finding.statement.text, verdict.reason, named, article
    ):
        problem = "its reason only repeats the statement, in words that the sentences do not have"
    return Judgement(ruling.round, verdict.verdict, verdict.evidence, verdict.reason, problem)


def _named(numbers: Sequence[int], shown: Collection[int], article: Article) -> list[int]:
    """Of the numbers those of sentences that exist and that the judge was shown."""
    return [n for n in dict.fromkeys(numbers) if n in shown and 1 <= n <= len(article.sentences)]


def _echoes(statement: str, reason: str, named: Sequence[int], article: Article) -> bool:
    """Whether a reason is the statement over again, which the named sentences do not say in these words."""
    words, reason = _folded(statement), _folded(reason)
    if fuzz.partial_ratio(words, reason) < _SAME or len(reason) < _SAME / 100 * len(words):
        return False
    return all(fuzz.partial_ratio(words, _folded(article.sentences[n - 1].text)) < _SAME for n in named)


def _folded(text: str) -> str:
    """As it counts: small letters, single blanks, no marks at the ends."""
    return " ".join(text.casefold().split()).strip(" .!\"'“”„«»")


# --- a verdict ----------------------------------------------------------------------------------


def _joined(
    finding: Finding,
    judgements: Sequence[Judgement],
    rulings: Sequence[Ruling],
    article: Article,
    settings: Settings,
) -> Finding:
    """With a verdict on which all rounds agree."""
    shown = {number for ruling in rulings for number in ruling.shown}
    numbers = _named([n for judgement in judgements for n in judgement.sentences], shown, article)
    evidence = tuple(_whole_sentence(number, article) for number in numbers)
    verdict, reason = judgements[0].verdict, judgements[0].reason
    agrees = verdict is finding.verdict
    if finding.verdict is Verdict.CONTRADICTED:
        if agrees:
            return replace(finding, basis=Basis.BOTH)
        return _with(finding, _disagrees(verdict, reason, evidence, settings), settings=settings)
    if finding.verdict is Verdict.NOT_IN_ARTICLE:
        if agrees:
            return replace(finding, basis=Basis.BOTH)
        flags = [_disagrees(verdict, reason, evidence, settings)]
        if verdict is Verdict.CONTRADICTED:
            flags.append(_contradicts(reason, evidence, settings))
        joined = replace(finding, verdict=verdict, basis=Basis.JUDGE, evidence=evidence)
        return _with(joined, *flags, settings=settings)
    settled = replace(
        finding,
        verdict=verdict,
        basis=Basis.JUDGE,
        unchecked=None,
        flags=tuple(flag for flag in finding.flags if flag.code is not FlagCode.UNCERTAIN),
    )
    if verdict is Verdict.NOT_IN_ARTICLE:
        message = f"the judging model finds it in no sentence: {reason}"
        return _with(settled, _flag(FlagCode.NOT_IN_ARTICLE, message, settings, evidence), settings=settings)
    settled = replace(settled, evidence=evidence)
    if verdict is Verdict.CONTRADICTED:
        return _with(settled, _contradicts(reason, evidence, settings), settings=settings)
    return settled


def _whole_sentence(number: int, article: Article) -> Evidence:
    sentence = article.sentences[number - 1]
    return Evidence(number, sentence.start, sentence.end, sentence.text)


def _contradicts(reason: str, evidence: tuple[Evidence, ...], settings: Settings) -> Flag:
    message = f"the judging model says that the article contradicts it: {reason}"
    return _flag(FlagCode.JUDGE_CONTRADICTS, message, settings, evidence)


def _disagrees(verdict: Verdict, reason: str, evidence: tuple[Evidence, ...], settings: Settings) -> Flag:
    message = f"the judging model says “{verdict.value}”: {reason}"
    return _flag(FlagCode.JUDGE_DISAGREES_WITH_RULE, message, settings, evidence)


# --- no verdict ---------------------------------------------------------------------------------


def _undecided(
    finding: Finding, said: Sequence[Judgement], rulings: Sequence[Ruling], settings: Settings
) -> Finding:
    """Without one: a state that names why, and what the rules say."""
    failed = [ruling for ruling in rulings if ruling.verdict is None]
    counted = [judgement for judgement in said if judgement.problem is None]
    flags = [_failed(ruling, settings) for ruling in failed[:1]]
    flags += [
        _flag(FlagCode.JUDGE_CONTRADICTS, f"one of two answers says so: {judgement.reason}", settings)
        for judgement in counted
        if judgement.verdict is Verdict.CONTRADICTED
    ][:1]
    why = _why(said, failed)
    if finding.verdict is Verdict.CONTRADICTED and not counted:
        return finding  # the judge could not have changed it
    if finding.verdict is not Verdict.UNCHECKED:  # the rules' verdict stands
        if counted and any(judgement.verdict is not finding.verdict for judgement in counted):
            flags.append(_flag(FlagCode.JUDGE_DISAGREES_WITH_RULE, why, settings))
        return _with(finding, *flags, settings=settings)
    told = tuple(
        replace(flag, message=_told(flag.message, why)) if flag.code is FlagCode.UNCERTAIN else flag
        for flag in finding.flags
    )
    if not any(flag.code is FlagCode.UNCERTAIN for flag in told):
        flags.append(_flag(FlagCode.UNCERTAIN, why, settings))
    state = failed[0].state.flag_code if failed else None
    unchecked = (state or FlagCode.UNCERTAIN).value
    return _with(replace(finding, flags=told, unchecked=unchecked), *flags, settings=settings)


def _failed(ruling: Ruling, settings: Settings) -> Flag:
    code = ruling.state.flag_code or FlagCode.UNPARSED
    return _flag(code, f"the judging model gave no answer that can be used: {ruling.detail}", settings)


def _why(said: Sequence[Judgement], failed: Sequence[Ruling]) -> str:
    parts = [
        f"“{judgement.verdict.value}” ({judgement.reason})"
        if judgement.problem is None
        else f"an answer that does not count ({judgement.problem}: {judgement.reason})"
        for judgement in said
    ]
    parts += [f"no answer that can be used ({ruling.state.value})" for ruling in failed]
    often = "the judging model" if len(parts) == 1 else "the judging model, asked twice,"
    return f"{often} gave {' and '.join(parts)}"


def _told(message: str, why: str) -> str:
    """What the rules said, without the words that no judge was asked."""
    before, asked, after = message.partition(checker.NOT_JUDGED)
    return f"{before}, and {why}{after}" if asked else f"{message}; {why}"


def _flag(code: FlagCode, message: str, settings: Settings, evidence: tuple[Evidence, ...] = ()) -> Flag:
    return Flag(code, settings.severity_of(code), message, (), evidence)


def _with(finding: Finding, *flags: Flag, settings: Settings) -> Finding:
    """With these flags, as far as the newsroom wants them."""
    wanted = [flag for flag in flags if not settings.never_flags(flag.code)]
    return replace(finding, flags=(*finding.flags, *wanted))
