"""Walking folders, archives and JSON Lines: what is found, what is skipped and why, and that
nothing hostile wins.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.model.errors import InputError
from index.model.settings import Settings
from indexer import formats
from indexer.corpus import Skip, walk
from indexer.formats import read
from indexer.page import Known, Source

TEXT = "望海市2017年政府信息公开年报\n正文。".encode()


def run(*paths: Path, limit: int = 1) -> tuple[list[Source], list[Skip]]:
    found = list(walk(paths, Settings(index=Path("/nowhere/index"), max_file_mb=limit)))
    return [f for f in found if isinstance(f, Source)], [
        f for f in found if isinstance(f, Skip)
    ]


def names(found: Sequence[Source]) -> list[str]:
    return [f.name for f in found]


def write(path: Path, data: bytes = TEXT) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def zipped(
    path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED
) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def test_folders_in_sorted_order_without_litter(tmp_path: Path) -> None:
    for name in (
        "b.txt",
        "a/z.html",
        "a/b.txt",
        ".git/x.txt",
        "a/.hidden.txt",
        "~$x.docx",
        "__MACOSX/x.txt",
        "甲.HTM",
    ):
        write(tmp_path / "seeds" / name)
    found, skipped = run(tmp_path / "seeds")
    assert names(found) == [
        "seeds/a/b.txt",
        "seeds/a/z.html",
        "seeds/b.txt",
        "seeds/甲.HTM",
    ]
    assert skipped == []
    first = found[0]
    assert first.digest == hashlib.sha256(TEXT).hexdigest()
    assert (first.suffix, first.data, first.known) == (".txt", TEXT, Known())
    assert first.origin == str((tmp_path / "seeds/a/b.txt").resolve())
    assert found[3].suffix == ".htm"


def test_a_file_is_named_by_its_name(tmp_path: Path) -> None:
    assert names(run(write(tmp_path / "x" / "a.txt"))[0]) == ["a.txt"]


def test_the_folder_one_is_in_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "seeds" / "a.txt")
    monkeypatch.chdir(tmp_path / "seeds")
    assert names(run(Path())[0]) == ["seeds/a.txt"]
    assert names(run(Path("../seeds/"))[0]) == ["seeds/a.txt"]


def test_reasons(tmp_path: Path) -> None:
    folder = tmp_path / "c"
    write(folder / "a.jpg")
    write(folder / "b")
    write(folder / "c.txt", b"")
    write(folder / "d.txt", b"x" * ((1 << 20) + 1))
    write(folder / "e.txt", b"\x89PNG\r\n\x1a\n")
    write(folder / "f.txt.gz", b"\x1f\x8b\x08\x00damaged")
    write(folder / "g.zip", b"PK\x03\x04damaged")
    write(folder / "h.json", b"[1]")
    found, skipped = run(folder)
    assert found == []
    reasons = {s.source: s.reason for s in skipped}
    assert reasons["c/a.jpg"].startswith("no reader for .jpg; readable are .html")
    assert reasons["c/b"].startswith("no reader for a file without a suffix")
    assert reasons["c/c.txt"] == "is empty; fetch it again"
    assert (
        reasons["c/d.txt"]
        == "is larger than 1 MB; raise GONGKAI_MAX_FILE_MB to read it"
    )
    assert reasons["c/e.txt"].startswith("is a PNG image")
    assert "is damaged" in reasons["c/f.txt.gz"]
    assert "is not a zip archive" in reasons["c/g.zip"]
    assert "not a JSON object" in reasons["c/h.json"]
    assert all(";" in r for r in reasons.values())


def test_what_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "empty" / "sub").mkdir(parents=True)
    assert run(tmp_path / "empty")[1] == [
        Skip("empty", "is an empty folder; point at a folder with reports")
    ]
    assert run(tmp_path / "none")[1][0].reason.startswith("there is no such file")
    (tmp_path / "broken.txt").symlink_to(tmp_path / "none")
    assert len(run(tmp_path / "broken.txt")[1]) == 1


@pytest.mark.unprivileged
def test_without_permission(tmp_path: Path) -> None:
    write(tmp_path / "c" / "a.txt").chmod(0)
    assert "permission denied" in run(tmp_path / "c")[1][0].reason


def test_permission_error_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "c" / "a.txt")
    write(tmp_path / "c" / "b.txt")
    opened = Path.open

    def refuse(self: Path, *args: Any) -> object:
        if self.name == "a.txt":
            raise PermissionError(13, "Permission denied")
        return opened(self, *args)

    monkeypatch.setattr(Path, "open", refuse)
    found, skipped = run(tmp_path / "c")
    assert names(found) == ["c/b.txt"]
    assert skipped == [
        Skip("c/a.txt", "cannot be opened: permission denied; change its permissions")
    ]


@pytest.mark.skipif(
    not hasattr(os, "mkfifo"), reason="this system has no pipes in folders"
)
def test_pipes_and_circles_do_not_hang(tmp_path: Path) -> None:
    write(tmp_path / "c" / "a.txt")
    os.mkfifo(tmp_path / "c" / "pipe.txt")
    (tmp_path / "c" / "loop").symlink_to(tmp_path / "c")
    found, skipped = run(tmp_path / "c")
    assert names(found) == ["c/a.txt"]
    linked = "is a link to a folder that has its own path here; that one is read"
    assert skipped == [
        Skip("c/loop", linked),
        Skip("c/pipe.txt", "is not a regular file; copy its content to one"),
    ]


def test_a_folder_and_a_link_to_it_are_read_once(tmp_path: Path) -> None:
    write(tmp_path / "c" / "real" / "a.txt")
    write(tmp_path / "c" / ".store" / "b.txt")
    # the link comes first in the order of the walk
    (tmp_path / "c" / "current").symlink_to(tmp_path / "c" / "real")
    (tmp_path / "c" / "real" / "up").symlink_to(tmp_path / "c")
    # what has a leading dot is met by no path of its own
    (tmp_path / "c" / "stored").symlink_to(tmp_path / "c" / ".store")
    found, skipped = run(tmp_path / "c")
    assert names(found) == ["c/real/a.txt", "c/stored/b.txt"]
    assert [skip.source for skip in skipped] == ["c/current", "c/real/up"]
    assert all("has its own path" in skip.reason for skip in skipped)


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    write(tmp_path / "c" / "a.txt")
    write(tmp_path / "secret" / "b.txt")
    (tmp_path / "c" / "out.txt").symlink_to(tmp_path / "secret" / "b.txt")
    (tmp_path / "c" / "folder").symlink_to(tmp_path / "secret")
    (tmp_path / "c" / "within.txt").symlink_to(tmp_path / "c" / "a.txt")
    found, skipped = run(tmp_path / "c")
    assert names(found) == ["c/a.txt", "c/within.txt"]
    assert [skip.source for skip in skipped] == ["c/folder", "c/out.txt"]
    assert all("link out of the folder" in skip.reason for skip in skipped)
    # who names a link means it
    (tmp_path / "named").symlink_to(tmp_path / "secret")
    assert names(run(tmp_path / "named")[0]) == ["named/b.txt"]
    assert names(run(tmp_path / "c" / "out.txt")[0]) == ["out.txt"]


def test_a_question_mark_in_a_name_is_no_address(tmp_path: Path) -> None:
    write(tmp_path / "c" / "sp ace?#%25.txt")
    write(tmp_path / "c" / "why?.txt")
    assert names(run(tmp_path / "c")[0]) == ["c/sp ace?#%25.txt", "c/why?.txt"]


def test_an_index_is_not_a_corpus(tmp_path: Path) -> None:
    write(tmp_path / "c" / "a.txt")
    write(tmp_path / "c" / "idx" / "_MAIN_3.toc")
    write(tmp_path / "c" / "idx" / "x.txt")
    found, skipped = run(tmp_path / "c")
    assert names(found) == ["c/a.txt"]
    assert skipped == [
        Skip("c/idx", "is an index, not reports; point at the folder of the reports")
    ]
    own = list(walk([tmp_path / "c"], Settings(index=tmp_path / "c")))
    assert own == [
        Skip("c", "is an index, not reports; point at the folder of the reports")
    ]


def test_zip_with_names_in_gbk(tmp_path: Path) -> None:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        archive.writestr("AAAA/BBBB.txt", TEXT)
        archive.writestr(".hidden/x.txt", TEXT)
        archive.writestr("x.png", TEXT)
    data = (
        raw.getvalue()
        .replace(b"AAAA", "年报".encode("gbk"))
        .replace(b"BBBB", "龙岗".encode("gbk"))
    )
    found, skipped = run(write(tmp_path / "all.zip", data))
    assert names(found) == ["all.zip/年报/龙岗.txt"]
    assert found[0].data == TEXT
    assert found[0].origin == str((tmp_path / "all.zip").resolve())
    assert [s.source for s in skipped] == ["all.zip/x.png"]


def test_zip_members_of_every_kind(tmp_path: Path) -> None:
    inner = zipped(tmp_path / "inner.zip", {"a.txt": TEXT}).read_bytes()
    line = json.dumps({"id": "7", "text": "正文"}).encode()
    path = zipped(
        tmp_path / "all.zip",
        {
            "../../evil.txt": TEXT,
            "in.zip": inner,
            "c.jsonl": line,
            "p.html.gz": gzip.compress(TEXT),
            "big.txt": os.urandom(2 << 20),
        },
    )
    found, skipped = run(path)
    assert names(found) == [
        "all.zip/evil.txt",
        "all.zip/c.jsonl#1",
        "all.zip/p.html.gz",
    ]
    assert [f.suffix for f in found] == [".txt", ".json", ".html"]
    assert {s.source: s.reason.partition(";")[0] for s in skipped} == {
        "all.zip/in.zip": "is an archive in an archive",
        "all.zip/big.txt": "is larger than 1 MB",
    }
    assert sorted(tmp_path.iterdir()) == [path, tmp_path / "inner.zip"]


def test_zip_bombs(tmp_path: Path) -> None:
    many = zipped(tmp_path / "a.zip", {f"{n}.txt": bytes(1 << 20) for n in range(20)})
    assert "grows without measure" in run(many, limit=100)[1][0].reason
    # a directory that lies about sizes: what comes out is counted
    path = zipped(tmp_path / "b.zip", {"x.txt": bytes(30 << 20), "y.txt": TEXT})
    data = path.read_bytes().replace(
        (30 << 20).to_bytes(4, "little"), (100).to_bytes(4, "little")
    )
    found, skipped = run(write(tmp_path / "c.zip", data), limit=100)
    assert names(found) == ["c.zip/y.txt"]
    assert [s.source for s in skipped] == ["c.zip/x.txt"]


def test_encrypted_zip(tmp_path: Path) -> None:
    path = zipped(
        tmp_path / "a.zip", {"x.txt": TEXT, "y.txt": TEXT}, zipfile.ZIP_STORED
    )
    data = bytearray(path.read_bytes())
    local, central = data.index(b"PK\x03\x04"), data.index(b"PK\x01\x02")
    data[local + 6] |= 1
    data[central + 8] |= 1
    found, skipped = run(write(path, bytes(data)))
    assert names(found) == ["a.zip/y.txt"]
    assert skipped == [Skip("a.zip/x.txt", "is encrypted; decrypt it first")]


def test_a_bomb_in_an_archive_costs_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.txt", "公开" * (2 << 20))
        archive.writestr("report.txt", "一、总体情况\n主动公开政府信息5条。")
    sources, skipped = run(path, limit=100)
    assert [source.name for source in sources] == ["a.zip/report.txt"]
    assert [skip.source for skip in skipped] == ["a.zip/bomb.txt"]
    assert "grows without measure" in skipped[0].reason


def test_gzip_bombs_end(tmp_path: Path) -> None:
    bomb = gzip.compress(bytes(64 << 20), 9)
    for name in ("a.txt.gz", "b.html.gz", "c.jsonl.gz"):
        found, skipped = run(write(tmp_path / name, bomb), limit=100)
        assert found == []
        assert "grows without measure" in skipped[0].reason
    assert "larger than 1 MB" in run(tmp_path / "a.txt.gz")[1][0].reason


LINES = [
    {
        "id": "a",
        "url": "http://x/1",
        "title": "标题",
        "text": " 正文\n",
        "agency": "局",
        "level": "县区级",
        "year": 2019,
    },
    {
        "id": 5,
        "html": "<p>正文在这里</p>",
        "region": "广东省/深圳市",
        "published": "2019-03-11T10:00:00",
    },
    {
        "text": "文",
        "region": ["广东省", "深圳市"],
        "year": "2018",
        "title": None,
        "unknown": 1,
    },
]


def test_json_lines(tmp_path: Path) -> None:
    data = "\n".join(json.dumps(line, ensure_ascii=False) for line in LINES).encode()
    for name, content in (
        ("c.jsonl", b"\xef\xbb\xbf" + data + b"\n\n"),
        ("c.jsonl.gz", gzip.compress(data)),
    ):
        found, skipped = run(write(tmp_path / name, content))
        assert skipped == []
        assert names(found) == [f"{name}#{n}" for n in (1, 2, 3)]
        assert found[0].known == Known("a", "http://x/1", "标题", "局", "县区级", 2019)
        assert found[1].known == Known(
            "5", region=("广东省", "深圳市"), published="2019-03-11"
        )
        assert found[2].known == Known(region=("广东省", "深圳市"), year=2018)
        pages = [read(f) for f in found]
        assert [(p.title, p.text) for p in pages] == [
            ("标题", " 正文\n"),
            (None, "正文在这里"),
            (None, "文"),
        ]
        assert pages[0].chrome == []


BAD = [
    ("{", "is not JSON"),
    ("[1]", "is not a JSON object"),
    ('{"title": "x"}', 'has neither "text" nor "html"'),
    ('{"text": 5}', '"text" is not a string'),
    ('{"text": "x", "year": "last"}', '"year" is a string; give a year'),
    ('{"text": "x", "year": true}', '"year" is true or false'),
    ('{"text": "x", "year": 20190}', '"year" is a number (20190)'),
    ('{"text": "x", "region": 1}', '"region" is a number (1)'),
    ('{"text": "x", "region": [1]}', '"region" is a list'),
    ('{"text": "x", "level": "县级"}', "give one of 国家级"),
    ('{"text": "x", "published": "去年"}', "give a date such as"),
    ('{"text": "x", "agency": ["a"]}', '"agency" is a list; give a string'),
    ('{"text": "x", "id": 1.5}', '"id" is a number (1.5)'),
    ("[" * 100_000, "nested too deeply"),
    ('{"text": "x", "year": ' + "9" * 5000 + "}", "is"),
]


@pytest.mark.parametrize(("line", "reason"), BAD, ids=[b[1] for b in BAD])
def test_a_bad_line_is_told_and_the_rest_goes_on(
    tmp_path: Path, line: str, reason: str
) -> None:
    found, skipped = run(
        write(
            tmp_path / "c.jsonl", f'{{"text": "一"}}\n{line}\n{{"text": "二"}}'.encode()
        )
    )
    assert names(found) == ["c.jsonl#1", "c.jsonl#3"]
    assert skipped[0].source == "c.jsonl#2"
    assert skipped[0].reason.startswith("line 2 ")
    assert reason in skipped[0].reason


def test_bytes_that_are_no_utf8_and_a_line_without_end(tmp_path: Path) -> None:
    lines = [
        b'{"text": "x"}',
        '{"text": "公开"}'.encode("gbk"),
        b"a" * (3 << 20),
        b'{"text": "y"}',
    ]
    found, skipped = run(write(tmp_path / "c.jsonl", b"\n".join(lines)))
    assert names(found) == ["c.jsonl#1", "c.jsonl#4"]
    assert ["UTF-8" in skipped[0].reason, "larger than 1 MB" in skipped[1].reason] == [
        True,
        True,
    ]


def test_half_a_character_is_shown_as_damaged(tmp_path: Path) -> None:
    found, _ = run(
        write(tmp_path / "c.jsonl", rb'{"text": "\ud800 x", "title": "\udfff y"}')
    )
    assert read(found[0]).text == "\ufffd x"
    assert found[0].known.title == "\ufffd y"


def test_a_changed_field_changes_the_digest(tmp_path: Path) -> None:
    found, _ = run(
        write(
            tmp_path / "c.jsonl",
            b'{"text": "x", "year": 2018}\n{"text": "x", "year": 2019}',
        )
    )
    assert found[0].digest != found[1].digest


def test_blank_text_is_refused(tmp_path: Path) -> None:
    found, _ = run(write(tmp_path / "c.jsonl", b'{"text": "  "}'))
    with pytest.raises(InputError, match="blank"):
        read(found[0])


def make_warc(path: Path, compress: bool) -> Path:
    out = b""
    for url, status, mime, data in (
        (
            "http://x/a.html",
            "200 OK",
            "text/html; charset=gbk",
            "<p>政府信息公开工作</p>".encode("gbk"),
        ),
        ("http://x/b.png", "200 OK", "image/png", b"\x89PNG"),
        ("http://x/c.html", "404 Not Found", "text/html", b"<p>no</p>"),
        ("http://x/d.txt", "200 OK", "text/plain", TEXT),
    ):
        block = f"HTTP/1.1 {status}\r\nContent-Type: {mime}\r\n\r\n".encode() + data
        head = (
            f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\n"
            "WARC-Date: 2020-01-01T00:00:00Z\r\n"
        )
        kind = (
            f"WARC-Record-ID: <urn:uuid:{len(out)}>\r\n"
            "Content-Type: application/http; msgtype=response\r\n"
        )
        record = (
            f"{head}{kind}Content-Length: {len(block)}\r\n\r\n".encode()
            + block
            + b"\r\n\r\n"
        )
        out += gzip.compress(record) if compress else record
    return write(path, out)


@pytest.mark.parametrize("name", ["crawl.warc", "crawl.warc.gz"])
def test_warc(tmp_path: Path, name: str) -> None:
    pytest.importorskip("warcio")
    path = make_warc(tmp_path / name, name.endswith(".gz"))
    found, skipped = run(path)
    assert names(found) == [f"{name}#1", f"{name}#4"]
    assert [f.known.url for f in found] == ["http://x/a.html", "http://x/d.txt"]
    assert [f.suffix for f in found] == [".html", ".txt"]
    assert [s.source for s in skipped] == [f"{name}#2", f"{name}#3"]
    assert "answered 404" in skipped[1].reason
    cut = run(write(tmp_path / ("cut" + name), path.read_bytes()[:-60]))
    assert [f.known.url for f in cut[0]][:1] == ["http://x/a.html"]


def test_warc_bombs(tmp_path: Path) -> None:
    pytest.importorskip("warcio")
    for n, start in enumerate((b"", b"WARC/1.0\r\nWARC-Type: ")):
        found, skipped = run(
            write(tmp_path / f"{n}.warc.gz", gzip.compress(start + bytes(64 << 20)))
        )
        assert found == []
        assert "grows without measure" in skipped[0].reason


@pytest.mark.parametrize("name", ["art.html?id=3", "page", "page.cgi", "文件.2020"])
def test_a_page_of_any_name_is_read_by_its_content(tmp_path: Path, name: str) -> None:
    page = "<html><body><p>望海市政府信息公开</p></body></html>".encode()
    found = run(write(tmp_path / name, page))[0]
    archive = zipped(tmp_path / "a.zip", {name: page, "b.bin": b"\x00\x01\x02"})
    members, skipped = run(archive)
    assert [read(source).format for source in (*found, *members)] == ["html", "html"]
    assert [skip.source for skip in skipped] == ["a.zip/b.bin"]


def test_pictures_are_told_for_what_they_are(tmp_path: Path) -> None:
    picture = write(tmp_path / "scan.jpg", b"\xff\xd8\xff" + bytes(20))
    assert "is a JPEG image; run OCR" in run(picture)[1][0].reason


def test_a_record_may_hold_line_ends_as_they_are(tmp_path: Path) -> None:
    lines = b'{"id": "a", "text": "one\ntwo\n\nthree"}\n{"id": "b", "text": "four"}\n'
    found, skipped = run(write(tmp_path / "a.jsonl", lines))
    assert [(f.name, f.known.id) for f in found] == [
        ("a.jsonl#1", "a"),
        ("a.jsonl#5", "b"),
    ]
    assert read(found[0]).text == "one\ntwo\n\nthree"
    assert skipped == []


def test_a_record_that_is_cut_off_takes_no_other_with_it(tmp_path: Path) -> None:
    lines = b'{"id": "a", "text": "one\n{"id": "b", "text": "four"}\n'
    found, skipped = run(write(tmp_path / "a.jsonl", lines))
    assert [f.known.id for f in found] == ["b"]
    assert [skip.source for skip in skipped] == ["a.jsonl#1"]


@settings(max_examples=60)
@given(
    data=st.binary(max_size=300),
    name=st.sampled_from(
        ["a.zip", "a.txt.gz", "a.jsonl.gz", "a.jsonl", "a.warc", "a.warc.gz"]
    ),
    magic=st.booleans(),
)
def test_no_file_is_too_broken(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, name: str, magic: bool
) -> None:
    start = (
        {"z": b"PK\x03\x04", "g": b"\x1f\x8b\x08"}.get(
            "z" if name == "a.zip" else name[-2], b""
        )
        if magic
        else b""
    )
    path = write(tmp_path_factory.mktemp("c") / name, start + data)
    found, skipped = run(path)
    # something is said of every file, and why what was skipped was
    assert len(found) + len(skipped) > 0
    for skip in skipped:
        assert skip.reason


@settings(max_examples=100)
@given(
    st.sampled_from(sorted(formats.suffixes())),
    st.binary(max_size=300),
    st.sampled_from([b"", b"%PDF-1.4\n", b"PK\x03\x04", b"<html>", b"{\\rtf1"]),
)
def test_every_reader_reads_or_refuses(suffix: str, data: bytes, start: bytes) -> None:
    if suffix in (".doc", ".wps", ".rtf") or start.startswith(b"{"):
        # a converter is another program: tested in test_office
        return
    try:
        page = read(Source("a" + suffix, "/a" + suffix, suffix, start + data, ""))
    except InputError as error:
        assert ";" in error.reason
        return
    assert page.text.strip() or page.title
