"""Bodies and places named in a query, against spelling out every name of every value."""

from __future__ import annotations

import random
from typing import cast

from index.assist.boosts import boosts as boosts_of
from index.assist.names import LONGEST_NAME, MAX_NAMESAKES
from index.assist.snapshot import Snapshot
from index.engines.seam import Engine, EngineQuery, FacetCount, FacetCounts, Matches
from index.query.nodes import Keyword, Node, PathPrefix

PLACES = (
    "广东省",
    "广东省/深圳市",
    "广东省/深圳市/龙岗区",
    "湖南省/衡阳市/南岳区",
    "广东省/中山",
    "北京市/南山区",
    "岛",
)
BODIES = (
    "深圳市龙岗区教育局",
    "龙岗区教育局",
    "衡阳市教育局",
    "教育局",
    "广东省人民政府",
    "南岳区人民政府",
    "外交部",
    "市府",
    "某省某市",
)


class Index:
    """An engine that knows bodies and places, the first most frequent."""

    def __init__(
        self, bodies: tuple[str, ...] = BODIES, places: tuple[str, ...] = PLACES
    ) -> None:
        self.values = {"agency": bodies, "region": places}

    def search(self, query: EngineQuery) -> Matches:
        found = [(a.name, self.values[a.name]) for a in query.facets]
        return Matches(
            0,
            None,
            (),
            tuple(
                FacetCounts(n, tuple(FacetCount(v, 1) for v in vs), len(vs))
                for n, vs in found
            ),
        )

    def listed_values(self, facet: str) -> tuple[str, ...]:
        return self.values[facet]


def boosts(index: Index, run: str) -> tuple[tuple[Node, float], ...]:
    return boosts_of(Snapshot(cast("Engine", index)), [run])


def spelt_out(run: str) -> list[Node]:
    """What is named in a run, found by trying every name there is."""
    names: dict[str, list[str]] = {}
    places: dict[str, list[str]] = {}
    for body in BODIES:
        names.setdefault(body, []).append(body)
        for at in range(2, len(body) - 2):
            if body[at - 1] in "省市区县旗州盟乡镇":
                names.setdefault(body[at:], []).append(body)
    for path in PLACES:
        name = path.split("/")[-1]
        places.setdefault(name, []).append(path)
        if len(name) > 2 and name[-1] in "省市区县旗州盟乡镇道部":
            places.setdefault(name[:-1], []).append(path)
    found: list[Node] = []
    at = 0
    while at < len(run) - 1:
        fitting = [
            e
            for e in range(min(len(run), at + LONGEST_NAME), at + 1, -1)
            if run[at:e] in names or run[at:e] in places
        ]
        if not fitting:
            at += 1
            continue
        name = run[at : fitting[0]]
        if name in names:
            found.append(Keyword("agency", tuple(names[name])))
        else:
            found.append(
                PathPrefix("region", tuple(tuple(p.split("/")) for p in places[name]))
            )
        at = fitting[0]
    return list(dict.fromkeys(found))


def test_every_name_is_found_that_spelling_out_finds() -> None:
    rng, engine = random.Random(3), Index()
    pieces = [
        *BODIES,
        *(p.split("/")[-1] for p in PLACES),
        "教育",
        "政府",
        "深圳",
        "南岳",
        "公开",
        "省",
        "局",
        "/",
    ]
    seen: set[Node] = set()
    for _ in range(400):
        run = "".join(
            rng.choice(pieces)[rng.choice((0, 0, 0, 1, 3)) :]
            for _ in range(rng.randint(1, 4))
        )
        found = [node for node, _ in boosts(engine, run)]
        assert found == spelt_out(run), run
        seen.update(found)
    assert len(seen) > 12


def test_a_name_that_many_share_names_none() -> None:
    many = tuple(f"{chr(0x4E00 + n)}县教育局" for n in range(MAX_NAMESAKES + 1))
    assert boosts(Index(many), "教育局") == ()
    assert boosts(Index(many[1:]), "教育局") == ((Keyword("agency", many[1:]), 0.4),)


def test_each_snapshot_has_its_own_names() -> None:
    assert boosts(Index(("龙岗区教育局",)), "教育局") == (
        (Keyword("agency", ("龙岗区教育局",)), 0.4),
    )
    assert boosts(Index(("南岳区教育局",)), "教育局") == (
        (Keyword("agency", ("南岳区教育局",)), 0.4),
    )
