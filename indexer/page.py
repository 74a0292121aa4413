"""What a reader of one format gives: the text and tables of a document, before anything is known of
its meaning.

Source (bytes and what is known) -> decode -> formats -> Page -> repair -> metadata, statistics ->
Report
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from index.model.problems import Problem

__all__ = ["Cell", "Decoded", "Known", "Page", "Source", "Table"]


@dataclass(frozen=True, slots=True)
class Known:
    """What the corpus itself says of a document: given values win over derived ones."""

    id: str | None = None
    url: str | None = None
    title: str | None = None
    agency: str | None = None
    level: str | None = None
    year: int | None = None
    region: tuple[str, ...] | None = None
    published: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """One document of a corpus.

    `name` is the path as indexed ("seeds/a.txt", "all.zip/2019/b.html", "c.jsonl#12"). `origin` is
    the absolute path of the file that holds it. `suffix` chooses the reader (".html"). `digest` is
    the SHA-256 of `data`.
    """

    name: str
    origin: str
    suffix: str
    data: bytes
    digest: str
    known: Known = field(default_factory=Known)

    @property
    def data_bytes(self) -> int:
        """What the document weighs."""
        return len(self.data)


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text and how the bytes became it:

    `reason` is one of bom, utf-8, declared, detected, fallback.
    """

    text: str
    encoding: str
    reason: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One table cell as received: its lines, joined by a line end, and what it spans."""

    text: str
    colspan: int = 1
    rowspan: int = 1
    header: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table as received, row by row, cells in document order.

    `offset` is where its text starts in Page.text.
    """

    rows: tuple[tuple[Cell, ...], ...]
    offset: int


@dataclass(slots=True)
class Page:
    """A document taken out of its format.

    `text` is the body as received, one paragraph a line, table cells one a line, site chrome left
    out. `title` is the title as received, taken out of `text` so that it is not counted twice.
    `meta` holds what the document says of itself outside the body, by these keys where present:
    title, published, source, url, site, column, index_number, doc_number, encoding, and `header`
    (the dropped lines around the title, such as "发布时间:2019-03-14 来源:办公室").
    """

    text: str
    title: str | None = None
    tables: list[Table] = field(default_factory=list)
    meta: dict[str, str] = field(default_factory=dict)
    chrome: list[str] = field(default_factory=list)
    format: str = ""
    decoded: Decoded | None = None
    problems: list[Problem] = field(default_factory=list)

    def as_json(self) -> Mapping[str, Any]:
        """The page for `gongkai inspect`, without the text."""
        return {
            "format": self.format,
            "title": self.title,
            "meta": self.meta,
            "chrome": self.chrome,
        }
