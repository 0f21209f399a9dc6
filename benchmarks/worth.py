"""How well check-worthiness ranks sentences that others labelled, beside two baselines.

usage: .venv/bin/python benchmarks/worth.py PATH [--bootstrap N] [--json]

PATH is a folder with checkworthy_*.jsonl[.gz], or such files: rows with `sentence` and `label` (1 =
check-worthy). Average precision of our score, of the number of words, of the number of figures, and of the
number of figures with words to settle equals; with 95 % intervals by bootstrap over sentences (over debates
where rows name a `file`), and the difference to the best of the baselines, paired. Nothing is fitted here.
Needs the extra `evaluation`; about a minute for 20,000 sentences.
"""

import argparse
import gzip
import json
import re
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import average_precision_score

from summarizer import worth

_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")


def words(sentence: str) -> float:
    return float(len(sentence.split()))


def figures(sentence: str) -> float:
    return float(len(_FIGURE.findall(sentence)))


def both(sentence: str) -> float:
    return figures(sentence) + min(words(sentence), 999) / 1000


def ours(sentence: str) -> float:
    return worth.of_text(sentence, "en").value


SCORES: dict[str, Callable[[str], float]] = {"ours": ours, "length": words, "figures": figures, "both": both}


def read(path: Path) -> list[dict[str, Any]]:
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return [json.loads(line) for line in data.decode().splitlines()]


def measured(rows: Sequence[dict[str, Any]], rounds: int) -> dict[str, Any]:
    """Average precisions, their intervals, and the differences to the best baseline."""
    labels = np.array([int(row["label"]) for row in rows])
    started = time.process_time()
    scores = {name: np.array([score(row["sentence"]) for row in rows]) for name, score in SCORES.items()}
    seconds = time.process_time() - started
    groups = [str(row.get("file") or number) for number, row in enumerate(rows)]
    members: dict[str, list[int]] = {}
    for number, group in enumerate(groups):
        members.setdefault(group, []).append(number)
    parts = [np.array(found) for found in members.values()]
    rng = np.random.default_rng(0)
    drawn: dict[str, list[float]] = {name: [] for name in SCORES}
    for _ in range(rounds):
        picks = np.concatenate([parts[index] for index in rng.integers(0, len(parts), len(parts))])
        for name, values in scores.items():
            drawn[name].append(float(average_precision_score(labels[picks], values[picks])))
    point = {name: float(average_precision_score(labels, values)) for name, values in scores.items()}
    best = max((name for name in SCORES if name != "ours"), key=lambda name: point[name])
    gaps = np.array(drawn["ours"]) - np.array(drawn[best])
    return {
        "sentences": len(rows),
        "check_worthy": int(labels.sum()),
        "resampled": f"{len(parts)} {'files' if len(parts) < len(rows) else 'sentences'}",
        "average_precision": {n: [round(point[n], 3), *_interval(drawn[n])] for n in SCORES},
        "above_the_best_baseline": [round(point["ours"] - point[best], 3), *_interval(gaps)],
        "ms_a_sentence": round(1000 * seconds / len(rows), 3),
    }


def _interval(values: Any) -> list[float]:
    return [round(float(value), 3) for value in np.percentile(values, (2.5, 97.5))]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("path", type=Path, nargs="+")
    parser.add_argument("--bootstrap", type=int, default=500, metavar="N")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    files = [
        file
        for path in given.path
        for file in (sorted(path.glob("checkworthy_*.jsonl*")) if path.is_dir() else [path])
    ]
    if not files:
        print("no checkworthy_*.jsonl or .jsonl.gz there", file=sys.stderr)
        return 2
    results = {file.name.split(".")[0]: measured(read(file), given.bootstrap) for file in files}
    if given.json:
        print(json.dumps(results, indent=2))
        return 0
    for name, result in results.items():
        print(
            f"{name}: {result['check_worthy']} of {result['sentences']} check-worthy, "
            f"resampled by {result['resampled']}"
        )
        for score, (point, low, high) in result["average_precision"].items():
            print(f"  {score:<8} average precision {point:.3f} ({low:.3f} to {high:.3f})")
        point, low, high = result["above_the_best_baseline"]
        print(f"  above the best baseline by {point:+.3f} ({low:+.3f} to {high:+.3f})")
        print(f"  {result['ms_a_sentence']:.3f} ms of processor time a sentence, all scores")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
