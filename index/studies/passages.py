"""Passages that two reports share: paired sentences, joined, with their differences marked.

    text -> sentences in index form -> letters without digits and punctuation -> pairs -> runs of
    pairs -> differences

Numbers and years change every year and say nothing about who copied. They do not count when
sentences are compared, and show as differences. Cells of tables are not prose and are left out.
Everything here is a pure function of two texts. Spans of sentences are positions in index form; all
other spans are code points of the display text.
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
from index.analysis.wording import (
    is_taiwan_worded,
    mainland_text,
)

__all__ = [
    "Commonness",
    "Difference",
    "Pair",
    "Passage",
    "Passages",
    "Prose",
    "ReportSummary",
    "Sentence",
    "aligned",
    "compared",
    "is_boilerplate",
    "passages_of",
    "prose",
    "shares",
]

Span = tuple[int, int]

# Positions in a text, one for each character of another.
Positions = np.ndarray[Any, np.dtype[np.int64]]

# Shorter sentences say 无 or 没有收取费用 in every report: whether they are shared is
# chance.
LEAST_LETTERS = 12

# A longer sentence, one that lost its stops, is cut behind a comma.
LONGEST_SENTENCE = 300

# A report has 30 to 150. What follows behind so many is not compared, and the answer
# says so.
MAX_SENTENCES = 600

# Dice's coefficient of letter pairs from which two sentences are the same one, edited.
#
# Measured by bench/passages.py on consecutive years: sentences made from one pattern
# with other words stay below 0.6.
LEAST_LIKENESS = 0.62

# The least part of the letters of two sentences that must be in the same order. Otherwise they
# use the same words but are different sentences.
MIN_ORDER_RATIO = 0.7

# Sentences of the other report that are tried for each, likest first. A list that repeats one
# sentence a hundred times is no reason to try all of it.
MAX_CANDIDATES = 6

# The least part of a sentence that is letters. Of a row of a table (行政许可 12 3 15) less is.
PROSE_SHARE = 0.5

# Longer sentences say more than the Regulations ask.
STATUTORY_LETTERS = 80

# Characters of headings and short sentences that a passage may hold between two of its
# sentences.
MAX_GAP = 60

# Two differences with at most this many equal tokens between them are shown as one, unless the
# second one is a number. A token is a number or one character.
MAX_EQUAL_TOKENS_BETWEEN = 1

# A line with fewer characters ends a paragraph in a text of fixed width.
LONG_LINE = 20
SENTENCE_ENDS = "。！？；!?;"
# A stop in index form, with the quotation mark or bracket that closes behind it: 。" or ;)
STOP_PATTERN = re.compile(r"[。!?;]+[\"')]*")
# What does not count in comparing: digits, signs, white space.
NO_LETTERS = re.compile(r"[\W\d_]+")
# What differences are made of: a whole number (1,234.5 or 98%), or any one character.
TOKEN_PATTERN = re.compile(r"\d+(?:[.,]\d+)*%?|.", re.DOTALL)

# What the Regulations make everybody say: on what ground, for what period, that nobody
# sued, that nothing was charged.
#
# It is boilerplate even in an index too small to show that all say it.
STATUTORY_PATTERN = re.compile(
    r"(?:统计|数据)期限"
    r"|条例.{0,40}编制.{0,40}报告"
    r"|(?:没有|未|无).{0,30}(?:复议.{0,8}诉讼|诉讼.{0,8}复议)"
    r"|(?:没有|未|无).{0,12}(?:收取|收费|费用)"
)

# (二)主动公开政府信息情况。: a heading in index form that ends with a stop as a sentence does.
SITUATION_HEADING = re.compile(rf"[(]?[{HAN_NUMERALS}]+[)、.,][^,]{{0,30}}情况[。;]?$")

# Labels of the statutory tables that have a comma: no prose of anybody, however few
# reports an index holds.
TABLE_LABELS = (
    "部分公开区分处理的只计这一情形不计其他情形",
    "本列数据的勾稽关系为第一项加第二项之和等于第三项加第四项之和",
    "申请人无正当理由逾期不补正行政机关不再处理其政府信息公开申请",
    "申请人逾期未按收费通知要求缴纳费用行政机关不再处理其政府信息公开申请",
)

_JOINED_LABELS = "\n".join(TABLE_LABELS)


# ---------------------------------------------------------------------- answers
@dataclass(frozen=True, slots=True)
class ReportSummary:
    """What a list says of a report."""

    id: str
    title: str | None
    agency: str | None
    year: int | None
    region: list[str] | None


@dataclass(frozen=True, slots=True)
class Difference:
    """What reads otherwise inside a passage, [start, end) of both texts.

    One of them is empty where words were put in.
    """

    own: Span
    other: Span


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch that two reports share, [start, end) of both texts, with the differences inside.

    `letters` counts those of its sentences in the first report. `bodies` says how many bodies have
    its most common sentence in a report (None: not looked up). `boilerplate`: they are so many
    that it says nothing of copying.
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

    `share` is the part of the first report's letters that stands in the second, 0 to 1; only prose
    counts, without boilerplate. `other_share` is the same the other way round, without the
    boilerplate of the first. Both are None where no letters are left. `cut`: a text is so long
    that its end was not compared.
    """

    report: ReportSummary
    other: ReportSummary
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
    """A sentence at form[start:end]. It is compared by `letters`, those in mainland wording."""

    start: int
    end: int
    letters: str

    @cached_property
    def pairs(self) -> frozenset[str]:
        """Its neighbouring letters."""
        neighbours = pairwise(self.letters)
        return frozenset(a + b for a, b in neighbours)

    @property
    def is_statutory(self) -> bool:
        """Whether it is short and says what the Regulations make everybody say."""
        return (
            len(self.letters) <= STATUTORY_LETTERS
            and STATUTORY_PATTERN.search(self.letters) is not None
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


def prose(
    display: str,
    text: Folded,
) -> Prose:
    """The prose of a report: `text` is the index form of `display`.

    >>> from index.analysis.normaliser import fold
    >>> shown = "一、概述\\n我局主动公开政府信息共12条，及时回应关切。\\n0\\n12"
    >>> [s.letters for s in prose(shown, fold(shown)).sentences]
    ['我局主动公开政府信息共条及时回应关切']
    """
    form = text.form
    is_taiwan = is_taiwan_worded(form)
    sentences: list[Sentence] = []
    for start, end in _stretches(display, text):
        piece = form[start:end]
        letters = NO_LETTERS.sub("", piece)
        if len(letters) < LEAST_LETTERS or not _is_prose(piece, letters):
            continue
        if is_taiwan:
            letters = mainland_text(letters)
        sentences.append(Sentence(start, end, letters))
    cut = len(sentences) > MAX_SENTENCES
    kept = tuple(sentences[:MAX_SENTENCES])
    return Prose(text, kept, cut)


def _is_prose(
    piece: str,
    letters: str,
) -> bool:
    """Whether a piece is a sentence and no heading, cell, row or label.

    Headings and cells have neither comma nor stop; rows are mostly numbers.
    """
    if "," not in piece and STOP_PATTERN.search(piece) is None:
        return False
    if SITUATION_HEADING.match(piece) is not None:
        return False
    if len(letters) < PROSE_SHARE * len(piece):
        return False
    # A label is printed with its number: 三、本列数据的勾稽关系为…
    return letters.lstrip(HAN_NUMERALS) not in _JOINED_LABELS


def _stretches(
    display: str,
    text: Folded,
) -> Iterator[Span]:
    """The form cut behind sentences and at line breaks that end a paragraph.

    Stretches have no white space at either end.
    """
    form = text.form
    stops = STOP_PATTERN.finditer(form)
    cuts = {stop.end() for stop in stops}
    cuts |= {0, len(form)}
    breaks = _paragraph_ends(display)
    if breaks:
        displayed = _displayed_at(text)
        positions = displayed.searchsorted(breaks)
        cuts |= set(positions.tolist())
    for start, end in pairwise(sorted(cuts)):
        piece = form[start:end]
        # white space at both ends is left out
        first = end - len(piece.lstrip())
        behind = start + len(piece.rstrip())
        yield from _pieces(form, first, behind)


def _pieces(
    form: str,
    start: int,
    end: int,
) -> Iterator[Span]:
    """The stretch, cut behind commas where it is too long."""
    while end - start > LONGEST_SENTENCE:
        comma = form.rfind(
            ",",
            start + LEAST_LETTERS,
            start + LONGEST_SENTENCE,
        )
        behind = comma + 1 if comma > 0 else start + LONGEST_SENTENCE
        yield start, behind
        start = behind
    yield start, end


def _displayed_at(
    text: Folded,
) -> Positions:
    """Where each character of the form starts in the display text."""
    form = np.asarray(text.offsets.form, np.int64)
    display = np.asarray(text.offsets.display, np.int64)
    block = np.asarray(text.offsets.block, np.int64)
    positions = np.arange(len(text.form))
    run = form.searchsorted(positions, "right") - 1
    # All characters of a block (㈠ as (一)) came from where it starts.
    is_block = block[run] > 0
    distances = positions - form[run]
    inside = np.where(is_block, 0, distances)
    displayed: Positions = display[run] + inside
    return displayed


def _paragraph_ends(display: str) -> list[int]:
    """The positions of the line breaks that end something.

    In a text of fixed width, those behind full lines do not.
    """
    lines: list[tuple[int, str]] = []
    position = 0
    for line in display.split("\n"):
        position += len(line)
        lines.append((position, line.strip()))
        position += 1
    if not _is_wrapped([line for _, line in lines]):
        return [end for end, _ in lines]
    return [end for end, line in lines if not _is_open(line)]


def _is_open(line: str) -> bool:
    """Whether a line is full and stops inside a sentence."""
    return len(line) >= LONG_LINE and line[-1] not in SENTENCE_ENDS


def _is_wrapped(lines: Sequence[str]) -> bool:
    """Whether lines were broken at a fixed width: most of the long ones are open."""
    long = [line for line in lines if len(line) >= LONG_LINE]
    # | stands between the cells of a row, which no width broke.
    open_lines = [line for line in long if _is_open(line) and "|" not in line]
    are_most_open = 2 * len(open_lines) > len(long)
    return len(long) >= 3 and are_most_open


# ---------------------------------------------------------------------- pairs
@dataclass(frozen=True, slots=True)
class Pair:
    """Sentence `own` of one report is sentence `other` of another.

    `likeness` is Dice's coefficient of their letter pairs, 1 where all letters are the same.
    """

    own: int
    other: int
    likeness: float


def aligned(
    a: Prose,
    b: Prose,
) -> list[Pair]:
    """Which sentences are the same, in the order of the first report.

    Each sentence is in one pair at most; of several possible pairs the likest is taken. Sentences
    may stand in another order: chapters are moved.
    """
    pairs = _same(a.sentences, b.sentences)
    paired_own = {pair.own for pair in pairs}
    paired_other = {pair.other for pair in pairs}
    likely = [
        pair
        for pair in _likely(a.sentences, b.sentences)
        if pair.own not in paired_own and pair.other not in paired_other
    ]
    own_count = max(1, len(a.sentences))
    other_count = max(1, len(b.sentences))

    def likest_first(
        pair: Pair,
    ) -> tuple[float, float, int, int]:
        # Of pairs as like, the one that stands at the same height of both reports.
        distance = abs(pair.own / own_count - pair.other / other_count)
        return (
            -pair.likeness,
            distance,
            pair.own,
            pair.other,
        )

    for pair in sorted(likely, key=likest_first):
        if pair.own not in paired_own and pair.other not in paired_other:
            paired_own.add(pair.own)
            paired_other.add(pair.other)
            pairs.append(pair)
    return sorted(pairs, key=lambda pair: pair.own)


def _same(
    a: Sequence[Sentence],
    b: Sequence[Sentence],
) -> list[Pair]:
    """Sentences with the same letters, the first with the first."""
    # Numbers of the sentences of b, the first last: pop gives them in order.
    numbers: dict[str, list[int]] = defaultdict(list)
    for j in range(len(b) - 1, -1, -1):
        numbers[b[j].letters].append(j)
    pairs: list[Pair] = []
    for i, sentence in enumerate(a):
        if numbers.get(sentence.letters):
            j = numbers[sentence.letters].pop()
            pairs.append(Pair(i, j, 1.0))
    return pairs


def _likely(
    a: Sequence[Sentence],
    b: Sequence[Sentence],
) -> Iterator[Pair]:
    """Pairs of sentences that share enough letter pairs, the likest of each."""
    holders: dict[str, list[int]] = defaultdict(list)
    for j, sentence in enumerate(b):
        for letter_pair in sentence.pairs:
            holders[letter_pair].append(j)
    for i, sentence in enumerate(a):
        size = len(sentence.pairs)
        common = Counter(j for pair in sentence.pairs for j in holders.get(pair, ()))
        # Dice's coefficient, negative: the smallest are the likest.
        coefficients = (
            (-2 * count / (size + len(b[j].pairs)), j) for j, count in common.items()
        )
        like = (x for x in coefficients if x[0] <= -LEAST_LIKENESS)
        for negative, j in heapq.nsmallest(MAX_CANDIDATES, like):
            if _is_mostly_in_order(sentence.letters, b[j].letters):
                yield Pair(i, j, round(-negative, 3))


def _is_mostly_in_order(
    a: str,
    b: str,
) -> bool:
    matcher = SequenceMatcher(
        None,
        a,
        b,
        autojunk=False,
    )
    return matcher.ratio() >= MIN_ORDER_RATIO


# ---------------------------------------------------------------------- passages
@dataclass(frozen=True, slots=True)
class Commonness:
    """How many bodies say each sentence of a report, and from how many on it is boilerplate."""

    bodies: tuple[int, ...]
    limit: int


def is_boilerplate(
    read: Prose,
    sentence: int,
    common: Commonness | None,
) -> bool:
    """Whether a sentence is statutory, or so many say it that it says nothing of copying."""
    if read.sentences[sentence].is_statutory:
        return True
    return common is not None and common.bodies[sentence] > common.limit


def shares(
    a: Prose,
    b: Prose,
    pairs: Iterable[Pair],
    common: Commonness | None,
) -> tuple[float | None, float | None]:
    """(share of the first report that stands in the second, the same the other way), 0 to 1.

    Boilerplate of the first is left out. In the second it is known only where it is shared.
    """
    pairs = list(pairs)
    own_numbers = range(len(a.sentences))
    plain = {i for i in own_numbers if not is_boilerplate(a, i, common)}
    other_plain = {j for j, s in enumerate(b.sentences) if not s.is_statutory}
    other_plain -= {pair.other for pair in pairs if pair.own not in plain}
    own_letters = [len(sentence.letters) for sentence in a.sentences]
    other_letters = [len(sentence.letters) for sentence in b.sentences]
    shared = [pair for pair in pairs if pair.own in plain]
    own = sum(own_letters[pair.own] for pair in shared)
    other = sum(
        other_letters[pair.other] for pair in shared if pair.other in other_plain
    )
    return (
        _part(own, sum(own_letters[i] for i in plain)),
        _part(
            other,
            sum(other_letters[j] for j in other_plain),
        ),
    )


def _part(
    part: int,
    whole: int,
) -> float | None:
    return round(part / whole, 4) if whole else None


def compared(
    cards: tuple[ReportSummary, ReportSummary],
    a: Prose,
    b: Prose,
    common: Commonness | None = None,
) -> Passages:
    """Two reports side by side."""
    pairs = aligned(a, b)
    share, other_share = shares(a, b, pairs, common)
    return Passages(
        report=cards[0],
        other=cards[1],
        share=share,
        other_share=other_share,
        passages=passages_of(a, b, pairs, common),
        cut=a.cut or b.cut,
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
        if runs and _follows(
            a,
            b,
            runs[-1][-1],
            pair,
            common,
        ):
            runs[-1].append(pair)
        else:
            runs.append([pair])
    return tuple(
        _passage(
            a,
            b,
            run,
            common,
            differences=differences,
        )
        for run in runs
    )


def _follows(
    a: Prose,
    b: Prose,
    last: Pair,
    pair: Pair,
    common: Commonness | None,
) -> bool:
    if (pair.own, pair.other) != (
        last.own + 1,
        last.other + 1,
    ):
        return False
    is_plain = not is_boilerplate(a, pair.own, common)
    was_plain = not is_boilerplate(a, last.own, common)
    if is_plain != was_plain:
        return False
    own = a.sentences[pair.own]
    own_before = a.sentences[last.own]
    own_gap = own.start - own_before.end
    other = b.sentences[pair.other]
    other_before = b.sentences[last.other]
    other_gap = other.start - other_before.end
    return max(own_gap, other_gap) <= MAX_GAP


def _passage(
    a: Prose,
    b: Prose,
    run: Sequence[Pair],
    common: Commonness | None,
    *,
    differences: bool,
) -> Passage:
    first, last = run[0], run[-1]
    own = (
        a.sentences[first.own].start,
        a.sentences[last.own].end,
    )
    other = (
        b.sentences[first.other].start,
        b.sentences[last.other].end,
    )
    return Passage(
        own=a.text.offsets.span(*own),
        other=b.text.offsets.span(*other),
        letters=sum(len(a.sentences[p.own].letters) for p in run),
        differences=tuple(_differences(a, b, run)) if differences else (),
        boilerplate=is_boilerplate(a, first.own, common),
        bodies=max(common.bodies[p.own] for p in run) if common is not None else None,
    )


def _differences(
    a: Prose,
    b: Prose,
    run: Sequence[Pair],
) -> Iterator[Difference]:
    """What reads otherwise, sentence by sentence and between them."""
    own_end: int | None = None
    other_end = 0
    for pair in run:
        own, other = (
            a.sentences[pair.own],
            b.sentences[pair.other],
        )
        if own_end is not None:
            own_gap = own_end, own.start
            other_gap = other_end, other.start
            yield from _changed(a.text, b.text, own_gap, other_gap)
        own_span = own.start, own.end
        other_span = other.start, other.end
        yield from _changed(a.text, b.text, own_span, other_span)
        own_end = own.end
        other_end = other.end


def _changed(
    a: Folded,
    b: Folded,
    own: Span,
    other: Span,
) -> Iterator[Difference]:
    """What reads otherwise between two stretches of index form, numbers as a whole."""
    if a.form[slice(*own)] == b.form[slice(*other)]:
        return
    own_spans = _tokens(a.form, own)
    other_spans = _tokens(b.form, other)
    own_tokens = [a.form[start:end] for start, end in own_spans]
    other_tokens = [b.form[start:end] for start, end in other_spans]
    for i, j, k, m in _changed_tokens(own_tokens, other_tokens):
        yield Difference(
            own=_shown(
                a.offsets,
                own_spans,
                i,
                j,
                own[0],
            ),
            other=_shown(
                b.offsets,
                other_spans,
                k,
                m,
                other[0],
            ),
        )


def _changed_tokens(
    own: Sequence[str], other: Sequence[str]
) -> list[tuple[int, int, int, int]]:
    """Tuples (i, j, k, m): own[i:j] was replaced by other[k:m].

    Differences with at most MAX_EQUAL_TOKENS_BETWEEN equal tokens between them are joined.
    """
    changed: list[tuple[int, int, int, int]] = []
    matcher = SequenceMatcher(
        None,
        own,
        other,
        autojunk=False,
    )
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag == "equal":
            continue
        is_number = j - i == 1 and own[i][0].isdigit()
        if changed and i - changed[-1][1] <= MAX_EQUAL_TOKENS_BETWEEN and not is_number:
            first_own, _, first_other, _ = changed[-1]
            changed[-1] = first_own, j, first_other, m
        else:
            changed.append((i, j, k, m))
    return changed


def _tokens(
    form: str,
    span: Span,
) -> list[Span]:
    return [m.span() for m in TOKEN_PATTERN.finditer(form, *span)]


def _shown(
    offsets: OffsetMap,
    tokens: Sequence[Span],
    first: int,
    behind: int,
    start: int,
) -> Span:
    """The display span of tokens[first:behind].

    For an empty range it is the empty span at the place where the tokens would be. `start` is
    that place in the form when `tokens` is empty.
    """
    if behind > first:
        return offsets.span(tokens[first][0], tokens[behind - 1][1])
    if first < len(tokens):
        position = offsets.start(tokens[first][0])
    else:
        end = tokens[-1][1] if tokens else start
        position = offsets.end(end - 1) if end else 0
    return position, position
