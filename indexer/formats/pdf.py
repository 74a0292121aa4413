"""PDF with a text layer, through PDFium, which alone of the readers tried leaves no Kangxi radicals
behind.

PDFium knows lines, not paragraphs: lines that run to the right margin are joined, page numbers and
running heads go.
"""

from __future__ import annotations

import ctypes
import io
import itertools
import re
import threading
import time
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import pypdfium2
from pypdfium2 import raw

from index.analysis.characters import HAN_NUMERALS, IDEOGRAPH_PATTERN
from index.model.errors import InputError
from index.model.problems import Code, Facts, Problem
from indexer.decode import COMMON_CHARACTERS
from indexer.formats.body import finish
from indexer.formats.chrome import Line, frame, is_title, squeeze
from indexer.formats.flatten import join_lines
from indexer.formats.office.layers import (
    HIDDEN_KEY,
    Layers,
    layer_name,
    read_layers,
)
from indexer.formats.visible import letters_of
from indexer.page import Page, Source

__all__ = ["is_pdf", "paragraphs", "read_pdf"]

SNIFFED_BYTES = 4096
MAX_PAGES = 2000
MAX_SECONDS = 60.0
# Letters and digits below which a PDF has no text layer worth the name: a stamp or a
# watermark.
MIN_LETTERS = 10
# A line of this share of the widest line's width ran to the margin.
FULL_LINE_SHARE = 0.82
# Lines at the top and the bottom of a page that can be a running head or a page number.
HEAD_LINES = 2
# Characters up to which a line that comes again and again is a label of a table, such as 合计.
MAX_LABEL = 4

# Bounds of what annotations hold.
MAX_ANNOTATIONS = 5000
MAX_ANNOTATION_BYTES = 1 << 16
MAX_ATTACHMENTS = 100
# Marks of one object of a page, and bytes of the name of a layer.
MAX_MARKS = 20
# Forms within forms that are looked into.
MAX_FORMS = 8
MAX_NAME_BYTES = 1000
# Lines of one character that are a column of vertical text; a table has fewer together.
MIN_COLUMN = 6
# Han characters of a line that is judged, and the shares of nonsense from which it is told and
# from which the document is refused.
MIN_LINE_HAN = 6
MIN_NONSENSE_SHARE = 0.05
MAX_NONSENSE_SHARE = 0.6

# PDFium is not thread-safe.
_PDFIUM_LOCK = threading.Lock()

# PDFium puts U+FFFE for a hyphen at the end of a line
_NOISE_PATTERN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# — 3 —, 第 2 页 共 5 页, 2/5, Page 2 of 5
_PAGE_MARK_PATTERN = re.compile(
    r"[-—–―－·•~\s]+\d{1,4}[-—–―－·•~\s]+"
    r"|第\s*\d{1,4}\s*[页頁]([,，/\s]*[共总]\s*\d{1,4}\s*[页頁])?"
    r"|\d{1,4}\s*/\s*\d{1,4}|Page\s+\d+.*",
    re.IGNORECASE,
)
# 1,204, -3, 5.5%
_NUMBER_PATTERN = re.compile(r"[-+]?\d[\d,]*(\.\d+)?%?")
_SENTENCE_END_PATTERN = re.compile(r"[。；：！？;:!?”』」）)]$")
# 一、, （三）, 2., 第二条, ①, 表1, ●: what begins a paragraph of its own
_PARAGRAPH_START_PATTERN = re.compile(
    rf"^\s*([{HAN_NUMERALS}]{{1,3}}[、.．]|[（(][{HAN_NUMERALS}\d]{{1,3}}[）)]"
    r"|\d{1,2}[、.．](?!\d)|第[一二三四五六七八九十百]{1,4}[条章节部]"
    r"|[①-⑳]|[表图附][件表录]?\s*\d|[●■◆·•—-]\s*)"
)


@dataclass(slots=True)
class _Pages:
    """The lines of each page that was read, and what was not."""

    lines: list[list[str]] = field(default_factory=list)
    count: int = 0
    problems: list[Problem] = field(default_factory=list)
    # what is filled into a form or written over a page
    written: list[str] = field(default_factory=list)
    # layers that are switched off, and the names of those whose objects were left out
    layers: Layers = field(default_factory=lambda: Layers(b""))
    left_out: set[bytes] = field(default_factory=set)


def is_pdf(data: bytes) -> bool:
    """Whether the bytes begin as a PDF; some servers send lines of their own before it."""
    return b"%PDF-" in data[:SNIFFED_BYTES]


