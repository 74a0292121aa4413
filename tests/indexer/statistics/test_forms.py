"""Each cell of the statutory forms: its name in the record, its head, its row and its unit.

`tests/data/statistics/forms.txt` lists them: the form, the table and the columns of the rows that
follow, then the rows, in print order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from index.model import forms
from index.model.statistics import Table
from indexer.page import Page
from indexer.statistics import read_statistics
from tests.indexer.statistics.forms import text_of

DATA = Path(__file__).parents[2] / "data" / "statistics" / "forms.txt"
TITLES = {
    "proactive": "主动公开政府信息情况",
    "applications": "收到和处理政府信息公开申请情况",
    "review": "政府信息公开行政复议、行政诉讼情况",
    "annex": "政府信息公开情况统计表",
}
# Rows of part 二 belong to these items of article 20.
CLAUSES = {
    "gb2019": ["20.1", "20.5", "20.6", "20.8", "20.9"],
    "gb2021": ["20.1", "20.5", "20.6", "20.8"],
}
CLAUSE_LABELS = {
    "20.1": "第二十条第(一)项",
    "20.5": "第二十条第(五)项",
    "20.6": "第二十条第(六)项",
    "20.8": "第二十条第(八)项",
    "20.9": "第二十条第(九)项",
}
FORMS = ("gb2019", "gb2021", "stat2014")
# (key, head, unit).
Column = tuple[str, str, str | None]


class Known(NamedTuple):
    """A row of a form."""

    form: str
    table: str
    key: str
    label: str
    columns: list[Column]


def known() -> Iterator[Known]:
    """Every row that the list has."""
    form = table = ""
    columns: list[Column] = []
    for line in DATA.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            names, _, heads = line[2:].partition(" | ")
            form, table = names.split()
            parts = [head.split() for head in heads.split(", ")]
            columns = [(k, label, None if u == "-" else u) for k, label, u in parts]
        else:
            key, label = line.split(" ", 1)
            yield Known(form, table, key, label, columns)


ROWS = list(known())


def tables_of(form: str) -> dict[str, Table]:
    """The tables that are read out of a whole report."""
    text = text_of(form)
    found = read_statistics(Page(text=text), text, 2019)
    return {table.id: table for table in found.statistics.tables}


@pytest.mark.parametrize("form", FORMS)
def test_every_cell_of_a_report_has_its_name(form: str) -> None:
    tables = tables_of(form)
    rows = [row for row in ROWS if row.form == form]
    assert list(tables) == list(dict.fromkeys(row.table for row in rows))
    for name, table in tables.items():
        assert table.label == TITLES[name]
        wanted = [row for row in rows if row.table == name]
        assert [row.id for row in table.rows] == [row.key for row in wanted]
        assert [row.label for row in table.rows] == [row.label for row in wanted]
        for row, other in zip(table.rows, wanted, strict=True):
            heads = [(cell.column, cell.label) for cell in row.cells]
            assert heads == [column[:2] for column in other.columns], other.key


@pytest.mark.parametrize("form", list(CLAUSES))
def test_what_bare_numbers_count(form: str) -> None:
    rows = [row for row in ROWS if (row.form, row.table) == (form, "proactive")]
    declared = forms.clause_rows(form)
    assert [row.key for _, row in declared] == [row.key for row in rows]
    for (clause, _), row in zip(declared, rows, strict=True):
        columns = [(c.key, c.label, c.unit) for c in clause.columns]
        assert columns == row.columns, row.key
        assert clause.label == CLAUSE_LABELS[clause.key]
    assert [clause.key for clause in forms.FORMS[form].clauses] == CLAUSES[form]


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("applications", forms.APPLICANT_COLUMNS),
        ("review", forms.RESULT_COLUMNS),
    ],
)
def test_units_of_heads(table: str, columns: tuple[forms.FormColumn, ...]) -> None:
    (listed,) = {tuple(row.columns) for row in ROWS if row.table == table}
    assert [(c.key, c.label, c.unit) for c in columns] == list(listed)


def test_units_of_the_annex() -> None:
    listed = [(r.key, r.label, r.columns[0][2]) for r in ROWS if r.table == "annex"]
    assert [(row.key, row.label, row.unit) for row in forms.STAT2014] == listed


@pytest.mark.parametrize(
    ("total", "addends"),
    [
        ("received", ["in_person", "fax", "online", "letter"]),
        ("closed", ["on_time", "extended"]),
        (
            "answered",
            [
                *["already_public", "granted", "partly_granted", "refused"],
                *["not_ours", "absent", "amend", "elsewhere"],
            ],
        ),
        ("reviews", ["upheld", "corrected", "other"]),
        ("suits", ["upheld", "corrected", "other"]),
    ],
)
def test_sums_of_the_annex(total: str, addends: list[str]) -> None:
    assert forms.SUMS_2014[total] == tuple(f"{total}.{name}" for name in addends)


def test_refusals_of_the_annex_add_up() -> None:
    kinds = ["secret", "trade_secret", "privacy", "stability", "not_information", "law"]
    assert forms.SUMS_2014["answered.refused"] == tuple(f"refused.{k}" for k in kinds)
    assert len(forms.SUMS_2014) == 6


# heads and labels that only one form has
@pytest.mark.parametrize(
    ("form", "text"),
    [
        *[
            ("gb2019", t)
            for t in ("本年新制作数量", "上一年项目数量", "第二十条第九项")
        ],
        *[("gb2019", t) for t in ("采购项目数量", "采购总金额", "本年增减")],
        *[("gb2021", t) for t in ("本年制发件数", "现行有效件数", "本年收费金额")],
        *[("gb2021", t) for t in ("逾期不补正", "逾期未按收费通知要求缴纳费用")],
        *[("stat2014", t) for t in ("收到申请数", "申请答复数", "当面申请数")],
        *[("stat2014", t) for t in ("维持具体行政行为", "政府信息公开查阅点数")],
    ],
)
def test_markers_tell_the_form(form: str, text: str) -> None:
    found = [f for f, pattern in forms.FORM_MARKERS.items() if re.search(pattern, text)]
    assert found == [form]


@pytest.mark.parametrize(
    ("label", "is_row"),
    [
        *((label, True) for label in ("其他", "3其他", "六其他处理其他")),
        *(("法律服务机构其他其他", True), ("六其他处理", False), ("其他处理", False)),
        ("其他法律行政法规禁止公开", False),
    ],
)
def test_a_sheet_says_the_group_in_each_of_its_rows(label: str, is_row: bool) -> None:
    (row,) = [r for r in forms.FORMS["gb2021"].applications if r.key == "other.misc"]
    assert bool(re.fullmatch(row.pattern, label)) == is_row
