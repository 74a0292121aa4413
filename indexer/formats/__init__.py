"""One reader a format: bytes to Page. A new format is a new module and a row in READERS."""

from __future__ import annotations

import re
from collections.abc import Callable

from index.model.errors import InputError
from index.model.problems import Code, Problem
from indexer.formats.doc import read_doc
from indexer.formats.docx import read_docx
from indexer.formats.html import read_html
from indexer.formats.pdf import read_pdf
from indexer.formats.record import read_record
from indexer.formats.text import read_text
from indexer.page import Page, Source

__all__ = ["READERS", "Reader", "read"]

Reader = Callable[[Source], Page]

# Suffix in lower case -> its reader.
READERS: dict[str, Reader] = {
    ".html": read_html,
    ".htm": read_html,
    ".shtml": read_html,
    ".xhtml": read_html,
    # pages saved under the names of the programs that made them
    ".jsp": read_html,
    ".asp": read_html,
    ".aspx": read_html,
    ".php": read_html,
    ".txt": read_text,
    ".text": read_text,
    ".pdf": read_pdf,
    ".docx": read_docx,
    ".doc": read_doc,
    ".wps": read_doc,
    ".rtf": read_doc,
    ".json": read_record,
}

_MARKUP = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|meta|table|div|p|title|script)\b",
    re.IGNORECASE,
)


def read(source: Source) -> Page:
    """The page of a source, by the reader of its suffix, or of its content where that is plainly
    another.

    Raises InputError when no reader can make a document of it.
    """
    suffix = _by_content(source) or source.suffix.lower()
    reader = READERS.get(suffix)
    if reader is None:
        raise InputError(
            f"no reader for {suffix or 'a file without a suffix'}; readable are {' '.join(READERS)}"
        )
    page = reader(source)
    if (
        suffix != source.suffix.lower()
        and READERS.get(source.suffix.lower()) is not reader
    ):
        page.problems.append(
            Problem(
                Code.FORMAT_NOT_AS_NAMED, {"named": source.suffix, "actual": suffix}
            )
        )
    return page


def _by_content(source: Source) -> str | None:
    """The suffix that the first bytes call for, None where they call for none of their own."""
    head = source.data[:4096]
    if head.lstrip()[:5] == b"%PDF-":
        return ".pdf"
    if head.startswith(b"PK\x03\x04"):
        return ".docx"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return ".wps" if source.suffix.lower() == ".wps" else ".doc"
    if head.startswith(b"{\\rtf"):
        return ".rtf"
    if source.suffix.lower() == ".json":
        return None
    narrow = head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if narrow.startswith(b"<") and _MARKUP.search(narrow):
        return ".html"
    return None
