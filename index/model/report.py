"""The document of this project: one annual report, and everything derived from it with evidence.

Every room may know what a report is, so this module imports nothing of ours but its statistics
and problems. Spans are half-open and in code points.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from index.model.problems import Problem
from index.model.statistics import Check, Statistics

__all__ = [
    "ANNUAL_REPORT",
    "KINDS",
    "LEVELS",
    "OTHER_KIND",
    "Fact",
    "FactValue",
    "Provenance",
    "Repair",
    "Report",
]

# The tier of the division whose government a body is or belongs to, from the top.
LEVELS = ("国家级", "省级", "地市级", "县区级", "乡镇街道级")

# What a document is: notices, guides, rules and news lie among the reports.
ANNUAL_REPORT = "annual_report"
OTHER_KIND = "other"
KINDS = (ANNUAL_REPORT, OTHER_KIND)

FactValue = str | int | list[str] | None


@dataclass(frozen=True, slots=True)
class Fact:
    """A derived value with what speaks for it.

    `source` names where the value was read ("given", "override", "title", "signature", "body",
    "source line", "host", "derived"), `rule` how, `evidence` quotes it, `span` is its place in the
    report's text (None when it stands elsewhere, in the title for example). `confidence` is a
    probability; `alternatives` are the candidates that lost, best first.
    """

    value: FactValue
    source: str
    confidence: float
    rule: str = ""
    evidence: str | None = None
    span: tuple[int, int] | None = None
    alternatives: tuple[FactValue, ...] = ()


@dataclass(frozen=True, slots=True)
class Repair:
    """One repair, in coordinates of the text as received: received[start:end] == before.

    The repairs of a report do not overlap and are sorted, so that the text as received can be had
    back from the repaired one. `applied` is False where the damage is certain but no repair is sure
    enough: then `after == before`, and the span is shown as damaged. `display` is the same place in
    the report's text.
    """

    kind: str
    start: int
    end: int
    before: str
    after: str
    confidence: float
    applied: bool = True
    display: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the bytes came from and how they were read.

    `origin` is the absolute path on the indexing machine (never shown by the endpoint), `sha256` is
    of the bytes of this report alone, `encoding` and `encoding_reason` say how they became text,
    `format` names the reader.
    """

    origin: str
    sha256: str
    format: str
    encoding: str | None = None
    encoding_reason: str | None = None


@dataclass(slots=True)
class Report:
    """One report.

    Absent is None, never 0 and never a guess. `region` runs from the province down. `indexed` is
    when the report first came into the index; a report in no index has none.
    """

    id: str
    source: str
    text: str
    title: str | None = None
    kind: str | None = None
    url: str | None = None
    agency: str | None = None
    agency_printed: str | None = None
    agency_id: str | None = None
    level: str | None = None
    org_type: str | None = None
    line: str | None = None
    region: list[str] | None = None
    year: int | None = None
    period: str | None = None
    published: str | None = None
    indexed: str | None = None
    scope: str | None = None
    script: str | None = None
    tables_status: str | None = None
    repairs: list[Repair] = field(default_factory=list)
    evidence: dict[str, Fact] = field(default_factory=dict)
    statistics: Statistics = field(default_factory=Statistics)
    checks: list[Check] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    provenance: Provenance | None = None
    # what the index card of the page says: 索引号, 文号, 发布机构 ..., by its labels
    card: dict[str, str] = field(default_factory=dict)

    @property
    def card_text(self) -> str:
        """The index card as the text that is searched and shown, a line for each label.

        >>> Report("a", "a.txt", "正文", card={"索引号": "126/2025"}).card_text
        '索引号：126/2025'
        """
        return "\n".join(f"{label}：{value}" for label, value in self.card.items())

    @property
    def template(self) -> str | None:
        """The form of the report's tables: gb2019, gb2021, stat2014, prose, mixed."""
        return self.statistics.template

    def record(self) -> dict[str, Any]:
        """The record as `inspect`, `show` and the reports endpoint print it: plain JSON values."""
        out = self.stored()
        out["problem_codes"] = out["problems"]
        out["problems"] = [problem.message() for problem in self.problems]
        if self.provenance is not None:
            del out["provenance"]["origin"]
        return out

    def stored(self, leave_out: Collection[str] = ()) -> dict[str, Any]:
        """All fields as plain values, without those of `leave_out`.

        `Report.from_stored` gives the report back.
        """
        # `dataclasses.asdict` would copy every value, which takes as long as reading the tables
        out = {}
        for name in REPORT_FIELDS:
            if name in leave_out:
                continue
            value = getattr(self, name)
            out[name] = TO_PLAIN[name](value) if name in TO_PLAIN else value
        return out

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any], **typed: Any) -> Report:
        """The report that `stored()` wrote down.

        Fields are found by name; names that no field has are passed over. `typed` are fields that
        are not plain any more, such as statistics.
        """
        values = dict(typed)
        for name in REPORT_FIELDS:
            if name not in stored:
                continue
            value = stored[name]
            values[name] = FROM_PLAIN[name](value) if name in FROM_PLAIN else value
        return cls(**values)


REPORT_FIELDS = tuple(f.name for f in fields(Report))


# ---------------------------------------------------------------------- plain values and back
def _plain(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__slots__}


def _plain_rows(rows: Iterable[Any]) -> list[dict[str, Any]]:
    return [_plain(row) for row in rows]


def _plain_problems(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    return [problem.as_json() for problem in problems]


def _problems(rows: Iterable[Mapping[str, Any]]) -> list[Problem]:
    return [Problem.from_json(row) for row in rows]


def _plain_evidence(evidence: Mapping[str, Fact]) -> dict[str, Any]:
    return {name: _plain(fact) for name, fact in evidence.items()}


def _plain_provenance(provenance: Provenance | None) -> dict[str, Any] | None:
    return None if provenance is None else _plain(provenance)


def _typed(kind: Any, plain: Mapping[str, Any], tuples: tuple[str, ...]) -> Any:
    """A dataclass from its plain values.

    JSON has no tuples: `tuples` names the fields that are to be tuples again.
    """
    values = dict(plain)
    for name in tuples:
        if values.get(name) is not None:
            values[name] = tuple(values[name])
    return kind(**values)


def _repairs(plain: Iterable[Mapping[str, Any]]) -> list[Repair]:
    return [_typed(Repair, row, tuples=("display",)) for row in plain]


def _checks(plain: Iterable[Mapping[str, Any]]) -> list[Check]:
    return [_typed(Check, row, tuples=("cells",)) for row in plain]


def _evidence(plain: Mapping[str, Mapping[str, Any]]) -> dict[str, Fact]:
    tuples = ("span", "alternatives")
    return {name: _typed(Fact, fact, tuples) for name, fact in plain.items()}


def _provenance(plain: Mapping[str, Any] | None) -> Provenance | None:
    return Provenance(**plain) if plain else None


# Fields that hold dataclasses, and the functions that make them plain.
TO_PLAIN: Mapping[str, Callable[[Any], Any]] = {
    "repairs": _plain_rows,
    "checks": _plain_rows,
    "evidence": _plain_evidence,
    "statistics": Statistics.to_plain,
    "problems": _plain_problems,
    "provenance": _plain_provenance,
}
# The same fields, and the functions that make them dataclasses again.
FROM_PLAIN: Mapping[str, Callable[[Any], Any]] = {
    "repairs": _repairs,
    "checks": _checks,
    "evidence": _evidence,
    "statistics": Statistics.from_plain,
    "problems": _problems,
    "provenance": _provenance,
}
