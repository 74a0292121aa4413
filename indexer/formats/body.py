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
from indexer.formats.chrome import EDGES, Framed
from indexer.page import Cell, Decoded, Page, Table

__all__ = ["Rows", "finish"]

Rows = tuple[tuple[Cell, ...], ...]

_WORD = re.compile(r"\w")
_ERROR_PAGE = re.compile(
    r"\b404\b|\b50[023]\b|页面不存在|页面没有找到|找不到(该|您|此)?.{0,6}页|您访问的(页面|内容)"
    r"|无法找到|not found|已被?删除",
    re.IGNORECASE,
)


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
    texts = [line.text.strip(EDGES) for line in framed.lines]
    text = "\n".join(t for t in texts if t)
    _refuse_empty(text, framed.title, least)
    return Page(
        text=text,
        title=framed.title or None,
        tables=_place(framed, texts, tables),
        meta={**framed.meta, **({"encoding": decoded.encoding} if decoded else {})},
        chrome=framed.chrome,
        format=kind,
        decoded=replace(decoded, text="") if decoded else None,
        problems=_problems(text, framed.title),
    )


def _refuse_empty(text: str, title: str | None, least: int) -> None:
    words = _count(text, 100)
    if words + _count(title or "", 100) < least:
        raise InputError(
            "holds no text; if it is a scan or a page of links, index the document itself"
        )
    if words < 100 and _ERROR_PAGE.search(f"{title or ''}\n{text}"):
        raise InputError("is a website's error page; fetch the report again")


def _count(text: str, enough: int) -> int:
    """Letters and digits of a text, counted up to `enough`."""
    return sum(1 for _ in islice(_WORD.finditer(text), enough))


def _problems(text: str, title: str | None) -> list[Problem]:
    if title and _count(text, 20) < 20:
        return [Problem(Code.FORMAT_LITTLE_TEXT)]
    return []


def _place(framed: Framed, texts: Sequence[str], tables: Sequence[Rows]) -> list[Table]:
    """The tables that are still in the text, each with the offset of its first line."""
    offset, starts = 0, dict[int, int]()
    for line, text in zip(framed.lines, texts, strict=True):
        if text:
            if line.table is not None:
                starts.setdefault(line.table, offset)
            offset += len(text) + 1
    return [Table(tables[n], start) for n, start in sorted(starts.items())]
