"""Makes index/documents/dictionaries.zz: what the records of reports are deflated with.

    python scripts/dictionaries.py

The records of generated reports of every form, as `index.documents.stored.parts_of` gives them: no
published text is in them. A new field of the record, or a new label of a table, makes records
longer until the file is made anew; a file made anew makes every index stale.
"""

from __future__ import annotations

import hashlib
import json
import sys
import zlib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from index.documents.stored import DICTIONARY_FILE, REST_PARTS, parts_of
from indexer.page import Known, Source
from indexer.pipeline import report_of
from indexer.sample import Sample, generate

# What zlib looks back, less what a match needs.
WINDOW_BYTES = 32_000

SAMPLE_SEED = 20190415
SAMPLE_COUNT = 600
# The forms in use, the one of most reports last: what stands last is found last to be out of
# sight.
FORMS = ("prose", "stat2014", "gb2019", "gb2021")

# How many records of each form a dictionary holds: nearly all of the checks and tables is the
# same in every one.
RECORDS_PER_FORM = {"checks": 1, "statistics": 1, "others": 6}


def main() -> None:
    """The command."""
    chosen: dict[str, list[dict[str, bytes]]] = {form: [] for form in FORMS}
    for sample in generate(SAMPLE_COUNT, SAMPLE_SEED):
        report = report_of(_source(sample))
        if report.template in chosen:
            chosen[report.template].append(parts_of(report))
    words = {name: _joined(name, chosen) for name in REST_PARTS}
    DICTIONARY_FILE.write_bytes(
        zlib.compress(json.dumps(words, ensure_ascii=False).encode(), 9)
    )
    print(
        {name: len(text.encode()) for name, text in words.items()},
        DICTIONARY_FILE.stat().st_size,
    )


def _source(sample: Sample) -> Source:
    data = sample.text.encode()
    return Source(
        "a.txt",
        "a.txt",
        ".txt",
        data,
        hashlib.sha256(data).hexdigest(),
        Known(title=sample.title),
    )


def _joined(name: str, chosen: dict[str, list[dict[str, bytes]]]) -> str:
    """The longest records of each form: those in which most of the labels stand."""
    picked = []
    for form in FORMS:
        longest = sorted(chosen[form], key=lambda parts: len(parts[name]), reverse=True)
        picked += [parts[name] for parts in longest[: RECORDS_PER_FORM[name]]]
    return b"".join(picked)[-WINDOW_BYTES:].decode("utf-8", "ignore")


if __name__ == "__main__":
    main()
