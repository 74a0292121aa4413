"""Classes of characters: Han, radicals, Han numerals, headings, and what cannot be seen.

Constants that end in _CLASS are the inside of a regular expression's set: `[{BASIC_HAN_CLASS}]`.
They stand here once, so that what repairs a text, what indexes it and what reads a query agree.
"""

from __future__ import annotations

import re
import unicodedata

__all__ = [
    "BASIC_HAN_CLASS",
    "CIRCLED_CLASS",
    "CONTROL_CLASS",
    "HAN_CLASS",
    "HAN_NUMERALS",
    "HEADING_PATTERN",
    "IDEOGRAPH_CLASS",
    "IDEOGRAPH_PATTERN",
    "INVISIBLE_CLASS",
    "MOVED_CHARACTERS",
    "PRINTED_HAN_CLASS",
    "RADICAL_CLASS",
    "RADICAL_EQUIVALENTS",
    "SPACE_CLASS",
    "TAG_CLASS",
    "VARIATION_CLASS",
    "WIDE_CLASS",
    "ZERO_WIDTH_CLASS",
    "class_members",
    "is_subsequence",
]

# ---------------------------------------------------------------------- Han
# CJK Unified Ideographs: all that the names of bodies and places are written with.
BASIC_HAN_CLASS = "\u4e00-\u9fff"

# With Extension A, which GBK has and old reports use: 㙍, 䢺. The hexagrams (䷀) lie between
# the two blocks; no report has them.
IDEOGRAPH_CLASS = "\u3400-\u9fff"
IDEOGRAPH_PATTERN = re.compile(f"[{IDEOGRAPH_CLASS}]")

# With the compatibility ideographs, which fonts of Taiwan and Korea set for common characters:
# U+F9E8 for 裡.
PRINTED_HAN_CLASS = IDEOGRAPH_CLASS + "\uf900-\ufaff"

# The radicals that PDF fonts set for characters: ⻓ (Supplement), ⼯ (Kangxi).
RADICAL_CLASS = "\u2e80-\u2fd5"

# All that Chinese is written with: also 々〆〇 and the planes of rare characters (𠮷).
# After the radicals up to U+2FDF nothing is assigned.
HAN_CLASS = "\u2e80-\u2fdf\u3005-\u3007" + PRINTED_HAN_CLASS + "\U00020000-\U00033479"

# All that fills a square when set: Han, kana, wide punctuation and full-width forms.
WIDE_CLASS = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"

# Numbers and letters in a circle, ① ❶ ㉑: marks of items and notes.
CIRCLED_CLASS = "\u2460-\u2473\u24b6-\u24ff\u2776-\u2793\u3251-\u325f\u3280-\u32bf"

# ---------------------------------------------------------------------- headings
# What chapters are counted with: 一、, （十二）, 第三章.
HAN_NUMERALS = "一二三四五六七八九十"

# A heading as published: 一、概述, （二）主动公开情况 or 第三章 附则, on a line of its own
# and without a full stop.
HEADING_PATTERN = re.compile(
    rf"^[ \t\u3000\xa0]*(?:第[{HAN_NUMERALS}]+[章节節部]|[{HAN_NUMERALS}]{{1,3}}[、.．]"
    rf"|[(（][{HAN_NUMERALS}]{{1,3}}[)）])"
    r"[^\n。;；]{2,38}$",
    re.MULTILINE,
)

# ---------------------------------------------------------------------- radicals
# CJK Radicals Supplement to ideographs, by Unicode's property Equivalent_Unified_Ideograph.
# NFKC knows only two of them (⺟, ⻳). In the last row the property names a component of the
# supplementary planes, which readers cannot type (⻊ is 𧾷); the whole character stands for it.
_SUPPLEMENT_EQUIVALENTS = dict(
    zip(
        "⺁⺂⺃⺄⺅⺆⺈⺉⺊⺋⺌⺍⺎⺏⺐⺒⺓⺔⺕⺖⺗⺘⺙⺛⺜⺝⺞⺟⺠⺡⺢⺣⺤⺥⺦⺧⺨⺩⺫⺬⺭"
        "⺯⺰⺱⺲⺳⺴⺶⺹⺺⺻⺼⺾⺿⻀⻁⻂⻃⻄⻅⻆⻈⻉⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻖⻗⻘"
        "⻙⻚⻛⻜⻝⻟⻠⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳"
        "⺇⺑⺪⺮⺵⺷⺸⺽⻇⻊⻕⻞⻡",
        "厂乛乚乙亻冂刀刂卜㔾小小兀尣尢巳幺彑彐忄心扌攵旡日月歺母民氵氺灬爫爫丬牛犭王目示礻"
        "糹纟罓罒㓁冗羊耂肀聿肉艹艹艹虎衤覀西见角讠贝车辶辶辶邑钅長镸长门阝雨青"
        "韦页风飞食飠饣马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟"
        "几尢疋竹网羊羊臼角足阜食首",
        strict=True,
    )
)

