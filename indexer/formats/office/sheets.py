"""Workbooks (.xlsx, .xls, .et, .ods) and comma separated tables: each sheet is a table."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import lxml.etree
import lxml.html
import python_calamine
from lxml.etree import SubElement, _Element
from lxml.html import HtmlElement

from index.model.errors import InputError
from index.model.problems import Code, Facts, Problem
from indexer.decode import decode
from indexer.formats.body import finish
from indexer.formats.chrome import frame
from indexer.formats.flatten import flatten
from indexer.formats.office.looks import Looks, looks_of
from indexer.formats.office.package import local_name, value_of, xml_text
from indexer.formats.visible import letters_of, struck_out
from indexer.page import Page, Source

__all__ = ["is_old_workbook", "is_workbook", "read_csv", "read_workbook"]

# Cells that a workbook may have: annual reports have some hundred.
MAX_CELLS = 500_000
_DAMAGED_REASON = "is a damaged workbook; save it again as .xlsx"
# What parts the cells of a table, the usual first.
DELIMITERS = ",\t;|"
# sep=; as Excel writes it into the first line
_SEPARATOR_PATTERN = re.compile(r"\ufeff?sep=(.)\r?\n", re.IGNORECASE)
# Where a workbook of XML says that it is one.
HEAD_BYTES = 2048
_FLAT_MARK = b"urn:schemas-microsoft-com:office:spreadsheet"
# the stream of an old workbook within its OLE container
_OLD_MARKS = ("Workbook".encode("utf-16-le"), "Book\x00".encode("utf-16-le"))
_WORD_MARK = "WordDocument".encode("utf-16-le")

Rows = Sequence[Sequence[object]]


def is_workbook(
    data: bytes,
) -> bool:
    """Whether the bytes are a zip archive that names the parts of a workbook."""
    return data.startswith(b"PK\x03\x04") and b"xl/workbook" in data


def is_old_workbook(
    data: bytes,
) -> bool:
    """Whether the bytes are an OLE container with the stream of a workbook, or one of XML, which
    Excel 2003 and many websites write.

    A Word document may hold a workbook, and is none.
    """
    if _is_flat(data):
        return True
    is_container = data.startswith(b"\xd0\xcf\x11\xe0")
    is_other = _WORD_MARK in data
    return is_container and not is_other and any(mark in data for mark in _OLD_MARKS)


def _is_flat(
    data: bytes,
) -> bool:
    head = data[:HEAD_BYTES].lstrip(b"\xef\xbb\xbf \t\r\n")
    return head.startswith(b"<") and _FLAT_MARK in head and b"<html" not in head.lower()


def _flat_sheets(
    data: bytes,
) -> list[Rows]:
    """The sheets of a workbook of XML."""
    parser = lxml.etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    try:
        root = lxml.etree.fromstring(data.lstrip(b"\xef\xbb\xbf \t\r\n"), parser)
    except (lxml.etree.XMLSyntaxError, ValueError):
        root = None
    if root is None:
        raise InputError("is a damaged workbook; save it again as .xlsx")
    sheets: list[Rows] = []
    for sheet in root.iter():
        if local_name(sheet) == "Table":
            rows = [one for one in sheet if local_name(one) == "Row"]
            sheets.append(list(map(_flat_row, rows)))
    return sheets


def _flat_row(
    row: _Element,
) -> list[str]:
    cells: list[str] = []
    for cell in row:
        if local_name(cell) != "Cell":
            continue
        # blank cells are left out, and those that a wide one covers
        place = value_of(cell, "", "Index")
        if place.isdecimal() and len(place) < 6:
            cells += [""] * (int(place) - 1 - len(cells))
        held = (one for one in cell if local_name(one) == "Data")
        cells.append("".join("".join(one.itertext()) for one in held))
        across = value_of(cell, "0", "MergeAcross")
        if across.isdecimal() and len(across) < 4:
            cells += [""] * int(across)
    return cells


def read_workbook(
    source: Source,
) -> Page:
    """The report in a workbook: visible sheets only, hidden ones are told.

    Raises InputError when it is damaged or locked.
    """
    if _is_flat(source.data):
        return _page(_flat_sheets(source.data), source.suffix.removeprefix("."))
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(
            io.BytesIO(source.data)
        )
        metadata = workbook.sheets_metadata
        hidden = [
            sheet.name
            for sheet in metadata
            if sheet.visible != python_calamine.SheetVisibleEnum.Visible
        ]
        shown = [sheet.name for sheet in metadata if sheet.name not in hidden]
        reading = _Reading(looks_of(source.data) if is_workbook(source.data) else {})
        sheets = [reading.rows(workbook, name) for name in shown]
    except python_calamine.PasswordError:
        raise InputError("is locked with a password; save it without one") from None
    except (python_calamine.CalamineError, ValueError, OSError):
        raise InputError(_DAMAGED_REASON) from None
    except BaseException as error:
        # a panic of the library's own language, which is no Exception
        if type(error).__name__ != "PanicException":
            raise
        raise InputError(_DAMAGED_REASON) from None
    page = _page(sheets, source.suffix.removeprefix("."))
    if hidden:
        parts = ", ".join(hidden[:10])
        page.problems.append(Problem(Code.FORMAT_PARTS_UNREAD, {"parts": parts}))
    page.problems += reading.told()
    return page


@dataclass(slots=True)
class _Reading:
    """The cells of a workbook that a reader sees, and what was left out."""

    looks: Mapping[str, Looks]
    struck: list[str] = field(default_factory=list)
    # sheets with hidden cells, and letters and digits in those
    hidden: list[str] = field(default_factory=list)
    letters: int = 0

    def rows(
        self,
        workbook: python_calamine.CalamineWorkbook,
        name: str,
    ) -> Rows:
        """The rows of a sheet. Raises InputError when there are too many cells."""
        sheet = workbook.get_sheet_by_name(name)
        if sheet.total_height * sheet.total_width > MAX_CELLS:
            raise InputError(
                f"has more than {MAX_CELLS:,} cells in a sheet; save its report as .csv"
            )
        rows: Rows = sheet.to_python()
        looks = self.looks.get(name)
        if looks is None:
            return rows
        self.struck += looks.struck
        return list(self._seen(rows, sheet.start or (0, 0), looks, name))

    def _seen(
        self, rows: Rows, start: tuple[int, int], looks: Looks, name: str
    ) -> Iterator[list[object]]:
        hidden: list[str] = []
        for number, row in enumerate(rows, start[0]):
            seen: list[object] = []
            for column, value in enumerate(row, start[1]):
                place = (number, column)
                shown = looks.texts.get(place, value)
                if place in looks.struck_cells:
                    self.struck.append(_printed(value))
                    shown = ""
                elif number in looks.rows or column in looks.columns:
                    hidden.append(_printed(value))
                    shown = ""
                seen.append(shown)
            yield seen
        if any(hidden):
            self.hidden.append(name)
            self.letters += letters_of("".join(hidden))

    def told(
        self,
    ) -> list[Problem]:
        """What is told of cells that were left out."""
        problems = struck_out(self.struck)
        if self.hidden:
            sheets = ", ".join(self.hidden[:10])
            facts: Facts = {"sheets": sheets, "letters": self.letters}
            problems.append(Problem(Code.FORMAT_CELLS_HIDDEN, facts))
        return problems


def read_csv(
    source: Source,
) -> Page:
    """The report in a comma separated table. Raises InputError when it is no text."""
    decoded = decode(source.data)
    text, delimiter = _delimited(decoded.text)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        rows = list(reader)
    except csv.Error as error:
        raise InputError(f"is a damaged table ({error}); save it again") from None
    page = _page([rows], "csv")
    page.meta["encoding"] = decoded.encoding
    # a second copy of the text would only cost memory
    page.decoded = replace(decoded, text="")
    return page


def _delimited(
    text: str,
) -> tuple[str, str]:
    """A table and what parts its cells: what the first line says, or what most lines have."""
    if match := _SEPARATOR_PATTERN.match(text):
        return text[match.end() :], match[1]
    lines = text[:5000].splitlines()
    return text, max(DELIMITERS, key=lambda sign: sum(sign in line for line in lines))


def _page(
    sheets: Sequence[Rows],
    kind: str,
) -> Page:
    root = lxml.html.Element("div")
    for rows in sheets:
        _append(root, rows)
    flat = flatten(root, {root})
    return finish(frame(flat.lines), flat.tables, kind, least=5)


def _append(
    root: HtmlElement,
    rows: Rows,
) -> None:
    """Rows of several cells become a table; a row of one is a line of text around it."""
    table: HtmlElement | None = None
    for row in rows:
        cells = [_printed(value) for value in row]
        filled = [cell for cell in cells if cell]
        if len(filled) < 2:
            table = None
            for line in filled:
                SubElement(root, "p").text = xml_text(line)
            continue
        if table is None:
            table = SubElement(root, "table")
        tr = SubElement(table, "tr")
        for cell in _trimmed(cells):
            SubElement(tr, "td").text = xml_text(cell)


def _trimmed(
    cells: Sequence[str],
) -> Iterator[str]:
    last = max(place for place, cell in enumerate(cells) if cell)
    yield from cells[: last + 1]


def _printed(
    value: object,
) -> str:
    """A value as a sheet shows it: 12.0 is 12."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        # 15 digits are what programs show: 0.3, not 0.30000000000000004
        return str(int(value)) if value.is_integer() else f"{value:.15g}"
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%d")
    text = "" if value is None else str(value)
    return " ".join("".join(c for c in text if c >= " " or c in "\n\t").split())
