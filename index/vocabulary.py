"""The words and names of a snapshot: what can be completed, spelt in pinyin, or taken for something near it.

Words are those of the dictionaries that stand in the index; names are the values of the facets agency and region.
It is made once for each snapshot, when it is first needed, and holds at most MOST_WORDS words and MOST_NAMES names.
"""

from __future__ import annotations

import re
import threading
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import islice
from weakref import WeakKeyDictionary

import numpy as np

from index.analysis.normaliser import fold_line
from index.analysis.readings import reading
from index.analysis.tokenizer import dictionary, domain_words
from index.engine import Engine, EngineQuery, FacetAsked

__all__ = ["Entry", "Vocabulary", "vocabulary"]

MOST_WORDS, MOST_NAMES = 40_000, 60_000
LONGEST_PINYIN = 60
WORD = re.compile(r"[\u3400-\u9fff]{2,8}")
KINDS = ("region", "agency", "word")


@dataclass(frozen=True, slots=True)
class Entry:
    """A word or name: `value` as a facet has it (a path for a region), `form` in index form, `count` reports."""

    value: str
    form: str
    kind: str
    count: int


class Vocabulary:
    """The words and names of one snapshot, looked up by their beginning, by pinyin, or by what is near."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = tuple(entries)

    @classmethod
    def of(cls, engine: Engine) -> Vocabulary:
        """The vocabulary of a snapshot."""
        return cls([*_names(engine), *_words(engine)])

    # ------------------------------------------------------------------ completions
    def beginning(self, prefix: str, most: int) -> list[Entry]:
        """Entries whose form begins with a text, most useful first."""
        return self._best(self._between(self._by_form, prefix), most)

    def sounding(self, prefix: str, most: int) -> list[Entry]:
        """Entries whose pinyin, or the initials of it, begins with letters (white space left out)."""
        letters = _letters(prefix)
        spelt = self._between(self._by_pinyin, letters) if letters else ()
        short = self._between(self._by_initials, letters) if len(letters) > 1 else ()
        return self._best([*spelt, *short], most)

    def _best(self, numbers: Iterable[int], most: int) -> list[Entry]:
        found = [self.entries[n] for n in dict.fromkeys(numbers)]
        return sorted(found, key=useful)[:most]

    def _between(self, ordered: tuple[list[str], list[int]], prefix: str) -> Iterator[int]:
        keys, numbers = ordered
        first = bisect_left(keys, prefix)
        return iter(numbers[first : bisect_left(keys, prefix + "\U0010ffff", first)])

    @cached_property
    def _by_form(self) -> tuple[list[str], list[int]]:
        return _ordered((e.form, n) for n, e in enumerate(self.entries))

    @cached_property
    def _readings(self) -> list[tuple[str, ...] | None]:
        return [reading(e.form) for e in self.entries]

    @cached_property
    def _by_pinyin(self) -> tuple[list[str], list[int]]:
        return _ordered(("".join(r), n) for n, r in enumerate(self._readings) if r)

    @cached_property
    def _by_initials(self) -> tuple[list[str], list[int]]:
        return _ordered(("".join(s[0] for s in r), n) for n, r in enumerate(self._readings) if r)

    # ------------------------------------------------------------------ corrections
    def spelt(self, pinyin: str, most: int = 3) -> list[str]:
        """What letters spell, as words one after the other: as few as there can be, then the most frequent.

        Syllables are not guessed at: xinxi gongkai and xinxigongkai are the same letters.
        """
        letters = _letters(pinyin)
        if not 2 <= len(letters) <= LONGEST_PINYIN:
            return []
        paths: list[list[tuple[int, float, str]]] = [[(0, 0.0, "")], *([] for _ in letters)]
        for end in range(1, len(letters) + 1):
            reached = [
                (words + 1, weight - np.log(self.entries[n].count + 1), text + self.entries[n].form)
                for start in range(max(0, end - 40), end)
                if paths[start]
                for n in self._exactly(letters[start:end], most)
                for words, weight, text in paths[start]
            ]
            paths[end] = sorted(dict.fromkeys(reached))[:most]
        return list(dict.fromkeys(text for _, _, text in paths[-1]))

    def _exactly(self, letters: str, most: int) -> list[int]:
        keys, numbers = self._by_pinyin
        first = bisect_left(keys, letters)
        last = bisect_left(keys, letters + "\0", first)
        return sorted(numbers[first:last], key=lambda n: -self.entries[n].count)[:most]

    def near(self, form: str, most: int = 6) -> list[tuple[str, int]]:
        """(form, count) of entries that sound like this one or are one character away, most frequent first."""
        found: dict[str, int] = {}
        spoken = reading(form)
        numbers = set(self._exactly("".join(spoken), most)) if spoken else set()
        numbers |= set(self._one_away(form))
        for n in numbers:
            entry = self.entries[n]
            if entry.form != form:
                found[entry.form] = max(found.get(entry.form, 0), entry.count)
        return sorted(found.items(), key=lambda item: (-item[1], item[0]))[:most]

    @cached_property
    def _by_length(self) -> dict[int, tuple[np.ndarray, np.ndarray]]:
        """Length -> (numbers of entries, their characters as a table)."""
        lengths: dict[int, list[int]] = {}
        for n, entry in enumerate(self.entries):
            lengths.setdefault(len(entry.form), []).append(n)
        return {length: (np.array(ns), _table([self.entries[n].form for n in ns])) for length, ns in lengths.items()}

    def _one_away(self, form: str) -> Iterator[int]:
        """Entries with one character replaced, more or less."""
        size, own = len(form), _table([form])[0]
        for length, shifted in ((size, 0), (size + 1, 1), (size - 1, -1)):
            numbers, table = self._by_length.get(length, (np.empty(0, int), np.empty((0, length), "<u4")))
            if shifted == 0:
                yield from numbers[(table != own).sum(1) == 1].tolist()
                continue
            longer = max(size, length)
            for gone in range(longer):
                kept = [i for i in range(longer) if i != gone]
                same = (table[:, kept] == own) if shifted > 0 else (table == own[kept])
                yield from numbers[same.all(1)].tolist()


def useful(entry: Entry) -> tuple[bool, int, int, str]:
    """Names and the words of this field before all others, then by reports, then the shorter."""
    plain = entry.kind == "word" and entry.form not in _domain()
    return plain, -entry.count, len(entry.form), entry.value


@cache
def _domain() -> frozenset[str]:
    return frozenset(word for word, _, _ in domain_words())


def _letters(text: str) -> str:
    return "".join(c for c in text.lower().replace("ü", "v") if c.isascii() and c.isalpha())


def _ordered(items: Iterable[tuple[str, int]]) -> tuple[list[str], list[int]]:
    ordered = sorted(items)
    return [key for key, _ in ordered], [number for _, number in ordered]


def _table(forms: Sequence[str]) -> np.ndarray:
    return np.array(forms).view("<u4").reshape(len(forms), -1)


def _names(engine: Engine) -> list[Entry]:
    asked = tuple(FacetAsked(name, MOST_NAMES // 2) for name in ("agency", "region"))
    counted = engine.search(EngineQuery(size=0, facets=asked)).facets
    named = [(c, f.name) for f in counted for c in f.counts]
    found = [Entry(c.value, fold_line(c.value.rpartition("/")[2]), name, c.count) for c, name in named]
    return [e for e in found if e.form]


def _words(engine: Engine) -> list[Entry]:
    """Words of the dictionaries that stand in the index, the most frequent ones."""
    words = iter(dict.fromkeys(w for w in dictionary() if WORD.fullmatch(w)))
    found: list[tuple[int, str]] = []
    while part := list(islice(words, 50_000)):
        counts = engine.frequencies("word", part)
        found += [(-n, w) for w, n in zip(part, counts, strict=True) if n]
    return [Entry(w, w, "word", -n) for n, w in sorted(found)[:MOST_WORDS]]


_KNOWN: WeakKeyDictionary[Engine, Vocabulary] = WeakKeyDictionary()
_LOCK = threading.Lock()


def vocabulary(engine: Engine) -> Vocabulary:
    """The vocabulary of a snapshot, made once."""
    with _LOCK:
        if engine not in _KNOWN:
            _KNOWN[engine] = Vocabulary.of(engine)
        return _KNOWN[engine]
