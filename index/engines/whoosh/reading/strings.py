"""How often the strings of a query stand in the documents of a segment.

A string node (a string, a wildcard) or a group of nodes that may overlap gives Hits: the documents
that match and how often. Titles and texts are counted in full. In a wording only what touches a
replaced run counts, and only where nothing is counted yet: that takes all nodes of a query together
(`reworded`). Hits do not know of deletions, so they are cached for as long as the segment lives.
"""

from __future__ import annotations

from collections.abc import (
    Callable,
    Hashable,
    Iterator,
    Sequence,
)

import numpy as np

from index.engines.shared.arrays import Array, run_lengths
from index.engines.shared.hashes import word_keys
from index.engines.shared.units import findable, units_of
from index.engines.whoosh.reading.accumulate import (
    NO_HITS,
    Hits,
    accumulate,
    narrow,
)
from index.engines.whoosh.reading.positions import (
    Span,
    StringNode,
    displayed,
    overlap_in_part,
    spans_by_text,
    spans_of,
    together,
    touching,
)
from index.engines.whoosh.storage.grams import Grams
from index.engines.whoosh.storage.layout import (
    RANKED_FIELDS,
    STREAMS,
    WORDS,
)
from index.engines.whoosh.storage.pack import Pack
from index.engines.whoosh.storage.postings import Postings
from index.engines.whoosh.storage.spans import (
    NO_VALUES,
    choose,
    distinct,
    near,
)
from index.model.budget import spend
from index.model.errors import RequestError
from index.model.fields import TEXT_FIELDS, is_searched
from index.model.lru import LruCache
from index.model.problems import Code
from index.query.nodes import (
    MAX_NEAR_OPERANDS,
    Near,
    Wildcard,
    only_form,
)

__all__ = ["SegmentStrings"]

# For each string: the longer strings that contain it, each with the number of times.
# For 公开 and 开: [("公开", []), ("开", [("公开", 1)])].
Nested = list[tuple[str, list[tuple[str, int]]]]

# Bytes of the cache of hits, stored in the smallest integer types.
CACHE_BYTES = 18 << 20
# Bytes of the cache of the latest hits, stored in the types that numpy computes with. One query
# needs the same hits several times, and converting them costs time.
WIDE_CACHE_BYTES = 6 << 20
# Units of work for one position in a NEAR search; a position in a plain search is one unit.
# Measured: 136 ns for one position, with operands of five frequent characters.
NEAR_POSITION_WORK = 32


