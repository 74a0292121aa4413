"""Years, places and bodies named in a query: their reports are ranked first.

Naming one excludes nothing. A report of 2019 that speaks of 2018 is still found by a query with
2018, below the reports of 2018.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator

from index.assist.snapshot import Snapshot
from index.query.nodes import Keyword, Node
from index.query.reference_numbers import DOCUMENT_NUMBER

__all__ = ["boosts"]

# The Regulations came into force in 2008: no report is about a year before.
FIRST_YEAR = 2008

# What all boosts give together, as a share of the most that words can give. It is less than a
# whole run gives, so that what was asked for stays in front of where it was asked for.
BOOST_SHARE = 0.8

# 2019 in 2019年度; not a part of 120190.
YEAR_PATTERN = re.compile(r"(?<![0-9])20[0-9]{2}(?![0-9])")

# Below it lie no ideographs: a run of letters and digits names no body.
FIRST_IDEOGRAPH = "\u3400"


def boosts(snapshot: Snapshot, runs: Iterable[str]) -> tuple[tuple[Node, float], ...]:
    """What is named in the bare runs of a query, in index form, each with its weight."""
    nodes: list[Node] = []
    for run in runs:
        nodes += _years(run)
        if any(c > FIRST_IDEOGRAPH for c in run):
            nodes += snapshot.names.named(run)
    distinct = tuple(dict.fromkeys(nodes))
    return tuple(
        (
            node,
            min(
                BOOST_SHARE / 2,
                BOOST_SHARE / len(distinct),
            ),
        )
        for node in distinct
    )


def _years(run: str) -> Iterator[Node]:
    """The years named. The year of a document number (国办发(2019)5号) is another document's."""
    this_year = dt.datetime.now(tz=dt.UTC).year
    for match in YEAR_PATTERN.finditer(DOCUMENT_NUMBER.sub(" ", run)):
        if FIRST_YEAR <= int(match.group()) <= this_year:
            yield Keyword("year", (match.group(),))
