"""What stands around a report on a government website, told from the report itself.

Rules act at the edges of a document only and stop at the first line that could be the report's own:
a missed line of chrome costs a reader a glance, a lost line of text costs the reader's trust.
Whatever is taken out of the text is kept in Page.chrome.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from index.analysis.characters import (
    BASIC_HAN_CLASS,
    SPACE_CLASS,
    ZERO_WIDTH_CLASS,
    class_members,
)

__all__ = [
    "EDGE_CHARACTERS",
    "Framed",
    "Line",
    "frame",
    "header_fields",
    "is_chrome",
    "is_title",
    "labelled",
    "squeeze",
    "title_apart",
]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a document; `table` is the number of the table it belongs to."""

    text: str
    table: int | None = None


@dataclass(slots=True)
class Framed:
    """A document parted into its body and what stands around it. `meta` as in Page."""

    lines: list[Line]
    title: str | None = None
    meta: dict[str, str] = field(default_factory=dict)
    chrome: list[str] = field(default_factory=list)


# Labels of the line of facts below a title -> the key of Page.meta.
#
# `issuer` serves as `source` when there is none.
META_KEY_BY_LABEL = {
    "发布时间": "published",
    "发布日期": "published",
    "發布時間": "published",
    "發布日期": "published",
    "發佈時間": "published",
    "發佈日期": "published",
    "公开日期": "published",
    "公开时间": "published",
    "公開日期": "published",
    "日期": "published",
    "时间": "published",
    "時間": "published",
    "信息来源": "source",
    "信息來源": "source",
    "文章来源": "source",
    "稿件来源": "source",
    "来源": "source",
    "來源": "source",
    "索引号": "index_number",
    "索引號": "index_number",
    "信息索引": "index_number",
    "发文字号": "doc_number",
    "發文字號": "doc_number",
    "文件字号": "doc_number",
    "文件编号": "doc_number",
    "文号": "doc_number",
    "文號": "doc_number",
    "发文机关": "issuer",
    "發文機關": "issuer",
    "发布机构": "issuer",
    "发布机关": "issuer",
    "發布機構": "issuer",
    "信息名称": "title",
    "名称": "title",
    "标题": "title",
    "標題": "title",
    # known labels whose values nobody needs: they end the value before them
    **dict.fromkeys(
        (
            *(
                "阅读",
                "浏览次数",
                "瀏覽次數",
                "点击数",
                "点击次数",
                "点击率",
                "阅读次数",
                "阅读量",
                "访问次数",
                "访问量",
                "浏览量",
                "浏览",
            ),
            *(
                "浏览字号",
                "字体大小",
                "字號",
                "字号",
                "字体",
                "視力保護色",
                "视力保护色",
                "打印",
                "打印本页",
                "分享到",
                "分享",
            ),
            *(
                "主题分类",
                "主題分類",
                "信息分类",
                "主题词",
                "主題詞",
                "成文日期",
                "生成日期",
                "生效日期",
                "有效性",
                "时效性",
            ),
            *(
                "信息所属单位",
                "公开主体",
                "公开机构",
                "公开类别",
                "公开责任部门",
                "公文种类",
                "关键词",
                "内容概述",
                "发文日期",
                "登记号",
                "统一登记号",
                "统一编号",
                "失效日期",
                "成文时间",
                "有效期",
            ),
            *(
                "公开方式",
                "公开形式",
                "公开范围",
                "公开程序",
                "公开时限",
                "信息类别",
                "体裁分类",
                "组配分类",
                "服务对象",
                "废止日期",
            ),
            *(
                "责任编辑",
                "責任編輯",
                "编辑",
                "作者",
                "撰稿",
                "审核",
                "责编",
                "录入",
                "更新时间",
                "更新日期",
            ),
        ),
        "",
    ),
}

