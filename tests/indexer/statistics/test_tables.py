"""The statutory tables: case by case, and against numbers made at random."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.model.metrics import METRIC_NAMES
from index.model.problems import Code
from index.model.statistics import TABLES_STATUSES
from indexer.page import Cell, Page, Table
from indexer.sample.tables import (
    APPLICANT_COLUMNS,
    OUTCOME_ROWS,
    Tables,
    applications,
    broken_identities,
    five,
    html_tables,
    text_tables,
)
from indexer.sample.tables import metrics as printed_metrics
from indexer.statistics import CheckedStatistics, read_statistics
from tests.indexer.statistics.forms import LAYOUTS, page_of, tables, text_of

DATA = Path(__file__).parents[2] / "data" / "statistics"
CASES = [
    json.loads(line)
    for line in (DATA / "tables.jsonl").read_text(encoding="utf-8").splitlines()
]
IDENTITIES = {"gb2019": 40, "gb2021": 42, "stat2014": 6}


@pytest.mark.parametrize(
    ("rows", "named"),
    [
        (
            [["本年新收政府信息公开申请数量", "3", "2", "5"]],
            ["本年新收政府信息公开申请数量"],
        ),
        ([["年度", "本年新收申请"], ["2021", "12"]], []),
        ([["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"], list("00101")], []),
    ],
)
def test_a_table_of_too_few_rows_is_told(
    rows: list[list[str]], named: list[str]
) -> None:
    table = Table(tuple(tuple(map(Cell, row)) for row in rows), 0)
    found = read_statistics(Page(text="信息公开", tables=[table]), "信息公开")
    assert found.status == "unreadable"
    (problem,) = found.problems
    assert problem.code is Code.TABLES_FORM_UNKNOWN
    assert problem.facts["rows"] == named
    titled = Page(text="一", tables=[table], title="2022年政府信息公开工作年度报告")
    assert read_statistics(titled, "一").status == "unreadable"
    other = Table((tuple(map(Cell, ("姓名", "1"))), tuple(map(Cell, ("职务", "2")))), 0)
    found = read_statistics(Page(text="信息公开", tables=[other]), "信息公开")
    assert (found.status, found.problems) == ("absent", ())


def cells(found: CheckedStatistics) -> dict[str, dict[str, Any]]:
    """Every cell by table.row.column."""
    return {
        f"{table.id}.{row.id}.{cell.column}": cell._asdict()
        for table in found.statistics.tables
        for row in table.rows
        for cell in row.cells
    }


def fails(found: CheckedStatistics) -> list[str]:
    return sorted(c.id for c in found.checks if c.status == "fail")


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["name"])
def test_case(case: dict[str, Any]) -> None:
    page = page_of(case)
    found = read_statistics(
        page,
        page.text,
        case.get("year", 2022 if case.get("form") == "gb2021" else 2019),
    )
    assert found.statistics.template == case.get("template", case.get("form"))
    assert (found.status, fails(found)) == (
        case.get("status", "consistent"),
        sorted(case.get("fails", [])),
    )
    assert {
        k: found.statistics.metrics.get(k) for k in case.get("metrics", {})
    } == case.get("metrics", {})
    here = cells(found)
    assert {k: here[k]["value"] for k in case.get("cells", {})} == case.get("cells", {})
    assert {k: here[k]["semantics"] for k in case.get("semantics", {})} == case.get(
        "semantics", {}
    )
    if "blank0" in case:
        assert Counter(c.status for c in found.checks)["pass_blank0"] == case["blank0"]
    problems = "\n".join(problem.message() for problem in found.problems)
    assert case.get("problem", "") in problems
    if "problem" not in case and found.status == "consistent":
        assert not problems
    for cell in here.values():
        if cell["span"]:
            assert page.text[slice(*cell["span"])].strip() == cell["raw"].strip()


@pytest.mark.parametrize("layout", [*LAYOUTS, "html"])
@pytest.mark.parametrize("form", ["gb2019", "gb2021"])
def test_every_number_and_every_identity(form: str, layout: str) -> None:
    page = page_of({"name": "", "form": form, "layout": layout})
    found = read_statistics(page, page.text)
    assert found.statistics.metrics.items() >= printed_metrics(tables(form)).items()
    assert set(found.statistics.metrics) <= set(METRIC_NAMES)
    assert Counter(c.status for c in found.checks) == {"pass": IDENTITIES[form]}
    spans = [c["span"] for c in cells(found).values()]
    assert len(spans) > 100
    assert None not in spans


def test_the_record_is_plain_json() -> None:
    text = text_of("gb2019")
    found = read_statistics(Page(text=text), text, 2019)
    assert (
        json.loads(json.dumps(found.statistics.to_plain()))
        == found.statistics.to_plain()
    )
    assert found.statistics.to_plain().keys() == {
        "template",
        "metrics",
        "tables",
        "prose",
    }


def test_a_failing_check_names_both_sides_and_its_cells() -> None:
    text = text_of("gb2019").replace("\n59\n四、", "\n60\n四、")
    found = read_statistics(Page(text=text), text, 2019)
    check = next(c for c in found.checks if c.id == "R1.handled")
    assert (check.left, check.right, check.status) == (59, 60, "fail")
    assert check.cells[-1] == "applications.handled.total"
    start, end = cells(found)[check.cells[-1]]["span"]
    assert text[start:end] == "60"


def test_a_row_that_is_not_assigned_keeps_what_stands_there() -> None:
    text = text_of("gb2021").replace("\n45\n6\n", "\n45\n")
    found = read_statistics(Page(text=text), text, 2022)
    row = next(r for t in found.statistics.tables for r in t.rows if r.id == "new")
    assert (row.cells, row.raw) == ((), ("45", "2", "2", "1", "2", "58"))


NUMBERS = st.integers(0, 9) | st.just(0) | st.integers(0, 20000)


@st.composite
def made(draw: st.DrawFn) -> Tables:
    """Tables whose identities hold, with any numbers."""
    form = draw(st.sampled_from(sorted(OUTCOME_ROWS)))
    six = st.lists(NUMBERS, min_size=6, max_size=6)
    outcomes = {key: draw(six) for key, _ in OUTCOME_ROWS[form] if draw(st.booleans())}
    handled = [sum(row[c] for row in outcomes.values()) for c in range(6)]
    carried_in = draw(six)
    new = [
        max(0, n - c) + draw(st.integers(0, 3))
        for n, c in zip(handled, carried_in, strict=True)
    ]
    blank = tables(form)
    review = [n for _ in range(3) for n in five(*draw(st.tuples(*[NUMBERS] * 4)))]
    return Tables(
        form, applications(form, new, carried_in, outcomes), blank.proactive, review
    )


def rendered(what: Tables, layout: str) -> Page:
    if layout == "html":
        return page_of(
            {
                "name": "",
                "form": what.template,
                "layout": "html",
                "edits": [["(?s)<table.*</table>", lambda _: html_tables(what)]],
            }
        )
    return Page(
        text="\n".join(
            ["一、总体情况", *text_tables(what, LAYOUTS[layout]), "五、存在的主要问题"]
        )
    )


@settings(max_examples=60)
@given(made(), st.sampled_from([*LAYOUTS, "html"]))
def test_any_numbers_come_back(what: Tables, layout: str) -> None:
    page = rendered(what, layout)
    found = read_statistics(page, page.text)
    assert (found.statistics.template, found.status, found.problems) == (
        what.template,
        "consistent",
        (),
    )
    assert found.statistics.metrics.items() >= printed_metrics(what).items()


@settings(max_examples=60)
@given(
    made(),
    st.sampled_from([*LAYOUTS, "html"]),
    st.integers(0, 10**6),
    st.sampled_from([1, 7, 1000]),
)
def test_every_wrong_number_is_reported(
    what: Tables, layout: str, seed: int, by: int
) -> None:
    chance = Random(seed)
    key = chance.choice(
        [k for k, row in what.applications.items() if row[6]] or ["new"]
    )
    # the writer prints zeros for a row whose total is zero
    column = chance.randrange(7) if what.applications[key][6] else 6
    what.applications[key][column] += by
    page = rendered(what, layout)
    found = read_statistics(page, page.text)
    assert len(fails(found)) == len(broken_identities(what)) > 0
    assert found.status == "inconsistent"
    assert all(
        c.left is not None and c.right is not None and c.cells
        for c in found.checks
        if c.status == "fail"
    )


@settings(max_examples=80)
@given(made(), st.sampled_from(sorted(LAYOUTS)), st.integers(0, 10**6))
def test_lost_cells_leave_nothing_invented(
    what: Tables, layout: str, seed: int
) -> None:
    chance, separator = Random(seed), LAYOUTS[layout]
    lines = text_tables(what, separator)
    rows = [
        n
        for n, line in enumerate(lines)
        if line.split(separator)[-1].isdigit() and separator in line
    ]
    for n in chance.sample(rows, chance.randint(1, 5)):
        words = lines[n].split(separator)
        del words[chance.choice([k for k, word in enumerate(words) if word.isdigit()])]
        lines[n] = separator.join(words)
    text = "\n".join(lines)
    found = read_statistics(Page(text=text), text)
    assert found.status == "partial"
    truth = printed_metrics(what)
    assert all(truth[k] == v for k, v in found.statistics.metrics.items() if k in truth)


PIECES = [
    *"一二0123456789,.-/+|\t\n ()无元萬",
    *APPLICANT_COLUMNS,
    "12",
    "３",
    "公开",
    "未收到",
    "规章",
    "总计",
    "微信",
]
PIECES += [
    "第二十条第(一)项",
    "本年制发件数",
    "现行有效件数",
    "本年处理决定数量",
    "本年新收政府信息公开申请数量",
    "申请人情况",
]
PIECES += [
    "予以公开",
    "结果维持",
    "尚未审结",
    "行政复议",
    "收到申请数",
    "申请办结数",
    "申请答复数",
    "規範性檔案",
]


@settings(max_examples=150)
@given(st.lists(st.sampled_from(PIECES), max_size=80))
def test_any_text_is_read_without_harm(pieces: list[str]) -> None:
    text = "公开" + "".join(pieces)
    found = read_statistics(Page(text=text), text, 2020)
    assert found.status in TABLES_STATUSES
    assert all(
        0 <= c["span"][0] < c["span"][1] <= len(text)
        for c in cells(found).values()
        if c["span"]
    )
    for fact in found.statistics.prose:
        assert fact.span is not None
        assert 0 <= fact.span[0] < fact.span[1] <= len(text)
