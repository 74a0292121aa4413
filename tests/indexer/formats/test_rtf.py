"""RTF as Word, WPS and other programs write it."""

from __future__ import annotations

import pytest

from index.model.errors import InputError
from index.model.problems import Code
from indexer.formats import read
from indexer.page import Page, Source

TITLE = "望海市档案局2020年政府信息公开工作年度报告"
SENTENCE = "望海市档案局全年主动公开政府信息二十条，都在网站上。"
HEAD = r"{\rtf1\ansi\ansicpg936\deff0{\fonttbl{\f0\froman\fcharset0 Times New Roman;}"
HEAD += r"{\f1\fnil\fcharset134 \'cb\'ce\'cc\'e5{\*\falt SimSun};}{\f2\fcharset2 Wingdings;}"
HEAD += r"{\f3\fcharset136 PMingLiU;}}{\colortbl;\red0;}{\stylesheet{\s1 heading 1;}}"


def rtf(body: str, head: str = HEAD) -> Page:
    return load(f"{head}{body}}}".encode("ascii"))


def load(data: bytes) -> Page:
    return read(Source("a.rtf", "/a.rtf", ".rtf", data, ""))


def coded(text: str, codec: str = "gb18030") -> str:
    """Text as bytes of a code page, each written as \\'xx; ASCII as it is."""
    return "".join(
        chr(byte) if byte < 0x80 and chr(byte) not in "\\{}" else rf"\'{byte:02x}"
        for byte in text.encode(codec)
    )


def escaped(text: str, fallback: str = "?") -> str:
    """Text in Unicode escapes, units beyond 32767 as negative numbers."""
    units = text.encode("utf-16-le")
    codes = [
        int.from_bytes(units[n : n + 2], "little", signed=True)
        for n in range(0, len(units), 2)
    ]
    return "".join(rf"\u{code} {fallback}" for code in codes)


def paragraphs(*texts: str) -> str:
    return "".join(rf"\pard\plain {text}\par " for text in texts)


@pytest.mark.parametrize(
    "body",
    [
        paragraphs(rf"\f1 {coded(TITLE)}", rf"\f1 {coded(SENTENCE)}"),
        # Word names the Latin font where the bytes are Chinese
        paragraphs(rf"\f0 {coded(TITLE)}", rf"\loch\f0\hich {coded(SENTENCE)}"),
        paragraphs(escaped(TITLE), escaped(SENTENCE)),
        paragraphs(rf"\uc0 {escaped(TITLE, '')}", rf"\uc0 {escaped(SENTENCE, '')}"),
        paragraphs(rf"\uc2 {escaped(TITLE, coded('公'))}", escaped(SENTENCE)),
        paragraphs(rf"\f3 {coded('望海市', 'big5')}\f1 {coded(TITLE[3:])}", coded(SENTENCE)),
        paragraphs(coded(TITLE), coded(SENTENCE)).replace(r"\'", "\n" + r"\'"),
        rf"\pard {coded(TITLE)}\line {coded(SENTENCE)}",
    ],
)  # fmt: skip
def test_characters_however_they_are_written(body: str) -> None:
    page = rtf(body)
    assert (page.title, page.text) == (TITLE, SENTENCE)
    assert (page.format, page.problems) == ("rtf", [])


@pytest.mark.parametrize("head", [r"{\rtf1\ansi ", r"{\rtf1 ", r"{\rtf1\ansicpg1252 "])
def test_a_code_page_that_is_not_named_is_told_by_its_bytes(head: str) -> None:
    page = rtf(paragraphs(coded(TITLE), coded(SENTENCE)), head)
    assert (page.title, page.text) == (TITLE, SENTENCE)


@pytest.mark.parametrize("codec", ["gb18030", "utf-8"])
def test_bytes_that_are_not_escaped(codec: str) -> None:
    # 亄 and 亇 have a brace and a backslash for a second byte in GBK
    text = SENTENCE + "亄匼。"
    body = HEAD + paragraphs(TITLE, text) + "}"
    page = load(body.encode(codec))
    assert (page.title, page.text) == (TITLE, text)


def test_latin_text_with_accents_in_a_western_document() -> None:
    head = r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fcharset0 Arial;}}"
    assert rtf(r"\pard caf\'e9 \'96 na\'efve \emdash\~x\par", head).text == (
        "café – naïve —\xa0x"
    )


def test_characters_beyond_the_basic_plane() -> None:
    assert rtf(paragraphs(coded(SENTENCE), escaped("姓𠮷的。"))).text.endswith(
        "姓𠮷的。"
    )


