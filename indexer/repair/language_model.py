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
# Share of two characters that are the end of a word and the start of any other.
JOIN_SHARE = 0.3

# Shares of what dictionaries do not list, in government prose folded to half width.
PUNCTUATION_SHARES = {
    "\n": 0.02, ",": 0.05, "。": 0.025, "、": 0.02, "“": 0.004, "”": 0.004, "《": 0.004, "》": 0.004, "(": 0.005,
    ")": 0.005, ":": 0.005, ";": 0.005, "?": 0.001, "!": 0.002, "‘": 0.0002, "’": 0.0002, "—": 0.002,
    "…": 0.0005, "·": 0.0005, "『": 0.0005, "』": 0.0005, "「": 0.0005, "」": 0.0005, "〈": 0.0001, "〉": 0.0001,
    "【": 0.0003, "】": 0.0003, "%": 0.001, ".": 0.002, "/": 0.0003, "-": 0.0005, "〔": 0.0002, "〕": 0.0002,
    "○": 0.0005, "①": 0.0001, "②": 0.0001, "③": 0.0001, "④": 0.00005, "×": 0.0001, "℃": 0.0001, " ": 0.002,
    "[": 0.0001, "]": 0.0001, "~": 0.0001, "+": 0.0001, "=": 0.0001,
} | dict.fromkeys("0123456789", 0.004) | dict.fromkeys(ascii_letters, 0.0002)  # fmt: skip

# Full width as half width, ideographic spaces dropped: what the damaging tool did, and
# what scores are asked in.
FOLD_TABLE = {c: c - 0xFEE0 for c in range(0xFF01, 0xFF5F)} | {0x3000: None}


class Style:
    """Sequences counted in a text: of our own prose, and of the document at hand.

    Witten-Bell: the more different successors a context has shown, the more is left to shorter
    contexts.
    """

    threes: dict[str, float]
    twos: dict[str, float]
    after_two: dict[str, tuple[float, int]]
    after_one: dict[str, tuple[float, int]]

    def __init__(self, text: str) -> None:
        padded = "\n\n" + text.replace("\n", "\n\n")
        self.threes = dict(
            Counter(map("".join, zip(padded, padded[1:], padded[2:], strict=False)))
        )
        self.twos = dict(Counter(map("".join, pairwise(padded))))
        self.after_two = self._contexts(self.threes)
        self.after_one = self._contexts(self.twos)

    @staticmethod
    def _contexts(counts: dict[str, float]) -> dict[str, tuple[float, int]]:
        out: dict[str, tuple[float, int]] = {}
        for sequence, n in counts.items():
            total, kinds = out.get(sequence[:-1], (0, 0))
            out[sequence[:-1]] = total + n, kinds + 1
        return out

    def joined(self, other: Style, weight: float) -> Style:
        """Both counts in one, those of `other` times `weight`."""
        out = Style("")
        for name in ("threes", "twos"):
            counts = getattr(self, name).copy()
            for sequence, n in getattr(other, name).items():
                counts[sequence] = counts.get(sequence, 0) + n * weight
            setattr(out, name, counts)
        for name in ("after_two", "after_one"):
            contexts = getattr(self, name).copy()
            for context, (total, kinds) in getattr(other, name).items():
                a, b = contexts.get(context, (0, 0))
                contexts[context] = a + total * weight, b + kinds
            setattr(out, name, contexts)
        return out

    def mix(self, before: str, c: str, p: float) -> float:
        """P(c | before) with `p` as what other sources say; `before` is two characters."""
        found = self.after_one.get(before[-1])
        if found:
            p = (self.twos.get(before[-1] + c, 0) + found[1] * p) / (
                found[0] + found[1]
            )
        found = self.after_two.get(before)
        if found:
            p = (self.threes.get(before + c, 0) + found[1] * p) / (found[0] + found[1])
        return p


