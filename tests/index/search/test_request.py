"""Requests: what can be asked, and how it is written as a URL."""

from __future__ import annotations

import datetime as dt
from urllib.parse import parse_qs, parse_qsl, urlparse

import pytest

from index.model.errors import RequestError
from index.model.value_names import CLOSED_VALUES
from index.query.nodes import AllOf, Not, NumberRange
from index.query.where import where
from index.search.request import SearchRequest, Toggles, typed_values


def test_defaults_make_no_parameters() -> None:
    assert SearchRequest().url() == "/api/v1/search"
    assert SearchRequest(q="公开").params() == [("q", "公开")]


def test_every_parameter_is_written() -> None:
    request = SearchRequest(
        q="公开",
        filters={"level": ("县区级", "地市级"), "region": ("广东省/深圳市",)},
        year_from=2018,
        published_to=dt.date(2019, 3, 31),
        where=("year>=2018",),
        match="any",
        sort="-year",
        size=20,
        page=3,
        facets=(),
        facet_size=5,
        snippets=0,
    )
    assert parse_qs(urlparse(request.url()).query, keep_blank_values=True) == {
        "q": ["公开"],
        "level": ["县区级", "地市级"],
        "region": ["广东省/深圳市"],
        "year_from": ["2018"],
        "published_to": ["2019-03-31"],
        "where": ["year>=2018"],
        "facets": [""],
        "match": ["any"],
        "sort": ["-year"],
        "size": ["20"],
        "facet_size": ["5"],
        "snippets": ["0"],
        "page": ["3"],
    }


def test_toggling_is_its_own_inverse_and_goes_to_the_first_page() -> None:
    request = SearchRequest(q="公开", page=4)
    chosen = request.toggled("level", "县区级")
    assert (chosen.page, chosen.filters) == (1, {"level": ("县区级",)})
    assert chosen.toggled("level", "县区级").filters == {}


@pytest.mark.parametrize("absent", [{}, {"org_type": ("a&b=c/丁",), "line": ("教育",)}])
@pytest.mark.parametrize(
    "chosen",
    [
        {},
        {"level": ("省级",)},
        {"level": ("县区级", "省级"), "year": ("2018",), "agency": ("甲 局",)},
        {"year": ("", "2018"), "org_type": ("", "不详"), "region": ("广东省", "")},
    ],
)
def test_many_toggles_at_once_are_the_same(
    chosen: dict[str, tuple[str, ...]], absent: dict[str, tuple[str, ...]]
) -> None:
    request = SearchRequest(
        q="公开 &收费", filters=chosen, without=absent, sort="-year", page=3
    )
    values = ["县区级", "省级", "a&b=c/丁", "", "不详"]
    for facet in ("org_type", "agency", "region"):
        assert Toggles(request).urls(facet, values) == [
            request.toggled(facet, v).url() for v in values
        ]
        assert Toggles(request).exclusions(facet, values) == [
            request.excluded(facet, v).url() for v in values
        ]
    for page in (1, 2, 4):
        assert Toggles(request).page(page) == request.at_page(page).url()


def test_what_is_unknown_is_written_as_a_word_and_a_name_like_it_quoted() -> None:
    request = SearchRequest(
        filters={"year": ("", "2018"), "agency": ("不详", "")},
        without={"level": ("",), "line": ("Unknown",)},
    )
    written = [
        ("agency", '"不详"'),
        ("agency", "不详"),
        ("year", "不详"),
        ("year", "2018"),
        ("not_level", "不详"),
        ("not_line", '"Unknown"'),
    ]
    assert request.params() == written
    assert parse_qsl(urlparse(request.url()).query) == written
    for name in ("agency", "year"):
        typed = [value for parameter, value in written if parameter == name]
        assert typed_values(name, typed) == request.filters[name]


def test_what_is_unknown_is_typed_in_either_script_and_in_english() -> None:
    typed = ["不详", "不詳", "unknown", " Unknown ", '"unknown"', '"甲局"', "年度不详"]
    read = ("", "", "", "", "unknown", '"甲局"', "年度不详")
    assert typed_values("agency", typed) == read
    with pytest.raises(RequestError) as caught:
        typed_values("not_agency", ["甲局", ""])
    assert caught.value.parameter == "not_agency"