# All radicals, those of Kangxi too: ⼯ is 工. Unicode has no ideograph for ⺀ (a repetition mark).
RADICAL_EQUIVALENTS = {
    **{
        chr(code): unicodedata.normalize("NFKC", chr(code))
        for code in range(0x2F00, 0x2FD6)
    },
    **_SUPPLEMENT_EQUIVALENTS,
}

# ---------------------------------------------------------------------- moved characters
# GBK's FE50 to FEA0, which Windows kept in the private use area: 䶮 of a name is U+E863 there.
_GBK_TRAILS = (*range(0x50, 0x7F), *range(0x80, 0xA1))
_GBK_RARE = {
    0xE815 + place: bytes((0xFE, trail)).decode("gb18030")
    for place, trail in enumerate(_GBK_TRAILS)
}
# those that Unicode put beyond U+FFFF
_GBK_FAR = {
    0xE816: "\U00020087",
    0xE817: "\U00020089",
    0xE818: "\U000200cc",
    0xE831: "\U000215d7",
    0xE83B: "\U0002298f",
    0xE855: "\U000241fe",
}
# Vertical punctuation: GB 18030 kept ︐︒︑ in this order, Unicode has ︐︑︒.
_VERTICAL_POINTS = (0xFE10, 0xFE12, 0xFE11, *range(0xFE13, 0xFE1A))
# The private-use characters of GBK and GB 18030-2000 -> what later editions and Unicode have.
MOVED_CHARACTERS = {
    **_GBK_RARE,
    **_GBK_FAR,
    **{0xE78D + n: chr(point) for n, point in enumerate(_VERTICAL_POINTS)},
    0xE7C7: "ḿ",
    0xE7C8: "ǹ",
    # the sign of a variant, and those that describe a character by its parts: ⿰
    0xE7E7: "\u303e",
    **{0xE7E8 + n: chr(0x2FF0 + n) for n in range(12)},
    # parts of characters: 龴龵龶龷龸龹龺龻
    0xE81E: "\u9fb4",
    0xE826: "\u9fb5",
    0xE82B: "\u9fb6",
    0xE82C: "\u9fb7",
    0xE832: "\u9fb8",
    0xE843: "\u9fb9",
    0xE854: "\u9fba",
    0xE864: "\u9fbb",
}

# ---------------------------------------------------------------------- white space and the unseen
# Blanks of every width, line ends and separators; NUL stands where a blank was lost.
SPACE_CLASS = (
    "\t\n\v\f\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\x00"
)

# No width and no ink: soft hyphen, grapheme joiner, the marks and isolates that set a direction,
# zero-width space and joiners, word joiner, invisible operators, byte order mark, and the anchors
# of annotations.
ZERO_WIDTH_CLASS = (
    "\xad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"
)

# They choose a glyph of the character before them and are no text of their own.
VARIATION_CLASS = "\u180b-\u180d\ufe00-\ufe0f"

# A tag for each ASCII character: they can hide a whole sentence in a text.
TAG_CLASS = "\U000e0000-\U000e007f"

# All of it. Plane 14 is kept for such characters: after the tags come more variation selectors.
INVISIBLE_CLASS = ZERO_WIDTH_CLASS + VARIATION_CLASS + "\U000e0000-\U000e0fff"

# C0, DEL and C1 controls but the tab, line feed and carriage return.
CONTROL_CLASS = "\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f"


def class_members(character_class: str) -> str:
    """The characters of a class of the basic plane, for `str.strip`.

    >>> class_members("a-cx")
    'abcx'
    """
    member = re.compile(f"[{character_class}]")
    return "".join(filter(member.match, map(chr, range(0x10000))))


def is_subsequence(
    short: str,
    full: str,
) -> bool:
    """Whether the characters of `short` occur in `full` in the same order.

    >>> is_subsequence("发改委", "发展和改革委员会"), is_subsequence("改发委", "发展和改革委员会")
    (True, False)
    """
    rest = iter(full)
    # `in` reads on from where the character before was found
    return all(character in rest for character in short)
