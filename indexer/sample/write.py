"""Generated reports as files:

JSON Lines in shards, or one file a report in the encodings of the web.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

from indexer.sample.generate import Sample, generate

__all__ = ["FORMS", "SHARD_REPORTS", "write_samples"]

# Reports a file of JSON Lines.
SHARD_REPORTS = 5_000

# Encodings in turn: as many pages are in GB18030 as in UTF-8, and some begin with a mark.
_WEB_ENCODINGS = ("utf-8", "utf-8", "gb18030", "gb18030", "utf-8-sig")


def write_samples(
    count: int,
    folder: Path,
    seed: int = 1,
    *,
    truth: Path | None = None,
    form: str = "jsonl",
) -> int:
    """Writes `count` reports of a seed into `folder` and gives their number.

    `form` is "jsonl" (files of 5,000 reports, with id, url and text but nothing that the indexer is
    to derive), "html" or "mixed" (one file a report, text and web pages in several encodings).
    `truth` is a file of JSON Lines that gets what is true of each report, by its id; "source" there
    is the report's place in `folder`.
    """
    write = FORMS[form]
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        known: TextIO | None = None
        if truth:
            known = stack.enter_context(truth.open("w", encoding="utf-8"))
        write(count, folder, seed, known)
    return count


def _note(known: TextIO | None, sample: Sample, source: str) -> None:
    if known is None:
        return
    record = {**sample.truth, "source": source}
    known.write(json.dumps(record, ensure_ascii=False) + "\n")


def _jsonl(count: int, folder: Path, seed: int, known: TextIO | None) -> None:
    for shard, start in enumerate(range(0, count, SHARD_REPORTS), 1):
        path = folder / f"reports-{shard:05d}.jsonl"
        size = min(SHARD_REPORTS, count - start)
        with path.open("w", encoding="utf-8") as file:
            for line, sample in enumerate(generate(size, seed, start), 1):
                record = {
                    "id": sample.id,
                    "url": f"https://www.example.org/{sample.id}.html",
                    "text": sample.text,
                }
                file.write(json.dumps(record, ensure_ascii=False) + "\n")
                _note(known, sample, f"{path.name}#{line}")


def _html(count: int, folder: Path, seed: int, known: TextIO | None) -> None:
    _files(count, folder, seed, known, lambda _: True)


def _mixed(count: int, folder: Path, seed: int, known: TextIO | None) -> None:
    _files(count, folder, seed, known, lambda number: number % 2 == 0)


def _files(
    count: int,
    folder: Path,
    seed: int,
    known: TextIO | None,
    as_html: Callable[[int], bool],
) -> None:
    for number, sample in enumerate(generate(count, seed)):
        # lost zeros are a fault of flattened text: markup keeps its empty cells
        is_html = as_html(number) and "lost zeros" not in sample.truth["faults"]
        encoding = _WEB_ENCODINGS[number // 2 % len(_WEB_ENCODINGS)]
        suffix = "html" if is_html else "txt"
        path = folder / str(sample.truth["year"]) / f"{sample.id}.{suffix}"
        path.parent.mkdir(exist_ok=True)
        text = sample.html(encoding) if is_html else sample.text
        path.write_bytes(text.encode(encoding))
        _note(known, sample, path.relative_to(folder).as_posix())


# Name of a form -> its writer.
FORMS: dict[str, Callable[[int, Path, int, TextIO | None], None]] = {
    "jsonl": _jsonl,
    "html": _html,
    "mixed": _mixed,
}
