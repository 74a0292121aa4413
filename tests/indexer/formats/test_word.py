"""What Word keeps beside its paragraphs: numbers of lists, notes, revisions, hidden text."""

from __future__ import annotations

import io
import zipfile

import pytest

from index.model.problems import Code
from indexer.formats import read
from indexer.formats.office.margins import margins
from indexer.page import Page, Source

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SENTENCE = "望海市档案局全年主动公开政府信息二十条。"


def word(body: str, **parts: str) -> Page:
    """The page of a document; a part is named by its file: footnotes="<w:footnotes ...>"."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        names = f'xmlns:w="{W}" xmlns:r="{R}"'
        document = f"<w:document {names}><w:body>{body}</w:body></w:document>"
        archive.writestr("word/document.xml", document)
        for name, content in parts.items():
            archive.writestr(f"word/{name.replace('__', '/')}.xml", content)
    return read(Source("a.docx", "/a.docx", ".docx", out.getvalue(), ""))


def run(text: str, looks: str = "") -> str:
    return f"<w:r><w:rPr>{looks}</w:rPr><w:t>{text}</w:t></w:r>"


def para(*runs: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(runs)}</w:p>"


@pytest.mark.parametrize(
    ("looks", "shown"),
    [
        ("<w:strike/>", "收到12件。"),
        ("<w:dstrike/>", "收到12件。"),
        ('<w:strike w:val="0"/>', "收到9912件。"),
        ("<w:vanish/>", "收到12件。"),
    ],
)
def test_runs_that_are_struck_out_or_hidden_are_no_text(looks: str, shown: str) -> None:
    page = word(
        para(run(SENTENCE)) + para(run("收到"), run("99", looks), run("12件。"))
    )
    assert page.text == f"{SENTENCE}\n{shown}"
    struck = [p for p in page.problems if p.code is Code.FORMAT_STRUCK_OUT]
    assert bool(struck) == (looks in ("<w:strike/>", "<w:dstrike/>"))


def test_digits_beside_a_struck_out_run_stay_two_numbers() -> None:
    page = word(
        para(run(SENTENCE)) + para(run("5"), run("0", "<w:strike/>"), run("7件"))
    )
    assert page.text.endswith("5 7件")


def test_raised_digits_are_written_as_such() -> None:
    raised = run("3", '<w:vertAlign w:val="superscript"/>')
    page = word(para(run(SENTENCE)) + para(run("共10"), raised, run("件。")))
    assert page.text.endswith("共10³件。")


def test_notes_stand_below_the_text() -> None:
    body = para(run(SENTENCE), '<w:r><w:footnoteReference w:id="2"/></w:r>')
    notes = f'<w:footnotes xmlns:w="{W}">'
    notes += f'<w:footnote w:id="2">{para(run("不含街道。"))}</w:footnote>'
    notes += (
        f'<w:footnote w:id="3">{para(run("无人引用。"))}</w:footnote></w:footnotes>'
    )
    assert word(body, footnotes=notes).text == f"{SENTENCE}\n不含街道。"


def test_numbers_of_lists_are_printed() -> None:
    level = '<w:lvl w:ilvl="{}"><w:numFmt w:val="{}"/><w:lvlText w:val="{}"/></w:lvl>'
    levels = level.format(0, "chineseCounting", "%1、") + level.format(
        1, "decimal", "%2."
    )
    numbering = (
        f'<w:numbering xmlns:w="{W}"><w:abstractNum w:abstractNumId="0">{levels}'
    )
    numbering += (
        '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    )
    numbering += "</w:numbering>"
    item = '<w:numPr><w:ilvl w:val="{}"/><w:numId w:val="1"/></w:numPr>'
    rows = [(0, "概述"), (1, "主动公开"), (1, "依申请公开"), (0, "问题"), (1, "不足")]
    body = "".join(
        para(run(text), properties=item.format(depth)) for depth, text in rows
    )
    text = word(body + para(run(SENTENCE)), numbering=numbering).text
    wanted = [
        "一、概述",
        "1. 主动公开",
        "2. 依申请公开",
        "二、问题",
        "1. 不足",
        SENTENCE,
    ]
    assert text.split("\n") == wanted


NUMBERING = (
    f'<w:numbering xmlns:w="{W}"><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0">'
    '<w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl></w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
)


@pytest.mark.parametrize(
    ("style", "mark"), [("Listed", "1. "), ("Derived", "1. "), ("Plain", ""), ("", "")]
)
@pytest.mark.parametrize("prefix", ["w", "x"])
def test_numbers_that_a_style_gives(style: str, mark: str, prefix: str) -> None:
    styles = (
        f'<w:styles xmlns:w="{W}"><w:style w:type="paragraph" w:styleId="Listed"><w:pPr>'
        '<w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:styleId="Plain"/><w:style w:type="paragraph" w:styleId="Derived">'
        '<w:basedOn w:val="Listed"/></w:style></w:styles>'
    )
    styles = styles.replace("w:", f"{prefix}:").replace("xmlns:w", f"xmlns:{prefix}")
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    body = para(run(SENTENCE), properties=named)
    page = word(body, numbering=NUMBERING, styles=styles)
    assert page.text == mark + SENTENCE


def test_deleted_rows_and_readings_are_left_out() -> None:
    row = "<w:tr>{}<w:tc>" + para(run("{}")) + "</w:tc></w:tr>"
    table = row.format("<w:trPr><w:del/></w:trPr>", "旧行") + row.format("", "新行")
    ruby = "<w:r><w:ruby><w:rt>{}</w:rt><w:rubyBase>{}</w:rubyBase></w:ruby></w:r>"
    read_above = para(ruby.format(run("gōng"), run("公")), run("开"))
    text = word(para(run(SENTENCE)) + f"<w:tbl>{table}</w:tbl>" + read_above).text
    assert text == f"{SENTENCE}\n新行\n公开"


def test_charts_are_told() -> None:
    page = word(para(run(SENTENCE)), charts__chart1="<c/>")
    told = [
        p.facts["parts"] for p in page.problems if p.code is Code.FORMAT_PARTS_UNREAD
    ]
    assert told == ["chart1.xml"]


def test_an_embedded_page_is_read() -> None:
    relation = (
        '<Relationships><Relationship Id="r1" Target="chunk.xml"/></Relationships>'
    )
    page = _with_relation(relation)
    assert page.text == f"{SENTENCE}\n嵌入的段落。"


def _with_relation(relation: str) -> Page:
    out = io.BytesIO()
    body = para(run(SENTENCE)) + '<w:altChunk r:id="r1"/>'
    with zipfile.ZipFile(out, "w") as archive:
        names = f'xmlns:w="{W}" xmlns:r="{R}"'
        document = f"<w:document {names}><w:body>{body}</w:body></w:document>"
        archive.writestr("word/document.xml", document)
        archive.writestr("word/_rels/document.xml.rels", relation)
        archive.writestr("word/chunk.xml", "<html><p>嵌入的段落。</p></html>")
    return read(Source("a.docx", "/a.docx", ".docx", out.getvalue(), ""))


def test_heads_and_feet_of_pages_are_kept_once_and_apart() -> None:
    part = f'<w:hdr xmlns:w="{W}">{{}}</w:hdr>'
    head = part.format(para(run("望海市档案局文件")))
    foot = part.format(para(run("- "), run("3"), run(" -")))
    known = part.format(para(run(SENTENCE)))
    page = word(
        para(run(SENTENCE)), header1=head, header2=head, header3=known, footer1=foot
    )
    assert (page.text, page.chrome) == (SENTENCE, ["望海市档案局文件"])


@pytest.mark.parametrize(
    ("line", "is_kept"),
    [
        ("1", False), ("— 3 —", False), ("第 2 页 共 5 页", False), ("第3頁", False),
        ("2/5", False), ("Page 2 of 5", False), ("3页", False), ("……", False),
        ("望海市档案局", True), ("望档〔2021〕3号", True), ("第2页 内部资料", True),
        ("ISO 9001", True),
    ],
)  # fmt: skip
def test_page_marks_are_no_heads(line: str, is_kept: bool) -> None:
    assert margins([line, line], []) == ([line] if is_kept else [])


@pytest.mark.parametrize(
    ("char", "shown"),
    [("F0FE", "\uf0fe"), ("FE", "\uf0fe"), ("F020", "\uf020"), ("x", ""), ("", "")],
)
def test_symbols_of_fonts_lie_in_the_private_use_area(char: str, shown: str) -> None:
    symbol = f'<w:r><w:sym w:font="Wingdings" w:char="{char}"/></w:r>'
    page = word(para(run(SENTENCE)) + para(run("已"), symbol, run("公开")))
    assert page.text == f"{SENTENCE}\n已{shown}公开"
