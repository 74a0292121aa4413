"""`python -m bench`: measures the embedded engine side by side with its peers and prints what came
of it.

Figures of each size are kept in bench/work/results/, so that sizes can be measured one after the
other; `--write` puts all that is kept into bench/RESULTS.md.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from bench import cluster
from bench.bars import bars
from bench.peers import ENGINE_NAMES
from bench.reports import WORK_FOLDER
from bench.size import Plan, measure
from bench.socket_tables import section as socket_section
from bench.tables import section

RESULTS_FILE = Path(__file__).resolve().parent / "RESULTS.md"
RESULTS_PREFACE = """# Side by side

Written by `python -m bench --write`. All engines are given the same generated reports and asked
the same questions in turn, in one process, on a machine that does other work too: ratios say more
than milliseconds.

- **Turns** are of ten questions, one of each kind, as a server answers one question after another.
  In turns of one question each engine finds the caches of the processor as the others have left
  them; FTS5 and stock Whoosh read hundreds of megabytes. That is measured too, and costs most
  those whose requests are short: both tables are shown.
- **What is asked**: the top 10, the exact total, four facets (agency, level, year, region with all
  levels of its path; each counted under the other facets' filters), snippets for each hit, and all
  of it as JSON.
- **first** is a question that the engine was not asked since it was opened (files are in the
  system's cache, other questions were asked before); **again** is the same question at once once
  more, when results may be remembered. Each figure is the median over the passes of a question,
  then a percentile over the questions. Bars take first.
- **Gongkai** is asked through `Searcher`, as the endpoint is: its answers also hold the number of
  occurrences, marks that point into the original, and a URL for each facet value; words match
  wherever their characters stand. It is asked when it has checked the blocks of its index, as a
  server does in the background after it was started; how soon it answers without that is "opening,
  first answer", in a process that finds its modules compiled, as an installed package's are.
- **tantivy-py** has a field of words and a field of character pairs, **FTS5** a table of words and
  one of trigrams (shorter strings are asked as words); both give one fragment a hit, as long as
  three. Words and folded text are ours, made beforehand in one process: their building times hold
  cutting, but no repair and no deriving.
- **bm25s** answers only words ranked, without total, facets or snippets: its column is the top 10
  alone.
- **Stock Whoosh** has jieba's search-mode tokens, numbered one after the other, and sortable
  columns; it is asked every third question once, and compared with ours over those. Its phrases
  are sequences of those tokens.
- Python's garbage collector is set for all of them as `gongkai serve` sets it.
- Memory is what is the processes' own; pages of mapped files are told apart.
"""


def main() -> None:
    """The command."""
    given = _arguments()
    results = given.work / "results"
    if not given.render:
        plan = Plan(
            given.work,
            given.queries,
            given.passes,
            tuple(given.peers),
            given.keep,
            given.fresh,
        )
        for count in given.sizes:
            figures = measure(count, plan)
            results.mkdir(parents=True, exist_ok=True)
            (results / f"{count}.json").write_text(
                json.dumps(figures), encoding="utf-8"
            )
            print(section(figures) + "\n\n" + bars({count: figures}) + "\n")
    if given.render or given.write:
        text = _document(results)
        print(text)
        if given.write:
            RESULTS_FILE.write_text(text, encoding="utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--sizes",
        type=_counts,
        default=[10_000, 50_000],
        help="numbers of reports, with commas",
    )
    parser.add_argument(
        "--queries", type=int, default=120, help="at least so many questions (120)"
    )
    parser.add_argument(
        "--passes", type=int, default=3, help="how often each is asked (3)"
    )
    others = [name for name in ENGINE_NAMES if name != "gongkai"]
    parser.add_argument(
        "--peers",
        type=lambda s: [p for p in s.split(",") if p],
        default=others,
        help=",".join(others),
    )
    parser.add_argument(
        "--fresh", action="store_true", help="build the peers' indexes anew"
    )
    parser.add_argument(
        "--keep",
        action="store_true",
        help="measure our index that is there, without building",
    )
    parser.add_argument(
        "--write",
        action="store_true",
        help="put all results that are kept into bench/RESULTS.md",
    )
    parser.add_argument(
        "--render", action="store_true", help="measure nothing, show what is kept"
    )
    parser.add_argument(
        "--work",
        type=Path,
        default=WORK_FOLDER,
        help="where reports, indexes and results are kept",
    )
    return parser.parse_args()


def _counts(text: str) -> list[int]:
    return [int(part.replace("_", "")) for part in text.split(",")]


def _document(results: Path) -> str:
    kept = _kept(results, "[0-9]*.json")
    sizes = {size["count"]: size for size in sorted(kept, key=lambda s: s["count"])}
    if not sizes:
        raise SystemExit(f"nothing is kept in {results}; run python -m bench first")
    parts = [
        RESULTS_PREFACE.rstrip(),
        "## The bars",
        bars(sizes),
        *(section(size) for size in sizes.values()),
        *(socket_section(size) for size in _kept(results, "socket-*.json")),
    ]
    beside = results.parent / cluster.RESULT_NAME
    if beside.exists():
        kept_beside = json.loads(beside.read_text(encoding="utf-8"))
        parts.append(cluster.section(kept_beside))
    return "\n\n".join(parts) + "\n"


def _kept(results: Path, names: str) -> list[dict[str, Any]]:
    """The figures that are kept, the smallest size first."""
    kept = [json.loads(p.read_text(encoding="utf-8")) for p in results.glob(names)]
    return sorted(kept, key=lambda size: int(size["count"]))


if __name__ == "__main__":
    main()
