"""Cuts index form into words, with jieba's dictionary and this field's own words.

rjieba cuts where its wheel is installed, else jieba.

Only this module imports jieba or rjieba. Both give the same tokens for Chinese; they still may not
be mixed within an index, because runs of Latin letters are cut differently, so an index records
which one wrote it.
"""

from __future__ import annotations

import hashlib
import logging
import re
import threading
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache
from importlib.metadata import version
from importlib.util import find_spec
from itertools import filterfalse, groupby
from pathlib import Path
from typing import Any, Protocol

__all__ = [
    "MAX_WORD_LENGTH",
    "Tokenizer",
    "dictionary",
    "domain_words",
    "tokenizer",
]

# Held while the words of a segmenter are loaded.
LOADING = threading.Lock()
WORDS_FILE = Path(__file__).with_name("words.txt")
# Characters of a form whose words are remembered: longer than any query.
SHORT_LENGTH = 64
# A letter or digit in a token such as 14.5% or ·教育.
# An older Python does not know the newest Han characters for letters (𲈰): they lie on planes 2, 3.
LETTER_PATTERN = re.compile(r"[^\W_]|[\U00020000-\U00033479]")
# Where letters lie that are neither Chinese nor ASCII: Latin with accents, Cyrillic, Arabic,
# Tibetan, Mongolian; kana; Yi and Korean.
FOREIGN_RANGES = ((0xAA, 0x2000), (0x2C00, 0x2E00), (0x3041, 0x3190), (0xA000, 0xD7FF))
# It ends a syllable of Tibetan and stands between those of a word.
TIBETAN_MARK = "\u0f0b"
# Words that share their first 64 characters are one word: a run of letters may be a whole URL.
MAX_WORD_LENGTH = 64


class Cutter(Protocol):
    """What jieba and rjieba have in common here."""

    def cut(
        self,
        text: str,
    ) -> list[str]:
        """Words that tile the text."""

    def cut_for_search(
        self,
        text: str,
    ) -> list[str]:
        """Those words, and before each the shorter words of the dictionary inside it."""


class Tokenizer:
    """Words of index form.

    `name` says which segmenter and which words: part of an index's fingerprint.
    """

    def __init__(
        self,
        name: str,
        cutter: Cutter,
    ) -> None:
        self.name = name
        self._cut: Callable[[str], list[str]] = cutter.cut
        self._search: Callable[[str], list[str]] = cutter.cut_for_search

    def words(
        self,
        form: str,
    ) -> list[str]:
        """The words that tile the form, signs and white space left out.

        >>> tokenizer().words("依申请公开的收费")
        ['依申请公开', '的', '收费']
        """
        return _words_by(self._cut, form)

    def counts(
        self,
        form: str,
    ) -> dict[str, int]:
        """How often each of `search_tokens` stands in a form."""
        counts = Counter(self._search(form))
        signs = [t for t in filterfalse(str.isalnum, counts) if not is_word(t)]
        for sign in signs:
            del counts[sign]
        return counts

    def search_tokens(
        self,
        form: str,
    ) -> list[str]:
        """The words and the shorter dictionary words inside them: what ranking counts."""
        return _words_by(self._search, form)

    def positions(
        self,
        form: str,
    ) -> dict[str, list[int]]:
        """Where each of `search_tokens` stands in a form, counted in tokens from 0.

        >>> tokenizer().positions("公开收费公开")
        {'公开': [0, 2], '收费': [1]}
        """
        positions: dict[str, list[int]] = {}
        words = filter(is_word, self._search(form))
        for position, word in enumerate(words):
            positions.setdefault(word, []).append(position)
        return positions

    def search_spans(
        self,
        form: str,
    ) -> Iterator[tuple[str, int, int]]:
        """(token, start, end) of each of `search_tokens` in the form, in their order.

        >>> list(tokenizer().search_spans("依申请公开"))
        [('申请', 1, 3), ('公开', 3, 5), ('依申请公开', 0, 5)]
        """
        tokens = iter(self._search(form))
        start = 0
        for word in self._cut(form):
            # by length: where the last shorter word inside this one starts
            last: dict[int, int] = {}
            for token in tokens:
                if token == word:
                    break
                # shorter words of one length come from left to right
                length = len(token)
                first = form.find(token, last.get(length, start - 1) + 1)
                last[length] = first
                if is_word(token):
                    yield token, first, first + length
            if is_word(word):
                yield word, start, start + len(word)
            start += len(word)


def _words_by(
    cut: Callable[[str], list[str]],
    form: str,
) -> list[str]:
    """The words of a form.

    Those of a short one are remembered: a query is cut for ranking, matching and correcting.
    """
    if len(form) <= SHORT_LENGTH:
        return list(_remembered(cut, form))
    return [token for token in cut(form) if is_word(token)]


@lru_cache(maxsize=4096)
def _remembered(
    cut: Callable[[str], list[str]],
    form: str,
) -> tuple[str, ...]:
    return tuple(token for token in cut(form) if is_word(token))


def is_word(
    token: str,
) -> bool:
    """Whether a token has a letter or a digit: signs carry no meaning for ranking."""
    return token.isalnum() or LETTER_PATTERN.search(token) is not None


