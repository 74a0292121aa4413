"""A check on the readers: does the page hold all the text of the document?

The letters and digits of a document are counted a second time, straight from its XML or its parts,
independently of the reader. If the reader kept clearly fewer, the report gets a problem.
"""

from __future__ import annotations

import email
import html as entities
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import Message
from io import BytesIO

from index.model.errors import InputError
from index.model.problems import Code, Problem
from indexer.decode import decode
from indexer.formats.visible import letters_of
from indexer.page import Page

__all__ = ["letters_in", "unaccounted"]

# A problem is reported when more letters than this, and more than this share, are missing.
MAX_LOST_LETTERS = 40
MAX_LOST_SHARE = 0.05
# Bytes of parts beyond which the second count would cost too much.
MAX_COUNTED_BYTES = 4 << 20


@dataclass(frozen=True, slots=True)
class _Written:
    """Where a format keeps its text.

    `parts` are the names of the parts, `dropped` what stands there a second time or was deleted,
    `texts` an element of text, whose content is its last group.
    """

    parts: re.Pattern[str]
    dropped: re.Pattern[str]
    texts: re.Pattern[str]


WRITTEN_BY_FORMAT: Mapping[str, _Written] = {
    "docx": _Written(
        re.compile(r"word/(?:document|footnotes|endnotes)\d*\.xml"),
        # the same text box for older programs; a paragraph moved away; a deleted row has w:del
        re.compile(
            r"<mc:Fallback\b.*?</mc:Fallback>|<w:moveFrom\b.*?</w:moveFrom>", re.DOTALL
        ),
        re.compile(r"<w:t(?: [^>]*)?>([^<]*)"),
    ),
    "odt": _Written(
        re.compile(r"content\.xml"),
        re.compile(
            r"<text:tracked-changes\b.*?</text:tracked-changes>"
            r"|<office:annotation\b.*?</office:annotation>"
            r"|<office:automatic-styles\b.*?</office:automatic-styles>",
            re.DOTALL,
        ),
        re.compile(r">([^<]+)"),
    ),
    "ofd": _Written(
        re.compile(r"/Pages/.*\.xml$"),
        re.compile(r"(?!)"),
        re.compile(r"<(?:\w+:)?TextCode\b[^>]*>([^<]*)"),
    ),
}


# a string of a workbook, its text, what is printed small above it; a cell and its value
_STRING_PATTERN = re.compile(
    r"<(?:\w+:)?si\b[^>]*?(?:/>|>(.*?)</(?:\w+:)?si>)", re.DOTALL
)
_TEXT_PATTERN = re.compile(r"<(?:\w+:)?t(?: [^>]*)?>([^<]*)")
_GLOSS_PATTERN = re.compile(r"<(?:\w+:)?rPh\b.*?</(?:\w+:)?rPh>", re.DOTALL)
_CELL_PATTERN = re.compile(
    r"<(?:\w+:)?c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL
)
_VALUE_PATTERN = re.compile(r"<(?:\w+:)?v(?: [^>]*)?>([^<]*)")
# <sheet name="旧稿" sheetId="2" state="hidden" r:id="rId2"/>
_SHEET_PATTERN = re.compile(r"<(?:\w+:)?sheet\b([^>]*)")
_RELATION_PATTERN = re.compile(r"<(?:\w+:)?Relationship\b([^>]*)")
_ATTRIBUTE_PATTERN = re.compile(r"(?<![\w:])([\w:]++)\s*+=\s*+[\"']([^\"']*)")
# what a browser shows nothing of, and what may be hidden
_SILENT_PATTERN = re.compile(
    r"<(script|style|head|noscript|textarea|select)\b.*?</\1\s*>|<!--.*?-->",
    re.DOTALL | re.IGNORECASE,
)
_MAY_HIDE_PATTERN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|<[^>]*\shidden\b", re.IGNORECASE
)
_BEFORE_HEADER = b"\xef\xbb\xbf \t\r\n"
_TAG_PATTERN = re.compile(r"<[^>]*>")


def letters_in(
    name: str,
    data: bytes,
    encoding: str = "",
) -> int | None:
    """Letters and digits of a document by the name of its format.

    `encoding` is that of a text. None where they are not counted: another format, a damaged
    archive, a very long document.
    """
    counter = COUNTER_BY_FORMAT.get(name)
    if counter is not None and len(data) <= MAX_COUNTED_BYTES:
        return counter(data, encoding)
    written = WRITTEN_BY_FORMAT.get(name)
    if written is None:
        return None
    parts = _parts(data, written.parts)
    if parts is None:
        return None
    count = 0
    for part in parts.values():
        bare = written.dropped.sub("", part)
        count += _letters(written.texts.findall(bare))
    return count


def _letters(
    texts: list[str],
) -> int:
    return letters_of(entities.unescape("".join(texts)))


