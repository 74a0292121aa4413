"""The sample corpus: every file is there, decodes as stated, and has its truth."""

from __future__ import annotations

import gzip
import io
import json
import unicodedata
import zipfile
from itertools import pairwise
from pathlib import Path
from typing import Any

import docx
import pypdfium2
import pytest

from index.model.report import LEVELS
from index.model.statistics import TABLES_STATUSES
from tests.conftest import CORPUS

DATA = Path(__file__).parent / "data"
TRUTH: dict[str, dict[str, Any]] = json.loads(
    (DATA / "corpus_truth.json").read_text(encoding="utf-8")
)
ERAS = {"prose", "stat2014", "gb2019", "gb2021"}


def received(source: str) -> str:
    """The text of a report as its file holds it, markup and damage included."""
    truth = TRUTH[source]
    path = CORPUS / truth["file"]
    if path.suffix == ".docx":
        document = docx.Document(str(path))
        cells = [c.text for t in document.tables for row in t.rows for c in row.cells]
        return "\n".join([p.text for p in document.paragraphs] + cells)
    if path.suffix == ".pdf":
        return "".join(
            page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(path)
        )
    if path.suffix == ".jsonl":
        line = path.read_text(encoding="utf-8").splitlines()[
            int(source.split("#")[1]) - 1
        ]
        record = json.loads(line)
        return record.get("title", "") + "\n" + (record.get("text") or record["html"])
    data = path.read_bytes()
    if path.suffix == ".zip":
        with zipfile.ZipFile(io.BytesIO(data), metadata_encoding="gbk") as archive:
            data = archive.read(source.split(".zip/")[1])
    if path.suffix == ".gz":
        data = gzip.decompress(data)
    return data.decode(truth["encoding"])


def squeezed(text: str) -> str:
    return "".join(text.split())


NUMERALS = dict(zip("0123456789", "〇一二三四五六七八九", strict=True))
MONTHS = ("", *"一二三四五六七八九", "十", "十一", "十二")
DAYS = (
    "",
    *"一二三四五六七八九",
    "十",
    *(f"十{n}" for n in "一二三四五六七八九"),
    "二十",
)
DAYS = (*DAYS, *(f"二十{n}" for n in "一二三四五六七八九"), "三十", "三十一")


def dates(published: str) -> list[str]:
    """A date in the ways in which reports print it."""
    year, month, day = published.split("-")
    han = "".join(NUMERALS[c] for c in year)
    return [
        published,
        f"{year}年{int(month)}月{int(day)}日",
        f"{year}年{month}月{day}日",
        f"{han}年{MONTHS[int(month)]}月{DAYS[int(day)]}日",
    ]


def test_every_file_has_its_truth_and_every_truth_its_file() -> None:
    files = {p.name for p in CORPUS.iterdir() if p.name != "README.md"}
    assert files == {t["file"] for t in TRUTH.values()}
    assert len(files) >= 40


def test_names_are_ascii() -> None:
    assert all(p.name.isascii() for p in CORPUS.iterdir())


@pytest.mark.parametrize("source", TRUTH)
def test_it_decodes_and_says_what_the_truth_says(source: str) -> None:
    truth, text = TRUTH[source], received(source)
    assert len(squeezed(text)) > 780
    assert truth["level"] in (*LEVELS, None)
    assert truth["tables_status"] in TABLES_STATUSES
    assert truth["template"] in ERAS
    if truth["damage"] in (None, "broken-identity", "lost-zeros"):
        assert str(truth["year"]) in text or "二〇二五" in text
        assert squeezed(truth["title"] or "") in squeezed(text)
    if (
        truth["published"]
        and truth["damage"] != "utf8-as-gbk"
        and not source.endswith(".jsonl#1")
    ):
        assert any(form in text for form in dates(truth["published"]))


@pytest.mark.parametrize(
    "source", [s for s, t in TRUTH.items() if t["file"].endswith(".txt")]
)
def test_text_in_a_legacy_encoding_is_not_utf_8(source: str) -> None:
    truth = TRUTH[source]
    data = (CORPUS / truth["file"]).read_bytes()
    if truth["encoding"] in ("gb18030", "big5"):
        with pytest.raises(UnicodeDecodeError):
            data.decode("utf-8")
    else:
        assert data.startswith(b"\xef\xbb\xbf") == (truth["encoding"] == "utf-8-sig")


def test_zip_names_are_gbk_without_the_flag() -> None:
    with zipfile.ZipFile(CORPUS / "yixian.zip") as archive:
        for info in archive.infolist():
            assert not info.flag_bits & 0x800
            assert f"yixian.zip/{info.filename.encode('cp437').decode('gbk')}" in TRUTH


@pytest.mark.parametrize("source", [s for s, t in TRUTH.items() if t["clean"]])
def test_damaged_text_differs_from_the_clean_one_kept_beside_it(source: str) -> None:
    truth = TRUTH[source]
    clean = (DATA / truth["clean"]).read_text(encoding="utf-8")
    damaged = received(source)
    assert damaged != clean
    assert damaged.count("\n") == clean.count("\n")
    if truth["damage"] == "kangxi":
        assert unicodedata.normalize("NFKC", damaged) == unicodedata.normalize(
            "NFKC", clean
        )


def test_what_is_promised_is_there() -> None:
    everything = TRUTH.values()
    assert {t["level"] for t in everything} == {*LEVELS, None}
    assert {t["template"] for t in everything} == ERAS
    assert {t["tables_status"] for t in everything} == set(TABLES_STATUSES)
    assert {t["format"] for t in everything} >= {
        ".txt",
        ".html",
        ".pdf",
        ".docx",
        ".jsonl",
        ".zip",
        ".html.gz",
    }
    assert {t["encoding"] for t in everything} == {
        "utf-8",
        "utf-8-sig",
        "gb18030",
        "big5",
        None,
    }
    assert {t["script"] for t in everything} == {"Hans", "Hant", "Hant-TW"}
    kinds = {
        "gbk-slip",
        "gloss",
        "gloss-toneless",
        "utf8-as-gbk",
        "kangxi",
        "mirror",
        "broken-identity",
        "lost-zeros",
    }
    assert {t["damage"] for t in everything} == {None, *kinds}
    assert (min(t["year"] for t in everything), max(t["year"] for t in everything)) == (
        2009,
        2025,
    )


def test_three_years_of_one_government_agree() -> None:
    lueyang = [
        TRUTH[f"{year}-lueyang-xian.{kind}"]
        for year, kind in ((2021, "txt"), (2022, "html"), (2023, "docx"))
    ]
    for before, after in pairwise(lueyang):
        then, now = before["metrics"], after["metrics"]
        assert now["applications_carried_in"] == then["applications_carried_out"] > 0


def test_readme_lists_every_report_and_says_what_they_are() -> None:
    page = (CORPUS / "README.md").read_text(encoding="utf-8")
    assert "not real reports" in page
    assert all(f"`{source}`" in page for source in TRUTH)