# Lines that are chrome when they stand alone at an edge.
CHROME_LINES = frozenset(
    (
        *(
            "关闭",
            "關閉",
            "关闭窗口",
            "【关闭】",
            "[关闭]",
            "【关闭窗口】",
            "打印",
            "打印本页",
            "【打印】",
            "[打印]",
            "返回",
            "返回顶部",
        ),
        *(
            "收藏",
            "收藏本页",
            "首页",
            "首頁",
            "网站首页",
            "大",
            "中",
            "小",
            "大中小",
            "默认",
            "放大",
            "缩小",
            "分享",
            "转发",
            "复制链接",
        ),
        *(
            "网站地图",
            "联系我们",
            "聯絡我們",
            "聯繫我們",
            "关于我们",
            "關於我們",
            "使用帮助",
            "隐私声明",
            "网站声明",
            "無障礙",
            "无障碍",
        ),
        *(
            "设为首页",
            "加入收藏",
            "繁體",
            "繁体",
            "简体",
            "English",
            "无障碍浏览",
            "长者模式",
            "登录",
            "注册",
            "搜索",
            "站内搜索",
        ),
        *(
            "上一篇",
            "下一篇",
            "没有了",
            "附件下载",
            "相关附件",
            "我要纠错",
            "纠错",
            "微信",
            "微博",
            "新浪微博",
            "TOP",
            "top",
        ),
        *(
            "扫一扫",
            "保存",
            "推荐",
            "评论",
            "顶部",
            "字号",
            "分享到",
            "QQ空间",
            "政务微信",
            "政务微博",
            "手机版",
            "语音播报",
        ),
    )
)

# Headings below which, at the foot, only links follow.
LINK_SECTIONS = frozenset(
    (
        *(
            "相關詞條",
            "相关词条",
            "熱門詞條",
            "热门词条",
            "聯絡我們",
            "联系我们",
            "友情链接",
            "友情鏈接",
            "相关链接",
            "相關連結",
        ),
        *(
            "相关文章",
            "相關文章",
            "相关阅读",
            "相关新闻",
            "相关信息",
            "相关报道",
            "推荐阅读",
            "热门推荐",
            "热门文章",
            "猜你喜欢",
        ),
        *("延伸阅读", "最新文章", "热点推荐", "精彩推荐", "更多相关", "为您推荐"),
    )
)

# How a line of chrome begins.
#
# A line with a full stop, or longer than MAX_CHROME, is never chrome by these.
CHROME_PATTERNS = tuple(
    re.compile(p)
    for p in (
        # 您现在的位置：首页 > 政务公开
        r"(您)?(的)?(现在|現在|当前|當前|目前|您所在的|所在)?(的)?位置(是)?[:：]",
        # 首页 > 信息公开 > 年报
        r"(首页|首頁|网站首页|主页)\s*(>|＞|»|›|/|-{1,2}>|→|\|)",
        # 【扫一扫在手机打开当前页】
        r"[【\[（(]?(扫一扫|扫描二维码|用微信扫|微信扫一扫|扫码)(?!.*[。；])",
        # 【字号： 大 中 小 】
        r"[【\[（(]?\s*(字体|字号|字體|字號|文字大小|浏览字号)\s*[:：】\]]?",
        # 【打印本页】, [关闭窗口]
        r"[【\[（(]?\s*(打印|列印|关闭|關閉|收藏|转发|分享)[^。]{0,12}[】\])）]",
        # 打印本页 关闭窗口, 收藏|分享到：
        r"(打印(本页|文章|此页)?|关闭(窗口|本页|页面)?|收藏(本页)?|分享(到)?[:：]?|[【】\[\]|\s]){2,}$",
        # 上一篇：关于做好政务公开工作的通知
        r"(上一篇|下一篇|上一条|下一条|上一頁|下一頁|上篇|下篇)\s*[:：]?",
        r"分享(到|至)",
        # 浏览次数：1024
        r"(浏览|瀏覽|点击|阅读|访问)(次数|次數|数|量|率)\s*[:：]",
        r"(附件下载|下载附件|相关附件|文件下载)",
        # 责任编辑：张三
        r"(责任编辑|責任編輯|编辑|责编|网络编辑)\s*[:：]",
        # 版权所有：某区人民政府, 技术支持：某公司
        r"(版权所有|版權所有|主办单位|承办单位|主办|承办|技术支持|网站维护|Copyright|COPYRIGHT|©)",
        # 粤ICP备12345678号, 网站标识码4403070001
        r".{0,20}(ICP备|ICP證|ICP证|公网安备|网站标识码)",
        # 返回顶部, 回到列表
        r"(返回|回到)(顶部|首页|列表|上页|上一页)",
        # 【我要纠错】
        r"[【\[（(]?\s*(我要|网站|页面)?纠错",
    )
)

