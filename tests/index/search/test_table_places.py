"""A place in a statutory table is shown as row, column and value."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from index.analysis.normaliser import Folded, fold
from index.documents.printed_rows import printed_tables
from index.documents.stored import rest_to_bytes
from index.model.report import Report
from index.model.statistics import Cell, Row, Statistics, Table
from index.search.response import Snippet
from index.search.snippets import snippets
from index.search.table_places import in_tables

APPLICANTS = ["自然人", "商业企业", "其他", "总计"]
RESULTS = ["结果维持", "其他结果", "总计"]
OPENING = "一、总体情况\n全年收到自然人申请12件，其中予以公开9件。收费标准未变。\n"
TITLE = "二、收到和处理政府信息公开申请情况\n"
# (label of the form, label as printed, values); what is empty is not printed
ROWS = (
    ("本年新收政府信息公开申请数量", "一、本年新收到的政府信息公开申请数", "12 3 0 15"),
    ("上年结转政府信息公开申请数量", "二、上年结转政府信息公开申请数量", ""),
    ("予以公开", "三、本年度办理结果\n（一）予以公開", "7 2 0 9"),
    ("属于国家秘密", "（二）不予公开\n1．属于国家秘密", "1 0 0 1"),
    ("其他处理", "（六）其他处理", "8"),
    ("总计", "（七）总计", "10 2 0 12"),
)
REVIEWS = (
    ("行政复议", "4 0 4"),
    ("行政诉讼:未经复议直接起诉", "5 1 6"),
    ("行政诉讼:复议后起诉", "0 2 2"),
)
REVIEW_HEADS = "行政复议 行政诉讼 {0} 未经复议直接起诉 复议后起诉 {0} {0}".format(
    " ".join(RESULTS)
).split()


@dataclass
class Kept:
    """What an engine keeps of a report, as far as a list of hits asks."""

    display: str
    rest: bytes
    head: bytes = b""

    @property
    def texts(self) -> dict[str, Folded]:
        return {"text": fold(self.display)}

    @property
    def card(self) -> Folded:
        return fold("")

    @property
    def wording(self) -> dict[str, Folded | None]:
        return {}


class Writer:
    """Writes a table into a text, and notes where its values stand."""

    def __init__(self, separator: str) -> None:
        self.text = OPENING
        self.separator = separator

    def row(self, label: str, columns: list[str], values: str) -> Row:
        cells = []
        for column, value in zip(columns, values.split(), strict=False):
            self.text += self.separator
            span = (len(self.text), len(self.text) + len(value))
            self.text += value
            cells.append(
                Cell(column, column, value, float(value), "number", None, span)
            )
        missing = columns[len(cells) :]
        cells += [Cell(name, name, None, None, "missing") for name in missing]
        self.text += "\n"
        return Row(label, label, tuple(cells))


def written(separator: str) -> Report:
    """A report with two tables, its cells on lines of their own or abreast."""
    writer = Writer(separator)
    writer.text += TITLE + separator.join(["申请人情况", *APPLICANTS]) + "\n"
    applications = []
    for label, printed, values in ROWS:
        writer.text += printed
        applications.append(writer.row(label, APPLICANTS, values))
    writer.text += "三、政府信息公开行政复议、行政诉讼情况\n"
    writer.text += separator.join(REVIEW_HEADS)
    reviews = [writer.row(label, RESULTS, values) for label, values in REVIEWS]
    writer.text += "四、存在的主要问题\n平台建设不足，总计投入少。"
    tables = (
        Table("applications", "收到和处理政府信息公开申请情况", tuple(applications)),
        Table("review", "政府信息公开行政复议、行政诉讼情况", tuple(reviews)),
    )
    report = Report("a", "a.txt", writer.text)
    report.statistics = Statistics("gb2021", {}, tables)
    return report


def shown(
    separator: str, *words: str, most: int = 5, number: int | None = None
) -> list[str]:
    """What is shown of the places of words, or of the one numbered so, marks in brackets."""
    report = written(separator)
    found = [m.span() for m in re.finditer("|".join(words), report.text)]
    if number is not None:
        found = [found[number]]
    kept = Kept(report.text, rest_to_bytes(report))
    pieces = in_tables(snippets(report.text, found, most), found, kept, report.text)
    for piece in pieces:
        end = piece.offset + len(piece.text)
        assert report.text[piece.offset : end] == piece.text
        assert all(0 <= a < b <= len(piece.text) for a, b in piece.marks)
    return [bracketed(piece) for piece in pieces]


def bracketed(piece: Snippet) -> str:
    text, marks = piece.shown()
    for start, end in reversed(marks):
        text = f"{text[:start]}[{text[start:end]}]{text[end:]}"
    return text


@pytest.mark.parametrize("separator", ["\n", " | ", "\t", " "])
@pytest.mark.parametrize(
    ("word", "number", "expected"),
    [
        ("本年新收", 0, "[本年新收]到的政府信息公开申请数 · 总计 · 15"),
        ("自然人", 1, "本年新收到的政府信息公开申请数 · [自然人] · 12"),
        ("商业", 0, "本年新收到的政府信息公开申请数 · [商业]企业 · 3"),
        ("办理结果", 0, "本年度[办理结果] （一）予以公開 · 总计 · 9"),
        ("公開", 0, "予以[公開] · 总计 · 9"),
        ("国家秘密", 0, "属于[国家秘密] · 总计 · 1"),
        ("1．属于", 0, "[1．属于]国家秘密 · 总计 · 1"),
        ("其他处理", 0, "[其他处理] · 自然人 · 8"),
        ("总计", 1, "[总计] · 总计 · 12"),
        ("15", 0, "本年新收到的政府信息公开申请数 · 总计 · [15]"),
        ("5", 1, "行政诉讼:未经复议直接起诉 · 结果维持 · [5]"),
        ("行政复议", 1, "[行政复议] · 总计 · 4"),
        ("未经复议", 0, "[未经复议]直接起诉 · 总计 · 6"),
        ("结果维持", 0, "行政复议 · [结果维持] · 4"),
        ("结果维持", 1, "行政诉讼:未经复议直接起诉 · [结果维持] · 5"),
        ("其他结果", 2, "行政诉讼:复议后起诉 · [其他结果] · 2"),
    ],
)
def test_a_place_in_a_table(
    separator: str, word: str, number: int, expected: str
) -> None:
    assert shown(separator, word, number=number) == [expected]


def test_the_value_is_that_of_the_column_that_was_asked_for_too() -> None:
    report = written("\n")
    marks = [m.span() for m in re.finditer("予以公開|商业企业", report.text)]
    kept = Kept(report.text, rest_to_bytes(report))
    (row,) = in_tables(snippets(report.text, marks[-1:], 1), marks, kept, report.text)
    assert bracketed(row) == "[予以公開] · 商业企业 · 2"


def test_prose_and_titles_stay_text() -> None:
    (opening,) = shown("\n", "予以公开", number=0)
    assert "予以公开]9件" in opening.replace("[予以公开", "予以公开")
    assert shown("\n", "收到和处理") == ["二、[收到和处理]政府信息公开申请情况"]
    assert shown("\n", "平台建设") == ["[平台建设]不足，总计投入少。"]


def test_the_label_of_a_row_without_values_has_none() -> None:
    assert shown("\n", "上年结转") == ["二、[上年结转]政府信息公开申请数量"]


def test_a_place_is_shown_once() -> None:
    found = shown("\n", "本年", "新收到", "政府信息公开申请数")
    assert len([one for one in found if " · " in one]) == 1


def test_the_rows_are_those_of_the_record() -> None:
    report = written(" | ")
    tables = printed_tables(rest_to_bytes(report))
    rows, empty = tables.rows, tables.empty
    stood = []
    for number, row in enumerate(rows):
        values = tables.values(number)
        assert {value.row for value in values} == {number}
        places = [((value.start, value.end), value.column) for value in values]
        stood.append((row.table, row.label, places))
        assert (row.start, row.end) == (values[0].start, values[-1].end)
    assert stood == [
        (
            table.id,
            row.label,
            [(cell.span, cell.label) for cell in row.cells if cell.span],
        )
        for table in report.statistics.tables
        for row in table.rows
        if any(cell.span for cell in row.cells)
    ]
    assert empty == [("applications", "上年结转政府信息公开申请数量")]
    nothing = printed_tables(rest_to_bytes(Report("b", "b.txt", "公开")))
    assert (nothing.rows, nothing.empty) == ([], [])


def test_a_table_of_one_row_and_one_cell() -> None:
    cell = Cell("value", "统计数", "17", 17.0, "number", None, (10, 12))
    report = Report("a", "a.txt", "主动公开信息数 件 17\n")
    table = Table("annex", "统计表", (Row("proactive", "主动公开信息数", (cell,)),))
    report.statistics = Statistics("stat2014", {}, (table,))
    kept = Kept(report.text, rest_to_bytes(report))
    marks = [(2, 4)]
    (piece,) = in_tables(snippets(report.text, marks, 1), marks, kept, report.text)
    assert bracketed(piece) == "主动[公开]信息数 · 统计数 · 17"
    assert piece.cell is not None
    assert piece.cell.table == "annex"
    assert (piece.text, piece.marks, piece.offset) == (
        "主动公开信息数 件 17",
        ((2, 4),),
        0,
    )
