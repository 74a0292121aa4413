"""Bytes to text: byte order mark, strict UTF-8, the declared label, detection; and which of them it
was.

Labels on government pages are often wrong in one of three ways: UTF-8 labelled gb2312, GB18030
labelled gb2312 (a subset that lacks characters of names and places), and Big5 labelled gb2312,
which GB18030 decodes without complaint. So a label is believed only where the text it gives reads
like Chinese.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterator

import charset_normalizer

from index.model.errors import InputError
from indexer.page import Decoded

__all__ = ["binary_kind", "declared_labels", "decode"]

# Bytes in which a page may declare its encoding: 1,024 by the HTML standard, more in
# what is found.
HEAD_BYTES = 8192

# Bytes that detection looks at.
SAMPLE_BYTES = 1 << 18

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    # before UTF-16, whose little-endian mark is its beginning
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    # GB18030 spells U+FEFF with four bytes
    (b"\x84\x31\x95\x33", "gb18030"),
)

GB_CODECS = ("gb18030",)
BIG5_CODECS = ("big5hkscs", "cp950")
# A declared or detected label -> the Python codecs to try, in order.
CODECS_BY_LABEL: dict[str, tuple[str, ...]] = {
    # gb2312 and gbk lack 㐂 and 𠮷 that pages labelled so contain; gb18030 is their superset
    **dict.fromkeys(
        (
            "gb2312",
            "gbk",
            "gb18030",
            "gb_2312-80",
            "cp936",
            "euc-cn",
            "x-gbk",
            "chinese",
        ),
        GB_CODECS,
    ),
    **dict.fromkeys(
        ("big5", "big5-hkscs", "big5hkscs", "cp950", "x-x-big5", "csbig5", "big5-tw"),
        BIG5_CODECS,
    ),
    **dict.fromkeys(("utf-8", "utf8", "utf_8", "unicode-1-1-utf-8"), ("utf-8",)),
    # without a mark Windows means little-endian
    **dict.fromkeys(
        ("utf-16", "utf-16le", "utf-16-le", "utf_16_le", "unicode"), ("utf-16-le",)
    ),
    **dict.fromkeys(("utf-16be", "utf-16-be", "utf_16_be"), ("utf-16-be",)),
    **dict.fromkeys(("utf-32", "utf-32le", "utf-32-le", "utf_32_le"), ("utf-32-le",)),
    **dict.fromkeys(("utf-32be", "utf-32-be", "utf_32_be"), ("utf-32-be",)),
    **dict.fromkeys(("hz", "hz-gb-2312"), ("hz",)),
}

# First bytes of what is no text -> its name for a person. Which of these can be read is told by
# indexer.formats.
BINARY_MAGIC = (
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a zip archive or an Office document"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document"),
    (b"\x1f\x8b\x08", "a gzip file"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"BM", "a bitmap image"),
    (b"II*\x00", "a TIFF image"),
    (b"MM\x00*", "a TIFF image"),
    (b"RIFF", "a RIFF file (sound, film or WebP)"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a Windows program"),
    (b"SQLite format 3", "an SQLite database"),
)

# Characters that make up more than half of any Chinese prose, in both scripts: what
# right decoding yields.
COMMON_CHARACTERS = frozenset(
    "的一是在不了有和人这这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经"
    "十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形"
    "相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展"
    "五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战"
    "先回则任取据处队南给色光门即保治北造百规热领七海口东导器压志世金增争济阶思术极交受联什认六共权收证改清己美再采转更单风切打白教"
    "速花带安场身车例真务具万每目至达走积示议声报斗完类八离华名确才科张信马节话米整空元况今集温传土许步群广石记需段研界拉林律叫且"
    "這個為時來們對會發動經過說產種後學進著電裡當體機點從業應開還間樣與關線數義題無變條沒結問總設黨長頭資邊級圖組見計別論運農幾區強決"
    "戰則據處隊給門規熱領東導壓爭濟階術極聯認權證單風帶場車務萬達積議聲報鬥類離華確張馬節話溫傳許廣記實現並請將國員"
    "局政府公開信息申請辦處理情況行政複議訴訟主動依条例规定社会省市县镇乡街道委厅网站"
    "，。、：；（）《》“”"
)

# <meta charset="gbk">, <?xml version="1.0" encoding="gb2312"?>, content="text/html; charset=big5"
_LABEL_PATTERN = re.compile(
    rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9._:-]{2,30})""", re.IGNORECASE
)
# controls that no text has; tab, line ends, escape and the DOS end of file (0x1A) may stand
_CONTROL_PATTERN = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_NOT_ASCII_PATTERN = re.compile(r"[^\x00-\xa0]+")
# EUC-TW: two bytes for plane 1; 8E, the number of the plane and two bytes for the others
_EUC_TW_PATTERN = re.compile(
    rb"(?:[\x00-\x7f]|[\xa1-\xfe]{2}|\x8e[\xa1-\xb0][\xa1-\xfe]{2})+"
)
_EUC_TW_PLANE_PATTERN = re.compile(rb"\x8e[\xa2-\xb0][\xa1-\xfe]{2}")


