"""What a workbook shows: hidden and struck out cells, raised digits, shares in percent."""

from __future__ import annotations

import pytest

from index.model.errors import InputError
from index.model.problems import Code
from indexer.formats import read
from indexer.formats.office import sheets
from indexer.formats.office.account import letters_in, unaccounted
from indexer.formats.office.sheets import read_workbook
from indexer.page import Page, Source
from tests.indexer.formats.writers import packed

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
# 1 is struck out, 2 is 0.00%, 3 is a format of its own, 4 an ordinary number
STYLES = (
    f'<styleSheet {MAIN}><numFmts><numFmt numFmtId="164" formatCode="#,##0.0%"/></numFmts>'
    '<fonts><font><sz val="11"/></font><font><strike/></font>'
    '<font><strike val="0"/></font></fonts><cellXfs><xf fontId="0"/><xf fontId="1"/>'
    '<xf fontId="0" numFmtId="10"/><xf fontId="2" numFmtId="164"/>'
    '<xf fontId="0" numFmtId="3"/></cellXfs></styleSheet>'
)
STRINGS = (
    f"<sst {MAIN}><si><t>望海市2017年政府信息公开年报</t></si>"
    "<si><r><t>受理</t></r><r><rPr><strike/></rPr><t>99</t></r><r><t>12件</t></r></si>"
    '<si><r><t>10</t></r><r><rPr><vertAlign val="superscript"/></rPr><t>3</t></r>'
    "<r><t>件</t></r></si><si><t>全年公开信息二十条</t><rPh><t>quannian</t></rPh></si></sst>"
)


def workbook(rows: str, before: str = "", sheets: str = "") -> bytes:
    sheet = f"<worksheet {MAIN}>{before}<sheetData>{rows}</sheetData></worksheet>"
    other = f'<worksheet {MAIN}><sheetData><row r="1">{text("A1", "旧稿" * 50)}</row>'
    relations = (
        f'<Relationship Id="r{n}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in (1, 2)
    )
    first = '<sheet name="年报" sheetId="1" r:id="r1"/>'
    return packed(
        {
            "[Content_Types].xml": "<Types/>",
            "_rels/.rels": f'<Relationships {RELATIONS}><Relationship Id="r1"'
            f' Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook {MAIN} xmlns:r="{OFFICE}"><sheets>{first}{sheets}'
            "</sheets></workbook>",
            "xl/_rels/workbook.xml.rels": f"<Relationships {RELATIONS}>{''.join(relations)}"
            f'<Relationship Id="r3" Type="{OFFICE}/styles" Target="styles.xml"/><Relationship'
            f' Id="r4" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
            "xl/styles.xml": STYLES,
            "xl/sharedStrings.xml": STRINGS,
            "xl/worksheets/sheet1.xml": sheet,
            "xl/worksheets/sheet2.xml": other + "</sheetData></worksheet>",
        }
    )


def text(place: str, content: str, style: int = 0) -> str:
    return f'<c r="{place}" s="{style}" t="inlineStr"><is><t>{content}</t></is></c>'


def shared(place: str, number: int) -> str:
    return f'<c r="{place}" t="s"><v>{number}</v></c>'


def value(place: str, content: str, style: int = 0) -> str:
    return f'<c r="{place}" s="{style}"><v>{content}</v></c>'


def row(number: int, *cells: str, looks: str = "") -> str:
    return f'<row r="{number}" {looks}>{"".join(cells)}</row>'


def load(data: bytes) -> Page:
    return read(Source("a.xlsx", "/a.xlsx", ".xlsx", data, ""))


TITLE = row(1, shared("A1", 0))
LONG = text("A2", "全年主动公开政府信息一百二十六条。")


def test_hidden_rows_and_columns_are_left_out_and_told() -> None:
    rows = TITLE + row(2, LONG)
    rows += row(3, text("A3", "草稿"), value("B3", "777"), looks='hidden="1"')
    rows += row(4, text("A4", "新收"), text("B4", "内部"), value("C4", "12"))
    page = load(workbook(rows, '<cols><col min="2" max="2" hidden="1"/></cols>'))
    assert page.title == "望海市2017年政府信息公开年报"
    assert page.text == "全年主动公开政府信息一百二十六条。\n新收\n12"
    (told,) = page.problems
    assert told.code is Code.FORMAT_CELLS_HIDDEN
    assert told.facts == {"sheets": "年报", "letters": 7}


