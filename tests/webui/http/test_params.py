from __future__ import annotations

from urllib.parse import parse_qsl

import pytest
from werkzeug.datastructures import MultiDict

from index.model.errors import RequestError
from index.search.request import SearchRequest
from webui.http.params import (
    PARAMETERS,
    SEARCH_NAMES,
    Arguments,
    from_page,
    parse_facet,
    parse_search,
)


def args(query: str) -> Arguments:
    return MultiDict(parse_qsl(query, keep_blank_values=True))


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("nonsense=1", "nonsense"),
        ("Q=1", "Q"),
        ("q=a&q=b", "q"),
        ("size=1&size=1", "size"),
        ("size=abc", "size"),
        ("size=", "size"),
        ("size=1.0", "size"),
        ("size=+1", "size"),
        ("size=１", "size"),
        ("size=0", "size"),
        ("size=101", "size"),
        ("size=" + "9" * 5000, "size"),
        ("page=-1", "page"),
        ("page=1001", "page"),
        ("year=abc", "year"),
        ("year=20199", "year"),
        ("level=", "level"),
        ("year_from=0", "year_from"),
        ("published_from=20190311", "published_from"),
        ("published_to=2019-02-30", "published_to"),
        ("sort=nonsense", "sort"),
        ("match=most", "match"),
        ("facets=level,nonsense", "facets"),
        ("snippets=6", "snippets"),
        ("page=2&cursor=x", "cursor"),
    ],
)
def test_refuses_by_name(query: str, parameter: str | None) -> None:
    with pytest.raises(RequestError) as caught:
        parse_search(args(query))
    assert caught.value.parameter == parameter
    assert caught.value.note.code


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("2022-1-1", "2022-01-01", "2022-01-01"),
        ("2022年1月1日", "2022-01-01", "2022-01-01"),
        ("2022 年 1 月 1 日", "2022-01-01", "2022-01-01"),
        ("2022年1月1号", "2022-01-01", "2022-01-01"),
        ("２０２２/１/１", "2022-01-01", "2022-01-01"),
        ("2022.1.31", "2022-01-31", "2022-01-31"),
        ("二〇二二年十二月三十一日", "2022-12-31", "2022-12-31"),
        ("2024-2", "2024-02-01", "2024-02-29"),
        ("2022年", "2022-01-01", "2022-12-31"),
        ("2022", "2022-01-01", "2022-12-31"),
    ],
)
def test_days_are_read_as_people_write_them(typed: str, first: str, last: str) -> None:
    asked = parse_search(
        MultiDict([("published_from", typed), ("published_to", typed)])
    )
    assert str(asked.published_from) == first
    assert str(asked.published_to) == last


@pytest.mark.parametrize(
    "typed", ["2021年", "2021 年度", "二〇二一", "２０２１", "2021"]
)
def test_years_are_read_as_people_write_them(typed: str) -> None:
    asked = parse_search(MultiDict([("year", typed), ("year_from", typed)]))
    assert asked.filters == {"year": ("2021",)}
    assert asked.year_from == 2021


def test_reads_every_parameter() -> None:
    query = (
        "q=公开&level=省级&level=地市级&year=2018&region=广东省/深圳市&year_from=2010&year_to=2020&where=a>=1&where=b<2"
        "&published_from=2019-01-01&match=any&sort=-year&size=20&page=3&facets=level,year&facet_size=5&snippets=0"
    )
    request = parse_search(args(query))
    assert request.filters == {
        "level": ("省级", "地市级"),
        "year": ("2018",),
        "region": ("广东省/深圳市",),
    }
    assert request.where == ("a>=1", "b<2")
    assert (request.size, request.page, request.facets, request.snippets) == (
        20,
        3,
        ("level", "year"),
        0,
    )


def test_a_request_survives_its_own_url() -> None:
    request = SearchRequest(
        q='"公开" 50%&=+',
        filters={"agency": ("甲&乙", "丙 丁"), "year": ("2018",)},
        where=("x>=1",),
        facets=(),
        page=2,
    )
    query = request.url().partition("?")[2]
    assert parse_search(args(query)) == request


def test_empty_facets_count_none() -> None:
    assert parse_search(args("facets=")).facets == ()
    assert parse_search(args("")).facets is None


def test_the_table_names_what_a_request_has() -> None:
    fields = set(SearchRequest.__dataclass_fields__) - {"filters", "without"}
    assert fields <= {p.name for p in PARAMETERS}


def test_a_form_may_send_empty_fields() -> None:
    assert parse_search(
        from_page(args("q=&year_from=&year_to= &sort=year"), SEARCH_NAMES)
    ) == SearchRequest(sort="year")


def test_a_page_takes_years_in_any_digits_and_leaves_out_what_others_add() -> None:
    given = args("q=公开&year_from=２０１８&year_to=二〇二〇年&utm_source=x&fbclid=1")
    asked = parse_search(from_page(given, SEARCH_NAMES))
    assert asked == SearchRequest(q="公开", year_from=2018, year_to=2020)


@pytest.mark.parametrize(
    "query", ["page=1", "cursor=x", "size=0", "size=1001", "snippets=1"]
)
def test_a_list_of_values_has_no_pages(query: str) -> None:
    with pytest.raises(RequestError):
        parse_facet(args(query))
