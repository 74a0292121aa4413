"""The reports that every engine is given: generated, as JSON Lines in bench/work/, the same for a
count and a seed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

from index.analysis.normaliser import fold
from index.analysis.tokenizer import tokenizer
from indexer.sample import generate

__all__ = [
    "WORK_FOLDER",
    "Prepared",
    "prepared",
    "records",
    "reports_file",
    "utf8_bytes",
]

WORK_FOLDER = Path(__file__).resolve().parent / "work"
RANDOM_SEED = 1
GIVEN_FIELDS = ("agency", "level", "year", "region", "published")


def reports_file(count: int, work: Path = WORK_FOLDER) -> Path:
    """The file of `count` reports, made now if it is not there."""
    path = work / f"reports-{count}.jsonl"
    if path.exists():
        return path
    work.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    with draft.open("w", encoding="utf-8") as file:
        for sample in generate(count, RANDOM_SEED):
            record = {"id": sample.id, "title": sample.title, "text": sample.text}
            record |= {
                name: sample.truth[name] for name in GIVEN_FIELDS if sample.truth[name]
            }
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
    draft.rename(path)
    return path


def records(
    path: Path, count: int | None = None, step: int = 1
) -> Iterator[dict[str, Any]]:
    """The first `count` reports of a file, or each `step`th of them, as they stand there."""
    with path.open(encoding="utf-8") as file:
        for line in islice(file, 0, count, step):
            yield json.loads(line)


def utf8_bytes(path: Path) -> int:
    """Bytes of all texts as UTF-8, without titles and what else is given."""
    return sum(len(record["text"].encode()) for record in records(path))


@dataclass(frozen=True, slots=True)
class Prepared:
    """A report as the peers take it: one folded `form` of title and text, cut into search-mode
    `words`.
    """

    id: str
    title: str
    form: str
    words: list[str]
    agency: str
    level: str
    year: int
    places: tuple[str, ...]

    @property
    def pairs(self) -> list[str]:
        """Every two neighbouring characters, in order."""
        return [a + b for a, b in pairwise(self.form)]

    @property
    def columns(self) -> dict[str, Any]:
        """What an engine with a schema is given, beside the id."""
        return {
            "title": self.title,
            "body": self.form,
            "agency": self.agency,
            "level": self.level,
            "year": self.year,
            "region": self.places,
        }


def prepared(path: Path, count: int | None = None, step: int = 1) -> Iterator[Prepared]:
    """The reports with the analysis of this project done: peers are given what they lack, so that
    totals compare.
    """
    cutter = tokenizer()
    for record in records(path, count, step):
        form = fold(record["title"]).form + "\n" + fold(record["text"]).form
        region = record.get("region") or []
        yield Prepared(
            id=record["id"],
            title=record["title"],
            form=form,
            words=cutter.search_tokens(form),
            agency=record.get("agency") or "",
            level=record.get("level") or "",
            year=record.get("year") or 0,
            places=tuple("/".join(region[: n + 1]) for n in range(len(region))),
        )
