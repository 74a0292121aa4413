"""Completions while typing: bodies, regions, words and titles, in either script, by pinyin or its
initials.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from index.analysis.normaliser import fold_line
from index.analysis.wording import mainland_forms, mainland_text
from index.assist.snapshot import Snapshot
from index.assist.vocabulary import Entry
from index.documents.stored import head_of
from index.engines.seam import Engine, EngineQuery
from index.model.errors import QueryError
from index.query.nodes import AllOf, String
from index.query.parser import parse
from index.query.syntax import Run

__all__ = ["Suggestion", "suggest"]

# The newest titles that fit. The rest of the list is for what many reports have.
MAX_TITLES = 3

# Titles are offered only when what was typed tells reports apart: one report in
# TELLING_SHARE at most has it in its title, or FEW_TITLES reports have. 年度报告 is in all titles.
TELLING_SHARE = 10
FEW_TITLES = 20

# More runs than this are a question, not the beginning of a title.
MAX_TITLE_RUNS = 5

# A run without operators, brackets or signs: 信息公开, xxgk.
PLAIN_RUN = re.compile(r"\w+")

# The last run. An operator, a field and an opening quotation mark may stand before what is
# completed: -agency:“龙岗.
LAST_RUN = re.compile(
    r"(?P<before>[-(（]*)"
    r"(?:(?P<field>agency~?|region|title):)?"
    r"(?P<quote>[\"“「『]?)"
    r"(?P<run>.*)",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A completion that `count` reports have.

    `kind` is "agency", "region", "word" or "title". A reader is shown `text`; `query` finds those
    reports.
    """

    text: str
    kind: str
    count: int
    query: str


@dataclass(frozen=True, slots=True)
class _Typed:
    """What was typed, taken apart.

    `before` are the runs before the last. Of the last run, `start` is the operator, `field` the
    field, `exact` whether a quotation mark opens, and `form` the index form of the rest.
    """

    before: tuple[str, ...]
    start: str
    field: str
    exact: bool
    form: str

    @classmethod
    def of(cls, prefix: str) -> _Typed:
        *before, last = prefix.split() or [""]
        typed = LAST_RUN.fullmatch(last)
        assert typed is not None  # every part of the pattern may be empty
        return cls(
            before=tuple(before),
            start=typed["before"],
            field=typed["field"] or "",
            exact=bool(typed["quote"]),
            form=fold_line(typed["run"]),
        )

    @property
    def kinds(self) -> tuple[str, ...]:
        """What can be completed here."""
        if self.field:
            return (self.field.lower().removesuffix("~"),)
        if self.start or len(self.before) >= MAX_TITLE_RUNS:
            return ("agency", "region", "word")
        if not all(map(PLAIN_RUN.fullmatch, self.before)):
            return ("agency", "region", "word")
        return ("agency", "region", "word", "title")

    def with_(self, completed: str) -> str:
        """The query with its last run completed."""
        return " ".join([*self.before, self.start + completed])


def suggest(snapshot: Snapshot, prefix: str, size: int) -> list[Suggestion]:
    """Completions of the last run of what was typed, most useful first, titles last.

    What begins with it comes before what only contains it; letters are also read as pinyin (xinxi,
    or xxgk). What stands before the run is kept. A title is offered when it has all runs, and
    stands alone.
    """
    typed = _Typed.of(prefix)
    if not any(c.isalnum() for c in typed.form):
        return []
    titles: list[Suggestion] = []
    if "title" in typed.kinds:
        titles = _titles(snapshot, typed, min(size, MAX_TITLES))
    named: list[Suggestion] = []
    most = max(size - len(titles), 1)
    fitting = list(_fitting(snapshot, typed, size))
    while fitting and len(named) < most:
        # nearly always all that are asked for are offered
        missing = most - len(named)
        named += _counted(snapshot.engine, fitting[:missing], typed)
        fitting = fitting[missing:]
    return named + titles[: size - 1 if named else size]


