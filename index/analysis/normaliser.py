"""The index form: one spelling for one thing, whatever script, width or line break it was published
in.

    display text -> compatibility forms, width, case, white space -> t2s -> one form for one-to-many
    pairs

Only this module imports opencc. Every character of the index form comes from exactly one place of
the display text, so that a span can be taken back (OffsetMap).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.metadata import version
from typing import NamedTuple

import numpy as np
import opencc
from numpy.typing import NDArray

from index.analysis.characters import (
    HAN_CLASS,
    INVISIBLE_CLASS,
    RADICAL_EQUIVALENTS,
    SPACE_CLASS,
)
from index.analysis.offsets import OffsetBuilder, OffsetMap

__all__ = [
    "NORMALISER_VERSION",
    "Folded",
    "code_points",
    "fold",
    "fold_line",
    "is_encodable",
    "letters",
    "normaliser_name",
    "of_code_points",
    "script_of",
]

# Raise it with any change of the form: an index keeps it in its fingerprint and is
# refused when it differs.
NORMALISER_VERSION = 2

# One character for what is set in many ways: brackets round a document number, dashes, dots,
# quotation marks.
SIGNS = str.maketrans(
    {
        **dict.fromkeys("〔〘﹝［【〖[﹙⁽", "("),
        **dict.fromkeys("〕〙﹞］】〗]﹚⁾", ")"),
        **dict.fromkeys("—–―‐‑‒−－﹣─━", "-"),
        **dict.fromkeys("・•‧∙⋅･●", "·"),
        **dict.fromkeys("“”„‟「」『』﹁﹂﹃﹄＂〝〞", '"'),
        **dict.fromkeys("‘’‚‛＇", "'"),
        **dict.fromkeys("〜～∼˜", "~"),
    }
)

# What t2s leaves apart by context or by rule, although readers write either: both sides fold to one
# of them.
ONE_TO_MANY = str.maketrans(
    "著覆乾徵夥馀锺瞭藉裏於臺後係隻髮麵鬆範穀製澱嚮弔願麽",
    "着复干征伙余钟了借里于台后系只发面松范谷制淀向吊愿么",
)
VARIANTS = re.compile(f"[{''.join(map(chr, ONE_TO_MANY))}]")

WIDE_PUNCTUATION = "、。〈-】〔-〟，．：；！？（）“”‘’…"
JOINED = HAN_CLASS + WIDE_PUNCTUATION
JOINS = re.compile(f"[{JOINED}]")
BLANK = SPACE_CLASS + INVISIBLE_CLASS
RANGES = (
    (0x21, 0x7E),
    (0xA0, 0x590),
    (0x1E00, 0x2BFF),
    (0x3000, 0x33FF),
    (0xA640, 0xA7FF),
    (0xF900, 0xFFEF),
)
FOLDED_RANGES = (
    *RANGES,
    (0x2F00, 0x2FDF),
    (0x2E80, 0x2EF3),
    (0x2F800, 0x2FA1F),
    (0x1D400, 0x1D7FF),
)
HAN_RANGES = ((0x2E80, 0xA000), (0xF900, 0xFB00))
RARE = slice(0x20000, 0x323B0)
CODES = 0x110000

# Every phrase that t2s changes has one of these (沈默, 土坏, 海哩) or a character that
# it changes alone.
IN_PHRASES = "沈覆藉瞭坏甦哩衹"


@dataclass(frozen=True, slots=True)
class Folded:
    """A text in index form, and the way back to where each span of it stands in the display text."""

    form: str
    offsets: OffsetMap = field(default_factory=OffsetMap)

    def spans(self, found: re.Pattern[str]) -> Iterator[tuple[int, int]]:
        """The display spans of what a pattern finds in the form."""
        return (
            self.offsets.span(*m.span())
            for m in found.finditer(self.form)
            if m.end() > m.start()
        )


def normaliser_name() -> str:
    """What an index records of this module."""
    return f"{NORMALISER_VERSION} opencc {version('opencc')} unicode {unicodedata.unidata_version}"


@cache
def converter() -> opencc.OpenCC:
    """Loading takes up to 170 ms; one instance may be shared by threads."""
    return opencc.OpenCC("t2s")


class Tables(NamedTuple):
    """What folding does to single characters: the first two arrays are indexed by code point."""

    steps: NDArray[np.int32]
    """How far each character lies from the one character that stands for it."""
    telling: NDArray[np.bool_]
    """Whether t2s or ONE_TO_MANY may change it, alone or in a phrase: a text without any needs
    neither.
    """
    shifts: re.Pattern[str]
    """All that changes the length: white space that is dropped or joined (group 1: it stands alone
    and is dropped), what cannot be seen, and characters that become several.
    """


@cache
def tables() -> Tables:
    """Made when the first text is folded."""
    folded = _folded_characters()
    single = {code: ord(new) for code, new in folded.items() if len(new) == 1}
    expanding = "".join(
        re.escape(chr(code)) for code, new in folded.items() if len(new) > 1
    )
    steps = np.zeros(CODES, np.int32)
    steps[list(single)] = np.subtract(list(single.values()), list(single))
    steps[0xD800:0xE000] = 0xFFFD - np.arange(0xD800, 0xE000)
    spaces = [code for code in range(0x3001) if SPACE.match(chr(code))]
    steps[spaces] = np.subtract(0x20, spaces)
    telling = _telling()
    told = set(of_code_points(np.flatnonzero(telling)))
    telling[[code for code, new in folded.items() if not told.isdisjoint(new)]] = True
    telling[RARE] = True
    lone, runs = (
        f"(?<=[{JOINED}][{BLANK}])(?=[{JOINED}])()",
        f"(?<=[{BLANK}])[{BLANK}]+",
    )
    return Tables(
        steps,
        telling,
        re.compile(
            f"[{BLANK}{expanding}](?:{lone}|{runs}|(?<=[{INVISIBLE_CLASS}{expanding}]))"
        ),
    )


def _folded_characters() -> dict[int, str]:
    """What every character becomes that is not its own form."""
    codes = (code for low, high in FOLDED_RANGES for code in range(low, high + 1))
    return {
        code: folded for code in codes if (folded := compatible(chr(code))) != chr(code)
    }


def _telling() -> NDArray[np.bool_]:
    """Whether t2s changes a character alone, whether it changes it in a phrase, or ONE_TO_MANY
    does.
    """
    telling = np.zeros(CODES, np.bool_)
    telling[[*map(ord, IN_PHRASES), *ONE_TO_MANY]] = True
    for first, behind in HAN_RANGES:
        han = np.arange(first, behind)
        telling[first:behind] |= code_points(to_simplified(of_code_points(han))) != han
    return telling


def compatible(char: str) -> str:
    """One character without width, case, presentation form or bracket style.

    >>> compatible("Ａ"), compatible("⽂"), compatible("㈠"), compatible("〔")
    ('a', '文', '(一)', '(')
    """
    known = RADICAL_EQUIVALENTS.get(char, char).translate(SIGNS)
    if known != char:
        return known
    folded = unicodedata.normalize("NFKC", char).translate(SIGNS)
    # A spacing diacritic decomposes into a space and a mark: the character itself is what was
    # printed.
    return char if folded.startswith(" ") else folded.lower()


@lru_cache(maxsize=8)
def fold(text: str) -> Folded:
    """The index form of a display text.

    The last few are kept: metadata, tables and analysis fold the same text.

    White space between two Chinese characters is dropped, so that a line break never splits a word;
    elsewhere a run of it counts as one space.

    >>> fold("政府資訊\\n公開（Ａ）").form
    '政府资讯公开(a)'
    >>> fold("政府 信息").offsets.span(1, 3)
    (1, 4)
    """
    steps, telling, shifts = tables()
    codes = code_points(text)
    each = of_code_points(codes + steps.take(codes))
    builder, at = OffsetBuilder(), 0
    pieces: list[str] = []
    for match in shifts.finditer(text):
        start, end = match.span()
        builder.linear(at, start - at)
        pieces.append(each[at:start])
        if not match.lastindex:
            new = _irregular(text, start, end)
            builder.blocked(start, end - start, len(new))
            pieces.append(new)
        at = end
    builder.linear(at, len(text) - at)
    pieces.append(each[at:])
    form = "".join(pieces)
    if np.count_nonzero(telling.take(codes)):
        form = VARIANTS.sub(_one_of_many, to_simplified(form))
    return Folded(form, builder.build())


def _one_of_many(match: re.Match[str]) -> str:
    return match.group().translate(ONE_TO_MANY)


def code_points(text: str) -> NDArray[np.int32]:
    """The code points of a text, half surrogate pairs too."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<i4")