def decode(data: bytes, declared: str | None = None) -> Decoded:
    """The text of `data`, the codec that gave it, and why.

    The reason is bom, utf-8, declared, detected or fallback. `declared` is a label from outside,
    such as an HTTP header's; labels inside the data are found by themselves. A character cut off
    at the end is dropped. Raises InputError for binary data and for EUC-TW.
    """
    if kind := binary_kind(data):
        raise InputError(f"is {kind}, not text; give the file the suffix of its format")
    labels = declared_labels(data)
    if declared:
        labels.insert(0, declared.strip().lower())
    decoded = _by_bom(data) or _by_wide_zeros(data) or _by_utf8(data, labels)
    if decoded is None:
        _refuse_euc_tw(data, labels)
        decoded = _by_declared(data, labels) or _by_detection(data)
    decoded = decoded or _by_fallback(data)
    _refuse_binary(decoded)
    return decoded


def binary_kind(data: bytes) -> str | None:
    """What `data` is, in words, when its first bytes are those of a known binary format."""
    for magic, kind in BINARY_MAGIC:
        # two letters may begin a text too: those formats have zero bytes in their header
        if data.startswith(magic) and (len(magic) > 2 or b"\x00" in data[:16]):
            return kind
    return None


def declared_labels(data: bytes) -> list[str]:
    """The encodings that the data itself declares, in order, in lower case.

    They stand in an XML declaration and in meta elements.
    """
    # UTF-16 and UTF-32 show their labels between zero bytes
    head = data[:HEAD_BYTES].replace(b"\x00", b"")
    if b"=" not in head:
        # as in nearly every plain text
        return []
    labels = [label.decode("ascii").lower() for label in _LABEL_PATTERN.findall(head)]
    return list(dict.fromkeys(labels))


def _by_bom(data: bytes) -> Decoded | None:
    for bom, encoding in BOMS:
        if data.startswith(bom):
            return Decoded(_lenient(data[len(bom) :], encoding), encoding, "bom")
    return None


def _by_wide_zeros(data: bytes) -> Decoded | None:
    """UTF-32 and UTF-16 without a mark, told by where their zero bytes stand."""
    head = data[: SAMPLE_BYTES - SAMPLE_BYTES % 4]
    # a text has line ends and digits, whose upper bytes are zero
    if head.count(0) * 50 < len(head) or len(data) < 4:
        return None
    # share of zeros among every fourth byte, by its place in four
    zeros = [head[place::4].count(0) * 4 / len(head) for place in range(4)]
    if zeros[2] > 0.9 and zeros[3] > 0.9:
        return _strict(data, ("utf-32-le",), "detected")
    if zeros[0] > 0.9 and zeros[1] > 0.9:
        return _strict(data, ("utf-32-be",), "detected")
    order = ("utf-16-be", "utf-16-le")
    if head[1::2].count(0) >= head[0::2].count(0):
        order = ("utf-16-le", "utf-16-be")
    decoded = _strict(data, order, "detected")
    if decoded is None or _CONTROL_PATTERN.search(decoded.text[:2000]):
        return None
    return decoded


def _by_utf8(data: bytes, labels: list[str]) -> Decoded | None:
    # HZ is ASCII to the eye: ~{<:Ky2;~} is Chinese
    if b"~{" in data and labels and labels[0] in ("hz", "hz-gb-2312"):
        return _strict(data, ("hz",), "declared")
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:
        return None
    # a lone lead byte behind ASCII may as well be half a GBK character: detection decides
    if _whole(data) or _NOT_ASCII_PATTERN.search(text):
        return Decoded(text, "utf-8", "utf-8")
    return None


def _whole(data: bytes) -> bool:
    return not data or data[-1] < 0xC0 or data.isascii()


