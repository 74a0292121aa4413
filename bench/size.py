"""Everything that is measured at one number of reports, as plain values that can be kept and
printed later.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.exact import exact
from bench.measure import Asked, agreement, alternate
from bench.peers import ENGINE_NAMES, Peer, build_version, missing, peer
from bench.peers.gongkai import Gongkai
from bench.process import Ran, folder_bytes, machine, run
from bench.questions import KINDS, Drawer, Question
from bench.reports import reports_file, utf8_bytes
from bench.update import update
from webui.serving.worker import collect_less

__all__ = [
    "LARGE_SIZE",
    "TURN_QUESTIONS",
    "WARM_QUESTIONS",
    "Plan",
    "built",
    "commit",
    "folder_of",
    "measure",
    "say",
]

# Above so many reports only Gongkai and tantivy are built: the others take hours.
LARGE_SIZE = 100_000

# Peers that are asked each so many questions only, in the first pass: a question takes
# them a second.
SLOW_EVERY = {"whoosh": 3}

# Questions that an engine is asked before the next one is: one of each kind.
TURN_QUESTIONS = len(KINDS)

MAX_NAIVE_SIZE = 10_000
MAX_PLAIN_WHOOSH_SIZE = 50_000
WARM_QUESTIONS = 20


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure:

    `peers` without our own, `passes` of `queries` questions; `keep` and `fresh` for the indexes.
    """

    work: Path
    queries: int = 120
    passes: int = 3
    peers: tuple[str, ...] = tuple(name for name in ENGINE_NAMES if name != "gongkai")
    keep: bool = False
    fresh: bool = False


def say(text: str) -> None:
    """Progress, as it happens."""
    print(f"{dt.datetime.now():%H:%M:%S} {text}", flush=True)


def measure(count: int, plan: Plan) -> dict[str, Any]:
    """All figures of one size."""
    load = [os.getloadavg()[0]]
    reports = reports_file(count, plan.work)
    names, skipped = _available(count, plan)
    out: dict[str, Any] = {
        "count": count,
        "date": dt.datetime.now().isoformat(" ", "minutes"),
        "commit": commit(),
        "machine": machine(),
        "skipped": skipped,
        "utf8": utf8_bytes(reports),
        "builds": {name: built(name, reports, count, plan) for name in names},
    }
    folders = {name: folder_of(plan, count, name) for name in names}
    say(f"{count}: drawing questions")
    drawer = Drawer.of(reports, count)
    warm, questions = drawer.draw(WARM_QUESTIONS), drawer.draw(plan.queries)
    out["requests"] = _requests(folders, warm, questions, plan.passes)
    say(f"{count}: exact strings")
    pairs = folders.get("tantivy")
    out["exact"] = {
        k: asdict(v)
        for k, v in exact(folders["gongkai"], pairs, drawer, count, plan.passes).items()
    }
    say(f"{count}: opening, memory, adding a report, building as usual")
    out["serving"] = {
        name: _served(name, folders[name], questions, plan) for name in names
    }
    out["update"] = update(folders["gongkai"], reports)
    out["ingest"] = _ingest(reports, count, plan, whoosh="whoosh" in plan.peers)
    out["load"] = [*load, os.getloadavg()[0]]
    return out


def _available(count: int, plan: Plan) -> tuple[list[str], list[str]]:
    """Who takes part, and for each that does not a sentence why."""
    there, skipped = [], []
    for name in ENGINE_NAMES:
        if reason := _why_not(name, count, plan):
            skipped.append(reason)
            say(reason)
        else:
            there.append(name)
    return there, skipped


def _why_not(name: str, count: int, plan: Plan) -> str | None:
    if name not in ("gongkai", *plan.peers):
        return f"{ENGINE_NAMES[name][0]} is skipped: it was not asked for (--peers)"
    if count > LARGE_SIZE and name not in ("gongkai", "tantivy"):
        return (
            f"{ENGINE_NAMES[name][0]} is skipped: it is built up "
            f"to {LARGE_SIZE:,} reports only, more take it hours"
        )
    return missing(name)


def commit() -> str:
    """What is measured, as git names it."""
    root = Path(__file__).resolve().parent
    said = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    return said.stdout.strip() or "unknown"


# ---------------------------------------------------------------------- building
def folder_of(plan: Plan, count: int, name: str) -> Path:
    """Where the index of an engine is kept."""
    return plan.work / str(count) / name


