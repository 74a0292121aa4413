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
        mojibake.AS_LATIN,
        mojibake.find_latin,
        ("ä¿¡æ\x81¯å…¬å¼€", "信息公开"),
        signs=mojibake.LEADS,
    ),
    Repairer(
        mojibake.KIND_GBK,
        "UTF-8 that was read as GBK",
        mojibake.TWO_AS_GBK,
        mojibake.find_gbk,
        ("鏀垮簻淇℃伅", "政府信息"),
    ),
    Repairer(
        out_of_step.KIND,
        "GBK cut at bytes that only looked like punctuation, and read one byte out of step after the cut",
        out_of_step.GATE,
        out_of_step.find,
        ("工作已經完成?,F將有關情況報告如下", "工作已經完成。現將有關情況報告如下"),
        signs="?？",
    ),
    Repairer(
        "gloss",
        "pinyin that a tool put after the same characters throughout a document",
        gloss.GATE,
        gloss.strip,
        (
            "區(qū)政府、區(qū)委、區(qū)局、區(qū)辦、區(qū)直",
            "區政府、區委、區局、區辦、區直",
        ),
    ),
    Repairer(
        "private_use",
        "private-use characters whose meaning is known: bullets of symbol fonts, characters that GB 18030 moved",
        characters.PRIVATE,
        characters.find_private,
        ("\uf0b7主动公开", "•主动公开"),
        signs=characters.PRIVATES,
    ),
    Repairer(
        "invisible",
        "controls, zero-width characters, soft hyphens, byte order marks inside",
        characters.INVISIBLE,
        characters.find_invisible,
        ("政府\u200b信息", "政府信息"),
        signs=characters.INVISIBLES,
    ),
    Repairer(
        "radical",
        "radicals that PDF fonts set for characters",
        characters.RADICAL,
        characters.find_radicals,
        ("⼯作⻓效机制", "工作长效机制"),
        signs=characters.RADICALS,
    ),
)

SIGNS = re.compile("[" + "".join(repairer.signs for repairer in REPAIRERS) + "]")


@dataclass(frozen=True, slots=True)
class Repaired:
    """A text with its repairs, in coordinates of the text as received, and what to tell a reader of
    the rest.
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
    signs = SIGNS.search(text) is not None
    for repairer in REPAIRERS:
        if (repairer.signs and not signs) or not repairer.gate.search(current):
            continue
        found = repairer.find(current, findings)
        marks += _received([e for e in found if not e.applied], edits)
        made = [e for e in found if e.applied]
        edits = compose(current, edits, made)
        current = apply(current, made)
        signs = signs or bool(
            made
        )  # what was hidden in damage may show signs of other damage
        findings.edits += found
    repairs = _recorded(text, edits, marks)
    return Repaired(current, repairs, _problems(repairs))


def _received(marks: Sequence[Edit], edits: Sequence[Edit]) -> list[Edit]:
    """Marks in coordinates of the text as received: those whose place no earlier edit touched."""
    out = []
    for mark in marks:
        shift, touched = 0, False
        for e in edits:
            start = e.start - shift
            if start >= mark.end:
                break
            shift += e.end - e.start - len(e.after)
            touched |= start + len(e.after) > mark.start
        if not touched:
            out.append(replace(mark, start=mark.start + shift, end=mark.end + shift))
    return out


def _recorded(
    text: str, edits: Sequence[Edit], marks: Sequence[Edit]
) -> tuple[Repair, ...]:
    """Edits and marks as repairs, in order; of a mark, what lies before the first edit or mark that
    it meets.
    """
    steps = sorted([*edits, *marks], key=lambda e: (e.start, e.end))
    out: list[Repair] = []
    shift = 0
    for k, step in enumerate(steps):
        end = (
            step.end
            if step.applied
            else min([step.end, *(s.start for s in steps[k + 1 : k + 2])])
        )
        start = max(step.start, out[-1].end) if out else step.start
        if end <= start and not step.applied:
            continue
        before = text[start:end]
        after = step.after if step.applied else before
        at = start + shift
        shift += len(after) - len(before)
        display = at, at + len(after)
        out.append(
            Repair(
                step.kind,
                start,
                end,
                before,
                after,
                step.confidence,
                step.applied,
                display,
            )
        )
    return tuple(out)


def _problems(repairs: Sequence[Repair]) -> tuple[Problem, ...]:
    """One problem for each kind of damage that is left."""
    left: dict[str, int] = {}
    for step in repairs:
        if not step.applied:
            left[step.kind] = left.get(step.kind, 0) + 1
    return tuple(
        Problem(Code.REPAIR_LEFT, {"count": n, "kind": kind})
        for kind, n in left.items()
    )
