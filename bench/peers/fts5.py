"""SQLite's FTS5: a table of pre-cut words that ranks, a trigram table for strings of three
characters and more.

Shorter strings can be asked only as words. Facets are GROUP BY over the matched row numbers;
snippets are one fragment a hit, which is what snippet() gives.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.peers import FACET_SIZE, HITS_PER_PAGE
from bench.questions import Question
from bench.reports import Prepared, prepared

__all__ = ["ENGINE"]

SCHEMA = """
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -200000;
CREATE TABLE r(rowid INTEGER PRIMARY KEY, id TEXT, title TEXT, body TEXT);
CREATE TABLE f(rowid INTEGER PRIMARY KEY, agency TEXT, level TEXT, year INTEGER);
CREATE TABLE place(number INTEGER, region TEXT);
CREATE VIRTUAL TABLE words USING fts5(body, tokenize='unicode61');
CREATE VIRTUAL TABLE strings
    USING fts5(body, content='r', content_rowid='rowid', tokenize='trigram');
"""


class Fts5:
    """One file."""

    connection: sqlite3.Connection

    def build(self, reports: Path, count: int, folder: Path) -> None:
        folder.mkdir(parents=True)
        connection = sqlite3.connect(folder / "index.sqlite")
        connection.executescript(SCHEMA)
        for number, report in enumerate(prepared(reports, count)):
            _put(connection, number, report)
        connection.execute("CREATE INDEX place_number ON place(number, region)")
        for table in ("words", "strings"):
            connection.execute(f"INSERT INTO {table}({table}) VALUES ('optimize')")
        connection.commit()
        connection.close()

    def open(self, folder: Path) -> None:
        self.connection = sqlite3.connect(folder / "index.sqlite")
        self.connection.executescript(
            "PRAGMA cache_size = -200000; PRAGMA mmap_size "
            "= 4000000000; PRAGMA temp_store = MEMORY;"
            "CREATE TEMP TABLE m(number INTEGER PRIMARY KEY);"
        )

    def close(self) -> None:
        self.connection.close()

    # ------------------------------------------------------------------ asking
    def ask(self, question: Question) -> bytes | None:
        table, match = _match(question)
        facets: dict[str, dict[str, int]] = {}
        # the last of these leaves the rows under all filters in m, for the total
        for but in (*(n for n in ("level", "year") if getattr(question, n)), ""):
            self._collect(table, match, question, but)
            facets |= {but: self._counts(but)} if but else dict(self._free(question))
        total = self.connection.execute("SELECT count(*) FROM m").fetchone()[0]
        answer = {
            "total": total,
            "hits": self._hits(table, match, question),
            "facets": facets,
        }
        return json.dumps(answer, ensure_ascii=False).encode()

    def _collect(self, table: str, match: str, question: Question, but: str) -> None:
        where, given = _where(question, but)
        self.connection.execute("DELETE FROM m")
        rows = (
            f"SELECT {table}.rowid FROM {table}{_join(table, where)} "
            f"WHERE {table} MATCH ?{where}"
        )
        self.connection.execute(f"INSERT INTO m {rows}", (match, *given))

    def _free(self, question: Question) -> Iterator[tuple[str, dict[str, int]]]:
        for name in ("agency", "level", "year"):
            if not getattr(question, name, None):
                yield name, self._counts(name)
        rows = "SELECT region, count(*) c FROM m JOIN place ON place.number = m.number GROUP BY 1"
        yield "region", self._top(rows)

    def _counts(self, name: str) -> dict[str, int]:
        return self._top(
            f"SELECT {name}, count(*) c FROM m JOIN f ON f.rowid = m.number GROUP BY 1"
        )

    def _top(self, rows: str) -> dict[str, int]:
        return {
            str(k): n
            for k, n in self.connection.execute(
                f"{rows} ORDER BY c DESC LIMIT {FACET_SIZE}"
            )
        }

    def _hits(self, table: str, match: str, question: Question) -> list[dict[str, Any]]:
        where, given = _where(question, "")
        order = "f.year DESC" if question.by_year else "rank"
        join = _join(table, where or question.by_year)
        inner = (
            f"SELECT {table}.rowid, rank FROM {table}{join} WHERE {table} "
            f"MATCH ?{where} ORDER BY {order} LIMIT {HITS_PER_PAGE}"
        )
        best = self.connection.execute(inner, (match, *given)).fetchall()
        return [self._hit(table, match, number, score) for number, score in best]

    def _hit(
        self, table: str, match: str, number: int, score: float | None
    ) -> dict[str, Any]:
        shown = (
            f"SELECT snippet({table}, 0, '[', ']', '…', 60) "
            f"FROM {table} WHERE {table} MATCH ? AND rowid = ?"
        )
        text = self.connection.execute(shown, (match, number)).fetchone()[0]
        columns = ("id", "title", "agency", "level", "year")
        select = (
            "SELECT id, title, agency, level, year FROM r "
            "JOIN f ON f.rowid = r.rowid WHERE r.rowid = ?"
        )
        row = self.connection.execute(select, (number,)).fetchone()
        return dict(zip(columns, row, strict=True)) | {
            "score": score,
            "snippets": [{"text": text}],
        }


def _put(connection: sqlite3.Connection, number: int, report: Prepared) -> None:
    run = connection.execute
    run(
        "INSERT INTO r VALUES (?, ?, ?, ?)",
        (number, report.id, report.title, report.form),
    )
    run(
        "INSERT INTO f VALUES (?, ?, ?, ?)",
        (number, report.agency, report.level, report.year),
    )
    connection.executemany(
        "INSERT INTO place VALUES (?, ?)", ((number, place) for place in report.places)
    )
    run(
        "INSERT INTO words(rowid, body) VALUES (?, ?)", (number, " ".join(report.words))
    )
    run("INSERT INTO strings(rowid, body) VALUES (?, ?)", (number, report.form))


def _match(question: Question) -> tuple[str, str]:
    """The table to ask and what to ask it."""
    if question.string:
        return (
            "strings" if len(question.string) > 2 else "words"
        ), f'"{question.string}"'
    return "words", (" OR " if question.any_word else " AND ").join(
        f'"{word}"' for word in question.words
    )


def _where(question: Question, but: str) -> tuple[str, list[object]]:
    given = {
        n: v
        for n, v in (("level", question.level), ("year", question.year))
        if v and n != but
    }
    return "".join(f" AND f.{name} = ?" for name in given), list(given.values())


def _join(table: str, wanted: object) -> str:
    return f" JOIN f ON f.rowid = {table}.rowid" if wanted else ""


ENGINE = Fts5