@pytest.mark.parametrize(
    ("values", "parameter"),
    [
        ({"size": 0}, "size"),
        ({"size": 101}, "size"),
        ({"page": -1}, "page"),
        ({"page": 1001}, "page"),
        ({"sort": "nonsense"}, "sort"),
        ({"match": "some"}, "match"),
        ({"facets": ("nonsense",)}, "facets"),
        ({"facet_size": 0}, "facet_size"),
        ({"snippets": 6}, "snippets"),
        ({"filters": {"year": ("abc",)}}, "year"),
        ({"filters": {"year": ("九十",)}}, "year"),
        ({"filters": {"nonsense": ("x",)}}, "nonsense"),
        ({"filters": {"year": ("年",)}}, "year"),
        ({"without": {"level": (" ",)}}, "not_level"),
        ({"filters": {"agency": tuple(map(str, range(201)))}}, "agency"),
    ],
)
def test_what_cannot_be_asked_is_named(
    values: dict[str, object], parameter: str
) -> None:
    with pytest.raises(RequestError) as caught:
        SearchRequest(**values)  # type: ignore[arg-type]
    assert caught.value.parameter == parameter


@pytest.mark.parametrize(
    ("facet", "typed", "value"),
    [
        ("year", "2021年", "2021"),
        ("year", "二〇二一", "2021"),
        ("year", "２０２１", "2021"),
        ("level", "區縣", "县区级"),
        ("level", "地级市", "地市级"),
        ("level", "County", "县区级"),
        ("kind", "年报", "annual_report"),
        ("tables", "不符", "inconsistent"),
        ("scope", "本機關", "self"),
        ("scope", "汇总", "aggregate"),
        ("template", "2021年格式", "gb2021"),
        ("org_type", "街道", "街道办事处"),
        ("line", "衛健委", "卫生健康"),
        ("line", "环保局", "生态环境"),
    ],
)
def test_a_value_is_taken_as_people_write_it(
    facet: str, typed: str, value: str
) -> None:
    chosen = SearchRequest(filters={facet: (typed, value)}, without={facet: (typed,)})
    assert chosen.filters == {facet: (value,)}
    assert chosen.without == {facet: (value,)}


@pytest.mark.parametrize(
    ("facet", "typed"),
    [("scope", "胡说"), ("template", "2018"), ("tables", "统计表"), ("level", "胡说")],
)
def test_a_value_that_there_is_not_is_refused_with_those_there_are(
    facet: str, typed: str
) -> None:
    for name, prefix in (("filters", ""), ("without", "not_")):
        with pytest.raises(RequestError) as caught:
            SearchRequest(**{name: {facet: (typed,)}})  # type: ignore[arg-type]
        assert caught.value.parameter == prefix + facet
        assert caught.value.note.facts["allowed"] == CLOSED_VALUES[facet]


def test_the_window_ends_where_cursors_begin() -> None:
    assert SearchRequest(size=100, page=100).page == 100
    assert SearchRequest(size=100, cursor="abc").cursor == "abc"


@pytest.mark.parametrize(
    "text",
    [
        "drop table",
        "year",
        "year>=",
        "year>=abc",
        "nonsense>=1",
        "year>=1; x",
        "year>=1e9",
    ],
)
def test_conditions_that_are_none(text: str) -> None:
    with pytest.raises(RequestError) as caught:
        where(text)
    assert caught.value.parameter == "where"


def test_conditions() -> None:
    assert where("year >= 2018") == ("year", NumberRange("year", 2018.0, None))
    other = Not(NumberRange("year", 2018.0, 2018.0))
    assert where("year!=2018")[1] == AllOf((NumberRange("year"), other))
    strict = where("year>2018")[1]
    assert isinstance(strict, NumberRange)
    assert strict.low is not None
    assert 2018 < strict.low < 2018.001


@pytest.mark.parametrize(
    ("name", "value"), [("level", "村级"), ("tables", "勾稽"), ("kind", "x")]
)
def test_a_value_that_a_facet_cannot_have_is_refused(name: str, value: str) -> None:
    for chosen in ("filters", "without"):
        with pytest.raises(RequestError, match=value):
            SearchRequest(**{chosen: {name: (value,)}})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("level", "县", "县区级"),
        ("level", "縣級", "县区级"),
        ("tables", "勾稽不符", "inconsistent"),
        ("kind", "年度报告", "annual_report"),
    ],
)
def test_a_value_may_be_typed_as_pages_print_it(
    name: str, typed: str, value: str
) -> None:
    for chosen in ("filters", "without"):
        request = SearchRequest(**{chosen: {name: (typed, value)}})  # type: ignore[arg-type]
        assert getattr(request, chosen) == {name: (value,)}


def test_half_a_character_has_an_address_too() -> None:
    """A lone surrogate, as a damaged argument of the command line has one, is no UTF-8."""
    request = SearchRequest(q="公开\ud800")
    assert request.url("/search") == "/search?q=%E5%85%AC%E5%BC%80%3F"
    (url,) = Toggles(request, "/search").urls("agency", ["\ud800局"])
    assert "%3F%E5%B1%80" in url
