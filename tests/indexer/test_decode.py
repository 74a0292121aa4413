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
from indexer import decode as module
from indexer.decode import CODECS_BY_LABEL, binary_kind, declared_labels, decode
from indexer.page import Decoded

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


TABLES = json.loads(
    (Path(__file__).parents[1] / "data" / "decode" / "tables.json").read_text("utf-8")
)


@pytest.mark.parametrize("label", TABLES["labels"])
def test_a_label_names_its_codecs(label: str) -> None:
    assert list(CODECS_BY_LABEL[label]) == TABLES["labels"][label]


def test_no_label_is_left_out() -> None:
    assert list(CODECS_BY_LABEL) == list(TABLES["labels"])


@pytest.mark.parametrize(("magic", "kind"), TABLES["magic"])
def test_a_binary_format_is_named(magic: str, kind: str) -> None:
    data = bytes.fromhex(magic) + b"\x00" * 14
    assert binary_kind(data) == kind
    with pytest.raises(
        InputError, match=f"is {kind}, not text".replace("(", r"\(").replace(")", r"\)")
    ):
        decode(data)


@pytest.mark.parametrize(("zero", "kind"), [(15, "a bitmap image"), (16, None)])
def test_two_letters_are_a_format_where_a_zero_follows_soon(
    zero: int, kind: str | None
) -> None:
    assert binary_kind(b"BM".ljust(zero, b"a") + b"\x00") == kind
    assert binary_kind(b"GIF8".ljust(zero, b"a")) == "a GIF image"


@pytest.mark.parametrize(("mark", "encoding"), TABLES["marks"])
def test_a_mark_names_the_encoding_and_is_no_text(mark: str, encoding: str) -> None:
    found = decode(bytes.fromhex(mark) + PROSE.encode(encoding))
    assert (found.text, found.encoding, found.reason) == (PROSE, encoding, "bom")


@pytest.mark.parametrize(
    "encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"]
)
@pytest.mark.parametrize("text", ["<p>2018</p>", "ab", "<p>Report: 公开</p>" * 30])
def test_wide_characters_without_a_mark_are_told_by_their_zeros(
    encoding: str, text: str
) -> None:
    found = decode(text.encode(encoding))
    assert (found.text, found.encoding, found.reason) == (text, encoding, "detected")


def test_bytes_too_few_to_be_told_by_their_zeros() -> None:
    with pytest.raises(InputError, match="binary"):
        decode(b"a\x00b")
    assert decode(b"a\x00b\x00").encoding == "utf-16-le"


@pytest.mark.parametrize(("pairs", "encoding"), [(24, "utf-16-le"), (25, "utf-8")])
def test_text_is_wide_where_one_byte_in_fifty_is_zero(
    pairs: int, encoding: str
) -> None:
    # pairs of letters are Chinese characters in UTF-16: 慡
    assert decode((b"aa" * pairs + b"a\x00") * 8).encoding == encoding


def test_control_characters_are_not_taken_for_wide_text() -> None:
    with pytest.raises(InputError):
        decode(b"\x01\x00\x02\x00" * 60)


def test_a_page_in_hz_is_read_where_it_says_so() -> None:
    page = f"<meta charset=hz-gb-2312><p>{PROSE}</p>"
    found = decode(page.encode("hz"))
    assert (found.text, found.encoding, found.reason) == (page, "hz", "declared")
    plain = decode(b"<meta charset=utf-8> a~{b")
    assert (plain.text, plain.encoding) == ("<meta charset=utf-8> a~{b", "utf-8")


@pytest.mark.parametrize(("place", "found"), [(8192 - 14, ["big5"]), (8192, [])])
def test_a_label_is_looked_for_in_the_head(place: int, found: list[str]) -> None:
    assert declared_labels(b" " * place + b"charset='big5'") == found


def test_a_label_in_wide_characters_is_found() -> None:
    assert declared_labels('<meta charset="Big5">'.encode("utf-16-le")) == ["big5"]


@pytest.mark.parametrize("label", ["EUC-TW", "x-euc-tw", "euc_tw"])
def test_each_name_of_euc_tw_is_refused(label: str) -> None:
    with pytest.raises(InputError, match="EUC-TW"):
        decode(b"\xc4\xe3\xc5\xa1", declared=f" {label} ")


def test_euc_tw_that_no_label_names_is_known_by_its_planes() -> None:
    with pytest.raises(InputError, match="EUC-TW"):
        decode(b"\xe9\xf3\x8e\xa2\xe5\xf1\xe9\xf3" * 20)
    # without a second plane it may be GBK as well
    assert decode(PROSE.encode("gbk")).encoding == "gb18030"


def test_prose_with_some_bytes_of_a_second_plane_is_no_euc_tw() -> None:
    assert decode(PROSE.encode("gbk") + b"\x8e\xa2\xc5\xa1").text.startswith(PROSE)


def test_a_file_longer_than_the_sample_is_detected_and_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "SAMPLE_BYTES", 2000)
    text = f"{PROSE}\n" * 60
    found = decode(text.encode("gbk"))
    assert (found.text, found.encoding, found.reason) == (text, "gb18030", "detected")
    line = decode(text.replace("\n", "").encode("gbk"))
    assert (line.encoding, len(line.text)) == ("gb18030", len(text) - 60)


@pytest.mark.parametrize(("damaged", "refused"), [(3, False), (6, True)])
def test_a_guess_with_much_damage_is_binary(damaged: int, refused: bool) -> None:
    data = (PROSE[:38].encode("gbk") + b"\xff\n" * damaged) * 8
    if refused:
        with pytest.raises(InputError, match="not known"):
            decode(data)
    else:
        assert decode(data).reason == "fallback"


@pytest.mark.parametrize(("controls", "refused"), [(5, False), (6, True)])
def test_one_control_in_twenty_characters_is_too_many(
    controls: int, refused: bool
) -> None:
    data = b"a" * (100 - controls) + b"\x01" * controls
    if refused:
        with pytest.raises(InputError, match="binary"):
            decode(data)
    else:
        assert decode(data).text == data.decode()


@pytest.mark.parametrize("last", ["é", "公", "a", "\x80"])
def test_the_last_character_is_kept_where_it_is_whole(last: str) -> None:
    assert decode(f"abc{last}".encode()).text == f"abc{last}"


def test_half_a_character_behind_ascii_is_no_utf8() -> None:
    assert decode(b"abc\xc4").reason == "fallback"
    assert decode("公开".encode() + b"\xe5").reason == "utf-8"


def test_text_without_bytes_is_empty_utf8() -> None:
    assert decode(b"") == Decoded("", "utf-8", "utf-8")
