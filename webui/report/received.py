"""The text as received: every repair of a report undone."""

from __future__ import annotations

from index.model.report import Report

__all__ = ["received_text"]


def received_text(report: Report) -> str | None:
    """The text before its repairs, so that received[r.start:r.end] == r.before.

    None when the record contradicts itself and cannot give that text.

    >>> from index.model.report import Repair
    >>> gloss = Repair("gloss", 1, 5, "(qū)", "", 0.9, display=(1, 1))
    >>> received_text(Report("1", "a", "区公开", repairs=[gloss]))
    '区(qū)公开'
    """
    pieces: list[str] = []
    position = 0
    for repair in sorted(report.repairs, key=lambda repair: repair.start):
        start, end = repair.display
        pieces.append(report.text[position:start])
        pieces.append(repair.before)
        position = end
    pieces.append(report.text[position:])
    received = "".join(pieces)
    # the record's own positions prove the result: overlapping repairs would fail here
    for repair in report.repairs:
        if received[repair.start : repair.end] != repair.before:
            return None
    return received