# White space of every width, and marks of no width, that pages put around a line.
EDGE_CHARACTERS = class_members(SPACE_CLASS + ZERO_WIDTH_CLASS)
MAX_CHROME = 120
# What stands before a row of a list.
BULLETS = "•·●■◆◇○▪* 　"
# Characters of a line that says something: a button has fewer.
MIN_LINE = 4
# Characters of a line of facts.
MAX_LABELLED = 300
MAX_TITLE = 60
# Characters of one line of a broken title, of all of it, and the lines that it has.
MAX_TITLE_PIECE = 44
MAX_BROKEN_TITLE = 90
MAX_TITLE_LINES = 4
# Lines from the top among which a title may stand.
TITLE_LINES = 14

# 政府信息公开, 政务公开, 資訊公開: what the title of a report speaks of
SUBJECT_PATTERN = re.compile(
    r"(信息|資訊|资讯|政务|政務|政府)(公开|公開)|政府(信息|資訊)|(信息|資訊)(公开|公開)"
)
# ...年度报告, ...年报（全文）: how such a title ends
_TITLE_END_PATTERN = re.compile(
    r"(报告|報告|年报|年報|总结|總結)(书|書)?([（(《〈\[【][^。]{0,20}|全文|公开|公開|专[栏题]|專[欄題])?$"
)
# 龙岗区教育局: a line that names a body, above a title that names none
_BODY_END_PATTERN = re.compile(
    r"(局|办|辦|委|府|处|處|会|會|院|厅|廳|部|中心|街道|街道办事处|镇|鎮|乡|鄉|区|區|县|縣|市|省|室|站|所|公司|校|学|學)([（(][^（()）]{2,20}[)）])?$"
)
# a sentence, an opening (根据, 现将), a heading (一、), a path of links
_NOT_TITLE_PATTERN = re.compile(
    r"[。；;！!？?]|^(根据|根據|按照|现将|現將|本报告|本報告|为|為|一、|二、|三、)|[>＞»›]|[:：]$|[,，].*[,，]"
)
# 年, 公开, 政府: of the first line of a title that is broken there is one of these
_TITLE_HINT_PATTERN = re.compile(r"年|公开|公開|政府|政务|政務|信息|资讯|資訊")
# 2020年, 二〇二〇年度, 2020: a year in a title, without its 年
_YEAR_PATTERN = re.compile(
    r"(?:19|20)\d{2}|[二一][〇○零O0九][〇○零一二三四五六七八九]{2}(?=学?年)"
)
# 县水务局2020年, 2020年库尔勒市住房和城乡建: the year at an end of the line, or a body around it
_TITLE_YEAR_PATTERN = re.compile(rf"(?:{_YEAR_PATTERN.pattern})(?:$|年|学年)")
# 2021年3月1日: no year of a title
_DATE_PATTERN = re.compile(r"\d\s*月|[一二三四五六七八九十]月|^\d{4}[-/.]\d")
# 2018年政府信息公开..., 关于2018年度..., 政府信息公开...: a title that names no body
_HEADLESS_PATTERN = re.compile(
    rf"[(（]?(?:关于|關於)?(?:(?:{_YEAR_PATTERN.pattern})年?[-—–~至]?){{0,2}}"
    r"(?:学?年度?)?[)）]?"
    r"(?:部门|政府|政务|政務|信息|资讯|資訊|公开|公開|工作|情况|情況|的|年度|年报|年報|报告|報告)"
)
# 库住建〔2021〕7号, 国办发[2019]5号
_DOC_NUMBER_PATTERN = re.compile(
    r"[〔\[［【(（]\s*(?:19|20)\d{2}\s*[〕\]］】)）].{0,4}\d+\s*号|(?<!\d)\d+号$"
)
# 政务公开, 2020年信息公开年报, 某区政府网: the name of a column or of a site; {{ title }}
_COLUMN_PATTERN = re.compile(
    r"^[^，,。]{0,14}(?:公[开開]|年[报報]|目[录錄]|指南|[专專][栏欄]|[栏欄]目\d*|[频頻]道"
    r"|首[页頁]|[网網]|[网網]站|[门門][户戶]|下[载載]|[视視][频頻]|[图圖][册冊]|公告|公示"
    r"|新[闻聞]|[动動][态態]|搜索|[检檢]索|[内內]容|政策|解[读讀]|服[务務]|互[动動])$"
    r"|^\{\{.*\}\}$"
)
# (qū): a gloss that the repair takes out later
_GLOSS_PATTERN = re.compile(r"\([a-z\u00e0-\u01dc\u0300-\u030c]{1,9}\)")
_SPACE_PATTERN = re.compile(rf"[\s{ZERO_WIDTH_CLASS}]+")
# 发布时间：, 【索引号】:, 来 源: a label at the beginning, or after a value
_LABEL_PATTERN = re.compile(
    f"(?:^|(?<=[\\s　|｜【】\\[\\]（）()·;；,，\\d年月日\\-—A-Za-z{BASIC_HAN_CLASS}]))[【\\[（(]?("
    + "|".join(
        r"\s*".join(label) for label in sorted(META_KEY_BY_LABEL, key=len, reverse=True)
    )
    + r")\s*[】\]）)]?\s*[:：]"
)


