"""The query language as the help page tells it: what is typed, what it means, and examples."""

from __future__ import annotations

from webui.words.messages import msgid

__all__ = ["HELP_EXAMPLES", "SYNTAX_ROWS", "WORKED_EXAMPLES"]

# (what is typed, what it means).
SYNTAX_ROWS = (
    (
        "依申请公开 收费",
        msgid(
            "两串字都要出现，位置不限。每一串先按原样整串查；一份也没有时，才拆成词，各词都要出现。"
        ),
    ),
    (
        '"行政复议案件"',
        msgid(
            "引号里的字串原样出现，一字不差。网页里按 Ctrl+F 找得到的，这里也找得到，处数也相同。"
            "中文、英文的引号混用，或者前后两个写成一样，也认得。"
        ),
    ),
    ("公开 -收费", msgid("有“公开”而没有“收费”。也可以写作 公开 NOT 收费。")),
    ("公开 OR 公示", msgid("两者有其一。")),
    ("(公开 OR 公示) 目录", msgid("括号分组，可以嵌套。")),
    (
        "title:年度报告",
        msgid(
            "只在题名里找；text: 只在正文里找，card: 只在信息卡（索引号、文号等）里找。"
        ),
    ),
    (
        "agency:文旅局 level:县区级",
        msgid(
            "按机关、层级限定，机关可以写简称；还有 region:广东省、line:、org_type:、tables:。"
        ),
    ),
    ("agency~:湄潭县自然资源局", msgid("这个机关，连同机构改革前后的前身和后继。")),
    (
        "公开 year:2018..2020",
        msgid("按年度限定，可以是一年，也可以是一段；2018.. 是 2018 年起。"),
    ),
    (
        "公开 level:不详",
        msgid(
            "层级不详的报告；别的字段、日期和数字也可以写“不详”。"
            "-level:不详 是层级已知的报告。"
        ),
    ),
    (
        "applications_new:10..",
        msgid(
            "按统计表里的数字限定：本年新收申请 10 件以上；"
            "其他数字的名字见“统计”页与 /openapi.json。"
        ),
    ),
    ("published:2019-01..2019-06", msgid("按公布日期限定，可以写年、年月或年月日。")),
    (
        "公开*",
        msgid("* 代表任意几个字，公?条例 里的 ? 代表一个字；至少要有一个确定的字。"),
    ),
    ('"公开 收费"~10', msgid("两个词语相距不超过十个字，次序不限。")),
    ("公开 NEAR/10 收费", msgid("同上；两边也可以是带引号的字串。")),
    ('公开 !"不予公开"', msgid("“公开”要出现，但不算在“不予公开”里面的那些。")),
    (
        "1.06亿元",
        (
            msgid(
                "金额、百分比、编号、文号是一个整体，全角半角、空不空格都一样；"
                "〔2019〕用 [2019]、（2019）等括号写也查得到。"
            )
        ),
    ),
    (
        "行政许可 (收费 OR 费用) -免费 level:县区级 year:2015..2020",
        msgid("以上写法可以合用。结果页会把检索式用一句话说一遍，看看理解得对不对。"),
    ),
)

# (query, what it asks), for the home page.
WORKED_EXAMPLES = (
    ('"行政复议" -收费', msgid("提到行政复议而没有提到收费")),
    ('公开 !"不予公开"', msgid("“公开”，但不是“不予公开”里的")),
    ("資訊公開 year:2018..2020", msgid("繁体、台湾用词一样查，限定年度")),
)

# What the help page shows at work, by its names there.
HELP_EXAMPLES = {
    "relaxed": "渔业资源 旅游景区 档案利用",
    "named": "汶川 2020 主动公开",
    "misspelt": "行政复仪",
    "synonym": "信访",
}
