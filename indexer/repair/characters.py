"""Single characters that are no text: leavings of control, zero width, private use; and radicals
set for characters.

PDF fonts map many characters to the radical blocks; fonts of symbols put their bullets into the
private use area; and GB18030 kept some ninety characters there until Unicode had them.
"""

from __future__ import annotations

import re

from index.analysis.characters import (
    CONTROL_CLASS,
    RADICAL_CLASS,
    RADICAL_EQUIVALENTS,
    TAG_CLASS,
    ZERO_WIDTH_CLASS,
)
from indexer.repair.edits import Edit
from indexer.repair.table import Findings

__all__ = [
    "INVISIBLE",
    "INVISIBLES",
    "PRIVATE",
    "PRIVATES",
    "RADICAL",
    "RADICALS",
    "find_invisible",
    "find_private",
    "find_radicals",
]

# What no text needs. Variation selectors stay: they choose the form of a rare name's character.
INVISIBLES = CONTROL_CLASS + ZERO_WIDTH_CLASS + TAG_CLASS + "\u2028\u2029"

INVISIBLE = re.compile(f"[{INVISIBLES}]+")

LINE_ENDS = re.compile("[\x0b\x0c\x85\u2028\u2029]")

PRIVATES = "\ue000-\uf8ff\ufffd"
PRIVATE = re.compile(f"[{PRIVATES}]+")

RADICALS = RADICAL_CLASS
RADICAL = re.compile(f"[{RADICALS}]")

# Bullets of Symbol and Wingdings, as word processors leave them.
SYMBOLS = {
    0xF020: " ", 0xF06C: "●", 0xF06D: "❍", 0xF06E: "■", 0xF06F: "□", 0xF071: "❑", 0xF074: "⧫", 0xF075: "◆",
    0xF076: "❖", 0xF077: "⬥", 0xF09F: "•", 0xF0A7: "▪", 0xF0A8: "◻", 0xF0B7: "•", 0xF0D8: "➢", 0xF0E0: "→",
    0xF0FB: "✗", 0xF0FC: "✓", 0xF0FD: "☒", 0xF0FE: "☑",
}  # fmt: skip

# What GB 18030-2005 and -2022 moved out of the private use area.
GB18030 = {
    **{0xE78D + k: chr(p) for k, p in enumerate((0xFE10, 0xFE12, 0xFE11, *range(0xFE13, 0xFE1A)))},
    0xE5E5: "　", 0xE7C7: "ḿ", 0xE7C8: "ǹ",
    0xE81E: "\u9fb4", 0xE826: "\u9fb5", 0xE82B: "\u9fb6", 0xE82C: "\u9fb7", 0xE832: "\u9fb8", 0xE843: "\u9fb9",
    0xE854: "\u9fba", 0xE864: "\u9fbb",
}  # fmt: skip

KNOWN = SYMBOLS | GB18030


def find_invisible(text: str, findings: Findings) -> list[Edit]:
    """Take out what cannot be seen; what ended a line or a page ends a line."""
    del findings
    return [
        Edit(
            m.start(),
            m.end(),
            "\n" if LINE_ENDS.search(m[0]) else "",
            "invisible",
            0.99,
        )
        for m in INVISIBLE.finditer(text)
    ]


def find_private(text: str, findings: Findings) -> list[Edit]:
    """Name the private-use characters that are known; the others, and characters lost for good, are
    marked.
    """
    del findings
    out: list[Edit] = []
    for m in PRIVATE.finditer(text):
        for k, c in enumerate(m[0], m.start()):
            known = KNOWN.get(ord(c))
            kind = "character_lost" if c == "\ufffd" else "private_use"
            out.append(
                Edit(
                    k,
                    k + 1,
                    known or c,
                    kind,
                    0.9 if known else 0.0,
                    applied=known is not None,
                )
            )
    return out


def find_radicals(text: str, findings: Findings) -> list[Edit]:
    """Radicals as the characters that they stand for."""
    del findings
    found = (
        (m.start(), RADICAL_EQUIVALENTS.get(m[0], m[0]), m[0])
        for m in RADICAL.finditer(text)
    )
    return [
        Edit(at, at + 1, after, "radical", 0.97)
        for at, after, before in found
        if after != before
    ]
