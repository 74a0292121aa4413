"""Every error that a caller of this project can meet.

    GongkaiError
    ├── InputError            a source that cannot be read; the batch goes on and tallies it
    ├── TableFileError        overrides.csv or the gazetteer is wrong; carries file and line
    ├── SettingsError         a setting has no meaning
    ├── RequestError          a request cannot be answered as asked; names the parameter
    │   └── QueryError        the query cannot be parsed; carries the position
    ├── TooCostlyError        an answer would take more work or time than one may
    ├── ReportNotFoundError   no report has this id
    └── IndexStateError       the index cannot be used as it is; says what to run
        ├── IndexMissingError
        ├── IndexStaleError
        ├── IndexDamagedError
        ├── IndexLockedError
        ├── IndexNotTrustedError
        └── IndexUnavailableError

Messages of settings and of the index end with what to do next. What a reader of a page can cause
has a code with facts (`index.model.problems`); its words stand in the catalogues, and `str(error)`
is English.
"""

from __future__ import annotations

from typing import ClassVar

from index.model.problems import Code, Facts, Note

__all__ = [
    "GongkaiError",
    "IndexDamagedError",
    "IndexLockedError",
    "IndexMissingError",
    "IndexNotTrustedError",
    "IndexStaleError",
    "IndexStateError",
    "IndexUnavailableError",
    "InputError",
    "QueryError",
    "ReportNotFoundError",
    "RequestError",
    "SettingsError",
    "TableFileError",
    "TooCostlyError",
]


class GongkaiError(Exception):
    """The root of the tree: catch it to catch everything this project raises on purpose."""


class InputError(GongkaiError):
    """A source that cannot be read. `reason` is one sentence for the tally."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TableFileError(GongkaiError):
    """A table file (overrides.csv, the gazetteer) is wrong.

    `path` and `line` (1-based) say where.
    """

    def __init__(self, path: str, line: int, detail: str) -> None:
        super().__init__(f"{path}:{line}: {detail}")
        self.path, self.line, self.detail = path, line, detail


class SettingsError(GongkaiError):
    """A setting has no meaning."""


class RequestError(GongkaiError):
    """A request that cannot be answered as asked.

    `parameter` is the name at fault, `note` what is wrong with it.

    >>> str(RequestError("cursor", Code.REQUEST_PAGE_AND_CURSOR))
    'give either page or cursor, not both'
    """

    def __init__(self, parameter: str, code: Code, facts: Facts | None = None) -> None:
        super().__init__(parameter, code, facts)
        self.parameter = parameter
        self.note = Note(code, facts or {})

    def __str__(self) -> str:
        return self.note.message()


class QueryError(RequestError):
    """A query that cannot be parsed; `position` is a code point of the query as typed.

    >>> str(QueryError(Code.QUERY_BRACKET_OPEN, 3))
    'the bracket is not closed; add ), or quote it to search for it as text (at 3)'
    """

    def __init__(self, code: Code, position: int, facts: Facts | None = None) -> None:
        super().__init__("q", code, facts)
        self.args = (code, position, facts)
        self.position = position

    def __str__(self) -> str:
        return f"{self.note.message()} (at {self.position})"


class TooCostlyError(GongkaiError):
    """An answer would take more work or time than the settings allow.

    >>> str(TooCostlyError(Code.REQUEST_TOO_SLOW, {"seconds": 10}))
    'no answer within 10 seconds; ask for rarer or fewer words, or try again later'
    """

    def __init__(self, code: Code, facts: Facts | None = None) -> None:
        super().__init__(code, facts)
        self.note = Note(code, facts or {})

    def __str__(self) -> str:
        return self.note.message()


class ReportNotFoundError(GongkaiError):
    """No report has this id."""

    def __init__(self, report_id: str) -> None:
        super().__init__(report_id)
        self.report_id = report_id
        self.note = Note(Code.REPORT_UNKNOWN, {"id": report_id})

    def __str__(self) -> str:
        return self.note.message()


class IndexStateError(GongkaiError):
    """The index cannot be used as it is.

    `str(error)` tells the administrator which file and which command, in English; `code` is what a
    reader of a page is told.
    """

    code: ClassVar[Code] = Code.INDEX_UNUSABLE


class IndexMissingError(IndexStateError):
    """There is no index where one was looked for."""

    code = Code.INDEX_MISSING


class IndexStaleError(IndexStateError):
    """One part of the reading fingerprint differs: schema, metrics, normaliser, segmenter, ..."""

    code = Code.INDEX_STALE


class IndexDamagedError(IndexStateError):
    """A file of the index is missing, truncated or altered."""

    code = Code.INDEX_DAMAGED


class IndexLockedError(IndexStateError):
    """Another process is writing."""

    code = Code.INDEX_LOCKED


class IndexNotTrustedError(IndexStateError):
    """Another user owns the index or can write to it, so it cannot be trusted to be true."""

    code = Code.INDEX_NOT_TRUSTED


class IndexUnavailableError(IndexStateError):
    """The servers that hold the index cannot be reached, refuse us, or have lost a part of it."""

    code = Code.INDEX_UNAVAILABLE
