"""The words and names of a snapshot: what can be completed, spelt in pinyin, or taken for something
near it.

Words are those of the dictionaries that stand in the index; names are the values of the facets
agency and region, at most MOST_NAMES. A commit changes all counts, so nothing is made before
somebody asks for it: names when anything is asked, words for the one character that they begin
with, pinyin for the one letter.
"""

from __future__ import annotations

import re
import threading
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from heapq import nsmallest
from itertools import accumulate, groupby, repeat
from operator import itemgetter
from weakref import WeakKeyDictionary, ref

import numpy as np

from index.analysis.characters import IDEOGRAPH_CLASS
from index.analysis.readings import alike, begun, reading
from index.analysis.tokenizer import dictionary, domain_words
from index.assist.values import forms_of, values_of
from index.engines.seam import Engine

__all__ = ["Entry", "Vocabulary", "vocabulary"]

MOST_NAMES = 60_000
LONGEST_PINYIN = 60
LONGEST_WORD = 8
HAN = re.compile(f"[{IDEOGRAPH_CLASS}]")
KINDS = ("region", "agency", "word")


@dataclass(frozen=True, slots=True)
class Entry:
    """A word or name:

    `value` as a facet has it (a path for a region), `form` in index form, `count` reports.
    """

    value: str
    form: str
    kind: str
    count: int


# The words that begin with one of some characters.
Words = Callable[[Iterable[str]], list[Entry]]


class Vocabulary:
    """The words and names of one snapshot, looked up by their beginning, by pinyin, or by what is
    near.
    """

    def __init__(self, names: Sequence[Entry], words: Words = lambda _: []) -> None:
        self.names, self._words = tuple(names), words
        self._named = _by_beginning(self.names)
        self._begun: dict[str, list[Entry]] = {}
        self._spoken: dict[str, Spoken] = {}

    @classmethod
    def of(cls, engine: Engine) -> Vocabulary:
        """The vocabulary of a snapshot, to be asked while that is there: what is kept for it must
        not keep it alive.
        """
        snapshot = ref(engine)

        def words(characters: Iterable[str]) -> list[Entry]:
            alive = snapshot()
            return [] if alive is None else _words(alive, characters)

        return cls(_names(engine), words)

    def begun(self, characters: str) -> list[Entry]:
        """The entries that begin with one of these characters, by character and form."""
        new = [c for c in dict.fromkeys(characters) if c not in self._begun]
        words = _by_beginning(self._words(new)) if new else {}
        for c in new:
            self._begun[c] = sorted(
                [*self._named.get(c, ()), *words.get(c, ())], key=_form
            )
        return [e for c in dict.fromkeys(characters) for e in self._begun[c]]

    def spoken(self, letter: str) -> Spoken:
        """The entries whose pinyin begins with a letter."""
        if letter not in self._spoken:
            self._spoken[letter] = Spoken(letter, self.begun(begun().get(letter, "")))
        return self._spoken[letter]

    # ------------------------------------------------------------------ completions
    def beginning(self, prefix: str, most: int) -> list[Entry]:
        """Entries whose form begins with a text, most useful first."""
        entries = self.begun(prefix[:1])
        first = bisect_left(entries, prefix, key=_form)
        return _best(
            entries[first : bisect_left(entries, prefix + LAST, first, key=_form)], most
        )

    def containing(self, part: str, most: int) -> list[Entry]:
        """Names that contain a text, most useful first."""
        at, found = self._running.find(part), list[Entry]()
        while at >= 0:
            number = bisect_right(self._starts, at) - 1
            found.append(self.names[number])
            at = self._running.find(part, self._starts[number + 1])
        return _best(found, most)

    @cached_property
    def _running(self) -> str:
        """The forms of all names, one after the other."""
        return "\n".join(e.form for e in self.names) + "\n"

    @cached_property
    def _starts(self) -> list[int]:
        """Where each name starts in that, and where it ends."""
        return [0, *accumulate(len(e.form) + 1 for e in self.names)]

    def sounding(self, prefix: str, most: int) -> list[Entry]:
        """Entries whose pinyin, or the initials of it, begins with letters (white space left out)."""
        letters = _letters(prefix)
        return (
            _best(self.spoken(letters[0]).beginning(letters), most) if letters else []
        )

    # ------------------------------------------------------------------ corrections
    def spelt(self, pinyin: str, most: int = 3) -> list[str]:
        """What letters spell, as words one after the other: as few as there can be, then the most
        frequent.

        Syllables are not guessed at: xinxi gongkai and xinxigongkai are the same letters.
        """
        letters = _letters(pinyin)
        if not 2 <= len(letters) <= LONGEST_PINYIN:
            return []
        paths: list[list[tuple[int, float, str]]] = [
            [(0, 0.0, "")],
            *([] for _ in letters),
        ]
        for end in range(1, len(letters) + 1):
            reached = [
                (words + 1, weight - np.log(entry.count + 1), text + entry.form)
                for start in range(max(0, end - 40), end)
                if paths[start]
                for entry in self._exactly(letters[start:end], most)
                for words, weight, text in paths[start]
            ]
            paths[end] = sorted(dict.fromkeys(reached))[:most]
        return list(dict.fromkeys(text for _, _, text in paths[-1]))

    def _exactly(self, letters: str, most: int) -> list[Entry]:
        return sorted(self.spoken(letters[0]).exactly(letters), key=lambda e: -e.count)[
            :most
        ]

    def near(self, form: str, most: int = 6) -> list[tuple[str, int]]:
        """(form, count) of entries that sound like this one or are one character away, most
        frequent first.

        Words that begin neither with one of its first two characters nor with a look-alike of the
        first are not tried.
        """
        found: dict[str, int] = {}
        letters = "".join(reading(form) or ())
        sounding = self._exactly(letters, most) if letters else []
        words = [e for e in self.begun(form[:2] + alike(form[0])) if e.kind == "word"]
        for entry in (
            *sounding,
            *_one_away(form, self._by_length),
            *_one_away(form, _by_length(words)),
        ):
            if entry.form != form:
                found[entry.form] = max(found.get(entry.form, 0), entry.count)
        return sorted(found.items(), key=lambda item: (-item[1], item[0]))[:most]

    @cached_property
    def _by_length(self) -> Lengths:
        return _by_length(self.names)


