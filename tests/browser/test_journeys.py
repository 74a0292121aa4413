"""Ways through the pages, with scripts and without: each ends where it began, with nothing lost."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.conftest import OpenPage, loaded

pytestmark = pytest.mark.browser

SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
LIST = "/search?q=公开&level=县区级&level=地市级&sort=-year&size=5&page=2"
# Tab presses from the top of a page of results to the first of them.
MAX_TAB_PRESSES = 12


def titles(page: Any) -> list[str]:
    return [
        str(title) for title in loaded(page).locator("ol.hits h3").all_inner_texts()
    ]


def conditions(page: Any) -> list[str]:
    return [
        str(chip) for chip in loaded(page).locator(".chips .value").all_inner_texts()
    ]


def state(page: Any) -> tuple[Any, ...]:
    """What a reader would miss: words, filters, order, page and the hits themselves."""
    return (
        loaded(page).locator("#q").input_value(),
        conditions(page),
        page.locator("#sort").input_value(),
        page.locator(".total").inner_text(),
        titles(page),
    )


@SCRIPTS
def test_search_filter_open_next_and_back(open_page: OpenPage, scripts: bool) -> None:
    page = open_page(LIST, java_script_enabled=scripts)
    began, listed = state(page), titles(page)
    page.locator("ol.hits h3 a").nth(3).click()
    assert loaded(page).title().startswith(listed[3])
    assert page.url.endswith("#hit-1")
    page.locator("mark:target + .step").get_by_role("link", name="下一处").click()
    page.get_by_role("link", name="下一份").click()
    assert loaded(page).title().startswith(listed[4])
    assert page.locator(".turns").inner_text().split()[1:4] == ["第", "10", "/"]
    # over the border of a page, and back over it
    page.get_by_role("link", name="下一份").click()
    assert not loaded(page).title().startswith(tuple(listed))
    page.get_by_role("link", name="上一份").click()
    page.get_by_role("link", name="上一份").click()
    assert loaded(page).title().startswith(listed[3])
    page.get_by_role("link", name="返回").click()
    assert state(page) == began
    assert page.url.endswith("#result-9")
    assert page.locator("#result-9").inner_text().startswith(listed[3])
    box = page.locator("#result-9").bounding_box()
    assert 0 <= box["y"] < 800


@SCRIPTS
def test_a_list_without_a_query_is_come_back_to(
    open_page: OpenPage, scripts: bool
) -> None:
    page = open_page("/search", java_script_enabled=scripts)
    began = state(page)
    page.locator("ol.hits h3 a").nth(1).click()
    page.get_by_role("link", name="返回结果").click()
    assert state(page) == began


@SCRIPTS
def test_reports_are_compared_across_pages(open_page: OpenPage, scripts: bool) -> None:
    page = open_page(LIST, java_script_enabled=scripts)
    began = state(page)
    page.locator("#result-7 .pick").click()
    page.locator("#result-7").get_by_text("已加入比较").wait_for()
    assert state(page) == began
    page.get_by_role("link", name="下一页").click()
    assert "待比较 1 份" in page.locator("#basket").inner_text()
    page.locator("ol.hits h3 a").first.click()
    page.locator(".head .pick").click()
    page.get_by_text("待比较 2 份").wait_for()
    page.get_by_role("link", name="比较这些报告").click()
    assert page.locator("h1").inner_text() == "比较 2 份报告"
    page.goto(page.url.partition("/compare")[0] + LIST)
    assert state(page) == began
    page.locator("#basket").get_by_role("link", name="清空").click()
    page.locator("#basket").wait_for(state="detached")
    assert state(page) == began


@SCRIPTS
def test_an_error_stands_beside_its_field_and_is_put_right(
    open_page: OpenPage, scripts: bool
) -> None:
    page = open_page("/search?q=公开&level=县区级", java_script_enabled=scripts)
    began = state(page)
    page.locator("#q").fill('公开 "未完')
    page.locator("#q").press("Enter")
    page.locator("#q-fault").wait_for()
    assert page.locator("#q").input_value() == '公开 "未完'
    assert conditions(page) == ["县区级"]
    page.locator("#q").fill("公开")
    page.locator("#q").press("Enter")
    page.locator(".total").wait_for()
    assert state(page) == began
    page.locator("#year_from").fill("去年")
    page.get_by_role("button", name="限定 年度范围").click()
    page.locator("#year_from-fault").wait_for()
    assert "year_from" not in page.locator("main").inner_text()
    assert page.locator("#year_from").input_value() == "去年"
    assert titles(page) == began[-1]
    page.locator("#year_from").fill("")
    page.get_by_role("button", name="限定 年度范围").click()
    page.locator("#year_from-fault").wait_for(state="detached")
    assert state(page) == began


@SCRIPTS
def test_a_value_is_left_out_and_taken_back(open_page: OpenPage, scripts: bool) -> None:
    page = open_page("/search?q=公开", java_script_enabled=scripts)
    began = state(page)
    row = page.locator("section[aria-labelledby=facet-level] li").first
    row.hover()
    row.locator(".except").click()
    assert conditions(page) == ["省级"]
    assert "层级除外" in page.locator(".chips").inner_text()
    assert page.locator(".total").inner_text() != began[3]
    page.locator(".chips a").first.click()
    assert state(page) == began


@SCRIPTS
def test_filters_on_a_phone_stay_open(open_page: OpenPage, scripts: bool) -> None:
    page = open_page("/search?q=公开", 390, java_script_enabled=scripts)
    page.locator("#filters > summary").click()
    page.locator("section[aria-labelledby=facet-level] li a").first.click()
    assert loaded(page).locator("section[aria-labelledby=facet-level]").is_visible()
    page.locator("ol.hits h3 a").first.click()
    page.get_by_role("link", name="返回").click()
    level = loaded(page).locator("section[aria-labelledby=facet-level]")
    assert level.count() == 1
    assert not level.is_visible()


@pytest.mark.parametrize("path", ["/search?q=公开", LIST, "/search?q=公开 没有的"])
def test_few_tab_presses_lead_to_the_first_result(
    open_page: OpenPage, path: str
) -> None:
    page = open_page(path)
    first = page.locator("ol.hits h3 a").first
    for _ in range(MAX_TAB_PRESSES):
        page.keyboard.press("Tab")
        if first.evaluate("e => e === document.activeElement"):
            return
    pytest.fail("the first result is further away")


def test_a_stroke_leads_to_the_search(open_page: OpenPage) -> None:
    page = open_page("/search?q=公开")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type("/")
    assert page.locator("#q").input_value() == "/"


def test_the_first_jump_is_instant(open_page: OpenPage) -> None:
    page = open_page("/reports/r1?q=公开#hit-9", reduced_motion="no-preference")
    behaviour = "getComputedStyle(document.documentElement).scrollBehavior"
    assert page.evaluate(behaviour) == "auto"