def squeeze(text: str) -> str:
    """The text without white space: what two renderings of one line have in common."""
    return _SPACE_PATTERN.sub("", text)


def frame(lines: Sequence[Line], title: str | None = None) -> Framed:
    """Part `lines` into chrome, title, header lines and body.

    A `title` known from elsewhere is only taken out.
    """
    rest = [line for line in lines if line.text.strip()]
    out = Framed([])
    place = _known_title(rest, title) if title else _find_title(rest)
    if place:
        start, end = place
        out.title = title or "".join(line.text.strip() for line in rest[start:end])
        above = _take_above(out, rest[:start])
        rest = above + _again(out, _below_title(out, rest[end:]))
    else:
        out.title = title
        rest = _leading(out, rest)
    out.lines = _trailing(out, rest)
    if "source" not in out.meta and "issuer" in out.meta:
        out.meta["source"] = out.meta["issuer"]
    out.meta.pop("issuer", None)
    return out


def title_apart(text: str) -> tuple[str | None, str]:
    """The title that stands in the first lines of a text, and the text without those lines; nothing
    else is touched.
    """
    lines = [Line(line) for line in text.split("\n")]
    held = [n for n, line in enumerate(lines) if line.text.strip()]
    place = _find_title([lines[n] for n in held])
    if place is None:
        return None, text
    first, last = held[place[0]], held[place[1] - 1]
    title = "".join(line.text.strip() for line in lines[first : last + 1])
    return title, "\n".join(line.text for line in lines[:first] + lines[last + 1 :])


def is_title(text: str) -> bool:
    """Whether a line can be the title of an annual report: its subject and its genre, and no
    sentence.

    Kangxi radicals and pinyin glosses, which are repaired later, do not hide it.
    """
    bare = _GLOSS_PATTERN.sub(
        "", unicodedata.normalize("NFKC", squeeze(text[: 4 * MAX_TITLE]))
    )
    return (
        8 <= len(bare) <= MAX_TITLE
        and bool(SUBJECT_PATTERN.search(bare))
        and bool(_TITLE_END_PATTERN.search(bare))
        and not _NOT_TITLE_PATTERN.search(bare)
    )


def is_chrome(text: str) -> bool:
    """Whether a line that stands alone at an edge belongs to the site."""
    bare = text.strip()
    if bare in CHROME_LINES or squeeze(bare).strip("【】[]［］（）()|") in CHROME_LINES:
        return True
    return (
        len(bare) <= MAX_CHROME
        and "。" not in bare
        and any(p.match(bare) for p in CHROME_PATTERNS)
    )


def header_fields(text: str) -> dict[str, str] | None:
    """The labelled values of a line such as "发布时间:2019-03-14 来源:办公室", by meta key;

    None for any other line.

    >>> header_fields("发布时间:2019-03-14 09:17来源:办公室")
    {'published': '2019-03-14 09:17', 'source': '办公室'}
    """
    pairs = labelled(text)
    if not pairs:
        return None
    fields: dict[str, str] = {}
    for label, value in pairs:
        key = META_KEY_BY_LABEL[label]
        if key and value.strip("-—无無 "):
            fields.setdefault(key, value)
    return fields


