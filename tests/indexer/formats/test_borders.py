"""Limits of the readers, and what lies on each side of them; old Word and WPS told by their bytes."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from index.model.errors import InputError
from index.model.problems import Code, Problem
from indexer.formats import pdf, read
from indexer.formats.body import finish
from indexer.formats.chrome import Framed, Line, frame, title_apart
from indexer.formats.flatten import cell_line, join_lines
from indexer.formats.office import doc, package
from indexer.formats.record import parse_record
from indexer.page import Known, Page, Source
from tests.indexer.formats.test_office import make_docx, p

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
SENTENCE = "全年主动公开政府信息一百二十六条。"


def load(data: bytes | str, suffix: str) -> Page:
    raw = data.encode() if isinstance(data, str) else data
    return read(Source("a" + suffix, "/a" + suffix, suffix, raw, ""))


# ---------------------------------------------------------------------- old Word, WPS
@pytest.fixture
def programs(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Every converter, none of which is run: the commands that would be."""
    calls: list[list[str]] = []

    def run(command: list[str], **options: Any) -> subprocess.CompletedProcess[bytes]:
        calls.append(command)
        assert options["timeout"] == 120
        assert options["stdin"] == subprocess.DEVNULL
        if "--convert-to" in command:
            (Path(options["cwd"]) / "document.txt").write_text("正文在这里。", "utf-8")
        return subprocess.CompletedProcess(command, 0, b"", b"")

    monkeypatch.setattr(shutil, "which", lambda name: f"/bin/{name}")
    monkeypatch.setattr(subprocess, "run", run)
    return calls


@pytest.mark.parametrize(
    ("data", "suffix", "tried", "kind"),
    [
        (OLE, ".doc", ["antiword", "catdoc", "soffice"], "doc"),
        (OLE, ".wps", ["soffice"], "wps"),
        (OLE, ".WPS", ["soffice"], "wps"),
    ],
)
def test_converters_are_tried_in_order(
    programs: list[list[str]], data: bytes, suffix: str, tried: list[str], kind: str
) -> None:
    page = load(data, suffix)
    assert (page.text, page.format, page.problems) == ("正文在这里。", kind, [])
    assert [c[0] for c in programs] == [f"/bin/{name}" for name in tried]
    assert all(c[-1].endswith(f"document.{kind}") for c in programs)
    assert programs[-1][1:6] == [
        programs[-1][1], "--headless", "--norestore", "--convert-to", "txt:Text (encoded):UTF8",
    ]  # fmt: skip
    assert programs[-1][1].startswith("-env:UserInstallation=file://")
    if tried[0] == "antiword":
        assert programs[0][1:5] == ["-m", "UTF-8.txt", "-w", "0"]
        assert programs[1][1:4] == ["-d", "utf-8", "-w"]


@pytest.mark.parametrize("suffix", [".txt", ".docx", ".PDF"])
def test_old_word_under_another_name_is_read_as_what_it_is(
    programs: list[list[str]], suffix: str
) -> None:
    page = load(OLE, suffix)
    assert (page.text, page.format) == ("正文在这里。", "doc")
    facts = {"named": suffix, "actual": ".doc"}
    assert page.problems == [Problem(Code.FORMAT_NOT_AS_NAMED, facts)]


