#!/usr/bin/env python3
"""How often the rules are right: the newsroom suite, by flag code, by language and by error type.

    benchmarks/checks.py [--set open|kept_aside] [--language en] [--wrong-only] [--list]

``--list`` prints every right statement that is flagged and every wrong one that is not, or that is flagged
with another code.
"""

import argparse
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from summarizer.flags import ERROR_TYPE_CODES  # noqa: E402
from tests.newsroom import suite  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--set", choices=("open", "kept_aside"), default="open")
    parser.add_argument("--language")
    parser.add_argument("--code", help="list only rows that have or should have this flag code")
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
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
    print(table(scored))
    return 0


def table(scored: list[suite.Scored]) -> str:
    lines = [f"{'':24} right flagged    wrong flagged    code right of those"]
    groups = [("all", scored)]
    groups += [
        (f"language {code}", [s for s in scored if s.language == code])
        for code in sorted({s.language for s in scored})
    ]
    kinds = sorted({s.row.wrong for s in scored if s.row.wrong})
    groups += [(kind, [s for s in scored if s.row.wrong == kind]) for kind in kinds]
    for name, group in groups:
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


if __name__ == "__main__":
    raise SystemExit(main())