def read_pdf(source: Source) -> Page:
    """The report in a PDF. Raises InputError when it is damaged, locked, or a scan without text."""
    with _PDFIUM_LOCK:
        pages = _read_pages(source.data)
    letters = [letters_of("".join(lines)) for lines in pages.lines]
    if sum(letters) < MIN_LETTERS:
        raise InputError(
            "is a scanned PDF without text;"
            " run OCR over it first, for example ocrmypdf -l chi_sim"
        )
    unknown = _nonsense(pages.lines)
    if unknown >= MAX_NONSENSE_SHARE:
        raise InputError(
            "is a PDF whose fonts do not say which characters they draw;"
            " run OCR over it, for example ocrmypdf --force-ocr -l chi_sim"
        )
    # a page number alone is no text
    blank = [number for number, count in enumerate(letters, 1) if count < 2]
    bodies, heads = _without_heads(pages.lines)
    # a value that was drawn too stands in the text already
    drawn = squeeze("".join(line for lines in pages.lines for line in lines))
    written = [text for text in pages.written if squeeze(text) not in drawn]
    framed = frame([Line(text) for text in [*paragraphs(bodies), *written]])
    framed.chrome.extend(heads)
    page = finish(framed, [], "pdf", least=MIN_LETTERS)
    page.problems.extend(pages.problems)
    if unknown >= MIN_NONSENSE_SHARE:
        facts: Facts = {"percent": round(100 * unknown)}
        page.problems.append(Problem(Code.FORMAT_FONT_UNKNOWN, facts))
    if blank:
        facts = {
            "count": len(blank),
            "total": pages.count,
            "pages": _listed(blank),
        }
        page.problems.append(Problem(Code.FORMAT_PAGES_WITHOUT_TEXT, facts))
    return page


def _nonsense(pages: Sequence[Sequence[str]]) -> float:
    """The share of letters in lines that read as no Chinese: rare characters nearly all."""
    total = strange = 0
    for lines in pages:
        for line in lines:
            letters = letters_of(line)
            total += letters
            han = IDEOGRAPH_PATTERN.findall(line)
            common = sum(c in COMMON_CHARACTERS for c in han)
            if len(han) >= MIN_LINE_HAN and common * 10 < len(han):
                strange += letters
    return strange / total if total else 0.0


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers[:10])) + (" ..." if len(numbers) > 10 else "")


def _read_pages(data: bytes) -> _Pages:
    # offsets within a PDF count from its first byte, wherever that stands
    layers = read_layers(data[max(0, data.find(b"%PDF-")) :])
    document = _opened(layers.data)
    try:
        if layers.is_packed:
            layers = read_layers(_unpacked(document))
            document.close()
            document = _opened(layers.data)
        return _pages_of(document, layers)
    finally:
        document.close()


