"""The checker beside ten features of word overlap, on summaries that others labelled.

usage: .venv/bin/python benchmarks/baseline.py PATH [--seen DIR] [--rounds 1000] [--json]

PATH is a folder with ragtruth_sentence, cliff_sentence, summeval and defacto as .jsonl.gz: rows with `article`,
`claim`, `label` (1 supported, 0 not), `article_key`. No model is asked.

The baseline is a logistic regression on the ten features of FEATURES. The checker's risk is fitted as
`summarizer calibrate` fits it, weights, line and damping. Both learn from the same benchmark sets (the checker
from the project's own suite as well) and never score an article that they have seen:

- ragtruth and summeval, which are fitted on: five folds by article, the weights fitted anew for each (of the
  checker, the line from score to risk, which changes no rank, and the damping come from all folds together);
- cliff, which is not: fitted on the other sets, without any article that cliff shares with them.

A set's baseline is the better one of two, fitted on all of these sets or on that set alone (cliff: on all the
others only). Differences are paired, over the same rows; intervals are the middle 95 % of resamplings of the
articles, the mean's of resamplings of all sets at once. Exit code 1 when the mean difference is below 0.04, or
one set is below its baseline. Needs the extra `evaluation`; some five minutes, half of it to check 10,000
sentences (`--seen DIR` keeps what the checks saw, and uses it again: delete it after a change of the checks).
"""

import argparse
import itertools
import json
import math
import re
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from summarizer.evaluation import calibrate, datasets, fit, metrics, observing
from summarizer.evaluation.datasets import Row
from summarizer.evaluation.observing import Example

ROOT = Path(__file__).resolve().parent.parent
SUITE = ROOT / "tests" / "newsroom" / "open"
FITTED = ("ragtruth_sentence", "summeval")  # measured by cross-validation
APART = "cliff_sentence"  # never fitted on
TAUGHT = "defacto"  # fitted on, and not among the figures
MEAN_ABOVE = 0.04
SEED = 1

_WORD = re.compile(r"\w+(?:['’]\w+)?")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_SHORT = 3  # letters up to which a word is taken for a function word

# --- the ten features ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Source:
    """An article as the baseline sees it."""

    places: dict[str, list[int]]
    known: frozenset[str]
    pairs: frozenset[tuple[str, str]]
    triples: frozenset[tuple[str, str, str]]
    sentences: tuple[Counter[str], ...]
    weighed: tuple[dict[str, float], ...]
    rarity: dict[str, float]
    unseen: float

    @classmethod
    def read(cls, text: str) -> "Source":
        words = tuple(words_of(text))
        sentences = tuple(Counter(words_of(piece)) for piece in _SENTENCE.split(text) if piece.strip())
        within = Counter(word for sentence in sentences for word in sentence)
        rarity = {word: 1 + math.log((1 + len(sentences)) / (1 + count)) for word, count in within.items()}
        unseen = 1 + math.log(1 + len(sentences))
        places: dict[str, list[int]] = {}
        for at, word in enumerate(words):
            places.setdefault(word, []).append(at)
        return cls(
            places,
            frozenset(words),
            frozenset(itertools.pairwise(words)),
            frozenset(zip(words, words[1:], words[2:], strict=False)),
            sentences,
            tuple(weighed(one, rarity, unseen) for one in sentences),
            rarity,
            unseen,
        )


def words_of(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]


def share(found: Sequence[bool]) -> float:
    return sum(found) / len(found) if found else 1.0


def words_known(text: str, source: Source) -> float:
    """Share of the words that the article has."""
    return share([word in source.known for word in words_of(text)])


def content_known(text: str, source: Source) -> float:
    """The same of words of four letters or more."""
    return share([word in source.known for word in words_of(text) if len(word) > _SHORT])


def pairs_known(text: str, source: Source) -> float:
    """Share of neighbouring words that are neighbours in the article."""
    words = words_of(text)
    return share([pair in source.pairs for pair in itertools.pairwise(words)])


def triples_known(text: str, source: Source) -> float:
    """Share of three words in a row that stand so in the article."""
    words = words_of(text)
    return share([three in source.triples for three in zip(words, words[1:], words[2:], strict=False)])


def longest_run(text: str, source: Source) -> float:
    """The longest run of words that stands so in the article, as a share of all words."""
    words = words_of(text)
    longest: int = 0
    ending: dict[int, int] = {}  # place in the article -> length of the run that ends there
    for word in words:
        ending = {at: ending.get(at - 1, 0) + 1 for at in source.places.get(word, ())}
        longest = max(longest, *ending.values(), 0)
    return longest / len(words) if words else 0.0


def best_sentence(text: str, source: Source) -> float:
    """Share of the words that the one sentence has which has most of them."""
    words = words_of(text)
    return max((share([word in one for word in words]) for one in source.sentences), default=0.0)


def tfidf_cosine(text: str, source: Source) -> float:
    """The highest cosine with a sentence of the article, words weighed by how rare they are in it."""
    mine = weighed(Counter(words_of(text)), source.rarity, source.unseen)
    return max((cosine(mine, one) for one in source.weighed), default=0.0)


