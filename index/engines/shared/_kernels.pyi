from typing import Any, TypeAlias

from index.engines.shared.arrays import Array

Columns: TypeAlias = tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]

def offset_columns(data: bytes, /) -> Columns | None: ...
def display_text(
    form: str,
    starts: Any,
    display: Any,
    block: Any,
    data: bytes,
    /,
) -> str | None: ...
def add_counts(
    total: Array,
    column: Array,
    documents: Array | None,
    sign: int,
    /,
) -> None: ...
def add_weighted(
    total: Array,
    documents: Array,
    values: Array | None,
    weight: float,
    /,
) -> None: ...
def add_numbers(total: Array, documents: Array, values: Array, /) -> None: ...
def greatest(counts: Array, size: int, /) -> tuple[list[int], list[int], int]: ...
def best(
    keys: Array,
    id_hashes: Array,
    documents: Array,
    size: int,
    /,
) -> list[int]: ...
def unpack_rows(
    rows: Array,
    wide_skips: Array,
    wide_extras: Array,
    starts: Array,
    /,
) -> tuple[bytes, bytes] | None: ...
def pack_bits(numbers: Array, width: int, /) -> bytes: ...
def unpack_bits(
    data: Array,
    width: int,
    first: int,
    count: int,
    /,
) -> bytes: ...
def count_string(
    keys: Array,
    starts: Array,
    skip_starts: Array,
    extra_starts: Array,
    position_starts: Array,
    rows: Array,
    wide_skips: Array,
    wide_extras: Array,
    positions: Array,
    units: Array,
    text_starts: Array,
    piece_texts: Array,
    wanted: Array,
    width: int,
    end: int,
    few: int,
    /,
) -> tuple[bytes, bytes] | None: ...
def word_impact(
    k: float,
    /,
    *fields: tuple[Array, Array, Array, Array],
) -> tuple[bytes, bytes] | None: ...
