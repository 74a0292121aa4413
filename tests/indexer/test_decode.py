"""Decoding, tested on bytes: every way in which Chinese pages declare, misdeclare or hide their
encoding.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.model.errors import InputError
from indexer.decode import declared_labels, decode

CASES = json.loads(
    (Path(__file__).parents[1] / "data" / "decode" / "cases.json").read_text("utf-8")
)
PROSE = "根据条例的要求，现将本局的政府信息公开工作情况报告如下，欢迎社会各界提出意见。"


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["name"])
def test_cases(case: dict) -> None:
    found = decode(case["text"].encode(case["as"]))
    assert (found.text, found.encoding, found.reason) == (
        case["text"],
        case["encoding"],
        case["reason"],
    )


@pytest.mark.parametrize(
    ("encoding", "cut"), [("utf-8", 1), ("utf-8", 2), ("gb18030", 1), ("utf-16", 1)]
)
def test_a_cut_off_character_is_dropped(encoding: str, cut: int) -> None:
    whole = PROSE.encode(encoding)
    assert decode(whole[:-cut]).text == PROSE[:-1]


def test_a_label_from_outside_comes_first() -> None:
    data = "辦理情形".encode("big5")
    assert decode(data, declared="Big5").encoding == "big5hkscs"


def test_one_damaged_byte_costs_one_character() -> None:
    # in GBK everything up to the next ASCII character is out of step
    data = (f"{PROSE}\n" * 20).encode("gb18030")
    damaged = data[:200] + b"\xff" + data[201:]
    found = decode(damaged)
    assert (found.encoding, found.reason) == ("gb18030", "fallback")
    assert found.text.count(PROSE) == 19


def test_labels_are_found_in_order() -> None:
    assert declared_labels(
        b'<?xml encoding="GBK"?><meta charset=utf-8><meta content="text/html; charset=utf-8">'
    ) == [
        "gbk",
        "utf-8",
    ]


def test_a_page_decoded_wrongly_before_us_is_still_text() -> None:
    text = "\ufffd\ufffd锟斤拷" * 50
    assert decode(text.encode()).text == text


def test_euc_tw_is_named() -> None:
    with pytest.raises(InputError, match="iconv -f EUC-TW"):
        decode(b"\xc4\xe3\xc5\xa1", declared="euc-tw")


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7\n%\xe2\xe3",
        b"PK\x03\x04\x14\x00",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"\x89PNG\r\n\x1a\n\x00\x00",
        b"\xff\xd8\xff\xe0\x00\x10JFIF",
        b"\x1f\x8b\x08\x00\x00",
        b"BM\x36\x00\x0c\x00\x00\x00\x00\x00",
        bytes(range(32)) * 40,
        b"\x00" * 5000,
        bytes((i * i * 7 + i) % 251 for i in range(5000)),
    ],
)
def test_binary_is_refused(data: bytes) -> None:
    with pytest.raises(InputError):
        decode(data)


@settings(max_examples=200)
@given(st.binary(max_size=400))
def test_any_bytes_are_text_or_refused(data: bytes) -> None:
    try:
        found = decode(data)
    except InputError:
        return
    found.text.encode("utf-8")
    assert found.reason in ("bom", "utf-8", "declared", "detected", "fallback")


@settings(max_examples=100)
@given(
    st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), max_size=200),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_unicode_comes_back(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)).text == text


CHINESE = {
    "gb2312": "gb18030",
    "gb18030": "gb18030",
    "big5": "big5hkscs",
    "utf-8": "utf-8",
    "utf-16": "utf-16",
    "utf_16": "utf-16",
    "utf_16_be": "utf-16-be",
    "utf_16_le": "utf-16-le",
    "utf-16be": "utf-16-be",
    "utf-16le": "utf-16-le",
    "utf-32": "utf-32",
    "utf-32be": "utf-32-be",
    "utf-32le": "utf-32-le",
}


@pytest.mark.shared
def test_reference_files(shared: Path) -> None:
    folder = shared / "data" / "encoding"
    for line in (folder / "manifest.jsonl").read_text("utf-8").splitlines():
        wanted = json.loads(line)
        path = folder / wanted["file"]
        if not path.is_file():
            path = shared / "data" / "html_pages" / "/".join(path.parts[-2:])
        if not path.is_file():
            continue
        data, label = path.read_bytes(), wanted["label"].lower()
        if label == "euc-tw":
            with pytest.raises(InputError, match="EUC-TW"):
                decode(data)
            continue
        found = decode(data)
        assert found.encoding.startswith(CHINESE[label]), wanted["file"]
        assert "\ufffd" not in found.text.replace(
            "\ufffd", "", data.count(b"\xef\xbf\xbd")
        ), wanted["file"]
