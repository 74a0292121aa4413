"""Which sources share a segment, and what is said of a segment whose file is gone."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from index.engines import whoosh as embedded
from index.engines.whoosh.writing import segments
from index.engines.whoosh.writing.merge import MergeInput
from index.engines.whoosh.writing.segments import groups_of
from index.model.errors import IndexDamagedError
from tests.index.engines.conftest import FINGERPRINT, WhooshIndex, filled
from tests.index.engines.samples import document

MAX_DOCUMENTS = 10
MAX_PIECES = 20
# (documents, pieces) of a source.
Size = tuple[int, int]


def sources_of(sizes: Sequence[Size]) -> list[MergeInput]:
    """Sources with so many live documents; one more in each is deleted."""
    out = []
    for documents, pieces in sizes:
        live = np.array([True] * documents + [False])
        arrays = {"pieces": np.zeros(pieces)}
        out.append(MergeInput(arrays, live, None))  # type: ignore[arg-type]
    return out


@pytest.mark.parametrize(
    ("sizes", "groups"),
    [
        ([], []),
        ([(10, 1)], [1]),
        ([(5, 1), (5, 1)], [2]),
        ([(5, 1), (6, 1)], [1, 1]),
        ([(9, 1), (1, 1), (1, 1)], [2, 1]),
        ([(1, 10), (1, 10)], [2]),
        ([(1, 10), (1, 11)], [1, 1]),
        ([(1, 19), (1, 1), (1, 1)], [2, 1]),
        ([(5, 1), (6, 1), (4, 1), (1, 1)], [1, 2, 1]),
        ([(1, 15), (1, 6), (1, 14), (1, 1)], [1, 2, 1]),
        ([(30, 1), (1, 1)], [1, 1]),
    ],
)
def test_a_segment_is_filled_to_its_limits_and_not_above(
    monkeypatch: pytest.MonkeyPatch, sizes: list[Size], groups: list[int]
) -> None:
    monkeypatch.setattr(segments, "MAX_SEGMENT_DOCUMENTS", MAX_DOCUMENTS)
    monkeypatch.setattr(segments, "MAX_SEGMENT_PIECES", MAX_PIECES)
    monkeypatch.setattr(segments, "most_pieces", lambda s: len(s.arrays["pieces"]))
    made = sources_of(sizes)
    got = groups_of(made)
    assert [len(group) for group in got] == groups
    assert [id(source) for group in got for source in group] == [id(s) for s in made]


def test_a_segment_whose_file_is_gone_is_an_error_with_its_cure(tmp_path: Path) -> None:
    index = WhooshIndex(tmp_path)
    filled(index, [document("r", "公开")])
    (arrays,) = (tmp_path / "index").glob("*.arr")
    arrays.unlink()
    with pytest.raises(IndexDamagedError, match=r"is missing; .*--rebuild"):
        embedded.open_writer(tmp_path / "index", FINGERPRINT)


def test_a_closed_engine_holds_no_segment(tmp_path: Path) -> None:
    index = WhooshIndex(tmp_path)
    filled(index, [document("r", "公开")])
    engine = embedded.open_engine(tmp_path / "index")
    (live,) = engine.segments
    held = weakref.ref(live.segment.pack)
    del live
    engine.close()
    gc.collect()
    assert held() is None
