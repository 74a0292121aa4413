"""What is wrong with a request, in Chinese for pages; machines get the English.

A table: an expression over the English detail, and the Chinese for it. What is not in it stays
English.
"""

from __future__ import annotations

import re

__all__ = ["chinese"]

_TABLE = (
    # the query
    (
        r"a query may have (\d+) characters, this has (\d+); .*",
        "检索式最多 {0} 个字，这里有 {1} 个；请写短一些。",
    ),
    (
        r"q has (\d+) characters; at most (\d+) are read.*",
        "检索式最多 {1} 个字，这里有 {0} 个；请写短一些。",
    ),
    (
        r"a query may have (\d+) clauses, this has (\d+); .*",
        "检索式最多 {0} 个词句，这里有 {1} 个；请去掉几个。",
    ),
    (
        r"the quotation mark at \d+ is not closed; add (.+)",
        "引号没有配对；请补上 {0}。",
    ),
    (
        r"the closing bracket at \d+ has no opening one; .*",
        "右括号没有对应的左括号；请去掉它，或补上左括号。",
    ),
    (r"the bracket at \d+ is not closed; .*", "括号没有配对；请补上右括号。"),
    (r"the brackets at \d+ are empty; .*", "括号里是空的；请写上词语。"),
    (r"the quotation at \d+ is empty; .*", "引号里是空的；请写上要找的字串。"),
    (
        r"NEAR stands between words .*",
        "NEAR 的两边只能是词语或带引号的字串；请去掉括号和字段。",
    ),
    (r"!\".*\" follows the word .*", '!"…" 要写在它所限定的词语后面。'),
    (
        r"something to search for is missing at the end; .*",
        "末尾少了要检索的词；请补上，或去掉运算符。",
    ),
    (
        r"(.+) at \d+ cannot stand here; .*",
        "{0} 不能放在这里；要检索它本身，请加引号。",
    ),
    (
        r"there is no field (\S+); there are (.+); quote it .*",
        "没有字段 {0}，可用的是 {1}；要检索它本身，请加引号。",
    ),
    (r"(\S+): needs its value right after the colon", "{0}: 后面要紧接着写值。"),
    (
        r"brackets and NOT may nest (\d+) deep; .*",
        "括号和 NOT 最多嵌套 {0} 层；请写得平一些。",
    ),
    (r"there is no letter or digit .*", "这里没有可以检索的字；请写词语。"),
    (r"there is nothing here to search for; .*", "这里没有可以检索的内容；请写词语。"),
    (
        r"a wildcard needs at least one fixed character .*",
        "通配符旁边至少要有一个确定的字，例如 公开*。",
    ),
    (r"(\S+) has no range; .*", "{0} 不能写区间；year 和 published 可以。"),
    (r"there is no level (.+?); there are (.+)", "没有“{0}”这个层级；有 {1}。"),
    (r"year: needs a year or a range .*", "year: 后面写年度或区间，例如 2018..2020。"),
    (r"'(.*)' is no year; .*", "“{0}”不是年度；请写四位数字，例如 year:2018..2020。"),
    (
        r"published: needs a date or a range .*",
        "published: 后面写日期或区间，例如 2019-01..2019-03-31。",
    ),
    (r"'(.*)' is no date; .*", "“{0}”不是日期；请写 2019、2019-03 或 2019-03-31。"),
    (
        r"\* alone would match everything; .*",
        "单独一个 * 会匹配全部报告；要浏览全部，把检索词留空即可。",
    ),
    (r"a quotation mark is not closed; .*", "引号没有配对；请补上或去掉。"),
    # parameters
    (
        r"unknown parameter '(.*)'; known here: (.+)",
        "不认识参数 {0}；这里可用的是 {1}。",
    ),
    (r"(\S+) is given (\d+) times; give it once", "{0} 给了 {1} 次；请只给一次。"),
    (r"(\S+) is given (\d+) times; at most (\d+) .*", "{0} 给了 {1} 次，最多 {2} 次。"),
    (r"(\S+) is given without a value; .*", "{0} 没有值；请给一个值，或去掉它。"),
    (r"(\S+) is '(.*)'; give a whole number", "{0} 是“{1}”；这里要一个整数。"),
    (
        r"(\S+) is (-?\d+); give a year such as 2019",
        "{0} 是 {1}；这里要一个年度，例如 2019。",
    ),
    (
        r"(\S+) is '(.*)'; give a date such as 2019-03-31",
        "{0} 是“{1}”；这里要一个日期，例如 2019-03-31。",
    ),
    (
        r"(\S+) is (-?\d+); it must be between (\d+) and (\d+)",
        "{0} 是 {1}；应在 {2} 与 {3} 之间。",
    ),
    (
        r"page \* size may reach (\d+); .*",
        "翻页最多到第 {0} 份；再往后请按“下一页”，或导出。",
    ),
    (
        r"'(.*)' is no condition; .*",
        "“{0}”不是数值条件；请写成 名称、比较、数，例如 applications_new>=100。",
    ),
    (
        r"there is no number (\S+); .*",
        "没有 {0} 这个数；检索语法页列出了可以比较的数。",
    ),
    (r"the condition lacks its number .*", "数值条件少了数字名称或比较；两样都要选。"),
    (
        r"at most (\d+) values of (\S+) can be chosen; .*",
        "{1} 最多选 {0} 个值；请少选几个。",
    ),
    (
        r"'(.*)' is no (\S+); take a value that the facet lists",
        "“{0}”不是可用的 {1}；请从筛选里选。",
    ),
    (
        r"this is no cursor of this search; .*",
        "翻页的标记不属于这次检索；请从第一页重新开始。",
    ),
    (r"give either page or cursor, not both", "page 和 cursor 只能给一个。"),
    (r"'(.*)' is not one of (.+)", "“{0}”不在可选的值里；可选 {1}。"),
    # the pages of comparison
    (r"no report is from '(.*)'; .*", "本库没有来自“{0}”的报告；请从地区筛选里选。"),
    (r"region has (\d+) characters; .*", "地区有 {0} 个字，太长了；请从地区筛选里选。"),
    (r"no report here is from '(.*)'; .*", "本库没有“{0}”的报告；请从机关筛选里选。"),
    (r"name a body as the agency facet lists it", "请指明机关，用机关筛选里的写法。"),
    (r"series is '(.*)'; .*", "series 是“{0}”；只能是 1，或不写。"),
    (
        r"(\d+) reports are chosen; choose two to (\d+)",
        "选了 {0} 份报告；请选两份至 {1} 份。",
    ),
    (
        r"(\S+) stands in (.+) only, not in '(.*)'",
        "{0} 只在 {1} 格式里有，{2} 格式没有。",
    ),
)
_COMPILED = tuple((re.compile(pattern, re.DOTALL), words) for pattern, words in _TABLE)


def chinese(detail: str) -> str | None:
    """The Chinese for an English detail; None when the table has none.

    >>> chinese("size is 500; it must be between 1 and 100")
    'size 是 500；应在 1 与 100 之间。'
    """
    for pattern, words in _COMPILED:
        if match := pattern.fullmatch(detail):
            return words.format(*match.groups())
    return None
