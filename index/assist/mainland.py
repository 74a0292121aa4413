"""A query with Taiwan's words that are searched as they stand put as the mainland says them.

資訊 alone is searched as it stands, because 资讯 is a word of the mainland too. Only words are
replaced: 线上 in 一线上班 is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.analysis.normaliser import fold_line
from index.analysis.tokenizer import tokenizer
from index.analysis.wording import WORDINGS, mainland_forms
from index.query.parser import Token, field_name, tokenise
from index.query.runs import WILDCARD_PATTERN, words_of

__all__ = ["WORDED_FIELDS", "in_mainland_wording", "is_taiwan_word", "replaced"]

# The fields whose values are words as in a text.
WORDED_FIELDS = ("title", "text", "agency", "region")

# Taiwan's word and the mainland's usual one, in index form, beside those of WORDINGS. They are only
# offered, so that a word that is also the mainland's may stand here.
OFFERED = """
视讯 视频    透过 通过    数位 数字    行动电话 手机    伺服器 服务器    滑鼠 鼠标
列印 打印    登入 登录    搜寻 搜索    部落格 博客      连结 链接        介面 界面
使用者 用户  捷运 地铁    公车 公交车  计程车 出租车    幼稚园 幼儿园    身心障碍 残疾
志工 志愿者  健保 医保    公听会 听证会  诉愿 行政复议  裁罚 处罚
"""

OFFERED_WORDS = OFFERED.split()
TABLE = {wording.taiwan: wording.mainland for wording in WORDINGS} | dict(
    zip(OFFERED_WORDS[::2], OFFERED_WORDS[1::2], strict=True)
)
# The longest first: 智慧型化 is 智能化, not 智能 and 化.
TAIWAN_PATTERN = re.compile("|".join(sorted(TABLE, key=len, reverse=True)))


def in_mainland_wording(q: str) -> str:
    """The query as the mainland says it, what is excluded too; as it is where nothing differs.

    >>> in_mainland_wording("資訊* -影片"), in_mainland_wording('"資訊 公開"~10')
    ('信息* -视频', '"信息 公開"~10')
    """
    if not TAIWAN_PATTERN.search(fold_line(q)):
        return q
    changes = [change for token in _worded(q) for change in _changes(q, token)]
    return replaced(q, changes)


def is_taiwan_word(form: str) -> bool:
    """Whether a word of Taiwan's stands in a run in index form: it is spelt right.

    >>> is_taiwan_word("数位"), is_taiwan_word("人数位居")
    (True, False)
    """
    return _said(form) != form


def replaced(q: str, changes: list[tuple[int, int, str]]) -> str:
    """The query with each [start, end) replaced, the last first: the others stay where they are."""
    for start, end, text in sorted(changes, reverse=True):
        q = q[:start] + text + q[end:]
    return q


def _worded(q: str) -> Iterator[Token]:
    """The runs and strings of words, found or excluded."""
    before: Token | None = None
    for token in tokenise(q):
        of_field = before is not None and before.kind == "field"
        name = field_name(before.value) if before is not None and of_field else None
        if token.kind in ("run", "quote") and (not of_field or name in WORDED_FIELDS):
            yield token
        before = token


def _changes(q: str, token: Token) -> Iterator[tuple[int, int, str]]:
    """What of a run or a string is searched in other words than the mainland's."""
    start = token.mark_at + 1 if token.kind == "quote" else token.position
    end = start + len(token.value)
    spans = [(start, end)]
    parts = list(re.finditer(r"\S+", token.value))
    is_near = token.number is not None
    if is_near and len(parts) > 1:
        # each word of "公开 收费"~10 is a string of its own
        spans = [(start + part.start(), start + part.end()) for part in parts]
    for first, last in spans:
        form = fold_line(q[first:last])
        searched = mainland_forms(form)[-1]
        said = _said(searched)
        if token.kind == "run" and WILDCARD_PATTERN.search(token.value):
            # a pattern is asked for in its own wording alone
            searched = form
        elif is_near and len(parts) == 1:
            searched = "".join(mainland_forms(word)[-1] for word in words_of(form))
        if said != searched:
            yield first, last, said


def _said(form: str) -> str:
    """A form with every word of Taiwan's that begins and ends where words do replaced."""
    borders = {0, len(form)}
    end = 0
    for word in tokenizer().words(form):
        start = form.find(word, end)
        end = start + len(word)
        borders |= {start, end}
    return TAIWAN_PATTERN.sub(
        lambda match: TABLE[match[0]] if borders.issuperset(match.span()) else match[0],
        form,
    )
