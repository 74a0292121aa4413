"""One report in every format: the same title, text by characters, tables and figures.

What differs between formats stands in docs/formats.md.
"""

from __future__ import annotations

from functools import cache

import pytest

from index.model.report import Report
from indexer import formats
from indexer.formats import read
from indexer.page import Page, Source
from indexer.pipeline import report_of
from tests.indexer.formats.writers import WRITERS, blocks, lines, sample, text

# These have tables, with the columns and rows that a cell spans.
SPANNING = (".html", ".docx", ".docm", ".odt", ".rtf", ".mhtml", ".eml")
# These have tables, in which what is spanned is blank.
TABULAR = (*SPANNING, ".md")
# In a sheet a row of one cell is a line of text, and parts the table.
PARTED = (".xlsx", ".xls", ".et", ".csv")


@cache
def source(suffix: str) -> Source:
    data = WRITERS[suffix](blocks(sample()))
    return Source("a" + suffix, "/a" + suffix, suffix, data, "")


@cache
def page(suffix: str) -> Page:
    return read(source(suffix))


@cache
def report(suffix: str) -> Report:
    return report_of(source(suffix))


def characters(one: str) -> str:
    return "".join(one.split())


@pytest.mark.parametrize("suffix", WRITERS)
def test_title_text_and_figures_are_the_same(suffix: str) -> None:
    known, found = report(".html"), report(suffix)
    assert found.title == known.title == sample().title
    shown = characters(found.text)
    # text that a record gives is somebody's extraction: the line below the title is kept
    assert shown.endswith(characters(known.text))
    assert suffix == ".json" or shown == characters(known.text)
    assert found.problems == []
    assert found.tables_status == "consistent"
    assert found.statistics.metrics == known.statistics.metrics
    assert len(found.statistics.metrics) > 20
    for name, value in sample().truth["metrics"].items():
        assert found.statistics.metrics[name] == value


@pytest.mark.parametrize("suffix", WRITERS)
def test_tables_are_the_same_where_there_are_some(suffix: str) -> None:
    known = [
        [[cell.text for cell in row if cell.text] for row in table.rows]
        for table in page(".html").tables
    ]
    found = [
        [[cell.text for cell in row if cell.text] for row in table.rows]
        for table in page(suffix).tables
    ]
    if suffix in TABULAR:
        assert found == known
    elif suffix in PARTED:
        rows = [row for table in known for row in table if len(row) > 1]
        assert [row for table in found for row in table] == rows
    else:
        assert found == []


@pytest.mark.parametrize("suffix", SPANNING)
def test_cells_span_the_same(suffix: str) -> None:
    spans = [
        [
            (cell.text, cell.colspan, cell.rowspan)
            for table in page(name).tables
            for row in table.rows
            for cell in row
            if cell.text
        ]
        for name in (".html", suffix)
    ]
    assert spans[0] == spans[1]
    assert any(rows > 1 for _, _, rows in spans[0])


@pytest.mark.parametrize("suffix", [".doc", ".wps"])
def test_what_a_program_of_the_machine_writes(
    suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.which", lambda name: f"/bin/{name}")
    written = "\n".join(lines(blocks(sample())))
    monkeypatch.setattr("indexer.formats.office.doc._convert", lambda *_: written)
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    found = report_of(Source("a" + suffix, "/a" + suffix, suffix, data, ""))
    assert found.title == sample().title
    assert characters(found.text) == characters(report(".html").text)
    assert found.statistics.metrics == report(".html").statistics.metrics


def test_every_format_has_a_writer() -> None:
    written = {row.name for row in formats.FORMATS if set(row.suffixes) & set(WRITERS)}
    every = {row.name for row in formats.FORMATS}
    assert every - written == {"doc", "wps"}


@pytest.mark.parametrize(
    "suffix", sorted(set(WRITERS) - {".txt", ".csv", ".json", ".md"})
)
@pytest.mark.parametrize("named", [".pdf", ".doc", ".html", ".txt", ".xls"])
def test_the_bytes_tell_the_format(suffix: str, named: str) -> None:
    row = formats.format_of(named, source(suffix).data)
    assert row is not None
    assert row is formats.of_suffix(suffix)


def test_a_text_is_a_text_under_any_name() -> None:
    data = text(blocks(sample()))
    for named in (".pdf", ".doc", ".xls", ".ofd"):
        found = report_of(Source("a" + named, "/a" + named, named, data, ""))
        assert found.title == sample().title


def test_a_word_document_with_a_workbook_in_it_is_a_word_document() -> None:
    data = source(".xls").data + "WordDocument".encode("utf-16-le")
    for named in (".doc", ".wps"):
        assert formats.format_of(named, data) is formats.of_suffix(named)
    assert formats.format_of(".xls", data) is formats.of_suffix(".doc")
