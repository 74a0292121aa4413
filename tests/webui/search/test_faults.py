"""What is wrong is said beside its field; filters and typed values stay."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.webui.pages import page_at, text

PARAMETERS = ("year_from", "year_to", "where", "size", "cursor", "applications_new")


@pytest.mark.parametrize(
    ("given", "field", "typed"),
    [
        ("year_from=abc", "year_from", "abc"),
        ("year_to=20x1", "year_to", "20x1"),
        ("year_to=去年", "year_to", "去年"),
        ("year_from=99999", "year_from", "99999"),
        ("where_name=applications_new&where_sign=>=&where_value=三", "where", "三"),
        ("where=applications_new>=x", "where", "x"),
    ],
)
def test_a_fault_stands_beside_its_field(
    client: FlaskClient, given: str, field: str, typed: str
) -> None:
    url = f"/search?q=公开&level=县区级&{given}"
    answer = client.get(url)
    if answer.status_code == 302:
        url = answer.location
    page = page_at(client, url, 400)
    (fault,) = page.xpath("//p[@class='fault']")
    assert fault.get("id") == f"{field}-fault"
    assert not any(name in text(fault) for name in PARAMETERS)
    (told,) = page.xpath(f"//input[@aria-describedby='{field}-fault']")
    assert told.get("value") == typed
    # above the results stands what was left out of them
    assert f"{typed}”" in text(page.xpath("//p[@class='hint']")[0])
    # the rest of the search is answered
    assert "已选1项" in text(page.xpath("//details[@id='filters']/summary")[0])
    assert page.xpath("//details[@id='filters']/@open")
    assert len(page.xpath("//li[@class='hit']")) == 9


@pytest.mark.parametrize(
    "given",
    ["size=500", "page=0", "sort=nosuch", "match=nosuch", "cursor=x", "fold=maybe"],
)
def test_what_has_no_field_is_told_above_the_results(
    client: FlaskClient, given: str
) -> None:
    page = page_at(client, f"/search?q=公开&level=县区级&{given}", 400)
    (fault,) = page.xpath("//p[@class='fault']")
    assert not any(name in text(fault) for name in PARAMETERS)
    assert page.xpath("//li[@class='hit']")


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ("scope=胡说", "本机关、汇总所属机关"),
        ("not_tables=胡说", "勾稽一致、部分可读"),
        ("line=胡说", "税务、海关"),
        ("not_org_type=胡说", "乡镇政府"),
        ("region=胡说", "广东省"),
        ("year=胡说", "胡说"),
    ],
)
def test_an_unknown_value_of_a_filter_names_those_there_are(
    client: FlaskClient, given: str, named: str
) -> None:
    page = page_at(client, f"/search?q=公开&level=县区级&{given}", 400)
    (fault,) = page.xpath("//p[@class='fault']")
    assert "胡说" in text(fault)
    assert named in text(fault)
    assert page.xpath("//li[@class='hit']")


def test_a_body_without_reports_is_told(client: FlaskClient) -> None:
    page = page_at(client, "/search?agency=深圳市教育厅")
    assert "深圳市教育局" in text(page.xpath("//main")[0])
    assert not page.xpath("//li[@class='hit']")


def test_several_faults_are_all_told(client: FlaskClient) -> None:
    url = '/search?q="公开&year_from=x&year_to=y&size=0&level=省级'
    page = page_at(client, url, 400)
    assert len(page.xpath("//p[@class='fault'][not(code)]")) == 4
    assert page.xpath("//ul[@class='chips']/li")
    assert not page.xpath("//li[@class='hit'] | //p[@class='total']")


def test_a_refused_query_says_what_would_find_something(client: FlaskClient) -> None:
    page = page_at(client, '/search?q=公开 "信息&level=省级', 400)
    (plain,) = page.xpath("//div[@class='faults']//a/@href")
    assert page_at(client, plain).xpath("//li[@class='hit']")
    assert "level=" in plain
    nowhere = page_at(client, '/search?q="没有的没有', 400)
    assert not nowhere.xpath("//div[@class='faults']//a")


def test_a_page_beyond_the_last_says_so(client: FlaskClient) -> None:
    page = page_at(client, "/search?q=公开&size=5&page=99")
    (empty,) = page.xpath("//section[@class='empty']")
    assert text(empty).startswith("没有这一页共7页")
    last = page_at(client, empty.xpath(".//a/@href")[0])
    assert last.xpath("//li[@class='hit']")


def test_a_query_escaped_in_gb18030_is_understood(client: FlaskClient) -> None:
    page = page_at(client, "/search?q=%B9%AB%BF%AA&level=%CF%D8%C7%F8%BC%B6")
    assert page.xpath("//input[@id='q']/@value") == ["公开"]
    assert len(page.xpath("//li[@class='hit']")) == 9
    broken = page_at(client, "/search?q=%FF%FE")
    assert "没有找到报告" in text(broken)


@pytest.mark.parametrize(
    ("url", "is_said"),
    [
        ("/search?q=公开", False),
        ("/search?q=依申请公开", False),
        ("/search?q=公开 没有的", True),
        ("/search?q=公开 信息", True),
        ('/search?q="公开"', True),
        ("/search?q=year:2015", True),
        ("/search", False),
    ],
)
def test_what_was_understood_is_said_where_it_is_more_than_what_was_typed(
    client: FlaskClient, url: str, is_said: bool
) -> None:
    page = page_at(client, url)
    assert bool(page.xpath("//p[@class='understood']")) == is_said
