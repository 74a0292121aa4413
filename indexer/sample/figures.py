"""The numbers of one body's reports over the years: they add up, and each year begins where the
last one ended.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from random import Random

from indexer.sample.tables import OUTCOME_ROWS, Tables, applications, five

__all__ = ["Numbers"]

# How often applications end how, in the order of OUTCOMES; the last is split over three rows since
# 2021.
_OUTCOME_WEIGHTS = (
    .40, .10, .004, .006, .002, .012, .012, .014, .025, .03, .22, .02, .012, .03, .015, .001, .006, .004, .08,
)  # fmt: skip
_APPLICANT_SHARES = tuple(accumulate((0.93, 0.04, 0.004, 0.004, 0.014, 0.008)))
_VOLUME_BY_LEVEL = {
    "国家级": 160.0,
    "省级": 70.0,
    "地市级": 18.0,
    "县区级": 5.0,
    "乡镇街道级": 0.5,
}
_MIX_MASK = (1 << 61) - 1


def _mixed(*keys: int) -> float:
    """A fraction that depends on the keys alone: far cheaper than a seeded generator."""
    x = 0x9E3779B97F4A7C15
    for key in keys:
        x = ((x ^ (key + 0x632BE5AB)) * 0xD6E8FEB86659FD93) & _MIX_MASK
        x ^= x >> 29
    return (x % 1_000_003) / 1_000_003


class Numbers:
    """What one body reports: `key` tells bodies (and seeds) apart."""

    def __init__(self, key: int, level: str, line: str) -> None:
        self.key = key
        self.level, self.line = level, line
        self.volume = (
            _VOLUME_BY_LEVEL[level]
            * (6.0 if line == "综合" else 1.0)
            * (0.4 + 1.6 * _mixed(key, 1))
        )

    def applications_in_prose(self, year: int) -> int:
        """What a report before 2019 says it received: often nothing."""
        u = _mixed(self.key, year, 2)
        return 0 if u < 0.35 else int(self.volume * (u - 0.3) * 2)

    def proactive_total(self, year: int) -> int:
        """How many pieces of information the year's report says were published."""
        return int(
            120
            + 900
            / (0.15 + _mixed(self.key, 3))
            * (0.7 + 0.6 * _mixed(self.key, year, 4))
        )

    def tables(self, template: str, year: int, chance: Random) -> Tables:
        """The tables of a year; every printed identity holds, within the year and from one to the
        next.
        """
        return Tables(
            template,
            self._applications(template, year, chance),
            self._proactive(template, year),
            self._review(chance),
        )

    # -- applications

    def _carried(self, year: int) -> list[int]:
        """What is carried from this year into the next, by applicant: known from either side."""
        u = _mixed(self.key, year, 5)
        expected = self.volume * 0.06
        natural = int(expected * 2 * u) if expected > 0.5 else int(u < expected)
        return [
            natural,
            int(_mixed(self.key, year, 6) < min(0.3, expected / 9)),
            0,
            0,
            0,
            0,
        ]

    def _applications(
        self, template: str, year: int, chance: Random
    ) -> dict[str, list[int]]:
        before, after = self._carried(year - 1), self._carried(year)
        new = self._received(chance)
        for c in range(6):
            new[c] = max(new[c], after[c] - before[c])
        outcomes: dict[str, list[int]] = {}
        for c in range(6):
            handled = new[c] + before[c] - after[c]
            for row, count in _spread(handled, chance):
                key = _OUTCOME_KEYS[row]
                if key == "other" and template == "gb2021":
                    key = _OTHER_2021[int(chance.random() * 5)]
                outcomes.setdefault(key, [0] * 6)[c] += count
        return applications(template, new, before, outcomes)

    def _received(self, chance: Random) -> list[int]:
        total = int(chance.lognormvariate(0, 0.7) * self.volume)
        new = [0] * 6
        if total > 60:
            for c in range(1, 6):
                new[c] = int(
                    total
                    * (_APPLICANT_SHARES[c] - _APPLICANT_SHARES[c - 1])
                    * 2
                    * chance.random()
                )
            new[0] = total - sum(new)
            return new
        for _ in range(total):
            u = chance.random()
            new[next((c for c in range(6) if u < _APPLICANT_SHARES[c]), 0)] += 1
        return new

    # -- the other tables

    def _review(self, chance: Random) -> list[int]:
        expected = self.volume * 0.05
        if expected < 0.1 and chance.random() > expected * 3:
            return [0] * 15
        draw = chance.expovariate
        blocks = [
            [int(draw(1 / (expected * share))) for share in (0.9, 0.15, 0.2, 0.25)]
            for _ in range(3)
        ]
        return [n for block in blocks for n in five(*block)]

    def _stock(self, what: int, size: float, year: int) -> tuple[int, int, int]:
        """Made, repealed and in force at the end of `year`: last year's stock is where this one
        starts.
        """
        stock = int(size * (0.3 + 1.5 * _mixed(self.key, what)))
        made = repealed = 0
        for y in range(2019, year + 1):
            made = int(size * 0.3 * _mixed(self.key, what, y))
            repealed = min(stock, int(size * 0.25 * _mixed(self.key, what, y, 1)))
            stock += made - repealed
        return made, repealed, stock

    def _decisions(self, what: int, size: float, year: int) -> int:
        base = (
            size
            / (0.08 + _mixed(self.key, what))
            * (0.7 + 0.6 * _mixed(self.key, what, year))
        )
        return int(base)

    def _proactive(self, template: str, year: int) -> dict[str, tuple[str, ...]]:
        government = self.line == "综合"
        town = self.level == "乡镇街道级"
        normative = self._stock(10, 60 if government else 0.8 if town else 7, year)
        regulated = government and self.level in ("省级", "地市级")
        regulations = (
            self._stock(11, 30 if self.level == "省级" else 8, year)
            if regulated
            else (0, 0, 0)
        )
        size = 4.0 if town else 3000.0 if government else 60.0
        counts = [
            self._decisions(12 + n, size * f, year)
            for n, f in enumerate((1.0, 0.4, 0.02))
        ]
        if template == "gb2021":
            fee = (
                f"{size * _mixed(self.key, year, 20):.2f}"
                if _mixed(self.key, 21) < 0.3
                else "0"
            )
            printed = [str(n) for n in counts]
            return {
                "规章": _texts(regulations),
                "行政规范性文件": _texts(normative),
                "行政许可": (printed[0],),
                "行政处罚": (printed[1],),
                "行政强制": (printed[2],),
                "行政事业性收费": (fee,),
            }
        return self._proactive_2019(year, regulations, normative, counts)

    def _proactive_2019(
        self,
        year: int,
        regulations: Sequence[int],
        normative: Sequence[int],
        counts: Sequence[int],
    ) -> dict[str, tuple[str, ...]]:
        money = int(20_000 + 3_000_000 * _mixed(self.key, year, 22))
        unit = _mixed(self.key, 23)
        amount = (
            f"{money / 10_000:.2f}万元"
            if unit < 0.6
            else f"{money}元"
            if unit < 0.85
            else str(money)
        )
        return {
            "规章": _texts((regulations[0], regulations[0], regulations[2])),
            "规范性文件": _texts((normative[0], normative[0], normative[2])),
            "行政许可": (*self._items(30, 40, year), str(counts[0])),
            "其他对外管理服务事项": (*self._items(31, 25, year), str(counts[0] // 2)),
            "行政处罚": (*self._items(32, 90, year), str(counts[1])),
            "行政强制": (*self._items(33, 9, year), str(counts[2])),
            "行政事业性收费": (str(int(6 * _mixed(self.key, 34))), "0"),
            "政府集中采购": (str(int(40 * _mixed(self.key, year, 35))), amount),
        }

    def _items(self, what: int, size: float, year: int) -> tuple[str, str]:
        """Items at the end of the year before, and how many were added or taken away."""
        items = int(size * _mixed(self.key, what))
        delta = 0
        for y in range(2019, year + 1):
            items += delta
            delta = max(-items, int(size * 0.2 * (_mixed(self.key, what, y) - 0.4)))
        return str(items), f"{delta:+d}" if delta else "0"


_OTHER_2021 = ("other_1", "other_3", "other_3", "other_3", "other_2")
_OUTCOME_KEYS = [key for key, _ in OUTCOME_ROWS["gb2019"]]
_CUMULATIVE_WEIGHTS = list(accumulate(_OUTCOME_WEIGHTS))


def _texts(values: Sequence[int]) -> tuple[str, ...]:
    return tuple(map(str, values))


def _spread(handled: int, chance: Random) -> list[tuple[int, int]]:
    """How many applications ended how: one by one where they are few, by share where they are many."""
    if not handled:
        return []
    if handled < 40:
        rows = chance.choices(
            range(len(_OUTCOME_WEIGHTS)), cum_weights=_CUMULATIVE_WEIGHTS, k=handled
        )
        return [(row, 1) for row in rows]
    left = handled
    out = []
    for row in range(1, len(_OUTCOME_WEIGHTS)):
        count = min(
            left, int(handled * _OUTCOME_WEIGHTS[row] * (0.6 + 0.8 * chance.random()))
        )
        out.append((row, count))
        left -= count
    return [(0, left), *out]