def _parts(
    data: bytes,
    wanted: re.Pattern[str],
) -> dict[str, str] | None:
    """The parts of a zip archive whose names have a pattern; None where they cannot be read."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            infos = [i for i in archive.infolist() if wanted.search(i.filename)]
            if sum(info.file_size for info in infos) > MAX_COUNTED_BYTES:
                return None
            return {
                info.filename: archive.read(info).decode("utf-8", "replace")
                for info in infos
            }
    # what the reader could read may still be strange to zipfile
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError):
        return None


def _letters_of_table(
    data: bytes,
    encoding: str,
) -> int | None:
    """Letters and digits of comma separated values."""
    return letters_of(data.decode(encoding, "replace")) if encoding else None


def _letters_of_workbook(
    data: bytes,
    encoding: str,
) -> int | None:
    """Letters and digits of the cells of all sheets that are shown."""
    del encoding
    parts = _parts(data, re.compile(r"^xl/.*\.(?:xml|rels)$"))
    if parts is None:
        return None
    items = _STRING_PATTERN.findall(parts.get("xl/sharedStrings.xml", ""))
    shared = list(map(_letters_of_string, items))
    targets: dict[str, str] = {}
    relations = parts.get("xl/_rels/workbook.xml.rels", "")
    for relation in map(_attributes, _RELATION_PATTERN.findall(relations)):
        targets[relation.get("Id", "")] = relation.get("Target", "")
    count = 0
    for sheet in map(
        _attributes, _SHEET_PATTERN.findall(parts.get("xl/workbook.xml", ""))
    ):
        if sheet.get("state", "visible") == "visible":
            target = targets.get(sheet.get("id", ""), "").rpartition("/")[2]
            count += _letters_of_cells(parts.get("xl/worksheets/" + target, ""), shared)
    return count


def _letters_of_string(
    item: str,
) -> int:
    return _letters(_TEXT_PATTERN.findall(_GLOSS_PATTERN.sub("", item)))


def _attributes(
    written: str,
) -> dict[str, str]:
    """Local name of an attribute -> its value."""
    pairs = _ATTRIBUTE_PATTERN.findall(written)
    return {name.rpartition(":")[2]: value for name, value in pairs}


def _letters_of_cells(
    sheet: str,
    shared: list[int],
) -> int:
    count = 0
    for written, inner in _CELL_PATTERN.findall(sheet):
        kind = _attributes(written).get("t", "n")
        values = _VALUE_PATTERN.findall(inner)
        raw = values[0].strip() if values else ""
        if kind == "s" and raw.isdecimal() and int(raw) < len(shared):
            count += shared[int(raw)]
        elif kind == "inlineStr":
            count += _letters_of_string(inner)
        elif kind == "str":
            count += _letters([raw])
        elif kind == "n":
            # more digits than a program shows are rounding
            count += min(letters_of(raw), 15)
    return count


def _letters_of_message(
    data: bytes,
    encoding: str,
) -> int | None:
    """Letters and digits of the texts of a message that are not attached, of several forms of one
    text the page. None where a page may hide some.
    """
    del encoding
    count = 0
    stack: list[Message] = [email.message_from_bytes(data.lstrip(_BEFORE_HEADER))]
    while stack:
        part = stack.pop()
        if part.get_content_maintype() == "multipart":
            stack.extend(_read_parts(part))
            continue
        is_file = part.get_filename() or part.get_content_disposition() == "attachment"
        content = part.get_payload(decode=True)
        is_text = part.get_content_maintype() == "text" and not is_file
        if not is_text or not isinstance(content, bytes) or not content:
            continue
        text = decode(content, part.get_content_charset()).text
        if part.get_content_subtype() == "html":
            if _MAY_HIDE_PATTERN.search(text):
                return None
            bare = _TAG_PATTERN.sub("", _SILENT_PATTERN.sub("", text))
            text = entities.unescape(bare)
        count += letters_of(text)
    return count


def _read_parts(
    part: Message,
) -> list[Message]:
    """The parts of which a person reads one after the other."""
    held = part.get_payload()
    parts = (
        [one for one in held if isinstance(one, Message)]
        if isinstance(held, list)
        else []
    )
    kind = part.get_content_subtype()
    # the others are pictures and frames of the first
    if kind == "related":
        return parts[:1]
    pages = [one for one in parts if b"html" in one.as_bytes()[:4000].lower()]
    return (pages or parts)[:1] if kind == "alternative" else parts


# What is no zip archive of XML in which each element of text counts.
COUNTER_BY_FORMAT: Mapping[str, Callable[[bytes, str], int | None]] = {
    **dict.fromkeys(("xlsx", "xlsm"), _letters_of_workbook),
    "csv": _letters_of_table,
    **dict.fromkeys(("eml", "mht", "mhtml"), _letters_of_message),
}


def unaccounted(
    page: Page,
    data: bytes,
) -> list[Problem]:
    """The problem FORMAT_UNACCOUNTED, when too much text of the document is missing.

    Text counts as present when the page has it as text, title or chrome, or when another problem
    already says that it was left out.
    """
    codes = {problem.code for problem in page.problems}
    # told by the reader itself; or its bytes are not the characters that were meant
    if codes & {Code.FORMAT_UNACCOUNTED, Code.FORMAT_READ_AGAIN}:
        return []
    try:
        entered = letters_in(page.format, data, page.meta.get("encoding", ""))
    except InputError:
        return []
    if not entered:
        return []
    kept_letters = sum(map(letters_of, (page.text, page.title or "", *page.chrome)))
    told_letters = sum(map(_told, page.problems))
    lost_letters = entered - kept_letters - told_letters
    if lost_letters <= MAX_LOST_LETTERS or lost_letters <= MAX_LOST_SHARE * entered:
        return []
    percent = round(100 * lost_letters / entered)
    return [Problem(Code.FORMAT_UNACCOUNTED, {"percent": percent})]


def _told(
    problem: Problem,
) -> int:
    """Letters and digits that a problem names as left out."""
    if problem.code is Code.FORMAT_CELLS_HIDDEN:
        letters = problem.facts.get("letters")
        return letters if isinstance(letters, int) else 0
    runs = problem.facts.get("runs")
    if problem.code is not Code.FORMAT_STRUCK_OUT or not isinstance(runs, list | tuple):
        return 0
    return letters_of("".join(map(str, runs)))
