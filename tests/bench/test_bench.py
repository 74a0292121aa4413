"""The benchmark on few reports: engines build, agree with a scan of the text, and the tables can be
printed.

What is asserted is answers, never durations.
"""

from __future__ import annotations

import argparse
import json
import sysconfig
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest

from bench import cluster, process
from bench.bars import SPEED_BARS, bars
from bench.measure import Asked, agreement, alternate, percentile
from bench.peers import ENGINE_NAMES, FACETS, Peer, groonga, missing, opensearch, peer
from bench.profile import BUILD_STAGES, REQUEST_STAGES
from bench.questions import EXACT_KINDS, KINDS, Drawer, Question
from bench.reports import prepared, records, reports_file
from index.engines.seam import EngineQuery, FacetCount, FacetCounts
from tests.conftest import ROOT

pytestmark = pytest.mark.slow
COUNT = 60


@pytest.fixture(scope="session")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bench")


@pytest.fixture(scope="session")
def reports(work: Path) -> Path:
    return reports_file(COUNT, work)


@pytest.fixture(scope="session")
def questions(reports: Path) -> list[Question]:
    return Drawer.of(reports, COUNT).draw(30)


def built(name: str, reports: Path, work: Path) -> Peer:
    if reason := missing(name):
        pytest.skip(reason)
    engine = peer(name)
    if not (work / name).exists():
        engine.build(reports, COUNT, work / name)
    engine.open(work / name)
    return engine


def test_reports_are_made_once_and_whole(reports: Path, work: Path) -> None:
    written = reports.stat().st_mtime_ns
    assert reports_file(COUNT, work).stat().st_mtime_ns == written
    assert len({r["id"] for r in records(reports)}) == COUNT


def test_questions_are_the_same_each_time_and_of_all_kinds(
    reports: Path, questions: list[Question]
) -> None:
    assert Drawer.of(reports, COUNT).draw(30) == questions
    assert Counter(q.kind for q in questions) == dict.fromkeys(KINDS, 3)
    assert len(set(questions)) == 30


def test_strings_that_are_asked_stand_in_reports(
    reports: Path, questions: list[Question]
) -> None:
    forms = [p.form for p in prepared(reports)]
    for question in questions:
        assert not question.string or any(question.string in form for form in forms), (
            question
        )


@pytest.mark.parametrize("name", ENGINE_NAMES)
def test_an_engine_answers(
    name: str, reports: Path, work: Path, questions: list[Question]
) -> None:
    engine = built(name, reports, work)
    answers = {
        n: answer
        for n, q in enumerate(questions)
        if (answer := engine.ask(q)) is not None
    }
    engine.close()
    assert answers
    whole = [json.loads(a) for a in answers.values() if name != "bm25s"]
    for answer in whole:
        assert set(answer["facets"]) == set(FACETS)
        assert len(answer["hits"]) == min(10, answer["total"])
        assert all(1 <= len(hit["snippets"]) <= 3 for hit in answer["hits"])


@pytest.mark.parametrize("name", ["gongkai", "tantivy", "fts5"])
def test_strings_are_found_in_every_report_that_has_them(
    name: str, reports: Path, work: Path, questions: list[Question]
) -> None:
    forms = [p.form for p in prepared(reports)]
    engine = built(name, reports, work)
    for question in (
        q for q in questions if q.kind in EXACT_KINDS and len(q.string) > 2
    ):
        answer = engine.ask(question)
        assert answer is not None
        assert json.loads(answer)["total"] == sum(
            question.string in form for form in forms
        ), question
    engine.close()


@pytest.mark.parametrize("stage", [*BUILD_STAGES, *REQUEST_STAGES], ids=" ".join)
def test_a_stage_of_the_profile_is_code_that_exists(
    stage: tuple[str, str, str],
) -> None:
    _, path, function = stage
    roots = (
        ROOT,
        *map(Path, {sysconfig.get_paths()[name] for name in ("stdlib", "purelib")}),
    )
    place = path.removeprefix("site-packages/")
    found = [
        p
        for root in roots
        for p in (root / place, (root / place).with_suffix(".py"))
        if p.exists()
    ]
    assert found
    assert not function or any(
        f"def {function}(" in p.read_text(encoding="utf-8") for p in found
    )


def test_agreement_tells_fewer_and_more() -> None:
    facet = {
        "values": [{"value": "县区级", "count": 2}],
        "total_values": 1,
        "truncated": False,
    }
    ours = json.dumps({"total": 2, "facets": {"level": facet}})
    questions = [Question("common word", ("公开",))] * 3 + [
        Question("frequent string", string="政府信息")
    ]
    same = {"total": 2, "facets": {"level": {"县区级": 2}}}
    answers = [
        same,
        {**same, "total": 1},
        {**same, "total": 3},
        {**same, "facets": {"level": {"县区级": 1}}},
    ]
    theirs = {n: json.dumps(a) for n, a in enumerate(answers)}
    told = agreement(questions, dict.fromkeys(range(4), ours), theirs)
    words, strings = told["words"], told["strings"]
    assert (words.asked, words.totals, words.fewer, words.more, words.facets) == (
        3,
        1,
        1,
        1,
        1,
    )
    assert (strings.asked, strings.totals, strings.facets) == (1, 1, 0)