class Spoken:
    """The entries whose pinyin begins with one letter, by their pinyin and by its initials."""

    def __init__(self, letter: str, entries: Iterable[Entry]) -> None:
        told = ((reading(e.form), e) for e in entries)
        kept = [(r, e) for r, e in told if r and r[0][0] == letter]
        self.whole = _ordered(("".join(r), e) for r, e in kept)
        self.initials = _ordered(("".join(s[0] for s in r), e) for r, e in kept)

    def beginning(self, letters: str) -> list[Entry]:
        """Entries whose pinyin begins with letters; where there is more than one letter, also by
        initials.
        """
        found = _between(self.whole, letters, letters + LAST)
        if len(letters) > 1:
            found += _between(self.initials, letters, letters + LAST)
        return list(dict.fromkeys(found))

    def exactly(self, letters: str) -> list[Entry]:
        """Entries whose pinyin is just this."""
        return _between(self.whole, letters, letters + "\0")


LAST = "\U0010ffff"
Ordered = tuple[list[str], list[Entry]]
# Length -> (entries of that length, their characters as a table).
Lengths = Mapping[int, tuple[Sequence[Entry], np.ndarray]]


def _between(ordered: Ordered, low: str, high: str) -> list[Entry]:
    keys, entries = ordered
    first = bisect_left(keys, low)
    return entries[first : bisect_left(keys, high, first)]


def _best(found: Iterable[Entry], most: int) -> list[Entry]:
    return nsmallest(most, found, key=useful)


def _form(entry: Entry) -> str:
    return entry.form


def _by_beginning(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        found[entry.form[0]].append(entry)
    return found


def _by_length(entries: Iterable[Entry]) -> Lengths:
    lengths: dict[int, list[Entry]] = defaultdict(list)
    for entry in entries:
        lengths[len(entry.form)].append(entry)
    return {
        length: (found, _table([e.form for e in found]))
        for length, found in lengths.items()
    }


def _one_away(form: str, lengths: Lengths) -> Iterator[Entry]:
    """Entries with one character replaced, more or less."""
    size, own = len(form), _table([form])[0]
    for length in (size, size + 1, size - 1):
        if length not in lengths:
            continue
        entries, table = lengths[length]
        if length == size:
            fits = (table != own).sum(1) == 1
        else:
            without = [
                [i for i in range(max(size, length)) if i != gone]
                for gone in range(max(size, length))
            ]
            same = [
                table[:, kept] == own if length > size else table == own[kept]
                for kept in without
            ]
            fits = np.logical_or.reduce([s.all(1) for s in same])
        yield from (entries[n] for n in np.flatnonzero(fits).tolist())


def useful(entry: Entry) -> tuple[bool, int, int, str]:
    """Names and the words of this field before all others, then by reports, then the shorter."""
    plain = entry.kind == "word" and entry.form not in _domain()
    return plain, -entry.count, len(entry.form), entry.value


@cache
def _domain() -> frozenset[str]:
    return frozenset(word for word, _, _ in domain_words())


def _letters(text: str) -> str:
    return "".join(
        c for c in text.lower().replace("ü", "v") if c.isascii() and c.isalpha()
    )


def _ordered(items: Iterable[tuple[str, Entry]]) -> Ordered:
    ordered = sorted(items, key=itemgetter(0))
    return [key for key, _ in ordered], [entry for _, entry in ordered]


def _table(forms: Sequence[str]) -> np.ndarray:
    return np.array(forms).view("<u4").reshape(len(forms), -1)


def _names(engine: Engine) -> list[Entry]:
    found: list[Entry] = []
    for name in ("agency", "region"):
        known = values_of(engine, name)
        values = known.values[: MOST_NAMES // 2]
        forms = forms_of([value.rpartition("/")[2] for value in values])
        found += map(Entry, values, forms, repeat(name), known.counts)
    return [e for e in found if e.form]


def _words(engine: Engine, characters: Iterable[str]) -> list[Entry]:
    """Words of the dictionaries that begin with one of these characters and stand in the index."""
    words = [w for c in characters for w in _dictionary().get(c, "").split()]
    counts = engine.frequencies("word", words) if words else ()
    return [Entry(w, w, "word", n) for w, n in zip(words, counts, strict=True) if n]


@cache
def _dictionary() -> dict[str, str]:
    """Character -> the words that begin with it, parted by spaces: as one string they take a tenth
    of the memory.
    """
    found: dict[str, dict[str, None]] = {}
    for first, words in groupby(dictionary(), key=lambda w: w[:1]):
        if HAN.match(first):
            kept = {
                w: None for w in words if 2 <= len(w) <= LONGEST_WORD and w.isalpha()
            }
            found[first] = found.get(first, {}) | kept
    return {first: " ".join(words) for first, words in found.items()}


_KNOWN: WeakKeyDictionary[Engine, Vocabulary] = WeakKeyDictionary()
_LOCK = threading.Lock()


def vocabulary(engine: Engine) -> Vocabulary:
    """The vocabulary of a snapshot, made once."""
    with _LOCK:
        if engine not in _KNOWN:
            _KNOWN[engine] = Vocabulary.of(engine)
        return _KNOWN[engine]
