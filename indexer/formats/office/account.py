"""The account of a document in a zip archive: its letters and digits are counted once more, in its
XML and by no rule of its reader, and held against what the reader kept.
"""

from __future__ import annotations

import html as entities
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO

from index.model.problems import Code, Problem
from indexer.formats.visible import letters_of
from indexer.page import Page

__all__ = ["letters_in", "unaccounted"]

# Letters and digits, and the share of a document, from which what is lost is told.
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
        re.compile(r"Doc_\d+/Pages/.*/Content\.xml"),
        re.compile(r"(?!)"),
        re.compile(r"<(?:\w+:)?TextCode\b[^>]*>([^<]*)"),
    ),
}


def letters_in(name: str, data: bytes) -> int | None:
    """Letters and digits of a document by the name of its format.

    None where they are not counted: another format, a damaged archive, a very long document.
    """
    written = WRITTEN_BY_FORMAT.get(name)
    if written is None:
        return None
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            infos = [i for i in archive.infolist() if written.parts.search(i.filename)]
            if sum(info.file_size for info in infos) > MAX_COUNTED_BYTES:
                return None
            parts = [archive.read(info).decode("utf-8", "replace") for info in infos]
    # what the reader could read may still be strange to zipfile
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return None
    count = 0
    for part in parts:
        bare = written.dropped.sub("", part)
        texts = entities.unescape("".join(written.texts.findall(bare)))
        count += letters_of(texts)
    return count


def unaccounted(page: Page, data: bytes) -> list[Problem]:
    """The problem of a document of which too much is neither text, title, chrome nor told."""
    entered = letters_in(page.format, data)
    if not entered:
        return []
    kept = sum(map(letters_of, (page.text, page.title or "", *page.chrome)))
    told = sum(map(_told, page.problems))
    lost = entered - kept - told
    if lost <= MAX_LOST_LETTERS or lost <= MAX_LOST_SHARE * entered:
        return []
    percent = round(100 * lost / entered)
    return [Problem(Code.FORMAT_UNACCOUNTED, {"percent": percent})]


def _told(problem: Problem) -> int:
    """Letters and digits that a problem names as left out."""
    runs = problem.facts.get("runs")
    if problem.code is not Code.FORMAT_STRUCK_OUT or not isinstance(runs, list | tuple):
        return 0
    return letters_of("".join(map(str, runs)))
