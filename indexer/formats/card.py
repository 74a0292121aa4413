"""What the index card of a page says of a report: 索引号, 文号, 发布机构 and the like, as printed.

Systems print it as lines of labels and values, as cells beside each other (索引号 | 126/2025), or
as cells below each other. It stands among the lines that are taken off a page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from indexer.formats.chrome import BULLETS, META_KEY_BY_LABEL, labelled, squeeze

__all__ = ["card_of"]

# Labels that speak of the page or of who made it, not of the report.
SITE_LABELS = frozenset(
    (
        *("阅读", "浏览次数", "瀏覽次數", "点击数", "点击次数", "点击率"),
        *("阅读次数", "阅读量", "访问次数", "访问量", "浏览量", "浏览"),
        *("浏览字号", "字体大小", "字號", "字号", "字体", "視力保護色"),
        *("视力保护色", "打印", "打印本页", "分享到", "分享"),
        *("责任编辑", "責任編輯", "编辑", "作者", "撰稿", "审核", "责编", "录入"),
    )
)
CARD_LABELS = frozenset(META_KEY_BY_LABEL) - SITE_LABELS
# Labels of one word, which a cell alone may be by chance.
PLAIN_LABELS = frozenset(
    ("日期", "时间", "時間", "名称", "标题", "標題", "来源", "來源")
)
# Characters of a value; a summary of the report may be long.
MAX_VALUE = 400
CELL_SIGNS = ("|", "｜", "\t")
# What stands for no value.
BLANK_SIGNS = "-—－/无無 　\xa0"


def card_of(chrome: Sequence[str]) -> dict[str, str]:
    """The labels of a card and their values, in order, from the lines taken off a page.

    >>> card_of(["索引号：126/2025 打印", "文 号", "某政发〔2025〕4号"])
    {'索引号': '126/2025 打印', '文号': '某政发〔2025〕4号'}
    """
    card: dict[str, str] = {}
    for label, value in _pairs(_cells(chrome)):
        if label not in CARD_LABELS or not value.strip(BLANK_SIGNS):
            continue
        known = card.get(label)
        if known is None:
            card[label] = value
        elif value not in known:
            # the page says it twice, and not alike
            card[label] = f"{known}；{value}"
    return card


def _cells(lines: Sequence[str]) -> Iterator[str]:
    """Lines, and the cells of those that were a row of a table."""
    for line in lines:
        sign = next((sign for sign in CELL_SIGNS if sign in line), None)
        cells = line.split(sign) if sign and _has_label(line, sign) else [line]
        yield from filter(None, (cell.strip(BULLETS) for cell in cells))


def _has_label(
    line: str,
    sign: str,
) -> bool:
    return any(map(_label_of, line.split(sign)))


def _pairs(cells: Iterator[str]) -> Iterator[tuple[str, str]]:
    waiting = ""
    for cell in cells:
        pairs = labelled(cell)
        label = _label_of(cell)
        if waiting and not pairs and not label and len(cell) <= MAX_VALUE:
            yield waiting, cell
        waiting = ""
        if label:
            waiting = label
        elif pairs:
            yield from pairs
            if not pairs[-1][1]:
                # the value stands in the next cell
                waiting = pairs[-1][0]


def _label_of(cell: str) -> str:
    """The label that a cell is, or nothing: 索 引 号, 文号：, 【发布机构】."""
    bare = squeeze(cell).strip("【】[]")
    label = bare.rstrip(":：")
    is_plain = label in PLAIN_LABELS and bare == label
    return label if label in META_KEY_BY_LABEL and not is_plain else ""
