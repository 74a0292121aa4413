"""Reports for the tests of the pages: plain, damaged, with a table, hostile."""

from __future__ import annotations

from dataclasses import replace

from index.model.problems import Code, Problem
from index.model.report import Fact, Provenance, Repair, Report
from index.model.statistics import (
    Cell,
    CellId,
    Check,
    Contradiction,
    Row,
    Semantics,
    Statement,
    Statistics,
    Table,
)

__all__ = ["HOSTILE", "sample_reports"]

HOSTILE = "<script>alert('公开')</script>公开 & <b>公开</b>"
TEXT = """一、总体情况
{year}年，本机关按照《中华人民共和国政府信息公开条例》的要求，做好政府信息公开工作。全年主动公开政府信息{n}条，依申请公开{m}件。
二、主动公开政府信息情况
本年在门户网站公开政府信息{n}条，其中规范性文件若干件，均按规定解读。行政复议案件零件，行政诉讼案件零件。
三、收到和处理政府信息公开申请情况
本列数据的勾稽关系为
自然人
法人
总计
予以公开
{m}
0
{m}
四、存在的主要问题及改进情况
工作人员业务能力有待提高，公开的及时性不够。下一步加强培训，完善公开机制。"""


def _plain_statistics(i: int, year: int) -> Statistics:
    """Numbers as each form states them: licences stand in the forms from 2019 on."""
    metrics: dict[str, int | None] = {
        "applications_new": i,
        "applications_granted": i,
        "applications_partly_granted": 0,
        "applications_handled": i + 1,
        "procurement_yuan": None,
    }
    if year < 2019:
        return Statistics(template="stat2014", metrics=metrics)
    template = "gb2019" if year < 2021 else "gb2021"
    return Statistics(template=template, metrics=metrics | {"licences": 2 * i})


def _report(i: int) -> Report:
    places = [
        ["广东省", "深圳市", "龙岗区"],
        ["广东省", "深圳市"],
        ["湖南省", "衡阳市"],
        ["广东省"],
    ]
    levels = ["县区级", "地市级", "地市级", "省级"]
    names = ["深圳市龙岗区财政局", "深圳市教育局", "衡阳市水利局", "广东省农业厅"]
    k, year = i % 4, 2012 + i % 11
    agency = names[k] if i < 24 else f"某市第{i}局"
    text = TEXT.format(year=year, n=100 + i, m=i)
    span = (text.index(str(year)), text.index(str(year)) + 4)
    return Report(
        id=f"r{i}",
        source=f"reports/{i:03}.txt",
        text=text,
        title=f"{agency}{year}年政府信息公开工作年度报告",
        url=f"https://example.gov.cn/{i}.html",
        agency=agency,
        level=levels[k],
        org_type="部门",
        line="财政",
        region=places[k],
        year=year,
        published=f"{year + 1}-03-{i % 28 + 1:02}",
        indexed=f"2024-05-{i % 28 + 1:02}T00:00:00.000Z",
        script="Hans",
        tables_status=("consistent", "partial", "absent")[i % 3],
        evidence={
            "agency": Fact(agency, "title", 0.97, "agency before the year", agency),
            "year": Fact(
                year, "body", 0.9, "first sentence", f"{year}年", span, (year - 1,)
            ),
        },
        statistics=_plain_statistics(i, year),
        checks=[
            Check("total", "三（七）总计等于各项之和", "pass", 12, 12),
            Check(
                "carried",
                "新收加结转等于办结加结转下年",
                "fail" if i % 3 == 1 else "pass",
                12,
                11,
            ),
        ],
        provenance=Provenance(
            "/somewhere/secret.txt",
            f"{i:064x}",
            "text",
            "gb18030",
            "strict decoding succeeded",
        ),
    )


