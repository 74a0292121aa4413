"""The compiled kernels compute what numpy and Python compute, on anything; damage is refused."""

from __future__ import annotations

import contextlib
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.analysis.normaliser import Folded, fold
from index.analysis.offsets import OffsetMap
from index.engines.opening import open_engine
from index.engines.seam import EngineQuery
from index.engines.shared import kernels
from index.engines.shared.display import _unpacked, packed, unpacked
from index.engines.shared.units import storable, units_of
from index.engines.whoosh.storage.offset_rows import (
    _offsets_from_rows,
    offsets_from_rows,
    rows_of,
)
from index.model.errors import IndexStateError, SettingsError
from index.model.settings import Settings
from index.query.nodes import Node, String
from tests.index.engines.conftest import WhooshIndex, filled
from tests.index.engines.samples import document

SIGNS = st.sampled_from(
    [*"公开公示，, \n\u3000㈠Ａ開𠮷1\0", "公开公", "。\n", "\ufdfa"]
)
TEXTS = st.lists(SIGNS, max_size=80).map("".join)


@pytest.fixture
def module() -> ModuleType:
    if kernels.compiled is None:
        pytest.skip("no compiled kernels; install a C compiler and Python's headers")
    return kernels.compiled


# ---------------------------------------------------------------------- texts
@given(TEXTS)
def test_a_display_text_is_made_alike(display: str) -> None:
    folded = fold(display)
    folded = Folded(storable(folded.form), folded.offsets)
    data = packed(folded, display)
    assert unpacked(folded, data) == _unpacked(folded, data) == display


@given(
    st.lists(
        st.tuples(st.integers(0, 70_000), st.integers(0, 5 << 30), st.integers(0, 300)),
        min_size=2,
        max_size=60,
    )
)
def test_offset_columns_are_read_alike(rows: list[tuple[int, int, int]]) -> None:
    data = rows_of(OffsetMap.of_rows(rows))
    assert offsets_from_rows(data) == _offsets_from_rows(data)


@pytest.mark.parametrize(
    "data", [b"", b"\1", b"\1\1", b"\3\1\1abc", b"\0\1\1", b"\xff\xff\xff"]
)
def test_what_is_no_column_is_left_to_the_reference(
    module: ModuleType, data: bytes
) -> None:
    assert module.offset_columns(data) is None


@given(st.binary(max_size=60), TEXTS)
def test_no_bytes_break_the_making_of_a_text(data: bytes, form: str) -> None:
    if kernels.compiled is not None:
        made = kernels.compiled.display_text(form, (0,), (0,), (0,), data)
        assert made is None or isinstance(made, str)


@given(TEXTS, st.data())
def test_changed_bytes_break_nothing_either(display: str, draw: Any) -> None:
    folded = fold(display)
    data = bytearray(packed(folded, display))
    place = draw.draw(st.integers(0, len(data) - 1))
    data[place] ^= 1 << draw.draw(st.integers(0, 7))
    if kernels.compiled is None or int.from_bytes(data[:4], "little") > 1 << 20:
        return
    offsets = folded.offsets
    columns = (offsets.form, offsets.display, offsets.block)
    made = kernels.compiled.display_text(folded.form, *columns, bytes(data))
    assert made is None or isinstance(made, str)


@pytest.mark.parametrize(
    "columns",
    [
        ((0, 2), (0,), (0,)),
        ((0, 9), (0, 9), (0, 0)),
        ((0, 2), (5, 1), (0, 0)),
        ((0,), (0,), (-1,)),
        ((3, 1), (0, 3), (0, 0)),
        ((0,), (99,), (0,)),
    ],
)
def test_runs_that_do_not_fit_are_left_to_the_reference(
    module: ModuleType, columns: tuple[tuple[int, ...], ...]
) -> None:
    data = packed(fold("公开信息"), "公开信息")
    assert module.display_text("公开信息", *columns, data) is None


# ---------------------------------------------------------------------- numbers
@given(st.integers(0, 2**32), st.integers(1, 200), st.integers(0, 400))
def test_counts_are_added_alike(seed: int, values: int, rows: int) -> None:
    if kernels.compiled is None:
        return
    rng = np.random.default_rng(seed)
    for dtype in (np.uint16, np.uint32):
        column = rng.integers(0, values, rows).astype(dtype)
        documents = np.flatnonzero(rng.random(rows) < 0.5)
        total = rng.integers(0, 9, values)
        expected = total - np.bincount(column[documents], minlength=values)
        kernels.compiled.add_counts(total, column, documents, -1)
        assert total.tolist() == expected.tolist()
        kernels.compiled.add_counts(total, column, None, 1)
        expected += np.bincount(column, minlength=values)
        assert total.tolist() == expected.tolist()