def labelled(text: str) -> list[tuple[str, str]]:
    """The known labels of a line with their values, in order; none unless the line begins with one.

    >>> labelled("索 引 号:126/2025 文号:某政办发〔2025〕54号")
    [('索引号', '126/2025'), ('文号', '某政办发〔2025〕54号')]
    """
    # most lines are sentences, or have no colon: the labels are not looked for in them
    has_colon = ":" in text or "：" in text
    if not has_colon or "。" in text or len(text) > MAX_LABELLED:
        return []
    found = list(_LABEL_PATTERN.finditer(text))
    if not found or text[: found[0].start()].strip(" \t　【[(（|"):
        return []
    ends = [label.start() for label in found[1:]] + [len(text)]
    pairs: list[tuple[str, str]] = []
    for label, end in zip(found, ends, strict=True):
        value = text[label.end() : end].strip(" \t\xa0　|｜【】[]")
        pairs.append((squeeze(label[1]), value))
    return pairs


def _known_title(lines: Sequence[Line], title: str) -> tuple[int, int] | None:
    """Where the title stands in the first lines, alone on one or broken over up to four."""
    wanted = squeeze(title)
    for start in range(min(TITLE_LINES, len(lines))):
        joined = ""
        for end in range(start, min(start + 4, len(lines))):
            joined += squeeze(lines[end].text)
            if joined == wanted:
                return (start, end + 1) if _all_short(lines[:start]) else None
            if not wanted.startswith(joined):
                break
    return None


def _find_title(lines: Sequence[Line]) -> tuple[int, int] | None:
    top = [line.text.strip() for line in lines[:TITLE_LINES]]
    for i, text in enumerate(top):
        if lines[i].table is not None:
            return None
        if is_title(text) and header_fields(text) is None:
            last = _longest(top, i)
            return _first_line(top, last), last + 1
        end = _broken_title(top, i)
        if end is not None:
            return _first_line(top, i, end), end
        if not _all_short(lines[i : i + 1]):
            return None
    return None


def _longest(top: Sequence[str], start: int) -> int:
    """Of lines that could all be the title the longest: others name a column or a collection."""
    end = start
    while end < len(top) and is_title(top[end]):
        end += 1
    return max(range(start, end), key=lambda n: len(squeeze(top[n])))


def _first_line(top: Sequence[str], start: int, end: int = 0) -> int:
    """Where a title begins whose last lines are known: a line above may hold its body or year.

    "2020年政府信息公开工作年度报告" lacks its body, "政府信息公开工作年度报告" also the year.
    """
    end = end or start + 1
    while start > 0 and end - start < MAX_TITLE_LINES:
        below = squeeze("".join(top[start:end]))
        above = squeeze(top[start - 1])
        if not _is_piece(above) or not _is_lacking(below, above):
            break
        if len(above) + len(below) > MAX_BROKEN_TITLE:
            break
        start -= 1
    return start


def _is_piece(text: str) -> bool:
    """Whether a line can be the first part of a broken title."""
    return (
        2 <= len(text) <= MAX_TITLE_PIECE
        and not _NOT_TITLE_PATTERN.search(text)
        and not is_chrome(text)
        and header_fields(text) is None
        and not _DOC_NUMBER_PATTERN.search(text)
        and not is_title(text)
    )


def _is_lacking(below: str, above: str) -> bool:
    """Whether the line above says what the title below leaves open: its year or its body."""
    has_year = bool(_YEAR_PATTERN.search(below))
    gives_year = _TITLE_YEAR_PATTERN.search(above) is not None
    if not has_year and gives_year:
        return not _DATE_PATTERN.search(above)
    is_headless = bool(_HEADLESS_PATTERN.match(below))
    return is_headless and bool(_BODY_END_PATTERN.search(above)) and len(above) <= 30


def _broken_title(top: Sequence[str], start: int) -> int | None:
    """Where a title ends that begins at `start` and is broken over several lines."""
    first = top[start]
    is_hinted = _TITLE_HINT_PATTERN.search(first) is not None
    # 政务公开 alone is the name of a column
    is_column = SUBJECT_PATTERN.fullmatch(squeeze(first)) is not None
    if not is_hinted or is_column or not _is_piece(squeeze(first)):
        return None
    for end in range(start + 2, min(start + MAX_TITLE_LINES, len(top)) + 1):
        last = squeeze(top[end - 1])
        is_part = 2 <= len(last) <= MAX_TITLE_PIECE and not is_title(last)
        if not is_part or _NOT_TITLE_PATTERN.search(last):
            return None
        joined = "".join(top[start:end])
        if _TITLE_END_PATTERN.search(last) and is_title(joined):
            return end
    return None