def test_blank_rows_that_are_hidden_need_no_word() -> None:
    rows = TITLE + row(2, text("A2", "文" * 30)) + row(9, looks='hidden="true"')
    assert load(workbook(rows)).problems == []


def test_the_place_of_cells_counts_not_their_number() -> None:
    # the sheet begins at C5, and its rows do not say their number
    rows = f"<row r='5'>{text('C5', '受理件数')}{value('D5', '3')}</row>"
    rows += f"<row hidden='1'>{text('C6', '旧的')}{value('D6', '4')}</row>"
    rows += f"<row>{text('C7', '答复件数')}{value('D7', '5')}</row>"
    page = load(workbook(rows))
    assert page.text == "受理件数\n3\n答复件数\n5"


def test_struck_out_cells_and_runs_are_told() -> None:
    rows = TITLE + row(2, LONG)
    rows += row(3, text("A3", "作废", 1), text("B3", "有效"), shared("C3", 1))
    page = load(workbook(rows))
    assert page.text.split("\n")[1:] == ["有效", "受理12件"]
    (told,) = page.problems
    assert told.code is Code.FORMAT_STRUCK_OUT
    assert told.facts["count"] == 2
    assert set(told.facts["runs"]) == {"作废", "99"}  # type: ignore[arg-type]


def test_raised_digits_run_into_no_others() -> None:
    page = load(workbook(TITLE + row(2, LONG) + row(3, shared("A3", 2))))
    assert page.text.endswith("10³件")
    runs = "<is><r><t>1</t></r><r><rPr><strike/></rPr><t>2</t></r><r><t>3</t></r></is>"
    cell = f'<c r="A3" t="inlineStr">{runs}</c>'
    assert load(workbook(TITLE + row(2, LONG) + row(3, cell))).text.endswith("\n1 3")


@pytest.mark.parametrize(
    ("raw", "style", "shown"),
    [
        ("0.125", 2, "12.50%"),
        ("1", 2, "100.00%"),
        ("0.3333", 3, "33.3%"),
        ("0.125", 0, "0.125"),
        ("0.30000000000000004", 0, "0.3"),
        ("1204", 4, "1204"),
    ],
)
def test_numbers_are_what_a_reader_sees(raw: str, style: int, shown: str) -> None:
    rows = TITLE + row(2, LONG) + row(3, text("A3", "比例"), value("B3", raw, style))
    assert load(workbook(rows)).text.split("\n")[-1] == shown


def test_letters_of_a_workbook() -> None:
    rows = row(1, shared("A1", 3), text("B1", "公开&amp;A", 1), value("C1", "12"))
    assert letters_in("xlsx", workbook(rows)) == 9 + 3 + 2
    hidden = '<sheet name="旧" sheetId="2" state="hidden" r:id="r2"/>'
    assert letters_in("xlsx", workbook(rows, sheets=hidden)) == 14
    shown = hidden.replace("hidden", "visible")
    assert letters_in("xlsx", workbook(rows, sheets=shown)) == 14 + 100
    assert letters_in("xlsx", b"PK\x03\x04 damaged") is None


def test_the_account_of_a_workbook() -> None:
    rows = TITLE + row(2, text("A2", "文" * 200))
    rows += row(3, text("A3", "隐" * 100), looks='hidden="1"')
    data = workbook(rows)
    page = load(data)
    assert unaccounted(page, data) == []
    page.problems.clear()
    (told,) = unaccounted(page, data)
    assert told.code is Code.FORMAT_UNACCOUNTED
    assert told.facts == {"percent": 32}


class PanicException(BaseException):
    """As pyo3 raises where code in Rust panics."""


def test_a_panic_of_the_library_is_a_damaged_workbook(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def panics(_: object) -> None:
        raise PanicException("range end index 64 out of range")

    monkeypatch.setattr(
        "python_calamine.CalamineWorkbook.from_filelike", panics, raising=False
    )
    source = Source("a.xls", "/a.xls", ".xls", b"\xd0\xcf\x11\xe0", "")
    with pytest.raises(InputError, match="damaged workbook"):
        read_workbook(source)


def test_control_characters_in_cells_are_no_text(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = [["望海市档案局2020年政府信息公开工作年度报告"], ["新收\x01申请", "12\x00"]]
    monkeypatch.setattr(sheets, "_flat_sheets", lambda _: [rows])
    monkeypatch.setattr(sheets, "_is_flat", lambda _: True)
    page = read_workbook(Source("a.xls", "/a.xls", ".xls", b"", ""))
    assert "新收申请" in page.text.replace("\n", "").replace("\ufffd", "")
