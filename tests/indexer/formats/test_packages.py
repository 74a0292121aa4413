"""Workbooks, OFD, OpenDocument, messages and tables in text: one report in every one of them."""

from __future__ import annotations

import base64
import io
import quopri
import zipfile
from collections.abc import Callable

import pytest

from index.model.errors import InputError
from index.model.problems import Code
from indexer.formats import format_of, read
from indexer.page import Page, Source

TITLE = "望海市档案局2020年政府信息公开工作年度报告"
SENTENCE = "望海市档案局全年主动公开政府信息二十条。"
ROWS = (("信息内容", "数量"), ("收到申请", "12"), ("办结申请", "7"))


def load(data: bytes, suffix: str) -> Page:
    return read(Source("a" + suffix, "/a" + suffix, suffix, data, ""))


def packed(parts: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def workbook(hidden: str = "") -> bytes:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    lines = [(TITLE,), (SENTENCE,), *ROWS]
    cells = [
        f'<row r="{n}">' + "".join(_cell(text, n, c) for c, text in enumerate(line))
        for n, line in enumerate(lines, 1)
    ]
    sheet = "</row>".join(cells) + "</row>"
    state = f'<sheet name="{hidden}" sheetId="2" state="hidden" r:id="r1"/>'
    sheets = '<sheet name="年报" sheetId="1" r:id="r1"/>' + (state if hidden else "")
    return packed(
        {
            "[Content_Types].xml": "<Types/>",
            "_rels/.rels": f'<Relationships xmlns="{relations}">'
            f'<Relationship Id="r1" Type="{office}/officeDocument"'
            ' Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}">'
            f"<sheets>{sheets}</sheets></workbook>",
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{relations}">'
            f'<Relationship Id="r1" Type="{office}/worksheet"'
            ' Target="worksheets/sheet1.xml"/></Relationships>',
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}">'
            f"<sheetData>{sheet}</sheetData></worksheet>",
        }
    )


def _cell(text: str, row: int, column: int) -> str:
    place = f'r="{"ABC"[column]}{row}"'
    if text.isdigit():
        return f"<c {place}><v>{text}</v></c>"
    return f'<c {place} t="inlineStr"><is><t>{text}</t></is></c>'


def odt() -> bytes:
    names = 'xmlns:office="o" xmlns:text="t" xmlns:table="b"'
    cell = "<table:table-cell><text:p>{}</text:p></table:table-cell>"
    rows = "".join(
        f"<table:table-row>{''.join(cell.format(text) for text in row)}</table:table-row>"
        for row in ROWS
    )
    content = f"<text:h>{TITLE}</text:h><text:p>{SENTENCE}</text:p>"
    deleted = "<text:tracked-changes><text:p>删去</text:p></text:tracked-changes>"
    content = f"<c {names}>{deleted}{content}<table:table>{rows}</table:table></c>"
    mimetype = "application/vnd.oasis.opendocument.text"
    return packed({"mimetype": mimetype, "content.xml": content})


def ofd() -> bytes:
    texts = [TITLE, SENTENCE, *(text for row in ROWS for text in row)]
    objects = [
        f'<o:TextObject Boundary="20 {20 + 8 * n} 170 6" Size="4">'
        f'<o:TextCode X="0" Y="4">{text}</o:TextCode></o:TextObject>'
        for n, text in enumerate(texts)
    ]
    # objects stand in any order in a page
    content = f'<o:Page xmlns:o="http://www.ofdspec.org/2016">{"".join(objects[::-1])}'
    return packed(
        {"OFD.xml": "<o/>", "Doc_0/Pages/Page_0/Content.xml": content + "</o:Page>"}
    )


def html() -> str:
    rows = "".join(f"<tr><td>{a}</td><td>{b}</td></tr>" for a, b in ROWS)
    return f"<html><body><h1>{TITLE}</h1><p>{SENTENCE}</p><table>{rows}</table></body></html>"


def message(encoding: str = "quoted-printable") -> bytes:
    data = html().encode("gbk")
    coded = (
        quopri.encodestring(data) if encoding[0] == "q" else base64.encodebytes(data)
    )
    head = "From: <Saved by Blink>\r\nMIME-Version: 1.0\r\n"
    head += 'Content-Type: multipart/related; boundary="-b"\r\n\r\n---b\r\n'
    head += "Content-Type: text/html; charset=gbk\r\n"
    head += f"Content-Transfer-Encoding: {encoding}\r\n\r\n"
    picture = b"\r\n---b\r\nContent-Type: image/png\r\n\r\nx\r\n---b--\r\n"
    return head.encode() + coded + picture


