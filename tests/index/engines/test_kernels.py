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
from index.engines.shared.arrays import Array
from index.engines.shared.display import _unpacked, packed, unpacked
from index.engines.shared.units import storable, units_of
from index.engines.weights import SATURATION
from index.engines.whoosh.reading.accumulate import add_at, add_weighted
from index.engines.whoosh.storage import grams
from index.engines.whoosh.storage import rows as row_packing
from index.engines.whoosh.storage.offset_rows import (
    _offsets_from_rows,
    offsets_from_rows,
    rows_of,
)
from index.model.errors import IndexStateError, SettingsError
from index.model.settings import Settings
from index.query.nodes import Node, Ranking, String
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


@pytest.mark.parametrize("few", [0, 1 << 14], ids=["by positions", "in texts"])
@pytest.mark.parametrize("piece", [1 << 16, 150], ids=["one piece", "pieces"])
def test_strings_are_counted_alike_in_a_checked_index(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, few: int, piece: int
) -> None:
    monkeypatch.setattr(grams, "FEW_PLACES", few)
    monkeypatch.setattr(grams, "PIECE_UNITS", piece)
    rng = np.random.default_rng(4)
    letters = np.array(list("公开示，𠮷一"))
    texts = {
        f"r{n}": "".join(rng.choice(letters, rng.integers(3, 400))) for n in range(40)
    }
    index = WhooshIndex(tmp_path)
    filled(index, [document(name, text) for name, text in texts.items()])
    engines = {"auto": checked(index), "numpy": checked(index)}
    if kernels.compiled is not None:
        # nothing is left to the reference, long texts neither
        for live in engines["auto"].segments:
            stream = live.segment.strings.grams["text"]
            assert bool(len(stream.piece_texts)) == (piece < 400)
            found = stream._counted_in_place(units_of("公开"), kernels.compiled)
            assert found is not None
    starts = range(0, len(texts["r3"]), 7)
    for asked in (texts["r3"][n : n + width] for n in starts for width in range(2, 9)):
        expected = {name: text.count(asked) for name, text in texts.items()}
        expected = {name: count for name, count in expected.items() if count}
        for choice, engine in engines.items():
            kernels.use(choice)
            assert counted(engine, asked) == expected


# Two texts, 公公公公 and 公开: pairs, then 开 and NUL with what follows them are left out.
KEYS = np.array([0x516C516C, 0x516C5F00], np.uint32)
POSTINGS = {
    "keys": KEYS,
    "starts": np.array([0, 1, 2], np.uint32),
    "skip_starts": np.array([0, 0, 0], np.uint32),
    "extra_starts": np.array([0, 0, 0], np.uint32),
    "position_starts": np.array([0, 3, 4], np.uint32),
    # documents 0 (no document skipped, two more occurrences) and 1 (one skipped)
    "rows": np.array([0x02, 0x10], np.uint8),
    "wide_skips": np.array([], np.uint16),
    "wide_extras": np.array([], np.uint32),
    # 0, 1, 2 and 0 in two bits each, the rest of their group of eight, and three bytes behind it
    "positions": np.array([0b00_10_01_00, 0, 0, 0, 0], np.uint8),
    "units": units_of("公公公公\0公开\0"),
    "text_starts": np.array([0, 5]),
    "piece_texts": np.array([], np.uint16),
}


def counted_by(
    module: ModuleType,
    text: str,
    end: int = 8,
    few: int = 0,
    width: int = 2,
    **other: Any,
) -> dict[int, int] | None:
    arrays = (POSTINGS | other).values()
    found = module.count_string(*arrays, units_of(text), width, end, few)
    if found is None:
        return None
    texts, counts = (np.frombuffer(data, np.int64).tolist() for data in found)
    return dict(zip(texts, counts, strict=True))


def packed_rows(documents: list[int], counts: list[int]) -> tuple[Array, Array, Array]:
    """Rows of one key, as kernels take them."""
    starts = np.array([0, len(documents)])
    made = row_packing.packed(np.array(documents), np.array(counts), starts)
    return (
        made["rows"],
        made["wide_skips"].astype(np.uint16),
        made["wide_extras"].astype(np.uint32),
    )


