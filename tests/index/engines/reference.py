"""The oracle: an engine that answers by looking at every character of every report.

Slow, short, and right.
"""

from __future__ import annotations

import hashlib
import math
import secrets
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from threading import Thread
from typing import Any

import numpy as np

from index.engines.seam import (
    Columns,
    Document,
    EngineHit,
    EngineQuery,
    FacetCount,
    FacetCounts,
    FacetRequest,
    Integers,
    Manifest,
    Matches,
    Prepared,
)
from index.model.errors import ReportNotFoundError
from index.model.fields import (
    FACETS,
    SEARCHED_FIELDS,
    TEXT_FIELDS,
    is_ascending,
    is_searched,
)
from index.model.problems import Code, Note
from index.query.nodes import (
    NO_PATH,
    NO_VALUE,
    AllOf,
    AnyOf,
    AtLeast,
    Everything,
    Keyword,
    Near,
    Node,
    Not,
    Nothing,
    NumberRange,
    PathPrefix,
    Ranking,
    String,
    Wildcard,
    strings_of,
)

Span = tuple[int, int]
NUMBER_FACETS = {f.name for f in FACETS if f.kind == "number"}
FIELDS = {"title": (5.0, 0.3), "headings": (2.0, 0.75), "body": (1.0, 0.75)}


def id_hash_of(report_id: str) -> int:
    bits = "".join(f"{b:08b}" for b in hashlib.sha256(report_id.encode()).digest())
    return int(bits[:53], 2)


# ---------------------------------------------------------------------- spans
def all_spans(text: str, form: str) -> list[Span]:
    return [
        (i, i + len(form))
        for i in range(len(text))
        if form and text.startswith(form, i)
    ]


def shortest_fit(pattern: str, text: str, start: int, widest: int) -> int | None:
    """The least end of a fit that begins at `start`, by trying every width of every star."""
    ends = {start}
    for sign in pattern:
        after = set()
        for end in ends:
            if sign == "*":
                after.add(end)
                for width in range(1, widest + 1):
                    if end + width > len(text) or not text[end + width - 1].isalnum():
                        break
                    after.add(end + width)
            elif end < len(text) and (
                text[end].isalnum() if sign == "?" else text[end] == sign
            ):
                after.add(end + 1)
        ends = after
    return min(ends, default=None)


def node_spans(node: String | Wildcard, field: str, text: str) -> list[Span]:
    """Every allowed place of a string node in one stream."""
    if not is_searched(field, node.field):
        return []
    if isinstance(node, Wildcard):
        pattern = trimmed(node.pattern)
        if not pattern.strip("*?"):
            return []
        fits = (
            (i, shortest_fit(pattern, text, i, node.widest)) for i in range(len(text))
        )
        return [(i, end) for i, end in fits if end is not None]
    outer = [p for form in node.outside for p in all_spans(text, form)]
    spans = [p for form in node.forms for p in all_spans(text, form)]
    return [(s, e) for s, e in spans if not any(a <= s and e <= b for a, b in outer)]


def trimmed(pattern: str) -> str:
    """A star at either end stands for nothing."""
    fixed = [i for i, sign in enumerate(pattern) if sign not in "*?"]
    if not fixed:
        return ""
    lead, tail = pattern[: fixed[0]], pattern[fixed[-1] + 1 :]
    return (
        lead.replace("*", "")
        + pattern[fixed[0] : fixed[-1] + 1]
        + tail.replace("*", "")
    )


def chosen(spans: Sequence[Span]) -> list[Span]:
    """Leftmost, then longest, then on from its end."""
    out: list[Span] = []
    for start, end in sorted(spans, key=lambda p: (p[0], -p[1])):
        if not out or start >= out[-1][1]:
            out.append((start, end))
    return out


def replaced(wording: Any) -> list[Span]:
    offsets = wording.offsets
    ends = [*offsets.form[1:], len(wording.form)]
    return [
        (f, e) for f, e, b in zip(offsets.form, ends, offsets.block, strict=True) if b
    ]


def streams(document: Document) -> Iterator[tuple[str, str]]:
    """(field, form)."""
    for field in SEARCHED_FIELDS:
        yield field, document.texts[field].form
        wording = document.wording.get(field)
        if wording is not None:
            yield field, wording.form


