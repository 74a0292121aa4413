"""The document of this project: one annual report and everything derived from it, each with its
evidence.

This module imports nothing of ours but problems: every room may know what a report is.
Spans are half-open and in code points.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from index.model.problems import Problem

__all__ = [
    "LEVELS",
    "TABLES_STATUSES",
    "Check",
    "Fact",
    "FactValue",
    "Provenance",
    "Repair",
    "Report",
]

# The tier of the division whose government a body is or belongs to, from the top.
LEVELS = ("国家级", "省级", "地市级", "县区级", "乡镇街道级")

TABLES_STATUSES = ("consistent", "partial", "inconsistent", "unreadable", "absent")

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
class Check:
    """One identity of the statutory tables: both sides, and whether they agree.

    `status` is "pass", "pass_blank0" (holds when blanks are read as 0), "fail" or "n/a".
    """

    id: str
    label: str
    status: str
    left: float | None = None
    right: float | None = None
    cells: tuple[str, ...] = ()


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

    Absent is None, never 0 and never a guess. `region` runs from the province down.
    """

    id: str
    source: str
    text: str
    title: str | None = None
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
    scope: str | None = None
    script: str | None = None
    tables_status: str | None = None
    repairs: list[Repair] = field(default_factory=list)
    evidence: dict[str, Fact] = field(default_factory=dict)
    statistics: dict[str, Any] = field(default_factory=dict)
    checks: list[Check] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    provenance: Provenance | None = None

    @property
    def template(self) -> str | None:
        """The form of the report's tables: gb2019, gb2021, stat2014, prose, mixed."""
        return self.statistics.get("template")

    def record(self) -> dict[str, Any]:
        """The record as `inspect`, `show` and the reports endpoint print it: plain JSON values
        only.

        `problems` are sentences in English, `problem_codes` the same as codes with facts.
        """
        out = self.stored()
        out["problem_codes"] = out["problems"]
        out["problems"] = [problem.message() for problem in self.problems]
        if self.provenance is not None:
            del out["provenance"]["origin"]
        return out

    def stored(self) -> dict[str, Any]:
        """The record as an engine keeps it: `Report.from_stored` gives the report back.

        `dataclasses.asdict` would copy every cell of the tables, which takes as long as reading
        them.
        """
        out = {f.name: getattr(self, f.name) for f in fields(self)}
        out["repairs"] = [_plain(r) for r in self.repairs]
        out["checks"] = [_plain(c) for c in self.checks]
        out["problems"] = [problem.as_json() for problem in self.problems]
        out["evidence"] = {name: _plain(fact) for name, fact in self.evidence.items()}
        out["provenance"] = None if self.provenance is None else _plain(self.provenance)
        return out

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> Report:
        """The report that `stored()` wrote down."""
        values = {f.name: stored[f.name] for f in fields(cls) if f.name in stored}
        values["repairs"] = [
            _of(Repair, r, tuples=("display",)) for r in values.get("repairs", [])
        ]
        values["checks"] = [
            _of(Check, c, tuples=("cells",)) for c in values.get("checks", [])
        ]
        values["evidence"] = {
            k: _of(Fact, f, tuples=("span", "alternatives"))
            for k, f in values.get("evidence", {}).items()
        }
        values["problems"] = [
            Problem.from_json(problem) for problem in values.get("problems", [])
        ]
        if values.get("provenance"):
            values["provenance"] = Provenance(**values["provenance"])
        return cls(**values)


def _plain(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__slots__}


def _of(kind: Any, values: Mapping[str, Any], tuples: tuple[str, ...]) -> Any:
    """JSON has no tuples: give back those that the dataclass promises."""
    return kind(
        **{
            k: tuple(v) if k in tuples and v is not None else v
            for k, v in values.items()
        }
    )
