#!/usr/bin/env python3
"""How often a model's verdicts are usable and right: statements of the newsroom suite, half of them wrong.

    benchmarks/judge.py MODEL.gguf [--statements 60] [--per-story 10] [--judges 2] [--out FILE.json]
    benchmarks/judge.py --base-url http://localhost:11434/v1 --model NAME [--set kept_aside]
    benchmarks/judge.py MODEL.gguf --from FILE.json       # the same tables from a run before; asks nothing

Every statement is put to the judge, whatever the rules say of it, an article's in one call as in a report.
It ends with code 1 when a verdict took a flag of the rules away: of this model's, and of three made-up judges
that are always wrong in the same way. With a model of 1.5 billion parameters on two cores: about 15 minutes.
"""

import argparse
import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from summarizer.asking import Asker  # noqa: E402
from summarizer.checker import check_article  # noqa: E402
from summarizer.flags import FlagCode  # noqa: E402
from summarizer.judge import Judge, Judged  # noqa: E402
from summarizer.judging import Ruling, apply_verdicts, to_be_judged  # noqa: E402
from summarizer.llm.client import OpenAIModel  # noqa: E402
from summarizer.llm.local import EmbeddedModel  # noqa: E402
from summarizer.llm.model import LanguageModel  # noqa: E402
from summarizer.parsing import JudgeVerdict  # noqa: E402
from summarizer.prompts import Prompts  # noqa: E402
from summarizer.report import AnswerState, Finding, Verdict  # noqa: E402
from summarizer.resources import prompts_dir  # noqa: E402
from summarizer.settings import Settings  # noqa: E402
from tests.newsroom import suite  # noqa: E402

Rulings = Mapping[str, Sequence[Ruling]]

_PATIENCE_S = 7_200.0  # small machines are slow, and nothing is measured by a time-out
LABELS = (Verdict.SUPPORTED, Verdict.CONTRADICTED, Verdict.NOT_IN_ARTICLE)


@dataclass(frozen=True)
class Chosen:
    """Some statements of one story, and what the rules say of them."""

    story: suite.Story
    rows: tuple[suite.Row, ...]
    findings: tuple[Finding, ...]


