import csv
import re
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import OpenPage, loaded

pytestmark = pytest.mark.browser

AXE = next(Path(__file__).parent.glob("vendor/axe-core-*/axe.min.js"))
PAGES = {
    "home": "/",
    "results": "/search?q=公开 信息&level=县区级&region=广东省/深圳市",
    "conditions": "/search?q=公开&where=applications_new>=5&sort=-applications_new",
    "relaxed": "/search?q=公开 没有的",
    "nothing": "/search?q=没有的词&level=省级",
    "report": "/reports/r1?q=公开#hit-2",
    "damaged": "/reports/hant/1?q=公開",
    "received": "/reports/hant/1?view=received",
    "tables": "/reports/gb1?q=申请#cell-applications-new-total",
    "facet": "/facets/agency?q=公开",
    "numbers": "/numbers?q=公开&measure=licences",
    "districts": "/numbers?by=county&region=广东省",
    "ratios": "/numbers?measure=grant_rate&by=level",
    "no numbers": "/numbers?measure=procurement_yuan",
    "country": "/coverage",
    "similar": "/similar/r1",
    "coverage": "/coverage?region=广东省/深圳市",
    "body": "/bodies?agency=深圳市教育局&series=1",
    "two": "/compare?id=r1&id=r5",
    "five": "/compare?id=r1&id=gb1&id=bare&id=x1&id=hant/1",
    "help": "/help",
    "about": "/about",
    "404": "/nosuch",
    "400": '/search?q=公开 "未完',
}


RUN = (
    "rules => axe.run(rules).then("
    "r => r.violations.map(v => [v.id, v.nodes.map(n => n.html).slice(0, 3)]))"
)
COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}


def check_with_axe(page: Any, width: int) -> None:
    """axe finds nothing in the light page nor in the colours of the dark one, and nothing sticks
    out.
    """
    page.add_script_tag(path=str(AXE))
    assert page.evaluate(RUN, {}) == []
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(RUN, COLOURS) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.faults == []


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_and_nothing_sticks_out(
    open_page: OpenPage, name: str, width: int
) -> None:
    page = open_page(PAGES[name], width, color_scheme="light", bypass_csp=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    check_with_axe(page, width)


def test_filters_stand_open_on_wide_screens_and_behind_a_button_on_narrow_ones(
    open_page: OpenPage,
) -> None:
    wide, narrow = open_page("/search?q=公开"), open_page("/search?q=公开", 390)
    first = "section.facet a"
    assert wide.locator(first).first.is_visible()
    assert not narrow.locator(first).first.is_visible()
    narrow.locator("#filters > summary").click()
    assert narrow.locator(first).first.is_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_from_the_home_page_to_a_hit(open_page: OpenPage, scripts: bool) -> None:
    page = open_page("/", java_script_enabled=scripts)
    page.get_by_label("检索词").fill("公开")
    page.get_by_role("button", name="检索").click()
    assert page.get_by_role("status").inner_text().startswith("共")
    page.get_by_role("link", name=re.compile("^县区级.*份")).click()
    assert "level=" in page.url
    assert loaded(page).get_by_text("移除").first.is_visible()
    page.locator("ol.hits h3 a").first.click()
    assert loaded(page).url.endswith("#hit-1")
    for _ in range(2):
        page.locator("mark:target + .step").get_by_role("link", name="下一处").click()
    assert page.url.endswith("#hit-3")
    assert page.locator("#hit-3").inner_text() == "公开"
    assert page.locator("#hit-3").is_visible()
    assert page.locator(".step:visible").inner_text().split() == [
        "上一处",
        "第",
        "3",
        "/",
        "11",
        "处",
        "下一处",
    ]


def test_keys_step_through_hits(open_page: OpenPage) -> None:
    page = open_page("/reports/r1?q=公开")
    for key, hit in (("n", 1), ("n", 2), ("p", 1), ("p", 1)):
        page.keyboard.press(key)
        page.wait_for_function("n => location.hash === `#hit-${n}`", arg=hit)
    page.locator("#top-q").focus()
    page.keyboard.type("n")
    assert page.url.endswith("#hit-1")
    assert page.faults == []


PART = (
    "(document.activeElement.closest("
    "'section, form, .hits, .take, .options') || {}).className"
)
OUTLINE = (
    "(e => [e.outlineStyle, parseFloat(e.outlineWidth)])"
    "(getComputedStyle(document.activeElement))"
)


def test_the_keyboard_alone_reaches_everything(open_page: OpenPage) -> None:
    page = open_page("/search?q=公开")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "跳到结果"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    seen = set()
    for _ in range(80):
        page.keyboard.press("Tab")
        seen.add(page.evaluate(PART))
    assert {"facet", "options", "hits"} <= seen


def test_focus_can_be_seen(open_page: OpenPage) -> None:
    page = open_page("/search?q=公开")
    for _ in range(12):
        page.keyboard.press("Tab")
        style = page.evaluate(OUTLINE)
        assert style[0] != "none"
        assert style[1] >= 2


def test_a_report_cannot_run_anything(open_page: OpenPage) -> None:
    page = open_page("/reports/x1?q=公开")
    dialogs: list[str] = []

    def dismiss(dialog: Any) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)
    page.reload()
    assert dialogs == []
    assert page.locator("h1").inner_text().startswith("<img src=x")


