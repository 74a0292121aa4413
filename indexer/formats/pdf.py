"""PDF with a text layer, through PDFium, which alone of the readers tried leaves no Kangxi radicals
behind.

PDFium knows lines, not paragraphs: lines that run to the right margin are joined, page numbers and
running heads go.
"""

from __future__ import annotations

import re
import threading
import time
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import pypdfium2

from index.model.errors import InputError
from index.model.problems import Code, Problem
from indexer.formats.body import finish
from indexer.formats.chrome import Line, frame, is_title, squeeze
from indexer.formats.flatten import join_lines
from indexer.page import Page, Source

__all__ = ["paragraphs", "read_pdf"]

MAX_PAGES = 2000
MAX_SECONDS = 60.0
# Letters and digits below which a PDF has no text layer worth the name: a stamp or a
# watermark.
LEAST = 10
# A line of this share of the widest line's width ran to the margin.
FULL = 0.82
# Lines at the top and the bottom of a page that can be a running head or a page number.
HEADS = 2
MAX_LABEL = 4

# PDFium is not thread-safe.
_LOCK = threading.Lock()

_WORD = re.compile(r"\w")
_NOISE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_PAGE_MARK = re.compile(
    r"[-—–―－·•~\s]+\d{1,4}[-—–―－·•~\s]+|第\s*\d{1,4}\s*[页頁]([,，/\s]*[共总]\s*\d{1,4}\s*[页頁])?|\d{1,4}\s*/\s*\d{1,4}|Page\s+\d+.*",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[-+]?\d[\d,]*(\.\d+)?%?")
_ENDS = re.compile(r"[。；：！？;:!?”』」）)]$")
_STARTS = re.compile(
    r"^\s*([一二三四五六七八九十]{1,3}[、.．]|[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,2}[、.．](?!\d)|第[一二三四五六七八九十百]{1,4}[条章节部]"
    r"|[①-⑳]|[表图附][件表录]?\s*\d|[●■◆·•—-]\s*)"
)


@dataclass(slots=True)
class _Pages:
    """The lines of each page that was read, and what was not."""

    lines: list[list[str]] = field(default_factory=list)
    count: int = 0
    problems: list[Problem] = field(default_factory=list)


def read_pdf(source: Source) -> Page:
    """The report in a PDF. Raises InputError when it is damaged, locked, or a scan without text."""
    with _LOCK:
        pages = _read_pages(source.data)
    blank = [
        n
        for n, lines in enumerate(pages.lines, 1)
        if len(_WORD.findall("".join(lines))) < 2
    ]
    if sum(len(_WORD.findall("".join(lines))) for lines in pages.lines) < LEAST:
        raise InputError(
            "is a scanned PDF without text; run OCR over it first, for example ocrmypdf -l chi_sim"
        )
    bodies, dropped = _without_heads(pages.lines)
    framed = frame([Line(text) for text in paragraphs(bodies)])
    framed.chrome.extend(dropped)
    page = finish(framed, [], "pdf", least=LEAST)
    page.problems.extend(pages.problems)
    if blank:
        page.problems.append(
            Problem(
                Code.FORMAT_PAGES_WITHOUT_TEXT,
                {"count": len(blank), "total": pages.count, "pages": _listed(blank)},
            )
        )
    return page


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers[:10])) + (" ..." if len(numbers) > 10 else "")


def _read_pages(data: bytes) -> _Pages:
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise InputError(
                "is a PDF locked with a password; save it without one"
            ) from None
        raise InputError("is a damaged PDF; fetch it again") from None
    try:
        return _pages_of(document)
    finally:
        document.close()


def _pages_of(document: pypdfium2.PdfDocument) -> _Pages:
    out = _Pages(count=len(document))
    deadline = time.monotonic() + MAX_SECONDS
    damaged: list[int] = []
    for n in range(out.count):
        if n >= MAX_PAGES or time.monotonic() > deadline:
            out.problems.append(
                Problem(Code.FORMAT_PAGES_UNREAD, {"read": n, "total": out.count})
            )
            break
        try:
            out.lines.append(_lines_of(document, n))
        except pypdfium2.PdfiumError:
            damaged.append(n + 1)
    if damaged:
        facts = {"pages": _listed(damaged)}
        out.problems.append(Problem(Code.FORMAT_PAGES_DAMAGED, facts))
    return out


