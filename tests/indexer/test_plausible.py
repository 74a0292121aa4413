"""Texts that were read in a wrong encoding as a whole, and texts that are none."""

from __future__ import annotations

import urllib.parse

import pytest

from indexer.formats import read
from indexer.page import Source
from indexer.plausible import is_implausible, read_again

TEXT = "望海市档案局2020年政府信息公开工作年度报告\n本年度主动公开政府信息二十条，收到申请7件。\n"


def as_latin(data: bytes) -> str:
    """Code page 1252, and Latin-1 where that has no character."""
    return "".join(
        bytes((byte,)).decode("cp1252", "ignore") or chr(byte) for byte in data
    )


@pytest.mark.parametrize(
    ("garbled", "encoding"),
    [
        (TEXT.encode().decode("latin-1"), "utf-8"),
        (as_latin(TEXT.encode()), "utf-8"),
        (as_latin(TEXT.encode("gbk")), "gb18030"),
        (TEXT.encode("gbk").decode("latin-1"), "gb18030"),
        (TEXT.encode("gbk").decode("iso8859-15"), "gb18030"),
        (TEXT.encode().decode("mac-roman"), "utf-8"),
        (TEXT.encode("gbk").decode("mac-roman"), "gb18030"),
        (as_latin(as_latin(TEXT.encode()).encode()), "utf-8"),
        (TEXT.encode("unicode_escape").decode(), r"\u"),
        ("".join(f"&#{ord(c)};" for c in TEXT), "&#"),
        ("".join(f"&#x{ord(c):x};" for c in TEXT), "&#"),
        (urllib.parse.quote(TEXT), "%"),
        (urllib.parse.quote(TEXT.encode("gbk")), "%"),
    ],
)
def test_a_text_read_wrongly_as_a_whole_is_read_again(
    garbled: str, encoding: str
) -> None:
    assert read_again(garbled) == (TEXT, encoding)


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        "Résumé des activités: déjà vu, français, élève, où, naïve, çà et là, hôtel.",
        "见 https://www.example.cn/%E6%94%BF%E5%BA%9C，全文如下。",
        "Größe, Übung, Äpfel, schön, über, für, ß, Füße, grün, Öl, Ärger, müde",
        "plain text",
        "",
    ],
)
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert read_again(text) is None


def test_lines_are_told_apart_after_the_text_is_read_again() -> None:
    garbled = as_latin(TEXT.encode("gbk"))
    page = read(Source("a.txt", "/a.txt", ".txt", garbled.encode(), ""))
    assert page.title == "望海市档案局2020年政府信息公开工作年度报告"
    assert page.text == "本年度主动公开政府信息二十条，收到申请7件。"
    assert [problem.facts for problem in page.problems] == [{"encoding": "gb18030"}]


def test_rare_characters_alone_are_no_text() -> None:
    nonsense = "孾陒姢劯䩺䷓䈢⟔䕜⪝䋯籁儗䥊䔅䗮氬㍌粠珇"
    assert is_implausible(nonsense * 2)
    assert not is_implausible(TEXT)
    assert not is_implausible(nonsense[:10])
