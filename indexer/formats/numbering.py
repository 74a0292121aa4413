"""Numbers of lists as a reader sees them: 1, 二, ③, iv. HTML and Word only say where one is."""

from __future__ import annotations

from collections.abc import Callable, Mapping

__all__ = ["WRITERS", "han_number"]

_DIGITS = "〇一二三四五六七八九"
_ROMAN_VALUES = (
    (1000, "m"),
    (900, "cm"),
    (500, "d"),
    (400, "cd"),
    (100, "c"),
    (90, "xc"),
    (50, "l"),
    (40, "xl"),
    (10, "x"),
    (9, "ix"),
    (5, "v"),
    (4, "iv"),
    (1, "i"),
)
# Above it nobody counts in these ways.
MAX_NUMBER = 3999


def han_number(number: int) -> str:
    """A number from 1 to 99 as headings count: 一, 十二, 二十; larger ones digit by digit.

    >>> han_number(3), han_number(12), han_number(40), han_number(105)
    ('三', '十二', '四十', '一〇五')
    """
    if number > 99:
        return "".join(_DIGITS[int(digit)] for digit in str(number))
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else _DIGITS[tens] + "十"
    return head + (_DIGITS[ones] if ones or not tens else "")


def _letters(number: int) -> str:
    """Word's way past z: aa, bb."""
    turns, place = divmod(number - 1, 26)
    return chr(ord("a") + place) * (turns + 1)


def _roman(number: int) -> str:
    written = ""
    for value, sign in _ROMAN_VALUES:
        count, number = divmod(number, value)
        written += sign * count
    return written


def _circled(number: int) -> str:
    return chr(ord("①") + number - 1) if 1 <= number <= 20 else str(number)


def _bounded(write: Callable[[int], str]) -> Callable[[int], str]:
    return lambda number: write(number) if 0 < number <= MAX_NUMBER else str(number)


_letter_writer, _roman_writer = _bounded(_letters), _bounded(_roman)
_han_writer = _bounded(han_number)

# The names of Word and of CSS and HTML -> what writes a number so.
WRITERS: Mapping[str, Callable[[int], str]] = {
    **dict.fromkeys(("decimal", "1", "decimalFullWidth", "decimalHalfWidth"), str),
    **dict.fromkeys(("lowerLetter", "a", "lower-alpha", "lower-latin"), _letter_writer),
    **dict.fromkeys(
        ("upperLetter", "A", "upper-alpha", "upper-latin"),
        lambda number: _letter_writer(number).upper(),
    ),
    **dict.fromkeys(("lowerRoman", "i", "lower-roman"), _roman_writer),
    **dict.fromkeys(
        ("upperRoman", "I", "upper-roman"),
        lambda number: _roman_writer(number).upper(),
    ),
    **dict.fromkeys(
        (
            "chineseCounting",
            "chineseCountingThousand",
            "chineseLegalSimplified",
            "ideographDigital",
            "japaneseCounting",
            "taiwaneseCounting",
            "taiwaneseCountingThousand",
            "cjk-ideographic",
            "simp-chinese-informal",
            "trad-chinese-informal",
        ),
        _han_writer,
    ),
    **dict.fromkeys(
        ("decimalEnclosedCircle", "decimalEnclosedCircleChinese"), _circled
    ),
    "decimalZero": lambda number: f"{number:02}",
    "decimal-leading-zero": lambda number: f"{number:02}",
}
