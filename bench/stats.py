"""Figures over many reports beside DuckDB on the same columns: `python -m bench.stats --index DIR`.

Both are asked for the sum, the quartiles and the number of used reports of a measure by year, level
and province. DuckDB gets the columns in memory, the selection of scope and status done beforehand;
ours selects, groups and words the answer. The answers are compared.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from index.engines.seam import EngineQuery
from index.model.settings import Settings
from index.search.request import SearchRequest
from index.search.searcher import Searcher

MEASURES = ("applications_new", "licences", "applications_granted")
GROUP_FACETS = ("year", "level", "region")
QUARTILE_QUERY = """select
    g, sum(v), quantile_cont(v, 0.25), median(v), quantile_cont(v, 0.75), count(v)
           from t where used group by g order by g"""


def table(searcher: Searcher, measure: str, by: str) -> dict[str, np.ndarray]:
    """The columns of one question, as DuckDB takes them."""
    columns = searcher.engine.columns(
        EngineQuery(), (measure,), (by, "scope", "tables")
    )
    ordinals, names = columns.facets[by]
    if by == "region":
        names = tuple(n.partition("/")[0] for n in names)
    keys = np.array([*names, None], object)[ordinals]
    scope, scopes = columns.facets["scope"]
    status, statuses = columns.facets["tables"]
    trusted = np.array(
        [*(s in ("consistent", "partial", "absent") for s in statuses), True]
    )[status]
    own = np.array([*(s == "self" for s in scopes), False])[scope]
    values = columns.numbers[measure]
    return {
        "g": keys,
        "v": values,
        "used": trusted & own & ~np.isnan(values) & (ordinals >= 0),
    }


def timed(ask: Callable[[], Any], passes: int) -> float:
    """The median of some passes, in milliseconds, after one that is not counted."""
    ask()
    times = []
    for _ in range(passes):
        began = time.perf_counter()
        ask()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def main() -> None:
    """Ask and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--index", type=Path, required=True)
    options.add_argument("--passes", type=int, default=9)
    chosen = options.parse_args()
    searcher = Searcher.open(Settings(index=chosen.index))
    print(f"{searcher.manifest.reports} reports")
    for measure in MEASURES:
        for by in GROUP_FACETS:
            con = duckdb.connect()
            con.execute("set threads to 1")
            con.register("source", table(searcher, measure, by))
            con.execute("create table t as select * from source")
            theirs = con.execute(QUARTILE_QUERY).fetchall()
            ours = searcher.aggregate(SearchRequest(), measure, by, scope="self")
            mine = {
                g.value: (g.total, g.q1, g.median, g.q3, g.used)
                for g in ours.groups
                if g.used
            }
            same = all(np.allclose(mine[str(g)], rest) for g, *rest in theirs) and len(
                mine
            ) == len(theirs)
            a = timed(
                lambda m=measure, b=by: searcher.aggregate(
                    SearchRequest(), m, b, scope="self"
                ),
                chosen.passes,
            )
            b = timed(lambda c=con: c.execute(QUARTILE_QUERY).fetchall(), chosen.passes)
            print(
                f"{measure:22} {by:7} ours {a:7.2f} ms  duckdb "
                f"{b:7.2f} ms  ratio {a / b:5.2f}  same answers {same}"
            )


if __name__ == "__main__":
    main()
