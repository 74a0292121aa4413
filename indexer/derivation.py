"""What reports are derived with: a fingerprint over the code and the data that make them.

A report that was derived with another one is not wrong, only older. `gongkai index` reads
it again, so that what was mended reaches the indexes that people have.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from index.documents.identity import digest_of

__all__ = ["DERIVING", "derivation", "deriving_files"]

ROOM_FOLDER = Path(__file__).parent

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


def deriving_files(folder: Path = ROOM_FOLDER) -> Iterator[Path]:
    """Every file that decides what a report says, in a fixed order."""
    for name in DERIVING:
        path = folder / name
        if path.is_file():
            yield path
            continue
        for inner in sorted(path.rglob("*")):
            if inner.is_file() and "__pycache__" not in inner.parts:
                yield inner


@cache
def derivation(folder: Path = ROOM_FOLDER) -> str:
    """The first 16 hexadecimal digits of a SHA-256 over all deriving files."""
    parts: list[object] = []
    for path in deriving_files(folder):
        parts += [path.relative_to(folder).as_posix(), path.read_bytes()]
    return digest_of(parts)
