"""Whether confidence is earned: of the values given with so much confidence, how many are right.

`python -m bench.calibration TRUTH.jsonl ... [--texts FOLDER]` reads documents with their truth,
derives their metadata and prints one table over all files: a row a field, a column a range of
confidence, in each cell the values that are right, all values, and the share. The last columns
are precision and recall.

A line of a truth file has `text`, or `file` (its name in FOLDER), and the truth by field: a value,
a list of values that are all right, null where the text does not settle it. `region` is a path
joined by "/". `kind` is "annual_report" or "other". A field that is missing is not judged.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from index.model.report import ANNUAL_REPORT, Report
from indexer.page import Source
from indexer.pipeline import report_of

FIELDS = ("kind", "agency", "level", "region", "year", "org_type")
# The lower ends of the ranges of confidence.
RANGE_STARTS = (0.5, 0.7, 0.85, 0.95)


@dataclass(slots=True)
class Tally:
    """Values of one field: by range of confidence (right, given), and those that are missing."""

    ranges: dict[float, list[int]] = field(
        default_factory=lambda: {start: [0, 0] for start in RANGE_STARTS}
    )
    unknown: int = 0

    @property
    def right(self) -> int:
        """Values given that are right."""
        return sum(right for right, _ in self.ranges.values())

    @property
    def given(self) -> int:
        """All values given."""
        return sum(given for _, given in self.ranges.values())

    def add(self, confidence: float, *, right: bool) -> None:
        """Count one value."""
        start = max(s for s in RANGE_STARTS if s <= max(confidence, RANGE_STARTS[0]))
        self.ranges[start][0] += right
        self.ranges[start][1] += 1


@dataclass(frozen=True, slots=True)
class Document:
    """A text and the truth about it, as read from a line."""

    name: str
    text: bytes
    truth: dict[str, Any]


def documents(path: Path, texts: Path | None = None) -> Iterator[Document]:
    """The documents of a truth file; `texts` holds those that are files."""
    for number, line in enumerate(path.read_text("utf-8").splitlines()):
        truth = json.loads(line)
        if "text" in truth:
            yield Document(f"{number}.txt", truth["text"].encode(), truth)
            continue
        folder = texts or path.parent / "texts"
        name = truth["file"]
        yield Document(name, (folder / name).read_bytes(), truth)


def derived(document: Document) -> Report:
    """The report made of a document, as a build makes it."""
    data = document.text
    digest = hashlib.sha256(data).hexdigest()
    source = Source(
        name=document.name,
        origin=document.name,
        suffix=".txt",
        data=data,
        digest=digest,
    )
    return report_of(source)


def accepted(name: str, truth: dict[str, Any]) -> list[Any] | None:
    """The values of a field that are right; None where the truth says nothing of it."""
    if name == "kind" and "cls" in truth:
        return [ANNUAL_REPORT if truth["cls"] == "annual" else "other"]
    if name not in truth:
        return None
    value = truth[name]
    values = value if isinstance(value, list) else [value]
    return [one or None for one in values] or [None]


def agrees(value: Any, values: list[Any], region: str | None, name: str) -> bool:
    """Whether a value is one of those that are right.

    A body may carry its own places in front, and 管委会 is 管理委员会.
    """
    if name != "agency" or value is None:
        return value in values
    places = (region or "").split("/")
    fronts = {""}
    for first in range(len(places)):
        for last in range(first, len(places)):
            fronts.add("".join(places[first : last + 1]))
    whole = value.replace("管委会", "管理委员会")
    plain = [one.replace("管委会", "管理委员会") for one in values if one]
    return any(whole == front + one for one in plain for front in fronts)


def judge(document: Document, tallies: dict[str, Tally]) -> None:
    """Count the values of one document. Of what is no report only the kind is judged."""
    report = derived(document)
    kinds = accepted("kind", document.truth) or [ANNUAL_REPORT]
    region = "/".join(report.region or ()) or None
    for name in FIELDS:
        values = accepted(name, document.truth)
        if values is None or (name != "kind" and ANNUAL_REPORT not in kinds):
            continue
        value = region if name == "region" else getattr(report, name)
        if value is None:
            tallies[name].unknown += None not in values
            continue
        confidence = report.evidence[name].confidence
        is_right = agrees(value, values, region, name)
        tallies[name].add(confidence, right=is_right)


def table(tallies: dict[str, Tally]) -> str:
    """The table in Markdown."""
    ends = [*RANGE_STARTS[1:], 1.0]
    ranges = [
        f"{start:.2f}-{end:.2f}" for start, end in zip(RANGE_STARTS, ends, strict=True)
    ]
    head = ["field", *ranges, "precision", "recall"]
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    for name in FIELDS:
        tally = tallies[name]
        cells = [_cell(*tally.ranges[start]) for start in RANGE_STARTS]
        shares = [
            _share(tally.right, tally.given),
            _share(tally.right, tally.right + tally.unknown),
        ]
        lines.append("| " + " | ".join([name, *cells, *shares]) + " |")
    return "\n".join(lines)


def _cell(right: int, given: int) -> str:
    return f"{right} of {given} ({_share(right, given)})" if given else "-"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "-"


def tallied(paths: list[Path], texts: Path | None = None) -> dict[str, Tally]:
    """The tally of each field over all files."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    for path in paths:
        for document in documents(path, texts):
            judge(document, tallies)
    return tallies


def main() -> None:
    """Print the table of the files named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("truth", nargs="+", type=Path)
    parser.add_argument("--texts", type=Path, help="folder of the texts")
    given = parser.parse_args()
    print(table(tallied(given.truth, given.texts)))


if __name__ == "__main__":
    main()
