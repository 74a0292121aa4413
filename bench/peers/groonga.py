"""Groonga (`apt-get install groonga-bin`), asked over HTTP alone: a column of pairs of characters
by its TokenBigram, drilldowns for facets, up to three snippets a hit.

It has one set of matches: its facets are counted under all filters.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench.peers import FACET_SIZE, FACETS, HITS_PER_PAGE
from bench.questions import Question
from bench.reports import Prepared, prepared

__all__ = ["command", "path", "total_of", "write"]

DATABASE = "reports.grn"
SCHEMA = """
table_create Agencies TABLE_HASH_KEY ShortText
table_create Levels TABLE_HASH_KEY ShortText
table_create Years TABLE_HASH_KEY UInt16
table_create Places TABLE_HASH_KEY ShortText
table_create Reports TABLE_HASH_KEY ShortText
column_create Reports title COLUMN_SCALAR ShortText
column_create Reports body COLUMN_SCALAR Text
column_create Reports agency COLUMN_SCALAR Agencies
column_create Reports level COLUMN_SCALAR Levels
column_create Reports year COLUMN_SCALAR Years
column_create Reports region COLUMN_VECTOR Places
table_create Terms TABLE_PAT_KEY ShortText --default_tokenizer TokenBigram \
    --normalizer NormalizerAuto
column_create Terms body_index COLUMN_INDEX|WITH_POSITION Reports body
column_create Levels level_index COLUMN_INDEX Reports level
column_create Years year_index COLUMN_INDEX Reports year
"""
# What Groonga's query language takes for signs of its own.
SIGNS = str.maketrans({sign: f"\\{sign}" for sign in '\\"()<>~*:+-'})


def write(reports: Path, count: int, folder: Path) -> None:
    """Writes the index of the first `count` reports of a file."""
    folder.mkdir(parents=True)
    loader = subprocess.Popen(
        ["groonga", "-n", str(folder / DATABASE)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
    )
    assert loader.stdin is not None
    with loader.stdin as commands:
        commands.write(SCHEMA.strip() + "\n")
        commands.write("load --table Reports\n[\n")
        commands.write(",\n".join(_records(prepared(reports, count))))
        commands.write("\n]\n")
    if loader.wait():
        raise RuntimeError(f"groonga ended with {loader.returncode}")


def _records(reports: Iterator[Prepared]) -> Iterator[str]:
    for report in reports:
        yield json.dumps({"_key": report.id} | report.columns, ensure_ascii=False)


def command(folder: Path, port: int) -> list[str]:
    """The line that serves an index."""
    return [
        "groonga",
        "--protocol",
        "http",
        "--bind-address",
        "127.0.0.1",
        "--port",
        str(port),
        "-s",
        str(folder / DATABASE),
    ]


def path(question: Question) -> str:
    """The request that asks it."""
    fields = {
        "table": "Reports",
        "match_columns": "body",
        "query": _query(question),
        "output_columns": "_key,title,agency,level,year,_score,snippet_html(body)",
        "sort_keys": "-year" if question.by_year else "-_score",
        "limit": str(HITS_PER_PAGE),
    }
    filters = []
    if question.level:
        filters.append(f'level == "{question.level}"')
    if question.year:
        filters.append(f"year == {question.year}")
    if filters:
        fields["filter"] = " && ".join(filters)
    for name in FACETS:
        fields[f"drilldowns[{name}].keys"] = name
        fields[f"drilldowns[{name}].sort_keys"] = "-_nsubrecs"
        fields[f"drilldowns[{name}].limit"] = str(FACET_SIZE)
        fields[f"drilldowns[{name}].output_columns"] = "_key,_nsubrecs"
    return f"/d/select.json?{urlencode(fields)}"


def _query(question: Question) -> str:
    quoted = ['"' + string.translate(SIGNS) + '"' for string in question.strings]
    return (" OR " if question.any_word else " ").join(quoted)


def total_of(answer: bytes) -> int:
    """How many reports an answer says there are."""
    body: Any = json.loads(answer)[1]
    # of several drilldowns the answer is an array; the first entry holds the hits
    return int(body[0][0][0])