def _opened(data: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise InputError(
                "is a PDF locked with a password; save it without one"
            ) from None
        raise InputError("is a damaged PDF; fetch it again") from None


def _unpacked(document: pypdfium2.PdfDocument) -> bytes:
    """The same document without streams of objects: PDFium writes each by itself."""
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _pages_of(document: pypdfium2.PdfDocument, layers: Layers) -> _Pages:
    pages = _Pages(count=len(document), layers=layers)
    pages.left_out |= layers.left_out
    deadline = time.monotonic() + MAX_SECONDS
    damaged: list[int] = []
    for number in range(pages.count):
        if number >= MAX_PAGES or time.monotonic() > deadline:
            pages.problems.append(
                Problem(
                    Code.FORMAT_PAGES_UNREAD,
                    {
                        "read": number,
                        "total": pages.count,
                    },
                )
            )
            break
        try:
            pages.lines.append(_lines_of(document, number, pages))
        except pypdfium2.PdfiumError:
            damaged.append(number + 1)
    attached = [
        document.get_attachment(n).get_name() for n in range(_attached(document))
    ]
    if attached:
        facts: Facts = {"parts": ", ".join(attached[:10])}
        pages.problems.append(Problem(Code.FORMAT_PARTS_UNREAD, facts))
    if pages.left_out:
        names = sorted(map(layer_name, pages.left_out))
        facts = {"layers": ", ".join(names[:10])}
        pages.problems.append(Problem(Code.FORMAT_LAYERS_HIDDEN, facts))
    if damaged:
        facts = {"pages": _listed(damaged)}
        pages.problems.append(Problem(Code.FORMAT_PAGES_DAMAGED, facts))
    return pages


def _lines_of(
    document: pypdfium2.PdfDocument,
    number: int,
    pages: _Pages,
) -> list[str]:
    page = document[number]
    try:
        if pages.layers.marked:
            _leave_out(page.raw, pages)
        text_page = page.get_textpage()
        try:
            text = text_page.get_text_bounded()
        finally:
            text_page.close()
        pages.written += _written(page)
    finally:
        page.close()
    rows = text.replace("\r", "\n").split("\n")
    lines = [_NOISE_PATTERN.sub("", row).strip() for row in rows]
    return _without_columns([line for line in lines if line])


def _leave_out(holder: object, pages: _Pages, depth: int = 0) -> None:
    """Take the objects of hidden layers out of a page or of a form on it, in memory."""
    of_page = depth == 0
    count = (
        raw.FPDFPage_CountObjects(holder)
        if of_page
        else raw.FPDFFormObj_CountObjects(holder)
    )
    get = raw.FPDFPage_GetObject if of_page else raw.FPDFFormObj_GetObject
    remove = raw.FPDFPage_RemoveObject if of_page else raw.FPDFFormObj_RemoveObject
    # from the last one, so that the others keep their numbers
    for number in reversed(range(count)):
        item = get(holder, number)
        names = _hidden_by(item, pages.layers)
        if names and remove(holder, item):
            raw.FPDFPageObj_Destroy(item)
            pages.left_out |= names
        elif (
            depth < MAX_FORMS and raw.FPDFPageObj_GetType(item) == raw.FPDF_PAGEOBJ_FORM
        ):
            _leave_out(item, pages, depth + 1)


def _hidden_by(item: object, layers: Layers) -> set[bytes]:
    """The names of the hidden layers that an object belongs to."""
    value = ctypes.c_int()
    place = ctypes.byref(value)
    for number in range(min(raw.FPDFPageObj_CountMarks(item), MAX_MARKS)):
        mark = raw.FPDFPageObj_GetMark(item, number)
        if raw.FPDFPageObjMark_GetParamIntValue(mark, HIDDEN_KEY, place):
            own = _layers_of(item) & layers.marked
            return own or set(layers.marked)
    return _layers_of(item) & layers.names


def _layers_of(item: object) -> set[bytes]:
    """The names of the layers that an object of a page belongs to."""
    names: set[bytes] = set()
    length = ctypes.c_ulong()
    place = ctypes.byref(length)
    buffer = ctypes.create_string_buffer(MAX_NAME_BYTES)
    bytes_place = ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ubyte))
    for number in range(min(raw.FPDFPageObj_CountMarks(item), MAX_MARKS)):
        mark = raw.FPDFPageObj_GetMark(item, number)
        # other marks have other values; only a layer has a name that is one of them
        if raw.FPDFPageObjMark_GetParamBlobValue(
            mark, b"Name", bytes_place, MAX_NAME_BYTES, place
        ):
            names.add(buffer.raw[: length.value])
    return names


def _attached(document: pypdfium2.PdfDocument) -> int:
    return min(int(document.count_attachments()), MAX_ATTACHMENTS)


def _written(page: pypdfium2.PdfPage) -> list[str]:
    """What stands in the annotations of a page: values of a form, text over the page, stamps."""
    values: list[str] = []
    count = raw.FPDFPage_GetAnnotCount(page.raw)
    for number in range(min(count, MAX_ANNOTATIONS)):
        annotation = raw.FPDFPage_GetAnnot(page.raw, number)
        if not annotation:
            continue
        try:
            strings = [_string(annotation, key) for key in (b"V", b"Contents")]
            values.extend(filter(None, strings))
        finally:
            raw.FPDFPage_CloseAnnot(annotation)
    return values


def _string(
    annotation: object,
    key: bytes,
) -> str:
    """A value of an annotation's dictionary, "" where it has none."""
    length = raw.FPDFAnnot_GetStringValue(annotation, key, None, 0)
    # two bytes are the end alone
    if not 2 < length <= MAX_ANNOTATION_BYTES:
        return ""
    buffer = ctypes.create_string_buffer(length)
    place = ctypes.cast(buffer, ctypes.POINTER(raw.FPDF_WCHAR))
    raw.FPDFAnnot_GetStringValue(annotation, key, place, length)
    text = buffer.raw[: length - 2].decode("utf-16-le", "replace")
    return " ".join(_NOISE_PATTERN.sub("", text).split())


def _without_columns(lines: Sequence[str]) -> list[str]:
    """Lines of one character, many below each other, are text that is set vertically.

    PDFium gives its columns in their order; they are one line.
    """
    found: list[str] = []
    for is_column, group in itertools.groupby(lines, _is_column):
        part = list(group)
        if is_column and len(part) >= MIN_COLUMN:
            found.append("".join(part))
        else:
            found += part
    return found


def _is_column(line: str) -> bool:
    return len(line) == 1 and IDEOGRAPH_PATTERN.match(line) is not None