def _repaired() -> Report:
    """A traditional report with glosses taken out, one character mended and one place that nothing
    mends.
    """
    received = (
        "一、總體情況\n龍崗區(qū)政府信息公開工作，由區(qū)辦公室承擔。收到申請3件，?ㄒ唬已全部答復。\n"
        "二、其他\n公開渠道不斷拓寬。"
    )
    first, second, gbk = (
        received.index("(qū)"),
        received.rindex("(qū)"),
        received.index("?ㄒ唬"),
    )
    text = received.replace("(qū)", "")
    at = text.index("?ㄒ唬")
    text = text.replace("?ㄒ唬", "（一）")
    bad = text.index("拓寬")
    return Report(
        id="hant/1",
        source="mirror/001.txt",
        text=text,
        title="龍崗區2018年政府信息公開工作年度報告",
        level="县区级",
        year=2018,
        region=["广东省", "深圳市", "龙岗区"],
        script="Hant-TW",
        repairs=[
            Repair("gloss", first, first + 4, "(qū)", "", 0.99, display=(first, first)),
            Repair(
                "gloss",
                second,
                second + 4,
                "(qū)",
                "",
                0.99,
                display=(second - 4, second - 4),
            ),
            Repair("gbk", gbk, gbk + 3, "?ㄒ唬", "（一）", 0.9, display=(at, at + 3)),
            Repair(
                "tail",
                bad + 8,
                bad + 10,
                "拓寬",
                "拓寬",
                0.5,
                applied=False,
                display=(bad, bad + 2),
            ),
        ],
        problems=[Problem(Code.FORMAT_LITTLE_TEXT)],
        provenance=Provenance("/x", "ab" * 32, "html", "utf-8", "declared"),
    )


ROWS = (
    ("new", "本年新收政府信息公开申请数量", ("3", "1", "4")),
    ("refused.secret", "属于国家秘密", ("", "/", "0")),
    ("refused.internal", "属于三类内部事务信息", ("1", "若干", "2")),
    ("handled", "总计", ()),
)
COLUMNS = (("natural", "自然人"), ("commercial", "商业企业"), ("total", "总计"))
SEMANTICS: dict[str, Semantics] = {"": "blank", "/": "na", "若干": "text", "0": "zero"}


def _tabled() -> Report:
    """A report whose table has every kind of cell, and a sentence that contradicts it."""
    text, rows = "一、总体情况\n新收申请5件。\n二、申请情况\n", []
    for key, label, printed in ROWS:
        text += label
        cells = []
        for (column, head), raw in zip(COLUMNS, printed, strict=False):
            span = (len(text) + 3, len(text) + 3 + len(raw)) if raw else None
            text += f" | {raw}"
            number = int(raw) if raw.isdigit() else None
            kind = SEMANTICS.get(raw, "number")
            cells.append(Cell(column, head, raw, number, kind, span=span))
        text += "\n" if printed else " | 7 | 8\n"
        rows.append(Row(key, label, tuple(cells), None if printed else ("7", "8")))
    at = text.index("新收申请5件")
    evidence, span = "新收申请5件", (at, at + 6)
    prose = Statement(
        name="applications_new",
        value=5,
        approximate=True,
        evidence=evidence,
        span=span,
        conflict=tuple(Contradiction(n, evidence, span) for n in (5, 6)),
        table=4,
    )
    table = Table("applications", "收到和处理政府信息公开申请情况", tuple(rows))
    terms = tuple(CellId(f"applications.new.{c}") for c, _ in COLUMNS)
    return Report(
        id="gb1",
        source="tables/1.html",
        text=text,
        title="衡阳市水利局2021年政府信息公开工作年度报告",
        agency="衡阳市水利局",
        level="地市级",
        region=["湖南省", "衡阳市"],
        year=2021,
        tables_status="inconsistent",
        statistics=Statistics(
            template="gb2021",
            metrics={"applications_new": 4, "applications_refused": 2},
            tables=(table,),
            prose=(prose,),
        ),
        checks=[
            Check(
                "R1.secret", "属于国家秘密:各类申请人之和 = 总计", "pass_blank0", 0, 0
            ),
            Check("R1.new", "本年新收:各类申请人之和 = 总计", "fail", 5, 4, terms),
            Check("R1.handled", "总计:各类申请人之和 = 总计", "n/a"),
        ],
        problems=[
            Problem(
                Code.TABLES_ROWS_MISSING,
                {"table": "applications", "rows": ["予以公开", "部分公开"]},
            ),
            Problem(
                Code.TABLES_ROW_UNASSIGNED,
                {"row": "总计", "count": 2, "values": "7 8"},
            ),
            Problem(Code.FORMAT_LITTLE_TEXT),
        ],
    )


def sample_reports() -> list[Report]:
    """Thirty plain reports, a damaged traditional one, a hostile one and one of which nothing is
    known.
    """
    hostile = replace(
        _report(1),
        id="x1",
        title="<img src=x onerror=alert(1)>公开",
        text=HOSTILE * 20,
        url="javascript:alert(1)",
    )
    bare = Report(id="bare", source="unknown.txt", text="公开工作。")
    return [*(_report(i) for i in range(30)), _repaired(), _tabled(), hostile, bare]
