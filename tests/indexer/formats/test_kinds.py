"""Documents as people really make them: kinds of a title, a table, a name, a part, each once."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from index.model.problems import Code
from index.model.settings import Settings
from indexer.corpus import Skip, walk
from indexer.formats import read
from indexer.page import Page, Source
from tests.indexer.formats.test_office import make_docx, p
from tests.indexer.formats.writers import packed

TITLE = "望海市民政局2021年政府信息公开工作年度报告"
FIRST = "本年度报告由望海市民政局编制，内容包括总体情况和主动公开情况。"
SECOND = "2021年共收到政府信息公开申请36件，上年结转2件，全部按期答复。"
BODY = f"<p>{FIRST}</p><p>{SECOND}</p>"


def load(data: bytes | str, suffix: str = ".html") -> Page:
    raw = data.encode() if isinstance(data, str) else data
    return read(Source("a" + suffix, "/a" + suffix, suffix, raw, ""))


# ---------------------------------------------------------------------- web pages
@pytest.mark.parametrize(
    "title",
    [
        "<h1>望海市民政局</h1><h1>2021年政府信息公开工作年度报告</h1>",
        "<table><tr><td><p>望海市民政局2021年</p><p>政府信息公开工作年度报告</p></td></tr></table>",
        "<h1>望海市民政局2021年<br>政府信息公开工作年度报告</h1>",
        "<h2>望海市民政局</h2><p>2021年政府信息公开</p><p>工作年度报告</p>",
    ],
)
def test_a_title_over_two_lines(title: str) -> None:
    page = load(f"<html><body>{title}{BODY}</body></html>")
    assert (page.title, page.text) == (TITLE, f"{FIRST}\n{SECOND}")


def test_a_heading_that_is_whole_stays() -> None:
    page = load(f"<html><body><h1>{TITLE}</h1><h2>总体情况</h2>{BODY}</body></html>")
    assert page.title == TITLE


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        ("36<span style='vertical-align: super'>4</span>件", "36⁴件"),
        ("约x5<sup>3</sup>件", "约x5³件"),
        ("约<sup>3</sup>5件", "约³5件"),
        ("约<sup>3</sup>件5", "约3件5"),
        ("约5x<sup>3</sup>件", "约5x3件"),
        ("36<span style='vertical-align:sub'>4</span>件", "36₄件"),
        ("36<span style='vertical-align:middle'>4</span>件", "364件"),
    ],
)
def test_digits_that_a_style_raises(markup: str, shown: str) -> None:
    assert load(f"<body>{BODY}<p>{markup}</p></body>").text.endswith(shown)


def test_what_browsers_without_frames_show() -> None:
    inner = f"<noframes><body><h1>{TITLE}</h1>{BODY}</body></noframes>"
    page = load(f"<html><frameset rows=*><frame src=a.html>{inner}</frameset></html>")
    assert (page.title, page.text) == (TITLE, f"{FIRST}\n{SECOND}")


# ---------------------------------------------------------------------- tables
ROWS = ("项目{0}自然人{0}总计", "新收申请{0}30{0}36")


@pytest.mark.parametrize("sign", [",", ";", "|", "\t"])
@pytest.mark.parametrize("head", ["", "sep={0}\r\n", "\ufeffsep={0}\n"])
def test_separators_of_a_table(sign: str, head: str) -> None:
    rows = "\r\n".join([TITLE, *ROWS]).format(sign)
    page = load(head.format(sign) + rows, ".csv")
    assert page.text.split("\n") == ["项目", "自然人", "总计", "新收申请", "30", "36"]


def test_a_comma_within_numbers_parts_nothing() -> None:
    page = load(f"{TITLE}\n项目;总计\n新收;1,204\n结转;2", ".csv")
    assert page.text.split("\n") == ["项目", "总计", "新收", "1,204", "结转", "2"]


def flat_workbook(rows: str) -> str:
    name = "urn:schemas-microsoft-com:office:spreadsheet"
    head = f'<?xml version="1.0"?><Workbook xmlns="{name}" xmlns:ss="{name}">'
    return f"{head}<Worksheet><Table>{rows}</Table></Worksheet></Workbook>"


def test_a_workbook_of_xml() -> None:
    cell = '<Cell{}><Data ss:Type="String">{}</Data></Cell>'
    rows = f"<Row>{cell.format('', TITLE)}</Row><Row>{cell.format('', FIRST)}</Row>"
    wide = cell.format(' ss:MergeAcross="1"', "申请人")
    rows += f"<Row>{cell.format('', '项目')}{wide}{cell.format('', '总计')}</Row>"
    last = cell.format(' ss:Index="4"', "36")
    rows += f"<Row>{cell.format('', '新收')}{last}</Row>"
    page = load(flat_workbook(rows), ".xls")
    assert page.title == TITLE
    (table,) = page.tables
    texts = [[c.text for c in row] for row in table.rows]
    assert texts == [["项目", "申请人", "", "总计"], ["新收", "", "", "36"]]
    assert page.problems == []


def test_a_word_document_of_xml() -> None:
    name = "http://schemas.microsoft.com/office/word/2003/wordml"
    head = '<?xml version="1.0"?><?mso-application progid="Word.Document"?>'
    old = f'{head}<w:wordDocument xmlns:w="{name}"><w:body><wx:sect xmlns:wx="x">'
    old += (
        "".join(map(p, (TITLE, FIRST, SECOND))) + "</wx:sect></w:body></w:wordDocument>"
    )
    inner = old.partition("<w:body>")[2].removesuffix("</w:wordDocument>")
    flat = f'{head}<pkg:package xmlns:pkg="k"><pkg:part pkg:name="/word/document.xml">'
    flat += f'<pkg:xmlData><w:document xmlns:w="{name}"><w:body>{inner}</w:document>'
    flat += "</pkg:xmlData></pkg:part></pkg:package>"
    for data in (old, flat):
        page = load(data, ".doc")
        assert (page.title, page.text) == (TITLE, f"{FIRST}\n{SECOND}")
        assert [problem.code for problem in page.problems] == [Code.FORMAT_NOT_AS_NAMED]


# ---------------------------------------------------------------------- Word
def embedding(name: str, data: bytes | str) -> bytes:
    """A Word document in which another one stands."""
    out = io.BytesIO(make_docx(p(TITLE) + '<w:altChunk r:id="r9" xmlns:r="r"/>'))
    relation = f'<r><Relationship Id="r9" Target="{name}"/></r>'
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("word/_rels/document.xml.rels", relation)
        archive.writestr(f"word/{name}", data)
    return out.getvalue()


def rtf(text: str) -> str:
    coded = "".join(rf"\'{byte:02x}" for byte in text.encode("gbk"))
    return r"{\rtf1\ansi\ansicpg936 " + coded.replace(r"\'0a", r"\par ") + "}"


MESSAGE = b"MIME-Version: 1.0\nContent-Type: text/html; charset=gbk\n\n"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.html", BODY),
        ("a.mht", MESSAGE + f"<html>{BODY}</html>".encode("gbk")),
        ("a.docx", make_docx(p(FIRST) + p(SECOND))),
        ("a.docx", embedding("b.txt", f"{FIRST}\n{SECOND}")),
        ("a.txt", f"{FIRST}\n{SECOND}".encode("gbk")),
        ("a.rtf", rtf(f"{FIRST}\n{SECOND}")),
    ],
)
def test_documents_that_stand_in_one(name: str, data: bytes | str) -> None:
    page = load(embedding(name, data), ".docx")
    assert page.text.removeprefix(f"{TITLE}\n") == f"{FIRST}\n{SECOND}"
    assert page.problems == []


def test_documents_in_each_other_end_and_unknown_ones_are_told() -> None:
    data = make_docx(p(FIRST))
    for _ in range(6):
        data = embedding("b.docx", data)
    page = load(data, ".docx")
    assert FIRST not in page.text
    told = [problem.code for problem in page.problems]
    assert Code.FORMAT_PARTS_UNREAD in told
    page = load(embedding("b.bin", b"\x89PNG\r\n\x1a\n\0\0"), ".docx")
    assert page.problems[-1].facts == {"parts": "b.bin"}


# ---------------------------------------------------------------------- OFD
def fixed(parts: dict[str, list[str]], order: list[str]) -> bytes:
    name = 'xmlns:o="http://www.ofdspec.org/2016"'
    pages = "".join(
        f'<o:Page ID="{n}" BaseLoc="{one}"/>' for n, one in enumerate(order)
    )
    files = {
        "OFD.xml": f"<o:OFD {name}/>",
        "Doc_0/Document.xml": f"<o:Document {name}><o:Pages>{pages}</o:Pages></o:Document>",
    }
    for place, lines in parts.items():
        objects = "".join(
            f'<o:TextObject Boundary="20 {20 + 8 * n} 170 6" Size="4">'
            f'<o:TextCode X="0" Y="4">{line}</o:TextCode></o:TextObject>'
            for n, line in enumerate(lines)
        )
        files[place] = f"<o:Page {name}>{objects}</o:Page>"
    return packed(files)


def test_pages_of_an_ofd_stand_in_the_order_of_the_document() -> None:
    parts = {
        "Doc_0/Pages/P2/Content.xml": [TITLE, FIRST],
        "Doc_0/Pages/P1/c.xml": [SECOND],
        "Doc_0/Tpls/Tpl_0/Content.xml": ["望海市民政局文件", FIRST],
    }
    page = load(fixed(parts, ["Pages/P2/Content.xml", "/Doc_0/Pages/P1/c.xml"]), ".ofd")
    assert (page.title, page.text) == (TITLE, f"{FIRST}\n{SECOND}")
    assert "望海市民政局文件" in page.chrome
    assert FIRST not in page.chrome


# ---------------------------------------------------------------------- Markdown
@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (f"# {TITLE}\n\n{FIRST}[^1]\n\n[^1]: 见附表", [f"{FIRST}[1]", "[1]: 见附表"]),
        (f"# {TITLE}\n\n{FIRST}\n[备注]: 无。", [FIRST, "[备注]: 无。"]),
        (f"# {TITLE}\n\n[链接][1]{FIRST}\n\n[1]: http://x/", [f"链接{FIRST}"]),
        (f"---\ntitle: {TITLE}\ndate: 2022\n---\n\n{FIRST}", [FIRST]),
        (f'---\r\ntitle: "{TITLE}"\r\n---\r\n{FIRST}', [FIRST]),
        (f"# {TITLE}\n\n---\n{FIRST}\n\n---\n{SECOND}", [FIRST, SECOND]),
    ],
)
def test_what_markdown_keeps_apart(text: str, lines: list[str]) -> None:
    page = load(text, ".md")
    assert page.title == TITLE
    assert page.text.split("\n") == lines


# ---------------------------------------------------------------------- letters
def test_a_letter_without_headers_of_mime() -> None:
    head = (
        "From: a@example.org\nDate: Mon, 3 Jan 2022 10:00:00 +0800\nSubject: 年报\n\n"
    )
    page = load(f"{head}{TITLE}\n{FIRST}", ".eml")
    assert (page.title, page.text) == (TITLE, FIRST)
    assert page.problems == []
    assert load(f"Date: 2022\n\n{TITLE}\n{FIRST}", ".txt").format == "text"


# ---------------------------------------------------------------------- names in zip archives
def archive(names: list[bytes]) -> bytes:
    """A zip archive with these bytes as names, which say no encoding."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as written:
        for name in names:
            written.writestr(zipfile.ZipInfo("x" * len(name)), f"{TITLE}\n{FIRST}")
    data = bytearray(out.getvalue())
    for mark, before in ((b"PK\x03\x04", 30), (b"PK\x01\x02", 46)):
        place = 0
        for name in names:
            place = data.index(mark, place) + before
            data[place : place + len(name)] = name
    return bytes(data)


@pytest.mark.parametrize(
    "names",
    [
        [("年报.txt", "gbk")],
        [("年報.txt", "big5")],
        [("年报.txt", "utf-8")],
        [("甲局.txt", "gbk"), ("乙局.txt", "utf-8")],
        [("联通.txt", "gbk"), ("é.txt", "cp437")],
        [("\U00020bb7.txt", "gb18030"), ("a.txt", "ascii")],
    ],
)
def test_names_in_a_zip_archive(tmp_path: Path, names: list[tuple[str, str]]) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(archive([name.encode(codec) for name, codec in names]))
    items = list(walk([path], Settings(index=Path("/nowhere/index"))))
    assert not any(isinstance(item, Skip) for item in items)
    found = {item.name for item in items if isinstance(item, Source)}
    assert found == {f"a.zip/{name}" for name, _ in names}
