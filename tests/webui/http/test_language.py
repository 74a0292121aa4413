"""The language of a page: how it is chosen and kept, and what of a page is in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from lxml import html as lxml_html
from lxml.html import HtmlElement

from index.words import LANGUAGES
from tests.webui.golden import PAGES, sample_client
from webui.app import create_app
from webui.http.language import matching
from webui.plots.plots import Plot, Point

HAN = re.compile("[\u3007\u3400-\u9fff]")
SHOWN_ATTRIBUTES = ("aria-label", "title", "placeholder", "alt")


@pytest.fixture(scope="module")
def pages() -> Iterator[FlaskClient]:
    """A client that keeps no cookies: each request stands alone."""
    with sample_client() as client:
        yield client.application.test_client(use_cookies=False)


def page(client: FlaskClient, url: str, **headers: str) -> HtmlElement:
    answer = client.get(url, headers=headers)
    return lxml_html.fromstring(answer.get_data(as_text=True))


def language(client: FlaskClient, url: str, accepted: str = "") -> str:
    headers = {"Accept-Language": accepted} if accepted else {}
    found = page(client, url, **headers).get("lang")
    assert found
    return str(found)


def unmarked(element: HtmlElement, lang: str = "") -> Iterator[str]:
    """Every text with Han characters that stands in no element marked as Chinese."""
    lang = element.get("lang", lang)
    texts = [element.text or ""]
    # what a checkbox or a place in a text is called cannot be marked: it names reports
    if element.tag in ("input", "ins", "span", "script", "title"):
        texts = texts if element.tag in ("span", "ins") else []
    else:
        texts += [element.get(name, "") for name in SHOWN_ATTRIBUTES]
    for child in element:
        if isinstance(child.tag, str):
            yield from unmarked(child, lang)
        texts.append(child.tail or "")
    if not lang.startswith("zh"):
        yield from (text for text in texts if HAN.search(text))


@pytest.mark.parametrize("name", PAGES)
def test_english_pages_have_no_chinese_but_what_is_marked(
    pages: FlaskClient, name: str
) -> None:
    english = page(pages, PAGES[name], **{"Accept-Language": "en"})
    assert english.get("lang") == "en"
    assert list(unmarked(english)) == []


def test_a_plot_without_values_has_no_chinese_either(pages: FlaskClient) -> None:
    headers = {"Accept-Language": "en"}
    with pages.application.test_request_context("/", headers=headers):
        pages.application.preprocess_request()
        plot = Plot([Point("2018", 0, 3, None)], "Total by year", "Total", "")
        for drawn in (plot.columns, plot.line, plot.bars):
            assert ">Unknown</text>" in drawn
            assert not HAN.search(drawn)


@pytest.mark.parametrize("name", PAGES)
def test_traditional_pages_speak_traditional_chinese(
    pages: FlaskClient, name: str
) -> None:
    shown = page(pages, PAGES[name], **{"Accept-Language": "zh-TW"})
    assert shown.get("lang") == "zh-Hant"
    (skip,) = shown.xpath("//a[@class='skip']/text()")
    assert skip in ("跳到正文", "跳到結果")
    labels = shown.xpath("//nav[@class='links']/a/text()")
    assert labels == ["全部報告", "統計", "收錄情況", "檢索語法", "關於"]


def test_a_reader_who_says_nothing_reads_simplified_chinese(pages: FlaskClient) -> None:
    assert language(pages, "/") == "zh-Hans"
    assert language(pages, "/", "fr, *;q=0.1") == "zh-Hans"
    assert language(pages, "/", "en;q=0, zh-HK;q=0.5") == "zh-Hant"


@pytest.mark.parametrize(
    ("tag", "ours"),
    [
        ("zh", "zh-Hans"),
        ("zh-CN", "zh-Hans"),
        ("zh-SG", "zh-Hans"),
        ("zh-Hans-HK", "zh-Hans"),
        ("zh-TW", "zh-Hant"),
        ("zh-HK", "zh-Hant"),
        ("zh-MO", "zh-Hant"),
        ("ZH-hant", "zh-Hant"),
        ("en", "en"),
        ("en-GB", "en"),
        ("fr", None),
        ("*", None),
        ("", None),
        ("x" * 90, None),
    ],
)
def test_a_tag_asks_for_a_language_of_ours(tag: str, ours: str | None) -> None:
    assert matching(tag) == ours


@pytest.mark.parametrize("tag", LANGUAGES)
def test_the_address_chooses_and_the_choice_is_remembered(
    client: FlaskClient, tag: str
) -> None:
    assert language(client, f"/about?lang={tag}", "en") == tag
    assert language(client, "/help", "en") == tag
    cookie = client.get_cookie("lang")
    assert cookie
    assert cookie.http_only


def test_machines_have_one_language(client: FlaskClient) -> None:
    assert client.get("/api/v1/search?lang=en").status_code == 400
    answer = client.get("/api/v1/stats", headers={"Accept-Language": "en"})
    assert "Accept-Language" not in answer.headers.get("Vary", "")


def test_a_language_that_is_not_ours_is_refused(client: FlaskClient) -> None:
    answer = client.get("/about?lang=xx", headers={"Accept-Language": "en"})
    assert answer.status_code == 400
    assert "&#39;xx&#39; is not one of zh-Hans" in answer.get_data(as_text=True)
    assert client.get_cookie("lang") is None


def test_without_cookies_links_and_forms_keep_the_language(pages: FlaskClient) -> None:
    english = page(pages, "/search?q=公开&lang=en")
    links = english.xpath("//main//a/@href[starts-with(., '/')]")
    assert len(links) > 20
    for link in links:
        machine = link.startswith(("/api/", "/feed.atom"))
        assert machine or link.count("lang=en") == 1, link
    for form in english.xpath("//form"):
        assert form.xpath(".//input[@name='lang']/@value") == ["en"]
    ahead = english.xpath("//head/link[@rel='next']/@href")
    assert len(ahead) == 1
    assert all(link.endswith("&lang=en") for link in ahead)
    moved = pages.get("/?q=公开&lang=en")
    assert moved.status_code == 302
    assert moved.location.endswith("&lang=en")


def test_the_switch_shows_this_page_in_each_language(pages: FlaskClient) -> None:
    shown = page(pages, "/search?q=公开&lang=en")
    choices = shown.xpath("//nav[@class='languages']/a")
    assert [choice.get("lang") for choice in choices] == list(LANGUAGES)
    assert [choice.text for choice in choices] == ["简体中文", "繁體中文", "English"]
    assert [choice.get("aria-current") for choice in choices] == [None, None, "true"]
    for choice in choices:
        url = "/search" + choice.get("href")
        assert language(pages, url) == choice.get("lang")
        assert "公开" in page(pages, url).xpath("//input[@name='q']/@value")


def test_two_languages_of_one_address_are_two_answers(pages: FlaskClient) -> None:
    first = pages.get("/about", headers={"Accept-Language": "en"})
    second = pages.get("/about", headers={"Accept-Language": "zh"})
    assert first.headers["ETag"] != second.headers["ETag"]
    assert {"Accept-Language", "Cookie"} <= set(first.vary)


def test_numbers_and_days_are_said_as_the_language_does(pages: FlaskClient) -> None:
    english = page(pages, "/reports/r1?lang=en")
    chinese = page(pages, "/reports/r1")
    (day,) = chinese.xpath("//p[@class='meta']/span[contains(., '发布')]/text()")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d 发布", day)
    meta = " ".join(english.xpath("//p[@class='meta']//text()"))
    assert re.search(r"published [A-Z][a-z]{2} \d{1,2}, \d{4}", meta)


def test_below_a_root_programs_are_asked_in_no_language(pages: FlaskClient) -> None:
    """What the settings put the site below is no part of a path that programs read."""
    room = pages.application.extensions["gongkai"]
    settings = replace(room.settings, base_url="https://example.org/gongkai")
    client = create_app(settings, searcher=room.searcher).test_client()
    answer = client.get("/about?lang=en")
    links = lxml_html.fromstring(answer.get_data(as_text=True)).xpath("//a/@href")
    assert "/gongkai/help?lang=en" in links
    assert "/gongkai/openapi.json" in links
    assert "Path=/gongkai" in answer.headers["Set-Cookie"]


@pytest.mark.parametrize(
    "path",
    [
        *("/api/v1/search?q=公开", "/-/version", "/openapi.json", "/metrics"),
        *("/sitemap.xml", "/robots.txt", "/static/gongkai.css"),
    ],
)
def test_what_programs_read_is_the_same_in_each_language(
    pages: FlaskClient, path: str
) -> None:
    answer = pages.get(path, headers={"Accept-Language": "en"}, buffered=True)
    assert answer.status_code == 200
    assert "Accept-Language" not in answer.headers.get("Vary", "")
    assert "Set-Cookie" not in answer.headers


def test_the_language_is_remembered_for_a_year_and_no_script_reads_it(
    pages: FlaskClient,
) -> None:
    said = pages.get("/?lang=en").headers["Set-Cookie"]
    assert said.startswith("lang=en;")
    parts = set(said.split("; "))
    assert {"HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=31536000"} <= parts
