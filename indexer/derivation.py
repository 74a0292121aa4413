"""What reports are derived with: a fingerprint over the code and the data that make them.

A report that was derived with another one is not wrong, only older. `gongkai index` reads
it again, so that what was mended reaches the indexes that people have.

Deriving modules also use `index.analysis` and `index.model.report`. The reading fingerprint
covers those: an index that was made with others is rebuilt.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import index
from index.documents.identity import digest_of

__all__ = ["DERIVING", "DERIVING_IN_INDEX", "derivation", "deriving_files"]

ROOM_FOLDER = Path(__file__).parent
INDEX_FOLDER = Path(index.__file__).parent

# Bytes become a report here: these modules and folders, and the data beside their code.
DERIVING = (
    "decode.py",
    "formats",
    "metadata",
    "page.py",
    "pipeline.py",
    "places.py",
    "places.tsv.gz",
    "plausible.py",
    "repair",
    "statistics",
    "zones.tsv",
)

# Modules of index/ that decide what a report says: the labels of the statutory forms, and
# the shape of its numbers.
DERIVING_IN_INDEX = ("model/forms.py", "model/statistics.py")


def deriving_files(folder: Path = ROOM_FOLDER) -> Iterator[Path]:
    """Every file of this room that decides what a report says, in a fixed order."""
    for name in DERIVING:
        path = folder / name
        if path.is_file():
            yield path
            continue
        for inner in sorted(path.rglob("*")):
            if inner.is_file() and "__pycache__" not in inner.parts:
                yield inner


@cache
def derivation(
    folder: Path = ROOM_FOLDER,
    index_folder: Path = INDEX_FOLDER,
) -> str:
    """The first 16 hexadecimal digits of a SHA-256 over all deriving files."""
    parts: list[object] = []
    for path in deriving_files(folder):
        parts += [path.relative_to(folder).as_posix(), path.read_bytes()]
    for name in DERIVING_IN_INDEX:
        parts += [name, (index_folder / name).read_bytes()]
    return digest_of(parts)