def chosen(part: str, statements: int, per_story: int, settings: Settings) -> list[Chosen]:
    """As many right as wrong ones, from stories spread evenly over the suite."""
    stories = suite.stories(part)
    wanted = min(len(stories), -(-statements // per_story))
    picked = [stories[at * len(stories) // wanted] for at in range(wanted)]
    found = []
    for story in picked:
        right = [row for row in story.rows if row.wrong is None][: per_story // 2]
        wrong = [row for row in story.rows if row.wrong is not None][: per_story - len(right)]
        rows = tuple(row for pair in zip(right, wrong, strict=False) for row in pair)
        checked = check_article(story.article, [row.statement for row in rows], settings=settings)
        found.append(Chosen(story, rows, tuple(checked.findings)))
    return found


async def ask(
    model: LanguageModel, every: Sequence[Chosen], settings: Settings, at_once: int
) -> list[Judged]:
    found: dict[str, Judged] = {}
    turns, library = anyio.CapacityLimiter(at_once), Prompts(prompts_dir())

    async def one_story(one: Chosen) -> None:
        async with turns:
            started = time.perf_counter()
            asker = Asker(model, settings.article_timeout_s)
            judge = Judge(one.story.article, asker, library, settings, lambda step: None)
            judged = found[one.story.name] = await judge.rule(one.findings)
        states = ", ".join(call.state.value for call in judged.calls)
        seconds = time.perf_counter() - started
        print(f"{one.story.name}: {states}; {seconds:.0f} s", file=sys.stderr, flush=True)

    async with anyio.create_task_group() as group:
        for one in every:
            group.start_soon(one_story, one)
    await model.close()
    return [found[one.story.name] for one in every]


# --- what it came to ------------------------------------------------------------------------------


def joined(one: Chosen, rulings: Rulings, settings: Settings) -> tuple[Finding, ...]:
    return apply_verdicts(one.findings, rulings, one.story.article, settings)


def taken_away(before: Finding, after: Finding) -> list[str]:
    """What a judge must not do and did."""
    left = [flag.code for flag in after.flags]
    lost = []
    for flag in before.flags:
        if flag.code in left:
            left.remove(flag.code)
        elif flag.code is not FlagCode.UNCERTAIN:
            lost.append(f"{before.statement.id}: {flag.code.value} is gone")
    if before.verdict is Verdict.CONTRADICTED and after.verdict is not Verdict.CONTRADICTED:
        lost.append(f"{before.statement.id}: contradicted became {after.verdict.value}")
    return lost


def made_up(label: Verdict, one: Chosen) -> dict[str, Sequence[Ruling]]:
    """A judge that says the same of everything, with a sentence that exists."""
    verdict = {f.statement.id: JudgeVerdict(f.statement.id, label, (1,), "So it is.") for f in one.findings}
    return {name: [Ruling(1, said, {1})] for name, said in verdict.items()}


def right(row: suite.Row, verdict: Verdict) -> bool:
    """Whether a label is right: for a wrong statement, either of the two that say so."""
    return (verdict is Verdict.SUPPORTED) == (row.wrong is None)


def report(every: Sequence[Chosen], rulings: Sequence[Rulings], settings: Settings) -> str:
    """The tables, in lines."""
    calls = Counter(ruling.state.value for each in rulings for of in each.values() for ruling in of)
    said, used, problems = [], [], Counter[str]()
    gained = Counter[str]()
    for one, each in zip(every, rulings, strict=True):
        asked = {finding.statement.id for finding in to_be_judged(one.findings, settings)}
        in_band = {name: of for name, of in each.items() if name in asked}
        for row, before, after, real in zip(
            one.rows, one.findings, joined(one, each, settings), joined(one, in_band, settings), strict=True
        ):
            kind = "wrong" if row.wrong else "right"
            gained[f"{kind}, flagged by the rules"] += before.needs_review
            gained[f"{kind}, flagged with the judge"] += real.needs_review
            gained[f"{kind}, asked about"] += before.statement.id in asked
            for judgement in after.judgements:
                said.append((row, judgement))
                if judgement.problem is None:
                    used.append((row, judgement.verdict))
                else:
                    problems[judgement.problem.split(" “")[0]] += 1
    total = sum(len(one.rows) for one in every) * settings.judges
    lines = [
        f"{total} verdicts asked for, states: {', '.join(f'{k} {n}' for k, n in calls.most_common())}",
        f"read {len(said)}, usable {_share(len(used), total)}; not: "
        + (", ".join(f"{why} {n}" for why, n in problems.most_common()) or "none"),
        f"right, of the usable: {_share(sum(right(*pair) for pair in used), len(used))}",
    ]
    for kind in ("right", "wrong"):
        of = [pair for pair in used if (pair[0].wrong is None) == (kind == "right")]
        hits = sum(right(*pair) for pair in of)
        lines.append(f"  of {kind} statements: {_share(hits, len(of))}")
    lines.append("verdict          given   right, of those")
    for label in LABELS:
        of = [pair for pair in used if pair[1] is label]
        lines.append(f"  {label.value:15}{len(of):5}   {_share(sum(right(*pair) for pair in of), len(of))}")
    by_error = Counter(row.wrong for row, label in used if row.wrong and not right(row, label))
    lines.append(
        "errors it let pass: " + (", ".join(f"{e} {n}" for e, n in by_error.most_common()) or "none")
    )
    lines.append("at the settings' band: " + ", ".join(f"{what} {n}" for what, n in gained.items()))
    return "\n".join(lines)


def broken(every: Sequence[Chosen], rulings: Sequence[Rulings], settings: Settings) -> list[str]:
    """What the rules lost: by this model's verdicts, and by judges that always say the same."""
    found = []
    for one, each in zip(every, rulings, strict=True):
        for said in (each, *(made_up(label, one) for label in LABELS)):
            for before, after in zip(one.findings, joined(one, said, settings), strict=True):
                found += taken_away(before, after)
    return found


def _share(part: int, whole: int) -> str:
    return f"{part}/{whole} ({part / whole:.0%})" if whole else "-"


# --- a run, kept ----------------------------------------------------------------------------------


def kept(rulings: Rulings) -> dict[str, list[dict[str, Any]]]:
    return {
        name: [
            {
                "round": ruling.round,
                "shown": sorted(ruling.shown),
                "state": ruling.state.value,
                "detail": ruling.detail,
                "verdict": ruling.verdict and ruling.verdict.verdict.value,
                "evidence": ruling.verdict and ruling.verdict.evidence,
                "reason": ruling.verdict and ruling.verdict.reason,
            }
            for ruling in of
        ]
        for name, of in rulings.items()
    }


def read_back(data: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, list[Ruling]]:
    return {
        name: [
            Ruling(
                one["round"],
                JudgeVerdict(name, Verdict(one["verdict"]), tuple(one["evidence"]), one["reason"])
                if one["verdict"]
                else None,
                frozenset(one["shown"]),
                AnswerState(one["state"]),
                one["detail"],
            )
            for one in of
        ]
        for name, of in data.items()
    }


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("gguf", nargs="?", type=Path, metavar="MODEL.gguf")
    parser.add_argument("--base-url", metavar="URL")
    parser.add_argument("--model", metavar="NAME")
    parser.add_argument("--set", choices=("open", "kept_aside"), default="open")
    parser.add_argument("--statements", type=int, default=60)
    parser.add_argument("--per-story", type=int, default=10, help="statements of one article: one call")
    parser.add_argument(
        "--at-once", type=int, default=1, metavar="N", help="articles; for a server with slots"
    )
    parser.add_argument("--judges", type=int, choices=(1, 2), default=1)
    parser.add_argument("--out", type=Path, metavar="FILE", help="keep what was said")
    parser.add_argument("--from", dest="source", type=Path, metavar="FILE", help="what was kept")
    options = parser.parse_args()
    settings = Settings(judges=options.judges, timeout_s=_PATIENCE_S, article_timeout_s=_PATIENCE_S)
    every = chosen(options.set, options.statements, options.per_story, settings)
    if options.source is not None:
        rulings: list[Rulings] = [
            read_back(each) for each in json.loads(options.source.read_text(encoding="utf-8"))
        ]
    else:
        model: LanguageModel
        if options.gguf is not None:
            model = EmbeddedModel(options.gguf, timeout_s=_PATIENCE_S)
        elif options.base_url is not None and options.model is not None:
            model = OpenAIModel(
                options.model,
                base_url=options.base_url,
                api_key=Settings.load().api_key,
                timeout_s=_PATIENCE_S,
            )
        else:
            parser.error("name a model: a GGUF file, or --base-url and --model")
        rulings = [judged.rulings for judged in asyncio.run(ask(model, every, settings, options.at_once))]
    if options.out is not None:
        options.out.write_text(
            json.dumps([kept(each) for each in rulings], ensure_ascii=False), encoding="utf-8"
        )
    print(report(every, rulings, settings))
    lost = broken(every, rulings, settings)
    print(f"taken away from the rules, by this judge or three made-up ones: {'; '.join(lost) or 'nothing'}")
    return 1 if lost else 0


if __name__ == "__main__":
    raise SystemExit(main())
