"""The last step of every reader: lines and tables become the text of a Page, or the reason why
there is none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from index.model.errors import InputError
from index.model.problems import Code, Problem
from indexer.formats.chrome import EDGE_CHARACTERS, Framed
from indexer.page import Cell, Decoded, Page, Table

__all__ = ["Rows", "finish"]

Rows = tuple[tuple[Cell, ...], ...]

# a letter, a digit or a Chinese character
_WORD_PATTERN = re.compile(r"\w")
# 404 Not Found, 您访问的页面不存在, 该信息已被删除
_ERROR_PAGE_PATTERN = re.compile(
    r"\b404\b|\b50[023]\b|页面不存在|页面没有找到|找不到(该|您|此)?.{0,6}页"
    r"|您访问的(页面|内容)|无法找到|not found|已被?删除",
    re.IGNORECASE,
)
# Letters and digits from which a page that speaks of an error may be a report all the same.
_SHORT_PAGE = 100


def finish(
    framed: Framed,
    tables: Sequence[Rows],
    kind: str,
    decoded: Decoded | None = None,
    least: int = 1,
) -> Page:
    """A Page of what `frame` left. `least` is how many letters or digits make a document.

    Raises InputError when there are fewer, or when the page says that there is nothing.
    """
    texts = [line.text.strip(EDGE_CHARACTERS) for line in framed.lines]
    text = "\n".join(filter(None, texts))
    _refuse_empty(text, framed.title, least)
    meta = framed.meta
    if decoded:
        meta = {**meta, "encoding": decoded.encoding}
        # the page has the text: a second copy would only cost memory
        decoded = replace(decoded, text="")
    return Page(
        text=text,
        title=framed.title or None,
        tables=_place(framed, texts, tables),
        meta=meta,
        chrome=framed.chrome,
        format=kind,
        decoded=decoded,
        problems=_problems(text, framed.title),
    )


def _refuse_empty(text: str, title: str | None, least: int) -> None:
    words = _count(text, _SHORT_PAGE)
    if words + _count(title or "", _SHORT_PAGE) < least:
        raise InputError(
            "holds no text; if it is a scan or a page of links, index the document itself"
        )
    is_short = words < _SHORT_PAGE
    if is_short and _ERROR_PAGE_PATTERN.search(f"{title or ''}\n{text}"):
        raise InputError("is a website's error page; fetch the report again")


def _count(text: str, enough: int) -> int:
    """Letters and digits of a text, counted up to `enough`."""
    return len(list(islice(_WORD_PATTERN.finditer(text), enough)))


def _problems(text: str, title: str | None) -> list[Problem]:
    if title and _count(text, 20) < 20:
        return [Problem(Code.FORMAT_LITTLE_TEXT)]
    return []


def _place(framed: Framed, texts: Sequence[str], tables: Sequence[Rows]) -> list[Table]:
    """The tables that are still in the text, each with the offset of its first line."""
    offset = 0
    starts: dict[int, int] = {}
    for line, text in zip(framed.lines, texts, strict=True):
        if not text:
            continue
        if line.table is not None:
            starts.setdefault(line.table, offset)
        # one more for the end of the line
        offset += len(text) + 1
    return [Table(tables[number], start) for number, start in sorted(starts.items())]
