"""What made an index: two fingerprints, each a SHA-256 over the things themselves.

`reading()` covers what a query must agree with: fields, metrics, normaliser, segmenter,
wording. An index with another one is refused. `current_derivation()` covers what makes a
report from bytes. An index with another one is still served, and says so.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path

import index.analysis
import index.documents
import index.model
from index.analysis.normaliser import normaliser_name
from index.analysis.tokenizer import segmenter_name
from index.analysis.wording import WORDINGS
from index.documents.stored import STORED_LAYOUT, dictionaries_name
from index.engines.seam import Manifest
from index.engines.whoosh import files
from index.model import fields
from index.model.metrics import METRICS

__all__ = [
    "current_derivation",
    "digest_of",
    "fingerprint",
    "is_current",
    "reading",
    "source_code",
]

ANALYSIS_FOLDER = Path(index.analysis.__file__).parent
DOCUMENTS_FOLDER = Path(index.documents.__file__).parent
MODEL_FOLDER = Path(index.model.__file__).parent
FILES_FOLDER = Path(files.__file__).parent

# The room that derives reports is not seen from here: it names its own fingerprint in
# the package's metadata, as it does with its commands.
DERIVATION_GROUP = "gongkai.derivation"

# Characters of a fingerprint that are kept: 64 bits tell any two versions apart.
FINGERPRINT_LENGTH = 16

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


def digest_of(parts: Iterable[object]) -> str:
    """The first 16 hexadecimal digits of a SHA-256 over values; bytes as they are.

    >>> digest_of(["a", "b"]) == digest_of(["ab"])
    False
    """
    total = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else repr(part).encode()
        total.update(len(data).to_bytes(8, "big"))
        total.update(data)
    return total.hexdigest()[:FINGERPRINT_LENGTH]


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
    """What stock Whoosh finds in an index: its schema and analyzer, and how its files are made."""
    names = sorted(path.stem for path in FILES_FOLDER.glob("*.py"))
    return [*_code(ANALYSIS_FOLDER, "whoosh_fields"), *_code(FILES_FOLDER, *names)]


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
    """The parts of `reading`, by name: what an index is written with.

    One that was written with something else is stale.
    """
    return {name: digest_of(part()) for name, part in READING_PARTS.items()}


def reading() -> str:
    """All parts of the reading fingerprint as one."""
    return digest_of(sorted(fingerprint().items()))


def is_current(manifest: Manifest) -> bool:
    """Whether all reports of an index were derived by what is installed now."""
    return manifest.derivation == current_derivation()


@cache
def current_derivation() -> str:
    """What reports would be derived with now; empty where no room that derives is installed."""
    for entry in entry_points(group=DERIVATION_GROUP):
        return str(entry.load()())
    return ""
