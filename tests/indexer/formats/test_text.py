"""Plain text: what belongs to the site is taken off at the edges, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.model.errors import InputError
from indexer.formats import read
from indexer.formats.chrome import Line, frame, header_fields, is_title, squeeze
from indexer.page import Page, Source

CASES = json.loads(
    (Path(__file__).parents[2] / "data" / "formats" / "text_cases.json").read_text(
        "utf-8"
    )
)


def text(data: bytes | str) -> Page:
    return read(
        Source(
            "a.txt",
            "/a.txt",
            ".txt",
            data.encode() if isinstance(data, str) else data,
            "",
        )
    )


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["name"])
def test_cases(case: dict) -> None:
    page = text(case["text"])
    assert page.title == case["title"]
    assert page.text.split("\n") == case["body"]
    assert {
        k: v for k, v in page.meta.items() if k not in ("header", "encoding")
    } == case["meta"]
    received = squeeze(case["text"])
    assert all(squeeze(c) in received for c in page.chrome)
    assert len(received) == len(
        squeeze("".join([page.text, page.title or "", *page.chrome]))
    )


YEARS = ("2020年", "2020年度", "2020", "二〇二〇年", "二○二○年度", "二零二零年度")
SCHOOL_YEARS = ("2019-2020学年度", "二〇二〇学年", "2019—2020学年")


@pytest.mark.parametrize("year", [*YEARS, *SCHOOL_YEARS])
@pytest.mark.parametrize("before", ["", "关于"])
@pytest.mark.parametrize("end", ["政府信息公开工作报告", "信息公开年报"])
def test_a_body_above_its_title_is_part_of_it(before: str, year: str, end: str) -> None:
    page = text(f"望海乡人民政府\n{before}{year}{end}\n现将我乡情况报告如下。\n")
    assert page.title == f"望海乡人民政府{before}{year}{end}"


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("望海市2017年政府信息公开工作年度报告", True),
        ("望海市教育局二〇一七年政务公开工作总结", True),
        ("望海市2019年政府資訊公開工作年度報告", True),
        ("望海市2017年信息公开年报（全文）", True),
        ("2017年政府信息公开工作取得进展。", False),
        ("信息公开报告", False),
        ("首页 > 政府信息公开 > 政府信息公开年度报告", False),
        ("根据要求编制2017年政府信息公开工作年度报告", False),
        ("望海市2017年政府工作报告" * 9, False),
        ("一、政府信息公开工作总体情况报告", False),
    ],
)
def test_titles(line: str, wanted: bool) -> None:
    assert is_title(line) is wanted


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        (
            "发布时间:2019-03-14 09:17来源:办公室",
            {"published": "2019-03-14 09:17", "source": "办公室"},
        ),
        ("索 引 号：000014349/2019-00004", {"index_number": "000014349/2019-00004"}),
        ("【来源】：县水利局 【字号】：大 中 小", {"source": "县水利局"}),
        (
            "發佈日期：2012-01-05　來源：民政處",
            {"published": "2012-01-05", "source": "民政處"},
        ),
        ("浏览次数：128", {}),
        ("我局数据来源:各镇。", None),
        ("一、概述", None),
    ],
)
def test_header_lines(line: str, wanted: dict | None) -> None:
    assert header_fields(line) == wanted


@pytest.mark.parametrize(
    "blank", [b"", b" \n\t\r\n", "\u3000\n\ufeff".encode(), b"---"]
)
def test_blank_files(blank: bytes) -> None:
    with pytest.raises(InputError, match="no text"):
        text(blank)


PIECES = """关闭 某局2019年政府信息公开工作年度报告 2019年政府信息公开 年度报告
来源:办公室 正文一句。 相關詞條
2019年3月1日 上一篇 首页>公开 某局 发布时间:2019-01-01 打印 工作报告"""
LINES = st.lists(
    st.sampled_from([*PIECES.split(), "", "  一、概述", "打印 关闭"]), max_size=20
)


@given(LINES)
def test_nothing_vanishes(lines: list[str]) -> None:
    framed = frame([Line(line) for line in lines])
    kept = [
        *framed.chrome,
        *([framed.title] if framed.title else []),
        *(line.text for line in framed.lines),
    ]
    assert sorted(squeeze("".join(kept))) == sorted(squeeze("".join(lines)))
    assert "正文一句。" not in framed.chrome


@pytest.mark.shared
def test_seeds(shared: Path) -> None:
    gold = json.loads((shared / "corpus" / "gold" / "metadata.json").read_text("utf-8"))
    for path in sorted((shared / "corpus" / "seeds").glob("*.txt")):
        page, number = text(path.read_bytes()), path.name[:3]
        received = squeeze(path.read_text("utf-8"))
        assert page.title == (
            gold[number]["title"]
            if number != "004"
            else "深圳市光明區2019年政府信息公開工作年度報告"
        )
        # lines that stand above the title are text before the others
        assert all(squeeze(line) in received for line in page.text.split("\n"))
        if number in ("001", "003"):
            assert squeeze(page.text) == received
        if number == "000":
            assert page.text.split("\n")[:2] == [
                "龙岗区文化广电旅游体育局",
                "龙岗区公共文化服务和产业促进中心",
            ]
