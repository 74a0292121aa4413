"""Undoes the damage of texts: bytes first, glosses second, single characters last.

Each repairer of `REPAIRERS` is a row of a visible table and works on what the ones before it left.
Every repair is recorded in coordinates of the text as received and can be undone. A text without
damage costs a search a row.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.model.problems import Code, Problem
from index.model.report import Repair
from indexer.repair import characters, gloss, mojibake, out_of_step
from indexer.repair.edits import Edit, apply, compose
from indexer.repair.replay import undo
from indexer.repair.table import Findings, Repairer

__all__ = ["REPAIRERS", "Repaired", "Repairer", "repair", "undo"]

# The repairers in their order: bytes before glosses, for the bytes of a gloss are part
# of the damage.
REPAIRERS: tuple[Repairer, ...] = (
    Repairer(
        mojibake.KIND_LATIN,
        "UTF-8 that was read as Latin-1 or code page 1252",
        mojibake.AS_LATIN_PATTERN,
        mojibake.find_latin,
        ("ä¿¡æ\x81¯å…¬å¼€", "信息公开"),
        signs=mojibake.LEAD_CLASS,
    ),
    Repairer(
        mojibake.KIND_GBK,
        "UTF-8 that was read as GBK",
        mojibake.TWO_AS_GBK_PATTERN,
        mojibake.find_gbk,
        ("鏀垮簻淇℃伅", "政府信息"),
    ),
    Repairer(
        out_of_step.REPAIR_KIND,
        "GBK cut at bytes that only looked like punctuation,"
        " and read one byte out of step after the cut",
        out_of_step.GATE_PATTERN,
        out_of_step.find,
        ("工作已經完成?,F將有關情況報告如下", "工作已經完成。現將有關情況報告如下"),
        signs="?？",
    ),
    Repairer(
        "gloss",
        "pinyin that a tool put after the same characters throughout a document",
        gloss.GATE_PATTERN,
        gloss.strip,
        (
            "區(qū)政府、區(qū)委、區(qū)局、區(qū)辦、區(qū)直",
            "區政府、區委、區局、區辦、區直",
        ),
    ),
    Repairer(
        "private_use",
        "private-use characters whose meaning is known:"
        " bullets of symbol fonts, characters that GB 18030 moved; what was lost is marked",
        characters.PRIVATE_PATTERN,
        characters.find_private,
        ("\uf0b7主动公开", "•主动公开"),
        signs=characters.PRIVATE_CLASS + "?",
    ),
    Repairer(
        "invisible",
        "controls, zero-width characters, soft hyphens, byte order marks inside",
        characters.INVISIBLE_PATTERN,
        characters.find_invisible,
        ("政府\u200b信息", "政府信息"),
        signs=characters.INVISIBLE_CLASS,
    ),
    Repairer(
        "radical",
        "radicals that PDF fonts set for characters",
        characters.RADICAL_PATTERN,
        characters.find_radicals,
        ("⼯作⻓效机制", "工作长效机制"),
        signs=characters.RADICAL_CLASS,
    ),
)

# One search for the signs of all repairers: a clean text is spared their gates.
SIGN_PATTERN = re.compile("[" + "".join(row.signs for row in REPAIRERS) + "]")


@dataclass(frozen=True, slots=True)
class Repaired:
    """A text after its repairs.

    `repairs` are in coordinates of the text as received. `problems` tell a reader in sentences
    what damage is left.
    """

    text: str
    repairs: tuple[Repair, ...]
    problems: tuple[Problem, ...]


def repair(text: str) -> Repaired:
    """Undo every damage that can be undone surely; mark what cannot."""
    findings = Findings()
    current = text
    edits: list[Edit] = []
    marks: list[Edit] = []
    has_signs = SIGN_PATTERN.search(text) is not None
    for repairer in REPAIRERS:
        if repairer.signs and not has_signs:
            continue
        if not repairer.gate.search(current):
            continue
        proposed = repairer.find(current, findings)
        applied = [edit for edit in proposed if edit.applied]
        left = [edit for edit in proposed if not edit.applied]
        marks += _received(left, edits)
        edits = compose(current, edits, applied)
        current = apply(current, applied)
        # what was hidden in damage may show signs of other damage
        has_signs = has_signs or bool(applied)
        findings.edits += proposed
    repairs = _recorded(text, edits, marks)
    return Repaired(current, repairs, _problems(repairs))


def _received(marks: Sequence[Edit], edits: Sequence[Edit]) -> list[Edit]:
    """Marks in coordinates of the text as received.

    A mark whose place an earlier edit touched is dropped.
    """
    received: list[Edit] = []
    for mark in marks:
        # how much longer the text as received is, up to the mark
        shift = 0
        touched = False
        for edit in edits:
            start = edit.start - shift
            if start >= mark.end:
                break
            shift += edit.end - edit.start - len(edit.after)
            touched |= start + len(edit.after) > mark.start
        if not touched:
            moved = replace(mark, start=mark.start + shift, end=mark.end + shift)
            received.append(moved)
    return received


def _recorded(
    text: str, edits: Sequence[Edit], marks: Sequence[Edit]
) -> tuple[Repair, ...]:
    """Edits and marks as repairs, in order.

    A mark ends where the next edit or mark begins, and begins where the last one ended.
    """
    steps = sorted([*edits, *marks], key=lambda step: (step.start, step.end))
    recorded: list[Repair] = []
    # how much longer the repaired text is, up to the current step
    shift = 0
    for number, step in enumerate(steps):
        start = step.start
        end = step.end
        if recorded:
            start = max(start, recorded[-1].end)
        if not step.applied and number + 1 < len(steps):
            end = min(end, steps[number + 1].start)
        if end <= start and not step.applied:
            continue
        before = text[start:end]
        after = step.after if step.applied else before
        shown = start + shift
        shift += len(after) - len(before)
        recorded.append(
            Repair(
                kind=step.kind,
                start=start,
                end=end,
                before=before,
                after=after,
                confidence=step.confidence,
                applied=step.applied,
                display=(shown, shown + len(after)),
            )
        )
    return tuple(recorded)


def _problems(repairs: Sequence[Repair]) -> tuple[Problem, ...]:
    """One problem for each kind of damage that is left."""
    left: dict[str, int] = {}
    for step in repairs:
        if not step.applied:
            left[step.kind] = left.get(step.kind, 0) + 1
    return tuple(
        Problem(Code.REPAIR_LEFT, {"count": count, "kind": kind})
        for kind, count in left.items()
    )