@given(st.integers(0, 2**32), st.sampled_from([np.uint16, np.int64]))
def test_sums_are_the_same_to_the_last_bit(seed: int, dtype: Any) -> None:
    rng = np.random.default_rng(seed)
    documents = np.flatnonzero(rng.random(60) < rng.random()).astype(dtype)
    values = rng.random(len(documents))
    counts = rng.integers(0, 9, len(documents))
    weight = float(rng.random())
    sums = []
    built = kernels.compiled
    for choice in ("auto", "numpy"):
        kernels.use(choice)
        scores, singles = np.ones(60), np.ones(60)
        numbers = np.ones(60, np.int64)
        add_weighted(scores, documents, values, weight)
        add_weighted(singles, documents, None, weight)
        add_at(numbers, documents, counts)
        sums.append([x.tobytes() for x in (scores, singles, numbers)])
    kernels.compiled = built
    assert sums[0] == sums[1]


def test_sums_outside_are_refused(module: ModuleType) -> None:
    total, one = np.zeros(3), np.ones(1)
    for outside in (np.array([3]), np.array([-1]), np.array([65_535], np.uint16)):
        with pytest.raises(IndexError, match="document"):
            module.add_weighted(total, outside, one, 1.0)
    with pytest.raises(TypeError, match="two or eight"):
        module.add_weighted(total, np.array([1], np.int32), one, 1.0)
    with pytest.raises(ValueError, match="value"):
        module.add_weighted(total, np.array([1, 2]), one, 1.0)
    with pytest.raises(TypeError, match="numbers"):
        module.add_numbers(np.zeros(3, np.int64), np.array([1]), None)


@given(st.integers(0, 2**32), st.integers(1, 60), st.integers(0, 3))
def test_the_impact_of_a_word_is_the_same_to_the_last_bit(
    seed: int, known: int, fields: int
) -> None:
    if kernels.compiled is None:
        return
    rng = np.random.default_rng(seed)
    lists = []
    for _ in range(fields):
        documents = np.flatnonzero(rng.random(known) < rng.random())
        if len(documents):
            counts = rng.integers(1, 40, len(documents))
            lists.append((documents, counts, 5 * rng.random(known)))
    k = SATURATION["word"]
    frequencies = np.zeros(known)
    for documents, counts, weights in lists:
        frequencies[documents] += counts * weights[documents]
    expected = np.unique(
        np.concatenate([np.zeros(0, np.int64), *(x[0] for x in lists)])
    )
    values = frequencies * (k + 1)
    values /= frequencies + k
    given_lists = [
        (*packed_rows(documents.tolist(), counts.tolist()), weights)
        for documents, counts, weights in lists
    ]
    found = kernels.compiled.word_impact(k, *given_lists)
    assert np.frombuffer(found[0], np.uint16).tolist() == expected.tolist()
    assert found[1] == values[expected].tobytes()


def test_rows_of_a_word_that_do_not_fit_are_left_to_the_reference(
    module: ModuleType,
) -> None:
    rows, skips, extras = packed_rows([0, 20], [1, 300])
    weights = np.ones(21)
    assert module.word_impact(1.2, (rows, skips, extras, weights)) is not None
    # a document without a weight, and wide numbers that are not there
    assert module.word_impact(1.2, (rows, skips, extras, weights[:20])) is None
    assert module.word_impact(1.2, (rows, skips[:0], extras, weights)) is None
    assert module.word_impact(1.2, (rows, skips, extras[:0], weights)) is None
    with pytest.raises(ValueError, match="65,536"):
        module.word_impact(1.2, (rows, skips, extras, np.ones(65_537)))
    with pytest.raises(TypeError, match="field"):
        module.word_impact(1.2, (rows, weights))
    with pytest.raises(TypeError, match="eight"):
        module.word_impact(1.2, *[(rows,) * 4] * 9)


