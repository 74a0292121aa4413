"""Every row of the tables that a reader sees: names of fields and numbers, endings, checks."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from index.documents.exports import EXPORT_COLUMNS, EXPORT_FORMATS, guarded
from index.model.fields import FACETS, NUMBERS, SORTS, is_ascending
from index.model.metrics import METRIC_NAMES, METRICS, Metric
from index.model.statistics import Cell, Row, Statistics, Table
from index.query.explain import FIELD_LABELS, in_words
from index.query.names import FULL_ENDINGS, PLACE_ENDINGS, is_called
from index.query.parser import NAMED_FIELDS, parse
from index.query.reference_numbers import (
    BRACKET_PAIRS,
    CODE_PATTERN,
    DOCUMENT_NUMBER,
    spellings,
)
from index.studies.series import APPLICANTS, DOCUMENTS, ITEMS, cross_year_checks

FIELDS_SAID = [
    ("title:年报", "标题含“年报”"),
    ('title:"年报"', "标题逐字含“年报”"),
    ("text:公开", "正文含“公开”"),
    ("card:公开", "信息卡含“公开”"),
    ("agency:文旅局", "机关名称含“文旅局”或以此简称"),
    ("agency~:文旅局", "机关为“文旅局”及其前身、后继"),
    ("level:县区级", "层级为县区级"),
    ("kind:other", "文类为other"),
    ("year:2018", "年度 2018"),
    ("year:2018..2020", "年度 2018 至 2020"),
    ("year:2018..", "年度 2018 起"),
    ("year:..2020", "年度 2020 止"),
    ("region:广东省", "地区为“广东省”及其下辖"),
    ("line:教育", "条线为教育"),
    ("org_type:部门", "机关类型为部门"),
    ("tables:consistent", "统计表勾稽为consistent"),
    ("scope:self", "口径为self"),
    ("template:2021", "报告格式为2021"),
    ("published:2019", "公布日期 2019"),
    ("published:2019..2020", "公布日期 2019 至 2020"),
    ("published:2019-03..", "公布日期 2019-03 起"),
    ("published:..2019-03-31", "公布日期 2019-03-31 止"),
]


@pytest.mark.parametrize(("typed", "said"), FIELDS_SAID)
def test_every_field_is_said_by_its_name(typed: str, said: str) -> None:
    assert in_words(parse(typed)) == said


def test_no_field_is_left_out() -> None:
    assert {typed.partition(":")[0] for typed, _ in FIELDS_SAID} == set(NAMED_FIELDS)


@pytest.mark.parametrize("metric", METRICS, ids=lambda m: m.name)
def test_every_number_is_said_by_its_name(metric: Metric) -> None:
    name, label = metric.name, metric.label_zh
    # a colon inside the name would seem to stand before the number
    said = label.replace("：", "")
    assert in_words(parse(f"{name}:5")) == f"{said} 5"
    assert in_words(parse(f"{name}:5..10")) == f"{said} 5 至 10"
    assert FIELD_LABELS[name] == label


# ---------------------------------------------------------------------- the numbers of the tables
# The first ending that fits a name gives its unit; all else is counted in 件.
UNIT_BY_NAME = [
    ("_yuan", "元"),
    ("fee_items", "项"),
    ("procurement_items", "项"),
    ("proactive_total", "条"),
    ("_items", "条"),
]

SIDES = {"reviews": ("行政复议", "Reviews"), "suits": ("行政诉讼", "Lawsuits")}
RESULTS = {
    "upheld": ("维持", "upheld"),
    "corrected": ("纠正", "corrected"),
    "other": ("其他结果", "other result"),
    "pending": ("尚未审结", "pending"),
}


@pytest.mark.parametrize("metric", METRICS, ids=lambda m: m.name)
def test_a_number_is_counted_in_its_unit(metric: Metric) -> None:
    name, unit = metric.name, metric.unit
    assert unit == next(
        (u for ending, u in UNIT_BY_NAME if name.endswith(ending)), "件"
    )
    assert ("（元）" in metric.label_zh) == (unit == "元")


@pytest.mark.parametrize("side", SIDES)
def test_both_remedies_have_the_same_rows(side: str) -> None:
    zh, en = SIDES[side]
    known = {m.name: m for m in METRICS}
    for result, (result_zh, result_en) in RESULTS.items():
        row = known[f"{side}_{result}"]
        assert (row.label_zh, row.label_en) == (
            f"{zh}：{result_zh}",
            f"{en}: {result_en}",
        )
    assert (known[f"{side}_total"].label_zh, known[f"{side}_total"].label_en) == (
        f"{zh}：总计",
        en,
    )


def test_every_name_and_label_stands_once() -> None:
    for labels in (
        [m.name for m in METRICS],
        [m.label_zh for m in METRICS],
        [m.label_en for m in METRICS],
    ):
        assert len(set(labels)) == len(labels)
        assert all(label.strip() == label and label for label in labels)
    assert all(re.fullmatch(r"[a-z_]{2,40}", name) for name in METRIC_NAMES)
    assert all(
        re.search(r"[\u4e00-\u9fff]", m.label_zh) and m.label_en.isascii()
        for m in METRICS
    )


def test_numbers_and_sorts_follow_from_the_tables() -> None:
    assert ("year", "published", "indexed", *METRIC_NAMES) == NUMBERS
    assert set(SORTS) == {
        "relevance",
        "occurrences",
        *NUMBERS,
        *(f"-{n}" for n in NUMBERS),
    }
    assert [s for s in SORTS if is_ascending(s)] == list(NUMBERS)


FACET_ROWS = [
    ("agency", "agency", "keyword", "机关", "Agency", True),
    ("level", "level", "keyword", "层级", "Level", True),
    ("year", "year", "number", "年度", "Year", True),
    ("region", "region", "path", "地区", "Region", True),
    ("line", "line", "keyword", "条线", "Line", True),
    ("org_type", "org_type", "keyword", "机关类型", "Type of body", True),
    ("tables", "tables_status", "keyword", "统计表勾稽", "Tables", True),
    ("kind", "kind", "keyword", "文类", "Kind", True),
    ("scope", "scope", "keyword", "口径", "Scope", False),
    ("template", "template", "keyword", "报告格式", "Form", False),
]


def test_the_facets_are_those_of_the_contract() -> None:
    assert [
        (f.name, f.attribute, f.kind, f.label_zh, f.label_en, f.shown) for f in FACETS
    ] == FACET_ROWS


# ---------------------------------------------------------------------- short names
@pytest.mark.parametrize("end", PLACE_ENDINGS)
def test_a_short_name_may_begin_behind_any_place(end: str) -> None:
    assert is_called("文旅局", f"某某{end}文化广电旅游局")
    assert not is_called("文旅局", "某某的文化广电旅游局")
    assert is_called("文旅局", "文化广电旅游局")


@pytest.mark.parametrize(
    ("end", "full"),
    [(end, full) for end, fulls in FULL_ENDINGS.items() for full in fulls],
)
def test_a_short_name_may_stand_for_each_full_ending(end: str, full: str) -> None:
    assert is_called(f"发改{end}", f"某省发展和改革{full}")
    assert not is_called(f"发改{end}", "某省发展和改革局")


def test_the_endings_are_those_of_bodies() -> None:
    assert "".join(PLACE_ENDINGS) == "省市区县旗州盟乡镇道部委总家"
    assert FULL_ENDINGS == {"委": ("委", "委员会"), "办": ("办", "办公室", "办公厅")}


@pytest.mark.parametrize(
    ("short", "full", "is_so"),
    [
        ("旅文局", "某市文化广电旅游局", False),  # not in this order
        ("文旅广局", "某市文化广电旅游局", False),
        ("化旅局", "某市文化广电旅游局", False),  # begins inside a word
        ("文局", "某市文化局", False),  # two characters abbreviate nothing
        ("文化局", "某市文化局", True),
        ("某市文旅局", "某市文化广电旅游局", True),
        ("广电局", "某市广播电视局广播电视台", False),
    ],
)
def test_what_abbreviates_a_name(short: str, full: str, is_so: bool) -> None:
    assert is_called(short, full) is is_so


# ---------------------------------------------------------------------- codes
@pytest.mark.parametrize("pair", BRACKET_PAIRS)
def test_a_document_number_is_one_thing_in_every_bracket(pair: str) -> None:
    for number in ("5", "12345", "第5"):
        code = f"国办发{pair[0]}2019{pair[1]}{number}号"
        assert CODE_PATTERN.fullmatch(code)
        forms = spellings(code)
        assert forms[0] == f"国办发(2019){number}号"
        assert f"国办发{pair[0]}2019{pair[1]}{number}号" in forms
        assert len(forms) == len(set(forms)) == 8 + len(BRACKET_PAIRS) - 1


@pytest.mark.parametrize(
    "blanks", ["000", "001", "010", "011", "100", "101", "110", "111"]
)
def test_a_document_number_may_be_set_with_blanks(blanks: str) -> None:
    a, b, c = (" " * int(blank) for blank in blanks)
    assert f"国办发{a}(2019){b}5{c}号" in spellings("国办发(2019)5号")


@pytest.mark.parametrize(
    "unit",
    [
        "元",
        "万元",
        "亿元",
        "万亿元",
        "万",
        "亿",
        "美元",
        "欧元",
        "万美元",
        "亿欧元",
        "%",
        "‰",
    ],
)
def test_an_amount_may_be_set_with_a_blank(unit: str) -> None:
    for number in ("5", "14.62", "1,462.5", "1,462,000"):
        assert spellings(number + unit) == (number + unit, f"{number} {unit}")


@pytest.mark.parametrize(
    "text",
    [
        "国办发(201)5号",
        "国办发(2019)号",
        "国办发(2019)123456号",
        "(2019)5号",
        "一二三四五六七八九(2019)5",
    ],
)
def test_what_is_no_document_number(text: str) -> None:
    assert not DOCUMENT_NUMBER.fullmatch(text)
    assert spellings(text) == (text,)


# ---------------------------------------------------------------------- checks across years
ROWS = {
    "X1": [
        ("natural", "自然人"),
        ("commercial", "商业企业"),
        ("research", "科研机构"),
        ("nonprofit", "社会公益组织"),
        ("legal", "法律服务机构"),
        ("other_org", "其他组织"),
        ("total", "总计"),
    ],
    "X2": [("regulations", "规章"), ("normative", "行政规范性文件")],
    "X3": [
        ("licences", "行政许可"),
        ("other_services", "其他对外管理服务事项"),
        ("penalties", "行政处罚"),
        ("coercive_measures", "行政强制"),
        ("fees", "行政事业性收费"),
    ],
}


def test_the_rows_of_the_checks_are_those_of_the_forms() -> None:
    assert (list(APPLICANTS), list(DOCUMENTS), list(ITEMS)) == (
        ROWS["X1"],
        ROWS["X2"],
        ROWS["X3"],
    )


def statistics(
    template: str, table: str, row: str, cells: Mapping[str, float]
) -> Statistics:
    listed = tuple(
        Cell(column, column, str(value), value, "number")
        for column, value in cells.items()
    )
    return Statistics(template, {}, (Table(table, table, (Row(row, row, listed),)),))


@pytest.mark.parametrize(("row", "label"), ROWS["X1"])
@pytest.mark.parametrize(("carried", "status"), [(3, "pass"), (2, "fail"), (4, "fail")])
def test_what_each_applicant_carries_over(
    row: str, label: str, carried: float, status: str
) -> None:
    (check,) = cross_year_checks(
        statistics("gb2021", "applications", "carried_out", {row: 3}),
        statistics("gb2021", "applications", "carried_in", {row: carried}),
    )
    assert (check.id, check.status, check.left, check.right) == (
        f"X1.{row}",
        status,
        carried,
        3,
    )
    assert check.label == f"{label}：上年结转 = 上一年度报告的结转下年度"
    assert check.cells == (
        f"later.applications.carried_in.{row}",
        f"earlier.applications.carried_out.{row}",
    )
    assert not check.soft


@pytest.mark.parametrize(("row", "label"), ROWS["X2"])
def test_which_documents_stay_in_force(row: str, label: str) -> None:
    (check,) = cross_year_checks(
        statistics("gb2021", "proactive", row, {"in_force": 10}),
        statistics(
            "gb2021", "proactive", row, {"made": 5, "repealed": 2, "in_force": 13}
        ),
    )
    assert (check.id, check.status, check.left, check.right, check.soft) == (
        f"X2.{row}",
        "pass",
        13,
        13,
        True,
    )
    assert check.label == f"{label}：现行有效 = 上年现行有效 + 本年制发 - 本年废止"
    assert check.cells == (
        f"later.proactive.{row}.in_force",
        f"earlier.proactive.{row}.in_force",
        f"later.proactive.{row}.made",
        f"later.proactive.{row}.repealed",
    )


@pytest.mark.parametrize(("row", "label"), ROWS["X3"])
def test_how_many_items_there_are_at_the_end(row: str, label: str) -> None:
    (check,) = cross_year_checks(
        statistics("gb2019", "proactive", row, {"items": 10, "change": 2}),
        statistics("gb2019", "proactive", row, {"items": 12, "change": 0}),
    )
    assert (check.id, check.status, check.left, check.right, check.soft) == (
        f"X3.{row}",
        "pass",
        12,
        12,
        True,
    )
    assert check.label == f"{label}：上一年项目数量 = 上一年度报告的项目数量 + 增减"
    assert check.cells == (
        f"later.proactive.{row}.items",
        f"earlier.proactive.{row}.items",
        f"earlier.proactive.{row}.change",
    )


@pytest.mark.parametrize(
    ("row", "template"), [("normative", "gb2019"), ("fees", "gb2021")]
)
def test_a_check_belongs_to_its_form(row: str, template: str) -> None:
    cells = {"in_force": 1, "made": 1, "repealed": 0, "items": 1, "change": 1}
    both = statistics(template, "proactive", row, cells)
    assert cross_year_checks(both, both) == ()


# ---------------------------------------------------------------------- files
@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(first: str) -> None:
    assert guarded(f"{first}SUM(A1)") == f"'{first}SUM(A1)"
    assert guarded(f"a{first}") == f"a{first}"


@pytest.mark.parametrize(
    ("value", "cell"),
    [(None, ""), (0, "0"), (-5, "-5"), (0.5, "0.5"), ("", ""), ("公开", "公开")],
)
def test_a_cell_says_what_is_known(value: object, cell: str) -> None:
    assert guarded(value) == cell


def test_the_columns_of_an_export() -> None:
    facts = "id url source sha256 encoding title kind agency agency_id level org_type line region"
    more = "year period published indexed scope script tables_status"
    assert (*facts.split(), *more.split(), *METRIC_NAMES) == EXPORT_COLUMNS
    assert {name: media for name, (_, media) in EXPORT_FORMATS.items()} == {
        "csv": "text/csv; charset=utf-8",
        "jsonl": "application/x-ndjson; charset=utf-8",
        "parquet": "application/vnd.apache.parquet",
    }
