"""Did you mean: whole queries with what is misspelt put right. Each of them finds something.

A correction is offered, never applied.

A run is judged by its pairs of neighbouring characters: 年渡 and 渡报 stand in no report, 年度 and
度报 in all. The candidates replace a character by a homophone or a look-alike, swap two, or take
out, put in or change one. Pinyin that was typed becomes words, and a word of Taiwan's the
mainland's, where that finds many times more. The index already counts the pairs, so nothing is
built for that.
"""

from __future__ import annotations

import math
import re
from collections.abc import (
    Callable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import dataclass
from enum import Enum, auto
from itertools import islice

from index.analysis.characters import IDEOGRAPH_CLASS
from index.analysis.normaliser import fold_line
from index.analysis.readings import (
    COMMON_CHARACTERS,
    alike,
    homophones,
    near_homophones,
)
from index.analysis.tokenizer import tokenizer
from index.analysis.wording import mainland_forms
from index.assist.mainland import (
    WORDED_FIELDS,
    in_mainland_wording,
    is_taiwan_word,
    replaced,
)
from index.assist.snapshot import Snapshot
from index.engines.seam import Engine
from index.query.parser import parse
from index.query.syntax import (
    And,
    Field,
    Or,
    Proximity,
    Quoted,
    Run,
    Syntax,
)

__all__ = [
    "FEW_HITS",
    "MAX_CORRECTIONS",
    "Doubt",
    "Misspelling",
    "corrections",
    "is_suspect",
    "misspellings",
]

# A query with at most this many hits may be misspelt.
FEW_HITS = 5

# Corrected queries that are offered.
MAX_CORRECTIONS = 3

# What is offered for a word of Taiwan's finds at least so many reports, and so many times more.
SEVERAL_REPORTS = 3
MANY_TIMES = 10

# Candidates that are kept of one round, and of one run.
MAX_CANDIDATES = 6

# The number of best candidates in which a second slip is searched for.
SECOND_ROUND_CANDIDATES = 3

# A run with more unknown pairs is about something that no report has; it is not misspelt.
MAX_UNKNOWN_PAIRS = 4

# Characters of a run. A longer one is a sentence that was pasted.
MAX_RUN_LENGTH = 40

# The least that a correction gains, in natural logarithms of frequencies.
LEAST_GAIN = 2.0

# Corrections that gain this much less than the best one are dropped.
MAX_GAIN_SPREAD = 4.0

# The logarithm of so many reports (about 3,000) that gains and costs count in full. In a smaller
# index nothing is very frequent, and both count less.
FULL_SCALE_LOG = 8.0

# Added to each frequency: a pair that stands nowhere is rare, not impossible.
SMOOTHING = 0.1

# Letters that may be pinyin, in one word or several: xinxi, xin xi gong kai, xi'an.
PINYIN_PATTERN = re.compile(r"[A-Za-z]{2,40}(?:[ '][A-Za-z]{1,40})*")

# They look like pinyin but are operators of the query language.
OPERATORS = ("AND", "OR", "NOT")

IDEOGRAPHS = re.compile(f"[{IDEOGRAPH_CLASS}]+")

# What each kind of slip costs, in the same natural logarithms as what it gains. A kind that people
# make rarely costs more.
SOUND_COST = 0.0  # 年渡 for 年度: the same reading
LOOKS_COST = 0.0  # 沐阳 for 沭阳
NEAR_SOUND_COST = 1.5  # 身 for 生: shen and sheng
SWAP_COST = 1.0  # 度年 for 年度
DOUBLED_COST = 3.0  # 年度度报告
STRUCK_COST = 5.0  # any other character, or one that was left out


class Doubt(Enum):
    """Which runs of a query may be misspelt."""

    ANY = auto()
    """All of them: the query found nothing."""
    UNKNOWN = auto()
    """Those with a pair of neighbours that stands in no report."""
    SUSPECT = auto()
    """Those that also fall apart into single characters."""


@dataclass(frozen=True, slots=True)
class Misspelling:
    """A corrected run, and how much likelier it is than the run as typed.

    `gain` is in natural logarithms of the frequencies of its pairs.
    """

    text: str
    gain: float


@dataclass(frozen=True, slots=True)
class _Edit:
    """`text` replaces [start, end) of the form."""

    start: int
    end: int
    text: str
    cost: float

    def applied(self, form: str) -> str:
        return form[: self.start] + self.text + form[self.end :]

    def around(self, form: str) -> tuple[str, str]:
        """What stood there before and after the edit, with a neighbour on each side."""
        low, high = (
            max(0, self.start - 1),
            min(len(form), self.end + 1),
        )
        left, right = (
            form[low : self.start],
            form[self.end : high],
        )
        return form[low:high], left + self.text + right


# ---------------------------------------------------------------------- one run
def misspellings(
    engine: Engine,
    form: str,
    *,
    rounds: int = 2,
) -> list[Misspelling]:
    """What a run in index form may have been meant to be, likeliest first.

    `rounds` is how many slips it may have: one or two.
    """
    frequencies = _Frequencies(engine)
    if len(frequencies.unknown(form)) > MAX_UNKNOWN_PAIRS:
        return []
    once = _corrected_once(frequencies, form)
    gains: dict[str, float] = {m.text: m.gain for m in once}
    if rounds > 1:
        for first in once[:SECOND_ROUND_CANDIDATES]:
            if not frequencies.unknown(first.text):
                continue
            twice = _corrected_once(frequencies, first.text)
            for second in twice[:SECOND_ROUND_CANDIDATES]:
                gains.setdefault(
                    second.text,
                    first.gain + second.gain,
                )
    gains.pop(form, None)
    return _likeliest(gains)


def is_suspect(
    engine: Engine,
    form: str,
) -> bool:
    """Whether an unknown pair of neighbours falls apart: that is what a slip does to a word.

    One of the two is left over as a word by itself (龙刚区 falls into 龙, 刚 and 区), or both are
    the same character.
    """
    single: set[int] = set()
    position = 0
    for word in tokenizer().words(form):
        position = form.find(word, position)
        if len(word) == 1 and IDEOGRAPHS.match(word):
            single.add(position)
        position += len(word)
    unknown = _Frequencies(engine).unknown(form)
    return any(
        i in single or i + 1 in single or form[i] == form[i + 1] for i in unknown
    )


class _Frequencies:
    """In how many reports pairs of characters stand. The engine is asked for many at once."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.known: dict[str, int] = {}
        # One more than there are, so that the logarithm of an empty index is 0.
        self.reports = engine.manifest.reports + 1
        self.scale = min(1.0, math.log(self.reports) / FULL_SCALE_LOG)

    def learn(self, texts: Iterable[str]) -> None:
        """Look up the pairs of some texts."""
        pairs = dict.fromkeys(pair for text in texts for pair in _pairs(text))
        unseen = [pair for pair in pairs if pair not in self.known]
        counts = self.engine.frequencies("pair", unseen)
        self.known.update(zip(unseen, counts, strict=True))

    def weight(self, text: str) -> float:
        """The logarithm of how likely the pairs of a text are.

        Pairs with signs and digits do not count.
        """
        return sum(
            math.log((self.known[pair] + SMOOTHING) / self.reports)
            for pair in _pairs(text)
        )

    def unknown(self, form: str) -> list[int]:
        """Where the pairs begin that stand in no report."""
        self.learn([form])
        return [i for i in range(len(form) - 1) if self.known.get(form[i : i + 2]) == 0]

    def between(
        self,
        left: str,
        right: str,
    ) -> list[str]:
        """The common characters that go with both neighbours."""
        after_left = self.engine.frequencies(
            "pair",
            [left + c for c in COMMON_CHARACTERS],
        )
        fitting = [
            c
            for c, count in zip(
                COMMON_CHARACTERS,
                after_left,
                strict=True,
            )
            if count
        ]
        before_right = self.engine.frequencies("pair", [c + right for c in fitting])
        return [c for c, count in zip(fitting, before_right, strict=True) if count]

    def missing(self, text: str) -> int:
        """How many pairs of a text stand in no report."""
        return sum(not self.known[pair] for pair in _pairs(text))


def _pairs(text: str) -> list[str]:
    """The neighbours that are both ideographs."""
    pairs = (text[i : i + 2] for i in range(len(text) - 1))
    return [pair for pair in pairs if IDEOGRAPHS.fullmatch(pair)]


def _corrected_once(
    frequencies: _Frequencies,
    form: str,
) -> list[Misspelling]:
    """One slip put right. Any character is tried only where no likely slip explains the run."""
    frequencies.learn([form])
    slips = list(_slips(form, frequencies.unknown(form)))
    accepted = list(_accepted(frequencies, form, slips))
    if not accepted:
        struck = list(_struck(frequencies, form))
        accepted = list(_accepted(frequencies, form, struck))
    gains: dict[str, float] = {}
    for m in accepted:
        gains[m.text] = max(m.gain, gains.get(m.text, -math.inf))
    return _likeliest(gains)[:MAX_CANDIDATES]


def _likeliest(
    gains: Mapping[str, float],
) -> list[Misspelling]:
    """Likeliest first, without those that are much less likely."""
    least = max(gains.values(), default=0.0) - MAX_GAIN_SPREAD
    likely = [Misspelling(text, gain) for text, gain in gains.items() if gain >= least]
    return sorted(likely, key=lambda m: (-m.gain, m.text))


def _accepted(
    frequencies: _Frequencies,
    form: str,
    edits: Sequence[_Edit],
) -> Iterator[Misspelling]:
    """The edits that turn what is rare into what is frequent."""
    windows = [edit.around(form) for edit in edits]
    frequencies.learn(text for before_and_after in windows for text in before_and_after)
    for edit, (before, after) in zip(edits, windows, strict=True):
        gain = frequencies.weight(after) - frequencies.weight(before)
        gain -= edit.cost * frequencies.scale
        if gain < LEAST_GAIN * frequencies.scale or not _pairs(after):
            continue
        # A pair that stands nowhere may remain, of a second slip, but fewer than before.
        missing = frequencies.missing(after)
        if not missing or missing < frequencies.missing(before):
            yield Misspelling(edit.applied(form), gain)


def _slips(
    form: str,
    unknown: Sequence[int],
) -> Iterator[_Edit]:
    """Likely slips in the pairs that stand nowhere, or anywhere when all pairs are known."""
    touched = {i + side for i in unknown for side in (0, 1)}
    for i, char in enumerate(form):
        if not IDEOGRAPHS.match(char) or (touched and i not in touched):
            continue
        same_sound = homophones(char)
        for c in same_sound:
            yield _Edit(i, i + 1, c, SOUND_COST)
        for c in alike(char):
            yield _Edit(i, i + 1, c, LOOKS_COST)
        for c in near_homophones(char):
            if c not in same_sound:
                yield _Edit(i, i + 1, c, NEAR_SOUND_COST)
        if i + 1 < len(form) and form[i + 1] != char:
            yield _Edit(i, i + 2, form[i + 1] + char, SWAP_COST)
        # Where all pairs are known, a pair less would always be a gain.
        if touched and len(form) > 3:
            yield _Edit(i, i + 1, "", DOUBLED_COST)


def _struck(
    frequencies: _Frequencies,
    form: str,
) -> Iterator[_Edit]:
    """Any common character, put between two that never meet or in place of one that fits nowhere.

    The latter goes with neither neighbour: both its pairs are unknown.
    """
    unknown = set(frequencies.unknown(form))
    for i in unknown:
        for c in frequencies.between(form[i], form[i + 1]):
            yield _Edit(i + 1, i + 1, c, STRUCK_COST)
        if i + 1 in unknown:
            for c in frequencies.between(form[i], form[i + 2]):
                yield _Edit(i + 1, i + 2, c, STRUCK_COST)


# ---------------------------------------------------------------------- whole queries
def corrections(
    snapshot: Snapshot,
    q: str,
    finds: Callable[[Sequence[str]], Sequence[int]],
    doubt: Doubt | None,
) -> tuple[str, ...]:
    """At most MAX_CORRECTIONS corrected queries, likeliest first.

    `finds` says how many reports each query finds: only those that find something are offered.
    `doubt` says which runs may be misspelt; without one only Taiwan's words are looked at.
    """
    candidates = _as_the_mainland_says(q, finds)
    if doubt is not None:
        candidates = [
            *_typed_pinyin(snapshot, q),
            *candidates,
            *_respelt(snapshot, q, doubt),
        ]
    others = iter([text for text in dict.fromkeys(candidates) if text != q])
    offered: list[str] = []
    while len(offered) < MAX_CORRECTIONS and (
        asked := list(islice(others, snapshot.engine.questions_at_once))
    ):
        found = finds(asked)
        offered += (text for text, n in zip(asked, found, strict=True) if n)
    return tuple(offered[:MAX_CORRECTIONS])


def _as_the_mainland_says(
    q: str, finds: Callable[[Sequence[str]], Sequence[int]]
) -> list[str]:
    """The query in mainland wording, where that finds several reports and many times more."""
    worded = in_mainland_wording(q)
    if worded == q:
        return []
    typed, meant = finds([q, worded])
    return [worded] if meant >= max(SEVERAL_REPORTS, MANY_TIMES * typed) else []


def _respelt(
    snapshot: Snapshot,
    q: str,
    doubt: Doubt,
) -> list[str]:
    """The query with one run put right, or first with all that are surely wrong."""
    engine = snapshot.engine
    one_run: list[tuple[float, str]] = []
    sure: list[tuple[int, int, str]] = []
    for start, end in _run_spans(parse(q)):
        typed = q[start:end]
        form = mainland_forms(fold_line(typed))[-1]
        if is_taiwan_word(form) or not _is_doubted(engine, form, doubt):
            continue
        candidates = _words_of_several(engine, misspellings(engine, form))
        if not candidates and doubt is Doubt.ANY:
            candidates = _near_names(snapshot, form)
        for m in candidates[:MAX_CANDIDATES]:
            replacement = (
                start,
                end,
                _shown(typed, form, m.text),
            )
            one_run.append((-m.gain, replaced(q, [replacement])))
        if candidates and _Frequencies(engine).unknown(form):
            sure.append(
                (
                    start,
                    end,
                    _shown(typed, form, candidates[0].text),
                )
            )
    together = [replaced(q, sure)] if len(sure) > 1 else []
    return together + [text for _, text in sorted(one_run)[:MAX_CANDIDATES]]


def _words_of_several(
    engine: Engine, candidates: list[Misspelling]
) -> list[Misspelling]:
    """Without what has two characters and stands in few reports: they meet there by chance."""
    counts = engine.frequencies(
        "pair", [m.text for m in candidates if len(m.text) == 2]
    )
    found = iter(counts)
    return [m for m in candidates if len(m.text) != 2 or next(found) >= SEVERAL_REPORTS]


def _is_doubted(
    engine: Engine,
    form: str,
    doubt: Doubt,
) -> bool:
    if not 2 <= len(form) <= MAX_RUN_LENGTH or not IDEOGRAPHS.search(form):
        return False
    match doubt:
        case Doubt.ANY:
            return True
        case Doubt.UNKNOWN:
            return bool(_Frequencies(engine).unknown(form))
        case Doubt.SUSPECT:
            return is_suspect(engine, form)


def _near_names(
    snapshot: Snapshot,
    form: str,
) -> list[Misspelling]:
    """Words and names of the index that sound like the run, or are one character away from it."""
    # One character away from a run of two is nearly anything.
    if len(form) <= 2:
        return []
    near = snapshot.vocabulary.near(form)
    return [Misspelling(text, math.log(count + 1)) for text, count in near]


def _shown(
    typed: str,
    form: str,
    corrected: str,
) -> str:
    """The run as typed, with only what was corrected changed: the rest keeps its script."""
    if not len(typed) == len(form) == len(corrected):
        return corrected
    return "".join(
        own if normalised == c else c
        for own, normalised, c in zip(typed, form, corrected, strict=True)
    )


def _run_spans(
    tree: Syntax | None,
) -> Iterator[tuple[int, int]]:
    """Where runs and strings stand that must be found, as [start, end) of the query."""
    match tree:
        case Run(text, position, _):
            if not set("*?") & set(text):
                yield position, position + len(text)
        case Quoted(text, position, _, _):
            yield position + 1, position + 1 + len(text)
        case Field(name, value, _, quoted, value_at=begins) if (
            name in WORDED_FIELDS and value
        ):
            start = begins + quoted
            yield start, start + len(value)
        case And(operands, _) | Or(operands, _) | Proximity(operands, _, _):
            for operand in operands:
                yield from _run_spans(operand)
        case _:
            return


def _typed_pinyin(
    snapshot: Snapshot,
    q: str,
) -> list[str]:
    """The query with pinyin read as words: xinxi gongkai is 信息公开."""
    readings: list[str] = []
    for match in PINYIN_PATTERN.finditer(q):
        before, typed, after = (
            q[: match.start()],
            match.group(),
            q[match.end() :],
        )
        # agency: is a field, and https:/ an address.
        if typed in OPERATORS or after.startswith((":", "/")):
            continue
        words = snapshot.vocabulary.spelt(typed.lower())
        readings += [before + text + after for text in words]
    return readings
