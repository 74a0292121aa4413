"""The index form: one spelling for one thing, however it was published.

Script, width, case, brackets and line breaks make no difference:

    display text -> compatibility forms, width, case, white space -> simplified characters -> one
    form for one-to-many pairs

Each character is folded alone. What stands beside it never matters, so that a string is found
wherever it stands: 在沈 is found in 在沈重点企业, although OpenCC reads 沈重 as 沉重. The price is
that 計畫 becomes 计画; index.analysis.wording knows such words.

Only this module imports opencc. Every character of the index form comes from exactly one span of
the display text, so that a span can be taken back (OffsetMap).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.metadata import version
from itertools import product
from typing import NamedTuple

import numpy as np
import opencc
from numpy.typing import NDArray

from index.analysis.characters import (
    CIRCLED_CLASS,
    HAN_CLASS,
    INVISIBLE_CLASS,
    MOVED_CHARACTERS,
    RADICAL_EQUIVALENTS,
    SPACE_CLASS,
)
from index.analysis.offsets import OffsetBuilder, OffsetMap

__all__ = [
    "ONE_TO_MANY",
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

# One character for what is set in many ways: brackets round a document number, dashes, dots,
# quotation marks.
SIGN_VARIANTS = str.maketrans(
    {
        **dict.fromkeys("〔〘﹝［【〖[﹙⁽", "("),
        **dict.fromkeys("〕〙﹞］】〗]﹚⁾", ")"),
        **dict.fromkeys("—–―‐‑‒−－﹣─━", "-"),
        **dict.fromkeys("・•‧∙⋅･●", "·"),
        **dict.fromkeys("“”„‟「」『』﹁﹂﹃﹄＂〝〞", '"'),
        **dict.fromkeys("‘’‚‛＇", "'"),
        **dict.fromkeys("〜～∼˜", "~"),
        # the zero of 二○一八年 as most keyboards give it
        **dict.fromkeys("○◯", "〇"),
    }
)

# Pairs of which readers write either (著力, 着力). Both become the second.
ONE_TO_MANY = str.maketrans(
    "著覆乾徵夥馀锺瞭藉裏於臺後係隻髮麵鬆範穀製澱嚮弔願麽甦彷𫫇衞敍衹粧枱糭",
    "着复干征伙余钟了借里于台后系只发面松范谷制淀向吊愿么苏仿恶卫叙只妆台粽",
)

WIDE_PUNCTUATION_CLASS = "、。〈-】〔-〟，．：；！？（）“”‘’…"
# Between two such characters white space is dropped: it only breaks a line or pads a cell.
JOINING_CLASS = HAN_CLASS + WIDE_PUNCTUATION_CLASS + CIRCLED_CLASS
JOINING = re.compile(f"[{JOINING_CLASS}]")
# And between such a character and a digit: PDF readers and typists put it there or not.
DIGIT_CLASS = (
    "0-9\uff10-\uff19\xb2\xb3\xb9\u2070\u2074-\u2079\u2080-\u2089\U0001d7ce-\U0001d7ff"
)
DIGIT = re.compile(f"[{DIGIT_CLASS}]")
# A digit on the line, not raised or lowered.
PLAIN_DIGIT_CLASS = "0-9\uff10-\uff19\U0001d7ce-\U0001d7ff"
PLAIN_DIGIT = re.compile(f"[{PLAIN_DIGIT_CLASS}]")
# Or a bracket, in whatever form: [2017] 3 号.
BESIDE_DIGIT_CLASS = JOINING_CLASS + "\\[\\]()\u2474-\u2487\u249c-\u24b5\u3200-\u3243"
BESIDE_DIGIT = re.compile(f"[{BESIDE_DIGIT_CLASS}]")
# A letter with its marks apart (e and U+0301, か and U+3099), a syllable of Korean in its letters.
MARK_CLASS = "\u0300-\u034e\u0350-\u036f\u0653-\u0655\u3099\u309a"
INITIAL_CLASS = "\u1100-\u1112"
COMPOSED_CLASSES = (
    f"[^\\W\\d_][{MARK_CLASS}]+|[{INITIAL_CLASS}][\u1161-\u1175][\u11a8-\u11c2]?"
)
COMPOSED = re.compile(COMPOSED_CLASSES)
BLANK_CLASS = SPACE_CLASS + INVISIBLE_CLASS
# Where characters with a compatibility form lie: Latin, Arabic, Tibetan, signs (Ⅲ, ⑴), kana and
# squares (㎡), presentation and full-width forms (Ａ).
COMPATIBILITY_RANGES = (
    (0x21, 0x7E),
    (0xA0, 0x700),
    (0xF00, 0xFFF),
    (0x1E00, 0x2BFF),
    (0x3000, 0x33FF),
    (0xA640, 0xA7FF),
    (0xF900, 0xFFEF),
)
# And radicals, compatibility ideographs of plane 2, mathematical letters (𝟏).
FOLDED_RANGES = (
    *COMPATIBILITY_RANGES,
    (0x2F00, 0x2FDF),
    (0x2E80, 0x2EF3),
    (0x2F800, 0x2FA1F),
    (0x1D400, 0x1D7FF),
)
# Where Chinese characters lie; OpenCC changes no others.
HAN_RANGES = ((0x2E80, 0xA000), (0xF900, 0xFB00), (0x20000, 0x3347A))
CODE_COUNT = 0x110000
# Characters from which a text is folded at once: below it, one look at each costs less.
MIN_AT_ONCE = 100
# What a character is to the blanks beside it, a bit each; IRREGULAR ones are folded one by one.
BLANK, JOINS, BESIDE_DIGITS, IS_DIGIT, IRREGULAR = 1, 2, 4, 8, 16
KINDS_COUNT = 32
# What people type before a digit that is raised or lowered behind another one, by the name of its
# decomposition.
RAISING_SIGNS = {"<super>": "^", "<sub>": "_"}


@dataclass(frozen=True, slots=True)
class Folded:
    """A text in index form, and the offsets that take spans back to the display text."""

    form: str
    offsets: OffsetMap = field(default_factory=OffsetMap)

    def spans(
        self,
        pattern: re.Pattern[str],
    ) -> Iterator[tuple[int, int]]:
        """The display spans of what a pattern finds in the form."""
        return (
            self.offsets.span(*m.span())
            for m in pattern.finditer(self.form)
            if m.end() > m.start()
        )


def normaliser_name() -> str:
    """What an index records of this module."""
    return f"opencc {version('opencc')} unicode {unicodedata.unidata_version}"


@cache
def converter() -> opencc.OpenCC:
    """Loading takes up to 170 ms; one instance may be shared by threads."""
    return opencc.OpenCC("t2s")


class Tables(NamedTuple):
    """What folding does to single characters: the arrays are indexed by code point.

    Each holds what is added to a code point to get that of the character that stands for it.
    """

    steps: NDArray[np.int32]
    """From a character as it is printed to its index form."""
    simplified: NDArray[np.int32]
    """From a traditional character to the simplified one."""
    shifts: re.Pattern[str]
    """All that changes the length.

    It is white space that is dropped or joined, what cannot be seen, characters that become
    several, and those that would run into a digit. Group 1 matches when a blank stands alone
    between Chinese characters and is dropped.
    """
    kinds: NDArray[np.uint8]
    """What a character is to the blanks beside it: bits."""


@cache
def tables() -> Tables:
    """Made when the first text is folded."""
    folded = _folded_characters()
    single = {code: ord(form) for code, form in folded.items() if len(form) == 1}
    several = [code for code, form in folded.items() if len(form) > 1]
    expanding = "".join(re.escape(chr(code)) for code in several)
    bordered = "".join(
        chr(code) for code, form in folded.items() if _ends_in_digit(form, code)
    )
    steps = np.zeros(CODE_COUNT, np.int32)
    steps[list(single)] = np.subtract(list(single.values()), list(single))
    # Half surrogate pairs, which UTF-8 cannot write, become the replacement character.
    steps[0xD800:0xE000] = 0xFFFD - np.arange(0xD800, 0xE000)
    spaces = [code for code in range(0x3001) if SPACE_PATTERN.match(chr(code))]
    steps[spaces] = np.subtract(0x20, spaces)
    simplified = _simplified_steps()
    steps = _one_after_another(steps, simplified, _one_of_many_steps())
    between = f"(?<=[{JOINING_CLASS}][{BLANK_CLASS}])(?=[{JOINING_CLASS}])"
    before_digit = f"(?<=[{BESIDE_DIGIT_CLASS}][{BLANK_CLASS}])(?=[{DIGIT_CLASS}])"
    behind_digit = f"(?<=[{DIGIT_CLASS}][{BLANK_CLASS}])(?=[{BESIDE_DIGIT_CLASS}])"
    lone = f"(?:{between}|{before_digit}|{behind_digit})()"
    runs = f"(?<=[{BLANK_CLASS}])[{BLANK_CLASS}]+"
    sides = f"(?<=[{PLAIN_DIGIT_CLASS}].)|(?=[{PLAIN_DIGIT_CLASS}])"
    blanks = BLANK_CLASS + expanding
    kinds_by_class = {
        BLANK: SPACE_CLASS,
        JOINS: JOINING_CLASS,
        BESIDE_DIGITS: BESIDE_DIGIT_CLASS,
        IS_DIGIT: DIGIT_CLASS,
        IRREGULAR: INVISIBLE_CLASS + MARK_CLASS + INITIAL_CLASS + expanding + bordered,
    }
    return Tables(
        steps,
        simplified,
        # Both begin with a set of characters, to which the search skips.
        re.compile(
            f"{COMPOSED_CLASSES}|[{bordered}{blanks}](?:(?<=[{bordered}])(?:{sides})"
            f"|(?<=[{blanks}])(?:{lone}|{runs}|(?<=[{INVISIBLE_CLASS}{expanding}])))"
        ),
        _kinds(kinds_by_class),
    )


def _kinds(classes: Mapping[int, str]) -> NDArray[np.uint8]:
    """By code point, the bits of the classes that a character is in."""
    kinds = np.zeros(CODE_COUNT, np.uint8)
    plane = "".join(map(chr, range(0x10000)))
    for bit, characters in classes.items():
        for run in re.finditer(f"[{characters}]+", plane):
            kinds[slice(*run.span())] |= bit
    # rare enough to be looked at one by one
    kinds[0x10000:] = IRREGULAR
    return kinds


@cache
def _joining() -> NDArray[np.bool_]:
    """Whether white space between two characters is dropped, by the kinds of both in one number."""
    joined = np.zeros(KINDS_COUNT * KINDS_COUNT, np.bool_)
    sides = ((JOINS, JOINS), (BESIDE_DIGITS, IS_DIGIT), (IS_DIGIT, BESIDE_DIGITS))
    for before, behind in product(range(KINDS_COUNT), repeat=2):
        joined[before * KINDS_COUNT + behind] = any(
            before & left and behind & right for left, right in sides
        )
    return joined


def _one_after_another(
    *steps: NDArray[np.int32],
) -> NDArray[np.int32]:
    """The steps of several tables, applied in turn."""
    given = np.arange(CODE_COUNT, dtype=np.int32)
    codes = given
    for table in steps:
        codes = codes + table.take(codes)
    return codes - given


def _simplified_steps() -> NDArray[np.int32]:
    """What OpenCC's t2s does to each character that stands alone."""
    steps = np.zeros(CODE_COUNT, np.int32)
    for first, behind in HAN_RANGES:
        # Apart from each other, because OpenCC looks at the neighbours.
        lines = "\n".join(map(chr, range(first, behind)))
        converted = code_points(f"\n{converter().convert(lines)}\n")
        ends = np.flatnonzero(converted == ord("\n"))
        is_single = np.diff(ends) == 2
        codes = np.arange(first, behind, dtype=np.int32)[is_single]
        steps[codes] = converted[ends[:-1][is_single] + 1] - codes
    return steps


