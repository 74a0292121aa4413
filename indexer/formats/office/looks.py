"""How the cells of a workbook look (.xlsx): hidden, struck out, raised, in percent.

The library that reads the values does not tell.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lxml.etree import _Element

from index.model.errors import InputError
from indexer.formats.office.package import Package, local_name, value_of
from indexer.formats.visible import joined_apart, raised

__all__ = ["Looks", "looks_of"]

# Cells of one column definition: Excel has no more columns.
MAX_COLUMNS = 16_384
# A7: the letters and the number of a cell's place
_PLACE_PATTERN = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_STRINGS_PART = "xl/sharedStrings.xml"
# The number formats 0% and 0.00%, which every workbook has.
_PERCENT_FORMATS = {"9": "0%", "10": "0.00%"}
_PERCENT_PATTERN = re.compile(r"[#,]*0?(?:\.(0+))?%(?:;.*)?")
_STYLE_WORDS = (b"strike", b"%", b'numFmtId="9"', b'numFmtId="10"')


@dataclass(slots=True)
class Looks:
    """What a reader of a sheet does not see; rows and columns are counted from 0.

    `texts` are cells that are to be read otherwise than their value: some runs are struck out or
    raised, or it is a share in percent. `struck` are the runs left out of them, and `struck_cells`
    cells left out whole.
    """

    rows: set[int] = field(default_factory=set)
    columns: set[int] = field(default_factory=set)
    struck_cells: set[tuple[int, int]] = field(default_factory=set)
    texts: dict[tuple[int, int], str] = field(default_factory=dict)
    struck: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Styles:
    """What all sheets share, by number: struck out styles, the decimals of those in percent, and
    strings whose runs differ.
    """

    struck: frozenset[int]
    decimals: dict[int, int]
    strings: dict[int, tuple[str, tuple[str, ...]]]


def looks_of(
    data: bytes,
) -> dict[str, Looks]:
    """Name of a sheet -> its looks, for sheets that have some. Damaged parts have none."""
    try:
        package = Package(data, "workbook")
        styles = _styles(package)
        return {
            name: looks
            for name, part in _sheets(package)
            if (looks := _looks(package, part, styles)) is not None
        }
    except InputError:
        return {}


def _styles(
    package: Package,
) -> _Styles:
    styles = _having(package, "xl/styles.xml", _STYLE_WORDS)
    fonts = _children(styles, "fonts")
    struck_fonts = {n for n, font in enumerate(fonts) if _is_on(font, "strike")}
    formats = _children(styles, "cellXfs")
    struck = {n for n, x in enumerate(formats) if _number(x, "fontId") in struck_fonts}
    codes = dict(_PERCENT_FORMATS)
    for own in _children(styles, "numFmts"):
        codes[value_of(own, "", "numFmtId")] = value_of(own, "", "formatCode")
    decimals: dict[int, int] = {}
    for number, one in enumerate(formats):
        code = codes.get(value_of(one, "", "numFmtId"), "")
        if match := _PERCENT_PATTERN.fullmatch(code):
            decimals[number] = len(match[1] or "")
    strings: dict[int, tuple[str, tuple[str, ...]]] = {}
    table = _having(package, _STRINGS_PART, (b"strike", b"vertAlign"))
    for number, item in enumerate(() if table is None else table):
        if (read := _runs(item)) is not None:
            strings[number] = read
    return _Styles(frozenset(struck), decimals, strings)


def _having(
    package: Package,
    name: str,
    words: Sequence[bytes],
) -> _Element | None:
    """A part, if it has one of some words: most have none, and trees of them cost time."""
    if name not in package.names:
        return None
    data = package.bytes_of(name)
    return package.xml(name) if any(word in data for word in words) else None


def _children(
    root: _Element | None,
    name: str,
) -> list[_Element]:
    """What stands in the first element of a name."""
    for element in () if root is None else root:
        if local_name(element) == name:
            return [e for e in element if local_name(e)]
    return []


def _is_on(
    element: _Element,
    name: str,
) -> bool:
    for child in element:
        if local_name(child) == name:
            return value_of(child, "1") not in ("0", "false")
    return False


def _number(
    element: _Element,
    attribute: str,
) -> int:
    raw = value_of(element, "", attribute)
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 8 else -1


def _runs(
    item: _Element,
) -> tuple[str, tuple[str, ...]] | None:
    """What is to be read of a string, and its struck out runs; None where no run differs."""
    parts: list[str] = []
    struck: list[str] = []
    is_cut = differs = False
    for run in item:
        if local_name(run) not in ("r", "t"):
            continue
        text, is_struck, kind = _run(run)
        if is_struck:
            struck.append(text)
            is_cut = True
            continue
        shown = raised(text, kind)
        differs = differs or shown != text
        parts = joined_apart(parts, shown, is_cut)
        is_cut = False
    return ("".join(parts), tuple(struck)) if struck or differs else None


def _run(
    run: _Element,
) -> tuple[str, bool, str]:
    """The text of a run, whether it is struck out, and whether it is raised or lowered."""
    if local_name(run) == "t":
        return run.text or "", False, ""
    text = ""
    is_struck = False
    kind = ""
    for child in run:
        if local_name(child) == "t":
            text += child.text or ""
        elif local_name(child) == "rPr":
            is_struck = _is_on(child, "strike")
            for looks in child:
                if local_name(looks) == "vertAlign":
                    kind = value_of(looks, "")
    return text, is_struck, kind


def _sheets(
    package: Package,
) -> Iterator[tuple[str, str]]:
    """The name and the part of each sheet."""
    targets: dict[str, str] = {}
    relations = package.xml("xl/_rels/workbook.xml.rels")
    for relation in () if relations is None else relations:
        target = value_of(relation, "", "Target")
        path = posixpath.normpath(posixpath.join("/xl", target))
        targets[value_of(relation, "", "Id")] = path.removeprefix("/")
    for sheet in _children(package.xml("xl/workbook.xml"), "sheets"):
        identity = next(
            (str(v) for k, v in sheet.attrib.items() if str(k).endswith("}id")), ""
        )
        if identity in targets:
            yield value_of(sheet, "", "name"), targets[identity]


def _looks(
    package: Package,
    part: str,
    styles: _Styles,
) -> Looks | None:
    is_shared = bool(styles.struck or styles.strings or styles.decimals)
    words = (b"<",) if is_shared else (b"hidden=", b"strike", b"vertAlign")
    root = _having(package, part, words)
    if root is None:
        return None
    looks = Looks()
    for column in _children(root, "cols"):
        if value_of(column, "", "hidden") in ("1", "true"):
            first, last = _number(column, "min"), _number(column, "max")
            if 0 < first <= last:
                looks.columns.update(range(first - 1, min(last, MAX_COLUMNS)))
    row_number = -1
    for row in _children(root, "sheetData"):
        named = _number(row, "r")
        row_number = named - 1 if named > 0 else row_number + 1
        if value_of(row, "", "hidden") in ("1", "true"):
            looks.rows.add(row_number)
        _look_at(row, row_number, styles, looks)
    return looks


def _look_at(
    row: _Element,
    row_number: int,
    styles: _Styles,
    looks: Looks,
) -> None:
    column = -1
    for cell in row:
        column = _column(value_of(cell, "", "r"), column + 1)
        place = (row_number, column)
        read = _read_apart(cell, styles)
        if _number(cell, "s") in styles.struck:
            looks.struck_cells.add(place)
        elif read is not None:
            looks.texts[place] = read[0]
            looks.struck += read[1]


def _read_apart(
    cell: _Element,
    styles: _Styles,
) -> tuple[str, tuple[str, ...]] | None:
    kind = value_of(cell, "n", "t")
    decimals = styles.decimals.get(_number(cell, "s"))
    for child in cell:
        is_value = local_name(child) == "v"
        if kind == "n" and decimals is not None and is_value:
            return _percent(child.text or "", decimals)
        if kind == "inlineStr" and local_name(child) == "is":
            return _runs(child)
        if kind == "s" and is_value:
            raw = (child.text or "").strip()
            return styles.strings.get(int(raw)) if raw.isdecimal() else None
    return None


def _percent(
    raw: str,
    decimals: int,
) -> tuple[str, tuple[str, ...]] | None:
    try:
        return f"{float(raw):.{decimals}%}", ()
    except ValueError:
        return None


def _column(
    place: str,
    default: int,
) -> int:
    """The column of a place such as "AB12", from 0."""
    match = _PLACE_PATTERN.fullmatch(place)
    if match is None:
        return default
    number = 0
    for letter in match[1]:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
