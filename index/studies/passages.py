"""Passages that two reports share: sentences paired by their letters, joined to passages,
differences marked.

    text -> sentences in index form -> letters without digits and punctuation -> pairs -> runs of
    pairs -> differences

Numbers and years change every year and say nothing about who copied: they do not count in
comparing, and show as differences. Cells of tables are not prose and are left out. Everything here
is a pure function of two texts; spans of sentences are places in index form, all others code points
of the display text.
"""

from __future__ import annotations

import heapq
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from index.analysis.characters import HAN_NUMERALS
from index.analysis.normaliser import Folded
from index.analysis.offsets import OffsetMap
from index.analysis.wording import is_taiwan_worded, mainland_text

__all__ = [
    "Card",
    "Commonness",
    "Difference",
    "Pair",
    "Passage",
    "Passages",
    "Prose",
    "Sentence",
    "aligned",
    "compared",
    "is_boilerplate",
    "passages_of",
    "prose",
    "shares",
]

Span = tuple[int, int]

# Shorter sentences say 无 or 没有收取费用 in every report: whether they are shared is
# chance.
LEAST_LETTERS = 12

# A longer sentence, one that lost its stops, is cut behind a comma.
LONGEST = 300

# A report has 30 to 150. What follows behind so many is not compared, and the answer
# says so.
MOST_SENTENCES = 600

# Dice's coefficient of letter pairs from which two sentences are the same one, edited.
#
# Measured by bench/passages.py on consecutive years: sentences made from one pattern
# with other words stay below 0.6.
SIMILAR = 0.62

# And this part of their letters stands in the same order: the same words shuffled are
# another sentence.
IN_ORDER = 0.7

# So many sentences are tried for each: a list that repeats one sentence is no reason to
# try all of it.
TRIED = 6

# Less of a table's row, cells on one line, is letters.
PROSE_SHARE = 0.5

# Longer sentences say more than the Regulations ask.
STATUTORY_LETTERS = 80

# Characters of headings and short sentences that a passage may hold between two of its
# sentences.
GAP = 60

# Characters between two differences that are no reason to show them apart, unless the
# second is a number.
ISLAND = 1

LONG_LINE = 20
ENDS = "。！？；!?;"
STOP = re.compile(r"[。!?;]+[\"')]*")
NO_LETTER = re.compile(r"[\W\d_]+")
TOKEN = re.compile(r"\d+(?:[.,]\d+)*%?|.", re.DOTALL)

# What the Regulations make everybody say: on what ground, for what period, that nobody
# sued, that nothing was charged.
#
# It is boilerplate even in an index too small to show that all say it.
STATUTORY = re.compile(
    r"(?:统计|数据)期限"
    r"|条例.{0,40}编制.{0,40}报告"
    r"|(?:没有|未|无).{0,30}(?:复议.{0,8}诉讼|诉讼.{0,8}复议)"
    r"|(?:没有|未|无).{0,12}(?:收取|收费|费用)"
)

HEADING = re.compile(rf"[(]?[{HAN_NUMERALS}]+[)、.,][^,]{{0,30}}情况[。;]?$")

# Labels of the statutory tables that have a comma: no prose of anybody, however few
# reports an index holds.
LABELS = (
    "部分公开区分处理的只计这一情形不计其他情形",
    "本列数据的勾稽关系为第一项加第二项之和等于第三项加第四项之和",
    "申请人无正当理由逾期不补正行政机关不再处理其政府信息公开申请",
    "申请人逾期未按收费通知要求缴纳费用行政机关不再处理其政府信息公开申请",
)

_LABELS = "\n".join(LABELS)


# ---------------------------------------------------------------------- answers
@dataclass(frozen=True, slots=True)
class Card:
    """What a list says of a report."""

    id: str
    title: str | None
    agency: str | None
    year: int | None
    region: list[str] | None


