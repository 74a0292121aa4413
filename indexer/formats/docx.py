"""Word documents (.docx): paragraphs and tables in their order, inserted text kept, deleted text
left out.

The document part is read directly. python-docx opens every part first and gives up on files that
WPS Office writes, whose relationships may name a part "NULL"; its paragraphs also lack insertions,
content controls and text boxes.
"""

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
from indexer.decode import decode
from indexer.formats.body import finish
from indexer.formats.chrome import frame
from indexer.formats.flatten import flatten
from indexer.formats.office.lists import Numbering, has_numbers
from indexer.formats.office.margins import margins
from indexer.formats.office.messages import is_message, shown_markup
from indexer.formats.office.package import (
    Package,
    is_flat_word,
    local_name,
    packed_word,
    value_of,
    xml_text,
)
from indexer.formats.office.rtf import append_rtf, is_rtf
from indexer.formats.visible import joined_apart, raised, show, struck_out
from indexer.page import Page, Source

__all__ = ["is_docx", "read_docx"]

# word/document.xml; some programs write word\\document.xml, or number the part
_DOCUMENT_NAME = re.compile(rb"word[/\\]document\w*\.xml", re.IGNORECASE)

# word/header1.xml, word/footer2.xml
_MARGIN_PATTERN = re.compile(r"word/(?:header|footer)\d*\.xml", re.IGNORECASE)
_HTML_PARSER = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True)

# Elements of a run that stand for characters.
_TEXT_BY_ELEMENT = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
# Elements whose text is not seen where they stand: copies for old programs, text boxes (taken by
# themselves), deletions, properties, the codes of fields.
_SKIPPED_ELEMENTS = frozenset(
    (
        *("Fallback", "txbxContent", "del", "moveFrom", "rPr", "pPr", "delText"),
        # the reading above a character, and its looks
        *("instrText", "rt", "rubyPr"),
    )
)
# Elements around paragraphs and tables: content controls, insertions, tags.
_WRAPPER_ELEMENTS = frozenset(
    (
        "sdt",
        "sdtContent",
        "ins",
        "customXml",
        "smartTag",
        "moveTo",
        # of Word 2003
        "sect",
        "sub-section",
    )
)
# Documents within each other that are read.
MAX_EMBEDDED = 3


def is_docx(data: bytes) -> bool:
    """Whether the bytes are a zip archive that names the part of a Word document, or all of one
    in a file of XML.

    Names of members stand uncompressed in an archive, so that it need not be opened.
    """
    if is_flat_word(data):
        return True
    return data.startswith(b"PK\x03\x04") and _DOCUMENT_NAME.search(data) is not None


def read_docx(source: Source) -> Page:
    """The report in a .docx file.

    Raises InputError when it is damaged, locked, no Word document or a bomb.
    """
    is_flat = is_flat_word(source.data)
    data = packed_word(source.data) if is_flat else source.data
    package = Package(data, "Word document")
    document = package.xml(_part_name(package))
    body: _Element | None = None
    if document is not None:
        body = next((child for child in document if local_name(child) == "body"), None)
    if body is None:
        raise InputError("is a damaged Word document; save it again")
    # the blocks become HTML, so that one module knows how lines and tables are laid out
    root = lxml.html.Element("div")
    reading = _Reading(package)
    for element in _blocks(body):
        reading.append(root, element)
    reading.append_notes(root)
    reading.append_diagrams(root)
    flat = flatten(root, {root})
    framed = frame(flat.lines)
    framed.chrome += margins(_margins(package), flat.lines)
    page = finish(framed, flat.tables, "docx", least=5)
    page.problems += reading.told()
    return page


def _margins(package: Package) -> list[str]:
    """The lines of the heads and feet of pages; titles and odd pages have some of their own."""
    lines: list[str] = []
    for name in sorted(filter(_MARGIN_PATTERN.fullmatch, package.names)):
        part = package.xml(name)
        if part is None or not any(local_name(e) == "t" for e in part.iter()):
            continue
        reading = _Reading(package)
        root = lxml.html.Element("div")
        for element in _blocks(part):
            reading.append(root, element)
        lines += [line.text for line in flatten(root, {root}).lines]
    return lines


def _part_name(package: Package) -> str:
    """The name of the part with the text among those of all parts."""
    for name in package.names:
        if name.replace("\\", "/").lower() == "word/document.xml":
            return name
    # word/document2.xml
    for name in package.names:
        if name.startswith("word/document") and name.endswith(".xml"):
            return name
    raise InputError(
        "is a zip archive but no Word document; give archives the suffix .zip"
    )


def _blocks(parent: _Element) -> Iterator[_Element]:
    """Paragraphs, tables and embedded documents directly in `parent`, through content controls and
    revisions that wrap them.
    """
    return _wrapped(parent, ("p", "tbl", "altChunk"))