@pytest.mark.parametrize(
    ("turn", "order"),
    [
        (1, "a0 a0 b0 b0 a1 a1 a2 a2 b2 b2 a3 a3 a4 a4 b4 b4"),
        (3, "a0 a0 a1 a1 a2 a2 b0 b0 b2 b2 b4 b4 a3 a3 a4 a4"),
    ],
)
def test_engines_take_turns(turn: int, order: str) -> None:
    asked: list[str] = []

    def engine(name: str, every: int) -> Asked:
        def ask(question: int) -> str:
            asked.append(f"{name}{question}")
            return ""

        return Asked(lambda: ask, lambda: None, every)

    engines = {"a": engine("a", 1), "b": engine("b", 2)}
    alternate(engines, [], range(5), 1, turn)
    assert [len(e.times.first) for e in engines.values()] == [5, 3]
    assert asked == order.split()


def test_a_percentile_is_one_of_the_values() -> None:
    assert [percentile([4, 1, 3, 2], share) for share in (0.25, 0.5, 0.95)] == [1, 2, 4]


def test_a_bar_is_judged_by_all_its_figures_and_says_at_which_size() -> None:
    times = {"first": {"0": [2.0], "1": [8.0]}, "again": {}}
    half = {"first": {"0": [1.0], "1": [9.0]}, "again": {}}
    size = {
        "count": 50_000,
        "utf8": 100,
        "requests": {"single": {"gongkai": times, "tantivy": half}},
        "exact": {
            "frequent": {"ours": times, "theirs": times},
            "rare": {"ours": times, "theirs": half},
        },
        "builds": {"gongkai": {"bytes": 300, "anonymous": 512, "seconds": 1}},
        "ingest": {"plain": {"reports": 10, "seconds": 1}},
        "serving": {"gongkai": {"open_s": 0.05, "anonymous": 100}},
        "update": {"called_s": 2},
    }
    rows = bars({50_000: size}).splitlines()[2:]
    assert len(rows) == len(SPEED_BARS)
    verdicts = {
        bar.name: row.rsplit("|", 2)[1].strip()
        for bar, row in zip(SPEED_BARS, rows, strict=True)
    }
    assert list(verdicts.values()) == [
        "**not reached**",
        "**not reached** at this size",
        "**not reached** at this size",
        "its peer is not there",
        "reached at this size",
        "reached at this size",
        "its peer is not there",
        "its peer is not there",
        "**not reached**",
        "stretch reached",
        "stretch reached at this size",
        "stretch reached at this size",
        "**not reached**",
    ]


def test_what_is_measured_has_its_bytecode(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    given = process.environment()
    assert "PYTHONDONTWRITEBYTECODE" not in given
    assert given["PYTHONPYCACHEPREFIX"] == str(process.BYTECODE_FOLDER)


def test_the_facet_of_made_up_bodies_is_judged(tmp_path: Path) -> None:
    given = argparse.Namespace(tiny=60, keep=False, work=tmp_path)
    figures = cluster._bodies("whoosh", 40, given)
    assert figures["exact"]
    assert 0 < figures["first"]["p50"] <= figures["first"]["p95"]


def test_a_wrong_count_of_bodies_is_seen() -> None:
    facet = FacetCounts("agency", (FacetCount("甲局", 2),), 1)
    engine = SimpleNamespace(search=lambda _: SimpleNamespace(facets=(facet,)))
    query = EngineQuery()
    assert cluster._is_exact(engine, query, ["甲局", "甲局"])
    assert not cluster._is_exact(engine, query, ["甲局", "甲局", "乙局"])


def test_what_a_cluster_is_measured_as_is_shown_beside_the_embedded_engine() -> None:
    asked = {"p50": 1.0, "p95": 2.0, "client": 3.0, "servers": 4.0}
    answered = {"exact": False, "first": asked, "again": asked}
    bodies = {"100": {"reports": 1_300, **answered}}
    build = {"rate": 5.0, "client_ms": 6.0, "servers_ms": 7.0}
    one = {"build": build, "faceted": asked, "bytes": 90_000, "bodies": bodies}
    kept = {
        "count": 10,
        "date": "2026-01-01",
        "machine": "one",
        "load": [0.0, 1.0],
        "engines": {"whoosh": one, "opensearch": one},
    }
    shown = cluster.section(kept)
    assert "| faceted, opensearch | 1.0 | 2.0 | 3.0 | 4.0 |" in shown
    assert "| opensearch | 5 | 6.0 | 7.0 | 9.0 |" in shown
    assert (
        "| 100 bodies, 1,300 tiny reports, whoosh | no | 1.0 | 2.0 | 1.0 | 2.0 |"
        in shown
    )


def test_opensearch_is_asked_for_what_the_others_are() -> None:
    asked = Question("", ("公开", "收费"), level="县区级", year=2019, by_year=True)
    fields = parse_qs(urlsplit(opensearch.path(asked)).query)
    body = json.loads(fields["source"][0])
    found = body["query"]["bool"]
    assert [one["match_phrase"]["body"] for one in found["should"]] == ["公开", "收费"]
    assert found["minimum_should_match"] == 2
    assert found["filter"] == [{"term": {"level": "县区级"}}, {"term": {"year": 2019}}]
    assert body["sort"] == [{"year": "desc"}]
    assert set(body["aggs"]) == set(FACETS)
    either = opensearch.path(Question("", ("公开", "收费"), any_word=True))
    read = json.loads(parse_qs(urlsplit(either).query)["source"][0])
    assert read["query"]["bool"]["minimum_should_match"] == 1


def test_totals_are_read_as_each_server_writes_them() -> None:
    assert opensearch.total_of(b'{"hits": {"total": {"value": 7}}}') == 7
    assert groonga.total_of(b"[[0], [[[8], [], []]]]") == 8