@dataclass(frozen=True, slots=True)
class Difference:
    """What reads otherwise inside a passage: [start, end) of both texts, one of them empty where
    words were put in.
    """

    own: Span
    other: Span


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch that two reports share, [start, end) of both texts, with the differences inside.

    `letters` counts those of its own sentences. `bodies` is in the reports of how many bodies its
    most common sentence stands (None: not looked up), `boilerplate` whether that is so many that it
    says nothing of copying.
    """

    own: Span
    other: Span
    letters: int
    differences: tuple[Difference, ...] = ()
    boilerplate: bool = False
    bodies: int | None = None


@dataclass(frozen=True, slots=True)
class Passages:
    """The passages that two reports share, in the order of the first.

    `share` is the part of the first report's own letters (prose, boilerplate left out) that stands
    in the second, `other_share` the same the other way round with the boilerplate of the first left
    out; None where nothing is left. `cut` says that a text is so long that its end was not
    compared.
    """

    report: Card
    other: Card
    share: float | None
    other_share: float | None
    passages: tuple[Passage, ...]
    cut: bool = False

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self)


# ---------------------------------------------------------------------- sentences
@dataclass(frozen=True)  # no slots: pairs are made when they are first asked for
class Sentence:
    """A sentence at form[start:end], and its letters in mainland wording: what it is compared by."""

    start: int
    end: int
    letters: str

    @cached_property
    def pairs(self) -> frozenset[str]:
        """Its neighbouring letters."""
        return frozenset(a + b for a, b in pairwise(self.letters))

    @property
    def is_statutory(self) -> bool:
        """Whether it is short and says what the Regulations make everybody say."""
        return (
            len(self.letters) <= STATUTORY_LETTERS
            and STATUTORY.search(self.letters) is not None
        )


@dataclass(frozen=True, slots=True)
class Prose:
    """The sentences of a report that can be compared, in order."""

    text: Folded
    sentences: tuple[Sentence, ...]
    cut: bool = False

    @property
    def letters(self) -> int:
        """How many letters all sentences have."""
        return sum(len(s.letters) for s in self.sentences)


def prose(display: str, text: Folded) -> Prose:
    """The prose of a report: `text` is the index form of `display`.

    >>> from index.analysis.normaliser import fold
    >>> shown = "一、概述\\n我局主动公开政府信息共12条，及时回应关切。\\n0\\n12"
    >>> [s.letters for s in prose(shown, fold(shown)).sentences]
    ['我局主动公开政府信息共条及时回应关切']
    """
    form, found = text.form, []
    taiwan = is_taiwan_worded(form)
    for start, end in _stretches(display, text):
        letters = NO_LETTER.sub("", form[start:end])
        if len(letters) >= LEAST_LETTERS and _is_prose(form[start:end], letters):
            found.append(
                Sentence(start, end, mainland_text(letters) if taiwan else letters)
            )
    return Prose(text, tuple(found[:MOST_SENTENCES]), len(found) > MOST_SENTENCES)


def _is_prose(piece: str, letters: str) -> bool:
    """Whether a piece is a sentence: headings and cells have neither comma nor stop, rows are
    mostly numbers.
    """
    sentence = "," in piece or STOP.search(piece) is not None
    heading = HEADING.match(piece) is not None
    return (
        sentence
        and not heading
        and len(letters) >= PROSE_SHARE * len(piece)
        and letters.lstrip(HAN_NUMERALS) not in _LABELS
    )


def _stretches(display: str, text: Folded) -> Iterator[Span]:
    """The form cut behind sentences and at line breaks that end a paragraph, without white space at
    either end.
    """
    form = text.form
    cuts = {m.end() for m in STOP.finditer(form)} | {0, len(form)}
    breaks = _paragraph_ends(display)
    if breaks:
        cuts |= set(_displayed_at(text).searchsorted(breaks).tolist())
    for start, end in pairwise(sorted(cuts)):
        piece = form[start:end]
        yield from _pieces(
            form,
            start + len(piece) - len(piece.lstrip()),
            end - len(piece) + len(piece.rstrip()),
        )


def _pieces(form: str, start: int, end: int) -> Iterator[Span]:
    """The stretch, cut behind commas where it is too long."""
    while end - start > LONGEST:
        comma = form.rfind(",", start + LEAST_LETTERS, start + LONGEST)
        behind = comma + 1 if comma > 0 else start + LONGEST
        yield start, behind
        start = behind
    yield start, end


def _displayed_at(text: Folded) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Where each character of the form starts in the display text."""
    form, display, block = (
        np.asarray(c, np.int64)
        for c in (text.offsets.form, text.offsets.display, text.offsets.block)
    )
    at = np.arange(len(text.form))
    run = form.searchsorted(at, "right") - 1
    places: np.ndarray[Any, np.dtype[np.int64]] = display[run] + np.where(
        block[run] > 0, 0, at - form[run]
    )
    return places


