"""What each signal of the rules adds over ``coverage`` alone, on labelled sets: ``checks.py --signals``.

``coverage`` ranks statements by how much of them the article nowhere has. For each check the same ranking is made
with its mismatches added (a statement with one goes before all without), and the gain in AUROC is measured over
the same rows, both resampled together by article. A summary counts as its worst sentence. Nothing is fitted.
"""

from collections.abc import Sequence
from pathlib import Path

from summarizer.evaluation.datasets import Row, read
from summarizer.evaluation.metrics import Scores, auroc, paired
from summarizer.evaluation.observing import Example, look

BASE = "coverage.doubt"
_FEWEST = 1  # statements with a signal, below which nothing is measured


def table(paths: Sequence[Path], *, rounds: int, most: int | None) -> dict[str, dict[str, object]]:
    """Data set -> its rows, what coverage alone does, and each check: how often it speaks, what it adds."""
    rows = read(paths).rows
    found: dict[str, dict[str, object]] = {}
    for name in sorted({row.dataset for row in rows}):
        chosen = _evenly([row for row in rows if row.dataset == name], most)
        examples = look(chosen).examples
        if len({example.wrong for example in examples}) == 2:
            found[name] = _of_set(examples, rounds)
    return found


def _evenly(rows: list[Row], most: int | None) -> list[Row]:
    """At most so many rows, spread over the whole set."""
    if most is None or len(rows) <= most:
        return rows
    return [rows[index * len(rows) // most] for index in range(most)]


def _of_set(examples: Sequence[Example], rounds: int) -> dict[str, object]:
    wrong, keys = [example.wrong for example in examples], [example.key for example in examples]
    base = [_worst(example, BASE) for example in examples]

    def scores(risk: Sequence[float]) -> Scores:
        return Scores.of(wrong, risk, [False] * len(risk), keys)

    alone = scores(base)
    names = {n for e in examples for seen in e.seen for n in seen.features if n.endswith(".mismatch")}
    signals = {}
    together = list(base)
    for name in sorted(names):
        spoken = [_worst(example, name) for example in examples]
        if sum(value > 0 for value in spoken) < _FEWEST:
            continue
        together = [total + value for total, value in zip(together, spoken, strict=True)]
        added = scores([one + value for one, value in zip(base, spoken, strict=True)])
        signals[name.removesuffix(".mismatch")] = _signal(spoken, wrong) | _gain(added, alone, rounds)
    return {
        "rows": len(examples),
        "wrong": sum(wrong),
        "articles": len(set(keys)),
        "coverage_auroc": auroc(alone),
        "all_signals": _gain(scores(together), alone, rounds),
        "signals": signals,
    }


def _worst(example: Example, name: str) -> float:
    return max((seen.features.get(name, 0.0) for seen in example.seen), default=0.0)


def _signal(spoken: Sequence[float], wrong: Sequence[bool]) -> dict[str, int]:
    return {
        "on_wrong": sum(value > 0 and bad for value, bad in zip(spoken, wrong, strict=True)),
        "on_right": sum(value > 0 and not bad for value, bad in zip(spoken, wrong, strict=True)),
    }


def _gain(one: Scores, other: Scores, rounds: int) -> dict[str, float | None]:
    gap = paired(one, other, auroc, rounds)
    return {"gain": gap.value, "low": gap.low, "high": gap.high}


def shown(found: dict[str, dict[str, object]]) -> str:
    """The same as text."""
    lines = []
    for name, of in found.items():
        whole = of["all_signals"]
        assert isinstance(whole, dict)
        lines.append(
            f"{name}: {of['rows']} rows of {of['articles']} articles, {of['wrong']} wrong; "
            f"coverage alone AUROC {of['coverage_auroc']:.3f}; all signals {_interval(whole)}"
        )
        lines.append(f"  {'signal':16} on wrong  on right  added to AUROC (95 %)")
        signals = of["signals"]
        assert isinstance(signals, dict)
        for check, row in sorted(signals.items(), key=lambda item: -(item[1]["gain"] or 0.0)):
            lines.append(f"  {check:16} {row['on_wrong']:8}  {row['on_right']:8}  {_interval(row)}")
    return "\n".join(lines)


def _interval(row: dict[str, float | None]) -> str:
    if row["gain"] is None:
        return "-"
    edges = "" if row["low"] is None or row["high"] is None else f" ({row['low']:+.4f} to {row['high']:+.4f})"
    return f"{row['gain']:+.4f}{edges}"
