"""What the repairers know of Chinese: which characters, words and sequences are likely.

Everything is asked in simplified characters; `LanguageModel.simplify` gets there. Scores are
natural logarithms of probabilities. The model is a mixture: sequences of three characters counted
in our own prose and in the document at hand, over pairs from running text, over single characters;
beside it, words.
"""

from __future__ import annotations

import lzma
import math
from collections import Counter
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from itertools import pairwise
from string import ascii_letters
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["LanguageModel", "Style", "load"]

# An array of the file, and all of them by name.
FileArray = npt.NDArray[Any]
FileArrays = dict[str, FileArray]
Scores = npt.NDArray[np.float64]

# Context -> (occurrences, different successors).
Contexts = dict[str, tuple[float, int]]

# A byte of the file is a log probability in sixteenths of a nat below zero.
LOG_STEP = 16

UNKNOWN_SCORE = -17.0
MAX_WORD_LENGTH = 7
# Share of pairs in which the first character ends a word and the second begins any other.
JOIN_SHARE = 0.3

# Shares of what dictionaries do not list, in government prose folded to half width.
_CHARACTERS_BY_SHARE = {
    0.05: ",",
    0.025: "。",
    0.02: "\n、",
    0.005: "():;",
    0.004: "“”《》0123456789",
    0.002: "!—. ",
    0.001: "?%",
    0.0005: "…·『』「」-○",
    0.0003: "【】/",
    0.0002: "‘’〔〕" + ascii_letters,
    0.0001: "〈〉①②③×℃[]~+=",
    0.00005: "④",
}
PUNCTUATION_SHARES = {
    character: share
    for share, characters in _CHARACTERS_BY_SHARE.items()
    for character in characters
}
PUNCTUATION_SHARES |= dict.fromkeys("0123456789", 0.004)
PUNCTUATION_SHARES |= dict.fromkeys(ascii_letters, 0.0002)

# Full width as half width, ideographic spaces dropped. The damaging tool did so, and scores are
# asked in this form.
_FULL_WIDTH = range(0xFF01, 0xFF5F)
# Ａ is 0xFF21, A is 0x41
_WIDTH_DISTANCE = 0xFEE0
FOLD_TABLE: dict[int, int | None] = {0x3000: None}
for _point in _FULL_WIDTH:
    FOLD_TABLE[_point] = _point - _WIDTH_DISTANCE


class Style:
    """Sequences of two and three characters counted in a text.

    Probabilities are smoothed after Witten and Bell: the more different successors a context has
    shown, the more is left to shorter contexts.
    """

    threes: dict[str, float]
    twos: dict[str, float]
    after_two: Contexts
    after_one: Contexts

    def __init__(self, text: str) -> None:
        # two line ends stand before every line, so that its first characters have a context
        padded = "\n\n" + text.replace("\n", "\n\n")
        triples = zip(
            padded,
            padded[1:],
            padded[2:],
            strict=False,
        )
        threes = map("".join, triples)
        twos = map("".join, pairwise(padded))
        self.threes = dict(Counter(threes))
        self.twos = dict(Counter(twos))
        self.after_two = self._contexts(self.threes)
        self.after_one = self._contexts(self.twos)

    @staticmethod
    def _contexts(counts: dict[str, float]) -> Contexts:
        """What stands before the last character, over all sequences of one length."""
        contexts: Contexts = {}
        for sequence, count in counts.items():
            context = sequence[:-1]
            total, kinds = contexts.get(context, (0, 0))
            contexts[context] = (
                total + count,
                kinds + 1,
            )
        return contexts

    def joined(
        self,
        other: Style,
        weight: float,
    ) -> Style:
        """Both counts in one, those of `other` times `weight`."""
        both = Style("")
        for name in ("threes", "twos"):
            counts = getattr(self, name).copy()
            other_counts = getattr(other, name)
            for sequence, count in other_counts.items():
                own_count = counts.get(sequence, 0)
                counts[sequence] = own_count + count * weight
            setattr(both, name, counts)
        for name in ("after_two", "after_one"):
            contexts = getattr(self, name).copy()
            other_contexts = getattr(other, name)
            for context, (total, kinds) in other_contexts.items():
                own_total, own_kinds = contexts.get(context, (0, 0))
                contexts[context] = (
                    own_total + total * weight,
                    own_kinds + kinds,
                )
            setattr(both, name, contexts)
        return both

    def mix(
        self,
        before: str,
        c: str,
        p: float,
    ) -> float:
        """P(c | before), where `p` is what other sources say; `before` is two characters."""
        last = before[-1]
        # longer contexts go last: they correct what shorter ones say
        context = self.after_one.get(last)
        if context:
            total, kinds = context
            count = self.twos.get(last + c, 0)
            p = (count + kinds * p) / (total + kinds)
        context = self.after_two.get(before)
        if context:
            total, kinds = context
            count = self.threes.get(before + c, 0)
            p = (count + kinds * p) / (total + kinds)
        return p