def occurrences_in(document: Document, nodes: Sequence[String | Wildcard]) -> int:
    """Places of the texts, and of their wordings where something was replaced and no place of the
    text is shown.
    """
    count = 0
    for field in SEARCHED_FIELDS:
        text, wording = document.texts[field], document.wording.get(field)
        own = [text.offsets.span(*p) for p in counted(nodes, field, text.form)]
        count += len(own)
        if wording is not None:
            blocks = replaced(wording)
            touching = [
                p
                for p in counted(nodes, field, wording.form)
                if any(p[0] < b and a < p[1] for a, b in blocks)
            ]
            shown = [wording.offsets.span(*p) for p in touching]
            count += sum(not any(a < d and c < b for c, d in own) for a, b in shown)
    return count


def counted(nodes: Sequence[String | Wildcard], field: str, form: str) -> list[Span]:
    return chosen([p for node in nodes for p in node_spans(node, field, form)])


def is_near(document: Document, node: Near) -> bool:
    return any(
        chain([node_spans(o, field, form) for o in node.operands], None, node.distance)
        for field, form in streams(document)
    )


def chain(operands: list[list[Span]], end: int | None, distance: int) -> bool:
    """Whether one place of each operand, in any order, follows on from `end`."""
    if not operands:
        return end is not None
    return any(
        chain(operands[:i] + operands[i + 1 :], e, distance)
        for i, spans in enumerate(operands)
        for s, e in spans
        if end is None or 0 <= s - end <= distance
    )


# ---------------------------------------------------------------------- conditions
def path_of(document: Document, name: str) -> tuple[str, ...]:
    value = document.keywords.get(name)
    if value is None and name in NUMBER_FACETS and name in document.numbers:
        value = str(int(document.numbers[name]))
    return (value,) if isinstance(value, str) else tuple(value or ())


def satisfies(document: Document, node: Node) -> bool:
    match node:
        case Everything():
            return True
        case Nothing():
            return False
        case String() | Wildcard():
            return any(
                node_spans(node, field, form) for field, form in streams(document)
            )
        case Near():
            return is_near(document, node)
        case AllOf(operands):
            return all(satisfies(document, o) for o in operands)
        case AnyOf(operands):
            return any(satisfies(document, o) for o in operands)
        case AtLeast(operands, least):
            return sum(satisfies(document, o) for o in operands) >= least
        case Not(operand):
            return not satisfies(document, operand)
        case Keyword(name, values):
            path = path_of(document, name)
            return ("/".join(path) if path else NO_VALUE) in values
        case PathPrefix(name, prefixes):
            path = path_of(document, name)
            if not path:
                return NO_PATH in prefixes
            return any(p != NO_PATH and path[: len(p)] == p for p in prefixes)
        case NumberRange(name, low, high):
            value = document.numbers.get(name)
            return (
                value is not None
                and (low is None or value >= low)
                and (high is None or value <= high)
            )


def collapsed(documents: Sequence[Document], name: str | None) -> list[Document]:
    """Of those that share a number only the one with the smallest doc-id hash."""
    if name is None:
        return list(documents)
    first: dict[float, int] = {}
    for d in documents:
        if name in d.numbers:
            value = d.numbers[name]
            first[value] = min(first.get(value, id_hash_of(d.id)), id_hash_of(d.id))
    return [
        d
        for d in documents
        if name not in d.numbers or first[d.numbers[name]] == id_hash_of(d.id)
    ]


