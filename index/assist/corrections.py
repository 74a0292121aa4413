"""Did you mean: whole queries with what is misspelt put right, each of which finds something.

Never applied silently.

A run is judged by its pairs of neighbours, in how many reports they stand: 年渡 and 渡报 are
nowhere, 年度 and 度报 in all. Candidates are homophones, look-alikes, characters swapped, doubled,
lost or struck wrongly; pinyin typed as it is becomes words. Nothing is built for that: the pairs
are what the index is made of.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from index.analysis.characters import IDEOGRAPH_CLASS
from index.analysis.normaliser import fold_line
from index.analysis.readings import COMMON, alike, homophones, near_homophones
from index.analysis.tokenizer import tokenizer
from index.analysis.wording import mainland_forms
from index.assist.vocabulary import vocabulary
from index.engines.seam import Engine
from index.query.parser import parse
from index.query.syntax import And, Field, Or, Proximity, Quoted, Run, Syntax

__all__ = [
    "FEW",
    "MOST",
    "Doubt",
    "Misspelling",
    "corrections",
    "is_suspect",
    "misspellings",
]

# So few reports may be due to a slip.
FEW = 5

# So many corrected queries are offered.
MOST = 3

TRIED = 6
MOST_UNKNOWN = 4
LONGEST = 40
GAIN = 2.0
SPREAD = 4.0
# The logarithm of so many reports that GAIN and costs need not be less: in a small
# index nothing is very frequent.
ENOUGH = 8.0

HAN = re.compile(f"[{IDEOGRAPH_CLASS}]+")
PINYIN = re.compile(r"[A-Za-z]{2,40}(?:[ '][A-Za-z]{1,40})*")

# What each kind of slip costs, in the same natural logarithms as what it gains: the rarer the slip,
# the more.
SOUND, LOOKS, NEAR, SWAPPED, DOUBLED, STRUCK = 0.0, 0.0, 1.5, 1.0, 3.0, 5.0


class Doubt(Enum):
    """Which runs may be misspelt: any; those with neighbours that stand together nowhere; those
    that fall apart.
    """

    ANY = auto()
    UNKNOWN = auto()
    SUSPECT = auto()


@dataclass(frozen=True, slots=True)
class Misspelling:
    """A corrected run and how much likelier it is than the run, in natural logarithms of its pairs'
    frequencies.
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
        """What stood there before and after, with a neighbour on each side."""
        low, high = max(0, self.start - 1), min(len(form), self.end + 1)
        return form[low:high], form[low : self.start] + self.text + form[
            self.end : high
        ]


# ---------------------------------------------------------------------- one run
def misspellings(engine: Engine, form: str, *, rounds: int = 2) -> list[Misspelling]:
    """What a run in index form may have been meant to be, likeliest first."""
    frequencies = _Frequencies(engine)
    if (
        len(frequencies.unknown(form)) > MOST_UNKNOWN
    ):  # it is about something else, not misspelt
        return []
    found = _once(frequencies, form)
    better: dict[str, float] = {m.text: m.gain for m in found}
    if (
        rounds > 1
    ):  # two slips in one run: the best guesses are looked at again where something is still wrong
        for first in found[:3]:
            if frequencies.unknown(first.text):
                for second in _once(frequencies, first.text)[:3]:
                    better.setdefault(second.text, first.gain + second.gain)
    better.pop(form, None)
    return _ordered(better)


def is_suspect(engine: Engine, form: str) -> bool:
    """Whether two neighbours of a run stand together nowhere and are the same, or one is left over
    as a word by itself.

    That is what a slip does to a word: 龙刚区 falls into 龙, 刚 and 区.
    """
    words, single, at = tokenizer().words(form), set(), 0
    for word in words:
        at = form.find(word, at)
        if len(word) == 1 and HAN.match(word):
            single.add(at)
        at += len(word)
    unknown = _Frequencies(engine).unknown(form)
    return any(
        i in single or i + 1 in single or form[i] == form[i + 1] for i in unknown
    )


