"""Edits of a text, and how the edits of several passes become one list in coordinates of the text
as received.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

__all__ = ["Edit", "apply", "compose"]


@dataclass(frozen=True, slots=True)
class Edit:
    """text[start:end] becomes `after`.

    Where `applied` is False it stays as it is, and is known to be damaged.
    """

    start: int
    end: int
    after: str
    kind: str
    confidence: float
    applied: bool = True


def apply(text: str, edits: Sequence[Edit]) -> str:
    """The text after sorted, non-overlapping edits."""
    out, at = [], 0
    for edit in edits:
        if edit.applied:
            out += [text[at : edit.start], edit.after]
            at = edit.end
    return "".join([*out, text[at:]])


@dataclass(slots=True)
class _Cluster:
    """Edits of both passes that touch the same place of the text between them;

    `start` and `end` are places there.
    """

    start: int
    end: int
    first: list[Edit]
    second: list[Edit]

    def takes(self, start: int, end: int) -> bool:
        """Whether a span overlaps, so that the two edits can only be told as one."""
        if start == end:
            return start < self.end or (start == self.end == self.start)
        return start < self.end


def compose(middle: str, first: Sequence[Edit], second: Sequence[Edit]) -> list[Edit]:
    """One list that does what `first` and then `second` do;

    `second` is in coordinates of `middle`, between them.

    Edits that overlap become one, whose kind names both ("gbk_out_of_step+gloss") and whose
    confidence is the lower.
    """
    clusters = _clusters(first, second)
    out, shift = [], 0
    for cluster in clusters:
        start = cluster.start + shift
        shift += sum(e.end - e.start - len(e.after) for e in cluster.first)
        out += _joined(cluster, middle, start, cluster.end + shift)
    return out


def _clusters(first: Sequence[Edit], second: Sequence[Edit]) -> list[_Cluster]:
    spans: list[tuple[int, int, int, Edit]] = []
    shift = 0
    for edit in first:
        start = edit.start + shift
        shift += len(edit.after) - (edit.end - edit.start)
        spans.append((start, start + len(edit.after), 0, edit))
    spans += [(edit.start, edit.end, 1, edit) for edit in second]
    out: list[_Cluster] = []
    for start, end, turn, edit in sorted(spans, key=lambda s: s[:3]):
        if not (out and out[-1].takes(start, end)):
            out.append(_Cluster(start, end, [], []))
        out[-1].end = max(out[-1].end, end)
        (out[-1].second if turn else out[-1].first).append(edit)
    return out


def _joined(cluster: _Cluster, middle: str, start: int, end: int) -> list[Edit]:
    """The edits of a cluster as edits of the text as received, of which it covers [start, end)."""
    edits = cluster.first + cluster.second
    if len(edits) == 1:
        return [replace(edits[0], start=start, end=end)]
    base = cluster.start
    inner = [replace(e, start=e.start - base, end=e.end - base) for e in cluster.second]
    after = apply(middle[base : cluster.end], inner)
    kinds = "+".join(dict.fromkeys(e.kind for e in edits))
    return [Edit(start, end, after, kinds, min(e.confidence for e in edits))]
