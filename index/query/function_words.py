"""Function words: they join other words, and stand in nearly every report.

Where a query is read as words they are neither required, counted nor marked: 信息的公开
asks for 信息 and 公开.
"""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["FUNCTION_WORDS", "content_of"]

# In index form, by what they do. Words that ask (什么, 哪些) and words that deny (不, 未, 无) are
# not among them: they tell reports apart.
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


def content_of(words: Iterable[str]) -> list[str]:
    """The words that are no function words; all of them where there are no others.

    >>> content_of(["信息", "的", "公开"]), content_of(["的", "了"])
    (['信息', '公开'], ['的', '了'])
    """
    given = list(words)
    return [word for word in given if word not in FUNCTION_WORDS] or given
