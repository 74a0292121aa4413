"""A region by its short name: the one path that it means, or an error that names the paths."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from index.documents.builder import analyse
from index.engines.opening import open_engine, open_writer
from index.model.errors import QueryError, RequestError
from index.model.problems import Code
from index.model.report import Report
from index.model.settings import Settings
from index.search.request import SearchRequest
from index.search.searcher import Searcher

PATHS = (
    "天津市/河西区",
    "广东省",
    "广东省/深圳市/龙岗区",
    "北京市/朝阳区",
    "吉林省/长春市/朝阳区",
    "吉林省/吉林市",
    "湖南省/衡阳市",
)
# What is typed -> the path that it means.
MEANT = {
    "河西区": "天津市/河西区",
    "河西": "天津市/河西区",
    "河西區": "天津市/河西区",
    "天津市/河西区": "天津市/河西区",
    "广东": "广东省",
    "廣東省": "广东省",
    "深圳市": "广东省/深圳市",
    "深圳市/龙岗": "广东省/深圳市/龙岗区",
    "长春市/朝阳区": "吉林省/长春市/朝阳区",
    "吉林市": "吉林省/吉林市",
    "吉林省": "吉林省",
    "/衡阳市/": "湖南省/衡阳市",
}


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    settings = Settings(index=tmp_path_factory.mktemp("regions"))
    writer = open_writer(settings)
    for number, path in enumerate(PATHS):
        report = Report(f"r{number}", "r.txt", "公开", "报告", year=2020)
        report.region = path.split("/")
        writer.put(analyse(report, report.id))
    writer.commit()
    engine = open_engine(settings)
    yield Searcher(engine)
    engine.close()


def asked(*regions: str) -> SearchRequest:
    return SearchRequest(filters={"region": regions})


@pytest.mark.parametrize("typed", MEANT)
def test_a_name_that_means_one_place_is_that_place(
    searcher: Searcher, typed: str
) -> None:
    path = MEANT[typed]
    found = searcher.search(asked(typed))
    assert found.query.filters["region"] == [path]
    assert found.total == searcher.search(asked(path)).total > 0
    assert len(list(searcher.export(asked(typed)))) == found.total
    counted = searcher.aggregate(asked(typed), "applications_new")
    assert counted.reports == found.total
    assert searcher.facet(asked(typed), "year", "", 5).values[0].count == found.total
    assert searcher.coverage(typed).region == path


@pytest.mark.parametrize("typed", MEANT)
def test_a_name_in_a_query_means_the_same_place(searcher: Searcher, typed: str) -> None:
    found = searcher.search(SearchRequest(q=f"region:{typed}"))
    assert found.query.filters["region"] == [MEANT[typed]]
    assert found.total == searcher.search(asked(typed)).total


@pytest.mark.parametrize(
    ("q", "total"),
    [
        ("region:廣東省", 2),
        ("地区：深圳市/龍崗區", 1),
        ("地区：長春", 1),
        ("region:Ａ", None),
        ("region:朝阳", 2),
        ("公开 -region:廣東", 5),
        ("region:/", None),
    ],
)
def test_a_place_in_a_query_is_found_in_any_script(
    searcher: Searcher, q: str, total: int | None
) -> None:
    if total is None:
        with pytest.raises(QueryError) as caught:
            searcher.search(SearchRequest(q=q))
        assert caught.value.note.code == Code.REQUEST_UNKNOWN_REGION
    else:
        assert searcher.search(SearchRequest(q=q)).total == total


@pytest.mark.parametrize(
    ("typed", "paths"),
    [
        ("朝阳区", {"北京市/朝阳区", "吉林省/长春市/朝阳区"}),
        ("朝阳", {"北京市/朝阳区", "吉林省/长春市/朝阳区"}),
        ("吉林", {"吉林省", "吉林省/吉林市"}),
    ],
)
def test_a_name_of_several_places_names_them(
    searcher: Searcher, typed: str, paths: set[str]
) -> None:
    with pytest.raises(RequestError) as caught:
        searcher.search(asked(typed))
    assert caught.value.note.code == Code.REQUEST_AMBIGUOUS_REGION
    assert caught.value.parameter == "region"
    assert all(path in str(caught.value) for path in paths)


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("河东区", "天津市/河西区"),
        ("深圳/龙岗", "广东省/深圳市/龙岗区"),
        ("Atlantis", "广东省"),
    ],
)
def test_an_unknown_name_is_told_what_there_is(
    searcher: Searcher, typed: str, offered: str
) -> None:
    with pytest.raises(RequestError) as caught:
        searcher.search(asked(typed))
    assert caught.value.note.code == Code.REQUEST_UNKNOWN_REGION
    assert offered in str(caught.value)


@pytest.mark.parametrize(
    ("q", "position", "offered"),
    [
        ("region:河东区", 0, "天津市/河西区"),
        ("公开 region:深圳/福田", 3, "广东省"),
        ("公开 -region:Atlantis", 4, "广东省"),
        ("公开 OR 地区：火星", 6, "湖南省"),
    ],
)
def test_an_unknown_name_in_a_query_is_told_what_there_is_too(
    searcher: Searcher, q: str, position: int, offered: str
) -> None:
    with pytest.raises(QueryError) as caught:
        searcher.search(SearchRequest(q=q))
    assert caught.value.note.code == Code.REQUEST_UNKNOWN_REGION
    assert caught.value.parameter == "q"
    assert caught.value.position == position
    assert offered in str(caught.value)


def test_values_chosen_twice_are_one(searcher: Searcher) -> None:
    found = searcher.search(asked("河西区", "天津市/河西区"))
    assert found.query.filters["region"] == ["天津市/河西区"]


def test_an_index_without_places_refuses_none(tmp_path: Path) -> None:
    settings = Settings(index=tmp_path)
    writer = open_writer(settings)
    writer.put(analyse(Report("a", "a.txt", "公开", "报告"), "d"))
    writer.commit()
    engine = open_engine(settings)
    assert Searcher(engine).search(asked("广东省")).total == 0
    assert Searcher(engine).search(SearchRequest(q="region:广东省")).total == 0
    engine.close()
