"""Grams: the texts of one stream (all titles, all texts) with their characters and pairs: any
string is found.

A text is kept as UTF-16 units, each text ended by one NUL. Every unit and every two neighbouring
units have postings; those of the pairs carry positions. One or two units are answered by their
postings alone; for a longer string the rarest pair's positions are expanded, in blocks, and the
other units are checked in the text.

Postings hold two bytes for a document and two for a position: a text longer than 65,536 units is
cut into pieces, and the pieces behind the first are numbered after all texts. A place may cross a
cut: its first pair stands in one piece.

The parts of `name`: `name.u` units, `name.off` where each text starts (and the end), `name.xd` and
`name.xo` text and start of each further piece, `name.low` the places of low surrogates; `name.c`
and `name.g` the postings of units and of pairs; `name.so` and `name.s` the packed rows of each
text's OffsetMap. Wordings also have `name.doc`, the document of each text, and `name.bs`,
`name.be`, the units that were replaced.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import add, sub
from typing import Literal

import numpy as np

from index.analysis.normaliser import Folded, is_encodable
from index.analysis.offsets import OffsetMap
from index.engines.whoosh.storage.pack import Array, Pack, PackWriter
from index.engines.whoosh.storage.postings import (
    Postings,
    merge_postings,
    postings_of,
    run_lengths,
)
from index.engines.whoosh.storage.spans import EMPTY, choose, overlaps_itself

__all__ = ["Grams", "GramsBuilder", "Units", "merge_grams", "storable", "units_of"]

PIECE = 1 << 16
CHECKED_AT_A_TIME = 1 << 15
WIDTHS = (1, 2, 4, 8)
CASTS: Mapping[int, Literal["b", "h", "i", "q"]] = {1: "b", 2: "h", 4: "i", 8: "q"}
COLUMNS = ("form", "display", "block")
SAME = OffsetMap()
REPLACED = {0: 0xFFFD, **dict.fromkeys(range(0xD800, 0xE000), 0xFFFD)}


def storable(text: str) -> str:
    """The text without NUL and lone surrogates, which no decoded report holds:

    U+FFFD takes their place.
    """
    if not is_encodable(text):
        return text.translate(REPLACED)
    return text.replace("\0", "\ufffd") if "\0" in text else text


def units_of(text: str) -> Array:
    """The UTF-16 units of a text."""
    return np.frombuffer(storable(text).encode("utf-16-le"), "<u2")


def _astral(text: str) -> bool:
    return bool(text) and max(text) > "\uffff"


# ---------------------------------------------------------------------- building
@dataclass(frozen=True, slots=True)
class Units:
    """One text ready to be gathered: its UTF-16 units with the NUL behind them, the packed rows of
    its OffsetMap, and for a wording where it was replaced, as pairs of u32.
    """

    data: bytes
    rows: bytes
    blocks: bytes = b""

    @classmethod
    def of(cls, folded: Folded, *, wording: bool = False) -> Units:
        """The units of a text."""
        form, offsets = storable(folded.form), folded.offsets
        blocks = _replaced(form, offsets).astype("<u4").tobytes() if wording else b""
        return cls(form.encode("utf-16-le") + b"\0\0", _packed(offsets), blocks)


class GramsBuilder:
    """Collects the texts of one stream and inverts them all at once."""

    def __init__(self, *, wording: bool = False) -> None:
        self.wording = wording
        self.texts: list[bytes] = []
        self.rows: list[bytes] = []
        self.owners: list[int] = []
        self.blocks: list[Array] = []
        self.units = 0

    def add(self, text: Units, owner: int) -> None:
        """Add the text of document `owner`."""
        if self.wording:
            self.blocks.append(
                np.frombuffer(text.blocks, "<u4").reshape(-1, 2).astype(np.int64)
                + self.units
            )
        self.texts.append(text.data)
        self.rows.append(text.rows)
        self.owners.append(owner)
        self.units += len(text.data) // 2

    def arrays(self, name: str) -> dict[str, Array]:
        """The parts of `name`."""
        units = np.frombuffer(b"".join(self.texts), "<u2")
        off = np.zeros(len(self.texts) + 1, "<u4")
        np.cumsum([len(t) // 2 for t in self.texts], out=off[1:])
        so = np.zeros(len(self.rows) + 1, "<u4")
        np.cumsum([len(r) for r in self.rows], out=so[1:])
        spans = np.frombuffer(b"".join(self.rows), "u1")
        parts = {
            f"{name}.u": units,
            f"{name}.off": off,
            f"{name}.so": so,
            f"{name}.s": spans,
        }
        parts |= _cuts(name, off) | {f"{name}.low": _low_surrogates(units)}
        if self.wording:
            blocks = (
                np.concatenate(self.blocks)
                if self.blocks
                else np.empty((0, 2), np.int64)
            )
            parts[f"{name}.doc"] = np.array(self.owners, "<u2")
            parts |= {
                f"{name}.bs": blocks[:, 0].astype("<u4"),
                f"{name}.be": blocks[:, 1].astype("<u4"),
            }
        return parts | _inverted(name, units, parts)


def _replaced(form: str, offsets: OffsetMap) -> Array:
    """(start, end) in units of the runs of a wording that were replaced; touching ones are joined."""
    starts, chosen = np.array(offsets.form, np.int64), np.array(offsets.block) > 0
    spans = np.stack([starts[chosen], np.append(starts[1:], len(form))[chosen]], 1)
    if _astral(form) and len(spans):
        wide = np.cumsum([0] + [1 + (c > "\uffff") for c in form])
        spans = wide[spans]
    return spans[spans[:, 1] > spans[:, 0]]


def _packed(offsets: OffsetMap) -> bytes:
    """The rows (form, display, block) of an OffsetMap: by how much each column grows, in as few
    bytes as it takes. Plain Python, as in `_unpacked`.
    """
    if offsets.is_identity:
        return b""
    columns = (
        _growth(offsets.form),
        _growth([*map(sub, offsets.display, offsets.form)]),
        offsets.block,
    )
    widths = [_width(min(c), max(c)) for c in columns]
    parts = [
        struct.pack(f"<{len(c)}{CASTS[w]}", *c)
        for c, w in zip(columns, widths, strict=True)
    ]
    return bytes(widths) + b"".join(parts)


def _width(low: int, high: int) -> int:
    """How many bytes hold the signed integers low..high."""
    return next(w for w in WIDTHS if max(high, ~low) < 1 << 8 * w - 1)


def _growth(values: Sequence[int]) -> Sequence[int]:
    return [*values[:1], *map(sub, values[1:], values)]


def _unpacked(data: bytes) -> OffsetMap:
    """The OffsetMap that was packed.

    Plain Python: a report has some fifty rows, fewer than arrays are worth.
    """
    if not data:
        return SAME
    count = (len(data) - len(COLUMNS)) // sum(data[: len(COLUMNS)])
    columns, at = [], len(COLUMNS)
    for width in data[: len(COLUMNS)]:
        columns.append(memoryview(data)[at : at + width * count].cast(CASTS[width]))
        at += width * count
    form = tuple(accumulate(columns[0]))
    display = tuple(map(add, form, accumulate(columns[1])))
    return OffsetMap(form, display, tuple(columns[2]))


def _low_surrogates(units: Array) -> Array:
    return np.flatnonzero((units & 0xFC00) == 0xDC00).astype("<u4")


def _cuts(name: str, off: Array) -> dict[str, Array]:
    """The further pieces of long texts."""
    more: Array = (np.diff(off.astype(np.int64)) - 1) // PIECE
    texts = np.repeat(np.arange(len(more)), more)
    first = np.repeat(np.cumsum(more) - more, more)
    starts = off[texts].astype(np.int64) + PIECE * (np.arange(len(texts)) - first + 1)
    return {f"{name}.xd": texts.astype("<u2"), f"{name}.xo": starts.astype("<u4")}


def _inverted(name: str, units: Array, parts: Mapping[str, Array]) -> dict[str, Array]:
    """The postings of units and of pairs.

    What is sorted are numbers of four bytes (unit, piece) and of eight (two units, piece, place),
    set together of two-byte columns, the lowest first.
    """
    starts = np.concatenate((parts[f"{name}.off"][:-1], parts[f"{name}.xo"]))
    order = np.argsort(starts, kind="stable")
    lengths = np.diff(np.append(starts[order], np.uint32(len(units))))
    piece = np.repeat(order.astype("<u2"), lengths)
    place = np.arange(len(units), dtype="<u4") - np.repeat(starts[order], lengths)
    single = _sorted(units, (piece, units))
    at, counts = run_lengths(single)
    documents, keys = _columns(single).T
    out = postings_of(f"{name}.c", keys[at], documents[at], counts)
    pair = _sorted(units, (place[:-1], piece[:-1], units[1:], units[:-1]))
    at, counts = run_lengths(pair >> np.uint64(16))
    positions, documents = _columns(pair).T[:2]
    return out | postings_of(
        f"{name}.g", pair.view("<u4")[1::2][at], documents[at], counts, positions
    )


def _sorted(units: Array, columns: Sequence[Array]) -> Array:
    """The numbers made of two-byte columns, sorted, without those of the NULs."""
    together = np.empty((len(columns[0]), len(columns)), "<u2")
    for at, column in enumerate(columns):
        together[:, at] = column
    numbers: Array = together.view(f"<u{2 * len(columns)}").ravel()[
        units[: len(together)] != 0
    ]
    numbers.sort()
    return numbers


def _columns(numbers: Array) -> Array:
    """The two-byte columns of numbers, the lowest first."""
    return numbers.view("<u2").reshape(-1, numbers.itemsize // 2)


# ---------------------------------------------------------------------- merging
@dataclass(frozen=True, slots=True)
class Kept:
    """A source of a merge: its parts, and the new number of each of its documents, or -1."""

    arrays: Mapping[str, Array]
    renumber: Array


def merge_grams(out: PackWriter, name: str, sources: Sequence[Kept]) -> None:
    """Merge one stream of several sources into a pack."""
    wording = f"{name}.doc" in sources[0].arrays
    texts = [_kept_texts(s, name) for s in sources]
    lengths = np.concatenate(
        [
            np.diff(s.arrays[f"{name}.off"].astype(np.int64))[k]
            for s, k in zip(sources, texts, strict=True)
        ]
    )
    off = np.concatenate(([0], np.cumsum(lengths))).astype("<u4")
    out.add(f"{name}.off", off)
    cuts = _cuts(name, off)
    for part, array in cuts.items():
        out.add(part, array)
    base, renumbers = 0, []
    for s, kept in zip(sources, texts, strict=True):
        renumbers.append(
            _renumbered(s.arrays, name, kept, base, len(off) - 1, cuts[f"{name}.xd"])
        )
        base += len(kept)
    for part in ("u", "so", "s", "low", *(("doc", "bs", "be") if wording else ())):
        _merge_part(
            out, name, part, [(s, k, int(off[b])) for s, k, b in _bases(sources, texts)]
        )
    for suffix in ("c", "g"):
        merge_postings(
            out,
            f"{name}.{suffix}",
            [(s.arrays, r) for s, r in zip(sources, renumbers, strict=True)],
        )


def _bases(
    sources: Sequence[Kept], texts: Sequence[Array]
) -> Iterable[tuple[Kept, Array, int]]:
    base = 0
    for source, kept in zip(sources, texts, strict=True):
        yield source, kept, base
        base += len(kept)


def _kept_texts(source: Kept, name: str) -> Array:
    """The numbers of the texts that stay."""
    if f"{name}.doc" in source.arrays:
        return np.flatnonzero(source.renumber[source.arrays[f"{name}.doc"]] >= 0)
    return np.flatnonzero(source.renumber >= 0)


def _renumbered(
    arrays: Mapping[str, Array],
    name: str,
    kept: Array,
    base: int,
    total: int,
    new_cuts: Array,
) -> Array:
    """The new number of every piece of a source, -1 for the dropped."""
    count = len(arrays[f"{name}.off"]) - 1
    texts = np.full(count, -1, np.int64)
    texts[kept] = np.arange(base, base + len(kept))
    owner = texts[arrays[f"{name}.xd"]]
    nth = np.arange(len(owner)) - arrays[f"{name}.xd"].searchsorted(
        arrays[f"{name}.xd"]
    )
    pieces = np.where(
        owner >= 0, total + new_cuts.searchsorted(np.maximum(owner, 0)) + nth, -1
    )
    return np.concatenate((texts, pieces))


def _merge_part(
    out: PackWriter, name: str, part: str, sources: Sequence[tuple[Kept, Array, int]]
) -> None:
    """Copy one array of each source without what is dropped, moved to where its texts are now."""
    if part == "so":
        counts = [
            np.diff(s.arrays[f"{name}.so"].astype(np.int64))[k] for s, k, _ in sources
        ]
        out.add(
            f"{name}.so",
            np.concatenate(([0], np.cumsum(np.concatenate(counts)))).astype("<u4"),
        )
        return
    spool = out.spool(sources[0][0].arrays[f"{name}.{part}"].dtype.str)
    for source, kept, start in sources:
        for piece in _moved(source, name, part, kept, start):
            spool.append(piece)
    out.copy(f"{name}.{part}", spool)


def _moved(
    source: Kept, name: str, part: str, kept: Array, start: int
) -> Iterable[Array]:
    arrays = source.arrays
    values = arrays[f"{name}.{part}"]
    off = arrays[f"{name}.off"].astype(np.int64)
    if part in ("u", "s"):
        bounds = off if part == "u" else arrays[f"{name}.so"].astype(np.int64)
        for first, last in neighbours(kept):
            yield values[bounds[first] : bounds[last]]
    elif part == "doc":
        yield source.renumber[values[kept]]
    else:  # places in the units
        places = values.astype(np.int64)
        text = off.searchsorted(places - (part == "be"), "right") - 1
        new = np.full(len(off), -1, np.int64)
        lengths = np.diff(off)[kept]
        new[kept] = start + np.cumsum(lengths) - lengths
        stays = new[text] >= 0
        yield (places - off[text] + new[text])[stays]


def neighbours(numbers: Array) -> Iterable[tuple[int, int]]:
    """Runs [first, last) of consecutive sorted numbers."""
    if len(numbers):
        cuts = np.flatnonzero(np.diff(numbers) != 1) + 1
        firsts, lasts = (
            numbers[np.append(0, cuts)],
            numbers[np.append(cuts, len(numbers)) - 1],
        )
        yield from zip(firsts.tolist(), (lasts + 1).tolist(), strict=True)


# ---------------------------------------------------------------------- reading
class Grams:
    """One stream of a pack. Texts are numbered from 0; places are units counted over all texts."""

    def __init__(self, pack: Pack, name: str) -> None:
        self.pack, self.name = pack, name
        self.units = pack.part(f"{name}.u")
        self.off = pack.array(f"{name}.off").astype(np.int64)
        self.count = len(self.off) - 1
        self.further = pack.array(f"{name}.xd")
        self.starts = np.concatenate(
            (self.off[:-1], pack.array(f"{name}.xo").astype(np.int64))
        )
        self.low = pack.array(f"{name}.low").astype(np.int64)
        self.singles = Postings(pack, f"{name}.c")
        self.pairs = Postings(pack, f"{name}.g")
        self.span_rows, self.spans = pack.part(f"{name}.so"), pack.part(f"{name}.s")
        self.owners = (
            pack.array(f"{name}.doc").astype(np.int64)
            if f"{name}.doc" in pack
            else None
        )
        if self.owners is not None:
            self.block_starts = pack.array(f"{name}.bs").astype(np.int64)
            self.block_ends = pack.array(f"{name}.be").astype(np.int64)

    # -- texts
    def text(self, number: int) -> str:
        """One text."""
        start, end = self.off[number : number + 2].tolist()
        return str(self.units.slice(start, end - 1).tobytes(), "utf-16-le")

    def folded(self, number: int) -> Folded:
        """One text with its way back."""
        return Folded(self.text(number), self.offsets(number))

    def offsets(self, number: int) -> OffsetMap:
        """The way back of one text."""
        a, b = self.span_rows.slice(number, number + 2).tolist()
        return _unpacked(self.spans.slice(a, b).tobytes())

    def text_at(self, places: Array) -> Array:
        """Which text each place lies in."""
        found: Array = self.off.searchsorted(places, "right") - 1
        return found

    def characters(self, places: Array) -> Array:
        """Places counted in characters rather than in units."""
        return places - self.low.searchsorted(places) if len(self.low) else places

    def owner(self, texts: Array) -> Array:
        """The documents that the texts belong to."""
        return texts if self.owners is None else self.owners[texts]

    def owner_of(self, text: int) -> int:
        """The document that one text belongs to."""
        return text if self.owners is None else int(self.owners[text])

    # -- strings
    def frequency(self, units: Array) -> int:
        """At most in how many texts the string stands, quickly."""
        if len(units) == 1:
            at = self.singles.find_one(int(units[0]))
            return (
                0 if at < 0 else int(np.subtract(*self.singles.span(at, at + 1)[::-1]))
            )
        found = self.pairs.find(_keys(units))
        if found is None:
            return 0
        ends = self.pairs.starts
        return int((ends.take(found, 1).astype(np.int64) - ends.take(found)).min())

    def counted(self, units: Array) -> tuple[Array, Array]:
        """The texts in which the string stands, sorted, and how often in each, not overlapping
        itself.
        """
        quick = self._counted_by_postings(units)
        if quick is not None:
            return quick
        places, texts = self.find(units)
        if overlaps_itself(units.tobytes()):
            texts = texts[choose(places, places + len(units))]
        at, counts = run_lengths(texts)
        return texts[at], counts

    def _counted_by_postings(self, units: Array) -> tuple[Array, Array] | None:
        if len(units) > 2 or (len(units) == 2 and units[0] == units[1]):
            return None
        postings = self.singles if len(units) == 1 else self.pairs
        key = int(units[0]) if len(units) == 1 else int(units[0]) << 16 | int(units[1])
        number = postings.find_one(key)
        if number < 0:
            return EMPTY, EMPTY
        rows = postings.rows(number, number + 1)
        if not len(self.further) or int(rows.documents[-1]) < self.count:
            return rows.documents, rows.counts
        texts = self._texts(rows.documents)
        summed = np.bincount(texts, rows.counts).astype(np.int64)
        found = np.flatnonzero(summed)
        return found, summed[found]

    def _texts(self, pieces: Array) -> Array:
        """The texts that pieces belong to."""
        texts = pieces.astype(np.int64)
        more = texts >= self.count
        texts[more] = self.further[texts[more] - self.count]
        return texts

    def find(self, units: Array) -> tuple[Array, Array]:
        """Every place of the string, overlapping ones too, sorted, and the text of each."""
        if len(units) == 1:
            key = int(units[0])
            first = int(self.pairs.keys.searchsorted(np.uint32(key << 16)))
            last = int(
                self.pairs.keys.searchsorted(np.uint32(key << 16 | 0xFFFF), "right")
            )
            blocks = [self._expanded(first, last)] if last > first else []
        else:
            blocks = self._checked(units)
        if not blocks:
            return EMPTY, EMPTY
        places, texts = (
            np.concatenate(part) if len(blocks) > 1 else part[0]
            for part in zip(*blocks, strict=True)
        )
        if len(places) > 1 and (
            len(units) == 1 or (len(self.further) and (np.diff(places) < 0).any())
        ):
            order = np.argsort(places, kind="stable")
            places, texts = places[order], texts[order]
        return places, texts

    def _expanded(self, first: int, last: int) -> tuple[Array, Array]:
        """All places of neighbouring keys, in the order of the rows, and their texts."""
        rows = self.pairs.rows(first, last)
        return self._places(rows.documents, rows.counts, rows.start, rows.end)

    def _places(
        self, pieces: Array, counts: Array, start: int, end: int, ahead: int = 0
    ) -> tuple[Array, Array]:
        """The places `ahead` of those in the rows of some pieces, whose positions are start..end,
        and their texts.
        """
        assert self.pairs.positions is not None
        texts = self._texts(pieces) if len(self.further) else pieces
        begin = self.starts.take(pieces) - ahead
        if end - start != len(pieces):
            begin, texts = np.repeat(begin, counts), np.repeat(texts, counts)
        return begin + self.pairs.positions.slice(start, end), texts

    def _checked(self, units: Array) -> list[tuple[Array, Array]]:
        """Places by the rarest pair, the other units checked in the text, a block of places at a
        time.
        """
        numbers = self.pairs.find(_keys(units))
        if numbers is None:
            return []
        assert self.pairs.offsets is not None
        offsets = self.pairs.offsets
        many = offsets.take(numbers, 1).astype(np.int64) - offsets.take(numbers)
        rarest = int(many.argmin())
        rows = self.pairs.rows(int(numbers[rarest]), int(numbers[rarest]) + 1)
        rest = [k for k in range(len(units)) if k not in (rarest, rarest + 1)]
        rest.sort(key=lambda k: int(many[max(0, k - 1) : k + 1].min()))
        size = max(
            256, CHECKED_AT_A_TIME * len(rows.documents) // max(1, int(many[rarest]))
        )
        out, position = [], rows.start
        for i in range(0, len(rows.documents), size):
            pieces, counts = rows.documents[i : i + size], rows.counts[i : i + size]
            end = position + int(counts.sum())
            kept = self._filtered(
                *self._places(pieces, counts, position, end, rarest), units, rest
            )
            position = end
            if len(kept[0]):
                out.append(kept)
        return out

    def _filtered(
        self, places: Array, texts: Array, units: Array, rest: Sequence[int]
    ) -> tuple[Array, Array]:
        """Those places at which the units numbered `rest` stand too.

        A place never leaves its text: NULs part them.
        """
        if int(places.min()) < 0 or int(places.max()) + len(units) > int(self.off[-1]):
            fits = np.flatnonzero(
                (places >= 0) & (places + len(units) <= int(self.off[-1]))
            )
            places, texts = places.take(fits), texts.take(fits)
        held: Array | None = None
        for k in rest:
            equal = self.units.take(places, k) == units[k]
            held = equal if held is None else equal & held
            if np.count_nonzero(held) < 0.75 * len(places):
                places, texts, held = *_those(held, places, texts), None
                if not len(places):
                    return places, texts
        return (places, texts) if held is None else _those(held, places, texts)


def _those(held: Array, places: Array, texts: Array) -> tuple[Array, Array]:
    """What holds, by its numbers: taking by truth values takes numpy five times as long."""
    at = np.flatnonzero(held)
    return places.take(at), texts.take(at)


def _keys(units: Array) -> Array:
    wide = units.astype(np.uint32)
    return (wide[:-1] << np.uint32(16)) | wide[1:]
