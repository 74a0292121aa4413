"""Names of bodies as people type them: 文旅局 for 文化广电旅游体育局."""

from __future__ import annotations

import re

__all__ = ["is_called"]

PLACE_END = "省市区县旗州盟乡镇道部委总家"
# What a short name ends in, and what the full name may end in then.
ENDINGS = {"委": ("委", "委员会"), "办": ("办", "办公室", "办公厅")}


def is_called(short: str, full: str) -> bool:
    """Whether a body of the name `full` may be called `short`, both in index form.

    It is when `short` stands in it, or when `short` abbreviates what follows a place in it: the
    same first and last character, and all others in order.

    >>> is_called("文旅局", "深圳市龙岗区文化广电旅游体育局"), is_called("文旅局", "衡阳市教育局")
    (True, False)
    >>> is_called("龙岗区文旅局", "深圳市龙岗区文化广电旅游体育局")
    True
    """
    if short in full:
        return True
    if len(short) < 3 or not full.endswith(ENDINGS.get(short[-1], short[-1])):
        return False
    starts = [m.start() for m in re.finditer(re.escape(short[0]), full)]
    return any(
        (at == 0 or full[at - 1] in PLACE_END) and _in_order(short, full[at:])
        for at in starts
    )


def _in_order(short: str, full: str) -> bool:
    rest = iter(full)
    return all(c in rest for c in short)
