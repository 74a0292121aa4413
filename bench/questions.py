"""What is asked: questions of ten kinds, drawn from the reports themselves, the same for a file and
a seed.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path

from bench.reports import Prepared, prepared
from index.analysis.tokenizer import tokenizer

__all__ = ["EXACT_KINDS", "KINDS", "Drawer", "Question"]

HAN_RUN = re.compile(r"[\u4e00-\u9fff]+")
# Reports that questions are drawn from.
SAMPLE_REPORTS = 600


@dataclass(frozen=True, slots=True)
class Question:
    """One request:

    `words` (all of them, or `any_word`) or an exact `string`, with filters or by year.
    """

    kind: str
    words: tuple[str, ...] = ()
    any_word: bool = False
    string: str = ""
    level: str = ""
    year: int = 0
    by_year: bool = False

    @property
    def strings(self) -> tuple[str, ...]:
        """What is looked for as it stands, for an engine that has phrases only."""
        return (self.string,) if self.string else self.words

    @property
    def typed(self) -> str:
        """The question as a person types it."""
        if self.string:
            return f'"{self.string}"'
        return (" OR " if self.any_word else " ").join(self.words)

    @property
    def parameters(self) -> dict[str, str]:
        """The question as parameters of our pages and endpoint."""
        given = {"q": self.typed}
        if self.level:
            given["level"] = self.level
        if self.year:
            given["year"] = str(self.year)
        if self.by_year:
            given["sort"] = "-year"
        return given


@dataclass(slots=True)
class Drawer:
    """Draws questions from a sample of a file's reports."""

    sample: list[Prepared]
    rng: random.Random
    common: list[str] = field(default_factory=list)
    medium: list[str] = field(default_factory=list)
    rare: list[str] = field(default_factory=list)
    frequent: dict[int, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, path: Path, count: int, seed: int = 7) -> Drawer:
        """A drawer over reports spread evenly over the first `count` of a file."""
        step = max(1, count // SAMPLE_REPORTS)
        drawer = cls(
            [*islice(prepared(path, count, step), SAMPLE_REPORTS)], random.Random(seed)
        )
        drawer._count_words()
        drawer._count_strings()
        return drawer

    def _count_words(self) -> None:
        seen = Counter(
            w
            for p in self.sample
            for w in set(p.words)
            if len(w) >= 2 and HAN_RUN.fullmatch(w)
        )
        size = len(self.sample)
        for word, count in sorted(seen.items()):
            share = count / size
            if share > 0.2:
                self.common.append(word)
            elif count == 1:
                self.rare.append(word)
            elif 0.01 < share < 0.1:
                self.medium.append(word)

    def _count_strings(self) -> None:
        """Strings of 3 to 8 Han characters that stand in more than a tenth of the sample."""
        some = self.sample[:: max(1, len(self.sample) // 200)]
        for length in range(3, 9):
            seen = Counter(s for p in some for s in set(_strings(p.form, length)))
            self.frequent[length] = sorted(
                s for s, n in seen.items() if n > len(some) * 0.1
            )

    # ------------------------------------------------------------------ kinds
    def draw(self, count: int) -> list[Question]:
        """At least `count` questions, as many of each kind, kinds taking turns, none twice."""
        out: list[Question] = []
        seen: set[Question] = set()
        for _ in range(-(-count // len(KINDS))):
            for kind, make in KINDS.items():
                question = next(
                    q for q in iter(partial(make, self, kind), None) if q not in seen
                )
                seen.add(question)
                out.append(question)
        return out

    def one_word(self, kind: str) -> Question:
        """A word of every fifth report or more."""
        return Question(kind, (self.rng.choice(self.common),))

    def rare_word(self, kind: str) -> Question:
        """A word of one report of the sample."""
        return Question(kind, (self.rng.choice(self.rare),))

    def two_words(self, kind: str) -> Question:
        """A common word with another of them or a less common one."""
        return Question(
            kind,
            (
                self.rng.choice(self.common),
                self.rng.choice(self.rng.choice((self.medium, self.rare))),
            ),
        )

    def three_words(self, kind: str) -> Question:
        """Common words."""
        return Question(kind, tuple(self.rng.sample(self.common, 3)))

    def either(self, kind: str) -> Question:
        """One of two words."""
        return Question(
            kind,
            (self.rng.choice(self.common), self.rng.choice(self.medium)),
            any_word=True,
        )

    def phrase(self, kind: str) -> Question:
        """A string of 4 to 8 characters that begins and ends inside words."""
        while True:
            form = self.rng.choice(self.sample).form
            start, length = self.rng.randrange(len(form)), self.rng.randrange(4, 9)
            text = form[start : start + length]
            if (
                HAN_RUN.fullmatch(text)
                and len(text) == length
                and _cuts_words(form, start, start + length)
            ):
                return Question(kind, string=text)

    def frequent_string(self, kind: str) -> Question:
        """A string of 3 to 8 characters that every tenth report has."""
        return Question(
            kind, string=self.rng.choice(self.frequent[self.rng.randrange(3, 9)])
        )

    def short(self, kind: str) -> Question:
        """One or two characters."""
        length = self.rng.randrange(1, 3)
        return Question(
            kind,
            string=self.rng.choice(
                list(_strings(self.rng.choice(self.sample).form, length))
            ),
        )

    def filtered(self, kind: str) -> Question:
        """A word within a level and a year."""
        report = self.rng.choice([p for p in self.sample if p.level and p.year])
        return Question(
            kind, (self.rng.choice(self.common),), level=report.level, year=report.year
        )

    def sorted_by_year(self, kind: str) -> Question:
        """A word, newest first."""
        return Question(kind, (self.rng.choice(self.common),), by_year=True)

    def passage(self, low: int, high: int) -> str:
        """Any string of Han characters of a report."""
        length = self.rng.randrange(low, high + 1)
        while True:
            strings = list(_strings(self.rng.choice(self.sample).form, length))
            if strings:
                return self.rng.choice(strings)


KINDS: dict[str, Callable[[Drawer, str], Question]] = {
    "common word": Drawer.one_word,
    "rare word": Drawer.rare_word,
    "two words": Drawer.two_words,
    "three words": Drawer.three_words,
    "either word": Drawer.either,
    "phrase across words": Drawer.phrase,
    "frequent string": Drawer.frequent_string,
    "one or two characters": Drawer.short,
    "word, level and year": Drawer.filtered,
    "word, newest first": Drawer.sorted_by_year,
}
# Kinds whose answer is a fact of the text: an engine that can answer them at all must
# agree.
EXACT_KINDS = ("phrase across words", "frequent string", "one or two characters")


def _strings(form: str, length: int) -> Iterator[str]:
    for run in HAN_RUN.findall(form):
        yield from (run[i : i + length] for i in range(len(run) - length + 1))


def _cuts_words(form: str, start: int, end: int) -> bool:
    """Whether neither end is where a word begins or ends."""
    low = max(0, start - 40)
    borders, at = {low}, low
    words: Sequence[str] = tokenizer().words(form[low : end + 40])
    for word in words:
        at = form.index(word, at)
        borders |= {at, at + len(word)}
        at += len(word)
    return start not in borders and end not in borders