def test_numbers_outside_an_array_are_left_out(module: ModuleType) -> None:
    total = np.zeros(3, np.int64)
    column = np.array([0, 2, 7], np.uint16)
    module.add_counts(total, column, np.array([-1, 0, 1, 2, 3, 1 << 40]), 1)
    assert total.tolist() == [1, 0, 1]


def arrays(*dtypes: Any) -> list[np.ndarray[Any, Any]]:
    return [np.zeros(4, dtype) for dtype in dtypes]


def test_other_types_and_numbers_of_arguments_are_refused(module: ModuleType) -> None:
    total, column, narrow = arrays(np.int64, np.uint8, np.int32)
    with pytest.raises(TypeError, match="bytes"):
        module.add_counts(total, column, None, 1)
    with pytest.raises(TypeError, match="4 bytes, not 8"):
        module.greatest(narrow, 3)
    with pytest.raises(TypeError, match="4 arguments"):
        module.best(total)
    with pytest.raises(IndexError):
        module.best(np.ones(1), np.zeros(1, np.uint64), np.array([5]), 1)
    with pytest.raises(ValueError, match="document"):
        module.best(np.ones(2), np.zeros(2, np.uint64), np.array([1]), 1)


# ---------------------------------------------------------------------- strings
def counted(engine: Any, asked: str) -> dict[str, int | None]:
    node: Node = String((asked,))
    found = engine.search(EngineQuery(condition=node, counted=node, size=100))
    return {hit.id: hit.occurrences for hit in found.hits}


def checked(index: WhooshIndex) -> Any:
    """A snapshot with caches of its own, all of it checked: kernels wait for that."""
    engine: Any = index.engine()
    for live in engine.segments:
        live.segment.pack.verify_all()
    return engine


def test_strings_are_counted_alike_in_a_checked_index(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    letters = np.array(list("公开示，𠮷一"))
    texts = {
        f"r{n}": "".join(rng.choice(letters, rng.integers(3, 400))) for n in range(40)
    }
    index = WhooshIndex(tmp_path)
    filled(index, [document(name, text) for name, text in texts.items()])
    engines = {"auto": checked(index), "numpy": checked(index)}
    starts = range(0, len(texts["r3"]), 7)
    for asked in (texts["r3"][n : n + width] for n in starts for width in range(2, 9)):
        expected = {name: text.count(asked) for name, text in texts.items()}
        expected = {name: count for name, count in expected.items() if count}
        for choice, engine in engines.items():
            kernels.use(choice)
            assert counted(engine, asked) == expected


def test_matches_at_the_edges_of_the_texts(module: ModuleType) -> None:
    units = units_of("公公公公\0公开\0")
    starts = np.array([0, 5])
    rows = np.array([0, 1], np.uint16)
    positions = np.array([0, 1, 2, 3, 0], np.uint16)
    texts, counts = np.empty(2, np.int64), np.empty(2, np.int64)

    def found(text: str, ahead: int, end: int) -> dict[int, int]:
        given = (units, end, starts, rows, np.array([4, 1]), positions, ahead)
        number = module.count_matches(*given, units_of(text), texts, counts)
        return dict(zip(texts[:number].tolist(), counts[:number].tolist(), strict=True))

    assert found("公公", 0, 8) == {0: 2}
    assert found("公公公", 0, 8) == {0: 1}
    assert found("公公", 1, 8) == {0: 2}
    assert found("公开", 0, 8) == {1: 1}
    # nothing is read behind the end
    assert found("公开", 0, 6) == {}
    with pytest.raises(ValueError, match="belong"):
        found("公开", 0, 9)


# ---------------------------------------------------------------------- the choice
def test_the_setting_chooses(tmp_path: Path) -> None:
    index = WhooshIndex(tmp_path)
    filled(index, [document("r", "公开")])
    built = kernels.compiled
    for choice, expected in (("numpy", None), ("auto", built)):
        with contextlib.suppress(IndexStateError):
            open_engine(Settings(index=index.folder, kernels=choice))
        assert kernels.compiled is expected
    with pytest.raises(SettingsError, match="auto or numpy"):
        Settings.from_environment({"GONGKAI_KERNELS": "fast"})
