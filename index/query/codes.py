"""Document numbers, sums of money, percentages, other codes: each is one thing however brackets and
blanks are set.
"""

from __future__ import annotations

import re
from itertools import product

from index.analysis.characters import BASIC_HAN_CLASS

__all__ = ["CODE", "DOCUMENT", "TYPED_YEAR", "spellings"]

# Brackets around the year in index form, where one stands for 〔2019〕 and [2019], and
# one for 「2019」 and “2019”.
PAIRS = ("()", "{}", "<>", "〈〉", "《》", "⟨⟩", '""')

HAN = rf"[{BASIC_HAN_CLASS}]"
OPENING, CLOSING = (
    f"[{re.escape(''.join(pair[side] for pair in PAIRS))}]" for side in (0, 1)
)

# 国办发(2019)5号, and the numbers of courts: (2019)粤03行终512号.
DOCUMENT = re.compile(
    rf"(?P<issuer>{HAN}{{1,8}}){OPENING}(?P<year>\d{{4}}){CLOSING}(?P<number>第?\d{{1,5}})号"
    rf"|\(\d{{4}}\){HAN}\d{{0,4}}{HAN}{{1,4}}\d{{1,6}}号"
)

NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
AMOUNT = re.compile(
    rf"(?P<amount>{NUMBER})(?P<unit>[万亿]{{1,2}}[美欧]?元?|[美欧]?元|%|‰)"
)

# What is one thing in index form: the above, or a code, an address, a number.
CODE = re.compile(
    rf"{DOCUMENT.pattern}|{AMOUNT.pattern}|[0-9a-z][0-9a-z._/@:%+#&=?~-]*[0-9a-z%]|[0-9a-z]"
)

# Brackets and quotation marks that are part of a document number as typed: they group
# and quote nothing.
TYPED_YEAR = (
    rf"(?<={HAN})[(（「『\"“＂]\d{{4}}[)）」』\"”＂](?=第?\d{{1,5}}[号號])"
    rf"|[(（]\d{{4}}[)）](?={HAN}\d{{0,4}}{HAN}{{1,4}}\d{{1,6}}[号號])"
)


def spellings(code: str) -> tuple[str, ...]:
    """How a report may set a code in index form; the usual way first.

    >>> spellings("14.62亿元"), spellings("a-1312/b")
    (('14.62亿元', '14.62 亿元'), ('a-1312/b',))
    >>> spellings("国办发{2019}5号")[:3]
    ('国办发(2019)5号', '国办发(2019)5 号', '国办发(2019) 5号')
    """
    if match := AMOUNT.fullmatch(code):
        return code, f"{match['amount']} {match['unit']}"
    if (match := DOCUMENT.fullmatch(code)) and match["issuer"]:
        issuer, year, number = match["issuer"], match["year"], match["number"]
        blanks = product(("", " "), repeat=3)
        spaced = (f"{issuer}{a}({year}){b}{number}{c}号" for a, b, c in blanks)
        return *spaced, *(
            f"{issuer}{pair[0]}{year}{pair[1]}{number}号" for pair in PAIRS[1:]
        )
    return (code,)