@cache
def domain_words() -> tuple[tuple[str, int, str], ...]:
    """(word, frequency, part of speech) of words.txt."""
    rows = (
        line.split() for line in WORDS_FILE.read_text(encoding="utf-8").splitlines()
    )
    # 依申请公开 20000 n: a word, its frequency and its part of speech, as jieba's files have them.
    return tuple(
        (row[0], int(row[1]), row[2])
        for row in rows
        if row and not row[0].startswith("#")
    )


@cache
def segmenter_name(
    kind: str = "",
) -> str:
    """What an index records of the segmenter and its words.

    Neither is loaded for that: an index is opened without cutting anything.
    """
    kind = kind or _installed()
    digest = hashlib.sha256(WORDS_FILE.read_bytes()).hexdigest()[:12]
    return f"{kind} {version(kind)} words {digest}"


def _installed() -> str:
    return "rjieba" if find_spec("rjieba") else "jieba"


def tokenizer(
    kind: str = "",
) -> Tokenizer:
    """The segmenter: "rjieba", "jieba", or by default the faster one that is installed."""
    # rjieba fails where two threads add words at once, or one cuts meanwhile
    with LOADING:
        return _loaded(kind)


@cache
def _loaded(
    kind: str,
) -> Tokenizer:
    kind = kind or _installed()
    return Tokenizer(
        segmenter_name(kind),
        _rjieba() if kind == "rjieba" else _jieba(),
    )


def _rjieba() -> Cutter:
    import rjieba  # noqa: PLC0415  an optional wheel: where it is missing, jieba cuts

    # The one that the module makes while it is imported: another one would read the dictionary a
    # second time.
    for word, frequency, tag in domain_words():
        rjieba.add_word(word, frequency, tag)
    return _Cutter(rjieba.cut, rjieba.cut_for_search)


def _jieba() -> Cutter:
    import jieba  # noqa: PLC0415  loading its dictionary takes a second: only where it is the one used

    jieba.setLogLevel(logging.ERROR)
    cutter = jieba.Tokenizer()
    for word, frequency, tag in domain_words():
        cutter.add_word(word, frequency, tag)
    return _Cutter(cutter.cut, cutter.cut_for_search)


def _ranges(codes: Iterable[int]) -> str:
    """Rising code points as they stand in a class of characters: a hundred letters as one range.

    >>> _ranges([97, 98, 99, 120])
    'a-cx-x'
    """
    # what follows its neighbour has the same distance from its place
    runs = groupby(enumerate(codes), lambda item: item[1] - item[0])
    spans = [[code for _, code in run] for _, run in runs]
    return "".join(f"{chr(span[0])}-{chr(span[-1])}" for span in spans)


@cache
def _foreign() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What finds a letter that jieba does not know, and what finds a word with such letters."""
    letters: list[int] = []
    marks: list[int] = []
    for low, behind in FOREIGN_RANGES:
        for code in range(low, behind):
            if unicodedata.category(chr(code)).startswith("M"):
                marks.append(code)
            elif chr(code).isalpha():
                letters.append(code)
    inside_class = _ranges(letters)
    letter = f"[{inside_class}]"
    inside = f"[a-z0-9{inside_class}{_ranges(marks)}]|{TIBETAN_MARK}(?={letter})"
    # only from the beginning of a run: a long one of Latin letters is looked through once
    word = f"(?<![a-z])[a-z]*{letter}(?:{inside})*"
    return re.compile(letter), re.compile(word)


class _Cutter:
    """Both segmenters behind lists, whatever iterable they give.

    They cut what is neither Chinese nor ASCII into single letters: such words are found before.
    """

    def __init__(
        self,
        cut: Callable[[str], object],
        search: Callable[[str], object],
    ) -> None:
        self._cut, self._search = cut, search

    def cut(
        self,
        text: str,
    ) -> list[str]:
        return _pieces(text, self._cut, lambda word: [word])

    def cut_for_search(
        self,
        text: str,
    ) -> list[str]:
        return _pieces(text, self._search, _with_syllables)


def _pieces(
    text: str,
    cut: Callable[[str], Any],
    cut_foreign: Callable[[str], list[str]],
) -> list[str]:
    letter, word = _foreign()
    if letter.search(text) is None:
        return list(cut(text))
    pieces: list[str] = []
    end = 0
    for match in word.finditer(text):
        pieces += cut(text[end : match.start()])
        pieces += cut_foreign(match[0])
        end = match.end()
    return [*pieces, *cut(text[end:])]


def _with_syllables(
    word: str,
) -> list[str]:
    """A word, and before it its syllables where they are written apart."""
    syllables = word.split(TIBETAN_MARK)
    return [*syllables, word] if len(syllables) > 1 else [word]


def dictionary() -> Iterator[tuple[str, int]]:
    """The words of this field, then those of the general dictionary, each with how common it is.

    Its file is read; jieba is not loaded.
    """
    yield from ((word, frequency) for word, frequency, _ in domain_words())
    spec = find_spec("jieba")
    if spec is None or spec.origin is None:
        return
    with Path(spec.origin).with_name("dict.txt").open(encoding="utf-8") as file:
        for line in file:
            word, frequency, _ = line.split(" ", 2)
            yield word, int(frequency)
