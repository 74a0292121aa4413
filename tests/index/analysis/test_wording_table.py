"""Each row of the Taiwan wordings: as a mirror publishes it, and as the mainland asks for it."""

from __future__ import annotations

import pytest

from index.analysis.normaliser import fold, fold_line
from index.analysis.wording import (
    WORDINGS,
    Wording,
    is_taiwan_worded,
    mainland,
    mainland_forms,
    patterns,
)
from index.query.nodes import String
from index.search.marks import Marker

STRONG_AND_ASKED = [
    ("規範性檔案", "规范性文件"),
    ("入口網站", "门户网站"),
    ("智慧型化", "智能化"),
    ("智慧型", "智能"),
    ("最佳化", "优化"),
    ("政府線上", "政府在线"),
    ("線上訪談", "在线访谈"),
    ("人民民眾", "人民群众"),
    ("資訊公開", "信息公开"),
    ("政府資訊", "政府信息"),
    ("網際網路", "互联网"),
    ("網路", "网络"),
    ("軟體", "软件"),
    ("行動裝置", "移动终端"),
    ("簡訊", "短信"),
]
ASKED = [
    ("線上申請", "在线申请"),
    ("線上辦理", "在线办理"),
    ("規劃計畫", "规划计划"),
    ("計畫", "计划"),
    ("規畫", "规划"),
    ("籌畫", "筹划"),
    ("硬體", "硬件"),
    ("資料庫", "数据库"),
]
STRONG = [("套用", "应用"), ("程式", "程序")]
PLAIN = [
    ("大數據資料", "大数据"),
    ("影音", "视频"),
    ("影片", "视频"),
    ("民眾", "群众"),
    ("線上", "在线"),
    ("資訊", "信息"),
    ("專案", "项目"),
    ("品質", "质量"),
    ("聯絡我們", "联系我们"),
    ("公尺", "米"),
]
# As published, and as the mainland says it.
ROWS = [*STRONG_AND_ASKED, *ASKED, *STRONG, *PLAIN]


def test_no_row_is_left_out() -> None:
    assert sorted(fold_line(taiwan) for taiwan, _ in ROWS) == sorted(
        w.taiwan for w in WORDINGS
    )


@pytest.mark.parametrize(("taiwan", "asked"), ROWS, ids=[row[1] for row in ROWS])
def test_the_mainland_term_marks_what_was_published(taiwan: str, asked: str) -> None:
    text = f"本局{taiwan}共三項。"
    display = fold(text)
    wording = mainland(display)
    assert wording is not None
    assert wording.form == f"本局{asked}共三项。"
    ((start, end),) = Marker.of(String((asked,))).marks("text", display, wording)
    # 大数据 stands in 大數據資料 itself
    assert text[start:end] == ("大數據" if asked == "大数据" else taiwan)


@pytest.mark.parametrize(
    ("taiwan", "mainland_term"), ROWS, ids=[row[1] for row in ROWS]
)
def test_a_wording_is_asked_for_in_both_where_it_can_mean_nothing_else(
    taiwan: str, mainland_term: str
) -> None:
    form = fold_line(taiwan)
    both = (taiwan, mainland_term) in (*STRONG_AND_ASKED, *ASKED)
    assert mainland_forms(form) == ((form, mainland_term) if both else (form,))


@pytest.mark.parametrize(
    ("taiwan", "_"), [*STRONG_AND_ASKED, *STRONG], ids=lambda value: value
)
def test_a_strong_wording_tells_a_document(taiwan: str, _: str) -> None:
    # two that share no character with any other row
    others = [w for w in ("最佳化", "程式", "簡訊") if w != taiwan][:2]
    assert is_taiwan_worded(fold("，".join([taiwan, *others])).form)
    assert not is_taiwan_worded(fold("，".join(others)).form)


@pytest.mark.parametrize(("taiwan", "_"), [*ASKED, *PLAIN], ids=lambda value: value)
def test_a_wording_that_the_mainland_also_writes_tells_nothing(
    taiwan: str, _: str
) -> None:
    assert not is_taiwan_worded(fold(f"{taiwan}，最佳化，程式").form)


def test_of_two_wordings_the_longer_one_is_read() -> None:
    wording = mainland(fold("智慧型化與智慧型"))
    assert wording is not None
    assert wording.form == "智能化与智能"


# ---------------------------------------------------------------------- sentences
LONG = "甲" * 300


@pytest.mark.parametrize("stop", "。；！？")
def test_only_the_sentence_round_a_wording_is_read_again(stop: str) -> None:
    wording = mainland(fold(f"前面{stop}公布程式三項{stop}後面"))
    assert wording is not None
    assert wording.form == fold_line(f"公布程序三项{stop}")


def test_a_sentence_without_an_end_is_bounded() -> None:
    wording = mainland(fold(LONG + "程式" + LONG))
    assert wording is not None
    assert wording.form == "甲" * 200 + "程序" + "甲" * 200


def test_sentences_that_touch_are_read_as_one() -> None:
    wording = mainland(fold("公布程式。最佳化服務。其他。影片三部。"))
    assert wording is not None
    assert wording.form == "公布程序。优化服务。\n视频三部。"


def test_every_character_of_a_wording_leads_back() -> None:
    text = "㈠公布程式。其他。影片𠮷部。"
    display = fold(text)
    wording = mainland(display)
    assert wording is not None
    assert wording.form == "(一)公布程序。\n视频𠮷部。"
    ends = [(0, 1), (0, 1), (0, 1), (1, 2), (2, 3), (3, 5), (3, 5), (5, 6)]
    ends += [(9, 10), (9, 11), (9, 11), (11, 12), (12, 13), (13, 14)]
    assert [wording.offsets.span(n, n + 1) for n in range(len(wording.form))] == ends


@pytest.mark.parametrize("asked", [False, True])
@pytest.mark.parametrize("row", WORDINGS, ids=lambda row: row.taiwan)
def test_the_longest_wording_is_read(row: Wording, *, asked: bool) -> None:
    pattern, table = patterns(asked=asked)
    match = pattern.match(row.taiwan)
    if asked and not row.asked:
        assert row.taiwan not in table
        return
    assert match is not None
    assert match[0] == row.taiwan
    assert table[row.taiwan] == row.mainland
