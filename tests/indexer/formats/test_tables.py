"""Every row of the tables of the readers does something: websites' containers, labels, chrome,
suffixes.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from index.model.errors import InputError
from indexer.formats import FORMATS, chrome, profiles, read
from indexer.formats.chrome import Line, frame, header_fields, is_chrome, is_title
from indexer.page import Page, Source

TABLES: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "data" / "formats" / "tables.json").read_text("utf-8")
)
SENTENCE = "全年主动公开政府信息一百二十六条。"
BODY = SENTENCE * 6
OUTSIDE = "栏目名称" * 60
REPORT = "望海市2017年政府信息公开年报"


def html(markup: str, suffix: str = ".html") -> Page:
    return read(Source("a" + suffix, "/a" + suffix, suffix, markup.encode(), ""))


def element(selector: str, content: str) -> str:
    """The element that a selector means, with its content."""
    if selector.startswith("#"):
        return f'<div id="{selector[1:]}">{content}</div>'
    if selector.startswith("."):
        return f'<div class="wide {selector[1:]}">{content}</div>'
    return f"<{selector}>{content}</{selector}>"


def test_the_tables_are_those_that_were_reviewed() -> None:
    assert list(profiles.BODY_SELECTORS) == TABLES["BODIES"]
    assert list(profiles.GENERIC_SELECTORS) == TABLES["GENERIC_BODIES"]
    assert list(profiles.HEADING_SELECTORS) == TABLES["HEADINGS"]
    assert list(profiles.DROPPED_TAGS) == TABLES["DROPPED_TAGS"]
    assert list(profiles.DROPPED_CLASSES) == TABLES["DROPPED_CLASSES"]
    assert sorted(profiles.COLUMN_NAMES) == TABLES["COLUMNS"]
    assert TABLES["META"] == profiles.META_KEYS
    assert TABLES["LABELS"] == chrome.META_KEY_BY_LABEL
    assert sorted(chrome.CHROME_LINES) == TABLES["EXACT"]
    assert sorted(chrome.LINK_SECTIONS) == TABLES["SECTIONS"]


@pytest.mark.parametrize("selector", TABLES["BODIES"])
def test_a_container_of_a_system_holds_the_body_and_nothing_else(selector: str) -> None:
    page = html(
        f"<div><p>{OUTSIDE}</p></div>{element(selector, f'<p>{BODY}</p>')}"
        "<p>打开微信，用“扫一扫”可将网页分享至朋友圈。</p><p>热线：12345</p>"
    )
    assert page.text == BODY


@pytest.mark.parametrize("selector", TABLES["GENERIC_BODIES"])
def test_a_container_of_no_certain_name_holds_the_body(selector: str) -> None:
    page = html(f"<div><p>{OUTSIDE}</p></div>{element(selector, f'<p>{BODY}</p>')}")
    assert page.text == BODY


@pytest.mark.parametrize("selector", TABLES["GENERIC_BODIES"])
def test_a_certain_container_goes_before_one_that_is_not(selector: str) -> None:
    zoom = f"<div id=zoom><p>{BODY}</p></div>"
    assert html(element(selector, f"<p>{OUTSIDE}</p>{zoom}")).text == BODY


@pytest.mark.parametrize("selector", TABLES["HEADINGS"])
def test_a_heading_that_the_page_names_is_its_title(selector: str) -> None:
    title = "望海市通知公告汇编-望海市档案局"
    head = f"<head><title>{title}</title></head>"
    page = html(f"{head}{element(selector, title)}<div id=zoom><p>{BODY}</p></div>")
    assert page.title == title
    assert html(f"{head}<div id=zoom><p>{BODY}</p></div>").title == "望海市通知公告汇编"


@pytest.mark.parametrize("attribute", ["name", "property"])
@pytest.mark.parametrize("name", TABLES["META"])
def test_a_meta_element_says_a_fact(name: str, attribute: str) -> None:
    key = TABLES["META"][name]
    value = REPORT if key == "title" else "甲乙丙"
    meta = f'<meta {attribute}="{name.upper()}" content=" {value} ">'
    page = html(f"<head>{meta}</head><body><div id=zoom><p>{BODY}</p></div></body>")
    assert (page.title if key == "title" else page.meta[key]) == value


def test_the_first_of_two_equal_meta_elements_counts_and_an_endless_one_does_not() -> (
    None
):
    metas = [
        f'<meta name="source" content="{value}">'
        for value in ("字" * 501, "字" * 500, "乙")
    ]
    page = html(f"<head>{''.join(metas)}</head><body><p>{BODY}</p></body>")
    assert page.meta["source"] == "字" * 500


@pytest.mark.parametrize(
    "tag", [t for t in TABLES["DROPPED_TAGS"] if t != "input"]
)  # which holds no text
def test_what_no_reader_sees_is_no_text(tag: str) -> None:
    page = html(f"<body><p>{SENTENCE}</p><{tag}>藏起来的字</{tag}></body>")
    assert page.text == SENTENCE


@pytest.mark.parametrize("attribute", ["class", "id"])
@pytest.mark.parametrize("name", TABLES["DROPPED_CLASSES"])
def test_chrome_is_known_by_its_name(name: str, attribute: str) -> None:
    page = html(
        f"<div>{SENTENCE * 3}<div {attribute}='top_{name.upper()}-1'>藏起来的字</div></div>"
    )
    assert page.text == SENTENCE * 3


@pytest.mark.parametrize("tag", ["nav", "footer", "aside"])
def test_chrome_is_known_by_its_element(tag: str) -> None:
    assert (
        html(f"<div>{SENTENCE * 3}<{tag}>藏起来的字</{tag}></div>").text == SENTENCE * 3
    )


@pytest.mark.parametrize("column", TABLES["COLUMNS"])
def test_the_name_of_a_column_is_no_title(column: str) -> None:
    page = html(
        f"<title>{column}_关于某事的通知</title><h1>{column}</h1><div id=zoom>{BODY}</div>"
    )
    assert page.title == "关于某事的通知"


@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        ("关于某事的通知_望海市人民政府", "关于某事的通知"),
        ("关于某事的通知|望海市人民政府", "关于某事的通知"),
        ("关于某事的通知｜望海市人民政府", "关于某事的通知"),
        ("关于某事的通知 - 望海市人民政府", "关于某事的通知"),
        ("关于某事的通知--望海市人民政府", "关于某事的通知"),
        ("关于某事的通知——望海市人民政府", "关于某事的通知"),
        *(
            (f"关于某事的通知-望海{end}", "关于某事的通知")
            for end in ("信息网", "门户", "市政府", "服务平台")
        ),
        *(
            (f"关于某事的通知-望海{end}", "关于某事的通知")
            for end in ("市委员会", "市水利局", "省水利厅", "宣传部")
        ),
        ("关于2017-2018年的通知", "关于2017-2018年的通知"),
        ("望海市信息网_" + REPORT, REPORT),
        *(
            (f"望海市{end}", None)
            for end in ("官网", "信息网", "网站", "门户", "门户网站", "首页")
        ),
        ("望海市欢迎您", None),
    ],
)
def test_a_title_is_given_without_the_name_of_the_site(
    title: str, wanted: str | None
) -> None:
    assert (
        html(f"<title>{title}</title><div id=zoom><p>{BODY}</p></div>").title == wanted
    )


@pytest.mark.parametrize("key", ["sitename", "columnname"])
def test_a_title_is_given_without_what_the_page_calls_its_site(key: str) -> None:
    head = (
        f'<meta name="{key}" content="海风 之窗"><title>海风之窗_关于某事的通知</title>'
    )
    assert (
        html(f"<head>{head}</head><div id=zoom><p>{BODY}</p></div>").title
        == "关于某事的通知"
    )


@pytest.mark.parametrize("label", TABLES["LABELS"])
def test_a_label_gives_its_value_a_key(label: str) -> None:
    key = TABLES["LABELS"][label]
    spaced = "　".join(label)
    for written in (f"{label}：甲乙丙", f"【{label}】:甲乙丙", f"{spaced} ： 甲乙丙"):
        assert header_fields(written) == ({key: "甲乙丙"} if key else {}), written
    assert header_fields(f"来源：办公室 {label}：甲乙丙") in (
        {"source": "办公室"} | ({key: "甲乙丙"} if key and key != "source" else {}),
        {"source": "办公室"},
    )


@pytest.mark.parametrize("value", ["-", "—", "无", "無", "- -"])
def test_a_value_that_says_nothing_is_left_out(value: str) -> None:
    assert header_fields(f"来源：{value} 发布时间：2019-01-01") == {
        "published": "2019-01-01"
    }


@pytest.mark.parametrize(("length", "read_"), [(300, True), (301, False)])
def test_a_line_of_facts_is_short(length: int, read_: bool) -> None:
    line = "来源：" + "甲" * (length - 3)
    assert (header_fields(line) is not None) is read_


@pytest.mark.parametrize("text", TABLES["EXACT"])
def test_a_word_of_the_site_is_chrome_alone_and_in_brackets(text: str) -> None:
    assert is_chrome(text)
    assert is_chrome(f" [{text}] ")
    assert not is_chrome(f"{text}，是报告里的一句话。")


@pytest.mark.parametrize("heading", TABLES["SECTIONS"])
def test_a_section_of_links_at_the_foot_is_chrome(heading: str) -> None:
    framed = frame([Line(SENTENCE), Line(f"{heading}："), Line("某条链接")])
    assert [line.text for line in framed.lines] == [SENTENCE]
    assert framed.chrome == [f"{heading}：", "某条链接"]


@pytest.mark.parametrize(
    "last", [SENTENCE, "一项；另一项", "2019年3月1日", "二〇一九年三月一日", "长" * 61]
)
def test_a_section_that_may_be_the_end_of_the_report_stays(last: str) -> None:
    lines = [SENTENCE, "相关链接", last]
    assert [line.text for line in frame([Line(text) for text in lines]).lines] == lines


@pytest.mark.parametrize(("above", "dropped"), [(39, True), (40, False)])
def test_a_section_of_links_is_looked_for_in_the_last_forty_lines(
    above: int, dropped: bool
) -> None:
    lines = [
        Line(SENTENCE),
        Line("相关链接"),
        *(Line(f"链接{n}") for n in range(above)),
    ]
    assert (len(frame(lines).lines) == 1) is dropped


CHROME = """
您现在的位置：首页|您所在的位置是:政务|当前位置:年报|目前的位置：首页|位置:首页|現在位置：首頁
首页 > 政务公开|首頁＞公开|网站首页»年报|主页 -> 公开|首页|政务|首页/公开|首页→年报|首页›年报
扫一扫在手机打开|【微信扫一扫】|扫描二维码分享|用微信扫一下|(扫码阅读
字体：大|【字号 大 中 小】|字體:大|文字大小：大|浏览字号:大|字號：大
【打印此文】|[关闭本窗口]|(收藏此页)|转发到微博】|分享给朋友]|列印本頁)|關閉視窗】
打印本页 关闭窗口|打印文章 关闭|关闭页面 打印此页|【打印】【关闭】|收藏本页 打印|分享到：打印
上一篇：某某|下一篇|上一条:某|下一条|上一頁|下一頁|上篇：某|下篇
分享到微信|分享至微博
浏览次数:12|瀏覽次數：3|点击量:4|阅读数：5|访问率:6
附件下载一|下载附件|相关附件：某|文件下载
责任编辑：某某|責任編輯:某某|编辑：某|责编:某|网络编辑：某
版权所有 某政府|版權所有|主办单位：某|承办单位:某|主办：某|承办|技术支持：某|网站维护:某|Copyright 2019|COPYRIGHT|© 2019
某ICP备12345号|粤ICP證1号|某ICP证2号|粤公网安备1号|网站标识码：12
返回顶部|回到首页|返回列表|返回上页|回到上一页
我要纠错|网站纠错|【页面纠错】|纠错一下
"""
LINES_OF_CHROME = [
    line
    for row in CHROME.strip().split("\n")
    for line in row.replace("首页|政务|", "首页|").split("|")
]


@pytest.mark.parametrize("line", LINES_OF_CHROME)
def test_a_line_of_the_site_is_chrome(line: str) -> None:
    assert is_chrome(line)
    assert not is_chrome(line + "。")


@pytest.mark.parametrize(
    "line",
    [
        "位置优越",
        "首页上公开",
        "打印费用",
        "上一年度",
        "编辑部",
        "公开主办单位",
        "返还",
        "分享经验",
    ],
)
def test_a_line_of_a_report_is_no_chrome(line: str) -> None:
    assert not is_chrome(line)


@pytest.mark.parametrize(("length", "wanted"), [(120, True), (121, False)])
def test_a_line_of_chrome_is_short(length: int, wanted: bool) -> None:
    assert is_chrome("版权所有".ljust(length, "某")) is wanted


@pytest.mark.parametrize(
    ("length", "wanted"), [(7, False), (8, True), (60, True), (61, False)]
)
def test_a_title_is_neither_short_nor_long(length: int, wanted: bool) -> None:
    assert is_title("信息公开年报".rjust(length, "某")) is wanted


STARTS = (
    "根据",
    "根據",
    "按照",
    "现将",
    "現將",
    "本报告",
    "本報告",
    "为",
    "為",
    "一、",
    "二、",
    "三、",
)
SUBJECTS = (
    "信息公开",
    "資訊公開",
    "资讯公开",
    "政务公开",
    "政務公開",
    "政府公开",
    "政府信息",
)


@pytest.mark.parametrize("start", STARTS)
def test_how_a_sentence_begins_no_title_does(start: str) -> None:
    assert not is_title(f"{start}望海市政府信息公开年报")
    assert is_title("望海市政府信息公开年报")


@pytest.mark.parametrize("subject", SUBJECTS)
@pytest.mark.parametrize("genre", ["报告", "報告", "年报", "年報", "总结", "總結"])
def test_a_title_has_a_subject_and_a_genre(subject: str, genre: str) -> None:
    assert is_title(f"望海市档案局{subject}{genre}")
    assert is_title(f"望海市档案局{subject}{genre}（二〇一七年度）")
    assert not is_title(f"望海市档案局{subject}指南")
    assert not is_title(f"望海市档案局工作上的{genre}")


def test_every_suffix_has_its_reader() -> None:
    readers = {suffix: row.read.__name__ for row in FORMATS for suffix in row.suffixes}
    assert readers == TABLES["READERS"]
    assert list(readers) == list(TABLES["READERS"])


@pytest.mark.parametrize("suffix", [".xyz", ""])
def test_an_unknown_suffix_is_refused_with_those_that_are_known(suffix: str) -> None:
    with pytest.raises(InputError) as caught:
        html("公开的正文", suffix)
    assert str(caught.value).endswith("readable are " + " ".join(TABLES["READERS"]))
    assert str(caught.value).startswith(
        f"no reader for {suffix or 'a file without a suffix'};"
    )


@pytest.mark.parametrize(
    "start",
    [
        "<!DOCTYPE html>",
        "<html>",
        "<head>",
        "<body>",
        "<meta charset=utf-8>",
        "<table>",
        "<div>",
        "<p>",
        "<title>x</title>",
    ],
)
def test_markup_is_known_by_its_beginning(start: str) -> None:
    page = html(f"\ufeff \r\n\t{start}<p>{SENTENCE}</p>", ".txt")
    assert (page.format, page.text.splitlines()[-1]) == ("html", SENTENCE)


def test_what_only_speaks_of_markup_is_text() -> None:
    for text in (
        f"见 <p> 标记。{SENTENCE}",
        f"<注意>{SENTENCE}",
        f"<paragraph>{SENTENCE}",
    ):
        assert html(text, ".txt").format == "text"


def test_a_page_under_the_name_of_a_program_needs_no_remark() -> None:
    for suffix in (".jsp", ".asp", ".aspx", ".php", ".HTM", ".shtml", ".xhtml"):
        assert html(f"<html><p>{SENTENCE}</p></html>", suffix).problems == []
