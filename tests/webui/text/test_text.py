from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html
from markupsafe import Markup

from index.model.report import Repair, Report
from webui.report.received import received_text
from webui.text.blocks import blocks
from webui.text.layers import Layer, spread
from webui.text.marks import marked

TEXT = st.text(st.sampled_from("公开<&>\"'区\n 一、1"), max_size=40)
SPANS = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 12), st.sampled_from(["b", "i", "u"])),
    max_size=8,
)


@settings(max_examples=150, deadline=None)
@given(TEXT, SPANS)
def test_layers_never_change_the_text_and_nest_well(
    text: str, spans: list[tuple[int, int, str]]
) -> None:
    layers = [
        Layer(
            s,
            min(s + n, len(text)),
            "biu".index(t),
            Markup(f"<{t}>"),
            Markup(f"</{t}>"),
        )
        for s, n, t in spans
        if s <= len(text)
    ]
    for line in spread(text, layers):
        assert (
            Markup(line.html).striptags().split() == line.text.split()
            or "<" in line.text
            or "&" in line.text
        )
        stack: list[str] = []
        for close, tag in re.findall(r"<(/?)([biu])>", line.html):
            if close:
                assert stack.pop() == tag
            else:
                stack.append(tag)
        assert not stack
    whole = "\n".join(
        lxml_html.fromstring(f"<pre>{x.html}</pre>").text_content()
        for x in spread(text, layers)
    )
    assert whole == text


@settings(max_examples=100, deadline=None)
@given(TEXT, st.lists(st.tuples(st.integers(0, 40), st.integers(1, 5)), max_size=5))
def test_marks_lie_on_their_characters(
    text: str, places: list[tuple[int, int]]
) -> None:
    spans = [(a, min(a + n, len(text))) for a, n in places if a < len(text)]
    tree = lxml_html.fromstring(f"<pre>{marked(text, spans)}</pre>")
    assert tree.text_content() == text
    assert {m.text for m in tree.findall("mark")} <= {text[a:b] for a, b in spans}


def test_a_mark_across_lines_keeps_one_anchor() -> None:
    layer = Layer(
        1,
        4,
        3,
        Markup("<mark>"),
        Markup("</mark>"),
        Markup('<mark id="hit-1">'),
        Markup("<i></i>"),
    )
    first, second = spread("甲乙\n丙丁", [layer])
    assert first.html == Markup('甲<mark id="hit-1">乙</mark><i></i>')
    assert second.html == Markup("<mark>丙</mark>丁")


def test_blocks_know_headings_cells_and_paragraphs() -> None:
    text = "一、总体情况\n这是一句话。\n\n甲\n1\n2\n3\n4\n5\n二、收到。\n短行\n又一短行"
    assert [b.kind for b in blocks(spread(text, []))] == [
        "heading", "paragraph", "cells", "paragraph", "paragraph", "paragraph",
    ]  # fmt: skip


def test_received_is_none_for_a_record_that_contradicts_itself() -> None:
    assert (
        received_text(
            Report(
                "1",
                "a",
                "区",
                repairs=[Repair("x", 3, 4, "a", "", 1.0, display=(1, 1))],
            )
        )
        is None
    )


def test_a_flattened_table_falls_into_its_rows() -> None:
    text = (
        "申请人\n自然人\n总计\n(一)予以公开\n29\n1\n(三)不予公开\n"
        "1.国家秘密\n0\n—\n2.三安全一稳定\n3\n1,204"
    )
    (block,) = blocks(spread(text, []))
    assert [[line.text for line in row] for row in block.rows] == [
        ["申请人", "自然人", "总计"],
        ["(一)予以公开", "29", "1"],
        ["(三)不予公开"],
        ["1.国家秘密", "0", "—"],
        ["2.三安全一稳定", "3", "1,204"],
    ]


def test_rows_lose_no_cell() -> None:
    lines = ["1", "甲", "2", "3", "(一)乙", "丙", "4"]
    (block,) = blocks(spread("\n".join(lines), []))
    assert [line.text for row in block.rows for line in row] == lines


def test_rows_with_bars_are_rows_and_no_headings() -> None:
    text = (
        "三、申请\n项目 | 自然人 | 总计\n四、结转下年度继续办理 | 1 | 1\n\n"
        "五、其他\t2\t2\n无 | 表"
    )
    found = blocks(spread(text, []))
    assert [(b.kind, len(b.lines)) for b in found] == [
        ("heading", 1),
        ("barred", 3),
        ("paragraph", 1),
    ]


def test_numbered_rows_of_the_table_of_applications_are_no_headings() -> None:
    rows = "一、本年新收政府信息公开申请数量\n29\n3\n33\n二、上年結轉政府信息公開申請數量\n0\n0"
    text = f"三、收到和处理政府信息公开申请情况\n{rows}"
    found = blocks(spread(text, []))
    assert [b.kind for b in found] == ["heading", "cells"]
    assert len(found[1].rows) == 2
