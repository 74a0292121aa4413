"""The table of formats: one row is all that a new format needs, wherever a document comes from."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from index.model.errors import InputError
from index.model.problems import Code, Problem
from index.model.settings import Settings
from indexer import formats
from indexer.corpus import Skip, walk
from indexer.formats import Format, read
from indexer.page import Page, Source
from tests.conftest import ROOT

MIME = "application/vnd.example.note"
MEMBER = "note.txt"


def make_note(text: str) -> bytes:
    """A document of a format that nobody else has: a zip archive with one text in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        # without it the archive would be one of documents
        archive.writestr("mimetype", MIME)
        archive.writestr(MEMBER, text)
    return out.getvalue()


def is_note(data: bytes) -> bool:
    return data.startswith(b"PK\x03\x04") and MEMBER.encode() in data


def read_note(source: Source) -> Page:
    with zipfile.ZipFile(io.BytesIO(source.data)) as archive:
        text = archive.read(MEMBER).decode()
    return Page(text=text, format=source.suffix.removeprefix("."))


@pytest.fixture
def _note_format(monkeypatch: pytest.MonkeyPatch) -> None:
    row = Format("note", (".note", ".nt"), (MIME,), is_note, read_note)
    monkeypatch.setattr(formats, "FORMATS", (*formats.FORMATS, row))


def pages(path: Path) -> dict[str, Page]:
    settings = Settings(index=Path("/nowhere/index"))
    sources = [item for item in walk([path], settings) if not isinstance(item, Skip)]
    return {source.name: read(source) for source in sources}


def reasons(path: Path) -> dict[str, str]:
    settings = Settings(index=Path("/nowhere/index"))
    skips = [item for item in walk([path], settings) if isinstance(item, Skip)]
    return {skip.source: skip.reason for skip in skips}


def make_warc(url: str, mime: str, data: bytes) -> bytes:
    block = f"HTTP/1.1 200 OK\r\nContent-Type: {mime}\r\n\r\n".encode() + data
    head = (
        "WARC/1.0\r\n"
        "WARC-Type: response\r\n"
        f"WARC-Target-URI: {url}\r\n"
        "WARC-Date: 2020-01-01T00:00:00Z\r\n"
        "WARC-Record-ID: <urn:uuid:1>\r\n"
        "Content-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


@pytest.mark.usefixtures("_note_format")
def test_a_row_reads_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.note").write_bytes(make_note("甲"))
    (tmp_path / "b.NT").write_bytes(make_note("乙"))
    found = pages(tmp_path)
    assert [page.text for page in found.values()] == ["甲", "乙"]
    assert [page.problems for page in found.values()] == [[], []]


def test_without_the_row_the_file_is_skipped(tmp_path: Path) -> None:
    (tmp_path / "a.note").write_bytes(make_note("甲"))
    assert pages(tmp_path) == {}
    (reason,) = reasons(tmp_path).values()
    assert reason.startswith("no reader for .note; readable are .html ")
    assert ".note" not in reason.partition("readable")[2]


@pytest.mark.usefixtures("_note_format")
def test_a_row_reads_a_member_of_a_zip(tmp_path: Path) -> None:
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("2019/a.note", make_note("甲"))
    assert {name: page.text for name, page in pages(path).items()} == {
        "all.zip/2019/a.note": "甲"
    }


@pytest.mark.usefixtures("_note_format")
def test_a_row_reads_a_warc_record_of_its_media_type(tmp_path: Path) -> None:
    pytest.importorskip("warcio")
    path = tmp_path / "crawl.warc"
    path.write_bytes(make_warc("http://x/7", f"{MIME}; v=1", make_note("甲")))
    (page,) = pages(path).values()
    assert (page.text, page.format) == ("甲", "note")


@pytest.mark.usefixtures("_note_format")
def test_a_row_recognises_its_bytes_under_another_suffix(tmp_path: Path) -> None:
    for suffix in (".txt", ".docx", ".pdf"):
        (tmp_path / f"a{suffix}").write_bytes(make_note("甲"))
    for name, page in pages(tmp_path).items():
        suffix = Path(name).suffix
        assert (page.text, page.format) == ("甲", "note")
        facts = {"named": suffix, "actual": ".note"}
        assert page.problems == [Problem(Code.FORMAT_NOT_AS_NAMED, facts)]
    assert len(pages(tmp_path)) == 3


@pytest.mark.usefixtures("_note_format")
def test_messages_list_the_row(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"readable are .* \.note \.nt$"):
        read(Source("a.jpg", "/a.jpg", ".jpg", b"\xff\xd8\xff", ""))
    pytest.importorskip("warcio")
    path = tmp_path / "crawl.warc"
    path.write_bytes(make_warc("http://x/7", "image/png", b"\x89PNG"))
    (reason,) = reasons(path).values()
    assert reason.startswith("http://x/7 is image/png; readable are text/html ")
    assert reason.endswith(f" {MIME}")


def test_a_name_a_suffix_and_a_media_type_are_of_one_row() -> None:
    names = [row.name for row in formats.FORMATS]
    for values in (names, formats.suffixes(), formats.media_types()):
        assert [value for value, count in Counter(values).items() if count > 1] == []
    assert all(re.fullmatch(r"\.[a-z]+", suffix) for suffix in formats.suffixes())
    assert all(row.suffixes for row in formats.FORMATS)


def test_the_documentation_lists_every_format() -> None:
    listed = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    for row in formats.FORMATS:
        suffixes = " ".join(f"`{suffix}`" for suffix in row.suffixes)
        assert f"| {row.name} | {suffixes} |" in listed


def test_old_word_under_a_page_s_suffix_is_converted_as_old_word(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("shutil.which", lambda _: None)
    data = b"\xd0\xcf\x11\xe0" + bytes(600)
    for suffix, needed in ((".html", "antiword"), (".doc", "antiword"), (".wps", "L")):
        with pytest.raises(InputError, match=f"needs {needed}"):
            read(Source("a" + suffix, "/a" + suffix, suffix, data, ""))


def test_other_zip_archives_are_no_word_documents() -> None:
    source = Source("a.docx", "/a.docx", ".docx", make_note("甲"), "")
    with pytest.raises(InputError, match="no Word document"):
        read(source)