def _paragraph_ends(display: str) -> list[int]:
    """The line breaks that end something.

    In a text of fixed width, those behind full lines do not.
    """
    lines, at = [], 0
    for line in display.split("\n"):
        at += len(line) + 1
        lines.append((at - 1, line.strip()))
    long = [line for _, line in lines if len(line) >= LONG_LINE]
    open_ended = [line for line in long if line[-1] not in ENDS and "|" not in line]
    wrapped = len(long) >= 3 and 2 * len(open_ended) > len(long)
    return [
        end
        for end, line in lines
        if not (wrapped and len(line) >= LONG_LINE and line[-1] not in ENDS)
    ]


# ---------------------------------------------------------------------- pairs
@dataclass(frozen=True, slots=True)
class Pair:
    """Sentence `own` of one report is sentence `other` of another;

    `likeness` is 1 where all letters are the same.
    """

    own: int
    other: int
    likeness: float


def aligned(a: Prose, b: Prose) -> list[Pair]:
    """Which sentences are the same, by the order of the first report; each is paired once, likest
    first.

    Sentences may stand in another order: chapters are moved.
    """
    same = _same(a.sentences, b.sentences)
    left = {p.own for p in same}
    right = {p.other for p in same}
    found = [
        p
        for p in _likely(a.sentences, b.sentences)
        if p.own not in left and p.other not in right
    ]
    scale_a, scale_b = max(1, len(a.sentences)), max(1, len(b.sentences))
    found.sort(
        key=lambda p: (
            -p.likeness,
            abs(p.own / scale_a - p.other / scale_b),
            p.own,
            p.other,
        )
    )
    for pair in found:
        if pair.own not in left and pair.other not in right:
            left.add(pair.own)
            right.add(pair.other)
            same.append(pair)
    return sorted(same, key=lambda p: p.own)


def _same(a: Sequence[Sentence], b: Sequence[Sentence]) -> list[Pair]:
    """Sentences with the same letters, the first with the first."""
    places: dict[str, list[int]] = defaultdict(list)
    for j in range(len(b) - 1, -1, -1):
        places[b[j].letters].append(j)
    return [
        Pair(i, places[s.letters].pop(), 1.0)
        for i, s in enumerate(a)
        if places.get(s.letters)
    ]


def _likely(a: Sequence[Sentence], b: Sequence[Sentence]) -> Iterator[Pair]:
    """Pairs of sentences that share enough letter pairs, the likest of each."""
    holders: dict[str, list[int]] = defaultdict(list)
    for j, sentence in enumerate(b):
        for pair in sentence.pairs:
            holders[pair].append(j)
    for i, sentence in enumerate(a):
        common = Counter(j for pair in sentence.pairs for j in holders.get(pair, ()))
        like = (
            (2 * n / (len(sentence.pairs) + len(b[j].pairs)), j)
            for j, n in common.items()
        )
        for likeness, j in heapq.nsmallest(
            TRIED, ((-x, j) for x, j in like if x >= SIMILAR)
        ):
            if _in_order(sentence.letters, b[j].letters):
                yield Pair(i, j, round(-likeness, 3))


def _in_order(a: str, b: str) -> bool:
    return SequenceMatcher(None, a, b, autojunk=False).ratio() >= IN_ORDER


# ---------------------------------------------------------------------- passages
@dataclass(frozen=True, slots=True)
class Commonness:
    """How many bodies say each sentence of a report, and from how many on it is boilerplate."""

    bodies: tuple[int, ...]
    limit: int


def is_boilerplate(read: Prose, sentence: int, common: Commonness | None) -> bool:
    """Whether a sentence is statutory, or so many say it that it says nothing of copying."""
    return read.sentences[sentence].is_statutory or (
        common is not None and common.bodies[sentence] > common.limit
    )


def shares(
    a: Prose, b: Prose, pairs: Iterable[Pair], common: Commonness | None
) -> tuple[float | None, float | None]:
    """(share of the first report that stands in the second, share of the second in the first), 0 to
    1.

    Boilerplate of the first is left out; in the second it is known only where it is shared.
    """
    pairs = list(pairs)
    plain = {i for i in range(len(a.sentences)) if not is_boilerplate(a, i, common)}
    theirs = {j for j, s in enumerate(b.sentences) if not s.is_statutory} - {
        p.other for p in pairs if p.own not in plain
    }
    mine, others = ([len(s.letters) for s in x.sentences] for x in (a, b))
    own = sum(mine[p.own] for p in pairs if p.own in plain)
    other = sum(others[p.other] for p in pairs if p.own in plain and p.other in theirs)
    return _part(own, sum(mine[i] for i in plain)), _part(
        other, sum(others[j] for j in theirs)
    )


