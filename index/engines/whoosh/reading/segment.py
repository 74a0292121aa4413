"""A segment opened for reading, and where the leaves of a query stand in it.

A leaf (a string, a wildcard) or a group of leaves that may overlap gives Hits: the documents that
match and how often. Titles and texts are counted in full; in a wording only what touches a replaced
place and is displayed where nothing is counted yet, which takes all leaves of a query together
(`reworded`). Hits do not know of deletions, so they are kept for as long as the segment lives.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from index.analysis.normaliser import Folded
from index.engines.whoosh.reading.accumulate import NO_HITS, Hits, narrow, summed
from index.engines.whoosh.reading.lru import Recent
from index.engines.whoosh.reading.positions import (
    Leaf,
    Span,
    displayed,
    findable,
    overlap_in_part,
    spans_by_text,
    spans_of,
    together,
    touching,
)
from index.engines.whoosh.storage.columns import Blob, facet_values
from index.engines.whoosh.storage.display import unpacked
from index.engines.whoosh.storage.grams import Grams, units_of
from index.engines.whoosh.storage.pack import REBUILD, Array
from index.engines.whoosh.storage.postings import Postings, run_lengths
from index.engines.whoosh.storage.spans import EMPTY, choose, distinct, near
from index.engines.whoosh.storage.store import open_pack
from index.engines.whoosh.writing.batch import BLOBS, RANKED_FIELDS, STREAMS, word_keys
from index.model.errors import IndexDamagedError, RequestError
from index.model.problems import Code
from index.query.nodes import Near, String, Wildcard

__all__ = ["Row", "Segment"]

Nested = list[tuple[str, list[tuple[str, int]]]]
CACHE_BYTES, USED_BYTES = 18 << 20, 6 << 20
MOST_OPERANDS = 5

NO_WORDING: Mapping[str, Folded | None] = dict.fromkeys(STREAMS)


class Row:
    """What is kept of one document, read when it is asked for: the Contents of a report."""

    __slots__ = ("document", "read", "segment")

    def __init__(self, segment: Segment, document: int) -> None:
        self.segment, self.document = segment, document
        self.read: Mapping[str, Folded] | None = None

    @property
    def head(self) -> bytes:
        """What a list shows."""
        return self.segment.blobs["head"][self.document]

    @property
    def rest(self) -> bytes:
        """All that is neither head nor text."""
        return self.segment.blobs["rest"][self.document]

    @property
    def display(self) -> str:
        """The display text."""
        return unpacked(
            self.texts["text"], self.segment.blobs["display"][self.document]
        )

    @property
    def texts(self) -> Mapping[str, Folded]:
        """The index forms."""
        if self.read is None:
            self.read = self.segment.texts(self.document)
        return self.read

    @property
    def wording(self) -> Mapping[str, Folded | None]:
        """The lines in mainland wording."""
        return self.segment.wording(self.document)


class Segment:
    """The arrays of one segment. Threads may share it."""

    def __init__(self, folder: Path, segment: Any) -> None:
        """Raises FileNotFoundError when a newer generation has removed the pack, and
        IndexDamagedError.
        """
        self.name = segment.segment_id()
        self.pack = pack = open_pack(folder, segment)
        self.ties, self.order = pack.array("tie"), pack.array("tie.at")
        self.count = len(self.ties)
        if self.count != segment.doc_count_all():
            raise IndexDamagedError(
                f"{pack.path} holds another number of reports than the TOC; {REBUILD}"
            )
        self.grams = {name: Grams(pack, name) for name in STREAMS}
        wordings = {name: Grams(pack, f"w{name}") for name in STREAMS}
        self.wordings = {name: grams for name, grams in wordings.items() if grams.count}
        self.words = Postings(pack, "words")
        self.lengths = pack.array("words.len").reshape(-1, 3)
        self.blobs = {name: Blob(pack, name) for name in BLOBS}
        self.recent, self.used = Recent(CACHE_BYTES), Recent(USED_BYTES)
        self.columns: dict[str, Any] = {}

    # ------------------------------------------------------------------ documents
    def document(self, tie: int) -> int:
        """The last document with this tie, or -1."""
        wanted = np.uint64(tie)
        at = int(self.ties.searchsorted(wanted, "right", sorter=self.order)) - 1
        return (
            int(self.order[at])
            if at >= 0 and self.ties[self.order[at]] == wanted
            else -1
        )

    def id(self, document: int) -> str:
        """The id of a document."""
        return self.blobs["id"][document].decode("utf-8", "surrogatepass")

    def fields(self, document: int) -> Mapping[str, str]:
        """What Whoosh stores of a document: id, digest, source and a few more."""
        fields: Mapping[str, str] = json.loads(
            self.blobs["meta"][document].decode("utf-8", "surrogatepass")
        )
        return {"id": self.id(document), **fields}

    def texts(self, document: int) -> dict[str, Folded]:
        """The texts of a document with their ways back."""
        return {name: self.grams[name].folded(document) for name in STREAMS}

    def wording(self, document: int) -> Mapping[str, Folded | None]:
        """The wordings of a document."""
        if not self.wordings:
            return NO_WORDING
        out: dict[str, Folded | None] = dict.fromkeys(STREAMS)
        for name, grams in self.wordings.items():
            assert grams.owners is not None
            at = int(grams.owners.searchsorted(document))
            if at < grams.count and grams.owners[at] == document:
                out[name] = grams.folded(at)
        return out

    # ------------------------------------------------------------------ columns
    def facet(self, name: str) -> tuple[Array, list[tuple[str, ...]]]:
        """(an ordinal a document, the values); ordinal 0 is no value."""
        key = f"f:{name}"
        if key not in self.columns:
            if key in self.pack:
                self.columns[key] = (
                    self.pack.array(key),
                    facet_values(self.pack.array(f"fv:{name}")),
                )
            else:
                self.columns[key] = (np.zeros(self.count, np.uint16), [()])
        found: tuple[Array, list[tuple[str, ...]]] = self.columns[key]
        return found

    def ordinals(self, name: str) -> Mapping[str, list[int]]:
        """The ordinals of each value of a facet, paths joined by "/"."""
        return self._named(f"whole:{name}", name, lambda path: ["/".join(path)])

    def ordinals_below(self, name: str) -> Mapping[tuple[str, ...], list[int]]:
        """The ordinals of the values at and below each path."""
        return self._named(
            f"below:{name}",
            name,
            lambda path: [path[: n + 1] for n in range(len(path))],
        )

    def _named(
        self, key: str, name: str, names: Callable[[tuple[str, ...]], Sequence[Any]]
    ) -> Mapping[Any, list[int]]:
        if key not in self.columns:
            found: dict[Any, list[int]] = {}
            for ordinal, path in enumerate(self.facet(name)[1]):
                for one in names(path) if path else ():
                    found.setdefault(one, []).append(ordinal)
            self.columns[key] = found
        known: Mapping[Any, list[int]] = self.columns[key]
        return known

    def number(self, name: str) -> Array:
        """A number a document, NaN where it is not known."""
        key = f"n:{name}"
        if key not in self.columns:
            known = key in self.pack
            self.columns[key] = (
                self.pack.array(key) if known else np.full(self.count, np.nan)
            )
        found: Array = self.columns[key]
        return found

    # ------------------------------------------------------------------ leaves
    def hits(self, leaves: tuple[Leaf, ...]) -> Hits:
        """Where these leaves stand, their places taken together."""
        plain = _plain(leaves)
        if plain is not None and not self.wordings:
            return self._counted(plain, leaves[0].field)
        return self._kept(leaves, lambda: self._hits(leaves))

    def _kept(self, key: Hashable, make: Callable[[], Hits]) -> Hits:
        """What `make` finds, kept in as few bytes as it takes: a frequent string stands in half of
        all documents.

        The last ones are also kept as they are used, since a question asks several times for what
        it looks for.
        """

        def widened() -> Hits:
            made: list[Hits] = []

            def small() -> tuple[Array, Array]:
                made.append(make())
                return narrow(made[0])

            documents, counts = self.recent.get(
                key, small, lambda h: int(h[0].nbytes + h[1].nbytes)
            )
            if made:
                documents, counts = made[0].documents, made[0].counts
            hits = Hits(
                documents.astype(np.intp, copy=False),
                counts.astype(np.int64, copy=False),
            )
            for array in (hits.documents, hits.counts):
                array.setflags(write=False)  # several questions hold them
            return hits

        found: Hits = self.used.get(
            key, widened, lambda hits: int(hits.documents.nbytes + hits.counts.nbytes)
        )
        return found

    def frequencies(self, kind: str, texts: Sequence[str]) -> Array:
        """In about how many documents each word or pair stands: the most of any field, wordings
        left out.
        """
        counts = np.zeros(len(texts), np.int64)
        if kind == "word":
            keys = word_keys(texts)
            for at in range(len(RANKED_FIELDS)):
                counts = np.maximum(
                    counts, self.words.frequencies(keys + np.uint64(at))
                )
            return counts
        joined = units_of("".join(texts))
        if len(joined) != 2 * len(texts) or any(
            len(t) != 2 for t in texts
        ):  # characters of two units
            return np.array([self._frequency(t) for t in texts], np.int64)
        keys = joined[0::2].astype(np.uint32) << np.uint32(16) | joined[1::2]
        for grams in self.grams.values():
            counts = np.maximum(counts, grams.pairs.frequencies(keys))
        return counts

    def _frequency(self, text: str) -> int:
        return max(grams.frequency(units_of(text)) for grams in self.grams.values())

    def _hits(self, leaves: tuple[Leaf, ...]) -> Hits:
        lists: list[tuple[Array, Array]] = []
        nested = _nested(leaves)
        if nested is not None:
            lists = self._by_counts(nested, leaves[0].field)
        else:
            for name, grams in self.grams.items():
                starts, ends, texts = together(leaves, name, grams)
                texts = texts[choose(starts, ends)]
                at, counts = run_lengths(texts)
                lists.append((texts[at], counts))
        for name, grams in self.wordings.items():
            owners = distinct(grams.owner(together(leaves, name, grams)[2]))
            lists.append((owners, np.zeros(len(owners), np.int64)))
        return Hits(*summed(lists, self.count))

    def _by_counts(
        self, nested: Nested, field: str | None
    ) -> list[tuple[Array, Array]]:
        """Counts of strings of which some lie inside others: only those that lie in no other are
        counted.
        """
        single = {form: self._counted(form, field) for form, _ in nested}
        if not any(inner for _, inner in nested):
            return [(h.documents, h.counts) for h in single.values()]
        free: dict[str, Array] = {}
        for form, larger in nested:  # longest first
            free[form] = np.zeros(self.count, np.int64)
            free[form][single[form].documents] = single[form].counts
            for other, times in larger:
                free[form] -= times * free[other]
        return [(h.documents, free[form][h.documents]) for form, h in single.items()]

    def _counted(self, form: str, field: str | None) -> Hits:
        """One string in titles and texts, without wordings."""
        if not findable(form):
            return NO_HITS
        units = units_of(form)
        grams = [g for name, g in self.grams.items() if field in (None, name)]
        return self._kept(
            ("counted", form, field),
            lambda: Hits(*summed([g.counted(units) for g in grams], self.count)),
        )

    def reworded(self, leaves: tuple[Leaf, ...]) -> Hits:
        """What these leaves add in mainland wording: places where something was replaced, and none
        is counted already.

        線上 is 在線 there: a search for 線 finds one place in it, not two, and so does one for
        either wording.
        """
        return self._kept(("reworded", leaves), lambda: self._reworded(leaves))

    def _reworded(self, leaves: tuple[Leaf, ...]) -> Hits:
        lists = []
        for name, grams in self.wordings.items():
            touched = touching(leaves, name, grams)
            if touched:
                own = spans_by_text(
                    together(leaves, name, self.grams[name]),
                    {grams.owner_of(t) for t in touched},
                )
                counts = {
                    grams.owner_of(t): self._apart(name, t, spans, own)
                    for t, spans in touched.items()
                }
                lists.append(
                    (
                        np.array(list(counts), np.int64),
                        np.array(list(counts.values()), np.int64),
                    )
                )
        return Hits(*summed(lists, self.count))

    def _apart(
        self,
        name: str,
        text: int,
        spans: Sequence[Span],
        own: Mapping[int, Sequence[Span]],
    ) -> int:
        """How many places of a wording lie, as displayed, apart from the places of the text itself."""
        wording, document = self.wordings[name], self.wordings[name].owner_of(text)
        mine = [displayed(self.grams[name], document, s) for s in own.get(document, ())]
        others = (displayed(wording, text, s) for s in spans)
        return sum(not any(a < d and c < b for c, d in mine) for a, b in others)

    def near(self, node: Near) -> Array:
        """The documents in which the operands stand near each other."""
        found: Array = self.recent.get(
            node, lambda: self._near(node), lambda documents: int(documents.nbytes)
        )
        return found

    def _near(self, node: Near) -> Array:
        if len(node.operands) > MOST_OPERANDS:
            raise RequestError("q", Code.QUERY_NEAR_TOO_MANY, {"limit": MOST_OPERANDS})
        found = []
        for name, grams in self._streams():
            operands = [spans_of(leaf, name, grams) for leaf in node.operands]
            if not operands or not all(len(starts) for starts, _, _ in operands):
                continue
            chains = near(
                [
                    (grams.characters(starts), grams.characters(ends))
                    for starts, ends, _ in operands
                ],
                grams.characters(grams.off[:-1]),
                node.distance,
            )
            texts = grams.characters(grams.off[:-1]).searchsorted(chains, "right") - 1
            found.append(grams.owner(texts))
        return distinct(np.concatenate(found)) if found else EMPTY

    def _streams(self) -> Iterator[tuple[str, Grams]]:
        yield from self.grams.items()
        yield from self.wordings.items()


def _plain(leaves: tuple[Leaf, ...]) -> str | None:
    """The one form of the one string, if that is all there is."""
    leaf = leaves[0] if len(leaves) == 1 else None
    return (
        leaf.forms[0]
        if isinstance(leaf, String) and len(leaf.forms) == 1 and not leaf.outside
        else None
    )


def _nested(leaves: Sequence[Leaf]) -> Nested | None:
    """The strings of the leaves, longest first, each with the longer ones that hold it and how
    often.

    None when places must be chosen between: a wildcard, an `outside`, several fields, or strings
    that can overlap in part, themselves included.
    """
    forms: dict[str, None] = {}
    for leaf in leaves:
        if isinstance(leaf, Wildcard) or leaf.outside or leaf.field != leaves[0].field:
            return None
        forms |= dict.fromkeys(form for form in leaf.forms if findable(form))
    ordered = sorted(forms, key=len, reverse=True)
    if any(overlap_in_part(x, y) for i, x in enumerate(ordered) for y in ordered[i:]):
        return None if len(ordered) > 1 else [(ordered[0], [])]
    return [
        (y, [(x, x.count(y)) for x in ordered[:i] if y in x])
        for i, y in enumerate(ordered)
    ]