def test_years_can_be_limited_without_scripts(open_page: OpenPage) -> None:
    page = open_page("/search?q=公开&level=县区级", java_script_enabled=False)
    page.get_by_label("从").fill("2015")
    page.get_by_role("button", name="限定 年度范围").click()
    assert "year_from=2015" in loaded(page).url
    assert "level=" in page.url
    assert page.get_by_role("status").is_visible()


def test_a_page_prints_without_its_controls(open_page: OpenPage) -> None:
    page = open_page("/reports/r1?q=公开#hit-2")
    page.emulate_media(media="print")
    assert not page.locator(".topsearch").is_visible()
    assert page.locator(".step:visible").count() == 0
    assert page.locator(".prose").is_visible()


def completing(
    page: Any, typed: str = "深圳", names: tuple[str, str] = ("检索词", "补全")
) -> tuple[Any, Any]:
    """The field and its list, by their names on the page, with completions on show."""
    field = page.get_by_role("combobox", name=names[0])
    field.press_sequentially(typed)
    listed = page.get_by_role("listbox", name=names[1])
    listed.wait_for()
    return field, listed


@pytest.mark.parametrize("width", [1280, 390])
def test_completions_appear_while_typing(open_page: OpenPage, width: int) -> None:
    page = open_page("/", width, color_scheme="light", bypass_csp=True)
    field, listed = completing(page)
    options = listed.get_by_role("option").all_inner_texts()
    assert options
    assert all("深圳" in text and "份" in text for text in options)
    assert any("机关" in text for text in options)
    assert field.get_attribute("aria-expanded") == "true"
    assert page.get_by_role("status").inner_text().startswith(f"{len(options)} 条补全")
    field.press("ArrowDown")
    check_with_axe(page, width)