class SegmentStrings:
    """The strings of one segment. Threads may share it.

    `grams` and `wordings` are by stream; a stream without wordings is missing in `wordings`.
    """

    def __init__(
        self,
        pack: Pack,
        count: int,
    ) -> None:
        self.count = count
        self.grams = {name: Grams(pack, name) for name in STREAMS}
        self.text_grams = [self.grams[name] for name in TEXT_FIELDS]
        wordings = {name: Grams(pack, f"w{name}") for name in STREAMS}
        # a segment without Taiwan-worded reports is searched in fewer steps
        self.wordings = {name: grams for name, grams in wordings.items() if grams.count}
        self.words = Postings(pack, WORDS)
        self.cache = LruCache(CACHE_BYTES)
        self.wide_cache = LruCache(WIDE_CACHE_BYTES)

    # ------------------------------------------------------------------ hits
    def hits(self, nodes: tuple[StringNode, ...]) -> Hits:
        """Where these nodes stand; occurrences that overlap are counted once."""
        # most questions are one string, and few indexes hold Taiwan-worded reports
        form = only_form(nodes)
        if form is not None and not self.wordings:
            return self._counted(form, nodes[0].field)
        return self._cached(nodes, lambda: self._hits(nodes))

    def _cached(
        self,
        key: Hashable,
        make: Callable[[], Hits],
    ) -> Hits:
        """What `make` computes, cached in as few bytes as it takes.

        A frequent string stands in half of all documents. The last hits are also cached as they are
        used, because a question asks several times for what it looks for.
        """

        def widened() -> Hits:
            computed: list[Hits] = []

            def narrowed() -> tuple[Array, Array]:
                computed.append(make())
                return narrow(computed[0])

            documents, counts = self.cache.get(
                key,
                narrowed,
                lambda pair: int(pair[0].nbytes + pair[1].nbytes),
            )
            if computed:
                # what was computed just now is wide already
                documents = computed[0].documents
                counts = computed[0].counts
            hits = Hits(
                documents=documents.astype(np.intp, copy=False),
                counts=counts.astype(np.int64, copy=False),
            )
            # several questions hold them
            hits.documents.setflags(write=False)
            hits.counts.setflags(write=False)
            return hits

        cached: Hits = self.wide_cache.get(
            key,
            widened,
            lambda hits: int(hits.documents.nbytes + hits.counts.nbytes),
        )
        return cached

    def _hits(self, nodes: tuple[StringNode, ...]) -> Hits:
        lists: list[tuple[Array, Array]] = []
        # strings that only lie inside each other need no positions
        nested = _nested(nodes)
        if nested is not None:
            lists = self._by_counts(nested, nodes[0].field)
        else:
            for name, grams in self.grams.items():
                starts, ends, texts = together(nodes, name, grams)
                texts = texts[choose(starts, ends)]
                first, counts = run_lengths(texts)
                lists.append((texts[first], counts))
        for name, grams in self.wordings.items():
            # a wording makes its document match; `reworded` counts
            _, _, texts = together(nodes, name, grams)
            owners = distinct(grams.owner(texts))
            no_counts = np.zeros(len(owners), np.int64)
            lists.append((owners, no_counts))
        return Hits(*accumulate(lists, self.count))

    def _by_counts(
        self,
        nested: Nested,
        field: str | None,
    ) -> list[tuple[Array, Array]]:
        """Counts of strings of which some lie inside others.

        Only those that lie in no longer one are counted: where 信息公开 stands twice and 公开 five
        times, 公开 is free three times.
        """
        single = {form: self._counted(form, field) for form, _ in nested}
        # 公开 and 收费: neither lies in the other
        if not any(longer for _, longer in nested):
            return [(hits.documents, hits.counts) for hits in single.values()]
        free: dict[str, Array] = {}
        for form, longer in nested:  # longest first
            hits = single[form]
            counts = np.zeros(self.count, np.int64)
            counts[hits.documents] = hits.counts
            for other, times in longer:
                counts -= times * free[other]
            free[form] = counts
        return [
            (hits.documents, free[form][hits.documents])
            for form, hits in single.items()
        ]

    def _counted(
        self,
        form: str,
        field: str | None,
    ) -> Hits:
        """One string in titles and texts, without wordings."""
        if not findable(form):
            return NO_HITS
        units = units_of(form)
        streams = [
            grams for name, grams in self.grams.items() if is_searched(name, field)
        ]

        def count() -> Hits:
            lists = [grams.counted(units) for grams in streams]
            return Hits(*accumulate(lists, self.count))

        return self._cached(("counted", form, field), count)

    # ------------------------------------------------------------------ frequencies
    def frequencies(
        self,
        kind: str,
        texts: Sequence[str],
    ) -> Array:
        """In about how many documents each word or pair stands.

        It is the most of any field; wordings are left out.
        """
        if kind == "word":
            return self._word_frequencies(texts)
        # all pairs at once: corrections ask for thousands
        units = units_of("".join(texts))
        has_astral = len(units) != 2 * len(texts)
        if has_astral or any(len(text) != 2 for text in texts):
            counts = [self._frequency(text) for text in texts]
            return np.array(counts, np.int64)
        first = units[0::2].astype(np.uint32)
        second = units[1::2]
        keys = first << np.uint32(16) | second
        frequencies = np.zeros(len(texts), np.int64)
        for grams in self.text_grams:
            own = grams.pairs.frequencies(keys)
            frequencies = np.maximum(frequencies, own)
        return frequencies

    def _word_frequencies(self, words: Sequence[str]) -> Array:
        keys = word_keys(words)
        frequencies = np.zeros(len(words), np.int64)
        for number in range(len(RANKED_FIELDS)):
            own = self.words.frequencies(keys + np.uint64(number))
            frequencies = np.maximum(frequencies, own)
        return frequencies

    def _frequency(self, text: str) -> int:
        units = units_of(text)
        return max(grams.frequency(units) for grams in self.text_grams)

    # ------------------------------------------------------------------ wordings
    def reworded(self, nodes: tuple[StringNode, ...]) -> Hits:
        """What these nodes add in mainland wording.

        An occurrence is added where something was replaced and nothing is counted in the text
        itself. 線上 is 在線 there: a search for 線 finds one occurrence in it, not two, and so does
        one for either wording.
        """
        return self._cached(("reworded", nodes), lambda: self._reworded(nodes))

    def _reworded(self, nodes: tuple[StringNode, ...]) -> Hits:
        lists = []
        for name, wording in self.wordings.items():
            touched = touching(nodes, name, wording)
            if not touched:
                continue
            owners = [wording.owner_of(text) for text in touched]
            own_spans = spans_by_text(
                together(nodes, name, self.grams[name]),
                {*owners},
            )
            added: dict[int, int] = {}
            for (text, spans), owner in zip(touched.items(), owners, strict=True):
                own = own_spans.get(owner, [])
                added[owner] = self._added(
                    name,
                    text,
                    spans,
                    own,
                )
            documents = np.array(list(added), np.int64)
            counts = np.array(list(added.values()), np.int64)
            lists.append((documents, counts))
        return Hits(*accumulate(lists, self.count))

    def _added(
        self,
        name: str,
        text: int,
        spans: Sequence[Span],
        own: Sequence[Span],
    ) -> int:
        """How many spans of a wording lie, as displayed, apart from those of the text itself."""
        wording = self.wordings[name]
        document = wording.owner_of(text)
        shown = [displayed(self.grams[name], document, span) for span in own]
        count = 0
        for span in spans:
            start, end = displayed(wording, text, span)
            # 線上 replaced by 在線 shares its displayed characters with 線 in the text
            if not any(start < b and a < end for a, b in shown):
                count += 1
        return count

    # ------------------------------------------------------------------ nearness
    def near(self, node: Near) -> Array:
        """The documents in which the operands stand near each other."""
        documents: Array = self.cache.get(
            node,
            lambda: self._near(node),
            lambda documents: int(documents.nbytes),
        )
        return documents

    def _near(self, node: Near) -> Array:
        if len(node.operands) > MAX_NEAR_OPERANDS:
            raise RequestError(
                "q",
                Code.QUERY_NEAR_TOO_MANY,
                {"limit": MAX_NEAR_OPERANDS},
            )
        documents = []
        for name, grams in self._streams():
            # operands stand near each other in one text: not one in the title, one in the text
            spans = [spans_of(operand, name, grams) for operand in node.operands]
            if not spans or not all(len(starts) for starts, _, _ in spans):
                continue
            # distances are counted in characters
            operands = [
                (grams.characters(starts), grams.characters(ends))
                for starts, ends, _ in spans
            ]
            text_starts = grams.characters(grams.offsets[:-1])
            # chains are built for every set of operands, from the chains of smaller sets
            positions = sum(len(starts) for starts, _ in operands)
            spend(positions * NEAR_POSITION_WORK << (len(operands) - 1))
            chains = near(operands, text_starts, node.distance)
            texts = text_starts.searchsorted(chains, "right") - 1
            documents.append(grams.owner(texts))
        if not documents:
            return NO_VALUES
        return distinct(np.concatenate(documents))

    def _streams(self) -> Iterator[tuple[str, Grams]]:
        yield from self.grams.items()
        yield from self.wordings.items()


def _nested(nodes: Sequence[StringNode]) -> Nested | None:
    """The strings of the nodes, longest first, each with the longer strings that contain it.

    None where counts of strings are not enough and positions are needed: for a wildcard, for
    `outside`, for several fields, or where two occurrences can overlap in part.
    """
    # several nodes may ask for the same string
    forms: dict[str, None] = {}
    field = nodes[0].field
    for node in nodes:
        if isinstance(node, Wildcard) or node.outside or node.field != field:
            return None
        forms |= dict.fromkeys(form for form in node.forms if findable(form))
    ordered = sorted(
        forms,
        key=len,
        reverse=True,
    )
    if _any_overlap_in_part(ordered):
        # a single string is counted by `Grams.counted`, which chooses itself
        return [(ordered[0], [])] if len(ordered) == 1 else None
    nested: Nested = []
    for number, form in enumerate(ordered):
        longer = [other for other in ordered[:number] if form in other]
        holders = [(other, other.count(form)) for other in longer]
        nested.append((form, holders))
    return nested


def _any_overlap_in_part(ordered: Sequence[str]) -> bool:
    return any(
        overlap_in_part(form, other)
        for number, form in enumerate(ordered)
        for other in ordered[number:]
    )
