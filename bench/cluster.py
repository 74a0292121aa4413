"""`python -m bench.cluster`: a cluster beside the embedded engine, over the same reports.

It asks the nodes of `python scripts/cluster.py --measured start`, whose processor time is counted
too. The figures are kept in bench/work/cluster.json; `python -m bench --write` shows them.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from bench.measure import percentile
from bench.peers.gongkai import request
from bench.process import folder_bytes, machine, run
from bench.questions import Drawer
from bench.reports import WORK_FOLDER, reports_file
from bench.tables import table
from index.analysis.normaliser import Folded
from index.analysis.offsets import OffsetMap
from index.engines.opening import open_engine, open_writer
from index.engines.seam import Document, Engine, EngineQuery, FacetRequest
from index.model.settings import Settings
from index.query.nodes import Everything, Nothing, String
from index.search.plan import make_plan
from index.search.searcher import Searcher
from scripts.cluster import Cluster, default_folder, node_process

__all__ = ["RESULT_NAME", "section"]

RESULT_NAME = "cluster.json"
ENGINES = ("whoosh", "opensearch")
QUESTION_COUNT = 100
SIMILAR_COUNT = 50
WARM_PASSES = 3
BODY_COUNTS = (100, 5_000, 125_000)
TINY_REPORTS = 130_000
BODY_QUESTIONS = 100
SHOWN_VALUES = 20


def main() -> None:
    """The command."""
    given = _arguments()
    file = reports_file(given.reports, given.work)
    began = os.getloadavg()[0]
    result = given.work / RESULT_NAME
    builds = {}
    if given.keep and result.exists():
        earlier = json.loads(result.read_text(encoding="utf-8"))["engines"]
        builds = {name: earlier[name]["build"] for name in ENGINES}
    kept = {
        "count": given.reports,
        "date": dt.datetime.now().isoformat(" ", "minutes"),
        "machine": machine(),
        "engines": {
            name: _measured(name, file, given, builds.get(name)) for name in ENGINES
        },
        "load": [began, os.getloadavg()[0]],
    }
    result.write_text(json.dumps(kept), encoding="utf-8")
    print(section(kept))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.cluster", description=__doc__
    )
    parser.add_argument("--reports", type=int, default=20_000)
    parser.add_argument("--tiny", type=int, default=TINY_REPORTS)
    parser.add_argument(
        "--keep",
        action="store_true",
        help="measure the indexes of reports that are there",
    )
    parser.add_argument("--work", type=Path, default=WORK_FOLDER)
    return parser.parse_args()


def _settings(engine: str, name: str, work: Path) -> Settings:
    index = work / "cluster" / name if engine == "whoosh" else Path(f"bench-{name}")
    url = ",".join(Cluster(default_folder()).urls)
    return Settings(index=index, engine=engine, opensearch_url=url)


def _measured(
    name: str,
    file: Path,
    given: argparse.Namespace,
    build: dict[str, float] | None,
) -> dict[str, Any]:
    """All figures of one engine; those of its building, where its index is there."""
    settings = _settings(name, "reports", given.work)
    if not given.keep:
        build = _built(settings, file)
    figures: dict[str, Any] = {"build": build}
    searcher = Searcher.open(settings, warm=True)
    drawer = Drawer.of(file, given.reports)
    requests = [request(question) for question in drawer.draw(QUESTION_COUNT)]
    engine = searcher.engine
    queries = [make_plan(searcher.snapshot, asked).query for asked in requests]
    without = [replace(query, counted=Nothing()) for query in queries]
    bare = [replace(asked, facets=()) for asked in requests]
    ids = [hit.id for hit in engine.search(EngineQuery(size=SIMILAR_COUNT)).hits]
    ways: dict[str, tuple[Callable[[Any], Any], Sequence[Any]]] = {
        "faceted": (searcher.search, requests),
        "without facets": (searcher.search, bare),
        "engine alone": (engine.search, queries),
        "engine alone, without occurrences": (engine.search, without),
        "similar": (searcher.similar, ids),
    }
    for way, (ask, questions) in ways.items():
        print(f"{name}: {way}", flush=True)
        figures[way] = _asked(ask, questions)
    figures["bytes"] = _bytes(settings)
    engine.close()
    bodies = {count: _bodies(name, count, given) for count in BODY_COUNTS}
    return figures | {"bodies": bodies}


# ---------------------------------------------------------------------- whole reports
def _built(settings: Settings, file: Path) -> dict[str, float]:
    before = _nodes_cpu()
    os.environ["GONGKAI_OPENSEARCH_URL"] = settings.opensearch_url or ""
    words = ["--engine", settings.engine, "index", str(file)]
    options = ["--index", str(settings.index), "--rebuild", "--json"]
    ran = run("indexer", *words, *options)
    servers = _nodes_cpu() - before
    reports = ran.said["reports"]
    return {
        "rate": reports / ran.seconds,
        "client_ms": ran.cpu / reports * 1e3,
        "servers_ms": servers / reports * 1e3,
    }


def _asked(ask: Callable[[Any], Any], questions: Sequence[Any]) -> dict[str, float]:
    """Asks everything several times; the last pass counts."""
    for _ in range(WARM_PASSES):
        for question in questions:
            ask(question)
    times = []
    servers, client = _nodes_cpu(), time.process_time()
    for question in questions:
        began = time.perf_counter()
        ask(question)
        times.append((time.perf_counter() - began) * 1e3)
    spent = time.process_time() - client
    return {
        "p50": percentile(times, 0.5),
        "p95": percentile(times, 0.95),
        "client": spent / len(times) * 1e3,
        "servers": (_nodes_cpu() - servers) / len(times) * 1e3,
    }


def _nodes_cpu() -> float:
    """Seconds of the processors that the nodes of this machine have used."""
    ticks = 0
    cluster = Cluster(default_folder())
    for number in cluster.numbers:
        process = node_process(cluster, number)
        if process is not None:
            status = Path(f"/proc/{process}/stat").read_text()
            fields = status.rpartition(") ")[2].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _bytes(settings: Settings) -> float:
    """Bytes of an index, of one copy."""
    if settings.engine == "whoosh":
        return folder_bytes(settings.index)
    engine: Any = open_engine(settings)
    path = f"/{engine.state.index}/_stats/store"
    answered = engine.server.call("GET", path)
    engine.close()
    stored: int = answered["_all"]["primaries"]["store"]["size_in_bytes"]
    return stored


# ---------------------------------------------------------------------- many bodies
def _bodies(name: str, count: int, given: argparse.Namespace) -> dict[str, Any]:
    """How long the facet of so many bodies takes, and whether it is exact."""
    print(f"{name}: {count} bodies", flush=True)
    settings = _settings(name, f"bodies-{count}", given.work)
    agencies = [*_agencies(count, max(given.tiny, count))]
    writer = open_writer(settings, rebuild=True)
    for number, agency in enumerate(agencies):
        writer.put(_tiny(number, agency))
    writer.commit()
    engine = open_engine(settings)
    conditions = (Everything(), String(("公开",)))
    facets = (FacetRequest("agency", SHOWN_VALUES),)
    queries = [EngineQuery(node, size=10, facets=facets) for node in conditions]
    exact = [
        _is_exact(engine, query, agencies[:: step + 1])
        for step, query in enumerate(queries)
    ]
    ask = partial(_ask_anew, engine)
    figures = {
        "reports": len(agencies),
        "exact": all(exact),
        "again": _asked(engine.search, queries * (BODY_QUESTIONS // 2)),
        "first": _asked(ask, queries * (BODY_QUESTIONS // 2)),
    }
    engine.close()
    return figures


def _ask_anew(engine: Any, query: EngineQuery) -> None:
    """Ask without the numbers of values that a snapshot remembers."""
    if hasattr(engine, "forget_totals"):
        engine.forget_totals()
    engine.search(query)


def _agencies(count: int, reports: int) -> Iterator[str]:
    """The body of each report: each body once, then a few more often than the others."""
    rng = random.Random(3)
    for number in range(reports):
        known = number if number < count else int(count * rng.random() ** 2)
        yield f"第{known}号人民政府办公室"


def _tiny(number: int, agency: str) -> Document:
    """A report of four characters; every second one holds 公开."""
    text = "收费情况" if number % 2 else "公开信息"
    forms = {name: Folded("", OffsetMap()) for name in ("title", "card")}
    words: dict[str, dict[str, int]] = {"title": {}, "headings": {}, "body": {text: 1}}
    return Document(
        id=f"tiny-{number}",
        digest=text,
        source="",
        head=b"",
        rest=b"",
        display=text,
        texts={**forms, "text": Folded(text, OffsetMap())},
        wording={"title": None, "text": None},
        words=words,
        keywords={"agency": agency},
        numbers={},
    )


def _is_exact(engine: Engine, query: EngineQuery, agencies: Sequence[str]) -> bool:
    """Whether the first values and their number are those of the reports that are found."""
    counts = Counter(agencies)
    first = sorted(counts, key=lambda value: (-counts[value], value))[:SHOWN_VALUES]
    wanted = [(value, counts[value]) for value in first]
    facet = engine.search(query).facets[0]
    given = [(one.value, one.count) for one in facet.counts]
    return given == wanted and facet.total_values == len(counts)


# ---------------------------------------------------------------------- tables
def section(kept: dict[str, Any]) -> str:
    """The figures as Markdown."""
    load = " and ".join(f"{x:.1f}" for x in kept["load"])
    about = (
        f"{kept['date']}, {kept['machine']}. Three nodes with a copy of each shard and the client "
        "share these cores. Milliseconds; each question was asked before. What the nodes use while "
        "the embedded engine is asked is other work. Load of the machine at "
        f"the beginning and at the end: {load}."
    )
    return "\n\n".join(
        [
            f"## A cluster beside the embedded engine, {kept['count']:,} reports",
            about,
            _questions(kept["engines"]),
            _builds(kept),
            _facets(kept["engines"]),
        ]
    )


def _questions(engines: dict[str, Any]) -> str:
    rows = []
    for way in engines["whoosh"]:
        if way in ("build", "bytes", "bodies"):
            continue
        for name, figures in engines.items():
            one = figures[way]
            shown = [one["p50"], one["p95"], one["client"], one["servers"]]
            rows.append([f"{way}, {name}", *(f"{value:.1f}" for value in shown)])
    head = ["", "p50", "p95", "processor, client", "processor, nodes"]
    return table(head, rows)


def _builds(kept: dict[str, Any]) -> str:
    rows = []
    for name, figures in kept["engines"].items():
        size = f"{figures['bytes'] / kept['count'] / 1e3:.1f}"
        built = figures["build"]
        if built is None:
            rows.append([name, "-", "-", "-", size])
            continue
        row = [name, f"{built['rate']:.0f}", f"{built['client_ms']:.1f}"]
        rows.append([*row, f"{built['servers_ms']:.1f}", size])
    times = ["processor ms a report, client", "nodes, both copies"]
    return table(["", "reports/s", *times, "KB a report and copy"], rows)


def _facets(engines: dict[str, Any]) -> str:
    rows = []
    for name, figures in engines.items():
        for count, one in figures["bodies"].items():
            first, again = one["first"], one["again"]
            times = [first["p50"], first["p95"], again["p50"], again["p95"]]
            exact = "yes" if one["exact"] else "no"
            label = f"{int(count):,} bodies, {one['reports']:,} tiny reports, {name}"
            rows.append([label, exact, *(f"{value:.1f}" for value in times)])
    head = ["", "exact", "first p50", "p95", "again p50", "p95"]
    return table(head, rows)


if __name__ == "__main__":
    main()
