"""What Chinese keyboards type, and what readers bring from other engines: understood, or said."""

from __future__ import annotations

import pytest

from index.model.metrics import METRIC_NAMES
from index.model.problems import Code, Note
from index.query.field_values import year_digits
from index.query.parser import (
    CHINESE_FIELDS,
    CHINESE_METRICS,
    FIELDS,
    field_name,
    parse,
)
from index.query.remarks import exchanged, remarks
from index.query.resolve import resolve
from index.query.syntax import Run


@pytest.mark.parametrize(
    ("typed", "values"),
    [
        ("层级：县、市", ("县区级", "地市级")),
        ("层级：县，区县", ("县区级",)),
        ("年度：2019，2021", ("2019", "2021")),
        ("year:2019,2021,", ("2019", "2021")),
        ("条线：教育；卫生", ("教育", "卫生")),
        ("口径：本機關、汇总", ("self", "aggregate")),
        ("template:2019年格式，2021", ("gb2019", "gb2021")),
        ("文类：年报、其他", ("annual_report", "other")),
        ("地区：陕西、四川", ("陕西", "四川")),
    ],
)
def test_a_comma_stands_between_values(typed: str, values: tuple[str, ...]) -> None:
    resolved = resolve(parse(typed), lambda _, form: [form])
    (chosen,) = resolved.filters.values()
    assert chosen == values


@pytest.mark.parametrize(
    "typed",
    [
        "统计口径，单位：件",
        "公开情况，内容：略",
        "联系电话、地址、部门：",
        "如下，年度：",
    ],
)
def test_a_pasted_sentence_is_no_field(typed: str) -> None:
    assert parse(typed) == Run(typed, 0)


def meaning(query: str) -> object:
    return resolve(parse(query), lambda _, form: [form])


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("title：年报", "title:年报"),
        ("ｔｉｔｌｅ：年报", "title:年报"),
        ("ＴＩＴＬＥ:年报", "title:年报"),
        ("公开 －收费", "公开 -收费"),
        ("层级：县，年度：2021", "level:县区级 year:2021"),
        ("层级：县、年度：2021", "level:县区级 year:2021"),
        ("层级：县,year:2021；地区：陕西", "level:县区级 year:2021 region:陕西"),
        ("年度：2018..2020，层级：县", "year:2018..2020 level:县区级"),
        ("收费，年度：2021", "收费 year:2021"),
        ("机关：教育局，标题：年报", "agency:教育局 title:年报"),
        ("其他处理：5，年度：2022", "applications_other:5 year:2022"),
        ("层级：县，", "level:县区级"),
        ("标题：公开，收费", "title:公开，收费"),
        ("-层级：县，年度：2021", "-level:县区级 year:2021"),
        ("公开 −收费", "公开 -收费"),
        ("公开 ＯＲ 收费", "公开 OR 收费"),
        ("公开 ＡＮＤ 收费", "公开 AND 收费"),
        ("公开 ＮＯＴ 收费", "公开 NOT 收费"),
        ("公开 ＮＥＡＲ／１０ 收费", "公开 NEAR/10 收费"),
        ("“公开 收费”～１０", '"公开 收费"~10'),
        ("（公开 OR 收费）", "(公开 OR 收费)"),
        ("公开 ！“不予公开”", '公开 !"不予公开"'),
        ("公开＊", "公开*"),
        ("年度：2018", "year:2018"),
        ("年份:二〇一八", "year:2018"),
        ("年度：２０１８．．２０２０", "year:2018..2020"),
        ("year:二零一八..二〇二〇年", "year:2018..2020"),
        ("年度：2018－2020", "year:2018..2020"),
        ("年度：2018～2020", "year:2018..2020"),
        ("年度：2018——2020", "year:2018..2020"),
        ("年度：2018……2020", "year:2018..2020"),
        ("年度：2018年至2020年", "year:2018..2020"),
        ("年度：二〇一八到二〇二〇", "year:2018..2020"),
        ("年度：2020至2018", "year:2018..2020"),
        ("发布日期：2019年3月", "published:2019-03"),
        ("发布日期：2019年3月31日", "published:2019-03-31"),
        ("发布日期：2019年", "published:2019"),
        ("层级：县级", "level:县区级"),
        ("层级：市级", "level:地市级"),
        ("层级：区", "level:县区级"),
        ("层级：乡镇", "level:乡镇街道级"),
        ("机关：教育局", "agency:教育局"),
        ("机关~：教育局", "agency~:教育局"),
        ("层级：县区", "level:县区"),
        ("地区：深圳", "region:深圳"),
        ("条线：教育", "line:教育"),
        ("标题：“年报”", 'title:"年报"'),
        ("正文：收费", "text:收费"),
        ("发布日期：2019-03", "published:2019-03"),
        ("发布机构：教育局", "agency:教育局"),
        ("题目:年报", "title:年报"),
        ("省份：广东", "region:广东"),
        ("行政级别：县区", "level:县区"),
    ],
)
def test_full_width_and_chinese_names_mean_the_same(typed: str, same: str) -> None:
    assert meaning(typed) == meaning(same)
    assert remarks(typed) == remarks(same)


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("本年新收申请:100..", "applications_new:100.."),
        ("公开 行政訴訟總計：..３", "公开 suits_total:..3"),
        ("主动公开总数:1462", "proactive_total:1462"),
        ("(不予公开:5) 收费", "(applications_refused:5) 收费"),
    ],
)
def test_numbers_have_chinese_names(typed: str, same: str) -> None:
    assert meaning(typed) == meaning(same)


