"""Analysis of a run: the characters that a reader types without a space, cut into words.

Matching, ranking and the explanation of a query all use this one analysis.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TypeGuard, TypeVar

from index.analysis.normaliser import fold_line
from index.analysis.synonyms import synonyms
from index.analysis.tokenizer import tokenizer
from index.analysis.wording import mainland_forms
from index.model.fields import SEARCHED_FIELDS
from index.query.reference_numbers import CODE_PATTERN, spellings
from index.query.syntax import Field, Run, Syntax

Item = TypeVar("Item", bound=Hashable)
Strings = tuple[str, ...]

__all__ = [
    "WILDCARD_PATTERN",
    "AnalysedRun",
    "analyse_run",
    "is_filter",
    "is_loose",
    "lone_pairs",
    "once",
    "wildcard_of",
    "without_marks",
    "words_of",
]

# 公开* and 公?条例; the mark at the end of 什么是公开? is a question and no wildcard.
WILDCARD_PATTERN = re.compile(r"[*＊]|\?(?=\w)")
# One letter that is neither Latin nor a digit, as in 祭: the segmenter knew no word there.
SINGLE_CHARACTER = re.compile(r"[^\W0-9a-z_]")
# Two of them, as in 到有.
TWO_CHARACTERS = re.compile(r"[^\W0-9a-z_]{2}")
# What ends a clause, at the ends of a run: 什么是公开? asks for 什么是公开.
# Quotation marks that quote nothing are among them; in index form “ and ” are straight.
CLAUSE_MARKS = ".,;:!?、。…'\"「」『』‘’“”"
# And what is left over at an end, as in 公开～ and -收费-: it belongs to no word.
LEFT_MARKS = "-~·_/\\|="

# Function words join others and stand in nearly every report: 信息的公开 asks for 信息 and 公开. In
# index form, by what they do. Words that ask (什么, 哪些) and words that deny (不, 未, 无) are not
# among them: they tell reports apart.
PARTICLES = "的 之 了 着 们 等 等等 啊 吧 吗 呢 呀 嘛 么"
CONJUNCTIONS = "和 与 及 以及 及其 并 并且 且 而 而且 或 或者 还是"
CLAUSE_OPENERS = "但 但是 则 若 如果 虽然 因为 所以 因此"
PREPOSITIONS = "在 对 对于 关于 于 由 由于 从 自 向 往 被 把 将"
MORE_PREPOSITIONS = "给 为 为了 以 按 按照 依照 根据 跟 同"
ADVERBS = "也 又 还 都 就 才 很 更 最 已 已经 曾 是 有 其 这 那 该 此"

KINDS = (
    PARTICLES,
    CONJUNCTIONS,
    CLAUSE_OPENERS,
    PREPOSITIONS,
    MORE_PREPOSITIONS,
    ADVERBS,
)
FUNCTION_WORDS = frozenset(" ".join(KINDS).split())


@dataclass(frozen=True, slots=True)
class AnalysedRun:
    """A bare run, analysed. All strings are in index form.

    - `typed`: the run. `mainland`: the run in mainland wording.
    - `words`, `mainland_words`: both cut into words, without function words.
    - `whole`: the strings that match the run as a whole. Empty for a run without letters.
    - `wordings`: word -> the strings that match it, the typed one first.
    - `same_as_run`: synonyms of the run. `same_as_words`: word -> its synonyms.
    - `synonyms`: both of these in one mapping, without empty entries.
    """

    typed: str
    mainland: str
    whole: Strings
    words: Strings
    mainland_words: Strings
    wordings: Mapping[str, Strings]
    synonyms: Mapping[str, Strings]
    same_as_run: Strings
    same_as_words: Mapping[str, Strings]

    @property
    def is_cut_alike(self) -> bool:
        """Whether both wordings are cut into as many words, so that each has its counterpart.

        資訊公開條例 is 资讯, 公开 and 条例, but in mainland wording it is one word.
        """
        return len(self.words) == len(self.mainland_words)

    @property
    def is_functional(self) -> bool:
        """Whether the run has nothing but function words."""
        return FUNCTION_WORDS.issuperset(self.words)

    @property
    def whole_or_synonyms(self) -> Strings:
        """The whole run, then its synonyms, then the run with one word replaced by a synonym."""
        forms = [*self.whole, *self.same_as_run]
        for word, others in self.same_as_words.items():
            for form in self.whole:
                forms += [form.replace(word, other) for other in others]
        return once(forms)


@lru_cache(maxsize=256)  # one request reads the runs of its query several times
def analyse_run(text: str) -> AnalysedRun:
    """The analysis of a run as typed.

    >>> analyse_run("資訊公開").wordings
    {'资讯': ('资讯', '信息'), '公开': ('公开',)}
    """
    typed = fold_line(text)
    mainland = mainland_forms(typed)[-1]
    words = _content_of(words_of(typed))
    mainland_words = _content_of(words_of(mainland))
    counterparts = mainland_words if len(mainland_words) == len(words) else words
    wordings = wordings_of(words, counterparts)
    same_as_run = synonyms(mainland)
    same_as_words = {
        word: synonyms(forms[-1])
        for word, forms in wordings.items()
        # a run of one word is `same_as_run` already
        if len(wordings) > 1 or word != typed
    }
    named = {typed: same_as_run} | same_as_words
    return AnalysedRun(
        typed=typed,
        mainland=mainland,
        whole=_whole_forms(typed) if words else (),
        words=tuple(words),
        mainland_words=tuple(mainland_words),
        wordings=wordings,
        synonyms={word: others for word, others in named.items() if others},
        same_as_run=same_as_run,
        same_as_words=same_as_words,
    )


def _whole_forms(typed: str) -> Strings:
    """The strings as which a run stands whole: in each wording, its codes as reports print them."""
    forms: list[str] = []
    for form in mainland_forms(without_marks(typed)):
        forms.append(form)
        for match in CODE_PATTERN.finditer(form):
            before, after = form[: match.start()], form[match.end() :]
            forms += [before + code + after for code in spellings(match.group())]
    return once(forms)


def without_marks(form: str) -> str:
    """A run in index form without the marks at its ends; one of marks alone stays.

    >>> without_marks("什么是公开?"), without_marks("收费-"), without_marks("~")
    ('什么是公开', '收费', '~')
    """
    return form.strip(CLAUSE_MARKS + LEFT_MARKS) or form


def wordings_of(
    words: Sequence[str], counterparts: Sequence[str]
) -> dict[str, Strings]:
    """The strings that each word of a run may stand as, the one asked for first.

    A code stands as reports print it, a word also as the mainland says it in that run.

    >>> wordings_of(["资讯", "公开"], ["信息", "公开"])
    {'资讯': ('资讯', '信息'), '公开': ('公开',)}
    """
    wordings: dict[str, Strings] = {}
    for word, counterpart in zip(words, counterparts, strict=True):
        if CODE_PATTERN.fullmatch(word):
            wordings[word] = spellings(word)
        else:
            wordings[word] = once((*mainland_forms(word), counterpart))
    return wordings


def words_of(form: str) -> list[str]:
    """The words of a run in index form.

    Codes stay whole, and so do two characters alone; the segmenter cuts the rest.

    >>> words_of("国办发(2019)5号"), words_of("到有"), words_of("信息公开")
    (['国办发(2019)5号'], ['到有'], ['信息', '公开'])
    """
    if TWO_CHARACTERS.fullmatch(form):
        return [form]
    words: list[str] = []
    end = 0
    # what stands between two codes is cut by itself
    for match in CODE_PATTERN.finditer(form):
        words += tokenizer().words(form[end : match.start()])
        words.append(match.group())
        end = match.end()
    return words + tokenizer().words(form[end:])


def lone_pairs(form: str) -> list[str]:
    """The pairs of neighbouring characters that are each a word of one character.

    A name that no dictionary has falls into such words: 祭遵 is one thing although 祭 and 遵 are
    two words.

    >>> lone_pairs("祭遵的家庭")
    ['祭遵']
    """
    end = 0
    lone: list[int] = []
    for word in words_of(form):
        # signs between words were left out
        start = form.find(word, end)
        end = start + len(word)
        if SINGLE_CHARACTER.fullmatch(word) and word not in FUNCTION_WORDS:
            lone.append(start)
    neighbours = pairwise(lone)
    return [form[first : end + 1] for first, end in neighbours if end == first + 1]


def is_loose(node: Syntax) -> TypeGuard[Run]:
    """Whether this is a bare run that is read as words, and says no more than words."""
    if not isinstance(node, Run) or node.outside:
        return False
    return WILDCARD_PATTERN.search(node.text) is None


def is_filter(node: Syntax) -> bool:
    """Whether this is a field whose values are chosen, as agency and year: no text is searched."""
    return isinstance(node, Field) and node.name not in SEARCHED_FIELDS


def wildcard_of(text: str) -> str:
    """The pattern of a run with wildcards, in index form; two stars in a row are one.

    >>> wildcard_of("公開**")
    '公开*'
    """
    return re.sub(r"\*+", "*", fold_line(text))


def once(items: Iterable[Item]) -> tuple[Item, ...]:
    """The items in order, each once."""
    return tuple(dict.fromkeys(items))


def _content_of(words: Iterable[str]) -> list[str]:
    """The words that are no function words; all of them where there are no others.

    >>> _content_of(["信息", "的", "公开"]), _content_of(["的", "了"])
    (['信息', '公开'], ['的', '了'])
    """
    given = list(words)
    return [word for word in given if word not in FUNCTION_WORDS] or given
