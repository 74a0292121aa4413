"""Two features at once: typed and chosen, two ranges of one number, years of one body, limits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from index.documents.builder import analyse
from index.engines.opening import open_writer
from index.model.errors import RequestError
from index.model.report import Report
from index.model.settings import Settings
from index.model.statistics import Statistics
from index.search.request import LIMITS, SearchRequest
from index.search.searcher import Searcher
from tests.index.assist.test_corrections import searching

PLACES = [["甲省", "乙市"], ["甲省", "丙市"], ["丁省"]]
LEVELS = ["县区级", "地市级", "省级"]


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    """Thirty reports: three places through ten years, with as many applications as their number."""
    reports = []
    for n in range(30):
        place, year = n % 3, 2010 + n // 3
        metrics = {"applications_new": float(n), "fee_yuan": n / 2}
        reports.append(
            Report(
                f"r{n}",
                f"{n}.txt",
                f"政府信息公开，第{n}号。" + "收费" * (n % 2),
                title="年度报告",
                agency=f"{PLACES[place][-1]}教育局",
                level=LEVELS[place],
                region=PLACES[place],
                year=year,
                published=f"{year + 1}-03-{n + 1:02}",
                statistics=Statistics(metrics=metrics),
            )
        )
    with searching(tmp_path_factory.mktemp("index") / "i", reports) as made:
        yield made


def found(searcher: Searcher, **given: Any) -> set[int]:
    answer = searcher.search(SearchRequest(size=100, **given))
    assert answer.total == len(answer.hits)
    return {int(hit.id[1:]) for hit in answer.hits}


def year(n: int) -> int:
    return 2010 + n // 3


ALL = range(30)


@pytest.mark.parametrize(
    ("typed", "chosen", "expected"),
    [
        (
            "year:2012..2016",
            {"year_from": 2014},
            {n for n in ALL if 2014 <= year(n) <= 2016},
        ),
        (
            "year:2012..2016",
            {"year_to": 2013},
            {n for n in ALL if 2012 <= year(n) <= 2013},
        ),
        ("year:2012..", {"year_to": 2012}, {n for n in ALL if year(n) == 2012}),
        ("year:..2012", {"year_from": 2013}, set()),
        (
            "year:2012..2016 year:2015..2018",
            {},
            {n for n in ALL if 2015 <= year(n) <= 2016},
        ),
        (
            "year:2012",
            {"year_from": 2011, "year_to": 2013},
            {n for n in ALL if year(n) == 2012},
        ),
        (
            "year:2012",
            {"filters": {"year": ("2014",)}},
            {n for n in ALL if year(n) in (2012, 2014)},
        ),
        (
            "year:2012..2014",
            {"filters": {"year": ("2014",)}},
            {n for n in ALL if year(n) == 2014},
        ),
        ("year:2012..", {"where": ("year<2013",)}, {n for n in ALL if year(n) == 2012}),
        (
            "applications_new:5..20",
            {"where": ("applications_new>=10",)},
            set(range(10, 21)),
        ),
        (
            "applications_new:5..20",
            {"where": ("applications_new>5", "applications_new<20")},
            set(range(6, 20)),
        ),
        (
            "applications_new:5..20",
            {"where": ("applications_new!=7",)},
            set(range(5, 21)) - {7},
        ),
        ("applications_new:5.. fee_yuan:..4.5", {}, set(range(5, 10))),
        ("fee_yuan:0.5..1.5", {}, {1, 2, 3}),
        (
            "",
            {"where": ("applications_new>=5", "applications_new<=7", "fee_yuan=3")},
            {6},
        ),
        ("published:2013", {"published_from": dt.date(2013, 3, 8)}, {7, 8}),
        ("published:2013..", {"published_to": dt.date(2013, 3, 8)}, {6, 7}),
        ("published:2013-03-08..2013-03-09", {}, {7, 8}),
        (
            "level:县区级",
            {"filters": {"level": ("省级",)}},
            {n for n in ALL if n % 3 != 1},
        ),
        (
            "level:县区级",
            {"filters": {"region": ("甲省",)}},
            {n for n in ALL if n % 3 == 0},
        ),
        (
            "region:乙市",
            {"filters": {"region": ("丁省",)}},
            {n for n in ALL if n % 3 != 1},
        ),
        ("region:甲省/丙市 收费", {}, {n for n in ALL if n % 3 == 1 and n % 2}),
        (
            "公开 -收费 level:省级",
            {"year_to": 2013},
            {n for n in range(12) if n % 3 == 2 and not n % 2},
        ),
        ("公开* 收费", {"where": ("applications_new<4",)}, {1, 3}),
        ('"第1号" OR "第2号"', {"filters": {"level": ("地市级", "省级")}}, {1, 2}),
    ],
)
def test_what_is_typed_and_what_is_chosen_both_hold(
    searcher: Searcher, typed: str, chosen: dict[str, object], expected: set[int]
) -> None:
    assert found(searcher, q=typed, **chosen) == expected


def test_a_typed_filter_and_a_chosen_one_are_said_as_one(searcher: Searcher) -> None:
    request = SearchRequest(
        q="level:县区级", filters={"level": ("省级", "县区级")}, year_from=2012
    )
    answer = searcher.search(request)
    assert answer.query.filters == {"level": ["省级", "县区级"], "year_from": 2012}
    selected = {v.value for v in answer.facets["level"].values if v.selected}
    assert selected == {"省级", "县区级"}
    assert answer.facets["level"].values[2].value == "地市级"
    dates = SearchRequest(
        published_from=dt.date(2013, 1, 2), published_to=dt.date(2014, 1, 2)
    )
    assert searcher.search(dates).query.filters == {
        "published_from": "2013-01-02",
        "published_to": "2014-01-02",
    }


def test_a_range_stays_when_its_own_facet_is_counted(searcher: Searcher) -> None:
    answer = searcher.search(
        SearchRequest(q="year:2012..2014", filters={"year": ("2014",)})
    )
    assert {v.value: v.count for v in answer.facets["year"].values} == {
        "2012": 3,
        "2013": 3,
        "2014": 3,
    }


def test_a_string_with_a_wildcard_is_marked_both(searcher: Searcher) -> None:
    hit = searcher.search(
        SearchRequest(q="第?号 收费", where=("applications_new=3",))
    ).hits[0]
    (snippet,) = hit.snippets
    assert [snippet.text[a:b] for a, b in snippet.marks] == ["第3号", "收费"]
    assert hit.occurrences == 2
    marked = searcher.marked("r3", "title:年度 第?号 收费")
    assert [marked.report.text[a:b] for a, b in marked.text_marks] == ["第3号", "收费"]
    assert marked.title_marks == ((0, 2),)


# ---------------------------------------------------------------------- one body through the years
@pytest.fixture(scope="module")
def years(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    texts = {
        n: f"第{n}年主动公开政府信息若干条，办理申请若干件，全部按时答复。" * 2
        for n in range(2014, 2020)
    }
    rows = [("2014", 2014, None), ("2016", 2016, None), ("2017b", 2017, "2018-03-02")]
    rows += [("2017a", 2017, "2018-03-01"), ("2018", 2018, None), ("2019", 2019, None)]
    gap = [
        Report(f"gap{n}", f"gap{n}.txt", texts[n], agency="另一局", year=n)
        for n in (2014, 2016, 2019)
    ]
    reports = [
        Report(
            name, f"{name}.txt", texts[year], agency="某局", year=year, published=day
        )
        for name, year, day in rows
    ]
    reports += gap
    with searching(tmp_path_factory.mktemp("index") / "i", reports) as made:
        yield made


def test_every_year_between_the_first_and_the_last_may_be_missing(
    years: Searcher,
) -> None:
    assert years.series("gap2014").missing == (2015, 2017, 2018)


@pytest.mark.parametrize(
    ("report", "previous", "following"),
    [
        ("2014", None, "2016"),
        ("2016", "2014", "2017a"),
        ("2017a", "2016", "2018"),
        ("2017b", "2016", "2018"),
        ("2018", "2017a", "2019"),
        ("2019", "2018", None),
    ],
)
def test_the_year_before_is_the_nearest(
    years: Searcher, report: str, previous: str | None, following: str | None
) -> None:
    answer = years.novelty(report)
    assert (answer.previous.card.id if answer.previous else None) == previous
    assert (answer.following.card.id if answer.following else None) == following


@pytest.mark.parametrize(
    ("report", "nearest"),
    [
        ("2019", ["2018", "2017a", "2017b"]),
        ("2014", ["2016", "2017a", "2017b"]),
        ("2017a", ["2016", "2018", "2019"]),
    ],
)
def test_the_years_of_a_body_stand_by_their_distance(
    years: Searcher, report: str, nearest: list[str]
) -> None:
    shown = [n.card.id for n in years.similar(report).own_years]
    assert [name for name in shown if name in nearest] == [
        name for name in nearest if name in shown
    ]
    assert shown


def test_of_two_reports_for_one_year_the_first_published_counts(
    years: Searcher,
) -> None:
    entry = next(y for y in years.series("2014").years if y.year == 2017)
    assert (entry.id, entry.copies) == ("2017a", ("2017b",))
    assert years.series("2019").missing == (2015,)


# ---------------------------------------------------------------------- limits of a request
AT_THE_LIMIT = {
    "size": (1, LIMITS.size),
    "page": (1, LIMITS.window),
    "facet_size": (1, LIMITS.facet_size),
    "snippets": (0, LIMITS.snippets),
}


def test_the_limits_are_those_of_the_contract() -> None:
    assert (
        LIMITS.size,
        LIMITS.window,
        LIMITS.facet_size,
        LIMITS.snippets,
        LIMITS.values,
    ) == (
        100,
        10_000,
        1_000,
        5,
        200,
    )


@pytest.mark.parametrize("name", AT_THE_LIMIT)
def test_a_limit_may_be_reached_and_not_passed(name: str) -> None:
    low, high = AT_THE_LIMIT[name]
    more: dict[str, Any] = {} if name == "size" else {"size": 1}
    for value in (low, high):
        assert getattr(SearchRequest(**{**more, name: value}), name) == value
    for value in (low - 1, high + 1):
        with pytest.raises(RequestError) as caught:
            SearchRequest(**{**more, name: value})
        assert caught.value.parameter == name


@pytest.mark.parametrize(
    ("size", "last"), [(100, 100), (10, 1000), (3, 3333), (1, 10_000)]
)
def test_pages_end_where_the_window_does(size: int, last: int) -> None:
    assert SearchRequest(size=size, page=last).page == last
    assert (
        SearchRequest(size=size, page=min(last + 1, 10_000), cursor="x").cursor == "x"
    )
    with pytest.raises(RequestError) as caught:
        SearchRequest(size=size, page=last + 1)
    assert caught.value.parameter == "page"


def test_as_many_values_as_the_limit_can_be_chosen() -> None:
    values = tuple(f"第{n}局" for n in range(200))
    assert SearchRequest(filters={"agency": values}).filters["agency"] == values
    with pytest.raises(RequestError):
        SearchRequest(filters={"agency": (*values, "又一局")})


@pytest.mark.parametrize("value", ["0", "9", "2018", "9999"])
def test_a_year_that_can_be_chosen(value: str) -> None:
    assert SearchRequest(filters={"year": (value,)}).filters["year"] == (value,)


@pytest.mark.parametrize("value", [" ", "20188", "-1", "20x", "二十", "２０x"])
def test_a_year_that_cannot_be_chosen(value: str) -> None:
    with pytest.raises(RequestError) as caught:
        SearchRequest(filters={"year": (value,)})
    assert caught.value.parameter == "year"


def test_the_list_ends_where_the_reports_do(searcher: Searcher) -> None:
    pages = [searcher.search(SearchRequest(size=10, page=n)) for n in (1, 2, 3, 4)]
    assert [len(p.hits) for p in pages] == [10, 10, 10, 0]
    assert [p.next is not None for p in pages] == [True, True, False, False]
    assert all("cursor=" in p.next for p in pages if p.next)
    assert [p.previous for p in pages][:3] == [
        None,
        "/api/v1/search",
        "/api/v1/search?page=2",
    ]
    assert searcher.search(SearchRequest(size=30)).next is None
    following = searcher.search(SearchRequest(size=29)).next
    assert following is not None
    assert following.startswith("/api/v1/search?size=29&cursor=")


def test_a_searcher_turns_to_what_was_committed_since(tmp_path: Path) -> None:
    settings = Settings(index=tmp_path)

    def add(report_id: str) -> None:
        writer = open_writer(settings)
        writer.put(analyse(Report(report_id, "a.txt", "公开"), "d"))
        writer.commit()

    add("r1")
    searcher = Searcher.open(settings)
    first = searcher.engine
    add("r2")
    assert searcher.search(SearchRequest(q="公开")).total == 1
    assert searcher.warming is None
    searcher.refresh()
    assert searcher.search(SearchRequest(q="公开")).total == 2
    assert searcher.engine is not first
    same = searcher.engine
    searcher.refresh()
    assert searcher.engine is same
    first.close()
    same.close()
