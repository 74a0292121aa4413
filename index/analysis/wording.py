"""Taiwan wording: what a converting mirror or a Taiwan reader writes for a mainland term.

A document is Taiwan-worded when several strong markers stand in it; only then is its text read in
mainland wording too, beside its own. Applying such a table to every text would wreck precision:
檔案 are archives on the mainland.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from index.analysis.normaliser import Folded
from index.analysis.offsets import OffsetBuilder

__all__ = [
    "WORDINGS",
    "Wording",
    "is_taiwan_worded",
    "mainland",
    "mainland_forms",
    "mainland_text",
    "mainland_whole",
    "patterns",
]


@dataclass(frozen=True, slots=True)
class Wording:
    """One row, in index form.

    `strong`: hardly written on the mainland, so it marks a document. `asked`: a reader who types it
    means the mainland term too. Without `asked` the word also has a mainland meaning of its own.
    """

    taiwan: str
    mainland: str
    strong: bool = False
    asked: bool = False


WORDINGS = (
    Wording("规范性档案", "规范性文件", strong=True, asked=True),
    Wording("入口网站", "门户网站", strong=True, asked=True),
    Wording("智慧型化", "智能化", strong=True, asked=True),
    Wording("智慧型", "智能", strong=True, asked=True),
    Wording("最佳化", "优化", strong=True, asked=True),
    Wording("政府线上", "政府在线", strong=True, asked=True),
    Wording("线上访谈", "在线访谈", strong=True, asked=True),
    Wording("线上申请", "在线申请", asked=True),
    Wording("线上办理", "在线办理", asked=True),
    Wording("人民民众", "人民群众", strong=True, asked=True),
    Wording("资讯公开", "信息公开", strong=True, asked=True),
    Wording("政府资讯", "政府信息", strong=True, asked=True),
    Wording("规划计画", "规划计划", asked=True),
    Wording("计画", "计划", asked=True),
    Wording("规画", "规划", asked=True),
    Wording("筹画", "筹划", asked=True),
    Wording("网际网路", "互联网", strong=True, asked=True),
    Wording("网路", "网络", strong=True, asked=True),
    Wording("软体", "软件", strong=True, asked=True),
    Wording("硬体", "硬件", asked=True),
    Wording("资料库", "数据库", asked=True),
    Wording("大数据资料", "大数据"),
    Wording("行动装置", "移动终端", strong=True, asked=True),
    Wording("简讯", "短信", strong=True, asked=True),
    Wording("影音", "视频"),
    Wording("影片", "视频"),
    Wording("套用", "应用", strong=True),
    Wording("程式", "程序", strong=True),
    Wording("民众", "群众"),
    Wording("线上", "在线"),
    Wording("资讯", "信息"),
    # a 专案组 of the police is the mainland's too
    Wording("专案", "项目"),
    Wording("品质", "质量"),
    Wording("联络我们", "联系我们"),
    Wording("公尺", "米"),
)

# Different strong markers that make a document Taiwan-worded: one may be quoted, or a slip.
LEAST_MARKERS = 3


@cache
def patterns(
    *,
    asked: bool = False,
) -> tuple[re.Pattern[str], dict[str, str]]:
    """A pattern of all Taiwan wordings (or those a query may mean), and their mainland terms."""
    table: dict[str, str] = {}
    for wording in WORDINGS:
        if wording.asked or not asked:
            table[wording.taiwan] = wording.mainland
    # The longest first: 智慧型化 is 智能化, not 智能 and 化.
    keys = sorted(
        table,
        key=len,
        reverse=True,
    )
    alternatives = [re.escape(key) for key in keys]
    expression = "|".join(alternatives)
    return re.compile(expression), table


def is_taiwan_worded(form: str) -> bool:
    """Whether at least three different strong markers stand in an index form."""
    markers = [w.taiwan for w in WORDINGS if w.strong]
    standing = sum(marker in form for marker in markers)
    return standing >= LEAST_MARKERS


def mainland_forms(form: str) -> tuple[str, ...]:
    """The form as asked, and in mainland wording where a Taiwan wording in it can mean nothing
    else.

    >>> mainland_forms("规范性档案"), mainland_forms("档案管理")
    (('规范性档案', '规范性文件'), ('档案管理',))
    """
    pattern, table = patterns(asked=True)
    other = pattern.sub(
        lambda match: table[match[0]],
        form,
    )
    if other == form:
        return (form,)
    return (form, other)


def mainland_text(form: str) -> str:
    """A Taiwan-worded form in mainland wording throughout: for ranking, where only words count."""
    pattern, table = patterns()
    return pattern.sub(
        lambda match: table[match[0]],
        form,
    )


# [start, end) of an index form.
Span = tuple[int, int]

# Index form writes ； and ！ as ; and !.
SENTENCE_END = re.compile(r"[。;；!?！？]")
# Characters of a sentence that are taken on each side of a wording, where no stop is nearer.
SENTENCE_REACH = 200


def mainland(folded: Folded) -> Folded | None:
    """The sentences of a Taiwan-worded text that read otherwise on the mainland.

    They are joined by line breaks. Each replaced wording is one block of the offset map, so that a
    mark covers the words as they were published. None when nothing is replaced.
    """
    pattern, table = patterns()
    form = folded.form
    matches = list(pattern.finditer(form))
    if not matches:
        return None
    builder = OffsetBuilder()
    pieces: list[str] = []
    offsets = folded.offsets
    spans = [match.span() for match in matches]
    for start, end in _sentences(form, spans):
        inside = [match for match in matches if start <= match.start() < end]
        if pieces:
            # the line break between sentences stands for nothing that is displayed
            pieces.append("\n")
            display = offsets.start(start)
            builder.blocked(display, 0, 1)
        copied = start
        for match in inside:
            term = table[match[0]]
            word_start, word_end = match.span()
            _copy(folded, builder, copied, word_start)
            # a mark covers 資訊 as it was published
            first, behind = offsets.span(word_start, word_end)
            display_length = behind - first
            term_length = len(term)
            builder.blocked(first, display_length, term_length)
            pieces += [
                form[copied:word_start],
                term,
            ]
            copied = word_end
        rest = form[copied:end]
        _copy(folded, builder, copied, end)
        pieces.append(rest)
    text = "".join(pieces)
    return Folded(text, builder.build())


def mainland_whole(folded: Folded) -> Folded:
    """A Taiwan-worded text in mainland wording throughout, with its offsets: see `mainland`."""
    pattern, table = patterns()
    builder = OffsetBuilder()
    copied = 0
    for match in pattern.finditer(folded.form):
        _copy(folded, builder, copied, match.start())
        first, behind = folded.offsets.span(*match.span())
        builder.blocked(first, behind - first, len(table[match.group()]))
        copied = match.end()
    _copy(folded, builder, copied, len(folded.form))
    return Folded(mainland_text(folded.form), builder.build())


def _sentences(
    form: str,
    spans: list[Span],
) -> list[Span]:
    """The sentences round sorted spans, at most SENTENCE_REACH long on each side.

    Sentences that overlap or touch are joined.
    """
    form_length = len(form)
    sentences: list[Span] = []
    for start, end in spans:
        first_reached = start - SENTENCE_REACH
        last_reached = end + SENTENCE_REACH
        low = max(0, first_reached)
        high = min(form_length, last_reached)
        stops_before = SENTENCE_END.finditer(form, low, start)
        for stop in stops_before:
            low = stop.end()
        stop_behind = SENTENCE_END.search(
            form,
            end,
            high,
        )
        if stop_behind is not None:
            high = stop_behind.end()
        if sentences and low <= sentences[-1][1]:
            # 资讯 and 影片 in one sentence: it is taken once
            low, last = sentences.pop()
            high = max(high, last)
        sentences.append((low, high))
    return sentences


def _copy(
    folded: Folded,
    builder: OffsetBuilder,
    start: int,
    end: int,
) -> None:
    """Give the builder the runs of folded.form[start:end] as they are."""
    rows = folded.offsets.rows()
    form_length = len(folded.form)
    for k, row in enumerate(rows):
        form, display, block = row
        # a run ends where the next one begins
        stop = form_length
        if k + 1 < len(rows):
            next_row = rows[k + 1]
            stop = next_row[0]
        first = max(start, form)
        behind = min(end, stop)
        length = behind - first
        if length <= 0:
            continue
        # a block has no inner positions: it is given as a whole
        if block:
            builder.blocked(display, block, length)
            continue
        shift = first - form
        builder.linear(display + shift, length)
