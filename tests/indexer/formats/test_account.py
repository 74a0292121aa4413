"""The account of characters: what goes in comes out as text, title or chrome, or is told."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pypdfium2
import pytest

from index.model.errors import InputError
from index.model.problems import Code, Problem
from index.model.settings import Settings
from indexer.corpus import walk
from indexer.formats import read
from indexer.formats.office.account import (
    MAX_LOST_LETTERS,
    letters_in,
    unaccounted,
)
from indexer.formats.visible import letters_of
from indexer.page import Page, Source

CORPUS = Path(__file__).parents[3] / "corpus"
WORD = '<?xml version="1.0"?><w:document xmlns:w="w"><w:body>{}</w:body></w:document>'


def package(**parts: str) -> bytes:
    """A zip archive; `__` in a name is a slash, and .xml is added."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/") + ".xml", content)
    return out.getvalue()


def entered(source: Source, page: Page) -> int | None:
    """Letters and digits that went in, counted without the reader; None for other formats."""
    if page.format == "pdf":
        document = pypdfium2.PdfDocument(source.data)
        texts = [document[n].get_textpage() for n in range(len(document))]
        return sum(letters_of(text.get_text_range()) for text in texts)
    if page.format == "text" and page.meta.get("encoding"):
        return letters_of(source.data.decode(page.meta["encoding"], "replace"))
    return letters_in(page.format, source.data)


def sources() -> list[Source]:
    found = walk([CORPUS], Settings(index=CORPUS / "index"))
    return [item for item in found if isinstance(item, Source)]


def test_nothing_of_the_corpus_is_lost() -> None:
    counted = 0
    lost: dict[str, float] = {}
    for source in sources():
        try:
            page = read(source)
        except InputError:
            continue
        count = entered(source, page)
        if not count:
            continue
        counted += 1
        kept = sum(map(letters_of, (page.text, page.title or "", *page.chrome)))
        lost[source.name] = (count - kept) / count
    assert counted > 20
    assert {name: share for name, share in lost.items() if share > 0.01} == {}


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("<w:p><w:r><w:t>公开12件</w:t></w:r></w:p>", 5),
        ('<w:t xml:space="preserve"> 公 开 </w:t>', 2),
        ("<w:tab/><w:tbl/><w:t>A&amp;B</w:t>", 2),
        ("<w:t>公开</w:t><mc:Fallback><w:t>公开</w:t></mc:Fallback>", 2),
        ("<w:moveFrom w:id='1'><w:t>旧文</w:t></w:moveFrom><w:t>新</w:t>", 1),
        ("<w:del><w:r><w:delText>旧文</w:delText></w:r></w:del>", 0),
    ],
)
def test_letters_of_a_word_document(body: str, count: int) -> None:
    data = package(word__document=WORD.format(body), word__styles="<w:t>样式</w:t>")
    assert letters_in("docx", data) == count


def test_notes_are_letters_of_a_word_document() -> None:
    notes = {"word__footnotes": "<w:t>脚注</w:t>", "word__endnotes": "<w:t>尾注</w:t>"}
    assert letters_in("docx", package(word__document="<w:t>文</w:t>", **notes)) == 5


def test_letters_of_open_formats() -> None:
    content = (
        "<office:automatic-styles>样式</office:automatic-styles><office:body>"
        "<text:tracked-changes><text:p>旧</text:p></text:tracked-changes>"
        "<text:p>公开<text:span>3</text:span></text:p></office:body>"
    )
    assert letters_in("odt", package(content=content)) == 3
    page = "<ofd:TextCode X='1'>公开</ofd:TextCode><ofd:Path>9</ofd:Path>"
    assert letters_in("ofd", package(Doc_0__Pages__Page_0__Content=page)) == 2


def test_what_cannot_be_counted_is_none() -> None:
    assert letters_in("docx", b"PK\x03\x04 damaged") is None
    assert letters_in("html", b"<p>1</p>") is None


@pytest.mark.parametrize(("kept", "told"), [(1000, False), (960, False), (900, True)])
def test_a_share_that_is_lost_is_told(kept: int, told: bool) -> None:
    data = package(word__document=f"<w:t>{'文' * 1000}</w:t>")
    problems = unaccounted(Page("文" * kept, format="docx"), data)
    percent = round((1000 - kept) / 10)
    want = [Problem(Code.FORMAT_UNACCOUNTED, {"percent": percent})]
    assert problems == (want if told else [])


def test_a_few_letters_are_not_told() -> None:
    data = package(word__document=f"<w:t>{'文' * 2 * MAX_LOST_LETTERS}</w:t>")
    assert unaccounted(Page("文" * MAX_LOST_LETTERS, format="docx"), data) == []


def test_what_was_told_is_accounted_for() -> None:
    data = package(word__document=f"<w:t>{'文' * 200}</w:t>")
    struck = Problem(Code.FORMAT_STRUCK_OUT, {"count": 1, "runs": ["文" * 60]})
    page = Page("文" * 140, title=None, format="docx", problems=[struck])
    assert unaccounted(page, data) == []
    chrome = Page("文" * 100, title="文" * 50, chrome=["文" * 50], format="docx")
    assert unaccounted(chrome, data) == []
