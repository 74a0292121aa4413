"""Letters and saved pages: every part that a reader sees is text, once, and nothing else is."""

from __future__ import annotations

import quopri
from email.message import EmailMessage

import pytest

from index.model.problems import Code
from indexer.formats import members_of, read
from indexer.formats.office.account import letters_in, unaccounted
from indexer.page import Page, Source

TITLE = "望海市2017年政府信息公开年报"
FIRST = "全年主动公开政府信息一百二十六条。"
SECOND = "全年收到政府信息公开申请二十件。"


def load(data: bytes, suffix: str = ".eml") -> Page:
    return read(Source("a" + suffix, "/a" + suffix, suffix, data, ""))


def plain(text: str) -> EmailMessage:
    part = EmailMessage()
    part.set_content(text)
    return part


def markup(text: str) -> EmailMessage:
    part = EmailMessage()
    part.set_content(f"<html><body>{text}</body></html>", subtype="html")
    return part


def mixed(*parts: EmailMessage, kind: str = "mixed") -> EmailMessage:
    message = EmailMessage()
    message["MIME-Version"] = "1.0"
    message["Subject"] = "notes"
    message.add_header("Content-Type", f"multipart/{kind}")
    for part in parts:
        del part["MIME-Version"]
        message.attach(part)
    return message


def picture() -> EmailMessage:
    part = EmailMessage()
    part.set_content(b"\x89PNG\r\n\x1a\n", maintype="image", subtype="png")
    return part


def test_text_behind_a_picture_is_text() -> None:
    message = mixed(plain(f"{TITLE}\n{FIRST}"), picture(), plain(SECOND))
    page = load(message.as_bytes())
    assert (page.title, page.text) == (TITLE, f"{FIRST}\n{SECOND}")
    assert page.problems == []


def test_pages_and_texts_behind_each_other() -> None:
    message = mixed(markup(f"<p>{TITLE}</p><p>{FIRST}</p>"), picture(), plain(SECOND))
    page = load(message.as_bytes())
    assert (page.title, page.text) == (TITLE, f"{FIRST}\n{SECOND}")


def test_of_two_forms_of_a_text_one_is_read() -> None:
    both = mixed(plain(FIRST), markup(f"<p>{FIRST}</p>"), kind="alternative")
    page = load(mixed(both, plain(SECOND)).as_bytes())
    assert page.text == f"{FIRST}\n{SECOND}"
    wrapped = mixed(markup(f"<p>{FIRST}</p>"), picture(), kind="related")
    both = mixed(plain(FIRST), wrapped, kind="alternative")
    assert load(both.as_bytes()).text == FIRST


def test_a_named_text_is_a_file() -> None:
    named = plain(SECOND)
    named.add_header("Content-Disposition", "inline", filename="b.txt")
    data = mixed(plain(FIRST), named).as_bytes()
    page = load(data)
    assert page.text == FIRST
    assert [p.code for p in page.problems] == [Code.FORMAT_PARTS_APART]
    assert [name for name, _ in members_of(data)] == ["b.txt"]


def test_frames_of_a_saved_page_are_documents() -> None:
    data = mixed(
        markup(f"<p>{FIRST}</p>"), markup(f"<p>{SECOND}</p>"), kind="related"
    ).as_bytes()
    assert load(data, ".mhtml").text == FIRST
    assert len(list(members_of(data))) == 1


def test_a_subject_is_a_title_or_is_kept() -> None:
    message = plain(f"{FIRST}\n{SECOND}")
    message["Subject"] = TITLE
    page = load(message.as_bytes())
    assert (page.title, page.text) == (TITLE, f"{FIRST}\n{SECOND}")
    del message["Subject"]
    message["Subject"] = "回复：材料"
    page = load(message.as_bytes())
    assert page.title is None
    assert "回复：材料" in page.chrome


def test_lines_that_a_program_broke_are_joined() -> None:
    broken = FIRST[:8] + " \n" + FIRST[8:] + "\n" + SECOND
    head = "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8; format=flowed"
    data = f"{head}; delsp=yes\n\n{broken}".encode()
    assert load(data).text == f"{FIRST}\n{SECOND}"
    spaced = f"{head}\n\n{broken}".encode()
    assert load(spaced).text.startswith(FIRST[:8] + " " + FIRST[8:])


def test_quoted_printable_gbk() -> None:
    page = f"<html><body><p>{TITLE}</p><p>{FIRST}</p></body></html>".encode("gbk")
    head = b"From: <Saved by Blink>\nSnapshot-Content-Location: http://x/\nMIME-Version: 1.0\n"
    head += b'Content-Type: multipart/related; boundary="b"\n\n--b\nContent-Type: text/html\n'
    head += b"Content-Transfer-Encoding: quoted-printable\n\n"
    found = load(head + quopri.encodestring(page) + b"\n--b--\n", ".mhtml")
    assert (found.title, found.text) == (TITLE, FIRST)


@pytest.mark.parametrize(
    ("message", "count"),
    [
        (plain("公开12件"), 5),
        (mixed(plain("公开"), plain("申请")), 4),
        (mixed(plain("公开"), markup("<b>公</b>开"), kind="alternative"), 2),
        (mixed(markup("公开"), markup("框架"), kind="related"), 2),
        (markup("<script>x()</script><!-- y -->公开&amp;"), 2),
        (markup("<p style='display:none'>x</p>公开"), None),
    ],
)
def test_letters_of_a_message(message: EmailMessage, count: int | None) -> None:
    assert letters_in("eml", message.as_bytes()) == count


def test_the_account_of_messages_and_tables() -> None:
    data = plain("文" * 200).as_bytes()
    assert unaccounted(Page("文" * 195, format="eml"), data) == []
    (told,) = unaccounted(Page("文" * 100, format="eml"), data)
    assert (told.code, told.facts) == (Code.FORMAT_UNACCOUNTED, {"percent": 50})
    table = "项目,件数\n".encode("gbk") * 100
    page = read(Source("a.csv", "/a.csv", ".csv", table, ""))
    assert unaccounted(page, table) == []
    page.text = page.text[:100]
    assert [p.code for p in unaccounted(page, table)] == [Code.FORMAT_UNACCOUNTED]


def test_a_part_without_a_name_is_called_by_its_number_and_type() -> None:
    letter = EmailMessage()
    letter.set_content(plain(SECOND))
    attached = EmailMessage()
    attached.set_content(b"%PDF-1.4", maintype="application", subtype="pdf")
    attached.add_header("Content-Disposition", "attachment")
    names = [
        name for name, _ in members_of(mixed(plain(FIRST), letter, attached).as_bytes())
    ]
    suffixes = [name.rpartition(".")[2] for name in names]
    assert suffixes == ["eml", "pdf"]
    assert len(set(names)) == 2


@pytest.mark.parametrize(
    "kind",
    ["image/png", "font/woff", "text/css", "text/javascript", "application/javascript"],
)
def test_what_dresses_a_page_is_no_document(kind: str) -> None:
    part = EmailMessage()
    maintype, _, subtype = kind.partition("/")
    part.set_content(b"a", maintype=maintype, subtype=subtype, filename="a.bin")
    del part["Content-Disposition"]
    part.add_header("Content-Disposition", "inline", filename="a.bin")
    data = mixed(markup(f"<p>{FIRST}</p>"), part, kind="related").as_bytes()
    assert list(members_of(data)) == []
    assert load(data, ".mhtml").text == FIRST
