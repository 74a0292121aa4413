"""How a report lies in OpenSearch: settings, mapping, and the document that is sent.

Each searched text is one field, cut by the server into pairs of characters and, in a field below
it, into single ones. Its index form stands once more as a value that scripts read. What is kept
for showing stands in the source of the document only. `born` and `died` are generations: readers
of generation G see what was born until then and had not died.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from index.analysis.normaliser import Folded
from index.analysis.offsets import OffsetMap
from index.engines.opensearch.scripts import FREQUENCY_SOURCE, SOURCES
from index.engines.opensearch.vocabulary import pair_keys_of, word_keys_of
from index.engines.seam import Document
from index.engines.shared.display import packed
from index.engines.shared.facet_paths import paths_of
from index.engines.shared.hashes import id_hash_of
from index.engines.shared.units import storable
from index.model.fields import (
    FACET_KINDS,
    NUMBERS,
    SEARCHED_FIELDS,
    TEXT_FIELDS,
)
from index.model.json_codec import to_json

__all__ = [
    "MAPPING",
    "PRIVATE_FIELDS",
    "RANKED_FIELDS",
    "PreparedReport",
    "facet_field",
    "facet_hash",
    "form_of",
    "key_of",
    "layout_name",
    "map_of",
    "number_field",
    "prepare",
    "settings_of",
    "whole_field",
    "wording_of",
]

RANKED_FIELDS = ("title", "headings", "body")
# Fields of the source that no list of hits shows.
PRIVATE_FIELDS = ("words_*", "form_title", "form_text", "form_card")
# Between a word and its count, and between two words.
COUNT_SIGN = "|"
WORD_SIGN = "\n"
# A term of Lucene has at most 32,766 bytes.
MAX_TERM_CHARACTERS = 8_000
# Pages of hits reach this far; what lies beyond is read with a cursor.
MAX_WINDOW = 50_000
MAX_TERMS = 1_000_000
# Hexadecimal digits of a SHA-256: 128 bits.
KEY_LENGTH = 32


# ---------------------------------------------------------------------- names of fields
def wording_of(field: str) -> str:
    """The field of the lines in mainland wording of a searched field."""
    return f"w{field}"


def form_of(field: str) -> str:
    """The value that scripts read of a searched field or of a wording."""
    return f"form_{field}"


def map_of(field: str) -> str:
    """The offsets of a text or a wording; only reports with a wording have them."""
    return f"form_map_{field}"


def facet_field(name: str) -> str:
    """The field of a facet. A path is there once for each of its prefixes."""
    return f"facet_{name}"


def facet_hash(name: str) -> str:
    """The field of the numbers that stand for the values of a facet where they are told apart."""
    return f"hash_{name}"


def whole_field(name: str) -> str:
    """The field of a facet in which a path is there once, as a whole."""
    if FACET_KINDS.get(name) == "path":
        return f"whole_{name}"
    return facet_field(name)


def number_field(name: str) -> str:
    """The field of a number."""
    return f"numbers.{name}"


def key_of(report_id: str) -> str:
    """What a report is called in the cluster: ids may be longer than OpenSearch takes."""
    data = report_id.encode("utf-8", "surrogatepass")
    return hashlib.sha256(data).hexdigest()[:KEY_LENGTH]


# ---------------------------------------------------------------------- settings and mapping
ANALYSIS = {
    "tokenizer": {
        "pairs": {
            "type": "ngram",
            "min_gram": 2,
            "max_gram": 2,
            "token_chars": [],
        },
        "singles": {
            "type": "ngram",
            "min_gram": 1,
            "max_gram": 1,
            "token_chars": [],
        },
        "lines": {
            "type": "char_group",
            "tokenize_on_chars": [WORD_SIGN],
            "max_token_length": 2 * MAX_TERM_CHARACTERS,
        },
    },
    "filter": {
        "counted": {
            "type": "delimited_term_freq",
            "delimiter": COUNT_SIGN,
        },
    },
    "analyzer": {
        "pairs": {"type": "custom", "tokenizer": "pairs"},
        "singles": {"type": "custom", "tokenizer": "singles"},
        "lines": {"type": "custom", "tokenizer": "lines"},
        "counts": {
            "type": "custom",
            "tokenizer": "lines",
            "filter": ["counted"],
        },
    },
}


def settings_of(shards: int) -> dict[str, Any]:
    """The settings of a new index."""
    index = {
        "number_of_shards": shards,
        # one copy more than there need be, where there is a second node
        "auto_expand_replicas": "0-1",
        # only a commit makes anything visible
        "refresh_interval": "-1",
        "codec": "best_compression",
        # Several threads for a question cost more processor time than they save where there are
        # other questions, and each would send its own first values of a facet.
        "search": {"concurrent_segment_search": {"mode": "none"}},
        "max_result_window": MAX_WINDOW,
        "max_terms_count": MAX_TERMS,
        "max_docvalue_fields_search": 1_000,
        "max_script_fields": 100,
        "mapping.total_fields.limit": 4_000,
        "similarity": {
            "frequency": {"type": "scripted", "script": {"source": FREQUENCY_SOURCE}}
        },
        "unassigned.node_left.delayed_timeout": "2s",
    }
    return {"index": index, "analysis": ANALYSIS}


def _text(positions: str) -> dict[str, Any]:
    singles = {
        "type": "text",
        "analyzer": "singles",
        "norms": False,
        "index_options": "freqs",
        "similarity": "frequency",
    }
    return {
        "type": "text",
        "analyzer": "pairs",
        "similarity": "frequency",
        "norms": False,
        "index_options": positions,
        "fields": {"one": singles},
    }


def _words() -> dict[str, Any]:
    return {
        "type": "text",
        "analyzer": "counts",
        "search_analyzer": "lines",
        "similarity": "frequency",
        "norms": False,
        "index_options": "freqs",
    }


KEYWORD = {"type": "keyword"}
# kept in the source alone
KEPT = {"type": "binary"}
READ_BY_SCRIPTS = {"type": "binary", "doc_values": True}
UNSEARCHED_INTEGER = {"type": "integer", "index": False}


def _properties() -> dict[str, Any]:
    properties: dict[str, Any] = {
        "born": {"type": "integer"},
        "died": {"type": "integer"},
        # milliseconds since 1970
        "died_at": {"type": "long"},
        "key": {"type": "keyword", "doc_values": False},
        "tie": {"type": "long"},
        "meta": READ_BY_SCRIPTS,
        "head": KEPT,
        "rest": KEPT,
        "display": KEPT,
        "vocabulary": KEPT,
        "len_units": UNSEARCHED_INTEGER,
    }
    for field in SEARCHED_FIELDS:
        for name in (field, wording_of(field)):
            properties[name] = _text("positions")
            properties[form_of(name)] = READ_BY_SCRIPTS
            properties[map_of(name)] = READ_BY_SCRIPTS
            properties[f"map_{name}"] = KEPT
    for field in RANKED_FIELDS:
        properties[f"words_{field}"] = _words()
        properties[f"len_{field}"] = UNSEARCHED_INTEGER
    for name, kind in FACET_KINDS.items():
        properties[facet_field(name)] = KEYWORD
        properties[facet_hash(name)] = {"type": "long", "index": False}
        if kind == "path":
            properties[whole_field(name)] = KEYWORD
    numbers = {name: {"type": "double"} for name in NUMBERS}
    properties["numbers"] = {"dynamic": True, "properties": numbers}
    return properties


MAPPING: Mapping[str, Any] = {
    "dynamic": "strict",
    # a number that no list of ours names (copy) becomes a column as the others
    "dynamic_templates": [
        {
            "numbers": {
                "path_match": "numbers.*",
                "mapping": {"type": "double"},
            }
        }
    ],
    "properties": _properties(),
}


def layout_name() -> str:
    """A digest of mapping, analysis and scripts: an index with another one is stale."""
    parts = [MAPPING, ANALYSIS, FREQUENCY_SOURCE, sorted(SOURCES)]
    return hashlib.sha256(to_json(parts)).hexdigest()[:16]


# ---------------------------------------------------------------------- documents
@dataclass(frozen=True, slots=True)
class PreparedReport:
    """A document as JSON, without the generation in which it is born."""

    id: str
    key: str
    body: bytes
    # its words and pairs, for the vocabulary
    keys: Mapping[str, bytes]


def prepare(document: Document) -> PreparedReport:
    """The document as the writer sends it; any process may make it."""
    fields: dict[str, Any] = {
        "key": key_of(document.id),
        "tie": id_hash_of(document.id),
        "meta": _encoded(_meta(document)),
        "head": _encoded(document.head),
        "rest": _encoded(document.rest),
        "display": _encoded(_display(document)),
    }
    fields.update(_texts(document))
    fields.update(_ranked(document))
    fields.update(_facets(document))
    numbers = {
        name: value
        for name, value in document.numbers.items()
        if abs(value) < float("inf")
    }
    if numbers:
        fields["numbers"] = numbers
    return PreparedReport(
        id=document.id,
        key=fields["key"],
        body=to_json(fields),
        keys={
            "word": word_keys_of(document),
            "pair": pair_keys_of(document),
        },
    )


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _meta(document: Document) -> bytes:
    """What a build and a sitemap ask of every report: id, digest, source, as three lines."""
    parts = [document.id, document.digest, document.source]
    return "\0".join(parts).encode("utf-8", "surrogatepass")


def _display(document: Document) -> bytes:
    text = document.texts["text"]
    # the form as it will be read back
    stored = Folded(storable(text.form), text.offsets)
    return packed(stored, document.display)


def _texts(document: Document) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    units = 0
    for field in SEARCHED_FIELDS:
        folded = document.texts[field]
        wording = document.wording.get(field)
        fields.update(_text_fields(field, folded, is_worded=wording is not None))
        if wording is not None:
            name = wording_of(field)
            fields.update(_text_fields(name, wording, is_worded=True))
        if field in TEXT_FIELDS:
            form = storable(folded.form)
            units += len(form.encode("utf-16-le")) // 2
    fields["len_units"] = units
    return fields


def _text_fields(
    name: str,
    folded: Folded,
    *,
    is_worded: bool,
) -> dict[str, Any]:
    form = storable(folded.form)
    fields: dict[str, Any] = {name: form}
    if form:
        fields[form_of(name)] = _encoded(form.encode())
    rows = _rows(folded.offsets)
    if rows and is_worded:
        fields[map_of(name)] = _encoded(rows)
    elif rows:
        fields[f"map_{name}"] = _encoded(rows)
    return fields


def _rows(offsets: OffsetMap) -> bytes:
    """The rows of a map, one after the other; nothing for the identity."""
    if offsets.is_identity:
        return b""
    numbers: list[str] = []
    for row in offsets.rows():
        numbers += map(str, row)
    return ",".join(numbers).encode()


def _ranked(document: Document) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name in RANKED_FIELDS:
        words = document.words.get(name) or {}
        counted = [
            f"{_term(word)}{COUNT_SIGN}{count}"
            for word, count in words.items()
            if count > 0 and _term(word)
        ]
        fields[f"words_{name}"] = WORD_SIGN.join(counted)
        fields[f"len_{name}"] = sum(words.values())
    return fields


def _term(word: str) -> str:
    """A word as it is indexed: without the signs that end it."""
    kept = storable(word)
    for sign in (COUNT_SIGN, WORD_SIGN):
        kept = kept.replace(sign, " ")
    return kept[:MAX_TERM_CHARACTERS]


def _facets(document: Document) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, path in paths_of(document).items():
        kind = FACET_KINDS.get(name)
        # a keyword that is no facet is asked for by nobody
        if kind is None:
            continue
        prefixes = _prefixes(path)
        if kind == "path":
            fields[facet_field(name)] = prefixes
        fields[facet_hash(name)] = [_number_of(prefix) for prefix in prefixes]
        fields[whole_field(name)] = prefixes[-1]
    return fields


def _number_of(value: str) -> int:
    """64 bits of a digest: of a million values two are the same once in thirty million times."""
    digest = hashlib.sha256(value.encode()).digest()
    # 0 is what an empty place of a table holds
    return int.from_bytes(digest[:8], "big", signed=True) or 1


def _prefixes(path: Sequence[str]) -> list[str]:
    names = [storable(name)[:MAX_TERM_CHARACTERS] for name in path]
    return ["/".join(names[: end + 1]) for end in range(len(names))]