def _by_declared(data: bytes, labels: list[str]) -> Decoded | None:
    for label in labels:
        decoded = _strict(data, CODECS_BY_LABEL.get(label, ()), "declared")
        if decoded and _plausible(data, decoded):
            return decoded
    return None


def _by_detection(data: bytes) -> Decoded | None:
    sample = data
    if len(data) > SAMPLE_BYTES:
        # whole lines, so that no character is cut
        head = data[:SAMPLE_BYTES]
        sample = head.rpartition(b"\n")[0] or head
    detected = charset_normalizer.detect(sample, should_rename_legacy=False)
    label = detected["encoding"]
    encodings = CODECS_BY_LABEL.get(label.lower(), ()) if label else ()
    decoded = _strict(data, encodings, "detected")
    return decoded if decoded and _plausible(data, decoded) else None


def _by_fallback(data: bytes) -> Decoded:
    """The candidate that reads best, damaged characters shown as U+FFFD."""
    return max(_candidates(data), key=lambda candidate: _score(candidate.text))


def _candidates(data: bytes) -> Iterator[Decoded]:
    wide = ("utf-16-le", "utf-16-be") if len(data) % 2 == 0 else ()
    for encoding in ("utf-8", "gb18030", "big5hkscs", *wide):
        yield Decoded(_lenient(data, encoding), encoding, "fallback")


def _plausible(data: bytes, decoded: Decoded) -> bool:
    """Whether no other encoding reads clearly better.

    GB18030 decodes most Big5 without complaint, and UTF-16 decodes anything.
    """
    limit = _score(decoded.text) + 0.15
    for candidate in _candidates(data[:SAMPLE_BYTES]):
        # cp950 is Big5 under the name of a code page: big5hkscs is no other reading
        if candidate.encoding in (decoded.encoding, "cp950"):
            continue
        if _score(candidate.text) >= limit:
            return False
    return True


def _score(text: str) -> float:
    """The share of common Chinese in what is not ASCII, less what cannot be decoded.

    It is about 0.6 for prose, and may fall below zero.
    """
    high = Counter("".join(_NOT_ASCII_PATTERN.findall(text[:SAMPLE_BYTES])))
    total = high.total()
    if not total:
        return 0.5
    common = sum(n for c, n in high.items() if c in COMMON_CHARACTERS)
    # characters lost, and those of the private use area
    bad = sum(n for c, n in high.items() if c == "\ufffd" or "\ue000" <= c <= "\uf8ff")
    return (common - 3 * bad) / total


def _strict(data: bytes, encodings: tuple[str, ...], reason: str) -> Decoded | None:
    for encoding in encodings:
        try:
            # not final: the last character may be cut off
            text = codecs.getincrementaldecoder(encoding)().decode(data)
        except UnicodeDecodeError:
            continue
        return Decoded(text, encoding, reason)
    return None


def _lenient(data: bytes, encoding: str) -> str:
    decoded = _strict(data, (encoding,), "")
    return decoded.text if decoded else data.decode(encoding, "replace")


def _refuse_euc_tw(data: bytes, labels: list[str]) -> None:
    head = data[:HEAD_BYTES]
    is_declared = any(label in ("euc-tw", "x-euc-tw", "euc_tw") for label in labels)
    if not is_declared:
        fits = _EUC_TW_PATTERN.fullmatch(head) and _EUC_TW_PLANE_PATTERN.search(head)
        # GB18030 fits too, but then it reads as Chinese
        if not fits or _score(head.decode("gb18030", "replace")) >= 0.2:
            return
    raise InputError(
        "is in EUC-TW, which Python cannot decode; convert it: iconv -f EUC-TW -t UTF-8"
    )


def _refuse_binary(decoded: Decoded) -> None:
    head = decoded.text[:SAMPLE_BYTES]
    length = len(head)
    has_controls = len(_CONTROL_PATTERN.findall(head)) * 20 > length
    is_nonsense = False
    # a page may hold U+FFFD of its own, where somebody before us decoded it wrongly
    if decoded.reason == "fallback":
        is_damaged = head.count("\ufffd") * 10 > length
        is_foreign = len("".join(_NOT_ASCII_PATTERN.findall(head))) * 4 > length
        is_nonsense = is_damaged or (is_foreign and _score(head) < 0.1)
    if is_nonsense or has_controls:
        raise InputError(
            "is binary or in an encoding that is not known; save it as UTF-8 text"
        )