class LanguageModel:
    """The arrays of the file as tables."""

    def __init__(
        self,
        arrays: FileArrays,
        prose: str,
    ) -> None:
        traditional = _text(arrays["traditional"])
        simplified = _text(arrays["simplified"])
        points = map(ord, traditional)
        conversions = zip(points, simplified, strict=True)
        self.to_simplified = dict(conversions)
        simplified_only = _text(arrays["simplified_only"])
        self.simplified_only = frozenset(simplified_only)
        self.traditional_only = frozenset(traditional)
        characters = _text(arrays["characters"])
        # what punctuation, digits and letters leave to Chinese characters
        share = 1 - sum(PUNCTUATION_SHARES.values())
        log_share = math.log(share)
        single = _scores(arrays["character"])
        single += log_share
        start_scores = _scores(arrays["start"])
        start = np.exp(start_scores)
        start *= share
        end_scores = _scores(arrays["end"])
        end = np.exp(end_scores)
        self.single = _table(characters, single)
        for character, probability in PUNCTUATION_SHARES.items():
            log_probability = math.log(probability)
            self.single[character] = log_probability
        self.start = _table(characters, start)
        self.end = _table(characters, end)
        self.pairs = self._pairs(characters, arrays)
        # one word a line
        word_lines = arrays["words"].tobytes().decode()
        words = word_lines.split("\n")
        word_scores = _scores(arrays["word"])
        word_scores += log_share
        self.words = _table(words, word_scores)
        self.prose = Style(prose)

    @staticmethod
    def _pairs(
        characters: str,
        arrays: FileArrays,
    ) -> dict[str, float]:
        """P(second | first) by both characters.

        The file has the pairs sorted as numbers, first << 16 | second, and of each number only the
        distance from the one before.
        """
        steps = arrays["pair_steps"]
        keys = np.cumsum(
            steps,
            dtype=np.uint64,
        )
        code_points = [ord(c) for c in characters]
        points = np.array(
            code_points,
            np.uint32,
        )
        # first, second, first, second: all pairs become text in one step
        length = 2 * len(keys)
        joined = np.empty(length, np.uint32)
        firsts = keys >> 16
        seconds = keys & 0xFFFF
        joined[0::2] = points[firsts]
        joined[1::2] = points[seconds]
        text = _text(joined)
        pair_starts = range(0, len(text), 2)
        pairs = (text[start : start + 2] for start in pair_starts)
        pair_scores = _scores(arrays["pair"])
        return _table(pairs, np.exp(pair_scores))

    def simplify(self, text: str) -> str:
        """The text in simplified characters and half width.

        It is as long as `text`, but for the ideographic spaces, which are dropped.
        """
        half_width = text.translate(FOLD_TABLE)
        return half_width.translate(self.to_simplified)

    def knows(self, c: str) -> bool:
        """Whether a simplified character is one that prose uses."""
        score = self.single.get(c, UNKNOWN_SCORE)
        return score > -16.0

    def pair(
        self,
        a: str,
        b: str,
    ) -> float:
        """P(b | a) from running text and dictionary."""
        if b in PUNCTUATION_SHARES:
            # a mark stands after the end of a word rather than inside one
            end_share = self.end.get(a, 0.5)
            return PUNCTUATION_SHARES[b] * (0.2 + 1.2 * end_share)
        if b not in self.start:
            # 1e-7 throughout: what is unseen must stay possible
            return 1e-7
        if a not in self.end:
            return self.start[b] + 1e-7
        pair_share = self.pairs.get(a + b, 0.0)
        inside = 0.7 * pair_share
        ends = self.end[a]
        starts = self.start[b]
        between = JOIN_SHARE * ends * starts
        return inside + between + 1e-7

    def word_score(self, text: str) -> float:
        """The best segmentation of simplified text into words, as a log probability."""
        words = self.words
        single = self.single
        length = len(text)
        # worse than any character that prose has
        unlisted_score = UNKNOWN_SCORE - 2
        # best[i] is the score of text[i:], filled from the end
        best = [0.0] * (length + 1)
        for start in reversed(range(length)):
            c = text[start]
            alone = words.get(c)
            if not alone:
                alone = single.get(c, unlisted_score)
            top = alone + best[start + 1]
            last = min(length, start + MAX_WORD_LENGTH)
            for end in range(start + 2, last + 1):
                p = words.get(text[start:end])
                if p is not None and p + best[end] > top:
                    top = p + best[end]
            best[start] = top
        return best[0]


def _scores(steps: FileArray) -> Scores:
    """The bytes of the file as log probabilities."""
    numbers = steps.astype(np.float64)
    numbers /= -LOG_STEP
    return numbers


def _table(
    keys: Iterable[str],
    values: Scores,
) -> dict[str, float]:
    # floats of Python are looked up and added faster than those of NumPy
    numbers = values.tolist()
    rows = zip(keys, numbers, strict=True)
    return dict(rows)


def _text(points: FileArray) -> str:
    """An array of code points as a string."""
    utf_32 = points.astype("<u4")
    data = utf_32.tobytes()
    return data.decode("utf-32-le")


def _read(data: bytes) -> Iterable[tuple[str, FileArray]]:
    """The arrays of the file: each a line of name, type and size, then its bytes."""
    position = 0
    while position < len(data):
        line_end = data.index(b"\n", position)
        # "traditional <u4 3333": the size counts values, not bytes
        header = data[position:line_end].decode()
        name, dtype, size = header.split()
        start = line_end + 1
        array = np.frombuffer(
            data,
            dtype,
            count=int(size),
            offset=start,
        )
        yield name, array
        position = start + array.nbytes


@cache
def load() -> LanguageModel:
    """The model, read once, when the first damage is met."""
    folder = files("indexer.repair")
    model_file = folder / "language_model.xz"
    data = lzma.decompress(model_file.read_bytes())
    prose_file = folder / "prose.txt"
    prose = prose_file.read_text("utf-8")
    arrays = dict(_read(data))
    return LanguageModel(arrays, prose)