def _one_of_many_steps() -> NDArray[np.int32]:
    steps = np.zeros(CODE_COUNT, np.int32)
    for code, one in ONE_TO_MANY.items():
        steps[code] = one - code
    return steps


def _folded_characters() -> dict[int, str]:
    """What every character becomes that is not its own form."""
    folded = {code: compatible(char) for code, char in MOVED_CHARACTERS.items()}
    for low, high in FOLDED_RANGES:
        for code in range(low, high + 1):
            form = compatible(chr(code))
            if form != chr(code):
                folded[code] = form
    return folded


def _ends_in_digit(
    form: str,
    code: int,
) -> bool:
    """Whether a digit beside a character would run into its form: ² and ½, not ２."""
    is_plain = PLAIN_DIGIT.match(chr(code)) is not None
    has_digit = form[0].isdecimal() or form[-1].isdecimal() or form[-1] == "."
    return has_digit and not is_plain and form != "."


def compatible(
    char: str,
) -> str:
    """One character without width, case, presentation form or bracket style.

    A number in a circle stays: ① is a mark, and counts nothing.

    >>> compatible("Ａ"), compatible("⽂"), compatible("㈠"), compatible("〔"), compatible("①")
    ('a', '文', '(一)', '(', '①')
    """
    known = RADICAL_EQUIVALENTS.get(char, char).translate(SIGN_VARIANTS)
    if known != char:
        return known
    if char.isnumeric() and unicodedata.decomposition(char).startswith("<circle>"):
        return char
    folded = unicodedata.normalize("NFKC", char).translate(SIGN_VARIANTS)
    # A spacing diacritic decomposes into a space and a mark: the character itself is what was
    # printed.
    return char if folded.startswith(" ") else folded.lower()


