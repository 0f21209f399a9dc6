"""Fits the weights of check-worthiness to our own labelled sentences, and writes them into the package.

usage: .venv/bin/python benchmarks/fit_worth.py [--dry-run]

Needs the extra `evaluation`. Logistic regression with an L2 penalty; a sentence that is worth something
(1 of 2) counts half on each side. The penalty is the strongest whose average precision, cross-validated by
source, is within one standard error of the best: sentences of one text never stand on both sides. Nothing
but `benchmarks/data/worth/sentences.tsv` is read.
"""

import hashlib
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.model_selection import GroupKFold

from summarizer.checks.text import lexicon, tokenize
from summarizer.worth import WEIGHTS
from summarizer.worth.features import NAMES, features
from summarizer.worth.kinds import kind_of

DATA = Path(__file__).parent / "data" / "worth" / "sentences.tsv"
FOLDS, BOOTSTRAPS = 8, 400
PENALTIES = (0.03, 0.1, 0.3, 1.0, 3.0)  # scikit-learn's C: small is strong
CLEARLY = 2


def rows() -> list[dict[str, str]]:
    """language, source, worth (0, 1, 2), kind and sentence of every line."""
    head, *lines = DATA.read_text(encoding="utf-8").splitlines()
    return [dict(zip(head.split("\t"), line.split("\t"), strict=True)) for line in lines]


def vector(sentence: str, language: str) -> dict[str, float]:
    lex = lexicon(language)
    return dict(features(sentence, tokenize(sentence, lex), lex))


def fit(x: Any, worth: Any, penalty: float) -> LogisticRegression:
    """``worth`` from 0 to 1 is the share of a sentence that counts as worth checking."""
    doubled, target = np.vstack([x, x]), np.r_[np.ones(len(worth)), np.zeros(len(worth))]
    weight = np.r_[worth, 1 - worth]
    kept = weight > 0
    return LogisticRegression(C=penalty, max_iter=5000).fit(
        doubled[kept], target[kept], sample_weight=weight[kept]
    )


def cross_validated(x: Any, worth: Any, groups: Any, penalty: float) -> Any:
    scores = np.zeros(len(worth))
    for train, test in GroupKFold(FOLDS).split(x, worth, groups):
        scores[test] = fit(x[train], worth[train], penalty).predict_proba(x[test])[:, 1]
    return scores


def main() -> int:
    data = rows()
    found = [vector(row["sentence"], row["language"]) for row in data]
    x = np.array([[each[name] for name in NAMES] for each in found])
    worth = np.array([int(row["worth"]) / CLEARLY for row in data])
    groups = np.array([row["source"] for row in data])
    clearly = worth == 1
    rng = np.random.default_rng(0)
    precisions, errors, scores = {}, {}, {}
    for penalty in PENALTIES:
        scores[penalty] = cross_validated(x, worth, groups, penalty)
        precisions[penalty] = float(average_precision_score(clearly, scores[penalty]))
        picks = (rng.integers(0, len(worth), len(worth)) for _ in range(BOOTSTRAPS))
        resampled = [average_precision_score(clearly[p], scores[penalty][p]) for p in picks]
        errors[penalty] = float(np.std(resampled))
        print(f"C {penalty:<5} average precision {precisions[penalty]:.3f} ± {errors[penalty]:.3f}")
    best = max(PENALTIES, key=lambda c: precisions[c])
    chosen = min(c for c in PENALTIES if precisions[c] >= precisions[best] - errors[best])
    model = fit(x, worth, chosen)
    kinds = np.mean([kind_of(each).value == row["kind"] for each, row in zip(found, data, strict=True)])
    stored = {
        "about": "Logistic regression on summarizer/worth/features.py, by benchmarks/fit_worth.py",
        "data": {
            "name": "benchmarks/data/worth/sentences.tsv, own writing, own labels",
            "sha256": hashlib.sha256(DATA.read_bytes()).hexdigest(),
            "sentences": len(data),
            "sources": len(set(groups)),
            "clearly_worth": int(clearly.sum()),
            "not_worth": int((worth == 0).sum()),
        },
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "figures": {
            "average_precision_clearly_worth": round(precisions[chosen], 3),
            "average_precision_worth_something": round(
                float(average_precision_score(worth > 0, scores[chosen])), 3
            ),
            "standard_error": round(errors[chosen], 3),
            "how": f"{FOLDS}-fold cross-validation by source",
            "kind_right": round(float(kinds), 3),
        },
        "penalty_c": chosen,
        "intercept": round(float(model.intercept_[0]), 4),
        "weights": {name: round(float(w), 4) for name, w in zip(NAMES, model.coef_[0], strict=True)},
    }
    text = json.dumps(stored, indent=2, ensure_ascii=False) + "\n"
    print(text)
    if "--dry-run" not in sys.argv[1:]:
        WEIGHTS.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
