"""One report of the sample generator, written in every format that can be read."""

from __future__ import annotations

import html
import io
import json
import struct
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from email.message import EmailMessage

import lxml.html

from indexer.sample.generate import Sample, generate
from tests.indexer.formats.test_office import make_pdf

SEED = 3
# Characters of a full line on a page of PDF.
WIDTH = 36
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


@dataclass(frozen=True)
class Box:
    """A cell, or a place that a cell of another row or column covers (`text` None)."""

    text: str | None
    columns: int = 1
    rows: int = 1
    # columns of the grid before it
    column: int = 0


# A paragraph, or the rows of a table.
Block = str | list[list[Box]]


def sample() -> Sample:
    """The first generated report with the statutory tables and without faults."""
    for one in generate(400, seed=SEED):
        is_plain = not one.truth["faults"] and one.truth["script"] == "Hans"
        if is_plain and one.tables is not None and one.truth["year"] >= 2021:
            return one
    raise AssertionError("no such report")


def blocks(one: Sample) -> list[Block]:
    """The title, paragraphs and tables of a report in their order."""
    root = lxml.html.fragment_fromstring(one._body("<p>{}</p>"), create_parent=True)
    found: list[Block] = [one.title]
    for element in root.iter("p", "table"):
        if element.tag == "table":
            found.append(_grid(element))
        elif not any(parent.tag == "table" for parent in element.iterancestors()):
            found.append("".join(element.itertext()).strip())
    return found


def _grid(table: lxml.html.HtmlElement) -> list[list[Box]]:
    rows: list[list[Box]] = []
    # column -> how many more rows the cell above covers, and how wide it is
    covered: dict[int, tuple[int, int]] = {}
    for tr in table.iter("tr"):
        row: list[Box] = []
        column = 0
        cells = list(tr.iter("td", "th"))
        while cells or column in covered:
            if column in covered:
                left, columns = covered.pop(column)
                if left > 1:
                    covered[column] = (left - 1, columns)
                row.append(Box(None, columns, 1, column))
                column += columns
                continue
            cell = cells.pop(0)
            columns, height = int(cell.get("colspan", 1)), int(cell.get("rowspan", 1))
            text = "".join(cell.itertext()).strip()
            row.append(Box(text, columns, height, column))
            if height > 1:
                covered[column] = (height - 1, columns)
            column += columns
        rows.append(row)
    return rows


def flat_rows(rows: list[list[Box]]) -> Iterator[list[str]]:
    """Rows with one text a column; what is covered is blank."""
    for row in rows:
        line: list[str] = []
        for box in row:
            line += [box.text or "", *[""] * (box.columns - 1)]
        yield line


def lines(found: Sequence[Block]) -> list[str]:
    """One paragraph or cell a line."""
    every: list[str] = []
    for block in found:
        if isinstance(block, str):
            every.append(block)
        else:
            every += [box.text for row in block for box in row if box.text]
    return every


# ---------------------------------------------------------------------- text and markup
def text(found: Sequence[Block]) -> bytes:
    return "\n".join(lines(found)).encode("gb18030")


def record(found: Sequence[Block]) -> bytes:
    return json.dumps({"text": "\n".join(lines(found))}, ensure_ascii=False).encode()


def page(found: Sequence[Block]) -> bytes:
    parts: list[str] = []
    for block in found:
        if isinstance(block, str):
            parts.append(f"<p>{html.escape(block)}</p>")
            continue
        rows = "".join(
            f"<tr>{''.join(map(_td, filter(_is_cell, row)))}</tr>" for row in block
        )
        parts.append(f"<table>{rows}</table>")
    return f"<html><body><div id=zoom>{''.join(parts)}</div></body></html>".encode()


def _is_cell(box: Box) -> bool:
    return box.text is not None


def _td(box: Box) -> str:
    shape = f"colspan={box.columns} rowspan={box.rows}"
    return f"<td {shape}>{html.escape(box.text or '')}</td>"


def markdown(found: Sequence[Block]) -> bytes:
    parts: list[str] = []
    for number, block in enumerate(found):
        if isinstance(block, str):
            parts.append(f"# {block}" if number == 0 else block)
            continue
        rows = [f"|{'|'.join(row)}|" for row in flat_rows(block)]
        rule = "|---" * (rows[0].count("|") - 1) + "|"
        parts.append("\n".join([rows[0], rule, *rows[1:]]))
    return "\n\n".join(parts).encode()


def comma_separated(found: Sequence[Block]) -> bytes:
    rows = ["\t".join(row) for row in _sheet(found)]
    return "\n".join(rows).encode("utf-16")