class LanguageModel:
    """The arrays of the file as tables."""

    def __init__(self, arrays: dict[str, npt.NDArray[Any]], prose: str) -> None:
        text = {
            k: _text(arrays[k])
            for k in ("traditional", "simplified", "simplified_only", "characters")
        }
        self.to_simplified = dict(
            zip(map(ord, text["traditional"]), text["simplified"], strict=True)
        )
        self.simplified_only = frozenset(text["simplified_only"])
        self.traditional_only = frozenset(text["traditional"])
        share = 1 - sum(PUNCTUATION_SHARES.values())
        self.single: dict[str, float] = dict(
            zip(
                text["characters"],
                (_scores(arrays["character"]) + math.log(share)).tolist(),
                strict=True,
            )
        )
        self.single |= {c: math.log(p) for c, p in PUNCTUATION_SHARES.items()}
        self.start: dict[str, float] = dict(
            zip(
                text["characters"],
                (np.exp(_scores(arrays["start"])) * share).tolist(),
                strict=True,
            )
        )
        self.end: dict[str, float] = dict(
            zip(
                text["characters"], np.exp(_scores(arrays["end"])).tolist(), strict=True
            )
        )
        self.pairs = self._pairs(text["characters"], arrays)
        words = arrays["words"].tobytes().decode().split("\n")
        self.words: dict[str, float] = dict(
            zip(
                words, (_scores(arrays["word"]) + math.log(share)).tolist(), strict=True
            )
        )
        self.prose = Style(prose)

    @staticmethod
    def _pairs(
        characters: str, arrays: dict[str, npt.NDArray[Any]]
    ) -> dict[str, float]:
        keys = np.cumsum(arrays["pair_steps"], dtype=np.uint64)
        points = np.array([ord(c) for c in characters], np.uint32)
        joined = np.empty(2 * len(keys), np.uint32)
        joined[0::2], joined[1::2] = points[keys >> 16], points[keys & 0xFFFF]
        both = _text(joined)
        pairs = (both[k : k + 2] for k in range(0, len(both), 2))
        return dict(zip(pairs, np.exp(_scores(arrays["pair"])).tolist(), strict=True))

    def simplify(self, text: str) -> str:
        """The text in simplified characters and half width; as long as it was, but for ideographic
        spaces.
        """
        return text.translate(FOLD_TABLE).translate(self.to_simplified)

    def knows(self, c: str) -> bool:
        """Whether a simplified character is one that prose uses."""
        return self.single.get(c, UNKNOWN_SCORE) > -16.0

    def pair(self, a: str, b: str) -> float:
        """P(b | a) from running text and dictionary."""
        if b in PUNCTUATION_SHARES:
            return PUNCTUATION_SHARES[b] * (0.2 + 1.2 * self.end.get(a, 0.5))
        if b not in self.start:
            return 1e-7
        if a not in self.end:
            return self.start[b] + 1e-7
        return (
            0.7 * self.pairs.get(a + b, 0.0)
            + JOIN_SHARE * self.end[a] * self.start[b]
            + 1e-7
        )

    def word_score(self, text: str) -> float:
        """The best segmentation of simplified text into words, as a log probability."""
        words, single, n = self.words, self.single, len(text)
        best = [0.0] * (n + 1)
        for i in range(n - 1, -1, -1):
            c = text[i]
            top = (words.get(c) or single.get(c, UNKNOWN_SCORE - 2)) + best[i + 1]
            for j in range(i + 2, min(n, i + MAX_WORD_LENGTH) + 1):
                p = words.get(text[i:j])
                if p is not None and p + best[j] > top:
                    top = p + best[j]
            best[i] = top
        return best[0]


def _scores(bytes_: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    return bytes_.astype(np.float64) / -LOG_STEP


def _text(points: npt.NDArray[Any]) -> str:
    return points.astype("<u4").tobytes().decode("utf-32-le")


def _read(data: bytes) -> Iterable[tuple[str, npt.NDArray[Any]]]:
    """The arrays: each a line of name, type and size, then its bytes."""
    at = 0
    while at < len(data):
        end = data.index(b"\n", at)
        name, dtype, size = data[at:end].decode().split()
        array = np.frombuffer(data, dtype, int(size), end + 1)
        yield name, array
        at = end + 1 + array.nbytes


@cache
def load() -> LanguageModel:
    """The model, read once, when the first damage is met."""
    room = files("indexer.repair")
    arrays = dict(_read(lzma.decompress((room / "language_model.xz").read_bytes())))
    return LanguageModel(arrays, (room / "prose.txt").read_text("utf-8"))
