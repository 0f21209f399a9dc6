#!/usr/bin/env python3
"""How often the rules are right, and how fast they are.

    benchmarks/checks.py [--set open|kept_aside] [--language en] [--code CODE] [--list] [--json]
    benchmarks/checks.py --speed [--most-words 200000] [--json]
    benchmarks/checks.py --signals FILE.jsonl.gz … [--rounds 500] [--most-rows N] [--json]

The first scores the newsroom suite, by flag code, by language and by error type; ``--list`` prints every right
statement that is flagged and every wrong one that is not, or that is flagged with another code. ``--grid`` adds
a table by flag code and language: of the wrong statements that the code answers, how many have it.

``--speed`` measures processor time of one core: statements a second (15 about an article of 600 words, the
article's preparation from plain text included), time by the length of the article, and 100 kB of hostile
shapes as article and as statement. It ends with exit code 1 when a target is missed: 1,000 statements a
second, 1.3 times the proportional time for 200,000 words, 2 s for a hostile shape.

``--signals`` measures on labelled sets what each signal adds over ``coverage`` alone (``check_signals.py``); it
needs the extra ``evaluation``.
"""

import argparse
import json
import sys
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from summarizer.checker import check_statements  # noqa: E402
from summarizer.flags import ERROR_TYPE_CODES  # noqa: E402
from tests.newsroom import suite  # noqa: E402
from tests.speed_texts import HOSTILE, long_article, statements_about  # noqa: E402

WORDS, STATEMENTS, ROUNDS = 600, 15, 20
PER_SECOND = 1_000
LENGTHS = (600, 2_000, 6_000, 20_000, 60_000, 200_000)
LINEAR = 1.3  # how much more than in proportion the longest may take, against 6,000 words
HOSTILE_CHARACTERS, HOSTILE_SECONDS = 100_000, 2.0


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--set", choices=("open", "kept_aside"), default="open")
    parser.add_argument("--language")
    parser.add_argument("--code", help="list only rows that have or should have this flag code")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--speed", action="store_true", help="measure how fast the checks are")
    parser.add_argument("--most-words", type=int, default=LENGTHS[-1], help="of the longest article")
    parser.add_argument("--grid", action="store_true", help="a table by flag code and language as well")
    parser.add_argument("--signals", nargs="+", type=Path, metavar="FILE", help="labelled sets")
    parser.add_argument("--rounds", type=int, default=500, help="of the bootstrap")
    parser.add_argument("--most-rows", type=int, help="of each labelled set")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.signals:
        from benchmarks import check_signals

        found = check_signals.table(options.signals, rounds=options.rounds, most=options.most_rows)
        print(json.dumps(found, indent=2) if options.json else check_signals.shown(found))
        return 0
    if options.speed:
        return speed(options.most_words, as_json=options.json)
    scored = [row for row in suite.scored(options.set) if options.language in (None, row.language)]
    if options.list:
        for row in scored:
            wanted = ERROR_TYPE_CODES.get(row.row.wrong or "", ())
            fine = not row.flags if row.row.wrong is None else any(c in row.codes for c in wanted)
            concerns = options.code is None or options.code in {*row.codes, *wanted}
            if concerns and not fine:
                print(f"{row.row.id} [{row.row.wrong or 'right: ' + str(row.row.right)}] {row.row.text}")
                for flag in row.flags:
                    print(f"      {flag.code}: {flag.message}")
                if row.row.note:
                    print(f"      note: {row.row.note}")
    if options.json:
        print(json.dumps(counts(scored) | ({"grid": by_code(scored)} if options.grid else {}), indent=2))
    else:
        print(table(scored))
        if options.grid:
            print(grid(scored))
    return 0


def by_code(scored: list[suite.Scored]) -> dict[str, dict[str, list[int]]]:
    """Code -> language, or "all" -> wrong statements that it answers, how many have it, right ones that do."""
    found = {}
    for code in sorted({code for codes in ERROR_TYPE_CODES.values() for code in codes}):
        rows = {}
        for language in ("all", *sorted({s.language for s in scored})):
            group = [s for s in scored if language in ("all", s.language)]
            answered = [s for s in group if code in ERROR_TYPE_CODES.get(s.row.wrong or "", ())]
            rows[language] = [
                len(answered),
                sum(code in s.codes for s in answered),
                sum(code in s.codes for s in group if s.row.wrong is None),
            ]
        found[code.value] = rows
    return found


def grid(scored: list[suite.Scored]) -> str:
    """``by_code`` as a table: "found/wrong +right flagged" for each language."""
    rows = by_code(scored)
    names = list(next(iter(rows.values())))
    lines = ["", f"{'code: found/wrong +right':24}" + "".join(f"{name:>12}" for name in names)]
    for code, of in rows.items():
        cells = (
            f"{having}/{wrong} +{right}" if wrong or right else "-" for wrong, having, right in of.values()
        )
        lines.append(f"{code:24}" + "".join(f"{cell:>12}" for cell in cells))
    return "\n".join(lines)


