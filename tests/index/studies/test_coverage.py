"""Coverage: present, missing, late, renamed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from index.documents.builder import analyse
from index.engines.opening import open_engine, open_writer
from index.model.errors import RequestError
from index.model.report import Report
from index.model.settings import Settings
from index.query.names import is_called
from index.search.request import LIMITS, SearchRequest
from index.search.searcher import Searcher
from index.studies.coverage import coverage, deadline

CITY, DISTRICT = ["广东省", "深圳市"], ["广东省", "深圳市", "龙岗区"]
#        agency                         type      line       region    year  published
ROWS = [
    ("深圳市龙岗区人民政府", "人民政府", None, DISTRICT, 2017, "2018-03-31"),
    ("深圳市龙岗区人民政府", "人民政府", None, DISTRICT, 2019, "2020-04-01"),
    ("深圳市龙岗区国土资源局", "部门", "自然资源", DISTRICT, 2017, "2018-03-01"),
    ("深圳市龙岗区国土资源局", "部门", "自然资源", DISTRICT, 2018, None),
    ("深圳市龙岗区自然资源局", "部门", "自然资源", DISTRICT, 2019, "2020-01-31"),
    ("深圳市龙岗区自然资源局", "部门", "自然资源", DISTRICT, 2020, "2021-02-01"),
    (
        "深圳市龙岗区文化广电旅游体育局",
        "部门",
        "文化旅游体育",
        DISTRICT,
        2020,
        "2021-01-11",
    ),
    (
        "深圳市龙岗区文化广电旅游体育局",
        "部门",
        "文化旅游体育",
        DISTRICT,
        2020,
        "2021-01-12",
    ),
    ("深圳市教育局", "部门", "教育", CITY, 2020, "2021-01-12"),
    ("教育部", "部门", "教育", None, 2020, "2021-01-12"),
    (None, None, None, CITY, 2020, None),
    ("深圳市教育局", "部门", "教育", CITY, None, None),
]
TIER = {0: "国家级", 1: "省级", 2: "地市级", 3: "县区级"}


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    settings = Settings(index=tmp_path_factory.mktemp("coverage"))
    writer = open_writer(settings)
    for i, (agency, kind, line, region, year, published) in enumerate(ROWS):
        report = Report(
            f"r{i}",
            f"{i}.txt",
            "政府信息公开",
            "报告",
            agency=agency,
            org_type=kind,
            line=line,
        )
        report.region, report.year, report.published = region, year, published
        report.level = TIER[len(region or [])]
        writer.put(analyse(report, "d"))
    writer.commit()
    engine = open_engine(settings)
    yield Searcher(engine)
    engine.close()


def test_bodies_of_a_district(searcher: Searcher) -> None:
    found = coverage(searcher.engine, "广东省/深圳市/龙岗区")
    assert [b.names for b in found.bodies] == [
        ["深圳市龙岗区人民政府"],
        ["深圳市龙岗区文化广电旅游体育局"],
        ["深圳市龙岗区国土资源局", "深圳市龙岗区自然资源局"],
    ]
    government, culture, land = found.bodies
    assert (government.missing, culture.missing, land.missing) == ([2018, 2020], [], [])
    assert {y: c.late for y, c in government.years.items()} == {2017: False, 2019: True}
    assert {y: c.late for y, c in land.years.items()} == {
        2017: False,
        2018: None,
        2019: False,
        2020: True,
    }
    assert culture.years[2020].copies == 2
    assert (found.reports, found.late, found.missing, found.children) == (8, 2, 2, ())


def test_children_and_what_is_its_own(searcher: Searcher) -> None:
    found = coverage(searcher.engine, "广东省/深圳市")
    assert [b.names for b in found.bodies] == [["深圳市教育局"]]
    (child,) = found.children
    assert (child.label, child.reports, child.years) == (
        "龙岗区",
        8,
        {2017: 2, 2018: 1, 2019: 2, 2020: 3},
    )
    assert found.without_year == 1


def test_the_whole_country(searcher: Searcher) -> None:
    found = coverage(searcher.engine)
    assert [b.names for b in found.bodies] == [["教育部"]]
    assert [c.region for c in found.children] == ["广东省"]
    assert found.to_json()["children"][0]["label"] == "广东省"


def test_an_unknown_region_is_refused(searcher: Searcher) -> None:
    with pytest.raises(RequestError, match="湖南省"):
        searcher.coverage("湖南省")


@pytest.mark.parametrize(
    ("year", "kind", "day"),
    [
        (2012, "部门", "2013-03-31"),
        (2018, "部门", "2019-03-31"),
        (2019, "部门", "2020-01-31"),
        (2020, "人民政府", "2021-03-31"),
        (2020, None, "2021-03-31"),
    ],
)
def test_deadlines(year: int, kind: str | None, day: str) -> None:
    assert deadline(year, kind).isoformat() == day


def ids(searcher: Searcher, q: str) -> set[str]:
    return {h.id for h in searcher.search(SearchRequest(q=q, size=100)).hits}


def test_a_short_name_finds_the_body_and_a_tilde_its_series(searcher: Searcher) -> None:
    assert ids(searcher, "agency:文旅局") == {"r6", "r7"}
    assert ids(searcher, "agency:自然资源局") == {"r4", "r5"}
    assert ids(searcher, "agency~:自然资源局") == {"r2", "r3", "r4", "r5"}
    assert ids(searcher, "agency~:没有的局") == set()
    assert ids(searcher, "公开 -agency~:自然资源局") == {
        f"r{i}" for i in range(len(ROWS))
    } - {
        "r2",
        "r3",
        "r4",
        "r5",
    }


@pytest.mark.parametrize(
    ("short", "full", "is_so"),
    [
        ("文旅局", "衡阳市文化旅游广电体育局", True),
        ("文旅局", "深圳市龙岗区文化广电旅游体育局", True),
        ("发改委", "国家发展和改革委员会", True),
        ("发改局", "衡阳市发展和改革局", True),
        ("卫健委", "衡阳市卫生健康委员会", True),
        ("府办", "衡阳市人民政府办公室", True),
        ("政府办", "衡阳市人民政府办公室", True),
        ("财政局", "衡阳市教育局", False),
        ("衡阳市教育局", "衡阳市教育局", True),
        ("文局", "衡阳市文化旅游局", False),
        ("教局", "衡阳市教育局", False),
    ],
)
def test_short_names(short: str, full: str, is_so: bool) -> None:
    assert is_called(short, full) == is_so


def test_nothing_is_read_from_an_empty_folder(tmp_path: Path) -> None:
    settings = Settings(index=tmp_path)
    open_writer(settings).commit()
    engine = open_engine(settings)
    assert coverage(engine).bodies == ()
    engine.close()


def test_more_typed_bodies_than_can_be_chosen_are_a_condition(tmp_path: Path) -> None:
    settings = Settings(index=tmp_path)
    writer = open_writer(settings)
    for i in range(LIMITS.values + 5):
        writer.put(analyse(Report(f"r{i}", f"{i}.txt", "公开", agency=f"第{i}局"), "d"))
    writer.put(analyse(Report("other", "o.txt", "公开", agency="某院"), "d"))
    writer.commit()
    answer = Searcher.open(settings).search(SearchRequest(q="公开 agency:局"))
    assert answer.total == LIMITS.values + 5
    assert "agency" not in answer.query.filters
    assert not any(v.selected for v in answer.facets["agency"].values)
    assert answer.facets["agency"].total_values == LIMITS.values + 5