def is_encodable(text: str) -> bool:
    """Whether a text has no half surrogate pair."""
    try:
        text.encode("utf-16-le")
    except UnicodeEncodeError:
        return False
    return True


@cache
def letters() -> NDArray[np.bool_]:
    """Of each UTF-16 unit whether it is a letter or a digit."""
    return np.fromiter(map(str.isalnum, map(chr, range(0x10000))), np.bool_)


def of_code_points(codes: NDArray[np.integer]) -> str:
    """The text of some code points."""
    return codes.astype("<i4", copy=False).tobytes().decode("utf-32-le")


def fold_line(text: str) -> str:
    """The index form of a short text, without the way back and without white space round it."""
    return fold(text).form.strip()


SPACE = re.compile(f"[{SPACE_CLASS}]")
UNSEEN = re.compile(f"[{SPACE_CLASS}{INVISIBLE_CLASS}]")


def _irregular(text: str, start: int, end: int) -> str:
    """What stands for a run of white space, for what cannot be seen, or for a character that
    becomes several.
    """
    run = text[start:end]
    if not run.isspace():  # nearly always it is a line break
        if not UNSEEN.match(run):
            return compatible(run)
        if not SPACE.search(run):
            return ""
    inside = (
        start > 0
        and end < len(text)
        and JOINS.match(text[start - 1])
        and JOINS.match(text[end])
    )
    return "" if inside else " "


def to_simplified(text: str) -> str:
    """Traditional to simplified, character by character where a conversion would change the length."""
    converted: str = converter().convert(text)
    if len(converted) == len(text):
        return converted
    return "".join(
        one if len(one) == 1 else c for c in text for one in [_simplified_character(c)]
    )


@cache
def _simplified_character(char: str) -> str:
    converted: str = converter().convert(char)
    return converted


# Simplified texts have a handful of characters that t2s would change (names, variants);
# traditional ones a third.
TRADITIONAL_SHARE = 0.05


def script_of(text: str) -> str | None:
    """ "Hans" or "Hant"; None for a text with hardly any Chinese.

    >>> script_of("政府資訊公開工作年度報告"), script_of("政府信息公开工作年度报告"), script_of("PDF")
    ('Hant', 'Hans', None)
    """
    codes = code_points(text)
    han = codes[(codes >= 0x3400) & (codes <= 0x9FFF)]
    if len(han) < 4:
        return None
    if not np.count_nonzero(tables().telling.take(han)):
        return "Hans"
    changed = np.count_nonzero(code_points(to_simplified(of_code_points(han))) != han)
    return "Hant" if changed > len(han) * TRADITIONAL_SHARE else "Hans"