def _counted(
    engine: Engine,
    entries: Sequence[Entry],
    typed: _Typed,
) -> list[Suggestion]:
    """The entries as completions, with what their searches find; without those that find nothing.

    The counts of words in the vocabulary are those of ranking, and of deleted reports too.
    """
    words = [entry for entry in entries if entry.kind == "word"]
    strings = [String(mainland_forms(word.form)) for word in words]
    counts = dict(zip(words, engine.count_many(strings), strict=True))
    offered = []
    for entry in entries:
        suggestion = _suggestion(entry, typed)
        if entry in counts:
            suggestion = replace(suggestion, count=counts[entry][0])
        if suggestion.count:
            offered.append(suggestion)
    return offered


def _fitting(snapshot: Snapshot, typed: _Typed, size: int) -> Iterable[Entry]:
    """The entries that can be completed here, each once. A word that stands whole is no help."""
    return dict.fromkeys(
        entry
        for entry in _entries(snapshot, typed.form, size)
        if entry.kind in typed.kinds
        and (entry.kind != "word" or entry.form != typed.form)
    )


def _entries(snapshot: Snapshot, form: str, size: int) -> list[Entry]:
    # Twice as many as are shown: some will be of a kind that cannot stand here.
    most = 2 * size
    vocabulary = snapshot.vocabulary
    # 资讯公开 as it was typed first, then 信息公开, which the mainland prints for it; an offer
    # may take 资讯 for 信息 where a query may not
    forms = dict.fromkeys((*mainland_forms(form), mainland_text(form)))
    entries: list[Entry] = []
    for worded in forms:
        entries += vocabulary.beginning(worded, most)
    if form.isascii():
        entries += vocabulary.sounding(form, most)
    if len(entries) < size:
        for worded in forms:
            entries += vocabulary.containing(worded, most)
    return entries


def _suggestion(entry: Entry, typed: _Typed) -> Suggestion:
    if entry.kind == "word":
        query = typed.with_(f'"{entry.value}"' if typed.exact else entry.value)
        return Suggestion(query, "word", entry.count, query)
    field = f"{typed.field or entry.kind}:{_quoted(entry.value)}"
    return Suggestion(
        entry.value,
        entry.kind,
        entry.count,
        typed.with_(field),
    )


def _titles(snapshot: Snapshot, typed: _Typed, most: int) -> list[Suggestion]:
    """The newest titles with every run that was typed."""
    engine = snapshot.engine
    before = () if typed.field else typed.before
    forms = [
        form
        for form in (
            *map(fold_line, before),
            typed.form,
        )
        if form
    ]
    condition = AllOf(tuple(String(mainland_forms(form), "title") for form in forms))
    # Three times as many as are shown: copies share their title.
    matches = engine.search(
        EngineQuery(
            condition=condition,
            sort="-year",
            size=3 * most,
        )
    )
    if matches.total > max(
        FEW_TITLES,
        engine.manifest.reports // TELLING_SHARE,
    ):
        return []
    titles = dict.fromkeys(head_of(hit.contents.head)["title"] for hit in matches.hits)
    # A title with a quotation mark cannot be quoted in a query.
    quotable = [title for title in titles if '"' not in title]
    offered = quotable[:most]
    strings = [String(mainland_forms(fold_line(title)), "title") for title in offered]
    counts = engine.count_many(strings)
    return [
        _title(title, count, typed)
        for title, (count, _) in zip(offered, counts, strict=True)
    ]


def _title(title: str, count: int, typed: _Typed) -> Suggestion:
    query = f'title:"{title}"'
    query = typed.with_(query) if typed.field else query
    return Suggestion(title, "title", count, query)


def _quoted(text: str) -> str:
    """A text as one run, in quotation marks where it would not be read as one."""
    try:
        is_run = isinstance(parse(text), Run)
    except QueryError:
        is_run = False
    is_plain = is_run and PLAIN_RUN.fullmatch(text.replace("/", "")) is not None
    return text if is_plain else f'"{text}"'
