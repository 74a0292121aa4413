"""Markdown is read as a reader sees it: the signs that shape it are no text."""

from __future__ import annotations

import pytest

from index.model.problems import Code
from indexer.formats import read
from indexer.page import Page, Source

TITLE = "望海市档案局2020年政府信息公开工作年度报告"
SENTENCE = "望海市档案局全年主动公开政府信息二十条，都在网站上。"


def load(text: str, codec: str = "utf-8") -> Page:
    return read(Source("a.md", "/a.md", ".md", text.encode(codec), ""))


def body(text: str) -> list[str]:
    return load(f"# {TITLE}\n\n{text}\n\n{SENTENCE}\n").text.split("\n")[:-1]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("## 一、概述", ["一、概述"]),
        ("概述\n----", ["概述"]),
        ("**主动**公开*信息*`二十`条", ["主动公开信息二十条"]),
        ("见[公告](http://x.example/a_b)。", ["见公告。"]),
        ("见<http://x.example/a>。", ["见http://x.example/a。"]),
        ("> 引文", ["引文"]),
        ("- 甲\n- 乙", ["甲", "乙"]),
        ("1. 甲\n2. 乙", ["1. 甲", "2. 乙"]),
        ("3. 甲\n4. 乙", ["3. 甲", "4. 乙"]),
        ("收到~~99~~12件", ["收到12件"]),
        ("共5~~0~~7件", ["共5 7件"]),
        ("甲  \n乙", ["甲", "乙"]),
        ("甲\n乙", ["甲", "乙"]),
        ("　　甲\n\n    乙", ["甲", "乙"]),
        ("```\n甲 一\n乙\n```", ["甲 一", "乙"]),
        ("一\\*二 a_b_c 2*3*4", ["一*二 a_b_c 2*3*4"]),
        ("收到<del>99</del>12件", ["收到12件"]),
        ("<table><tr><td>甲<td>1</table>", ["甲", "1"]),
        ("![图](x.png)文字", ["文字"]),
        ("---", []),
    ],
)
def test_signs_are_no_text(written: str, shown: list[str]) -> None:
    assert body(written) == shown


def test_a_table_is_a_table() -> None:
    page = load(
        f"# {TITLE}\n\n{SENTENCE}\n\n|项目|数量|\n|:--|--:|\n|新收|12|\n|办结|~~9~~7|\n"
    )
    assert page.title == TITLE
    assert page.format == "markdown"
    (table,) = page.tables
    rows = [[cell.text for cell in row] for row in table.rows]
    assert rows == [["项目", "数量"], ["新收", "12"], ["办结", "7"]]
    struck = [p for p in page.problems if p.code is Code.FORMAT_STRUCK_OUT]
    assert struck[0].facts["runs"] == ["9"]


def test_markdown_in_gbk() -> None:
    page = load(f"# {TITLE}\n\n{SENTENCE}\n", "gbk")
    assert (page.title, page.text) == (TITLE, SENTENCE)
    assert page.decoded is not None
    assert page.decoded.encoding == "gb18030"