def _without_heads(pages: Sequence[list[str]]) -> tuple[list[list[str]], list[str]]:
    """The pages without page numbers and running heads, and the running heads."""
    repeated = _running_heads(pages)
    shift = _number_shift(pages)
    # a dictionary, for its order
    dropped: dict[str, None] = {}
    bodies: list[list[str]] = []
    for number, lines in enumerate(pages):
        printed_number = None if shift is None else str(number + shift)
        body: list[str] = []
        for row, line in enumerate(lines):
            from_edge = min(row, len(lines) - 1 - row)
            is_head = from_edge < HEAD_LINES and (
                _PAGE_MARK_PATTERN.fullmatch(line)
                or _head(line) in repeated
                or line == printed_number
            )
            if is_head:
                dropped[line] = None
            else:
                body.append(line)
        bodies.append(body)
    heads = [
        line
        for line in dropped
        if not _PAGE_MARK_PATTERN.fullmatch(line) and not line.isdigit()
    ]
    return bodies, heads


def _head(line: str) -> str:
    """What a running head has in common from page to page.

    That is all of it but a page number at one of its ends.
    """
    return re.sub(r"^\d{1,4}(?=\D)|(?<=\D)\d{1,4}$", "#", squeeze(line))


def _running_heads(pages: Sequence[list[str]]) -> set[str]:
    """Lines that stand at the top or the bottom of at least half of three pages or more."""
    pages_of_head: Counter[str] = Counter()
    for lines in pages:
        edges = [*lines[:HEAD_LINES], *lines[-HEAD_LINES:]]
        pages_of_head.update({_head(line) for line in edges})
    needed = max(3, len(pages) / 2)
    return {
        head
        for head, count in pages_of_head.items()
        if count >= needed and len(head) > MAX_LABEL
    }


def _number_shift(pages: Sequence[list[str]]) -> int | None:
    """How far printed page numbers are from the count of pages.

    None unless most pages have a number at an edge.
    """
    shifts: Counter[int] = Counter()
    for number, lines in enumerate(pages):
        edges = {*lines[:1], *lines[-1:]}
        printed = [int(edge) for edge in edges if _is_page_number(edge)]
        shifts.update({value - number for value in printed})
    if not shifts:
        return None
    shift, count = shifts.most_common(1)[0]
    return shift if count >= 2 and count * 2 >= len(pages) else None


def _is_page_number(line: str) -> bool:
    return line.isascii() and line.isdigit() and len(line) < 5


def paragraphs(pages: Sequence[Sequence[str]]) -> list[str]:
    """Lines joined into paragraphs.

    A line goes on when it ran to the margin and ended in the middle of a sentence.
    """
    lines = [line for page in pages for line in page]
    margin = _margin(lines)
    parts: list[list[str]] = []
    goes_on = False
    for line in lines:
        if goes_on and not _begins_paragraph(line):
            parts[-1].append(line)
        else:
            parts.append([line])
        is_full = _width(line) >= FULL_LINE_SHARE * margin
        is_ended = _SENTENCE_END_PATTERN.search(line) or _is_row(line)
        # a title ends where it ends, however wide it is
        goes_on = is_full and not is_ended and not is_title("".join(parts[-1]))
    return [cell for part in parts for cell in _cells(join_lines(part))]


def _begins_paragraph(line: str) -> bool:
    is_marked = _PARAGRAPH_START_PATTERN.match(line) is not None
    return is_marked or _is_row(line) or is_title(line)


def _width(line: str) -> int:
    """Width in half characters, as set in type: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def _margin(lines: Sequence[str]) -> float:
    """The width of a full line: most long lines are full, and a stray wider one must not decide."""
    widths = sorted(width for width in map(_width, lines) if width > 30)
    return widths[int(len(widths) * 0.8)] if widths else float("inf")


def _is_row(line: str) -> bool:
    """A row of a table: three numbers or more between spaces, or four short words."""
    parts = line.split()
    if sum(map(_is_number, parts)) >= 3:
        return True
    return len(parts) >= 4 and max(map(len, parts)) <= 8


def _is_number(part: str) -> bool:
    return bool(_NUMBER_PATTERN.fullmatch(part))


def _cells(line: str) -> list[str]:
    """A row's label and each of its numbers on a line of its own; any other line as it is.

    "新收 申请 4 0 1" is 新收 申请, 4, 0, 1.
    """
    parts = line.split()
    first = len(parts)
    while first and _is_number(parts[first - 1]):
        first -= 1
    if len(parts) - first < 3:
        return [line]
    label = " ".join(parts[:first])
    return [label, *parts[first:]] if label else parts[first:]