@lru_cache(maxsize=8)
def fold(
    text: str,
) -> Folded:
    """The index form of a display text.

    The last few are kept: metadata, tables and analysis fold the same text.

    White space between two Chinese characters is dropped, so that a line break never splits a word,
    and so is that between one and a digit; elsewhere a run of it counts as one space.

    >>> fold("政府資訊\\n公開（Ａ）").form
    '政府资讯公开(a)'
    >>> fold("政府 信息").offsets.span(1, 3)
    (1, 4)
    """
    steps, _, _, kinds = tables()
    codes = code_points(text)
    # Character by character, all at once; then only what changes the length is looked at.
    mapped = codes + steps.take(codes)
    if len(codes) >= MIN_AT_ONCE:
        told = kinds.take(codes)
        if told.max() < IRREGULAR:
            return _at_once(mapped, told)
    return _one_by_one(text, of_code_points(mapped))


def _one_by_one(text: str, mapped: str) -> Folded:
    """The index form of a text in which any character may change the length."""
    builder = OffsetBuilder()
    pieces: list[str] = []
    done = 0
    for match in tables().shifts.finditer(text):
        start, end = match.span()
        builder.linear(done, start - done)
        pieces.append(mapped[done:start])
        if not match.lastindex:
            replacement = _irregular(text, start, end)
            builder.blocked(start, end - start, len(replacement))
            pieces.append(replacement)
        done = end
    builder.linear(done, len(text) - done)
    pieces.append(mapped[done:])
    return Folded("".join(pieces), builder.build())