@pytest.mark.parametrize(
    "typed",
    [
        "部分公开：12件",
        "不予公开：第三条",
        "规范性文件:",
        "其他处理：1-5",
        "予以公开~:5",
    ],
)
def test_names_of_numbers_are_words_where_no_number_is(typed: str) -> None:
    assert parse(typed) == Run(typed, 0)


def test_every_number_has_a_chinese_name_of_its_own() -> None:
    assert set(CHINESE_METRICS.values()) == set(METRIC_NAMES)
    assert not set(CHINESE_METRICS) & set(CHINESE_FIELDS)
    for name in CHINESE_METRICS:
        assert field_name(f"{name}:", "1") == CHINESE_METRICS[name]


def test_every_chinese_name_is_of_a_field() -> None:
    assert set(CHINESE_FIELDS.values()) <= set(FIELDS)
    assert {"年度", "机关", "层级", "地区", "条线", "题名", "标题"} <= set(
        CHINESE_FIELDS
    )


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("QQ:12345", Code.QUERY_NO_FIELD),
        ("nosuch：公开", Code.QUERY_NO_FIELD),
        ("联系电话:010", Code.QUERY_NO_FIELD),
        ("公开 or 收费", Code.QUERY_OPERATOR_AS_TEXT),
        ("公开 and not 收费", Code.QUERY_OPERATOR_AS_TEXT),
        ("公开 && 收费", Code.QUERY_OPERATOR_AS_TEXT),
        ("/公.开/", Code.QUERY_FOREIGN_SYNTAX),
        ("公开~1", Code.QUERY_FOREIGN_SYNTAX),
        ("公开^2 收费", Code.QUERY_FOREIGN_SYNTAX),
        ("+公开 收费", Code.QUERY_FOREIGN_SYNTAX),
        ("[2018 TO 2020]", Code.QUERY_FOREIGN_SYNTAX),
        ("fee:>3", Code.QUERY_FOREIGN_SYNTAX),
        ("/信息(公开|公示)/", Code.QUERY_FOREIGN_SYNTAX),
        ("收费 /公(开|示)/", Code.QUERY_FOREIGN_SYNTAX),
        ("公开~0.8", Code.QUERY_FOREIGN_SYNTAX),
        ('"公开"~', Code.QUERY_FOREIGN_SYNTAX),
        ('"公开"^2', Code.QUERY_FOREIGN_SYNTAX),
        ("(公开 收费)^0.5", Code.QUERY_FOREIGN_SYNTAX),
        ('+"公开"', Code.QUERY_FOREIGN_SYNTAX),
        ("!收费 公开", Code.QUERY_FOREIGN_SYNTAX),
        ("公开＆＆收费", Code.QUERY_FOREIGN_SYNTAX),
        ("公开|公示", Code.QUERY_FOREIGN_SYNTAX),
        ("year>=2018", Code.QUERY_FOREIGN_SYNTAX),
        ("年度=2018", Code.QUERY_FOREIGN_SYNTAX),
        ("@title 公开", Code.QUERY_FOREIGN_SYNTAX),
        ("公开 near/5 收费", Code.QUERY_OPERATOR_AS_TEXT),
        ("公开 w/5 收费", Code.QUERY_OPERATOR_AS_TEXT),
        ("公开 AROUND(5) 收费", Code.QUERY_OPERATOR_AS_TEXT),
        ("公开 ｜ 收费", Code.QUERY_OPERATOR_AS_TEXT),
        ("-year:2020..2018 公开", Code.QUERY_ENDS_EXCHANGED),
        ("(year:2020..2018 OR 公开)", Code.QUERY_ENDS_EXCHANGED),
        ("什么又叫”角瓜“？", Code.QUERY_QUOTATION_AS_TEXT),
        ("year:2020..2018", Code.QUERY_ENDS_EXCHANGED),
        ("published:2019-12..2019-03", Code.QUERY_ENDS_EXCHANGED),
        ("applications_new:100..5", Code.QUERY_ENDS_EXCHANGED),
        ("本年新收申请：100-200", Code.QUERY_NO_NUMBER),
        ("部分公开：12件", Code.QUERY_NO_NUMBER),
        ("公？开", Code.QUERY_QUESTION_MARK),
        ("条例 公开?", Code.QUERY_QUESTION_MARK),
        ("行政复议?? 收费", Code.QUERY_QUESTION_MARK),
        ("title:公开？？", Code.QUERY_QUESTION_MARK),
        ("公开 NEAR/5 收费", Code.QUERY_NEAR_COUNTS_ALL),
        ('目录 "公开 收费"~5', Code.QUERY_NEAR_COUNTS_ALL),
        ('公开! "不予公开"', Code.QUERY_EXCLAMATION_MARK),
        ("公开 ！ 收费", Code.QUERY_EXCLAMATION_MARK),
        ("公?开 NEAR/5 收费", Code.QUERY_WILDCARD_AS_TEXT),
        ("年报 (公开 NEAR/5 收＊)", Code.QUERY_WILDCARD_AS_TEXT),
        ("-(公开* NEAR/5 收费)", Code.QUERY_WILDCARD_AS_TEXT),
        ('"公?开 收费"~5', Code.QUERY_WILDCARD_AS_TEXT),
        ('公开* !"公开栏"', Code.QUERY_WILDCARD_EXCEPTS_NOTHING),
    ],
)
def test_what_is_read_otherwise_is_said(typed: str, code: Code) -> None:
    assert code in {note.code for note in remarks(typed)}
    assert all(note.message("zh-Hans") for note in remarks(typed))