def message(found: Sequence[Block]) -> bytes:
    letter = EmailMessage()
    letter["Subject"] = "annual report"
    letter.set_content(page(found).decode(), subtype="html", cte="base64")
    return letter.as_bytes()


# ---------------------------------------------------------------------- Word, RTF, OpenDocument
def packed(parts: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            # the type of an OpenDocument text is not packed, so that its bytes show it
            method = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(name, content, method)
    return out.getvalue()


def word(found: Sequence[Block]) -> bytes:
    body = ""
    for block in found:
        if isinstance(block, str):
            body += _word_paragraph(block)
            continue
        rows = (f"<w:tr>{''.join(map(_word_cell, row))}</w:tr>" for row in block)
        body += f"<w:tbl>{''.join(rows)}</w:tbl>"
    document = f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
    return packed({"[Content_Types].xml": "<Types/>", "word/document.xml": document})


def _word_paragraph(one: str) -> str:
    return f"<w:p><w:r><w:t>{html.escape(one)}</w:t></w:r></w:p>"


def _word_cell(box: Box) -> str:
    merged = "<w:vMerge/>" if box.text is None else ""
    if box.rows > 1:
        merged = '<w:vMerge w:val="restart"/>'
    shape = f'<w:tcPr><w:gridSpan w:val="{box.columns}"/>{merged}</w:tcPr>'
    return f"<w:tc>{shape}{_word_paragraph(box.text or '')}</w:tc>"


def rich_text(found: Sequence[Block]) -> bytes:
    out = r"{\rtf1\ansi\ansicpg936\deff0{\fonttbl{\f0\fnil\fcharset134 SimSun;}}"
    for block in found:
        if isinstance(block, str):
            out += rf"\pard {_coded(block)}\par "
            continue
        for row in block:
            shapes = "".join(map(_rich_shape, row))
            cells = "".join(rf"\pard\intbl {_coded(b.text or '')}\cell " for b in row)
            out += rf"\trowd{shapes}{cells}\row "
    return (out + "}").encode("ascii")


def _coded(one: str) -> str:
    return "".join(rf"\'{byte:02x}" for byte in one.encode("gb18030"))


def _rich_shape(box: Box) -> str:
    merged = r"\clvmrg" if box.text is None else ""
    if box.rows > 1:
        merged = r"\clvmgf"
    return rf"{merged}\cellx{(box.column + box.columns) * 900}"


def open_document(found: Sequence[Block]) -> bytes:
    body = ""
    for block in found:
        if isinstance(block, str):
            body += f"<t:p>{html.escape(block)}</t:p>"
            continue
        rows = (
            f"<b:table-row>{''.join(map(_open_cell, r))}</b:table-row>" for r in block
        )
        body += f"<b:table>{''.join(rows)}</b:table>"
    content = f'<o:content xmlns:o="o" xmlns:t="t" xmlns:b="b">{body}</o:content>'
    mimetype = "application/vnd.oasis.opendocument.text"
    return packed({"mimetype": mimetype, "content.xml": content})


def _open_cell(box: Box) -> str:
    if box.text is None:
        return "<b:covered-table-cell/>" * box.columns
    shape = (
        f'b:number-columns-spanned="{box.columns}" b:number-rows-spanned="{box.rows}"'
    )
    inner = f"<t:p>{html.escape(box.text)}</t:p>"
    cover = "<b:covered-table-cell/>" * (box.columns - 1)
    return f"<b:table-cell {shape}>{inner}</b:table-cell>{cover}"


# ---------------------------------------------------------------------- places on a page
def fixed_layout(found: Sequence[Block]) -> bytes:
    objects: list[str] = []
    for number, line in enumerate(lines(found)):
        objects.append(
            f'<o:TextObject Boundary="20 {20 + 8 * number} 170 6" Size="4">'
            f'<o:TextCode X="0" Y="4">{html.escape(line)}</o:TextCode></o:TextObject>'
        )
    content = (
        f'<o:Page xmlns:o="http://www.ofdspec.org/2016">{"".join(objects)}</o:Page>'
    )
    return packed({"OFD.xml": "<o/>", "Doc_0/Pages/Page_0/Content.xml": content})


def portable(found: Sequence[Block]) -> bytes:
    """Paragraphs broken at the margin, a row of a table on one line."""
    every: list[str] = []
    for block in found:
        if isinstance(block, str):
            every += [block[n : n + WIDTH] for n in range(0, len(block), WIDTH)]
        else:
            every += [" ".join(filter(None, map(_shown, row))) for row in block]
    return make_pdf([every[n : n + 40] for n in range(0, len(every), 40)])


def _shown(box: Box) -> str | None:
    return box.text


# ---------------------------------------------------------------------- workbooks
def _sheet(found: Sequence[Block]) -> Iterator[list[str]]:
    for block in found:
        if isinstance(block, str):
            yield [block]
        else:
            yield from flat_rows(block)


def workbook(found: Sequence[Block]) -> bytes:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    rows = ""
    for number, row in enumerate(_sheet(found), 1):
        cells = (_sheet_cell(one, number, n) for n, one in enumerate(row) if one)
        rows += f'<row r="{number}">{"".join(cells)}</row>'
    relation = (
        f'<Relationships xmlns="{relations}"><Relationship Id="r1" Type="{office}/'
    )
    sheet = '<sheets><sheet name="年报" sheetId="1" r:id="r1"/></sheets>'
    return packed(
        {
            "[Content_Types].xml": "<Types/>",
            "_rels/.rels": relation
            + 'officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}">{sheet}</workbook>',
            "xl/_rels/workbook.xml.rels": relation
            + 'worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{rows}'
            "</sheetData></worksheet>",
        }
    )


def _sheet_cell(one: str, row: int, column: int) -> str:
    place = f'r="{chr(ord("A") + column)}{row}"'
    if one.isdigit():
        return f"<c {place}><v>{one}</v></c>"
    return f'<c {place} t="inlineStr"><is><t>{html.escape(one)}</t></is></c>'


def old_workbook(found: Sequence[Block]) -> bytes:
    """A workbook of Excel 97: records of BIFF8 in an OLE container."""
    name = "年报".encode("utf-16-le")
    start = _biff(0x0809, struct.pack("<HHHHII", 0x0600, 5, 0, 0, 0, 0))
    end = _biff(0x000A, b"")
    size = len(start) + 4 + 8 + len(name) + len(end)
    sheet = struct.pack("<IBBBB", size, 0, 0, len(name) // 2, 1) + name
    out = start + _biff(0x0085, sheet) + end
    out += _biff(0x0809, struct.pack("<HHHHII", 0x0600, 0x10, 0, 0, 0, 0))
    for number, row in enumerate(_sheet(found)):
        for column, one in enumerate(row):
            place = struct.pack("<HHH", number, column, 0)
            if one.isdigit():
                out += _biff(0x0203, place + struct.pack("<d", float(one)))
            elif one:
                size = len(one.encode("utf-16-le")) // 2
                label = struct.pack("<HB", size, 1) + one.encode("utf-16-le")
                out += _biff(0x0204, place + label)
    return container("Workbook", out + end)


def _biff(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def container(name: str, stream: bytes) -> bytes:
    """An OLE container with one stream, of at most 60 KB."""
    stream = stream.ljust(4096, b"\0")
    count = -(-len(stream) // 512)
    chain = [*range(3, count + 2), 0xFFFFFFFE]
    table = [0xFFFFFFFD, 0xFFFFFFFE, *chain]
    table += [0xFFFFFFFF] * (128 - len(table))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    head += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    entries = _entry("Root Entry", 5, 1, 0xFFFFFFFE, 0)
    entries += _entry(name, 2, 0xFFFFFFFF, 2, len(stream))
    entries += (bytes(68) + b"\xff" * 12 + bytes(48)) * 2
    body = struct.pack("<128I", *table) + entries + stream.ljust(count * 512, b"\0")
    return head + body


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    wide = name.encode("utf-16-le") + b"\0\0"
    out = wide.ljust(64, b"\0") + struct.pack("<HBB", len(wide), kind, 1)
    out += struct.pack("<III", 0xFFFFFFFF, 0xFFFFFFFF, child) + bytes(36)
    return out + struct.pack("<IQ", start, size)


# The usual suffix of a format and others of it that are in use -> its writer. Old Word and WPS
# documents are not here: programs of the machine read them.
WRITERS: dict[str, Callable[[Sequence[Block]], bytes]] = {
    ".html": page,
    ".txt": text,
    ".md": markdown,
    ".pdf": portable,
    ".docx": word,
    ".docm": word,
    ".xlsx": workbook,
    ".xls": old_workbook,
    ".et": old_workbook,
    ".csv": comma_separated,
    ".odt": open_document,
    ".ofd": fixed_layout,
    ".rtf": rich_text,
    ".mhtml": message,
    ".eml": message,
    ".json": record,
}