# ---------------------------------------------------------------------- the engine
class ReferenceEngine:
    """A snapshot over a list of documents."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.documents = list(shelf.documents.values())
        self.manifest = Manifest(
            shelf.generation,
            len(self.documents),
            dict(shelf.fingerprint),
            id=shelf.id,
            derivation=shelf.derivation,
        )

    def search(self, query: EngineQuery) -> Matches:
        nodes = strings_of(query.counted)
        base = [d for d in self.documents if satisfies(d, query.condition)]
        matching = collapsed(
            [d for d in base if all(satisfies(d, f.node) for f in query.filters)],
            query.collapse,
        )
        counts = {d.id: occurrences_in(d, nodes) for d in matching}
        found = [
            self._found(d, query, counts[d.id] if nodes else None) for d in matching
        ]
        found.sort(key=lambda f: rank(f, query.sort))
        if query.after is not None:
            found = [f for f in found if rank(f, query.sort) > after(query)]
        return Matches(
            len(matching),
            sum(counts.values()) if nodes else None,
            tuple(found[query.offset : query.offset + query.size]),
            tuple(self._facet(asked, base, query) for asked in query.facets),
        )

    def _facet(
        self, asked: FacetRequest, base: Sequence[Document], query: EngineQuery
    ) -> FacetCounts:
        others = [f.node for f in query.filters if f.facet != asked.name]
        found = [d for d in base if all(satisfies(d, n) for n in others)]
        paths = [path_of(d, asked.name) for d in collapsed(found, query.collapse)]
        counts: Counter[str] = Counter()
        for path in paths:
            counts.update("/".join(path[: i + 1]) for i in range(len(path)))
        listed = sorted((-n, v) for v, n in counts.items() if asked.contains in v)
        shown = {v for _, v in listed[: asked.size]} | set(asked.always)
        values = sorted((-counts[v], v) for v in shown)
        return FacetCounts(
            asked.name,
            tuple(FacetCount(v, -n) for n, v in values),
            len(listed),
            sum(not path for path in paths),
        )

    def _found(
        self, document: Document, query: EngineQuery, occurrences: int | None
    ) -> EngineHit:
        score = sum(p["value"] for p in self._parts(document, query.ranking))
        key: float | None
        if query.sort == "relevance":
            key = score
        elif query.sort == "occurrences":
            key = occurrences
        else:
            key = document.numbers.get(query.sort.removeprefix("-"))
        return EngineHit(
            document.id, score, key, id_hash_of(document.id), occurrences, document
        )

    def _parts(self, document: Document, ranking: Ranking) -> list[dict[str, Any]]:
        parts = []
        most = 0.0
        for kind, text in dict.fromkeys(
            [("word", w) for w in ranking.words] + [("pair", p) for p in ranking.pairs]
        ):
            tf = self._word_tf if kind == "word" else self._pair_tf
            n = sum(tf(d, text) > 0 for d in self.documents)
            if n:
                idf = math.log(1 + (len(self.documents) - n + 0.5) / (n + 0.5))
                k = 1.2 if kind == "word" else 0.6
                most += idf * (k + 1)
                own = tf(document, text)
                if own:
                    parts.append(
                        {
                            "note": Note(Code(f"score.{kind}"), {"text": text}),
                            "reason": None,
                            "value": idf * own * (k + 1) / (own + k),
                        }
                    )
        most = max(1.0, most)
        runs = dict.fromkeys(ranking.runs)
        for run in runs:
            if satisfies(document, String((run,))):
                note = Note(Code.SCORE_RUN, {"text": run})
                parts.append({"note": note, "value": 2 * most, "reason": None})
            if satisfies(document, String((run,), "title")):
                note = Note(Code.SCORE_RUN_IN_TITLE, {"text": run})
                value = most / 2 / len(runs)
                parts.append({"note": note, "value": value, "reason": None})
        for node, weight in dict.fromkeys(ranking.boosts):
            if satisfies(document, node):
                note = Note(Code.SCORE_BOOST, {"facet": "", "value": ""})
                parts.append({"note": note, "value": weight * most, "reason": None})
        return parts

    def _word_tf(self, document: Document, word: str) -> float:
        tf = 0.0
        for field, (weight, b) in FIELDS.items():
            mean = sum(
                sum(d.words.get(field, {}).values()) for d in self.documents
            ) / len(self.documents)
            own = document.words.get(field, {})
            if word in own:
                tf += weight * own[word] / (1 - b + b * sum(own.values()) / mean)
        return tf

    def _pair_tf(self, document: Document, pair: str) -> float:
        mean = sum(map(units, self.documents)) / len(self.documents)
        count = sum(
            len(counted([String((pair,))], field, document.texts[field].form))
            for field in TEXT_FIELDS
        )
        return count / (0.25 + 0.75 * units(document) / mean) if count else 0.0

    def get(self, report_id: str) -> EngineHit:
        for document in self.documents:
            if document.id == report_id:
                return self._found(document, EngineQuery(sort="occurrences"), None)
        raise ReportNotFoundError(report_id)

    def explain(self, query: EngineQuery, report_id: str) -> Mapping[str, Any]:
        self.get(report_id)
        parts = self._parts(
            next(d for d in self.documents if d.id == report_id), query.ranking
        )
        return {"total": sum(p["value"] for p in parts), "parts": parts}

    def count_strings(self, node: Node) -> tuple[int, int]:
        matching = [d for d in self.documents if satisfies(d, node)]
        return len(matching), sum(occurrences_in(d, strings_of(node)) for d in matching)

    def listed_values(self, facet: str) -> None:
        return None

    def frequencies(self, kind: str, texts: Sequence[str]) -> Sequence[int]:
        if kind == "word":
            return [
                sum(
                    any(t in d.words.get(f, {}) for f in FIELDS) for d in self.documents
                )
                for t in texts
            ]
        return [
            sum(any(t in d.texts[f].form for f in TEXT_FIELDS) for d in self.documents)
            for t in texts
        ]

    def scan(
        self, condition: Node, filters: Sequence[Node] = ()
    ) -> Iterator[EngineHit]:
        for document in self.documents:
            if all(satisfies(document, n) for n in (condition, *filters)):
                yield self.get(document.id)

    def ids(self) -> Iterator[str]:
        for document in self.documents:
            yield document.id

    def columns(
        self, query: EngineQuery, numbers: Sequence[str], facets: Sequence[str]
    ) -> Columns:
        nodes = (query.condition, *(f.node for f in query.filters))
        documents = collapsed(
            [d for d in self.documents if all(satisfies(d, n) for n in nodes)],
            query.collapse,
        )
        return Columns(
            len(documents),
            {
                name: np.array([d.numbers.get(name, math.nan) for d in documents])
                for name in numbers
            },
            {name: column(documents, name) for name in facets},
        )

    @property
    def questions_at_once(self) -> int:
        return 1

    def search_many(self, queries: Sequence[EngineQuery]) -> list[Matches]:
        return [self.search(query) for query in queries]

    def count_many(self, nodes: Sequence[Node]) -> list[tuple[int, int]]:
        return [self.count_strings(node) for node in nodes]

    def known(self, ids: Sequence[str]) -> Mapping[str, tuple[str, str]]:
        sources = self.sources()
        return {name: sources[name] for name in ids if name in sources}

    def sources(self) -> Mapping[str, tuple[str, str]]:
        return {d.id: (d.digest, d.source) for d in self.documents}

    def refreshed(self) -> ReferenceEngine:
        return (
            self
            if self.shelf.generation == self.manifest.generation
            else ReferenceEngine(self.shelf)
        )

    def warm_up(self) -> Thread:
        """Nothing is to be prepared."""
        thread = Thread()
        thread.start()
        return thread

    def close(self) -> None:
        pass


def column(
    documents: Sequence[Document], name: str
) -> tuple[Integers, tuple[str, ...]]:
    """The whole value of a facet in each document, as an index into its values; -1 for none."""
    held = ["/".join(path_of(document, name)) for document in documents]
    values = tuple(sorted({value for value in held if value}))
    return np.array([values.index(v) if v else -1 for v in held], dtype=int), values


def units(document: Document) -> int:
    return sum(
        len(document.texts[f].form.encode("utf-16-le")) // 2 for f in TEXT_FIELDS
    )


def rank(found: EngineHit, sort: str) -> tuple[bool, float, int]:
    if found.key is None:
        return True, 0.0, found.id_hash
    return False, found.key if is_ascending(sort) else -found.key, found.id_hash


def after(query: EngineQuery) -> tuple[bool, float, int]:
    assert query.after is not None
    key, id_hash = query.after
    if key is None:
        return True, 0.0, id_hash
    return False, key if is_ascending(query.sort) else -key, id_hash


class Shelf:
    """Where the reference keeps its documents: the last commit."""

    def __init__(self, fingerprint: Mapping[str, str]) -> None:
        self.documents: dict[str, Document] = {}
        self.fingerprint = fingerprint
        self.id, self.derivation = secrets.token_hex(8), ""
        self.generation = 0


class ReferenceWriter:
    """Collects changes on a copy."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf, self.documents = shelf, dict(shelf.documents)

    def put(self, document: Document | Prepared) -> None:
        assert isinstance(document, Document), "this engine prepares nothing"
        self.documents[document.id] = document

    def delete(self, report_id: str) -> None:
        self.documents.pop(report_id, None)

    def clear(self) -> None:
        self.documents = {}

    def commit(self, derivation: str = "") -> None:
        self.shelf.derivation = derivation or self.shelf.derivation
        self.shelf.documents = dict(self.documents)
        self.shelf.generation += 1

    def cancel(self) -> None:
        self.documents = dict(self.shelf.documents)