def comma_separated() -> bytes:
    lines = [TITLE, SENTENCE, *(",".join(row) for row in ROWS)]
    return "\r\n".join(lines).encode("gbk")


MAKERS: dict[str, Callable[[], bytes]] = {
    ".xlsx": workbook,
    ".odt": odt,
    ".ofd": ofd,
    ".mht": message,
    ".csv": comma_separated,
    ".html": lambda: html().encode(),
}


@pytest.mark.parametrize("suffix", MAKERS)
def test_one_report_is_the_same_in_every_format(suffix: str) -> None:
    page = load(MAKERS[suffix](), suffix)
    cells = [text for row in ROWS for text in row]
    assert page.title == TITLE
    assert page.text.split("\n") == [SENTENCE, *cells]
    assert page.problems == []
    # OFD has no tables: it says where characters stand
    assert len(page.tables) == (suffix != ".ofd")


@pytest.mark.parametrize("suffix", [".xlsx", ".odt", ".ofd", ".mht"])
@pytest.mark.parametrize("named", [".doc", ".html", ".dat"])
def test_the_bytes_tell_the_format_under_any_name(suffix: str, named: str) -> None:
    row = format_of(named, MAKERS[suffix]())
    assert row is not None
    assert suffix in row.suffixes


@pytest.mark.parametrize("suffix", [".xlsx", ".odt", ".ofd"])
def test_a_damaged_package_is_refused(suffix: str) -> None:
    data = MAKERS[suffix]()
    for end in range(0, len(data), max(1, len(data) // 12)):
        with pytest.raises(InputError):
            load(data[:end], suffix)


def test_hidden_sheets_are_told() -> None:
    page = load(workbook("草稿"), ".xlsx")
    assert page.text.count(SENTENCE) == 1
    assert [p.facts["parts"] for p in page.problems] == ["草稿"]


def test_what_is_attached_to_a_letter_is_told() -> None:
    letter = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
    letter += f"--b\nContent-Type: text/plain; charset=utf-8\n\n{TITLE}\n{SENTENCE}\n"
    letter += "--b\nContent-Type: application/pdf\n"
    letter += 'Content-Disposition: attachment; filename="report.pdf"\n\nx\n--b--\n'
    page = load(("Subject: a\n" + letter).encode(), ".eml")
    assert (page.title, page.text) == (TITLE, SENTENCE)
    assert Code.FORMAT_PARTS_APART in [p.code for p in page.problems]


def test_base64_is_read_too() -> None:
    assert load(message("base64"), ".mhtml").title == TITLE


ODT_NAMES = 'xmlns:t="t" xmlns:s="s" xmlns:b="b"'


def open_text(body: str) -> Page:
    looks = {"X": 's:text-line-through-style="solid"', "H": 't:display="none"'}
    looks["N"] = 's:text-line-through-style="none"'
    styles = "".join(
        f'<s:style s:name="{name}"><s:text-properties {look}/></s:style>'
        for name, look in looks.items()
    )
    content = f"<c {ODT_NAMES}><s:a>{styles}</s:a><t:p>{SENTENCE}</t:p>{body}</c>"
    mimetype = "application/vnd.oasis.opendocument.text"
    return load(packed({"mimetype": mimetype, "content.xml": content}), ".odt")


@pytest.mark.parametrize(
    ("style", "shown", "struck"),
    [("X", "5 7件", ["0"]), ("H", "5 7件", []), ("N", "507件", [])],
)
def test_struck_out_and_hidden_runs_of_open_documents(
    style: str, shown: str, struck: list[str]
) -> None:
    page = open_text(f'<t:p>5<t:span t:style-name="{style}">0</t:span>7件</t:p>')
    assert page.text == f"{SENTENCE}\n{shown}"
    told = [p for p in page.problems if p.code is Code.FORMAT_STRUCK_OUT]
    assert [p.facts["runs"] for p in told] == ([struck] if struck else [])


def test_notes_of_open_documents_stand_below() -> None:
    note = "<t:note><t:note-citation>1</t:note-citation>"
    note += "<t:note-body><t:p>不含街道。</t:p></t:note-body></t:note>"
    page = open_text(f"<t:p>共12{note}件</t:p>")
    assert page.text == f"{SENTENCE}\n共12件\n不含街道。"