@pytest.mark.parametrize("path", ["/", "/search?q=公开", "/reports/r5", "/numbers"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_on_an_english_page(
    open_page: OpenPage, path: str, width: int
) -> None:
    page = open_page(path, width, color_scheme="light", bypass_csp=True, locale="en-GB")
    assert page.locator("html").get_attribute("lang") == "en"
    check_with_axe(page, width)


def test_completions_speak_the_language_of_the_page(open_page: OpenPage) -> None:
    page = open_page("/", locale="en-GB")
    _, listed = completing(page, names=("Query", "Completions"))
    options = listed.get_by_role("option").all_inner_texts()
    assert any("Agency" in text and "reports" in text for text in options)
    assert "completions; choose" in page.get_by_role("status").inner_text()


def test_completions_are_chosen_by_keys(open_page: OpenPage) -> None:
    page = open_page("/")
    field, listed = completing(page)
    options = listed.get_by_role("option")
    field.press("ArrowUp")
    assert options.last.get_attribute("aria-selected") == "true"
    field.press("ArrowDown")
    assert listed.locator("[aria-selected=true]").count() == 0
    field.press("ArrowDown")
    assert field.get_attribute("aria-activedescendant") == options.first.get_attribute(
        "id"
    )
    assert field.input_value() == "深圳"
    field.press("Escape")
    assert (
        listed.is_visible(),
        field.input_value(),
        field.get_attribute("aria-expanded"),
    ) == (
        False,
        "深圳",
        "false",
    )
    field.press("ArrowDown")
    field.press("Enter")
    assert not listed.is_visible()
    page.wait_for_url("**/search?q=&region=*")
    assert page.locator(".chips .value").inner_text() == "广东省 / 深圳市"
    assert page.faults == []


def test_completions_are_chosen_by_pointer_and_go_with_the_focus(
    open_page: OpenPage,
) -> None:
    page = open_page("/search")
    field, listed = completing(page)
    field.press("Tab")
    assert not listed.is_visible()
    field.focus()
    field.press("ArrowDown")
    listed.get_by_role("option").first.click()
    page.wait_for_url("**region=*")
    assert page.locator(".chips .value").inner_text() == "广东省 / 深圳市"


def test_without_scripts_there_are_no_completions(open_page: OpenPage) -> None:
    page = open_page("/", java_script_enabled=False)
    assert page.get_by_role("searchbox", name="检索词").count() == 1
    assert (
        page.get_by_role("combobox").count() == page.get_by_role("listbox").count() == 0
    )


def test_wide_tables_scroll_in_themselves_with_their_names_in_sight(
    open_page: OpenPage,
) -> None:
    page = open_page("/coverage?region=广东省/深圳市", 390)
    box = page.locator(".scroll:has(.grid)").first
    name = box.locator("tbody th").first
    before = name.bounding_box()["x"]
    box.evaluate("e => e.scrollLeft = 300")
    assert name.bounding_box()["x"] == before
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_number_of_a_table_leads_to_its_place(open_page: OpenPage) -> None:
    page = open_page("/reports/gb1")
    page.locator(".sheet td.figure a").first.click()
    target = page.locator(".cell:target")
    assert target.inner_text() == "3"
    assert target.is_visible()


def test_a_condition_is_added_without_scripts(open_page: OpenPage) -> None:
    page = open_page("/search?q=公开", java_script_enabled=False)
    page.get_by_label("数字").select_option("applications_new")
    page.get_by_label("比较", exact=True).select_option(">=")
    page.get_by_label("值", exact=True).fill("5")
    page.get_by_role("button", name="限定 数值").click()
    assert "where=applications_new" in loaded(page).url
    assert "本年新收申请" in page.locator(".chips").inner_text()


def links_in_reach(page: Any, name: str, text: str) -> Any:
    """The link of a row of choices."""
    return page.get_by_role("navigation", name=name).get_by_role(
        "link", name=text, exact=True
    )


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("width", [1280, 390])
def test_districts_of_a_province_as_a_spreadsheet_in_five_actions(
    open_page: OpenPage, width: int, scripts: bool
) -> None:
    """Which districts of 广东 got most applications in a year, and what share was refused."""
    page = open_page("/", width, java_script_enabled=scripts)
    actions = 0

    def click(link: Any) -> None:
        nonlocal actions
        link.click()
        actions += 1

    click(page.get_by_role("navigation", name="站点").get_by_role("link", name="统计"))
    click(links_in_reach(page, "分组", "县区"))
    click(links_in_reach(page, "地区", "广东省"))
    click(links_in_reach(page, "年度", "2020"))
    shown = loaded(page).locator("table tbody th > a:first-child").all_inner_texts()
    address = page.url
    with page.expect_download() as download:
        click(page.get_by_role("link", name="下载表格（CSV）").first)
    assert actions <= 5
    # the page is as it was
    assert page.url == address
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    lines = list(csv.reader(text.splitlines()))
    (start,) = [n for n, line in enumerate(lines) if line[0] == "县区"]
    assert lines[start][:3] == ["县区", "地区全名", "本年新收申请"]
    assert "不予公开：占比" in lines[start]
    assert [line[0] for line in lines[start + 1 :]] == [
        name.partition("，")[0].strip() for name in shown
    ]
    assert shown
    assert "条件：年度 2020；地区 广东省" in text


@pytest.mark.parametrize("scripts", [True, False])
def test_from_a_search_to_its_numbers_sorted_and_back_with_nothing_lost(
    open_page: OpenPage, scripts: bool
) -> None:
    page = open_page(
        "/search?q=公开&level=县区级&sort=-year", java_script_enabled=scripts
    )
    total = page.get_by_role("status").first.inner_text()
    before = page.url
    page.get_by_role("navigation", name="这次检索").get_by_role(
        "link", name="统计"
    ).click()
    page.locator("thead th a", has_text=re.compile("^报告")).click()
    assert page.locator("th[aria-sort='descending']").inner_text().startswith("报告")
    page.get_by_label("再并列").select_option("licences")
    page.get_by_role("button", name="应用").click()
    assert "行政许可处理决定" in page.locator("h1").inner_text()
    assert page.locator(".chips").inner_text().count("移除") == 2
    page.get_by_role("link", name="报告", exact=True).first.click()
    assert (
        page.get_by_role("status").first.inner_text().split()[:3] == (total.split()[:3])
    )
    for _ in range(4):
        page.go_back()
    assert page.url == before
    assert page.faults == []


@pytest.mark.parametrize("scripts", [True, False])
def test_recent_years_are_in_view_on_a_phone(
    open_page: OpenPage, scripts: bool
) -> None:
    page = open_page("/numbers", 390, java_script_enabled=scripts)
    chart = page.locator(".scroll.recent").first
    assert chart.evaluate("e => e.scrollWidth > e.clientWidth")
    assert chart.evaluate(
        "e => Math.abs(e.lastElementChild.getBoundingClientRect().right"
        " - e.getBoundingClientRect().right) < 3"
    )
    body = open_page("/bodies?agency=深圳市教育局", 390, java_script_enabled=scripts)
    years = body.locator("section[aria-labelledby='metrics'] thead a").all_inner_texts()
    assert years == sorted(years, reverse=True)
    assert len(years) > 1


def test_terms_open_by_keyboard_and_touch(open_page: OpenPage) -> None:
    page = open_page("/numbers", 390, has_touch=True)
    term = page.locator(".explained dd").first
    assert not term.is_visible()
    page.locator(".explained summary").focus()
    page.keyboard.press("Enter")
    assert term.is_visible()
    page.locator(".explained summary").tap()
    assert not term.is_visible()
