"""What a hit is read as: an EngineHit, whose contents are decoded when they are asked for."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from functools import cached_property
from typing import Any, NamedTuple

from index.analysis.normaliser import Folded
from index.analysis.offsets import OffsetMap
from index.engines.opensearch.layout import (
    RANKED_FIELDS,
    map_of,
    wording_of,
)
from index.engines.shared.display import unpacked
from index.model.fields import CARD_FIELD, TEXT_FIELDS

__all__ = ["Kept", "Meta", "decoded", "meta_of", "word_counts"]

Source = Mapping[str, Any]
IDENTITY_MAP = OffsetMap()
ROW_LENGTH = 3


class Meta(NamedTuple):
    """What a build asks of every report."""

    id: str
    digest: str
    source: str


def decoded(value: str | None) -> bytes:
    """The bytes of a binary field; nothing where there is none."""
    if not value:
        return b""
    # values that scripts read come back without the signs that fill them up
    return base64.b64decode(value + "=" * (-len(value) % 4))


def meta_of(value: str) -> Meta:
    """Id, digest and source, as they were written."""
    return Meta(*decoded(value).decode("utf-8", "surrogatepass").split("\0", 2))


def word_counts(source: Source) -> dict[str, dict[str, int]]:
    """The words of each ranked field and how often they stand there."""
    counts: dict[str, dict[str, int]] = {}
    for name in RANKED_FIELDS:
        written = source.get(f"words_{name}") or ""
        field = counts.setdefault(name, {})
        for line in written.split("\n"):
            word, _, count = line.partition("|")
            # words that were made one term are counted together
            if word:
                field[word] = field.get(word, 0) + int(count)
    return counts


class Kept:
    """What is kept of a report: the source of its document, without what no page shows."""

    def __init__(self, source: Source) -> None:
        self.source = source

    @cached_property
    def head(self) -> bytes:
        """What a list shows."""
        return decoded(self.source["head"])

    @cached_property
    def rest(self) -> bytes:
        """All that is neither head nor text."""
        return decoded(self.source["rest"])

    @cached_property
    def display(self) -> str:
        """The display text."""
        return unpacked(self.texts["text"], decoded(self.source["display"]))

    @cached_property
    def texts(self) -> Mapping[str, Folded]:
        """The index forms."""
        return {name: self._folded(name) for name in TEXT_FIELDS}

    @cached_property
    def card(self) -> Folded:
        """The index form of the index card."""
        return self._folded(CARD_FIELD)

    @cached_property
    def wording(self) -> Mapping[str, Folded | None]:
        """The lines in mainland wording."""
        wordings: dict[str, Folded | None] = {}
        for name in TEXT_FIELDS:
            field = wording_of(name)
            wordings[name] = self._folded(field) if field in self.source else None
        return wordings

    def _folded(self, name: str) -> Folded:
        written = self.source.get(map_of(name)) or self.source.get(f"map_{name}")
        offsets = IDENTITY_MAP
        if written:
            numbers = [*map(int, decoded(written).split(b","))]
            starts = range(0, len(numbers), ROW_LENGTH)
            offsets = OffsetMap.of_rows(
                [numbers[at : at + ROW_LENGTH] for at in starts]
            )
        return Folded(self.source.get(name) or "", offsets)
