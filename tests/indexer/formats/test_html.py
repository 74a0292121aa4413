"""The HTML reader on pages of every age, on hostile markup, and on the reference pages."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.model.errors import InputError
from index.model.problems import Code, Problem
from indexer.formats import read
from indexer.formats.html import read_markup
from indexer.page import Known, Page, Source

CASES = Path(__file__).parents[2] / "data" / "formats"
SENTENCE = "全年主动公开政府信息一百二十六条。"


def html(data: bytes | str, known: Known | None = None, suffix: str = ".html") -> Page:
    raw = data.encode() if isinstance(data, str) else data
    return read(Source("a" + suffix, "/a" + suffix, suffix, raw, "", known or Known()))


@pytest.mark.parametrize("path", sorted(CASES.glob("*.html")), ids=lambda p: p.stem)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_whole_pages(path: Path, encoding: str) -> None:
    wanted = json.loads(path.with_suffix(".json").read_text("utf-8"))
    page = html(path.read_text("utf-8").encode(encoding))
    assert page.title == wanted["title"]
    assert page.text.split("\n") == wanted["lines"]
    assert {k: page.meta.get(k) for k in wanted["meta"]} == wanted["meta"]
    assert set(wanted["chrome"]) <= set(page.chrome)
    assert [[[c.text for c in row] for row in t.rows] for t in page.tables] == wanted[
        "tables"
    ]
    assert [page.text[t.offset :].split("\n")[0] for t in page.tables] == wanted[
        "offsets"
    ]
    assert page.decoded is not None
    assert page.problems == []


def test_spans_and_header_cells_are_told() -> None:
    page = html(
        f"<p>{SENTENCE}</p><table><tr><th colspan=2>甲</th><td rowspan='3'>乙</td></tr>"
        "<tr><td>丙<td>丁</table>"
    )
    first = page.tables[0].rows[0]
    assert [(c.text, c.colspan, c.rowspan, c.header) for c in first] == [
        ("甲", 2, 1, True),
        ("乙", 1, 3, False),
    ]
    assert page.tables[0].offset == page.text.index("甲")


def test_a_caption_is_text_but_no_cell() -> None:
    page = html(
        f"<p>{SENTENCE}</p><table><caption>表一</caption><tr><td>甲</td><td>1</td></tr></table>"
    )
    assert page.text.split("\n") == [SENTENCE, "表一", "甲", "1"]
    assert page.text[page.tables[0].offset] == "甲"


def test_lines_of_a_long_cell_and_of_lists_stay_apart() -> None:
    cell = (
        f"<td>1.甲项<br>2.乙项</td><td>{SENTENCE * 2}<br>{SENTENCE}</td>"
        "<td>法律服务<br>机构</td>"
    )
    page = html(f"<p>{SENTENCE}</p><table><tr>{cell}</tr></table>")
    assert page.text.split("\n")[1:] == [
        "1.甲项",
        "2.乙项",
        SENTENCE * 2,
        SENTENCE,
        "法律服务机构",
    ]


def test_more_tags_than_any_report_has() -> None:
    page = html("<br>" * 500_001 + f"<p>{SENTENCE}</p>")
    assert (page.text, len(page.problems)) == (SENTENCE, 1)


@pytest.mark.parametrize("span", ["", "-1", "0", "two", "99999999999999999999", "１"])
def test_senseless_spans(span: str) -> None:
    page = html(
        f"<p>{SENTENCE}</p><table><tr><td colspan='{span}'>甲</td><td>乙</td></tr></table>"
    )
    assert 1 <= page.tables[0].rows[0][0].colspan <= 1000


def test_two_containers_are_both_kept() -> None:
    parts = [
        f"<div class=TRS_Editor><p>{SENTENCE * 4}</p></div>",
        f"<div class=TRS_Editor>{'后半部分。' * 20}</div>",
    ]
    body = "<p>其他</p>".join(parts)
    text = html(f"<div>{body}</div>").text
    assert SENTENCE in text
    assert "后半部分" in text


def test_a_sentence_outside_an_uncertain_container_is_not_lost() -> None:
    lead = (
        "本报告由望海市体育局编制，数据的统计期限自2016年1月1日起至12月31日止，"
        "电子版可在网站下载，欢迎查阅。"
    )
    page = html(
        f"<div><div class=lead><p>{lead * 3}</p></div>"
        f"<div class=content><p>{SENTENCE * 20}</p></div></div>"
    )
    assert lead in page.text


def test_a_hidden_body_is_a_body() -> None:
    assert (
        SENTENCE
        in html(
            f"<p>短</p><div id=zoom style='display:none'><p>{SENTENCE}</p></div>"
        ).text
    )


def test_line_breaks_of_the_source_do_not_split_words() -> None:
    assert (
        html("<p>政府信息\n   公开条例 and\nlaw</p>").text == "政府信息公开条例 and law"
    )


def test_a_given_title_is_taken_out_of_the_body() -> None:
    page = html(
        f"<h1>某某年报</h1><p>某某年报</p><p>{SENTENCE}</p>", Known(title="某某年报")
    )
    assert (page.title, page.text.count("某某年报")) == ("某某年报", 0)


@pytest.mark.parametrize(
    "page",
    [
        "<html><body></body></html>",
        "<p>&nbsp;</p><script>var a='文字文字文字文字'</script>",
        "<title>404 Not Found</title><h1>404 Not Found</h1><p>nginx</p>",
        "<body>您访问的页面不存在，3秒后返回首页</body>",
        "   ",
    ],
)
def test_pages_without_a_report(page: str) -> None:
    with pytest.raises(InputError):
        html(page)


def test_a_page_with_hardly_any_text_says_so() -> None:
    page = html("<h1>望海市2016年政府信息公开工作年度报告</h1><p>详见附件</p>")
    assert page.problems


@pytest.mark.parametrize(
    "markup",
    [
        "<div>" * 20_000 + SENTENCE * 10 + "</div>" * 20_000,
        "<table><tr><td>" * 5_000 + SENTENCE * 10,
        "<b>" * 50_000 + SENTENCE * 10,
    ],
    ids=["div", "table", "b"],
)
def test_deep_nesting_loses_no_text(markup: str) -> None:
    assert SENTENCE * 10 in html(f"<html><body>{markup}").text.replace("\n", "")


def test_entities_do_not_explode() -> None:
    bomb = '<!DOCTYPE html [<!ENTITY a "哈哈哈哈哈哈哈哈哈哈">' + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">'
        for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    page = html(f"{bomb}]><html><body><p>{SENTENCE}</p><p>&i;</p></body></html>")
    assert SENTENCE in page.text
    assert len(page.text) < 2_000


def test_named_txt_but_html() -> None:
    page = html(
        f"<!DOCTYPE html><html><body><p>{SENTENCE}</p></body></html>", suffix=".txt"
    )
    assert (page.format, page.text) == ("html", SENTENCE)
    facts = {"named": ".txt", "actual": ".html"}
    assert page.problems == [Problem(Code.FORMAT_NOT_AS_NAMED, facts)]


PIECES = """< > / = ' " & ; <td> </td> <table> </table> <tr> <p> <br> </div>
<!-- --> <script> </script> <![CDATA[
<title> <o:p> &#xd800; &#0; <svg> </body> <html> <pre> <li> 发布时间：2019-01-01 来源：
某局2019年政府信息公开工作年度报告"""
MARKUP = st.lists(
    st.sampled_from(
        [
            *PIECES.split(),
            " ",
            "\n",
            "\0",
            "\ud800",
            SENTENCE,
            "<p class=TRS_Editor>",
            "<td colspan=9>",
        ]
    ),
    max_size=60,
).map("".join)


@settings(max_examples=150)
@given(MARKUP)
def test_no_markup_is_too_broken(markup: str) -> None:
    try:
        page = read_markup(markup)
    except InputError:
        return
    page.text.encode("utf-8")
    assert all(page.text[t.offset :].startswith(_first(t.rows)) for t in page.tables)
    assert not re.search(r"(?m)^\s|\s$|\n\n", page.text)


def _first(rows: tuple) -> str:
    return next(c.text for row in rows for c in row if c.text)[:1]


@pytest.mark.shared
def test_reference_pages(shared: Path) -> None:
    folder = shared / "data" / "html_pages"
    for line in (folder / "expected.jsonl").read_text("utf-8").splitlines():
        wanted = json.loads(line)
        page = html((folder / wanted["file"]).read_bytes())
        whole = f"{page.title}\n{page.text}"
        assert [m for m in wanted["must"] if m not in whole] == [], wanted["file"]
        assert [m for m in wanted["must_not"] if m in whole] == [], wanted["file"]


@pytest.mark.shared
def test_reference_policies(shared: Path) -> None:
    folder = shared / "data" / "policy_html"
    for line in (folder / "policies.jsonl").read_text("utf-8").splitlines():
        wanted = json.loads(line)
        page = html((folder / wanted["html_file"]).read_bytes())
        found = (
            page.title,
            *(
                page.meta.get(k)
                for k in ("published", "index_number", "doc_number", "source")
            ),
        )
        facts = (
            wanted["page_meta"]["发布日期"],
            wanted["index_number"],
            wanted["doc_number"],
            wanted["issuer"],
        )
        assert found == (wanted["title"], *facts)
        assert not re.search("扫一扫|索 引 号|主 题 词|打印", page.text)


def test_who_issued_a_page_is_its_source() -> None:
    title = "某县教育局2018年政府信息公开工作年度报告"
    sentence = "2018年，我局依法公开政府信息，及时回应社会关切，办理申请三件。"
    facts = "<table><tr><td>发布机构：</td><td>某县政府办</td></tr></table>"
    body = f"<h1>{title}</h1>" + f"<p>{sentence}</p>" * 8
    html = f"<body>{facts}<div id='zoom'>{body}</div></body>"
    page = read(Source("a.html", "/a.html", ".html", html.encode(), ""))
    assert page.meta["source"] == "某县政府办"
    assert "issuer" not in page.meta


@pytest.mark.parametrize(
    "behind",
    [
        f"<p>{SENTENCE}</p>",
        f"<html><body><p>{SENTENCE}</p></body></html>",
        f"\n<!-- end --><div><table><tr><td>{SENTENCE}</td></tr></table></div>",
    ],
)
def test_what_stands_behind_the_end_of_a_page_is_shown(behind: str) -> None:
    page = html(f"<html><body><p>{'公开信息。' * 9}</p></BODY ></html>{behind}")
    assert page.text == "公开信息。" * 9 + "\n" + SENTENCE
