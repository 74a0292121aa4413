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
def greatest(counts: Array, size: int, /) -> tuple[list[int], list[int], int]: ...
def best(
    keys: Array,
    id_hashes: Array,
    documents: Array,
    size: int,
    /,
) -> list[int]: ...
def count_matches(
    units: Array,
    end: int,
    starts: Array,
    rows: Array,
    row_counts: Array,
    positions: Array,
    ahead: int,
    wanted: Array,
    texts: Array,
    counts: Array,
    /,
) -> int: ...
