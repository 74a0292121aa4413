"""Archives and letters: each document in them is one of the corpus, nothing leads out of them."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from email.message import EmailMessage
from pathlib import Path

import pytest

from index.model.settings import Settings
from indexer import members
from indexer.corpus import Skip, walk
from indexer.formats import read
from indexer.page import Source
from tests.indexer.formats.test_formats import make_warc
from tests.indexer.formats.test_office import make_docx, p

TEXT = "望海市2017年政府信息公开年报\n全年公开信息二十条，都在网站上，没有收取任何费用。".encode()


def found(path: Path, limit: int = 1) -> tuple[list[str], dict[str, str]]:
    """The names of the documents that a file holds, and the reasons of what was skipped."""
    settings = Settings(index=Path("/nowhere/index"), max_file_mb=limit)
    items = list(walk([path], settings))
    names = [item.name for item in items if isinstance(item, Source)]
    skips = [item for item in items if isinstance(item, Skip)]
    return names, {skip.source: skip.reason for skip in skips}


def tar(entries: dict[str, bytes], **links: str) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in entries.items():
            header = tarfile.TarInfo(name)
            header.size = len(data)
            archive.addfile(header, io.BytesIO(data))
        for name, target in links.items():
            header = tarfile.TarInfo(name)
            header.type = tarfile.SYMTYPE
            header.linkname = target
            archive.addfile(header)
    return out.getvalue()


def zipped(entries: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return out.getvalue()


ENTRIES = {
    "2019/a.txt": TEXT,
    "./b.html.gz": gzip.compress(b"<p>" + TEXT),
    "c.jsonl": b'{"text": "x"}\n{"text": "y"}\n',
    "d.zip": zipped({"e.txt": TEXT}),
    "../../etc/f.txt": TEXT,
    ".hidden": TEXT,
    "g.png": b"\x89PNG\r\n\x1a\n",
}


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("all.tar", bytes),
        ("all.tar.gz", gzip.compress),
        ("all.tgz", gzip.compress),
        ("all.tar.bz2", bz2.compress),
        ("all.tar.xz", lzma.compress),
        ("all.TAR", bytes),
        ("all.dat", bytes),
        ("all.gz", gzip.compress),
        ("all.zip", bytes),
    ],
)
def test_members_of_tar(tmp_path: Path, name: str, pack: type[bytes]) -> None:
    path = tmp_path / name
    path.write_bytes(pack(tar(ENTRIES, link="/etc/passwd")))
    names, reasons = found(path)
    held = ["2019/a.txt", "b.html.gz", "c.jsonl#1", "c.jsonl#2", "etc/f.txt"]
    assert names == [f"{name}/{one}" for one in held]
    assert sorted(reasons) == [f"{name}/{one}" for one in ("d.zip", "g.png", "link")]
    assert reasons[f"{name}/d.zip"].startswith("is an archive in an archive")
    assert reasons[f"{name}/link"].startswith("is a link")
    assert "OCR" in reasons[f"{name}/g.png"]


def test_names_in_gbk(tmp_path: Path) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", encoding="gbk") as archive:
        header = tarfile.TarInfo("年报.txt")
        header.size = len(TEXT)
        archive.addfile(header, io.BytesIO(TEXT))
    (tmp_path / "a.tar").write_bytes(out.getvalue())
    assert found(tmp_path / "a.tar")[0] == ["a.tar/年报.txt"]


def test_a_damaged_tar_is_told_and_what_stands_before_is_read(tmp_path: Path) -> None:
    whole = tar({"a.txt": TEXT, "b.txt": TEXT, "c.txt": TEXT})
    path = tmp_path / "a.tar"
    # the second header is damaged, then the archive is cut off within a member
    for data in (whole[:1024] + b"x" * 512 + whole[1536:], whole[:1600]):
        path.write_bytes(data)
        names, reasons = found(path)
        assert names[0] == "a.tar/a.txt"
        assert len(names) < 3
        assert any("damaged" in reason for reason in reasons.values())
    path.write_bytes(bytes(10240))
    assert "empty archive" in found(path)[1]["a.tar"]


@pytest.mark.parametrize(("suffix", "pack"), [("gz", gzip), ("bz2", bz2), ("xz", lzma)])
def test_tar_bombs_end(tmp_path: Path, suffix: str, pack: object) -> None:
    path = tmp_path / f"a.tar.{suffix}"
    compress = getattr(pack, "compress")  # noqa: B009
    path.write_bytes(compress(tar({"a.txt": bytes(40 << 20)})))
    names, reasons = found(path, limit=100)
    assert names == []
    assert any("grows without measure" in reason for reason in reasons.values())


def test_a_header_longer_than_any_name_is_refused(tmp_path: Path) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        header = tarfile.TarInfo("a.txt")
        header.pax_headers = {"comment": "x" * (12 << 20)}
        archive.addfile(header)
    (tmp_path / "a.tar").write_bytes(out.getvalue())
    names, reasons = found(tmp_path / "a.tar", limit=100)
    assert (names, "grows" in reasons["a.tar"]) == ([], True)


def test_an_xz_file_may_take_so_much_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(members, "MAX_XZ_BYTES", 1 << 16)
    (tmp_path / "a.tar.xz").write_bytes(lzma.compress(tar({"a.txt": TEXT})))
    assert "damaged" in found(tmp_path / "a.tar.xz")[1]["a.tar.xz"]


def test_pages_of_a_wacz(tmp_path: Path) -> None:
    record = make_warc("http://x/7", "text/plain", TEXT)
    held = {
        "archive/data.warc.gz": gzip.compress(record),
        "archive/more.warc": record,
        "datapackage.json": b"{}",
        "pages/pages.jsonl": b'{"url": "http://x/7", "text": "x"}\n',
    }
    for name in ("a.wacz", "a.zip"):
        (tmp_path / name).write_bytes(zipped(held))
        names, reasons = found(tmp_path / name)
        assert names == [f"{name}/archive/{n}#1" for n in ("data.warc.gz", "more.warc")]
        assert reasons == {}


def test_archives_under_other_names(tmp_path: Path) -> None:
    word = make_docx(p("全年公开信息二十条。"))
    (tmp_path / "a.dat").write_bytes(zipped({"b.txt": TEXT, "c.docx": word}))
    assert found(tmp_path / "a.dat")[0] == ["a.dat/b.txt", "a.dat/c.docx"]
    (tmp_path / "b.zip").write_bytes(b"Rar!\x1a\x07\x00")
    assert "is a RAR archive" in found(tmp_path / "b.zip")[1]["b.zip"]
    (tmp_path / "c.bin").write_bytes(make_warc("http://x/7", "text/plain", TEXT))
    assert found(tmp_path / "c.bin")[0] == ["c.bin#1"]


def whole_word() -> bytes:
    """A Word document as programs write it, with the list of its parts."""
    out = io.BytesIO(make_docx(p("全年公开信息二十条，都在网站上。")))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
    return out.getvalue()


def test_a_word_document_named_zip_is_one_document(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(whole_word())
    assert found(tmp_path / "a.zip") == (["a.zip"], {})


def letter(*attached: tuple[str, bytes], text: str = TEXT.decode()) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = "年报"
    message["From"] = "a@example.org"
    message.set_content(text)
    for name, data in attached:
        message.add_attachment(
            data, maintype="application", subtype="octet-stream", filename=name
        )
    return message


def test_what_is_attached_to_a_letter_is_read(tmp_path: Path) -> None:
    inner = letter(("d.txt", TEXT))
    message = letter(
        ("年报.docx", make_docx(p("全年公开信息二十条。"))),
        ("../a.txt", TEXT),
        ("../a.txt", TEXT),
        ("all.zip", zipped({"b.txt": TEXT})),
        ("all.tgz", gzip.compress(tar({"c.txt": TEXT}))),
        ("stamp.png", b"\x89PNG\r\n\x1a\n"),
    )
    message.add_attachment(inner)
    path = tmp_path / "a.eml"
    path.write_bytes(message.as_bytes())
    names, reasons = found(path)
    held = ["", "/年报.docx", "/a.txt", "/2-../a.txt", "/all.zip/b.txt"]
    held += ["/all.tgz/c.txt", "/part-7.eml", "/part-7.eml/d.txt"]
    assert names == [f"a.eml{one}" for one in held]
    assert "PNG" in reasons["a.eml/stamp.png"]
    assert len(reasons) == 1


def test_letters_in_letters_end(tmp_path: Path) -> None:
    message = letter()
    for _ in range(8):
        outer = letter()
        outer.add_attachment(message)
        message = outer
    (tmp_path / "a.eml").write_bytes(message.as_bytes())
    names, reasons = found(tmp_path / "a.eml")
    assert len(names) == 5
    assert ["attached too deeply" in reason for reason in reasons.values()] == [True]


def test_letters_in_archives_are_opened_too(tmp_path: Path) -> None:
    data = letter(("b.txt", TEXT)).as_bytes()
    (tmp_path / "a.zip").write_bytes(zipped({"a.eml": data}))
    assert found(tmp_path / "a.zip")[0] == ["a.zip/a.eml", "a.zip/a.eml/b.txt"]


def test_a_text_under_any_name_is_read_as_text() -> None:
    for suffix in (".pdf", ".docx", ".doc", ".xls", ".ofd", ".rtf", ".odt"):
        for codec in ("utf-8", "gb18030", "utf-16"):
            data = TEXT.decode().encode(codec)
            page = read(Source("a" + suffix, "/a", suffix, data, ""))
            assert page.title == "望海市2017年政府信息公开年报"
            (problem,) = page.problems
            assert problem.facts == {"named": suffix, "actual": ".txt"}


def test_a_page_named_json_is_a_page(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"<html><body><p>" + TEXT + b"</p></body></html>")
    assert found(path) == (["a.json"], {})


def test_archives_and_letters_in_web_archives(tmp_path: Path) -> None:
    word = whole_word()
    held = {
        "application/zip": zipped({"b.txt": TEXT, "c.docx": word}),
        "application/gzip": gzip.compress(tar({"d.txt": TEXT})),
        "application/octet-stream": zipped({"inner.zip": zipped({"e.txt": TEXT})}),
        "message/rfc822": letter(("f.txt", TEXT)).as_bytes(),
        "application/vnd.ms-word": word,
        "text/html": zipped({"g.txt": TEXT}),
    }
    records = [make_warc(f"http://x/{n}", *one) for n, one in enumerate(held.items())]
    (tmp_path / "a.warc").write_bytes(b"".join(records))
    names, reasons = found(tmp_path / "a.warc")
    wanted = ["#1/b.txt", "#1/c.docx", "#2/d.txt", "#4", "#4/f.txt", "#5", "#6/g.txt"]
    assert names == [f"a.warc{one}" for one in wanted]
    assert list(reasons) == ["a.warc#3/inner.zip"]


def test_web_archives_within_each_other_end(tmp_path: Path) -> None:
    data = make_warc("http://x/0", "text/plain", TEXT)
    for number in range(8):
        data = make_warc(f"http://x/{number}", "application/warc", data)
    (tmp_path / "a.warc").write_bytes(data)
    names, reasons = found(tmp_path / "a.warc")
    assert names == []
    assert ["attached too deeply" in reason for reason in reasons.values()] == [True]


def test_a_record_that_is_longer_than_it_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = make_warc("http://x/1", "text/plain", TEXT)
    length = int(whole.partition(b"Content-Length: ")[2].partition(b"\r")[0])
    short = whole.replace(b"%d\r" % length, b"%d\r" % (length - 20), 1)
    for data in (short + whole, whole + short):
        (tmp_path / "a.warc").write_bytes(data)
        names, reasons = found(tmp_path / "a.warc")
        assert names == ["a.warc#1", "a.warc#2"]
        number = 1 if data.startswith(short) else 2
        assert reasons.keys() == {f"a.warc#{number}"}
        assert "longer than it says" in reasons[f"a.warc#{number}"]
    assert capsys.readouterr().err == ""