def length(text: str, source: Source) -> float:
    """Number of words, as a logarithm."""
    return math.log1p(len(words_of(text)))


def new_numbers(text: str, source: Source) -> float:
    """How many words with a digit the article does not have."""
    return float(sum(any(c.isdigit() for c in w) and w not in source.known for w in words_of(text)))


def new_names(text: str, source: Source) -> float:
    """How many capitalised words, the first one left out, the article does not have."""
    words = _WORD.findall(text)[1:]
    return float(sum(word[0].isupper() and word.lower() not in source.known for word in words))


FEATURES: tuple[Callable[[str, Source], float], ...] = (
    words_known,
    content_known,
    pairs_known,
    triples_known,
    longest_run,
    best_sentence,
    tfidf_cosine,
    length,
    new_numbers,
    new_names,
)


def weighed(counts: Mapping[str, int], rarity: Mapping[str, float], unseen: float) -> dict[str, float]:
    return {word: count * rarity.get(word, unseen) for word, count in counts.items()}


def cosine(one: dict[str, float], other: dict[str, float]) -> float:
    size = math.hypot(*one.values()) * math.hypot(*other.values())
    return sum(weight * other.get(word, 0.0) for word, weight in one.items()) / size if size else 0.0


def features_of(rows: Sequence[Row]) -> "np.ndarray[Any, Any]":
    """A row of ten numbers for each."""
    read: dict[str, Source] = {}
    found = []
    for row in rows:
        if row.key not in read:
            read.clear()  # rows of one article stand together
            read[row.key] = Source.read(row.article)
        found.append([feature(row.text, read[row.key]) for feature in FEATURES])
    return np.array(found, float)


# --- data ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Set:
    """One labelled set: rows, what the baseline and what the checker see of them, in one order."""

    name: str
    values: "np.ndarray[Any, Any]"
    examples: Sequence[Example]

    @property
    def wrong(self) -> "np.ndarray[Any, Any]":
        return np.array([example.wrong for example in self.examples])

    @property
    def keys(self) -> list[str]:
        return [example.key for example in self.examples]


def load(name: str, path: Path, kept: Path | None) -> Set:
    rows = datasets.read([path]).rows
    print(f"{name}: {len(rows):,} rows", file=sys.stderr, flush=True)
    return Set(name, features_of(rows), seen(name, rows, kept))


def seen(name: str, rows: Sequence[Row], kept: Path | None) -> list[Example]:
    file = None if kept is None else kept / f"{name.replace(' ', '-')}.seen.jsonl.gz"
    if file is not None and file.is_file():
        found = observing.load(file)
        if [example.id for example in found] != [row.id for row in rows]:
            raise SystemExit(f"{file} was made from other rows; delete it")
        return found
    found = observing.look(rows).examples
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        observing.save(found, file)
    return found


# --- the two scorers -------------------------------------------------------------------------------


def regression(sets: Sequence[Set], without: frozenset[str]) -> Pipeline:
    """The baseline, fitted on all rows of these sets that are about other articles."""
    values = np.concatenate([one.values for one in sets])
    wrong = np.concatenate([one.wrong for one in sets])
    inside = np.array([key not in without for one in sets for key in one.keys])
    made = make_pipeline(StandardScaler(), LogisticRegression(class_weight="balanced", max_iter=2000))
    return made.fit(values[inside], wrong[inside])


def parts_of(sets: Sequence[Set], suite: Sequence[Example], without: frozenset[str]) -> list[fit.Part]:
    """What ``summarizer calibrate`` makes of these sets and the suite."""
    single = [all(len(e.seen) == 1 for e in one.examples) for one in sets]
    kept = [[e for e in one.examples if e.key not in without] for one in sets]
    parts = [
        fit.Part(one.name, examples, 0.5 / sum(single) if alone else 0.0)
        for one, examples, alone in zip(sets, kept, single, strict=True)
    ]
    return [*parts, fit.Part("newsroom open", suite, 0.5, plain=False)]


@dataclass(frozen=True)
class Scored:
    """A set's labels and what each scorer says of its rows."""

    name: str
    wrong: "np.ndarray[Any, Any]"
    keys: Sequence[str]
    checker: "np.ndarray[Any, Any]"
    baselines: dict[str, "np.ndarray[Any, Any]"]

    @property
    def best(self) -> str:
        """Which baseline ranks better."""
        return max(self.baselines, key=lambda name: roc_auc_score(self.wrong, self.baselines[name]))