@pytest.mark.parametrize(
    ("run", "shown", "struck"),
    [
        (r"{\v 99}", "收到12件", []),
        (r"{\deleted 99}", "收到12件", []),
        (r"{\strike 99}", "收到12件", ["99"]),
        (r"{\striked1 99}", "收到12件", ["99"]),
        (r"\strike 9\b 9\b0\strike0 ", "收到12件", ["99"]),
        (r"\strike 99\plain ", "收到12件", ["99"]),
        (r"{\strike0 99}", "收到9912件", []),
        (r"{\*\unknown 99}", "收到12件", []),
    ],
)
def test_what_a_reader_does_not_see(run: str, shown: str, struck: list[str]) -> None:
    body = paragraphs(coded(SENTENCE), coded("收到") + run + coded("12件"))
    page = rtf(body)
    assert page.text == f"{SENTENCE}\n{shown}"
    told = [p for p in page.problems if p.code is Code.FORMAT_STRUCK_OUT]
    assert [p.facts["runs"] for p in told] == ([struck] if struck else [])


def test_digits_beside_what_is_left_out_stay_two_numbers() -> None:
    body = paragraphs(coded(SENTENCE), r"5{\strike 0}7" + coded("件"))
    assert rtf(body).text.endswith("5 7件")


def test_raised_digits_are_written_as_such() -> None:
    body = paragraphs(coded(SENTENCE), r"10{\super 3}{\sub 2}x")
    assert rtf(body).text.endswith("10³₂x")


def row(*cells: tuple[str, int, str]) -> str:
    """A row of cells: text, right border, words before the border."""
    shapes = "".join(rf"{words}\cellx{right}" for _, right, words in cells)
    texts = "".join(rf"\pard\intbl {coded(text)}\cell " for text, _, _ in cells)
    # Word writes the shapes before the cells and behind them
    return rf"\trowd\trgaph108{shapes}{texts}\pard{{\trowd{shapes}\row}}"


def test_tables_with_cells_that_span_columns_and_rows() -> None:
    body = paragraphs(coded(SENTENCE))
    body += row(("项目", 2000, r"\clvmgf"), ("数量", 6000, ""))
    body += row(("", 2010, r"\clvmrg"), ("本年", 4000, ""), ("上年", 5990, ""))
    body += row(("新收", 2000, ""), ("12", 4000, ""), ("7", 6000, ""))
    page = rtf(body + paragraphs(coded("完毕。")))
    cells = ["项目", "数量", "本年", "上年", "新收", "12", "7"]
    assert page.text.split("\n") == [SENTENCE, *cells, "完毕。"]
    (table,) = page.tables
    assert [[(c.text, c.colspan, c.rowspan) for c in r] for r in table.rows] == [
        [("项目", 1, 2), ("数量", 2, 1)],
        [("本年", 1, 1), ("上年", 1, 1)],
        [("新收", 1, 1), ("12", 1, 1), ("7", 1, 1)],
    ]


def test_cells_merged_to_the_left_are_one() -> None:
    body = paragraphs(coded(SENTENCE))
    body += row(("合计", 2000, r"\clmgf"), ("", 4000, r"\clmrg"), ("9", 6000, ""))
    (table,) = rtf(body).tables
    assert [(c.text, c.colspan) for c in table.rows[0]] == [("合计", 2), ("9", 1)]


def test_a_row_without_its_end_is_kept() -> None:
    body = paragraphs(coded(SENTENCE)) + rf"\trowd\cellx1 \intbl {coded('甲')}\cell "
    assert rtf(body + coded("乙")).text.split("\n") == [SENTENCE, "甲", "乙"]


def test_notes_stand_below_and_boxes_where_they_are() -> None:
    box = rf"{{\shp{{\*\shpinst{{\sp{{\sn x}}{{\sv 1}}}}{{\shptxt {coded('框里的话。')}\par}}}}"
    box += rf"{{\shprslt {coded('旧的框。')}}}}}"
    note = rf"{{\super\chftn}}{{\footnote\pard {coded('不含街道。')}}}"
    body = paragraphs(coded("共12件") + note + box + coded("。"), coded(SENTENCE))
    wanted = ["框里的话。", "共12件。", SENTENCE, "不含街道。"]
    assert rtf(body).text.split("\n") == wanted


