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
    pieces: list[str] = []
    copied = 0
    for edit in edits:
        if edit.applied:
            pieces.append(text[copied : edit.start])
            pieces.append(edit.after)
            copied = edit.end
    pieces.append(text[copied:])
    return "".join(pieces)


@dataclass(slots=True)
class _Cluster:
    """Edits of both passes that touch the same place.

    `start` and `end` are positions in the text between the two passes.
    """

    start: int
    end: int
    first: list[Edit]
    second: list[Edit]

    def takes(self, start: int, end: int) -> bool:
        """Whether a span overlaps, so that the two edits can only be told as one."""
        if start == end:
            # an insertion at the end of a cluster joins it only if that is an insertion too
            return start < self.end or (start == self.end == self.start)
        return start < self.end


def compose(middle: str, first: Sequence[Edit], second: Sequence[Edit]) -> list[Edit]:
    """One list of edits that does what `first` and then `second` do.

    `middle` is the text after `first`; `second` is in coordinates of it. Edits that overlap become
    one. Its kind names both ("gbk_out_of_step+gloss"), its confidence is the lower one.
    """
    composed: list[Edit] = []
    # how much longer the text as received is than `middle`, up to the current cluster
    shift = 0
    for cluster in _clusters(first, second):
        start = cluster.start + shift
        for edit in cluster.first:
            shift += edit.end - edit.start - len(edit.after)
        end = cluster.end + shift
        composed += _joined(cluster, middle, start, end)
    return composed


def _clusters(first: Sequence[Edit], second: Sequence[Edit]) -> list[_Cluster]:
    # (start, end, pass, edit), all in coordinates of the text between the passes
    spans: list[tuple[int, int, int, Edit]] = []
    shift = 0
    for edit in first:
        start = edit.start + shift
        shift += len(edit.after) - (edit.end - edit.start)
        spans.append((start, start + len(edit.after), 0, edit))
    spans += [(edit.start, edit.end, 1, edit) for edit in second]
    spans.sort(key=lambda span: span[:3])
    clusters: list[_Cluster] = []
    for start, end, turn, edit in spans:
        if not (clusters and clusters[-1].takes(start, end)):
            clusters.append(_Cluster(start, end, [], []))
        cluster = clusters[-1]
        cluster.end = max(cluster.end, end)
        if turn:
            cluster.second.append(edit)
        else:
            cluster.first.append(edit)
    return clusters


def _joined(cluster: _Cluster, middle: str, start: int, end: int) -> list[Edit]:
    """The edits of a cluster as edits of the text as received, of which it covers [start, end)."""
    edits = cluster.first + cluster.second
    if len(edits) == 1:
        return [replace(edits[0], start=start, end=end)]
    base = cluster.start
    inner = [
        replace(edit, start=edit.start - base, end=edit.end - base)
        for edit in cluster.second
    ]
    after = apply(middle[base : cluster.end], inner)
    kinds = "+".join(dict.fromkeys(edit.kind for edit in edits))
    confidence = min(edit.confidence for edit in edits)
    return [
        Edit(
            start=start,
            end=end,
            after=after,
            kind=kinds,
            confidence=confidence,
        )
    ]
