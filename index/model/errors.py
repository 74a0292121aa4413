"""Every error that a caller of this project can meet.

    GongkaiError
    ├── InputError            a source that cannot be read; the batch goes on and tallies it
    ├── OverridesError        a curator's file is wrong; carries file and line
    ├── SettingsError         a setting has no meaning
    ├── RequestError          a request cannot be answered as asked; names the parameter
    │   └── QueryError        the query cannot be parsed; carries the position
    ├── ReportNotFoundError   no report has this id
    └── IndexStateError       the index cannot be used as it is; says what to run
        ├── IndexMissingError
        ├── IndexStaleError
        ├── IndexDamagedError
        ├── IndexLockedError
        └── IndexNotTrustedError

Every message ends with what to do next.
"""

from __future__ import annotations

__all__ = [
    "GongkaiError",
    "IndexDamagedError",
    "IndexLockedError",
    "IndexMissingError",
    "IndexNotTrustedError",
    "IndexStaleError",
    "IndexStateError",
    "InputError",
    "OverridesError",
    "QueryError",
    "ReportNotFoundError",
    "RequestError",
    "SettingsError",
]


class GongkaiError(Exception):
    """The root of the tree: catch it to catch everything this project raises on purpose."""


class InputError(GongkaiError):
    """A source that cannot be read. `reason` is one sentence for the tally."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class OverridesError(GongkaiError):
    """A curator's file is wrong; `path` and `line` (1-based) say where."""

    def __init__(self, path: str, line: int, detail: str) -> None:
        super().__init__(f"{path}:{line}: {detail}")
        self.path, self.line, self.detail = path, line, detail


class SettingsError(GongkaiError):
    """A setting has no meaning."""


class RequestError(GongkaiError):
    """A request that cannot be answered as asked; `parameter` is the name at fault."""

    def __init__(self, parameter: str, detail: str) -> None:
        super().__init__(detail)
        self.parameter, self.detail = parameter, detail


class QueryError(RequestError):
    """A query that cannot be parsed; `position` is a code point of the query as typed."""

    def __init__(self, detail: str, position: int) -> None:
        super().__init__("q", detail)
        self.position = position


class ReportNotFoundError(GongkaiError):
    """No report has this id."""

    def __init__(self, report_id: str) -> None:
        super().__init__(
            f"no report has the id {report_id!r}; search for it to find its present id"
        )
        self.report_id = report_id


class IndexStateError(GongkaiError):
    """The index cannot be used as it is."""


class IndexMissingError(IndexStateError):
    """There is no index where one was looked for."""


class IndexStaleError(IndexStateError):
    """The index was written with another schema, dictionary, segmenter or normaliser."""


class IndexDamagedError(IndexStateError):
    """A file of the index is missing, truncated or altered."""


class IndexLockedError(IndexStateError):
    """Another process is writing."""


class IndexNotTrustedError(IndexStateError):
    """The index belongs to somebody else, and opening it would run what they put there."""
