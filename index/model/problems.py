"""What there is to say to a reader, as codes with facts: the words are in `index.words`.

This module imports nothing of ours but the words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from index.words import message

__all__ = ["Code", "Facts", "Note", "Problem"]

# What a sentence names: `{limit}` in its words is the fact "limit".
Facts = Mapping[str, str | int | float | Sequence[str] | None]


class Code(StrEnum):
    """Everything that is said to a reader.

    A new code needs one entry in each catalogue; a test names the one that lacks it.
    """

    # What is wrong with a query. Its position is said beside it.
    QUERY_TOO_LONG = "query.too-long"
    QUERY_TOO_MANY_CLAUSES = "query.too-many-clauses"
    QUERY_TOO_DEEP = "query.too-deep"
    QUERY_NOTHING_TO_SEARCH = "query.nothing-to-search"
    QUERY_NO_LETTER = "query.no-letter"
    QUERY_QUOTATION_OPEN = "query.quotation-open"
    QUERY_QUOTATION_EMPTY = "query.quotation-empty"
    QUERY_BRACKET_OPEN = "query.bracket-open"
    QUERY_BRACKET_NOT_OPENED = "query.bracket-not-opened"
    QUERY_NEAR_OPERANDS = "query.near-operands"
    QUERY_NEAR_TOO_MANY = "query.near-too-many"
    QUERY_EXCLUSION_ALONE = "query.exclusion-alone"
    QUERY_OPERAND_MISSING = "query.operand-missing"
    QUERY_MISPLACED = "query.misplaced"
    QUERY_FIELD_WITHOUT_VALUE = "query.field-without-value"
    QUERY_FIELD_WITHOUT_RANGE = "query.field-without-range"
    QUERY_WILDCARD_ALONE = "query.wildcard-alone"
    QUERY_UNKNOWN_LEVEL = "query.unknown-level"
    QUERY_UNKNOWN_VALUE = "query.unknown-value"
    QUERY_YEAR_MISSING = "query.year-missing"
    QUERY_BAD_YEAR = "query.bad-year"
    QUERY_DATE_MISSING = "query.date-missing"
    QUERY_BAD_DATE = "query.bad-date"
    QUERY_BAD_NUMBER = "query.bad-number"

    # What was read otherwise than it may have been meant.
    QUERY_NO_FIELD = "query.no-field"
    QUERY_QUOTATION_AS_TEXT = "query.quotation-as-text"
    QUERY_OPERATOR_AS_TEXT = "query.operator-as-text"
    QUERY_FOREIGN_SYNTAX = "query.foreign-syntax"
    QUERY_ENDS_EXCHANGED = "query.ends-exchanged"
    QUERY_NO_NUMBER = "query.no-number"
    QUERY_QUESTION_MARK = "query.question-mark"
    QUERY_NEAR_COUNTS_ALL = "query.near-counts-all"
    QUERY_EXCLAMATION_MARK = "query.exclamation-mark"
    QUERY_WILDCARD_AS_TEXT = "query.wildcard-as-text"
    QUERY_WILDCARD_EXCEPTS_NOTHING = "query.wildcard-excepts-nothing"

    # What is wrong with a parameter of a request.
    REQUEST_UNKNOWN_PARAMETER = "request.unknown-parameter"
    REQUEST_REPEATED = "request.repeated"
    REQUEST_TOO_MANY_VALUES = "request.too-many-values"
    REQUEST_WITHOUT_VALUE = "request.without-value"
    REQUEST_NOT_INTEGER = "request.not-integer"
    REQUEST_BAD_YEAR = "request.bad-year"
    REQUEST_BAD_DATE = "request.bad-date"
    REQUEST_OUT_OF_RANGE = "request.out-of-range"
    REQUEST_NOT_ALLOWED = "request.not-allowed"
    REQUEST_UNKNOWN_VALUE = "request.unknown-value"
    REQUEST_TOO_MANY_CHOSEN = "request.too-many-chosen"
    REQUEST_BAD_FACET_VALUE = "request.bad-facet-value"
    REQUEST_PAST_WINDOW = "request.past-window"
    REQUEST_PAGE_AND_CURSOR = "request.page-and-cursor"
    REQUEST_BAD_CURSOR = "request.bad-cursor"
    REQUEST_BAD_CONDITION = "request.bad-condition"
    REQUEST_CONDITION_INCOMPLETE = "request.condition-incomplete"
    REQUEST_UNKNOWN_NUMBER = "request.unknown-number"
    REQUEST_UNKNOWN_MEASURE = "request.unknown-measure"
    REQUEST_MEASURE_NOT_IN_FORM = "request.measure-not-in-form"
    REQUEST_UNKNOWN_REGION = "request.unknown-region"
    REQUEST_AMBIGUOUS_REGION = "request.ambiguous-region"
    REQUEST_REGION_TOO_LONG = "request.region-too-long"
    REQUEST_AGENCY_MISSING = "request.agency-missing"
    REQUEST_UNKNOWN_AGENCY = "request.unknown-agency"
    REQUEST_REPORTS_TO_COMPARE = "request.reports-to-compare"
    REQUEST_SAME_REPORT = "request.same-report"
    REQUEST_NO_PARQUET = "request.no-parquet"
    REQUEST_RECEIVED_TEXT_LOST = "request.received-text-lost"

    # What would cost too much.
    REQUEST_TOO_MUCH_WORK = "request.too-much-work"
    REQUEST_TOO_SLOW = "request.too-slow"
    REQUEST_TOO_MANY_EXPORTS = "request.too-many-exports"

    # What is not there, and what ails the index.
    REPORT_UNKNOWN = "report.unknown"
    INDEX_UNUSABLE = "index.unusable"
    INDEX_MISSING = "index.missing"
    INDEX_STALE = "index.stale"
    INDEX_DAMAGED = "index.damaged"
    INDEX_LOCKED = "index.locked"
    INDEX_NOT_TRUSTED = "index.not-trusted"
    INDEX_UNAVAILABLE = "index.unavailable"

    # What the reading of a file noted.
    FORMAT_NOT_AS_NAMED = "format.not-as-named"
    FORMAT_TOO_MANY_TAGS = "format.too-many-tags"
    FORMAT_NESTED_TOO_DEEP = "format.nested-too-deep"
    FORMAT_LITTLE_TEXT = "format.little-text"
    FORMAT_PAGES_UNREAD = "format.pages-unread"
    FORMAT_PAGES_DAMAGED = "format.pages-damaged"
    FORMAT_PAGES_WITHOUT_TEXT = "format.pages-without-text"
    FORMAT_STRUCK_OUT = "format.struck-out"
    FORMAT_UNACCOUNTED = "format.unaccounted"
    FORMAT_PARTS_UNREAD = "format.parts-unread"
    FORMAT_PARTS_APART = "format.parts-apart"
    FORMAT_FRAMES = "format.frames"
    FORMAT_SCRIPT_MADE = "format.script-made"
    FORMAT_LAYERS_HIDDEN = "format.layers-hidden"
    FORMAT_CELLS_HIDDEN = "format.cells-hidden"
    FORMAT_READ_AGAIN = "format.read-again"
    FORMAT_IMPLAUSIBLE = "format.implausible"
    FORMAT_FONT_UNKNOWN = "format.font-unknown"
    REPAIR_LEFT = "repair.left"
    PROBLEM_OF_OTHER_VERSION = "problem.of-other-version"

    # What was noted while the facts of a report were derived.
    GIVEN_BAD_YEAR = "given.bad-year"
    GIVEN_BAD_DATE = "given.bad-date"
    GIVEN_BAD_LEVEL = "given.bad-level"
    BODY_CONFLICT = "body.conflict"
    PLACE_AMBIGUOUS = "place.ambiguous"
    KIND_OTHER = "kind.other"
    PLACE_MISREAD = "place.misread"
    YEAR_AGAINST_PERIOD = "year.against-period"
    YEAR_NO_CALENDAR_YEAR = "year.no-calendar-year"
    YEAR_AGAINST_PUBLICATION = "year.against-publication"

    # What was noted while the statutory tables were read.
    TABLES_BOTH_FORMS = "tables.both-forms"
    TABLES_FORM_UNKNOWN = "tables.form-unknown"
    TABLES_UNTIMELY_FORM = "tables.untimely-form"
    TABLES_ROWS_MISSING = "tables.rows-missing"
    TABLES_ROW_UNASSIGNED = "tables.row-unassigned"
    TABLES_CELL_UNASSIGNED = "tables.cell-unassigned"
    TABLES_ROW_TWICE = "tables.row-twice"
    TABLES_TABLE_TWICE = "tables.table-twice"
    TABLES_OTHER_ORDER = "tables.other-order"
    TABLES_HEADS_INCOMPLETE = "tables.heads-incomplete"
    TABLES_AMOUNT_WITHOUT_UNIT = "tables.amount-without-unit"

    # What an answer says about itself.
    ANSWER_SYNONYMS = "answer.synonyms"
    ANSWER_NO_WORD_BESIDE = "answer.no-word-beside"
    ANSWER_IN_CARD = "answer.in-card"
    ANSWER_UNKNOWN_AGENCY = "answer.unknown-agency"
    ANSWER_TABLES_NOT_TRUSTED = "answer.tables-not-trusted"
    ANSWER_OTHER_FORM = "answer.other-form"
    ANSWER_OTHER_SCOPE = "answer.other-scope"
    ANSWER_NOT_STATED = "answer.not-stated"
    ANSWER_OTHER_DOCUMENTS = "answer.other-documents"
    ANSWER_ABOVE_DIVISION = "answer.above-division"
    ANSWER_IN_NO_GROUP = "answer.in-no-group"

    # The parts of a score, and why each has its value.
    SCORE_WORD = "score.word"
    SCORE_PAIR = "score.pair"
    SCORE_RUN = "score.run"
    SCORE_RUN_IN_TITLE = "score.run-in-title"
    SCORE_BOOST = "score.boost"
    SCORE_BY_FREQUENCY = "score.by-frequency"
    SCORE_ABOVE_ALL_WORDS = "score.above-all-words"
    SCORE_NAMED_IN_QUERY = "score.named-in-query"


@dataclass(frozen=True, slots=True)
class Note:
    """One thing to say: what it is, and the facts that its sentence names."""

    code: Code
    facts: Facts = field(default_factory=dict)

    def message(self, language: str = "en") -> str:
        """The sentence.

        >>> Note(Code.QUERY_TOO_DEEP, {"limit": 8}).message()
        'brackets and NOT may nest 8 deep; flatten the query'
        """
        return message(self.code, self.facts, language)

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {"code": self.code.value, "facts": dict(self.facts)}


@dataclass(frozen=True, slots=True)
class Problem(Note):
    """What was noted while a file was read: damage that is left, a conflict, a lack."""

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Problem:
        """The problem that `as_json` wrote down, perhaps in another version of this project.

        >>> Problem.from_json({"code": "tables.none", "facts": {}}).message()
        'something that this version does not know: tables.none'
        """
        try:
            return cls(Code(stored["code"]), stored["facts"])
        except ValueError:
            return cls(Code.PROBLEM_OF_OTHER_VERSION, {"name": stored["code"]})
