"""The reading fingerprint: what a query must agree with, as a SHA-256 over the things themselves.

It covers tables, versions of libraries, and code without its docstrings and comment lines. An
index with another one is refused: even a renamed variable in that code makes indexes stale.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import index.analysis
import index.documents
import index.model
from index.analysis.normaliser import normaliser_name
from index.analysis.tokenizer import segmenter_name
from index.analysis.wording import WORDINGS
from index.documents.identity import digest_of
from index.documents.stored import STORED_LAYOUT, dictionaries_name
from index.engines.whoosh import files, storage
from index.model import fields
from index.model.metrics import METRICS

__all__ = ["READING_PARTS", "fingerprint", "reading_fingerprint", "source_code"]

ANALYSIS_FOLDER = Path(index.analysis.__file__).parent
DOCUMENTS_FOLDER = Path(index.documents.__file__).parent
MODEL_FOLDER = Path(index.model.__file__).parent
FILES_FOLDER = Path(files.__file__).parent
STORAGE_FOLDER = Path(storage.__file__).parent

# What a reader of the code needs and the program does not: a docstring, a line of
# comment, white space. Editing them makes no index stale.
DOCSTRING_PATTERN = re.compile(r'^\s*r?"""(?:[^"\\]|\\.|"(?!""))*"""\s*$', re.MULTILINE)
COMMENT_PATTERN = re.compile(r"^\s*#.*$", re.MULTILINE)
SPACE_PATTERN = re.compile(r"\s+")


def source_code(path: Path) -> bytes:
    """The code of a module without its docstrings, comment lines and white space."""
    text = path.read_text(encoding="utf-8")
    text = DOCSTRING_PATTERN.sub("", text)
    text = COMMENT_PATTERN.sub("", text)
    return SPACE_PATTERN.sub("", text).encode()


def _code(folder: Path, *names: str) -> list[bytes]:
    return [source_code(folder / f"{name}.py") for name in names]


def _schema() -> list[object]:
    """Which fields a report has, how they are found and sorted, and how they are kept.

    Labels are left out: they are shown, never stored.
    """
    rows = [
        (row.name, row.kind, row.uses.value, row.facet, row.values)
        for row in fields.FIELDS
    ]
    code = [
        *_code(DOCUMENTS_FOLDER, "builder", "stored"),
        # how a record becomes plain values and back
        *_code(MODEL_FOLDER, "report"),
    ]
    stored = (STORED_LAYOUT, dictionaries_name())
    facets = [(facet.name, facet.attribute, facet.kind) for facet in fields.FACETS]
    return [rows, facets, fields.SEARCHED_FIELDS, fields.NUMBERS, stored, *code]


def _metrics() -> list[object]:
    """Labels are left out: they are shown, never stored."""
    return [(metric.name, metric.unit, metric.templates) for metric in METRICS]


def _normaliser() -> list[object]:
    return [
        normaliser_name(),
        *_code(ANALYSIS_FOLDER, "characters", "normaliser", "offsets"),
    ]


def _segmenter() -> list[object]:
    words = (ANALYSIS_FOLDER / "words.txt").read_bytes()
    return [segmenter_name(), words, *_code(ANALYSIS_FOLDER, "tokenizer")]


def _wording() -> list[object]:
    rows = [(wording.taiwan, wording.mainland) for wording in WORDINGS]
    return [rows, *_code(ANALYSIS_FOLDER, "wording")]


def _whoosh() -> list[object]:
    """What stock Whoosh finds in an index, and which arrays stand beside it.

    The former are its schema and analyzer, and how its files are made.
    """
    names = sorted(path.stem for path in FILES_FOLDER.glob("*.py"))
    return [
        *_code(ANALYSIS_FOLDER, "whoosh_fields"),
        *_code(FILES_FOLDER, *names),
        *_code(STORAGE_FOLDER, "layout"),
    ]


# What an index has to agree with to be read, each part under the name that an error
# gives it.
READING_PARTS = {
    "schema": _schema,
    "metrics": _metrics,
    "normaliser": _normaliser,
    "segmenter": _segmenter,
    "wording": _wording,
    "whoosh": _whoosh,
}


@cache
def fingerprint() -> dict[str, str]:
    """The digest of each part, by name: what an index is written with.

    An index that was written with something else is stale.
    """
    return {name: digest_of(part()) for name, part in READING_PARTS.items()}


def reading_fingerprint() -> str:
    """All parts as one."""
    return digest_of(sorted(fingerprint().items()))