@pytest.mark.parametrize(
    ("suffix", "needed", "package"),
    [
        (".doc", "antiword or LibreOffice", "antiword"),
        (".wps", "LibreOffice", "libreoffice-writer"),
    ],
)
def test_without_a_converter_it_is_said_what_to_install(
    monkeypatch: pytest.MonkeyPatch, suffix: str, needed: str, package: str
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(InputError) as caught:
        load(OLE, suffix)
    wanted = (
        f"needs {needed} to be read; install it, for example: apt-get install {package}"
    )
    assert caught.value.reason == wanted


@pytest.mark.parametrize(
    ("code", "out"),
    [(1, b"text of five"), (0, b""), (0, b" \n"), (0, b"\x00\x01" * 50)],
)
def test_a_converter_that_fails_or_says_nothing_is_passed_over(
    monkeypatch: pytest.MonkeyPatch, code: int, out: bytes
) -> None:
    monkeypatch.setattr(
        shutil, "which", lambda name: f"/bin/{name}" if name == "antiword" else None
    )
    monkeypatch.setattr(
        subprocess, "run", lambda c, **_: subprocess.CompletedProcess(c, code, out, b"")
    )
    with pytest.raises(
        InputError, match=r"antiword could not convert it; save it as \.docx"
    ):
        load(OLE, ".doc")


def test_rows_drawn_with_bars_are_tables_parted_by_text() -> None:
    lines, tables = doc._lines("前\r\n|甲|1|\r|乙||\n\n|丙|2|\n后\n|丁|3|\n|x")
    assert [(line.text, line.table) for line in lines if line.text] == [
        ("前", None), ("甲", 0), ("1", 0), ("乙", 0), ("丙", 0), ("2", 0), ("后", None), ("丁", 1), ("3", 1),
        ("|x", None),
    ]  # fmt: skip
    assert [[[c.text for c in row] for row in t] for t in tables] == [
        [["甲", "1"], ["乙", ""], ["丙", "2"]],
        [["丁", "3"]],
    ]


# ---------------------------------------------------------------------- what makes a document
@pytest.mark.parametrize(
    ("text", "title", "least", "held"),
    [("ab", "", 2, True), ("a", "b", 2, True), ("a!", "", 2, False)],
)
def test_letters_and_digits_make_a_document(
    text: str, title: str, least: int, held: bool
) -> None:
    framed = Framed([Line(text)], title or None)
    if held:
        assert finish(framed, [], "text", least=least).text == text
    else:
        with pytest.raises(InputError, match="holds no text"):
            finish(framed, [], "text", least=least)


MISSING = """404|502 出错|500|503|页面不存在|页面没有找到|找不到该网页|找不到您要的页面|找不到此页
您访问的页面|您访问的内容|无法找到|Not Found|已被删除|已删除"""


@pytest.mark.parametrize("words", MISSING.replace("\n", "|").split("|"))
def test_an_error_page_is_no_report_where_it_is_short(words: str) -> None:
    with pytest.raises(InputError, match="error page"):
        finish(Framed([Line(words)]), [], "html")
    with pytest.raises(InputError, match="error page"):
        finish(Framed([Line(f"{'字' * 20} {words}")], "题名"), [], "html")
    long = f"{words} {'字' * 100}"
    assert finish(Framed([Line(long)]), [], "html").text == long


@pytest.mark.parametrize("words", ["1404 件", "504 条", "501 件", "5020 元"])
def test_other_numbers_are_no_error_page(words: str) -> None:
    assert finish(Framed([Line(words)]), [], "html").text == words


@pytest.mark.parametrize(("letters", "problems"), [(19, 1), (20, 0)])
def test_twenty_letters_are_some_text(letters: int, problems: int) -> None:
    page = finish(Framed([Line("字" * letters)], "题名"), [], "html")
    assert len(page.problems) == problems
    assert finish(Framed([Line("字" * letters)]), [], "html").problems == []


# ---------------------------------------------------------------------- records
def record(**fields: object) -> Known:
    return parse_record(json.dumps({"text": "正文"} | fields).encode())


@pytest.mark.parametrize(
    ("field", "value", "known"),
    [
        ("id", 7, "7"), ("id", " a ", "a"), ("title", " ", None), ("agency", "甲\ud800", "甲\ufffd"),
        ("year", 1900, 1900), ("year", 2999, 2999), ("year", "2019", 2019), ("year", " 2019 ", 2019),
        ("region", "广东省/深圳市", ("广东省", "深圳市")),
        ("region", ["广东省", " "], ("广东省",)), ("region", [], None),
        ("published", "2019-03-11", "2019-03-11"), ("published", "2019-03-11T09:17:00", "2019-03-11"),
        ("published", "2019-03-11 09:17", "2019-03-11"), ("published", "", None), ("level", "省级", "省级"),
        ("url", None, None),
    ],
)  # fmt: skip
def test_a_field_of_a_record_is_read(field: str, value: object, known: object) -> None:
    assert getattr(record(**{field: value}), field) == known


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("id", True, '"id" is true or false (True); give a string'),
        ("title", 7, '"title" is a number (7); give a string'),
        ("title", 1.5, '"title" is a number (1.5); give a string'),
        ("title", 10**19, '"title" is a number; give a string'),
        ("title", ["a"], '"title" is a list; give a string'),
        ("title", {}, '"title" is an object; give a string'),
        (
            "year",
            1899,
            '"year" is a number (1899); give a year as a whole number, such as 2019',
        ),
        (
            "year",
            3000,
            '"year" is a number (3000); give a year as a whole number, such as 2019',
        ),
        (
            "year",
            True,
            '"year" is true or false (True); give a year as a whole number, such as 2019',
        ),
        (
            "year",
            "20190",
            '"year" is a string; give a year as a whole number, such as 2019',
        ),
        (
            "year",
            "２０１９",
            '"year" is a string; give a year as a whole number, such as 2019',
        ),
        (
            "level",
            "局级",
            "\"level\" is '局级'; give one of 国家级、省级、地市级、县区级、乡镇街道级",
        ),
        (
            "region",
            3,
            '"region" is a number (3); give a list from the province down, or "广东省/深圳市"',
        ),
        (
            "region",
            ["a", 3],
            '"region" is a list; give a list from the province down, or "广东省/深圳市"',
        ),
        (
            "published",
            "2019-3-11",
            "\"published\" is '2019-3-11'; give a date such as 2019-03-11",
        ),
        (
            "published",
            "2019-03-11x",
            "\"published\" is '2019-03-11x'; give a date such as 2019-03-11",
        ),
        ("html", 3, '"html" is not a string; give the html as one'),
    ],
)
def test_a_field_that_is_not_as_it_should_be_is_named(
    field: str, value: object, told: str
) -> None:
    with pytest.raises(InputError) as caught:
        record(**{field: value})
    assert caught.value.reason == told


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"\xff", "is not UTF-8; convert the file to UTF-8"),
        (
            b"{",
            "is not JSON (Expecting property name enclosed in double quotes: line 1 column 2); write one object a line",
        ),
        (b"[" * 100_000, "is not JSON (nested too deeply); write one object a line"),
        (b"[]", "is not a JSON object; write one object a line"),
        (b"{}", 'has neither "text" nor "html"; give one of them'),
    ],
)
def test_what_is_no_record_is_refused(data: bytes, told: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_record(data)
    assert caught.value.reason == told


# ---------------------------------------------------------------------- titles, cells, pages
def test_a_title_is_taken_out_of_a_text_and_nothing_else_changes() -> None:
    title = "望海市2017年政府信息公开年报"
    assert title_apart(f"\n{title}\n\n  一、概述 ") == (title, "\n\n  一、概述 ")
    assert title_apart("") == (None, "")
    assert title_apart("一、概述\n二、公开") == (None, "一、概述\n二、公开")


@pytest.mark.parametrize(("above", "found"), [(13, True), (14, False)])
def test_a_title_stands_in_the_first_lines(above: int, found: bool) -> None:
    title = "望海市2017年政府信息公开年报"
    framed = frame(
        [*(Line(f"栏目{n}") for n in range(above)), Line(title), Line(SENTENCE)]
    )
    assert (framed.title == title) is found


@pytest.mark.parametrize(("length", "found"), [(60, True), (61, False)])
def test_a_long_line_above_is_no_chrome(length: int, found: bool) -> None:
    title = "望海市2017年政府信息公开年报"
    assert (frame([Line("长" * length), Line(title)]).title == title) is found


@pytest.mark.parametrize(("pieces", "found"), [(4, True), (5, False)])
def test_a_known_title_may_be_broken_over_four_lines(pieces: int, found: bool) -> None:
    parts = [f"关于{c}的" for c in "甲乙丙丁戊"[:pieces]]
    framed = frame([*(Line(part) for part in parts), Line(SENTENCE)], "".join(parts))
    assert [line.text for line in framed.lines] == (
        [SENTENCE] if found else [*parts, SENTENCE]
    )


@pytest.mark.parametrize(
    ("lines", "shown"),
    [
        (["科研", "机构"], ["科研机构"]),
        (["a" * 20, "b"], ["a" * 20 + " b"]),
        (["a" * 21, "b"], ["a" * 21, "b"]),
        (["项目", "1.甲"], ["项目", "1.甲"]),
        (["1.甲", "项目"], ["1.甲项目"]),
        (["甲", "（一）乙"], ["甲", "（一）乙"]),
        (["甲", "一、乙"], ["甲", "一、乙"]),
        (["甲", "①乙"], ["甲", "①乙"]),
        ([], []),
        ([""], []),
    ],
)
def test_a_broken_label_is_one_line(lines: list[str], shown: list[str]) -> None:
    assert cell_line(lines) == shown


def test_latin_words_are_joined_with_a_space() -> None:
    assert join_lines(["a", "b"]) == "a b"
    assert join_lines(["a", "公"]) == join_lines(["a公"]) == "a公"
    assert join_lines(["", "a", "", "b"]) == "a b"


@pytest.mark.parametrize(("characters", "tables"), [(2000, 1), (2001, 0)])
def test_a_cell_as_long_as_a_page_is_layout(characters: int, tables: int) -> None:
    page = load(
        f"<div id=zoom><table><tr><td>{'字' * characters}<td>1</table></div>", ".html"
    )
    assert len(page.tables) == tables


@pytest.mark.parametrize(
    ("span", "columns"),
    [("1000", 1000), ("1001", 1000), ("99999999", 1000), ("100000000", 1), (" 2 ", 2)],
)
def test_a_span_is_bounded(span: str, columns: int) -> None:
    page = load(
        f"<p>{SENTENCE}</p><table><tr><td colspan='{span}'>甲<td>乙</table>", ".html"
    )
    assert page.tables[0].rows[0][0].colspan == columns


def test_preformatted_lines_stay_lines_and_others_do_not() -> None:
    assert load(f"<pre>甲 一\n乙</pre><p>{SENTENCE}\n丙</p>", ".html").text.split(
        "\n"
    ) == [
        "甲 一",
        "乙",
        SENTENCE + "丙",
    ]


def test_a_table_in_a_table_keeps_the_lines_of_both() -> None:
    inner = "<table><tr><td>丙<td>1</table>"
    page = load(f"<p>{SENTENCE}</p><table><tr><td>甲{inner}乙<td>丁</table>", ".html")
    assert page.text.split("\n") == [SENTENCE, "甲", "丙", "1", "乙", "丁"]
    assert [[c.text for c in row] for t in page.tables for row in t.rows] == [
        ["丙", "1"]
    ]


# ---------------------------------------------------------------------- docx and PDF
@pytest.mark.parametrize(
    ("value", "span"),
    [
        ("1000", 1000),
        ("1001", 1000),
        ("0", 1),
        ("99999", 1000),
        ("100000", 1),
        ("x", 1),
        ("２", 1),
    ],
)
def test_a_span_of_word_is_bounded(value: str, span: int) -> None:
    cell = "<w:tc><w:tcPr>{}</w:tcPr>{}</w:tc>"
    row = cell.format(f'<w:gridSpan w:val="{value}"/>', p("甲乙丙")) + cell.format(
        "", p("丁戊")
    )
    page = load(make_docx(f"<w:tbl><w:tr>{row}</w:tr></w:tbl>"), ".docx")
    assert page.tables[0].rows[0][0].colspan == span


@pytest.mark.parametrize(
    ("mark", "shown"),
    [("tab", "甲 乙"), ("br", "甲\n乙"), ("cr", "甲\n乙"), ("noBreakHyphen", "甲-乙")],
)
def test_marks_of_word_in_a_line(mark: str, shown: str) -> None:
    body = f"<w:p><w:r><w:t>甲</w:t><w:{mark}/><w:t>乙</w:t></w:r></w:p>" + p(SENTENCE)
    assert load(make_docx(body), ".docx").text == f"{shown}\n{SENTENCE}"


def test_a_word_document_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    data = make_docx(p(SENTENCE))
    bounds = (package.MAX_PART_BYTES, package.MAX_RATIO, package.RATIO_FROM_BYTES)
    assert bounds == (200 << 20, 200, 20 << 20)
    monkeypatch.setattr(package, "MAX_PARTS", 1)
    assert load(data, ".docx").text == SENTENCE
    monkeypatch.setattr(package, "MAX_PARTS", 0)
    with pytest.raises(InputError, match="not a Word document"):
        load(data, ".docx")


@pytest.mark.parametrize(
    ("line", "row"),
    [
        ("甲 1 2 3", True), ("甲 1 2", False), ("甲 乙 丙 丁", True), ("甲 乙 丙", False),
        ("甲 乙 丙 " + "丁" * 8, True), ("甲 乙 丙 " + "丁" * 9, False), ("-3 5.5% 1,204", True),
    ],
)  # fmt: skip
def test_a_row_of_a_pdf(line: str, row: bool) -> None:
    assert pdf._is_row(line) is row


@pytest.mark.parametrize(
    ("blank", "shown"),
    [(10, "1, 2, 3, 4, 5, 6, 7, 8, 9, 10"), (11, "1, 2, 3, 4, 5, 6, 7, 8, 9, 10 ...")],
)
def test_ten_pages_are_listed(blank: int, shown: str) -> None:
    assert pdf._listed(range(1, blank + 1)) == shown


def test_a_running_head_stands_on_three_pages_and_half_of_all() -> None:
    def pages(of: int, head: str, n: int) -> list[list[str]]:
        return [
            [head if k < n else f"另{k}行", f"正文{k}", "", f"尾{k}"] for k in range(of)
        ]

    assert "望海市档案" in pdf._running_heads(pages(3, "望海市档案", 3))
    assert "望海市档案" not in pdf._running_heads(pages(3, "望海市档案", 2))
    assert "望海市档案" in pdf._running_heads(pages(8, "望海市档案", 4))
    assert "望海市档案" not in pdf._running_heads(pages(9, "望海市档案", 4))
    assert "望海市档" not in pdf._running_heads(pages(3, "望海市档", 3))


@pytest.mark.parametrize(
    ("edges", "shift"),
    [
        (["1", "2"], 1),
        (["5", "6", "x"], 5),
        (["1", "x", "x", "x"], None),
        (["1", "2", "x", "x"], 1),
        (["1", "2", "x", "x", "x"], None),
        ([], None),
        (["12345", "12346"], None),
    ],
)
def test_printed_page_numbers_are_some_way_from_the_count(
    edges: list[str], shift: int | None
) -> None:
    assert pdf._number_shift([["头", "文", edge] for edge in edges]) == shift