def built(name: str, reports: Path, count: int, plan: Plan) -> dict[str, Any]:
    """Builds the index, or takes the one that is there: of a peer unless told otherwise, of ours
    only if told so.
    """
    folder, kept = folder_of(plan, count, name), folder_of(plan, count, f"{name}.json")
    reusable = kept.exists() and (plan.keep if name == "gongkai" else not plan.fresh)
    if reusable:
        figures: dict[str, Any] = json.loads(kept.read_text())
        if figures["version"] == build_version(name):
            say(f"{count}: {ENGINE_NAMES[name][0]} is there since {figures['built']}")
            return figures | {"reused": True}
    say(f"{count}: building {ENGINE_NAMES[name][0]}")
    kept.unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    ran = _build(name, reports, count, folder)
    built = dt.datetime.now().isoformat(" ", "minutes")
    figures = {
        **_figures(ran),
        "bytes": folder_bytes(folder),
        "version": build_version(name),
        "built": built,
    }
    kept.write_text(json.dumps(figures))
    return figures | {"reused": False}


def _build(name: str, reports: Path, count: int, folder: Path) -> Ran:
    if name != "gongkai":
        return run("bench.alone", "build", name, str(reports), str(count), str(folder))
    ran = run("indexer", "index", str(reports), "--index", str(folder), "--json")
    if ran.said["reports"] != count:
        raise RuntimeError(
            f"{ran.said['reports']} of {count} reports are in the index: {ran.said['skipped'][:3]}"
        )
    return ran


def _figures(ran: Ran) -> dict[str, float]:
    return {
        "seconds": ran.seconds,
        "cpu": ran.cpu,
        "anonymous": ran.peak.anonymous,
        "mapped": ran.peak.mapped,
    }


def _ingest(reports: Path, count: int, plan: Plan, *, whoosh: bool) -> dict[str, Any]:
    """Reports a second of the usual stack, and of our own analysis and writing without repair and
    derivation.
    """
    scratch = plan.work / "scratch"
    out: dict[str, Any] = {}
    commands = {"plain": min(count, MAX_PLAIN_WHOOSH_SIZE)} | (
        {"naive": min(count, MAX_NAIVE_SIZE)}
        if whoosh and not missing("whoosh")
        else {}
    )
    for command, some in commands.items():
        shutil.rmtree(scratch, ignore_errors=True)
        ran = run("bench.alone", command, str(reports), str(some), str(scratch))
        out[command] = {**_figures(ran), "reports": some}
    shutil.rmtree(scratch, ignore_errors=True)
    return out


# ---------------------------------------------------------------------- asking
def _requests(
    folders: dict[str, Path],
    warm: Sequence[Question],
    questions: Sequence[Question],
    passes: int,
) -> dict[str, Any]:
    collect_less()
    rounds = {}
    for turn in (1, TURN_QUESTIONS):
        say(
            f"asking {len(questions)} questions of {len(folders)} "
            f"engines, {passes} passes, {turn} at a time"
        )
        rounds[turn] = {name: _asked(name, folder) for name, folder in folders.items()}
        alternate(rounds[turn], warm, questions, passes, turn)
    engines = rounds[TURN_QUESTIONS]
    ours = engines["gongkai"].answers
    return {
        "questions": [asdict(q) for q in questions],
        "bytes": {
            n: sum(map(len, e.answers.values())) / max(1, len(e.answers))
            for n, e in engines.items()
        },
        "times": {name: asdict(e.times) for name, e in engines.items()},
        "single": {name: asdict(e.times) for name, e in rounds[1].items()},
        "agreement": {
            name: {
                k: asdict(a) for k, a in agreement(questions, ours, e.answers).items()
            }
            for name, e in engines.items()
            if name != "gongkai"
        },
    }


def _asked(name: str, folder: Path) -> Asked:
    engine: Peer = peer(name)

    def opened() -> Any:
        engine.open(folder)
        if isinstance(engine, Gongkai):
            engine.settle()
        return engine.ask

    return Asked(opened, engine.close, SLOW_EVERY.get(name, 1))


def _served(
    name: str, folder: Path, questions: Sequence[Question], plan: Plan
) -> dict[str, Any]:
    """Opening in a fresh process with the files in the system's cache and without, and memory after
    the questions.
    """
    file = plan.work / "questions.json"
    some = (
        questions[:: SLOW_EVERY.get(name, 1)] if name in SLOW_EVERY else questions[:100]
    )
    file.write_text(
        json.dumps(
            [asdict(q) for q in some if name != "bm25s" or (q.words and not q.level)]
        )
    )
    ran = [
        run("bench.alone", "serve", name, str(folder), str(file), how)
        for how in ("warm", "cold", "warm")
    ]
    best = ran[2].said if ran[2].said["open_s"] < ran[0].said["open_s"] else ran[0].said
    return {**best, "cold_s": ran[1].said["open_s"]}