def _part(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def compared(
    cards: tuple[Card, Card], a: Prose, b: Prose, common: Commonness | None = None
) -> Passages:
    """Two reports side by side."""
    pairs = aligned(a, b)
    own, other = shares(a, b, pairs, common)
    return Passages(
        *cards, own, other, passages_of(a, b, pairs, common), a.cut or b.cut
    )


def passages_of(
    a: Prose,
    b: Prose,
    pairs: Sequence[Pair],
    common: Commonness | None = None,
    *,
    differences: bool = True,
) -> tuple[Passage, ...]:
    """The runs of pairs that follow each other in both reports, in the order of the first."""
    runs: list[list[Pair]] = []
    for pair in pairs:
        if runs and _follows(a, b, runs[-1][-1], pair, common):
            runs[-1].append(pair)
        else:
            runs.append([pair])
    return tuple(_passage(a, b, run, common, differences=differences) for run in runs)


def _follows(
    a: Prose, b: Prose, last: Pair, pair: Pair, common: Commonness | None
) -> bool:
    if (pair.own, pair.other) != (last.own + 1, last.other + 1):
        return False
    if is_boilerplate(a, pair.own, common) != is_boilerplate(a, last.own, common):
        return False
    gaps = (
        a.sentences[pair.own].start - a.sentences[last.own].end,
        b.sentences[pair.other].start - b.sentences[last.other].end,
    )
    return max(gaps) <= GAP


def _passage(
    a: Prose,
    b: Prose,
    run: Sequence[Pair],
    common: Commonness | None,
    *,
    differences: bool,
) -> Passage:
    first, last = run[0], run[-1]
    own = a.sentences[first.own].start, a.sentences[last.own].end
    other = b.sentences[first.other].start, b.sentences[last.other].end
    return Passage(
        own=a.text.offsets.span(*own),
        other=b.text.offsets.span(*other),
        letters=sum(len(a.sentences[p.own].letters) for p in run),
        differences=tuple(_differences(a, b, run)) if differences else (),
        boilerplate=is_boilerplate(a, first.own, common),
        bodies=max(common.bodies[p.own] for p in run) if common is not None else None,
    )


def _differences(a: Prose, b: Prose, run: Sequence[Pair]) -> Iterator[Difference]:
    """What reads otherwise, sentence by sentence and between them."""
    last: Pair | None = None
    for pair in run:
        own, other = a.sentences[pair.own], b.sentences[pair.other]
        if last is not None:
            before = a.sentences[last.own].end, b.sentences[last.other].end
            yield from _changed(
                a.text, b.text, (before[0], own.start), (before[1], other.start)
            )
        yield from _changed(
            a.text, b.text, (own.start, own.end), (other.start, other.end)
        )
        last = pair


def _changed(a: Folded, b: Folded, own: Span, other: Span) -> Iterator[Difference]:
    """What reads otherwise between two stretches of index form, numbers as a whole."""
    if a.form[slice(*own)] == b.form[slice(*other)]:
        return
    left, right = _tokens(a.form, own), _tokens(b.form, other)
    ours, theirs = (
        [form[s:e] for s, e in spans]
        for form, spans in ((a.form, left), (b.form, right))
    )
    changed: list[list[int]] = []
    for tag, i, j, k, m in SequenceMatcher(
        None, ours, theirs, autojunk=False
    ).get_opcodes():
        if tag == "equal":
            continue
        number = j - i == 1 and ours[i][0].isdigit()
        if changed and i - changed[-1][1] <= ISLAND and not number:
            changed[-1][1::2] = j, m
        else:
            changed.append([i, j, k, m])
    for i, j, k, m in changed:
        yield Difference(
            _shown(a.offsets, left, i, j, own[0]),
            _shown(b.offsets, right, k, m, other[0]),
        )


def _tokens(form: str, span: Span) -> list[Span]:
    return [m.span() for m in TOKEN.finditer(form, *span)]


def _shown(
    offsets: OffsetMap, tokens: Sequence[Span], first: int, behind: int, start: int
) -> Span:
    """The display span of some tokens; of none, the empty span where they would stand, `start` if
    there are none.
    """
    if behind > first:
        return offsets.span(tokens[first][0], tokens[behind - 1][1])
    if first < len(tokens):
        at = offsets.start(tokens[first][0])
    else:
        last = tokens[-1][1] if tokens else start
        at = offsets.end(last - 1) if last else 0
    return at, at