def _lines_of(document: pypdfium2.PdfDocument, number: int) -> list[str]:
    page = document[number]
    try:
        text_page = page.get_textpage()
        try:
            text = text_page.get_text_bounded()
        finally:
            text_page.close()
    finally:
        page.close()
    lines = (
        _NOISE.sub("", line).strip() for line in text.replace("\r", "\n").split("\n")
    )
    return [line for line in lines if line]


def _without_heads(pages: Sequence[list[str]]) -> tuple[list[list[str]], list[str]]:
    """The pages without page numbers and running heads, and the running heads."""
    repeated = _running_heads(pages)
    shift = _number_shift(pages)
    dropped: dict[str, None] = {}
    bodies = []
    for n, lines in enumerate(pages):
        kept = []
        for i, line in enumerate(lines):
            if min(i, len(lines) - 1 - i) < HEADS and (
                _PAGE_MARK.fullmatch(line)
                or _head(line) in repeated
                or (shift is not None and line == str(n + shift))
            ):
                dropped[line] = None
            else:
                kept.append(line)
        bodies.append(kept)
    return bodies, [
        line
        for line in dropped
        if not _PAGE_MARK.fullmatch(line) and not line.isdigit()
    ]


def _head(line: str) -> str:
    """What a running head has in common from page to page: all of it but a page number at one of
    its ends.
    """
    return re.sub(r"^\d{1,4}(?=\D)|(?<=\D)\d{1,4}$", "#", squeeze(line))


def _running_heads(pages: Sequence[list[str]]) -> set[str]:
    """Lines that stand at the top or the bottom of at least half of three pages or more."""
    seen: Counter[str] = Counter()
    for lines in pages:
        seen.update({_head(line) for line in [*lines[:HEADS], *lines[-HEADS:]]})
    # shorter ones are labels of tables that end their page, such as 合计
    return {
        h for h, n in seen.items() if n >= max(3, len(pages) / 2) and len(h) > MAX_LABEL
    }


def _number_shift(pages: Sequence[list[str]]) -> int | None:
    """How far printed page numbers are from the count of pages, when most pages have one at an
    edge.
    """
    shifts: Counter[int] = Counter()
    for n, lines in enumerate(pages):
        edges = {*lines[:1], *lines[-1:]}
        shifts.update(
            {int(e) - n for e in edges if e.isascii() and e.isdigit() and len(e) < 5}
        )
    if not shifts:
        return None
    shift, count = shifts.most_common(1)[0]
    return shift if count >= 2 and count * 2 >= len(pages) else None


def paragraphs(pages: Sequence[Sequence[str]]) -> list[str]:
    """Lines joined into paragraphs: a line goes on when it ran to the margin and ended in the
    middle of a sentence.
    """
    lines = [line for page in pages for line in page]
    margin = _margin(lines)
    out: list[list[str]] = []
    open_line = False
    for line in lines:
        if (
            open_line
            and not _STARTS.match(line)
            and not _is_row(line)
            and not is_title(line)
        ):
            out[-1].append(line)
        else:
            out.append([line])
        open_line = (
            _width(line) >= FULL * margin
            and not _ENDS.search(line)
            and not _is_row(line)
        )
    return [cell for part in out for cell in _cells(join_lines(part))]


def _width(line: str) -> int:
    """Width in half characters, as set in type: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def _margin(lines: Sequence[str]) -> float:
    """The width of a full line: most long lines are full, and a stray wider one must not decide."""
    widths = sorted(w for line in lines if (w := _width(line)) > 30)
    return widths[int(len(widths) * 0.8)] if widths else float("inf")


def _is_row(line: str) -> bool:
    """A row of a table: three numbers or more between spaces, or four short words."""
    parts = line.split()
    return sum(map(_is_number, parts)) >= 3 or (
        len(parts) >= 4 and max(map(len, parts)) <= 8
    )


def _is_number(part: str) -> bool:
    return bool(_NUMBER.fullmatch(part))


def _cells(line: str) -> list[str]:
    """A row's label and each of its numbers on a line of its own; any other line as it is."""
    parts = line.split()
    first = next(
        (n for n in range(len(parts)) if all(map(_is_number, parts[n:]))), len(parts)
    )
    if len(parts) - first < 3:
        return [line]
    return [label for label in [" ".join(parts[:first])] if label] + parts[first:]