def _wrapped(
    parent: _Element,
    names: tuple[str, ...],
) -> Iterator[_Element]:
    stack = list(reversed(parent))
    while stack:
        element = stack.pop()
        name = local_name(element)
        if name in names:
            yield element
        elif name in _WRAPPER_ELEMENTS:
            stack.extend(reversed(element))


@dataclass(slots=True)
class _Reading:
    """What is made of a document: its lists, the notes that its text refers to, what was left out.

    Recursion is bounded by the depth of XML that lxml parses, 256.
    """

    package: Package
    # how many documents this one stands in
    depth: int = 0
    numbering: Numbering = field(init=False)
    notes: list[tuple[str, str]] = field(default_factory=list)
    struck: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not has_numbers(self.package):
            self.numbering = Numbering()
            return
        numbering = self.package.xml("word/numbering.xml")
        self.numbering = Numbering.of(numbering, self.package.xml("word/styles.xml"))

    def append(
        self,
        parent: HtmlElement,
        block: _Element,
    ) -> None:
        """Add a block to a tree of HTML."""
        name = local_name(block)
        if name == "tbl":
            self._append_table(parent, block)
        elif name == "altChunk":
            self._append_embedded(parent, value_of(block, "", "id"))
        else:
            self._append_paragraph(parent, block)

    def _append_paragraph(
        self,
        parent: HtmlElement,
        block: _Element,
    ) -> None:
        for box in _text_boxes(block):
            for inner in _blocks(box):
                self.append(parent, inner)
        text = self._text(block)
        if text.strip():
            text = self.numbering.mark(block) + text
        for line in text.split("\n"):
            SubElement(parent, "p").text = xml_text(line)

    def _text(
        self,
        paragraph: _Element,
    ) -> str:
        """The visible text of a paragraph: runs, links, results of fields, and insertions."""
        parts: list[str] = []
        # whether a run was left out behind the last part
        is_cut = False
        stack = [paragraph]
        while stack:
            element = stack.pop()
            name = local_name(element)
            if name == "r" and self._is_left_out(element):
                is_cut = True
                continue
            if name in ("footnoteReference", "endnoteReference"):
                kind = name.removesuffix("Reference")
                self.notes.append((kind, value_of(element, "", "id")))
            elif name in _SKIPPED_ELEMENTS:
                is_cut = is_cut or name == "del"
            elif (text := _own_text(element, name)) is None:
                stack.extend(reversed(element))
            else:
                parts = joined_apart(parts, text, is_cut)
                is_cut = False
        return "".join(parts)

    def _is_left_out(
        self,
        run: _Element,
    ) -> bool:
        """Whether a run is hidden or struck out; the latter is told."""
        properties = next(run.iterchildren("{*}rPr"), None)
        if properties is None:
            return False
        looks = {local_name(look): look for look in properties}
        if _is_on(looks.get("vanish")):
            return True
        if not _is_on(looks.get("strike")) and not _is_on(looks.get("dstrike")):
            return False
        texts = [_own_text(part, local_name(part)) for part in run.iter()]
        text = "".join(filter(None, texts))
        if text.strip():
            self.struck.append(text)
        return True

    def _append_table(
        self,
        parent: HtmlElement,
        block: _Element,
    ) -> None:
        table = SubElement(parent, "table")
        # column -> the cell that stands in it so far
        above: dict[int, _Element] = {}
        for row in _wrapped(block, ("tr",)):
            if _is_deleted(row):
                continue
            tr = SubElement(table, "tr")
            column = 0
            for cell in _wrapped(row, ("tc",)):
                span, continues = _spans(cell)
                if continues and column in above:
                    upper = above[column]
                    rows = int(upper.get("rowspan", "1")) + 1
                    upper.set("rowspan", str(rows))
                else:
                    td = SubElement(tr, "td", colspan=str(span))
                    above[column] = td
                    for inner in _blocks(cell):
                        self.append(td, inner)
                column += span

    def _append_embedded(
        self,
        parent: HtmlElement,
        identity: str,
    ) -> None:
        """An embedded document, whose text stands here; one of an unknown format is told."""
        name = self._target(identity)
        if name not in self.package.names:
            return
        data = self.package.bytes_of(name)
        holder = SubElement(parent, "div")
        try:
            is_read = self._embed(holder, data)
        except InputError:
            is_read = False
        if not is_read:
            self.unread.append(posixpath.basename(name))

    def _embed(self, holder: HtmlElement, data: bytes) -> bool:
        """Whether the text of an embedded document was added. Raises InputError."""
        if is_rtf(data):
            self.struck += append_rtf(holder, data)
            return True
        if data.startswith(b"PK"):
            return self.depth < MAX_EMBEDDED and self._embed_word(holder, data)
        text = shown_markup(data) if is_message(data) else decode(data).text
        if not text.lstrip("\ufeff \t\r\n").startswith("<"):
            for line in text.split("\n"):
                SubElement(holder, "p").text = xml_text(line)
        elif text.strip():
            page = lxml.html.document_fromstring(text.encode(), parser=_HTML_PARSER)
            self.struck += show(page).struck
            body = (page.findall(".//body") or [page])[0]
            holder.text = body.text
            holder.extend(list(body))
        return bool(text.strip())

    def _embed_word(self, holder: HtmlElement, data: bytes) -> bool:
        inner = _Reading(Package(data, "Word document"), depth=self.depth + 1)
        document = inner.package.xml(_part_name(inner.package))
        for body in () if document is None else document:
            for block in _blocks(body):
                inner.append(holder, block)
        inner.append_notes(holder)
        self.struck += inner.struck
        self.unread += inner.unread
        return len(holder) > 0

    def _target(
        self,
        identity: str,
    ) -> str:
        """The part that a relationship of the text names."""
        relations = self.package.xml("word/_rels/document.xml.rels")
        for relation in () if relations is None else relations:
            if relation.get("Id") == identity:
                target = relation.get("Target") or ""
                return posixpath.normpath(posixpath.join("/word", target)).lstrip("/")
        return ""

    def append_notes(
        self,
        root: HtmlElement,
    ) -> None:
        """Foot- and endnotes that the text refers to, below it: they hold what the figures mean."""
        parts: dict[str, dict[str, _Element]] = {}
        for kind in ("footnote", "endnote"):
            part = self.package.xml(f"word/{kind}s.xml")
            every = () if part is None else part
            parts[kind] = {value_of(note, "", "id"): note for note in every}
        # a note can refer to another one
        for kind, identity in self.notes:
            note = parts[kind].pop(identity, None)
            for block in () if note is None else _blocks(note):
                self.append(root, block)

    def append_diagrams(
        self,
        root: HtmlElement,
    ) -> None:
        """The words of drawn diagrams; charts and embedded files are told."""
        for name in sorted(self.package.names):
            if re.fullmatch(r"word/charts/chart\d*\.xml|word/embeddings/.+", name):
                self.unread.append(posixpath.basename(name))
            if not re.fullmatch(r"word/diagrams/data\d*\.xml", name):
                continue
            diagram = self.package.xml(name)
            for element in () if diagram is None else diagram.iter():
                if local_name(element) == "t" and element.text:
                    SubElement(root, "p").text = element.text

    def told(self) -> list[Problem]:
        """What was left out of the text."""
        problems = struck_out(self.struck)
        if self.unread:
            parts = ", ".join(self.unread[:10])
            problems.append(Problem(Code.FORMAT_PARTS_UNREAD, {"parts": parts}))
        return problems


