"""PDF, Word and old Word: documents are built here byte by byte, so that none is copied."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from index.model.errors import InputError
from index.model.problems import Code, Facts, Problem
from indexer.formats import pdf, read
from indexer.formats.office import doc
from indexer.page import Page, Source

LONG = "望海市档案局按照条例的要求认真做好政府信息公开的各项工作并在网站上"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def load(data: bytes, suffix: str) -> Page:
    return read(Source("a" + suffix, "/a" + suffix, suffix, data, ""))


def make_pdf(pages: list[list[str]], encrypt: bool = False) -> bytes:
    """A PDF whose font has no outlines: codes are UTF-16 and its ToUnicode map says so."""
    cid = "/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /DW 1000"
    font = "/Encoding /Identity-H /DescendantFonts [4 0 R] /ToUnicode 5 0 R"
    cmap = "/CIDInit /ProcSet findresource begin begincmap "
    cmap += "1 begincodespacerange <0000> <FFFF> endcodespacerange "
    cmap += "1 beginbfrange <0000> <FFFF> <0000> endbfrange endcmap end"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "",
        f"<< /Type /Font /Subtype /Type0 /BaseFont /S {font} >>",
        f"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /S {cid} >>",
        f"<< /Length {len(cmap)} >>\nstream\n{cmap}\nendstream",
    ]
    kids = []
    for lines in pages:
        rows = [
            f"BT /F 10 Tf 40 {800 - 16 * i} Td <{line.encode('utf-16-be').hex()}> Tj ET"
            for i, line in enumerate(lines)
        ]
        content = "\n".join(rows)
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
        page = "/Type /Page /Parent 2 0 R /MediaBox [0 0 595 842]"
        page += " /Resources << /Font << /F 3 0 R >> >>"
        objects.append(f"<< {page} /Contents {len(objects)} 0 R >>")
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    out, offsets = b"%PDF-1.4\n", []
    for n, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{n} 0 obj\n{body}\nendobj\n".encode()
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode() + b"".join(
        f"{o:010} 00000 n \n".encode() for o in offsets
    )
    locked = (
        "/Encrypt << /Filter /Standard /V 1 /R 2 /P -4"
        f" /O <{'ab' * 32}> /U <{'cd' * 32}> >> /ID [<00> <00>]"
        if encrypt
        else ""
    )
    trailer = f"trailer << /Size {len(objects) + 1} /Root 1 0 R {locked} >>"
    return out + f"{trailer}\nstartxref\n{start}\n%%EOF".encode()


def make_docx(body: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "word/document.xml", f"<w:document {W}><w:body>{body}</w:body></w:document>"
        )
    return out.getvalue()


def p(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def test_pdf_lines_become_paragraphs_and_page_marks_go() -> None:
    head = "望海市档案局文件"
    pages = [
        [
            head,
            "望海市档案局2017年政府信息公开工作年度报告",
            "一、概述",
            LONG,
            "公开了一百二十条信息。",
            "(一)组织",
            "— 1 —",
        ],
        [head, LONG, "继续。", "第 2 页 共 3 页"],
        [head, "新收申请 4 0 1 5", "完。", "3/3"],
    ]
    page = load(make_pdf(pages), ".pdf")
    assert page.title == "望海市档案局2017年政府信息公开工作年度报告"
    assert page.text.split("\n") == [
        "一、概述",
        LONG + "公开了一百二十条信息。",
        "(一)组织",
        LONG + "继续。",
        "新收申请",
        "4",
        "0",
        "1",
        "5",
        "完。",
    ]
    assert page.chrome == [head]
    assert page.format == "pdf"


def test_bare_page_numbers_go_and_cells_stay() -> None:
    pages = [[f"第{n}页的正文在这里。", "0", "合计", str(n + 4)] for n in range(4)]
    assert load(make_pdf(pages), ".pdf").text.split("\n") == [
        t for n in range(4) for t in (f"第{n}页的正文在这里。", "0", "合计")
    ]


def test_a_scan_says_what_to_do() -> None:
    with pytest.raises(InputError, match=r"scanned.*OCR"):
        load(make_pdf([[], []]), ".pdf")


def test_scanned_pages_among_others_are_told() -> None:
    page = load(make_pdf([[LONG], []]), ".pdf")
    facts: Facts = {"count": 1, "total": 2, "pages": "2"}
    assert page.problems == [Problem(Code.FORMAT_PAGES_WITHOUT_TEXT, facts)]


def test_a_locked_pdf() -> None:
    with pytest.raises(InputError, match="password"):
        load(make_pdf([[LONG]], encrypt=True), ".pdf")


@pytest.mark.parametrize(
    "data", [b"%PDF-1.7", b"%PDF-1.4\n1 0 obj\n<<>>\nendobj", b"%PDF-" + bytes(2000)]
)
def test_a_damaged_pdf(data: bytes) -> None:
    with pytest.raises(InputError, match="damaged"):
        load(data, ".pdf")


def test_long_pdfs_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MAX_PAGES", 2)
    page = load(make_pdf([[LONG], [LONG], ["没有读到这里。"]]), ".pdf")
    facts = {"read": 2, "total": 3}
    assert page.problems == [Problem(Code.FORMAT_PAGES_UNREAD, facts)]
    assert "没有读到" not in page.text


def test_a_pdf_named_html() -> None:
    assert load(make_pdf([[LONG]]), ".html").format == "pdf"


def test_docx_in_order_with_tables() -> None:
    cell = "<w:tc><w:tcPr>{}</w:tcPr>{}</w:tc>"
    rows = [
        cell.format('<w:gridSpan w:val="2"/>', p("数量"))
        + cell.format('<w:vMerge w:val="restart"/>', p("备注")),
        cell.format("", p("本年"))
        + cell.format("", p(""))
        + cell.format("<w:vMerge/>", p("")),
    ]
    body = (
        p("望海市档案局2017年政府信息公开工作年度报告")
        + "<w:p><w:r><w:t>公开</w:t></w:r><w:ins><w:r><w:t>十</w:t></w:r></w:ins>"
        + "<w:del><w:r><w:delText>九</w:delText></w:r></w:del>"
        + "<w:r><w:t>条。</w:t></w:r></w:p>"
        + f"<w:tbl>{''.join(f'<w:tr>{r}</w:tr>' for r in rows)}</w:tbl>"
        + f"<w:sdt><w:sdtContent>{p('控件里的话。')}</w:sdtContent></w:sdt>"
        + f"<w:p><w:r><w:pict><w:txbxContent>{p('框里的话。')}</w:txbxContent></w:pict></w:r>"
        + "<w:r><w:t>框外</w:t></w:r></w:p>"
    )
    page = load(make_docx(body), ".docx")
    assert page.title == "望海市档案局2017年政府信息公开工作年度报告"
    assert page.text.split("\n") == [
        "公开十条。",
        "数量",
        "备注",
        "本年",
        "控件里的话。",
        "框里的话。",
        "框外",
    ]
    table = page.tables[0]
    assert [[(c.text, c.colspan, c.rowspan) for c in row] for row in table.rows] == [
        [("数量", 2, 1), ("备注", 1, 2)],
        [("本年", 1, 1), ("", 1, 1)],
    ]
    assert page.text[table.offset :].startswith("数量")


def test_docx_bombs_and_other_zips() -> None:
    with pytest.raises(InputError, match="grows"):
        load(make_docx(p(" " * (64 << 20))), ".docx")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "文字")
    with pytest.raises(InputError, match="no Word document"):
        load(out.getvalue(), ".docx")
    with pytest.raises(InputError, match="not a Word document"):
        load(b"PK\x03\x04" + bytes(100), ".docx")


def test_docx_entities_do_not_explode() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        bomb = '<!DOCTYPE d [<!ENTITY a "哈哈哈哈"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
        archive.writestr(
            "word/document.xml",
            f"{bomb}<w:document {W}><w:body>{p('正文在这里。&b;')}</w:body></w:document>",
        )
    assert load(out.getvalue(), ".docx").text == "正文在这里。"


def test_docx_without_text() -> None:
    with pytest.raises(InputError, match="no text"):
        load(make_docx(p(" ")), ".docx")


def test_doc_without_a_converter_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(
        InputError, match="install it, for example: apt-get install antiword"
    ):
        load(b"\xd0\xcf\x11\xe0" + bytes(600), ".doc")
    with pytest.raises(InputError, match="libreoffice"):
        load(b"\xd0\xcf\x11\xe0" + bytes(600), ".wps")


def test_doc_through_a_converter(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = "望海市2017年政府信息公开年报\n正文。\n|指标  |数量 |\n|新收  |4    |\n完。\n".encode()
    calls: list[list[str]] = []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[bytes]:
        calls.append(command)
        if "antiword" in command[0]:
            raise subprocess.TimeoutExpired(command, 1)
        return subprocess.CompletedProcess(command, 0, drawn, b"")

    monkeypatch.setattr(
        shutil,
        "which",
        lambda name: f"/bin/{name}" if name in ("antiword", "catdoc") else None,
    )
    monkeypatch.setattr(subprocess, "run", run)
    page = load(b"\xd0\xcf\x11\xe0" + bytes(600), ".doc")
    assert [c[0] for c in calls] == ["/bin/antiword", "/bin/catdoc"]
    assert page.text.split("\n") == ["正文。", "指标", "数量", "新收", "4", "完。"]
    assert [[c.text for c in row] for row in page.tables[0].rows] == [
        ["指标", "数量"],
        ["新收", "4"],
    ]


def test_doc_that_no_converter_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: f"/bin/{name}")
    monkeypatch.setattr(doc, "_convert", lambda *_: None)
    with pytest.raises(InputError, match="save it as "):
        load(b"\xd0\xcf\x11\xe0" + bytes(600), ".doc")


def test_rows_of_a_pdf_are_cells() -> None:
    assert pdf.paragraphs(
        [["新收 申请 1,204 0 -3 5.5%", "甲 乙 丙 丁 戊", "2018 年共 3 件"]]
    ) == [
        "新收 申请",
        "1,204",
        "0",
        "-3",
        "5.5%",
        "甲 乙 丙 丁 戊",
        "2018 年共 3 件",
    ]


@pytest.mark.shared
@pytest.mark.parametrize(
    ("start", "sentence"),
    [
        ("中央", "常识判断主要测查报考者"),
        ("深圳", "万人，占全市人口的 55.0%"),
        ("附件2", "由主管部门根据三定方案等相关规定中有关主要职能填写。"),
        ("江西", "为便于报考者充分了解"),
    ],
)
def test_reference_documents(shared: Path, start: str, sentence: str) -> None:
    path = next((shared / "data" / "office_files").glob(start + "*"))
    if path.suffix == ".doc" and not shutil.which("antiword"):
        pytest.skip("antiword is not installed")
    assert sentence in load(path.read_bytes(), path.suffix).text