def test_heads_and_feet_of_pages_are_kept_apart() -> None:
    head = rf"{{\header\pard {coded('望海市档案局文件')}\par}}"
    foot = r"{\footer\pard - {\field{\*\fldinst PAGE}{\fldrslt 1}} -\par}"
    page = rtf(head + foot + paragraphs(coded(TITLE), coded(SENTENCE)))
    assert (page.title, page.text, page.chrome) == (
        TITLE,
        SENTENCE,
        ["望海市档案局文件"],
    )


def test_numbers_of_lists_and_results_of_fields_are_text() -> None:
    item = rf"{{\listtext\f1 {coded('一、')}}}{coded('概述')}"
    link = r'{\field{\*\fldinst HYPERLINK "http://x"}{\fldrslt ' + coded("链接") + "}}"
    body = paragraphs(item, coded("见") + link, coded(SENTENCE))
    assert rtf(body).text.split("\n") == ["一、概述", "见链接", SENTENCE]


def test_pictures_and_objects() -> None:
    picture = r"{\pict\pngblip\bin7 }{\\\{ab}{\pict ffd8ffe0}"
    thing = rf"{{\object\objemb{{\*\objdata 0105}}{{\result {coded('图样')}}}}}"
    page = rtf(picture + paragraphs(coded(SENTENCE) + thing))
    assert page.text == SENTENCE + "图样"
    assert [p.code for p in page.problems] == [Code.FORMAT_PARTS_UNREAD]


@pytest.mark.parametrize("end", range(0, 400, 23))
def test_a_document_that_is_cut_off_is_read_or_refused(end: int) -> None:
    whole = HEAD + row((TITLE, 900, "")) + paragraphs(coded(SENTENCE) * 3)
    data = whole.encode("ascii")
    try:
        page = load(data[: len(data) - end])
    except InputError:
        return
    assert page.text


def test_groups_without_end_are_refused() -> None:
    with pytest.raises(InputError, match="nested too deeply"):
        load(b"{\\rtf1 " + b"{" * 10_000)
    with pytest.raises(InputError, match="holds no text"):
        load(b"{\\rtf1 }")


def test_rtf_under_the_name_of_old_word() -> None:
    data = (HEAD + paragraphs(coded(TITLE), coded(SENTENCE)) + "}").encode()
    page = read(Source("a.doc", "/a.doc", ".doc", data, ""))
    assert (page.title, page.format) == (TITLE, "rtf")
    assert [p.code for p in page.problems] == [Code.FORMAT_NOT_AS_NAMED]


# Words of each code page: 정보공개 in Korean, 情報公開 in Japanese, and so on.
KOREAN, JAPANESE, TAIWANESE = "정보공개", "情報公開の", "資訊公開"
RUSSIAN, GREEK, HEBREW = "Доклад", "Αναφορά", "דוח"
ARABIC, THAI, TURKISH, POLISH, BALTIC = "تقرير", "รายงาน", "İlişkin", "Łódź", "Ūdens"


@pytest.mark.parametrize(
    ("number", "codec", "words"),
    [
        *((936, "gb18030", SENTENCE), (54936, "gb18030", SENTENCE)),
        *((932, "cp932", JAPANESE), (949, "cp949", KOREAN)),
        *((950, "big5hkscs", TAIWANESE), (65001, "utf-8", SENTENCE)),
    ],
)
def test_a_document_names_its_code_page(number: int, codec: str, words: str) -> None:
    head = rf"{{\rtf1\ansi\ansicpg{number}\deff0 "
    # Unicode escapes beside it, so that the words alone are not too few to be a text
    body = paragraphs(coded(words, codec), escaped(SENTENCE))
    assert rtf(body, head).text == f"{words}\n{SENTENCE}"


@pytest.mark.parametrize(
    ("number", "codec", "words"),
    [
        *((0, "cp1252", "naïve"), (77, "mac_roman", "naïve")),
        *((128, "cp932", JAPANESE), (129, "cp949", KOREAN)),
        *((134, "gb18030", SENTENCE), (136, "big5hkscs", TAIWANESE)),
        *((161, "cp1253", GREEK), (162, "cp1254", TURKISH), (163, "cp1258", "Đà")),
        *((177, "cp1255", HEBREW), (178, "cp1256", ARABIC), (186, "cp1257", BALTIC)),
        *((204, "cp1251", RUSSIAN), (222, "cp874", THAI), (238, "cp1250", POLISH)),
    ],
)
def test_a_font_names_its_charset(number: int, codec: str, words: str) -> None:
    head = r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl"
    head += rf"{{\f0\fcharset{number} Font;}}}}"
    body = paragraphs(rf"\f0 {coded(words, codec)}", escaped(SENTENCE))
    assert rtf(body, head).text == f"{words}\n{SENTENCE}"
