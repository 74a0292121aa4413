"""The text as received: every repair of a report undone."""

from __future__ import annotations

from index.model.report import Report

__all__ = ["received_text"]


def received_text(report: Report) -> str | None:
    """The text before its repairs, so that received[r.start:r.end] == r.before;

    None if the record cannot give it.

    >>> from index.model.report import Repair
    >>> received_text(Report("1", "a", "区公开", repairs=[Repair("gloss", 1, 5, "(qū)", "", 0.9, display=(1, 1))]))
    '区(qū)公开'
    """
    out, at = [], 0
    for repair in sorted(report.repairs, key=lambda r: r.start):
        out += [report.text[at : repair.display[0]], repair.before]
        at = repair.display[1]
    received = "".join([*out, report.text[at:]])
    whole = all(received[r.start : r.end] == r.before for r in report.repairs)
    return received if whole else None