def _all_short(lines: Iterable[Line]) -> bool:
    return all(
        len(line.text) <= MAX_TITLE and not re.search(r"[。；]", line.text)
        if header_fields(line.text) is None and not is_chrome(line.text)
        else True
        for line in lines
    )


def _take_above(out: Framed, lines: Sequence[Line]) -> list[Line]:
    """Part what stands above the title: the site's lines go, all others are the report's."""
    kept: list[Line] = []
    for line in lines:
        text = line.text.strip()
        if _is_above_chrome(text):
            _drop(out, text)
        else:
            kept.append(line)
    return kept


def _is_above_chrome(text: str) -> bool:
    """A menu, the line of facts, a cell of a card or the name of a site, above a title."""
    if header_fields(text) is not None or is_chrome(text) or _is_card(text):
        return True
    bare = squeeze(text)
    return len(bare) < MIN_LINE or _COLUMN_PATTERN.search(bare) is not None


def _is_card(text: str) -> bool:
    """A row of a card: a label first, in cells or behind a bullet."""
    first = squeeze(re.split(r"[|｜\t]", text.lstrip(BULLETS), maxsplit=1)[0])
    label = _GLOSS_PATTERN.sub("", first).rstrip(":：")
    return label in META_KEY_BY_LABEL or bool(labelled(text.lstrip(BULLETS)))


def _drop(out: Framed, text: str) -> None:
    out.chrome.append(text)
    fields = header_fields(text)
    if fields is None:
        return
    for key, value in fields.items():
        if key != "title":
            out.meta.setdefault(key, value)
    out.meta["header"] = (
        f"{out.meta['header']}\n{text}" if "header" in out.meta else text
    )


def _below_title(out: Framed, lines: list[Line]) -> list[Line]:
    """Drop the line of facts below the title, up to a few lines of it."""
    return _leading(out, lines, limit=8)


def _again(out: Framed, lines: list[Line]) -> list[Line]:
    """Pages print the title above the line of facts, and the body begins with it once more."""
    while out.title and (place := _known_title(lines, out.title)) and place[0] == 0:
        out.chrome.extend(line.text.strip() for line in lines[: place[1]])
        lines = _below_title(out, lines[place[1] :])
    return lines


def _leading(out: Framed, lines: list[Line], limit: int = 20) -> list[Line]:
    for n, line in enumerate(lines):
        text = line.text.strip()
        if (
            n >= limit
            or line.table is not None
            or not (is_chrome(text) or _is_header(text))
        ):
            return lines[n:]
        _drop(out, text)
    return []


def _is_header(text: str) -> bool:
    """A line of facts: its first label is not one that a report's own sentence begins with, or
    there are several.
    """
    if header_fields(text) is None:
        return False
    labels = [squeeze(m[1]) for m in _LABEL_PATTERN.finditer(text)]
    return len(labels) > 1 or labels[0] not in (
        "名称",
        "标题",
        "標題",
        "时间",
        "時間",
        "日期",
        "作者",
        "审核",
        "有效性",
    )


def _trailing(out: Framed, lines: list[Line]) -> list[Line]:
    end = _foot(lines)
    while (
        end
        and lines[end - 1].table is None
        and (is_chrome(lines[end - 1].text) or _is_footer(lines[end - 1].text))
    ):
        end -= 1
    for line in lines[end:]:
        _drop(out, line.text.strip())
    return lines[:end]


def _is_footer(text: str) -> bool:
    """A line of facts below the report: it tells when the page was published, which a note on
    figures does not.
    """
    return "published" in (header_fields(text.strip()) or {}) and _is_header(
        text.strip()
    )


def _foot(lines: Sequence[Line]) -> int:
    """Where a section of links begins at the foot, such as 相關詞條, or the number of lines."""
    for n in range(max(0, len(lines) - 40), len(lines)):
        if squeeze(lines[n].text).rstrip(":：") in LINK_SECTIONS and _only_links(
            lines[n:]
        ):
            return n
    return len(lines)


def _only_links(lines: Sequence[Line]) -> bool:
    """Nothing below that could be the end of a report: no sentence, no table, no signature with its
    date.
    """
    return all(
        line.table is None
        and len(line.text) <= MAX_TITLE
        and not re.search(r"[。；]|^\s*(20|二)\S{2,3}年.{2,6}日?\s*$", line.text)
        for line in lines
    )
