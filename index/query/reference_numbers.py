"""Document numbers, sums of money, percentages and other codes in queries.

Each is one thing to search for, in whichever brackets and with whichever spaces a report prints it.
"""

from __future__ import annotations

import re
from itertools import product

from index.analysis.characters import BASIC_HAN_CLASS

__all__ = ["CODE_PATTERN", "DOCUMENT_NUMBER", "TYPED_YEAR", "spellings"]

# The brackets that reports print around the year of a document number. In index form the first
# pair stands for 〔2019〕 and [2019] too, and the last for 「2019」 and “2019”.
BRACKET_PAIRS = ("()", "{}", "<>", "〈〉", "《》", "⟨⟩", '""')

HAN = rf"[{BASIC_HAN_CLASS}]"
OPENING = f"[{re.escape(''.join(pair[0] for pair in BRACKET_PAIRS))}]"
CLOSING = f"[{re.escape(''.join(pair[1] for pair in BRACKET_PAIRS))}]"

# 国办发(2019)5号, 国办发(2019)第5号; and the numbers of courts: (2019)粤03行终512号.
DOCUMENT_NUMBER = re.compile(
    rf"(?P<issuer>{HAN}{{1,8}}){OPENING}(?P<year>\d{{4}}){CLOSING}(?P<number>第?\d{{1,5}})号"
    rf"|\(\d{{4}}\){HAN}\d{{0,4}}{HAN}{{1,4}}\d{{1,6}}号"
)

# 1,462.5 and 14.62: thousands may be set apart.
DECIMAL = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
# 14.62亿元, 300万美元, 98.5%, 3‰
AMOUNT_PATTERN = re.compile(
    rf"(?P<amount>{DECIMAL})(?P<unit>[万亿]{{1,2}}[美欧]?元?|[美欧]?元|%|‰)"
)

# What is one thing in index form: the above, or a-1312/b, http://www.lg.gov.cn, 0755-28950000.
CODE_PATTERN = re.compile(
    rf"{DOCUMENT_NUMBER.pattern}|{AMOUNT_PATTERN.pattern}"
    r"|[0-9a-z][0-9a-z._/@:%+#&=?~-]*[0-9a-z%]|[0-9a-z]"
)

# The brackets or quotation marks inside a document number as typed, 国办发「2019」5号 and
# （2019）粤03行终512号: they neither group nor quote.
TYPED_YEAR = (
    rf"(?<={HAN})[(（「『\"“＂]\d{{4}}[)）」』\"”＂](?=第?\d{{1,5}}[号號])"
    rf"|[(（]\d{{4}}[)）](?={HAN}\d{{0,4}}{HAN}{{1,4}}\d{{1,6}}[号號])"
)


def spellings(code: str) -> tuple[str, ...]:
    """How a report may print a code, both in index form. The usual way comes first.

    >>> spellings("14.62亿元"), spellings("a-1312/b")
    (('14.62亿元', '14.62 亿元'), ('a-1312/b',))
    >>> spellings("国办发{2019}5号")[:3]
    ('国办发(2019)5号', '国办发(2019)5 号', '国办发(2019) 5号')
    """
    if match := AMOUNT_PATTERN.fullmatch(code):
        return code, f"{match['amount']} {match['unit']}"
    match = DOCUMENT_NUMBER.fullmatch(code)
    if match and match["issuer"]:
        return (*_spaced(match), *_bracketed(match))
    return (code,)


def _spaced(match: re.Match[str]) -> list[str]:
    """国办发(2019)5号 with and without a space in each of the three places where one is found."""
    issuer, year, number = match["issuer"], match["year"], match["number"]
    return [
        f"{issuer}{a}({year}){b}{number}{c}号"
        for a, b, c in product(("", " "), repeat=3)
    ]


def _bracketed(match: re.Match[str]) -> list[str]:
    """国办发{2019}5号, 国办发<2019>5号 and so on."""
    issuer, year, number = match["issuer"], match["year"], match["number"]
    return [f"{issuer}{pair[0]}{year}{pair[1]}{number}号" for pair in BRACKET_PAIRS[1:]]
