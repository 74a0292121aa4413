"""What belongs to the website around a report: each line, label and heading that is known."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from indexer.formats.chrome import (
    CHROME_LINES,
    CHROME_PATTERNS,
    LINK_SECTIONS,
    MAX_CHROME,
    META_KEY_BY_LABEL,
    Line,
    frame,
    header_fields,
    is_chrome,
    is_title,
)

DATA = Path(__file__).parents[2] / "data" / "formats" / "chrome.json"
KNOWN = json.loads(DATA.read_text(encoding="utf-8"))
LABELS = {label: key for key, labels in KNOWN["labels"].items() for label in labels}
# One or more lines for each pattern, in its order.
BEGINNINGS = (
    ("您现在的位置：首页 > 政务公开", "当前位置:信息公开", "位置：年报"),
    ("首页 > 信息公开 > 年报", "首頁|政務公開", "主页 » 公告"),
    ("扫一扫在手机打开当前页", "【扫码阅读", "微信扫一扫：分享"),
    ("【字号： 大 中 小 】", "字体：大 中 小", "文字大小 大 中 小"),
    ("【打印此文】", "[关闭本页面]", "(收藏此页)"),
    ("打印本页 关闭窗口", "收藏|分享到："),
    ("上一篇：关于做好政务公开工作的通知", "下一条 预算说明"),
    ("分享到朋友圈", "分享至微博"),
    ("浏览次数：1024", "瀏覽次數: 3", "阅读量：12"),
    ("附件下载：年报.doc", "文件下载"),
    ("责任编辑：张三", "责编:李四"),
    ("版权所有：某区人民政府", "技术支持：某公司", "Copyright 2019", "© 2020"),
    ("粤ICP备12345678号", "政府网站标识码4403070001"),
    ("返回顶部 ↑", "回到列表"),
    ("【我要纠错】", "网站纠错入口"),
)
TITLE = "某县教育局2018年政府信息公开工作年度报告"
BODY = "一、概述\n2018年，我局依法公开政府信息，及时回应社会关切。"


def lines(text: str) -> list[Line]:
    return [Line(line) for line in text.split("\n")]


def test_every_line_of_chrome_is_known() -> None:
    assert [line for line in KNOWN["lines"] if not is_chrome(line)] == []
    assert set(KNOWN["lines"]) == CHROME_LINES


def test_a_line_of_chrome_stays_one_in_brackets_and_with_blanks() -> None:
    changed = [f"　[{line[0]} {line[1:]}]" for line in KNOWN["lines"]]
    assert [line for line in changed if not is_chrome(line)] == []


@pytest.mark.parametrize(
    ("number", "examples"), list(enumerate(BEGINNINGS)), ids=lambda v: str(v)[:12]
)
def test_every_beginning_of_chrome_is_known(
    number: int, examples: tuple[str, ...]
) -> None:
    for line in examples:
        assert is_chrome(line), line
        assert CHROME_PATTERNS[number].match(line), line


def test_there_is_an_example_for_every_beginning() -> None:
    assert len(BEGINNINGS) == len(CHROME_PATTERNS)


@pytest.mark.parametrize(
    "line",
    [
        "上一篇：" + "字" * (MAX_CHROME - 4),
        "版权所有：" + "字" * (MAX_CHROME - 5),
    ],
)
def test_a_long_line_is_no_chrome(line: str) -> None:
    assert len(line) == MAX_CHROME == 120
    assert is_chrome(line)
    assert not is_chrome(line + "字")


@pytest.mark.parametrize(
    "line",
    [
        "主办单位：本局全年举办会议三次。",
        "我局公开政府信息12条",
        "一、概述",
        "附件",
        "登录平台的用户有三百人",
        "",
    ],
)
def test_what_may_be_the_report_is_no_chrome(line: str) -> None:
    assert not is_chrome(line)


@pytest.mark.parametrize("sign", ["：", ":", " : "])
def test_every_label_gives_its_value(sign: str) -> None:
    for label, key in LABELS.items():
        fields = header_fields(f"{label}{sign}甲乙 丙")
        assert fields == ({key: "甲乙 丙"} if key else {}), label
    assert LABELS == META_KEY_BY_LABEL


def test_every_label_ends_the_value_before_it() -> None:
    for label, key in LABELS.items():
        fields = header_fields(f"索引号:123-45 {label}:甲乙")
        expected = {key: "甲乙"} if key else {}
        assert fields == {**expected, "index_number": "123-45"}, label


@pytest.mark.parametrize("form", ["【{}】：", "[{}]:", "（{}）：", "{} :"])
def test_a_label_may_stand_in_brackets(form: str) -> None:
    line = form.format("发布时间") + "2019-03-14"
    assert header_fields(line) == {"published": "2019-03-14"}


def test_the_letters_of_a_label_may_stand_apart() -> None:
    assert header_fields("来 源：区府办　文　号：1号") == {
        "source": "区府办",
        "doc_number": "1号",
    }


@pytest.mark.parametrize("value", ["", "-", "--", "—", "无", "無", " "])
def test_a_label_without_value_gives_none(value: str) -> None:
    assert header_fields(f"来源：{value} 文号：1号") == {"doc_number": "1号"}


def test_of_two_values_the_first_is_kept() -> None:
    assert header_fields("来源：甲局 来源：乙局") == {"source": "甲局"}


@pytest.mark.parametrize(
    "line", ["来源：甲局。", "本局的来源：甲局", "甲局", "", "2019-03-14"]
)
def test_what_is_no_line_of_facts(line: str) -> None:
    assert header_fields(line) is None


def test_a_line_of_facts_has_at_most_300_characters() -> None:
    line = "来源：" + "甲" * 297
    assert header_fields(line) == {"source": "甲" * 297}
    assert header_fields(line + "甲") is None


def test_every_heading_of_links_ends_the_report() -> None:
    for section in KNOWN["sections"]:
        text = f"{TITLE}\n{BODY}\n{section}：\n某局召开会议\n某镇开展活动"
        framed = frame(lines(text))
        assert "\n".join(line.text for line in framed.lines) == BODY, section
        assert framed.chrome[-1] == "某镇开展活动"
    assert set(KNOWN["sections"]) == LINK_SECTIONS


@pytest.mark.parametrize("last", ["2019年3月1日", "二〇一九年三月一日", "一切顺利。"])
def test_a_section_that_ends_a_report_is_kept(last: str) -> None:
    text = f"{BODY}\n相关链接\n{last}"
    framed = frame(lines(f"{TITLE}\n{text}"))
    assert "\n".join(line.text for line in framed.lines) == text


@pytest.mark.parametrize(
    ("facts", "source"),
    [
        ("发布机构：区府办", "区府办"),
        ("发文机关：区府办 来源：区教育局", "区教育局"),
        ("来源：区教育局 发文机关：区府办", "区教育局"),
    ],
)
def test_who_issued_a_report_is_its_source_when_none_is_named(
    facts: str, source: str
) -> None:
    framed = frame(lines(f"{TITLE}\n{facts}\n{BODY}"))
    assert framed.title == TITLE
    assert framed.meta == {"source": source, "header": facts}
    assert framed.chrome == [facts]


@pytest.mark.parametrize(
    "title",
    [
        TITLE,
        "某县教育局２０１８年政府信息公开工作年度报告",
        "某某市政府資訊公開年報",
        "某镇2018年政务公开工作总结（全文）",
        "某局政府信息公开报告书",
    ],
)
def test_titles(title: str) -> None:
    assert is_title(title)


@pytest.mark.parametrize(
    "line",
    [
        "信息公开年报",
        "某县教育局2018年度工作报告",
        "某县教育局2018年政府信息公开指南",
        "根据条例编制某局政府信息公开工作年度报告",
        "一、某县教育局2018年政府信息公开工作年度报告",
        "首页>某县教育局政府信息公开工作年度报告",
        "某县教育局公布了政府信息公开工作；年度报告",
    ],
)
def test_what_is_no_title(line: str) -> None:
    assert not is_title(line)


def test_a_title_has_8_to_60_characters() -> None:
    end = "政务公开报告"
    assert not is_title("甲" + end)
    assert is_title("甲乙" + end)
    assert is_title("甲" * (60 - len(end)) + end)
    assert not is_title("甲" * (61 - len(end)) + end)


@pytest.mark.parametrize("line", sorted(CHROME_LINES))
def test_a_line_of_chrome_is_parted_from_both_ends_of_a_report(line: str) -> None:
    framed = frame(lines(f"{line}\n{TITLE}\n{line}\n{BODY}\n{line}"))
    assert framed.title == TITLE
    assert "\n".join(line.text for line in framed.lines) == BODY
    assert framed.chrome == [line] * 3


@pytest.mark.parametrize("word", sorted(CHROME_LINES))
def test_a_sentence_that_has_a_line_of_chrome_in_it_is_kept(word: str) -> None:
    text = f"{BODY}\n我局门户网站设有{word}栏目，方便公众。"
    framed = frame(lines(f"{TITLE}\n{text}"))
    assert "\n".join(line.text for line in framed.lines) == text
    assert framed.chrome == []


@pytest.mark.parametrize(
    "gloss", ["(a)", "(qū)", "（qū）", "(gōng)", "(lǜ)", "(zhuàng)", "(zhua\u0300ng)"]
)
def test_a_gloss_does_not_hide_a_title(gloss: str) -> None:
    # as long as a title may be: with the gloss it is longer
    long = "甲" * (60 - len("政务公开报告")) + "政务公开报告"
    assert is_title(long.replace("公开", f"公{gloss}开"))
    assert is_title(f"某区{gloss}教育局2018年政府信息公{gloss}开年报{gloss}")


@pytest.mark.parametrize("gloss", ["()", "(Qu)", "(区)", "(qu1)", "[qū]"])
def test_what_is_no_gloss_stays_in_a_title(gloss: str) -> None:
    assert not is_title(TITLE.replace("年度报告", f"年度报{gloss}告"))


def test_a_gloss_has_at_most_9_characters() -> None:
    # the only subject of this title has the gloss inside
    title = TITLE.replace("政府", "")
    assert is_title(title.replace("公开", "公(abcdefghi)开"))
    assert not is_title(title.replace("公开", "公(abcdefghij)开"))