def _at_once(mapped: NDArray[np.int32], kinds: NDArray[np.uint8]) -> Folded:
    """The index form of a text in which nothing but white space changes the length.

    `mapped` are its characters in index form, in which each blank is a space. It is what
    `_one_by_one` gives.
    """
    blanks = np.flatnonzero(kinds == BLANK)
    opens = np.ones(len(blanks), np.bool_)
    np.greater(blanks[1:], blanks[:-1] + 1, out=opens[1:])
    starts = blanks[opens]
    widths = np.diff(np.append(np.flatnonzero(opens), len(blanks)))
    # at either edge of a text stands nothing, which is what the last one is
    beside = np.append(kinds, np.uint8(0)).astype(np.intp)
    pairs = beside[starts - 1] * KINDS_COUNT + beside[starts + widths]
    is_joined = _joining()[pairs]
    kept = np.ones(len(mapped), np.bool_)
    kept[blanks] = opens
    kept[starts[is_joined]] = False
    form = of_code_points(mapped[kept])
    if len(form) == len(mapped):
        return Folded(form)
    changing = is_joined | (widths > 1)
    runs = (starts[changing], widths[changing], is_joined[changing])
    return Folded(form, _offsets(*runs, len(mapped)))


def _offsets(
    starts: NDArray[np.intp],
    widths: NDArray[np.intp],
    is_joined: NDArray[np.bool_],
    length: int,
) -> OffsetMap:
    """The map of a text of some length whose runs of white space, where they are joined, are
    dropped, and elsewhere become one space.
    """
    ends = starts + widths
    # what stands behind each run, in the form
    behind = ends - np.cumsum(widths - ~is_joined)
    spaces = np.flatnonzero(~is_joined)
    form = np.concatenate(([0], behind[spaces] - 1, behind))
    display = np.concatenate(([0], starts[spaces], ends))
    block = np.concatenate(([0], widths[spaces], np.zeros_like(ends)))
    # where a text begins or ends with white space, nothing stands before or behind it
    order = np.argsort(form, kind="stable")
    order = order[int(starts[0] == 0) : len(order) - int(ends[-1] == length)]
    columns = (form, display, block)
    return OffsetMap(*(tuple(column[order].tolist()) for column in columns))


