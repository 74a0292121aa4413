"""What the index card of a page says, in the shapes in which systems print it."""

from __future__ import annotations

import pytest

from index.model.report import Report
from indexer.formats.card import CARD_LABELS, SITE_LABELS, card_of
from indexer.formats.chrome import META_KEY_BY_LABEL
from indexer.page import Source
from indexer.pipeline import report_of

NUMBER = "00612/2021-00077"
BODY = "一、总体情况\n2020年，我局主动公开政府信息31条，收到申请2件，均已答复。"
TITLE = "某县水务局2020年政府信息公开工作年度报告"


def read(data: str, suffix: str = ".txt") -> Report:
    name = f"reports/a{suffix}"
    return report_of(Source(name, f"/{name}", suffix, data.encode(), "00"))


@pytest.mark.parametrize(
    ("lines", "card"),
    [
        ([f"索引号：{NUMBER}"], {"索引号": NUMBER}),
        ([f"索 引 号: {NUMBER} 文号：某水发〔2021〕3号"], None),
        (["索引号：", NUMBER, "文号：", "某水发〔2021〕3号"], None),
        (["索引号", NUMBER, "文号", "某水发〔2021〕3号"], None),
        ([f"索引号 | {NUMBER} | 文号 | 某水发〔2021〕3号"], None),
        ([f"索引号\t{NUMBER}\t文号\t某水发〔2021〕3号"], None),
        ([f"【索引号】：{NUMBER}", "【文号】：某水发〔2021〕3号"], None),
        ([f"索引号：{NUMBER} | 文号：某水发〔2021〕3号"], None),
        (["索引号：", "文号：某水发〔2021〕3号"], {"文号": "某水发〔2021〕3号"}),
        (["索引号：无", "文号：—", "有效性："], {}),
        (["浏览次数：12", "责任编辑：张三", "打印 关闭"], {}),
        (["首页 > 政务公开", "日期", "上一篇"], {}),
        (["文号：甲", "文号：甲", "文号：乙"], {"文号": "甲；乙"}),
    ],
)
def test_cards(lines: list[str], card: dict[str, str] | None) -> None:
    both = {"索引号": NUMBER, "文号": "某水发〔2021〕3号"}
    assert card_of(lines) == (both if card is None else card)


def test_a_value_ends_at_the_next_label_of_the_page() -> None:
    line = f"索引号：{NUMBER} 发文日期：2021-01-20 字号：大 中 小 发布机构：某县水务局"
    assert card_of([line]) == {
        "索引号": NUMBER,
        "发文日期": "2021-01-20",
        "发布机构": "某县水务局",
    }


def test_every_label_of_the_site_is_known() -> None:
    assert set(META_KEY_BY_LABEL) >= SITE_LABELS
    assert CARD_LABELS.isdisjoint(SITE_LABELS)


def test_a_report_keeps_its_card_and_no_text_has_it() -> None:
    card = f"索引号：{NUMBER} 公开方式：主动公开\n文件编号：某水发〔2021〕3号"
    report = read(f"{card}\n{TITLE}\n发布日期：2021-01-21 浏览次数：7\n{BODY}")
    assert report.card == {
        "索引号": NUMBER,
        "公开方式": "主动公开",
        "文件编号": "某水发〔2021〕3号",
        "发布日期": "2021-01-21",
    }
    assert (report.title, report.text) == (TITLE, BODY)
    assert report.record()["card"] == report.card


def test_the_cells_of_a_page_are_a_card() -> None:
    cells = "".join(
        f"<td>{label}：</td><td>{value}</td>"
        for label, value in (("索引号", NUMBER), ("发布机构", "某县水务局"))
    )
    paragraphs = "".join(f"<p>{line}</p>" for line in (BODY * 4).split("\n"))
    page = (
        f"<html><body><table><tr>{cells}</tr></table><h1>{TITLE}</h1>"
        f'<div class="TRS_Editor">{paragraphs}</div></body></html>'
    )
    report = read(page, ".html")
    assert report.card == {"索引号": NUMBER, "发布机构": "某县水务局"}


def test_a_damaged_card_is_repaired_with_its_text() -> None:
    glosses = {"政": "zhèng", "府": "fǔ", "申": "shēn", "请": "qǐng", "复": "fù"}
    glosses |= {"息": "xī", "收": "shōu", "主": "zhǔ", "动": "dòng", "局": "jú"}
    signs = [f"{sign}({glosses[sign]})" if sign in glosses else sign for sign in BODY]
    glossed = "".join(signs)
    text = f"发布机构：某县水務局办(bàn)公室\n{TITLE}\n" + f"{glossed}\n" * 5
    assert read(text).card["发布机构"] == "某县水務局办公室"


def test_a_record_is_read_back_with_its_card() -> None:
    report = Report("a", "a.txt", BODY, card={"文号": "某水发〔2021〕3号"})
    assert Report.from_stored(report.stored()).card_text == "文号：某水发〔2021〕3号"


ABOVE = [
    "政务公开",
    "2020年信息公开年报",
    "某县政府网",
    "{{ title }}",
    "送花",
    "• 索引号：1",
]


@pytest.mark.parametrize("line", ABOVE)
def test_a_menu_above_a_title_is_no_text(line: str) -> None:
    assert read(f"{line}\n{TITLE}\n{BODY}").text == BODY


OWN_LINES = [
    "某县水务局",
    "经局党组会议审议通过",
    "水务信息第3期",
    "附：统计表见文末",
    "存档备查",
]


@pytest.mark.parametrize("line", OWN_LINES)
def test_a_line_above_a_title_that_is_neither_menu_nor_card_is_text(line: str) -> None:
    report = read(f"{line}\n{TITLE}\n{BODY}")
    assert (report.title, report.text) == (TITLE, f"{line}\n{BODY}")


def test_a_row_of_a_card_behind_a_bullet() -> None:
    text = f"• 索 引 号:{NUMBER}\n• 发布机构:某县水务局\n{TITLE}\n{BODY}"
    assert read(text).card == {"索引号": NUMBER, "发布机构": "某县水务局"}
