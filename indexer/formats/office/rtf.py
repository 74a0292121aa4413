"""Rich Text Format, as Word and WPS write it: bytes of a code page, Unicode escapes, tables.

The text becomes a tree of HTML, so that one module knows how lines and tables are laid out. A group
in braces inherits the looks of the one around it; a stack of states holds them, without recursion.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field

import lxml.html
from lxml.etree import SubElement
from lxml.html import HtmlElement

from index.model.errors import InputError
from index.model.problems import Code, Problem
from indexer.decode import decode
from indexer.formats.body import finish
from indexer.formats.chrome import frame
from indexer.formats.flatten import flatten
from indexer.formats.office.margins import margins
from indexer.formats.office.package import xml_text
from indexer.formats.office.rows import SHAPE_WORDS, Rows
from indexer.formats.visible import raised, struck_out
from indexer.page import Page, Source

__all__ = ["append_rtf", "is_rtf", "read_rtf"]

# Groups within groups; Word writes some ten.
MAX_DEPTH = 5000
# Bytes from which the encoding is told where the document does not name one.
MIN_SAMPLE_BYTES = 20

# \'cb | \par | \u26395 and its space | \~ | { } | line ends of the file | text
_TOKEN = (
    rb"\\'(?P<hex>[0-9A-Fa-f]{2})"
    rb"|\\(?P<word>[A-Za-z]{1,40})(?P<number>-?\d{1,10})? ?"
    rb"|\\(?P<sign>[^A-Za-z])"
    rb"|(?P<brace>[{}])"
    rb"|[\r\n\x00]+"
)
# the second byte of a Chinese character may be a brace or a backslash
_WIDE_TOKEN_PATTERN = re.compile(
    rb"(?P<text>(?:[\x81-\xfe][\x40-\x7e\x80-\xfe]|[^\\{}\r\n\x00\x81-\xfe])+)|"
    + _TOKEN
    + rb"|(?P<lone>[\x81-\xff\\])",
    re.DOTALL,
)
_TOKEN_PATTERN = re.compile(
    rb"(?P<text>[^\\{}\r\n\x00]+)|" + _TOKEN + rb"|(?P<lone>\\)", re.DOTALL
)
_HEX_PATTERN = re.compile(rb"\\'([0-9A-Fa-f]{2})")

# Charset of a font (\fcharset134) -> Python codec. Symbol fonts (2) have none.
_CODEC_BY_CHARSET = {
    0: "cp1252",
    77: "mac_roman",
    128: "cp932",
    129: "cp949",
    134: "gb18030",
    136: "big5hkscs",
    161: "cp1253",
    162: "cp1254",
    163: "cp1258",
    177: "cp1255",
    178: "cp1256",
    186: "cp1257",
    204: "cp1251",
    222: "cp874",
    238: "cp1250",
}
_SYMBOL_CHARSET = 2
_SYMBOL_CODEC = "symbol"
_WIDE_CODECS = frozenset(("gb18030", "big5hkscs", "cp932", "cp949"))
# Code page (\ansicpg936) -> Python codec.
_CODEC_BY_PAGE = {
    936: "gb18030",
    54936: "gb18030",
    932: "cp932",
    949: "cp949",
    950: "big5hkscs",
    65001: "utf-8",
}
_PAGE_PATTERN = re.compile(rb"\\ansicpg(\d{1,6})")
# Bytes in which a document names its code page.
_HEAD_BYTES = 4096

# Where the text of a group goes: nowhere, into the text, below it, beside it.
NOWHERE, BODY, BOX, NOTE, MARGIN, FONTS = "", "body", "box", "note", "margin", "fonts"
# A word at the beginning of a group -> where its text goes. Groups that begin with \* and any
# other word go nowhere.
_PLACES: Mapping[str, str] = {
    **dict.fromkeys(("shptxt", "dptxbxtext"), BOX),
    **dict.fromkeys(("footnote",), NOTE),
    **dict.fromkeys(("header", "headerl", "headerr", "headerf"), MARGIN),
    **dict.fromkeys(("footer", "footerl", "footerr", "footerf"), MARGIN),
    "fonttbl": FONTS,
    **dict.fromkeys(
        (
            *("colortbl", "stylesheet", "info", "pict", "fldinst", "xe", "tc", "rxe"),
            *("annotation", "atnid", "atnauthor", "listtable", "listoverridetable"),
            *("filetbl", "revtbl", "rsidtbl", "shprslt", "nonshppict", "txe"),
            *("nonesttables", "template", "generator", "datafield", "ftnsep"),
            *("ftnsepc", "ftncn", "aftnsep", "aftnsepc", "aftncn", "objdata"),
            *("objclass", "objname", "bkmkstart", "bkmkend", "falt", "panose", "sp"),
        ),
        NOWHERE,
    ),
}
# Words behind \* whose text is seen all the same.
_SEEN_BEHIND_STAR = frozenset(("shpinst", "shptxt", "do", "dptxbxtext", "footnote"))

_TEXT_BY_WORD = {
    "tab": "\t",
    "emdash": "—",
    "endash": "–",
    "lquote": "‘",
    "rquote": "’",
    "ldblquote": "“",
    "rdblquote": "”",
    "bullet": "•",
    "emspace": " ",
    "enspace": " ",
    "qmspace": " ",
    "chdate": "",
}
_TEXT_BY_SIGN = {b"~": "\xa0", b"_": "-", b"-": ""}
_LINE_WORDS = frozenset(("par", "line", "sect", "page", "column", "softline"))


@dataclass(slots=True)
class _State:
    """What holds within a group.

    `place` is where its text goes, `fallback` how many characters behind \\u repeat it.
    """

    place: str = BODY
    font: int = -1
    fallback: int = 1
    is_hidden: bool = False
    is_deleted: bool = False
    # struck out
    is_struck: bool = False
    in_table: bool = False
    vertical: str = ""
    # nothing but \* has stood in the group yet
    is_new: bool = False
    is_starred: bool = False


def is_rtf(data: bytes) -> bool:
    """Whether the bytes begin as Rich Text Format."""
    return data[:64].lstrip(b"\xef\xbb\xbf \t\r\n\x00").startswith(b"{\\rtf")


def read_rtf(source: Source) -> Page:
    """The report in a .rtf file. Raises InputError when it is none or holds no text."""
    if not is_rtf(source.data):
        raise InputError("is a damaged RTF document; save it again as .docx")
    reading = _Reading(source.data)
    reading.read()
    flat = flatten(reading.root, {reading.root})
    framed = frame(flat.lines)
    framed.chrome += margins(reading.margin, flat.lines)
    page = finish(framed, flat.tables, "rtf", least=5)
    page.problems += struck_out(reading.struck)
    if reading.objects:
        facts = {"parts": f"embedded objects ({reading.objects})"}
        page.problems.append(Problem(Code.FORMAT_PARTS_UNREAD, facts))
    return page


def append_rtf(parent: HtmlElement, data: bytes) -> list[str]:
    """Add what an RTF document holds to a tree of HTML; the runs that are struck out."""
    reading = _Reading(data)
    reading.read()
    parent.append(reading.root)
    return reading.struck


@dataclass(slots=True)
class _Reading:
    """One pass over a document: what its groups say, and the paragraphs made so far."""

    data: bytes
    root: lxml.html.HtmlElement = field(
        default_factory=lambda: lxml.html.Element("div")
    )
    state: _State = field(default_factory=_State)
    stack: list[_State] = field(default_factory=list)
    codec: str = ""
    default_font: int = -1
    codecs: dict[int, str] = field(default_factory=dict)
    # bytes of the current run that are not decoded yet
    raw: bytearray = field(default_factory=bytearray)
    # characters still to be passed over behind \u
    skipped: int = 0
    lines: dict[str, list[str]] = field(default_factory=dict)
    # whether a run was left out behind the last part of the text
    is_cut: bool = False
    rows: Rows = field(default_factory=Rows)
    notes: list[str] = field(default_factory=list)
    margin: list[str] = field(default_factory=list)
    struck: list[str] = field(default_factory=list)
    objects: int = 0

    # ------------------------------------------------------------------ the pass
    def read(self) -> None:
        """Read the whole document into the tree."""
        self.codec = _codec(self.data)
        is_utf8 = self.codec == "utf-8"
        pattern = _TOKEN_PATTERN if is_utf8 else _WIDE_TOKEN_PATTERN
        place = max(0, self.data.find(b"{\\rtf"))
        while place < len(self.data):
            match = pattern.match(self.data, place)
            if match is None:
                break
            place = match.end()
            if match["word"] == b"bin":
                # a picture as bare bytes, in which anything may stand
                place += max(0, _integer(match["number"], 0))
            else:
                self._take(match)
        self._end()

    def _take(self, match: re.Match[bytes]) -> None:
        kind = match.lastgroup
        if kind in ("number", "word"):
            self._word(match["word"].decode(), match["number"])
        elif kind == "hex":
            self._bytes(bytes.fromhex(match["hex"].decode()))
        elif kind == "sign":
            self._sign(match["sign"])
        elif kind == "brace":
            self._brace(match["brace"])
        elif kind is not None:
            self._bytes(match[kind])

    def _brace(self, brace: bytes) -> None:
        self._flush()
        self.skipped = 0
        if brace == b"{":
            if len(self.stack) >= MAX_DEPTH:
                raise InputError("is nested too deeply; save it again as .docx")
            self.stack.append(self.state)
            self.state = copy(self.state)
            self.state.is_new = True
            self.state.is_starred = False
        elif self.stack:
            left = self.state
            self.state = self.stack.pop()
            if left.place != self.state.place:
                self._leave(left)

    def _leave(self, left: _State) -> None:
        """A note, a box or a margin ends with its group: its last line has no \\par."""
        if left.place in (BOX, NOTE, MARGIN):
            self._end_line(left)

    # ------------------------------------------------------------------ characters
    def _bytes(self, data: bytes) -> None:
        state = self.state
        state.is_new = False
        if self.skipped:
            passed = min(self.skipped, len(data))
            self.skipped -= passed
            data = data[passed:]
        if state.place not in (NOWHERE, FONTS):
            self.raw += data

    def _sign(self, sign: bytes) -> None:
        if sign == b"*" and self.state.is_new:
            self.state.is_starred = True
            return
        if sign in b"\\{}":
            self._bytes(sign)
        elif sign in b"\r\n":
            self._flush()
            self._end_line(self.state)
        elif sign in _TEXT_BY_SIGN:
            self._flush()
            self._text(_TEXT_BY_SIGN[sign])

    def _flush(self) -> None:
        """Decode the bytes of the run that ends here."""
        if not self.raw:
            return
        data = bytes(self.raw)
        self.raw.clear()
        self._text(self._decoded(data))

    def _decoded(self, data: bytes) -> str:
        own = self.codecs.get(self.state.font, "")
        if own == _SYMBOL_CODEC:
            # symbols of fonts lie in the private use area; a space is a space
            return "".join(chr(0xF000 | b) if b > 0x20 else chr(b) for b in data)
        if data.isascii():
            return data.decode("ascii")
        order = [own, self.codec]
        # Word names a Latin font for Chinese bytes too, where the code page is Chinese
        if own not in _WIDE_CODECS and self.codec in (*_WIDE_CODECS, "utf-8"):
            order = [self.codec, own]
        named = list(filter(None, order))
        for codec in named:
            try:
                return data.decode(codec)
            except UnicodeDecodeError:
                continue
        return data.decode(named[0], "replace")

    def _text(self, text: str) -> None:
        state = self.state
        if not text or state.place in (NOWHERE, FONTS):
            return
        if state.is_hidden or state.is_deleted:
            self.is_cut = True
            return
        if state.is_struck:
            self._strike(text)
            return
        parts = self.lines.setdefault(state.place, [])
        if self.is_cut and parts and parts[-1][-1:].isdigit() and text[:1].isdigit():
            parts.append(" ")
        self.is_cut = False
        parts.append(raised(text, state.vertical))

    def _strike(self, text: str) -> None:
        # one run is often written in pieces
        if self.is_cut and self.struck:
            self.struck[-1] += text
        else:
            self.struck.append(text)
        self.is_cut = True

    def _end_line(self, state: _State) -> None:
        """A paragraph ends: it goes where the group says."""
        parts = self.lines.pop(state.place, [])
        self.is_cut = False
        text = xml_text(_joined("".join(parts)))
        if state.place == NOTE:
            self.notes.append(text)
        elif state.place == MARGIN:
            self.margin.append(text)
        elif state.place in (BODY, BOX):
            if state.in_table or self.rows.is_open:
                self.rows.line(text)
            else:
                self.rows.end(self.root)
                SubElement(self.root, "p").text = text

    def _end(self) -> None:
        self._flush()
        for place in (BOX, BODY, NOTE, MARGIN):
            if place in self.lines:
                self._end_line(_State(place))
        self.rows.end(self.root)
        for note in self.notes:
            SubElement(self.root, "p").text = note

    # ------------------------------------------------------------------ control words
    def _word(self, word: str, raw_number: bytes | None) -> None:
        self._flush()
        state = self.state
        number = _integer(raw_number, 1)
        if state.is_new:
            state.is_new = False
            self._enter(word)
        if word == "u":
            self._unicode(_integer(raw_number, 0))
        elif self.skipped:
            self.skipped -= 1
        elif word in _TEXT_BY_WORD:
            self._text(_TEXT_BY_WORD[word])
        elif word in _LINE_WORDS:
            self._end_line(state)
        elif word in _LOOKS:
            _LOOKS[word](state, number)
        elif state.place == FONTS:
            self._font(word, number)
        elif word in _ROW_WORDS:
            if state.place in (BODY, BOX):
                self._row_word(word, number)
        else:
            self._setting(word, number)

    def _enter(self, word: str) -> None:
        """The first word of a group says where its text goes."""
        state = self.state
        if state.place == NOWHERE:
            return
        if word in _PLACES:
            state.place = _PLACES[word]
        elif state.is_starred and word not in _SEEN_BEHIND_STAR:
            state.place = NOWHERE
        elif word == "object":
            self.objects += 1
        if state.place in (NOTE, MARGIN):
            state.in_table = False
            state.vertical = ""

    def _unicode(self, number: int) -> None:
        # numbers beyond 32767 are written as negative ones
        if -0x10000 < number < 0x110000:
            self._text(chr(number & 0xFFFF if number < 0 else number))
        self.skipped = self.state.fallback

    def _font(self, word: str, number: int) -> None:
        if word == "f":
            self.state.font = number
        elif word == "fcharset" and number == _SYMBOL_CHARSET:
            self.codecs[self.state.font] = _SYMBOL_CODEC
        elif word == "fcharset" and number in _CODEC_BY_CHARSET:
            self.codecs[self.state.font] = _CODEC_BY_CHARSET[number]
        elif word == "cpg":
            self.codecs[self.state.font] = _codec_of(number)

    def _setting(self, word: str, number: int) -> None:
        state = self.state
        if word == "f":
            state.font = number
        elif word == "plain":
            state.font = self.default_font
            state.is_hidden = state.is_struck = state.is_deleted = False
            state.vertical = ""
        elif word == "uc":
            state.fallback = max(0, number)
        elif word == "deff":
            self.default_font = state.font = number

    def _row_word(self, word: str, number: int) -> None:
        state = self.state
        if word == "cell":
            self._end_cell()
        elif word == "nestcell":
            # a table within a cell: its cells are lines of that cell
            state.in_table = True
            self._end_line(state)
        elif word == "row":
            self.rows.end_row()
        elif word == "trowd":
            self.rows.begin()
        else:
            self.rows.shape(word, number)

    def _end_cell(self) -> None:
        if self.state.place in self.lines:
            self._end_line(_State(self.state.place, in_table=True))
        self.rows.end_cell()


# Words of the rows of tables.
_ROW_WORDS = frozenset(("cell", "row", "trowd", "nestcell", *SHAPE_WORDS))


def _hide(state: _State, number: int) -> None:
    state.is_hidden = number != 0


def _delete(state: _State, number: int) -> None:
    state.is_deleted = number != 0


def _strike_looks(state: _State, number: int) -> None:
    state.is_struck = number != 0


def _raise(state: _State, number: int) -> None:
    state.vertical = "superscript" if number else ""


def _lower(state: _State, number: int) -> None:
    state.vertical = "subscript" if number else ""


def _level(state: _State, _: int) -> None:
    state.vertical = ""


def _enter_table(state: _State, number: int) -> None:
    state.in_table = number != 0


def _leave_table(state: _State, _: int) -> None:
    state.in_table = False


# Word -> how it changes the looks.
_LOOKS = {
    "v": _hide,
    "webhidden": _hide,
    "deleted": _delete,
    "strike": _strike_looks,
    "striked": _strike_looks,
    "super": _raise,
    "up": _raise,
    "sub": _lower,
    "dn": _lower,
    "nosupersub": _level,
    "intbl": _enter_table,
    "pard": _leave_table,
}


def _integer(raw: bytes | None, default: int) -> int:
    return default if raw is None else int(raw)


def _joined(text: str) -> str:
    """Characters beyond U+FFFF are written as pairs."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _codec_of(page: int) -> str:
    return _CODEC_BY_PAGE.get(page, "")


def _codec(data: bytes) -> str:
    """The codec of the document: its code page, or what its bytes show."""
    page = _PAGE_PATTERN.search(data[:_HEAD_BYTES])
    named = _codec_of(int(page[1])) if page else ""
    if not data.isascii() and _is_utf8(data):
        return "utf-8"
    if named:
        return named
    sample = b"".join(bytes.fromhex(m.decode()) for m in _HEX_PATTERN.findall(data))
    if not sample and not data.isascii():
        sample = data
    if len(sample) < MIN_SAMPLE_BYTES:
        return "cp1252"
    try:
        told = decode(sample).encoding
    except InputError:
        return "cp1252"
    return told if told in _WIDE_CODECS else "cp1252"


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
