"""The words and names of a snapshot: what can be completed, spelt in pinyin, or corrected to.

Words are those of the dictionaries that stand in the index. Names are the values of the facets
agency and region, MAX_NAMES at most. A commit changes all counts, so nothing is made before
somebody asks for it: the words that begin with one character, the pinyin that begins with one
letter.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import (
    Callable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import dataclass
from functools import cache, cached_property
from heapq import nsmallest
from itertools import accumulate, repeat
from operator import itemgetter

import numpy as np

from index.analysis.characters import IDEOGRAPH_PATTERN
from index.analysis.normaliser import ONE_TO_MANY
from index.analysis.readings import (
    alike,
    begun,
    reading,
)
from index.analysis.tokenizer import (
    dictionary,
    domain_words,
)
from index.assist.values import IndexFormCache, Values
from index.engines.seam import Engine

__all__ = [
    "Entry",
    "Vocabulary",
    "load_dictionary",
    "name_entries",
    "word_entries",
]

# Bodies and places, half of it each.
MAX_NAMES = 60_000

# Letters of a query that are read as pinyin, and of one word: zhongguoguojia.
MAX_PINYIN_LETTERS = 60
MAX_WORD_LETTERS = 40

# Longer entries of the dictionary are sayings: 不是冤家不聚头.
MAX_WORD_LENGTH = 8

# Above every other character: the end of what begins with a prefix.
LAST_CHARACTER = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Entry:
    """A word or a name that `count` reports have.

    `kind` is "region", "agency" or "word". `value` is as the facet has it (for a region the
    path), `form` the index form of what is shown (for a region the last step).
    """

    value: str
    form: str
    kind: str
    count: int

    @property
    def printed(self) -> str:
        """What is shown: a word as reports print it (覆盖, not 复盖), else the form."""
        return self.value if self.kind == "word" else self.form


# Sorted keys (pinyin or initials), and the entry of each.
KeyedEntries = tuple[list[str], list[Entry]]

# Length -> the entries of that length, and their characters as an array (entries, length).
SameLength = tuple[Sequence[Entry], np.ndarray]
EntriesByLength = Mapping[int, SameLength]

# The entries that begin with one of some characters.
WordSource = Callable[[Iterable[str]], list[Entry]]


def _no_words(_: Iterable[str]) -> list[Entry]:
    return []


class Vocabulary:
    """Words and names by their beginning, by pinyin, or by what is one slip away.

    `words` gives the words that begin with one of some characters.
    """

    def __init__(
        self,
        names: Sequence[Entry],
        words: WordSource = _no_words,
    ) -> None:
        self.names = tuple(names)
        self._words = words
        self._names_by_beginning = _by_beginning(self.names)
        self._begun: dict[str, list[Entry]] = {}
        self._spoken: dict[str, Spoken] = {}

    def begun(self, characters: str) -> list[Entry]:
        """The entries that begin with one of these characters, by character and form."""
        distinct = dict.fromkeys(characters)
        unknown = [c for c in distinct if c not in self._begun]
        words: dict[str, list[Entry]] = {}
        if unknown:
            new_words = self._words(unknown)
            words = _by_beginning(new_words)
        for c in unknown:
            entries = [
                *self._names_by_beginning.get(c, ()),
                *words.get(c, ()),
            ]
            self._begun[c] = sorted(entries, key=_form)
        return [entry for c in distinct for entry in self._begun[c]]

    def spoken(self, letter: str) -> Spoken:
        """The entries whose pinyin begins with a letter."""
        if letter not in self._spoken:
            # x: the characters whose reading begins with x, 信 and 新 among them
            characters = begun().get(letter, "")
            entries = self.begun(characters)
            self._spoken[letter] = Spoken(letter, entries)
        return self._spoken[letter]

    # ------------------------------------------------------------------ completions
    def beginning(
        self,
        prefix: str,
        most: int,
    ) -> list[Entry]:
        """Entries whose form begins with a text, most useful first."""
        entries = self.begun(prefix[:1])
        first = bisect_left(entries, prefix, key=_form)
        behind = bisect_left(
            entries,
            prefix + LAST_CHARACTER,
            first,
            key=_form,
        )
        return _most_useful(entries[first:behind], most)

    def containing(
        self,
        part: str,
        most: int,
    ) -> list[Entry]:
        """Names that contain a text, most useful first."""
        position = self._joined_names.find(part)
        entries: list[Entry] = []
        while position >= 0:
            number = bisect_right(self._name_starts, position) - 1
            entries.append(self.names[number])
            # a name is given once, however often the text stands in it
            next_start = self._name_starts[number + 1]
            position = self._joined_names.find(part, next_start)
        return _most_useful(entries, most)

    @cached_property
    def _joined_names(self) -> str:
        """The forms of all names, each with a line break: one search finds all."""
        forms = [name.form for name in self.names]
        return "\n".join(forms) + "\n"

    @cached_property
    def _name_starts(self) -> list[int]:
        """Where each name starts in `_joined_names`, and last its length."""
        return [
            0,
            *accumulate(len(name.form) + 1 for name in self.names),
        ]

    def sounding(
        self,
        prefix: str,
        most: int,
    ) -> list[Entry]:
        """Entries whose pinyin or initials begin with letters, most useful first.

        White space is left out: xin xi is xinxi.
        """
        letters = _letters(prefix)
        if not letters:
            return []
        spoken = self.spoken(letters[0])
        entries = spoken.beginning(letters)
        return _most_useful(entries, most)

    # ------------------------------------------------------------------ corrections
    def spelt(
        self,
        pinyin: str,
        most: int = 3,
    ) -> list[str]:
        """What letters spell, as words one after the other, best first.

        The fewest words win, then the most frequent ones. Syllables are not guessed at: xinxi
        gongkai and xinxigongkai are the same letters.
        """
        letters = _letters(pinyin)
        if not 2 <= len(letters) <= MAX_PINYIN_LETTERS:
            return []
        # best[end]: the best ways to spell letters[:end], as (words, cost, text).
        best: list[list[tuple[int, float, str]]] = [[(0, 0.0, "")]]
        last_end = len(letters)
        for end in range(1, last_end + 1):
            ways: list[tuple[int, float, str]] = []
            first_start = max(0, end - MAX_WORD_LETTERS)
            for start in range(first_start, end):
                if not best[start]:
                    continue
                for entry in self._pronounced(letters[start:end], most):
                    ways += [
                        (
                            words + 1,
                            cost - np.log(entry.count + 1),
                            text + entry.printed,
                        )
                        for words, cost, text in best[start]
                    ]
            distinct = dict.fromkeys(ways)
            best.append(sorted(distinct)[:most])
        texts = [text for _, _, text in best[-1]]
        return list(dict.fromkeys(texts))

    def _pronounced(
        self,
        letters: str,
        most: int,
    ) -> list[Entry]:
        """The entries whose whole pinyin this is, most frequent first."""
        spoken = self.spoken(letters[0])
        entries = spoken.exactly(letters)
        return sorted(entries, key=lambda entry: -entry.count)[:most]

    def near(
        self,
        form: str,
        most: int = 6,
    ) -> list[tuple[str, int]]:
        """(form, count) of entries that may have been meant, most frequent first.

        They sound the same or are one character away. Words that begin neither with one of the
        first two characters nor with a look-alike of the first are not tried.
        """
        # 信息 -> xinxi
        syllables = reading(form) or ()
        letters = "".join(syllables)
        sounding = self._pronounced(letters, most) if letters else []
        look_alikes = alike(form[0])
        begun_alike = self.begun(form[:2] + look_alikes)
        words = [entry for entry in begun_alike if entry.kind == "word"]
        names_away = _one_away(form, self._names_by_length)
        words_away = _one_away(form, _by_length(words))
        counts: dict[str, int] = {}
        for entry in (
            *sounding,
            *names_away,
            *words_away,
        ):
            if entry.form != form:
                counts[entry.form] = max(
                    counts.get(entry.form, 0),
                    entry.count,
                )
        return sorted(
            counts.items(),
            key=lambda item: (-item[1], item[0]),
        )[:most]

    @cached_property
    def _names_by_length(self) -> EntriesByLength:
        return _by_length(self.names)


class Spoken:
    """The entries whose pinyin begins with one letter, by their pinyin and by its initials."""

    def __init__(
        self,
        letter: str,
        entries: Iterable[Entry],
    ) -> None:
        whole: list[tuple[str, Entry]] = []
        initials: list[tuple[str, Entry]] = []
        for entry in entries:
            syllables = reading(entry.printed)
            # 重庆 stands among what begins with 重, which is also read zhong.
            if syllables and syllables[0][0] == letter:
                whole.append(("".join(syllables), entry))
                initials.append(
                    (
                        "".join(s[0] for s in syllables),
                        entry,
                    )
                )
        self.whole = _sorted_by_key(whole)
        self.initials = _sorted_by_key(initials)

    def beginning(self, letters: str) -> list[Entry]:
        """Entries whose pinyin begins with letters.

        More than one letter may also be initials: xxgk is xin xi gong kai.
        """
        entries = _between(
            self.whole,
            letters,
            letters + LAST_CHARACTER,
        )
        if len(letters) > 1:
            entries += _between(
                self.initials,
                letters,
                letters + LAST_CHARACTER,
            )
        return list(dict.fromkeys(entries))

    def exactly(self, letters: str) -> list[Entry]:
        """Entries whose pinyin is just this."""
        return _between(self.whole, letters, letters + "\0")


def _between(
    keyed: KeyedEntries,
    low: str,
    high: str,
) -> list[Entry]:
    """The entries with low <= key < high."""
    keys, entries = keyed
    first = bisect_left(keys, low)
    return entries[first : bisect_left(keys, high, first)]


def _most_useful(
    entries: Iterable[Entry],
    most: int,
) -> list[Entry]:
    return nsmallest(most, entries, key=useful)


def _form(entry: Entry) -> str:
    return entry.form


def _by_beginning(
    entries: Iterable[Entry],
) -> dict[str, list[Entry]]:
    by_character: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_character[entry.form[0]].append(entry)
    return by_character


def _by_length(
    entries: Iterable[Entry],
) -> EntriesByLength:
    by_length: dict[int, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_length[len(entry.form)].append(entry)
    return {
        length: (
            same,
            _characters([entry.form for entry in same]),
        )
        for length, same in by_length.items()
    }


def _one_away(
    form: str,
    by_length: EntriesByLength,
) -> Iterator[Entry]:
    """Entries with one character replaced, more or less."""
    own = _characters([form])[0]
    for length in (
        len(form),
        len(form) + 1,
        len(form) - 1,
    ):
        if length not in by_length:
            continue
        entries, characters = by_length[length]
        if length == len(form):
            fits = (characters != own).sum(axis=1) == 1
        else:
            fits = _equal_without_one(characters, own)
        for number in np.flatnonzero(fits).tolist():
            yield entries[number]


def _equal_without_one(
    characters: np.ndarray,
    own: np.ndarray,
) -> np.ndarray:
    """Which rows equal `own` when the longer of both loses one character."""
    longest = max(characters.shape[1], len(own))
    # 政府信公开 is 政府信息公开 without 息
    fits = np.zeros(len(characters), np.bool_)
    for lost in range(longest):
        positions = range(longest)
        others = [position for position in positions if position != lost]
        if characters.shape[1] == longest:
            equal = characters[:, others] == own
        else:
            equal = characters == own[others]
        fits |= equal.all(axis=1)
    return fits


def useful(entry: Entry) -> tuple[bool, int, int, str]:
    """The order of completions.

    Names and the words of this field before all others, then by reports, then the shorter.
    """
    is_general = entry.kind == "word" and entry.form not in _domain()
    return (
        is_general,
        -entry.count,
        len(entry.form),
        entry.value,
    )


@cache
def _domain() -> frozenset[str]:
    words = [word for word, _, _ in domain_words()]
    return frozenset(words)


def _letters(text: str) -> str:
    """The ASCII letters of a text; ü is typed v."""
    lowered = text.lower().replace("ü", "v")
    letters = [c for c in lowered if c.isascii() and c.isalpha()]
    return "".join(letters)


def _sorted_by_key(
    items: Iterable[tuple[str, Entry]],
) -> KeyedEntries:
    ordered = sorted(items, key=itemgetter(0))
    keys = [key for key, _ in ordered]
    entries = [entry for _, entry in ordered]
    return keys, entries


def _characters(forms: Sequence[str]) -> np.ndarray:
    """The code points of strings of one length, an array (strings, length)."""
    # NumPy keeps strings as UTF-32
    strings = np.array(forms)
    code_points = strings.view("<u4")
    return code_points.reshape(len(forms), -1)


# ---------------------------------------------------------------------- what an index has
def name_entries(
    kind: str,
    known: Values,
    forms: IndexFormCache,
) -> list[Entry]:
    """The names of a facet. A region is called by the last step of its path: 龙岗区."""
    values = known.values[: MAX_NAMES // 2]
    # 广东省/深圳市/龙岗区
    last_steps = [value.rpartition("/")[2] for value in values]
    names = forms.of(last_steps)
    entries = map(
        Entry,
        values,
        names,
        repeat(kind),
        known.counts,
    )
    return [entry for entry in entries if entry.form]


def word_entries(
    engine: Engine,
    characters: Iterable[str],
) -> list[Entry]:
    """Words of the dictionaries that begin with one of these characters and stand in the index."""
    by_character = _dictionary()
    words: list[str] = []
    for c in characters:
        words += by_character.get(c, "").split()
    forms = [word.translate(ONE_TO_MANY) for word in words]
    counts = engine.frequencies("word", forms) if forms else ()
    return [
        Entry(
            value=word,
            form=form,
            kind="word",
            count=count,
        )
        for word, form, count in zip(words, forms, counts, strict=True)
        if count
    ]


def load_dictionary() -> None:
    """Read the dictionaries now: the first completion or correction then need not wait for it."""
    _dictionary()


@cache
def _dictionary() -> dict[str, str]:
    """First character of the index form -> the words that begin so, parted by spaces.

    As one string they take a tenth of the memory. A word stands as it is printed: 覆盖, of which
    复盖 is the form. Of two with one form the more common is kept.
    """
    entries = list(dictionary())
    # one call folds them all: 350,000 calls take three times as long
    joined = "\n".join(word for word, _ in entries)
    forms = joined.translate(ONE_TO_MANY).split("\n")
    by_character: dict[str, dict[str, tuple[str, int]]] = defaultdict(dict)
    for (word, frequency), form in zip(entries, forms, strict=True):
        if not (2 <= len(word) <= MAX_WORD_LENGTH and word.isalpha()):
            continue
        words = by_character[form[0]]
        known = words.get(form)
        if known is None or known[1] < frequency:
            words[form] = word, frequency
    return {
        first: " ".join(word for word, _ in words.values())
        for first, words in by_character.items()
        if IDEOGRAPH_PATTERN.match(first)
    }
