"""Word documents (.docx): paragraphs and tables in their order, inserted text kept, deleted text
left out.

The document part is read directly. python-docx opens every part first and gives up on files that
WPS Office writes, whose relationships may name a part "NULL"; its paragraphs also lack insertions,
content controls and text boxes.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator

import lxml.etree
import lxml.html
from lxml.etree import SubElement, _Element
from lxml.html import HtmlElement

from index.model.errors import InputError
from indexer.formats.body import finish
from indexer.formats.chrome import frame
from indexer.formats.flatten import flatten
from indexer.page import Page, Source

__all__ = ["is_docx", "read_docx"]

# Bounds of what is unpacked. Word's own XML grows about twenty times.
MAX_DOCUMENT_BYTES = 200 << 20
MAX_RATIO = 200
RATIO_FROM = 20 << 20
MAX_PARTS = 10_000
CHUNK_BYTES = 1 << 20

# word/document.xml; some programs write word\\document.xml, or number the part
_DOCUMENT_NAME = re.compile(rb"word[/\\]document\w*\.xml", re.IGNORECASE)

# Elements of a run that stand for characters.
_TEXT_BY_ELEMENT = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
# Elements whose text is not seen where they stand: copies for old programs, text boxes (taken by
# themselves), deletions, properties, the codes of fields.
_SKIPPED_ELEMENTS = frozenset(
    ("Fallback", "txbxContent", "del", "moveFrom", "rPr", "pPr", "delText", "instrText")
)
# Elements around paragraphs and tables: content controls, insertions, tags.
_WRAPPER_ELEMENTS = frozenset(
    ("sdt", "sdtContent", "ins", "customXml", "smartTag", "moveTo")
)


def is_docx(data: bytes) -> bool:
    """Whether the bytes are a zip archive that names the part of a Word document.

    Names of members stand uncompressed in an archive, so that it need not be opened.
    """
    return data.startswith(b"PK\x03\x04") and _DOCUMENT_NAME.search(data) is not None


def read_docx(source: Source) -> Page:
    """The report in a .docx file.

    Raises InputError when it is damaged, locked, no Word document or a bomb.
    """
    parser = lxml.etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    try:
        document = lxml.etree.fromstring(_document(source.data), parser)
    except (lxml.etree.XMLSyntaxError, ValueError):
        document = None
    body: _Element | None = None
    if document is not None:
        body = next((child for child in document if _name(child) == "body"), None)
    if body is None:
        raise InputError("is a damaged Word document; save it again")
    # the blocks become HTML, so that one module knows how lines and tables are laid out
    root = lxml.html.Element("div")
    for element in _blocks(body):
        _append(root, element)
    flat = flatten(root, {root})
    return finish(frame(flat.lines), flat.tables, "docx", least=5)


def _document(data: bytes) -> bytes:
    """The part with the text, within bounds."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _bounded(archive, _part_name(archive.namelist()))
    except (
        zipfile.BadZipFile,
        OSError,
        EOFError,
        ValueError,
        NotImplementedError,
        zlib.error,
    ):
        raise InputError(
            "is not a Word document: damaged or another format; save it again as .docx"
        ) from None
    except RuntimeError:
        raise InputError(
            "is a locked Word document; save it without a password"
        ) from None


def _part_name(names: list[str]) -> str:
    """The name of the part with the text among those of all parts."""
    if len(names) <= MAX_PARTS:
        for name in names:
            if name.replace("\\", "/").lower() == "word/document.xml":
                return name
        # word/document2.xml
        for name in names:
            if name.startswith("word/document") and name.endswith(".xml"):
                return name
    raise InputError(
        "is a zip archive but no Word document; give archives the suffix .zip"
    )


def _bounded(archive: zipfile.ZipFile, name: str) -> bytes:
    packed = max(1, archive.getinfo(name).compress_size)
    data = bytearray()
    with archive.open(name) as stream:
        while chunk := stream.read(CHUNK_BYTES):
            data += chunk
            is_bomb = len(data) > RATIO_FROM and len(data) > MAX_RATIO * packed
            if is_bomb or len(data) > MAX_DOCUMENT_BYTES:
                raise InputError(
                    "grows without measure when unpacked; save its text as .txt"
                )
    return bytes(data)


def _name(element: _Element) -> str:
    """The local name: Word writes one of two namespaces, transitional or strict."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _value(element: _Element | None, default: str) -> str:
    """The attribute `val`, in whichever namespace."""
    if element is None:
        return default
    for name, value in element.attrib.items():
        if str(name).rpartition("}")[2] == "val":
            return str(value)
    return default


def _blocks(parent: _Element) -> Iterator[_Element]:
    """Paragraphs and tables directly in `parent`, through content controls and revisions that wrap
    them.
    """
    return _wrapped(parent, ("p", "tbl"))


def _wrapped(parent: _Element, names: tuple[str, ...]) -> Iterator[_Element]:
    stack = list(reversed(parent))
    while stack:
        element = stack.pop()
        if _name(element) in names:
            yield element
        elif _name(element) in _WRAPPER_ELEMENTS:
            stack.extend(reversed(element))


def _append(parent: HtmlElement, block: _Element) -> None:
    """Add a block to a tree of HTML.

    Recursion is bounded by the depth of XML that lxml parses, 256.
    """
    if _name(block) == "tbl":
        _append_table(parent, block)
        return
    for box in _text_boxes(block):
        for inner in _blocks(box):
            _append(parent, inner)
    for line in _text(block).split("\n"):
        SubElement(parent, "p").text = line


def _text_boxes(paragraph: _Element) -> Iterator[_Element]:
    stack = list(reversed(paragraph))
    while stack:
        element = stack.pop()
        if _name(element) == "txbxContent":
            yield element
        # Word writes every box twice, the second time for old programs
        elif _name(element) != "Fallback":
            stack.extend(reversed(element))


def _text(paragraph: _Element) -> str:
    """The visible text of a paragraph: runs, links, results of fields, and insertions."""
    parts: list[str] = []
    stack = [paragraph]
    while stack:
        element = stack.pop()
        name = _name(element)
        if name == "t":
            parts.append(element.text or "")
        elif name in _TEXT_BY_ELEMENT:
            parts.append(_TEXT_BY_ELEMENT[name])
        elif name not in _SKIPPED_ELEMENTS:
            stack.extend(reversed(element))
    return "".join(parts)


def _append_table(parent: HtmlElement, block: _Element) -> None:
    table = SubElement(parent, "table")
    # column -> the cell that stands in it so far
    above: dict[int, _Element] = {}
    for row in _wrapped(block, ("tr",)):
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
                    _append(td, inner)
            column += span


def _spans(cell: _Element) -> tuple[int, bool]:
    """Columns that a cell spans, and whether it continues the cell above."""
    properties: dict[str, _Element] = {}
    for child in cell:
        if _name(child) == "tcPr":
            properties = {_name(element): element for element in child}
            break
    raw = _value(properties.get("gridSpan"), "1")
    is_number = raw.isascii() and raw.isdigit() and len(raw) < 6
    span = max(1, min(1000, int(raw))) if is_number else 1
    # <w:vMerge/> continues, <w:vMerge w:val="restart"/> begins
    merged = properties.get("vMerge")
    continues = merged is not None and _value(merged, "continue") == "continue"
    return span, continues
