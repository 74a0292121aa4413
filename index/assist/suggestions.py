"""Completions while typing: bodies, regions, words and titles, in either script, by pinyin or its
initials.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.analysis.normaliser import fold_line
from index.analysis.wording import mainland_forms
from index.assist.vocabulary import Entry, vocabulary
from index.documents.stored import head_of
from index.engines.seam import Engine, EngineQuery
from index.model.errors import QueryError
from index.query.nodes import AllOf, String
from index.query.parser import parse
from index.query.syntax import Run

__all__ = ["Suggestion", "suggest"]

# So many titles are offered, the newest that fit; the other places are for what many
# reports have.
MOST_TITLES = 3

TELLING, FEW = 10, 20
"""Titles are offered when one report in TELLING has what was typed in its title, or FEW have:
年度报告 is in all.
"""

MOST_RUNS = 5
PLAIN = re.compile(r"\w+")
# The last run: operators, a field and an opening quotation mark may stand before what
# is completed.
TYPED = re.compile(
    r"(?P<before>[-(（]*)"
    r"(?:(?P<field>agency~?|region|title):)?"
    r"(?P<quote>[\"“「『]?)"
    r"(?P<run>.*)",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A completion:

    `kind` is "agency", "region", "word" or "title"; `count` how many reports have it.

    `text` is what a reader is shown, `query` what finds those reports.
    """

    text: str
    kind: str
    count: int
    query: str


@dataclass(frozen=True, slots=True)
class _Typed:
    """What was typed, taken apart: runs before the last, what stands before the last, and its index
    form.
    """

    before: tuple[str, ...]
    start: str
    field: str
    exact: bool
    form: str

    @classmethod
    def of(cls, prefix: str) -> _Typed:
        *before, last = prefix.split() or [""]
        typed = TYPED.fullmatch(last)
        assert typed is not None  # every part of the pattern may be empty
        return cls(
            tuple(before),
            typed["before"],
            typed["field"] or "",
            bool(typed["quote"]),
            fold_line(typed["run"]),
        )

    @property
    def kinds(self) -> tuple[str, ...]:
        """What can be completed here."""
        if self.field:
            return (self.field.lower().removesuffix("~"),)
        plain = (
            not self.start
            and len(self.before) < MOST_RUNS
            and all(map(PLAIN.fullmatch, self.before))
        )
        return ("agency", "region", "word", *(["title"] if plain else []))

    def with_(self, completed: str) -> str:
        """The query with its last run completed."""
        return " ".join([*self.before, self.start + completed])


def suggest(engine: Engine, prefix: str, size: int) -> list[Suggestion]:
    """Completions of the last run of what was typed, most useful first, titles last.

    What begins with it comes before what only contains it; letters are also read as pinyin (xinxi,
    or xxgk). What stands before the run is kept; a title is offered when it has all runs, and
    stands alone.
    """
    typed = _Typed.of(prefix)
    if not any(c.isalnum() for c in typed.form):
        return []
    titles = (
        _titles(engine, typed, min(size, MOST_TITLES)) if "title" in typed.kinds else []
    )
    fitting = (e for e in _entries(engine, typed.form, size) if e.kind in typed.kinds)
    kept = dict.fromkeys(e for e in fitting if e.kind != "word" or e.form != typed.form)
    named = [_suggestion(e, typed) for e in kept]
    return named[: max(size - len(titles), 1)] + titles[: size - 1 if named else size]


def _entries(engine: Engine, form: str, size: int) -> list[Entry]:
    words = vocabulary(engine)
    found = words.beginning(form, 2 * size)
    if form.isascii():
        found += words.sounding(form, 2 * size)
    return found if len(found) >= size else found + words.containing(form, 2 * size)


def _suggestion(entry: Entry, typed: _Typed) -> Suggestion:
    if entry.kind == "word":
        query = typed.with_(f'"{entry.value}"' if typed.exact else entry.value)
        return Suggestion(query, "word", entry.count, query)
    field = f"{typed.field or entry.kind}:{_quoted(entry.value)}"
    return Suggestion(entry.value, entry.kind, entry.count, typed.with_(field))


def _titles(engine: Engine, typed: _Typed, most: int) -> list[Suggestion]:
    """The newest titles with every run that was typed."""
    runs = (*map(fold_line, () if typed.field else typed.before), typed.form)
    named = AllOf(tuple(String(mainland_forms(run), "title") for run in runs if run))
    found = engine.search(EngineQuery(condition=named, sort="-year", size=3 * most))
    if found.total > max(FEW, engine.manifest.reports // TELLING):
        return []
    titles = dict.fromkeys(head_of(hit.contents.head)["title"] for hit in found.hits)
    return [_title(engine, title, typed) for title in titles if '"' not in title][:most]


def _title(engine: Engine, title: str, typed: _Typed) -> Suggestion:
    count, _ = engine.count_strings(String(mainland_forms(fold_line(title)), "title"))
    query = f'title:"{title}"'
    query = typed.with_(query) if typed.field else query
    return Suggestion(title, "title", count, query)


def _quoted(text: str) -> str:
    """A text as one run, in quotation marks where it would not be read as one."""
    try:
        plain = isinstance(parse(text), Run) and PLAIN.fullmatch(text.replace("/", ""))
    except QueryError:
        plain = None
    return text if plain else f'"{text}"'
