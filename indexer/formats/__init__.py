"""One row makes a format. FORMATS says how each is recognised and read: bytes to Page.

A new format is one module and one row. Folders, archives, WARC records, messages and the
documentation all go through the table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from index.model.errors import InputError
from index.model.problems import Code, Problem
from indexer.formats.docx import is_docx, read_docx
from indexer.formats.html import is_markup, read_html
from indexer.formats.office.doc import is_ole, read_doc
from indexer.formats.office.messages import (
    attachments,
    is_message,
    read_message,
)
from indexer.formats.office.open_formats import is_odt, is_ofd, read_odt, read_ofd
from indexer.formats.office.rtf import is_rtf, read_rtf
from indexer.formats.office.sheets import (
    is_old_workbook,
    is_workbook,
    read_csv,
    read_workbook,
)
from indexer.formats.pdf import is_pdf, read_pdf
from indexer.formats.record import parse_record, read_record
from indexer.formats.text import is_text, read_markdown, read_text
from indexer.page import Known, Page, Source

__all__ = [
    "FORMATS",
    "Format",
    "Reader",
    "format_of",
    "is_recognised",
    "media_types",
    "members_of",
    "of_media_type",
    "of_suffix",
    "read",
    "suffixes",
]

# Raises InputError when it can make no document of the source.
Reader = Callable[[Source], Page]


@dataclass(frozen=True, slots=True)
class Format:
    """One format of documents.

    `suffixes` are in lower case with their dot, the usual one first. `mimes` are the media types
    under which a web server sends it, in lower case, without parameters. `sniff` tells from all
    bytes of a document whether it is of this format; None where bytes cannot tell. `read` makes
    the page; its source has one of `suffixes`.

    `is_text` says that the bytes are text, so that binary data under such a suffix is refused
    before it is read. `known` gives what a document says of itself beside its text; it raises
    InputError. `members` gives the names and bytes of what a document holds beside its text.
    """

    name: str
    suffixes: tuple[str, ...]
    mimes: tuple[str, ...]
    sniff: Callable[[bytes], bool] | None
    read: Reader
    is_text: bool = False
    known: Callable[[bytes], Known] | None = None
    members: Callable[[bytes], Iterator[tuple[str, bytes]]] | None = None


def is_old_document(data: bytes) -> bool:
    """Whether the bytes are an old Office file that is no workbook: Word and WPS begin alike."""
    return is_ole(data) and not is_old_workbook(data)


_OOXML = "application/vnd.openxmlformats-officedocument."

# Where several formats recognise the same bytes, the one that the suffix names comes first, and
# the others in this order: old Word and WPS documents begin alike.
FORMATS: tuple[Format, ...] = (
    Format(
        "html",
        # the last four are of pages saved under the names of the programs that made them
        (".html", ".htm", ".shtml", ".xhtml", ".jsp", ".asp", ".aspx", ".php"),
        ("text/html", "application/xhtml+xml"),
        is_markup,
        read_html,
        is_text=True,
    ),
    Format(
        "text",
        (".txt", ".text"),
        ("text/plain",),
        None,
        read_text,
        is_text=True,
    ),
    Format(
        "markdown",
        (".md", ".markdown"),
        ("text/markdown",),
        None,
        read_markdown,
        is_text=True,
    ),
    Format(
        "pdf",
        (".pdf",),
        ("application/pdf",),
        is_pdf,
        read_pdf,
    ),
    Format(
        "docx",
        (".docx", ".docm", ".dotx"),
        (_OOXML + "wordprocessingml.document",),
        is_docx,
        read_docx,
    ),
    Format(
        "xlsx",
        (".xlsx", ".xlsm"),
        (_OOXML + "spreadsheetml.sheet",),
        is_workbook,
        read_workbook,
    ),
    Format(
        "xls",
        (".xls", ".et"),
        ("application/vnd.ms-excel",),
        is_old_workbook,
        read_workbook,
    ),
    Format(
        "csv",
        (".csv", ".tsv"),
        ("text/csv",),
        None,
        read_csv,
        is_text=True,
    ),
    Format(
        "odt",
        (".odt",),
        ("application/vnd.oasis.opendocument.text",),
        is_odt,
        read_odt,
    ),
    Format(
        "ofd",
        (".ofd",),
        ("application/ofd",),
        is_ofd,
        read_ofd,
    ),
    Format(
        "doc",
        (".doc",),
        ("application/msword",),
        is_old_document,
        read_doc,
    ),
    Format(
        "wps",
        (".wps",),
        ("application/wps-office.wps",),
        is_old_document,
        read_doc,
    ),
    Format(
        "rtf",
        (".rtf",),
        ("application/rtf", "text/rtf"),
        is_rtf,
        read_rtf,
    ),
    Format(
        "mhtml",
        (".mhtml", ".mht", ".eml"),
        ("multipart/related", "message/rfc822"),
        is_message,
        read_message,
        members=attachments,
    ),
    # a record is somebody's finished extraction: no website serves one as a page
    Format(
        "json",
        (".json",),
        (),
        None,
        read_record,
        known=parse_record,
    ),
)


def suffixes() -> list[str]:
    """Every suffix that can be read, in the order of the table."""
    return [suffix for row in FORMATS for suffix in row.suffixes]


def media_types() -> list[str]:
    """Every media type that can be read, in the order of the table."""
    return [mime for row in FORMATS for mime in row.mimes]


def of_suffix(suffix: str) -> Format | None:
    """The format of a suffix in lower case (".html")."""
    return next((row for row in FORMATS if suffix in row.suffixes), None)


def of_media_type(mime: str) -> Format | None:
    """The format of a media type in lower case, without parameters ("text/html")."""
    return next((row for row in FORMATS if mime in row.mimes), None)


def is_recognised(data: bytes) -> bool:
    """Whether the bytes show their format, whatever the name of the file."""
    return any(row.sniff is not None and row.sniff(data) for row in FORMATS)


def members_of(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The name and the bytes of each document that another one holds, such as a letter."""
    for row in FORMATS:
        if row.members is not None and row.sniff is not None and row.sniff(data):
            yield from row.members(data)
            return


def format_of(suffix: str, data: bytes) -> Format | None:
    """The format that the bytes show, or else the one of the suffix (lower case).

    Reports are often saved under a wrong suffix: a PDF as .doc, a website's page as .pdf.
    """
    named = of_suffix(suffix)
    candidates = FORMATS if named is None else (named, *FORMATS)
    for row in candidates:
        if row.sniff is not None and row.sniff(data):
            return row
    # bytes of this format would have shown it: the file has only its name
    if named is not None and named.sniff is not None and not named.is_text:
        return of_suffix(".txt") if is_text(data) else named
    return named


def read(source: Source) -> Page:
    """The page of a source, by the reader of what its bytes show or else of its suffix.

    Raises InputError when no reader can make a document of it.
    """
    suffix = source.suffix.lower()
    shown = format_of(suffix, source.data)
    if shown is None:
        named = suffix or "a file without a suffix"
        readable = " ".join(suffixes())
        raise InputError(f"no reader for {named}; readable are {readable}")
    if suffix in shown.suffixes:
        return shown.read(source)
    usual = shown.suffixes[0]
    page = shown.read(replace(source, suffix=usual))
    given = of_suffix(suffix)
    # old Word and WPS documents share a reader and their form: nobody need hear of it
    if given is None or given.read is not shown.read:
        page.problems.append(
            Problem(Code.FORMAT_NOT_AS_NAMED, {"named": source.suffix, "actual": usual})
        )
    return page