def code_points(
    text: str,
) -> NDArray[np.int32]:
    """The code points of a text, half surrogate pairs too."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<i4")


def is_encodable(
    text: str,
) -> bool:
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


def of_code_points(
    codes: NDArray[np.integer],
) -> str:
    """The text of some code points."""
    return codes.astype("<i4", copy=False).tobytes().decode("utf-32-le")


def fold_line(
    text: str,
) -> str:
    """The index form of a short text, without the way back and without white space round it."""
    return fold(text).form.strip()


SPACE_PATTERN = re.compile(f"[{SPACE_CLASS}]")
BLANK_PATTERN = re.compile(f"[{SPACE_CLASS}{INVISIBLE_CLASS}]")


def _irregular(
    text: str,
    start: int,
    end: int,
) -> str:
    """The index form of text[start:end], which may be longer or shorter than the display text.

    The range is white space, an invisible character, or one character that becomes several.
    """
    run = text[start:end]
    if not run.isspace():  # nearly always it is a line break
        if COMPOSED.match(run):
            run = "".join(map(compatible, unicodedata.normalize("NFC", run)))
            return of_code_points(
                code_points(run) + tables().steps.take(code_points(run))
            )
        if not BLANK_PATTERN.match(run):
            codes = code_points(compatible(run))
            form = of_code_points(codes + tables().steps.take(codes))
            return _apart(form, run, text[start - 1 : start], text[end : end + 1])
        if not SPACE_PATTERN.search(run):
            return ""
    if start == 0 or end == len(text):
        return " "
    before, behind = text[start - 1], text[end]
    joined = (
        (JOINING.match(before) and JOINING.match(behind))
        or (BESIDE_DIGIT.match(before) and DIGIT.match(behind))
        or (DIGIT.match(before) and BESIDE_DIGIT.match(behind))
    )
    return "" if joined else " "


def _apart(
    form: str,
    char: str,
    before: str,
    behind: str,
) -> str:
    """The form of a character, kept from running into the digits beside it.

    10³ is 10^3 and never 103, as people type it; 3½ is 3 1⁄2.
    """
    if form[0].isdecimal() and PLAIN_DIGIT.match(before):
        kind = unicodedata.decomposition(char).partition(" ")[0]
        form = RAISING_SIGNS.get(kind, " ") + form
    if (form[-1].isdecimal() or form[-1] == ".") and PLAIN_DIGIT.match(behind):
        form += " "
    return form


# Simplified texts have a handful of characters that t2s would change (names, variants);
# traditional ones a third.
TRADITIONAL_SHARE = 0.05


def script_of(
    text: str,
) -> str | None:
    """ "Hans" or "Hant"; None for a text with hardly any Chinese.

    >>> script_of("政府資訊公開工作年度報告"), script_of("政府信息公开工作年度报告")
    ('Hant', 'Hans')
    >>> script_of("PDF")
    """
    codes = code_points(text)
    han = codes[(codes >= 0x3400) & (codes <= 0x9FFF)]
    if len(han) < 4:
        return None
    changed = np.count_nonzero(tables().simplified.take(han))
    return "Hant" if changed > len(han) * TRADITIONAL_SHARE else "Hans"
