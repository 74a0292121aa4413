"""OpenDocument: numbers of lists and headings as a reader sees them, spans of cells."""

from __future__ import annotations

import pytest

from indexer.formats import read
from indexer.page import Cell, Page, Source
from tests.indexer.formats.writers import packed

NAMES = 'xmlns:o="o" xmlns:text="t" xmlns:table="b" xmlns:style="s"'
STYLES = """
<text:list-style style:name="L1">
 <text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix="."/>
 <text:list-level-style-number text:level="2" style:num-format="1" style:num-suffix=")"
  text:display-levels="2"/>
 <text:list-level-style-bullet text:level="3"/>
</text:list-style>
<text:list-style style:name="L2">
 <text:list-level-style-number text:level="1" style:num-format="一, 二, 三, ..."
  style:num-prefix="（" style:num-suffix="）" text:start-value="3"/>
</text:list-style>
<text:list-style style:name="L3">
 <text:list-level-style-number text:level="1" style:num-format="①, ②, ③, ..."/>
</text:list-style>
<text:list-style style:name="L4">
 <text:list-level-style-number text:level="1" style:num-format=""/>
</text:list-style>
<text:outline-style>
 <text:outline-level-style text:level="1" style:num-format="一, 二, 三, ..." style:num-suffix="、"/>
 <text:outline-level-style text:level="2" style:num-format=""/>
</text:outline-style>
"""


def load(body: str) -> Page:
    content = f"<o:content {NAMES}>{body}</o:content>"
    parts = {
        "mimetype": "application/vnd.oasis.opendocument.text",
        "content.xml": content,
    }
    parts["styles.xml"] = f"<o:styles {NAMES}>{STYLES}</o:styles>"
    return read(Source("a.odt", "/a.odt", ".odt", packed(parts), ""))


def items(*texts: str, name: str = "L1", more: str = "") -> str:
    inner = "".join(f"<text:list-item>{text}</text:list-item>" for text in texts)
    return f'<text:list text:style-name="{name}" {more}>{inner}</text:list>'


def p(text: str) -> str:
    return f"<text:p>{text}</text:p>"


def nested(*texts: str) -> str:
    inner = "".join(f"<text:list-item>{p(text)}</text:list-item>" for text in texts)
    return f"<text:list>{inner}</text:list>"


HEADER = (
    '<text:list text:style-name="L1"><text:list-header><text:p>表头项目</text:p>'
    '</text:list-header><text:list-item text:start-value="7"><text:p>甲项</text:p>'
    "</text:list-item></text:list>"
)
HEADINGS = (
    '<text:h text:outline-level="1">概述情况</text:h><text:h text:outline-level="2">小节'
    '</text:h><text:h text:outline-level="1">主动公开</text:h>'
    '<text:h text:outline-level="1" text:is-list-header="true">附表</text:h>'
)


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        (items(p("主动公开"), p("依申请公开")), ["1. 主动公开", "2. 依申请公开"]),
        (items(p("主动公开") + p("续段文字")), ["1. 主动公开", "续段文字"]),
        (items(p("甲乙丙丁"), name="L2"), ["（三）甲乙丙丁"]),
        (items(p("甲乙丙"), p("丁戊己"), name="L3"), ["① 甲乙丙", "② 丁戊己"]),
        (items(p("甲乙丙丁戊"), name="L4"), ["甲乙丙丁戊"]),
        (
            items(p("甲项") + nested("其一", "其二"), p("乙项") + nested("其三")),
            ["1. 甲项", "1.1) 其一", "1.2) 其二", "2. 乙项", "2.1) 其三"],
        ),
        (
            items(p("甲项")) + p("中间") + items(p("乙项")),
            ["1. 甲项", "中间", "1. 乙项"],
        ),
        (
            items(p("甲项"))
            + p("中间")
            + items(p("乙项"), more='text:continue-numbering="true"'),
            ["1. 甲项", "中间", "2. 乙项"],
        ),
        (HEADER, ["表头项目", "7. 甲项"]),
        (HEADINGS, ["一、概述情况", "小节", "二、主动公开", "附表"]),
    ],
)
def test_numbers(body: str, lines: list[str]) -> None:
    assert load(body).text.split("\n") == lines


def test_cells_that_span() -> None:
    cell = "<table:table-cell {}>{}</table:table-cell>"
    covered = "<table:covered-table-cell/>"
    rows = [
        cell.format('table:number-rows-spanned="2"', p("项目"))
        + cell.format('table:number-columns-spanned="2"', p("申请人"))
        + covered,
        covered + cell.format("", p("自然人")) + cell.format("", p("法人")),
        cell.format("", p("新收"))
        + cell.format('table:number-columns-repeated="2"', "")
        + cell.format("", p("5")),
    ]
    inner = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    page = load(p("全年公开信息二十条。") + f"<table:table>{inner}</table:table>")
    (table,) = page.tables
    assert table.rows == (
        (Cell("项目", 1, 2), Cell("申请人", 2, 1)),
        (Cell("自然人"), Cell("法人")),
        (Cell("新收"), Cell(""), Cell(""), Cell("5")),
    )