def counts(scored: list[suite.Scored]) -> dict[str, dict[str, int]]:
    """The figures of the table: by group, how many rows, and how many of them are flagged and named."""
    found = {}
    for name, group in _groups(scored):
        right = [s for s in group if s.row.wrong is None]
        wrong = [s for s in group if s.row.wrong is not None]
        found[name] = {
            "right": len(right),
            "right_flagged": sum(bool(s.flags) for s in right),
            "wrong": len(wrong),
            "wrong_flagged": sum(bool(s.flags) for s in wrong),
            "code_right": sum(bool(s.flags) and s.named for s in wrong),
        }
    return found


def _groups(scored: list[suite.Scored]) -> list[tuple[str, list[suite.Scored]]]:
    groups = [("all", scored)]
    groups += [
        (f"language {code}", [s for s in scored if s.language == code])
        for code in sorted({s.language for s in scored})
    ]
    kinds = sorted({s.row.wrong for s in scored if s.row.wrong})
    return groups + [(kind, [s for s in scored if s.row.wrong == kind]) for kind in kinds]


def table(scored: list[suite.Scored]) -> str:
    lines = [f"{'':24} right flagged    wrong flagged    code right of those"]
    for name, group in _groups(scored):
        right = [s for s in group if s.row.wrong is None]
        wrong = [s for s in group if s.row.wrong is not None]
        caught = [s for s in wrong if s.flags]
        named = [s for s in caught if s.named]
        lines.append(
            f"{name:24} {_share(sum(bool(s.flags) for s in right), len(right)):14}   "
            f"{_share(len(caught), len(wrong)):14}   {_share(len(named), len(caught)):14}"
        )
    false = Counter(code for s in scored if s.row.wrong is None for code in s.codes)
    lines.append("flags on right statements: " + ", ".join(f"{code} {n}" for code, n in false.most_common()))
    return "\n".join(lines)


def _share(part: int, whole: int) -> str:
    return f"{part:3}/{whole:3} {part / whole:5.1%}" if whole else "-"


# --- how fast


def speed(most_words: int, *, as_json: bool) -> int:
    """Measure, print, and say whether the targets are met."""
    made = long_article(WORDS, seed=-1)
    _seconds(made, statements_about(made, STATEMENTS))  # reads the tables
    best = min(_of_length(WORDS, seed) for seed in range(ROUNDS))
    lengths = {
        words: min(_of_length(words, seed) for seed in range(3 if words <= 20_000 else 1))
        for words in LENGTHS
        if words <= most_words
    }
    article = long_article(WORDS)
    hostile = {}
    for name, shape in sorted(HOSTILE.items()):
        text = shape(HOSTILE_CHARACTERS)
        hostile[name] = {
            "as_article": _seconds(
                text, ["The council did not raise 12 per cent, Ann Price said on Tuesday."]
            ),
            "as_statement": _seconds(article, [text, text[:3_999]]),
        }
    per_second = STATEMENTS / best
    longest = max(lengths)
    growth = (lengths[longest] / longest) / (lengths[6_000] / 6_000) if longest > 6_000 else None
    slow = [name for name, times in hostile.items() if max(times.values()) > HOSTILE_SECONDS]
    missed = [
        *(["statements a second"] if per_second < PER_SECOND else []),
        *(["time by words"] if growth is not None and growth > LINEAR else []),
        *(f"hostile: {name}" for name in slow),
    ]
    if as_json:
        figures = {
            "statements_per_second": round(per_second, 1),
            "seconds_by_words": lengths,
            "growth": growth,
            "hostile_seconds": hostile,
            "missed": missed,
        }
        print(json.dumps(figures, indent=2))
    else:
        print(
            f"{STATEMENTS} statements, {WORDS} words: {best * 1000:.1f} ms, {per_second:,.0f} statements a second"
        )
        print(f"\n{'words':>10} {'seconds':>9} {'µs a word':>10}")
        for words, seconds in lengths.items():
            print(f"{words:>10,} {seconds:9.3f} {1e6 * seconds / words:10.1f}")
        print(f"\n{HOSTILE_CHARACTERS // 1000} kB of {'':24} article  statement (seconds)")
        for name, times in hostile.items():
            print(f"  {name:32} {times['as_article']:7.2f} {times['as_statement']:10.2f}")
        print(f"\nmissed: {', '.join(missed)}" if missed else "\nall targets met")
    return 1 if missed else 0


def _of_length(words: int, seed: int) -> float:
    """Seconds for the statements of an article that was never read before."""
    article = long_article(words, seed=seed)
    return _seconds(article, statements_about(article, STATEMENTS))


def _seconds(article: str, statements: list[str]) -> float:
    started = time.process_time()
    check_statements(article, statements, language="en")
    return time.process_time() - started


if __name__ == "__main__":
    raise SystemExit(main())
