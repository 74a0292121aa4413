"""Open packages of XML: OpenDocument text (.odt) and OFD, the format of Chinese offices."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import lxml.html
from lxml.etree import SubElement, _Element
from lxml.html import HtmlElement

from index.model.errors import InputError
from index.model.problems import Code, Problem
from indexer.formats.body import finish
from indexer.formats.chrome import Line, frame
from indexer.formats.flatten import flatten
from indexer.formats.office.lists import LIST_ELEMENTS, OpenLists
from indexer.formats.office.margins import margins
from indexer.formats.office.package import Package, local_name, value_of
from indexer.formats.pdf import paragraphs
from indexer.formats.visible import joined_apart, struck_out
from indexer.page import Page, Source

__all__ = ["is_odt", "is_ofd", "read_odt", "read_ofd"]

MAX_PAGES = 2000
# Heights of a character within which two pieces of text stand on one line.
LINE_SHARE = 0.5
# Widths of a character from which a gap between two pieces is a space.
GAP_SHARE = 0.6
_SKIPPED_ELEMENTS = frozenset(("tracked-changes", "annotation", "annotation-end"))
# Blank cells that are written as one, beyond which a table is padded to a page's width.
MAX_REPEATED = 100


def is_odt(
    data: bytes,
) -> bool:
    """Whether the bytes are a zip archive that calls itself OpenDocument text."""
    mark = b"mimetypeapplication/vnd.oasis.opendocument.text"
    return data.startswith(b"PK\x03\x04") and mark in data[:200]


def is_ofd(
    data: bytes,
) -> bool:
    """Whether the bytes are a zip archive that names the root of an OFD document."""
    return data.startswith(b"PK\x03\x04") and b"OFD.xml" in data


def read_odt(
    source: Source,
) -> Page:
    """The report in an OpenDocument text. Raises InputError when it is damaged or locked."""
    package = Package(source.data, "OpenDocument text")
    content = package.xml("content.xml")
    if content is None:
        raise InputError("is a damaged OpenDocument text; save it again")
    reading = _Reading()
    for part in (content, package.xml("styles.xml")):
        reading.learn(part)
    root = lxml.html.Element("div")
    reading.append(root, content)
    # a note can hold no other one
    for note in reading.notes:
        reading.append(root, note)
    flat = flatten(root, {root})
    page = finish(frame(flat.lines), flat.tables, "odt", least=5)
    page.problems += struck_out(reading.struck)
    return page


@dataclass(slots=True)
class _Reading:
    """What is made of a document: its notes, the styles that strike out or hide, what they did.

    Recursion is bounded by the depth of XML that lxml parses, 256.
    """

    struck_styles: set[str] = field(default_factory=set)
    hidden_styles: set[str] = field(default_factory=set)
    lists: OpenLists = field(default_factory=OpenLists)
    notes: list[_Element] = field(default_factory=list)
    struck: list[str] = field(default_factory=list)

    def learn(
        self,
        part: _Element | None,
    ) -> None:
        """Note the styles of a part that strike out or hide text, or number lists."""
        for style in () if part is None else part.iter():
            self.lists.learn(style)
            if local_name(style) != "style":
                continue
            name = value_of(style, "", "name")
            for looks in style:
                line = value_of(looks, "none", "text-line-through-style")
                if line != "none":
                    self.struck_styles.add(name)
                if value_of(looks, "", "display") == "none":
                    self.hidden_styles.add(name)

    def append(
        self,
        parent: HtmlElement,
        element: _Element,
    ) -> None:
        """Add what is in an element to a tree of HTML."""
        for child in element:
            name = local_name(child)
            if name in _SKIPPED_ELEMENTS:
                continue
            if name in ("p", "h"):
                mark = self.lists.mark(child)
                for line in (mark + self._text(child)).split("\n"):
                    SubElement(parent, "p").text = line
                continue
            if name in LIST_ELEMENTS:
                self.lists.enter(child)
                self.append(parent, child)
                self.lists.leave(child)
            elif name == "table":
                self.append(SubElement(parent, "table"), child)
            elif name == "table-row":
                self.append(SubElement(parent, "tr"), child)
            elif name == "table-cell":
                self._append_cell(parent, child)
            # a cell that a wider or higher one covers is not shown
            elif name != "covered-table-cell":
                self.append(parent, child)

    def _append_cell(
        self,
        row: HtmlElement,
        cell: _Element,
    ) -> None:
        columns = value_of(cell, "1", "number-columns-spanned")
        rows = value_of(cell, "1", "number-rows-spanned")
        repeated = value_of(cell, "1", "number-columns-repeated")
        count = int(repeated) if repeated.isdecimal() and len(repeated) < 6 else 1
        for _ in range(min(count, MAX_REPEATED)):
            self.append(SubElement(row, "td", colspan=columns, rowspan=rows), cell)

    def _text(
        self,
        paragraph: _Element,
    ) -> str:
        parts: list[str] = []
        is_cut = False
        for text in self._written(paragraph):
            if text is None:
                is_cut = True
            elif text:
                parts = joined_apart(parts, text, is_cut)
                is_cut = False
        return "".join(parts)

    def _written(
        self,
        paragraph: _Element,
    ) -> Iterator[str | None]:
        """The pieces of a paragraph; None where one was left out."""
        yield paragraph.text or ""
        for child in paragraph:
            name = local_name(child)
            style = value_of(child, "", "style-name")
            if name == "s":
                count = value_of(child, "1", "c")
                yield " " * min(int(count) if count.isdigit() else 1, 100)
            elif name in ("tab", "line-break"):
                yield "\t" if name == "tab" else "\n"
            elif name == "note":
                self.notes += [c for c in child if local_name(c) == "note-body"]
            elif name == "span" and style in self.struck_styles | self.hidden_styles:
                if style in self.struck_styles:
                    self.struck.append("".join(child.itertext()))
                yield None
            elif name not in _SKIPPED_ELEMENTS and name != "ruby-text":
                yield from self._written(child)
            yield child.tail or ""


@dataclass(frozen=True, slots=True)
class _Piece:
    """Text at a place of a page, in millimetres from its upper left corner."""

    top: float
    left: float
    size: float
    text: str


def read_ofd(
    source: Source,
) -> Page:
    """The report in an OFD document.

    Raises InputError when it is damaged, locked, or holds pictures alone.
    """
    package = Package(source.data, "OFD document")
    names = _pages_in_order(package)
    if not names:
        raise InputError("is a damaged OFD document; save it again as .pdf")
    pages: list[list[str]] = []
    for name in names[:MAX_PAGES]:
        content = package.xml(name)
        pages.append([] if content is None else _lines(content))
    lines = paragraphs(pages)
    if not any(map(str.strip, lines)):
        raise InputError("is an OFD document of pictures; run OCR over it")
    framed = frame([Line(line) for line in lines])
    framed.chrome += margins(_template_lines(package), framed.lines)
    page = finish(framed, [], "ofd", least=5)
    attached = [posixpath.basename(n) for n in package.names if "/Attachs/" in n]
    parts = [name for name in attached if name and name != "Attachments.xml"]
    if parts:
        facts = {"parts": ", ".join(parts[:10])}
        page.problems.append(Problem(Code.FORMAT_PARTS_UNREAD, facts))
    return page


def _pages_in_order(
    package: Package,
) -> list[str]:
    """The parts of the pages in the order of the documents, which need not be that of names."""
    named: list[str] = []
    for part in sorted(filter(_DOCUMENT_PATTERN.search, package.names)):
        document = package.xml(part)
        for element in () if document is None else document.iter():
            if local_name(element) == "Page" and (place := element.get("BaseLoc")):
                whole = posixpath.join("/", posixpath.dirname(part), place)
                named.append(posixpath.normpath(whole).lstrip("/"))
    known = set(package.names)
    found = [name for name in dict.fromkeys(named) if name in known]
    return found or sorted(filter(_PAGE_PATTERN.search, known), key=_page_number)


def _template_lines(
    package: Package,
) -> list[str]:
    """What stands on many pages: heads, feet, the frame of a letter."""
    lines: list[str] = []
    for name in sorted(filter(_TEMPLATE_PATTERN.search, package.names)):
        content = package.xml(name)
        lines += [] if content is None else _lines(content)
    return lines


_DOCUMENT_PATTERN = re.compile(r"(?:^|/)Document\.xml$", re.IGNORECASE)
_TEMPLATE_PATTERN = re.compile(r"Tpls/.*Content\.xml$", re.IGNORECASE)
_PAGE_PATTERN = re.compile(r"Pages/Page_(\d+)/Content\.xml$", re.IGNORECASE)


def _page_number(
    name: str,
) -> tuple[str, int]:
    match = _PAGE_PATTERN.search(name)
    return name[: match.start()] if match else "", int(match[1]) if match else 0


def _lines(
    content: _Element,
) -> list[str]:
    """The lines of a page from the top down; pieces of one line from the left."""
    pieces = [piece for one in content.iter() for piece in _pieces(one)]
    pieces.sort(key=lambda piece: (piece.top, piece.left))
    rows: list[list[_Piece]] = []
    for piece in pieces:
        if rows and piece.top - rows[-1][0].top < LINE_SHARE * piece.size:
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [_joined(sorted(row, key=lambda piece: piece.left)) for row in rows]


def _joined(
    row: list[_Piece],
) -> str:
    line = ""
    end = row[0].left
    for piece in row:
        if line and piece.left - end > GAP_SHARE * piece.size:
            line += " "
        line += piece.text
        end = piece.left + len(piece.text) * piece.size
    return line


def _pieces(
    element: _Element,
) -> Iterator[_Piece]:
    """What a TextObject draws, unless it is not visible."""
    if local_name(element) != "TextObject" or element.get("Visible") == "false":
        return
    corner = _numbers(element.get("Boundary"))
    size = (_numbers(element.get("Size")) or [4.0])[0]
    for code in element:
        if local_name(code) != "TextCode" or not code.text:
            continue
        left = (_numbers(code.get("X")) or [0.0])[0]
        top = (_numbers(code.get("Y")) or [0.0])[0]
        if len(corner) >= 2:
            left, top = left + corner[0], top + corner[1]
        yield _Piece(top, left, size, code.text)


def _numbers(
    text: str | None,
) -> list[float]:
    found = re.findall(r"-?\d+(?:\.\d+)?", text or "")
    return [float(number) for number in found[:4]]
