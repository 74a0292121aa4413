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
FOLD_TABLE = {point: point - 0xFEE0 for point in _FULL_WIDTH} | {0x3000: None}


class Style:
    """Sequences of two and three characters counted in a text.

    Probabilities are smoothed after Witten and Bell: the more different successors a context has
    shown, the more is left to shorter contexts.
    """

    threes: dict[str, float]
    twos: dict[str, float]
    # context -> (occurrences, different successors)
    after_two: dict[str, tuple[float, int]]
    after_one: dict[str, tuple[float, int]]

    def __init__(self, text: str) -> None:
        # two line ends stand before every line, so that its first characters have a context
        padded = "\n\n" + text.replace("\n", "\n\n")
        triples = zip(padded, padded[1:], padded[2:], strict=False)
        self.threes = dict(Counter(map("".join, triples)))
        self.twos = dict(Counter(map("".join, pairwise(padded))))
        self.after_two = self._contexts(self.threes)
        self.after_one = self._contexts(self.twos)

    @staticmethod
    def _contexts(counts: dict[str, float]) -> dict[str, tuple[float, int]]:
        contexts: dict[str, tuple[float, int]] = {}
        for sequence, count in counts.items():
            context = sequence[:-1]
            total, kinds = contexts.get(context, (0, 0))
            contexts[context] = total + count, kinds + 1
        return contexts

    def joined(self, other: Style, weight: float) -> Style:
        """Both counts in one, those of `other` times `weight`."""
        both = Style("")
        for name in ("threes", "twos"):
            counts = getattr(self, name).copy()
            for sequence, count in getattr(other, name).items():
                counts[sequence] = counts.get(sequence, 0) + count * weight
            setattr(both, name, counts)
        for name in ("after_two", "after_one"):
            contexts = getattr(self, name).copy()
            for context, (total, kinds) in getattr(other, name).items():
                own_total, own_kinds = contexts.get(context, (0, 0))
                contexts[context] = own_total + total * weight, own_kinds + kinds
            setattr(both, name, contexts)
        return both

    def mix(self, before: str, c: str, p: float) -> float:
        """P(c | before), where `p` is what other sources say; `before` is two characters."""
        last = before[-1]
        context = self.after_one.get(last)
        if context:
            total, kinds = context
            p = (self.twos.get(last + c, 0) + kinds * p) / (total + kinds)
        context = self.after_two.get(before)
        if context:
            total, kinds = context
            p = (self.threes.get(before + c, 0) + kinds * p) / (total + kinds)
        return p


class LanguageModel:
    """The arrays of the file as tables."""

    def __init__(self, arrays: dict[str, npt.NDArray[Any]], prose: str) -> None:
        traditional = _text(arrays["traditional"])
        simplified = _text(arrays["simplified"])
        points = map(ord, traditional)
        self.to_simplified = dict(zip(points, simplified, strict=True))
        self.simplified_only = frozenset(_text(arrays["simplified_only"]))
        self.traditional_only = frozenset(traditional)
        characters = _text(arrays["characters"])
        # what punctuation, digits and letters leave to Chinese characters
        share = 1 - sum(PUNCTUATION_SHARES.values())
        log_share = math.log(share)
        single = _scores(arrays["character"]) + log_share
        start = np.exp(_scores(arrays["start"])) * share
        end = np.exp(_scores(arrays["end"]))
        self.single: dict[str, float] = _table(characters, single)
        for character, probability in PUNCTUATION_SHARES.items():
            self.single[character] = math.log(probability)
        self.start: dict[str, float] = _table(characters, start)
        self.end: dict[str, float] = _table(characters, end)
        self.pairs = self._pairs(characters, arrays)
        words = arrays["words"].tobytes().decode().split("\n")
        word_scores = _scores(arrays["word"]) + log_share
        self.words: dict[str, float] = _table(words, word_scores)
        self.prose = Style(prose)

    @staticmethod
    def _pairs(
        characters: str, arrays: dict[str, npt.NDArray[Any]]
    ) -> dict[str, float]:
        """P(second | first) by both characters.

        The file has the pairs sorted as numbers, first << 16 | second, and of each number only the
        distance from the one before.
        """
        keys = np.cumsum(arrays["pair_steps"], dtype=np.uint64)
        points = np.array([ord(c) for c in characters], np.uint32)
        joined = np.empty(2 * len(keys), np.uint32)
        joined[0::2] = points[keys >> 16]
        joined[1::2] = points[keys & 0xFFFF]
        text = _text(joined)
        pairs = (text[start : start + 2] for start in range(0, len(text), 2))
        probabilities = np.exp(_scores(arrays["pair"])).tolist()
        return dict(zip(pairs, probabilities, strict=True))

    def simplify(self, text: str) -> str:
        """The text in simplified characters and half width.

        It is as long as `text`, but for the ideographic spaces, which are dropped.
        """
        return text.translate(FOLD_TABLE).translate(self.to_simplified)

    def knows(self, c: str) -> bool:
        """Whether a simplified character is one that prose uses."""
        return self.single.get(c, UNKNOWN_SCORE) > -16.0

    def pair(self, a: str, b: str) -> float:
        """P(b | a) from running text and dictionary."""
        if b in PUNCTUATION_SHARES:
            # a mark stands after the end of a word rather than inside one
            return PUNCTUATION_SHARES[b] * (0.2 + 1.2 * self.end.get(a, 0.5))
        if b not in self.start:
            return 1e-7
        if a not in self.end:
            return self.start[b] + 1e-7
        inside = 0.7 * self.pairs.get(a + b, 0.0)
        between = JOIN_SHARE * self.end[a] * self.start[b]
        return inside + between + 1e-7

    def word_score(self, text: str) -> float:
        """The best segmentation of simplified text into words, as a log probability."""
        words, single, length = self.words, self.single, len(text)
        # best[i] is the score of text[i:], filled from the end
        best = [0.0] * (length + 1)
        for start in range(length - 1, -1, -1):
            c = text[start]
            alone = words.get(c) or single.get(c, UNKNOWN_SCORE - 2)
            top = alone + best[start + 1]
            last = min(length, start + MAX_WORD_LENGTH)
            for end in range(start + 2, last + 1):
                p = words.get(text[start:end])
                if p is not None and p + best[end] > top:
                    top = p + best[end]
            best[start] = top
        return best[0]


def _scores(steps: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """The bytes of the file as log probabilities."""
    return steps.astype(np.float64) / -LOG_STEP


def _table(keys: Iterable[str], values: npt.NDArray[np.float64]) -> dict[str, float]:
    return dict(zip(keys, values.tolist(), strict=True))


def _text(points: npt.NDArray[Any]) -> str:
    return points.astype("<u4").tobytes().decode("utf-32-le")


def _read(data: bytes) -> Iterable[tuple[str, npt.NDArray[Any]]]:
    """The arrays of the file: each a line of name, type and size, then its bytes."""
    position = 0
    while position < len(data):
        line_end = data.index(b"\n", position)
        name, dtype, size = data[position:line_end].decode().split()
        start = line_end + 1
        array = np.frombuffer(data, dtype, int(size), start)
        yield name, array
        position = start + array.nbytes


@cache
def load() -> LanguageModel:
    """The model, read once, when the first damage is met."""
    folder = files("indexer.repair")
    data = lzma.decompress((folder / "language_model.xz").read_bytes())
    prose = (folder / "prose.txt").read_text("utf-8")
    return LanguageModel(dict(_read(data)), prose)
