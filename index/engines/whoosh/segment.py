"""A segment opened for reading, and where the leaves of a query stand in it.

A leaf (a string, a wildcard) or a group of leaves that may overlap gives Hits: the documents that match and how often.
Titles and texts are counted in full; in a wording only what touches a replaced place and is displayed where nothing is
counted yet, which takes all leaves of a query together (`reworded`). Hits do not know of deletions, so they are kept
for as long as the segment lives.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from index.analysis.normaliser import Folded
from index.engines.whoosh.batch import BLOBS, RANKED_FIELDS, STREAMS, word_keys
from index.engines.whoosh.columns import Blob, facet_values
from index.engines.whoosh.display import unpacked
from index.engines.whoosh.grams import Grams, storable, units_of
from index.engines.whoosh.pack import REBUILD, Array
from index.engines.whoosh.postings import Postings, run_lengths
from index.engines.whoosh.selection import add_at
from index.engines.whoosh.spans import EMPTY, choose, distinct, inside, near, touches
from index.engines.whoosh.store import open_pack
from index.engines.whoosh.wildcard import Pattern, compiled
from index.errors import IndexDamagedError, RequestError
from index.query.nodes import Near, String, Wildcard

__all__ = ["Hits", "Row", "Segment", "may_overlap", "summed_at"]

Leaf = String | Wildcard
Span = tuple[int, int]
Spans = tuple[Array, Array, Array]
"""(starts, ends, texts), places in units."""

Nested = list[tuple[str, list[tuple[str, int]]]]
NO_SPANS: Spans = (EMPTY, EMPTY, EMPTY)
CACHE_BYTES, USED_BYTES = 18 << 20, 6 << 20
MOST_OPERANDS = 5


@dataclass(frozen=True, slots=True)
class Hits:
    """Sorted documents of a segment, and the occurrences in each."""

    documents: Array
    counts: Array


NO_WORDING: Mapping[str, Folded | None] = dict.fromkeys(STREAMS)
NO_HITS = Hits(EMPTY, EMPTY)


class Recent:
    """The results used last, up to a number of bytes. Safe for threads."""

    def __init__(self, most: int) -> None:
        self.most, self.size = most, 0
        self.kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self.lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], Any], size_of: Callable[[Any], int]) -> Any:
        """What is kept under `key`, made now if it is not."""
        with self.lock:
            found = self.kept.get(key)
            if found is not None:
                self.kept.move_to_end(key)
                return found[0]
        made = make()
        size = size_of(made) + 200
        with self.lock:
            if key not in self.kept and size <= self.most // 4:
                self.kept[key] = (made, size)
                self.size += size
                while self.size > self.most:
                    self.size -= self.kept.popitem(last=False)[1][1]
        return made


def may_overlap(a: Leaf, b: Leaf) -> bool:
    """Whether a place of one can share a character with a place of the other."""
    if isinstance(a, Wildcard) or isinstance(b, Wildcard):
        return True
    return any(_share(x, y) for x in a.forms for y in b.forms)


def _share(x: str, y: str) -> bool:
    if x in y or y in x:
        return True
    shorter = min(len(x), len(y))
    return any(x[-n:] == y[:n] or y[-n:] == x[:n] for n in range(1, shorter))


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
        return unpacked(self.texts["text"], self.segment.blobs["display"][self.document])

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
        """Raises FileNotFoundError when a newer generation has removed the pack, and IndexDamagedError."""
        self.name = segment.segment_id()
        self.pack = pack = open_pack(folder, segment)
        self.ties, self.order = pack.array("tie"), pack.array("tie.at")
        self.count = len(self.ties)
        if self.count != segment.doc_count_all():
            raise IndexDamagedError(f"{pack.path} holds another number of reports than the TOC; {REBUILD}")
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
        return int(self.order[at]) if at >= 0 and self.ties[self.order[at]] == wanted else -1

    def id(self, document: int) -> str:
        """The id of a document."""
        return self.blobs["id"][document].decode("utf-8", "surrogatepass")

    def fields(self, document: int) -> Mapping[str, str]:
        """What Whoosh stores of a document: id, digest, source and a few more."""
        fields: Mapping[str, str] = json.loads(self.blobs["meta"][document].decode("utf-8", "surrogatepass"))
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
                self.columns[key] = (self.pack.array(key), facet_values(self.pack.array(f"fv:{name}")))
            else:
                self.columns[key] = (np.zeros(self.count, np.uint16), [()])
        found: tuple[Array, list[tuple[str, ...]]] = self.columns[key]
        return found

    def ordinals(self, name: str) -> Mapping[str, list[int]]:
        """The ordinals of each value of a facet, paths joined by "/"."""
        return self._named(f"whole:{name}", name, lambda path: ["/".join(path)])

    def ordinals_below(self, name: str) -> Mapping[tuple[str, ...], list[int]]:
        """The ordinals of the values at and below each path."""
        return self._named(f"below:{name}", name, lambda path: [path[: n + 1] for n in range(len(path))])

    def _named(self, key: str, name: str, names: Callable[[tuple[str, ...]], Sequence[Any]]) -> Mapping[Any, list[int]]:
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
            self.columns[key] = self.pack.array(key) if known else np.full(self.count, np.nan)
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
        """What `make` finds, kept in as few bytes as it takes: a frequent string stands in half of all documents.

        The last ones are also kept as they are used, since a question asks several times for what it looks for.
        """

        def widened() -> Hits:
            made: list[Hits] = []

            def small() -> tuple[Array, Array]:
                made.append(make())
                return _small(made[0])

            documents, counts = self.recent.get(key, small, lambda h: int(h[0].nbytes + h[1].nbytes))
            if made:
                documents, counts = made[0].documents, made[0].counts
            hits = Hits(documents.astype(np.intp, copy=False), counts.astype(np.int64, copy=False))
            for array in (hits.documents, hits.counts):
                array.setflags(write=False)  # several questions hold them
            return hits

        found: Hits = self.used.get(key, widened, lambda hits: int(hits.documents.nbytes + hits.counts.nbytes))
        return found

    def frequencies(self, kind: str, texts: Sequence[str]) -> Array:
        """In about how many documents each word or pair stands: the most of any field, wordings left out."""
        counts = np.zeros(len(texts), np.int64)
        if kind == "word":
            keys = word_keys(texts)
            for at in range(len(RANKED_FIELDS)):
                counts = np.maximum(counts, self.words.frequencies(keys + np.uint64(at)))
            return counts
        joined = units_of("".join(texts))
        if len(joined) != 2 * len(texts) or any(len(t) != 2 for t in texts):  # characters of two units
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
                starts, ends, texts = _together(leaves, name, grams)
                texts = texts[choose(starts, ends)]
                at, counts = run_lengths(texts)
                lists.append((texts[at], counts))
        for name, grams in self.wordings.items():
            owners = distinct(grams.owner(_together(leaves, name, grams)[2]))
            lists.append((owners, np.zeros(len(owners), np.int64)))
        return _summed(lists, self.count)

    def _by_counts(self, nested: Nested, field: str | None) -> list[tuple[Array, Array]]:
        """Counts of strings of which some lie inside others: only those that lie in no other are counted."""
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
        if not _findable(form):
            return NO_HITS
        units = units_of(form)
        grams = [g for name, g in self.grams.items() if field in (None, name)]
        return self._kept(("counted", form, field), lambda: _summed([g.counted(units) for g in grams], self.count))

    def reworded(self, leaves: tuple[Leaf, ...]) -> Hits:
        """What these leaves add in mainland wording: places where something was replaced, and none is counted already.

        線上 is 在線 there: a search for 線 finds one place in it, not two, and so does one for either wording.
        """
        return self._kept(("reworded", leaves), lambda: self._reworded(leaves))

    def _reworded(self, leaves: tuple[Leaf, ...]) -> Hits:
        lists = []
        for name, grams in self.wordings.items():
            touching = _touching(leaves, name, grams)
            if touching:
                own = _spans_by_text(_together(leaves, name, self.grams[name]), {grams.owner_of(t) for t in touching})
                counts = {grams.owner_of(t): self._apart(name, t, spans, own) for t, spans in touching.items()}
                lists.append((np.array(list(counts), np.int64), np.array(list(counts.values()), np.int64)))
        return _summed(lists, self.count)

    def _apart(self, name: str, text: int, spans: Sequence[Span], own: Mapping[int, Sequence[Span]]) -> int:
        """How many places of a wording lie, as displayed, apart from the places of the text itself."""
        wording, document = self.wordings[name], self.wordings[name].owner_of(text)
        mine = [_displayed(self.grams[name], document, s) for s in own.get(document, ())]
        others = (_displayed(wording, text, s) for s in spans)
        return sum(not any(a < d and c < b for c, d in mine) for a, b in others)

    def near(self, node: Near) -> Array:
        """The documents in which the operands stand near each other."""
        found: Array = self.recent.get(node, lambda: self._near(node), lambda documents: int(documents.nbytes))
        return found

    def _near(self, node: Near) -> Array:
        if len(node.operands) > MOST_OPERANDS:
            raise RequestError("q", f"at most {MOST_OPERANDS} strings can be near each other; ask for fewer")
        found = []
        for name, grams in self._streams():
            operands = [_spans(leaf, name, grams) for leaf in node.operands]
            if not operands or not all(len(starts) for starts, _, _ in operands):
                continue
            chains = near(
                [(grams.characters(starts), grams.characters(ends)) for starts, ends, _ in operands],
                grams.characters(grams.off[:-1]),
                node.distance,
            )
            texts = grams.characters(grams.off[:-1]).searchsorted(chains, "right") - 1
            found.append(grams.owner(texts))
        return distinct(np.concatenate(found)) if found else EMPTY

    def _streams(self) -> Iterator[tuple[str, Grams]]:
        yield from self.grams.items()
        yield from self.wordings.items()


def _small(hits: Hits) -> tuple[Array, Array]:
    """Documents and counts in two bytes and one, where the counts allow it: a segment has at most 65,535 documents."""
    most = int(hits.counts.max()) if len(hits.counts) else 0
    return hits.documents.astype(np.uint16), hits.counts.astype(np.min_scalar_type(most))


def _plain(leaves: tuple[Leaf, ...]) -> str | None:
    """The one form of the one string, if that is all there is."""
    leaf = leaves[0] if len(leaves) == 1 else None
    return leaf.forms[0] if isinstance(leaf, String) and len(leaf.forms) == 1 and not leaf.outside else None


def _findable(form: str) -> bool:
    return bool(form) and storable(form) == form


def _nested(leaves: Sequence[Leaf]) -> Nested | None:
    """The strings of the leaves, longest first, each with the longer ones that hold it and how often.

    None when places must be chosen between: a wildcard, an `outside`, several fields, or strings that can overlap in
    part, themselves included.
    """
    forms: dict[str, None] = {}
    for leaf in leaves:
        if isinstance(leaf, Wildcard) or leaf.outside or leaf.field != leaves[0].field:
            return None
        forms |= dict.fromkeys(form for form in leaf.forms if _findable(form))
    ordered = sorted(forms, key=len, reverse=True)
    if any(_overlap_in_part(x, y) for i, x in enumerate(ordered) for y in ordered[i:]):
        return None if len(ordered) > 1 else [(ordered[0], [])]
    return [(y, [(x, x.count(y)) for x in ordered[:i] if y in x]) for i, y in enumerate(ordered)]


def _overlap_in_part(x: str, y: str) -> bool:
    return any(x[-n:] == y[:n] or y[-n:] == x[:n] for n in range(1, min(len(x), len(y))))


def _together(leaves: Sequence[Leaf], name: str, grams: Grams) -> Spans:
    """All allowed places of several leaves in one stream."""
    spans = [_spans(leaf, name, grams) for leaf in leaves]
    spans = [s for s in spans if len(s[0])]
    if len(spans) < 2:
        return spans[0] if spans else NO_SPANS
    starts, ends, texts = (np.concatenate(part) for part in zip(*spans, strict=True))
    return starts, ends, texts


def _touching(leaves: Sequence[Leaf], name: str, grams: Grams) -> dict[int, list[Span]]:
    """The counted places of each wording that touch what was replaced, in units of all wordings joined."""
    starts, ends, texts = _together(leaves, name, grams)
    chosen = choose(starts, ends)
    chosen = chosen[touches(starts[chosen], ends[chosen], grams.block_starts, grams.block_ends)]
    return _grouped(starts[chosen], ends[chosen], texts[chosen])


def _spans_by_text(spans: Spans, wanted: set[int]) -> dict[int, list[Span]]:
    """The counted places of the texts wanted."""
    starts, ends, texts = spans
    chosen = choose(starts, ends)
    chosen = chosen[np.isin(texts[chosen], list(wanted))]
    return _grouped(starts[chosen], ends[chosen], texts[chosen])


def _grouped(starts: Array, ends: Array, texts: Array) -> dict[int, list[Span]]:
    out: dict[int, list[Span]] = {}
    for start, end, text in zip(starts.tolist(), ends.tolist(), texts.tolist(), strict=True):
        out.setdefault(text, []).append((start, end))
    return out


def _displayed(grams: Grams, text: int, span: Span) -> Span:
    """A place in units of all texts joined as code points of its display text."""
    start, end, base = grams.characters(np.array([*span, grams.off[text]], np.int64)).tolist()
    return grams.offsets(text).span(start - base, end - base)


def _spans(leaf: Leaf, name: str, grams: Grams) -> Spans:
    """Every allowed place of a leaf in one stream, overlapping ones too."""
    if leaf.field not in (None, name):
        return NO_SPANS
    if isinstance(leaf, Wildcard):
        return _fits(leaf, grams)
    found = []
    for form in dict.fromkeys(leaf.forms):
        if _findable(form):
            units = units_of(form)
            places, texts = grams.find(units)
            found.append((places, places + len(units), texts))
    found = [f for f in found if len(f[0])]
    if not found:
        return NO_SPANS
    starts, ends, texts = (np.concatenate(p) if len(found) > 1 else p[0] for p in zip(*found, strict=True))
    for form in leaf.outside:
        if _findable(form) and len(starts):
            units = units_of(form)
            free = ~inside(starts, ends, grams.find(units)[0], len(units))
            starts, ends, texts = starts[free], ends[free], texts[free]
    return starts, ends, texts


def _fits(leaf: Wildcard, grams: Grams) -> Spans:
    """Every place where a wildcard fits: with arrays where a character is a unit, one text after another elsewhere."""
    pattern = compiled(leaf.pattern, leaf.widest)
    if pattern is None or not all(_findable(p) for p in pattern.parts):
        return NO_SPANS
    texts: Array | None = None
    for part in sorted({*pattern.parts}, key=lambda p: grams.frequency(units_of(p))):
        having = grams.counted(units_of(part))[0]
        texts = having if texts is None else texts[np.isin(texts, having)]
        if not len(texts):
            return NO_SPANS
    assert texts is not None
    if not pattern.is_plain:
        return _fits_by_text(pattern, grams, texts)
    starts, ends = _fits_by_places(pattern, grams)
    numbers = grams.text_at(starts)
    if not len(grams.low):
        return starts, ends, numbers
    odd = np.zeros(grams.count + 1, bool)
    odd[grams.text_at(grams.low)] = True
    even = ~odd[numbers]
    slow = _fits_by_text(pattern, grams, texts[odd[texts]])
    found = ((starts[even], ends[even], numbers[even]), slow)
    starts, ends, numbers = (np.concatenate(part) for part in zip(*found, strict=True))
    return starts, ends, numbers


def _fits_by_places(pattern: Pattern, grams: Grams) -> tuple[Array, Array]:
    """Fits in texts of two-byte characters, when all fixed characters are letters: the nearest part is the best."""
    following, reached = EMPTY, EMPTY
    for at in range(len(pattern.parts) - 1, -1, -1):
        units = units_of(pattern.parts[at])
        starts = grams.find(units)[0]
        ends = starts + len(units)
        least, most = pattern.gaps[at + 1]
        if at == len(pattern.parts) - 1:
            fits = _free(grams, ends, np.full(len(ends), least))
            starts, finals = starts[fits], ends[fits] + least
        else:
            number = following.searchsorted(ends + least)
            near_enough = number < len(following)
            number = np.minimum(number, len(following) - 1)
            near_enough &= following[number] <= ends + most
            starts, ends, number = starts[near_enough], ends[near_enough], number[near_enough]
            fits = _free(grams, ends, following[number] - ends)
            starts, finals = starts[fits], reached[number[fits]]
        following, reached = starts, finals
        if not len(starts):
            return EMPTY, EMPTY
    lead = pattern.gaps[0][0]
    inner = following >= lead
    following, reached = following[inner] - lead, reached[inner]
    fits = _free(grams, following, np.full(len(following), lead))
    return following[fits], reached[fits]


def _free(grams: Grams, starts: Array, widths: Array) -> Array:
    """Whether only letters and digits stand in the `widths` units from each start."""
    free = np.ones(len(starts), bool)
    left = np.flatnonzero(widths > 0)
    step = 0
    while len(left):
        good = letters()[grams.units.take(starts[left] + step)]
        free[left[~good]] = False
        step += 1
        left = left[good & (widths[left] > step)]
    return free


@cache
def letters() -> Array:
    """Which units are characters for which str.isalnum holds."""
    return np.array([chr(unit).isalnum() for unit in range(1 << 16)], bool)


def _fits_by_text(pattern: Pattern, grams: Grams, texts: Array) -> Spans:
    """Fits in some texts, each looked through."""
    found: list[tuple[int, int, int]] = []
    for number in texts.tolist():
        text, base = grams.text(number), int(grams.off[number])
        wide = len(text) != int(grams.off[number + 1]) - base - 1
        for start, end in pattern.fits(text):
            a, b = (_units(text, start), _units(text, end)) if wide else (start, end)
            found.append((base + a, base + b, number))
    if not found:
        return NO_SPANS
    starts, ends, numbers = np.array(found, np.int64).T
    return starts, ends, numbers


def _units(text: str, end: int) -> int:
    """How many UTF-16 units the first `end` characters take."""
    return len(text[:end].encode("utf-16-le")) // 2


def _summed(lists: Sequence[tuple[Array, Array]], count: int) -> Hits:
    """Hits of several lists, each of sorted documents, added up."""
    lists = [x for x in lists if len(x[0])]
    if not lists:
        return NO_HITS
    documents, counts = lists[0]
    documents = documents.astype(np.intp, copy=False)
    if len(lists) == 1:
        return Hits(documents, counts)
    if sum(len(d) for d, _ in lists) * 16 < count:
        documents, which = np.unique(np.concatenate([d for d, _ in lists]), return_inverse=True)
        counts = np.bincount(which, np.concatenate([c for _, c in lists])).astype(np.int64)
        return Hits(documents, counts)
    total = np.full(count, -1, np.int32)
    total[documents] = counts
    for some, counts in lists[1:]:
        more = some.astype(np.intp, copy=False)
        total[more] = np.maximum(total.take(more), 0) + counts
    documents = np.flatnonzero(total >= 0)
    return Hits(documents, total.take(documents))


def summed_at(documents: Array, lists: Sequence[Hits], count: int) -> Array:
    """How often some documents are hit, all hits together."""
    lists = [hits for hits in lists if len(hits.documents)]
    if len(lists) == 1 and (lists[0].documents is documents or np.array_equal(lists[0].documents, documents)):
        return lists[0].counts
    total = np.zeros(count, np.int64)
    for hits in lists:
        add_at(total, hits.documents, hits.counts)
    return total.take(documents)
