"""Rows, columns and identities of the statutory tables, in the language of the page.

The labels in a record are those that the forms print, in Chinese. Their words in another language
stand in the catalogues with the context "form"; those of the identities, by the first part of
their id, with the context "law".
"""

from __future__ import annotations

from typing import Protocol

from index.model.forms import (
    APPLICANT_COLUMNS,
    FORMS,
    REVIEW_BLOCKS,
    STAT2014,
    clause_rows,
)
from index.studies.series import APPLICANTS
from webui.words.messages import DEFAULT_LANGUAGE, page_language, pgettext

__all__ = ["LAWS", "check_words", "label_words"]


def _application_labels() -> dict[str, str]:
    labels = {}
    for form in FORMS.values():
        for row in form.applications:
            labels[row.key] = row.label
    return labels


def _proactive_labels(form: str) -> dict[str, str]:
    return {row.key: row.label for _, row in clause_rows(form)}


_COLUMN_LABELS = {column.key: column.label for column in APPLICANT_COLUMNS}

# First part of the id of an identity -> what its second part names, as key and label.
LAWS = {
    "R1": _application_labels(),
    "R2": _COLUMN_LABELS,
    "R3": _COLUMN_LABELS,
    "R4": {row.key: row.label for row in REVIEW_BLOCKS},
    "S": {row.key: row.label for row in STAT2014},
    "X1": dict(APPLICANTS),
    "X2": _proactive_labels("gb2021"),
    "X3": _proactive_labels("gb2019"),
}


class Identity(Protocol):
    """An identity within a report or across two years."""

    @property
    def id(self) -> str:
        """Which identity: R1.granted, X1.total."""

    @property
    def label(self) -> str:
        """What it says, in Chinese."""


def label_words(label: str) -> str:
    """The label of a row, a column or a table; one that no form has stays what it is."""
    return pgettext("form", label) if label else label


def check_words(check: Identity) -> str:
    """What an identity says.

    An id of another version is not known: its own label says it, in Chinese.
    """
    if page_language() == DEFAULT_LANGUAGE:
        return check.label
    family, _, key = check.id.partition(".")
    label = LAWS.get(family, {}).get(key)
    if label is None:
        return check.label
    law = pgettext("law", family)
    return law % {"label": label_words(label)}
