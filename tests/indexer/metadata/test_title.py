"""The title of a report among what its page gives and its first lines."""

from __future__ import annotations

import pytest

from indexer.metadata.title import MAX_TITLE, read_title, title_in

LINE = "衡阳市教育局2018年政府信息公开工作年度报告"
ENTRY = "政府信息公开年报"


@pytest.mark.parametrize(
    ("given", "line", "title"),
    [
        # the entry of a menu gives way to a line that is a title
        (ENTRY, LINE, LINE),
        (ENTRY, f"标题:{LINE}", LINE),
        (ENTRY, f"标题\uff1a{LINE}", LINE),
        (ENTRY, f"[ 标题 ] {LINE}", LINE),
        (ENTRY, f"名 称 | {LINE} | 文号 |", ENTRY),
        (ENTRY, f"名 称 | {LINE}", LINE),
        (ENTRY, f"| 信息名称 | {LINE} |  |", LINE),
        # what names a year or a body stays
        ("2017年年报", LINE, "2017年年报"),
        ("标题:2017年年报", LINE, "2017年年报"),
        # no title at all: only a line that is labelled as one is taken
        (None, LINE, None),
        ("", LINE, None),
        (None, f"标题:{LINE}", LINE),
        (None, f"标 题 | {LINE}", LINE),
        # lines that are no titles
        (ENTRY, f"{LINE}。", ENTRY),
        (ENTRY, "政府信息公开工作年度报告", ENTRY),
        (ENTRY, "衡阳市教育局2018年工作要点", ENTRY),
        (None, "标题:关于我局", None),
    ],
)
def test_a_line_stands_in_for_the_entry_of_a_menu(
    given: str | None, line: str, title: str | None
) -> None:
    assert title_in(given, ["首页", line, "一、概述"]) == title
    assert title_in(given, [line]) == title


@pytest.mark.parametrize("given", [None, ENTRY])
def test_without_such_a_line_the_title_stays(given: str | None) -> None:
    assert title_in(given, []) == given
    assert title_in(given, ["首页", "一、概述"]) == given


def test_the_first_line_that_is_a_title_is_taken() -> None:
    other = LINE.replace("2018", "2019")
    assert title_in(ENTRY, ["首页", LINE, other]) == LINE
    assert title_in(ENTRY, [other, LINE]) == other


@pytest.mark.parametrize(("length", "taken"), [(10, True), (60, True), (61, False)])
def test_such_a_line_has_at_most_60_characters(length: int, taken: bool) -> None:
    assert MAX_TITLE == 60
    form = "2018政务公开年报"
    line = form.rjust(length, "甲")
    assert title_in(ENTRY, [line]) == (line if taken else ENTRY)


@pytest.mark.parametrize(
    ("title", "year", "sure"),
    [
        ("龙岗区教育局2018年政府信息公开年报", 2018, True),
        ("龙岗区教育局政府信息公开年报", None, False),
        ("龙岗区教育局1918年政府信息公开年报", None, False),
        # mended, or chosen among several
        ("龙岗区教育局202020年政府信息公开年报", 2020, False),
        ("2016-2018年政府信息公开年报", 2018, False),
        ("2018年政府信息公开年报和2016年工作总结", 2018, False),
        # the year of a plan is none of the report's
        ("2018年政府信息公开年报和2019年工作要点", 2018, True),
        ("2016年和2017年政府信息公开年报", None, False),
    ],
)
def test_a_year_is_sure_where_it_is_the_only_one_as_it_stands(
    title: str, year: int | None, sure: bool
) -> None:
    got = read_title(title)
    assert (got.year, got.sure) == (year, sure)
