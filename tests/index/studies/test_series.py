"""A body through the years: who is the same body, what is missing, and the identities from one year
to the next.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from index.documents.builder import analyse
from index.engines.opening import open_engine, open_writer
from index.model.report import Report
from index.model.settings import Settings
from index.model.statistics import Cell, Row, Statistics, Table
from index.search.searcher import Searcher
from index.studies.series import APPLICANTS, cross_year_checks
from indexer.page import Known, Source
from indexer.pipeline import report_of
from indexer.sample import generate

COLUMNS = [key for key, _ in APPLICANTS]


def table(name: str, **rows: Mapping[str, float | None]) -> Table:
    """A table with rows of columns and numbers."""
    return Table(name, name, tuple(row_of(key, values) for key, values in rows.items()))


def row_of(key: str, values: Mapping[str, float | None]) -> Row:
    cells = [Cell(c, c, None, value, "number") for c, value in values.items()]
    return Row(key, key, tuple(cells))


def applications(
    carried_in: list[int | None],
    carried_out: list[int | None],
    template: str = "gb2021",
) -> Statistics:
    rows = {
        "carried_in": dict(zip(COLUMNS, carried_in, strict=True)),
        "carried_out": dict(zip(COLUMNS, carried_out, strict=True)),
    }
    return Statistics(template, tables=(table("applications", **rows),))


ZEROS: list[int | None] = [0] * 7


def test_what_is_carried_out_is_carried_in() -> None:
    earlier = applications(ZEROS, [2, 1, 0, 0, 0, 0, 3])
    later = applications([2, 0, 0, 0, 0, 0, 2], ZEROS)
    checks = {c.id: c for c in cross_year_checks(earlier, later)}
    assert list(checks) == [f"X1.{c}" for c in COLUMNS]
    assert [c.status for c in checks.values()] == [
        "pass",
        "fail",
        "pass",
        "pass",
        "pass",
        "pass",
        "fail",
    ]
    total = checks["X1.total"]
    assert (total.left, total.right, total.soft) == (2, 3, False)
    assert total.cells == (
        "later.applications.carried_in.total",
        "earlier.applications.carried_out.total",
    )


def test_a_blank_is_not_0() -> None:
    checks = cross_year_checks(
        applications(ZEROS, [None, *ZEROS[1:]]), applications(ZEROS, ZEROS)
    )
    assert [c.id for c in checks] == [f"X1.{c}" for c in COLUMNS[1:]]


def test_totals_alone_are_compared_where_no_table_was_read() -> None:
    earlier = Statistics("gb2019", {"applications_carried_out": 4})
    later = Statistics("gb2021", {"applications_carried_in": 5})
    assert [
        (c.id, c.left, c.right, c.status) for c in cross_year_checks(earlier, later)
    ] == [("X1.total", 5, 4, "fail")]
    assert cross_year_checks(Statistics(), later) == ()
    assert (
        cross_year_checks(
            Statistics("prose", {"applications_carried_out": None}), later
        )
        == ()
    )


@pytest.mark.parametrize(("in_force", "status"), [(12, "pass"), (13, "fail")])
def test_documents_in_force(in_force: int, status: str) -> None:
    before = table("proactive", normative={"in_force": 11})
    numbers = {"made": 3, "repealed": 2, "in_force": in_force}
    after = table("proactive", normative=numbers)
    earlier = Statistics("gb2021", tables=(before,))
    later = Statistics("gb2021", tables=(after,))
    (check,) = cross_year_checks(earlier, later)
    assert (check.id, check.status, check.soft) == ("X2.normative", status, True)
    assert cross_year_checks(replace(earlier, template="gb2019"), later) == ()


def test_items_at_the_end_of_the_year_before() -> None:
    before = table("proactive", fees={"items": 3, "change": -1})
    after = table("proactive", fees={"items": 2, "change": 0})
    earlier = Statistics("gb2019", tables=(before,))
    later = Statistics("gb2019", tables=(after,))
    assert [(c.id, c.status) for c in cross_year_checks(earlier, later)] == [
        ("X3.fees", "pass")
    ]


# ---------------------------------------------------------------------- generated years
def generated() -> list[Report]:
    """Two bodies that have tables in most of their years, as the pipeline reads them."""
    out: list[Report] = []
    start = 0
    while len(out) < 12:
        samples = list(generate(6, seed=5, start=start))
        start += 6
        if samples[-2].tables is not None:
            out += [read(s.id, s.text.encode()) for s in samples]
    return out


def read(name: str, data: bytes) -> Report:
    digest = hashlib.sha256(data).hexdigest()
    return report_of(Source(name, name, ".txt", data, digest, Known(id=name)))


GENERATED = generated()


def test_generated_years_carry_over() -> None:
    pairs = [
        (a, b) for a, b in pairwise(GENERATED) if (b.year or 0) - (a.year or 0) == 1
    ]
    found = [c for a, b in pairs for c in cross_year_checks(a.statistics, b.statistics)]
    assert len(found) > 20
    assert sum(c.status == "pass" for c in found) > len(found) * 0.8


# ---------------------------------------------------------------------- series
def department(name: str, year: int | None, agency: str, **more: Any) -> Report:
    fixed = {
        "level": "县区级",
        "org_type": "部门",
        "line": "文旅",
        "region": ["甲省", "乙市", "丙县"],
    }
    return Report(
        name,
        f"{name}.txt",
        "全年没有收到申请。",
        year=year,
        agency=agency,
        **{**fixed, **more},
    )


CARRIED = applications(ZEROS, [1, 0, 0, 0, 0, 0, 1])
MADE = [
    department("old16", 2016, "丙县体育局"),
    department("old17", 2017, "丙县体育局", published="2018-03-01"),
    department("old17b", 2017, "丙县体育局", published="2018-02-01"),
    department("new19", 2019, "丙县文化旅游局"),
    department("new21", 2021, "丙县文化旅游局", statistics=CARRIED),
    department("new22", 2022, "丙县文化旅游局", statistics=CARRIED),
    department("undated", None, "丙县文化旅游局"),
    department("neighbour17", 2017, "丁县体育局", region=["甲省", "乙市", "丁县"]),
    department("other17", 2017, "丙县教育局", line="教育"),
    department("city17", 2017, "乙市体育局", region=["甲省", "乙市"], level="地市级"),
    Report("nobody", "nobody.txt", "无"),
    *GENERATED,
]


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    yield from opened(tmp_path_factory.mktemp("index"))


def opened(folder: Path) -> Iterator[Searcher]:
    settings = Settings(index=folder)
    writer = open_writer(settings)
    for report in MADE:
        writer.put(analyse(report, "digest"))
    writer.commit()
    engine = open_engine(settings)
    yield Searcher(engine)
    engine.close()


@pytest.mark.parametrize("report_id", ["old16", "old17", "new19", "new22"])
def test_a_renamed_body_is_one_series(searcher: Searcher, report_id: str) -> None:
    answer = searcher.series(report_id)
    assert answer.names == ("丙县体育局", "丙县文化旅游局")
    assert [(y.year, y.id, y.copies) for y in answer.years] == [
        (2016, "old16", ()),
        (2017, "old17b", ("old17",)),
        (2019, "new19", ()),
        (2021, "new21", ()),
        (2022, "new22", ()),
    ]
    assert answer.missing == (2018, 2020)
    assert answer.undated == ("undated",)
    assert answer.to_json()["years"][0]["year"] == 2016


def test_links_join_consecutive_years_only(searcher: Searcher) -> None:
    links = searcher.series("new22").links
    assert [(n.earlier, n.later) for n in links] == [(2016, 2017), (2021, 2022)]
    last = links[-1]
    assert [c.id for c in last.breaks] == ["X1.natural", "X1.total"]
    assert last.unchanged
    assert not last.renamed
    assert not links[0].unchanged


def test_reports_of_different_scope_are_not_held_against_each_other(
    tmp_path: Path,
) -> None:
    whole = department(
        "whole23",
        2023,
        "丙县文化旅游局",
        statistics=CARRIED,
        scope="aggregate",
    )
    own = department("own24", 2024, "丙县文化旅游局", statistics=CARRIED, scope="self")
    settings = Settings(index=tmp_path / "index")
    writer = open_writer(settings)
    for report in (whole, own):
        writer.put(analyse(report, "digest"))
    writer.commit()
    engine = open_engine(settings)
    (link,) = Searcher(engine).series("own24").links
    assert link.checks == ()
    engine.close()


def test_nobody_has_no_series(searcher: Searcher) -> None:
    answer = searcher.series("nobody")
    assert (answer.names, answer.years, answer.links, answer.undated) == (
        (),
        (),
        (),
        ("nobody",),
    )


@pytest.mark.parametrize("group", [0, 6])
def test_generated_bodies(searcher: Searcher, group: int) -> None:
    mine = GENERATED[group : group + 6]
    answer = searcher.series(mine[3].id)
    assert [y.id for y in answer.years] == [r.id for r in mine]
    assert [y.metrics for y in answer.years] == [
        {k: v for k, v in r.statistics.metrics.items() if v is not None} for r in mine
    ]
    for link, (a, b) in zip(answer.links, pairwise(mine), strict=True):
        assert (link.earlier_id, link.later_id) == (a.id, b.id)
        assert link.reformed == (a.template != b.template)