@pytest.mark.parametrize(
    ("rows", "skips", "extras", "starts"),
    [
        ([0xF0], [], [], [0, 1]),
        ([0x0F], [], [], [0, 1]),
        ([0x00], [1], [], [0, 1]),
        ([0x00], [], [1], [0, 1]),
        ([0x00, 0x00], [], [], [0, 1]),
        ([0x00], [], [], [0, 2]),
        ([0x00, 0x00], [], [], [0, 2, 1]),
        ([0xF0, 0xF0], [65_535, 65_535], [], [0, 2]),
    ],
)
def test_rows_that_do_not_fit_are_left_to_the_reference(
    module: ModuleType,
    rows: list[int],
    skips: list[int],
    extras: list[int],
    starts: list[int],
) -> None:
    given_arrays = (
        np.array(rows, np.uint8),
        np.array(skips, np.uint16),
        np.array(extras, np.uint32),
        np.array(starts, np.int64),
    )
    assert module.unpack_rows(*given_arrays) is None


def test_scores_are_the_same_with_and_without(tmp_path: Path) -> None:
    rng = np.random.default_rng(8)
    words = ["公开", "信息", "收费", "申请", "年度"]
    index = WhooshIndex(tmp_path)
    texts = ["，".join(rng.choice(words, rng.integers(1, 300))) for _ in range(30)]
    titles = ["，".join(rng.choice(words, rng.integers(0, 3))) for _ in range(30)]
    documents = [
        document(f"r{n}", text, title)
        for n, (text, title) in enumerate(zip(texts, titles, strict=True))
    ]
    filled(index, documents)
    query = EngineQuery(ranking=Ranking(("公开", "收费", "公开收费")), size=30)
    scores = []
    for choice in ("auto", "numpy"):
        kernels.use(choice)
        found = index.engine().search(query)
        scores.append([(hit.id, hit.score) for hit in found.hits])
    assert scores[0] == scores[1]
    assert scores[0][0][1] > 0


@pytest.mark.parametrize("few", [0, 99])
def test_strings_at_the_edges_of_the_texts(module: ModuleType, few: int) -> None:
    assert counted_by(module, "公公", few=few) == {0: 2}
    assert counted_by(module, "公公公", few=few) == {0: 1}
    assert counted_by(module, "公公公公", few=few) == {0: 1}
    assert counted_by(module, "公公公公公", few=few) == {}
    assert counted_by(module, "公开", few=few) == {1: 1}
    assert counted_by(module, "公公开", few=few) == {}
    assert counted_by(module, "开公", few=few) == {}
    # nothing is read behind the end
    assert counted_by(module, "公开", end=6, few=99) == {}


@pytest.mark.parametrize(
    "other",
    [
        {"end": 9},
        {"positions": np.zeros(4, np.uint8)},
        {"positions": np.zeros(0, np.uint8)},
        {"piece_texts": np.array([0, 0, 0], np.uint16)},
        {"piece_texts": np.array([1, 0], np.uint16)},
        {"starts": np.array([0, 1], np.uint32)},
        {"starts": np.array([0, 2, 1], np.uint32)},
        {"starts": np.array([0, 1, 9], np.uint32)},
        {"position_starts": np.array([0, 3, 99], np.uint32)},
        {"position_starts": np.array([0, 3, 2], np.uint32)},
        {"skip_starts": np.array([0, 0], np.uint32)},
        {"skip_starts": np.array([0, 0, 1], np.uint32)},
        {"extra_starts": np.array([0, 2, 1], np.uint32)},
        # more occurrences than positions
        {"rows": np.array([0x02, 0x18], np.uint8)},
        # wide numbers that are not there
        {"rows": np.array([0x02, 0x1F], np.uint8)},
        {"rows": np.array([0x02, 0xF0], np.uint8)},
        {"rows": np.array([0x02], np.uint8)},
        # a document behind the last
        {"rows": np.array([0x02, 0x70], np.uint8)},
        {"text_starts": np.array([0])},
    ],
)
def test_arrays_that_do_not_fit_are_left_to_the_reference(
    module: ModuleType, other: dict[str, Any]
) -> None:
    assert counted_by(module, "公开", **other) is None


def test_arrays_of_other_types_are_refused(module: ModuleType) -> None:
    with pytest.raises(TypeError, match="8 bytes, not 4"):
        counted_by(module, "公开", keys=KEYS.astype(np.uint64))
    for width in (-1, 0, 17):
        with pytest.raises(ValueError, match="1 to 16 bits"):
            counted_by(module, "公开", width=width)


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
