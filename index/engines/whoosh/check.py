"""Verifying an index: the TOC, every file of every segment by length and checksum, whether the
arrays of each pack agree with the layout, and whether Whoosh's words are those of the pack.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from index.engines.shared.arrays import Array
from index.engines.shared.hashes import word_keys
from index.engines.whoosh.files.blocks import INFO_DTYPE
from index.engines.whoosh.files.schema import WORD_FIELDS
from index.engines.whoosh.files.segment_file import TERMS_EXTENSION, read_files
from index.engines.whoosh.files.terms import read_terms
from index.engines.whoosh.storage.durable import crc_of
from index.engines.whoosh.storage.layout import (
    WORDS,
    Kind,
    PartSet,
    part_sets,
)
from index.engines.whoosh.storage.pack import REBUILD_HINT, Pack
from index.engines.whoosh.storage.rows import agree, occurrences
from index.engines.whoosh.storage.store import Store, open_pack
from index.model.errors import IndexStateError

__all__ = ["check"]


def check(
    folder: Path,
    *,
    trust: bool = False,
) -> list[str]:
    """Every problem found, each with what to do; empty when the index is well.

    An index that another user could have written is not looked into unless `trust` is given.
    """
    store = Store(Path(folder), trust=trust)
    try:
        segments = store.read().segments
    except IndexStateError as error:
        return [str(error)]
    problems: list[str] = []
    # one damaged segment does not hide another
    for segment in segments:
        of_files = [*_files(store.folder, segment)]
        of_pack = [*_pack(store.folder, segment)]
        problems += of_files + of_pack
        if not of_files and not of_pack:
            problems += _words(store.folder, segment)
    return problems


def _files(
    folder: Path,
    segment: Any,
) -> Iterator[str]:
    """Problems of Whoosh's files."""
    # a segment of plain Whoosh carries no checksums
    for name, wanted in getattr(segment, "whoosh_files", {}).items():
        path = folder / name
        try:
            if crc_of(path) != wanted:
                yield f"{path} is truncated or altered; {REBUILD_HINT}"
        except OSError as error:
            yield _unreadable(path, error)


def _pack(
    folder: Path,
    segment: Any,
) -> Iterator[str]:
    """Problems of the pack."""
    try:
        pack = open_pack(folder, segment)
        pack.verify_all()
        count = segment.doc_count_all()
        if any(not 0 <= number < count for number in segment.deleted_docs()):
            yield str(pack.damaged("has deletions that it does not hold"))
        for problem in _arrays(pack, count):
            yield str(pack.damaged(problem))
    except OSError as error:
        yield _unreadable(error.filename, error)
    except IndexStateError as error:
        yield str(error)


def _words(
    folder: Path,
    segment: Any,
) -> Iterator[str]:
    """Whether every word has as many reports and occurrences in Whoosh as in the pack.

    Which reports those are is not compared: the lists were made of the pack's, and a checksum says
    that they are as they were written.
    """
    path = folder / segment.make_filename(segment.COMPOUND_EXT)
    postings = WORDS.picked(open_pack(folder, segment).arrays())
    starts = postings["starts"].astype(np.int64)
    try:
        keys, infos = _words_of_whoosh(path, segment)
    except (KeyError, ValueError, IndexError) as error:
        yield f"{path} cannot be understood ({error}); {REBUILD_HINT}"
        return
    agrees = np.array_equal(keys, postings["keys"])
    agrees = agrees and np.array_equal(infos["documents"], np.diff(starts))
    # Whoosh adds up in four bytes
    agrees = agrees and np.array_equal(
        infos["weight"], occurrences(postings).astype("f4")
    )
    if not agrees:
        yield f"{path} has other words than its pack; {REBUILD_HINT}"


def _words_of_whoosh(
    path: Path,
    segment: Any,
) -> tuple[Array, Array]:
    """The keys of all words in Whoosh's term dictionary, sorted, and their term infos."""
    data = read_files(path, segment, [TERMS_EXTENSION])[TERMS_EXTENSION]
    terms = read_terms(data)
    keys = [np.empty(0, np.uint64)]
    infos = [np.empty(0, INFO_DTYPE)]
    for number, name in enumerate(WORD_FIELDS.values()):
        if name in terms:
            words = [word.decode() for word in terms[name].words]
            keys.append(word_keys(words) + np.uint64(number))
            infos.append(terms[name].infos)
    joined = np.concatenate(keys)
    order = np.argsort(joined)
    return joined[order], np.concatenate(infos)[order]


def _unreadable(
    path: object,
    error: OSError,
) -> str:
    return f"{path} cannot be read ({error.strerror}); {REBUILD_HINT}"


def _arrays(
    pack: Pack,
    documents: int,
) -> Iterator[str]:
    """Problems of the arrays. Raises IndexDamagedError where a declared part is missing."""
    for part_set in part_sets(pack.names()):
        parts = part_set.opened(pack)
        arrays = {key: part.array for key, part in parts.items()}
        # the lengths first: what indexes another part relies on them
        lengths = [*_lengths(part_set, arrays, documents)]
        yield from lengths
        if part_set.kind is Kind.POSTINGS and not lengths:
            yield from _postings(part_set.name, arrays)


def _lengths(
    part_set: PartSet,
    arrays: Mapping[str, Array],
    documents: int,
) -> Iterator[str]:
    for row in part_set.rows:
        wanted = row.length.wanted(documents, arrays)
        if wanted is not None and len(arrays[row.key]) != wanted:
            name = part_set.part_name(row.key)
            yield f"has a part {name} of another length than its {documents} reports"


def _postings(
    name: str,
    arrays: Mapping[str, Array],
) -> Iterator[str]:
    keys = arrays["keys"]
    rows_of_keys = np.diff(arrays["starts"].astype(np.int64))
    starts_fall = (rows_of_keys < 0).any()
    # a key that stands twice would be found once
    keys_fall = (keys[1:] <= keys[:-1]).any()
    if starts_fall or keys_fall:
        yield f"has postings {name} out of order"
    elif not agree(arrays):
        yield f"has postings {name} whose rows and wide numbers differ"
    elif "positions" in arrays:
        of_positions = np.diff(arrays["position_starts"].astype(np.int64))
        if not np.array_equal(occurrences(arrays), of_positions):
            yield f"has postings {name} whose counts and positions differ"