def scored(fitted: Sequence[Set], taught: Set, apart: Set, suite: Sequence[Example]) -> list[Scored]:
    """Every measured set, no row by something that has seen its article."""
    every = [*fitted, taught]
    print("fitting in five folds", file=sys.stderr, flush=True)
    risks = calibrate.cross_risks(parts_of(every, suite, frozenset()))
    found = [
        Scored(
            one.name,
            one.wrong,
            one.keys,
            risk,
            {"all sets": folded(every, one), "this set": folded([one], one)},
        )
        for one, risk in zip(fitted, risks, strict=False)
    ]
    shared = frozenset(apart.keys)
    print(f"fitting without the articles of {APART}", file=sys.stderr, flush=True)
    calibration = calibrate.calibrate(parts_of(every, suite, shared), made=date(2000, 1, 1))
    risk = np.array([example.risk(calibration) for example in apart.examples])
    baseline = regression(every, shared).predict_proba(apart.values)[:, 1]
    return [*found, Scored(apart.name, apart.wrong, apart.keys, risk, {"the other sets": baseline})]


def folded(sets: Sequence[Set], one: Set) -> "np.ndarray[Any, Any]":
    """The baseline's risk of one set's rows, fitted on the rows of these sets that are in other folds."""
    folds = fit.folds(one.keys)
    risk = np.zeros(len(folds))
    for number in range(fit.FOLDS):
        mine = folds == number
        held = frozenset(key for key, inside in zip(one.keys, mine, strict=True) if inside)
        risk[mine] = regression(sets, held).predict_proba(one.values[mine])[:, 1]
    return risk


# --- figures ---------------------------------------------------------------------------------------


def area(wrong: "np.ndarray[Any, Any]", risk: "np.ndarray[Any, Any]") -> float | None:
    return float(roc_auc_score(wrong, risk)) if wrong.any() and not wrong.all() else None


def measured(found: Sequence[Scored], rounds: int) -> dict[str, Any]:
    """AUROC of both on each set, the paired difference, the mean; with intervals."""
    gaps: list[list[float | None]] = []
    rows: list[dict[str, Any]] = []
    for number, one in enumerate(found):
        line = one.baselines[one.best]
        drawn = [
            (area(one.wrong[at], one.checker[at]), area(one.wrong[at], line[at]))
            for at in metrics.resamples(one.keys, rounds, seed=SEED + number)
        ]
        gaps.append([None if a is None or b is None else a - b for a, b in drawn])
        ours, theirs = roc_auc_score(one.wrong, one.checker), roc_auc_score(one.wrong, line)
        rows.append(
            {
                "set": one.name,
                "rows": len(one.wrong),
                "articles": len(set(one.keys)),
                "wrong": int(one.wrong.sum()),
                "checker": round(float(ours), 4),
                "checker_interval": metrics.interval([a for a, _ in drawn]),
                "baseline": round(float(theirs), 4),
                "baseline_interval": metrics.interval([b for _, b in drawn]),
                "baseline_fitted_on": one.best,
                "baselines": {
                    n: round(float(roc_auc_score(one.wrong, s)), 4) for n, s in one.baselines.items()
                },
                "difference": round(float(ours - theirs), 4),
                "difference_interval": metrics.interval(gaps[-1]),
            }
        )
    means = [
        None if any(gap is None for gap in draw) else sum(gap for gap in draw if gap is not None) / len(draw)
        for draw in zip(*gaps, strict=True)
    ]
    mean = sum(row["difference"] for row in rows) / len(rows)
    below = [row["set"] for row in rows if row["difference"] < 0]
    missed = [f"mean difference {mean:+.3f}, wanted {MEAN_ABOVE:+.2f}"] if mean < MEAN_ABOVE else []
    missed += [f"{name}: below the baseline" for name in below]
    return {
        "sets": rows,
        "mean_difference": round(mean, 4),
        "mean_interval": metrics.interval(means),
        "rounds": rounds,
        "missed": missed,
    }


def table(found: dict[str, Any]) -> str:
    lines = [f"{'AUROC':18} {'rows':>6} {'wrong':>5}  {'checker':22} {'baseline':22} difference"]
    lines += [
        f"{row['set']:18} {row['rows']:6,} {row['wrong']:5,}  {shown(row, 'checker'):22} {shown(row, 'baseline'):22} "
        f"{shown(row, 'difference', '+')}, baseline fitted on {row['baseline_fitted_on']}"
        for row in found["sets"]
    ]
    low, high = found["mean_interval"]
    lines.append(f"mean difference {found['mean_difference']:+.3f} ({low:+.3f} to {high:+.3f})")
    lines.append(f"missed: {'; '.join(found['missed'])}" if found["missed"] else "all targets met")
    return "\n".join(lines)


def shown(row: dict[str, Any], name: str, sign: str = "") -> str:
    low, high = row[f"{name}_interval"]
    return f"{row[name]:{sign}.3f} ({low:{sign}.2f} to {high:{sign}.2f})"


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("path", type=Path)
    parser.add_argument("--seen", type=Path, metavar="DIR")
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    loaded = {
        name: load(name, options.path / f"{name}.jsonl.gz", options.seen) for name in (*FITTED, TAUGHT, APART)
    }
    suite = seen("newsroom open", datasets.read([SUITE]).rows, options.seen)
    found = measured(
        scored([loaded[name] for name in FITTED], loaded[TAUGHT], loaded[APART], suite), options.rounds
    )
    print(json.dumps(found, indent=2) if options.json else table(found))
    return 1 if found["missed"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