@pytest.mark.parametrize(
    "typed",
    [
        "公开 收费",
        "公?开",
        "什么是政府信息公开？",
        "国办发「2019」5号",
        "http://www.lg.gov.cn/a",
        "year:2018..2020",
        "A-1312/B",
        "12:30",
        "or",
        "ANDROID",
        "10%",
        "2018~2020年",
        "3～5个工作日",
        "a=b",
        "公开！",
        "公开！ 收费",
        "公开 ！ “不予公开”",
        "/政府/信息 公开",
        '目录 -"公开 收费"~5',
        '"公?开"',
    ],
)
def test_nothing_is_said_of_what_is_plain(typed: str) -> None:
    assert remarks(typed) == ()


def test_ends_that_were_exchanged_are_put_right() -> None:
    assert meaning("year:2020..2018") == meaning("year:2018..2020")
    assert meaning("published:2020..2018-03") == meaning("published:2018-03..2020")
    assert meaning("applications_new:9..5") == meaning("applications_new:5..9")
    assert not exchanged("很多", "少")


def test_a_word_before_a_colon_is_text() -> None:
    assert parse("QQ:12345") == Run("QQ:12345", 0)


@pytest.mark.parametrize(
    "typed", ["２０１８", "二〇一八", "二○一八年", "2018年", "2018"]
)
def test_years_in_every_kind_of_digits(typed: str) -> None:
    assert year_digits(typed) == "2018"


@pytest.mark.parametrize(
    ("typed", "operator"),
    [
        *((typed, "AND") for typed in ("and", "And", "&", "&&", "＆")),
        *((typed, "OR") for typed in ("or", "oR", "|", "||", "｜")),
        ("not", "NOT"),
        *((typed, "NEAR/10") for typed in ("near", "AROUND")),
        *((typed, "NEAR/3") for typed in ("near/3", "w/3", "n/3", "adj/3", "Around/3")),
    ],
)
def test_the_operator_that_was_meant_is_named(typed: str, operator: str) -> None:
    facts = {"token": typed, "operator": operator}
    assert Note(Code.QUERY_OPERATOR_AS_TEXT, facts) in remarks(f"公开 {typed} 收费")


@pytest.mark.parametrize(
    ("names", "field"),
    [
        ("标题 题目 题名 標題 題目", "title"),
        ("機關 發布機構 單位", "agency"),
        ("層級 行政級別", "level"),
        ("機關類型", "org_type"),
        ("條線 系統", "line"),
        ("地區 區域", "region"),
        ("正文 全文 内容", "text"),
        ("机关 部门 单位 机构 发布机构", "agency"),
        ("层级 级别 行政级别", "level"),
        ("机关类型 类型", "org_type"),
        ("条线 系统", "line"),
        ("地区 地域 区域 地方 省份 城市", "region"),
        ("年度 年份 年", "year"),
        ("发布日期 日期 发布 公布日期 发布时间", "published"),
        ("统计表勾稽 勾稽", "tables"),
    ],
)
def test_fields_have_chinese_names(names: str, field: str) -> None:
    for name in names.split():
        for colon in (":", "："):
            assert field_name(name + colon) == field, name
