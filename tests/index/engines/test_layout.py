"""The layout is what packs hold: nothing more, nothing less, and nothing of another shape."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from index.engines import whoosh
from index.engines.whoosh.check import _arrays
from index.engines.whoosh.storage.layout import Unit, part_sets
from index.engines.whoosh.storage.pack import Pack
from index.engines.whoosh.storage.store import Store, open_pack
from index.model.errors import IndexDamagedError
from tests.index.engines.samples import random_document

DOCUMENTS = 40


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("layout") / "index"
    whoosh.create(folder, {})
    rng = random.Random(5)
    writer = whoosh.open_writer(folder, {})
    for number in range(DOCUMENTS):
        writer.put(random_document(rng, f"r{number}"))
    writer.commit()
    return folder


@pytest.fixture
def pack(folder: Path) -> Pack:
    (segment,) = Store(folder).read().segments
    return open_pack(folder, segment)


def declared(pack: Pack) -> list[str]:
    return [
        part_set.part_name(row.key)
        for part_set in part_sets(pack.names())
        for row in part_set.rows
    ]


def test_a_pack_holds_what_is_declared_in_that_order(pack: Pack) -> None:
    assert [*pack.names()] == declared(pack)
    assert [*_arrays(pack, DOCUMENTS)] == []


def test_every_part_that_is_missing_is_noticed(pack: Pack) -> None:
    for name in declared(pack):
        if name.startswith(("f:", "n:")):
            continue  # an index without that facet or number
        part = pack.directory["parts"].pop(name)
        with pytest.raises(IndexDamagedError, match="has no part"):
            [*_arrays(pack, DOCUMENTS)]
        pack.directory["parts"][name] = part


def test_every_part_of_another_type_is_noticed(pack: Pack) -> None:
    for name in declared(pack):
        dtype, length, offset = pack.directory["parts"][name]
        pack.directory["parts"][name] = ("|i1", length, offset)
        with pytest.raises(IndexDamagedError, match="another type"):
            [*_arrays(pack, DOCUMENTS)]
        pack.directory["parts"][name] = (dtype, length, offset)


def test_every_length_that_is_declared_is_checked(pack: Pack) -> None:
    checked = 0
    for part_set in part_sets([*pack.names()]):
        for row in part_set.rows:
            name = part_set.part_name(row.key)
            dtype, length, offset = pack.directory["parts"][name]
            if row.length.unit is Unit.ANY or not length:
                continue
            pack.directory["parts"][name] = (dtype, length - 1, offset)
            problems = [*_arrays(pack, DOCUMENTS)]
            assert any(f"a part {name} of another length" in p for p in problems)
            pack.directory["parts"][name] = (dtype, length, offset)
            checked += 1
    assert checked > 50