def _text_boxes(paragraph: _Element) -> Iterator[_Element]:
    """The text boxes of a paragraph; one within another is read with that one.

    lxml finds them by name without a step of ours an element: most paragraphs have none.
    """
    for box in paragraph.iter("{*}txbxContent"):
        for outer in box.iterancestors():
            if outer is paragraph:
                yield box
                break
            # Word writes every box twice, the second time for old programs
            if local_name(outer) in ("Fallback", "txbxContent"):
                break


def _own_text(element: _Element, name: str) -> str | None:
    """The characters that an element of this name stands for; None for none of its own."""
    if name == "t":
        return _raised_text(element)
    if name == "sym":
        code = value_of(element, "", "char")
        is_code = re.fullmatch(r"[0-9A-Fa-f]{2,4}", code) is not None
        # symbols of fonts lie in the private use area, whichever way they are written
        return chr(0xF000 | int(code, 16) & 0xFFF) if is_code else None
    return _TEXT_BY_ELEMENT.get(name)


def _raised_text(element: _Element) -> str:
    """The text of a <w:t>; raised and lowered digits are written as such: 10³, never 103."""
    text = element.text or ""
    run = element.getparent()
    if not text.isascii() or run is None:
        return text
    for properties in run.iterchildren("{*}rPr"):
        for look in properties.iterchildren("{*}vertAlign"):
            return raised(text, value_of(look, ""))
    return text


def _is_on(look: _Element | None) -> bool:
    """<w:strike/> is on, <w:strike w:val="0"/> is off."""
    return look is not None and value_of(look, "1") not in ("0", "false", "off", "none")


def _is_deleted(row: _Element) -> bool:
    """Whether a row of a table is a deletion that nobody has accepted yet."""
    for properties in row.iterchildren("{*}trPr"):
        return any(local_name(child) == "del" for child in properties)
    return False


def _spans(cell: _Element) -> tuple[int, bool]:
    """Columns that a cell spans, and whether it continues the cell above."""
    span, continues = 1, False
    properties = next(cell.iterchildren("{*}tcPr"), None)
    looks = () if properties is None else properties
    for look in looks:
        name = local_name(look)
        if name == "gridSpan":
            raw = value_of(look, "1")
            is_number = raw.isascii() and raw.isdigit() and len(raw) < 6
            span = max(1, min(1000, int(raw))) if is_number else 1
        elif name == "vMerge":
            # <w:vMerge/> continues, <w:vMerge w:val="restart"/> begins
            continues = value_of(look, "continue") == "continue"
    return span, continues
