"""Single characters that are no text: leavings of control, zero width, private use; and radicals
set for characters.

PDF fonts map many characters to the radical blocks; fonts of symbols put their bullets into the
private use area; and GB18030 kept some ninety characters there until Unicode had them.
"""

from __future__ import annotations

import re

from index.analysis.characters import (
    BASIC_HAN_CLASS,
    CONTROL_CLASS,
    MOVED_CHARACTERS,
    RADICAL_CLASS,
    RADICAL_EQUIVALENTS,
    TAG_CLASS,
    ZERO_WIDTH_CLASS,
)
from indexer.repair.edits import Edit
from indexer.repair.table import Findings

__all__ = [
    "INVISIBLE_CLASS",
    "INVISIBLE_PATTERN",
    "PRIVATE_CLASS",
    "PRIVATE_PATTERN",
    "RADICAL_CLASS",
    "RADICAL_PATTERN",
    "find_invisible",
    "find_private",
    "find_radicals",
]

# What no text needs. Variation selectors stay: they choose the form of a rare name's character.
INVISIBLE_CLASS = CONTROL_CLASS + ZERO_WIDTH_CLASS + TAG_CLASS + "\u2028\u2029"

INVISIBLE_PATTERN = re.compile(f"[{INVISIBLE_CLASS}]+")

# vertical tab, form feed, next line, line and paragraph separator
LINE_ENDS = re.compile("[\x0b\x0c\x85\u2028\u2029]")

# the private use area, and the character that decoders put for one that was lost
PRIVATE_CLASS = "\ue000-\uf8ff\ufffd"
# ?? before a character, ? at the beginning of a line or behind 第二条: a blank or a character that
# some tool could not write. 什么?? asks.
LOST_REGEX = (
    rf"(?<![?!么吗呢何谁吧])\?{{2,}}(?=[{BASIC_HAN_CLASS}])"
    rf"|^\?{{2,}}(?=[{BASIC_HAN_CLASS}\d(（])"
    rf"|(?:^|(?<=第.条)|(?<=第..条))\?(?=[{BASIC_HAN_CLASS}])"
)
PRIVATE_PATTERN = re.compile(f"[{PRIVATE_CLASS}]+|{LOST_REGEX}", re.MULTILINE)

# the blocks CJK Radicals Supplement and Kangxi Radicals: ⼯ (U+2F2F) is not 工 (U+5DE5)
RADICAL_PATTERN = re.compile(f"[{RADICAL_CLASS}]")

# Bullets of the fonts Symbol and Wingdings, which word processors leave as U+F000 plus the code
# of the font.
SYMBOL_BULLETS = {
    0xF020: " ",
    0xF06C: "●",
    0xF06D: "❍",
    0xF06E: "■",
    0xF06F: "□",
    0xF071: "❑",
    0xF074: "⧫",
    0xF075: "◆",
    0xF076: "❖",
    0xF077: "⬥",
    0xF09F: "•",
    0xF0A7: "▪",
    0xF0A8: "◻",
    0xF0B7: "•",
    0xF0D8: "➢",
    0xF0E0: "→",
    0xF0FB: "✗",
    0xF0FC: "✓",
    0xF0FD: "☒",
    0xF0FE: "☑",
}

# U+E5E5 is the wide space of GB 18030.
KNOWN_PRIVATE = {**SYMBOL_BULLETS, **MOVED_CHARACTERS, 0xE5E5: "\u3000"}


def find_invisible(text: str, findings: Findings) -> list[Edit]:
    """Take out what cannot be seen; what ended a line or a page ends a line."""
    del findings
    edits: list[Edit] = []
    for match in INVISIBLE_PATTERN.finditer(text):
        after = "\n" if LINE_ENDS.search(match[0]) else ""
        edits.append(
            Edit(
                start=match.start(),
                end=match.end(),
                after=after,
                kind="invisible",
                confidence=0.99,
            )
        )
    return edits


def find_private(text: str, findings: Findings) -> list[Edit]:
    """Name the private-use characters that are known.

    The others, and characters lost for good (U+FFFD, lone question marks), are marked.
    """
    del findings
    edits: list[Edit] = []
    for match in PRIVATE_PATTERN.finditer(text):
        if match[0][0] == "?":
            edits.append(_lost(match))
            continue
        for position, character in enumerate(match[0], match.start()):
            known = KNOWN_PRIVATE.get(ord(character))
            lost = character == "\ufffd"
            edit = Edit(
                start=position,
                end=position + 1,
                after=known or character,
                kind="character_lost" if lost else "private_use",
                confidence=0.9 if known else 0.0,
                applied=known is not None,
            )
            edits.append(edit)
    return edits


def _lost(match: re.Match[str]) -> Edit:
    """A mark over question marks that stand for what was lost."""
    return Edit(
        start=match.start(),
        end=match.end(),
        after=match[0],
        kind="character_lost",
        confidence=0.0,
        applied=False,
    )


def find_radicals(text: str, findings: Findings) -> list[Edit]:
    """Radicals as the characters that they stand for."""
    del findings
    edits: list[Edit] = []
    for match in RADICAL_PATTERN.finditer(text):
        radical = match[0]
        character = RADICAL_EQUIVALENTS.get(radical, radical)
        if character != radical:
            start = match.start()
            edits.append(
                Edit(
                    start=start,
                    end=start + 1,
                    after=character,
                    kind="radical",
                    confidence=0.97,
                )
            )
    return edits
