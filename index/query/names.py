"""Names as people type them: 文旅局 for a body, 深圳 for a place, a place that does not exist."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from index.analysis.characters import is_subsequence
from index.analysis.normaliser import fold_line
from index.query.wildcards import occurrences

__all__ = [
    "MAX_NAMED_PATHS",
    "PLACE_ENDINGS",
    "is_called",
    "like_names",
    "nearest_paths",
    "paths_called",
]

# The last characters of what a body's own name follows: 深圳市教育局, 市委办公室, 县总工会.
PLACE_ENDINGS = "省市区县旗州盟乡镇道部委总家"
# Last character of a short name -> the endings that the full name may have:
# 发改委 is 发展和改革委员会, 府办 is 政府办公室 or 政府办公厅.
FULL_ENDINGS = {"委": ("委", "委员会"), "办": ("办", "办公室", "办公厅")}

# Paths that an error names, at most.
MAX_NAMED_PATHS = 8
# How like a name has to be, from 0 to 1, to be offered instead of one that does not exist.
LEAST_LIKENESS = 0.5


def nearest_paths(
    paths: Sequence[str],
    name: str,
) -> list[str]:
    """The places whose own names are most like one that no place has; else the provinces.

    >>> nearest_paths(["广东省", "广东省/深圳市", "广东省/广州市"], "圳深市")
    ['广东省/深圳市']
    """
    own_names = [fold_line(path.rpartition("/")[2]) for path in paths]
    near = difflib.get_close_matches(
        fold_line(name), set(own_names), MAX_NAMED_PATHS, LEAST_LIKENESS
    )
    pairs = zip(
        paths,
        own_names,
        strict=True,
    )
    found = [path for path, own in pairs if own in near]
    provinces = [path for path in paths if "/" not in path]
    return (found or provinces)[:MAX_NAMED_PATHS]


def like_names(names: Sequence[str], name: str) -> list[int]:
    """The positions of the names that share most pairs of characters with one, best first.

    At least a third of its pairs have to be shared. All are in index form.

    >>> like_names(["海宁市财政局", "杭州市教育局", "海宁市教育局"], "海宁财政局")
    [0]
    """
    wanted = _pairs(name)
    found: list[tuple[float, int]] = []
    for number, other in enumerate(names):
        # nearly all share nothing, and need no set
        if not any(pair in other for pair in wanted):
            continue
        pairs = _pairs(other)
        shared = len(pairs & wanted)
        if 3 * shared >= len(wanted):
            found.append((-shared / len(pairs | wanted), number))
    found.sort()
    return [number for _, number in found[:MAX_NAMED_PATHS]]


def _pairs(name: str) -> set[str]:
    return {name[start : start + 2] for start in range(len(name) - 1)}


def paths_called(
    paths: Sequence[str],
    name: str,
) -> list[int]:
    """The positions of the paths that end with the steps of a name. All are in index form.

    Where there are none, those that do so when the last step of the name is shortened.

    >>> paths = ["广东省", "广东省/深圳市", "广东省/深圳市/龙岗区"]
    >>> paths_called(paths, "深圳市"), paths_called(paths, "深圳市/龙岗")
    ([1], [2])
    """
    steps = [step for step in name.split("/") if step]
    if not steps:
        return []
    *upper, last = steps
    whole: list[int] = []
    shortened: list[int] = []
    for number, path in enumerate(paths):
        if last not in path:  # nearly always, and cheaper than to split the path
            continue
        own = path.split("/")
        if own[-len(steps) : -1] != upper:
            continue
        if own[-1] == last:
            whole.append(number)
        elif own[-1].startswith(last):
            shortened.append(number)
    return whole or shortened


def is_called(
    short: str,
    full: str,
) -> bool:
    """Whether people may call the body `full` by the name `short`. Both are in index form.

    They may when `short` is a part of `full`, as it stands. They also may when `short` abbreviates
    the name behind a place: it has the same first and last character, and its other characters
    stand in the name in the same order.

    >>> is_called("文旅局", "深圳市龙岗区文化广电旅游体育局"), is_called("文旅局", "衡阳市教育局")
    (True, False)
    >>> is_called("龙岗区文旅局", "深圳市龙岗区文化广电旅游体育局")
    True
    """
    if short in full:
        return True
    if len(short) < 3:  # two characters would abbreviate too many names
        return False
    first, last = short[0], short[-1]
    if not full.endswith(FULL_ENDINGS.get(last, last)):
        return False
    for start in occurrences(full, first):
        # a body's own name begins at the very start, or behind a place: 龙岗区|文化广电旅游体育局
        begins_a_name = start == 0 or full[start - 1] in PLACE_ENDINGS
        if begins_a_name and is_subsequence(short, full[start:]):
            return True
    return False
