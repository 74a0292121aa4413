"""Verifying an index: the TOC, every file of every segment by length and sum, and whether the
arrays agree.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from index.engines.whoosh.storage.pack import REBUILD, Pack
from index.engines.whoosh.storage.store import Store, crc_of, open_pack
from index.engines.whoosh.writing.batch import BLOBS, STREAMS, WORDINGS
from index.model.errors import IndexStateError

__all__ = ["check"]


def check(folder: Path, *, trust: bool = False) -> list[str]:
    """Every problem found, each with what to do; empty when the index is well.

    An index of another user is not looked into unless `trust` is given: reading a TOC runs what its
    owner put there.
    """
    store = Store(Path(folder))
    try:
        if not trust:
            store.check_owner()
        segments = store.read().segments
    except IndexStateError as e:
        return [str(e)]
    return [
        problem for segment in segments for problem in _segment(store.folder, segment)
    ]


def _segment(folder: Path, segment: Any) -> Iterator[str]:
    for name, want in getattr(segment, "whoosh_files", {}).items():
        path = folder / name
        try:
            if crc_of(path) != want:
                yield f"{path} is truncated or altered; {REBUILD}"
        except OSError as e:
            yield f"{path} cannot be read ({e.strerror}); {REBUILD}"
    try:
        pack = open_pack(folder, segment)
        pack.verify_all()
        for problem in _arrays(
            pack, segment.doc_count_all(), [*segment.deleted_docs()]
        ):
            yield f"{pack.path} {problem}; {REBUILD}"
    except OSError as e:
        yield f"{e.filename} cannot be read ({e.strerror}); {REBUILD}"
    except IndexStateError as e:
        yield str(e)


def _arrays(pack: Pack, count: int, deleted: list[int]) -> Iterator[str]:
    if any(not 0 <= d < count for d in deleted):
        yield "has deletions that it does not hold"
    lengths = {
        "tie": count,
        "tie.at": count,
        "words.len": 3 * count,
        **{f"{b}.off": count + 1 for b in BLOBS},
        **{f"{s}.off": count + 1 for s in STREAMS},
        **{n: count for n in pack.names() if n.startswith(("f:", "n:"))},
    }
    for name, length in lengths.items():
        if name not in pack or len(pack.part(name)) != length:
            yield f"has a part {name} of another length than its {count} reports"
    for name in (
        "words",
        *(f"{s}.{kind}" for s in (*STREAMS, *WORDINGS) for kind in ("c", "g")),
    ):
        yield from _postings(pack, name)
    for name in (*STREAMS, *WORDINGS):
        if int(pack.array(f"{name}.off")[-1]) != len(pack.part(f"{name}.u")):
            yield f"has texts {name} that do not fill their offsets"


def _postings(pack: Pack, name: str) -> Iterator[str]:
    keys, starts = pack.array(f"{name}.k"), pack.array(f"{name}.p").astype(np.int64)
    if (
        len(starts) != len(keys) + 1
        or (np.diff(starts) < 0).any()
        or (keys[1:] <= keys[:-1]).any()
    ):
        yield f"has postings {name} out of order"
    elif not starts[-1] == len(pack.part(f"{name}.d")) == len(pack.part(f"{name}.c")):
        yield f"has postings {name} of unequal lengths"
    elif f"{name}.q" in pack:
        counts = pack.array(f"{name}.c").astype(np.int64)
        counts[pack.array(f"{name}.oi")] = pack.array(f"{name}.on")
        if (
            not counts.sum()
            == len(pack.part(f"{name}.q"))
            == int(pack.array(f"{name}.x")[-1])
        ):
            yield f"has postings {name} whose counts and positions differ"
