"""Reports to be read, written from numbers, and changed as a case asks for."""

from __future__ import annotations

import html
import re
from typing import Any

from indexer.formats import read
from indexer.page import Page, Source
from indexer.sample.tables import (
    Tables,
    applications,
    five,
    html_tables,
    stat2014_rows,
    text_tables,
)

LAYOUTS = {"line": "\n", "space": " ", "pipe": " | ", "tab": "\t"}
OPENING = (
    "某县某局{year}年政府信息公开工作年度报告",
    "本报告由总体情况、主动公开政府信息情况、收到和处理政府信息公开申请情况、政府信息公开行政复议和行政诉讼情况等部分组成。",
    "一、总体情况",
    "{year}年，本局按照《条例》第二十条的规定公开信息，办理行政许可 40 件，政府集中采购 3 项，行政规范性文件均已上网。",
    "对申请人的来信，部分公开 2 件，予以公开 5 件，都按时寄出。",
)
CLOSING = (
    "五、存在的主要问题及改进情况",
    "信息更新还不够及时，2023年将增加 3 名专职人员。",
    "六、其他需要报告的事项",
    "无。",
)


def tables(form: str) -> Tables:
    """Numbers in which no two rows and no two columns are the same."""
    outcomes = {
        "granted": [20, 3, 1, 0, 0, 2],
        "partly": [4, 0, 1, 0, 0, 0],
        "refused_1": [1, 0, 0, 0, 0, 0],
        "refused_5": [6, 1, 0, 0, 0, 0],
        "unavailable_1": [11, 2, 0, 0, 1, 0],
        "not_processed_2": [2, 0, 0, 0, 0, 0],
    }
    if form == "gb2019":
        outcomes["other"] = [3, 0, 0, 1, 0, 0]
        proactive = {
            "规章": ("0", "0", "0"),
            "规范性文件": ("4", "5", "31"),
            "行政许可": ("187", "+9", "5718"),
            "其他对外管理服务事项": ("30", "-6", "1107"),
            "行政处罚": ("94", "+4", "419"),
            "行政强制": ("5", "-1", "17"),
            "行政事业性收费": ("8", "-2"),
            "政府集中采购": ("53", "2.5万元"),
        }
    else:
        outcomes |= {"other_1": [2, 0, 0, 1, 0, 0], "other_3": [1, 0, 0, 0, 0, 0]}
        proactive = {
            "规章": ("0", "0", "0"),
            "行政规范性文件": ("4", "2", "31"),
            "行政许可": ("5718",),
            "行政处罚": ("419",),
            "行政强制": ("17",),
            "行政事业性收费": ("12.5",),
        }
    rows = applications(form, [45, 6, 2, 2, 1, 2], [6, 0, 0, 0, 0, 1], outcomes)
    return Tables(
        form, rows, proactive, [*five(2, 1, 0, 1), *five(1, 0, 3, 0), *five(0, 0, 0, 2)]
    )


def text_of(form: str, layout: str = "line", year: int = 2022) -> str:
    """A report as flattened text."""
    if form == "stat2014":
        numbers: dict[str, float] = {
            "proactive": 900,
            "website": 700,
            "in_person": 3,
            "online": 9,
            "on_time": 12,
            "granted": 8,
            "absent": 4,
        }
        numbers |= {
            "reviews_upheld": 1,
            "suits_other": 2,
            "suits_corrected": 1,
            "fees": 0.02,
        }
        body = [LAYOUTS[layout].join(row) for row in stat2014_rows(numbers)]
        return "\n".join(
            [
                "一、概述",
                "二、主动公开政府信息情况",
                "附：政府信息公开情况统计表",
                *body,
            ]
        )
    opening = [line.format(year=year) for line in OPENING]
    return "\n".join([*opening, *text_tables(tables(form), LAYOUTS[layout]), *CLOSING])


def markup_of(form: str, year: int = 2022) -> str:
    """A report as a web page with its tables."""
    paragraphs = [f"<p>{html.escape(line.format(year=year))}</p>" for line in OPENING]
    after = [f"<p>{line}</p>" for line in CLOSING]
    body = "\n".join([*paragraphs, html_tables(tables(form)), *after])
    return f"<html><head><title>{OPENING[0].format(year=year)}</title></head><body><div>{body}</div></body></html>"


def page_of(case: dict[str, Any]) -> Page:
    """The page of a case: a form in a layout after its edits (pattern, replacement, how often), or
    its own text.
    """
    year = case.get("year", 2022)
    if "text" in case:
        return Page(text="\n".join(case["text"]))
    form, layout = case["form"], case.get("layout", "line")
    whole = markup_of(form, year) if layout == "html" else text_of(form, layout, year)
    for pattern, new, *count in case.get("edits", ()):
        whole, done = re.subn(pattern, new, whole, count=count[0] if count else 1)
        assert done, f"the edit {pattern!r} of {case['name']} finds nothing"
    if layout == "html":
        return read(Source("a.html", "/a.html", ".html", whole.encode(), ""))
    return Page(text=whole)
