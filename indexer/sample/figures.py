"""The numbers of one body's reports over the years: they add up, and each year begins where the
last one ended.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from random import Random

from indexer.sample.tables import OUTCOME_ROWS, Tables, applications, five

__all__ = ["Numbers"]

# How often applications end how, in the order of OUTCOME_ROWS of gb2019; its last row is split over
# three since 2021.
_OUTCOME_WEIGHTS = (
    # granted, partly
    0.40,
    0.10,
    # refused: state secret, law, public security, third party, internal, in process, file, enquiry
    0.004,
    0.006,
    0.002,
    0.012,
    0.012,
    0.014,
    0.025,
    0.03,
    # unavailable: not held, to be made, unclear
    0.22,
    0.02,
    0.012,
    # not processed: petition, repeated, published, in bulk, confirmation
    0.03,
    0.015,
    0.001,
    0.006,
    0.004,
    # other
    0.08,
)
# Shares of the applicants' columns, summed up.
_APPLICANT_SHARES = tuple(
    accumulate(
        (
            # natural persons
            0.93,
            # companies, research, public welfare, legal services, others
            0.04,
            0.004,
            0.004,
            0.014,
            0.008,
        )
    )
)
# Applications a year of a department; a government has six times as many.
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
        # odd constants of no meaning: they spread neighbouring keys
        mixed = x ^ (key + 0x632BE5AB)
        x = (mixed * 0xD6E8FEB86659FD93) & _MIX_MASK
        x ^= x >> 29
    return (x % 1_000_003) / 1_000_003


class Numbers:
    """What one body reports: `key` tells bodies (and seeds) apart."""

    def __init__(
        self,
        key: int,
        level: str,
        line: str,
    ) -> None:
        self.key = key
        self.level = level
        self.line = line
        government = 6.0 if line == "综合" else 1.0
        size = 0.4 + 1.6 * _mixed(key, 1)
        self.volume = _VOLUME_BY_LEVEL[level] * government * size

    def applications_in_prose(self, year: int) -> int:
        """What a report before 2019 says it received: often nothing."""
        u = _mixed(self.key, year, 2)
        if u < 0.35:
            return 0
        above = u - 0.3
        return int(self.volume * above * 2)

    def proactive_total(self, year: int) -> int:
        """How many pieces of information the year's report says were published."""
        of_body = _mixed(self.key, 3)
        # some bodies publish eight times as much as others
        size = 900 / (0.15 + of_body)
        chance = _mixed(self.key, year, 4)
        of_year = 0.7 + 0.6 * chance
        return int(120 + size * of_year)

    def tables(
        self,
        template: str,
        year: int,
        chance: Random,
    ) -> Tables:
        """The tables of a year.

        Every printed identity holds, within the year and from one year to the next.
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
        natural = int(u < expected)
        if expected > 0.5:
            natural = int(expected * 2 * u)
        company_chance = min(0.3, expected / 9)
        company_u = _mixed(self.key, year, 6)
        company = int(company_u < company_chance)
        return [natural, company, 0, 0, 0, 0]

    def _applications(
        self, template: str, year: int, chance: Random
    ) -> dict[str, list[int]]:
        before = self._carried(year - 1)
        after = self._carried(year)
        new = self._received(chance)
        outcomes: dict[str, list[int]] = {}
        for column in range(6):
            # no more can be carried on than there is
            least = after[column] - before[column]
            new[column] = max(new[column], least)
        for column in range(6):
            handled = new[column] + before[column]
            handled -= after[column]
            for row, count in _spread(handled, chance):
                key = _OUTCOME_KEYS[row]
                if key == "other" and template == "gb2021":
                    kind = int(chance.random() * 5)
                    key = _OTHER_2021[kind]
                counts = outcomes.setdefault(key, [0] * 6)
                counts[column] += count
        return applications(template, new, before, outcomes)

    def _received(self, chance: Random) -> list[int]:
        factor = chance.lognormvariate(0, 0.7)
        total = int(factor * self.volume)
        new = [0] * 6
        if total > 60:
            for column in range(1, 6):
                share = _APPLICANT_SHARES[column] - _APPLICANT_SHARES[column - 1]
                usual = total * share * 2
                new[column] = int(usual * chance.random())
            new[0] = total - sum(new)
            return new
        for _ in range(total):
            u = chance.random()
            fitting = (c for c in range(6) if u < _APPLICANT_SHARES[c])
            column = next(fitting, 0)
            new[column] += 1
        return new

    # -- the other tables

    def _review(self, chance: Random) -> list[int]:
        expected = self.volume * 0.05
        # a small office is sued once in many years
        if expected < 0.1 and chance.random() > expected * 3:
            return [0] * 15
        numbers: list[int] = []
        # reviews, suits filed at once, suits after a review
        for _ in range(3):
            # upheld, corrected, other, pending
            block = [
                int(chance.expovariate(1 / (expected * share)))
                for share in (0.9, 0.15, 0.2, 0.25)
            ]
            numbers += five(*block)
        return numbers

    def _stock(
        self,
        what: int,
        size: float,
        year: int,
    ) -> tuple[int, int, int]:
        """Made, repealed and in force at the end of `year`.

        Last year's stock is where this one starts.
        """
        of_body = _mixed(self.key, what)
        stock = int(size * (0.3 + 1.5 * of_body))
        made = repealed = 0
        for past in range(2019, year + 1):
            made_share = _mixed(self.key, what, past)
            made = int(size * 0.3 * made_share)
            given_up_share = _mixed(self.key, what, past, 1)
            given_up = int(size * 0.25 * given_up_share)
            repealed = min(stock, given_up)
            stock += made - repealed
        return made, repealed, stock

    def _decisions(
        self,
        what: int,
        size: float,
        year: int,
    ) -> int:
        of_body = _mixed(self.key, what)
        usual = size / (0.08 + of_body)
        of_year = _mixed(self.key, what, year)
        return int(usual * (0.7 + 0.6 * of_year))

    def _proactive(
        self,
        template: str,
        year: int,
    ) -> dict[str, tuple[str, ...]]:
        is_government = self.line == "综合"
        is_town = self.level == "乡镇街道级"
        size = 60.0
        normative_size = 7.0
        if is_government:
            size, normative_size = 3000.0, 60.0
        elif is_town:
            normative_size = 0.8
        if is_town:
            size = 4.0
        normative = self._stock(10, normative_size, year)
        regulations = (0, 0, 0)
        # rules are made by governments of provinces and cities only
        if is_government and self.level in ("省级", "地市级"):
            made_by_province = 30 if self.level == "省级" else 8
            regulations = self._stock(11, made_by_province, year)
        counts = [
            self._decisions(12 + kind, size * factor, year)
            for kind, factor in enumerate((1.0, 0.4, 0.02))
        ]
        if template != "gb2021":
            return self._proactive_2019(year, regulations, normative, counts)
        fee = "0"
        if _mixed(self.key, 21) < 0.3:
            fee = f"{size * _mixed(self.key, year, 20):.2f}"
        licences, penalties, coercive = map(str, counts)
        return {
            "规章": _texts(regulations),
            "行政规范性文件": _texts(normative),
            "行政许可": (licences,),
            "行政处罚": (penalties,),
            "行政强制": (coercive,),
            "行政事业性收费": (fee,),
        }

    def _proactive_2019(
        self,
        year: int,
        regulations: Sequence[int],
        normative: Sequence[int],
        counts: Sequence[int],
    ) -> dict[str, tuple[str, ...]]:
        spent = _mixed(self.key, year, 22)
        money = int(20_000 + 3_000_000 * spent)
        # the template prints no unit: some write it, some do not
        habit = _mixed(self.key, 23)
        amount = str(money)
        if habit < 0.6:
            amount = f"{money / 10_000:.2f}万元"
        elif habit < 0.85:
            amount = f"{money}元"
        licences, penalties, coercive = counts
        fee_share = _mixed(self.key, 34)
        fee_items = int(6 * fee_share)
        purchase_share = _mixed(self.key, year, 35)
        purchases = int(40 * purchase_share)
        # in the form of 2019: made, published, in force
        rules_made, _, rules_in_force = regulations
        norms_made, _, norms_in_force = normative
        rules = (rules_made, rules_made, rules_in_force)
        norms = (norms_made, norms_made, norms_in_force)
        # items of the year before, change, decisions
        licence_items = self._items(30, 40, year)
        service_items = self._items(31, 25, year)
        services = licences // 2
        penalty_items = self._items(32, 90, year)
        coercive_items = self._items(33, 9, year)
        return {
            "规章": _texts(rules),
            "规范性文件": _texts(norms),
            "行政许可": (*licence_items, str(licences)),
            "其他对外管理服务事项": (*service_items, str(services)),
            "行政处罚": (*penalty_items, str(penalties)),
            "行政强制": (*coercive_items, str(coercive)),
            "行政事业性收费": (str(fee_items), "0"),
            "政府集中采购": (str(purchases), amount),
        }

    def _items(
        self,
        what: int,
        size: float,
        year: int,
    ) -> tuple[str, str]:
        """Items at the end of the year before, and how many were added or taken away."""
        share = _mixed(self.key, what)
        items = int(size * share)
        delta = 0
        for past in range(2019, year + 1):
            items += delta
            trend = _mixed(self.key, what, past) - 0.4
            change = int(size * 0.2 * trend)
            delta = max(-items, change)
        # printed as +3, -2, 0
        printed = f"{delta:+d}" if delta else "0"
        return str(items), printed


_OTHER_2021 = ("other_1", "other_3", "other_3", "other_3", "other_2")
_OUTCOME_KEYS = [key for key, _ in OUTCOME_ROWS["gb2019"]]
_CUMULATIVE_WEIGHTS = list(accumulate(_OUTCOME_WEIGHTS))


def _texts(values: Sequence[int]) -> tuple[str, ...]:
    return tuple(map(str, values))


def _spread(
    handled: int,
    chance: Random,
) -> list[tuple[int, int]]:
    """How many applications ended how, as (row, count).

    One by one where they are few, by share where they are many.
    """
    if not handled:
        return []
    row_count = len(_OUTCOME_WEIGHTS)
    if handled < 40:
        rows = chance.choices(
            range(row_count), cum_weights=_CUMULATIVE_WEIGHTS, k=handled
        )
        return [(row, 1) for row in rows]
    left = handled
    counts: list[tuple[int, int]] = []
    for row in range(1, row_count):
        of_year = 0.6 + 0.8 * chance.random()
        share = _OUTCOME_WEIGHTS[row] * of_year
        count = min(left, int(handled * share))
        counts.append((row, count))
        left -= count
    return [(0, left), *counts]