class _Frequencies:
    """How often pairs stand in the index, asked for all at once."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.known = engine, dict[str, int]()
        self.reports = engine.manifest.reports + 1
        self.scale = min(1.0, math.log(self.reports) / ENOUGH)

    def learn(self, texts: Iterable[str]) -> None:
        new = [
            p
            for p in dict.fromkeys(p for t in texts for p in _pairs(t))
            if p not in self.known
        ]
        self.known.update(zip(new, self.engine.frequencies("pair", new), strict=True))

    def weight(self, text: str) -> float:
        """The logarithm of how likely the pairs of a text are; pairs with signs and digits do not
        count.
        """
        return sum(math.log((self.known[p] + 0.1) / self.reports) for p in _pairs(text))

    def unknown(self, form: str) -> list[int]:
        """Where a pair begins that stands nowhere."""
        self.learn([form])
        return [i for i in range(len(form) - 1) if self.known.get(form[i : i + 2]) == 0]

    def between(self, left: str, right: str) -> list[str]:
        """The common characters that go with both neighbours."""
        first = self.engine.frequencies("pair", [left + c for c in COMMON])
        fitting = [c for c, n in zip(COMMON, first, strict=True) if n]
        second = self.engine.frequencies("pair", [c + right for c in fitting])
        return [c for c, n in zip(fitting, second, strict=True) if n]

    def missing(self, text: str) -> int:
        return sum(not self.known[p] for p in _pairs(text))


def _pairs(text: str) -> list[str]:
    return [
        text[i : i + 2] for i in range(len(text) - 1) if HAN.fullmatch(text[i : i + 2])
    ]


def _once(frequencies: _Frequencies, form: str) -> list[Misspelling]:
    """One slip put right."""
    frequencies.learn([form])
    found = list(
        _judged(frequencies, form, list(_slips(form, frequencies.unknown(form))))
    )
    if not found:
        found = list(_judged(frequencies, form, list(_struck(frequencies, form))))
    best: dict[str, float] = {}
    for m in found:
        best[m.text] = max(m.gain, best.get(m.text, -math.inf))
    return _ordered(best)[:TRIED]


def _ordered(gains: Mapping[str, float]) -> list[Misspelling]:
    """Likeliest first, without those that are much less likely."""
    least = max(gains.values(), default=0.0) - SPREAD
    found = (Misspelling(text, gain) for text, gain in gains.items() if gain >= least)
    return sorted(found, key=lambda m: (-m.gain, m.text))


def _judged(
    frequencies: _Frequencies, form: str, edits: Sequence[_Edit]
) -> Iterator[Misspelling]:
    """The edits that turn what is rare into what is frequent."""
    windows = [e.around(form) for e in edits]
    frequencies.learn(w for pair in windows for w in pair)
    for edit, (before, after) in zip(edits, windows, strict=True):
        gain = (
            frequencies.weight(after)
            - frequencies.weight(before)
            - edit.cost * frequencies.scale
        )
        missing = frequencies.missing(after)
        if (
            gain >= GAIN * frequencies.scale
            and _pairs(after)
            and (not missing or missing < frequencies.missing(before))
        ):
            yield Misspelling(edit.applied(form), gain)


def _slips(form: str, unknown: Sequence[int]) -> Iterator[_Edit]:
    """Slips where neighbours stand together nowhere, or anywhere when all do."""
    touched = {i + n for i in unknown for n in (0, 1)}
    for i, char in enumerate(form):
        if not HAN.match(char) or (touched and i not in touched):
            continue
        same = homophones(char)
        yield from (_Edit(i, i + 1, c, SOUND) for c in same)
        yield from (_Edit(i, i + 1, c, LOOKS) for c in alike(char))
        yield from (
            _Edit(i, i + 1, c, NEAR) for c in near_homophones(char) if c not in same
        )
        if i + 1 < len(form) and form[i + 1] != char:
            yield _Edit(i, i + 2, form[i + 1] + char, SWAPPED)
        if touched and len(form) > 3:  # otherwise a pair less would always be a gain
            yield _Edit(i, i + 1, "", DOUBLED)


def _struck(frequencies: _Frequencies, form: str) -> Iterator[_Edit]:
    """Any common character in place of one that goes with neither neighbour, or between two that
    never meet.
    """
    unknown = set(frequencies.unknown(form))
    for i in unknown:
        yield from (
            _Edit(i + 1, i + 1, c, STRUCK)
            for c in frequencies.between(form[i], form[i + 1])
        )
        if i + 1 in unknown:
            yield from (
                _Edit(i + 1, i + 2, c, STRUCK)
                for c in frequencies.between(form[i], form[i + 2])
            )


# ---------------------------------------------------------------------- whole queries
def corrections(
    engine: Engine, q: str, finds: Callable[[str], int], doubt: Doubt
) -> tuple[str, ...]:
    """At most MOST corrected queries, likeliest first, each of which `finds` something.

    `doubt` says which runs may be misspelt.
    """
    out: list[str] = []
    for candidate in dict.fromkeys(
        [*_typed_pinyin(engine, q), *_respelt(engine, q, doubt)]
    ):
        if candidate != q and finds(candidate):
            out.append(candidate)
            if len(out) == MOST:
                break
    return tuple(out)


def _respelt(engine: Engine, q: str, doubt: Doubt) -> list[str]:
    """The query with one run put right, or with all that are surely wrong."""
    one: list[tuple[float, str]] = []
    best: list[tuple[int, int, str]] = []
    for start, end in _places(parse(q)):
        form = mainland_forms(fold_line(q[start:end]))[-1]
        if (
            not 2 <= len(form) <= LONGEST
            or not HAN.search(form)
            or not _doubted(engine, form, doubt)
        ):
            continue
        found = misspellings(engine, form) or (
            _named(engine, form) if doubt is Doubt.ANY else []
        )
        one += [
            (-m.gain, _put(q, [(start, end, _shown(q[start:end], form, m.text))]))
            for m in found[:TRIED]
        ]
        if found and _Frequencies(engine).unknown(form):
            best.append((start, end, _shown(q[start:end], form, found[0].text)))
    together = [_put(q, best)] if len(best) > 1 else []
    return together + [text for _, text in sorted(one)[:TRIED]]


def _doubted(engine: Engine, form: str, doubt: Doubt) -> bool:
    if doubt is Doubt.ANY:
        return True
    return (
        bool(_Frequencies(engine).unknown(form))
        if doubt is Doubt.UNKNOWN
        else is_suspect(engine, form)
    )


def _named(engine: Engine, form: str) -> list[Misspelling]:
    """Words and names of the index that sound like the run, or are one character away from it."""
    found = vocabulary(engine).near(form) if len(form) > 2 else []
    return [Misspelling(text, math.log(count + 1)) for text, count in found]


def _shown(typed: str, form: str, corrected: str) -> str:
    """The run as typed, with only what was corrected changed: the rest keeps its script."""
    if not len(typed) == len(form) == len(corrected):
        return corrected
    return "".join(
        t if f == c else c for t, f, c in zip(typed, form, corrected, strict=True)
    )


def _put(q: str, places: Sequence[tuple[int, int, str]]) -> str:
    for start, end, text in sorted(places, reverse=True):
        q = q[:start] + text + q[end:]
    return q


def _places(tree: Syntax | None) -> Iterator[tuple[int, int]]:
    """Where runs and strings stand that must be found, as [start, end) of the query."""
    match tree:
        case Run(text, position, _):
            if not set("*?") & set(text):
                yield position, position + len(text)
        case Quoted(text, position, _, _):
            yield position + 1, position + 1 + len(text)
        case Field(name, value, position, quoted) if (
            name in ("title", "text", "agency", "region") and value
        ):
            start = position + len(name) + 1 + quoted
            yield start, start + len(value)
        case And(operands, _) | Or(operands, _) | Proximity(operands, _, _):
            for operand in operands:
                yield from _places(operand)
        case _:
            return


def _typed_pinyin(engine: Engine, q: str) -> list[str]:
    """The query with pinyin read as words: xinxi gongkai is 信息公开."""
    out = []
    for match in PINYIN.finditer(q):
        if match.group() in ("AND", "OR", "NOT") or q[
            match.end() : match.end() + 1
        ] in (":", "/"):
            continue
        found = vocabulary(engine).spelt(match.group().lower())
        out += [q[: match.start()] + text + q[match.end() :] for text in found]
    return out
